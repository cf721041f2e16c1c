//! The board follows what others change: it is read again when a change is heard, at most once in a while.

use std::time::Duration;

use crate::{
    domain::{change::Change, run::Board, time::Moment},
    wizard::{
        context::UpdateCx,
        pending::{self, Arrival, Pending, Woken},
    },
};

/// Between two readings: a team of twenty changes something all the time, and each of them reads everything. A guess.
const PAUSE: Duration = Duration::from_secs(2);

/// Readings because others have changed something.
#[derive(Debug, Default)]
pub(super) struct Following {
    reading: Pending<Board>,
    /// When it was read last because of that.
    last: Option<Moment>,
    /// The rest of the pause.
    pause: Pending<Woken>,
    /// Something has changed since the reading that is out was asked for.
    is_due: bool,
}

impl Following {
    /// Something has changed; what is typed or ticked in a run is nothing to the board.
    pub(super) fn changed(&mut self, cx: &mut UpdateCx<'_>, change: &Change) {
        if !matches!(change, Change::Run(_)) {
            self.read(cx);
        }
    }

    fn read(&mut self, cx: &mut UpdateCx<'_>) {
        if self.reading.is_out() {
            self.is_due = true;
        } else if !self.pause.is_out() {
            let left = self.last.map_or(Duration::ZERO, |last| last.plus(PAUSE).since(cx.now));
            if left.is_zero() {
                (self.is_due, self.last) = (false, Some(cx.now));
                self.reading.start(cx.calls, pending::load_board());
            } else {
                self.pause.start(cx.calls, pending::wake(left));
            }
        }
    }

    /// Takes a reply if it belongs here: the board, where it was read. What could not be read is read with the next change.
    pub(super) fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Option<Board> {
        if self.pause.take(arrival).is_some() {
            self.read(cx);
            return None;
        }
        let read = self.reading.take(arrival)?;
        if std::mem::take(&mut self.is_due) {
            self.read(cx);
        }
        read.ok()
    }

    /// Nobody looks at it any more.
    pub(super) fn cancel(&mut self, cx: &mut UpdateCx<'_>) {
        self.reading.cancel(cx.calls);
        self.pause.cancel(cx.calls);
        self.is_due = false;
    }
}
