//! How often a frame may come that nobody asked for: on a bad line every frame is a packet, and a number that changes
//! fifty times a second can't be read (remote-terminal.md section 13: at most once per second).
//!
//! What a person does is answered at once, with a few frames behind it for what it brings; so is the end of what they wait
//! for. Other frames that only replies cause (a list that streams in, a write that goes on) rest for a second in between;
//! the last one is never lost. Nothing wakes while nothing is owed.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::driver::front::Waker;

/// Between two frames that nobody asked for.
const REST: Duration = Duration::from_secs(1);

/// Frames that may follow a key at once: a call begins, it answers, another begins, the first rows come. A guess from
/// the longest such chain.
const AT_ONCE: u8 = 4;

/// The frame that answers a key, or shows the end of what was waited for.
const ANSWER: u8 = 1;

/// What may be under way, each with an end of its own: what was asked for, a list that arrives, its checks.
pub(crate) const WAYS: usize = 3;

/// The pace of one front end.
#[derive(Debug)]
pub(crate) struct Pace {
    /// Frames that may come at once.
    at_once: u8,
    /// What was still on its way when it was looked at last.
    was_under_way: [bool; WAYS],
    /// The rest that goes on between two frames, and whether one was kept back meanwhile: shared with the thread that
    /// sleeps so long.
    rest: Arc<Mutex<Option<bool>>>,
    /// How long that is.
    time: Duration,
    /// Woken when a rest is over and a frame is owed.
    waker: Waker,
}

impl Pace {
    /// Nothing has been drawn yet: the first frames come at once.
    pub(crate) fn new(waker: Waker) -> Self {
        Self {
            at_once: ANSWER + AT_ONCE,
            was_under_way: [false; WAYS],
            rest: Arc::default(),
            time: REST,
            waker,
        }
    }

    /// A person did something, or the window changed: what follows is drawn at once.
    pub(crate) const fn ask(&mut self) {
        self.at_once = ANSWER + AT_ONCE;
    }

    /// What is still on its way, each in its place: the end of any of it is what a person waits for. It is shown at once,
    /// however lately a frame came that only told how far it was.
    pub(crate) fn sees(&mut self, is_under_way: [bool; WAYS]) {
        let has_ended = self.was_under_way.iter().zip(is_under_way).any(|(was, is)| *was && !is);
        if has_ended && self.at_once <= AT_ONCE {
            self.at_once += ANSWER;
        }
        self.was_under_way = is_under_way;
    }

    /// Whether a frame may be drawn now; if not, the driver is woken when it may.
    pub(crate) fn allows(&self) -> bool {
        if self.at_once > 0 {
            return true;
        }
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        *rest = rest.map(|_| true);
        rest.is_none()
    }

    /// A frame was drawn that differed from the one before.
    pub(crate) fn drawn(&mut self) {
        if self.at_once > 0 {
            self.at_once -= 1;
            return;
        }
        *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = Some(false);
        let (rest, waker, time) = (Arc::clone(&self.rest), self.waker.clone(), self.time);
        let sleep = move || {
            std::thread::sleep(time);
            if end(&rest) {
                waker.wake();
            }
        };
        // Without the thread (the system refused one) frames come as they are.
        if std::thread::Builder::new().name("pace".to_owned()).spawn(sleep).is_err() {
            end(&self.rest);
        }
    }
}

/// Ends a rest; says whether a frame is owed.
fn end(rest: &Mutex<Option<bool>>) -> bool {
    rest.lock().unwrap_or_else(PoisonError::into_inner).take() == Some(true)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;

    /// A pace whose rest a test ends by itself.
    fn pace() -> Pace {
        Pace { time: Duration::from_hours(1), ..Pace::new(Waker::new(sync_channel(1).0)) }
    }

    /// Rests that began: each has a thread that sleeps.
    fn rests(pace: &Pace) -> usize {
        Arc::strong_count(&pace.rest) - 1
    }

    /// Frames that come at once, of so many that are tried.
    fn drawn(pace: &mut Pace, tried: usize) -> usize {
        let mut count = 0;
        for _ in 0..tried {
            if pace.allows() {
                pace.drawn();
                count += 1;
            }
        }
        count
    }

    #[test]
    fn frames_that_nobody_asked_for_rest_in_between_and_the_last_one_is_owed() {
        let mut pace = pace();
        // The first frame, those that may follow it, and one more that begins the rest.
        assert_eq!(drawn(&mut pace, 50), 2 + usize::from(AT_ONCE));
        assert_eq!(rests(&pace), 1, "one rest began");
        assert!(end(&pace.rest), "a frame is owed");
        assert_eq!(drawn(&mut pace, 1), 1, "and is drawn");
        assert!(!end(&pace.rest), "nothing came meanwhile: nobody is woken");
    }

    #[test]
    fn a_key_is_answered_at_once() {
        let mut pace = pace();
        drawn(&mut pace, 50);
        assert!(!pace.allows());
        for _ in 0..3 {
            pace.ask();
            assert!(pace.allows());
            pace.drawn();
        }
        assert!(pace.allows(), "and so is what it brings");
    }

    #[test]
    fn the_end_of_what_was_waited_for_is_shown_at_once() {
        let mut pace = pace();
        pace.sees([true, true, false]);
        drawn(&mut pace, 50);
        pace.sees([true, true, false]);
        assert!(!pace.allows(), "it goes on: the next frame rests");
        // A list is whole, and who is protected is still read; then its mailboxes are checked.
        for ended in [[true, false, true], [false, false, true], [false; WAYS]] {
            pace.sees(ended);
            assert!(pace.allows(), "an end does not");
            pace.drawn();
            pace.sees(ended);
            assert!(!pace.allows(), "what comes after it rests again");
        }
        pace.sees([true, false, false]);
        assert!(!pace.allows(), "and so does a wait that begins by itself");
        assert_eq!(rests(&pace), 1, "the rest that began is still the same");
    }

    #[test]
    fn a_frame_without_a_difference_costs_nothing() {
        let mut pace = pace();
        for _ in 0..50 {
            assert!(pace.allows());
        }
        assert_eq!(drawn(&mut pace, 1), 1);
        assert_eq!(rests(&pace), 0);
    }

    #[test]
    fn the_driver_is_woken_for_the_frame_that_is_owed() {
        let (wake, woken) = sync_channel(1);
        let mut pace = Pace::new(Waker::new(wake));
        drawn(&mut pace, 50);
        assert!(woken.recv().is_ok());
        assert!(pace.allows());
    }
}
