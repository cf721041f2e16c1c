//! Rounds of the proof, good and bad.

use super::{
    super::stub::{Reply, Seen, Stub, access, address, back_off, challenge, fault, folder, people, refusal},
    *,
};

/// The states as letters: waiting, good, unread, bad.
fn states(proof: &Proof) -> String {
    let letter = |check: &Check| match check.state {
        CheckState::Good => 'g',
        CheckState::Bad(_) => 'b',
        CheckState::Partly(_) => 'p',
        _ => 'w',
    };
    proof.checks.iter().map(letter).collect()
}

fn given() -> Listing {
    Listing::Given(
        ["ana@customer.example", "ben@customer.example", "cleo@customer.example", "x@other.example"]
            .into_iter()
            .map(address)
            .collect(),
    )
}

/// A server that knocks back, then answers signed requests.
async fn server(signed: impl Fn(&Seen) -> Reply + Clone + Send + Sync + 'static) -> Stub {
    Stub::start(move |seen| if seen.is_signed() { signed(seen) } else { challenge() }).await
}

#[tokio::test]
async fn everything_in_order_is_proved() {
    let stub = server(|_| folder()).await;
    let proof = stub.exchange.prove(&access(given())).await;
    assert_eq!(states(&proof), "gggg");
    assert!(proof.verdict.is_proved());
    assert_eq!(proof.checks[0].detail.as_str(), "mail.hoster.example, Exchange Server 2019 or later");
    assert_eq!(proof.checks[3].detail.as_str(), "3 of 3 reachable");
    let mut asked: Vec<_> = stub.seen().iter().map(Seen::mailbox).collect();
    assert_eq!(asked[..2], ["", "ana@customer.example"], "the one that was named comes before the others");
    asked.sort();
    assert_eq!(asked, ["", "ana@customer.example", "ben@customer.example", "cleo@customer.example"]);
}

/// A person of the directory, "P07", and the address.
fn person(number: usize) -> (String, String) {
    (format!("P{number:02} Person"), format!("p{number:02}@customer.example"))
}

#[tokio::test]
async fn those_that_do_not_open_are_named_and_block_nothing() {
    let is_shut = |mailbox: &str| match mailbox {
        "p07@customer.example" => Some("ErrorImpersonateUserDenied"),
        "p19@customer.example" => Some("ErrorNonExistentMailbox"),
        _ => None,
    };
    let directory: Vec<_> =
        (1..=40).map(person).chain([("Ana".into(), "ana@customer.example".into())]).collect();
    let stub = server(move |seen| {
        if seen.body.contains("FindPeople") {
            let all = seen.body.contains(r#"Offset="0""#);
            people(if all { &directory } else { &[] })
        } else {
            is_shut(&seen.mailbox()).map_or_else(folder, |code| fault(code, ""))
        }
    })
    .await;
    let all = (1..=24).map(|number| address(&person(number).1)).collect();
    for (listing, seventh, nineteenth) in [
        (Listing::Given(all), "p07@customer.example", "p19@customer.example"),
        (Listing::Directory, "P07 Person <p07@customer.example>", "P19 Person <p19@customer.example>"),
    ] {
        let proof = stub.exchange.prove(&access(listing)).await;
        assert_eq!((states(&proof).as_str(), proof.verdict.is_proved()), ("gggp", true));
        assert_eq!(proof.checks[3].detail.as_str(), "23 of 25 reachable");
        let CheckState::Partly(words) = &proof.checks[3].state else { panic!() };
        let expected = format!(
            "{nineteenth}: no mailbox with this address on this server; {seventh}: the service account may not open this mailbox"
        );
        assert_eq!(words.as_str(), expected);
    }
}

#[tokio::test]
async fn a_directory_that_can_not_be_searched_blocks_nothing_and_is_said() {
    let stub = server(|_| folder()).await;
    let proof = stub.exchange.prove(&access(Listing::Directory)).await;
    assert_eq!((states(&proof).as_str(), proof.verdict.is_proved()), ("gggp", true));
    let CheckState::Partly(words) = &proof.checks[3].state else { panic!() };
    assert!(words.as_str().starts_with("the server's directory was not searched: "), "{words}");
}

#[tokio::test]
async fn a_server_that_is_busy_is_left_in_peace_by_the_others() {
    let stub = server(|seen| match seen.mailbox().as_str() {
        "ana@customer.example" => folder(),
        _ => fault("ErrorServerBusy", &back_off(60_000)),
    })
    .await;
    let all = (1..=24).map(|number| address(&person(number).1)).collect();
    let proof = stub.exchange.prove(&access(Listing::Given(all))).await;
    assert_eq!((states(&proof).as_str(), proof.verdict.is_proved()), ("gggp", true));
    let CheckState::Partly(words) = &proof.checks[3].state else { panic!() };
    assert!(words.as_str().contains("24 not tried: "), "{words}");
    assert!(stub.seen().len() <= 2 + AT_ONCE, "{}", stub.seen().len());
}

#[tokio::test]
async fn a_client_that_sends_no_password_asks_whether_the_server_answers_and_no_more() {
    let stub = server(|_| folder()).await;
    let unsigned = stub.exchange.clone().unsigned();
    let proof = unsigned.prove(&access(given())).await;
    assert_eq!((states(&proof).as_str(), proof.verdict), ("gwww", Verdict::NotYet));
    let (sink, _kept) = tokio::sync::mpsc::channel(9);
    let refused = unsigned.list_mailboxes(&access(given()), sink).await.unwrap_err();
    assert!(refused.what.as_str().contains("sends no mailbox password"), "{}", refused.what);
    assert!(stub.seen().iter().all(|seen| !seen.is_signed()));
}

#[tokio::test]
async fn each_trouble_stands_at_its_own_check() {
    for (name, reply, expected, word) in [
        ("wrong password", challenge(), "gbww", "Extended Protection"),
        ("account disabled", fault("ErrorAccountDisabled", ""), "gbww", "switch it on"),
        ("no role", fault("ErrorImpersonationDenied", ""), "ggbw", "New-ManagementRoleAssignment"),
        ("out of scope", fault("ErrorImpersonateUserDenied", ""), "ggbw", "New-ManagementRoleAssignment"),
        ("no such mailbox", refusal("ErrorNonExistentMailbox"), "ggbw", "spelled"),
        ("EWS off", Reply::new(403, ""), "bwww", "allow list"),
        ("web mail", Reply::new(440, "<html>Login Timeout</html>"), "bwww", "EWS/Exchange.asmx"),
        ("down", Reply::new(503, ""), "bwww", "Try again"),
    ] {
        let stub = server(move |_| reply.clone()).await;
        let proof = stub.exchange.prove(&access(given())).await;
        assert_eq!(states(&proof), expected, "{name}");
        let Verdict::Failed(failure) = proof.verdict else { panic!("{name}") };
        assert!(
            failure.hint.for_commands().as_str().contains(word),
            "{name}: {}",
            failure.hint.for_commands()
        );
    }
}

#[tokio::test]
async fn a_long_pause_is_told_at_once_and_not_sat_through() {
    let stub = server(|_| fault("ErrorServerBusy", &back_off(60_000))).await;
    let proof = stub.exchange.prove(&access(given())).await;
    assert_eq!(states(&proof), "bwww");
    let Verdict::Failed(failure) = proof.verdict else { panic!() };
    assert_eq!(failure.kind, crate::domain::failure::FailureKind::Throttled);
    assert!(failure.retry_after.is_some_and(|wait| wait.as_secs() >= 50), "{failure:?}");
}

#[tokio::test]
async fn a_server_without_a_way_of_ours_never_sees_the_password() {
    let stub = Stub::start(|_| Reply::new(401, "").with("www-authenticate", "Negotiate, Bearer")).await;
    let proof = stub.exchange.prove(&access(given())).await;
    assert_eq!(states(&proof), "gbww");
    let Verdict::Failed(failure) = proof.verdict else { panic!() };
    assert!(
        failure.what.as_str().contains("Windows sign-in or modern sign-in (Negotiate, Bearer)"),
        "{}",
        failure.what
    );
    assert!(stub.seen().iter().all(|seen| !seen.is_signed()));
}

#[tokio::test]
async fn a_wrong_password_is_tried_twice_in_all_over_two_rounds() {
    let stub = server(|_| challenge()).await;
    for _ in 0..2 {
        let proof = stub.exchange.prove(&access(given())).await;
        assert_eq!(states(&proof), "gbww");
    }
    assert_eq!(stub.seen().iter().filter(|seen| seen.is_signed()).count(), 2);
    let mut other = access(given());
    other.password = crate::domain::secret::Secret::new("another".to_owned());
    stub.exchange.prove(&other).await;
    assert_eq!(stub.seen().iter().filter(|seen| seen.is_signed()).count(), 4);
}

#[tokio::test]
async fn no_other_that_opens_blocks_where_permission_is_missing_and_not_where_mailboxes_are() {
    for (code, expected) in [("ErrorImpersonateUserDenied", "gggb"), ("ErrorNonExistentMailbox", "gggp")] {
        let stub = server(
            move |seen| {
                if seen.mailbox() == "ana@customer.example" { folder() } else { fault(code, "") }
            },
        )
        .await;
        let proof = stub.exchange.prove(&access(given())).await;
        assert_eq!(states(&proof), expected, "{code}");
        assert_eq!(proof.verdict.is_proved(), expected == "gggp", "{code}");
    }
}

#[tokio::test]
async fn an_unreachable_or_foreign_server_is_the_first_check() {
    let stub = server(|_| folder()).await;
    for server in
        ["https://elsewhere.example/EWS/Exchange.asmx", "https://outlook.office365.com/EWS/Exchange.asmx"]
    {
        let mut details = access(given());
        details.server = Text::from(server);
        let proof = stub.exchange.prove(&details).await;
        assert_eq!(states(&proof), "bwww", "{server}");
    }
    assert!(stub.seen().is_empty());
}

#[tokio::test]
async fn a_long_list_is_sampled_across_its_length() {
    let stub = server(|_| folder()).await;
    let list: Vec<_> = (0..100).map(|n| address(&format!("u{n:02}@customer.example"))).collect();
    let proof = stub.exchange.prove(&access(Listing::Given(list))).await;
    assert_eq!(proof.checks[3].detail.as_str(), "25 of 25 reachable");
    let mut asked: Vec<_> =
        stub.seen().iter().map(Seen::mailbox).filter(|mailbox| mailbox.starts_with('u')).collect();
    asked.sort();
    let spread: Vec<_> = (0..24).map(|n| format!("u{:02}@customer.example", n * 100 / 24)).collect();
    assert_eq!(asked, spread);
}

#[tokio::test]
async fn the_first_question_waits_as_long_as_the_server_asks_and_no_password_goes_before() {
    for (wait, expected) in [("1", "gggg"), ("3600", "bwww")] {
        let stub = Stub::start(move |seen| match seen.nth {
            0 => Reply::new(503, "").with("retry-after", wait),
            _ if !seen.is_signed() => challenge(),
            _ => folder(),
        })
        .await;
        let before = tokio::time::Instant::now();
        let proof = stub.exchange.prove(&access(given())).await;
        assert_eq!(states(&proof), expected, "{wait}");
        if expected == "gggg" {
            assert!(before.elapsed() >= Duration::from_secs(1), "{:?}", before.elapsed());
        } else {
            let Verdict::Failed(failure) = &proof.verdict else { panic!("{proof:?}") };
            assert_eq!(failure.retry_after, Some(Duration::from_hours(1)));
            // Whoever asks again at once asks nobody.
            stub.exchange.prove(&access(given())).await;
            assert_eq!(stub.seen().len(), 1);
        }
    }
}
