//! The proof that access works, and its polling: a round, a wait, another round, until everything is good.
//!
//! Belongs to the run: it goes on while screens come and go, and ends with [`Proving::stop`]. It starts when the
//! authorise screen comes on. What comes out is the last [`Proof`], and one `SaveProof` when every check is good.

use std::time::Duration;

use crate::domain::{
    consent,
    failure::{Failure, FailureKind},
    phrase::Detail,
    run::RunRecord,
    tenant::{Proof, Verdict},
    text::Text,
    time::Moment,
};

use super::{
    outbox::Outbox,
    pending::{self, Arrival, Call, Pending, Reply, Woken},
};

/// Seconds between the first rounds (microsoft-identity-and-graph.md section 3.6: rounds at 0, 2, 4, 8, 15, 30, 30 … s).
const PAUSES: [u64; 5] = [2, 2, 4, 7, 15];

/// Seconds between all the others.
const PAUSE: u64 = 30;

/// The proof of the run.
#[derive(Debug, Default)]
pub(crate) struct Proving {
    /// What the last round found.
    pub(crate) proof: Option<Proof>,
    /// Why the last round could not be finished, or the proof not be kept; polling goes on all the same.
    pub(crate) failure: Option<Failure>,
    /// When polling began.
    pub(crate) since: Option<Moment>,
    /// When the answers first said that the grant is spreading.
    pub(crate) spreading_since: Option<Moment>,
    /// How far the round that is out is, in words; none before it says so.
    pub(crate) remark: Option<Text>,
    /// A round that is out.
    round: Pending<Box<Proof>>,
    /// The pause before the next round.
    pause: Pending<Woken>,
    /// The write that keeps the proof.
    saving: Pending<Box<RunRecord>>,
    /// Rounds begun since polling began.
    rounds: usize,
}

impl Proving {
    /// Begins polling, unless it goes on already or everything is proved.
    pub(crate) fn start(&mut self, record: &RunRecord, now: Moment, calls: &mut Outbox) {
        if !self.goes_on() && !self.is_proved() {
            self.since = Some(now);
            self.ask_now(record, calls);
        }
    }

    /// Asks now; a round that is out is enough. Starts the quick rounds over.
    pub(crate) fn ask_now(&mut self, record: &RunRecord, calls: &mut Outbox) {
        if !self.round.is_out() {
            self.rounds = 0;
            self.ask(record, calls);
        }
    }

    /// Ends the polling; what was found stays.
    pub(crate) fn stop(&mut self, calls: &mut Outbox) {
        self.round.cancel(calls);
        self.pause.cancel(calls);
    }

    /// What the last round came to.
    pub(crate) fn verdict(&self) -> Option<&Verdict> {
        self.proof.as_ref().map(|proof| &proof.verdict)
    }

    /// What the last round found wrong.
    pub(crate) fn found_wrong(&self) -> Option<&Failure> {
        if let Some(Verdict::Failed(failure)) = self.verdict() { Some(failure) } else { None }
    }

    /// Whether every check was good in this session: a proof of yesterday opens nothing.
    pub(crate) fn is_proved(&self) -> bool {
        self.verdict().is_some_and(Verdict::is_proved)
    }

    /// Whether every check was good, and that is still on its way to the record.
    pub(crate) fn is_being_kept(&self) -> bool {
        self.is_proved() && self.saving.is_out()
    }

    /// Why the customer must accept again, where the last round says so: a permission is missing, or what was enabled is
    /// not accepted any more.
    pub(crate) fn must_accept(&self, record: &RunRecord) -> Option<Text> {
        consent::lost(self.verdict()?, record.enabled.is_some())
    }

    /// Whether a round is out.
    pub(crate) const fn is_asking(&self) -> bool {
        self.round.is_out()
    }

    /// Whether another round comes by itself.
    pub(crate) const fn goes_on(&self) -> bool {
        self.round.is_out() || self.pause.is_out()
    }

    /// Takes a reply if it belongs to the polling; out comes the record as it is once the proof is kept.
    pub(crate) fn hear(
        &mut self,
        arrival: &mut Arrival,
        record: &RunRecord,
        now: Moment,
        calls: &mut Outbox,
    ) -> Option<Box<RunRecord>> {
        if let Some(part) = self.round.part(arrival) {
            if let Reply::Note(note) = part {
                self.remark = Some(note.words().clone());
            }
        } else if let Some(found) = self.round.take(arrival) {
            self.remark = None;
            match found {
                Ok(proof) => self.found(*proof, record, now, calls),
                Err(failure) => {
                    self.failure = Some(failure);
                    if record.enabled.is_none() {
                        self.rest(calls);
                    }
                }
            }
        } else if self.pause.take(arrival).is_some() {
            self.ask(record, calls);
        } else if let Some(saved) = self.saving.take(arrival) {
            return saved.map_err(|failure| self.failure = Some(failure)).ok();
        }
        None
    }

    /// What of the access the last round found wrong, where it is to be typed again.
    pub(crate) fn refused_detail(&self) -> Option<Detail> {
        self.failure.iter().chain(self.found_wrong()).find_map(Failure::to_mend)
    }

    fn ask(&mut self, record: &RunRecord, calls: &mut Outbox) {
        let Some(round) = round(record) else { return };
        self.pause.cancel(calls);
        self.rounds = self.rounds.saturating_add(1);
        self.round.start(calls, round);
    }

    /// Pauses before the next round.
    fn rest(&mut self, calls: &mut Outbox) {
        let usual = PAUSES.get(self.rounds.saturating_sub(1)).copied().unwrap_or(PAUSE);
        // Where the other side asked to be left in peace for longer, the next round asks the record only, and tells how
        // much of that is left.
        self.pause.start(calls, pending::wake(Duration::from_secs(usual)));
    }

    fn found(&mut self, mut proof: Proof, record: &RunRecord, now: Moment, calls: &mut Outbox) {
        if let Some(expected) = record.organisation.as_ref().filter(|_| !record.product.is_hosted()) {
            proof.guard(expected);
        }
        self.failure = None;
        self.spreading_since = match proof.verdict {
            // The record may know it for longer than this session.
            Verdict::Spreading => proof.granted.or(self.spreading_since).or(Some(now)),
            _ => None,
        };
        let is_proved = proof.verdict.is_proved();
        // A password that is tried again and again locks the account (exchange-web-services.md section 10).
        let is_over = record.product.is_hosted()
            && matches!(&proof.verdict, Verdict::Failed(failure) if failure.kind == FailureKind::Refused);
        let organisation = proof.organisation.clone();
        self.proof = Some(proof);
        if record.enabled.is_some() {
            // Enabled long ago: one round tells whether the consent still holds, and only what does not is awaited.
            if self.must_accept(record).is_some() {
                self.rest(calls);
            }
        } else if is_proved && !record.is_read_only && !self.saving.is_out() {
            self.saving.start(calls, pending::save_proof(record.id.clone(), organisation));
        } else if !is_proved && !is_over {
            self.rest(calls);
        }
    }
}

/// One round for this run; nothing while access is not on record.
fn round(record: &RunRecord) -> Option<Call<Box<Proof>>> {
    let (organisation, impersonation) = if record.product.is_hosted() {
        (None, Some(Box::new(record.impersonation.clone()?)))
    } else {
        (Some(record.organisation.clone()?), None)
    };
    let of = (record.customer.id, record.product);
    Some(pending::prove(of, organisation, impersonation, record.link_shown.is_some()))
}
