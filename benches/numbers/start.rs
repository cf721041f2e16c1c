//! From the start of a process to its first complete frame, a hundred rows for those that show a list.

use std::time::Duration;

use crate::{
    figures::{grouped, median, millis, short},
    pty::Program,
    table::{Report, Row},
    tool::Tool,
    world::Stage,
};

/// Starts of each program, one after the other in turns.
const STARTS: usize = 15;

/// Rows that the others show.
const ROWS: usize = 100;

/// Measures it.
pub(crate) fn measure(stage: &Stage, tools: &[Tool]) -> Report {
    stage.texts(ROWS);
    let home = stage.path("bare");
    std::fs::create_dir_all(&home).unwrap();
    let mut times = vec![Vec::new(); tools.len()];
    let mut bytes = vec![Vec::new(); tools.len()];
    let (mut straight, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        for (at, tool) in tools.iter().enumerate() {
            // Ours as it starts without settings and without arguments: into the sandbox.
            let words = match tool {
                Tool::Backup365 => vec![env!("CARGO_BIN_EXE_backup365").to_owned()],
                tool => tool.words(stage, ROWS),
            };
            let (time, written) = first_frame(*tool, Program::start(&home, &words).unwrap());
            times[at].push(millis(time));
            bytes[at].push(written);
        }
        let live = Program::start(stage.home(), &Tool::Backup365.words(stage, ROWS)).unwrap();
        straight.push(millis(first_frame(Tool::Backup365, live).0));
        let mut nothing = Program::start(&home, &["printf", "shown"]).unwrap();
        floor.push(millis(nothing.sees("shown")));
    }
    let mut start = Row::new("start to first complete frame", "10 ms");
    let mut first = Row::new("bytes of the first frame", "4,000");
    for ((tool, times), bytes) in tools.iter().zip(times).zip(bytes) {
        let (time, bytes) = (median(times), median(bytes));
        start.put(*tool, format!("{} ms", short(time)));
        first.put(*tool, grouped(bytes));
        if *tool == Tool::Backup365 {
            start.judge(time <= 10.0);
            first.judge(bytes <= 4_000);
        }
    }
    let details = vec![format!(
        "start: medians of {STARTS}; `printf shown` needs {} ms in the same window; backup365 with settings and --run {} ms",
        short(median(floor)),
        short(median(straight))
    )];
    Report { rows: vec![start, first], details }
}

/// Time and bytes until the first frame is whole.
fn first_frame(tool: Tool, mut program: Program) -> (Duration, usize) {
    let time = match tool {
        Tool::Backup365 => program.sees("Which customer?"),
        Tool::Fzf | Tool::Skim => program.sees(&format!("{ROWS}/{ROWS}")),
        Tool::Whiptail | Tool::Dialog => program.sees("Cancel"),
        Tool::Gum => program.sees("@"),
    };
    (time, program.bytes)
}
