//! Pure: what is new in a view compared with what was said, as lines.
//!
//! A screen that comes on is said whole: whom it touches, which step it is, its question, what stands on it. Afterwards only
//! what changed is said, and never because a clock went on. The question comes last, so that it is what a reader hears
//! before typing.

mod blocks;
mod wait;

use std::collections::HashMap;

use crate::{
    domain::{text::Text, time::Moment},
    wizard::{
        answer::Revision,
        ask::{QuestionId, Shape, Spot},
        view::{Notice, Place, RowsView, Tone, View},
    },
};

use super::{
    ask::{Choice, Question, Way, question},
    memory::Memory,
    report::{counts, total},
    rows::{self, PAGE, count},
    words::{Line, sentence, steady, told},
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

/// Said where choices that were said before are left out.
const CHOICES_AGAIN: &str = " The word choices says them again.";

/// Where the last view stood.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stand {
    stop: &'static str,
    run: Option<Text>,
    customer: Option<Text>,
}

/// What has been said.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is something to be said once")]
pub(crate) struct Talk {
    stand: Option<Stand>,
    /// The question that stood last.
    id: Option<QuestionId>,
    revision: Revision,
    heading: String,
    bar: String,
    warning: String,
    /// What stood on each page of this stop.
    known: HashMap<QuestionId, Vec<String>>,
    notice: Option<Notice>,
    counts: String,
    /// The list of this page was counted, and its first page said or offered.
    is_counted: bool,
    waits: Waits,
    question: Option<Question>,
    /// Numbered choices of this stop that were said: each is said whole once.
    chosen_from: Vec<Vec<Choice>>,
    /// The document that stood on the page last.
    document: Vec<Text>,
    /// It was asked for.
    reads_document: bool,
    /// How the last question is answered, whatever stands on the page since.
    last: Option<Way>,
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

/// Whether a page is said whole each time that it comes on: what is decided or read there. On the others people work, and
/// come back to them.
const fn is_decided(view: &View<'_>) -> bool {
    match view.ask.shape {
        Shape::Confirm { .. } | Shape::Number(_) | Shape::Read => true,
        Shape::Watch => view.standing.is_none(),
        Shape::Pick | Shape::Form | Shape::Select(_) => false,
    }
}

impl Talk {
    /// Something to say before anything else.
    pub(crate) fn aside(&mut self, lines: impl IntoIterator<Item = String>) {
        self.asides.extend(lines);
    }

    /// The page of the list that begins here is to be said.
    pub(crate) const fn turn_to(&mut self, top: usize) {
        self.page = Some(top);
    }

    /// The prompt is to be said again.
    pub(crate) const fn ask_again(&mut self) {
        self.asks_again = true;
    }

    /// The document on the page is to be said.
    pub(crate) const fn read_document(&mut self) {
        self.reads_document = true;
    }

    /// A line has been carried out.
    pub(crate) const fn answered(&mut self) {
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
        notice.map(|notice| Line::Words(sentence(&told(&notice.words)))).into_iter().collect()
    }

    /// What is new in this view. `at`: where the walk through a form is; `is_busy`: a line is still being carried out, the
    /// question waits.
    pub(crate) fn tell(
        &mut self,
        view: &View<'_>,
        now: Moment,
        (at, is_busy): (Spot, bool),
        memory: &mut Memory,
    ) -> Told {
        let mut lines: Vec<Line> = std::mem::take(&mut self.asides).into_iter().map(aside).collect();
        let before = self.id;
        let is_new = self.place(view, &mut lines, memory);
        self.warn(view, &mut lines);
        let before_body = lines.len();
        self.body(view, is_new, before, &mut lines);
        self.read(view, is_new, memory, &mut lines);
        let has_news = lines.iter().skip(before_body).any(|line| *line != Line::Gap);
        let is_over = self.waits.has_one();
        let waits = self.waits.tell(view, now).into_iter().map(Line::Words);
        if is_over && !self.waits.has_one() {
            // How long it took comes before what came of it.
            lines.splice(before_body..before_body, waits);
        } else {
            lines.extend(waits);
        }
        self.rows(view, is_busy, memory, &mut lines);
        if is_busy {
            return Told { lines, ..Told::default() };
        }
        self.news(view, &mut lines);
        let mut told = self.ask(view, at, lines, has_news);
        if std::mem::take(&mut self.was_answered) && told.lines.is_empty() {
            self.answer_again(view, &mut told.lines);
        }
        told
    }

    /// No line is left without an answer: the line of state once more, or else what can be typed.
    fn answer_again(&self, view: &View<'_>, lines: &mut Vec<Line>) {
        let notice = self.notice.as_ref().filter(|_| view.notice == self.notice);
        let prompt = self.question.as_ref().filter(|question| {
            // Boxes and lines of a list are their own answer.
            !matches!(question.way, Way::Nothing | Way::Field { is_list: true, .. })
        });
        let words = notice.map(state).or_else(|| Some(prompt?.prompt.clone()));
        lines.extend(words.filter(|words| !words.is_empty()).map(Line::Words));
    }

    /// Says where the person is, when that is another place; says whether the page must be said anew.
    fn place(&mut self, view: &View<'_>, lines: &mut Vec<Line>, memory: &mut Memory) -> bool {
        let here = view.steps.iter().find(|stop| stop.place == Place::Here);
        let stand = Stand {
            stop: here.map(|stop| stop.name).unwrap_or_default(),
            run: view.bar.run.clone(),
            customer: view.bar.customer.map(crate::domain::text::Shown::to_text),
        };
        let is_here = self.stand.as_ref() == Some(&stand);
        let is_same = is_here && self.id == Some(view.ask.id);
        let is_new_screen =
            !is_here || (!is_same && !is_decided(view) && !self.known.contains_key(&view.ask.id));
        if !is_here {
            self.known.clear();
            self.chosen_from.clear();
            self.waits.leave();
            self.counts.clear();
            self.is_counted = false;
            self.notice = None;
            memory.forget();
        }
        if !is_same {
            self.question = None;
            self.page = is_decided(view).then_some(0);
        }
        if is_new_screen {
            lines.push(Line::Gap);
        }
        let bar = blocks::bar(&view.bar);
        if bar != self.bar || is_new_screen {
            lines.push(Line::Words(bar.clone()));
        }
        self.bar = bar;
        if is_new_screen {
            self.warning.clear();
        }
        let heading = told(&view.page.heading);
        if !is_same || steady(&heading) != steady(&self.heading) {
            Self::say_heading(view, &heading, is_new_screen, lines);
            self.heading = heading;
        }
        self.stand = Some(stand);
        self.id = Some(view.ask.id);
        !is_same
    }

    fn say_heading(view: &View<'_>, heading: &str, is_new_screen: bool, lines: &mut Vec<Line>) {
        let at = view.steps.iter().position(|stop| stop.place == Place::Here);
        let heading = sentence(heading);
        let step = at.and_then(|at| Some((at + 1, view.steps.get(at)?.name)));
        match step.filter(|_| is_new_screen) {
            Some((at, name)) => {
                let all = view.steps.len();
                let is_named = heading.trim_end_matches('.') == name;
                let heading = if is_named { String::new() } else { format!(" {heading}") };
                lines.push(Line::Words(format!("Step {at} of {all}: {name}.{heading}")));
            }
            None => lines.push(Line::Words(heading)),
        }
    }

    /// Rule 17: what every screen must say about the nightly sweep.
    fn warn(&mut self, view: &View<'_>, lines: &mut Vec<Line>) {
        let warning = view.bar.warning.map(|words| words.to_string()).unwrap_or_default();
        if warning != self.warning && !warning.is_empty() {
            lines.push(Line::Words(sentence(&format!("Warning: {warning}"))));
        }
        self.warning = warning;
    }

    /// What stands on the page and was not said.
    fn body(&mut self, view: &View<'_>, is_new: bool, before: Option<QuestionId>, lines: &mut Vec<Line>) {
        let items = blocks::items(&view.page);
        // Questions that follow each other on one bill say it once.
        let id = if is_new && is_decided(view) { before.unwrap_or(view.ask.id) } else { view.ask.id };
        let known = self.known.get(&id).map_or(&[][..], Vec::as_slice);
        for Item { key, said } in &items {
            if !known.contains(key) {
                lines.extend(said.iter().cloned());
            }
        }
        self.known.insert(view.ask.id, items.into_iter().map(|item| item.key).collect());
    }

    /// The document: said when it is asked for, and from then on whenever it is another one.
    fn read(&mut self, view: &View<'_>, is_new: bool, memory: &mut Memory, lines: &mut Vec<Line>) {
        let document = view.page.document().unwrap_or_default();
        if is_new {
            memory.knows_document = false;
        }
        let is_asked = std::mem::take(&mut self.reads_document);
        let is_other = memory.knows_document && document != self.document;
        if is_asked || is_other {
            memory.knows_document = true;
            lines.extend(document.iter().map(|line| match line.as_str() {
                "" => Line::Gap,
                words => Line::Words(words.to_owned()),
            }));
        }
        if document != self.document {
            self.document = document.to_vec();
        }
    }

    /// The line of state, once.
    fn news(&mut self, view: &View<'_>, lines: &mut Vec<Line>) {
        let Some(notice) = view.notice.as_ref().filter(|notice| notice.tone != Tone::Busy) else { return };
        let words = told(&notice.words);
        if self.notice.as_ref().is_none_or(|before| steady(&told(&before.words)) != steady(&words)) {
            let words = state(notice);
            // What stands on the page may say the same once more.
            lines.retain(
                |line| !matches!(line, Line::Words(said) if said.len() > 10 && words.contains(said.as_str())),
            );
            lines.push(Line::Words(words));
        }
        self.notice = Some(notice.clone());
    }

    /// The list: counted once it is whole, its first page where that is short, and the page that was asked for.
    fn rows(&mut self, view: &View<'_>, is_busy: bool, memory: &mut Memory, lines: &mut Vec<Line>) {
        let Some(rows) = view.page.rows() else { return };
        let is_select = matches!(view.ask.shape, Shape::Select(_));
        if !self.is_counted && !view.ask.is_waiting && !is_decided(view) {
            self.is_counted = true;
            self.counts = total(&rows.counts);
            if is_select {
                lines.push(Line::Words(counts(&rows.counts)));
            }
            if !is_select || rows.rows.len() <= PAGE {
                self.page = Some(self.page.unwrap_or(0));
            }
        } else if is_select && self.is_counted && !view.ask.is_waiting && !is_busy {
            self.recount(rows, lines);
        }
        let is_ready = !view.ask.is_waiting || is_busy || self.is_counted;
        let Some(top) = self.page.take_if(|_| is_ready) else { return };
        let is_long = top == 0 && rows.rows.len() > PAGE;
        if is_decided(view) && is_long && !self.was_answered {
            lines.push(Line::Words(format!("{} results: the word more says them.", count(rows.rows.len()))));
            return;
        }
        memory.says(rows, top);
        // What is found is an answer to be chosen from; ticks are said without their prompt.
        self.asks_again |= view.ask.shape == Shape::Pick && rows.search.is_some();
        lines.extend(page(view, rows, top).into_iter().map(Line::Words));
    }

    /// Ticks and seats, where they changed by themselves.
    fn recount(&mut self, rows: &RowsView<'_>, lines: &mut Vec<Line>) {
        let counts = total(&rows.counts);
        let said = Line::Words(counts.clone());
        // What the filter leaves out changes with the filter; that is no news about the ticks.
        let is_news = without_brackets(&counts) != without_brackets(&self.counts);
        if is_news && !lines.contains(&said) {
            lines.push(said);
        }
        self.counts = counts;
    }

    /// The question, when it is another one or must be said again.
    fn ask(&mut self, view: &View<'_>, at: Spot, mut lines: Vec<Line>, has_news: bool) -> Told {
        let stands = question(view, at);
        let is_other = self.question.as_ref() != Some(&stands);
        // The same words to another answer: a wrong number is told each time.
        let is_anew = self.was_answered && self.revision != view.ask.revision;
        self.revision = view.ask.revision;
        let is_asked = (is_other || self.asks_again || is_anew) && stands.way != Way::Nothing;
        let mut prompt = stands.prompt.clone();
        if is_other || is_anew {
            // The prompt of a list is the same whatever was done to its rows, and is said once.
            let (before, rest) = self.before(&stands);
            lines.extend(before.into_iter().map(Line::Words));
            match rest {
                Rest::None => {}
                Rest::Said => prompt.push_str(CHOICES_AGAIN),
                Rest::Boxes => prompt.clear(),
            }
        }
        if let Way::Choices(choices, _) = &stands.way
            && is_asked
            && !is_other
            && !is_anew
        {
            if choices.len() > FEW {
                prompt.push_str(CHOICES_AGAIN);
            } else {
                lines.extend(stands.before.iter().cloned().map(Line::Words));
            }
        }
        // What is heard last is what can be answered, also where only the page has changed.
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
        let last = self.last.replace(stands.way.clone());
        last.is_some_and(|last| last != stands.way) && !self.was_heard
    }

    /// What stands in front of a prompt, and what that leaves out: many choices are said once, and then only those that
    /// read differently; of boxes only those that have changed.
    fn before(&mut self, stands: &Question) -> (Vec<String>, Rest) {
        let whole = || (stands.before.clone(), Rest::None);
        if let (Way::Boxes, Some(said)) = (&stands.way, &self.question)
            && said.way == Way::Boxes
        {
            let changed = stands.before.iter().filter(|line| !said.before.contains(line));
            return (changed.cloned().collect(), Rest::Boxes);
        }
        let Way::Choices(choices, _) = &stands.way else { return whole() };
        let is_like = |said: &[Choice]| {
            said.len() == choices.len() && said.iter().zip(choices).all(|(one, other)| one.how == other.how)
        };
        let Some(said) = self.chosen_from.iter_mut().find(|said| is_like(said)) else {
            self.chosen_from.push(choices.clone());
            return whole();
        };
        let said = std::mem::replace(said, choices.clone());
        if choices.len() <= FEW {
            return whole();
        }
        let titles = stands.before.len().saturating_sub(choices.len());
        let changed = stands.before.iter().skip(titles).zip(said.iter().zip(choices));
        let changed = changed.filter(|(_, (before, now))| before.words != now.words);
        (changed.map(|(line, _)| line.clone()).collect(), Rest::Said)
    }
}

/// What is not said in front of a prompt.
enum Rest {
    /// Nothing is left out.
    None,
    /// Choices that were said before.
    Said,
    /// Boxes that stand as they did.
    Boxes,
}

/// An answer to a command as a line; an empty one sets apart.
fn aside(words: String) -> Line {
    if words.is_empty() { Line::Gap } else { Line::Words(words) }
}

/// The line of state as a sentence; bad news says so first.
fn state(notice: &Notice) -> String {
    let words = sentence(&told(&notice.words));
    if notice.tone == Tone::Bad { format!("Problem: {words}") } else { words }
}

/// Words without what stands in brackets.
fn without_brackets(words: &str) -> String {
    match (words.split_once(" ("), words.split_once(')')) {
        (Some((before, _)), Some((_, after))) => format!("{before}{after}"),
        _ => words.to_owned(),
    }
}

/// A page of a list with what stands above it.
fn page(view: &View<'_>, rows: &RowsView<'_>, top: usize) -> Vec<String> {
    let mut said = Vec::new();
    let problem = rows.search.as_ref().and_then(|search| search.problem.as_ref());
    said.extend(problem.map(|problem| sentence(&format!("Problem: {}", told(problem)))));
    if rows.rows.is_empty() {
        said.push(sentence(&told(&rows.empty)));
        return said;
    }
    match &view.ask.shape {
        Shape::Pick if !rows.counts.is_empty() => said.push(counts(&rows.counts)),
        Shape::Select(asked) if asked.these.is_some() => {
            said.push(format!("{} shown.", count(rows.rows.len())));
        }
        _ => {}
    }
    said.extend(rows::page(view, rows, top));
    said
}
