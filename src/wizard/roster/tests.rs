//! Half a million users through the whole roster: works, and its counts are right. Speed is for the benchmarks.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::{
    domain::{
        draft::Draft,
        filter::Search,
        id::UserId,
        order::by_name,
        protection::{Protection, Seat},
        user::{Kind, NewUser, PAGE_ROWS, UserPage},
    },
    wizard::{
        effect::Effect,
        event::{PageHits, Reply},
        outbox::Outbox,
        view::{Cell, Mark, Rows},
    },
};

const TOTAL: u32 = 500_000;

fn page(rows: std::ops::Range<u32>) -> Arc<UserPage> {
    let words: Vec<(u32, String, String)> =
        rows.map(|n| (n, format!("User {:06}", TOTAL - n), format!("u{n}@bakery.example"))).collect();
    let rows: Vec<NewUser<'_>> = words
        .iter()
        .map(|(n, name, address)| NewUser {
            id: UserId::from_bytes(u128::from(*n).to_be_bytes()),
            name,
            address,
            department: "",
            problem: "",
            kind: if n % 10 == 0 { Kind::Shared } else { Kind::User },
            licences: 0,
            made: None,
        })
        .collect();
    Arc::new(UserPage::new(&rows, Arc::default()))
}

/// Answers the newest search as the runner does, `at_once` pages a part; says whether it was a narrowed one.
fn search_by(roster: &mut Roster, calls: &mut Outbox, at_once: usize) -> bool {
    let started = calls.take().into_iter().rev().find_map(|effect| match effect {
        Effect::Start(call, Request::Search { query, first, pages, kept, within }) => {
            Some((call, query, first, pages, kept, within))
        }
        _ => None,
    });
    let (call, query, first, pages, kept, within) = started.expect("no search");
    let query = Query::parse(&query);
    let mut found: Vec<PageHits> = pages
        .iter()
        .enumerate()
        .map(|(at, page)| {
            let within = within.as_ref().map(|pages| &*pages[at]);
            let page_number = first + u32::try_from(at).unwrap();
            PageHits { page: page_number, bits: Search::of(&query).page(page, within) }
        })
        .collect();
    if let Some(kept) = kept {
        let kept = found.remove(kept);
        roster.search_came(calls, call, &Reply::Hits(vec![kept]));
    }
    for part in found.chunks(at_once) {
        roster.search_came(calls, call, &Reply::Hits(part.to_vec()));
    }
    roster.search_came(calls, call, &Reply::Searched(Vec::new()));
    within.is_some()
}

fn search(roster: &mut Roster, calls: &mut Outbox) {
    search_by(roster, calls, 100);
}

/// Sorts as the runner does.
fn sort(roster: &mut Roster, calls: &mut Outbox) {
    assert!(roster.sort(calls));
    let started = calls.take().into_iter().find_map(|effect| match effect {
        Effect::Start(call, Request::Sort(pages)) => Some((call, pages)),
        _ => None,
    });
    let (call, pages) = started.expect("nothing to sort");
    assert_eq!(roster.sorting, Some(call));
    roster.sorting = None;
    roster.list.sorted(&roster.people, by_name(&pages));
}

/// A roster of so many users in pages of 100: "User 000900" first, "User 000001" last, of 900.
fn small(total: u32) -> (Roster, Outbox) {
    let (mut roster, mut calls) = (Roster::default(), Outbox::default());
    for first in (0..total).step_by(100) {
        roster.arrive(&mut calls, &page(first..(first + 100).min(total)));
    }
    (roster, calls)
}

fn names(roster: &Roster) -> Vec<String> {
    (0..Rows::len(roster)).map(|at| name(roster, at)).collect()
}

#[test]
fn the_cursor_stays_on_its_user_while_hits_come_before_and_behind() {
    let (mut roster, mut calls) = small(900);
    roster.step(Move::By(850));
    let here = name(&roster, 850);
    roster.ask(&mut calls, "user");
    search_by(&mut roster, &mut calls, 2);
    assert_eq!(roster.cursor(), Some(850));
    assert_eq!(name(&roster, 850), here);
    // "u850@" is the one under the cursor; a question that it does not answer puts the cursor on the first row.
    roster.ask(&mut calls, "user u85");
    assert!(search_by(&mut roster, &mut calls, 1));
    assert_eq!((name(&roster, roster.cursor().unwrap()), Rows::len(&roster)), (here, 11));
    roster.ask(&mut calls, "u7");
    search_by(&mut roster, &mut calls, 1);
    assert_eq!((roster.cursor(), name(&roster, 0)), (Some(0), "User 499993".into()));
    assert_eq!(Rows::len(&roster), 111);
}

#[test]
fn a_kept_page_brings_nobody_else_before_the_first_rows() {
    let (mut roster, mut calls) = small(900);
    roster.step(Move::By(850));
    // The user under the cursor does not match: no page comes out of turn.
    roster.ask(&mut calls, "u85 kind:shared u851");
    let effects = calls.take();
    let kept = effects.iter().find_map(|effect| match effect {
        Effect::Start(_, Request::Search { kept, .. }) => Some(*kept),
        _ => None,
    });
    assert_eq!(kept, Some(None));
    // u850 is shared; the kinds of the question count too.
    roster.ask(&mut calls, "u85 kind:user");
    let kept = calls.take().iter().find_map(|effect| match effect {
        Effect::Start(_, Request::Search { kept, .. }) => Some(*kept),
        _ => None,
    });
    assert_eq!(kept, Some(None));
}

#[test]
fn a_sorted_list_stays_sorted_under_a_filter_and_the_cursor_on_its_user() {
    let (mut roster, mut calls) = small(900);
    sort(&mut roster, &mut calls);
    assert_eq!(roster.cursor(), Some(899), "the first to arrive is the last by name");
    roster.ask(&mut calls, "u1");
    assert_eq!(Rows::len(&roster), 900, "the old rows stay");
    search_by(&mut roster, &mut calls, 1);
    let shown = names(&roster);
    assert_eq!(shown.len(), 111);
    assert!(shown.is_sorted());
    assert_eq!(roster.cursor(), Some(0));
    roster.ask(&mut calls, "");
    assert!(!roster.sort(&mut calls));
    assert_eq!(name(&roster, 0), "User 500000");
}

#[test]
fn a_failed_search_narrows_nothing() {
    let (mut roster, mut calls) = small(300);
    roster.ask(&mut calls, "u1");
    let call = *roster.searches.first().unwrap();
    let failure = Failure::new(crate::domain::failure::FailureKind::Internal, "it broke", "Try again.");
    roster.search_came(&mut calls, call, &Reply::Failed(failure));
    roster.ask(&mut calls, "u12");
    assert!(!search_by(&mut roster, &mut calls, 1));
    roster.ask(&mut calls, "u123");
    assert!(search_by(&mut roster, &mut calls, 1));
    assert_eq!(names(&roster), ["User 499877"]);
    roster.ask(&mut calls, "u12");
    assert!(!search_by(&mut roster, &mut calls, 1), "a wider question needs every row");
    assert_eq!(Rows::len(&roster), 11);
}

#[test]
fn hits_of_a_cancelled_search_are_dropped() {
    let (mut roster, mut calls) = small(300);
    roster.ask(&mut calls, "u1");
    let old = *roster.searches.first().unwrap();
    roster.ask(&mut calls, "u2");
    assert!(calls.take().iter().any(|effect| matches!(effect, Effect::Cancel(call) if *call == old)));
    assert!(!roster.searches.contains(&old));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever was asked before and however the parts come, the rows are those of a plain scan.
    #[test]
    fn the_rows_are_those_that_match(
        asked in prop::collection::vec("(user )?[u0-9]{0,3}( kind:s)?", 1..6),
        at_once in 1_usize..5,
        cursor in 0_i64..300,
        is_by_name in any::<bool>(),
    ) {
        let (mut roster, mut calls) = small(300);
        roster.step(Move::By(cursor));
        if is_by_name {
            sort(&mut roster, &mut calls);
        }
        for typed in asked {
            let before = roster.under_cursor().map(|(row, _)| row);
            roster.ask(&mut calls, &typed);
            if !roster.searches.is_empty() {
                search_by(&mut roster, &mut calls, at_once);
            }
            let words: Vec<&str> = typed.split_whitespace().collect();
            let mut model: Vec<u32> = (0..300)
                .filter(|n| words.iter().all(|word| match *word {
                    "kind:s" => n % 10 == 0,
                    word => format!("user {:06} u{n}@bakery.example", TOTAL - n).contains(word),
                }))
                .collect();
            if is_by_name {
                model.reverse();
            }
            let shown: Vec<u32> = (0..Rows::len(&roster))
                .map(|at| TOTAL - name(&roster, at).strip_prefix("User ").unwrap().parse::<u32>().unwrap())
                .collect();
            prop_assert_eq!(&shown, &model, "{:?}", typed);
            let now = roster.under_cursor().map(|(row, _)| row);
            let is_kept = before.is_some_and(|row| roster.list.rows().contains(&row));
            if is_kept {
                prop_assert_eq!(now, before);
            }
            prop_assert_eq!(now.is_some(), !shown.is_empty());
        }
    }
}

fn name(roster: &Roster, at: usize) -> String {
    match &roster.row(at).unwrap().cells[0] {
        Cell::Words(name) => name.as_str().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn half_a_million_users_are_listed_ticked_searched_and_sorted() {
    let (mut roster, mut calls) = (Roster::default(), Outbox::default());
    for first in (0..TOTAL).step_by(PAGE_ROWS) {
        roster.arrive(&mut calls, &page(first..(first + 999).min(TOTAL)));
    }
    roster.people.know(Protection::default());
    assert_eq!((roster.counts().listed, roster.counts().eligible), (TOTAL, 450_000));
    roster.step(Move::Last);
    assert_eq!(name(&roster, roster.cursor().unwrap()), "User 000001");
    roster.tick_all();
    assert_eq!(roster.counts().ticked, 450_000);
    roster.include(Kinds::default().toggled(Kind::Shared));
    let bill = roster.people().bill(roster.people().ticked());
    assert_eq!(bill.turn_on, [(Kind::User, 450_000), (Kind::Shared, 50_000)]);
    roster.clear();
    roster.ask(&mut calls, "u49999 kind:user");
    search(&mut roster, &mut calls);
    assert_eq!((Rows::len(&roster), roster.these()), (10, 10), "u49999 and u499991 to u499999");
    roster.tick_these();
    roster.ask(&mut calls, "u7");
    search(&mut roster, &mut calls);
    assert_eq!((roster.counts().ticked, roster.outside()), (10, 10));
    assert_eq!(Rows::len(&roster), 11_111);
    roster.ask(&mut calls, "");
    sort(&mut roster, &mut calls);
    assert_eq!((name(&roster, 0), name(&roster, 499_999)), ("User 000001".into(), "User 500000".into()));
    assert_eq!(roster.people().chosen(roster.people().ticked()).len(), 10);
}

#[test]
fn nobody_can_be_ticked_before_it_is_known_who_is_on() {
    let (mut roster, mut calls) = (Roster::default(), Outbox::default());
    let user = |n: u128| UserId::from_bytes(n.to_be_bytes());
    roster.people.restore(&Draft::new(false, [user(1), user(2)]));
    roster.arrive(&mut calls, &page(1..5));
    let marks = |roster: &Roster| -> Vec<Mark> { (0..4).map(|at| roster.row(at).unwrap().mark).collect() };
    let is_blank = |roster: &Roster| (0..4).all(|at| matches!(roster.row(at).unwrap().cells[3], Cell::Empty));
    // Rows stand there at once, and say nothing that may be wrong a moment later: user 2 is on.
    assert!(!roster.toggle(), "no row takes a tick");
    roster.invert();
    assert_eq!((marks(&roster), is_blank(&roster)), (vec![Mark::Closed; 4], true));
    assert_eq!((roster.counts().listed, roster.counts().eligible, roster.counts().ticked), (4, 0, 0));
    roster.ask(&mut calls, "state:off");
    assert_eq!(Rows::len(&roster), 0, "nobody is known to be off");
    roster.ask(&mut calls, "");
    let seat = Seat {
        id: user(2),
        address: Text::from("u2@bakery.example"),
        name: Text::from("User 2"),
        since: Moment::default(),
        left: None,
        first_backup: None,
    };
    roster.people.know(Protection { seats: vec![seat], ..Protection::default() });
    roster.refresh();
    assert_eq!(marks(&roster), [Mark::Ticked, Mark::On, Mark::Off, Mark::Off]);
    assert_eq!((roster.counts().eligible, roster.counts().ticked, is_blank(&roster)), (3, 1, false));
}
