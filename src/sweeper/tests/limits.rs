//! Ceilings, seats, and the customers that go on beside one that is stopped.

use super::*;

const CAFE: Place = Place::new(4, "users = 12");
const YARD: Place = Place::new(5, "users = 6");

#[tokio::test]
async fn the_ceiling_stops_one_customer_and_the_others_go_on() {
    let stage = Stage::new(&[CAFE, YARD], "").await;
    let (_, run) = stage.rule(CAFE, 11).await;
    stage.rule(YARD, 11).await;
    stage.at(NIGHTS[0]);
    let reports = stage.sweep().await;
    let attention = reports[0].attention.clone().unwrap();
    assert!(attention.as_str().contains("more than the 11 seats"), "{attention}");
    assert_eq!((reports[0].turned_on.len(), reports[1].turned_on.len()), (0, 6));
    assert_eq!(stage.protection(CAFE, OFFICE).rule.unwrap().attention, Some(attention));
    assert_eq!(stage.sweep().await, [], "the pass is finished");

    let store = stage.store();
    store.load_run(&run).unwrap();
    store.make_rule(&run, 12, 22).unwrap();
    stage.at(NIGHTS[1]);
    let reports = stage.sweep().await;
    assert_eq!((reports[0].turned_on.len(), reports[0].attention.clone()), (12, None));
    assert_eq!(stage.protection(CAFE, OFFICE).rule.unwrap().attention, None);
}

#[tokio::test]
async fn new_users_beyond_the_ceiling_wait_until_it_is_raised() {
    let stage = Stage::new(&[YARD], "").await;
    let (_, run) = stage.rule(YARD, 7).await;
    stage.at(NIGHTS[0]);
    stage.sweep_one().await;
    for name in ["Nora New", "Omar Other"] {
        stage.joins(YARD, name, "user").await;
    }
    stage.at(NIGHTS[1]);
    let second = stage.sweep_one().await;
    assert!(second.attention.is_some() && second.turned_on.is_empty());
    let store = stage.store();
    store.load_run(&run).unwrap();
    store.make_rule(&run, 8, 8).unwrap();
    stage.at(NIGHTS[2]);
    assert_eq!(names(&stage.sweep_one().await), ["Nora New", "Omar Other"]);
}

#[tokio::test]
async fn the_seats_on_record_stop_a_customer_and_the_others_go_on() {
    let poor = Place { seats: Some(10), ..CAFE };
    let stage = Stage::ruled(&[poor, YARD]).await;
    stage.at(NIGHTS[0]);
    let reports = stage.sweep().await;
    assert!(reports[0].attention.clone().unwrap().as_str().contains("12 seats and 10 are on record"));
    assert_eq!((reports[0].turned_on.len(), reports[1].turned_on.len()), (0, 6));
    assert!(reports[0].needs_attention() && !reports[1].needs_attention());
}
