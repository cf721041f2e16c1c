//! Half a million users through the whole roster: works, and its counts are right. Speed is for the benchmarks.

use std::sync::Arc;

use super::*;
use crate::{
    domain::{
        filter,
        id::UserId,
        user::{Kind, NewUser, PAGE_ROWS, UserPage},
    },
    wizard::{
        effect::Effect,
        outbox::Outbox,
        view::{Cell, Rows},
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

/// Answers the newest search as the runner does.
fn search(roster: &mut Roster, calls: &mut Outbox) {
    let started = calls.take().into_iter().rev().find_map(|effect| match effect {
        Effect::Start(call, Request::Search { query, first, pages }) => Some((call, query, first, pages)),
        _ => None,
    });
    let (call, query, first, pages) = started.expect("no search");
    let query = Query::parse(&query);
    for (page, at) in pages.iter().zip(first..) {
        let bits = filter::search(page, &query);
        roster.search_came(calls, call, &crate::wizard::event::Reply::Hits { page: at, bits });
    }
    roster.search_came(calls, call, &crate::wizard::event::Reply::Searched);
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
    assert!(roster.sort());
    assert_eq!((name(&roster, 0), name(&roster, 499_999)), ("User 000001".into(), "User 500000".into()));
    assert_eq!(roster.people().chosen(roster.people().ticked()).len(), 10);
}
