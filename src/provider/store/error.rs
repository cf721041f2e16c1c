//! Bad news about the record that no database says by itself, as words: what happened and what to do about it.

use std::fmt;

use crate::domain::{
    failure::{Failure, FailureKind},
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

/// The operator may not do this.
pub(super) fn admin_only(doing: &str) -> Failure {
    Failure::new(
        FailureKind::Refused,
        Text::of(format_args!("{doing} is for an Admin")),
        "Ask an Admin of your company to do this.",
    )
}

/// Something that is not on record.
pub(super) fn not_found(what: Text) -> Failure {
    Failure::new(FailureKind::NotFound, what, "Check the number, or choose from the list.")
}
