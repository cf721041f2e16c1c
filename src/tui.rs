//! The full-screen front end: draws views, reads keys, and gives the terminal back whatever happens.
//!
//! ```text
//! bytes ─ reader (thread) ─ input ─> Tui::next ─ keys ─> Answer
//! View ─> Tui::show ─ Terminal::draw(|frame| …) ─ Backend ─> one write
//! ```
//!
//! Everything but [`Tui`], `guard` and `reader` is a pure function and tested as one: `draw.rs` and `widgets/` from the view
//! and [`State`] to a frame, `keys.rs` from a key to an answer or to another state. `state.rs` is what the wizard has no
//! word for: focus, carets, the lit row, panels that only show.
//!
//! An answer names the question that stood on the screen when its key was read, not the one at hand: what is typed ahead
//! of a question presses nothing in it.

use std::{
    any::Any,
    collections::VecDeque,
    io,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    time::{Duration, Instant},
};

use ratatui::{Terminal, layout::Size};

use crate::{
    domain::time::Moment,
    driver::front::{FrontEnd, Waker},
    wizard::{
        answer::{Answer, Ending, Given, Revision},
        ask::Shape,
        effect::FrontEndTask,
        view::{Tone, View},
    },
};

use backend::Backend;
use clipboard::Clipboard;
use draw::draw;
use guard::{Guard, Sent};
use input::{Input, Press};
use keys::Outcome;
pub use options::Options;
use pace::Pace;
use reader::Reader;
pub use state::State;

pub mod backend;
pub mod clipboard;
pub mod draw;
mod field;
mod guard;
pub mod input;
pub mod keys;
pub mod options;
#[cfg_attr(not(unix), path = "tui/output_console.rs")]
mod output;
mod pace;
#[cfg_attr(not(unix), path = "tui/reader_console.rs")]
mod reader;
mod state;
#[cfg(test)]
mod tests;
pub mod theme;
mod widgets;
pub mod words;

/// Window size where neither the terminal nor the environment knows (remote-terminal.md section 1).
const USUAL_SIZE: (u16, u16) = (80, 24);

/// Keys that come closer than this belong to one word: slow typing has a key in 300 ms. A guess.
const WORD: Duration = Duration::from_millis(400);

/// Keys that wait to be carried out at most; more came at once from nobody's fingers. A guess: a minute of a key that is
/// held down.
pub(crate) const MOST_AHEAD: usize = 4_096;

/// Said where there were more.
const FLOOD: &str = "So many keys came at once that only the first ones were taken.";

/// What the reading thread tells.
#[derive(Debug)]
#[cfg_attr(not(unix), expect(dead_code, reason = "a console has no signals"))]
pub(crate) enum Heard {
    /// Keys and pastes of one read.
    Inputs(Vec<Input>),
    /// The size changed: everything is drawn again.
    Redraw,
    /// The view is to come back in this way: the process is to stop first, or was stopped, maybe from outside.
    ComesBack(fn(&Guard) -> io::Result<()>),
    /// The thread panicked; nobody reads any more.
    Panicked(Box<dyn Any + Send>),
    /// What signals ask, before all keys: SIGINT to leave, others to go at once.
    Asked(Given),
}

/// The full-screen front end. Dropping it gives the terminal back.
#[derive(Debug)]
pub struct Tui {
    /// Whether the bell may ring, and the size where the terminal has none.
    options: Options,
    /// The terminal's modes, shared with the reading thread and the panic hook.
    guard: Arc<Guard>,
    /// What stands there, and what is to stand there.
    terminal: Terminal<Backend>,
    /// What the front end knows by itself.
    state: State,
    /// Its columns and rows; none: whatever the terminal says now.
    size: Option<(u16, u16)>,
    /// How often it may change by itself.
    pace: Pace,
    /// From the reading thread.
    heard: Receiver<Heard>,
    /// The same, put off until the frame stands.
    postponed: VecDeque<Heard>,
    /// Has the driver come round again.
    waker: Waker,
    /// Keys that were not asked for yet, each with the question that stood there when it was read, and whether it came at
    /// once behind another.
    inputs: VecDeque<(Revision, bool, Input)>,
    /// When the last key was read.
    last_key: Option<Instant>,
    /// More keys came than are kept, which is to be said.
    has_dropped: bool,
    /// The way to the terminal's clipboard.
    clipboard: Clipboard,
    /// The view that stands there, by its number; none: something else is to be drawn, which no answer will cause
    /// (scrolling, another size).
    drawn: Option<u64>,
    /// Ends the thread when dropped.
    _reader: Reader,
}

impl Tui {
    /// Enters the full-screen view: raw mode, alternate screen, bracketed paste; starts the reading thread, which
    /// also hears the signals, and puts the restore before any panic message.
    ///
    /// `waker` is woken whenever [`FrontEnd::next`] may have something.
    ///
    /// # Errors
    /// There is no terminal, or it refuses.
    pub fn start(options: Options, clipboard: Clipboard, waker: Waker) -> io::Result<Self> {
        let (input, output) = output::open()?;
        let guard = Arc::new(Guard::new(output)?);
        let (tell, heard) = channel();
        restore_on_panic(&guard, &tell, &waker);
        // Its size is told before the first frame.
        let terminal = Terminal::new(Backend::new(Size::ZERO))?;
        // Signals first: from the first changed mode on there is someone who restores.
        let reader = Reader::start(input, Arc::clone(&guard), tell, waker.clone())?;
        guard.enter()?;
        Ok(Self {
            options,
            guard,
            terminal,
            state: State::new(options),
            size: None,
            pace: Pace::new(waker.clone()),
            heard,
            postponed: VecDeque::new(),
            waker,
            inputs: VecDeque::new(),
            last_key: None,
            has_dropped: false,
            clipboard,
            drawn: None,
            _reader: reader,
        })
    }

    /// Draws the view, if it may be drawn now.
    ///
    /// A window that is being pulled has another size from frame to frame: while nobody presses a key, what stands there
    /// stays until the reading thread says that it has come to rest.
    fn draw(&mut self, view: &View<'_>) -> io::Result<()> {
        if !self.guard.is_shown() {
            return Ok(());
        }
        let size = self.guard.size().or(self.options.fallback_size).unwrap_or(USUAL_SIZE);
        if self.size.is_some_and(|drawn| drawn != size) {
            return Ok(());
        }
        self.size = Some(size);
        self.drawn = Some(view.events);
        self.terminal.backend_mut().resize(Size::from(size));
        let state = &mut self.state;
        self.terminal.draw(|frame| draw(frame, view, state))?;
        let bytes = self.terminal.backend_mut().take();
        // What was read up to here was typed before this frame could be seen.
        self.drain();
        if !bytes.is_empty() {
            let sent = self.guard.write(&bytes)?;
            if sent == Sent::Late {
                self.drain();
            }
            self.pace.drawn();
            self.was_sent(sent);
        }
        self.state.drawn = draw::drawn(view);
        Ok(())
    }

    /// After bytes that were given up nobody knows what stands there; whatever came between is heard before drawing is
    /// tried again.
    fn was_sent(&mut self, sent: Sent) {
        if sent == Sent::Cut {
            self.forget();
            self.waker.wake();
        }
    }

    /// Everything is to be drawn again, in whatever size the window has now.
    fn forget(&mut self) {
        self.terminal.backend_mut().forget();
        self.drawn = None;
        self.asked();
    }

    /// A person did something: it is answered at once.
    const fn asked(&mut self) {
        self.size = None;
        self.pace.ask();
    }

    /// Takes the keys that were read so far, with the question that stood there until now.
    fn drain(&mut self) {
        while let Ok(heard) = self.heard.try_recv() {
            match heard {
                Heard::Inputs(inputs) => self.take(inputs),
                other => self.postponed.push_back(other),
            }
        }
    }

    /// Puts keys behind those that were read before, with the question that a person sees. Of a flood only the start is
    /// carried out, and a way out of it goes before all of it.
    #[expect(clippy::disallowed_methods, reason = "how fast keys come, which no replayed clock knows")]
    fn take(&mut self, inputs: Vec<Input>) {
        let seen = self.state.drawn.revision;
        let before = self.last_key.replace(Instant::now());
        let mut is_at_once = before.is_some_and(|before| before.elapsed() < WORD);
        for input in inputs {
            let is_flood = self.inputs.len() >= MOST_AHEAD;
            if is_flood && keys::is_always_taken(&input) {
                self.inputs.clear();
            } else if is_flood {
                self.has_dropped = true;
                continue;
            }
            self.inputs.push_back((seen, std::mem::replace(&mut is_at_once, true), input));
        }
    }

    /// Takes what the reading thread told; what it asks goes before all keys.
    fn listen(&mut self) -> Option<Given> {
        while let Some(heard) = self.postponed.pop_front().or_else(|| self.heard.try_recv().ok()) {
            match heard {
                Heard::Inputs(inputs) => self.take(inputs),
                Heard::Redraw => self.forget(),
                Heard::ComesBack(how) => {
                    let came = how(&self.guard);
                    self.forget();
                    // A terminal that refuses is gone.
                    if came.is_err() {
                        return Some(Given::End(Ending::HangUp));
                    }
                }
                Heard::Panicked(panic) => std::panic::resume_unwind(panic),
                Heard::Asked(given) => {
                    self.stop_printing();
                    return Some(given);
                }
            }
        }
        None
    }

    /// Back from words alone to the full-screen view.
    fn stop_printing(&mut self) {
        if self.guard.is_alone() {
            // A terminal that is gone says so through the reading thread.
            drop(self.guard.enter());
            self.forget();
        }
    }

    /// What was typed or pasted asks of the wizard; what the front end does by itself is done here. While words stand
    /// alone, Enter, Esc and Ctrl-C go back; nothing else is done there but what is done everywhere.
    fn input(
        &mut self,
        (seen, is_at_once): (Revision, bool),
        input: &Input,
        view: &View<'_>,
    ) -> Option<Answer> {
        let is_always_taken = keys::is_always_taken(input);
        if self.guard.is_alone() {
            if matches!(input, Input::Key(Press::Enter | Press::Esc | Press::Ctrl('c'))) {
                self.stop_printing();
            }
            if !is_always_taken {
                return None;
            }
        }
        let is_stale = seen != view.ask.revision && !is_always_taken;
        self.state.sync(view);
        if keys::is_early(input, (is_stale, is_at_once), view, &mut self.state) {
            self.drawn = None;
            return None;
        }
        let outcome = match input {
            Input::Key(press) => keys::press(*press, view, &mut self.state),
            Input::Typed(text) => keys::paste::typed(text, view, &mut self.state),
            Input::Paste(text) => keys::paste::paste(text, view, &mut self.state),
            Input::Flood(bytes) => keys::paste::flood(*bytes, input::MAX_PASTE, &mut self.state),
        };
        match outcome {
            Outcome::Give(given) => {
                self.drawn = None;
                return Some(Answer { to: seen, what: given });
            }
            Outcome::Changed => self.drawn = None,
            Outcome::Redraw => self.forget(),
            Outcome::Suspend => reader::suspend(&self.guard),
            Outcome::Nothing => {}
        }
        None
    }
}

impl FrontEnd for Tui {
    fn show(&mut self, view: &View<'_>, _now: Moment) -> io::Result<()> {
        self.pace.sees(under_way(view));
        // A key that only looks was answered by a frame already, of this very view.
        if self.drawn == Some(view.events) || !self.pace.allows() { Ok(()) } else { self.draw(view) }
    }

    fn next(&mut self, view: &View<'_>) -> io::Result<Option<Answer>> {
        let mut may_draw = true;
        loop {
            if let Some(what) = self.listen() {
                // Taken whatever question stands.
                return Ok(Some(Answer { to: Revision(0), what }));
            }
            while let Some((seen, is_at_once, input)) = self.inputs.pop_front() {
                self.asked();
                if let Some(answer) = self.input((seen, is_at_once), &input, view) {
                    return Ok(Some(answer));
                }
            }
            if std::mem::take(&mut self.has_dropped) {
                self.state.say(Tone::Warn, FLOOD);
                self.drawn = None;
            }
            if !may_draw || self.drawn.is_some() || !self.guard.is_shown() {
                return Ok(None);
            }
            self.draw(view)?;
            // Given up for something more urgent: that is heard first.
            may_draw = self.drawn.is_some();
        }
    }

    fn hurry(&mut self) {
        self.guard.hurry();
    }

    fn perform(&mut self, task: &FrontEndTask, _view: &View<'_>) -> io::Result<()> {
        let sent = match task {
            FrontEndTask::Copy(text) if let Some(bytes) = self.clipboard.sequence(text) => {
                self.guard.write(&bytes)?
            }
            FrontEndTask::Bell if self.options.use_bell => self.guard.write(b"\x07")?,
            FrontEndTask::PrintAlone(text) => self.guard.print_alone(text)?,
            // The wizard has said so if it is too long.
            FrontEndTask::Copy(_) | FrontEndTask::Bell => return Ok(()),
        };
        self.was_sent(sent);
        Ok(())
    }
}

impl Tui {
    /// Gives the terminal back and leaves words on the main screen; none where the terminal is gone.
    ///
    /// Not by standard output: a terminal that takes no bytes must not keep the process from ending.
    pub fn finish(self, words: &str) {
        self.guard.finish(words);
    }
}

impl Drop for Tui {
    fn drop(&mut self) {
        self.guard.close();
    }
}

/// Has the terminal restored before a panic says anything.
///
/// A panic of the drawing thread or of the reading one ends the program. One of another thread does not: after its
/// message the view comes back, and the message waits on the main screen.
fn restore_on_panic(guard: &Arc<Guard>, tell: &Sender<Heard>, waker: &Waker) {
    let (guard, tell, waker) = (Arc::clone(guard), tell.clone(), waker.clone());
    let drawing = std::thread::current().id();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let was_shown = guard.leave();
        before(panic);
        let here = std::thread::current();
        let is_fatal = here.id() == drawing || here.name() == Some(reader::THREAD);
        // The front end may be gone already.
        if was_shown && !is_fatal && guard.enter().is_ok() && tell.send(Heard::Redraw).is_ok() {
            waker.wake();
        }
    }));
}

/// What is under way on a screen.
const fn under_way(view: &View<'_>) -> [bool; pace::WAYS] {
    let (is_arriving, is_checked) = match &view.ask.shape {
        Shape::Select(asked) => (asked.is_arriving, asked.checking.is_some()),
        _ => (false, false),
    };
    [view.ask.is_waiting, is_arriving, is_checked]
}
