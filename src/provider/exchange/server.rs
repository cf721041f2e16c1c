//! What may be a server's address, and which hosts are Exchange Online and therefore refused.
//!
//! Triggered by what a person typed and by every address that discovery or an answer names. Pure.

use url::Url;

use super::error::{Bad, Error};
use crate::domain::exchange_server;

/// The path of Exchange Web Services on every Exchange Server.
const PATH: &str = "/EWS/Exchange.asmx";

/// Whether a host, or a mail domain, belongs to Exchange Online.
pub(super) fn is_online(host: &str) -> bool {
    exchange_server::is_exchange_online(host)
}

/// Whether a host serves the mail of Exchange Online: only that proves where mailboxes are.
pub(super) fn is_mail_of_online(host: &str) -> bool {
    exchange_server::is_mail_of_exchange_online(host)
}

/// The EWS address on a host that was found in another way.
pub(super) fn on_host(host: &str) -> Option<Url> {
    Url::parse(&format!("https://{host}{PATH}")).ok()
}

/// Checks an address that is about to get the password: https, and not Exchange Online. In the sandbox a loopback
/// address may be plain http.
pub(super) fn check(text: &str, is_sandbox: bool) -> Result<Url, Bad> {
    let bad = |error| Bad::early(error, text);
    let url = Url::parse(text).map_err(|_malformed| bad(Error::NotAServer))?;
    let Some(host) = url.host_str() else { return Err(bad(Error::NotAServer)) };
    let is_loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    if url.scheme() != "https" && !(is_sandbox && is_loopback && url.scheme() == "http") {
        return Err(bad(Error::NotTls));
    }
    if is_online(host) { Err(Bad::early(Error::ExchangeOnline, host)) } else { Ok(url) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn exchange_online_is_refused_by_whole_labels_only() {
        for host in [
            "outlook.office365.com",
            "outlook.office.com",
            "OUTLOOK.COM",
            "autodiscover-s.outlook.com.",
            "bakery.onmicrosoft.com",
        ] {
            assert!(is_online(host), "{host}");
            assert_eq!(
                check(&format!("https://{host}"), false).map_err(|b| b.error),
                Err(Error::ExchangeOnline),
                "{host}"
            );
        }
        for host in ["notoutlook.com", "outlook.com.hoster.example", "mail.hoster.example"] {
            assert!(!is_online(host), "{host}");
        }
    }

    #[test]
    fn no_password_goes_over_an_open_line() {
        assert_eq!(
            check("http://mail.hoster.example/EWS/Exchange.asmx", false).map_err(|b| b.error),
            Err(Error::NotTls)
        );
        assert_eq!(
            check("http://mail.hoster.example/EWS/Exchange.asmx", true).map_err(|b| b.error),
            Err(Error::NotTls)
        );
        assert_eq!(
            check("http://127.0.0.1:4711/EWS/Exchange.asmx", false).map_err(|b| b.error),
            Err(Error::NotTls)
        );
        assert!(check("http://127.0.0.1:4711/EWS/Exchange.asmx", true).is_ok());
        assert!(check("https://mail.hoster.example/EWS/Exchange.asmx", false).is_ok());
    }

    proptest! {
        #[test]
        fn whatever_is_typed_gives_an_https_address_or_a_refusal(typed in "\\PC*|[a-z.:/@]{0,30}") {
            if let Ok(url) = exchange_server::normalise(&typed) {
                let url = check(url.as_str(), false).map_err(|b| b.error);
                let url = url.map_err(|error| TestCaseError::fail(format!("{typed:?}: {error:?}")))?;
                prop_assert_eq!(url.scheme(), "https");
                prop_assert!(!is_online(url.host_str().unwrap_or_default()));
            }
        }
    }
}
