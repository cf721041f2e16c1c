//! The outcome screen against an outcome made by hand.

use super::*;
use crate::{
    domain::{
        failure::FailureKind,
        id::UserId,
        protection::{AutoRule, Chosen, Excluded, Protection, Seat, SeatOutcome, SeatResult},
        run::{RunDone, RunRecord, SweeperStatus},
        user::Kind,
    },
    wizard::{
        call::{Reply, Request},
        screen::tests::{Bench, now, record},
    },
};

fn bench() -> Bench {
    Bench::new(Box::<Outcome>::default(), record(), true)
}

fn finished(bench: &Bench) -> Option<Ended> {
    bench.screen.finished()
}

const fn is_reading(request: &Request) -> bool {
    matches!(request, Request::FinishRun(_))
}

fn read_back(results: Vec<SeatResult>) -> run::Outcome {
    run::Outcome {
        read: now(),
        excluded: Vec::new(),
        run: RunRecord { finished: Some(now()), ..record() },
        done: RunDone { list: crate::domain::verdict::ListSummary::of(2, 2), ..RunDone::default() },
        protection: Protection::default(),
        results,
        earlier: Vec::new(),
        audit: Vec::new(),
        is_audit_whole: true,
        place: "/home/kim/backup365.db".into(),
    }
}

fn outcome(results: Vec<SeatResult>) -> Reply {
    Reply::Outcome(Box::new(read_back(results)))
}

fn failed() -> SeatResult {
    SeatResult {
        user: Chosen {
            id: UserId::from_bytes([1; 16]),
            address: Text::from("ana@bakery.example"),
            name: Text::from("Ana"),
            kind: Kind::User,
        },
        outcome: SeatOutcome::Failed(Text::from("the mailbox is locked")),
    }
}

#[test]
fn nothing_is_told_before_it_has_been_read_back() {
    let mut bench = bench();
    assert_eq!((bench.open.len(), bench.count(is_reading)), (1, 1));
    assert!(bench.scene().is_waiting && bench.scene().offers.is_empty());
    assert_eq!(finished(&bench), None);
    bench.act(Action::Refresh);
    assert_eq!(bench.open.len(), 1, "one is out already");
    let failure = Failure::new(FailureKind::Record, "the record is locked", "Wait a moment.");
    bench.answer(is_reading, Reply::Failed(failure));
    assert!(bench.words().contains("the record is locked"));
    assert!(bench.scene().offers.iter().any(|offer| offer.action == Action::Refresh && offer.is_default));
    bench.act(Action::Refresh);
    assert_eq!(bench.open.len(), 2);
    bench.answer(is_reading, outcome(Vec::new()));
    assert_eq!(finished(&bench), Some(Ended::Finished { is_partly: false }));
    assert_eq!(bench.heading(), "Nothing was turned on: nobody is protected yet");
    assert!(bench.words().contains("eligible, but not chosen"));
    assert!(bench.session.record.as_ref().unwrap().finished.is_some());
}

#[test]
fn a_missed_user_is_named_and_makes_it_partly_done() {
    let mut bench = bench();
    bench.answer(is_reading, outcome(vec![failed()]));
    assert_eq!(finished(&bench), Some(Ended::Finished { is_partly: true }));
    assert!(bench.heading().starts_with("Partly done"));
    let scene = bench.scene();
    let missed = scene.page.blocks.iter().find_map(|block| match block {
        Block::Counts(counts) => counts.iter().find(|count| count.label.starts_with("chosen, but")),
        _ => None,
    });
    assert_eq!(missed.map(|count| (count.count, count.tone)), Some((1, Tone::Bad)));
    let rows = scene.page.blocks.iter().find_map(|block| match block {
        Block::Rows(rows) => Some(rows.rows),
        _ => None,
    });
    let rows = rows.unwrap();
    assert_eq!((rows.len(), rows.at(&rows.id(0).unwrap())), (1, Some(0)));
    let details = rows.details(0).unwrap().for_commands();
    assert_eq!(details.as_str(), "Ana · ana@bakery.example: the mailbox is locked");
}

#[test]
fn the_verdict_says_in_one_line_who_is_protected_and_who_is_not() {
    let seats = |n: u8| {
        let failed = failed();
        let seat = |at: u8| Seat {
            id: UserId::from_bytes([at + 10; 16]),
            address: failed.user.address.clone(),
            name: failed.user.name.clone(),
            since: now(),
            left: None,
            first_backup: None,
            problem: None,
        };
        (0..n).map(seat).collect::<Vec<_>>()
    };
    let told = |on: u8, turned_on: u32, results| {
        let mut bench = bench();
        let mut read = read_back(results);
        (read.protection.seats, read.done.turned_on) = (seats(on), turned_on);
        bench.answer(is_reading, Reply::Outcome(Box::new(read)));
        (bench.heading(), bench.words())
    };
    for (on, turned_on, results, heading) in [
        (0, 0, Vec::new(), "Nothing was turned on: nobody is protected yet"),
        (2, 0, Vec::new(), "Nothing was turned on: 2 users are protected"),
        (1, 1, Vec::new(), "Done: 1 user is protected"),
        (0, 0, vec![failed()], "Partly done: nobody is protected yet, 1 was chosen"),
        (2, 2, vec![failed()], "Partly done: 2 users are protected, 1 more was chosen"),
    ] {
        let (said, words) = told(on, turned_on, results);
        assert_eq!(said, heading);
        assert_eq!(words.contains(receipt::PROTECTED_MEANS), on > 0, "{words}");
    }
}

#[test]
fn whoever_is_excluded_is_named() {
    let mut bench = bench();
    let mut read = read_back(Vec::new());
    let user = |n: u8, name: Option<&'static str>| Excluded {
        id: UserId::from_bytes([n; 16]),
        name: name.map(Text::from),
        address: None,
        at: now(),
        by: Text::from("nora"),
    };
    read.excluded = (1..=8).map(|n| user(n, Some("Ana"))).collect();
    read.protection.exclusions = read.excluded.iter().map(|user| user.id).collect();
    bench.answer(is_reading, Reply::Outcome(Box::new(read)));
    assert!(
        bench.words().contains("Excluded: Ana, Ana, Ana, Ana, Ana, Ana and 2 more."),
        "{}",
        bench.words()
    );
}

/// The receipt that stands on the page.
fn receipt(bench: &Bench) -> (String, usize) {
    let scene = bench.scene();
    let mut blocks = scene.page.blocks.iter().rev();
    let (Some(Block::Lines(lines)), Some(Block::Para(form))) = (blocks.next(), blocks.next()) else {
        panic!("no receipt: {:?}", scene.page)
    };
    (form.for_commands().to_string(), lines.len())
}

#[test]
fn the_receipt_goes_round_and_is_sent_in_the_form_that_is_shown() {
    let mut bench = bench();
    bench.answer(is_reading, outcome(Vec::new()));
    for form in ["for the ticket", "for the customer", "as JSON", "for the ticket"] {
        let (heading, lines) = receipt(&bench);
        assert_eq!(heading, format!("Receipt {form}"), "it is always there");
        assert!(lines > 3, "{lines}");
        bench.act(Action::NextReceipt);
    }
    {
        let sent = bench.screen.view(bench.look()).handouts;
        let [Handout { id: HandoutId::Receipt, text, file }] = sent.as_slice() else { panic!("{sent:?}") };
        assert_eq!(file.as_str(), "B365-7KQ4-customer.txt", "the form that is shown");
        assert!(text.contains("Bakery"), "{text}");
    }
    assert!(matches!(bench.give(Given::Back), Step::Back));
    assert!(matches!(bench.act(Action::Another), Step::Customers));
}

#[test]
fn the_next_sweep_is_told_with_its_clock() {
    let mut bench = bench();
    let mut read = read_back(Vec::new());
    read.protection.rule = Some(AutoRule {
        made: now(),
        by: Text::from("nora"),
        confirmed: 2,
        ceiling: 12,
        last_pass: None,
        attention: None,
    });
    read.protection.sweeper = SweeperStatus::on("ops-1");
    bench.answer(is_reading, Reply::Outcome(Box::new(read)));
    let words = bench.words();
    assert!(words.contains("17:00 in Perth, in 3 h 12 min, run by ops-1"), "{words}");
    assert_eq!(bench.scene().next_change, Some(sweep::next_minute(now())));
    assert_eq!(bench.count(|request| matches!(request, Request::Wake(_))), 0, "the wizard wakes the view");
    assert!(bench.screen.card(bench.look()).say.as_str().contains("New users follow"));
}

#[test]
fn what_to_say_follows_what_came_of_the_run() {
    let says = |read: run::Outcome| {
        let mut bench = bench();
        bench.answer(is_reading, Reply::Outcome(Box::new(read)));
        bench.screen.card(bench.look()).say.to_string()
    };
    let ruled = |host: Option<&'static str>| {
        let mut read = read_back(Vec::new());
        let (by, confirmed, ceiling) = (Text::from("nora"), 2, 12);
        read.protection.rule =
            Some(AutoRule { made: now(), by, confirmed, ceiling, last_pass: None, attention: None });
        read.protection.sweeper = host.map(SweeperStatus::on).unwrap_or_default();
        read
    };
    let mut on = read_back(Vec::new());
    let Chosen { id, address, name, .. } = failed().user;
    on.protection.seats =
        vec![Seat { id, address, name, since: now(), first_backup: None, problem: None, left: None }];
    for (read, words) in [
        (read_back(Vec::new()), "Nobody has been turned on yet"),
        (on, "1 user is protected now. New users are not included by themselves"),
        (read_back(vec![failed()]), "Nobody is protected yet. 1 is not. I'll tell you who and why"),
        (
            read_back(vec![SeatResult { outcome: SeatOutcome::NoSeat, ..failed() }]),
            "Nobody is protected yet. 1 is not: no seat is left. Will you order 1 more?",
        ),
        (
            ruled(Some("ops-1")),
            "Nobody is protected yet. 2 users are turned on at the next sweep. New users follow by themselves. Next: ",
        ),
        (
            ruled(None),
            "Nobody is protected yet. 2 users are to be turned on as soon as something on our side is ready; I'll call \
             you back.",
        ),
    ] {
        let said = says(read);
        assert!(said.starts_with(words), "{said}");
    }
}
