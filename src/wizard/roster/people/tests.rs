//! The bitmaps against a model that is too simple to be wrong.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::domain::{
    bill::StaysOff,
    protection::{Seat, State},
    sweep::{Candidate, summary},
    time::Moment,
    user::{Kinds, NewUser},
};

fn id(n: u32) -> UserId {
    UserId::from_bytes((u128::from(n) * 0x1_0001).to_le_bytes())
}

fn row(n: u32, kind: Kind, has_problem: bool) -> NewUser<'static> {
    NewUser {
        id: id(n),
        name: "Ana",
        address: "ana@bakery.example",
        sign_in: "",
        department: "",
        problem: if has_problem { "mailbox is locked" } else { "" },
        kind,
        licences: 0,
        made: None,
    }
}

fn page(rows: &[NewUser<'_>]) -> Arc<UserPage> {
    Arc::new(UserPage::new(rows, Arc::default()))
}

fn seat(n: u32) -> Seat {
    Seat {
        id: id(n),
        address: Text::from("ana@bakery.example"),
        name: Text::from("Ana"),
        since: Moment::default(),
        left: None,
        first_backup: None,
        problem: None,
    }
}

/// One thing that can happen to the users.
#[derive(Debug, Clone)]
enum Step {
    Page(Vec<(u32, Kind, bool)>),
    Learn(u32, Kind),
    Know(BTreeSet<u32>, BTreeSet<u32>, u8),
    Exclude(BTreeSet<u32>),
    Include(u8),
    All,
    These(BTreeSet<u32>),
    Clear,
    ClearThese(BTreeSet<u32>),
    Invert(BTreeSet<u32>),
    TurnedOn(BTreeSet<u32>),
    Applied,
    SaveAndRestore,
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop::sample::select(Kind::ALL.to_vec())
}

fn ids() -> impl Strategy<Value = BTreeSet<u32>> {
    prop::collection::btree_set(0_u32..90, 0..30)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => prop::collection::vec((0_u32..90, kinds(), prop::bool::weighted(0.1)), 0..70).prop_map(Step::Page),
        1 => (0_u32..90, kinds()).prop_map(|(n, kind)| Step::Learn(n, kind)),
        1 => (ids(), ids(), any::<u8>()).prop_map(|(on, out, kinds)| Step::Know(on, out, kinds)),
        1 => ids().prop_map(Step::Exclude),
        1 => any::<u8>().prop_map(Step::Include),
        1 => Just(Step::All),
        2 => ids().prop_map(Step::These),
        1 => Just(Step::Clear),
        1 => ids().prop_map(Step::ClearThese),
        2 => ids().prop_map(Step::Invert),
        1 => ids().prop_map(Step::TurnedOn),
        1 => Just(Step::Applied),
        1 => Just(Step::SaveAndRestore),
    ];
    prop::collection::vec(step, 0..30)
}

/// Users one by one.
#[derive(Debug, Default)]
struct Model {
    is_known: bool,
    listed: BTreeMap<u32, (Kind, bool)>,
    on: BTreeSet<u32>,
    excluded: BTreeSet<u32>,
    kinds: Kinds,
    all: bool,
    exceptions: BTreeSet<u32>,
}

impl Model {
    fn is_eligible(&self, n: u32) -> bool {
        self.listed.get(&n).is_some_and(|(kind, has_problem)| {
            self.is_known
                && self.kinds.allows(*kind)
                && !has_problem
                && !self.on.contains(&n)
                && !self.excluded.contains(&n)
        })
    }

    fn has_unchecked(&self) -> bool {
        let is_off = |n: &u32| !self.on.contains(n) && !self.excluded.contains(n);
        let mut unknown = self.listed.iter().filter(|(_, listed)| **listed == (Kind::NotKnownYet, false));
        self.is_known && !self.kinds.allows(Kind::NotKnownYet) && unknown.any(|(n, _)| is_off(n))
    }

    fn is_ticked(&self, n: u32) -> bool {
        self.is_eligible(n) && self.all != self.exceptions.contains(&n)
    }

    fn tick(&mut self, users: &BTreeSet<u32>, is_ticked: bool) {
        for n in users {
            if self.is_eligible(*n) {
                if is_ticked == self.all {
                    self.exceptions.remove(n);
                } else {
                    self.exceptions.insert(*n);
                }
            }
        }
    }

    fn exclude(&mut self, users: &BTreeSet<u32>) {
        self.excluded.clone_from(users);
        if !self.all {
            self.exceptions.retain(|n| !users.contains(n));
        }
    }
}

fn rows(people: &People, users: &BTreeSet<u32>) -> Ticks {
    users.iter().filter_map(|n| people.pages.find(id(*n))).collect()
}

fn play(people: &mut People, model: &mut Model, step: Step) {
    match step {
        Step::Page(users) => {
            let rows: Vec<_> = users.iter().map(|(n, kind, bad)| row(*n, *kind, *bad)).collect();
            people.add(&page(&rows));
            people.settle();
            for (n, kind, bad) in users {
                model.listed.entry(n).or_insert((kind, bad));
            }
        }
        Step::Learn(n, kind) => {
            people.learn(&[(id(n), kind)]);
            if let Some(user) = model.listed.get_mut(&n) {
                user.0 = kind;
            }
        }
        Step::Know(on, out, kinds) => {
            people.know(
                Protection {
                    seats: on.iter().copied().map(seat).collect::<Vec<_>>(),
                    exclusions: out.iter().copied().map(id).collect(),
                    kinds: Kinds::from_bits(kinds),
                    ..Protection::default()
                }
                .into(),
            );
            model.is_known = true;
            model.on = on;
            model.kinds = Kinds::from_bits(kinds);
            model.exclude(&out);
        }
        Step::Exclude(out) => {
            people.exclude(out.iter().copied().map(id).collect());
            model.exclude(&out);
        }
        Step::Include(kinds) => {
            people.change_facts(|facts| facts.kinds = Kinds::from_bits(kinds));
            model.kinds = Kinds::from_bits(kinds);
        }
        Step::All => {
            people.tick_all();
            model.all = true;
            model.exceptions.clear();
        }
        Step::These(users) => {
            people.tick(&rows(people, &users), true);
            model.tick(&users, true);
        }
        Step::Clear => {
            people.clear();
            model.all = false;
            model.exceptions.clear();
        }
        Step::ClearThese(users) => {
            people.tick(&rows(people, &users), false);
            model.tick(&users, false);
        }
        Step::Invert(users) => {
            people.invert(&rows(people, &users));
            for n in users {
                if model.is_eligible(n) && !model.exceptions.remove(&n) {
                    model.exceptions.insert(n);
                }
            }
        }
        Step::TurnedOn(users) => {
            let results: Vec<_> = users.iter().map(|n| turned_on(*n)).collect();
            people.take_results(&results);
            for n in users {
                model.on.insert(n);
                if !model.listed.contains_key(&n) {
                    model.exceptions.remove(&n);
                }
            }
        }
        Step::Applied => {
            let chosen: BTreeSet<u32> =
                model.listed.keys().copied().filter(|n| model.is_ticked(*n)).collect();
            people.applied(&rows(people, &chosen));
            if model.all && !model.has_unchecked() {
                model.all = false;
                model.exceptions = chosen;
            }
            let listed_and_on = |n: &u32| model.on.contains(n) && model.listed.contains_key(n);
            model.exceptions.retain(|n| !listed_and_on(n));
        }
        Step::SaveAndRestore => {
            let draft = people.draft();
            people.restore(&draft);
        }
    }
}

fn turned_on(n: u32) -> SeatResult {
    let user = Chosen {
        id: id(n),
        address: Text::from("ana@bakery.example"),
        name: Text::from("Ana"),
        kind: Kind::User,
    };
    SeatResult { user, outcome: SeatOutcome::TurnedOn }
}

fn assert_same(people: &People, model: &Model) -> Result<(), TestCaseError> {
    let count = |test: &dyn Fn(u32) -> bool| {
        u32::try_from(model.listed.keys().filter(|n| test(**n)).count()).unwrap()
    };
    let counts = people.counts();
    prop_assert_eq!(counts.listed, count(&|_| true));
    prop_assert_eq!(counts.eligible, count(&|n| model.is_eligible(n)));
    prop_assert_eq!(counts.ticked, count(&|n| model.is_ticked(n)));
    prop_assert_eq!(counts.excluded, count(&|n| model.excluded.contains(&n)));
    prop_assert_eq!(counts.protected, count(&|n| model.on.contains(&n)));
    prop_assert_eq!(counts.seats as usize, model.on.len());
    let is_unchecked = |n| model.listed.get(&n).is_some_and(|(kind, _)| *kind == Kind::NotKnownYet);
    prop_assert_eq!(counts.unchecked, count(&is_unchecked));
    for (n, (kind, has_problem)) in &model.listed {
        let ordinal = people.pages.find(id(*n)).unwrap();
        prop_assert_eq!(people.pages.id(ordinal), Some(id(*n)));
        prop_assert_eq!(people.kind(ordinal), *kind);
        prop_assert_eq!(people.ticked().has(ordinal), model.is_ticked(*n));
        let state = match () {
            () if model.excluded.contains(n) => State::Excluded,
            () if model.on.contains(n) => State::Protected,
            () if *has_problem => State::Problem,
            () if people.is_known() && !model.is_eligible(*n) => State::NotIncluded,
            () => State::Off,
        };
        prop_assert_eq!(people.state(ordinal), state);
    }
    same_summary(people, model)?;
    let bill = people.bill(people.ticked());
    prop_assert_eq!(bill.new_seats(), counts.ticked);
    let off: u32 = bill.stay_off.iter().map(|(_, count)| count).sum();
    prop_assert_eq!(bill.new_seats() + bill.already_on + off, counts.listed);
    prop_assert_eq!(people.chosen(people.ticked()).len(), counts.ticked as usize);
    Ok(())
}

/// What a look without a wizard counts is what the screen counts.
fn same_summary(people: &People, model: &Model) -> Result<(), TestCaseError> {
    if !people.is_known() {
        return Ok(());
    }
    let candidate = |(n, (kind, has_problem)): (&u32, &(Kind, bool))| Candidate {
        user: Chosen { kind: *kind, ..turned_on(*n).user },
        made: None,
        problem: if *has_problem { "mailbox is locked".into() } else { Text::default() },
    };
    let candidates: Vec<Candidate> = model.listed.iter().map(candidate).collect();
    let protection = Protection {
        seats: model.on.iter().copied().map(seat).collect(),
        exclusions: model.excluded.iter().copied().map(id).collect(),
        kinds: model.kinds,
        ..Protection::default()
    };
    let counts = people.counts();
    let unchecked = people.bill(&Ticks::default()).stay_off;
    let unchecked = unchecked.iter().find(|(why, _)| *why == StaysOff::Kind(Kind::NotKnownYet));
    for is_given in [false, true] {
        let list = summary(&candidates, &protection, is_given, Vec::new());
        prop_assert_eq!((list.listed, list.eligible), (counts.listed, counts.eligible + counts.protected));
        prop_assert_eq!(list.problems, people.problems(is_given));
        prop_assert_eq!(list.unchecked, unchecked.map_or(0, |(_, count)| *count));
    }
    Ok(())
}

proptest! {
    #[test]
    fn counts_and_ticks_are_what_a_walk_over_all_users_finds(steps in steps()) {
        let (mut people, mut model) = (People::default(), Model::default());
        for step in steps {
            play(&mut people, &mut model, step);
            assert_same(&people, &model)?;
            // What was kept along the way is what counting all of them anew comes to.
            let kept = people.counts();
            people.settle();
            prop_assert_eq!(people.counts(), kept);
        }
    }

    #[test]
    fn a_draft_survives_whatever_the_order_of_arrival(
        first in ids(), second in ids(), ticks in ids(), all: bool,
    ) {
        let draft = Draft::new(all, ticks.iter().copied().map(id));
        let add = |people: &mut People, users: &BTreeSet<u32>| {
            let rows: Vec<_> = users.iter().map(|n| row(*n, Kind::User, false)).collect();
            people.add(&page(&rows));
            people.settle();
        };
        let (mut early, mut late) = (People::default(), People::default());
        early.restore(&draft);
        add(&mut early, &first);
        add(&mut early, &second);
        add(&mut late, &second);
        add(&mut late, &first);
        late.restore(&draft);
        prop_assert_eq!(early.draft(), draft.clone());
        prop_assert_eq!(late.draft(), draft);
        prop_assert_eq!(early.counts(), late.counts());
    }
}

#[test]
fn seats_whose_users_are_gone_become_rows_and_are_not_listed() {
    let mut people = People::default();
    let gone = Seat { left: Moment::parse("2026-11-02T22:00:00Z"), ..seat(7) };
    people.know(Protection { seats: vec![seat(1), gone, seat(8)], ..Protection::default() }.into());
    people.add(&page(&[row(1, Kind::User, false), row(2, Kind::User, false)]));
    people.add_leavers();
    people.settle();
    let counts = people.counts();
    assert_eq!((counts.listed, counts.protected, counts.seats, counts.eligible), (2, 1, 3, 1));
    let left = |n| people.left(people.pages.find(id(n)).unwrap()).map(|words| words.to_string());
    assert_eq!(left(1), None);
    assert_eq!(left(7), Some("left on 3 Nov 2026".to_owned()));
    assert_eq!(left(8), Some("not in the list any more".to_owned()));
}
