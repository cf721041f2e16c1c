//! Pure: what is new in a view compared with what was said, as lines.
//!
//! A screen that comes on is said whole: whom it touches, which step it is, its question, what stands on it. Afterwards only
//! what changed is said, and never because a clock went on. The question comes last, so that it is what a reader hears
//! before typing.

mod blocks;

use crate::{
    domain::{
        speech::{sentence, steady},
        text::{Shown, Text},
        time::Moment,
    },
    wizard::{
        ask::{QuestionId, Shape},
        view::{Notice, Place, RowsView, Tone, View},
    },
};

use super::{
    ask::{Question, Way, question},
    conversation::Conversation,
    news::{Item, Slot},
    rows::{self, PAGE, count, counts, total},
    wait,
    words::{Line, told},
};

/// What is to be written now.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// The lines, the question last.
    pub(crate) lines: Vec<Line>,
    /// A question is asked that was not asked before.
    pub(crate) is_asked: bool,
    /// It changes the bill: what was typed before it must not answer it.
    pub(crate) bills: bool,
    /// It came by itself in the place of another one: what was typed meanwhile was meant for that.
    pub(crate) came_by_itself: bool,
    /// Whether the line that comes is a secret; none while the question waits.
    pub(crate) is_masked: Option<bool>,
}

/// So many choices are said again whenever they are asked for; more only once.
const FEW: usize = 3;

/// Said where choices that were said before are left out.
const CHOICES_AGAIN: &str = " The word choices says them again.";

/// Whether a page is said whole each time that it comes on: what is decided or read there. On the others people work, and
/// come back to them.
const fn is_decided(view: &View<'_>) -> bool {
    match view.ask.shape {
        Shape::Confirm { .. } | Shape::Number(_) | Shape::Read => true,
        Shape::Watch => view.standing.is_none(),
        Shape::Pick | Shape::Form | Shape::Select(_) => false,
    }
}

impl Conversation {
    /// What is said while writes are seen through after leaving: the line of state, once.
    pub(crate) fn last_words(&mut self, view: &View<'_>) -> Vec<Line> {
        self.known.news(Slot::State, view.notice.as_ref().map(state))
    }

    /// What is new in this view. While a line is still being carried out, its question waits.
    pub(crate) fn tell(&mut self, view: &View<'_>, now: Moment) -> Told {
        self.is_unsaid = false;
        self.walk.follow(view);
        let mut lines: Vec<Line> = std::mem::take(&mut self.asides).into_iter().map(aside).collect();
        let before = self.id.filter(|before| *before != view.ask.id);
        self.place(view, &mut lines);
        let top = lines.len();
        self.body(view, before, &mut lines);
        let has_news = lines.iter().skip(top).any(|line| *line != Line::Gap);
        let was_waiting = self.wait.is_some();
        let wait = wait::tell(&mut self.wait, view, now).map(Line::Words);
        // How long it took comes before what came of it.
        let place = if was_waiting && self.wait.is_none() { top } else { lines.len() };
        lines.splice(place..place, wait);
        self.rows(view, &mut lines);
        if !self.is_done() {
            return Told { lines, ..Told::default() };
        }
        self.state(view, &mut lines);
        let mut told = self.ask(view, lines, has_news);
        if std::mem::take(&mut self.was_answered) && told.lines.is_empty() {
            self.answer_again(view, &mut told.lines);
        }
        told
    }

    /// No line is left without an answer: the line of state once more, or else what can be typed.
    fn answer_again(&self, view: &View<'_>, lines: &mut Vec<Line>) {
        let prompt = self.question.as_ref().filter(|question| {
            // Boxes and lines of a list are their own answer.
            !matches!(question.way, Way::Nothing | Way::Field { is_list: true, .. })
        });
        match (said_state(view), prompt) {
            (Some(notice), _) => lines.extend(state(notice).said),
            (None, Some(question)) if !question.prompt.is_empty() => {
                lines.push(Line::Words(question.prompt.clone()));
            }
            _ => {}
        }
    }

    /// Says where the person is, when that is another place.
    fn place(&mut self, view: &View<'_>, lines: &mut Vec<Line>) {
        let here = view.steps.iter().find(|stop| stop.place == Place::Here);
        let name = here.map(|stop| stop.name).unwrap_or_default();
        let stand = (name, view.bar.run.clone(), view.bar.customer.map(Shown::to_text));
        let is_here = self.stand.as_ref() == Some(&stand);
        if !is_here {
            self.known.clear();
            self.wait = None;
            self.memory.forget();
        }
        let is_same = is_here && self.id == Some(view.ask.id);
        if !is_same {
            self.question = None;
            self.page = is_decided(view).then_some(0);
            self.memory.knows_document = false;
            self.known.forget(Slot::Document);
            self.known.forget(Slot::Heading);
        }
        let is_known = is_decided(view) || self.known.has(Slot::Page(view.ask.id));
        let is_new_screen = !is_here || (!is_same && !is_known);
        if is_new_screen {
            lines.push(Line::Gap);
            self.known.forget(Slot::Bar);
            self.known.forget(Slot::Warning);
        }
        lines.extend(self.known.news(Slot::Bar, [blocks::bar(&view.bar)]));
        lines.extend(self.known.news(Slot::Heading, [heading(view, is_new_screen)]));
        // Rule 17: what every screen must say about the nightly sweep.
        let warning = view.bar.warning.map(|words| Item::sentence(&format!("Warning: {words}")));
        lines.extend(self.known.news(Slot::Warning, warning));
        self.stand = Some(stand);
        self.id = Some(view.ask.id);
    }

    /// What stands on the page and was not said; of the document only once it was asked for.
    fn body(&mut self, view: &View<'_>, before: Option<QuestionId>, lines: &mut Vec<Line>) {
        let page = Slot::Page(view.ask.id);
        // Questions that follow each other on one bill say it once.
        if let Some(before) = before.filter(|_| is_decided(view)) {
            self.known.carry(Slot::Page(before), page);
        }
        lines.extend(self.known.news(page, blocks::items(&view.page)));
        if self.memory.knows_document {
            let document = view.page.document().unwrap_or_default().iter().map(Text::to_string);
            let key = document.clone().collect::<Vec<_>>().join("\n");
            let said = document.map(aside).collect();
            lines.extend(self.known.news(Slot::Document, [Item { key, said }]));
        }
    }

    /// The line of state, once.
    fn state(&mut self, view: &View<'_>, lines: &mut Vec<Line>) {
        let Some(item) = said_state(view).map(state) else { return };
        let news = self.known.news(Slot::State, [item]);
        if let [Line::Words(words)] = news.as_slice() {
            // What stands on the page may say the same once more.
            lines.retain(
                |line| !matches!(line, Line::Words(said) if said.len() > 10 && words.contains(said.as_str())),
            );
        }
        lines.extend(news);
    }

    /// The list: counted once it is whole, its first page where that is short, and the page that was asked for.
    fn rows(&mut self, view: &View<'_>, lines: &mut Vec<Line>) {
        let Some(rows) = view.page.rows() else { return };
        let is_select = matches!(view.ask.shape, Shape::Select(_));
        let (is_busy, was_counted) = (!self.is_done(), self.known.has(Slot::Counts));
        if !view.ask.is_waiting && (!was_counted && !is_decided(view) || was_counted && is_select && !is_busy)
        {
            let total = total(&rows.counts);
            let mut said = self.known.news(Slot::Counts, [Item::new(without_brackets(&total), total)]);
            if !was_counted {
                said = is_select.then(|| Line::Words(counts(&rows.counts))).into_iter().collect();
                let is_short = !is_select || rows.rows.len() <= PAGE;
                self.page = self.page.or_else(|| is_short.then_some(0));
            }
            said.retain(|line| !lines.contains(line));
            lines.extend(said);
        }
        let is_ready = !view.ask.is_waiting || is_busy || self.known.has(Slot::Counts);
        let Some(top) = self.page.take_if(|_| is_ready) else { return };
        let is_long = top == 0 && rows.rows.len() > PAGE;
        if is_decided(view) && is_long && !self.was_answered {
            lines.push(Line::Words(format!("{} results: the word more says them.", count(rows.rows.len()))));
            return;
        }
        self.memory.says(rows, top);
        // What is found is an answer to be chosen from; ticks are said without their prompt.
        self.asks_again |= view.ask.shape == Shape::Pick && rows.search.is_some();
        lines.extend(page(view, rows, top).into_iter().map(Line::Words));
    }

    /// The question, when it is another one or must be said again.
    fn ask(&mut self, view: &View<'_>, mut lines: Vec<Line>, has_news: bool) -> Told {
        let stands = question(view, self.walk.at);
        let is_open = stands.way != Way::Nothing;
        // The same words to another answer: a wrong number is told each time.
        let is_anew = self.was_answered && self.said != view.ask.revision;
        let is_other = self.question.as_ref() != Some(&stands) || is_anew;
        let is_asked = is_open && (is_other || self.asks_again);
        let has_choices = matches!(stands.way, Way::Choices(..));
        let mut prompt = stands.prompt.clone();
        if is_asked && (is_other || has_choices) {
            self.choices(view, &stands, &mut lines, &mut prompt);
        }
        // What is heard last is what can be answered, also where only the page has changed.
        if (is_asked || has_news && has_choices) && !prompt.is_empty() {
            lines.push(Line::Words(prompt));
        }
        let last = if is_asked { self.last.replace(stands.way.clone()) } else { None };
        let told = Told {
            lines,
            is_asked,
            bills: is_asked && stands.bills,
            came_by_itself: last.is_some_and(|last| last != stands.way) && !self.was_heard,
            is_masked: Some(matches!(stands.way, Way::Field { is_masked: true, .. })),
        };
        self.asks_again = false;
        self.was_heard &= !is_open;
        self.said = view.ask.revision;
        self.question = Some(stands);
        told
    }

    /// What stands in front of a prompt: many choices are said once, and then only those that read differently; of boxes
    /// only those that have changed, without their prompt.
    fn choices(&mut self, view: &View<'_>, stands: &Question, lines: &mut Vec<Line>, prompt: &mut String) {
        let slot = Slot::Choices(view.ask.id, self.walk.at, stands.before.len());
        let was_said = match &stands.way {
            Way::Choices(choices, _) => self.known.has(slot) && choices.len() > FEW,
            Way::Boxes => self.question.as_ref().is_some_and(|question| question.way == Way::Boxes),
            _ => false,
        };
        if !was_said {
            self.known.forget(slot);
        }
        let items = stands.before.iter().map(|words| Item::new(words.clone(), words.clone()));
        lines.extend(self.known.news(slot, items));
        match stands.way {
            Way::Boxes if was_said => prompt.clear(),
            _ if was_said => prompt.push_str(CHOICES_AGAIN),
            _ => {}
        }
    }
}

/// The heading of a page; of a new screen with its step.
fn heading(view: &View<'_>, is_new_screen: bool) -> Item {
    let words = told(&view.page.heading);
    let mut said = sentence(&words);
    let here = view.steps.iter().enumerate().find(|(_, stop)| stop.place == Place::Here);
    if let Some((at, stop)) = here.filter(|_| is_new_screen) {
        let more = if said.trim_end_matches('.') == stop.name { String::new() } else { format!(" {said}") };
        said = format!("Step {} of {}: {}.{more}", at + 1, view.steps.len(), stop.name);
    }
    Item::new(steady(&words), said)
}

/// The line of state, unless it speaks of a wait.
fn said_state<'v>(view: &'v View<'_>) -> Option<&'v Notice> {
    view.notice.as_ref().filter(|notice| notice.tone != Tone::Busy)
}

/// An answer to a command as a line; an empty one sets apart.
fn aside(words: String) -> Line {
    if words.is_empty() { Line::Gap } else { Line::Words(words) }
}

/// The line of state as a sentence; bad news says so first.
fn state(notice: &Notice) -> Item {
    let words = told(&notice.words);
    let problem = if notice.tone == Tone::Bad { "Problem: " } else { "" };
    Item::new(steady(&words), format!("{problem}{}", sentence(&words)))
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
