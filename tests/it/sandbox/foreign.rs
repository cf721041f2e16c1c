//! What clients that others wrote need of the sandbox: TLS, an address of its own, writes, batches in order.
//!
//! Those clients themselves run by `.ci/run` and `.ci/long`; here is what breaks them, each alone.

use std::{fs, sync::Arc};

use backup365::sandbox::{self, Options};
use reqwest::{Certificate, Client, Method, Response, StatusCode};
use serde_json::{Value, json};

use super::rig::{NOW, Rig};

const TOOLS: &str = "14d82eec-204b-4c2f-b7e8-296a70dab67e";
pub(super) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

#[tokio::test]
async fn one_port_speaks_tls_and_plain_and_keeps_its_authority() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options {
        world: "standard".to_owned(),
        port: None,
        data: Some(folder.path().to_owned()),
        now: Arc::new(|| NOW),
        faults: Vec::new(),
    };
    let mut authorities = Vec::new();
    for _ in 0..2 {
        let sandbox = sandbox::start_with_tls("global", options()).await.unwrap();
        let pem = fs::read(sandbox.authority().unwrap()).unwrap();
        let trusted = [Certificate::from_pem(&pem).unwrap()];
        let client = Client::builder().no_proxy().tls_certs_only(trusted).build().unwrap();
        let port = sandbox.address().port();
        for scheme in ["https", "http"] {
            let here = format!("{scheme}://localhost:{port}");
            let url = format!("{here}/common/v2.0/.well-known/openid-configuration");
            let known: Value = client.get(url).send().await.unwrap().json().await.unwrap();
            assert_eq!(known["token_endpoint"], format!("{here}/common/oauth2/v2.0/token"));
        }
        authorities.push(pem);
    }
    assert_eq!(authorities[0], authorities[1], "a restart asks nobody to trust another one");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder.path().join("ca-key.pk8")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let nowhere = Options { data: None, ..options() };
    assert!(sandbox::start_with_tls("global", nowhere).await.is_err());
}

#[tokio::test]
async fn an_address_of_its_own_is_told_apart_by_path() {
    let rig = Rig::new(&[]).await;
    let tenant = rig.tenant("Bluegum Accounting");
    rig.consent(&tenant, "ruth.sutherland@bluegumaccounting.example", "accept").await;
    let token = rig.token(&tenant).await;
    let here = format!("http://{}", rig.sandbox.address());
    let page = rig.client.get(format!("{here}/v1.0/users?$top=2")).bearer_auth(&token).send().await.unwrap();
    let page: Value = page.json().await.unwrap();
    let next = page["@odata.nextLink"].as_str().unwrap();
    assert!(next.starts_with(&format!("{here}/v1.0/users?")), "{next}");
    let next = rig.client.get(next).bearer_auth(&token).send().await.unwrap();
    assert_eq!(next.json::<Value>().await.unwrap()["value"].as_array().unwrap().len(), 2);
    let mail = rig.client.post(format!("{here}/EWS/Exchange.asmx")).send().await.unwrap();
    assert_eq!(mail.status(), 401);
    assert!(
        mail.headers().get_all("www-authenticate").iter().any(|it| it.to_str().unwrap().starts_with("Basic"))
    );
}

/// A token of a person for Microsoft's command line tools, by device code.
pub(super) async fn person(rig: &Rig, tenant: &str, who: &str) -> String {
    let at = |path: &str| format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/{path}");
    let form = [("client_id", TOOLS), ("scope", "https://graph.microsoft.com/.default")];
    let device = rig.request(Method::POST, &at("devicecode")).form(&form).send().await.unwrap();
    let device: Value = device.json().await.unwrap();
    let url = "https://login.microsoftonline.com/common/oauth2/deviceauth";
    let page = rig.request(Method::GET, url).send().await.unwrap().text().await.unwrap();
    let page = rig.submit(&page, &[("otc", device["user_code"].as_str().unwrap())]).await;
    let page = rig.submit(&page, &[("account", who)]).await;
    let page = rig.submit(&page, &[("passwd", "sandbox")]).await;
    rig.submit(&page, &[("decision", "continue")]).await;
    let code = device["device_code"].as_str().unwrap();
    let form = [("client_id", TOOLS), ("grant_type", "device_code"), ("device_code", code)];
    let token = rig.request(Method::POST, &at("token")).form(&form).send().await.unwrap();
    token.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned()
}

/// A write to Graph.
pub(super) async fn send(rig: &Rig, method: Method, token: &str, path: &str, body: &Value) -> Response {
    let url = format!("https://graph.microsoft.com/v1.0{path}");
    rig.request(method, &url).bearer_auth(token).json(body).send().await.unwrap()
}

/// One that makes something.
pub(super) async fn make(rig: &Rig, token: &str, path: &str, body: &Value) -> Value {
    let answer = send(rig, Method::POST, token, path, body).await;
    let status = answer.status();
    let made: Value = answer.json().await.unwrap();
    assert!(status.is_success(), "{path}: {made}");
    made
}

#[tokio::test]
async fn a_set_up_registers_an_application_and_assigns_it_roles_once() {
    let rig = Rig::new(&[]).await;
    let own = rig.sandbox.partner().tenant;
    let token = person(&rig, &own, "admin@coastline-partners.example").await;
    let app = make(&rig, &token, "/applications", &json!({"displayName": "Backup of ours"})).await;
    let (id, app_id) = (app["id"].as_str().unwrap(), app["appId"].as_str().unwrap());
    let secret = make(&rig, &token, &format!("/applications/{id}/addPassword"), &json!({})).await;
    assert!(secret["secretText"].as_str().unwrap().starts_with(secret["hint"].as_str().unwrap()));
    let change = json!({"signInAudience": "AzureADMultipleOrgs", "appId": "mine"});
    let path = format!("/applications/{id}");
    assert_eq!(send(&rig, Method::PATCH, &token, &path, &change).await.status(), StatusCode::NO_CONTENT);
    let there = rig.read(&token, &format!("/applications?$filter=appId eq '{app_id}'")).await;
    assert_eq!(there["value"][0]["signInAudience"], "AzureADMultipleOrgs");
    assert_eq!(there["value"][0]["passwordCredentials"][0]["secretText"], Value::Null);

    let principal = make(&rig, &token, "/servicePrincipals", &json!({"appId": app_id})).await;
    let again = send(&rig, Method::POST, &token, "/servicePrincipals", &json!({"appId": app_id})).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    let graph = rig.read(&token, &format!("/servicePrincipals?$filter=appId eq '{GRAPH}'")).await;
    let role = &graph["value"][0]["appRoles"][0]["id"];
    let wish =
        json!({"principalId": principal["id"], "resourceId": graph["value"][0]["id"], "appRoleId": role});
    let path = format!("/servicePrincipals/{}/appRoleAssignments", principal["id"].as_str().unwrap());
    let made = make(&rig, &token, &path, &wish).await;
    let twice = send(&rig, Method::POST, &token, &path, &wish).await;
    assert_eq!(twice.status(), StatusCode::BAD_REQUEST);
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    assert_eq!(send(&rig, Method::DELETE, &token, &one, &json!({})).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(rig.read(&token, &path).await["value"], json!([]));

    let token = person(&rig, &own, "theo.banks@coastline-partners.example").await;
    let refused = send(&rig, Method::POST, &token, "/applications", &json!({"displayName": "x"})).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_role_that_is_assigned_at_a_customer_is_consent() {
    let rig = Rig::new(&[]).await;
    let tenant = rig.tenant("Bluegum Accounting");
    let token = person(&rig, &tenant, "ruth.sutherland@bluegumaccounting.example").await;
    let ours = json!({"appId": rig.sandbox.partner().client_id});
    let ours = make(&rig, &token, "/servicePrincipals", &ours).await;
    let graph = rig.read(&token, &format!("/servicePrincipals?$filter=appId eq '{GRAPH}'")).await;
    let graph = &graph["value"][0];
    let role =
        graph["appRoles"].as_array().unwrap().iter().find(|it| it["value"] == "User.Read.All").unwrap();
    let wish = json!({"principalId": ours["id"], "resourceId": graph["id"], "appRoleId": role["id"]});
    let path = format!("/servicePrincipals/{}/appRoleAssignedTo", graph["id"].as_str().unwrap());
    make(&rig, &token, &path, &wish).await;
    let token = rig.token(&tenant).await;
    assert_eq!(rig.graph(&token, "/users?$top=1").await.status(), 200);
}

#[tokio::test]
async fn a_batch_is_answered_in_the_order_of_dependence() {
    let rig = Rig::new(&[]).await;
    let own = rig.sandbox.partner().tenant;
    let token = person(&rig, &own, "admin@coastline-partners.example").await;
    let json_type = json!({"Content-Type": "application/json"});
    let batch = json!({"requests": [
        {"id": "read", "method": "GET", "url": "/applications", "dependsOn": ["make"]},
        {"id": "never", "method": "GET", "url": "/me", "dependsOn": ["lost"]},
        {"id": "make", "method": "POST", "url": "/applications", "headers": json_type, "body": {"displayName": "One"}},
        {"id": "lost", "method": "GET", "url": "/users/nobody@coastline-partners.example"},
    ]});
    let answer = make(&rig, &token, "/$batch", &batch).await;
    let of =
        |id: &str| answer["responses"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap().clone();
    assert_eq!(
        ["make", "read", "lost", "never"].map(|id| of(id)["status"].as_u64().unwrap()),
        [201, 200, 404, 424]
    );
    assert_eq!(of("read")["body"]["value"][0]["displayName"], "One");
    for (id, before) in [("a", "b"), ("a", "elsewhere")] {
        let circle = json!({"requests": [
            {"id": id, "method": "GET", "url": "/me", "dependsOn": [before]},
            {"id": "b", "method": "GET", "url": "/me", "dependsOn": ["a"]},
        ]});
        assert_eq!(
            send(&rig, Method::POST, &token, "/$batch", &circle).await.status(),
            StatusCode::BAD_REQUEST
        );
    }
}
