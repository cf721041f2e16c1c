//! `backup365 status`, the built binary: who is really protected, and how it ends.

use backup365::{
    domain::{
        customer::{NewCustomer, Product},
        doubt::Accepts,
        id::{RunId, UserId},
        protection::Chosen,
        tenant::Organisation,
        text::Text,
        time::{Clock, Moment},
        user::Kind,
        verdict::ListSummary,
    },
    provider::store::{Store, StoreOptions},
};
use serde_json::json;

use crate::{
    customers::{Ended, called, run},
    terminal::{Home, Terminal},
};

/// When work is done: 14:00 in Sydney.
const DAY: &str = "2026-11-23T14:00:00+11:00";

/// An hour after that day's 20:00.
const NIGHT: &str = "2026-11-23T21:00:00+11:00";

/// What the words mean stands last.
const SWEEP: &str = "A sweep is the work of 20:00 in Sydney that turns on whom Enable Auto has scheduled; a sweeper is the timer that starts it.\n";

fn status(home: &Home, clock: &str, arguments: &[&str]) -> Ended {
    run(home, &[&["--clock", clock, "status"], arguments].concat())
}

/// The sandbox's record, as the program has it, at `DAY`.
fn store(home: &Home) -> Store {
    Store::open(StoreOptions {
        place: home.store().into(),
        identity: home.path().join(".config/backup365/sandbox-identity.txt"),
        clock: Clock::fixed(Moment::parse(DAY).unwrap()),
        account: "ann".into(),
        as_user: false,
        host: "desk-1".into(),
        is_sandbox: true,
    })
    .unwrap()
}

/// A customer of its own with Office 365 enabled.
fn enabled(store: &Store, number: u32) -> RunId {
    let customer = NewCustomer {
        reference: Text::of(format_args!("T-{number}")),
        name: Text::of(format_args!("Test Customer {number}")),
        domain: Text::of(format_args!("test{number}.example")),
        is_active: true,
        products: vec![Product::Office365],
        ..NewCustomer::default()
    };
    store.seed_customers(&[customer]).unwrap();
    let customer = called(store, &format!("T-{number}"));
    let run = store.open_run(customer.id, Product::Office365).unwrap().id;
    let tenant = format!("{number:08}-1111-4111-8111-111111111111").parse().unwrap();
    let found = Organisation { tenant, name: None, domain: None, region: None };
    store.save_organisation(&run, &found, &Accepts::default()).unwrap();
    store.save_proof(&run, Some(&found)).unwrap();
    store.enable(&run).unwrap();
    run
}

fn users(count: u8) -> Vec<Chosen> {
    (1..=count)
        .map(|number| Chosen {
            id: UserId::from_bytes([number; 16]),
            address: Text::of(format_args!("user{number}@test.example")),
            name: Text::of(format_args!("User {number}")),
            kind: Kind::User,
        })
        .collect()
}

#[test]
fn a_fresh_record_needs_nothing() {
    let home = Home::new();
    let ended = status(&home, DAY, &[]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let mut lines = ended.out.lines();
    assert_eq!(lines.next(), Some("Last sweep: none; no sweeper has run here."));
    assert!(!ended.out.contains("Next sweep due"), "no sweep is promised: {}", ended.out);
    assert!(
        ended
            .out
            .contains("C-1001     Harbour Street Cafe         Office 365   -          -      not started\n")
    );
    assert!(ended.out.ends_with(&format!("\nNobody is protected yet.\n{SWEEP}")), "{}", ended.out);
    let quiet = status(&home, DAY, &["--attention"]);
    assert!(quiet.out.ends_with(&format!("No product needs attention.\n{SWEEP}")), "{}", quiet.out);
    let object = status(&home, DAY, &["--json", "harbour"]).json("status");
    assert_eq!(object["products"].as_array().unwrap().len(), 1);
    let verbose = status(&home, DAY, &["--verbose"]);
    assert!(verbose.err.contains(&format!("The record: {}\n", home.store().display())), "{}", verbose.err);
}

#[test]
fn protected_is_what_the_record_says() {
    let home = Home::new();
    let record = store(&home);
    let run = enabled(&record, 1);
    record.save_list(&run, &ListSummary::of(12, 9)).unwrap();
    record.apply_batch(&run, &users(3)).unwrap();
    record.park_run(&run, None).unwrap();
    let auto = enabled(&record, 2);
    record.save_list(&auto, &ListSummary::of(8, 8)).unwrap();
    record.apply_batch(&auto, &users(2)).unwrap();
    record.make_rule(&auto, 8, 18).unwrap();
    let ended = status(&home, DAY, &["test customer", "--attention"]);
    assert_eq!(ended.code, 6, "{}", ended.err);
    for words in [
        "T-2 · Test Customer 2 · Office 365: partly done: 6 users wait for Enable Auto, and nothing will run at 20:00",
        "Last sweep: none; no sweeper has run here.\nNext sweep: nothing will run at 20:00: no sweeper is installed. \
         Ask your lead to run backup365 sweep --install --sandbox on the computer that has this record; it must stay on.\n",
    ] {
        assert!(ended.out.contains(words), "{words}{}", ended.out);
    }
    record.note_sweeper_installed(&"desk-1".into()).unwrap();
    let ended = status(&home, DAY, &["test customer"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    for row in [
        format!("T-1        Test Customer 1  Office 365  3 of 9     11:00 AWST  enabled, {run} parked\n"),
        format!(
            "T-2        Test Customer 2  Office 365  2 of 8     11:00 AWST  automatic, 6 scheduled, {auto} open with "
        ),
        "\n5 protected of 17 eligible, 6 scheduled.\nWho could be protected is as old as the lists, the oldest as of 11:00 AWST; \
         --refresh lists again.\n"
            .to_owned(),
        "Last sweep: none yet; a sweeper is installed on desk-1.\n".to_owned(),
    ] {
        assert!(ended.out.contains(&row), "{row}{}", ended.out);
    }
    // The numbers of a list carry its day.
    let later = status(&home, "2026-11-26T14:00:00+11:00", &["T-1"]);
    assert!(later.out.contains("  3 of 9     Mon 23 Nov 11:00 AWST  enabled"), "{}", later.out);
    let object = status(&home, DAY, &["T-1", "--json"]).json("status");
    let row = &object["products"][0]["status"];
    assert_eq!(
        (&row["as_of"], &row["left"], &row["ticked"]),
        (&json!("2026-11-23T03:00:00Z"), &json!(0), &json!(0))
    );
    assert_eq!(object["sums"]["oldest_list"], row["as_of"]);
    // The row is the truth, whatever was asked for.
    rusqlite::Connection::open(home.store())
        .unwrap()
        .execute("UPDATE seat SET state = 'off' WHERE address = 'user3@test.example'", [])
        .unwrap();
    assert!(status(&home, DAY, &["T-1"]).out.contains(" 2 of 9 "));
}

#[test]
fn a_sweep_that_did_not_run_comes_first_and_ends_with_6() {
    let home = Home::new();
    let record = store(&home);
    let run = enabled(&record, 1);
    record.make_rule(&run, 5, 15).unwrap();
    let ended = status(&home, DAY, &["--attention"]);
    assert_eq!(ended.code, 6, "{}", ended.out);
    assert!(
        ended.out.contains("Enable Auto is on, and nothing will run at 20:00: no sweeper is installed"),
        "{}",
        ended.out
    );
    record.note_sweeper_installed(&"desk-1".into()).unwrap();
    drop(record);
    assert_eq!(status(&home, DAY, &[]).code, 0);
    let ended = status(&home, NIGHT, &[]);
    assert_eq!(ended.code, 6, "{}", ended.out);
    assert!(
        ended.out.starts_with("OVERDUE: Enable Auto did not run at 20:00 in Sydney: 1 rule waits."),
        "{}",
        ended.out
    );
    let why =
        "NEEDS ATTENTION: T-1 · Test Customer 1 · Office 365: the sweep is overdue; none has finished yet.\n";
    assert!(ended.out.contains(why), "{}", ended.out);
    let only = status(&home, NIGHT, &["--attention"]);
    assert_eq!((only.code, only.out.contains("C-1001")), (6, false), "{}", only.out);
    // Rule 17 holds whatever is looked for.
    let other = status(&home, NIGHT, &["harbour"]);
    assert_eq!((other.code, other.out.starts_with("OVERDUE: ")), (6, true));
    let object = status(&home, NIGHT, &["--json"]).json("status");
    assert_eq!((&object["needs_attention"], &object["sweep"]["overdue"]), (&json!(true), &json!(true)));
    assert!(run_list(&home, NIGHT).err.contains("Enable Auto did not run at 20:00 in Sydney"));
}

fn run_list(home: &Home, clock: &str) -> Ended {
    run(home, &["--clock", clock, "customers", "list"])
}

#[test]
fn interrupted_and_partly_done_work_needs_attention() {
    let home = Home::new();
    let record = store(&home);
    let cut = enabled(&record, 1);
    record.begin_apply(&cut, &users(3)).unwrap();
    let partly = enabled(&record, 2);
    rusqlite::Connection::open(home.store())
        .unwrap()
        .execute("UPDATE customer SET seats = 1 WHERE reference = 'T-2'", [])
        .unwrap();
    record.begin_apply(&partly, &users(3)).unwrap();
    record.apply_batch(&partly, &users(3)).unwrap();
    record.end_apply(&partly, false).unwrap();
    drop(record);
    let ended = status(&home, DAY, &["--attention"]);
    assert_eq!(ended.code, 6);
    for words in [
        "NEEDS ATTENTION: T-1 · Test Customer 1 · Office 365: turning users on was interrupted.\n",
        "Office 365: partly done: 2 users were chosen, and neither protected nor scheduled.\n",
        "2 products need attention.\n",
    ] {
        assert!(ended.out.contains(words), "{words}{}", ended.out);
    }
    let object = status(&home, DAY, &["--attention", "--json"]).json("status");
    assert_eq!(object["products"][1]["status"]["missed"], json!(2));
    assert_eq!(object["sums"]["need_attention"], json!(2));
}

#[test]
fn a_run_that_waits_for_consent_says_since_when() {
    let home = Home::new();
    let mut wizard = Terminal::opened(&home);
    wizard.confirms("Harbour Street Cafe").keys("\r").sees(&["adminconsent"]);
    let ended = run(&home, &["status", "harbour", "--json"]);
    let object = ended.json("status");
    let row = &object["products"][0]["status"];
    assert_eq!((&row["stand"], &row["run"]["state"]), (&json!("waiting_for_consent"), &json!("held")));
    assert!(row["run"]["waiting_since"].is_string(), "{object:#}");
    assert_eq!(object["sums"]["waiting_for_consent"], json!(1));
    let ended = run(&home, &["status", "harbour"]);
    assert!(ended.out.contains("waiting for consent since "), "{}", ended.out);
}

#[test]
fn refreshed_numbers_are_those_of_now_and_nobody_is_turned_on() {
    let home = Home::new();
    let sandbox = |clock: &str, arguments: &[&str]| run(&home, &[&["--clock", clock], arguments].concat());
    let all = ["--rehearse", "--users", "all", "--max-seats", "60", "--wait", "10m"];
    let set_up = sandbox(DAY, &[&["provision", "C-1001"], &all[..]].concat());
    assert_eq!(set_up.code, 0, "{}\n{}", set_up.out, set_up.err);
    let numbers = |ended: &Ended| {
        let object = ended.json("status");
        let row = &object["products"][0]["status"];
        ["protected", "eligible", "listed"].map(|name| row[name].as_u64().unwrap())
    };
    let before = numbers(&status(&home, DAY, &["C-1001", "--json"]));
    let again = status(&home, DAY, &["--refresh", "C-1001", "--json"]);
    assert_eq!(numbers(&again), before, "a look without a wizard counts as one with it: {}", again.err);
    // Three days and some new users later the record is as old as it was, and says so.
    let later = "2026-11-26T14:00:00+11:00";
    assert_eq!(numbers(&status(&home, later, &["C-1001", "--json"])), before);
    let ended = status(&home, later, &["--refresh", "harbour", "--wait", "5m"]);
    assert_eq!(ended.code, 0, "{}\n{}", ended.out, ended.err);
    for words in [
        "Listing 1 product again, 4 at once, each for at most 5 min.",
        "1 of 1: Harbour Street Cafe · Office 365: ",
    ] {
        assert!(ended.err.contains(words), "{words}\n{}", ended.err);
    }
    let now = numbers(&status(&home, later, &["C-1001", "--json"]));
    assert!(now[0] == before[0] && now[1] > before[1] && now[2] > before[2], "{before:?} {now:?}");
    assert!(ended.out.contains(&format!(" {} of {} ", now[0], now[1])), "{}", ended.out);
    // Nothing to list is no trouble.
    let none = status(&home, later, &["--refresh", "C-1002"]);
    assert!(none.code == 0 && none.err.contains("Nothing to list again"), "{}", none.err);
}

#[test]
fn a_customer_who_must_accept_again_is_attention_and_delays_nobody() {
    let home = Home::new();
    for customer in ["C-1001", "C-1003"] {
        let arguments = ["provision", customer, "--rehearse", "--users", "none", "--wait", "10m"];
        let set_up = run(&home, &arguments);
        assert_eq!(set_up.code, 0, "{}\n{}", set_up.out, set_up.err);
    }
    let emptied = run(&home, &["sandbox", "--reset"]);
    assert_eq!(emptied.code, 0, "{}", emptied.err);
    let accepted = run(&home, &["provision", "C-1003", "--rehearse", "--users", "none", "--wait", "10m"]);
    assert_eq!(accepted.code, 0, "{}\n{}", accepted.out, accepted.err);
    let ended = run(&home, &["status", "--refresh"]);
    assert_eq!(ended.code, 6, "{}\n{}", ended.out, ended.err);
    assert!(ended.err.contains("Harbour Street Cafe · Office 365: NOT LISTED: "), "{}", ended.err);
    assert!(ended.err.contains(" listed, "), "the other one is listed: {}", ended.err);
    let kept = run(&home, &["status", "--attention"]);
    assert_eq!(kept.code, 6, "{}", kept.out);
    assert!(
        kept.out.contains("C-1001 · Harbour Street Cafe · Office 365: it could not be looked at again, "),
        "{}",
        kept.out
    );
    assert!(kept.out.contains("has to accept again"), "{}", kept.out);
}
