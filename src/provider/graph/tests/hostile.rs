//! Every call against answers that nobody promised: each ends, and in words that say what to do.

use super::*;

/// Longest that one call may take here; the condition is that it ends at all.
const END: Duration = Duration::from_mins(1);

/// Bodies that are no answer to anything.
fn bodies() -> Vec<Vec<u8>> {
    let texts = [
        "",
        "null",
        "[]",
        "{}",
        "\"x\"",
        "<!doctype html><html><body>Sign in</body></html>",
        "{\"value\":{}}",
        "{\"value\":[{\"id\":\"",
        "{\"value\":[null,1,[],{\"id\":1e999}],\"@odata.deltaLink\":7}",
        "{\"access_token\":\"\",\"expires_in\":\"soon\"}",
        "{\"error\":{\"code\":[],\"innerError\":7}}",
        "{\"error\":\"\\u001b[2J\",\"error_codes\":[{}],\"error_description\":\"AADSTS\"}",
    ];
    let mut bodies: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    bodies.push("[".repeat(100_000).into_bytes());
    bodies.push(format!("{{\"value\":{}1{}}}", "[".repeat(200), "]".repeat(200)).into_bytes());
    bodies.push(vec![0xff, 0xfe, b'{', 0x00, b'}', 0x00]);
    bodies
}

/// A server that answers as it should, but for the paths that hold `spoilt`.
async fn spoilt(spoilt: &'static str, status: u16, body: Vec<u8>) -> Graph {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback(move |request: axum::extract::Request| {
        let path = request.uri().to_string();
        let (status, body) = match path.as_str() {
            path if path.contains(spoilt) => (status, body.clone()),
            path if path.ends_with("/token") => (200, br#"{"access_token":"t","expires_in":3600}"#.to_vec()),
            path if path.contains("openid") => (200, discovery().to_string().into_bytes()),
            _ => (404, b"{}".to_vec()),
        };
        async move { (axum::http::StatusCode::from_u16(status).unwrap(), body) }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    let origins = ["https://login.microsoftonline.com", "https://graph.microsoft.com"]
        .map(|from| (from.to_owned(), origin.clone()))
        .to_vec();
    made(&settings(origins, Clock::fixed(Moment::from_millis(START)), "x"))
}

/// What a person reads must help a person.
fn helps(case: &str, failure: &Failure) {
    let words = format!("{}. {}", failure.what, failure.hint.for_commands());
    assert!(failure.what.as_str().contains(": "), "{case}: what was tried: {words}");
    assert!(failure.hint.for_commands().as_str().ends_with('.'), "{case}: what to do: {words}");
    for library in
        ["os error", "hyper", "serde", "expected", "EOF", "column", "line 1", "Error(", "Some(", "{"]
    {
        assert!(!words.contains(library), "{case}: {words}");
    }
}

/// Every call once; the failures.
async fn failures(graph: &Graph) -> Vec<Failure> {
    let link = "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=x";
    let mut failures = Vec::new();
    failures.extend(graph.look_up(&TenantInput::parse("bakery.example").unwrap()).await.err());
    failures.extend(list(graph).await.0.err());
    failures.extend(graph.new_users(tenant(), None, &Memory::default()).await.err());
    failures.extend(graph.new_users(tenant(), Some(link), &Memory::default()).await.err());
    failures
        .extend(graph.users_again(tenant(), vec![TENANT.parse().unwrap()], &Memory::default()).await.err());
    let proof = graph.prove(&expected(), false).await;
    assert_ne!(proof.verdict, Verdict::Proved, "nothing here proves anything");
    failures.extend(proof.checks.into_iter().filter_map(|check| match check.state {
        CheckState::Bad(failure) => Some(failure),
        _ => None,
    }));
    failures
}

#[tokio::test]
async fn whatever_is_answered_every_call_ends_in_words() {
    let statuses = [204, 302, 400, 401, 402, 403, 404, 410, 418, 451, 500, 501, 599];
    for path in ["/token", "openid", "/v1.0/"] {
        let all = bodies().into_iter().map(|body| (200, body));
        let odd = statuses
            .iter()
            .flat_map(|status| bodies().into_iter().skip(4).step_by(3).map(|body| (*status, body)));
        for (status, body) in all.chain(odd) {
            let case = format!("{path} {status} {}", String::from_utf8_lossy(&body[..body.len().min(60)]));
            let graph = spoilt(path, status, body).await;
            let failures = tokio::time::timeout(END, failures(&graph)).await.expect(&case);
            assert!(!failures.is_empty(), "{case}: something is said");
            for failure in failures {
                helps(&case, &failure);
            }
        }
    }
}

#[tokio::test]
async fn next_links_that_go_in_circles_end_the_list_with_words() {
    for length in [1, 3] {
        let graph = canned(move |path, _| {
            if path.ends_with("/token") {
                return (200, serde_json::json!({"access_token": "t", "expires_in": 3600}));
            }
            if !path.contains("/users") {
                return (404, serde_json::json!({}));
            }
            let at: u32 = path.rsplit_once("at=").map_or(0, |(_, at)| at.parse().unwrap());
            let next = format!("https://graph.microsoft.com/v1.0/users?at={}", (at + 1) % length);
            (200, serde_json::json!({"value": [], "@odata.nextLink": next}))
        })
        .await;
        let (outcome, _) = tokio::time::timeout(END, list(&graph)).await.expect("the list ends");
        helps("circles", &outcome.unwrap_err());
        let link = "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=x";
        let round = tokio::time::timeout(END, graph.new_users(tenant(), Some(link), &Memory::default()))
            .await
            .expect("the round ends");
        helps("circles", &round.unwrap_err());
    }
}

#[tokio::test]
async fn nothing_is_listed_with_a_token_of_another_tenant() {
    use base64::Engine as _;
    let claims =
        serde_json::json!({ "tid": "99999999-9999-4999-8999-99999999abcd", "roles": [] }).to_string();
    let token = format!("h.{}.s", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims));
    let graph = canned(move |path, _| {
        let user = serde_json::json!({ "id": TENANT, "displayName": "Evil", "mail": "evil@evil.example" });
        if path.ends_with("/token") {
            return (200, serde_json::json!({ "access_token": token, "expires_in": 3600 }));
        }
        (200, serde_json::json!({ "value": [user], "@odata.deltaLink": "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=x" }))
    })
    .await;
    let link = "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=x";
    let failures = [
        list(&graph).await.0.err(),
        graph.new_users(tenant(), None, &Memory::default()).await.err(),
        graph.new_users(tenant(), Some(link), &Memory::default()).await.err(),
        graph.users_again(tenant(), vec![TENANT.parse().unwrap()], &Memory::default()).await.err(),
    ];
    for failure in failures.into_iter().map(Option::unwrap) {
        assert_eq!(failure.kind, FailureKind::Refused);
        assert!(failure.what.as_str().contains("another organisation, ending in abcd"), "{}", failure.what);
    }
    // A proof names it, so that the customer can take the grant back.
    let proof = graph.prove(&expected(), false).await;
    assert!(matches!(proof.verdict, Verdict::WrongTenant { .. }), "{:?}", proof.verdict);
}
