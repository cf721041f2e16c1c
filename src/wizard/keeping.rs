//! What is typed into a form is kept in the record at most a second after the last change, and before the form is left: no
//! kill and no dropped line loses more than that second.

use std::time::Duration;

use crate::domain::{form_draft::FormDraft, id::RunId};

use super::{
    outbox::Outbox,
    pending::{self, Arrival, Pending, Saved, Woken},
    view::{Notice, Tone},
    words,
};

/// A form is kept at most this long after a change (as ticks are: product.md section 9, *Users*).
const KEEP_AFTER: Duration = Duration::from_secs(1);

/// The form that is being typed into.
#[derive(Debug, Default)]
pub(crate) struct Keeping {
    /// What changed since it was last kept.
    changed: Option<FormDraft>,
    /// Wakes the keeping.
    wake: Pending<Woken>,
    /// Keeps.
    saving: Pending<Saved>,
    /// It was said that it can't be kept: once is enough.
    is_said: bool,
}

impl Keeping {
    /// The form has changed: it will be kept within a second.
    pub(crate) fn change(&mut self, draft: FormDraft, calls: &mut Outbox) {
        self.changed = Some(draft);
        if !self.wake.is_out() {
            self.wake.start(calls, pending::wake(KEEP_AFTER));
        }
    }

    /// Keeps now what has changed: in this run, or without one as the form of a new customer.
    pub(crate) fn flush(&mut self, run: Option<&RunId>, calls: &mut Outbox) {
        self.wake.cancel(calls);
        if let Some(draft) = self.changed.take() {
            // An older write is seen through; writes are carried out in their order.
            self.saving.forget();
            self.saving.start(calls, pending::keep_form(run.cloned(), draft));
        }
    }

    /// The form was saved: nothing of it is kept any more.
    pub(crate) fn drop_changes(&mut self, calls: &mut Outbox) {
        self.changed = None;
        self.wake.cancel(calls);
    }

    /// Takes a reply if it belongs to the keeping; out comes what is to be said about it.
    pub(crate) fn hear(
        &mut self,
        arrival: &mut Arrival,
        run: Option<&RunId>,
        calls: &mut Outbox,
    ) -> Option<Notice> {
        if self.wake.take(arrival).is_some() {
            self.flush(run, calls);
        } else if let Some(Err(failure)) = self.saving.take(arrival)
            && !std::mem::replace(&mut self.is_said, true)
        {
            let words = words::failure(&failure).then("What you type here is not kept until you save.");
            return Some(Notice::new(Tone::Warn, words));
        }
        None
    }
}
