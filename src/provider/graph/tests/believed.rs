//! Lists that contradict themselves, and links of Graph's own making that lead nowhere any more.

use std::sync::atomic::AtomicU32;

use serde_json::{Value, json};

use super::*;
use crate::domain::{believed::Doubt, id::UserId};

const USERS: &str = "https://graph.microsoft.com/v1.0/users";
const DELTA: &str = "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=old";

/// A user with a mailbox.
fn row(number: u32) -> Value {
    json!({
        "id": UserId::from_bytes(u128::from(number + 1).to_be_bytes()).to_string(),
        "displayName": format!("User {number}"), "userPrincipalName": format!("u{number}@bakery.example"),
        "mail": format!("u{number}@bakery.example"), "accountEnabled": true, "userType": "Member",
        "createdDateTime": "2025-01-01T00:00:00Z", "assignedLicenses": [], "department": null,
        "assignedPlans": [{"capabilityStatus": "Enabled", "service": "exchange",
                           "servicePlanId": "efb87545-963c-4e0d-99df-69c6916d9eb0"}],
    })
}

fn rows(numbers: std::ops::Range<u32>) -> Vec<Value> {
    numbers.map(row).collect()
}

/// A page of users, and where it goes on.
fn page(rows: impl Into<Vec<Value>>, next: Option<u32>) -> Value {
    let mut page = json!({"value": rows.into()});
    if let Some(next) = next {
        page["@odata.nextLink"] = json!(format!("{USERS}?$skiptoken={next}"));
    }
    page
}

/// The number behind `$skiptoken=`; 0 on the first page.
fn number(path: &str) -> u32 {
    path.split("skiptoken=").nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// A directory that answers each page of users by its number.
async fn directory(page_of: impl Fn(u32) -> Value + Clone + Send + Sync + 'static) -> Graph {
    answering(move |path| path.contains("/users?").then(|| (200, page_of(number(path))))).await
}

/// A server that answers what is asked of users, and the rest as it should be.
async fn answering(answer: impl Fn(&str) -> Option<(u16, Value)> + Clone + Send + Sync + 'static) -> Graph {
    canned(move |path, _| match path {
        path if path.ends_with("/token") => (200, json!({"access_token": "t", "expires_in": 3600})),
        path if path.contains("openid") => (200, discovery()),
        path if path.contains("subscribedSkus") => (200, json!({"value": []})),
        path if path.contains("mailboxSettings") => (200, json!({"userPurpose": "user"})),
        path => answer(path).unwrap_or((404, json!({"error": {"code": "Request_ResourceNotFound"}}))),
    })
    .await
}

/// What a listing sent: the number of rows, and why it is not believed.
async fn told(graph: &Graph) -> (usize, Option<Doubt>) {
    let (count, parts) = list(graph).await;
    let sent: usize = pages(&parts).iter().map(|page| page.len()).sum();
    assert_eq!(usize::try_from(count.unwrap()).unwrap(), sent);
    let doubts: Vec<_> = parts
        .iter()
        .filter_map(|part| if let Listed::Doubt(doubt) = part { Some(doubt.clone()) } else { None })
        .collect();
    assert!(doubts.len() < 2, "{doubts:?}");
    (sent, doubts.into_iter().next())
}

#[tokio::test]
async fn the_same_page_again_and_again_is_not_believed_whether_it_ends_or_not() {
    for last in [1, 3, u32::MAX] {
        let graph = directory(move |number| page(rows(0..30), (number < last).then_some(number + 1))).await;
        assert_eq!(told(&graph).await, (30, Some(Doubt::Repeated)), "up to page {last}");
    }
    // One user alone is a page, too.
    let graph = directory(|number| page(rows(0..1), Some(number + 1))).await;
    assert_eq!(told(&graph).await, (1, Some(Doubt::Repeated)));
    // The second of three again.
    let graph = directory(|number| match number {
        0 => page(rows(0..10), Some(1)),
        1 | 2 => page(rows(10..20), Some(number + 1)),
        _ => page(rows(20..30), None),
    })
    .await;
    assert_eq!(told(&graph).await, (20, Some(Doubt::Repeated)));
}

#[tokio::test]
async fn pages_without_anybody_new_end_at_some_time_and_some_of_them_are_usual() {
    let graph = directory(|number| match number {
        0 => page(rows(0..30), Some(1)),
        // The same users, never in the same order.
        number => {
            let mut turned = rows(0..30);
            turned.rotate_left(usize::try_from(number % 30).unwrap());
            page(turned, Some(number + 1))
        }
    })
    .await;
    assert!(matches!(told(&graph).await, (30, Some(Doubt::Repeated | Doubt::Endless))));
    let graph =
        directory(|number| page(if number == 0 { rows(0..30) } else { vec![] }, Some(number + 1))).await;
    assert_eq!(told(&graph).await, (30, Some(Doubt::Endless)));
    let graph = directory(|number| match number {
        0 => page(rows(0..30), Some(1)),
        1..=50 => page(vec![], Some(number + 1)),
        _ => page(rows(29..60), None),
    })
    .await;
    assert_eq!(told(&graph).await, (60, None), "one user came twice, as moves between pages make it");
}

#[tokio::test]
async fn a_pause_that_graph_asks_for_is_told_while_it_lasts() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let is_asked = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let router = axum::Router::new().fallback(move |request: axum::extract::Request| {
        let path = request.uri().to_string();
        let is_first = path.contains("/users?") && !is_asked.swap(path.contains("/users?"), Ordering::SeqCst);
        async move {
            let body = match path.as_str() {
                path if path.ends_with("/token") => json!({"access_token": "t", "expires_in": 3600}),
                path if path.contains("/users?") => page(rows(0..3), None),
                _ => json!({"value": []}),
            };
            let status = if is_first { 429 } else { 200 };
            let status = axum::http::StatusCode::from_u16(status).unwrap();
            (status, [("retry-after", "5")], body.to_string())
        }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    let origins = ["https://login.microsoftonline.com", "https://graph.microsoft.com"]
        .map(|from| (from.to_owned(), origin.clone()))
        .to_vec();
    let graph = made(&settings(origins, Clock::fixed(Moment::from_millis(START)), "x"));
    let (_, parts) = list(&graph).await;
    let Some(Listed::Note(note)) = parts.first() else { panic!("{parts:?}") };
    let words = "Microsoft is busy and asked us to wait 5 s; we go on by ourselves";
    assert_eq!((note.words().as_str(), note.is_gap()), (words, false));
    assert!(matches!(parts.get(1), Some(Listed::Page(page)) if page.len() == 3), "{parts:?}");
}

#[tokio::test]
async fn an_empty_next_link_ends_the_list() {
    let graph = directory(|_| {
        let mut last = page(rows(0..30), None);
        last["@odata.nextLink"] = json!("");
        last
    })
    .await;
    assert_eq!(told(&graph).await, (30, None));
}

#[tokio::test]
async fn an_empty_delta_link_keeps_no_place() {
    let graph = answering(|path| match path {
        path if path.contains("/delta") => Some((200, json!({"value": rows(0..2), "@odata.deltaLink": ""}))),
        path if path.contains("/users?") => Some((200, page(rows(0..30), None))),
        _ => None,
    })
    .await;
    let memory = Memory::default();
    for (link, users) in [(Some(DELTA), 2), (None, 30)] {
        let delta = graph.new_users(tenant(), link, &memory).await.unwrap();
        assert_eq!((delta.users.len(), delta.link.as_str()), (users, ""), "{link:?}");
    }
}

#[tokio::test]
async fn a_list_that_is_longer_than_can_be_read_does_not_end_quietly() {
    let graph =
        directory(|number| page(rows(number * 10..number * 10 + 10), (number < 4).then_some(number + 1)))
            .await;
    for (most, rows, doubt) in [(4, 40, Some(Doubt::Endless)), (5, 50, None)] {
        let (sink, mut listed) = mpsc::channel(100);
        assert_eq!(graph.list_within(most, tenant(), &Memory::default(), sink).await.unwrap(), rows);
        let mut doubts = Vec::new();
        while let Some(part) = listed.recv().await {
            // Behind it come no more rows, only what the mailboxes are.
            assert!(doubts.is_empty() || matches!(part, Listed::Kinds(_) | Listed::Note(_)), "{part:?}");
            doubts.extend(if let Listed::Doubt(doubt) = part { Some(doubt) } else { None });
        }
        assert_eq!(doubts, Vec::from_iter(doubt), "at most {most} pages");
    }
}

#[tokio::test]
async fn a_list_without_users_or_without_their_ids_is_not_believed() {
    let nobody = directory(|_| page(vec![], None)).await;
    assert_eq!(told(&nobody).await, (0, Some(Doubt::Empty)));
    let without = |one: &Value| {
        let mut row = one.clone();
        row.as_object_mut().unwrap().remove("id");
        row
    };
    for (whole, nameless, doubt) in
        [(0, 12, Some(Doubt::WithoutIds)), (10, 20, Some(Doubt::WithoutIds)), (20, 20, None), (1, 0, None)]
    {
        let mut all = rows(0..whole);
        all.extend(rows(100..100 + nameless).iter().map(without));
        let graph = directory(move |_| page(all.clone(), None)).await;
        let sent = usize::try_from(whole + nameless).unwrap();
        assert_eq!(told(&graph).await, (sent, doubt), "{whole} with an id, {nameless} without");
    }
}

#[tokio::test]
async fn a_user_who_comes_twice_is_sent_and_probed_once() {
    let probes = Arc::new(AtomicU32::new(0));
    let asked = Arc::clone(&probes);
    let graph = answering(move |path| {
        let unlicensed = |mut row: Value| {
            row["assignedPlans"] = json!([]);
            row
        };
        let all: Vec<Value> = rows(0..8).into_iter().map(unlicensed).collect();
        let number = number(path);
        path.contains("/users?").then(|| {
            asked.fetch_add(1, Ordering::SeqCst);
            let from = usize::try_from(number).unwrap();
            (200, page(all[from..from + 5].to_vec(), (number < 3).then_some(number + 1)))
        })
    })
    .await;
    let (count, parts) = list(&graph).await;
    assert_eq!((count.unwrap(), probes.load(Ordering::SeqCst)), (8, 4));
    let kinds: usize =
        parts.iter().map(|part| if let Listed::Kinds(known) = part { known.len() } else { 0 }).sum();
    assert_eq!(kinds, 8);
}

/// How a round from a stored link ends when that link is answered like this: everybody was listed, or why not.
async fn round(status: u16, body: Value) -> Result<bool, FailureKind> {
    let graph = answering(move |path| match path {
        path if path.contains("deltatoken=latest") => {
            Some((200, json!({"value": [], "@odata.deltaLink": DELTA})))
        }
        path if path.contains("/users/delta") => Some((status, body.clone())),
        path if path.contains("/users?") => Some((200, page(rows(0..5), None))),
        _ => None,
    })
    .await;
    let found = graph.new_users(tenant(), Some(DELTA), &Memory::default()).await;
    found.map(|delta| delta.is_full && delta.users.len() == 5).map_err(|failure| failure.kind)
}

#[tokio::test]
async fn a_stored_link_that_graph_refuses_in_its_own_words_means_everybody_again() {
    for (status, code) in [
        (400, "Request_UnsupportedQuery"),
        (400, "Request_BadRequest"),
        (400, "syncStateNotFound"),
        (400, "BadRequest"),
        (404, "ResyncRequired"),
        (404, "Request_ResourceNotFound"),
        (409, "Conflict"),
        (410, "SyncStateNotFound"),
        (412, "preconditionFailed"),
        (422, "somethingNew"),
        (423, "locked"),
    ] {
        let body =
            json!({"error": {"code": code, "message": "DeltaLink older than 30 days is not supported."}});
        assert_eq!(round(status, body).await, Ok(true), "{status} {code}");
    }
    assert_eq!(round(410, json!({})).await, Ok(true), "410 says it without words");
}

#[tokio::test]
async fn rights_time_and_gateways_wear_no_link_out() {
    let said = |code: &str| json!({"error": {"code": code, "message": "No."}});
    for (status, body) in [
        (401, said("InvalidAuthenticationToken")),
        (403, said("Authorization_RequestDenied")),
        (408, said("RequestTimeout")),
        (429, said("TooManyRequests")),
        (400, json!("a gateway")),
        (404, json!({"title": "Not found"})),
        (500, said("InternalServerError")),
        (503, said("serviceNotAvailable")),
    ] {
        assert!(round(status, body).await.is_err(), "{status}");
    }
}

#[tokio::test]
async fn a_round_that_repeats_itself_means_everybody_again() {
    for is_endless in [false, true] {
        let count = Arc::new(AtomicU32::new(0));
        let graph = answering(move |path| match path {
            path if path.contains("deltatoken=latest") => {
                Some((200, json!({"value": [], "@odata.deltaLink": DELTA})))
            }
            path if path.contains("/users/delta") => {
                let nth = count.fetch_add(1, Ordering::SeqCst);
                let rows = if is_endless && nth > 0 { vec![] } else { rows(0..3) };
                let link = format!("{USERS}/delta?$skiptoken={nth}");
                Some((200, json!({"value": rows, "@odata.nextLink": link})))
            }
            path if path.contains("/users?") => Some((200, page(rows(0..5), None))),
            _ => None,
        })
        .await;
        let delta = graph.new_users(tenant(), Some(DELTA), &Memory::default()).await.unwrap();
        assert_eq!((delta.is_full, delta.users.len(), delta.doubt), (true, 5, None));
    }
}

#[tokio::test]
async fn a_list_that_is_not_believed_still_names_its_users_to_the_sweep() {
    let graph = answering(|path| match path {
        path if path.contains("deltatoken=latest") => {
            Some((200, json!({"value": [], "@odata.deltaLink": DELTA})))
        }
        path if path.contains("/users?") => Some((200, page(rows(0..5), Some(number(path) + 1)))),
        _ => None,
    })
    .await;
    let delta = graph.new_users(tenant(), None, &Memory::default()).await.unwrap();
    assert_eq!((delta.users.len(), delta.doubt), (5, Some(Doubt::Repeated)));
}

#[tokio::test]
async fn a_worn_page_token_starts_the_list_again_whatever_it_is_called() {
    for (status, code) in
        [(400, "Request_UnsupportedQuery"), (404, "Request_ResourceNotFound"), (410, "gone")]
    {
        let refusals = Arc::new(AtomicU32::new(0));
        let graph = answering(move |path| {
            let number = number(path);
            if number == 1 && refusals.fetch_add(1, Ordering::SeqCst) == 0 {
                return Some((status, json!({"error": {"code": code}})));
            }
            path.contains("/users?")
                .then(|| (200, page(rows(number * 5..number * 5 + 5), (number < 2).then_some(number + 1))))
        })
        .await;
        assert_eq!(told(&graph).await, (15, None), "{status} {code}");
    }
}

#[tokio::test]
async fn a_gateways_404_is_nobodys_leaving() {
    let id = UserId::from_bytes([7; 16]);
    let graph =
        answering(|path| path.contains("/users/").then(|| (404, json!("<html>not here</html>")))).await;
    assert!(graph.users_again(tenant(), vec![id], &Memory::default()).await.is_err());
    let graph = answering(|_| None).await;
    assert_eq!(
        graph.users_again(tenant(), vec![id], &Memory::default()).await.unwrap(),
        (vec![(id, None)], vec![])
    );
}

#[tokio::test]
async fn a_gateways_404_is_no_mailbox_that_is_not_there() {
    for (body, kind) in [
        (json!("<html>not here</html>"), Kind::NotKnownYet),
        (json!({"error": {"code": "MailboxNotEnabledForRESTAPI"}}), Kind::WithoutMailbox),
    ] {
        let graph = canned(move |path, _| match path {
            path if path.ends_with("/token") => (200, json!({"access_token": "t", "expires_in": 3600})),
            path if path.contains("openid") => (200, discovery()),
            path if path.contains("mailboxSettings") => (404, body.clone()),
            path if path.contains("/users?") => {
                let mut one = row(1);
                one["assignedPlans"] = json!([]);
                (200, page(vec![one], None))
            }
            _ => (200, json!({"value": []})),
        })
        .await;
        let (count, parts) = list(&graph).await;
        assert_eq!((count.unwrap(), kinds(&parts)), (1, BTreeMap::from([(kind, 1)])));
    }
}

#[tokio::test]
async fn permissions_that_never_end_are_no_list_of_what_is_missing() {
    let graph = answering(|path| match path {
        path if path.contains("/servicePrincipals?") => Some((200, json!({"value": [{"id": CLIENT, "appId": CLIENT}]}))),
        path if path.contains("appRoleAssignments") => Some((200, json!({
            "value": [],
            "@odata.nextLink": format!("https://graph.microsoft.com/v1.0/servicePrincipals/{CLIENT}/appRoleAssignments?$skiptoken={}",
                                       number(path) + 1),
        }))),
        path if path.contains("/organization") => Some((200, json!({"value": [{"id": TENANT, "displayName": "Bakery"}]}))),
        path if path.contains("/users?") => Some((200, page(rows(0..1), None))),
        _ => None,
    })
    .await;
    let proof = graph.prove(&expected(), false).await;
    let words = format!("{:?}", proof.checks);
    assert!(!words.contains("missing:"), "{words}");
    assert_ne!(proof.verdict, Verdict::Proved);
}
