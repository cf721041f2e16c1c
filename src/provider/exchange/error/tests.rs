//! Each trouble has its own words, kind and reach.

use super::*;
use crate::{
    domain::failure::FailureKind,
    provider::http::{ProxyName, ProxyTrouble, Stranger, TlsTrouble},
};

fn bad(error: Error) -> Bad {
    Bad {
        error,
        host: Text::from("mail.hoster.example"),
        account: Text::from("o'svc@hoster.example"),
        mailbox: Some("ana@customer.example".parse().unwrap()),
        reference: Some("req-1".into()),
    }
}

fn code(code: &str) -> Error {
    Error::Code(Box::new(Trouble { code: code.into(), ..Trouble::default() }))
}

#[test]
fn every_documented_code_has_words_and_keeps_its_name() {
    for (name, kind, word) in [
        ("ErrorImpersonateUserDenied", FailureKind::Refused, "may not open ana@customer.example"),
        ("ErrorImpersonationDenied", FailureKind::Refused, "no ApplicationImpersonation role"),
        ("ErrorImpersonationFailed", FailureKind::Unreachable, "impersonation"),
        (
            "ErrorNonExistentMailbox",
            FailureKind::NotFound,
            "no mailbox with the address ana@customer.example",
        ),
        ("ErrorInvalidUserPrincipalName", FailureKind::NotFound, "not known"),
        ("ErrorAccessDenied", FailureKind::Refused, "sign in but not do this"),
        ("ErrorNameResolutionNoMailbox", FailureKind::Refused, "has no mailbox"),
        ("ErrorAccountDisabled", FailureKind::Refused, "switched off"),
        ("ErrorPasswordExpired", FailureKind::Refused, "expired"),
        ("ErrorPasswordChangeRequired", FailureKind::Refused, "expired"),
        ("ErrorServerBusy", FailureKind::Throttled, "busy"),
        ("ErrorExceededConnectionCount", FailureKind::Throttled, "busy"),
        ("ErrorMailboxStoreUnavailable", FailureKind::Unreachable, "not available"),
        ("ErrorMailboxMoveInProgress", FailureKind::Conflict, "being moved"),
        ("ErrorSchemaValidation", FailureKind::Internal, "did not understand"),
        ("ErrorInvalidRequest", FailureKind::Internal, "did not understand"),
        ("ErrorOrganizationAccessBlocked", FailureKind::Refused, "removing"),
        ("ErrorInvalidLicense", FailureKind::Refused, "licence"),
        ("ErrorItemNotFound", FailureKind::Refused, "refused ana@customer.example"),
        ("ErrorTooManyObjectsOpened", FailureKind::Throttled, "busy"),
        ("ErrorInternalServerError", FailureKind::Unreachable, "not available"),
        ("ErrorNoRespondingCASInDestinationSite", FailureKind::Unreachable, "not available"),
        ("ErrorAnythingTransientError", FailureKind::Unreachable, "not available"),
        ("ErrorSomethingNew", FailureKind::Unreachable, "not available"),
    ] {
        let failure = Failure::from(bad(code(name)));
        assert_eq!(failure.kind, kind, "{name}");
        assert!(failure.what.as_str().contains(word), "{name}: {}", failure.what);
        assert!(!failure.hint.is_empty(), "{name}");
        assert_eq!(failure.code.as_ref().map(Text::as_str), Some(name));
        assert_eq!(failure.reference.as_ref().map(Text::as_str), Some("req-1"));
    }
}

#[test]
fn whoever_is_to_ask_about_a_code_is_told_the_code() {
    for name in ["ErrorItemNotFound", "ErrorSomethingNew", "ErrorInvalidRequest"] {
        let words = Failure::from(bad(code(name))).for_commands();
        assert!(words.as_str().contains(&format!("({name}). ")), "{words}");
    }
}

#[test]
fn a_long_wait_is_told_and_a_short_one_is_over_before_it_is_read() {
    let busy = |seconds| Failure::from(bad(Error::Busy { wait: Duration::from_secs(seconds) }));
    assert!(busy(700).what.as_str().ends_with("asks us to wait 11 min 40 s"), "{}", busy(700).what);
    assert!(busy(2).what.as_str().ends_with("asks us to wait"), "{}", busy(2).what);
}

#[test]
fn a_missing_permission_has_its_lines_exact_and_may_be_tried_again() {
    for name in ["ErrorImpersonateUserDenied", "ErrorImpersonationDenied"] {
        let failure = Failure::from(bad(code(name)));
        let lines: Vec<&str> = failure.lines().iter().map(Text::as_str).collect();
        let expected = [
            "# Replace CustomAttribute1 and its value by the mark that this customer's mailboxes have at your place.",
            "New-ManagementScope -Name 'Backup365 customer.example' \
             -RecipientRestrictionFilter 'CustomAttribute1 -eq ''customer.example'''",
            "New-ManagementRoleAssignment -Name 'Backup365 customer.example' -Role ApplicationImpersonation \
             -User 'o''svc@hoster.example' -CustomRecipientWriteScope 'Backup365 customer.example'",
        ];
        assert_eq!(lines, expected, "{name}");
        let words = failure.hint.for_commands();
        assert!(expected.iter().all(|line| words.as_str().contains(line)), "{name}: {words}");
        assert!(failure.retry_after.is_some(), "{name}");
    }
    let curly = Bad { account: Text::from("o\u{2019}svc"), ..bad(code("ErrorImpersonationDenied")) };
    let lines = Failure::from(curly).lines().to_vec();
    assert!(lines[2].as_str().contains("-User 'o\u{2019}\u{2019}svc' "), "{}", lines[2]);
    assert!(Failure::from(bad(code("ErrorAccessDenied"))).lines().is_empty());
}

#[test]
fn troubles_below_exchange_say_themselves_what_to_tell_the_customer() {
    use crate::domain::card::CardId::{
        HostedAddress, HostedBusy, HostedCertificate, HostedLocked, HostedNoAnswer, HostedOnline,
        HostedPassword, HostedSwitchedOff, OurLine, OurSide,
    };
    let host = || "h.example".to_owned();
    for (error, card) in [
        (Error::SignIn, HostedPassword),
        (Error::RefusedBefore { wait: Duration::from_secs(9) }, HostedLocked),
        (Error::NoWay { offers: "NTLM".into() }, HostedSwitchedOff),
        (Error::SwitchedOff, HostedSwitchedOff),
        (Error::WebPage, HostedAddress),
        (Error::FrontEnd { status: 503, wait: None }, HostedBusy),
        (Error::ExchangeOnline, HostedOnline),
        (Error::Panicked, OurSide),
        (Error::Http(HttpError::UnknownName { host: host() }), HostedNoAnswer),
        (Error::Http(HttpError::NoRoots { named: Text::default() }), OurLine),
        (
            Error::Http(HttpError::Tls { host: host(), trouble: Box::new(TlsTrouble::SelfSigned) }),
            HostedCertificate,
        ),
    ] {
        assert_eq!(Failure::from(bad(error.clone())).card, Some(card), "{error:?}");
        assert!(crate::domain::card::CardId::BROUGHT_ALONG.contains(&card), "{card:?}");
    }
    assert_eq!(Failure::from(bad(code("ErrorNonExistentMailbox"))).card, None, "its code tells it");
}

#[test]
fn troubles_below_exchange_have_words_of_their_own() {
    for (error, kind, what, hint) in [
        (Error::SignIn, FailureKind::Refused, "user name or password", "Extended Protection"),
        (Error::NoWay { offers: "NTLM".into() }, FailureKind::Refused, "Windows sign-in (NTLM)", "Basic"),
        (
            Error::NoWay { offers: "Bearer".into() },
            FailureKind::Refused,
            "no user name and password here, only modern sign-in (Bearer)",
            "Basic",
        ),
        (
            Error::NoWay { offers: "Bearer, NTLM, Negotiate".into() },
            FailureKind::Refused,
            "only Windows sign-in or modern sign-in (Bearer, NTLM, Negotiate)",
            "Basic",
        ),
        (
            Error::NoWay { offers: "Digest".into() },
            FailureKind::Refused,
            "only other sign-ins (Digest)",
            "Basic",
        ),
        (Error::SwitchedOff, FailureKind::Refused, "refuses Exchange Web Services", "Backup365"),
        (Error::Moved("ex2.hoster.example".into()), FailureKind::NotFound, "on to ex2", "give that name"),
        (Error::WebPage, FailureKind::NotFound, "web page", "https://mail.hoster.example/EWS/Exchange.asmx"),
        (Error::NotThere, FailureKind::NotFound, "no Exchange Web Services", "name"),
        (Error::FrontEnd { status: 503, wait: None }, FailureKind::Unreachable, "503", "again"),
        (Error::Busy { wait: Duration::from_secs(700) }, FailureKind::Throttled, "busy", "later"),
        (Error::TooOld, FailureKind::Refused, "too old", "2013"),
        (Error::ExchangeOnline, FailureKind::Refused, "Exchange Online", "Office 365"),
        (Error::Unreadable(Unreadable::NotXml), FailureKind::Malformed, "no sense", "again"),
        (
            Error::Http(HttpError::Tls {
                host: "h.example".into(),
                trouble: Box::new(TlsTrouble::Certificate),
            }),
            FailureKind::Unreachable,
            "h.example",
            "certificate does not match",
        ),
        (
            Error::Http(HttpError::Tls {
                host: "h.example".into(),
                trouble: Box::new(TlsTrouble::SelfSigned),
            }),
            FailureKind::Unreachable,
            "signed by itself alone",
            "do not send passwords there",
        ),
        (
            Error::Http(HttpError::Proxy {
                host: "h.example".into(),
                proxy: Box::new(ProxyName {
                    place: "p.example:80".into(),
                    variable: "HTTPS_PROXY",
                    has_sign_in: false,
                }),
                trouble: Box::new(ProxyTrouble::SignIn),
            }),
            FailureKind::Unreachable,
            "the proxy p.example:80 (HTTPS_PROXY) wants a user name",
            "USER:PASSWORD",
        ),
        (
            Error::Http(HttpError::Stranger {
                host: "h.example".into(),
                stranger: Box::new(Stranger::NetworkSignIn),
            }),
            FailureKind::Unreachable,
            "this network wants a sign-in",
            "browser on this computer",
        ),
    ] {
        let failure = Failure::from(bad(error.clone()));
        assert_eq!(failure.kind, kind, "{error:?}");
        assert!(failure.what.as_str().contains(what), "{error:?}: {}", failure.what);
        assert!(
            failure.hint.for_commands().as_str().contains(hint),
            "{error:?}: {}",
            failure.hint.for_commands()
        );
    }
    assert_eq!(
        Failure::from(bad(Error::Busy { wait: Duration::from_secs(700) })).retry_after.unwrap().as_secs(),
        700
    );
}

#[test]
fn a_row_says_what_is_wrong_with_it_in_a_few_words() {
    for (error, words) in [
        (code("ErrorImpersonateUserDenied"), "may not open"),
        (code("ErrorNonExistentMailbox"), "no mailbox"),
        (code("ErrorMailboxMoveInProgress"), "being moved"),
        (code("ErrorMailboxStoreUnavailable"), "list again later"),
        (code("ErrorStrange"), "ErrorStrange"),
        (Error::FrontEnd { status: 500, wait: None }, "list again later"),
        (Error::WrongAnswer, "no sense"),
        (Error::Panicked, "ended early"),
        (
            Error::Http(HttpError::TimedOut {
                host: "h.example".into(),
                after: Duration::from_secs(65),
                is_connect: false,
            }),
            "list again later",
        ),
    ] {
        let bad = bad(error);
        assert!(bad.error.is_about_mailbox(), "{:?}", bad.error);
        assert!(bad.row_words().as_str().contains(words), "{}", bad.row_words());
    }
}

#[test]
fn an_alias_of_exchange_online_is_told_by_its_certificate() {
    let tls = |names: &'static str| {
        let trouble = Box::new(TlsTrouble::OtherName(Text::from(names)));
        Error::from(HttpError::Tls { host: "mail.customer.example".into(), trouble })
    };
    assert_eq!(tls("*.internal.outlook.com, *.outlook.com, outlook.com, …"), Error::ExchangeOnline);
    for names in ["www.customer.example", "notoutlook.com", ""] {
        assert!(matches!(tls(names), Error::Http(HttpError::Tls { .. })), "{names}");
    }
}
