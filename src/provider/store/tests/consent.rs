//! What looks at an organisation's consent leave on record, and who hears of it.

use super::*;
use crate::domain::consent::{Consent, Look};

/// Minutes as the clock of a world counts them.
const MINUTE: i64 = 60_000;

#[test]
fn a_proof_settles_by_tenant_and_what_is_missing_needs_attention_until_it_is_there() {
    let world = World::new();
    let store = world.open("ann");
    world.at(MINUTE);
    let (customer, _run) = enabled_run(&store, Product::Office365);
    let tenant = TENANT.parse().unwrap();
    let known = store.consent(tenant).unwrap();
    assert_eq!(known.proved, Some(Moment::from_millis(MINUTE)), "a proof that was saved is one");
    assert_eq!(store.consent(OTHER_TENANT.parse().unwrap()).unwrap(), Consent::default());
    let reasons = |store: &Store| {
        let status = store.status_of(Moment::default(), Some(customer.id)).unwrap();
        status.rows[0].attention(Moment::from_millis(90 * MINUTE), &status.sweeper)
    };
    assert_eq!(reasons(&store), []);
    world.at(80 * MINUTE);
    let kept = store.keep_look(tenant, &Look::Missing("Tasks.Read.All".into())).unwrap();
    assert!(kept.is_settled(Moment::from_millis(80 * MINUTE)));
    assert_eq!(kept.granted, None);
    let told = reasons(&store);
    let reference = &customer.reference;
    assert_eq!(
        told[0].as_str(),
        format!(
            "the customer must accept again; missing: Tasks.Read.All. The link: backup365 provision {reference} --product office365 --users none"
        )
    );
    store.keep_look(tenant, &Look::Granted).unwrap();
    assert_eq!(reasons(&store), []);
    assert_eq!(store.consent(tenant).unwrap().granted, Some(Moment::from_millis(80 * MINUTE)));
}

#[test]
fn a_record_of_before_knows_what_was_proved_then() {
    let world = World::new();
    let store = world.open("ann");
    world.at(5 * MINUTE);
    enabled_run(&store, Product::Office365);
    drop(store);
    let made = include_str!("../../../../assets/schema/009_consent.sql");
    world.raw().execute_batch(&format!("DROP TABLE consent; {made}")).unwrap();
    let store = world.open("ann");
    let known = store.consent(TENANT.parse().unwrap()).unwrap();
    assert_eq!(
        (known.granted, known.proved),
        (Some(Moment::from_millis(5 * MINUTE)), Some(Moment::from_millis(5 * MINUTE)))
    );
}
