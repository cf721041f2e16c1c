//! Passwords for several computers: whoever reads encrypts for the others, whoever is removed reads nothing new.

use proptest::prelude::*;

use super::*;
use crate::{
    domain::keys::{Listing as KeyListing, PublicKey},
    provider::store::{
        KeyRing, KeySource,
        part::vault::{KeyFile, Vault, seal_for},
        table::impersonation as table,
    },
};

/// Another computer with a home of its own, on the same record.
fn desk(world: &World, number: u8, operator: &'static str) -> Store {
    let options = StoreOptions {
        identity: key_file(world, number),
        host: Text::clean(&format!("desk-{number}")),
        ..world.options(operator)
    };
    Store::open(options).unwrap()
}

fn key_file(world: &World, number: u8) -> PathBuf {
    world.folder.path().join(format!("home-{number}/identity.txt"))
}

/// Customers of whom one run each is open, with their passwords saved by this computer.
fn saved(store: &Store, customers: &[&'static str]) -> Vec<RunId> {
    let new: Vec<_> = customers.iter().map(|name| new_customer(name, name, &[Product::MpExchange])).collect();
    for new in &new {
        store.seed_customers(std::slice::from_ref(new)).unwrap();
    }
    customers.iter().map(|name| save(store, name, &format!("{name}'s password"))).collect()
}

fn save(store: &Store, customer: &str, password: &str) -> RunId {
    let run = store.open_run(called(store, customer).id, Product::MpExchange).unwrap().id;
    let accepts = Accepts { same_as: ["C-1", "C-2", "C-3"].map(Text::from).to_vec(), elsewhere: None };
    store.save_impersonation(&run, &impersonation(password), &accepts).unwrap().kept().unwrap();
    store.leave_run(&run).unwrap();
    run
}

/// The password of a customer as this computer reads it.
fn read(store: &Store, customer: &str) -> Option<String> {
    let run = store.open_run(called(store, customer).id, Product::MpExchange).unwrap();
    let password = run.impersonation.unwrap().password.expose().clone();
    assert_eq!(run.is_key_lost, password.is_empty());
    store.leave_run(&run.id).unwrap();
    Some(password).filter(|password| !password.is_empty())
}

fn add(store: &Store, name: &'static str, source: &KeySource) -> Result<u32, Failure> {
    store.add_key(&name.into(), source)?;
    store.encrypt_again()
}

fn remove(store: &Store, name: &'static str) -> Result<u32, Failure> {
    store.remove_key(&name.into())?;
    store.encrypt_again()
}

/// Name, whether it is on record, and how many passwords it opens.
fn keys(ring: &KeyRing) -> Vec<(&str, bool, u32)> {
    ring.keys.iter().map(|key| (key.name.as_str(), key.removed.is_none(), key.opens)).collect()
}

fn exposed(ring: &KeyRing) -> Vec<&str> {
    let exposed = ring.passwords.iter().filter(|password| !password.exposed.is_empty());
    exposed.map(|password| password.reference.as_str()).collect()
}

#[test]
fn a_second_computer_reads_once_a_first_one_has_encrypted_for_it() {
    let world = World::new();
    let one = desk(&world, 1, "ann");
    saved(&one, &["C-1", "C-2"]);
    let two = desk(&world, 2, "bob");
    assert_eq!((read(&one, "C-1").as_deref(), read(&two, "C-1")), (Some("C-1's password"), None));
    assert!(!key_file(&world, 2).exists(), "reading makes no key");
    let run = two.open_run(called(&two, "C-1").id, Product::MpExchange).unwrap();
    let said = run.key_needed.advice().for_commands();
    assert_eq!(
        said.as_str(),
        "Here run: “backup365 keys add desk-2 --this-computer”; then on desk-1 run: backup365 keys add desk-2"
    );
    two.leave_run(&run.id).unwrap();
    // It puts its own key on record and can encrypt nothing; the first one can, and a second time there is nothing to do.
    assert_eq!(add(&two, "desk-2", &KeySource::Here).unwrap(), 0);
    let ring = two.key_ring().unwrap();
    assert_eq!(keys(&ring), [("desk-1", true, 2), ("desk-2", true, 0)]);
    assert!(
        ring.passwords.iter().all(|password| !password.is_open_here && password.missing == ["desk-2".into()])
    );
    assert_eq!(ring.own.listing, KeyListing::Listed);
    assert_eq!((read(&two, "C-1"), add(&one, "desk-2", &KeySource::OnRecord).unwrap()), (None, 2));
    assert_eq!(one.encrypt_again().unwrap(), 0);
    assert_eq!(
        (read(&one, "C-2"), read(&two, "C-2")),
        (Some("C-2's password".into()), Some("C-2's password".into()))
    );
    assert_eq!(keys(&one.key_ring().unwrap()), [("desk-1", true, 2), ("desk-2", true, 2)]);
    // What the second one saves is for both, and the history says for whom, without a secret.
    save(&two, "C-1", "another");
    assert_eq!(read(&one, "C-1").as_deref(), Some("another"));
    let history = one.customer_history(called(&one, "C-1").id).unwrap();
    let said: Vec<_> = history.entries.iter().map(|(_, entry)| entry.what.to_string()).collect();
    assert!(said.contains(&"encrypted the mailbox password for desk-1, desk-2".to_owned()), "{said:?}");
    assert!(!said.iter().any(|words| words.contains("password's") || words.contains("another")), "{said:?}");
    assert!(history.is_whole);
}

#[test]
fn a_removed_key_reads_nothing_new_and_its_passwords_are_to_be_changed() {
    let world = World::new();
    let (one, two) = (desk(&world, 1, "ann"), desk(&world, 2, "bob"));
    saved(&one, &["C-1", "C-2"]);
    add(&two, "desk-2", &KeySource::Here).unwrap();
    add(&one, "desk-2", &KeySource::OnRecord).unwrap();
    assert_eq!(kind(two.remove_key(&"desk-1".into())), FailureKind::Refused, "bob is no Admin");
    assert_eq!(kind(one.remove_key(&"desk-7".into())), FailureKind::NotFound);
    assert_eq!(remove(&one, "desk-2").unwrap(), 2);
    assert_eq!((read(&one, "C-1").as_deref(), read(&two, "C-1")), (Some("C-1's password"), None));
    let ring = one.key_ring().unwrap();
    assert_eq!(
        (keys(&ring), exposed(&ring)),
        (vec![("desk-1", true, 2), ("desk-2", false, 2)], vec!["C-1", "C-2"])
    );
    assert!(ring.passwords.iter().all(|password| !password.is_open_to_removed));
    // The same password again changes nothing for whoever knows it; another one does.
    save(&one, "C-1", "C-1's password");
    assert_eq!(exposed(&one.key_ring().unwrap()), ["C-1", "C-2"]);
    save(&one, "C-1", "changed");
    assert_eq!(exposed(&one.key_ring().unwrap()), ["C-2"]);
    assert_eq!(remove(&one, "desk-2").unwrap(), 0, "once more");
    // A removed computer saves nothing, and comes back by an Admin alone.
    let run = two.open_run(called(&two, "C-2").id, Product::MpExchange).unwrap().id;
    let failure = two.save_impersonation(&run, &impersonation("x"), &Accepts::default()).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    let hint = failure.hint.for_commands();
    assert!(hint.as_str().starts_with("An Admin puts it back: backup365 keys add desk-2 age1"), "{hint}");
    two.leave_run(&run).unwrap();
    assert_eq!(kind(two.add_key(&"desk-2".into(), &KeySource::Here)), FailureKind::Refused);
    let key = two.key_ring().unwrap().own.key.unwrap();
    assert_eq!(add(&one, "desk-2", &KeySource::Given(key)).unwrap(), 2);
    assert_eq!((read(&two, "C-1").as_deref(), exposed(&one.key_ring().unwrap())), (Some("changed"), vec![]));
    save(&one, "C-2", "changed");
    assert_eq!(keys(&one.key_ring().unwrap()), [("desk-1", true, 2), ("desk-2", true, 2)]);
}

#[test]
fn the_last_key_that_opens_anything_stays() {
    let world = World::new();
    let (one, two) = (desk(&world, 1, "ann"), desk(&world, 2, "ann"));
    saved(&one, &["C-1"]);
    add(&two, "desk-2", &KeySource::Here).unwrap();
    for store in [&one, &two] {
        let failure = store.remove_key(&"desk-1".into()).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Conflict);
        assert!(failure.what.as_str().contains("the only key that opens"), "{}", failure.what);
    }
    add(&one, "desk-2", &KeySource::OnRecord).unwrap();
    // Now it may go, by itself or from elsewhere; a name that is free again is another key's.
    assert_eq!(remove(&two, "desk-1").unwrap(), 1);
    assert_eq!((read(&one, "C-1"), read(&two, "C-1").as_deref()), (None, Some("C-1's password")));
    assert_eq!(remove(&two, "desk-1").unwrap(), 0);
    let three = desk(&world, 3, "ann");
    add(&three, "desk-1", &KeySource::Here).unwrap();
    assert_eq!(add(&two, "desk-1", &KeySource::OnRecord).unwrap(), 1);
    assert_eq!(read(&three, "C-1").as_deref(), Some("C-1's password"));
}

#[test]
fn names_are_one_keys_each_and_wrong_keys_are_refused() {
    let world = World::new();
    let (one, two) = (desk(&world, 1, "ann"), desk(&world, 2, "ann"));
    saved(&one, &["C-1"]);
    assert_eq!(kind(two.add_key(&"desk-1".into(), &KeySource::Here)), FailureKind::Conflict);
    assert_eq!(kind(one.add_key(&"desk-2".into(), &KeySource::OnRecord)), FailureKind::NotFound);
    // One letter of the check sum is wrong.
    let wrong: PublicKey = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8q".parse().unwrap();
    assert_eq!(kind(one.add_key(&"desk-2".into(), &KeySource::Given(wrong))), FailureKind::Malformed);
    // Under another name it is the same key.
    add(&one, "ann's laptop", &KeySource::Here).unwrap();
    assert_eq!(keys(&one.key_ring().unwrap()), [("ann's laptop", true, 1)]);
    // Two homes on one computer.
    add(&two, "desk-1", &KeySource::Here).unwrap();
    let home = desk(&world, 1, "ann");
    std::fs::remove_file(key_file(&world, 1)).unwrap();
    save(&home, "C-1", "typed again");
    let ring = home.key_ring().unwrap();
    assert_eq!(keys(&ring), [("ann's laptop", true, 1), ("ann@desk-1", true, 1), ("desk-1", true, 1)]);
    assert_eq!(read(&two, "C-1").as_deref(), Some("typed again"));
}

/// A record of an older program: one key file, no table.
#[test]
fn a_password_of_an_older_program_is_read_and_encrypted_anew_by_the_next_key() {
    let world = World::new();
    let one = desk(&world, 1, "ann");
    saved(&one, &["C-1", "C-2"]);
    world.run("DELETE FROM opener; DELETE FROM recipient");
    assert_eq!(read(&one, "C-1").as_deref(), Some("C-1's password"));
    let ring = one.key_ring().unwrap();
    assert_eq!((keys(&ring), ring.own.listing), (vec![], KeyListing::Unlisted));
    assert!(ring.passwords.iter().all(|password| password.is_open_here && password.missing.is_empty()));
    let two = desk(&world, 2, "bob");
    add(&two, "desk-2", &KeySource::Here).unwrap();
    let run = two.open_run(called(&two, "C-1").id, Product::MpExchange).unwrap();
    assert_eq!(run.key_needed.readers, Vec::<Text>::new(), "nobody knows whose key it is for");
    two.leave_run(&run.id).unwrap();
    // The first one puts its own key on record by adding the other's.
    assert_eq!(add(&one, "desk-2", &KeySource::OnRecord).unwrap(), 2);
    assert_eq!(keys(&one.key_ring().unwrap()), [("desk-1", true, 2), ("desk-2", true, 2)]);
    assert_eq!(read(&two, "C-2").as_deref(), Some("C-2's password"));
    // So does a password that is saved, and then it is known of all others, too, who can read them.
    world.run("DELETE FROM opener; DELETE FROM recipient");
    save(&one, "C-1", "changed");
    assert_eq!(keys(&one.key_ring().unwrap()), [("desk-1", true, 2)]);
}

/// A kill between two customers is a write that was never begun.
#[test]
fn work_that_is_broken_off_leaves_every_password_readable_and_goes_on() {
    // It is broken off by a trigger, which is another one on a server.
    let Some(world) = World::on_file() else { return };
    let (one, two) = (desk(&world, 1, "ann"), desk(&world, 2, "ann"));
    saved(&one, &["C-1", "C-2", "C-3"]);
    add(&two, "desk-2", &KeySource::Here).unwrap();
    world.run(
            "CREATE TRIGGER cut BEFORE UPDATE ON impersonation WHEN NEW.customer = 2 BEGIN SELECT RAISE(ABORT, 'cut'); END",
        );
    assert!(one.encrypt_again().is_err());
    let all = |store: &Store| ["C-1", "C-2", "C-3"].map(|customer| read(store, customer).is_some());
    assert_eq!((all(&one), all(&two)), ([true; 3], [true, false, false]));
    world.run("DROP TRIGGER cut");
    assert_eq!((one.encrypt_again().unwrap(), all(&one), all(&two)), (2, [true; 3], [true; 3]));
    // Removed, and broken off: what the removed key still opens is known.
    one.remove_key(&"desk-2".into()).unwrap();
    let ring = one.key_ring().unwrap();
    assert!(ring.passwords.iter().all(|password| password.is_open_to_removed));
    assert_eq!((all(&one), remove(&one, "desk-2").unwrap(), all(&two)), ([true; 3], 3, [false; 3]));
}

/// What lies in the record is an age file like any other, and the key file is one of age's.
#[test]
fn ages_own_reader_opens_what_lies_in_the_record() {
    use std::io::Read as _;
    let world = World::new();
    let (one, two) = (desk(&world, 1, "ann"), desk(&world, 2, "ann"));
    saved(&one, &["C-1"]);
    add(&two, "desk-2", &KeySource::Here).unwrap();
    add(&one, "desk-2", &KeySource::OnRecord).unwrap();
    let (_, sealed) = one.read(table::sealed).unwrap().remove(0);
    for number in [1, 2] {
        let file = key_file(&world, number).display().to_string();
        let identities = age::IdentityFile::from_file(file).unwrap().into_identities().unwrap();
        let decryptor = age::Decryptor::new(&sealed[..]).unwrap();
        let mut plain = String::new();
        let reader = decryptor.decrypt(identities.iter().map(|key| &**key as &dyn age::Identity));
        reader.unwrap().read_to_string(&mut plain).unwrap();
        assert_eq!(plain, "C-1's password");
    }
}

/// Whoever it is encrypted for reads it, and nobody else.
#[test]
fn a_sealed_password_opens_for_its_keys_and_for_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let file = |at: u8| folder.path().join(format!("{at}/key.txt"));
    let keys: Vec<KeyFile> = (0..5).map(|at| Vault::new(file(at)).key().unwrap()).collect();
    let chosen = prop::collection::btree_set(0..keys.len(), 1..=keys.len());
    proptest!(ProptestConfig { cases: 24, ..ProptestConfig::default() }, |(password in "\\PC{0,40}", chosen in chosen)| {
        let public: Vec<PublicKey> = chosen.iter().map(|at| keys[*at].public().unwrap()).collect();
        let secret = Secret::new(password);
        let sealed = seal_for(&secret, &public).unwrap();
        for (at, key) in keys.iter().enumerate() {
            prop_assert_eq!(key.open(&sealed), chosen.contains(&at).then(|| secret.clone()));
        }
    });
}

/// Two people on one computer, and one whose own key file is gone there.
#[test]
fn who_is_to_be_asked_on_the_same_computer_is_named_and_never_oneself() {
    let world = World::new();
    saved(&desk(&world, 1, "ann"), &["C-1"]);
    let told = |number, operator| {
        let options = StoreOptions { identity: key_file(&world, number), ..world.options(operator) };
        let store = Store::open(StoreOptions { host: "desk-1".into(), ..options }).unwrap();
        let run = store.open_run(called(&store, "C-1").id, Product::MpExchange).unwrap();
        store.leave_run(&run.id).unwrap();
        run.key_needed.closed().for_commands().to_string()
    };
    assert!(told(2, "bob").contains("then on desk-1 as ann run: "), "{}", told(2, "bob"));
    assert!(told(3, "ann").starts_with("The key file is gone"), "{}", told(3, "ann"));
}
