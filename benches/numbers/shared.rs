//! A record that 20 operators share: 5,000 customers and 2,000,000 seats. A cursor key, opening a run, the board and a draft of
//! one operator, on a server alone, while 19 others work at a person's pace, and in a file; an apply of 44,800 users and a
//! night of 2,000 customers in a file and on a server.
//!
//! Needs a server that `BACKUP365_POSTGRES` names, by a role that may make databases. The others are threads of this
//! process, each with a store and connections of its own: their time on the processor is spent here too, where in the real
//! world each has a computer. The keys are pressed at the real program, at its list of users.

mod applies;
mod filled;

use std::{
    env,
    fmt::{Display, Write as _},
    fs,
    path::{Path, PathBuf},
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use backup365::{
    domain::{customer::Product, draft::Draft, id::CustomerId, operator::Account, sydney, text::Text},
    provider::store::{Place, Store, StoreOptions},
    runner,
};

use self::{
    applies::{TIMES, USERS, applies, chosen},
    filled::{CUSTOMERS, Shared, file, fill_file},
};
use crate::{
    figures::{grouped, median, millis, short},
    keys,
    pty::Program,
    server::tenant,
    sweepers,
    table::{Report, Row},
    tool::Tool,
    world::{Stage, enabled, write_settings},
};

/// Operators beside the one that is measured, and what each of them lets pass between two turns: nobody looks at the board, opens
/// a run and ticks more often than that for long.
const OTHERS: i64 = 19;
const PACE: Duration = Duration::from_secs(10);

/// Turns that are measured, and the pause between them.
const TURNS: usize = 25;
const PAUSE: Duration = Duration::from_millis(200);

/// Users of the list at which keys are pressed.
const LISTED: usize = 10_000;

/// What a person waits for at the board, in milliseconds.
const BOARD_MS: f64 = 150.0;

/// An apply on a server may take so many times as long as in a file.
const APPLY_RATIO: f64 = 3.0;

/// What a night may take, in milliseconds.
const NIGHT_MS: f64 = 300_000.0;

/// One who works with the record.
struct Operator {
    store: Store,
    customer: CustomerId,
}

/// Milliseconds of each turn.
#[derive(Default)]
struct Turns {
    key: Vec<f64>,
    open: Vec<f64>,
    board: Vec<f64>,
    draft: Vec<f64>,
}

/// Medians of a cursor key, of opening a run, of the board, of a draft.
type Medians = [f64; 4];

/// Measures it.
pub(crate) fn measure(stage: &Stage) -> Report {
    let mut rows = [
        Row::new(
            "5,000 customers, 2,000,000 seats, record on a server: cursor key, opening a run, board; beside 19 operators",
            "board 150 ms; at most half as much again",
        ),
        Row::new("apply of 44,800: record in a file; on a server", "at most three times the file's"),
        Row::new(
            "nightly sweep of 2,000 customers at 300 ms an answer: record in a file; on a server",
            "5 min",
        ),
    ];
    let Ok(base) = env::var("BACKUP365_POSTGRES") else {
        println!("SKIPPED shared: BACKUP365_POSTGRES names no server");
        return Report { rows: rows.into(), details: Vec::new() };
    };
    let mut details = vec![format!(
        "shared: 5,000 customers, 2,000,000 seats, medians of {TURNS}, milliseconds: cursor key, opening a run, board, draft"
    )];
    let [work, apply, night] = &mut rows;
    work_of_one(stage, &base, &mut details, (work, apply));
    // Told at once: the night takes minutes.
    println!("{}", details.join("\n"));
    nights(stage, &base, night);
    Report { rows: rows.into(), details }
}

/// What one operator waits for, and the applies.
fn work_of_one(stage: &Stage, base: &str, details: &mut Vec<String>, (work, apply): (&mut Row, &mut Row)) {
    let shared = Shared::make(&stage.runtime, base, "shared");
    let home = stage.path("shared");
    fs::create_dir_all(&home).unwrap();
    let measured = Operator::new(shared.place(), &home, 0);
    let began = Instant::now();
    shared.fill();
    let in_file = in_file(stage);
    println!("shared: filled in {:.0} s", began.elapsed().as_secs_f64());
    let mut program = program(stage, &shared, &measured.store);
    let alone = measured.turns(Some(&mut program)).medians();
    let beside = with_others(&shared, &home, || measured.turns(Some(&mut program))).medians();
    drop(program);
    let [_, open, board, draft] = in_file.turns(None).medians();
    work.put(Tool::Backup365, format!("{} ms; {} ms", words(&alone[..3]), words(&beside[..3])));
    work.judge(
        alone[2] <= BOARD_MS && alone[..3].iter().zip(&beside).all(|(alone, beside)| *beside <= alone * 1.5),
    );
    details.push(format!("  on a server, alone {}", words(&alone)));
    details.push(format!("  {OTHERS} others do all three every {} s: {}", PACE.as_secs(), words(&beside)));
    details.push(format!("  in a file, alone: –, {}", words(&[open, board, draft])));
    let (file, server) = applies(stage, &measured.store);
    apply.put(Tool::Backup365, format!("{} ms; {} ms", short(file), short(server)));
    apply.judge(server <= file * APPLY_RATIO);
    details.push(format!(
        "  apply of {} in a file {}, on that server {}, medians of {TIMES} in turns, ratio {:.2}",
        grouped(USERS),
        short(file),
        short(server),
        server / file
    ));
}

/// The first night of 2,000 customers in a file and on a server, at the same time: both wait for answers nearly all of it.
fn nights(stage: &Stage, base: &str, row: &mut Row) {
    let (server, home) = sweepers::prepared(stage);
    let shared = Shared::make(&stage.runtime, base, "nights");
    let moved = sweepers::copy(stage, &home, "sweepers-moved");
    sweepers::move_record(&moved, &shared.url());
    on_server(&moved, &shared);
    let (on_server, file) = thread::scope(|scope| {
        let file = scope.spawn(|| sweepers::night(&home, 1));
        (sweepers::night(&moved, 1), file.join().unwrap())
    });
    drop(server);
    row.put(Tool::Backup365, format!("{} s; {} s", short(file / 1e3), short(on_server / 1e3)));
    row.judge(file.max(on_server) < NIGHT_MS);
}

/// Has the program in a home folder work with the record on a server.
fn on_server(home: &Path, shared: &Shared<'_>) {
    let path = home.join(".config/backup365/settings.toml");
    let mut text = fs::read_to_string(&path).unwrap();
    write!(text, "\n[record]\nurl = \"{}\"\n", shared.url()).unwrap();
    fs::write(path, text).unwrap();
}

/// The program at the users of a run of that record, all of them listed.
fn program(stage: &Stage, shared: &Shared<'_>, store: &Store) -> Program {
    let home: PathBuf = stage.path("shared-program");
    fs::create_dir_all(&home).unwrap();
    write_settings(&home, &stage.server.address);
    on_server(&home, shared);
    store.keep_checked(tenant(LISTED), &stage.known(LISTED)).unwrap();
    let run = enabled(store, LISTED).id;
    store.leave_run(&run).unwrap();
    let mut program =
        Program::start(&home, &[env!("CARGO_BIN_EXE_backup365"), "--run", &run.to_string()]).unwrap();
    Tool::Backup365.ready(&mut program, LISTED);
    program
}

/// An operator of a record in a file that is filled alike.
fn in_file(stage: &Stage) -> Operator {
    let home = stage.path("shared-in-file");
    let file = file(&home);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let operator = Operator::new(file.clone().into(), &home, 0);
    fill_file(&file);
    operator
}

/// What is measured while the others work.
fn with_others<T>(shared: &Shared<'_>, home: &Path, work: impl FnOnce() -> T) -> T {
    let (are_all_here, is_over) =
        (Barrier::new(usize::try_from(OTHERS).unwrap() + 1), AtomicBool::new(false));
    let others: Vec<Operator> =
        (1..=OTHERS).map(|number| Operator::new(shared.place(), home, number)).collect();
    thread::scope(|scope| {
        for (at, other) in (0_u32..).zip(&others) {
            let (are_all_here, is_over) = (&are_all_here, &is_over);
            scope.spawn(move || {
                other.turn(&mut Turns::default());
                are_all_here.wait();
                // They don't all begin in one moment.
                thread::sleep(PACE / 19 * at);
                while !is_over.load(Ordering::Relaxed) {
                    let next = Instant::now() + PACE;
                    other.turn(&mut Turns::default());
                    thread::sleep(next.saturating_duration_since(Instant::now()));
                }
            });
        }
        are_all_here.wait();
        thread::sleep(PACE);
        let made = work();
        is_over.store(true, Ordering::Relaxed);
        made
    })
}

impl Operator {
    /// Number 0 is the first ever, and the one that is measured.
    fn new(place: Place, home: &Path, number: i64) -> Self {
        let store = Store::open(StoreOptions {
            place,
            identity: home.join(format!("identity-{number}.txt")),
            clock: runner::clock::system(),
            account: Account::from(Text::of(format_args!("measured-{number}"))),
            as_user: false,
            host: Text::of(format_args!("here-{number}")),
            is_sandbox: false,
        });
        // Every tenth run is open.
        Self { store: store.unwrap(), customer: CustomerId((number + 1) * 10) }
    }

    /// So many turns, and as many keys; the first turn, which connects, is not counted.
    fn turns(&self, mut program: Option<&mut Program>) -> Turns {
        self.turn(&mut Turns::default());
        let mut turns = Turns::default();
        for _ in 0..TURNS {
            thread::sleep(PAUSE);
            self.turn(&mut turns);
            if let Some(program) = &mut program {
                turns.key.push(keys::cursor(program));
            }
        }
        turns
    }

    /// Looks at the board, opens the run, ticks, and leaves.
    fn turn(&self, turns: &mut Turns) {
        let last_2000 = sydney::latest_2000(runner::clock::system().now());
        let at = Instant::now();
        let board = self.store.board(last_2000).unwrap();
        turns.board.push(millis(at.elapsed()));
        assert!(board.rows.len() >= CUSTOMERS);
        let at = Instant::now();
        let run = self.store.open_run(self.customer, Product::Office365).unwrap();
        turns.open.push(millis(at.elapsed()));
        assert!(!run.is_read_only);
        let draft = Draft::new(true, (0..20).map(|number| chosen(number).id));
        let at = Instant::now();
        self.store.save_draft(&run.id, &draft).unwrap();
        turns.draft.push(millis(at.elapsed()));
        self.store.leave_run(&run.id).unwrap();
    }
}

impl Turns {
    /// In their order; of keys that were not pressed 0.
    fn medians(self) -> Medians {
        let key = if self.key.is_empty() { 0.0 } else { median(self.key) };
        [key, median(self.open), median(self.board), median(self.draft)]
    }
}

/// "12, 340, 4.3".
fn words(times: &[f64]) -> impl Display {
    times.iter().map(|time| short(*time)).collect::<Vec<_>>().join(", ")
}
