//! The verdict as a table, and the three texts.

use serde_json::Value;

use super::*;
use crate::domain::{
    customer::{Customer, Impersonation, Listing, Product},
    draft::Draft,
    id::{CustomerId, UserId},
    keys::KeyNeeded,
    protection::{AutoRule, Chosen, Excluded, Protection, Seat},
    run::{AuditEntry, RunDone, RunRecord, SweeperStatus},
    secret::Secret,
    tenant::Organisation,
    user::Kind,
    verdict::ListSummary,
};

pub(in crate::domain) fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

pub(in crate::domain) fn id(n: u8) -> UserId {
    UserId::from_bytes([n; 16])
}

pub(in crate::domain) fn chosen(n: u8) -> Chosen {
    Chosen {
        id: id(n),
        address: Text::of(format_args!("u{n}@bakery.example")),
        name: Text::of(format_args!("User {n}")),
        kind: Kind::User,
    }
}

pub(in crate::domain) fn result(n: u8, outcome: SeatOutcome) -> SeatResult {
    SeatResult { user: chosen(n), outcome }
}

pub(in crate::domain) fn seat(n: u8) -> Seat {
    let Chosen { id, address, name, .. } = chosen(n);
    Seat {
        id,
        address,
        name,
        since: at("2026-11-23T05:00:00Z"),
        left: None,
        first_backup: None,
        problem: None,
    }
}

pub(in crate::domain) fn rule() -> AutoRule {
    AutoRule {
        made: at("2026-11-23T05:40:00Z"),
        by: Text::from("nora"),
        confirmed: 3,
        ceiling: 13,
        last_pass: None,
        attention: None,
    }
}

/// Five eligible users, users 1 and 2 on.
pub(in crate::domain) fn outcome() -> Outcome {
    Outcome {
        read: at("2026-11-23T05:48:00Z"),
        run: RunRecord {
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
            opened: at("2026-11-23T05:00:00Z"),
            by: Text::from("nora"),
            touched: at("2026-11-23T05:47:00Z"),
            parked: None,
            finished: Some(at("2026-11-23T05:48:00Z")),
            is_read_only: false,
            held_by: None,
            request: None,
            organisation: Some(Organisation {
                tenant: "2f1c6f4e-8f2a-4f0e-9c3e-6f6d1f0a7b21".parse().unwrap(),
                name: Some(Text::from("Bakery Pty Ltd")),
                domain: Some(Text::from("bakery.example")),
                region: None,
            }),
            impersonation: None,
            administrator: None,
            is_key_lost: false,
            key_needed: KeyNeeded::default(),
            invitation: None,
            own_right: None,
            link_shown: None,
            proved: None,
            enabled: Some(at("2026-11-23T05:30:00Z")),
            form: crate::domain::form_draft::FormDraft::default(),
            draft: Draft::default(),
            has_applied_all: false,
            unfinished: Vec::new(),
            results: Vec::new(),
            others: Vec::new(),
        },
        done: RunDone {
            turned_on: 2,
            list: ListSummary { counted: Some(at("2026-11-23T05:45:00Z")), ..ListSummary::of(8, 5) },
            ..RunDone::default()
        },
        protection: Protection {
            seats: vec![seat(1), seat(2)],
            sweeper: SweeperStatus::on("ops-1"),
            ..Protection::default()
        },
        excluded: Vec::new(),
        results: vec![result(1, SeatOutcome::TurnedOn), result(2, SeatOutcome::AlreadyOn)],
        earlier: Vec::new(),
        audit: vec![AuditEntry {
            at: at("2026-11-23T05:47:00Z"),
            by: Text::from("nora"),
            what: Text::from("turned on 2 users"),
            hash: Text::from("0badcafe"),
        }],
        is_audit_whole: true,
        place: "/home/kim/backup365.db".into(),
    }
}

#[test]
fn the_ticket_says_who_when_what_and_whether_the_audit_is_whole() {
    let mut outcome = outcome();
    outcome.results.extend([result(3, SeatOutcome::NoSeat), result(4, SeatOutcome::TurnedOff)]);
    outcome.done.turned_off = 1;
    let whole = Excluded {
        id: id(5),
        name: Some(chosen(5).name),
        address: Some(chosen(5).address),
        at: outcome.run.opened,
        by: Text::from("nora"),
    };
    let nameless = Excluded { id: id(6), name: None, address: None, ..whole.clone() };
    outcome.protection.exclusions = vec![id(5), id(6)];
    outcome.excluded = vec![whole, nameless];
    let text = write(&outcome, Form::Ticket);
    for words in [
        "B365-7KQ4",
        "Bakery (C-1)",
        "Organisation: Bakery Pty Ltd, bakery.example\nTenant ID: 2f1c6f4e-8f2a-4f0e-9c3e-6f6d1f0a7b21\n",
        "Operator: nora",
        "Finished: Mon 23 Nov 2026 16:48 AEDT",
        "Result: partly done",
        "Protected: 2",
        "Turned on by this run, and still on: 2\n- User 1 <u1@bakery.example>\n",
        "Turned off by this run: 1\n- User 4 <u4@bakery.example>\n",
        "Excluded: 2\n- User 5 <u5@bakery.example>\n- user 06060606-",
        "- User 3 · u3@bakery.example: left off: no seat is left",
        "History whole: every entry fits the one before.",
        "0badcafe",
    ] {
        assert!(text.contains(words), "{words} is missing in\n{text}");
    }
    outcome.is_audit_whole = false;
    assert!(write(&outcome, Form::Ticket).contains("NOT whole"));
}

#[test]
fn the_customer_reads_plain_words_in_their_own_time() {
    let mut outcome = outcome();
    let text = write(&outcome, Form::Customer);
    assert!(text.contains("2 users of Office 365 are protected."), "{text}");
    assert!(text.contains("tell us when somebody joins"), "{text}");
    assert!(!text.contains("First backup"), "only where a worker wrote it");
    outcome.protection.rule = Some(rule());
    outcome.protection.seats[0].first_backup = Some(at("2026-11-23T06:00:00Z"));
    let text = write(&outcome, Form::Customer);
    assert!(text.contains("Next: Mon 23 Nov 2026 20:00 AEDT (Mon 23 Nov 2026 17:00 AWST)"), "{text}");
    assert!(text.contains("First backup on Mon 23 Nov 2026 14:00 AWST"), "{text}");
}

#[test]
fn a_receipt_that_is_read_later_names_the_sweep_that_is_next_then_and_its_clock_once() {
    let mut outcome = outcome();
    outcome.protection.rule = Some(rule());
    outcome.run.customer.time_zone = Some(Text::from("Australia/Melbourne"));
    outcome.read = at("2026-11-23T09:06:00Z");
    let [ticket, customer, json] = Form::ALL.map(|form| write(&outcome, form));
    assert!(customer.contains("Next: Tue 24 Nov 2026 20:00 AEDT.\n"), "{customer}");
    assert!(ticket.contains("next sweep Tue 24 Nov 2026 20:00 AEDT"), "{ticket}");
    assert!(json.contains("2026-11-24T09:00:00Z"), "{json}");
}

#[test]
fn the_customer_is_told_what_keeps_users_off_and_who_they_are() {
    let mut outcome = outcome();
    outcome.results.extend([
        result(3, SeatOutcome::NoSeat),
        result(4, SeatOutcome::NoSeat),
        result(5, SeatOutcome::Failed(Text::from("the mailbox is locked"))),
    ]);
    let text = write(&outcome, Form::Customer);
    for words in [
        "2 chosen users have no seat yet: order 2 seats.\n- User 3 <u3@bakery.example>\n- User 4 <",
        "1 chosen user could not be turned on yet. We will come back to you.\n- User 5 <u5@bakery.example>\n",
    ] {
        assert!(text.contains(words), "{words} is missing in\n{text}");
    }
    // What the list says of a mailbox is not said a second time, as a user of whom nothing is known.
    outcome.results.truncate(2);
    outcome.run.has_applied_all = true;
    let troubled = (Text::from("Ana"), Text::from("ana@bakery.example"), Text::from("no mailbox"));
    outcome.done.list.eligible = 2;
    outcome.done.list.keep_problems(1, std::iter::once(troubled));
    let text = write(&outcome, Form::Customer);
    assert!(text.contains("ana@bakery.example (no mailbox)") && !text.contains("chosen user"), "{text}");
}

#[test]
fn with_a_list_that_was_given_nobody_is_promised_that_new_users_follow() {
    let mut outcome = outcome();
    outcome.protection.rule = Some(rule());
    outcome.run.product = Product::MpExchange;
    outcome.run.impersonation = Some(given());
    let [ticket, customer, _] = Form::ALL.map(|form| write(&outcome, form));
    assert!(
        customer.contains("New mailboxes must be added to the list: tell us when somebody joins."),
        "{customer}"
    );
    assert!(!customer.contains("by themselves"), "{customer}");
    assert!(ticket.contains("only the mailboxes on the pasted list"), "{ticket}");
}

#[test]
fn what_a_search_can_not_see_is_told_to_everybody_with_what_they_can_do() {
    for advice in ["Paste a list at Access to be sure.", "Import a list to be sure."] {
        let mut outcome = outcome();
        outcome.done.list.gaps = vec![Text::of(format_args!("{} {advice}", verdict::HIDDEN))];
        let [ticket, customer, _] = Form::ALL.map(|form| write(&outcome, form));
        assert!(ticket.contains(advice.trim_end_matches('.')), "{ticket}");
        let asks = "People hidden from your address list are not included: tell us who is missing.\n";
        assert!(customer.contains(asks) && !customer.contains("to be sure"), "{customer}");
    }
}

/// Access to a hoster, with a list of one mailbox.
fn given() -> Impersonation {
    Impersonation {
        server: Text::from("https://mail.hoster.example/EWS/Exchange.asmx"),
        account: Text::from("svc@hoster.example"),
        password: Secret::new("hunter2".to_owned()),
        sample: "ana@bakery.example".parse().unwrap(),
        domains: Vec::new(),
        listing: Listing::Given(vec!["ana@bakery.example".parse().unwrap()]),
    }
}

#[test]
fn every_text_tells_the_same_of_users_that_no_sweep_will_turn_on() {
    let mut outcome = outcome();
    outcome.protection.rule = Some(rule());
    let [ticket, customer] = [Form::Ticket, Form::Customer].map(|form| write(&outcome, form));
    assert!(ticket.contains("Result: done") && ticket.contains("Scheduled: 3"), "{ticket}");
    assert!(customer.contains("3 more users are turned on at the next 20:00"), "{customer}");
    outcome.protection.sweeper = SweeperStatus::default();
    outcome.done.list.gaps = vec![Text::from("people hidden from the address list are missing.")];
    let [ticket, customer, json] = Form::ALL.map(|form| write(&outcome, form));
    assert!(ticket.contains("Result: partly done") && !ticket.contains("Scheduled"), "{ticket}");
    assert!(
        ticket.contains("none can turn them on yet: 3") && ticket.contains("no sweeper is installed"),
        "{ticket}"
    );
    assert!(customer.contains("3 more users are to be turned on and can't be yet."), "{customer}");
    assert!(!customer.contains("Next:"), "nothing is promised: {customer}");
    let value: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((value["result"].as_str(), value["counts"]["stalled"].as_u64()), (Some("partly"), Some(3)));
    assert_eq!(value["auto"]["standstill"], "no_sweeper");
    for text in [ticket, customer, json] {
        assert!(text.contains("hidden from the address list"), "{text}");
    }
}

#[test]
fn the_json_can_be_read_back() {
    let mut outcome = outcome();
    outcome.protection.rule = Some(rule());
    let value: Value = serde_json::from_str(&write(&outcome, Form::Json)).unwrap();
    assert_eq!(value["run"], "B365-7KQ4");
    assert_eq!(value["result"], "done");
    assert_eq!(value["counts"]["protected"], 2);
    assert_eq!(value["users"][1]["result"], "already_on");
    assert_eq!(value["auto"]["next_sweep"], "2026-11-23T09:00:00Z");
    assert_eq!(value["audit"]["is_whole"], true);
}

#[test]
fn no_receipt_holds_a_secret() {
    let mut outcome = outcome();
    outcome.run.product = Product::MpExchange;
    outcome.run.impersonation = Some(Impersonation { listing: Listing::Directory, ..given() });
    for form in Form::ALL {
        let text = write(&outcome, form);
        assert!(text.contains("mail.hoster.example"), "{text}");
        assert!(!text.contains("hunter2") && !text.contains("svc@"), "{text}");
        assert!(lines(&text).iter().all(|line| !line.as_str().contains('\n')));
        assert!(form.file_name(&outcome).as_str().starts_with("B365-7KQ4-"));
    }
}
