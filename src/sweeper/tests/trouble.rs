//! What goes wrong: consent withdrawn, servers in trouble, a pass cut short, two sweepers at once.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use super::*;

const CAFE: Place = Place::new(4, "users = 12");
const YARD: Place = Place::new(5, "users = 6");
const BIG: Place = Place::new(6, "users = 650");

#[tokio::test]
async fn a_consent_that_was_taken_back_needs_attention() {
    let stage = Stage::ruled(&[CAFE, YARD]).await;
    stage.post("consent/remove", json!({"tenant": CAFE.tenant().to_string()})).await;
    stage.at(NIGHTS[0]);
    let reports = stage.sweep().await;
    assert!(reports[0].attention.is_some() && reports[0].failure.is_none(), "{:?}", reports[0]);
    let words = reports[0].attention.clone().unwrap();
    assert!(words.as_str().contains("(700016)"), "the code is named: {words}");
    assert_eq!((reports[0].turned_on.len(), reports[1].turned_on.len()), (0, 6));
    assert!(stage.protection(CAFE, OFFICE).rule.unwrap().attention.is_some());

    stage.accept(CAFE).await;
    stage.at(NIGHTS[1]);
    assert_eq!(stage.sweep().await[0].turned_on.len(), 12);
    assert_eq!(stage.protection(CAFE, OFFICE).rule.unwrap().attention, None);
}

#[tokio::test]
async fn trouble_with_a_server_leaves_the_pass_due() {
    let stage = Stage::ruled(&[CAFE, YARD]).await;
    stage.wire.breaks_at(Some(CAFE.tenant().to_string()));
    stage.at(NIGHTS[0]);
    let reports = stage.sweep().await;
    assert_eq!(reports[0].failure.as_ref().unwrap().kind, FailureKind::Unreachable);
    assert_eq!((reports[0].attention.clone(), reports[1].turned_on.len()), (None, 6));
    assert!(stage.store().sweeps(10).unwrap().iter().any(|sweep| sweep.finished.is_none()));
    assert!(sweep::is_due(&stage.protection(CAFE, OFFICE).rule.unwrap(), stage.clock().now()));

    // Rule 17: half an hour later every screen says so, also while the next night has just begun.
    let overdue = || stage.store().sweeper_status(moment(NIGHTS[0])).unwrap().is_overdue;
    assert!(!overdue());
    stage.pass_time(Duration::from_mins(30));
    assert!(overdue());

    stage.wire.breaks_at(None);
    let report = stage.sweep_one().await;
    assert_eq!((report.turned_on.len(), report.is_late, report.due), (12, true, moment(NIGHTS[0])));
    assert!(!stage.store().sweeper_status(moment(NIGHTS[0])).unwrap().is_overdue);
}

#[tokio::test]
async fn a_list_that_breaks_off_turns_nobody_on_and_moves_nothing() {
    let mut stage = Stage::ruled(&[BIG]).await;
    let troubled = Place { faults: "\"evil-next\"", crowd: "users = 1500", ..BIG };
    stage.restart(&[troubled], "").await;
    stage.at(NIGHTS[0]);
    let report = stage.sweep_one().await;
    assert!(report.failure.is_some());
    assert_eq!((report.turned_on.len(), stage.on(BIG).len()), (0, 0));
    let store = stage.store();
    let customer = called(&store, BIG).id;
    assert_eq!(store.delta_link(customer, OFFICE).unwrap(), None);
}

/// Ends a future after so many polls.
struct Cut<F>(Pin<Box<F>>, u32);

impl<F: Future> Future for Cut<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.1 == 0 {
            return Poll::Ready(None);
        }
        self.1 -= 1;
        self.0.as_mut().poll(context).map(Some)
    }
}

#[tokio::test]
async fn a_pass_that_is_cut_short_anywhere_is_completed_without_doubling() {
    let stage = Stage::ruled(&[BIG]).await;
    stage.at(NIGHTS[0]);
    let (provider, clock) = (stage.provider(), stage.clock());
    let mut cuts = 0;
    for polls in 1.. {
        let row = provider.store.rules().unwrap().remove(0);
        match Cut(Box::pin(passed(provider.clone(), clock.clone(), row)), polls).await {
            // What a dropped pass had begun to write ends by itself; the claim ends with it.
            Some(Some(report)) if report.is_elsewhere => tokio::task::yield_now().await,
            // The last cut came behind its end.
            Some(None) => break,
            Some(Some(report)) => {
                assert_eq!(report.failure, None);
                break;
            }
            None => cuts += 1,
        }
        assert!(polls < 10_000, "it never ends");
    }
    assert!(cuts > 3);
    assert_eq!(stage.on(BIG).len(), 650);
    let history = stage.store().sweeps(10).unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!((history[0].turned_on, history[0].finished.is_some()), (650, true));
    assert_eq!(stage.sweep().await, []);
}

#[tokio::test]
async fn two_sweepers_at_once_do_each_customer_once() {
    let places = [CAFE, YARD, BIG];
    let stage = Stage::ruled(&places).await;
    stage.at(NIGHTS[0]);
    let (one, two, clock) = (stage.provider(), stage.provider(), stage.clock());
    let (one, two) = tokio::join!(pass(&one, &clock, &[], |_none| ()), pass(&two, &clock, &[], |_none| ()));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert!(one.iter().chain(&two).all(|report| report.failure.is_none()));
    let by_all: usize = one.iter().chain(&two).map(|report| report.turned_on.len()).sum();
    assert_eq!(by_all, 12 + 6 + 650);
    assert_eq!(stage.on(CAFE).len() + stage.on(YARD).len() + stage.on(BIG).len(), by_all);
    let history = stage.store().sweeps(10).unwrap();
    assert_eq!(history.iter().map(|sweep| sweep.turned_on).sum::<u32>(), 12 + 6 + 650);
    assert_eq!(history.len(), 3);
}

#[tokio::test]
async fn a_pass_that_another_sweeper_holds_is_said_to_be_elsewhere() {
    let stage = Stage::ruled(&[CAFE]).await;
    stage.at(NIGHTS[0]);
    let store = stage.store();
    let customer = called(&store, CAFE).id;
    let claim = store.claim_sweep(customer, OFFICE, moment(NIGHTS[0])).unwrap().unwrap();
    let report = stage.sweep_one().await;
    assert!(report.is_elsewhere && !report.needs_attention());
    drop(claim);
    assert_eq!(stage.sweep_one().await.turned_on.len(), 12);
}

#[tokio::test]
async fn rows_with_a_lasting_problem_do_not_cost_a_list_every_night() {
    let odd = Place { faults: "\"wrong-types\"", crowd: "users = 60", ..BIG };
    let stage = Stage::ruled(&[odd]).await;
    stage.at(NIGHTS[0]);
    let first = stage.sweep_one().await;
    assert!((1..=60).contains(&first.deferred) && first.failure.is_none(), "{} wait", first.deferred);
    stage.joins(odd, "Nora New", "user").await;
    stage.at(NIGHTS[1]);
    stage.wire.heard();
    let second = stage.sweep_one().await;
    // Rows that came without an id can't be asked about; a change of theirs, or the next whole list, brings them again.
    assert!((1..=first.deferred).contains(&second.deferred), "{} wait", second.deferred);
    assert_eq!((second.left, second.failure), (0, None));
    let heard = stage.wire.heard();
    assert!(!heard.iter().any(|line| line.contains("/users?")), "{heard:?}");
}

#[tokio::test]
async fn more_than_can_be_read_one_by_one_keep_the_old_position() {
    let stage = Stage::new(&[YARD], "").await;
    let (_, run) = stage.rule(YARD, 10).await;
    stage.at(NIGHTS[0]);
    stage.sweep_one().await;
    let link = || {
        let store = stage.store();
        let customer = called(&store, YARD).id;
        store.delta_link(customer, OFFICE).unwrap()
    };
    let before = link();
    for number in 0..=LOOKED_FOR_AT_MOST {
        stage.joins(YARD, &format!("New {number}"), "user").await;
    }
    stage.at(NIGHTS[1]);
    assert!(stage.sweep_one().await.attention.is_some());
    assert_eq!(link(), before);
    let store = stage.store();
    store.load_run(&run).unwrap();
    store.make_rule(&run, 200, 300).unwrap();
    stage.at(NIGHTS[2]);
    assert_eq!(stage.sweep_one().await.turned_on.len(), LOOKED_FOR_AT_MOST + 1);
    assert_ne!(link(), before);
}
