//! Standard input where nobody can ask whether something is there: line by line.

use std::io::BufRead;

use super::Waiting;

/// Where lines come from: the line that was read last.
#[derive(Debug, Default)]
pub(super) struct Source(zeroize::Zeroizing<Vec<u8>>);

impl Source {
    /// Waits for a line, or for the end.
    pub(super) fn wait(&mut self) {
        self.0.clear();
        // What can't be read is the end.
        if std::io::stdin().lock().read_until(b'\n', &mut self.0).is_err() {
            self.0.clear();
        }
    }

    /// Takes the line that came; none is the end.
    pub(super) fn take(&mut self, waiting: &mut Waiting) {
        if self.0.is_empty() { waiting.end() } else { waiting.take(&self.0) }
    }
}

/// What the system still holds can't be taken here.
pub(super) fn pull(_waiting: &mut Waiting, _reads: usize) -> bool {
    false
}
