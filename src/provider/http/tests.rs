//! The client against small servers on loopback.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap as AxumHeaders, StatusCode},
    response::{IntoResponse, Response},
};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::domain::time::Moment;

/// A server that answers every request with what `answer` makes of it; returns its origin.
async fn serve(answer: impl Fn(Request) -> Response + Clone + Send + Sync + 'static) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(move |request: Request| {
        let answer = answer.clone();
        async move { answer(request) }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}

/// A server that writes these bytes to the nth connection and closes it.
async fn raw(answer: impl Fn(usize) -> String + Send + 'static) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        for nth in 0.. {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut seen = Vec::new();
            while !seen.ends_with(b"\r\n\r\n") {
                socket.read_buf(&mut seen).await.unwrap();
            }
            socket.write_all(answer(nth).as_bytes()).await.unwrap();
            socket.shutdown().await.unwrap();
        }
    });
    origin
}

fn sandbox(origin: &str) -> Http {
    Http::new(HttpOptions {
        origins: vec![("https://graph.microsoft.com".into(), origin.into())],
        is_total: true,
        clock: Clock::fixed(Moment::from_millis(0)),
        network: Network::default(),
    })
    .unwrap()
    .waiting_first(Duration::from_millis(1))
}

fn get(url: &str) -> Call {
    Call {
        method: Method::Get,
        url: url.parse().unwrap(),
        headers: vec![("authorization", "Bearer t".into())],
        body: None,
        deadline: Duration::from_secs(20),
        max_body_bytes: 1_000,
        is_safe_to_repeat: true,
    }
}

#[tokio::test]
async fn the_original_host_travels_with_the_request_and_a_redirect_is_an_answer() {
    let seen = Arc::new(Mutex::new(AxumHeaders::new()));
    let kept = Arc::clone(&seen);
    let origin = serve(move |request| {
        *kept.lock().unwrap() = request.headers().clone();
        (StatusCode::FOUND, [("location", "https://elsewhere.example/")]).into_response()
    })
    .await;
    let answer = sandbox(&origin).send(get("https://graph.microsoft.com/v1.0/x")).await.unwrap();
    assert_eq!((answer.status, answer.headers.get("location")), (302, Some("https://elsewhere.example/")));
    let seen = seen.lock().unwrap();
    assert_eq!(seen["host"], "graph.microsoft.com");
    assert_eq!(seen["client-request-id"], answer.request_id.as_str());
    assert_eq!(seen["user-agent"], USER_AGENT);
    assert!(!seen.contains_key("retry-attempt"));
}

#[tokio::test]
async fn throttling_is_waited_out_and_counted() {
    let count = Arc::new(AtomicUsize::new(0));
    let attempts = Arc::new(Mutex::new(Vec::new()));
    let (counter, kept) = (Arc::clone(&count), Arc::clone(&attempts));
    let origin = serve(move |request| {
        let attempt = request.headers().get("retry-attempt").map(|v| v.to_str().unwrap().to_owned());
        kept.lock().unwrap().push(attempt);
        match counter.fetch_add(1, Ordering::SeqCst) {
            0 => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")]).into_response(),
            1 => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            _ => "done".into_response(),
        }
    })
    .await;
    let answer = sandbox(&origin).send(get("https://graph.microsoft.com/")).await.unwrap();
    assert_eq!(answer.body, b"done");
    assert_eq!(*attempts.lock().unwrap(), [None, Some("1".to_owned()), Some("2".to_owned())]);
}

#[tokio::test]
async fn what_is_not_safe_to_repeat_is_sent_once() {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let origin = serve(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    })
    .await;
    let mut call = get("https://graph.microsoft.com/");
    call.is_safe_to_repeat = false;
    assert_eq!(sandbox(&origin).send(call).await.unwrap().status, 503);
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_wait_that_is_too_long_comes_back_to_the_person() {
    let origin = serve(|_| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "315")]).into_response()).await;
    let answer = sandbox(&origin).send(get("https://graph.microsoft.com/")).await.unwrap();
    assert_eq!(answer.retry_after(&Clock::fixed(Moment::from_millis(0))), Some(Duration::from_secs(315)));
}

#[tokio::test]
async fn bodies_are_capped_whether_or_not_their_length_is_said() {
    let said = serve(|_| "x".repeat(2_000).into_response()).await;
    let unsaid = raw(move |_| format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(2_000))).await;
    for origin in [said, unsaid] {
        let error = sandbox(&origin).send(get("https://graph.microsoft.com/")).await.unwrap_err();
        assert_eq!(error, HttpError::TooLarge { host: "graph.microsoft.com".into(), limit: 1_000 });
    }
}

#[tokio::test]
async fn a_cut_off_answer_is_asked_for_again() {
    let origin = raw(|nth| {
        let body = if nth == 0 { "wh" } else { "whole" };
        format!("HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\n{body}")
    })
    .await;
    assert_eq!(sandbox(&origin).send(get("https://graph.microsoft.com/")).await.unwrap().body, b"whole");
}

#[tokio::test]
async fn a_line_that_always_breaks_is_given_up_with_words_of_our_own() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&attempts);
    let origin = raw(move |nth| {
        counter.fetch_add(1, Ordering::SeqCst);
        // Without a word, in the head, in the body.
        ["", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwh"][nth % 3].to_owned()
    })
    .await;
    let mut call = get("https://graph.microsoft.com/");
    call.method = Method::Post;
    let error = sandbox(&origin).send(call).await.unwrap_err();
    assert_eq!(error.to_string(), "no whole answer came from graph.microsoft.com: the connection broke");
    assert_eq!(attempts.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn silence_ends_at_the_deadline() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let mut call = get("https://graph.microsoft.com/");
    call.deadline = Duration::from_millis(50);
    let error = sandbox(&origin).send(call).await.unwrap_err();
    assert!(matches!(error, HttpError::TimedOut { is_connect: false, .. }), "{error:?}");
    drop(listener);
}

#[tokio::test]
async fn nobody_listening_and_nobody_known_are_told_apart() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let http = sandbox(&origin);
    let error = http.send(get("https://graph.microsoft.com/?code=hush")).await.unwrap_err();
    assert!(matches!(error, HttpError::Unreachable { .. }), "{error:?}");
    assert_eq!(error.to_string(), "graph.microsoft.com can't be reached: nobody answers there");
    let error = http.send(get("https://www.example.com/")).await.unwrap_err();
    assert_eq!(error, HttpError::NotInSandbox { origin: "https://www.example.com".into() });
}

#[test]
fn neither_query_nor_headers_show_in_debug() {
    let call = get("https://graph.microsoft.com/v1.0/users?secret=hush");
    assert_eq!(format!("{call:?}"), "Get https://graph.microsoft.com/v1.0/users");
}

/// Words of libraries and of systems, which tell a person on the phone nothing.
const NO_WORDS_FOR_PEOPLE: [&str; 16] = [
    "os error",
    "hyper",
    "parsed",
    "incomplete",
    "chunk",
    "stream",
    "eof",
    "tcp",
    "peer",
    "message",
    "rror(",
    "{",
    "decod",
    "invalid",
    "handshake",
    "alert",
];

/// What a person reads about it.
fn told(error: HttpError) -> String {
    let failure = crate::provider::error::Error::from(error).failure("looking the organisation up");
    assert!(failure.hint.for_commands().as_str().ends_with('.'), "{failure:?}");
    let words = format!("{}. {}", failure.what, failure.hint.for_commands());
    let found = NO_WORDS_FOR_PEOPLE.iter().find(|word| words.to_lowercase().contains(*word));
    assert_eq!(found, None, "{words}");
    words
}

#[tokio::test]
async fn whatever_a_server_writes_ends_in_words_for_people() {
    for (name, answer) in [
        ("nothing", String::new()),
        ("no HTTP", String::from("SSH-2.0-OpenSSH_9.2p1\r\n")),
        ("no status", String::from("HTTP/1.1 9999 x\r\n\r\n")),
        ("another version", String::from("HTTP/7.0 200 OK\r\n\r\n")),
        ("a length that is not kept", String::from("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab")),
        (
            "two lengths",
            String::from("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef"),
        ),
        ("a negative length", String::from("HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nab")),
        (
            "a length beyond all memory",
            String::from("HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551615\r\n\r\nab"),
        ),
        ("broken pieces", String::from("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n")),
        (
            "a piece beyond all memory",
            String::from("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\nab"),
        ),
        ("a head without end", format!("HTTP/1.1 200 OK\r\nx: {}", "x".repeat(1_000_000))),
        ("a thousand headers", format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(1_000))),
        ("a control character in a name", String::from("HTTP/1.1 200 OK\r\nx\u{1}: y\r\n\r\n")),
    ] {
        let origin = raw(move |_| answer.clone()).await;
        let mut call = get("https://graph.microsoft.com/");
        call.is_safe_to_repeat = false;
        match sandbox(&origin).send(call).await {
            Err(error) => {
                let words = told(error);
                assert!(words.contains("graph.microsoft.com"), "{name}: {words}");
            }
            Ok(answer) => panic!("{name}: {answer:?}"),
        }
    }
}

#[tokio::test]
async fn a_server_that_drips_ends_at_the_deadline_whatever_it_drips() {
    for (name, drop) in [("head", "x: y\r\n"), ("interim answers", "HTTP/1.1 100 Continue\r\n\r\n")] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut seen = Vec::new();
            while !seen.ends_with(b"\r\n\r\n") {
                socket.read_buf(&mut seen).await.unwrap();
            }
            let first = if drop.starts_with('x') { "HTTP/1.1 200 OK\r\n" } else { "" };
            socket.write_all(first.as_bytes()).await.unwrap();
            while socket.write_all(drop.as_bytes()).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let mut call = get("https://graph.microsoft.com/");
        call.deadline = Duration::from_millis(300);
        call.is_safe_to_repeat = false;
        let error = sandbox(&origin).send(call).await.unwrap_err();
        assert!(matches!(error, HttpError::TimedOut { is_connect: false, .. }), "{name}: {error:?}");
        told(error);
    }
}

#[tokio::test]
async fn a_refused_connection_and_a_line_without_tls_have_words_for_people() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let words = told(sandbox(&origin).send(get("https://graph.microsoft.com/")).await.unwrap_err());
    assert!(words.contains("nobody answers there"), "{words}");
    let plain = raw(|_| String::from("HTTP/1.1 400 Bad Request\r\n\r\n")).await.replace("http:", "https:");
    let mut call = get("https://graph.microsoft.com/");
    call.deadline = Duration::from_secs(5);
    call.is_safe_to_repeat = false;
    told(sandbox(&plain).send(call).await.unwrap_err());
}

#[test]
fn a_response_is_never_printed_with_what_is_in_it() {
    let headers = Headers(vec![("set-cookie".into(), "s3cret".into())]);
    let body = b"{\"access_token\":\"s3cret\"}".to_vec();
    let printed = format!(
        "{:?}",
        super::Response {
            status: 200,
            headers,
            body,
            request_id: "r-1".into(),
            sent: super::Sent::default()
        }
    );
    assert!(!printed.contains("s3cret") && !printed.contains("access_token"), "{printed}");
    assert!(
        printed.contains("200") && printed.contains("set-cookie") && printed.contains("r-1"),
        "{printed}"
    );
}

/// A server that says nothing at all to its first connections, and serves the others.
async fn silent_at_first(silent: usize) -> (String, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    tokio::spawn(async move {
        let mut held = Vec::new();
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            if counter.fetch_add(1, Ordering::SeqCst) < silent {
                held.push(socket);
                continue;
            }
            let mut seen = [0; 4_096];
            assert_ne!(socket.read(&mut seen).await.unwrap(), 0);
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\ndone";
            socket.write_all(answer.as_bytes()).await.unwrap();
            socket.shutdown().await.unwrap();
        }
    });
    (origin, count)
}

#[tokio::test]
async fn a_read_that_hangs_is_given_up_early_and_asked_once_more() {
    for (method, silent, attempts) in
        [(Method::Get, 1, 2), (Method::Post, 1, 2), (Method::Get, 9, 2), (Method::Post, 9, 2)]
    {
        let (origin, count) = silent_at_first(silent).await;
        let mut call = get("https://graph.microsoft.com/");
        call.method = method;
        call.deadline = Duration::from_secs(2);
        let outcome = sandbox(&origin).send(call).await;
        match outcome {
            Ok(answer) => assert!(silent == 1 && answer.body == b"done"),
            Err(error) => {
                assert_eq!(silent, 9);
                // The second attempt had the whole deadline.
                let after = Duration::from_secs(2);
                let host = String::from("graph.microsoft.com");
                assert_eq!(error, HttpError::TimedOut { host, after, is_connect: false });
            }
        }
        assert_eq!(count.load(Ordering::SeqCst), attempts);
    }
}

#[tokio::test]
async fn what_is_in_the_way_of_another_is_asked_once_more() {
    for (status, times, expected, attempts) in
        [(409, 1, 200, 2), (412, 1, 200, 2), (423, 1, 200, 2), (409, 9, 409, 2)]
    {
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        let origin = serve(move |_| {
            if counter.fetch_add(1, Ordering::SeqCst) < times {
                StatusCode::from_u16(status).unwrap().into_response()
            } else {
                "done".into_response()
            }
        })
        .await;
        let answer = sandbox(&origin).send(get("https://graph.microsoft.com/")).await.unwrap();
        assert_eq!((answer.status, count.load(Ordering::SeqCst)), (expected, attempts), "{status}");
    }
}

/// Packs bytes as a server does.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packer, bytes).unwrap();
    packer.finish().unwrap()
}

/// A server that answers with these packed bytes, whole or not, and notes how it was asked.
async fn packing(body: Vec<u8>, claims: usize) -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut seen = Vec::new();
            while !seen.ends_with(b"\r\n\r\n") {
                socket.read_buf(&mut seen).await.unwrap();
            }
            *noted.lock().unwrap() = seen;
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {claims}\r\n\r\n");
            // Whoever has read enough goes away.
            let _gone = socket.write_all(&[head.as_bytes(), &body].concat()).await;
        }
    });
    (origin, asked)
}

#[tokio::test]
async fn an_answer_is_asked_for_packed_and_unpacked() {
    let body = packed(b"{\"value\": []}");
    let (origin, asked) = packing(body.clone(), body.len()).await;
    let answer = sandbox(&origin).send(get("https://graph.microsoft.com/")).await.unwrap();
    assert_eq!(answer.body, b"{\"value\": []}");
    let asked = String::from_utf8(asked.lock().unwrap().clone()).unwrap().to_lowercase();
    assert!(asked.contains("accept-encoding: gzip\r\n"), "{asked}");
}

#[tokio::test]
async fn a_bomb_stops_at_the_cap_on_the_unpacked_size() {
    // 64 MiB of nothing in 64 KiB, and the same packed twice.
    let bomb = packed(&vec![0; 64 * 1024 * 1024]);
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    for (body, is_too_large) in [(bomb.clone(), true), (packed(&bomb), true), (packed(&[0; 1_000]), false)] {
        let (origin, _) = packing(body.clone(), body.len()).await;
        let outcome = sandbox(&origin).send(get("https://graph.microsoft.com/")).await;
        match outcome {
            Err(error) => {
                assert!(is_too_large);
                assert_eq!(error, HttpError::TooLarge { host: "graph.microsoft.com".into(), limit: 1_000 });
            }
            Ok(answer) => assert!(!is_too_large && answer.body == [0; 1_000]),
        }
    }
}

#[tokio::test]
async fn what_is_not_packed_as_it_claims_ends_in_words_for_people() {
    let whole = packed(&b"{}".repeat(100));
    let half = whole[..whole.len() / 2].to_vec();
    for (name, body, claims) in [
        ("not packed at all", b"{\"value\": []}".to_vec(), 13),
        ("packed by half", half.clone(), half.len()),
        ("cut off", half, whole.len()),
        ("nothing", Vec::new(), 5),
    ] {
        let (origin, _) = packing(body, claims).await;
        let mut call = get("https://graph.microsoft.com/");
        call.is_safe_to_repeat = false;
        call.deadline = Duration::from_millis(500);
        let error = sandbox(&origin).send(call).await.unwrap_err();
        assert!(matches!(error, HttpError::CutOff { .. } | HttpError::TimedOut { .. }), "{name}: {error:?}");
        told(error);
    }
}

#[test]
fn whoever_answers_in_the_servers_place_is_told_by_how_it_shows() {
    for (stranger, words) in [
        (Stranger::Page { status: 200 }, "a web page answered in place of graph.microsoft.com"),
        (
            Stranger::Redirect { status: 302, to: "login.wifi.example".into() },
            "sends us on to login.wifi.example",
        ),
        (Stranger::Redirect { status: 302, to: "".into() }, "sends us on, and"),
        (Stranger::NetworkSignIn, "wants a sign-in"),
        (Stranger::Barred, "barred"),
        (Stranger::ProxySignIn, "a proxy on the way"),
    ] {
        let said =
            told(HttpError::Stranger { host: "graph.microsoft.com".into(), stranger: Box::new(stranger) });
        assert!(said.contains(words), "{said}");
    }
}
