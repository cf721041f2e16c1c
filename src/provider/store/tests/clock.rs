//! A record into which a wrong clock wrote: nothing waits for what lies ahead, it is said, and it is set right.

use std::time::Duration;

use super::*;
use crate::provider::store::SweepSummary;

const OFFICE: Product = Product::Office365;
const DAY: i64 = 24 * 3_600_000;
/// A 20:00 after the rule was made.
const DUE: i64 = 100 * DAY;
const YEARS: i64 = 3_650 * DAY;

/// One pass for a 20:00, as far as it can be had.
fn passes(store: &Store, customer: &Customer, due: i64) -> bool {
    let Some(claim) = store.claim_sweep(customer.id, OFFICE, Moment::from_millis(due)).unwrap() else {
        return false;
    };
    store.set_right(&claim).unwrap();
    assert_eq!(store.sweep_apply(&claim, &users([1])).unwrap().len(), 1);
    store.finish_sweep(claim, SweepSummary::default()).unwrap();
    true
}

#[test]
fn one_pass_with_a_fast_clock_stops_no_later_one() {
    for ahead in [3 * DAY, YEARS] {
        let world = World::new();
        let store = world.open("ann");
        let (customer, run) = enabled_run(&store, OFFICE);
        store.make_rule(&run, 3, 13).unwrap();
        world.at(DUE + ahead + 5_000);
        assert!(passes(&store, &customer, DUE + ahead));
        world.at(DUE + 5_000);
        let trouble = store.demand_clock().unwrap_err();
        assert!(trouble.is_alarm && trouble.hint.for_commands().as_str().contains("--clock"), "{trouble:?}");
        let last = Moment::from_millis(DUE);
        let status = store.status_of(last, None).unwrap();
        assert!(status.clock.is_some() && store.board(last).unwrap().sweep_warning.is_some());
        assert_eq!(status.rows[0].last_sweep, None, "what lies ahead is no last sweep");
        // The pass is due, and overdue when it does not come.
        world.at(DUE + 3_600_000);
        assert!(store.sweeper_status(last).unwrap().is_overdue);
        assert!(passes(&store, &customer, DUE));
        assert!(!passes(&store, &customer, DUE), "once");
        store.clock_is_right().unwrap();
        store.demand_clock().unwrap();
        assert_eq!(store.sweeper_status(last).unwrap().last_pass(), Some(last));
        for night in 1..4 {
            world.at(DUE + night * DAY + 5_000);
            assert!(passes(&store, &customer, DUE + night * DAY), "night {night}");
            store.demand_clock().unwrap();
        }
    }
}

#[test]
fn a_rule_that_was_made_by_a_fast_clock_counts_and_is_set_right() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, OFFICE);
    world.at(DUE + YEARS);
    store.make_rule(&run, 3, 13).unwrap();
    world.at(DUE + 5_000);
    assert!(store.demand_clock().is_err());
    // A claim says nothing about which clock was wrong: it changes nothing.
    let made = || store.protection(customer.id, OFFICE).unwrap().rule.unwrap().made;
    let claim = store.claim_sweep(customer.id, OFFICE, Moment::from_millis(DUE)).unwrap().unwrap();
    assert!(claim.is_ahead_of_clock() && made() > Moment::from_millis(DUE));
    drop(claim);
    assert!(passes(&store, &customer, DUE));
    let rule = store.protection(customer.id, OFFICE).unwrap().rule.unwrap();
    assert!(rule.made < Moment::from_millis(DUE));
    assert_eq!(world.number("SELECT count(*) FROM audit WHERE what LIKE 'the clock was fast%'"), 1);
    store.clock_is_right().unwrap();
    store.demand_clock().unwrap();
}

#[test]
fn any_entry_that_lies_ahead_is_trouble_by_the_tolerance_until_the_clock_was_found_right() {
    let world = World::new();
    let strict = || {
        let options = world.options("ann");
        let clock = options.clock.clone().within(Duration::from_secs(10));
        Store::open(StoreOptions { clock, ..options }).unwrap()
    };
    let store = world.open("ann");
    world.at(DUE + 60_000);
    customer(&store);
    world.at(DUE);
    store.demand_clock().unwrap();
    assert!(strict().demand_clock().is_err(), "a minute is more than ten seconds");
    world.at(DUE - 3_600_000);
    assert!(store.demand_clock().is_err());
    store.clock_is_right().unwrap();
    store.demand_clock().unwrap();
    // A later one is news.
    world.at(DUE + YEARS);
    store.seed_customers(&[new_customer("C-2", "Cafe", &[])]).unwrap();
    world.at(DUE);
    assert!(store.demand_clock().is_err());
}

#[test]
fn what_was_asked_to_wait_is_believed_only_in_between_and_for_a_day() {
    let world = World::new();
    let store = world.open("ann");
    let customer = customer(&store);
    let left = |at: i64| {
        world.at(at);
        store.pause(customer.id, OFFICE).unwrap().map(|left| left.as_secs())
    };
    world.at(DUE);
    store.keep_pause(customer.id, OFFICE, Duration::from_hours(2)).unwrap();
    assert_eq!(left(DUE), Some(7_200));
    assert_eq!(left(DUE + 3_600_000), Some(3_600));
    assert_eq!(left(DUE + 7_200_000), None, "it is over");
    assert_eq!(left(DUE - 1), None, "said in the future: by a clock that was fast");
    world.at(DUE);
    store.keep_pause(customer.id, OFFICE, Duration::from_hours(24 * 365)).unwrap();
    assert_eq!(left(DUE + DAY - 1_000), Some(1));
    assert_eq!(left(DUE + DAY), None, "a day at most");
}

#[test]
fn a_long_wait_that_a_failure_names_is_kept_and_demanded_with_what_is_left() {
    let world = World::new();
    let store = world.open("ann");
    let customer = customer(&store).id;
    let failure = |kind, wait: Option<u64>| {
        let failure = Failure::new(kind, "x", "y");
        wait.map_or(failure.clone(), |wait| failure.retry_in(Duration::from_secs(wait)))
    };
    world.at(DUE);
    for (kind, wait) in [
        (FailureKind::Throttled, None),
        (FailureKind::Throttled, Some(60)),
        (FailureKind::Refused, Some(3_600)),
        (FailureKind::Internal, Some(3_600)),
    ] {
        store.keep_pause_of(customer, OFFICE, &failure(kind, wait)).unwrap();
        store.demand_no_pause(customer, OFFICE).unwrap();
    }
    store.keep_pause_of(customer, OFFICE, &failure(FailureKind::Throttled, Some(3_600))).unwrap();
    world.at(DUE + 1_200_000);
    let told = store.demand_no_pause(customer, OFFICE).unwrap_err();
    assert_eq!(told.what.as_str(), "Microsoft asked to be left in peace for another 40 min");
    assert_eq!((told.kind, told.retry_after), (FailureKind::Throttled, Some(Duration::from_mins(40))));
    store.demand_no_pause(customer, Product::MpExchange).unwrap();
    store.keep_pause_of(customer, Product::MpExchange, &failure(FailureKind::Unreachable, Some(61))).unwrap();
    let told = store.demand_no_pause(customer, Product::MpExchange).unwrap_err();
    assert_eq!(told.what.as_str(), "the mail server asked to be left in peace for another 1 min 1 s");
    world.at(DUE + 3_600_000);
    store.demand_no_pause(customer, OFFICE).unwrap();
}
