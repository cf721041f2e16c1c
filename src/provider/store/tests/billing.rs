//! Whoever writes a bill: an operator, a resumed run, a pass. A customer whose account was closed, or whose organisation was
//! changed after the question was opened, is not billed.

use super::*;
use crate::{domain::customer::NewCustomer, provider::store::StillKept};

const OFFICE: Product = Product::Office365;
const DUE: Moment = Moment::from_millis(2_000_000);

/// As `customers set` of another process does it.
fn set(store: &Store, customer: &Customer, change: impl Fn(&mut NewCustomer)) -> Result<(), Failure> {
    let correct = |old: &Customer| {
        let mut new = NewCustomer::from(old);
        change(&mut new);
        Ok(new)
    };
    store.correct_customer(customer.id, &Accepts::default(), correct).map(drop)
}

fn seats(store: &Store, customer: &Customer, product: Product) -> usize {
    store.protection(customer.id, product).unwrap().seats.len()
}

#[test]
fn a_closed_customer_is_billed_by_no_writer_of_any_product() {
    for product in Product::ALL {
        let world = World::new();
        let store = world.open("ann");
        let (customer, run) = enabled_run(&store, product);
        store.make_rule(&run, 3, 13).unwrap();
        world.at(2_000_001);
        let claim = store.claim_sweep(customer.id, product, DUE).unwrap().unwrap();
        set(&store, &customer, |new| new.is_active = false).unwrap();

        assert_eq!(kind(store.begin_apply(&run, &users(1..=2))), FailureKind::Refused, "{product:?}");
        assert_eq!(kind(store.apply_batch(&run, &users(1..=2))), FailureKind::Refused);
        assert_eq!(kind(store.make_rule(&run, 4, 14)), FailureKind::Refused);
        assert_eq!(kind(store.enable(&run)), FailureKind::Refused);
        assert_eq!(kind(store.sweep_apply(&claim, &users(1..=2))), FailureKind::Refused);
        // Resumed by its number, which asks for no customer.
        store.leave_run(&run).unwrap();
        let resumed = world.open("ben");
        resumed.load_run(&run).unwrap();
        let failure = resumed.apply_batch(&run, &users(1..=2)).unwrap_err();
        assert!(failure.what.as_str().contains("closed"), "{}", failure.what);
        assert_eq!(seats(&store, &customer, product), 0);
        set(&store, &customer, |new| new.is_active = true).unwrap();
        assert_eq!(resumed.apply_batch(&run, &users(1..=2)).unwrap().len(), 2);
    }
}

#[test]
fn another_organisation_than_the_one_that_was_listed_is_billed_by_no_writer() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, OFFICE);
    store.make_rule(&run, 3, 13).unwrap();
    world.at(2_000_001);
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    assert_eq!(claim.tenant(), TENANT.parse().ok());
    // Behind the store's back, so that whatever guards the way there is not what is tried.
    world.run(&format!("UPDATE enablement SET tenant = '{OTHER_TENANT}'"));
    assert_eq!(kind(store.sweep_apply(&claim, &users(1..=2))), FailureKind::Conflict);
    assert_eq!(kind(store.apply_batch(&run, &users(1..=2))), FailureKind::Conflict);
    world.run(&format!("UPDATE customer SET tenant = '{OTHER_TENANT}'"));
    assert_eq!(
        kind(store.begin_apply(&run, &users(1..=2))),
        FailureKind::Conflict,
        "the run is for the first"
    );
    assert_eq!(kind(store.make_rule(&run, 4, 14)), FailureKind::Conflict);
    let failure = store.sweep_apply(&claim, &users(1..=2)).unwrap_err();
    assert!(failure.what.as_str().contains("changed while the sweep"), "{}", failure.what);
    world.run("DELETE FROM enablement");
    assert_eq!(kind(store.sweep_apply(&claim, &users(1..=2))), FailureKind::Refused);
    assert_eq!(seats(&store, &customer, OFFICE), 0);
}

#[test]
fn what_goes_on_after_closing_is_told() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, OFFICE);
    store.apply_batch(&run, &users(1..=3)).unwrap();
    store.make_rule(&run, 3, 13).unwrap();
    assert_eq!(store.still_kept().unwrap(), []);
    set(&store, &customer, |new| new.is_active = false).unwrap();
    let kept = store.still_kept().unwrap();
    let [StillKept { product: OFFICE, seats: 3, has_rule: true, .. }] = &kept[..] else { panic!("{kept:?}") };
    assert_eq!((store.rules().unwrap().len(), store.all_rules().unwrap().len()), (0, 1));
    assert_eq!(store.status_of(DUE, None).unwrap().rows.len(), 1);
    // Users of a closed account can still be turned off.
    store.turn_off(&run, &users(1..=3)).unwrap();
    store.undo_rule(&run).unwrap();
    assert_eq!(store.still_kept().unwrap(), []);
}
