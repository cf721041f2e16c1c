//! Words for every trouble: kind, hint, code, and no blame on the customer for what is ours.

use super::*;
use crate::provider::http::{ProxyName, ProxyTrouble, TlsTrouble};

fn graph(status: u16, code: &str) -> Error {
    Error::Graph {
        status,
        code: code.to_owned(),
        retry_after: Some(Duration::from_secs(7)),
        reference: String::from("request 1"),
    }
}

#[test]
fn graphs_refusals_become_kinds() {
    for (status, code, kind) in [
        (401, "InvalidAuthenticationToken", FailureKind::Refused),
        (402, "", FailureKind::Refused),
        (403, "Authorization_RequestDenied", FailureKind::Refused),
        (403, "ErrorAccessDenied", FailureKind::Refused),
        (403, "", FailureKind::Unreachable),
        (404, "Request_ResourceNotFound", FailureKind::NotFound),
        (410, "syncStateNotFound", FailureKind::Conflict),
        (429, "TooManyRequests", FailureKind::Throttled),
        (400, "Request_BadRequest", FailureKind::Internal),
        (503, "", FailureKind::Unreachable),
        (204, "", FailureKind::Malformed),
        (302, "", FailureKind::Internal),
    ] {
        let failure = graph(status, code).failure("trying");
        assert_eq!(failure.kind, kind, "{status} {code}");
        let expected = if code.is_empty() { status.to_string() } else { code.to_owned() };
        assert_eq!(failure.code.unwrap().as_str(), expected);
        assert_eq!(failure.reference.unwrap().as_str(), "request 1");
        assert_eq!(failure.retry_after, Some(Duration::from_secs(7)));
        assert!(failure.what.as_str().starts_with("trying: "));
    }
}

#[test]
fn a_gateways_no_asks_no_customer_to_accept() {
    assert!(graph(403, "Authorization_RequestDenied").failure("trying").asks_consent);
    assert!(!graph(403, "").failure("trying").asks_consent);
}

#[test]
fn what_is_wrong_with_our_own_organisation_is_nothing_for_a_customer() {
    for number in [
        90_002, 900_023, 5_000_224, 90_038, 700_016, 65_001, 7_000_112, 1_000_031, 650_052, 7_000_215,
        53_003, 1,
    ] {
        let body = serde_json::json!({"error": "invalid_request", "error_codes": [number]});
        let refusal: Refusal = serde_json::from_value(body).unwrap();
        let failure = Error::Platform(refusal).failure_of_our_own("signing in to your own organisation");
        let said = failure.in_full().to_string();
        assert!(!said.to_lowercase().contains("customer") || said.contains("need not do anything"), "{said}");
        assert_eq!(failure.kind, FailureKind::Internal, "{said}");
        assert_eq!(failure.code.as_ref().map(Text::as_str), Some(number.to_string().as_str()));
        assert_eq!(said.contains("app.tenant"), matches!(number, 90_002 | 900_023 | 700_016), "{said}");
        assert_eq!(said.contains("app.client_id"), number == 700_016, "{said}");
    }
    let busy = Error::Status { status: 503, retry_after: None, reference: String::new() };
    assert_eq!(busy.failure_of_our_own("x"), busy.failure("x"), "no word of Microsoft's about us");
}

#[test]
fn a_missing_exchange_plan_and_a_blocked_mailbox_have_words_of_their_own() {
    let blocked = graph(403, "ErrorAccessDenied").failure("trying");
    assert!(blocked.hint.for_commands().as_str().contains("access policy"));
    let plain = graph(403, "Authorization_RequestDenied").failure("trying");
    assert_ne!(blocked.what, plain.what);
}

#[test]
fn every_transport_trouble_has_a_way_on() {
    let host = || String::from("graph.microsoft.com");
    for (error, kind) in [
        (HttpError::NotInSandbox { origin: host() }, FailureKind::Refused),
        (HttpError::UnknownName { host: host() }, FailureKind::Unreachable),
        (HttpError::Unreachable { host: host(), detail: "refused" }, FailureKind::Unreachable),
        (HttpError::CutOff { host: host(), detail: "" }, FailureKind::Unreachable),
        (
            HttpError::TimedOut { host: host(), after: Duration::from_secs(3), is_connect: true },
            FailureKind::Unreachable,
        ),
        (
            HttpError::Tls { host: host(), trouble: Box::new(TlsTrouble::Expired(None)) },
            FailureKind::Unreachable,
        ),
        (HttpError::Request { detail: String::from("x") }, FailureKind::Internal),
    ] {
        let failure = Error::from(error).failure("trying");
        assert_eq!(failure.kind, kind);
        assert!(failure.hint.for_commands().as_str().ends_with('.'), "{failure:?}");
    }
}

#[test]
fn a_proxy_that_does_not_answer_in_time_is_named() {
    let proxy = ProxyName { place: "p.example:80".into(), variable: "HTTPS_PROXY", has_sign_in: false };
    let trouble = Box::new(ProxyTrouble::Late);
    let error = HttpError::Proxy { host: "h.example".into(), proxy: Box::new(proxy), trouble };
    let failure = Error::from(error).failure("trying");
    let words =
        "trying: no connection to h.example through the proxy p.example:80 (HTTPS_PROXY) came about in time";
    assert_eq!((failure.kind, failure.what.as_str()), (FailureKind::Unreachable, words));
}
