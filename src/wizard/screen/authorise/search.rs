//! A grant that does not come may have landed at another customer of the record. It is looked for when the operator asks, when
//! the customer was played, and once a minute where it takes longer than usual.

use std::time::Duration;

use crate::{
    domain::{
        consent::{CONSENT_USUAL, Landed},
        run::RunRecord,
        tenant::Verdict,
        time::Moment,
    },
    wizard::{
        context::{UpdateCx, ViewCx},
        pending::{self, Arrival, Landing, Pending},
        view::{Block, Fact, FactId},
    },
};

/// How often it is looked for by itself. A guess: each search asks Microsoft once for every organisation in question.
const AGAIN: Duration = Duration::from_mins(1);

/// The search and what it found.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// It is to begin with the next answer that consent is not there.
    is_wished: bool,
    /// When the last one began.
    begun: Option<Moment>,
    /// The one that is out.
    pub(super) out: Pending<Landing>,
    landed: Option<Box<Landed>>,
}

impl Search {
    /// Wishes for a search with the next answer.
    pub(super) const fn wish(&mut self) {
        self.is_wished = true;
    }

    /// Takes a reply if it is the search's. What kept it from an answer is not told: the grant is awaited all the same.
    pub(super) fn hear(&mut self, arrival: &mut Arrival) -> bool {
        let Some(answer) = self.out.take(arrival) else { return false };
        if let Ok(Landing(landed)) = answer {
            self.landed = landed;
        }
        true
    }

    /// Begins where it is due: the last round said that the customer has not accepted, and the link is out.
    pub(super) fn go_on(&mut self, cx: &mut UpdateCx<'_>) {
        let Some(record) = cx.session.record.as_ref() else { return };
        let (Some(since), Some(organisation)) = (record.link_shown, record.organisation.as_ref()) else {
            return;
        };
        let is_awaited = matches!(cx.session.proving.verdict(), Some(Verdict::NotYet))
            && !record.product.is_hosted()
            && !cx.session.proving.is_asking();
        let is_late = cx.now.since(since) >= CONSENT_USUAL
            && self.begun.is_none_or(|begun| cx.now.since(begun) >= AGAIN);
        if !is_awaited || self.out.is_out() || !(self.is_wished || is_late) {
            return;
        }
        (self.is_wished, self.begun) = (false, Some(cx.now));
        let search = pending::search_grant(record.customer.id, organisation.tenant, since);
        self.out.start(cx.calls, search);
    }

    /// What was found, while consent is awaited.
    pub(super) fn landed(&self, cx: ViewCx<'_>) -> Option<&Landed> {
        let is_awaited = matches!(cx.session.proving.verdict(), Some(Verdict::NotYet));
        self.landed.as_deref().filter(|_| is_awaited)
    }

    /// Where it landed, for the page.
    pub(super) fn blocks<'a>(&self, cx: ViewCx<'_>, record: &RunRecord) -> Option<Block<'a>> {
        let landed = self.landed(cx).filter(|_| record.link_shown.is_some())?;
        let words = landed.in_words(cx.now, cx.setup.here.as_str());
        Some(Block::Facts(vec![Fact::new(FactId::Landed, "Accepted elsewhere", words)]))
    }
}
