//! The pictures of the README: what the built binary draws in a window of 100x30, from the sandbox, with its colours.
//!
//! Each test plays its scene and compares what is on the screen with the picture in `assets/pictures`, after whatever
//! differs from run to run (numbers of runs, minutes, the sandbox's port) is written the same each time. One command draws
//! the pictures again: `PICTURES=draw cargo test --test it pictures::`.

mod grid;
mod svg;

use std::{
    env,
    ffi::OsString,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{
    provision,
    terminal::{DOWN, ENTER, Home, TAB, Terminal},
};

use grid::Grid;

/// The pictures, and what each shows.
const PICTURES: [(&str, &str); 6] = [
    (
        "users",
        "The users of a customer: three are ticked, one is excluded, rooms, guests and shared mailboxes are left off.",
    ),
    (
        "authorise",
        "The link for the customer's administrator, the checks that turn good by themselves, and what to say meanwhile.",
    ),
    (
        "bill",
        "What will be turned on and billed, and what stays off; the number of new seats has been typed.",
    ),
    ("outcome", "The outcome, read back from the record, and the receipt for the ticket."),
    (
        "customers",
        "The customers, each with how far it is: waiting for consent, interrupted, so many of its users protected.",
    ),
    (
        "failure",
        "A server that refuses: what was tried, what its hoster has to run, and what to say to the customer.",
    ),
];

/// What draws the pictures again.
const DRAW: &str = "PICTURES=draw cargo test --test it pictures::";

/// How long a screen may take to become the one of its picture.
const DEADLINE: Duration = Duration::from_secs(20);

/// Nothing is written to the window for this long: what was to be drawn is drawn.
const QUIET: Duration = Duration::from_millis(300);

/// The most that a picture may take, in bytes.
const MOST: usize = 60_000;

/// The clock of the scenes; see [`Grid::of`] for what becomes of its last digit.
const CLOCK: [&str; 3] = ["--sandbox", "--clock", "2026-11-23T10:45:00+11:00"];

/// The folder of the pictures.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/pictures")
}

/// The wizard in a window of 100x30.
fn opened(home: &Home, more: &[&str]) -> Terminal {
    Terminal::sized(home, &[&CLOCK, more].concat(), 100, 30, &[])
}

/// From the first screen to the link that is out, which the customer accepts.
fn accepts(terminal: &mut Terminal, customer: &str) {
    terminal.confirms(customer).keys(ENTER).sees(&["Send it:"]).keys("w");
}

/// What a line of a picture says, without its colours.
fn words(line: &str) -> String {
    let texts = line.split("</text>").filter_map(|piece| Some(piece.rsplit_once('>')?.1));
    texts.collect::<Vec<_>>().join(" ")
}

/// Which lines of a picture are others today, in words.
fn difference(held: &str, drawn: &str) -> String {
    let mut said = String::new();
    for (at, (was, is)) in held.lines().zip(drawn.lines()).enumerate().filter(|(_, (was, is))| was != is) {
        let (line, was, is) = (at + 1, words(was), words(is));
        let looks = if was == is { " (the same words, drawn otherwise)" } else { "" };
        write!(said, "\nline {line}{looks}\n  held   {was}\n  drawn  {is}").unwrap();
    }
    said
}

/// Waits until the screen says these, and compares it with its picture, or draws that.
fn shows(terminal: &mut Terminal, name: &str, sees: &[&str]) {
    let (_, title) = PICTURES.iter().find(|(picture, _)| *picture == name).unwrap();
    let file = folder().join(format!("{name}.svg"));
    let until = Instant::now() + DEADLINE;
    loop {
        terminal.sees(sees).quiet(QUIET);
        let drawn = svg::picture(&Grid::of(&terminal.screen()), title);
        assert!(drawn.len() < MOST, "{name}: {} bytes", drawn.len());
        roxmltree::Document::parse(&drawn).unwrap();
        if env::var_os("PICTURES").is_some_and(|value| value == "draw") {
            fs::create_dir_all(folder()).unwrap();
            fs::write(file, drawn).unwrap();
            return;
        }
        let held = fs::read_to_string(&file).unwrap_or_default();
        if held == drawn {
            return;
        }
        // A notice may still be there, a wait may not have begun.
        assert!(
            Instant::now() < until,
            "{name}.svg is not what the program draws today.\n{DRAW} draws it again; look at it before you commit it.{}",
            difference(&held, &drawn)
        );
    }
}

/// The board of a morning's work: runs that wait, that were left, that are done.
#[test]
fn customers() {
    let home = Home::new();
    let few = home.path().join("few.txt");
    let three = ["aroha.smith", "liam.nguyen", "mei.williams"];
    fs::write(&few, three.map(|user| format!("{user}@banksiamedical.example")).join("\n")).unwrap();
    let runs: [(&str, &[&str], i32); 5] = [
        ("09:05", &["C-1001", "--rehearse", "--users", "all", "--max-seats", "50"], 0),
        ("09:15", &["C-1003", "--rehearse", "--users-file", few.to_str().unwrap(), "--max-seats", "9"], 0),
        ("09:25", &["C-1010", "--rehearse", "--users", "all", "--max-seats", "2"], 7),
        ("09:35", &["C-1007", "--rehearse", "--users", "all", "--max-seats", "50"], 5),
        ("09:55", &["C-1002", "--tenant", "kauribuilding.example", "--users", "all", "--max-seats", "90"], 5),
    ];
    for (at, arguments, code) in runs {
        let clock = format!("2026-11-23T{at}:00+11:00");
        let _ended = provision::run(&home, &[arguments, &["--clock", &clock]].concat()).ends(code);
    }
    let mut terminal = opened(&home, &[]);
    terminal.sees(&["Which customer?", "21 listed"]).keys(TAB);
    shows(&mut terminal, "customers", &["/ filter", "34 of 34", "3 of 89"]);
}

/// The link is out, and nobody has accepted yet.
#[test]
fn authorise() {
    let home = Home::new();
    let mut terminal = opened(&home, &[]);
    terminal.confirms("Harbour Street Cafe").keys(ENTER);
    shows(&mut terminal, "authorise", &["Send it:", "Ask Microsoft now", "Waiting for consent since"]);
}

/// From the list to the receipt.
#[test]
fn users_bill_outcome() {
    let home = Home::new();
    let mut terminal = opened(&home, &[]);
    accepts(&mut terminal, "Banksia Medical Centre");
    terminal.enables().lists("141").sees(&["All 89"]);
    // Three ticks; somebody is excluded by name, and stands under the cursor.
    terminal.keys(&[&DOWN.repeat(2), " ", DOWN, " ", DOWN, DOWN, " "].concat()).sees(&["ticked 3"]);
    terminal.keys("\x1b[A").keys("x");
    shows(&mut terminal, "users", &["ticked 3", "excluded 1"]);
    terminal.keys("a").sees(&["ticked 88"]).keys(ENTER).sees(&["New seats"]).keys("88");
    shows(&mut terminal, "bill", &["New seats [88"]);
    terminal.keys(ENTER).sees(&["Enter finish"]).keys(ENTER);
    shows(&mut terminal, "outcome", &["Receipt for the ticket", "Operator: "]);
}

/// A hosted mail server that refuses, what its hoster has to run, and what to say to the customer.
#[test]
fn failure() {
    let home = Home::new();
    let mut terminal = opened(&home, &[]);
    terminal
        .picks("Redgum Removals")
        .takes(0)
        .sees(&["Ctrl-Y"])
        .keys("\x19")
        .sees(&["‹ Save ›", "coastline"]);
    terminal.stands_on("Save").keys(ENTER);
    shows(&mut terminal, "failure", &["ErrorImpersonationDenied", "? keys"]);
}

/// Each picture is in the README, says there what it shows, and there is no other; so is the command that draws them.
#[test]
fn every_picture_is_in_the_readme() {
    let readme = include_str!("../../README.md");
    for (name, title) in PICTURES {
        let picture = format!("![{title}](assets/pictures/{name}.svg)");
        assert!(readme.contains(&picture), "the README misses: {picture}");
    }
    assert_eq!(readme.matches("(assets/pictures/").count(), PICTURES.len(), "each picture once");
    assert!(readme.contains(DRAW), "the README misses: {DRAW}");
    let mut files: Vec<_> = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name()).collect();
    let mut names = PICTURES.map(|(name, _)| OsString::from(format!("{name}.svg")));
    files.sort();
    names.sort();
    assert!(files == names, "{files:?}: a picture that no test draws");
}
