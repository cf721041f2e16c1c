//! The plain front end: the whole wizard line by line, for screen readers, dumb terminals, braille lines and bad
//! connections. Append only: no repaint, no spinner, no box, no meaning by glyph or colour.
//!
//! It knows the shapes of questions and the blocks of pages, never screens. A `conversation` remembers what was said; `say`
//! finds what is new in a view, `ask` the question on it, `read` what a line means. All of them are pure; this file holds
//! what is not: lines in, lines out, and the echo of secrets.

mod ask;
mod card;
mod conversation;
mod echo;
mod form;
mod hearing;
mod lines;
mod lists;
mod memory;
mod news;
mod read;
mod rows;
mod say;
mod vocabulary;
mod wait;
mod words;

use std::io::{self, IsTerminal, Write};

use crate::{
    domain::{bill::counted, time::Moment},
    driver::front::{FrontEnd, Stop, Waker},
    wizard::{
        answer::{Action, Answer, Ending, Given, Revision},
        effect::FrontEndTask,
        view::View,
    },
};

use ask::Way;
use conversation::Conversation;
use echo::Echo;
use lines::Lines;
use words::Line;

/// Columns where nobody knows them.
const COLUMNS: u16 = 80;

/// Fewest and most columns that are believed: below, no sentence can be read; above, no line can be followed.
const BELIEVED: std::ops::RangeInclusive<u16> = 20..=1_000;

/// Empty lines in a row at one question, after which more of them are dropped. A guess: more than anybody presses Enter in
/// vain.
const MOST_VAIN: u32 = 16;

/// What is decided before the first line is written.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Why it is this front end ("--plain was given").
    pub why: &'static str,
    /// Characters outside ASCII may be written.
    pub use_unicode: bool,
    /// Columns and rows of the window that stdout is now, where it is one and knows.
    pub window: fn() -> Option<(u16, u16)>,
    /// Columns where the terminal does not know its width (`COLUMNS`).
    pub columns: Option<u16>,
}

/// The plain front end.
#[derive(Debug)]
pub struct Plain {
    options: Options,
    stop: Stop,
    /// Presses of Ctrl-C that were carried out.
    interrupts: u32,
    waker: Waker,
    lines: Lines,
    echo: Echo,
    conversation: Conversation,
    /// The wizard has ended: nothing is asked any more.
    is_leaving: bool,
    /// The outcome of a run was shown.
    has_finished: bool,
    /// So many empty lines in a row were heard at a question.
    vain: (Revision, u32),
}

impl Plain {
    /// Starts it: stdin is read on a thread of its own, which wakes the driver.
    ///
    /// # Errors
    /// The thread can't be started.
    pub fn start(waker: Waker, stop: Stop, options: Options) -> io::Result<Self> {
        stop.listen(waker.clone());
        let hello = format!(
            "Backup365, line by line, because {}. Type help for the commands, quit to leave.",
            options.why
        );
        Ok(Self {
            options,
            stop,
            interrupts: 0,
            echo: Echo::start(&waker)?,
            lines: Lines::of_stdin(waker.clone())?,
            waker,
            conversation: Conversation {
                lines: vec![Line::Words(hello)],
                is_unsaid: true,
                ..Conversation::default()
            },
            is_leaving: false,
            has_finished: false,
            vain: (Revision(0), 0),
        })
    }

    /// The last words, after the wizard has ended.
    pub fn finish(self, words: &str) {
        let said: Vec<Line> = words.lines().map(|line| Line::Words(line.to_owned())).collect();
        // The reader at the other end may be gone: then the words are missed by nobody.
        drop(self.write(&said));
    }

    fn write(&self, lines: &[Line]) -> io::Result<()> {
        let laid = words::lay(lines, self.columns(), self.options.use_unicode);
        let mut out = io::stdout().lock();
        out.write_all(laid.as_bytes())?;
        out.flush()
    }

    /// The width of the window now; it may have changed since the last line.
    fn columns(&self) -> u16 {
        let known = (self.options.window)().map(|(columns, _)| columns).or(self.options.columns);
        known.unwrap_or(COLUMNS).clamp(*BELIEVED.start(), *BELIEVED.end())
    }

    /// What the end of the input asks for: a hang-up that keeps the run. After the outcome nothing is interrupted by it.
    fn ended(&self, view: &View<'_>) -> Option<Answer> {
        // A proof may be waited for without end; everything else comes to an end by itself.
        if view.ask.is_waiting && view.standing.is_none() {
            return None;
        }
        let is_outcome = view.offer(Action::Another).is_some();
        let is_over = self.has_finished && (is_outcome || view.bar.run.is_none());
        let given = if is_over { Given::Do(Action::Leave) } else { Given::End(Ending::HangUp) };
        Some(self.conversation.answer(given))
    }

    /// Empty lines that change nothing at a question change nothing however many follow: after some of them those that wait
    /// are dropped, and told, so that a flood of them ends.
    fn drop_vain(&mut self, line: &str, revision: Revision) {
        let is_vain = line.trim().is_empty();
        self.vain = match self.vain {
            (before, count) if is_vain && before == revision => (revision, count.saturating_add(1)),
            _ => (revision, u32::from(is_vain)),
        };
        if self.vain.1 < MOST_VAIN {
            return;
        }
        let dropped = u32::try_from(self.lines.forget_empty()).unwrap_or(u32::MAX);
        if dropped > 0 {
            let words = format!("{} more: dropped.", counted(dropped, "empty line", "empty lines"));
            self.conversation.lines.push(Line::Words(words));
        }
    }

    /// Drops what was typed before a question that it must not answer; says so.
    fn drop_early(&self) -> Option<Line> {
        let dropped = u32::try_from(self.lines.forget()).unwrap_or(u32::MAX);
        let dropped = (dropped > 0).then(|| counted(dropped, "line was", "lines were"))?;
        let words = format!("{dropped} typed before this question, and must not answer it: dropped.");
        Some(Line::Words(words))
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        self.echo.set(false);
    }
}

impl FrontEnd for Plain {
    fn show(&mut self, view: &View<'_>, now: Moment) -> io::Result<()> {
        if self.is_leaving {
            let words = self.conversation.last_words(view);
            return self.write(&words);
        }
        self.conversation.asks_again |= self.echo.was_stopped();
        self.has_finished |= view.offer(Action::Another).is_some() && !view.ask.is_waiting;
        let mut goes_on = self.conversation.is_unsaid;
        let told = self.conversation.tell(view, now);
        let mut lines = Vec::new();
        // A line of a pipe waits for its question, however that comes; a bill it must not answer all the same.
        if told.bills || (told.came_by_itself && io::stdin().is_terminal()) {
            lines.extend(self.drop_early());
        } else if told.is_asked {
            // What was taken just now woke nobody.
            goes_on |= self.lines.mark_ahead();
        }
        lines.extend(told.lines);
        self.echo.set(matches!(self.conversation.question.way, Way::Secret(_)));
        self.write(&lines)?;
        if goes_on {
            self.waker.wake();
        }
        Ok(())
    }

    fn next(&mut self, view: &View<'_>) -> io::Result<Option<Answer>> {
        if self.stop.interrupts() > self.interrupts {
            self.interrupts = self.interrupts.saturating_add(1);
            self.conversation.interrupt();
            self.lines.forget();
            return Ok(Some(self.conversation.answer(Given::Leave)));
        }
        if self.is_leaving {
            return Ok(None);
        }
        if let Some(why) = self.stop.ending() {
            return Ok(Some(self.conversation.answer(Given::End(why))));
        }
        if let Some(answer) = self.conversation.carry_on(view) {
            return Ok(Some(answer));
        }
        if self.conversation.is_unsaid {
            return Ok(None);
        }
        let asked = self.conversation.asked(view);
        let (is_asked, is_waiting) = (asked.is_some(), view.ask.is_waiting);
        // During a wait only what was typed since the question was said answers it.
        let may_answer = asked.is_some_and(|asked| !is_waiting || asked.way != Way::Nothing);
        let answer = if may_answer { self.lines.first(!is_waiting) } else { None };
        // A command that a person types during a wait acts at once; a line of a pipe waits for its question.
        let is_typed = is_waiting && io::stdin().is_terminal();
        let line = answer.or_else(|| if is_typed { self.lines.command(read::meanwhile) } else { None });
        let Some(line) = line else {
            // A line is understood by the question that was said, so the one that stands there is said first.
            self.conversation.is_unsaid = !is_asked && self.conversation.is_done();
            return Ok(if is_asked && self.lines.has_ended() { self.ended(view) } else { None });
        };
        self.conversation.hear(&line, view);
        self.drop_vain(&line, view.ask.revision);
        Ok(self.conversation.carry_on(view))
    }

    fn hurry(&mut self) {
        self.is_leaving = true;
    }

    fn perform(&mut self, task: &FrontEndTask, _view: &View<'_>) -> io::Result<()> {
        match task {
            FrontEndTask::PrintAlone(text) => {
                let lines = text.lines().map(|line| Line::Alone(line.to_owned()));
                let lines = std::iter::once(Line::blank()).chain(lines).chain([Line::blank()]);
                self.write(&lines.collect::<Vec<_>>())
            }
            // A line of words is told by itself; whoever listens to lines is not to be startled. A line that asks for a copy
            // is answered before it comes to that.
            FrontEndTask::Bell | FrontEndTask::Copy(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
