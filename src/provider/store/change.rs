//! What others change on a record that several people share. A record in a file tells nobody: there it never says anything.

use std::{
    future,
    sync::{Arc, Once},
};

use tokio::sync::broadcast::{self, error::RecvError};

use super::Store;
use crate::domain::change::Change;

/// How many changes wait for whoever is slow to hear them; of more only that there were some. A guess.
const WAITING: usize = 256;

/// Where what others change comes in.
pub(super) struct Hub {
    heard: broadcast::Sender<Change>,
    /// The server was asked to tell.
    asked: Once,
}

impl Default for Hub {
    fn default() -> Self {
        Self { heard: broadcast::channel(WAITING).0, asked: Once::new() }
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
    /// What is changed from now on, by this process too. Waits for the server where that was not asked to tell before; one
    /// that can't be asked now is asked once it answers, and what was missed is everything.
    #[must_use]
    pub fn changes(&self) -> Changes {
        let Hub { heard, asked } = &self.0.hub;
        let changes = Changes(heard.subscribe());
        asked.call_once(|| {
            let heard = heard.clone();
            let hear = move |words: Option<&str>| {
                // Of a newer program there may be other words: then anything may have changed.
                let change = words.and_then(|words| words.parse().ok()).unwrap_or(Change::Everything);
                // Nobody listens: that is normal life.
                let _is_heard = heard.send(change);
            };
            if let Err(failure) = self.0.locks.hear(Arc::new(hear)) {
                tracing::warn!(what = %failure.what, "what others change can't be heard yet");
            }
        });
        changes
    }
}
