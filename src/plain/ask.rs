//! The question that stands on a view: what is answered, the numbered choices with their default, and the prompt. Pure.
//!
//! It goes by the shape of the question and by what stands on the page, never by which question it is.

use crate::wizard::{
    answer::{Action, FieldId, Given, Value},
    ask::{NumberAsked, SelectAsked, Shape, Spot},
    view::{Block, Button, ChoiceView, FieldValue, FieldView, Offer, View},
};

use super::{
    page::{can_do, is_of_boxes},
    rows::{count, short_name},
    vocabulary::{is_common, words},
    words::{capital, sentence, signs, told},
};

/// What a numbered choice does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum How {
    /// Answers this.
    Give(Given),
    /// Answers this for the control that is asked about, and goes on to the next one.
    Fill(Given, Spot),
    /// Goes on from this control.
    GoOn(Spot),
    /// Goes to this control.
    Reach(Spot),
}

/// One numbered choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// What it says, without its number.
    pub(crate) words: String,
    /// The word that also chooses it.
    pub(crate) word: String,
    /// What it does.
    pub(crate) how: How,
}

/// How a line answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// The line is the text of this field.
    Field {
        /// Which field.
        id: FieldId,
        /// Many lines, up to an empty one, are one answer.
        is_list: bool,
        /// A secret.
        is_masked: bool,
    },
    /// The number of a choice; empty: the default's index.
    Choices(Vec<Choice>, Option<usize>),
    /// Rows by number, words, or a command; empty: this.
    Rows(Option<Given>),
    /// Boxes by number; empty: the form is done.
    Boxes,
    /// A number; empty: the one that is proposed.
    Number(Option<u32>),
    /// Nothing can be answered now; commands work.
    Nothing,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    /// How it is answered.
    pub(crate) way: Way,
    /// What stands in front of the prompt: what is wrong, the present value, the choices.
    pub(crate) before: Vec<String>,
    /// What to type.
    pub(crate) prompt: String,
    /// The answer changes the bill: nothing that was typed before may answer it.
    pub(crate) bills: bool,
}

/// Whether a line may answer although something is on its way: the rest of the page can be used meanwhile. On the way to a
/// bill nothing is asked: what could be chosen there is another thing in a moment.
#[must_use]
pub(crate) const fn is_open_meanwhile(shape: &Shape) -> bool {
    matches!(shape, Shape::Select(_) | Shape::Watch)
}

/// The question of a view; `at` is where the walk through a form is.
#[must_use]
pub(crate) fn question(view: &View<'_>, at: Spot) -> Question {
    let ask = |way, before, prompt: String| Question { way, before, prompt, bills: bills(view) };
    let is_closed = view.page.buttons().next().is_some() && view.page.buttons().all(|button| !button.is_open);
    if view.ask.is_waiting && (is_closed || !is_open_meanwhile(&view.ask.shape)) {
        return ask(Way::Nothing, Vec::new(), String::new());
    }
    match &view.ask.shape {
        Shape::Pick => {
            let (enter, prompt) = pick(view);
            ask(Way::Rows(enter), Vec::new(), prompt)
        }
        Shape::Select(asked) => {
            let enter = view.actions.iter().find(|offer| offer.is_default);
            let prompt = select_prompt(asked, enter);
            ask(Way::Rows(enter.map(|offer| Given::Do(offer.action))), Vec::new(), prompt)
        }
        Shape::Number(asked) => {
            let (before, prompt) = number_words(asked);
            ask(Way::Number(asked.proposed), before, prompt)
        }
        Shape::Form if is_of_boxes(view) => {
            let boxes = view.page.choices().enumerate().map(|(at, choice)| box_words(at, choice));
            let prompt = "Numbers turn a yes into a no and back. Enter saves, back changes nothing.";
            ask(Way::Boxes, boxes.collect(), prompt.into())
        }
        Shape::Form => form(view, at),
        Shape::Confirm { default } => {
            let choices = decisions(view);
            let wanted = if *default { [Given::Yes, Given::Yes] } else { [Given::No, Given::Back] };
            let is_it = |wanted: &Given| {
                choices.iter().position(|choice| matches!(&choice.how, How::Give(given) if given == wanted))
            };
            let default = wanted.iter().find_map(is_it);
            numbered(None, choices, default, bills(view))
        }
        Shape::Watch | Shape::Read => reading(view),
    }
}

/// Whether the answer confirms a number that the page shows, or a bill.
fn bills(view: &View<'_>) -> bool {
    let has_bill = || view.page.blocks.iter().any(|block| matches!(block, Block::Bill(_)));
    !view.ask.is_waiting
        && match &view.ask.shape {
            Shape::Number(asked) => asked.proposed.is_none(),
            Shape::Confirm { .. } => has_bill(),
            _ => false,
        }
}

/// What Enter takes from a list, and the prompt.
fn pick(view: &View<'_>) -> (Option<Given>, String) {
    let Some(rows) = view.page.rows() else { return (None, String::new()) };
    let start = rows.start.as_ref().and_then(|id| rows.rows.at(id)).unwrap_or(0);
    let enter = rows.rows.id(start);
    let number = count(start.saturating_add(1));
    let prompt = match (rows.search.is_some(), &enter) {
        (true, Some(_)) => {
            let name = short_name(rows, start).unwrap_or_default();
            let enter = sentence(&format!("Enter takes {number}, {name}"));
            format!("Type words to search, or a number to choose. {enter}")
        }
        (true, None) => "Type words to search, or a number to choose.".into(),
        (false, Some(_)) => format!("Type a number to choose, or Enter for {number}."),
        (false, None) => "Nothing to choose here. The word back goes back.".into(),
    };
    (enter.map(Given::Pick), prompt)
}

fn select_prompt(asked: &SelectAsked, enter: Option<&Offer>) -> String {
    if !asked.may_mark {
        return "Type words to search, or a command: list, details, refresh. help lists every command."
            .into();
    }
    // By its action: its label follows each tick.
    let enter = enter.and_then(|offer| words(offer.action).first());
    let enter = enter.map(|word| format!("Enter is {word}; ")).unwrap_or_default();
    format!(
        "Type words to search, numbers to tick (\"3-9, 14\"), or a command: list, all, auto, exclude, kinds, review, \
         finish. {enter}help lists every command."
    )
}

fn number_words(asked: &NumberAsked) -> (Vec<String>, String) {
    let problem = asked.problem.as_ref().map(|problem| sentence(&format!("Problem: {}", told(problem))));
    let mut prompt = labelled(asked.label, &told(&asked.hint));
    if let Some(proposed) = asked.proposed {
        prompt = format!("{prompt} Now: {proposed}. Enter keeps it.");
    }
    (problem.into_iter().collect(), prompt)
}

/// A label and what is said behind it.
fn labelled(label: &str, words: &str) -> String {
    if words.is_empty() { sentence(label) } else { sentence(&format!("{label}: {words}")) }
}

/// A box with its number.
pub(crate) fn box_words(at: usize, choice: &ChoiceView) -> String {
    let answer = choice.options.get(choice.chosen).copied().unwrap_or_default();
    let note = told(&choice.note);
    let note = if note.is_empty() { note } else { format!(", {note}") };
    sentence(&format!("{}, {answer}: {}{note}", at.saturating_add(1), choice.label))
}

/// The control that a form is asked about, or its buttons.
fn form(view: &View<'_>, at: Spot) -> Question {
    match at {
        Spot::Field(id) => match view.page.fields().find(|field| field.id == id) {
            Some(field) => in_field(field),
            None => match view.page.choices().find(|choice| choice.id == id) {
                Some(choice) => options(choice),
                None => end(view),
            },
        },
        Spot::Button(action) => match view.page.buttons().find(|button| button.action == action) {
            Some(button) => middle(view, button),
            None => end(view),
        },
        Spot::Page => end(view),
    }
}

fn in_field(field: &FieldView<'_>) -> Question {
    let is_masked = matches!(field.value, FieldValue::Masked { .. });
    let way = Way::Field { id: field.id, is_list: field.takes_lines, is_masked };
    let problem = field.problem.as_ref().map(|problem| sentence(&format!("Problem: {}", told(problem))));
    let hint = labelled(field.label, &told(&field.hint));
    let prompt = match &field.value {
        _ if field.takes_lines => format!("{hint} An empty line ends the list."),
        FieldValue::Plain(value) if !value.is_empty() => {
            format!("{hint} Now: {value}. Enter keeps it, clear empties it.")
        }
        FieldValue::Masked { is_filled: true } => {
            format!("{hint} Something is typed already. Enter keeps it.")
        }
        FieldValue::Plain(_) | FieldValue::Masked { .. } => hint,
    };
    Question { way, before: problem.into_iter().collect(), prompt, bills: false }
}

/// The options of a choice.
fn options(choice: &ChoiceView) -> Question {
    let spot = Spot::Field(choice.id);
    let options = choice.options.iter().enumerate().map(|(at, words)| Choice {
        words: sentence(words),
        word: (*words).to_owned(),
        how: How::Fill(Given::Fill(choice.id, Value::Choice(at)), spot),
    });
    let note = told(&choice.note);
    let title =
        if note.is_empty() { format!("{}:", choice.label) } else { format!("{}, {note}:", choice.label) };
    numbered(Some(title), options.collect(), Some(choice.chosen), false)
}

/// A button between two fields. Where the field before it is empty, finding what belongs there is what most people need.
fn middle(view: &View<'_>, button: &Button) -> Question {
    let press = Choice {
        words: sentence(button.label),
        word: button.label.to_owned(),
        how: How::Give(Given::Do(button.action)),
    };
    let spot = Spot::Button(button.action);
    let go_on =
        Choice { words: "Go on to the next question.".into(), word: "go on".into(), how: How::GoOn(spot) };
    let is_here = |block: &Block<'_>| matches!(block, Block::Buttons(buttons) if buttons.iter().any(|other| other.action == button.action));
    let before = view.page.blocks.iter().take_while(|block| !is_here(block));
    let field =
        before.filter_map(|block| if let Block::Field(field) = block { Some(field) } else { None }).last();
    let is_empty =
        field.is_some_and(|field| matches!(field.value, FieldValue::Plain(value) if value.is_empty()));
    let is_needed = is_empty && button.action == Action::Discover;
    numbered(None, vec![press, go_on], Some(usize::from(!is_needed)), false)
}

/// The last buttons of a form: what can be pressed, every answer to be changed, and what else can be done.
fn end(view: &View<'_>) -> Question {
    let last = view.page.blocks.iter().rev().find_map(|block| match block {
        Block::Buttons(buttons) => Some(buttons.as_slice()),
        _ => None,
    });
    let open: Vec<&Button> = last.unwrap_or_default().iter().filter(|button| button.is_open).collect();
    let is_at = |spot: Spot| open.iter().position(|button| Spot::Button(button.action) == spot);
    let default = is_at(view.ask.focus.spot).or_else(|| is_at(Spot::Button(Action::Save)));
    let mut choices: Vec<Choice> = open
        .iter()
        .map(|button| Choice {
            words: sentence(button.label),
            word: button.label.to_owned(),
            how: How::Give(given(button.action)),
        })
        .collect();
    for block in &view.page.blocks {
        let (id, label, value) = match block {
            Block::Field(field) => (field.id, field.label.to_owned(), value(field)),
            Block::Choice(choice) => {
                let answer = choice.options.get(choice.chosen).copied().unwrap_or_default();
                (choice.id, choice.label.to_string(), answer.to_owned())
            }
            _ => continue,
        };
        choices.push(Choice {
            words: sentence(&format!("Change {label}: {value}")),
            word: format!("change {label}"),
            how: How::Reach(Spot::Field(id)),
        });
    }
    let known: Vec<Action> = view.page.buttons().map(|button| button.action).collect();
    choices.extend(own_offers(view).filter(|offer| !known.contains(&offer.action)).map(offered));
    numbered(None, choices, default, false)
}

/// What a field holds, in words.
fn value(field: &FieldView<'_>) -> String {
    match &field.value {
        FieldValue::Plain("") => "empty now".into(),
        FieldValue::Plain(value) => format!("{value} now"),
        FieldValue::Masked { is_filled: true } => "filled, not shown".into(),
        FieldValue::Masked { is_filled: false } => "nothing typed".into(),
    }
}

/// What an action answers.
#[must_use]
pub(crate) const fn given(action: Action) -> Given {
    match action {
        Action::Yes => Given::Yes,
        Action::No => Given::No,
        Action::Save => Given::Submit,
        Action::Back => Given::Back,
        action => Given::Do(action),
    }
}

/// What can be done on this page, without what every page knows. Where another customer can be begun nothing is
/// interrupted by leaving, so that is an answer there.
fn own_offers<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Offer> {
    let may_leave = view.offer(Action::Another).is_some();
    view.actions
        .iter()
        .filter(move |offer| (offer.action == Action::Leave && may_leave) || !is_common(offer.action))
}

/// An offer as a choice.
fn offered(offer: &Offer) -> Choice {
    let label = signs(offer.label);
    let (name, help) = (capital(&label), signs(offer.help));
    if offer.action == Action::Leave {
        let leave = How::Give(Given::Do(Action::Leave));
        return Choice { words: "Leave the wizard.".into(), word: label.into_owned(), how: leave };
    }
    // "Back. Back to the screen before." says it twice.
    let is_said = offer.action == Action::Back && help.starts_with(&name);
    let words = if is_said { help.into_owned() } else { format!("{} {help}", sentence(&name)) };
    Choice {
        words: sentence(words.trim_end()),
        word: label.into_owned(),
        how: How::Give(given(offer.action)),
    }
}

/// The buttons of a page that is no form, with what help says about them, and what else can be done.
fn doings(view: &View<'_>) -> Vec<Choice> {
    let pressed = view.page.buttons().filter(|button| button.is_open).map(|button| {
        let help = view.offer(button.action).map(|offer| signs(offer.help)).unwrap_or_default();
        let name = sentence(button.label);
        let is_said = help.is_empty() || *help == *name;
        Choice {
            words: if is_said { name } else { format!("{name} {help}") },
            word: button.label.to_owned(),
            how: How::Give(given(button.action)),
        }
    });
    let has_button = |action| view.page.buttons().any(|button| button.action == action);
    pressed.chain(own_offers(view).filter(|offer| !has_button(offer.action)).map(offered)).collect()
}

/// What decides a question of yes or no.
fn decisions(view: &View<'_>) -> Vec<Choice> {
    let mut choices = doings(view);
    if !choices.iter().any(|choice| choice.how == How::Give(Given::Yes)) && !can_do(view, Action::Yes) {
        choices.insert(0, Choice { words: "Yes.".into(), word: "yes".into(), how: How::Give(Given::Yes) });
    }
    choices
}

/// Something to read, with what leads on from it.
fn reading(view: &View<'_>) -> Question {
    let choices = doings(view);
    let does = |action: Action| choices.iter().position(|choice| choice.how == How::Give(given(action)));
    let default = view.actions.iter().find(|offer| offer.is_default).and_then(|offer| does(offer.action));
    let default = default
        .or_else(|| view.page.buttons().find(|button| button.is_open).and_then(|button| does(button.action)));
    if choices.is_empty() {
        return Question { way: Way::Nothing, before: Vec::new(), prompt: String::new(), bills: false };
    }
    numbered(None, choices, default, false)
}

/// Numbered choices with their prompt.
fn numbered(title: Option<String>, choices: Vec<Choice>, default: Option<usize>, bills: bool) -> Question {
    let mut before: Vec<String> = title.into_iter().collect();
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
    Question { way: Way::Choices(choices, default), before, prompt, bills }
}
