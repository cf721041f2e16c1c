//! What can go wrong between the link and the proof, by the sandbox's pages and errors: each is named with its code, and has
//! words for the customer and a way on. A grant that went astray is found; one that is given again harms nothing.

use crate::{
    customers::{Ended, run},
    terminal::{Home, Record, Terminal},
};

/// Harbour Street Cafe, played, with a trouble.
fn played(home: &Home, fault: &str) -> Ended {
    run(home, &["provision", "C-1001", "--users", "none", "--rehearse", "--wait", "1s", "--fault", fault])
}

/// What *explain* says of a code.
fn explained(home: &Home, code: &str) -> String {
    let ended = run(home, &["explain", code]);
    assert_eq!(ended.code, 0, "{code}: {}", ended.err);
    ended.out
}

#[test]
fn pages_that_keep_an_administrator_from_accepting_are_told_with_their_code() {
    let home = Home::new();
    for (fault, seen, next) in [
        ("consent-error=53003", "AADSTS53003", "Conditional Access"),
        ("consent-error=650052", "AADSTS650052", "lacks a service"),
        ("consent-error=90095", "AADSTS90095", "Admin consent requests"),
    ] {
        let ended = played(&home, fault);
        assert_eq!(ended.code, 5, "{fault}: {} {}", ended.out, ended.err);
        assert!(format!("{}{}", ended.out, ended.err).contains(seen), "{fault}: {} {}", ended.out, ended.err);
        let words = explained(&home, seen);
        assert!(words.contains(next), "{seen}: {words}");
    }
    assert_eq!(Record::of(&home).count("enablement"), 0);
}

#[test]
fn what_microsoft_refuses_after_accept_says_what_happened_and_what_to_do() {
    for (fault, code, words) in [
        ("token-error=7000112", 4, ["switched off in this organisation", "Enabled for users to sign in"]),
        ("token-error=53003", 4, ["53003", "Sign-in logs"]),
        ("token-error=7000222", 1, ["our own application secret has run out", "7000222"]),
    ] {
        let home = Home::new();
        let ended = played(&home, fault);
        let said = format!("{}\n{}", ended.out, ended.err);
        assert_eq!(ended.code, code, "{fault}: {said}");
        for part in words {
            assert!(said.contains(part), "{fault}: {part}: {said}");
        }
        assert_eq!(Record::of(&home).count("enablement"), 0);
    }
}

#[test]
fn a_grant_in_the_organisation_of_another_customer_is_found_there_and_named() {
    let home = Home::new();
    let add = ["customers", "add", "--reference", "C-1050", "--name", "Rimu Property"];
    let tenant = ["--domain", "rimuproperty.example", "--products", "office365", "--tenant", super::RIMU];
    let added = run(&home, &[&add[..], &tenant].concat());
    assert_eq!(added.code, 0, "{}", added.err);
    let arguments = ["provision", "C-1004", "--users", "none", "--rehearse", "--wait", "4s"];
    let ended = run(&home, &arguments);
    let said = format!("{}\n{}", ended.out, ended.err);
    assert_eq!(ended.code, 5, "{said}");
    for part in [
        "Accepted elsewhere: Rimu Property Holdings (…6714), the organisation of C-1050 Rimu Property on record",
        "Nothing has been enabled for either",
        "presses Delete",
        "sign in as an administrator of Rimu Legal (…039a)",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(Record::of(&home).count("enablement"), 0);
}

#[test]
fn accepting_once_more_changes_nothing() {
    let home = Home::new();
    let done = ["provision", "C-1001", "--users", "all", "--max-seats", "60", "--rehearse"];
    let first = run(&home, &done);
    assert_eq!(first.code, 0, "{} {}", first.out, first.err);
    let kept = |record: &Record| {
        let one = |sql: &str| record.one::<String>(sql);
        (
            one("SELECT group_concat(at || ' ' || tenant || ' ' || run) FROM enablement"),
            one("SELECT group_concat(hex(user) || state || since) FROM seat"),
            record.seats(),
        )
    };
    let before = kept(&Record::of(&home));
    // The link is opened and accepted once more: what was asked for before is still all that is asked for.
    let again = ["provision", "C-1001", "--users", "none", "--rehearse", "--wait", "1s"];
    let lacking = ["--permission", "Tasks.Read.All=f10e1f91-74ed-437f-a6fd-d6ae88e26c1f=Back up To Do lists"];
    let ended = run(&home, &[&again[..], &lacking].concat());
    assert_eq!(ended.code, 5, "{} {}", ended.out, ended.err);
    assert!(format!("{}{}", ended.out, ended.err).contains("pressed Accept"), "{} {}", ended.out, ended.err);
    let ended = run(&home, &again);
    assert_eq!(ended.code, 0, "{} {}", ended.out, ended.err);
    assert_eq!(kept(&Record::of(&home)), before);
}

#[test]
fn who_opens_the_link_and_how_stands_before_it() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.confirms("Harbour Street Cafe").keys(crate::terminal::ENTER);
    terminal.sees(&["To be opened in a private window, by a Global Administrator of", "/adminconsent?cli"]);
}
