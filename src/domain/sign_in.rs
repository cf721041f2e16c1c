//! An operator's sign-in with Microsoft: who came of it, and how it goes on, in the browser or by a code.
//!
//! [`SignIn`] is plain computation. The events are what the server answered, which key was pressed and what time it is;
//! what comes out is wishes: ask for a code, ask whether it was entered, open the browser, tell news. Each way that is
//! begun is an attempt with a number of its own, and what comes for an earlier one changes nothing: a code that was
//! replaced signs nobody in.

#[cfg(test)]
mod tests;

use std::time::Duration;

use uuid::Uuid;

use super::{failure::Failure, id::TenantId, text::Text, time::Moment};

/// Between two questions more than the server asked for: its clock begins when it has answered, ours when the answer is
/// here, and a question that comes too early is answered by a longer wait. A guess.
const PADDING: Duration = Duration::from_secs(1);

/// What *slow down* adds to the wait, for good (RFC 8628 section 3.5).
const SLOWER: Duration = Duration::from_secs(5);

/// How far a connection that fails makes the wait longer. A guess: people notice a minute.
const LONGEST_DOUBLED: Duration = Duration::from_mins(1);

/// How long the browser is waited for. Microsoft's code lives about ten minutes (reference, section 6.1), and a person may
/// have to find a telephone first: a guess.
pub const BROWSER_WAIT: Duration = Duration::from_mins(10);

/// Who is signed in, as Microsoft's ID token says it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedIn {
    /// The partner's tenant (`tid`).
    pub tenant: TenantId,
    /// The account in it (`oid`): the only thing by which it is known again. Names change.
    pub object: Uuid,
    /// The name to show (`preferred_username`).
    pub name: Text,
    /// The application role Admin, else User.
    pub is_admin: bool,
}

/// A way to sign in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// In a browser on this computer, which comes back to it.
    Browser,
    /// By a code that is typed into a browser anywhere.
    Code,
}

impl Way {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Browser => Self::Code,
            Self::Code => Self::Browser,
        }
    }
}

/// A code as the server issued it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Issued {
    /// What the person types.
    pub code: Text,
    /// Where.
    pub address: Text,
    /// How long it is good.
    pub lives: Duration,
    /// How long to wait between two questions.
    pub interval: Duration,
}

/// What came of asking whether the code was entered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Poll {
    /// Not yet.
    Pending,
    /// Asked too often.
    SlowDown,
    /// Nobody answered; it may next time.
    NoAnswer,
    /// The code is good no more.
    Lapsed,
    /// Somebody is signed in.
    SignedIn,
    /// It ended badly.
    Refused(Refused),
}

/// Why a way ended badly.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// The words.
    pub failure: Failure,
    /// A rule of the organisation forbids this way, and may allow the other one.
    pub is_by_rule: bool,
}

/// What happens to a sign-in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A code was issued for this attempt, or not.
    Issued(u32, Result<Issued, Refused>),
    /// What the server says of the code of this attempt.
    Polled(u32, Poll),
    /// The browser of this attempt came back.
    Returned(u32, Result<(), Refused>),
    /// A person wants something.
    Key(Key),
    /// Time has passed.
    Time,
}

/// What a person can want.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Key {
    /// The same way again: another code, or another page; the old one is worth nothing then.
    Fresh,
    /// The other way.
    Other,
    /// Not to sign in.
    Leave,
}

/// What a sign-in wishes for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wish {
    /// A code for the attempt.
    AskForCode,
    /// The server is to say what became of the code of the attempt.
    Poll,
    /// A page in the browser, and an ear for what it brings back.
    OpenBrowser,
    /// A person is to be told.
    Tell(News),
}

/// What a person is told while it goes on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum News {
    /// A rule forbids this way, so the other one is begun.
    ByRule(Way, Failure),
    /// This way took too long.
    Lapsed(Way),
}

/// How far it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Phase {
    /// A code is asked for.
    Asking,
    /// A code is shown.
    Code(Shown),
    /// The browser is waited for, until this moment.
    Browser(Moment),
    /// It took too long; a person says how to go on.
    Lapsed,
    /// It is over.
    Ended(End),
}

/// A code that is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// What the person types.
    pub code: Text,
    /// Where.
    pub address: Text,
    /// Until when it is good.
    pub until: Moment,
    interval: Duration,
    /// When to ask next; none while an answer is out.
    due: Option<Moment>,
}

/// How a sign-in ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    /// Somebody is signed in, by this attempt.
    SignedIn,
    /// A person left it.
    Left,
    /// It took too long, and nobody is here to say how to go on.
    Lapsed(Way),
    /// With these words.
    Failed(Failure),
}

/// A sign-in under way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignIn {
    way: Way,
    /// Number of the attempt, from 1.
    attempt: u32,
    phase: Phase,
    /// Somebody can press keys.
    is_attended: bool,
    /// The way that a rule forbids.
    forbidden: Option<Way>,
}

impl SignIn {
    /// Begins one way.
    #[must_use]
    pub fn begin(way: Way, is_attended: bool, now: Moment) -> (Self, Wish) {
        let mut begun = Self { way, attempt: 0, phase: Phase::Asking, is_attended, forbidden: None };
        let wish = begun.start(way, now);
        (begun, wish)
    }

    /// The way that is gone.
    #[must_use]
    pub const fn way(&self) -> Way {
        self.way
    }

    /// Number of the attempt, from 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// How far it is.
    #[must_use]
    pub const fn phase(&self) -> &Phase {
        &self.phase
    }

    /// When [`Event::Time`] changes something next.
    #[must_use]
    pub fn wakes(&self) -> Option<Moment> {
        match &self.phase {
            Phase::Code(shown) => shown.due.map(|due| due.min(shown.until)),
            Phase::Browser(until) => Some(*until),
            Phase::Asking | Phase::Lapsed | Phase::Ended(_) => None,
        }
    }

    /// Takes an event; what comes of it, in this order.
    pub fn update(&mut self, event: Event, now: Moment) -> Vec<Wish> {
        match (event, &mut self.phase) {
            (_, Phase::Ended(_)) => Vec::new(),
            (Event::Key(key), _) => self.press(key, now),
            (Event::Issued(attempt, issued), Phase::Asking) if attempt == self.attempt => match issued {
                Ok(issued) => {
                    self.phase = Phase::Code(Shown::new(issued, now));
                    Vec::new()
                }
                Err(refused) => self.refuse(refused, now),
            },
            (Event::Polled(attempt, poll), Phase::Code(_)) if attempt == self.attempt => {
                self.polled(poll, now)
            }
            (Event::Returned(attempt, returned), Phase::Browser(_)) if attempt == self.attempt => {
                match returned {
                    Ok(()) => self.end(End::SignedIn),
                    Err(refused) => self.refuse(refused, now),
                }
            }
            (Event::Time, _) => self.look_at_the_time(now),
            (Event::Issued(..) | Event::Polled(..) | Event::Returned(..), _) => Vec::new(),
        }
    }

    /// Begins a way anew: whatever was begun before is of no use from now on.
    fn start(&mut self, way: Way, now: Moment) -> Wish {
        self.way = way;
        self.attempt = self.attempt.saturating_add(1);
        let (phase, wish) = match way {
            Way::Code => (Phase::Asking, Wish::AskForCode),
            Way::Browser => (Phase::Browser(now.plus(BROWSER_WAIT)), Wish::OpenBrowser),
        };
        self.phase = phase;
        wish
    }

    fn press(&mut self, key: Key, now: Moment) -> Vec<Wish> {
        match key {
            Key::Leave => self.end(End::Left),
            // One that is on its way is fresh.
            Key::Fresh if self.phase == Phase::Asking => Vec::new(),
            Key::Fresh => vec![self.start(self.way, now)],
            Key::Other => vec![self.start(self.way.other(), now)],
        }
    }

    fn polled(&mut self, poll: Poll, now: Moment) -> Vec<Wish> {
        let Phase::Code(shown) = &mut self.phase else { return Vec::new() };
        match poll {
            Poll::Pending => shown.ask_later(now),
            Poll::SlowDown => {
                shown.interval = shown.interval.saturating_add(SLOWER);
                shown.ask_later(now);
            }
            Poll::NoAnswer => {
                let doubled = shown.interval.saturating_mul(2).min(LONGEST_DOUBLED);
                shown.interval = shown.interval.max(doubled);
                shown.ask_later(now);
            }
            Poll::Lapsed => return self.lapse(),
            Poll::SignedIn => return self.end(End::SignedIn),
            Poll::Refused(refused) => return self.refuse(refused, now),
        }
        Vec::new()
    }

    fn look_at_the_time(&mut self, now: Moment) -> Vec<Wish> {
        match &mut self.phase {
            // What was asked before the end is waited for: it may have been entered in the last second.
            Phase::Code(Shown { due: None, .. }) => Vec::new(),
            Phase::Code(shown) if now >= shown.until => self.lapse(),
            Phase::Code(shown) if shown.due.is_some_and(|due| now >= due) => {
                shown.due = None;
                vec![Wish::Poll]
            }
            Phase::Browser(until) if now >= *until => self.lapse(),
            _ => Vec::new(),
        }
    }

    fn lapse(&mut self) -> Vec<Wish> {
        if self.is_attended {
            self.phase = Phase::Lapsed;
            vec![Wish::Tell(News::Lapsed(self.way))]
        } else {
            self.end(End::Lapsed(self.way))
        }
    }

    /// Goes the other way where a rule forbids this one, once.
    fn refuse(&mut self, refused: Refused, now: Moment) -> Vec<Wish> {
        let Refused { failure, is_by_rule } = refused;
        if !is_by_rule || self.forbidden.is_some_and(|way| way != self.way) {
            return self.end(End::Failed(failure));
        }
        let forbidden = self.way;
        self.forbidden = Some(forbidden);
        let wish = self.start(forbidden.other(), now);
        vec![Wish::Tell(News::ByRule(forbidden, failure)), wish]
    }

    fn end(&mut self, end: End) -> Vec<Wish> {
        self.phase = Phase::Ended(end);
        Vec::new()
    }
}

impl Shown {
    fn new(issued: Issued, now: Moment) -> Self {
        let Issued { code, address, lives, interval } = issued;
        let mut shown = Self { code, address, until: now.plus(lives), interval, due: None };
        shown.ask_later(now);
        shown
    }

    /// Asks again after the wait, from now.
    fn ask_later(&mut self, now: Moment) {
        self.due = Some(now.plus(self.interval.saturating_add(PADDING)));
    }
}
