//! One request with its repeats, against a scripted server: every trouble of exchange-web-services.md sections 9 to 11.

use super::{
    super::{
        gate::Gates,
        stub::{self, Reply, Stub, access, address, back_off, challenge, fault, folder, refusal},
    },
    *,
};
use crate::domain::{customer::Listing, verdict::ListNote};

/// A session that reaches the stub.
fn session(stub: &Stub) -> Session {
    stub.exchange.session(&access(Listing::Directory), stub.exchange.pace, None).unwrap()
}

async fn ask(session: &Session) -> Result<Outcome, Error> {
    session.ask(&Operation::GetInbox, &address("ana@customer.example")).await.map_err(|bad| bad.error)
}

#[tokio::test]
async fn a_request_carries_what_the_server_needs_and_nothing_else() {
    let stub = Stub::start(|_| folder().with("set-cookie", "exchangecookie=1; path=/; secure")).await;
    let session = session(&stub);
    assert_eq!(ask(&session).await, Ok(Outcome::Folder));
    assert_eq!(ask(&session).await, Ok(Outcome::Folder));
    let seen = stub.seen();
    let header = |nth: usize, name: &str| seen[nth].headers.get(name).map(|v| v.to_str().unwrap().to_owned());
    assert_eq!(header(0, "host").as_deref(), Some("mail.hoster.example"));
    assert_eq!(header(0, "content-type").as_deref(), Some("text/xml; charset=utf-8"));
    assert_eq!(header(0, "accept").as_deref(), Some("text/xml"));
    assert_eq!(header(0, "x-anchormailbox").as_deref(), Some("ana@customer.example"));
    assert!(header(0, "user-agent").unwrap().starts_with("Backup365/"));
    assert_eq!(header(0, "client-request-id").unwrap().len(), 36);
    let sign_in = header(0, "authorization").unwrap();
    let plain = STANDARD.decode(sign_in.strip_prefix("Basic ").unwrap()).unwrap();
    assert_eq!(String::from_utf8(plain).unwrap(), "svc@hoster.example:pass:wörd");
    assert_eq!(header(0, "cookie"), None);
    assert_eq!(header(1, "cookie").as_deref(), Some("exchangecookie=1"));
    assert_eq!(seen[0].mailbox(), "ana@customer.example");
}

#[tokio::test]
async fn each_status_has_its_meaning() {
    let to = |location: &str| Reply::new(302, "").with("location", location);
    for (name, reply, error, requests) in [
        ("wrong password", challenge(), Error::SignIn, 2),
        (
            "Kerberos or modern sign-in only",
            Reply::new(401, "").with("www-authenticate", "Negotiate, Bearer"),
            Error::NoWay { offers: "Negotiate, Bearer".into() },
            1,
        ),
        ("EWS off", Reply::new(403, ""), Error::SwitchedOff, 1),
        ("nothing there", Reply::new(404, ""), Error::NotThere, 1),
        ("web mail", Reply::new(440, "<html>Login Timeout</html>"), Error::WebPage, 1),
        ("log-on page", to("https://mail.hoster.example/owa/auth/logon.aspx"), Error::WebPage, 1),
        ("Exchange Online", to("https://outlook.office365.com/EWS/Exchange.asmx"), Error::ExchangeOnline, 1),
        (
            "passing error page",
            to("/ews/genericerrorpage.htm?aspxerrorpath=/ews/exchange.asmx"),
            Error::FrontEnd { status: 302, wait: None },
            5,
        ),
        (
            "error page for a back end in trouble",
            to("/owa/auth/errorFE.aspx?httpCode=503&msg=1"),
            Error::FrontEnd { status: 503, wait: None },
            5,
        ),
        (
            "error page for a path that is not there",
            to("https://mail.hoster.example/owa/auth/errorfe.aspx?msg=1&httpCode=404"),
            Error::NotThere,
            1,
        ),
        (
            "another server",
            to("https://ex2.hoster.example/EWS/Exchange.asmx"),
            Error::Moved("ex2.hoster.example".into()),
            1,
        ),
        ("error page without a number", to("/owa/auth/errorfe.aspx?msg=1"), Error::WebPage, 1),
        ("no back end", Reply::new(503, ""), Error::FrontEnd { status: 503, wait: None }, 5),
        (
            "server error page",
            Reply::new(500, "<html>Server Error in '/EWS' Application</html>"),
            Error::FrontEnd { status: 500, wait: None },
            5,
        ),
        ("captive portal", Reply::new(200, "<!DOCTYPE html><html><body>"), Error::WebPage, 1),
        ("nonsense", Reply::new(200, "{}"), Error::Unreadable(super::super::wire::Unreadable::NotXml), 1),
        ("teapot", Reply::new(418, ""), Error::Status(418), 1),
        ("in the way of another", Reply::new(409, ""), Error::Status(409), 2),
        ("locked", Reply::new(423, ""), Error::Status(423), 2),
        (
            "a sign-in at Microsoft in front of it",
            to("https://login.microsoftonline.com/x/oauth2/authorize"),
            Error::WebPage,
            1,
        ),
    ] {
        let answer = reply.clone();
        let stub = Stub::start(move |_| answer.clone()).await;
        assert_eq!(ask(&session(&stub)).await, Err(error), "{name}");
        assert_eq!(stub.seen().len(), requests, "{name}");
    }
}

#[tokio::test]
async fn codes_are_repeated_only_where_that_helps() {
    for (code, requests) in [
        ("ErrorImpersonateUserDenied", 1),
        ("ErrorNonExistentMailbox", 1),
        ("ErrorAccessDenied", 1),
        ("ErrorMailboxMoveInProgress", 1),
        ("ErrorImpersonationFailed", 2),
        ("ErrorMailboxStoreUnavailable", 5),
        ("ErrorExceededConnectionCount", 5),
        ("ErrorTooManyObjectsOpened", 5),
        ("ErrorInternalServerError", 5),
        ("ErrorConnectionFailedTransientError", 5),
        ("ErrorNoRespondingCASInDestinationSite", 5),
        ("ErrorThatNobodyKnows", 3),
    ] {
        for reply in [fault(code, ""), refusal(code)] {
            let stub = Stub::start(move |_| reply.clone()).await;
            let error = ask(&session(&stub)).await.unwrap_err();
            assert_eq!(error.code(), Some(code));
            assert_eq!(stub.seen().len(), requests, "{code}");
        }
    }
}

#[tokio::test]
async fn what_passes_is_waited_out() {
    for reply in [
        Reply::new(503, ""),
        refusal("ErrorTimeoutExpired"),
        fault("ErrorServerBusy", &back_off(3)),
        refusal("ErrorServerBusy"),
        challenge(),
    ] {
        let stub = Stub::start(move |seen| if seen.nth == 0 { reply.clone() } else { folder() }).await;
        assert_eq!(ask(&session(&stub)).await, Ok(Outcome::Folder));
        assert_eq!(stub.seen().len(), 2);
    }
}

#[tokio::test]
async fn a_busy_server_is_asked_five_times_and_a_very_long_pause_not_at_all() {
    let stub = Stub::start(|_| fault("ErrorServerBusy", &back_off(2))).await;
    assert_eq!(ask(&session(&stub)).await, Err(Error::Busy { wait: Duration::from_millis(2) }));
    assert_eq!(stub.seen().len(), 5);
    let stub = Stub::start(|_| fault("ErrorServerBusy", &back_off(11 * 60_000))).await;
    assert_eq!(ask(&session(&stub)).await, Err(Error::Busy { wait: Duration::from_mins(11) }));
    // The pause holds for every session of the account, without another request.
    assert!(matches!(ask(&session(&stub)).await, Err(Error::Busy { .. })));
    assert_eq!(stub.seen().len(), 1);
}

#[tokio::test]
async fn a_pause_is_told_while_a_listing_runs() {
    let stub = Stub::start(|_| fault("ErrorServerBusy", &back_off(11 * 60_000))).await;
    let (sink, mut told) = mpsc::channel(4);
    let session = stub.exchange.session(&access(Listing::Directory), stub.exchange.pace, Some(sink)).unwrap();
    session.tell_pause(Duration::from_secs(30));
    session.tell_pause(Duration::from_millis(30));
    drop(session);
    let Some(Listed::Note(ListNote::Passing(words))) = told.recv().await else { panic!("no note") };
    assert!(words.as_str().contains("wait 30 s"), "{words}");
    assert!(told.recv().await.is_none());
}

#[tokio::test]
async fn a_version_that_is_not_liked_is_lowered_once() {
    let stub = Stub::start(|seen| {
        if seen.body.contains("Exchange2013_SP1") { fault("ErrorInvalidServerVersion", "") } else { folder() }
    })
    .await;
    let lowered = session(&stub);
    assert_eq!(ask(&lowered).await, Ok(Outcome::Folder));
    assert_eq!(ask(&lowered).await, Ok(Outcome::Folder));
    assert_eq!(stub.seen().len(), 3);
    let stub = Stub::start(|_| fault("ErrorIncorrectSchemaVersion", "")).await;
    assert_eq!(ask(&session(&stub)).await, Err(Error::TooOld));
}

#[tokio::test]
async fn requests_that_are_out_while_the_version_is_lowered_are_asked_again_as_well() {
    let stub = Stub::start(|seen| {
        if seen.body.contains("Exchange2013_SP1") { fault("ErrorInvalidServerVersion", "") } else { folder() }
    })
    .await;
    let session = Arc::new(session(&stub));
    session.is_in.store(true, Ordering::Relaxed);
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let session = Arc::clone(&session);
        asking.spawn(async move { ask(&session).await });
    }
    while let Some(outcome) = asking.join_next().await {
        assert_eq!(outcome.unwrap(), Ok(Outcome::Folder));
    }
}

#[tokio::test]
async fn a_wrong_password_is_sent_twice_at_most_however_many_ask() {
    let stub = Stub::start(|_| challenge()).await;
    let session = Arc::new(session(&stub));
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let session = Arc::clone(&session);
        asking.spawn(async move { ask(&session).await });
    }
    while let Some(outcome) = asking.join_next().await {
        assert!(matches!(outcome.unwrap(), Err(Error::SignIn | Error::RefusedBefore { .. })));
    }
    assert_eq!(stub.seen().len(), 2);
    let again = stub.exchange.clone().session(&access(Listing::Directory), stub.exchange.pace, None).unwrap();
    assert!(matches!(ask(&again).await, Err(Error::RefusedBefore { .. })));
    assert_eq!(stub.seen().len(), 2);
}

#[tokio::test]
async fn the_first_request_carries_no_sign_in() {
    let stub = Stub::start(|_| challenge()).await;
    assert_eq!(session(&stub).probe_anonymously().await, Ok(Way::Basic));
    assert!(
        stub.seen().iter().all(|seen| !seen.is_signed() && !seen.headers.contains_key("x-anchormailbox"))
    );
    let stub = Stub::start(|_| Reply::new(401, "").with("www-authenticate", "Negotiate")).await;
    let bad = session(&stub).probe_anonymously().await.unwrap_err();
    assert_eq!(bad.error, Error::NoWay { offers: "Negotiate".into() });
}

#[test]
fn windows_sign_in_is_taken_where_it_is_known_and_basic_only_where_it_is_offered() {
    let choose = |offers: &str| Way::choose(&offers.split(' ').map(str::to_owned).collect::<Vec<_>>());
    #[cfg(feature = "ntlm")]
    for offers in ["Negotiate NTLM Basic", "Basic ntlm", "NTLM"] {
        assert_eq!(choose(offers), Some(Way::Ntlm), "{offers}");
    }
    #[cfg(not(feature = "ntlm"))]
    assert_eq!((choose("NTLM Basic"), choose("NTLM")), (Some(Way::Basic), None));
    assert_eq!((choose("Negotiate basic"), choose("Negotiate Bearer")), (Some(Way::Basic), None));
    assert_eq!(Way::choose(&[]), Some(Way::Basic), "some proxies drop the line");
}

#[tokio::test]
async fn a_server_that_was_not_asked_yet_is_asked_how_to_sign_in_before_the_password_goes() {
    let stub = Stub::start(|seen| if seen.is_signed() { folder() } else { challenge() }).await;
    let mut details = access(Listing::Directory);
    details.account = Text::from("other@hoster.example");
    let session = stub.exchange.session(&details, stub.exchange.pace, None).unwrap();
    for _ in 0..2 {
        assert_eq!(ask(&session).await, Ok(Outcome::Folder));
    }
    assert_eq!(stub.seen().iter().map(stub::Seen::is_signed).collect::<Vec<_>>(), [false, true, true]);
}

#[tokio::test]
async fn exchange_online_is_told_by_its_version() {
    let stub = Stub::start(|_| {
        let body = stub::envelope("<s:Fault><faultcode>a:ErrorAccessDenied</faultcode></s:Fault>");
        Reply::new(500, body.replace(r#"MinorVersion="2""#, r#"MinorVersion="20""#))
    })
    .await;
    assert_eq!(ask(&session(&stub)).await, Err(Error::ExchangeOnline));
}

#[tokio::test]
async fn the_servers_own_request_id_is_kept() {
    let stub = Stub::start(|_| refusal("ErrorAccessDenied").with("request-id", "srv-7")).await;
    let bad = session(&stub).ask(&Operation::GetInbox, &address("ana@customer.example")).await.unwrap_err();
    assert_eq!(bad.reference.as_deref(), Some("srv-7"));
    // A server that repeats what it got is not listened to.
    let stub = Stub::start(|seen| {
        let sent = seen.headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
        refusal("correct horse").with("request-id", &sent.unwrap_or_default())
    })
    .await;
    let bad = session(&stub).ask(&Operation::GetInbox, &address("ana@customer.example")).await.unwrap_err();
    assert_eq!(bad.reference.as_deref().map(str::len), Some(36), "our own id: {bad:?}");
    assert_eq!(bad.error.code(), None);
    assert!(!format!("{bad:?}").contains("wörd"));
}

#[test]
fn waits_double_up_to_a_minute() {
    let waits: Vec<_> = (1..=8).map(|nth| Pace::NORMAL.wait(nth, 0.0).as_secs()).collect();
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    assert!(Pace::NORMAL.wait(8, 1.0).as_secs() <= 60);
    assert!(Pace::NORMAL.wait(1, 1.0).as_millis() <= 1_500);
}

#[tokio::test]
async fn details_that_can_not_be_sent_are_refused_before_anything_is() {
    let stub = Stub::start(|_| folder()).await;
    let mut details = access(Listing::Directory);
    for (account, server, error) in [
        ("svc:x@hoster.example", "https://mail.hoster.example/EWS/Exchange.asmx", Error::AccountName),
        ("", "https://mail.hoster.example/EWS/Exchange.asmx", Error::AccountName),
        ("svc@hoster.example", "http://mail.hoster.example/EWS/Exchange.asmx", Error::NotTls),
        ("svc@hoster.example", "https://outlook.office365.com/EWS/Exchange.asmx", Error::ExchangeOnline),
        ("svc@hoster.example", "mail", Error::NotAServer),
    ] {
        details.account = Text::from(account);
        details.server = Text::from(server);
        let made = stub.exchange.session(&details, stub.exchange.pace, None);
        assert_eq!(made.map(|_| ()).map_err(|bad| bad.error), Err(error), "{account} {server}");
    }
    let means = Gates::default();
    assert!(Arc::ptr_eq(&means.of("a", "b"), &means.of("A", "B")));
    assert!(stub.seen().is_empty());
}
