//! Searching the listed users off the drawing thread: the first rows at once, then the rest in few, growing parts, on
//! as many cores as there are.
//!
//! Triggered by each character of the filter, and by pages that come while it stands. Ends between two pages when the
//! next character cancels it; what it has found by then is dropped with it.

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        failure::Failure,
        filter::{Query, Search},
        user::UserPage,
    },
    wizard::call::{CallId, PageHits, Reply},
};

use super::{ReplySender, internal};

/// Hits that fill any screen: when so many have been sent, nothing more can change what is looked at, and the rest
/// comes as one part.
const SCREENFUL: usize = 128;

/// Pages of the first part, which one core looks through: 8,000 users, some 0.3 ms.
const FIRST_PAGES: usize = 8;

/// How much larger the next part is while the screen is not full: at half a million users there are four at most.
const GROWTH: usize = 4;

/// Cores that one search may take: at four the pages go by faster than memory brings them. A guess.
const MOST_WORKERS: usize = 4;

/// What is searched for, and where.
pub(super) struct Job {
    query: Query,
    /// The wizard's number of the first page.
    first: u32,
    pages: Vec<Arc<UserPage>>,
    /// The rows to look at, by page; none: all.
    within: Option<Box<[Box<[u64]>]>>,
    stop: CancellationToken,
}

impl Job {
    /// Makes a search ready.
    pub(super) fn new(
        typed: &str,
        first: u32,
        pages: Vec<Arc<UserPage>>,
        within: Option<Box<[Box<[u64]>]>>,
        stop: CancellationToken,
    ) -> Self {
        Self { query: Query::parse(typed), first, pages, within, stop }
    }

    /// Looks through every page; sends what is found part by part, and answers with the last one.
    ///
    /// # Errors
    /// Our own fault only. Safe to drop at any await.
    pub(super) async fn run(self, replies: &ReplySender, call: CallId) -> Result<Reply, Failure> {
        let job = Arc::new(self);
        let opening = Arc::clone(&job);
        let (mut found, mut done) = super::blocking(move || Ok(opening.open())).await?;
        let (mut shown, mut reach) = (0, FIRST_PAGES);
        while done < job.pages.len() {
            if !found.is_empty() {
                shown += found.iter().map(count).sum::<usize>();
                if !replies.send(call, Reply::Hits(std::mem::take(&mut found))).await {
                    break;
                }
            }
            reach = reach.saturating_mul(GROWTH);
            let most = if shown < SCREENFUL { done.saturating_add(reach) } else { usize::MAX };
            let part = done..job.pages.len().min(most);
            done = part.end;
            found = spread(&job, part).await?;
        }
        Ok(Reply::Searched(found))
    }

    /// The first part: pages from the beginning until they fill a screen. Answers where the next part begins, too.
    fn open(&self) -> (Vec<PageHits>, usize) {
        let mut search = Search::of(&self.query);
        let mut found = Vec::new();
        let (mut hits, mut done) = (0, 0);
        while done < self.pages.len().min(FIRST_PAGES) && hits < SCREENFUL && !self.stop.is_cancelled() {
            if let Some(page) = self.look(&mut search, done) {
                hits += count(&page);
                found.push(page);
            }
            done += 1;
        }
        (found, done)
    }

    /// Looks through pages until `next` is past the end.
    fn work(&self, next: &AtomicUsize, end: usize) -> Vec<PageHits> {
        let mut search = Search::of(&self.query);
        let mut found = Vec::new();
        while !self.stop.is_cancelled() {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= end {
                break;
            }
            found.extend(self.look(&mut search, at));
        }
        found
    }

    /// The hits of one page; none where there is none.
    fn look(&self, search: &mut Search<'_>, at: usize) -> Option<PageHits> {
        let within = self.within.as_ref().map(|pages| pages.get(at).map_or([].as_slice(), |bits| bits));
        if within.is_some_and(|bits| bits.iter().all(|word| *word == 0)) {
            return None;
        }
        let bits = search.page(self.pages.get(at)?, within);
        let page = self.first.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        bits.iter().any(|word| *word != 0).then_some(PageHits { page, bits })
    }
}

/// Looks through a part on several cores; each takes the next page when it is done with one.
async fn spread(job: &Arc<Job>, part: Range<usize>) -> Result<Vec<PageHits>, Failure> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let next = Arc::new(AtomicUsize::new(part.start));
    let workers: Vec<_> = (0..cores.min(MOST_WORKERS).min(part.len()))
        .map(|_| {
            let (job, next) = (Arc::clone(job), Arc::clone(&next));
            tokio::task::spawn_blocking(move || job.work(&next, part.end))
        })
        .collect();
    let mut found = Vec::new();
    for worker in workers {
        let pages = worker.await.map_err(|error| {
            tracing::error!(%error, "a search ended early");
            internal("a search of this program ended early")
        })?;
        found.extend(pages);
    }
    found.sort_unstable_by_key(|page| page.page);
    Ok(found)
}

/// How many rows of a page match.
fn count(page: &PageHits) -> usize {
    page.bits.iter().map(|word| word.count_ones() as usize).sum()
}

#[cfg(test)]
mod tests;
