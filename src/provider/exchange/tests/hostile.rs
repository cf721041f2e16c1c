//! Every call against answers that nobody promised: each ends, and in words that say what to do.

use std::time::Duration;

use tokio::sync::mpsc;

use super::super::stub::{Reply, Stub, access, address, challenge, envelope, folder};
use crate::domain::{
    customer::Listing,
    failure::Failure,
    tenant::{CheckState, Verdict},
};

/// Longest that one call may take here; the condition is that it ends at all.
const END: Duration = Duration::from_mins(1);

/// Bodies that are no answer to anything.
fn bodies() -> Vec<String> {
    vec![
        String::new(),
        String::from("x"),
        String::from("{\"value\":[]}"),
        String::from("<!doctype html><html><form/></html>"),
        String::from("<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><x>&b;</x>"),
        String::from("<x/>"),
        envelope(""),
        envelope("<x/>"),
        envelope("<s:Fault/>"),
        envelope("<s:Fault><faultcode>\u{1b}[2J</faultcode></s:Fault>"),
        envelope(
            "<m:GetFolderResponse xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\"/>",
        ),
        envelope(&"<a>".repeat(50_000)),
        envelope(&format!("<a {}/>", "b='' ".repeat(50_000))),
        envelope(&"&#".repeat(200_000)),
        folder().body().chars().take(300).collect(),
    ]
}

/// What a person reads must help a person.
fn helps(case: &str, failure: &Failure) {
    let words = format!("{}. {}", failure.what, failure.hint.for_commands());
    assert!(failure.hint.for_commands().as_str().ends_with(['.', '?']), "{case}: what to do: {words}");
    for library in ["os error", "hyper", "xml", "roxmltree", "expected", "EOF", "Error(", "Some(", "{"] {
        assert!(!words.contains(library), "{case}: {words}");
    }
}

#[tokio::test]
async fn whatever_is_answered_every_call_ends_in_words() {
    let all = bodies().into_iter().flat_map(|body| [(200, body.clone()), (500, body)]);
    let odd =
        [204, 302, 400, 403, 404, 405, 418, 440, 456, 501, 599].map(|status| (status, String::from("x")));
    for (status, body) in all.chain(odd) {
        let case = format!("{status} {}", body.chars().take(60).collect::<String>());
        let stub = Stub::start(
            move |seen| {
                if seen.is_signed() { Reply::new(status, body.clone()) } else { challenge() }
            },
        )
        .await;
        let given = Listing::Given(vec![address("ana@customer.example"), address("ben@customer.example")]);
        let calls = async {
            let proof = stub.exchange.prove(&access(given.clone())).await;
            assert_ne!(proof.verdict, Verdict::Proved, "{case}: nothing here proves anything");
            let bad = proof.checks.into_iter().filter_map(|check| match check.state {
                CheckState::Bad(failure) => Some(failure),
                _ => None,
            });
            let mut failures: Vec<Failure> = bad.collect();
            assert!(!failures.is_empty(), "{case}: something is said");
            for listing in [given, Listing::Directory] {
                let (sink, mut listed) = mpsc::channel(1);
                let drain = async { while listed.recv().await.is_some() {} };
                let access = access(listing);
                let (outcome, ()) = tokio::join!(stub.exchange.list_mailboxes(&access, sink), drain);
                failures.extend(outcome.err());
            }
            let access = access(Listing::Directory);
            failures.extend(
                stub.exchange.still_there(&access, &[address("ana@customer.example")], false).await.err(),
            );
            failures
        };
        for failure in tokio::time::timeout(END, calls).await.expect(&case) {
            helps(&case, &failure);
        }
    }
}

#[tokio::test]
async fn whatever_autodiscover_answers_the_search_ends_in_words() {
    for body in bodies() {
        for status in [200, 302, 401, 500] {
            let case = format!("{status} {}", body.chars().take(60).collect::<String>());
            let body = body.clone();
            let stub = Stub::start(move |_| {
                Reply::new(status, body.clone()).with("location", "https://customer.example/x")
            })
            .await;
            let found =
                tokio::time::timeout(END, stub.exchange.discover(&address("ana@customer.example"))).await;
            match found.expect(&case) {
                Err(failure) => helps(&case, &failure),
                // Whoever asks for a sign-in everywhere guards Exchange Web Services as well.
                Ok(server) => {
                    assert!(
                        status == 401 && server.address.as_str().ends_with("/EWS/Exchange.asmx"),
                        "{case}"
                    );
                }
            }
        }
    }
}
