//! A wait for one call: what is awaited, since when, and how long it usually and at worst takes (rule 7).

use std::time::Duration;

use crate::{
    domain::{
        failure::Failure,
        phrase::Phrase,
        time::{Moment, in_words},
    },
    wizard::{
        context::UpdateCx,
        pending::{Arrival, Call, FromReply, Pending, Reply},
        view::{Notice, Tone},
    },
};

/// What is awaited, in words, with the times that people are told. The times are guesses from use, not promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    /// What is going on ("Looking the tenant up").
    pub(crate) what: &'static str,
    /// How long it usually takes ("2 s").
    pub(crate) usual: &'static str,
    /// How long it takes at worst.
    pub(crate) worst: &'static str,
}

/// A call that may be out, since when, and what it is.
#[derive(Debug)]
pub(crate) struct Wait<R> {
    pending: Pending<R>,
    clock: Clock,
}

/// Tells how long something has been out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    /// What is out.
    pub(crate) kind: Kind,
    /// Since when.
    pub(crate) since: Moment,
    /// Nobody but the record's server can be what is waited for.
    pub(crate) is_on_server: bool,
}

/// After which a wait for the record's server is said as what it is: whoever sits there is not waiting for this computer.
const SLOW: Duration = Duration::from_secs(5);

/// How long a server that hangs can be waited for at worst: until it is given up, and asked what became of the change.
const SERVER_WORST: &str = "2 min";

/// Opening the record and what belongs to it. At worst: the record is busy and every lock is waited for.
pub(crate) const WORLD: Kind = Kind { what: "Opening the record", usual: "1 s", worst: "1 min" };
/// Reading or writing the record.
pub(crate) const RECORD: Kind = Kind { what: "Saving", usual: "1 s", worst: "10 s" };
/// Reading everything back at the end of a run, the history included.
pub(crate) const READ_BACK: Kind =
    Kind { what: "Reading everything back from the record", usual: "1 s", worst: "1 min" };
/// Asking the record who sweeps.
pub(crate) const SWEEPER: Kind = Kind { what: "Asking who runs the sweep", usual: "1 s", worst: "10 s" };
/// Writing a file on this computer.
pub(crate) const FILE: Kind = Kind { what: "Writing the file", usual: "1 s", worst: "10 s" };
/// Reading the customers.
pub(crate) const BOARD: Kind = Kind { what: "Reading the customers", usual: "1 s", worst: "10 s" };
/// Bringing in the customers that Microsoft lists: many are looked up one by one.
pub(crate) const IMPORT: Kind =
    Kind { what: "Reading your customers from Microsoft", usual: "5 s", worst: "5 min" };
/// Reading how every customer's consent stands.
pub(crate) const CONSENTS: Kind = Kind { what: "Reading how consent stands", usual: "1 s", worst: "10 s" };
/// Taking up or opening a run.
pub(crate) const RUN: Kind = Kind { what: "Opening the run", usual: "1 s", worst: "10 s" };
/// Asking Microsoft about a tenant.
pub(crate) const TENANT: Kind =
    Kind { what: "Asking Microsoft about the organisation", usual: "2 s", worst: "1 min" };
/// Finding an Exchange server.
pub(crate) const SERVER: Kind = Kind { what: "Looking for the server", usual: "10 s", worst: "2 min" };
/// Listing the users of a tenant: a thousand come per answer; Microsoft slows large tenants down.
pub(crate) const LISTING: Kind = Kind { what: "Listing", usual: "1 min", worst: "30 min" };
/// Asking Exchange what the mailboxes are.
pub(crate) const CHECKING: Kind =
    Kind { what: "Checking what the mailboxes are", usual: "2 min", worst: "1 h" };
/// Setup: looking at what is there. At worst the keyring is asked for the credential.
pub(crate) const GROUNDWORK: Kind = Kind { what: "Looking at what is there", usual: "1 s", worst: "1 min" };
/// Setup: proving a part with Microsoft, repeats included.
pub(crate) const PROVING: Kind = Kind { what: "Asking Microsoft", usual: "3 s", worst: "2 min" };
/// Setup: making a key of 2,048 bits and a certificate.
pub(crate) const CERTIFICATE: Kind = Kind { what: "Making the certificate", usual: "1 s", worst: "10 s" };
/// Writing the enablement.
pub(crate) const ENABLE: Kind = Kind { what: "Enabling", usual: "1 s", worst: "10 s" };

impl Kind {
    /// Whether it is waited for nobody but the record.
    fn is_of_record(self) -> bool {
        [RECORD, READ_BACK, SWEEPER, BOARD, RUN, ENABLE].contains(&self)
    }
}

impl<R> Wait<R> {
    /// Starts a call and waits for it; one that is out is dropped.
    pub(crate) fn start(&mut self, cx: &mut UpdateCx<'_>, call: Call<R>, kind: Kind) {
        self.pending.start(cx.calls, call);
        let is_on_server = cx.session.is_shared && kind.is_of_record();
        self.clock = Clock { kind, since: cx.now, is_on_server };
    }

    /// Whether it is out.
    pub(crate) const fn is_out(&self) -> bool {
        self.pending.is_out()
    }

    /// Gives it up.
    pub(crate) fn cancel(&mut self, cx: &mut UpdateCx<'_>) {
        self.pending.cancel(cx.calls);
    }

    /// Forgets it without giving it up.
    pub(crate) const fn forget(&mut self) {
        self.pending.forget();
    }

    /// The clock, while it is out.
    pub(crate) fn clock(&self) -> Option<Clock> {
        self.is_out().then_some(self.clock)
    }

    /// A part of the answer; more follows.
    pub(crate) fn part(&self, arrival: &mut Arrival) -> Option<Reply> {
        self.pending.part(arrival)
    }
}

impl<R: FromReply> Wait<R> {
    /// The answer that ends it.
    pub(crate) fn take(&mut self, arrival: &mut Arrival) -> Option<Result<R, Failure>> {
        self.pending.take(arrival)
    }
}

impl<R> Default for Wait<R> {
    fn default() -> Self {
        Self { pending: Pending::default(), clock: Clock::new(RECORD, Moment::default()) }
    }
}

impl Clock {
    /// One that waits for more than the record.
    pub(crate) const fn new(kind: Kind, since: Moment) -> Self {
        Self { kind, since, is_on_server: false }
    }

    /// The line of state.
    pub(crate) fn notice(self, now: Moment) -> Notice {
        let waited = now.since(self.since);
        if self.is_on_server && waited >= SLOW {
            let (what, elapsed) = (self.kind.what, in_words(waited));
            let words =
                format_args!("{what}: waiting for the record's server, {elapsed}. At worst {SERVER_WORST}.");
            return Notice::new(Tone::Busy, words);
        }
        Notice::new(Tone::Busy, self.words("", now))
    }

    /// What is going on, how far it is, and for how long.
    pub(crate) fn words(self, so_far: &str, now: Moment) -> Phrase {
        let Kind { what, usual, worst } = self.kind;
        let elapsed = in_words(now.since(self.since));
        format_args!("{what}: {so_far}{elapsed}. Usually {usual}, at worst {worst}.").into()
    }

    /// When the line of state changes next.
    pub(crate) fn next_change(self, now: Moment) -> Moment {
        next_change(self.since, now)
    }
}

/// When the words about a wait change next: each second for a minute, then every 10 s.
pub(crate) fn next_change(since: Moment, now: Moment) -> Moment {
    let elapsed = now.since(since).as_secs();
    let next = if elapsed < 60 { elapsed + 1 } else { (elapsed / 10 + 1) * 10 };
    since.plus(Duration::from_secs(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_server_is_named_where_nothing_else_is_waited_for() {
        let (since, later) = (Moment::from_millis(5_000), |s: i64| Moment::from_millis(5_000 + s * 1_000));
        let said = |clock: Clock, now| clock.notice(now).words.for_commands().to_string();
        let clock = Clock { is_on_server: true, ..Clock::new(RECORD, since) };
        assert_eq!(said(clock, later(4)), "Saving: 4 s. Usually 1 s, at worst 10 s.");
        assert_eq!(said(clock, later(12)), "Saving: waiting for the record's server, 12 s. At worst 2 min.");
        assert_eq!(said(Clock::new(RECORD, since), later(12)), "Saving: 12 s. Usually 1 s, at worst 10 s.");
        assert!(RUN.is_of_record() && !LISTING.is_of_record() && !WORLD.is_of_record());
    }

    #[test]
    fn the_words_change_each_second_for_a_minute_then_every_ten() {
        let since = Moment::from_millis(5_000);
        for (elapsed_ms, next_s) in [(0, 1), (900, 1), (1_000, 2), (59_999, 60), (60_000, 70), (69_999, 70)] {
            let now = Moment::from_millis(5_000 + elapsed_ms);
            assert_eq!(next_change(since, now), since.plus(Duration::from_secs(next_s)), "{elapsed_ms}");
            assert!(next_change(since, now) > now);
        }
    }
}
