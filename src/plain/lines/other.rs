//! Standard input where nobody can ask whether something is there: line by line.

use std::io::BufRead;

use super::{Shared, Waiting};
use crate::driver::front::Waker;

/// Reads until nothing more comes.
pub(super) fn read_on(shared: &Shared, waker: &Waker) {
    let mut input = std::io::stdin().lock();
    let mut line = zeroize::Zeroizing::new(Vec::new());
    let mut has_ended = false;
    while !has_ended {
        line.clear();
        let read = input.read_until(b'\n', &mut line);
        has_ended = shared.take(waker, |waiting| match read {
            Ok(1..) => waiting.take(&line),
            _ => waiting.end(),
        });
    }
}

/// What the system still holds can't be taken here.
pub(super) fn pull(_waiting: &mut Waiting, _reads: usize) -> bool {
    false
}
