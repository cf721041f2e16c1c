//! Who is really protected, as the record says it.

use super::*;
use crate::{
    domain::{
        customer::Progress,
        draft::Draft,
        run::{ExclusionChange, SweeperStatus},
        status::{ProductStatus, Stand, Ticked},
        sydney,
    },
    provider::store::{Belief, Kept, SweepSummary},
};

const MADE: &str = "2026-11-23T03:00:00Z";
const NIGHT: &str = "2026-11-23T09:00:00Z";

fn millis(text: &str) -> i64 {
    Moment::parse(text).unwrap().as_millis()
}

fn rows(store: &Store) -> Vec<ProductStatus> {
    store.status_of(sydney::latest_2000(Moment::parse(NIGHT).unwrap()), None).unwrap().rows
}

#[test]
fn every_product_has_a_row_that_says_where_it_stands() {
    let world = World::new();
    world.at(millis(MADE));
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, Product::Office365);
    store.save_list(&run, &ListSummary::of(12, 9)).unwrap();
    store.apply_batch(&run, &users([1, 2])).unwrap();
    store.make_rule(&run, 9, 19).unwrap();
    let other = store.open_run(customer.id, Product::MpExchange).unwrap().id;
    store.park_run(&other, None).unwrap();
    let rows = rows(&store);
    assert_eq!(rows.iter().map(|row| row.product).collect::<Vec<_>>(), Product::ALL);
    let [office, mp, business] = rows.as_slice() else { panic!() };
    assert_eq!((office.on, office.list.listed, office.list.eligible), (2, 12, 9));
    let runs = SweeperStatus::on("ops-1");
    assert_eq!(office.verdict(&runs).schedule.scheduled(), 7);
    assert_eq!(
        (office.stand(), mp.stand(), business.stand()),
        (Stand::Automatic, Stand::Open, Stand::NotStarted)
    );
    let (open, progress) = mp.run.as_ref().unwrap();
    assert_eq!((open.is_parked, progress), (true, &Progress::Open("access".into())));
    let (open, _) = office.run.as_ref().unwrap();
    assert!(!open.is_held(), "held by this very store, by nobody else");
    let elsewhere = world.open("ben").status_of(Moment::from_millis(0), Some(customer.id)).unwrap();
    let held_by = elsewhere.rows[0].run.as_ref().unwrap().0.held_by.clone().unwrap();
    assert_eq!((held_by.number, held_by.by.as_str(), held_by.host.as_str()), (1, "ann", "desk-4"));
}

#[test]
fn a_rule_whose_night_was_missed_needs_attention() {
    let world = World::new();
    world.at(millis(MADE));
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, Product::Office365);
    store.make_rule(&run, 2, 12).unwrap();
    let due = Moment::parse(NIGHT).unwrap();
    world.at(due.as_millis() + 31 * 60_000);
    let read = || store.status_of(due, None).unwrap();
    let status = read();
    assert!(status.sweep_warning.unwrap().as_str().contains("1 rule waits"));
    let now = Moment::from_millis(due.as_millis() + 31 * 60_000);
    let reasons = status.rows[0].attention(now, &status.sweeper);
    assert_eq!(reasons.len(), 2, "no sweeper, and the night was missed: {reasons:?}");
    let claim = store.claim_sweep(customer.id, Product::Office365, due).unwrap().unwrap();
    store.sweep_apply(&claim, &users([1])).unwrap();
    store
        .finish_sweep(claim, SweepSummary { turned_on: 1, is_late: true, ..SweepSummary::default() })
        .unwrap();
    let status = read();
    assert_eq!(status.sweep_warning, None);
    assert_eq!(status.rows[0].attention(now, &status.sweeper), []);
    let last = status.rows[0].last_sweep.clone().unwrap();
    assert_eq!((last.due, last.turned_on, last.is_late, last.finished.is_some()), (due, 1, true, true));
}

#[test]
fn chosen_users_who_are_off_are_missed_until_they_are_on_or_scheduled() {
    let world = World::new();
    world.at(millis(MADE));
    let store = world.open("ann");
    let (_, run) = enabled_run(&store, Product::Office365);
    limit_seats(&world, 1);
    store.begin_apply(&run, &users([1, 2, 3])).unwrap();
    assert_eq!(rows(&store)[0].missed, 0, "still to be done is no result");
    store.apply_batch(&run, &users([1, 2, 3])).unwrap();
    store.end_apply(&run, false).unwrap();
    assert_eq!(rows(&store)[0].missed, 2);
    store.make_rule(&run, 3, 13).unwrap();
    assert_eq!(rows(&store)[0].missed, 0, "the next sweep has them");
    store.change_exclusions(&run, &ExclusionChange { users: vec![user(3)], exclude: true }).unwrap();
    assert_eq!(rows(&store)[0].missed, 0, "excluded after it failed: not wanted any more");
    store.apply_batch(&run, &users([3])).unwrap();
    assert_eq!(rows(&store)[0].missed, 1, "chosen although excluded: no sweep turns them on");
    store.change_exclusions(&run, &ExclusionChange { users: vec![user(3)], exclude: false }).unwrap();
    store.undo_rule(&run).unwrap();
    limit_seats(&world, 10);
    store.apply_batch(&run, &users([1, 2, 3])).unwrap();
    assert_eq!(rows(&store)[0].missed, 0);
}

#[test]
fn closed_customers_are_left_out_unless_something_is_left() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, Product::Office365);
    store.apply_batch(&run, &users([1])).unwrap();
    store
        .correct_customer(customer.id, &Accepts::default(), |old| {
            Ok(NewCustomer { is_active: false, ..old.into() })
        })
        .unwrap();
    let rows = rows(&store);
    assert_eq!(rows.iter().map(|row| (row.product, row.on)).collect::<Vec<_>>(), [(Product::Office365, 1)]);
}

#[test]
fn an_all_that_was_never_applied_is_for_those_on_its_own_list() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, Product::Office365);
    store.save_list(&run, &ListSummary::of(12, 9)).unwrap();
    store.save_draft(&run, &Draft::new(true, [])).unwrap();
    store.finish_run(&run).unwrap();
    assert_eq!(rows(&store)[0].ticked(), 9);
    let kept = Kept {
        list: ListSummary::of(15, 12),
        belief: Belief::Whole(15),
        position: None,
        roster: None,
        waiting: Vec::new(),
        left: Vec::new(),
        back: Vec::new(),
    };
    let target =
        store.listable().unwrap().into_iter().find(|row| row.customer.id == customer.id).unwrap().target;
    store.keep_listing(&target, &kept, (&[], &[])).unwrap();
    let row = &rows(&store)[0];
    let verdict = row.verdict(&SweeperStatus::default());
    assert_eq!((row.ticked(), verdict.missed, verdict.not_chosen), (9, 9, 3), "three are new since");
    assert_eq!(crate::domain::verdict::Verdict::of(&store.outcome(&run).unwrap()).missed, 9);
}

#[test]
fn ticks_of_several_products_are_counted_for_each() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, office) = enabled_run(&store, Product::Office365);
    limit_seats(&world, 1);
    store.apply_batch(&office, &users([1, 8])).unwrap();
    store.change_exclusions(&office, &ExclusionChange { users: vec![user(2)], exclude: true }).unwrap();
    let ticks = |all, users: &[u8]| Draft::new(all, users.iter().map(|number| user(*number).id));
    // One is on, one excluded, one was left off for want of a seat.
    store.save_draft(&office, &ticks(false, &[1, 2, 3, 8])).unwrap();
    let mp = store.open_run(customer.id, Product::MpExchange).unwrap().id;
    store.save_list(&mp, &ListSummary::of(12, 9)).unwrap();
    store.save_draft(&mp, &ticks(true, &[4, 5])).unwrap();
    let business = store.open_run(customer.id, Product::Business365).unwrap().id;
    store.save_draft(&business, &ticks(false, &[1, 6, 7])).unwrap();
    let rows = rows(&store);
    assert_eq!(
        rows.iter().map(|row| row.ticked).collect::<Vec<_>>(),
        [Ticked::Some(1), Ticked::AllBut { off: 9, unticked: 2 }, Ticked::Some(3)]
    );
}
