//! A start of a sweeper beside others: what they are at, and what they leave behind.

use super::*;
use crate::provider::store::SweepClaim;

const CAFE: Place = Place::new(4, "users = 12");
const YARD: Place = Place::new(5, "users = 6");

/// Pauses that are short to a test and never end for it.
static PAUSES: [Duration; 12_000] = [Duration::from_millis(5); 12_000];

impl Stage {
    /// The pass of one customer, taken by a sweeper elsewhere.
    fn taken_elsewhere(&self, place: Place) -> (Store, SweepClaim) {
        let store = self.store();
        let customer = called(&store, place).id;
        let claim = store.claim_sweep(customer, OFFICE, moment(NIGHTS[0])).unwrap().unwrap();
        (store, claim)
    }

    /// A start that waits for others, and how many it has told that it waits for.
    fn waiting(&self) -> (tokio::task::JoinHandle<Vec<Report>>, Arc<AtomicI64>) {
        let (provider, clock, told) = (self.provider(), self.clock(), Arc::<AtomicI64>::default());
        let hears = Arc::clone(&told);
        let waiting = move |held| hears.store(i64::try_from(held).unwrap(), Ordering::SeqCst);
        let task = tokio::spawn(async move { pass(&provider, &clock, &PAUSES, waiting).await.unwrap() });
        (task, told)
    }
}

#[tokio::test]
async fn a_sweeper_that_stops_in_the_middle_is_taken_over_by_one_that_is_still_here() {
    let stage = Stage::ruled(&[CAFE, YARD]).await;
    stage.at(NIGHTS[0]);
    let (_store, claim) = stage.taken_elsewhere(CAFE);
    let (task, told) = stage.waiting();
    wait_for("it waits", || told.load(Ordering::SeqCst) == 1).await;
    assert_eq!((stage.on(CAFE).len(), stage.on(YARD).len()), (0, 6));
    drop(claim);
    let reports: Vec<_> = task.await.unwrap();
    let each: Vec<_> = reports
        .iter()
        .map(|report| (report.reference.as_str(), report.turned_on.len(), report.is_elsewhere))
        .collect();
    assert_eq!(each, [("C-4", 12, false), ("C-5", 6, false)]);
}

#[tokio::test]
async fn what_another_one_finishes_meanwhile_is_not_told_here() {
    let stage = Stage::ruled(&[CAFE, YARD]).await;
    stage.at(NIGHTS[0]);
    let (store, claim) = stage.taken_elsewhere(CAFE);
    let (task, told) = stage.waiting();
    wait_for("it waits", || told.load(Ordering::SeqCst) == 1).await;
    store.finish_sweep(claim, SweepSummary::default()).unwrap();
    let reports = task.await.unwrap();
    assert_eq!((reports.len(), reports[0].reference.as_str()), (1, "C-5"));
}

#[tokio::test]
async fn what_another_one_goes_on_with_is_told_as_its_own() {
    let stage = Stage::ruled(&[CAFE, YARD]).await;
    stage.at(NIGHTS[0]);
    let (_store, _claim) = stage.taken_elsewhere(CAFE);
    let pauses = [Duration::from_millis(1); 2];
    let reports = pass(&stage.provider(), &stage.clock(), &pauses, |_none| ()).await.unwrap();
    assert_eq!(reports.iter().map(|report| report.is_elsewhere).collect::<Vec<_>>(), [true, false]);
    assert!(!reports[0].needs_attention());
}

#[tokio::test]
async fn no_more_customers_are_under_way_than_the_settings_say() {
    let stage = Stage::ruled(&[CAFE, YARD]).await;
    stage.at(NIGHTS[0]);
    stage.wire.holds_at(Some(CAFE.tenant().to_string()));
    let (provider, clock) = (stage.provider().sweeping(1), stage.clock());
    let passing = tokio::spawn(async move { pass(&provider, &clock, &[], |_none| ()).await.unwrap() });
    wait_for("the first is under way", || !stage.store().sweeps(10).unwrap().is_empty()).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(stage.store().sweeps(10).unwrap().len(), 1);
    stage.wire.holds_at(None);
    assert_eq!(passing.await.unwrap().len(), 2);
}
