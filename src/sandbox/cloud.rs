//! Microsoft's clouds, as the sandbox plays them: it is one of them, and knows of the others what their discovery says.

/// One of them: its hosts, and what discovery documents say in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cloud {
    /// What it is started by.
    pub(super) word: &'static str,
    /// `cloud_instance_name`.
    pub(super) instance: &'static str,
    /// Host that signs in.
    pub(super) login: &'static str,
    /// Host of Graph.
    pub(super) graph: &'static str,
    /// `tenant_region_scope`, where it is always the same.
    pub(super) region: Option<&'static str>,
    /// `tenant_region_sub_scope`.
    pub(super) sub_region: Option<&'static str>,
}

/// All of them. What `msgraph_host` says for L5 and China is UNCONFIRMED: here it is the host of Graph.
pub(super) static CLOUDS: [Cloud; 4] = [
    Cloud {
        word: "global",
        instance: "microsoftonline.com",
        login: "login.microsoftonline.com",
        graph: "graph.microsoft.com",
        region: None,
        sub_region: None,
    },
    Cloud {
        word: "us-gov-l4",
        instance: "microsoftonline.us",
        login: "login.microsoftonline.us",
        graph: "graph.microsoft.us",
        region: Some("USGov"),
        sub_region: Some("DODCON"),
    },
    Cloud {
        word: "us-gov-l5",
        instance: "microsoftonline.us",
        login: "login.microsoftonline.us",
        graph: "dod-graph.microsoft.us",
        region: Some("USGov"),
        sub_region: Some("DOD"),
    },
    Cloud {
        word: "china",
        instance: "partner.microsoftonline.cn",
        login: "login.partner.microsoftonline.cn",
        graph: "microsoftgraph.chinacloudapi.cn",
        region: Some("AS"),
        sub_region: None,
    },
];

/// The worldwide one.
pub(super) fn global() -> &'static Cloud {
    let [global, ..] = &CLOUDS;
    global
}

/// A cloud by its word.
///
/// # Errors
/// A sentence that names the known ones.
pub(super) fn named(word: &str) -> Result<&'static Cloud, String> {
    CLOUDS.iter().find(|cloud| cloud.word == word).ok_or_else(|| {
        let known: Vec<_> = CLOUDS.iter().map(|cloud| cloud.word).collect();
        format!("there is no cloud \"{word}\"; there are {}", known.join(", "))
    })
}
