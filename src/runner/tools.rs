//! What calls are carried out with, and the world that brings it, opened once.

use std::{any::Any, future::Future, path::PathBuf, pin::Pin, sync::Arc};

use tokio::sync::OnceCell;

use super::{blocking, browser, setup::Desk};
use crate::{
    domain::{customer::Impersonation, failure::Failure, text::Text, time::Clock},
    provider::{Provider, graph::OwnRight},
    wizard::call::World,
};

/// Plays the customer's administrator with a link; says in words what they did or saw.
pub type Play =
    Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = Result<String, String>> + Send>> + Send + Sync>;

/// What the customer with a mail domain tells about their mail server, where they have something to tell.
pub type Tell = Arc<dyn Fn(&str) -> Option<Impersonation> + Send + Sync>;

/// The sandbox's played customer.
#[derive(Clone)]
pub struct Rehearse {
    /// Opens the link.
    pub play: Play,
    /// Tells the details.
    pub tell: Tell,
}

/// What calls are carried out with.
#[derive(Clone)]
pub struct Tools {
    /// Graph, Exchange and the store.
    pub provider: Provider,
    /// The time.
    pub clock: Clock,
    /// Plays the customer, in the sandbox.
    pub rehearse: Option<Rehearse>,
    /// Accepts for a customer with the partner's own right, where settings allow it.
    pub own_right: Option<OwnRight>,
    /// Folder for receipts and link files.
    pub files: PathBuf,
    /// Whom a program comes for, by reference: the board needs no other customer. None: a person looks at it.
    pub only: Option<Text>,
    /// What opens a link here, if anything.
    pub launcher: Option<browser::Launcher>,
}

impl std::fmt::Debug for Tools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tools").field("files", &self.files).finish_non_exhaustive()
    }
}

/// An opened world.
pub struct Opened {
    /// What calls are carried out with.
    pub tools: Tools,
    /// What the wizard is told about it.
    pub world: World,
    /// What must last as long as calls are carried out, and ends with them.
    pub kept: Option<Box<dyn Any + Send + Sync>>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("tools", &self.tools).finish_non_exhaustive()
    }
}

/// Opens the world: the record, the application at Microsoft or the sandbox. Called on a blocking thread, again only
/// after it failed.
pub type Open = Arc<dyn Fn() -> Result<Opened, Failure> + Send + Sync>;

/// The world, opened by the first call that needs it; the others wait for that one.
pub(super) struct LazyWorld {
    pub(super) open: Open,
    pub(super) opened: OnceCell<Opened>,
    /// Setup has no world.
    pub(super) desk: Option<Arc<dyn Desk>>,
}

impl LazyWorld {
    /// The opened world.
    ///
    /// # Errors
    /// What kept it from being opened; the next call tries again.
    pub(super) async fn opened(&self) -> Result<&Opened, Failure> {
        let open = || {
            let open = Arc::clone(&self.open);
            blocking(move || open())
        };
        self.opened.get_or_try_init(open).await
    }
}
