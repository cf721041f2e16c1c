//! Discovery against scripted hosts: each way, each redirect, and no password anywhere.

use super::{
    super::stub::{Reply, Seen, Stub, address, challenge},
    sending::{DEAD, against},
    *,
};
use crate::provider::http::ProxyTrouble;

const EWS: &str = "https://mail.hoster.example/EWS/Exchange.asmx";

fn soap(code: &str, target: &str, url: &str) -> Reply {
    Reply::new(
        200,
        format!(
            r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><GetUserSettingsResponseMessage
            xmlns="http://schemas.microsoft.com/exchange/2010/Autodiscover"><Response><ErrorCode>NoError</ErrorCode>
            <UserResponses><UserResponse><ErrorCode>{code}</ErrorCode><RedirectTarget>{target}</RedirectTarget><UserSettings>
            <UserSetting><Name>ExternalEwsUrl</Name><Value>{url}</Value></UserSetting></UserSettings></UserResponse>
            </UserResponses></Response></GetUserSettingsResponseMessage></s:Body></s:Envelope>"#
        ),
    )
}

fn pox(account: &str) -> Reply {
    Reply::new(
        200,
        format!(
            r#"<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"><Response
            xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><Account>{account}</Account>
            </Response></Autodiscover>"#
        ),
    )
}

fn nothing_here() -> Reply {
    Reply::new(404, "")
}

async fn run(
    script: impl Fn(&Seen) -> Reply + Clone + Send + Sync + 'static,
) -> (Result<FoundServer, Failure>, Vec<Seen>) {
    let stub = Stub::start(script).await;
    let found = stub.exchange.discover(&address("ana@customer.example")).await;
    let seen = stub.seen();
    assert!(seen.iter().all(|seen| !seen.is_signed()), "no sign-in, ever");
    (found, seen)
}

#[tokio::test]
async fn each_way_finds_the_server() {
    for way in ["json", "soap at the domain", "soap", "pox", "redirect"] {
        let (found, _) = run(move |seen| {
            let is_sub = seen.host == "autodiscover.customer.example";
            let is_post = !seen.body.is_empty();
            match way {
                "json" if is_sub && seen.path.contains("json/v1.0/ana@customer.example") => {
                    Reply::new(200, format!(r#"{{"Protocol":"EWS","Url":"{EWS}"}}"#))
                }
                "soap at the domain" if !is_sub && seen.file() == "autodiscover.svc" => {
                    soap("NoError", "", EWS)
                }
                "soap" if is_sub && seen.file() == "autodiscover.svc" => soap("NoError", "", EWS),
                "pox" if is_sub && is_post && seen.file() == "autodiscover.xml" => pox(&format!(
                    "<Action>settings</Action><Protocol><Type>EXPR</Type><EwsUrl>{EWS}</EwsUrl></Protocol>"
                )),
                "redirect" if is_sub && !is_post && seen.file() == "autodiscover.xml" => Reply::new(302, "")
                    .with("location", "https://auto.hoster.example/autodiscover/autodiscover.xml"),
                "redirect" if seen.host == "auto.hoster.example" => pox(&format!(
                    "<Action>settings</Action><Protocol><Type>EXCH</Type><ASUrl>{EWS}</ASUrl></Protocol>"
                )),
                _ => nothing_here(),
            }
        })
        .await;
        let found = found.unwrap();
        assert_eq!(
            (found.address.as_str(), found.by == FoundBy::OpenRedirect),
            (EWS, way == "redirect"),
            "{way}"
        );
    }
}

#[tokio::test]
async fn redirects_to_an_address_and_to_a_place_are_followed() {
    let (found, seen) = run(|seen| match (seen.host.as_str(), seen.file() == "autodiscover.svc") {
        ("customer.example", true) => soap("RedirectAddress", "ana@other.example", ""),
        ("autodiscover.other.example", true) => {
            soap("RedirectUrl", "https://auto.hoster.example/autodiscover/autodiscover.svc", "")
        }
        ("auto.hoster.example", true) => soap("NoError", "", EWS),
        _ => nothing_here(),
    })
    .await;
    assert_eq!(found, Ok(super::found(&Url::parse(EWS).unwrap(), FoundBy::Autodiscover)));
    let last = seen.last().unwrap();
    assert_eq!(last.text("Mailbox"), "ana@other.example");
}

#[tokio::test]
async fn circles_and_endless_redirects_end() {
    let to_itself = |seen: &Seen| {
        if seen.file() == "autodiscover.svc" {
            Reply::new(302, "").with("location", "https://customer.example/autodiscover/autodiscover.svc")
        } else {
            nothing_here()
        }
    };
    let ever_on = |seen: &Seen| {
        if seen.path.contains("json") {
            return nothing_here();
        }
        Reply::new(302, "")
            .with("location", &format!("https://auto.hoster.example/{}/autodiscover.svc", seen.nth))
    };
    // Redirects of a website are no word of Autodiscover.
    for (found, seen) in [run(to_itself).await, run(ever_on).await] {
        assert_eq!(found.map_err(|failure| failure.kind), Err(FailureKind::NotFound));
        assert!(seen.len() <= 60, "{}", seen.len());
    }
    let same_address = |seen: &Seen| {
        if seen.file() == "autodiscover.svc" {
            soap("RedirectAddress", "ANA@customer.example", "")
        } else {
            nothing_here()
        }
    };
    let ever_new_addresses = |seen: &Seen| {
        if seen.file() == "autodiscover.svc" {
            soap("RedirectAddress", &format!("a{}@customer.example", seen.nth), "")
        } else {
            nothing_here()
        }
    };
    let same_place = |seen: &Seen| {
        if seen.file() == "autodiscover.svc" {
            soap("RedirectUrl", "https://customer.example/autodiscover/autodiscover.svc", "")
        } else {
            nothing_here()
        }
    };
    for (found, seen) in [run(same_address).await, run(ever_new_addresses).await, run(same_place).await] {
        assert_eq!(found.map_err(|failure| failure.kind), Err(FailureKind::Malformed));
        assert!(seen.len() <= 60, "{}", seen.len());
    }
}

/// What stands at the bare domain of many customers says nothing about their mail.
#[tokio::test]
async fn a_dead_end_at_one_place_leaves_the_others() {
    let to = |location: &str| Reply::new(302, "").with("location", location);
    for (name, at_the_domain) in [
        ("one page for everything", to("https://customer.example/")),
        ("a sign-in at Microsoft", to("https://login.microsoftonline.com/x/oauth2/v2.0/authorize?a=b")),
        ("a page of Microsoft's", to("https://www.office.com/")),
        ("to itself", to("")),
        ("an open line", to("http://customer.example/shop")),
        (
            "the same address",
            pox("<Action>redirectAddr</Action><RedirectAddr>ana@customer.example</RedirectAddr>"),
        ),
        (
            "an address of a stranger that leads nowhere",
            pox("<Action>redirectAddr</Action><RedirectAddr>ana@nowhere.example</RedirectAddr>"),
        ),
        (
            "Exchange Online of the past",
            to("https://autodiscover-s.outlook.com/autodiscover/autodiscover.xml"),
        ),
    ] {
        let (found, _) = run(move |seen| {
            if seen.host == "customer.example" {
                return at_the_domain.clone();
            }
            let is_asked = seen.host == "autodiscover.customer.example" && seen.file() == "autodiscover.svc";
            if is_asked { soap("NoError", "", EWS) } else { nothing_here() }
        })
        .await;
        assert_eq!(found.map(|found| found.address), Ok(EWS.into()), "{name}");
    }
}

#[tokio::test]
async fn a_sign_in_that_is_asked_for_is_a_server() {
    for reply in [challenge(), Reply::new(401, "")] {
        let (found, _) = run(move |seen| {
            let is_it = seen.host == "autodiscover.customer.example" && !seen.path.contains("EWS");
            if is_it { reply.clone() } else { nothing_here() }
        })
        .await;
        let failure = found.unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotFound);
        let words = "autodiscover.customer.example answers, but tells the server's name only after a sign-in";
        assert_eq!(failure.what.as_str(), words);
    }
}

#[tokio::test]
async fn exchange_online_is_named_as_such_wherever_it_shows() {
    let online = "https://outlook.office365.com/EWS/Exchange.asmx";
    let json = move |seen: &Seen| {
        if seen.path.contains("json") {
            Reply::new(200, format!(r#"{{"Url":"{online}"}}"#))
        } else {
            nothing_here()
        }
    };
    let settings = move |seen: &Seen| {
        if seen.file() == "autodiscover.svc" { soap("NoError", "", online) } else { nothing_here() }
    };
    let redirect = |seen: &Seen| {
        if seen.body.is_empty() && seen.file() == "autodiscover.xml" {
            Reply::new(302, "")
                .with("location", "https://autodiscover-s.outlook.com/autodiscover/autodiscover.xml")
        } else {
            nothing_here()
        }
    };
    for (found, _) in [run(json).await, run(settings).await, run(redirect).await] {
        let failure = found.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Refused);
        assert!(failure.hint.for_commands().as_str().contains("Office 365"), "{:?}", failure.hint);
    }
    let stub = Stub::start(|_| nothing_here()).await;
    assert!(stub.exchange.discover(&address("ana@bakery.onmicrosoft.com")).await.is_err());
    assert!(stub.seen().is_empty());
}

#[tokio::test]
async fn a_host_that_guards_both_is_taken_and_one_that_guards_only_one_is_not() {
    let both = |seen: &Seen| if seen.host == "customer.example" { nothing_here() } else { challenge() };
    let (found, _) = run(both).await;
    let expected = "https://autodiscover.customer.example/EWS/Exchange.asmx";
    assert_eq!(found, Ok(FoundServer { address: expected.into(), by: FoundBy::Autodiscover }));
    // Who is led there by an open redirect knows no more of it than of any other.
    let led = |seen: &Seen| match (seen.host.as_str(), seen.body.is_empty()) {
        ("auto.hoster.example", _) => challenge(),
        ("autodiscover.customer.example", true) if seen.file() == "autodiscover.xml" => {
            Reply::new(302, "").with("location", "https://auto.hoster.example/autodiscover/autodiscover.xml")
        }
        _ => nothing_here(),
    };
    let (found, _) = run(led).await;
    let address = Text::from("https://auto.hoster.example/EWS/Exchange.asmx");
    assert_eq!(found, Ok(FoundServer { address, by: FoundBy::OpenRedirect }));
    let one = |seen: &Seen| if seen.path.contains("/EWS/") { nothing_here() } else { challenge() };
    let (found, _) = run(one).await;
    assert_eq!(found.map_err(|failure| failure.kind), Err(FailureKind::NotFound));
}

#[tokio::test]
async fn nothing_found_says_what_to_do() {
    let (found, _) = run(|_| nothing_here()).await;
    let failure = found.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert!(failure.hint.for_commands().as_str().contains("Ask the hoster"));
    assert!(failure.hint.for_commands().as_str().contains("is it spelt right?"));
    let stub = Stub::start(|_| nothing_here()).await;
    assert!(stub.exchange.discover(&address("ana@nowhere.example")).await.is_err());
    assert!(stub.seen().is_empty(), "unknown hosts are not asked twice, nor anyone else");
}

#[tokio::test]
async fn a_proxy_that_leads_nowhere_is_asked_once_for_all_places() {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use crate::{
        domain::{
            secret::Secret,
            time::{Clock, Moment},
        },
        provider::http::{HttpOptions, Network},
    };

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let asked = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let mut start = [0; 512];
            let _length = stream.read(&mut start).await.unwrap();
            let answer = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(answer).await.unwrap();
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let roots = folder.path().join("roots.pem");
    let authority = rcgen::generate_simple_self_signed(vec!["ours.example".to_owned()]).unwrap();
    std::fs::write(&roots, authority.cert.pem()).unwrap();
    let variables = [
        ("HTTPS_PROXY", place.clone()),
        ("HTTP_PROXY", place),
        ("SSL_CERT_FILE", roots.to_str().unwrap().to_owned()),
    ];
    let http = Http::new(HttpOptions {
        origins: Vec::new(),
        is_total: false,
        clock: Clock::fixed(Moment::from_millis(0)),
        network: Network(variables.map(|(name, value)| (name, Secret::new(value))).to_vec()),
    })
    .unwrap();
    let failure = discover(&http, &NameServers::Nobody, &address("ana@customer.example")).await.unwrap_err();
    assert!(failure.what.as_str().contains("wants a user name and a password"), "{failure:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    // One that was late once may be good for another place; twice, it is not.
    assert_eq!(against(&ProxyTrouble::Late) * 2, DEAD);
    assert_eq!(against(&ProxyTrouble::NoWay), 0);
}

#[tokio::test]
async fn dns_is_asked_last_and_what_it_names_is_told_as_such() {
    use super::srv::tests::name_server;
    let host = |seen: &Seen| seen.host.clone();
    // The hoster's own Autodiscover, which no name of the customer's leads to.
    let stub = Stub::start(move |seen| match (host(seen).as_str(), seen.file()) {
        ("auto.hoster.example", "autodiscover.svc") => soap("NoError", "", EWS),
        _ => Reply::new(404, ""),
    })
    .await;
    let mailbox = address("ana@customer.example");
    let mut exchange = stub.exchange.clone();
    exchange.name_servers = name_server(&[(0, 0, 443, "auto.hoster.example")]).await;
    let found = exchange.discover(&mailbox).await;
    assert_eq!(found, Ok(FoundServer { address: EWS.into(), by: FoundBy::Dns }));
    exchange.name_servers = name_server(&[(0, 0, 443, "autodiscover.outlook.com")]).await;
    let failure = exchange.discover(&mailbox).await.unwrap_err();
    assert!(failure.what.as_str().contains("Exchange Online"), "{}", failure.what);
    exchange.name_servers = NameServers::These(Vec::new());
    assert_eq!(exchange.discover(&mailbox).await.map_err(|f| f.kind), Err(FailureKind::NotFound));
    assert!(stub.seen().iter().all(|seen| !seen.is_signed()));
}
