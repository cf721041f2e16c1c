//! The bill: the most important table. What is turned on and billed with a rule above the number that is typed, seats
//! before and after, what stays off and why.

use ratatui::text::Line;

use crate::{
    domain::bill::{SECOND, StaysOff, grouped},
    tui::{
        theme::{Role, Sign},
        words::{Keyboard, say, width},
    },
    wizard::view::{BillView, Count},
};

use super::{
    checks::Fold,
    flow::{FlowLine, Pen, Rank, blank},
};

/// Widest table: farther apart the eye loses the line. A guess.
const TABLE: u16 = 66;

/// A line of the table: label to the left, number to the right.
fn line(role: Role, label: &str, number: u32, pen: Pen) -> FlowLine {
    let digits = grouped(number);
    let room = pen.width.min(TABLE).saturating_sub(width(&digits).saturating_add(3));
    let front = if role == Role::Warn { pen.theme.sign(Sign::WARN) } else { " " };
    let label = pen.theme.span(role, &format!("{front} {}", pen.padded(label, room)));
    Line::from(vec![label, blank(1), pen.theme.span(role, &digits)]).into()
}

/// The rule above a total.
fn rule(wide: u16, pen: Pen) -> FlowLine {
    let rule = pen.theme.sign(Sign::RULE).repeat(usize::from(wide));
    Line::from(vec![blank(2), pen.theme.span(Role::Quiet, &rule)]).into()
}

/// The bill as lines; where they would not all fit, what stays off is told in one sentence, then the seats in one line.
pub(crate) fn bill(view: &BillView, fold: Fold, pen: Pen) -> Vec<FlowLine> {
    let bill = &view.bill;
    let missing = bill.seats_missing();
    let mut lines = vec![pen.theme.span(Role::Plain, "Turned on and billed").into()];
    lines.extend(bill.turn_on.iter().map(|(kind, count)| line(Role::Plain, kind.plural(), *count, pen)));
    if bill.second > 0 {
        lines.push(line(Role::Warn, SECOND, bill.second, pen));
    }
    if missing > 0 {
        lines.push(line(Role::Warn, "of these, no seat is left for", missing, pen));
    }
    // Without room for all of it, the total leaves the table for the field.
    lines.push(FlowLine { rank: Rank::Air, ..rule(pen.width.min(TABLE).saturating_sub(2), pen) });
    lines.push(FlowLine { rank: Rank::Total, ..line(Role::Strong, "new seats", bill.billed(), pen) });
    lines.push(Pen::air());
    let after = match bill.limit {
        Some(limit) => format!("seats after, of {} bought", grouped(limit)),
        None => "seats after, no limit on record".to_owned(),
    };
    let is_over = bill.limit.is_some_and(|limit| bill.seats_after() > limit) || missing > 0;
    if fold != Fold::All {
        lines.push(line(Role::Plain, "seats now", bill.seats_before, pen));
    }
    lines.push(line(if is_over { Role::Warn } else { Role::Plain }, &after, bill.seats_after(), pen));
    if bill.already_on > 0 {
        lines.push(line(Role::Plain, "users who are protected already", bill.already_on, pen));
    }
    if missing > 0 && !view.without_seat.is_empty() {
        let are = if missing == 1 { "seat is" } else { "seats are" };
        let left_out = say(&view.without_seat, Keyboard::Commands);
        let words = format!("{} {are} missing. {left_out}", grouped(missing));
        let sign = pen.theme.span(Role::Warn, &format!("{} ", pen.theme.sign(Sign::WARN)));
        lines.extend(pen.hanging(vec![sign], Role::Warn, &words));
    }
    if !bill.stay_off.is_empty() && fold != Fold::Well {
        // The reason in a word: what stands behind its colon is for the table.
        let short = |(why, count): &(StaysOff, u32)| {
            format!("{} {}", why.words().split(':').next().unwrap_or_default(), grouped(*count))
        };
        // A number stays with its words.
        let words = bill.stay_off.iter().map(short).collect::<Vec<_>>().join(";\n");
        let pieces = format!("Stays off:\n{words}");
        let pieces = pieces.lines().map(|words| (vec![pen.theme.span(Role::Quiet, words)], None));
        lines.extend(pen.side_by_side(Vec::new(), 1, pieces));
    } else if !bill.stay_off.is_empty() {
        lines.push(Pen::air());
        lines.push(pen.theme.span(Role::Quiet, "Stays off").into());
        lines.extend(bill.stay_off.iter().map(|(why, count)| {
            let role = if *why == StaysOff::Excluded { Role::Warn } else { Role::Quiet };
            line(role, why.words(), *count, pen)
        }));
    }
    lines
}

/// A table of counts: numbers to the left, what they count to the right.
pub(crate) fn counts(counts: &[Count], pen: Pen) -> Vec<FlowLine> {
    let number = counts.iter().map(|count| width(&grouped(count.count))).max().unwrap_or(0);
    let line = |count: &Count| {
        let (role, words) = match count {
            Count { count: 0, .. } => (Role::Quiet, Role::Quiet),
            Count { tone, .. } => (pen.theme.tone(*tone).1, Role::Plain),
        };
        let digits = grouped(count.count);
        let gap = blank(number.saturating_sub(width(&digits)).saturating_add(2));
        let first = vec![gap, pen.theme.span(role, &digits), blank(2)];
        pen.hanging(first, words, count.label)
    };
    counts.iter().flat_map(line).collect()
}
