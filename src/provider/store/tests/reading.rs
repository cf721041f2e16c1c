//! The board, the outcome and the audit.

use std::ops::RangeInclusive;

use super::*;
use crate::{
    domain::{
        consent::Look,
        customer::{Obstacle, Progress},
        receipt,
        run::{BoardRow, ProductProgress, Seen, SweeperStatus},
        verdict::{Standstill, Verdict},
    },
    provider::store::SweepSummary,
};

fn names(rows: &[BoardRow]) -> Vec<(String, bool)> {
    rows.iter().map(|row| (row.customer.name.to_string(), row.run.is_some())).collect()
}

fn board(store: &Store) -> Vec<BoardRow> {
    store.board(Moment::default()).unwrap().rows
}

#[test]
fn open_runs_stand_on_top_newest_first_then_customers_by_name() {
    let world = World::new();
    let store = world.open("ann");
    let one = [Product::Office365];
    store
        .seed_customers(&[
            new_customer("1", "delta", &one),
            new_customer("2", "Alpha", &one),
            new_customer("3", "Beta", &Product::ALL),
            NewCustomer { is_active: false, ..new_customer("4", "Closed", &one) },
        ])
        .unwrap();
    let id = |reference| called(&store, reference).id;
    let first = store.open_run(id("1"), Product::Office365).unwrap().id;
    world.at(2_000_000);
    let second = store.open_run(id("3"), Product::Office365).unwrap().id;
    let no = |name: &str| (name.to_owned(), false);
    let yes = |name: &str| (name.to_owned(), true);
    // Beta comes again below: it has products that no run is open for.
    assert_eq!(names(&board(&store)), [yes("Beta"), yes("delta"), no("Alpha"), no("Beta"), no("Closed")]);
    for (reference, expected) in [("3", "Beta"), ("2", "Alpha"), ("4", "Closed")] {
        let whole = board(&store).into_iter().filter(|row| row.customer.name.as_str() == expected);
        let only = store.board_of(Moment::default(), Some(&reference.into())).unwrap().rows;
        assert_eq!(only, whole.collect::<Vec<_>>(), "the same rows, of one customer only");
    }
    let unknown = store.board_of(Moment::default(), Some(&"Beta".into())).unwrap().rows;
    assert_eq!(unknown, board(&store), "no reference: whoever is called so is found as ever");
    world.at(3_000_000);
    store.save_list(&first, &ListSummary::of(1, 1)).unwrap();
    assert_eq!(names(&board(&store))[0], yes("delta"));
    store.park_run(&first, None).unwrap();
    let other = world.open("ben");
    let rows = board(&other);
    let open: Vec<_> = rows.iter().filter_map(|row| row.run.as_ref()).collect();
    assert_eq!((open[0].id.clone(), open[0].is_parked, open[0].is_held()), (first.clone(), true, false));
    assert_eq!((open[1].id.clone(), open[1].is_parked, open[1].is_held()), (second.clone(), false, true));
    assert!(!board(&store)[1].run.as_ref().unwrap().is_held(), "held by this one is not held elsewhere");
}

#[test]
fn progress_is_what_is_true() {
    let world = World::new();
    let store = world.open("ann");
    let customer = store
        .add_customer(&new_customer("1", "Bakery", &[Product::Office365]), &Accepts::default())
        .unwrap()
        .kept()
        .unwrap();
    let progress = || board(&store)[0].progress.clone();
    assert_eq!(progress(), Progress::NotStarted);
    let run = store.open_run(customer.id, Product::Office365).unwrap().id;
    assert_eq!(progress(), Progress::Open("access".into()));
    store.save_organisation(&run, &organisation(TENANT), &Accepts::default()).unwrap();
    assert_eq!(progress(), Progress::Open("authorise".into()));
    store.link_shown(&run).unwrap();
    assert_eq!(progress(), Progress::WaitingForConsent { since: Moment::from_millis(1_000_000) });
    for (look, expected) in [
        (Look::Elsewhere("c2ca".into()), None),
        (Look::Granted, Some(Progress::Spreading { since: Moment::from_millis(1_000_000) })),
        (Look::Proved, Some(Progress::Accepted { at: Moment::from_millis(1_000_000) })),
    ] {
        store.keep_look(organisation(TENANT).tenant, &look).unwrap();
        match expected {
            Some(expected) => assert_eq!(progress(), expected),
            None => assert!(matches!(progress(), Progress::Refused(_)), "{:?}", progress()),
        }
    }
    store.save_proof(&run, None).unwrap();
    assert_eq!(progress(), Progress::Open("ready to enable".into()));
    store.enable(&run).unwrap();
    assert_eq!(progress(), Progress::Open("choose users".into()));
    store.save_list(&run, &ListSummary::of(300, 231)).unwrap();
    store.begin_apply(&run, &users(1..=4)).unwrap();
    assert!(matches!(progress(), Progress::NeedsAttention(_)));
    store.apply_batch(&run, &users(1..=4)).unwrap();
    store.end_apply(&run, false).unwrap();
    assert_eq!(progress(), Progress::Protected { on: 4, of: 231, off: None });
    store.make_rule(&run, 1, 11).unwrap();
    store.finish_run(&run).unwrap();
    assert_eq!(progress(), Progress::Automatic { on: 4, standstill: Some(Standstill::NoSweeper), off: None });
    world.at(2_000_000);
    let claim =
        store.claim_sweep(customer.id, Product::Office365, Moment::from_millis(2_000_000)).unwrap().unwrap();
    let attention = SweepSummary { attention: Some("too many".into()), ..SweepSummary::default() };
    store.finish_sweep(claim, attention).unwrap();
    assert_eq!(progress(), Progress::NeedsAttention("too many".into()));
}

/// Rule 19: the board, `status` and the receipt speak from one verdict.
#[test]
fn who_was_chosen_and_got_no_seat_is_told_on_the_board() {
    let world = World::new();
    let store = world.open("ann");
    let bought = [Product::Business365, Product::MpExchange];
    let new = new_customer("1", "Fern", &bought);
    let customer = store.add_customer(&new, &Accepts::default()).unwrap().kept().unwrap();
    let row = || board(&store).into_iter().find(|row| row.run.is_none()).unwrap();
    let told = || (row().in_brief().to_string(), row().more(Moment::default(), "UTC").to_string());
    assert_eq!(told(), ("not started".into(), String::new()), "nothing to tell apart yet");
    let apply = |product, done: RangeInclusive<u8>| {
        let run = store.open_run(customer.id, product).unwrap().id;
        store.save_impersonation(&run, &impersonation("x"), &Accepts::default()).unwrap();
        store.save_proof(&run, None).unwrap();
        store.enable(&run).unwrap();
        store.save_list(&run, &ListSummary::of(9, 5)).unwrap();
        store.begin_apply(&run, &users(1..=5)).unwrap();
        store.apply_batch(&run, &users(done)).unwrap();
        store.end_apply(&run, true).unwrap();
        run
    };
    let first = apply(Product::MpExchange, 1..=4);
    let open = board(&store).remove(0);
    assert_eq!(open.in_brief().as_str(), "4 of 5, 1 left off", "and not \"parked\"");
    assert!(open.progress.needs_attention());
    let second = board(&store).remove(1);
    assert_eq!((second.product, &second.progress), (Some(Product::Business365), &Progress::NotStarted));
    assert_eq!(second.others, [], "the product of the run is told of above");
    assert_eq!(second.more(Moment::default(), "UTC").as_str(), "Business365");
    store.finish_run(&first).unwrap();
    let more = "MPexchange: 1 left off: neither protected nor scheduled; Business365: not started";
    assert_eq!(told(), ("4 of 5, 1 left off".into(), more.into()));
    let other = row().about(&[Product::Business365]).unwrap().into_owned();
    assert_eq!(other.in_brief().as_str(), "not started", "of the product that is asked for");
    assert!(row().about(&[Product::Office365]).is_none());
    let second = apply(Product::Business365, 1..=5);
    store.finish_run(&second).unwrap();
    let more = "MPexchange: 1 left off: neither protected nor scheduled; Business365: 5 of 5 protected";
    assert_eq!(told(), ("4 of 5, 1 left off".into(), more.into()), "people are counted once, by product");
    // A second run, in which nobody is chosen: the user of the first one is wanted as before.
    let again = store.open_run(customer.id, Product::MpExchange).unwrap();
    let far = |of: &ProductProgress| of.in_words(Moment::default(), "UTC").to_string();
    assert_eq!(again.others.iter().map(far).collect::<Vec<_>>(), ["5 of 5 protected"]);
    store.save_proof(&again.id, None).unwrap();
    store.enable(&again.id).unwrap();
    store.save_list(&again.id, &ListSummary::of(9, 5)).unwrap();
    let outcome = store.finish_run(&again.id).unwrap();
    let verdict = Verdict::of(&outcome);
    assert_eq!(verdict.headline(&outcome).as_str(), "Partly done: 4 users are protected, 1 more was chosen");
    assert_eq!(receipt::troubles(&outcome).map(|missed| missed.user.id).collect::<Vec<_>>(), [user(5).id]);
    let status = store.status_of(Moment::default(), None).unwrap();
    for status in status.rows {
        let is_partly = !status.attention(Moment::default(), &SweeperStatus::default()).is_empty();
        assert_eq!(is_partly, status.progress(&SweeperStatus::default()).needs_attention());
    }
}

#[test]
fn a_run_that_was_parked_with_trouble_says_so_until_it_is_taken_up() {
    let world = World::new();
    let store = world.open("ann");
    let run = store.open_run(customer(&store).id, Product::MpExchange).unwrap().id;
    let refused = Failure::new(FailureKind::Refused, "the server refused the account", "");
    for (failure, product, brief) in [
        (FailureKind::Refused, Product::MpExchange, "parked: refused"),
        (FailureKind::Unreachable, Product::MpExchange, "parked: no answer"),
        (FailureKind::NotFound, Product::Office365, "parked: unknown ID"),
    ] {
        let obstacle = Obstacle::of(&Failure { kind: failure, ..refused.clone() }, product);
        store.park_run(&run, obstacle.as_ref()).unwrap();
        let row = board(&store).remove(0);
        assert_eq!(row.in_brief().as_str(), brief);
        assert!(row.progress.needs_attention());
        assert!(
            row.more(Moment::default(), "UTC")
                .as_str()
                .starts_with("the server refused the account, MPexchange")
        );
        store.load_run(&run).unwrap();
        assert_eq!(board(&store).remove(0).in_brief().as_str(), "interrupted", "somebody is at it again");
    }
    store.park_run(&run, None).unwrap();
    assert_eq!(board(&store).remove(0).in_brief().as_str(), "parked: access");
    assert_eq!(Obstacle::of(&Failure { kind: FailureKind::Record, ..refused }, Product::MpExchange), None);
}

#[test]
fn what_an_operator_has_seen_is_theirs_on_this_computer_and_survives_a_restart() {
    let world = World::new();
    let store = world.open("ann");
    let customer = store
        .add_customer(&new_customer("1", "Bakery", &[Product::Office365]), &Accepts::default())
        .unwrap()
        .kept()
        .unwrap();
    assert_eq!(store.board(Moment::default()).unwrap().seen, None);
    let seen = Seen::of(&board(&store), Moment::from_millis(7), None);
    store.keep_seen(&Seen::default()).unwrap();
    store.keep_seen(&seen).unwrap();
    let other = world.open("ben");
    assert_eq!(other.board(Moment::default()).unwrap().seen, None, "of another operator");
    other.open_run(customer.id, Product::Office365).unwrap();
    drop(store);
    let again = world.open("ann").board(Moment::default()).unwrap();
    assert_eq!(again.seen, Some(seen.clone()));
    assert!(again.rows.iter().all(|row| seen.is_news(row)), "a colleague opened a run");
}

#[test]
fn the_outcome_says_what_is_true_now() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, Product::Office365);
    store.begin_apply(&run, &users(1..=2)).unwrap();
    store.apply_batch(&run, &users(1..=2)).unwrap();
    store.end_apply(&run, false).unwrap();
    let first = store.finish_run(&run).unwrap();
    world.at(9_000_000);
    let second = store.finish_run(&run).unwrap();
    assert_eq!(second.run.finished, first.run.finished);
    assert_eq!(second.audit, first.audit);
    assert!(second.is_audit_whole);
    let said: Vec<&str> = second.audit.iter().map(|entry| entry.what.as_str()).collect();
    assert_eq!(
        said,
        [
            "opened the run for Office 365",
            "chose the organisation 11111111-1111-4111-8111-111111111111",
            "proved that the access works",
            "enabled Office 365 for 11111111-1111-4111-8111-111111111111",
            "confirmed turning on 2 users: User 1 <user1@bakery.example>, User 2 <user2@bakery.example>",
            "finished turning on: 2 users in this run",
            "finished the run",
        ]
    );
    assert!(second.audit.iter().all(|entry| entry.hash.as_str().len() == 8 && entry.by.as_str() == "ann"));
    // A later run turns one of them off: the first run's outcome follows the truth.
    let later = store.open_run(customer.id, Product::Office365).unwrap().id;
    store.turn_off(&later, &users([2])).unwrap();
    let now = store.outcome(&run).unwrap();
    assert_eq!(outcomes(&now.results), [SeatOutcome::TurnedOn, SeatOutcome::TurnedOff]);
    assert_eq!((now.done.turned_on, now.protection.seats.len()), (1, 1));
    assert_eq!(store.outcome(&later).unwrap().done.turned_off, 1);
}

#[test]
fn a_changed_removed_or_cut_off_audit_row_is_found() {
    for tampering in [
        "UPDATE audit SET what = 'nothing to see' WHERE id = 3",
        "UPDATE audit SET operator = 'ben' WHERE id = 1",
        "UPDATE audit SET run = NULL WHERE id = 2",
        "DELETE FROM audit WHERE id = 2",
        "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)",
        "UPDATE audit SET at = at + 1 WHERE id = (SELECT max(id) FROM audit)",
    ] {
        let world = World::new();
        let store = world.open("ann");
        let (_, run) = enabled_run(&store, Product::Office365);
        assert!(store.outcome(&run).unwrap().is_audit_whole);
        world.run(tampering);
        assert!(!store.outcome(&run).unwrap().is_audit_whole, "{tampering}");
    }
}

#[test]
fn a_run_without_an_audit_is_not_whole() {
    for tampering in [
        "DELETE FROM audit",
        "DELETE FROM audit; DELETE FROM audit_count",
        "DELETE FROM audit; UPDATE audit_count SET entries = 0",
    ] {
        let world = World::new();
        let store = world.open("ann");
        let (_, run) = enabled_run(&store, Product::Office365);
        world.run(tampering);
        let outcome = store.outcome(&run).unwrap();
        assert!(!outcome.is_audit_whole && outcome.audit.is_empty(), "{tampering}");
        let finished = store.finish_run(&run).unwrap();
        assert!(!finished.is_audit_whole && finished.audit.len() == 1, "a chain begun anew is another one");
    }
}
