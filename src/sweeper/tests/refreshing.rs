//! A look outside a pass: numbers with their age, leavers, and trouble that stays until a list comes.

use super::*;
use crate::domain::{
    consent::Sight,
    run::ExclusionChange,
    status::{ProductStatus, Stand},
};

const PLACE: Place = Place::new(1, "users = 4, shared = 2, guests = 1");

/// Long enough for any list here.
const LIMIT: Duration = Duration::from_mins(10);

async fn look(stage: &Stage) -> Result<crate::domain::verdict::ListSummary, Failure> {
    let row = stage.store().listable().unwrap().remove(0);
    Box::pin(refresh(&stage.provider(), &stage.clock(), &row, LIMIT)).await
}

fn status(stage: &Stage) -> ProductStatus {
    let customer = called(&stage.store(), PLACE).id;
    let mut rows = stage.store().status_of(Moment::from_millis(0), Some(customer)).unwrap().rows;
    rows.retain(|row| row.product == OFFICE);
    rows.remove(0)
}

#[tokio::test]
async fn everybody_is_listed_and_nobody_turned_on() {
    let stage = Stage::new(&[PLACE], "").await;
    let (customer, run) = stage.rule(PLACE, 1_000).await;
    let gone = stage.joins(PLACE, "Lea Leaver", "user").await;
    stage.at(NIGHTS[0]);
    assert_eq!(stage.sweep_one().await.turned_on.len(), 5, "four, and Lea");
    let link = stage.store().delta_link(customer, OFFICE).unwrap();
    assert_eq!(status(&stage).list.counted, None, "a pass of changes counts nobody anew");

    let store = stage.store();
    store.open_run(customer, OFFICE).unwrap();
    let out = stage.joins(PLACE, "Out Okoro", "user").await;
    stage.joins(PLACE, "Nora New", "user").await;
    stage.leaves(PLACE, gone).await;
    // Excluded by a program that kept no names.
    let nameless = Chosen { id: out, address: Text::default(), name: Text::default(), kind: Kind::User };
    store.change_exclusions(&run, &ExclusionChange { users: vec![nameless], exclude: true }).unwrap();
    drop(store);
    stage.alter("UPDATE exclusion SET name = NULL, address = NULL");

    stage.pass_time(Duration::from_hours(1));
    let list = look(&stage).await.unwrap();
    assert_eq!((list.listed, list.eligible), (9, 5), "four and Nora; Out is excluded; two shared, a guest");
    assert_eq!(stage.on(PLACE).len(), 5, "nobody is turned on, nobody off");
    assert_eq!(stage.store().delta_link(customer, OFFICE).unwrap(), link, "the pass goes on where it was");
    let row = status(&stage);
    assert_eq!((row.list.counted, row.left, row.left_before), (Some(stage.clock().now()), 1, 1));
    assert_eq!((row.stand(), row.list.clone()), (Stand::Automatic, list));
    let detail = stage.store().customer_detail(customer, 0).unwrap().products.remove(0);
    assert_eq!(detail.left.iter().map(|seat| seat.name.as_str()).collect::<Vec<_>>(), ["Lea Leaver"]);
    assert_eq!(detail.excluded[0].name, Some("Out Okoro".into()));
    let said: String = rusqlite::Connection::open(stage.file())
        .unwrap()
        .query_row("SELECT what FROM audit ORDER BY id DESC LIMIT 1", [], |row| row.get(0))
        .unwrap();
    assert!(said.starts_with("found that they left the organisation: 1 user: Lea Leaver <"), "{said}");
    // The pass turns on who is new, and only them.
    stage.at(NIGHTS[1]);
    assert_eq!(names(&stage.sweep_one().await), ["Nora New"]);
}

#[tokio::test]
async fn a_customer_who_must_accept_again_is_named_until_a_list_comes() {
    let stage = Stage::ruled(&[PLACE]).await;
    look(&stage).await.unwrap();
    let counted = status(&stage).list.counted;
    assert!(counted.is_some() && status(&stage).trouble.is_none());
    stage.post("consent/remove", json!({"tenant": PLACE.tenant().to_string()})).await;
    stage.pass_time(Duration::from_hours(24));
    let failure = look(&stage).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused, "{failure:?}");
    let row = status(&stage);
    assert_eq!(row.list.counted, counted, "the numbers are as old as they were");
    let (asked, why) = row.trouble.clone().unwrap();
    assert_eq!(asked, stage.clock().now());
    assert!(why.as_str().contains("accept again"), "{why}");
    let attention = row.attention(asked, &stage.store().status_of(asked, None).unwrap().sweeper);
    assert!(attention.iter().any(|words| words.as_str().contains("accept again")), "{attention:?}");
    stage.accept(PLACE).await;
    look(&stage).await.unwrap();
    assert!(status(&stage).trouble.is_none() && status(&stage).list.counted > counted);
}

#[tokio::test]
async fn a_permission_that_is_missing_needs_attention_and_everybody_is_listed() {
    let stage = Stage::ruled(&[PLACE]).await;
    let more = Permission::new("Tasks.Read.All", "f10e1f91-74ed-437f-a6fd-d6ae88e26c1f", "tasks", "workers");
    let provider = stage.provider_asking(&[more.unwrap()]);
    let row = stage.store().listable().unwrap().remove(0);
    let failure = refresh(&provider, &stage.clock(), &row, LIMIT).await.unwrap_err();
    assert!(failure.what.as_str().contains("Tasks.Read.All"), "{failure:?}");
    let row = status(&stage);
    assert_eq!(row.list.counted, Some(stage.clock().now()));
    assert!(row.trouble.unwrap().1.as_str().contains("Tasks.Read.All"));
}

#[tokio::test]
async fn a_list_that_takes_too_long_is_given_up_and_said() {
    let stage = Stage::ruled(&[PLACE]).await;
    let row = stage.store().listable().unwrap().remove(0);
    let failure = refresh(&stage.provider(), &stage.clock(), &row, Duration::ZERO).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unreachable);
    assert!(status(&stage).trouble.unwrap().1.as_str().contains("no whole list within"));
}

#[tokio::test]
async fn a_list_of_an_organisation_that_is_not_on_record_any_more_is_not_kept_and_this_is_said() {
    for (change, is_list) in [
        ("UPDATE enablement SET tenant_name = 'Another'", true),
        ("UPDATE customer SET tenant = '99999999-9999-4999-8999-999999999999'", true),
        ("UPDATE enablement SET tenant = '99999999-9999-4999-8999-999999999999'", false),
    ] {
        let stage = Stage::ruled(&[PLACE]).await;
        if !is_list {
            stage.post("consent/remove", json!({"tenant": PLACE.tenant().to_string()})).await;
        }
        let row = stage.store().listable().unwrap().remove(0);
        stage.wire.holds_at(Some(PLACE.tenant().to_string()));
        let (provider, clock) = (stage.provider(), stage.clock());
        let looking = tokio::spawn(async move { refresh(&provider, &clock, &row, LIMIT).await });
        stage.alter(change);
        stage.wire.holds_at(None);
        let failure = looking.await.unwrap().unwrap_err();
        let status = status(&stage);
        assert_eq!((status.list.counted, status.trouble), (None, None), "{change}: nothing is kept");
        if is_list {
            assert_eq!(failure.kind, FailureKind::Conflict, "{failure:?}");
            assert!(failure.what.as_str().contains("was changed while"), "{failure:?}");
        }
    }
}

#[tokio::test]
async fn a_pass_keeps_what_it_saw_of_the_consent_with_its_date() {
    let stage = Stage::ruled(&[PLACE]).await;
    let seen = || stage.store().consents(None).unwrap().remove(0).seen;
    assert_eq!(seen(), None, "nobody has looked yet");
    stage.at(NIGHTS[0]);
    stage.sweep_one().await;
    let kept = seen().unwrap();
    assert!(kept.at <= stage.clock().now());
    let Sight::Granted(names) = kept.sight else { panic!("{:?}", kept.sight) };
    assert_eq!(names.len(), 9);
}
