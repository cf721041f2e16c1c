//! The way out of this computer, as its environment names it: proxies, what goes past them, and whom to trust.
//!
//! `app` reads the variables once and hands them in; here they are read as curl reads them, and refused where they can't
//! be. What a proxy's address holds besides the proxy's place is a password, and never shown.

use std::{path::PathBuf, sync::Arc};

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use super::HttpError;
use crate::domain::secret::Secret;

/// Variables that decide about the way out; of two spellings the first that is set counts, set to nothing too.
pub const VARIABLES: [&str; 10] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    CERTIFICATE_FILE,
    CERTIFICATE_FOLDERS,
];

/// A file of certificates that are trusted in place of the system's.
const CERTIFICATE_FILE: &str = "SSL_CERT_FILE";

/// Folders of such files, as `openssl rehash` leaves them.
const CERTIFICATE_FOLDERS: &str = "SSL_CERT_DIR";

/// Forms of a proxy's address that can be used.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// Where SOCKS is spoken unless the address says otherwise (RFC 1928 section 3).
const SOCKS_PORT: u16 = 1080;

/// The variables of [`VARIABLES`] that are set, with their values: an address may hold a password.
#[derive(Clone, Debug, Default)]
pub struct Network(pub Vec<(&'static str, Secret<String>)>);

impl Network {
    /// The first of these that is set.
    fn first(&self, names: [&str; 2]) -> Option<(&'static str, &str)> {
        names.iter().find_map(|name| {
            let (name, value) = self.0.iter().find(|(set, _)| set == name)?;
            Some((*name, value.expose().as_str()))
        })
    }

    /// Which files and folders of certificates are trusted in place of the system's; nothing where neither is named.
    pub(super) fn certificates(&self) -> Option<(Option<PathBuf>, Vec<PathBuf>)> {
        let value = |name| self.first([name, name]).map(|(_, value)| value).filter(|value| !value.is_empty());
        let (file, folders) = (value(CERTIFICATE_FILE), value(CERTIFICATE_FOLDERS));
        let folders: Vec<PathBuf> = folders.map(|v| std::env::split_paths(v).collect()).unwrap_or_default();
        (file.is_some() || !folders.is_empty()).then(|| (file.map(PathBuf::from), folders))
    }

    /// Files and folders of certificates that are named and are not there.
    #[must_use]
    pub fn missing_certificates(&self) -> Vec<PathBuf> {
        let (file, folders) = self.certificates().unwrap_or_default();
        file.into_iter()
            .filter(|file| !file.is_file())
            .chain(folders.into_iter().filter(|folder| !folder.is_dir()))
            .collect()
    }

    /// The same as it was given: `SSL_CERT_FILE=/etc/ssl/ours.pem`.
    #[must_use]
    pub fn certificates_in_words(&self) -> String {
        let named = self.0.iter().filter(|(name, _)| [CERTIFICATE_FILE, CERTIFICATE_FOLDERS].contains(name));
        named.map(|(name, value)| format!("{name}={}", value.expose())).collect::<Vec<_>>().join(" and ")
    }
}

/// A proxy, with its password.
#[derive(Clone)]
struct Proxy {
    variable: &'static str,
    url: Url,
}

/// A proxy as it may be named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProxyName {
    /// Host and port.
    pub place: String,
    /// The variable that names it.
    pub variable: &'static str,
    /// A user name stands in its address.
    pub has_sign_in: bool,
}

impl std::fmt::Display for ProxyName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the proxy {} ({})", self.place, self.variable)
    }
}

/// Which proxy leads where.
#[derive(Clone)]
pub(super) struct Proxies {
    https: Option<Proxy>,
    http: Option<Proxy>,
    /// What goes past them.
    past: String,
    matcher: Arc<Matcher>,
}

impl Proxies {
    /// Reads the variables.
    ///
    /// # Errors
    /// [`HttpError::BadProxy`] names the variable whose value is no address of a proxy.
    pub(super) fn read(network: &Network) -> Result<Self, HttpError> {
        let of = |names| network.first(names).map_or(Ok(None), |(name, value)| read(name, value));
        let (https, http) = (of(["HTTPS_PROXY", "https_proxy"])?, of(["HTTP_PROXY", "http_proxy"])?);
        // Desktops set it beside good ones, in a form of their own.
        let is_complete = https.is_some() && http.is_some();
        let all = if is_complete { None } else { of(["ALL_PROXY", "all_proxy"])? };
        let (https, http) = (https.or_else(|| all.clone()), http.or(all));
        let past = network.first(["NO_PROXY", "no_proxy"]).map(|(_, value)| value.to_owned());
        let past = past.unwrap_or_default();
        let address = |proxy: &Option<Proxy>| proxy.as_ref().map_or(String::new(), |p| p.url.to_string());
        let matcher = Matcher::builder().https(address(&https)).http(address(&http)).no(past.clone()).build();
        Ok(Self { https, http, past, matcher: Arc::new(matcher) })
    }

    /// Has a client use them, and nothing that it would find by itself.
    ///
    /// # Errors
    /// Never for what [`Proxies::read`] took.
    pub(super) fn set(&self, builder: reqwest::ClientBuilder) -> reqwest::Result<reqwest::ClientBuilder> {
        let past = reqwest::NoProxy::from_string(&self.past);
        let mut builder = builder.no_proxy();
        if let Some(proxy) = &self.https {
            builder = builder.proxy(reqwest::Proxy::https(proxy.url.as_str())?.no_proxy(past.clone()));
        }
        if let Some(proxy) = &self.http {
            builder = builder.proxy(reqwest::Proxy::http(proxy.url.as_str())?.no_proxy(past));
        }
        Ok(builder)
    }

    /// The proxy on the way to an address.
    pub(super) fn on_the_way(&self, url: &Url) -> Option<Box<ProxyName>> {
        self.matcher.intercept(&url.as_str().parse().ok()?)?;
        let proxy = if url.scheme() == "https" { &self.https } else { &self.http };
        let Proxy { variable, url } = proxy.as_ref()?;
        let host = url.host_str()?;
        Some(Box::new(ProxyName {
            place: url
                .port_or_known_default()
                .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
            variable,
            has_sign_in: !url.username().is_empty(),
        }))
    }
}

/// Reads the address of a proxy; none where the variable is set to nothing.
fn read(variable: &'static str, value: &str) -> Result<Option<Proxy>, HttpError> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let whole = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    let bad = || HttpError::BadProxy { variable };
    let mut url = Url::parse(&whole).map_err(|_malformed| bad())?;
    if !SCHEMES.contains(&url.scheme()) || url.host_str().is_none_or(str::is_empty) {
        return Err(bad());
    }
    if url.scheme().starts_with("socks") && url.port().is_none() {
        url.set_port(Some(SOCKS_PORT)).map_err(|()| bad())?;
    }
    Ok(Some(Proxy { variable, url }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(variables: &[(&'static str, &str)]) -> Network {
        Network(variables.iter().map(|(name, value)| (*name, Secret::new((*value).to_owned()))).collect())
    }

    fn on_the_way(variables: &[(&'static str, &str)], to: &str) -> Option<String> {
        let proxies = Proxies::read(&network(variables)).unwrap();
        proxies.on_the_way(&to.parse().unwrap()).map(|name| name.to_string())
    }

    #[test]
    fn variables_are_read_as_curl_reads_them() {
        let graph = "https://graph.microsoft.com/v1.0/users";
        for (variables, to, expected) in [
            (&[][..], graph, None),
            (&[("HTTPS_PROXY", "http://p.example:3128")], graph, Some("p.example:3128 (HTTPS_PROXY)")),
            (&[("https_proxy", "p.example:3128")], graph, Some("p.example:3128 (https_proxy)")),
            (&[("HTTPS_PROXY", "http://ana:hush@p.example")], graph, Some("p.example:80 (HTTPS_PROXY)")),
            (&[("HTTPS_PROXY", "https://p.example")], graph, Some("p.example:443 (HTTPS_PROXY)")),
            (&[("ALL_PROXY", "socks5h://p.example")], graph, Some("p.example:1080 (ALL_PROXY)")),
            (&[("HTTP_PROXY", "http://p.example:3128")], graph, None),
            (&[("HTTPS_PROXY", ""), ("https_proxy", "p.example")], graph, None),
            (&[("HTTPS_PROXY", "p.example"), ("NO_PROXY", ".microsoft.com")], graph, None),
            (&[("HTTPS_PROXY", "p.example"), ("no_proxy", "*")], graph, None),
            (
                &[("HTTPS_PROXY", "p.example"), ("NO_PROXY", "office.com")],
                graph,
                Some("p.example:80 (HTTPS_PROXY)"),
            ),
            (
                &[("http_proxy", "p.example:8080")],
                "http://bakery.example/",
                Some("p.example:8080 (http_proxy)"),
            ),
        ] {
            let expected = expected.map(|place| format!("the proxy {place}"));
            assert_eq!(on_the_way(variables, to), expected, "{variables:?} {to}");
        }
    }

    #[test]
    fn what_is_no_proxys_address_is_refused_by_its_variable_and_never_shown() {
        for value in [
            "http://",
            "ftp://p.example",
            "http://ana:s3cret#1@p.example:3128",
            "\u{fffd}",
            "p example",
            "://p",
        ] {
            let error = Proxies::read(&network(&[("HTTPS_PROXY", value)])).err();
            assert_eq!(error, Some(HttpError::BadProxy { variable: "HTTPS_PROXY" }), "{value}");
        }
        let printed = format!("{:?}", network(&[("HTTPS_PROXY", "http://ana:s3cret@p.example")]));
        assert!(!printed.contains("s3cret"), "{printed}");
    }
}
