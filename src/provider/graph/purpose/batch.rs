//! One `$batch`: up to twenty questions in one request, and an answer for each in any order (reference, section 9).

use std::{collections::HashMap, time::Duration};

use serde_json::{Value, json};

use super::{Candidate, Purpose};
use crate::{
    domain::{
        time::{Clock, Moment},
        user::Kind,
    },
    provider::{
        graph::wire,
        http::{Headers, retry_after},
    },
};

/// Most questions of one request; Graph refuses more.
pub(super) const MOST: usize = 20;

/// How long after a user was made a licence without a mailbox may only mean that the mailbox is being made. A guess:
/// most are there within minutes, some within a day.
const IS_MADE_WITHIN: Duration = Duration::from_hours(3 * 24);

/// Codes with which Graph says that Exchange Online holds no such mailbox. Any other 404 (a gateway's page, a code that
/// is new) says nothing about the mailbox.
const NO_MAILBOX: [&str; 7] = [
    "MailboxNotEnabledForRESTAPI",
    "ResourceNotFound",
    "Request_ResourceNotFound",
    "ErrorNonExistentMailbox",
    "ErrorInvalidUser",
    "ErrorMailboxNotFound",
    "MailboxNotFound",
];

/// The request's body. Each part's id is the candidate's place.
pub(super) fn body(candidates: &[Candidate]) -> Vec<u8> {
    let part = |(at, candidate): (usize, &Candidate)| {
        let url = format!("/users/{}/mailboxSettings?$select=userPurpose", candidate.id);
        json!({"id": at.to_string(), "method": "GET", "url": url})
    };
    let parts: Vec<Value> = candidates.iter().enumerate().map(part).collect();
    json!({"requests": parts}).to_string().into_bytes()
}

/// Reads the answers, in the order of the candidates; one that is missing is to be asked again. None: this is no answer
/// to a batch.
pub(super) fn read(answer: &Value, candidates: &[Candidate], clock: &Clock) -> Option<Vec<Purpose>> {
    let parts = answer.get("responses")?.as_array()?;
    let mut by_id: HashMap<&str, &Value> = HashMap::new();
    for part in parts {
        if let Some(id) = part.get("id").and_then(Value::as_str) {
            by_id.entry(id).or_insert(part);
        }
    }
    let read = |(at, candidate): (usize, &Candidate)| {
        let part = by_id.get(at.to_string().as_str())?;
        let status = u16::try_from(part.get("status").and_then(Value::as_u64)?).ok()?;
        let wait = retry_after(&headers(part), clock);
        Some(purpose(status, part.get("body").unwrap_or(&Value::Null), wait, candidate, clock.now()))
    };
    Some(candidates.iter().enumerate().map(|one| read(one).unwrap_or(Purpose::Passing)).collect())
}

/// The headers of a part, which is where its wait stands.
fn headers(part: &Value) -> Headers {
    let pairs = part.get("headers").and_then(Value::as_object).into_iter().flatten();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Headers(pairs.map(|(name, value)| (name.to_ascii_lowercase(), text(value))).collect())
}

/// What one answer says about one mailbox, whether it came alone or as a part.
pub(super) fn purpose(
    status: u16,
    body: &Value,
    wait: Option<Duration>,
    candidate: &Candidate,
    now: Moment,
) -> Purpose {
    match status {
        200 => body
            .get("userPurpose")
            .and_then(Value::as_str)
            .map_or(Purpose::Untold, |word| told(word, candidate.is_enabled)),
        404 => {
            let (code, _id) = wire::refusal(body);
            if NO_MAILBOX.iter().any(|known| known.eq_ignore_ascii_case(&code)) {
                without(&code, candidate, now)
            } else {
                Purpose::Untold
            }
        }
        403 => Purpose::Denied,
        429 => Purpose::Throttled(wait),
        401 | 408 | 409 | 412 | 423 | 500..=599 => Purpose::Passing,
        _ => Purpose::Untold,
    }
}

/// Reads the word; one that Microsoft adds later leaves the row unchecked.
fn told(word: &str, is_enabled: bool) -> Purpose {
    match word {
        "shared" => Purpose::Kind(Kind::Shared),
        "room" | "equipment" => Purpose::Kind(Kind::Room),
        "user" | "linked" | "others" => Purpose::Kind(if is_enabled { Kind::User } else { Kind::Disabled }),
        _ => Purpose::Untold,
    }
}

/// Exchange Online has no such mailbox: it is on the customer's own server, or not made yet, or nowhere.
///
/// Exchange Online makes a mailbox for everyone with its licence, but for those whose mailbox it knows to be on premises.
fn without(code: &str, candidate: &Candidate, now: Moment) -> Purpose {
    let is_hybrid = candidate.has_plan && code.eq_ignore_ascii_case("MailboxNotEnabledForRESTAPI");
    if candidate.is_synced && candidate.has_mail {
        Purpose::Kind(Kind::OnPremises)
    } else if candidate.has_plan && candidate.made.is_some_and(|made| now.since(made) < IS_MADE_WITHIN) {
        Purpose::Untold
    } else if is_hybrid && candidate.has_mail {
        Purpose::Kind(Kind::OnPremises)
    } else {
        Purpose::Kind(Kind::WithoutMailbox)
    }
}
