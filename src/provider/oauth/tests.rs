//! Tokens against small servers on loopback, and a certificate against the sandbox.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    domain::failure::FailureKind,
    provider::http::{HttpOptions, Network},
};

const TENANT: &str = "7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77";
const OTHER: &str = "9db04710-6a8d-4035-b7d5-10361bc1367b";
const RESOURCE: &str = "https://graph.microsoft.com";
const START: i64 = 1_795_424_400_000;

/// A token endpoint that answers the nth request with a status and a body; the client for it; the clock's hands.
struct Stage {
    tokens: Tokens,
    millis: Arc<AtomicI64>,
    asked: Arc<AtomicUsize>,
    forms: Arc<std::sync::Mutex<Vec<String>>>,
}

async fn stage(answer: impl Fn(usize) -> (u16, String) + Clone + Send + Sync + 'static) -> Stage {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (asked, forms) = (Arc::new(AtomicUsize::new(0)), Arc::new(std::sync::Mutex::new(Vec::new())));
    let (counter, kept) = (Arc::clone(&asked), Arc::clone(&forms));
    let router = axum::Router::new().fallback(move |body: String| {
        let (status, text) = answer(counter.fetch_add(1, Ordering::SeqCst));
        kept.lock().unwrap().push(body);
        async move { (axum::http::StatusCode::from_u16(status).unwrap(), text) }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    let millis = Arc::new(AtomicI64::new(START));
    let tokens = tokens(vec![("https://login.microsoftonline.com".into(), origin)], &millis, secret());
    Stage { tokens: tokens.unwrap(), millis, asked, forms }
}

fn secret() -> Credential {
    Credential::Secret(Secret::new("hush & more".into()))
}

fn tokens(
    origins: Vec<(String, String)>,
    millis: &Arc<AtomicI64>,
    credential: Credential,
) -> Result<Tokens, Error> {
    made(origins, millis, credential, None)
}

fn made(
    origins: Vec<(String, String)>,
    millis: &Arc<AtomicI64>,
    credential: Credential,
    next: Option<Credential>,
) -> Result<Tokens, Error> {
    let told = Arc::clone(millis);
    let clock = Clock::new(move || Moment::from_millis(told.load(Ordering::SeqCst)));
    let http = Http::new(HttpOptions {
        origins,
        is_total: true,
        clock: clock.clone(),
        network: Network::default(),
    })?
    .waiting_first(Duration::from_millis(1));
    let app = App {
        client_id: "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40".parse().unwrap(),
        partner: OTHER.parse().unwrap(),
        credential,
        next,
    };
    Tokens::new(http, clock, "https://login.microsoftonline.com".parse().unwrap(), &app)
}

fn tenant() -> TenantId {
    TENANT.parse().unwrap()
}

fn good(nth: usize, expires_in: &Value) -> (u16, String) {
    let body = json!({"token_type": "Bearer", "access_token": format!("t{nth}"), "expires_in": expires_in, "new": {}});
    (200, body.to_string())
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_kept_until_five_minutes_before_its_end() {
    let stage = stage(|nth| good(nth, &json!(3_600))).await;
    for _ in 0..3 {
        assert_eq!(stage.tokens.get(tenant(), RESOURCE).await.unwrap().bearer(), "Bearer t0");
    }
    stage.millis.fetch_add(54 * 60 * 1_000, Ordering::SeqCst);
    assert_eq!(stage.tokens.get(tenant(), RESOURCE).await.unwrap().bearer(), "Bearer t0");
    stage.millis.fetch_add(60 * 1_000, Ordering::SeqCst);
    assert_eq!(stage.tokens.get(tenant(), RESOURCE).await.unwrap().bearer(), "Bearer t1");
    assert_eq!(
        stage.forms.lock().unwrap().first().unwrap(),
        "grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default\
         &client_id=b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40&client_secret=hush+%26+more"
    );
}

#[tokio::test]
async fn a_token_that_lives_shortly_is_kept_for_most_of_its_life() {
    for (seconds, kept_for) in [(60, 47), (299, 239), (600, 479), (1_500, 1_199)] {
        let stage = stage(move |nth| good(nth, &json!(seconds))).await;
        for (wait, asked) in [(0, 1), (kept_for, 1), (2, 2)] {
            stage.millis.fetch_add(wait * 1_000, Ordering::SeqCst);
            stage.tokens.get(tenant(), RESOURCE).await.unwrap();
            assert_eq!(stage.asked.load(Ordering::SeqCst), asked, "{seconds} s, {wait} s later");
        }
    }
}

#[tokio::test]
async fn many_who_ask_at_once_cost_one_request() {
    let stage = stage(|nth| good(nth, &json!(3_600))).await;
    let (a, b, c) = tokio::join!(
        stage.tokens.get(tenant(), RESOURCE),
        stage.tokens.get(tenant(), RESOURCE),
        stage.tokens.get(tenant(), RESOURCE),
    );
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(stage.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_doubted_token_is_dropped_and_no_other() {
    let stage = stage(|nth| good(nth, &json!(3_600))).await;
    let other: TenantId = OTHER.parse().unwrap();
    let first = stage.tokens.get(tenant(), RESOURCE).await.unwrap();
    let kept = stage.tokens.get(other, RESOURCE).await.unwrap();
    stage.tokens.refuse(tenant(), RESOURCE, &first).await;
    let second = stage.tokens.get(tenant(), RESOURCE).await.unwrap();
    assert!(!second.is(&first));
    stage.tokens.refuse(tenant(), RESOURCE, &first).await;
    assert!(stage.tokens.get(tenant(), RESOURCE).await.unwrap().is(&second), "a newer one stays");
    stage.tokens.drop_tenant(tenant());
    assert!(!stage.tokens.get(tenant(), RESOURCE).await.unwrap().is(&second));
    assert!(stage.tokens.get(other, RESOURCE).await.unwrap().is(&kept));
}

#[tokio::test]
async fn a_life_is_read_leniently() {
    for (expires_in, minutes_kept) in
        [(json!("3599"), 54), (json!(null), 54), (json!([]), 54), (json!(1_000_000_000_u64), 1_600)]
    {
        let stage = stage(move |nth| good(nth, &expires_in)).await;
        stage.tokens.get(tenant(), RESOURCE).await.unwrap();
        stage.millis.fetch_add(minutes_kept * 60 * 1_000, Ordering::SeqCst);
        stage.tokens.get(tenant(), RESOURCE).await.unwrap();
        assert_eq!(stage.asked.load(Ordering::SeqCst), 1);
        stage.millis.fetch_add(200 * 60 * 1_000, Ordering::SeqCst);
        stage.tokens.get(tenant(), RESOURCE).await.unwrap();
        assert_eq!(stage.asked.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn refusals_keep_their_number_whatever_is_missing() {
    for (body, number) in [
        (json!({"error": "invalid_client", "error_codes": [7_000_215]}), Some(7_000_215)),
        (json!({"error": "invalid_client", "error_codes": ["7000215"]}), Some(7_000_215)),
        (json!({"error": "x", "error_description": "AADSTS700016: no\r\nTrace ID: 1"}), Some(700_016)),
        (json!({"error": 3, "error_codes": {}}), None),
        (json!([]), None),
    ] {
        let text = body.to_string();
        let stage = stage(move |_| (400, text.clone())).await;
        let error = stage.tokens.get(tenant(), RESOURCE).await.unwrap_err();
        assert_eq!(error.aadsts(), number, "{body}");
        assert!(matches!(error, Error::Platform(_)), "{error:?}");
    }
}

/// A gateway's JSON: trouble that passes, and no "no" of the platform.
#[tokio::test]
async fn trouble_in_json_of_another_form_is_no_refusal() {
    for (status, body) in [(503, "{}"), (500, "{\"error\":{\"code\":\"ServiceUnavailable\"}}")] {
        let stage = stage(move |_| (status, body.to_owned())).await;
        let error = stage.tokens.get(tenant(), RESOURCE).await.unwrap_err();
        assert!(matches!(error, Error::Status { status: was, .. } if was == status), "{error:?}");
    }
}

#[tokio::test]
async fn pages_and_silence_in_place_of_json_are_told_apart() {
    for (status, body, kind) in [
        (503, "<html>busy</html>", FailureKind::Unreachable),
        (429, "", FailureKind::Throttled),
        (403, "<html>proxy</html>", FailureKind::Unreachable),
        (200, "<html>sign in to the network</html>", FailureKind::Unreachable),
        (200, "{\"access_token\": 7}", FailureKind::Malformed),
    ] {
        let stage = stage(move |_| (status, body.to_owned())).await;
        let error = stage.tokens.get(tenant(), RESOURCE).await.unwrap_err();
        assert_eq!(error.failure("signing in").kind, kind, "{status} {body}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_accepted_everywhere_yet_is_tried_again() {
    let refusal = json!({"error": "invalid_client", "error_codes": [700_027]}).to_string();
    let late = refusal.clone();
    let rotating = stage(move |nth| if nth < 2 { (401, late.clone()) } else { good(nth, &json!(60)) }).await;
    assert!(rotating.tokens.get(tenant(), RESOURCE).await.is_ok());
    let wrong = stage(move |_| (401, refusal.clone())).await;
    assert_eq!(wrong.tokens.get(tenant(), RESOURCE).await.unwrap_err().aadsts(), Some(700_027));
    assert_eq!(wrong.asked.load(Ordering::SeqCst), 3);
}

/// A self-made RSA certificate: certificate block, key block.
fn certificate() -> (String, String) {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let params = rcgen::CertificateParams::new(vec!["backup.example".to_owned()]).unwrap();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

#[tokio::test]
async fn a_certificate_signs_in_where_it_is_registered() {
    let (certificate, key) = certificate();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.toml");
    let world = format!(
        r#"
[partner]
tenant = "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684"
name = "Coastline Partners"
domain = "coastline-partners.example"
client_id = "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40"
secret = "unused"
app_name = "Backup365"
redirects = []
permissions = ["User.Read.All"]
own_permissions = ["CrossTenantInformation.ReadBasic.All"]
certificates = ["""
{certificate}"""]
"#
    );
    std::fs::write(&path, world).unwrap();
    let sandbox = crate::sandbox::start(crate::sandbox::Options {
        world: path.to_str().unwrap().to_owned(),
        port: None,
        data: None,
        now: Arc::new(|| START),
        faults: vec![],
    })
    .await
    .unwrap();
    let millis = Arc::new(AtomicI64::new(START));
    let partner: TenantId = sandbox.partner().tenant.parse().unwrap();
    let (above, _) = self::certificate();
    // Two certificates of one key: the one that was registered lasts longer.
    let mut ended = rcgen::CertificateParams::new(vec!["backup.example".to_owned()]).unwrap();
    ended.not_after = rcgen::date_time_ymd(2021, 1, 1);
    let ended = ended.self_signed(&rcgen::KeyPair::from_pem(&key).unwrap()).unwrap().pem();
    let of = |pem: String, signature| Credential::Certificate {
        certificate: Certificate::read(pem.as_bytes(), None).unwrap(),
        signature,
    };
    for (pem, signature) in [
        (format!("{certificate}{key}"), Signature::Ps256),
        (format!("{certificate}{key}"), Signature::Rs256),
        // A chain, however it is put together.
        (format!("{above}{certificate}{key}"), Signature::Ps256),
        (format!("{ended}{certificate}{key}"), Signature::Ps256),
        (format!("{key}{certificate}{ended}"), Signature::Rs256),
    ] {
        let tokens = tokens(sandbox.origins(), &millis, of(pem, signature)).unwrap();
        let token = tokens.get(partner, RESOURCE).await.unwrap();
        assert_eq!(token.claims().unwrap().tenant, Some(partner));
    }
    let (stranger, its_key) = self::certificate();
    let stranger = of(format!("{stranger}{its_key}"), Signature::Rs256);
    let refused = tokens(sandbox.origins(), &millis, stranger.clone()).unwrap();
    assert_eq!(refused.get(partner, RESOURCE).await.unwrap_err().aadsts(), Some(700_027));
    // While it is replaced, the one that is registered takes over.
    let good = of(format!("{certificate}{key}"), Signature::Ps256);
    let both = made(sandbox.origins(), &millis, stranger, Some(good)).unwrap();
    both.get(partner, RESOURCE).await.unwrap();
    assert_eq!(both.replaced(), Some(700_027));
}

/// A refusal of the token endpoint.
fn refusal(number: u64) -> (u16, String) {
    (401, json!({"error": "invalid_client", "error_codes": [number]}).to_string())
}

/// A token endpoint that knows what to say to the secrets `old` and `new`; what it was asked with.
async fn two(
    answer: impl Fn(&str) -> (u16, String) + Clone + Send + Sync + 'static,
) -> (Tokens, Arc<std::sync::Mutex<Vec<String>>>) {
    let stage = stage(|_| (200, String::new())).await;
    let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = Arc::clone(&asked);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback(move |body: String| {
        let secret = body.rsplit_once("client_secret=").map_or("", |(_, secret)| secret).to_owned();
        let (status, text) = answer(&secret);
        kept.lock().unwrap().push(secret);
        async move { (axum::http::StatusCode::from_u16(status).unwrap(), text) }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    let of = |secret: &str| Credential::Secret(Secret::new(secret.to_owned()));
    let origins = vec![("https://login.microsoftonline.com".into(), origin)];
    (made(origins, &stage.millis, of("old"), Some(of("new"))).unwrap(), asked)
}

#[tokio::test]
async fn the_next_credential_is_taken_where_the_first_is_refused_for_what_it_is() {
    for number in [7_000_215, 7_000_222, 700_027, 700_030, 50_012] {
        let (tokens, asked) =
            two(move |secret| if secret == "old" { refusal(number) } else { good(0, &json!(3_600)) }).await;
        assert_eq!(tokens.replaced(), None);
        tokens.get(tenant(), RESOURCE).await.unwrap();
        assert_eq!(tokens.replaced(), Some(number));
        // From then on it is the first to be tried.
        tokens.get(OTHER.parse().unwrap(), RESOURCE).await.unwrap();
        assert_eq!(*asked.lock().unwrap(), ["old", "new", "new"], "{number}");
    }
}

#[tokio::test]
async fn no_other_refusal_is_a_reason_to_try_the_next() {
    for number in [700_016, 7_000_229, 700_024, 90_002, 7_000_218, 53_003] {
        let (tokens, asked) = two(move |_| refusal(number)).await;
        assert_eq!(tokens.get(tenant(), RESOURCE).await.unwrap_err().aadsts(), Some(number));
        assert_eq!(*asked.lock().unwrap(), ["old"], "{number}");
    }
}

#[tokio::test]
async fn where_both_are_refused_the_first_refusal_counts_and_nothing_goes_on() {
    let (tokens, asked) = two(|secret| refusal(if secret == "old" { 7_000_222 } else { 7_000_215 })).await;
    assert_eq!(tokens.get(tenant(), RESOURCE).await.unwrap_err().aadsts(), Some(7_000_222));
    assert_eq!((tokens.replaced(), asked.lock().unwrap().len()), (None, 2));
    // The next one is good as a credential, and what stands in the way then is told.
    let (tokens, _) = two(|secret| refusal(if secret == "old" { 7_000_222 } else { 700_016 })).await;
    assert_eq!(tokens.get(tenant(), RESOURCE).await.unwrap_err().aadsts(), Some(700_016));
}

#[tokio::test]
async fn the_first_is_taken_again_where_the_next_is_refused_later() {
    let is_late = Arc::new(AtomicUsize::new(0));
    let late = Arc::clone(&is_late);
    let (tokens, asked) = two(move |secret| match (secret, late.load(Ordering::SeqCst)) {
        ("old", 0) | ("new", 1) => refusal(7_000_222),
        _ => good(0, &json!(3_600)),
    })
    .await;
    tokens.get(tenant(), RESOURCE).await.unwrap();
    is_late.store(1, Ordering::SeqCst);
    tokens.get(OTHER.parse().unwrap(), RESOURCE).await.unwrap();
    assert_eq!(*asked.lock().unwrap(), ["old", "new", "new", "old"]);
    assert_eq!(tokens.replaced(), None);
}

#[tokio::test]
async fn secrets_do_not_show_in_debug() {
    let stage = stage(|nth| good(nth, &json!(3_600))).await;
    let token = stage.tokens.get(tenant(), RESOURCE).await.unwrap();
    let shown = format!("{token:?} {:?} {:?}", stage.tokens, secret());
    assert!(!shown.contains("t0") && !shown.contains("hush"), "{shown}");
}

#[test]
fn claims_are_read_where_they_can_be() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let jwt = |payload: &Value| format!("h.{}.s", URL_SAFE_NO_PAD.encode(payload.to_string()));
    let claims = wire::claims(&jwt(&json!({"tid": TENANT, "roles": ["User.Read.All", 3]}))).unwrap();
    assert_eq!(claims.tenant, Some(tenant()));
    assert_eq!(claims.roles.into_iter().collect::<Vec<_>>(), ["User.Read.All"]);
    let bare = wire::claims(&jwt(&json!({"tid": 3}))).unwrap();
    assert_eq!(bare, Claims { tenant: None, roles: BTreeSet::new() });
    for text in ["", "opaque", "a.b", "a.!.c", &jwt(&json!([1]))] {
        assert_eq!(wire::claims(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn no_token_can_break_the_reader(text in ".*|[A-Za-z0-9_.-]{0,80}") {
        drop(wire::claims(&text));
    }

    #[test]
    fn no_body_can_break_a_refusal(text in "\\PC{0,80}", number in any::<u64>()) {
        let refusal = Refusal::from(json!({"error": text, "error_codes": [number], "trace_id": text}));
        prop_assert_eq!(refusal.number(), Some(number));
        let failure = Error::Platform(refusal).failure("trying");
        prop_assert!(!failure.what.is_empty() && !failure.hint.is_empty());
    }
}
