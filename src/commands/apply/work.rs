//! Which customer is started when: two first, then the others, several at once; no new one once one came to the wrong
//! tenant or to a bill above the limit. Knows no wizard: what is done with a customer is handed in.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use crate::domain::lock::lock;

/// Customers that are seen through before the others are started (the "two first").
pub(super) const FIRST: usize = 2;

/// What one piece of work means for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// It ended well.
    Well,
    /// It did not end well, and that is its own matter.
    Badly,
    /// No new customer is started.
    Stop,
}

/// Does all the work, `at_once` pieces at the same time, in order; what is on its way is always seen through. False
/// when not everything was started.
pub(super) fn at_once<T: Send>(
    work: impl IntoIterator<Item = T>,
    at_once: usize,
    go: &(impl Fn(T) -> After + Sync),
) -> bool {
    let queue = Mutex::new(work.into_iter().collect::<Vec<_>>().into_iter());
    let is_stopped = AtomicBool::new(false);
    let worker = || {
        while !is_stopped.load(Ordering::SeqCst) {
            let Some(next) = lock(&queue).next() else { return };
            if go(next) == After::Stop {
                is_stopped.store(true, Ordering::SeqCst);
            }
        }
    };
    std::thread::scope(|scope| {
        // This thread works as well: a system that gives no thread makes the work slower, and never ends it.
        for _worker in 1..at_once {
            if let Err(error) = std::thread::Builder::new().spawn_scoped(scope, worker) {
                tracing::warn!(%error, "no further thread: fewer customers at the same time");
                break;
            }
        }
        worker();
    });
    lock(&queue).len() == 0
}

/// Two first, and the rest only when both ended well. False when not everything was started.
pub(super) fn two_first<T: Send>(
    work: impl IntoIterator<Item = T>,
    many: usize,
    go: &(impl Fn(T) -> After + Sync),
) -> bool {
    let mut rest: Vec<T> = work.into_iter().collect();
    let first: Vec<T> = rest.drain(..FIRST.min(rest.len())).collect();
    let is_bad = AtomicBool::new(false);
    let watched = |piece: T| {
        let after = go(piece);
        if after != After::Well {
            is_bad.store(true, Ordering::SeqCst);
        }
        after
    };
    let is_begun = at_once(first, FIRST, &watched);
    if is_bad.load(Ordering::SeqCst) || !is_begun {
        return rest.is_empty() && is_begun;
    }
    at_once(rest, many, go)
}

#[cfg(test)]
mod tests {
    use std::{sync::Barrier, sync::atomic::AtomicUsize};

    use super::*;

    /// What was started, in order, when `ends` says how each piece ends.
    fn started(count: usize, many: usize, ends: impl Fn(usize) -> After + Sync) -> (Vec<usize>, bool) {
        let seen = Mutex::new(Vec::new());
        let is_whole = two_first(0..count, many, &|piece| {
            lock(&seen).push(piece);
            ends(piece)
        });
        let mut seen = seen.into_inner().unwrap();
        seen.sort_unstable();
        (seen, is_whole)
    }

    #[test]
    fn the_rest_is_started_only_when_both_of_the_first_ended_well() {
        assert_eq!(started(6, 4, |_| After::Well), ((0..6).collect(), true));
        for bad in [After::Badly, After::Stop] {
            assert_eq!(
                started(6, 4, |piece| if piece == 1 { bad } else { After::Well }),
                (vec![0, 1], false)
            );
        }
        assert_eq!(started(2, 4, |_| After::Badly), (vec![0, 1], true));
        assert_eq!(started(1, 4, |_| After::Well), (vec![0], true));
        assert_eq!(started(0, 4, |_| After::Well), (vec![], true));
    }

    #[test]
    fn a_failure_later_is_its_own_matter_and_a_stop_starts_nobody_new() {
        assert_eq!(
            started(6, 1, |piece| if piece == 3 { After::Badly } else { After::Well }),
            ((0..6).collect(), true)
        );
        assert_eq!(
            started(6, 1, |piece| if piece == 3 { After::Stop } else { After::Well }),
            ((0..4).collect(), false)
        );
    }

    #[test]
    fn no_more_than_asked_are_on_their_way_at_once() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        // Three must meet here before any of them may end: three are on their way, and the counter says never four.
        let meet = Barrier::new(3);
        at_once(0..12, 3, &|_| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            meet.wait();
            now.fetch_sub(1, Ordering::SeqCst);
            meet.wait();
            After::Well
        });
        assert_eq!(most.load(Ordering::SeqCst), 3);
    }
}
