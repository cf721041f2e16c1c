//! What becomes of a sign-in that ends badly, in words for the operator: the matter is the partner's own here, never the
//! customer's.

use std::io;

use super::{Purpose, Registration, Untrusted};
use crate::{
    domain::{
        failure::{Failure, FailureKind as Kind, of_system},
        phrase::{Command, Phrase, WayOn, phrase},
        sign_in::{Poll, Refused},
        text::Text,
    },
    provider::{error::Error, oauth::Refusal},
};

/// Numbers of rules (Conditional Access, security defaults, demands on the device) that forbid one kind of sign-in and may
/// allow another (reference, section 5; 530003 asks for a device that is managed).
const BY_RULE: [u64; 10] =
    [53_000, 53_001, 53_002, 53_003, 530_003, 530_032, 530_035, 50_097, 50_129, 50_155];

/// Numbers of what passes by itself (reference, section 5).
const PASSING: [u64; 6] = [90_033, 90_006, 90_024, 50_033, 90_055, 50_196];

/// Words of the same.
const PASSING_WORDS: [&str; 2] = ["temporarily_unavailable", "server_error"];

/// Who gives an operator a role, and where.
const ASSIGN: &str = "Your organisation's administrator assigns Admin or User: Entra admin center, Enterprise applications, \
                      the operators' application, Users and groups. Then sign in again.";

/// What helps who chose a wrong account.
const OWN_ACCOUNT: &str = "Choose your account in the partner's own organisation: ";

/// Whether asking again later may help.
pub(super) fn is_passing(refusal: &Refusal) -> bool {
    refusal.number().is_some_and(|number| PASSING.contains(&number))
        || PASSING_WORDS.contains(&refusal.error.as_str())
}

/// What the answer about a code comes to, where it is no session.
pub(super) fn poll(error: &Error, purpose: Purpose) -> Poll {
    let refusal = match error {
        Error::Platform(refusal) => refusal,
        Error::Http(_) | Error::Status { .. } => return Poll::NoAnswer,
        _ => return Poll::Refused(refused(error, purpose)),
    };
    // The words first: numbers stand behind several of them, and which belongs to the end of a code is unconfirmed.
    match (refusal.error.as_str(), refusal.number()) {
        ("slow_down", _) => Poll::SlowDown,
        ("authorization_pending", _) | (_, Some(70_016)) => Poll::Pending,
        ("expired_token" | "bad_verification_code", _) | (_, Some(70_018..=70_020)) => Poll::Lapsed,
        _ if is_passing(refusal) => Poll::NoAnswer,
        _ => Poll::Refused(refused(error, purpose)),
    }
}

/// A way that ended badly.
pub(super) fn refused(error: &Error, purpose: Purpose) -> Refused {
    let is_by_rule = error.aadsts().is_some_and(|number| BY_RULE.contains(&number));
    Refused { failure: of(error, purpose), is_by_rule }
}

/// Bad news of a sign-in.
pub(super) fn of(error: &Error, purpose: Purpose) -> Failure {
    let Error::Platform(refusal) = error else { return error.failure("signing in") };
    let told = match purpose {
        Purpose::Working => None,
        Purpose::SettingUp => of_tools(refusal),
    };
    let (kind, what, hint) = told.unwrap_or_else(|| platform(refusal, purpose));
    with_ids(Failure::new(kind, what, hint), refusal)
}

/// Nobody is signed in, where something is to be asked in a person's name.
pub(super) fn nobody() -> Failure {
    Failure::new(
        Kind::Refused,
        "nobody is signed in with Microsoft here",
        phrase!["Sign in first: ", Command::Login, "."],
    )
}

/// What a refusal of the sign-in means for one who asks for something: only a new sign-in helps, where it does not pass.
pub(in crate::provider) fn not_asked(refusal: &Refusal) -> Failure {
    let is_by_rule = refusal.number().is_some_and(|number| BY_RULE.contains(&number));
    if is_by_rule || is_passing(refusal) {
        of(&Error::Platform(refusal.clone()), Purpose::Working)
    } else {
        ended(Some(refusal))
    }
}

/// The sign-in of some time ago is good no more.
pub(super) fn ended(refusal: Option<&Refusal>) -> Failure {
    let failure = Failure::new(
        Kind::Refused,
        "your sign-in has ended: Microsoft wants a new one",
        phrase!["Sign in again: ", Command::Login, "."],
    );
    match refusal {
        Some(refusal) => with_ids(failure, refusal),
        None => failure,
    }
}

/// Nothing can be heard from a browser here.
pub(super) fn deaf(error: &io::Error, purpose: Purpose) -> Refused {
    let what =
        format_args!("this computer gives no port for the browser to come back to: {}", of_system(error));
    let hint = phrase!["Sign in by a code: ", purpose.by_code(), "."];
    Refused { failure: Failure::new(Kind::Internal, Text::of(what), hint), is_by_rule: false }
}

/// Microsoft's answer signs nobody in.
pub(super) fn untrusted(why: &Untrusted, registration: &Registration, purpose: Purpose) -> Refused {
    let again = |before: &'static str| phrase![before, purpose.again(), "."];
    let (kind, what, hint) = match why {
        Untrusted::NoRole(name) => (
            Kind::Refused,
            Text::of(format_args!(
                "{name} has neither the role Admin nor the role User in the operators' application, {}",
                registration.client_id
            )),
            ASSIGN.into(),
        ),
        Untrusted::OtherTenant => {
            (Kind::Refused, "this account is of another organisation".into(), again(OWN_ACCOUNT))
        }
        Untrusted::Time => (
            Kind::Malformed,
            "Microsoft's answer is out of date, by this computer's clock".into(),
            again("Set the clock of this computer right, then sign in again: "),
        ),
        Untrusted::Shape | Untrusted::Signature | Untrusted::Stranger | Untrusted::Nonce => (
            Kind::Malformed,
            Text::of(format_args!("nobody is signed in: {why}")),
            again("Tell your lead if a second try ends like this, too: "),
        ),
    };
    Refused { failure: Failure::new(kind, what, hint), is_by_rule: false }
}

/// What only a refusal of Microsoft Graph Command Line Tools means: nothing of that is ours, and by hand it goes without.
fn of_tools(refusal: &Refusal) -> Option<(Kind, &'static str, Phrase)> {
    let what = match (refusal.number()?, refusal.error.as_str()) {
        // Consent is missing and this account can't give it, or it is to be asked for (reference, section 5.2).
        (65_001 | 90_094 | 90_095 | 90_093 | 650_056, _) => {
            "your account may not let Microsoft Graph Command Line Tools do this"
        }
        (700_016 | 7_000_112 | 7_000_229 | 50_105, _) => {
            "your organisation blocks Microsoft Graph Command Line Tools"
        }
        _ => return None,
    };
    let hint = phrase![
        "Sign in as a Global Administrator with ",
        Command::SetupSignedIn,
        ", or register by hand: ",
        Command::Setup,
        "."
    ];
    Some((Kind::Refused, what, hint))
}

/// What the identity platform's refusal means here: kind, what happened, what to do.
fn platform(refusal: &Refusal, purpose: Purpose) -> (Kind, &'static str, Phrase) {
    let number = refusal.number();
    if number.is_some_and(|number| BY_RULE.contains(&number)) {
        return (
            Kind::Refused,
            "a rule of your organisation blocks this way to sign in",
            "Its administrator finds the rule in Entra admin center, Sign-in logs, Conditional Access."
                .into(),
        );
    }
    match (number, refusal.error.as_str()) {
        (Some(90_002 | 900_023 | 90_019 | 50_128), _) => (
            Kind::Internal,
            "Microsoft knows no organisation by the tenant ID in your settings",
            "Set app.tenant to the tenant ID of your own organisation: Entra admin center, Overview.".into(),
        ),
        (Some(700_016 | 700_011 | 7_000_229), _) => (
            Kind::Internal,
            "your organisation has no operators' application with the ID in your settings",
            "Compare operator.client_id and app.tenant with Entra admin center, App registrations.".into(),
        ),
        (Some(7_000_218), _) | (_, "invalid_client") => (
            Kind::Internal,
            "the operators' application may not sign people in without a secret",
            "Entra admin center, App registrations, the operators' application, Authentication: allow public client flows."
                .into(),
        ),
        (Some(50_105), _) => (Kind::Refused, "your account may not use the operators' application", ASSIGN.into()),
        (Some(50_020 | 16_000 | 16_003 | 51_004 | 50_014), _) => (
            Kind::Refused,
            "this account is of another organisation",
            phrase![OWN_ACCOUNT, purpose.again(), "."],
        ),
        (Some(65_004), _) | (_, "authorization_declined" | "access_denied") => (
            Kind::Refused,
            "the sign-in was declined",
            phrase!["Nobody is signed in. To sign in after all: ", purpose.again(), "."],
        ),
        _ => (
            if is_passing(refusal) { Kind::Unreachable } else { Kind::Refused },
            "Microsoft refused the sign-in",
            phrase![WayOn::Explain, " To sign in again: ", purpose.again(), "."],
        ),
    }
}

/// With the code and the ids that Microsoft's support asks for.
fn with_ids(failure: Failure, refusal: &Refusal) -> Failure {
    let reference = refusal.reference();
    let failure = match refusal.number() {
        Some(number) => failure.with_code(&number.to_string()),
        None if refusal.error.is_empty() => failure,
        None => failure.with_code(&refusal.error),
    };
    if reference.is_empty() { failure } else { failure.with_reference(&reference) }
}
