//! What a person reads about each trouble: what happened, and what to tell the customer or the hoster.
//!
//! The meanings are those of exchange-web-services.md sections 9.2 and 10, the wording is ours. Pure.

use std::time::Duration;

use super::{Bad, Error, RetryClass, retry_class_of};
use crate::{
    domain::{card::CardId, failure::FailureKind, hoster_lines, id::Address, text::Text, time::in_words},
    provider::{
        exchange::wire::Trouble,
        http::{HttpError, TlsTrouble},
    },
};

/// A mailbox for which the server, which has opened others, is too old.
const OLDER: &str = "this mailbox is on an older server of the hoster";

/// Waits from here on are named; a shorter one is over before it was read.
const NAMED_FROM: Duration = Duration::from_secs(30);

impl Bad {
    /// The words for one row of the list: short, without a hint.
    pub(in crate::provider::exchange) fn row_words(&self) -> Text {
        let words = match self.error.code() {
            Some("ErrorImpersonateUserDenied" | "ErrorAccessDenied") => {
                "the service account may not open this mailbox"
            }
            Some("ErrorNonExistentMailbox") => "no mailbox with this address on this server",
            Some("ErrorMailboxMoveInProgress") => "the mailbox is being moved; wait until that is finished",
            Some("ErrorInvalidLicense") => "this user has no Exchange licence",
            Some("ErrorInvalidUserPrincipalName") => "not known by this name; use the primary e-mail address",
            Some(code) => {
                let is_passing = matches!(
                    retry_class_of(code),
                    RetryClass::Passing | RetryClass::Once | RetryClass::Unknown
                );
                return match retry_class_of(code) {
                    RetryClass::Version => Text::from(OLDER),
                    _ if is_passing => {
                        Text::of(format_args!("not available just now ({code}); list again later"))
                    }
                    _ => Text::of(format_args!("the server refuses this mailbox ({code})")),
                };
            }
            None => return self.row_words_without_code(),
        };
        Text::from(words)
    }

    /// The words for one row where Exchange gave no code.
    fn row_words_without_code(&self) -> Text {
        let words = match &self.error {
            Error::TooOld => OLDER,
            Error::SwitchedOff => "the server refuses Exchange Web Services for this mailbox",
            Error::WebPage => "a web page answers for this mailbox, not Exchange Web Services",
            Error::NotThere => "the server has no Exchange Web Services for this mailbox",
            Error::Moved(other) => {
                return Text::of(format_args!("the server sends us on to {other} for this mailbox"));
            }
            Error::Status(status) => {
                return Text::of(format_args!("the server answers for this mailbox with status {status}"));
            }
            Error::Unreadable(_) | Error::WrongAnswer | Error::Http(HttpError::TooLarge { .. }) => {
                "the server's answer about this mailbox makes no sense"
            }
            Error::Panicked => "not checked: a task of this program ended early; list again",
            _ => "not available just now; list again later",
        };
        Text::from(words)
    }

    /// The mailbox, as words.
    fn whom(&self) -> &str {
        self.mailbox.as_ref().map_or("the mailbox", Address::as_str)
    }

    /// What a trouble brings of its own to be told.
    fn detail(&self) -> String {
        match &self.error {
            Error::RefusedBefore { wait } => wait.as_secs().max(1).to_string(),
            Error::NoWay { offers } => format!("{} ({offers})", sign_ins(offers)),
            Error::FrontEnd { status, .. } | Error::Status(status) => status.to_string(),
            Error::Moved(other) => other.to_string(),
            Error::Code(trouble) => trouble.violation.as_deref().unwrap_or("no place given").to_owned(),
            _ => String::new(),
        }
    }

    /// The lines that the hoster is to run where impersonation is not allowed: a scope of this customer alone, and the
    /// role within it. Without a scope the account could open the mailboxes of every customer of the hoster.
    pub(super) fn lines(&self) -> Vec<Text> {
        let domain = self.mailbox.as_ref().map_or_else(|| "CUSTOMER".to_owned(), Address::domain);
        hoster_lines::granting(self.account.as_str(), &domain)
    }
}

/// Kind, what happened, what to do.
pub(super) type Words = (FailureKind, Text, Text);

/// The same before it is filled in. `{host}`, `{whom}` and `{detail}` stand for what the bad news is about.
type Row = (FailureKind, &'static str, &'static str);

/// What to try where a server may be another one than was meant.
const CHECK_NAME: &str = "Check the server's name with the hoster.";

/// Said where no password is sent.
const UNSIGNED: &str = "a check sends no mailbox password, so the sign-in was not tried";

/// What helps where none of the ways that are offered is known here.
const OTHER_WAY: &str = if cfg!(feature = "ntlm") {
    "Ask the hoster to switch Windows authentication (NTLM) or Basic authentication on for the EWS virtual directory."
} else {
    "This program was built without Windows sign-in (NTLM). Use one that was built with the feature ntlm, which is on by \
     default, or ask the hoster to switch Basic authentication on for the EWS virtual directory."
};

/// A fault of ours, as Exchange answers it.
const OUR_FAULT: &str = "This is our fault. Send us the code and the reference.";

/// How long the lines take to work.
const GRANT: &str = "A new permission can take half an hour.";

/// What to say to the customer, where no response code tells it.
pub(super) const fn card(error: &Error) -> Option<CardId> {
    Some(match error {
        Error::Http(HttpError::Tls { .. }) => CardId::HostedCertificate,
        Error::Http(
            HttpError::Proxy { .. }
            | HttpError::Stranger { .. }
            | HttpError::BadProxy { .. }
            | HttpError::NoRoots { .. }
            | HttpError::NotInSandbox { .. }
            | HttpError::NotLoopback { .. },
        ) => CardId::OurLine,
        Error::Http(
            HttpError::UnknownName { .. }
            | HttpError::Unreachable { .. }
            | HttpError::CutOff { .. }
            | HttpError::TimedOut { .. },
        ) => CardId::HostedNoAnswer,
        Error::SignIn => CardId::HostedPassword,
        Error::RefusedBefore { .. } => CardId::HostedLocked,
        Error::NoWay { .. } | Error::NoHandshake | Error::SwitchedOff | Error::TooOld => {
            CardId::HostedSwitchedOff
        }
        Error::FrontEnd { .. } | Error::Busy { .. } => CardId::HostedBusy,
        Error::WebPage
        | Error::Moved(_)
        | Error::NotThere
        | Error::NotTls
        | Error::NotAServer
        | Error::Status(_)
        | Error::Unreadable(_)
        | Error::WrongAnswer
        | Error::Http(HttpError::TooLarge { .. }) => CardId::HostedAddress,
        Error::ExchangeOnline => CardId::HostedOnline,
        Error::Panicked | Error::Unsigned | Error::AccountName | Error::Http(HttpError::Request { .. }) => {
            CardId::OurSide
        }
        Error::Code(_) => return None,
    })
}

/// The words of everything but response codes (exchange-web-services.md section 10).
pub(super) fn words(bad: &Bad) -> Words {
    match &bad.error {
        Error::Http(error) => http_words(error),
        Error::Busy { wait } => busy(&bad.host, Some(*wait)),
        Error::FrontEnd { wait: Some(wait), .. } if *wait >= NAMED_FROM => busy(&bad.host, Some(*wait)),
        Error::Code(trouble) if trouble.code.is_empty() => filled(bad, &NO_CODE),
        Error::Code(trouble) => code_words(bad, trouble),
        other => filled(bad, &row(other)),
    }
}

/// The words of a fault without a code.
const NO_CODE: Row = (
    FailureKind::Unreachable,
    "{host} reported a fault without a code",
    "Try again in a few minutes. If it stays so, give the hoster the reference.",
);

/// The words of troubles below Exchange.
const fn row(error: &Error) -> Row {
    use FailureKind::{Internal, Malformed, NotFound, Refused, Unreachable};
    match error {
        Error::SignIn => (
            Refused,
            "{host} did not accept the user name or password",
            "Type both again. If you are sure, ask the hoster whether the account is locked, and, where Extended \
             Protection is set to Require, whether a device in front of the server opens TLS with another certificate.",
        ),
        Error::RefusedBefore { .. } => (
            Refused,
            "{host} did not accept the user name or password a moment ago",
            "Type both again, or try the same ones in {detail} s: trying sooner could lock the account.",
        ),
        Error::NoWay { .. } => {
            (Refused, "{host} takes no user name and password here, only {detail}", OTHER_WAY)
        }
        Error::NoHandshake => (
            Refused,
            "{host} offers Windows sign-in (NTLM), but its messages don't come through to the end",
            "It needs one connection from here to the server. Ask the hoster whether a device in front of the server \
             shares or closes connections, or to switch Basic authentication on for the EWS virtual directory.",
        ),
        Error::Unsigned => (Refused, UNSIGNED, "Start again without --dry-run, or without --check."),
        Error::AccountName => (
            Refused,
            "the account's name holds a colon or an invisible character and can't be sent",
            "Type it as name@domain or DOMAIN\\name.",
        ),
        Error::SwitchedOff => (
            Refused,
            "{host} refuses Exchange Web Services for this account",
            "Ask the hoster whether EWS is switched off for the organisation or the mailbox, or whether our program is \
             missing on its allow list (its name starts with Backup365).",
        ),
        Error::WebPage => (
            NotFound,
            "a web page answered at {host}, not Exchange Web Services",
            "This is the web-mail address or a log-on page. Use https://{host}/EWS/Exchange.asmx, or ask the hoster for \
             the EWS address.",
        ),
        Error::Moved(_) => (
            NotFound,
            "{host} sends us on to {detail}",
            "No password went there. Ask the hoster whether {detail} is the server; if so, give that name.",
        ),
        Error::NotThere => (NotFound, "{host} has no Exchange Web Services at this address", CHECK_NAME),
        Error::FrontEnd { .. } => (
            Unreachable,
            "{host} is in trouble just now (status {detail})",
            "Exchange is busy or has no back end at the moment. Try again in a few minutes.",
        ),
        Error::Status(_) => {
            (Malformed, "{host} answered with status {detail}, which makes no sense here", CHECK_NAME)
        }
        Error::TooOld => (
            Refused,
            "{host} is too old: it does not know Exchange 2013's way of asking",
            "Exchange Server 2013 or later is needed. Ask the hoster which version this is.",
        ),
        Error::ExchangeOnline => (
            Refused,
            "this is Exchange Online, where this kind of access has ended",
            "The customer is on Microsoft's cloud. Go back and choose Office 365.",
        ),
        Error::NotTls => (
            Refused,
            "the server's address is not https, and we send no password over an open line",
            "Use the address that starts with https.",
        ),
        Error::NotAServer => (
            NotFound,
            "this is not a server's address",
            "Type it like mail.hoster.example or https://mail.hoster.example/EWS/Exchange.asmx.",
        ),
        Error::Panicked => {
            (Internal, "a task of this program ended early", "Try again. The log file has more.")
        }
        // What has words of its own comes not here.
        Error::Unreadable(_) | Error::WrongAnswer | Error::Http(_) | Error::Busy { .. } | Error::Code(_) => (
            Malformed,
            "the answer of {host} makes no sense",
            "Try again. If it stays so, check the server's name with the hoster.",
        ),
    }
}

/// Fills a row in.
fn filled(bad: &Bad, (kind, what, hint): &Row) -> Words {
    (*kind, fill(bad, what), fill(bad, hint))
}

/// Puts in what a template leaves open, once: what is put in is not looked at again.
fn fill(bad: &Bad, template: &str) -> Text {
    let mut parts = template.split(['{', '}']);
    let mut all = parts.next().unwrap_or_default().to_owned();
    // Every second part is a name.
    while let Some(name) = parts.next() {
        match name {
            "host" => all.push_str(bad.host.as_str()),
            "whom" => all.push_str(bad.whom()),
            _ => all.push_str(&bad.detail()),
        }
        all.push_str(parts.next().unwrap_or_default());
    }
    Text::clean(&all)
}

/// What the schemes that a server offers are called.
fn sign_ins(offers: &str) -> &'static str {
    let is_offered = |names: &[&str]| {
        offers.split(", ").any(|offer| names.iter().any(|name| offer.eq_ignore_ascii_case(name)))
    };
    match (is_offered(&["NTLM", "Negotiate", "Kerberos"]), is_offered(&["Bearer"])) {
        (true, false) => "Windows sign-in",
        (false, true) => "modern sign-in",
        (true, true) => "Windows sign-in or modern sign-in",
        (false, false) => "other sign-ins",
    }
}

/// The words of a server that wants a rest, with how long where that is worth telling.
fn busy(host: &Text, wait: Option<Duration>) -> Words {
    let what = match wait.filter(|wait| *wait >= NAMED_FROM) {
        Some(wait) => Text::of(format_args!("{host} is busy and asks us to wait {}", in_words(wait))),
        None => Text::of(format_args!("{host} is busy and asks us to wait")),
    };
    (FailureKind::Throttled, what, Text::from("Try again later. Nothing is lost."))
}

/// The words when there was no answer.
fn http_words(error: &HttpError) -> Words {
    let (kind, hint) = match error {
        HttpError::Tls { trouble, .. } => (FailureKind::Unreachable, of_tls(trouble)),
        HttpError::Proxy { trouble, .. } => (FailureKind::Unreachable, trouble.hint()),
        HttpError::Stranger { stranger, .. } => (FailureKind::Unreachable, stranger.hint()),
        HttpError::TooLarge { .. } => (FailureKind::Malformed, "Check the server's name with the hoster."),
        HttpError::Request { .. } => {
            (FailureKind::Internal, "Check what was typed for the server and the account.")
        }
        HttpError::UnknownName { .. } => {
            (FailureKind::Unreachable, "Check the server's name for a typing mistake, then the network here.")
        }
        HttpError::NotInSandbox { .. } | HttpError::NotLoopback { .. } => {
            (FailureKind::Refused, "This is the sandbox: only its own servers can be reached.")
        }
        _ => (FailureKind::Unreachable, "Check the server's name and the network here, then try again."),
    };
    (kind, Text::of(format_args!("{error}")), Text::from(hint))
}

/// What helps where a hoster's TLS does not fit. No password has been sent.
const fn of_tls(trouble: &TlsTrouble) -> &'static str {
    match trouble {
        TlsTrouble::OtherName(_) | TlsTrouble::Certificate => {
            "The certificate does not match; we do not send passwords there. Check the name, or ask the hoster to mend \
             the certificate."
        }
        TlsTrouble::UnknownIssuer(_) | TlsTrouble::SelfSigned => {
            "We do not send passwords there. Ask the hoster for a certificate that everybody trusts, or, where its \
             authority is the hoster's or your own, for that one's certificate, and name the file with SSL_CERT_FILE."
        }
        TlsTrouble::Expired(_) | TlsTrouble::NotYetValid(_) => {
            "We do not send passwords there. Compare the clock of this computer first; if it is right, ask the hoster to \
             renew the certificate."
        }
        TlsTrouble::TooOld | TlsTrouble::NothingInCommon => {
            "We do not send passwords there. Ask the hoster to switch on TLS 1.2 or later on this server."
        }
        TlsTrouble::WantsCertificate | TlsTrouble::NoTls => {
            "We do not send passwords there. Check the server's name and port with the hoster."
        }
    }
}

/// Codes that Exchange answers with, and their words.
type CodeRow = (&'static [&'static str], Row);

/// The words of response codes (exchange-web-services.md section 9.2).
const CODES: &[CodeRow] = {
    use FailureKind::{Conflict, Internal, NotFound, Refused, Unreachable};
    &[
        (&["ErrorImpersonateUserDenied"], (Refused, "the service account may not open {whom}", GRANT)),
        (
            &["ErrorImpersonationDenied"],
            (Refused, "the service account has no ApplicationImpersonation role yet", GRANT),
        ),
        (
            &["ErrorImpersonationFailed"],
            (
                Unreachable,
                "Exchange could not carry out the impersonation",
                "Ask the hoster to check the server's event log, then try again.",
            ),
        ),
        (
            &["ErrorNonExistentMailbox"],
            (
                NotFound,
                "no mailbox with the address {whom} on this server",
                "Is it spelled as the primary address? Was the mailbox moved?",
            ),
        ),
        (
            &["ErrorInvalidUserPrincipalName"],
            (NotFound, "{whom} is not known by this name", "Use the primary e-mail address instead."),
        ),
        (
            &["ErrorAccessDenied"],
            (
                Refused,
                "the account may sign in but not do this",
                "Ask the hoster which rights the account has.",
            ),
        ),
        (
            &["ErrorNameResolutionNoMailbox"],
            (
                Refused,
                "the service account has no mailbox, so it can't search the server's directory",
                "Ask the hoster to give it a mailbox, or import a list.",
            ),
        ),
        (
            &["ErrorAccountDisabled"],
            (Refused, "the service account is switched off", "Ask the hoster to switch it on again."),
        ),
        (
            &["ErrorPasswordExpired", "ErrorPasswordChangeRequired"],
            (
                Refused,
                "the service account's password has expired or must be changed",
                "Set a new password in Outlook on the web, let it never expire, and type it here.",
            ),
        ),
        (
            &["ErrorMailboxMoveInProgress"],
            (Conflict, "{whom} is being moved", "Wait until the move is finished."),
        ),
        (
            &["ErrorOrganizationAccessBlocked"],
            (Refused, "the hoster is removing this organisation", "Ask the hoster whether that is meant."),
        ),
        (
            &["ErrorInvalidLicense"],
            (Refused, "{whom} has no Exchange licence", "Ask the hoster to give this user a licence."),
        ),
        (
            &["ErrorSchemaValidation"],
            (
                Internal,
                "Exchange did not understand our request ({detail})",
                "This is our fault. Send us these words and the reference.",
            ),
        ),
    ]
};

/// The words of a response code: its own, or those of its kind.
fn code_words(bad: &Bad, trouble: &Trouble) -> Words {
    use FailureKind::{Internal, Refused, Unreachable};
    let code = trouble.code.as_str();
    if matches!(code, "ErrorServerBusy" | "ErrorExceededConnectionCount" | "ErrorTooManyObjectsOpened") {
        return busy(&bad.host, trouble.back_off);
    }
    let own = CODES.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, row)| *row);
    let of_kind = || match retry_class_of(code) {
        RetryClass::Passing => (
            Unreachable,
            "{whom} is not available just now",
            "Exchange is busy or a mailbox store is moving. Try again in a few minutes.",
        ),
        RetryClass::Account => (Internal, "Exchange did not understand our request", OUR_FAULT),
        RetryClass::Unknown => (
            Unreachable,
            "{whom} is not available just now",
            "Try again in a few minutes. If it stays so, ask the hoster what the code means.",
        ),
        _ => (Refused, "Exchange refused {whom}", "Ask the hoster what the code means."),
    };
    filled(bad, &own.unwrap_or_else(of_kind))
}
