//! `--watch` by a clock that the test moves.

use tokio::sync::mpsc;

use super::*;

const YARD: Place = Place::new(5, "users = 6");

/// How often the clock is looked at here.
const LOOK: Duration = Duration::from_millis(2);

/// A round as it was told: who was turned on, or that it could not be done, and the moment of the next.
type Told = (Result<usize, FailureKind>, Moment);

fn watching(stage: &Stage) -> (tokio::task::JoinHandle<()>, mpsc::UnboundedReceiver<Told>) {
    let (out, heard) = mpsc::unbounded_channel();
    let (provider, clock) = (stage.provider(), stage.clock());
    let task = tokio::spawn(async move {
        let round = |round: Result<&[Report], &Failure>, next| {
            let round = round.map(|reports| reports.iter().map(|r| r.turned_on.len()).sum());
            out.send((round.map_err(|failure| failure.kind), next)).unwrap();
        };
        match watch::looking_every(LOOK, &provider, &clock, round).await {}
    });
    (task, heard)
}

impl Stage {
    /// Lets some looks at the clock go by.
    async fn is_looked_at(&self) {
        let seen = self.looks.load(Ordering::SeqCst);
        wait_for("looks at the clock", || self.looks.load(Ordering::SeqCst) > seen + 5).await;
    }
}

async fn next(heard: &mut mpsc::UnboundedReceiver<Told>) -> Told {
    tokio::time::timeout(Duration::from_mins(1), heard.recv()).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_clock_that_jumps_past_2000_runs_the_pass_within_one_look() {
    let stage = Stage::ruled(&[YARD]).await;
    let (task, mut heard) = watching(&stage);
    assert_eq!(next(&mut heard).await, (Ok(0), moment(NIGHTS[0])));
    stage.at("2026-11-23T19:59:59+11:00");
    stage.is_looked_at().await;
    assert!(heard.try_recv().is_err(), "not before 20:00");
    stage.at("2026-11-23T20:00:00+11:00");
    assert_eq!(next(&mut heard).await, (Ok(6), moment(NIGHTS[1])));
    stage.at("2026-11-25T07:00:00+11:00");
    assert_eq!(next(&mut heard).await, (Ok(0), moment(NIGHTS[2])), "a missed night, done at once");
    task.abort();
}

#[tokio::test]
async fn a_pass_that_could_not_be_finished_is_tried_again_in_five_minutes() {
    let stage = Stage::ruled(&[YARD]).await;
    stage.wire.breaks_at(Some(YARD.tenant().to_string()));
    stage.at(NIGHTS[0]);
    let (task, mut heard) = watching(&stage);
    assert_eq!(next(&mut heard).await, (Ok(0), moment("2026-11-23T20:05:00+11:00")));
    stage.wire.breaks_at(None);
    stage.at("2026-11-23T20:05:00+11:00");
    assert_eq!(next(&mut heard).await, (Ok(6), moment(NIGHTS[1])));
    task.abort();
}

#[tokio::test]
async fn a_pass_that_another_sweeper_dropped_is_taken_up() {
    let stage = Stage::ruled(&[YARD]).await;
    stage.at(NIGHTS[0]);
    let store = stage.store();
    let customer = called(&store, YARD).id;
    let claim = store.claim_sweep(customer, OFFICE, moment(NIGHTS[0])).unwrap().unwrap();
    let (task, mut heard) = watching(&stage);
    assert_eq!(next(&mut heard).await, (Ok(0), moment("2026-11-23T20:05:00+11:00")));
    drop(claim);
    stage.at("2026-11-23T20:05:00+11:00");
    assert_eq!(next(&mut heard).await, (Ok(6), moment(NIGHTS[1])));
    task.abort();
}

#[tokio::test]
async fn a_clock_that_was_years_ahead_does_not_make_it_sleep_for_years() {
    let stage = Stage::ruled(&[YARD]).await;
    let (store, run) = stage.take(YARD);
    store.undo_rule(&run).unwrap();
    stage.at("2031-01-01T10:00:00+11:00");
    let (task, mut heard) = watching(&stage);
    assert_eq!(next(&mut heard).await, (Ok(0), moment("2031-01-01T20:00:00+11:00")));
    stage.at(START);
    store.make_rule(&run, 6, 16).unwrap();
    assert_eq!(next(&mut heard).await, (Ok(0), moment(NIGHTS[0])));
    stage.at(NIGHTS[0]);
    assert_eq!(next(&mut heard).await, (Ok(6), moment(NIGHTS[1])));
    task.abort();
}

#[tokio::test]
async fn a_record_that_cannot_be_read_does_not_end_the_watch() {
    let stage = Stage::ruled(&[YARD]).await;
    stage.at(NIGHTS[0]);
    let (task, mut heard) = watching(&stage);
    assert_eq!(next(&mut heard).await.0, Ok(6));
    let hidden = stage.folder.path().join("hidden");
    std::fs::rename(stage.folder.path().join("record"), &hidden).unwrap();
    stage.at(NIGHTS[1]);
    let (round, again) = next(&mut heard).await;
    assert_eq!((round, again), (Err(FailureKind::Record), moment("2026-11-24T20:05:00+11:00")));
    std::fs::rename(&hidden, stage.folder.path().join("record")).unwrap();
    stage.at("2026-11-24T20:05:00+11:00");
    assert_eq!(next(&mut heard).await.0, Ok(0));
    assert_eq!(stage.protection(YARD, OFFICE).rule.unwrap().last_pass, Some(moment(NIGHTS[1])));
    task.abort();
}
