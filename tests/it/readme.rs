//! The README is tried: its first five minutes are played key by key, what it says of lines is typed, and its command lines
//! are run as they stand there.

use std::{
    fs,
    os::unix::fs::symlink,
    process::Command,
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use backup365::cli::Cli;
use clap::{CommandFactory as _, Parser as _, error::ErrorKind};

use crate::{
    help::words_of,
    plain::Talk,
    terminal::{Home, Record, Terminal},
};

/// The README as it is now: a sentence that is mended is tried again without a build.
static README: LazyLock<String> =
    LazyLock::new(|| fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap());

/// The keys that have names; all others are typed.
const NAMED: [(&str, &str); 10] = [
    ("Enter", "\r"),
    ("Esc", "\x1b"),
    ("Tab", "\t"),
    ("Space", " "),
    ("Up", "\x1b[A"),
    ("Down", "\x1b[B"),
    ("Right", "\x1b[C"),
    ("Left", "\x1b[D"),
    ("F1", "\x1bOP"),
    ("F10", "\x1b[21~"),
];

/// A person reads the screen before the next key: nothing is written to it for this long.
const QUIET: Duration = Duration::from_millis(300);

/// How long it may take until something comes of a key.
const DEADLINE: Duration = Duration::from_mins(1);

/// Commands that need neither settings nor the sandbox.
const WORLDLESS: [&str; 4] = ["explain", "settings", "completions", "man"];

/// The exit code of a wizard that was left with Ctrl-C.
const LEFT: u32 = 130;

/// What a sentence of the first five minutes has a person do, or promises.
#[derive(Debug, PartialEq)]
enum Piece {
    /// The wizard is started with these arguments.
    Start(Vec<String>),
    /// A key is pressed, or text is typed.
    Keys(String),
    /// These words are on the screen.
    Sees(String),
}

/// A chapter, without its heading and its pictures.
fn chapter(heading: &str) -> String {
    let lines = README.lines().skip_while(|line| *line != heading).skip(1);
    let lines =
        lines.take_while(|line| !line.starts_with("## ")).filter(|line| !line.trim().starts_with("!["));
    let text = lines.collect::<Vec<_>>().join("\n");
    assert!(!text.is_empty(), "no chapter {heading}");
    text
}

/// What the keys in backticks are for a terminal.
fn piece(code: &str) -> Piece {
    if let Some(arguments) = code.strip_prefix("cargo run") {
        let arguments = arguments.trim_start().trim_start_matches("-- ");
        return Piece::Start(arguments.split_whitespace().map(str::to_owned).collect());
    }
    if let Some((_, keys)) = NAMED.iter().find(|(name, _)| *name == code) {
        return Piece::Keys((*keys).to_owned());
    }
    if let Some(letter) = code.strip_prefix("Ctrl-") {
        let [letter] = letter.as_bytes() else { panic!("no key: {code}") };
        return Piece::Keys(char::from(letter & 0x1f).to_string());
    }
    let is_typed = code.chars().all(|letter| !letter.is_uppercase()) || code.chars().count() == 1;
    assert!(is_typed, "neither a key nor what is typed in lower case: {code}");
    Piece::Keys(code.to_owned())
}

/// The sentences behind the first number: backticks are keys, italics are on the screen, bold is for the eye.
fn pieces(text: &str) -> Vec<Piece> {
    let text = text.replace("**", "");
    let mut rest = &text[text.find("\n1. ").unwrap()..];
    let mut found = Vec::new();
    while let Some(at) = rest.find(['`', '*']) {
        let mark = if rest[at..].starts_with('`') { '`' } else { '*' };
        let (inside, behind) = rest[at + 1..].split_once(mark).unwrap();
        let inside = inside.split_whitespace().collect::<Vec<_>>().join(" ");
        found.push(if mark == '`' { piece(&inside) } else { Piece::Sees(inside) });
        rest = behind;
    }
    found
}

/// Plays the chapter in a window of this size.
fn plays(columns: u16, rows: u16) {
    let home = Home::new();
    let mut window: Option<Terminal> = None;
    let pieces = pieces(&chapter("## The first five minutes"));
    assert!(pieces.len() > 60, "the chapter was read: {pieces:#?}");
    for piece in pieces {
        // The harness says all of them where a promise is not kept.
        eprintln!("{piece:?}");
        match (piece, window.as_mut()) {
            (Piece::Start(arguments), before) => {
                if let Some(terminal) = before {
                    assert_eq!(terminal.code(), LEFT);
                }
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                window = Some(Terminal::sized(&home, &arguments, columns, rows, &[]));
            }
            (Piece::Keys(keys), Some(terminal)) => {
                let before = terminal.quiet(QUIET);
                terminal.keys(&keys);
                let until = Instant::now() + DEADLINE;
                while terminal.bytes().len() == before {
                    assert!(Instant::now() < until, "nothing came of {keys:?}");
                    thread::sleep(Duration::from_millis(10));
                }
            }
            (Piece::Sees(words), Some(terminal)) => {
                terminal.sees(&[&words]);
            }
            (_, None) => panic!("the wizard is not started yet"),
        }
    }
    assert_eq!(Record::of(&home).seats(), 3, "what was chosen is on record");
}

#[test]
fn the_first_five_minutes_are_as_they_are_written() {
    plays(80, 24);
}

#[test]
fn the_first_five_minutes_are_so_in_a_wide_window_too() {
    plays(120, 40);
}

#[test]
fn marks_are_read_as_they_are_meant() {
    let text = "\nNot `this`.\n1. **Pick.** `cargo run -- --world large` *Which\n   customer?* Type `har`, `Ctrl-C`, `Space`.";
    let keys = |keys: &str| Piece::Keys(keys.to_owned());
    assert_eq!(
        pieces(text),
        [
            Piece::Start(vec!["--world".to_owned(), "large".to_owned()]),
            Piece::Sees("Which customer?".to_owned()),
            keys("har"),
            keys("\x03"),
            keys(" "),
        ]
    );
}

/// The blocks of a language, with the number of the line that each begins at.
fn blocks(language: &str) -> Vec<(usize, Vec<&'static str>)> {
    let mut found: Vec<(usize, Vec<&str>)> = Vec::new();
    let mut inside = None;
    for (at, line) in README.lines().enumerate() {
        match (line.strip_prefix("```"), inside) {
            (Some(named), None) => {
                inside = Some(named == language);
                if named == language {
                    found.push((at + 2, Vec::new()));
                }
            }
            (Some(_), Some(_)) => inside = None,
            (None, Some(true)) => found.last_mut().unwrap().1.push(line),
            (None, _) => {}
        }
    }
    assert!(!found.is_empty(), "the blocks were read");
    found
}

/// The exit code that a line's comment names, 0 where it names none.
fn code(line: &str) -> i32 {
    let named = line.split_once("# exit code ").map(|(_, behind)| behind);
    named.map_or(0, |named| named.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap())
}

/// Every command line runs in the sandbox as it stands, from the first to the last, as one person would. Those that work
/// with Microsoft, or install something, are only read.
#[test]
fn every_command_line_works_as_it_is_written() {
    let home = Home::new();
    let bin = home.path().join("bin");
    fs::create_dir(&bin).unwrap();
    symlink(env!("CARGO_BIN_EXE_backup365"), bin.join("backup365")).unwrap();
    symlink(concat!(env!("CARGO_MANIFEST_DIR"), "/assets"), home.path().join("assets")).unwrap();
    let (mut ran, mut read) = (0, 0);
    for (at, lines) in blocks("sh") {
        for line in lines.join("\n").replace("\\\n", " ").lines().filter(|line| !line.starts_with("cargo ")) {
            let calls = words_of(line);
            for call in &calls {
                Cli::try_parse_from(call).unwrap_or_else(|error| panic!("README:{at}: {line}: {error}"));
                read += 1;
            }
            let is_tried = |call: &Vec<String>| {
                call.iter().any(|word| word == "--sandbox" || WORLDLESS.contains(&word.as_str()))
            };
            if !calls.iter().all(is_tried) {
                continue;
            }
            let output = Command::new("sh")
                .args(["-c", line])
                .env_clear()
                .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()))
                .env("HOME", home.path())
                .env("LANG", "C.UTF-8")
                .env("TZ", "Australia/Sydney")
                .current_dir(home.path())
                .output()
                .unwrap();
            let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let (out, err) = (said(&output.stdout), said(&output.stderr));
            assert_eq!(output.status.code(), Some(code(line)), "README:{at}: {line}\n{out}\n{err}");
            ran += 1;
        }
    }
    assert!(ran > 15 && read > 15, "{ran} lines were run, {read} calls were read");
}

/// What stands between backticks in a sentence.
fn in_sentences() -> Vec<&'static str> {
    README.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn commands_and_flags_in_a_sentence_can_be_typed() {
    fn flags(command: &clap::Command) -> Vec<String> {
        let own = command.get_arguments().filter_map(clap::Arg::get_long).map(|flag| format!("--{flag}"));
        own.chain(command.get_subcommands().flat_map(flags)).collect()
    }
    let known = flags(&Cli::command());
    let (mut commands, mut named) = (0, 0);
    for code in in_sentences() {
        let first = code.split([' ', '=', '\n']).next().unwrap();
        if code.starts_with("backup365 ") {
            if let Err(error) = Cli::try_parse_from(code.split_whitespace()) {
                assert_eq!(error.kind(), ErrorKind::DisplayHelp, "{code}: {error}");
            }
            commands += 1;
        } else if first.starts_with("--") && first != "--" {
            assert!(known.iter().any(|flag| flag == first), "no flag {code}");
            named += 1;
        }
    }
    assert!(commands > 8 && named > 15, "{commands} commands, {named} flags");
}

/// Lines that are typed stand behind `> `, the others are said; what is left out is an ellipsis.
#[test]
fn the_talk_in_lines_is_as_it_is_written() {
    for (at, lines) in blocks("text") {
        let (first, rest) = lines.split_first().unwrap();
        let arguments: Vec<&str> = first.strip_prefix("$ backup365 ").unwrap().split(' ').collect();
        let home = Home::new();
        let mut talk = Talk::start(&home, 80, &arguments);
        for line in rest.iter().filter(|line| **line != "…") {
            eprintln!("README:{at}: {line}");
            match line.strip_prefix('>') {
                Some(typed) => talk.types(typed.trim_start()),
                None => talk.hears(&[line]),
            };
        }
    }
}
