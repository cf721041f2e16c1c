//! Standard input where nobody can ask whether something is there: a thread reads line by line.

use std::io::BufRead;

use super::{MOST, Shared, Waiting};
use crate::driver::front::Waker;

/// Reads until nothing more comes.
pub(super) fn read_on(shared: &Shared, waker: &Waker) {
    let mut input = std::io::stdin().lock();
    let mut line = zeroize::Zeroizing::new(Vec::new());
    loop {
        line.clear();
        let read = input.read_until(b'\n', &mut line);
        let mut waiting = shared.lock();
        match read {
            Ok(1..) => waiting.take(&line),
            _ => waiting.end(),
        }
        while waiting.queue.len() >= MOST {
            waiting = shared.room.wait(waiting).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
        let has_ended = waiting.has_ended;
        drop(waiting);
        waker.wake();
        if has_ended {
            return;
        }
    }
}

/// What the system still holds can't be taken here.
pub(super) fn pull(_waiting: &mut Waiting, _reads: usize) -> bool {
    false
}
