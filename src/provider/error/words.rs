//! Words for each kind of trouble: what happened, and what to do next.
//!
//! The numbers of the identity platform pick help text only; Microsoft may change them (reference, section 5.1), so an
//! unknown number falls back to the `error` word beside it.

use std::time::Duration;

use super::{Error, Told};
use crate::{
    domain::{failure::FailureKind as Kind, time::in_words},
    provider::{http::HttpError, oauth::Refusal},
};

/// What our own support has to mend; nothing for the customer to do.
const OURS: &str = "The customer need not do anything. {our-side}";

/// What helps when the other side is out of breath.
const LATER: &str = "Wait a moment. {again}";

/// When a transient fault of the identity platform is worth another try: "a minute" in its own table of codes.
const A_MINUTE: Duration = Duration::from_mins(1);

/// When a rotated certificate is worth another try (reference, section 4.2: 10 s apart).
const ROTATING: Duration = Duration::from_secs(10);

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
        Error::OtherCloud { cloud } => told(
            Kind::Refused,
            format!("this organisation lives in {cloud}"),
            "Backup365 is not registered in that cloud, so this organisation can't be set up here.",
        ),
        Error::WrongTenant { found } => told(
            Kind::Refused,
            format!("Microsoft answers for another organisation, ending in {}", found.last_four()),
            "Nobody was turned on. Compare the organisation on record with the customer, then authorise again.",
        ),
        Error::Contradiction => told(
            Kind::Malformed,
            String::from("Microsoft's answers name two different organisations"),
            "Use the tenant ID instead of the domain, and compare the last four characters with the customer.",
        ),
        Error::Doubtful(doubt) => told(Kind::Malformed, doubt.in_words().to_string(), "{again}"),
        Error::Credential { detail } => told(Kind::Internal, detail.clone(), OURS),
    }
}

/// Words without a code.
const fn told(kind: Kind, happened: String, hint: &'static str) -> Told {
    Told { kind, happened, hint, code: None, retry_after: None }
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
        HttpError::Tls { .. } => told(
            Kind::Unreachable,
            happened,
            "Something between here and Microsoft may be opening connections: ask whoever runs this network.",
        ),
        HttpError::TooLarge { .. } => told(Kind::Malformed, happened, "Tell your own support team."),
        HttpError::Request { .. } => told(Kind::Internal, happened, OURS),
    }
}

/// The identity platform's refusals.
fn platform(refusal: &Refusal) -> Told {
    let number = refusal.number();
    let (kind, happened, hint) = number.and_then(by_number).unwrap_or_else(|| by_word(&refusal.error));
    let retry_after = match number {
        Some(700_027) => Some(ROTATING),
        Some(90_033 | 90_006 | 90_024 | 50_033 | 90_055 | 50_196) => Some(A_MINUTE),
        _ => None,
    };
    Told {
        kind,
        happened: happened.to_owned(),
        hint,
        code: number.map(|n| n.to_string()).or_else(|| Some(refusal.error.clone()).filter(|w| !w.is_empty())),
        retry_after,
    }
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

/// By number (reference, section 5.2): those that discovery and our own token can meet.
fn by_number(number: u64) -> Option<(Kind, &'static str, &'static str)> {
    Some(match number {
        90_002 => (
            Kind::NotFound,
            "Microsoft knows no organisation by this name or ID",
            "Ask the customer to read the tenant ID again: Entra admin center, Overview.",
        ),
        900_023 | 90_019 | 50_128 => (
            Kind::NotFound,
            "Microsoft can't read this as a tenant",
            "Type only the tenant ID or the domain, without anything around it.",
        ),
        5_000_224 => (
            Kind::Refused,
            "this organisation is closed or blocked at Microsoft",
            "Ask the customer whether their Microsoft 365 subscription still runs.",
        ),
        90_038 => (
            Kind::Refused,
            "this organisation belongs to a government or China cloud",
            "Backup365 is not registered in that cloud, so this organisation can't be set up here.",
        ),
        700_016 | 700_011 | 7_000_229 => (
            Kind::Refused,
            "Backup365 is not known in this organisation yet",
            "The customer's administrator has to open the link and press Accept.",
        ),
        65_001 => (
            Kind::Refused,
            "nobody has accepted the permissions in this organisation yet",
            "The customer's administrator has to open the link and press Accept.",
        ),
        650_051 => (
            Kind::Refused,
            "Microsoft is still adding Backup365 to this organisation",
            "Wait half a minute; we keep checking.",
        ),
        7_000_112 | 70_001 => (
            Kind::Refused,
            "Backup365 is switched off in this organisation",
            "The customer's administrator switches it on: Entra admin center, Enterprise applications, Backup365, \
             Properties, Enabled for users to sign in: Yes.",
        ),
        1_000_031 => (
            Kind::Refused,
            "Microsoft or the customer has blocked Backup365 in this organisation",
            "Keep the reference below and open a ticket with Microsoft.",
        ),
        650_052 | 500_011 => (
            Kind::Refused,
            "the customer's subscription lacks a service that Backup365 needs",
            "Ask the customer which Microsoft 365 plan they have; it must include Exchange Online.",
        ),
        7_000_215 => (Kind::Internal, "our own application secret is wrong", OURS),
        7_000_222 => (Kind::Internal, "our own application secret has run out", OURS),
        700_027 => (Kind::Internal, "Microsoft does not accept our certificate (yet)", OURS),
        700_024 => (
            Kind::Internal,
            "Microsoft does not accept the time in what we signed: the clock of this computer is wrong",
            "Set the clock of this computer right. {our-side}",
        ),
        700_030 | 50_012 => (Kind::Internal, "our certificate does not fit our application", OURS),
        700_023 | 7_000_218 | 700_025 | 650_056 | 650_057 | 65_005 | 70_011 | 28_002 | 50_194 | 50_059 => {
            (Kind::Internal, "our own application is not registered as it should be", OURS)
        }
        50_196 | 90_055 => (Kind::Throttled, "Microsoft asks us to slow down", LATER),
        90_033 | 90_006 | 90_024 | 50_033 => {
            (Kind::Unreachable, "Microsoft's sign-in service has trouble at the moment", LATER)
        }
        53_003 => (
            Kind::Refused,
            "a Conditional Access rule of the customer blocks this",
            "The customer's administrator finds the rule in Entra admin center, Sign-in logs, Conditional Access.",
        ),
        _ => return None,
    })
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
            "The customer's administrator has to open the link and press Accept.",
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
    let code = if code.is_empty() { status.to_string() } else { code.to_owned() };
    Told { kind, happened, hint, code: Some(code), retry_after }
}
