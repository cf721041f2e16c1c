//! Bad news about the record that no database says by itself, as words: what happened and what to do about it.

use std::fmt;

use crate::domain::{
    failure::{Failure, FailureKind},
    operator::Operator,
    phrase::Phrase,
    text::Text,
};

/// A row that is there, but does not mean anything: damage, or another program's hand.
pub(super) fn unreadable(why: impl fmt::Display) -> Failure {
    Failure::new(
        FailureKind::Record,
        Text::of(format_args!("the record holds something unreadable: {why}")),
        "Leave the file as it is, put the last good copy in its place and start again.",
    )
}

/// The operator may not do this; `doing` begins the sentence ("adding a customer").
pub(super) fn admin_only(doing: &str, operator: &Operator) -> Failure {
    Failure::new(
        FailureKind::Refused,
        Text::of(format_args!("{doing} is for an Admin")),
        operator.way_to_admin(),
    )
}

/// Something that is not on record, and where to look.
pub(super) fn not_found(what: Text, hint: Phrase) -> Failure {
    Failure::new(FailureKind::NotFound, what, hint)
}
