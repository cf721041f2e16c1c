//! A terminal that answers nothing, one that answers late, and replies after the end.

use std::{collections::BTreeSet, thread, time::Duration};

use crate::terminal::{CTRL_C, DOWN, ENTER, Home, LATE_REPLIES, TAB, TYPED, Terminal};

/// Every control sequence that was written, by what tells it from others: its first byte, mark and last byte.
fn sequences(bytes: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut kinds = BTreeSet::new();
    for rest in text.split('\x1b').skip(1) {
        let mut chars = rest.chars();
        match chars.next() {
            Some('[') => {
                let body: String = chars.clone().take_while(|c| !('@'..='~').contains(c)).collect();
                let last = chars.find(|c| ('@'..='~').contains(c)).unwrap_or('!');
                let is_mode = body.starts_with('?');
                kinds.insert(if is_mode { format!("[{body}{last}") } else { format!("[{last}") });
            }
            Some(other) => drop(kinds.insert(other.to_string())),
            None => drop(kinds.insert("alone".into())),
        }
    }
    kinds
}

/// The window of the tests never answers: no run of theirs waits for it. This one looks at what could be a question.
#[test]
fn nothing_is_asked_of_a_terminal_that_answers_nothing() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.reaches_users("Harbour Street Cafe", "37").keys(&DOWN.repeat(20)).keys("/").keys("an");
    terminal
        .sees(&["shown 15"])
        .keys(ENTER)
        .keys("a")
        .sees(&["ticked 34"])
        .resize(60, 15)
        .sees(&["ticked 34"]);
    assert_eq!(terminal.interrupts(), 130);
    // Moves, erasing, lines out and in, colours, the scroll region.
    let allowed: BTreeSet<String> = "ABCDHJKLMmr".chars().map(|last| format!("[{last}")).collect();
    // The alternate screen, the cursor, marked pastes, frames in one piece: each switched off again.
    let modes = ["1049", "25", "2004", "2026"].map(|mode| [format!("[?{mode}h"), format!("[?{mode}l")]);
    let allowed: BTreeSet<String> = allowed.into_iter().chain(modes.into_iter().flatten()).collect();
    let written = sequences(&terminal.bytes());
    assert!(written.is_subset(&allowed), "{:?}", written.difference(&allowed).collect::<Vec<_>>());
}

#[test]
fn late_replies_are_neither_text_nor_keys() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    // In a field: between two letters, in one read with them and in one of their own, and cut in two.
    for (at, letter) in "Harbour Street Cafe".char_indices() {
        let reply = LATE_REPLIES[at % LATE_REPLIES.len()];
        let (half, rest) = reply.split_at(reply.len() / 2);
        match at % 3 {
            0 => terminal.keys(&format!("{reply}{letter}{reply}")),
            1 => terminal.sends(reply.as_bytes()).keys(&letter.to_string()),
            _ => terminal.keys(&format!("{letter}{half}")).keys(rest),
        };
    }
    terminal.sees(&["1 of 22 found", "> / Harbour Street Cafe"]);
    let field = terminal.text().lines().find(|line| line.contains("> / ")).unwrap().to_owned();
    assert!(field.starts_with("│ > / Harbour Street Cafe   "), "{field}");
    terminal.keys(ENTER).sees(&["Which product of"]).takes(0);
    terminal
        .sees(&["‹ Yes, this is the organisation ›"])
        .keys(ENTER)
        .sees(&["‹ Authorise ›"])
        .plays()
        .enables()
        .sees(&["listed 37 ·"]);
    // In a list, where letters are commands, and on a question.
    let before = terminal.text();
    terminal.sends(LATE_REPLIES.concat().as_bytes()).keys(&format!("{DOWN}{}", "\x1b[A"));
    terminal.quiet(Duration::from_millis(300));
    assert_eq!(terminal.text(), before);
    terminal.keys(CTRL_C).sees(&["Leave?"]).keys(&LATE_REPLIES.concat()).keys("x");
    terminal.quiet(Duration::from_millis(300));
    terminal.sees(&["Leave? The run is kept."]);
}

/// Sends pieces with pauses in milliseconds behind them, and waits until nothing of them can be on its way any more.
fn in_pieces(terminal: &mut Terminal, pieces: &[(&[u8], u64)]) {
    for (piece, pause) in pieces {
        terminal.sends(piece);
        thread::sleep(Duration::from_millis(*pause));
    }
    terminal.quiet(Duration::from_millis(400));
}

#[test]
fn a_reply_that_stops_behind_its_escape_presses_nothing() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.keys(TAB).sees(&["/ filter"]);
    let before = terminal.text();
    for rest in [&b"P>|WezTerm\x1b\\"[..], b"]11;rgb:acac/bebe/cdcd\x07", b"[?62;4c", b"_Gi=1;OK\x1b\\"] {
        // On a busy machine the pause may become one behind which the Esc is a person's: it is said no to.
        let is_silent = (0..20).any(|_| {
            in_pieces(&mut terminal, &[(b"\x1b", 90), (rest, 0)]);
            let is_silent = terminal.text() == before;
            if !is_silent {
                terminal.sees(&["Leave?"]).keys("b").loses("Leave?");
            }
            is_silent
        });
        assert!(is_silent, "{rest:?}");
        // That long a pause is one: the Esc counts, and nothing else.
        in_pieces(&mut terminal, &[(b"\x1b", 2_500), (rest, 0)]);
        terminal.sees(&["Leave?"]).keys("b").loses("Leave?");
    }
    // The terminal may be in the middle of a character just now.
    let bytes = terminal.bytes();
    let text = String::from_utf8_lossy(&bytes);
    assert!(
        !text.contains("does nothing here") && !text.contains("What does it mean?"),
        "a letter was a key"
    );
}

#[test]
fn a_reply_that_stops_anywhere_else_presses_nothing_in_the_list_of_users() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.reaches_users("Harbour Street Cafe", "37").keys("a").sees(&["ticked 34"]);
    terminal.quiet(Duration::from_secs(2));
    let before = terminal.text();
    for (start, pause, rest) in [
        (&b"\x1b]11;rgb:ac"[..], 2_500, &b"ac/bebe/cdcd\x07"[..]),
        (b"\x1b]", 2_500, b"11;rgb:acac/bebe/cdcd\x1b\\"),
        (b"\x1b]11;rgb:acac/bebe/cdcd\x1b", 2_500, b"\\"),
        (b"\x1b]11;rgb:acac/bebe/cd", 9_000, b"cd\x1b\\"),
        (b"\x1bP", 2_500, b">|WezTerm 20260101\x1b\\"),
        (b"\x1bP>|Wez", 2_500, b"Term 20260101\x1b\\"),
        (b"\x1b[", 2_500, b"?62;4c"),
        (b"\x1b[?62;4", 2_500, b"c"),
        (b"\x1b_Gi=", 90, b"1;OK\x1b\\"),
    ] {
        in_pieces(&mut terminal, &[(start, pause), (rest, 0)]);
        assert_eq!(terminal.text(), before, "{start:?} {pause} ms {rest:?}");
    }
    terminal.keys(DOWN).waits("the next row", |text| text != before);
}

#[test]
fn replies_at_the_end_do_not_reach_the_shell() {
    let home = Home::new();
    let environment = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("PS1", "ready> ")];
    let mut shell = Terminal::program(&home, "/bin/sh", &["-i"], (80, 24), &environment);
    shell.sees(&["ready>"]);
    let (replies, twice) = (LATE_REPLIES.concat(), format!("{CTRL_C}{CTRL_C}"));
    for (round, leave) in [format!("q{replies}"), format!("{replies}q{replies}"), format!("{twice}{replies}")]
        .iter()
        .enumerate()
    {
        shell.keys(&format!("clear; {TYPED}; echo code $?\n")).sees(&["Which customer?", " listed"]);
        shell.keys(TAB).sees(&["/ filter"]).keys(leave);
        let code = if round == 2 { "code 130" } else { "code 0" };
        shell.sees(&[code]).keys("echo $((6*7))\n").sees(&["42"]);
        let text = shell.text();
        let after: Vec<&str> =
            text.lines().skip_while(|line| *line != code).skip(1).map(str::trim_end).collect();
        assert_eq!(after[..3], ["ready> echo $((6*7))", "42", "ready>"], "{text}");
    }
    assert_eq!(shell.modes(), (false, false, false));
}
