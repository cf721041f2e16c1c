//! Calls paired with their answers by type.
//!
//! On their way a call is a [`Request`] and its answer a [`Reply`]. Inside the wizard a [`Call`] says what it brings, and a
//! [`Pending`] holds the one that is out and takes no other answer than its own. What comes back and is of another type is
//! our own fault, and is told as one.

use std::marker::PhantomData;

use crate::domain::{
    failure::{Failure, FailureKind},
    phrase::{WayOn, phrase},
};

use super::outbox::Outbox;

pub(crate) use super::call::*;

/// A reply on its way to whoever asked.
#[derive(Debug)]
pub(crate) struct Arrival {
    call: CallId,
    reply: Option<Reply>,
}

impl Arrival {
    /// A reply to a call.
    pub(crate) const fn new(call: CallId, reply: Reply) -> Self {
        Self { call, reply: Some(reply) }
    }

    /// The call that it answers.
    pub(crate) const fn call(&self) -> CallId {
        self.call
    }

    /// Whether nobody has taken it yet.
    pub(crate) const fn is_left(&self) -> bool {
        self.reply.is_some()
    }

    /// The bad news that it brings, whoever asked.
    pub(crate) const fn failure(&self) -> Option<&Failure> {
        match &self.reply {
            Some(Reply::Failed(failure)) => Some(failure),
            _ => None,
        }
    }
}

/// A reply of another type than its call brings.
fn misplaced() -> Failure {
    Failure::new(
        FailureKind::Internal,
        "an answer of this program did not fit its question",
        phrase![WayOn::Again("ask again"), " If it stays, the log file has more."],
    )
}

/// Holds the call that is out, if one is.
#[derive(Debug)]
pub(crate) struct Pending<R> {
    call: Option<CallId>,
    reply: PhantomData<fn() -> R>,
}

impl<R> Pending<R> {
    /// Starts a call; one that is out is dropped.
    pub(crate) fn start(&mut self, calls: &mut Outbox, call: Call<R>) {
        self.cancel(calls);
        self.call = Some(calls.start(call.request));
    }

    /// Whether a call is out.
    pub(crate) const fn is_out(&self) -> bool {
        self.call.is_some()
    }

    /// The call that is out.
    pub(crate) const fn call(&self) -> Option<CallId> {
        self.call
    }

    /// Drops the call that is out; a write is seen through, and its answer is not waited for any more.
    pub(crate) fn cancel(&mut self, calls: &mut Outbox) {
        if let Some(call) = self.call.take() {
            calls.cancel(call);
        }
    }

    /// Forgets the call without dropping it.
    pub(crate) const fn forget(&mut self) {
        self.call = None;
    }

    /// A part of the answer to the call that is out; more follows.
    pub(crate) fn part(&self, arrival: &mut Arrival) -> Option<Reply> {
        arrival.reply.take_if(|reply| self.call == Some(arrival.call) && reply.is_part())
    }
}

impl<R: FromReply> Pending<R> {
    /// The answer to the call that is out: then none is out any more.
    pub(crate) fn take(&mut self, arrival: &mut Arrival) -> Option<Result<R, Failure>> {
        self.call.take_if(|call| *call == arrival.call)?;
        Some(match arrival.reply.take()? {
            Reply::Failed(failure) => Err(failure),
            reply => R::from_reply(reply).ok_or_else(misplaced),
        })
    }
}

impl<R> Default for Pending<R> {
    fn default() -> Self {
        Self { call: None, reply: PhantomData }
    }
}
