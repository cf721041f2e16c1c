//! A character in the filter: its first rows and its whole answer, the next character while the search before runs, and
//! eight characters that arrive in one read.
//!
//! An answer is whole when the count on the screen is the one that a plain search over the same texts gives: so every
//! program is held to a right answer.

use std::{collections::BTreeSet, time::Duration};

use crate::{
    figures::{grouped, median, millis, short},
    pty::Program,
    table::{Report, Row},
    tool::Tool,
    world::{List, SIZES, Stage},
};

/// Words that are typed letter by letter: names that are there, each beginning with another letter.
const WORDS: [&str; 6] = ["harry", "singh", "brown", "ngaire", "olive", "measured"];

/// Words of eight letters that arrive in one read.
const BURSTS: [&str; 3] = ["tamihana", "williams", "charlott"];

/// Pause before the next character of a hurried pair: shorter than any search of half a million rows.
const HURRY: Duration = Duration::from_millis(1);

/// What the characters cost, milliseconds.
#[derive(Default)]
struct Typed {
    first_rows: Vec<f64>,
    whole: Vec<f64>,
    /// Of the first character of each word alone.
    whole_of_first: Vec<f64>,
    /// Of the second character of each word alone.
    whole_of_second: Vec<f64>,
    /// Of the second character, typed while the first one's search runs.
    hurried: Vec<f64>,
    bytes: Vec<usize>,
}

/// What a burst of characters cost.
#[derive(Default)]
struct Burst {
    whole: Vec<f64>,
    /// Texts that the field showed on the way; 1: drawn once.
    texts: Vec<usize>,
    pieces: Vec<usize>,
}

/// Measures it.
pub(crate) fn measure(stage: &Stage, tools: &[Tool]) -> Report {
    let mut medium = Row::new("a filter character, 10,000 rows, whole answer", "3 ms");
    let mut large = Row::new(
        "a filter character, 500,000 rows: first rows; whole answer of the first character; of any (median)",
        "5 ms; 20 ms; 20 ms",
    );
    let mut hurried = Row::new("the next character while that search runs, whole answer", "no wait");
    let mut burst = Row::new("8 characters in one read, 10,000 rows", "drawn once");
    let mut details = vec!["filter: medians over the letters of six words, milliseconds".to_owned()];
    for tool in tools.iter().filter(|tool| tool.keys().filter.is_some()) {
        for rows in sizes(*tool) {
            let list = stage.texts(*rows);
            let mut program = tool.open(stage, *rows);
            program.press(tool.keys().filter.unwrap()[0]);
            let typed = typed(*tool, &mut program, &list);
            details.push(line(*tool, *rows, &typed));
            let [first_rows, whole, first, second, next] =
                [typed.first_rows, typed.whole, typed.whole_of_first, typed.whole_of_second, typed.hurried]
                    .map(median);
            match rows {
                10_000 => {
                    medium.put(*tool, format!("{} ms", short(whole)));
                    let bursts = bursts(*tool, &mut program, &list);
                    let (times, ms) = (median(bursts.texts.clone()), short(median(bursts.whole.clone())));
                    burst.put(*tool, format!("{times}×, {ms} ms"));
                    details.push(format!(
                        "  {}: eight characters in one read: shown in {times} steps, {} pieces of output, whole after {ms} ms",
                        tool.column(),
                        median(bursts.pieces.clone())
                    ));
                    if *tool == Tool::Backup365 {
                        medium.judge(whole <= 3.0);
                        burst.judge(bursts.texts.iter().all(|times| *times == 1));
                    }
                }
                500_000 => {
                    let cell = [first_rows, first, whole].map(short).join("; ");
                    large.put(*tool, format!("{cell} ms"));
                    hurried.put(*tool, format!("{} ms (alone {})", short(next), short(second)));
                    if *tool == Tool::Backup365 {
                        large.judge(first_rows <= 5.0 && first <= 20.0 && whole <= 20.0);
                        // No wait: not slower than the same character alone, but for what runs differ by.
                        hurried.judge(next <= second * 1.25 + 1.0);
                    }
                }
                _ => {}
            }
        }
    }
    Report { rows: vec![medium, large, hurried, burst], details }
}

/// The lists that a program is given.
const fn sizes(tool: Tool) -> &'static [usize] {
    match tool {
        Tool::Backup365 => &SIZES,
        _ => &[SIZES[1], SIZES[3]],
    }
}

/// Types the words.
fn typed(tool: Tool, program: &mut Program, list: &List) -> Typed {
    let mut typed = Typed::default();
    for word in WORDS {
        for end in 1..=word.len() {
            let before = tool.answer(program.screen());
            let bytes = program.bytes;
            let at = program.write(letters(word, end - 1, end));
            let mut first = None;
            let whole = answered(tool, program, list, letters(word, 0, end), |program, when| {
                if first.is_none() && tool.answer(program.screen()) != before {
                    first = Some(when);
                }
            });
            let ms = millis(whole.duration_since(at));
            typed.first_rows.push(first.map_or(ms, |when| millis(when.duration_since(at))));
            typed.whole.push(ms);
            match end {
                1 => typed.whole_of_first.push(ms),
                2 => typed.whole_of_second.push(ms),
                _ => {}
            }
            program.press("");
            typed.bytes.push(program.bytes - bytes);
        }
        clear(tool, program, list);
    }
    for word in WORDS {
        program.write(letters(word, 0, 1));
        std::thread::sleep(HURRY);
        let at = program.write(letters(word, 1, 2));
        let whole = answered(tool, program, list, letters(word, 0, 2), |_, _| {});
        typed.hurried.push(millis(whole.duration_since(at)));
        clear(tool, program, list);
    }
    typed
}

/// Writes words at once.
fn bursts(tool: Tool, program: &mut Program, list: &List) -> Burst {
    let mut burst = Burst::default();
    for word in BURSTS {
        let pieces = program.pieces;
        let mut seen = BTreeSet::new();
        let at = program.write(word);
        let whole = answered(tool, program, list, word, |program, _| {
            let line = tool.typed(program.screen());
            seen.extend((1..=word.len()).rev().find(|end| line.contains(letters(word, 0, *end))));
        });
        burst.whole.push(millis(whole.duration_since(at)));
        burst.texts.push(seen.len());
        burst.pieces.push(program.pieces - pieces);
        clear(tool, program, list);
    }
    burst
}

/// Waits for the whole answer to these letters; when it stood there.
fn answered(
    tool: Tool,
    program: &mut Program,
    list: &List,
    letters: &str,
    mut each: impl FnMut(&Program, std::time::Instant),
) -> std::time::Instant {
    let expected = list.holding(letters);
    let began = std::time::Instant::now();
    loop {
        let Some(at) = program.piece(Duration::from_millis(50)) else {
            let late = began.elapsed() > Duration::from_secs(30);
            assert!(!late, "{letters:?} never gave {expected} rows:\n{}", program.text());
            continue;
        };
        each(program, at);
        let screen = program.screen();
        if tool.matches(screen) == Some(expected) && tool.typed(screen).contains(letters) {
            return at;
        }
    }
}

/// Some letters of a word that is plain ASCII.
fn letters(word: &str, from: usize, to: usize) -> &str {
    word.get(from..to).unwrap_or_default()
}

/// Empties the field and waits for the whole list.
fn clear(tool: Tool, program: &mut Program, list: &List) {
    program.write(tool.keys().filter.unwrap()[1]);
    let rows = list.rows.len();
    program.until("the whole list again", |screen| match tool {
        Tool::Backup365 => tool.matches(screen).is_none() && !screen.contents().contains("Searching."),
        _ => tool.matches(screen) == Some(rows),
    });
    program.press("");
}

/// One line of the details.
fn line(tool: Tool, rows: usize, typed: &Typed) -> String {
    let [first_rows, whole, first, second, hurried] =
        [&typed.first_rows, &typed.whole, &typed.whole_of_first, &typed.whole_of_second, &typed.hurried]
            .map(|times| short(median(times.clone())));
    let worst = short(typed.whole.iter().copied().fold(0.0, f64::max));
    format!(
        "  {}, {} rows: first rows {first_rows}, whole {whole} (first character {first}, worst {worst}), \
         second character {second}, hurried {hurried}; {} bytes",
        tool.column(),
        grouped(rows),
        grouped(median(typed.bytes.clone()))
    )
}
