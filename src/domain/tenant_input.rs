//! The tenant field (rule 10): what a person types or pastes, turned into something that can be looked up.

use uuid::Uuid;

use super::id::{NotAnId, TenantId};

/// The tenant of private Microsoft accounts: never a customer (product.md section 9, *Access and consent*).
const PRIVATE_ACCOUNTS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// Path words of the identity platform that look like a tenant and name none.
const PATH_WORDS: [&str; 3] = ["common", "organizations", "consumers"];

/// What to look up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TenantInput {
    /// A whole GUID.
    Guid(TenantId),
    /// A whole domain name, lower case, ASCII.
    Domain(String),
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
    /// Reads a GUID, a domain, an `onmicrosoft.com` name, an e-mail address or a portal URL.
    ///
    /// Spaces, quotes, braces, invisible characters and whatever follows a newline are dropped.
    ///
    /// # Errors
    /// Says what is missing; typing on may mend it.
    pub fn parse(raw: &str) -> Result<Self, TenantInputError> {
        let tidy = tidy(raw);
        if tidy.is_empty() {
            return Err(TenantInputError::Empty);
        }
        if let Some(id) = find_guid(&tidy) {
            return if id.to_string() == PRIVATE_ACCOUNTS {
                Err(TenantInputError::PrivateAccount)
            } else {
                Ok(Self::Guid(id))
            };
        }
        let lower = tidy.to_lowercase();
        let host = name_in(&lower);
        if PATH_WORDS.contains(&host) {
            return Err(TenantInputError::PathWord);
        }
        domain(host).map(Self::Domain).map_err(|NotAnId(_)| TenantInputError::Incomplete)
    }
}

/// First line, without what people paste along with an id.
fn tidy(raw: &str) -> String {
    raw.trim_start()
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| {
            !c.is_whitespace()
                && !c.is_control()
                && !matches!(c, '"' | '\'' | '`' | '{' | '}' | '(' | ')' | '<' | '>' | '“' | '”' | '‘' | '’')
                && !matches!(*c, '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
        })
        .collect()
}

/// The GUID in the text: the whole of it, or the first one that can name the tenant. Addresses are full of other ids:
/// the application's, a request's, a subscription's.
fn find_guid(text: &str) -> Option<TenantId> {
    if let Ok(id) = text.parse() {
        return Some(id);
    }
    // An address that lost a slash or its scheme on the way is still one.
    if !text.contains("://") && !text.contains('?') {
        return guid_in(text);
    }
    let parts = || text.split(['/', '?', '#', '&']);
    let named = parts()
        .filter_map(|part| part.split_once('='))
        .filter(|(key, _)| names_tenant(key))
        .find_map(|(_, value)| guid_in(value));
    let mut before = "";
    named.or_else(|| {
        parts().find_map(|part| {
            let is_other = part.contains('=') || names_other(std::mem::replace(&mut before, part));
            if is_other { None } else { guid_in(part) }
        })
    })
}

/// The first whole GUID in the text; one that is a part of a longer name is none.
fn guid_in(text: &str) -> Option<TenantId> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.' | '_')))
        .map(|part| part.trim_matches('.'))
        .filter(|part| part.len() == Uuid::nil().hyphenated().to_string().len())
        .find_map(|part| part.parse().ok())
}

/// Whether a parameter, or the part of a path before an id, names the tenant.
fn names_tenant(key: &str) -> bool {
    ["tenant", "tid", "tenantid", "tenant_id", "directoryid", "directory_id"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(key))
}

/// Whether the part of a path before an id names something else: `appId/…`, `subscriptions/…`.
fn names_other(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let is_other = key.ends_with("id")
        || ["subscriptions", "applications", "serviceprincipals", "users", "groups"].contains(&key.as_str());
    is_other && !names_tenant(&key)
}

/// The part of an address or URL that can be a domain.
fn name_in(text: &str) -> &str {
    let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
    let is_url = bare.len() != text.len();
    let (host, path) = bare.split_once(['/', '?', '#']).unwrap_or((bare, ""));
    if is_url && is_portal(host) {
        // A portal's own host names Microsoft; the customer's domain is a part of the path or of the fragment.
        return path
            .split(['/', '?', '&', '=', '#', '@'])
            .find(|part| domain(part).is_ok() && !is_portal(part))
            .unwrap_or_default();
    }
    host.rsplit_once('@').map_or(host, |(_, domain)| domain).trim_end_matches('.')
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
        ] {
            assert_eq!(TenantInput::parse(text), Ok(TenantInput::Domain(domain.into())), "{text}");
        }
    }

    #[test]
    fn ids_of_other_things_in_a_pasted_address_are_not_the_tenant() {
        const OTHER: &str = "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40";
        let guid = || TenantInput::Guid(GUID.parse().unwrap());
        for text in [
            &format!("https://localhost/consent?client_id={OTHER}&admin_consent=True&tenant={GUID}"),
            &format!("https://localhost/consent?admin_consent=True&state={OTHER}&tenant={GUID}"),
            &format!("https://login.microsoftonline.com/{GUID}/adminconsent?client_id={OTHER}"),
            &format!("https://portal.azure.com/?appId={OTHER}&tid={GUID}#home"),
        ] {
            assert_eq!(TenantInput::parse(text), Ok(guid()), "{text}");
        }
        let named =
            format!("https://login.microsoftonline.com/bakery.example/adminconsent?client_id={OTHER}");
        assert_eq!(TenantInput::parse(&named), Ok(TenantInput::Domain("bakery.example".into())));
        for text in [
            &format!("https://login.microsoftonline.com/common/adminconsent?client_id={OTHER}"),
            &format!("https:/localhost/consent?client_id={OTHER}"),
            &format!("localhost/consent?client_id={OTHER}&admin_consent=True"),
            &format!(
                "https://localhost/consent?error=access_denied&error_description=AADSTS65004%3a+Trace+ID%3a+{OTHER}"
            ),
        ] {
            assert!(!matches!(TenantInput::parse(text), Ok(TenantInput::Guid(_))), "{text}");
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
