//! Customers: adding, finding, seeding, the tenant and the included kinds.

use super::*;
use crate::domain::{form_draft::FormDraft, user::Kinds};

#[test]
fn a_customer_comes_back_as_it_went_in() {
    let world = World::new();
    let store = world.open("ann");
    let new = NewCustomer {
        tenant: Some(TENANT.parse().unwrap()),
        is_managed: true,
        time_zone: Some("Australia/Perth".into()),
        seats: Some(25),
        ..new_customer("Acme-1", "Acme", &[Product::Business365, Product::Office365])
    };
    let added = store.add_customer(&new, &Accepts::default()).unwrap().kept().unwrap();
    assert_eq!(store.customer(added.id).unwrap(), added);
    assert_eq!(added.products, [Product::Office365, Product::Business365]);
    assert_eq!((added.tenant, added.seats, added.is_managed), (new.tenant, Some(25), true));
    assert_eq!(added.time_zone, new.time_zone);
}

#[test]
fn a_form_that_was_saved_is_forgotten_and_nobody_elses() {
    let world = World::new();
    let (ann, ben) = (world.open("ann"), world.open("ben"));
    let typed = |name: &str| FormDraft(vec![("company".into(), name.into())]);
    ann.keep_form(None, &typed("Acm")).unwrap();
    ben.keep_form(None, &typed("Ben's")).unwrap();
    assert_eq!(
        kind(ann.add_customer(&new_customer("", "Acme", &[]), &Accepts::default())),
        FailureKind::Refused
    );
    assert_eq!(ann.board(Moment::default()).unwrap().new_customer, typed("Acm"), "refused: it can be mended");
    ann.add_customer(&new_customer("A", "Acme", &[]), &Accepts::default()).unwrap();
    assert!(ann.board(Moment::default()).unwrap().new_customer.is_empty());
    assert_eq!(ben.board(Moment::default()).unwrap().new_customer, typed("Ben's"));
}

#[test]
fn a_reference_is_taken_once_and_only_an_admin_adds() {
    let world = World::new();
    let (ann, ben) = (world.open("ann"), world.open("ben"));
    ann.add_customer(&new_customer("A", "Acme", &[]), &Accepts::default()).unwrap();
    assert_eq!(
        kind(ann.add_customer(&new_customer("a", "Other", &[]), &Accepts::default())),
        FailureKind::Conflict
    );
    assert_eq!(
        kind(ann.add_customer(&new_customer("", "Other", &[]), &Accepts::default())),
        FailureKind::Refused
    );
    assert_eq!(
        kind(ben.add_customer(&new_customer("B", "Other", &[]), &Accepts::default())),
        FailureKind::Refused
    );
    assert_eq!(ann.customers().unwrap().len(), 1);
}

#[test]
fn seeding_adds_what_is_missing_and_changes_nothing_else() {
    let world = World::new();
    world.open("ann");
    let store = world.open("ben");
    let seeds = [new_customer("B", "beta", &[Product::Office365]), new_customer("A", "Alpha", &[])];
    assert_eq!(store.seed_customers(&seeds).unwrap(), 2);
    assert_eq!(store.seed_customers(&[new_customer("A", "Changed", &[])]).unwrap(), 0);
    let names: Vec<_> = store.customers().unwrap().into_iter().map(|c| c.name.to_string()).collect();
    assert_eq!(names, ["Alpha", "beta"]);
}

#[test]
fn hostile_words_of_another_hand_are_cleaned_on_the_way_out() {
    let world = World::new();
    let store = world.open("ann");
    let id = customer(&store).id;
    world.run("UPDATE customer SET name = 'Bak\u{1b}[2Jery\u{202e}'");
    assert_eq!(store.customer(id).unwrap().name.as_str(), "Bak\u{fffd}[2Jery\u{fffd}");
}

#[test]
fn an_unreadable_row_is_bad_news_and_no_crash() {
    let world = World::new();
    let store = world.open("ann");
    let id = customer(&store).id;
    world.run("UPDATE customer SET tenant = 'not a guid'");
    assert_eq!(kind(store.customer(id)), FailureKind::Record);
}

#[test]
fn kinds_are_one_choice_per_customer_and_product() {
    let world = World::new();
    let store = world.open("ann");
    let (known, run) = enabled_run(&store, Product::Office365);
    let id = known.id;
    let kinds = Kinds::default().toggled(Kind::Shared);
    store.save_kinds(&run, kinds).unwrap();
    assert_eq!(store.protection(id, Product::Office365).unwrap().kinds, kinds);
    assert_eq!(store.protection(id, Product::MpExchange).unwrap().kinds, Kinds::default());
    let audit = store.outcome(&run).unwrap().audit;
    let said = audit.last().unwrap();
    assert_eq!(
        (said.by.as_str(), said.what.as_str()),
        ("ann", "included beside user mailboxes: shared mailboxes")
    );
    assert_eq!(kind(store.save_kinds(&"7KQ4".parse().unwrap(), kinds)), FailureKind::Conflict);
}

#[test]
fn a_corrected_tenant_takes_back_what_was_proved_for_the_other() {
    let world = World::new();
    let (ann, ben) = (world.open("ann"), world.open("ben"));
    let (customer, run) = enabled_run(&ann, Product::Office365);
    let tenant = OTHER_TENANT.parse().unwrap();
    let correct = |store: &Store| {
        store.correct_customer(customer.id, &Accepts::default(), |old| {
            Ok(NewCustomer { tenant: Some(tenant), ..old.into() })
        })
    };
    assert_eq!(kind(correct(&ben)), FailureKind::Refused);
    ann.apply_batch(&run, &users([1])).unwrap();
    assert_eq!(kind(correct(&ann)), FailureKind::Conflict);
    ann.turn_off(&run, &users([1])).unwrap();
    assert_eq!(correct(&ann).unwrap().kept().unwrap().0.tenant, Some(tenant));
    let record = ann.load_run(&run).unwrap();
    assert_eq!((record.organisation, record.proved, record.enabled), (None, None, None));
    assert_eq!(kind(ann.apply_batch(&run, &users([1]))), FailureKind::Refused);
}
