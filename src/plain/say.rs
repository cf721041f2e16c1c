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
    ask::{Question, Way, question},
    read::Mind,
    report::total,
    rows::{self, PAGE, list, panel},
    words::{Line, capital, sentence, steady, told},
};

use blocks::Item;
use wait::Waits;

/// What is to be written now.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// The lines, the question last.
    pub(crate) lines: Vec<Line>,
    /// A question is asked that was not asked before.
    pub(crate) is_asked: bool,
    /// It changes the bill: what was typed before it must not answer it.
    pub(crate) bills: bool,
    /// The line that comes is a secret.
    pub(crate) is_masked: bool,
}

/// Where the last view stood.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stand {
    stop: &'static str,
    run: String,
    customer: String,
}

/// What has been said.
#[derive(Debug, Default)]
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
    }

    /// Everything is to be said again.
    pub(crate) fn forget(&mut self) {
        let waits = std::mem::take(&mut self.waits);
        *self = Self { waits, asides: std::mem::take(&mut self.asides), ..Self::default() };
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
        self.body(view, is_new, came_from, &mut lines);
        lines.extend(self.waits.tell(view, now).into_iter().map(Line::Words));
        self.rows(view, is_busy, mind, &mut lines);
        if !is_busy {
            self.news(view, &mut lines);
        }
        if is_busy {
            return Told { lines, ..Told::default() };
        }
        let mut told = self.ask(view, lines);
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
            self.say_heading(view, &heading, lines);
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

    fn say_heading(&self, view: &View<'_>, heading: &str, lines: &mut Vec<Line>) {
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
        mind.top = Some(top);
        lines.extend(page(view, rows, top).into_iter().map(Line::Words));
    }

    /// The question, when it is another one or must be said again.
    fn ask(&mut self, view: &View<'_>, mut lines: Vec<Line>) -> Told {
        let asked = question(view);
        let is_other = self.question.as_ref() != Some(&asked);
        let is_asked = (is_other || self.asks_again) && asked.way != Way::Nothing;
        if is_other {
            // The prompt of a list is the same whatever was done to its rows, and is said once.
            lines.extend(asked.before.iter().cloned().map(Line::Words));
        }
        if is_asked && !asked.prompt.is_empty() {
            lines.push(Line::Words(asked.prompt.clone()));
        }
        self.asks_again = false;
        let is_masked = matches!(asked.way, Way::Field { is_masked: true, .. });
        let bills = is_asked && asked.bills;
        self.question = Some(asked);
        Told { lines, is_asked, bills, is_masked }
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
