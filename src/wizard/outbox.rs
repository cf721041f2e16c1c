//! Collects what is wished for, hands out call ids, and knows which calls are open.
//!
//! Writes are carried out in the order in which they are wished for: a run is let go of only once its ticks are saved.

use std::collections::BTreeMap;

use super::{
    call::{CallId, Reply, Request},
    effect::{Effect, FrontEndTask},
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
            Some(Open::Reader) => _ = self.open.remove(&call),
            Some(write) => *write = Open::Abandoned,
            None => return,
        }
        self.effects.push(Effect::Cancel(call));
    }

    /// Asks a write to stop after its present batch; its replies are still routed.
    pub(crate) fn stop_after_batch(&mut self, call: CallId) {
        if self.open.contains_key(&call) {
            self.effects.push(Effect::Cancel(call));
        }
    }

    /// Drops every reader.
    pub(crate) fn cancel_readers(&mut self) {
        for (call, _) in self.open.extract_if(.., |_, kind| *kind == Open::Reader) {
            self.effects.push(Effect::Cancel(call));
        }
    }

    /// Asks the front end to do something.
    pub(crate) fn perform(&mut self, task: FrontEndTask) {
        self.effects.push(Effect::Perform(task));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::draft::Draft;

    #[test]
    fn a_write_is_seen_through_and_a_reader_is_dropped() {
        let run: crate::domain::id::RunId = "7KQ4".parse().unwrap();
        let mut calls = Outbox::default();
        let draft = calls.start(Request::SaveDraft(run.clone(), Draft::default()));
        let leave = calls.start(Request::LeaveRun(run));
        let read = calls.start(Request::LoadBoard);
        let started: Vec<CallId> = calls
            .take()
            .into_iter()
            .filter_map(|effect| if let Effect::Start(call, _) = effect { Some(call) } else { None })
            .collect();
        assert_eq!(started, [draft, leave, read], "in their order");
        calls.cancel(draft);
        calls.cancel(read);
        assert!(
            matches!(calls.take()[..], [Effect::Cancel(a), Effect::Cancel(b)] if (a, b) == (draft, read))
        );
        assert!(!calls.note(read, &Reply::Saved), "a late reply is normal life");
        assert!(!calls.note(draft, &Reply::Saved) && calls.is_writing(), "nobody waits for it any more");
        assert!(calls.note(leave, &Reply::Saved) && !calls.is_writing());
        assert!(!calls.note(leave, &Reply::Saved), "a doubled reply");
    }
}
