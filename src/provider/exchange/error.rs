//! Everything that can go wrong with a hoster's Exchange server, and the one place that turns it into words.
//!
//! Triggered by every call of this client that has bad news; out comes a [`Failure`] whose code is the name of the
//! response code, for *explain*. Nothing here ever holds a password, and no text of the server is passed on: it follows
//! the server's language and may hold anything.

mod words;

use std::time::Duration;

use super::{
    server,
    wire::{Trouble, Unreadable},
};
use crate::{
    domain::{
        failure::Failure,
        id::Address,
        phrase::{Detail, Phrase, WayOn},
        text::Text,
    },
    provider::http::{HttpError, TlsTrouble},
};

/// How long to wait before trying a fresh permission again; directories take their time, up to half an hour
/// (exchange-web-services.md section 6.2, unconfirmed).
const PERMISSION_WAIT: Duration = Duration::from_mins(1);

/// Why a request brought nothing.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum Error {
    /// No answer at all.
    #[error(transparent)]
    Http(HttpError),
    /// 401, also the second time.
    #[error("user name or password not accepted")]
    SignIn,
    /// The same details were refused moments ago: not sent again, so that the account is not locked.
    #[error("user name or password were refused a moment ago")]
    RefusedBefore {
        /// When they may be sent again.
        wait: Duration,
    },
    /// 401, and no way to sign in that this program knows is among what is offered.
    #[error("no sign-in that is known here, only {offers}")]
    NoWay {
        /// Schemes that are offered, joined by ", ".
        offers: String,
    },
    /// Windows sign-in is offered, but its messages don't come through: no challenge came back, or they went over several
    /// connections.
    #[cfg_attr(not(feature = "ntlm"), expect(dead_code, reason = "only Windows sign-in meets it"))]
    #[error("the Windows sign-in does not come through")]
    NoHandshake,
    /// This client sends no password.
    #[error("no password is sent")]
    Unsigned,
    /// The account's name can't be sent with Basic: it holds a colon or a control character.
    #[error("the account's name can't be sent")]
    AccountName,
    /// 403.
    #[error("not allowed")]
    SwitchedOff,
    /// A web-mail or log-on page: 440, a redirect, or 200 with HTML.
    #[error("a web page answered")]
    WebPage,
    /// A redirect to Exchange Web Services at another host, which is not followed.
    #[error("sent on to {0}")]
    Moved(Text),
    /// 404.
    #[error("nothing there")]
    NotThere,
    /// 429, 502, 503, 504, 500 without SOAP, or a redirect to the passing error page.
    #[error("the front end is in trouble (status {status})")]
    FrontEnd {
        /// HTTP status.
        status: u16,
        /// What the server asks for.
        wait: Option<Duration>,
    },
    /// Any other status.
    #[error("status {0}")]
    Status(u16),
    /// The server asks for a longer rest than we take, or was still busy the last time.
    #[error("the server is busy")]
    Busy {
        /// When to come back.
        wait: Duration,
    },
    /// Exchange answered with a code.
    #[error("{}", .0.code)]
    Code(Box<Trouble>),
    /// Neither version header is understood.
    #[error("the server is too old")]
    TooOld,
    /// An answer that is none.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A well-formed answer to another question.
    #[error("the answer does not fit the request")]
    WrongAnswer,
    /// The task that asked panicked.
    #[error("a task of this program ended early")]
    Panicked,
    /// Microsoft's own cloud, by its host or its version.
    #[error("this is Exchange Online")]
    ExchangeOnline,
    /// The address is not https.
    #[error("the address is not https")]
    NotTls,
    /// The address is none.
    #[error("this is not a server's address")]
    NotAServer,
}

impl From<HttpError> for Error {
    /// An alias of Exchange Online is told by the certificate that answers there.
    fn from(error: HttpError) -> Self {
        if is_online_by_certificate(&error) { Self::ExchangeOnline } else { Self::Http(error) }
    }
}

/// Whether a certificate for other names is that of Exchange Online: the name that was asked for is an alias of it.
pub(super) fn is_online_by_certificate(error: &HttpError) -> bool {
    let HttpError::Tls { trouble, .. } = error else { return false };
    let TlsTrouble::OtherName(names) = &**trouble else { return false };
    let mut names = names.as_str().split(", ").map(|name| name.trim_start_matches("*."));
    names.any(server::is_mail_of_online)
}

/// What an error stops: the one request, the mailbox, the account, or every request to the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum RetryClass {
    /// This mailbox only: a row with a problem.
    Mailbox,
    /// The service account: nothing else will work either.
    Account,
    /// Passing: asked again with growing waits.
    Passing,
    /// Passing, but asked again only once.
    Once,
    /// Nothing that we know: it may pass, and it is no refusal. Asked again twice.
    Unknown,
    /// All requests of the account must wait.
    Everyone,
    /// The version header is not liked.
    Version,
}

impl Error {
    /// How far it reaches.
    pub(super) fn retry_class(&self) -> RetryClass {
        match self {
            Self::Code(trouble) => retry_class_of(&trouble.code),
            Self::FrontEnd { wait: Some(_), .. } => RetryClass::Everyone,
            Self::FrontEnd { .. }
            | Self::Http(
                HttpError::Unreachable { .. } | HttpError::CutOff { .. } | HttpError::TimedOut { .. },
            ) => RetryClass::Passing,
            Self::Http(HttpError::Proxy { trouble, .. }) if trouble.may_pass() => RetryClass::Passing,
            Self::SignIn | Self::NoHandshake | Self::Status(408 | 409 | 412 | 423 | 425) => RetryClass::Once,
            Self::Unreadable(_)
            | Self::WrongAnswer
            | Self::Panicked
            | Self::Http(HttpError::TooLarge { .. }) => RetryClass::Mailbox,
            _ => RetryClass::Account,
        }
    }

    /// The pause that the server asked for.
    pub(super) const fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::Code(trouble) => trouble.back_off,
            Self::FrontEnd { wait, .. } => *wait,
            Self::Busy { wait } | Self::RefusedBefore { wait } => Some(*wait),
            _ => None,
        }
    }

    /// Whether it concerns the account itself, whatever else has opened: more requests would bring the same, or lock it.
    pub(super) fn is_about_account(&self) -> bool {
        match self {
            Self::Http(HttpError::TooLarge { .. }) => false,
            Self::Http(_) => !self.is_front_end(),
            Self::Code(trouble) => {
                self.is_about_sign_in()
                    || matches!(trouble.code.as_str(), "ErrorServerBusy" | "ErrorOrganizationAccessBlocked")
            }
            Self::Busy { .. } | Self::ExchangeOnline | Self::NotTls | Self::NotAServer => true,
            other => other.is_about_sign_in(),
        }
    }

    /// Whether only this one mailbox is concerned, after all repeats, whatever else was seen.
    pub(super) fn is_about_mailbox(&self) -> bool {
        match self {
            Self::Code(trouble) => matches!(
                retry_class_of(&trouble.code),
                RetryClass::Mailbox | RetryClass::Passing | RetryClass::Once | RetryClass::Unknown
            ),
            other => other.retry_class() == RetryClass::Mailbox || other.is_front_end(),
        }
    }

    /// Whether this is trouble of one mailbox, or of the whole server: only several in a row tell.
    pub(super) fn may_be_the_server(&self) -> bool {
        match self {
            // These two are said of one database.
            Self::Code(trouble) if trouble.code == "ErrorMailboxStoreUnavailable" => false,
            Self::Code(trouble) if trouble.code == "ErrorMailboxFailover" => false,
            Self::Code(trouble) => retry_class_of(&trouble.code) != RetryClass::Mailbox,
            other => other.retry_class() != RetryClass::Mailbox,
        }
    }

    /// Whether the front end did not get through to a mailbox's server: passing, and said of a mailbox.
    const fn is_front_end(&self) -> bool {
        matches!(
            self,
            Self::FrontEnd { .. }
                | Self::Http(HttpError::TimedOut { is_connect: false, .. } | HttpError::CutOff { .. })
        )
    }

    /// Whether it is the line that broke: the server asked for no rest, and the next try may well go through.
    pub(super) const fn is_line(&self) -> bool {
        matches!(self, Self::Http(HttpError::CutOff { .. }))
    }

    /// Whether the account did not get in, as far as one can tell.
    pub(super) fn is_about_sign_in(&self) -> bool {
        match self {
            Self::SignIn
            | Self::RefusedBefore { .. }
            | Self::NoWay { .. }
            | Self::NoHandshake
            | Self::AccountName => true,
            Self::Code(trouble) => {
                matches!(
                    trouble.code.as_str(),
                    "ErrorAccountDisabled" | "ErrorPasswordExpired" | "ErrorPasswordChangeRequired"
                )
            }
            _ => false,
        }
    }

    /// What was typed for the access and is probably wrong.
    fn to_mend(&self) -> Option<Detail> {
        match self {
            Self::SignIn | Self::RefusedBefore { .. } | Self::AccountName => Some(Detail::SignIn),
            Self::Code(_) if self.is_about_sign_in() => Some(Detail::SignIn),
            Self::WebPage
            | Self::Moved(_)
            | Self::NotThere
            | Self::Status(_)
            | Self::NotTls
            | Self::NotAServer
            | Self::Http(
                HttpError::UnknownName { .. } | HttpError::Unreachable { .. } | HttpError::TimedOut { .. },
            ) => Some(Detail::Server),
            _ => None,
        }
    }

    /// The response code, when Exchange gave one.
    pub(super) fn code(&self) -> Option<&str> {
        match self {
            Self::Code(trouble) => Some(trouble.code.as_str()).filter(|code| !code.is_empty()),
            _ => None,
        }
    }
}

/// How far a response code reaches (exchange-web-services.md sections 9.2 and 11; what is passing is also what other
/// clients of EWS ask again, exchangelib and EWS Managed API among them). A code that we do not know refuses nobody:
/// Exchange has some hundred codes, and most of those that a mailbox meets in practice are trouble of its server.
fn retry_class_of(code: &str) -> RetryClass {
    match code {
        "ErrorServerBusy" => RetryClass::Everyone,
        "ErrorExceededConnectionCount"
        | "ErrorTooManyObjectsOpened"
        | "ErrorInternalServerTransientError"
        | "ErrorInternalServerError"
        | "ErrorTimeoutExpired"
        | "ErrorMailboxStoreUnavailable"
        | "ErrorMailboxFailover"
        | "ErrorADUnavailable"
        | "ErrorADOperation"
        | "ErrorConnectionFailed"
        | "ErrorBatchProcessingStopped"
        | "ErrorInsufficientResources"
        | "ErrorNotEnoughMemory"
        | "ErrorNoRespondingCASInDestinationSite"
        | "ErrorProxyCallFailed"
        | "ErrorProxyRequestProcessingFailed"
        | "ErrorProxyServiceDiscoveryFailed"
        | "ErrorProxyTokenExpired" => RetryClass::Passing,
        code if code.ends_with("TransientError") || code.ends_with("TransientException") => {
            RetryClass::Passing
        }
        "ErrorImpersonationFailed" => RetryClass::Once,
        "ErrorInvalidServerVersion"
        | "ErrorIncorrectSchemaVersion"
        | "ErrorInvalidSchemaVersionForMailboxVersion" => RetryClass::Version,
        "ErrorImpersonationDenied"
        | "ErrorAccountDisabled"
        | "ErrorPasswordExpired"
        | "ErrorPasswordChangeRequired"
        | "ErrorSchemaValidation"
        | "ErrorInvalidRequest"
        | "ErrorInvalidExchangeImpersonationHeaderData"
        | "ErrorMoreThanOneAccessModeSpecified"
        | "ErrorMissingEmailAddress"
        | "ErrorOrganizationAccessBlocked" => RetryClass::Account,
        "ErrorImpersonateUserDenied"
        | "ErrorNonExistentMailbox"
        | "ErrorInvalidUserPrincipalName"
        | "ErrorInvalidUserSid"
        | "ErrorInvalidSid"
        | "ErrorAccessDenied"
        | "ErrorNameResolutionNoMailbox"
        | "ErrorMailboxMoveInProgress"
        | "ErrorInvalidLicense"
        | "ErrorItemNotFound"
        | "ErrorFolderNotFound"
        | "ErrorInvalidOperation"
        | "ErrorInvalidArgument"
        | "ErrorDiscoverySearchesDisabled" => RetryClass::Mailbox,
        _ => RetryClass::Unknown,
    }
}

/// Bad news with all that its words need.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Bad {
    /// What went wrong.
    pub(super) error: Error,
    /// The server's host.
    pub(super) host: Text,
    /// The service account; empty where none takes part.
    pub(super) account: Text,
    /// The mailbox that was tried.
    pub(super) mailbox: Option<Address>,
    /// Ids that the hoster can search for.
    pub(super) reference: Option<Box<str>>,
}

impl Bad {
    /// Bad news from before any request.
    pub(super) fn early(error: Error, host: &str) -> Self {
        Self { error, host: Text::clean(host), account: Text::default(), mailbox: None, reference: None }
    }
}

impl From<Bad> for Failure {
    fn from(bad: Bad) -> Self {
        let (kind, what, hint) = words::words(&bad);
        let mend = bad.error.to_mend().map_or_else(Phrase::default, |detail| WayOn::Mend(detail).into());
        let mut failure = Self::new(kind, what, Phrase::from(hint).then(mend));
        failure.card = words::card(&bad.error);
        if let Some(code) = bad.error.code() {
            failure = failure.with_code(code);
        }
        if let Some(reference) = &bad.reference {
            failure = failure.with_reference(reference);
        }
        let is_denied =
            matches!(bad.error.code(), Some("ErrorImpersonateUserDenied" | "ErrorImpersonationDenied"));
        if is_denied {
            failure.hint = failure.hint.then(WayOn::HaveRun(bad.lines()));
        }
        match bad.error.asked_wait() {
            Some(wait) => failure.retry_in(wait),
            None if is_denied => failure.retry_in(PERMISSION_WAIT),
            None => failure,
        }
    }
}

#[cfg(test)]
mod tests;
