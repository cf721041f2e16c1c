//! Tells the trouble of one mailbox from the trouble of the server, by what else was seen in the same listing.
//!
//! Triggered by each mailbox that was tried. A refusal says little about its own reach: Exchange Web Services may be off for
//! one mailbox (`Set-CASMailbox -EwsEnabled`), and one mailbox may lie on an older server of the hoster, and both answer
//! as a server would that refuses everybody. Once any mailbox has opened, such a refusal is about its mailbox; before that
//! it is kept back. Several in a row are the server, whatever has opened.

use super::error::Bad;

/// Mailboxes in a row that meet what may be the server's trouble before it is the server's.
const MANY: u32 = 8;

/// What has been seen so far; `T` is the mailbox.
pub(super) struct Reach<T> {
    has_opened: bool,
    /// Mailboxes in a row that met what may be the server's trouble.
    in_a_row: u32,
    /// Refusals from before the first mailbox opened.
    held: Vec<(T, Bad)>,
}

impl<T> Reach<T> {
    /// Nothing seen yet.
    pub(super) const fn new() -> Self {
        Self { has_opened: false, in_a_row: 0, held: Vec::new() }
    }

    /// A mailbox has opened: answers the refusals that are now known to be about their mailboxes.
    pub(super) fn open(&mut self) -> Vec<(T, Bad)> {
        self.has_opened = true;
        self.in_a_row = 0;
        std::mem::take(&mut self.held)
    }

    /// A mailbox was refused: answers those that are known to be about their mailbox, none while that is not known.
    ///
    /// # Errors
    /// The account or the server: nothing else would open either.
    pub(super) fn refuse(&mut self, mailbox: T, bad: Bad) -> Result<Option<(T, Bad)>, Bad> {
        if bad.error.is_about_account() {
            return Err(bad);
        }
        self.in_a_row = if bad.error.may_be_the_server() { self.in_a_row + 1 } else { 0 };
        if self.in_a_row >= MANY {
            return Err(bad);
        }
        if self.has_opened || bad.error.is_about_mailbox() {
            return Ok(Some((mailbox, bad)));
        }
        self.held.push((mailbox, bad));
        Ok(None)
    }

    /// Everybody was tried.
    ///
    /// # Errors
    /// A refusal that may be the server's, where no mailbox has opened.
    pub(super) fn end(&mut self) -> Result<(), Bad> {
        self.held.drain(..).next().map_or(Ok(()), |(_, bad)| Err(bad))
    }
}
