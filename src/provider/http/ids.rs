//! What a server chose to call a request or a refusal. It is told to people, pasted into tickets and logged, so it counts
//! only where it looks like an id and holds nothing that was sent: some servers repeat what they got. Pure.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::{Call, Response, wait::http_date};

/// Longest id, in bytes. A guess: a GUID has 36, the longest code of Exchange some 50.
const LONGEST: usize = 100;

/// Bytes from which on a part of something secret gives it away; shorter ones are in every id.
const TELLING: usize = 6;

/// Bytes from which on a secret is looked for within a word; a shorter one is in every other word by chance.
const SHORTEST: usize = 4;

/// Fields of a token request that prove something.
const SECRET_FIELDS: [&str; 6] =
    ["client_secret", "client_assertion", "refresh_token", "device_code", "code", "code_verifier"];

/// What of a request is secret.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Sent(Vec<Zeroizing<String>>);

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sent({})", self.0.len())
    }
}

impl Sent {
    /// Token, password and [`SECRET_FIELDS`] of a request, in lower case.
    pub(super) fn of(call: &Call) -> Self {
        let mut sent = Vec::new();
        let credentials = call.headers.iter().filter(|(name, _)| *name == "authorization");
        for (scheme, credential) in credentials.filter_map(|(_, value)| value.split_once(' ')) {
            sent.push(Zeroizing::new(credential.to_lowercase()));
            if scheme.eq_ignore_ascii_case("basic")
                && let Ok(plain) = STANDARD.decode(credential).map(Zeroizing::new)
                && let Some((_, password)) =
                    std::str::from_utf8(&plain).ok().and_then(|text| text.split_once(':'))
            {
                sent.push(Zeroizing::new(password.to_lowercase()));
            }
        }
        if let Some(("application/x-www-form-urlencoded", body)) = &call.body {
            let pairs = form_urlencoded::parse(body);
            let secret = pairs.filter(|(name, _)| SECRET_FIELDS.contains(&&**name));
            sent.extend(secret.map(|(_, value)| Zeroizing::new(value.to_lowercase())));
        }
        sent.retain(|secret| !secret.is_empty());
        Self(sent)
    }

    /// Whether a word holds something secret, or is a telling part of it.
    fn is_in(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        let holds = |secret: &str| word == secret || secret.len() >= SHORTEST && word.contains(secret);
        let is_part = |secret: &str| word.len() >= TELLING && secret.contains(&word);
        self.0.iter().any(|secret| holds(secret) || is_part(secret))
    }
}

impl Response {
    /// A word of the answer, where it can be an id.
    #[must_use]
    pub fn id<'a>(&self, word: &'a str) -> Option<&'a str> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let is_id = !word.is_empty() && word.len() <= LONGEST && word.chars().all(is_plain);
        (is_id && !self.sent.is_in(word)).then_some(word)
    }

    /// A word of the answer, where it can be a moment in digits (`2026-11-29 05:48:00Z`).
    #[must_use]
    pub fn moment<'a>(&self, word: &'a str) -> Option<&'a str> {
        let is_plain = |c: char| c.is_ascii_digit() || matches!(c, '-' | ':' | '.' | '+' | ' ' | 'T' | 'Z');
        let is_moment = !word.is_empty() && word.len() <= LONGEST && word.chars().all(is_plain);
        (is_moment && !self.sent.is_in(word)).then_some(word)
    }

    /// When it was written, as the server says, where that is a date.
    #[must_use]
    pub fn date(&self) -> Option<&str> {
        self.headers.get("date").filter(|date| http_date(date).is_some() && !self.sent.is_in(date))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::http::{Headers, Method};

    fn call(headers: Vec<(&'static str, String)>, body: Option<(&'static str, Vec<u8>)>) -> Call {
        Call {
            method: Method::Post,
            url: "https://graph.microsoft.com/".parse().unwrap(),
            headers,
            body,
            deadline: std::time::Duration::from_secs(1),
            max_body_bytes: 1,
            is_safe_to_repeat: false,
        }
    }

    fn answer(call: &Call) -> Response {
        let headers = Headers(vec![("date".into(), "Sun, 29 Nov 2026 05:48:00 GMT".into())]);
        Response { status: 401, headers, body: Vec::new(), request_id: String::new(), sent: Sent::of(call) }
    }

    #[test]
    fn an_id_looks_like_one() {
        let answer = answer(&call(Vec::new(), None));
        for word in ["7a36af4b-c51e-44e1-87f0-d8af3157c2ca", "srv-7", "Request_BadRequest", "a.b"] {
            assert_eq!(answer.id(word), Some(word));
        }
        for word in ["", "a b", "Basic c3Zj", "PW~x", "<b>", "ü", "\u{1b}[31m", "c3Zj=", &"x".repeat(101)] {
            assert_eq!(answer.id(word), None, "{word}");
        }
        assert_eq!(answer.moment("2026-11-29 05:48:00Z"), Some("2026-11-29 05:48:00Z"));
        assert_eq!(answer.moment("yesterday"), None);
        assert_eq!(answer.date(), Some("Sun, 29 Nov 2026 05:48:00 GMT"));
    }

    #[test]
    fn nothing_that_was_sent_comes_back_as_an_id() {
        let basic = format!("Basic {}", STANDARD.encode("svc:Sesame.1"));
        let basic = answer(&call(vec![("authorization", basic)], None));
        for word in ["Sesame.1", "x-SESAME.1-x", "c3ZjOlNlc2FtZS4x", "jOlNlc2Ft", "same.1"] {
            assert_eq!(basic.id(word), None, "{word}");
        }
        assert_eq!(basic.id("srv-7"), Some("srv-7"));
        let bearer = answer(&call(vec![("authorization", "Bearer eyJ0.eyJh.sig-nature".into())], None));
        assert_eq!((bearer.id("eyJ0.eyJh.sig-nature"), bearer.id("sig-nature")), (None, None));
        let form = "client_id=app-1&client_secret=PARTNER.SECRET&client_assertion=aaa.bbb.ccc".into();
        let form = answer(&call(Vec::new(), Some(("application/x-www-form-urlencoded", form))));
        assert_eq!(
            (form.id("partner.secret"), form.id("aaa.bbb.ccc"), form.id("app-1")),
            (None, None, Some("app-1"))
        );
        let digits =
            answer(&call(vec![("authorization", format!("Basic {}", STANDARD.encode("a:2026")))], None));
        assert_eq!((digits.moment("2026-11-29 05:48:00Z"), digits.date()), (None, None));
        assert!(!format!("{basic:?}{:?}", basic.sent).to_lowercase().contains("sesame"));
    }
}
