//! Files, programs and entries of the keyring that people name. A file is read with a limit of bytes and of time: a FIFO, a device or a network
//! folder that hangs must not hang the program. A program is started without the secrets of this program's environment,
//! and one whose words are waited for is ended when its time is over.

pub mod child;
pub mod file;
pub mod keyring;

use std::{
    io::{self, ErrorKind},
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::Duration,
};

/// Whether a person, or the system, wants the program to go: nothing is waited for any longer then.
pub type IsStopped<'a> = &'a dyn Fn() -> bool;

/// For what is waited for to its end.
pub const NEVER: IsStopped<'static> = &|| false;

/// Between two looks whether something has ended, or the program is to go.
const LOOK: Duration = Duration::from_millis(10);

/// Takes what another thread sends.
///
/// # Errors
/// `TimedOut`: not within this time, or never. `Interrupted`: the program is to go.
fn received<T>(from: &Receiver<T>, within: Duration, is_stopped: IsStopped<'_>) -> io::Result<T> {
    let looks = within.as_millis() / LOOK.as_millis();
    for _look in 0..looks.max(1) {
        match from.recv_timeout(LOOK) {
            Ok(sent) => return Ok(sent),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) if is_stopped() => return Err(stopped()),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
    Err(ErrorKind::TimedOut.into())
}

/// What is said of something that was not waited for.
fn stopped() -> io::Error {
    io::Error::new(ErrorKind::Interrupted, "the program was told to stop")
}
