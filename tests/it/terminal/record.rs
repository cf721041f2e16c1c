//! The store of the sandbox, read beside the program: what is true, whatever a screen says.

use std::{
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags, types::FromSql};

use super::{DEADLINE, Home};

/// The record, read-only.
pub(crate) struct Record(Connection);

impl Record {
    /// Opens it.
    pub(crate) fn of(home: &Home) -> Self {
        let connection = Connection::open_with_flags(home.store(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        connection.busy_timeout(DEADLINE).unwrap();
        Self(connection)
    }

    /// One value.
    pub(crate) fn one<T: FromSql>(&self, sql: &str) -> T {
        self.0.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// A count.
    pub(crate) fn count(&self, sql: &str) -> i64 {
        self.one(&format!("SELECT count(*) FROM {sql}"))
    }

    /// Waits until as many rows are there; for what the program saves by itself.
    pub(crate) fn waits(&self, sql: &str, rows: i64) {
        let until = Instant::now() + DEADLINE;
        while self.count(sql) != rows {
            assert!(Instant::now() < until, "{sql}: {} rows instead of {rows}", self.count(sql));
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// The number of the only run, as people say it.
    pub(crate) fn run(&self) -> String {
        assert_eq!(self.count("run"), 1);
        format!("B365-{}", self.one::<String>("SELECT id FROM run"))
    }

    /// The only open run, and the name of its customer.
    pub(crate) fn open_run(&self) -> (String, String) {
        let open = "FROM run r JOIN customer c ON c.id = r.customer WHERE r.finished IS NULL";
        assert_eq!(self.one::<i64>(&format!("SELECT count(*) {open}")), 1);
        (
            format!("B365-{}", self.one::<String>(&format!("SELECT r.id {open}"))),
            self.one(&format!("SELECT c.name {open}")),
        )
    }

    /// Checks what must be true at any moment, and returns how many seats are on.
    pub(crate) fn seats(&self) -> i64 {
        let broken = "audit a LEFT JOIN audit b ON b.id = a.id - 1 WHERE a.id > 1 AND a.before IS NOT b.hash";
        assert_eq!(self.count(broken), 0, "an audit entry does not fit the one before");
        let on = self.count("seat WHERE state = 'on'");
        let counted: i64 = self.one("SELECT sum(seats_on) FROM customer_product");
        assert_eq!(on, counted, "the kept count is the true one");
        let twice =
            "(SELECT 1 FROM seat WHERE state = 'on' GROUP BY customer, product, address HAVING count(*) > 1)";
        assert_eq!(self.count(twice), 0, "nobody has two seats");
        on
    }
}
