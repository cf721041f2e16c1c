//! Keys that arrive cut up, unknown, alone, or two hundred at once.

use std::time::Duration;

use crate::terminal::{DOWN, ENTER, ESC, Home, TAB, Terminal};

/// Quiet after which nothing that was typed can still be on its way through parser and wizard: longer than the wait
/// for the rest of a sequence.
const QUIET: Duration = Duration::from_millis(300);

/// The customers, with the keyboard on the rows.
fn rows(home: &Home) -> Terminal {
    let mut terminal = Terminal::opened(home);
    terminal.keys(TAB).sees(&["/ filter"]);
    terminal
}

/// Sends pieces, and says whether they moved the cursor to another row. Where the machine was too slow, the ESC counted
/// as the key, and the question before leaving stands there: it is closed again.
fn moves(terminal: &mut Terminal, pieces: &[&[u8]]) -> bool {
    terminal.quiet(QUIET);
    let before = terminal.under_cursor();
    for piece in pieces {
        terminal.sends(piece);
    }
    terminal.waits("another row", |text| !text.contains(&format!("> {before}")) || text.contains("Leave?"));
    let is_moved = !terminal.text().contains("Leave?");
    if !is_moved {
        terminal.keys("b").loses("Leave?");
    }
    is_moved
}

#[test]
fn a_sequence_in_pieces_is_one_key() {
    let home = Home::new();
    let mut terminal = rows(&home);
    for pieces in [
        &[&b"\x1b"[..], b"[B"][..],
        &[b"\x1b[", b"B"],
        &[b"\x1b", b"[", b"B"],
        &[b"\x1b", b"O", b"B"],
        &[b"\x1bO", b"A"],
        &[b"\x1b[1;", b"5B"],
        &[b"\x1b[", b"6", b"~"],
        &[b"\x1b[5", b"~"],
    ] {
        assert!((0..20).any(|_| moves(&mut terminal, pieces)), "never one key: {pieces:?}");
    }
    // Home and End, in every way in which terminals say them.
    terminal.keys("\x1b[H").sees(&["> Anderson Dental"]).keys("\x1b[F").loses("> Anderson Dental");
    // A frame that has come in half would name another row.
    terminal.quiet(QUIET);
    let last = terminal.under_cursor();
    for (home_key, end_key) in
        [("\x1b[H", "\x1b[F"), ("\x1b[1~", "\x1b[4~"), ("\x1b[7~", "\x1b[8~"), ("\x1bOH", "\x1bOF")]
    {
        terminal.keys(home_key).sees(&["> Anderson Dental"]).keys(end_key).sees(&[&format!("> {last}")]);
    }
    assert!(!String::from_utf8_lossy(&terminal.bytes()).contains("does nothing here"), "a piece was typed");
    terminal.keys("q");
    assert_eq!(terminal.code(), 0);
}

#[test]
fn a_piece_that_comes_too_late_is_never_typed() {
    let home = Home::new();
    let mut terminal = rows(&home);
    for rest in ["[B", "OB", "[1;5B", "[6~"] {
        terminal.keys(ESC).sees(&["Leave?"]).keys(rest);
        terminal.quiet(QUIET);
        terminal.sees(&["Leave?"]).keys("y").sees(&["y does nothing here"]).keys("b").loses("Leave?");
    }
    let text = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    let is_said = |letter| text.contains(&format!("{letter} does nothing here"));
    assert!(!["[", "O", "B", "~"].into_iter().any(is_said), "a piece was typed");
}

#[test]
fn unknown_sequences_are_swallowed_whole() {
    let home = Home::new();
    let mut terminal = rows(&home);
    let (from, before) = (terminal.bytes().len(), terminal.under_cursor());
    let long = [b"\x1b]1337;".as_slice(), &b"qbay/".repeat(20_000), b"\x1b\\"].concat();
    for unknown in [
        &b"\x1b[?62;4c"[..],
        b"\x1b[12;40R",
        b"\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
        b"\x1bP1$r0m\x1b\\",
        b"\x1bP>|XTerm(379)\x1b\\",
        b"\x1b_Gi=1;OK\x1b\\",
        b"\x1b^pm\x1b\\",
        b"\x1bXsos\x1b\\",
        b"\x1b[?2026;2$y",
        b"\x1b[15~\x1bOQ\x1b[[B\x1b[24;5~",
        b"\x1b[<0;12;7M\x1b[<0;12;7m\x1b[M !!",
        b"\x1b[97;5u",
        b"\x1b[I\x1b[O",
        &long,
    ] {
        for piece in [unknown.len().max(1), 1_000, 7] {
            for piece in unknown.chunks(piece) {
                terminal.sends(piece);
            }
            // The next key counts, and is the first that anything comes of.
            terminal.keys("y").sees(&["y does nothing here"]).keys("Y").sees(&["Y does nothing here"]);
            assert_eq!(terminal.under_cursor(), before, "{unknown:?}");
        }
    }
    let text = String::from_utf8_lossy(&terminal.bytes()[from..]).into_owned();
    assert!(!text.contains("Leave?") && !text.contains('┃'), "something was taken for a key");
    terminal.is_clean(false);
}

#[test]
fn characters_in_pieces_and_both_backspaces() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    for (letter, cut) in [("é", 1), ("王", 1), ("王", 2), ("🦀", 3)] {
        let (start, end) = letter.as_bytes().split_at(cut);
        terminal.sends(start).quiet(QUIET);
        terminal.sends(end).sees(&[&format!("> / {letter}")]);
        terminal.keys(if cut == 1 { "\x7f" } else { "\x08" }).loses(letter);
    }
    // Half a letter and then a key: the key counts.
    terminal.sends(b"\xe7\x8ek").sees(&["6 of 22 found"]);
    assert!(String::from_utf8(terminal.bytes()).unwrap().contains("\u{FFFD}"), "half a letter can be seen");
    assert!(!terminal.text().contains("Leave?"));
}

/// How often what is written turns to reversed letters.
fn reversals(written: &str) -> usize {
    let mut is_reversed = false;
    let mut count = 0;
    let styles = written.split("\x1b[").skip(1).filter_map(|piece| piece.split_once('m'));
    for (style, _) in styles.filter(|(style, _)| style.chars().all(|c| c.is_ascii_digit() || c == ';')) {
        for number in style.split(';') {
            match number {
                "7" if !is_reversed => (is_reversed, count) = (true, count + 1),
                "" | "0" | "27" => is_reversed = false,
                _ => {}
            }
        }
    }
    count
}

#[test]
fn two_hundred_keys_in_one_read_are_drawn_once() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.reaches_users("Southern Plains University", "48,000");
    let mut drawn = Vec::new();
    for (keys, before, after) in [
        (DOWN.repeat(200), "1–15 of", "187–201 of"),
        ("\x1b[A".repeat(100), "187–201 of", "101–115 of"),
        ("\x1b[6~".repeat(200), "101–115 of", "–3,101 of 48,000"),
    ] {
        let bytes = terminal.bytes().len();
        terminal
            .keys(&keys)
            .waits(after, |text| text.contains(after) && !text.contains(&format!(" {before}")));
        terminal.quiet(QUIET);
        drawn.push(reversals(str::from_utf8(&terminal.bytes()[bytes..]).unwrap()));
    }
    // One lit row for each: two where the system hands the keys over in two reads.
    assert!(drawn.iter().all(|count| (1..=2).contains(count)), "cursor drawn {drawn:?} times");
    let before = terminal.bytes().len();
    terminal.keys("/").sees(&["> / "]).keys("nguyen").sees(&["> / nguyen", "Nguyen"]);
    let text = String::from_utf8_lossy(&terminal.bytes()[before..]).into_owned();
    assert!(text.contains("nguyen"), "the letters were drawn one by one");
}

#[test]
fn keys_of_modes_that_another_program_left_on() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.reaches_users("Harbour Street Cafe", "37");
    // kitty's form of Ctrl-C and Esc, and the Ctrl-C of xterm's modifyOtherKeys.
    for (open, close) in [("\x1b[99;5u", "\x1b[27u"), ("\x1b[27;5;99~", "\x1b[27;1:1u"), ("\x03", ESC)] {
        terminal.keys(open).sees(&["Leave? The run is kept."]).keys(close).loses("Leave?");
    }
    // A key that is let go presses nothing.
    terminal.keys("\x1b[99;5:3u\x1b[97;1:3u").quiet(QUIET);
    assert!(!terminal.text().contains("Leave?"), "{}", terminal.text());
    terminal.keys("\x1b[97;1:1u").sees(&["ticked 34"]).keys("\x1b[13u").sees(&["New seats"]);
    // The keypad in application mode as PuTTY sends it, and kitty's.
    for (letter, digit) in ('p'..='y').zip('0'..='9') {
        terminal.keys(&format!("\x1bO{letter}")).sees(&[&format!("> New seats [{digit} ")]);
        terminal.keys("\x1b[127u").loses(&format!("> New seats [{digit}"));
    }
    terminal
        .keys("\x1bOs\x1bOt")
        .sees(&["> New seats [34"])
        .keys("\x1b[127u\x1b[127u")
        .loses("> New seats [3");
    terminal
        .keys("\x1b[57402u\x1b[57408u")
        .sees(&["> New seats [39"])
        .keys("\x1b[27u")
        .loses("> New seats [39");
    terminal.keys("\x1b[27u").loses("New seats");
}

#[test]
fn every_way_back_works_without_esc() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.reaches_users("Harbour Street Cafe", "37").keys("a").sees(&["ticked 34"]).keys(ENTER);
    // In a field of digits letters are commands as outside of it; Tab has nowhere else to go.
    terminal.sees(&["New seats"]).keys("3").sees(&["> New seats [3"]).keys(TAB).keys("y");
    terminal.sees(&["y does nothing here"]).keys("7").sees(&["> New seats [37"]).keys("b").loses("New seats");
    terminal.keys("/").sees(&["> / "]).keys(TAB).loses("> / ").keys("?").sees(&["┌ Keys ─"]);
    terminal.keys("b").loses("┌ Keys ─").keys("e").sees(&["What does it mean?"]).keys(TAB).keys("b");
    terminal.loses("What does it mean?").keys("b").sees(&["● Authorise"]).keys("b").sees(&["● Access"]);
    terminal.keys("b").sees(&["Which product"]).keys("b").sees(&["Which customer?"]);
}

#[test]
fn a_dead_key_says_so() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, &["--as", "user"]);
    terminal.sees(&["Which customer?", " listed"]).keys(TAB).sees(&["/ filter"]);
    terminal.keys("n").sees(&["An Admin adds customers"]).keys("~").sees(&["~ does nothing here"]);
    terminal.keys("/").reaches_users("Harbour Street Cafe", "37");
    terminal
        .keys("t")
        .sees(&["These ticks what a filter shows"])
        .keys("o")
        .sees(&["Only an Admin can turn protection off"]);
    terminal.keys("q").sees(&["Leave?"]).keys("q");
    assert_eq!(terminal.code(), 130);
}
