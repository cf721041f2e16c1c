//! Access: organisation, impersonation and its key, the proof, *Enable*.

use super::*;

#[test]
fn the_organisation_of_a_run_becomes_the_tenant_on_record_when_there_was_none() {
    let world = World::new();
    let store = world.open("ann");
    let id = customer(&store).id;
    let run = store.open_run(id, Product::Office365).unwrap().id;
    let bare = Organisation { name: None, domain: None, region: None, ..organisation(TENANT) };
    let record = store.save_organisation(&run, &bare, &Accepts::default()).unwrap().kept().unwrap();
    assert_eq!(record.customer.tenant, Some(bare.tenant));
    assert_eq!(record.organisation, Some(bare.clone()));
    // What is known of it grows and never shrinks.
    store.save_organisation(&run, &organisation(TENANT), &Accepts::default()).unwrap();
    let record = store.save_organisation(&run, &bare, &Accepts::default()).unwrap().kept().unwrap();
    assert_eq!(record.organisation, Some(organisation(TENANT)));
    // Typed wrong at first: the run follows, the record waits for the proof.
    store.link_shown(&run).unwrap();
    let record = store
        .save_organisation(&run, &organisation(OTHER_TENANT), &Accepts::default())
        .unwrap()
        .kept()
        .unwrap();
    assert_eq!(record.organisation, Some(organisation(OTHER_TENANT)));
    assert_eq!((record.customer.tenant, record.link_shown), (Some(bare.tenant), None));
    store.save_proof(&run, Some(&organisation(OTHER_TENANT))).unwrap();
    assert_eq!(store.enable(&run).unwrap().customer.tenant, Some(OTHER_TENANT.parse().unwrap()));
}

#[test]
fn a_managed_tenant_is_not_changed_in_a_run() {
    let world = World::new();
    let store = world.open("ann");
    let managed = NewCustomer {
        tenant: Some(TENANT.parse().unwrap()),
        is_managed: true,
        ..new_customer("M", "Managed", &[Product::Office365])
    };
    let managed = store.add_customer(&managed, &Accepts::default()).unwrap().kept().unwrap();
    let run = store.open_run(managed.id, Product::Office365).unwrap().id;
    assert_eq!(
        kind(store.save_organisation(&run, &organisation(OTHER_TENANT), &Accepts::default())),
        FailureKind::Conflict
    );
    store.save_organisation(&run, &organisation(TENANT), &Accepts::default()).unwrap();
}

#[test]
fn nothing_is_enabled_before_the_proof_nor_for_another_tenant() {
    let world = World::new();
    let store = world.open("ann");
    let run = store.open_run(customer(&store).id, Product::Office365).unwrap().id;
    assert_eq!(kind(store.save_proof(&run, None)), FailureKind::Conflict);
    store.save_organisation(&run, &organisation(TENANT), &Accepts::default()).unwrap();
    assert_eq!(kind(store.enable(&run)), FailureKind::Refused);
    assert_eq!(kind(store.save_proof(&run, Some(&organisation(OTHER_TENANT)))), FailureKind::Conflict);
    assert_eq!(store.load_run(&run).unwrap().proved, None);
    world.at(5);
    assert_eq!(store.link_shown(&run).unwrap().link_shown, Some(Moment::from_millis(5)));
    world.at(6);
    assert_eq!(store.link_shown(&run).unwrap().link_shown, Some(Moment::from_millis(5)));
    let named = Organisation { name: Some("Bakery Pty".into()), ..organisation(TENANT) };
    assert_eq!(store.save_proof(&run, Some(&named)).unwrap().organisation, Some(named));
    world.at(7);
    assert_eq!(store.save_proof(&run, None).unwrap().proved, Some(Moment::from_millis(6)));
    assert_eq!(store.enable(&run).unwrap().enabled, Some(Moment::from_millis(7)));
    world.at(8);
    assert_eq!(store.enable(&run).unwrap().enabled, Some(Moment::from_millis(7)));
    assert_eq!(world.words("SELECT at FROM enablement"), ["7"]);
    // Enabled for this one: another may not be chosen in a run any more.
    assert_eq!(
        kind(store.save_organisation(&run, &organisation(OTHER_TENANT), &Accepts::default())),
        FailureKind::Conflict
    );
}

#[test]
fn one_impersonation_serves_both_hosted_products() {
    let world = World::new();
    let store = world.open("ann");
    let id = customer(&store).id;
    let run = store.open_run(id, Product::MpExchange).unwrap().id;
    assert_eq!(kind(store.save_proof(&run, None)), FailureKind::Conflict);
    let record = store
        .save_impersonation(&run, &impersonation("hunter2"), &Accepts::default())
        .unwrap()
        .kept()
        .unwrap();
    assert_eq!((record.impersonation, record.is_key_lost), (Some(impersonation("hunter2")), false));
    let other = store.open_run(id, Product::Business365).unwrap();
    assert_eq!(other.impersonation, Some(impersonation("hunter2")));
    store.save_proof(&run, None).unwrap();
    store.save_proof(&other.id, None).unwrap();
    store.enable(&run).unwrap();
    // Another password: what is not enabled yet is proved again.
    store.save_impersonation(&other.id, &impersonation("hunter3"), &Accepts::default()).unwrap();
    assert_eq!(store.load_run(&other.id).unwrap().proved, None);
    assert!(store.load_run(&run).unwrap().enabled.is_some());
    assert_eq!(store.open_run(id, Product::Office365).unwrap().impersonation, None);
    let directory = Impersonation { listing: Listing::Directory, ..impersonation("hunter3") };
    store.save_proof(&other.id, None).unwrap();
    let record =
        store.save_impersonation(&other.id, &directory, &Accepts::default()).unwrap().kept().unwrap();
    assert_eq!(record.impersonation, Some(directory));
    assert!(record.proved.is_some(), "the list is not part of the proof");
}

#[test]
fn the_password_lies_nowhere_in_the_clear() {
    let Some(world) = World::on_file() else { return };
    let store = world.open("ann");
    let run = store.open_run(customer(&store).id, Product::MpExchange).unwrap().id;
    store.save_impersonation(&run, &impersonation("correct-horse"), &Accepts::default()).unwrap();
    for entry in std::fs::read_dir(world.file().parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(13).any(|window| window == b"correct-horse"), "{}", path.display());
        }
    }
    assert!(!format!("{:?}", store.load_run(&run).unwrap()).contains("correct-horse"));
}

#[test]
#[cfg(unix)]
fn the_key_file_is_private_and_made_once() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    let store = world.open("ann");
    assert!(!world.identity().exists());
    let run = store.open_run(customer(&store).id, Product::MpExchange).unwrap().id;
    store.save_impersonation(&run, &impersonation("a"), &Accepts::default()).unwrap();
    let key = std::fs::read_to_string(world.identity()).unwrap();
    assert!(key.contains("AGE-SECRET-KEY-1"));
    assert_eq!(std::fs::metadata(world.identity()).unwrap().permissions().mode() & 0o777, 0o600);
    store.save_impersonation(&run, &impersonation("b"), &Accepts::default()).unwrap();
    assert_eq!(std::fs::read_to_string(world.identity()).unwrap(), key);
    assert_eq!(std::fs::read_dir(world.identity().parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn what_a_killed_process_left_of_a_key_file_is_no_key_and_is_tidied_up() {
    let world = World::new();
    let folder = world.identity().parent().unwrap().to_owned();
    std::fs::create_dir_all(&folder).unwrap();
    // One died before it wrote, one in the middle, one between the link and the end.
    std::fs::write(folder.join("identity.new-1"), "").unwrap();
    std::fs::write(folder.join("identity.new-2"), "# Opens the passwords\nAGE-SECRET-KEY-1QQQ").unwrap();
    std::fs::write(folder.join("notes.txt"), "mine").unwrap();
    let store = world.open("ann");
    let run = store.open_run(customer(&store).id, Product::MpExchange).unwrap().id;
    store.save_impersonation(&run, &impersonation("hunter2"), &Accepts::default()).unwrap();
    let names = || {
        let mut names: Vec<_> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(), ["identity.txt", "notes.txt"]);
    std::fs::hard_link(world.identity(), folder.join("identity.new-3")).unwrap();
    let found = store.load_run(&run).unwrap();
    assert_eq!(found.impersonation.unwrap().password.expose(), "hunter2");
    store.save_impersonation(&run, &impersonation("hunter3"), &Accepts::default()).unwrap();
    assert_eq!(names(), ["identity.txt", "notes.txt"]);
}

#[test]
fn a_lost_key_asks_for_the_password_and_keeps_the_rest() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, Product::MpExchange);
    store.apply_batch(&run, &users(1..=2)).unwrap();
    store.make_rule(&run, 2, 12).unwrap();
    std::fs::remove_file(world.identity()).unwrap();
    let record = store.load_run(&run).unwrap();
    assert!(record.is_key_lost);
    let kept = record.impersonation.unwrap();
    assert_eq!((kept.server, kept.password.expose().as_str()), (impersonation("").server, ""));
    let protection = store.protection(customer.id, Product::MpExchange).unwrap();
    assert_eq!((protection.seats.len(), protection.rule.is_some()), (2, true));
    assert!(matches!(store.rules().unwrap()[0].access, crate::provider::store::RuleAccess::KeyLost(_)));
    let record =
        store.save_impersonation(&run, &impersonation("new"), &Accepts::default()).unwrap().kept().unwrap();
    assert_eq!((record.impersonation, record.is_key_lost), (Some(impersonation("new")), false));
}

#[test]
fn a_key_file_that_is_none_is_never_overwritten() {
    let world = World::new();
    let store = world.open("ann");
    let run = store.open_run(customer(&store).id, Product::MpExchange).unwrap().id;
    std::fs::create_dir_all(world.identity().parent().unwrap()).unwrap();
    std::fs::write(world.identity(), "my notes").unwrap();
    assert_eq!(
        kind(store.save_impersonation(&run, &impersonation("a"), &Accepts::default())),
        FailureKind::Record
    );
    assert_eq!(std::fs::read_to_string(world.identity()).unwrap(), "my notes");
}

#[test]
fn two_that_make_the_key_at_once_end_up_with_one() {
    let world = World::new();
    let vaults = [(); 4].map(|()| super::super::part::vault::Vault::new(world.identity()));
    let secret = Secret::new("hunter2".to_owned());
    let sealed: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            vaults.iter().map(|vault| scope.spawn(|| vault.seal(&secret).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for sealed in sealed {
        assert_eq!(vaults[0].open(&sealed), Some(secret.clone()));
    }
}
