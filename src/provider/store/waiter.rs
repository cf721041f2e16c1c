//! A thread of its own that drives the connections, and the waiting for what they answer.
//!
//! The store's methods block, and are called from threads that may. The connections live on a runtime of one thread, so
//! that what is asked for here never waits for the runtime that asks.

use std::{future::Future, io, sync::Arc, time::Duration};

use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::coop::unconstrained,
    time::timeout,
};
use tokio_postgres::Error;

/// What came instead of an answer.
#[derive(Debug)]
pub(crate) enum Unanswered {
    /// The server, or the way to it, says what is wrong.
    Told(Error),
    /// Nothing for so long. The server may still be at it.
    Silence(Duration),
}

/// Waits for an answer so long and no longer. The system's own limits find a computer that is gone; a server that is stopped,
/// or waits for its disk, has a computer that is there and says nothing.
///
/// # Errors
/// What came instead. The connection is of no use after a silence: what it still brings answers an old question.
pub(crate) async fn in_time<T>(
    limit: Duration,
    coming: impl Future<Output = Result<T, Error>>,
) -> Result<T, Unanswered> {
    match timeout(limit, coming).await {
        Ok(said) => said.map_err(Unanswered::Told),
        Err(_late) => Err(Unanswered::Silence(limit)),
    }
}

/// Drives connections; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Waiter(Arc<Driver>);

/// The runtime, let go of without waiting: a store may be dropped where waiting is not allowed.
#[derive(Debug)]
struct Driver(Option<Runtime>, Handle);

impl Waiter {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system gives no thread; a retry may help.
    pub(crate) fn new() -> io::Result<Self> {
        let runtime =
            Builder::new_multi_thread().worker_threads(1).thread_name("record").enable_all().build()?;
        let handle = runtime.handle().clone();
        Ok(Self(Arc::new(Driver(Some(runtime), handle))))
    }

    /// Waits on this thread until something has come.
    ///
    /// A task that has used up its share of a turn is told by whatever it waits for to come again, and gets its next share only
    /// with its next turn: whoever calls from inside of one would ask for ever. Shares don't count here.
    pub(crate) fn wait<F: Future>(&self, coming: F) -> F::Output {
        let _in = self.0.1.enter();
        pollster::block_on(unconstrained(coming))
    }

    /// Lets something go on beside everything else.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        drop(self.0.1.spawn(work));
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, task::Poll};

    use tokio::{sync::mpsc, task::coop::has_budget_remaining};

    use super::*;

    #[test]
    fn it_waits_where_a_task_has_used_up_its_share_of_a_turn() {
        let (done, is_done) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let waiter = Waiter::new().unwrap();
            let (tell, mut heard) = mpsc::unbounded_channel();
            (0..1_000).for_each(|number| tell.send(number).unwrap());
            Builder::new_current_thread().build().unwrap().block_on(poll_fn(|cx| {
                while heard.poll_recv(cx).is_ready() {}
                assert!(!has_budget_remaining());
                waiter.wait(async { tokio::time::sleep(Duration::from_millis(1)).await });
                Poll::Ready(())
            }));
            done.send(()).unwrap();
        });
        is_done.recv_timeout(Duration::from_secs(20)).unwrap();
    }
}
