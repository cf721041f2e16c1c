//! A record on a server that 20 operators share: 5,000 customers and 2,000,000 seats, filled by SQL. Opening a run, the
//! board and a draft of one operator, alone and while 19 others do the same at a person's pace; and beside it an apply of
//! 44,800 users in a file and on that server.
//!
//! Needs a server that `BACKUP365_POSTGRES` names, by a role that may make databases. The operators are threads of this
//! process, each with a store and connections of its own: their time on the processor is spent here too, where in the real
//! world each has a computer.

use std::{
    env,
    fmt::Display,
    fs,
    path::Path,
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use backup365::{
    domain::{
        customer::Product,
        draft::Draft,
        id::CustomerId,
        operator::Account,
        protection::{Chosen, SeatOutcome},
        sydney,
        text::Text,
        user::Kind,
    },
    provider::store::{Address, Place, Store, StoreOptions, Surroundings},
    runner,
};
use tokio::runtime::Runtime;
use tokio_postgres::NoTls;

use crate::{
    figures::{grouped, median, millis, short},
    table::{Report, Row},
    tool::Tool,
    world::{Stage, enabled, store},
};

/// Operators beside the one that is measured, and what each of them lets pass between two turns.
const OTHERS: i64 = 19;
const PACE: Duration = Duration::from_secs(2);

/// Turns that are measured, and the pause between them.
const TURNS: usize = 25;
const PAUSE: Duration = Duration::from_millis(200);

/// Users of an apply, as many as the largest customer has; how many in one transaction, as the wizard does it; times.
const USERS: usize = 44_800;
const AT_ONCE: usize = 1_000;
const TIMES: usize = 3;

/// 5,000 customers with a run each, of which every tenth is open, and 400 seats and 20 entries of the history each. Keys to
/// other tables are taken off meanwhile: each row would be looked up. The record has one entry of its own by then.
const FILL: &str = r#"
SET search_path = backup365;
INSERT INTO customer (reference, name, domain, is_active, tenant, is_managed, added)
SELECT 'N-' || n, 'Numbered ' || n, 'numbered' || n || '.example', true,
       lpad(n::text, 8, '0') || '-3333-4333-8333-333333333333', true, 0 FROM generate_series(1, 5000) n;
INSERT INTO customer_product (customer, product, listed, eligible, counted)
SELECT id, 'office365', 500, 450, 1 FROM customer;
INSERT INTO run (id, customer, product, opened, operator, touched, finished, tenant, tenant_name, proved, enabled,
                 listed, eligible, counted)
SELECT translate(lpad(to_hex(id), 5, '0'), '0123456789abcdef', 'FHKLMQRWXY234679'), id, 'office365', 1, 'measured', 1,
       CASE WHEN id % 10 > 0 THEN 2 END, tenant, name, 1, 1, 500, 450, 1 FROM customer;
INSERT INTO enablement (customer, product, tenant, tenant_name, operator, at, run)
SELECT customer, product, tenant, tenant_name, operator, 1, id FROM run;
INSERT INTO draft (run, is_all, exceptions) SELECT id, true, '' FROM run;
ALTER TABLE seat DISABLE TRIGGER seat_counted, DROP CONSTRAINT seat_customer_product_fkey;
ALTER TABLE chosen DROP CONSTRAINT chosen_run_fkey;
INSERT INTO seat (customer, product, "user", address, name, kind, state, since, operator, run, left_on, first_backup)
SELECT r.customer, r.product, decode(lpad(to_hex(r.customer), 16, '0') || lpad(to_hex(u), 16, '0'), 'hex'),
       'user' || u || '@numbered' || r.customer || '.example', 'User ' || u, 0, 'on', 1, 'measured', r.id,
       CASE WHEN u % 100 = 0 THEN 2 END, CASE WHEN u % 2 = 0 THEN 3 END
  FROM run r CROSS JOIN generate_series(1, 400) u;
INSERT INTO chosen (run, "user", address, name, kind, outcome)
SELECT run, "user", address, name, kind, 'turned_on' FROM seat;
UPDATE customer_product SET seats_on = 400;
INSERT INTO audit (id, at, operator, host, run, customer, what, before, hash)
SELECT (SELECT entries FROM audit_count) + row_number() OVER (), 1, 'measured', 'here', id, customer, 'entry ' || n, sha256('-'), sha256('-')
  FROM run CROSS JOIN generate_series(1, 20) n;
UPDATE audit_count SET entries = (SELECT count(*) FROM audit);
ALTER TABLE chosen ADD CONSTRAINT chosen_run_fkey FOREIGN KEY (run) REFERENCES run (id);
ALTER TABLE seat ENABLE TRIGGER seat_counted, ADD CONSTRAINT seat_customer_product_fkey
      FOREIGN KEY (customer, product) REFERENCES customer_product (customer, product);
"#;

/// A database of its own, gone with this.
struct Shared<'a> {
    runtime: &'a Runtime,
    /// The server, as the variable names it.
    base: String,
    name: String,
}

/// One who works with the record.
struct Operator {
    store: Store,
    customer: CustomerId,
}

/// Milliseconds of each turn.
#[derive(Default)]
struct Turns {
    open: Vec<f64>,
    board: Vec<f64>,
    draft: Vec<f64>,
}

/// Measures it.
pub(crate) fn measure(stage: &Stage) -> Report {
    let mut row = Row::new(
        "opening a run, board, draft: 5,000 customers and 2,000,000 seats on a server; with 19 others",
        "at most half as much again",
    );
    let Ok(base) = env::var("BACKUP365_POSTGRES") else {
        println!("SKIPPED shared: BACKUP365_POSTGRES names no server");
        return Report { rows: vec![row], details: Vec::new() };
    };
    let home = stage.path("shared");
    fs::create_dir_all(&home).unwrap();
    let shared = Shared::make(&stage.runtime, base);
    let measured = Operator::new(&shared, &home, 0);
    let began = Instant::now();
    shared.ask(&shared.name, FILL);
    // Of its own: it may not stand in a transaction.
    shared.ask(&shared.name, "VACUUM ANALYZE");
    println!("shared: filled in {:.0} s", began.elapsed().as_secs_f64());
    let alone = measured.turns();
    let beside = with_others(&shared, &home, &measured);
    let (alone, beside) = (alone.medians(), beside.medians());
    row.put(Tool::Backup365, format!("{} ms; {} ms", words(alone), words(beside)));
    row.judge(alone.iter().zip(beside).all(|(alone, beside)| beside <= alone * 1.5));
    let (file, server) = applies(stage, &measured.store);
    let details = vec![
        format!(
            "shared: 5,000 customers, 2,000,000 seats, medians of {TURNS}, milliseconds: opening a run, board, draft"
        ),
        format!("  alone {}", words(alone)),
        format!("  {OTHERS} others do all three every {} s: {}", PACE.as_secs(), words(beside)),
        format!(
            "  apply of {} in a file {}, on that server {}, medians of {TIMES} in turns, ratio {:.2}",
            grouped(USERS),
            short(file),
            short(server),
            server / file
        ),
    ];
    Report { rows: vec![row], details }
}

/// The measured operator's turns while the others work.
fn with_others(shared: &Shared<'_>, home: &Path, measured: &Operator) -> Turns {
    let (are_all_here, is_over) =
        (Barrier::new(usize::try_from(OTHERS).unwrap() + 1), AtomicBool::new(false));
    let others: Vec<Operator> = (1..=OTHERS).map(|number| Operator::new(shared, home, number)).collect();
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
        let turns = measured.turns();
        is_over.store(true, Ordering::Relaxed);
        turns
    })
}

/// Median milliseconds of an apply in a file, and on the server.
fn applies(stage: &Stage, server: &Store) -> (f64, f64) {
    let home = stage.path("shared-file");
    fs::create_dir_all(&home).unwrap();
    let file = store(&home, runner::clock::system());
    let (mut in_file, mut on_server) = (Vec::new(), Vec::new());
    for time in 0..TIMES {
        in_file.push(apply(&file, time));
        on_server.push(apply(server, time));
    }
    (median(in_file), median(on_server))
}

/// Milliseconds of an apply at a new customer, as the wizard does it: confirmed, batch by batch, ended.
fn apply(store: &Store, time: usize) -> f64 {
    let run = enabled(store, USERS + time).id;
    let users: Vec<Chosen> = (0..USERS).map(chosen).collect();
    let at = Instant::now();
    store.begin_apply(&run, &users).unwrap();
    for batch in users.chunks(AT_ONCE) {
        let results = store.apply_batch(&run, batch).unwrap();
        assert!(results.iter().all(|result| result.outcome == SeatOutcome::TurnedOn));
    }
    store.end_apply(&run, false).unwrap();
    let took = millis(at.elapsed());
    store.leave_run(&run).unwrap();
    took
}

fn chosen(number: usize) -> Chosen {
    Chosen {
        id: format!("0a0a0a0a-4444-4444-8444-{number:012x}").parse().unwrap(),
        address: Text::of(format_args!("chosen{number}@measured.example")),
        name: Text::of(format_args!("Chosen {number}")),
        kind: Kind::User,
    }
}

impl Operator {
    /// Number 0 is the first ever, and the one that is measured.
    fn new(shared: &Shared<'_>, home: &Path, number: i64) -> Self {
        let account = Account::from(Text::of(format_args!("measured-{number}")));
        let store = Store::open(StoreOptions {
            place: shared.place(),
            identity: home.join(format!("identity-{number}.txt")),
            clock: runner::clock::system(),
            account,
            as_user: false,
            host: Text::of(format_args!("here-{number}")),
            is_sandbox: false,
        });
        // Every tenth run is open.
        Self { store: store.unwrap(), customer: CustomerId((number + 1) * 10) }
    }

    /// So many turns; the first, which connects, is not counted.
    fn turns(&self) -> Turns {
        self.turn(&mut Turns::default());
        let mut turns = Turns::default();
        for _ in 0..TURNS {
            thread::sleep(PAUSE);
            self.turn(&mut turns);
        }
        turns
    }

    /// Looks at the board, opens the run, ticks, and leaves.
    fn turn(&self, turns: &mut Turns) {
        let last_2000 = sydney::latest_2000(runner::clock::system().now());
        let at = Instant::now();
        let board = self.store.board(last_2000).unwrap();
        turns.board.push(millis(at.elapsed()));
        assert_eq!(board.rows.len(), 5_000);
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
    /// Of opening a run, of the board, of a draft.
    fn medians(self) -> [f64; 3] {
        [self.open, self.board, self.draft].map(median)
    }
}

/// "12, 340, 4.3".
fn words(times: [f64; 3]) -> impl Display {
    times.map(short).join(", ")
}

impl<'a> Shared<'a> {
    /// Makes the database.
    fn make(runtime: &'a Runtime, base: String) -> Self {
        let shared = Self { runtime, base, name: format!("numbers_{}", std::process::id()) };
        shared.ask("postgres", &format!("CREATE DATABASE {}", shared.name));
        shared
    }

    /// Where the record is.
    fn place(&self) -> Place {
        let address = format!("{}/{}?sslmode=disable", self.base, self.name);
        Place::Server(Box::new(Address::parse(&address, &Surroundings::default()).unwrap()))
    }

    /// Carries SQL out on a connection of its own.
    fn ask(&self, database: &str, sql: &str) {
        self.runtime.block_on(async {
            let address = format!("{}/{database}?sslmode=disable", self.base);
            let (client, connection) = tokio_postgres::connect(&address, NoTls).await.unwrap();
            drop(tokio::spawn(connection));
            client.batch_execute(sql).await.unwrap();
        });
    }
}

impl Drop for Shared<'_> {
    fn drop(&mut self) {
        self.ask("postgres", &format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}
