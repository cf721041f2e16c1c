//! Sentences of the customer screen. Pure.

use crate::{
    domain::{
        partner_list::{Did, Imported},
        phrase::{Command, Phrase, phrase},
        text::Text,
    },
    wizard::view::Tone,
};

/// What came of bringing customers in, in the line of state.
pub(super) fn told(imported: &Imported) -> (Tone, Phrase) {
    let sums = phrase!["From Microsoft: ", imported.sums(), "."];
    let is_left = imported.taken.iter().any(|taken| matches!(taken.did, Did::Left(_)));
    match &imported.missing {
        Some(missing) => {
            let what = Text::of(format_args!(" One of its lists is missing: {}. ", missing.what));
            (Tone::Warn, sums.then(what).then(missing.hint.clone()))
        }
        None if is_left => (
            Tone::Good,
            sums.then(phrase![" Who was left out, and why: ", Command::CustomersFromMicrosoft, " --dry-run"]),
        ),
        None => (Tone::Good, sums),
    }
}
