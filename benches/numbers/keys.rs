//! What a key costs on the terminal: bytes, and the time of the last one; and the memory of the process that holds the
//! list.

use std::collections::BTreeMap;

use crate::{
    figures::{grouped, median, millis, short},
    pty::{Cost, Program},
    system,
    table::{Report, Row},
    tool::Tool,
    world::{SIZES, Stage},
};

/// Rows of the others, unless said otherwise.
const USUAL: usize = 10_000;

/// The largest list.
const LARGE: usize = 500_000;

/// Pairs of keys of one kind.
const PAIRS: usize = 20;

/// More rows than any of the programs shows in this window.
const ROWS_PER_PAGE: usize = 22;

/// Pairs of keys that tick everything.
const PAIRS_OF_ALL: usize = 7;

/// What the keys of one program cost with one list.
struct Costs {
    rows: usize,
    cursor: Cost,
    tick: Cost,
    page: Cost,
    all: Option<Cost>,
    /// The whole screen drawn again.
    whole: Option<Cost>,
    memory: Option<u64>,
    memory_peak: Option<u64>,
}

/// Measures it.
pub(crate) fn measure(stage: &Stage, tools: &[Tool]) -> Report {
    let mut all = BTreeMap::new();
    let mut details = vec![format!(
        "keys: bytes / milliseconds to the last byte, medians of {} keys; memory now and at most",
        PAIRS * 2
    )];
    for tool in tools {
        let sizes: &[usize] = match tool {
            Tool::Backup365 => &SIZES,
            Tool::Fzf | Tool::Skim => &[USUAL, LARGE],
            _ => &[USUAL],
        };
        for rows in sizes {
            stage.texts(*rows);
            let costs = costs(*tool, &mut tool.open(stage, (*rows).min(tool.most_rows())), *rows);
            details.push(line(*tool, &costs));
            all.insert((*tool, *rows), costs);
        }
    }
    // It takes the large list as well, but its keys are no other for that.
    if tools.contains(&Tool::Dialog) {
        stage.texts(LARGE);
        let program = Tool::Dialog.open(stage, LARGE);
        all.entry((Tool::Dialog, LARGE)).or_insert_with(|| held(&program, LARGE));
    }
    Report { rows: rows(tools, &all), details }
}

/// Presses the keys of a program.
fn costs(tool: Tool, program: &mut Program, rows: usize) -> Costs {
    let keys = tool.keys();
    let cursor = pairs(program, keys.cursor, PAIRS, true);
    let page = pages(program, keys.page, rows);
    let tick = pairs(program, keys.tick, PAIRS, false);
    let all = keys.all.map(|all| everything(program, all));
    let whole = (tool == Tool::Backup365).then(|| program.press("\x0c"));
    Costs { cursor, tick, page, all, whole, ..held(program, rows) }
}

/// Milliseconds of a cursor key of ours and of the one that takes it back, the slower of the two.
pub(crate) fn cursor(program: &mut Program) -> f64 {
    let keys = Tool::Backup365.keys().cursor.map(|key| millis(program.press(key).last_byte));
    keys[0].max(keys[1])
}

/// What a program holds.
fn held(program: &Program, rows: usize) -> Costs {
    let id = program.id();
    let (memory, memory_peak) = (system::memory(id), system::memory_peak(id));
    let none = Cost::default();
    Costs { rows, cursor: none, tick: none, page: none, all: None, whole: None, memory, memory_peak }
}

/// Median cost of a key and of the one that takes it back; without `both` only of the first.
fn pairs(program: &mut Program, [there, back]: [&str; 2], count: usize, both: bool) -> Cost {
    let mut costs = Vec::new();
    for _ in 0..count {
        costs.push(program.press(there));
        let cost = program.press(back);
        if both {
            costs.push(cost);
        }
    }
    middle(&costs)
}

/// Median cost of a page of new rows, on the way there and back. The first page of a way may only move the cursor over
/// rows that are shown already: it is left out.
fn pages(program: &mut Program, ways: [&str; 2], rows: usize) -> Cost {
    let at_most = (rows / ROWS_PER_PAGE).min(PAIRS);
    let mut costs = Vec::new();
    while costs.len() < PAIRS * 2 {
        for key in ways {
            program.press(key);
            costs.extend((1..at_most).map(|_| program.press(key)));
        }
    }
    middle(&costs)
}

/// Median cost of ticking everything; it may take long until anything comes back.
fn everything(program: &mut Program, [all, none]: [&str; 2]) -> Cost {
    let costs: Vec<Cost> = (0..PAIRS_OF_ALL)
        .map(|_| {
            let cost = program.press_and_wait(all);
            program.press_and_wait(none);
            cost
        })
        .collect();
    middle(&costs)
}

/// The middle of costs, bytes and times each for itself.
fn middle(costs: &[Cost]) -> Cost {
    Cost {
        bytes: median(costs.iter().map(|cost| cost.bytes).collect()),
        last_byte: median(costs.iter().map(|cost| cost.last_byte).collect()),
    }
}

/// One line of the details.
fn line(tool: Tool, costs: &Costs) -> String {
    let cell = |cost: Cost| format!("{} / {}", grouped(cost.bytes), short(millis(cost.last_byte)));
    let maybe = |cost: Option<Cost>| cost.map_or_else(|| "–".into(), cell);
    let memory = |memory: Option<u64>| memory.map_or_else(|| "–".into(), |memory| memory.to_string());
    format!(
        "  {}, {} rows: cursor {}, tick {}, page {}, All {}, whole screen {}, memory {} (at most {}) MiB",
        tool.column(),
        grouped(costs.rows),
        cell(costs.cursor),
        cell(costs.tick),
        cell(costs.page),
        maybe(costs.all),
        maybe(costs.whole),
        memory(costs.memory),
        memory(costs.memory_peak)
    )
}

/// The rows of the table.
fn rows(tools: &[Tool], all: &BTreeMap<(Tool, usize), Costs>) -> Vec<Row> {
    let mut cursor =
        Row::new("cursor key, last byte, 100 and 500,000 rows (others 10,000)", "0.5 ms, the same");
    let mut small = Row::new("bytes of a cursor key and of a tick", "300, and fewer than fzf");
    let mut page = Row::new("bytes of a page of new rows; of the whole screen of users", "2,000; 4,000");
    let mut everything = Row::new("All on 500,000", "1 ms");
    let mut memory = Row::new("memory of the process, 500,000 listed", "120 MiB");
    let time = |cost: Cost| short(millis(cost.last_byte));
    for tool in tools {
        let Some(usual) = all.get(&(*tool, USUAL)) else { continue };
        small.put(*tool, format!("{}, {}", usual.cursor.bytes, usual.tick.bytes));
        page.put(*tool, grouped(usual.page.bytes));
        cursor.put(*tool, format!("{} ms", time(usual.cursor)));
        let Some(large) = all.get(&(*tool, LARGE)) else { continue };
        if large.cursor.bytes > 0 {
            cursor.put(*tool, format!("{} ms (500,000: {})", time(usual.cursor), time(large.cursor)));
        }
        if let Some(all) = large.all {
            everything.put(*tool, format!("{} ms", time(all)));
        }
        if let Some(held) = large.memory {
            memory.put(*tool, format!("{held} MiB"));
        }
    }
    let ours = |rows| all.get(&(Tool::Backup365, rows));
    if let (Some(few), Some(many)) = (ours(SIZES[0]), ours(LARGE)) {
        let (few_ms, many_ms) = (millis(few.cursor.last_byte), millis(many.cursor.last_byte));
        // "The same": what two runs of one program differ by.
        let is_same = (few_ms - many_ms).abs() <= 0.1;
        cursor.put(Tool::Backup365, format!("{} and {} ms", short(few_ms), short(many_ms)));
        cursor.judge(few_ms <= 0.5 && many_ms <= 0.5 && is_same);
        let [key, tick, whole] =
            [many.cursor.bytes, many.tick.bytes, many.whole.map_or(0, |cost| cost.bytes)];
        // Held against the same number of rows; without it in this run only the number counts.
        let fzf = all.get(&(Tool::Fzf, USUAL)).map(|fzf| (fzf.cursor.bytes, fzf.tick.bytes));
        let is_fewer = fzf.is_none_or(|(cursor, mark)| key < cursor && tick < mark);
        small.put(Tool::Backup365, format!("{key}, {tick}")).judge(key.max(tick) <= 300 && is_fewer);
        page.put(Tool::Backup365, format!("{}; {}", grouped(many.page.bytes), grouped(whole)));
        page.judge(many.page.bytes <= 2_000 && whole <= 4_000);
        everything.judge(many.all.is_some_and(|all| millis(all.last_byte) <= 1.0));
        memory.judge(many.memory.is_some_and(|memory| memory <= 120));
    }
    vec![cursor, small, page, everything, memory]
}
