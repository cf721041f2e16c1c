//! Many pieces of work side by side, so many at once and no more.

use std::future::Future;

use tokio::task::JoinSet;

/// Does all the work, `at_once` pieces at the same time, begun in order; answers what came of each, in the order in
/// which they ended. Dropped, it drops what is under way. What is handed in catches its own panics: see `caught.rs`; a
/// piece that panics all the same is missing from what is answered.
pub async fn side_by_side<T, F>(
    work: impl IntoIterator<Item = T>,
    at_once: usize,
    go: impl Fn(T) -> F,
) -> Vec<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let mut left = work.into_iter();
    let (mut running, mut ended) = (JoinSet::new(), Vec::new());
    loop {
        while running.len() < at_once.max(1)
            && let Some(piece) = left.next()
        {
            running.spawn(go(piece));
        }
        let Some(done) = running.join_next().await else { return ended };
        ended.extend(done.ok());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    #[tokio::test]
    async fn so_many_are_under_way_at_once_and_no_more() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        // Three must meet before any of them may end.
        let meet = Arc::new(tokio::sync::Barrier::new(3));
        let mut ended = side_by_side(0..12, 3, |piece| {
            let (now, most, meet) = (Arc::clone(&now), Arc::clone(&most), Arc::clone(&meet));
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                meet.wait().await;
                now.fetch_sub(1, Ordering::SeqCst);
                meet.wait().await;
                piece
            }
        })
        .await;
        ended.sort_unstable();
        assert_eq!((ended, most.load(Ordering::SeqCst)), ((0..12).collect(), 3));
    }
}
