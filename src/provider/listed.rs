//! What a listing sends while it runs, the same for Graph and for Exchange: pages as they come, kinds that became
//! known later, and words about the listing itself.
//!
//! Triggered by `Graph::list_users` and `Exchange::list_mailboxes`; the runner turns each item into a part of its call.

use std::sync::Arc;

use crate::domain::{
    believed::Doubt,
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
    /// The list contradicts itself: the rows that came are real, and it proves nothing about anybody else. Comes once, behind
    /// the rows; the listing ends well after it.
    Doubt(Doubt),
}
