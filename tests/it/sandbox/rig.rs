//! A sandbox with a clock in the test's hand, and a client that knows nothing of this program.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use backup365::sandbox::{self, Options, Sandbox};
use reqwest::{Client, Method, Response, redirect::Policy};
use serde_json::{Value, json};

/// 23 November 2026, 04:00 UTC.
pub(crate) const NOW: i64 = 1_795_406_400_000;

/// A sandbox, its clock and a client that sends everything to it.
pub(crate) struct Rig {
    /// The sandbox.
    pub(crate) sandbox: Sandbox,
    /// Its clock, milliseconds since 1970 UTC.
    pub(crate) clock: Arc<AtomicI64>,
    /// The client.
    pub(crate) client: Client,
}

impl Rig {
    /// The standard world with faults.
    pub(crate) async fn new(faults: &[&str]) -> Self {
        Self::with("standard", faults, None).await
    }

    /// A world with faults and a data folder.
    pub(crate) async fn with(world: &str, faults: &[&str], data: Option<&std::path::Path>) -> Self {
        let clock = Arc::new(AtomicI64::new(NOW));
        let hands = Arc::clone(&clock);
        let options = Options {
            world: world.to_owned(),
            port: None,
            data: data.map(Into::into),
            now: Arc::new(move || hands.load(Ordering::SeqCst)),
            faults: faults.iter().map(|it| (*it).to_owned()).collect(),
        };
        let sandbox = sandbox::start(options).await.unwrap();
        let client = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Self { sandbox, clock, client }
    }

    /// Moves the clock on, seconds.
    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    /// A request to one of Microsoft's addresses.
    pub(crate) fn request(&self, method: Method, url: &str) -> reqwest::RequestBuilder {
        let url = url::Url::parse(url).unwrap();
        let mut local = url.clone();
        local.set_scheme("http").unwrap();
        local.set_host(Some("127.0.0.1")).unwrap();
        local.set_port(Some(self.sandbox.address().port())).unwrap();
        self.client.request(method, local).header("host", url.host_str().unwrap())
    }

    /// A tenant id by customer name.
    pub(crate) fn tenant(&self, name: &str) -> String {
        self.sandbox.customers().into_iter().find(|it| it.name == name).unwrap().tenant.unwrap()
    }

    /// The token endpoint's answer.
    pub(crate) async fn token_answer(&self, tenant: &str) -> Response {
        let partner = self.sandbox.partner();
        let url = format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token");
        let form = [
            ("client_id", partner.client_id.as_str()),
            ("client_secret", &partner.secret),
            ("scope", "https://graph.microsoft.com/.default"),
            ("grant_type", "client_credentials"),
        ];
        self.request(Method::POST, &url).form(&form).send().await.unwrap()
    }

    /// A token.
    pub(crate) async fn token(&self, tenant: &str) -> String {
        let answer = self.token_answer(tenant).await;
        assert_eq!(answer.status(), 200);
        let body: Value = answer.json().await.unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// A Graph answer; `path` begins with a slash or is a whole address.
    pub(crate) async fn graph(&self, token: &str, path: &str) -> Response {
        let url = if path.starts_with('/') {
            format!("https://graph.microsoft.com/v1.0{path}")
        } else {
            path.to_owned()
        };
        self.request(Method::GET, &url).bearer_auth(token).send().await.unwrap()
    }

    /// A Graph answer that must be good.
    pub(crate) async fn read(&self, token: &str, path: &str) -> Value {
        let answer = self.graph(token, path).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    /// The link that a customer gets.
    pub(crate) fn link(&self, tenant: &str) -> String {
        let client = self.sandbox.partner().client_id;
        format!(
            "https://login.microsoftonline.com/{tenant}/v2.0/adminconsent?client_id={client}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
        )
    }

    /// Consent through the forms, as a person does it.
    pub(crate) async fn consent(&self, tenant: &str, account: &str, decision: &str) -> String {
        let page = self.request(Method::GET, &self.link(tenant)).send().await.unwrap().text().await.unwrap();
        let page = self.submit(&page, &[("account", account)]).await;
        let page = self.submit(&page, &[("passwd", "sandbox")]).await;
        if decision.is_empty() { page } else { self.submit(&page, &[("decision", decision)]).await }
    }

    /// Sends a page's form with some fields; the text of what comes.
    pub(crate) async fn submit(&self, page: &str, fields: &[(&str, &str)]) -> String {
        self.press(page, fields).await.text().await.unwrap()
    }

    /// Sends a page's form with some fields.
    pub(crate) async fn press(&self, page: &str, fields: &[(&str, &str)]) -> Response {
        let between = |from: &str, to: &str| {
            page.split(from).nth(1).and_then(|rest| rest.split(to).next()).unwrap_or_default()
        };
        let action = between("action=\"", "\"");
        assert!(action.starts_with('/'), "{page}");
        let ctx = between("name=\"ctx\" value=\"", "\"");
        let step = between("name=\"step\" value=\"", "\"");
        let mut form = vec![("ctx", ctx), ("step", step)];
        form.extend_from_slice(fields);
        let url = format!("https://login.microsoftonline.com{action}");
        self.request(Method::POST, &url).form(&form).send().await.unwrap()
    }

    /// Makes a user by hand.
    pub(crate) async fn make(&self, tenant: &str, name: &str) -> Value {
        let url = format!("http://{}/sandbox/users", self.sandbox.address());
        let answer =
            self.client.post(url).json(&json!({"tenant": tenant, "displayName": name})).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        answer.json().await.unwrap()
    }
}
