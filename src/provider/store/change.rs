//! What others change on a record that several people share. A record in a file tells nobody: there it never says anything.

use std::future;

use tokio::sync::broadcast::{self, error::RecvError};

use super::Store;
use crate::domain::change::Change;

/// How many changes wait for whoever is slow to hear them; of more only that there were some. A guess.
const WAITING: usize = 256;

/// Where what others change comes in.
pub(super) struct Hub(broadcast::Sender<Change>);

impl Default for Hub {
    fn default() -> Self {
        Self(broadcast::channel(WAITING).0)
    }
}

/// What others change, from the moment on in which it was asked for.
#[derive(Debug)]
pub struct Changes(broadcast::Receiver<Change>);

impl Changes {
    /// The next change; waits for it, for ever where nobody tells of any.
    pub async fn next(&mut self) -> Change {
        match self.0.recv().await {
            Ok(change) => change,
            Err(RecvError::Lagged(_)) => Change::Everything,
            Err(RecvError::Closed) => future::pending().await,
        }
    }
}

impl Store {
    /// What is changed from now on, by this process too.
    #[must_use]
    pub fn changes(&self) -> Changes {
        Changes(self.0.hub.0.subscribe())
    }
}
