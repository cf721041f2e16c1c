//! A run at its users that somebody comes back to: from the start of the process to the first rows, and to who is on of
//! them. Nearly everybody is on: all of it is on record, and none of it may keep the rows.

use std::fs;

use backup365::{
    domain::{
        protection::Chosen,
        user::{Kind, UserPage},
    },
    provider::graph::Memory,
    runner,
};

use crate::{
    figures::{grouped, median, millis, short},
    pty::Program,
    server::tenant,
    system,
    table::{Report, Row},
    tool::{Tool, shows_all},
    world::{Stage, enabled, enabled_again, listed, store, write_settings},
};

/// Starts at each size, in turns.
const STARTS: usize = 15;

/// Sizes of the tenants: the smallest and the largest.
const SIZES: [usize; 2] = [100, 500_000];

/// Users who are turned on in one transaction, as the wizard does it.
const AT_ONCE: usize = 1_000;

/// A run with everybody on who may be.
struct Prepared {
    size: usize,
    run: String,
    on: usize,
    /// Address of the first user of the list, as far as it stands in a row.
    first: String,
    first_rows: Vec<f64>,
    known: Vec<f64>,
    whole: Vec<f64>,
    memory_peak: Option<u64>,
}

/// Measures it.
pub(crate) fn measure(stage: &Stage) -> Report {
    let home = stage.path("resumed");
    fs::create_dir_all(&home).unwrap();
    write_settings(&home, &stage.server.address);
    let mut all = SIZES.map(|size| prepared(stage, size));
    for _ in 0..STARTS {
        for run in &mut all {
            let words = [env!("CARGO_BIN_EXE_backup365"), "--run", &run.run];
            let mut program = Program::start(&home, &words).unwrap();
            run.first_rows.push(millis(program.sees(&run.first)));
            let is_on = |line: String| line.contains('@') && line.contains("protected");
            let known = program.until("who is on", |screen| screen.rows(0, 80).any(is_on));
            run.known.push(millis(known.duration_since(program.started)));
            let size = run.size;
            let whole = program.until("the whole list", |screen| shows_all(&screen.contents(), size));
            run.whole.push(millis(whole.duration_since(program.started)));
            run.memory_peak = run.memory_peak.max(system::memory_peak(program.id()));
        }
    }
    let mut row = Row::new("first rows of a resumed run, 100 and 500,000 users, nearly all on", "60 ms");
    let mut details = vec![format!("resumed: medians of {STARTS}, from the start of the process")];
    let mut times = Vec::new();
    for run in all {
        let first_rows = median(run.first_rows);
        details.push(format!(
            "  {} users, {} on: first rows {} ms, who is on {} ms, whole list {} ms, memory at most {} MiB",
            grouped(run.size),
            grouped(run.on),
            short(first_rows),
            short(median(run.known)),
            short(median(run.whole)),
            run.memory_peak.unwrap_or_default(),
        ));
        times.push(first_rows);
    }
    row.put(
        Tool::Backup365,
        format!("{} ms", times.iter().map(|time| short(*time)).collect::<Vec<_>>().join(" and ")),
    );
    row.judge(times.iter().all(|time| *time <= 60.0));
    Report { rows: vec![row], details }
}

/// Puts a run on record and turns everybody on who may be.
fn prepared(stage: &Stage, size: usize) -> Prepared {
    let record = store(&stage.path("resumed"), runner::clock::system());
    let before = enabled(&record, size);
    let run = before.id;
    // The starts that are measured find on record what the mailboxes are, as somebody who comes back does.
    let known = stage.known(size);
    record.keep_checked(tenant(size), &known).unwrap();
    let pages = stage.runtime.block_on(listed(&stage.provider(), tenant(size), &Memory::of(known)));
    let chosen: Vec<Chosen> = pages.iter().flat_map(|page| users(page)).collect();
    record.begin_apply(&run, &chosen).unwrap();
    for batch in chosen.chunks(AT_ONCE) {
        record.apply_batch(&run, batch).unwrap();
    }
    record.end_apply(&run, false).unwrap();
    record.finish_run(&run).unwrap();
    // A run that was left on its result would come back to that.
    let run = enabled_again(&record, before.customer.id, size).id;
    record.leave_run(&run).unwrap();
    let first = pages[0].row(0).unwrap().address.as_str().split_inclusive('@').next().unwrap().to_owned();
    let (first_rows, known, whole) = (Vec::new(), Vec::new(), Vec::new());
    Prepared {
        size,
        run: run.to_string(),
        on: chosen.len(),
        first,
        first_rows,
        known,
        whole,
        memory_peak: None,
    }
}

/// The users of a page who may be turned on: who is not checked yet is one of the world's people.
fn users(page: &UserPage) -> impl Iterator<Item = Chosen> {
    let rows = (0..page.len()).filter_map(|at| page.row(at));
    let may_be = |kind| matches!(kind, Kind::User | Kind::NotKnownYet);
    rows.filter(move |user| may_be(user.kind) && user.problem.is_empty()).map(|user| Chosen {
        id: user.id,
        address: user.address.to_text(),
        name: user.name.to_text(),
        kind: Kind::User,
    })
}
