//! The proof that access works, and its polling: a round, a wait, another round, until everything is good.
//!
//! Belongs to the run: it goes on while screens come and go, and ends with [`Proving::stop`]. It starts when the
//! authorise screen comes on. What comes out is the last [`Proof`], and one `SaveProof` when every check is good.

use std::time::Duration;

use crate::domain::{
    failure::{Failure, FailureKind},
    run::RunRecord,
    tenant::{Proof, Verdict},
    time::Moment,
};

use super::{
    Cx,
    effect::{CallId, Request},
    event::Reply,
    session::{Routed, Session},
};

/// Seconds between rounds; the last one repeats (microsoft-identity-and-graph.md section 3.6: rounds at 0, 2, 4, 8, 15,
/// 30, 30 … s).
const PAUSES: [u64; 6] = [2, 2, 4, 7, 15, 30];

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
    /// A round that is out.
    round: Option<CallId>,
    /// The pause before the next round.
    pause: Option<CallId>,
    /// The write that keeps the proof.
    saving: Option<CallId>,
    /// Rounds begun since polling began.
    rounds: usize,
}

impl Proving {
    /// Begins polling, unless it goes on already or everything is proved.
    pub(crate) fn start(cx: &mut Cx<'_>) {
        let this = &cx.session.proving;
        if this.round.is_none() && this.pause.is_none() && !this.is_proved() {
            cx.session.proving.since = Some(cx.now);
            cx.session.proving.rounds = 0;
            Self::ask(cx);
        }
    }

    /// Asks now; a round that is out is enough. Starts the quick rounds over.
    pub(crate) fn ask_now(cx: &mut Cx<'_>) {
        if cx.session.proving.round.is_none() {
            cx.session.proving.rounds = 0;
            Self::ask(cx);
        }
    }

    /// Ends the polling; what was found stays.
    pub(crate) fn stop(cx: &mut Cx<'_>) {
        let Cx { session, calls, .. } = cx;
        calls.cancel_taken(&mut session.proving.round);
        calls.cancel_taken(&mut session.proving.pause);
    }

    /// Whether every check was good in this session: a proof of yesterday opens nothing.
    pub(crate) fn is_proved(&self) -> bool {
        self.proof.as_ref().is_some_and(|proof| proof.verdict.is_proved())
    }

    /// Whether a round is out.
    pub(crate) const fn is_asking(&self) -> bool {
        self.round.is_some()
    }

    /// Whether another round comes by itself.
    pub(crate) const fn goes_on(&self) -> bool {
        self.round.is_some() || self.pause.is_some()
    }

    /// Takes a reply if it belongs to the polling.
    pub(crate) fn reply(cx: &mut Cx<'_>, call: CallId, reply: Reply) -> Routed {
        let this = &mut cx.session.proving;
        if this.round == Some(call) {
            this.round = None;
            match reply {
                Reply::Proof(proof) => Self::found(cx, *proof),
                Reply::Failed(failure) => {
                    this.failure = Some(failure);
                    Self::rest(cx);
                }
                _ => Self::rest(cx),
            }
        } else if this.pause == Some(call) {
            this.pause = None;
            Self::ask(cx);
        } else if this.saving == Some(call) {
            this.saving = None;
            match reply {
                Reply::Run(record) => Session::adopt(cx, *record),
                Reply::Failed(failure) => this.failure = Some(failure),
                _ => {}
            }
        } else {
            return Routed::NotMine(Box::new(reply));
        }
        Routed::Changed
    }

    fn ask(cx: &mut Cx<'_>) {
        let Some(request) = cx.session.record.as_ref().and_then(request) else { return };
        let Cx { session, calls, .. } = cx;
        let this = &mut session.proving;
        calls.cancel_taken(&mut this.pause);
        this.rounds = this.rounds.saturating_add(1);
        this.round = Some(calls.start(request));
    }

    /// Pauses before the next round.
    fn rest(cx: &mut Cx<'_>) {
        let this = &mut cx.session.proving;
        let at = this.rounds.saturating_sub(1).min(PAUSES.len().saturating_sub(1));
        let usual = Duration::from_secs(PAUSES.get(at).copied().unwrap_or(30));
        let asked = this.failure.as_ref().and_then(|failure| failure.retry_after).unwrap_or_default();
        this.pause = Some(cx.calls.start(Request::Wake(usual.max(asked))));
    }

    fn found(cx: &mut Cx<'_>, mut proof: Proof) {
        let Some(record) = cx.session.record.as_ref() else { return };
        guard_tenant(record, &mut proof);
        let (is_hosted, may_write) = (record.product.is_hosted(), !record.is_read_only);
        let (run, organisation) = (record.id.clone(), proof.organisation.clone());
        let this = &mut cx.session.proving;
        this.failure = None;
        this.spreading_since = match proof.verdict {
            Verdict::Spreading => this.spreading_since.or(Some(cx.now)),
            _ => None,
        };
        let is_proved = proof.verdict.is_proved();
        // A password that is tried again and again locks the account (exchange-web-services.md section 10).
        let is_over = is_hosted
            && matches!(&proof.verdict, Verdict::Failed(failure) if failure.kind == FailureKind::Refused);
        this.proof = Some(proof);
        if is_proved && may_write && this.saving.is_none() {
            this.saving = Some(cx.calls.start(Request::SaveProof(run, organisation)));
        } else if !is_proved && !is_over {
            Self::rest(cx);
        }
    }
}

/// One round for this run; nothing while access is not on record.
fn request(record: &RunRecord) -> Option<Request> {
    let (organisation, impersonation) = if record.product.is_hosted() {
        (None, Some(Box::new(record.impersonation.clone()?)))
    } else {
        (Some(record.organisation.clone()?), None)
    };
    Some(Request::Prove { organisation, impersonation, is_link_out: record.link_shown.is_some() })
}

/// Rule 2, once more: whatever a proof says of itself, it is none when it names another tenant than the run's.
fn guard_tenant(record: &RunRecord, proof: &mut Proof) {
    let Some(expected) = record.organisation.as_ref().filter(|_| !record.product.is_hosted()) else { return };
    match &proof.organisation {
        Some(found) if found.tenant != expected.tenant => {
            proof.verdict = Verdict::WrongTenant { found: found.clone() };
        }
        None if proof.verdict.is_proved() => {
            proof.verdict = Verdict::Failed(Failure::new(
                FailureKind::Malformed,
                "the checks are good, but no answer names the organisation",
                "Press r to ask again.",
            ));
        }
        _ => {}
    }
}
