//! The record goes bad while the wizard works with it: full, busy, damaged, moved, read-only. Each is told with what to
//! do next; nothing that was confirmed is lost or written twice, and once the cause is gone the work goes on.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
};

use rustix::process::geteuid;

use super::{
    terminal::{CTRL_C, DOWN, ENTER, Home, Record, TYPED, Terminal},
    tools::program,
};

/// A home with a run of Banksia Medical Centre at its users; the wizard has left in good order.
fn prepared() -> (Home, String) {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.reaches_users("Banksia Medical Centre", "141");
    assert_eq!(terminal.interrupts(), 130);
    let run = Record::of(&home).run();
    (home, run)
}

/// A wizard at the users of the prepared run.
fn at_users(home: &Home, run: &str) -> Terminal {
    let mut terminal = Terminal::start(home, &["--run", run]);
    terminal.lists("141").sees(&["● Users"]);
    terminal
}

/// Leaves where the same bad news may come again at any time: Ctrl-C is taken whatever question stands.
fn leaves(terminal: &mut Terminal) {
    terminal.sees(&["Broken off"]).keys(CTRL_C).sees(&["Leave?"]).keys(CTRL_C).code();
}

/// Everybody who may be protected is, and nobody twice.
fn finishes(mut terminal: Terminal, home: &Home) {
    terminal.sees(&["89 users protected"]).keys(ENTER).sees(&["Done: 89 users"]);
    assert_eq!(terminal.quits(), 0);
    let record = Record::of(home);
    assert_eq!((record.seats(), record.count("enablement")), (89, 1));
}

#[test]
fn a_disk_that_is_full_saves_nothing_and_loses_nothing() {
    let (home, run) = prepared();
    // No file may grow beyond 100 blocks of 512 bytes: what a quota does. The log of 89 seats needs more.
    let script = format!("ulimit -f 100; exec {TYPED} --run {run}");
    let usual = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")];
    let mut terminal = Terminal::program(&home, "/bin/sh", &["-c", &script], (80, 24), &usual);
    terminal.lists("141").sees(&["● Users"]).keys("a").sees(&["ticked 89"]).keys(ENTER);
    terminal.sees(&["Turn 89 users on?"]).keys("89").keys(ENTER);
    for _ in 0..2 {
        terminal.sees(&["Broken off", "this change was not saved", "sending again changes nobody twice"]);
        terminal.keys(ENTER);
    }
    leaves(&mut terminal);
    assert!(matches!(Record::of(&home).seats(), 0 | 89), "a batch is written whole or not at all");
    // There is room again: what was confirmed is finished without a question, or the question is asked with its ticks.
    let mut terminal = Terminal::start(&home, &["--run", &run]);
    terminal.waits("the list with its ticks, or the results", |text| {
        text.contains("ticked 89 ·") || text.contains("✓ protected")
    });
    if terminal.text().contains("ticked 89 ·") {
        terminal.keys(ENTER).sees(&["Turn 89 users on?"]).keys("89").keys(ENTER);
    }
    finishes(terminal, &home);
}

#[test]
fn a_busy_record_is_waited_for_and_then_told() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.confirms("Banksia Medical Centre").plays().sees(&[">‹ Enable ›", "All checks are good"]);
    Record::of(&home).waits("run WHERE proved IS NOT NULL", 1);
    let lock = rusqlite::Connection::open(home.store()).unwrap();
    lock.busy_timeout(std::time::Duration::from_mins(1)).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    terminal.keys(ENTER).sees(&["The record is busy: another program is writing to it", "try again"]);
    lock.execute_batch("ROLLBACK").unwrap();
    drop(lock);
    terminal.keys(ENTER).lists("141").sees(&["● Users"]).keys("a").sees(&["ticked 89"]).keys(ENTER);
    terminal.sees(&["Turn 89 users on?"]).keys("89").keys(ENTER);
    finishes(terminal, &home);
}

#[test]
fn a_record_that_was_moved_is_missed_before_anything_is_written() {
    let (home, run) = prepared();
    let mut terminal = at_users(&home, &run);
    let aside = home.path().join("aside.sqlite");
    fs::rename(home.store(), &aside).unwrap();
    terminal.keys("a").sees(&["ticked 89"]).keys(ENTER).sees(&["Turn 89 users on?"]).keys("89").keys(ENTER);
    terminal.sees(&["Broken off", "The record was moved or deleted", "Put the file back where it was"]);
    fs::rename(&aside, home.store()).unwrap();
    assert_eq!(Record::of(&home).seats(), 0);
    terminal.keys(ENTER);
    finishes(terminal, &home);
}

#[test]
fn a_record_that_is_damaged_under_the_wizard_ends_in_words() {
    let (home, run) = prepared();
    let whole = fs::read(home.store()).unwrap();
    let mut terminal = at_users(&home, &run);
    terminal.keys(&format!("{DOWN}{DOWN} ")).sees(&["ticked 1"]);
    Record::of(&home).waits("draft WHERE length(exceptions) = 16", 1);
    // Every page but the first is another program's, in the same file.
    let spoilt: Vec<u8> =
        whole.iter().enumerate().map(|(at, byte)| if at < 4_096 { *byte } else { 0xA5 }).collect();
    let (file, log) = (home.store(), home.store().with_extension("sqlite-wal"));
    fs::write(&log, "").unwrap();
    fs::write(&file, spoilt).unwrap();
    terminal.keys(ENTER).sees(&["Turn 1 user on?"]).keys(ENTER);
    terminal.sees(&["The record is damaged", "put the last good copy in its place"]);
    terminal.keys("q").sees(&["Leave?"]).keys(ENTER);
    terminal.code();
    // The last good copy is in its place: the run is where it was.
    fs::remove_file(&log).ok();
    fs::write(&file, whole).unwrap();
    at_users(&home, &run).sees(&["ticked 0"]);
}

#[test]
fn a_record_that_may_not_be_written_is_told_and_left_alone() {
    let (home, _) = prepared();
    let (file, folder) = (home.store(), home.store().parent().unwrap().to_owned());
    for (closed, mode) in [(&file, 0o400), (&folder, 0o500)] {
        // A program that ended before its last connection leaves a log beside the record, which can be written to.
        let log = rusqlite::Connection::open(&file).unwrap();
        log.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        log.close().unwrap();
        let open = fs::metadata(closed).unwrap().mode();
        fs::set_permissions(closed, fs::Permissions::from_mode(mode)).unwrap();
        let before = fs::read(&file).unwrap();
        let Some(mut terminal) = powerless(&home) else { return };
        terminal.sees(&[
            "Which customer?",
            "Check that the",
            "to you",
            "Press r to try again. Press q to leave.",
        ]);
        assert_eq!(fs::read(&file).unwrap(), before, "nobody has written to it");
        fs::set_permissions(closed, fs::Permissions::from_mode(open & 0o777)).unwrap();
        terminal.keys("r").sees(&["Anderson Dental"]).keys("\tq").code();
    }
}

/// The wizard as somebody whom file modes keep out: nobody, where the tests run as root. None, said aloud, where that
/// can't be had.
fn powerless(home: &Home) -> Option<Terminal> {
    /// The user and the group *nobody* of Debian and most others.
    const NOBODY: u32 = 65_534;
    let usual = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")];
    if !geteuid().is_root() {
        return Some(Terminal::program(home, env!("CARGO_BIN_EXE_backup365"), &[], (80, 24), &usual));
    }
    let setpriv = program("setpriv")?;
    // The built program may lie where only root can look.
    let copy = home.path().join("backup365");
    if !copy.exists() {
        fs::copy(env!("CARGO_BIN_EXE_backup365"), &copy).unwrap();
    }
    let mut all = vec![home.path().to_owned()];
    while let Some(path) = all.pop() {
        chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
        if path.is_dir() {
            all.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    let user = NOBODY.to_string();
    let (uid, gid) = (format!("--reuid={user}"), format!("--regid={user}"));
    let arguments = [&uid, &gid, "--clear-groups", copy.to_str().unwrap()];
    Some(Terminal::program(home, setpriv.to_str().unwrap(), &arguments, (80, 24), &usual))
}
