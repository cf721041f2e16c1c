//! One pass of Enable Auto, decided: pure, from the record and the list of users to the users that are turned on.
//!
//! A pass works for a due moment: the latest 20:00 in Sydney that is not after now. Nothing is turned on for a due
//! moment in the future, and a pass never turns anyone off.

use std::{collections::BTreeSet, time::Duration};

use super::{
    id::UserId,
    protection::{AutoRule, Chosen, Protection},
    sydney,
    text::Text,
    time::{Moment, TOLERANCE},
    user::{Kind, Kinds},
    verdict::ListSummary,
};

/// After this long without a finished pass every screen says so (product.md section 9, *Enable Auto and the sweep*).
pub const OVERDUE_AFTER: Duration = Duration::from_mins(30);

/// A pass that begins later than this after its due moment is marked late. A guess: the timer fires within seconds.
pub const LATE_AFTER: Duration = Duration::from_mins(10);

/// A full list is taken again after this long, because a pure licence change may not show in Graph's delta, and its
/// tokens live for seven days (microsoft-identity-and-graph.md section 7.4).
pub const RELIST_AFTER: Duration = Duration::from_hours(6 * 24);

/// Customers that a sweeper works on at once. With answers that take 300 ms, and five of them in the first night of a
/// customer, 2,000 customers wait three minutes for Microsoft; measured by an unoptimised build on a busy machine of two cores,
/// the night takes less than five. So many ask Microsoft some fifty times a second, and so many whole lists, taken every six
/// days, fit into memory.
pub const AT_ONCE: u8 = 16;

/// What the rules of one customer and product say, as on record.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The standing rule.
    pub rule: &'a AutoRule,
    /// Kinds included besides user mailboxes.
    pub kinds: Kinds,
    /// Never turned on.
    pub exclusions: &'a BTreeSet<UserId>,
    /// Have a seat.
    pub on: &'a BTreeSet<UserId>,
    /// Left to a later pass by the last one.
    pub waited: &'a BTreeSet<UserId>,
    /// Seats used by the customer's other products.
    pub used_elsewhere: u32,
    /// Seats bought; none: no limit on record.
    pub limit: Option<u32>,
}

/// A user that the pass looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The user, as the store would keep it.
    pub user: Chosen,
    /// `createdDateTime`; none for a hosted mailbox, which counts when it is in the pass's listing.
    pub made: Option<Moment>,
    /// Why it can't be turned on; empty: nothing speaks against it.
    pub problem: Text,
}

impl Candidate {
    /// Whether it can't be turned on.
    #[must_use]
    pub fn has_problem(&self) -> bool {
        !self.problem.is_empty()
    }
}

/// What a pass may do for one customer and product.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decision {
    /// To be turned on.
    pub turn_on: Vec<Chosen>,
    /// Looked at and left for a later pass: made after the due moment, a problem, not known yet, or stopped by a limit.
    /// The next pass must see them again.
    pub deferred: Vec<UserId>,
    /// So many of them were left by the last pass as well, and what their mailboxes are is still not known: unless an operator
    /// looks at it, they stay off night after night.
    pub unchecked: u32,
    /// Why no user is turned on; an operator must look at it.
    pub attention: Option<Text>,
}

/// Whether a rule counts in a pass: it was made before the due moment.
#[must_use]
pub fn counts(rule: &AutoRule, due: Moment) -> bool {
    rule.made < due
}

/// Whether the pass for `due` is still to be done for a rule.
///
/// A rule that was made, or had its pass, in what is the future now was made or passed by a clock that was fast: the rule
/// counts, and the pass is due again. It is never waited for (product.md rule 21).
#[must_use]
pub fn awaits(rule: &AutoRule, due: Moment, now: Moment) -> bool {
    let is_made = counts(rule, due) || rule.made.is_ahead_of(now, TOLERANCE);
    is_made && rule.last_pass.is_none_or(|last| last < due || last.is_ahead_of(now, TOLERANCE))
}

/// The moment at which a rule counts as made: one in the future was made before the pass for `due`, by a clock that was fast.
#[must_use]
pub fn made_before(rule: &AutoRule, due: Moment, now: Moment) -> Moment {
    if rule.made.is_ahead_of(now, TOLERANCE) { due.minus(Duration::from_millis(1)) } else { rule.made }
}

/// Whether the pass for the latest due moment is still to be done for a rule.
#[must_use]
pub fn is_due(rule: &AutoRule, now: Moment) -> bool {
    awaits(rule, sydney::latest_2000(now), now)
}

/// Whether a due moment has gone by for half an hour without a finished pass (rule 17). A night that was missed stays
/// overdue while the next one has just begun.
#[must_use]
pub fn is_overdue(rule: &AutoRule, now: Moment) -> bool {
    awaits(rule, sydney::latest_2000(now.minus(OVERDUE_AFTER)), now)
}

/// Whether a pass for `due` that begins now is late.
#[must_use]
pub fn is_late(due: Moment, now: Moment) -> bool {
    now.since(due) >= LATE_AFTER
}

/// What a whole list comes to, as a run keeps it: users of the list who are on count as eligible. Doubled candidates count
/// once. `is_given`: of a list that an operator gave, every row that leads nowhere is a problem.
#[must_use]
pub fn summary(
    candidates: &[Candidate],
    protection: &Protection,
    is_given: bool,
    gaps: Vec<Text>,
) -> ListSummary {
    let on: BTreeSet<UserId> = protection.seats.iter().map(|seat| seat.id).collect();
    let excluded: BTreeSet<UserId> = protection.exclusions.iter().copied().collect();
    let mut seen = BTreeSet::new();
    let mut list = ListSummary { gaps, ..ListSummary::default() };
    let mut problems = Vec::new();
    for candidate @ Candidate { user, .. } in candidates {
        let has_problem = candidate.has_problem();
        if !seen.insert(user.id) {
            continue;
        }
        list.listed += 1;
        match user.kind {
            _ if on.contains(&user.id) => list.eligible += 1,
            _ if excluded.contains(&user.id) => {}
            Kind::Guest | Kind::WithoutMailbox if has_problem && !is_given => {}
            _ if has_problem => problems.push(candidate),
            kind if protection.kinds.allows(kind) => list.eligible += 1,
            Kind::NotKnownYet => list.unchecked += 1,
            _ => {}
        }
    }
    let number = u32::try_from(problems.len()).unwrap_or(u32::MAX);
    let named =
        problems.iter().map(|row| (row.user.name.clone(), row.user.address.clone(), row.problem.clone()));
    list.keep_problems(number, named);
    list
}

/// Decides which users are turned on in the pass for `due`. Doubled candidates count once, the last one wins.
#[must_use]
pub fn decide(terms: &Terms<'_>, due: Moment, candidates: &[Candidate]) -> Decision {
    let mut decision = Decision::default();
    if !counts(terms.rule, due) {
        return decision;
    }
    let mut seen = BTreeSet::new();
    for candidate in candidates.iter().rev() {
        let id = candidate.user.id;
        if !seen.insert(id) || terms.on.contains(&id) || terms.exclusions.contains(&id) {
            continue;
        }
        let is_later = candidate.made.is_some_and(|made| made > due);
        if is_later || candidate.has_problem() || candidate.user.kind == Kind::NotKnownYet {
            decision.deferred.push(id);
            let is_unchecked = !is_later && !candidate.has_problem() && terms.waited.contains(&id);
            decision.unchecked = decision.unchecked.saturating_add(u32::from(is_unchecked));
        } else if terms.kinds.allows(candidate.user.kind) {
            decision.turn_on.push(candidate.user.clone());
        }
    }
    decision.turn_on.reverse();
    decision.attention = over_a_limit(terms, decision.turn_on.len());
    if decision.attention.is_some() {
        decision.deferred.extend(decision.turn_on.drain(..).map(|user| user.id));
    }
    decision
}

/// Whether a decision would be another one now for users that Graph has no news of.
#[must_use]
pub fn is_outdated(before: &Protection, now: &Protection) -> bool {
    let on: BTreeSet<UserId> = now.seats.iter().map(|seat| seat.id).collect();
    before.kinds != now.kinds
        || before.exclusions.iter().any(|id| !now.exclusions.contains(id))
        || before.seats.iter().any(|seat| !on.contains(&seat.id))
}

/// Why a pass with this many new seats must not go on.
fn over_a_limit(terms: &Terms<'_>, new: usize) -> Option<Text> {
    if new == 0 {
        return None;
    }
    let new = u32::try_from(new).unwrap_or(u32::MAX);
    let on = u32::try_from(terms.on.len()).unwrap_or(u32::MAX).saturating_add(new);
    if on > terms.rule.ceiling {
        return Some(Text::of(format_args!(
            "{new} new users would make {on} protected, more than the {} seats that Enable Auto may use. Nobody was turned on. \
             Check the list, then confirm Enable Auto again with more seats.",
            terms.rule.ceiling
        )));
    }
    let seats = on.saturating_add(terms.used_elsewhere);
    terms.limit.filter(|limit| seats > *limit).map(|limit| {
        Text::of(format_args!(
            "{new} new users need {seats} seats and {limit} are on record. Nobody was turned on. \
             Order seats, or exclude users."
        ))
    })
}

#[cfg(test)]
mod tests;
