//! What belongs to the run and not to a screen: the record, the proof that is polled, the users that stream in.
//!
//! Calls of the run go on while screens come and go; they end on park, on changing the customer and on leaving.

use crate::domain::{
    card::CardId, form_draft::FormDraft, groundwork::Groundwork, run::RunRecord, text::Text, time::Moment,
};

use super::{
    keeping::Keeping, outbox::Outbox, pending::Arrival, proving::Proving, roster::Roster, view::Notice,
};

/// The order of the rows on the first screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum BoardOrder {
    /// Runs on top, then the customers by name.
    #[default]
    Runs,
    /// By name, runs among them.
    Name,
    /// What has changed first.
    News,
    /// What needs an operator first.
    State,
}

impl BoardOrder {
    /// The one behind it, round and round.
    pub(crate) const fn next(self) -> Self {
        match self {
            Self::Runs => Self::Name,
            Self::Name => Self::News,
            Self::News => Self::State,
            Self::State => Self::Runs,
        }
    }

    /// Said around the rows; nothing where nobody asked for an order.
    pub(crate) const fn words(self) -> Option<&'static str> {
        match self {
            Self::Runs => None,
            Self::Name => Some("by name"),
            Self::News => Some("changed first"),
            Self::State => Some("by state"),
        }
    }
}

/// Everything that belongs to the run.
#[derive(Debug, Default)]
pub(crate) struct Session {
    /// The run, as on record; none on the first screen.
    pub(crate) record: Option<RunRecord>,
    /// The proof that access works, and its polling.
    pub(crate) proving: Proving,
    /// The users of the run, their ticks and states, and the listing.
    pub(crate) roster: Roster,
    /// The form that is being typed into.
    pub(crate) keeping: Keeping,
    /// What this operator typed into the form of a new customer, kept over runs.
    pub(crate) new_customer: FormDraft,
    /// The world is open, kept over runs.
    pub(crate) is_open: bool,
    /// Others share the record, kept over runs.
    pub(crate) is_shared: bool,
    /// When the record of the run was read, where it is not held here.
    pub(crate) read: Moment,
    /// Nothing of a form is taken up or kept, kept over runs.
    pub(crate) forgets_forms: bool,
    /// Rule 17, kept over runs.
    pub(crate) sweep_warning: Option<Text>,
    /// What to tell the customer whose run was parked, until another one is looked for.
    pub(crate) parked: Option<CardId>,
    /// The order of the board's rows, kept over runs.
    pub(crate) board_order: BoardOrder,
    /// Setup: what is there, as it was looked at last.
    pub(crate) ground: Option<Box<Groundwork>>,
    /// When the board last asked Microsoft about waiting runs, kept over runs.
    pub(crate) probed: Option<Moment>,
}

impl Session {
    /// Takes up a run as it is on record. The consent of what was enabled is proved again, once: it may have been taken back,
    /// or lack what is asked for now.
    pub(crate) fn take_up(&mut self, mut record: RunRecord, now: Moment, calls: &mut Outbox) {
        self.let_go(calls);
        self.empty();
        self.parked = None;
        self.read = now;
        if self.forgets_forms {
            record.form = FormDraft::default();
        }
        if record.enabled.is_some() && record.finished.is_none() && !record.product.is_hosted() {
            self.proving.start(&record, now, calls);
        }
        self.record = Some(record);
    }

    /// Saves what is still a draft and ends the run's calls.
    pub(crate) fn let_go(&mut self, calls: &mut Outbox) {
        self.keep_form(calls);
        if let Some(record) = self.record.as_mut() {
            self.roster.leave(record, calls);
        }
        self.proving.stop(calls);
    }

    /// Forgets the run.
    pub(crate) fn empty(&mut self) {
        self.record = None;
        (self.proving, self.roster, self.keeping) = Default::default();
    }

    /// Another process holds the run that is open.
    pub(crate) fn is_read_only(&self) -> bool {
        self.record.as_ref().is_some_and(|record| record.is_read_only)
    }

    /// Takes in what is on record now about the run that is open. Steps that are known to be done stay done: two
    /// writes may answer in another order than they were started.
    pub(crate) fn adopt(&mut self, mut record: RunRecord) {
        let Some(known) = self.record.as_ref().filter(|known| known.id == record.id) else { return };
        if self.forgets_forms {
            record.form = FormDraft::default();
        }
        record.link_shown = record.link_shown.or(known.link_shown);
        record.invitation = record.invitation.or_else(|| known.invitation.clone());
        record.proved = record.proved.or(known.proved);
        record.enabled = record.enabled.or(known.enabled);
        self.record = Some(record);
    }

    /// Takes in who has the run now and who asks for it, and nothing else.
    pub(crate) fn hear_of(&mut self, newer: RunRecord) {
        if let Some(record) = self.record.as_mut().filter(|record| record.id == newer.id) {
            (record.held_by, record.request) = (newer.held_by, newer.request);
        }
    }

    /// Takes in what whoever has the run has done since: what is on record, their ticks, who is protected.
    pub(crate) fn follow_record(&mut self, record: RunRecord, now: Moment, calls: &mut Outbox) {
        self.read = now;
        self.adopt(record);
        if let Some(record) = &self.record {
            self.roster.follow(record, calls);
        }
    }

    /// Why the customer must accept again.
    pub(crate) fn must_accept(&self) -> Option<Text> {
        self.proving.must_accept(self.record.as_ref()?)
    }

    /// Begins the polling of the proof.
    pub(crate) fn begin_proving(&mut self, now: Moment, calls: &mut Outbox) {
        if let Some(record) = &self.record {
            self.proving.start(record, now, calls);
        }
    }

    /// Has the proof asked for now.
    pub(crate) fn prove_now(&mut self, calls: &mut Outbox) {
        if let Some(record) = &self.record {
            self.proving.ask_now(record, calls);
        }
    }

    /// Counts the users anew, where a run is open.
    pub(crate) fn count_users(&mut self, calls: &mut Outbox) {
        if let Some(record) = &self.record {
            self.roster.count(record, calls);
        }
    }

    /// Saves the ticks now, where a run is open.
    pub(crate) fn save_ticks(&mut self, calls: &mut Outbox) {
        if let Some(record) = self.record.as_mut() {
            self.roster.save(record, calls);
        }
    }

    /// What is typed into the form on the screen is kept; not where another process holds the run.
    pub(crate) fn form_changed(&mut self, draft: FormDraft, calls: &mut Outbox) {
        if self.forgets_forms || self.is_read_only() {
            return;
        }
        let (form, run) = match &mut self.record {
            Some(record) => (&mut record.form, Some(&record.id)),
            None => (&mut self.new_customer, None),
        };
        form.clone_from(&draft);
        self.keeping.change(draft, run, calls);
    }

    /// Keeps now what was typed.
    pub(crate) fn keep_form(&mut self, calls: &mut Outbox) {
        self.keeping.flush(self.record.as_ref().map(|record| &record.id), calls);
    }

    /// Takes a reply if it belongs to the run's own calls; out comes what is to be said about it.
    pub(crate) fn hear(&mut self, arrival: &mut Arrival, now: Moment, calls: &mut Outbox) -> Option<Notice> {
        let run = self.record.as_ref().map(|record| &record.id);
        if let Some(said) = self.keeping.hear(arrival, run, calls) {
            return Some(said);
        }
        let record = self.record.as_mut()?;
        if let Some(newer) = self.proving.hear(arrival, record, now, calls) {
            self.adopt(*newer);
            return None;
        }
        self.roster.hear(arrival, record, calls)
    }
}
