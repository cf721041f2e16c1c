//! Pure: a line, the view it meets and the question that was said, to what is to be done. It knows words, never rules: every
//! command is a key or a button that the view offers.

mod lists;
pub(crate) mod numbers;

use std::collections::BTreeMap;

use crate::wizard::{
    event::{Action, Edit, Intent},
    view::{Ask, Chord, RowsView, View},
};

use super::{
    ask::{Choice, How, Question, SCREEN_ONLY, Way},
    plan::{self, Step},
    rows::{PAGE, identity, is_numbered, list},
};

use numbers::Range;

/// Most bytes of one list that is typed or pasted; a guess far above any customer's addresses.
const MOST_OF_A_LIST: usize = 8 << 20;

/// What a line means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Do this.
    Steps(Vec<Step>),
    /// Say this, then the prompt again.
    Say(Vec<String>),
    /// Say the whole screen again.
    Again,
    /// Say all commands.
    Help,
    /// Nothing yet: the line is a part of an answer.
    More,
}

/// What is remembered between lines.
#[derive(Debug, Default)]
pub(crate) struct Mind {
    /// Index of the first row of the page that was said last; none before any was.
    pub(crate) top: Option<usize>,
    /// *All* was asked for, and is to be confirmed.
    pub(crate) confirms_all: bool,
    /// Who stood in the rows that were said, by index: a number means the row that was said, not who stands there now.
    said: BTreeMap<usize, String>,
    /// Lines of a list that is being typed.
    collected: String,
}

impl Mind {
    /// Another screen: nothing of the one before is meant any more.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// The page of the list that begins here is said.
    pub(crate) fn says(&mut self, rows: &RowsView<'_>, top: usize) {
        self.top = Some(top);
        // In another order or under another filter, what was said before is no list any more.
        if self.said.iter().any(|(at, who)| identity(rows, *at).as_ref() != Some(who)) {
            self.said.clear();
        }
        let end = top.saturating_add(PAGE).min(rows.rows.len());
        self.said.extend((top..end).filter_map(|at| Some((at, identity(rows, at)?))));
    }

    /// As if somebody else had been said in the row with this index.
    #[cfg(test)]
    pub(super) fn says_otherwise(&mut self, at: usize, who: &str) {
        self.said.insert(at, who.to_owned());
    }

    /// Whether somebody else stands in one of these rows than was said.
    fn is_out_of_date(&self, rows: &RowsView<'_>, ranges: &[Range]) -> bool {
        ranges.iter().any(|range| {
            let mut said = self.said.range(range.start().saturating_sub(1)..*range.end());
            said.any(|(at, who)| identity(rows, *at).as_ref() != Some(who))
        })
    }
}

/// Says one line.
fn say(words: impl Into<String>) -> Heard {
    Heard::Say(vec![words.into()])
}

/// What a line means.
#[must_use]
pub(crate) fn hear(line: &str, view: &View<'_>, question: &Question, mind: &mut Mind) -> Heard {
    if std::mem::take(&mut mind.confirms_all) {
        return confirmed(line, view);
    }
    match &question.way {
        Way::Field { label, is_masked: true, .. } => Heard::Steps(plan::answer(label, line)),
        Way::Field { label, is_list: true, .. } => listed(label, line.trim(), view, mind),
        Way::Field { label, .. } => in_field(label, line.trim(), view, question),
        Way::Choices(choices, default) => chosen(line.trim(), view, question, choices, *default),
        Way::Rows => in_rows(line.trim(), view, question, mind),
        Way::Nothing => common(line.trim(), view)
            .unwrap_or_else(|| say("One moment: nothing is asked now. Or type back, or quit.")),
    }
}

/// Whether a line is a command that works while something is on its way, and whether it leads away from here.
#[must_use]
pub(crate) fn meanwhile(line: &str) -> Option<bool> {
    let line = line.trim().to_lowercase();
    match line.split(' ').next().unwrap_or_default() {
        "back" | "b" | "esc" | "park" | "p" | "quit" | "leave" | "exit" | "q" | "stop"
            if !line.contains(' ') =>
        {
            Some(true)
        }
        "help" | "?" | "say" | "s" | "again" | "refresh" | "r" if !line.contains(' ') => Some(false),
        "explain" | "e" => Some(false),
        _ => None,
    }
}

/// Steps that open a panel to be read, have it said and close it.
fn read_once(action: Action) -> Heard {
    Heard::Steps(vec![Step::Key(action), Step::Said, Step::Do(Intent::Act(Action::Back))])
}

/// What every screen knows. In a field only these words are commands.
fn common(line: &str, view: &View<'_>) -> Option<Heard> {
    let lower = line.to_lowercase();
    Some(match lower.as_str() {
        "help" | "?" => Heard::Help,
        "again" | "repeat" => Heard::Again,
        "back" | "esc" => Heard::Steps(vec![Step::Do(Intent::Act(Action::Back))]),
        "say" => read_once(Action::Say),
        "explain" => Heard::Steps(vec![
            Step::Key(Action::Explain),
            Step::IfFound,
            Step::Said,
            Step::Do(Intent::Act(Action::Back)),
        ]),
        "park" if view.bar.run.is_none() => say("No run is open, so there is nothing to park."),
        "park" => Heard::Steps(vec![Step::Key(Action::Park)]),
        "quit" | "leave" | "exit" => Heard::Steps(vec![Step::Key(Action::Leave)]),
        _ => {
            let code = lower.strip_prefix("explain ")?;
            Heard::Steps(vec![
                Step::Key(Action::Explain),
                Step::Do(Intent::Edit(Edit::Clear)),
                Step::Do(Intent::Paste(code.to_owned())),
                Step::Said,
                Step::Do(Intent::Act(Action::Back)),
            ])
        }
    })
}

/// *All*, confirmed or not.
fn confirmed(line: &str, view: &View<'_>) -> Heard {
    match line.trim().to_lowercase().as_str() {
        "yes" | "y" if view.ask == Ask::Users => Heard::Steps(lists::all()),
        _ => say("Not done: All ticked nobody."),
    }
}

/// The answer to a field. `=` in front takes a word as text that would be a command.
fn in_field(label: &'static str, line: &str, view: &View<'_>, question: &Question) -> Heard {
    if let Some(text) = line.strip_prefix('=') {
        return Heard::Steps(plan::answer(label, text));
    }
    if let Some(heard) = field_command(line, view) {
        return heard;
    }
    match (question.is_look_up, line) {
        (true, "") => Heard::Steps(vec![Step::Do(Intent::Act(Action::Back))]),
        (true, words) => Heard::Steps(vec![
            Step::Do(Intent::Edit(Edit::Clear)),
            Step::Do(Intent::Paste(words.to_owned())),
            Step::Said,
            Step::Do(Intent::Act(Action::Back)),
        ]),
        (false, words) => Heard::Steps(plan::answer(label, words)),
    }
}

/// Commands in a field.
fn field_command(line: &str, view: &View<'_>) -> Option<Heard> {
    let can_play = view.keys.iter().any(|key| key.action == Action::Rehearse);
    match line.to_lowercase().as_str() {
        "clear" => Some(Heard::Steps(vec![Step::Do(Intent::Edit(Edit::Clear))])),
        "play" if can_play => Some(Heard::Steps(vec![Step::Key(Action::Rehearse)])),
        _ => common(line, view),
    }
}

/// A field that takes a list: lines up to an empty one, or one with a full stop alone, are one paste.
fn listed(label: &'static str, line: &str, view: &View<'_>, mind: &mut Mind) -> Heard {
    let is_end = line.is_empty() || line == ".";
    if is_end && mind.collected.is_empty() {
        return Heard::Steps(vec![Step::Do(Intent::Submit), Step::Correct(label, 1)]);
    }
    if is_end {
        let text = std::mem::take(&mut mind.collected);
        return Heard::Steps(vec![Step::Do(Intent::Edit(Edit::Clear)), Step::Do(Intent::Paste(text))]);
    }
    if let Some(heard) = field_command(line, view) {
        mind.collected.clear();
        return heard;
    }
    if mind.collected.len().saturating_add(line.len()) > MOST_OF_A_LIST {
        mind.collected.clear();
        return say("The list is too long to be taken at once: nothing of it came. Paste it in parts.");
    }
    mind.collected.push_str(line);
    mind.collected.push('\n');
    Heard::More
}

/// The answer to numbered choices.
fn chosen(
    line: &str,
    view: &View<'_>,
    question: &Question,
    choices: &[Choice],
    default: Option<usize>,
) -> Heard {
    let lower = line.to_lowercase();
    let picked = match numbers::number(&lower) {
        Some(number) => {
            let Some(choice) = number.checked_sub(1).and_then(|at| choices.get(at)) else {
                return say(format!("There is no choice {lower}. {}", question.prompt));
            };
            Some(choice)
        }
        None if lower.is_empty() => match default.and_then(|default| choices.get(default)) {
            Some(choice) => Some(choice),
            None => return say(question.prompt.clone()),
        },
        None => choices.iter().find(|choice| choice.word.to_lowercase() == lower),
    };
    if let Some(choice) = picked {
        return follow(&choice.how, view);
    }
    if lower == "choices" {
        return Heard::Say([question.before.as_slice(), std::slice::from_ref(&question.prompt)].concat());
    }
    if let Some(heard) = common(line, view).or_else(|| letter(&lower, view)).or_else(|| word(&lower, view)) {
        return heard;
    }
    let is_yes = matches!(lower.as_str(), "yes" | "y");
    match default.filter(|_| is_yes).and_then(|default| choices.get(default)) {
        Some(choice) => follow(&choice.how, view),
        None if matches!(lower.as_str(), "no" | "n") => {
            Heard::Steps(vec![Step::Do(Intent::Act(Action::Back))])
        }
        None if list(view).is_some() => {
            lists::command(&lower, view, &mut Mind::default()).unwrap_or_else(|| unknown(line, question))
        }
        None => unknown(line, question),
    }
}

/// Says that a line was not understood.
fn unknown(line: &str, question: &Question) -> Heard {
    let line = crate::domain::text::Text::clean(line);
    Heard::Say(vec![format!("“{line}” is no answer here."), question.prompt.clone()])
}

/// What a choice does.
fn follow(how: &How, view: &View<'_>) -> Heard {
    match how {
        How::Key(action) => key(*action, view),
        // A button may have closed since it was said.
        How::Press(action) if plan::is_pressable(view, *action) => {
            Heard::Steps(vec![Step::Do(Intent::Act(*action))])
        }
        How::Press(_) => say("That can't be pressed any more. The word again says the screen again."),
        How::Option(at) => Heard::Steps(vec![Step::Option(*at), Step::Do(Intent::Submit)]),
        How::GoOn => Heard::Steps(vec![Step::Do(Intent::NextControl)]),
        How::Reach(label) => Heard::Steps(vec![plan::reach(label)]),
    }
}

/// What a key does, as long as the view offers it.
fn key(action: Action, view: &View<'_>) -> Heard {
    if SCREEN_ONLY.contains(&action) {
        return say(
            "Line by line there is no clipboard and no picture. Type print for the link alone, or file.",
        );
    }
    if !view.keys.iter().any(|key| key.action == action) {
        return say("That is not open any more. The word again says the screen again.");
    }
    match action {
        Action::Say => read_once(Action::Say),
        Action::Help => Heard::Help,
        action => Heard::Steps(vec![Step::Key(action)]),
    }
}

/// One letter is the key of the full screen.
fn letter(line: &str, view: &View<'_>) -> Option<Heard> {
    let mut letters = line.chars();
    let (Some(c), None) = (letters.next(), letters.next()) else { return None };
    let is_it = |key: &&crate::wizard::view::Key| matches!(key.chord, Chord::Char(other) if other.eq_ignore_ascii_case(&c));
    let action = view.keys.iter().find(is_it)?.action;
    Some(match action {
        Action::Explain => return common("explain", view),
        Action::Back => Heard::Steps(vec![Step::Do(Intent::Act(Action::Back))]),
        action => key(action, view),
    })
}

/// The words of actions, whatever their keys are called on a screen.
pub(super) const WORDS: &[(&str, Action)] = &[
    ("new", Action::Add),
    ("refresh", Action::Refresh),
    ("authorise", Action::Submit),
    ("enable", Action::Enable),
    ("print", Action::PrintAlone),
    ("file", Action::WriteFile),
    ("open", Action::Open),
    ("play", Action::Rehearse),
    ("copy", Action::Copy),
    ("qr", Action::Qr),
    ("yes", Action::Confirm),
    ("no", Action::Deny),
    ("find", Action::Discover),
    ("save", Action::Save),
    ("receipt", Action::Receipt),
    ("write", Action::SaveReceipt),
    ("next", Action::Another),
    ("stop", Action::Stop),
    ("finish", Action::Finish),
    ("all", Action::All),
    ("these", Action::These),
    ("clear", Action::Clear),
    ("none", Action::Clear),
    ("invert", Action::Invert),
    ("kinds", Action::Kinds),
    ("auto", Action::Auto),
    ("review", Action::Review),
    ("done", Action::Review),
    ("apply", Action::Review),
    ("sort", Action::Sort),
];

/// A word for an action that a key or an open button offers, or the label of a key.
fn word(lower: &str, view: &View<'_>) -> Option<Heard> {
    let by_label = view.keys.iter().find(|key| super::words::told(key.label).to_lowercase() == lower);
    if let Some(found) = by_label {
        return Some(key(found.action, view));
    }
    let action = WORDS.iter().find(|(word, _)| *word == lower).map(|(_, action)| *action)?;
    // Enter means something else on every other screen.
    if action == Action::Submit && !matches!(view.ask, Ask::Authorise(_)) {
        return None;
    }
    if view.keys.iter().any(|key| key.action == action) {
        return Some(key(action, view));
    }
    plan::is_pressable(view, action).then(|| Heard::Steps(vec![Step::Do(Intent::Act(action))]))
}

/// A line at a list.
fn in_rows(line: &str, view: &View<'_>, question: &Question, mind: &mut Mind) -> Heard {
    let lower = line.to_lowercase();
    if lower.is_empty() {
        let enter = view.keys.iter().find(|key| key.chord == Chord::Enter);
        let has_rows = list(view).is_some_and(|rows| rows.cursor.is_some());
        return match enter {
            Some(enter) if has_rows || view.ask == Ask::Users => key(enter.action, view),
            _ => say("There is no row to choose. Type other words, filter alone for everybody, or back."),
        };
    }
    let can_search = list(view).is_some_and(|rows| rows.search.is_some())
        || view.keys.iter().any(|key| key.action == Action::Search);
    if let Some(words) = line.strip_prefix('/').filter(|_| can_search) {
        return Heard::Steps(plan::search(words.trim()));
    }
    if let Some(heard) = lists::command(&lower, view, mind)
        .or_else(|| common(line, view))
        .or_else(|| letter(&lower, view))
        .or_else(|| word(&lower, view))
        .or_else(|| lists::closed(&lower, view))
    {
        return heard;
    }
    if is_numbered(view.ask) && can_search {
        return Heard::Steps(plan::search(line));
    }
    unknown(line, question)
}
