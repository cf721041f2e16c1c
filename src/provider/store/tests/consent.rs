//! What looks at an organisation's consent leave on record, and who hears of it.

use super::*;
use crate::domain::consent::{Consent, Look, Seen, Sight};

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
    let Some(world) = World::on_file() else { return };
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

#[test]
fn what_a_look_saw_is_dated_and_a_renewal_lasts_until_everything_is_granted() {
    let world = World::new();
    let store = world.open("ann");
    world.at(MINUTE);
    let (customer, _run) = enabled_run(&store, Product::Office365);
    let tenant = TENANT.parse().unwrap();
    let kept = |store: &Store| store.consents(Some(customer.id)).unwrap().pop().unwrap();
    assert_eq!((kept(&store).tenant, kept(&store).seen), (Some(tenant), None));
    let mail = Sight::Granted(vec!["Mail.ReadWrite".into()]);
    store.keep_sight(tenant, &mail).unwrap();
    world.at(9 * MINUTE);
    store.keep_sight(tenant, &mail).unwrap();
    let at = |minutes| Some(Seen { at: Moment::from_millis(minutes * MINUTE), sight: mail.clone() });
    assert_eq!(kept(&store).seen, at(1), "the same again is not written every few seconds");
    world.at(12 * MINUTE);
    store.keep_sight(tenant, &mail).unwrap();
    assert_eq!(kept(&store).seen, at(12));
    assert_eq!(store.remind_renewal(customer.id).unwrap_err().kind, FailureKind::NotFound);
    store.send_renewal((customer.id, tenant), &["Tasks.Read.All".into()]).unwrap();
    store.keep_sight(tenant, &mail).unwrap();
    let other = world.open("ben");
    other.remind_renewal(customer.id).unwrap();
    let renewal = kept(&store).renewal.unwrap();
    assert_eq!((renewal.sent_by.as_str(), renewal.reminded_by.unwrap().as_str()), ("ann", "ben"));
    assert_eq!(renewal.accepted, None);
    world.at(13 * MINUTE);
    other
        .keep_sight(tenant, &Sight::Granted(vec!["Tasks.Read.All".into(), "Mail.ReadWrite".into()]))
        .unwrap();
    assert_eq!(kept(&store).renewal.unwrap().accepted, Some(Moment::from_millis(13 * MINUTE)));
    assert_eq!(other.remind_renewal(customer.id).unwrap_err().kind, FailureKind::NotFound, "nothing waits");
    store.send_renewal((customer.id, tenant), &["Notes.Read.All".into()]).unwrap();
    let anew = kept(&store).renewal.unwrap();
    assert_eq!((anew.accepted, anew.reminded), (None, None), "asking again begins anew");
    store.keep_sight(tenant, &Sight::Gone).unwrap();
    assert_eq!(kept(&store).seen.unwrap().sight, Sight::Gone);
}
