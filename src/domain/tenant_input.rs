//! The tenant field (rule 10): what a person types or pastes, turned into something that can be looked up.

use uuid::Uuid;

use super::{
    id::{NotAnId, TenantId},
    text::is_forbidden,
};

/// The tenant of private Microsoft accounts: never a customer (product.md section 9, *Access and consent*).
const PRIVATE_ACCOUNTS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// Path words of the identity platform that look like a tenant and name none.
const PATH_WORDS: [&str; 3] = ["common", "organizations", "consumers"];

/// Parameters of portals' and sign-in pages' addresses that name a tenant, in lower case; those of partner pages
/// (`delegatedorg`) and hints with an address among them.
const TENANT_PARAMETERS: [&str; 10] = [
    "tenant",
    "tenantid",
    "tenant_id",
    "directoryid",
    "tid",
    "ctid",
    "delegatedorg",
    "domain",
    "domain_hint",
    "login_hint",
];

/// What to look up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TenantInput {
    /// A whole GUID.
    Guid(TenantId),
    /// A whole domain name, lower case, ASCII.
    Domain(String),
}

/// How what was typed stands to a tenant that is known already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TenantMatch {
    /// It is the same one.
    Same,
    /// It is another one for certain.
    Other,
    /// A domain that is not the known one: only Microsoft knows whose it is.
    Unsure,
}

/// Why the text can't be looked up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TenantInputError {
    /// Nothing typed yet.
    #[error("type the tenant ID, the domain, or an administrator's e-mail address")]
    Empty,
    /// Still being typed, or not a tenant at all.
    #[error("this is not a whole tenant ID or domain yet")]
    Incomplete,
    /// A word that names every tenant or none.
    #[error("this word names no single organisation; ask for the tenant ID or the domain")]
    PathWord,
    /// The tenant of private Microsoft accounts.
    #[error("this is a private Microsoft address; ask for the organisation's own domain or tenant ID")]
    PrivateAccount,
}

impl TenantInput {
    /// Compares what was typed with a tenant and its default domain, as far as they are known.
    #[must_use]
    pub fn compare(typed: &str, tenant: Option<TenantId>, domain: Option<&str>) -> TenantMatch {
        match Self::parse(typed) {
            Ok(Self::Guid(id)) if tenant == Some(id) => TenantMatch::Same,
            Ok(Self::Guid(_)) if tenant.is_some() => TenantMatch::Other,
            Ok(Self::Domain(name)) if domain == Some(name.as_str()) => TenantMatch::Same,
            _ => TenantMatch::Unsure,
        }
    }

    /// Reads a GUID, a domain, an `onmicrosoft.com` name, an e-mail address or a portal URL.
    ///
    /// Spaces, quotes, braces, invisible characters, a label in front and whatever follows a newline are dropped.
    ///
    /// # Errors
    /// Says what is missing; typing on may mend it.
    pub fn parse(raw: &str) -> Result<Self, TenantInputError> {
        let words = tidy(raw);
        let tidy: String = words.split(' ').collect();
        if tidy.is_empty() {
            return Err(TenantInputError::Empty);
        }
        let lower = tidy.to_lowercase();
        let found = match url(&lower) {
            Some((host, rest)) => in_url(host, rest)?,
            None => find_guid(&words).or_else(|| find_guid(&tidy)).map_or_else(|| named(&lower), Self::Guid),
        };
        match found {
            Self::Guid(id) if id.to_string() == PRIVATE_ACCOUNTS => Err(TenantInputError::PrivateAccount),
            Self::Domain(name) if PATH_WORDS.contains(&name.as_str()) => Err(TenantInputError::PathWord),
            Self::Domain(name) => {
                domain(&name).map(Self::Domain).map_err(|NotAnId(_)| TenantInputError::Incomplete)
            }
            guid @ Self::Guid(_) => Ok(guid),
        }
    }
}

/// First line that says something, without what people paste along with an id; single spaces between its words.
fn tidy(raw: &str) -> String {
    raw.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
        .map(tidy_line)
        .find(|line| !line.is_empty())
        .unwrap_or_default()
}

/// One line: signs around an id are gaps, what can't be seen is gone, the hyphens of word processors are hyphens.
fn tidy_line(line: &str) -> String {
    let visible: String = line
        .chars()
        .filter_map(|c| match c {
            '"' | '\'' | '`' | '{' | '}' | '(' | ')' | '<' | '>' | '[' | ']' | '“' | '”' | '„' | '‘'
            | '’' | '‚' | '«' | '»' | '‹' | '›' => Some(' '),
            '\u{2010}'..='\u{2013}' | '\u{2212}' => Some('-'),
            c if c.is_whitespace() => Some(' '),
            // What the terminal's reader or a copy made of a control character.
            '\u{FFFD}' => None,
            c => (!is_forbidden(c)).then_some(c),
        })
        .collect();
    let words: Vec<&str> = visible.split(' ').filter(|word| !word.is_empty()).collect();
    // "Tenant ID: …": what stands in front of the colon is its label.
    let start = words.iter().rposition(|word| word.ends_with(':')).map_or(0, |at| at + 1);
    words.get(start..).filter(|rest| !rest.is_empty()).unwrap_or(&words).join(" ")
}

/// The GUID in the text: the whole of it, or the first whole one; one that is a part of a longer name is none.
fn find_guid(text: &str) -> Option<TenantId> {
    if let Ok(id) = text.parse() {
        return Some(id);
    }
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.' | '_')))
        .map(|part| part.trim_matches('.'))
        .filter(|part| part.len() == Uuid::nil().hyphenated().to_string().len())
        .find_map(|part| part.parse().ok())
}

/// Host and rest of a URL. One that lost its scheme, or a slash of it, on the way still counts where a portal's host or
/// its parameters show what it is.
fn url(text: &str) -> Option<(&str, &str)> {
    let (scheme, bare) = text.split_once(":/").unwrap_or(("", text));
    let bare = bare.trim_start_matches('/');
    let end = bare.find(['/', '?', '#']).unwrap_or(bare.len());
    let (host, rest) = bare.split_at_checked(end)?;
    let has_parameters = rest.split_once('?').is_some_and(|(_, parameters)| parameters.contains('='));
    let is_url = !scheme.is_empty() || has_parameters || (is_portal(host) && !rest.is_empty());
    is_url.then_some((host, rest))
}

/// The tenant that a URL names. Addresses of portals are full of ids of other things (applications, subscriptions,
/// people), so only those places count that hold a tenant.
fn in_url(host: &str, rest: &str) -> Result<TenantInput, TenantInputError> {
    let parts: Vec<&str> = rest.split(['/', '?', '&', '#']).filter(|part| !part.is_empty()).collect();
    let given = parts.iter().filter_map(|part| part.split_once('='));
    if let Some(found) =
        given.filter(|(name, _)| TENANT_PARAMETERS.contains(name)).find_map(|(_, value)| whole(value))
    {
        return Ok(found);
    }
    if let Some(found) = parts.iter().filter_map(|part| part.strip_prefix('@')).find_map(whole) {
        return Ok(found);
    }
    if !is_portal(host) {
        let name = host.split(':').next().unwrap_or_default();
        return Ok(TenantInput::Domain(name.trim_end_matches('.').to_owned()));
    }
    // The path begins with the tenant; what names a part of a page stands in front of an id that is not one.
    match parts.first().filter(|part| !part.contains('=')) {
        Some(word) if PATH_WORDS.contains(word) => Err(TenantInputError::PathWord),
        Some(first) => whole(first).ok_or(TenantInputError::Incomplete),
        None => Err(TenantInputError::Incomplete),
    }
}

/// A text that is wholly a GUID, a domain or an address.
fn whole(text: &str) -> Option<TenantInput> {
    let name = || text.rsplit_once('@').map_or(text, |(_, domain)| domain);
    let guid = text.parse().ok().map(TenantInput::Guid);
    guid.or_else(|| domain(name()).ok().filter(|found| !is_portal(found)).map(TenantInput::Domain))
}

/// What can be a domain: the part behind the `@`, without the path behind it and without a sentence's last sign.
fn named(text: &str) -> TenantInput {
    let bare = text.split(['/', '?', '#']).next().unwrap_or_default();
    let name = bare.rsplit_once('@').map_or(bare, |(_, domain)| domain);
    TenantInput::Domain(name.trim_end_matches(['.', ',', ';']).to_owned())
}

/// Whether a host is Microsoft's own.
fn is_portal(host: &str) -> bool {
    let host = host.split(':').next().unwrap_or_default();
    ["microsoft.com", "microsoftonline.com", "azure.com", "office.com", "office365.com", "windows.net"]
        .iter()
        .any(|suffix| host == *suffix || host.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.')))
}

/// A DNS name with at least two labels, turned to ASCII.
fn domain(text: &str) -> Result<String, NotAnId> {
    let wrong = NotAnId("a domain");
    let url::Host::Domain(ascii) = url::Host::parse(text).map_err(|_malformed| wrong)? else {
        return Err(wrong);
    };
    let fits = ascii.len() <= 253
        && ascii.contains('.')
        && ascii.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
        && ascii
            .rsplit('.')
            .next()
            .is_some_and(|top| top.len() >= 2 && !top.chars().all(|c| c.is_ascii_digit()));
    if fits { Ok(ascii) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GUID: &str = "7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77";

    #[test]
    fn every_usual_form_is_taken() {
        for text in [
            GUID,
            "{7C1E0F52-93AB-4D1C-8A40-5B2F6D9E1A77}",
            " \"7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77\"\r\nsecond line",
            "7c1e0f52\u{200b}-93ab-4d1c-8a40-5b2f6d9e1a77\u{feff}",
            "7c1e0f5293ab4d1c8a405b2f6d9e1a77",
            "https://entra.microsoft.com/7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77/overview",
            "https://login.microsoftonline.com/7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77/v2.0?x=1",
            "login.microsoftonline.com/7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77",
            "https://portal.azure.com/#@7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77/resource",
            "Tenant ID\t7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77",
            "Tenant ID: 7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77.",
            "7c1e0f52–93ab–4d1c–8a40–5b2f6d9e1a77",
            "7c1e0f52 -93ab-4d1c-8a40- 5b2f6d9e1a77",
            "\u{200b}\n\u{FFFD}7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77\rTenant",
            "«7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77\u{fe0f}\u{e0041}»\u{2028}x",
        ] {
            assert_eq!(TenantInput::parse(text), Ok(TenantInput::Guid(GUID.parse().unwrap())), "{text}");
        }
        for (text, domain) in [
            ("Bakery.example", "bakery.example"),
            ("bakery0042.onmicrosoft.com", "bakery0042.onmicrosoft.com"),
            (" mila@bakery.example ", "bakery.example"),
            ("https://bakery.example/contact", "bakery.example"),
            ("https://portal.azure.com/#@bakery.example/resource", "bakery.example"),
            ("bäckerei.example", "xn--bckerei-5wa.example"),
            ("Mila Novak <mila@bakery.example>;", "bakery.example"),
            ("Domain: bakery.example.", "bakery.example"),
            (
                "https://admin.microsoft.com/Partner/BeginClientSession.aspx?CTID=&delegatedOrg=bakery.onmicrosoft.com",
                "bakery.onmicrosoft.com",
            ),
            (
                "https://login.microsoftonline.com/bakery.example/oauth2/authorize?client_id=x",
                "bakery.example",
            ),
            (
                "https://login.microsoftonline.com/common/oauth2?login_hint=mila@bakery.example",
                "bakery.example",
            ),
        ] {
            assert_eq!(TenantInput::parse(text), Ok(TenantInput::Domain(domain.into())), "{text}");
        }
    }

    #[test]
    fn ids_of_other_things_in_a_pasted_address_are_not_the_tenant() {
        const OTHER: &str = "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40";
        for text in [
            format!("https://localhost/consent?client_id={OTHER}&admin_consent=True&tenant={GUID}"),
            format!("https://localhost/consent?admin_consent=True&state={OTHER}&tenant={GUID}"),
            format!("https://login.microsoftonline.com/{GUID}/adminconsent?client_id={OTHER}"),
            format!("https://portal.azure.com/?appId={OTHER}&tid={GUID}#home"),
            format!("localhost/consent?client_id={OTHER}&tenant={GUID}"),
        ] {
            assert_eq!(TenantInput::parse(&text), Ok(TenantInput::Guid(GUID.parse().unwrap())), "{text}");
        }
        for (text, domain) in [
            (
                format!("https://login.microsoftonline.com/bakery.example/adminconsent?client_id={OTHER}"),
                "bakery.example",
            ),
            (
                format!("https://portal.azure.com/#@bakery.example/resource/subscriptions/{OTHER}/overview"),
                "bakery.example",
            ),
        ] {
            assert_eq!(TenantInput::parse(&text), Ok(TenantInput::Domain(domain.into())), "{text}");
        }
        for (text, why) in [
            (
                format!("https://login.microsoftonline.com/common/adminconsent?client_id={OTHER}"),
                TenantInputError::PathWord,
            ),
            (
                format!("https://portal.azure.com/#view/Users/objectId/{OTHER}/appId/{OTHER}"),
                TenantInputError::Incomplete,
            ),
            (
                format!("https://localhost/consent?error_description=Trace+ID%3a+{OTHER}"),
                TenantInputError::Incomplete,
            ),
        ] {
            assert_eq!(TenantInput::parse(&text), Err(why), "{text}");
        }
        // Addresses that lost a slash or their scheme on the way.
        for text in [
            format!("https:/localhost/consent?client_id={OTHER}"),
            format!("localhost/consent?client_id={OTHER}"),
        ] {
            assert!(!matches!(TenantInput::parse(&text), Ok(TenantInput::Guid(_))), "{text}");
        }
    }

    #[test]
    fn an_id_inside_a_longer_name_is_not_the_tenant() {
        let name = format!("{GUID}totent.example");
        for text in [name.clone(), format!("https://{name}/"), format!("{name}/x")] {
            assert_eq!(TenantInput::parse(&text), Ok(TenantInput::Domain(name.clone())), "{text}");
        }
        let text = format!("Tenant ID: {GUID}.");
        assert_eq!(TenantInput::parse(&text), Ok(TenantInput::Guid(GUID.parse().unwrap())));
    }

    #[test]
    fn what_names_no_organisation_is_refused_with_the_reason() {
        for (text, why) in [
            ("", TenantInputError::Empty),
            ("  \n", TenantInputError::Empty),
            ("bakery", TenantInputError::Incomplete),
            ("bakery.", TenantInputError::Incomplete),
            ("7c1e0f52-93ab", TenantInputError::Incomplete),
            ("1.2.3.4", TenantInputError::Incomplete),
            ("common", TenantInputError::PathWord),
            ("00000000-0000-0000-0000-000000000000", TenantInputError::Incomplete),
            (PRIVATE_ACCOUNTS, TenantInputError::PrivateAccount),
            ("https://portal.azure.com/", TenantInputError::Incomplete),
        ] {
            assert_eq!(TenantInput::parse(text), Err(why), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_typed_can_break_it(raw in ".*") {
            if let Ok(TenantInput::Domain(domain)) = TenantInput::parse(&raw) {
                prop_assert!(domain.is_ascii() && !domain.contains(['/', '?', '#', '@', ' ', '%']));
                prop_assert_eq!(TenantInput::parse(&domain), Ok(TenantInput::Domain(domain.clone())));
            }
        }

        #[test]
        fn a_guid_survives_what_people_paste_around_it(
            bytes in any::<[u8; 16]>(),
            before in "[ \"{\u{200b}]{0,4}",
            after in "[ \"}\u{feff}]{0,4}(\r\n.*)?",
        ) {
            let id = Uuid::from_bytes(bytes);
            prop_assume!(!id.is_nil() && id.to_string() != PRIVATE_ACCOUNTS);
            let text = format!("{before}{id}{after}");
            prop_assert_eq!(TenantInput::parse(&text), Ok(TenantInput::Guid(id.to_string().parse().unwrap())));
        }
    }
}
