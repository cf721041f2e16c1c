//! The next sweep in words, for the screens that count down to it.

use crate::{
    domain::{phrase::Phrase, sydney, text::Text, time::Moment, verdict::Standstill},
    wizard::context::ViewCx,
};

/// The next sweep by Sydney's clocks and those of the customer, or of here where no zone is on record.
pub(crate) fn due(cx: ViewCx<'_>) -> Text {
    let zone = cx.session.record.as_ref().and_then(|record| record.customer.time_zone.as_ref());
    let zone = zone.unwrap_or(&cx.setup.here);
    sydney::due_in_words(sydney::next_2000(cx.now), cx.now, Some(zone.as_str()))
}

/// The next sweep, or why there is none and what has one run.
pub(crate) fn promised(cx: ViewCx<'_>, standstill: Option<Standstill>) -> Phrase {
    standstill.map_or_else(|| due(cx).into(), Standstill::in_words)
}

/// When the words of [`due`] change next: what is left is told in whole minutes.
pub(crate) fn next_minute(now: Moment) -> Moment {
    const MINUTE: i64 = 60_000;
    let left = sydney::next_2000(now).as_millis().saturating_sub(now.as_millis());
    Moment::from_millis(now.as_millis().saturating_add(left.rem_euclid(MINUTE)).saturating_add(1))
}
