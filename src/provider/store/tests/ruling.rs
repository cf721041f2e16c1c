//! Enable Auto as a rule on record.

use super::*;
use crate::{
    domain::{protection::AutoRule, run::ExclusionChange, user::Kinds},
    provider::store::{RuleAccess, SweepSummary},
};

#[test]
fn a_rule_keeps_its_age_and_takes_new_numbers() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, Product::Office365);
    world.at(10);
    let first = store.make_rule(&run, 100, 110).unwrap();
    let expected = AutoRule {
        made: Moment::from_millis(10),
        by: "ann".into(),
        confirmed: 100,
        ceiling: 110,
        last_pass: None,
        attention: None,
    };
    assert_eq!(first, expected);
    world.at(20);
    assert_eq!(store.make_rule(&run, 100, 110).unwrap(), first);
    assert_eq!(store.make_rule(&run, 120, 132).unwrap(), AutoRule { confirmed: 120, ceiling: 132, ..first });
    assert!(store.outcome(&run).unwrap().done.rule_made);
    store.apply_batch(&run, &users([1])).unwrap();
    store.undo_rule(&run).unwrap();
    store.undo_rule(&run).unwrap();
    let protection = store.protection(customer.id, Product::Office365).unwrap();
    assert_eq!((protection.rule, protection.seats.len()), (None, 1), "whoever is on stays on");
    assert!(!store.outcome(&run).unwrap().done.rule_made);
}

#[test]
fn after_the_first_pass_only_an_admin_undoes_it() {
    let world = World::new();
    let (ann, ben) = (world.open("ann"), world.open("ben"));
    let (customer, run) = enabled_run(&ann, Product::Office365);
    let hand_to = |from: &Store, to: &Store| {
        from.leave_run(&run).unwrap();
        to.load_run(&run).unwrap();
    };
    ann.make_rule(&run, 1, 11).unwrap();
    hand_to(&ann, &ben);
    ben.undo_rule(&run).unwrap();
    ben.make_rule(&run, 1, 11).unwrap();
    world.at(2_000_000);
    let claim =
        ben.claim_sweep(customer.id, Product::Office365, Moment::from_millis(2_000_000)).unwrap().unwrap();
    ben.finish_sweep(claim, SweepSummary::default()).unwrap();
    assert_eq!(kind(ben.undo_rule(&run)), FailureKind::Refused);
    hand_to(&ben, &ann);
    ann.undo_rule(&run).unwrap();
}

#[test]
fn a_pass_finds_all_that_it_needs_in_one_row() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, office) = enabled_run(&store, Product::Office365);
    let (_, hosted) = enabled_run(&store, Product::Business365);
    limit_seats(&world, 50);
    store.make_rule(&office, 3, 13).unwrap();
    store.make_rule(&hosted, 1, 11).unwrap();
    let kinds = Kinds::default().toggled(Kind::Room);
    store.save_kinds(&office, kinds).unwrap();
    store.change_exclusions(&office, &ExclusionChange { users: vec![user(9)], exclude: true }).unwrap();
    store.apply_batch(&office, &users(1..=3)).unwrap();
    let rules = store.rules().unwrap();
    let row = rules.iter().find(|row| row.product == Product::Office365).unwrap();
    assert_eq!((row.seats, row.used_elsewhere, row.limit, row.kinds), (3, 0, Some(50), kinds));
    assert_eq!(
        (row.customer.id, row.exclusions.clone(), row.rule.ceiling),
        (customer.id, vec![user(9).id], 13)
    );
    assert!(matches!(&row.access, RuleAccess::Consent(found) if *found == organisation(TENANT)));
    let row = rules.iter().find(|row| row.product == Product::Business365).unwrap();
    assert_eq!((row.seats, row.used_elsewhere), (0, 3));
    assert!(matches!(&row.access, RuleAccess::Impersonation(found) if *found == impersonation("hunter2")));
    world.run("UPDATE customer SET is_active = false");
    assert!(store.rules().unwrap().is_empty(), "nobody is turned on for a closed customer");
}
