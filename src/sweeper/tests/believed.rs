//! Lists that contradict the record: nobody is gone by their word, whoever is on them is turned on, and an operator
//! hears of it.

use super::*;
use crate::domain::verdict::ListSummary;

const MILL: Place = Place::new(8, "users = 600, guests = 40");
const SHOP: Place = Place::new(3, "users = 30");
const CAFE: Place = Place::new(4, "users = 12");

/// The same place, with a trouble.
fn with(faults: &'static str, place: Place) -> Place {
    Place { faults, ..place }
}

/// What an operator once listed on the screen.
fn counted(stage: &Stage, place: Place, listed: u32) {
    let (store, run) = stage.take(place);
    store.save_list(&run, &ListSummary::of(listed, listed)).unwrap();
}

fn listed(stage: &Stage, place: Place) -> ListRecord {
    let store = stage.store();
    let customer = called(&store, place).id;
    store.list_record(customer, OFFICE).unwrap()
}

fn link(stage: &Stage, place: Place) -> Option<String> {
    let store = stage.store();
    let customer = called(&store, place).id;
    store.delta_link(customer, OFFICE).unwrap()
}

fn forget_position(stage: &Stage) {
    stage.alter("DELETE FROM delta");
}

/// Seats whose users are marked as gone.
fn gone(stage: &Stage, place: Place) -> usize {
    stage.protection(place, OFFICE).seats.iter().filter(|seat| seat.left.is_some()).count()
}

#[tokio::test]
async fn a_list_that_is_short_for_one_night_costs_nobody_more_than_that_night() {
    for (trouble, on) in [("\"short-list=2026-11-23\"", 320), ("\"short-list\", \"same-page\"", 320)] {
        let mut stage = Stage::ruled(&[MILL]).await;
        counted(&stage, MILL, 640);
        stage.restart(&[with(trouble, MILL)], "").await;
        stage.at(NIGHTS[0]);
        stage.wire.heard();
        let first = stage.sweep_one().await;
        let words = first.attention.clone().unwrap();
        assert!(words.as_str().contains("320 of 640 users") && first.is_doubted, "{words}");
        assert!(words.as_str().contains("backup365 sweep --accept-shorter C-8=320"), "{words}");
        assert!(first.needs_attention() && first.failure.is_none());
        assert!((300..=on).contains(&first.turned_on.len()), "whoever is listed is turned on");
        assert_eq!((first.left, link(&stage, MILL)), (0, None));
        let lists = stage.wire.heard().iter().filter(|line| line.contains("/users?")).count();
        assert_eq!(lists, 2, "it was asked for again");
        assert_eq!(stage.protection(MILL, OFFICE).rule.unwrap().attention, Some(words), "status says so");

        stage.restart(&[MILL], "").await;
        stage.at(NIGHTS[1]);
        let second = stage.sweep_one().await;
        assert_eq!((second.attention.clone(), second.is_doubted), (None, false));
        assert_eq!(stage.on(MILL).len(), 600);
        assert!(link(&stage, MILL).is_some());
        assert_eq!(listed(&stage, MILL), ListRecord { listed: 640, short: None, accepted: None });
    }
}

#[tokio::test]
async fn a_short_list_marks_nobody_as_gone_and_moves_nothing() {
    let mut stage = Stage::ruled(&[MILL]).await;
    stage.at(NIGHTS[0]);
    stage.sweep_one().await;
    forget_position(&stage);
    for (night, trouble) in NIGHTS.iter().skip(1).zip(["\"short-list\"", "\"short-list\", \"same-page\""]) {
        stage.restart(&[with(trouble, MILL)], "").await;
        stage.at(night);
        let report = stage.sweep_one().await;
        assert!(report.is_doubted, "{report:?}");
        assert_eq!((gone(&stage, MILL), report.left, link(&stage, MILL)), (0, 0, None), "{trouble}");
    }
    stage.restart(&[MILL], "").await;
    stage.at("2026-11-26T20:00:00+11:00");
    let last = stage.sweep_one().await;
    assert_eq!((last.attention, last.left, gone(&stage, MILL)), (None, 0, 0));
}

#[tokio::test]
async fn pages_that_repeat_are_not_believed_and_not_acceptable() {
    const WIDE: Place = Place::new(8, "users = 1500");
    let mut stage = Stage::ruled(&[WIDE]).await;
    stage.restart(&[with("\"same-page\"", WIDE)], "").await;
    stage.at(NIGHTS[0]);
    let report = stage.sweep_one().await;
    let words = report.attention.unwrap();
    assert!(words.as_str().contains("the same page came again"), "{words}");
    assert!(!words.as_str().contains("accept-shorter"), "{words}");
    assert_eq!((report.turned_on.len(), link(&stage, WIDE)), (999, None));
}

#[tokio::test]
async fn a_small_customer_is_believed_when_it_shrinks_and_each_is_looked_for_by_name() {
    let mut stage = Stage::ruled(&[CAFE]).await;
    stage.at(NIGHTS[0]);
    assert_eq!(stage.sweep_one().await.turned_on.len(), 12);
    forget_position(&stage);
    stage.restart(&[with("\"short-list\"", CAFE)], "").await;
    stage.at(NIGHTS[1]);
    let second = stage.sweep_one().await;
    assert_eq!(
        (second.attention.clone(), second.left, gone(&stage, CAFE)),
        (None, 0, 0),
        "they are there by name"
    );
}

#[tokio::test]
async fn one_protected_user_whom_a_list_lacks_and_who_is_there_makes_it_doubtful() {
    let mut stage = Stage::ruled(&[SHOP]).await;
    stage.joins(SHOP, "Nora New", "user").await;
    stage.at(NIGHTS[0]);
    assert_eq!(stage.sweep_one().await.turned_on.len(), 31);
    forget_position(&stage);
    stage.restart(&[with("\"lacks=Nora New\"", SHOP)], "").await;
    stage.at(NIGHTS[2]);
    let third = stage.sweep_one().await;
    let words = third.attention.unwrap();
    assert!(words.as_str().contains("there when asked for by name"), "{words}");
    assert_eq!((third.left, gone(&stage, SHOP), link(&stage, SHOP)), (0, 0, None));
}

#[tokio::test]
async fn a_scheduled_user_whom_a_list_lacks_is_found_by_name_and_turned_on() {
    let mut stage = Stage::ruled(&[CAFE]).await;
    let nora = stage.joins(CAFE, "Nora New", "user").await;
    let ghost = UserId::from_bytes([9; 16]);
    stage.at(NIGHTS[0]);
    let owe = |stage: &Stage, users: &[UserId]| {
        let store = stage.store();
        let customer = called(&store, CAFE).id;
        let due = crate::domain::sydney::latest_2000(stage.clock().now());
        let claim = store.claim_sweep(customer, OFFICE, due).unwrap().unwrap();
        let waiting = users.iter().map(|id| (*id, Text::from("somebody@tenant4.example"))).collect();
        let belief = Belief::Doubted { acceptable: None };
        let (list, left, back) = (crate::domain::verdict::ListSummary::default(), Vec::new(), Vec::new());
        let kept = Kept { belief, list, position: None, roster: None, waiting, left, back };
        store.keep_pass(&claim, &Protection::default(), &kept).unwrap();
    };
    owe(&stage, &[nora, ghost]);
    stage.restart(&[with("\"lacks=Nora New\"", CAFE)], "").await;
    let first = stage.sweep_one().await;
    assert!(names(&first).contains(&"Nora New"), "{first:?}");
    assert_eq!(first.turned_on.len(), 13);
    let store = stage.store();
    assert_eq!(store.scheduled(called(&store, CAFE).id, OFFICE).unwrap(), [], "one is on, one is not there");

    // A round of changes that says nothing of somebody who is owed: the same.
    let omar = stage.joins(CAFE, "Omar Other", "user").await;
    stage.restart(&[with("\"lacks=Omar Other\"", CAFE)], "").await;
    stage.at(NIGHTS[1]);
    owe(&stage, &[omar]);
    stage.wire.heard();
    assert_eq!(names(&stage.sweep_one().await), ["Omar Other"]);
    assert!(!stage.wire.heard().iter().any(|line| line.contains("/users?")), "by name, not by a list");

    // More than are looked for by name, and nothing is believed.
    stage.restart(&[CAFE], "").await;
    stage.at(NIGHTS[2]);
    let many: Vec<UserId> = (0..=LOOKED_FOR_AT_MOST)
        .map(|n| UserId::from_bytes((1 + u128::try_from(n).unwrap()).to_be_bytes()))
        .collect();
    owe(&stage, &many);
    let third = stage.sweep_one().await;
    assert!(third.attention.unwrap().as_str().contains("101 users who are protected or scheduled"));
    assert_eq!(third.turned_on, []);
}

#[tokio::test]
async fn a_customer_that_shrank_is_accepted_once_by_its_number() {
    let stage = Stage::ruled(&[SHOP]).await;
    stage.at(NIGHTS[0]);
    stage.sweep_one().await;
    forget_position(&stage);
    for seat in stage.protection(SHOP, OFFICE).seats.iter().take(10) {
        stage.leaves(SHOP, seat.id).await;
    }
    stage.at(NIGHTS[1]);
    let second = stage.sweep_one().await;
    assert!(second.attention.unwrap().as_str().contains("--accept-shorter C-3=20"));
    assert_eq!(gone(&stage, SHOP), 0);
    let store = stage.store();
    store.accept_shorter(called(&store, SHOP).id, 20).unwrap();
    assert_eq!(stage.protection(SHOP, OFFICE).rule.unwrap().attention, None);
    stage.at(NIGHTS[2]);
    let third = stage.sweep_one().await;
    assert_eq!((third.attention.clone(), third.left, gone(&stage, SHOP)), (None, 10, 10));
    assert_eq!(listed(&stage, SHOP), ListRecord { listed: 20, short: None, accepted: None });
    assert_eq!(stage.on(SHOP).len(), 30, "nobody is turned off");
}

#[tokio::test]
async fn people_who_leave_one_by_one_shrink_what_the_next_list_is_held_against() {
    let stage = Stage::ruled(&[SHOP]).await;
    stage.at(NIGHTS[0]);
    stage.sweep_one().await;
    for seat in stage.protection(SHOP, OFFICE).seats.iter().take(10) {
        stage.leaves(SHOP, seat.id).await;
    }
    stage.at(NIGHTS[1]);
    let second = stage.sweep_one().await;
    assert_eq!((second.attention.clone(), second.left, listed(&stage, SHOP).listed), (None, 10, 20));
    forget_position(&stage);
    stage.at(NIGHTS[2]);
    let third = stage.sweep_one().await;
    assert_eq!((third.attention, third.left), (None, 0));
}

#[tokio::test]
async fn more_who_are_gone_by_a_round_than_are_looked_for_have_everybody_listed() {
    let stage = Stage::ruled(&[MILL]).await;
    stage.at(NIGHTS[0]);
    stage.sweep_one().await;
    for seat in stage.protection(MILL, OFFICE).seats.iter().take(LOOKED_FOR_AT_MOST + 1) {
        stage.leaves(MILL, seat.id).await;
    }
    stage.at(NIGHTS[1]);
    stage.wire.heard();
    let second = stage.sweep_one().await;
    assert!(stage.wire.heard().iter().any(|line| line.contains("/users?")));
    assert!(second.attention.unwrap().as_str().contains("--accept-shorter C-8=539"));
    assert_eq!(gone(&stage, MILL), 0);
    let store = stage.store();
    store.accept_shorter(called(&store, MILL).id, 539).unwrap();
    stage.at(NIGHTS[2]);
    assert_eq!(stage.sweep_one().await.left, 101, "the list, and an Admin's word");
}

#[tokio::test]
async fn whoever_can_not_be_looked_for_keeps_the_pass_due_and_the_others_are_turned_on() {
    let stage = Stage::ruled(&[CAFE]).await;
    let (store, run) = stage.take(CAFE);
    let ghost = Chosen {
        id: UserId::from_bytes([7; 16]),
        address: "ghost@tenant4.example".into(),
        name: "Ghost".into(),
        kind: Kind::User,
    };
    store.apply_batch(&run, std::slice::from_ref(&ghost)).unwrap();
    drop(store);
    stage.wire.breaks_at(Some(format!("/users/{}", ghost.id)));
    stage.at(NIGHTS[0]);
    let first = stage.sweep_one().await;
    assert!(first.failure.is_some());
    assert_eq!((first.turned_on.len(), gone(&stage, CAFE), link(&stage, CAFE)), (12, 0, None));
    stage.wire.breaks_at(None);
    let again = stage.sweep_one().await;
    assert_eq!((again.failure, again.left, gone(&stage, CAFE)), (None, 1, 1));
}

#[tokio::test]
async fn a_stored_link_that_is_too_old_costs_a_list_and_no_night() {
    let mut stage = Stage::ruled(&[SHOP]).await;
    stage.at(NIGHTS[0]);
    stage.sweep_one().await;
    stage.joins(SHOP, "Nora New", "user").await;
    stage.restart(&[with("\"delta-old\"", SHOP)], "").await;
    stage.at(NIGHTS[1]);
    let second = stage.sweep_one().await;
    assert_eq!((names(&second), second.needs_attention()), (vec!["Nora New"], false));
}

#[tokio::test]
async fn a_preview_says_that_a_list_is_not_believed_and_writes_nothing() {
    let mut stage = Stage::ruled(&[SHOP]).await;
    counted(&stage, SHOP, 30);
    stage.restart(&[with("\"short-list\"", SHOP)], "").await;
    let shown = preview(&stage.provider(), &stage.clock()).await.unwrap();
    assert!(shown[0].is_doubted && shown[0].needs_attention() && shown[0].turned_on.len() == 15);
    assert_eq!(listed(&stage, SHOP).short, None);
}
