//! Consent with the partner's own right leaves on record who agreed, and what may have been left in the organisation.

use super::*;

#[test]
fn what_may_be_left_in_an_organisation_is_known_until_it_is_out() {
    let world = World::new();
    let store = world.open("ann");
    let run = store.open_run(customer(&store).id, Product::Office365).unwrap().id;
    let tenant = TENANT.parse().unwrap();
    let by = (&Text::from("Backup 2026"), &Text::from("Aroha Ngata"));
    assert_eq!(kind(store.begin_own_right(&run, tenant, by)), FailureKind::Refused, "no organisation yet");
    store.save_organisation(&run, &organisation(TENANT), &Accepts::default()).unwrap();
    assert_eq!(kind(store.begin_own_right(&run, OTHER_TENANT.parse().unwrap(), by)), FailureKind::Refused);
    world.at(5);
    assert!(!store.begin_own_right(&run, tenant, by).unwrap());
    let known = store.load_run(&run).unwrap().own_right.unwrap();
    assert_eq!((known.agreed.as_str(), known.by.as_str(), known.cleared), ("Aroha Ngata", "ann", None));
    // The program was stopped here: what comes next knows that something may be left.
    assert!(store.begin_own_right(&run, tenant, by).unwrap());
    store.note_own_right(&run, 9).unwrap();
    world.at(7);
    let record = store.clear_own_right(&run, tenant, "took it out").unwrap();
    assert_eq!(record.own_right.unwrap().cleared, Some(Moment::from_millis(7)));
    assert!(!store.begin_own_right(&run, tenant, by).unwrap());
    let told: Vec<String> =
        store.finish_run(&run).unwrap().audit.iter().map(|e| e.what.as_str().to_owned()).collect();
    let told = told.join("\n");
    for words in [
        "by the relationship “Backup 2026”; Aroha Ngata agreed",
        "9 permissions were read back",
        "took it out",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}
