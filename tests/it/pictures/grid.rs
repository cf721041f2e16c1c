//! What a window shows, cell by cell, with whatever differs from run to run written the same each time.

use std::ops::Range;

/// The numbers that runs have in pictures, in the order in which a picture shows them.
const RUNS: [&str; 6] = ["B365-7KQ4", "B365-2L99", "B365-MF2L", "B365-9TXR", "B365-H3VA", "B365-W6CN"];

/// What differs from run to run, and what a picture says in its place: the port of the sandbox, ids of its answers, how
/// long a wait has been, the account of whoever runs this.
const FIXED: [(&str, &str); 5] = [
    ("127.0.0.1:#####", "127.0.0.1:36500"),
    ("-4000-8000-????????????", "-4000-8000-000000000007"),
    (" AEDT: + s.", " AEDT: 12 s."),
    ("Operator: *", "Operator: mia"),
    ("words: * *", "words: amber canyon"),
];

/// The hours of the sandbox's clock in which the scenes play; 20:00 is a time that people know.
const HOURS: [&str; 2] = ["09", "10"];

/// How a cell is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Look {
    /// Which of the 16 colours the letters have.
    pub(crate) ink: Option<u8>,
    /// Which of them is behind the letters.
    pub(crate) paper: Option<u8>,
    /// Letters and what is behind them have changed places.
    pub(crate) is_reversed: bool,
    /// Bold.
    pub(crate) is_bold: bool,
    /// Dim.
    pub(crate) is_dim: bool,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// What is written in it; a blank where nothing is.
    pub(crate) letter: String,
    /// How it is drawn.
    pub(crate) look: Look,
}

impl Cell {
    /// Nothing is written in it.
    pub(crate) fn is_blank(&self) -> bool {
        self.letter == " "
    }
}

/// What a window shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grid {
    /// The rows.
    pub(crate) rows: Vec<Vec<Cell>>,
    /// Row and column of the terminal's own cursor, while it is seen.
    pub(crate) cursor: Option<(usize, usize)>,
}

impl Grid {
    /// What is on the screen, with whatever differs from run to run made the same.
    pub(crate) fn of(screen: &vt100::Screen) -> Self {
        let (height, width) = screen.size();
        let row = |y: u16| (0..width.get()).map(|x| cell(screen, y, x)).collect();
        let rows = (0..height.get()).map(row).collect();
        let (y, x) = screen.cursor_position();
        let cursor = (!screen.hide_cursor()).then_some((y.into(), x.into()));
        let mut grid = Self { rows, cursor };
        grid.fix();
        grid
    }

    /// Writes what differs from run to run the same each time.
    fn fix(&mut self) {
        for (number, run) in self.runs().iter().zip(RUNS) {
            self.replace(number, run);
        }
        for (pattern, with) in FIXED {
            self.replace(pattern, with);
        }
        // A scene may take minutes where the machine is busy; its clock starts in the middle of ten.
        for start in HOURS.iter().flat_map(|hour| (0..6).map(move |tens| format!("{hour}:{tens}"))) {
            self.replace(&format!("{start}#"), &format!("{start}5"));
        }
    }

    /// The numbers of runs, each once.
    fn runs(&self) -> Vec<String> {
        let mut runs = Vec::new();
        for row in &self.rows {
            for at in 0..row.len() {
                let Some(length) = matched(&row[at..], "B365-????") else { continue };
                let run: String = row[at..at + length].iter().map(|cell| cell.letter.as_str()).collect();
                if !runs.contains(&run) {
                    runs.push(run);
                }
            }
        }
        assert!(runs.len() <= RUNS.len(), "more runs than numbers for them: {runs:?}");
        runs
    }

    /// Writes something else wherever a pattern is; what stands behind it in its column stays there.
    fn replace(&mut self, pattern: &str, with: &str) {
        for row in &mut self.rows {
            let mut at = 0;
            while at < row.len() {
                at += match matched(&row[at..], pattern) {
                    Some(length) => rewrite(row, at..at + length, with),
                    None => 1,
                };
            }
        }
    }
}

/// A cell of the screen.
fn cell(screen: &vt100::Screen, y: u16, x: u16) -> Cell {
    let cell = screen.cell(y, x).unwrap();
    assert!(!cell.is_wide(), "{:?}: a picture has no wide letters", cell.contents());
    let color = |color| match color {
        vt100::Color::Default => None,
        vt100::Color::Idx(index @ 0..16) => Some(index),
        other => panic!("{other:?} is none of the 16 named colours"),
    };
    let letter = if cell.has_contents() { cell.contents() } else { " " };
    let look = Look {
        ink: color(cell.fgcolor()),
        paper: color(cell.bgcolor()),
        is_reversed: cell.inverse(),
        is_bold: cell.bold(),
        is_dim: cell.dim(),
    };
    Cell { letter: letter.to_owned(), look }
}

/// How many cells, from the first on, a pattern takes: `#` is a digit, `?` a letter or a digit, `+` digits, `*` anything
/// up to a blank; the rest is itself.
fn matched(cells: &[Cell], pattern: &str) -> Option<usize> {
    let mut at = 0;
    for sign in pattern.chars() {
        let fits = |cell: &Cell| match sign {
            '#' | '+' => cell.letter.chars().all(|letter| letter.is_ascii_digit()),
            '?' => cell.letter.chars().all(char::is_alphanumeric),
            '*' => !cell.is_blank(),
            sign => cell.letter.chars().eq([sign]),
        };
        let run = cells[at..].iter().take_while(|cell| fits(cell)).count();
        let most = if matches!(sign, '+' | '*') { usize::MAX } else { 1 };
        if run == 0 {
            return None;
        }
        at += run.min(most);
    }
    Some(at)
}

/// Writes something else into these cells; the next gap takes up what it is shorter or longer. Says how many cells it has.
fn rewrite(row: &mut Vec<Cell>, old: Range<usize>, with: &str) -> usize {
    let look = row[old.start].look;
    let new: Vec<Cell> = with.chars().map(|letter| Cell { letter: letter.into(), look }).collect();
    let is_gap = |at: &usize| row[*at..].iter().take(2).all(Cell::is_blank);
    let (length, cells) = (new.len(), row.len());
    if length != old.len() {
        let gap = (old.end..cells).find(is_gap).unwrap_or(cells);
        let blank = Cell { letter: " ".to_owned(), look: row.get(gap).map_or(look, |cell| cell.look) };
        let blanks = vec![blank; old.len().saturating_sub(length)];
        let gone = row.splice(gap..gap + length.saturating_sub(old.len()), blanks);
        assert!(gone.into_iter().all(|cell| cell.is_blank()), "no room for {with:?}");
    }
    row.splice(old, new);
    assert_eq!(row.len(), cells, "{with:?} moved what stands behind it");
    length
}

#[test]
fn what_differs_from_run_to_run_is_the_same_in_a_picture() {
    let drawn = |words: &str| {
        let mut parser = vt100::Parser::default();
        parser.process(words.as_bytes());
        let grid = Grid::of(parser.screen());
        let row = |row: &Vec<Cell>| row.iter().map(|cell| cell.letter.as_str()).collect::<String>();
        grid.rows.iter().map(row).collect::<Vec<_>>().join("\n")
    };
    let day = |run: &str, other: &str, digit: &str, wait: &str, account: &str| {
        drawn(&format!(
            "B365-{run} since 09:3{digit}, B365-{other} since 09:5{digit}, B365-{run}; 20:00 stays.\r\n\
             http://127.0.0.1:3{digit}123/x 00000000-0000-4000-8000-00000000000{digit}\r\n\
             Waiting since 10:4x AEDT: {wait} s. Usually less.\r\n\
             | Operator: {account:<12} | 10:4{digit} |"
        ))
    };
    let picture = day("AAAA", "BBBB", "1", "9", "root");
    assert_eq!(picture, day("CCCC", "1234", "8", "31", "a.long-one"));
    for words in [
        "B365-7KQ4 since 09:35, B365-2L99 since 09:55, B365-7KQ4; 20:00 stays.",
        "http://127.0.0.1:36500/x 00000000-0000-4000-8000-000000000007",
        "Waiting since 10:4x AEDT: 12 s. Usually less.",
    ] {
        assert!(picture.contains(words), "{words:?} is not in:\n{picture}");
    }
    assert!(picture.contains("Operator: mia "), "{picture}");
}
