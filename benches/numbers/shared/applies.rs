//! An apply of 44,800 users, as many as the largest customer has: in a file, and on the server that many share.

use std::{fs, time::Instant};

use backup365::{
    domain::{
        protection::{Chosen, SeatOutcome},
        text::Text,
        user::Kind,
    },
    provider::store::Store,
    runner,
};

use crate::{
    figures::{median, millis},
    world::{Stage, enabled, store},
};

/// Users; how many in one transaction, as the wizard does it; times.
pub(super) const USERS: usize = 44_800;
const AT_ONCE: usize = 1_000;
pub(super) const TIMES: usize = 3;

/// Median milliseconds of an apply in a file, and on the server.
pub(super) fn applies(stage: &Stage, server: &Store) -> (f64, f64) {
    let home = stage.path("shared-file");
    fs::create_dir_all(&home).unwrap();
    let file = store(&home, runner::clock::system());
    let (mut in_file, mut on_server) = (Vec::new(), Vec::new());
    for time in 0..TIMES {
        in_file.push(apply(&file, time));
        on_server.push(apply(server, time));
    }
    (median(in_file), median(on_server))
}

/// Milliseconds of an apply at a new customer, as the wizard does it: confirmed, batch by batch, ended.
fn apply(store: &Store, time: usize) -> f64 {
    let run = enabled(store, USERS + time).id;
    let users: Vec<Chosen> = (0..USERS).map(chosen).collect();
    let at = Instant::now();
    store.begin_apply(&run, &users).unwrap();
    for batch in users.chunks(AT_ONCE) {
        let results = store.apply_batch(&run, batch).unwrap();
        assert!(results.iter().all(|result| result.outcome == SeatOutcome::TurnedOn));
    }
    store.end_apply(&run, false).unwrap();
    let took = millis(at.elapsed());
    store.leave_run(&run).unwrap();
    took
}

pub(super) fn chosen(number: usize) -> Chosen {
    Chosen {
        id: format!("0a0a0a0a-4444-4444-8444-{number:012x}").parse().unwrap(),
        address: Text::of(format_args!("chosen{number}@measured.example")),
        name: Text::of(format_args!("Chosen {number}")),
        kind: Kind::User,
    }
}
