//! Who is turned on, and when.

use super::*;

const BAKERY: Place =
    Place::new(1, "users = 20, shared = 3, rooms = 2, guests = 2, disabled = 1, unlicensed = 2");

#[tokio::test]
async fn the_first_pass_turns_on_every_eligible_user_and_the_next_only_the_new_one() {
    let stage = Stage::ruled(&[BAKERY]).await;
    assert_eq!(stage.sweep().await, [], "nothing is due before 20:00");
    stage.at(NIGHTS[0]);
    let first = stage.sweep_one().await;
    assert_eq!((first.turned_on.len(), first.left, first.is_late), (20, 0, false));
    assert_eq!((first.due, first.needs_attention(), first.deferred), (moment(NIGHTS[0]), false, 0));
    assert!(first.turned_on.iter().all(|user| user.kind == Kind::User));
    assert_eq!(stage.on(BAKERY).len(), 20);
    assert_eq!(stage.sweep().await, [], "one pass a night");

    stage.joins(BAKERY, "Nora New", "user").await;
    stage.at(NIGHTS[1]);
    stage.wire.heard();
    let second = stage.sweep_one().await;
    assert_eq!(names(&second), ["Nora New"]);
    let heard = stage.wire.heard();
    assert!(heard.iter().any(|line| line.contains("/users/delta?$deltatoken=")), "{heard:?}");
    assert!(!heard.iter().any(|line| line.contains("/users?")), "{heard:?}");
    assert_eq!(stage.on(BAKERY).len(), 21);
}

#[tokio::test]
async fn one_second_before_and_after_2000() {
    let stage = Stage::ruled(&[BAKERY]).await;
    stage.at("2026-11-23T19:59:59+11:00");
    stage.joins(BAKERY, "Just Intime", "user").await;
    stage.at("2026-11-23T20:00:01+11:00");
    stage.joins(BAKERY, "Just Late", "user").await;
    stage.at("2026-11-23T20:00:05+11:00");
    let first = stage.sweep_one().await;
    assert!(names(&first).contains(&"Just Intime"));
    assert!(!names(&first).contains(&"Just Late"));
    assert_eq!((first.turned_on.len(), first.deferred), (21, 1));

    // The delta has moved on and says nothing of them any more.
    stage.at(NIGHTS[1]);
    stage.wire.heard();
    assert_eq!(names(&stage.sweep_one().await), ["Just Late"]);
    assert!(!stage.wire.heard().iter().any(|line| line.contains("/users?")), "the list is not taken again");
}

#[tokio::test]
async fn whoever_is_seen_too_early_in_a_later_round_waits_too() {
    let stage = Stage::ruled(&[BAKERY]).await;
    stage.at(NIGHTS[0]);
    stage.sweep_one().await;
    stage.at("2026-11-24T20:00:03+11:00");
    stage.joins(BAKERY, "Evening Eve", "user").await;
    stage.at("2026-11-24T20:00:09+11:00");
    let second = stage.sweep_one().await;
    assert_eq!((names(&second), second.deferred), (vec![], 1));
    stage.at(NIGHTS[2]);
    assert_eq!(names(&stage.sweep_one().await), ["Evening Eve"]);
}

#[tokio::test]
async fn a_missed_night_runs_once_and_late_and_older_ones_collapse_into_it() {
    let stage = Stage::ruled(&[BAKERY]).await;
    stage.at("2026-11-27T09:00:00+11:00");
    let report = stage.sweep_one().await;
    assert_eq!((report.due, report.is_late), (moment("2026-11-26T20:00:00+11:00"), true));
    assert_eq!(report.turned_on.len(), 20);
    assert_eq!(stage.sweep().await, []);
    let history = stage.store().sweeps(10).unwrap();
    assert_eq!(history.len(), 1);
    assert!(history[0].is_late);
}

#[tokio::test]
async fn daylight_saving_moves_the_moment_with_sydney() {
    let stage = Stage::ruled(&[BAKERY]).await;
    stage.at("2026-11-23T20:30:00+11:00");
    stage.sweep_one().await;
    // Sunday 4 April 2027 is the first day of standard time: 20:00 is 10:00 UTC, an hour later than the day before.
    stage.at("2027-04-04T09:59:59Z");
    assert_eq!(stage.sweep_one().await.due, moment("2027-04-03T09:00:00Z"));
    stage.at("2027-04-04T10:00:00Z");
    assert_eq!(stage.sweep_one().await.due, moment("2027-04-04T10:00:00Z"));
}

#[tokio::test]
async fn a_preview_shows_the_next_pass_and_writes_nothing() {
    let stage = Stage::ruled(&[BAKERY]).await;
    let provider = stage.provider();
    for time in [START, NIGHTS[0]] {
        stage.at(time);
        let before = dump(&stage.file());
        let shown = preview(&provider, &stage.clock()).await.unwrap();
        assert_eq!((shown.len(), shown[0].turned_on.len()), (1, 20));
        assert_eq!(shown[0].due, moment(NIGHTS[0]));
        assert_eq!(dump(&stage.file()), before);
    }
    stage.sweep_one().await;
    stage.joins(BAKERY, "Nora New", "user").await;
    let before = dump(&stage.file());
    let shown = preview(&provider, &stage.clock()).await.unwrap();
    assert_eq!((names(&shown[0]), shown[0].due), (vec!["Nora New"], moment(NIGHTS[1])));
    assert_eq!(dump(&stage.file()), before);
    assert_eq!(stage.on(BAKERY).len(), 20);
}

/// Every row of every table, as text.
fn dump(file: &std::path::Path) -> Vec<String> {
    let record = rusqlite::Connection::open(file).unwrap();
    let mut tables =
        record.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut rows = Vec::new();
    for table in tables {
        let mut all = record.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = all.column_count();
        let mut found = all.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let values: Vec<_> = (0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap())).collect();
            rows.push(format!("{table} {values:?}"));
        }
    }
    rows
}

#[tokio::test]
async fn a_second_pass_costs_the_same_in_a_large_tenant() {
    const SMALL: Place = Place::new(1, "users = 50");
    const LARGE: Place = Place::new(2, "users = 5000");
    let mut costs = Vec::new();
    for place in [SMALL, LARGE] {
        let stage = Stage::ruled(&[place]).await;
        stage.at(NIGHTS[0]);
        stage.sweep_one().await;
        stage.joins(place, "Nora New", "user").await;
        stage.at(NIGHTS[1]);
        stage.wire.heard();
        assert_eq!(names(&stage.sweep_one().await), ["Nora New"]);
        costs.push(stage.wire.heard().len());
    }
    assert_eq!(costs[0], costs[1]);
    assert!(costs[0] <= 3, "{costs:?}: a token and the changes");
}
