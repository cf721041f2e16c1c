//! What belongs to the run and not to a screen: the record, the proof that is polled, the users that stream in.
//!
//! Calls of the run go on while screens come and go; they end on park, on changing the customer and on leaving.

use crate::domain::{run::RunRecord, text::Text, time::Moment};

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
    /// The world is open, kept over runs.
    pub(crate) is_open: bool,
    /// Rule 17, kept over runs.
    pub(crate) sweep_warning: Option<Text>,
    /// When the board last asked Microsoft about waiting runs, kept over runs.
    pub(crate) probed: Option<Moment>,
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
        Self {
            is_open: self.is_open,
            sweep_warning: self.sweep_warning.clone(),
            probed: self.probed,
            ..Self::default()
        }
    }

    /// Takes in what is on record now about the run that is open. Steps that are known to be done stay done: two
    /// writes may answer in another order than they were started.
    pub(crate) fn adopt(cx: &mut Cx<'_>, mut record: RunRecord) {
        let Some(known) = cx.session.record.as_ref().filter(|known| known.id == record.id) else { return };
        record.link_shown = record.link_shown.or(known.link_shown);
        record.proved = record.proved.or(known.proved);
        record.enabled = record.enabled.or(known.enabled);
        cx.session.record = Some(record);
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
