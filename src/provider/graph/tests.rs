//! Graph against the sandbox on loopback, one test per trouble, and against small servers for what the sandbox never does.

mod believed;
mod clouds;
mod consent;
mod hostile;
mod kinds;
mod own_right;
mod partner;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::atomic::{AtomicI64, Ordering},
};

use proptest::prelude::*;
use tokio::sync::mpsc;

use super::*;
use crate::{
    domain::{
        consent::Terms,
        doubt::DomainOwner,
        failure::{Failure, FailureKind},
        secret::Secret,
        tenant::{CheckState, Organisation, Proof, Verdict},
        tenant_input::TenantInput,
        user::{Kind, UserPage},
    },
    provider::{
        http::{HttpError, HttpOptions, Network},
        listed::Listed,
        oauth::{App, Credential},
    },
    sandbox::{self, Sandbox},
};

impl Graph {
    /// A round of proving a tenant of which nothing is known yet.
    async fn prove(&self, expected: &Organisation, is_link_out: bool) -> Proof {
        self.prove_by(expected, &Terms { is_link_out, ..Terms::default() }).await
    }
}

const TENANT: &str = "7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77";
const PARTNER: &str = "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684";
const CLIENT: &str = "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40";

/// Monday 23 November 2026, 09:00 UTC: 20:00 in Sydney.
const START: i64 = 1_795_424_400_000;

/// One tenant with 2,300 people of every kind, so that a listing has three pages.
const WORLD: &str = r#"
[partner]
tenant = "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684"
name = "Coastline Partners"
domain = "coastline-partners.example"
client_id = "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40"
secret = "sandbox~invented~secret"
app_name = "Backup365"
redirects = ["http://localhost/consent"]
permissions = [
  "Organization.Read.All", "User.Read.All", "Application.Read.All", "MailboxSettings.Read", "Mail.ReadWrite",
  "Calendars.ReadWrite", "Contacts.ReadWrite", "Files.ReadWrite.All", "Sites.ReadWrite.All",
]
own_permissions = ["CrossTenantInformation.ReadBasic.All"]

[[tenant]]
id = "7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77"
name = "Bakery"
domain = "bakery.example"
initial = "bakery0042.onmicrosoft.com"
spare = 4
crowd = { users = 2300, shared = 9, rooms = 3, equipment = 2, guests = 4, disabled = 5, unlicensed = 6, new_per_day = 2, licensed = 3 }
account = [
  { address = "ana.petrov@bakery.example", name = "Ana Petrov", role = "global" },
]

[[customer]]
reference = "C-1001"
name = "Bakery"
domain = "bakery.example"
products = ["office365"]
tenant = "7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77"
managed = true
shows = "everything"

[[tenant]]
id = "9db04710-6a8d-4035-b7d5-10361bc1367b"
name = "Foundry"
domain = "foundry.example"
initial = "foundry.onmicrosoft.com"
crowd = { users = 3 }
account = [{ address = "ana@foundry.example", name = "Ana", role = "global" }]
"#;

/// A sandbox, a client for it, and the hands of the clock.
struct Stage {
    sandbox: Sandbox,
    graph: Graph,
    millis: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

impl Stage {
    async fn with(faults: &[&str]) -> Self {
        Self::of(WORLD, faults).await
    }

    async fn of(world: &str, faults: &[&str]) -> Self {
        Self::in_cloud(Cloud::Global, world, faults).await
    }

    async fn in_cloud(cloud: Cloud, world: &str, faults: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path: PathBuf = folder.path().join("world.toml");
        std::fs::write(&path, world).unwrap();
        let millis = Arc::new(AtomicI64::new(START));
        let told = Arc::clone(&millis);
        let options = sandbox::Options {
            world: path.to_str().unwrap().to_owned(),
            port: None,
            data: None,
            now: Arc::new(move || told.load(Ordering::SeqCst)),
            faults: faults.iter().map(|fault| (*fault).to_owned()).collect(),
        };
        let sandbox = sandbox::start_in(cloud.word(), options).await.unwrap();
        let told = Arc::clone(&millis);
        let clock = Clock::new(move || Moment::from_millis(told.load(Ordering::SeqCst)));
        let partner = sandbox.partner();
        let mut settings = Settings { cloud, ..settings(sandbox.origins(), clock, &partner.secret) };
        settings.browser_origin = Some(format!("http://{}", sandbox.address()));
        let graph = made(&settings);
        Self { sandbox, graph, millis, _folder: folder }
    }

    /// The customer's administrator accepts.
    async fn accept(&self) {
        self.accept_for(tenant()).await;
    }

    /// The administrator of a tenant accepts.
    async fn accept_for(&self, tenant: TenantId) {
        let link = self.graph.browser_link(tenant);
        self.sandbox.rehearsal().play(&link).await.unwrap();
    }

    fn pass(&self, time: Duration) {
        self.millis.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    async fn list(&self) -> (Result<u32, Failure>, Vec<Listed>) {
        list(&self.graph).await
    }
}

async fn list(graph: &Graph) -> (Result<u32, Failure>, Vec<Listed>) {
    list_knowing(graph, &Memory::default()).await
}

async fn list_knowing(graph: &Graph, memory: &Memory) -> (Result<u32, Failure>, Vec<Listed>) {
    let (sink, mut listed) = mpsc::channel(1);
    let collect = async {
        let mut all = Vec::new();
        while let Some(part) = listed.recv().await {
            all.push(part);
        }
        all
    };
    tokio::join!(graph.list_users(tenant(), memory, sink), collect)
}

fn settings(origins: Vec<(String, String)>, clock: Clock, secret: &str) -> Settings {
    Settings {
        http: HttpOptions { origins, is_total: true, clock, network: Network::default() },
        app: App {
            client_id: CLIENT.parse().unwrap(),
            partner: PARTNER.parse().unwrap(),
            credential: Credential::Secret(Secret::new(secret.to_owned())),
            next: None,
        },
        cloud: Cloud::Global,
        browser_origin: None,
        done_page: None,
        permissions: PermissionSet::usual().unwrap(),
    }
}

fn made(settings: &Settings) -> Graph {
    let http = Http::new(settings.http.clone()).unwrap().waiting_first(Duration::from_millis(1));
    Graph::new(http, settings).unwrap()
}

fn tenant() -> TenantId {
    TENANT.parse().unwrap()
}

fn expected() -> Organisation {
    Organisation { tenant: tenant(), name: None, domain: None, region: None }
}

fn pages(parts: &[Listed]) -> Vec<Arc<UserPage>> {
    parts
        .iter()
        .filter_map(|p| if let Listed::Page(page) = p { Some(Arc::clone(page)) } else { None })
        .collect()
}

/// How many of each kind, once all is known.
fn kinds(parts: &[Listed]) -> BTreeMap<Kind, usize> {
    let mut all = BTreeMap::new();
    for part in parts {
        match part {
            Listed::Page(page) => all.extend(page.ids().iter().copied().zip(page.kinds().iter().copied())),
            Listed::Kinds(known) => all.extend(known.iter().copied()),
            Listed::Whole(_) | Listed::Note(_) | Listed::Doubt(_) => {}
        }
    }
    let mut counts = BTreeMap::new();
    for kind in all.into_values() {
        *counts.entry(kind).or_insert(0) += 1;
    }
    counts
}

fn state<'a>(proof: &'a Proof, name: &str) -> &'a CheckState {
    &proof.checks.iter().find(|check| check.name.as_str() == name).unwrap().state
}

#[tokio::test]
async fn an_organisation_is_found_by_id_and_by_domain_with_its_name() {
    let stage = Stage::with(&[]).await;
    for text in [TENANT, "bakery.example", "bakery0042.onmicrosoft.com"] {
        let found = stage.graph.look_up(&TenantInput::parse(text).unwrap()).await.unwrap();
        assert_eq!(found.tenant, tenant());
        assert_eq!(found.name.unwrap().as_str(), "Bakery");
        assert!(found.domain.is_some());
    }
}

#[tokio::test]
async fn without_the_permission_the_name_comes_after_consent() {
    let world = WORLD
        .replace(r#"own_permissions = ["CrossTenantInformation.ReadBasic.All"]"#, "own_permissions = []");
    let stage = Stage::of(&world, &[]).await;
    let found = stage.graph.look_up(&TenantInput::parse("bakery.example").unwrap()).await.unwrap();
    assert_eq!((found.tenant, found.name), (tenant(), None));
}

#[tokio::test]
async fn a_mail_domain_is_an_organisations_nobodys_or_another_clouds() {
    let world = format!(
        "{WORLD}\n[[tenant]]\nid = \"1f0c9a55-7d3e-4b68-8a21-94e6b7d0c3f2\"\nname = \"Far\"\n\
         domain = \"far.example\"\ninitial = \"far.onmicrosoft.us\"\ncloud = \"microsoftonline.us\"\n"
    );
    let stage = Stage::of(&world, &[]).await;
    for (domain, owner) in [
        ("bakery.example", DomainOwner::Tenant(tenant())),
        ("nobody.example", DomainOwner::Nobody),
        ("far.example", DomainOwner::OtherCloud),
    ] {
        assert_eq!(stage.graph.owner_of(domain).await.unwrap(), owner, "{domain}");
    }
    // What Microsoft does not say is not an answer.
    let stage = Stage::with(&["drop=100"]).await;
    let failure = stage.graph.owner_of("bakery.example").await.unwrap_err();
    assert!(matches!(failure.kind, FailureKind::Unreachable | FailureKind::Throttled), "{failure:?}");
}

/// A token of the partner's own organisation comes before any consent, with the permissions that the application has
/// there.
#[tokio::test]
async fn the_partners_own_organisation_has_not_accepted_because_a_token_comes() {
    let stage = Stage::with(&[]).await;
    let own = Organisation { tenant: PARTNER.parse().unwrap(), name: None, domain: None, region: None };
    for is_link_out in [false, true] {
        assert_eq!(stage.graph.prove(&own, is_link_out).await.verdict, Verdict::NotYet);
    }
    // One of those that are asked for may be there already, for something else.
    let world = WORLD.replace(
        r#"own_permissions = ["CrossTenantInformation.ReadBasic.All"]"#,
        r#"own_permissions = ["CrossTenantInformation.ReadBasic.All", "User.Read.All"]"#,
    );
    let stage = Stage::of(&world, &[]).await;
    assert_eq!(stage.graph.prove(&own, true).await.verdict, Verdict::NotYet);
    stage.accept_for(own.tenant).await;
    assert_eq!(stage.graph.prove(&own, true).await.verdict, Verdict::Proved);
}

#[tokio::test]
async fn an_unknown_organisation_is_called_so() {
    let stage = Stage::with(&[]).await;
    let input = TenantInput::parse("nobody.example").unwrap();
    let failure = stage.graph.look_up(&input).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert_eq!(failure.code.unwrap().as_str(), "90002");
    assert!(failure.reference.unwrap().as_str().contains("correlation"));
    // What is asked for is what was named: an ID is read again, a domain is spelt again.
    for (typed, way) in [
        ("1f0c9a55-7d3e-4b68-8a21-94e6b7d0c3f2", "Ask the customer to read the tenant ID again"),
        ("nobody.example", "Check the spelling with the customer: the part behind the @."),
    ] {
        let failure = stage.graph.look_up(&TenantInput::parse(typed).unwrap()).await.unwrap_err();
        let words = format!("{typed}: Microsoft knows no organisation by this name or ID");
        assert_eq!(failure.what.as_str(), words);
        assert!(failure.hint.for_commands().as_str().starts_with(way), "{failure:?}");
    }
}

#[tokio::test]
async fn consent_is_proved_only_after_it_was_given() {
    let stage = Stage::with(&[]).await;
    assert_eq!(stage.graph.prove(&expected(), false).await.verdict, Verdict::NotYet);
    assert_eq!(stage.graph.prove(&expected(), true).await.verdict, Verdict::NotYet);
    stage.accept().await;
    let proof = stage.graph.prove(&expected(), false).await;
    assert_eq!(proof.verdict, Verdict::Proved, "{:#?}", proof.checks);
    assert_eq!(proof.checks.len(), 5 + PermissionSet::usual().unwrap().rows.len());
    assert!(proof.checks.iter().all(|check| check.state == CheckState::Good));
    assert_eq!(proof.organisation.unwrap().name.unwrap().as_str(), "Bakery");
    assert_eq!(proof.at, Moment::from_millis(START));
}

#[tokio::test]
async fn a_grant_that_spreads_is_never_a_failure() {
    let stage = Stage::with(&["spreading=20s"]).await;
    stage.accept().await;
    let mut verdicts = Vec::new();
    for _ in 0..22 {
        let proof = stage.graph.prove(&expected(), true).await;
        assert!(!proof.checks.iter().any(|c| matches!(c.state, CheckState::Bad(_))), "{:#?}", proof.checks);
        verdicts.push(proof.verdict);
        stage.pass(Duration::from_secs(1));
    }
    assert_eq!(verdicts.first(), Some(&Verdict::Spreading));
    assert_eq!(verdicts.last(), Some(&Verdict::Proved));
    assert!(verdicts.iter().all(|v| matches!(v, Verdict::Spreading | Verdict::Proved)), "{verdicts:?}");
}

#[tokio::test]
async fn a_known_application_without_any_permission_is_no_consent() {
    let graph = canned(|path, _| {
        if path.ends_with("/token") {
            (200, serde_json::json!({"access_token": "opaque"}))
        } else if path.contains("well-known") {
            (200, discovery())
        } else {
            (403, serde_json::json!({"error": {"code": "Authorization_RequestDenied"}}))
        }
    })
    .await;
    let proof = graph.prove(&expected(), false).await;
    assert_eq!(proof.verdict, Verdict::NotYet, "{:#?}", proof.checks);
    assert!(!proof.checks.iter().any(|check| matches!(check.state, CheckState::Bad(_))));
    assert_eq!(graph.prove(&expected(), true).await.verdict, Verdict::Spreading);
}

#[tokio::test]
async fn a_permission_that_stays_away_is_named() {
    let stage = Stage::with(&["without=Mail.ReadWrite"]).await;
    stage.accept().await;
    let fresh = stage.graph.prove(&expected(), true).await;
    assert_eq!(fresh.verdict, Verdict::Spreading);
    assert_eq!(*state(&fresh, "Mail.ReadWrite"), CheckState::Spreading);
    stage.pass(Duration::from_mins(6));
    let proof = stage.graph.prove(&expected(), true).await;
    let Verdict::Failed(failure) = &proof.verdict else { panic!("{:?}", proof.verdict) };
    assert!(failure.what.as_str().contains("Mail.ReadWrite"), "{failure:?}");
    assert_eq!(*state(&proof, "User.Read.All"), CheckState::Good);
    assert!(matches!(state(&proof, "Mail.ReadWrite"), CheckState::Bad(_)));
}

#[tokio::test]
async fn another_organisation_is_named_and_nothing_is_proved() {
    let stage = Stage::with(&["other-organization=9db04710-6a8d-4035-b7d5-10361bc1367b"]).await;
    stage.accept().await;
    let proof = stage.graph.prove(&expected(), true).await;
    let Verdict::WrongTenant { found } = &proof.verdict else { panic!("{:?}", proof.verdict) };
    assert_eq!(found.tenant.to_string(), "9db04710-6a8d-4035-b7d5-10361bc1367b");
    let CheckState::Bad(failure) = state(&proof, "Every answer names this organisation") else {
        panic!("{proof:?}")
    };
    assert!(failure.what.as_str().contains("nothing has been enabled"), "{failure:?}");
    assert!(proof.organisation.is_none());
}

#[tokio::test]
async fn each_refusal_of_the_sign_in_has_its_words() {
    for (number, kind) in [
        ("7000112", FailureKind::Refused),
        ("5000224", FailureKind::Refused),
        ("7000215", FailureKind::Internal),
        ("7000222", FailureKind::Internal),
        ("700027", FailureKind::Internal),
        ("90033", FailureKind::Unreachable),
        ("53003", FailureKind::Refused),
    ] {
        let stage = Stage::with(&[&format!("token-error={number}")]).await;
        let proof = stage.graph.prove(&expected(), true).await;
        let Verdict::Failed(failure) = &proof.verdict else { panic!("{number}: {:?}", proof.verdict) };
        assert_eq!((failure.kind, failure.code.as_ref().unwrap().as_str()), (kind, number));
        assert!(failure.reference.is_some(), "{number}");
    }
    for number in ["700016", "7000229", "700011", "65001"] {
        let stage = Stage::with(&[&format!("token-error={number}")]).await;
        assert_eq!(stage.graph.prove(&expected(), true).await.verdict, Verdict::NotYet, "{number}");
    }
}

#[tokio::test]
async fn the_list_is_whole_and_tells_the_kinds() {
    let stage = Stage::with(&[]).await;
    stage.accept().await;
    let (count, parts) = stage.list().await;
    let count = count.unwrap() as usize;
    let pages = pages(&parts);
    assert!(pages.len() >= 3, "{}", pages.len());
    assert_eq!(pages.iter().map(|page| page.len()).sum::<usize>(), count);
    let kinds = kinds(&parts);
    assert_eq!(kinds.get(&Kind::Shared), Some(&9), "{kinds:?}");
    assert_eq!(kinds.get(&Kind::Room), Some(&5), "{kinds:?}");
    assert_eq!(kinds.get(&Kind::Guest), Some(&4), "{kinds:?}");
    assert_eq!(kinds.get(&Kind::Disabled), Some(&5), "{kinds:?}");
    assert!(kinds[&Kind::User] >= 2_300, "{kinds:?}");
    assert_eq!(kinds.get(&Kind::NotKnownYet), None, "{kinds:?}");
    let user = pages[0].row(0).unwrap();
    assert!(user.address.as_str().contains('@') && user.made.is_some());
    assert!(
        pages.iter().any(|p| (0..p.len()).any(|at| p.row(at).unwrap().licences.as_str().contains("365")))
    );
}

#[tokio::test]
async fn passing_troubles_cost_no_row_and_double_none() {
    let stage = Stage::with(&[]).await;
    stage.accept().await;
    let whole = stage.list().await.0.unwrap();
    for fault in ["throttle=0", "busy", "cut-off", "expired-page"] {
        let stage = Stage::with(&[fault]).await;
        stage.accept().await;
        let (count, parts) = stage.list().await;
        assert_eq!(count.unwrap(), whole, "{fault}");
        let ids: std::collections::BTreeSet<_> =
            pages(&parts).iter().flat_map(|page| page.ids().to_vec()).collect();
        assert_eq!(ids.len(), whole as usize, "{fault}");
    }
}

#[tokio::test]
async fn odd_rows_are_rows_with_a_problem() {
    let stage = Stage::with(&["wrong-types", "hostile-names"]).await;
    stage.accept().await;
    let (count, parts) = stage.list().await;
    assert!(count.unwrap() >= 2_300);
    let pages = pages(&parts);
    let rows = || pages.iter().flat_map(|page| (0..page.len()).map(|at| page.row(at).unwrap()));
    assert!(rows().any(|row| !row.problem.is_empty()));
    assert!(rows().filter(|row| row.problem.is_empty()).count() > 500);
    assert!(rows().all(|row| !row.name.as_str().chars().any(|c| c.is_control() || c == '\u{202e}')));
}

#[tokio::test]
async fn a_next_link_to_another_host_is_not_followed() {
    let stage = Stage::with(&["evil-next"]).await;
    stage.accept().await;
    let (count, parts) = stage.list().await;
    let failure = count.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Malformed);
    assert!(failure.what.as_str().contains("must not go"), "{failure:?}");
    assert_eq!(pages(&parts).len(), 1, "the rows that came before stay");
}

#[tokio::test]
async fn without_the_right_to_ask_kinds_stay_unknown_and_the_listing_says_so() {
    let stage = Stage::with(&["without=MailboxSettings.Read"]).await;
    stage.accept().await;
    let (count, parts) = stage.list().await;
    count.unwrap();
    assert_eq!(kinds(&parts).get(&Kind::NotKnownYet), Some(&2319), "everyone with mail");
    assert_eq!(parts.iter().filter(|part| matches!(part, Listed::Note(_))).count(), 1);
}

#[tokio::test]
async fn a_receiver_that_is_gone_ends_the_listing_quietly() {
    let stage = Stage::with(&[]).await;
    stage.accept().await;
    let (sink, listed) = mpsc::channel(1);
    drop(listed);
    stage.graph.list_users(tenant(), &Memory::default(), sink).await.unwrap();
}

#[tokio::test]
async fn the_sweep_sees_everyone_first_and_then_what_changed() {
    let stage = Stage::with(&[]).await;
    stage.accept().await;
    let first = stage.graph.new_users(tenant(), None, &Memory::default()).await.unwrap();
    assert!(first.is_full && first.removed.is_empty());
    assert!(first.users.len() >= 2_300);
    assert!(first.users.iter().all(|user| user.kind != Kind::NotKnownYet));
    let again = stage.graph.new_users(tenant(), Some(&first.link), &Memory::default()).await.unwrap();
    assert!(!again.is_full && again.users.len() < 10, "{}", again.users.len());
    stage.pass(Duration::from_hours(48));
    let later = stage.graph.new_users(tenant(), Some(&again.link), &Memory::default()).await.unwrap();
    assert!(!later.is_full && !later.users.is_empty());
    assert!(later.users.len() < 100, "{}", later.users.len());
    assert!(later.users.iter().any(|user| user.made.is_some_and(|m| m > Moment::from_millis(START))));
}

#[tokio::test]
async fn a_link_that_is_no_longer_taken_means_everyone_again() {
    let stage = Stage::with(&["delta-reset"]).await;
    stage.accept().await;
    let link = "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=old";
    let delta = stage.graph.new_users(tenant(), Some(link), &Memory::default()).await;
    match delta {
        Ok(delta) => assert!(delta.is_full && delta.users.len() >= 2_300),
        Err(failure) => panic!("{failure:?}"),
    }
    let foreign = stage
        .graph
        .new_users(tenant(), Some("https://evil.example/delta"), &Memory::default())
        .await
        .unwrap_err();
    assert_eq!(foreign.kind, FailureKind::Malformed);
}

#[tokio::test]
async fn links_name_the_tenant_and_carry_no_way_back_unless_settings_do() {
    let clock = Clock::fixed(Moment::from_millis(START));
    let mut settings = settings(vec![], clock, "x");
    let plain = made(&settings);
    let link = format!("https://login.microsoftonline.com/{TENANT}/adminconsent?client_id={CLIENT}");
    assert_eq!(plain.browser_link(tenant()), link);
    settings.browser_origin = Some("http://127.0.0.1:4711".into());
    settings.done_page = Some("https://backup.example/done".into());
    let graph = made(&settings);
    assert_eq!(
        graph.browser_link(tenant()),
        format!(
            "http://127.0.0.1:4711/{TENANT}/adminconsent?client_id={CLIENT}&redirect_uri=https%3A%2F%2Fbackup.example%2Fdone"
        )
    );
}

/// A server that plays both hosts with one function: path and bearer in, status and body out.
async fn canned(
    answer: impl Fn(&str, &str) -> (u16, serde_json::Value) + Clone + Send + Sync + 'static,
) -> Graph {
    canned_with(move |path, bearer, _body| answer(path, bearer)).await
}

/// The same, with the body as well.
async fn canned_with(
    answer: impl Fn(&str, &str, &[u8]) -> (u16, serde_json::Value) + Clone + Send + Sync + 'static,
) -> Graph {
    canned_at(Clock::fixed(Moment::from_millis(START)), answer).await
}

/// The same, and the client has this clock.
async fn canned_at(
    clock: Clock,
    answer: impl Fn(&str, &str, &[u8]) -> (u16, serde_json::Value) + Clone + Send + Sync + 'static,
) -> Graph {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback(move |request: axum::extract::Request| {
        let bearer = request
            .headers()
            .get("authorization")
            .map(|v| v.to_str().unwrap().to_owned())
            .unwrap_or_default();
        let answer = answer.clone();
        async move {
            let (head, body) = request.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            let (status, body) = answer(&head.uri.to_string(), &bearer, &body);
            (axum::http::StatusCode::from_u16(status).unwrap(), body.to_string())
        }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    let origins = ["https://login.microsoftonline.com", "https://graph.microsoft.com"]
        .map(|from| (from.to_owned(), origin.clone()))
        .to_vec();
    made(&settings(origins, clock, "x"))
}

/// Discovery as it is for our tenant.
fn discovery() -> serde_json::Value {
    serde_json::json!({
        "issuer": format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
        "token_endpoint": format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"),
        "cloud_instance_name": "microsoftonline.com", "tenant_region_scope": "EU",
    })
}

#[tokio::test]
async fn a_refused_token_costs_one_new_token_and_one_more_try() {
    let tokens = Arc::new(AtomicI64::new(0));
    let counter = Arc::clone(&tokens);
    let graph = canned(move |path, bearer| {
        if path.ends_with("/token") {
            let nth = counter.fetch_add(1, Ordering::SeqCst);
            return (200, serde_json::json!({"access_token": format!("t{nth}"), "expires_in": "3599"}));
        }
        if bearer == "Bearer t0" {
            return (401, serde_json::json!({"error": {"code": "InvalidAuthenticationToken"}}));
        }
        (200, serde_json::json!({"value": []}))
    })
    .await;
    let (count, _) = list(&graph).await;
    assert_eq!(count.unwrap(), 0);
    assert_eq!(tokens.load(Ordering::SeqCst), 2, "one token, refused once, then one for all");
}

#[tokio::test]
async fn an_unreadable_token_blocks_nothing() {
    let graph = canned(|path, _| {
        let role = |role: &str| serde_json::json!({"resourceId": PARTNER, "appRoleId": role});
        (200, match path {
            p if p.ends_with("/token") => serde_json::json!({"access_token": "opaque"}),
            p if p.contains("well-known") => discovery(),
            p if p.contains("organization") => serde_json::json!({"value": [{"id": TENANT, "displayName": "Bakery"}]}),
            p if p.contains("appRoleAssignments") => {
                let rows = PermissionSet::usual().unwrap().rows;
                serde_json::json!({"value": rows.iter().map(|p| role(&p.role.to_string())).collect::<Vec<_>>()})
            }
            p if p.contains("servicePrincipals") => serde_json::json!({"value": [{"id": PARTNER}]}),
            _ => serde_json::json!({"value": []}),
        })
    })
    .await;
    let proof = graph.prove(&expected(), false).await;
    assert_eq!(proof.verdict, Verdict::Proved, "{:#?}", proof.checks);
    assert!(matches!(state(&proof, "Every answer names this organisation"), CheckState::Unread(_)));
}

#[tokio::test]
async fn an_application_that_was_switched_off_is_called_so() {
    let graph = canned(|path, _| {
        (
            200,
            match path {
                p if p.ends_with("/token") => serde_json::json!({"access_token": "opaque"}),
                p if p.contains("well-known") => discovery(),
                p if p.contains("organization") => serde_json::json!({"value": [{"id": TENANT}]}),
                p if p.contains("appRoleAssignments") => serde_json::json!({"value": []}),
                p if p.contains("servicePrincipals") => {
                    serde_json::json!({"value": [{"id": PARTNER, "accountEnabled": false}]})
                }
                _ => serde_json::json!({"value": []}),
            },
        )
    })
    .await;
    let proof = graph.prove(&expected(), true).await;
    let Verdict::Failed(failure) = proof.verdict else { panic!("{:?}", proof.verdict) };
    assert!(failure.what.as_str().contains("switched off"));
}

#[tokio::test]
async fn other_clouds_and_contradictions_are_refused_with_words() {
    for (name, document, kind) in [
        ("gov", serde_json::json!({"cloud_instance_name": "microsoftonline.us"}), FailureKind::Refused),
        ("gov", serde_json::json!({"tenant_region_sub_scope": "DODCON"}), FailureKind::Refused),
        (
            "china",
            serde_json::json!({"cloud_instance_name": "partner.microsoftonline.cn"}),
            FailureKind::Refused,
        ),
        ("new", serde_json::json!({"cloud_instance_name": "sovcloud-identity.fr"}), FailureKind::Refused),
        (
            "two tenants",
            serde_json::json!({"issuer": format!("https://login.microsoftonline.com/{PARTNER}/v2.0")}),
            FailureKind::Malformed,
        ),
        (
            "template",
            serde_json::json!({"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"}),
            FailureKind::Malformed,
        ),
        (
            "another host",
            serde_json::json!({"issuer": format!("https://sts.evil.example/{TENANT}/v2.0")}),
            FailureKind::Malformed,
        ),
    ] {
        let mut answer = discovery();
        for (key, value) in document.as_object().unwrap() {
            answer[key] = value.clone();
        }
        let graph = canned(move |_, _| (200, answer.clone())).await;
        let input = TenantInput::parse("bakery.example").unwrap();
        assert_eq!(graph.look_up(&input).await.unwrap_err().kind, kind, "{name}");
    }
    let graph =
        canned(
            |path, _| {
                if path.contains("well-known") { (200, discovery()) } else { (403, serde_json::json!({})) }
            },
        )
        .await;
    let other = TenantInput::Guid(PARTNER.parse().unwrap());
    assert_eq!(
        graph.look_up(&other).await.unwrap_err().kind,
        FailureKind::Malformed,
        "another tenant than asked"
    );
    let gcc = canned(|path, _| {
        let mut answer = discovery();
        answer["tenant_region_sub_scope"] = "GCC".into();
        if path.contains("well-known") { (200, answer) } else { (403, serde_json::json!({})) }
    })
    .await;
    let found = gcc.look_up(&TenantInput::parse("bakery.example").unwrap()).await.unwrap();
    assert_eq!(found.region.unwrap().as_str(), "EU");
}

#[tokio::test]
async fn nobody_there_is_told_with_a_way_on() {
    let clock = Clock::fixed(Moment::from_millis(START));
    let graph = made(&settings(vec![], clock, "x"));
    let failure = graph.look_up(&TenantInput::parse("bakery.example").unwrap()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.what.as_str().contains("not part of the sandbox"), "{failure:?}");
    let error = Error::Http(HttpError::TooLarge { host: "h".into(), limit: 3 });
    assert_eq!(error.failure("reading").kind, FailureKind::Malformed);
}

proptest! {
    #[test]
    fn a_token_goes_to_graph_and_nowhere_else(link in "(https|http|ftp|HTTPS)://[a-zA-Z0-9.@:#?/\\\\ -]{0,40}(graph\\.microsoft\\.com)?[a-zA-Z0-9.@:#?/\\\\ -]{0,30}|.{0,60}") {
        static GRAPH: std::sync::LazyLock<Graph> = std::sync::LazyLock::new(|| {
            made(&settings(vec![], Clock::fixed(Moment::from_millis(START)), "x"))
        });
        if let Ok(url) = GRAPH.follow(&link) {
            prop_assert_eq!(url.origin().ascii_serialization(), "https://graph.microsoft.com");
            prop_assert!(url.username().is_empty() && url.password().is_none());
        }
    }
}

#[tokio::test]
async fn a_next_link_that_can_not_be_read_fails_the_list_and_keeps_its_rows() {
    for link in [serde_json::json!(7), serde_json::json!(["https://graph.microsoft.com/v1.0/users"])] {
        let graph = canned(move |path, _| match path {
            path if path.ends_with("/token") => {
                (200, serde_json::json!({"access_token": "t", "expires_in": 3600}))
            }
            path if path.contains("/users?$select") => {
                let row =
                    serde_json::json!({"id": TENANT, "displayName": "Mila", "mail": "mila@bakery.example"});
                (200, serde_json::json!({"value": [row], "@odata.nextLink": link.clone()}))
            }
            _ => (404, serde_json::json!({})),
        })
        .await;
        let (outcome, parts) = list(&graph).await;
        let failure = outcome.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Malformed, "{failure:?}");
        assert_eq!(pages(&parts).iter().map(|page| page.len()).sum::<usize>(), 1, "what came stays");
    }
}

#[test]
fn links_that_only_look_like_graph_are_refused() {
    let graph = made(&settings(vec![], Clock::fixed(Moment::from_millis(START)), "x"));
    for link in [
        "http://graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com:444/v1.0/users",
        "https://graph.microsoft.com.evil.example/v1.0/users",
        "https://graph.microsoft.com@evil.example/",
        "https://someone@graph.microsoft.com/",
        "https://evil.example/?graph.microsoft.com",
        "https://graph.microsoft.com./v1.0/users",
        "https://graph.microsoft.com\\@evil.example/v1.0/users",
        "https://evil.example\\.graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com%2eevil.example/v1.0/users",
        "https://graph%2emicrosoft%2ecom.evil.example/v1.0/users",
        "https://graph.microsoft.com:443@evil.example/v1.0/users",
        "https://:@graph.microsoft.com:8443/v1.0/users",
        "https://:secret@graph.microsoft.com/v1.0/users",
        "https://gr\u{430}ph.microsoft.com/v1.0/users",
        "https://xn--grph-43d.microsoft.com/v1.0/users",
        "https://[::1]/v1.0/users",
        "https://[::ffff:127.0.0.1]:443/v1.0/users",
        "https://2130706433/v1.0/users",
        "https://graph.microsoft.com..evil.example/",
        "https:graph.microsoft.com.evil.example/v1.0/users",
        "ftp://graph.microsoft.com/v1.0/users",
        "ws://graph.microsoft.com/v1.0/users",
        "javascript:https://graph.microsoft.com/",
        "//graph.microsoft.com/v1.0/users",
        "/v1.0/users",
        "",
    ] {
        assert!(matches!(graph.follow(link), Err(Error::WrongHost { .. })), "{link}");
    }
    for link in
        ["https://graph.microsoft.com/v1.0/users?$skiptoken=x", "https://GRAPH.microsoft.com:443/v1.0"]
    {
        assert!(graph.follow(link).is_ok(), "{link}");
    }
}

#[test]
fn a_place_where_our_key_must_not_go_is_named_by_what_is_wrong_with_it() {
    let root: url::Url = "https://graph.microsoft.com".parse().unwrap();
    for (link, place) in [
        ("https://evil.example/v1.0/users", "evil.example"),
        ("http://graph.microsoft.com/v1.0/users", "graph.microsoft.com by http in place of https"),
        ("https://graph.microsoft.com:8443/v1.0/users", "graph.microsoft.com, port 8443"),
        ("https://ana@graph.microsoft.com/v1.0/users", "graph.microsoft.com under a user name"),
    ] {
        let failure = follow(&root, link).unwrap_err().failure("listing");
        let words = format!("listing: an answer leads on to {place}, where our key must not go");
        assert_eq!(failure.what.as_str(), words);
    }
}
