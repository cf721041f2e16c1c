//! What mailboxes are: asked by `$batch`, for licensed rows as well, as real servers answer and refuse.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use serde_json::{Value, json};

use super::{
    super::Memory, START, Stage, TENANT, canned_at, canned_with, kinds, list, list_knowing, pages, tenant,
};
use crate::{
    domain::{
        id::UserId,
        time::{Clock, Moment},
        user::Kind,
    },
    provider::{graph::Graph, listed::Listed},
};

/// Exchange Online (Plan 2).
const PLAN: &str = "efb87545-963c-4e0d-99df-69c6916d9eb0";

/// The id of a user by number.
fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// A row of the directory; `is_licensed` gives it a mailbox plan.
fn row(number: usize, is_licensed: bool, more: &Value) -> Value {
    let plans = if is_licensed {
        json!([{"capabilityStatus": "Enabled", "service": "exchange", "servicePlanId": PLAN}])
    } else {
        json!([])
    };
    let mut row = json!({
        "id": id(number), "displayName": format!("User {number}"), "userPrincipalName": format!("u{number}@bakery.example"),
        "mail": format!("u{number}@bakery.example"), "accountEnabled": true, "userType": "Member",
        "createdDateTime": "2020-01-01T00:00:00Z", "assignedLicenses": [], "assignedPlans": plans,
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        row[key] = value.clone();
    }
    row
}

/// A part of an answer.
type Part = (u16, Value);

/// What a server saw: for each batch the numbers of the users.
type Seen = Arc<Mutex<Vec<Vec<usize>>>>;

/// A server with these rows whose `$batch` answers part by part; the parts come back in reverse.
async fn batching(
    rows: Vec<Value>,
    part: impl Fn(usize) -> Part + Clone + Send + Sync + 'static,
) -> (Graph, Seen) {
    let seen = Seen::default();
    let noted = Arc::clone(&seen);
    let graph = canned_with(move |path, _, body| {
        if path.ends_with("/token") {
            return (200, json!({"access_token": "t", "expires_in": 3600}));
        }
        if path.ends_with("/v1.0/$batch") {
            let asked: Value = serde_json::from_slice(body).unwrap();
            let requests = asked["requests"].as_array().unwrap();
            let number = |request: &Value| {
                let url = request["url"].as_str().unwrap();
                assert_eq!(request["method"], "GET");
                assert!(url.starts_with("/users/") && url.ends_with("/mailboxSettings?$select=userPurpose"));
                let id = url.split('/').nth(2).unwrap();
                id.rsplit('-').next().unwrap().parse::<usize>().unwrap()
            };
            noted.lock().unwrap().push(requests.iter().map(number).collect());
            let answers = requests.iter().rev().map(|request| {
                let (status, body) = part(number(request));
                let headers = if status == 429 { json!({"Retry-After": "0"}) } else { json!({}) };
                json!({"id": request["id"], "status": status, "headers": headers, "body": body})
            });
            return (200, json!({"responses": answers.collect::<Vec<_>>()}));
        }
        if path.contains("mailboxSettings") {
            return (500, json!({}));
        }
        if path.contains("subscribedSkus") {
            return (200, json!({"value": []}));
        }
        (200, json!({"value": rows.clone()}))
    })
    .await;
    (graph, seen)
}

fn purpose(word: &str) -> Part {
    (200, json!({"userPurpose": word}))
}

fn refused(status: u16, code: &str) -> Part {
    (status, json!({"error": {"code": code, "message": "words"}}))
}

/// What each user is in the end, by number.
fn by_number(parts: &[Listed]) -> Vec<Kind> {
    let mut all: std::collections::BTreeMap<UserId, Kind> = std::collections::BTreeMap::new();
    for part in parts {
        match part {
            Listed::Page(page) => all.extend(page.ids().iter().copied().zip(page.kinds().iter().copied())),
            Listed::Kinds(known) => all.extend(known.iter().copied()),
            _ => {}
        }
    }
    all.into_values().collect()
}

fn notes(parts: &[Listed]) -> usize {
    parts.iter().filter(|part| matches!(part, Listed::Note(_))).count()
}

#[tokio::test]
async fn a_licence_says_nothing_about_the_kind() {
    let no_mailbox = || refused(404, "MailboxNotEnabledForRESTAPI");
    let html = || (404, json!("<html><body>Not found</body></html>"));
    let synced = json!({"onPremisesSyncEnabled": true});
    let no_mail = json!({"mail": null});
    let new = json!({"createdDateTime": "2026-11-22T09:00:00Z"});
    let off = json!({"accountEnabled": false});
    let guest = json!({"userType": "Guest"});
    let none = json!({});
    let cases: Vec<(&str, bool, &Value, Part, Kind)> = vec![
        ("licensed shared mailbox", true, &none, purpose("shared"), Kind::Shared),
        ("licensed room", true, &none, purpose("room"), Kind::Room),
        ("licensed equipment", true, &none, purpose("equipment"), Kind::Room),
        ("licensed person", true, &none, purpose("user"), Kind::User),
        ("leaver who is a person still", true, &off, purpose("user"), Kind::Disabled),
        ("leaver's converted mailbox", true, &off, purpose("shared"), Kind::Shared),
        ("unlicensed shared mailbox", false, &none, purpose("shared"), Kind::Shared),
        ("linked", true, &none, purpose("linked"), Kind::User),
        ("a word of later", true, &none, purpose("unknownFutureValue"), Kind::NotKnownYet),
        ("hybrid, licensed", true, &synced, no_mailbox(), Kind::OnPremises),
        ("hybrid, no licence", false, &synced, no_mailbox(), Kind::OnPremises),
        ("licensed, not in the cloud", true, &none, no_mailbox(), Kind::OnPremises),
        ("hybrid, moved to the cloud", true, &synced, purpose("user"), Kind::User),
        ("licensed yesterday, not made yet", true, &new, no_mailbox(), Kind::NotKnownYet),
        ("mail, no mailbox", false, &none, no_mailbox(), Kind::WithoutMailbox),
        ("gone meanwhile", false, &none, refused(404, "Request_ResourceNotFound"), Kind::WithoutMailbox),
        ("a gateway's page", true, &none, html(), Kind::NotKnownYet),
        ("a 404 of another kind", true, &none, refused(404, "SomethingNew"), Kind::NotKnownYet),
        ("one that is kept from us", true, &none, refused(403, "ErrorAccessDenied"), Kind::NotKnownYet),
        ("a guest with mail", false, &guest, purpose("user"), Kind::Guest),
        ("no mail and no plan", false, &no_mail, purpose("user"), Kind::WithoutMailbox),
        ("a plan, no mail", true, &no_mail, purpose("user"), Kind::User),
    ];
    let rows = cases.iter().enumerate().map(|(at, case)| row(at, case.1, case.2)).collect();
    let answers: Vec<Part> = cases.iter().map(|case| case.3.clone()).collect();
    let (graph, seen) = batching(rows, move |number| answers[number].clone()).await;
    let (count, parts) = list(&graph).await;
    assert_eq!(count.unwrap() as usize, cases.len());
    for (case, kind) in cases.iter().zip(by_number(&parts)) {
        assert_eq!(kind, case.4, "{}", case.0);
    }
    assert!(seen.lock().unwrap().iter().flatten().all(|number| ![19, 20].contains(number)), "not asked");
}

#[tokio::test]
async fn twenty_are_asked_at_once() {
    let rows = (0..90).map(|number| row(number, true, &json!({}))).collect();
    let (graph, seen) = batching(rows, |_| purpose("user")).await;
    let (_, parts) = list(&graph).await;
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 5, "{seen:?}");
    assert!(seen.iter().all(|batch| batch.len() <= 20), "{seen:?}");
    assert_eq!(kinds(&parts).get(&Kind::User), Some(&90));
    assert!(pages(&parts)[0].kinds().iter().all(|kind| *kind == Kind::NotKnownYet));
}

#[tokio::test]
async fn a_list_that_came_whole_does_not_wait_for_its_checks() {
    let rows = vec![row(1, true, &json!({}))];
    let asked = Arc::new(Mutex::new(0));
    let graph = canned_with(move |path, _, _| match path {
        path if path.ends_with("/token") => (200, json!({"access_token": "t", "expires_in": 3600})),
        path if path.ends_with("$batch") => {
            let mut asked = asked.lock().unwrap();
            *asked += 1;
            let (status, body) =
                if *asked == 1 { refused(429, "TooManyRequests") } else { purpose("shared") };
            let part = json!({"id": "0", "status": status, "headers": {"Retry-After": "1"}, "body": body});
            (200, json!({"responses": [part]}))
        }
        path if path.contains("/users?") => (200, json!({"value": rows.clone()})),
        _ => (404, json!({})),
    })
    .await;
    let (count, parts) = list(&graph).await;
    assert_eq!(count.unwrap(), 1);
    let shape = |part: &Listed| match part {
        Listed::Page(_) => "page",
        Listed::Whole(1) => "whole",
        Listed::Kinds(_) => "kinds",
        _ => "other",
    };
    assert_eq!(parts.iter().map(shape).collect::<Vec<_>>(), ["page", "whole", "kinds"]);
}

#[tokio::test]
async fn only_what_was_throttled_is_asked_again() {
    let rows = (0..60).map(|number| row(number, true, &json!({}))).collect();
    let asked: Arc<Mutex<Vec<usize>>> = Arc::default();
    let again = Arc::clone(&asked);
    let (graph, _) = batching(rows, move |number| {
        let mut asked = again.lock().unwrap();
        let is_first = !asked.contains(&number);
        asked.push(number);
        if is_first && number % 7 == 3 { refused(429, "TooManyRequests") } else { purpose("shared") }
    })
    .await;
    let (_, parts) = list(&graph).await;
    assert_eq!(kinds(&parts).get(&Kind::Shared), Some(&60));
    assert_eq!((asked.lock().unwrap().len(), notes(&parts)), (60 + 9, 0));
}

#[tokio::test]
async fn a_wait_that_nobody_sits_through_is_told() {
    let rows = vec![row(1, true, &json!({}))];
    let graph = canned_with(move |path, _, _| match path {
        path if path.ends_with("/token") => (200, json!({"access_token": "t", "expires_in": 3600})),
        path if path.ends_with("$batch") => {
            let part = json!({"id": "0", "status": 429, "headers": {"retry-after": 3600}, "body": null});
            (200, json!({"responses": [part]}))
        }
        path if path.contains("/users?") => (200, json!({"value": rows.clone()})),
        _ => (404, json!({})),
    })
    .await;
    let (count, parts) = list(&graph).await;
    assert_eq!(count.unwrap(), 1);
    let told = parts.iter().find_map(|part| if let Listed::Note(note) = part { Some(note) } else { None });
    let words = "Not all mailboxes could be checked: Microsoft asks to wait 60 minutes";
    assert_eq!(told.unwrap().words().as_str(), words);
}

#[tokio::test]
async fn the_first_refusals_keep_nobody_from_being_asked() {
    let rows = (0..50).map(|number| row(number, true, &json!({}))).collect();
    let (graph, _) =
        batching(
            rows,
            |number| {
                if number < 30 { refused(403, "ErrorAccessDenied") } else { purpose("shared") }
            },
        )
        .await;
    let (_, parts) = list(&graph).await;
    assert_eq!(kinds(&parts).get(&Kind::Shared), Some(&20));
    assert_eq!((kinds(&parts).get(&Kind::NotKnownYet), notes(&parts)), (Some(&30), 1));
}

#[tokio::test]
async fn where_all_are_refused_the_asking_ends_and_says_so() {
    let rows = (0..400).map(|number| row(number, true, &json!({}))).collect();
    let (graph, seen) = batching(rows, |_| refused(403, "ErrorAccessDenied")).await;
    let (count, parts) = list(&graph).await;
    assert_eq!((count.unwrap(), notes(&parts)), (400, 1));
    assert!((5..=9).contains(&seen.lock().unwrap().len()));
}

#[tokio::test]
async fn a_server_that_takes_no_batch_is_asked_one_by_one() {
    for status in [400, 404, 405, 501] {
        let rows: Vec<Value> = (0..30).map(|number| row(number, true, &json!({}))).collect();
        let graph = canned_with(move |path, _, _| match path {
            path if path.ends_with("/token") => (200, json!({"access_token": "t", "expires_in": 3600})),
            path if path.ends_with("$batch") => (status, json!({})),
            path if path.contains("mailboxSettings") => purpose("shared"),
            path if path.contains("/users?") => (200, json!({"value": rows.clone()})),
            _ => (404, json!({})),
        })
        .await;
        let (_, parts) = list(&graph).await;
        assert_eq!(kinds(&parts).get(&Kind::Shared), Some(&30), "{status}");
    }
}

#[tokio::test]
async fn only_new_and_changed_users_are_asked_again() {
    let rows = |extra: &Value| {
        let mut rows: Vec<Value> = (0..40).map(|number| row(number, true, &json!({}))).collect();
        rows[7] = row(7, true, extra);
        rows.extend((0..usize::from(*extra != json!({}))).map(|_| row(40, true, &json!({}))));
        rows
    };
    let (graph, seen) = batching(rows(&json!({})), |_| purpose("shared")).await;
    let memory = Memory::default();
    list_knowing(&graph, &memory).await.0.unwrap();
    assert_eq!(seen.lock().unwrap().iter().flatten().count(), 40);
    let answers = memory.take_new();
    assert_eq!(answers.len(), 40);
    assert!(answers.iter().all(|one| one.at == Moment::from_millis(START) && one.kind == Kind::Shared));
    assert!(memory.take_new().is_empty(), "each is kept once");

    let (graph, seen) = batching(rows(&json!({"accountEnabled": false})), |_| purpose("user")).await;
    let (_, parts) = list_knowing(&graph, &Memory::of(answers)).await;
    assert_eq!(*seen.lock().unwrap(), [vec![7, 40]]);
    let all = by_number(&parts);
    assert_eq!((all[6], all[7], all[40]), (Kind::Shared, Kind::Disabled, Kind::User));
}

#[tokio::test]
async fn the_sandbox_throttles_parts_and_nobody_is_left_out() {
    let stage = Stage::with(&[]).await;
    stage.accept().await;
    let first = stage.graph.new_users(tenant(), None, &Memory::default()).await.unwrap();
    let of = |kind| first.users.iter().filter(|user| user.kind == kind).count();
    assert_eq!((of(Kind::Shared), of(Kind::Room), of(Kind::NotKnownYet)), (9, 5, 0));
    assert_eq!(first.users.len(), 2329, "{TENANT}");
}

/// The clock is asked by each answer: where it panics, so does the task that asks about some mailboxes.
#[tokio::test]
async fn mailboxes_whose_question_panics_are_asked_about_again() {
    let (is_armed, fires) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(true)));
    let (armed, left) = (Arc::clone(&is_armed), Arc::clone(&fires));
    let clock = Clock::new(move || {
        assert!(!(armed.load(SeqCst) && left.swap(false, SeqCst)), "on purpose");
        Moment::from_millis(START)
    });
    let rows: Vec<Value> = (1..=3).map(|number| row(number, true, &json!({}))).collect();
    let graph = canned_at(clock, move |path, _, body| {
        if path.ends_with("/token") {
            return (200, json!({"access_token": "t", "expires_in": 3600}));
        }
        if path.ends_with("/v1.0/$batch") {
            is_armed.store(true, SeqCst);
            let asked: Value = serde_json::from_slice(body).unwrap();
            let answers =
                asked["requests"].as_array().unwrap().iter().map(
                    |request| json!({"id": request["id"], "status": 200, "body": {"userPurpose": "user"}}),
                );
            return (200, json!({"responses": answers.collect::<Vec<_>>()}));
        }
        if path.contains("subscribedSkus") {
            return (200, json!({"value": []}));
        }
        (200, json!({"value": rows.clone()}))
    })
    .await;
    let (_, parts) = list(&graph).await;
    assert!(!fires.load(SeqCst), "nothing panicked");
    assert_eq!(by_number(&parts), [Kind::User; 3]);
}

#[tokio::test]
async fn singly_nobody_else_is_asked_after_a_429_until_the_rest_is_over() {
    let rows: Vec<Value> = (0..20).map(|number| row(number, true, &json!({}))).collect();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    let graph = canned_with(move |path, _, _| match path {
        path if path.ends_with("/token") => (200, json!({"access_token": "t", "expires_in": 3600})),
        path if path.ends_with("$batch") => (405, json!({})),
        path if path.contains("mailboxSettings") => {
            let mut asked = noted.lock().unwrap();
            asked.push(path.split('/').rev().nth(1).unwrap_or_default().to_owned());
            // The sixth, and it alone is asked until it is told.
            if (6..=12).contains(&asked.len()) {
                refused(429, "ApplicationThrottled")
            } else {
                purpose("shared")
            }
        }
        path if path.contains("/users?") => (200, json!({"value": rows.clone()})),
        _ => (404, json!({})),
    })
    .await;
    let (_, parts) = list(&graph).await;
    assert_eq!(kinds(&parts).get(&Kind::Shared), Some(&20));
    let asked = asked.lock().unwrap();
    assert!(asked[5..=12].iter().all(|id| *id == asked[5]), "{asked:?}");
    assert_eq!(asked.len(), 20 + 7);
}

#[tokio::test]
async fn a_list_that_is_taken_no_more_is_not_checked_to_its_end() {
    let rows: Vec<Value> = (0..20).map(|number| row(number, true, &json!({}))).collect();
    let graph = canned_with(move |path, _, _| match path {
        path if path.ends_with("/token") => (200, json!({"access_token": "t", "expires_in": 3600})),
        path if path.ends_with("$batch") => {
            let parts: Vec<Value> = (0..20)
                .map(|at| json!({"id": at.to_string(), "status": 429, "headers": {"Retry-After": "600"}}))
                .collect();
            (200, json!({"responses": parts}))
        }
        // The same page once more: a list that contradicts itself.
        path if path.contains("/users?") => {
            let next = format!("https://graph.microsoft.com/v1.0/users?page={}", uuid::Uuid::new_v4());
            (200, json!({"value": rows.clone(), "@odata.nextLink": next}))
        }
        _ => (404, json!({})),
    })
    .await;
    let (sink, mut parts) = tokio::sync::mpsc::channel(4);
    let memory = Memory::default();
    let listing = graph.list_users(tenant(), &memory, sink);
    let taking = async move {
        while let Some(part) = parts.recv().await {
            if matches!(part, Listed::Doubt(_)) {
                return;
            }
        }
        panic!("no doubt");
    };
    let both = async { tokio::join!(listing, taking) };
    tokio::time::timeout(std::time::Duration::from_mins(1), both).await.unwrap().0.unwrap();
}
