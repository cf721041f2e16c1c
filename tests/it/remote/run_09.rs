//! Run 9: inside tmux, screen and mosh.

use crate::terminal::{
    CTRL_C, DOWN, ENTER, Home, Record, Terminal,
    inside::{Inside, Kind},
};

/// The window that most people have.
const USUAL: (u16, u16) = (80, 24);

/// Starts the wizard in a shell inside, and waits for the customers.
fn opened(kind: Kind, home: &Home, arguments: &str) -> Option<(Inside, Terminal)> {
    let (inside, mut terminal) = Inside::open(kind, home, USUAL)?;
    terminal.runs(arguments).sees(&["SANDBOX", "Which customer?", " listed"]);
    Some((inside, terminal))
}

/// The whole first path, and a prompt that can be used afterwards.
fn whole_path(kind: Kind) {
    let home = Home::new();
    let Some((_inside, mut terminal)) = opened(kind, &home, "") else { return };
    terminal.reaches_users("Harbour Street Cafe", "37");
    terminal.keys(&format!(" {DOWN} {DOWN} ")).sees(&["ticked 3", "seats 0 → 3"]).applies("3").keys(ENTER);
    terminal.sees(&["Done: 3 users are registered for backup", "Read back from the record"]).keys("q");
    terminal.sees(&["code 0 ready>"]).loses("Done: 3 users").answers();
    assert_eq!(Record::of(&home).seats(), 3);
}

#[test]
fn run_09_the_whole_path_in_tmux() {
    whole_path(Kind::Tmux);
}

#[test]
fn run_09_the_whole_path_in_screen() {
    whole_path(Kind::Screen);
}

#[test]
fn run_09_the_whole_path_in_mosh() {
    whole_path(Kind::Mosh);
}

#[test]
fn run_09_the_last_words_stand_alone_above_the_prompt() {
    for kind in Kind::ALL {
        let home = Home::new();
        let Some((_inside, mut terminal)) = opened(kind, &home, "") else { continue };
        terminal.confirms("Harbour Street Cafe").keys(CTRL_C).sees(&["Leave?"]).keys(CTRL_C);
        let run = Record::of(&home).run();
        let words = format!("SANDBOX: {run} is kept. Go on with: backup365 --run {run} code 130 ready>");
        terminal.sees(&[&words]).loses("[Authorise]").answers();
    }
}

/// The link, as the file that `f` writes has it.
fn link(home: &Home) -> String {
    let file = home.files().into_iter().find(|file| file.to_str().unwrap().ends_with("-link.txt")).unwrap();
    std::fs::read_to_string(file).unwrap().trim_end().to_owned()
}

#[test]
fn run_09_the_link_stands_alone_and_is_read_back_whole() {
    for kind in Kind::ALL {
        let home = Home::new();
        let Some((inside, mut terminal)) = opened(kind, &home, "") else { continue };
        terminal.confirms("Harbour Street Cafe").keys(ENTER).sees(&["adminconsent"]);
        terminal.keys("f").sees(&["The link is in the file"]);
        let link = link(&home);
        assert!(link.len() > 80, "too short to be wrapped: {link}");
        terminal.keys("l").sees(&["Press Enter to go back."]).loses("[Authorise]");
        let is_alone = |text: &str| {
            let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
            let at = lines.iter().position(|line| *line == link);
            at.is_some_and(|at| lines.get(at + 1).is_some_and(|line| *line == "Press Enter to go back."))
        };
        assert!(is_alone(&terminal.text()), "{kind:?}:\n{}", terminal.text());
        match kind {
            Kind::Tmux => assert!(is_alone(&inside.copied()), "{}", inside.copied()),
            // screen's hardcopy has one line for each row.
            Kind::Screen => assert!(inside.copied().replace('\n', "").contains(&link), "{}", inside.copied()),
            Kind::Mosh => {}
        }
        terminal.keys(ENTER).sees(&["[Authorise]", "Send it: c clipboard"]);
    }
}
