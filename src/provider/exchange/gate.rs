//! What all requests of one service account share: how many may be out, until when all of them wait, and whether its
//! password was refused.
//!
//! Triggered before and after every request. A server counts by account, so a pause that one request is given holds for
//! all of them, and a password that was refused is not tried again at once: that could lock the account.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

use super::{error::Error, session::Way};
use crate::domain::lock::lock;

/// Requests that may be out at once for one account. Exchange's own limit is 27 by default on 2013 and later, and 10
/// before; 8 leaves room for others (exchange-web-services.md section 11).
pub(super) const IN_FLIGHT: usize = 8;

/// How long refused details are not sent again. A guess: usual lock-out policies count five to ten tries in half an
/// hour, and nobody types a password faster than this on purpose.
const REFUSED_FOR: Duration = Duration::from_mins(1);

/// Refusals after which the details rest: one 401 does not prove a bad password, a second one does
/// (exchange-web-services.md section 10: at most once more, because of lock-out).
const MAX_REFUSALS: u32 = 2;

/// A digest of the sign-in header: tells whether the details are the same without keeping them.
pub(super) type Fingerprint = [u8; 32];

/// All gates, by server and account; shared by every clone of the client.
#[derive(Clone, Default)]
pub(super) struct Gates(Arc<Mutex<ByAccount>>);

/// Gates by server and account, both in lower case.
type ByAccount = HashMap<(String, String), Arc<Gate>>;

impl Gates {
    /// The gate of one account on one server; made when it is first asked for.
    pub(super) fn of(&self, server: &str, account: &str) -> Arc<Gate> {
        let key = (server.to_lowercase(), account.to_lowercase());
        Arc::clone(lock(&self.0).entry(key).or_insert_with(|| Arc::new(Gate::new())))
    }
}

/// The shared state of one account.
pub(super) struct Gate {
    permits: Semaphore,
    state: Mutex<State>,
}

/// What changes.
struct State {
    /// Permits that are left after narrowing, 1 to [`IN_FLIGHT`].
    width: usize,
    /// No request is sent before this.
    paused_until: Option<Instant>,
    /// Details that were refused last.
    refused: Option<Refusal>,
    /// How the server has its accounts sign in, as it said last.
    way: Option<Way>,
}

/// Details that were refused.
struct Refusal {
    details: Fingerprint,
    /// How often, since they last got in.
    times: u32,
    /// The last time.
    at: Instant,
}

impl Gate {
    fn new() -> Self {
        let state = State { width: IN_FLIGHT, paused_until: None, refused: None, way: None };
        Self { permits: Semaphore::new(IN_FLIGHT), state: Mutex::new(state) }
    }

    /// Waits for a place and for the end of a pause. Safe to drop at any await.
    ///
    /// # Errors
    /// The details were refused moments ago, or the pause is longer than `longest`.
    pub(super) async fn enter(
        &self,
        details: &Fingerprint,
        longest: Duration,
    ) -> Result<SemaphorePermit<'_>, Error> {
        let permit = self.permits.acquire().await.map_err(|_closed| Error::Busy { wait: Duration::ZERO })?;
        self.rested(longest, || self.demand_not_refused(details)).await?;
        Ok(permit)
    }

    /// Waits for the end of a pause, for a request without a sign-in. Safe to drop at any await.
    ///
    /// # Errors
    /// The pause is longer than `longest`.
    pub(super) async fn rest(&self, longest: Duration) -> Result<(), Error> {
        self.rested(longest, || Ok(())).await
    }

    /// Waits for the end of a pause, as long as `may` lets it.
    async fn rested(
        &self,
        longest: Duration,
        may: impl Fn() -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        loop {
            may()?;
            let (now, until) = (Instant::now(), lock(&self.state).paused_until);
            match until.filter(|until| *until > now).map(|until| until - now) {
                None => return Ok(()),
                Some(wait) if wait > longest => return Err(Error::Busy { wait }),
                Some(wait) => tokio::time::sleep(wait).await,
            }
        }
    }

    /// Whether these details may be sent.
    ///
    /// # Errors
    /// They were refused moments ago.
    fn demand_not_refused(&self, details: &Fingerprint) -> Result<(), Error> {
        let now = Instant::now();
        match &lock(&self.state).refused {
            Some(refused)
                if refused.details == *details
                    && refused.times >= MAX_REFUSALS
                    && now < refused.at + REFUSED_FOR =>
            {
                Err(Error::RefusedBefore { wait: refused.at + REFUSED_FOR - now })
            }
            _ => Ok(()),
        }
    }

    /// How the account signs in, where the server has been asked.
    pub(super) fn way(&self) -> Option<Way> {
        lock(&self.state).way
    }

    /// Keeps how the account signs in.
    pub(super) fn learn_way(&self, way: Way) {
        lock(&self.state).way = Some(way);
    }

    /// Lets no request out for this long; a longer pause that is already on stays.
    pub(super) fn pause(&self, wait: Duration) {
        let until = Instant::now() + wait.min(Duration::from_hours(24));
        let mut state = lock(&self.state);
        state.paused_until = state.paused_until.max(Some(until));
    }

    /// Halves the number of requests that may be out, for the rest of this process.
    pub(super) fn narrow(&self) {
        let mut state = lock(&self.state);
        let fewer = (state.width / 2).max(1);
        // Places that are taken just now stay; they can be forgotten the next time the server complains.
        let forgotten = self.permits.forget_permits(state.width - fewer);
        state.width -= forgotten;
    }

    /// Remembers that these details were refused; answers whether they may be tried once more now.
    pub(super) fn refuse(&self, details: &Fingerprint) -> bool {
        let mut state = lock(&self.state);
        let before = state.refused.as_ref().filter(|r| r.details == *details).map_or(0, |r| r.times);
        let times = before.saturating_add(1);
        state.refused = Some(Refusal { details: *details, times, at: Instant::now() });
        times < MAX_REFUSALS
    }

    /// Forgets a refusal: the account got in.
    pub(super) fn admit(&self, details: &Fingerprint) {
        let mut state = lock(&self.state);
        if state.refused.as_ref().is_some_and(|refused| refused.details == *details) {
            state.refused = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Fingerprint = [1; 32];
    const TWO: Fingerprint = [2; 32];
    const LONGEST: Duration = Duration::from_mins(10);

    #[tokio::test]
    async fn refused_details_are_not_sent_again_but_others_are() {
        let gate = Gate::new();
        assert!(gate.refuse(&ONE));
        assert!(gate.enter(&ONE, LONGEST).await.is_ok());
        assert!(!gate.refuse(&ONE));
        assert!(matches!(gate.enter(&ONE, LONGEST).await, Err(Error::RefusedBefore { .. })));
        assert!(gate.enter(&TWO, LONGEST).await.is_ok());
        gate.admit(&ONE);
        assert!(gate.enter(&ONE, LONGEST).await.is_ok());
    }

    #[tokio::test]
    async fn a_pause_holds_for_everybody_and_a_very_long_one_is_bad_news() {
        let gate = Gate::new();
        let before = Instant::now();
        gate.pause(Duration::from_millis(30));
        gate.pause(Duration::from_millis(1));
        let _place = gate.enter(&ONE, LONGEST).await.unwrap();
        assert!(Instant::now() >= before + Duration::from_millis(30));
        gate.pause(Duration::from_mins(11));
        assert!(matches!(gate.enter(&TWO, LONGEST).await, Err(Error::Busy { .. })));
    }

    #[tokio::test]
    async fn the_gate_narrows_to_one_and_no_further() {
        let gate = Gate::new();
        for _ in 0..10 {
            gate.narrow();
        }
        let _place = gate.enter(&ONE, LONGEST).await.unwrap();
        assert_eq!(gate.permits.available_permits(), 0);
    }

    #[test]
    fn one_account_has_one_gate_however_it_is_spelled() {
        let gates = Gates::default();
        let one = gates.of("https://Mail.hoster.example", "SVC@hoster.example");
        assert!(Arc::ptr_eq(&one, &gates.of("https://mail.hoster.example", "svc@hoster.example")));
        assert!(!Arc::ptr_eq(&one, &gates.of("https://mail.hoster.example", "other@hoster.example")));
    }
}
