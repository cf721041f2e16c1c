//! What a server and a connection to it are like, for a person who looks whether all is well. Nothing is changed.

use super::{Address, Server, schema};
use crate::{
    domain::{failure::Failure, text::Text, time::Clock},
    provider::store::tx::{columns, values},
};

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerFacts {
    /// Where it is, without a secret.
    pub place: Text,
    /// All its hosts are this computer.
    pub is_here: bool,
    /// Its version in its own words ("15.18").
    pub version: Text,
    /// The same as a number (150018).
    pub version_number: i64,
    /// The connection is encrypted. Behind a pooler it tells of the pooler's own connection.
    pub is_encrypted: bool,
    /// Its certificate is looked at.
    pub is_verified: bool,
    /// What one transaction says of its session stands in the next one.
    pub has_sessions: bool,
    /// By which role the record is opened.
    pub role: Text,
    /// The role may do everything.
    pub is_superuser: bool,
    /// What the role may not do although the program has to ("read seat"); the first ones.
    pub lacking: Vec<Text>,
    /// Milliseconds that its clock is ahead of this computer's, as well as the way there and back lets one know.
    pub ahead_millis: i64,
    /// The version of the record, none: not made yet; or why it can't be worked with.
    pub schema: Result<Option<usize>, Failure>,
    /// This program's version of the record.
    pub newest: usize,
}

/// What the server says in one row.
struct Said {
    version: Text,
    number: i64,
    is_encrypted: bool,
    role: Text,
    is_superuser: bool,
    at: i64,
}

columns! {
    Said { version, number, is_encrypted, role, is_superuser, at }
}

/// Asks a server about itself.
const SAID: &str = "SELECT current_setting('server_version'), current_setting('server_version_num')::bigint,
    coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false), current_user::text,
    coalesce((SELECT rolsuper FROM pg_roles WHERE rolname = current_user), false),
    (extract(epoch FROM clock_timestamp()) * 1000)::bigint";

/// What the role may not do. Which tables it must be able to add to differs by its task; these are needed for any.
const LACKING: &str = "SELECT what FROM (
    SELECT 'use what is called backup365' AS what FROM pg_namespace
     WHERE nspname = 'backup365' AND NOT has_schema_privilege(oid, 'USAGE')
    UNION ALL SELECT 'make a record here'
     WHERE NOT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'backup365')
       AND NOT has_database_privilege(current_database(), 'CREATE')
    UNION ALL SELECT needed.words || ' ' || table_of.relname
      FROM pg_class AS table_of JOIN pg_namespace AS place ON place.oid = table_of.relnamespace
     CROSS JOIN (VALUES ('SELECT', 'read'), ('INSERT', 'add to')) AS needed (privilege, words)
     WHERE place.nspname = 'backup365' AND table_of.relkind = 'r'
       AND (needed.privilege = 'SELECT' OR table_of.relname IN ('customer', 'run', 'seat', 'audit'))
       AND NOT has_table_privilege(table_of.oid, needed.privilege)
  ) AS lacking ORDER BY what LIMIT 4";

impl ServerFacts {
    /// Connects and asks.
    ///
    /// # Errors
    /// `Record`: there is no connection, by its cause.
    pub(in super::super) fn of(address: &Address, clock: &Clock) -> Result<Self, Failure> {
        let server = Server::reach(address)?;
        let before = clock.now();
        let said: Said = server.read(|tx| tx.only(SAID, values![]))?;
        let after = clock.now();
        let between = before.as_millis().midpoint(after.as_millis());
        Ok(Self {
            place: Text::of(format_args!("{address}")),
            is_here: address.is_here(),
            version: said.version,
            version_number: said.number,
            is_encrypted: said.is_encrypted,
            is_verified: address.is_verified(),
            has_sessions: server.demand_sessions().is_ok(),
            role: said.role,
            is_superuser: said.is_superuser,
            lacking: server.read(|tx| tx.query(LACKING, values![]))?,
            ahead_millis: said.at - between,
            schema: server.read(schema::version),
            newest: schema::NEWEST,
        })
    }
}
