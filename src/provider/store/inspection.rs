//! Looks at a record, row by row, wherever it is: whether it is what this program makes, and fits together. Changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Store,
    database::Place,
    postgres::Server,
    sqlite,
    table::{about, audit},
    tx::{TableShape, Tx, quoted, values},
};
use crate::domain::{
    failure::{Failure, FailureKind},
    id::RecordId,
    text::Text,
};

/// What was found.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// Version of its tables, and of those of this program.
    pub version: (u64, u64),
    /// Which record it is; none: a place that was made and never worked with.
    pub id: Option<RecordId>,
    /// Whether it is the sandbox's; none as for the id.
    pub is_sandbox: Option<bool>,
    /// It was moved, is being moved, or is being filled.
    pub mark: Option<Failure>,
    /// The tables; none where another version made them.
    pub tables: Option<Tables>,
}

/// How its tables fit together.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tables {
    /// Tables and columns that are missing or too many.
    pub strange: Vec<Text>,
    /// Rows that point at one that is not there, by their table.
    pub orphans: Vec<(Text, u32)>,
    /// Entries of the history, and whether it is whole.
    pub history: (u32, bool),
    /// Seats that are on.
    pub seats: u32,
    /// Products of customers of which another number of seats is noted than there are.
    pub miscounted: u32,
}

impl Store {
    /// Looks at the record in a place. Cost: reads every row once.
    ///
    /// # Errors
    /// `NotFound`: none is there. `Record`: it can't be read, or is none of this program.
    pub fn inspect(place: &Place) -> Result<Inspection, Failure> {
        let expected = sqlite::shape()?;
        let look = |tx: &Tx<'_>| look(tx, &expected);
        let absent = || {
            Failure::new(
                FailureKind::NotFound,
                Text::of(format_args!("there is no record in {place}")),
                "Check the place. --record names another one than the settings do.",
            )
        };
        match place {
            Place::File(file) if !file.exists() => Err(absent()),
            Place::File(file) => sqlite::read(file, look),
            Place::Server(address) => {
                let server = Server::connect(address)?;
                if server.is_made()? { server.read(look) } else { Err(absent()) }
            }
        }
    }
}

/// Looks at a record as of one moment.
fn look(tx: &Tx<'_>, expected: &[TableShape]) -> Result<Inspection, Failure> {
    tx.be_patient();
    let found = tx.tables()?;
    if !found.contains_key("about") {
        return Err(Failure::new(
            FailureKind::Record,
            "what is there is no record of this program",
            "Check the place. It was left as it is.",
        ));
    }
    let version = tx.version()?;
    let newest = i64::try_from(sqlite::NEWEST).unwrap_or(i64::MAX);
    let world = about::find(tx, "world")?;
    let tables = if version == newest { Some(tables(tx, &found, expected)?) } else { None };
    Ok(Inspection {
        version: (version.unsigned_abs(), newest.unsigned_abs()),
        id: about::find(tx, "id")?.and_then(|id| id.as_str().parse().ok()),
        is_sandbox: world.map(|world| world.as_str() == "sandbox"),
        mark: about::mark(tx)?.map(|mark| mark.refusal()),
        tables,
    })
}

/// How the tables fit together.
fn tables(
    tx: &Tx<'_>,
    found: &BTreeMap<String, BTreeSet<String>>,
    expected: &[TableShape],
) -> Result<Tables, Failure> {
    let mut strange: Vec<Text> = Vec::new();
    let mut tell = |words: String| strange.push(Text::clean(&words));
    for table in expected {
        let Some(columns) = found.get(&table.name) else {
            tell(format!("the table {} is missing", table.name));
            continue;
        };
        for column in table.columns.iter().filter(|column| !columns.contains(*column)) {
            tell(format!("the column {}.{column} is missing", table.name));
        }
        for column in columns.iter().filter(|column| !table.columns.contains(column)) {
            tell(format!("the column {}.{column} is not this program's", table.name));
        }
    }
    for table in found.keys().filter(|name| expected.iter().all(|table| table.name != **name)) {
        tell(format!("the table {table} is not this program's"));
    }
    if !strange.is_empty() {
        // What it is made of is said first; its rows could not be asked for.
        return Ok(Tables { strange, ..Tables::default() });
    }
    let entries: Option<u32> = tx.one("SELECT entries FROM audit_count", values![])?;
    Ok(Tables {
        strange,
        orphans: orphans(tx, expected)?,
        history: (entries.unwrap_or(0), audit::is_whole(tx)?),
        seats: counted(tx, "SELECT count(*) FROM seat WHERE state = 'on'")?,
        miscounted: counted(
            tx,
            "SELECT count(*) FROM customer_product p WHERE p.seats_on <>
               (SELECT count(*) FROM seat s WHERE s.customer = p.customer AND s.product = p.product AND s.state = 'on')",
        )?,
    })
}

/// Rows that point at one that is not there. A database sees to that by itself, unless somebody told it not to.
fn orphans(tx: &Tx<'_>, expected: &[TableShape]) -> Result<Vec<(Text, u32)>, Failure> {
    let mut orphans = Vec::new();
    for table in expected {
        for link in &table.links {
            let own = |column: &String| format!("c.{} IS NOT NULL", quoted(column));
            let is_given: Vec<String> = link.own.iter().map(own).collect();
            let pairs = link.own.iter().zip(&link.its);
            let is_there: Vec<String> =
                pairs.map(|(own, its)| format!("p.{} = c.{}", quoted(its), quoted(own))).collect();
            let sql = format!(
                "SELECT count(*) FROM {} c WHERE {} AND NOT EXISTS (SELECT 1 FROM {} p WHERE {})",
                quoted(&table.name),
                is_given.join(" AND "),
                quoted(&link.parent),
                is_there.join(" AND ")
            );
            let rows = counted(tx, &sql)?;
            if rows > 0 {
                orphans.push((Text::clean(&table.name), rows));
            }
        }
    }
    Ok(orphans)
}

fn counted(tx: &Tx<'_>, sql: &str) -> Result<u32, Failure> {
    tx.only(sql, values![])
}
