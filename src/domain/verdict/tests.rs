//! The verdict as a table: what was wanted, what is true, what is not known.

use super::*;
use crate::domain::{
    customer::Impersonation,
    customer::Listing,
    customer::Product,
    draft::Draft,
    protection::Seat,
    receipt::tests::{at, chosen, id, outcome, result, rule, seat},
    secret::Secret,
};

/// Protected, scheduled, missed, not chosen; and whether it is partly done.
fn verdict(change: impl FnOnce(&mut Outcome)) -> ((u32, u32, u32, u32), bool) {
    let mut outcome = outcome();
    change(&mut outcome);
    let verdict = Verdict::of(&outcome);
    let counts =
        (verdict.protected, verdict.schedule.scheduled(), verdict.wanted_and_off(), verdict.not_chosen);
    assert_eq!(verdict.troubles().is_empty(), !verdict.is_partly(), "{:?}", verdict.troubles());
    (counts, verdict.is_partly())
}

#[test]
fn who_was_chosen_and_is_neither_on_nor_scheduled_makes_it_partly_done() {
    assert_eq!(verdict(|_| ()), ((2, 0, 0, 3), false), "nobody chose the other three");
    let failed = || result(3, SeatOutcome::Failed(Text::from("the mailbox is locked")));
    assert_eq!(verdict(|o| o.results.push(failed())), ((2, 0, 1, 2), true));
    assert_eq!(verdict(|o| o.results.push(result(3, SeatOutcome::Stopped))), ((2, 0, 1, 2), true));
    let ticked = |o: &mut Outcome| o.run.draft.exceptions = [id(3), id(1)].into();
    assert_eq!(verdict(ticked), ((2, 0, 1, 2), true), "ticked and not turned on");
    let both = |o: &mut Outcome| {
        o.results.push(failed());
        o.run.draft.exceptions = [id(3)].into();
        o.run.unfinished = vec![chosen(3)];
    };
    assert_eq!(verdict(both), ((2, 0, 1, 2), true), "one user is missed once");
    let all = |o: &mut Outcome| o.run.draft = Draft { all: true, exceptions: [id(5)].into() };
    assert_eq!(verdict(all), ((2, 0, 2, 1), true), "All but one");
    let auto = |o: &mut Outcome| {
        o.results.push(failed());
        o.protection.rule = Some(rule());
    };
    assert_eq!(verdict(auto), ((2, 3, 0, 0), false), "Auto schedules who is not on");
    let out = |o: &mut Outcome| {
        o.results.push(result(9, SeatOutcome::Excluded));
        o.protection.exclusions = vec![id(9)];
        o.protection.rule = Some(rule());
    };
    assert_eq!(verdict(out), ((2, 3, 1, 0), true), "but not who is excluded");
    let let_go = |o: &mut Outcome| {
        o.results.push(failed());
        o.protection.exclusions = vec![id(3)];
    };
    assert!(!verdict(let_go).1, "excluded after it failed: not wanted any more");
    let off = |o: &mut Outcome| {
        o.protection.seats.pop();
        o.results = vec![result(2, SeatOutcome::TurnedOff)];
    };
    assert_eq!(verdict(off), ((1, 0, 0, 4), false), "turning off misses nobody");
    let left = |o: &mut Outcome| {
        let gone = Seat { left: Some(at("2026-11-01T00:00:00Z")), ..seat(7) };
        o.protection.seats.push(gone);
    };
    assert_eq!(verdict(left), ((2, 0, 0, 3), false), "a leaver's seat is kept, but protects nobody listed");
    let later = |o: &mut Outcome| o.protection.seats[0].left = Some(at("2026-11-24T09:00:00Z"));
    assert_eq!(verdict(later), ((1, 0, 0, 3), false), "a user who left after the list was on it, and is on");
}

#[test]
fn who_is_not_known_or_a_row_with_a_problem_is_missed_where_everybody_was_wanted() {
    let all = |o: &mut Outcome| {
        o.done.list.eligible = 2;
        o.run.draft.all = true;
    };
    assert_eq!(verdict(all), ((2, 0, 0, 0), false), "All, and all are on");
    let unchecked = |o: &mut Outcome| {
        all(o);
        o.done.list.unchecked = 22;
    };
    assert_eq!(verdict(unchecked), ((2, 0, 22, 0), true), "nobody told what the 22 are, and they are off");
    let problem = |o: &mut Outcome| {
        all(o);
        o.done.list.problems = 1;
    };
    assert_eq!(verdict(problem), ((2, 0, 1, 0), true), "an address of the list that leads nowhere");
    let applied = |o: &mut Outcome| {
        o.done.list.eligible = 2;
        o.run.has_applied_all = true;
        (o.done.list.unchecked, o.done.list.problems) = (22, 1);
    };
    assert_eq!(
        verdict(applied),
        ((2, 0, 23, 0), true),
        "All was applied: its ticks are spent, what was wanted is not"
    );
    let ticks = |o: &mut Outcome| (o.done.list.unchecked, o.done.list.problems) = (22, 1);
    assert_eq!(verdict(ticks), ((2, 0, 0, 3), false), "nobody asked for them");
    // All is spent once it was applied; the list that was given stays what was meant.
    let listed = |listing| {
        move |o: &mut Outcome| {
            o.done.list.problems = 1;
            o.results = vec![result(1, SeatOutcome::TurnedOn)];
            o.run.product = Product::MpExchange;
            o.run.impersonation = Some(Impersonation {
                server: "https://mail.hoster.example/EWS/Exchange.asmx".into(),
                account: "svc".into(),
                password: Secret::new("invented".to_owned()),
                sample: "a@bakery.example".parse().unwrap(),
                domains: Vec::new(),
                listing,
            });
        }
    };
    assert_eq!(
        verdict(listed(Listing::Given(Vec::new()))),
        ((2, 0, 1, 3), true),
        "a row of the list is no mailbox"
    );
    assert_eq!(verdict(listed(Listing::Directory)), ((2, 0, 0, 3), false), "the directory promised nothing");
}

#[test]
fn scheduled_counts_only_while_a_pass_will_turn_them_on() {
    let standstill = |change: &dyn Fn(&mut Outcome)| {
        let mut outcome = outcome();
        outcome.protection.rule = Some(rule());
        change(&mut outcome);
        let verdict = Verdict::of(&outcome);
        let stalled = verdict.schedule.stalled();
        assert_eq!(stalled + verdict.schedule.scheduled(), 3);
        assert_eq!(verdict.is_partly(), stalled > 0);
        verdict.schedule.standstill
    };
    assert_eq!(standstill(&|_| ()), None);
    assert_eq!(standstill(&|o| o.protection.sweeper.sweepers.clear()), Some(Standstill::NoSweeper));
    assert_eq!(standstill(&|o| o.protection.sweeper.has_stopped = true), Some(Standstill::Overdue));
    let limit =
        |limit| move |o: &mut Outcome| (o.protection.limit, o.protection.used_elsewhere) = (Some(limit), 4);
    assert_eq!(standstill(&limit(9)), None, "two here, four elsewhere, three to come");
    assert_eq!(standstill(&limit(8)), Some(Standstill::NoSeats(1)));
    assert_eq!(standstill(&limit(3)), Some(Standstill::NoSeats(3)), "more in use than bought");
    let ceiling = |o: &mut Outcome| o.protection.rule.as_mut().unwrap().ceiling = 4;
    assert_eq!(standstill(&ceiling), Some(Standstill::AboveCeiling(4)));
}
