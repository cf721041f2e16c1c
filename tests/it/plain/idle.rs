//! A prompt that waits costs nothing, and nothing is left behind when whoever listened is gone.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{DEADLINE, Pipe, Talk};
use crate::terminal::{Home, Terminal};

/// How long the processor's time is watched: long enough to tell a rest from a spin.
const WATCHED: Duration = Duration::from_secs(2);

/// Ticks of the system's clock that a rest may take of [`WATCHED`], which has 200; a spin takes nearly all of them.
/// While consent is awaited a round is asked every few seconds.
const RESTS: u64 = 30;

/// Waits until the program rests.
fn rests(talk: &Talk, at: &str) {
    let until = Instant::now() + DEADLINE;
    loop {
        let before = talk.terminal.usage().unwrap();
        thread::sleep(WATCHED);
        let used = talk.terminal.usage().unwrap().ticks - before.ticks;
        if used <= RESTS {
            return;
        }
        assert!(Instant::now() < until, "at {at} it never rests: {used} ticks");
    }
}

#[test]
fn every_prompt_rests() {
    let home = Home::new();
    let mut talk = Talk::start(&home, 80, &[]);
    talk.hears(&["Which customer?", "Enter takes"]);
    rests(&talk, "customers");
    talk.types("kauri").hears(&["Enter takes 1, Kauri"]).types("1").hears(&["Type a number to choose"]);
    rests(&talk, "products");
    talk.types("1").hears(&["Tenant ID: the domain"]);
    rests(&talk, "the form of the tenant");
    talk.types("kauribuilding.example").hears(&["1: Save.", "Enter for 1"]).types("");
    talk.hears(&["Step 4 of 6: Authorise.", "1: Authorise.", "Enter for 1"]);
    talk.types("authorise").hears(&["Play."]);
    rests(&talk, "authorise");
    talk.types("play").hears(&["1: Enable.", "Enter for 1"]).types("").hears(&["listed 70, eligible 61"]);
    rests(&talk, "users");
    talk.types("tick 1-2").hears(&["Ticked 2"]).types("review").hears(&["New seats: 2.", "from the table."]);
    rests(&talk, "a bill");
    talk.types("2").hears(&["2 users protected", "Enter for 1"]).types("").hears(&["Leave the wizard."]);
    rests(&talk, "the outcome");
    talk.types("quit");
    assert_eq!(talk.ends(), 0);
}

/// A program that lets a hang-up pass it by, as under `nohup`: only the dead terminal tells it.
fn deaf(home: &Home) -> Talk {
    let script = r#"trap "" HUP; exec "$0" --plain"#;
    let program = env!("CARGO_BIN_EXE_backup365");
    let terminal =
        Terminal::program(home, "/bin/sh", &["-c", script, program], (80, 24), &[("TERM", "dumb")]);
    Talk { terminal, since: 0 }
}

#[test]
fn it_ends_when_its_terminal_is_gone() {
    type Walk = fn(&mut Talk);
    let walks: [(&str, Walk); 3] = [
        ("customers", |talk| _ = talk.hears(&["Which customer?", "Enter takes"])),
        ("authorise", |talk| {
            talk.opens("harbour", "Harbour Street Cafe").confirms();
            talk.types("authorise").hears(&["Play."]);
        }),
        ("users", |talk| _ = talk.reaches_users("harbour", "Harbour Street Cafe")),
    ];
    for (at, walk) in walks {
        for is_deaf in [false, true] {
            let home = Home::new();
            let mut talk = if is_deaf { deaf(&home) } else { Talk::start(&home, 80, &[]) };
            walk(&mut talk);
            talk.terminal.hang_up("\n");
            // Anything but a process that goes on for ever.
            assert_eq!(talk.terminal.code(), 129, "{at}, deaf: {is_deaf}");
        }
    }
}

#[test]
fn it_ends_when_its_input_ends_in_the_middle() {
    for lines in ["", "harbour\n1", "harbour\n1\n1", "harbour\n1\n1\n1\nauthorise"] {
        let home = Home::new();
        let mut pipe = Pipe::start(&home, &["--plain"]);
        pipe.hears("Enter takes");
        if !lines.is_empty() {
            pipe.types(lines);
        }
        assert_eq!(pipe.ends(), 129, "{lines:?}");
    }
}
