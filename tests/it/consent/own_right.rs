//! Consent with the partner's own right, the built program against its own sandbox: the way from a flag to a proof, what each
//! refusal says, and that nothing of the operators' application is left in the organisation.

use crate::{
    customers::{Ended, run},
    login::signs_in,
    terminal::{ENTER, Home, Record, Terminal},
};

const MARA: &str = "mara.quill@coastline-partners.example";
const THEO: &str = "theo.banks@coastline-partners.example";

/// What settings must say.
const ALLOWED: [&str; 2] = ["--consent-own-right", "offer"];

/// Sets Harbour Street Cafe up; somebody there agreed.
fn provision(home: &Home, more: &[&str]) -> Ended {
    let line = ["provision", "C-1001", "--users", "none", "--agreed-by", "Ana Petrov"];
    run(home, &[&line[..], &ALLOWED, more].concat())
}

/// So many rows of the record are such.
fn has(home: &Home, rows: &str, count: i64) {
    Record::of(home).waits(rows, count);
}

#[tokio::test]
async fn a_flag_with_a_name_accepts_for_the_customer_and_leaves_nothing_behind() {
    let home = Home::new();
    let nobody = provision(&home, &[]);
    assert_eq!(nobody.code, 4, "{}{}", nobody.out, nobody.err);
    assert!(nobody.err.contains("Nobody is signed in"), "{}", nobody.err);
    signs_in(&home, MARA).await;
    // Microsoft takes its time after Partner Center.
    let done = provision(&home, &["--fault", "let-in-spreading=2s"]);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    assert!(done.err.contains("Ana Petrov agreed"), "{}", done.err);
    assert!(!done.err.contains("Send this link"), "{}", done.err);
    has(
        &home,
        "own_right WHERE cleared IS NOT NULL AND relationship = 'Backup onboarding' AND agreed = 'Ana Petrov'",
        1,
    );
    has(
        &home,
        "audit WHERE what LIKE '%by the relationship “Backup onboarding”; Ana Petrov agreed for the customer'",
        1,
    );
    has(&home, "audit WHERE what LIKE '%9 permissions were read back'", 1);
    has(&home, "audit WHERE what LIKE 'took the operators'' application out of the organisation again%'", 1);
    // Accepted already: nothing is done again.
    assert_eq!(provision(&home, &[]).code, 0);
    has(&home, "audit WHERE what LIKE '%agreed for the customer'", 1);
}

#[tokio::test]
async fn every_refusal_has_its_own_words_and_leaves_nothing_behind() {
    let home = Home::new();
    signs_in(&home, MARA).await;
    let wrong = run(&home, &["provision", "C-1001", "--users", "none", "--agreed-by", "Ana Petrov"]);
    assert_eq!(wrong.code, 2, "{}", wrong.err);
    assert!(wrong.err.contains("consent.own_right"), "{}", wrong.err);
    for (fault, words) in [
        ("no-delegation", "No delegated admin relationship with this customer is active"),
        (
            "admin-role=cloud-application",
            "“Backup onboarding” gives neither Global Administrator nor Privileged",
        ),
        ("no-mfa", "Partner Center wants a second factor (MFA), and your sign-in had none"),
        ("partner-center=403", "Partner Center does not let your account do this for the customer"),
        ("assign-error=Mail.ReadWrite", "your role there does not suffice"),
    ] {
        let refused = provision(&home, &["--fault", fault]);
        assert_eq!(refused.code, 4, "{fault}: {}{}", refused.out, refused.err);
        assert!(refused.err.contains(words), "{fault}: {}", refused.err);
        has(&home, "own_right WHERE cleared IS NULL", 0);
    }
    has(&home, "audit WHERE what LIKE '%was not let into the organisation'", 2);
    has(&home, "audit WHERE what LIKE 'took the operators'' application out%'", 1);
}

#[tokio::test]
async fn what_was_left_behind_needs_attention_until_it_is_taken_out() {
    let home = Home::new();
    signs_in(&home, MARA).await;
    assert_eq!(provision(&home, &[]).code, 0);
    // As if the program had been ended before the last step.
    let record = rusqlite::Connection::open(home.store()).unwrap();
    assert_eq!(record.execute("UPDATE own_right SET cleared = NULL", []).unwrap(), 1);
    let status = run(&home, &["status", "--attention"]);
    assert_eq!(status.code, 6, "{}", status.err);
    assert!(status.out.contains("may still be in the organisation"), "{}", status.out);
    let line = ["provision", "C-1001", "--users", "none"];
    let done = run(&home, &[&line[..], &ALLOWED].concat());
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    assert!(done.err.contains("Left behind: Your operators' application may still be"), "{}", done.err);
    has(&home, "own_right WHERE cleared IS NULL", 0);
    assert_eq!(run(&home, &["status", "--attention"]).code, 0);
}

#[tokio::test]
async fn an_operator_without_the_role_is_not_offered_it() {
    let home = Home::new();
    signs_in(&home, THEO).await;
    let refused = provision(&home, &[]);
    assert_eq!(refused.code, 4, "{}{}", refused.out, refused.err);
    assert!(refused.err.contains("Your account is in no group to which the relationship"), "{}", refused.err);
}

#[tokio::test]
async fn on_the_screen_it_stands_beside_the_link_and_asks_for_a_name() {
    let home = Home::new();
    signs_in(&home, MARA).await;
    let mut terminal = Terminal::start(&home, &ALLOWED);
    terminal.sees(&["Which customer?", " listed"]).confirms("Harbour Street Cafe");
    terminal.keys(ENTER).sees(&["adminconsent", "by the relationship “Backup onboarding”", "Press a to"]);
    terminal.keys("a").sees(&["Who at Harbour Street Cafe agreed", "Your operators' application is let in"]);
    terminal
        .keys("Ana Petrov")
        .sees(&["Ana Petrov"])
        .keys(ENTER)
        .sees(&["Enter accept for them"])
        .keys(ENTER);
    terminal.sees(&["All checks are good", "Enable"]);
    has(&home, "own_right WHERE cleared IS NOT NULL AND agreed = 'Ana Petrov'", 1);
}
