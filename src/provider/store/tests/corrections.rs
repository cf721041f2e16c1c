//! Files and corrections: all of it or nothing, and one audit entry per customer.

use super::*;
use crate::domain::customer_record::Column;

fn audit(world: &World) -> Vec<String> {
    world.words("SELECT what FROM audit ORDER BY id")
}

fn is_whole(store: &Store) -> bool {
    store.read(super::super::table::audit::is_whole).unwrap()
}

#[test]
fn a_file_adds_and_corrects_and_a_second_time_changes_nothing() {
    let world = World::new();
    let store = world.open("ann");
    store
        .seed_customers(&[
            NewCustomer {
                tenant: Some(TENANT.parse().unwrap()),
                ..new_customer("C-1", "Bakery", &[Product::Office365])
            },
            new_customer("C-2", "Cafe", &[]),
        ])
        .unwrap();
    let before = audit(&world).len();
    let file = [
        // The case of the reference is the record's.
        NewCustomer {
            tenant: Some(TENANT.parse().unwrap()),
            ..new_customer("c-1", "Bakery Ltd", &[Product::Office365, Product::MpExchange])
        },
        new_customer("C-2", "Cafe", &[]),
        NewCustomer { seats: Some(3), ..new_customer("C-3", "Deli", &[]) },
    ];
    let dry = imported(&store, &file, &[], true);
    assert_eq!((audit(&world).len(), store.customers().unwrap().len()), (before, 2), "a dry run");
    let fates = imported(&store, &file, &[], false);
    assert_eq!(fates, dry);
    let Fate::Changed(changes) = &fates[0] else { panic!("{fates:?}") };
    assert_eq!(changes.iter().map(|c| c.column).collect::<Vec<_>>(), [Column::Name, Column::Products]);
    assert_eq!(fates[1..], [Fate::Unchanged, Fate::Added]);
    let bakery = called(&store, "C-1");
    assert_eq!((bakery.reference.as_str(), bakery.name.as_str()), ("C-1", "Bakery Ltd"));
    assert_eq!(bakery.tenant, Some(TENANT.parse().unwrap()));
    assert_eq!(bakery.products, [Product::Office365, Product::MpExchange]);
    assert_eq!(
        audit(&world)[before..],
        [
            "changed customer C-1: name: Bakery → Bakery Ltd; products: office365 → office365;mpexchange",
            "added customer Deli (C-3)",
        ]
    );
    let again = imported(&store, &file, &[], false);
    assert!(again.iter().all(|fate| *fate == Fate::Unchanged), "{again:?}");
    assert_eq!(audit(&world).len(), before + 2);
    assert!(is_whole(&store));
}

#[test]
fn what_a_file_keeps_is_read_where_it_is_written() {
    let world = World::new();
    let (store, other) = (world.open("ann"), world.open("ann"));
    store.seed_customers(&[new_customer("C-1", "Bakery", &[])]).unwrap();
    let id = called(&other, "C-1").id;
    let (_, changes) = other
        .correct_customer(id, &Accepts::default(), |old| Ok(NewCustomer { seats: Some(3), ..old.into() }))
        .unwrap()
        .kept()
        .unwrap();
    assert_eq!(changes.len(), 1);
    let kept = |known: &[Customer]| Ok::<_, ()>(known.iter().map(NewCustomer::from).collect());
    assert_eq!(store.import_customers(&[], false, kept).unwrap(), Ok(vec![Fate::Unchanged]));
    // What speaks against the file is told, and nothing is written.
    let before = audit(&world).len();
    assert_eq!(store.import_customers(&[], false, |_| Err("line 2")).unwrap(), Err("line 2"));
    assert_eq!((audit(&world).len(), called(&store, "C-1").seats), (before, Some(3)));
}

#[test]
fn one_refused_line_keeps_the_whole_file_out() {
    let world = World::new();
    let store = world.open("ann");
    let (_, run) = enabled_run(&store, Product::Office365);
    store.apply_batch(&run, &users([1])).unwrap();
    let before = audit(&world).len();
    let other_tenant = NewCustomer {
        tenant: Some(OTHER_TENANT.parse().unwrap()),
        ..new_customer("C-1", "Bakery", &Product::ALL)
    };
    let fates = imported(&store, &[new_customer("C-9", "New", &[]), other_tenant], &[], false);
    assert!(matches!(fates.as_slice(), [Fate::Added, Fate::Refused(_)]), "{fates:?}");
    assert_eq!((audit(&world).len(), store.customers().unwrap().len()), (before, 1));
    let without_product = NewCustomer {
        tenant: called(&store, "C-1").tenant,
        ..new_customer("C-1", "Bakery", &[Product::Business365])
    };
    let fates = imported(&store, &[without_product], &[], false);
    let [Fate::Refused(failure)] = fates.as_slice() else { panic!("{fates:?}") };
    assert!(failure.what.as_str().contains("has a run for Office 365 on record"), "{failure:?}");
    assert_eq!(called(&store, "C-1").products, Product::ALL);
}

#[test]
fn only_an_admin_imports_and_corrects() {
    let world = World::new();
    let (ann, ben) = (world.open("ann"), world.open("ben"));
    let id = customer(&ann).id;
    assert_eq!(
        kind(ben.import_customers(&[], false, |_| Ok::<_, Failure>(Vec::new()))),
        FailureKind::Refused
    );
    assert_eq!(kind(ben.import_customers(&[], true, |_| Ok::<_, Failure>(Vec::new()))), FailureKind::Refused);
    assert_eq!(
        kind(ben.correct_customer(id, &Accepts::default(), |old| Ok(old.into()))),
        FailureKind::Refused
    );
}

#[test]
fn a_correction_says_what_changed_and_is_safe_to_repeat() {
    let world = World::new();
    let store = world.open("ann");
    let id = customer(&store).id;
    store.add_customer(&new_customer("C-2", "Cafe", &[]), &Accepts::default()).unwrap();
    let correct = |reference: &'static str| {
        store.correct_customer(id, &Accepts::default(), |old| {
            Ok(NewCustomer {
                reference: reference.into(),
                is_active: false,
                seats: Some(7),
                products: vec![Product::MpExchange],
                ..old.into()
            })
        })
    };
    assert_eq!(kind(correct("c-2")), FailureKind::Conflict);
    let (customer, changes) = correct("B-1").unwrap().kept().unwrap();
    let words: Vec<_> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            "reference: C-1 → B-1",
            "active: yes → no",
            "products: office365;mpexchange;business365 → mpexchange",
            "seats: none → 7"
        ]
    );
    assert_eq!((customer.reference.as_str(), customer.is_active, customer.seats), ("B-1", false, Some(7)));
    let before = audit(&world).len();
    assert_eq!(correct("B-1").unwrap().kept().unwrap().1, []);
    assert_eq!(audit(&world).len(), before);
}

#[test]
fn a_tenant_is_emptied_only_while_nobody_hangs_on_it() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, Product::Office365);
    let empty = || {
        store.correct_customer(customer.id, &Accepts::default(), |old| {
            Ok(NewCustomer { tenant: None, ..old.into() })
        })
    };
    store.apply_batch(&run, &users([1])).unwrap();
    assert_eq!(kind(empty()), FailureKind::Conflict);
    store.turn_off(&run, &users([1])).unwrap();
    assert_eq!(empty().unwrap().kept().unwrap().0.tenant, None);
    let record = store.load_run(&run).unwrap();
    assert_eq!((record.organisation, record.proved, record.enabled), (None, None, None));
}
