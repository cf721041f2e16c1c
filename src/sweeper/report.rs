//! What a pass came to for one customer, in values and in words.

use crate::{
    domain::{
        believed::Doubt,
        bill::counted,
        customer::Product,
        failure::Failure,
        phrase::Command,
        protection::Chosen,
        sweep::{self, Decision},
        text::{Text, capital},
        time::Moment,
    },
    provider::store::RuleRow,
};

use super::{Seen, count};

/// What a pass did, or would do, for one customer and product.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is told by itself; none excludes another")]
pub struct Report {
    /// The customer's reference.
    pub reference: Text,
    /// The customer's name.
    pub customer: Text,
    /// The product.
    pub product: Product,
    /// The 20:00 that it worked for.
    pub due: Moment,
    /// Users turned on (preview: that would be).
    pub turned_on: Vec<Chosen>,
    /// Seats marked as left by this pass.
    pub left: u32,
    /// Users left for a later pass.
    pub deferred: u32,
    /// It began late.
    pub is_late: bool,
    /// What an operator must look at: why no user is turned on, why what was listed is not believed, who stays off.
    pub attention: Option<Text>,
    /// That is why no user is turned on.
    pub is_stopped: bool,
    /// What was listed is not believed: nobody was marked as gone, and the next pass lists everybody again.
    pub is_doubted: bool,
    /// What the listing could not see.
    pub gaps: Vec<Text>,
    /// The list could not be read: the pass stays due.
    pub failure: Option<Failure>,
    /// Another sweeper has this pass: nothing was done here.
    pub is_elsewhere: bool,
}

impl Report {
    /// Whether an operator must look at it.
    #[must_use]
    pub const fn needs_attention(&self) -> bool {
        self.attention.is_some() || self.failure.is_some()
    }
}

/// Puts in what was decided, and what was seen.
pub(super) fn fill(report: &mut Report, decision: Decision, seen: &Seen) {
    report.is_doubted = seen.doubt.is_some();
    report.is_stopped = decision.attention.is_some();
    report.gaps.clone_from(&seen.gaps);
    report.attention = attention(report, seen.doubt.as_ref(), &decision);
    report.turned_on = decision.turn_on;
    report.deferred = count(decision.deferred.len());
}

/// A report of which nothing is known yet.
pub(super) fn empty(row: &RuleRow, due: Moment, now: Moment) -> Report {
    Report {
        reference: row.customer.reference.clone(),
        customer: row.customer.name.clone(),
        product: row.product,
        due,
        turned_on: Vec::new(),
        left: 0,
        deferred: 0,
        is_late: sweep::is_late(due, now),
        attention: None,
        is_stopped: false,
        is_doubted: false,
        gaps: Vec::new(),
        failure: None,
        is_elsewhere: false,
    }
}

/// What an operator must look at: why what was listed is not believed, why nobody is turned on, and who stays off night
/// after night.
fn attention(report: &Report, doubt: Option<&Doubt>, decision: &Decision) -> Option<Text> {
    let mut sentences = Vec::new();
    if let Some(doubt) = doubt {
        sentences.push(format!(
            "{}, and so it was when asked again. Nobody was marked as gone, and the next sweep lists everybody.",
            capital(doubt.in_words().as_str())
        ));
        sentences.extend(doubt.acceptable().map(|count| {
            let command = Command::SweepAcceptShorter(report.reference.clone(), count);
            format!("If so few users are left, an Admin says so: {command}")
        }));
    }
    sentences.extend(decision.attention.iter().map(ToString::to_string));
    sentences.extend((decision.unchecked > 0).then(|| {
        format!(
            "{} left off by the last sweep and by this one, because what they are is still not known. Open the customer's \
             users in the wizard: it says why.",
            counted(decision.unchecked, "mailbox was", "mailboxes were")
        )
    }));
    (!sentences.is_empty()).then(|| Text::clean(&sentences.join(" ")))
}
