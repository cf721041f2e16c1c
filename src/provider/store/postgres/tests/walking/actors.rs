//! Those who work on one record at once, each with a store of their own. They try again what a lost connection kept them
//! from, as people and programs do, and hold what they are answered to what they were answered before.

use std::ops::Range;

use super::*;
use crate::{
    domain::{draft::Draft, protection::SeatOutcome, protection::SeatResult, run::ExclusionChange},
    provider::store::SweepSummary,
};

/// One who turns users of their own on and off.
struct Belief {
    at: usize,
    users: BTreeMap<u16, Option<bool>>,
    excluded: BTreeMap<u16, Option<bool>>,
}

impl Belief {
    fn new(at: usize, users: Range<u16>) -> Self {
        let all = |is: bool| users.clone().map(|number| (number, Some(is))).collect();
        Self { at, users: all(false), excluded: all(false) }
    }

    /// Compares what was answered with what was answered before.
    fn follow(&mut self, chosen: &[u16], answered: Result<Vec<SeatResult>, Failure>) {
        let results = match answered {
            Ok(results) => results,
            Err(failure) => {
                assert!(is_of_the_way(&failure) || failure.kind == FailureKind::Conflict, "{failure:?}");
                for number in chosen.iter().filter(|_| !is_denied(&failure)) {
                    self.users.insert(*number, None);
                }
                return;
            }
        };
        assert_eq!(results.len(), chosen.len());
        for (number, result) in chosen.iter().zip(results) {
            let before = self.users[number];
            let is_excluded = self.excluded[number];
            let now = match &result.outcome {
                SeatOutcome::TurnedOn => {
                    assert_ne!(before, Some(true), "user {number} was on and is turned on");
                    assert_ne!(is_excluded, Some(true), "user {number} is excluded and turned on");
                    true
                }
                SeatOutcome::AlreadyOn => {
                    assert_ne!(before, Some(false), "user {number} was off and is on already");
                    true
                }
                SeatOutcome::TurnedOff => false,
                SeatOutcome::Excluded => {
                    assert_ne!(is_excluded, Some(false), "user {number} was not excluded");
                    assert_ne!(before, Some(true), "user {number} was on");
                    false
                }
                SeatOutcome::NoSeat => {
                    assert_ne!(before, Some(true), "user {number} was on");
                    false
                }
                SeatOutcome::Failed(why) if why.as_str().contains("never on") => false,
                other => panic!("user {number}: {other:?}"),
            };
            self.users.insert(*number, Some(now));
        }
    }
}

/// An operator who takes the run that both want, works in it and lets go of it.
pub(super) struct Wizard<'g> {
    ground: &'g Ground,
    store: Store,
    way: usize,
    name: &'static str,
    dice: StdRng,
    numbers: Range<u16>,
    belief: Belief,
}

impl<'g> Wizard<'g> {
    pub(super) fn new(
        ground: &'g Ground,
        way: usize,
        name: &'static str,
        dice: StdRng,
        numbers: Range<u16>,
    ) -> Self {
        let belief = Belief::new(0, numbers.clone());
        Self { ground, store: ground.open(way, name), way, name, dice, numbers, belief }
    }

    pub(super) fn work(mut self, acts: u32) -> Known {
        for _ in 0..acts {
            self.act();
            thread::sleep(Duration::from_millis(self.dice.random_range(0..20)));
        }
        self.come_back();
        (self.belief.at, self.belief.users)
    }

    fn act(&mut self) {
        let run = &self.ground.runs[self.belief.at].1;
        let mut some: Vec<u16> = self.numbers.clone().filter(|_| self.dice.random_range(0..3) == 0).collect();
        some.truncate(4);
        match self.dice.random_range(0..12) {
            0..=2 => check(self.store.load_run(run)),
            3 => check(self.store.leave_run(run)),
            4..=6 => {
                check(self.store.begin_apply(run, &users(some.iter().copied())));
                let answered = self.store.apply_batch(run, &users(some.iter().copied()));
                self.belief.follow(&some, answered);
                check(self.store.end_apply(run, false));
            }
            7 | 8 => {
                let answered = self.store.turn_off(run, &users(some.iter().copied()));
                self.belief.follow(&some, answered);
            }
            9 => self.exclude(&some),
            10 => check(self.store.save_draft(run, &Draft::default())),
            // As a kill leaves it.
            _ => self.store = self.ground.open(self.way, self.name),
        }
    }

    fn exclude(&mut self, some: &[u16]) {
        let exclude = self.dice.random();
        let change = ExclusionChange { users: users(some.iter().copied()), exclude };
        let run = &self.ground.runs[self.belief.at].1;
        let told = match self.store.change_exclusions(run, &change) {
            Ok(_) => Some(exclude),
            Err(failure) if is_denied(&failure) => return check::<()>(Err(failure)),
            Err(_) => None,
        };
        for number in some {
            self.belief.excluded.insert(*number, told);
        }
    }

    /// Whatever was cut, the same store can be worked with again once nothing is cut any more: until then it tries.
    fn come_back(&mut self) {
        let run = &self.ground.runs[self.belief.at].1;
        for _ in 0..200 {
            match self.store.load_run(run) {
                Ok(record) if !record.is_read_only => {
                    let answered = self.store.apply_batch(run, &users(self.numbers.clone()));
                    let is_done = answered.is_ok();
                    self.belief.follow(&self.numbers.clone().collect::<Vec<_>>(), answered);
                    if is_done {
                        return check(self.store.leave_run(run));
                    }
                }
                Ok(_held_by_the_other) => {}
                Err(failure) => check::<()>(Err(failure)),
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("{} never came back", self.name);
    }
}

/// A plan: each batch is tried until it is done.
pub(super) struct Plan;

impl Plan {
    pub(super) fn work(ground: &Ground, way: usize, mut dice: StdRng) -> Known {
        let mut belief = Belief::new(1, 40..60);
        let run = &ground.runs[1].1;
        let mut store = ground.open(way, "ann");
        for first in (40..60).step_by(4) {
            let batch: Vec<u16> = (first..first + 4).collect();
            let is_done = (0..200).any(|_| {
                if dice.random_range(0..10) == 0 {
                    store = ground.open(way, "ann");
                }
                if store.load_run(run).is_err()
                    || store.begin_apply(run, &users(batch.iter().copied())).is_err()
                {
                    return false;
                }
                let answered = store.apply_batch(run, &users(batch.iter().copied()));
                let is_done = answered.is_ok();
                belief.follow(&batch, answered);
                is_done && store.end_apply(run, false).is_ok()
            });
            assert!(is_done, "the plan never came to an end");
        }
        (belief.at, belief.users)
    }
}

/// A sweeper: every rule for the latest 20:00, again and again; some passes are left in the middle.
pub(super) struct Sweeper<'g> {
    pub(super) ground: &'g Ground,
    pub(super) way: usize,
    pub(super) dice: StdRng,
}

impl Sweeper<'_> {
    pub(super) fn work(mut self) {
        let mut store = self.ground.open(self.way, "boss");
        while !self.ground.is_over.load(Ordering::SeqCst) {
            if self.dice.random_range(0..12) == 0 {
                store = self.ground.open(self.way, "boss");
            }
            let Some(due) = self.ground.due() else {
                thread::sleep(Duration::from_millis(5));
                continue;
            };
            for (customer, _) in &self.ground.runs {
                let is_left = self.dice.random_range(0..4) == 0;
                pass(&store, *customer, due, self.dice.random_range(21..40), is_left);
            }
            thread::sleep(Duration::from_millis(self.dice.random_range(0..30)));
        }
    }

    /// The last pass of each rule, with nothing cut any more.
    pub(super) fn finish(ground: &Ground, store: &Store) {
        for (customer, _) in &ground.runs {
            pass(store, *customer, Moment::from_millis(last_due()), 40, false);
        }
    }
}

/// Works a pass for the users from 20 to one before `end`.
fn pass(store: &Store, customer: CustomerId, due: Moment, end: u16, is_left: bool) {
    let claim = match store.claim_sweep(customer, OFFICE, due) {
        Ok(Some(claim)) => claim,
        Ok(None) => return,
        Err(failure) => return check::<()>(Err(failure)),
    };
    for first in (20..end).step_by(3) {
        match store.sweep_apply(&claim, &users(first..(first + 3).min(end))) {
            Err(failure) if failure.kind == FailureKind::NoSeats => break,
            Err(failure) => return check::<()>(Err(failure)),
            Ok(_) => {}
        }
    }
    if !is_left {
        check(store.finish_sweep(claim, SweepSummary::default()));
    }
}

/// A failure is one of the way there, or that somebody else has it now.
fn check<T>(answered: Result<T, Failure>) {
    if let Err(failure) = answered {
        assert!(is_of_the_way(&failure) || failure.kind == FailureKind::Conflict, "{failure:?}");
    }
}
