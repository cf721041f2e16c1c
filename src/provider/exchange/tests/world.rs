//! The client in the sandbox's standard world: what a trainee meets with the hosted products.

use std::{sync::Arc, time::Duration};

use super::super::*;
use crate::{
    domain::{
        customer::Listing, exchange_server, failure::FailureKind, secret::Secret, tenant::Verdict,
        time::Moment,
    },
    provider::http::{HttpOptions, Network},
    sandbox::{self, Sandbox},
};

/// The standard world and a client that reaches nothing else.
async fn world() -> (Sandbox, Exchange) {
    let now = 1_795_000_000_000;
    let options = sandbox::Options {
        world: "standard".into(),
        port: None,
        data: None,
        now: Arc::new(move || now),
        faults: Vec::new(),
    };
    let running = sandbox::start(options).await.unwrap();
    let clock = Clock::fixed(Moment::from_millis(now));
    let http = HttpOptions {
        origins: running.origins(),
        is_total: true,
        clock: clock.clone(),
        network: Network::default(),
    };
    let mut exchange = Exchange::new(Http::new(http).unwrap(), clock, true);
    exchange.pace =
        Pace { first: Duration::from_millis(1), longest: Duration::from_millis(2), ..Pace::NORMAL };
    (running, exchange)
}

fn access(server: &Text, domain: &'static str, password: &str, sample: &str) -> Impersonation {
    Impersonation {
        server: server.clone(),
        account: Text::clean(&format!("svc-backup@{domain}")),
        password: Secret::new(password.to_owned()),
        sample: sample.parse().unwrap(),
        domains: vec![Text::from(domain)],
        listing: Listing::Directory,
    }
}

/// Addresses that a listing finds, and its count.
async fn addresses(exchange: &Exchange, access: &Impersonation) -> (Result<u32, Failure>, Vec<String>) {
    let (sink, mut items) = mpsc::channel(2);
    let taking = async {
        let mut found = Vec::new();
        while let Some(item) = items.recv().await {
            if let Listed::Page(page) = item {
                found.extend(
                    (0..page.len()).filter_map(|at| page.row(at)).map(|r| r.address.as_str().to_owned()),
                );
            }
        }
        found
    };
    tokio::join!(exchange.list_mailboxes(access, sink), taking)
}

#[tokio::test]
async fn a_smooth_customer_is_discovered_proved_and_listed() {
    let (_running, exchange) = world().await;
    let sample = "ana.brennan@andersondental.example";
    let server = exchange.discover(&sample.parse().unwrap()).await.unwrap().address;
    assert_eq!(server.as_str(), "https://mail.coastline-hosting.example/EWS/Exchange.asmx");
    let access = access(&server, "andersondental.example", "invented-anderson", sample);
    let proof = exchange.prove(&access).await;
    assert!(proof.verdict.is_proved(), "{proof:?}");
    let (count, found) = addresses(&exchange, &access).await;
    assert_eq!(count, Ok(8));
    assert!(found.iter().all(|address| address.ends_with("@andersondental.example")), "{found:?}");
}

#[tokio::test]
async fn a_computed_customer_is_listed_by_the_directory() {
    let (_running, exchange) = world().await;
    let server = exchange_server::normalise("mail.coastline-hosting.example").unwrap();
    let access = access(&server, "gannetmarine.example", "invented-gannet", "walter@gannetmarine.example");
    let (count, found) = addresses(&exchange, &access).await;
    // 180 computed ones and Walter, without one hidden in forty.
    assert!(count.as_ref().is_ok_and(|count| *count >= 176), "{count:?}");
    assert!(found.iter().all(|address| address.ends_with("@gannetmarine.example")));
}

#[tokio::test]
async fn denied_impersonation_names_the_command() {
    let (_running, exchange) = world().await;
    let server = exchange_server::normalise("mail.coastline-hosting.example").unwrap();
    let sample = "sandra.cole@redgumremovals.example";
    let proof = exchange.prove(&access(&server, "redgumremovals.example", "invented-redgum", sample)).await;
    let Verdict::Failed(failure) = proof.verdict else { panic!("{proof:?}") };
    assert_eq!(failure.code.as_ref().map(Text::as_str), Some("ErrorImpersonationDenied"));
    assert!(
        failure.hint.for_commands().as_str().contains("New-ManagementRoleAssignment"),
        "{}",
        failure.hint.for_commands()
    );
}

#[tokio::test]
async fn a_host_outside_the_sandbox_is_refused_as_such() {
    let (_running, exchange) = world().await;
    let server = exchange_server::normalise("mail.hoster.example").unwrap();
    let proof =
        exchange.prove(&access(&server, "andersondental.example", "x", "ana@andersondental.example")).await;
    let Verdict::Failed(failure) = proof.verdict else { panic!("{proof:?}") };
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.what.as_str().contains("not part of the sandbox"), "{}", failure.what);
}
