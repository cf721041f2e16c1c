//! Help: every key that works here, from the table of keys and what the wizard offers.

use crate::{
    tui::{
        keys::table::{self, Binding, KEYS},
        theme::Role,
        words::width,
    },
    wizard::view::View,
};

use super::flow::{FlowLine, Pen, blank};

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
    let entered = view.default_offer().map(|offer| ("Enter".to_owned(), offer.help.to_owned()));
    let mut rows: Vec<(String, String)> = entered.into_iter().collect();
    let own = KEYS.iter().filter(|binding| table::is_open(binding, view));
    rows.extend(own.map(|binding| (table::name(binding.key), help(binding, view))));
    let column = rows.iter().map(|(key, _)| width(key)).max().unwrap_or(0).max(9);
    let line = |key: &str, help: &str| {
        let first = vec![pen.theme.span(Role::Accent, &pen.padded(key, column)), blank(2)];
        pen.hanging(first, Role::Plain, help)
    };
    let mut lines: Vec<FlowLine> = rows.iter().flat_map(|(key, help)| line(key, help)).collect();
    lines.push(Pen::air());
    lines.extend(MOVING.iter().flat_map(|(key, help)| line(key, help)));
    lines
}

/// What help says about a key: in the words of the wizard where it offers the same.
fn help(binding: &Binding, view: &View<'_>) -> String {
    let help = table::offered(binding, view).map_or(binding.help, |offer| offer.help);
    match table::count(binding, view) {
        Some(_) => format!("{}: {help}", table::label(binding, view)),
        None => help.to_owned(),
    }
}
