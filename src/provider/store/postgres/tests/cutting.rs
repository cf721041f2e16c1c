//! A connection that is lost while it commits: what is said of the change is what became of it.

use std::time::{Duration, Instant};

use super::*;
use Cut::{Answered, Before, Half, Held, Sent, Swallowed};

/// Whether a user's seat is on record.
fn is_saved(database: &TestDatabase, number: u16) -> bool {
    let address = format!("user{number}@bakery.example");
    database.words(&format!("SELECT count(*) FROM seat WHERE state = 'on' AND address = '{address}'"))
        == ["1"]
}

#[test]
fn a_change_whose_commit_is_cut_is_called_saved_when_it_was_and_only_then() {
    let Some(database) = TestDatabase::new() else { return };
    let proxy = Proxy::new(database.port());
    let store = open(database.address_by(proxy.port), "ann").unwrap();
    let (_, run) = enabled_run(&store, "C-1");
    for (number, cut) in (1..).zip([Before, Half, Swallowed, Sent, Answered, Sent, Swallowed, Answered]) {
        proxy.cut_at_commit(cut);
        let begun = Instant::now();
        let answered = store.apply_batch(&run, &users([number]));
        assert!(proxy.has_cut(), "{cut:?} at a commit");
        match &answered {
            Ok(results) => {
                assert!(results[0].outcome.is_on() && is_saved(&database, number), "{cut:?}: {results:?}");
            }
            Err(failure) => {
                let said = words(failure);
                assert!(said.contains("went away: this change was not saved"), "{cut:?}: {said}");
                assert!(!is_saved(&database, number), "{cut:?}: it was saved");
            }
        }
        match cut {
            Before | Half | Swallowed => assert!(answered.is_err(), "{cut:?}"),
            Answered => assert!(answered.is_ok(), "{cut:?}: {answered:?}"),
            Sent | Held => {}
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{cut:?}: {:?}", begun.elapsed());
        // Usable again by itself, whatever the server still had open: the same once more is done once.
        assert!(store.apply_batch(&run, &users([number])).unwrap()[0].outcome.is_on(), "{cut:?}");
        assert!(is_saved(&database, number), "{cut:?}");
    }
    assert_eq!(database.words("SELECT seats_on FROM customer_product"), ["8"]);
    assert!(store.outcome(&run).unwrap().is_audit_whole);
}

#[test]
fn a_look_that_is_cut_speaks_of_no_change() {
    let Some(database) = TestDatabase::new() else { return };
    let proxy = Proxy::new(database.port());
    let store = open(database.address_by(proxy.port), "ann").unwrap();
    let (_, run) = enabled_run(&store, "C-1");
    // In the middle of what is read, after it was begun.
    let server = Server::connect(&database.address_by(proxy.port)).unwrap();
    let failure = server
        .read(|tx| {
            proxy.cut();
            tx.only::<i64>("SELECT count(*) FROM seat", &[])
        })
        .unwrap_err();
    let said = words(&failure);
    assert!(said.contains("went away: the record could not be read"), "{said}");
    assert!(store.outcome(&run).unwrap().is_audit_whole, "usable again by itself");
}

#[test]
fn a_statement_that_was_refused_and_passed_over_is_not_called_saved() {
    let Some(database) = TestDatabase::new() else { return };
    let store = open(database.address_by(database.port()), "ann").unwrap();
    enabled_run(&store, "C-1");
    let server = Server::connect(&database.address_by(database.port())).unwrap();
    let failure = server
        .write(super::super::Scope::Record, |tx, _| {
            tx.write("UPDATE customer SET name = 'Other'", &[])?;
            let _passed_over = tx.write("UPDATE customer SET seats = -1", &[]);
            Ok(((), true))
        })
        .unwrap_err();
    assert!(failure.what.as_str().contains("none of it was saved"), "{failure:?}");
    assert_eq!(database.words("SELECT name FROM customer"), ["C-1"]);
}

#[test]
fn at_200_ms_everything_works_and_what_is_done_for_many_costs_no_more() {
    let Some(database) = TestDatabase::new() else { return };
    let near = open(database.address_by(database.port()), "ann").unwrap();
    let (_, run) = enabled_run(&near, "C-1");
    drop(near);
    let proxy = Proxy::new(database.port());
    proxy.delay(Duration::from_millis(100));
    let store = open(database.address_by(proxy.port), "ann").unwrap();
    store.load_run(&run).unwrap();
    let mut took = [Duration::ZERO; 2];
    for (took, numbers) in took.iter_mut().zip([1..3, 3..1_000]) {
        let begun = Instant::now();
        assert!(
            store.apply_batch(&run, &users(numbers)).unwrap().iter().all(|result| result.outcome.is_on())
        );
        *took = begun.elapsed();
    }
    assert!(took[1] < took[0] + Duration::from_secs(2), "two and a thousand: {took:?}");
}
