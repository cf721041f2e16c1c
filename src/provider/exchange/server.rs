//! What may be a server's address, and which hosts are Exchange Online and therefore refused.
//!
//! Triggered by what a person typed and by every address that discovery or an answer names. Pure.

use url::Url;

use super::error::{Bad, Error};
use crate::domain::exchange_server::{self, ServerError};

/// The path of Exchange Web Services on every Exchange Server.
const PATH: &str = "/EWS/Exchange.asmx";

/// Whether a host, or a mail domain, belongs to Exchange Online.
pub(super) fn is_online(host: &str) -> bool {
    exchange_server::is_exchange_online(host)
}

/// Makes the EWS address of a typed server: a host name, or any address on that host.
pub(super) fn normalise(typed: &str) -> Result<Url, Bad> {
    let bad = |error| Bad::early(error, typed);
    let text = exchange_server::normalise(typed).map_err(|why| match why {
        ServerError::ExchangeOnline => bad(Error::ExchangeOnline),
        ServerError::Empty | ServerError::NotAServer => bad(Error::NotAServer),
    })?;
    Url::parse(text.as_str()).map_err(|_malformed| bad(Error::NotAServer))
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
    fn a_typed_server_becomes_the_address_of_the_service() {
        for (typed, url) in [
            ("mail.hoster.example", "https://mail.hoster.example/EWS/Exchange.asmx"),
            (" \"MAIL.hoster.example\"\u{200b}\n", "https://mail.hoster.example/EWS/Exchange.asmx"),
            (
                "https://mail.hoster.example/owa/?path=/mail#x",
                "https://mail.hoster.example/EWS/Exchange.asmx",
            ),
            ("http://mail.hoster.example", "https://mail.hoster.example/EWS/Exchange.asmx"),
            (
                "mail.hoster.example:8443/ews/exchange.asmx",
                "https://mail.hoster.example:8443/ews/exchange.asmx",
            ),
            (
                "https://mail.hoster.example/tenant/EWS/Exchange.asmx",
                "https://mail.hoster.example/tenant/EWS/Exchange.asmx",
            ),
        ] {
            assert_eq!(normalise(typed).map(|u| u.to_string()), Ok(url.to_owned()), "{typed:?}");
        }
    }

    #[test]
    fn what_is_no_server_is_refused() {
        for typed in [
            "",
            "mail",
            "ana@customer.example",
            "https://user:pw@mail.hoster.example",
            "ftp://mail.hoster.example",
            "https://",
        ] {
            assert_eq!(normalise(typed).map_err(|b| b.error), Err(Error::NotAServer), "{typed:?}");
        }
    }

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
                normalise(host.trim_end_matches('.')).map_err(|b| b.error),
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
            if let Ok(url) = normalise(&typed) {
                prop_assert_eq!(url.scheme(), "https");
                prop_assert!(!is_online(url.host_str().unwrap_or_default()));
                prop_assert!(check(url.as_str(), false).is_ok());
            }
        }
    }
}
