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

use base64::Engine;

use crate::{
    domain::time::Moment,
    driver::front::{FrontEnd, Waker},
    wizard::{effect::Deed, event::Intent, view::View},
};

use input::{Input, Press};
use keys::{Edge, Meaning, meaning};
pub use options::{ColorChoice, Environment, GlyphChoice, Options, decide};
use pace::Pace;
use reader::{Heard, Reader};
use screen::Screen;
use terminal::Terminal;

pub mod draw;
pub mod input;
pub mod keys;
pub mod options;
mod pace;
pub mod paint;
#[cfg(unix)]
mod reader;
#[cfg(not(unix))]
#[path = "tui/reader_console.rs"]
mod reader;
mod screen;
mod terminal;
#[cfg(test)]
mod tests;
pub mod theme;
pub mod words;

/// Window size where neither the terminal nor the environment knows (remote-terminal.md section 1).
const USUAL_SIZE: (u16, u16) = (80, 24);

/// Longest clipboard sequence sent, bytes of base64: VTE parses 4,096 characters of any OSC, and longer ones may
/// land on the screen (remote-terminal.md section 10). Up to 500 bytes are safe everywhere.
const LONGEST_COPY: usize = 4_000;

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
    /// Keys of a read that were not asked for yet.
    inputs: VecDeque<Input>,
    /// Words stand alone on the main screen: keys wait for Enter, nothing is drawn.
    is_printing: bool,
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
        let (input, output) = terminal::open()?;
        let out = output.try_clone()?;
        let terminal = Arc::new(Terminal::new(output));
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
            inputs: VecDeque::new(),
            is_printing: false,
            is_dirty: false,
            reader: None,
        };
        // Signals first: from the first changed mode on there is someone who restores.
        tui.reader = Some(Reader::start(input, terminal, tell, waker)?);
        tui.terminal.enter()?;
        Ok(tui)
    }

    /// Draws the view, if it may be drawn now.
    ///
    /// A window that is being pulled has another size from frame to frame: while nobody presses a key, what stands there
    /// stays until the reading thread says that it has come to rest.
    fn draw(&mut self, view: &View<'_>) -> io::Result<()> {
        if !self.terminal.is_shown() {
            return Ok(());
        }
        let size = terminal::size(&self.out).unwrap_or(self.fallback_size);
        if self.size.is_some_and(|drawn| drawn != size) {
            return Ok(());
        }
        self.size = Some(size);
        self.is_dirty = false;
        let bytes = self.screen.frame(view, size);
        if bytes.is_empty() {
            return Ok(());
        }
        self.pace.drawn();
        self.terminal.write(&bytes)
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
    fn listen(&mut self) -> Option<Intent> {
        while let Ok(heard) = self.heard.try_recv() {
            match heard {
                Heard::Inputs(inputs) => self.inputs.extend(inputs),
                Heard::Redraw => {
                    // Coming back from a stop, the full-screen view stands again and Enter is no longer waited for.
                    self.is_printing = self.is_printing && !self.terminal.is_shown();
                    self.forget();
                }
                Heard::Interrupted => {
                    self.stop_printing();
                    return Some(Intent::Leave);
                }
                Heard::End(why) => return Some(Intent::End(why)),
            }
        }
        None
    }

    /// Back from words alone to the full-screen view.
    fn stop_printing(&mut self) {
        if std::mem::take(&mut self.is_printing) {
            // A terminal that is gone says so through the reading thread.
            drop(self.terminal.enter());
            self.forget();
        }
    }

    /// A key while words stand alone: Enter goes back, Ctrl-C goes back and asks, others do nothing.
    fn while_printing(&mut self, input: &Input) -> Option<Intent> {
        match input {
            Input::Key(Press::Enter) => self.stop_printing(),
            Input::Key(Press::Ctrl('c')) => {
                self.stop_printing();
                return Some(Intent::Leave);
            }
            Input::Key(Press::Ctrl('z')) => reader::suspend(&self.terminal),
            _ => {}
        }
        None
    }

    /// What a key asks of the wizard; what the front end does by itself is done here.
    fn press(&mut self, press: Press, view: &View<'_>) -> Option<Intent> {
        let memory = &mut self.screen.memory;
        let meaning = meaning(press, view, memory);
        memory.is_held = matches!(meaning, Meaning::Scroll(_) | Meaning::ScrollTo(_));
        let was = (memory.scroll, memory.rows.top);
        match meaning {
            Meaning::Ask(intent) => return Some(intent),
            Meaning::Scroll(by) => {
                let lines = usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX);
                let moved = |from: usize| {
                    if by < 0 { from.saturating_sub(lines) } else { from.saturating_add(lines) }
                };
                memory.scroll = moved(memory.scroll).min(memory.most);
                memory.rows.top = moved(memory.rows.top);
            }
            // Rows that are only read have no cursor: drawing stops at the last page.
            Meaning::ScrollTo(Edge::Top) => (memory.scroll, memory.rows.top) = (0, 0),
            Meaning::ScrollTo(Edge::End) => (memory.scroll, memory.rows.top) = (memory.most, usize::MAX),
            Meaning::Redraw => self.forget(),
            Meaning::Suspend => reader::suspend(&self.terminal),
            Meaning::Nothing => {}
        }
        self.is_dirty |= (self.screen.memory.scroll, self.screen.memory.rows.top) != was;
        None
    }
}

impl FrontEnd for Tui {
    fn show(&mut self, view: &View<'_>, _now: Moment) -> io::Result<()> {
        if self.pace.allows() { self.draw(view) } else { Ok(()) }
    }

    fn next(&mut self, view: &View<'_>) -> io::Result<Option<Intent>> {
        if let Some(intent) = self.listen() {
            return Ok(Some(intent));
        }
        while let Some(input) = self.inputs.pop_front() {
            self.asked();
            let intent = match input {
                input if self.is_printing => self.while_printing(&input),
                Input::Paste(text) => Some(Intent::Paste(text)),
                Input::Key(press) => self.press(press, view),
            };
            if intent.is_some() {
                return Ok(intent);
            }
        }
        if self.is_dirty {
            self.draw(view)?;
        }
        Ok(None)
    }

    fn perform(&mut self, deed: &Deed, _view: &View<'_>) -> io::Result<()> {
        match deed {
            Deed::Copy(text) => self.copy(text.as_str()),
            Deed::CopyText(text) => self.copy(text),
            Deed::PrintAlone(text) => {
                self.is_printing = true;
                self.terminal.print_alone(text.as_str())
            }
        }
    }
}

impl Tui {
    /// Sends text to the terminal's clipboard (OSC 52); nobody answers.
    fn copy(&self, text: &str) -> io::Result<()> {
        let payload = base64::engine::general_purpose::STANDARD.encode(text);
        if payload.len() > LONGEST_COPY {
            return Ok(());
        }
        self.terminal.write(format!("\x1b]52;c;{payload}\x07").as_bytes())
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
/// A panic of the drawing thread ends the program. One of another thread does not: after its message the view comes
/// back, and the message waits on the main screen.
fn restore_on_panic(terminal: &Arc<Terminal>, tell: &Sender<Heard>, waker: &Waker) {
    let (terminal, tell, waker) = (Arc::clone(terminal), tell.clone(), waker.clone());
    let drawing = std::thread::current().id();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let was_shown = terminal.leave_if_shown();
        before(panic);
        if was_shown && std::thread::current().id() != drawing && terminal.enter().is_ok() {
            // The front end may be gone already.
            if tell.send(Heard::Redraw).is_ok() {
                waker.wake();
            }
        }
    }));
}
