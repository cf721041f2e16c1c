//! What the client asks of Graph, held against Microsoft's own list of paths and query options.
//!
//! A recorder stands between the client and the sandbox; it notes each request and passes it on unchanged.

use std::{
    collections::BTreeSet,
    process::Command,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Body, extract::Request, response::Response};
use backup365::{
    domain::{
        cloud::Cloud,
        consent::Terms,
        permission::PermissionSet,
        secret::Secret,
        tenant_input::TenantInput,
        text::Text,
        time::{Clock, Moment},
    },
    provider::{
        Provider, Settings,
        graph::Memory,
        http::{HttpOptions, Network},
        oauth::{App, Credential},
        store::{Store, StoreOptions},
    },
    sandbox,
};
use serde_json::Value;

use crate::tools::descriptions;

/// Where the list of paths lies, if the folder is named.
fn described() -> Option<Value> {
    let path = descriptions()?.join("graph-v1.0.kiota-paths.json.gz");
    assert!(path.exists(), "{} is missing", path.display());
    let unpacked = Command::new("gzip").arg("-dc").arg(&path).output().unwrap();
    assert!(unpacked.status.success(), "{} can't be unpacked", path.display());
    Some(serde_json::from_slice(&unpacked.stdout).unwrap())
}

/// Notes each request's method, path and query, and passes it on.
async fn recorder(to: String, seen: Arc<Mutex<Vec<(String, String)>>>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let onward = reqwest::Client::new();
    let pass = move |request: Request| {
        let (to, seen, onward) = (to.clone(), Arc::clone(&seen), onward.clone());
        async move {
            let (parts, body) = request.into_parts();
            let target = parts.uri.path_and_query().unwrap().as_str().to_owned();
            let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
            let mut requests = vec![(parts.method.as_str().to_lowercase(), target.clone())];
            // The list of paths has no batches: what counts are the requests in one.
            if target == "/v1.0/$batch" {
                requests = in_batch(&body);
            }
            seen.lock().unwrap().extend(requests);
            let answer = onward
                .request(parts.method, format!("{to}{target}"))
                .headers(parts.headers)
                .body(body)
                .send()
                .await
                .unwrap();
            let mut response = Response::builder().status(answer.status());
            for (name, value) in answer.headers() {
                if name != "transfer-encoding" {
                    response = response.header(name, value);
                }
            }
            response.body(Body::from(answer.bytes().await.unwrap())).unwrap()
        }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(pass)).await });
    format!("http://{address}")
}

/// The requests in a batch, as if each had come alone.
fn in_batch(body: &[u8]) -> Vec<(String, String)> {
    let batch: Value = serde_json::from_slice(body).unwrap();
    let text = |request: &Value, key: &str| request[key].as_str().unwrap().to_owned();
    let alone = |request| (text(request, "method").to_lowercase(), format!("/v1.0{}", text(request, "url")));
    batch["requests"].as_array().unwrap().iter().map(alone).collect()
}

/// Whether a path fits a template; `{}` stands for a part of a segment, and a function may leave its `()` out.
fn fits(template: &str, path: &str) -> bool {
    let template = if path.ends_with("()") { template } else { template.trim_end_matches("()") };
    let (ours, theirs): (Vec<_>, Vec<_>) = (path.split('/').collect(), template.split('/').collect());
    ours.len() == theirs.len()
        && ours.iter().zip(theirs).all(|(part, pattern)| match pattern.split_once("{}") {
            Some((start, end)) => {
                part.len() > start.len() + end.len() && part.starts_with(start) && part.ends_with(end)
            }
            None => *part == pattern,
        })
}

#[tokio::test]
async fn every_request_of_the_client_is_described_by_microsoft() {
    let Some(described) = described() else { return };
    let start = Moment::parse("2026-11-23T01:00:00Z").unwrap();
    let sandbox = sandbox::start(sandbox::Options {
        world: "standard".into(),
        port: Some(0),
        data: None,
        now: Arc::new(move || start.as_millis()),
        faults: Vec::new(),
    })
    .await
    .unwrap();
    let seen = Arc::default();
    let direct = format!("http://{}", sandbox.address());
    let recorded = recorder(direct.clone(), Arc::clone(&seen)).await;
    let clock = Clock::fixed(start);
    let partner = sandbox.partner();
    let settings = Settings {
        http: HttpOptions {
            origins: vec![
                (Cloud::Global.login().into(), direct.clone()),
                (Cloud::Global.graph().into(), recorded),
            ],
            is_total: true,
            clock,
            network: Network::default(),
        },
        app: App {
            client_id: partner.client_id.parse().unwrap(),
            partner: partner.tenant.parse().unwrap(),
            credential: Credential::Secret(Secret::new(partner.secret)),
            next: None,
        },
        cloud: Cloud::Global,
        browser_origin: Some(direct),
        done_page: None,
        permissions: PermissionSet::usual().unwrap(),
    };
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(StoreOptions {
        place: (folder.path().join("record.sqlite")).into(),
        identity: folder.path().join("identity.txt"),
        clock: settings.http.clock.clone(),
        account: "ana".into(),
        as_user: false,
        host: Text::from("here"),
        is_sandbox: true,
    });
    let Provider { graph, .. } = Provider::new(&settings, store.unwrap()).unwrap();

    // Banksia Medical Centre: shared mailboxes, rooms and users without a plan, so that purposes are asked for.
    let organisation = graph.look_up(&TenantInput::parse("banksiamedical.example").unwrap()).await.unwrap();
    let by_id = graph.look_up(&TenantInput::Guid(organisation.tenant)).await.unwrap();
    assert_eq!(by_id.tenant, organisation.tenant);
    sandbox.rehearsal().play(&graph.browser_link(organisation.tenant)).await.unwrap();
    let terms = Terms { is_link_out: true, ..Terms::default() };
    assert!(graph.prove_by(&organisation, &terms).await.verdict.is_proved());
    let memory = Memory::default();
    let (sink, mut parts) = tokio::sync::mpsc::channel(4);
    let (listed, ()) = tokio::join!(graph.list_users(organisation.tenant, &memory, sink), async {
        while parts.recv().await.is_some() {}
    });
    assert!(listed.unwrap() > 100);
    let first = graph.new_users(organisation.tenant, None, &memory).await.unwrap();
    graph.new_users(organisation.tenant, Some(&first.link), &memory).await.unwrap();

    let seen: BTreeSet<(String, String)> = seen.lock().unwrap().iter().cloned().collect();
    let mut kinds = BTreeSet::new();
    for (method, target) in &seen {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = path.strip_prefix("/v1.0").unwrap_or_else(|| panic!("{target} is not version 1.0"));
        let paths = described["paths"].as_object().unwrap();
        let (template, methods) = paths
            .iter()
            .filter(|(template, methods)| fits(template, path) && methods.get(method).is_some())
            // A template without a wildcard names the request more closely than one with it.
            .min_by_key(|(template, _)| template.matches("{}").count())
            .unwrap_or_else(|| panic!("{method} {path} is not described"));
        kinds.insert(template.clone());
        let options: Vec<&str> =
            methods[method].as_array().unwrap().iter().map(|o| o.as_str().unwrap()).collect();
        for (name, _) in url::form_urlencoded::parse(query.as_bytes()) {
            let is_in_a_link = matches!(&*name, "$skiptoken" | "$deltatoken");
            assert!(is_in_a_link || options.contains(&&*name), "{method} {template} takes no {name}");
        }
    }
    for asked in ["/users", "/users/delta()", "/users/{}/mailboxSettings", "/organization"] {
        assert!(kinds.contains(asked), "{asked} was asked: {kinds:?}");
    }
}
