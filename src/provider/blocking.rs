//! What blocks (the record, files, searches) runs on a thread of its own, so that the calls on the runtime go on.

use super::caught::Panicked;
use crate::domain::failure::Failure;

/// Runs work on a blocking thread. `hint` says what to do after a fault of our own.
///
/// # Errors
/// What the work says; `Internal` where it panicked.
pub async fn run<T, F>(hint: &'static str, work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, Failure> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => {
            tracing::error!(%error, "a blocking task ended early");
            Err(Panicked.failure(hint))
        }
    }
}
