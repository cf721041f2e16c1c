//! Passes: each once, resumed when cut short, and never silent when missing.

use super::*;
use crate::{
    domain::protection::{Missing, Protection},
    provider::store::{Belief, Kept, ListRecord, Roster, SweepSummary},
};
use SeatOutcome::{AlreadyOn, TurnedOn};

/// A 20:00 after the rule was made, and the next.
const DUE: Moment = Moment::from_millis(2_000_000);
const NEXT: Moment = Moment::from_millis(88_400_000);
const OFFICE: Product = Product::Office365;

fn ruled(store: &Store) -> (Customer, RunId) {
    let (customer, run) = enabled_run(store, OFFICE);
    store.make_rule(&run, 3, 13).unwrap();
    (customer, run)
}

/// A pass that was believed and found nothing out.
fn nothing() -> Kept {
    Kept {
        list: ListSummary::default(),
        belief: Belief::Changes { gone: 0 },
        position: None,
        roster: None,
        waiting: Vec::new(),
        left: Vec::new(),
        back: Vec::new(),
    }
}

#[test]
fn a_pass_is_worked_by_one_and_once() {
    let world = World::new();
    let (one, two) = (world.open("ann"), world.open("ben"));
    let (customer, _) = ruled(&one);
    world.at(2_000_001);
    let claim = one.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    assert!(two.claim_sweep(customer.id, OFFICE, DUE).unwrap().is_none());
    assert_eq!((claim.customer(), claim.product(), claim.due()), (customer.id, OFFICE, DUE));
    assert_eq!(outcomes(&one.sweep_apply(&claim, &users(1..=2)).unwrap()), [TurnedOn, TurnedOn]);
    let summary = SweepSummary { turned_on: 2, left: 0, is_late: false, attention: None };
    one.finish_sweep(claim, summary).unwrap();
    assert!(two.claim_sweep(customer.id, OFFICE, DUE).unwrap().is_none());
    assert!(two.claim_sweep(customer.id, OFFICE, Moment::from_millis(1_500_000)).unwrap().is_none());
    assert!(two.claim_sweep(customer.id, OFFICE, NEXT).unwrap().is_none(), "it has not come yet");
    world.at(NEXT.as_millis());
    assert!(two.claim_sweep(customer.id, OFFICE, NEXT).unwrap().is_some());
    let rule = one.protection(customer.id, OFFICE).unwrap().rule.unwrap();
    assert_eq!((rule.last_pass, rule.attention), (Some(DUE), None));
}

#[test]
fn a_pass_cut_short_goes_on_where_it_was() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, _) = ruled(&store);
    world.at(2_000_001);
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    store.sweep_apply(&claim, &users(1..=2)).unwrap();
    drop(claim);
    drop(store);
    let store = world.open("ann");
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    let results = store.sweep_apply(&claim, &users(1..=3)).unwrap();
    assert_eq!(outcomes(&results), [AlreadyOn, AlreadyOn, TurnedOn]);
    store
        .finish_sweep(claim, SweepSummary { turned_on: 1, is_late: true, ..SweepSummary::default() })
        .unwrap();
    let history = store.sweeps(10).unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!((history[0].turned_on, history[0].is_late, history[0].name.as_str()), (3, true, "Bakery"));
    assert!(history[0].finished.is_some());
    assert_eq!(history[0].host.as_str(), "desk-4");
}

#[test]
fn a_rule_counts_only_for_a_later_2000() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = ruled(&store);
    world.at(DUE.as_millis());
    assert!(store.claim_sweep(customer.id, OFFICE, Moment::from_millis(1_000_000)).unwrap().is_none());
    assert!(store.claim_sweep(customer.id, Product::MpExchange, DUE).unwrap().is_none());
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    store.undo_rule(&run).unwrap();
    assert_eq!(kind(store.sweep_apply(&claim, &users([1]))), FailureKind::Conflict);
    assert_eq!(store.protection(customer.id, OFFICE).unwrap().seats, []);
}

#[test]
fn the_ceiling_holds_at_write_time() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = ruled(&store);
    world.at(DUE.as_millis());
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    assert_eq!(kind(store.sweep_apply(&claim, &users(1..=14))), FailureKind::NoSeats);
    assert_eq!(store.protection(customer.id, OFFICE).unwrap().seats, []);
    let attention = Some(Text::from("14 users are new, at most 13 were confirmed"));
    store
        .finish_sweep(claim, SweepSummary { attention: attention.clone(), ..SweepSummary::default() })
        .unwrap();
    assert_eq!(store.protection(customer.id, OFFICE).unwrap().rule.unwrap().attention, attention);
    assert_eq!(store.make_rule(&run, 14, 24).unwrap().attention, None);
}

#[test]
fn leavers_are_marked_once_and_nobody_is_turned_off() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = ruled(&store);
    store.apply_batch(&run, &users(1..=2)).unwrap();
    world.at(DUE.as_millis());
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    let gone = |users: &[(u8, Moment)]| {
        let left = users.iter().map(|(number, on)| (user(*number).id, *on)).collect();
        store.keep_pass(&claim, &Protection::default(), &Kept { left, ..nothing() }).unwrap();
    };
    gone(&[(1, Moment::from_millis(7)), (9, DUE)]);
    gone(&[(1, Moment::from_millis(8))]);
    let left = |store: &Store| {
        store.protection(customer.id, OFFICE).unwrap().seats.iter().map(|s| s.left).collect::<Vec<_>>()
    };
    assert_eq!(left(&store), [Some(Moment::from_millis(7)), None]);
    let back = vec![user(1).id, user(2).id];
    store.keep_pass(&claim, &Protection::default(), &Kept { back, ..nothing() }).unwrap();
    assert_eq!(left(&store), [None, None]);
    store.finish_sweep(claim, SweepSummary::default()).unwrap();
    assert_eq!(store.sweeps(1).unwrap()[0].left, 1);
}

#[test]
fn roster_and_delta_link_come_back() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, _) = ruled(&store);
    world.at(DUE.as_millis());
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    assert_eq!(store.sweep_roster(customer.id, OFFICE).unwrap(), Roster::default());
    let roster = Roster {
        known: vec!["ana@bakery.example".parse().unwrap()],
        missing: vec![Missing { address: "ben@bakery.example".parse().unwrap(), since: DUE }],
    };
    for _ in 0..2 {
        let kept = Kept { roster: Some(roster.clone()), ..nothing() };
        store.keep_pass(&claim, &Protection::default(), &kept).unwrap();
    }
    assert_eq!(store.sweep_roster(customer.id, OFFICE).unwrap(), roster);
    assert_eq!(store.sweep_roster(customer.id, Product::MpExchange).unwrap(), Roster::default());
    assert_eq!(store.delta_link(customer.id, OFFICE).unwrap(), None);
    let before = store.protection(customer.id, OFFICE).unwrap();
    for link in ["https://graph.example/delta?a", "https://graph.example/delta?b"] {
        let kept = Kept { position: Some(link.into()), ..nothing() };
        store.keep_pass(&claim, &before, &kept).unwrap();
        assert_eq!(store.delta_link(customer.id, OFFICE).unwrap().as_deref(), Some(link));
    }
}

#[test]
fn where_the_next_pass_starts_is_kept_only_if_nothing_changed_behind_the_decision() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = ruled(&store);
    store.apply_batch(&run, &users(1..=2)).unwrap();
    world.at(DUE.as_millis());
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    let link = || store.delta_link(customer.id, OFFICE).unwrap();
    let kept = Kept { position: Some("https://graph.example/delta?a".into()), ..nothing() };
    let before = store.protection(customer.id, OFFICE).unwrap();
    store.keep_pass(&claim, &before, &kept).unwrap();
    assert_eq!(link(), kept.position);
    let asked_for_none = Kept { position: None, ..kept.clone() };
    store.keep_pass(&claim, &before, &asked_for_none).unwrap();
    assert_eq!(link(), kept.position, "none: the one on record stays");
    // A colleague turns somebody off between the decision and here: Graph has no news of that.
    store.turn_off(&run, &users([1])).unwrap();
    store.keep_pass(&claim, &before, &kept).unwrap();
    assert_eq!(link(), None);
}

#[test]
fn lists_on_record_and_whom_the_rule_owes() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = ruled(&store);
    store.save_list(&run, &ListSummary::of(3_590, 2_500)).unwrap();
    world.at(DUE.as_millis());
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    let record = || store.list_record(customer.id, OFFICE).unwrap();
    let owed = || -> Vec<UserId> {
        store.scheduled(customer.id, OFFICE).unwrap().into_iter().map(|(id, _)| id).collect()
    };
    let keep = |belief, numbers: &[u8]| {
        let waiting = numbers.iter().map(|number| (user(*number).id, user(*number).address)).collect();
        let before = store.protection(customer.id, OFFICE).unwrap();
        store.keep_pass(&claim, &before, &Kept { belief, waiting, ..nothing() }).unwrap();
    };
    keep(Belief::Doubted { acceptable: Some(980) }, &[1, 2, 3]);
    assert_eq!(record(), ListRecord { listed: 3_590, short: Some(980), accepted: None });
    assert_eq!(owed(), [1, 2, 3].map(|number| user(number).id));
    store.sweep_apply(&claim, &users([1])).unwrap();
    keep(Belief::Doubted { acceptable: None }, &[4]);
    assert_eq!(owed(), [2, 3, 4].map(|number| user(number).id), "whoever is on is owed no more");
    keep(Belief::Changes { gone: 90 }, &[4]);
    assert_eq!((record().listed, owed()), (3_500, vec![user(4).id]));
    keep(Belief::Whole(3_400), &[]);
    assert_eq!((record(), owed()), (ListRecord { listed: 3_400, short: None, accepted: None }, vec![]));
    // Whoever is turned off by hand under the rule is owed again, and nobody when the rule goes.
    store.turn_off(&run, &users([1])).unwrap();
    assert_eq!(owed(), [user(1).id]);
    store.undo_rule(&run).unwrap();
    assert_eq!(owed(), []);
}

#[test]
fn who_is_promised_while_a_pass_is_under_way_is_still_owed_after_it() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = ruled(&store);
    world.at(DUE.as_millis());
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    let before = store.protection(customer.id, OFFICE).unwrap();
    store.make_rule_for(&run, 14, 24, &users([7])).unwrap();
    store.keep_pass(&claim, &before, &Kept { belief: Belief::Whole(12), ..nothing() }).unwrap();
    let owed = store.scheduled(customer.id, OFFICE).unwrap();
    assert_eq!(owed.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), [user(7).id]);
}

#[test]
fn a_pass_that_is_about_another_rule_keeps_nothing() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = ruled(&store);
    world.at(DUE.as_millis());
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    let before = store.protection(customer.id, OFFICE).unwrap();
    store.undo_rule(&run).unwrap();
    let kept = Kept { position: Some("https://graph.example/delta?a".into()), ..nothing() };
    assert_eq!(kind(store.keep_pass(&claim, &before, &kept)), FailureKind::Conflict);
    assert_eq!(store.delta_link(customer.id, OFFICE).unwrap(), None);
}

#[test]
fn an_admin_accepts_a_shorter_list_by_its_number_once() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = ruled(&store);
    store.save_list(&run, &ListSummary::of(3_590, 2_500)).unwrap();
    world.at(DUE.as_millis());
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    let nothing_short = store.accept_shorter(customer.id, 980).unwrap_err();
    assert!(nothing_short.what.as_str().contains("nothing to accept"), "{nothing_short:?}");
    let short = Kept { belief: Belief::Doubted { acceptable: Some(980) }, ..nothing() };
    store.keep_pass(&claim, &Protection::default(), &short).unwrap();
    let summary = SweepSummary { attention: Some("short".into()), ..SweepSummary::default() };
    store.finish_sweep(claim, summary).unwrap();
    let other = store.accept_shorter(customer.id, 981).unwrap_err();
    assert_eq!(other.kind, FailureKind::NotFound);
    assert!(other.what.as_str().contains("980 users for Office 365, and not 981"), "{other:?}");
    assert_eq!(kind(world.open("ben").accept_shorter(customer.id, 980)), FailureKind::Refused);

    assert_eq!(store.accept_shorter(customer.id, 980).unwrap(), [OFFICE]);
    let record = store.list_record(customer.id, OFFICE).unwrap();
    assert_eq!(record, ListRecord { listed: 3_590, short: None, accepted: Some(980) });
    assert_eq!(store.protection(customer.id, OFFICE).unwrap().rule.unwrap().attention, None);
    let words = world.words("SELECT what FROM audit ORDER BY id DESC LIMIT 1").remove(0);
    assert!(
        words.contains("accepted a shorter list") && words.contains("980 in the place of 3,590"),
        "{words}"
    );
    assert_eq!(kind(store.accept_shorter(customer.id, 980)), FailureKind::NotFound, "once");
}

#[test]
fn a_missing_pass_is_said_half_an_hour_later() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, _) = ruled(&store);
    let half_an_hour = 30 * 60 * 1_000;
    let overdue = |last: Moment| {
        let status = store.sweeper_status(last).unwrap();
        assert_eq!(store.board(last).unwrap().sweep_warning.is_some(), status.is_overdue);
        status.is_overdue
    };
    world.at(DUE.as_millis() + half_an_hour - 1);
    assert!(!overdue(DUE));
    world.at(DUE.as_millis() + half_an_hour);
    assert!(overdue(DUE));
    assert!(!overdue(Moment::from_millis(999_999)), "the rule was not made yet");
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    assert!(overdue(DUE), "claimed is not finished");
    store.finish_sweep(claim, SweepSummary::default()).unwrap();
    assert!(!overdue(DUE));
    let status = store.sweeper_status(DUE).unwrap();
    assert_eq!((status.host(), status.last_pass()), (Some(&"desk-4".into()), Some(DUE)));
}

#[test]
fn an_installed_sweeper_is_named() {
    let world = World::new();
    let store = world.open("ann");
    assert_eq!(store.sweeper_status(DUE).unwrap().host(), None);
    store.note_sweeper_installed(&"night-1".into()).unwrap();
    store.note_sweeper_installed(&"night-1".into()).unwrap();
    assert_eq!(store.sweeper_status(DUE).unwrap().host(), Some(&"night-1".into()));
}

#[test]
fn a_whole_pass_keeps_the_names_of_those_whom_it_could_not_protect() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = ruled(&store);
    store.save_list(&run, &ListSummary::of(9, 7)).unwrap();
    world.at(2_000_001);
    let claim = store.claim_sweep(customer.id, OFFICE, DUE).unwrap().unwrap();
    let before = store.protection(customer.id, OFFICE).unwrap();
    let mut list = ListSummary::default();
    list.keep_problems(
        1,
        [("Mila".into(), "mila@bakery.example".into(), "mailbox is locked".into())].into_iter(),
    );
    let kept = Kept { list, belief: Belief::Whole(9), ..nothing() };
    store.keep_pass(&claim, &before, &kept).unwrap();
    let row = store.status_of(DUE, None).unwrap().rows.remove(0);
    let names = "1 mailbox can't be protected: mila@bakery.example (mailbox is locked)";
    assert_eq!((row.list.problems, row.list.eligible), (1, 7));
    assert_eq!(row.list.gaps.iter().map(Text::as_str).collect::<Vec<_>>(), [names]);
    // A pass of changes has not looked at everybody.
    store.keep_pass(&claim, &before, &nothing()).unwrap();
    let row = store.status_of(DUE, None).unwrap().rows.remove(0);
    assert_eq!(row.list.gaps.iter().map(Text::as_str).collect::<Vec<_>>(), [names]);
}
