//! What must be true of a home at whatever moment its program died: read with nothing of the program's own code.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use sha2::{Digest as _, Sha256};

use crate::terminal::{Home, Record};

/// Checks everything that is kept in a home. There may be nothing yet.
pub(crate) fn check(home: &Home) {
    if Record::glance(home, "audit").is_some() {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let store = Connection::open_with_flags(home.store(), flags).unwrap();
        check_file(&store);
        check_chain(&store);
        check_seats(&store);
        check_runs(&store);
        if single(&store, "SELECT count(*) FROM customer_product") > 0 {
            assert!(Record::of(home).seats() >= 0);
        }
    }
    check_journal(home);
    check_key(&home.key_file());
}

/// SQLite itself finds nothing wrong.
fn check_file(store: &Connection) {
    let one = |sql: &str| store.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(one("PRAGMA integrity_check"), "ok");
    assert_eq!(single(store, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    let version: i64 = store.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert!(version > 0, "a record with tables and without a version");
}

/// The audit: every row is there and carries the hash of the one before, recomputed from the columns.
///
/// SHA-256 over: the hash before, number, time, operator, host, run, customer, words. A field that is there is a 1, its
/// length in bytes as 8 bytes, highest first, and its bytes; one that is not is a 0. Numbers are 8 bytes, highest first.
fn check_chain(store: &Connection) {
    let mut rows = store
        .prepare("SELECT id, at, operator, host, run, customer, what, before, hash FROM audit ORDER BY id")
        .unwrap();
    let mut rows = rows.query([]).unwrap();
    let (mut last, mut number) = ([0_u8; 32], 0_i64);
    while let Some(row) = rows.next().unwrap() {
        number += 1;
        let (id, at): (i64, i64) = (row.get(0).unwrap(), row.get(1).unwrap());
        assert_eq!(id, number, "a row of the audit is missing");
        let text = |at: usize| row.get::<_, Option<String>>(at).unwrap();
        let customer: Option<i64> = row.get(5).unwrap();
        let (before, hash): ([u8; 32], [u8; 32]) = (row.get(7).unwrap(), row.get(8).unwrap());
        assert_eq!(before, last, "row {id} of the audit does not follow the one before");
        let mut digest = Sha256::new();
        let mut field = |bytes: Option<&[u8]>| match bytes {
            Some(bytes) => {
                digest.update([1]);
                digest.update(u64::try_from(bytes.len()).unwrap().to_be_bytes());
                digest.update(bytes);
            }
            None => digest.update([0]),
        };
        field(Some(&before));
        field(Some(&id.to_be_bytes()));
        field(Some(&at.to_be_bytes()));
        field(text(2).as_deref().map(str::as_bytes));
        field(text(3).as_deref().map(str::as_bytes));
        field(text(4).as_deref().map(str::as_bytes));
        field(customer.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
        field(text(6).as_deref().map(str::as_bytes));
        last = digest.finalize().into();
        assert_eq!(hash, last, "row {id} of the audit was changed");
    }
    let given = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit'), 0)";
    assert_eq!(single(store, given), number, "rows are missing at the end of the audit");
}

/// Nobody is on whom nobody chose, nobody is on twice, and nobody is on who is excluded and was not on before.
fn check_seats(store: &Connection) {
    for (words, sql) in [
        (
            "a seat of a run that did not choose the user",
            "SELECT count(*) FROM seat s WHERE s.state = 'on' AND s.run IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM chosen c WHERE c.run = s.run AND c.user = s.user)",
        ),
        (
            "a seat that neither a run nor a sweep turned on",
            "SELECT count(*) FROM seat WHERE state = 'on' AND run IS NULL AND sweep IS NULL",
        ),
        (
            "a seat of a sweep without a rule",
            "SELECT count(*) FROM seat s WHERE s.state = 'on' AND s.sweep IS NOT NULL AND NOT EXISTS
                (SELECT 1 FROM auto_rule r WHERE r.customer = s.customer AND r.product = s.product)",
        ),
        (
            "a seat of a product that is not enabled",
            "SELECT count(*) FROM seat s WHERE NOT EXISTS
                (SELECT 1 FROM enablement e WHERE e.customer = s.customer AND e.product = s.product)",
        ),
        (
            "a user with two seats of one product",
            "SELECT count(*) FROM (SELECT 1 FROM seat GROUP BY customer, product, user HAVING count(*) > 1)",
        ),
        (
            "a user who was turned on and has no seat",
            "SELECT count(*) FROM chosen c JOIN run r ON r.id = c.run WHERE c.outcome = 'turned_on'
                AND NOT EXISTS (SELECT 1 FROM seat s
                                 WHERE s.customer = r.customer AND s.product = r.product AND s.user = c.user)",
        ),
        (
            "a user with an outcome that no Apply confirmed",
            "SELECT count(*) FROM chosen c WHERE c.outcome IS NOT 'turned_off'
                AND NOT EXISTS (SELECT 1 FROM apply a WHERE a.run = c.run)",
        ),
        (
            "an Apply that is over and left somebody out",
            "SELECT count(*) FROM chosen c WHERE c.outcome IS NULL
                AND NOT EXISTS (SELECT 1 FROM apply a WHERE a.run = c.run AND a.ended IS NULL)",
        ),
    ] {
        assert_eq!(single(store, sql), 0, "{words}");
    }
}

/// A run says of itself what is true, and no two runs are open for one thing.
fn check_runs(store: &Connection) {
    for (words, sql) in [
        (
            "two open runs of one customer and product",
            "SELECT count(*) FROM (SELECT 1 FROM run WHERE finished IS NULL GROUP BY customer, product
                HAVING count(*) > 1)",
        ),
        (
            "a run that is enabled without an enablement",
            "SELECT count(*) FROM run r WHERE r.enabled IS NOT NULL AND NOT EXISTS
                (SELECT 1 FROM enablement e WHERE e.customer = r.customer AND e.product = r.product)",
        ),
        (
            "a run that was enabled without its proof",
            "SELECT count(*) FROM run WHERE enabled IS NOT NULL AND proved IS NULL",
        ),
        (
            "an enablement of another tenant than its run's",
            "SELECT count(*) FROM enablement e JOIN run r ON r.id = e.run WHERE e.tenant IS NOT r.tenant",
        ),
        (
            "a run that was opened twice in the audit",
            "SELECT count(*) FROM (SELECT 1 FROM audit WHERE what LIKE 'opened the run%' GROUP BY run
                HAVING count(*) > 1)",
        ),
        (
            "a run that is not in the audit",
            "SELECT count(*) FROM run r WHERE NOT EXISTS
                (SELECT 1 FROM audit a WHERE a.run = r.id AND a.what LIKE 'opened the run%')",
        ),
        (
            "something that is in the audit twice and can happen once",
            "SELECT count(*) FROM (SELECT 1 FROM audit WHERE what LIKE 'enabled%' OR what = 'finished the run'
                OR what LIKE 'added customer%' GROUP BY run, customer, what HAVING count(*) > 1)",
        ),
    ] {
        assert_eq!(single(store, sql), 0, "{words}");
    }
}

/// A single number.
fn single(store: &Connection, sql: &str) -> i64 {
    store.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// Every line of the sandbox's journal is a whole one.
fn check_journal(home: &Home) {
    let journal = home.journal();
    assert!(journal.is_empty() || journal.ends_with('\n'), "half a line: {journal}");
    for line in journal.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
}

/// The key file is not there, or it is whole: a key that opens nothing is worse than none.
fn check_key(path: &Path) {
    if path.exists() {
        let text = std::fs::read_to_string(path).unwrap();
        let keys = text.lines().filter(|line| line.starts_with("AGE-SECRET-KEY-1")).count();
        assert!(keys == 1 && text.ends_with('\n'), "a key file that is not whole");
        assert!(text.lines().all(|line| !line.starts_with("AGE") || line.len() == 74), "a key cut short");
    }
}
