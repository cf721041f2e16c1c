//! Listings of a given list, and who is still there. The directory search is tested beside it.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use super::{
    super::stub::{Reply, Seen, Stub, access, address, challenge, fault, folder, refusal},
    *,
};
use crate::domain::{
    failure::{Failure, FailureKind},
    time::{Clock, Moment},
};

/// A row as words: address, kind, problem.
type Seat = (String, &'static str, String);

/// Lists everything and takes it apart.
async fn listed(stub: &Stub, listing: Listing) -> (Result<u32, Failure>, Vec<Seat>, Vec<String>, Vec<usize>) {
    let (sink, mut items) = mpsc::channel(4);
    let access = access(listing);
    let exchange = stub.exchange.clone();
    let listing = tokio::spawn(async move { exchange.list_mailboxes(&access, sink).await });
    let (mut rows, mut notes, mut pages) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(item) = items.recv().await {
        match item {
            Listed::Page(page) => {
                pages.push(page.len());
                rows.extend((0..page.len()).filter_map(|at| page.row(at)).map(|row| {
                    (row.address.as_str().to_owned(), row.kind.word(), row.problem.as_str().to_owned())
                }));
            }
            Listed::Note(note) => notes.push(note.words().to_string()),
            Listed::Whole(_) | Listed::Kinds(_) => panic!("kinds are known here"),
            Listed::Doubt(doubt) => panic!("a given list is never doubted: {doubt:?}"),
        }
    }
    rows.sort();
    (listing.await.unwrap(), rows, notes, pages)
}

fn given(addresses: &[&str]) -> Listing {
    Listing::Given(addresses.iter().map(|a| address(a)).collect())
}

/// Opens everything but what the name gives away.
fn by_name(seen: &Seen) -> Reply {
    match seen.mailbox().split('@').next().unwrap_or_default() {
        "denied" => fault("ErrorImpersonateUserDenied", ""),
        "none" => refusal("ErrorNonExistentMailbox"),
        "moving" => refusal("ErrorMailboxMoveInProgress"),
        "flaky" => Reply::new(503, ""),
        "odd" => Reply::new(200, "<x/>"),
        _ => folder(),
    }
}

/// The clock is asked by each answer: where it panics, so does the task that waits for one mailbox.
#[tokio::test]
async fn a_mailbox_whose_task_panics_is_a_row_with_a_problem() {
    let (is_armed, fires) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(true)));
    let armed = Arc::clone(&is_armed);
    let clock = Clock::new(move || {
        assert!(!(armed.load(SeqCst) && fires.swap(false, SeqCst)), "on purpose");
        Moment::from_millis(1_795_000_000_000)
    });
    let stub = Stub::start_at(clock, move |seen| {
        is_armed.store(seen.mailbox().starts_with("three"), SeqCst);
        by_name(seen)
    })
    .await;
    let names = ["one@customer.example", "two@customer.example", "three@customer.example"];
    let (count, rows, ..) = listed(&stub, given(&names)).await;
    let problems: Vec<_> = rows.iter().filter(|(.., problem)| !problem.is_empty()).collect();
    assert_eq!((count, rows.len(), problems.len()), (Ok(3), 3, 1), "{rows:?}");
    assert!(problems[0].2.contains("ended early"), "{problems:?}");
}

#[tokio::test]
async fn each_address_becomes_a_row_with_its_outcome() {
    let stub = Stub::start(by_name).await;
    let list = given(&[
        "ok@customer.example",
        "OK@customer.example",
        "denied@customer.example",
        "none@customer.example",
        "moving@customer.example",
        "flaky@customer.example",
        "odd@customer.example",
        "eve@other.example",
    ]);
    let (count, rows, notes, _) = listed(&stub, list).await;
    assert_eq!(count, Ok(7));
    assert!(notes.is_empty(), "{notes:?}");
    let row = |name: &str| rows.iter().find(|(address, ..)| address.starts_with(name)).unwrap();
    assert_eq!(row("ok"), &("ok@customer.example".to_owned(), "mailbox", String::new()));
    for (name, kind, words) in [
        ("denied", "not checked yet", "may not open"),
        ("none", "no mailbox", "no mailbox"),
        ("moving", "not checked yet", "being moved"),
        ("flaky", "not checked yet", "later"),
        ("odd", "not checked yet", "no sense"),
        ("eve", "not checked yet", "outside"),
    ] {
        assert_eq!(row(name).1, kind, "{name}");
        assert!(row(name).2.contains(words), "{name}: {}", row(name).2);
    }
    assert!(stub.seen().iter().all(|seen| seen.mailbox() != "eve@other.example"), "never opened");
}

#[tokio::test]
async fn pages_hold_a_hundred_rows_and_every_row_comes_once() {
    let stub = Stub::start(|_| folder()).await;
    let addresses: Vec<_> = (0..250).map(|n| address(&format!("u{n}@customer.example"))).collect();
    let (count, rows, _, pages) = listed(&stub, Listing::Given(addresses)).await;
    assert_eq!(count, Ok(250));
    assert_eq!(rows.len(), 250);
    assert!(pages.iter().all(|len| *len <= 100), "{pages:?}");
    assert_eq!(pages.iter().sum::<usize>(), 250);
}

#[tokio::test]
async fn what_concerns_every_mailbox_ends_the_list_and_keeps_what_was_sent() {
    for (name, reply, kind) in [
        ("sign-in", challenge(), FailureKind::Refused),
        ("no role", fault("ErrorImpersonationDenied", ""), FailureKind::Refused),
        ("busy", fault("ErrorServerBusy", ""), FailureKind::Throttled),
        ("front end down", Reply::new(503, ""), FailureKind::Unreachable),
        ("web page", Reply::new(440, ""), FailureKind::NotFound),
    ] {
        let stub = Stub::start(
            move |seen| {
                if seen.mailbox().starts_with("good") { folder() } else { reply.clone() }
            },
        )
        .await;
        let mut all: Vec<_> = vec![address("good@customer.example")];
        all.extend((0..20).map(|n| address(&format!("u{n}@customer.example"))));
        let (count, rows, ..) = listed(&stub, Listing::Given(all)).await;
        assert_eq!(count.map_err(|failure| failure.kind), Err(kind), "{name}");
        assert!(rows.iter().any(|(address, ..)| address.starts_with("good")), "{name}: {rows:?}");
    }
}

/// Whatever one mailbox answers while others open is a row of it; in the first place of a list as well.
#[tokio::test]
async fn one_mailbox_that_is_refused_in_an_unusual_way_is_a_row() {
    for (name, reply, words) in [
        ("EWS off for it", Reply::new(403, "<html>"), "refuses Exchange Web Services for this mailbox"),
        ("nothing there", Reply::new(404, ""), "no Exchange Web Services for this mailbox"),
        ("a log-on page", Reply::new(302, "").with("location", "/owa/auth/logon.aspx"), "a web page"),
        ("bad request", Reply::new(400, ""), "status 400"),
        ("an older back end", fault("ErrorIncorrectSchemaVersion", ""), "older server"),
        ("not understood", fault("ErrorInvalidRequest", ""), "ErrorInvalidRequest"),
        ("no role there", fault("ErrorImpersonationDenied", ""), "ErrorImpersonationDenied"),
        ("a code that nobody knows", refusal("ErrorThatNobodyKnows"), "ErrorThatNobodyKnows"),
    ] {
        let stub =
            Stub::start(move |seen| if seen.mailbox().starts_with("odd") { reply.clone() } else { folder() })
                .await;
        let list = given(&["odd@customer.example", "ok@customer.example", "ok2@customer.example"]);
        let (count, rows, ..) = listed(&stub, list).await;
        assert_eq!(count, Ok(3), "{name}");
        let row = rows.iter().find(|(address, ..)| address.starts_with("odd")).unwrap();
        assert!(row.1 == "not checked yet" && row.2.contains(words), "{name}: {row:?}");
        let asked = [address("odd@customer.example"), address("ok@customer.example")];
        let there = stub.exchange.still_there(&access(Listing::Directory), &asked, false).await.unwrap();
        assert!(matches!(there[0].1, Presence::Unknown(_)), "{name}: {there:?}");
        assert_eq!(there[1].1, Presence::Present, "{name}");
    }
}

#[tokio::test]
async fn a_refusal_of_everybody_is_the_servers_however_short_the_list() {
    let stub = Stub::start(|_| Reply::new(403, "")).await;
    let (count, ..) = listed(&stub, given(&["a@customer.example", "b@customer.example"])).await;
    assert_eq!(count.map_err(|failure| failure.kind), Err(FailureKind::Refused));
    let asked = [address("a@customer.example")];
    assert!(stub.exchange.still_there(&access(Listing::Directory), &asked, false).await.is_err());
}

#[tokio::test]
async fn nobody_listening_ends_it() {
    let stub = Stub::start(|_| folder()).await;
    let (sink, items) = mpsc::channel(1);
    drop(items);
    let list: Vec<_> = (0..500).map(|n| address(&format!("u{n}@customer.example"))).collect();
    assert!(stub.exchange.list_mailboxes(&access(Listing::Given(list)), sink).await.is_ok());
    assert!(stub.seen().len() < 500);
}

#[tokio::test]
async fn an_empty_list_is_an_empty_list() {
    let stub = Stub::start(|_| folder()).await;
    let (count, rows, ..) = listed(&stub, given(&[])).await;
    assert_eq!((count, rows.len()), (Ok(0), 0));
}

#[tokio::test]
async fn only_the_one_code_means_gone() {
    let stub = Stub::start(by_name).await;
    let asked: Vec<_> = ["ok", "none", "denied", "moving", "odd", "other"]
        .iter()
        .map(|n| address(&format!("{n}@customer.example")))
        .collect();
    let found = stub.exchange.still_there(&access(Listing::Directory), &asked, false).await.unwrap();
    assert_eq!(found.iter().map(|(a, _)| a.clone()).collect::<Vec<_>>(), asked);
    assert_eq!(found[0].1, Presence::Present);
    assert_eq!(found[1].1, Presence::NonExistent);
    for (address, presence) in &found[2..5] {
        assert!(matches!(presence, Presence::Unknown(_)), "{address}: {presence:?}");
    }
    assert_eq!(found[5].1, Presence::Present);
    let stub = Stub::start(|_| challenge()).await;
    assert!(stub.exchange.still_there(&access(Listing::Directory), &asked, false).await.is_err());
}
