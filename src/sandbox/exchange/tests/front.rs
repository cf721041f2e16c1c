//! Status codes, challenges and pages, before any SOAP.

use axum::http::header;

use super::*;

#[tokio::test]
async fn without_credentials_each_scheme_has_its_line() {
    let rig = rig("", "");
    let reply = rig
        .exchange
        .answer("mail.hoster.example:443", "POST", "/ews/exchange.asmx", &HeaderMap::new(), b"")
        .await;
    assert_eq!(reply.status(), 401);
    let lines: Vec<_> = reply.headers().get_all(header::WWW_AUTHENTICATE).iter().collect();
    assert_eq!(lines, ["Negotiate", "NTLM", "Basic realm=\"mail.hoster.example\""]);
}

#[tokio::test]
async fn challenges_can_be_folded_and_chosen() {
    let rig = rig("challenges = [\"ntlm\", \"negotiate\"]\nfolded_challenges = true", "");
    let reply = rig.inbox("ana@anderson.example").await;
    assert_eq!(reply.status(), 401, "Basic is not offered, so it does not let anybody in");
    let lines: Vec<_> = reply.headers().get_all(header::WWW_AUTHENTICATE).iter().collect();
    assert_eq!(lines, ["NTLM, Negotiate"]);
}

#[tokio::test]
async fn the_password_decides() {
    for (login, status) in [
        ("svc@hoster.example:right:one", 200),
        ("SVC@hoster.example:right:one", 200),
        ("HOSTER\\svc:right:one", 200),
        ("svc@hoster.example:Right:one", 401),
        ("svc@hoster.example:", 401),
        ("someone@hoster.example:right:one", 401),
    ] {
        let rig = Rig { login, ..rig("", "") };
        assert_eq!(rig.inbox("ana@anderson.example").await.status().as_u16(), status, "{login}");
    }
}

#[tokio::test]
async fn accounts_in_trouble_say_so() {
    for (state, want) in [
        ("disabled", "500 ErrorAccountDisabled"),
        ("password_expired", "500 ErrorPasswordExpired"),
        ("password_change_required", "500 ErrorPasswordChangeRequired"),
    ] {
        let table = format!("[[accounts]]\nname = \"x\"\npassword = \"y\"\nstate = \"{state}\"");
        let rig = Rig { login: "x:y", ..rig("", &table) };
        assert_eq!(codes(&rig.inbox("ana@anderson.example").await), want);
    }
    let locked = rig("", "[[accounts]]\nname = \"x\"\npassword = \"y\"\nstate = \"locked\"");
    let reply = Rig { login: "x:y", ..locked }.inbox("ana@anderson.example").await;
    assert_eq!(reply.status(), 401);
    assert!(body(&reply).contains("locked out"));
    assert!(reply.headers().contains_key(header::WWW_AUTHENTICATE));
}

#[tokio::test]
async fn wrong_paths_hosts_methods_and_media() {
    let rig = rig("", "");
    let headers = rig.headers();
    let text = envelope(&impersonating("ana@anderson.example"), INBOX);
    for (host, method, path, want) in [
        ("mail.hoster.example", "POST", "/ews/EXCHANGE.asmx?x=1", 200),
        ("MAIL.hoster.example:8443", "POST", "/EWS/Exchange.asmx", 200),
        ("mail.hoster.example", "POST", "/owa", 404),
        ("mail.hoster.example", "GET", "/EWS/Exchange.asmx", 405),
        ("autodiscover.anderson.example", "POST", "/EWS/Exchange.asmx", 404),
        ("elsewhere.example", "POST", "/EWS/Exchange.asmx", 404),
    ] {
        let reply = rig.exchange.answer(host, method, path, &headers, text.as_bytes()).await;
        assert_eq!(reply.status().as_u16(), want, "{host} {method} {path}");
    }
    let mut soap12 = headers;
    soap12.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/soap+xml"));
    let reply = rig
        .exchange
        .answer("mail.hoster.example", "POST", "/EWS/Exchange.asmx", &soap12, text.as_bytes())
        .await;
    assert_eq!(reply.status(), 415);
}

#[tokio::test]
async fn programs_can_be_kept_out() {
    for (keys, want) in [
        ("ews = false", 403),
        ("allowed_agents = [\"Outlook\"]", 403),
        ("allowed_agents = [\"Outlook\", \"Backup365\"]", 200),
        ("blocked_agents = [\"Backup\"]", 403),
    ] {
        assert_eq!(rig(keys, "").inbox("ana@anderson.example").await.status().as_u16(), want, "{keys}");
    }
}

#[tokio::test]
async fn presets_answer_as_proxies_do_and_then_stop() {
    for (kind, status, has) in [
        ("unauthorised", 401, ""),
        ("forbidden", 403, ""),
        ("web_mail", 440, "Login Timeout"),
        ("log_on", 302, ""),
        ("error_page", 302, ""),
        ("front_end", 500, "Server Error in '/EWS' Application"),
        ("unavailable", 503, "Unavailable"),
        ("html", 200, "<html>"),
    ] {
        let rig = rig("", &format!("[[faults]]\nkind = \"{kind}\"\ncalls = 2"));
        for _ in 0..2 {
            let reply = rig.inbox("ana@anderson.example").await;
            assert_eq!(reply.status().as_u16(), status, "{kind}");
            assert!(body(&reply).contains(has), "{kind}");
            assert_eq!(reply.headers().contains_key(header::LOCATION), status == 302);
            assert_eq!(reply.headers().contains_key("x-caserrorcode"), kind == "front_end");
        }
        assert_eq!(codes(&rig.inbox("ana@anderson.example").await), "200 NoError", "{kind}");
    }
}

#[tokio::test]
async fn a_slow_server_answers_all_the_same() {
    let rig = rig("", "[[faults]]\nkind = \"slow\"\ndelay_ms = 1\ncalls = 1");
    assert_eq!(codes(&rig.inbox("ana@anderson.example").await), "200 NoError");
}

#[tokio::test]
async fn a_fault_can_wait_for_its_operation_and_its_turn() {
    let rig = rig("", "[[faults]]\nkind = \"unavailable\"\noperation = \"GetFolder\"\nevery = 3\ncalls = 1");
    let mut seen = Vec::new();
    for _ in 0..7 {
        seen.push(rig.inbox("ana@anderson.example").await.status().as_u16());
    }
    assert_eq!(seen, [200, 200, 503, 200, 200, 200, 200]);
}

#[tokio::test]
async fn requests_can_be_found_again() {
    let rig = rig("", "");
    let mut headers = rig.headers();
    headers.insert("client-request-id", HeaderValue::from_static("abc"));
    let send = async |headers: &HeaderMap| {
        rig.exchange.answer("mail.hoster.example", "POST", "/", headers, b"").await
    };
    assert!(!send(&headers).await.headers().contains_key("client-request-id"));
    headers.insert("return-client-request-id", HeaderValue::from_static("true"));
    let reply = send(&headers).await;
    assert_eq!(reply.headers()["client-request-id"], "abc");
    assert!(reply.headers().contains_key("request-id"));
}
