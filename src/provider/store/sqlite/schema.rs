//! Runs the numbered migrations of `assets/schema`, in order, each once; refuses a record that a newer program made.

use std::collections::BTreeSet;

use rusqlite::{Connection, TransactionBehavior};

use super::super::tx::{Link, TableShape, Tx, values};
use crate::domain::{
    failure::{Failure, FailureKind},
    text::Text,
};

/// The migrations; the place in the list, from 1, is the version that `PRAGMA user_version` holds afterwards.
const MIGRATIONS: [&str; 29] = [
    include_str!("../../../../assets/schema/001_base.sql"),
    include_str!("../../../../assets/schema/002_form.sql"),
    include_str!("../../../../assets/schema/003_list.sql"),
    include_str!("../../../../assets/schema/004_listing.sql"),
    include_str!("../../../../assets/schema/005_accepted.sql"),
    include_str!("../../../../assets/schema/006_pause.sql"),
    include_str!("../../../../assets/schema/007_kinds.sql"),
    include_str!("../../../../assets/schema/008_operator.sql"),
    include_str!("../../../../assets/schema/009_consent.sql"),
    include_str!("../../../../assets/schema/010_told.sql"),
    include_str!("../../../../assets/schema/011_counted.sql"),
    include_str!("../../../../assets/schema/012_seen.sql"),
    include_str!("../../../../assets/schema/013_mail.sql"),
    include_str!("../../../../assets/schema/014_obstacle.sql"),
    include_str!("../../../../assets/schema/015_sign_in.sql"),
    include_str!("../../../../assets/schema/016_administrator.sql"),
    include_str!("../../../../assets/schema/017_invitation.sql"),
    include_str!("../../../../assets/schema/018_partnership.sql"),
    include_str!("../../../../assets/schema/019_own_right.sql"),
    include_str!("../../../../assets/schema/020_renewal.sql"),
    include_str!("../../../../assets/schema/021_hold.sql"),
    include_str!("../../../../assets/schema/022_audit_count.sql"),
    include_str!("../../../../assets/schema/023_keys.sql"),
    include_str!("../../../../assets/schema/024_sweepers.sql"),
    include_str!("../../../../assets/schema/025_contract.sql"),
    include_str!("../../../../assets/schema/026_account_on_server.sql"),
    include_str!("../../../../assets/schema/027_board.sql"),
    include_str!("../../../../assets/schema/028_speed.sql"),
    include_str!("../../../../assets/schema/029_handing_over.sql"),
];

/// "B365" in ASCII, as `001_base.sql` writes it into the head of the file.
const APPLICATION: i64 = 0x4233_3635;

/// This program's version.
pub(in super::super) const NEWEST: usize = MIGRATIONS.len();

/// The tables as this program's migrations make them, in both databases; one that others point at stands before them.
///
/// # Errors
/// `Internal`: tables that point at each other.
pub(in super::super) fn shape() -> Result<Vec<TableShape>, Failure> {
    let mut connection = Connection::open_in_memory()?;
    migrate(&mut connection)?;
    let tx = Tx::on_file(connection.transaction()?);
    let mut rest: Vec<TableShape> = Vec::new();
    for name in tx.tables()?.into_keys() {
        rest.push(table(&tx, name)?);
    }
    let (mut ordered, mut known) = (Vec::new(), BTreeSet::new());
    while !rest.is_empty() {
        let is_ready = |table: &TableShape| table.links.iter().all(|link| known.contains(&link.parent));
        let (ready, waiting): (Vec<_>, Vec<_>) = rest.into_iter().partition(is_ready);
        if ready.is_empty() {
            return Err(Failure::new(
                FailureKind::Internal,
                "tables of the record point at each other in a circle",
                "Report this with the log file.",
            ));
        }
        known.extend(ready.iter().map(|table| table.name.clone()));
        ordered.extend(ready);
        rest = waiting;
    }
    Ok(ordered)
}

/// One table.
fn table(tx: &Tx<'_>, name: String) -> Result<TableShape, Failure> {
    let of = values![&name];
    let columns = tx.query("SELECT name FROM pragma_table_info(?1) ORDER BY name", of)?;
    let key = tx.query("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", of)?;
    let found: Vec<(String, (String, String))> = tx.query(
        "SELECT \"table\", group_concat(\"from\", ' '), group_concat(\"to\", ' ')
           FROM (SELECT * FROM pragma_foreign_key_list(?1) ORDER BY id, seq) GROUP BY id, \"table\"",
        of,
    )?;
    let names = |list: &str| list.split(' ').map(str::to_owned).collect();
    let link = |(parent, (own, its)): (String, (String, String))| Link {
        parent,
        own: names(&own),
        its: names(&its),
    };
    let links = found.into_iter().map(link).collect();
    Ok(TableShape { name, columns, key, links })
}

/// Brings the record to this program's version, in one transaction.
///
/// # Errors
/// `Record`, when a newer program made it, when it is not a record of this program, or when SQLite fails. Retrying
/// helps only for a busy record.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Failure> {
    // Looked at without the write lock first: nearly always there is nothing to do.
    // As of one moment: another program may be making the record just now.
    let tx = connection.transaction()?;
    let known = version(&tx)?;
    drop(tx);
    if known == MIGRATIONS.len() {
        return Ok(());
    }
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = version(&tx)?;
    for (at, sql) in MIGRATIONS.iter().enumerate().skip(done) {
        tx.execute_batch(sql)?;
        tx.pragma_update(None, "user_version", i64::try_from(at + 1).unwrap_or(i64::MAX))?;
    }
    tx.commit()?;
    Ok(())
}

/// The version on record, 0 for an empty file.
fn version(connection: &Connection) -> Result<usize, Failure> {
    let read = |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
    let version = read("PRAGMA user_version")?;
    let application = read("PRAGMA application_id")?;
    let tables = read("SELECT count(*) FROM sqlite_schema")?;
    let is_ours = application == APPLICATION || (application == 0 && version == 0 && tables == 0);
    if !is_ours {
        return Err(Failure::new(
            FailureKind::Record,
            "this file is not a record of Backup365",
            "Check the path of the record in the settings. The file was left as it is.",
        ));
    }
    match usize::try_from(version) {
        Ok(version) if version <= MIGRATIONS.len() => Ok(version),
        _ => Err(Failure::new(
            FailureKind::Record,
            Text::of(format_args!(
                "the record was made by a newer backup365 (version {version}, this one knows {})",
                MIGRATIONS.len()
            )),
            "Install the newer backup365 on this computer. The record was left as it is.",
        )),
    }
}
