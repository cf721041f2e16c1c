//! Lines as they come in: read on a plain thread, which wakes the driver. A line keeps whether it came before the question
//! that stands now.

#[cfg_attr(unix, path = "lines/unix.rs")]
#[cfg_attr(not(unix), path = "lines/other.rs")]
mod source;

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Condvar, Mutex, PoisonError},
};

use zeroize::Zeroizing;

use crate::{domain::lock::lock, driver::front::Waker};

/// Longest line that is taken, in bytes; more than anybody types, and a bound on the memory that a flood takes.
const LONGEST: usize = 1 << 20;

/// Most lines that wait to be carried out; then reading waits. More than the longest pasted list of mailboxes.
const MOST: usize = 200_000;

/// Most reads of one go at what came before a bill; a flood that never ends is none that a person types.
const DROPS: usize = 256;

/// What came in and waits.
#[derive(Debug, Default)]
struct Waiting {
    /// Lines may be secrets: their memory is wiped.
    queue: VecDeque<Zeroizing<String>>,
    /// So many of them came before the question that stands now was said.
    ahead: usize,
    /// The start of a line whose end has not come.
    part: Zeroizing<Vec<u8>>,
    /// The rest of a line that is not taken, up to its end.
    skips: bool,
    has_ended: bool,
}

/// Shared with the thread that reads.
#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    /// Tells the thread that there is room again.
    room: Condvar,
}

impl Shared {
    /// Has what came taken in once there is room, and wakes the driver; says whether nothing more comes.
    fn take(&self, waker: &Waker, taken: impl FnOnce(&mut Waiting)) -> bool {
        let mut waiting = lock(&self.waiting);
        while waiting.is_full() {
            waiting = self.room.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        taken(&mut waiting);
        let has_ended = waiting.has_ended;
        drop(waiting);
        waker.wake();
        has_ended
    }
}

/// The lines.
#[derive(Debug)]
pub(crate) struct Lines(Arc<Shared>);

impl Waiting {
    /// Whether no line more is taken in for now, however many the system holds: a flood is kept out of memory.
    fn is_full(&self) -> bool {
        self.queue.len() >= MOST
    }

    /// Takes bytes in, and cuts them into lines.
    fn take(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (piece, is_end) = piece.strip_suffix(b"\n").map_or((piece, false), |piece| (piece, true));
            if self.part.len().saturating_add(piece.len()) > LONGEST {
                self.part.clear();
                self.skips = true;
            }
            if !self.skips {
                self.part.extend_from_slice(piece);
            }
            if is_end && !std::mem::take(&mut self.skips) {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        let bytes = std::mem::take(&mut self.part);
        let line = bytes.strip_suffix(b"\r").unwrap_or(&bytes);
        self.queue.push_back(Zeroizing::new(String::from_utf8_lossy(line).into_owned()));
    }

    /// Forgets the lines in front of which this is true, and reads on for more of them; says how many that were.
    fn forget_while(&mut self, is_forgotten: fn(&str) -> bool) -> usize {
        let mut count = 0;
        // The last read is looked at as well: what came before a bill must not answer it.
        for left in (0..DROPS).rev() {
            let lines = self.queue.iter().take_while(|line| is_forgotten(line)).count();
            self.queue.drain(..lines).for_each(drop);
            self.ahead = self.ahead.saturating_sub(lines);
            count += lines;
            // Another line stands in front, or nothing more is there.
            if left == 0 || !self.queue.is_empty() || (!source::pull(self, 1) && self.queue.is_empty()) {
                break;
            }
        }
        count
    }

    /// Nothing more comes: what has no end of line is a line all the same.
    fn end(&mut self) {
        if !self.part.is_empty() && !self.skips {
            self.end_line();
        }
        self.has_ended = true;
    }
}

impl Lines {
    /// Reads standard input from now on.
    ///
    /// # Errors
    /// The thread can't be started.
    pub(crate) fn of_stdin(waker: Waker) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let reading = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("backup365-lines".into())
            .spawn(move || source::read_on(&reading, &waker))?;
        Ok(Self(shared))
    }

    /// What has come in so far came before the question that is said now; whether something has.
    pub(crate) fn mark_ahead(&self) -> bool {
        let mut waiting = lock(&self.0.waiting);
        source::pull(&mut waiting, DROPS);
        waiting.ahead = waiting.queue.len();
        waiting.ahead > 0
    }

    /// Forgets everything that has come in so far, what the system still holds too; says how many lines that were.
    pub(crate) fn forget(&self) -> usize {
        let mut waiting = lock(&self.0.waiting);
        let mut count = waiting.forget_while(|_| true);
        if !waiting.part.is_empty() {
            waiting.part.clear();
            waiting.skips = true;
            count += 1;
        }
        self.0.room.notify_all();
        count
    }

    /// Forgets the empty lines in front, what the system still holds of them too; says how many that were.
    pub(crate) fn forget_empty(&self) -> usize {
        let count = lock(&self.0.waiting).forget_while(|line| line.trim().is_empty());
        self.0.room.notify_all();
        count
    }

    /// Whether nothing waits and nothing more comes.
    pub(crate) fn has_ended(&self) -> bool {
        let waiting = lock(&self.0.waiting);
        waiting.has_ended && waiting.queue.is_empty()
    }

    /// The first line; one that came before the question that stands now only if it may be.
    pub(crate) fn first(&self, may_be_ahead: bool) -> Option<Zeroizing<String>> {
        let mut waiting = lock(&self.0.waiting);
        if waiting.ahead > 0 && !may_be_ahead {
            return None;
        }
        waiting.ahead = waiting.ahead.saturating_sub(1);
        self.0.room.notify_all();
        waiting.queue.pop_front()
    }

    /// The first line that was typed since the question was said, and that `leads` knows as a command. Where that leads
    /// away from here, what waits in front of it was for a screen that is left, and is forgotten.
    pub(crate) fn command(&self, leads: impl Fn(&str) -> Option<bool>) -> Option<Zeroizing<String>> {
        let mut waiting = lock(&self.0.waiting);
        let ahead = waiting.ahead;
        let mut typed = waiting.queue.iter().enumerate().skip(ahead);
        let (at, leads_away) = typed.find_map(|(at, line)| Some((at, leads(line)?)))?;
        let line = waiting.queue.remove(at);
        if leads_away {
            waiting.queue.drain(..at).for_each(drop);
            waiting.ahead = 0;
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(bytes: &[&[u8]]) -> Waiting {
        let mut waiting = Waiting::default();
        for bytes in bytes {
            waiting.take(bytes);
        }
        waiting
    }

    fn texts(waiting: &Waiting) -> Vec<&str> {
        waiting.queue.iter().map(|line| line.as_str()).collect()
    }

    #[test]
    fn bytes_become_lines_however_they_are_cut() {
        assert_eq!(texts(&waiting(&[b"one\r\ntw", b"o\n", b"\n", b"three"])), ["one", "two", ""]);
        assert_eq!(texts(&waiting(&[b"\xff\n"])), ["\u{fffd}"]);
    }

    #[test]
    fn the_last_line_needs_no_end() {
        let mut last = waiting(&[b"back"]);
        last.end();
        assert_eq!(texts(&last), ["back"]);
    }

    #[test]
    fn of_a_flood_no_more_is_kept_than_there_is_room_for_and_empty_lines_go_at_once() {
        let lines = Lines(Arc::default());
        lock(&lines.0.waiting).take(&vec![b'\n'; MOST]);
        assert!(lock(&lines.0.waiting).is_full());
        assert!(source::pull(&mut lock(&lines.0.waiting), DROPS), "nothing is read beyond it");
        lock(&lines.0.waiting).take(b"  \nback\n\n");
        lock(&lines.0.waiting).ahead = MOST + 2;
        lock(&lines.0.waiting).has_ended = true;
        assert_eq!(lines.forget_empty(), MOST + 1);
        assert_eq!(texts(&lock(&lines.0.waiting)), ["back", ""]);
        assert_eq!(lock(&lines.0.waiting).ahead, 1);
    }

    #[test]
    fn a_line_that_never_ends_is_not_kept() {
        let mut flood = Waiting::default();
        for _ in 0..3 {
            flood.take(&vec![b'x'; LONGEST / 2 + 1]);
        }
        assert!(flood.part.len() <= LONGEST);
        flood.take(b"\nnext\n");
        assert_eq!(texts(&flood), ["next"]);
    }

    #[test]
    fn a_command_overtakes_answers_that_wait_but_none_that_came_before_the_question() {
        let lines = Lines(Arc::default());
        lock(&lines.0.waiting).take(b"1\nsay\n2\nback\n3\n");
        let leads = |line: &str| match line {
            "back" => Some(true),
            "say" => Some(false),
            _ => None,
        };
        assert_eq!(lines.command(leads).unwrap().as_str(), "say");
        assert_eq!(lines.command(leads).unwrap().as_str(), "back");
        assert_eq!(
            texts(&lock(&lines.0.waiting)),
            ["3"],
            "what waited in front was for the screen that is left"
        );
        lock(&lines.0.waiting).take(b"back\n");
        lock(&lines.0.waiting).ahead = 2;
        assert_eq!(lines.command(leads), None);
        assert_eq!(lines.first(true).unwrap().as_str(), "3");
    }
}
