//! Others on the same record: what they change, and runs that change hands.

use crate::{
    domain::failure::Failure,
    provider::store::Store,
    wizard::call::{CallId, Reply, Request},
};

use super::{ReplySender, internal, run, with};

/// Hands over what others change, until nobody wants to hear it. It waits for them, and asks for nothing.
pub(super) async fn follow(store: &Store, replies: &ReplySender, call: CallId) -> Result<Reply, Failure> {
    let mut changes = with(store, |s| Ok(s.changes())).await?;
    loop {
        let change = changes.next().await;
        if !replies.send(call, Reply::Changed(change)).await {
            return Ok(Reply::Woken);
        }
    }
}

/// A run is looked at, asked for, or changes hands.
///
/// # Errors
/// As the calls of the store.
pub(super) async fn answer(store: &Store, request: Request) -> Result<Reply, Failure> {
    match request {
        Request::LookAtRun(id) => run(store, move |s| s.look_at_run(&id)).await,
        Request::AskForRun(id) => run(store, move |s| s.ask_for_run(&id)).await,
        Request::WithdrawRequest(id) => run(store, move |s| s.withdraw_request(&id)).await,
        Request::AnswerRequest(id, asked, answer) => {
            run(store, move |s| s.answer_request(&id, &asked, answer)).await
        }
        Request::SeizeRun(id, reason) => run(store, move |s| s.seize_run(&id, &reason)).await,
        _ => Err(internal("a call went to the wrong place")),
    }
}
