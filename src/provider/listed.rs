//! What a listing sends while it runs, the same for Graph and for Exchange: pages as they come, kinds that became
//! known later, and words about the listing itself.
//!
//! Triggered by `Graph::list_users` and `Exchange::list_mailboxes`; the runner turns each item into a part of its call.

use std::sync::Arc;

use crate::domain::{
    id::UserId,
    user::{Kind, UserPage},
    verdict::ListNote,
};

/// One item of a listing in progress.
#[derive(Clone, Debug)]
pub enum Listed {
    /// A page of rows; never changes once it was sent.
    Page(Arc<UserPage>),
    /// Every row has been sent, so many; kinds may still become known.
    Whole(u32),
    /// Kinds of rows that were sent earlier as not checked yet.
    Kinds(Vec<(UserId, Kind)>),
    /// Words about the listing.
    Note(ListNote),
}
