//! The sandbox by plain HTTP, as a program or a browser that knows nothing of this one would meet it.

mod foreign;
mod registered;
pub(crate) mod rig;
mod sign_in;

use std::sync::Arc;

use backup365::sandbox::{self, Options};
use reqwest::Method;
use serde_json::{Value, json};

use rig::{NOW, Rig};

/// Every user of a listing, following the links as they are.
async fn everybody(rig: &Rig, token: &str, path: &str) -> (usize, Vec<Value>) {
    let (mut pages, mut users, mut next) = (0, Vec::new(), Some(path.to_owned()));
    while let Some(path) = next {
        let page = rig.read(token, &path).await;
        pages += 1;
        users.extend(page["value"].as_array().unwrap().clone());
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
    }
    (pages, users)
}

#[tokio::test]
async fn consent_by_plain_forms_opens_the_tenant() {
    let rig = Rig::new(&[]).await;
    let tenant = rig.tenant("Harbour Street Cafe");
    let refused: Value = rig.token_answer(&tenant).await.json().await.unwrap();
    assert_eq!(
        (refused["error"].as_str(), &refused["error_codes"]),
        (Some("unauthorized_client"), &json!([700_016]))
    );
    let last = rig.consent(&tenant, "ana.petrov@harbourstreetcafe.example", "accept").await;
    assert!(last.contains("AADSTS500113"), "{last}");
    let token = rig.token(&tenant).await;
    let organization = rig.read(&token, "/organization?$select=id,displayName,verifiedDomains").await;
    assert_eq!(organization["value"][0]["id"], json!(tenant));
    assert_eq!(organization["value"][0]["displayName"], "Harbour Street Cafe");
    let (pages, users) = everybody(&rig, &token, "/users?$select=id,displayName,userType&$top=10").await;
    assert_eq!((pages, users.len()), (4, 37));
    let settings = rig
        .read(
            &token,
            &format!("/users/{}/mailboxSettings?$select=userPurpose", users[0]["id"].as_str().unwrap()),
        )
        .await;
    assert!(settings["userPurpose"].is_string(), "{settings}");
}

#[tokio::test]
async fn each_wrong_page_says_its_number() {
    let rig = Rig::new(&[]).await;
    let tenant = rig.tenant("Tasman Freight");
    let page = rig.consent(&tenant, "peter.novak@tasmanfreight.example", "").await;
    assert!(page.contains("Need admin approval") && page.contains("90094"), "{page}");
    let page = rig.consent(&tenant, "colin.ward@rimuproperty.example", "").await;
    assert!(page.contains("AADSTS50020"), "{page}");
    let page = rig.consent(&tenant, "lena.fraser@tasmanfreight.example", "cancel").await;
    assert!(page.contains("AADSTS65004"), "{page}");
    assert_eq!(rig.token_answer(&tenant).await.status(), 400);
    let link = rig.link(&tenant) + "&redirect_uri=https%3A%2F%2Felsewhere.example";
    let page = rig.request(Method::GET, &link).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("AADSTS50011"), "{page}");
}

#[tokio::test]
async fn discovery() {
    let rig = Rig::new(&[]).await;
    let tenant = rig.tenant("Harbour Street Cafe");
    for (word, status, seen) in [
        (tenant.as_str(), 200, tenant.as_str()),
        ("HarbourStreetCafe.example", 200, &tenant),
        ("harbourstreetcafe.onmicrosoft.com", 200, &tenant),
        ("common", 200, "{tenantid}"),
        ("harbourdefence.example", 200, "login.microsoftonline.us"),
        ("pearlrivertrading.example", 200, "login.partner.microsoftonline.cn"),
        ("no-such-bakery.example", 400, "AADSTS90002"),
        ("undefined", 400, "AADSTS900023"),
        ("a..b", 400, "AADSTS900023"),
    ] {
        let url = format!("https://login.microsoftonline.com/{word}/v2.0/.well-known/openid-configuration");
        let answer = rig.request(Method::GET, &url).send().await.unwrap();
        assert_eq!(answer.status(), status, "{word}");
        let text = answer.text().await.unwrap();
        assert!(text.contains(seen), "{word}: {text}");
    }
}

#[tokio::test]
async fn every_address_of_the_discovery_document_is_answered() {
    let rig = Rig::new(&[]).await;
    let tenant = rig.tenant("Harbour Street Cafe");
    let url = format!("https://login.microsoftonline.com/{tenant}/v2.0/.well-known/openid-configuration");
    let document: serde_json::Value =
        rig.request(Method::GET, &url).send().await.unwrap().json().await.unwrap();
    for (name, method, status, seen) in [
        ("authorization_endpoint", Method::GET, 400, "Sign in to your account"),
        ("end_session_endpoint", Method::GET, 200, "You signed out of your account"),
        ("device_authorization_endpoint", Method::POST, 400, "AADSTS900144"),
        ("token_endpoint", Method::POST, 400, "AADSTS900561"),
        ("jwks_uri", Method::GET, 200, "keys"),
    ] {
        let url = document[name].as_str().unwrap();
        let answer = rig.request(method, url).send().await.unwrap();
        let code = answer.status();
        let text = answer.text().await.unwrap();
        assert!(code == status && text.contains(seen), "{name}: {code}: {text}");
    }
}

#[tokio::test]
async fn graph_refuses_what_the_documents_refuse() {
    let rig = Rig::new(&[]).await;
    let tenant = rig.tenant("Bluegum Accounting");
    rig.consent(&tenant, "ruth.sutherland@bluegumaccounting.example", "accept").await;
    let token = rig.token(&tenant).await;
    for (path, status, code) in [
        ("/users?$top=1000", 400, "Request_BadRequest"),
        ("/users?$skip=5", 400, "Request_BadRequest"),
        ("/users?$select=id,mailboxSettings", 501, "NotImplemented"),
        ("/users?$select=shoeSize", 400, "Request_BadRequest"),
        ("/users?$filter=mail ne null", 501, "NotImplemented"),
        ("/users?$skiptoken=AAAA", 400, "Request_BadRequest"),
        ("/users/0a6f3d92-7be1-4c58-9b0d-4e2c71f8a635", 404, "Request_ResourceNotFound"),
        (
            "/tenantRelationships/findTenantInformationByTenantId(tenantId='x')",
            403,
            "Authorization_RequestDenied",
        ),
        ("/nothing", 400, "BadRequest"),
    ] {
        let answer = rig.graph(&token, path).await;
        assert_eq!(answer.status(), status, "{path}");
        assert!(answer.headers().contains_key("request-id"), "{path}");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["error"]["code"], code, "{path}");
        assert!(body["error"]["innerError"]["request-id"].is_string());
    }
    assert_eq!(rig.graph("rubbish", "/users").await.status(), 401);
    rig.pass(3_601);
    assert_eq!(rig.graph(&token, "/users").await.status(), 401);
}

#[tokio::test]
async fn the_partners_own_token_names_other_tenants() {
    let rig = Rig::new(&[]).await;
    let token = rig.token(&rig.sandbox.partner().tenant).await;
    let path = "/tenantRelationships/findTenantInformationByDomainName(domainName='rimulegal.example')";
    let found = rig.read(&token, path).await;
    assert_eq!(found["displayName"], "Rimu Legal");
    assert_eq!(rig.graph(&token, "/users").await.status(), 403);
}

#[tokio::test]
async fn grants_are_listed() {
    let rig = Rig::new(&[]).await;
    let tenant = rig.tenant("Bluegum Accounting");
    rig.consent(&tenant, "ruth.sutherland@bluegumaccounting.example", "accept").await;
    let token = rig.token(&tenant).await;
    let client = rig.sandbox.partner().client_id;
    let found =
        rig.read(&token, &format!("/servicePrincipals?$filter=appId eq '{client}'&$select=id,appId")).await;
    let id = found["value"][0]["id"].as_str().unwrap();
    let grants = rig.read(&token, &format!("/servicePrincipals/{id}/appRoleAssignments")).await;
    let roles: Vec<_> =
        grants["value"].as_array().unwrap().iter().map(|it| it["appRoleId"].as_str().unwrap()).collect();
    assert_eq!(roles.len(), 9);
    assert!(roles.contains(&"df021288-bdef-4463-88db-98f22de89214"));
    let skus = rig.read(&token, "/subscribedSkus").await;
    assert_eq!(skus["value"][0]["skuPartNumber"], "O365_BUSINESS_PREMIUM");
}

#[tokio::test]
async fn delta_tells_who_came_and_who_went() {
    let rig = Rig::new(&[]).await;
    let tenant = rig.tenant("Harbour Street Cafe");
    rig.consent(&tenant, "ana.petrov@harbourstreetcafe.example", "accept").await;
    let token = rig.token(&tenant).await;
    let start = rig.read(&token, "/users/delta?$select=displayName&$deltatoken=latest").await;
    assert_eq!(start["value"], json!([]));
    let link = start["@odata.deltaLink"].as_str().unwrap().to_owned();
    let made = rig.make(&tenant, "Zoe Newcomer").await;
    let first = rig.read(&token, &link).await;
    assert_eq!(first["value"].as_array().unwrap().len(), 1);
    assert_eq!(first["value"][0]["id"], made["id"]);
    let url = format!("http://{}/sandbox/users/remove", rig.sandbox.address());
    let body = json!({"tenant": tenant, "user": made["id"]});
    assert_eq!(rig.client.post(url).json(&body).send().await.unwrap().status(), 200);
    let second = rig.read(&token, first["@odata.deltaLink"].as_str().unwrap()).await;
    assert_eq!(second["value"][0]["@removed"]["reason"], "changed");
    rig.pass(24 * 3_600);
    let token = rig.token(&tenant).await;
    let later = rig.read(&token, second["@odata.deltaLink"].as_str().unwrap()).await;
    assert_eq!(later["value"].as_array().unwrap().len(), 2);
    rig.pass(8 * 24 * 3_600);
    let token = rig.token(&tenant).await;
    let gone = rig.graph(&token, &link).await;
    assert_eq!(gone.status(), 410);
    assert!(gone.headers()["location"].to_str().unwrap().ends_with("$deltatoken="));
    let all = rig.read(&token, "/users/delta").await;
    assert!(all["@odata.deltaLink"].is_string());
    assert_eq!(all["value"].as_array().unwrap().len(), 37 + 18);
}

#[tokio::test]
async fn spreading_takes_its_time() {
    let rig = Rig::new(&[]).await;
    let tenant = rig.tenant("Wattle Early Learning");
    assert_eq!(
        rig.token_answer(&tenant).await.json::<Value>().await.unwrap()["error_codes"],
        json!([7_000_229])
    );
    rig.consent(&tenant, "grace.kim@wattleearlylearning.example", "accept").await;
    let early = rig.token(&tenant).await;
    assert_eq!(rig.graph(&early, "/organization").await.status(), 403);
    rig.pass(13);
    let token = rig.token(&tenant).await;
    assert_eq!(rig.graph(&token, "/organization").await.status(), 403);
    rig.pass(8);
    assert_eq!(rig.graph(&token, "/organization").await.status(), 200);
    assert_eq!(rig.graph(&early, "/organization").await.status(), 403);
}

#[tokio::test]
async fn faults_of_a_listing() {
    let path = "/users?$select=id&$top=5";
    for (fault, statuses) in [
        ("throttle=7", [200, 429, 200, 200]),
        ("busy", [200, 200, 503, 200]),
        ("expired-page", [200, 200, 400, 200]),
    ] {
        let rig = Rig::new(&[fault]).await;
        let tenant = rig.tenant("Harbour Street Cafe");
        rig.consent(&tenant, "ana.petrov@harbourstreetcafe.example", "accept").await;
        let token = rig.token(&tenant).await;
        let mut next = path.to_owned();
        for status in statuses {
            let answer = rig.graph(&token, &next).await;
            assert_eq!(answer.status(), status, "{fault}");
            if status == 429 {
                assert_eq!(answer.headers()["retry-after"], "7");
            }
            if status == 200 {
                let body: Value = answer.json().await.unwrap();
                body["@odata.nextLink"].as_str().unwrap().clone_into(&mut next);
            }
        }
    }
}

#[tokio::test]
async fn broken_connections_break() {
    let rig = Rig::new(&["cut-off", "evil-next"]).await;
    let tenant = rig.tenant("Harbour Street Cafe");
    rig.consent(&tenant, "ana.petrov@harbourstreetcafe.example", "accept").await;
    let token = rig.token(&tenant).await;
    let first = rig.read(&token, "/users?$top=10").await;
    let evil = first["@odata.nextLink"].as_str().unwrap();
    assert!(evil.starts_with("https://graph.microsoft.com.collector.example/"));
    let good = evil.replace(".collector.example", "");
    let request = rig.request(Method::GET, &good).bearer_auth(&token).send().await;
    let broken = match request {
        Ok(answer) => answer.bytes().await.is_err(),
        Err(_) => true,
    };
    assert!(broken);
    assert_eq!(rig.graph(&token, &good).await.status(), 200);
}

#[tokio::test]
async fn a_drop_is_never_a_whole_answer() {
    let rig = Rig::new(&["drop=100%"]).await;
    let url = "https://graph.microsoft.com/v1.0/users";
    for _ in 0..9 {
        let came = match rig.request(Method::GET, url).send().await {
            Ok(answer) => answer.bytes().await,
            Err(none) => Err(none),
        };
        assert!(came.is_err());
    }
}

#[tokio::test]
async fn the_rehearsed_customer_does_what_the_world_says() {
    let rig = Rig::new(&[]).await;
    let play = async |name: &str| rig.sandbox.rehearsal().play(&rig.link(&rig.tenant(name))).await.unwrap();
    let said = play("Harbour Street Cafe").await;
    assert!(
        said.contains("pressed Accept") && said.contains("Harbour Street Cafe") && said.contains("500113"),
        "{said}"
    );
    assert_eq!(rig.token_answer(&rig.tenant("Harbour Street Cafe")).await.status(), 200);
    let said = play("Bluegum Accounting").await;
    assert!(said.contains("pressed Cancel"), "{said}");
    assert!(play("Bluegum Accounting").await.contains("pressed Accept"));
    let said = play("Tasman Freight").await;
    assert!(
        said.contains("90094") && said.contains("Play the customer again: Lena Fraser opens it."),
        "{said}"
    );
    let said = play("Tasman Freight").await;
    assert!(said.contains("Lena Fraser signed in and pressed Accept"), "{said}");
    let said = play("Coral Bay Dive Tours").await;
    assert!(said.contains("50020"), "{said}");
    let said = play("Rimu Legal").await;
    assert!(said.contains("Rimu Property Holdings"), "{said}");
    assert_eq!(rig.token_answer(&rig.tenant("Rimu Legal")).await.status(), 400);
    assert_eq!(rig.token_answer("rimuproperty.example").await.status(), 200);
    assert!(rig.sandbox.rehearsal().play("https://elsewhere.example/x").await.is_err());
}

#[tokio::test]
async fn a_redirect_ends_on_the_partners_page() {
    let rig = Rig::new(&[]).await;
    let tenant = rig.tenant("Harbour Street Cafe");
    let done = format!("http://localhost:{}/sandbox/done", rig.sandbox.address().port());
    let link =
        url::Url::parse_with_params(&rig.link(&tenant), [("redirect_uri", done.as_str()), ("state", "s1")])
            .unwrap();
    let said = rig.sandbox.rehearsal().play(link.as_str()).await.unwrap();
    assert!(said.contains("You can close this window"), "{said}");
}

#[tokio::test]
async fn a_second_start_finds_the_first_ones_world() {
    let folder = tempfile::tempdir().unwrap();
    let (port, token, tenant) = {
        let rig = Rig::with("standard", &[], Some(folder.path())).await;
        let tenant = rig.tenant("Harbour Street Cafe");
        rig.consent(&tenant, "ana.petrov@harbourstreetcafe.example", "accept").await;
        (rig.sandbox.address().port(), rig.token(&tenant).await, tenant)
    };
    let rig = Rig::with("standard", &[], Some(folder.path())).await;
    assert_eq!(rig.graph(&token, "/organization").await.status(), 200);
    let beside = Rig::with("standard", &[], Some(folder.path())).await;
    assert_ne!(beside.sandbox.address().port(), rig.sandbox.address().port());
    beside.make(&tenant, "Made Beside").await;
    let found = rig.read(&token, "/users?$select=displayName&$top=999").await;
    let named = found["value"].as_array().unwrap().iter().filter(|user| user["displayName"] == "Made Beside");
    assert_eq!(named.count(), 1);
    sandbox::reset(folder.path()).unwrap();
    assert_eq!(rig.token_answer(&tenant).await.status(), 400);
    assert_ne!(port, 0);
}

#[tokio::test]
async fn a_large_tenant_costs_only_its_pages() {
    let rig = Rig::with("large", &[], None).await;
    let token = rig.token(&rig.tenant("Southern Cross Health")).await;
    let page = rig.read(&token, "/users?$select=id,displayName&$top=999").await;
    assert!(page["@odata.nextLink"].is_string());
    assert_eq!(page["value"].as_array().unwrap().len(), 999);
    let id = page["value"][500]["id"].as_str().unwrap();
    assert_eq!(rig.read(&token, &format!("/users/{id}")).await["id"], id);
}

#[tokio::test]
async fn origins_cover_the_world_and_the_dead_are_silent() {
    let rig = Rig::new(&[]).await;
    let origins = rig.sandbox.origins();
    let of = |host: &str| origins.iter().find(|(origin, _)| origin == host).unwrap().1.clone();
    assert_eq!(of("https://graph.microsoft.com"), format!("http://{}", rig.sandbox.address()));
    let dead = of("https://mail.lighthouse-hosting.example");
    assert!(rig.client.get(dead).send().await.unwrap_err().is_connect());
    assert_eq!(rig.request(Method::GET, "https://elsewhere.example/").send().await.unwrap().status(), 421);
}

#[tokio::test]
async fn a_start_that_can_not_be_names_the_nearest() {
    let options = |world: &str, fault: &str| Options {
        world: world.to_owned(),
        port: None,
        data: None,
        now: Arc::new(|| NOW),
        faults: vec![fault.to_owned()],
    };
    let why = sandbox::start(options("standard", "evil-nxt")).await.err().unwrap().to_string();
    assert!(why.contains("\"evil-next\""), "{why}");
    let why = sandbox::start(options("no-such-world", "busy")).await.err().unwrap().to_string();
    assert!(why.contains("standard, large"), "{why}");
}

#[tokio::test]
async fn basic_and_wrong_secrets() {
    let rig = Rig::new(&[]).await;
    let partner = rig.sandbox.partner();
    let url = format!("https://login.microsoftonline.com/{}/oauth2/v2.0/token", partner.tenant);
    let form = [("scope", "https://graph.microsoft.com/.default"), ("grant_type", "client_credentials")];
    for (secret, status, code) in
        [(partner.secret.as_str(), 200, Value::Null), ("wrong", 401, json!([7_000_215]))]
    {
        let request =
            rig.request(Method::POST, &url).basic_auth(&partner.client_id, Some(secret)).form(&form);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.json::<Value>().await.unwrap()["error_codes"], code);
    }
    let bare =
        rig.request(Method::POST, &url).form(&[("client_id", partner.client_id.as_str()), form[0], form[1]]);
    assert_eq!(bare.send().await.unwrap().json::<Value>().await.unwrap()["error_codes"], json!([7_000_218]));
    let json =
        rig.request(Method::POST, &url).json(&json!({"client_id": partner.client_id})).send().await.unwrap();
    assert_eq!(json.status(), 400);
}

#[tokio::test]
async fn five_mailboxes_at_once_are_one_too_many() {
    let rig = Rig::with("large", &[], None).await;
    let token = rig.token(&rig.tenant("Southern Cross Health")).await;
    let page = rig.read(&token, "/users?$select=id&$top=40").await;
    let ids: Vec<_> =
        page["value"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    let mut tasks = tokio::task::JoinSet::new();
    for id in ids {
        let url = format!("https://graph.microsoft.com/v1.0/users/{id}/mailboxSettings?$select=userPurpose");
        let request = rig.request(Method::GET, &url).bearer_auth(&token);
        tasks.spawn(async move { request.send().await.unwrap().status().as_u16() });
    }
    let statuses = tasks.join_all().await;
    assert!(statuses.contains(&429), "{statuses:?}");
    assert!(statuses.iter().any(|it| *it == 200 || *it == 404), "{statuses:?}");
}

#[tokio::test]
async fn bad_rows_are_rows() {
    let rig = Rig::new(&["wrong-types", "hostile-names"]).await;
    let tenant = rig.tenant("Harbour Street Cafe");
    rig.consent(&tenant, "ana.petrov@harbourstreetcafe.example", "accept").await;
    let token = rig.token(&tenant).await;
    let page = rig.read(&token, "/users?$select=id,displayName,mail,accountEnabled").await;
    let rows = page["value"].as_array().unwrap();
    assert_eq!(rows.len(), 37);
    assert!(rows.iter().any(|it| !it["displayName"].is_string() || !it["accountEnabled"].is_boolean()));
    let nasty = |it: &Value| {
        it["displayName"].as_str().is_some_and(|name| name.contains(['\u{1b}', '\u{202e}', '\u{200b}']))
    };
    assert!(rows.iter().any(nasty));
}

#[tokio::test]
async fn pages_escape_what_they_are_given() {
    let rig = Rig::new(&[]).await;
    let url = "https://login.microsoftonline.com/%22%3E%3Cscript%3E/v2.0/adminconsent?client_id=%3Cb%3E";
    let page = rig.request(Method::GET, url).send().await.unwrap().text().await.unwrap();
    assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
    let tenant = rig.tenant("Harbour Street Cafe");
    let page = rig.request(Method::GET, &rig.link(&tenant)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("lang=\"en\"") && page.contains("<title>") && page.contains("autofocus"), "{page}");
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"), "{page}");
    let page = rig.consent(&tenant, "ana.petrov@harbourstreetcafe.example", "").await;
    assert!(page.contains("Review for your organisation") && page.contains("Harbour Street Cafe"), "{page}");
}

#[tokio::test]
async fn a_sign_in_can_not_be_skipped() {
    let rig = Rig::new(&[]).await;
    let tenant = rig.tenant("Harbour Street Cafe");
    let page = rig.request(Method::GET, &rig.link(&tenant)).send().await.unwrap().text().await.unwrap();
    let page = page.replace("value=\"account\"", "value=\"consent\"");
    rig.submit(&page, &[("decision", "accept")]).await;
    assert_eq!(rig.token_answer(&tenant).await.status(), 400);
}

#[tokio::test]
async fn a_consent_can_be_taken_back() {
    let rig = Rig::new(&[]).await;
    let tenant = rig.tenant("Harbour Street Cafe");
    rig.consent(&tenant, "ana.petrov@harbourstreetcafe.example", "accept").await;
    let url = format!("http://{}/sandbox/consent/remove", rig.sandbox.address());
    let plain = rig.client.post(&url).body("{}").send().await.unwrap();
    assert_eq!(plain.status(), 415);
    assert_eq!(rig.client.post(&url).json(&json!({"tenant": tenant})).send().await.unwrap().status(), 200);
    assert_eq!(rig.token_answer(&tenant).await.status(), 400);
}

#[tokio::test]
async fn other_clouds_are_named() {
    let rig = Rig::new(&[]).await;
    let refused: Value = rig.token_answer("harbourdefence.example").await.json().await.unwrap();
    assert_eq!(refused["error_codes"], json!([90_038]));
    let page = rig
        .request(Method::GET, &rig.link("pearlrivertrading.example"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(page.contains("AADSTS90038"), "{page}");
}

#[tokio::test]
async fn a_listing_of_48_000_comes_through_its_troubles() {
    let rig = Rig::new(&[]).await;
    let tenant = rig.tenant("Southern Plains University");
    rig.consent(&tenant, "douglas.quinn@southernplains.example", "accept").await;
    let token = rig.token(&tenant).await;
    let mut next = Some("/users?$select=id,userPrincipalName,accountEnabled,userType&$top=999".to_owned());
    let (mut ids, mut troubles) = (std::collections::HashSet::new(), Vec::new());
    while let Some(path) = &next {
        let answer = rig.graph(&token, path).await;
        if answer.status() != 200 {
            troubles.push(answer.status().as_u16());
            continue;
        }
        let page: Value = answer.json().await.unwrap();
        ids.extend(page["value"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
    }
    assert_eq!(ids.len(), 48_000);
    assert_eq!(troubles, [429, 503, 429, 503, 429, 503, 429, 503, 429, 503]);
}

#[tokio::test]
async fn the_hosters_servers_answer_for_this_world() {
    let rig = Rig::new(&[]).await;
    let soap = |mailbox: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\" \
             xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\"><soap:Header>\
             <t:RequestServerVersion Version=\"Exchange2013\"/><t:ExchangeImpersonation><t:ConnectingSID>\
             <t:PrimarySmtpAddress>{mailbox}</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></soap:Header>\
             <soap:Body><m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>\
             <t:DistinguishedFolderId Id=\"inbox\"/></m:FolderIds></m:GetFolder></soap:Body></soap:Envelope>"
        )
    };
    for (account, password, mailbox, seen) in [
        (
            "svc-backup@andersondental.example",
            "invented-anderson",
            "ana.brennan@andersondental.example",
            "NoError",
        ),
        (
            "svc-backup@penguinparademotel.example",
            "invented-penguin",
            "bruce.tan@penguinparademotel.example",
            "NoError",
        ),
        ("svc-backup@fernvalleyvet.example", "invented-fern", "lydia.marsh@fernvalleyvet.example", "NoError"),
        ("svc-backup@gannetmarine.example", "invented-gannet", "walter@gannetmarine.example", "NoError"),
        (
            "svc-backup@marlboroughvineyards.example",
            "invented-marlborough",
            "irene.hart@cellar.marlboroughvineyards.example",
            "NoError",
        ),
        (
            "svc-backup@redgumremovals.example",
            "invented-redgum",
            "sandra.cole@redgumremovals.example",
            "ErrorImpersonat",
        ),
        (
            "svc-backup@andersondental.example",
            "invented-anderson",
            "bruce.tan@penguinparademotel.example",
            "ErrorImpersonat",
        ),
    ] {
        let request = rig.request(Method::POST, "https://mail.coastline-hosting.example/EWS/Exchange.asmx");
        let request =
            request.basic_auth(account, Some(password)).header("content-type", "text/xml; charset=utf-8");
        let answer = request.body(soap(mailbox)).send().await.unwrap().text().await.unwrap();
        assert!(answer.contains(seen), "{account} {mailbox}: {answer}");
    }
}
