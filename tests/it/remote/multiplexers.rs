//! Inside tmux, screen and mosh.

use std::{
    collections::BTreeSet,
    fs, thread,
    time::{Duration, Instant},
};

use base64::Engine;

use crate::terminal::{
    CTRL_C, DOWN, ENTER, ESC, Home, Record, Terminal,
    inside::{Inside, Kind},
};

/// The window that most people have.
const USUAL: (u16, u16) = (80, 24);

/// Starts the wizard in a shell inside, in 80x24 of its own, and waits for the customers.
fn opened(kind: Kind, home: &Home, environment: &str) -> Option<(Inside, Terminal)> {
    // tmux keeps the last row for itself.
    let (columns, rows) = (USUAL.0, USUAL.1 + u16::from(kind == Kind::Tmux));
    let (inside, mut terminal) = Inside::open(kind, home, (columns, rows))?;
    terminal.runs(environment).sees(&["SANDBOX", "Which customer?", " listed"]);
    Some((inside, terminal))
}

/// The whole first path, and a prompt that can be used afterwards.
fn whole_path(kind: Kind) {
    let home = Home::new();
    let Some((_inside, mut terminal)) = opened(kind, &home, "") else { return };
    terminal.reaches_users("Harbour Street Cafe", "37");
    terminal.keys(&format!(" {DOWN} {DOWN} ")).sees(&["ticked 3", "seats 0 → 3"]).applies("3").keys(ENTER);
    terminal.sees(&["Done: 3 users are protected", "Read back from the record"]).keys("q");
    terminal.sees(&["code 0 ready>"]).loses("Done: 3 users").answers();
    assert_eq!(Record::of(&home).seats(), 3);
}

#[test]
fn the_whole_path_in_tmux() {
    whole_path(Kind::Tmux);
}

#[test]
fn the_whole_path_in_screen() {
    whole_path(Kind::Screen);
}

#[test]
fn the_whole_path_in_mosh() {
    whole_path(Kind::Mosh);
}

#[test]
fn the_last_words_stand_alone_above_the_prompt() {
    for kind in Kind::ALL {
        let home = Home::new();
        let Some((_inside, mut terminal)) = opened(kind, &home, "") else { continue };
        terminal.confirms("Harbour Street Cafe").keys(CTRL_C).sees(&["Leave?"]).keys(CTRL_C);
        let run = Record::of(&home).run();
        let words =
            format!("SANDBOX: {run} is kept. Go on with: backup365 --run {run} --sandbox code 130 ready>");
        terminal.sees(&[&words]).loses("● Authorise").answers();
    }
}

/// The link, as the file that `f` writes has it.
fn link(home: &Home) -> String {
    let file = home.files().into_iter().find(|file| file.to_str().unwrap().ends_with("-link.txt")).unwrap();
    fs::read_to_string(file).unwrap().trim_end().to_owned()
}

#[test]
fn the_link_stands_alone_and_is_read_back_whole() {
    for kind in Kind::ALL {
        let home = Home::new();
        let Some((inside, mut terminal)) = opened(kind, &home, "") else { continue };
        terminal.confirms("Harbour Street Cafe").keys(ENTER).sees(&["adminconsent"]);
        terminal.keys("f").sees(&["The link is in the file"]);
        let link = link(&home);
        assert!(link.len() > 80, "too short to be wrapped: {link}");
        terminal.keys("l").sees(&["Press Enter to go back."]).loses("● Authorise");
        let is_alone = |text: &str| {
            let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
            let at = lines.iter().position(|line| *line == link);
            at.is_some_and(|at| lines.get(at + 1).is_some_and(|line| *line == "Press Enter to go back."))
        };
        assert!(is_alone(&terminal.unwrapped()), "{kind:?}:\n{}", terminal.text());
        match kind {
            Kind::Tmux => assert!(is_alone(&inside.copied()), "{}", inside.copied()),
            // screen's hardcopy has one line for each row.
            Kind::Screen => assert!(inside.copied().replace('\n', "").contains(&link), "{}", inside.copied()),
            Kind::Mosh => {}
        }
        terminal.keys(ENTER).sees(&["● Authorise", "Send it: l print"]);
    }
}

#[test]
fn the_clipboard_is_reached_where_it_can_be() {
    for (kind, passes) in [(Kind::Tmux, false), (Kind::Screen, true), (Kind::Mosh, true)] {
        let home = Home::new();
        let Some((_inside, mut terminal)) = opened(kind, &home, "") else { continue };
        terminal.confirms("Harbour Street Cafe").keys(ENTER).sees(&["adminconsent"]);
        terminal.keys("f").sees(&["The link is in the file"]);
        let payload = base64::engine::general_purpose::STANDARD.encode(link(&home));
        terminal.keys("c").sees(&["Sent to your terminal's clipboard: the link. Not every"]);
        let sequence = format!("\x1b]52;c;{payload}\x07");
        if passes {
            terminal.was_sent(&sequence);
        }
        // Where it is dropped, nothing of it lands on the screen.
        assert!(!terminal.text().contains(&payload[..8]), "{kind:?}:\n{}", terminal.text());
        terminal.keys("r").sees(&["? keys"]);
    }
}

#[test]
fn arrows_and_esc_never_become_letters() {
    for kind in Kind::ALL {
        let home = Home::new();
        let Some((_inside, mut terminal)) = opened(kind, &home, "") else { continue };
        terminal.keys("ar").sees(&["> / ar", " found"]);
        // Down leaves the field. Both forms of the arrows, one of them in pieces: these three hold an ESC or pass it on.
        terminal.keys(DOWN).sees(&["/ filter"]);
        for piece in ["\x1b", "[", "B", "\x1bOB", "\x1b[A", "\x1b", "O", "A", DOWN] {
            terminal.keys(piece);
            thread::sleep(Duration::from_millis(10));
        }
        terminal.keys("/").sees(&["> / ar"]).keys("b").sees(&["> / arb", "Harbour"]);
        // Esc alone clears the field, after whatever delay.
        terminal.keys(ESC).loses("> / arb").sees(&["21 listed"]);
        terminal.keys("old mill").sees(&["> / old mill", "> Old Mill Bakery"]);
    }
}

#[test]
fn a_pasted_id_is_one_paste() {
    for kind in Kind::ALL {
        let home = Home::new();
        let Some((_inside, mut terminal)) = opened(kind, &home, "") else { continue };
        terminal.picks("Kauri Building Supplies").takes(0).sees(&["> Tenant ID ["]);
        terminal.pastes(
            " \"{7A36AF4B-C51E-44E1-87F0-D8AF3157C2CA}\u{200b}\"\r\n\n",
            &["7A36AF4B-C51E", "Kauri Building Supplies", "the last four: c 2 c a", "‹ Save ›"],
        );
        assert_eq!(Record::of(&home).count("run WHERE tenant IS NOT NULL"), 0, "a paste saves nothing");
        terminal.keys(ENTER).sees(&[">‹ Save ›"]).keys(ENTER).sees(&["● Authorise", "…c2ca"]);
    }
}

#[test]
fn another_size_is_drawn_whole() {
    for kind in Kind::ALL {
        let home = Home::new();
        let Some((_inside, mut terminal)) = opened(kind, &home, "") else { continue };
        terminal.confirms("Harbour Street Cafe").resize(120, 40);
        terminal.sees(&["● Authorise", "They see", "? keys"]);
        terminal.resize(60, 15).loses("They see").sees(&["‹ Authorise ›", "…e397", "? keys"]);
        terminal.resize(80, 24).sees(&["● Authorise", "The customer's administrator opens it", "? keys"]);
    }
}

#[test]
fn left_and_looked_at_again_it_stands_whole() {
    for kind in Kind::KEEPING {
        let home = Home::new();
        let Some((inside, mut terminal)) = opened(kind, &home, "") else { continue };
        terminal.reaches_users("Harbour Street Cafe", "37").keys(" ").sees(&["ticked 1"]);
        terminal.keys(if kind == Kind::Tmux { "\x02d" } else { "\x01d" });
        assert_eq!(terminal.code(), 0, "{}", terminal.text());
        let whole = ["SANDBOX  Harbour Street Cafe", "● Users", "listed 37 ·", "ticked 1", "? keys"];
        let mut again = inside.attach(&home, USUAL);
        again.sees(&whole);
        // Another window, of another size; screen takes it away from the first one.
        let mut other = inside.attach(&home, (100, 30));
        other.sees(&whole).keys(DOWN).keys(" ").sees(&["ticked 2"]);
    }
}

/// Waits until the program does nothing any more, and checks that it goes on doing nothing.
fn is_idle(inside: &Inside) {
    let (until, mut before) = (Instant::now() + Duration::from_mins(2), inside.usage());
    loop {
        // The runtime lets go of threads that had nothing to do for ten seconds; what they used is not counted then.
        thread::sleep(Duration::from_secs(12));
        let now = inside.usage();
        if now == before {
            break;
        }
        assert!(Instant::now() < until, "{:?} never fell silent", inside.kind);
        before = now;
    }
    thread::sleep(Duration::from_secs(5));
    assert_eq!(inside.usage(), before, "{:?}: wake-ups and processor ticks that nobody sees", inside.kind);
}

/// Nobody looks, and it costs nothing; where one can come back, everything still stands there.
fn unseen(kind: Kind) {
    let home = Home::new();
    let Some((inside, mut terminal)) = opened(kind, &home, "") else { return };
    terminal.reaches_users("Harbour Street Cafe", "37").keys(" ").sees(&["ticked 1"]);
    terminal.loses_client();
    is_idle(&inside);
    if kind != Kind::Mosh {
        let mut again = inside.attach(&home, USUAL);
        again.sees(&["● Users", "listed 37 ·", "ticked 1"]).keys(" ").sees(&["ticked 0"]);
    }
}

#[test]
fn unseen_in_tmux_it_lives_on_and_costs_nothing() {
    unseen(Kind::Tmux);
}

#[test]
fn unseen_in_screen_it_lives_on_and_costs_nothing() {
    unseen(Kind::Screen);
}

#[test]
fn unseen_in_mosh_it_lives_on_and_costs_nothing() {
    unseen(Kind::Mosh);
}

#[test]
fn a_killed_server_ends_the_program_and_keeps_the_run() {
    for kind in Kind::ALL {
        let home = Home::new();
        let Some((inside, mut terminal)) = Inside::open(kind, &home, USUAL) else { continue };
        terminal.runs_watched().sees(&["Which customer?", " listed"]);
        terminal.reaches_users("Harbour Street Cafe", "37").keys(" ").sees(&["ticked 1"]);
        assert!(inside.kill(), "{kind:?} has a server");
        let (file, until) = (home.path().join("code"), Instant::now() + Duration::from_mins(1));
        while fs::read_to_string(&file).map_or(true, |code| code.is_empty()) {
            assert!(Instant::now() < until, "{kind:?}: the program lives on without a terminal");
            thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), "129\n", "{kind:?}");
        assert_eq!(inside.wizard(), None, "{kind:?}");
        let mut terminal = Terminal::opened(&home);
        terminal.sees(&["interrupted: "]).keys(ENTER).sees(&["/ filter"]).keys(ENTER);
        terminal.sees(&["● Users", "listed 37 ·", "ticked 1"]);
    }
}

#[test]
fn no_color_in_tmux_keeps_the_selection() {
    for (environment, has_tints) in [("NO_COLOR=1", false), ("NO_COLOR=", true)] {
        let home = Home::new();
        let Some((inside, mut terminal)) = opened(Kind::Tmux, &home, environment) else { return };
        terminal.picks("Harbour Street Cafe").takes(0).sees(&[">‹ Yes, this is the organisation ›"]);
        let coloured = inside.coloured();
        let codes = |line: &str| -> Vec<u8> {
            let sequences = line.split("\x1b[").skip(1).filter_map(|rest| rest.split_once('m'));
            sequences.flat_map(|(codes, _)| codes.split(';').filter_map(|code| code.parse().ok())).collect()
        };
        let is_tint = |code: &u8| matches!(code, 30..=38 | 40..=48 | 90..=107);
        assert_eq!(codes(&coloured).iter().any(is_tint), has_tints, "{environment}: {coloured:?}");
        let focused = coloured.lines().find(|line| line.contains("Yes, this is")).unwrap();
        assert!(codes(focused).contains(&7), "{environment}: the focused button is reversed: {focused:?}");
    }
}

/// The rows of the list of users, without borders.
fn rows(text: &str) -> Vec<String> {
    let rows = text.lines().skip_while(|line| !line.contains("  Address  ")).skip(1);
    let rows = rows.take_while(|line| !line.contains("listed 28")).map(|row| {
        let row = row.trim_end().trim_end_matches(['│', '|', '█', '#']);
        row.trim_start_matches(['│', '|']).trim_end().to_owned()
    });
    rows.collect()
}

/// Has the columns be as wide as the rows in sight need, and not as those that were seen while the list came in.
fn measures_anew(terminal: &mut Terminal) {
    terminal.waits("a shared mailbox", |text| text.contains("listed 28 ") && has_shared(text));
    terminal.keys("/").sees(&["> / "]).keys("liam").sees(&["> / liam", "shown"]).keys(ESC);
    terminal.loses("shown").keys(ESC).sees(&["/ filter"]).loses("> / ");
}

/// Where the column of states begins in a row.
fn column(row: &str) -> Option<usize> {
    row.trim_end().chars().collect::<Vec<_>>().windows(2).rposition(|pair| pair == [' ', ' '])
}

/// Whether the check of the kinds has come to a shared mailbox.
fn has_shared(text: &str) -> bool {
    let is_shared = |row: &str| {
        let words: Vec<&str> = row.split_whitespace().collect();
        words.windows(2).any(|pair| pair == ["shared", "not"])
    };
    rows(text).into_iter().any(|row| is_shared(&row))
}

#[test]
fn hostile_names_stand_as_they_do_without() {
    let home = Home::new();
    let mut plain = Terminal::start(&home, &["--ascii"]);
    plain.sees(&["Which customer?", " listed"]).confirms("Quokka Toys").plays().enables();
    measures_anew(&mut plain);
    let expected = rows(&plain.text());
    assert!(expected.len() >= 12, "{expected:#?}");
    for kind in Kind::ALL {
        let home = Home::new();
        let Some((inside, mut terminal)) = opened(kind, &home, "LANG=C") else { continue };
        terminal.confirms("Quokka Toys").plays().enables();
        // A pass of the check of the kinds may come between: then the columns are measured once more.
        for _ in 0..10 {
            measures_anew(&mut terminal);
            if rows(&terminal.text()) == expected {
                break;
            }
        }
        let rows = rows(&terminal.text());
        assert_eq!(rows, expected, "{kind:?}");
        // The first row has the cursor's mark.
        let at = rows.iter().skip(1).map(|row| column(row)).collect::<BTreeSet<_>>();
        assert_eq!(at.len(), 1, "{kind:?}: columns begin at {at:?} in {rows:#?}");
        drop(inside);
    }
    // The screen that tests read drops the mark for a character that may not be shown; tmux knows where it stands.
    let home = Home::new();
    let Some((inside, mut terminal)) = opened(Kind::Tmux, &home, "") else { return };
    terminal.reaches_users("Quokka Toys", "28");
    let until = Instant::now() + Duration::from_mins(1);
    while !has_shared(&inside.copied()) {
        assert!(Instant::now() < until, "never saw a shared mailbox:\n{}", inside.copied());
        thread::sleep(Duration::from_millis(50));
    }
    let rows = rows(&inside.copied());
    assert!(rows.iter().any(|row| row.contains('\u{fffd}')), "{rows:#?}");
    assert!(rows.iter().all(|row| column(row) == column(&rows[0])), "{rows:#?}");
}
