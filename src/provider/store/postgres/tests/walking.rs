//! Random walks: two wizards, a plan and two sweepers work on one record at once, each with a store of its own, while their
//! connections are cut. At the end everything that the record promises holds (product.md section 3).
//!
//! `BACKUP365_WALKS` says how many, `BACKUP365_SEED` which is the first; what each does follows from its seed, who is first
//! does not. Where one fails its seed is printed.

mod actors;

use std::{
    collections::BTreeMap,
    env,
    sync::atomic::{AtomicBool, AtomicU64},
    thread,
    time::Duration,
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use tempfile::TempDir;

use self::actors::{Plan, Sweeper, Wizard};
use super::*;

/// Walks that go on at once.
const AT_ONCE: usize = 4;

/// The first 20:00 of a walk, and what lies between two of them.
const FIRST_DUE: i64 = 100_000_000;
const DAY: i64 = 86_400_000;
const NIGHTS: i64 = 3;

/// What each customer of a walk has bought, and how far their rule may go.
const CUSTOMERS: [(&str, u32, u32); 4] = [("W-1", 9, 7), ("P-1", 12, 30), ("S-1", 30, 5), ("S-2", 6, 30)];

#[test]
fn whatever_is_cut_the_record_keeps_its_promises() {
    if TestDatabase::new().is_none() {
        return;
    }
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let first = number("BACKUP365_SEED").unwrap_or(1);
    let last = first + number("BACKUP365_WALKS").unwrap_or(20);
    let next = AtomicU64::new(first);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= last {
                        return;
                    }
                    let _printed = Seed(seed);
                    walk(seed);
                }
            });
        }
    });
}

/// Says which walk failed.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("this walk failed: BACKUP365_SEED={} BACKUP365_WALKS=1", self.0);
        }
    }
}

/// A record, its customers, and the way there for each who works on it.
struct Ground {
    database: TestDatabase,
    keys: TempDir,
    now: Arc<AtomicI64>,
    runs: Vec<(CustomerId, RunId)>,
    /// Of each one who works.
    ways: Vec<Proxy>,
    is_over: AtomicBool,
}

impl Ground {
    fn new() -> Self {
        let database = TestDatabase::new().unwrap();
        let (keys, now) = (tempfile::tempdir().unwrap(), Arc::new(AtomicI64::new(1_000_000)));
        let near = || database.address_by(database.port());
        let boss = open_at(near(), "boss", &now, keys.path()).unwrap();
        let runs = CUSTOMERS.map(|(reference, _, ceiling)| {
            let (customer, run) = enabled_run(&boss, reference);
            boss.make_rule(&run, ceiling, ceiling).unwrap();
            (customer, run)
        });
        for (reference, seats, _) in CUSTOMERS {
            database.run(&format!("UPDATE customer SET seats = {seats} WHERE reference = '{reference}'"));
        }
        for name in ["ann", "ben"] {
            drop(open_at(near(), name, &now, keys.path()).unwrap());
        }
        database.run("UPDATE operator SET is_admin = true");
        let ways = (0..5).map(|_| Proxy::new(database.port())).collect();
        Self { database, keys, now, runs: runs.into(), ways, is_over: AtomicBool::new(false) }
    }

    /// The store of one who works, as another process has it; opened as often as it takes.
    fn open(&self, way: usize, operator: &'static str) -> Store {
        loop {
            // Each look at the clock is later than the one before, for all of them.
            let now = Arc::clone(&self.now);
            let options = StoreOptions {
                place: Place::Server(Box::new(self.database.address_by(self.ways[way].port))),
                identity: self.keys.path().join("identity.txt"),
                clock: Clock::new(move || Moment::from_millis(now.fetch_add(1, Ordering::SeqCst))),
                account: operator.into(),
                as_user: false,
                host: "desk-4".into(),
                is_sandbox: true,
            };
            match Store::open(options) {
                Ok(store) => return store,
                Err(failure) => assert!(is_of_the_way(&failure), "{failure:?}"),
            }
        }
    }

    /// The latest 20:00 that has come.
    fn due(&self) -> Option<Moment> {
        let now = self.now.load(Ordering::SeqCst);
        (now >= FIRST_DUE).then(|| Moment::from_millis(FIRST_DUE + (now - FIRST_DUE) / DAY * DAY))
    }
}

/// Whether a failure is one that a lost connection may bring; nothing else may fail for it.
fn is_of_the_way(failure: &Failure) -> bool {
    let what = failure.what.as_str();
    failure.kind == FailureKind::Record
        && ["went away", "no connection to the record", "is busy"].iter().any(|words| what.contains(words))
}

/// Whether it says that a write was not done.
fn is_denied(failure: &Failure) -> bool {
    !matches!(failure.kind, FailureKind::Record) || failure.what.as_str().contains("not saved")
}

fn walk(seed: u64) {
    let mut dice = StdRng::seed_from_u64(seed);
    let ground = Ground::new();
    let [ann, ben, plan, one, two] = [(); 5].map(|()| StdRng::seed_from_u64(dice.random()));
    let known = thread::scope(|scope| {
        let ground = &ground;
        let works = [
            scope.spawn(move || Wizard::new(ground, 0, "ann", ann, 0..10).work(14)),
            scope.spawn(move || Wizard::new(ground, 1, "ben", ben, 10..20).work(14)),
            scope.spawn(move || Plan::work(ground, 2, plan)),
        ];
        let sweeps = [
            scope.spawn(move || Sweeper { ground, way: 3, dice: one }.work()),
            scope.spawn(move || Sweeper { ground, way: 4, dice: two }.work()),
        ];
        let cuts = scope.spawn(|| cut(ground, &mut dice));
        for night in 0..NIGHTS {
            thread::sleep(Duration::from_millis(250));
            ground.now.fetch_max(FIRST_DUE + night * DAY, Ordering::SeqCst);
        }
        let known: Vec<_> = works.into_iter().map(|work| work.join().unwrap()).collect();
        thread::sleep(Duration::from_millis(100));
        ground.is_over.store(true, Ordering::SeqCst);
        cuts.join().unwrap();
        for sweep in sweeps {
            sweep.join().unwrap();
        }
        known
    });
    promises(&ground, &known);
}

/// Cuts somebody's connections, again and again.
fn cut(ground: &Ground, dice: &mut StdRng) {
    while !ground.is_over.load(Ordering::SeqCst) {
        thread::sleep(Duration::from_millis(dice.random_range(10..60)));
        let way = &ground.ways[dice.random_range(0..ground.ways.len())];
        match dice.random_range(0..8) {
            0 => way.cut_at_commit(Cut::Before),
            1 => way.cut_at_commit(Cut::Half),
            2 => way.cut_at_commit(Cut::Swallowed),
            3 => way.cut_at_commit(Cut::Sent),
            4 => way.cut_at_commit(Cut::Answered),
            _ => way.cut(),
        }
    }
}

/// What each one who worked knows of their users: on or off, as they were told; none: not told.
type Known = (usize, BTreeMap<u16, Option<bool>>);

fn promises(ground: &Ground, known: &[Known]) {
    let none = |what: &str, sql: &str| assert_eq!(ground.database.words(sql), Vec::<String>::new(), "{what}");
    let store = ground.open(3, "boss");
    Sweeper::finish(ground, &store);
    for (at, users) in known {
        let (customer, _) = &ground.runs[*at];
        let on = store.protection(*customer, OFFICE).unwrap().seats;
        for (number, is_on) in users.iter().filter_map(|(number, is_on)| is_on.map(|is_on| (*number, is_on)))
        {
            let id = super::users([number])[0].id;
            assert_eq!(
                on.iter().any(|seat| seat.id == id),
                is_on,
                "user {number}: what was answered is not on record"
            );
        }
    }
    none(
        "the kept count is not the rows",
        "SELECT customer FROM customer_product p WHERE seats_on <> (SELECT count(*) FROM seat s WHERE s.customer = p.customer
            AND s.product = p.product AND s.state = 'on')",
    );
    none(
        "more than were bought",
        "SELECT id FROM customer c WHERE seats < (SELECT count(*) FROM seat s WHERE s.customer = c.id AND state = 'on')",
    );
    none(
        "a sweep went beyond its ceiling",
        "SELECT r.customer FROM auto_rule r JOIN customer c ON c.id = r.customer WHERE c.reference COLLATE \"C\" LIKE 'S-%'
            AND r.ceiling < (SELECT count(*) FROM seat s WHERE s.customer = r.customer AND state = 'on')",
    );
    none(
        "turned on while excluded",
        r#"SELECT s.address FROM seat s JOIN exclusion e ON e.customer = s.customer AND e.product = s.product
            AND e."user" = s."user" WHERE s.state = 'on' AND s.since > e.at"#,
    );
    none(
        "a pass says another number than it turned on",
        "SELECT w.id FROM sweep w JOIN customer c ON c.id = w.customer WHERE c.reference COLLATE \"C\" LIKE 'S-%' AND w.turned_on <>
            (SELECT count(*) FROM seat s WHERE s.sweep = w.id)",
    );
    none(
        "a pass without an end",
        &format!("SELECT id FROM sweep WHERE due = {} AND finished IS NULL", last_due()),
    );
    let passes = format!("SELECT count(*) FROM sweep WHERE due = {}", last_due());
    assert_eq!(
        ground.database.words(&passes),
        [CUSTOMERS.len().to_string()],
        "each rule one pass for the last 20:00"
    );
    none("two passes", "SELECT customer FROM sweep GROUP BY customer, product, due HAVING count(*) > 1");
    none(
        "two ends of one pass",
        "SELECT customer FROM audit WHERE what LIKE 'Enable Auto for % turned on %' GROUP BY customer HAVING count(*) >
            (SELECT count(*) FROM sweep w WHERE w.customer = audit.customer AND w.finished IS NOT NULL)",
    );
    assert!(store.outcome(&ground.runs[0].1).unwrap().is_audit_whole, "the history is not whole");
    assert_eq!(
        ground.database.words("SELECT entries FROM audit_count"),
        ground.database.words("SELECT count(*) FROM audit"),
        "the count of the history"
    );
}

const fn last_due() -> i64 {
    FIRST_DUE + (NIGHTS - 1) * DAY
}
