//! What a mailbox without a plan is: Exchange is asked for each one, at most four at a time (reference, section 7.5).

use serde_json::Value;
use tokio::{sync::mpsc, task::JoinSet};

use super::Graph;
use crate::{
    domain::{
        id::{TenantId, UserId},
        text::Text,
        user::Kind,
        verdict::ListNote,
    },
    provider::{error::Error, listed::Listed},
};

/// Requests in flight: the limit of the Outlook service per application (reference, section 10.3).
pub(super) const IN_FLIGHT: usize = 4;

/// Kinds sent together; a guess that keeps the screen moving without a message per row.
const BATCH: usize = 32;

/// Refusals after which no more mailboxes are asked, as long as not one was answered: a single mailbox can be kept from
/// us, but where the first eight all refuse, we lack the permission. A guess.
const DENIED: usize = 8;

/// What the operator has to know then.
const ALL_DENIED: &str =
    "Shared mailboxes and rooms can't be told apart: Exchange does not let Backup365 read what they are";

/// A row whose kind Exchange has to tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Candidate {
    /// The user.
    pub(super) id: UserId,
    /// Whether sign-in is on.
    pub(super) is_enabled: bool,
}

/// What Exchange told about one candidate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Purpose {
    /// This.
    Kind(Kind),
    /// Nothing that we understand, or nothing this time.
    Untold,
    /// We may not ask, for this mailbox or for all.
    Denied,
}

impl Graph {
    /// Asks for every candidate until their sender is gone; sends what becomes known in batches.
    pub(super) async fn probe(
        &self,
        tenant: TenantId,
        mut asked: mpsc::UnboundedReceiver<Candidate>,
        sink: &mpsc::Sender<Listed>,
    ) {
        let mut running: JoinSet<(UserId, Purpose)> = JoinSet::new();
        let mut found = Vec::new();
        let mut is_open = true;
        let mut is_anyone_told = false;
        let mut denied = 0_usize;
        while denied < DENIED || is_anyone_told {
            tokio::select! {
                candidate = asked.recv(), if is_open && running.len() < IN_FLIGHT => match candidate {
                    Some(candidate) => {
                        let graph = self.clone();
                        running.spawn(async move { (candidate.id, graph.purpose(tenant, candidate).await) });
                    }
                    None => is_open = false,
                },
                Some(done) = running.join_next(), if !running.is_empty() => match done {
                    Ok((id, Purpose::Kind(kind))) => {
                        is_anyone_told = true;
                        found.push((id, kind));
                    }
                    Ok((_, Purpose::Denied)) => denied += 1,
                    Ok((_, Purpose::Untold)) | Err(_) => {}
                },
                else => break,
            }
            let is_pause = running.is_empty() && asked.is_empty();
            if !found.is_empty()
                && (found.len() >= BATCH || is_pause)
                && sink.send(Listed::Kinds(std::mem::take(&mut found))).await.is_err()
            {
                return;
            }
        }
        if denied > 0 && !is_anyone_told {
            let _is_heard = sink.send(Listed::Note(ListNote::Gap(Text::from(ALL_DENIED)))).await.is_ok();
        }
    }

    /// Asks for one.
    pub(super) async fn purpose(&self, tenant: TenantId, candidate: Candidate) -> Purpose {
        let url = self.url(&["users", &candidate.id.to_string(), "mailboxSettings"], "$select=userPurpose");
        match self.object(tenant, &url, "the purpose of a mailbox").await {
            Ok(answer) => answer
                .get("userPurpose")
                .and_then(Value::as_str)
                .map_or(Purpose::Untold, |word| told(word, candidate.is_enabled)),
            Err(error) => without(&error),
        }
    }
}

/// Reads the word; one that Microsoft adds later leaves the row not known yet.
fn told(word: &str, is_enabled: bool) -> Purpose {
    match word {
        "shared" => Purpose::Kind(Kind::Shared),
        "room" | "equipment" => Purpose::Kind(Kind::Room),
        "user" | "linked" | "others" => Purpose::Kind(if is_enabled { Kind::User } else { Kind::Disabled }),
        _ => Purpose::Untold,
    }
}

/// Reads a refusal: 404 means no mailbox here.
fn without(error: &Error) -> Purpose {
    match error.graph() {
        Some((404, _)) => Purpose::Kind(Kind::WithoutMailbox),
        Some((403, _)) => Purpose::Denied,
        _ => {
            tracing::info!(%error, "a mailbox keeps its kind to itself");
            Purpose::Untold
        }
    }
}
