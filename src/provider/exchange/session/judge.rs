//! Judges one HTTP answer of an Exchange server: good news, a code, or one of the many pages that are neither.
//!
//! Triggered by every answer. Pure. A redirect is never followed, and the body counts only where the status is 200 or 500
//! (exchange-web-services.md sections 2 and 10).

use url::Url;

use super::{
    super::{
        error::Error,
        server,
        wire::{self, Outcome, Trouble},
    },
    Way,
};
use crate::{
    domain::{text::Text, time::Clock},
    provider::http::Response,
};

/// Version numbers of Exchange Online.
const ONLINE: (u32, u32) = (15, 20);

/// Sign-in schemes that are named; a server offers four or five.
const MAX_SCHEMES: usize = 8;

/// An answer, judged.
pub(in crate::provider::exchange) struct Judged {
    /// Version of the server, where it says.
    pub(in crate::provider::exchange) version: Option<(u32, u32)>,
    /// What it amounts to.
    pub(in crate::provider::exchange) outcome: Result<Outcome, Error>,
}

/// Judges an answer to a request without sign-in: being asked to sign in, in a way that we know, is the good one.
pub(in crate::provider::exchange) fn probe_anonymously(
    answer: &Response,
    clock: &Clock,
) -> Result<Way, Error> {
    match judge(answer, clock).outcome {
        Ok(_) | Err(Error::Code(_)) => Ok(Way::Basic),
        Err(Error::SignIn) => Ok(Way::choose(&schemes(answer)).unwrap_or(Way::Basic)),
        Err(error) => Err(error),
    }
}

/// Judges an answer.
pub(in crate::provider::exchange) fn judge(answer: &Response, clock: &Clock) -> Judged {
    let error = match answer.status {
        200 | 500 => return body(answer, clock),
        401 => sign_in(answer),
        403 => Error::SwitchedOff,
        404 => Error::NotThere,
        440 => Error::WebPage,
        status @ (429 | 502 | 503 | 504) => Error::FrontEnd { status, wait: answer.retry_after(clock) },
        status @ (301 | 302 | 303 | 307 | 308) => redirect(answer, status),
        status => Error::Status(status),
    };
    Judged { version: None, outcome: Err(error) }
}

/// Judges a body that should be an envelope.
fn body(answer: &Response, clock: &Clock) -> Judged {
    let read = match wire::read(&answer.body) {
        Ok(read) => read,
        Err(unreadable) => {
            let error = match answer.status {
                500 => Error::FrontEnd { status: 500, wait: answer.retry_after(clock) },
                _ if answer.is_page() => Error::WebPage,
                _ => unreadable.into(),
            };
            return Judged { version: None, outcome: Err(error) };
        }
    };
    let outcome = match read.outcome {
        _ if read.version == Some(ONLINE) => Err(Error::ExchangeOnline),
        Outcome::Trouble(trouble) => {
            let code = answer.id(&trouble.code).unwrap_or_default().to_owned();
            Err(Error::Code(Box::new(Trouble { code, ..trouble })))
        }
        outcome => Ok(outcome),
    };
    Judged { version: read.version, outcome }
}

/// A 401: what was sent is wrong, or what we can send is not taken.
fn sign_in(answer: &Response) -> Error {
    let offers = schemes(answer);
    match Way::choose(&offers) {
        Some(_) => Error::SignIn,
        None => Error::NoWay { offers: offers.join(", ") },
    }
}

/// A redirect is never followed: it is an error page of the front end, Exchange Online, another server, or a log-on page.
fn redirect(answer: &Response, status: u16) -> Error {
    let location = answer.headers.get("location").unwrap_or_default();
    let lower = location.to_ascii_lowercase();
    if lower.contains("/ews/genericerrorpage.htm") {
        return Error::FrontEnd { status, wait: None };
    }
    if let Some(error) = error_page(&lower) {
        return error;
    }
    let to = Url::parse(location).ok();
    // A Microsoft sign-in page in front proves nothing: hosters guard servers of their own with it, too.
    match to.as_ref().and_then(|url| Some((url.host_str()?, url.path()))) {
        Some((host, _)) if server::is_mail_of_online(host) => Error::ExchangeOnline,
        Some((host, path)) if path.eq_ignore_ascii_case("/ews/exchange.asmx") => {
            Error::Moved(Text::clean(host))
        }
        _ => Error::WebPage,
    }
}

/// What the front end's own error page stands for, by the number that it is asked to show: a back end in trouble, or an
/// address that is not there.
fn error_page(location: &str) -> Option<Error> {
    let (_, query) = location.split_once("/owa/auth/errorfe.aspx?")?;
    let (_, number) =
        query.split('&').filter_map(|part| part.split_once('=')).find(|part| part.0 == "httpcode")?;
    match number.parse().ok()? {
        status @ 500..=599 => Some(Error::FrontEnd { status, wait: None }),
        404 => Some(Error::NotThere),
        _ => None,
    }
}

/// The ids that a hoster can search its logs for: the server's own first, ours otherwise.
pub(in crate::provider::exchange) fn reference(answer: &Response) -> Box<str> {
    let own = answer.headers.get("request-id").or_else(|| answer.headers.get("requestid"));
    own.and_then(|own| answer.id(own)).unwrap_or(&answer.request_id).into()
}

/// The sign-in schemes of a 401, from one line each or from a folded line.
fn schemes(answer: &Response) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in answer.headers.get_all("www-authenticate") {
        for part in outside_quotes(line) {
            let word = part.split_whitespace().next().unwrap_or_default();
            // A part like `realm="x"` belongs to the scheme before it.
            let is_scheme = !word.is_empty() && !word.contains('=');
            let scheme = answer.id(word).filter(|_| is_scheme && found.len() < MAX_SCHEMES);
            if let Some(word) = scheme.filter(|word| !found.iter().any(|f| f.eq_ignore_ascii_case(word))) {
                found.push(word.to_owned());
            }
        }
    }
    found
}

/// Splits at commas that stand outside quotes.
fn outside_quotes(line: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut is_quoted = false;
    for c in line.chars() {
        is_quoted ^= c == '"';
        match parts.last_mut() {
            Some(part) if c != ',' || is_quoted => part.push(c),
            _ => parts.push(String::new()),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::http::Headers;

    #[test]
    fn challenges_are_read_from_one_line_or_several() {
        let answer = |lines: &[&str]| Response {
            status: 401,
            headers: Headers(
                lines.iter().map(|l| ("www-authenticate".to_owned(), (*l).to_owned())).collect(),
            ),
            body: Vec::new(),
            request_id: String::new(),
            sent: crate::provider::http::Sent::default(),
        };
        let folded = answer(&[r#"Negotiate, NTLM, Basic realm="a, Digest b", charset="UTF-8""#]);
        assert_eq!(schemes(&folded), ["Negotiate", "NTLM", "Basic"]);
        assert_eq!(schemes(&answer(&["NTLM", "basic realm=x", "ntlm"])), ["NTLM", "basic"]);
        assert!(schemes(&answer(&[])).is_empty());
        assert_eq!(schemes(&answer(&["NTLM, IMPERSONATIONPW~x, <b>"])), ["NTLM"], "no scheme is called so");
    }
}
