//! What can go wrong between us and Microsoft, and the one place that turns it into words for people.
//!
//! Triggered wherever a call of the identity platform or of Graph ends badly; out comes a [`Failure`].

mod words;

#[cfg(test)]
mod tests;

use std::time::Duration;

use super::{http::HttpError, oauth::Refusal};
use crate::domain::{
    believed::Doubt,
    card::CardId,
    cloud::{Cloud, Home},
    failure::{Failure, FailureKind},
    id::TenantId,
    phrase::Phrase,
    text::Text,
};

/// A call that ended badly.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Error {
    /// No answer at all.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The identity platform said no, in its own form.
    #[error("the identity platform refused: {0}")]
    Platform(Refusal),
    /// Graph said no.
    #[error("Graph answered {status} {code}")]
    Graph {
        /// HTTP status.
        status: u16,
        /// The deepest code in the body, may be empty.
        code: String,
        /// When Graph asks us to come back.
        retry_after: Option<Duration>,
        /// Ids and time for support.
        reference: String,
    },
    /// An answer of another status than 200 whose body tells nothing: gateways, proxies, outages.
    #[error("an answer with the status {status} and nothing readable in it")]
    Status {
        /// HTTP status.
        status: u16,
        /// When the server asks us to come back.
        retry_after: Option<Duration>,
        /// Ids and time for support.
        reference: String,
    },
    /// A good status with a body that makes no sense.
    #[error("{what} makes no sense")]
    Malformed {
        /// Which answer.
        what: &'static str,
    },
    /// A link that leads to another host than the one the token is for (rule 15).
    #[error("a link leads to {host}, where our token must not go")]
    WrongHost {
        /// Where it leads.
        host: String,
    },
    /// The tenant lives in a cloud where our application is not registered.
    #[error("the organisation lives in another cloud: {home:?}")]
    OtherCloud {
        /// Where it lives; never certain and ours.
        home: Home,
        /// Where our application is registered.
        ours: Cloud,
    },
    /// A token that names another tenant than the one that it was asked for.
    #[error("the token names another organisation, {found}")]
    WrongTenant {
        /// The one that it names.
        found: TenantId,
    },
    /// Answers that must name the same tenant name different ones.
    #[error("the answers name different organisations")]
    Contradiction,
    /// A list that contradicts itself.
    #[error("{}", .0.in_words())]
    Doubtful(Doubt),
    /// Our own record can't be read.
    #[error("{}", .0.what)]
    Record(Box<Failure>),
    /// Our own credential can't be used: settings are wrong.
    #[error("our own credential can't be used: {detail}")]
    Credential {
        /// What is wrong with it, never the credential itself.
        detail: String,
    },
}

impl Error {
    /// The number of the identity platform's message (`700016`), where there is one.
    #[must_use]
    pub fn aadsts(&self) -> Option<u64> {
        match self {
            Self::Platform(refusal) => refusal.number(),
            _ => None,
        }
    }

    /// HTTP status and Graph's code, where Graph answered.
    #[must_use]
    pub fn graph(&self) -> Option<(u16, &str)> {
        match self {
            Self::Graph { status, code, .. } => Some((*status, code)),
            _ => None,
        }
    }

    /// Whether Graph itself, and no gateway before it, says that a link of its own making leads nowhere any more. No
    /// word of such a request is ours, so whatever is wrong with it is wrong with the link; but for rights, time and
    /// the number of requests, about which the same link may be asked again.
    #[must_use]
    pub fn is_worn_link(&self) -> bool {
        match self.graph() {
            Some((410, _)) => true,
            Some((401 | 403 | 408 | 429, _)) => false,
            Some((400..=499, code)) => !code.is_empty(),
            _ => false,
        }
    }

    /// The status of an answer that was no good, and when to come back, where there was an answer of Graph's side.
    #[must_use]
    pub(super) fn status(&self) -> Option<(u16, Option<Duration>)> {
        match self {
            Self::Graph { status, retry_after, .. } | Self::Status { status, retry_after, .. } => {
                Some((*status, *retry_after))
            }
            _ => None,
        }
    }

    /// Bad news for a person; `tried` starts the sentence ("looking up the organisation"), and is empty where that stands
    /// before it already.
    #[must_use]
    pub fn failure(&self, tried: &str) -> Failure {
        if let Self::Record(failure) = self {
            return (**failure).clone();
        }
        let told = words::of(self);
        let what = match tried {
            "" => Text::clean(&told.happened),
            tried => Text::of(format_args!("{tried}: {}", told.happened)),
        };
        let mut failure = Failure::new(told.kind, what, told.hint);
        failure.code = told.code.as_deref().map(Text::clean);
        failure.reference = self.reference().as_deref().map(Text::clean);
        failure.retry_after = told.retry_after;
        failure.asks_consent = told.asks_consent;
        failure.card = self.card();
        failure
    }

    /// The same about the partner's own organisation: what is wrong with that is nothing for a customer to mend.
    #[must_use]
    pub fn failure_of_our_own(&self, tried: &str) -> Failure {
        let mut failure = self.failure(tried);
        if let (Self::Platform(refusal), FailureKind::NotFound | FailureKind::Refused) = (self, failure.kind)
        {
            let (happened, hint) = words::of_our_own(refusal);
            failure.kind = FailureKind::Internal;
            failure.what = Text::of(format_args!("{tried}: {happened}"));
            failure.hint = Phrase::template(hint);
        }
        failure
    }

    /// What to say to the customer, where no code tells it.
    const fn card(&self) -> Option<CardId> {
        match self {
            Self::Http(_) => Some(CardId::OurLine),
            Self::OtherCloud { .. } => Some(CardId::TenantRefused),
            Self::Doubtful(_) => Some(CardId::UsersShort),
            Self::Platform(_)
            | Self::Graph { .. }
            | Self::Status { .. }
            | Self::Malformed { .. }
            | Self::WrongHost { .. }
            | Self::WrongTenant { .. }
            | Self::Contradiction
            | Self::Record(_)
            | Self::Credential { .. } => None,
        }
    }

    /// Ids that Microsoft's support asks for.
    fn reference(&self) -> Option<String> {
        match self {
            Self::Platform(refusal) => Some(refusal.reference()),
            Self::Graph { reference, .. } | Self::Status { reference, .. } => Some(reference.clone()),
            _ => None,
        }
        .filter(|text| !text.is_empty())
    }
}

/// The pieces of a [`Failure`], before they are put together.
struct Told {
    kind: FailureKind,
    /// What happened, lower case start, no full stop.
    happened: String,
    /// What to do.
    hint: Phrase,
    /// For *explain*.
    code: Option<String>,
    retry_after: Option<Duration>,
    /// The customer's administrator has to accept.
    asks_consent: bool,
}
