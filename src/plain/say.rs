//! Pure: what is new in a view compared with what was said, as lines.
//!
//! A screen that comes on is said whole: whom it touches, which step it is, its question, what stands on it. Afterwards only
//! what changed is said, and never because a clock went on. The question comes last, so that it is what a reader hears
//! before typing.

mod blocks;

use crate::{
    domain::{
        speech::{sentence, steady},
        text::Shown,
        time::Moment,
    },
    wizard::{
        ask::{QuestionId, Shape},
        view::{Notice, RowsView, Stops, Tone, View},
    },
};

use super::{
    ask::{Question, Way, question},
    conversation::Conversation,
    memory::Memory,
    news::{Item, Known, Slot},
    rows::{self, PAGE, count, counts, total},
    wait,
    words::{Line, told, wrong},
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
        let before = self.id.filter(|before| *before != view.ask.id);
        self.place(view);
        let top = self.lines.len();
        self.body(view, before);
        let has_news = self.lines.iter().skip(top).any(|line| *line != Line::blank());
        let was_waiting = self.wait.is_some();
        let wait = wait::tell(&mut self.wait, view, now).map(Line::Words);
        // How long it took comes before what came of it.
        let place = if was_waiting && self.wait.is_none() { top } else { self.lines.len() };
        self.lines.splice(place..place, wait);
        self.rows(view);
        let mut told = Told::default();
        if self.is_done() {
            let before = self.lines.len();
            self.state(view);
            told = self.ask(view, has_news || self.lines.len() > before);
            if std::mem::take(&mut self.was_answered) {
                self.answer_again(view);
            }
        }
        Told { lines: std::mem::take(&mut self.lines), ..told }
    }

    /// No line is left without an answer: the line of state once more, or else what can be typed. That is what is heard
    /// last behind every other answer, too; users are marked one line after the other, without it.
    fn answer_again(&mut self, view: &View<'_>) {
        if self.lines.is_empty()
            && let Some(notice) = said_state(view)
        {
            self.lines.extend(state(notice).said);
        }
        let Question { way, prompt, .. } = &self.question;
        // Lines of a list are their own answer, and so are boxes and users that were said.
        let is_marked = matches!(view.ask.shape, Shape::Select(_)) || *way == Way::Boxes;
        let is_own = matches!(way, Way::Lines(_)) || is_marked && !self.lines.is_empty();
        let is_said = matches!(self.lines.last(), Some(Line::Words(last)) if last.contains(prompt));
        if !is_own && !is_said && !prompt.is_empty() {
            self.lines.push(Line::Words(prompt.clone()));
        }
    }

    /// Says what of these was not said in this place last.
    fn news(&mut self, slot: Slot, items: impl IntoIterator<Item = Item>) {
        self.lines.extend(self.known.news(slot, items));
    }

    /// Says where the person is, when that is another place.
    fn place(&mut self, view: &View<'_>) {
        let stand = (view.steps.name(), view.bar.run.clone(), view.bar.customer.map(Shown::to_text));
        let is_here = self.stand.as_ref() == Some(&stand);
        if !is_here {
            self.known = Known::default();
            self.wait = None;
            self.memory = Memory::default();
        }
        let is_same = is_here && self.id == Some(view.ask.id);
        if !is_same {
            self.question = Question::default();
            self.page = is_decided(view).then_some(0);
            self.memory.knows_document = false;
        }
        let is_list = view.ask.shape == Shape::Pick && view.page.rows().is_some();
        if is_list && self.list.replace(view.ask.id).is_some_and(|list| list != view.ask.id) {
            // Another list in the same place: its numbers mean other rows.
            self.known.forget(Slot::Counts);
            self.memory = Memory::default();
        }
        let is_known = is_decided(view) || self.known.has(Slot::Page(view.ask.id));
        let is_new_screen = !is_here || (!is_same && !is_known);
        if is_new_screen {
            self.lines.push(Line::blank());
            self.known.forget(Slot::Top);
        }
        // Rule 17: what every screen must say about the nightly sweep.
        let warning = view.bar.warning.map(|words| Item::sentence(&format!("Warning: {words}")));
        let top = [blocks::bar(&view.bar), heading(view, is_new_screen)];
        self.news(Slot::Top, top.into_iter().chain(warning));
        self.stand = Some(stand);
        self.id = Some(view.ask.id);
    }

    /// What stands on the page and was not said; of the document only once it was asked for.
    fn body(&mut self, view: &View<'_>, before: Option<QuestionId>) {
        let page = Slot::Page(view.ask.id);
        // Questions that follow each other on one bill say it once.
        if let Some(before) = before.filter(|_| is_decided(view)) {
            self.known.carry(Slot::Page(before), page);
        }
        let document = view.page.document().filter(|_| self.memory.knows_document);
        self.news(page, blocks::items(&view.page).into_iter().chain(document.map(blocks::document)));
    }

    /// The line of state, once.
    fn state(&mut self, view: &View<'_>) {
        let news = self.known.news(Slot::State, said_state(view).map(state));
        if let [Line::Words(words)] = news.as_slice() {
            // What stands on the page may say the same once more.
            self.lines.retain(
                |line| !matches!(line, Line::Words(said) if said.len() > 10 && words.contains(said.as_str())),
            );
        }
        self.lines.extend(news);
    }

    /// The list: counted once it is whole, its first page where that is short, and the page that was asked for.
    fn rows(&mut self, view: &View<'_>) {
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
            said.retain(|line| !self.lines.contains(line));
            self.lines.extend(said);
        }
        let was_sorted = std::mem::replace(&mut self.memory.sorted_by, rows.sorted_by);
        if is_select && was_sorted != rows.sorted_by && self.memory.top.is_some() {
            self.page = Some(0);
        }
        let is_ready = !view.ask.is_waiting || is_busy || self.was_answered || self.known.has(Slot::Counts);
        let Some(top) = self.page.take_if(|_| is_ready) else { return };
        let is_long = top == 0 && rows.rows.len() > PAGE;
        if is_decided(view) && is_long && !self.was_answered {
            let all = count(rows.rows.len());
            self.lines.push(Line::Words(format!("{all} results: the word more says them.")));
            return;
        }
        self.memory.says(rows, top);
        // What is found is an answer to be chosen from; ticks are said without their prompt.
        self.asks_again |= view.ask.shape == Shape::Pick && rows.search.is_some();
        self.lines.extend(page(view, rows, top).into_iter().map(Line::Words));
    }

    /// The question, when it is another one or must be said again.
    fn ask(&mut self, view: &View<'_>, has_news: bool) -> Told {
        let stands = question(view, self.walk.at);
        let is_open = stands.way != Way::Nothing;
        // The same words to another answer: a wrong number is told each time.
        let is_anew = self.was_answered && self.said != view.ask.revision;
        let is_other = self.question != stands || is_anew;
        let is_asked = is_open && (is_other || self.asks_again);
        let has_choices = matches!(stands.way, Way::Choices(..));
        let is_whole = is_asked && (is_other || has_choices);
        let prompt = if is_whole { self.choices(view, &stands) } else { stands.prompt.clone() };
        // What is heard last is what can be answered, also where only the page has changed.
        if (is_asked || has_news && has_choices) && !prompt.is_empty() {
            self.lines.push(Line::Words(prompt));
        }
        let last = if is_open { self.last.replace(stands.way.clone()) } else { None };
        let came_by_itself = is_asked && last.is_some_and(|last| last != stands.way);
        let bills = is_asked && stands.bills;
        self.asks_again = false;
        self.said = view.ask.revision;
        self.question = stands;
        Told { is_asked, bills, came_by_itself, ..Told::default() }
    }

    /// What stands in front of a prompt, and how that reads behind it: many choices are said once, and then only those that
    /// read differently; of boxes only those that have changed, without their prompt.
    fn choices(&mut self, view: &View<'_>, stands: &Question) -> String {
        let slot = Slot::Choices(view.ask.id, self.walk.at, stands.before.len());
        let prompt = match &stands.way {
            Way::Choices(choices, _) if self.known.has(slot) && choices.len() > FEW => {
                stands.prompt.clone() + CHOICES_AGAIN
            }
            Way::Boxes if self.question.way == Way::Boxes => String::new(),
            _ => {
                self.known.forget(slot);
                stands.prompt.clone()
            }
        };
        self.news(slot, stands.before.iter().map(|words| Item::new(words.clone(), words.clone())));
        prompt
    }
}

/// The heading of a page; of a new screen with its step. Another question has another one, also in the same words.
fn heading(view: &View<'_>, is_new_screen: bool) -> Item {
    let words = told(&view.page.heading);
    let mut said = sentence(&words);
    if is_new_screen {
        let (name, Stops { names, here }) = (view.steps.name(), view.steps);
        let more = if said.trim_end_matches('.') == name { String::new() } else { format!(" {said}") };
        said = format!("Step {} of {}: {name}.{more}", here + 1, names.len());
    }
    Item::new(format!("{:?}: {}", view.ask.id, steady(&words)), said)
}

/// The line of state, unless it speaks of a wait.
fn said_state<'v>(view: &'v View<'_>) -> Option<&'v Notice> {
    view.notice.as_ref().filter(|notice| notice.tone != Tone::Busy)
}

/// The line of state as a sentence; bad news says so first.
fn state(notice: &Notice) -> Item {
    let words = told(&notice.words);
    let said = if notice.tone == Tone::Bad { wrong(&notice.words) } else { sentence(&words) };
    Item::new(steady(&words), said)
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
    let problem = rows.search.as_ref().and_then(|search| search.problem.as_ref());
    let mut said: Vec<String> = problem.map(wrong).into_iter().collect();
    match &view.ask.shape {
        _ if rows.rows.is_empty() => said.push(sentence(&told(&rows.empty))),
        Shape::Pick if !rows.counts.is_empty() => said.push(counts(&rows.counts)),
        Shape::Select(asked) if asked.these.is_some() => {
            said.push(format!("{} shown.", count(rows.rows.len())));
        }
        _ => {}
    }
    said.extend(rows::page(view, rows, top));
    said
}
