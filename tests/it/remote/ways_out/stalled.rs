//! A terminal that takes no bytes: Ctrl-S on the other end of the line, or a line that stalls. The program waits in the
//! middle of a frame, and must go all the same.

use rustix::process::Signal;

use crate::terminal::{CTRL_C, Stalled};

use super::places::Places;

/// The program at the users, waiting for its terminal.
fn stalled(places: &Places) -> (crate::terminal::Home, Stalled) {
    let (home, run) = places.home();
    let mut terminal = Stalled::start(&home, &["--run", run]);
    // The last row and the last line of the complete list.
    terminal.sees("Tane Watson");
    terminal.sees("sort");
    terminal.stalls();
    (home, terminal)
}

#[test]
fn signals_end_a_program_whose_terminal_takes_no_bytes() {
    let places = Places::prepared();
    for (signal, code) in [(Signal::TERM, 143), (Signal::QUIT, 131)] {
        let (_home, mut terminal) = stalled(&places);
        terminal.signal(signal);
        assert_eq!(terminal.ends(), code);
        terminal.is_as_before("a stalled terminal");
    }
}

#[test]
fn ctrl_c_ends_a_program_whose_terminal_takes_no_bytes() {
    let places = Places::prepared();
    let (_home, mut terminal) = stalled(&places);
    terminal.keys(CTRL_C);
    terminal.keys(CTRL_C);
    assert_eq!(terminal.ends(), 130);
    terminal.is_as_before("a stalled terminal");

    let (_home, mut terminal) = stalled(&places);
    terminal.signal(Signal::INT);
    // Two signals that are one to the system would be one question.
    std::thread::sleep(std::time::Duration::from_millis(500));
    terminal.signal(Signal::INT);
    assert_eq!(terminal.ends(), 130);
    terminal.is_as_before("a stalled terminal");
}

#[test]
fn sighup_ends_a_program_whose_terminal_takes_no_bytes() {
    let places = Places::prepared();
    let (_home, mut terminal) = stalled(&places);
    terminal.signal(Signal::HUP);
    assert_eq!(terminal.ends(), 129);
}

#[test]
fn a_terminal_that_goes_on_shows_what_is_true_by_then() {
    let places = Places::prepared();
    let (_home, mut terminal) = stalled(&places);
    // Stopped and continued in the middle of a frame: that one is given up, and a whole one comes.
    terminal.keys(" ");
    terminal.signal(Signal::CONT);
    terminal.flows();
    terminal.shows("ticked 1");
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.ends(), 143);
    terminal.is_as_before("a terminal that went on");
}
