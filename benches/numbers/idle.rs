//! What a program costs while nobody does anything: bytes, wake-ups, time on the processor.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{
    pty::Program,
    system::{self, Usage},
    table::{Report, Row},
    tool::Tool,
    world::Stage,
};

/// Rows that are shown.
const ROWS: usize = 10_000;

/// How long nobody does anything.
const IDLE: Duration = Duration::from_secs(10);

/// How long a program has to come to rest: threads that ended their work are kept for ten seconds.
const REST: Duration = Duration::from_secs(12);

/// Measures all programs in the same ten seconds.
pub(crate) fn measure(stage: &Stage, tools: &[Tool]) -> Report {
    stage.texts(ROWS);
    let mut programs: Vec<Program> = tools.iter().map(|tool| tool.open(stage, ROWS)).collect();
    thread::sleep(REST);
    for program in &mut programs {
        program.settle(Instant::now());
    }
    let before: Vec<_> = programs.iter().map(|it| (it.bytes, system::usage(it.id()))).collect();
    thread::sleep(IDLE);
    let mut row = Row::new("idle for 10 s: bytes, wake-ups, processor", "0, 0, 0");
    for ((tool, program), (bytes, usage)) in tools.iter().zip(&mut programs).zip(before) {
        let after = system::usage(program.id());
        program.settle(Instant::now());
        let bytes = program.bytes - bytes;
        let Some((was, is)) = usage.zip(after) else { continue };
        let used =
            Usage { wakes: is.wakes.saturating_sub(was.wakes), ticks: is.ticks.saturating_sub(was.ticks) };
        row.put(*tool, format!("{bytes}, {}, {} ms", used.wakes, used.ticks * 10));
        if *tool == Tool::Backup365 {
            row.judge(bytes == 0 && used.wakes == 0 && used.ticks == 0);
        }
    }
    Report { rows: vec![row], details: Vec::new() }
}
