//! Admin consent in the built program's sandbox, as the customer's administrator meets it.
//!
//! Three visitors go the same ways: forms filled by hand over plain HTTP (always), a real Chromium by keyboard and by mouse,
//! and a text browser. What a page says is only half of each test: afterwards a token request tells whether consent is
//! stored.

mod cases;
mod chromium;
mod own_right;
mod plain;
mod text;

use reqwest::{Client, redirect::Policy};
use serde_json::Value;

use super::browser::Process;

/// Harbour Street Cafe: the smooth one.
const CAFE: &str = "4bbb2ac3-4a45-55dc-9f5b-552be884e397";
/// Its administrator.
const ANA: &str = "ana.petrov@harbourstreetcafe.example";
/// Somebody there who is no administrator.
const TOM: &str = "tom.reilly@harbourstreetcafe.example";
/// Rimu Property Holdings: another organisation.
const RIMU: &str = "ce09a731-4658-4ecb-84af-be20496a6714";
/// The administrator of that one.
const COLIN: &str = "colin.ward@rimuproperty.example";
/// The password of everybody.
const PASSWORD: &str = "sandbox";
/// The partner's invented secret, as `assets/sandbox/standard.toml` has it.
const SECRET: &str = "sandbox~invented~secret";

/// `backup365 sandbox` in the foreground, with a home of its own.
struct Served {
    /// Where it listens: `127.0.0.1:PORT`.
    address: String,
    /// The partner's application.
    application: String,
    /// A client without cookies that follows nothing by itself.
    http: Client,
    /// The program. Ends before its home is removed.
    _program: Process,
    /// Its home.
    _home: tempfile::TempDir,
}

impl Served {
    /// Starts it on a free port and reads what it says of itself.
    fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = Process::of(env!("CARGO_BIN_EXE_backup365"));
        command.args(["sandbox", "--port", "0"]).env_clear().current_dir(home.path());
        command.env("HOME", home.path()).env("LANG", "C.UTF-8").env("PATH", "/usr/bin:/bin");
        let program = Process::start(&mut command);
        let word = |text: String| text.split_whitespace().next().unwrap().to_owned();
        let address = word(program.says("SANDBOX on http://"));
        let application = word(program.says("Application "));
        let http = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Self { address, application, http, _program: program, _home: home }
    }

    /// The link that a customer gets, without a way back.
    fn link(&self, tenant: &str) -> String {
        format!(
            "http://{}/{tenant}/v2.0/adminconsent?client_id={}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
            self.address, self.application
        )
    }

    /// The same link, with the partner's public page behind it.
    fn link_with_done_page(&self, tenant: &str) -> String {
        let (_, port) = self.address.rsplit_once(':').unwrap();
        let done = format!("http://localhost:{port}/sandbox/done");
        url::Url::parse_with_params(&self.link(tenant), [("redirect_uri", done.as_str()), ("state", "s-1")])
            .unwrap()
            .into()
    }

    /// Whether consent is stored: asked by a token request, the only proof there is.
    async fn has_consent(&self, tenant: &str) -> bool {
        let form = [
            ("client_id", self.application.as_str()),
            ("client_secret", SECRET),
            ("scope", "https://graph.microsoft.com/.default"),
            ("grant_type", "client_credentials"),
        ];
        let url = format!("http://{}/{tenant}/oauth2/v2.0/token", self.address);
        let answer = self.http.post(url).form(&form).send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap();
        match status {
            200 => body["access_token"].is_string(),
            // The application is not known in that directory.
            400 if body["error_codes"][0] == 700_016 => false,
            _ => panic!("neither a token nor the lack of consent: {status} {body}"),
        }
    }
}
