//! The users screen against a record and replies made by hand: state, effects and view.

use std::{sync::Arc, time::Duration};

use super::*;
use crate::{
    domain::{
        customer::{Impersonation, Listing, Product},
        failure::{Failure, FailureKind},
        id::UserId,
        phrase::{Command, Phrase, Segment},
        protection::{AutoRule, Chosen, Protection, Seat, SeatOutcome, SeatResult, State},
        run::{RunRecord, Sweeper, SweeperStatus},
        secret::Secret,
        text::Text,
        time::Moment,
        user::{Kind, Kinds, NewUser, UserPage},
    },
    wizard::{
        answer::{RowId, Value},
        ask::{QuestionId, SelectAsked, Shape},
        call::{CallId, Listed, PageHits, Reply, Request},
        part::sweep,
        screen::tests::{Bench, now, record},
        view::{self, Block, Column, Row, RowsView},
        words,
    },
};

fn id(n: u8) -> UserId {
    UserId::from_bytes([n; 16])
}

fn page(rows: &[(u8, &str, Kind)]) -> Reply {
    let addresses: Vec<String> = rows.iter().map(|(n, ..)| format!("u{n}@bakery5.example")).collect();
    let rows: Vec<NewUser<'_>> = rows
        .iter()
        .zip(&addresses)
        .map(|((n, name, kind), address)| NewUser {
            id: id(*n),
            name,
            address,
            sign_in: "",
            department: "",
            problem: if *name == "Broken" { "two mailboxes have this address" } else { "" },
            kind: *kind,
            licences: 0,
            made: None,
        })
        .collect();
    Reply::Page(Arc::new(UserPage::new(&rows, Arc::default())))
}

/// Mila, Ana (off), Front desk (shared), a guest, and one with a problem.
fn staff() -> Reply {
    page(&[
        (1, "Mila", Kind::User),
        (2, "Ana", Kind::User),
        (3, "Front desk", Kind::Shared),
        (4, "Visitor", Kind::Guest),
        (5, "Broken", Kind::User),
    ])
}

fn seat(n: u8) -> Seat {
    Seat {
        id: id(n),
        address: Text::from("u@bakery.example"),
        name: Text::from("Seat"),
        since: now(),
        left: None,
        first_backup: None,
        problem: None,
    }
}

fn rule(last_pass: Option<Moment>) -> AutoRule {
    AutoRule { made: now(), by: Text::from("nora"), confirmed: 2, ceiling: 12, last_pass, attention: None }
}

fn failure(what: &'static str) -> Reply {
    Reply::Failed(Failure::new(FailureKind::Record, what, "Wait a moment."))
}

const fn is_listing(request: &Request) -> bool {
    matches!(request, Request::ListUsers { .. })
}

const fn is_facts(request: &Request) -> bool {
    matches!(request, Request::LoadProtection(..))
}

const fn is_draft(request: &Request) -> bool {
    matches!(request, Request::SaveDraft(..))
}

const fn is_apply(request: &Request) -> bool {
    matches!(request, Request::Apply(..))
}

const fn is_search(request: &Request) -> bool {
    matches!(request, Request::Search { .. })
}

const fn is_counts(request: &Request) -> bool {
    matches!(request, Request::SaveList(..))
}

impl Bench {
    fn with(record: RunRecord, is_admin: bool) -> Self {
        Self::new(Box::<Users>::default(), record, is_admin)
    }

    /// With staff listed and nobody on.
    fn staffed() -> Self {
        let mut bench = Self::with(record(), true);
        bench.facts(Protection::default());
        bench.list([staff()]);
        bench
    }

    fn facts(&mut self, facts: Protection) {
        self.answer(is_facts, Reply::Protection(Box::new(facts.into())));
    }

    fn part(&mut self, reply: Reply) {
        self.answer(is_listing, reply);
    }

    fn list(&mut self, pages: impl IntoIterator<Item = Reply>) {
        for page in pages {
            self.part(page);
        }
        let total = self.session.roster.counts().listed;
        self.part(Reply::Listed(Listed { total }));
        if self.count(is_counts) > 0 {
            self.answer(is_counts, Reply::Saved);
        }
    }

    fn mark(&mut self, mark: Mark, users: &[u8]) {
        self.give(Given::Mark(mark, Which::Users(users.iter().copied().map(id).collect())));
    }

    fn mark_shown(&mut self, mark: Mark) {
        let generation = self.session.roster.generation();
        self.give(Given::Mark(mark, Which::Shown(generation)));
    }

    fn mark_range(&mut self, mark: Mark, from: u8, to: u8) {
        let generation = self.session.roster.generation();
        self.give(Given::Mark(mark, Which::Range(id(from), id(to), generation)));
    }

    fn filter(&mut self, typed: &str) {
        self.give(Given::Fill(FieldId::Filter, Value::Text(typed.into())));
    }

    fn row(&self, at: usize) -> Row<'_> {
        self.session.roster.row(at).unwrap()
    }

    fn state(&self, at: usize) -> String {
        self.row(at).cells.get(Column::State).unwrap().in_words().into_owned()
    }

    fn names(&self) -> Vec<String> {
        let name = |at| self.row(at).cells.get(Column::Name).unwrap().in_words().into_owned();
        (0..self.session.roster.len()).map(name).collect()
    }

    fn ticked(&self) -> u32 {
        self.session.roster.counts().ticked
    }

    fn asked(&self) -> SelectAsked {
        match self.scene().shape {
            Shape::Select(asked) => asked,
            other => panic!("{other:?}"),
        }
    }

    fn question(&self) -> (QuestionId, u64) {
        let scene = self.scene();
        (scene.id, scene.stamp)
    }

    /// A result for each user of the newest bulk write.
    fn results(&self, outcome: impl Fn(&Chosen) -> SeatOutcome) -> Vec<SeatResult> {
        let is_bulk = |request: &Request| matches!(request, Request::Apply(..) | Request::TurnOff(..));
        let newest = self.open.iter().rev().find(|(_, request)| is_bulk(request));
        let Some((_, Request::Apply(_, users) | Request::TurnOff(_, users))) = newest else {
            panic!("no bulk write")
        };
        users.iter().map(|user| SeatResult { user: user.clone(), outcome: outcome(user) }).collect()
    }
}

/// Reads the rows of the list, which may lie below a question.
fn rows<T>(bench: &Bench, read: impl FnOnce(&RowsView<'_>) -> T) -> T {
    let scene = bench.scene();
    let list = scene.below.as_ref().unwrap_or(&scene.page);
    let rows = list.blocks.iter().find_map(|block| match block {
        Block::Rows(rows) => Some(rows),
        _ => None,
    });
    read(rows.unwrap())
}

fn counts(bench: &Bench) -> String {
    let words = |rows: &RowsView<'_>| -> Vec<String> {
        rows.counts.iter().map(|count| count.for_commands().to_string()).collect()
    };
    rows(bench, words).join(" · ")
}

#[test]
fn rows_say_what_they_are() {
    let mut bench = Bench::with(record(), true);
    let left = Seat { left: Moment::parse("2026-11-02T22:00:00Z"), ..seat(9) };
    bench.list([
        staff(),
        page(&[(6, "On", Kind::User), (7, "On and out", Kind::User), (8, "Out", Kind::User)]),
        page(&[(1, "Mila again", Kind::User)]),
    ]);
    assert_eq!(counts(&bench), "listed 8 · reading who is protected");
    bench.facts(Protection {
        seats: vec![seat(6), seat(7), left],
        exclusions: vec![id(7), id(8)],
        ..Protection::default()
    });
    let expected = [
        ("Mila", view::Mark::Off, "off"),
        ("Ana", view::Mark::Off, "off"),
        ("Front desk", view::Mark::Closed, "not included"),
        ("Visitor", view::Mark::Closed, "not included"),
        ("Broken", view::Mark::Problem, "problem"),
        ("On", view::Mark::On, "protected"),
        ("On and out", view::Mark::On, "protected, excluded"),
        ("Out", view::Mark::Excluded, "excluded"),
        ("Seat", view::Mark::On, "protected, left on 3 Nov 2026"),
    ];
    assert_eq!(bench.names(), expected.map(|(name, ..)| name));
    for (at, (name, mark, state)) in expected.into_iter().enumerate() {
        assert_eq!((bench.row(at).mark, bench.state(at)), (mark, state.to_owned()), "{name}");
        let id = bench.session.roster.id(at).unwrap();
        assert_eq!(bench.session.roster.at(&id), Some(at), "{name}");
    }
    let all = "ticked 0 · seats 3 → 3 · excluded 2 · listed 8 · eligible 2 · protected 2";
    assert_eq!(counts(&bench), all);
    assert_eq!(rows(&bench, |rows| rows.domain.clone()), Some(Text::from("bakery5.example")));
    let eligible_and_on =
        |r: &Request| matches!(r, Request::SaveList(_, list) if list.listed == 8 && list.eligible == 4);
    assert_eq!(bench.count(eligible_and_on), 1);
}

#[test]
fn a_tick_is_a_draft_that_is_saved_within_a_second() {
    let mut bench = Bench::staffed();
    bench.mark(Mark::Toggle, &[1]);
    bench.mark(Mark::Toggle, &[2]);
    assert_eq!(bench.ticked(), 2);
    let wakes = |r: &Request| matches!(r, Request::Wake(wait) if wait.as_secs() == 1);
    assert_eq!(bench.count(wakes), 1, "changes are saved together");
    assert_eq!(bench.count(is_draft), 0);
    bench.answer(wakes, Reply::Woken);
    let both = |r: &Request| matches!(r, Request::SaveDraft(_, draft) if draft.exceptions.len() == 2);
    bench.answer(both, Reply::Saved);
    assert!(bench.session.roster.is_saved());
    bench.mark(Mark::Toggle, &[2]);
    assert_eq!(bench.ticked(), 1, "the second time unticks");
    bench.leave();
    assert_eq!(bench.count(is_draft), 2, "saved before leaving");
    assert_eq!(bench.count(is_apply), 0);
}

#[test]
fn ticks_that_could_not_be_saved_are_tried_again() {
    let mut bench = Bench::staffed();
    let is_wake = |r: &Request| matches!(r, Request::Wake(_));
    bench.mark(Mark::Tick, &[1]);
    bench.answer(is_wake, Reply::Woken);
    bench.answer(is_draft, failure("the record is locked"));
    assert!(bench.said().contains("the record is locked"));
    bench.answer(is_wake, Reply::Woken);
    assert_eq!(bench.count(is_draft), 2);
}

#[test]
fn the_draft_of_the_record_is_taken_up() {
    let draft = Draft::new(false, [id(2)]);
    let mut bench = Bench::with(RunRecord { draft, ..record() }, true);
    bench.facts(Protection::default());
    bench.list([staff()]);
    assert_eq!((bench.row(1).mark, bench.ticked()), (view::Mark::Ticked, 1));
}

#[test]
fn rows_that_cannot_be_ticked_say_why() {
    let mut bench = Bench::staffed();
    for (users, why) in [
        (&[3][..], "Shared mailboxes are not included. Include the kind"),
        (&[4], "Guests can't be protected"),
        (&[5], "two mailboxes"),
        (&[3, 4], "Nobody of these can be ticked"),
        (&[99], "not in the list"),
    ] {
        for mark in [Mark::Toggle, Mark::Tick] {
            bench.mark(mark, users);
            assert!(bench.said().contains(why), "{mark:?}: {}", bench.said());
        }
    }
    assert_eq!(bench.ticked(), 0);
    bench.mark(Mark::Toggle, &[4, 1]);
    assert_eq!((bench.ticked(), bench.said().as_str()), (1, ""), "the one that can be is");
}

#[test]
fn nobody_is_ticked_before_it_is_known_who_is_on() {
    let mut bench = Bench::with(record(), true);
    bench.part(staff());
    for mark in [Mark::Toggle, Mark::Tick, Mark::Invert, Mark::Exclude] {
        bench.mark(mark, &[1]);
        assert!(bench.said().contains("Reading what is on record"), "{mark:?}: {}", bench.said());
    }
    bench.act(Action::Kinds);
    assert!(bench.said().contains("Reading what is on record") && bench.question().0 == QuestionId::Users);
    bench.facts(Protection::default());
    assert_eq!((bench.ticked(), bench.count(Request::is_write)), (0, 0));
}

#[test]
fn all_is_a_mode_and_waits_for_the_end_of_the_list() {
    let mut bench = Bench::with(record(), true);
    bench.facts(Protection::default());
    bench.part(page(&[(1, "Mila", Kind::User)]));
    let all = |bench: &Bench| (bench.asked().all, bench.asked().is_arriving);
    assert_eq!(all(&bench), (Some(1), true));
    bench.give(Given::Mark(Mark::Tick, Which::All));
    assert!(bench.said().contains("All: users are ticked as they come."));
    bench.act(Action::Review);
    assert_eq!(bench.heading(), "What will be turned on");
    assert!(bench.scene().is_waiting && bench.scene().below.is_some());
    bench.part(page(&[(2, "Ana", Kind::User)]));
    assert!(bench.words().contains("2 users so far"), "{}", bench.words());
    let before = bench.question();
    bench.list([]);
    assert_eq!(bench.heading(), "Turn 2 users on?");
    assert_ne!(bench.question(), before, "what was answered to the waiting can't confirm the bill");
    bench.give(Given::Back);
    assert_eq!(all(&bench), (Some(2), false));
}

#[test]
fn a_failed_listing_keeps_its_rows_and_closes_all() {
    let mut bench = Bench::with(record(), true);
    bench.facts(Protection::default());
    bench.part(staff());
    bench.part(failure("Microsoft did not answer"));
    assert_eq!(bench.asked().all, None);
    bench.give(Given::Mark(Mark::Tick, Which::All));
    assert!(bench.said().contains("Microsoft did not answer"));
    bench.mark(Mark::Tick, &[2]);
    assert_eq!((bench.ticked(), bench.names().len()), (1, 5));
    let generation = bench.session.roster.generation();
    bench.act(Action::Refresh);
    assert_eq!(bench.names().len(), 0);
    assert_ne!(bench.session.roster.generation(), generation);
    bench.facts(Protection::default());
    bench.list([page(&[(3, "Front desk", Kind::Shared), (2, "Ana", Kind::User), (1, "Mila", Kind::User)])]);
    assert_eq!(bench.ticked(), 1, "ticks belong to users");
    assert_eq!(bench.session.roster.at(&RowId::User(id(2))), Some(1), "and so do rows");
}

/// Hits of a small page.
fn hits(page: u32, bits: u64) -> PageHits {
    PageHits { page, bits: [bits].into() }
}

#[test]
fn a_filter_searches_afresh_with_each_character() {
    let mut bench = Bench::staffed();
    bench.filter("m");
    bench.filter("mi");
    assert_eq!((bench.count(is_search), bench.cancelled.len()), (2, 1));
    for mark in [Mark::Tick, Mark::Untick, Mark::Invert] {
        bench.mark_shown(mark);
        assert!(bench.said().contains("still going on"), "{mark:?}: {}", bench.said());
    }
    bench.act(Action::Clear);
    assert!(bench.said().contains("still going on"));
    assert_eq!(bench.names().len(), 5, "the old rows stay until there are new ones");
    let call = bench.call(is_search);
    bench.reply(call, Reply::Hits(vec![hits(0, 0b1)]));
    bench.reply(call, Reply::Searched(Vec::new()));
    assert_eq!((bench.names(), bench.asked().these), (vec!["Mila".to_owned()], Some(1)));
    bench.mark_shown(Mark::Tick);
    assert_eq!(bench.ticked(), 1);
    bench.filter("");
    assert_eq!((bench.names().len(), bench.asked().these), (5, None));
    assert_eq!(bench.session.roster.at(&RowId::User(id(1))), Some(0), "Mila is found again");
    bench.mark_shown(Mark::Tick);
    assert_eq!(bench.ticked(), 1, "without a filter there is no These");
    assert!(bench.said().contains("what a filter shows"), "{}", bench.said());
}

#[test]
fn a_word_that_is_also_a_kind_or_a_state_is_offered_with_its_count() {
    let mut bench = Bench::staffed();
    let said = |bench: &Bench| {
        let notice = bench.scene().notice;
        notice.map_or_else(String::new, |notice| notice.words.in_words(WayOn::for_lines).to_string())
    };
    for (word, term, shown) in [
        ("shared", "kind:shared: 1. Type take for that.", ["Front desk"].as_slice()),
        ("guests", "kind:guest: 1. Type take for that.", &["Visitor"]),
        ("problem", "state:problem: 1. Type take for that.", &["Broken"]),
        ("not-included", "state:not-included: 2. Type take for that.", &["Front desk", "Visitor"]),
        ("off", "state:off: 2. Type take for that.", &["Mila", "Ana"]),
    ] {
        bench.filter(word);
        bench.answer(is_search, Reply::Searched(Vec::new()));
        assert!(said(&bench).starts_with(term), "{word}: {}", said(&bench));
        assert!(bench.names().is_empty(), "{word} keeps its plain meaning");
        bench.act(Action::Narrow);
        assert_eq!(bench.names(), shown, "{word}");
        assert!(!said(&bench).contains("take"), "{word}");
    }
    for word in ["excluded", "mila", "room"] {
        bench.filter(word);
        bench.answer(is_search, Reply::Searched(Vec::new()));
        assert!(!said(&bench).contains("take"), "{word}: nobody is that");
    }
}

#[test]
fn ticks_outside_the_filter_are_kept_and_counted() {
    let mut bench = Bench::staffed();
    bench.mark(Mark::Tick, &[1]);
    bench.filter("kind:shared");
    assert_eq!(bench.names(), ["Front desk"]);
    assert!(counts(&bench).starts_with("ticked 1 (1 outside the filter)"), "{}", counts(&bench));
    assert!(counts(&bench).contains("shown 1"), "{}", counts(&bench));
    for mark in [Mark::Tick, Mark::Invert, Mark::Untick] {
        bench.mark_shown(mark);
        assert_eq!(bench.ticked(), 1, "{mark:?}");
    }
    bench.act(Action::Clear);
    assert!(bench.said().contains("1 outside the filter stay ticked"));
    bench.filter("state:problem");
    assert_eq!(bench.names(), ["Broken"]);
    bench.filter("kind:zebra");
    assert!(rows(&bench, |rows| rows.search.as_ref().unwrap().problem.is_some()));
    bench.give(Given::Mark(Mark::Untick, Which::All));
    assert_eq!(bench.ticked(), 0, "all of them, whatever the filter shows");
}

#[test]
fn unticking_nobody_writes_nothing() {
    let mut bench = Bench::staffed();
    bench.give(Given::Mark(Mark::Untick, Which::All));
    assert_eq!(bench.count(|r| matches!(r, Request::Wake(_))), 0, "there is nothing to save");
    bench.leave();
    assert_eq!(bench.count(is_draft), 0);
}

#[test]
fn a_page_that_comes_during_a_search_gets_one_of_its_own() {
    let mut bench = Bench::with(record(), true);
    bench.facts(Protection::default());
    bench.part(staff());
    bench.filter("a");
    let first = bench.call(|r| matches!(r, Request::Search { first: 0, .. }));
    bench.part(page(&[(6, "Adam", Kind::User)]));
    let second = bench.call(|r| matches!(r, Request::Search { first: 1, .. }));
    bench.reply(second, Reply::Searched(vec![hits(1, 0b1)]));
    bench.reply(first, Reply::Hits(vec![hits(0, 0b11)]));
    bench.reply(first, Reply::Searched(Vec::new()));
    assert_eq!(bench.names(), ["Mila", "Ana", "Adam"], "in the order of arrival");
}

#[test]
fn a_sorted_user_is_found_again() {
    let mut bench = Bench::staffed();
    let mila = RowId::User(id(1));
    bench.act(Action::Sort);
    let call = bench.call(|r| matches!(r, Request::Sort(_)));
    assert_eq!(bench.names()[0], "Mila", "the rows stay until they are sorted");
    bench.reply(call, Reply::Sorted(vec![1, 4, 2, 0, 3]));
    assert_eq!(bench.names(), ["Ana", "Broken", "Front desk", "Mila", "Visitor"]);
    assert_eq!(rows(&bench, |rows| rows.sorted_by), Some(Column::Name));
    assert_eq!(bench.session.roster.at(&mila), Some(3));
    bench.act(Action::Sort);
    assert_eq!((bench.names()[0].as_str(), bench.session.roster.at(&mila)), ("Mila", Some(0)));
    assert_eq!(rows(&bench, |rows| rows.sorted_by), None);
}

#[test]
fn a_range_is_ticked_at_once_as_it_stood() {
    let mut bench = Bench::staffed();
    bench.mark_range(Mark::Toggle, 5, 1);
    assert_eq!(bench.ticked(), 2);
    bench.mark_range(Mark::Toggle, 1, 2);
    assert_eq!(bench.ticked(), 0, "all of them were ticked");
    let before = bench.session.roster.generation();
    bench.filter("kind:user");
    for which in [Which::Range(id(1), id(2), before), Which::Shown(before)] {
        bench.give(Given::Mark(Mark::Tick, which));
        assert!(bench.said().contains("Nobody was changed"), "{}", bench.said());
    }
    bench.mark_range(Mark::Tick, 1, 3);
    assert!(bench.said().contains("Nobody was changed"), "one end is not shown: {}", bench.said());
    assert_eq!(bench.ticked(), 0);
    assert!(matches!(bench.give(Given::Back), Step::Back));
}

#[test]
fn clear_can_be_taken_back() {
    let mut bench = Bench::staffed();
    let clear =
        |bench: &Bench| bench.scene().offers.iter().find(|o| o.action == Action::Clear).unwrap().label;
    bench.act(Action::Clear);
    assert_eq!(bench.said(), "Nobody is ticked.");
    bench.give(Given::Mark(Mark::Tick, Which::All));
    bench.act(Action::Clear);
    assert_eq!((bench.ticked(), clear(&bench)), (0, "ticks back"));
    bench.act(Action::Clear);
    assert_eq!((bench.ticked(), clear(&bench)), (2, "clear"));
    assert!(bench.session.roster.people.is_all());
}

#[test]
fn excluding_unticks_and_is_written_at_once() {
    let mut bench = Bench::staffed();
    bench.mark(Mark::Tick, &[1]);
    bench.mark(Mark::ToggleExclusion, &[1]);
    bench.mark(Mark::ToggleExclusion, &[2]);
    assert_eq!(bench.said(), "Saving. One moment.");
    let is_excluding = |r: &Request| matches!(r, Request::ChangeExclusions(_, change) if change.exclude);
    assert_eq!(bench.count(is_excluding), 1);
    bench.answer(is_excluding, Reply::Excluded(vec![id(1)]));
    assert_eq!((bench.row(0).mark, bench.ticked()), (view::Mark::Excluded, 0));
    let counted = bench.call(|r| matches!(r, Request::SaveList(_, list) if list.eligible == 1));
    bench.mark(Mark::Toggle, &[1]);
    assert!(bench.said().starts_with("Excluded. "), "{}", bench.said());
    bench.give(Given::Mark(Mark::Tick, Which::All));
    assert_eq!(bench.ticked(), 1, "All leaves out who is excluded");
    bench.mark(Mark::ToggleExclusion, &[1]);
    let is_lifting = |r: &Request| matches!(r, Request::ChangeExclusions(_, change) if !change.exclude);
    bench.answer(is_lifting, Reply::Excluded(Vec::new()));
    assert_eq!(bench.row(0).mark, view::Mark::Ticked);
    let is_whole = |r: &Request| matches!(r, Request::SaveList(_, list) if list.eligible == 2);
    assert_eq!(bench.count(is_whole), 1, "two saves at once could end in the wrong order");
    bench.reply(counted, Reply::Saved);
    assert_eq!(bench.count(is_whole), 2);
}

#[test]
fn one_answer_is_one_write_about_those_whom_it_changes() {
    let mut bench = Bench::staffed();
    let newest = |bench: &Bench| {
        let mut changes = bench.open.iter().rev().filter_map(|(call, request)| match request {
            Request::ChangeExclusions(_, change) => {
                Some((*call, change.users.iter().map(|user| user.id).collect::<Vec<_>>(), change.exclude))
            }
            _ => None,
        });
        changes.next().unwrap()
    };
    bench.mark_range(Mark::Exclude, 1, 3);
    let (call, users, exclude) = newest(&bench);
    assert_eq!((users, exclude), (vec![id(1), id(2), id(3)], true));
    bench.reply(call, Reply::Excluded(vec![id(1), id(2), id(3)]));
    bench.mark(Mark::Exclude, &[1, 2]);
    assert_eq!(newest(&bench).0, call, "they are excluded: nothing is written");
    // The one that was named first decides, wherever it stands.
    bench.mark(Mark::ToggleExclusion, &[4, 1, 2]);
    let (call, users, exclude) = newest(&bench);
    assert_eq!((users, exclude), (vec![id(4)], true));
    bench.reply(call, Reply::Excluded(vec![id(1), id(2), id(3), id(4)]));
    bench.mark_range(Mark::ToggleExclusion, 4, 2);
    let (call, users, exclude) = newest(&bench);
    assert_eq!((users, exclude), (vec![id(2), id(3), id(4)], false));
    bench.reply(call, failure("the record is locked"));
    assert!(bench.said().contains("the record is locked"));
    assert_eq!(bench.row(1).mark, view::Mark::Excluded, "nothing is true that was not written");
}

#[test]
fn kinds_are_one_choice() {
    let mut bench = Bench::staffed();
    bench.give(Given::Mark(Mark::Tick, Which::All));
    bench.act(Action::Kinds);
    assert_eq!((bench.question().0, bench.scene().shape), (QuestionId::Kinds, Shape::Form));
    assert!(bench.words().contains("1 listed"), "{}", bench.words());
    let include = |at| Given::Fill(FieldId::Included(Kind::Shared), Value::Choice(at));
    bench.give(include(1));
    bench.give(include(1));
    bench.give(Given::Fill(FieldId::Included(Kind::Guest), Value::Choice(1)));
    bench.give(Given::Submit);
    let shared = Kinds::default().toggled(Kind::Shared);
    let is_saving = |r: &Request| matches!(r, Request::SaveKinds(_, kinds) if *kinds == shared);
    assert!(bench.scene().is_waiting);
    bench.give(Given::Back);
    assert_eq!(bench.question().0, QuestionId::Kinds, "what is being saved is seen through");
    bench.answer(is_saving, Reply::Saved);
    assert_eq!((bench.ticked(), bench.question().0), (3, QuestionId::Users));
    let is_whole = |r: &Request| matches!(r, Request::SaveList(_, list) if list.eligible == 3);
    assert_eq!(bench.count(is_whole), 1, "the receipt says it");
    bench.act(Action::Kinds);
    bench.give(Given::Submit);
    assert_eq!((bench.count(is_saving), bench.question().0), (1, QuestionId::Users), "nothing has changed");
}

/// Mila, and three that are not checked yet.
fn unchecked() -> Reply {
    page(&[
        (1, "Mila", Kind::User),
        (2, "Ana", Kind::NotKnownYet),
        (3, "Front desk", Kind::NotKnownYet),
        (4, "Depot", Kind::NotKnownYet),
    ])
}

#[test]
fn a_list_that_is_whole_can_be_used_while_its_mailboxes_are_checked() {
    let mut bench = Bench::with(record(), true);
    bench.facts(Protection::default());
    bench.part(unchecked());
    bench.part(Reply::Whole(4));
    assert_eq!((bench.asked().checking, bench.asked().is_arriving), (Some(3), false));
    assert!(counts(&bench).contains("not checked yet 3"), "{}", counts(&bench));
    let unchecked = |n| move |r: &Request| matches!(r, Request::SaveList(_, list) if list.unchecked == n);
    assert_eq!(bench.count(unchecked(3)), 1);
    bench.answer(is_counts, Reply::Saved);
    bench.give(Given::Mark(Mark::Tick, Which::All));
    bench.act(Action::Review);
    let waits = || (QuestionId::Unchecked, Shape::Confirm { default: false });
    assert_eq!((bench.question().0, bench.scene().shape), waits(), "All waits for the checks");
    assert_eq!(bench.heading(), "3 mailboxes are still being checked.");
    bench.give(Given::Yes);
    assert_eq!(bench.heading(), "Turn 1 user on?", "the bill is there for whoever does not wait");
    let words = bench.words();
    assert!(words.contains("NotKnownYet") && words.contains("this bill leaves them off"), "{words}");
    bench.give(Given::Back);
    bench.act(Action::Review);
    assert_eq!((bench.question().0, bench.scene().shape), waits());
    bench.give(Given::Back);
    bench.part(Reply::Kinds(vec![(id(2), Kind::User), (id(3), Kind::Shared), (id(4), Kind::OnPremises)]));
    assert_eq!((bench.asked().checking, bench.ticked()), (Some(0), 2));
    bench.part(Reply::Listed(Listed { total: 4 }));
    assert_eq!((bench.asked().checking, bench.count(unchecked(0))), (None, 1));
    assert!(!counts(&bench).contains("not checked yet"), "{}", counts(&bench));
    bench.mark(Mark::Tick, &[4]);
    assert_eq!(bench.said(), "Mailboxes on the customer's own server can't be protected.");
}

/// Nobody types the number of a bill that lacks those who turn out to be users.
#[test]
fn the_bill_of_everybody_comes_by_itself_once_the_mailboxes_are_checked() {
    for is_early in [false, true] {
        let mut bench = Bench::with(record(), true);
        bench.facts(Protection::default());
        bench.part(unchecked());
        bench.part(Reply::Whole(4));
        bench.give(Given::Mark(Mark::Tick, Which::All));
        bench.act(Action::Review);
        if is_early {
            bench.give(Given::Yes);
        }
        let before = bench.question();
        bench.part(Reply::Kinds(vec![(id(2), Kind::User), (id(3), Kind::Shared), (id(4), Kind::User)]));
        bench.part(Reply::Listed(Listed { total: 4 }));
        assert_eq!(bench.heading(), "Turn 3 users on?");
        assert_ne!(bench.question(), before, "what is typed to the earlier bill is dropped");
        assert_eq!(bench.words().contains("have been checked meanwhile"), is_early);
        assert!(!bench.words().contains("still being checked"), "{}", bench.words());
    }
}

/// All was for everybody: who turns out to be a user after the Apply is not "not chosen".
#[test]
fn all_goes_on_while_kinds_are_unknown() {
    let mut bench = Bench::with(record(), true);
    bench.facts(Protection::default());
    bench.part(unchecked());
    bench.part(Reply::Whole(4));
    bench.give(Given::Mark(Mark::Tick, Which::All));
    bench.act(Action::Review);
    bench.give(Given::Yes);
    bench.give(Given::Yes);
    let call = bench.call(is_apply);
    end(&mut bench, call, |_| SeatOutcome::TurnedOn);
    assert!(bench.session.roster.people.is_all());
    bench.part(Reply::Kinds(vec![(id(2), Kind::User), (id(3), Kind::Shared), (id(4), Kind::OnPremises)]));
    assert_eq!(bench.ticked(), 1, "the one who turned out to be a user");
    let draft = &bench.session.roster.people.draft();
    assert!(draft.all && draft.exceptions.is_empty());
}

#[test]
fn unchecked_mailboxes_are_included_by_a_choice_of_their_own() {
    let mut bench = Bench::with(record(), true);
    bench.facts(Protection::default());
    bench.list([unchecked()]);
    bench.give(Given::Mark(Mark::Tick, Which::All));
    assert_eq!(bench.ticked(), 1);
    bench.act(Action::Kinds);
    bench.give(Given::Fill(FieldId::Included(Kind::NotKnownYet), Value::Choice(1)));
    bench.give(Given::Submit);
    bench.answer(|r| matches!(r, Request::SaveKinds(..)), Reply::Saved);
    assert_eq!(bench.ticked(), 4);
}

#[test]
fn the_bill_of_auto_counts_unchecked_mailboxes_as_the_most_there_can_be() {
    let mut bench = Bench::with(record(), true);
    bench.facts(Protection::default());
    bench.part(unchecked());
    bench.part(Reply::Whole(4));
    bench.act(Action::Auto);
    let sweeper = SweeperStatus::on("nas");
    bench.answer(|r| matches!(r, Request::LoadSweeper), Reply::Sweeper(sweeper));
    let words = bench.words();
    assert!(words.contains("3 mailboxes are not checked yet and stand here as user mailboxes"), "{words}");
    // A check that ends meanwhile takes one away: the number stays the most that there can be.
    bench.part(Reply::Kinds(vec![(id(3), Kind::Shared)]));
    bench.give(Given::Number(4));
    let makes = |r: &Request| matches!(r, Request::MakeRule { confirmed: 4, .. });
    assert_eq!(bench.count(makes), 1, "{}", bench.words());
}

#[test]
fn with_seats_missing_the_number_is_what_will_be_billed() {
    for (limit, heading) in [(1, "Turn 1 of 2 users on?"), (0, "Finish without turning anybody on?")] {
        let mut bench = Bench::with(record(), true);
        bench.facts(Protection { limit: Some(limit), ..Protection::default() });
        bench.part(staff());
        bench.mark_range(Mark::Tick, 1, 2);
        assert!(counts(&bench).contains(&format!("seats 0 → 2 of {limit}")), "{}", counts(&bench));
        bench.act(Action::Review);
        assert_eq!(bench.heading(), heading);
        let words = bench.words();
        let says = if limit == 0 { "no seat is left" } else { "no seat is left stay off" };
        assert!(words.contains(says) && words.contains("limit: Some("), "{words}");
        bench.give(Given::Yes);
        // All chosen users go to the record, which gives out the seats that are left and says who got none.
        let applies = bench.count(|r| matches!(r, Request::Apply(_, users) if users.len() == 2));
        assert_eq!(applies, usize::try_from(limit).unwrap());
        if limit == 0 {
            assert_eq!(bench.question().0, QuestionId::Unapplied, "the ticked users are named before");
        }
    }
}

/// What is wrong with the last answer to a question for a number.
fn problem(bench: &Bench) -> String {
    match bench.scene().shape {
        Shape::Number(asked) => asked.problem.map(|p| p.for_commands().to_string()).unwrap_or_default(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_number_is_typed_and_a_list_that_changed_is_shown_again() {
    let mut bench = Bench::with(record(), true);
    bench.facts(Protection { limit: Some(2), ..Protection::default() });
    bench.part(staff());
    bench.mark_range(Mark::Tick, 1, 2);
    bench.act(Action::Review);
    assert_eq!(bench.heading(), "Turn 2 users on?");
    assert!(bench.words().contains("Users are still arriving"));
    let mut before = bench.question();
    for (given, why) in
        [(Given::Number(3), "The table says 2. Nothing has been changed."), (Given::Yes, "Type 2 to go on.")]
    {
        bench.give(given);
        assert_eq!(problem(&bench), why);
        assert_ne!(std::mem::replace(&mut before, bench.question()), bench.question(), "asked once more");
    }
    bench.part(Reply::Kinds(vec![(id(2), Kind::Guest)]));
    assert_eq!(bench.heading(), "Turn 2 users on?", "what is shown stays as it is");
    bench.give(Given::Number(2));
    assert_eq!(bench.heading(), "Turn 1 user on?");
    assert!(bench.words().contains("changed meanwhile"));
    assert_ne!(bench.question(), before);
    assert_eq!(bench.count(is_apply), 0);
    assert_eq!(bench.scene().shape, Shape::Confirm { default: true }, "one seat is not typed");
    bench.give(Given::Yes);
    assert_eq!(bench.count(|r| matches!(r, Request::Apply(_, users) if users.len() == 1)), 1);
}

#[test]
fn with_nobody_ticked_the_default_finishes_behind_a_question() {
    let mut bench = Bench::staffed();
    let first = |bench: &Bench| (bench.scene().offers[0].action, bench.scene().offers[0].label);
    assert_eq!(first(&bench), (Action::Review, "finish"));
    bench.act(Action::Review);
    assert_eq!(bench.heading(), "Finish without turning anybody on?");
    assert_eq!(bench.scene().shape, Shape::Confirm { default: false }, "who forgot to tick is led back");
    let words = bench.words();
    assert!(words.contains("Nobody is ticked, so nobody will be turned on. Correct it to tick"), "{words}");
    let offers: Vec<_> = bench.scene().offers.iter().map(|offer| (offer.label, offer.is_default)).collect();
    assert_eq!(offers[..2], [("finish", false), ("back to the users", true)]);
    bench.give(Given::No);
    assert_eq!(bench.question().0, QuestionId::Users);
    bench.act(Action::Review);
    assert!(matches!(bench.give(Given::Yes), Step::Next(_)));
    // Where everybody is on there is nothing to go back for.
    let mut bench = Bench::with(record(), true);
    bench.facts(Protection { seats: vec![seat(1), seat(2)], ..Protection::default() });
    bench.list([staff()]);
    bench.act(Action::Review);
    assert_eq!(bench.heading(), "Finish without turning anybody else on?");
    assert_eq!(bench.scene().shape, Shape::Confirm { default: true });
}

#[test]
fn with_enable_auto_on_and_nobody_ticked_the_default_finishes_at_once() {
    let ruled = || Protection { rule: Some(rule(None)), ..Protection::default() };
    let mut bench = Bench::with(record(), true);
    bench.facts(ruled());
    bench.list([staff()]);
    assert!(
        matches!(bench.act(Action::Review), Step::Next(_)),
        "the rule turns them on, so nobody is missed"
    );
    let mut bench = Bench::with(record(), true);
    bench.facts(ruled());
    bench.list([staff()]);
    bench.mark(Mark::Tick, &[1]);
    assert!(matches!(bench.act(Action::Review), Step::Stay));
    assert_eq!(bench.heading(), "Turn 1 user on?", "ticked users are turned on now, rule or not");
}

fn applying() -> Bench {
    let mut bench = Bench::staffed();
    bench.give(Given::Mark(Mark::Tick, Which::All));
    bench.act(Action::Review);
    bench.give(Given::Number(2));
    bench
}

/// Ends a bulk write with one result for each user.
fn end(bench: &mut Bench, call: CallId, outcome: impl Fn(&Chosen) -> SeatOutcome) {
    let results = bench.results(outcome);
    bench.reply(call, Reply::Batch(results));
    bench.reply(call, Reply::Saved);
}

#[test]
fn apply_gives_one_result_per_user_and_all_is_once() {
    let mut bench = applying();
    let call = bench.call(is_apply);
    assert_eq!(
        (bench.state(0).as_str(), bench.question().0),
        (State::TurningOn.word(), QuestionId::Applying)
    );
    assert!(bench.scene().is_waiting && bench.scene().next_change.is_some_and(|at| at > now()));
    end(&mut bench, call, |user| {
        if user.id == id(1) { SeatOutcome::TurnedOn } else { SeatOutcome::Failed(Text::from("locked")) }
    });
    assert_eq!(bench.heading(), "Partly done: 1 of 2 protected");
    assert_eq!((bench.row(0).mark, bench.row(1).mark), (view::Mark::On, view::Mark::Ticked));
    assert!(!bench.session.roster.people.is_all());
    let scene = bench.scene();
    let Some(Block::Rows(results)) = scene.page.blocks.last() else { panic!("{:?}", scene.page) };
    assert_eq!(results.rows.id(0), Some(RowId::User(id(2))), "those that did not go well come first");
    assert!(scene.offers[0].is_default && scene.offers[0].action == Action::Finish);
    drop(scene);
    assert!(matches!(bench.act(Action::Finish), Step::Stay), "ticks are saved first");
    let step = bench.answer(is_draft, Reply::Saved);
    assert!(matches!(step, Step::Next(_)));
}

#[test]
fn stopping_an_apply_is_asked_first() {
    let mut bench = applying();
    let call = bench.call(is_apply);
    bench.give(Given::Yes);
    assert!(!bench.cancelled.contains(&call), "yes alone stops nothing");
    bench.give(Given::Back);
    assert_eq!(bench.scene().shape, Shape::Confirm { default: false });
    assert!(bench.question().0 == QuestionId::StopApplying && !bench.scene().is_waiting);
    assert!(bench.words().contains("Stop after this batch?"));
    bench.give(Given::No);
    assert_eq!(bench.question().0, QuestionId::Applying);
    bench.act(Action::Stop);
    bench.give(Given::Yes);
    assert!(bench.cancelled.contains(&call));
    bench.act(Action::Stop);
    assert_eq!(bench.question().0, QuestionId::Applying, "it is stopping already");
    end(&mut bench, call, |_| SeatOutcome::Stopped);
    assert_eq!(bench.heading(), "Partly done: 0 of 2 protected");
    assert_eq!(bench.ticked(), 2, "who was not tried stays ticked");
}

#[test]
fn an_apply_that_ends_under_the_question_whether_to_stop_asks_another_one() {
    let mut bench = applying();
    let call = bench.call(is_apply);
    bench.act(Action::Stop);
    let before = bench.question();
    end(&mut bench, call, |_| SeatOutcome::TurnedOn);
    assert_ne!(bench.question(), before, "yes to stopping is no yes to this");
    assert_eq!(bench.heading(), "2 users protected");
}

#[test]
fn a_broken_apply_sends_only_the_rest_again() {
    let mut bench = applying();
    let call = bench.call(is_apply);
    let mut results = bench.results(|_| SeatOutcome::TurnedOn);
    results.truncate(1);
    bench.reply(call, Reply::Batch(results));
    bench.reply(call, failure("the disk is full"));
    assert_eq!((bench.heading().as_str(), bench.question().0), ("Broken off", QuestionId::BrokenOff));
    assert!(bench.words().contains("the disk is full") && bench.words().contains("had no answer"));
    assert!(bench.scene().offers[0].is_default && bench.scene().offers[0].action == Action::Refresh);
    bench.act(Action::Refresh);
    assert_eq!(bench.count(|r| matches!(r, Request::Apply(_, users) if users.len() == 1)), 1);
    assert_eq!(bench.question().0, QuestionId::Applying);
}

#[test]
fn what_was_confirmed_before_is_completed_without_asking() {
    let mut record = record();
    record.unfinished =
        vec![Chosen { id: id(2), address: Text::from("u2@x"), name: Text::from("Ana"), kind: Kind::User }];
    let mut bench = Bench::with(record.clone(), true);
    assert_eq!(bench.heading(), "Completing what was confirmed before");
    let call = bench.call(is_apply);
    end(&mut bench, call, |_| SeatOutcome::TurnedOn);
    assert_eq!(bench.heading(), "1 more user protected");
    bench.facts(Protection { seats: vec![seat(2)], ..Protection::default() });
    bench.list([staff()]);
    bench.give(Given::Back);
    assert_eq!(bench.row(1).mark, view::Mark::On);
    bench.enter();
    assert_eq!(bench.count(is_apply), 1);
    let held = Bench::with(RunRecord { is_read_only: true, ..record }, true);
    assert_eq!(held.count(Request::is_write), 0, "the process that holds the run completes it");
}

#[test]
fn auto_counts_several_sweepers_and_says_which_is_silent() {
    let days = |days: u64| now().minus(Duration::from_hours(24 * days));
    let mut sweeper = SweeperStatus::on("ops-1");
    sweeper.sweepers.push(Sweeper { last_pass: Some(days(1)), ..Sweeper::on("ops-2") });
    let mut bench = Bench::staffed();
    bench.act(Action::Auto);
    let silent = Sweeper { heard: days(4), ..Sweeper::on("ops-3") };
    let all = SweeperStatus { sweepers: [sweeper.sweepers.as_slice(), &[silent]].concat(), ..sweeper };
    bench.answer(|r| matches!(r, Request::LoadSweeper), Reply::Sweeper(all));
    let words = bench.words();
    let says =
        "2 sweepers, last sweep Sun 22 Nov 2026 16:48 AEDT; the sweeper on ops-3 has not been heard of since";
    assert!(words.contains(says), "{words}");
}

#[test]
fn auto_shows_bill_and_clock_and_names_the_sweeper() {
    let mut bench = Bench::staffed();
    bench.act(Action::Auto);
    assert!(bench.scene().is_waiting && bench.question().0 == QuestionId::Auto);
    let sweeper = SweeperStatus::on("ops-1");
    bench.answer(|r| matches!(r, Request::LoadSweeper), Reply::Sweeper(sweeper));
    let words = bench.words();
    assert!(words.contains("Mon 23 Nov 20:00 AEDT, 17:00 in Perth, in 3 h 12 min"), "{words}");
    assert!(
        words.contains("ops-1, no sweep yet") && words.contains("turned on at the next sweep"),
        "{words}"
    );
    assert!(
        words.contains("\"At most, seats\", value: \"12\"") && words.contains("confirms: Some(2)"),
        "{words}"
    );
    assert_eq!(bench.scene().next_change, Some(sweep::next_minute(now())));
    bench.act(Action::Ceiling);
    assert!(bench.words().contains("proposed: Some(12)"), "{}", bench.words());
    let before = bench.question();
    bench.give(Given::Number(1));
    assert!(problem(&bench).contains("would turn on nobody"));
    assert_ne!(bench.question(), before);
    bench.give(Given::Number(20));
    assert_eq!(bench.heading(), "May Enable Auto use 20 seats?", "more than twice the two that are needed");
    assert_eq!(bench.scene().shape, Shape::Confirm { default: false });
    bench.give(Given::No);
    assert_eq!(bench.question().0, QuestionId::Ceiling);
    bench.give(Given::Number(20));
    bench.give(Given::Yes);
    assert_eq!((bench.heading().as_str(), bench.question().0), ("Switch Enable Auto on?", QuestionId::Auto));
    let is_making = |r: &Request| matches!(r, Request::MakeRule { .. });
    bench.give(Given::Yes);
    bench.give(Given::Number(20));
    assert_eq!(bench.count(is_making), 0, "the number is typed");
    bench.give(Given::Number(2));
    let call = bench.call(|r| matches!(r, Request::MakeRule { confirmed: 2, ceiling: 20, .. }));
    bench.reply(call, Reply::Rule(Some(rule(None))));
    assert_eq!(bench.state(0), State::Scheduled.word());
    assert_eq!(bench.row(0).mark, view::Mark::Off, "a rule is no tick");
    assert_eq!(bench.scene().next_change, Some(sweep::next_minute(now())), "the countdown runs");
    assert_eq!(bench.count(|r| matches!(r, Request::Wake(_))), 0, "the wizard wakes the view");
}

#[test]
fn with_seats_missing_auto_proposes_what_can_come_true() {
    for (limit, says) in
        [(1, "1 user can be turned on now"), (0, "Order 2 seats; then run: “backup365 customers set")]
    {
        let mut bench = Bench::with(record(), true);
        bench.facts(Protection { limit: Some(limit), ..Protection::default() });
        bench.list([staff()]);
        bench.act(Action::Auto);
        let sweeper = SweeperStatus::on("ops-1");
        bench.answer(|r| matches!(r, Request::LoadSweeper), Reply::Sweeper(sweeper));
        assert_eq!(bench.question().0, QuestionId::NoSeats);
        let words = bench.words();
        assert!(
            words.contains("missing for 2 users, and a sweep turns on nobody") && words.contains(says),
            "{words}"
        );
        bench.give(Given::Number(2));
        assert_eq!(bench.question().0, QuestionId::NoSeats, "no number is taken that can't come true");
        bench.give(Given::Yes);
        if limit == 1 {
            assert_eq!((bench.heading().as_str(), bench.ticked()), ("Turn 1 of 2 users on?", 2));
        } else {
            assert_eq!((bench.question().0, bench.ticked()), (QuestionId::NoSeats, 0));
            bench.give(Given::Back);
            assert_eq!(bench.question().0, QuestionId::Users);
        }
    }
}

/// A run with a hoster whose list an operator gave, or that is searched.
fn hosted(listing: Listing) -> RunRecord {
    let impersonation = Impersonation {
        server: Text::from("https://mail.hoster.example/EWS/Exchange.asmx"),
        account: Text::from("svc@hoster.example"),
        password: Secret::new("secret".to_owned()),
        sample: "ana@bakery.example".parse().unwrap(),
        domains: Vec::new(),
        listing,
    };
    RunRecord { product: Product::MpExchange, impersonation: Some(impersonation), ..record() }
}

#[test]
fn a_bill_names_whom_it_turns_on() {
    let mut bench = Bench::with(record(), true);
    bench.facts(Protection { limit: Some(3), ..Protection::default() });
    bench.list([staff(), page(&[(6, "Tom", Kind::User), (7, "Zoe", Kind::User)])]);
    for (ticked, says) in [
        (vec![1], "Mila <u1@bakery5.example>\""),
        (vec![2], "Mila <u1@bakery5.example>, Ana <u2@bakery5.example>\""),
        (vec![6, 7], "Mila <u1@bakery5.example>, Ana <u2@bakery5.example>, Tom <u6@bakery5.example>\""),
    ] {
        bench.mark(Mark::Tick, &ticked);
        bench.act(Action::Review);
        assert!(
            bench.words().contains(&format!("label: \"Turned on\", value: \"{says}")),
            "{}",
            bench.words()
        );
        bench.give(Given::Back);
    }
    bench.act(Action::Review);
    assert_eq!(bench.heading(), "Turn 3 of 4 users on?");
    assert!(bench.words().contains("the first 3 in the order of arrival get one"), "{}", bench.words());
    let user = |name: &'static str| (Text::from(name), Text::from("u@bakery.example"));
    let users = ["Mila", "Ana", "Tom", "Zoe"].map(user).into_iter();
    assert!(words::first_named(18, users).is_some_and(|names| names.as_str() == "Mila, Ana and 16 more"));
}

#[test]
fn a_hosters_mailboxes_are_billed_as_what_they_may_be() {
    const UNTOLD: &str = "This server does not tell shared mailboxes and rooms from people.";
    let mut bench = Bench::with(hosted(Listing::Directory), true);
    let elsewhere = Protection { used_elsewhere: 1, seated_elsewhere: vec![id(1)], ..Protection::default() };
    bench.facts(elsewhere);
    bench.list([page(&[(1, "Mila", Kind::Mailbox), (2, "Cellar Door", Kind::Mailbox)])]);
    assert!(bench.words().contains(&format!("{UNTOLD} Exclude users with --exclude.")), "{}", bench.words());
    assert!(bench.scene().offers.iter().all(|offer| offer.action != Action::Kinds));
    bench.act(Action::Kinds);
    assert_eq!(bench.question().0, QuestionId::Users, "no kind can be chosen");
    bench.give(Given::Mark(Mark::Tick, Which::All));
    bench.act(Action::Review);
    let words = bench.words();
    assert!(words.contains("turn_on: [(Mailbox, 2)]") && words.contains("second: 1"), "{words}");
    assert!(words.contains(UNTOLD), "{words}");
}

#[test]
fn a_list_that_was_given_stays_as_it_is_and_the_bills_say_so() {
    const FIXED: &str = "Only the mailboxes on the pasted list. New ones must be added to it.";
    let list = Listing::Given(vec!["ana@bakery.example".parse().unwrap()]);
    let mut bench = Bench::with(hosted(list), true);
    let sweeper = SweeperStatus::on("ops-1");
    bench.facts(Protection { sweeper: sweeper.clone(), ..Protection::default() });
    bench.list([page(&[(1, "Mila", Kind::Mailbox), (2, "Broken", Kind::Mailbox)])]);
    bench.mark(Mark::Tick, &[1]);
    bench.act(Action::Review);
    assert!(bench.words().contains("1 mailbox has a problem and can't be turned on"), "{}", bench.words());
    bench.give(Given::Back);
    bench.act(Action::Auto);
    bench.answer(|r| matches!(r, Request::LoadSweeper), Reply::Sweeper(sweeper));
    let words = bench.words();
    assert!(words.contains(FIXED) && !words.contains("made later"), "{words}");
    bench.give(Given::Yes);
    bench.answer(|r| matches!(r, Request::MakeRule { .. }), Reply::Rule(Some(rule(None))));
    assert!(bench.words().contains(FIXED), "{}", bench.words());
    let says = bench.screen.card(bench.look()).say;
    assert!(!says.as_str().contains("by themselves"), "{says}");
    let details = bench.session.roster.details(1).unwrap().for_commands();
    assert!(details.as_str().contains("problem: two mailboxes have this address"), "{details}");
}

#[test]
fn where_no_seat_is_left_it_is_said_how_more_come_on_record() {
    let mut bench = Bench::with(record(), true);
    bench.facts(Protection { limit: Some(1), seats: vec![seat(1)], ..Protection::default() });
    bench.list([staff()]);
    bench.act(Action::Review);
    assert_eq!(bench.heading(), "Finish without turning anybody else on?");
    let words = bench.words();
    let order =
        "Order 1 seat; then run: “backup365 customers set C-0005 --seats 2”. Then list the users again.";
    assert!(words.contains("no seat is left. ") && words.contains(order), "{words}");
}

#[test]
fn whoever_is_excluded_is_named_beside_the_bill() {
    let mut bench = Bench::staffed();
    bench.mark(Mark::Tick, &[1]);
    bench.session.roster.record_changed(|people| people.exclude(vec![id(2)]));
    bench.act(Action::Review);
    assert!(bench.words().contains("Excluded: Ana."), "{}", bench.words());
}

#[test]
fn without_a_sweeper_auto_asks_first() {
    let mut bench = Bench::staffed();
    for given in [Given::No, Given::Yes] {
        bench.act(Action::Auto);
        bench.answer(|r| matches!(r, Request::LoadSweeper), Reply::Sweeper(SweeperStatus::default()));
        assert!(bench.words().contains("Nothing will run at 20:00: no sweeper is installed"));
        assert_eq!(bench.scene().shape, Shape::Confirm { default: false });
        bench.give(given);
    }
    assert_eq!(bench.heading(), "Switch Enable Auto on?");
    bench.give(Given::Back);
    assert_eq!(bench.question().0, QuestionId::Users);
}

#[test]
fn without_a_sweeper_bill_rule_and_rows_promise_no_sweep() {
    const NOTHING: &str = "othing will run at 20:00: no sweeper is installed. Ask your lead to run backup365 sweep --install on the computer that has this record; it must stay on.";
    let mut bench = Bench::staffed();
    bench.act(Action::Auto);
    bench.answer(|r| matches!(r, Request::LoadSweeper), Reply::Sweeper(SweeperStatus::default()));
    assert!(bench.words().contains(NOTHING), "{}", bench.words());
    assert!(!bench.words().contains("in 3 h 12 min"), "{}", bench.words());
    bench.give(Given::Yes);
    assert!(bench.words().contains(NOTHING), "{}", bench.words());
    assert!(!bench.words().contains("in 3 h 12 min"), "{}", bench.words());
    assert!(bench.words().contains("Until then nobody is turned on."), "{}", bench.words());
    bench.give(Given::Number(2));
    bench.answer(|r| matches!(r, Request::MakeRule { .. }), Reply::Rule(Some(rule(None))));
    assert_eq!(bench.said(), "Enable Auto is on, and nothing will run at 20:00: no sweeper is installed.");
    assert_eq!(bench.state(0), "waits for a sweep");
    let lead = "no sweeper is installed. Your lead runs backup365 sweep --install";
    assert!(bench.words().contains(lead), "{}", bench.words());
    let says = bench.screen.card(bench.look()).say;
    assert!(
        says.as_str().contains("are to be turned on as soon as something on our side is ready"),
        "{says}"
    );
    bench.act(Action::Auto);
    assert!(bench.words().contains(NOTHING) && !bench.words().contains("in 3 h 12 min"), "{}", bench.words());
}

#[test]
fn a_row_is_scheduled_only_while_a_pass_will_turn_it_on() {
    let host = || SweeperStatus::on("ops-1");
    for (sweeper, limit, state, says) in [
        (host(), None, State::Scheduled, "next sweep due"),
        (SweeperStatus::default(), None, State::Stalled, "no sweeper is installed"),
        (SweeperStatus { has_stopped: true, ..host() }, None, State::Stalled, "the sweep is overdue"),
        (host(), Some(1), State::Stalled, "1 seat is missing"),
        (host(), Some(2), State::Scheduled, "next sweep due"),
    ] {
        let mut bench = Bench::with(record(), true);
        bench.facts(Protection { rule: Some(rule(None)), sweeper, limit, ..Protection::default() });
        bench.list([staff()]);
        assert_eq!(bench.state(0), state.word(), "{says}");
        assert!(bench.words().contains(says), "{}", bench.words());
        let of = |state| bench.session.roster.people.count_in(state);
        assert_eq!(of(State::Scheduled) + of(State::Stalled), 2);
        assert_eq!(of(State::Off), 0);
    }
}

#[test]
fn a_listed_user_whose_seat_is_marked_as_left_is_not_counted_among_the_eligible() {
    let mut bench = Bench::with(record(), true);
    let gone = Seat { left: Some(now()), ..seat(1) };
    bench.facts(Protection { seats: vec![gone], ..Protection::default() });
    bench.list([staff()]);
    let is_so =
        |r: &Request| matches!(r, Request::SaveList(_, list) if (list.listed, list.eligible) == (5, 1));
    assert_eq!(bench.count(is_so), 1, "Ana; the seat of Mila is one of a leaver's");
}

#[test]
fn a_list_that_changed_shows_the_bill_of_auto_again() {
    let mut bench = Bench::staffed();
    bench.act(Action::Auto);
    let sweeper = SweeperStatus::on("ops-1");
    bench.answer(|r| matches!(r, Request::LoadSweeper), Reply::Sweeper(sweeper));
    assert_eq!(bench.heading(), "Switch Enable Auto on?", "what is proposed stands beside the bill");
    bench.session.roster.record_changed(|people| people.exclude(vec![id(1)]));
    bench.give(Given::Number(2));
    assert_eq!((bench.question().0, bench.count(Request::is_write)), (QuestionId::Auto, 1), "the counts");
    assert!(bench.words().contains("changed meanwhile"), "{}", bench.words());
    bench.give(Given::Yes);
    assert_eq!(bench.count(|r| matches!(r, Request::MakeRule { confirmed: 1, ceiling: 11, .. })), 1);
}

#[test]
fn after_the_first_sweep_only_an_admin_undoes_the_rule() {
    for (is_admin, last_pass, is_open) in
        [(false, None, true), (false, Some(now()), false), (true, Some(now()), true)]
    {
        let mut bench = Bench::with(record(), is_admin);
        let sweeper = SweeperStatus::on("ops-1");
        bench.facts(Protection { rule: Some(rule(last_pass)), sweeper, ..Protection::default() });
        bench.list([staff()]);
        assert!(bench.words().contains("next sweep due"));
        bench.act(Action::Auto);
        assert_eq!(bench.scene().shape, Shape::Confirm { default: false }, "Enter takes nothing away");
        bench.give(Given::Yes);
        let is_undoing = |r: &Request| matches!(r, Request::UndoRule(_));
        assert_eq!(bench.count(is_undoing) == 1, is_open);
        if is_open {
            bench.answer(is_undoing, Reply::Rule(None));
            assert_eq!(bench.state(0), State::Off.word());
        } else {
            assert!(bench.said().contains("only an Admin"), "{}", bench.said());
        }
    }
}

#[test]
fn turning_off_is_for_admins_and_the_count_is_typed() {
    let facts = || Protection { seats: vec![seat(1)], ..Protection::default() };
    let mut bench = Bench::with(record(), false);
    bench.facts(facts());
    bench.list([staff()]);
    assert!(!bench.asked().may_turn_off);
    bench.mark(Mark::Off, &[1]);
    assert!(bench.said().contains("Only an Admin") && bench.question().0 == QuestionId::Users);
    let mut bench = Bench::with(record(), true);
    bench.facts(facts());
    bench.list([staff()]);
    assert!(bench.asked().may_turn_off);
    bench.mark(Mark::Off, &[2, 3]);
    assert_eq!(bench.said(), "Nobody here is protected.");
    bench.mark(Mark::Off, &[1, 2, 3]);
    assert_eq!(bench.heading(), "Turn 1 user off?", "one question about all of them who are on");
    assert!(bench.words().contains("until its retention ends"));
    let is_off = |r: &Request| matches!(r, Request::TurnOff(..));
    bench.give(Given::Yes);
    assert_eq!((problem(&bench).as_str(), bench.count(is_off)), ("Type 1 to go on.", 0));
    bench.give(Given::Number(2));
    assert_eq!(bench.count(is_off), 0);
    bench.give(Given::Number(1));
    let call = bench.call(is_off);
    end(&mut bench, call, |_| SeatOutcome::TurnedOff);
    assert_eq!(bench.heading(), "1 user turned off");
    assert_eq!(bench.row(0).mark, view::Mark::Off);
    bench.give(Given::Back);
    assert_eq!(bench.question().0, QuestionId::Users);
}

#[test]
fn a_list_that_came_short_is_accepted_by_an_admin_who_types_its_number() {
    let short = |count| {
        let way = Segment::Command(Command::SweepAcceptShorter("C-1".into(), count));
        Reply::Failed(Failure::new(FailureKind::Malformed, "the list came short", Phrase::of(vec![way])))
    };
    let is_accepting = |r: &Request| matches!(r, Request::AcceptShorter(_, 5));
    for is_admin in [false, true] {
        let mut bench = Bench::with(record(), is_admin);
        bench.facts(Protection::default());
        bench.part(staff());
        bench.part(short(5));
        let is_offered = bench.scene().offers.iter().any(|offer| offer.action == Action::AcceptShorter);
        assert_eq!(is_offered, is_admin);
        bench.give(Given::Do(Action::AcceptShorter));
        if !is_admin {
            assert!(bench.said().contains("Only an Admin") && bench.question().0 == QuestionId::Users);
            continue;
        }
        assert_eq!(bench.heading(), "Has the customer 5 users now?");
        for wrong in [Given::Yes, Given::Number(4)] {
            bench.give(wrong);
            assert_eq!(bench.count(is_accepting), 0);
        }
        bench.give(Given::Number(5));
        bench.answer(is_accepting, Reply::Saved);
        assert_eq!(
            (bench.said().as_str(), bench.question().0),
            ("Accepted. Listing again.", QuestionId::Users)
        );
        bench.facts(Protection::default());
        bench.list([staff()]);
        assert!(bench.scene().offers.iter().all(|offer| offer.action != Action::AcceptShorter));
    }
    let mut bench = Bench::staffed();
    bench.give(Given::Do(Action::AcceptShorter));
    assert_eq!(bench.question().0, QuestionId::Users, "nothing came short");
}

#[test]
fn what_a_worker_says_is_wrong_is_found_as_a_problem() {
    let mut bench = Bench::with(record(), true);
    let troubled = Seat { problem: Some("The mailbox is full.".into()), ..seat(1) };
    bench.facts(Protection { seats: vec![troubled, seat(2)], ..Protection::default() });
    bench.list([staff()]);
    bench.filter("state:problem");
    assert_eq!(bench.names(), ["Mila", "Broken"], "and whose row has a problem");
    bench.filter("state:protected");
    assert_eq!(bench.names().len(), 2, "a problem takes nobody's protection away");
    bench.filter("problem");
    bench.answer(is_search, Reply::Searched(Vec::new()));
    let offered = bench.scene().notice.map(|notice| notice.words.in_words(WayOn::for_lines).to_string());
    assert!(offered.as_ref().is_some_and(|words| words.starts_with("state:problem: 2.")), "{offered:?}");
}

#[test]
fn a_run_that_another_process_holds_can_only_be_looked_at() {
    let mut bench = Bench::with(RunRecord { is_read_only: true, ..record() }, true);
    bench.facts(Protection::default());
    bench.list([staff()]);
    assert!(!bench.asked().may_mark && !bench.asked().may_turn_off);
    let marks = [
        Mark::Tick,
        Mark::Untick,
        Mark::Toggle,
        Mark::Invert,
        Mark::Exclude,
        Mark::Lift,
        Mark::ToggleExclusion,
        Mark::Off,
    ];
    let marks = marks.map(|mark| Given::Mark(mark, Which::Users(vec![id(1)])));
    let actions = [Action::Kinds, Action::Auto, Action::Review, Action::Clear, Action::Finish].map(Given::Do);
    for given in marks.into_iter().chain(actions) {
        bench.give(given.clone());
        assert!(bench.said().contains("You are watching, so nothing was changed"), "{given:?}");
    }
    bench.filter("kind:shared");
    assert_eq!(bench.names(), ["Front desk"]);
    bench.leave();
    assert_eq!(bench.count(Request::is_write), 0);
}

#[test]
fn finishing_with_ticks_asks_once() {
    let mut bench = Bench::staffed();
    bench.mark(Mark::Tick, &[1]);
    assert!(matches!(bench.act(Action::Finish), Step::Stay));
    assert!(bench.words().contains("1 user is ticked and has not been turned on"), "{}", bench.words());
    bench.give(Given::No);
    assert_eq!(bench.question().0, QuestionId::Users);
    bench.act(Action::Finish);
    bench.give(Given::Yes);
    assert!(bench.scene().is_waiting);
    let step = bench.answer(is_draft, Reply::Saved);
    assert!(matches!(step, Step::Next(_)));
}

#[test]
fn ticks_that_cannot_be_saved_keep_the_run_from_being_finished() {
    let mut bench = Bench::staffed();
    bench.mark(Mark::Tick, &[1]);
    bench.act(Action::Finish);
    bench.give(Given::Yes);
    assert!(matches!(bench.answer(is_draft, failure("the record is locked")), Step::Stay));
    assert!(bench.said().contains("the record is locked") && !bench.scene().is_waiting);
}

#[test]
fn a_row_is_told_in_full_and_a_deceiving_one_is_marked() {
    let mut bench = Bench::with(record(), true);
    bench.facts(Protection { seats: vec![Seat { left: Some(now()), ..seat(7) }], ..Protection::default() });
    bench.list([staff(), page(&[(6, "Mіla", Kind::User)])]);
    let roster = &bench.session.roster;
    let details = roster.details(0).unwrap().for_commands().to_string();
    assert!(details.starts_with("u1@bakery5.example · Mila · user, off · id 01010101-"), "{details}");
    let remark = |at| roster.remark(at).map(|r| r.words.for_commands().to_string()).unwrap_or_default();
    assert_eq!(remark(0), "");
    assert!(remark(4).contains("two mailboxes"), "{}", remark(4));
    assert!(remark(5).contains("letters of two alphabets"), "{}", remark(5));
    assert!(remark(6).starts_with("The seat is kept: left on 23 Nov 2026. "), "{}", remark(6));
    assert_eq!(roster.tag(0).unwrap().as_str(), "#01010101");
}

#[test]
fn everything_that_is_offered_has_words() {
    let mut bench = Bench::staffed();
    let check = |bench: &Bench| {
        for offer in bench.scene().offers {
            assert!(!offer.label.is_empty() && offer.help.ends_with('.'), "{offer:?}");
        }
    };
    check(&bench);
    for action in [Action::Kinds, Action::Review, Action::Auto] {
        bench.act(action);
        check(&bench);
        bench.give(Given::Back);
        assert_eq!(bench.question().0, QuestionId::Users, "{action:?}");
    }
    assert!(!bench.screen.card(bench.look()).say.is_empty());
}

#[test]
fn results_that_stood_there_when_the_program_was_stopped_come_back_once() {
    let result = |number| SeatResult {
        user: Chosen {
            id: id(number),
            address: "mila@bakery.example".into(),
            name: "Mila".into(),
            kind: Kind::User,
        },
        outcome: SeatOutcome::TurnedOn,
    };
    let results = vec![result(1), result(2)];
    for (name, draft, comes_back) in [
        ("the ticks were saved", Draft::default(), true),
        ("killed before the ticks were saved", Draft::new(false, [id(1), id(2)]), true),
        ("All was on", Draft::new(true, []), true),
        ("somebody was ticked afterwards", Draft::new(false, [id(3)]), false),
    ] {
        let mut bench = Bench::with(RunRecord { draft, results: results.clone(), ..record() }, true);
        assert_eq!(bench.question().0 == QuestionId::Results, comes_back, "{name}");
        assert_eq!(bench.count(Request::is_write), 0, "{name}: nobody is turned on again");
        if comes_back {
            bench.give(Given::Back);
            assert_eq!(bench.question().0, QuestionId::Users, "{name}");
        }
    }
    let seen = RunRecord { finished: Some(now()), results: results.clone(), ..record() };
    assert!(!seen.has_unread_results(), "a finished run shows its outcome");
}
