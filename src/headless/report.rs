//! What a journey came to, as data: made from the views that were shown, never from what was asked for.

use crate::{
    domain::{
        bill::Bill,
        changes::Changes,
        customer::Product,
        doubt::Doubt,
        failure::Failure,
        id::{RunId, TenantId},
        tenant::Check,
        text::{Shown, Text},
    },
    wizard::{answer::Ending, ask::QuestionId, view::View},
};

/// How a journey ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum End {
    /// To the outcome.
    Done {
        /// Somebody who was chosen is neither protected nor scheduled.
        is_partly: bool,
    },
    /// A dry run came to the bill, or as far as it could.
    Shown,
    /// The customer has not accepted yet: the run is parked, the link is in the report.
    Waiting,
    /// An answer is missing: the flag, and an example of it.
    Missing {
        /// The flag ("--tenant").
        flag: &'static str,
        /// How it may be given ("--tenant bakery.example").
        example: Text,
    },
    /// An answer can't be used; `words` say why.
    Wrong,
    /// The answers name another tenant: nothing was enabled.
    WrongTenant,
    /// Access was refused.
    Refused,
    /// Stopped by a limit, or declined.
    Stopped,
    /// Somebody else has the run.
    Held,
    /// What the work stands on is not as it was: a person must look.
    Attention,
    /// It failed; see `failure` and `words`.
    #[default]
    Failed,
    /// Ctrl-C.
    Interrupted,
    /// The process was told to go.
    Told(Ending),
}

/// What a journey came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// How it ended.
    pub end: End,
    /// One sentence or more for people: what happened, and what to do next.
    pub words: Text,
    /// The bad news, where there was some.
    pub failure: Option<Failure>,
    /// The customer's name, once picked.
    pub customer: Option<Text>,
    /// The product, once picked.
    pub product: Option<Product>,
    /// Everything is invented.
    pub is_sandbox: bool,
    /// The run, once there is one.
    pub run: Option<RunId>,
    /// Name that Microsoft holds for the tenant, or the hosted server.
    pub organisation: Option<Text>,
    /// The tenant, once it is known.
    pub tenant: Option<TenantId>,
    /// Its default domain, or the first mail domain of a hosted customer.
    pub domain: Option<Text>,
    /// The link for the customer, once it was shown.
    pub link: Option<Text>,
    /// The checks of the proof, as last shown.
    pub checks: Vec<Check>,
    /// The bill, once it was shown.
    pub bill: Option<Bill>,
    /// Labels and values that stood beside the bill.
    pub bill_facts: Vec<(&'static str, Text)>,
    /// What was changed besides.
    pub changes: Changes,
    /// What speaks against the organisation and was not accepted.
    pub doubts: Vec<Doubt>,
    /// A check ended before the sign-in: no mailbox password was read or sent.
    pub is_untried: bool,
    /// The wizard said that nothing runs at 20:00.
    pub is_unswept: bool,
}

/// Said of a run that was broken off.
pub(crate) fn kept(run: &RunId) -> Text {
    Text::of(format_args!("Stopped. {run} is kept; the same command goes on with it."))
}

impl Report {
    /// Takes in what a view shows: what was known stays known.
    pub(super) fn observe(&mut self, view: &View<'_>) {
        let bar = &view.bar;
        self.is_sandbox = bar.is_sandbox;
        self.is_unswept |= view.ask.id == QuestionId::NoSweeper;
        if bar.run.is_none() {
            return; // back at the customers: what was said of the run stays
        }
        self.run = bar.run.as_ref().and_then(|run| run.as_str().parse().ok());
        self.customer = bar.customer.map(Shown::to_text);
        self.product = bar.product;
        self.tenant = bar.tenant;
        let is_known = bar.tenant.is_some() || bar.domain.is_some();
        self.organisation = bar.organisation.filter(|_| is_known).map(Shown::to_text);
        self.domain = bar.domain.map(Shown::to_text);
        if view.ask.id == QuestionId::Authorise {
            self.link = view.page.link().cloned().or_else(|| self.link.take());
            self.checks = view.page.checks().cloned().collect();
        }
    }
}
