use proptest::prelude::*;

use super::*;
use crate::domain::protection::Seat;

fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn rule(made: &str, ceiling: u32) -> AutoRule {
    AutoRule {
        made: moment(made),
        by: Text::from("ana"),
        confirmed: 3,
        ceiling,
        last_pass: None,
        attention: None,
    }
}

fn user(id: u8, kind: Kind, made: Option<&str>) -> Candidate {
    Candidate {
        user: Chosen {
            id: UserId::from_bytes([id; 16]),
            address: Text::of(format_args!("u{id}@bakery.example")),
            name: Text::of(format_args!("User {id}")),
            kind,
        },
        made: made.map(moment),
        problem: Text::default(),
    }
}

fn ids(decision: &Decision) -> Vec<u8> {
    decision.turn_on.iter().map(|c| c.id.as_bytes()[0]).collect()
}

fn terms<'a>(rule: &'a AutoRule, exclusions: &'a BTreeSet<UserId>, on: &'a BTreeSet<UserId>) -> Terms<'a> {
    Terms { rule, kinds: Kinds::default(), exclusions, on, waited: &NO_ONE, used_elsewhere: 0, limit: None }
}

static NO_ONE: BTreeSet<UserId> = BTreeSet::new();

const DUE: &str = "2026-11-23T09:00:00Z"; // Mon 23 Nov 20:00 AEDT

#[test]
fn one_second_decides_whether_a_user_is_new_enough() {
    let (rule, none) = (rule("2026-11-23T03:00:00Z", 100), BTreeSet::new());
    let listed = [
        user(1, Kind::User, Some("2026-11-23T08:59:59Z")),
        user(2, Kind::User, Some(DUE)),
        user(3, Kind::User, Some("2026-11-23T09:00:01Z")),
    ];
    let decision = decide(&terms(&rule, &none, &none), moment(DUE), &listed);
    assert_eq!(ids(&decision), [1, 2]);
    assert_eq!(decision.deferred, [UserId::from_bytes([3; 16])]);
}

#[test]
fn a_mailbox_that_two_passes_could_not_check_needs_attention_and_stays_off() {
    let (rule, none) = (rule("2026-11-23T03:00:00Z", 100), BTreeSet::new());
    let waited: BTreeSet<UserId> = [1, 2, 3, 4].map(|id| UserId::from_bytes([id; 16])).into();
    let listed = [
        user(1, Kind::NotKnownYet, None),
        user(2, Kind::User, None),
        user(3, Kind::NotKnownYet, Some("2026-11-23T09:00:01Z")),
        Candidate { problem: "mailbox is locked".into(), ..user(4, Kind::NotKnownYet, None) },
        user(5, Kind::NotKnownYet, None),
    ];
    let decision = decide(&Terms { waited: &waited, ..terms(&rule, &none, &none) }, moment(DUE), &listed);
    assert_eq!((ids(&decision), decision.deferred.len(), decision.unchecked), (vec![2], 4, 1));
    assert_eq!(decide(&terms(&rule, &none, &none), moment(DUE), &listed).unchecked, 0, "the first pass");
}

#[test]
fn a_rule_made_at_or_after_the_due_moment_waits_for_the_next_one() {
    let none = BTreeSet::new();
    let listed = [user(1, Kind::User, None)];
    for (made, on) in [("2026-11-23T08:59:59Z", 1), (DUE, 0), ("2026-11-23T09:00:01Z", 0)] {
        let rule = rule(made, 100);
        assert_eq!(decide(&terms(&rule, &none, &none), moment(DUE), &listed).turn_on.len(), on, "{made}");
        assert_eq!(is_due(&rule, moment("2026-11-23T09:05:00Z")), on == 1, "{made}");
    }
}

#[test]
fn a_missed_night_is_due_once_and_older_ones_collapse_into_it() {
    let mut rule = rule("2026-11-01T03:00:00Z", 100);
    rule.last_pass = Some(moment("2026-11-19T09:00:00Z"));
    let now = moment("2026-11-23T01:00:00Z");
    let due = sydney::latest_2000(now);
    assert_eq!(due, moment("2026-11-22T09:00:00Z"));
    assert!(is_due(&rule, now) && is_overdue(&rule, now) && is_late(due, now));
    rule.last_pass = Some(due);
    assert!(!is_due(&rule, now) && !is_overdue(&rule, now));
}

#[test]
fn half_an_hour_of_silence_is_overdue() {
    let rule = rule("2026-11-20T03:00:00Z", 100);
    assert!(is_overdue(&rule, moment("2026-11-23T09:10:00Z")), "the night before was missed, too");
    let mut done = rule.clone();
    done.last_pass = Some(moment("2026-11-22T09:00:00Z"));
    assert!(!is_overdue(&done, moment("2026-11-23T09:29:59Z")));
    assert!(is_overdue(&done, moment("2026-11-23T09:30:00Z")));
}

#[test]
fn exclusions_kinds_problems_and_those_who_are_on_stay_as_they_are() {
    let rule = rule("2026-11-23T03:00:00Z", 100);
    let excluded = BTreeSet::from([UserId::from_bytes([2; 16])]);
    let on = BTreeSet::from([UserId::from_bytes([3; 16])]);
    let mut problem = user(4, Kind::User, None);
    problem.problem = "mailbox is locked".into();
    let listed = [
        user(1, Kind::User, None),
        user(2, Kind::User, None),
        user(3, Kind::User, None),
        problem,
        user(5, Kind::Shared, None),
        user(6, Kind::Room, None),
        user(7, Kind::Disabled, None),
        user(8, Kind::Guest, None),
        user(9, Kind::WithoutMailbox, None),
        user(10, Kind::NotKnownYet, None),
        user(1, Kind::User, None),
    ];
    let mut terms = terms(&rule, &excluded, &on);
    assert_eq!(ids(&decide(&terms, moment(DUE), &listed)), [1]);
    terms.kinds = Kinds::default().toggled(Kind::Shared);
    assert_eq!(ids(&decide(&terms, moment(DUE), &listed)), [5, 1]);
}

#[test]
fn above_the_ceiling_or_the_seats_nobody_is_turned_on() {
    let none = BTreeSet::new();
    let listed: Vec<_> = (1..=12).map(|id| user(id, Kind::User, None)).collect();
    let tight = rule("2026-11-23T03:00:00Z", 11);
    let decision = decide(&terms(&tight, &none, &none), moment(DUE), &listed);
    assert!(decision.turn_on.is_empty());
    assert_eq!(decision.deferred.len(), 12);
    assert!(decision.attention.unwrap().as_str().contains("more than the 11 seats"));

    let wide = rule("2026-11-23T03:00:00Z", 12);
    let mut terms = terms(&wide, &none, &none);
    assert_eq!(decide(&terms, moment(DUE), &listed).turn_on.len(), 12);
    (terms.limit, terms.used_elsewhere) = (Some(12), 1);
    let decision = decide(&terms, moment(DUE), &listed);
    assert!(decision.turn_on.is_empty() && decision.attention.is_some());
}

#[test]
fn a_decision_is_outdated_by_whatever_makes_old_users_due() {
    let seat = |number| Seat {
        id: UserId::from_bytes([number; 16]),
        address: Text::default(),
        name: Text::default(),
        since: moment(DUE),
        left: None,
        first_backup: None,
        problem: None,
    };
    let before = Protection {
        seats: vec![seat(1), seat(2)],
        exclusions: vec![UserId::from_bytes([3; 16])],
        ..Protection::default()
    };
    let more = Protection {
        seats: vec![seat(1), seat(2), seat(4)],
        exclusions: vec![UserId::from_bytes([3; 16]), UserId::from_bytes([5; 16])],
        ..before.clone()
    };
    assert!(!is_outdated(&before, &before) && !is_outdated(&before, &more));
    let kinds = Protection { kinds: Kinds::default().toggled(Kind::Shared), ..before.clone() };
    let lifted = Protection { exclusions: Vec::new(), ..before.clone() };
    let turned_off = Protection { seats: vec![seat(2)], ..before.clone() };
    assert!([kinds, lifted, turned_off].iter().all(|now| is_outdated(&before, now)));
}

proptest! {
    #[test]
    fn whatever_is_listed_a_pass_keeps_its_promises(
        listed in prop::collection::vec((0_u8..30, 0_u8..7, prop::option::of(-5_i64..5), any::<bool>()), 0..60),
        excluded in prop::collection::btree_set(0_u8..30, 0..10),
        on in prop::collection::btree_set(0_u8..30, 0..10),
        ceiling in 0_u32..40,
        bits in any::<u8>(),
    ) {
        let due = moment(DUE);
        let rule = rule("2026-11-23T03:00:00Z", ceiling);
        let ids = |set: &BTreeSet<u8>| set.iter().map(|id| UserId::from_bytes([*id; 16])).collect::<BTreeSet<_>>();
        let (excluded, on) = (ids(&excluded), ids(&on));
        let candidates: Vec<_> = listed.iter().map(|(id, kind, made, has_problem)| Candidate {
            made: made.map(|s| Moment::from_millis(due.as_millis() + s)),
            problem: if *has_problem { "mailbox is locked".into() } else { Text::default() },
            ..user(*id, Kind::from_code(*kind).unwrap(), None)
        }).collect();
        let terms = Terms { kinds: Kinds::from_bits(bits), ..terms(&rule, &excluded, &on) };
        let decision = decide(&terms, due, &candidates);
        let turned: BTreeSet<_> = decision.turn_on.iter().map(|c| c.id).collect();
        prop_assert_eq!(turned.len(), decision.turn_on.len());
        prop_assert!(turned.is_disjoint(&excluded) && turned.is_disjoint(&on));
        prop_assert!(decision.turn_on.iter().all(|c| terms.kinds.allows(c.kind)));
        prop_assert!(turned.is_empty() || turned.len() + on.len() <= usize::try_from(ceiling).unwrap());
        prop_assert!(decision.attention.is_none() || turned.is_empty());
    }
}

#[test]
fn what_was_done_in_the_future_was_done_by_a_fast_clock_and_is_due_again() {
    let now = moment("2026-11-23T09:00:05Z");
    let with = |made: &str, last: Option<&str>| AutoRule { last_pass: last.map(moment), ..rule(made, 9) };
    for (name, rule, is_due) in [
        ("made before, no pass", with("2026-11-22T09:00:00Z", None), true),
        ("this pass is done", with("2026-11-22T09:00:00Z", Some(DUE)), false),
        ("a pass of ten years later", with("2026-11-22T09:00:00Z", Some("2036-11-23T09:00:00Z")), true),
        ("a pass of tomorrow", with("2026-11-22T09:00:00Z", Some("2026-11-24T09:00:00Z")), true),
        ("made a year later", with("2027-11-23T00:00:00Z", None), true),
        ("made a year later, and passed", with("2027-11-23T00:00:00Z", Some("2027-11-23T09:00:00Z")), true),
        ("made just now", with("2026-11-23T09:00:03Z", None), false),
        ("made by a clock that is a minute fast", with("2026-11-23T09:01:05Z", None), false),
    ] {
        assert_eq!(awaits(&rule, moment(DUE), now), is_due, "{name}");
        assert_eq!(super::is_due(&rule, now), is_due, "{name}");
        assert_eq!(is_overdue(&rule, now.plus(OVERDUE_AFTER)), is_due, "{name}");
        let made = made_before(&rule, moment(DUE), now);
        assert_eq!(made == rule.made, !rule.made.is_ahead_of(now, TOLERANCE), "{name}");
        assert!(!is_due || made < moment(DUE), "{name}");
    }
}

#[test]
fn whoever_lists_names_the_mailboxes_that_can_not_be_protected() {
    let broken = |n| Candidate { problem: "mailbox is locked".into(), ..user(n, Kind::User, None) };
    let candidates: Vec<Candidate> = (1..=5).map(broken).chain([user(6, Kind::User, None)]).collect();
    let list = summary(&candidates, &Protection::default(), false, vec!["hidden people are missing".into()]);
    assert_eq!((list.problems, list.eligible, list.gaps.len()), (5, 1, 2));
    let words = list.gaps[1].as_str();
    let named = |n: usize| format!("{} (mailbox is locked)", candidates[n].user.address);
    let all = [named(0), named(1), named(2)].join(", ");
    assert_eq!(words, format!("5 mailboxes can't be protected: {all}, and 2 more"));
}
