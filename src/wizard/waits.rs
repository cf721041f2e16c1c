//! Waits of a run that end while a person may have looked away: then the bell rings, once, and the screen says so. Pure.

use std::time::Duration;

use crate::domain::{
    card::CardId, failure::FailureKind, phrase::Phrase, sydney::clock_in_words, tenant::Verdict, time::Moment,
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
    /// Every user has been listed.
    is_listed: bool,
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
        let roster = &session.roster;
        Self {
            proof: session.proving.since.map(|since| (stage, since)),
            listing: roster.arriving_since(),
            is_listed: roster.is_complete(),
        }
    }

    /// What is said because one of them has come to an end since; nothing where nobody can have looked away.
    pub(super) fn ended(self, after: Self, cx: ViewCx<'_>) -> Option<Notice> {
        let was_long = |since: &Moment| cx.now.since(*since) >= LOOKED_AWAY;
        let at = clock_in_words(cx.now, cx.now, cx.setup.here.as_str());
        let said = |tone, words: std::fmt::Arguments<'_>| Some(Notice::new(tone, Phrase::from(words)));
        match (self.proof, after.proof.filter(|(_, since)| was_long(since))) {
            (Some((Stage::Asked, _)), Some((Stage::Spreading, _))) => said(
                Tone::Good,
                format_args!("Accepted at {at}. Microsoft is spreading it; the customer need do nothing."),
            ),
            (Some((Stage::Asked | Stage::Spreading, _)), Some((Stage::Proved, _))) => {
                said(Tone::Good, format_args!("Every check is good since {at}. Go on."))
            }
            (Some((Stage::Asked | Stage::Spreading, _)), Some((Stage::Refused, _))) => {
                said(Tone::Warn, format_args!("Refused at {at}. The page says what to do."))
            }
            _ if self.listing.as_ref().is_some_and(was_long) && after.listing.is_none() => {
                let how = if after.is_listed { "Everybody is listed" } else { "The listing has ended" };
                said(Tone::Good, format_args!("{how}, {at}."))
            }
            _ => None,
        }
    }

    /// What to tell the customer while the run is parked.
    pub(super) const fn card(self, is_link_out: bool) -> CardId {
        match self.proof {
            Some((Stage::Spreading, _)) => CardId::ParkedSpreading,
            Some((Stage::Asked, _)) if is_link_out => CardId::ParkedAsked,
            _ => CardId::Parked,
        }
    }
}
