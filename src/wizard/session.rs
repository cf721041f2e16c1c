//! What belongs to the run and not to a screen: the record, the proof that is polled, the users that stream in.
//!
//! Calls of the run go on while screens come and go; they end on park, on changing the customer and on leaving.

use crate::domain::{run::RunRecord, text::Text};

use super::{Cx, effect::CallId, event::Reply, proving::Proving, roster::Roster};

/// Everything that belongs to the run.
#[derive(Debug, Default)]
pub(crate) struct Session {
    /// The run, as on record; none on the first screen.
    pub(crate) record: Option<RunRecord>,
    /// The proof that access works, and its polling.
    pub(crate) proving: Proving,
    /// The users of the run, their ticks and states, and the listing.
    pub(crate) roster: Roster,
    /// Rule 17, kept over runs.
    pub(crate) sweep_warning: Option<Text>,
}

/// Where a reply belonged.
#[derive(Debug)]
pub(crate) enum Routed {
    /// The session took it; the screen may want to look again.
    Changed,
    /// It belongs to a screen.
    NotMine(Box<Reply>),
}

impl Session {
    /// Takes up a run as it is on record.
    pub(crate) fn take_up(cx: &mut Cx<'_>, record: RunRecord) {
        Self::let_go(cx);
        let fresh = cx.session.emptied();
        *cx.session = fresh;
        cx.session.record = Some(record);
    }

    /// Saves what is still a draft and ends the run's calls.
    pub(crate) fn let_go(cx: &mut Cx<'_>) {
        Roster::leave(cx);
        Proving::stop(cx);
    }

    /// A session without a run.
    pub(crate) fn emptied(&self) -> Self {
        Self { sweep_warning: self.sweep_warning.clone(), ..Self::default() }
    }

    /// Gives a reply to the run's own calls.
    pub(crate) fn reply(cx: &mut Cx<'_>, call: CallId, reply: Reply) -> Routed {
        let reply = match Proving::reply(cx, call, reply) {
            Routed::Changed => return Routed::Changed,
            Routed::NotMine(reply) => *reply,
        };
        Roster::reply(cx, call, reply)
    }
}
