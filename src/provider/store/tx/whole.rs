//! Whole tables, whatever is in them: what a database says of its own, and filling and emptying them. Only what moves and
//! checks a record names these. A server may take long over them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Side, Tx, Value, values};
use crate::domain::failure::Failure;

/// A table, as this program makes it in both databases.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct TableShape {
    /// Its name.
    pub(crate) name: String,
    /// Its columns, by name.
    pub(crate) columns: Vec<String>,
    /// Those of its key, in the key's order.
    pub(crate) key: Vec<String>,
    /// What its rows point at.
    pub(crate) links: Vec<Link>,
}

/// Columns that name a row of another table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Link {
    /// The other table.
    pub(crate) parent: String,
    /// The columns here.
    pub(crate) own: Vec<String>,
    /// The columns there, in the same order.
    pub(crate) its: Vec<String>,
}

impl TableShape {
    /// The statement that counts rows on a condition.
    pub(crate) fn count(&self, condition: &str) -> String {
        format!("SELECT count(*) FROM {} WHERE {condition}", quoted(&self.name))
    }

    /// The statement that finds all rows on a condition, in the order of the key.
    pub(crate) fn select(&self, condition: &str) -> String {
        let (columns, key) = (listed(&self.columns), listed(&self.key));
        format!("SELECT {columns} FROM {} WHERE {condition} ORDER BY {key}", quoted(&self.name))
    }
}

/// A name in a statement: `user` and others are words of a database.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// Several of them.
fn listed(names: &[String]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}

impl Tx<'_> {
    /// The tables that are there, with their columns.
    pub(crate) fn tables(&self) -> Result<BTreeMap<String, BTreeSet<String>>, Failure> {
        let rows: Vec<(String, String)> = self.query(
            match self.0 {
                Side::File(_) => {
                    "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
                      WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
                }
                // The version has a table of its own there; SQLite keeps it in the head of the file.
                Side::Server(_) => {
                    "SELECT t.relname::text, c.attname::text FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid
                      WHERE t.relnamespace = to_regnamespace('backup365') AND t.relkind = 'r' AND c.attnum > 0
                        AND NOT c.attisdropped AND t.relname <> 'schema_version'"
                }
            },
            values![],
        )?;
        let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (table, column) in rows {
            tables.entry(table).or_default().insert(column);
        }
        Ok(tables)
    }

    /// The version of the schema.
    pub(crate) fn version(&self) -> Result<i64, Failure> {
        self.only(
            match self.0 {
                Side::File(_) => "SELECT user_version FROM pragma_user_version",
                Side::Server(_) => "SELECT number FROM schema_version",
            },
            values![],
        )
    }

    /// Puts rows into a table, their values in the order of its columns.
    pub(crate) fn fill(&self, table: &TableShape, rows: &[Vec<Value<'_>>]) -> Result<(), Failure> {
        self.be_patient();
        let (name, columns) = (quoted(&table.name), listed(&table.columns));
        match &self.0 {
            Side::File(_) => {
                let places: Vec<String> = (1..=table.columns.len()).map(|at| format!("?{at}")).collect();
                let sql = format!("INSERT INTO {name} ({columns}) VALUES ({})", places.join(", "));
                rows.iter().try_for_each(|row| self.write(&sql, row))
            }
            Side::Server(tx) => tx.fill(&name, &columns, rows),
        }
    }

    /// Empties tables, of which those that others point at stand before them.
    pub(crate) fn empty(&self, tables: &[TableShape]) -> Result<(), Failure> {
        self.be_patient();
        let names = tables.iter().map(|table| quoted(&table.name));
        match &self.0 {
            Side::File(_) => names.rev().try_for_each(|name| self.batch(&format!("DELETE FROM {name}"))),
            Side::Server(_) => self.batch(&format!("TRUNCATE {}", names.collect::<Vec<_>>().join(", "))),
        }
    }

    /// Has triggers run or not, until it is said otherwise. On SQLite that is said of a connection, outside of a transaction.
    pub(crate) fn set_triggers(&self, tables: &[TableShape], are_on: bool) -> Result<(), Failure> {
        match &self.0 {
            Side::File(_) => Ok(()),
            Side::Server(_) => {
                let word = if are_on { "ENABLE" } else { "DISABLE" };
                let of =
                    |table: &TableShape| format!("ALTER TABLE {} {word} TRIGGER USER", quoted(&table.name));
                self.batch(&tables.iter().map(of).collect::<Vec<_>>().join("; "))
            }
        }
    }

    /// Has the server look at its tables anew, which else it does some minutes later; until then it reads them slowly.
    pub(crate) fn survey(&self, tables: &[TableShape]) -> Result<(), Failure> {
        self.be_patient();
        match &self.0 {
            Side::File(_) => Ok(()),
            Side::Server(_) => {
                let names: Vec<_> = tables.iter().map(|table| quoted(&table.name)).collect();
                self.batch(&format!("ANALYZE {}", names.join(", ")))
            }
        }
    }

    /// The highest number that each table has given to a row by itself, 0 for none, where the table counts.
    pub(crate) fn numbers(&self) -> Result<BTreeMap<String, i64>, Failure> {
        let rows: Vec<(String, i64)> = self.query(
            match self.0 {
                Side::File(_) => "SELECT name, seq FROM sqlite_sequence",
                Side::Server(_) => {
                    "SELECT t.relname::text, coalesce(pg_sequence_last_value(
                            pg_get_serial_sequence(quote_ident(t.relname), c.attname)::regclass), 0)
                       FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid
                      WHERE t.relnamespace = to_regnamespace('backup365') AND t.relkind = 'r' AND c.attidentity <> ''"
                }
            },
            values![],
        )?;
        Ok(rows.into_iter().collect())
    }

    /// Has each table that counts go on behind these numbers, and behind the rows that it has.
    pub(crate) fn set_numbers(&self, from: &BTreeMap<String, i64>) -> Result<(), Failure> {
        match &self.0 {
            // Behind its rows it goes on by itself.
            Side::File(_) => from.iter().try_for_each(|(table, number)| {
                self.write(
                    "UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1",
                    values![table, *number],
                )?;
                self.write(
                    "INSERT INTO sqlite_sequence (name, seq) SELECT name, ?2 FROM sqlite_schema
                      WHERE name = ?1 AND sql LIKE '%AUTOINCREMENT%' AND ?2 > 0
                        AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)",
                    values![table, *number],
                )
            }),
            Side::Server(_) => {
                let counting: Vec<(String, String)> = self.query(
                    "SELECT t.relname::text, c.attname::text
                       FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid
                      WHERE t.relnamespace = to_regnamespace('backup365') AND t.relkind = 'r' AND c.attidentity <> ''",
                    values![],
                )?;
                counting.iter().try_for_each(|(table, column)| {
                    let given = from.get(table).copied().unwrap_or(0);
                    let name = quoted(table);
                    let highest: Option<i64> =
                        self.only(&format!("SELECT max({}) FROM {name}", quoted(column)), values![])?;
                    let number = highest.unwrap_or(0).max(given);
                    let sql = "SELECT setval(pg_get_serial_sequence(?1, ?2), ?3, ?4)";
                    self.only::<i64>(sql, values![&name, column, number.max(1), number > 0]).map(drop)
                })
            }
        }
    }
}
