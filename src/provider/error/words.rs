//! Words for each kind of trouble: what happened, and what to do next.
//!
//! The numbers of the identity platform pick help text only; Microsoft may change them (reference, section 5.1), so an
//! unknown number falls back to the `error` word beside it. What each number means, and whose matter it is, is data that
//! *explain* has too: `assets/errors.toml`.

use std::time::Duration;

use super::{Error, Told};
use crate::{
    domain::{
        cloud::{self, Cloud, Home},
        explain,
        failure::FailureKind as Kind,
        phrase::Phrase,
        text::Text,
        time::in_words,
    },
    provider::{
        http::{self, HttpError, ProxyTrouble, TlsTrouble},
        oauth::Refusal,
    },
};

/// What our own support has to mend; nothing for the customer to do.
const OURS: &str = "The customer need not do anything. {our-side}";

/// What helps when the other side is out of breath.
const LATER: &str = "Wait a moment. {again}";

/// When a transient fault of the identity platform is worth another try: "a minute" in its own table of codes.
const A_MINUTE: Duration = Duration::from_mins(1);

/// When a rotated certificate is worth another try (reference, section 4.2: 10 s apart).
const ROTATING: Duration = Duration::from_secs(10);

/// An organisation of another cloud, or of nobody knows which.
fn abroad(home: &Home, ours: Cloud) -> Told {
    let happened = match home {
        Home::In(cloud) => format!("this organisation lives in {cloud}"),
        Home::Unknown(name) => format!("this organisation lives in another of Microsoft's clouds ({name})"),
        Home::Several(clouds) => {
            let names = cloud::names(clouds);
            format!(
                "what Microsoft says of this organisation fits {names}, and nothing tells which of them it lives in"
            )
        }
        Home::Contradiction(said) => {
            format!("what Microsoft says of this organisation fits none of its clouds: {said}")
        }
    };
    let hint = match home {
        Home::In(cloud) => format!(
            "Backup365 is set up for {ours} here, so this organisation can't be set up here. Ask the customer which other organisation they use. If you have an application in that cloud, start with its settings and --microsoft-cloud {}.",
            cloud.word()
        ),
        Home::Unknown(_) => format!(
            "Backup365 is set up for {ours} here, so this organisation can't be set up here. Ask the customer which other organisation they use."
        ),
        Home::Several(_) | Home::Contradiction(_) => format!(
            "Nothing is guessed: Backup365 is set up for {ours} here. Ask the customer's administrator which cloud their organisation is in, and tell your own support team what stands here."
        ),
    };
    Told { hint: Text::clean(&hint).into(), ..told(Kind::Refused, happened, "") }
}

/// Puts any trouble into words.
pub(super) fn of(error: &Error) -> Told {
    match error {
        Error::Http(http) => transport(http),
        Error::Platform(refusal) => platform(refusal),
        Error::Graph { status, code, retry_after, .. } => graph(*status, code, *retry_after),
        Error::Status { status, retry_after, .. } => graph(*status, "", *retry_after),
        Error::Malformed { what } => told(Kind::Malformed, format!("{what} makes no sense"), "{again}"),
        Error::WrongHost { host } => told(
            Kind::Malformed,
            format!("an answer leads on to {host}, where our key must not go"),
            "Nothing was sent there. Tell your own support team.",
        ),
        Error::OtherCloud { home, ours } => abroad(home, *ours),
        Error::WrongTenant { found } => told(
            Kind::Refused,
            format!("Microsoft answers for another organisation, ending in {}", found.last_four()),
            "Nobody was turned on. Compare the organisation on record with the customer, then have their administrator accept again.",
        ),
        Error::Contradiction => told(
            Kind::Malformed,
            String::from("Microsoft's answers name two different organisations"),
            "Use the tenant ID instead of the domain, and compare the last four characters with the customer.",
        ),
        Error::Doubtful(doubt) => told(Kind::Malformed, doubt.in_words().to_string(), "{again}"),
        Error::Record(failure) => {
            Told { hint: failure.hint.clone(), ..told(failure.kind, failure.what.to_string(), "") }
        }
        Error::Credential { detail } => told(Kind::Internal, detail.clone(), OURS),
    }
}

/// Words without a code.
fn told(kind: Kind, happened: String, hint: &'static str) -> Told {
    Told { kind, happened, hint: Phrase::template(hint), code: None, retry_after: None, asks_consent: false }
}

/// No answer at all.
fn transport(error: &HttpError) -> Told {
    let happened = error.to_string();
    match error {
        HttpError::NotInSandbox { .. } | HttpError::NotLoopback { .. } => told(
            Kind::Refused,
            happened,
            "The sandbox never leaves this computer; choose one of its customers.",
        ),
        HttpError::UnknownName { .. } => {
            told(Kind::Unreachable, happened, "Check this computer's network and name service. {again}")
        }
        HttpError::Unreachable { .. } | HttpError::CutOff { .. } | HttpError::TimedOut { .. } => {
            told(Kind::Unreachable, happened, "Check this computer's network. {again}")
        }
        HttpError::Tls { trouble, .. } => told(Kind::Unreachable, happened, of_tls(trouble)),
        HttpError::Proxy { trouble, .. } => {
            let code = matches!(**trouble, ProxyTrouble::SignIn).then(|| String::from("407"));
            Told { code, ..told(Kind::Unreachable, happened, trouble.hint()) }
        }
        HttpError::Stranger { stranger, .. } => {
            // What a page's 401 or 403 would mean of Microsoft's own is another matter.
            let code = Some(stranger.status()).filter(|status| !matches!(status, 401 | 403));
            let code = code.map(|status| status.to_string());
            Told { code, ..told(Kind::Unreachable, happened, stranger.hint()) }
        }
        HttpError::BadProxy { .. } => told(Kind::Unreachable, happened, http::BAD_PROXY),
        HttpError::NoRoots { .. } => told(Kind::Unreachable, happened, http::NO_ROOTS),
        HttpError::TooLarge { .. } => told(Kind::Malformed, happened, "Tell your own support team."),
        HttpError::Request { .. } => told(Kind::Internal, happened, OURS),
    }
}

/// What helps where Microsoft's TLS does not fit. Its own does.
const fn of_tls(trouble: &TlsTrouble) -> &'static str {
    match trouble {
        TlsTrouble::Expired(_) | TlsTrouble::NotYetValid(_) => {
            "Compare the clock of this computer first. If it is right, something between here and Microsoft is opening \
             connections: ask whoever runs this network."
        }
        TlsTrouble::OtherName(_)
        | TlsTrouble::UnknownIssuer(_)
        | TlsTrouble::SelfSigned
        | TlsTrouble::Certificate => {
            "Something between here and Microsoft may be opening connections: ask whoever runs this network. If it \
             should, get its authority's certificate and name the file with SSL_CERT_FILE."
        }
        TlsTrouble::TooOld
        | TlsTrouble::NothingInCommon
        | TlsTrouble::WantsCertificate
        | TlsTrouble::NoTls => {
            "Microsoft speaks newer TLS than this: something between here and Microsoft answers in its place. Ask whoever \
             runs this network."
        }
    }
}

/// The identity platform's refusals.
fn platform(refusal: &Refusal) -> Told {
    let number = refusal.number();
    let code = number.map(|n| n.to_string());
    let entry = code.as_deref().and_then(explain::by_code);
    let (kind, happened, hint) = if let Some(entry) = entry {
        (entry.kind, entry.happened.to_string(), entry.hint.clone())
    } else {
        let (kind, happened, hint) = by_word(&refusal.error);
        (kind, happened.to_owned(), Some(Phrase::template(hint)))
    };
    let asks_consent = entry.map_or_else(|| asks_consent(&refusal.error), |entry| entry.asks_consent);
    let retry_after = match (number, kind) {
        (Some(700_027), _) => Some(ROTATING),
        (Some(_), Kind::Throttled | Kind::Unreachable) => Some(A_MINUTE),
        _ => None,
    };
    let hint = hint.unwrap_or_else(|| Phrase::template(if kind == Kind::Internal { OURS } else { LATER }));
    let code = code.or_else(|| Some(refusal.error.clone()).filter(|word| !word.is_empty()));
    Told { kind, happened, hint, code, retry_after, asks_consent }
}

/// What a refusal of the partner's own organisation comes to: what happened, and what to do.
pub(super) fn of_our_own(refusal: &Refusal) -> (&'static str, &'static str) {
    match (refusal.number(), refusal.error.as_str()) {
        (Some(90_002 | 900_023 | 90_019 | 50_128), _) | (None, "invalid_tenant") => (
            "Microsoft knows no organisation by the tenant ID in your settings",
            "Set app.tenant to the tenant ID of your own organisation: Entra admin center, Overview.",
        ),
        (Some(700_016 | 700_011 | 7_000_229), _) => (
            "your own organisation has no application with the ID in your settings",
            "Compare app.client_id and app.tenant with Entra admin center, App registrations, Backup365.",
        ),
        _ => (
            "Microsoft refuses Backup365 in your own organisation",
            "Its administrator looks at Entra admin center, Enterprise applications, Backup365. {explain}",
        ),
    }
}

/// Whether an `error` word says that nobody has accepted.
fn asks_consent(word: &str) -> bool {
    matches!(word, "unauthorized_client" | "consent_required")
}

/// By the `error` word (reference, section 5.1).
fn by_word(word: &str) -> (Kind, &'static str, &'static str) {
    match word {
        "invalid_tenant" => (
            Kind::NotFound,
            "Microsoft knows no such organisation",
            "Ask the customer to read the tenant ID again: Entra admin center, Overview.",
        ),
        "unauthorized_client" | "consent_required" => (
            Kind::Refused,
            "Backup365 is not allowed in this organisation yet",
            "The customer's administrator has to open the link and choose Accept.",
        ),
        "invalid_client" | "invalid_request" | "invalid_scope" | "invalid_resource" => {
            (Kind::Internal, "Microsoft does not accept how we ask", OURS)
        }
        "temporarily_unavailable" | "server_error" => {
            (Kind::Unreachable, "Microsoft's sign-in service has trouble at the moment", LATER)
        }
        _ => (Kind::Refused, "Microsoft's sign-in service said no", "{explain}"),
    }
}

/// What helps when a rest was asked for that nobody sits through.
const THEN: &str = "Come back then: asking sooner makes it longer. {again}";

/// Whether a rest is long enough to be named.
fn is_long(wait: Option<Duration>) -> bool {
    wait.is_some_and(|wait| wait >= A_MINUTE)
}

/// Microsoft wants a rest: how long, where that is longer than a moment.
fn slow_down(wait: Option<Duration>) -> (Kind, String, &'static str) {
    match wait.filter(|wait| is_long(Some(*wait))) {
        Some(wait) => (Kind::Throttled, format!("Microsoft asks us to wait {}", in_words(wait)), THEN),
        None => (Kind::Throttled, String::from("Microsoft asks us to slow down"), LATER),
    }
}

/// Graph's refusals (reference, section 10.1). The message is for developers and is not looked at.
fn graph(status: u16, code: &str, retry_after: Option<Duration>) -> Told {
    let (kind, happened, hint) = match (status, code) {
        (401, _) => (
            Kind::Refused,
            String::from("Microsoft no longer accepts our key for this organisation"),
            "Authorise again: the customer may have taken the permission back.",
        ),
        (403, "ErrorAccessDenied") => (
            Kind::Refused,
            String::from("Exchange keeps Backup365 out of this mailbox"),
            "The customer's administrator looks for an application access policy in Exchange.",
        ),
        (402, _) => (
            Kind::Refused,
            String::from("Microsoft asks for a payment set-up first"),
            "Tell your own support team.",
        ),
        // Graph's own refusals have a code.
        (403, "") => (
            Kind::Unreachable,
            String::from("something in place of Microsoft's service keeps us out (status 403)"),
            "Ask whoever runs this network. {again}",
        ),
        (403, _) => (
            Kind::Refused,
            String::from("Microsoft has not granted Backup365 this permission"),
            "Authorise again, and have the customer's administrator accept all permissions.",
        ),
        (404, _) => (Kind::NotFound, String::from("Microsoft has no such thing (any more)"), "{again}"),
        (410, _) => (Kind::Conflict, String::from("Microsoft wants us to start this list again"), "{again}"),
        (429, _) => slow_down(retry_after),
        (503, _) if is_long(retry_after) => slow_down(retry_after),
        (408 | 409 | 412 | 423 | 425, _) => (
            Kind::Unreachable,
            format!("Microsoft's service is busy with this just now (status {status})"),
            LATER,
        ),
        (500.., _) => (
            Kind::Unreachable,
            format!("Microsoft's service has trouble at the moment (status {status})"),
            LATER,
        ),
        (200..=299, _) => (Kind::Malformed, String::from("the answer makes no sense"), "{again}"),
        _ => (Kind::Internal, format!("Microsoft does not accept how we ask (status {status})"), OURS),
    };
    let asks_consent = status == 401 || status == 403 && !matches!(code, "" | "ErrorAccessDenied");
    let code = if code.is_empty() { status.to_string() } else { code.to_owned() };
    let hint = Phrase::template(hint);
    Told { kind, happened, hint, code: Some(code), retry_after, asks_consent }
}
