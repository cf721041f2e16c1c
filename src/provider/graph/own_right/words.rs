//! What keeps the partner's own right from working, in words for the operator: the matter is never the customer's.

use crate::{
    domain::{
        failure::{Failure, FailureKind as Kind},
        phrase::{Command, Phrase, WayOn, phrase},
        text::Text,
    },
    provider::error::Error,
};

/// What always helps.
const LINK: &str = "Or send the link to the customer's administrator.";

/// The number with which Partner Center wants a second factor, enforced since 8 June 2026.
pub(super) const NO_SECOND_FACTOR: &str = "900421";

/// Bad news of a call to Partner Center; `tried` begins the sentence.
pub(super) fn of_center(tried: &str, error: &Error) -> Failure {
    let (what, hint): (&str, Phrase) = match error {
        Error::Graph { status: 401, code, .. } if code == NO_SECOND_FACTOR => (
            "Partner Center wants a second factor (MFA), and your sign-in had none",
            phrase!["Sign in again with one: ", Command::Login, ". ", LINK],
        ),
        Error::Graph { status: 401, .. } => (
            "Partner Center does not accept your sign-in",
            phrase!["Sign in again: ", Command::Login, ". ", LINK],
        ),
        Error::Graph { status: 403, code, .. } if !code.is_empty() => (
            "Partner Center does not let your account do this for the customer",
            phrase![
                "Your account must be an admin agent in Partner Center, and hold a role in the relationship. ",
                LINK
            ],
        ),
        Error::Graph { status: 404, code, .. } if !code.is_empty() => (
            "Partner Center knows no such customer of yours",
            phrase!["Compare the organisation with Partner Center, Customers. ", LINK],
        ),
        Error::Graph { status: 400..=499, code, .. } if !code.is_empty() => (
            "Partner Center does not take the operators' application",
            phrase![
                "It must be multi-tenant, and have the delegated permissions that the README lists for this. ",
                LINK
            ],
        ),
        error => return error.failure(tried),
    };
    with_ids(Failure::new(Kind::Refused, Text::of(format_args!("{tried}: {what}")), hint), error)
}

/// Bad news of a call to Graph with the operator's own token.
pub(super) fn of_graph(tried: &str, error: &Error) -> Failure {
    match error {
        Error::Graph { status: 401 | 403, code, .. } if !code.is_empty() => {
            let what = format_args!("{tried}: Microsoft says that your role there does not suffice");
            let hint = phrase![
                "It takes Global Administrator or Privileged Role Administrator in the relationship, for your account. ",
                LINK
            ];
            with_ids(Failure::new(Kind::Refused, Text::of(what), hint), error)
        }
        error => error.failure(tried),
    }
}

/// Bad news of a token of the operator's.
pub(super) fn of_token(tried: &str, error: &Error) -> Failure {
    let (what, hint): (&str, Phrase) = match error.aadsts() {
        Some(65_001 | 650_057 | 70_011) => (
            "the operators' application lacks the permission for it in your own organisation",
            phrase![
                "Your administrator adds the permissions that the README lists for this, and grants them. Then sign in again: ",
                Command::Login,
                ". ",
                LINK
            ],
        ),
        Some(50_076 | 50_079 | 50_072 | 50_074 | 50_078) => (
            "Microsoft wants a second factor (MFA)",
            phrase!["Sign in again with one: ", Command::Login, ". ", LINK],
        ),
        Some(_) => ("Microsoft refused it", phrase![WayOn::Explain, " ", LINK]),
        None => return error.failure(tried),
    };
    with_ids(Failure::new(Kind::Refused, Text::of(format_args!("{tried}: {what}")), hint), error)
}

/// The application was let in, and can't be used there in time.
pub(super) fn still_spreading(error: &Error) -> Failure {
    let failure = Failure::new(
        Kind::Unreachable,
        "the operators' application was let in, and Microsoft has not spread that yet",
        phrase![WayOn::Again("try once more in some minutes"), " ", LINK],
    );
    with_ids(failure, error)
}

/// Partner Center took it out, and it can still sign in.
pub(super) fn still_in() -> Failure {
    Failure::new(
        Kind::Conflict,
        "Partner Center took the operators' application out, and it can still sign in there",
        phrase![
            WayOn::Again("try once more in some minutes"),
            " If it stays: an administrator of the customer deletes it (Entra admin center, Enterprise applications)."
        ],
    )
}

/// A permission that was granted is not among those that were read back.
pub(super) fn not_read_back(names: &str) -> Failure {
    Failure::new(
        Kind::Conflict,
        Text::of(format_args!("not every permission could be read back; missing: {names}")),
        phrase![WayOn::Again("try once more in some minutes"), " ", LINK],
    )
}

/// With the code and the ids that Microsoft's support asks for.
fn with_ids(failure: Failure, error: &Error) -> Failure {
    let told = error.failure("");
    Failure { code: told.code, reference: told.reference, ..failure }
}
