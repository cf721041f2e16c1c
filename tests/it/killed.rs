//! Killed with SIGKILL at every step of every path and started again: same step, nothing confirmed is asked twice,
//! written twice or lost.

mod batches;
mod hosted;
pub(crate) mod moments;
mod office;
mod onward;
mod typed;
pub(crate) mod whole;

pub(crate) use self::{
    office::changed,
    onward::{Manner, go_on},
};

use super::terminal::{DOWN, ENTER, Home, RIGHT, Record, TAB, Terminal};

#[test]
fn office_365_through_manage_protect_up_to_enable() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);

    terminal.picks("Harbour Street Cafe").takes(0).sees(&["‹ Yes, this is the organisation ›"]);
    terminal = terminal.killed(&home, &[]);
    terminal.sees(&["● Access", "Is this the organisation of", "‹ Yes, this is the organisation ›"]);

    terminal.keys(ENTER).sees(&["● Authorise", "…e397"]);
    terminal = terminal.killed(&home, &[]);
    terminal.sees(&["● Authorise", "…e397", ">‹ Authorise ›", "Authorise shows the link"]);

    terminal.keys(ENTER).sees(&["adminconsent"]);
    Record::of(&home).waits("run WHERE link_shown IS NOT NULL", 1);
    terminal = terminal.killed_to_run(&home);
    terminal.sees(&["● Authorise", "adminconsent", "Waiting for consent since"]);

    // The customer accepts; the program dies before it could ask.
    terminal.keys("w").sees(&["pressed Accept"]);
    terminal = terminal.killed(&home, &[]);
    terminal.sees(&["● Authorise", ">‹ Enable ›", "All checks are good"]);
    Record::of(&home).waits("run WHERE proved IS NOT NULL", 1);
    terminal = terminal.killed_to_run(&home);
    terminal.sees(&["● Authorise", ">‹ Enable ›", "All checks are good"]);
    assert_eq!(Record::of(&home).count("enablement"), 0);

    terminal.keys(ENTER).sees(&["Which users shall be protected?"]);
    terminal = terminal.killed(&home, &[]);
    terminal.lists("37").sees(&["● Users", "ticked 0"]);
    let record = Record::of(&home);
    assert_eq!((record.count("run"), record.count("enablement"), record.seats()), (1, 1, 0));
    assert_eq!(record.count("audit WHERE what LIKE 'opened the run%'"), 1);
    assert_eq!(record.count("audit WHERE what LIKE 'chose the organisation%'"), 1);
}

#[test]
fn office_365_from_the_users_to_the_outcome() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.reaches_users("Harbour Street Cafe", "37");
    terminal = terminal.killed_to_run(&home);
    terminal.lists("37").sees(&["● Users"]);

    // An exclusion and three ticks; the draft is saved by itself within a second.
    terminal.keys(&format!("x{DOWN} {DOWN} {DOWN} ")).sees(&["ticked 3", "excluded 1"]);
    let record = Record::of(&home);
    record.waits("draft WHERE length(exceptions) = 48 AND is_all = 0", 1);
    record.waits("exclusion", 1);
    terminal = terminal.killed(&home, &[]);
    terminal.lists("37").sees(&["ticked 3", "excluded 1"]);

    // A review is a question: it is asked again.
    terminal.keys(ENTER).sees(&["Turn 3 users on?"]);
    terminal = terminal.killed(&home, &[]);
    terminal.sees(&["Which users shall be protected?", "ticked 3", "excluded 1"]).applies("3");
    // Results come back as they stood there, once; nobody is turned on again.
    terminal = terminal.killed(&home, &[]);
    terminal.sees(&["3 users protected"]).keys("\x1b");
    terminal.sees(&["Which users shall be protected?", "seats 3 → 3", "ticked 0", "excluded 1", "[=]"]);
    assert_eq!((record.seats(), record.count("chosen")), (3, 3));

    terminal.keys("u").takes_no_sweeper();
    terminal
        .sees(&["Switch Enable Auto on?", "new seats 30"])
        .keys("30")
        .keys(ENTER)
        .sees(&["waits for a sweep"]);
    terminal = terminal.killed_to_run(&home);
    terminal.sees(&["Which users shall be protected?", "waits for a sweep", "seats 3 → 3", "excluded 1"]);
    assert_eq!((record.count("auto_rule"), record.count("exclusion"), record.seats()), (1, 1, 3));

    terminal.keys(ENTER).sees(&["● Outcome", "Partly done: 3 users are protected, 30 wait for a sweep"]);
    let run = record.run();
    terminal.kill();
    // A finished run is not taken up from the first screen any more; by its number it is shown.
    let mut terminal = Terminal::opened(&home);
    terminal.sees(&["no sweeper runs"]);
    terminal.kill();
    let mut terminal = Terminal::start(&home, &["--run", &run]);
    terminal.sees(&["● Outcome", "Partly done: 3 users are protected", "none can turn them on yet"]);
    assert_eq!(terminal.quits(), 3);
    assert_eq!((record.seats(), record.count("chosen"), record.count("auto_rule")), (3, 3, 1));
    assert_eq!(record.count("audit WHERE what = 'finished the run'"), 1);
}

#[test]
fn office_365_by_tenant() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.picks("Kauri Building Supplies").takes(0).sees(&["> Tenant ID ["]);
    terminal = terminal.killed(&home, &[]);
    terminal
        .sees(&["● Access", "> Tenant ID ["])
        .keys("kauribuilding.example")
        .sees(&["c 2 c a", "‹ Save ›"]);
    // Shown, not saved: what was typed stands there again, and is still a question.
    Record::of(&home).waits("form WHERE fields LIKE '%kauribuilding.example%'", 1);
    terminal = terminal.killed(&home, &[]);
    terminal.sees(&["● Access", "> Tenant ID [kauribuilding.example ", "c 2 c a", "‹ Save ›"]);
    terminal.keys(ENTER).sees(&[">‹ Save ›"]).keys(ENTER);
    terminal.sees(&["● Authorise", "…c2ca"]);
    terminal = terminal.killed(&home, &[]);
    terminal.sees(&["● Authorise", "…c2ca"]).plays().sees(&[">‹ Enable ›", "All checks are good"]);
    terminal = terminal.killed_to_run(&home);
    terminal.enables().lists("70").keys("a").sees(&["ticked 61"]);
    Record::of(&home).waits("draft WHERE is_all = 1", 1);
    terminal = terminal.killed(&home, &[]);
    terminal.lists("70").sees(&["ticked 61"]).applies("61");
    terminal = terminal.killed_to_run(&home);
    terminal.sees(&["61 users protected"]).keys("\x1b");
    terminal.sees(&["seats 61 → 61", "ticked 0"]).finishes().sees(&["Done: 61 users"]);
    assert_eq!(terminal.quits(), 0);
    let record = Record::of(&home);
    assert_eq!((record.seats(), record.count("chosen"), record.count("enablement")), (61, 61, 1));
}

#[test]
fn hosted_products() {
    for (customer, domain, sample, secret, listed) in [
        ("Anderson Dental", "andersondental.example", "ana.brennan", "invented-anderson", "8"),
        ("Penguin Parade Motel", "penguinparademotel.example", "bruce.tan", "invented-penguin", "4"),
    ] {
        let home = Home::new();
        let mut terminal = Terminal::opened(&home);
        terminal.picks(customer).takes(0).sees(&["> A mailbox to try  "]);
        terminal = terminal.killed(&home, &[]);
        terminal.sees(&["● Access"]);
        terminal.impersonates(&format!("{sample}@{domain}"), &format!("svc-backup@{domain}"), secret);
        terminal.keys(TAB).keys(RIGHT).keys(TAB).sees(&[">‹ Save ›"]).keys(ENTER).sees(&["● Authorise"]);
        terminal = terminal.killed(&home, &[]);
        // The password is not asked again: the saved one is tried.
        terminal.sees(&["● Authorise", "The account signs in", ">‹ Enable ›", "All checks are good"]);
        terminal = terminal.killed_to_run(&home);
        terminal.enables();
        terminal = terminal.killed(&home, &[]);
        terminal.sees(&["● Users"]).lists(listed).keys(&format!(" {DOWN} ")).sees(&["ticked 2"]);
        let record = Record::of(&home);
        record.waits("draft WHERE length(exceptions) = 32", 1);
        terminal = terminal.killed(&home, &[]);
        terminal.lists(listed).sees(&["ticked 2"]).applies("2");
        terminal = terminal.killed_to_run(&home);
        terminal.sees(&["2 users protected"]).keys("\x1b");
        terminal.sees(&["seats 2 → 2", "ticked 0"]).finishes().sees(&["Done: 2 users"]);
        assert_eq!(terminal.quits(), 0);
        assert_eq!((record.seats(), record.count("chosen")), (2, 2));
        assert_eq!(
            (record.count("impersonation"), record.count("enablement"), record.count("run")),
            (1, 1, 1)
        );
    }
}

#[test]
fn an_apply_under_way_is_completed_without_a_question() {
    let (home, world) = crowded();
    let arguments = ["--world", world.as_str()];
    let mut terminal = Terminal::start(&home, &arguments);
    terminal.turns_a_crowd_on();
    let record = Record::of(&home);
    record.waits("apply WHERE ended IS NULL", 1);
    terminal = terminal.killed(&home, &arguments);
    // How many are left depends on the moment of the kill.
    terminal.sees(&["users protected", "Enter finish"]);
    assert_eq!(record.seats(), 12_000);
    assert_eq!(record.count("chosen WHERE outcome = 'turned_on'"), 12_000);
    assert_eq!(
        (record.count("chosen"), record.count("apply"), record.count("apply WHERE ended IS NULL")),
        (12_000, 1, 0)
    );
    terminal.keys(ENTER).sees(&["Done: 12,000 users are protected"]);
    assert_eq!(terminal.quits(), 0);
}

#[test]
fn a_second_window_may_look_and_not_touch() {
    let home = Home::new();
    let mut first = Terminal::opened(&home);
    first.confirms("Harbour Street Cafe");
    let run = Record::of(&home).run();

    let mut second = Terminal::opened(&home);
    second.sees(&["open elsewhere"]).finds("Harbour Street Cafe").keys(ENTER);
    second.sees(&["● Authorise", "has this run on", "Enter read again"]);
    second.keys(ENTER).keys("h").sees(&["still has this run on"]);
    assert_eq!(Record::of(&home).count("run WHERE link_shown IS NOT NULL"), 0);
    second.kill();
    let mut second = Terminal::start(&home, &["--run", &run]);
    second.sees(&["● Authorise", "has this run on"]);

    // The first one goes on undisturbed; once it is killed, the run is free, and h in the second window takes it.
    first.plays().sees(&[">‹ Enable ›", "All checks are good"]);
    first.kill();
    second.keys("h").loses("has this run on");
    second.enables().lists("37").loses("has this run on");
}

/// A home folder, and in it a world of one customer with so many users that an apply takes a while.
pub(crate) fn crowded() -> (Home, String) {
    let home = Home::new();
    let large = include_str!("../../assets/sandbox/large.toml");
    let (head, tail) = large.split_once("crowd = {").unwrap();
    let (_, tail) = tail.split_once('}').unwrap();
    let path = home.path().join("crowded.toml");
    std::fs::write(&path, format!("{head}crowd = {{ users = 12000, shared = 20, rooms = 10 }}{tail}"))
        .unwrap();
    let path = path.to_str().unwrap().to_owned();
    (home, path)
}
