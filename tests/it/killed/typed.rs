//! What is typed into a form and not saved: it stands there again after SIGKILL, after Back, after Ctrl-C, and after the
//! line was dropped. In the form of hosted Exchange, and in that of a new customer.

use crate::terminal::{CTRL_C, ENTER, ESC, Home, Record, TAB, Terminal};

/// Shift and Tab: to the control before.
const BACK_TAB: &str = "\x1b[Z";
/// Draws everything again, and is text nowhere.
const CTRL_L: &str = "\x0c";

/// The customer of hosted Exchange.
const CUSTOMER: &str = "Anderson Dental";
/// The password of the service account, and half of it.
const PASSWORD: (&str, &str) = ("invented-", "anderson");

/// What must stand in the form of hosted Exchange, the password aside.
const ACCESS: &[&str] = &[
    "● Access",
    "[ana.brennan@andersondental.example ",
    "[mail.coastline-hosting.example ",
    "[svc-backup@andersondental.example ",
    "[andersondental.example, dental.example ",
    "2 mailboxes on the list",
    "[cara.cole@ ",
];

/// Said beside a password that was typed and is not on record.
const ASKED_AGAIN: &str = "type it again: it was not kept";

/// What must stand in the form of a new customer.
const NEW: &[&str] = &[
    "Add a customer",
    "[K-1 ",
    "[North Wind Sails ",
    "[northwind.example ",
    "[x] Office 365",
    "[ ] MPexchange",
    "[2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684 ",
    "[x] Provisioned through Manage Protect",
    "[Australia/Perth ",
    "[2517 ",
];

/// Types into the form of hosted Exchange, half of an address last.
fn types_access(terminal: &mut Terminal) {
    terminal.sees(&["> A mailbox to try"]).keys("ana.brennan@andersondental.example");
    terminal.keys(TAB).keys("mail.coastline-hosting.example").sees(&["> Server", "‹ Find the server ›"]);
    terminal.keys(TAB).keys(TAB).sees(&["> Account"]).keys("svc-backup@andersondental.example");
    terminal.keys(TAB).sees(&["> Password"]).keys(PASSWORD.0).sees(&["••••••••"]);
    terminal.keys(TAB).sees(&["> Mail domains"]).keys(", dental.example");
    terminal.keys(TAB).keys(TAB).sees(&["> Mailboxes  "]);
    terminal.pastes(
        "ana.brennan@andersondental.example\nbo.tan@andersondental.example\n",
        &["2 mailboxes on the list"],
    );
    terminal.keys("cara.cole@").sees(ACCESS);
}

/// The draft of that form is whole in the record.
fn waits_for_access(home: &Home) {
    Record::of(home).waits("form WHERE owner LIKE 'run:%' AND fields LIKE '%cara.cole@\"%'", 1);
}

/// The form of hosted Exchange as it was, but for the password, which has to be typed again and says so.
fn finds_access(home: &Home, terminal: &mut Terminal) {
    terminal.sees(ACCESS).sees(&[ASKED_AGAIN]);
    assert!(!terminal.text().contains("••"), "{}", terminal.text());
    assert_eq!(Record::of(home).count("impersonation"), 0);
    for file in home.files() {
        let bytes = std::fs::read(&file).unwrap();
        let secret = PASSWORD.0.as_bytes();
        assert!(!bytes.windows(secret.len()).any(|bytes| bytes == secret), "{}", file.display());
    }
}

/// Types into the form of a new customer.
fn types_new(terminal: &mut Terminal) {
    terminal.keys("K-1\tNorth Wind Sails\tnorthwind.example\t ").sees(&["> [x] Office 365"]);
    terminal.keys(TAB).keys(TAB).keys(TAB).sees(&["> Tenant ID"]);
    terminal.keys("2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684\t \tAustralia/Perth\t2517").sees(NEW);
}

/// The draft of that form is whole in the record.
fn waits_for_new(home: &Home) {
    Record::of(home).waits("form WHERE owner LIKE 'operator:%' AND fields LIKE '%2517%'", 1);
}

/// From the customers to the form of a new one.
fn opens_new(terminal: &mut Terminal) -> &mut Terminal {
    terminal.sees(&["Which customer?", " listed", "> /"]).keys(TAB).sees(&["/ filter"]);
    terminal.keys("n").sees(&["Add a customer", "> Reference"])
}

/// To the button Back, the last control, and on it.
fn goes_back(terminal: &mut Terminal) -> &mut Terminal {
    terminal.keys(BACK_TAB).sees(&[">‹ Back ›"]).keys(ENTER)
}

#[test]
fn the_form_of_hosted_exchange_is_found_as_it_was_killed() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.picks(CUSTOMER).takes(0);
    types_access(&mut terminal);
    waits_for_access(&home);
    let mut terminal = terminal.killed(&home, &[]);
    finds_access(&home, &mut terminal);
    // Killed once more, with nothing typed since.
    let mut terminal = terminal.killed_to_run(&home);
    finds_access(&home, &mut terminal);
}

#[test]
fn the_form_of_hosted_exchange_survives_back_leaving_and_a_dropped_line() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.picks(CUSTOMER).takes(0);
    types_access(&mut terminal);

    // Ctrl-C, and thought better of: nothing has moved, the password is still there.
    terminal.keys(CTRL_C).sees(&["Leave?"]).keys(ESC).loses("Leave?").sees(ACCESS).sees(&["••••••••"]);
    assert!(!terminal.text().contains(ASKED_AGAIN));
    terminal.keys("x").sees(&["> Mailboxes  ", "[cara.cole@x "]).keys("\x08").loses("@x");

    // Back, and on again.
    for _ in 0..3 {
        terminal.keys(TAB);
    }
    terminal.sees(&["> A mailbox to try"]);
    goes_back(&mut terminal).sees(&[&format!("Which product of {CUSTOMER}?")]).takes(0);
    finds_access(&home, &mut terminal);

    // Ctrl-C twice.
    assert_eq!(terminal.interrupts(), 130);
    let run = Record::of(&home).run();
    let mut terminal = Terminal::start(&home, &["--run", &run]);
    finds_access(&home, &mut terminal);

    // The line is dropped.
    terminal.hang_up(CTRL_L);
    assert_eq!(terminal.code(), 129);
    let mut terminal = Terminal::start(&home, &["--run", &run]);
    finds_access(&home, &mut terminal);
}

#[test]
fn a_password_that_was_half_typed_before_ctrl_c_is_typed_on() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.picks(CUSTOMER).takes(0);
    let (sample, account) = ("ana.brennan@andersondental.example", "svc-backup@andersondental.example");
    terminal.impersonates(sample, account, PASSWORD.0);
    terminal.keys(BACK_TAB).sees(&["> Password"]);
    terminal.keys(CTRL_C).sees(&["Leave?"]).keys(ESC).loses("Leave?").sees(&["> Password"]);
    terminal.keys(PASSWORD.1).keys(TAB).sees(&["> Mail domains"]);
    terminal.keys(TAB).keys(crate::terminal::RIGHT).keys(TAB).sees(&[">‹ Save ›"]).keys(ENTER);
    terminal.sees(&["● Authorise", "All checks are good"]);
    let record = Record::of(&home);
    assert_eq!((record.count("impersonation"), record.count("form")), (1, 0));
}

#[test]
fn the_form_of_a_new_customer_is_found_as_it_was_killed() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    types_new(opens_new(&mut terminal));
    waits_for_new(&home);
    terminal.kill();
    let mut terminal = Terminal::opened(&home);
    opens_new(&mut terminal).sees(NEW);
    assert_eq!(Record::of(&home).count("customer WHERE reference = 'K-1'"), 0);
}

#[test]
fn the_form_of_a_new_customer_survives_back_leaving_and_a_dropped_line() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    types_new(opens_new(&mut terminal));

    terminal
        .keys(CTRL_C)
        .sees(&["Leave?"])
        .keys(ESC)
        .loses("Leave?")
        .sees(NEW)
        .sees(&["> Seats bought [2517 "]);

    terminal.keys(TAB).keys(TAB).sees(&[">‹ Back ›"]).keys(ENTER);
    opens_new(&mut terminal).sees(NEW);

    assert_eq!(terminal.interrupts(), 130);
    let mut terminal = Terminal::opened(&home);
    opens_new(&mut terminal).sees(NEW);

    terminal.hang_up(CTRL_L);
    assert_eq!(terminal.code(), 129);
    let mut terminal = Terminal::opened(&home);
    opens_new(&mut terminal).sees(NEW);

    // Saved, it is a customer and no form any more.
    terminal
        .keys(BACK_TAB)
        .keys(BACK_TAB)
        .sees(&[">‹ Save ›"])
        .keys(ENTER)
        .sees(&["North Wind Sails was added"]);
    let record = Record::of(&home);
    assert_eq!((record.count("customer WHERE reference = 'K-1'"), record.count("form")), (1, 0));
    opens_new(&mut terminal).sees(&["> Reference    [   "]).loses("[x]");
}
