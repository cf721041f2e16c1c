//! Several sweepers on one record, each stopped at any moment: each rule has each pass once, and nobody is turned on twice.

use std::{collections::BTreeSet, thread};

use proptest::prelude::*;

use super::*;
use crate::{
    domain::protection::Protection,
    provider::store::{Belief, Kept, SweepClaim, SweepSummary},
};

const OFFICE: Product = Product::Office365;
const HOSTS: [&str; 3] = ["ops-1", "ops-2", "ops-3"];
const DAY: i64 = 86_400_000;

/// Users turned on in one write.
const AT_ONCE: usize = 2;

/// What happens next; the number is a sweeper's.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// It claims, writes the next users, or finishes.
    Step(usize),
    /// Its process is gone, and another one is started.
    Kill(usize),
    /// Its lock is gone, and it does not know.
    Cut(usize),
    /// The next 20:00 has come, and each customer has a new user.
    Night,
}

fn act() -> impl Strategy<Value = Act> {
    let one = || 0..HOSTS.len();
    prop_oneof![
        12 => one().prop_map(Act::Step),
        2 => one().prop_map(Act::Kill),
        2 => one().prop_map(Act::Cut),
        1 => Just(Act::Night),
    ]
}

/// A pass under way.
struct Pass {
    claim: SweepClaim,
    /// Who is still to be turned on.
    left: Vec<u8>,
    /// Its lock is gone: another one may have it.
    is_cut: bool,
}

/// A computer that sweeps.
struct Sweeper {
    store: Store,
    pass: Option<Pass>,
    /// The place among the customers that it looks at next.
    next: usize,
}

/// Everything at once.
struct Team {
    world: World,
    customers: Vec<Customer>,
    sweepers: Vec<Sweeper>,
    due: Moment,
    /// Users of each customer.
    users: u8,
    /// Who was turned on, by customer.
    on: Vec<BTreeSet<u8>>,
}

impl Team {
    fn new() -> Self {
        let world = World::new();
        let store = world.open("ann");
        let customers = ["C-1", "C-2"].map(|reference| ruled(&store, reference)).to_vec();
        let sweepers = HOSTS.map(|host| Sweeper { store: open(&world, host), pass: None, next: 0 });
        let on = vec![BTreeSet::new(); customers.len()];
        let mut team =
            Self { world, customers, sweepers: sweepers.into(), due: Moment::default(), users: 3, on };
        team.night();
        team
    }

    fn night(&mut self) {
        let due = self.due.as_millis().max(DAY) + DAY;
        self.due = Moment::from_millis(due);
        self.world.at(due + 1);
        self.users += 1;
    }

    /// One step of one sweeper; whether it had anything to do.
    fn step(&mut self, who: usize) -> bool {
        let Some(pass) = self.sweepers[who].pass.take() else { return self.claim(who) };
        let at = self.customers.iter().position(|it| it.id == pass.claim.customer()).unwrap();
        let goes_on = if pass.left.is_empty() { self.finish(who, pass) } else { self.write(who, at, pass) };
        self.sweepers[who].pass = goes_on;
        true
    }

    /// Takes the first pass from where it is that it can have.
    fn claim(&mut self, who: usize) -> bool {
        let sweeper = &mut self.sweepers[who];
        for _ in 0..self.customers.len() {
            let id = self.customers[sweeper.next % self.customers.len()].id;
            sweeper.next += 1;
            if let Some(claim) = sweeper.store.claim_sweep(id, OFFICE, self.due).unwrap() {
                let seats = sweeper.store.protection(id, OFFICE).unwrap().seats;
                let is_off = |number: &u8| seats.iter().all(|seat| seat.id != user(*number).id);
                let left = (1..=self.users).filter(is_off).collect();
                sweeper.pass = Some(Pass { claim, left, is_cut: false });
                return true;
            }
        }
        false
    }

    /// Turns the next users on.
    fn write(&mut self, who: usize, at: usize, mut pass: Pass) -> Option<Pass> {
        let rest = pass.left.split_off(pass.left.len().min(AT_ONCE));
        let now = std::mem::replace(&mut pass.left, rest);
        match self.sweepers[who].store.sweep_apply(&pass.claim, &users(now.clone())) {
            Ok(results) => {
                for (number, result) in now.iter().zip(&results) {
                    match result.outcome {
                        SeatOutcome::TurnedOn => assert!(self.on[at].insert(*number), "turned on twice"),
                        SeatOutcome::AlreadyOn => assert!(self.on[at].contains(number)),
                        _ => panic!("{result:?}"),
                    }
                }
                Some(pass)
            }
            Err(failure) => lost(&failure, &pass),
        }
    }

    /// Keeps what the pass has found and ends it.
    fn finish(&self, who: usize, pass: Pass) -> Option<Pass> {
        let kept = Kept {
            list: ListSummary::default(),
            belief: Belief::Changes { gone: 0 },
            position: None,
            roster: None,
            waiting: Vec::new(),
            left: Vec::new(),
            back: Vec::new(),
        };
        let store = &self.sweepers[who].store;
        if let Err(failure) = store.keep_pass(&pass.claim, &Protection::default(), &kept) {
            return lost(&failure, &pass);
        }
        let (is_cut, due) = (pass.is_cut, pass.claim.due());
        if let Err(failure) = store.finish_sweep(pass.claim, SweepSummary::default()) {
            assert!(is_cut, "{failure:?}");
        } else {
            assert!(due <= self.due);
        }
        None
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Step(who) => {
                self.step(who);
            }
            Act::Kill(who) => {
                let store = open(&self.world, HOSTS[who]);
                self.sweepers[who] = Sweeper { store, pass: None, next: who };
            }
            Act::Cut(who) => {
                let sweeper = &mut self.sweepers[who];
                if let Some(pass) = sweeper.pass.as_mut() {
                    let other = format!("nothing-{who}");
                    if let Some(hold) = sweeper.store.0.locks.try_hold(&other).unwrap() {
                        pass.claim.hold = hold;
                    }
                    pass.is_cut = true;
                }
            }
            Act::Night => self.night(),
        }
    }

    /// Whoever still works comes to an end, and so does whoever has been cut off; then everything is as promised.
    fn settles(mut self) {
        while (0..HOSTS.len()).any(|who| self.step(who)) {}
        let store = &self.sweepers[0].store;
        for (customer, on) in self.customers.iter().zip(&self.on) {
            let protection = store.protection(customer.id, OFFICE).unwrap();
            assert_eq!(protection.rule.unwrap().last_pass, Some(self.due), "a rule without its pass");
            let seats: BTreeSet<UserId> = protection.seats.iter().map(|seat| seat.id).collect();
            assert_eq!(seats.len(), protection.seats.len(), "a user twice");
            assert_eq!(seats, (1..=self.users).map(|number| user(number).id).collect());
            assert_eq!(on.len(), seats.len());
        }
        let passes = store.sweeps(1_000).unwrap();
        let mut nights: Vec<_> = passes.iter().map(|pass| (&pass.name, pass.due)).collect();
        nights.sort();
        nights.dedup();
        assert_eq!(nights.len(), passes.len(), "a 20:00 twice");
        let by_all: u32 = passes.iter().map(|pass| pass.turned_on).sum();
        assert_eq!(usize::try_from(by_all).unwrap(), self.on.iter().map(BTreeSet::len).sum::<usize>());
        assert!(store.customer_history(self.customers[0].id).unwrap().is_whole);
    }
}

/// Only a pass that was cut off is lost.
fn lost(failure: &Failure, pass: &Pass) -> Option<Pass> {
    assert!(pass.is_cut && failure.kind == FailureKind::Conflict, "{failure:?}");
    assert!(failure.what.as_str().contains("taken this sweep over"), "{failure:?}");
    None
}

/// The record as it is opened on a computer.
fn open(world: &World, host: &'static str) -> Store {
    Store::open(StoreOptions { host: host.into(), ..world.options("ann") }).unwrap()
}

/// A customer with Enable Auto.
fn ruled(store: &Store, reference: &'static str) -> Customer {
    store.seed_customers(&[new_customer(reference, reference, &[OFFICE])]).unwrap();
    let customer = called(store, reference);
    let run = store.open_run(customer.id, OFFICE).unwrap().id;
    let tenant = if reference == "C-1" { TENANT } else { OTHER_TENANT };
    store.save_organisation(&run, &organisation(tenant), &Accepts::default()).unwrap();
    store.save_proof(&run, Some(&organisation(tenant))).unwrap();
    store.enable(&run).unwrap();
    store.make_rule(&run, 3, 1_000).unwrap();
    customer
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]

    #[test]
    fn each_rule_has_each_pass_once_whoever_is_stopped(acts in prop::collection::vec(act(), 1..50)) {
        let mut team = Team::new();
        for act in acts {
            team.act(act);
        }
        team.settles();
    }
}

#[test]
fn a_pass_that_was_taken_over_takes_nothing_more_from_the_one_before() {
    let mut team = Team::new();
    for act in [Act::Step(0), Act::Step(0), Act::Cut(0), Act::Step(1), Act::Step(1)] {
        team.act(act);
    }
    let late = team.sweepers[0].pass.take().unwrap();
    let store = team.sweepers[0].store.clone();
    assert_eq!(kind(store.sweep_apply(&late.claim, &users([9]))), FailureKind::Conflict);
    assert_eq!(kind(store.finish_sweep(late.claim, SweepSummary::default())), FailureKind::Conflict);
    team.settles();
}

#[test]
fn each_sweeper_has_a_row_and_takes_its_own_away() {
    let mut team = Team::new();
    let rows = |team: &Team| -> Vec<(String, Option<Moment>, Moment)> {
        let status = team.sweepers[0].store.sweeper_status(team.due).unwrap();
        status.sweepers.into_iter().map(|it| (it.host.to_string(), it.last_pass, it.heard)).collect()
    };
    team.sweepers[1].store.note_sweeper_heard().unwrap();
    assert_eq!(rows(&team), [], "one that has finished nothing and was not installed is not known");
    team.sweepers[1].store.note_sweeper_installed(&"ops-2".into()).unwrap();
    while team.step(0) {}
    let (first, began) = (team.due, Moment::from_millis(team.due.as_millis() + 1));
    assert_eq!(rows(&team), [("ops-1".into(), Some(first), began), ("ops-2".into(), None, began)]);
    // The second night the other one does everything, and the first only looks.
    team.night();
    while team.step(1) {}
    team.sweepers[0].store.note_sweeper_heard().unwrap();
    let now = Moment::from_millis(team.due.as_millis() + 1);
    assert_eq!(rows(&team), [("ops-2".into(), Some(team.due), now), ("ops-1".into(), Some(first), now)]);
    let status = team.sweepers[0].store.sweeper_status(team.due).unwrap();
    assert_eq!((status.last_pass(), status.is_overdue), (Some(team.due), false));
    let store = &team.sweepers[2].store;
    assert!(store.note_sweeper_removed(&"ops-1".into()).unwrap());
    assert!(!store.note_sweeper_removed(&"ops-1".into()).unwrap());
    assert_eq!(rows(&team), [("ops-2".into(), Some(team.due), now)]);
}

#[test]
fn a_row_that_a_fast_clock_wrote_elsewhere_gives_way() {
    let mut team = Team::new();
    let far = DAY * 4_000;
    team.world.run(&format!("INSERT INTO sweeper (host, last_pass, heard) VALUES ('fast', {far}, {far})"));
    assert!(team.sweepers[0].store.demand_clock().is_err());
    while team.step(0) {}
    assert!(team.sweepers[0].store.demand_clock().is_ok());
}

#[test]
fn sweepers_at_the_same_time_share_the_rules_and_each_user_is_turned_on_once() {
    let mut team = Team::new();
    // Whatever is set right on the way is nobody else's to wait for.
    let far = DAY * 4_000;
    team.world.run(&format!("INSERT INTO sweeper (host, last_pass, heard) VALUES ('fast', {far}, {far})"));
    let (due, customers) = (team.due, &team.customers);
    let turned_on: usize = thread::scope(|scope| {
        let sweeping: Vec<_> = team
            .sweepers
            .iter()
            .map(|sweeper| scope.spawn(|| swept(&sweeper.store, customers, (due, team.users))))
            .collect();
        sweeping.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(turned_on, customers.len() * usize::from(team.users));
    for on in &mut team.on {
        on.extend(1..=team.users);
    }
    team.settles();
}

/// Sweeps whatever this one can have, until nothing is due; how many it turned on.
fn swept(store: &Store, customers: &[Customer], (due, count): (Moment, u8)) -> usize {
    let mut turned_on = 0;
    let is_due = |customer: &&Customer| {
        let rule = store.protection(customer.id, OFFICE).unwrap().rule.unwrap();
        rule.last_pass.is_none_or(|last| last < due)
    };
    while let Some(customer) = customers.iter().find(is_due) {
        store.note_sweeper_heard().unwrap();
        let Some(claim) = store.claim_sweep(customer.id, OFFICE, due).unwrap() else { continue };
        for number in 1..=count {
            let results = store.sweep_apply(&claim, &users([number])).unwrap();
            turned_on += results.iter().filter(|it| it.outcome == SeatOutcome::TurnedOn).count();
        }
        store.finish_sweep(claim, SweepSummary::default()).unwrap();
    }
    turned_on
}
