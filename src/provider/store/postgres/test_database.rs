//! Databases for tests, one each, on the server that `BACKUP365_POSTGRES` names.

use std::{env, sync::Once};

use super::{super::waiter::Waiter, Address, Surroundings};

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
        Some(made)
    }

    /// Where a store finds it.
    pub(in super::super) fn at(&self) -> Address {
        self.address(&self.name)
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
        if sql.contains("DATABASE") {
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
