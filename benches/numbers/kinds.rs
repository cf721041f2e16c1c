//! The checks of what mailboxes are, in a tenant of 44,800: what asking Exchange by batches of twenty adds to a listing that
//! asks nothing, because every answer is on record.

use std::{fs, time::Instant};

use backup365::{
    domain::user::Kind,
    provider::{Provider, graph::Memory, listed::Listed},
    runner,
};
use tokio::sync::mpsc;

use crate::{
    counter::{Counter, Passed},
    figures::{grouped, median, millis, short},
    server::{Server, tenant, world_text},
    table::{Report, Row},
    tool::Tool,
    world::{Stage, provider_on},
};

/// Users of the tenant: the size that partners name for their largest customers.
const SIZE: usize = 44_800;

/// Turns.
const TURNS: usize = 5;

/// One listing.
struct Listing {
    /// Until the last page was here, and until the last mailbox was checked.
    pages_ms: f64,
    all_ms: f64,
    passed: Passed,
    /// Mailboxes that Exchange told about.
    checked: usize,
}

/// Measures it.
pub(crate) fn measure(stage: &Stage) -> Report {
    let world = stage.path("kinds.toml");
    fs::write(&world, world_text(&[(SIZE, 0)])).unwrap();
    let server = Server::start(&world, &stage.path("kinds"), &[]);
    let counter = Counter::default();
    let behind = server.address.trim_start_matches("http://").parse().unwrap();
    let door = stage.runtime.block_on(counter.open(behind));
    let provider = provider_on(&format!("http://{door}"), stage.provider().store, runner::clock::system());
    let (mut whole, mut alone) = (Vec::new(), Vec::new());
    for turn in 0..=TURNS {
        let memory = Memory::default();
        let checked = stage.runtime.block_on(listing(&provider, &memory, &counter));
        let known = Memory::of(memory.take_new());
        let again = stage.runtime.block_on(listing(&provider, &known, &counter));
        assert_eq!(again.checked, 0, "every answer is on record");
        // The first turn opens the connections and fetches our token.
        if turn > 0 {
            whole.push(checked);
            alone.push(again);
        }
    }
    let ms = |all: &[Listing], of: fn(&Listing) -> f64| median(all.iter().map(of).collect());
    let (with, without) = (ms(&whole, |one| one.all_ms), ms(&alone, |one| one.all_ms));
    let ratio =
        median(whole.iter().zip(&alone).map(|(with, without)| with.all_ms / without.all_ms).collect());
    let (first, plain) = (&whole[0], &alone[0]);
    let row_words = format!(
        "{} ms with {} requests, {ratio:.1} times the listing alone ({} ms, {} requests)",
        short(with),
        grouped(first.passed.requests),
        short(without),
        plain.passed.requests
    );
    let mut row = Row::new("44,800 mailboxes listed and checked", "one request for twenty");
    row.put(Tool::Backup365, row_words);
    row.judge(first.passed.requests <= plain.passed.requests + SIZE.div_ceil(20));
    let details = vec![format!(
        "kinds: {} users, {TURNS} turns, medians: listed and checked {} ms, its pages {} ms, {} mailboxes checked, {} requests, \
         {} KiB, the server {} ms; listed with every answer on record {} ms, {} requests, {} KiB",
        grouped(SIZE),
        short(with),
        short(ms(&whole, |one| one.pages_ms)),
        grouped(first.checked),
        grouped(first.passed.requests),
        grouped(first.passed.bytes / 1_024),
        short(ms(&whole, |one| millis(one.passed.server))),
        short(without),
        plain.passed.requests,
        grouped(plain.passed.bytes / 1_024)
    )];
    Report { rows: vec![row], details }
}

/// Lists the tenant once, with all checks that `memory` leaves to be made.
async fn listing(provider: &Provider, memory: &Memory, counter: &Counter) -> Listing {
    let (sink, mut parts) = mpsc::channel(2);
    let (graph, asked) = (provider.graph.clone(), memory.clone());
    counter.take();
    let began = Instant::now();
    let listing = tokio::spawn(async move { graph.list_users(tenant(SIZE), &asked, sink).await });
    let (mut pages_ms, mut users, mut checked) = (0.0, 0, 0);
    while let Some(part) = parts.recv().await {
        match part {
            Listed::Page(page) => {
                users += page.len();
                pages_ms = millis(began.elapsed());
            }
            Listed::Kinds(kinds) => {
                assert!(kinds.iter().all(|(_, kind)| *kind != Kind::NotKnownYet));
                checked += kinds.len();
            }
            other => assert!(matches!(other, Listed::Whole(_)), "{other:?}"),
        }
    }
    let total = listing.await.unwrap().unwrap();
    assert_eq!((users, usize::try_from(total).unwrap()), (SIZE, SIZE), "the whole list came");
    Listing { pages_ms, all_ms: millis(began.elapsed()), passed: counter.take(), checked }
}
