//! What changes between two passes: kinds, exclusions, seats, rules, and people who leave and return.

use super::*;
use crate::domain::run::ExclusionChange;

const SHOP: Place = Place::new(3, "users = 10, shared = 2, rooms = 1, disabled = 1");

async fn after_the_first_night() -> Stage {
    let stage = Stage::ruled(&[SHOP]).await;
    stage.at(NIGHTS[0]);
    stage.sweep_one().await;
    stage
}

fn change(stage: &Stage, users: &[UserId], exclude: bool) {
    let (store, run) = stage.take(SHOP);
    let chosen =
        |id: &UserId| Chosen { id: *id, address: "".into(), name: "Somebody".into(), kind: Kind::User };
    let users = users.iter().map(chosen).collect();
    store.change_exclusions(&run, &ExclusionChange { users, exclude }).unwrap();
}

#[tokio::test]
async fn an_excluded_user_is_left_out_until_the_exclusion_is_lifted() {
    let stage = Stage::ruled(&[SHOP]).await;
    let nora = stage.joins(SHOP, "Nora New", "user").await;
    change(&stage, &[nora], true);
    stage.at(NIGHTS[0]);
    let first = stage.sweep_one().await;
    assert_eq!((first.turned_on.len(), first.deferred), (10, 0));
    change(&stage, &[nora], false);
    stage.at(NIGHTS[1]);
    assert_eq!(names(&stage.sweep_one().await), ["Nora New"], "Graph has no news of her");
}

#[tokio::test]
async fn a_kind_that_is_included_later_is_turned_on_in_the_next_pass() {
    let stage = after_the_first_night().await;
    let (store, run) = stage.take(SHOP);
    let kinds = crate::domain::user::Kinds::default().toggled(Kind::Shared).toggled(Kind::Disabled);
    store.save_kinds(&run, kinds).unwrap();
    stage.at(NIGHTS[1]);
    let second = stage.sweep_one().await;
    let mut kinds: Vec<_> = second.turned_on.iter().map(|user| user.kind).collect();
    kinds.sort();
    assert_eq!(kinds, [Kind::Shared, Kind::Shared, Kind::Disabled]);
    // Left out again: nobody is turned off.
    store.save_kinds(&run, crate::domain::user::Kinds::default()).unwrap();
    stage.at(NIGHTS[2]);
    stage.sweep_one().await;
    assert_eq!(stage.on(SHOP).len(), 13);
}

#[tokio::test]
async fn whoever_was_turned_off_and_not_excluded_is_scheduled_again() {
    let stage = after_the_first_night().await;
    let seat = stage.protection(SHOP, OFFICE).seats.remove(0);
    let user = Chosen { id: seat.id, address: seat.address, name: seat.name, kind: Kind::User };
    let (store, run) = stage.take(SHOP);
    store.turn_off(&run, std::slice::from_ref(&user)).unwrap();
    drop(store);
    stage.at(NIGHTS[1]);
    assert_eq!(stage.sweep_one().await.turned_on, std::slice::from_ref(&user));

    let (store, run) = stage.take(SHOP);
    store.turn_off(&run, std::slice::from_ref(&user)).unwrap();
    drop(store);
    change(&stage, &[user.id], true);
    stage.at(NIGHTS[2]);
    assert_eq!(stage.sweep_one().await.turned_on, []);
}

#[tokio::test]
async fn a_rule_that_is_made_again_begins_with_everybody() {
    let stage = after_the_first_night().await;
    let (store, run) = stage.take(SHOP);
    store.undo_rule(&run).unwrap();
    stage.at(NIGHTS[1]);
    assert_eq!(stage.sweep().await, []);
    stage.at("2026-11-25T10:00:00+11:00");
    store.make_rule(&run, 10, 20).unwrap();
    assert_eq!(stage.sweep().await, [], "never before the next 20:00");
    stage.at(NIGHTS[2]);
    stage.wire.heard();
    stage.sweep_one().await;
    assert!(stage.wire.heard().iter().any(|line| line.contains("/users?")));
}

#[tokio::test]
async fn leavers_are_marked_and_returned_ones_unmarked_and_nobody_is_turned_off() {
    let stage = Stage::ruled(&[SHOP]).await;
    let nora = stage.joins(SHOP, "Nora New", "user").await;
    let guest = stage.joins(SHOP, "Greta Guest", "unlicensed").await;
    stage.at(NIGHTS[0]);
    assert_eq!(stage.sweep_one().await.turned_on.len(), 11);
    stage.leaves(SHOP, nora).await;
    stage.leaves(SHOP, guest).await;
    stage.at(NIGHTS[1]);
    let second = stage.sweep_one().await;
    assert_eq!((second.left, second.turned_on.len()), (1, 0), "only who has a seat is a leaver");
    let mark = |stage: &Stage| {
        let seats = stage.protection(SHOP, OFFICE).seats;
        (seats.len(), seats.iter().find(|seat| seat.id == nora).unwrap().left)
    };
    assert_eq!(mark(&stage), (11, Some(moment(NIGHTS[1]))));

    // A list that is taken whole finds her missing again, and says it once.
    stage.at(NIGHTS[2]);
    forget_position(&stage);
    assert_eq!(stage.sweep_one().await.left, 0);
    assert_eq!(mark(&stage), (11, Some(moment(NIGHTS[1]))));
    let history = stage.store().sweeps(3).unwrap();
    assert_eq!(history.iter().map(|sweep| sweep.left).collect::<Vec<_>>(), [0, 1, 0]);
}

#[tokio::test]
async fn somebody_who_is_back_loses_the_mark() {
    let stage = after_the_first_night().await;
    let seat = stage.protection(SHOP, OFFICE).seats.remove(0);
    // The record says that somebody has left who is listed.
    stage.at(NIGHTS[1]);
    let store = stage.store();
    let customer = called(&store, SHOP).id;
    let claim = store.claim_sweep(customer, OFFICE, moment(NIGHTS[1])).unwrap().unwrap();
    let gone = Kept {
        belief: Belief::Changes { gone: 1 },
        list: crate::domain::verdict::ListSummary::default(),
        position: None,
        roster: None,
        waiting: Vec::new(),
        left: vec![(seat.id, moment(NIGHTS[0]))],
        back: Vec::new(),
    };
    store.keep_pass(&claim, &Protection::default(), &gone).unwrap();
    assert!(stage.protection(SHOP, OFFICE).seats.iter().any(|seat| seat.left.is_some()));
    drop(claim);
    forget_position(&stage);
    stage.sweep_one().await;
    assert!(stage.protection(SHOP, OFFICE).seats.iter().all(|seat| seat.left.is_none()));
}

#[tokio::test]
async fn a_seat_whose_user_is_gone_before_the_first_list_is_marked() {
    let stage = Stage::ruled(&[SHOP]).await;
    let (store, run) = stage.take(SHOP);
    let ghost = Chosen {
        id: UserId::from_bytes([7; 16]),
        address: "ghost@tenant3.example".into(),
        name: "Ghost".into(),
        kind: Kind::User,
    };
    store.apply_batch(&run, std::slice::from_ref(&ghost)).unwrap();
    stage.at(NIGHTS[0]);
    let first = stage.sweep_one().await;
    assert_eq!((first.left, first.turned_on.len()), (1, 10));
    assert_eq!(stage.on(SHOP).len(), 11);
}

#[tokio::test]
async fn a_refused_position_and_an_old_one_take_the_whole_list() {
    let mut stage = after_the_first_night().await;
    stage.joins(SHOP, "Nora New", "user").await;
    let troubled = Place { faults: "\"delta-reset\"", ..SHOP };
    stage.restart(&[troubled], "").await;
    stage.at(NIGHTS[1]);
    stage.wire.heard();
    assert_eq!(names(&stage.sweep_one().await), ["Nora New"]);
    assert!(stage.wire.heard().iter().any(|line| line.contains("/users?")));

    stage.restart(&[SHOP], "").await;
    stage.joins(SHOP, "Omar Other", "user").await;
    stage.at("2026-12-05T20:00:00+11:00");
    stage.wire.heard();
    assert_eq!(names(&stage.sweep_one().await), ["Omar Other"]);
    assert!(stage.wire.heard().iter().any(|line| line.contains("/users?")), "older than six days");
}

fn forget_position(stage: &Stage) {
    assert_eq!(stage.alter("DELETE FROM delta"), 1);
}
