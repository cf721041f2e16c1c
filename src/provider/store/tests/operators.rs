//! Who is who: an account is known again by its number, however its name is spelt; roles, and the way back to an Admin.

use super::{super::KnownAccount, *};
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
    let Some(world) = World::on_file() else { return };
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
    let Some(world) = World::on_file() else { return };
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
    let Some(world) = World::on_file() else { return };
    drop(world.open("jane"));
    let store = opened(&world, account("CORP\\jane", 1000), "desk-4");
    assert!(store.operator().is_admin);
    let rows = store.operators().unwrap();
    assert_eq!(
        (rows.len(), &rows[0].accounts),
        (1, &vec![KnownAccount { role: None, host: "desk-4".into(), number: Some(1000) }])
    );
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

/// Opens a record on a server by a role of its own, which may do everything there.
fn opened_as(world: &World, role: &str, account: Account, host: &'static str) -> Store {
    let place = Place::Server(Box::new(world.database.as_ref().unwrap().at_as(role)));
    Store::open(StoreOptions { place, account, host: host.into(), ..world.options("") }).unwrap()
}

#[test]
fn on_a_server_an_account_is_known_by_role_number_and_computer_and_by_no_name() {
    let world = World::by_owner();
    let Some(database) = &world.database else { return };
    let role = database.role();
    let first = opened(&world, account("ann", 1000), "desk-1");
    assert_eq!((first.operator().name.as_str(), first.operator().is_admin), ("ann", true));
    for (by, account, host, name) in [
        (None, account("ann", 1000), "desk-1", "ann"),
        (None, account("CORP\\ann", 1000), "desk-1", "ann"),
        // The same name: on another computer, by another role, another account of the same computer.
        (None, account("ann", 1000), "desk-2", "ann (role postgres, desk-2)"),
        (Some(&role), account("ann", 1000), "desk-1", "ann (role ROLE, desk-1)"),
        (None, account("ANN", 1001), "desk-1", "ANN (role postgres, desk-1)"),
        (None, account("ann", 1002), "desk-2", "ann (role postgres, desk-2)-1002"),
        (None, Account::from("ann"), "desk-3", "ann (role postgres, desk-3)"),
        (None, account("ben", 1003), "desk-1", "ben"),
    ] {
        let name = name.replace("ROLE", &role);
        for _again in 0..2 {
            let store = match by {
                Some(role) => opened_as(&world, role, account.clone(), host),
                None => opened(&world, account.clone(), host),
            };
            let operator = store.operator();
            assert_eq!((operator.name.as_str(), operator.is_admin), (name.as_str(), name == "ann"));
        }
    }
    // What they do stands under the name that tells them apart.
    first.set_admin(&Text::of(format_args!("ann (role {role}, desk-1)")), true).unwrap();
    let second = opened_as(&world, &role, account("ann", 1000), "desk-1");
    second.add_customer(&new_customer("A", "A", &[]), &Accepts::default()).unwrap();
    let by = world.words("SELECT operator || ' on ' || host FROM audit ORDER BY id DESC LIMIT 1");
    assert_eq!(by, [format!("ann (role {role}, desk-1) on desk-1")]);
    let rows = first.operators().unwrap();
    let own = rows.iter().find(|row| row.name.as_str() == "ann").unwrap();
    let account = KnownAccount { role: Some("postgres".into()), host: "desk-1".into(), number: Some(1000) };
    assert_eq!(own.accounts, [account]);
    drop(second);
}

#[test]
fn an_account_of_a_record_that_was_a_file_is_known_again_on_the_server_and_back() {
    let world = World::new();
    if world.database.is_none() {
        return;
    }
    drop(opened(&world, account("zoe", 7), "desk-9"));
    // As a record brings it that was moved here.
    world.run("INSERT INTO operator (name, is_admin, since) VALUES ('ann', true, 0)");
    world.run("INSERT INTO account (host, number, operator) VALUES ('desk-1', 1000, 'ann')");
    for _again in 0..2 {
        let ann = opened(&world, account("ann", 1000), "desk-1").operator();
        assert_eq!((ann.name.as_str(), ann.is_admin), ("ann", true));
    }
    assert!(!opened(&world, account("ann", 1000), "desk-2").operator().is_admin);
    assert_eq!(world.number("SELECT count(*) FROM account_on_server WHERE operator = 'ann'"), 1);
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
