//! Help: every key that works here, from the table of keys and what the wizard offers.

use ratatui::text::Span;

use crate::{
    tui::{
        keys::table::{self, Binding, Deed, KEYS},
        theme::Role,
        words::width,
    },
    wizard::view::View,
};

use super::{
    flow::{FlowLine, Pen, padded},
    key_line,
};

/// Keys that mean the same everywhere and are in no table: the focus decides.
const MOVING: &[(&str, &str)] = &[
    ("Enter", "Chooses the row, presses the button, or goes on; in a field: leaves it, with the text kept."),
    ("Esc", "Closes a panel, clears a field or a filter, then goes back."),
    ("Tab", "To the next control; Shift-Tab to the one before."),
    ("Arrows", "Move through rows, controls, a choice or a text; so do j and k outside fields."),
    ("PgUp PgDn", "A page; Ctrl-U and Ctrl-D half of one. Home and End, g and G: to the ends."),
    ("Ctrl-U", "In a field: empties it. Ctrl-W: erases a word."),
    ("F1", "These keys, in fields too; so does Ctrl-G."),
    ("Ctrl-C", "Asks before leaving; a second one leaves. The run is kept."),
    ("Ctrl-L", "Draws the screen again. Ctrl-Z: to the shell; its command fg comes back here."),
];

/// The panel as lines.
pub(crate) fn lines(view: &View<'_>, pen: Pen) -> Vec<FlowLine> {
    let own = KEYS.iter().filter(|binding| table::is_open(binding, view));
    let mut rows: Vec<(String, String)> = Vec::new();
    if let Some(offer) = view.actions.iter().find(|offer| offer.is_default) {
        rows.push(("Enter".into(), offer.help.to_owned()));
    }
    rows.extend(own.map(|binding| (table::name(binding.key), help(binding, view))));
    let moving = MOVING.iter().map(|(key, help)| ((*key).to_owned(), (*help).to_owned()));
    let column = rows.iter().map(|(key, _)| width(key)).max().unwrap_or(0).max(9);
    let line = |(key, help): (String, String)| {
        let first = vec![pen.theme.span(Role::Accent, &padded(&key, column)), Span::raw("  ")];
        pen.hanging(first, column.saturating_add(2), Role::Plain, &help)
    };
    let mut lines: Vec<FlowLine> = rows.into_iter().flat_map(line).collect();
    lines.push(Pen::air());
    lines.extend(moving.flat_map(line));
    lines
}

/// What help says about a key: in the words of the wizard where it offers the same.
fn help(binding: &Binding, view: &View<'_>) -> String {
    let offered = match binding.deed {
        Deed::Do(action) => view.offer(action).map(|offer| offer.help),
        _ => None,
    };
    let help = offered.unwrap_or(binding.help);
    match key_line::count(binding, view) {
        Some(_) => format!("{}: {help}", key_line::label(binding, view)),
        None => help.to_owned(),
    }
}
