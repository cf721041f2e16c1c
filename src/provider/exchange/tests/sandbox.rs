//! The client against the sandbox's Exchange servers: every way of answering that the sandbox knows.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
};

use super::super::*;
use crate::{
    domain::{
        customer::Listing,
        exchange_server::FoundBy,
        failure::FailureKind,
        secret::Secret,
        tenant::{CheckState, Verdict},
        time::Moment,
        user::Kind,
    },
    provider::http::{HttpOptions, Network},
    sandbox,
};

/// One server with two customers in one organisation; what stands at the top differs by test.
const WORLD: &str = r#"
[[accounts]]
name = "svc@hoster.example"
also = ['HOSTER\svc']
password = "right:one"
impersonates = ["CUST0042"]

[[accounts]]
name = "roleless@hoster.example"
password = "right:one"
impersonates = []

[[accounts]]
name = "disabled@hoster.example"
password = "right:one"
impersonates = ["CUST0042"]
state = "disabled"

[[customers]]
mark = "CUST0042"
name = "Anderson Dental"
domains = ["anderson.example"]
mailboxes = [
  { name = "Ana Brennan", address = "ana@anderson.example" },
  { name = "Ben Okoro", address = "ben@anderson.example" },
  { name = "Benefits & <lists>", address = "benefits@anderson.example", kind = "list" },
  { name = "Bench room", address = "room1@anderson.example", kind = "room" },
  { name = "Bettina Hidden", address = "hidden@anderson.example", hidden = true },
  { name = "Élodie Zoë", address = "elodie@anderson.example" },
  { name = "Moving Mary", address = "mary@anderson.example", trouble = "ErrorMailboxMoveInProgress" },
  { name = "No Mark", address = "nomark@anderson.example", unmarked = true },
  { name = "New Nora", address = "nora@anderson.example", appears = 100, leaves = 200 },
]

[[customers]]
mark = "CUST0099"
name = "Baker Law"
domains = ["baker.example"]
mailboxes = [{ name = "Beatrice Baker", address = "bea@baker.example" }]
"#;

/// The sandbox's servers behind a socket, and a client that reaches them.
pub(super) struct Rig {
    pub(super) exchange: Exchange,
    clock: Arc<AtomicI64>,
    /// The connection and the sign-in of each request to the endpoint, as `NTLM TlRM…` begins.
    pub(super) seen: Arc<Mutex<Vec<(u16, String)>>>,
}

impl Rig {
    pub(super) async fn new(top: &str, tables: &str) -> Self {
        Self::behind(&[], top, tables).await
    }

    /// The same behind a front that adds headers to each answer.
    pub(super) async fn behind(front: &'static [(&str, &str)], top: &str, tables: &str) -> Self {
        let text = format!("host = \"mail.hoster.example\"\n{top}\n{WORLD}\n{tables}");
        let server: sandbox::exchange::Server = toml::from_str(&text).unwrap();
        let clock = Arc::new(AtomicI64::new(1_795_000_000_000));
        let (ours, theirs) = (Arc::clone(&clock), Arc::clone(&clock));
        let world =
            sandbox::exchange::Exchange::new(vec![server], Arc::new(move || theirs.load(Ordering::Relaxed)));
        let hosts = world.hosts();
        let world = Arc::new(world);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let router =
            Router::new().fallback(move |ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request| {
                let (world, log) = (Arc::clone(&world), Arc::clone(&log));
                async move {
                    let (parts, body) = request.into_parts();
                    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
                    let host = parts.headers["host"].to_str().unwrap().to_owned();
                    let path = parts.uri.path_and_query().unwrap().as_str().to_owned();
                    if path.ends_with("Exchange.asmx") {
                        let sign_in =
                            parts.headers.get("authorization").map(|v| v.to_str().unwrap().to_owned());
                        log.lock().unwrap().push((peer.port(), sign_in.unwrap_or_default()));
                    }
                    let (connection, method) = (u64::from(peer.port()), parts.method.as_str());
                    let mut answer =
                        world.answer_on(connection, &host, method, &path, &parts.headers, &body).await;
                    for (name, value) in front {
                        answer.headers_mut().insert(*name, value.parse().unwrap());
                    }
                    answer.map(axum::body::Body::from)
                }
            });
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        let schemes = ["https", "http"];
        let origins = hosts
            .iter()
            .flat_map(|host| schemes.map(|scheme| (format!("{scheme}://{host}"), origin.clone())))
            .collect();
        let clock_of_ours = Clock::new(move || Moment::from_millis(ours.load(Ordering::Relaxed)));
        let options = HttpOptions {
            origins,
            is_total: true,
            clock: clock_of_ours.clone(),
            network: Network::default(),
        };
        let mut exchange = Exchange::new(Http::new(options).unwrap(), clock_of_ours, true);
        let brief = std::time::Duration::from_millis(1);
        exchange.pace = Pace { first: brief, longest: brief, ..Pace::NORMAL };
        Self { exchange, clock, seen }
    }

    fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }

    /// Lists everything: address, kind and problem of each row, and the notes.
    pub(super) async fn list(
        &self,
        access: &Impersonation,
    ) -> (Result<u32, Failure>, Vec<(String, Kind, String)>, Vec<String>) {
        let (sink, mut items) = mpsc::channel(2);
        let taking = async {
            let (mut rows, mut notes) = (Vec::new(), Vec::new());
            while let Some(item) = items.recv().await {
                match item {
                    Listed::Page(page) => {
                        rows.extend((0..page.len()).filter_map(|at| page.row(at)).map(|row| {
                            (row.address.as_str().to_owned(), row.kind, row.problem.as_str().to_owned())
                        }));
                    }
                    Listed::Note(note) => notes.push(note.words().to_string()),
                    Listed::Whole(_) | Listed::Kinds(_) => {}
                    Listed::Doubt(doubt) => panic!("{doubt:?}"),
                }
            }
            rows.sort();
            (rows, notes)
        };
        let (count, (rows, notes)) = tokio::join!(self.exchange.list_mailboxes(access, sink), taking);
        (count, rows, notes)
    }
}

pub(super) fn access(account: &str, password: &str, listing: Listing) -> Impersonation {
    Impersonation {
        server: Text::from("https://mail.hoster.example/EWS/Exchange.asmx"),
        account: Text::clean(account),
        password: Secret::new(password.to_owned()),
        sample: "ana@anderson.example".parse().unwrap(),
        domains: vec![Text::from("anderson.example")],
        listing,
    }
}

pub(super) fn given(names: &[&str]) -> Listing {
    Listing::Given(names.iter().map(|n| format!("{n}@anderson.example").parse().unwrap()).collect())
}

pub(super) fn states(proof: &Proof) -> String {
    let letter = |state: &CheckState| match state {
        CheckState::Good => 'g',
        CheckState::Bad(_) => 'b',
        CheckState::Partly(_) => 'p',
        _ => 'w',
    };
    proof.checks.iter().map(|check| letter(&check.state)).collect()
}

#[tokio::test]
async fn a_proof_goes_through_however_the_challenge_is_written() {
    for top in ["", "folded_challenges = true", "challenges = [\"basic\"]", "challenges = [\"ntlm\"]"] {
        if top.contains("ntlm") && cfg!(not(feature = "ntlm")) {
            continue;
        }
        let rig = Rig::new(top, "").await;
        let proof = rig.exchange.prove(&access("svc@hoster.example", "right:one", given(&["ben"]))).await;
        assert_eq!(states(&proof), "gggg", "{top}");
        assert!(proof.verdict.is_proved());
        let by_basic = rig.seen.lock().unwrap().iter().any(|(_, sign_in)| sign_in.starts_with("Basic"));
        assert_eq!(by_basic, top.contains("[\"basic") || cfg!(not(feature = "ntlm")), "{top}");
    }
}

#[tokio::test]
async fn each_trouble_of_the_account_is_told_apart() {
    for (name, top, account, password, expected, code) in [
        ("wrong password", "", "svc@hoster.example", "wrong", "gbw", None),
        ("no way of ours", "challenges = [\"negotiate\"]", "svc@hoster.example", "right:one", "gbw", None),
        ("no role", "", "roleless@hoster.example", "right:one", "ggb", Some("ErrorImpersonationDenied")),
        ("EWS off", "ews = false", "svc@hoster.example", "right:one", "bww", None),
        ("not allowed", "allowed_agents = [\"Outlook\"]", "svc@hoster.example", "right:one", "bww", None),
        (
            "Exchange Online",
            "version = { major = 15, minor = 20, build = 1, revision = 1 }",
            "svc@hoster.example",
            "right:one",
            "bww",
            None,
        ),
    ] {
        let rig = Rig::new(top, "").await;
        let proof = rig.exchange.prove(&access(account, password, Listing::Directory)).await;
        assert_eq!(states(&proof), expected, "{name}");
        let Verdict::Failed(failure) = proof.verdict else { panic!("{name}") };
        assert_eq!(failure.code.as_ref().map(Text::as_str), code, "{name}");
    }
}

#[tokio::test]
async fn the_version_header_is_lowered_for_an_older_server() {
    let rig = Rig::new("known_versions = [\"Exchange2010\", \"Exchange2013\"]", "").await;
    let proof = rig.exchange.prove(&access("svc@hoster.example", "right:one", Listing::Directory)).await;
    assert!(proof.verdict.is_proved(), "{proof:?}");
}

#[tokio::test]
async fn a_given_list_becomes_rows() {
    let rig = Rig::new("", "").await;
    let list = given(&["ana", "room1", "hidden", "mary", "nomark", "nora", "nobody"]);
    let (count, rows, _) = rig.list(&access("svc@hoster.example", "right:one", list)).await;
    assert_eq!(count, Ok(7));
    let kinds: Vec<_> =
        rows.iter().map(|(a, kind, p)| (a.split('@').next().unwrap(), *kind, p.is_empty())).collect();
    assert_eq!(
        kinds,
        [
            ("ana", Kind::Mailbox, true),
            ("hidden", Kind::Mailbox, true),
            ("mary", Kind::NotKnownYet, false),
            ("nobody", Kind::WithoutMailbox, false),
            ("nomark", Kind::NotKnownYet, false),
            ("nora", Kind::WithoutMailbox, false),
            ("room1", Kind::Mailbox, true),
        ]
    );
}

#[tokio::test]
async fn the_directory_is_searched_in_every_style() {
    for habits in [
        "",
        "[habits]\npeople_style = \"prefixed\"\naddress_element = \"EmailAddress\"",
        "[habits]\npeople_total = \"page\"\nmatching = \"substring\"",
        "[habits]\npeople_cap = 1000\nmatching = \"names\"",
        "[habits]\npolicy_follows = \"account\"",
        "[[faults]]\nkind = \"busy_fault\"\noperation = \"FindPeople\"\ncalls = 2\nback_off_ms = 1",
    ] {
        let rig = Rig::new("", habits).await;
        let (count, rows, notes) =
            rig.list(&access("svc@hoster.example", "right:one", Listing::Directory)).await;
        assert!(count.is_ok(), "{habits}: {count:?}");
        let found: Vec<_> = rows.iter().map(|(a, ..)| a.split('@').next().unwrap()).collect();
        assert_eq!(found, ["ana", "ben", "elodie", "mary", "nomark", "room1"], "{habits}");
        assert!(notes.iter().any(|note| note.contains("hidden")), "{habits}: {notes:?}");
    }
}

#[tokio::test]
async fn a_big_directory_is_found_whole_and_other_customers_people_are_left_out() {
    for cap in [100, 1_000] {
        // The search sees the whole organisation: the account has no address book of its own.
        let tables = format!(
            "[habits]\npolicy_follows = \"account\"\npeople_cap = {cap}\n[[customers]]\nmark = \"CUST0042\"\n\
             name = \"More\"\ndomains = [\"more.example\"]\n[customers.computed]\ncount = 400\nseed = 7\n"
        );
        let rig = Rig::new("", &tables).await;
        let mut details = access("svc@hoster.example", "right:one", Listing::Directory);
        details.domains.push(Text::from("more.example"));
        let (count, rows, notes) = rig.list(&details).await;
        assert_eq!(count, Ok(406), "{notes:?}");
        assert!(rows.iter().all(|(address, ..)| !address.ends_with("@baker.example")));
        assert!(notes.iter().any(|note| note.contains("entries outside")), "{notes:?}");
    }
}

#[tokio::test]
async fn every_busy_answer_and_every_page_of_a_front_end_is_survived() {
    for kind in
        ["busy_fault", "busy_message", "busy_item", "connections", "unavailable", "front_end", "error_page"]
    {
        let fault =
            format!("[[faults]]\nkind = \"{kind}\"\noperation = \"GetFolder\"\ncalls = 3\nback_off_ms = 1\n");
        let rig = Rig::new("", &fault).await;
        let list = given(&["ana", "ben", "room1"]);
        let (count, rows, _) = rig.list(&access("svc@hoster.example", "right:one", list)).await;
        assert_eq!(count, Ok(3), "{kind}");
        assert!(
            rows.iter().all(|(_, kind, problem)| *kind == Kind::Mailbox && problem.is_empty()),
            "{kind}: {rows:?}"
        );
    }
    for (kind, expected) in [
        ("forbidden", FailureKind::Refused),
        ("web_mail", FailureKind::NotFound),
        ("log_on", FailureKind::NotFound),
        ("html", FailureKind::NotFound),
    ] {
        let fault = format!("[[faults]]\nkind = \"{kind}\"\n");
        let rig = Rig::new("", &fault).await;
        let (count, ..) = rig.list(&access("svc@hoster.example", "right:one", given(&["ana"]))).await;
        assert_eq!(count.map_err(|failure| failure.kind), Err(expected), "{kind}");
    }
}

#[tokio::test]
async fn who_came_and_who_left_is_seen_by_the_clock() {
    let rig = Rig::new("", "").await;
    let details = access("svc@hoster.example", "right:one", Listing::Directory);
    let nora: Address = "nora@anderson.example".parse().unwrap();
    rig.pass(150);
    let (_, rows, _) = rig.list(&details).await;
    assert!(
        rows.iter().any(|(address, kind, _)| address == nora.as_str() && *kind == Kind::Mailbox),
        "{rows:?}"
    );
    let asked =
        [nora.clone(), "ben@anderson.example".parse().unwrap(), "nomark@anderson.example".parse().unwrap()];
    rig.pass(100);
    let found = rig.exchange.still_there(&details, &asked, false).await.unwrap();
    assert_eq!(found[0], (nora, Presence::NonExistent));
    assert_eq!(found[1].1, Presence::Present);
    assert!(matches!(found[2].1, Presence::Unknown(_)));
}

#[tokio::test]
async fn the_server_is_discovered_where_the_hoster_lets_us() {
    let ana = "ana@anderson.example".parse().unwrap();
    let rig = Rig::new("", "[autodiscover]\nforms = [\"soap\", \"pox\", \"json\"]\n").await;
    let found = rig.exchange.discover(&ana).await.unwrap();
    let address = "https://mail.hoster.example/EWS/Exchange.asmx";
    assert_eq!((found.address.as_str(), found.by), (address, FoundBy::Autodiscover));
    let online =
        "[autodiscover]\nforms = [\"json\"]\news_url = \"https://outlook.office365.com/EWS/Exchange.asmx\"\n";
    let rig = Rig::new("", online).await;
    let refusal = rig.exchange.discover(&ana).await.unwrap_err();
    assert!(refusal.hint.for_commands().as_str().contains("Office 365"));
    // The plain redirect leads to the hoster's own host, which wants a sign-in there and at the service.
    let redirect = "[[autodiscover.redirects]]\ndomain = \"anderson.example\"\nkind = \"http\"\n\
                    to = \"https://mail.hoster.example/autodiscover/autodiscover.xml\"\n";
    let rig = Rig::new("", redirect).await;
    let found = rig.exchange.discover(&ana).await.unwrap();
    assert_eq!((found.address.as_str(), found.by), (address, FoundBy::OpenRedirect));
    let around = "[autodiscover]\nforms = [\"json\"]\n[[autodiscover.redirects]]\ndomain = \"anderson.example\"\nkind = \"loop\"\nto = \"\"\n";
    let rig = Rig::new("", around).await;
    assert_eq!(rig.exchange.discover(&ana).await.map_err(|failure| failure.kind), Err(FailureKind::NotFound));
}

#[tokio::test]
async fn a_permission_that_is_too_wide_is_said_and_blocks_nothing() {
    let wide =
        "[[accounts]]\nname = \"wide@hoster.example\"\npassword = \"right:one\"\nimpersonates = [\"*\"]\n";
    let bea: Address = "bea@baker.example".parse().unwrap();
    let nobody: Address = "nobody@baker.example".parse().unwrap();
    for (account, known, expected, words) in [
        ("svc@hoster.example", vec![nobody.clone(), bea.clone()], "ggggg", "bea@baker.example stays closed"),
        ("wide@hoster.example", vec![bea.clone()], "ggggp", "bea@baker.example opens, too"),
        ("wide@hoster.example", vec!["ben@anderson.example".parse().unwrap()], "gggg", ""),
        ("wide@hoster.example", vec![nobody], "gggg", ""),
    ] {
        let rig = Rig::new("", wide).await;
        let details = access(account, "right:one", given(&["ben"]));
        let proof = rig.exchange.prove_telling(&details, &known, None).await;
        assert_eq!(states(&proof), expected, "{account}");
        assert!(proof.verdict.is_proved(), "{account}: {proof:?}");
        let said = format!("{:?}", proof.checks.last());
        assert!(said.contains(words), "{said}");
    }
    // A directory that shows everybody brings an address of its own.
    let habits = format!("{wide}[habits]\npolicy_follows = \"account\"\n");
    let rig = Rig::new("", &habits).await;
    let proof = rig.exchange.prove(&access("wide@hoster.example", "right:one", Listing::Directory)).await;
    assert!(states(&proof).ends_with('p'), "{proof:?}");
    assert!(proof.verdict.is_proved());
}
