//! Records of 5,000 customers and 2,000,000 seats, filled by SQL: one on a server, and one in a file.

use std::path::{Path, PathBuf};

use backup365::provider::store::{Address, Place, Surroundings};
use rusqlite::Connection;
use tokio::runtime::Runtime;
use tokio_postgres::NoTls;

/// Customers.
pub(super) const CUSTOMERS: usize = 5_000;

/// A run for each of the customers, of which every tenth is open, and 400 seats and 20 entries of the history each. Keys to
/// other tables are taken off meanwhile, because each row would be looked up, and triggers do not run. The record has one
/// entry of its own by then.
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
ALTER TABLE seat DISABLE TRIGGER USER, DROP CONSTRAINT seat_customer_product_fkey;
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
ALTER TABLE seat ENABLE TRIGGER USER, ADD CONSTRAINT seat_customer_product_fkey
      FOREIGN KEY (customer, product) REFERENCES customer_product (customer, product);
"#;

/// The same in a file.
const FILL_FILE: &str = r"
PRAGMA synchronous = OFF;
BEGIN;
CREATE TEMP TABLE number AS WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5000) SELECT n FROM t;
INSERT INTO customer (reference, name, domain, is_active, tenant, is_managed, added)
SELECT 'N-' || n, 'Numbered ' || n, 'numbered' || n || '.example', 1, printf('%08d-3333-4333-8333-333333333333', n), 1, 0
  FROM number;
INSERT INTO customer_product (customer, product, listed, eligible, counted, seats_on)
SELECT id, 'office365', 500, 450, 1, 400 FROM customer;
INSERT INTO run (id, customer, product, opened, operator, touched, finished, tenant, tenant_name, proved, enabled,
                 listed, eligible, counted)
SELECT {letters}, id, 'office365', 1, 'measured', 1, CASE WHEN id % 10 > 0 THEN 2 END, tenant, name, 1, 1, 500, 450, 1
  FROM customer;
INSERT INTO enablement (customer, product, tenant, tenant_name, operator, at, run)
SELECT customer, product, tenant, tenant_name, operator, 1, id FROM run;
INSERT INTO draft (run, is_all, exceptions) SELECT id, 1, x'' FROM run;
INSERT INTO seat (customer, product, user, address, name, kind, state, since, operator, run, left_on, first_backup)
SELECT r.customer, r.product, unhex(printf('%016x%016x', r.customer, u.n)), 'user' || u.n || '@numbered' || r.customer || '.example',
       'User ' || u.n, 0, 'on', 1, 'measured', r.id, CASE WHEN u.n % 100 = 0 THEN 2 END, CASE WHEN u.n % 2 = 0 THEN 3 END
  FROM customer c CROSS JOIN run r CROSS JOIN number u WHERE r.customer = c.id AND u.n <= 400;
INSERT INTO chosen (run, user, address, name, kind, outcome)
SELECT run, user, address, name, kind, 'turned_on' FROM seat;
INSERT INTO audit (id, at, operator, host, run, customer, what, before, hash)
SELECT (SELECT entries FROM audit_count) + row_number() OVER (), 1, 'measured', 'here', id, customer, 'entry ' || n,
       zeroblob(32), zeroblob(32)
  FROM run CROSS JOIN number WHERE n <= 20;
UPDATE audit_count SET entries = (SELECT count(*) FROM audit);
COMMIT;
";

/// A database of its own on a server, gone with this.
pub(super) struct Shared<'a> {
    runtime: &'a Runtime,
    /// The server, as the variable names it.
    base: String,
    name: String,
}

impl<'a> Shared<'a> {
    /// Makes the database.
    pub(super) fn make(runtime: &'a Runtime, base: &str, name: &str) -> Self {
        let name = format!("numbers_{name}_{}", std::process::id());
        let shared = Self { runtime, base: base.to_owned(), name };
        shared.ask("postgres", &format!("CREATE DATABASE {}", shared.name));
        shared
    }

    /// Its address.
    pub(super) fn url(&self) -> String {
        format!("{}/{}?sslmode=disable", self.base, self.name)
    }

    /// Where the record is.
    pub(super) fn place(&self) -> Place {
        Place::Server(Box::new(Address::parse(&self.url(), &Surroundings::default()).unwrap()))
    }

    /// Fills it.
    pub(super) fn fill(&self) {
        self.ask(&self.name, FILL);
        // Of its own: it may not stand in a transaction.
        self.ask(&self.name, "VACUUM ANALYZE");
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

/// Where the record in a home folder lies.
pub(super) fn file(home: &Path) -> PathBuf {
    home.join(".local/share/backup365/backup365.sqlite")
}

/// Fills the record in a file, which is there.
pub(super) fn fill_file(file: &Path) {
    let connection = Connection::open(file).unwrap();
    let triggers: Vec<(String, String)> = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'seat'")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let all = |of: fn(&(String, String)) -> String| triggers.iter().map(of).collect::<String>();
    connection.execute_batch(&all(|(name, _)| format!("DROP TRIGGER {name};"))).unwrap();
    // What no digit becomes comes last.
    let letters = "0123456789abcdef".chars().zip("FHKLMQRWXY234679".chars());
    let letters = letters.fold("printf('%05x', id)".to_owned(), |sql, (digit, letter)| {
        format!("replace({sql}, '{digit}', '{letter}')")
    });
    connection.execute_batch(&FILL_FILE.replace("{letters}", &letters)).unwrap();
    connection.execute_batch(&all(|(_, sql)| format!("{sql};"))).unwrap();
}
