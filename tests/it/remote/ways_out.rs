//! Every way out: the terminal as it was, the exit code, the process gone within two seconds.

mod early;
mod panic;
mod places;
mod shell;
mod stalled;

use std::time::Duration;

use rustix::process::Signal;

use crate::{
    killed::crowded,
    terminal::{CTRL_C, Home, Record, TYPED, Terminal},
};

use places::Places;

/// What stays on the main screen, wherever a run is open.
const WAY_BACK: &str = " is kept. Go on with: backup365 --run B365-";

/// Leaves from every place in one way, and looks at what is left behind.
fn leaves_everywhere(code: u32, way: impl Fn(&mut Terminal)) {
    let places = Places::prepared();
    for (place, has_run, mut terminal, _home) in places.each() {
        way(&mut terminal);
        assert_eq!(terminal.ends(), code, "{place}");
        terminal.is_as_before(place);
        assert_eq!(terminal.text().contains(WAY_BACK), has_run, "{place}: {}", terminal.text());
    }
}

#[test]
fn sigterm_gives_the_terminal_back() {
    leaves_everywhere(143, |terminal| terminal.signal(Signal::TERM));
}

#[test]
fn sigquit_gives_the_terminal_back() {
    leaves_everywhere(131, |terminal| terminal.signal(Signal::QUIT));
}

#[test]
fn ctrl_backslash_gives_the_terminal_back() {
    leaves_everywhere(131, |terminal| {
        terminal.keys("\x1c");
    });
}

#[test]
fn ctrl_c_asks_and_the_second_one_gives_the_terminal_back() {
    leaves_everywhere(130, |terminal| {
        terminal.keys(CTRL_C).sees(&["Leave?"]).keys(CTRL_C);
    });
}

#[test]
fn sigint_asks_and_the_second_one_gives_the_terminal_back() {
    leaves_everywhere(130, |terminal| {
        terminal.signal(Signal::INT);
        terminal.sees(&["Leave?"]).signal(Signal::INT);
    });
}

#[test]
fn two_sigterms_in_a_row_are_one() {
    leaves_everywhere(143, |terminal| {
        terminal.signal(Signal::TERM);
        terminal.signal(Signal::TERM);
    });
}

#[test]
fn sigpipe_and_sigcont_change_nothing() {
    leaves_everywhere(143, |terminal| {
        terminal.signal(Signal::PIPE);
        terminal.signal(Signal::CONT);
        terminal.comes_back().signal(Signal::TERM);
    });
}

/// The terminal may be gone: not a byte is written to it. The line gets its modes back all the same.
#[test]
fn sighup_gives_a_terminal_that_stays_back() {
    let places = Places::prepared();
    for (place, _, mut terminal, _home) in places.each() {
        terminal.signal(Signal::HUP);
        assert_eq!(terminal.ends(), 129, "{place}");
        terminal.is_as_before(place);
        let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
        assert!(!bytes.contains(WAY_BACK), "{place}: nobody is there to read words");
    }
}

#[test]
fn a_closed_window_ends_the_program_everywhere() {
    let places = Places::prepared();
    for (place, _, mut terminal, _home) in places.each() {
        // The key that has the last bytes come.
        terminal.hang_up(if place == places::ALONE { "\r" } else { "\x0c" });
        assert_eq!(terminal.ends(), 129, "{place}");
    }
}

/// A closed terminal says so for ever: nobody may ask it again and again, not even while the last write waits.
#[test]
fn a_closed_window_costs_nothing_while_the_last_write_waits() {
    let places = Places::prepared();
    let (home, mut terminal) = places.users();
    terminal.keys(" ").sees(&["ticked 1"]);
    let lock = rusqlite::Connection::open(home.store()).unwrap();
    lock.busy_timeout(Duration::from_mins(1)).unwrap();
    lock.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let before = terminal.usage().unwrap();
    terminal.hang_up("\x0c");
    let mut last = before;
    // The threads go one by one at the end: the sum is only good while all are there.
    while let Some(now) = terminal.usage().filter(|now| now.ticks >= last.ticks && now.wakes >= last.wakes) {
        last = now;
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(terminal.ends(), 129);
    lock.execute_batch("ROLLBACK").unwrap();
    // Two seconds of asking for ever would be 200 ticks, and thousands of wake-ups.
    assert!(last.ticks - before.ticks < 60, "{before:?} {last:?}");
}

#[test]
fn leaving_while_users_arrive() {
    let places = Places::prepared();
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::QUIT, 131)] {
        let (_home, mut terminal) = places.arriving();
        terminal.signal(signal);
        assert_eq!(terminal.ends(), code);
        terminal.is_as_before("arriving users");
    }
    let (_home, mut terminal) = places.arriving();
    assert_eq!(terminal.interrupts(), 130);
    terminal.is_as_before("arriving users");
}

/// A write that is out when the window closes: what is left of it is completed at the next start.
#[test]
fn a_closed_window_during_an_apply_loses_nothing() {
    let (home, world) = crowded();
    let arguments = ["--world", world.as_str()];
    let mut terminal = Terminal::start(&home, &arguments);
    terminal.turns_a_crowd_on();
    terminal.hang_up("\x0c");
    assert_eq!(terminal.ends(), 129);
    let run = Record::of(&home).run();
    let mut terminal = Terminal::start(&home, &["--world", &world, "--run", &run]);
    terminal.sees(&["● Users"]);
    Record::of(&home).waits("seat WHERE state = 'on'", 12_000);
    assert_eq!(Record::of(&home).seats(), 12_000);
}

/// Leaving with a write out says so, and another Ctrl-C does not wait for it.
#[test]
fn a_third_ctrl_c_does_not_wait() {
    let places = Places::prepared();
    let (home, mut terminal) = places.users();
    let lock = rusqlite::Connection::open(home.store()).unwrap();
    lock.busy_timeout(Duration::from_mins(1)).unwrap();
    lock.execute_batch("BEGIN EXCLUSIVE").unwrap();
    terminal.keys(" ").sees(&["ticked 1"]).keys(CTRL_C).sees(&["Leave?"]).keys(CTRL_C);
    terminal.sees(&["Saving. One moment."]).keys(CTRL_C);
    assert_eq!(terminal.ends(), 130);
    terminal.is_as_before("a locked record");
    lock.execute_batch("ROLLBACK").unwrap();
}

#[test]
fn a_closed_pipe_is_no_error() {
    let home = Home::new();
    let script = format!(
        "{TYPED} --sandbox sweep --preview 2>errors | true; echo ${{PIPESTATUS[0]}} >code; {TYPED} --help | true"
    );
    let mut shell = Terminal::program(&home, "/bin/bash", &["-c", &script], (80, 24), &[("TERM", "xterm")]);
    assert_eq!(shell.code(), 0);
    let read = |name: &str| std::fs::read_to_string(home.path().join(name)).unwrap();
    assert_eq!((read("errors").as_str(), read("code").as_str()), ("", "0\n"));
}
