//! Windows of every size, resized while busy and fifty times in a second.

use std::{
    num::NonZeroU16,
    thread,
    time::{Duration, Instant},
};

use crate::terminal::{CTRL_C, DOWN, ENTER, ESC, Home, TAB, Terminal};

/// How often a text stands in what was written since `from`.
fn count(terminal: &Terminal, from: usize, what: &str) -> usize {
    terminal.bytes()[from..].windows(what.len()).filter(|window| *window == what.as_bytes()).count()
}

/// Everything is drawn again.
const CLEARED: &str = "\x1b[2J";

#[test]
fn a_window_that_grows_and_shrinks_keeps_its_row() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.reaches_users("Harbour Street Cafe", "37").keys("/").sees(&["> / "]).keys("an");
    terminal.sees(&["shown 15"]).keys(ENTER).loses("> / ").keys(&DOWN.repeat(4)).keys(" ");
    terminal.sees(&["ticked 1 ", "> [x] Isla Anderson"]);
    for (columns, rows) in [(120, 40), (60, 15), (40, 10), (200, 50), (80, 24)] {
        terminal.resize(columns, rows).sees(&["ticked 1 ", "> [x] Isla Anderson", "/ an"]);
        let (row, _) = terminal.cursor();
        let under = terminal.text().lines().nth(usize::from(row)).unwrap_or_default().to_owned();
        assert!(
            under.trim_start_matches('│').starts_with("> [x] Isla Anderson"),
            "the cursor stands at {under:?}"
        );
    }
    terminal.keys(DOWN).sees(&["> [ ] Anahera Harris"]);
}

#[test]
fn too_small_a_window_says_what_it_needs_and_its_keys_work() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.confirms("Harbour Street Cafe");
    terminal.resize(39, 9).sees(&["Needs 40x10, this is 39x9.", "SANDBOX B365-", "…e397"]);
    terminal.resize(20, 5).sees(&["Needs 40x10, this is", "20x5."]).keys(CTRL_C).sees(&["Leave?"]);
    // The smallest ones show nothing that can be read; coming back, everything is as it was.
    for (columns, rows) in [(1, 1), (0, 0), (2, 1), (1, 50), (200, 1)] {
        terminal.resize(columns, rows);
        terminal.quiet(Duration::from_millis(200));
    }
    terminal.resize(80, 24).sees(&["Leave? The run is kept."]).keys(ESC).sees(&[">‹ Authorise ›"]);
    terminal.resize(1, 1).quiet(Duration::from_millis(200));
    terminal.keys(CTRL_C).keys(CTRL_C);
    assert_eq!(terminal.code(), 130);

    let mut terminal = Terminal::sized(&home, &[], 20, 5, &[]);
    terminal.sees(&["Needs 40x10, this is", "20x5.", "SANDBOX"]).keys(TAB).keys("q");
    assert_eq!(terminal.code(), 0);
}

#[test]
fn a_terminal_without_a_size_has_that_of_the_environment_or_80_by_24() {
    for (environment, columns, rows) in
        [(&[][..], 80, 24), (&[("COLUMNS", "100"), ("LINES", "30")], 100, 30), (&[("LINES", "30")], 80, 24)]
    {
        let home = Home::new();
        let mut terminal = Terminal::sized(&home, &[], 0, 0, environment);
        // What is written is read in a window of that size: nothing else tells where the line of keys stands.
        let foot = |terminal: &Terminal| {
            let size = [rows, columns].map(|side| NonZeroU16::new(side).unwrap());
            let mut window = vt100::Parser::new(size[0], size[1], 0);
            window.process(&terminal.bytes());
            window.screen().rows(0, columns).nth(usize::from(rows) - 1).unwrap_or_default()
        };
        let until = Instant::now() + Duration::from_mins(1);
        while !foot(&terminal).starts_with(" Enter to the rows") {
            assert!(Instant::now() < until, "{environment:?}: {:?}", foot(&terminal));
            thread::sleep(Duration::from_millis(10));
        }
        terminal.keys(TAB).keys("q");
        assert_eq!(terminal.code(), 0);
    }
}

#[test]
fn fifty_sizes_in_a_second_while_the_list_streams_in() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, &["--world", "large"]);
    terminal.sees(&["Which customer?", " listed"]).picks("Southern Cross Health").takes(0);
    terminal
        .sees(&["‹ Yes, this is the organisation ›"])
        .keys(ENTER)
        .sees(&["All checks are good", "Enter enable"]);
    terminal.keys(ENTER).sees(&["so far", "> [ ] "]).keys(DOWN).keys(DOWN).keys(" ").sees(&["ticked 1 "]);
    let ticked =
        |text: &str| text.lines().find(|line| line.starts_with("│> [x]")).map(|l| l[8..22].to_owned());
    let name = ticked(&terminal.text()).unwrap();
    let from = terminal.bytes().len();
    for at in 0..50_u16 {
        terminal.resize(60 + at, 15 + at % 20);
    }
    terminal.resize(100, 30);
    terminal.waits("the same row in the last size", |text| {
        ticked(text).as_deref() == Some(name.as_str()) && text.contains("? keys") && text.contains("…")
    });
    let clears = count(&terminal, from, CLEARED);
    assert!((1..=10).contains(&clears), "{clears} redraws for fifty sizes");
    terminal.keys(CTRL_C).sees(&["Leave?"]).keys(CTRL_C);
    assert_eq!(terminal.code(), 130);
}

/// What must stand on the screen whatever its size: who is touched, and the way to all keys.
fn is_whole(terminal: &Terminal, (columns, rows): (u16, u16)) {
    let text = terminal.text();
    let first = text.lines().next().unwrap_or_default();
    assert!(first.starts_with(" SANDBOX  "), "{columns}x{rows}:\n{text}");
    for words in ["B365-", "…e397"] {
        let bar = text.lines().take(2).collect::<Vec<_>>().join(" ");
        assert!(bar.contains(words), "{words} in {columns}x{rows}:\n{text}");
    }
    assert!(terminal.last_row().ends_with("? keys"), "{columns}x{rows}:\n{text}");
}

/// The panels that stand on every screen: each says that it goes on where it does, and gives way to Esc.
fn panels(terminal: &mut Terminal, window: (u16, u16), back: &str) {
    let keys = if window.0 >= 60 && window.1 >= 20 { "┌ Keys ─" } else { "\nKeys " };
    // What the card says may stand beside the page as well.
    for (key, heading, closes) in
        [("?", keys, "Esc close"), ("s", "They see", "Esc close"), ("e", "What does it mean?", "leave field")]
    {
        // The card stands beside the page already.
        if key == "s" && terminal.text().contains("┌ Say ") {
            continue;
        }
        terminal.keys(key).sees(&[closes]).sees(&[heading]);
        let text = terminal.text();
        assert!(text.starts_with(" SANDBOX  "), "{window:?}:\n{text}");
        let heading = text.lines().find(|line| key == "?" && line.contains(keys.trim_start()));
        // Beside it the card may stand, which has words of its own.
        if heading.and_then(|line| line.split('┐').next()).is_some_and(|line| line.contains(" of ")) {
            assert!(terminal.last_row().contains("PgDn more"), "{window:?}:\n{text}");
        }
        if key == "e" {
            terminal.keys("90094").sees(&["90094", "Means  "]).keys(ESC);
        }
        terminal.keys(ESC).sees(&[back]).loses(closes);
    }
}

#[test]
fn every_screen_works_in_every_window() {
    for window in [(80, 24), (60, 15), (40, 10), (120, 40), (200, 50)] {
        let home = Home::new();
        let mut terminal = Terminal::sized(&home, &[], window.0, window.1, &[]);
        terminal.sees(&["SANDBOX", "Which customer?", " listed"]).keys("Harbour Street Cafe");
        terminal.sees(&["1 of 22 found", "Enter choose"]).keys(ENTER);
        terminal.sees(&["Which product of", "> Office 365", "? keys"]).keys(ENTER);
        terminal.sees(&[">‹ Yes, this is the organisation ›"]);
        is_whole(&terminal, window);
        panels(&mut terminal, window, ">‹ Yes");
        terminal.keys(ENTER).sees(&[">‹ Authorise ›"]);
        is_whole(&terminal, window);
        panels(&mut terminal, window, ">‹ Authorise ›");
        terminal.keys(ENTER).sees(&["To be opened in a private window"]);
        is_whole(&terminal, window);
        // In the smallest window the link is a page further on.
        terminal.reads_on("http://127.0.0.1:").keys("\x1b[H");
        terminal
            .keys("g")
            .sees(&["any key returns", "SANDBOX", "…e397"])
            .keys(ESC)
            .sees(&[">‹ Ask Microsoft now ›"]);
        terminal.keys("w").sees(&["Enter enable"]);
        is_whole(&terminal, window);
        terminal.keys(ENTER).sees(&["ticked 0 · seats 0 → 0", "> [ ] Aroha Smith"]);
        is_whole(&terminal, window);
        panels(&mut terminal, window, "> [ ] Aroha Smith");
        terminal.keys(DOWN).sees(&["> [ ] Liam Nguyen"]).keys(" ").sees(&["> [x] Liam Nguyen", "ticked 1 "]);
        for (key, heading) in
            [("m", "Which kinds"), ("u", "Go on without a sweeper?"), (ENTER, "Turn 1 user on?")]
        {
            terminal.keys(key).sees(&[heading, "? keys"]);
            is_whole(&terminal, window);
            if key != ENTER {
                terminal.keys(ESC).sees(&["> [x] Liam Nguyen"]);
            }
        }
        terminal.keys(ENTER).sees(&["1 user protected", "Enter finish"]);
        is_whole(&terminal, window);
        terminal.keys(ENTER).sees(&["Done: 1 user is protected", "Enter next customer"]);
        is_whole(&terminal, window);
        panels(&mut terminal, window, "Done: 1 user");
        terminal.keys("q");
        assert_eq!(terminal.code(), 0);
    }
}
