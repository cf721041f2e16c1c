//! Standard input where it can be asked whether something is there. The lock is only held while something is: the driver can
//! take what the system holds at the very moment in which it says a bill.

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{Errno, read},
    stdio::stdin,
};

use super::{Shared, Waiting};
use crate::driver::front::Waker;

/// Bytes of one read; a guess.
const AT_ONCE: usize = 64 << 10;

/// Reads until nothing more comes.
pub(super) fn read_on(shared: &Shared, waker: &Waker) {
    let take = |waiting: &mut Waiting| {
        pull(waiting, 1);
    };
    while !is_there(None) || !shared.take(waker, take) {}
}

/// Takes what is there, in so many reads at most and as long as there is room; says whether there may be more.
pub(super) fn pull(waiting: &mut Waiting, reads: usize) -> bool {
    // Made once something is there: a question is said more often than lines come.
    let mut buffer = zeroize::Zeroizing::new(Vec::new());
    for _ in 0..reads {
        if waiting.is_full() {
            return !waiting.has_ended;
        }
        if waiting.has_ended || !is_there(Some(Timespec::default())) {
            return false;
        }
        buffer.resize(AT_ONCE, 0);
        match read(stdin(), &mut buffer[..]) {
            Ok(0) => waiting.end(),
            Ok(len) => waiting.take(buffer.get(..len).unwrap_or_default()),
            Err(Errno::INTR | Errno::AGAIN) => {}
            // The terminal is gone.
            Err(_) => waiting.end(),
        }
    }
    !waiting.has_ended
}

/// Whether something can be read, or will never come; waits for it where no time is given.
fn is_there(timeout: Option<Timespec>) -> bool {
    let input = stdin();
    let mut watched = [PollFd::new(&input, PollFlags::IN)];
    matches!(poll(&mut watched, timeout.as_ref()), Ok(1..))
}
