//! Told to go before there is anything to see, and while it is going already.

use std::{thread, time::Duration};

use rustix::process::Signal;

use crate::terminal::{CTRL_C, Home, Terminal};

#[test]
fn sigterm_at_the_very_start() {
    let home = Home::new();
    for delay in (0..24).map(|step| Duration::from_millis(step * 2)) {
        let mut terminal = Terminal::start(&home, &[]);
        thread::sleep(delay);
        terminal.signal(Signal::TERM);
        // Before anything was changed the signal has its own action; afterwards the program ends by itself.
        let code = terminal.code();
        assert!(matches!(code, 1 | 143), "{code}");
        assert!(terminal.is_untouched(), "flags of the line after {delay:?}");
        assert_eq!(terminal.modes(), (false, false, false), "after {delay:?}");
    }
}

#[test]
fn sigterm_in_the_middle_of_leaving() {
    let home = Home::new();
    for delay in (0..16).map(|step| Duration::from_millis(step * 2)) {
        let mut terminal = Terminal::opened(&home);
        terminal.keys(CTRL_C).sees(&["Leave?"]).keys(CTRL_C);
        thread::sleep(delay);
        terminal.tries(Signal::TERM);
        let code = terminal.ends();
        assert!(matches!(code, 130 | 143), "{code}");
        terminal.is_as_before("told twice");
    }
}
