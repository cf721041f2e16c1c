//! The nightly sweep of tenants of three sizes with the same number of new users: what the second night costs.
//!
//! The sandbox runs in this process, so that its clock can be put forward by a day; `backup365 sweep` is the real command
//! and reaches it through a door that counts requests.

use std::{
    fs,
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use backup365::{
    domain::{
        sydney,
        time::{Clock, Moment},
    },
    runner, sandbox, sweeper,
};

use crate::{
    counter::{Counter, Passed},
    figures::{grouped, millis, short},
    server::world_text,
    table::{Report, Row},
    tool::Tool,
    world::{Stage, enabled, provider_on, store, write_settings},
};

/// Users of the tenants.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// Users who join each tenant every day.
const JOINING: u32 = 40;

/// Second nights that are measured, each from a copy of the same record.
const NIGHTS: usize = 7;

/// A day without a change of the clocks is long enough here: what counts is that users have joined.
const DAY: Duration = Duration::from_hours(24);

/// What a night cost.
#[derive(Clone, Copy)]
struct Night {
    ms: f64,
    /// Of that, waiting for the server.
    server_ms: f64,
    requests: usize,
    bytes: usize,
    turned_on: usize,
}

impl Night {
    fn new(began: Instant, passed: Passed, turned_on: usize) -> Self {
        let (ms, server_ms) = (millis(began.elapsed()), millis(passed.server));
        Self { ms, server_ms, requests: passed.requests, bytes: passed.bytes, turned_on }
    }

    /// Time that is not the server's.
    fn own_ms(self) -> f64 {
        self.ms - self.server_ms
    }
}

/// Measures it.
pub(crate) fn measure(stage: &Stage) -> Report {
    let mut row =
        Row::new("nightly sweep with 40 new users: 1,000, 10,000, 100,000 users", "grows with what changed");
    let mut details = vec![format!(
        "sweep: the first night by the library; the second by `backup365 sweep`, {NIGHTS} times from a copy, medians"
    )];
    let mut found = Vec::new();
    for size in SIZES {
        let (first, second) = nights(stage, size);
        details.push(format!(
            "  {} users: first night {} ms, {} requests, {} turned on; second {} ms, of which the server {}, {} requests, \
             {} KiB, {} turned on",
            grouped(size),
            short(first.ms),
            first.requests,
            grouped(first.turned_on),
            short(second.ms),
            short(second.server_ms),
            second.requests,
            grouped(second.bytes / 1_024),
            second.turned_on
        ));
        found.push(second);
    }
    let (small, large) = (found[0], found[2]);
    // The same requests and bytes for a hundred times the users, and time within what two runs differ by.
    let is_flat = large.requests == small.requests
        && large.bytes < small.bytes * 2
        && large.own_ms() < small.own_ms() * 1.5 + 2.0;
    let times = found.iter().map(|night| short(night.own_ms())).collect::<Vec<_>>().join(", ");
    let requests = found.iter().map(|night| night.requests.to_string()).collect::<Vec<_>>().join(", ");
    row.put(Tool::Backup365, format!("{times} ms without the server; {requests} requests")).judge(is_flat);
    Report { rows: vec![row], details }
}

/// The first and the second night of one tenant, with a home folder and a server of its own.
fn nights(stage: &Stage, size: usize) -> (Night, Night) {
    let home = stage.path(&format!("sweep-{size}"));
    let world = stage.path(&format!("sweep-{size}.toml"));
    fs::create_dir_all(&home).unwrap();
    fs::write(&world, world_text(&[(size, JOINING)])).unwrap();
    // The second night is a minute after the last 20:00: the command goes by the real time.
    let last = sydney::latest_2000(runner::clock::system().now()).plus(Duration::from_mins(1));
    let now = Arc::new(AtomicI64::new(last.minus(DAY * 2).as_millis()));
    let told = Arc::clone(&now);
    let options = sandbox::Options {
        world: world.to_str().unwrap().to_owned(),
        port: Some(0),
        data: None,
        now: Arc::new(move || told.load(Ordering::SeqCst)),
        faults: Vec::new(),
    };
    let server = stage.runtime.block_on(sandbox::start(options)).unwrap();
    let counter = Counter::default();
    let door = stage.runtime.block_on(counter.open(server.address()));
    let address = format!("http://{door}");
    write_settings(&home, &address);
    let told = Arc::clone(&now);
    let clock = Clock::new(move || Moment::from_millis(told.load(Ordering::SeqCst)));
    let record = store(&home, clock.clone());
    let run = enabled(&record, size).id;
    let confirmed = u32::try_from(size).unwrap();
    record.make_rule(&run, confirmed, confirmed * 2).unwrap();
    record.leave_run(&run).unwrap();
    let provider = provider_on(&address, record, clock.clone());
    now.store(last.minus(DAY).as_millis(), Ordering::SeqCst);
    let began = Instant::now();
    let reports = stage.runtime.block_on(sweeper::pass(&provider, &clock, &[], |_none| ())).unwrap();
    let first = Night::new(began, counter.take(), reports[0].turned_on.len());
    assert!(reports.len() == 1 && !reports[0].needs_attention(), "{:?}", reports[0].attention);
    drop(provider);
    // The command compares the real time with the server's.
    now.store(runner::clock::system().now().as_millis(), Ordering::SeqCst);
    let mut second: Vec<Night> = (0..NIGHTS).map(|at| command(stage, &home, at, &counter)).collect();
    second.sort_by(|a, b| a.own_ms().total_cmp(&b.own_ms()));
    (first, second[NIGHTS / 2])
}

/// One second night, by the command, in a copy of the home folder.
fn command(stage: &Stage, home: &Path, at: usize, counter: &Counter) -> Night {
    let copy = stage.path(&format!("copy-{at}"));
    let _was_there = fs::remove_dir_all(&copy);
    let copied = Command::new("cp").arg("-a").arg(home).arg(&copy).status().unwrap();
    assert!(copied.success());
    counter.take();
    let began = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_backup365"))
        .arg("sweep")
        .env_clear()
        .env("HOME", &copy)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    Night::new(began, counter.take(), said.lines().filter(|line| line.starts_with("  ")).count())
}
