//! Work whose panic is an answer: whoever waits for it hears that it has ended, and waits no longer.
//!
//! For futures. What runs on a blocking thread has its panic caught there: see `blocking.rs`.

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    task::Poll,
};

use crate::domain::{
    failure::{Failure, FailureKind},
    phrase::Phrase,
};

/// The work panicked. What it said is on stderr and in the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Panicked;

impl Panicked {
    /// The fault in words; `hint` says what to do.
    #[must_use]
    pub fn failure(self, hint: &'static str) -> Failure {
        Failure::new(FailureKind::Internal, "a task of this program ended early", Phrase::template(hint))
    }
}

/// Does the work, and answers its panic. Safe to drop at any await, as far as the work is.
///
/// # Errors
/// The work panicked; whatever it held has been dropped. It is not gone on with, so nothing sees what it left half done.
pub fn caught<T>(work: impl Future<Output = T>) -> impl Future<Output = Result<T, Panicked>> {
    // In a box: what it is a part of stays small.
    let mut work = Box::pin(work);
    poll_fn(move |cx| {
        catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx)))
            .map_or(Poll::Ready(Err(Panicked)), |polled| polled.map(Ok))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_answer_before_and_behind_an_await() {
        assert_eq!(caught(async { 7 }).await, Ok(7));
        assert_eq!(caught(async { panic!("on purpose") }).await, Err::<(), _>(Panicked));
        let later = caught(async {
            tokio::task::yield_now().await;
            panic!("on purpose")
        });
        assert_eq!(later.await, Err::<(), _>(Panicked));
    }
}
