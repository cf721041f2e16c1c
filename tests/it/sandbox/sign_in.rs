//! People sign in at the sandbox: authorisation code with PKCE, device code, refresh; and what goes wrong on the way.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use reqwest::{Method, Response};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::rig::Rig;

const ADMIN: &str = "mara.quill@coastline-partners.example";
const VERIFIER: &str = "a-verifier-of-the-test-that-has-more-than-forty-three-letters";
const REDIRECT: &str = "http://localhost:53178/signin";
const SCOPE: &str = "openid profile offline_access User.Read";

/// An address of the partner's tenant at the identity platform.
fn at(rig: &Rig, path: &str) -> String {
    format!("https://login.microsoftonline.com/{}/oauth2/v2.0/{path}", rig.sandbox.partner().tenant)
}

/// The way of a browser through `/authorize`; `more` replaces or adds parameters. What comes after the password.
async fn authorize(rig: &Rig, who: &str, more: &[(&str, &str)]) -> Response {
    let partner = rig.sandbox.partner();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let mut pairs = vec![
        ("client_id", partner.operators.as_str()),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", SCOPE),
        ("state", "s&1"),
        ("nonce", "n-1"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    pairs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    pairs.extend(more);
    let url = at(rig, "authorize");
    let answer = rig.request(Method::GET, &url).query(&pairs).send().await.unwrap();
    if who.is_empty() || answer.status() != 200 {
        return answer;
    }
    let page = rig.submit(&answer.text().await.unwrap(), &[("account", who)]).await;
    rig.press(&page, &[("passwd", "sandbox")]).await
}

/// The parameters with which a browser is sent back.
fn sent_back(answer: &Response) -> Vec<(String, String)> {
    let location = url::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    assert!(location.as_str().starts_with(REDIRECT), "{location}");
    location.query_pairs().into_owned().collect()
}

/// One of them.
fn of(pairs: &[(String, String)], name: &str) -> String {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

/// Asks the token endpoint.
async fn tokens(rig: &Rig, more: &[(&str, &str)]) -> (u16, Value) {
    let partner = rig.sandbox.partner();
    let mut form = vec![("client_id", partner.operators.as_str())];
    form.extend(more);
    let answer = rig.request(Method::POST, &at(rig, "token")).form(&form).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Redeems a code.
async fn redeem(rig: &Rig, code: &str, verifier: &str) -> (u16, Value) {
    let code = [("code", code), ("code_verifier", verifier), ("redirect_uri", REDIRECT)];
    tokens(rig, &[&[("grant_type", "authorization_code"), ("client_info", "1")], &code[..]].concat()).await
}

/// Claims of an id token, checked as a client checks it: by the served keys, for this application, from this issuer.
async fn claims(rig: &Rig, token: &Value) -> Value {
    let partner = rig.sandbox.partner();
    let base = format!("https://login.microsoftonline.com/{}", partner.tenant);
    let keys = rig.request(Method::GET, &format!("{base}/discovery/v2.0/keys")).send().await.unwrap();
    let keys: JwkSet = keys.json().await.unwrap();
    let token = token["id_token"].as_str().unwrap();
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_audience(&[&partner.operators]);
    rules.set_issuer(&[format!("{base}/v2.0")]);
    // The sandbox's clock is the test's.
    rules.validate_exp = false;
    let key = DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
    jsonwebtoken::decode::<Value>(token, &key, &rules).unwrap().claims
}

#[tokio::test]
async fn a_code_becomes_tokens_once_and_a_refresh_token_more() {
    let rig = Rig::new(&[]).await;
    let back = sent_back(&authorize(&rig, ADMIN, &[]).await);
    assert_eq!(of(&back, "state"), "s&1");
    let code = of(&back, "code");
    let (status, wrong) =
        redeem(&rig, &code, "another-verifier-that-has-more-than-forty-three-letters").await;
    assert_eq!((status, &wrong["error_codes"][0]), (400, &Value::from(501_481)));
    let (status, first) = redeem(&rig, &code, VERIFIER).await;
    assert_eq!(status, 200, "{first}");
    let (_, again) = redeem(&rig, &code, VERIFIER).await;
    assert_eq!(again["error_codes"][0], 54_005, "{again}");

    let told = claims(&rig, &first).await;
    assert_eq!(told["preferred_username"], ADMIN);
    assert_eq!(told["roles"], serde_json::json!(["Admin"]));
    assert_eq!(told["nonce"], "n-1");
    assert_eq!(told["tid"], rig.sandbox.partner().tenant);
    let info = URL_SAFE_NO_PAD.decode(first["client_info"].as_str().unwrap()).unwrap();
    let info: Value = serde_json::from_slice(&info).unwrap();
    assert_eq!((&info["uid"], &info["utid"]), (&told["oid"], &told["tid"]));
    let me = rig.read(first["access_token"].as_str().unwrap(), "/me").await;
    assert_eq!((&me["id"], &me["userPrincipalName"]), (&told["oid"], &told["preferred_username"]));

    let token = first["refresh_token"].as_str().unwrap();
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", SCOPE)];
    let (status, second) = tokens(&rig, &refresh).await;
    assert_eq!(status, 200, "{second}");
    assert_eq!(claims(&rig, &second).await["oid"], told["oid"]);
    rig.pass(91 * 24 * 3_600);
    assert_eq!(tokens(&rig, &refresh).await.1["error_codes"][0], 700_082);
}

#[tokio::test]
async fn an_authorisation_goes_wrong_as_it_does_at_microsoft() {
    let rig = Rig::new(&[]).await;
    let organization = ("scope", "https://graph.microsoft.com/.default openid");
    for (who, more, seen) in [
        ("", ("redirect_uri", "http://127.0.0.1:5/signin"), "AADSTS50011"),
        ("", ("redirect_uri", "http://localhost:5/elsewhere"), "AADSTS50011"),
        ("", ("client_id", "0e1f2d3c-0000-4000-8000-000000000000"), "AADSTS700016"),
        ("lena.fraser@tasmanfreight.example", organization, "AADSTS50020"),
    ] {
        let page = authorize(&rig, who, &[more]).await.text().await.unwrap();
        assert!(page.contains(seen), "{more:?}: {page}");
    }
    for (name, value, seen) in [
        ("response_type", "token", "AADSTS700054"),
        ("scope", "Mail.Send", "AADSTS65001"),
        ("code_challenge", "short", "AADSTS501491"),
        ("prompt", "none", "AADSTS50058"),
    ] {
        let back = sent_back(&authorize(&rig, "", &[(name, value)]).await);
        assert!(of(&back, "error_description").starts_with(seen) && of(&back, "state") == "s&1", "{back:?}");
    }
    let url = format!(
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id={}",
        rig.sandbox.partner().operators
    );
    let page = rig.request(Method::GET, &url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("AADSTS50194"), "{page}");
    let page = authorize(&rig, ADMIN, &[("response_mode", "form_post")]).await.text().await.unwrap();
    assert!(
        page.contains("action=\"http://localhost:53178/signin\"") && page.contains("name=\"code\""),
        "{page}"
    );
}

#[tokio::test]
async fn whoever_was_given_no_role_has_none_and_faults_take_one_away() {
    let rig = Rig::new(&["without=Admin", "sign-in-tenant=9188040d-6c67-4c5b-b112-36a304b66dad"]).await;
    let back = sent_back(&authorize(&rig, ADMIN, &[]).await);
    let (_, got) = redeem(&rig, &of(&back, "code"), VERIFIER).await;
    let body = got["id_token"].as_str().unwrap().split('.').nth(1).unwrap();
    let told: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap();
    assert!(told.get("roles").is_none(), "{told}");
    assert_eq!(told["tid"], "9188040d-6c67-4c5b-b112-36a304b66dad");

    let rig = Rig::new(&["sign-in-error=53003"]).await;
    let page = authorize(&rig, ADMIN, &[]).await;
    assert_eq!(page.status(), 400);
    assert!(page.text().await.unwrap().contains("AADSTS53003"));
    let rig = Rig::new(&["sign-in-error=65004"]).await;
    assert_eq!(of(&sent_back(&authorize(&rig, ADMIN, &[]).await), "error"), "access_denied");
}

/// A device code, and a poll for it in one of the two spellings.
async fn device(rig: &Rig) -> Value {
    let form = [("client_id", rig.sandbox.partner().operators), ("scope", SCOPE.to_owned())];
    let answer = rig.request(Method::POST, &at(rig, "devicecode")).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

async fn poll(rig: &Rig, device: &Value, short: bool) -> (u16, Value) {
    let grant = if short { "device_code" } else { "urn:ietf:params:oauth:grant-type:device_code" };
    let name = if short { "code" } else { "device_code" };
    tokens(rig, &[("grant_type", grant), (name, device["device_code"].as_str().unwrap())]).await
}

/// What a poll is told: the error, or the word for tokens.
async fn told(rig: &Rig, device: &Value, short: bool) -> String {
    let (_, answer) = poll(rig, device, short).await;
    answer["error"].as_str().unwrap_or("tokens").to_owned()
}

/// Types the code as a person does, in small letters, and signs in; the last page.
async fn type_code(rig: &Rig, device: &Value, decision: &str) -> String {
    let url = "https://login.microsoftonline.com/common/oauth2/deviceauth";
    let page = rig.request(Method::GET, url).send().await.unwrap().text().await.unwrap();
    let page = rig.submit(&page, &[("otc", &device["user_code"].as_str().unwrap().to_lowercase())]).await;
    let page = rig.submit(&page, &[("account", ADMIN)]).await;
    let page = rig.submit(&page, &[("passwd", "sandbox")]).await;
    if page.contains("Are you trying to sign in to Backup365 operators?") {
        rig.submit(&page, &[("decision", decision)]).await
    } else {
        page
    }
}

#[tokio::test]
async fn a_device_code_waits_for_its_person() {
    let rig = Rig::new(&["slow-down=1"]).await;
    let one = device(&rig).await;
    assert_eq!(one["verification_uri"], "https://microsoft.com/devicelogin");
    assert_eq!(told(&rig, &one, false).await, "slow_down");
    assert_eq!(told(&rig, &one, true).await, "authorization_pending");
    assert!(type_code(&rig, &one, "continue").await.contains("You have signed in on your device"));
    let (status, answer) = poll(&rig, &one, true).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(claims(&rig, &answer).await["preferred_username"], ADMIN);
    assert_eq!(told(&rig, &one, false).await, "bad_verification_code");

    let two = device(&rig).await;
    type_code(&rig, &two, "cancel").await;
    assert_eq!(
        [told(&rig, &two, false).await, told(&rig, &two, false).await],
        ["slow_down", "authorization_declined"]
    );
    let three = device(&rig).await;
    rig.pass(901);
    assert_eq!(
        [told(&rig, &three, false).await, told(&rig, &three, false).await],
        ["slow_down", "expired_token"]
    );
    assert!(type_code(&rig, &three, "continue").await.contains("That code didn't work"));
}

#[tokio::test]
async fn what_a_person_meets_for_a_device_is_told_or_not() {
    for (faults, seen) in [
        (&["sign-in-error=53003"][..], "authorization_pending"),
        (&["sign-in-error=53003", "sign-in-told"], "invalid_grant"),
        (&["sign-in-error=65004"], "authorization_declined"),
    ] {
        let rig = Rig::new(faults).await;
        let device = device(&rig).await;
        assert!(type_code(&rig, &device, "continue").await.contains("AADSTS"));
        assert_eq!(told(&rig, &device, false).await, seen);
    }
}

#[tokio::test]
async fn links_stay_where_the_sandbox_was_asked() {
    let rig = Rig::new(&[]).await;
    let tenant = rig.sandbox.partner().tenant;
    let port = rig.sandbox.address().port();
    let url = format!("http://127.0.0.1:{port}/{tenant}/v2.0/.well-known/openid-configuration");
    let ask =
        rig.client.get(&url).header("host", format!("localhost:{port}")).header("x-forwarded-proto", "https");
    let document: Value = ask.send().await.unwrap().json().await.unwrap();
    let here = format!("https://localhost:{port}/{tenant}");
    assert_eq!(document["issuer"], format!("{here}/v2.0"));
    for name in ["token_endpoint", "jwks_uri", "authorization_endpoint", "device_authorization_endpoint"] {
        assert!(document[name].as_str().unwrap().starts_with(&here), "{name}");
    }
}
