//! Who is who: an account is known again by its number, however its name is spelt; roles, and the way back to an Admin.

use super::*;
use crate::domain::{
    operator::{Account, Operator},
    sign_in::SignedIn,
};

/// An account with a number.
fn account(name: &'static str, number: u32) -> Account {
    Account { number: Some(number), ..Account::from(name) }
}

/// Opens the record by an account, on a computer.
fn opened(world: &World, account: Account, host: &'static str) -> Store {
    Store::open(StoreOptions { account, host: host.into(), ..world.options("") }).unwrap()
}

fn names(store: &Store) -> Vec<String> {
    store.operators().unwrap().iter().map(|row| row.name.to_string()).collect()
}

#[test]
fn another_spelling_of_an_account_is_the_same_operator() {
    let world = World::new();
    let first = opened(&world, account("jane", 1000), "desk-4");
    assert!(first.operator().is_admin);
    for spelling in ["JANE", "CORP\\jane", "jane@corp.example"] {
        let store = opened(&world, account(spelling, 1000), "desk-4");
        assert_eq!((store.operator().name.as_str(), store.operator().is_admin), ("jane", true), "{spelling}");
        // On another computer the number is another one: there the name tells.
        assert!(opened(&world, account(spelling, 77), "laptop").operator().is_admin, "{spelling}");
        // A system without numbers.
        assert!(opened(&world, Account::from(spelling), "windows").operator().is_admin, "{spelling}");
    }
    // Nothing tells the name: cron, and an account of a directory service.
    let nameless = Account { name: None, ..account("", 1000) };
    assert_eq!(opened(&world, nameless, "desk-4").operator().name.as_str(), "jane");
    assert_eq!(names(&first), ["jane"]);
}

#[test]
fn the_name_of_an_account_that_was_renamed_follows() {
    let world = World::new();
    drop(opened(&world, account("jane", 1000), "desk-4"));
    let store = opened(&world, account("jane.smith", 1000), "desk-4");
    assert_eq!((store.operator().name.as_str(), store.operator().is_admin), ("jane.smith", true));
    assert_eq!(names(&store), ["jane.smith"]);
    assert_eq!(
        world.words("SELECT what FROM audit"),
        ["jane is now called jane.smith: the account was renamed"]
    );
}

#[test]
fn another_account_of_this_computer_with_the_same_name_is_another_operator() {
    let world = World::new();
    drop(opened(&world, account("jane", 1000), "desk-4"));
    let other = opened(&world, account("JANE", 1001), "desk-4");
    assert_eq!((other.operator().name.as_str(), other.operator().is_admin), ("JANE-1001", false));
    assert_eq!(opened(&world, account("JANE", 1001), "desk-4").operator().name.as_str(), "JANE-1001");
    // Renamed to a name that somebody has: it keeps its own.
    drop(opened(&world, account("ben", 1002), "desk-4"));
    assert_eq!(opened(&world, account("jane", 1002), "desk-4").operator().name.as_str(), "ben");
}

#[test]
fn a_record_of_before_takes_the_numbers_up() {
    let world = World::new();
    drop(world.open("jane"));
    let store = opened(&world, account("CORP\\jane", 1000), "desk-4");
    assert!(store.operator().is_admin);
    let rows = store.operators().unwrap();
    assert_eq!((rows.len(), &rows[0].accounts), (1, &vec![("desk-4".into(), 1000)]));
    assert_eq!(opened(&world, account("smith", 1000), "desk-4").operator().name.as_str(), "smith");
}

#[test]
fn a_refusal_names_the_admins_and_the_command() {
    let world = World::new();
    let (_ann, ben) = (world.open("ann"), world.open("ben"));
    let failure = ben.add_customer(&new_customer("A", "A", &[]), &Accepts::default()).unwrap_err();
    let words = failure.for_commands();
    assert!(words.as_str().contains("Admins here: ann."), "{words}");
    assert!(words.as_str().contains("backup365 operators set ben --admin"), "{words}");
    let Operator { admins, .. } = ben.operator();
    assert_eq!(admins, ["ann".into()]);
}

#[test]
fn an_operator_is_named_in_any_spelling_and_the_last_admin_stays() {
    let world = World::new();
    let (ann, ben) = (world.open("ann"), world.open("ben"));
    assert!(ann.set_admin(&"CORP\\BEN".into(), true).unwrap());
    assert!(!ann.set_admin(&"ben".into(), true).unwrap(), "it is one already");
    assert!(ben.set_admin(&"ann".into(), false).unwrap());
    let failure = ben.set_admin(&"ben".into(), false).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Conflict);
    assert!(failure.for_commands().as_str().contains("only Admin"), "{failure:?}");
    let failure = ben.set_admin(&"zoe".into(), true).unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert!(failure.for_commands().as_str().contains("On record: ann, ben."), "{failure:?}");
}

#[test]
fn whoever_may_write_the_record_becomes_an_admin_on_purpose_and_that_is_on_record() {
    let world = World::new();
    let live = |name, number| {
        let account = account(name, number);
        Store::open(StoreOptions { account, is_sandbox: false, ..world.options("") }).unwrap()
    };
    let (root, jane) = (live("root", 0), live("jane", 1000));
    assert!(root.operator().warning.is_some() && jane.operator().warning.is_none());
    assert!(live("root", 0).operator().warning.is_none(), "said once");
    assert!(jane.recover_admin().unwrap());
    assert!(!jane.recover_admin().unwrap(), "it is one already");
    jane.add_customer(&new_customer("A", "A", &[]), &Accepts::default()).unwrap();
    let audit = world.words("SELECT operator || ': ' || what FROM audit ORDER BY id");
    assert_eq!(audit[0], "jane: made themselves an Admin (recovery)");
    jane.set_admin(&"root".into(), false).unwrap();
}

/// Somebody who is signed in, by the end of the account's number.
fn signed_in(name: &'static str, end: u8, is_admin: bool) -> Account {
    let object = uuid::Uuid::from_u128(end.into());
    let tenant = "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684".parse().unwrap();
    let who = SignedIn { tenant, object, name: name.into(), is_admin };
    Account { signed_in: Some(who), ..account("jane", 1000) }
}

#[test]
fn who_signs_in_is_known_by_the_number_at_microsoft_and_has_the_role_from_there() {
    let world = World::new();
    let mara = opened(&world, signed_in("mara@corp.example", 1, false), "desk-4");
    let operator = mara.operator();
    // The first on a record, and a User all the same.
    assert!(operator.is_signed_in && !operator.is_admin && operator.admins.is_empty());
    let refused = mara.add_customer(&new_customer("A", "A", &[]), &Accepts::default()).unwrap_err();
    assert!(refused.for_commands().as_str().contains("assigns the role Admin"), "{refused:?}");
    assert!(mara.recover_admin().is_err(), "no way round the role");
    // Assigned another role, and called otherwise, on another computer.
    let again = opened(&world, signed_in("mara.quill@corp.example", 1, true), "laptop");
    assert!(again.operator().is_admin);
    assert_eq!(names(&again), ["mara.quill@corp.example"]);
    assert!(again.set_admin(&"mara.quill@corp.example".into(), false).is_err());
    // Another account at Microsoft that has got the name.
    let other = opened(&world, signed_in("mara.quill@corp.example", 2, false), "desk-4");
    assert_eq!(other.operator().name.as_str(), "mara.quill@corp.example (000000000002)");
    assert!(!other.operator().is_admin);
}

#[test]
fn no_account_of_a_computer_becomes_an_operator_who_signs_in_by_its_name() {
    for (account, name) in [
        (account("mara", 1001), "mara"),
        (account("mara@corp.example", 1002), "mara@corp.example (account)"),
        (Account::from("MARA@corp.example"), "MARA@corp.example"),
    ] {
        let world = World::new();
        drop(opened(&world, signed_in("mara@corp.example", 1, true), "desk-4"));
        let local = opened(&world, account, "desk-4").operator();
        assert_eq!((local.name.as_str(), local.is_admin), (name, false));
        assert!(!local.is_signed_in);
    }
}
