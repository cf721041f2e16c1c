//! Journeys that wait side by side on a few threads: each is gone on with by the thread that is free when something woke it.
//!
//! On a thread of its own each of a thousand customers who are waited for would cost one, and a system that refuses a
//! thread would end them all.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
};

use super::{
    super::journey::{Journey, NewWizardRun},
    work::{After, at_once},
};
use crate::{
    domain::{answers::Answers, lock::lock, time::Clock},
    driver::front::Stop,
    headless::{Observers, report::Report},
};

/// Threads on which journeys wait; a guess: a journey that is woken takes a moment, however many wait.
const THREADS: usize = 4;

/// What is done for a customer, and with what answers.
pub(super) type Piece<T> = (T, Answers, Observers);

/// A journey that is under way, and whether it stands in the queue.
struct Place<T> {
    is_woken: Arc<AtomicBool>,
    journey: Mutex<Option<(T, Journey)>>,
}

/// Makes all the journeys, and has `done` hear what each came to as soon as it has ended.
///
/// # Panics
/// A journey, or `done`, panicked: once all the others have ended.
pub(super) fn travel_together<T: Send>(
    start: &NewWizardRun,
    (stop, clock): (&Stop, &Clock),
    pieces: Vec<Piece<T>>,
    done: &(impl Fn(T, Report) + Sync),
) {
    let (wakes, woken) = mpsc::channel();
    let begin = |(at, (work, answers, observers)): (usize, Piece<T>)| {
        let (is_woken, wakes) = (Arc::new(AtomicBool::new(false)), wakes.clone());
        let flag = Arc::clone(&is_woken);
        let wake = move || {
            // At most once in the queue. All have ended where nobody takes it.
            if !flag.swap(true, SeqCst) {
                let _is_heard = wakes.send(Some(at)).is_ok();
            }
        };
        wake();
        let journey = Journey::new(start, answers, stop, observers, wake);
        Place { is_woken, journey: Mutex::new(Some((work, journey))) }
    };
    let places: Vec<Place<T>> = pieces.into_iter().enumerate().map(begin).collect();
    if places.is_empty() {
        return;
    }
    let (left, woken) = (AtomicUsize::new(places.len()), Mutex::new(woken));
    let panicked: Mutex<Option<Box<dyn Any + Send>>> = Mutex::new(None);
    let work = || {
        while let Ok(Some(at)) = { lock(&woken).recv() } {
            let Some(place) = places.get(at) else { continue };
            place.is_woken.store(false, SeqCst);
            let has_ended =
                catch_unwind(AssertUnwindSafe(|| place.go_on(clock, done))).unwrap_or_else(|panic| {
                    lock(&panicked).get_or_insert(panic);
                    drop(lock(&place.journey).take());
                    true
                });
            if has_ended && left.fetch_sub(1, SeqCst) == 1 {
                (0..THREADS).for_each(|_| {
                    let _is_heard = wakes.send(None).is_ok();
                });
            }
        }
    };
    at_once(0..THREADS, THREADS, &|_thread| {
        work();
        After::Well
    });
    if let Some(panic) = lock(&panicked).take() {
        resume_unwind(panic);
    }
}

impl<T> Place<T> {
    /// Goes on with the journey as far as it can; says whether it has ended now.
    fn go_on(&self, clock: &Clock, done: &impl Fn(T, Report)) -> bool {
        let mut place = lock(&self.journey);
        let Some(ended) = place.as_mut().and_then(|(_, journey)| journey.go_on(clock)) else { return false };
        let Some((work, journey)) = place.take() else { return false };
        drop(place);
        done(work, journey.report(ended));
        true
    }
}
