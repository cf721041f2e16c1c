//! Waits: one line at the start, one about every 30 seconds, one at the end (remote-terminal.md section 12).

use std::time::Duration;

use crate::{
    domain::{
        bill::grouped,
        phrase::Segment,
        speech::{sentence, steady},
        time::{Moment, in_words},
    },
    wizard::{
        ask::QuestionId,
        view::{Notice, Standing, Tone, View},
    },
};

use super::words::told;

/// How often a wait is spoken of.
const OFTEN: Duration = Duration::from_secs(30);

/// Waits that are over at once: what comes of them is said, and they themselves only if they last.
const QUIET: [&str; 2] = ["Saving.", "Searching."];

/// A wait that was shorter is over with what comes after it; nothing more is said of it.
const SHORT: Duration = Duration::from_secs(1);

/// The wait that goes on.
#[derive(Debug)]
pub(crate) struct Wait {
    /// What is awaited; but for its numbers the same as long as it is the same wait.
    name: String,
    /// How long it may take, as was said of it last.
    promise: String,
    since: Moment,
    said: Moment,
}

/// What is to be said of the wait on this view, if there is one, or of the one that is over.
pub(crate) fn tell(wait: &mut Option<Wait>, view: &View<'_>, now: Moment) -> Option<String> {
    // Above every page: what is awaited there goes on.
    if matches!(view.ask.id, QuestionId::Leave | QuestionId::HandOver) {
        return None;
    }
    let Some((name, start, again)) = awaited(view) else {
        let over = wait.take_if(|_| !goes_on(view))?;
        let lasted = now.since(over.since);
        return (lasted >= SHORT).then(|| format!("{}: over after {}.", over.name, in_words(lasted)));
    };
    let promise = promise(&again).to_owned();
    let (name, since, said) = match wait.take_if(|wait| steady(&wait.name) == steady(&name)) {
        // What takes longer for another reason, as a record's server that is slow, is said when it is known.
        Some(same) if now.since(same.said) < OFTEN && same.promise == promise => {
            *wait = Some(same);
            return None;
        }
        Some(same) => (same.name, same.since, again),
        None => (name, now, start),
    };
    *wait = Some(Wait { name, promise, since, said: now });
    Some(said).filter(|said| !said.is_empty())
}

/// What is awaited on a view: its name; what is said at the start, which may be empty; and what is said when it lasts, also
/// where nothing has come forward: who hears nothing does not know whether it still goes on.
fn awaited(view: &View<'_>) -> Option<(String, String, String)> {
    if let Some((done, total)) = view.page.progress() {
        let percent = u64::from(done).saturating_mul(100).checked_div(u64::from(total)).unwrap_or(100);
        let so_far = format!("{} of {}", grouped(done), grouped(total));
        let start = format!("{so_far} so far. The word stop asks whether to stop.");
        return Some((told(&view.page.heading), start, format!("{so_far}, {percent} %.")));
    }
    let notice = view.notice.as_ref().filter(|notice| notice.tone == Tone::Busy)?;
    let words = told(&notice.words);
    let clocks = [": 0 users so far, 0 s.", ": 0 s.", ", 0 s."];
    let start = clocks.iter().fold(words.clone(), |words, clock| words.replace(clock, "."));
    let start = if QUIET.contains(&words.as_str()) { String::new() } else { sentence(&start) };
    Some((name(notice, &words), start, sentence(&words)))
}

/// How long a wait may take: its second sentence.
fn promise(words: &str) -> &str {
    words.split(". ").nth(1).unwrap_or_default()
}

/// What is awaited: the first part of its sentence, where that has parts; else the words before the clock.
fn name(notice: &Notice, words: &str) -> String {
    let head = match notice.words.parts() {
        [Segment::Said(own), _, ..] => own.trim_end_matches([':', ' ']),
        _ => words.split_once(": ").map_or(words, |(head, _)| head),
    };
    let head = head.split_once(", for ").map_or(head, |(head, _)| head);
    head.trim_end_matches('.').to_owned()
}

/// Whether something is awaited, whatever the line of state says just now.
fn goes_on(view: &View<'_>) -> bool {
    let is_proved = |standing| matches!(standing, Standing::Proved | Standing::Enabled);
    view.ask.is_waiting || view.standing.is_some_and(|standing| !is_proved(standing))
}
