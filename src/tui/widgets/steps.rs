//! The steps of the run: mark and name in one line, or where we are among them.

use ratatui::text::Line;

use crate::{
    tui::{
        theme::{Role, Theme},
        words::width,
    },
    wizard::view::{Place, Stop},
};

/// All steps in one line; where that is too narrow, the one where we are with its number.
pub(crate) fn line(stops: &[Stop], room: u16, theme: Theme) -> Line<'static> {
    let glyphs = theme.glyphs();
    let mut spans = Vec::new();
    let mut used = 1_u16;
    for stop in stops {
        let between = if spans.is_empty() { " ".to_owned() } else { format!(" {} ", glyphs.rule) };
        used = used.saturating_add(width(&between)).saturating_add(width(stop.name)).saturating_add(2);
        let (mark, mark_role, role) = match stop.place {
            Place::Behind => (glyphs.good, Role::Good, Role::Plain),
            Place::Here => (glyphs.here, Role::Accent, Role::Accent),
            Place::Ahead => (glyphs.ahead, Role::Quiet, Role::Quiet),
        };
        spans.push(theme.span(if mark_role == Role::Accent { Role::Plain } else { Role::Quiet }, &between));
        spans.push(theme.span(mark_role, &format!("{mark} ")));
        spans.push(theme.span(role, stop.name));
    }
    if used <= room {
        return Line::from(spans);
    }
    theme.span(Role::Accent, &format!(" {} {}", glyphs.here, short(stops))).into()
}

/// Where we are, in one word and its number: `Users (5 of 6)`.
pub(crate) fn short(stops: &[Stop]) -> String {
    let here = stops.iter().enumerate().find(|(_, stop)| stop.place == Place::Here);
    here.map_or_else(String::new, |(at, stop)| format!("{} ({} of {})", stop.name, at + 1, stops.len()))
}
