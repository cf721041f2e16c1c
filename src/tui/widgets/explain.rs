//! *Explain*: the field, and what its code or words mean.

use crate::{
    domain::{explain, phrase::Phrase},
    tui::{
        state::{Explain, Focus},
        theme::Role,
        words::{Keyboard, say},
    },
    wizard::{
        answer::FieldId,
        view::{FieldValue, FieldView},
    },
};

use super::{
    control,
    flow::{FlowLine, Pen},
};

/// How many hits are shown in full: three fit a window of 24 rows.
const HITS: usize = 3;

/// The control that its field stands for while it has the keyboard; there is no other field beside it.
pub(crate) const FIELD: Focus = Focus::Field(FieldId::Search);

/// The panel as lines.
pub(crate) fn lines(explain: &Explain, pen: Pen) -> Vec<FlowLine> {
    // In a small window the answer needs its lines.
    let hint = "a code like 90094, or the words on the customer's screen";
    let view = FieldView {
        id: FieldId::Search,
        label: "Code or words",
        value: FieldValue::Plain(explain.field.text()),
        hint: if explain.field.is_empty() { hint.into() } else { Phrase::default() },
        problem: None,
        entries: None,
    };
    let labels = control::label_width([view.label].into_iter(), pen.width);
    let mut lines = control::field(&view, Some(&explain.field), labels, pen);
    for entry in explain.hits.iter().take(HITS) {
        lines.push(Pen::air());
        lines.extend(pen.para(Role::Strong, entry.heading().as_str()));
        let next = say(&entry.next, Keyboard::Commands);
        for (label, words) in [("Means  ", &entry.means), ("Say    ", &entry.say), ("Next   ", &next)] {
            lines.extend(pen.hanging(vec![pen.theme.span(Role::Quiet, label)], Role::Plain, words.as_str()));
        }
    }
    let more = explain.hits.len().saturating_sub(HITS);
    if more > 0 {
        lines.push(Pen::air());
        lines.extend(pen.para(Role::Quiet, &format!("{more} more are alike. Type more of it.")));
    }
    if explain.hits.is_empty() && !explain.field.is_empty() {
        lines.extend(pen.para(Role::Plain, explain::NOTHING));
    }
    lines
}
