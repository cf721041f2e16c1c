//! Beside the link: whether the operator may accept for the customer by their own role there. Asked once the link is out and
//! consent is what is missing, and again when the operator asks.

use crate::{
    domain::{
        failure::Failure,
        id::TenantId,
        phrase::{Phrase, WayOn, phrase},
        run::RunRecord,
        tenant::Verdict,
        text::{Text, capital},
    },
    wizard::{
        context::{UpdateCx, ViewCx},
        pending::{self, Arrival, Held, Pending},
        view::{Block, Fact, FactId},
    },
};

/// What is known of it.
#[derive(Debug, Default)]
pub(super) struct Offer {
    /// The question that is out.
    pub(super) out: Pending<Held>,
    /// About which organisation, and what was said.
    told: Option<(TenantId, Result<Text, Failure>)>,
}

impl Offer {
    /// What was refused is asked about once more.
    pub(super) fn wish(&mut self) {
        self.told.take_if(|(_, told)| told.is_err());
    }

    /// Takes a reply if it is its own.
    pub(super) fn hear(&mut self, cx: &UpdateCx<'_>, arrival: &mut Arrival) -> bool {
        let Some(answer) = self.out.take(arrival) else { return false };
        let tenant = cx.session.record.as_ref().and_then(super::tenant);
        self.told = tenant.map(|tenant| (tenant, answer.map(|Held(relationship)| relationship)));
        true
    }

    /// Asks where it is due.
    pub(super) fn go_on(&mut self, cx: &mut UpdateCx<'_>) {
        let Some(record) = cx.session.record.as_ref() else { return };
        let Some(tenant) = super::tenant(record).filter(|_| is_due(cx.look(), record)) else { return };
        if !self.out.is_out() && self.known(tenant).is_none() {
            self.out.start(cx.calls, pending::own_right_held(tenant));
        }
    }

    fn known(&self, tenant: TenantId) -> Option<&Result<Text, Failure>> {
        self.told.as_ref().filter(|(of, _)| *of == tenant).map(|(_, told)| told)
    }

    /// The relationship by which it may be done now.
    pub(super) fn relationship(&self, cx: ViewCx<'_>, record: &RunRecord) -> Option<&Text> {
        self.known(super::tenant(record)?).filter(|_| is_due(cx, record))?.as_ref().ok()
    }

    /// Whether there is something to be done: to accept, or to take out what may have been left in the organisation.
    pub(super) fn is_open(&self, cx: ViewCx<'_>, record: &RunRecord) -> bool {
        cx.setup.own_right
            && !record.is_read_only
            && (record.has_left_behind() || self.relationship(cx, record).is_some())
    }

    /// What is to be said of it.
    pub(super) fn blocks<'a>(&self, cx: ViewCx<'_>, record: &RunRecord) -> Vec<Block<'a>> {
        let mut blocks = Vec::new();
        if record.has_left_behind() {
            let words = "Your operators' application may still be in the organisation. ";
            let way = if cx.setup.own_right {
                phrase![WayOn::OwnRight("take it out")]
            } else {
                "Settings don't let you take it out (consent.own_right).".into()
            };
            let words = Phrase::from(words).then(way);
            blocks.push(Block::Facts(vec![Fact::new(FactId::LeftBehind, "Left behind", words)]));
        }
        let told = super::tenant(record).and_then(|tenant| self.known(tenant));
        if let Some(told) = told.filter(|_| is_due(cx, record) && !record.has_left_behind()) {
            let words = match told {
                Ok(name) => {
                    let words = format_args!("You may accept for them by the relationship “{name}”. ");
                    Phrase::from(words).then(phrase![WayOn::OwnRight("do so, if somebody there agreed")])
                }
                Err(failure) => Phrase::from(Text::of(format_args!("{}. ", capital(failure.what.as_str()))))
                    .then(failure.hint.clone()),
            };
            blocks.push(Block::Facts(vec![Fact::new(FactId::OwnRight, "Your own right", words)]));
        }
        blocks
    }
}

/// Whether settings allow it, the link is out, and consent is what is missing.
fn is_due(cx: ViewCx<'_>, record: &RunRecord) -> bool {
    let is_missing = match cx.session.proving.verdict() {
        Some(Verdict::NotYet) => true,
        Some(Verdict::Failed(failure)) => failure.asks_consent,
        _ => false,
    };
    cx.setup.own_right && is_missing && record.link_shown.is_some() && !record.is_read_only
}
