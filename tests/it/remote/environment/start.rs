//! What is decided before the first byte: whether there is a terminal at all, what it can do, and where the record lies.

use std::{fs, os::unix::fs::PermissionsExt};

use crate::{
    terminal::{Home, TAB, TYPED, Terminal},
    tools::left_out,
};

/// The program.
const PROGRAM: &str = env!("CARGO_BIN_EXE_backup365");

/// Runs a line of a shell on a terminal; gives its exit code and what it said, which holds no escape byte.
fn said(line: &str, environment: &[(&str, &str)]) -> (u32, String) {
    let home = Home::new();
    let mut shell = Terminal::program(&home, "/bin/sh", &["-c", line], (100, 30), environment);
    let code = shell.code();
    assert!(!shell.bytes().contains(&0x1b), "{line}: {}", shell.text());
    assert!(shell.is_untouched(), "{line}: flags of the line");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "{line}: nothing was made");
    (code, shell.text().split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn a_terminal_that_can_not_show_a_screen_gets_lines() {
    for (environment, line, why) in [
        (&[("TERM", "dumb")][..], TYPED.to_owned(), "TERM is dumb"),
        (&[("TERM", "dumb")], format!("{TYPED} --color=always"), "TERM is dumb"),
        (&[("TERM", "")], TYPED.to_owned(), "TERM is empty"),
        (&[], format!("unset TERM; {TYPED}"), "TERM is empty"),
    ] {
        let home = Home::new();
        let mut shell = Terminal::program(&home, "/bin/sh", &["-c", &line], (100, 60), environment);
        shell
            .sees(&[&format!("line by line, because {why}."), "Which customer?", "Enter takes"])
            .keys("quit\n");
        assert_eq!(shell.code(), 0, "{line}");
        assert!(!shell.bytes().contains(&0x1b), "{line}: {}", shell.text());
        assert!(shell.is_untouched(), "{line}: flags of the line");
    }
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    for redirected in ["</dev/null", "<&-", "| cat; exit 2", ">&-", ">/dev/null", "</dev/null >/dev/null"] {
        let (code, words) = said(&format!("{TYPED} {redirected}"), &[("TERM", "xterm")]);
        assert_eq!(code, 2, "{redirected}: {words}");
        assert!(
            words.contains("the wizard needs a terminal for its input and output"),
            "{redirected}: {words}"
        );
    }
    let (code, words) = said(&format!("{TYPED} --no-input"), &[("TERM", "xterm")]);
    assert_eq!(code, 2);
    assert!(words.contains("--no-input forbids them"), "{words}");
}

/// Whatever becomes of the words, the exit code stays.
#[test]
fn words_that_nobody_takes_change_no_exit_code() {
    for (line, expected) in [
        ("</dev/null 2>/dev/full", 2),
        ("</dev/null 2>&-", 2),
        ("--bogus 2>/dev/full", 2),
        ("--bogus 2>&-", 2),
        ("--help >/dev/full", 1),
        ("--version", 0),
    ] {
        assert_eq!(said(&format!("{TYPED} {line}"), &[("TERM", "xterm")]).0, expected, "{line}");
    }
}

#[test]
fn help_is_plain_words_and_names_the_way_back() {
    // It begins with examples and words; the settings behind them fill more than a window.
    let first = format!("{TYPED} --help | head -n 29");
    let (code, words) = said(&first, &[("TERM", "xterm"), ("CLICOLOR_FORCE", "1")]);
    assert_eq!(code, 0);
    assert!(words.contains("type reset and press Enter"), "{words}");
    let (code, words) = said(&format!("{TYPED} --color=sometimes"), &[("TERM", "xterm")]);
    assert_eq!(code, 2);
    assert!(words.contains("screen.color must be auto, always or never"), "{words}");
}

/// A window that does not know its size: the variables, else 80x24; never a size that no screen has.
#[test]
fn a_window_without_a_size_takes_the_variables() {
    for (variables, last_row) in [
        (&[("COLUMNS", "100"), ("LINES", "30")][..], "30"),
        (&[("COLUMNS", "100")], "24"),
        (&[("COLUMNS", "65535"), ("LINES", "65535")], "24"),
        (&[("COLUMNS", "-1"), ("LINES", "many")], "24"),
        (&[], "24"),
    ] {
        let home = Home::new();
        let mut terminal = Terminal::sized(&home, &[], 0, 0, variables);
        let has = |terminal: &Terminal, what: &str| {
            String::from_utf8_lossy(&terminal.bytes()).into_owned().contains(what)
        };
        let rows = [format!("\x1b[{last_row}H"), format!("\x1b[{last_row};")];
        let until = std::time::Instant::now() + std::time::Duration::from_mins(1);
        // The line of keys stands on the last row, the wait above it.
        while !has(&terminal, "keys") {
            assert!(std::time::Instant::now() < until, "{variables:?}");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let above = (last_row.parse::<u16>().unwrap() - 1).to_string();
        let reached = rows.iter().any(|row| has(&terminal, row))
            || [format!("\x1b[{above}H"), format!("\x1b[{above};")].iter().any(|row| has(&terminal, row));
        assert!(reached, "{variables:?}: row {last_row}");
        terminal.keys(TAB).keys("q");
        assert_eq!(terminal.code(), 0);
    }
}

#[test]
fn folders_are_where_the_variables_say() {
    let home = Home::new();
    let elsewhere = Home::new();
    let (config, data) = (elsewhere.path().join("config"), elsewhere.path().join("data"));
    let environment = [
        ("TERM", "xterm"),
        ("LANG", "C.UTF-8"),
        ("XDG_CONFIG_HOME", config.to_str().unwrap()),
        ("XDG_DATA_HOME", data.to_str().unwrap()),
        // As sudo leaves it.
        ("SUDO_USER", "kim"),
        ("USER", "root"),
    ];
    for program in [&["-u", "NOTHING", PROGRAM][..], &["-u", "HOME", PROGRAM]] {
        let mut terminal = Terminal::program(&home, "/usr/bin/env", program, (80, 24), &environment);
        terminal.sees(&["SANDBOX", " listed"]).keys(TAB).keys("q");
        assert_eq!(terminal.code(), 0);
        assert!(data.join("backup365/sandbox/backup365.sqlite").exists());
        assert_eq!(home.files().len(), 0);
    }
}

/// No home, no account: one sentence. Needs the right to become nobody in particular.
#[test]
fn without_a_home_there_is_a_sentence() {
    let home = Home::new();
    let copy = home.path().join("backup365");
    fs::copy(PROGRAM, &copy).unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let script = format!(
        "setpriv --reuid 54321 --clear-groups true 2>/dev/null || {{ echo SKIPPED; exit; }}; \
         setpriv --reuid 54321 --clear-groups env -u HOME {}; echo code $?",
        copy.display()
    );
    let mut shell = Terminal::program(&home, "/bin/sh", &["-c", &script], (200, 30), &[("TERM", "xterm")]);
    assert_eq!(shell.code(), 0);
    let text = shell.text();
    if text.contains("SKIPPED") {
        left_out("setpriv and the right to become another user");
        return;
    }
    assert!(text.contains("there is no home folder") && text.contains("Set HOME"), "{text}");
    assert!(text.contains("code 2"), "{text}");
}

#[test]
fn a_home_that_is_none_says_what_to_do() {
    let home = Home::new();
    let mut terminal = Terminal::sized(&home, &[], 80, 24, &[("HOME", "/dev/null")]);
    terminal.sees(&["Which customer?", "Could not make the folder", "Press r to try again"]).keys("q");
    assert_eq!(terminal.code(), 1);
}
