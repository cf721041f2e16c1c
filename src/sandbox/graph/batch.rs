//! `$batch`: up to twenty requests in one, each answered and throttled on its own, the answers in another order. One that
//! depends on others is answered after them, and not at all where one of them failed.

use std::{collections::HashMap, sync::Arc};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Caller, Found, Refusal, refusal_body, route,
    users::{self, MAILBOX_TIME, MAILBOXES_AT_ONCE, MailboxPermit},
};
use crate::sandbox::{
    answer::{Ask, Links, fresh},
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
#[serde(rename_all = "camelCase")]
struct Part {
    id: String,
    method: String,
    url: String,
    #[serde(default)]
    headers: HashMap<String, String>,
    #[serde(default)]
    body: Option<Value>,
    #[serde(default)]
    depends_on: Vec<String>,
}

impl Part {
    /// As a request of its own: by a path below the version, or by a whole address of Graph, as its SDK for Python sends it.
    fn ask(&self, root: &str, links: Links) -> Ask {
        let url = self.url.strip_prefix(root).unwrap_or(&self.url);
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                headers.insert(name, value);
            }
        }
        Ask {
            method: self.method.to_ascii_uppercase(),
            path: format!("/v1.0/{}", path.trim_start_matches('/')),
            query: query.to_owned(),
            headers,
            body: self.body.as_ref().map(|it| it.to_string().into_bytes()).unwrap_or_default(),
            links,
        }
    }

    /// Places of the parts that it depends on.
    fn before(&self, places: &HashMap<String, usize>) -> Option<Vec<usize>> {
        self.depends_on.iter().map(|id| places.get(&id.to_lowercase()).copied()).collect()
    }
}

/// Answers `$batch`.
pub(super) async fn answer(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    let batch: Batch = serde_json::from_slice(&ask.body)
        .map_err(|_why| Refusal::new(400, "BadRequest", "Unable to read JSON request payload."))?;
    if batch.requests.is_empty() || batch.requests.len() > MOST {
        return Err(Refusal::new(400, "BadRequest", "A batch holds 1 to 20 requests."));
    }
    let order = order(&batch.requests)?;
    let asks: Vec<(&Part, Ask)> =
        batch.requests.iter().map(|part| (part, part.ask(&caller.root, ask.links.clone()))).collect();
    let is_mailbox = |ask: &Ask| mailbox(&ask.segments()).is_some();
    let (_permit, running) = if asks.iter().any(|(_, ask)| is_mailbox(ask)) {
        // Four parts at a time, whatever their number.
        let taken = MailboxPermit::take(platform, MAILBOXES_AT_ONCE);
        tokio::time::sleep(MAILBOX_TIME).await;
        (Some(taken.0), taken.1)
    } else {
        (None, 0)
    };
    let mut statuses = vec![0; asks.len()];
    let mut parts = Vec::with_capacity(asks.len());
    for (at, before) in order {
        let Some((part, ask)) = asks.get(at) else { continue };
        let segments = ask.segments();
        let found = match mailbox(&segments) {
            _ if before.iter().any(|at| statuses.get(*at).is_some_and(|status| *status >= 400)) => {
                let message = "The request was not executed because a request that it depends on failed.";
                Err(Refusal::new(424, "FailedDependency", message))
            }
            // Beside another request for mailboxes every second part is one too many.
            Some(_) if running > 0 && at % 2 == 1 => Err(Refusal::throttled(1)),
            Some(key) => users::settings(platform, ask, caller, key),
            None => Box::pin(route(platform, ask, caller)).await,
        };
        let status = found.as_ref().map_or_else(|refusal| refusal.status, |found| found.status);
        if let Some(known) = statuses.get_mut(at) {
            *known = status;
        }
        parts.push(dress(platform, &part.id, found));
    }
    parts.reverse();
    Ok(Found::json(&json!({"responses": parts}), 1))
}

/// The order in which parts are answered: each after those that it depends on, whose places stand beside it.
fn order(parts: &[Part]) -> Result<Vec<(usize, Vec<usize>)>, Refusal> {
    let bad = |message: &str| Refusal::new(400, "BadRequest", message);
    let mut places = HashMap::new();
    for (at, part) in parts.iter().enumerate() {
        if places.insert(part.id.to_lowercase(), at).is_some() {
            return Err(bad("Request ids of a batch must be unique."));
        }
    }
    let before = parts.iter().map(|part| part.before(&places)).collect::<Option<Vec<_>>>();
    let before = before.ok_or_else(|| bad("A request depends on one that is not in the batch."))?;
    let mut left: Vec<(usize, Vec<usize>)> = before.into_iter().enumerate().collect();
    let mut order: Vec<(usize, Vec<usize>)> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_told = |at: &usize| order.iter().any(|(told, _)| told == at);
        let (ready, later): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|(_, before)| before.iter().all(is_told));
        if ready.is_empty() {
            return Err(bad("Requests of a batch must not depend on each other in a circle."));
        }
        order.extend(ready);
        left = later;
    }
    Ok(order)
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
        Ok(found) => (found.status, serde_json::from_slice(&found.body).unwrap_or(Value::Null)),
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
