//! Databases for tests, one each, on the server that `BACKUP365_POSTGRES` names.

use std::{env, sync::Once};

use super::{super::waiter::Waiter, Address, Server, Surroundings, grant};
use crate::domain::record_role::Rights;

/// A role with an operator's rights that owns nothing: stores are opened as it, so that the whole suite proves that these
/// rights are enough.
const OPERATOR: &str = "backup365_test_operator";

/// A database of a test, dropped with it.
pub(in super::super) struct TestDatabase {
    base: String,
    name: String,
}

impl TestDatabase {
    /// Makes one; none, said aloud, where no server is named.
    #[expect(clippy::disallowed_methods, reason = "a test's own variable, read by nothing else")]
    pub(in super::super) fn new() -> Option<Self> {
        static SAID: Once = Once::new();
        let Ok(base) = env::var("BACKUP365_POSTGRES") else {
            assert!(env::var_os("CI").is_none(), "BACKUP365_POSTGRES names no server");
            SAID.call_once(|| {
                // To the terminal, whatever the test's own output is: a test that skips says so.
                eprintln!(
                    "SKIPPED the record on a server: BACKUP365_POSTGRES names none; tested in a file instead"
                );
            });
            return None;
        };
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        let made = Self { base, name };
        ask(&made.address("postgres"), &format!("CREATE DATABASE {}", made.name));
        made.prepare();
        Some(made)
    }

    /// Makes the tables as their owner, and the role that works with them.
    fn prepare(&self) {
        let owner = self.owners();
        Server::connect(&owner).unwrap().migrate().unwrap();
        self.make_role(OPERATOR);
        ask(&owner, &grant::statements(&OPERATOR.parse().unwrap(), Rights::Operator));
    }

    /// Makes a role that may sign in and nothing else, unless it is there already: roles are the whole server's.
    pub(in super::super) fn make_role(&self, role: &str) {
        self.run(&format!(
            "DO $$ BEGIN CREATE ROLE \"{role}\" LOGIN;
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        ));
    }

    /// Where a store finds it, as an operator.
    pub(in super::super) fn at(&self) -> Address {
        Address::parse(&self.url_as(OPERATOR), &Surroundings::default()).unwrap()
    }

    /// The same, as the owner of the tables.
    pub(in super::super) fn owners(&self) -> Address {
        self.address(&self.name)
    }

    /// What psql is given to be connected as a role.
    pub(in super::super) fn url_as(&self, role: &str) -> String {
        let (scheme, rest) = self.base.split_once("://").unwrap();
        let host = rest.rsplit_once('@').map_or(rest, |(_owner, host)| host);
        format!("{scheme}://{role}@{host}/{}?sslmode=disable", self.name)
    }

    /// Statements behind the store's back.
    pub(in super::super) fn run(&self, sql: &str) {
        ask(&self.address(&self.name), sql);
    }

    /// The first column of what a statement finds.
    pub(in super::super) fn words(&self, sql: &str) -> Vec<String> {
        ask(&self.address(&self.name), sql)
    }

    fn address(&self, database: &str) -> Address {
        Address::parse(&format!("{}/{database}?sslmode=disable", self.base), &Surroundings::default())
            .unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        ask(&self.address("postgres"), &format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

/// Asks on a connection of its own.
fn ask(address: &Address, sql: &str) -> Vec<String> {
    let waiter = Waiter::new().unwrap();
    waiter.wait(async {
        let (client, connection) = address.connect().await.unwrap();
        drop(tokio::spawn(async move { drop(connection.await) }));
        if sql.contains("DATABASE ") {
            client.batch_execute(sql).await.unwrap();
            return Vec::new();
        }
        client.batch_execute("SET search_path = backup365").await.unwrap();
        let said = client.simple_query(sql).await.unwrap();
        said.iter()
            .filter_map(|message| match message {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .collect()
    })
}
