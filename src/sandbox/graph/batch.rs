//! `$batch`: up to twenty requests in one, each answered and throttled on its own, the answers in another order.

use std::{collections::HashSet, sync::Arc};

use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Caller, Found, Refusal, refusal_body, route,
    users::{self, MAILBOX_TIME, MAILBOXES_AT_ONCE, MailboxPermit},
};
use crate::sandbox::{
    answer::{Ask, fresh},
    platform::Platform,
};

/// Most requests of one batch.
const MOST: usize = 20;

/// The request.
#[derive(Deserialize)]
struct Batch {
    requests: Vec<Part>,
}

/// One request of it.
#[derive(Deserialize)]
struct Part {
    id: String,
    method: String,
    url: String,
}

impl Part {
    /// As a request of its own.
    fn ask(&self, origin: Option<String>) -> Ask {
        let (path, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
        Ask {
            method: self.method.to_ascii_uppercase(),
            path: format!("/v1.0/{}", path.trim_start_matches('/')),
            query: query.to_owned(),
            headers: HeaderMap::new(),
            body: Vec::new(),
            origin,
        }
    }
}

/// Answers `$batch`.
pub(super) async fn answer(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    let batch: Batch = serde_json::from_slice(&ask.body)
        .map_err(|_why| Refusal::new(400, "BadRequest", "Unable to read JSON request payload."))?;
    let mut ids = HashSet::new();
    if batch.requests.is_empty() || batch.requests.len() > MOST {
        return Err(Refusal::new(400, "BadRequest", "A batch holds 1 to 20 requests."));
    }
    if !batch.requests.iter().all(|part| ids.insert(part.id.to_lowercase())) {
        return Err(Refusal::new(400, "BadRequest", "Request ids of a batch must be unique."));
    }
    let asks: Vec<(&Part, Ask)> =
        batch.requests.iter().map(|part| (part, part.ask(ask.origin.clone()))).collect();
    let is_mailbox = |ask: &Ask| mailbox(&ask.segments()).is_some();
    let (_permit, running) = if asks.iter().any(|(_, ask)| is_mailbox(ask)) {
        // Four parts at a time, whatever their number.
        let taken = MailboxPermit::take(platform, MAILBOXES_AT_ONCE);
        tokio::time::sleep(MAILBOX_TIME).await;
        (Some(taken.0), taken.1)
    } else {
        (None, 0)
    };
    let mut parts = Vec::with_capacity(asks.len());
    for (at, (part, ask)) in asks.iter().enumerate() {
        let segments = ask.segments();
        let found = match mailbox(&segments) {
            // Beside another request for mailboxes every second part is one too many.
            Some(_) if running > 0 && at % 2 == 1 => Err(Refusal::throttled(1)),
            Some(key) => users::settings(platform, ask, caller, key),
            None => Box::pin(route(platform, ask, caller)).await,
        };
        parts.push(dress(platform, &part.id, found));
    }
    parts.reverse();
    Ok(Found::json(&json!({"responses": parts}), 1))
}

/// Whose mailbox settings a path asks for.
fn mailbox(segments: &[String]) -> Option<&str> {
    match segments {
        [_, users, id, settings] if users == "users" && settings == "mailboxSettings" => Some(id),
        _ => None,
    }
}

/// One part of the answer.
fn dress(platform: &Platform, id: &str, found: Result<Found, Refusal>) -> Value {
    let mut headers = Map::new();
    headers.insert("Content-Type".to_owned(), Value::from("application/json"));
    let (status, body) = match found {
        Ok(found) => (200, serde_json::from_slice(&found.body).unwrap_or(Value::Null)),
        Err(refusal) => {
            for (name, value) in &refusal.headers {
                let name = if *name == "retry-after" { "Retry-After" } else { name };
                headers.insert(name.to_owned(), Value::from(value.as_str()));
            }
            let request: Arc<str> = fresh().into();
            (refusal.status, refusal_body(platform, &refusal, &request, &request))
        }
    };
    json!({"id": id, "status": status, "headers": headers, "body": body})
}
