//! A conversation: what has been said, and what lines answer to the question that was said. Pure; the terminal is
//! `plain.rs`'s.
//!
//! Every answer names the revision of the view that was said last: a bill that came meanwhile is not answered by a line that
//! was meant for the one before.

use std::collections::VecDeque;

use crate::{
    domain::text::Text,
    wizard::{
        answer::{Answer, Given, Revision},
        ask::{QuestionId, Shape},
        view::View,
    },
};

use super::{
    ask::{After, Heard, Question, Way, question},
    form::Walk,
    memory::Memory,
    news::Known,
    read,
    wait::Wait,
    words::Line,
};

/// Where a view stands: the step, the run, the customer.
type Stand = (&'static str, Option<Text>, Option<Text>);

/// The conversation: what was said, what is to be said, and what is left to do of a line.
#[derive(Debug, Default)]
pub(crate) struct Conversation {
    pub(super) stand: Option<Stand>,
    /// The question that stood last.
    pub(super) id: Option<QuestionId>,
    /// The list that was chosen from last.
    pub(super) list: Option<QuestionId>,
    /// The revision of the view whose question was said last.
    pub(super) said: Revision,
    pub(super) known: Known,
    pub(super) wait: Option<Wait>,
    /// The question that was said last.
    pub(super) question: Question,
    /// How the last question is answered, whatever stands on the page since; none once a line has been carried out.
    pub(super) last: Option<Way>,
    /// A line has been carried out since the last view was said.
    pub(super) was_answered: bool,
    /// What is to be said; what answers a command comes first.
    pub(super) lines: Vec<Line>,
    /// A page of the list, to be said.
    pub(super) page: Option<usize>,
    /// The prompt is to be said again.
    pub(super) asks_again: bool,
    /// What came of a line, or the question that stands, is not said yet: nothing is heard before that.
    pub(super) is_unsaid: bool,
    pub(super) memory: Memory,
    pub(super) walk: Walk,
    /// What is left to answer of the line that is carried out.
    pub(super) giving: VecDeque<Given>,
    /// What follows it, on the page where the line was heard.
    pub(super) after: Option<(QuestionId, After)>,
}

impl Conversation {
    /// Gives up what is left of a line.
    pub(crate) fn interrupt(&mut self) {
        self.giving.clear();
        self.after = None;
        self.memory = Memory::default();
    }

    /// An answer to the question that was said last.
    pub(crate) const fn answer(&self, what: Given) -> Answer {
        Answer { to: self.said, what }
    }

    /// Whether the line that was heard last has been carried out.
    pub(crate) fn is_done(&self) -> bool {
        self.giving.is_empty() && self.after.is_none()
    }

    /// The next answer of the line that is carried out; what follows the last one is done where its time has come.
    pub(crate) fn carry_on(&mut self, view: &View<'_>) -> Option<Answer> {
        if let Some(given) = self.giving.pop_front() {
            self.is_unsaid = true;
            return Some(self.answer(given));
        }
        let (id, after) = self.after.take_if(|(id, after)| *id != view.ask.id || is_due(after, view))?;
        self.is_unsaid = true;
        match after {
            // Another question has come: that is what came of the line.
            _ if id != view.ask.id => {}
            After::Page(top) => self.page = Some(top),
            After::Report(report) => self.says(report.told(view)),
            After::GoOn(spot) => {
                self.walk.follow(view);
                self.walk.leave(spot, view);
                // What is wrong is told each time, also where it is the same again.
                self.asks_again = true;
            }
        }
        None
    }

    /// The question that was said, where it is the one that stands there, and nothing is left to say or to do.
    pub(crate) fn asked(&self, view: &View<'_>) -> Option<&Question> {
        let is_said = !self.is_unsaid && self.said == view.ask.revision;
        let stands = is_said && self.is_done() && self.question == question(view, self.walk.at);
        stands.then_some(&self.question)
    }

    /// Carries a line out as far as no answer is needed: an answer to what was asked, or a command where nothing is.
    pub(crate) fn hear(&mut self, line: &str, view: &View<'_>) {
        let asked = self.asked(view).cloned().unwrap_or_default();
        let heard = read::hear(line, view, &asked, &mut self.memory);
        if matches!((&asked.way, &heard), (Way::Lines(_), Heard::Give(..))) {
            self.asks_again = true;
        }
        self.take(heard, view);
    }

    /// Answers a command.
    fn says(&mut self, words: Vec<String>) {
        self.lines.extend(words.into_iter().map(Line::Words));
    }

    fn take(&mut self, heard: Heard, view: &View<'_>) {
        self.is_unsaid = true;
        let is_whole = !matches!(heard, Heard::More);
        self.was_answered |= is_whole;
        self.last.take_if(|_| is_whole);
        match heard {
            Heard::Give(answers, after) => {
                self.giving = answers.into_iter().map(Given::by_name).collect();
                self.after = after.map(|after| (view.ask.id, after));
            }
            Heard::Ask(spot) => self.walk.at = spot,
            Heard::GoOn(spot) => self.walk.pass(spot, view),
            Heard::Say(words) => self.says(words),
            Heard::Aside(words) => {
                self.says(words);
                self.asks_again = true;
            }
            Heard::Again => (self.stand, self.was_answered) = (None, false),
            Heard::More => {}
        }
    }
}

/// Whether what follows a line can be done on this view.
fn is_due(after: &After, view: &View<'_>) -> bool {
    match after {
        After::Page(_) if view.page.rows().is_some_and(|rows| rows.is_searching) => false,
        After::Page(_) => !view.ask.is_waiting || matches!(view.ask.shape, Shape::Select(_)),
        After::Report(report) => report.is_due(view),
        After::GoOn(_) => !view.ask.is_waiting,
    }
}
