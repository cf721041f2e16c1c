//! `status --refresh`: access proved and users listed again for everybody that the words fit, a few at once, before the
//! record is told. Turns nobody on. What fails is kept with the customer and needs attention; it delays nobody else.

use std::{
    sync::Arc,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use crate::{
    commands::{Context, error_of, warn},
    domain::{
        bill::{counted, grouped},
        filter::{fold, has_words},
        time::in_words,
        verdict::ListSummary,
    },
    provider::{
        blocking,
        side_by_side::side_by_side,
        store::{Listable, Store},
    },
    sweeper,
};

use super::Wish;

/// Products that are listed at the same time. A guess: each may take a few connections of its own, and one that is slow
/// shall not keep the others waiting.
const AT_ONCE: usize = 4;

/// Lists again what the words fit, each product for at most `limit`; progress goes to stderr.
///
/// # Errors
/// The record can't be read. What concerns one customer is on record with it, and said.
pub async fn run(cx: &Context, wish: &Wish, limit: Duration) -> anyhow::Result<()> {
    let store = cx.provider.store.clone();
    let again = "Run the same command again.";
    let read = blocking::run(again, move || Store::listable(&store)).await;
    let words = fold(wish.words.trim());
    let fits = |row: &Listable| has_words(&row.customer.folded(), &words);
    let rows: Vec<Listable> = read.map_err(|failure| error_of(&failure))?.into_iter().filter(fits).collect();
    let all = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    if all == 0 {
        cx.out.note("Nothing to list again: no product of these customers is enabled.");
        return Ok(());
    }
    cx.out.note(&format!(
        "Listing {} again, {AT_ONCE} at once, each for at most {}. Nobody is turned on.",
        counted(all, "product", "products"),
        in_words(limit)
    ));
    let done = Arc::new(AtomicU32::new(0));
    side_by_side(rows, AT_ONCE, |row| {
        let (provider, clock, out, done) = (cx.provider.clone(), cx.clock.clone(), cx.out, Arc::clone(&done));
        async move {
            let listed = sweeper::refresh(&provider, &clock, &row, limit).await;
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            let what = format!("{done} of {all}: {} · {}", row.customer.name, row.product.name());
            match listed {
                Ok(list) => out.note(&format!("{what}: {}", found(&list))),
                Err(failure) => warn(&format!("{what}: NOT LISTED: {}", failure.in_full())),
            }
        }
    })
    .await;
    Ok(())
}

/// What a list came to, in words.
fn found(list: &ListSummary) -> String {
    format!("{} listed, {} could be protected", grouped(list.listed), grouped(list.eligible))
}
