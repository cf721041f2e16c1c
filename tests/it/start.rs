//! The start of the wizard when what it keeps can't be opened: the first screen stands before the record is asked for,
//! says what is going on and what to do, and `r` and `q` work.

use std::{fs, path::Path};

use crate::terminal::{Home, Terminal};

/// What the first screen says as long as the record can't be opened.
const CLOSED: &str =
    "The record could not be opened. Nothing is lost. Press r to try again. Press q to leave.";

/// A home whose sandbox has a folder and no record yet.
fn home() -> Home {
    let home = Home::new();
    fs::create_dir_all(home.store().parent().unwrap()).unwrap();
    home
}

/// A connection that keeps everybody else out of the record, as a program does that was stopped in the middle.
fn locked(record: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(record).unwrap();
    connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
    connection
}

/// Leaves a wizard whose record can't be opened. A key from before the last answer stood there is not taken, and that is
/// said: it is pressed again.
fn leaves(mut wizard: Terminal) {
    let is_too_early = |text: &str| text.contains("so it was not taken");
    while is_too_early(
        &wizard
            .keys("q")
            .waits("an answer to q", |text| is_too_early(text) || !text.contains("Which customer?"))
            .text(),
    ) {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(wizard.code(), 1, "{}", wizard.text());
}

#[test]
fn the_first_screen_stands_while_the_record_is_locked() {
    let home = home();
    let lock = locked(&home.store());
    let mut wizard = Terminal::start(&home, &[]);
    wizard.sees(&["SANDBOX", "Which customer?", "Opening the record"]);
    wizard.sees(&["The record is busy", "Wait a moment and try again", CLOSED]);
    wizard.keys("r").sees(&["Opening the record"]).loses("The record is busy");
    lock.execute_batch("ROLLBACK").unwrap();
    drop(lock);
    // The opening that is out finds the record free, or has just failed and is tried again.
    wizard.waits("the customers or the failure", |text| {
        text.contains("Anderson Dental") || text.contains("The record is busy")
    });
    if wizard.text().contains("The record is busy") {
        wizard.keys("r");
    }
    wizard.sees(&["Anderson Dental"]).loses("could not be opened");
    // The search has the keyboard again.
    wizard.keys("anderson").sees(&["1 of", "found"]).keys("\tq");
    assert_eq!(wizard.code(), 0, "{}", wizard.text());
}

#[test]
fn leaving_does_not_wait_for_the_lock() {
    let home = home();
    let lock = locked(&home.store());
    let mut wizard = Terminal::start(&home, &[]);
    wizard.sees(&["Opening the record"]).keys("\tq");
    assert_eq!(wizard.code(), 0, "nothing has failed yet");
    assert!(lock.execute_batch("ROLLBACK").is_ok());
}

#[test]
fn a_record_that_can_never_be_opened_says_what_to_do() {
    const NEWER: &str =
        "PRAGMA application_id = 0x42333635; PRAGMA user_version = 999; CREATE TABLE later (x)";
    type Spoil = fn(&Path);
    let cases: [(Spoil, &str, &str); 4] = [
        (
            |record| fs::write(record, "this is no record ".repeat(1_000)).unwrap(),
            "The record is damaged",
            "put the last good copy in its place",
        ),
        (
            |record| rusqlite::Connection::open(record).unwrap().execute_batch(NEWER).unwrap(),
            "made by a newer backup365 (version 999",
            "Install the newer backup365",
        ),
        (
            |record| {
                let other = "CREATE TABLE cats (name TEXT)";
                rusqlite::Connection::open(record).unwrap().execute_batch(other).unwrap();
            },
            "not a record of Backup365",
            "Check the path of the record",
        ),
        (
            // A folder stands where the file should be.
            |record| fs::create_dir(record).unwrap(),
            "Could not open the record",
            "Check that the folder exists and belongs to you",
        ),
    ];
    for (spoil, what, hint) in cases {
        let home = home();
        spoil(&home.store());
        let mut wizard = Terminal::start(&home, &[]);
        wizard.sees(&["SANDBOX", "Which customer?", what, hint, CLOSED]);
        // Another try ends in the same words.
        wizard.keys("r").sees(&[what, hint, CLOSED]);
        leaves(wizard);
    }
}

/// Nobody can make anything in /proc, an administrator included: file modes would not keep one out.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_says_what_to_do() {
    let home = Home::new();
    let share = home.path().join(".local/share");
    fs::create_dir_all(&share).unwrap();
    std::os::unix::fs::symlink("/proc", share.join("backup365")).unwrap();
    let mut wizard = Terminal::start(&home, &[]);
    wizard.sees(&["Which customer?", "Could not make the folder", "Check that the folder exists", CLOSED]);
    // Once the cause is gone, r goes on.
    fs::remove_file(share.join("backup365")).unwrap();
    wizard.keys("r").sees(&["Anderson Dental"]).keys("\tq");
    assert_eq!(wizard.code(), 0, "{}", wizard.text());
}

#[test]
fn a_sandbox_that_does_not_start_says_what_to_do() {
    for (arguments, what, hint) in [
        (&["--world", "atlantis"], "atlantis", "Start again with another --world"),
        (&["--fault", "earthquake"], "earthquake", "Start again with another --fault"),
    ] {
        let home = Home::new();
        let mut wizard = Terminal::start(&home, arguments);
        wizard.sees(&["SANDBOX", "Which customer?", what, hint, CLOSED]);
        leaves(wizard);
    }
}

#[test]
fn a_secret_that_cannot_be_read_says_what_to_do() {
    let home = Home::new();
    let config = home.path().join(".config/backup365");
    fs::create_dir_all(&config).unwrap();
    let settings = "[app]\nclient_id = \"5b3a1f0e-6c2d-4e7f-8a9b-0c1d2e3f4a5b\"\n\
                    tenant = \"7c1e0f52-93ab-4d1c-8a40-5b2f6d9e0001\"\nsecret_file = \"gone.txt\"\n";
    fs::write(config.join("settings.toml"), settings).unwrap();
    let mut wizard = Terminal::start(&home, &[]);
    let unready =
        "The program could not get ready to work. Nothing is lost. Press r to try again. Press q to leave.";
    wizard.sees(&["Which customer?", "gone.txt", "can't be read", unready]);
    assert!(!wizard.text().contains("SANDBOX"), "{}", wizard.text());
    leaves(wizard);
}
