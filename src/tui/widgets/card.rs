//! The say-it card: what to say now, what the customer should be seeing, and the usual wrong screens.

use crate::{
    domain::card::{Card, is_said},
    tui::theme::Role,
};

use super::flow::{FlowLine, Pen};

/// Columns of the card beside the work, its border included; at most a third of the window.
pub(crate) const WIDEST: u16 = 34;

/// Windows with at least this many columns have it beside the work.
pub(crate) const BESIDE_FROM: u16 = 100;

/// The card as lines.
pub(crate) fn lines(card: &Card, pen: Pen) -> Vec<FlowLine> {
    let mut lines = pen.para(Role::Plain, card.say.as_str());
    if !card.sees.is_empty() {
        lines.push(Pen::air());
        lines.extend(pen.para(Role::Accent, "They see"));
        lines.extend(pen.para(Role::Plain, card.sees.as_str()));
    }
    let mut before = "";
    for (screen, say) in &card.wrong {
        // What the customer says, or else what they see: their own words stand in quotation marks.
        let lead = if is_said(screen) { "If they say" } else { "If instead" };
        lines.push(Pen::air());
        if std::mem::replace(&mut before, lead) != lead {
            lines.extend(pen.para(Role::Accent, lead));
        }
        lines.extend(pen.para(Role::Strong, screen.as_str()));
        lines.extend(pen.para(Role::Plain, say.as_str()));
    }
    lines
}
