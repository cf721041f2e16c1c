//! Half a million users through the whole roster: works, and its counts are right. Speed is for the benchmarks.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::{
    domain::{
        customer::Product,
        draft::Draft,
        failure::FailureKind,
        filter::Search,
        order::by_name,
        protection::Seat,
        run::RunRecord,
        user::{Kind, Kinds, NewUser, PAGE_ROWS, UserPage},
    },
    wizard::{
        answer::RowId,
        call::{CallId, Listed, PageHits, Reply, Request},
        effect::Effect,
        pending::Arrival,
        tests::record,
        view::{Column, Mark, Rows},
    },
};

const TOTAL: u32 = 500_000;

fn id(n: u32) -> UserId {
    UserId::from_bytes(u128::from(n).to_be_bytes())
}

fn page(rows: std::ops::Range<u32>) -> Arc<UserPage> {
    let words: Vec<(u32, String, String)> =
        rows.map(|n| (n, format!("User {:06}", TOTAL - n), format!("u{n}@bakery.example"))).collect();
    let rows: Vec<NewUser<'_>> = words
        .iter()
        .map(|(n, name, address)| NewUser {
            id: id(*n),
            name,
            address,
            sign_in: "",
            department: "",
            problem: "",
            kind: if n % 10 == 0 { Kind::Shared } else { Kind::User },
            licences: 0,
            made: None,
        })
        .collect();
    Arc::new(UserPage::new(&rows, Arc::default()))
}

/// A roster with what is around it.
struct Rig {
    roster: Roster,
    calls: Outbox,
    record: RunRecord,
}

impl Rig {
    /// So many users in pages of 100: "User 500000" first; who is on is not known yet.
    fn listed(total: u32) -> Self {
        let record = record(1, Product::Office365);
        let mut rig = Self { roster: Roster::default(), calls: Outbox::default(), record };
        for first in (0..total).step_by(100) {
            rig.roster.arrive(&mut rig.calls, &page(first..(first + 100).min(total)));
        }
        rig
    }

    fn hear(&mut self, call: CallId, reply: Reply) {
        self.calls.note(call, &reply);
        let mut arrival = Arrival::new(call, reply);
        self.roster.hear(&mut arrival, &mut self.record, &mut self.calls);
        assert!(!arrival.is_left(), "the roster's own call");
    }

    fn ask(&mut self, typed: &str) {
        self.roster.ask(&mut self.calls, typed);
    }

    /// Answers the newest search as the runner does, `at_once` pages a part; says whether it was a narrowed one.
    fn search_by(&mut self, at_once: usize) -> bool {
        let started = self.calls.take().into_iter().rev().find_map(|effect| match effect {
            Effect::Start(call, Request::Search { query, first, pages, within }) => {
                Some((call, query, first, pages, within))
            }
            _ => None,
        });
        let (call, query, first, pages, within) = started.expect("no search");
        let query = Query::parse(&query);
        let found = pages.iter().enumerate().map(|(at, page)| {
            let within = within.as_ref().map(|pages| &*pages[at]);
            let page_number = first + u32::try_from(at).unwrap();
            PageHits { page: page_number, bits: Search::of(&query).page(page, within) }
        });
        let found: Vec<PageHits> = found.collect();
        for part in found.chunks(at_once) {
            self.hear(call, Reply::Hits(part.to_vec()));
        }
        self.hear(call, Reply::Searched(Vec::new()));
        within.is_some()
    }

    /// Sorts as the runner does.
    fn sort(&mut self) {
        assert!(self.roster.sort(&mut self.calls));
        let started = self.calls.take().into_iter().find_map(|effect| match effect {
            Effect::Start(call, Request::Sort(pages)) => Some((call, pages)),
            _ => None,
        });
        let (call, pages) = started.expect("nothing to sort");
        self.hear(call, Reply::Sorted(by_name(&pages)));
    }

    fn name(&self, at: usize) -> String {
        let row = self.roster.row(at).unwrap();
        row.cells.get(Column::Name).unwrap().in_words().into_owned()
    }

    fn names(&self) -> Vec<String> {
        (0..Rows::len(&self.roster)).map(|at| self.name(at)).collect()
    }

    /// Where a user stands now.
    fn at(&self, n: u32) -> Option<usize> {
        Rows::at(&self.roster, &RowId::User(id(n)))
    }

    /// Ticks what is shown.
    fn tick_these(&mut self) {
        let rows = self.roster.rows_shown();
        self.roster.tick(&rows, true);
    }
}

#[test]
fn what_goes_on_is_said_until_it_is_over_and_what_is_not_seen_for_good() {
    let mut rig = Rig::listed(0);
    rig.roster.start(&rig.record, Moment::from_millis(0), &mut rig.calls);
    let listing = rig.calls.take().into_iter().find_map(|effect| match effect {
        Effect::Start(call, Request::ListUsers { .. }) => Some(call),
        _ => None,
    });
    let listing = listing.expect("no listing");
    let (gap, busy, again) =
        (ListNote::Gap("gap".into()), ListNote::Passing("busy".into()), ListNote::Passing("again".into()));
    for (reply, notes) in [
        (Reply::Note(busy.clone()), vec![busy]),
        (Reply::Note(again.clone()), vec![again.clone()]),
        (Reply::Page(page(0..10)), vec![]),
        (Reply::Note(gap.clone()), vec![gap.clone()]),
        (Reply::Note(again.clone()), vec![gap.clone(), again]),
        (Reply::Listed(Listed { total: 10 }), vec![gap]),
    ] {
        let said = format!("{reply:?}");
        rig.hear(listing, reply);
        assert_eq!(rig.roster.notes(), notes, "after {said}");
    }
}

#[test]
fn a_user_is_found_again_while_hits_come_before_and_behind() {
    let mut rig = Rig::listed(900);
    let here = rig.name(850);
    rig.ask("user");
    rig.search_by(2);
    assert_eq!((rig.at(850), rig.name(850)), (Some(850), here.clone()));
    rig.ask("user u85");
    assert!(rig.search_by(1));
    let at = rig.at(850).unwrap();
    assert_eq!((rig.name(at), Rows::len(&rig.roster)), (here, 11));
    rig.ask("u7");
    rig.search_by(1);
    assert_eq!((rig.at(850), rig.name(0)), (None, "User 499993".into()));
    assert_eq!(Rows::len(&rig.roster), 111);
}

#[test]
fn a_sorted_list_stays_sorted_under_a_filter() {
    let mut rig = Rig::listed(900);
    rig.sort();
    assert_eq!(rig.at(0), Some(899), "the first to arrive is the last by name");
    rig.ask("u1");
    assert_eq!(Rows::len(&rig.roster), 900, "the old rows stay");
    rig.search_by(1);
    let shown = rig.names();
    assert_eq!(shown.len(), 111);
    assert!(shown.is_sorted());
    rig.ask("");
    assert!(!rig.roster.sort(&mut rig.calls));
    assert_eq!(rig.name(0), "User 500000");
}

#[test]
fn a_failed_search_narrows_nothing() {
    let mut rig = Rig::listed(300);
    rig.ask("u1");
    let call = rig.roster.searches.first().unwrap().call().unwrap();
    let failure = Failure::new(FailureKind::Internal, "it broke", "Try again.");
    rig.hear(call, Reply::Failed(failure));
    rig.ask("u12");
    assert!(!rig.search_by(1));
    rig.ask("u123");
    assert!(rig.search_by(1));
    assert_eq!(rig.names(), ["User 499877"]);
    rig.ask("u12");
    assert!(!rig.search_by(1), "a wider question needs every row");
    assert_eq!(Rows::len(&rig.roster), 11);
}

#[test]
fn hits_of_a_cancelled_search_are_dropped() {
    let mut rig = Rig::listed(300);
    rig.ask("u1");
    let old = rig.roster.searches.first().unwrap().call().unwrap();
    rig.ask("u2");
    assert!(rig.calls.take().iter().any(|effect| matches!(effect, Effect::Cancel(call) if *call == old)));
    assert!(rig.roster.searches.iter().all(|search| search.call() != Some(old)));
}

#[test]
fn a_domain_is_shared_once_most_addresses_have_it() {
    let mut rig = Rig::listed(0);
    rig.record.customer.domain = Text::from("Bakery.example");
    rig.roster.start(&rig.record, Moment::default(), &mut rig.calls);
    assert_eq!(rig.roster.shared_domain(), None);
    let other = |n: u32| NewUser {
        id: id(1_000 + n),
        name: "Guest",
        address: "guest@elsewhere.example",
        sign_in: "",
        department: "",
        problem: "",
        kind: Kind::Guest,
        licences: 0,
        made: None,
    };
    let others = |count| Arc::new(UserPage::new(&(0..count).map(other).collect::<Vec<_>>(), Arc::default()));
    for (page, shared) in
        [(others(2), None), (page(0..2), None), (page(2..4), Some("Bakery.example")), (others(9), None)]
    {
        rig.roster.arrive(&mut rig.calls, &page);
        assert_eq!(rig.roster.shared_domain().map(Text::as_str), shared);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever was asked before and however the parts come, the rows are those of a plain scan; another number stands
    /// for other rows, and a user is found where the row is.
    #[test]
    fn the_rows_are_those_that_match(
        asked in prop::collection::vec("(user )?[u0-9]{0,3}( kind:s)?", 1..6),
        at_once in 1_usize..5,
        is_by_name in any::<bool>(),
    ) {
        let mut rig = Rig::listed(300);
        if is_by_name {
            rig.sort();
        }
        let (mut names, mut generation) = (rig.names(), rig.roster.generation());
        for typed in asked {
            rig.ask(&typed);
            if rig.roster.is_searching() {
                rig.search_by(at_once);
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
            let now = rig.names();
            let number = |name: &String| TOTAL - name.strip_prefix("User ").unwrap().parse::<u32>().unwrap();
            let shown: Vec<u32> = now.iter().map(number).collect();
            prop_assert_eq!(&shown, &model, "{:?}", typed);
            prop_assert!(now == names || rig.roster.generation() != generation);
            (names, generation) = (now, rig.roster.generation());
            for n in 0..300 {
                prop_assert_eq!(rig.at(n), shown.iter().position(|other| *other == n));
            }
        }
    }
}

#[test]
fn half_a_million_users_are_listed_ticked_searched_and_sorted() {
    let mut rig = Rig::listed(0);
    for first in (0..TOTAL).step_by(PAGE_ROWS) {
        rig.roster.arrive(&mut rig.calls, &page(first..(first + 999).min(TOTAL)));
    }
    rig.roster.people.know(Protection::default());
    assert_eq!((rig.roster.counts().listed, rig.roster.counts().eligible), (TOTAL, 450_000));
    assert_eq!(rig.name(Rows::len(&rig.roster) - 1), "User 000001");
    rig.roster.people.tick_all();
    assert_eq!(rig.roster.counts().ticked, 450_000);
    let shared = Kinds::default().toggled(Kind::Shared);
    rig.roster.record_changed(|people| people.change_facts(|facts| facts.kinds = shared));
    let bill = rig.roster.people.bill(rig.roster.people.ticked());
    assert_eq!(bill.turn_on, [(Kind::User, 450_000), (Kind::Shared, 50_000)]);
    rig.roster.clear();
    rig.ask("u49999 kind:user");
    rig.search_by(100);
    assert_eq!(
        (Rows::len(&rig.roster), rig.roster.counts().these),
        (10, 10),
        "u49999 and u499991 to u499999"
    );
    rig.tick_these();
    rig.ask("u7");
    rig.search_by(100);
    assert_eq!((rig.roster.counts().ticked, rig.roster.counts().outside), (10, 10));
    assert_eq!(Rows::len(&rig.roster), 11_111);
    rig.ask("");
    rig.sort();
    assert_eq!((rig.name(0), rig.name(499_999)), ("User 000001".into(), "User 500000".into()));
    assert_eq!(rig.roster.people.chosen(rig.roster.people.ticked()).len(), 10);
}

#[test]
fn nobody_can_be_ticked_before_it_is_known_who_is_on() {
    let mut rig = Rig::listed(0);
    rig.roster.people.restore(&Draft::new(false, [id(1), id(2)]));
    rig.roster.arrive(&mut rig.calls, &page(1..5));
    let marks = |rig: &Rig| -> Vec<Mark> { (0..4).map(|at| rig.roster.row(at).unwrap().mark).collect() };
    let is_blank = |rig: &Rig| {
        let state =
            |at| rig.roster.row(at).unwrap().cells.get(Column::State).unwrap().in_words().into_owned();
        (0..4).all(|at| state(at).is_empty())
    };
    // Rows stand there at once, and say nothing that may be wrong a moment later: user 2 is on.
    let all = rig.roster.rows_shown();
    assert!(!rig.roster.toggle(&all), "no row takes a tick");
    rig.roster.people.invert(&all);
    assert_eq!((marks(&rig), is_blank(&rig)), (vec![Mark::Closed; 4], true));
    let counts = rig.roster.counts();
    assert_eq!((counts.listed, counts.eligible, counts.ticked), (4, 0, 0));
    rig.ask("state:off");
    assert_eq!(Rows::len(&rig.roster), 0, "nobody is known to be off");
    rig.ask("");
    let seat = Seat {
        id: id(2),
        address: Text::from("u2@bakery.example"),
        name: Text::from("User 2"),
        since: Moment::default(),
        left: None,
        first_backup: None,
        problem: None,
    };
    rig.roster.people.know(Protection { seats: vec![seat], ..Protection::default() }.into());
    rig.roster.refresh();
    assert_eq!(marks(&rig), [Mark::Ticked, Mark::On, Mark::Off, Mark::Off]);
    let counts = rig.roster.counts();
    assert_eq!((counts.eligible, counts.ticked, is_blank(&rig)), (3, 1, false));
}
