//! Where a token may go: below the address that it is for, and nowhere else (rule 15).

use url::Url;

use crate::provider::error::Error;

/// Whether a token for `root` may go to this address: https, the same host and port, no sign-in in it.
pub(super) fn check_host(root: &Url, url: &Url) -> Result<(), Error> {
    let is_ours = url.scheme() == "https"
        && root.scheme() == "https"
        && url.host() == root.host()
        && url.port_or_known_default() == root.port_or_known_default()
        && url.username().is_empty()
        && url.password().is_none();
    if is_ours { Ok(()) } else { Err(Error::WrongHost { host: elsewhere(root, url) }) }
}

/// What is wrong with the place that an address leads to: its host, or at the right one what else is not Graph's.
fn elsewhere(root: &Url, url: &Url) -> String {
    let host = url.host_str().unwrap_or("nowhere");
    if url.host() != root.host() {
        return host.to_owned();
    }
    if url.scheme() != "https" {
        return format!("{host} by {} in place of https", url.scheme());
    }
    match url.port() {
        Some(port) => format!("{host}, port {port}"),
        None => format!("{host} under a user name"),
    }
}

/// A link from an answer, as an address that a token for `root` may go to.
pub(super) fn follow(root: &Url, link: &str) -> Result<Url, Error> {
    let nowhere = || Error::WrongHost { host: String::from("nowhere") };
    // Browsers read these as if they were something else, or not there; an honest link has none of them.
    if link.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control()) {
        return Err(nowhere());
    }
    let url = Url::parse(link).map_err(|_malformed| nowhere())?;
    check_host(root, &url)?;
    Ok(url)
}

/// An address below `root`, version 1.0; the parts of the path are escaped here, the query is our own words.
pub(super) fn versioned(root: &Url, path: &[&str], query: &str) -> Url {
    let mut url = root.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.clear().push("v1.0").extend(path);
    }
    url.set_query(Some(query).filter(|query| !query.is_empty()));
    url
}

/// An address from settings.
pub(super) fn address(text: &str) -> Result<Url, Error> {
    Url::parse(text)
        .ok()
        .filter(Url::has_host)
        .ok_or_else(|| Error::Credential { detail: format!("{text} is no address") })
}
