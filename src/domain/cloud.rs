//! Microsoft's clouds, and in which of them an organisation lives. Pure.
//!
//! An application is registered in one cloud, and organisations of the others can't accept it. Which cloud is used is a
//! setting; where an organisation lives is what its discovery document says. Its parts are clues, each of which leaves some
//! clouds: only where all of them leave one is that the answer. Nothing is guessed where they leave several, or none.

use std::fmt;

/// One of Microsoft's clouds (microsoft-identity-and-graph.md section 2.1). Plain GCC lives in the global one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Cloud {
    /// The worldwide one.
    #[default]
    Global,
    /// The United States government's, level 4: GCC High.
    UsGovL4,
    /// The United States government's, level 5: the Department of Defense.
    UsGovL5,
    /// The one in China, operated by 21Vianet.
    China,
}

impl Cloud {
    /// All of them, in the order of the settings.
    pub const ALL: [Self; 4] = [Self::Global, Self::UsGovL4, Self::UsGovL5, Self::China];

    /// The word of the settings.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::UsGovL4 => "us-gov-l4",
            Self::UsGovL5 => "us-gov-l5",
            Self::China => "china",
        }
    }

    /// What it is called in a sentence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Global => "Microsoft's global cloud",
            Self::UsGovL4 => "Microsoft's US government cloud L4 (GCC High)",
            Self::UsGovL5 => "Microsoft's US government cloud L5 (DoD)",
            Self::China => "Microsoft's cloud for China",
        }
    }

    /// Where it signs in. Both of the United States government have one host.
    #[must_use]
    pub const fn login(self) -> &'static str {
        match self {
            Self::Global => "https://login.microsoftonline.com",
            Self::UsGovL4 | Self::UsGovL5 => "https://login.microsoftonline.us",
            Self::China => "https://login.partner.microsoftonline.cn",
        }
    }

    /// Where its Graph is. A token for it has the same address as its resource and in its scope.
    #[must_use]
    pub const fn graph(self) -> &'static str {
        match self {
            Self::Global => "https://graph.microsoft.com",
            Self::UsGovL4 => "https://graph.microsoft.us",
            Self::UsGovL5 => "https://dod-graph.microsoft.us",
            Self::China => "https://microsoftgraph.chinacloudapi.cn",
        }
    }

    /// Whether it is one of the United States government's.
    #[must_use]
    pub const fn is_us_gov(self) -> bool {
        matches!(self, Self::UsGovL4 | Self::UsGovL5)
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a discovery document says about the cloud, as Microsoft spells it (section 1.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Clues<'a> {
    /// `cloud_instance_name`.
    pub instance: Option<&'a str>,
    /// `tenant_region_sub_scope`.
    pub sub_scope: Option<&'a str>,
    /// `tenant_region_scope`.
    pub region: Option<&'a str>,
    /// `msgraph_host`.
    pub graph_host: Option<&'a str>,
    /// The host of the token endpoint.
    pub login_host: Option<&'a str>,
}

/// Where an organisation lives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Home {
    /// In this cloud, by every clue.
    In(Cloud),
    /// In a cloud that this program does not know: its name at Microsoft.
    Unknown(String),
    /// The clues fit several clouds.
    Several(Vec<Cloud>),
    /// No cloud fits all of them: what was said.
    Contradiction(String),
}

impl Clues<'_> {
    /// The cloud that all of this leaves.
    #[must_use]
    pub fn home(&self) -> Home {
        let left: Vec<Cloud> = Cloud::ALL.into_iter().filter(|cloud| self.fits(*cloud)).collect();
        match (left.as_slice(), self.instance) {
            ([one], _) => Home::In(*one),
            ([], Some(instance)) if !INSTANCES.contains(&instance) => Home::Unknown(instance.to_owned()),
            ([], _) => Home::Contradiction(self.said()),
            _ => Home::Several(left),
        }
    }

    /// Whether nothing of it speaks against a cloud. What is missing or not known tells nothing.
    fn fits(&self, cloud: Cloud) -> bool {
        let instance = self.instance.is_none_or(|instance| match instance {
            "microsoftonline.com" => cloud == Cloud::Global,
            "microsoftonline.us" => cloud.is_us_gov(),
            "partner.microsoftonline.cn" => cloud == Cloud::China,
            _ => false,
        });
        let sub_scope = match self.sub_scope {
            Some("GCC") => cloud == Cloud::Global,
            Some("DODCON") => cloud == Cloud::UsGovL4,
            Some("DOD") => cloud == Cloud::UsGovL5,
            Some("USGov") => cloud.is_us_gov(),
            _ => true,
        };
        // Plain GCC may have the government's region in the global cloud; nobody has written down that it never does.
        let region = match self.region {
            Some("USGov" | "USG" | "DOD") => cloud.is_us_gov() || self.sub_scope == Some("GCC"),
            _ => true,
        };
        // What stands here for L5 and for China is UNCONFIRMED: the host of L4 may stand for both.
        let graph_host = match self.graph_host {
            Some("graph.microsoft.com") => matches!(cloud, Cloud::Global | Cloud::China),
            Some("graph.microsoft.us") => cloud.is_us_gov(),
            Some("dod-graph.microsoft.us") => cloud == Cloud::UsGovL5,
            Some("microsoftgraph.chinacloudapi.cn") => cloud == Cloud::China,
            _ => true,
        };
        let is_login = |host: &str| cloud.login().strip_prefix("https://") == Some(host);
        let login_host = self.login_host.is_none_or(is_login);
        instance && sub_scope && region && graph_host && login_host
    }

    /// What was said, in Microsoft's words.
    fn said(&self) -> String {
        let parts = [
            ("cloud_instance_name", self.instance),
            ("tenant_region_sub_scope", self.sub_scope),
            ("tenant_region_scope", self.region),
            ("msgraph_host", self.graph_host),
            ("sign-in host", self.login_host),
        ];
        let said = parts.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value?)));
        said.collect::<Vec<_>>().join(", ")
    }
}

/// Names of the clouds in discovery documents.
const INSTANCES: [&str; 3] = ["microsoftonline.com", "microsoftonline.us", "partner.microsoftonline.cn"];

/// Clouds by name, as a sentence says them.
#[must_use]
pub fn names(clouds: &[Cloud]) -> String {
    clouds.iter().map(|cloud| cloud.name()).collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGINS: [&str; 3] =
        ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"];

    fn home(instance: &str, sub_scope: &str, region: &str, graph_host: &str, login_host: &str) -> Home {
        let some = |word: &'static str| Some(word).filter(|word| !word.is_empty());
        let leak = |word: &str| some(Box::leak(word.to_owned().into_boxed_str()));
        Clues {
            instance: leak(instance),
            sub_scope: leak(sub_scope),
            region: leak(region),
            graph_host: leak(graph_host),
            login_host: leak(login_host),
        }
        .home()
    }

    #[test]
    fn every_clue_counts_and_what_is_missing_tells_nothing() {
        let [com, us, cn] = LOGINS;
        let (gov, china) = ("microsoftonline.us", "partner.microsoftonline.cn");
        let both = Home::Several(vec![Cloud::UsGovL4, Cloud::UsGovL5]);
        for (name, found, expected) in [
            (
                "usual",
                home("microsoftonline.com", "", "OC", "graph.microsoft.com", com),
                Home::In(Cloud::Global),
            ),
            ("bare", home("", "", "", "", com), Home::In(Cloud::Global)),
            (
                "GCC",
                home("microsoftonline.com", "GCC", "NA", "graph.microsoft.com", com),
                Home::In(Cloud::Global),
            ),
            ("GCC of the government's region", home("", "GCC", "USGov", "", com), Home::In(Cloud::Global)),
            ("L4", home(gov, "DODCON", "USGov", "graph.microsoft.us", us), Home::In(Cloud::UsGovL4)),
            ("L5", home(gov, "DOD", "USGov", "dod-graph.microsoft.us", us), Home::In(Cloud::UsGovL5)),
            ("L5 by its scope", home(gov, "DOD", "DOD", "graph.microsoft.us", us), Home::In(Cloud::UsGovL5)),
            ("L5 by its Graph", home(gov, "", "USG", "dod-graph.microsoft.us", us), Home::In(Cloud::UsGovL5)),
            ("L4 or L5", home(gov, "", "USG", "graph.microsoft.us", us), both.clone()),
            ("L4 or L5 by the host alone", home("", "", "", "", us), both),
            ("China", home(china, "", "AS", "microsoftgraph.chinacloudapi.cn", cn), Home::In(Cloud::China)),
            (
                "China with the global Graph",
                home(china, "", "", "graph.microsoft.com", cn),
                Home::In(Cloud::China),
            ),
            (
                "new",
                home("sovcloud-identity.fr", "", "", "", com),
                Home::Unknown("sovcloud-identity.fr".into()),
            ),
        ] {
            assert_eq!(found, expected, "{name}");
        }
        for (name, found) in [
            ("scope against instance", home("microsoftonline.com", "DODCON", "", "", com)),
            ("region against instance", home("microsoftonline.com", "", "USGov", "", com)),
            ("instance against host", home(gov, "DOD", "", "", com)),
            ("L4 by scope, L5 by Graph", home(gov, "DODCON", "", "dod-graph.microsoft.us", us)),
        ] {
            assert!(matches!(found, Home::Contradiction(_)), "{name}: {found:?}");
        }
    }

    #[test]
    fn a_contradiction_says_what_was_said() {
        let found = home("microsoftonline.com", "", "USGov", "", "");
        let words = "cloud_instance_name microsoftonline.com, tenant_region_scope USGov";
        assert_eq!(found, Home::Contradiction(words.into()));
    }
}
