//! The first rows of a list come before what can wait: half a million seats are read in a fifth of a second, and while that
//! takes the processor the rows that a person waits for come later than they could.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tokio::sync::watch;

/// What can wait waits for the first rows at most this long. A guess: from Microsoft they take longer, and reading is over
/// before they come; whose first rows are here sooner is not kept waiting by it.
const AT_MOST: Duration = Duration::from_millis(200);

/// Which lists have shown nothing yet.
#[derive(Debug)]
pub(super) struct FirstRows {
    awaited: watch::Sender<usize>,
}

impl Default for FirstRows {
    fn default() -> Self {
        Self { awaited: watch::Sender::new(0) }
    }
}

impl FirstRows {
    /// A list begins: its first rows are awaited until they are shown, or until it has ended.
    pub(super) fn begin(&self) -> Awaited<'_> {
        self.awaited.send_modify(|lists| *lists += 1);
        Awaited { rows: self, is_over: AtomicBool::new(false) }
    }

    /// Waits until no first rows are awaited, but not for long.
    pub(super) async fn shown(&self) {
        if !self.shown_within(AT_MOST).await {
            tracing::debug!("the first rows are not waited for any longer");
        }
    }

    /// The same; whether they were shown in time.
    async fn shown_within(&self, at_most: Duration) -> bool {
        let mut awaited = self.awaited.subscribe();
        tokio::time::timeout(at_most, awaited.wait_for(|lists| *lists == 0)).await.is_ok()
    }
}

/// The first rows of one list.
#[derive(Debug)]
pub(super) struct Awaited<'a> {
    rows: &'a FirstRows,
    is_over: AtomicBool,
}

impl Awaited<'_> {
    /// They are shown.
    pub(super) fn over(&self) {
        if !self.is_over.swap(true, Ordering::Relaxed) {
            self.rows.awaited.send_modify(|lists| *lists -= 1);
        }
    }
}

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        self.over();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn what_can_wait_waits_for_first_rows_and_not_for_long() {
        let rows = FirstRows::default();
        let is_in_time = async || rows.shown_within(LIMIT).await;
        assert!(is_in_time().await, "nobody lists");
        let (shown, ended) = (rows.begin(), rows.begin());
        assert!(!is_in_time().await, "nothing is shown");
        shown.over();
        shown.over();
        assert!(!is_in_time().await, "one list has shown nothing");
        let ending = async { drop(ended) };
        let (is_in_time, ()) = tokio::join!(rows.shown_within(LIMIT), ending);
        assert!(is_in_time, "that list is over");
    }
}
