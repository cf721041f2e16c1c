//! A bulk write on its way: progress, "stop after this batch", then one result per user.

use std::sync::Arc;

use crate::{
    domain::{
        bill::{counted, grouped},
        failure::Failure,
        phrase::{Noun, Phrase, phrase},
        protection::{Chosen, SeatOutcome, SeatResult},
        text::Text,
        time::Moment,
    },
    wizard::{
        answer::{Action, Given},
        ask::{QuestionId, Shape},
        context::UpdateCx,
        part::results::{self, Results, is_good},
        pending::{self, Arrival, Part, Pending, Saved},
        roster::Ticks,
        screen::Scene,
        view::{Block, Count, Offer, Rows, RowsView, Tone},
    },
};

use super::DialogResult;

/// Which write it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Turning on.
    On,
    /// Turning on what was confirmed before the program was stopped.
    Resumed,
    /// Turning off.
    Off,
}

/// A bulk write.
#[derive(Debug)]
pub(super) struct Apply {
    way: Way,
    writing: Pending<Saved>,
    /// Bad news that broke it off; it can be sent again.
    broken: Option<Failure>,
    /// Every user whom it is for.
    users: Arc<Vec<Chosen>>,
    /// Their rows when it was sent.
    rows: Ticks,
    /// Results so far; once it is over, those that did not go well come first.
    results: Results,
    /// What became of how many, once it is over: half a million results are not counted for each key.
    tally: Vec<Count>,
    /// How many went well, once it is over.
    good: u32,
    /// The question whether to stop stands open.
    asks_to_stop: bool,
    /// It has been asked to stop.
    is_stopping: bool,
}

impl Apply {
    /// Turns users on.
    pub(super) fn turn_on(cx: &mut UpdateCx<'_>, users: Vec<Chosen>) -> Self {
        Self::begin(cx, users, Way::On)
    }

    /// Completes what was confirmed before.
    pub(super) fn resume(cx: &mut UpdateCx<'_>, users: Vec<Chosen>) -> Self {
        Self::begin(cx, users, Way::Resumed)
    }

    /// Turns users off.
    pub(super) fn turn_off(cx: &mut UpdateCx<'_>, users: Vec<Chosen>) -> Self {
        Self::begin(cx, users, Way::Off)
    }

    /// One that is over: its results, as the record has them.
    pub(super) fn shown(results: Vec<SeatResult>) -> Self {
        let users = Arc::new(results.iter().map(|result| result.user.clone()).collect());
        let mut apply = Self { results: Results::of(results), ..Self::empty(users, Way::On) };
        apply.count();
        apply
    }

    fn begin(cx: &mut UpdateCx<'_>, users: Vec<Chosen>, way: Way) -> Self {
        let users = Arc::new(users);
        let mut apply = Self::empty(Arc::clone(&users), way);
        apply.send(cx, users);
        apply
    }

    /// One that has not been sent.
    fn empty(users: Arc<Vec<Chosen>>, way: Way) -> Self {
        Self {
            way,
            writing: Pending::default(),
            broken: None,
            results: Results::of(Vec::with_capacity(users.len())),
            users,
            rows: Ticks::default(),
            tally: Vec::new(),
            good: 0,
            asks_to_stop: false,
            is_stopping: false,
        }
    }

    /// Puts the results in order and counts them.
    fn count(&mut self) {
        self.results.sort();
        self.tally = tally(self.results.all());
        self.good = size(self.results.all().iter().filter(|result| is_good(&result.outcome)).count());
    }

    fn send(&mut self, cx: &mut UpdateCx<'_>, users: Arc<Vec<Chosen>>) {
        let Some(run) = cx.session.record.as_ref().map(|record| record.id.clone()) else { return };
        (self.asks_to_stop, self.is_stopping, self.broken) = (false, false, None);
        let write = if self.way == Way::Off {
            pending::turn_off(run, users)
        } else {
            self.rows = cx.session.roster.people().rows_of(&users);
            cx.session.roster.set_turning(self.rows.clone());
            pending::apply(run, users)
        };
        self.writing.start(cx.calls, write);
    }

    /// Handles an answer.
    pub(super) fn answer(&mut self, cx: &mut UpdateCx<'_>, given: &Given) -> DialogResult {
        match given {
            Given::Yes if self.asks_to_stop => {
                if let Some(call) = self.writing.call() {
                    cx.calls.stop_after_batch(call);
                }
                (self.asks_to_stop, self.is_stopping) = (false, true);
            }
            Given::Back | Given::No | Given::Do(Action::Stop) if self.writing.is_out() => {
                self.asks_to_stop = !self.asks_to_stop && !self.is_stopping;
            }
            _ if self.writing.is_out() => {}
            Given::Do(Action::Refresh) if self.broken.is_some() => {
                let left = self.left();
                self.send(cx, Arc::new(left));
            }
            Given::Back => return DialogResult::Close,
            Given::Do(Action::Finish) if self.broken.is_none() && self.way != Way::Off => {
                return DialogResult::Finish;
            }
            _ => {}
        }
        DialogResult::Stay
    }

    /// Users who have no result yet.
    fn left(&self) -> Vec<Chosen> {
        let done: std::collections::BTreeSet<_> = self.results.all().iter().map(|r| r.user.id).collect();
        self.users.iter().filter(|user| !done.contains(&user.id)).cloned().collect()
    }

    /// Handles a reply.
    pub(super) fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> DialogResult {
        if let Some(part) = self.writing.part(arrival) {
            if let Part::Batch(results) = part {
                cx.session.roster.take_results(&results, cx.now);
                self.results.extend(results);
            }
        } else if let Some(ended) = self.writing.take(arrival) {
            self.broken = ended.err();
            self.end(cx);
            if self.broken.is_none()
                && let Some(record) = cx.session.record.as_mut().filter(|_| self.way != Way::Off)
            {
                record.unfinished.clear();
            }
        }
        DialogResult::Stay
    }

    fn end(&mut self, cx: &mut UpdateCx<'_>) {
        (self.asks_to_stop, self.is_stopping) = (false, false);
        self.count();
        let roster = &mut cx.session.roster;
        match self.way {
            Way::Off => roster.turned_off(),
            Way::On | Way::Resumed => {
                // While it went on, some of them may have been listed.
                if self.rows.count() < self.users.len() {
                    self.rows = roster.people().rows_of(&self.users);
                }
                roster.applied(&self.rows);
                roster.touched(cx.calls);
            }
        }
        if self.way == Way::Resumed
            && let Some(record) = &cx.session.record
        {
            // What was read while this write went on may be older than its last batch.
            cx.session.roster.look_again(record, cx.calls);
        }
    }

    /// What it shows.
    pub(super) fn view(&self, now: Moment) -> Scene<'_> {
        match &self.broken {
            _ if self.writing.is_out() => self.progress(now),
            Some(failure) => self.broken_off(failure),
            None => self.over(),
        }
    }

    fn progress(&self, now: Moment) -> Scene<'_> {
        let heading = match self.way {
            Way::On => "Turning users on",
            Way::Resumed => "Completing what was confirmed before",
            Way::Off => "Turning users off",
        };
        let progress = Block::Progress { done: size(self.results.len()), total: size(self.users.len()) };
        // A write that is stuck brings no reply; an operator who can't see the screen is told all the same that it goes on.
        let next_change = Some(soon(now));
        if self.asks_to_stop {
            let words =
                "Stop after this batch? What is done stays done. The rest is left as it is: partly done.";
            let blocks = vec![progress, Block::Strong(Tone::Warn, words.into())];
            let shape = Shape::Confirm { default: true };
            return Scene {
                offers: vec![
                    Offer::new(Action::Yes, "stop", "Stops after the batch that is being written.")
                        .by_default(),
                    Offer::new(Action::No, "go on", "Goes on."),
                ],
                next_change,
                ..Scene::new(QuestionId::StopApplying, shape, heading, blocks)
            };
        }
        let words = if self.is_stopping {
            "Stopping after this batch."
        } else {
            "Each batch is written and read back before the next."
        };
        let stop = Offer::new(Action::Stop, "stop …", "Asks whether to stop after this batch.");
        let blocks = vec![progress, Block::Para(words.into())];
        Scene {
            is_waiting: true,
            offers: if self.is_stopping { Vec::new() } else { vec![stop] },
            next_change,
            ..Scene::new(QuestionId::Applying, Shape::Watch, heading, blocks)
        }
    }

    fn over(&self) -> Scene<'_> {
        let (good, total) = (self.good, size(self.users.len()));
        let heading: Phrase = match self.way {
            Way::Off if good == total => phrase![(good, Noun::User), " turned off"],
            Way::Off => {
                format_args!("Partly done: {} of {} turned off", grouped(good), grouped(total)).into()
            }
            // Those of before the interruption are not among the results.
            Way::Resumed if good == total => {
                let users = counted(good, "more user", "more users");
                format_args!("{users} registered for backup").into()
            }
            _ if good == total => phrase![(good, Noun::User), " registered for backup"],
            _ => format_args!("Partly done: {} of {} registered for backup", grouped(good), grouped(total))
                .into(),
        };
        let list = Offer::new(Action::Back, "list", "Back to the list.");
        let offers = if self.way == Way::Off {
            vec![list.by_default()]
        } else {
            let finish = Offer::new(Action::Finish, "finish", "Finishes the run and shows its outcome.");
            vec![finish.by_default(), list]
        };
        let blocks = vec![Block::Counts(self.tally.clone()), self.list()];
        Scene { offers, ..Scene::new(QuestionId::Results, Shape::Read, heading, blocks) }
    }

    fn broken_off(&self, failure: &Failure) -> Scene<'_> {
        let left = size(self.users.len().saturating_sub(self.results.len()));
        let words = phrase![
            (left, Noun::User),
            " had no answer. What is on record is safe; sending again changes nobody twice."
        ];
        let blocks = vec![
            Block::Failure(failure.clone()),
            Block::Para(words),
            Block::Counts(self.tally.clone()),
            self.list(),
        ];
        Scene {
            offers: vec![
                Offer::new(Action::Refresh, "send again", "Sends the rest again.").by_default(),
                Offer::new(Action::Back, "list", "Back to the list."),
            ],
            ..Scene::new(QuestionId::BrokenOff, Shape::Read, "Broken off", blocks)
        }
    }

    fn list(&self) -> Block<'_> {
        Block::Rows(RowsView {
            columns: results::COLUMNS,
            rows: &self.results,
            counts: Vec::new(),
            sorted_by: None,
            search: None,
            is_searching: false,
            domain: None,
            start: None,
            empty: "No user has a result.".into(),
        })
    }
}

/// Results by what became of them; what did not happen is left out.
fn tally(results: &[SeatResult]) -> Vec<Count> {
    let of = |label, tone, pick: fn(&SeatOutcome) -> bool| {
        let count = size(results.iter().filter(|result| pick(&result.outcome)).count());
        Count { label: Text::from(label), count, tone, is_total: false }
    };
    let mut counts = vec![
        of("turned on", Tone::Good, |outcome| *outcome == SeatOutcome::TurnedOn),
        of("on already", Tone::Plain, |outcome| *outcome == SeatOutcome::AlreadyOn),
        of("turned off", Tone::Plain, |outcome| *outcome == SeatOutcome::TurnedOff),
        of("left off: excluded", Tone::Warn, |outcome| *outcome == SeatOutcome::Excluded),
        of("left off: no seat is left", Tone::Warn, |outcome| *outcome == SeatOutcome::NoSeat),
        of("failed", Tone::Bad, |outcome| matches!(outcome, SeatOutcome::Failed(_))),
        of("not tried: stopped before", Tone::Warn, |outcome| *outcome == SeatOutcome::Stopped),
    ];
    counts.retain(|count| count.count > 0);
    counts
}

/// A length as a count.
fn size(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// When a running write is looked at again although nothing came of it: every five seconds of the clock, so that looking
/// more often puts nothing off.
fn soon(now: Moment) -> Moment {
    const EVERY: i64 = 5_000;
    let past = now.as_millis().rem_euclid(EVERY);
    Moment::from_millis(now.as_millis().saturating_sub(past).saturating_add(EVERY))
}
