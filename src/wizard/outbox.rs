//! Collects what is wished for, hands out call ids, and knows which calls are open.
//!
//! What takes a run or lets go of it waits for every write before it: a run is let go of only once its ticks are saved.

use std::collections::{BTreeMap, VecDeque};

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
    /// Takings and lettings go that wait for the writes that are out.
    waiting: VecDeque<(CallId, Request)>,
}

impl Outbox {
    /// Starts a call.
    pub(crate) fn start(&mut self, request: Request) -> CallId {
        self.last += 1;
        let call = CallId(self.last);
        let is_queued = changes_hold(&request) && self.is_writing();
        self.open.insert(call, if request.is_write() { Open::Write } else { Open::Reader });
        if is_queued {
            self.waiting.push_back((call, request));
        } else {
            self.effects.push(Effect::Start(call, request));
        }
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
        self.push_cancel(call);
    }

    /// A call that has not gone out yet can't be cancelled: it is a write, and is seen through.
    fn push_cancel(&mut self, call: CallId) {
        if !self.waiting.iter().any(|(waiting, _)| *waiting == call) {
            self.effects.push(Effect::Cancel(call));
        }
    }

    /// Asks a write to stop after its present batch; its replies are still routed.
    pub(crate) fn stop_after_batch(&mut self, call: CallId) {
        if self.open.contains_key(&call) {
            self.push_cancel(call);
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
    pub(crate) fn perform(&mut self, task: FrontEndTask) {
        self.effects.push(Effect::Perform(task));
    }

    /// Notes a reply; says whether somebody still waits for it.
    pub(crate) fn note(&mut self, call: CallId, reply: &Reply) -> bool {
        let Some(kind) = self.open.get(&call).copied() else { return false };
        if !reply.is_part() {
            self.open.remove(&call);
            // Those that wait are open too: nothing else is out when there are no more.
            let writes = self.open.values().filter(|kind| **kind != Open::Reader).count();
            if writes == self.waiting.len()
                && let Some((next, request)) = self.waiting.pop_front()
            {
                self.effects.push(Effect::Start(next, request));
            }
        }
        kind != Open::Abandoned
    }

    /// Sends out what waits, all at once: the wizard ends, and nothing can be wished for afterwards.
    pub(crate) fn flush(&mut self) {
        self.effects.extend(self.waiting.drain(..).map(|(call, request)| Effect::Start(call, request)));
    }

    /// Whether a write is out, or waits to go out.
    pub(crate) fn is_writing(&self) -> bool {
        self.open.values().any(|kind| *kind != Open::Reader)
    }

    /// Hands the wishes out.
    pub(crate) fn take(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }
}

/// Whether a write takes a run or lets go of it.
const fn changes_hold(request: &Request) -> bool {
    matches!(request, Request::OpenRun(..) | Request::LoadRun(_) | Request::ParkRun(_) | Request::LeaveRun(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::draft::Draft;

    #[test]
    fn a_run_is_let_go_of_behind_its_writes() {
        let run: crate::domain::id::RunId = "7KQ4".parse().unwrap();
        let mut calls = Outbox::default();
        let draft = calls.start(Request::SaveDraft(run.clone(), Draft::default()));
        let leave = calls.start(Request::LeaveRun(run.clone()));
        let read = calls.start(Request::LoadBoard);
        let enable = calls.start(Request::Enable(run.clone()));
        let started = |effects: Vec<Effect>| -> Vec<CallId> {
            let calls = effects.into_iter().filter_map(|effect| match effect {
                Effect::Start(call, _) => Some(call),
                _ => None,
            });
            calls.collect()
        };
        assert_eq!(started(calls.take()), [draft, read, enable], "the others wait for nothing");
        calls.cancel(draft);
        calls.cancel(leave);
        assert!(matches!(calls.take()[..], [Effect::Cancel(call)] if call == draft));
        assert!(!calls.note(draft, &Reply::Saved), "nobody waits for it any more");
        assert!(calls.note(read, &Reply::Saved) && calls.take().is_empty(), "one write is still out");
        assert!(calls.note(enable, &Reply::Saved));
        assert_eq!(started(calls.take()), [leave], "but the next one goes out");
        assert!(!calls.note(draft, &Reply::Saved), "a doubled reply starts nothing");
        assert!(calls.take().is_empty() && calls.is_writing());
        let late = calls.start(Request::ParkRun(run));
        calls.flush();
        assert_eq!(started(calls.take()), [late]);
    }
}
