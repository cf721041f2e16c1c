//! Hosted Exchange: no change feed, so every pass lists again and compares.

use super::*;
use crate::domain::customer::Listing;

pub(super) const HOSTED: Place = Place::new(7, "users = 1");

pub(super) const SERVER: &str = r#"
[[exchange]]
host = "mail.hoster.example"

[[exchange.accounts]]
name = "svc@tenant7.example"
password = "invented"
impersonates = ["SEVEN"]
address_book = "SEVEN"

[[exchange.customers]]
mark = "SEVEN"
name = "Customer 7"
domains = ["tenant7.example"]
mailboxes = [
  { name = "Ana Brennan", address = "ana@tenant7.example" },
  { name = "Ben Okoro", address = "ben@tenant7.example" },
  { name = "Lea Leaver", address = "lea@tenant7.example", leaves = "2026-11-24T12:00:00+11:00" },
  { name = "Nora New", address = "nora@tenant7.example", appears = "2026-11-24T12:00:00+11:00" },
]
"#;

pub(super) fn access(listing: Listing) -> Impersonation {
    Impersonation {
        server: "https://mail.hoster.example/EWS/Exchange.asmx".into(),
        account: "svc@tenant7.example".into(),
        password: Secret::new("invented".into()),
        sample: "ana@tenant7.example".parse().unwrap(),
        domains: vec!["tenant7.example".into()],
        listing,
    }
}

/// Addresses of those who are on, with the moment since which they are gone.
fn seats(stage: &Stage) -> Vec<(String, Option<Moment>)> {
    let protection = stage.protection(HOSTED, Product::MpExchange);
    let mut seats: Vec<_> =
        protection.seats.iter().map(|seat| (seat.address.to_string(), seat.left)).collect();
    seats.sort();
    seats
}

fn addresses(report: &Report) -> Vec<&str> {
    let mut addresses: Vec<_> = report.turned_on.iter().map(|user| user.address.as_str()).collect();
    addresses.sort_unstable();
    addresses
}

#[tokio::test]
async fn new_mailboxes_appear_and_a_vanished_one_is_left_after_two_passes() {
    let stage = Stage::new(&[HOSTED], SERVER).await;
    stage.hosted_rule(HOSTED, &access(Listing::Directory));
    stage.at(NIGHTS[0]);
    let first = stage.sweep_one().await;
    assert_eq!(addresses(&first), ["ana@tenant7.example", "ben@tenant7.example", "lea@tenant7.example"]);

    stage.at(NIGHTS[1]);
    let second = stage.sweep_one().await;
    assert_eq!((addresses(&second), second.left), (vec!["nora@tenant7.example"], 0));
    assert!(seats(&stage).iter().all(|(_, left)| left.is_none()), "one pass is not enough");

    stage.at(NIGHTS[2]);
    let third = stage.sweep_one().await;
    assert_eq!((third.turned_on.len(), third.left), (0, 1));
    let gone: Vec<_> = seats(&stage).into_iter().filter(|(_, left)| left.is_some()).collect();
    assert_eq!(gone, [("lea@tenant7.example".to_owned(), Some(moment(NIGHTS[2])))]);
    assert_eq!(seats(&stage).len(), 4, "nobody is turned off");

    stage.at("2026-11-26T20:00:00+11:00");
    assert_eq!(stage.sweep_one().await.left, 0, "said once");
}

#[tokio::test]
async fn a_mailbox_that_is_listed_no_more_but_answers_has_not_left() {
    let stage = Stage::new(&[HOSTED], SERVER).await;
    let all = ["ana@tenant7.example", "ben@tenant7.example"].map(|a| a.parse().unwrap());
    stage.hosted_rule(HOSTED, &access(Listing::Given(all.to_vec())));
    stage.at(NIGHTS[0]);
    assert_eq!(stage.sweep_one().await.turned_on.len(), 2);
    let store = stage.store();
    let customer = called(&store, HOSTED).id;
    let run = store.open_run(customer, Product::MpExchange).unwrap().id;
    store.save_impersonation(&run, &access(Listing::Given(all[..1].to_vec())), &Accepts::default()).unwrap();
    for night in ["2026-11-24T20:00:00+11:00", "2026-11-25T20:00:00+11:00", "2026-11-26T20:00:00+11:00"] {
        stage.at(night);
        assert_eq!(stage.sweep_one().await.left, 0);
    }
    assert!(seats(&stage).iter().all(|(_, left)| left.is_none()));
}

#[tokio::test]
async fn a_seat_that_no_pass_ever_saw_is_asked_about_too() {
    let stage = Stage::new(&[HOSTED], SERVER).await;
    stage.hosted_rule(HOSTED, &access(Listing::Directory));
    let store = stage.store();
    let customer = called(&store, HOSTED).id;
    let run = store.open_run(customer, Product::MpExchange).unwrap().id;
    let address: crate::domain::id::Address = "old@tenant7.example".parse().unwrap();
    let old = Chosen {
        id: UserId::from_address(&address),
        address: Text::clean(address.as_str()),
        name: "Old Olga".into(),
        kind: Kind::User,
    };
    store.apply_batch(&run, &[old]).unwrap();
    stage.at(NIGHTS[0]);
    assert_eq!(stage.sweep_one().await.left, 0);
    stage.at(NIGHTS[1]);
    assert_eq!(stage.sweep_one().await.left, 1);
}

#[tokio::test]
async fn a_refused_password_needs_attention_and_a_lost_key_too() {
    let stage = Stage::new(&[HOSTED], SERVER).await;
    let wrong = Impersonation { password: Secret::new("old".into()), ..access(Listing::Directory) };
    stage.hosted_rule(HOSTED, &wrong);
    stage.at(NIGHTS[0]);
    let report = stage.sweep_one().await;
    assert!(report.attention.is_some() && report.failure.is_none(), "{report:?}");
    std::fs::remove_file(stage.folder.path().join("config/identity.txt")).unwrap();
    stage.at(NIGHTS[1]);
    let report = stage.sweep_one().await;
    assert!(report.attention.unwrap().as_str().contains("key file"));
}

#[tokio::test]
async fn a_pass_that_has_waited_lists_what_is_on_record_by_then() {
    let stage = Stage::new(&[HOSTED], SERVER).await;
    let all = ["ana@tenant7.example", "ben@tenant7.example"].map(|a| a.parse().unwrap());
    stage.hosted_rule(HOSTED, &access(Listing::Given(all[..1].to_vec())));
    stage.at(NIGHTS[0]);
    let go = |provider: Provider, clock, row: RuleRow| async move {
        // An operator gives another list while the pass waits for its turn.
        let all = ["ana@tenant7.example", "ben@tenant7.example"].map(|a| a.parse().unwrap());
        let run = provider.store.open_run(row.customer.id, row.product).unwrap().id;
        provider
            .store
            .save_impersonation(&run, &access(Listing::Given(all.to_vec())), &Accepts::default())
            .unwrap();
        passed(provider, clock, row).await
    };
    let rules = stage.store().rules().unwrap();
    let reports = lanes::each(&stage.provider(), &stage.clock(), rules, go).await;
    assert_eq!(addresses(&reports[0].1), ["ana@tenant7.example", "ben@tenant7.example"]);
}
