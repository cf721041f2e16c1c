//! Applications that were registered through the sandbox's Graph: they sign in, customers accept them, and people sign in
//! to them; what Microsoft refuses is refused.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    foreign::{GRAPH, make, person, send},
    rig::{NOW, Rig},
};

const ADMIN: &str = "admin@coastline-partners.example";
const CUSTOMER: &str = "ruth.sutherland@bluegumaccounting.example";
/// The role Admin of the operators' application, and its id.
const ROLE: &str = "7a3d1d0e-2a5f-4a0b-9f63-0c1c7c1f7b11";

/// A certificate and its key.
struct Pair {
    key: rcgen::KeyPair,
    der: Vec<u8>,
}

impl Pair {
    fn new() -> Self {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        let der =
            rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap().der().to_vec();
        Self { key, der }
    }

    /// As Graph takes it.
    fn credential(&self) -> Value {
        json!({"type": "AsymmetricX509Cert", "usage": "Verify", "key": STANDARD.encode(&self.der)})
    }

    /// The answer of the token endpoint of a tenant.
    async fn token(&self, rig: &Rig, client: &str, tenant: &str) -> (u16, Value) {
        let url = format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token");
        let now = NOW / 1_000;
        let claims =
            json!({"aud": url, "iss": client, "sub": client, "jti": "1", "nbf": now, "exp": now + 600});
        let header = jsonwebtoken::Header {
            x5t_s256: Some(URL_SAFE_NO_PAD.encode(Sha256::digest(&self.der))),
            ..jsonwebtoken::Header::new(jsonwebtoken::Algorithm::PS256)
        };
        let key = jsonwebtoken::EncodingKey::from_rsa_pem(self.key.serialize_pem().as_bytes()).unwrap();
        let assertion = jsonwebtoken::encode(&header, &claims, &key).unwrap();
        let form = [
            ("client_id", client),
            ("grant_type", "client_credentials"),
            ("scope", "https://graph.microsoft.com/.default"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &assertion),
        ];
        let answer = rig.request(Method::POST, &url).form(&form).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

/// What is asked for, as a registration has it.
fn asks(kind: &str, ids: &[&str]) -> Value {
    let rows: Vec<Value> = ids.iter().map(|id| json!({"id": id, "type": kind})).collect();
    json!([{"resourceAppId": GRAPH, "resourceAccess": rows}])
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

#[tokio::test]
async fn a_registered_application_signs_in_by_its_certificate_and_customers_accept_it() {
    let rig = Rig::new(&[]).await;
    let (own, customer) = (rig.sandbox.partner().tenant, rig.tenant("Bluegum Accounting"));
    let token = person(&rig, &own, ADMIN).await;
    let pair = Pair::new();
    let users = "df021288-bdef-4463-88db-98f22de89214";
    let body = json!({
        "displayName": "Ours", "signInAudience": "AzureADMultipleOrgs", "keyCredentials": [pair.credential()],
        "requiredResourceAccess": asks("Role", &[users]),
    });
    let app = make(&rig, &token, "/applications", &body).await;
    let client = text(&app, "appId");
    assert_eq!(app["keyCredentials"][0]["key"], Value::Null, "told only where it is asked for");
    let path = format!("/applications/{}?$select=keyCredentials", text(&app, "id"));
    assert_eq!(rig.read(&token, &path).await["keyCredentials"][0]["key"], STANDARD.encode(&pair.der));

    let (status, refused) = pair.token(&rig, client, &own).await;
    assert_eq!((status, &refused["error_codes"][0]), (401, &json!(7_000_229)));
    make(&rig, &token, "/servicePrincipals", &json!({"appId": client})).await;
    assert_eq!(pair.token(&rig, client, &own).await.0, 200);
    let (_, refused) = Pair::new().token(&rig, client, &own).await;
    assert_eq!(refused["error_codes"][0], 700_027, "another certificate");

    assert_eq!(pair.token(&rig, client, &customer).await.1["error_codes"][0], 700_016);
    let link = format!("https://login.microsoftonline.com/{customer}/adminconsent?client_id={client}");
    let page = rig.request(Method::GET, &link).send().await.unwrap().text().await.unwrap();
    let page = rig.submit(&page, &[("account", CUSTOMER)]).await;
    let page = rig.submit(&page, &[("passwd", "sandbox")]).await;
    assert!(page.contains("Ours") && page.contains("Read all users"), "{page}");
    rig.submit(&page, &[("decision", "accept")]).await;
    let (_, granted) = pair.token(&rig, client, &customer).await;
    assert_eq!(rig.graph(text(&granted, "access_token"), "/users?$top=1").await.status(), 200);

    // Of the partner's own organisation alone, it is unknown elsewhere.
    let only = json!({"signInAudience": "AzureADMyOrg"});
    send(&rig, Method::PATCH, &token, &format!("/applications/{}", text(&app, "id")), &only).await;
    assert_eq!(pair.token(&rig, client, &customer).await.1["error_codes"][0], 700_016);
    let page = rig.request(Method::GET, &link).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("AADSTS700016"), "{page}");
}

/// Somebody's answer of the token endpoint, by a device code of an application.
async fn sign_in(rig: &Rig, client: &str, word: &str, who: &str) -> (u16, Value) {
    let at = |path: &str| format!("https://login.microsoftonline.com/{word}/oauth2/v2.0/{path}");
    let form = [("client_id", client), ("scope", "openid profile")];
    let device = rig.request(Method::POST, &at("devicecode")).form(&form).send().await.unwrap();
    if device.status() != 200 {
        return (device.status().as_u16(), device.json().await.unwrap());
    }
    let device: Value = device.json().await.unwrap();
    let url = "https://login.microsoftonline.com/common/oauth2/deviceauth";
    let page = rig.request(Method::GET, url).send().await.unwrap().text().await.unwrap();
    let page = rig.submit(&page, &[("otc", text(&device, "user_code"))]).await;
    let page = rig.submit(&page, &[("account", who)]).await;
    let page = rig.submit(&page, &[("passwd", "sandbox")]).await;
    rig.submit(&page, &[("decision", "continue")]).await;
    let code = text(&device, "device_code");
    let form = [("client_id", client), ("grant_type", "device_code"), ("device_code", code)];
    let answer = rig.request(Method::POST, &at("token")).form(&form).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Roles in an id token; none where there are none.
fn roles(answer: &Value) -> Value {
    let claims = text(answer, "id_token").split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    claims["roles"].clone()
}

#[tokio::test]
async fn people_sign_in_to_a_registered_public_client_with_the_roles_that_were_assigned() {
    let rig = Rig::new(&[]).await;
    let own = rig.sandbox.partner().tenant;
    let token = person(&rig, &own, ADMIN).await;
    let role = json!({
        "id": ROLE, "value": "Admin", "displayName": "Admin", "description": "Admin", "isEnabled": true,
        "allowedMemberTypes": ["User"],
    });
    let body = json!({"displayName": "Operators", "appRoles": [role], "publicClient": {"redirectUris": ["http://localhost"]}});
    let app = make(&rig, &token, "/applications", &body).await;
    let (client, path) = (text(&app, "appId"), format!("/applications/{}", text(&app, "id")));
    let (status, refused) = sign_in(&rig, client, &own, ADMIN).await;
    assert_eq!(
        (status, &refused["error_codes"][0]),
        (401, &json!(7_000_218)),
        "device code is not allowed yet"
    );
    let change = json!({"isFallbackPublicClient": true});
    assert_eq!(send(&rig, Method::PATCH, &token, &path, &change).await.status(), StatusCode::NO_CONTENT);

    let principal = make(&rig, &token, "/servicePrincipals", &json!({"appId": client})).await;
    assert_eq!(roles(&sign_in(&rig, client, &own, ADMIN).await.1), Value::Null);
    let me = rig.read(&token, "/me").await;
    let wish = json!({"principalId": me["id"], "resourceId": principal["id"], "appRoleId": ROLE});
    let path = format!("/servicePrincipals/{}/appRoleAssignedTo", text(&principal, "id"));
    assert_eq!(make(&rig, &token, &path, &wish).await["principalType"], "User");
    assert_eq!(
        send(&rig, Method::POST, &token, &path, &wish).await.status(),
        StatusCode::BAD_REQUEST,
        "twice"
    );
    assert_eq!(rig.read(&token, &path).await["value"].as_array().unwrap().len(), 1);
    assert_eq!(roles(&sign_in(&rig, client, &own, ADMIN).await.1), json!(["Admin"]));

    let elsewhere = sign_in(&rig, client, &rig.tenant("Bluegum Accounting"), CUSTOMER).await;
    assert_eq!((elsewhere.0, &elsewhere.1["error_codes"][0]), (400, &json!(700_016)));
    let anywhere = sign_in(&rig, client, "organizations", ADMIN).await;
    assert_eq!(anywhere.1["error_codes"][0], 50_194);
}

#[tokio::test]
async fn what_was_registered_spreads_and_a_policy_forbids_it() {
    let rig = Rig::new(&["replicating=5s"]).await;
    let own = rig.sandbox.partner().tenant;
    let token = person(&rig, &own, ADMIN).await;
    let app = make(&rig, &token, "/applications", &json!({"displayName": "New"})).await;
    let path = format!("/applications/{}", text(&app, "id"));
    let principal = json!({"appId": app["appId"]});
    assert_eq!(rig.graph(&token, &path).await.status(), 404);
    assert_eq!(send(&rig, Method::POST, &token, "/servicePrincipals", &principal).await.status(), 400);
    rig.pass(5);
    assert_eq!(rig.graph(&token, &path).await.status(), 200);
    let principal = make(&rig, &token, "/servicePrincipals", &principal).await;
    let path = format!("/servicePrincipals/{}", text(&principal, "id"));
    assert_eq!(rig.graph(&token, &path).await.status(), 404);

    let rig = Rig::new(&["no-registering"]).await;
    let token = person(&rig, &own, ADMIN).await;
    let refused = send(&rig, Method::POST, &token, "/applications", &json!({"displayName": "New"})).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(refused.json::<Value>().await.unwrap()["error"]["code"], "Authorization_RequestDenied");
}
