//! Runs that are not held here: nothing of them is changed, and what is said of who has them and how they are taken over.

use crate::domain::{
    held_by::{HeldBy, KEPT_FOR, RunRequest, at_desk},
    phrase::{Phrase, WayOn, phrase},
    run::RunRecord,
    sydney::clock_in_words,
    text::Text,
    time::Moment,
};

use super::{
    context::{UpdateCx, ViewCx},
    view::Tone,
};

impl UpdateCx<'_> {
    /// Whether the run may be changed here; says why not.
    pub(crate) fn may_write(&mut self) -> bool {
        let cx = self.look();
        let Some(record) = cx.session.record.as_ref().filter(|record| record.is_read_only) else {
            return true;
        };
        let words = phrase![who(record, cx), ". You are watching, so nothing was changed."];
        let words = words.then(way_to(record, cx));
        self.say(Tone::Warn, words);
        false
    }
}

/// Said above every page of such a run. A record in a file tells nobody what others do: it is read when it is asked for.
pub(crate) fn banner(record: &RunRecord, cx: ViewCx<'_>) -> Phrase {
    let words = if cx.session.is_shared || record.held_by.is_none() {
        phrase![who(record, cx), ". You are watching."]
    } else {
        let read = clock_in_words(cx.session.read, cx.now, cx.setup.here.as_str());
        let words = format_args!("{}. You are watching: this is how it stood at {read}.", who(record, cx));
        phrase![words, " ", WayOn::Again("read it again")]
    };
    words.then(way_to(record, cx))
}

/// How such a run is taken over now; nothing while it is kept for somebody else.
fn way_to(record: &RunRecord, cx: ViewCx<'_>) -> Phrase {
    let purpose = match (&record.held_by, cx.session.is_shared) {
        (None, _) => "take it over",
        (Some(_), true) => "ask for it",
        (Some(_), false) => "take it over once they have left it",
    };
    kept_elsewhere(record, cx).map_or_else(|| WayOn::TakeOver(purpose).into(), |_| Phrase::default())
}

/// Who else it is kept for, having been handed over a moment ago.
fn kept_elsewhere<'r>(record: &'r RunRecord, cx: ViewCx<'_>) -> Option<&'r RunRequest> {
    record.kept_for(cx.now).filter(|asked| asked.by != cx.setup.operator.name)
}

/// Said once whoever had a run that is watched does not have it any more.
pub(crate) fn freed(was: &HeldBy) -> Phrase {
    phrase![&was.by, " does not have this run any more. ", WayOn::TakeOver("take it over")]
}

/// Said where a run can't be taken over: it was handed over to somebody who asked, or still has whoever had it.
pub(crate) fn why_not_taken(record: &RunRecord, now: Moment) -> Phrase {
    match (&record.held_by, record.kept_for(now)) {
        // Only of a record in a file.
        (Some(HeldBy { by, host, .. }), _) => format_args!(
            "{by} still has this run on {host}. Have {by} leave or park it, then take it over. Asking from here, and \
             watching live, need the record on a server."
        )
        .into(),
        (None, Some(RunRequest { by, host, .. })) => {
            let (who, seconds) = (at_desk(by, host), KEPT_FOR.as_secs());
            format_args!("This run was handed over to {who}, and is kept for them for {seconds} s. Try again then.")
                .into()
        }
        (None, None) => "Somebody else is taking this run just now. Try again in a moment.".into(),
    }
}

/// Who has a run that is not held here.
fn who(record: &RunRecord, cx: ViewCx<'_>) -> Text {
    match (&record.held_by, kept_elsewhere(record, cx)) {
        (Some(held_by), _) => held_by.has("this run", cx.now, cx.setup.here.as_str()),
        (None, Some(RunRequest { by, host, .. })) => {
            Text::of(format_args!("This run is kept for {}, who asked for it", at_desk(by, host)))
        }
        (None, None) => "Nobody has this run now".into(),
    }
}
