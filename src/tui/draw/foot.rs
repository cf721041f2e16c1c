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
    let (role, word) = tone_word(notice.tone);
    let words = format!("{word}{}", notice.words);
    let mut lines =
        wrap(&words, canvas.cells.area.width, canvas.options.use_unicode).into_iter().take(NOTICE_LINES);
    let first = lines.next().unwrap_or_default();
    let mut out = vec![match first.strip_prefix(word) {
        Some(rest) if !word.is_empty() => Line::of(role, word).and(Role::Plain, rest),
        _ => Line::of(Role::Plain, first),
    }];
    out.extend(lines.map(|l| Line::of(Role::Plain, l)));
    out
}

/// The line of keys: as many as fit in their order, help at the end always where there is help.
pub(super) fn keys(keys: &[Key], focus: Focus, canvas: &Canvas<'_>) -> Line {
    let help = keys.iter().find(|key| key.action == Action::Help);
    let help = help.map(|key| (key.chord.to_string(), format!(" {}", key.label)));
    let reserved = help.as_ref().map_or(0, |(chord, label)| width(chord) + width(label) + 2);
    // The last cell of the last row is never written.
    let room = canvas.cells.area.width.saturating_sub(1);
    let mut line = Line::default();
    let mut used = 0_u16;
    for key in keys {
        if key.action == Action::Help || (focus == Focus::Field && matches!(key.chord, Chord::Char(_))) {
            continue;
        }
        let name = key.chord.to_string();
        let mut label = format!(" {}", key.label);
        if let Some(count) = key.count {
            label = format!("{label} {}", grouped(usize::try_from(count).unwrap_or(usize::MAX)));
        }
        let wide = width(&name).saturating_add(width(&label)).saturating_add(if used > 0 { 2 } else { 0 });
        if used.saturating_add(wide).saturating_add(reserved) > room {
            continue;
        }
        if used > 0 {
            line = line.and(Role::Plain, "  ");
        }
        line = line.and(Role::Strong, name).and(Role::Plain, label);
        used += wide;
    }
    let Some((chord, label)) = help else { return line };
    let gap = if used > 0 { "  " } else { "" };
    line.and(Role::Plain, gap).and(Role::Strong, chord).and(Role::Plain, label)
}
