//! What may be the address of a hosted Exchange server; Exchange Online is refused with the reason. Pure.

use url::Url;

use super::text::{MAX_BYTES, Text};

/// The path of Exchange Web Services on every Exchange Server.
const PATH: &str = "/EWS/Exchange.asmx";

/// Domains whose hosts are Microsoft's own cloud (exchange-web-services.md section 5.5, with the national clouds).
const ONLINE: [&str; 9] = [
    "outlook.com",
    "office.com",
    "office365.com",
    "office365.us",
    "outlook.office.de",
    "partner.outlook.cn",
    "hotmail.com",
    "microsoftonline.com",
    "onmicrosoft.com",
];

/// Those of them whose hosts serve mail and Autodiscover. The others are pages and sign-ins, which many a website has.
const MAIL_OF_ONLINE: [&str; 6] = [
    "outlook.com",
    "outlook.office.com",
    "office365.com",
    "office365.us",
    "outlook.office.de",
    "partner.outlook.cn",
];

/// Why an address can't be the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ServerError {
    /// Nothing typed yet.
    #[error("Type the server's name, like mail.hoster.example, or let it be found.")]
    Empty,
    /// Not a host name and not an address on one.
    #[error("This is not a server's name. Type it like mail.hoster.example.")]
    NotAServer,
    /// Microsoft's own cloud.
    #[error("This is Exchange Online, Microsoft's own cloud. It can't be reached by impersonation.")]
    ExchangeOnline,
}

/// A server that Autodiscover found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundServer {
    /// Its address.
    pub address: Text,
    /// What named it.
    pub by: FoundBy,
}

/// What named a server that was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FoundBy {
    /// Autodiscover, at a host of the customer's mail domain, over TLS.
    Autodiscover,
    /// An open redirect led there: anybody on the way there could have named it.
    OpenRedirect,
    /// A DNS record led there: anybody on the way to the name server could have named it.
    Dns,
}

impl FoundServer {
    /// What a person has to know before a password goes there; none where the server is the customer's own by its name,
    /// or on record.
    #[must_use]
    pub fn caution(&self, domains: &[Text], on_record: Option<&str>) -> Option<&'static str> {
        let host = host_of(self.address.as_str()).unwrap_or_default();
        if is_under_any(&host, domains) || on_record.and_then(host_of).is_some_and(|known| known == host) {
            return None;
        }
        Some(match self.by {
            FoundBy::OpenRedirect => "found by an open redirect, not in the customer's domain",
            FoundBy::Dns => "found by a DNS record, not in the customer's domain",
            FoundBy::Autodiscover => "found by Autodiscover, not in the customer's domain",
        })
    }
}

/// The host of a server's address, or of a server's name.
#[must_use]
pub fn host_of(server: &str) -> Option<String> {
    let address = normalise(server).ok()?;
    Url::parse(address.as_str()).ok()?.host_str().map(|host| host.trim_end_matches('.').to_owned())
}

/// Whether a host is one of these domains or below one, by whole labels.
#[must_use]
pub fn is_under_any(host: &str, domains: &[Text]) -> bool {
    let domains: Vec<String> =
        domains.iter().map(|domain| domain.as_str().trim_end_matches('.').to_ascii_lowercase()).collect();
    let domains: Vec<&str> = domains.iter().map(String::as_str).filter(|domain| !domain.is_empty()).collect();
    is_under(host, &domains)
}

/// Whether a host, or a mail domain, belongs to Exchange Online.
#[must_use]
pub fn is_exchange_online(host: &str) -> bool {
    is_under(host, &ONLINE)
}

/// Whether a host serves the mail of Exchange Online, so that being led there says where the mailboxes are. A page that
/// asks for a Microsoft sign-in does not.
#[must_use]
pub fn is_mail_of_exchange_online(host: &str) -> bool {
    is_under(host, &MAIL_OF_ONLINE)
}

/// Whether a host is one of these domains or below one, by whole labels.
fn is_under(host: &str, domains: &[&str]) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    domains
        .iter()
        .any(|domain| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// Makes the https address of the service out of a typed host name or any address on that host. A path of its own is
/// kept when it leads to an `.asmx` page, for hosters that publish the service elsewhere.
///
/// # Errors
/// Says in a sentence what is wrong; another address may mend it.
pub fn normalise(typed: &str) -> Result<Text, ServerError> {
    let text: String = typed.chars().filter(|c| !is_noise(*c)).collect();
    if text.is_empty() {
        return Err(ServerError::Empty);
    }
    let bare = match text.split_once("://") {
        Some((scheme, rest)) if ["http", "https"].iter().any(|s| scheme.eq_ignore_ascii_case(s)) => rest,
        Some(_) => return Err(ServerError::NotAServer),
        None => text.as_str(),
    };
    let mut url = Url::parse(&format!("https://{bare}")).map_err(|_malformed| ServerError::NotAServer)?;
    let host = url.host_str().unwrap_or_default();
    // Some letters turn into punctuation on their way into a host name; none of that is a server.
    let is_plain =
        host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':' | '[' | ']'));
    let is_named = is_plain && (host.contains('.') || host.contains(':') || host == "localhost");
    // A mail address parses as a user name in front of a host: never take it for one.
    if !is_named || !url.username().is_empty() || url.password().is_some() {
        return Err(ServerError::NotAServer);
    }
    if is_exchange_online(host) {
        return Err(ServerError::ExchangeOnline);
    }
    if !url.path().to_ascii_lowercase().ends_with(".asmx") {
        url.set_path(PATH);
    }
    url.set_query(None);
    url.set_fragment(None);
    // Escaping makes an address up to three times as long as it was typed; half an address would lead elsewhere.
    if url.as_str().len() > MAX_BYTES {
        return Err(ServerError::NotAServer);
    }
    Ok(Text::clean(url.as_str()))
}

/// What pasting adds: white space, quotes, brackets, and characters that can't be seen.
fn is_noise(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '"' | '\'' | '`' | '<' | '>' | '(' | ')' | '{' | '}' | '“' | '”' | '‘' | '’' | ','
                | '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_typed_server_becomes_the_address_of_the_service() {
        for (typed, url) in [
            ("mail.hoster.example", "https://mail.hoster.example/EWS/Exchange.asmx"),
            (" \"MAIL.hoster.example\"\u{200b}\r\n", "https://mail.hoster.example/EWS/Exchange.asmx"),
            ("HTTP://mail.hoster.example/owa/?path=/mail#x", "https://mail.hoster.example/EWS/Exchange.asmx"),
            (
                "mail.hoster.example:8443/ews/exchange.asmx",
                "https://mail.hoster.example:8443/ews/exchange.asmx",
            ),
        ] {
            assert_eq!(normalise(typed).unwrap().as_str(), url, "{typed:?}");
        }
    }

    #[test]
    fn a_found_server_is_told_unless_it_is_the_customers_own_or_on_record() {
        let found = |address: &'static str, is_open| FoundServer {
            address: address.into(),
            by: if is_open { FoundBy::OpenRedirect } else { FoundBy::Autodiscover },
        };
        let domains = [Text::from("Bakery.example"), Text::default()];
        let open = Some("found by an open redirect, not in the customer's domain");
        let other = Some("found by Autodiscover, not in the customer's domain");
        for (address, is_open, on_record, expected) in [
            ("https://mail.bakery.example/EWS/Exchange.asmx", true, None, None),
            ("https://BAKERY.example./EWS/Exchange.asmx", true, None, None),
            ("https://notbakery.example/EWS/Exchange.asmx", false, None, other),
            ("https://bakery.example.evil.example/EWS/Exchange.asmx", true, None, open),
            ("https://mail.hoster.example/EWS/Exchange.asmx", false, Some("mail.hoster.example"), None),
            (
                "https://mail.hoster.example/other.asmx",
                true,
                Some("https://MAIL.hoster.example/x.asmx"),
                None,
            ),
            ("https://mail.hoster.example/EWS/Exchange.asmx", true, Some("https://old.hoster.example"), open),
            ("nonsense", true, Some("nonsense"), open),
        ] {
            assert_eq!(
                found(address, is_open).caution(&domains, on_record),
                expected,
                "{address} {on_record:?}"
            );
        }
    }

    #[test]
    fn what_is_no_hosted_server_is_refused_with_the_reason() {
        use ServerError::{Empty, ExchangeOnline, NotAServer};
        for (typed, why) in [
            (" ", Empty),
            ("mail", NotAServer),
            ("ana@customer.example", NotAServer),
            ("https://user:pw@mail.hoster.example", NotAServer),
            ("ftp://mail.hoster.example", NotAServer),
            ("https://", NotAServer),
            ("﹙.A", NotAServer),
            ("outlook.office365.com", ExchangeOnline),
            ("https://OUTLOOK.office.com/EWS/Exchange.asmx", ExchangeOnline),
            ("autodiscover-s.outlook.com.", ExchangeOnline),
            ("bakery.onmicrosoft.com", ExchangeOnline),
        ] {
            assert_eq!(normalise(typed), Err(why), "{typed:?}");
        }
        for host in ["autodiscover-s.outlook.com", "outlook.office365.com", "OUTLOOK.office.com."] {
            assert!(is_mail_of_exchange_online(host), "{host}");
        }
        for host in ["login.microsoftonline.com", "www.office.com", "notoutlook.com"] {
            assert!(!is_mail_of_exchange_online(host), "{host}");
        }
        for host in ["notoutlook.com", "outlook.com.hoster.example"] {
            assert!(!is_exchange_online(host) && normalise(host).is_ok(), "{host}");
        }
    }

    #[test]
    fn an_address_that_would_have_to_be_cut_is_refused() {
        let long = format!("mail.hoster.example/{}/x.asmx", "é".repeat(400));
        assert_eq!(normalise(&long), Err(ServerError::NotAServer));
        let fits = format!("mail.hoster.example/{}/x.asmx", "é".repeat(100));
        assert!(normalise(&fits).is_ok_and(|url| url.as_str().ends_with("/x.asmx")));
    }

    proptest! {
        #[test]
        fn what_is_taken_stays_taken(typed in "\\PC{0,60}|[a-z.:/@]{0,40}") {
            if let Ok(server) = normalise(&typed) {
                prop_assert!(server.as_str().starts_with("https://"));
                prop_assert_eq!(normalise(server.as_str()), Ok(server.clone()));
            }
        }
    }
}
