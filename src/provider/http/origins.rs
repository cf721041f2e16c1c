//! Which origin is reached where: the table that keeps the sandbox and the real world apart.

use std::collections::BTreeMap;

use url::{Host, Url};

use super::HttpError;

/// The table from settings, checked.
#[derive(Clone, Debug)]
pub(super) struct Origins {
    /// Origin to loopback origin, both as `scheme://host:port`.
    table: BTreeMap<String, Url>,
    /// Whether an origin that is not in the table is refused.
    is_total: bool,
}

/// Where a request goes.
pub(super) struct Target {
    /// The address that the socket is opened for.
    pub(super) url: Url,
    /// The original `Host`, when the address was mapped.
    pub(super) host: Option<String>,
}

impl Origins {
    /// Checks the table: what stands for an origin is a loopback address, written as a number, so no DNS is asked.
    ///
    /// # Errors
    /// Names the first entry that is no origin or leads elsewhere.
    pub(super) fn new(entries: &[(String, String)], is_total: bool) -> Result<Self, HttpError> {
        let mut table = BTreeMap::new();
        for (from, to) in entries {
            let from = parse(from)?;
            let to = parse(to)?;
            if !is_loopback(&to) {
                return Err(HttpError::NotLoopback { origin: to.origin().ascii_serialization() });
            }
            table.insert(from.origin().ascii_serialization(), to);
        }
        Ok(Self { table, is_total })
    }

    /// Whether some entry leads to a TLS address.
    pub(super) fn needs_tls(&self) -> bool {
        self.table.values().any(|to| to.scheme() == "https")
    }

    /// Where this address is reached.
    ///
    /// # Errors
    /// An origin that the sandbox does not have, or an address that is not HTTP.
    pub(super) fn map(&self, url: &Url) -> Result<Target, HttpError> {
        let origin = url.origin().ascii_serialization();
        if !matches!(url.scheme(), "https" | "http") {
            return Err(HttpError::Request { detail: format!("the scheme {}", url.scheme()) });
        }
        let Some(to) = self.table.get(&origin) else {
            return if self.is_total {
                Err(HttpError::NotInSandbox { origin })
            } else {
                Ok(Target { url: url.clone(), host: None })
            };
        };
        let mut mapped = to.clone();
        mapped.set_path(url.path());
        mapped.set_query(url.query());
        let host = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => return Err(HttpError::Request { detail: String::from("no host") }),
        };
        Ok(Target { url: mapped, host: Some(host) })
    }
}

/// An entry as an address.
fn parse(text: &str) -> Result<Url, HttpError> {
    let bad = || HttpError::Request { detail: format!("{text} is no origin") };
    let url = Url::parse(text).map_err(|_malformed| bad())?;
    if matches!(url.scheme(), "https" | "http") && url.has_host() { Ok(url) } else { Err(bad()) }
}

/// Whether the host is a loopback address written as a number.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(is_total: bool) -> Origins {
        Origins::new(&[("https://graph.microsoft.com".into(), "http://127.0.0.1:4711".into())], is_total)
            .unwrap()
    }

    #[test]
    fn a_mapped_address_keeps_its_host_path_and_query() {
        let url = Url::parse("https://graph.microsoft.com/v1.0/users?$top=999&x=%2F").unwrap();
        let target = table(true).map(&url).unwrap();
        assert_eq!(target.url.as_str(), "http://127.0.0.1:4711/v1.0/users?$top=999&x=%2F");
        assert_eq!(target.host.as_deref(), Some("graph.microsoft.com"));
    }

    #[test]
    fn the_sandbox_has_only_what_its_table_names() {
        for text in
            ["https://example.com/", "http://graph.microsoft.com/", "https://graph.microsoft.com:444/"]
        {
            let url = Url::parse(text).unwrap();
            assert!(matches!(table(true).map(&url), Err(HttpError::NotInSandbox { .. })), "{text}");
            assert!(table(false).map(&url).unwrap().host.is_none(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_address_the_sandbox_leads_to_itself_or_nowhere(
            scheme in "(https|http|HTTPS|ftp|ws|file)",
            user in "([a-z]{1,3}(:[a-z]{0,2})?@)?",
            host in "(graph\\.microsoft\\.com\\.?|GRAPH\\.microsoft\\.com|evil\\.example|127\\.0\\.0\\.1|\\[::1\\]|localhost|[a-z.%\u{3002}]{1,12})",
            port in "(:443|:80|:444|:0)?",
            rest in "[/a-z?#@\\\\%.:]{0,20}",
        ) {
            let Ok(url) = Url::parse(&format!("{scheme}://{user}{host}{port}/{rest}")) else { return Ok(()) };
            if let Ok(target) = table(true).map(&url) {
                proptest::prop_assert_eq!(target.url.origin().ascii_serialization(), "http://127.0.0.1:4711");
                proptest::prop_assert_eq!(target.host.as_deref(), Some("graph.microsoft.com"));
                proptest::prop_assert_eq!(url.origin().ascii_serialization(), "https://graph.microsoft.com");
            }
        }
    }

    #[test]
    fn a_table_that_leads_away_is_refused() {
        for to in
            ["http://192.0.2.1:80", "http://localhost:80", "https://example.com", "http://[2001:db8::1]"]
        {
            let made = Origins::new(&[("https://graph.microsoft.com".into(), to.into())], false);
            assert!(matches!(made, Err(HttpError::NotLoopback { .. })), "{to}");
        }
    }
}
