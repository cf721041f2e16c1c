//! The reading thread where there are no Unix terminals: keys come decoded from the console.
//!
//! Kept compiling, not promised: no signals, no suspending, and the thread ends with the process.

use std::{
    fs::File,
    io,
    sync::{Arc, mpsc::Sender},
};

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, read};

use crate::{
    driver::front::Waker,
    wizard::answer::{Ending, Given},
};

use super::{
    Heard,
    guard::Guard,
    input::{Input, Press},
};

/// Name of the thread.
pub(crate) const THREAD: &str = "terminal";

/// The thread's handle.
#[derive(Debug)]
pub(crate) struct Reader;

impl Reader {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub(crate) fn start(_: File, guard: Arc<Guard>, heard: Sender<Heard>, waker: Waker) -> io::Result<Self> {
        std::thread::Builder::new().name(THREAD.to_owned()).spawn(move || {
            let tells = |what| heard.send(what).map(|()| waker.wake()).is_ok();
            while let Ok(event) = read() {
                if understand(event).is_some_and(|what| !tells(what)) {
                    return;
                }
            }
            guard.gone();
            tells(Heard::Asked(Given::End(Ending::HangUp)));
        })?;
        Ok(Self)
    }
}

/// What a console event means. Key releases stop here.
fn understand(event: Event) -> Option<Heard> {
    let input = match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => {
            let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
            Input::Key(match key.code {
                KeyCode::Char(c) if is_control => Press::Ctrl(c.to_ascii_lowercase()),
                KeyCode::Char(c) if !c.is_control() => Press::Char(c),
                KeyCode::Enter => Press::Enter,
                KeyCode::Esc => Press::Esc,
                KeyCode::Tab => Press::Tab,
                KeyCode::BackTab => Press::BackTab,
                KeyCode::Backspace => Press::Backspace,
                KeyCode::Delete => Press::Delete,
                KeyCode::Up => Press::Up,
                KeyCode::Down => Press::Down,
                KeyCode::Left => Press::Left,
                KeyCode::Right => Press::Right,
                KeyCode::Home => Press::Home,
                KeyCode::End => Press::End,
                KeyCode::PageUp => Press::PageUp,
                KeyCode::PageDown => Press::PageDown,
                _ => return None,
            })
        }
        Event::Paste(text) => Input::Paste(text),
        Event::Resize(..) => return Some(Heard::Redraw),
        _ => return None,
    };
    Some(Heard::Inputs(vec![input]))
}

/// There is nothing to stop here.
pub(crate) const fn suspend(_: &Guard) {}
