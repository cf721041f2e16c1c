//! The programs that are compared: how each is started on a list, which keys it has, and where it shows its counts.

use std::{fs, path::Path};

use crate::{
    figures::grouped,
    pty::Program,
    system,
    world::{Stage, Texts},
};

/// Most rows that a program is given as words of a command line; the system allows two megabytes of them.
const WORDS_AT_MOST: usize = 10_000;

/// A program that shows a list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Tool {
    Backup365,
    Fzf,
    Whiptail,
    Dialog,
    Skim,
    Gum,
}

/// The keys of a program; what it has no key for is none.
pub(crate) struct Keys {
    /// To the next row and back.
    pub(crate) cursor: [&'static str; 2],
    /// Ticks the row; takes the tick back.
    pub(crate) tick: [&'static str; 2],
    /// To a page of new rows and back.
    pub(crate) page: [&'static str; 2],
    /// Ticks everything; takes all ticks back.
    pub(crate) all: Option<[&'static str; 2]>,
    /// Into the filter, and what empties it.
    pub(crate) filter: Option<[&'static str; 2]>,
}

impl Tool {
    /// All of them; those that the issue names first.
    pub(crate) const ALL: [Self; 6] =
        [Self::Backup365, Self::Fzf, Self::Whiptail, Self::Dialog, Self::Skim, Self::Gum];

    /// The name of the program.
    pub(crate) const fn program(self) -> &'static str {
        match self {
            Self::Backup365 => "backup365",
            Self::Fzf => "fzf",
            Self::Whiptail => "whiptail",
            Self::Dialog => "dialog",
            Self::Skim => "sk",
            Self::Gum => "gum",
        }
    }

    /// The head of its column.
    pub(crate) const fn column(self) -> &'static str {
        match self {
            Self::Fzf => "fzf --exact",
            Self::Skim => "sk --exact",
            Self::Gum => "gum filter",
            other => other.program(),
        }
    }

    /// Which version is on the path; none: it is not there.
    pub(crate) fn version(self) -> Option<String> {
        let words = match self {
            Self::Backup365 => return Some(env!("CARGO_PKG_VERSION").into()),
            tool => [tool.program(), "--version"],
        };
        let folders = ["/usr/local/bin", "/usr/bin", "/bin"];
        folders.iter().any(|folder| Path::new(folder).join(words[0]).exists()).then_some(())?;
        let line = system::first_line(&words).unwrap_or_default();
        let version = line.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        Some(version.unwrap_or("of unknown version").to_owned())
    }

    /// Most rows that it can be given.
    pub(crate) const fn most_rows(self) -> usize {
        match self {
            Self::Whiptail => WORDS_AT_MOST,
            _ => usize::MAX,
        }
    }

    /// The words that start it on a list of so many rows.
    pub(crate) fn words(self, stage: &Stage, rows: usize) -> Vec<String> {
        let list = stage.path(&format!("list-{rows}"));
        let list = list.to_str().unwrap();
        let piped = |program: &str| vec!["sh".into(), "-c".into(), format!("exec {program} < {list}")];
        match self {
            Self::Backup365 => {
                let run = stage.run(rows);
                [env!("CARGO_BIN_EXE_backup365"), "--run", &run].map(String::from).to_vec()
            }
            Self::Fzf => piped("fzf --exact --literal --multi --bind alt-a:select-all,alt-d:deselect-all"),
            Self::Skim => piped("sk --exact --multi --bind alt-a:select-all,alt-d:deselect-all"),
            Self::Gum => piped("gum filter --no-limit --no-fuzzy"),
            Self::Whiptail => {
                let mut words = ["whiptail", "--separate-output", "--checklist", "Users", "22", "78", "14"]
                    .map(String::from)
                    .to_vec();
                words.extend(stage.texts(rows).rows.iter().flat_map(checklist));
                words
            }
            Self::Dialog => {
                // Its arguments can come from a file: half a million rows are no command line.
                let file = stage.path(&format!("dialog-{rows}"));
                if !file.exists() {
                    let texts = stage.texts(rows);
                    let words = texts.rows.iter().flat_map(checklist);
                    let words: Vec<String> = words.map(|word| format!("{word:?}")).collect();
                    fs::write(&file, words.join("\n")).unwrap();
                }
                let file = file.to_str().unwrap();
                ["dialog", "--separate-output", "--checklist", "Users", "22", "78", "14", "--file", file]
                    .map(String::from)
                    .to_vec()
            }
        }
    }

    /// Starts it on a list of so many rows and waits until the whole list is there.
    pub(crate) fn open(self, stage: &Stage, rows: usize) -> Program {
        let words = self.words(stage, rows);
        let mut program = Program::start(stage.home(), &words).unwrap();
        self.ready(&mut program, rows);
        program
    }

    /// Waits until the whole list is there and the screen stands.
    pub(crate) fn ready(self, program: &mut Program, rows: usize) {
        match self {
            Self::Backup365 => {
                program.until("the whole list", |screen| shows_all(&screen.contents(), rows));
            }
            Self::Fzf | Self::Skim => {
                program.sees(&format!("{rows}/{rows}"));
            }
            Self::Whiptail | Self::Dialog => {
                program.sees("Cancel");
            }
            Self::Gum => {
                program.until("anything", |screen| !screen.contents().trim().is_empty());
            }
        }
        program.press("");
    }

    /// Its keys.
    pub(crate) const fn keys(self) -> Keys {
        let (arrows, pages) = (["\x1b[B", "\x1b[A"], ["\x1b[6~", "\x1b[5~"]);
        let [down, up] = arrows;
        let [forward, back] = pages;
        match self {
            Self::Backup365 => Keys {
                cursor: arrows,
                tick: [" ", " "],
                page: pages,
                all: Some(["a", "c"]),
                filter: Some(["/", "\x15"]),
            },
            // Their first row is at the bottom.
            Self::Fzf | Self::Skim => Keys {
                cursor: [up, down],
                tick: ["\t", "\x1b[Z"],
                page: [back, forward],
                all: Some(["\x1ba", "\x1bd"]),
                filter: Some(["", "\x15"]),
            },
            Self::Whiptail | Self::Dialog => {
                Keys { cursor: arrows, tick: [" ", " "], page: pages, all: None, filter: None }
            }
            Self::Gum => Keys { cursor: arrows, tick: ["\t", "\t"], page: ["", ""], all: None, filter: None },
        }
    }

    /// How many rows the screen says match what was typed; none while it is still searching.
    pub(crate) fn matches(self, screen: &vt100::Screen) -> Option<usize> {
        if self == Self::Backup365 {
            let text = screen.contents();
            let (_, shown) = text.split_once("· shown ")?;
            return if text.contains("Searching.") { None } else { count(shown) };
        }
        // "  123/500000 (0) (7%)". The share of rows looked at is no sign of the end: fzf 0.38 leaves "99%" standing when
        // characters come quickly. The count is that of the last whole answer.
        let line = screen.rows(0, 80).nth(22)?;
        count(line.split_once('/')?.0.split_whitespace().last()?)
    }

    /// The rows of the answer and its count, as they stand on the screen: what changes when an answer comes.
    pub(crate) fn answer(self, screen: &vt100::Screen) -> String {
        let mut lines: Vec<String> = screen.rows(0, 80).collect();
        if self == Self::Backup365 {
            lines.retain(|line| in_filter(line).is_none() && !line.contains("Searching."));
        } else {
            lines.truncate(22);
        }
        lines.concat()
    }

    /// What was typed, as it stands on the screen; of the others the line that shows it.
    pub(crate) fn typed(self, screen: &vt100::Screen) -> String {
        let mut lines = screen.rows(0, 80);
        if self == Self::Backup365 {
            return lines.find_map(|line| in_filter(&line).map(str::to_owned)).unwrap_or_default();
        }
        lines.nth(23).unwrap_or_default()
    }
}

/// What stands in our filter, if this is its line: behind it there is a hint.
fn in_filter(line: &str) -> Option<&str> {
    let (_, field) = line.strip_prefix('│')?.split_once(" / ")?;
    field.split("   ").next()
}

/// Whether our screen shows that all users are listed. The count of them may have no room; the range always has, and
/// while users arrive something is said "so far".
pub(crate) fn shows_all(screen: &str, users: usize) -> bool {
    screen.contains(&format!(" of {} ", grouped(users))) && !screen.contains(" so far")
}

/// How many rows our screen says that its filter, which is on, shows: in the rule below them; where the counts before it leave it no room
/// there, as they do once somebody is excluded, by the range in the rule above.
pub(crate) fn shown(screen: &str) -> Option<usize> {
    let range = || Some(screen.lines().find(|line| line.starts_with('┌'))?.rsplit_once(" of ")?.1);
    count(screen.split_once("· shown ").map(|(_, count)| count).or_else(range)?)
}

/// The number that words begin with.
fn count(words: &str) -> Option<usize> {
    let digits: String = words.chars().take_while(|c| c.is_ascii_digit() || *c == ',').collect();
    digits.replace(',', "").parse().ok()
}

/// One row of a checklist: tag, words, state.
fn checklist(row: &Texts) -> [String; 3] {
    [row.address.clone(), format!("{}  {}", row.name, row.department), "off".into()]
}
