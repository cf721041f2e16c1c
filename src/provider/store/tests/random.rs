//! Random sequences of writes: whatever comes, the record keeps its promises.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{domain::run::ExclusionChange, provider::store::SweepSummary};

const LIMIT: u32 = 6;

#[derive(Clone, Debug)]
enum Act {
    Begin(Vec<u8>),
    Apply(Vec<u8>),
    End(bool),
    Off(Vec<u8>),
    Exclude(Vec<u8>, bool),
    Rule(u32),
    Undo,
    Sweep(Vec<u8>),
    Reopen,
}

fn act() -> impl Strategy<Value = Act> {
    let some = || prop::collection::vec(1_u8..12, 0..6);
    prop_oneof![
        some().prop_map(Act::Begin),
        some().prop_map(Act::Apply),
        any::<bool>().prop_map(Act::End),
        some().prop_map(Act::Off),
        (some(), any::<bool>()).prop_map(|(users, exclude)| Act::Exclude(users, exclude)),
        (0_u32..9).prop_map(Act::Rule),
        Just(Act::Undo),
        some().prop_map(Act::Sweep),
        Just(Act::Reopen),
    ]
}

/// Two runs of one customer, each with what the test believes to be true.
struct Believed {
    on: [BTreeSet<u8>; 2],
    excluded: [BTreeSet<u8>; 2],
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn promises_hold(acts in prop::collection::vec((0_usize..2, act()), 1..30)) {
        let world = World::by_owner();
        let mut store = world.open("ann");
        let (customer, office) = enabled_run(&store, Product::Office365);
        let (_, hosted) = enabled_run(&store, Product::MpExchange);
        limit_seats(&world, LIMIT);
        let runs = [(office, Product::Office365), (hosted, Product::MpExchange)];
        let mut believed = Believed { on: Default::default(), excluded: Default::default() };
        let mut due = 2_000_000;
        for (which, act) in acts {
            let (run, product) = &runs[which];
            let (on, excluded) = (&mut believed.on[which], &mut believed.excluded[which]);
            let mut follow = |chosen: &[u8], results: &[SeatResult]| {
                prop_assert_eq!(chosen.len(), results.len());
                for (number, result) in chosen.iter().zip(results) {
                    match &result.outcome {
                        SeatOutcome::TurnedOn => {
                            prop_assert!(on.insert(*number), "turned on twice");
                            prop_assert!(!excluded.contains(number), "excluded and turned on");
                        }
                        SeatOutcome::AlreadyOn => prop_assert!(on.contains(number)),
                        SeatOutcome::TurnedOff => { on.remove(number); }
                        SeatOutcome::Excluded => prop_assert!(excluded.contains(number)),
                        SeatOutcome::NoSeat | SeatOutcome::Failed(_) => prop_assert!(!on.contains(number)),
                        SeatOutcome::Stopped => prop_assert!(false, "nobody stopped this"),
                    }
                }
                Ok(())
            };
            match act {
                Act::Begin(chosen) => store.begin_apply(run, &users(chosen)).unwrap(),
                Act::Apply(chosen) => follow(&chosen, &store.apply_batch(run, &users(chosen.clone())).unwrap())?,
                Act::End(stopped) => store.end_apply(run, stopped).unwrap(),
                Act::Off(chosen) => follow(&chosen, &store.turn_off(run, &users(chosen.clone())).unwrap())?,
                Act::Exclude(chosen, exclude) => {
                    let change = ExclusionChange { users: chosen.iter().map(|n| user(*n)).collect(), exclude };
                    let now = store.change_exclusions(run, &change).unwrap();
                    for number in chosen {
                        if exclude { excluded.insert(number); } else { excluded.remove(&number); }
                    }
                    prop_assert_eq!(now.len(), excluded.len());
                }
                Act::Rule(ceiling) => { store.make_rule(run, ceiling, ceiling).unwrap(); }
                Act::Undo => store.undo_rule(run).unwrap(),
                Act::Sweep(chosen) => {
                    due += 86_400_000;
                    world.at(due);
                    let due = Moment::from_millis(due);
                    if let Some(claim) = store.claim_sweep(customer.id, *product, due).unwrap() {
                        let ceiling = store.protection(customer.id, *product).unwrap().rule.unwrap().ceiling;
                        let before = on.len();
                        match store.sweep_apply(&claim, &users(chosen.clone())) {
                            Ok(results) => {
                                let mut follow = |results: &[SeatResult]| {
                                    for (number, result) in chosen.iter().zip(results) {
                                        if result.outcome == SeatOutcome::TurnedOn {
                                            prop_assert!(on.insert(*number) && !excluded.contains(number));
                                        }
                                    }
                                    Ok(())
                                };
                                follow(&results)?;
                                let ceiling = usize::try_from(ceiling).unwrap();
                                prop_assert!(on.len() == before || on.len() <= ceiling);
                            }
                            Err(failure) => prop_assert_eq!(failure.kind, FailureKind::NoSeats),
                        }
                        store.finish_sweep(claim, SweepSummary::default()).unwrap();
                    }
                }
                Act::Reopen => {
                    drop(store);
                    store = world.open("ann");
                    for (run, _) in &runs {
                        prop_assert!(!store.load_run(run).unwrap().is_read_only);
                    }
                }
            }
            let mut total = 0;
            for (which, (run, product)) in runs.iter().enumerate() {
                let protection = store.protection(customer.id, *product).unwrap();
                let on: BTreeSet<UserId> = protection.seats.iter().map(|seat| seat.id).collect();
                prop_assert_eq!(on.len(), protection.seats.len(), "a user twice");
                let expected: BTreeSet<UserId> = believed.on[which].iter().map(|n| user(*n).id).collect();
                prop_assert_eq!(&on, &expected);
                total += on.len();
                let outcome = store.outcome(run).unwrap();
                for result in &outcome.results {
                    prop_assert_eq!(result.outcome.is_on(), on.contains(&result.user.id));
                }
                prop_assert!(outcome.is_audit_whole);
            }
            prop_assert!(total <= usize::try_from(LIMIT).unwrap(), "more seats than bought");
            let kept = world.number("SELECT sum(seats_on) FROM customer_product");
            prop_assert_eq!(usize::try_from(kept).unwrap(), total, "the kept count is not the rows");
        }
        // Whatever came, it can be moved.
        if due % 259_200_000 == 2_000_000 {
            drop(store);
            let store = world.open("ann");
            let to: Place = world.folder.path().join("elsewhere/store.db").into();
            store.move_to(&to, &mut |_, _| {}).unwrap();
            let there = Store::open(StoreOptions { place: to, ..world.options("ann") }).unwrap();
            for (run, product) in &runs {
                prop_assert_eq!(&there.protection(customer.id, *product).unwrap().seats, &store.protection(customer.id, *product).unwrap().seats);
                prop_assert_eq!(there.outcome(run).unwrap().results.len(), store.outcome(run).unwrap().results.len());
            }
        }
    }
}
