//! The plain front end: the whole wizard line by line, for screen readers, dumb terminals, braille lines and bad
//! connections. Append only: no repaint, no spinner, no box, no meaning by glyph or colour.
//!
//! `say` finds what is new in a view, `ask` the question on it, `read` what a line means, `plan` has it done step by step.
//! All of them are pure; this file holds what is not: lines in, lines out, and the echo of secrets.

mod ask;
mod echo;
mod help;
mod keys;
mod lines;
mod plan;
mod read;
mod report;
mod rows;
mod say;
mod words;

use std::io::{self, Write};

use crate::{
    domain::time::Moment,
    driver::front::{FrontEnd, Stop, Waker},
    wizard::{
        effect::Deed,
        event::{Action, Ending, Intent},
        view::{Ask, View},
    },
};

use ask::{Way, is_open_meanwhile, question};
use echo::Echo;
use lines::{Lines, Typed};
use plan::{Plan, Wants};
use read::{Heard, Mind};
use say::Talk;
use words::Line;

/// Columns where nobody knows them.
const COLUMNS: u16 = 80;

/// Fewest and most columns that are believed: below, no sentence can be read; above, no line can be followed.
const BELIEVED: std::ops::RangeInclusive<u16> = 20..=1_000;

/// What is decided before the first line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Why it is this front end ("--plain was given").
    pub why: &'static str,
    /// Characters outside ASCII may be written.
    pub use_unicode: bool,
    /// Columns where the terminal does not know its width (`COLUMNS`).
    pub columns: Option<u16>,
}

/// The plain front end.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a step of the conversation that is behind us, in any order"
)]
pub struct Plain {
    options: Options,
    stop: Stop,
    /// Presses of Ctrl-C that were carried out.
    interrupts: u32,
    waker: Waker,
    lines: Lines,
    echo: Echo,
    talk: Talk,
    mind: Mind,
    plan: Plan,
    /// The first line has been written.
    has_begun: bool,
    /// A line has been carried out, and what came of it is not said yet.
    is_unsaid: bool,
    /// Something can only go on once the view has been said.
    is_pending: bool,
    /// The wizard has ended: nothing is asked any more.
    is_leaving: bool,
    /// The outcome of a run was shown.
    has_finished: bool,
}

impl Plain {
    /// Starts it: stdin is read on a thread of its own, which wakes the driver.
    ///
    /// # Errors
    /// The thread can't be started.
    pub fn start(waker: Waker, stop: Stop, options: Options) -> io::Result<Self> {
        stop.listen(waker.clone());
        Ok(Self {
            options,
            stop,
            interrupts: 0,
            echo: Echo::start(&waker)?,
            lines: Lines::of_stdin(waker.clone())?,
            waker,
            talk: Talk::default(),
            mind: Mind::default(),
            plan: Plan::default(),
            has_begun: false,
            is_unsaid: false,
            is_pending: false,
            is_leaving: false,
            has_finished: false,
        })
    }

    /// The last words, after the wizard has ended.
    pub fn finish(self, words: &str) {
        self.echo.set(false);
        let said: Vec<Line> = words.lines().map(|line| Line::Words(line.to_owned())).collect();
        // Whoever reads it may be gone: then nobody misses it.
        drop(self.write(&said));
    }

    fn write(&self, lines: &[Line]) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let laid = words::lay(lines, self.columns(), self.options.use_unicode);
        let mut out = io::stdout().lock();
        out.write_all(laid.as_bytes())?;
        out.flush()
    }

    /// The width of the window now; it may have changed since the last line.
    fn columns(&self) -> u16 {
        let columns = window().or(self.options.columns).unwrap_or(COLUMNS);
        columns.clamp(*BELIEVED.start(), *BELIEVED.end())
    }

    /// What the rest of the plan wants, up to an intent.
    fn carry_on(&mut self, view: &View<'_>) -> Option<Intent> {
        loop {
            match self.plan.next(view) {
                Wants::Intent(intent) => {
                    self.is_unsaid = true;
                    return Some(intent);
                }
                Wants::Say(lines) => self.talk.aside(lines),
                Wants::Page(top) => self.talk.turn_to(top),
                Wants::Show => {
                    self.is_pending = true;
                    return None;
                }
                Wants::Time | Wants::Nothing => return None,
            }
        }
    }

    /// A line that may be carried out on this view.
    fn line(&self, view: &View<'_>) -> Option<Typed> {
        if view.is_waiting {
            let is_asked = self.talk.question().is_some_and(|question| question.way != Way::Nothing);
            let is_open = is_asked && is_open_meanwhile(view.ask);
            self.lines.first(|line| is_open && !line.is_ahead).or_else(|| self.lines.command(read::meanwhile))
        } else {
            self.lines.first(|_| true)
        }
    }

    /// Carries a line out as far as no intent is needed.
    fn hear(&mut self, line: &str, view: &View<'_>) {
        let Some(question) = self.talk.question().cloned() else { return };
        self.talk.answered();
        match read::hear(line, view, &question, &mut self.mind) {
            Heard::Steps(steps) => {
                if matches!(question.way, Way::Field { is_list: true, .. }) {
                    self.talk.ask_again();
                }
                self.plan.take(steps);
            }
            Heard::Say(words) => self.talk.aside(words),
            Heard::Help => {
                self.talk.aside(help::help(view));
                self.talk.ask_again();
            }
            Heard::Again => self.talk.forget(),
            Heard::More => {}
        }
    }

    /// What the end of the input asks for: a hang-up that keeps the run. After the outcome nothing is interrupted by it.
    fn ended(&self, view: &View<'_>) -> Option<Intent> {
        let is_outcome = matches!(view.ask, Ask::Outcome | Ask::Receipt);
        if view.is_waiting && !matches!(view.ask, Ask::Authorise(_)) {
            return None;
        }
        let is_over = self.has_finished && (is_outcome || view.bar.run.is_none());
        Some(if is_over { Intent::Act(Action::Leave) } else { Intent::End(Ending::HangUp) })
    }
}

impl FrontEnd for Plain {
    fn show(&mut self, view: &View<'_>, now: Moment) -> io::Result<()> {
        if self.is_leaving {
            let words = self.talk.last_words(view);
            return self.write(&words);
        }
        let mut before = Vec::new();
        if !std::mem::replace(&mut self.has_begun, true) {
            before.push(Line::Words(format!(
                "Backup365, line by line, because {}. Type help for the commands, quit to leave.",
                self.options.why
            )));
        }
        if self.echo.was_stopped() {
            self.talk.ask_again();
        }
        self.has_finished |= view.ask == Ask::Outcome && !view.is_waiting;
        let mut told = self.talk.tell(view, now, !self.plan.is_done(), &mut self.mind);
        self.plan.said();
        self.is_unsaid = false;
        if told.bills || told.came_by_itself {
            let dropped = self.lines.forget();
            if dropped > 0 {
                let lines = if dropped == 1 { "1 line was".into() } else { format!("{dropped} lines were") };
                before.push(Line::Words(format!(
                    "{lines} typed before this question, and must not answer it: dropped."
                )));
            }
        } else if told.is_asked {
            self.lines.mark_ahead();
            // What was taken just now woke nobody.
            self.is_pending |= self.lines.has_some();
        }
        before.append(&mut told.lines);
        if told.is_asked || self.talk.question().is_some_and(|question| question.way == Way::Nothing) {
            self.echo.set(told.is_masked);
        }
        self.write(&before)?;
        if std::mem::take(&mut self.is_pending) {
            self.waker.wake();
        }
        Ok(())
    }

    fn next(&mut self, view: &View<'_>) -> io::Result<Option<Intent>> {
        if self.stop.interrupts() > self.interrupts {
            self.interrupts = self.interrupts.saturating_add(1);
            self.plan.clear();
            self.mind.forget();
            self.lines.forget();
            return Ok(Some(Intent::Leave));
        }
        if self.is_leaving {
            return Ok(None);
        }
        if let Some(why) = self.stop.ending() {
            return Ok(Some(Intent::End(why)));
        }
        if let Some(intent) = self.carry_on(view) {
            return Ok(Some(intent));
        }
        // A line is understood by the question that was said, so that must be the one that stands there.
        let is_said = self.has_begun && !self.is_unsaid && self.talk.question() == Some(&question(view));
        if !self.plan.is_done() || !is_said {
            self.is_pending |= self.plan.is_done();
            return Ok(None);
        }
        if rows::open_search(view).is_some() && !view.is_waiting {
            return Ok(Some(Intent::NextControl));
        }
        if let Some(line) = self.line(view) {
            self.hear(&line.text, view);
            self.is_unsaid = true;
            self.is_pending = true;
            return Ok(self.carry_on(view));
        }
        Ok(if self.lines.has_ended() { self.ended(view) } else { None })
    }

    fn hurry(&mut self) {
        self.is_leaving = true;
    }

    fn perform(&mut self, deed: &Deed, _view: &View<'_>) -> io::Result<()> {
        match deed {
            Deed::PrintAlone(link) => self.write(&[Line::Gap, Line::Alone(link.to_string()), Line::Gap]),
            Deed::Copy(_) | Deed::CopyText(_) => {
                self.talk.aside(["Line by line there is no clipboard.".to_owned()]);
                Ok(())
            }
        }
    }
}

/// Columns of the window that stdout is, if it is one and knows.
fn window() -> Option<u16> {
    #[cfg(unix)]
    {
        let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok()?;
        Some(size.ws_col).filter(|columns| *columns > 0)
    }
    #[cfg(not(unix))]
    {
        None
    }
}

#[cfg(test)]
mod tests;
