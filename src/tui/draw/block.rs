//! One function per kind of block: data of the wizard to lines, wrapped to a width.

use std::time::Duration;

use unicode_segmentation::UnicodeSegmentation;

use crate::{
    domain::{failure::Failure, text::Text},
    tui::{
        draw::{
            canvas::Line,
            checks::{self, Fold},
        },
        theme::Role,
        words::{break_up, cut, fit_codeset, grapheme_width, grouped, width, wrap},
    },
    wizard::view::{Block, Button, ChoiceView, Count, FieldValue, FieldView},
};

/// Widest column of labels.
const LABELS: u16 = 24;

/// What the lines depend on besides the block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room<'a> {
    /// Columns.
    pub(super) width: u16,
    /// Glyphs outside ASCII may be used.
    pub(super) use_unicode: bool,
    /// Which groups of checks are folded.
    pub(super) fold: Fold,
    /// Bad news that stands on the panel anyway.
    pub(super) said: &'a [&'a Failure],
}

impl Room<'_> {
    /// Columns and codeset alone.
    pub(super) const fn of(width: u16, use_unicode: bool) -> Self {
        Self { width, use_unicode, fold: Fold::Nothing, said: &[] }
    }
}

/// The lines of a block; rows and QR codes have none, they are drawn by themselves.
pub(super) fn lines(block: &Block<'_>, room: Room<'_>) -> Vec<Line> {
    match block {
        Block::Para(words) => para(Role::Plain, words.as_str(), room),
        Block::Strong(words) => para(Role::Strong, words.as_str(), room),
        Block::Facts(facts) => facts_lines(facts, room),
        Block::Counts(counts) => count_lines(counts, room),
        Block::Field(field) => field_lines(field, room),
        Block::Choice(choice) => choice_lines(choice, room),
        Block::Buttons(buttons) => button_lines(buttons, room),
        Block::Checks(checks) => checks::lines(checks, room),
        Block::Group(group) => checks::group_lines(group, room),
        Block::Link(link) => {
            break_up(link.as_str(), room.width).into_iter().map(|l| Line::of(Role::Plain, l)).collect()
        }
        Block::Failure(failure) => failure_lines(failure, room),
        Block::Progress { done, total } => vec![progress(*done, *total, room)],
        Block::Gap => vec![Line { is_hint: true, ..Line::default() }],
        Block::Qr(_) | Block::Rows(_) => Vec::new(),
    }
}

/// A paragraph.
pub(super) fn para(role: Role, words: &str, room: Room<'_>) -> Vec<Line> {
    wrap(words, room.width, room.use_unicode).into_iter().map(|l| Line::of(role, l)).collect()
}

/// A paragraph behind a label or mark, its further lines indented below its first.
pub(super) fn hanging(first: Line, indent: u16, role: Role, words: &str, room: Room<'_>) -> Vec<Line> {
    let mut first = Some(first);
    wrap(words, room.width.saturating_sub(indent).max(1), room.use_unicode)
        .into_iter()
        .map(|words| match first.take() {
            Some(first) => first.and(role, words),
            None => Line::of(Role::Plain, " ".repeat(usize::from(indent))).and(role, words),
        })
        .collect()
}

/// Words filled up with spaces to a width.
pub(super) fn padded(words: &str, to: u16) -> String {
    let mut out = words.to_owned();
    out.extend(std::iter::repeat_n(' ', usize::from(to.saturating_sub(width(words)))));
    out
}

/// Labels and values.
fn facts_lines(facts: &[(&'static str, Text)], room: Room<'_>) -> Vec<Line> {
    let label =
        facts.iter().map(|(label, _)| width(label)).max().unwrap_or(0).min(LABELS).min(room.width / 2);
    facts
        .iter()
        .flat_map(|(name, value)| {
            let name = padded(&cut(name, label, room.use_unicode), label + 2);
            hanging(Line::of(Role::Plain, name), label + 2, Role::Strong, value.as_str(), room)
        })
        .collect()
}

/// The table of counts: labels to the left, numbers to the right, the total set off from what is above it.
fn count_lines(counts: &[Count], room: Room<'_>) -> Vec<Line> {
    let number = counts.iter().map(|c| width(&grouped(to_usize(c.count)))).max().unwrap_or(0);
    let most = room.width.saturating_sub(number + 2);
    let label = counts.iter().map(|c| width(c.label.as_str())).max().unwrap_or(0).min(most);
    let mut lines = Vec::new();
    for count in counts {
        let digits = grouped(to_usize(count.count));
        let role = if count.is_total { Role::Strong } else { Role::Plain };
        if count.is_total && !lines.is_empty() {
            lines.push(Line::of(Role::Plain, "-".repeat(usize::from(label + 2 + number))));
        }
        let words = padded(&cut(count.label.as_str(), label, room.use_unicode), label + 2);
        let gap = " ".repeat(usize::from(number.saturating_sub(width(&digits))));
        lines.push(Line::of(role, format!("{words}{gap}{digits}")));
    }
    lines
}

/// A count as a number of things in memory.
fn to_usize(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// The line of a field alone: mark, label, and as much of the value as fits around the cursor.
pub(super) fn field_line(field: &FieldView<'_>, room: Room<'_>) -> Line {
    // The row under the cursor of a list below has the same mark: only what has the focus is reversed.
    let (mark, role) = if field.is_focused { ("> ", Role::Focus) } else { ("  ", Role::Plain) };
    let label = format!("{}:", cut(field.label, room.width / 2, room.use_unicode));
    let start = width(mark).saturating_add(width(&label)).saturating_add(1);
    // One column stays free for the cursor behind the last letter.
    let space = room.width.saturating_sub(start + 1);
    let dots = if room.use_unicode { "••••••••" } else { "********" };
    let value = match &field.value {
        FieldValue::Plain(shown) => shown.as_str(),
        FieldValue::Masked { is_filled: true } => dots,
        FieldValue::Masked { is_filled: false } => "",
    };
    let value = fit_each(value, room.use_unicode);
    let at = match field.value {
        FieldValue::Plain(_) => field.cursor.min(value.len()),
        FieldValue::Masked { .. } => value.len(),
    };
    let wide = |from: usize, to: usize| {
        value.iter().take(to).skip(from).map(|g| width(g)).fold(0, u16::saturating_add)
    };
    let mut from = 0;
    while from < at && wide(from, at) > space {
        from += 1;
    }
    let mut shown = String::new();
    let mut used = 0_u16;
    for grapheme in value.iter().skip(from) {
        let more = width(grapheme);
        if used.saturating_add(more) > space {
            break;
        }
        used += more;
        shown.push_str(grapheme);
    }
    let cursor = field.is_focused.then(|| start.saturating_add(wide(from, at)));
    let line = Line::of(Role::Plain, mark).and(role, label).and(Role::Plain, " ").and(Role::Plain, shown);
    Line { cursor, ..line }
}

/// The graphemes of a value in the terminal's codeset.
fn fit_each(value: &str, use_unicode: bool) -> Vec<String> {
    value
        .graphemes(true)
        .filter(|g| grapheme_width(g) > 0)
        .map(|g| fit_codeset(g, use_unicode).into_owned())
        .collect()
}

/// A field with its hint or its problem.
fn field_lines(field: &FieldView<'_>, room: Room<'_>) -> Vec<Line> {
    let mut lines = vec![field_line(field, room)];
    let inner = Room { width: room.width.saturating_sub(4).max(1), ..room };
    if let Some(problem) = &field.problem {
        let mark = Line::of(Role::Warn, "  ! ");
        lines.extend(hanging(
            mark,
            4,
            Role::Plain,
            problem.as_str(),
            Room { width: inner.width + 4, ..room },
        ));
    } else if !field.hint.is_empty() {
        // Beside an empty secret stands whether one is saved: that is no mere hint.
        let is_hint = !matches!(field.value, FieldValue::Masked { is_filled: false });
        let role = if is_hint { Role::Quiet } else { Role::Plain };
        lines.extend(para(role, field.hint.as_str(), inner).into_iter().map(|line| Line {
            pieces: [(Role::Plain, "    ".to_owned())].into_iter().chain(line.pieces).collect(),
            is_hint,
            ..Line::default()
        }));
    }
    lines
}

/// One of a few: side by side where that fits, else one below the other.
fn choice_lines(choice: &ChoiceView, room: Room<'_>) -> Vec<Line> {
    let mark = if choice.is_focused { "> " } else { "  " };
    let label = format!("{mark}{}: ", choice.label);
    let option = |at: usize, words: &str| {
        let dot = if at == choice.chosen { "(x)" } else { "( )" };
        format!("{dot} {words}")
    };
    let all: u16 = choice.options.iter().map(|o| width(o).saturating_add(6)).fold(0, u16::saturating_add);
    let is_wide = width(&label).saturating_add(all) <= room.width;
    let role_of = |at| if choice.is_focused && at == choice.chosen { Role::Focus } else { Role::Plain };
    let label_role = if choice.is_focused { Role::Strong } else { Role::Plain };
    let mut line = Line::of(label_role, label.clone());
    let mut lines = Vec::new();
    let mut x = width(&label);
    for (at, words) in choice.options.iter().enumerate() {
        if !is_wide {
            lines.push(std::mem::take(&mut line));
            line = Line::of(Role::Plain, "    ");
            x = 4;
        }
        let words = option(at, words);
        if choice.is_focused && at == choice.chosen {
            line.cursor = Some(x + 1);
        }
        x = x.saturating_add(width(&words) + 2);
        line = line.and(role_of(at), words).and(Role::Plain, "  ");
    }
    lines.push(line);
    lines
}

/// Buttons in a row, on further rows where one is not enough. A closed one stands in round brackets.
fn button_lines(buttons: &[Button], room: Room<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = Line::default();
    let mut x = 0_u16;
    for button in buttons {
        let label = cut(button.label.as_str(), room.width.saturating_sub(6), room.use_unicode);
        let wide = width(&label).saturating_add(6);
        if x > 0 && x.saturating_add(wide) > room.width {
            lines.push(std::mem::take(&mut line));
            x = 0;
        }
        let (mark, role) = match (button.is_focused, button.is_open) {
            (true, _) => (">", Role::Focus),
            (false, true) => (" ", Role::Plain),
            (false, false) => (" ", Role::Quiet),
        };
        let words = if button.is_open { format!("[ {label} ]") } else { format!("( {label} )") };
        if button.is_focused {
            line.cursor = Some(x + 3);
        }
        line = line.and(Role::Plain, mark).and(role, words).and(Role::Plain, " ");
        x = x.saturating_add(wide);
    }
    lines.push(line);
    lines
}

/// Bad news: what happened, what to do, and the ids that support asks for.
pub(super) fn failure_lines(failure: &Failure, room: Room<'_>) -> Vec<Line> {
    let code = failure.code.as_ref().map(|code| format!(" (code {code})")).unwrap_or_default();
    let mut lines =
        hanging(Line::of(Role::Bad, "! "), 2, Role::Strong, &format!("{}{code}", failure.what), room);
    if !failure.hint.is_empty() {
        lines.extend(para(Role::Plain, failure.hint.as_str(), room));
    }
    if let Some(wait) = failure.retry_after {
        lines.extend(para(Role::Plain, &format!("Trying again makes sense in {}.", spoken(wait)), room));
    }
    if let Some(reference) = &failure.reference {
        lines.extend(para(Role::Plain, &format!("Ids for support: {reference}"), room));
    }
    lines
}

/// A wait in words: seconds up to two minutes, then minutes.
fn spoken(wait: Duration) -> String {
    match wait.as_secs() {
        seconds @ 0..=120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds.div_ceil(60)),
    }
}

/// Work with a known end: counts, percentage, and a bar where there is room.
fn progress(done: u32, total: u32, room: Room<'_>) -> Line {
    let percent = u64::from(done).saturating_mul(100).checked_div(u64::from(total)).unwrap_or(100).min(100);
    let words = format!("{} of {} ({percent} %)", grouped(to_usize(done)), grouped(to_usize(total)));
    let line = Line::of(Role::Strong, words.clone());
    if room.width < width(&words).saturating_add(26) {
        return line;
    }
    let full = usize::try_from(percent / 5).unwrap_or(0);
    let bar = format!("  [{}{}]", "#".repeat(full), "-".repeat(20_usize.saturating_sub(full)));
    line.and(Role::Plain, bar)
}
