//! Waits: one line at the start, one about every 30 seconds, one at the end (remote-terminal.md section 12).

use std::time::Duration;

use crate::{
    domain::{
        bill::grouped,
        phrase::Segment,
        time::{Moment, in_words},
    },
    wizard::{
        ask::QuestionId,
        view::{Standing, Tone, View},
    },
};

use crate::plain::words::{sentence, steady, told};

/// How often a wait is spoken of.
const OFTEN: Duration = Duration::from_secs(30);

/// Waits that are over at once: what comes of them is said, and they themselves only if they last.
const QUIET: [&str; 2] = ["Saving.", "Searching."];

/// A wait that was shorter is over with what comes after it; nothing more is said of it.
const SHORT: Duration = Duration::from_secs(1);

/// The wait that goes on.
#[derive(Debug)]
struct Wait {
    /// What is awaited, without its clock: the same while only numbers change.
    what: String,
    /// How that is said at the end.
    name: String,
    since: Moment,
    said: Moment,
}

/// The waits of a conversation.
#[derive(Debug, Default)]
pub(super) struct Waits(Option<Wait>);

impl Waits {
    /// What is to be said of the wait on this view, if there is one, or of the one that is over.
    pub(super) fn tell(&mut self, view: &View<'_>, now: Moment) -> Vec<String> {
        // Above every page: what is awaited there goes on.
        if view.ask.id == QuestionId::Leave {
            return Vec::new();
        }
        if let Some((done, total)) = view.page.progress() {
            return self.progress(view, done, total, now);
        }
        let Some(words) = busy(view) else {
            return if goes_on(view) { Vec::new() } else { self.over(now) };
        };
        let name = name(view, &words);
        let what = steady(&name);
        match &mut self.0 {
            Some(wait) if wait.what == what => {
                if now.since(wait.said) < OFTEN {
                    return Vec::new();
                }
                wait.said = now;
                vec![sentence(&words)]
            }
            _ => {
                self.0 = Some(Wait { what, name, since: now, said: now });
                if QUIET.contains(&words.as_str()) {
                    return Vec::new();
                }
                let start = [": 0 users so far, 0 s.", ": 0 s.", ", 0 s."];
                vec![sentence(&start.iter().fold(words, |words, start| words.replace(start, ".")))]
            }
        }
    }

    fn progress(&mut self, view: &View<'_>, done: u32, total: u32, now: Moment) -> Vec<String> {
        let percent = u64::from(done).saturating_mul(100).checked_div(u64::from(total)).unwrap_or(100);
        let what = told(&view.page.heading);
        match &mut self.0 {
            Some(wait) if wait.what == what => {
                // Also where nothing has come forward: who hears nothing does not know whether it still goes on.
                if now.since(wait.said) < OFTEN {
                    return Vec::new();
                }
                wait.said = now;
                vec![format!("{} of {}, {percent} %.", grouped(done), grouped(total))]
            }
            _ => {
                self.0 = Some(Wait { name: what.clone(), what, since: now, said: now });
                vec![format!(
                    "{} of {} so far. The word stop asks whether to stop.",
                    grouped(done),
                    grouped(total)
                )]
            }
        }
    }

    fn over(&mut self, now: Moment) -> Vec<String> {
        let Some(wait) = self.0.take() else { return Vec::new() };
        let lasted = now.since(wait.since);
        if lasted < SHORT {
            return Vec::new();
        }
        vec![format!("{}: over after {}.", wait.name, in_words(lasted))]
    }

    /// Whether something is awaited.
    pub(super) const fn has_one(&self) -> bool {
        self.0.is_some()
    }

    /// Another screen has come: that says by itself how the wait ended, or that it was left.
    pub(super) fn leave(&mut self) {
        self.0 = None;
    }
}

/// The words of the wait, with its clock.
fn busy(view: &View<'_>) -> Option<String> {
    let notice = view.notice.as_ref().filter(|notice| notice.tone == Tone::Busy);
    notice.map(|notice| told(&notice.words))
}

/// What is awaited: the first part of its sentence, where that has parts; else the words before the clock.
fn name(view: &View<'_>, words: &str) -> String {
    let parts = view.notice.as_ref().map(|notice| notice.words.parts()).unwrap_or_default();
    let head = match parts {
        [Segment::Said(own), _, ..] => own.trim_end_matches([':', ' ']),
        _ => words.split_once(": ").map_or(words, |(head, _)| head),
    };
    let head = head.split_once(", for ").map_or(head, |(head, _)| head);
    head.trim_end_matches('.').to_owned()
}

/// Whether something is awaited, whatever the line of state says just now.
fn goes_on(view: &View<'_>) -> bool {
    view.ask.is_waiting
        || matches!(
            view.standing,
            Some(
                Standing::Unknown
                    | Standing::NotYet
                    | Standing::Spreading
                    | Standing::WrongTenant
                    | Standing::Failed
            )
        )
}
