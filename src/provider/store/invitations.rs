//! The invitation of a run: made, made again, withdrawn. None of it needs the run's hold: who finds out that a message went
//! to the wrong person must not have to wait for a window to be closed.

use super::{
    Store,
    part::inviting,
    table::{invitation, run},
};
use crate::domain::{
    failure::{Failure, FailureKind},
    id::RunId,
    phrase::WayOn,
    run::RunRecord,
    text::Text,
};

/// What is to become of an invitation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InvitationChange {
    /// It stays as it is; made where there is none.
    Keep,
    /// A new one, with other words.
    Anew,
    /// Nobody is to follow it any more.
    Withdraw,
}

impl Store {
    /// The run with its invitation, after a change of it. Safe to repeat, but for another one made anew each time.
    ///
    /// # Errors
    /// `NotFound`: no such run, or nothing to withdraw. `Refused`: the run has no link to send.
    pub fn invite(&self, run: &RunId, change: InvitationChange) -> Result<RunRecord, Failure> {
        let known = self.read(|tx| Ok((run::one(tx, run)?, invitation::find(tx, run)?)))?;
        if known.0.product.is_hosted() || known.0.organisation.is_none() {
            return Err(no_link(run));
        }
        match (change, known.1) {
            (InvitationChange::Keep, Some(_)) => {}
            (InvitationChange::Withdraw, None) => {
                return Err(Failure::new(
                    FailureKind::NotFound,
                    Text::of(format_args!("no invitation of run {run} has been made")),
                    "There is nothing to withdraw.",
                ));
            }
            (InvitationChange::Withdraw, Some(last)) if last.withdrawn.is_some() => {}
            (InvitationChange::Withdraw, Some(_)) => self.write(|write| {
                invitation::withdraw(write.tx, run, write.now)?;
                write.note_run(&known.0, &Text::from("withdrew the invitation"))
            })?,
            (InvitationChange::Anew, _) | (InvitationChange::Keep, None) => {
                self.write(|write| inviting::make(write, &known.0))?;
            }
        }
        self.record(run)
    }
}

/// A run in which nobody is to be sent anywhere.
fn no_link(run: &RunId) -> Failure {
    Failure::new(
        FailureKind::Refused,
        Text::of(format_args!("run {run} has no link for a customer's administrator")),
        WayOn::Again("go on with the run until its organisation is known, then try again"),
    )
}
