//! Run 2: windows of every size, resized while busy and fifty times in a second.

use crate::terminal::{DOWN, Home, Terminal};

#[test]
fn run_02_a_window_that_grows_and_shrinks_keeps_its_row() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    assert!(terminal.process() > 0);
    terminal.reaches_users("Harbour Street Cafe", "37").sends(DOWN.as_bytes());
    terminal.resize(120, 40).sees(&["listed 37", "[Users]"]);
    terminal.resize(60, 15).sees(&["listed 37"]);
    terminal.resize(80, 24).sees(&["listed 37", "[Users]"]);
}
