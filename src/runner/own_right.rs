//! Accepts for a customer with the partner's own right: the record first, then the three steps, told one by one. What may
//! have been let in is taken out again, whatever became of the rest; the record knows until that is done.

use super::{ReplySender, Tools, internal, with};
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        id::{RunId, TenantId},
        own_right::{Ended, Stage, Stages},
        text::Text,
    },
    provider::graph::OwnRight,
    wizard::call::{CallId, Reply, Request},
};

/// Told in the history once nothing is left of it.
const TAKEN_OUT: &str =
    "took the operators' application out of the organisation again; it can't sign in there any more";

/// Told where nothing was let in.
const NOT_LET_IN: &str = "the operators' application was not let into the organisation";

/// Says by which relationship the operator may accept, or accepts.
///
/// # Errors
/// As [`OwnRight::held`] and [`accept`]; `Refused` where settings forbid it.
pub(super) async fn answer(
    tools: &Tools,
    told: (&ReplySender, CallId),
    asked: Request,
) -> Result<Reply, Failure> {
    match asked {
        Request::AcceptByOwnRight(run, tenant, agreed) => accept(tools, told, (run, tenant), agreed).await,
        Request::OwnRightHeld(tenant) => allowed(tools)?.held(tenant).await.map(Reply::Held),
        _ => Err(internal("something else was asked of the partner's own right")),
    }
}

/// Carries the steps out, and tells after each how far they are. Without the name of who agreed only the last one.
///
/// # Errors
/// As [`OwnRight::held`], and whatever keeps it from being put on record: nothing was done then. What goes wrong later comes
/// with the record.
async fn accept(
    tools: &Tools,
    (replies, call): (&ReplySender, CallId),
    (run, tenant): (RunId, TenantId),
    agreed: Option<Text>,
) -> Result<Reply, Failure> {
    let (right, store) = (allowed(tools)?, &tools.provider.store);
    let (mut stages, mut was_open) = (Stages::take_out(), true);
    if let Some(agreed) = agreed {
        replies.send(call, Reply::Stages(Stages::all().checks())).await;
        let relationship = right.held(tenant).await?;
        let of = run.clone();
        was_open = with(store, move |s| s.begin_own_right(&of, tenant, (&relationship, &agreed))).await?;
        stages = Stages::all();
    }
    // What can't be written must not keep the last step from being done.
    let mut unwritten = None;
    while let Some(stage) = stages.next() {
        replies.send(call, Reply::Stages(stages.checks())).await;
        let ended = match stage {
            Stage::LetIn => right.let_in(tenant).await,
            Stage::Grant => right.grant(tenant).await,
            Stage::TakeOut => right.take_out(tenant).await,
        };
        tracing::info!(?stage, is_good = matches!(ended, Ended::Good), "the partner's own right");
        let (of, granted) = (run.clone(), right.permissions());
        let written = match (stage, &ended) {
            (Stage::Grant, Ended::Good) => with(store, move |s| s.note_own_right(&of, granted)).await,
            (Stage::TakeOut, Ended::Good) => {
                with(store, move |s| s.clear_own_right(&of, tenant, TAKEN_OUT).map(drop)).await
            }
            (Stage::LetIn, Ended::Undone(_)) if !was_open => {
                with(store, move |s| s.clear_own_right(&of, tenant, NOT_LET_IN).map(drop)).await
            }
            _ => Ok(()),
        };
        unwritten = unwritten.or(written.err());
        stages.note(ended);
    }
    replies.send(call, Reply::Stages(stages.checks())).await;
    let record = with(store, move |s| s.load_run(&run)).await?;
    Ok(Reply::Accepted(Box::new(record), stages.failure().cloned().or(unwritten)))
}

/// What carries it out, where settings allow it.
fn allowed(tools: &Tools) -> Result<&OwnRight, Failure> {
    tools.own_right.as_ref().ok_or_else(|| {
        Failure::new(
            FailureKind::Refused,
            "settings don't allow to accept for a customer (consent.own_right)",
            "Send the link to the customer's administrator.",
        )
    })
}
