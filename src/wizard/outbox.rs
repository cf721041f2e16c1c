//! Collects what is wished for, hands out call ids, and knows which calls are open.

use std::collections::BTreeMap;

use super::{
    effect::{CallId, Deed, Effect, Request},
    event::Reply,
};

/// What kind of call is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    /// A reader: may be dropped at any moment.
    Reader,
    /// A write: must be seen through.
    Write,
    /// A write whose answer nobody waits for any more.
    Abandoned,
}

/// Wishes on their way to the driver, and calls that are open.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    last: u64,
    effects: Vec<Effect>,
    open: BTreeMap<CallId, Open>,
}

impl Outbox {
    /// Starts a call.
    pub(crate) fn start(&mut self, request: Request) -> CallId {
        self.last += 1;
        let call = CallId(self.last);
        self.open.insert(call, if request.is_write() { Open::Write } else { Open::Reader });
        self.effects.push(Effect::Start(call, request));
        call
    }

    /// Drops a call: its later replies are not routed any more. A write is still seen through.
    pub(crate) fn cancel(&mut self, call: CallId) {
        match self.open.get_mut(&call) {
            Some(kind @ (Open::Write | Open::Abandoned)) => *kind = Open::Abandoned,
            Some(Open::Reader) => {
                self.open.remove(&call);
            }
            None => return,
        }
        self.effects.push(Effect::Cancel(call));
    }

    /// Drops a call that may or may not be open, and forgets it.
    pub(crate) fn cancel_taken(&mut self, call: &mut Option<CallId>) {
        if let Some(call) = call.take() {
            self.cancel(call);
        }
    }

    /// Asks a write to stop after its present batch; its replies are still routed.
    pub(crate) fn stop_after_batch(&mut self, call: CallId) {
        if self.open.contains_key(&call) {
            self.effects.push(Effect::Cancel(call));
        }
    }

    /// Drops every reader.
    pub(crate) fn cancel_readers(&mut self) {
        let readers: Vec<CallId> =
            self.open.iter().filter(|(_, kind)| **kind == Open::Reader).map(|(call, _)| *call).collect();
        for call in readers {
            self.cancel(call);
        }
    }

    /// Asks the front end to do something.
    pub(crate) fn perform(&mut self, deed: Deed) {
        self.effects.push(Effect::Perform(deed));
    }

    /// Notes a reply; says whether somebody still waits for it.
    pub(crate) fn note(&mut self, call: CallId, reply: &Reply) -> bool {
        let Some(kind) = self.open.get(&call).copied() else { return false };
        if !reply.is_part() {
            self.open.remove(&call);
        }
        kind != Open::Abandoned
    }

    /// Whether a write is out.
    pub(crate) fn is_writing(&self) -> bool {
        self.open.values().any(|kind| *kind != Open::Reader)
    }

    /// Hands the wishes out.
    pub(crate) fn take(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }
}
