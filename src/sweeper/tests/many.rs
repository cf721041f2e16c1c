//! Several customers at once, and what a pass says that could not see everything.

use super::*;

const CAFE: Place = Place::new(4, "users = 12");
const YARD: Place = Place::new(5, "users = 6");

#[tokio::test]
async fn a_server_that_does_not_answer_delays_no_other_customer() {
    let stage = Stage::ruled(&[CAFE, YARD]).await;
    stage.at(NIGHTS[0]);
    stage.wire.holds_at(Some(CAFE.tenant().to_string()));
    let (provider, clock) = (stage.provider(), stage.clock());
    let passing = tokio::spawn(async move { pass(&provider, &clock, &[], |_none| ()).await.unwrap() });
    wait_for("the customer behind the one that waits", || stage.on(YARD).len() == 6).await;
    assert!(stage.on(CAFE).is_empty());
    stage.wire.holds_at(None);
    let reports = passing.await.unwrap();
    let by_customer: Vec<_> =
        reports.iter().map(|report| (report.reference.as_str(), report.turned_on.len())).collect();
    assert_eq!(by_customer, [("C-4", 12), ("C-5", 6)]);
}

#[tokio::test]
async fn a_pass_that_panics_is_the_report_of_its_customer() {
    let stage = Stage::ruled(&[CAFE, YARD]).await;
    stage.at(NIGHTS[0]);
    let go = |provider, clock, row: RuleRow| async move {
        assert_ne!(row.customer.reference.as_str(), "C-4", "on purpose");
        passed(provider, clock, row).await
    };
    let rules = stage.store().rules().unwrap();
    let reports = lanes::each(&stage.provider(), &stage.clock(), rules, go).await;
    let (failed, done) = (&reports[0].1, &reports[1].1);
    assert_eq!(failed.failure.as_ref().unwrap().kind, FailureKind::Internal);
    assert_eq!((failed.reference.as_str(), done.turned_on.len()), ("C-4", 6));
    assert_eq!(stage.sweep_one().await.turned_on.len(), 12, "its pass stays due");
}

#[tokio::test]
async fn mailboxes_whose_kind_is_denied_night_after_night_need_attention() {
    let denied = Place { faults: "\"without=MailboxSettings.Read\"", ..CAFE };
    let mut stage = Stage::ruled(&[denied]).await;
    let gaps = |stage: &Stage| {
        let status = stage.store().status_of(stage.clock().now(), None).unwrap();
        status.rows.iter().find(|row| row.product == OFFICE).unwrap().list.gaps.clone()
    };
    stage.at(NIGHTS[0]);
    let first = stage.sweep_one().await;
    // One night may pass by itself. The permission that lacks is said at once.
    let words = first.attention.clone().unwrap();
    assert!(
        words.as_str().starts_with("The customer must accept again; missing: MailboxSettings.Read"),
        "{words}"
    );
    assert_eq!(first.deferred, 12, "{first:?}");
    // What the pass told stays to be seen by `sweep --status`.
    let row = stage.store().rules().unwrap().remove(0);
    let why = row.attention().unwrap();
    assert!(row.rule.attention.is_none() && why.as_str().contains("must accept again"), "{why}");
    assert!(why.as_str().contains("The link: "), "{why}");
    assert!(first.gaps[0].as_str().contains("can't be told apart"), "{:?}", first.gaps);
    assert_eq!(gaps(&stage), first.gaps);

    stage.at(NIGHTS[1]);
    let second = stage.sweep_one().await;
    let words = second.attention.clone().unwrap();
    assert!(words.as_str().starts_with("12 mailboxes were left off"), "{words}");
    assert!(second.needs_attention() && !second.is_stopped && second.gaps == first.gaps, "{second:?}");
    let kept = stage.protection(CAFE, OFFICE).rule.unwrap().attention.unwrap();
    assert!(
        words.as_str().starts_with(kept.as_str()) && words.as_str().contains("must accept again"),
        "{words}"
    );

    stage.restart(&[CAFE], "").await;
    stage.accept(CAFE).await;
    stage.at(NIGHTS[2]);
    let third = stage.sweep_one().await;
    assert_eq!((third.turned_on.len(), third.attention.clone(), third.gaps.len()), (12, None, 0));
}
