//! Making the invitation of a run: two words that its last one did not have.

use super::write::Write;
use crate::{
    domain::{failure::Failure, invitation, text::Text},
    provider::store::table::{invitation as table, run::RunRow},
};

/// Makes it, in place of the last one.
pub(crate) fn make(write: &Write<'_>, row: &RunRow) -> Result<(), Failure> {
    let last = table::find(write.tx, &row.id)?.map(|last| last.words);
    let mut words = invitation::draw(|most| rand::random_range(0..most));
    // Two words out of more than a hundred: the same ones twice running do not happen eight times.
    for _again in 0..8 {
        if last.as_ref() != Some(&words) {
            break;
        }
        words = invitation::draw(|most| rand::random_range(0..most));
    }
    table::keep(write.tx, &row.id, &words, write.by())?;
    let made = if last.is_some() { "made the invitation again" } else { "made the invitation" };
    write.note_run(row, &Text::from(made))
}
