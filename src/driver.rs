//! The one loop: take replies that wait, then input, then show once; sleep until a reply, a key or a signal wakes it.
//! Before the loop the first view is shown, which needs no call.
//!
//! The driver decides nothing: it carries events to the wizard, effects to the caller and views to the front end.
//! It sleeps without a time-out, so an idle wizard costs nothing; waits on screen are calls like any other.

pub mod front;

use std::{sync::mpsc::Receiver, time::Duration};

use crate::{
    domain::time::Clock,
    wizard::{
        Wizard,
        answer::{Answer, Ending, Given, Revision},
        call::{CallId, Reply, Request},
        effect::{Effect, FrontEndTask},
        event::{Ended, Event, EventKind},
        view::View,
    },
};

use front::FrontEnd;

/// Replies taken before input is looked at: the capacity of the channel, which is the back-pressure on a listing.
const REPLIES_AT_ONCE: usize = 4;

/// How long an open write is waited for when the wizard has ended (product.md section 9, *Keys*).
const LAST_WRITES: Duration = Duration::from_secs(2);

/// One step of that wait.
const LAST_WRITES_STEP: Duration = Duration::from_millis(50);

/// What carries out the wizard's calls.
pub trait Caller {
    /// Starts a call; its replies come out of [`Caller::reply`]. Writes are carried out one after the other, in the order
    /// in which they were started.
    fn start(&mut self, call: CallId, request: Request);

    /// Drops a reader, or asks a write to stop after its present batch.
    fn cancel(&mut self, call: CallId);

    /// The next reply that waits, if any. Never blocks.
    fn reply(&mut self) -> Option<(CallId, Reply)>;
}

/// Runs the wizard until it ends, and says how it ended.
///
/// The first view is shown before the first call is started: the operator need not wait for a disk or a network to see
/// the first screen. `woken` hears the front end's and the caller's wake-ups.
pub fn drive(
    wizard: &mut Wizard,
    front: &mut dyn FrontEnd,
    calls: &mut dyn Caller,
    woken: &Receiver<()>,
    clock: &Clock,
) -> Ended {
    begin(wizard, front, calls, clock);
    loop {
        if let Some(ended) = go_on(wizard, front, calls, woken, clock) {
            return ended;
        }
        if woken.recv().is_err() {
            Turn { wizard, calls, clock, tasks: Vec::new() }.take(hang_up());
        }
    }
}

/// Shows the first view, then starts the first call.
pub fn begin(wizard: &mut Wizard, front: &mut dyn FrontEnd, calls: &mut dyn Caller, clock: &Clock) {
    let mut turn = Turn { wizard, calls, clock, tasks: Vec::new() };
    let wishes = turn.tell(EventKind::Started);
    let first = turn.show(front);
    turn.pass_on(wishes);
    if first.is_err() {
        turn.take(hang_up());
    }
}

/// Goes on until nothing waits any more, for a wizard that was begun; says how it ended, once it has. For those of whom
/// many share a thread: without an end it is to be called again when something wakes it.
pub fn go_on(
    wizard: &mut Wizard,
    front: &mut dyn FrontEnd,
    calls: &mut dyn Caller,
    woken: &Receiver<()>,
    clock: &Clock,
) -> Option<Ended> {
    let mut turn = Turn { wizard, calls, clock, tasks: Vec::new() };
    loop {
        let mut is_changed = turn.replies();
        match turn.inputs_and_view(front) {
            Ok(changed) => is_changed |= changed,
            Err(_gone) => {
                turn.take(hang_up());
                is_changed = true;
            }
        }
        if let Some(ended) = turn.wizard.ended() {
            turn.last_writes(front, woken);
            return Some(ended);
        }
        if !is_changed {
            return None;
        }
    }
}

/// What one turn of the loop works with.
struct Turn<'a> {
    wizard: &'a mut Wizard,
    calls: &'a mut dyn Caller,
    clock: &'a Clock,
    /// What only the front end can do, until it is shown.
    tasks: Vec<FrontEndTask>,
}

impl Turn<'_> {
    /// Gives an event to the wizard and its effects to those who carry them out.
    fn take(&mut self, what: EventKind) {
        let wishes = self.tell(what);
        self.pass_on(wishes);
    }

    /// Gives an event to the wizard.
    fn tell(&mut self, what: EventKind) -> Vec<Effect> {
        self.wizard.update(Event { at: self.clock.now(), what })
    }

    /// Gives effects to the runner and the front end, which carry them out.
    fn pass_on(&mut self, wishes: Vec<Effect>) {
        for effect in wishes {
            match effect {
                Effect::Start(call, request) => self.calls.start(call, request),
                Effect::Cancel(call) => self.calls.cancel(call),
                Effect::Perform(task) => self.tasks.push(task),
            }
        }
    }

    /// Takes the replies that wait, a few at most.
    fn replies(&mut self) -> bool {
        for taken in 0..REPLIES_AT_ONCE {
            let Some((call, reply)) = self.calls.reply() else { return taken > 0 };
            self.take(EventKind::Reply(call, reply));
        }
        true
    }

    /// Takes the answers that wait, all of them before one drawing, then shows the view that brought no more.
    fn inputs_and_view(&mut self, front: &mut dyn FrontEnd) -> std::io::Result<bool> {
        let mut is_changed = false;
        while self.wizard.ended().is_none() {
            let view = self.wizard.view();
            let Some(answer) = front.next(&view)? else {
                show(front, &view, &mut self.tasks, self.clock)?;
                break;
            };
            drop(view);
            self.take(EventKind::Answer(answer));
            is_changed = true;
        }
        Ok(is_changed)
    }

    fn show(&mut self, front: &mut dyn FrontEnd) -> std::io::Result<()> {
        show(front, &self.wizard.view(), &mut self.tasks, self.clock)
    }

    /// Sees open writes through, for two seconds at most; what is left is completed at resume. Where the view still
    /// stands it says so, and another Ctrl-C does not wait.
    fn last_writes(&mut self, front: &mut dyn FrontEnd, woken: &Receiver<()>) {
        front.hurry();
        let began = self.clock.now();
        let mut left = LAST_WRITES;
        loop {
            while self.replies() {}
            // A write that tells of each batch wakes more often than a step takes: then the clock counts.
            if !self.wizard.is_writing() || left.is_zero() || self.clock.now().since(began) >= LAST_WRITES {
                return;
            }
            if self.show(front).is_ok() && self.is_impatient(front) {
                return;
            }
            if woken.recv_timeout(LAST_WRITES_STEP).is_err() {
                left = left.saturating_sub(LAST_WRITES_STEP);
            }
        }
    }

    /// Whether the operator or a signal asked to leave once more; everything else that is asked comes too late. A
    /// signal may be told as often as it is asked for: it ends the asking.
    fn is_impatient(&self, front: &mut dyn FrontEnd) -> bool {
        while let Ok(Some(answer)) = front.next(&self.wizard.view()) {
            match answer.what {
                Given::Leave => return true,
                Given::End(_) => return false,
                _ => {}
            }
        }
        false
    }
}

/// Shows a view, behind what only the front end can do.
fn show(
    front: &mut dyn FrontEnd,
    view: &View<'_>,
    tasks: &mut Vec<FrontEndTask>,
    clock: &Clock,
) -> std::io::Result<()> {
    for task in tasks.drain(..) {
        front.perform(&task, view)?;
    }
    front.show(view, clock.now())
}

/// The front end is gone: as after a hang-up, whatever question stands.
const fn hang_up() -> EventKind {
    EventKind::Answer(Answer { to: Revision(0), what: Given::End(Ending::HangUp) })
}

#[cfg(test)]
mod tests;
