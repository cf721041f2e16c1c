//! The full-screen front end: draws views, reads keys, and gives the terminal back whatever happens.
//!
//! ```text
//! bytes ─ reader (thread) ─ input ─> Tui::next ─ keys ─> Intent
//! View ─> Tui::show ─ Terminal::draw(|frame| …) ─ Backend ─> one write
//! ```
//!
//! Everything but [`Tui`], `guard` and `reader` is a pure function and tested as one. The front end remembers
//! what the wizard has no word for: how far rows and text are scrolled.

use std::{
    collections::VecDeque,
    fs::File,
    io,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
};

use ratatui::{Terminal, layout::Size};

use crate::{
    domain::time::Moment,
    driver::front::{FrontEnd, Waker},
    wizard::{
        effect::Deed,
        event::{Ending, Intent},
        view::View,
    },
};

use backend::Backend;
use clipboard::Clipboard;
use draw::{Memory, draw};
use guard::{Guard, Outlet};
use input::{Input, Press};
use keys::{Edge, Meaning, meaning};
pub use options::{ColorChoice, Environment, GlyphChoice, Options, decide};
use output::Sent;
use pace::Pace;
use reader::{Heard, Reader};

pub mod backend;
pub mod clipboard;
pub mod draw;
mod guard;
pub mod input;
pub mod keys;
pub mod options;
#[cfg(unix)]
mod output;
#[cfg(not(unix))]
#[path = "tui/output_console.rs"]
mod output;
mod pace;
#[cfg(unix)]
mod reader;
#[cfg(not(unix))]
#[path = "tui/reader_console.rs"]
mod reader;
#[cfg(test)]
mod tests;
pub mod theme;
pub mod words;

/// The name by which drawing knows a place on the screen.
pub mod paint {
    pub use ratatui::layout::Position as Place;
}

/// Window size where neither the terminal nor the environment knows (remote-terminal.md section 1).
const USUAL_SIZE: (u16, u16) = (80, 24);

/// The full-screen front end. Dropping it gives the terminal back.
#[derive(Debug)]
pub struct Tui {
    /// Size where the terminal has none.
    fallback_size: (u16, u16),
    /// The terminal's modes, shared with the reading thread and the panic hook.
    guard: Arc<Guard>,
    /// The output once more, to ask for its size.
    out: File,
    /// What stands there, and what is to stand there.
    terminal: Terminal<Backend<Outlet>>,
    /// Colour and glyphs.
    options: Options,
    /// What is scrolled, and how far.
    memory: Memory,
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
        let guard = Arc::new(Guard::new(output)?);
        let (tell, heard) = channel();
        restore_on_panic(&guard, &tell, &waker);
        let pace = Pace::new(waker.clone());
        let mut tui = Self {
            fallback_size: options.fallback_size.unwrap_or(USUAL_SIZE),
            guard: Arc::clone(&guard),
            out,
            // Its size is told before the first frame.
            terminal: Terminal::new(Backend::new(Outlet::new(Arc::clone(&guard)), Size::ZERO))?,
            options,
            memory: Memory::default(),
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
        tui.reader = Some(Reader::start(input, guard, tell, waker)?);
        tui.guard.enter()?;
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
        if !self.guard.is_shown() {
            return Ok(());
        }
        let size = output::size(&self.out).unwrap_or(self.fallback_size);
        if self.size.is_some_and(|drawn| drawn != size) {
            return Ok(());
        }
        self.size = Some(size);
        self.is_dirty = false;
        self.terminal.backend_mut().resize(Size::from(size));
        let (options, memory) = (self.options, &mut self.memory);
        self.terminal.draw(|frame| {
            if let Some(cursor) = draw(frame.buffer_mut(), view, options, memory) {
                frame.set_cursor_position(cursor);
            }
        })?;
        if let Some(sent) = self.terminal.backend_mut().out_mut().sent() {
            self.pace.drawn();
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
    fn forget(&mut self) {
        self.terminal.backend_mut().forget();
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
                    return Some(Intent::Leave);
                }
                Heard::End(why) => return Some(Intent::End(why)),
            }
        }
        None
    }

    /// Has the full-screen view stand again, whatever stood there; a terminal that refuses is gone.
    fn comes_back(&mut self, how: fn(&Guard) -> io::Result<()>) -> Option<Intent> {
        let came = how(&self.guard);
        // Enter is no longer waited for.
        self.is_printing = false;
        self.forget();
        came.is_err().then_some(Intent::End(Ending::HangUp))
    }

    /// Back from words alone to the full-screen view.
    fn stop_printing(&mut self) {
        if std::mem::take(&mut self.is_printing) {
            // A terminal that is gone says so through the reading thread.
            drop(self.guard.enter());
            self.forget();
        }
    }

    /// A key while words stand alone: Enter and Esc go back, Ctrl-C goes back and asks, others do nothing.
    fn while_printing(&mut self, input: &Input) -> Option<Intent> {
        match input {
            Input::Key(Press::Enter | Press::Esc) => self.stop_printing(),
            Input::Key(Press::Ctrl('c')) => {
                self.stop_printing();
                return Some(Intent::Leave);
            }
            Input::Key(Press::Ctrl('z')) => reader::suspend(&self.guard),
            Input::Key(Press::Ctrl('\\')) => return Some(Intent::End(Ending::Quit)),
            _ => {}
        }
        None
    }

    /// What a key asks of the wizard; what the front end does by itself is done here.
    fn press(&mut self, press: Press, view: &View<'_>) -> Option<Intent> {
        let memory = &mut self.memory;
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
            Meaning::Suspend => reader::suspend(&self.guard),
            Meaning::Nothing => {}
        }
        self.is_dirty |= (self.memory.scroll, self.memory.rows.top) != was;
        None
    }
}

impl FrontEnd for Tui {
    fn show(&mut self, view: &View<'_>, _now: Moment) -> io::Result<()> {
        if self.pace.allows() { self.draw(view) } else { Ok(()) }
    }

    fn next(&mut self, view: &View<'_>) -> io::Result<Option<Intent>> {
        let mut may_draw = true;
        loop {
            if let Some(intent) = self.listen() {
                return Ok(Some(intent));
            }
            while let Some(input) = self.inputs.pop_front() {
                self.asked();
                let intent = match input {
                    input if self.is_printing => self.while_printing(&input),
                    Input::Paste(text) => Some(Intent::Paste(text)),
                    Input::Flood(bytes) => Some(Intent::Flood { bytes, most: input::MAX_PASTE }),
                    Input::Key(press) => self.press(press, view),
                };
                if intent.is_some() {
                    return Ok(intent);
                }
            }
            if !may_draw || !self.is_dirty || !self.guard.is_shown() {
                return Ok(None);
            }
            self.draw(view)?;
            // Given up for something more urgent: that is heard first.
            may_draw = !self.is_dirty;
        }
    }

    fn hurry(&mut self) {
        self.guard.hurry();
    }

    fn perform(&mut self, deed: &Deed, _view: &View<'_>) -> io::Result<()> {
        match deed {
            Deed::Copy(text) => self.copy(text.as_str()),
            Deed::CopyText(text) => self.copy(text),
            Deed::PrintAlone(text) => {
                let sent = self.guard.print_alone(text.as_str())?;
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
        let sent = self.guard.write(&bytes)?;
        self.was_sent(sent);
        Ok(())
    }

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
        drop(self.reader.take());
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
