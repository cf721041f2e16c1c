//! The verdict as a table, and the three texts.

use super::*;
use crate::domain::{
    customer::{Customer, Impersonation, Listing, Product},
    draft::Draft,
    id::CustomerId,
    protection::{AutoRule, Chosen, Protection, Seat},
    run::{AuditEntry, RunDone, RunRecord, SweeperStatus},
    secret::Secret,
    tenant::Organisation,
    user::Kind,
};

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn id(n: u8) -> UserId {
    UserId::from_bytes([n; 16])
}

fn chosen(n: u8) -> Chosen {
    Chosen {
        id: id(n),
        address: Text::of(format_args!("u{n}@bakery.example")),
        name: Text::of(format_args!("User {n}")),
        kind: Kind::User,
    }
}

fn result(n: u8, outcome: SeatOutcome) -> SeatResult {
    SeatResult { user: chosen(n), outcome }
}

fn seat(n: u8) -> Seat {
    let Chosen { id, address, name, .. } = chosen(n);
    Seat { id, address, name, since: at("2026-11-23T05:00:00Z"), left: None, first_backup: None }
}

fn rule() -> AutoRule {
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
            organisation: Some(Organisation {
                tenant: "2f1c6f4e-8f2a-4f0e-9c3e-6f6d1f0a7b21".parse().unwrap(),
                name: Some(Text::from("Bakery Pty Ltd")),
                domain: Some(Text::from("bakery.example")),
                region: None,
            }),
            impersonation: None,
            is_key_lost: false,
            link_shown: None,
            proved: None,
            enabled: Some(at("2026-11-23T05:30:00Z")),
            form: crate::domain::form_draft::FormDraft::default(),
            draft: Draft::default(),
            unfinished: Vec::new(),
            results: Vec::new(),
        },
        done: RunDone { turned_on: 2, listed: 8, eligible: 5, ..RunDone::default() },
        protection: Protection { seats: vec![seat(1), seat(2)], ..Protection::default() },
        results: vec![result(1, SeatOutcome::TurnedOn), result(2, SeatOutcome::AlreadyOn)],
        audit: vec![AuditEntry {
            at: at("2026-11-23T05:47:00Z"),
            by: Text::from("nora"),
            what: Text::from("turned on 2 users"),
            hash: Text::from("0badcafe"),
        }],
        is_audit_whole: true,
        sweeper: SweeperStatus { host: Some(Text::from("ops-1")), ..SweeperStatus::default() },
    }
}

fn verdict(change: impl FnOnce(&mut Outcome)) -> (u32, u32, u32, u32) {
    let mut outcome = outcome();
    change(&mut outcome);
    let verdict = Verdict::of(&outcome);
    assert_eq!(verdict.is_partly(), verdict.missed > 0);
    (verdict.protected, verdict.scheduled, verdict.missed, verdict.not_chosen)
}

#[test]
fn who_was_chosen_and_is_neither_on_nor_scheduled_makes_it_partly_done() {
    assert_eq!(verdict(|_| ()), (2, 0, 0, 3), "nobody chose the other three");
    let failed = || result(3, SeatOutcome::Failed(Text::from("the mailbox is locked")));
    assert_eq!(verdict(|o| o.results.push(failed())), (2, 0, 1, 2));
    assert_eq!(verdict(|o| o.results.push(result(3, SeatOutcome::Stopped))), (2, 0, 1, 2));
    let ticked = |o: &mut Outcome| o.run.draft.exceptions = [id(3), id(1)].into();
    assert_eq!(verdict(ticked), (2, 0, 1, 2), "ticked and not turned on");
    let both = |o: &mut Outcome| {
        o.results.push(failed());
        o.run.draft.exceptions = [id(3)].into();
        o.run.unfinished = vec![chosen(3)];
    };
    assert_eq!(verdict(both), (2, 0, 1, 2), "one user is missed once");
    let all = |o: &mut Outcome| o.run.draft = Draft { all: true, exceptions: [id(5)].into() };
    assert_eq!(verdict(all), (2, 0, 2, 1), "All but one");
    let auto = |o: &mut Outcome| {
        o.results.push(failed());
        o.protection.rule = Some(rule());
    };
    assert_eq!(verdict(auto), (2, 3, 0, 0), "Auto schedules who is not on");
    let out = |o: &mut Outcome| {
        o.results.push(result(9, SeatOutcome::Excluded));
        o.protection.exclusions = vec![id(9)];
        o.protection.rule = Some(rule());
    };
    assert_eq!(verdict(out), (2, 3, 1, 0), "but not who is excluded");
    let off = |o: &mut Outcome| {
        o.protection.seats.pop();
        o.results = vec![result(2, SeatOutcome::TurnedOff)];
    };
    assert_eq!(verdict(off), (1, 0, 0, 4), "turning off misses nobody");
    let left = |o: &mut Outcome| {
        let gone = Seat { left: Some(at("2026-11-01T00:00:00Z")), ..seat(7) };
        o.protection.seats.push(gone);
    };
    assert_eq!(verdict(left), (2, 0, 0, 3), "a leaver's seat is kept, but protects nobody listed");
}

#[test]
fn the_ticket_says_who_when_what_and_whether_the_audit_is_whole() {
    let mut outcome = outcome();
    outcome.results.push(result(3, SeatOutcome::NoSeat));
    let text = write(&outcome, Form::Ticket);
    for words in [
        "B365-7KQ4",
        "Bakery (C-1)",
        "Bakery Pty Ltd, bakery.example, tenant 2f1c6f4e-8f2a-4f0e-9c3e-6f6d1f0a7b21",
        "Operator: nora",
        "Finished: Mon 23 Nov 2026 16:48 AEDT",
        "Result: partly done",
        "Registered for backup: 2",
        "- User 3 · u3@bakery.example: left off: no seat is left",
        "Audit: whole",
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
    assert!(text.contains("2 users of Office 365 are registered for backup."), "{text}");
    assert!(text.contains("tell us when somebody joins"), "{text}");
    assert!(!text.contains("First backup"), "only where a worker wrote it");
    outcome.protection.rule = Some(rule());
    outcome.protection.seats[0].first_backup = Some(at("2026-11-23T06:00:00Z"));
    let text = write(&outcome, Form::Customer);
    assert!(text.contains("Next: Mon 23 Nov 2026 20:00 AEDT (Mon 23 Nov 2026 17:00 AWST)"), "{text}");
    assert!(text.contains("First backup on Mon 23 Nov 2026 14:00 AWST"), "{text}");
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
    outcome.run.impersonation = Some(Impersonation {
        server: Text::from("https://mail.hoster.example/EWS/Exchange.asmx"),
        account: Text::from("svc@hoster.example"),
        password: Secret::new("hunter2".to_owned()),
        sample: "ana@bakery.example".parse().unwrap(),
        domains: Vec::new(),
        listing: Listing::Directory,
    });
    for form in Form::ALL {
        let text = write(&outcome, form);
        assert!(text.contains("mail.hoster.example"), "{text}");
        assert!(!text.contains("hunter2") && !text.contains("svc@"), "{text}");
        assert!(lines(&text).iter().all(|line| !line.as_str().contains('\n')));
        assert!(form.file_name(&outcome).as_str().starts_with("B365-7KQ4-"));
    }
}
