//! Whether a program gives the terminal back: ended by TERM, ended by HUP, stopped by Ctrl-Z. Mode by mode, as the system
//! tells the line's modes and as the bytes switched those of the screen.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::{
    pty::Program,
    table::{Report, Row},
    tool::Tool,
    world::Stage,
};

/// Rows that are shown.
const ROWS: usize = 100;

/// A program that was told to end is gone by then.
const GONE: Duration = Duration::from_secs(2);

/// A shell with job control that leaves the terminal's modes alone: it runs the program, says that it was stopped, and
/// takes it to the front again after Enter.
const SHELL: &str = "set -m; \"$@\"; echo b365-back; read answer; fg; echo b365-over";

/// Measures it.
pub(crate) fn measure(stage: &Stage, tools: &[Tool]) -> Report {
    stage.texts(ROWS);
    let mut row = Row::new("terminal restored after TERM, HUP, Ctrl-Z", "always, every mode");
    let mut details = vec!["restored: what stays on".to_owned()];
    for tool in tools {
        let found =
            [ended(*tool, stage, Signal::TERM), ended(*tool, stage, Signal::HUP), stopped(*tool, stage)];
        let cell = found.each_ref().map(|left| if left.is_empty() { "yes" } else { "no" }).join(", ");
        row.put(*tool, cell);
        if *tool == Tool::Backup365 {
            row.judge(found.iter().all(Vec::is_empty));
        }
        let said = |left: &Vec<&str>| if left.is_empty() { "nothing".to_owned() } else { left.join(", ") };
        details.push(format!(
            "  {}: TERM: {}; HUP: {}; Ctrl-Z: {}",
            tool.column(),
            said(&found[0]),
            said(&found[1]),
            said(&found[2])
        ));
    }
    Report { rows: vec![row], details }
}

/// What stays on after a signal that ends the program.
fn ended(tool: Tool, stage: &Stage, signal: Signal) -> Vec<&'static str> {
    let mut program = tool.open(stage, ROWS);
    let before = program.modes_before();
    program.signal(signal);
    if !program.ends_within(GONE) {
        return vec!["the program itself"];
    }
    program.settle(Instant::now());
    program.modes().left_on(&before)
}

/// What stays on while the program is stopped by Ctrl-Z, and whether it comes back.
fn stopped(tool: Tool, stage: &Stage) -> Vec<&'static str> {
    let mut words = ["sh", "-c", SHELL, "sh"].map(String::from).to_vec();
    words.extend(tool.words(stage, ROWS));
    let mut program = Program::start(stage.home(), &words).unwrap();
    let before = program.modes_before();
    tool.ready(&mut program, ROWS);
    let shown = program.modes();
    let bytes = program.bytes;
    program.write("\x1a");
    let is_back = |program: &Program| program.text().contains("b365-back");
    if !comes(&mut program, is_back) {
        return vec!["the program itself: it does not stop"];
    }
    program.settle(Instant::now());
    let mut left = program.modes().left_on(&before);
    assert!(program.bytes > bytes, "the shell said something");
    program.write("\n");
    // The line is the program's again; on the screen some programs leave out a mode the second time.
    let is_at_work = |program: &Program| program.modes().has_line_of(&shown);
    if !comes(&mut program, is_at_work) {
        left.push("does not come back");
    }
    left
}

/// Takes output until it is so, for as long as a program may need to end.
fn comes(program: &mut Program, is_so: impl Fn(&Program) -> bool) -> bool {
    let began = Instant::now();
    while !is_so(program) {
        if began.elapsed() > GONE {
            return false;
        }
        program.piece(Duration::from_millis(20));
    }
    true
}
