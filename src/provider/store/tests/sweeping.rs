//! Passes: each once, resumed when cut short, and never silent when missing.

use super::*;
use crate::{
    domain::protection::Missing,
    provider::store::{Roster, SweepSummary},
};
use SeatOutcome::{AlreadyOn, TurnedOn};

/// A 20:00 after the rule was made, and the next.
const DUE: Moment = Moment::from_millis(2_000_000);
const NEXT: Moment = Moment::from_millis(88_400_000);
const OFFICE: Product = Product::Office365;

fn ruled(store: &Store) -> (Customer, RunId) {
    let (customer, run) = enabled_run(store, OFFICE);
    store.make_rule(&run, 3, 13).unwrap();
    (customer, run)
}

#[test]
fn a_pass_is_worked_by_one_and_once() {
    let world = World::new();
    let (one, two) = (world.open("ann"), world.open("ben"));
    let (customer, _) = ruled(&one);
    world.at(2_000_001);
    let claim = one.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    assert!(two.claim_sweep(customer.id, OFFICE, DUE).unwrap().is_none());
    assert_eq!((claim.customer(), claim.product(), claim.due()), (customer.id, OFFICE, DUE));
    assert_eq!(outcomes(&one.sweep_apply(&claim, &users(1..=2)).unwrap()), [TurnedOn, TurnedOn]);
    let summary = SweepSummary { turned_on: 2, left: 0, is_late: false, attention: None };
    one.finish_sweep(claim, summary).unwrap();
    assert!(two.claim_sweep(customer.id, OFFICE, DUE).unwrap().is_none());
    assert!(two.claim_sweep(customer.id, OFFICE, Moment::from_millis(1_500_000)).unwrap().is_none());
    assert!(two.claim_sweep(customer.id, OFFICE, NEXT).unwrap().is_none(), "it has not come yet");
    world.at(NEXT.as_millis());
    assert!(two.claim_sweep(customer.id, OFFICE, NEXT).unwrap().is_some());
    let rule = one.protection(customer.id, OFFICE).unwrap().rule.unwrap();
    assert_eq!((rule.last_pass, rule.attention), (Some(DUE), None));
}

#[test]
fn a_pass_cut_short_goes_on_where_it_was() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, _) = ruled(&store);
    world.at(2_000_001);
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    store.sweep_apply(&claim, &users(1..=2)).unwrap();
    drop(claim);
    drop(store);
    let store = world.open("ann");
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    let results = store.sweep_apply(&claim, &users(1..=3)).unwrap();
    assert_eq!(outcomes(&results), [AlreadyOn, AlreadyOn, TurnedOn]);
    store
        .finish_sweep(claim, SweepSummary { turned_on: 1, is_late: true, ..SweepSummary::default() })
        .unwrap();
    let history = store.sweeps(10).unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!((history[0].turned_on, history[0].is_late, history[0].name.as_str()), (3, true, "Bakery"));
    assert!(history[0].finished.is_some());
    assert_eq!(history[0].host.as_str(), "desk-4");
}

#[test]
fn a_rule_counts_only_for_a_later_2000() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = ruled(&store);
    world.at(DUE.as_millis());
    assert!(store.claim_sweep(customer.id, OFFICE, Moment::from_millis(1_000_000)).unwrap().is_none());
    assert!(store.claim_sweep(customer.id, Product::MpExchange, DUE).unwrap().is_none());
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    store.undo_rule(&run).unwrap();
    assert_eq!(kind(store.sweep_apply(&claim, &users([1]))), FailureKind::Conflict);
    assert_eq!(store.protection(customer.id, OFFICE).unwrap().seats, []);
}

#[test]
fn the_ceiling_holds_at_write_time() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = ruled(&store);
    world.at(DUE.as_millis());
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    assert_eq!(kind(store.sweep_apply(&claim, &users(1..=14))), FailureKind::NoSeats);
    assert_eq!(store.protection(customer.id, OFFICE).unwrap().seats, []);
    let attention = Some(Text::from("14 users are new, at most 13 were confirmed"));
    store
        .finish_sweep(claim, SweepSummary { attention: attention.clone(), ..SweepSummary::default() })
        .unwrap();
    assert_eq!(store.protection(customer.id, OFFICE).unwrap().rule.unwrap().attention, attention);
    assert_eq!(store.make_rule(&run, 14, 24).unwrap().attention, None);
}

#[test]
fn leavers_are_marked_once_and_nobody_is_turned_off() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = ruled(&store);
    store.apply_batch(&run, &users(1..=2)).unwrap();
    world.at(DUE.as_millis());
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    store.sweep_left(&claim, &[(user(1).id, Moment::from_millis(7)), (user(9).id, DUE)]).unwrap();
    store.sweep_left(&claim, &[(user(1).id, Moment::from_millis(8))]).unwrap();
    let left = |store: &Store| {
        store.protection(customer.id, OFFICE).unwrap().seats.iter().map(|s| s.left).collect::<Vec<_>>()
    };
    assert_eq!(left(&store), [Some(Moment::from_millis(7)), None]);
    store.sweep_returned(&claim, &[user(1).id, user(2).id]).unwrap();
    assert_eq!(left(&store), [None, None]);
    store.finish_sweep(claim, SweepSummary::default()).unwrap();
    assert_eq!(store.sweeps(1).unwrap()[0].left, 1);
}

#[test]
fn roster_and_delta_link_come_back() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, _) = ruled(&store);
    world.at(DUE.as_millis());
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    assert_eq!(store.sweep_roster(customer.id, OFFICE).unwrap(), Roster::default());
    let roster = Roster {
        known: vec!["ana@bakery.example".parse().unwrap()],
        missing: vec![Missing { address: "ben@bakery.example".parse().unwrap(), since: DUE }],
    };
    store.save_roster(&claim, &roster).unwrap();
    store.save_roster(&claim, &roster).unwrap();
    assert_eq!(store.sweep_roster(customer.id, OFFICE).unwrap(), roster);
    assert_eq!(store.sweep_roster(customer.id, Product::MpExchange).unwrap(), Roster::default());
    assert_eq!(store.delta_link(customer.id, OFFICE).unwrap(), None);
    store.save_delta_link(customer.id, OFFICE, Some("https://graph.example/delta?a")).unwrap();
    store.save_delta_link(customer.id, OFFICE, Some("https://graph.example/delta?b")).unwrap();
    assert_eq!(
        store.delta_link(customer.id, OFFICE).unwrap().as_deref(),
        Some("https://graph.example/delta?b")
    );
    store.save_delta_link(customer.id, OFFICE, None).unwrap();
    assert_eq!(store.delta_link(customer.id, OFFICE).unwrap(), None);
}

#[test]
fn a_missing_pass_is_said_half_an_hour_later() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, _) = ruled(&store);
    let half_an_hour = 30 * 60 * 1_000;
    let overdue = |last: Moment| {
        let status = store.sweeper_status(last).unwrap();
        assert_eq!(store.board(last).unwrap().sweep_warning.is_some(), status.is_overdue);
        status.is_overdue
    };
    world.at(DUE.as_millis() + half_an_hour - 1);
    assert!(!overdue(DUE));
    world.at(DUE.as_millis() + half_an_hour);
    assert!(overdue(DUE));
    assert!(!overdue(Moment::from_millis(999_999)), "the rule was not made yet");
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    assert!(overdue(DUE), "claimed is not finished");
    store.finish_sweep(claim, SweepSummary::default()).unwrap();
    assert!(!overdue(DUE));
    let status = store.sweeper_status(DUE).unwrap();
    assert_eq!((status.host, status.last_pass), (Some("desk-4".into()), Some(DUE)));
}

#[test]
fn an_installed_sweeper_is_named() {
    let world = World::new();
    let store = world.open("ann");
    assert_eq!(store.sweeper_status(DUE).unwrap().host, None);
    store.note_sweeper_installed(&"night-1".into()).unwrap();
    store.note_sweeper_installed(&"night-1".into()).unwrap();
    assert_eq!(store.sweeper_status(DUE).unwrap().host, Some("night-1".into()));
}
