//! The two lowest regions: the line of state, and the line of keys.

use crate::{
    tui::{
        draw::canvas::{Canvas, Line},
        theme::{Role, tone_word},
        words::{grouped, width, wrap},
    },
    wizard::{
        event::Action,
        view::{Chord, Focus, Key, Notice},
    },
};

/// Most lines that a notice may take; nothing essential may be cut, and nothing may push the body out.
const NOTICE_LINES: usize = 3;

/// The lines of the notice, at least one.
pub(super) fn notice(notice: Option<&Notice>, canvas: &Canvas<'_>) -> Vec<Line> {
    let Some(notice) = notice else { return vec![Line::default()] };
    let word = tone_word(notice.tone);
    let words = format!("{word}{}", notice.words);
    let mut lines =
        wrap(&words, canvas.cells.area.width, canvas.options.use_unicode).into_iter().take(NOTICE_LINES);
    let first = lines.next().unwrap_or_default();
    let mut out = vec![match first.strip_prefix(word) {
        Some(rest) if !word.is_empty() => Line::of(Role::Strong, word).and(Role::Plain, rest),
        _ => Line::of(Role::Plain, first),
    }];
    out.extend(lines.map(|l| Line::of(Role::Plain, l)));
    out
}

/// One key of the line.
struct Item {
    /// What is pressed.
    chord: String,
    /// What it does.
    label: String,
    /// What fits is chosen in this order.
    importance: usize,
}

/// The line of keys: those that fit, in the view's order, help at its end; which of them matter most is said by
/// [`importance`]. `more` is the key that scrolls what does not fit.
pub(super) fn keys(keys: &[Key], focus: Focus, more: Option<&str>, canvas: &Canvas<'_>) -> Line {
    let items = items(keys, focus, more);
    let mut by_importance: Vec<usize> = (0..items.len()).collect();
    by_importance.sort_by_key(|at| items.get(*at).map(|item| item.importance));
    // The last cell of the last row is never written.
    let room = canvas.cells.area.width.saturating_sub(1);
    let mut used = 0_u16;
    let mut shown = Vec::new();
    for at in by_importance {
        let Some(item) = items.get(at) else { continue };
        let gap = if shown.is_empty() { 0 } else { 2 };
        let wide = width(&item.chord).saturating_add(width(&item.label)).saturating_add(1 + gap);
        if used.saturating_add(wide) <= room {
            used += wide;
            shown.push(at);
        }
    }
    let mut line = Line::default();
    for (_, item) in items.into_iter().enumerate().filter(|(at, _)| shown.contains(at)) {
        if !line.pieces.is_empty() {
            line = line.and(Role::Plain, "  ");
        }
        line = line.and(Role::Strong, item.chord).and(Role::Plain, format!(" {}", item.label));
    }
    line
}

/// The keys that may stand on the line, help last.
fn items(keys: &[Key], focus: Focus, more: Option<&str>) -> Vec<Item> {
    let is_open = |key: &&Key| focus != Focus::Field || !matches!(key.chord, Chord::Char(_));
    let mut items: Vec<Item> = Vec::new();
    let mut has_back = false;
    let (help, others): (Vec<&Key>, Vec<&Key>) =
        keys.iter().filter(is_open).partition(|key| key.action == Action::Help);
    for (at, key) in others.into_iter().enumerate() {
        // Esc and b mean the same; a panel that names one need not name the other.
        if key.action == Action::Back && std::mem::replace(&mut has_back, true) {
            continue;
        }
        let count = key.count.map(|count| grouped(usize::try_from(count).unwrap_or(usize::MAX)));
        let label = count.map_or_else(|| key.label.to_owned(), |count| format!("{} {count}", key.label));
        items.push(Item { chord: key.chord.to_string(), label, importance: importance(key, at) });
    }
    let more = more.map(|chord| Item { chord: chord.into(), label: "more".into(), importance: MORE });
    items.extend(more);
    let help = help.first().map(|key| Item {
        chord: key.chord.to_string(),
        label: key.label.to_owned(),
        importance: 0,
    });
    items.extend(help);
    items
}

/// How important the key is that scrolls: without it nobody knows that the screen goes on.
const MORE: usize = 4;

/// How important a key is, the smaller the more: help, which lists all of them; the screen's first; what Enter does;
/// the way back out of a panel or a field; what scrolls; the way out; then the view's order, and among the first of it
/// the way back to the screen before, which is Esc everywhere.
fn importance(key: &Key, at: usize) -> usize {
    match (at, key.chord, key.action) {
        (0, ..) => 1,
        (_, Chord::Enter, _) => 2,
        (_, Chord::Esc, _) => 3,
        (_, _, Action::Leave) => 5,
        (_, _, Action::Back) => 6 + at.min(3),
        _ => 6 + at,
    }
}

#[cfg(test)]
mod tests;
