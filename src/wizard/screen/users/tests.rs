//! The users screen against a record and replies made by hand: state, effects and view.

use std::sync::Arc;

use super::*;
use crate::{
    domain::{
        bill::grouped,
        customer::{Customer, Product},
        failure::{Failure, FailureKind},
        id::{CustomerId, UserId},
        protection::{AutoRule, Protection, Seat, SeatOutcome, SeatResult},
        run::{Operator, RunRecord, SweeperStatus},
        time::Moment,
        user::{Kind, Kinds, NewUser, UserPage},
    },
    wizard::{
        Setup,
        effect::Effect,
        event::{Edit, Move, PageHits},
        outbox::Outbox,
        session::{Routed, Session},
        view::{Block, Cell, Mark, Notice, Row, Rows, RowsView},
    },
};

/// A run that is enabled.
pub(in crate::wizard::screen) fn record() -> RunRecord {
    RunRecord {
        id: "B365-7KQ4".parse().unwrap(),
        customer: Customer {
            id: CustomerId(1),
            reference: Text::from("C-1"),
            name: Text::from("Bakery"),
            domain: Text::from("bakery.example"),
            is_active: true,
            products: vec![Product::Office365],
            tenant: None,
            is_managed: false,
            time_zone: Some(Text::from("Australia/Perth")),
            seats: None,
        },
        product: Product::Office365,
        opened: now(),
        by: Text::from("nora"),
        touched: now(),
        parked: None,
        finished: None,
        is_read_only: false,
        organisation: None,
        impersonation: None,
        is_key_lost: false,
        link_shown: None,
        proved: Some(now()),
        enabled: Some(now()),
        draft: crate::domain::draft::Draft::default(),
        unfinished: Vec::new(),
    }
}

pub(in crate::wizard::screen) fn now() -> Moment {
    Moment::parse("2026-11-23T05:48:00Z").unwrap()
}

pub(in crate::wizard::screen) fn setup(is_admin: bool) -> Setup {
    Setup {
        is_sandbox: true,
        rehearsal: true,
        operator: Operator { name: Text::from("nora"), is_admin },
        link_prefix: String::new(),
        link_suffix: String::new(),
        can_open_browser: false,
        clipboard: 4_000,
        permissions: Vec::new(),
        run: None,
        is_board_watched: true,
        here: Text::from("Australia/Sydney"),
    }
}

fn id(n: u8) -> UserId {
    UserId::from_bytes([n; 16])
}

fn page(rows: &[(u8, &str, Kind)]) -> Reply {
    let addresses: Vec<String> = rows.iter().map(|(n, ..)| format!("u{n}@bakery.example")).collect();
    let rows: Vec<NewUser<'_>> = rows
        .iter()
        .zip(&addresses)
        .map(|((n, name, kind), address)| NewUser {
            id: id(*n),
            name,
            address,
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
    }
}

fn rule(last_pass: Option<Moment>) -> AutoRule {
    AutoRule { made: now(), by: Text::from("nora"), confirmed: 2, ceiling: 12, last_pass, attention: None }
}

/// The screen with everything around it.
struct Bench {
    setup: Setup,
    session: Session,
    calls: Outbox,
    notice: Option<Notice>,
    users: Users,
    open: Vec<(CallId, Request)>,
    cancelled: Vec<CallId>,
    now: Moment,
}

impl Bench {
    fn with(record: RunRecord, is_admin: bool) -> Self {
        let mut bench = Self {
            setup: setup(is_admin),
            session: Session { record: Some(record), ..Session::default() },
            calls: Outbox::default(),
            notice: None,
            users: Users::default(),
            open: Vec::new(),
            cancelled: Vec::new(),
            now: now(),
        };
        bench.on(|users, cx| {
            users.enter(cx);
            Step::Stay
        });
        bench
    }

    /// With staff listed and nobody on.
    fn staffed() -> Self {
        let mut bench = Self::with(record(), true);
        bench.facts(Protection::default());
        bench.list([staff()]);
        bench
    }

    fn on(&mut self, what: impl FnOnce(&mut Users, &mut Cx<'_>) -> Step) -> Step {
        let mut cx = Cx {
            now: self.now,
            setup: &self.setup,
            session: &mut self.session,
            calls: &mut self.calls,
            notice: &mut self.notice,
        };
        let step = what(&mut self.users, &mut cx);
        for effect in self.calls.take() {
            match effect {
                Effect::Start(call, request) => self.open.push((call, request)),
                Effect::Cancel(call) => self.cancelled.push(call),
                Effect::Perform(_) => {}
            }
        }
        step
    }

    fn intent(&mut self, intent: Intent) -> Step {
        self.notice = None;
        self.on(|users, cx| users.intent(cx, intent))
    }

    fn act(&mut self, action: Action) -> Step {
        self.intent(Intent::Act(action))
    }

    fn type_in(&mut self, text: &str) {
        for c in text.chars() {
            self.intent(Intent::Insert(c));
        }
    }

    /// The newest call of a sort.
    fn call(&self, is: impl Fn(&Request) -> bool) -> CallId {
        self.open.iter().rev().find(|(_, request)| is(request)).expect("no such call").0
    }

    fn count(&self, is: impl Fn(&Request) -> bool) -> usize {
        self.open.iter().filter(|(_, request)| is(request)).count()
    }

    fn reply(&mut self, call: CallId, reply: Reply) -> Step {
        if !self.calls.note(call, &reply) {
            return Step::Stay;
        }
        self.on(|users, cx| match Session::reply(cx, call, reply) {
            Routed::Changed => users.session_changed(cx),
            Routed::NotMine(reply) => users.reply(cx, call, *reply),
        })
    }

    fn facts(&mut self, facts: Protection) {
        let call = self.call(|r| matches!(r, Request::LoadProtection(..)));
        self.reply(call, Reply::Protection(Box::new(facts)));
    }

    fn part(&mut self, reply: Reply) {
        let call = self.call(|r| matches!(r, Request::ListUsers { .. }));
        self.reply(call, reply);
    }

    fn list(&mut self, pages: impl IntoIterator<Item = Reply>) {
        for page in pages {
            self.part(page);
        }
        let total = self.session.roster.counts().listed;
        self.part(Reply::Listed { total });
        if self.count(|r| matches!(r, Request::SaveCounts { .. })) > 0 {
            self.reply(self.call(|r| matches!(r, Request::SaveCounts { .. })), Reply::Saved);
        }
    }

    fn look(&self) -> Look<'_> {
        Look { now: self.now, setup: &self.setup, session: &self.session }
    }

    fn scene(&self) -> Scene<'_> {
        self.users.view(self.look())
    }

    fn said(&self) -> String {
        self.notice.as_ref().map(|n| n.words.as_str().to_owned()).unwrap_or_default()
    }

    fn heading(&self) -> String {
        let scene = self.scene();
        scene.overlay.unwrap_or(scene.panel).heading.as_str().to_owned()
    }

    fn rows<'a>(scene: &'a Scene<'a>) -> &'a RowsView<'a> {
        scene
            .panel
            .blocks
            .iter()
            .find_map(|b| if let Block::Rows(rows) = b { Some(rows) } else { None })
            .unwrap()
    }

    fn row(&self, at: usize) -> Row<'_> {
        Rows::row(&self.session.roster, at).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let roster = &self.session.roster;
        (0..Rows::len(roster))
            .map(|at| match &Rows::row(roster, at).unwrap().cells[0] {
                Cell::Words(name) => name.as_str().to_owned(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    fn words(&self) -> String {
        format!("{:?}", self.scene().overlay)
    }

    fn ticked(&self) -> u32 {
        self.session.roster.counts().ticked
    }

    fn results(&self, outcome: impl Fn(&Chosen) -> SeatOutcome) -> Vec<SeatResult> {
        let Some((_, Request::Apply(_, users) | Request::TurnOff(_, users))) =
            self.open.iter().rev().find(|(_, r)| matches!(r, Request::Apply(..) | Request::TurnOff(..)))
        else {
            panic!("no bulk write")
        };
        users.iter().map(|user| SeatResult { user: user.clone(), outcome: outcome(user) }).collect()
    }
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
    bench.facts(Protection {
        seats: vec![seat(6), seat(7), left],
        exclusions: vec![id(7), id(8)],
        ..Protection::default()
    });
    let expected = [
        ("Mila", Mark::Off, "off"),
        ("Ana", Mark::Off, "off"),
        ("Front desk", Mark::Closed, "off"),
        ("Visitor", Mark::Closed, "off"),
        ("Broken", Mark::Problem, "problem"),
        ("On", Mark::On, "protected"),
        ("On and out", Mark::On, "on, excluded"),
        ("Out", Mark::Excluded, "excluded"),
        ("Seat", Mark::On, "protected, left on 3 Nov 2026"),
    ];
    assert_eq!(bench.names(), expected.map(|(name, ..)| name));
    for (at, (name, mark, state)) in expected.into_iter().enumerate() {
        let row = bench.row(at);
        assert_eq!(row.mark, mark, "{name}");
        let shown = match &row.cells[3] {
            Cell::State(state, "") => state.word().to_owned(),
            Cell::Made(words) => words.as_str().to_owned(),
            other => panic!("{other:?}"),
        };
        assert_eq!(shown, state, "{name}");
    }
    let counts = Bench::rows(&bench.scene()).counts.as_str().to_owned();
    assert_eq!(counts, "ticked 0 · seats 3 → 3 · listed 8 · eligible 2 · excluded 2 · protected 2");
    assert_eq!(bench.count(|r| matches!(r, Request::SaveCounts { listed: 8, eligible: 4, .. })), 1);
}

#[test]
fn a_tick_is_a_draft_that_is_saved_within_a_second() {
    let mut bench = Bench::staffed();
    bench.act(Action::Tick);
    bench.intent(Intent::Move(Move::By(1)));
    bench.act(Action::Tick);
    assert_eq!(bench.ticked(), 2);
    let wakes = |r: &Request| matches!(r, Request::Wake(wait) if wait.as_secs() == 1);
    assert_eq!(bench.count(wakes), 1, "changes are saved together");
    assert_eq!(bench.count(|r| matches!(r, Request::SaveDraft(..))), 0);
    bench.reply(bench.call(wakes), Reply::Woken);
    let saved = |r: &Request| matches!(r, Request::SaveDraft(_, draft) if draft.exceptions.len() == 2);
    bench.reply(bench.call(saved), Reply::Saved);
    assert!(bench.session.roster.is_saved());
    bench.act(Action::Tick);
    bench.on(|users, cx| {
        users.leave(cx);
        Step::Stay
    });
    assert_eq!(bench.count(|r| matches!(r, Request::SaveDraft(..))), 2, "saved before leaving");
    assert_eq!(bench.count(|r| matches!(r, Request::Apply(..))), 0);
}

#[test]
fn ticks_that_could_not_be_saved_are_tried_again() {
    let mut bench = Bench::staffed();
    bench.act(Action::Tick);
    bench.reply(bench.call(|r| matches!(r, Request::Wake(_))), Reply::Woken);
    let failure = Failure::new(FailureKind::Record, "the record is locked", "Wait a moment.");
    bench.reply(bench.call(|r| matches!(r, Request::SaveDraft(..))), Reply::Failed(failure));
    assert!(bench.said().contains("the record is locked"));
    bench.reply(bench.call(|r| matches!(r, Request::Wake(_))), Reply::Woken);
    assert_eq!(bench.count(|r| matches!(r, Request::SaveDraft(..))), 2);
}

#[test]
fn the_draft_of_the_record_is_taken_up() {
    let mut record = record();
    record.draft.exceptions = [id(2)].into();
    let mut bench = Bench::with(record, true);
    bench.facts(Protection::default());
    bench.list([staff()]);
    assert_eq!(bench.row(1).mark, Mark::Ticked);
    assert_eq!(bench.ticked(), 1);
}

#[test]
fn rows_that_cannot_be_ticked_say_why() {
    let mut bench = Bench::staffed();
    for (at, why) in [(2, "Press k"), (3, "Guests can't be protected"), (4, "two mailboxes")] {
        bench.intent(Intent::Move(Move::First));
        bench.intent(Intent::Move(Move::By(at)));
        bench.act(Action::Tick);
        assert!(bench.said().contains(why), "{}", bench.said());
    }
    assert_eq!(bench.ticked(), 0);
}

#[test]
fn all_is_a_mode_and_waits_for_the_end_of_the_list() {
    let mut bench = Bench::with(record(), true);
    bench.facts(Protection::default());
    bench.part(page(&[(1, "Mila", Kind::User)]));
    let label = |bench: &Bench| {
        let key = bench.scene().keys.into_iter().find(|k| k.action == Action::All).unwrap();
        (key.label, key.count)
    };
    assert_eq!(label(&bench), ("All so far", Some(1)));
    bench.act(Action::All);
    bench.intent(Intent::Submit);
    assert_eq!(bench.heading(), "What will be turned on");
    bench.part(page(&[(2, "Ana", Kind::User)]));
    assert!(bench.words().contains("2 users so far"), "{}", bench.words());
    bench.list([]);
    assert_eq!(bench.heading(), "Turn 2 users on?");
    bench.intent(Intent::Back);
    assert_eq!(label(&bench), ("All", Some(2)));
}

#[test]
fn a_failed_listing_keeps_its_rows_and_closes_all() {
    let mut bench = Bench::with(record(), true);
    bench.facts(Protection::default());
    bench.part(staff());
    bench.intent(Intent::Move(Move::By(1)));
    let failure = Failure::new(FailureKind::Unreachable, "Microsoft did not answer", "Try again.");
    bench.part(Reply::Failed(failure));
    assert!(!bench.scene().keys.iter().any(|k| k.action == Action::All));
    bench.act(Action::All);
    assert!(bench.said().contains("Microsoft did not answer"));
    bench.act(Action::Tick);
    assert_eq!((bench.ticked(), bench.names().len()), (1, 5));
    bench.act(Action::Refresh);
    assert_eq!(bench.names().len(), 0);
    bench.facts(Protection::default());
    bench.list([page(&[(3, "Front desk", Kind::Shared), (2, "Ana", Kind::User), (1, "Mila", Kind::User)])]);
    assert_eq!(bench.ticked(), 1, "ticks belong to users");
    assert_eq!(bench.session.roster.cursor(), Some(1), "and so does the cursor");
}

/// Hits of a small page.
fn hits(page: u32, bits: u64) -> PageHits {
    PageHits { page, bits: [bits].into() }
}

#[test]
fn a_filter_searches_afresh_with_each_character() {
    let mut bench = Bench::staffed();
    bench.intent(Intent::Move(Move::By(1)));
    bench.act(Action::Search);
    assert_eq!(bench.scene().focus, Focus::Field);
    bench.type_in("mi");
    let is_search = |r: &Request| matches!(r, Request::Search { .. });
    assert_eq!((bench.count(is_search), bench.cancelled.len()), (2, 1));
    bench.act(Action::These);
    bench.intent(Intent::Submit);
    bench.act(Action::These);
    assert!(bench.said().contains("still going on"));
    let call = bench.call(is_search);
    assert_eq!(bench.names().len(), 5, "the old rows stay until there are new ones");
    bench.reply(call, Reply::Hits(vec![hits(0, 0b1)]));
    bench.reply(call, Reply::Searched(Vec::new()));
    assert_eq!(bench.names(), ["Mila"]);
    bench.act(Action::These);
    assert_eq!(bench.ticked(), 1);
    bench.act(Action::Search);
    bench.intent(Intent::Back);
    assert_eq!(bench.names().len(), 5);
    assert_eq!(bench.session.roster.cursor(), Some(0), "the cursor stays on Mila");
    bench.intent(Intent::Back);
    assert_eq!(bench.scene().focus, Focus::Rows);
}

#[test]
fn ticks_outside_the_filter_are_kept_and_counted() {
    let mut bench = Bench::staffed();
    bench.act(Action::Tick);
    bench.act(Action::Search);
    bench.type_in("kind:shared");
    bench.intent(Intent::Submit);
    assert_eq!(bench.names(), ["Front desk"]);
    let counts = Bench::rows(&bench.scene()).counts.as_str().to_owned();
    assert!(counts.starts_with("ticked 1 (1 outside the filter)"), "{counts}");
    for action in [Action::These, Action::Invert, Action::Clear] {
        bench.act(action);
        assert_eq!(bench.ticked(), 1, "{action:?}");
    }
    assert!(bench.said().contains("1 outside the filter stay ticked"));
    bench.act(Action::Search);
    bench.intent(Intent::Edit(Edit::Clear));
    bench.type_in("state:problem");
    assert_eq!(bench.names(), ["Broken"]);
    bench.intent(Intent::Edit(Edit::Clear));
    bench.type_in("kind:zebra");
    let scene = bench.scene();
    assert!(Bench::rows(&scene).search.as_ref().unwrap().problem.is_some());
}

#[test]
fn a_page_that_comes_during_a_search_gets_one_of_its_own() {
    let mut bench = Bench::with(record(), true);
    bench.facts(Protection::default());
    bench.part(staff());
    bench.act(Action::Search);
    bench.type_in("a");
    let first = bench.call(|r| matches!(r, Request::Search { first: 0, .. }));
    bench.part(page(&[(6, "Adam", Kind::User)]));
    let second = bench.call(|r| matches!(r, Request::Search { first: 1, .. }));
    bench.reply(second, Reply::Searched(vec![hits(1, 0b1)]));
    bench.reply(first, Reply::Hits(vec![hits(0, 0b11)]));
    bench.reply(first, Reply::Searched(Vec::new()));
    assert_eq!(bench.names(), ["Mila", "Ana", "Adam"], "in the order of arrival");
}

#[test]
fn sorting_keeps_the_cursor_on_the_user() {
    let mut bench = Bench::staffed();
    bench.act(Action::Sort);
    let call = bench.call(|r| matches!(r, Request::Sort(_)));
    assert_eq!(bench.names()[0], "Mila", "the rows stay until they are sorted");
    bench.reply(call, Reply::Sorted(vec![1, 4, 2, 0, 3]));
    assert_eq!(bench.names(), ["Ana", "Broken", "Front desk", "Mila", "Visitor"]);
    assert_eq!(bench.session.roster.cursor(), Some(3));
    bench.act(Action::Sort);
    assert_eq!(bench.names()[0], "Mila");
    assert_eq!(bench.session.roster.cursor(), Some(0));
}

#[test]
fn a_range_is_ticked_at_once() {
    let mut bench = Bench::staffed();
    bench.act(Action::Range);
    bench.intent(Intent::Move(Move::By(4)));
    assert_eq!(bench.session.roster.anchor(), Some(0));
    bench.act(Action::Tick);
    assert_eq!(bench.ticked(), 2);
    assert_eq!(bench.session.roster.anchor(), None);
    bench.act(Action::Range);
    assert!(matches!(bench.intent(Intent::Back), Step::Stay), "Esc ends the range first");
    assert!(matches!(bench.intent(Intent::Back), Step::Back));
}

#[test]
fn clear_can_be_taken_back() {
    let mut bench = Bench::staffed();
    bench.act(Action::All);
    bench.act(Action::Clear);
    assert_eq!(bench.ticked(), 0);
    bench.act(Action::Clear);
    assert_eq!(bench.ticked(), 2);
    assert!(bench.session.roster.people().is_all());
}

#[test]
fn excluding_unticks_and_is_written_at_once() {
    let mut bench = Bench::staffed();
    bench.act(Action::Tick);
    bench.act(Action::Exclude);
    let call = bench.call(|r| matches!(r, Request::ChangeExclusions(_, change) if change.exclude));
    bench.reply(call, Reply::Excluded(vec![id(1)]));
    assert_eq!((bench.row(0).mark, bench.ticked()), (Mark::Excluded, 0));
    let counted = bench.call(|r| matches!(r, Request::SaveCounts { eligible: 1, .. }));
    bench.act(Action::Tick);
    assert!(bench.said().contains("Press x"));
    bench.act(Action::All);
    assert_eq!(bench.ticked(), 1, "All leaves out who is excluded");
    bench.act(Action::Exclude);
    let call = bench.call(|r| matches!(r, Request::ChangeExclusions(_, change) if !change.exclude));
    bench.reply(call, Reply::Excluded(Vec::new()));
    assert_eq!(bench.row(0).mark, Mark::Ticked);
    let is_whole = |r: &Request| matches!(r, Request::SaveCounts { eligible: 2, .. });
    assert_eq!(bench.count(is_whole), 1, "two saves at once could end in the wrong order");
    bench.reply(counted, Reply::Saved);
    assert_eq!(bench.count(is_whole), 2);
}

#[test]
fn kinds_are_one_choice() {
    let mut bench = Bench::staffed();
    bench.act(Action::All);
    bench.act(Action::Kinds);
    bench.act(Action::Tick);
    bench.intent(Intent::Submit);
    let shared = Kinds::default().toggled(Kind::Shared);
    let call = bench.call(|r| matches!(r, Request::SaveKinds(_, _, kinds) if *kinds == shared));
    bench.reply(call, Reply::Saved);
    assert_eq!(bench.ticked(), 3);
    assert!(bench.scene().overlay.is_none());
    assert_eq!(
        bench.count(|r| matches!(r, Request::SaveCounts { eligible: 3, .. })),
        1,
        "the receipt says it"
    );
}

#[test]
fn with_seats_missing_the_number_is_what_will_be_billed() {
    for (limit, heading, says) in [
        (1, "Turn 1 of 2 users on?", "1 seat is missing. Users for whom no seat is left stay off."),
        (0, "Nothing to turn on", "no seat is left. Order seats, then come back."),
    ] {
        let mut bench = Bench::with(record(), true);
        bench.facts(Protection { limit: Some(limit), ..Protection::default() });
        bench.part(staff());
        bench.act(Action::Range);
        bench.intent(Intent::Move(Move::By(1)));
        bench.act(Action::Tick);
        bench.act(Action::Review);
        assert_eq!(bench.heading(), heading);
        assert!(bench.words().contains(says), "{}", bench.words());
        bench.intent(Intent::Submit);
        // All chosen users go to the record, which gives out the seats that are left and says who got none.
        let applies = bench.count(|r| matches!(r, Request::Apply(_, users) if users.len() == 2));
        assert_eq!(applies, usize::try_from(limit).unwrap());
    }
}

#[test]
fn the_number_is_typed_and_a_list_that_changed_is_shown_again() {
    let mut bench = Bench::with(record(), true);
    bench.facts(Protection { limit: Some(2), ..Protection::default() });
    bench.part(staff());
    bench.act(Action::Range);
    bench.intent(Intent::Move(Move::By(1)));
    bench.act(Action::Tick);
    bench.act(Action::Review);
    assert_eq!(bench.heading(), "Turn 2 users on?");
    bench.type_in("3");
    bench.intent(Intent::Submit);
    assert!(bench.words().contains("The table says 2"), "{}", bench.words());
    bench.part(Reply::Kinds(vec![(id(2), Kind::Guest)]));
    bench.type_in("2");
    bench.intent(Intent::Submit);
    assert_eq!(bench.heading(), "Turn 1 user on?");
    assert!(bench.words().contains("changed meanwhile"));
    assert_eq!(bench.count(|r| matches!(r, Request::Apply(..))), 0);
    bench.intent(Intent::Submit);
    assert_eq!(bench.count(|r| matches!(r, Request::Apply(_, users) if users.len() == 1)), 1);
}

#[test]
fn nothing_ticked_says_so_and_offers_to_finish() {
    let mut bench = Bench::staffed();
    bench.act(Action::Review);
    assert_eq!(bench.heading(), "Nothing to turn on");
    assert!(matches!(bench.act(Action::Finish), Step::Next(_)));
}

fn applying() -> Bench {
    let mut bench = Bench::staffed();
    bench.act(Action::All);
    bench.act(Action::Review);
    bench.type_in("2");
    bench.intent(Intent::Submit);
    bench
}

#[test]
fn apply_gives_one_result_per_user_and_all_is_once() {
    let mut bench = applying();
    let call = bench.call(|r| matches!(r, Request::Apply(..)));
    assert!(matches!(&bench.row(0).cells[3], Cell::State(crate::domain::protection::State::TurningOn, _)));
    let results = bench.results(|user| {
        if user.id == id(1) { SeatOutcome::TurnedOn } else { SeatOutcome::Failed(Text::from("locked")) }
    });
    bench.reply(call, Reply::Batch(results));
    bench.reply(call, Reply::Saved);
    assert_eq!(bench.heading(), "Partly done: 1 of 2 registered for backup");
    assert_eq!((bench.row(0).mark, bench.row(1).mark), (Mark::On, Mark::Ticked));
    assert!(!bench.session.roster.people().is_all());
    assert!(matches!(bench.intent(Intent::Submit), Step::Stay), "ticks are saved first");
    let step = bench.reply(bench.call(|r| matches!(r, Request::SaveDraft(..))), Reply::Saved);
    assert!(matches!(step, Step::Next(_)));
}

#[test]
fn esc_during_apply_asks_before_it_stops() {
    let mut bench = applying();
    let call = bench.call(|r| matches!(r, Request::Apply(..)));
    bench.intent(Intent::Submit);
    assert!(!bench.cancelled.contains(&call), "Enter alone stops nothing");
    bench.intent(Intent::Back);
    assert!(bench.words().contains("Stop after this batch?"));
    bench.intent(Intent::Back);
    assert!(!bench.words().contains("Stop after this batch?"));
    bench.intent(Intent::Back);
    bench.intent(Intent::Submit);
    assert!(bench.cancelled.contains(&call));
    let results = bench.results(|_| SeatOutcome::Stopped);
    bench.reply(call, Reply::Batch(results));
    bench.reply(call, Reply::Saved);
    assert_eq!(bench.heading(), "Partly done: 0 of 2 registered for backup");
    assert_eq!(bench.ticked(), 2, "who was not tried stays ticked");
}

#[test]
fn a_broken_apply_sends_only_the_rest_again() {
    let mut bench = applying();
    let call = bench.call(|r| matches!(r, Request::Apply(..)));
    let mut results = bench.results(|_| SeatOutcome::TurnedOn);
    results.truncate(1);
    bench.reply(call, Reply::Batch(results));
    let failure = Failure::new(FailureKind::Record, "the disk is full", "Make room.");
    bench.reply(call, Reply::Failed(failure));
    assert_eq!(bench.heading(), "Broken off");
    bench.intent(Intent::Submit);
    assert_eq!(bench.count(|r| matches!(r, Request::Apply(_, users) if users.len() == 1)), 1);
}

#[test]
fn what_was_confirmed_before_is_completed_without_asking() {
    let mut record = record();
    record.unfinished =
        vec![Chosen { id: id(2), address: Text::from("u2@x"), name: Text::from("Ana"), kind: Kind::User }];
    let mut bench = Bench::with(record, true);
    assert_eq!(bench.heading(), "Completing what was confirmed before");
    let call = bench.call(|r| matches!(r, Request::Apply(..)));
    let results = bench.results(|_| SeatOutcome::TurnedOn);
    bench.reply(call, Reply::Batch(results));
    bench.reply(call, Reply::Saved);
    bench.facts(Protection { seats: vec![seat(2)], ..Protection::default() });
    bench.list([staff()]);
    bench.intent(Intent::Back);
    assert_eq!(bench.row(1).mark, Mark::On);
    bench.on(|users, cx| {
        users.enter(cx);
        Step::Stay
    });
    assert_eq!(bench.count(|r| matches!(r, Request::Apply(..))), 1);
}

#[test]
fn auto_shows_bill_and_clock_and_names_the_sweeper() {
    let mut bench = Bench::staffed();
    bench.act(Action::Auto);
    let call = bench.call(|r| matches!(r, Request::LoadSweeper));
    let sweeper = SweeperStatus { host: Some(Text::from("ops-1")), ..SweeperStatus::default() };
    bench.reply(call, Reply::Sweeper(sweeper));
    let words = bench.words();
    assert!(words.contains("Mon 23 Nov 20:00 AEDT, 17:00 in Perth, in 3 h 12 min"), "{words}");
    assert!(words.contains("ops-1") && words.contains("\"12\""), "{words}");
    bench.intent(Intent::Edit(Edit::Clear));
    bench.type_in("1");
    bench.intent(Intent::Submit);
    assert!(bench.words().contains("would turn on nobody"));
    bench.intent(Intent::Edit(Edit::Clear));
    bench.type_in("20");
    bench.intent(Intent::Submit);
    bench.intent(Intent::Submit);
    assert_eq!(bench.count(|r| matches!(r, Request::MakeRule { .. })), 0, "the number is typed");
    bench.type_in("2");
    bench.intent(Intent::Submit);
    let call = bench.call(|r| matches!(r, Request::MakeRule { confirmed: 2, ceiling: 20, .. }));
    bench.reply(call, Reply::Rule(Some(rule(None))));
    assert!(matches!(&bench.row(0).cells[3], Cell::State(crate::domain::protection::State::Scheduled, _)));
    assert_eq!(bench.row(0).mark, Mark::Off, "a rule is no tick");
    assert!(bench.count(|r| matches!(r, Request::Wake(_))) > 0, "the countdown runs");
}

#[test]
fn without_a_sweeper_auto_asks_first() {
    let mut bench = Bench::staffed();
    bench.act(Action::Auto);
    bench.reply(bench.call(|r| matches!(r, Request::LoadSweeper)), Reply::Sweeper(SweeperStatus::default()));
    assert!(bench.words().contains("Nothing will run at 20:00: no sweeper is installed"));
    bench.intent(Intent::Submit);
    assert_eq!(bench.heading(), "Enable Auto: the bill and the clock");
}

#[test]
fn after_the_first_sweep_only_an_admin_undoes_the_rule() {
    for (is_admin, last_pass, is_open) in
        [(false, None, true), (false, Some(now()), false), (true, Some(now()), true)]
    {
        let mut bench = Bench::with(record(), is_admin);
        bench.facts(Protection { rule: Some(rule(last_pass)), ..Protection::default() });
        bench.list([staff()]);
        bench.act(Action::Auto);
        bench.intent(Intent::Submit);
        assert_eq!(bench.count(|r| matches!(r, Request::UndoRule(_))) == 1, is_open);
        if is_open {
            bench.reply(bench.call(|r| matches!(r, Request::UndoRule(_))), Reply::Rule(None));
            assert!(matches!(&bench.row(0).cells[3], Cell::State(crate::domain::protection::State::Off, _)));
        }
    }
}

#[test]
fn turning_off_is_for_admins_and_the_count_is_typed() {
    let facts = || Protection { seats: vec![seat(1)], ..Protection::default() };
    let mut bench = Bench::with(record(), false);
    bench.facts(facts());
    bench.list([staff()]);
    bench.act(Action::TurnOff);
    assert!(bench.said().contains("Only an Admin") && bench.scene().overlay.is_none());
    let mut bench = Bench::with(record(), true);
    bench.facts(facts());
    bench.list([staff()]);
    bench.act(Action::TurnOff);
    assert!(bench.words().contains("until its retention ends"));
    bench.intent(Intent::Submit);
    assert_eq!(bench.count(|r| matches!(r, Request::TurnOff(..))), 0);
    bench.type_in("1");
    bench.intent(Intent::Submit);
    let call = bench.call(|r| matches!(r, Request::TurnOff(..)));
    let results = bench.results(|_| SeatOutcome::TurnedOff);
    bench.reply(call, Reply::Batch(results));
    bench.reply(call, Reply::Saved);
    assert_eq!(bench.heading(), "1 user turned off");
    assert_eq!(bench.row(0).mark, Mark::Off);
}

#[test]
fn a_run_that_another_process_holds_can_only_be_looked_at() {
    let mut bench = Bench::with(RunRecord { is_read_only: true, ..record() }, true);
    bench.facts(Protection::default());
    bench.list([staff()]);
    for action in [
        Action::Tick,
        Action::All,
        Action::Exclude,
        Action::Kinds,
        Action::Auto,
        Action::TurnOff,
        Action::Review,
        Action::Finish,
    ] {
        bench.act(action);
        assert!(bench.said().contains("Another process"), "{action:?}");
    }
    assert_eq!(bench.count(Request::is_write), 0);
}

#[test]
fn finishing_with_ticks_asks_once() {
    let mut bench = Bench::staffed();
    bench.act(Action::Tick);
    assert!(matches!(bench.act(Action::Finish), Step::Stay));
    assert!(bench.words().contains("1 user is ticked and has not been turned on"), "{}", bench.words());
    bench.intent(Intent::Submit);
    let step = bench.reply(bench.call(|r| matches!(r, Request::SaveDraft(..))), Reply::Saved);
    assert!(matches!(step, Step::Next(_)));
}

#[test]
fn a_row_is_told_in_full_and_a_deceiving_one_is_marked() {
    let mut bench = Bench::staffed();
    bench.act(Action::Details);
    assert!(bench.said().contains("u1@bakery.example · Mila · user, off · id 01010101-"), "{}", bench.said());
    bench.intent(Intent::Move(Move::By(1)));
    assert!(bench.scene().notice.is_none());
    for c in [' ', 't', 'o', 'z', 'a'] {
        assert!(tried(c).is_some(), "{c}");
    }
    assert_eq!(tried('y'), None);
    bench.act(Action::These);
    assert!(bench.said().contains("t ticks what a filter shows"), "{}", bench.said());
}

#[test]
fn every_key_has_words_and_pasting_outside_a_field_only_says_so() {
    let mut bench = Bench::staffed();
    for key in bench.scene().keys {
        assert!(!key.label.is_empty() && key.help.ends_with('.'), "{key:?}");
    }
    bench.intent(Intent::Paste("hello".into()));
    assert!(bench.said().contains("Press / first"));
    assert_eq!(grouped(1_204), "1,204");
    assert!(!bench.users.card(bench.look()).say.is_empty());
}
