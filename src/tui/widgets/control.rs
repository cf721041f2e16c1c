//! What can have the keyboard: fields with a visible edge and a line for hint or problem, choices, buttons, the number.

use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    domain::text::{Text, capital},
    tui::{
        field::Field,
        state::Focus,
        theme::{Role, Theme},
        words::{Keyboard, grapheme_width, say, width},
    },
    wizard::{
        ask::NumberAsked,
        view::{Button, ChoiceView, FieldValue, FieldView},
    },
};

use super::flow::{FlowLine, Pen, Rank, blank};

/// Columns of the edge in front of a control.
const EDGE: u16 = 2;

/// Widest column of labels.
const LABELS: u16 = 26;

/// Widest field: a domain or an address with room behind it. A guess.
const FIELD: u16 = 46;

/// How a field is typed into: what of it is in sight, and the column of the caret in that.
pub(crate) fn in_sight(
    field: Option<&Field>,
    view: &FieldView<'_>,
    room: u16,
    theme: Theme,
) -> (String, u16) {
    match &view.value {
        FieldValue::Masked { is_filled } => {
            // Always eight: neither the length nor the caret tells anything about a secret.
            let dots = if *is_filled { theme.glyphs().secret.repeat(8) } else { String::new() };
            let at = width(&dots);
            (dots, at)
        }
        FieldValue::Plain(text) => match field {
            Some(field) => around(field.shown(), field.caret(), room, theme),
            // On a page below a panel: nobody types there.
            None => around(Text::typed(text).as_str(), 0, room, theme),
        },
    }
}

/// As much of a value as fits around its caret, one column left for the caret behind the last letter.
fn around(value: &str, caret: usize, room: u16, theme: Theme) -> (String, u16) {
    let letters: Vec<String> = value
        .graphemes(true)
        .filter(|letter| grapheme_width(letter) > 0)
        .map(|letter| theme.fit(letter).into_owned())
        .collect();
    let caret = caret.min(letters.len());
    let wide = |from: usize| {
        letters.iter().take(caret).skip(from).map(|letter| width(letter)).fold(0, u16::saturating_add)
    };
    let space = room.saturating_sub(1);
    let mut from = 0;
    while from < caret && wide(from) > space {
        from += 1;
    }
    let mut shown = String::new();
    let mut used = 0_u16;
    for letter in letters.iter().skip(from) {
        let more = width(letter);
        if used.saturating_add(more) > space {
            break;
        }
        used += more;
        shown.push_str(letter);
    }
    (shown, wide(from))
}

/// Width of the column of labels that these take.
pub(crate) fn label_width<'a>(labels: impl Iterator<Item = &'a str>, room: u16) -> u16 {
    labels.map(width).max().unwrap_or(0).min(LABELS).min(room / 3)
}

/// The edge in front of a control, and the role of its label.
fn edge(is_focused: bool, pen: Pen) -> (Span<'static>, Role) {
    if is_focused {
        (pen.theme.span(Role::Accent, &format!("{} ", pen.theme.glyphs().edge)), Role::Accent)
    } else {
        (blank(EDGE), Role::Plain)
    }
}

/// What stands between the edges of a field, in how many columns and which role, and where the caret is in it.
struct Value {
    shown: String,
    caret: u16,
    room: u16,
    role: Role,
}

/// A field between its edges.
fn boxed(label: (Role, &str), labels: u16, value: &Value, focus: (Focus, bool), pen: Pen) -> FlowLine {
    let (edge, role) = edge(focus.1, pen);
    let x = EDGE.saturating_add(labels).saturating_add(2);
    let bracket = if focus.1 { Role::Accent } else { Role::Quiet };
    let role = if label.0 == Role::Plain { role } else { label.0 };
    let line = Line::from(vec![
        edge,
        pen.theme.span(role, &format!("{} ", pen.padded(label.1, labels))),
        pen.theme.span(bracket, "["),
        Span::styled(pen.padded(&value.shown, value.room), pen.theme.style(value.role)),
        pen.theme.span(bracket, "]"),
    ]);
    FlowLine { control: Some((focus.0, x.saturating_add(value.caret))), ..line.into() }
}

/// Columns of a field's value.
fn field_room(labels: u16, pen: Pen) -> u16 {
    pen.width.saturating_sub(EDGE + 3).saturating_sub(labels).clamp(1, FIELD)
}

/// The line below a control, always there: what is wrong, or else the hint.
fn below(indent: u16, hint: &str, problem: Option<&str>, pen: Pen) -> Vec<FlowLine> {
    if let Some(problem) = problem {
        let first = vec![blank(indent), pen.theme.span(Role::Warn, pen.theme.glyphs().warn), Span::raw(" ")];
        return pen.hanging(first, indent.saturating_add(2), Role::Warn, problem);
    }
    let lines = pen.hanging(vec![blank(indent)], indent, Role::Quiet, hint);
    lines.into_iter().map(|line| FlowLine { rank: Rank::Hint, ..line }).collect()
}

/// A field with its hint or its problem.
pub(crate) fn field(
    view: &FieldView<'_>,
    field: Option<&Field>,
    labels: u16,
    focus: Focus,
    pen: Pen,
) -> Vec<FlowLine> {
    let own = Focus::Field(view.id);
    let room = field_room(labels, pen);
    let (shown, caret) = in_sight(field, view, room, pen.theme);
    let value = Value { shown, caret, room, role: Role::Plain };
    let mut lines = vec![boxed((Role::Plain, view.label), labels, &value, (own, own == focus), pen)];
    let indent = EDGE.saturating_add(labels).saturating_add(2);
    let keyboard = if own == focus { Keyboard::Text } else { Keyboard::Commands };
    let problem = view.problem.as_ref().map(|problem| say(problem, keyboard));
    let hint = say(&view.hint, keyboard);
    let mut more = below(indent, hint.as_str(), problem.as_ref().map(Text::as_str), pen);
    if matches!(view.value, FieldValue::Masked { is_filled: false }) {
        // Beside an empty secret stands whether one is saved: that is no mere hint.
        for line in &mut more {
            line.rank = Rank::Needed;
        }
    }
    lines.append(&mut more);
    lines
}

/// The number that is asked for.
pub(crate) fn number(asked: &NumberAsked, field: &Field, focus: Focus, pen: Pen) -> Vec<FlowLine> {
    let labels = width(asked.label).min(pen.width / 2);
    let proposed = asked.proposed.filter(|_| field.is_empty()).map(|number| number.to_string());
    let shown = proposed.as_deref().unwrap_or_else(|| field.shown());
    let caret = if proposed.is_some() { 0 } else { field.caret() };
    let room = 10.min(field_room(labels, pen));
    let (shown, caret) = around(shown, caret, room, pen.theme);
    let value = Value { shown, caret, room, role: Role::Strong };
    let own = (Focus::Number, focus == Focus::Number);
    let mut lines = vec![boxed((Role::Strong, asked.label), labels, &value, own, pen)];
    let problem = asked.problem.as_ref().map(|problem| say(problem, Keyboard::Commands));
    let hint = say(&asked.hint, Keyboard::Commands);
    lines.extend(below(EDGE, hint.as_str(), problem.as_ref().map(Text::as_str), pen));
    lines
}

/// One of a few: side by side where that fits, else one below the other; of no and yes a box.
pub(crate) fn choice(view: &ChoiceView, labels: u16, focus: Focus, pen: Pen) -> Vec<FlowLine> {
    let own = Focus::Choice(view.id);
    let is_focused = own == focus;
    let (edge, role) = edge(is_focused, pen);
    let note = say(&view.note, Keyboard::Commands);
    if view.is_box() {
        let tick = if view.chosen == 1 { "[x]" } else { "[ ]" };
        let first = vec![edge, pen.theme.span(role, &format!("{tick} {}", view.label))];
        let used = EDGE + 4 + width(view.label.as_str());
        let mut lines = if note.is_empty() {
            vec![Line::from(first).into()]
        } else {
            let spaced = first.into_iter().chain([blank(2)]).collect();
            pen.hanging(spaced, used.saturating_add(2), Role::Quiet, note.as_str())
        };
        if let Some(line) = lines.first_mut() {
            line.control = Some((own, EDGE + 1));
        }
        return lines;
    }
    let start = EDGE.saturating_add(labels).saturating_add(1);
    let all = view.options.iter().map(|words| width(words).saturating_add(6)).fold(0, u16::saturating_add);
    let is_wide = start.saturating_add(all) <= pen.width;
    let mut spans =
        vec![edge, pen.theme.span(role, &format!("{} ", pen.padded(view.label.as_str(), labels)))];
    let mut lines: Vec<FlowLine> = Vec::new();
    let (mut x, mut control) = (start, None);
    for (at, words) in view.options.iter().enumerate() {
        if at > 0 && !is_wide {
            let line = Line::from(std::mem::replace(&mut spans, vec![blank(start)]));
            lines.push(FlowLine { control: control.take(), ..line.into() });
            x = start;
        }
        let is_chosen = at == view.chosen;
        if is_chosen {
            control = Some((own, x.saturating_add(1)));
        }
        let words = format!("({}) {words}", if is_chosen { pen.theme.glyphs().chosen } else { " " });
        x = x.saturating_add(width(&words)).saturating_add(2);
        let look = if is_focused && is_chosen { Role::Accent } else { Role::Plain };
        spans.extend([pen.theme.span(look, &words), blank(2)]);
    }
    lines.push(FlowLine { control, ..Line::from(spans).into() });
    if !note.is_empty() {
        lines.extend(below(start, note.as_str(), None, pen));
    }
    lines
}

/// Buttons in a row, on further rows where one is not enough. A closed one stands in round brackets.
pub(crate) fn buttons(buttons: &[Button], focus: Focus, pen: Pen) -> Vec<FlowLine> {
    let (open, close) = pen.theme.glyphs().button;
    let mut lines = Vec::new();
    let mut spans = vec![blank(EDGE)];
    let mut x = EDGE;
    let mut control = None;
    for button in buttons {
        let label = capital(button.label);
        let words = if button.is_open { format!("{open} {label} {close}") } else { format!("( {label} )") };
        let wide = width(&words);
        if x > EDGE && x.saturating_add(wide) > pen.width {
            let line = Line::from(std::mem::replace(&mut spans, vec![blank(EDGE)]));
            lines.push(FlowLine { control: control.take(), ..line.into() });
            x = EDGE;
        }
        let own = Focus::Button(button.action);
        let role = match (own == focus, button.is_open) {
            (true, _) => Role::Pressed,
            (false, true) => Role::Plain,
            (false, false) => Role::Quiet,
        };
        if own == focus {
            control = Some((own, x));
        }
        spans.extend([pen.theme.span(role, &words), blank(2)]);
        x = x.saturating_add(wide).saturating_add(2);
    }
    lines.push(FlowLine { control, ..Line::from(spans).into() });
    lines
}
