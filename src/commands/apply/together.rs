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

/// Journeys that are begun and do not await their customer yet, at most: what each reads of the record and of Microsoft until
/// then is in memory at the same time. A guess: twice as many as may block at once, so that those are busy.
const AHEAD: usize = 32;

/// What is done for a customer, and with what answers.
pub(super) type Piece<T> = (T, Answers, Observers);

/// How far one of the journeys is.
enum Stage<T> {
    /// Not begun.
    ToCome(Box<Piece<T>>),
    /// Under way; whether it is one of those [`AHEAD`].
    UnderWay(T, Box<Journey>, bool),
    /// Ended, or gone with a panic.
    Ended,
}

/// A journey, and whether it stands in the queue.
struct Place<T> {
    is_woken: Arc<AtomicBool>,
    stage: Mutex<Stage<T>>,
}

/// What going on with a journey came to.
struct Went {
    /// Another one may be begun.
    gives_place: bool,
    /// It has ended.
    has_ended: bool,
}

/// Makes all the journeys, and has `done` hear what each came to as soon as it has ended. Those that await their customers are
/// in nobody's way: the next ones are begun.
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
    let place = |piece| Place { is_woken: Arc::default(), stage: Mutex::new(Stage::ToCome(Box::new(piece))) };
    let places: Vec<Place<T>> = pieces.into_iter().map(place).collect();
    if places.is_empty() {
        return;
    }
    let queued = |at: usize, place: &Place<T>| {
        let (is_woken, wakes) = (Arc::clone(&place.is_woken), wakes.clone());
        move || {
            // At most once in the queue. All have ended where nobody takes it.
            if !is_woken.swap(true, SeqCst) {
                let _is_heard = wakes.send(Some(at)).is_ok();
            }
        }
    };
    let next = AtomicUsize::new(0);
    let begin_next = || {
        let at = next.fetch_add(1, SeqCst);
        if let Some(place) = places.get(at) {
            queued(at, place)();
        }
    };
    (0..AHEAD).for_each(|_| begin_next());
    let (left, woken) = (AtomicUsize::new(places.len()), Mutex::new(woken));
    let panicked: Mutex<Option<Box<dyn Any + Send>>> = Mutex::new(None);
    let work = || {
        while let Ok(Some(at)) = { lock(&woken).recv() } {
            let Some(place) = places.get(at) else { continue };
            place.is_woken.store(false, SeqCst);
            let begin = |answers, observers| Journey::new(start, answers, stop, observers, queued(at, place));
            let went = catch_unwind(AssertUnwindSafe(|| place.go_on(begin, clock, done)));
            let Went { gives_place, has_ended } = went.unwrap_or_else(|panic| {
                lock(&panicked).get_or_insert(panic);
                Went { gives_place: true, has_ended: true }
            });
            if gives_place {
                begin_next();
            }
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
    /// Begins the journey, or goes on with it, as far as it can.
    fn go_on(
        &self,
        begin: impl FnOnce(Answers, Observers) -> Journey,
        clock: &Clock,
        done: &impl Fn(T, Report),
    ) -> Went {
        let mut stage = lock(&self.stage);
        let (work, mut journey, is_ahead) = match std::mem::replace(&mut *stage, Stage::Ended) {
            Stage::ToCome(piece) => {
                let (work, answers, observers) = *piece;
                (work, Box::new(begin(answers, observers)), true)
            }
            Stage::UnderWay(work, journey, is_ahead) => (work, journey, is_ahead),
            Stage::Ended => return Went { gives_place: false, has_ended: false },
        };
        let Some(ended) = journey.go_on(clock) else {
            let gives_place = is_ahead && journey.awaits_customer();
            *stage = Stage::UnderWay(work, journey, is_ahead && !gives_place);
            return Went { gives_place, has_ended: false };
        };
        drop(stage);
        done(work, journey.report(ended));
        Went { gives_place: is_ahead, has_ended: true }
    }
}
