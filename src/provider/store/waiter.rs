//! A thread of its own that drives the connections, and the waiting for what they answer.
//!
//! The store's methods block, and are called from threads that may. The connections live on a runtime of one thread, so
//! that what is asked for here never waits for the runtime that asks.

use std::{future::Future, io, sync::Arc};

use tokio::runtime::{Builder, Handle, Runtime};

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
    pub(crate) fn wait<F: Future>(&self, coming: F) -> F::Output {
        let _in = self.0.1.enter();
        pollster::block_on(coming)
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
