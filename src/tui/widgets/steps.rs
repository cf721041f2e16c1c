//! The steps of the run: mark and name in one line, or where we are among them.

use std::cmp::Ordering;

use ratatui::text::Line;

use crate::{
    tui::{
        theme::{Role, Sign, Theme},
        words::width,
    },
    wizard::view::Stops,
};

/// All steps in one line; where that is too narrow, the one where we are with its number.
pub(crate) fn line(stops: Stops, room: u16, theme: Theme) -> Line<'static> {
    let rule = format!(" {} ", theme.sign(Sign::RULE));
    let mut spans = Vec::new();
    let mut used = 1_u16;
    for (at, stop) in stops.names.iter().enumerate() {
        let between = if spans.is_empty() { " " } else { &rule };
        let (sign, mark, name) = match at.cmp(&stops.here) {
            Ordering::Less => (Sign::GOOD, Role::Good, Role::Plain),
            Ordering::Equal => (Sign::HERE, Role::Accent, Role::Accent),
            Ordering::Greater => (Sign::AHEAD, Role::Quiet, Role::Quiet),
        };
        let rule_role = if mark == Role::Accent { Role::Plain } else { Role::Quiet };
        let sign = format!("{} ", theme.sign(sign));
        for (role, words) in [(rule_role, between), (mark, sign.as_str()), (name, stop)] {
            used = used.saturating_add(width(words));
            spans.push(theme.span(role, words));
        }
    }
    if used <= room {
        return Line::from(spans);
    }
    theme.span(Role::Accent, &format!(" {} {}", theme.sign(Sign::HERE), short(stops))).into()
}

/// Where we are, in one word and its number: `Users (5 of 6)`.
pub(crate) fn short(stops: Stops) -> String {
    format!("{} ({} of {})", stops.name(), stops.here + 1, stops.names.len())
}
