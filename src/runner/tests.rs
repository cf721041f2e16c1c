//! Every call against the sandbox, and what becomes of calls that are cancelled.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicI64, AtomicU32, Ordering},
};

use super::*;
use crate::{
    domain::{
        cloud::Cloud,
        customer::{Impersonation, Listing, NewCustomer, Product, Progress},
        doubt::Accepts,
        draft::Draft,
        form_draft::FormDraft,
        held_by::{RunAnswer, RunRequest},
        id::{CustomerId, TenantId, UserId},
        permission::PermissionSet,
        protection::{Chosen, SeatOutcome},
        run::{ExclusionChange, Seen},
        secret::Secret,
        tenant_input::TenantInput,
        time::{Clock, Moment},
        user::{Kind, Kinds, UserPage},
        verdict::ListSummary,
    },
    provider::{
        self,
        http::{HttpOptions, Network},
        oauth::{App, Credential},
        store::StoreOptions,
    },
    sandbox::{self, Sandbox},
    wizard::call::{Listed, World},
};

mod team;

const OFFICE: Product = Product::Office365;

/// Monday 23 November 2026, 14:00 in Sydney.
const START: i64 = 1_795_402_800_000;

/// A runner over a sandbox and a store in a folder, with a clock in the test's hand.
struct Stage {
    runner: Runner,
    tools: Tools,
    sandbox: Sandbox,
    millis: Arc<AtomicI64>,
    woken: Arc<AtomicU32>,
    calls: u64,
    folder: tempfile::TempDir,
}

/// Opens a world that is there already.
fn opens(tools: Tools) -> Open {
    Arc::new(move || {
        let operator = tools.provider.store.operator();
        let world = World {
            operator,
            link_prefix: String::new(),
            link_suffix: String::new(),
            notes: Vec::new(),
            is_shared: tools.provider.store.is_shared(),
        };
        Ok(Opened { tools: tools.clone(), world, kept: None })
    })
}

impl Stage {
    async fn new(world: &str) -> Self {
        Self::with(world, &[]).await
    }

    async fn with(world: &str, faults: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let millis = Arc::new(AtomicI64::new(START));
        let told = Arc::clone(&millis);
        let sandbox = sandbox::start(sandbox::Options {
            world: world.to_owned(),
            port: Some(0),
            data: None,
            now: Arc::new(move || told.load(Ordering::SeqCst)),
            faults: faults.iter().map(|fault| (*fault).to_owned()).collect(),
        })
        .await
        .unwrap();
        let told = Arc::clone(&millis);
        let clock = Clock::new(move || Moment::from_millis(told.load(Ordering::SeqCst)));
        let rehearsal = sandbox.rehearsal();
        let tools = Tools {
            provider: provider_of(&sandbox, &clock, folder.path()),
            clock,
            rehearse: Some(Rehearse {
                play: Arc::new(move |link| {
                    let rehearsal = rehearsal.clone();
                    Box::pin(async move { rehearsal.play(&link).await })
                }),
                tell: Arc::new(|domain| {
                    (domain == "andersondental.example").then(|| Impersonation {
                        server: "mail.coastline-hosting.example".into(),
                        account: "svc-backup@andersondental.example".into(),
                        password: Secret::new("invented-anderson".into()),
                        sample: "ana.brennan@andersondental.example".parse().unwrap(),
                        domains: vec!["andersondental.example".into()],
                        listing: Listing::Directory,
                    })
                }),
            }),
            own_right: None,
            files: folder.path().join("files"),
            only: None,
            launcher: None,
        };
        let woken = Arc::new(AtomicU32::new(0));
        let wakes = Arc::clone(&woken);
        let wake = Arc::new(move || {
            wakes.fetch_add(1, Ordering::SeqCst);
        });
        let runner = Runner::new(Handle::current(), opens(tools.clone()), wake);
        Self { runner, tools, sandbox, millis, woken, calls: 0, folder }
    }

    fn store(&self) -> &Store {
        &self.tools.provider.store
    }

    fn start(&mut self, request: Request) -> CallId {
        self.calls += 1;
        let call = CallId(self.calls);
        self.runner.start(call, request);
        call
    }

    /// The next reply, whosever it is.
    async fn next(&mut self) -> (CallId, Reply) {
        let waiting = async {
            loop {
                match self.runner.reply() {
                    Some(reply) => return reply,
                    None => tokio::time::sleep(Duration::from_millis(1)).await,
                }
            }
        };
        tokio::time::timeout(Duration::from_mins(1), waiting).await.unwrap()
    }

    /// All replies of one call, the last one last.
    async fn ask(&mut self, request: Request) -> Vec<Reply> {
        let call = self.start(request);
        let mut replies = Vec::new();
        loop {
            let (from, reply) = self.next().await;
            assert_eq!(from, call);
            let is_part = reply.is_part();
            replies.push(reply);
            if !is_part {
                return replies;
            }
        }
    }

    /// Waits until no call is open any more.
    async fn is_quiet(&self) {
        let waiting = async {
            while !lock(&self.runner.open).is_empty() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), waiting).await.unwrap();
    }

    /// A customer of the standard world with an open run.
    fn run_of(&self, reference: &str, product: Product) -> (CustomerId, RunId) {
        let row = self.sandbox.customers().into_iter().find(|row| row.reference == reference).unwrap();
        let customer = NewCustomer {
            reference: Text::clean(&row.reference),
            name: Text::clean(&row.name),
            domain: Text::clean(row.domain.as_deref().unwrap_or_default()),
            is_active: true,
            products: vec![product],
            tenant: row.tenant.map(|tenant| tenant.parse().unwrap()),
            is_managed: row.managed,
            ..NewCustomer::default()
        };
        self.store().seed_customers(&[customer]).unwrap();
        let on_record = self.store().customers().unwrap();
        let customer = on_record.iter().find(|one| one.reference.as_str() == reference).unwrap().id;
        (customer, self.store().open_run(customer, product).unwrap().id)
    }

    fn tenant_of(&self, reference: &str) -> TenantId {
        let row = self.sandbox.customers().into_iter().find(|row| row.reference == reference).unwrap();
        row.tenant.unwrap().parse().unwrap()
    }
}

fn provider_of(sandbox: &Sandbox, clock: &Clock, folder: &std::path::Path) -> Provider {
    let store = Store::open(StoreOptions {
        place: (folder.join("record/store.sqlite")).into(),
        identity: folder.join("config/identity.txt"),
        clock: clock.clone(),
        account: "ann".into(),
        as_user: false,
        host: "desk-1".into(),
        is_sandbox: true,
    })
    .unwrap();
    let partner = sandbox.partner();
    let settings = provider::Settings {
        http: HttpOptions {
            origins: sandbox.origins(),
            is_total: true,
            clock: clock.clone(),
            network: Network::default(),
        },
        app: App {
            client_id: partner.client_id.parse().unwrap(),
            partner: partner.tenant.parse().unwrap(),
            credential: Credential::Secret(Secret::new(partner.secret)),
            next: None,
        },
        cloud: Cloud::Global,
        browser_origin: Some(format!("http://{}", sandbox.address())),
        done_page: None,
        permissions: PermissionSet::usual().unwrap(),
    };
    Provider::new(&settings, store).unwrap()
}

fn organisation(tenant: TenantId) -> Organisation {
    Organisation { tenant, name: None, domain: None, region: None }
}

fn somebody(number: u16) -> Chosen {
    let [high, low] = number.to_be_bytes();
    Chosen {
        id: UserId::from_bytes([high, low, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
        address: Text::of(format_args!("u{number}@bakery.example")),
        name: Text::of(format_args!("User {number}")),
        kind: Kind::User,
    }
}

/// The name of a request; a new one has to be added here and to the calls below.
const fn name(request: &Request) -> &'static str {
    match request {
        Request::Wake(_) => "wake",
        Request::OpenWorld => "open world",
        Request::LoadBoard => "load board",
        Request::ProbeBoard(_) => "probe board",
        Request::LoadConsents => "load consents",
        Request::KeepSeen(_) => "keep seen",
        Request::AddCustomer(..) => "add customer",
        Request::ImportFromMicrosoft => "import from Microsoft",
        Request::OpenRun(..) => "open run",
        Request::LoadRun(_) => "load run",
        Request::FollowChanges => "follow changes",
        Request::LookAtRun(_) => "look at run",
        Request::AskForRun(_) => "ask for run",
        Request::WithdrawRequest(_) => "withdraw request",
        Request::AnswerRequest(..) => "answer request",
        Request::SeizeRun(..) => "seize run",
        Request::ParkRun(..) => "park run",
        Request::LeaveRun(_) => "leave run",
        Request::LookUp(..) => "look up",
        Request::Identify(..) => "identify",
        Request::SaveOrganisation(..) => "save organisation",
        Request::Discover(_) => "discover",
        Request::SaveImpersonation(..) => "save impersonation",
        Request::LinkShown(_) => "link shown",
        Request::Prove { organisation: Some(_), .. } => "prove consent",
        Request::Prove { .. } => "prove impersonation",
        Request::SearchGrant { .. } => "search grant",
        Request::OwnRightHeld(_) => "own right held",
        Request::AcceptByOwnRight(..) => "accept by own right",
        Request::SaveProof(..) => "save proof",
        Request::OpenBrowser(_) => "open browser",
        Request::WriteFile { .. } => "write file",
        Request::Rehearse(_) => "rehearse",
        Request::AskDetails(_) => "ask for details",
        Request::Enable(_) => "enable",
        Request::LoadProtection(..) => "load protection",
        Request::ListUsers { tenant: Some(_), .. } => "list users",
        Request::ListUsers { .. } => "list mailboxes",
        Request::Search { .. } => "search",
        Request::Sort(_) => "sort",
        Request::KeepForm(..) => "keep form",
        Request::SaveDraft(..) => "save draft",
        Request::SaveList(..) => "save list",
        Request::SaveKinds(..) => "save kinds",
        Request::ChangeExclusions(..) => "change exclusions",
        Request::Apply(..) => "apply",
        Request::TurnOff(..) => "turn off",
        Request::MakeRule { .. } => "make rule",
        Request::AcceptShorter(..) => "accept shorter",
        Request::UndoRule(_) => "undo rule",
        Request::LoadSweeper => "load sweeper",
        Request::FinishRun(_) => "finish run",
        Request::LookAtGroundwork => "look at groundwork",
        Request::ProveGroundwork(_) => "prove groundwork",
        Request::MakeCertificate => "make certificate",
        Request::KeepGroundwork(_) => "keep groundwork",
    }
}

/// How many names there are without those of setup, which has a desk of its own. No test asks for a browser, because a desk
/// would get one; and following changes never ends.
const NAMES: usize = 49;

/// A reply in a word.
const fn word(reply: &Reply) -> &'static str {
    match reply {
        Reply::Board(_) => "board",
        Reply::Consents(_) => "consents",
        Reply::Added(_) => "added",
        Reply::Imported(_) => "imported",
        Reply::Run(_) => "run",
        Reply::Found(_) => "found",
        Reply::Doubted(_) => "doubted",
        Reply::Server(_) => "server",
        Reply::Proof(_) => "proof",
        Reply::Landing(_) => "landed",
        Reply::Held(_) => "held",
        Reply::Stages(_) => "stages",
        Reply::Accepted(..) => "accepted",
        Reply::Protection(_) => "protection",
        Reply::Page(_) => "page",
        Reply::Whole(_) => "whole",
        Reply::Kinds(_) => "kinds",
        Reply::Note(_) => "note",
        Reply::Listed(_) => "listed",
        Reply::Hits(_) => "hits",
        Reply::Searched(_) => "searched",
        Reply::Sorted(_) => "sorted",
        Reply::Batch(_) => "batch",
        Reply::Saved => "saved",
        Reply::Excluded(_) => "excluded",
        Reply::Rule(Some(_)) => "rule",
        Reply::Rule(None) => "no rule",
        Reply::Sweeper(_) => "sweeper",
        Reply::Outcome(_) => "outcome",
        Reply::Written(_) => "written",
        Reply::Told(_) => "told",
        Reply::Details(_) => "details",
        Reply::Changed(_) => "changed",
        Reply::Woken => "woken",
        Reply::World(_) => "world",
        Reply::Groundwork(_) => "groundwork",
        Reply::Proven(_) => "proven",
        Reply::Failed(_) => "failed",
    }
}

/// Calls and the last reply of each, for one customer with Office 365.
fn office_calls(customer: CustomerId, run: &RunId, tenant: TenantId) -> Vec<(Request, &'static str)> {
    let run = || run.clone();
    let users: Vec<Chosen> = (0..3).map(somebody).collect();
    let new = NewCustomer { reference: "N-1".into(), name: "New".into(), ..NewCustomer::default() };
    let change = ExclusionChange { users: vec![somebody(9)], exclude: true };
    let asked = RunRequest {
        number: 1,
        by: "ben".into(),
        host: "desk-2".into(),
        at: Moment::default(),
        answer: None,
        answered: None,
    };
    vec![
        (Request::Wake(Duration::from_millis(1)), "woken"),
        (Request::OpenWorld, "world"),
        (Request::LoadBoard, "board"),
        (Request::LoadConsents, "consents"),
        (Request::KeepSeen(Seen::default()), "saved"),
        (Request::AddCustomer(new, Accepts::default()), "added"),
        // Nobody can sign in here.
        (Request::ImportFromMicrosoft, "failed"),
        (Request::OpenRun(customer, OFFICE), "run"),
        (Request::LookUp(customer, TenantInput::Guid(tenant)), "found"),
        (Request::Identify(customer, tenant), "found"),
        (Request::SaveOrganisation(run(), organisation(tenant), Accepts::default(), None), "run"),
        (Request::LinkShown(run()), "run"),
        (Request::ProbeBoard(vec![(run(), tenant)]), "board"),
        (Request::SearchGrant { customer, tenant, since: Moment::default() }, "landed"),
        (Request::Rehearse(tenant), "told"),
        (
            Request::Prove {
                of: (customer, OFFICE),
                organisation: Some(organisation(tenant)),
                impersonation: None,
                is_link_out: true,
            },
            "proof",
        ),
        // Settings don't allow it here.
        (Request::OwnRightHeld(tenant), "failed"),
        (Request::AcceptByOwnRight(run(), tenant, Some("Aroha Ngata".into())), "failed"),
        (Request::SaveProof(run(), Some(organisation(tenant))), "run"),
        (Request::Enable(run()), "run"),
        (Request::LoadProtection(customer, OFFICE), "protection"),
        (Request::ListUsers { of: (customer, OFFICE), tenant: Some(tenant), impersonation: None }, "listed"),
        (Request::KeepForm(Some(run()), FormDraft(vec![("tenant".into(), "x".into())])), "saved"),
        (Request::SaveDraft(run(), Draft { all: true, exceptions: [somebody(1).id].into() }), "saved"),
        (Request::SaveList(run(), ListSummary::of(3, 3)), "saved"),
        (Request::SaveKinds(run(), Kinds::default().toggled(Kind::Shared)), "saved"),
        (Request::ChangeExclusions(run(), change), "excluded"),
        (Request::Apply(run(), users.clone().into()), "saved"),
        (Request::TurnOff(run(), users.into()), "saved"),
        (Request::MakeRule { run: run(), confirmed: 3, ceiling: 13, owed: Arc::default() }, "rule"),
        (Request::UndoRule(run()), "no rule"),
        (Request::LoadSweeper, "sweeper"),
        (Request::WriteFile { name: "receipt.txt".into(), text: "hello".into() }, "written"),
        (Request::LookAtRun(run()), "run"),
        (Request::AskForRun(run()), "run"),
        (Request::WithdrawRequest(run()), "run"),
        // Nobody asks.
        (Request::AnswerRequest(run(), asked, RunAnswer::Yes), "failed"),
        // The record is a file.
        (Request::SeizeRun(run(), "ann is ill".into()), "failed"),
        (Request::ParkRun(run(), None), "saved"),
        (Request::LoadRun(run()), "run"),
        (Request::FinishRun(run()), "outcome"),
        (Request::LeaveRun(run()), "saved"),
    ]
}

/// The same for one customer with hosted Exchange.
fn hosted_calls(customer: CustomerId, run: &RunId) -> Vec<(Request, &'static str)> {
    let access = Box::new(Impersonation {
        server: "https://mail.coastline-hosting.example/EWS/Exchange.asmx".into(),
        account: "svc-backup@andersondental.example".into(),
        password: Secret::new("invented-anderson".into()),
        sample: "ana.brennan@andersondental.example".parse().unwrap(),
        domains: vec!["andersondental.example".into()],
        listing: Listing::Directory,
    });
    vec![
        (Request::Discover("ana.brennan@andersondental.example".parse().unwrap()), "server"),
        (Request::SaveImpersonation(run.clone(), access.clone(), Accepts::default()), "run"),
        (
            Request::Prove {
                of: (customer, Product::MpExchange),
                organisation: None,
                impersonation: Some(access.clone()),
                is_link_out: false,
            },
            "proof",
        ),
        (
            Request::ListUsers {
                of: (customer, Product::MpExchange),
                tenant: None,
                impersonation: Some(access),
            },
            "listed",
        ),
    ]
}

#[tokio::test]
async fn every_call_is_answered() {
    let mut stage = Stage::new("standard").await;
    let (customer, run) = stage.run_of("C-1001", OFFICE);
    let (dentist, hosted) = stage.run_of("C-1014", Product::MpExchange);
    let mut calls = office_calls(customer, &run, stage.tenant_of("C-1001"));
    calls.extend(hosted_calls(dentist, &hosted));
    let mut asked = BTreeSet::from(["open browser"]);
    let mut pages = Vec::new();
    for (request, last) in calls {
        let name = name(&request);
        asked.insert(name);
        let replies = stage.ask(request).await;
        assert_eq!(replies.last().map(word), Some(last), "{name}: {:?}", replies.last());
        if let Some(Reply::Listed(Listed { total })) = replies.last() {
            pages.extend(replies.iter().filter_map(|reply| match reply {
                Reply::Page(page) => Some(Arc::clone(page)),
                _ => None,
            }));
            assert!(*total > 5 && !pages.is_empty(), "{name}");
        }
        if let Some(Reply::Proof(proof)) = replies.last() {
            assert_eq!(proof.verdict, Verdict::Proved, "{name}");
        }
    }
    let all = u32::try_from(pages.len()).unwrap();
    let numbered = (0..).step_by(1_024).zip(pages.clone()).collect();
    let search = Request::Search { query: "a".into(), first: 7, pages, within: None };
    asked.insert(name(&search));
    let replies = stage.ask(search).await;
    let hits: Vec<u32> = replies
        .iter()
        .flat_map(|reply| {
            if let Reply::Hits(found) | Reply::Searched(found) = reply { found.clone() } else { vec![] }
        })
        .map(|found| found.page)
        .collect();
    assert_eq!(hits, (7..7 + all).collect::<Vec<_>>());
    assert_eq!(replies.last().map(word), Some("searched"));
    let sort = Request::Sort(numbered);
    asked.insert(name(&sort));
    assert_eq!(stage.ask(sort).await.last().map(word), Some("sorted"));
    assert_eq!(asked.len(), NAMES, "{asked:?}");
    assert!(stage.woken.load(Ordering::SeqCst) >= u32::try_from(NAMES).unwrap() - 1, "each reply wakes");
    assert_eq!(std::fs::read_to_string(stage.folder.path().join("files/receipt.txt")).unwrap(), "hello\n");
}

#[tokio::test]
async fn what_cannot_be_done_comes_back_in_words() {
    let mut stage = Stage::new("standard").await;
    let (_, run) = stage.run_of("C-1001", OFFICE);
    for (request, kind) in [
        (Request::LoadRun("B365-FFFF".parse().unwrap()), FailureKind::NotFound),
        (Request::Enable(run.clone()), FailureKind::Refused),
        (
            Request::Prove {
                of: (CustomerId(1), OFFICE),
                organisation: None,
                impersonation: None,
                is_link_out: false,
            },
            FailureKind::Internal,
        ),
        (
            Request::ListUsers { of: (CustomerId(1), OFFICE), tenant: None, impersonation: None },
            FailureKind::Internal,
        ),
        (Request::Apply(run, vec![somebody(1)].into()), FailureKind::Refused),
    ] {
        let name = name(&request);
        let replies = stage.ask(request).await;
        let [Reply::Failed(failure)] = replies.as_slice() else { panic!("{name}: {replies:?}") };
        assert_eq!(failure.kind, kind, "{name}: {}", failure.what);
    }
    let real = Tools { rehearse: None, ..stage.tools.clone() };
    let said = stage.ask(Request::AskDetails("andersondental.example".into())).await;
    assert!(matches!(&said[..], [Reply::Details(_)]), "{said:?}");
    assert!(!format!("{said:?}").contains("invented-anderson"), "Debug says no secret");
    let said = stage.ask(Request::AskDetails("nobody.example".into())).await;
    assert!(
        matches!(&said[..], [Reply::Failed(failure)] if failure.kind == FailureKind::NotFound),
        "{said:?}"
    );
    stage.runner = Runner::new(Handle::current(), opens(real), Arc::new(|| {}));
    let tenant = stage.tenant_of("C-1001");
    assert_eq!(stage.ask(Request::Rehearse(tenant)).await.last().map(word), Some("failed"));
}

#[tokio::test]
async fn a_list_that_contradicts_the_record_ends_with_why_and_with_what_an_admin_can_say() {
    let mut stage = Stage::new("standard").await;
    let (customer, run) = stage.run_of("C-1001", OFFICE);
    let tenant = stage.tenant_of("C-1001");
    stage.ask(Request::Rehearse(tenant)).await;
    let list = || Request::ListUsers { of: (customer, OFFICE), tenant: Some(tenant), impersonation: None };
    let listed = |replies: &[Reply]| match replies.last() {
        Some(Reply::Listed(Listed { total })) => *total,
        other => panic!("{other:?}"),
    };
    let all = listed(&stage.ask(list()).await);
    stage.store().save_list(&run, &ListSummary::of(all * 2, all)).unwrap();
    let replies = stage.ask(list()).await;
    let Some(Reply::Failed(failure)) = replies.last() else { panic!("{:?}", replies.last()) };
    assert!(replies.iter().any(|reply| matches!(reply, Reply::Page(_))), "its rows can be used");
    assert!(failure.what.as_str().contains(&format!("{all} of {} users", all * 2)), "{failure:?}");
    let hint = failure.hint.for_commands();
    assert!(hint.as_str().contains(&format!("sweep --accept-shorter C-1001={all}")), "{hint}");
    stage.store().accept_shorter(customer, all).unwrap();
    assert_eq!(listed(&stage.ask(list()).await), all);

    // Somebody is protected who is in no list and there under no name: one who left. Somebody who is owed likewise.
    stage.store().save_list(&run, &ListSummary::of(all, all)).unwrap();
    let gone = vec![somebody(7)];
    stage.store().save_organisation(&run, &organisation(tenant), &Accepts::default()).unwrap();
    stage.store().save_proof(&run, Some(&organisation(tenant))).unwrap();
    stage.store().enable(&run).unwrap();
    stage.store().make_rule_for(&run, 3, 50, &gone).unwrap();
    assert_eq!(stage.store().scheduled(customer, OFFICE).unwrap().len(), 1);
    assert_eq!(listed(&stage.ask(list()).await), all);
}

#[tokio::test]
async fn a_long_pause_that_was_asked_for_is_kept_and_no_call_asks_within_it() {
    let mut stage = Stage::with("large", &["throttle=3600"]).await;
    let (customer, _) = stage.run_of("C-9000", OFFICE);
    let tenant = stage.tenant_of("C-9000");
    stage.ask(Request::Rehearse(tenant)).await;
    let list = || Request::ListUsers { of: (customer, OFFICE), tenant: Some(tenant), impersonation: None };
    let prove = || Request::Prove {
        of: (customer, OFFICE),
        organisation: Some(organisation(tenant)),
        impersonation: None,
        is_link_out: true,
    };
    let failed = |replies: Vec<Reply>| match replies.last() {
        Some(Reply::Failed(failure)) => (replies.len(), failure.what.to_string(), failure.retry_after),
        other => panic!("{other:?}"),
    };
    let (parts, what, wait) = failed(stage.ask(list()).await);
    assert!(parts > 1 && what.contains("asks us to wait 1 h"), "{what}");
    assert_eq!(wait, Some(Duration::from_hours(1)));
    // Twenty minutes later, asked by a key, by a flag or by the timer.
    stage.millis.store(START + 1_200_000, Ordering::SeqCst);
    for request in [list(), prove()] {
        let name = name(&request);
        let (parts, what, wait) = failed(stage.ask(request).await);
        assert_eq!(
            (parts, what.as_str()),
            (1, "Microsoft asked to be left in peace for another 40 min"),
            "{name}"
        );
        assert_eq!(wait, Some(Duration::from_mins(40)), "{name}");
    }
    stage.millis.store(START + 3_600_000, Ordering::SeqCst);
    let replies = stage.ask(prove()).await;
    assert!(matches!(replies.last(), Some(Reply::Proof(proof)) if proof.verdict.is_proved()), "{replies:?}");
    let listing = stage.start(list());
    let (from, reply) = stage.next().await;
    assert_eq!((from, word(&reply)), (listing, "page"), "it is over");
    stage.runner.cancel(listing);
}

/// Users of lists, by number: the first list that is asked for, the second, and so on with the last.
type Lists = &'static [&'static [u16]];

/// A stage whose Microsoft has these lists; and how many of them were asked for.
async fn listing_of(lists: Lists) -> (Stage, CustomerId, Arc<AtomicU32>) {
    let mut stage = Stage::new("standard").await;
    let asked = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&asked);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback(move |request: axum::extract::Request| {
        let path = request.uri().to_string();
        let body = match path.as_str() {
            path if path.ends_with("/token") => r#"{"access_token": "t", "expires_in": 3600}"#.to_owned(),
            path if path.contains("/users?") => {
                let nth = counter.fetch_add(1, Ordering::SeqCst) as usize;
                let rows: Vec<String> =
                    lists.get(nth).unwrap_or(&lists[lists.len() - 1]).iter().copied().map(row).collect();
                format!("{{\"value\": [{}]}}", rows.join(","))
            }
            path if path.contains("mailboxSettings") => r#"{"userPurpose": "user"}"#.to_owned(),
            _ => r#"{"value": []}"#.to_owned(),
        };
        async move { body }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    let (customer, _) = stage.run_of("C-1001", OFFICE);
    let origins = [Cloud::Global.login(), Cloud::Global.graph()]
        .map(|from| (url::Url::parse(from).unwrap().origin().ascii_serialization(), origin.clone()));
    let tools = &mut stage.tools;
    tools.provider = Provider::new(
        &provider::Settings {
            http: HttpOptions {
                origins: origins.to_vec(),
                is_total: true,
                clock: tools.clock.clone(),
                network: crate::provider::http::Network::default(),
            },
            app: App {
                client_id: "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40".parse().unwrap(),
                partner: "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684".parse().unwrap(),
                credential: Credential::Secret(Secret::new("x".into())),
                next: None,
            },
            cloud: Cloud::Global,
            browser_origin: None,
            done_page: None,
            permissions: PermissionSet::usual().unwrap(),
        },
        tools.provider.store.clone(),
    )
    .unwrap();
    stage.runner = Runner::new(Handle::current(), opens(stage.tools.clone()), Arc::new(|| {}));
    (stage, customer, asked)
}

/// One user with a mailbox, as Graph sends it.
fn row(number: u16) -> String {
    let id = somebody(number).id;
    format!(
        r#"{{"id": "{id}", "displayName": "User {number}", "userPrincipalName": "u{number}@bakery.example",
        "mail": "u{number}@bakery.example", "accountEnabled": true, "userType": "Member", "department": null,
        "assignedLicenses": [], "createdDateTime": "2025-01-01T00:00:00Z", "assignedPlans": [{{"capabilityStatus": "Enabled",
        "service": "exchange", "servicePlanId": "efb87545-963c-4e0d-99df-69c6916d9eb0"}}]}}"#
    )
}

#[tokio::test]
async fn a_list_that_is_not_believed_is_asked_for_once_more_and_believed_if_that_is_whole() {
    let cases: [(Lists, u32, &[u16], bool); 3] = [
        (&[&[1, 2, 3]], 1, &[1, 2, 3], true),
        (&[&[], &[1, 2, 3]], 2, &[1, 2, 3], true),
        (&[&[], &[]], 2, &[], false),
    ];
    for (lists, asked, users, is_whole) in cases {
        let (mut stage, customer, count) = listing_of(lists).await;
        let tenant = stage.tenant_of("C-1001");
        let request =
            Request::ListUsers { of: (customer, OFFICE), tenant: Some(tenant), impersonation: None };
        let replies = stage.ask(request).await;
        assert_eq!(count.load(Ordering::SeqCst), asked, "{lists:?}");
        assert_eq!(shown(&replies), users, "{lists:?}");
        let said = replies.iter().any(|reply| {
            matches!(reply, Reply::Note(note) if !note.is_gap() && note.words().as_str().ends_with("asked for once more"))
        });
        assert_eq!(said, asked > 1, "{lists:?}");
        match replies.last() {
            Some(Reply::Listed(Listed { total })) => {
                assert_eq!((*total as usize, is_whole), (users.len(), true));
            }
            Some(Reply::Failed(failure)) => {
                assert!(
                    !is_whole && failure.what.as_str().ends_with(", and so it was when asked again"),
                    "{failure:?}"
                );
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn whoever_a_short_list_showed_is_not_shown_again_by_the_whole_one() {
    const ALL: &[u16] =
        &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25];
    let cases: [(Lists, usize, bool); 2] =
        [(&[&[1, 2, 3], ALL], 25, true), (&[&[1, 2, 3], &[2, 3, 4]], 4, false)];
    for (lists, users, is_whole) in cases {
        let (mut stage, customer, _) = listing_of(lists).await;
        let tenant = stage.tenant_of("C-1001");
        let run = stage.store().open_run(customer, OFFICE).unwrap().id;
        stage.store().save_list(&run, &ListSummary::of(25, 25)).unwrap();
        let request =
            Request::ListUsers { of: (customer, OFFICE), tenant: Some(tenant), impersonation: None };
        let replies = stage.ask(request).await;
        let shown = shown(&replies);
        assert_eq!(shown.iter().collect::<BTreeSet<_>>().len(), users, "{replies:?}");
        assert_eq!(shown.len(), users, "nobody is shown twice");
        assert_eq!(matches!(replies.last(), Some(Reply::Listed(_))), is_whole, "{:?}", replies.last());
    }
}

/// The numbers of the users whom the pages show, in their order.
fn shown(replies: &[Reply]) -> Vec<u16> {
    let pages =
        replies.iter().filter_map(|reply| if let Reply::Page(page) = reply { Some(page) } else { None });
    let rows = pages.flat_map(|page| (0..page.len()).filter_map(|at| page.row(at)));
    rows.map(|row| row.name.as_str().trim_start_matches("User ").parse().unwrap()).collect()
}

#[tokio::test]
async fn a_cancelled_reader_sends_nothing_more() {
    let mut stage = Stage::new("large").await;
    let (customer, _) = stage.run_of("C-9000", OFFICE);
    let tenant = stage.tenant_of("C-9000");
    let listing =
        stage.start(Request::ListUsers { of: (customer, OFFICE), tenant: Some(tenant), impersonation: None });
    let wait = stage.start(Request::Wake(Duration::from_hours(1)));
    let (first, reply) = stage.next().await;
    assert_eq!((first, word(&reply)), (listing, "page"));
    stage.runner.cancel(listing);
    stage.runner.cancel(wait);
    stage.is_quiet().await;
    let mut rest = 0;
    while let Some((from, reply)) = stage.runner.reply() {
        assert_eq!(from, listing);
        assert!(matches!(reply, Reply::Page(_) | Reply::Kinds(_)), "{}", word(&reply));
        rest += 1;
    }
    assert!(rest <= WAITING_REPLIES, "only what was waiting already");
    // A call that comes later is answered, and nothing stands before its answer.
    assert_eq!(stage.ask(Request::LoadBoard).await.last().map(word), Some("board"));
    stage.runner.cancel(listing);
}

#[tokio::test]
async fn a_slow_wizard_makes_the_listing_wait() {
    let mut stage = Stage::new("large").await;
    let (customer, _) = stage.run_of("C-9000", OFFICE);
    let tenant = stage.tenant_of("C-9000");
    let listing =
        stage.start(Request::ListUsers { of: (customer, OFFICE), tenant: Some(tenant), impersonation: None });
    let waiting = async {
        while stage.runner.replies.len() < WAITING_REPLIES {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waiting).await.unwrap();
    assert_eq!(stage.runner.replies.len(), WAITING_REPLIES);
    stage.runner.cancel(listing);
    stage.is_quiet().await;
}

#[tokio::test]
async fn a_cancelled_search_stops_between_two_pages() {
    let mut stage = Stage::new("standard").await;
    let page = UserPage::named(&vec!["Ana".to_owned(); 999]);
    let search =
        |pages: Vec<Arc<UserPage>>| Request::Search { query: "ana".into(), first: 0, pages, within: None };
    let old = stage.start(search(vec![Arc::clone(&page); 50_000]));
    let (from, first) = stage.next().await;
    assert_eq!((from, word(&first)), (old, "hits"), "the first rows do not wait for the rest");
    stage.runner.cancel(old);
    let new = stage.start(search(vec![page]));
    let (from, reply) = stage.next().await;
    assert_eq!((from, word(&reply)), (new, "searched"), "the next character waits for nothing");
    stage.is_quiet().await;
    assert!(stage.runner.reply().is_none(), "what the old one would have found is dropped");
}

#[tokio::test]
async fn a_cancelled_apply_stops_after_its_batch() {
    const ALL: u16 = 2_000;
    let mut stage = Stage::new("standard").await;
    let (customer, run) = stage.run_of("C-1001", OFFICE);
    let found = organisation(stage.tenant_of("C-1001"));
    stage.store().save_organisation(&run, &found, &Accepts::default()).unwrap();
    stage.store().save_proof(&run, Some(&found)).unwrap();
    stage.store().enable(&run).unwrap();
    let apply = stage.start(Request::Apply(run.clone(), Arc::new((0..ALL).map(somebody).collect())));
    let (_, first) = stage.next().await;
    // Nobody takes the next ones: it can be ahead by what fits into the line, never at its end.
    stage.runner.cancel(apply);
    let (mut on, mut stopped) = (0, 0);
    let mut reply = first;
    while let Reply::Batch(results) = reply {
        for result in results {
            match result.outcome {
                SeatOutcome::TurnedOn => on += 1,
                SeatOutcome::Stopped => stopped += 1,
                other => panic!("{other:?}"),
            }
        }
        reply = stage.next().await.1;
    }
    assert_eq!(word(&reply), "saved", "{reply:?}");
    assert_eq!(on + stopped, usize::from(ALL), "one result per user");
    assert!((100..=100 * (WAITING_REPLIES + 3)).contains(&on), "{on} of them before the stop");
    assert_eq!(stage.store().protection(customer, OFFICE).unwrap().seats.len(), on);
    assert_eq!(stage.store().load_run(&run).unwrap().unfinished, [], "it has ended, partly done");
}

#[tokio::test]
async fn a_write_that_is_cancelled_is_seen_through() {
    let mut stage = Stage::new("standard").await;
    let (_, run) = stage.run_of("C-1001", OFFICE);
    let found = organisation(stage.tenant_of("C-1001"));
    let call = stage.start(Request::SaveOrganisation(run.clone(), found.clone(), Accepts::default(), None));
    stage.runner.cancel(call);
    let (from, reply) = stage.next().await;
    assert_eq!((from, word(&reply)), (call, "run"));
    assert_eq!(stage.store().load_run(&run).unwrap().organisation, Some(found));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writes_are_carried_out_in_the_order_in_which_they_were_started() {
    let mut stage = Stage::new("standard").await;
    let (_, run) = stage.run_of("C-1001", OFFICE);
    let mut drafts = (0..200_u16)
        .map(|number| Draft { all: false, exceptions: std::iter::once(somebody(number).id).collect() });
    let mut last = Draft::default();
    let mut calls = Vec::new();
    for draft in drafts.by_ref() {
        last = draft.clone();
        calls.push(stage.start(Request::SaveDraft(run.clone(), draft)));
    }
    // Letting go of the run at once must not lose what was to be written in it.
    calls.push(stage.start(Request::LeaveRun(run.clone())));
    for call in calls {
        let (from, reply) = stage.next().await;
        assert_eq!((from, word(&reply)), (call, "saved"));
    }
    assert_eq!(stage.store().load_run(&run).unwrap().draft, last);
}

/// Of Kauri's own tenant and Harbour's, asked for both customers; and Yarra, whose domain another organisation has.
#[tokio::test]
async fn a_look_up_says_who_else_has_the_tenant_and_whose_the_mail_domain_is() {
    let mut stage = Stage::new("standard").await;
    let (harbour, kauri) = (stage.run_of("C-1001", OFFICE).0, stage.run_of("C-1002", OFFICE).0);
    let (yarra, tenant) = (stage.run_of("C-1022", OFFICE).0, stage.tenant_of("C-1022"));
    let harbours = stage.tenant_of("C-1001");
    for (request, words) in [
        (Request::Identify(harbour, harbours), ""),
        (
            Request::LookUp(kauri, TenantInput::Guid(harbours)),
            "X's domain kauribuilding.example belongs to another organisation (…c2ca). \
             C-1001 Harbour Street Cafe has this organisation.",
        ),
        (Request::LookUp(kauri, TenantInput::Domain("kauribuilding.example".into())), ""),
        (
            Request::Identify(yarra, tenant),
            "X's domain yarrajoinery.example belongs to another organisation (…c8e2).",
        ),
    ] {
        let asked = format!("{request:?}");
        let replies = stage.ask(request).await;
        let Some(Reply::Found(found)) = replies.last() else { panic!("{replies:?}") };
        assert_eq!(doubt::sentences(&found.doubts, &"X".into()).as_str(), words, "{asked}");
        assert_eq!((found.not_compared.as_ref(), found.is_partner), (None, false), "{asked}");
    }
    let own = "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684".parse().unwrap();
    let replies = stage.ask(Request::LookUp(kauri, TenantInput::Guid(own))).await;
    let Some(Reply::Found(found)) = replies.last() else { panic!("{replies:?}") };
    assert!(found.is_partner);
}

#[tokio::test]
async fn a_waiting_run_is_asked_about_every_half_minute_at_most() {
    let mut stage = Stage::new("standard").await;
    let (_, run) = stage.run_of("C-1001", OFFICE);
    let tenant = stage.tenant_of("C-1001");
    stage.store().save_organisation(&run, &organisation(tenant), &Accepts::default()).unwrap();
    stage.store().link_shown(&run).unwrap();
    let mut seen = Vec::new();
    for step in 0..6 {
        // Nobody has accepted at 0 s; accepted at once afterwards; asked again at 29.999 s, 30 s, 31 s, 60 s, 61 s.
        let after = [0, 29_999, 30_000, 31_000, 60_000, 61_000][step];
        stage.millis.store(START + after, Ordering::SeqCst);
        let replies = stage.ask(Request::ProbeBoard(vec![(run.clone(), tenant)])).await;
        let Some(Reply::Board(board)) = replies.last() else { panic!("{replies:?}") };
        let row =
            board.rows.iter().find(|row| row.run.as_ref().is_some_and(|found| found.id == run)).unwrap();
        seen.push(matches!(row.progress, Progress::Accepted { .. }));
        if step == 0 {
            stage.ask(Request::Rehearse(tenant)).await;
        }
    }
    assert_eq!(seen, [false, false, true, true, true, true], "once it is there it stays");
}

#[tokio::test]
async fn the_world_is_opened_once_and_again_only_after_it_failed() {
    let mut stage = Stage::new("standard").await;
    let (let_in, gate) = std::sync::mpsc::channel();
    let (tries, gate) = (Arc::new(AtomicU32::new(0)), Mutex::new(gate));
    let (counted, opens) = (Arc::clone(&tries), opens(stage.tools.clone()));
    let open = move || {
        lock(&gate).recv().unwrap();
        match counted.fetch_add(1, Ordering::SeqCst) {
            0 => Err(Failure::new(FailureKind::Record, "the record is busy", "Wait.")),
            _ => opens(),
        }
    };
    stage.runner = Runner::new(Handle::current(), Arc::new(open), Arc::new(|| {}));
    assert_eq!(stage.ask(Request::Wake(Duration::ZERO)).await.last().map(word), Some("woken"));
    assert_eq!(tries.load(Ordering::SeqCst), 0, "a wait needs no world");
    let_in.send(()).unwrap();
    assert_eq!(stage.ask(Request::OpenWorld).await.last().map(word), Some("failed"));

    let mut waiting = vec![stage.start(Request::OpenWorld), stage.start(Request::LoadBoard)];
    // The clock on the screen goes on while both wait.
    assert_eq!(stage.ask(Request::Wake(Duration::ZERO)).await.last().map(word), Some("woken"));
    let_in.send(()).unwrap();
    for _ in 0..2 {
        let (call, reply) = stage.next().await;
        assert!(matches!(word(&reply), "world" | "board"), "{}", word(&reply));
        waiting.retain(|open| *open != call);
    }
    assert!(waiting.is_empty());
    assert_eq!(tries.load(Ordering::SeqCst), 2);
}

/// A played customer who panics, in the task of the call and not on a blocking thread.
fn panics() -> Rehearse {
    Rehearse {
        play: Arc::new(|_| Box::pin(async { panic!("on purpose") })),
        tell: Arc::new(|_| panic!("on purpose")),
    }
}

#[tokio::test]
async fn a_task_that_panics_answers_with_a_failure_and_the_next_write_has_its_turn() {
    let mut stage = Stage::new("standard").await;
    let (_, run) = stage.run_of("C-1001", OFFICE);
    let tenant = stage.tenant_of("C-1001");
    stage.tools.rehearse = Some(panics());
    stage.runner = Runner::new(Handle::current(), opens(stage.tools.clone()), Arc::new(|| {}));
    for request in [Request::Rehearse(tenant), Request::AskDetails("andersondental.example".into())] {
        let replies = stage.ask(request).await;
        let [Reply::Failed(failure)] = replies.as_slice() else { panic!("{replies:?}") };
        assert_eq!(failure.kind, FailureKind::Internal);
    }
    assert!(lock(&stage.runner.open).is_empty(), "nothing is kept of a call that has ended");
    assert_eq!(stage.ask(Request::SaveDraft(run, Draft::default())).await.last().map(word), Some("saved"));
}

#[tokio::test]
async fn of_several_waiting_runs_the_board_names_those_that_were_accepted() {
    let mut stage = Stage::new("standard").await;
    let mut runs = Vec::new();
    for customer in ["C-1001", "C-1022"] {
        let (_, run) = stage.run_of(customer, OFFICE);
        let tenant = stage.tenant_of(customer);
        stage.store().save_organisation(&run, &organisation(tenant), &Accepts::default()).unwrap();
        stage.store().link_shown(&run).unwrap();
        runs.push((run, tenant));
    }
    stage.ask(Request::Rehearse(runs[0].1)).await;
    let replies = stage.ask(Request::ProbeBoard(runs.clone())).await;
    let [Reply::Board(board)] = replies.as_slice() else { panic!("{replies:?}") };
    let accepted: Vec<_> = board
        .rows
        .iter()
        .filter(|row| matches!(row.progress, Progress::Accepted { .. }))
        .filter_map(|row| row.run.as_ref().map(|run| run.id.clone()))
        .collect();
    assert_eq!(accepted, [runs[0].0.clone()]);
    assert_eq!(lock(&stage.runner.probed).len(), 2, "both were asked about");
    let replies = stage.ask(Request::LoadBoard).await;
    assert_eq!(replies.iter().map(word).collect::<Vec<_>>(), ["board"]);
    let [Reply::Board(again)] = replies.as_slice() else { panic!("{replies:?}") };
    assert_eq!(again.rows, board.rows, "what was accepted is on record, and told once");
}

#[tokio::test]
async fn a_waiting_run_is_not_asked_about_within_a_pause() {
    let mut stage = Stage::new("standard").await;
    let (customer, run) = stage.run_of("C-1001", OFFICE);
    let tenant = stage.tenant_of("C-1001");
    stage.store().save_organisation(&run, &organisation(tenant), &Accepts::default()).unwrap();
    stage.store().link_shown(&run).unwrap();
    stage.ask(Request::Rehearse(tenant)).await;
    stage.store().keep_pause(customer, OFFICE, Duration::from_mins(10)).unwrap();
    let mut seen = Vec::new();
    for minutes in [0, 5, 11] {
        stage.millis.store(START + minutes * 60_000, Ordering::SeqCst);
        let replies = stage.ask(Request::ProbeBoard(vec![(run.clone(), tenant)])).await;
        let [Reply::Board(board)] = replies.as_slice() else { panic!("{replies:?}") };
        let is_open = |row: &&crate::domain::run::BoardRow| matches!(row.progress, Progress::Accepted { .. });
        seen.push(board.rows.iter().filter(is_open).count());
    }
    assert_eq!(seen, [0, 0, 1], "asked once the pause is over");
}
