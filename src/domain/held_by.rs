//! Who has a run, and who asks for it. Pure.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    id::RunId,
    sydney::clock_in_words,
    text::Text,
    time::{Moment, TOLERANCE},
};

/// Who has a run, or had it last: one at a time works in it, the others watch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldBy {
    /// Grows by one each time the run is taken; a write with an older one is refused. From 1; 0: who it is is not on record
    /// yet.
    pub number: u32,
    /// The operator.
    pub by: Text,
    /// Their computer.
    pub host: Text,
    /// Since when.
    pub since: Moment,
}

impl HeldBy {
    /// Somebody who took it a moment ago and is not on record yet.
    #[must_use]
    pub fn somebody(since: Moment) -> Self {
        Self { number: 0, by: "Somebody".into(), host: "another computer".into(), since }
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "operator": self.by.as_str(),
            "host": self.host.as_str(),
            "since": self.since.to_string(),
        })
    }

    /// "ann has this run on desk-1 since 10:42 UTC", without a full stop; `here` is the zone by whose clocks times are told.
    #[must_use]
    pub fn has(&self, what: &str, now: Moment, here: &str) -> Text {
        let Self { by, host, since, .. } = self;
        let at = place(by, host);
        Text::of(format_args!("{by} has {what}{at} since {}", clock_in_words(*since, now, here)))
    }

    /// The same behind the name of a run: "open with ann on desk-1 since 10:42 UTC".
    #[must_use]
    pub fn open_with(&self, now: Moment, here: &str) -> Text {
        let Self { by, host, since, .. } = self;
        let who = at_desk(by, host);
        Text::of(format_args!("open with {who} since {}", clock_in_words(*since, now, here)))
    }
}

/// "ann on desk-1". An operator of a server without a sign-in is called by the computer already: "ann (role team, desk-1)".
#[must_use]
pub fn at_desk(by: &Text, host: &Text) -> Text {
    Text::of(format_args!("{by}{}", place(by, host)))
}

/// " on desk-1", where the name does not say it.
fn place(by: &Text, host: &Text) -> String {
    let is_said = by.as_str().ends_with(&format!(", {host})"));
    if is_said { String::new() } else { format!(" on {host}") }
}

/// A run that somebody has open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldRun {
    /// Which.
    pub run: RunId,
    /// The customer's name.
    pub customer: Text,
    /// Who has it.
    pub held_by: HeldBy,
}

/// How long an answer is waited for.
pub const ANSWER_WITHIN: Duration = Duration::from_mins(1);

/// How long a run that was handed over is kept for whoever asked for it: time to take it on a slow line. A guess.
pub const KEPT_FOR: Duration = Duration::from_secs(10);

/// Somebody asks whoever has a run to hand it over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunRequest {
    /// The number of the hold that is asked: once another one has it, nothing is asked any more.
    pub number: u32,
    /// Who asks.
    pub by: Text,
    /// Their computer.
    pub host: Text,
    /// When, by that computer's clock.
    pub at: Moment,
    /// What came of it; none: not answered yet.
    pub answer: Option<RunAnswer>,
    /// When it was answered, by the clock of whoever had the run, as long as nobody has taken the run since.
    pub answered: Option<Moment>,
}

impl RunRequest {
    /// Whether the run was handed over a moment ago and is kept for whoever asked for it. Clocks of two computers are told
    /// apart by as much as is borne elsewhere.
    #[must_use]
    pub fn keeps(&self, now: Moment) -> bool {
        let is_recent = |at: Moment| now < at.plus(KEPT_FOR) && at < now.plus(TOLERANCE);
        self.answer == Some(RunAnswer::Yes) && self.answered.is_some_and(is_recent)
    }
}

/// What came of asking for a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunAnswer {
    /// It was handed over.
    Yes,
    /// It stays.
    No,
    /// It stays: nobody answered in time, or it is not asked for any more.
    Nobody,
    /// It stays: a command goes on with it, and there is nobody at it to answer.
    Unattended,
}

impl RunAnswer {
    /// The word in the record.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Nobody => "nobody",
            Self::Unattended => "unattended",
        }
    }

    /// The answer of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Yes, Self::No, Self::Nobody, Self::Unattended].into_iter().find(|answer| answer.word() == word)
    }
}

/// Why a run is taken over without its holder's answer, as it was typed.
///
/// # Errors
/// A sentence: it says nothing, or too much.
pub fn reason(typed: &str) -> Result<Text, &'static str> {
    let reason = Text::clean(typed.trim());
    match reason.as_str().chars().count() {
        0..=2 => Err("Type why. It goes into the history, with your name and theirs."),
        201.. => Err("That is too long. Say it in 200 letters."),
        _ => Ok(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_a_run_is_said_with_place_and_time() {
        let [since, now] =
            ["2026-11-23T10:42:00Z", "2026-11-23T11:00:00Z"].map(|at| Moment::parse(at).unwrap());
        let ann = HeldBy { number: 3, by: "ann".into(), host: "desk-1".into(), since };
        assert_eq!(ann.has("this run", now, "UTC").as_str(), "ann has this run on desk-1 since 10:42 UTC");
        assert_eq!(ann.open_with(now, "UTC").as_str(), "open with ann on desk-1 since 10:42 UTC");
        let unsigned = HeldBy { by: "ann (role team, desk-1)".into(), ..ann };
        assert_eq!(unsigned.has("it", now, "UTC").as_str(), "ann (role team, desk-1) has it since 10:42 UTC");
        assert_eq!(
            unsigned.open_with(now, "UTC").as_str(),
            "open with ann (role team, desk-1) since 10:42 UTC"
        );
    }

    #[test]
    fn a_reason_says_something() {
        assert!(reason("  x ").is_err() && reason(&"x".repeat(201)).is_err());
        assert_eq!(reason(" ann is ill ").unwrap().as_str(), "ann is ill");
    }
}
