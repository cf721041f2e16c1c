//! Pure: what is new in a view compared with what was said, as lines.
//!
//! A screen that comes on is said whole: whom it touches, which step it is, its question, what stands on it. Afterwards only
//! what changed is said, and never because a clock went on. The question comes last, so that it is what a reader hears
//! before typing.

mod blocks;
mod wait;

use std::collections::HashMap;

use crate::{
    domain::time::Moment,
    wizard::{
        event::Action,
        view::{Ask, Layout, Notice, Place, Tone, View},
    },
};

use super::{
    ask::{Choice, Question, Way, question},
    read::Mind,
    report::total,
    rows::{self, PAGE, list, panel},
    words::{Line, capital, sentence, steady, told},
};

use blocks::Item;
use wait::Waits;

/// What is to be written now.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says one thing about a question; several may hold")]
pub(crate) struct Told {
    /// The lines, the question last.
    pub(crate) lines: Vec<Line>,
    /// A question is asked that was not asked before.
    pub(crate) is_asked: bool,
    /// It changes the bill: what was typed before it must not answer it.
    pub(crate) bills: bool,
    /// It came by itself in the place of another one: what was typed meanwhile was meant for that.
    pub(crate) came_by_itself: bool,
    /// The line that comes is a secret.
    pub(crate) is_masked: bool,
}

/// So many choices are said again whenever they are asked for; more only once.
const FEW: usize = 3;

/// Where the last view stood.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stand {
    stop: &'static str,
    run: String,
    customer: String,
}

/// What has been said.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is something to be said once")]
pub(crate) struct Talk {
    stand: Option<Stand>,
    /// The question that stood last, and the one below a panel that every screen has.
    ask: Option<Ask>,
    below: Option<Ask>,
    heading: String,
    bar: String,
    warning: String,
    /// What stood on each screen of this stop, by the question.
    known: HashMap<std::mem::Discriminant<Ask>, Vec<String>>,
    notice: Option<Notice>,
    counts: String,
    /// The list of this screen was counted, and its first page said or offered.
    is_counted: bool,
    waits: Waits,
    question: Option<Question>,
    /// Numbered choices of this stop that were said: each is said whole once.
    chosen_from: Vec<Vec<Choice>>,
    /// How the last question is answered, and what Enter takes from its list, whatever stands on the screen since.
    last: Option<(Way, String)>,
    /// A line has been carried out, and no question has stood since.
    was_heard: bool,
    /// Answers to commands, to be said first.
    asides: Vec<String>,
    /// A page of the list, to be said.
    page: Option<usize>,
    /// The prompt is to be said again.
    asks_again: bool,
    /// A line has been carried out since the last view was said.
    was_answered: bool,
}

/// Whether it is a panel that every screen has: the question below it stays.
const fn is_passing(ask: Ask) -> bool {
    matches!(ask, Ask::Say | Ask::Explain | Ask::Help | Ask::Leave)
}

/// Whether a panel is said whole each time that it comes on: bills and what else is decided on it.
const fn is_decided(ask: Ask) -> bool {
    !matches!(
        ask,
        Ask::Customer
            | Ask::NewCustomer
            | Ask::Product
            | Ask::Organisation
            | Ask::Tenant
            | Ask::Settled
            | Ask::Impersonation
            | Ask::Authorise(_)
            | Ask::Users
    )
}

impl Talk {
    /// Something to say before anything else.
    pub(crate) fn aside(&mut self, lines: impl IntoIterator<Item = String>) {
        self.asides.extend(lines);
    }

    /// The page of the list that begins here is to be said.
    pub(crate) fn turn_to(&mut self, top: usize) {
        self.page = Some(top);
    }

    /// The prompt is to be said again.
    pub(crate) fn ask_again(&mut self) {
        self.asks_again = true;
    }

    /// A line has been carried out.
    pub(crate) fn answered(&mut self) {
        self.was_answered = true;
        self.was_heard = true;
    }

    /// Everything is to be said again.
    pub(crate) fn forget(&mut self) {
        let waits = std::mem::take(&mut self.waits);
        let asides = std::mem::take(&mut self.asides);
        *self = Self { waits, asides, was_heard: true, ..Self::default() };
    }

    /// The question that was said last.
    #[must_use]
    pub(crate) const fn question(&self) -> Option<&Question> {
        self.question.as_ref()
    }

    /// What is said while writes are seen through after leaving: the line of state, once.
    pub(crate) fn last_words(&mut self, view: &View<'_>) -> Vec<Line> {
        let is_new = self.notice != view.notice;
        self.notice.clone_from(&view.notice);
        let notice = view.notice.as_ref().filter(|_| is_new);
        notice.map(|notice| Line::Words(sentence(&told(notice.words.as_str())))).into_iter().collect()
    }

    /// What is new in this view. `is_busy`: a line is still being carried out, the question waits.
    pub(crate) fn tell(&mut self, view: &View<'_>, now: Moment, is_busy: bool, mind: &mut Mind) -> Told {
        let mut lines: Vec<Line> = std::mem::take(&mut self.asides).into_iter().map(Line::Words).collect();
        let came_from = self.ask;
        let is_new = self.place(view, &mut lines, mind);
        self.warn(view, &mut lines);
        let before_body = lines.len();
        self.body(view, is_new, came_from, &mut lines);
        let has_news = lines.iter().skip(before_body).any(|line| *line != Line::Gap);
        let is_over = self.waits.has_one();
        let waits = self.waits.tell(view, now).into_iter().map(Line::Words);
        if is_over && !self.waits.has_one() {
            // How long it took comes before what came of it.
            lines.splice(before_body..before_body, waits);
        } else {
            lines.extend(waits);
        }
        self.rows(view, is_busy, mind, &mut lines);
        if !is_busy {
            self.news(view, &mut lines);
        }
        if is_busy {
            return Told { lines, ..Told::default() };
        }
        let mut told = self.ask(view, lines, has_news);
        // The only answer to a line may be the line of state, once more.
        if std::mem::take(&mut self.was_answered) && told.lines.is_empty() {
            told.lines.extend(
                self.notice
                    .as_ref()
                    .filter(|_| view.notice == self.notice)
                    .map(|notice| Line::Words(state(notice))),
            );
        }
        told
    }

    /// Says where the person is, when that is another place; says whether the screen must be said whole.
    fn place(&mut self, view: &View<'_>, lines: &mut Vec<Line>, mind: &mut Mind) -> bool {
        let stand = Stand {
            stop: view
                .trail
                .iter()
                .find(|stop| stop.place == Place::Here)
                .map(|stop| stop.name)
                .unwrap_or_default(),
            run: view.bar.run.as_ref().map(ToString::to_string).unwrap_or_default(),
            customer: view.bar.customer.map(|name| name.to_string()).unwrap_or_default(),
        };
        let same = |ask: Option<Ask>| {
            ask.is_some_and(|ask| std::mem::discriminant(&ask) == std::mem::discriminant(&view.ask))
        };
        let is_here = self.stand.as_ref() == Some(&stand);
        let is_back = is_here && self.ask.is_some_and(is_passing) && same(self.below);
        let is_same = is_here && same(self.ask);
        let heading = panel(view).heading.to_string();
        let is_renamed = steady(&heading) != steady(&self.heading);
        if !is_passing(view.ask) {
            self.below = Some(view.ask);
        }
        self.ask = Some(view.ask);
        if is_back {
            self.asks_again = true;
            self.heading = heading;
            self.notice.clone_from(&view.notice);
            return false;
        }
        let is_new_screen = !is_here
            || (!is_same
                && !is_decided(view.ask)
                && !is_passing(view.ask)
                && self.known_of(view.ask).is_none());
        if !is_here {
            self.known.clear();
            self.chosen_from.clear();
            self.waits.leave();
            self.is_counted = false;
            self.counts.clear();
            self.notice = None;
            mind.forget();
        }
        if !is_same {
            self.question = None;
            if matches!(view.ask, Ask::Kinds | Ask::Results | Ask::BrokenOff) {
                self.page = Some(0);
            }
        }
        if is_new_screen {
            lines.push(Line::Gap);
        }
        self.say_bar(view, is_new_screen, lines);
        if is_new_screen || !is_same || is_renamed {
            Self::say_heading(view, &heading, lines);
            self.heading = heading;
        }
        self.stand = Some(stand);
        !is_same || is_new_screen
    }

    fn known_of(&self, ask: Ask) -> Option<&Vec<String>> {
        self.known.get(&std::mem::discriminant(&ask))
    }

    fn say_bar(&mut self, view: &View<'_>, is_new_screen: bool, lines: &mut Vec<Line>) {
        let bar = blocks::bar(&view.bar);
        if bar != self.bar || is_new_screen {
            lines.push(Line::Words(bar.clone()));
        }
        self.bar = bar;
        if is_new_screen {
            self.warning.clear();
        }
    }

    fn say_heading(view: &View<'_>, heading: &str, lines: &mut Vec<Line>) {
        let at = view.trail.iter().position(|stop| stop.place == Place::Here);
        let heading = sentence(&told(heading));
        let step = at.and_then(|at| Some((at + 1, view.trail.get(at)?.name)));
        let is_panel = is_passing(view.ask) || (is_decided(view.ask) && view.ask != Ask::Outcome);
        match step.filter(|_| !is_panel) {
            Some((at, name)) => {
                let all = view.trail.len();
                let heading =
                    if heading.trim_end_matches('.') == name { String::new() } else { format!(" {heading}") };
                lines.push(Line::Words(format!("Step {at} of {all}: {name}.{heading}")));
            }
            None => lines.push(Line::Words(heading)),
        }
    }

    /// Rule 17: what every screen must say about the nightly sweep.
    fn warn(&mut self, view: &View<'_>, lines: &mut Vec<Line>) {
        let warning = view.bar.warning.map(|words| told(words.as_str())).unwrap_or_default();
        if warning != self.warning && !warning.is_empty() {
            lines.push(Line::Words(sentence(&format!("Warning: {warning}"))));
        }
        self.warning = warning;
    }

    /// What stands on the screen and was not said.
    fn body(&mut self, view: &View<'_>, is_new: bool, came_from: Option<Ask>, lines: &mut Vec<Line>) {
        let items = blocks::items(panel(view), view.ask);
        let kind = std::mem::discriminant(&view.ask);
        let is_auto = |ask: Ask| matches!(ask, Ask::NoSweeper | Ask::Ceiling | Ask::Auto);
        let known: &[String] = match came_from.filter(|_| is_new) {
            // The questions of Enable Auto stand on one bill.
            Some(before) if is_auto(before) && is_auto(view.ask) => {
                self.known.get(&std::mem::discriminant(&before)).map_or(&[], Vec::as_slice)
            }
            _ if is_new && (is_decided(view.ask) || is_passing(view.ask)) => &[],
            _ => self.known.get(&kind).map_or(&[], Vec::as_slice),
        };
        let is_whole = known.is_empty();
        for Item { key, said } in &items {
            if (is_whole || *said != [Line::Gap]) && !known.contains(key) {
                lines.extend(said.iter().cloned());
            }
        }
        self.known.insert(kind, items.into_iter().map(|item| item.key).collect());
    }

    /// The line of state, once.
    fn news(&mut self, view: &View<'_>, lines: &mut Vec<Line>) {
        let notice = view.notice.as_ref().filter(|notice| notice.tone != Tone::Busy && !is_row(view, notice));
        if let Some(notice) = notice {
            let is_new = self
                .notice
                .as_ref()
                .is_none_or(|before| steady(before.words.as_str()) != steady(notice.words.as_str()));
            if is_new {
                let words = state(notice);
                // What stands below a list may say the same again.
                lines.retain(|line| !matches!(line, Line::Words(said) if said.len() > 10 && words.contains(said.as_str())));
                lines.push(Line::Words(words));
            }
            self.notice = Some(notice.clone());
        }
    }

    /// The list: counted once it is whole, its first page where that is short, and the page that was asked for.
    fn rows(&mut self, view: &View<'_>, is_busy: bool, mind: &mut Mind, lines: &mut Vec<Line>) {
        let Some(rows) = list(view) else { return };
        let counts = told(rows.counts.as_str());
        let is_first = !self.is_counted && !view.is_waiting && !is_decided(view.ask) && !is_passing(view.ask);
        if is_first {
            self.is_counted = true;
            self.counts.clone_from(&counts);
            if view.ask == Ask::Users {
                lines.push(Line::Words(sentence(&capital(&counts))));
            }
            if rows.layout != Layout::Users || rows.rows.len() <= PAGE {
                self.page = Some(self.page.unwrap_or(0));
            }
        } else if view.ask == Ask::Users
            && self.is_counted
            && !view.is_waiting
            && !is_busy
            && counts != self.counts
        {
            let said = Line::Words(total(&counts));
            // What the filter leaves out changes with the filter; that is no news about the ticks.
            if without_brackets(&total(&counts)) != without_brackets(&total(&self.counts))
                && !lines.contains(&said)
            {
                lines.push(said);
            }
            self.counts = counts;
        }
        let Some(top) =
            self.page.filter(|_| !is_passing(view.ask) && (!view.is_waiting || is_busy || self.is_counted))
        else {
            return;
        };
        self.page = None;
        if matches!(view.ask, Ask::Results | Ask::BrokenOff | Ask::Outcome)
            && top == 0
            && rows.rows.len() > PAGE
            && !self.was_answered
        {
            let all = rows.rows.len();
            lines.push(Line::Words(format!("{all} results: the word more says them.")));
            return;
        }
        mind.says(rows, top);
        // What is found is an answer to be chosen from; ticks are said without their prompt.
        self.asks_again |= view.ask == Ask::Customer;
        lines.extend(page(view, rows, top).into_iter().map(Line::Words));
    }

    /// The question, when it is another one or must be said again.
    fn ask(&mut self, view: &View<'_>, mut lines: Vec<Line>, has_news: bool) -> Told {
        let stands = question(view);
        let is_other = self.question.as_ref() != Some(&stands);
        let is_asked = (is_other || self.asks_again) && stands.way != Way::Nothing;
        let mut prompt = stands.prompt.clone();
        if is_other {
            // The prompt of a list is the same whatever was done to its rows, and is said once.
            let (before, is_known) = self.before(&stands);
            lines.extend(before.into_iter().map(Line::Words));
            if is_known {
                prompt.push_str(" The word choices says them again.");
            }
        }
        // What is heard last is what can be answered, also where only the screen has changed.
        let is_said_again = has_news && matches!(stands.way, Way::Choices(..));
        if (is_asked || is_said_again) && !prompt.is_empty() {
            lines.push(Line::Words(prompt));
        }
        self.asks_again = false;
        let came_by_itself = is_asked && self.comes_by_itself(&stands);
        if stands.way != Way::Nothing {
            self.was_heard = false;
        }
        let hides = matches!(stands.way, Way::Field { is_masked: true, .. });
        let bills = is_asked && stands.bills;
        self.question = Some(stands);
        Told { lines, is_asked, bills, came_by_itself, is_masked: hides }
    }

    /// Whether a question takes the place of another one although no line was carried out since that was said.
    fn comes_by_itself(&mut self, stands: &Question) -> bool {
        // What Enter takes from a list stands in the prompt.
        let default = if stands.way == Way::Rows { stands.prompt.clone() } else { String::new() };
        let last = self.last.replace((stands.way.clone(), default.clone()));
        last.is_some_and(|last| last != (stands.way.clone(), default)) && !self.was_heard
    }

    /// What stands in front of a prompt, and whether that is less than all: many choices are said once, and then only
    /// those that read differently.
    fn before(&mut self, stands: &Question) -> (Vec<String>, bool) {
        let Way::Choices(choices, _) = &stands.way else { return (stands.before.clone(), false) };
        let is_like = |said: &[Choice]| {
            said.len() == choices.len() && said.iter().zip(choices).all(|(one, other)| one.how == other.how)
        };
        let Some(said) = self.chosen_from.iter_mut().find(|said| is_like(said)) else {
            self.chosen_from.push(choices.clone());
            return (stands.before.clone(), false);
        };
        let said = std::mem::replace(said, choices.clone());
        if choices.len() <= FEW {
            return (stands.before.clone(), false);
        }
        let titles = stands.before.len().saturating_sub(choices.len());
        let changed = stands.before.iter().skip(titles).zip(said.iter().zip(choices));
        let changed = changed.filter(|(_, (before, now))| before.words != now.words);
        (changed.map(|(line, _)| line.clone()).collect(), true)
    }
}

/// The line of state as a sentence; bad news says so first.
fn state(notice: &Notice) -> String {
    let words = sentence(&told(notice.words.as_str()));
    if notice.tone == Tone::Bad { format!("Problem: {}", capital(&words)) } else { words }
}

/// Words without what stands in brackets.
fn without_brackets(words: &str) -> String {
    match (words.split_once(" ("), words.split_once(')')) {
        (Some((before, _)), Some((_, after))) => format!("{before}{after}"),
        _ => words.to_owned(),
    }
}

/// Whether a notice only repeats the row under the cursor, which was said with the list.
fn is_row(view: &View<'_>, notice: &Notice) -> bool {
    let row = || {
        let rows = list(view)?;
        let row = rows.rows.row(rows.cursor?)?;
        let [name, _, _, far, ..] = row.cells;
        match (name, far) {
            (crate::wizard::view::Cell::Words(name), crate::wizard::view::Cell::Words(far)) => {
                Some(format!("{name}: {far}."))
            }
            _ => None,
        }
    };
    view.ask == Ask::Customer && row().is_some_and(|row| row == notice.words.as_str())
}

/// A page of a list with what stands above it.
fn page(view: &View<'_>, rows: &crate::wizard::view::RowsView<'_>, top: usize) -> Vec<String> {
    let mut said = Vec::new();
    let problem = rows.search.as_ref().and_then(|search| search.problem.as_ref());
    said.extend(problem.map(|problem| sentence(&format!("Problem: {}", told(problem.as_str())))));
    if rows.rows.is_empty() {
        said.push(sentence(&told(rows.empty.as_str())));
        return said;
    }
    if rows.layout == Layout::Customers {
        said.push(sentence(&told(rows.counts.as_str())));
    } else if view.keys.iter().any(|key| key.action == Action::These) {
        let len = u32::try_from(rows.rows.len()).unwrap_or(u32::MAX);
        said.push(format!("{} shown.", crate::domain::bill::grouped(len)));
    }
    said.extend(rows::page(view.ask, rows, top));
    said
}
