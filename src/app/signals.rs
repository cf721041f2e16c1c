//! Signals for front ends that leave the terminal as it is.

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM},
    iterator::Signals,
};

use crate::{driver::front::Stop, wizard::answer::Ending};

/// Listens from now on, on a thread of its own that ends with the process.
///
/// # Errors
/// The system hands no signals over, or starts no thread.
pub(super) fn listen(stop: &Stop) -> anyhow::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT])?;
    let stop = stop.clone();
    std::thread::Builder::new().name("backup365-signals".into()).spawn(move || {
        for signal in &mut signals {
            match signal {
                SIGINT => stop.interrupt(),
                SIGHUP => stop.end(Ending::HangUp),
                SIGQUIT => stop.end(Ending::Quit),
                _ => stop.end(Ending::Terminate),
            }
        }
    })?;
    Ok(())
}
