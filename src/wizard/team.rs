//! Others on the same record: what they change is heard, a run that somebody else has is watched, and whoever asks for a run
//! that is held here is told of.
//!
//! Nothing is asked of the record unless something has changed there: a run is read again when a change of it is heard, at
//! most once in [`PAUSE`].

use std::time::Duration;

use crate::domain::{
    change::Change,
    failure::{Failure, FailureKind},
    held_by::{ANSWER_WITHIN, KEPT_FOR, RunAnswer, RunRequest},
    run::RunRecord,
    time::{Moment, TOLERANCE},
};

use super::{
    answer::{Given, Value},
    ask::Shape,
    context::UpdateCx,
    effect::FrontEndTask,
    pending::{self, Arrival, Pending, Reply, Woken},
    view::{Notice, Tone},
};

/// Between two looks at a run that is watched: somebody who types changes it with each letter. A guess.
const PAUSE: Duration = Duration::from_secs(1);

/// What others do, as far as it is heard here.
#[derive(Debug, Default)]
pub(crate) struct Team {
    /// What others change on the record.
    following: Pending<Woken>,
    /// Reads the run that is open.
    looking: Pending<Box<RunRecord>>,
    /// When it was read last.
    looked: Option<Moment>,
    /// The rest of the pause before the next look.
    pause: Pending<Woken>,
    /// The time for which the run is kept for somebody who asked for it.
    kept: Pending<Woken>,
    /// Something has changed since the look that is out was asked for.
    is_due: bool,
    /// The look that is out was asked for by a person: everything is derived anew from it.
    is_whole: bool,
    /// Who asks for the run, and has no answer yet.
    request: Option<RunRequest>,
    /// Who was told of last: nobody is asked twice for one request.
    told: Option<RunRequest>,
    /// The time for an answer.
    until: Pending<Woken>,
    /// Answers, and what was said.
    answering: Pending<Box<RunRecord>>,
    given: Option<RunAnswer>,
    /// A field is being typed into: nobody is asked meanwhile.
    is_typing: bool,
}

/// What comes of a reply.
#[derive(Debug)]
pub(crate) enum Heard {
    /// Nothing more.
    Nothing,
    /// Others have changed this.
    Change(Change),
    /// The run as it is on record now; with true everything is to be derived anew from it.
    Run(Box<RunRecord>, bool),
    /// The run after an answer, and whether it was handed over.
    Answered(Result<Box<RunRecord>, Failure>, bool),
}

impl Team {
    /// Hears from now on what others change.
    pub(crate) fn follow(&mut self, cx: &mut UpdateCx<'_>) {
        self.following.start(cx.calls, pending::follow_changes());
    }

    /// A run has been taken up as it is on record. Somebody may have asked whoever had it before.
    pub(crate) fn open(&mut self, cx: &mut UpdateCx<'_>) {
        self.is_typing = false;
        if let Some(record) = cx.session.record.clone() {
            self.note(cx, &record);
        }
    }

    /// The run is left: what was heard of it is forgotten. An answer that is out is seen through.
    pub(crate) fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        self.looking.cancel(cx.calls);
        for wake in [&mut self.pause, &mut self.kept, &mut self.until] {
            wake.cancel(cx.calls);
        }
        *self = Self { following: std::mem::take(&mut self.following), ..Self::default() };
    }

    /// Reads the run again because a person asks for it.
    pub(crate) fn look(&mut self, cx: &mut UpdateCx<'_>) {
        self.is_whole = true;
        self.start(cx);
    }

    /// Reads the run again because it may be another one now, or somebody else's.
    pub(crate) fn look_anew(&mut self, cx: &mut UpdateCx<'_>) {
        if self.looking.is_out() {
            self.is_due = true;
        } else if !self.pause.is_out() {
            let left = self.looked.map_or(Duration::ZERO, |last| last.plus(PAUSE).since(cx.now));
            if left.is_zero() {
                self.start(cx);
            } else {
                self.pause.start(cx.calls, pending::wake(left));
            }
        }
    }

    fn start(&mut self, cx: &mut UpdateCx<'_>) {
        let Some(run) = cx.run() else { return };
        self.pause.cancel(cx.calls);
        (self.is_due, self.looked) = (false, Some(cx.now));
        self.looking.start(cx.calls, pending::look_at_run(run));
    }

    /// Takes a reply if it belongs here. Whatever else failed because somebody else has the run shows who that is.
    pub(crate) fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Option<Heard> {
        if let Some(Reply::Changed(change)) = self.following.part(arrival) {
            self.changed(cx, &change);
            return Some(Heard::Change(change));
        }
        let _ended = self.following.take(arrival);
        let is_lost = arrival.failure().is_some_and(|failure| failure.kind == FailureKind::Conflict);
        if self.kept.take(arrival).is_some() {
            self.look_anew(cx);
        } else if self.pause.take(arrival).is_some() {
            self.start(cx);
        } else if self.until.take(arrival).is_some()
            && let Some(asked) = self.request.take()
        {
            let words = format_args!("{} had no answer within a minute: the run stays with you.", asked.by);
            cx.say(Tone::Warn, words);
        } else if let Some(answered) = self.answering.take(arrival) {
            return Some(Heard::Answered(answered, self.given == Some(RunAnswer::Yes)));
        } else if let Some(looked) = self.looking.take(arrival) {
            return Some(self.looked(cx, looked));
        } else if is_lost && !cx.session.is_read_only() {
            self.look_anew(cx);
        }
        (!arrival.is_left()).then_some(Heard::Nothing)
    }

    /// The run was read, or could not be.
    fn looked(&mut self, cx: &mut UpdateCx<'_>, looked: Result<Box<RunRecord>, Failure>) -> Heard {
        let is_whole = std::mem::take(&mut self.is_whole);
        if std::mem::take(&mut self.is_due) {
            self.look_anew(cx);
        }
        match looked {
            Ok(record) => return Heard::Run(record, is_whole),
            Err(failure) if is_whole => *cx.notice = Some(Notice::of(Tone::Bad, failure)),
            // Where nobody asked, the next change asks again.
            Err(_) => {}
        }
        Heard::Nothing
    }

    /// Others have changed something: the run is read again where it is watched, and where somebody may ask for it or have
    /// taken it over.
    fn changed(&mut self, cx: &mut UpdateCx<'_>, change: &Change) {
        let Some(record) = &cx.session.record else { return };
        let is_ours = match change {
            Change::Everything => true,
            Change::Run(run) => *run == record.id && record.is_read_only,
            Change::Request(run) => *run == record.id,
            Change::Customer(customer) => *customer == record.customer.id && record.is_read_only,
        };
        if is_ours {
            self.look_anew(cx);
        }
    }

    /// Takes in who asks for a run that is held here; rings the first time. Where nobody is at it, that is the answer. One that
    /// is kept for somebody is read again once it is not.
    pub(crate) fn note(&mut self, cx: &mut UpdateCx<'_>, record: &RunRecord) {
        if record.is_read_only && record.kept_for(cx.now).is_some() && !self.kept.is_out() {
            self.kept.start(cx.calls, pending::wake(KEPT_FOR));
        }
        let is_open =
            |asked: &&RunRequest| asked.answer.is_none() && cx.now < asked.at.plus(ANSWER_WITHIN + TOLERANCE);
        let asked = record.request.as_ref().filter(is_open).filter(|_| !record.is_read_only).cloned();
        if asked.is_none() {
            self.until.cancel(cx.calls);
            self.request = None;
        } else if asked != self.told && !self.answering.is_out() {
            (self.request, self.told) = (asked.clone(), asked);
            if cx.setup.is_unattended {
                return self.answer(cx, RunAnswer::Unattended);
            }
            self.until.start(cx.calls, pending::wake(ANSWER_WITHIN));
            cx.calls.perform(FrontEndTask::Bell);
        }
    }

    /// Who asks now, above a question of this shape: never while a field or a number is being typed into.
    pub(crate) fn asks(&self, shape: &Shape) -> Option<&RunRequest> {
        let is_quiet = !self.is_typing && !matches!(shape, Shape::Number(_));
        self.request.as_ref().filter(|_| is_quiet)
    }

    /// Keeps whether a field is being typed into.
    pub(crate) fn note_typing(&mut self, given: &Given) {
        self.is_typing = match given {
            Given::Fill(_, Value::Text(text) | Value::Lines(text)) => !text.is_empty(),
            Given::Fill(_, Value::Secret(secret)) => !secret.expose().is_empty(),
            _ => false,
        };
    }

    /// Answers whoever asks.
    pub(crate) fn answer(&mut self, cx: &mut UpdateCx<'_>, answer: RunAnswer) {
        let (Some(asked), Some(run)) = (self.request.take(), cx.run()) else { return };
        self.until.cancel(cx.calls);
        self.given = Some(answer);
        self.answering.start(cx.calls, pending::answer_request(run, asked, answer));
    }
}
