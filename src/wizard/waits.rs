//! Waits of a run that end while a person may have looked away: then the bell rings, once, and the screen says so. Pure.

use std::time::Duration;

use crate::domain::{
    card::{self, CardId, Party},
    failure::FailureKind,
    run::RunRecord,
    sydney::clock_in_words,
    tenant::Verdict,
    time::Moment,
};

use super::{
    context::ViewCx,
    session::Session,
    view::{Notice, Tone},
};

/// After which a person who waits has looked away: a guess.
const LOOKED_AWAY: Duration = Duration::from_secs(5);

/// How far the proof of access is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Asked,
    Spreading,
    Proved,
    Refused,
}

/// How far the waits of a run are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Waits {
    /// The proof of access, and when its polling began.
    proof: Option<(Stage, Moment)>,
    /// When the listing began that is not over.
    listing: Option<Moment>,
    /// A seat is missing.
    is_short_of_seats: bool,
}

impl Waits {
    /// Those of the run that is open.
    pub(super) fn of(session: &Session) -> Self {
        let stage = match session.proving.verdict() {
            Some(Verdict::Proved) => Stage::Proved,
            Some(Verdict::Spreading) => Stage::Spreading,
            Some(Verdict::WrongTenant { .. }) => Stage::Refused,
            Some(Verdict::Failed(failure)) if failure.kind == FailureKind::Refused => Stage::Refused,
            Some(Verdict::NotYet | Verdict::Failed(_)) | None => Stage::Asked,
        };
        Self {
            proof: session.proving.since.map(|since| (stage, since)),
            listing: session.roster.arriving_since(),
            is_short_of_seats: session.roster.is_short_of_seats(),
        }
    }

    /// Whether one of them has come to an end since, not where nobody can have looked away; and what is said of it, where the
    /// page does not say it itself.
    pub(super) fn ended(self, after: Self, cx: ViewCx<'_>) -> (bool, Option<Notice>) {
        let was_long = |since: &Moment| cx.now.since(*since) >= LOOKED_AWAY;
        let at = clock_in_words(cx.now, cx.now, cx.setup.here.as_str());
        let good = |words: std::fmt::Arguments<'_>| (true, Some(Notice::new(Tone::Good, words)));
        let before = self.proof.map(|(stage, _)| stage);
        let now = after.proof.filter(|(_, since)| was_long(since)).map(|(stage, _)| stage);
        match (before, now) {
            (Some(Stage::Asked), Some(Stage::Spreading)) => good(format_args!(
                "Accepted at {at}. Microsoft is spreading it; the customer need do nothing."
            )),
            (Some(Stage::Asked | Stage::Spreading), Some(Stage::Proved)) => {
                good(format_args!("All checks are good since {at}."))
            }
            (Some(Stage::Asked | Stage::Spreading), Some(Stage::Refused)) => (true, None),
            _ => (self.listing.as_ref().is_some_and(was_long) && after.listing.is_none(), None),
        }
    }

    /// What to tell the customer while this run is parked.
    pub(super) fn card(self, record: &RunRecord, verdict: Option<&Verdict>) -> CardId {
        let is_hosted = record.product.is_hosted();
        match (self.proof, verdict) {
            _ if !is_hosted && record.organisation.is_none() && record.customer.tenant.is_none() => {
                CardId::ParkedTenant
            }
            _ if is_hosted && record.impersonation.is_none() => CardId::ParkedHosted,
            _ if self.is_short_of_seats => CardId::ParkedSeats,
            (Some((Stage::Spreading, _)), _) => CardId::ParkedSpreading,
            (_, Some(Verdict::Failed(failure))) if is_hosted => {
                match card::of_failure(failure, Party::Hoster) {
                    CardId::OurSide | CardId::OurLine | CardId::HostedBusy | CardId::HostedOnline => {
                        CardId::Parked
                    }
                    _ => CardId::ParkedHosted,
                }
            }
            (Some((Stage::Refused, _)), Some(Verdict::Failed(failure))) if !failure.asks_consent => {
                CardId::ParkedRefused
            }
            (Some((Stage::Asked | Stage::Refused, _)), _) if !is_hosted && record.link_shown.is_some() => {
                CardId::ParkedAsked
            }
            _ => CardId::Parked,
        }
    }
}
