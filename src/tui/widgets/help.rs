//! Help: every key that works here, from the table of keys and what the wizard offers.

use crate::{
    tui::{
        keys::table::{self, Binding, KEYS, MOVING},
        state,
        theme::Role,
        words::width,
    },
    wizard::{ask::Shape, view::View},
};

use super::flow::{FlowLine, Pen, blank};

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
    let mut lines = Vec::new();
    if view.ask.shape == Shape::Form && state::fields(&view.page).next().is_some() {
        lines.extend(pen.para(Role::Plain, "In a field letters are text: Tab to a button for these."));
    }
    lines.extend(rows.iter().flat_map(|(key, help)| line(key, help)));
    lines.push(Pen::air());
    // What Enter or Space does here stands above already.
    let is_said = |key: &str| rows.iter().any(|(said, _)| said == key);
    lines.extend(MOVING.iter().filter(|(key, _)| !is_said(key)).flat_map(|(key, help)| line(key, help)));
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
