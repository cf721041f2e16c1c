//! A consent that was given and lacks something now, in the built binary: said at once with the link, kept on record, among
//! what needs attention until it is there.

use crate::{
    customers::run,
    terminal::{ENTER, Home, Terminal},
};

/// A permission that the customer has not been asked for.
const TASKS: [&str; 2] =
    ["--permission", "Tasks.Read.All=f10e1f91-74ed-437f-a6fd-d6ae88e26c1f=Back up To Do lists"];

/// How a run of the program ended: its code, and both outputs.
fn ran(home: &Home, arguments: &[&str]) -> (i32, String) {
    let ended = run(home, arguments);
    (ended.code, format!("{}\n{}", ended.out, ended.err))
}

/// Harbour Street Cafe, done.
fn done() -> Home {
    let home = Home::new();
    let (code, words) = ran(&home, &["provision", "C-1001", "--users", "none", "--rehearse"]);
    assert_eq!(code, 0, "{words}");
    home
}

#[test]
fn a_permission_that_came_later_is_missing_at_once_and_the_link_is_told() {
    let home = done();
    assert_eq!(ran(&home, &["status", "--attention"]).0, 0);
    let again = ["provision", "C-1001", "--users", "none", "--wait", "3s"];
    let (code, words) = ran(&home, &[&again[..], &TASKS].concat());
    assert_eq!(code, 5, "{words}");
    for part in ["missing: Tasks.Read.All", "Send this link to the customer: http://127.0.0.1:", "is parked"]
    {
        assert!(words.contains(part), "{part}: {words}");
    }
    for part in ["spreading", "has accepted", "not accepted yet"] {
        assert!(!words.contains(part), "{part}: {words}");
    }
    let (code, words) = ran(&home, &["status", "--attention"]);
    assert_eq!(code, 6, "{words}");
    assert!(words.contains("the customer must accept again; missing: Tasks.Read.All"), "{words}");
    // What is there again is no trouble any more.
    let (code, words) = ran(&home, &["provision", "C-1001", "--users", "none"]);
    assert_eq!(code, 0, "{words}");
    let (code, words) = ran(&home, &["status", "--attention"]);
    assert_eq!(code, 0, "{words}");
}

#[test]
fn a_consent_that_was_taken_back_is_found_when_the_customer_is_opened() {
    let home = done();
    assert_eq!(run(&home, &["sandbox", "--reset"]).code, 0);
    let (code, words) = ran(&home, &["provision", "C-1001", "--users", "none", "--wait", "1s"]);
    assert_eq!(code, 5, "{words}");
    assert!(words.contains("Send this link to the customer: http"), "{words}");
    let (code, words) = ran(&home, &["status", "--attention"]);
    assert_eq!(code, 6, "{words}");
    assert!(
        words.contains("not accepted in the organisation any more; the customer must accept again"),
        "{words}"
    );
    let (code, words) = ran(&home, &["provision", "C-1001", "--users", "none", "--rehearse", "--wait", "1m"]);
    assert_eq!(code, 0, "{words}");
    assert_eq!(ran(&home, &["status", "--attention"]).0, 0);
}

#[test]
fn the_wizard_says_so_at_once() {
    let home = done();
    let mut terminal = Terminal::start(&home, &TASKS);
    terminal.sees(&["SANDBOX", "Which customer?", " listed"]);
    terminal.confirms("Harbour Street Cafe").sees(&["must accept again", "missing: Tasks.Read.All"]);
    terminal.loses("spreading").keys(ENTER).sees(&["/adminconsent?cli", "Send this link"]);
    terminal.loses("spreading");
}
