//! The question that stands on a view: what is answered, the numbered choices with their default, and the prompt; and what
//! a line means that answers it. Pure.
//!
//! It goes by the shape of the question and by what stands on the page, never by which question it is.

use crate::{
    domain::{
        phrase::Phrase,
        speech::{capital, sentence, signs},
    },
    wizard::{
        answer::{Action, FieldId, Given, Value},
        ask::{SelectAsked, Shape, Spot},
        view::{Block, Button, ChoiceView, Column, FieldValue, FieldView, HandoutId, View},
    },
};

use super::{
    rows::{Report, count},
    vocabulary::{is_common, words},
    words::{told, wrong},
};

/// What a line means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Answer this, one after the other; then do this.
    Give(Vec<Given>, Option<After>),
    /// Ask about another control of the form.
    Ask(Spot),
    /// Ask about what comes behind this control of the form.
    GoOn(Spot),
    /// Say this.
    Say(Vec<String>),
    /// Say this, then the prompt again.
    Aside(Vec<String>),
    /// Say the whole screen again.
    Again,
    /// Nothing yet: the line is a part of an answer.
    More,
}

/// What follows once the answers of a line have been taken, and what they started has come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum After {
    /// The page of the list that begins here is said.
    Page(usize),
    /// What became of rows is said.
    Report(Report),
    /// The walk goes on from this control, unless something is wrong with it.
    GoOn(Spot),
}

/// Answers once.
pub(crate) fn give(given: Given) -> Heard {
    Heard::Give(vec![given], None)
}

/// Does what can be done on the page.
pub(crate) fn press(action: Action) -> Heard {
    give(Given::Do(action))
}

/// Says one line.
pub(crate) fn say(words: impl Into<String>) -> Heard {
    Heard::Say(vec![words.into()])
}

/// One numbered choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// What it says, without its number.
    words: String,
    /// The word that also chooses it.
    pub(crate) word: String,
    /// What choosing it means.
    pub(crate) does: Heard,
}

/// How a line answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Way {
    /// The line is the text of this field.
    Line(FieldId),
    /// Many lines, up to an empty one, are the text of this field.
    Lines(FieldId),
    /// The line is the secret of this field.
    Secret(FieldId),
    /// The number of a choice; empty: the default's index.
    Choices(Vec<Choice>, Option<usize>),
    /// Rows by number, words, or a command; empty: this.
    Rows(Option<Given>),
    /// Boxes by number; empty: the form is done.
    Boxes,
    /// A number; empty: the one that is proposed.
    Number(Option<u32>),
    /// Nothing can be answered now; commands work.
    #[default]
    Nothing,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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

impl Question {
    /// A prompt alone.
    fn new(way: Way, prompt: impl Into<String>) -> Self {
        Self { way, prompt: prompt.into(), ..Self::default() }
    }

    /// The same with what is wrong in front of it.
    fn after(self, problem: Option<&Phrase>) -> Self {
        Self { before: problem.map(wrong).into_iter().collect(), ..self }
    }

    /// Numbered choices with their prompt.
    fn numbered(choices: Vec<Choice>, default: Option<usize>) -> Self {
        let lines = choices.iter().enumerate().map(|(at, choice)| format!("{}: {}", at + 1, choice.words));
        let before = lines.collect();
        let range = match choices.len() {
            0 => return Self::default(),
            1 => "Type 1".to_owned(),
            2 => "Type 1 or 2".to_owned(),
            len => format!("Type a number from 1 to {len}"),
        };
        let prompt = match default {
            Some(default) => format!("{range}, or Enter for {}.", default + 1),
            None => format!("{range}. Enter alone chooses nothing."),
        };
        Self { before, ..Self::new(Way::Choices(choices, default), prompt) }
    }

    /// The same; Enter does the first of these that can be chosen.
    fn deciding(choices: Vec<Choice>, wanted: impl IntoIterator<Item = Action>) -> Self {
        let at = |action| choices.iter().position(|choice| choice.does == press(action));
        let default = wanted.into_iter().find_map(at);
        Self::numbered(choices, default)
    }
}

/// The question of a view; `at` is where the walk through a form is.
pub(crate) fn question(view: &View<'_>, at: Spot) -> Question {
    let is_closed = view.page.buttons().next().is_some() && view.page.buttons().all(|button| !button.is_open);
    // The rest of such a page can be used while something is on its way. On the way to a bill nothing is asked: what could be
    // chosen there is another thing in a moment.
    let is_open_meanwhile = matches!(view.ask.shape, Shape::Select(_) | Shape::Watch);
    if view.ask.is_waiting && (is_closed || !is_open_meanwhile) {
        return Question::default();
    }
    match &view.ask.shape {
        Shape::Pick => pick(view),
        Shape::Select(asked) => select(view, asked),
        Shape::Number(asked) => {
            let now = asked.proposed.map(|number| format!(" Now: {number}. Enter keeps it."));
            let prompt =
                sentence(&labelled(asked.label, ": ", &told(&asked.hint))) + &now.unwrap_or_default();
            let number = Question::new(Way::Number(asked.proposed), prompt).after(asked.problem.as_ref());
            // The number that the page shows is confirmed, unless one is proposed.
            Question { bills: asked.proposed.is_none(), ..number }
        }
        Shape::Form => form(view, at),
        Shape::Confirm { .. } => Question { bills: view.page.bill().is_some(), ..deciding(view) },
        Shape::Watch | Shape::Read => deciding(view),
    }
}

/// A row of a list, to be chosen.
fn pick(view: &View<'_>) -> Question {
    let Some(rows) = view.page.rows() else { return Question::new(Way::Rows(None), "") };
    let start = rows.start.as_ref().and_then(|id| rows.rows.at(id)).unwrap_or(0);
    let enter = rows.rows.id(start).map(Given::Pick);
    let number = count(start.saturating_add(1));
    let prompt = match (rows.search.is_some(), &enter) {
        (true, Some(_)) => {
            let name = rows.words(start, Column::Name);
            let enter = sentence(&format!("Enter takes {number}, {name}"));
            format!("Type words to search, or a number to choose. {enter}")
        }
        (true, None) => "Type words to search, or a number to choose.".into(),
        (false, Some(_)) => format!("Type a number to choose, or Enter for {number}."),
        (false, None) => "Nothing to choose here. The word back goes back.".into(),
    };
    Question::new(Way::Rows(enter), prompt)
}

/// Users to be marked.
fn select(view: &View<'_>, asked: &SelectAsked) -> Question {
    let enter = view.default_offer().map(|offer| offer.action);
    // By its action: its label follows each tick.
    let word = enter.and_then(|action| words(action).first());
    let word = word.map(|word| format!("Enter is {word}; ")).unwrap_or_default();
    let prompt = if asked.may_mark {
        format!(
            "Type words to search, numbers to tick (\"3-9, 14\"), or a command: list, all, auto, exclude, kinds, \
             review, finish. {word}help lists every command."
        )
    } else {
        "Type words to search, or a command: list, details, refresh. help lists every command.".into()
    };
    Question::new(Way::Rows(enter.map(Given::Do)), prompt)
}

/// A label and what is said behind it, if anything.
fn labelled(label: &str, between: &str, words: &str) -> String {
    if words.is_empty() { label.to_owned() } else { [label, between, words].concat() }
}

/// Boxes alone, which are answered like rows by their numbers, or else the control that is asked about, or the buttons.
fn form(view: &View<'_>, at: Spot) -> Question {
    let page = &view.page;
    let has_boxes = page.choices().next().is_some() && page.choices().all(ChoiceView::is_box);
    if has_boxes && page.fields().next().is_none() {
        let prompt = "Numbers turn a yes into a no and back. Enter saves, back changes nothing.";
        let said = |(at, choice): (usize, &ChoiceView)| {
            sentence(&format!("{}, {}: {}", at + 1, choice.answer(), noted(choice)))
        };
        let before = page.choices().enumerate().map(said).collect();
        return Question { before, ..Question::new(Way::Boxes, prompt) };
    }
    let asked = match at {
        Spot::Field(id) => {
            let field = page.fields().find(|field| field.id == id).map(|field| in_field(view, field));
            field.or_else(|| page.choices().find(|choice| choice.id == id).map(options))
        }
        Spot::Button(action) => {
            page.buttons().find(|button| button.action == action).map(|button| middle(view, button))
        }
        Spot::Page => None,
    };
    asked.unwrap_or_else(|| end(view))
}

/// The label of a choice with its note.
fn noted(choice: &ChoiceView) -> String {
    labelled(choice.label.as_str(), ", ", &told(&choice.note))
}

fn in_field(view: &View<'_>, field: &FieldView<'_>) -> Question {
    let way = match field.value {
        _ if field.entries.is_some() => Way::Lines(field.id),
        FieldValue::Masked { .. } => Way::Secret(field.id),
        FieldValue::Plain(_) => Way::Line(field.id),
    };
    let more = match &field.value {
        _ if field.entries.is_some() => " An empty line ends the list.".to_owned(),
        FieldValue::Masked { is_filled: true } => " Something is typed already. Enter keeps it.".to_owned(),
        FieldValue::Plain("") if found_behind(view) == Some(field.id) => {
            " Type find to have it found.".to_owned()
        }
        FieldValue::Plain("") | FieldValue::Masked { .. } => String::new(),
        FieldValue::Plain(value) => format!(" Now: {value}. Enter keeps it, clear empties it."),
    };
    let prompt = sentence(&labelled(field.label, ": ", &told(&field.hint))) + &more;
    Question::new(way, prompt).after(field.problem.as_ref())
}

/// The empty field for which the button behind it finds what belongs there: what most people need.
fn found_behind(view: &View<'_>) -> Option<FieldId> {
    let finds = |button: &Button| button.action == Action::Discover && button.is_open;
    view.page.blocks.windows(2).find_map(|pair| match pair {
        [Block::Field(FieldView { id, value: FieldValue::Plain(""), .. }), Block::Buttons(buttons)] => {
            buttons.iter().any(finds).then_some(*id)
        }
        _ => None,
    })
}

/// The options of a choice.
fn options(choice: &ChoiceView) -> Question {
    let options = choice.options.iter().enumerate().map(|(at, words)| {
        let fill = Given::Fill(choice.id, Value::Choice(at));
        let does = Heard::Give(vec![fill], Some(After::GoOn(Spot::Field(choice.id))));
        Choice { words: sentence(words), word: (*words).to_owned(), does }
    });
    let mut asked = Question::numbered(options.collect(), Some(choice.chosen));
    asked.before.insert(0, format!("{}:", noted(choice)));
    asked
}

/// A button between two fields.
fn middle(view: &View<'_>, button: &Button) -> Question {
    let words = "Go on to the next question.".to_owned();
    let go_on = Choice { words, word: "go on".into(), does: Heard::GoOn(Spot::Button(button.action)) };
    let is_needed = button.action == Action::Discover && found_behind(view).is_some();
    Question::numbered(vec![choice(button.action, button.label, ""), go_on], Some(usize::from(!is_needed)))
}

/// The last buttons of a form: what can be pressed, every answer to be changed, and what else can be done.
fn end(view: &View<'_>) -> Question {
    let last =
        view.page.all(|block| if let Block::Buttons(buttons) = block { Some(buttons) } else { None }).last();
    let open = last.into_iter().flatten().filter(|button| button.is_open);
    let mut choices: Vec<Choice> = open.map(|button| choice(button.action, button.label, "")).collect();
    choices.extend(view.page.blocks.iter().filter_map(|block| match block {
        Block::Field(field) => Some(change(field.id, field.label, &value(field))),
        Block::Choice(choice) => Some(change(choice.id, choice.label.as_str(), choice.answer())),
        _ => None,
    }));
    choices.extend(own_offers(view));
    let focus = if let Spot::Button(action) = view.ask.focus.spot { Some(action) } else { None };
    Question::deciding(choices, focus.into_iter().chain([Action::Save]))
}

/// An answer of a form to be changed.
fn change(id: FieldId, label: &str, value: &str) -> Choice {
    let words = sentence(&format!("Change {label}: {value}"));
    Choice { words, word: format!("change {label}"), does: Heard::Ask(Spot::Field(id)) }
}

/// What a field holds, in words.
fn value(field: &FieldView<'_>) -> String {
    match (&field.value, field.entries) {
        (_, Some(entries @ 1..)) => format!("{} on the list now", count(entries)),
        (FieldValue::Plain(""), _) => "empty now".into(),
        (FieldValue::Plain(value), _) => format!("{value} now"),
        (FieldValue::Masked { is_filled: true }, _) => "filled, not shown".into(),
        (FieldValue::Masked { is_filled: false }, _) => "nothing typed".into(),
    }
}

/// What can be done on this page without a button, but what every page knows. Where another customer can be begun nothing
/// is interrupted by leaving, so that is an answer there.
fn own_offers(view: &View<'_>) -> impl Iterator<Item = Choice> {
    let may_leave = view.offer(Action::Another).is_some();
    // Help has the ways to send an error: it is rarely sent, and bad news is long enough.
    let is_error = matches!(view.handouts.as_slice(), [only] if only.id == HandoutId::Error);
    // Of no and back, one choice is enough.
    let is_no = matches!(view.ask.shape, Shape::Confirm { .. }) && view.offer(Action::No).is_some();
    let is_own = move |action: Action| match action {
        Action::Leave => may_leave,
        Action::Back if is_no => false,
        action => !(is_common(action) || is_error && action.is_sending()),
    };
    let has_button = |action| view.page.buttons().any(|button| button.action == action);
    let offers = view.actions.iter().filter(move |offer| is_own(offer.action) && !has_button(offer.action));
    offers.map(|offer| choice(offer.action, offer.label, offer.help))
}

/// What can be done as a choice, with what help says about it.
fn choice(action: Action, label: &'static str, help: &'static str) -> Choice {
    let (label, help) = (signs(label), signs(help));
    let name = capital(&label);
    let begins = |rest: &str| !rest.starts_with(char::is_alphabetic);
    let words = match action {
        Action::Leave => "Leave the wizard".into(),
        Action::NextReceipt => "Receipt. Says it; once more: the one for the customer, then as JSON".into(),
        // "Back. Back to the screen before." says it twice.
        _ if help.strip_prefix(&name).is_some_and(begins) => help,
        _ => labelled(&sentence(&name), " ", &help).into(),
    };
    Choice { words: sentence(&words), word: label.into_owned(), does: press(action) }
}

/// A page that is no form: its buttons, with what help says about them, and what else can be done.
fn deciding(view: &View<'_>) -> Question {
    let open = view.page.buttons().filter(|button| button.is_open);
    let help = |action| view.offer(action).map(|offer| offer.help).unwrap_or_default();
    let pressed = open.map(|button| choice(button.action, button.label, help(button.action)));
    let mut choices: Vec<Choice> = pressed.chain(own_offers(view)).collect();
    let default = view.default_offer().map(|offer| offer.action);
    if matches!(view.ask.shape, Shape::Confirm { .. }) {
        // What Enter does stands first: a 1 typed out of habit is what needs no thought.
        choices.sort_by_key(|choice| default.map(press).as_ref() != Some(&choice.does));
    }
    let first = view.page.buttons().find(|button| button.is_open).map(|button| button.action);
    Question::deciding(choices, default.into_iter().chain(first))
}
