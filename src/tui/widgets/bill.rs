//! The bill: the most important table. What is turned on and billed with a rule above the number that is typed, seats
//! before and after, what stays off and why.

use ratatui::text::{Line, Span};

use crate::{
    domain::bill::{StaysOff, grouped},
    tui::{
        theme::Role,
        words::{Keyboard, say, width},
    },
    wizard::view::{BillView, Count},
};

use super::flow::{FlowLine, Pen, padded};

/// Widest table: farther apart the eye loses the line. A guess.
const TABLE: u16 = 66;

/// A line of the table: label to the left, number to the right.
fn line(label: (Role, &str), number: (Role, u32), pen: Pen) -> FlowLine {
    let wide = pen.width.min(TABLE);
    let digits = grouped(number.1);
    let room = wide.saturating_sub(width(&digits).saturating_add(3));
    let label = (label.0, format!("  {}", pen.padded(label.1, room)));
    Line::from(vec![pen.theme.span(label.0, &label.1), Span::raw(" "), pen.theme.span(number.0, &digits)])
        .into()
}

/// The rule above a total.
fn rule(wide: u16, pen: Pen) -> FlowLine {
    let rule = pen.theme.glyphs().rule.repeat(usize::from(wide));
    FlowLine::from(pen.theme.span(Role::Quiet, &rule)).behind(Span::raw("  "))
}

/// The bill as lines.
pub(crate) fn bill(view: &BillView, pen: Pen) -> Vec<FlowLine> {
    let bill = &view.bill;
    let missing = bill.seats_missing();
    let plain = |label: &str, count| line((Role::Plain, label), (Role::Plain, count), pen);
    let mut lines = vec![pen.theme.span(Role::Plain, "Turned on and billed").into()];
    lines.extend(bill.turn_on.iter().map(|(kind, count)| plain(kind.plural(), *count)));
    if missing > 0 {
        lines.push(line((Role::Warn, "of these, no seat is left for"), (Role::Warn, missing), pen));
    }
    lines.push(rule(pen.width.min(TABLE).saturating_sub(2), pen));
    lines.push(line((Role::Strong, "new seats"), (Role::Strong, bill.billed()), pen));
    lines.push(Pen::air());
    let after = match bill.limit {
        Some(limit) => format!("seats after, of {} bought", grouped(limit)),
        None => "seats after, no limit on record".to_owned(),
    };
    let is_over = bill.limit.is_some_and(|limit| bill.seats_after() > limit) || missing > 0;
    let role = if is_over { Role::Warn } else { Role::Plain };
    lines.push(plain("seats now", bill.seats_before));
    lines.push(line((role, &after), (role, bill.seats_after()), pen));
    if bill.already_on > 0 {
        lines.push(plain("users who are on already", bill.already_on));
    }
    if missing > 0 {
        let words = if missing == 1 {
            "1 seat is missing.".into()
        } else {
            format!("{} seats are missing.", grouped(missing))
        };
        let words = format!("{words} {}", say(&view.without_seat, Keyboard::Commands));
        let sign = pen.theme.span(Role::Warn, &format!("{} ", pen.theme.glyphs().warn));
        lines.extend(pen.hanging(vec![sign], 2, Role::Warn, words.trim_end()));
    }
    if !bill.stay_off.is_empty() {
        lines.push(Pen::air());
        lines.push(pen.theme.span(Role::Quiet, "Stays off").into());
        lines.extend(bill.stay_off.iter().map(|(why, count)| {
            let role = if *why == StaysOff::Excluded { Role::Warn } else { Role::Quiet };
            line((role, why.words()), (role, *count), pen)
        }));
    }
    lines
}

/// A table of counts: numbers to the left, what they count to the right, the total below a rule.
pub(crate) fn counts(counts: &[Count], pen: Pen) -> Vec<FlowLine> {
    let number = counts.iter().map(|count| width(&grouped(count.count))).max().unwrap_or(0);
    let mut lines = Vec::new();
    for count in counts {
        if count.is_total && !lines.is_empty() {
            lines.push(rule(number, pen));
        }
        let digits = grouped(count.count);
        let gap = padded("", number.saturating_sub(width(&digits)).saturating_add(2));
        let tone = if count.count == 0 { Role::Quiet } else { Role::of(count.tone) };
        let role = if count.is_total { Role::Strong } else { tone };
        let first = vec![Span::raw(gap), pen.theme.span(role, &digits), Span::raw("  ")];
        let words = if count.count == 0 { Role::Quiet } else { Role::Plain };
        lines.extend(pen.hanging(first, number.saturating_add(4), words, count.label.as_str()));
    }
    lines
}
