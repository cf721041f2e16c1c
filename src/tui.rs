//! The full-screen front end: draws views, reads keys, and gives the terminal back whatever happens.
//!
//! ```text
//! bytes ─ reader (thread) ─ input ─> Tui::next ─ keys ─> Intent
//! View ─> Tui::show ─ draw ─ paint ─> one write
//! ```
//!
//! Everything but [`Tui`], `terminal` and `reader` is a pure function and tested as one. The front end remembers
//! what the wizard has no word for: how far rows and text are scrolled, and what stands on the screen.

use std::{
    collections::VecDeque,
    fs::File,
    io,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
};

use crate::{
    domain::time::Moment,
    driver::front::{FrontEnd, Waker},
    wizard::{
        answer::{Answer, Ending, Given},
        effect::FrontEndTask,
        view::View,
    },
};

use clipboard::Clipboard;
use input::{Input, Press};
pub use options::{ColorChoice, Environment, GlyphChoice, Options, decide};
use output::Sent;
use pace::Pace;
use reader::{Heard, Reader};
use screen::Screen;
use terminal::Terminal;

pub mod clipboard;
pub mod draw;
pub mod input;
pub mod options;
#[cfg(unix)]
mod output;
#[cfg(not(unix))]
#[path = "tui/output_console.rs"]
mod output;
mod pace;
pub mod paint;
#[cfg(unix)]
mod reader;
#[cfg(not(unix))]
#[path = "tui/reader_console.rs"]
mod reader;
mod screen;
mod terminal;
pub mod theme;
pub mod words;

/// Window size where neither the terminal nor the environment knows (remote-terminal.md section 1).
const USUAL_SIZE: (u16, u16) = (80, 24);

/// The full-screen front end. Dropping it gives the terminal back.
#[derive(Debug)]
pub struct Tui {
    /// Size where the terminal has none.
    fallback_size: (u16, u16),
    /// The guard, shared with the reading thread and the panic hook.
    terminal: Arc<Terminal>,
    /// The output once more, to ask for its size.
    out: File,
    /// What stands there.
    screen: Screen,
    /// Its columns and rows; none: whatever the terminal says now.
    size: Option<(u16, u16)>,
    /// How often it may change by itself.
    pace: Pace,
    /// From the reading thread.
    heard: Receiver<Heard>,
    /// Has the driver come round again.
    waker: Waker,
    /// Keys of a read that were not asked for yet.
    inputs: VecDeque<Input>,
    /// Words stand alone on the main screen: keys wait for Enter, nothing is drawn.
    is_printing: bool,
    /// The way to the terminal's clipboard.
    clipboard: Clipboard,
    /// Something must be drawn that no intent will cause: scrolling, another size.
    is_dirty: bool,
    /// Ends the thread when dropped.
    reader: Option<Reader>,
}

impl Tui {
    /// Enters the full-screen view: raw mode, alternate screen, bracketed paste; starts the reading thread, which
    /// also hears the signals, and puts the restore before any panic message.
    ///
    /// `waker` is woken whenever [`FrontEnd::next`] may have something.
    ///
    /// # Errors
    /// There is no terminal, or it refuses.
    pub fn start(options: Options, waker: Waker) -> io::Result<Self> {
        let (input, output) = output::open()?;
        let out = output.try_clone()?;
        let terminal = Arc::new(Terminal::new(output)?);
        let (tell, heard) = channel();
        restore_on_panic(&terminal, &tell, &waker);
        let pace = Pace::new(waker.clone());
        let mut tui = Self {
            fallback_size: options.fallback_size.unwrap_or(USUAL_SIZE),
            terminal: Arc::clone(&terminal),
            out,
            screen: Screen::new(options),
            size: None,
            pace,
            heard,
            waker: waker.clone(),
            inputs: VecDeque::new(),
            is_printing: false,
            clipboard: Clipboard::default(),
            is_dirty: false,
            reader: None,
        };
        // Signals first: from the first changed mode on there is someone who restores.
        tui.reader = Some(Reader::start(input, terminal, tell, waker)?);
        tui.terminal.enter()?;
        Ok(tui)
    }

    /// The same with another way to the clipboard.
    #[must_use]
    pub const fn with_clipboard(mut self, clipboard: Clipboard) -> Self {
        self.clipboard = clipboard;
        self
    }

    /// Draws the view, if it may be drawn now.
    ///
    /// A window that is being pulled has another size from frame to frame: while nobody presses a key, what stands there
    /// stays until the reading thread says that it has come to rest.
    fn draw(&mut self, view: &View<'_>) -> io::Result<()> {
        if !self.terminal.is_shown() {
            return Ok(());
        }
        let size = output::size(&self.out).unwrap_or(self.fallback_size);
        if self.size.is_some_and(|drawn| drawn != size) {
            return Ok(());
        }
        self.size = Some(size);
        self.is_dirty = false;
        let bytes = self.screen.frame(view, size);
        if !bytes.is_empty() {
            self.pace.drawn();
            let sent = self.terminal.write(&bytes)?;
            self.was_sent(sent);
        }
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
    const fn forget(&mut self) {
        self.screen.forget();
        self.is_dirty = true;
        self.asked();
    }

    /// A person did something: it is answered at once.
    const fn asked(&mut self) {
        self.size = None;
        self.pace.ask();
    }

    /// Takes what the reading thread told; an intent of its own goes before all keys.
    fn listen(&mut self) -> Option<Answer> {
        while let Ok(heard) = self.heard.try_recv() {
            match heard {
                Heard::Inputs(inputs) => self.inputs.extend(inputs),
                Heard::Redraw => self.forget(),
                Heard::Stop => {
                    if let Some(end) = self.comes_back(reader::stop) {
                        return Some(end);
                    }
                }
                Heard::Continued => {
                    if let Some(end) = self.comes_back(reader::go_on) {
                        return Some(end);
                    }
                }
                Heard::Panicked(panic) => std::panic::resume_unwind(panic),
                Heard::Interrupted => {
                    self.stop_printing();
                    return Some(answer(Given::Leave));
                }
                Heard::End(why) => return Some(answer(Given::End(why))),
            }
        }
        None
    }

    /// Has the full-screen view stand again, whatever stood there; a terminal that refuses is gone.
    fn comes_back(&mut self, how: fn(&Terminal) -> io::Result<()>) -> Option<Answer> {
        let came = how(&self.terminal);
        // Enter is no longer waited for.
        self.is_printing = false;
        self.forget();
        came.is_err().then_some(answer(Given::End(Ending::HangUp)))
    }

    /// Back from words alone to the full-screen view.
    fn stop_printing(&mut self) {
        if std::mem::take(&mut self.is_printing) {
            // A terminal that is gone says so through the reading thread.
            drop(self.terminal.enter());
            self.forget();
        }
    }

    /// A key while words stand alone: Enter and Esc go back, Ctrl-C goes back and asks, others do nothing.
    fn while_printing(&mut self, input: &Input) -> Option<Answer> {
        match input {
            Input::Key(Press::Enter | Press::Esc) => self.stop_printing(),
            Input::Key(Press::Ctrl('c')) => {
                self.stop_printing();
                return Some(answer(Given::Leave));
            }
            Input::Key(Press::Ctrl('z')) => reader::suspend(&self.terminal),
            Input::Key(Press::Ctrl('\\')) => return Some(answer(Given::End(Ending::Quit))),
            _ => {}
        }
        None
    }
}

impl FrontEnd for Tui {
    fn show(&mut self, view: &View<'_>, _now: Moment) -> io::Result<()> {
        self.pace.sees(view.ask.is_waiting);
        if self.pace.allows() { self.draw(view) } else { Ok(()) }
    }

    fn next(&mut self, view: &View<'_>) -> io::Result<Option<Answer>> {
        let mut may_draw = true;
        loop {
            if let Some(intent) = self.listen() {
                return Ok(Some(intent));
            }
            while let Some(input) = self.inputs.pop_front() {
                self.asked();
                let intent = match input {
                    input if self.is_printing => self.while_printing(&input),
                    Input::Paste(_) | Input::Flood(_) | Input::Key(_) => None,
                };
                if intent.is_some() {
                    return Ok(intent);
                }
            }
            if !may_draw || !self.is_dirty || !self.terminal.is_shown() {
                return Ok(None);
            }
            self.draw(view)?;
            // Given up for something more urgent: that is heard first.
            may_draw = !self.is_dirty;
        }
    }

    fn hurry(&mut self) {
        self.terminal.hurry();
    }

    fn perform(&mut self, task: &FrontEndTask, _view: &View<'_>) -> io::Result<()> {
        match task {
            FrontEndTask::Copy(text) => self.copy(text.as_str()),
            FrontEndTask::CopyText(text) => self.copy(text),
            FrontEndTask::PrintAlone(text) => {
                let sent = self.terminal.print_alone(text.as_str())?;
                self.is_printing = sent == Sent::Whole;
                self.was_sent(sent);
                Ok(())
            }
        }
    }
}

impl Tui {
    /// Sends text to the terminal's clipboard; the wizard has said so if it is too long.
    fn copy(&mut self, text: &str) -> io::Result<()> {
        let Some(bytes) = self.clipboard.sequence(text) else { return Ok(()) };
        let sent = self.terminal.write(&bytes)?;
        self.was_sent(sent);
        Ok(())
    }

    /// Gives the terminal back and leaves words on the main screen; none where the terminal is gone.
    ///
    /// Not by standard output: a terminal that takes no bytes must not keep the process from ending.
    pub fn finish(self, words: &str) {
        self.terminal.finish(words);
    }
}

impl Drop for Tui {
    fn drop(&mut self) {
        self.terminal.close();
        drop(self.reader.take());
    }
}

/// Has the terminal restored before a panic says anything.
///
/// A panic of the drawing thread or of the reading one ends the program. One of another thread does not: after its
/// message the view comes back, and the message waits on the main screen.
fn restore_on_panic(terminal: &Arc<Terminal>, tell: &Sender<Heard>, waker: &Waker) {
    let (terminal, tell, waker) = (Arc::clone(terminal), tell.clone(), waker.clone());
    let drawing = std::thread::current().id();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let was_shown = terminal.leave();
        before(panic);
        let here = std::thread::current();
        let is_fatal = here.id() == drawing || here.name() == Some(reader::THREAD);
        // The front end may be gone already.
        if was_shown && !is_fatal && terminal.enter().is_ok() && tell.send(Heard::Redraw).is_ok() {
            waker.wake();
        }
    }));
}

/// An answer that is taken whatever question stands.
const fn answer(what: Given) -> Answer {
    Answer { to: crate::wizard::ask::Revision(0), what }
}
