//! What can have the keyboard: fields with a visible edge and a line for hint or problem, choices, buttons, the number.

use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    domain::{
        phrase::Phrase,
        text::{Text, capital},
    },
    tui::{
        field::Field,
        state::Focus,
        theme::{Role, Sign, Theme},
        words::{Keyboard, cut, fitting, grapheme_width, say, width},
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
    match (&view.value, field) {
        // Always eight: neither the length nor the caret tells anything about a secret.
        (FieldValue::Masked { is_filled: true }, _) => (theme.sign(Sign::SECRET).repeat(8), 8),
        (FieldValue::Masked { is_filled: false }, _) => (String::new(), 0),
        (FieldValue::Plain(_), Some(field)) => around(field.shown(), field.caret(), room, theme),
        // On a page below a panel: nobody types there.
        (FieldValue::Plain(text), None) => around(Text::typed(text).as_str(), 0, room, theme),
    }
}

/// As much of a value as fits around its caret, one column left for the caret behind the last letter.
fn around(value: &str, caret: usize, room: u16, theme: Theme) -> (String, u16) {
    let letters = value.graphemes(true).filter(|letter| grapheme_width(letter) > 0);
    let letters: Vec<_> = letters.map(|letter| theme.fit(letter)).collect();
    let (before, behind) = letters.split_at(caret.min(letters.len()));
    let space = room.saturating_sub(1);
    let mut from = 0;
    while width(&before.get(from..).unwrap_or_default().concat()) > space {
        from += 1;
    }
    let before = before.get(from..).unwrap_or_default().concat();
    let caret = width(&before);
    (before + fitting(&behind.concat(), space - caret), caret)
}

/// Width of the column of labels that these take.
pub(crate) fn label_width<'a>(labels: impl Iterator<Item = &'a str>, room: u16) -> u16 {
    labels.map(width).max().unwrap_or(0).min(LABELS).min(room / 3)
}

/// The edge in front of a control, and the role of its label.
fn edge(own: Focus, pen: Pen) -> (Span<'static>, Role) {
    if own == pen.focus {
        (pen.theme.span(Role::Accent, &format!("{} ", pen.theme.sign(Sign::EDGE))), Role::Accent)
    } else {
        (blank(EDGE), Role::Plain)
    }
}

/// A field between its edges: its label in a column of that width, and what is in sight of its value.
fn boxed(
    own: Focus,
    look: Role,
    (label, labels): (&str, u16),
    room: u16,
    (shown, caret): (&str, u16),
    pen: Pen,
) -> FlowLine {
    let (edge, role) = edge(own, pen);
    let bracket = if role == Role::Accent { role } else { Role::Quiet };
    let label_role = if look == Role::Plain { role } else { look };
    let line = Line::from(vec![
        edge,
        pen.theme.span(label_role, &format!("{} ", pen.padded(label, labels))),
        pen.theme.span(bracket, "["),
        pen.theme.span(look, &pen.padded(shown, room)),
        pen.theme.span(bracket, "]"),
    ]);
    FlowLine { control: Some((own, EDGE.saturating_add(labels).saturating_add(2 + caret))), ..line.into() }
}

/// Columns of a field's value.
fn field_room(labels: u16, pen: Pen) -> u16 {
    pen.width.saturating_sub(EDGE + 3).saturating_sub(labels).clamp(1, FIELD)
}

/// The line below a control, always there: what is wrong, or else the hint.
fn below(
    indent: u16,
    hint: &Phrase,
    problem: Option<&Phrase>,
    keyboard: Keyboard,
    pen: Pen,
) -> Vec<FlowLine> {
    let mut first = vec![blank(indent)];
    if let Some(problem) = problem {
        first.extend([pen.theme.span(Role::Warn, pen.theme.sign(Sign::WARN)), blank(1)]);
        return pen.hanging(first, Role::Warn, say(problem, keyboard).as_str());
    }
    let lines = pen.hanging(first, Role::Quiet, say(hint, keyboard).as_str());
    lines.into_iter().map(|line| FlowLine { rank: Rank::Hint, ..line }).collect()
}

/// A field with its hint or its problem.
pub(crate) fn field(view: &FieldView<'_>, field: Option<&Field>, labels: u16, pen: Pen) -> Vec<FlowLine> {
    let own = Focus::Field(view.id);
    let room = field_room(labels, pen);
    let (shown, caret) = match (&view.value, field) {
        // Left, a value shows how it begins: its end belongs to the caret.
        (FieldValue::Plain(_), Some(field)) if own != pen.focus => {
            let shown = cut(field.shown(), room.saturating_sub(1), pen.theme.use_unicode());
            around(&shown, 0, room, pen.theme)
        }
        _ => in_sight(field, view, room, pen.theme),
    };
    let mut lines = vec![boxed(own, Role::Plain, (view.label, labels), room, (&shown, caret), pen)];
    let keyboard = if own == pen.focus { Keyboard::Text } else { Keyboard::Commands };
    lines.extend(below(EDGE + labels + 2, &view.hint, view.problem.as_ref(), keyboard, pen));
    if matches!(view.value, FieldValue::Masked { is_filled: false }) {
        // Beside an empty secret stands whether one is saved: that is no mere hint.
        for line in &mut lines {
            line.rank = Rank::Needed;
        }
    }
    lines
}

/// The number that is asked for.
pub(crate) fn number(asked: &NumberAsked, field: &Field, answered: &str, pen: Pen) -> Vec<FlowLine> {
    let labels = width(asked.label).min(pen.width / 2);
    let room = 10.min(field_room(labels, pen));
    let (shown, caret) = match asked.proposed.filter(|_| field.is_empty()) {
        Some(proposed) => around(&proposed.to_string(), 0, room, pen.theme),
        None => around(field.shown(), field.caret(), room, pen.theme),
    };
    let mut lines =
        vec![boxed(Focus::Number, Role::Strong, (asked.label, labels), room, (&shown, caret), pen)];
    let is_other = !field.is_empty() && field.text() != answered;
    let problem = asked.problem.as_ref().filter(|_| !is_other);
    lines.extend(below(EDGE, &asked.hint, problem, Keyboard::Commands, pen));
    lines
}

/// One of a few: side by side where that fits, else one below the other; of no and yes a box.
pub(crate) fn choice(view: &ChoiceView, labels: u16, pen: Pen) -> Vec<FlowLine> {
    let own = Focus::Choice(view.id);
    let (edge, role) = edge(own, pen);
    let is_focused = role == Role::Accent;
    if view.is_box() {
        let tick = if view.chosen == 1 { "[x]" } else { "[ ]" };
        let first = vec![edge, pen.theme.span(role, &format!("{tick} {}", view.label)), blank(2)];
        let mut lines = pen.hanging(first, Role::Quiet, say(&view.note, Keyboard::Commands).as_str());
        if let Some(line) = lines.first_mut() {
            line.control = Some((own, EDGE + 1));
        }
        return lines;
    }
    let first = vec![edge, pen.theme.span(role, &format!("{} ", pen.padded(view.label.as_str(), labels)))];
    let start = EDGE.saturating_add(labels).saturating_add(1);
    let all =
        view.options.iter().map(|words| width(words).saturating_add(6)).fold(start, u16::saturating_add);
    let options = view.options.iter().enumerate().map(|(at, words)| {
        let is_chosen = at == view.chosen;
        let mark = if is_chosen { pen.theme.sign(Sign::CHOSEN) } else { " " };
        let look = if is_focused && is_chosen { Role::Accent } else { Role::Plain };
        (vec![pen.theme.span(look, &format!("({mark}) {words}"))], is_chosen.then_some((own, 1)))
    });
    let row = Pen { width: if all <= pen.width { pen.width } else { 0 }, ..pen };
    let widest = view.options.iter().map(|words| width(words).saturating_add(4)).max().unwrap_or(0);
    let mut lines = if start.saturating_add(widest) <= pen.width {
        row.side_by_side(first, 2, options)
    } else {
        // Whole, one below the other: neither the label nor what can be chosen is cut.
        let (edge, _) = self::edge(own, pen);
        let label = pen.hanging(vec![edge], role, view.label.as_str());
        label.into_iter().chain(row.side_by_side(vec![blank(EDGE)], 2, options)).collect()
    };
    if !view.note.is_empty() {
        lines.extend(below(start, &view.note, None, Keyboard::Commands, pen));
    }
    lines
}

/// Said behind the label of a closed button, which has no edges: a look alone could be missed, or taken for a choice.
const CLOSED: &str = "(not now)";

/// Buttons in a row, on further rows where one is not enough.
pub(crate) fn buttons(buttons: &[Button], pen: Pen) -> Vec<FlowLine> {
    let (open, close) = (pen.theme.sign(Sign::OPEN), pen.theme.sign(Sign::CLOSE));
    let button = |button: &Button| {
        let own = Focus::Button(button.action);
        let label = capital(button.label);
        let (words, role) = match (button.is_open, own == pen.focus) {
            (false, _) => (format!("{label} {CLOSED}"), Role::Quiet),
            (true, true) => (format!("{open} {label} {close}"), Role::Pressed),
            (true, false) => (format!("{open} {label} {close}"), Role::Plain),
        };
        (vec![pen.theme.span(role, &words)], (own == pen.focus).then_some((own, 0)))
    };
    pen.side_by_side(vec![blank(EDGE)], 2, buttons.iter().map(button))
}

#[cfg(test)]
mod tests {
    use crate::tui::tests::samples::{form, shown, words};

    #[test]
    fn a_field_that_was_left_shows_how_its_value_begins() {
        let long = "rene.hart@cellardoorwinesofthenorth.example.very.long.name.example";
        let mut view = form(long);
        let drawn = words(&shown(&view, (80, 24)));
        assert!(
            drawn.contains("long.name.example") && !drawn.contains("[rene.hart@"),
            "with the caret: {drawn}"
        );
        view.ask.focus.spot = crate::wizard::ask::Spot::Button(crate::wizard::answer::Action::Back);
        view.ask.focus.count += 1;
        let drawn = words(&shown(&view, (80, 24)));
        assert!(drawn.contains("[rene.hart@cellardoor") && drawn.contains('…'), "{drawn}");
    }
}
