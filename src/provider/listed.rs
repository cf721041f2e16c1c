//! What a listing sends while it runs, the same for Graph and for Exchange: pages as they come, kinds that became
//! known later, and words about the listing itself.
//!
//! Triggered by `Graph::list_users` and `Exchange::list_mailboxes`; the runner turns each item into a part of its call.

use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::mpsc;

use crate::domain::{
    believed::Doubt,
    id::UserId,
    text::Text,
    time::in_words,
    user::{Kind, UserPage},
    verdict::ListNote,
};

/// Pauses from here on are told while a listing runs; shorter ones are not noticed.
const TOLD_FROM: Duration = Duration::from_secs(5);

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

/// Says that the other side asked for a pause. Dropped when the receiver is gone or the channel is full: it is a remark.
pub(super) fn tell_pause(sink: &mpsc::Sender<Listed>, who: impl fmt::Display, wait: Duration) {
    if wait < TOLD_FROM {
        return;
    }
    let words = format_args!("{who} is busy and asked us to wait {}; we go on by ourselves", in_words(wait));
    let is_told = sink.try_send(Listed::Note(ListNote::Passing(Text::of(words)))).is_ok();
    tracing::info!(%who, wait_ms = wait.as_millis(), is_told, "the server is busy");
}
