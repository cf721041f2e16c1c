//! The question that stands on a view: what is answered, the numbered choices with their default, and the prompt. Pure.

use crate::{
    domain::text::Text,
    wizard::{
        event::Action,
        view::{Ask, Block, Button, ChoiceView, Chord, FieldValue, FieldView, Focus, Key, View},
    },
};

use super::{
    rows::{is_numbered, list, open_search, panel},
    words::{capital, sentence, told},
};

/// What a numbered choice does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum How {
    /// What a key of the view does.
    Key(Action),
    /// Presses the button of a form.
    Press(Action),
    /// Chooses this option of the control that is asked about, and goes on.
    Option(usize),
    /// Goes on to the next control.
    GoOn,
    /// Goes to the control with this label.
    Reach(&'static str),
}

/// One numbered choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// What it says, without its number.
    pub(crate) words: String,
    /// The word that also chooses it; empty where only the number does.
    pub(crate) word: String,
    /// What it does.
    pub(crate) how: How,
}

/// How a line answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// The line is the text of the field with this label.
    Field {
        /// The label.
        label: &'static str,
        /// Many lines, up to an empty one, are one answer.
        is_list: bool,
        /// A secret.
        is_masked: bool,
    },
    /// The number of a choice; empty: the default's index.
    Choices(Vec<Choice>, Option<usize>),
    /// Rows by number, words, or a command.
    Rows,
    /// Nothing can be answered now; commands work.
    Nothing,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    /// Words or a code are looked up, and the panel closes by itself.
    pub(crate) is_look_up: bool,
    /// How it is answered.
    pub(crate) way: Way,
    /// What stands in front of the prompt: what is wrong, the present value, the choices.
    pub(crate) before: Vec<String>,
    /// What to type.
    pub(crate) prompt: String,
    /// The answer changes the bill: nothing that was typed before may answer it.
    pub(crate) bills: bool,
}

/// Keys that every screen has: commands, never numbered.
const COMMON: [Action; 6] =
    [Action::Say, Action::Explain, Action::Help, Action::Park, Action::Leave, Action::Search];

/// What only a full screen can do.
pub(super) const SCREEN_ONLY: [Action; 2] = [Action::Copy, Action::Qr];

/// Whether a line may answer although something is on its way: the rest of the screen can be used meanwhile. On the way
/// to a bill nothing is asked: what could be chosen there is another thing in a moment.
#[must_use]
pub(crate) const fn is_open_meanwhile(ask: Ask) -> bool {
    matches!(ask, Ask::Users | Ask::Applying | Ask::Authorise(_))
}

/// The question of a view.
#[must_use]
pub(crate) fn question(view: &View<'_>) -> Question {
    let way = way(view);
    let (before, prompt) = match &way {
        Way::Field { label, is_list, is_masked } => field_words(view, label, *is_list, *is_masked),
        Way::Choices(choices, default) => choice_words(view, choices, *default),
        Way::Rows => (Vec::new(), rows_prompt(view)),
        Way::Nothing => (Vec::new(), String::new()),
    };
    let bills = matches!(view.ask, Ask::Review | Ask::TurnOff | Ask::Auto) && !view.is_waiting;
    Question { is_look_up: view.ask == Ask::Explain, way, before, prompt, bills }
}

fn way(view: &View<'_>) -> Way {
    let is_closed = buttons(view).any(|button| button.is_focused && !button.is_open);
    if view.is_waiting && (is_closed || !is_open_meanwhile(view.ask)) {
        return Way::Nothing;
    }
    if is_numbered(view.ask) || open_search(view).is_some() {
        return Way::Rows;
    }
    if let Some(field) = focused_field(view) {
        let is_masked = matches!(field.value, FieldValue::Masked { .. });
        return Way::Field { label: field.label, is_list: field.takes_lines, is_masked };
    }
    if let Some(choice) = focused_choice(view) {
        let options = choice.options.iter().enumerate().map(|(at, words)| Choice {
            words: sentence(words),
            word: (*words).to_owned(),
            how: How::Option(at),
        });
        return Way::Choices(options.collect(), Some(choice.chosen));
    }
    if view.focus == Focus::Controls { controls(view) } else { reading(view) }
}

/// The field that the keyboard types into.
pub(super) fn focused_field<'v, 'a>(view: &'v View<'a>) -> Option<&'v FieldView<'a>> {
    fields(view).find(|field| field.is_focused)
}

/// Every field of the panel.
pub(super) fn fields<'v, 'a>(view: &'v View<'a>) -> impl Iterator<Item = &'v FieldView<'a>> {
    panel(view).blocks.iter().filter_map(|block| match block {
        Block::Field(field) => Some(field),
        _ => None,
    })
}

/// The choice that the keyboard acts on.
pub(super) fn focused_choice<'v>(view: &'v View<'_>) -> Option<&'v ChoiceView> {
    panel(view).blocks.iter().find_map(|block| match block {
        Block::Choice(choice) if choice.is_focused => Some(choice),
        _ => None,
    })
}

/// Every button of the panel, open or not.
pub(super) fn buttons<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Button> {
    panel(view).blocks.iter().flat_map(|block| match block {
        Block::Buttons(buttons) => buttons.as_slice(),
        _ => &[],
    })
}

/// A button of a form has the focus: in the middle it is an offer on the way, at the end everything can be chosen.
fn controls(view: &View<'_>) -> Way {
    let blocks = &panel(view).blocks;
    let is_control = |block: &&Block<'_>| matches!(block, Block::Field(_) | Block::Choice(_));
    let here = blocks.iter().position(
        |block| matches!(block, Block::Buttons(buttons) if buttons.iter().any(|button| button.is_focused)),
    );
    let is_middle = here.is_some_and(|here| blocks.iter().skip(here).any(|block| is_control(&block)));
    if is_middle { middle(view) } else { end(view) }
}

/// A button between two fields. Where the field before it is empty, it is what most people need.
fn middle(view: &View<'_>) -> Way {
    let Some(button) = buttons(view).find(|button| button.is_focused) else { return Way::Nothing };
    let label = button.label.to_string();
    let go_on = Choice { words: "Go on to the next question.".into(), word: "go on".into(), how: How::GoOn };
    if !button.is_open {
        return Way::Choices(vec![go_on], Some(0));
    }
    let mut before_it = None;
    for block in &panel(view).blocks {
        match block {
            Block::Field(field) => before_it = Some(field),
            Block::Buttons(buttons) if buttons.iter().any(|button| button.is_focused) => break,
            _ => {}
        }
    }
    let is_needed = before_it
        .is_some_and(|field| matches!(field.value, FieldValue::Plain(value) if value.is_empty()))
        && button.action == Action::Discover;
    let press = Choice { words: sentence(&label), word: label, how: How::Press(button.action) };
    Way::Choices(vec![press, go_on], Some(usize::from(!is_needed)))
}

/// The last buttons of a form: what can be pressed, every answer to be changed, and the screen's own keys.
fn end(view: &View<'_>) -> Way {
    let blocks = &panel(view).blocks;
    let last = blocks.iter().rev().find_map(|block| match block {
        Block::Buttons(buttons) => Some(buttons.as_slice()),
        _ => None,
    });
    let open: Vec<&Button> = last.unwrap_or_default().iter().filter(|button| button.is_open).collect();
    // Enter alone must not throw a list away that was just typed.
    let focused = open.iter().position(|button| button.is_focused && button.action != Action::Clear);
    let default = focused.or_else(|| open.iter().position(|button| button.action == Action::Save));
    let mut choices: Vec<Choice> = open
        .iter()
        .map(|button| {
            let label = button.label.to_string();
            Choice { words: sentence(&label), word: label, how: How::Press(button.action) }
        })
        .collect();
    for block in blocks {
        let (label, value) = match block {
            Block::Field(field) => (field.label, value(field)),
            Block::Choice(choice) => {
                (choice.label, choice.options.get(choice.chosen).copied().unwrap_or_default().to_owned())
            }
            _ => continue,
        };
        choices.push(Choice {
            words: sentence(&format!("Change {label}: {value}")),
            word: format!("change {label}"),
            how: How::Reach(label),
        });
    }
    let known: Vec<Action> = buttons(view).map(|button| button.action).collect();
    choices.extend(own_keys(view).filter(|key| !known.contains(&key.action)).map(choice));
    Way::Choices(choices, default)
}

/// What a field holds, in words.
pub(super) fn value(field: &FieldView<'_>) -> String {
    match &field.value {
        FieldValue::Plain(value) if value.is_empty() => "empty now".into(),
        FieldValue::Plain(value) => format!("{value} now"),
        FieldValue::Masked { is_filled: true } => "filled, not shown".into(),
        FieldValue::Masked { is_filled: false } => "nothing typed".into(),
    }
}

/// The keys of the screen itself, each action once.
fn own_keys<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Key> {
    let keys = &view.keys;
    keys.iter().enumerate().filter_map(move |(at, key)| {
        let is_first = keys.iter().take(at).all(|other| other.action != key.action);
        let is_own = !COMMON.contains(&key.action) && !SCREEN_ONLY.contains(&key.action);
        let is_form = matches!(key.action, Action::Submit) && view.focus == Focus::Controls;
        (is_first && is_own && !is_form && key.chord != Chord::Space).then_some(key)
    })
}

/// A key as a choice.
fn choice(key: &Key) -> Choice {
    let label = told(key.label);
    let (name, help) = (capital(&label), told(key.help));
    // "Back. Back to the screen before." says it twice.
    let is_said = key.action == Action::Back && help.strip_prefix(&name).is_some();
    let words = if is_said { help } else { format!("{} {help}", sentence(&name)) };
    Choice { words, word: label, how: How::Key(key.action) }
}

/// Something to read, with the keys that lead on from it.
fn reading(view: &View<'_>) -> Way {
    if matches!(view.ask, Ask::Say | Ask::Help) {
        return Way::Nothing;
    }
    let is_closed = |action: Action| buttons(view).any(|button| button.action == action && !button.is_open);
    // Where Esc means something of its own, that is the way back.
    let has_esc = view.keys.iter().any(|key| key.chord == Chord::Esc && key.action != Action::Back);
    let is_other_way = |key: &Key| has_esc && key.action == Action::Back && key.chord != Chord::Esc;
    let keys: Vec<&Key> = own_keys(view).filter(|key| !is_closed(key.action) && !is_other_way(key)).collect();
    let default = keys.iter().position(|key| key.chord == Chord::Enter);
    let mut choices: Vec<Choice> = keys.into_iter().map(choice).collect();
    if matches!(view.ask, Ask::Outcome | Ask::Receipt) {
        choices.extend(view.keys.iter().filter(|key| key.action == Action::Leave).map(|key| Choice {
            words: "Leave the wizard.".into(),
            word: "leave".into(),
            how: How::Key(key.action),
        }));
    }
    if choices.is_empty() { Way::Nothing } else { Way::Choices(choices, default) }
}

fn field_words(view: &View<'_>, label: &str, is_list: bool, is_masked: bool) -> (Vec<String>, String) {
    let Some(field) = focused_field(view) else { return (Vec::new(), sentence(label)) };
    let mut before = Vec::new();
    if let Some(problem) = &field.problem {
        before.push(sentence(&format!("Problem: {}", told(problem.as_str()))));
    }
    let hint = told(field.hint.as_str());
    let hint = if hint.is_empty() { sentence(label) } else { sentence(&format!("{label}: {hint}")) };
    let prompt = match (&field.value, is_list, is_masked) {
        (_, true, _) => format!("{hint} An empty line ends the list."),
        (FieldValue::Plain(value), ..) if value.is_empty() => hint,
        (FieldValue::Plain(value), ..) => format!("{hint} Now: {value}. Enter keeps it, clear empties it."),
        (FieldValue::Masked { is_filled: true }, ..) => {
            format!("{hint} Something is typed already. Enter keeps it.")
        }
        (FieldValue::Masked { is_filled: false }, ..) => hint,
    };
    (before, prompt)
}

fn choice_words(view: &View<'_>, choices: &[Choice], default: Option<usize>) -> (Vec<String>, String) {
    let mut before = Vec::new();
    if let Some(choice) = focused_choice(view) {
        before.push(format!("{}:", choice.label));
    }
    before.extend(choices.iter().enumerate().map(|(at, choice)| format!("{}: {}", at + 1, choice.words)));
    let range = match choices.len() {
        1 => "Type 1".to_owned(),
        2 => "Type 1 or 2".to_owned(),
        len => format!("Type a number from 1 to {len}"),
    };
    let prompt = match default {
        Some(default) => format!("{range}, or Enter for {}.", default + 1),
        None => format!("{range}. Enter alone chooses nothing."),
    };
    (before, prompt)
}

/// What can be typed at a list.
fn rows_prompt(view: &View<'_>) -> String {
    let here = list(view).and_then(|rows| rows.cursor);
    match view.ask {
        Ask::Customer => {
            let name = here.and_then(|at| list(view)?.rows.row(at)).map(|row| row_name(&row));
            let default = match (here, name) {
                (Some(at), Some(name)) => format!(" Enter takes {}, {name}.", at + 1),
                _ => String::new(),
            };
            format!("Type words to search, or a number to choose.{default}")
        }
        Ask::Product => match here {
            Some(at) => format!("Type a number to choose, or Enter for {}.", at + 1),
            None => "Nothing to choose here. The word back goes back.".into(),
        },
        Ask::Kinds => "Numbers include a kind, or leave it out again. Enter saves, back changes nothing.".into(),
        _ => "Type words to search, numbers to tick (\"3-9, 14\"), or a command: list, all, auto, exclude, kinds, \
              review, finish. Enter is review; help lists every command."
            .into(),
    }
}

/// The first words of a row.
fn row_name(row: &crate::wizard::view::Row<'_>) -> String {
    let [name, ..] = &row.cells;
    match name {
        crate::wizard::view::Cell::Words(words) => Text::to_string(&words.to_text()),
        crate::wizard::view::Cell::Made(words) => words.to_string(),
        _ => String::new(),
    }
}
