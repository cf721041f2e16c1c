//! Databases for tests, one each, on the server that `BACKUP365_POSTGRES` names.

use std::{
    env,
    sync::{Once, OnceLock},
};

use super::{super::waiter::Waiter, Address, Server, Surroundings, grant};
use crate::domain::record_role::Rights;

/// A role with an operator's rights that owns nothing: the suite opens stores as it, and so proves that these rights are
/// enough.
const OPERATOR: &str = "backup365_test_operator";

/// A database of a test, dropped with it.
pub(crate) struct TestDatabase {
    base: String,
    name: String,
}

impl TestDatabase {
    /// Makes one; none, said aloud, where no server is named.
    pub(crate) fn new() -> Option<Self> {
        Self::made("")
    }

    /// The same in a way of the server's own.
    #[expect(clippy::disallowed_methods, reason = "a test's own variable, read by nothing else")]
    fn made(how: &str) -> Option<Self> {
        static SAID: Once = Once::new();
        let Ok(base) = env::var("BACKUP365_POSTGRES") else {
            assert!(!is_gate(), "BACKUP365_POSTGRES names no server");
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
        ask(&made.address("postgres"), &format!("CREATE DATABASE {} {how}", made.name));
        Some(made)
    }

    /// Where a store finds it.
    pub(crate) fn at(&self) -> Address {
        self.address(&self.name)
    }

    /// One with the tables of this version, and with an operator's role. They are made once and copied.
    pub(in super::super) fn prepared() -> Option<Self> {
        static TEMPLATE: OnceLock<Option<String>> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| {
            let made = Self::new()?;
            made.prepare();
            let (name, postgres) = (made.name.clone(), made.address("postgres"));
            // Nobody may be in it while it is copied.
            ask(&postgres, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
            let others =
                format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            for _ in 0..100 {
                if ask(&postgres, &others).is_empty() {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            std::mem::forget(made);
            Some(name)
        });
        let template = template.as_ref()?;
        Self::made(&format!("TEMPLATE {template} STRATEGY file_copy"))
    }

    /// Makes the tables as their owner, and the role that works with them.
    fn prepare(&self) {
        Server::connect(&self.at()).unwrap().migrate().unwrap();
        self.make_role(OPERATOR);
        self.run(&grant::statements(&OPERATOR.parse().unwrap(), Rights::Operator));
    }

    /// Makes a role that may sign in and nothing else, unless it is there already: roles are the whole server's.
    pub(in super::super) fn make_role(&self, role: &str) {
        self.run(&format!(
            "DO $$ BEGIN CREATE ROLE \"{role}\" LOGIN;
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        ));
    }

    /// Where a store finds it, as an operator.
    pub(in super::super) fn at_as_operator(&self) -> Address {
        self.at_as(OPERATOR)
    }

    /// The same by another role.
    pub(in super::super) fn at_as(&self, role: &str) -> Address {
        Address::parse(&self.url_as(role), &Surroundings::default()).unwrap()
    }

    /// What psql is given to be connected as a role.
    pub(in super::super) fn url_as(&self, role: &str) -> String {
        let (scheme, rest) = self.base.split_once("://").unwrap();
        let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        format!("{scheme}://{role}@{host}/{}?sslmode=disable", self.name)
    }

    /// Makes a role that may do everything; gone with the database, whose name it has.
    pub(in super::super) fn role(&self) -> String {
        ask(&self.address("postgres"), &format!("CREATE ROLE {} LOGIN SUPERUSER", self.name));
        self.name.clone()
    }

    /// Statements behind the store's back.
    pub(crate) fn run(&self, sql: &str) {
        ask(&self.address(&self.name), sql);
    }

    /// The first column of what a statement finds.
    pub(crate) fn words(&self, sql: &str) -> Vec<String> {
        ask(&self.address(&self.name), sql)
    }

    /// The server's port.
    pub(super) fn port(&self) -> u16 {
        self.address(&self.name).config().get_ports()[0]
    }

    /// Its address by another port, where somebody carries what is said.
    pub(super) fn address_by(&self, port: u16) -> Address {
        let (role, _) = self.base.split_once('@').unwrap();
        let url = format!("{role}@127.0.0.1:{port}/{}?sslmode=disable", self.name);
        Address::parse(&url, &Surroundings::default()).unwrap()
    }

    fn address(&self, database: &str) -> Address {
        Address::parse(&format!("{}/{database}?sslmode=disable", self.base), &Surroundings::default())
            .unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        ask(&self.address("postgres"), &format!("DROP DATABASE {} WITH (FORCE)", self.name));
        ask(&self.address("postgres"), &format!("DROP ROLE IF EXISTS {}", self.name));
    }
}

/// Whether CI is set: what can't be tested is a failure there.
#[expect(clippy::disallowed_methods, reason = "a test's own variable, read by nothing else")]
pub(super) fn is_gate() -> bool {
    env::var("CI").is_ok_and(|value| !value.is_empty())
}

/// Asks on a connection of its own.
pub(super) fn ask(address: &Address, sql: &str) -> Vec<String> {
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
