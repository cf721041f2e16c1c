//! The contract with Backup365's workers: what they see, what they may say, and the feed. On a server a worker is plain
//! `psql` with a role of its own.

use std::{env, path::PathBuf, sync::Once};

use super::*;
use crate::{
    domain::{
        protection::Protection,
        record_role::{Rights, RoleName},
        seats::Seats,
    },
    outside::child::command,
};

/// 23 November 2026, 05:00 UTC.
const FIRST: i64 = 1_795_410_000_000;

/// The program, as a package installs it: on the path, or beside the server.
#[expect(clippy::disallowed_methods, reason = "a test looks for a program")]
fn psql() -> Option<PathBuf> {
    let servers = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let servers = servers.map(|version| version.path().join("bin"));
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).chain(servers).map(|folder| folder.join("psql")).find(|file| file.exists())
}

/// A record for workers; none, said aloud, where it is on a server and psql is missing.
#[expect(clippy::disallowed_methods, reason = "a test's own variable, read by nothing else")]
fn world() -> Option<World> {
    static SAID: Once = Once::new();
    let world = World::new();
    if world.database.is_none() || psql().is_some() {
        return Some(world);
    }
    assert!(env::var_os("CI").is_none(), "psql is missing");
    SAID.call_once(|| eprintln!("SKIPPED the workers' contract on a server: psql is missing"));
    None
}

/// A worker, however it reaches the record.
struct Worker<'w> {
    world: &'w World,
    role: String,
}

impl<'w> Worker<'w> {
    /// One with these rights.
    fn with(world: &'w World, rights: Rights) -> Self {
        let role = format!("backup365_test_{}", rights.word());
        if let Some(database) = &world.database {
            database.make_role(&role);
            let as_owner =
                StoreOptions { place: Place::Server(Box::new(database.at())), ..world.options("ann") };
            let name: RoleName = role.parse().unwrap();
            let owner = Store::open(as_owner).unwrap();
            // By another role she is somebody else, and no Admin yet.
            owner.recover_admin().unwrap();
            assert!(!owner.grant(&name, rights).unwrap(), "the role was there");
        }
        Self { world, role }
    }

    /// The rows of an answer, columns with `|` between them; the words of the refusal where it is refused.
    fn ask(&self, sql: &str) -> Result<Vec<String>, String> {
        let Some(database) = &self.world.database else { return self.ask_file(sql) };
        let url = database.url_as(&self.role);
        let told = format!("SET search_path = backup365; {sql}");
        let psql = psql().unwrap();
        let said =
            command(psql).args([&url, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", &told]).output().unwrap();
        if said.status.success() {
            Ok(String::from_utf8(said.stdout).unwrap().lines().map(str::to_owned).collect())
        } else {
            Err(String::from_utf8(said.stderr).unwrap())
        }
    }

    fn ask_file(&self, sql: &str) -> Result<Vec<String>, String> {
        let raw = self.world.raw();
        let mut statement = raw.prepare(sql).map_err(|error| error.to_string())?;
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            let cell = |at| {
                row.get::<_, Option<String>>(at)
                    .or_else(|_| row.get::<_, i64>(at).map(|number| Some(number.to_string())))
            };
            let cells = (0..columns).map(cell).collect::<rusqlite::Result<Vec<_>>>()?;
            Ok(cells.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join("|"))
        });
        rows.unwrap().collect::<Result<_, _>>().map_err(|error| error.to_string())
    }

    fn rows(&self, sql: &str) -> Vec<String> {
        self.ask(sql).unwrap()
    }

    /// Says something of a user's seat.
    fn report(&self, user: u8, said: &Said<'_>) -> Result<Vec<String>, String> {
        let id = format!("{user:02x}").repeat(16);
        let key = "customer = 1 AND product = 'office365'";
        let is_server = IS_ON_SERVER && self.world.database.is_some();
        self.ask(&match (said, is_server) {
            (Said::First(at), true) => {
                format!("SELECT worker_first_backup_v1(1, 'office365', '\\x{id}', {at})")
            }
            (Said::First(at), false) => {
                format!("UPDATE worker_seats_v1 SET first_backup = {at} WHERE {key} AND user_id = x'{id}'")
            }
            (Said::Problem(words), true) => {
                format!("SELECT worker_problem_v1(1, 'office365', '\\x{id}', '{words}')")
            }
            (Said::Problem(words), false) => {
                format!("UPDATE worker_seats_v1 SET problem = '{words}' WHERE {key} AND user_id = x'{id}'")
            }
            (Said::Cleared, true) => {
                format!("SELECT worker_problem_cleared_v1(1, 'office365', '\\x{id}')")
            }
            (Said::Cleared, false) => {
                format!("UPDATE worker_seats_v1 SET problem = NULL WHERE {key} AND user_id = x'{id}'")
            }
        })
    }

    /// What happened to which user after a cursor: `3 on`.
    fn changes(&self, after: i64) -> Vec<String> {
        let user = if IS_ON_SERVER && self.world.database.is_some() {
            "get_byte(user_id, 0)"
        } else {
            "ltrim(substr(hex(user_id), 1, 2), '0')"
        };
        self.rows(&format!(
            "SELECT {user} || ' ' || what FROM worker_changes_v1 WHERE cursor > {after} ORDER BY cursor"
        ))
    }

    fn newest(&self) -> i64 {
        self.rows("SELECT newest FROM worker_record_v1")[0].parse().unwrap()
    }
}

enum Said<'a> {
    First(i64),
    Problem(&'a str),
    Cleared,
}

#[test]
fn a_worker_reads_seats_and_says_what_became_of_them() {
    let Some(world) = world() else { return };
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, Product::Office365);
    store.apply_batch(&run, &users(1..=3)).unwrap();
    store.turn_off(&run, &users([3])).unwrap();
    let worker = Worker::with(&world, Rights::Worker);
    let seats = worker.rows(
        "SELECT reference, customer_name, product, tenant, server, address, name, kind, state FROM worker_seats_v1
          ORDER BY address",
    );
    let row = |number, state| {
        format!("C-1|Bakery|office365|{TENANT}||user{number}@bakery.example|User {number}|user|{state}")
    };
    assert_eq!(seats, [row(1, "on"), row(2, "on"), row(3, "off")]);
    assert_eq!(worker.rows("SELECT world, cut, kept_days FROM worker_record_v1"), ["sandbox|0|30"]);

    worker.report(1, &Said::First(FIRST + 5)).unwrap();
    worker.report(1, &Said::First(FIRST)).unwrap();
    worker.report(1, &Said::First(FIRST + 9)).unwrap();
    worker.report(2, &Said::Problem("the mailbox is full")).unwrap();
    let apart = Protection::<Seats>::from(store.protection(customer.id, Product::Office365).unwrap());
    assert_eq!(store.protection_packed(customer.id, Product::Office365).unwrap(), apart);
    let seats = store.protection(customer.id, Product::Office365).unwrap().seats;
    let said: Vec<_> = seats.iter().map(|seat| (seat.first_backup, seat.problem.as_ref())).collect();
    let full = Text::from("the mailbox is full");
    assert_eq!(said, [(Some(Moment::from_millis(FIRST)), None), (None, Some(&full))], "the earliest counts");
    let detail = store.customer_detail(customer.id, 1).unwrap();
    let product = detail.products.into_iter().find(|it| it.product == Product::Office365).unwrap();
    let trouble = &product.troubles[0];
    assert_eq!((product.backed_up, trouble.name.as_str(), &trouble.words), (1, "User 2", &full));
    let role = if world.database.is_some() { "backup365_test_worker" } else { "a worker on this computer" };
    assert_eq!(trouble.by.as_str(), role, "who said it is kept");
    let attention = || {
        let status = store.status_of(Moment::from_millis(0), Some(customer.id)).unwrap();
        let row = status.rows.iter().find(|row| row.product == Product::Office365).unwrap();
        format!("{:?}", row.attention(Moment::from_millis(0), &status.sweeper))
    };
    assert!(attention().contains("the backup of 1 user has a problem"), "{}", attention());
    worker.report(2, &Said::Cleared).unwrap();
    assert!(!attention().contains("problem"), "{}", attention());

    // What is turned on anew begins without the problem of the time before.
    worker.report(2, &Said::Problem("the mailbox is full")).unwrap();
    store.turn_off(&run, &users([2])).unwrap();
    store.apply_batch(&run, &users([2])).unwrap();
    let seats = store.protection(customer.id, Product::Office365).unwrap().seats;
    assert!(seats.iter().all(|seat| seat.problem.is_none()));
}

#[test]
fn what_a_worker_says_is_looked_at_first() {
    let Some(world) = world() else { return };
    let store = world.open("ann");
    let (_customer, run) = enabled_run(&store, Product::Office365);
    store.apply_batch(&run, &users([1])).unwrap();
    let worker = Worker::with(&world, Rights::Worker);
    let long = "x".repeat(301);
    let in_seconds = FIRST / 1000;
    for said in [
        Said::First(in_seconds),
        Said::First(4_000_000_000_000),
        Said::Problem(""),
        Said::Problem("  "),
        Said::Problem("one\ntwo"),
        Said::Problem(&long),
    ] {
        let refused = worker.report(1, &said).unwrap_err();
        assert!(refused.contains("milliseconds") || refused.contains("300 characters"), "{refused}");
    }
    if world.database.is_some() {
        assert!(worker.report(9, &Said::First(FIRST)).unwrap_err().contains("there is no such seat"));
    }
    assert_eq!(worker.changes(0), ["1 on"], "nothing came of it");
}

#[test]
fn a_worker_who_was_away_sees_each_change_in_its_order() {
    let Some(world) = world() else { return };
    let store = world.open("ann");
    let (_customer, run) = enabled_run(&store, Product::Office365);
    store.apply_batch(&run, &users(1..=2)).unwrap();
    let worker = Worker::with(&world, Rights::Worker);
    let seen = worker.newest();
    assert_eq!(worker.changes(0), ["1 on", "2 on"]);
    store.turn_off(&run, &users([1])).unwrap();
    store.apply_batch(&run, &users([1, 3])).unwrap();
    worker.report(3, &Said::First(FIRST)).unwrap();
    worker.report(3, &Said::Problem("throttled")).unwrap();
    // What was said already is no news.
    worker.report(3, &Said::First(FIRST)).unwrap();
    worker.report(3, &Said::Problem("throttled")).unwrap();
    worker.report(3, &Said::Cleared).unwrap();
    let after = ["1 off", "1 on", "3 on", "3 first_backup", "3 problem", "3 cleared"];
    assert_eq!(worker.changes(seen), after);

    // A month later the beginning is cut, and that is told.
    let old = "UPDATE seat_change SET at = at - 3000000000";
    world.run(old);
    let next = if world.database.is_some() {
        "SELECT setval(pg_get_serial_sequence('seat_change', 'cursor'), 999)"
    } else {
        "INSERT INTO seat_change SELECT 999, at, customer, product, user, what FROM seat_change LIMIT 1"
    };
    world.run(next);
    store.turn_off(&run, &users([1])).unwrap();
    assert_eq!(worker.changes(0), ["1 off"]);
    let cut: i64 = worker.rows("SELECT cut FROM worker_record_v1")[0].parse().unwrap();
    assert!(seen < cut, "whoever was away longer than that begins with the seats");
}

#[test]
fn a_cursor_never_grows_past_a_change_that_is_still_to_be_committed() {
    let Some(world) = world() else { return };
    let Some(database) = &world.database else { return };
    let store = world.open("ann");
    let (_customer, run) = enabled_run(&store, Product::Office365);
    store.apply_batch(&run, &users(1..=3)).unwrap();
    let worker = Worker::with(&world, Rights::Worker);
    let seen = worker.newest();
    // One begins first and commits last; what was undone in between leaves no more than a gap.
    let report = |user: u8, words: &str| {
        let id = format!("{user:02x}").repeat(16);
        format!("SELECT worker_problem_v1(1, 'office365', '\\x{id}', '{words}')")
    };
    let slow = format!("BEGIN; {}; SELECT pg_sleep(1); COMMIT", report(1, "slow"));
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| worker.ask(&slow).unwrap());
        while database
            .words("SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep%'")
            .len()
            < 2
        {
            std::thread::yield_now();
        }
        worker.ask(&format!("BEGIN; {}; ROLLBACK", report(2, "undone"))).unwrap();
        worker.ask(&report(3, "quick")).unwrap();
        assert_eq!(worker.changes(seen), ["3 problem"]);
        let meanwhile = worker.newest();
        slow.join().unwrap();
        assert_eq!(worker.changes(meanwhile), ["1 problem"], "it came later, and has the higher number");
    });
}

#[test]
fn a_role_may_do_what_it_is_for_and_nothing_else() {
    let Some(world) = world() else { return };
    if world.database.is_none() {
        let refused = world.open("ann").grant(&"x".parse().unwrap(), Rights::Worker).unwrap_err();
        assert!(refused.what.as_str().contains("a file has no roles"), "{}", refused.what);
        return;
    }
    let store = world.open("ann");
    let (_customer, run) = enabled_run(&store, Product::Office365);
    store.apply_batch(&run, &users([1])).unwrap();
    let tables = world.words(
        "SELECT relname FROM pg_class WHERE relnamespace = 'backup365'::regnamespace AND relkind = 'r' ORDER BY 1",
    );
    let (worker, reader) = (Worker::with(&world, Rights::Worker), Worker::with(&world, Rights::Reader));
    let operator = Worker { world: &world, role: "backup365_test_operator".into() };
    let is_refused = |role: &Worker<'_>, sql: &str| match role.ask(sql) {
        Err(words) => {
            assert!(
                ["permission denied", "must be owner", "cannot update view"]
                    .iter()
                    .any(|no| words.contains(no)),
                "{sql}: {words}"
            );
        }
        Ok(_) => panic!("{} may do this: {sql}", role.role),
    };
    for table in &tables {
        for role in [&worker, &reader] {
            is_refused(role, &format!("SELECT * FROM \"{table}\""));
            is_refused(role, &format!("DELETE FROM \"{table}\""));
        }
        is_refused(&operator, &format!("TRUNCATE \"{table}\""));
        is_refused(&operator, &format!("DROP TABLE \"{table}\""));
        is_refused(&operator, &format!("ALTER TABLE \"{table}\" DISABLE TRIGGER ALL"));
    }
    for sql in [
        "UPDATE worker_seats_v1 SET first_backup = 1",
        "CREATE TABLE mine (x bigint)",
        "SELECT worker_begins(1, 'office365', '')",
        "UPDATE seat SET state = 'off'",
        "INSERT INTO seat_change (at, customer, product, \"user\", what) VALUES (1, 1, 'x', '', 'on')",
    ] {
        is_refused(&worker, sql);
        is_refused(&reader, sql);
    }
    for sql in
        ["SELECT password FROM worker_hosted_v1", "SELECT worker_problem_cleared_v1(1, 'office365', '')"]
    {
        is_refused(&reader, sql);
    }
    for sql in [
        "UPDATE audit SET what = 'x'",
        "DELETE FROM audit",
        "DELETE FROM audit_count",
        "INSERT INTO audit_count VALUES (2, 5)",
        "DELETE FROM seat",
        "DELETE FROM run",
        "DELETE FROM customer",
        "UPDATE seat_change SET at = 1",
        "INSERT INTO seat_change (at, customer, product, \"user\", what) VALUES (1, 1, 'x', '', 'on')",
        "UPDATE schema_version SET number = 99",
        "CREATE TABLE mine (x bigint)",
    ] {
        is_refused(&operator, sql);
    }
    assert_eq!(reader.rows("SELECT count(*) FROM worker_seats_v1"), ["1"]);
    assert_eq!(worker.rows("SELECT count(*) FROM worker_hosted_v1"), ["0"]);
    // Another word for a role takes what it had before.
    let as_owner = StoreOptions {
        place: Place::Server(Box::new(world.database.as_ref().unwrap().at())),
        ..world.options("ann")
    };
    let name: RoleName = worker.role.parse().unwrap();
    let owning = Store::open(as_owner).unwrap();
    owning.grant(&name, Rights::Reader).unwrap();
    is_refused(&worker, "SELECT password FROM worker_hosted_v1");
    // Who may not: no Admin, no owner; and a role that can't be narrowed.
    assert_eq!(kind(store.grant(&name, Rights::Reader)), FailureKind::Conflict);
    assert_eq!(kind(world.open("ben").grant(&name, Rights::Reader)), FailureKind::Refused);
    assert_eq!(kind(owning.grant(&"postgres".parse().unwrap(), Rights::Reader)), FailureKind::Conflict);
}

#[test]
fn a_new_version_waits_for_the_owner_of_the_tables() {
    let world = World::new();
    if world.database.is_none() {
        return;
    }
    world.run("UPDATE schema_version SET number = number - 1");
    let failure = Store::open(world.options("ann")).unwrap_err();
    assert!(failure.what.as_str().contains("belongs to the role postgres"), "{}", failure.what);
}

#[test]
fn a_worker_reads_the_kinds_by_their_words() {
    let Some(world) = world() else { return };
    let store = world.open("ann");
    let (_customer, run) = enabled_run(&store, Product::Office365);
    store.apply_batch(&run, &users(1..=9)).unwrap();
    for (number, kind) in (1..).zip(Kind::ALL) {
        world.run(&format!(
            "UPDATE seat SET kind = {} WHERE address = '{}'",
            kind.code(),
            user(number).address
        ));
    }
    let words = world.words("SELECT kind FROM worker_seats_v1 ORDER BY address");
    assert_eq!(words, Kind::ALL.map(|kind| kind.word().to_owned()));
}
