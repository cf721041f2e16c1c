//! Any call's bad news as plain data: what was tried, what happened, what to do next.

use std::{io, time::Duration};

use super::{
    card::CardId,
    phrase::{Command, Detail, Phrase, Segment, WayOn},
    text::{Text, capital},
};

/// What kind of bad news it is; decides which ways on are offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailureKind {
    /// The other side said no: rights, consent, wrong password.
    Refused,
    /// The thing asked for does not exist.
    NotFound,
    /// Too many requests; `retry_after` says when to come back.
    Throttled,
    /// No answer: name, network, TLS, time-out. A retry may help.
    Unreachable,
    /// An answer that makes no sense.
    Malformed,
    /// The customer's seats are used up.
    NoSeats,
    /// Another process or operator holds or changed it.
    Conflict,
    /// The record on this computer: locked, full, read-only, damaged.
    Record,
    /// Our own fault.
    Internal,
}

/// Bad news for a person; errors for code stay below.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// What kind of bad news.
    pub kind: FailureKind,
    /// What was tried and what happened, lower case start, no full stop.
    pub what: Text,
    /// What to do next: sentences and ways on.
    pub hint: Phrase,
    /// The code that Microsoft or Exchange gave (`90002`, `ErrorImpersonateUserDenied`), for *explain*.
    pub code: Option<Text>,
    /// Ids that Microsoft's support asks for (request, correlation, trace).
    pub reference: Option<Text>,
    /// When a retry makes sense.
    pub retry_after: Option<Duration>,
    /// The customer's administrator must accept (again): whoever says this shows the link.
    pub asks_consent: bool,
    /// What the work stands on is not as it was (the record, the clock): a person must look before anything goes on.
    pub is_alarm: bool,
    /// What to say to the customer, where neither code nor kind tells it.
    pub card: Option<CardId>,
}

impl Failure {
    /// Bad news with words and a hint.
    #[must_use]
    pub fn new(kind: FailureKind, what: impl Into<Text>, hint: impl Into<Phrase>) -> Self {
        let (what, hint) = (what.into(), hint.into());
        Self {
            kind,
            what,
            hint,
            code: None,
            reference: None,
            retry_after: None,
            asks_consent: false,
            is_alarm: false,
            card: None,
        }
    }

    /// Says that a person must look before anything goes on.
    #[must_use]
    pub const fn alarming(mut self) -> Self {
        self.is_alarm = true;
        self
    }

    /// Says that the customer's administrator must accept (again).
    #[must_use]
    pub const fn asking_consent(mut self) -> Self {
        self.asks_consent = true;
        self
    }

    /// Says what to say to the customer.
    #[must_use]
    pub const fn with_card(mut self, card: CardId) -> Self {
        self.card = Some(card);
        self
    }

    /// Adds the code that the other side gave.
    #[must_use]
    pub fn with_code(mut self, code: &str) -> Self {
        self.code = Some(Text::clean(code));
        self
    }

    /// Adds the ids that support asks for.
    #[must_use]
    pub fn with_reference(mut self, reference: &str) -> Self {
        self.reference = Some(Text::clean(reference));
        self
    }

    /// So many users an Admin can accept, where a list came short and the way on says so.
    #[must_use]
    pub fn acceptable(&self) -> Option<u32> {
        self.hint.parts().iter().find_map(|part| match part {
            Segment::Command(Command::SweepAcceptShorter(_, count)) => Some(*count),
            _ => None,
        })
    }

    /// Whether another answer may do what this one can't: what was named is not known, or was refused.
    #[must_use]
    pub const fn is_about_what_was_named(&self) -> bool {
        matches!(self.kind, FailureKind::NotFound | FailureKind::Refused)
    }

    /// What of the access is to be set right, where that is the way on.
    #[must_use]
    pub fn to_mend(&self) -> Option<Detail> {
        self.hint.parts().iter().find_map(|part| match part {
            Segment::Do(WayOn::Mend(detail)) => Some(*detail),
            _ => None,
        })
    }

    /// The lines that a hoster is to run, exact as they are.
    #[must_use]
    pub fn lines(&self) -> &[Text] {
        let lines = self.hint.parts().iter().find_map(|part| match part {
            Segment::Do(WayOn::HaveRun(lines)) => Some(lines.as_slice()),
            _ => None,
        });
        lines.unwrap_or_default()
    }

    /// When trying again makes sense, where nothing else says how long the mend takes: beside lines that a hoster is to run
    /// stands how long a permission takes.
    #[must_use]
    pub fn told_wait(&self) -> Option<Duration> {
        self.retry_after.filter(|_| self.lines().is_empty())
    }

    /// Whether the record is away for a while only: it may be there again by itself.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.kind == FailureKind::Record && self.retry_after.is_some()
    }

    /// What happened with the code that was given, then what to do next, as whole sentences of a command line.
    #[must_use]
    pub fn in_full(&self) -> Text {
        let what = capital(self.what.as_str());
        let code = self.code.as_ref().map_or_else(String::new, |code| format!(" ({code})"));
        Text::of(format_args!("{what}{code}. {}", self.hint.for_commands()))
    }

    /// What happened with the code that was given, then what to do next: for a line that says it all. A hint may send
    /// somebody off to ask what the code means.
    #[must_use]
    pub fn in_words(&self) -> Phrase {
        let mut words = vec![Segment::Name(self.what.clone())];
        if let Some(code) = &self.code {
            words.extend([Segment::Said(" ("), Segment::Name(code.clone()), Segment::Said(")")]);
        }
        words.push(Segment::Said("."));
        Phrase::of(words).then(self.hint.clone())
    }

    /// The same in the words of a command line.
    #[must_use]
    pub fn for_commands(&self) -> Text {
        self.in_words().for_commands()
    }

    /// Says when a retry makes sense.
    #[must_use]
    pub const fn retry_in(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

/// What the system says went wrong, as it can stand in a sentence: in small letters and without its number.
#[must_use]
pub fn of_system(error: &io::Error) -> Text {
    let said = error.to_string();
    let words = said.split(" (os error").next().unwrap_or_default();
    let mut letters = words.chars();
    let first: String = letters.next().map(|letter| letter.to_lowercase().collect()).unwrap_or_default();
    Text::clean(&format!("{first}{}", letters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_says_it_all_names_the_code() {
        let failure = Failure::new(FailureKind::Refused, "Exchange refused ana", "Ask what the code means.");
        assert_eq!(failure.for_commands().as_str(), "Exchange refused ana. Ask what the code means.");
        let words = failure.with_code("ErrorItemNotFound").for_commands();
        assert_eq!(words.as_str(), "Exchange refused ana (ErrorItemNotFound). Ask what the code means.");
    }

    #[test]
    fn a_number_of_the_system_is_not_shown() {
        let refused = io::Error::from_raw_os_error(13);
        assert!(refused.to_string().contains("os error"), "{refused}");
        let words = of_system(&refused);
        assert!(!words.as_str().contains("os error") && !words.is_empty(), "{words}");
        assert_eq!(of_system(&io::Error::other("The disk is gone")).as_str(), "the disk is gone");
        assert_eq!(of_system(&io::Error::other("")).as_str(), "");
    }
}
