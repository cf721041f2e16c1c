//! Every sentence of the program, wherever it stands: it names only commands and flags that can be typed, and no keys where
//! there are none. Read from the sources and the assets, so that a new sentence can't be forgotten.

#[cfg(unix)]
mod glossary;

use std::{
    fs,
    path::{Path, PathBuf},
};

use backup365::cli::Cli;
use clap::CommandFactory as _;

/// The program's own name, before a command.
const NAME: &str = "backup365 ";

/// Words that follow the program's name where it is no command line.
const PROSE: [&str; 5] = ["on", "finished", "keeps", "applies", "without"];

/// Flags of other programs, as they are called or told.
const FOREIGN: [&str; 24] = [
    "--user",
    "--wait",
    "--pipe",
    "--collect",
    "--quiet",
    "--property",
    "--now",
    "--value",
    "--no-pager",
    "--unit",
    "--version",
    "--help",
    "--setenv",
    "--no-reload",
    "--lines",
    "--since",
    "--output",
    "--boot",
    "--no-legend",
    "--no-ask-password",
    "--system",
    "--on-calendar",
    "--timer-property",
    "--uninstall",
];

/// All files below a folder of the project with one of these endings.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    fn collect(folder: &Path, endings: &[&str], into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, endings, into);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|known| *known == ending)) {
                into.push(path);
            }
        }
    }
    let mut found = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), endings, &mut found);
    found.sort();
    found
}

/// The words between quotation marks in Rust, as far as the tests of the file; joined where a line goes on behind a
/// backslash.
fn literals(code: &str) -> Vec<String> {
    let code = code.split("\n#[cfg(test)]\nmod ").next().unwrap();
    let mut found = Vec::new();
    let mut letters = code.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        match letter {
            '/' if letters.peek() == Some(&'/') => {
                letters.by_ref().take_while(|letter| *letter != '\n').for_each(drop);
            }
            // A letter of its own, which may be a quotation mark.
            '\'' if matches!(letters.peek(), Some('"')) => {
                letters.next();
            }
            '\'' if letters.peek() == Some(&'\\') => {
                letters.next();
                letters.next();
            }
            '"' => {
                let is_raw = before == '#' || before == 'r';
                let mut words = String::new();
                while let Some(letter) = letters.next() {
                    match letter {
                        '\\' if !is_raw => match letters.next() {
                            Some('\n') => {
                                while letters.peek().is_some_and(|letter| letter.is_whitespace()) {
                                    letters.next();
                                }
                            }
                            Some('n') => words.push('\n'),
                            Some(other) => words.push(other),
                            None => {}
                        },
                        '"' => break,
                        other => words.push(other),
                    }
                }
                found.push(words);
            }
            _ => {}
        }
        before = letter;
    }
    found
}

/// Whether a source is a test, or plays another program.
fn is_test(path: &Path) -> bool {
    let parts: Vec<_> = path.iter().filter_map(|part| part.to_str()).collect();
    parts.iter().any(|part| ["tests", "tests.rs", "stub.rs", "fuzzing", "fuzzing.rs"].contains(part))
}

/// Every sentence: where it stands, and its words.
fn sentences(folders: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for folder in folders {
        for path in files(folder, &["rs", "toml", "txt"]) {
            let place = path.strip_prefix(root).unwrap().display().to_string();
            let text = fs::read_to_string(&path).unwrap();
            if path.extension().is_some_and(|ending| ending == "rs") {
                if !is_test(path.strip_prefix(root).unwrap()) {
                    all.extend(literals(&text).into_iter().map(|words| (place.clone(), words)));
                }
            } else {
                all.extend(text.lines().map(|line| (place.clone(), line.to_owned())));
            }
        }
    }
    assert!(all.len() > 100, "the sentences were read");
    all
}

/// What begins a command line behind the program's name: as far as the sentence, the line or the bracket goes.
fn lines(words: &str) -> Vec<&str> {
    let behind = words.match_indices(NAME).map(|(at, name)| &words[at + name.len()..]);
    behind
        .map(|rest| {
            let ends =
                ["  ", "\n", ". ", ") ", "); ", ", ", "; ", ": ", " | ", " > ", " < ", " || ", "`", "\""];
            ends.iter().fold(rest, |line, end| line.split(end).next().unwrap())
        })
        .collect()
}

/// What is wrong with a command line; none: each of its words that could be a command or a flag is one.
fn wrong(line: &str, top: &clap::Command) -> Option<String> {
    let mut command = top;
    for (at, word) in line.split(' ').enumerate() {
        let bare = word.trim_end_matches(|letter: char| ".,;:)!?\\".contains(letter)).trim_matches('\'');
        let knows = |flag: &str| {
            [command, top].into_iter().flat_map(clap::Command::get_arguments).any(|argument| {
                argument.get_long() == Some(flag)
                    || argument.get_all_aliases().is_some_and(|aliases| aliases.contains(&flag))
                    || ["help", "version"].contains(&flag)
            })
        };
        if let Some(flag) = bare.strip_prefix("--") {
            let flag = flag.split(['=', '{']).next().unwrap();
            if !flag.is_empty() && !knows(flag) {
                return Some(format!("no flag --{flag}"));
            }
        } else if let Some(below) = command.find_subcommand(bare.split('{').next().unwrap()) {
            command = below;
        } else if at == 0 && !bare.starts_with(['-', '{', '(']) && !bare.is_empty() && !PROSE.contains(&bare)
        {
            return Some(format!("no command {bare}"));
        }
        if bare != word && word.ends_with(['.', ',', ';', ')']) {
            break; // the sentence goes on without the program
        }
    }
    None
}

/// The definition, whole.
fn definition() -> clap::Command {
    let mut top = Cli::command();
    top.build();
    top
}

#[test]
fn every_command_line_in_a_sentence_can_be_typed() {
    let top = definition();
    let mut read = 0;
    let mut bad = Vec::new();
    for (place, words) in sentences(&["src", "assets"]) {
        for line in lines(&words) {
            read += 1;
            bad.extend(wrong(line, &top).map(|why| format!("{place}: {why}: {line}")));
        }
    }
    assert!(read > 80, "the lines were read: {read}");
    assert!(bad.is_empty(), "{bad:#?}");
    for (line, is_right) in [
        ("surgeon says how to mend it.", false),
        ("sweep --chek", false),
        ("customers set C-1 --tenant x), then", true),
        ("{world} --run {run}", true),
    ] {
        assert_eq!(wrong(line, &top).is_none(), is_right, "{line}");
    }
}

/// What a command line ends with is copied with it: a flag or a command has no sign behind it.
#[test]
fn nothing_touches_a_command_line_in_a_sentence() {
    let top = definition();
    let touched = |words: &str| {
        let begins = words.match_indices(NAME).map(|(at, name)| words[at + name.len()..].to_owned());
        let mut found = Vec::new();
        for rest in begins {
            let parts = rest.split(' ').take_while(|part| !part.is_empty());
            let mut command = &top;
            for part in parts {
                let bare = part.trim_end_matches(['.', ',', ';', ':']);
                let below = command.find_subcommand(bare);
                let is_own = below.is_some() || bare.starts_with("--");
                found.extend((is_own && bare != part && !bare.ends_with('"')).then(|| rest.clone()));
                if !is_own || bare != part {
                    break;
                }
                command = below.unwrap_or(command);
            }
        }
        found
    };
    let found: Vec<_> = sentences(&["src", "assets"])
        .iter()
        .filter(|(place, _)| !place.starts_with("src/cli"))
        .flat_map(|(place, words)| touched(words).into_iter().map(move |rest| format!("{place}: {rest}")))
        .collect();
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(touched("Run backup365 sweep --check.").len(), 1);
    assert!(touched("Run backup365 sweep --check to see. Then backup365 ends.").is_empty());
}

/// Flags that a sentence names alone: each is one of some command.
#[test]
fn every_flag_in_a_sentence_can_be_typed() {
    fn collect(command: &clap::Command, into: &mut Vec<String>) {
        for argument in command.get_arguments() {
            into.extend(argument.get_long().map(|flag| format!("--{flag}")));
            into.extend(argument.get_all_aliases().into_iter().flatten().map(|flag| format!("--{flag}")));
        }
        command.get_subcommands().for_each(|below| collect(below, into));
    }
    let mut known: Vec<String> = FOREIGN.map(str::to_owned).to_vec();
    collect(&definition(), &mut known);
    let mut bad = Vec::new();
    for (place, words) in sentences(&["src", "assets"]) {
        for (at, _) in words.match_indices("--") {
            let is_word = |letter: char| letter.is_ascii_lowercase() || letter == '-';
            let begins = words[..at].chars().next_back().is_none_or(|before| !is_word(before));
            let flag: String = words[at..].chars().take_while(|letter| is_word(*letter)).collect();
            if begins && flag.contains(char::is_alphabetic) && !known.contains(&flag) {
                bad.push(format!("{place}: {flag}: {words}"));
            }
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

/// What a command line or a JSON reader may be told stands in these, and in every failure: a way on is said by its type, and
/// each front end has its own words for it.
#[test]
fn no_failure_names_a_key() {
    let folders = [
        "app", "commands", "domain", "driver", "headless", "provider", "runner", "settings", "sweeper",
        "wizard",
    ];
    let folders: Vec<String> = folders.iter().map(|folder| format!("src/{folder}")).collect();
    let folders: Vec<&str> = folders.iter().map(String::as_str).chain(["assets"]).collect();
    let keys = ["press ", "Press ", "Enter", "the key b", "Ctrl-C to", "Esc"];
    let is_key = |words: &str| keys.iter().any(|key| words.contains(key));
    let bad: Vec<_> = sentences(&folders)
        .into_iter()
        // Help and samples for the screen and for lines, and the words for lines themselves.
        .filter(|(place, _)| !place.starts_with("assets/help") && place != "assets/offers.toml")
        .filter(|(place, words)| {
            !(place == "src/domain/phrase/way.rs" && words.starts_with("Press Enter to {"))
        })
        .filter(|(_, words)| {
            is_key(words)
                && !words.starts_with('#')
                && !words.contains("Enterprise")
                && !words.contains("Enter{")
        })
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
}
