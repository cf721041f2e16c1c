//! Single keys and signals while a command waits: the terminal hands every key over at once, shows none, and is as it was
//! afterwards, however that comes.

use std::io::{self, Read as _};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM},
    iterator::Signals,
};
use tokio::sync::mpsc::UnboundedSender;

#[cfg(unix)]
use rustix::{
    stdio::stdin,
    termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr},
};

use crate::{commands::login::Wanted, domain::sign_in::Key, exit::Exit};

/// Hears them; the terminal is given back on drop.
pub(super) struct Keys {
    /// The modes from before.
    #[cfg(unix)]
    before: Option<Termios>,
}

impl Keys {
    /// Listens from now on, on threads that end with the process; to keys only where somebody can press them.
    ///
    /// # Errors
    /// The system hands no signals over, or starts no thread.
    pub(super) fn listen(is_attended: bool, to: UnboundedSender<Wanted>) -> io::Result<Self> {
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT])?;
        let told = to.clone();
        std::thread::Builder::new().name("backup365-signals".into()).spawn(move || {
            for signal in &mut signals {
                let exit = match signal {
                    SIGHUP => Exit::HangUp,
                    SIGQUIT => Exit::Quit,
                    SIGTERM => Exit::Terminated,
                    _ => Exit::Interrupted,
                };
                let _over = told.send(Wanted::Go(exit));
            }
        })?;
        let keys = Self::of_terminal(is_attended);
        if keys.are_heard() {
            std::thread::Builder::new().name("backup365-keys".into()).spawn(move || read(&to))?;
        }
        Ok(keys)
    }

    /// Whether keys are heard.
    pub(super) const fn are_heard(&self) -> bool {
        #[cfg(unix)]
        {
            self.before.is_some()
        }
        #[cfg(not(unix))]
        {
            false
        }
    }

    /// Has the terminal hand single keys over, where there is one; signals keep their keys.
    #[cfg(unix)]
    fn of_terminal(is_attended: bool) -> Self {
        let before = is_attended.then(|| tcgetattr(stdin()).ok()).flatten();
        let before = before.filter(|before| {
            let mut modes = before.clone();
            modes.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
            tcsetattr(stdin(), OptionalActions::Now, &modes).is_ok()
        });
        Self { before }
    }

    #[cfg(not(unix))]
    fn of_terminal(_is_attended: bool) -> Self {
        Self {}
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(before) = &self.before {
            // A terminal that is gone needs nothing. What was typed ahead was for us.
            let _gone = tcsetattr(stdin(), OptionalActions::Flush, before);
        }
    }
}

/// Reads until nobody listens. What comes at once and begins with Escape is a key with a name of its own, like an arrow.
fn read(to: &UnboundedSender<Wanted>) {
    let mut bytes = [0; 64];
    while let Ok(read) = io::stdin().read(&mut bytes) {
        let typed = bytes.get(..read).unwrap_or_default();
        let wanted: Vec<Wanted> = match typed {
            [] => return,
            [0x1b] => vec![Wanted::Key(Key::Leave)],
            [0x1b, ..] => Vec::new(),
            typed => typed.iter().filter_map(|byte| key(*byte)).collect(),
        };
        if wanted.into_iter().any(|wanted| to.send(wanted).is_err()) {
            return;
        }
    }
}

/// What a key means.
const fn key(byte: u8) -> Option<Wanted> {
    match byte {
        b'y' | b'Y' => Some(Wanted::Yes),
        b'n' | b'N' => Some(Wanted::Key(Key::Fresh)),
        b'o' | b'O' => Some(Wanted::Key(Key::Other)),
        // The end of input, too.
        b'q' | b'Q' | 0x04 => Some(Wanted::Key(Key::Leave)),
        _ => None,
    }
}
