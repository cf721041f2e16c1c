//! A server that says nothing while its computer is there: it is waited for so long and no longer, and worked with again once
//! it goes on.

use std::{
    process::Command,
    thread,
    time::{Duration, Instant},
};

use super::*;
use crate::provider::store::{postgres::Scope, tx::values};

/// How long the stores of these tests wait for an answer.
const LIMIT: Duration = Duration::from_secs(1);

/// Runs something, and looks whether it ended in a time that the limit allows.
fn timed<T>(work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let made = work();
    let took = begun.elapsed();
    assert!(took < LIMIT * 5, "{took:?}");
    made
}

#[test]
fn an_answer_that_does_not_come_is_given_up_and_said_as_what_it_is() {
    let Some(database) = TestDatabase::new() else { return };
    let proxy = Proxy::new(database.port());
    let store = open(database.address_by(proxy.port).with_limit(LIMIT), "ann").unwrap();
    let (_, run) = enabled_run(&store, "C-1");
    proxy.hold_back(true);
    let said = words(&timed(|| store.apply_batch(&run, &users([1]))).unwrap_err());
    assert!(said.contains("has said nothing for 1 s: this change was not saved"), "{said}");
    assert!(said.contains("tell whoever runs the server that it hangs"), "{said}");
    proxy.hold_back(false);
    assert!(store.apply_batch(&run, &users([1])).unwrap()[0].outcome.is_on(), "usable again by itself");
    proxy.hold_back(true);
    let said = words(&timed(|| store.customers()).unwrap_err());
    assert!(said.contains("has said nothing for 1 s: the record could not be read"), "{said}");
    proxy.hold_back(false);
    // Its holds hang on a connection of their own.
    let (_, other) = enabled_run(&store, "C-2");
    proxy.hold_back(true);
    let left = timed(|| store.leave_run(&other));
    assert!(left.is_err(), "{left:?}");
    proxy.hold_back(false);
    assert!(!store.load_run(&other).unwrap().is_read_only && !store.load_run(&run).unwrap().is_read_only);
    assert_eq!(database.words("SELECT count(*) FROM seat"), ["1"]);
}

#[test]
fn a_commit_that_is_not_answered_is_called_saved_when_it_was() {
    let Some(database) = TestDatabase::new() else { return };
    let proxy = Proxy::new(database.port());
    let store = open(database.address_by(proxy.port).with_limit(LIMIT), "ann").unwrap();
    let (_, run) = enabled_run(&store, "C-1");
    proxy.cut_at_commit(Cut::Held);
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(LIMIT + LIMIT / 2);
            proxy.hold_back(false);
        });
        let results = timed(|| store.apply_batch(&run, &users([1]))).unwrap();
        assert!(proxy.has_cut() && results[0].outcome.is_on(), "{results:?}");
    });
    assert_eq!(database.words("SELECT count(*) FROM seat"), ["1"]);
}

#[test]
fn a_lock_that_somebody_else_holds_is_said_as_that() {
    let Some(database) = TestDatabase::new() else { return };
    let store = open(database.at().with_limit(LIMIT), "ann").unwrap();
    let (_, run) = enabled_run(&store, "C-1");
    thread::scope(|scope| {
        scope.spawn(|| database.run("LOCK TABLE seat; SELECT pg_sleep(1.2)"));
        thread::sleep(LIMIT / 3);
        let said = words(&timed(|| store.apply_batch(&run, &users([1]))).unwrap_err());
        assert!(said.contains("another program is writing to it: this change was not saved"), "{said}");
    });
    assert!(store.apply_batch(&run, &users([1])).unwrap()[0].outcome.is_on());
}

#[test]
fn a_server_that_is_stopped_is_given_up_and_nothing_it_says_later_is_missed() {
    let Some(cluster) = Cluster::new("") else { return };
    cluster.sql("postgres", "CREATE DATABASE team");
    let at = || address(&cluster.url("postgres", "team", "sslmode=disable")).with_limit(LIMIT);
    let store = open(at(), "ann").unwrap();
    let (_, run) = enabled_run(&store, "C-1");
    let signal = |how: &str, pids: &[String]| {
        assert!(Command::new("kill").arg(how).args(pids).status().unwrap().success());
    };
    let all = "SELECT pid FROM pg_stat_activity WHERE datname = 'team' AND pid <> pg_backend_pid()";
    let stopped = cluster.sql("team", all);
    signal("-STOP", &stopped);
    let said = words(&timed(|| store.apply_batch(&run, &users([1]))).unwrap_err());
    assert!(said.contains("has said nothing for 1 s: this change was not saved"), "{said}");
    assert!(store.apply_batch(&run, &users([2])).unwrap()[0].outcome.is_on(), "on a new connection");
    signal("-CONT", &stopped);

    // Stopped right before it is to commit: whatever is said of it is what became of it.
    let server = Server::connect(&at()).unwrap();
    let written = thread::scope(|scope| {
        server.write(Scope::Record, |tx, _| {
            tx.write("UPDATE customer SET name = 'Other'", values![])?;
            let own: i64 = tx.only("SELECT pg_backend_pid()::bigint", values![])?;
            let own = [own.to_string()];
            signal("-STOP", &own);
            scope.spawn(move || {
                thread::sleep(LIMIT + LIMIT / 2);
                signal("-CONT", &own);
            });
            Ok(((), true))
        })
    });
    let is_saved = cluster.sql("team", "SELECT name FROM customer") == ["Other"];
    assert_eq!(written.is_ok(), is_saved, "{written:?}");
    if let Err(failure) = written {
        assert!(words(&failure).contains("said nothing for 1 s: this change was not saved"), "{failure:?}");
    }
    assert_eq!(cluster.sql("team", "SELECT count(*) FROM seat"), ["1"]);
    assert!(store.outcome(&run).unwrap().is_audit_whole);
}
