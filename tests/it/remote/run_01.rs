//! Run 1: the first frame, each key, and ten idle seconds: bytes, and nothing at all while idle.

use std::{thread, time::Duration};

use crate::terminal::{ENTER, Home, Terminal};

/// How long the program is left alone.
const IDLE: Duration = Duration::from_secs(10);

/// Whether the program used no processor and wrote nothing while nobody touched it.
fn is_idle(terminal: &Terminal) {
    let bytes = terminal.quiet(Duration::from_secs(12));
    let before = terminal.usage().unwrap();
    thread::sleep(IDLE);
    assert_eq!(terminal.bytes().len(), bytes, "bytes while idle; the screen shows:\n{}", terminal.text());
    assert_eq!(terminal.usage().unwrap(), before, "wake-ups and processor ticks while idle");
}

#[test]
fn run_01_idle_is_nothing_at_all() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    is_idle(&terminal);
    terminal.reaches_users("Harbour Street Cafe", "37");
    is_idle(&terminal);
    terminal.keys(" ").sees(&["ticked 1"]).keys(ENTER).sees(&["Turn 1 user on?"]);
    is_idle(&terminal);
}
