//! Leaving by key and by signal: exit code, the words that stay, and a terminal as it was before.

use rustix::process::Signal;

use super::{
    killed::crowded,
    terminal::{CTRL_C, ENTER, ESC, Home, Record, Terminal},
};

/// The way back that stays on the main screen.
fn way_back(home: &Home) -> String {
    let run = Record::of(home).run();
    format!("SANDBOX: {run} is kept. Go on with: backup365 --run {run}")
}

/// The terminal is as before: main screen, cursor shown, pastes unmarked.
fn is_restored(terminal: &Terminal) {
    assert_eq!(terminal.modes(), (false, false, false), "alternate screen, hidden cursor, bracketed paste");
    let bytes = terminal.bytes();
    for mode in ["\x1b[?1049l", "\x1b[?25h", "\x1b[?2004l"] {
        assert!(bytes.windows(mode.len()).any(|window| window == mode.as_bytes()), "{mode:?} was never sent");
    }
}

#[test]
fn ctrl_c_asks_first_and_the_second_one_leaves() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    assert_eq!(terminal.modes(), (true, false, true), "the search field has the cursor");
    terminal.confirms("Harbour Street Cafe");
    terminal.keys(CTRL_C).sees(&["Leave? The run is kept.", "backup365 --run B365-"]);
    terminal.keys(ESC).loses("Leave?").sees(&["● Authorise"]);
    assert_eq!(terminal.interrupts(), 130);
    terminal.sees(&[&way_back(&home)]);
    is_restored(&terminal);
}

#[test]
fn signals_leave_at_once_and_keep_the_run() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::QUIT, 131)] {
        let home = Home::new();
        let mut terminal = Terminal::opened(&home);
        terminal.confirms("Harbour Street Cafe").signal(signal);
        assert_eq!(terminal.code(), code);
        terminal.sees(&[&way_back(&home)]);
        is_restored(&terminal);
        let mut terminal = Terminal::opened(&home);
        terminal.sees(&["was interrupted.", "> Harbour Street Cafe"]);
    }
}

#[test]
fn a_closed_window_ends_the_program() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.reaches_users("Harbour Street Cafe", "37").keys(" ").sees(&["ticked 1"]);
    terminal.hang_up("?");
    assert_eq!(terminal.code(), 129);
    // What was ticked a moment ago was saved on the way out.
    let mut terminal = Terminal::opened(&home);
    terminal.sees(&["interrupted: users"]).keys(ENTER).sees(&["/ filter"]).keys(ENTER);
    terminal.lists("37").sees(&["● Users", "ticked 1"]);
}

#[test]
fn a_signal_during_an_apply_leaves_the_rest_to_the_next_start() {
    let (home, world) = crowded();
    let arguments = ["--world", world.as_str()];
    let mut terminal = Terminal::start(&home, &arguments);
    terminal.turns_a_crowd_on();
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.code(), 143);
    is_restored(&terminal);
    let run = Record::of(&home).run();
    let mut terminal = Terminal::start(&home, &["--world", &world, "--run", &run]);
    terminal.sees(&["● Users"]);
    // Nothing is left where the two seconds before the end were enough.
    Record::of(&home).waits("seat WHERE state = 'on'", 12_000);
    assert_eq!(Record::of(&home).seats(), 12_000);
}

#[test]
fn a_parked_run_waits_on_the_first_screen() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.confirms("Harbour Street Cafe").keys("p");
    terminal.sees(&["Which customer?", "is parked. Nothing is lost.", "parked: "]);
    Record::of(&home).waits("run WHERE parked IS NOT NULL", 1);
    terminal.keys(ENTER).sees(&["/ filter"]).keys("q");
    assert_eq!(terminal.code(), 0);
    is_restored(&terminal);

    let mut terminal = Terminal::opened(&home);
    terminal.sees(&["parked: "]).loses("interrupted").finds("Harbour Street Cafe").keys(ENTER);
    terminal.sees(&["● Authorise", "…e397"]);
    Record::of(&home).waits("run WHERE parked IS NULL", 1);
}

#[test]
fn ctrl_z_and_back_again() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    // No shell stands above the program here, so that it can't be stopped: it must come back by itself.
    terminal.keys("\x1a").keys("Harbour").sees(&["> / Harbour", "> Harbour Street Cafe"]);
    assert_eq!(terminal.modes(), (true, false, true));
}

#[test]
fn no_colours_and_no_other_characters_where_they_are_not_wanted() {
    let tints = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let codes = text.split("\x1b[").skip(1).filter_map(|rest| {
            let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
            rest[end..].starts_with('m').then(|| rest[..end].to_owned())
        });
        codes
            .flat_map(|codes| codes.split(';').map(str::to_owned).collect::<Vec<_>>())
            .filter_map(|code| code.parse::<u8>().ok())
            .filter(|code| matches!(code, 30..=38 | 40..=48 | 90..=107))
            .count()
    };
    for (arguments, environment, has_tints, is_ascii) in [
        (&[][..], &[][..], true, false),
        (&[], &[("NO_COLOR", "1")], false, false),
        (&["--ascii"], &[], true, true),
        (&[], &[("LANG", "C")], true, true),
    ] {
        let home = Home::new();
        let mut terminal = Terminal::sized(&home, arguments, 80, 24, environment);
        terminal.sees(&["Which customer?", " listed"]).picks("Old Mill Bakery").keys(ENTER);
        terminal.sees(&["90002"]);
        assert_eq!(terminal.interrupts(), 130);
        let bytes = terminal.bytes();
        assert_eq!(tints(&bytes) > 0, has_tints, "colours with {arguments:?} {environment:?}");
        assert_eq!(bytes.is_ascii(), is_ascii, "ASCII with {arguments:?} {environment:?}");
    }
}
