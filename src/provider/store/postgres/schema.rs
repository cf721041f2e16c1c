//! Runs the migrations of `assets/schema/postgres`, in order, each once, all in one transaction that others wait for;
//! refuses a record that a newer program made.

use super::{LOCK_SCHEMA, Scope, Server, grant};
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        text::Text,
    },
    provider::store::tx::{Tx, values},
};

/// The version of the first file: all that SQLite's migrations up to this number come to.
const BASE: usize = 20;

/// The migrations from [`BASE`] on.
const MIGRATIONS: [&str; 10] = [
    include_str!("../../../../assets/schema/postgres/020_base.sql"),
    include_str!("../../../../assets/schema/postgres/021_hold.sql"),
    include_str!("../../../../assets/schema/postgres/022_audit_count.sql"),
    include_str!("../../../../assets/schema/postgres/023_keys.sql"),
    include_str!("../../../../assets/schema/postgres/024_sweepers.sql"),
    include_str!("../../../../assets/schema/postgres/025_contract.sql"),
    include_str!("../../../../assets/schema/postgres/026_account_on_server.sql"),
    include_str!("../../../../assets/schema/postgres/027_board.sql"),
    include_str!("../../../../assets/schema/postgres/028_speed.sql"),
    include_str!("../../../../assets/schema/postgres/029_handing_over.sql"),
];

/// This program's version.
pub(super) const NEWEST: usize = BASE + MIGRATIONS.len() - 1;

/// Brings the record to this program's version.
///
/// # Errors
/// `Record`, when a newer program made it, when it is not a record of this program, or without the right to make tables.
pub(super) fn migrate(server: &Server) -> Result<(), Failure> {
    // Looked at without the lock first: nearly always there is nothing to do.
    if server.read(version)? == Some(NEWEST) {
        return Ok(());
    }
    server.write(Scope::Marked, |tx, _| {
        tx.be_patient();
        tx.write(&format!("SELECT pg_advisory_xact_lock({LOCK_SCHEMA}, 0)"), values![])?;
        let done = version(tx)?;
        if done.is_none() {
            may_make(tx)?;
            tx.batch(
                "CREATE SCHEMA backup365; CREATE TABLE backup365.schema_version (number bigint NOT NULL)",
            )?;
            tx.write("INSERT INTO schema_version (number) VALUES (0)", values![])?;
        }
        grant::demand_owner(tx)?;
        let next = done.map_or(0, |done| done + 1 - BASE);
        for sql in MIGRATIONS.iter().skip(next) {
            tx.batch(sql)?;
        }
        tx.write("UPDATE schema_version SET number = ?1", values![i64::try_from(NEWEST).unwrap_or(0)])?;
        Ok(((), true))
    })
}

/// Refuses a database that new ones are copied from, and a role that may make no schema in it.
fn may_make(tx: &Tx<'_>) -> Result<(), Failure> {
    let (is_template, may): (bool, bool) = tx.only(
        "SELECT datistemplate, has_database_privilege(oid, 'CREATE') FROM pg_database WHERE datname = current_database()",
        values![],
    )?;
    let (what, hint) = match (is_template, may) {
        (true, _) => (
            "the database in record.url is the one that the server's new databases are copied from",
            "Name one of the record's own, or have it made: createdb. Nothing was made there.",
        ),
        (false, false) => (
            "the role in record.url may not make the record's tables in that database",
            "Ask whoever runs the server for the right to (GRANT CREATE ON DATABASE), or name another database.",
        ),
        (false, true) => return Ok(()),
    };
    Err(Failure::new(FailureKind::Record, what, hint))
}

/// The version on record; none where no record was made.
pub(super) fn version(tx: &Tx<'_>) -> Result<Option<usize>, Failure> {
    let (has_schema, has_version): (bool, bool) = tx.only(
        "SELECT to_regnamespace('backup365') IS NOT NULL, to_regclass('backup365.schema_version') IS NOT NULL",
        values![],
    )?;
    match (has_schema, has_version) {
        (false, _) => return Ok(None),
        (true, false) => {
            return Err(Failure::new(
                FailureKind::Record,
                "this database has a schema of our name, and it holds no record of this program",
                "Check record.url in the settings. The database was left as it is.",
            ));
        }
        (true, true) => {}
    }
    let number: i64 = tx.only("SELECT number FROM schema_version", values![])?;
    match usize::try_from(number) {
        Ok(version) if (BASE..=NEWEST).contains(&version) => Ok(Some(version)),
        _ => Err(Failure::new(
            FailureKind::Record,
            Text::of(format_args!(
                "the record was made by a newer backup365 (version {number}, this one knows {NEWEST})"
            )),
            "Install the newer backup365 on this computer. The record was left as it is.",
        )),
    }
}
