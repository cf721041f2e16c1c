//! A bulk write on its way: progress, "stop after this batch", then one result per user.

use std::sync::Arc;

use crate::{
    domain::{
        bill::{counted, grouped},
        failure::Failure,
        protection::{Chosen, SeatOutcome, SeatResult},
        receipt::result_words,
        text::Text,
        time::Moment,
    },
    wizard::{
        Cx,
        effect::{CallId, Request},
        event::{Action, Intent, Reply},
        part::{list::Cursor, ticks::Ticks},
        roster::Roster,
        view::{Ask, Block, Cell, Chord, Count, Focus, Layout, Mark, Panel, Row, Rows, RowsView},
    },
};

use super::{Answer, Sheet, key};

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

/// How far it is.
#[derive(Debug)]
enum Stage {
    /// On its way.
    Running(CallId),
    /// Over: every user has a result.
    Over,
    /// Broken off by bad news; it can be sent again.
    Broken(Failure),
}

/// A bulk write.
#[derive(Debug)]
pub(super) struct Apply {
    way: Way,
    stage: Stage,
    /// Everyone it is for.
    users: Arc<Vec<Chosen>>,
    /// Their rows when it was sent.
    rows: Ticks,
    /// Results so far; once it is over, those that did not go well come first.
    results: Vec<SeatResult>,
    /// What became of how many, once it is over: half a million results are not counted for each key.
    tally: Vec<Count>,
    /// How many went well, once it is over.
    good: u32,
    /// The question whether to stop stands open.
    asks_to_stop: bool,
    /// It has been asked to stop.
    is_stopping: bool,
    cursor: Cursor,
}

impl Apply {
    /// Turns users on.
    pub(super) fn turn_on(cx: &mut Cx<'_>, users: Vec<Chosen>) -> Self {
        Self::begin(cx, users, Way::On)
    }

    /// Completes what was confirmed before.
    pub(super) fn resume(cx: &mut Cx<'_>, users: Vec<Chosen>) -> Self {
        Self::begin(cx, users, Way::Resumed)
    }

    /// Turns users off.
    pub(super) fn turn_off(cx: &mut Cx<'_>, users: Vec<Chosen>) -> Self {
        Self::begin(cx, users, Way::Off)
    }

    fn begin(cx: &mut Cx<'_>, users: Vec<Chosen>, way: Way) -> Self {
        let mut apply = Self {
            way,
            stage: Stage::Over,
            results: Vec::with_capacity(users.len()),
            users: Arc::new(users),
            rows: Ticks::default(),
            tally: Vec::new(),
            good: 0,
            asks_to_stop: false,
            is_stopping: false,
            cursor: Cursor::default(),
        };
        let users = Arc::clone(&apply.users);
        apply.send(cx, users);
        apply
    }

    fn send(&mut self, cx: &mut Cx<'_>, users: Arc<Vec<Chosen>>) {
        let Some(run) = cx.session.record.as_ref().map(|record| record.id.clone()) else { return };
        (self.asks_to_stop, self.is_stopping) = (false, false);
        let request = if self.way == Way::Off {
            Request::TurnOff(run, users)
        } else {
            self.rows = cx.session.roster.people().rows_of(&users);
            cx.session.roster.set_turning(self.rows.clone());
            Request::Apply(run, users)
        };
        self.stage = Stage::Running(cx.calls.start(request));
    }

    /// Handles what a person asks.
    pub(super) fn intent(&mut self, cx: &mut Cx<'_>, intent: &Intent) -> Answer {
        match (&self.stage, intent) {
            (Stage::Running(call), Intent::Submit | Intent::Act(Action::Stop)) if self.asks_to_stop => {
                cx.calls.stop_after_batch(*call);
                (self.asks_to_stop, self.is_stopping) = (false, true);
            }
            (Stage::Running(_), Intent::Back | Intent::Act(Action::Stop)) => {
                self.asks_to_stop = !self.asks_to_stop && !self.is_stopping;
            }
            (Stage::Running(_), _) => {}
            (_, Intent::Move(by)) => self.cursor.step(*by, self.results.len()),
            (Stage::Broken(_), Intent::Submit | Intent::Act(Action::Refresh)) => {
                let left = self.left();
                self.send(cx, Arc::new(left));
            }
            (_, Intent::Back) => return Answer::Close,
            (Stage::Over, Intent::Submit) if self.way == Way::Off => return Answer::Close,
            (Stage::Over, Intent::Submit | Intent::Act(Action::Finish)) => return Answer::Finish,
            _ => {}
        }
        Answer::Stay
    }

    /// Who has no result yet.
    fn left(&self) -> Vec<Chosen> {
        let done: std::collections::BTreeSet<_> = self.results.iter().map(|r| r.user.id).collect();
        self.users.iter().filter(|user| !done.contains(&user.id)).cloned().collect()
    }

    /// Handles a reply.
    pub(super) fn reply(&mut self, cx: &mut Cx<'_>, call: CallId, reply: Reply) -> Answer {
        if !matches!(self.stage, Stage::Running(mine) if mine == call) {
            return Answer::Stay;
        }
        match reply {
            Reply::Batch(results) => {
                cx.session.roster.take_results(&results, cx.now);
                self.results.extend(results);
            }
            Reply::Failed(failure) => {
                self.stage = Stage::Broken(failure);
                self.end(cx);
            }
            _ => {
                self.stage = Stage::Over;
                self.end(cx);
                if let Some(record) = cx.session.record.as_mut().filter(|_| self.way != Way::Off) {
                    record.unfinished.clear();
                }
            }
        }
        Answer::Stay
    }

    fn end(&mut self, cx: &mut Cx<'_>) {
        (self.asks_to_stop, self.is_stopping) = (false, false);
        self.results.sort_by_key(|result| rank(&result.outcome));
        self.tally = tally(&self.results);
        self.good = size(self.results.iter().filter(|result| is_good(&result.outcome)).count());
        match self.way {
            Way::Off => cx.session.roster.turned_off(),
            Way::On | Way::Resumed => {
                // While it went on, some of them may have been listed.
                if self.rows.count() < self.users.len() {
                    self.rows = cx.session.roster.people().rows_of(&self.users);
                }
                cx.session.roster.applied(&self.rows);
                Roster::touched(cx);
            }
        }
        if self.way == Way::Resumed {
            // What was read while this write went on may be older than its last batch.
            Roster::look_again(cx);
        }
    }

    /// Which question it asks, and whether the write is still on its way.
    pub(super) const fn asks(&self) -> (Ask, bool) {
        match self.stage {
            Stage::Running(_) => (Ask::Applying, true),
            Stage::Over => (Ask::Results, false),
            Stage::Broken(_) => (Ask::BrokenOff, false),
        }
    }

    /// What it shows.
    pub(super) fn view(&self, now: Moment) -> Sheet<'_> {
        match &self.stage {
            Stage::Running(_) => self.progress(now),
            Stage::Over => self.over(),
            Stage::Broken(failure) => self.broken(failure),
        }
    }

    fn progress(&self, now: Moment) -> Sheet<'_> {
        let heading = match self.way {
            Way::On => "Turning users on",
            Way::Resumed => "Completing what was confirmed before",
            Way::Off => "Turning users off",
        };
        let mut blocks =
            vec![Block::Progress { done: size(self.results.len()), total: size(self.users.len()) }];
        let mut keys = Vec::new();
        if self.asks_to_stop {
            blocks.push(Block::Strong(Text::from(
                "Stop after this batch? What is done stays done. The rest is left as it is: partly done.",
            )));
            keys.push(key(
                Chord::Enter,
                Action::Stop,
                "stop",
                "Stops after the batch that is being written.",
            ));
            keys.push(key(Chord::Esc, Action::Back, "go on", "Goes on."));
        } else if self.is_stopping {
            blocks.push(Block::Para(Text::from("Stopping after this batch.")));
        } else {
            blocks.push(Block::Para(Text::from("Each batch is written and read back before the next.")));
            keys.push(key(Chord::Esc, Action::Stop, "stop …", "Asks whether to stop after this batch."));
        }
        Sheet {
            panel: Panel { heading: Text::from(heading), blocks },
            keys,
            focus: Focus::Reading,
            // A write that is stuck brings no reply; whoever can't see the screen is told all the same that it goes on.
            next_change: Some(soon(now)),
        }
    }

    fn over(&self) -> Sheet<'_> {
        let good = self.good;
        let total = size(self.users.len());
        let heading = match self.way {
            Way::Off if good == total => {
                Text::clean(&format!("{} turned off", counted(good, "user", "users")))
            }
            Way::Off => {
                Text::of(format_args!("Partly done: {} of {} turned off", grouped(good), grouped(total)))
            }
            // Those of before the interruption are not among the results.
            Way::Resumed if good == total => {
                Text::clean(&format!("{} registered for backup", counted(good, "more user", "more users")))
            }
            _ if good == total => {
                Text::clean(&format!("{} registered for backup", counted(good, "user", "users")))
            }
            _ => Text::of(format_args!(
                "Partly done: {} of {} registered for backup",
                grouped(good),
                grouped(total)
            )),
        };
        let mut keys = Vec::new();
        if self.way == Way::Off {
            keys.push(key(Chord::Enter, Action::Submit, "close", "Back to the list."));
        } else {
            keys.push(key(Chord::Enter, Action::Finish, "finish", "Finish the run and show its outcome."));
            keys.push(key(Chord::Esc, Action::Back, "list", "Back to the list, to turn on more users."));
        }
        let blocks = vec![Block::Counts(self.tally.clone()), self.list(true)];
        Sheet { panel: Panel { heading, blocks }, keys, focus: Focus::Rows, next_change: None }
    }

    fn broken(&self, failure: &Failure) -> Sheet<'_> {
        let left = self.users.len().saturating_sub(self.results.len());
        let words = Text::clean(&format!(
            "{} had no answer. What is on record is safe; sending again changes nobody twice.",
            counted(size(left), "user", "users")
        ));
        Sheet {
            panel: Panel {
                heading: Text::from("Broken off"),
                blocks: vec![
                    Block::Failure(failure.clone()),
                    Block::Para(words),
                    Block::Counts(self.tally.clone()),
                    self.list(true),
                ],
            },
            keys: vec![
                key(Chord::Enter, Action::Refresh, "send again", "Sends the rest again."),
                key(Chord::Esc, Action::Back, "list", "Back to the list."),
            ],
            focus: Focus::Rows,
            next_change: None,
        }
    }

    fn list(&self, is_focused: bool) -> Block<'_> {
        Block::Rows(RowsView {
            layout: Layout::Pairs,
            rows: self,
            cursor: self.cursor.get(self.results.len()),
            anchor: None,
            is_searching: false,
            counts: Text::default(),
            search: None,
            empty: Text::from("No user has a result."),
            is_focused,
        })
    }
}

impl Rows for Apply {
    fn len(&self) -> usize {
        self.results.len()
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        self.results.get(at).map(result_row)
    }
}

/// One result as a row: who, and what became of it.
pub(in crate::wizard::screen) fn result_row(result: &SeatResult) -> Row<'_> {
    let mut cells: [Cell<'_>; 6] = Default::default();
    let [name, meaning, ..] = &mut cells;
    *name = Cell::Made(Text::of(format_args!("{} · {}", result.user.name, result.user.address)));
    *meaning = Cell::Made(result_words(&result.outcome));
    let mark = match &result.outcome {
        outcome if outcome.is_on() => Mark::On,
        SeatOutcome::TurnedOff | SeatOutcome::Stopped => Mark::Off,
        SeatOutcome::Excluded => Mark::Excluded,
        _ => Mark::Problem,
    };
    Row { mark, cells, is_quiet: false }
}

/// Those that did not go well come first.
const fn rank(outcome: &SeatOutcome) -> u8 {
    match outcome {
        SeatOutcome::Failed(_) => 0,
        SeatOutcome::NoSeat => 1,
        SeatOutcome::Excluded => 2,
        SeatOutcome::Stopped => 3,
        SeatOutcome::AlreadyOn => 4,
        SeatOutcome::TurnedOn | SeatOutcome::TurnedOff => 5,
    }
}

const fn is_good(outcome: &SeatOutcome) -> bool {
    outcome.is_on() || matches!(outcome, SeatOutcome::TurnedOff)
}

/// Results by what became of them; what did not happen is left out.
fn tally(results: &[SeatResult]) -> Vec<Count> {
    let of = |label, pick: fn(&SeatOutcome) -> bool| {
        let count = size(results.iter().filter(|result| pick(&result.outcome)).count());
        Count { label: Text::from(label), count, is_total: false }
    };
    let mut counts = vec![
        of("turned on", |outcome| *outcome == SeatOutcome::TurnedOn),
        of("on already", |outcome| *outcome == SeatOutcome::AlreadyOn),
        of("turned off", |outcome| *outcome == SeatOutcome::TurnedOff),
        of("left off: excluded", |outcome| *outcome == SeatOutcome::Excluded),
        of("left off: no seat is left", |outcome| *outcome == SeatOutcome::NoSeat),
        of("failed", |outcome| matches!(outcome, SeatOutcome::Failed(_))),
        of("not tried: stopped before", |outcome| *outcome == SeatOutcome::Stopped),
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
