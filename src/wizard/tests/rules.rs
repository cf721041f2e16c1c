//! The rules that no screen may break, each as a table or a short story.

use std::time::Duration;

use crate::{
    domain::{
        doubt::Finding,
        failure::{Failure, FailureKind},
        phrase::{Detail, WayOn},
        run::ProductProgress,
        tenant_input::TenantInput,
    },
    wizard::{
        answer::Ending,
        event::Ended,
        resume::{Stage, stage, trail},
        view::{Column, Row, Tone},
    },
};

use super::*;

/// A run of Office 365 whose tenant is confirmed and whose link has been shown.
fn consenting() -> RunRecord {
    let mut record = record(1, Product::Office365);
    record.organisation = Some(organisation(1));
    record.link_shown = Some(Moment::parse("2026-11-23T05:42:00Z").unwrap());
    record
}

/// A hosted run with details on record.
fn hosted() -> RunRecord {
    let mut record = record(1, Product::MpExchange);
    record.impersonation = Some(details());
    record
}

#[test]
fn the_step_is_derived_from_the_record_alone() {
    let some = Some(Moment::default());
    let with = |base: RunRecord, change: fn(&mut RunRecord)| {
        let mut record = base;
        change(&mut record);
        record
    };
    for (record, expected, screens) in [
        (record(1, Product::Office365), Stage::Access, 2),
        (record(1, Product::MpExchange), Stage::Access, 2),
        (consenting(), Stage::Authorise, 3),
        (hosted(), Stage::Authorise, 3),
        (with(consenting(), |r| r.proved = Some(Moment::default())), Stage::Authorise, 3),
        (with(consenting(), |r| r.enabled = Some(Moment::default())), Stage::Users, 4),
        (with(hosted(), |r| r.enabled = Some(Moment::default())), Stage::Users, 4),
        (with(hosted(), |r| r.is_key_lost = true), Stage::Access, 2),
        (
            with(hosted(), |r| {
                r.is_key_lost = true;
                r.enabled = Some(Moment::default());
            }),
            Stage::Access,
            2,
        ),
        (with(consenting(), |r| r.is_key_lost = true), Stage::Authorise, 3),
        (with(consenting(), |r| r.finished = Some(Moment::default())), Stage::Outcome, 5),
    ] {
        assert_eq!(stage(&record), expected, "{record:?}");
        assert_eq!(trail(&record).len(), screens, "{record:?}");
    }
    assert!(some.is_some());
}

#[test]
fn a_resumed_run_shows_its_link_and_asks_at_once() {
    let desk = Desk::resumed(consenting());
    assert_eq!(desk.stop(), "Authorise");
    assert!(desk.words().contains("/adminconsent"), "{}", desk.words());
    assert!(desk.notice().contains("since 05:42 UTC"), "{}", desk.notice());
    assert_eq!((desk.count("LinkShown"), desk.count("Prove")), (0, 1));
}

#[test]
fn rounds_come_at_the_given_times_and_on_r() {
    let mut desk = Desk::resumed(consenting());
    let mut times = vec![0];
    let start = desk.now;
    let mut seen = desk.count("Prove");
    for _ in 0..120 {
        desk.pass(1);
        if desk.count("Prove") > seen {
            seen = desk.count("Prove");
            times.push(desk.now.since(start).as_secs());
        }
    }
    assert_eq!(times, [0, 2, 4, 8, 15, 30, 60, 90, 120]);
    desk.act(Action::Refresh);
    assert_eq!(desk.count("Prove"), seen + 1);
    desk.act(Action::Refresh);
    assert_eq!(desk.count("Prove"), seen + 1, "one round at a time");
}

#[test]
fn enable_opens_only_by_a_proof_of_this_session_that_names_the_tenant() {
    for (verdict, named, is_open) in [
        (Verdict::NotYet, None, false),
        (Verdict::Spreading, Some(organisation(1)), false),
        (Verdict::Proved, None, false),
        (Verdict::Proved, Some(organisation(2)), false),
        (Verdict::WrongTenant { found: organisation(2) }, Some(organisation(2)), false),
        (Verdict::Failed(Failure::new(FailureKind::Refused, "x", "y")), None, false),
        (Verdict::Proved, Some(organisation(1)), true),
    ] {
        let mut record = consenting();
        record.proved = Some(Moment::default());
        let mut desk = Desk::resumed(record);
        desk.verdict = verdict.clone();
        desk.named = named;
        desk.pass(3);
        desk.act(Action::Enable).answer();
        assert_eq!(desk.count("Enable(") == 1, is_open, "{verdict:?}");
        if !is_open {
            assert_eq!(desk.stop(), "Authorise");
            assert!(desk.button(Action::Enable).is_none(), "{verdict:?}");
            desk.enter().answer();
            assert_eq!(desk.count("Enable("), 0, "{verdict:?}");
        }
    }
}

#[test]
fn enable_waits_until_what_was_proved_is_on_record() {
    let kept = |reply: Option<Reply>, enabled: usize| {
        let mut desk = Desk::resumed(consenting());
        (desk.verdict, desk.named) = (Verdict::Proved, Some(organisation(1)));
        // The next round brings the proof; the write that keeps it takes its time.
        let (call, wake) = desk.open.iter().find(|(_, r)| matches!(r, Request::Wake(_))).cloned().unwrap();
        desk.open.retain(|(open, _)| *open != call);
        desk.happen(EventKind::Reply(call, Reply::Woken));
        assert!(matches!(wake, Request::Wake(_)));
        let at = desk.open.iter().position(|(_, request)| matches!(request, Request::Prove { .. })).unwrap();
        let (call, request) = desk.open.remove(at);
        desk.respond(call, &request);
        assert!(desk.is_out("SaveProof"));
        desk.act(Action::Enable);
        assert_eq!(
            (desk.count("Enable("), desk.notice().as_str()),
            (0, "Saving what was proved. Enable follows.")
        );
        let at = desk.open.iter().position(|(_, r)| matches!(r, Request::SaveProof(..))).unwrap();
        let (call, request) = desk.open.remove(at);
        let reply = reply.or_else(|| desk.reply_to(&request)).unwrap();
        desk.happen(EventKind::Reply(call, reply)).answer();
        assert_eq!(desk.count("Enable("), enabled, "{}", desk.words());
        desk
    };
    assert_eq!(kept(None, 1).stop(), "Users");
    let failed = kept(Some(failed()), 0);
    assert!(failed.words().contains("the server did not answer"), "{}", failed.words());
}

#[test]
fn the_wrong_organisation_names_both_and_says_how_the_grant_is_removed() {
    let mut desk = Desk::resumed(consenting());
    desk.verdict = Verdict::WrongTenant { found: organisation(2) };
    desk.pass(3);
    let words = desk.words();
    for part in
        ["Organisation 1 (…0001)", "Organisation 2 (…0002)", "Nothing has been enabled", "presses Delete"]
    {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(desk.view().card.say.as_str().contains("Organisation 2"));
}

#[test]
fn a_slow_spreading_is_no_error() {
    let mut desk = Desk::resumed(consenting());
    desk.verdict = Verdict::Spreading;
    desk.pass(400);
    assert!(desk.words().contains("longer than usual"), "{}", desk.words());
    assert!(!desk.words().contains("Failure"), "{}", desk.words());
    assert!(desk.notice().contains("6 min"), "{}", desk.notice());
    assert!(desk.is_out("Wake"), "it goes on");
}

#[test]
fn a_refused_password_is_not_tried_again_by_itself() {
    let mut desk = Desk::resumed(hosted());
    desk.verdict = Verdict::Failed(
        Failure::new(FailureKind::Refused, "the password is refused", "Enter it again.").with_code("401"),
    );
    desk.pass(3);
    let tried = desk.count("Prove");
    desk.pass(600);
    assert_eq!(desk.count("Prove"), tried, "a locked account helps nobody");
    assert_eq!(desk.view().next_change, None);
    assert!(desk.words().contains("the password is refused"));
    desk.act(Action::Refresh);
    assert_eq!(desk.count("Prove"), tried + 1);
}

#[test]
fn a_run_that_is_held_elsewhere_is_never_written() {
    for base in [record(1, Product::Office365), record(1, Product::MpExchange), consenting(), hosted()] {
        let mut record = base;
        (record.is_read_only, record.held_by) = (true, Some(ann()));
        let mut desk = Desk::resumed(record.clone());
        desk.verdict = Verdict::Proved;
        desk.named = record.organisation.clone();
        assert!(desk.view().bar.is_read_only);
        desk.fill(FieldId::Tenant, "bakery1.example").pass(3);
        for given in [
            Given::Submit,
            Given::Yes,
            Given::Do(Action::Enable),
            Given::Do(Action::Authorise),
            Given::Do(Action::Park),
            Given::Submit,
        ] {
            desk.give(given).answer();
        }
        desk.give(Given::Leave).give(Given::Leave);
        let writes: Vec<_> = desk
            .log
            .iter()
            .filter(|line| {
                ["Save", "Link", "Enable", "Park", "Leave"].iter().any(|write| line.starts_with(write))
            })
            .collect();
        assert!(writes.is_empty(), "{writes:?}");
    }
}

#[test]
fn read_only_says_why() {
    let mut record = consenting();
    (record.is_read_only, record.held_by) = (true, Some(ann()));
    let mut desk = Desk::resumed(record);
    assert!(desk.words().contains("ann has this run on desk-1 since 05:42 UTC"), "at once: {}", desk.words());
    desk.act(Action::Park);
    assert!(
        desk.notice().contains("ann has this run on desk-1 since 05:42 UTC"),
        "when asked: {}",
        desk.notice()
    );
}

#[test]
fn what_must_be_said_of_the_operator_is_said_on_the_first_screen() {
    let mut setup = setup();
    setup.operator.warning = Some("root is the first operator on this record.".into());
    let mut desk = Desk::new(setup, Vec::new());
    desk.answer();
    assert!(desk.notice().contains("root is the first operator"), "{}", desk.notice());
}

#[test]
fn what_only_an_admin_may_names_the_admins_and_the_command() {
    let mut visitor = setup();
    (visitor.operator.is_admin, visitor.operator.admins) = (false, vec!["ann".into()]);
    let mut desk = Desk::new(visitor, Vec::new());
    desk.answer().act(Action::Add);
    let said = desk.notice();
    assert!(said.contains("Admins here: ann.") && said.contains("operators set kim --admin"), "{said}");
}

#[test]
fn a_run_is_taken_over_once_the_other_process_is_gone() {
    let mut record = consenting();
    (record.is_read_only, record.held_by) = (true, Some(ann()));
    let mut desk = Desk::resumed(record.clone());
    desk.act(Action::TakeOver);
    desk.answer();
    assert!(
        desk.notice().contains("ann still has this run on desk-1"),
        "it is still held: {}",
        desk.notice()
    );
    (record.is_read_only, record.held_by) = (false, None);
    desk.record = Some(record);
    let before = desk.count("LoadRun");
    desk.act(Action::TakeOver);
    desk.answer();
    assert_eq!(desk.count("LoadRun"), before + 1);
    assert!(!desk.view().bar.is_read_only && !desk.words().contains("ann has"), "{}", desk.words());
}

#[test]
fn the_tenant_field_asks_only_for_what_is_whole() {
    let mut desk = Desk::resumed(record(1, Product::Office365));
    for (typed, is_asked) in [
        ("bakery", false),
        ("common", false),
        ("9188040d-6c67-4c5b-b112-36a304b66dad", false),
        ("7c1e0f52-93ab-4d1c-8a40-5b2f6d9e000", false),
        ("7c1e0f52-93ab-4d1c-8a40-5b2f6d9e0001", true),
        ("mila@bakery1.example", true),
    ] {
        let before = desk.count("LookUp");
        desk.fill(FieldId::Tenant, typed).pass(1);
        assert_eq!(desk.count("LookUp") - before, usize::from(is_asked), "{typed}");
        assert_eq!(desk.button(Action::Save).unwrap().is_open, is_asked, "{typed}");
    }
    desk.fill(FieldId::Tenant, "mila@bakery1.examplex");
    assert!(!desk.button(Action::Save).unwrap().is_open, "what was found is not what stands there");
}

#[test]
fn a_whole_tenant_id_that_is_wrong_is_said_while_it_is_typed() {
    let mut desk = Desk::resumed(record(1, Product::Office365));
    let whole = "7c1e0f52-93ab-4d1c-8a40-5b2f6d9e00cZ";
    for signs in 0..36 {
        let typed: String = whole.chars().take(signs).collect();
        desk.fill(FieldId::Tenant, &typed);
        assert!(!desk.words().contains("A tenant ID has only"), "{typed}");
    }
    // The last sign is typed, and the field is not left.
    desk.fill(FieldId::Tenant, whole);
    assert!(desk.words().contains("A tenant ID has only the digits 0 to 9"), "{}", desk.words());
    desk.fill(FieldId::Tenant, "7c1e0f52-93ab-4d1c-8a40-5b2f6d9e00c2");
    assert!(!desk.words().contains("A tenant ID has only"));
}

#[test]
fn what_is_not_offered_says_why() {
    let mut visitor = setup();
    visitor.operator.is_admin = false;
    let mut desk = Desk::new(visitor, vec![row(customer(1), Progress::NotStarted, None)]);
    desk.answer().act(Action::Add);
    assert!(desk.notice().contains("An Admin adds customers"), "{}", desk.notice());
}

#[test]
fn an_answer_to_an_older_question_is_dropped_and_said() {
    let mut desk = Desk::resumed(record(1, Product::Office365));
    let older = desk.view().ask.revision;
    desk.fill(FieldId::Tenant, "bakery1.example").give(Given::Settle(FieldId::Tenant));
    assert_eq!(desk.view().ask.revision, older, "filling in is no other question");
    let at = desk.open.iter().position(|(_, request)| matches!(request, Request::LookUp(..))).unwrap();
    let (call, _) = desk.open.remove(at);
    desk.happen(EventKind::Reply(call, failed()));
    assert_ne!(
        desk.view().ask.revision,
        older,
        "what was typed ahead was meant for a look-up that went well"
    );
    desk.happen(EventKind::Answer(Answer { to: older, what: Given::Back }));
    assert_eq!(desk.stop(), "Access");
    assert!(desk.notice().contains("was not taken"), "{}", desk.notice());
    desk.happen(EventKind::Answer(Answer { to: older, what: Given::Leave }));
    assert_eq!(desk.question(), QuestionId::Leave, "leaving is always heard");
}

#[test]
fn a_look_up_that_is_still_out_saves_nothing() {
    let mut desk = Desk::resumed(record(1, Product::Office365));
    desk.fill(FieldId::Tenant, "bakery1.example").give(Given::Settle(FieldId::Tenant)).enter();
    assert_eq!(desk.count("LookUp"), 1, "leaving the field asks at once");
    assert_eq!(desk.count("SaveOrganisation"), 0);
    assert!(desk.notice().contains("still being asked"), "{}", desk.notice());
    desk.answer().enter();
    assert_eq!(desk.count("SaveOrganisation"), 1);
}

#[test]
fn a_tenant_without_a_name_can_be_saved() {
    let mut desk = Desk::resumed(record(1, Product::Office365));
    desk.fill(FieldId::Tenant, "bakery1.example").give(Given::Settle(FieldId::Tenant));
    let at = desk.open.iter().position(|(_, request)| matches!(request, Request::LookUp(..))).unwrap();
    let (call, _) = desk.open.remove(at);
    let found = Organisation { name: None, ..organisation(1) };
    desk.happen(EventKind::Reply(call, Reply::Found(Box::new(Finding::of(found)))));
    assert!(desk.words().contains("name known after consent"), "{}", desk.words());
    desk.enter();
    assert_eq!(desk.count("SaveOrganisation"), 1);
}

#[test]
fn an_answer_about_another_tenant_can_not_be_saved() {
    let mut desk = Desk::resumed(record(1, Product::Office365));
    desk.fill(FieldId::Tenant, &tenant(2).to_string()).give(Given::Settle(FieldId::Tenant)).answer();
    assert!(!desk.button(Action::Save).unwrap().is_open);
    assert!(desk.words().contains("another organisation"), "{}", desk.words());
    desk.enter();
    assert_eq!(desk.count("SaveOrganisation"), 0);
    assert_eq!(TenantInput::parse(&tenant(2).to_string()), Ok(TenantInput::Guid(tenant(2))));
}

/// What takes the tenant of the first customer off the record.
const COMMAND: &str = "backup365 customers set C-0001 --tenant none";

#[test]
fn it_is_not_my_organisation_ends_in_words() {
    for (is_admin, way) in [
        (true, "To correct the record, run this in another window:"),
        (false, "An Admin corrects the record with this:"),
    ] {
        let mut desk = managed(is_admin);
        desk.answer().give(Given::No).answer();
        assert!(desk.words().contains(way) && desk.words().contains(COMMAND), "{}", desk.words());
        assert_eq!((desk.stop(), desk.count("SaveOrganisation")), ("Access", 0));
        // Read again, it is the same one still; corrected, it is asked for here.
        desk.act(Action::Refresh).answer();
        assert!(desk.notice().contains("still has the same tenant, ending in 0001"), "{}", desk.notice());
        assert_eq!(desk.question(), QuestionId::OrganisationDenied);
        desk.record.as_mut().unwrap().customer.tenant = None;
        desk.act(Action::Refresh).answer();
        assert_eq!((desk.question(), desk.stop()), (QuestionId::Tenant, "Access"), "{}", desk.words());
    }
}

/// A desk at the access step of a customer whose tenant is on record.
fn managed(is_admin: bool) -> Desk {
    let mut record = record(1, Product::Office365);
    record.customer.is_managed = true;
    record.customer.tenant = Some(tenant(1));
    let mut setup = setup();
    setup.operator.is_admin = is_admin;
    let mut desk = Desk::new(setup, vec![row(record.customer.clone(), Progress::NotStarted, Some(&record))]);
    desk.record = Some(record);
    while !desk.is_out("Identify") {
        let at = desk.open.iter().position(|(_, request)| !matches!(request, Request::Wake(_)));
        match at.map(|at| desk.open.remove(at)) {
            Some((call, request)) => desk.respond(call, &request),
            None => drop(desk.pick(0)),
        }
    }
    desk
}

#[test]
fn a_tenant_on_record_that_microsoft_does_not_know_leaves_a_way_on() {
    for (kind, may_be_corrected) in [(FailureKind::NotFound, true), (FailureKind::Unreachable, false)] {
        let mut desk = managed(true);
        let at = desk.open.iter().position(|(_, request)| matches!(request, Request::Identify(..))).unwrap();
        let (call, _) = desk.open.remove(at);
        desk.happen(EventKind::Reply(
            call,
            Reply::Failed(Failure::new(kind, "no such tenant", "Compare it.")),
        ));
        let words = desk.words();
        assert_eq!(words.contains(COMMAND), may_be_corrected, "{words}");
        // Nothing that is shut is offered, and Enter asks again: of the record too.
        assert!(desk.button(Action::Yes).is_none() && desk.button(Action::Refresh).unwrap().is_open);
        desk.record.as_mut().unwrap().customer.tenant = Some(tenant(2));
        desk.enter().answer();
        assert!(desk.button(Action::Yes).unwrap().is_open, "{}", desk.words());
        assert!(desk.words().contains(&tenant(2).to_string()), "{}", desk.words());
        assert_eq!(desk.count("SaveOrganisation"), 0);
    }
}

#[test]
fn a_list_that_was_emptied_comes_back() {
    let mut desk = Desk::resumed(record(1, Product::MpExchange));
    let list = "ana@bakery1.example\nben@bakery1.example".to_owned();
    desk.give(Given::Fill(FieldId::Mailboxes, Value::Lines(list)));
    desk.act(Action::EmptyList);
    assert!(desk.words().contains("0 mailboxes on the list"), "{}", desk.words());
    assert!(desk.notice().contains("2 mailboxes taken off the list."), "{}", desk.notice());
    desk.act(Action::EmptyList);
    assert!(desk.words().contains("2 mailboxes on the list"), "{}", desk.words());
    // Another list takes the place of the one before.
    desk.act(Action::EmptyList)
        .give(Given::Fill(FieldId::Mailboxes, Value::Lines("cy@bakery1.example".into())));
    desk.act(Action::EmptyList).act(Action::EmptyList);
    assert!(desk.words().contains("1 mailbox on the list"), "{}", desk.words());
}

#[test]
fn a_field_that_is_passed_by_is_not_wrong_before_something_is_tried() {
    let mut desk = Desk::resumed(record(1, Product::MpExchange));
    for id in [FieldId::Sample, FieldId::Server, FieldId::Account, FieldId::Password] {
        desk.give(Given::Settle(id));
    }
    let problems = |desk: &Desk| desk.view().page.problems().map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(problems(&desk), [], "{}", desk.words());
    desk.act(Action::Discover);
    assert_eq!(problems(&desk), [FieldId::Sample], "only what the search needs");
    desk.give(Given::Submit).answer();
    assert!(problems(&desk).len() > 3 && desk.count("SaveImpersonation") == 0, "{}", desk.words());
}

#[test]
fn what_the_server_refused_is_where_the_keyboard_is() {
    for (detail, spot) in
        [(Detail::SignIn, Spot::Field(FieldId::Password)), (Detail::Server, Spot::Field(FieldId::Server))]
    {
        let mut desk = Desk::resumed(hosted());
        let refused = Failure::new(FailureKind::Refused, "no", WayOn::Mend(detail));
        desk.verdict = Verdict::Failed(refused);
        desk.enter().answer().give(Given::Back);
        assert!(desk.is_at(spot), "{detail:?} {}", desk.words());
        assert_eq!(
            desk.words().contains("refused; type it again"),
            detail == Detail::SignIn,
            "{}",
            desk.words()
        );
    }
}

/// A desk at the access step, for a tenant on record or one that was typed and looked up, that something speaks against.
fn doubted(is_on_record: bool) -> Desk {
    let mut record = record(1, Product::Office365);
    if is_on_record {
        record.customer.is_managed = true;
        record.customer.tenant = Some(tenant(1));
    }
    let row = row(record.customer.clone(), Progress::NotStarted, Some(&record));
    let mut desk = Desk::new(setup(), vec![row]);
    desk.record = Some(record);
    desk.doubts = vec![elsewhere(1), shared(7)];
    desk.answer().pick(0).answer();
    if !is_on_record {
        desk.fill(FieldId::Tenant, "bakery.example").give(Given::Settle(FieldId::Tenant)).answer();
    }
    desk
}

#[test]
fn what_speaks_against_a_tenant_is_said_before_it_is_saved_and_taken_only_by_a_yes_of_its_own() {
    for is_on_record in [true, false] {
        let mut desk = doubted(is_on_record);
        let first = desk.question();
        let says_both = |desk: &Desk| {
            let words = desk.words();
            words.contains("C-0007 Bakery 7 has this organisation.")
                && words
                    .contains("Bakery 1's domain bakery1.example belongs to another organisation (…0077).")
        };
        assert!(says_both(&desk), "{}", desk.words());
        desk.enter();
        assert_eq!((desk.question(), desk.count("SaveOrganisation")), (QuestionId::Doubted, 0));
        assert!(says_both(&desk), "{}", desk.words());
        assert_eq!(desk.view().ask.shape, Shape::Confirm { default: false });
        // Enter is No, and No is back.
        desk.enter();
        assert_eq!((desk.question(), desk.count("SaveOrganisation")), (first, 0));
        desk.enter().give(Given::Back);
        assert_eq!((desk.question(), desk.stop()), (first, "Access"));
        desk.enter().give(Given::Yes).answer();
        assert_eq!((desk.count("SaveOrganisation"), desk.stop()), (1, "Authorise"));
    }
}

#[test]
fn what_came_to_speak_against_a_tenant_after_it_was_looked_up_is_asked_too() {
    let mut desk = doubted(true);
    desk.doubts.clear();
    desk.act(Action::Refresh).answer();
    desk.later = vec![shared(8)];
    desk.enter().answer();
    assert_eq!(desk.question(), QuestionId::Doubted, "{}", desk.words());
    assert!(desk.words().contains("C-0008 Bakery 8 has this organisation"), "{}", desk.words());
    // One more comes while the operator thinks: a Yes to one is none to two.
    let older = desk.view().ask.revision;
    desk.later.push(shared(9));
    desk.give(Given::Yes).answer();
    assert!(desk.words().contains("C-0009") && desk.words().contains("C-0008"), "{}", desk.words());
    desk.happen(EventKind::Answer(Answer { to: older, what: Given::Yes })).answer();
    assert_eq!(desk.count("SaveOrganisation"), 2, "the older Yes is dropped");
    desk.give(Given::Yes).answer();
    assert_eq!(desk.stop(), "Authorise");
}

#[test]
fn the_organisation_of_a_run_is_asked_about_anew_when_the_operator_comes_back_to_it() {
    let mut desk = Desk::resumed(consenting());
    desk.doubts = vec![shared(7)];
    desk.give(Given::Back).answer();
    assert!(desk.words().contains("C-0007 Bakery 7 has this organisation"), "{}", desk.words());
}

#[test]
fn adding_a_customer_with_anothers_tenant_is_a_question_too() {
    let mut desk = Desk::new(setup(), vec![row(customer(1), Progress::NotStarted, None)]);
    desk.doubts = vec![shared(7)];
    desk.answer().act(Action::Add);
    desk.fill(FieldId::Reference, "C-9")
        .fill(FieldId::Company, "New")
        .fill(FieldId::MailDomain, "new.example");
    desk.fill(FieldId::TenantOnRecord, &tenant(1).to_string()).give(Given::Submit).answer();
    assert_eq!(desk.question(), QuestionId::NewCustomerDoubted);
    assert!(desk.words().contains("C-0007 Bakery 7 has this organisation"), "{}", desk.words());
    desk.enter();
    assert_eq!(desk.question(), QuestionId::NewCustomer, "what was typed stays");
    desk.give(Given::Submit).answer().give(Given::Yes).answer();
    assert_eq!((desk.question(), desk.count("AddCustomer")), (QuestionId::Customer, 3));
}

#[test]
fn the_screen_says_what_is_looked_up_and_whose_own_organisation_it_is() {
    let mut desk = Desk::resumed(record(1, Product::Office365));
    desk.fill(FieldId::Tenant, "Hemi <hemi@kauri.example> Perth").give(Given::Settle(FieldId::Tenant));
    assert!(desk.words().contains("kauri.example"), "{}", desk.words());
    let at = desk.open.iter().position(|(_, request)| matches!(request, Request::LookUp(..))).unwrap();
    let (call, _) = desk.open.remove(at);
    let found = Finding {
        is_partner: true,
        not_compared: Some("no mail domain is on record".into()),
        ..Finding::of(organisation(1))
    };
    desk.happen(EventKind::Reply(call, Reply::Found(Box::new(found))));
    let words = desk.words();
    assert!(words.contains("This is your own organisation"), "{words}");
    assert!(words.contains("was not compared: no mail domain is on record"), "{words}");
}

#[test]
fn exchange_online_is_refused_with_the_reason() {
    let mut desk = Desk::resumed(record(1, Product::MpExchange));
    desk.fill(FieldId::Sample, "ana@bakery1.example").fill(FieldId::Server, "outlook.office365.com");
    desk.give(Given::Settle(FieldId::Server));
    assert!(desk.words().contains("choose Office 365"), "{}", desk.words());
    desk.give(Given::Submit).answer();
    assert_eq!(desk.count("SaveImpersonation"), 0);
}

#[test]
fn a_saved_access_is_shown_filled_and_keeps_its_password() {
    let mut desk = Desk::resumed(hosted());
    assert_eq!(desk.stop(), "Authorise", "no question twice");
    desk.give(Given::Back);
    assert_eq!(desk.stop(), "Access");
    assert!(
        desk.words().contains("svc@hoster.example") && desk.words().contains("1 mailbox"),
        "{}",
        desk.words()
    );
    desk.give(Given::Submit).answer();
    assert_eq!(desk.record.as_ref().unwrap().impersonation, Some(details()));
    assert_eq!(desk.stop(), "Authorise");
}

#[test]
fn a_lost_key_asks_for_the_password_again() {
    let mut record = hosted();
    record.is_key_lost = true;
    record.enabled = Some(Moment::default());
    let mut desk = Desk::resumed(record);
    assert_eq!(desk.stop(), "Access");
    assert!(desk.words().contains("The key file is gone"));
    desk.give(Given::Submit).answer();
    assert_eq!(desk.count("SaveImpersonation"), 0, "{}", desk.notice());
    desk.fill(FieldId::Password, "new one").give(Given::Submit).answer();
    assert_eq!(desk.stop(), "Users", "{}", desk.words());
}

#[test]
fn the_ways_of_the_link_need_no_browser() {
    let mut desk = Desk::resumed(consenting());
    let link = setup().link(tenant(1));
    desk.act(Action::Copy);
    assert!(!desk.notice().contains("copied"), "{}", desk.notice());
    desk.act(Action::PrintAlone);
    let link = link.to_string();
    assert_eq!(desk.tasks, [FrontEndTask::Copy(link.clone()), FrontEndTask::PrintAlone(link)]);
    desk.act(Action::Open);
    assert_eq!(desk.count("OpenBrowser"), 0);
    assert!(desk.notice().contains("No browser"), "{}", desk.notice());
    assert!(!desk.offers(Action::Open));
    desk.act(Action::WriteFile).answer();
    assert_eq!(desk.notice(), "The link is in the file; only you can read it.");
    let path = "backup365-B365-FHKL-link.txt";
    assert_eq!(desk.words().matches(path).count(), 1, "once: {}", desk.words());
    let proved = desk.count("Prove");
    desk.act(Action::Rehearse).answer();
    assert_eq!((desk.count("Rehearse"), desk.count("Prove")), (1, proved + 1));
}

#[test]
fn a_link_too_long_for_the_clipboard_is_not_said_to_be_sent() {
    let link = setup().link(tenant(1));
    let needed = link.as_str().len().div_ceil(3) * 4;
    for (clipboard, is_sent) in [(needed, true), (needed - 1, false), (0, false)] {
        let given = Setup { clipboard, ..setup() };
        let mut desk = Desk::new(given, vec![row(customer(1), Progress::NotStarted, Some(&consenting()))]);
        desk.record = Some(consenting());
        desk.answer().enter().answer();
        desk.act(Action::Copy);
        assert_eq!(desk.tasks.len(), usize::from(is_sent), "{clipboard}");
        let words = if is_sent {
            "Sent to your terminal's clipboard: the link. Not every"
        } else {
            "Not sent: the link is too long"
        };
        assert!(desk.notice().contains(words), "{clipboard}: {}", desk.notice());
    }
}

#[test]
fn the_customer_is_played_only_where_the_setup_says_so() {
    let mut plain = setup();
    plain.rehearsal = false;
    let mut desk = Desk::new(plain, vec![row(customer(1), Progress::NotStarted, Some(&consenting()))]);
    desk.record = Some(consenting());
    desk.answer().enter().answer();
    desk.act(Action::Rehearse).answer();
    assert_eq!((desk.stop(), desk.count("Rehearse")), ("Authorise", 0));
}

#[test]
fn a_played_customer_tells_the_details_of_their_server() {
    for (rehearsal, asked) in [(true, 1), (false, 0)] {
        let mut setup = setup();
        setup.rehearsal = rehearsal;
        let record = record(1, Product::MpExchange);
        let mut desk = Desk::new(setup, vec![row(customer(1), Progress::NotStarted, Some(&record))]);
        desk.record = Some(record);
        desk.answer().enter().answer();
        assert_eq!(
            desk.view().notice.is_some_and(|n| n.words.for_commands().as_str().starts_with("Sandbox:")),
            rehearsal
        );
        desk.act(Action::Rehearse).answer();
        assert_eq!((desk.stop(), desk.count("AskDetails")), ("Access", asked));
        assert_eq!(desk.words().contains("svc@hoster.example"), rehearsal, "{}", desk.words());
        assert_eq!(desk.count("SaveImpersonation"), 0, "nothing is saved by that");
    }
}

#[test]
fn the_newest_interrupted_run_is_under_the_cursor() {
    let mut runs: Vec<RunRecord> = (0..4).map(|n| record(n, Product::Office365)).collect();
    for (run, touched) in runs.iter_mut().zip([40, 30, 20, 10]) {
        run.touched = Moment::from_millis(touched);
    }
    runs[0].parked = Some(Moment::default());
    (runs[1].is_read_only, runs[1].held_by) = (true, Some(ann()));
    let mut rows = vec![row(customer(9), Progress::NotStarted, None)];
    rows.extend(
        runs.iter().map(|run| row(run.customer.clone(), Progress::Open(Text::from("at access")), Some(run))),
    );
    let mut desk = Desk::new(setup(), rows);
    desk.record = Some(runs[2].clone());
    desk.answer();
    let told = format!("{}, Office 365 of Bakery 2, was interrupted.", runs[2].id);
    assert!(desk.notice().starts_with(&told), "{}", desk.notice());
    assert_eq!(desk.start(), 2, "parked and held runs are not interrupted");
    assert_eq!(desk.rows(|rows| rows.len()), 5);
    let last = desk.rows(|rows| format!("{:?}", rows.row(4).unwrap()));
    assert!(last.contains("Bakery 9"), "runs stand on top: {last}");
    desk.enter();
    assert!(desk.is_out(&format!("LoadRun({})", runs[2].id)), "{:?}", desk.open);
}

#[test]
fn who_can_not_go_on_is_told_why() {
    let mut closed = customer(1);
    closed.is_active = false;
    let mut bare = customer(2);
    bare.products.clear();
    let rows = vec![row(closed, Progress::NotStarted, None), row(bare, Progress::NotStarted, None)];
    for (typed, said) in [("Bakery 1", "is closed"), ("Bakery 2", "Office 365, Business365 or MPexchange")] {
        let mut desk = Desk::new(setup(), rows.clone());
        desk.answer();
        assert!(!desk.words().contains("C-0001"), "closed customers are hidden");
        desk.fill(FieldId::Search, typed).enter().answer();
        assert_eq!(desk.stop(), "Customer");
        assert!(desk.notice().contains(said), "{}", desk.notice());
        assert_eq!(desk.view().notice.unwrap().tone, Tone::Warn);
    }
}

/// One product is enabled, the other was never begun: who asks for the other is not told the first one's counts.
#[test]
fn every_product_of_a_customer_is_told_by_its_name() {
    let mut vineyards = customer(1);
    vineyards.products = vec![Product::Office365, Product::MpExchange];
    let done = Progress::Protected { on: 36, of: 36, off: None };
    let products = vec![(Product::MpExchange, Progress::NotStarted), (Product::Office365, done.clone())];
    let rows = vec![BoardRow::of_products(vineyards.clone(), products)];
    let mut desk = Desk::new(setup(), rows.clone());
    desk.answer();
    let told = |desk: &Desk| {
        let cell =
            |row: &Row<'_>, column| row.cells.get(column).map(|cell| cell.in_words().into_owned()).unwrap();
        desk.rows(|rows| {
            let row = rows.row(0).unwrap();
            (cell(&row, Column::Progress), cell(&row, Column::More))
        })
    };
    assert_eq!(told(&desk), ("36 of 36 protected".into(), "Office 365; MPexchange: not started".into()));
    desk.fill(FieldId::Search, "product:mp").answer();
    assert_eq!(told(&desk), ("not started".into(), "MPexchange; Office 365: 36 of 36 protected".into()));
    desk.fill(FieldId::Search, "product:mp state:protected").answer();
    assert!(desk.words().contains("0 of 1 found"), "{}", desk.words());
    desk.fill(FieldId::Search, "").answer();
    desk.pick(0);
    assert_eq!(desk.stop(), "Product");
    assert!(desk.words().contains("36 of 36 protected"), "{}", desk.words());
    assert!(desk.words().contains("not started"), "{}", desk.words());

    // A run of each, and the customer is counted once.
    let run = record(1, Product::Office365);
    let mut twice = row(vineyards.clone(), Progress::Open("access".into()), Some(&run));
    twice.customer = vineyards;
    let mut desk = Desk::new(setup(), [vec![twice], rows].concat());
    desk.answer();
    assert!(desk.words().contains("1 listed"), "{}", desk.words());
}

#[test]
fn behind_a_run_the_other_products_say_how_far_they_are() {
    let mut record = record(1, Product::Office365);
    record.customer.products = vec![Product::Office365, Product::MpExchange];
    let progress = Progress::Automatic { on: 9, standstill: None, off: None };
    record.others = vec![ProductProgress { product: Product::MpExchange, run: None, progress }];
    let mut desk = Desk::resumed(record);
    desk.give(Given::Back);
    assert_eq!(desk.stop(), "Product");
    assert!(desk.words().contains("automatic, 9 protected"), "{}", desk.words());
}

#[test]
fn what_kept_a_run_from_getting_on_is_parked_with_it() {
    let refused = Failure::new(FailureKind::Refused, "the server refused the account", "Check it.");
    for (verdict, brief) in [(Verdict::Failed(refused), Some("refused")), (Verdict::NotYet, None)] {
        let mut desk = Desk::resumed(hosted());
        desk.verdict = verdict;
        desk.pass(3).act(Action::Park);
        let kept = desk.open.iter().find_map(|(_, request)| match request {
            Request::ParkRun(_, obstacle) => {
                Some(obstacle.as_ref().map(|obstacle| obstacle.brief.to_string()))
            }
            _ => None,
        });
        assert_eq!(kept, Some(brief.map(str::to_owned)));
    }
}

/// Esc in an empty search asks this; the name that is typed next ends with an Enter.
#[test]
fn with_no_run_open_enter_stays() {
    let mut desk = Desk::new(setup(), vec![row(customer(1), Progress::NotStarted, None)]);
    desk.answer().give(Given::Back);
    assert_eq!(
        (desk.question(), desk.view().ask.shape),
        (QuestionId::Leave, Shape::Confirm { default: false })
    );
    let mut desk = Desk::resumed(record(1, Product::Office365));
    desk.give(Given::Leave);
    assert_eq!(
        desk.view().ask.shape,
        Shape::Confirm { default: true },
        "a run is kept, and waits on the board"
    );
}

/// A wizard before the board, where one parked run waits for consent.
fn before_waiting() -> Desk {
    let mut waiting = consenting();
    waiting.customer.tenant = Some(tenant(1));
    waiting.parked = waiting.link_shown;
    let progress = Progress::WaitingForConsent { since: Moment::parse("2026-11-23T05:42:00Z").unwrap() };
    let quiet = row(customer(2), Progress::NotStarted, None);
    let mut desk = Desk::new(setup(), vec![row(waiting.customer.clone(), progress, Some(&waiting)), quiet]);
    desk.record = Some(waiting);
    desk.answer();
    desk
}

fn bells(desk: &Desk) -> usize {
    desk.tasks.iter().filter(|task| **task == FrontEndTask::Bell).count()
}

#[test]
fn a_wait_that_ends_on_the_board_is_said_and_rings_once() {
    let mut desk = before_waiting();
    let brief = |desk: &Desk| {
        desk.rows(|rows| {
            rows.row(0).unwrap().cells.get(Column::Progress).map(|cell| cell.in_words().into_owned()).unwrap()
        })
    };
    assert_eq!((brief(&desk).as_str(), bells(&desk)), ("parked: waiting", 0));
    let at = desk.now;
    desk.board.rows[0].progress = Progress::Spreading { since: at };
    desk.pass(31);
    assert_eq!(bells(&desk), 1);
    assert!(desk.notice().contains("they need do nothing"), "{}", desk.notice());
    desk.pass(31);
    assert_eq!(bells(&desk), 1, "once for one event");
    desk.board.rows[0].progress = Progress::Accepted { at };
    desk.pass(90);
    assert_eq!((brief(&desk).as_str(), bells(&desk)), ("accepted, go on", 2));
    assert!(desk.notice().starts_with("Bakery 1: accepted 05:48 UTC, go on."), "{}", desk.notice());
    assert!(desk.notice().contains("Call back"), "{}", desk.notice());
}

#[test]
fn what_changed_since_the_board_was_looked_at_is_marked_until_it_was_seen() {
    let mut desk = before_waiting();
    let news = |desk: &Desk| {
        desk.rows(|rows| (0..rows.len()).map(|at| rows.row(at).unwrap().is_news).collect::<Vec<_>>())
    };
    assert_eq!((news(&desk), desk.count("KeepSeen")), (vec![false, false], 1), "nothing was known before");
    desk.fill(FieldId::Search, "b").answer();
    desk.fill(FieldId::Search, "").answer();
    assert_eq!(desk.count("KeepSeen"), 2, "once each time it comes on");
    desk.board.rows[1].progress = Progress::NeedsAttention("the ceiling".into());
    desk.act(Action::Refresh).answer();
    assert_eq!(news(&desk), [false, true]);
    assert!(desk.words().contains("* 1 changed since 05:48 UTC"), "{}", desk.words());
    desk.act(Action::Sort).act(Action::Sort).answer();
    assert_eq!(news(&desk), [true, false], "what has changed first");
    assert!(desk.words().contains("changed first"));
    desk.act(Action::Refresh).answer();
    assert_eq!(news(&desk), [false, false], "it was seen");
    desk.pick(0).answer();
    desk.board.rows[0].progress = Progress::Open("choose users".into());
    desk.act(Action::Park).answer();
    assert_eq!(desk.stop(), "Customer");
    assert_eq!(news(&desk), [false, false], "what the operator did is no news to them");
    desk.board.rows[0].progress = Progress::Accepted { at: desk.now };
    desk.act(Action::Refresh).answer();
    assert_eq!(news(&desk), [true, false], "what becomes of it afterwards is");
}

#[test]
fn a_wait_that_ends_in_the_run_rings_where_a_person_may_have_looked_away() {
    let mut desk = before_waiting();
    desk.named = Some(organisation(1));
    desk.pick(0).answer();
    assert_eq!(desk.stop(), "Authorise");
    desk.pass(10);
    assert_eq!(bells(&desk), 0);
    desk.verdict = Verdict::Spreading;
    desk.pass(20);
    assert_eq!(bells(&desk), 1);
    let before = desk.count("Prove");
    desk.pass(60);
    assert!(desk.count("Prove") > before, "asked again");
    assert_eq!(bells(&desk), 1, "once for one event");
    desk.verdict = Verdict::Proved;
    desk.pass(31);
    assert_eq!(bells(&desk), 2);
    assert!(desk.notice().contains("All checks are good since"), "{}", desk.notice());

    // What is there already was not waited for.
    let mut desk = before_waiting();
    desk.named = Some(organisation(1));
    desk.verdict = Verdict::Proved;
    desk.pick(0).answer();
    assert_eq!(bells(&desk), 0);
}

#[test]
fn who_parks_reads_what_to_tell_the_customer() {
    for (verdict, words) in [
        (Verdict::NotYet, "I'll see it here and call you back."),
        (Verdict::Spreading, "I'll call you back when Microsoft has it everywhere; you need do nothing."),
    ] {
        let mut desk = before_waiting();
        desk.verdict = verdict;
        desk.pick(0).answer();
        desk.act(Action::Park).answer();
        assert!(desk.notice().contains(words), "{}", desk.notice());
        assert!(desk.view().card.say.as_str().contains(words), "{:?}", desk.view().card);
        desk.fill(FieldId::Search, "b");
        assert!(desk.view().card.say.as_str().contains("your company's name"), "for the next customer");
    }
}

#[test]
fn waiting_runs_are_asked_about_at_most_every_30_s() {
    let mut waiting = consenting();
    waiting.customer.tenant = Some(tenant(1));
    let progress = Progress::WaitingForConsent { since: Moment::parse("2026-11-23T05:42:00Z").unwrap() };
    let mut desk = Desk::new(setup(), vec![row(waiting.customer.clone(), progress, Some(&waiting))]);
    desk.record = Some(waiting);
    desk.answer();
    assert!(desk.words().contains("1 listed"));
    assert_eq!(desk.count("ProbeBoard"), 1);
    desk.pass(29);
    assert_eq!(desk.count("ProbeBoard"), 1);
    desk.pass(32);
    assert_eq!(desk.count("ProbeBoard"), 3);
    desk.enter().answer();
    desk.act(Action::Park).answer();
    assert_eq!(desk.stop(), "Customer");
    assert_eq!(desk.count("ProbeBoard"), 3, "coming back asks no sooner");
    desk.pass(31);
    assert_eq!(desk.count("ProbeBoard"), 4);
}

#[test]
fn without_waits_nothing_wakes() {
    let mut desk = Desk::new(setup(), vec![row(customer(1), Progress::NotStarted, None)]);
    desk.answer();
    assert_eq!((desk.view().next_change, desk.open.len()), (None, 0), "{:?}", desk.open);
    desk.enter().answer();
    assert_eq!(desk.stop(), "Product");
    assert_eq!((desk.view().next_change, desk.open.len()), (None, 0), "{:?}", desk.open);
}

#[test]
fn a_wait_wakes_each_second_then_every_ten() {
    let mut desk = Desk::new(setup(), Vec::new());
    assert!(desk.notice().starts_with("Reading the customers: 0 s"), "{}", desk.notice());
    let wait = |desk: &Desk| {
        desk.open.iter().find_map(|(_, request)| match request {
            Request::Wake(wait) => Some(*wait),
            _ => None,
        })
    };
    assert_eq!(wait(&desk), Some(Duration::from_secs(1)));
    let at = desk.open.iter().position(|(_, request)| matches!(request, Request::LoadBoard)).unwrap();
    let (call, _) = desk.open.remove(at);
    desk.pass(61);
    assert_eq!(wait(&desk), Some(Duration::from_secs(9)));
    assert!(desk.notice().contains("1 min"), "{}", desk.notice());
    desk.happen(EventKind::Reply(call, Reply::Board(Board::default())));
    assert_eq!(wait(&desk), None);
}

#[test]
fn only_an_admin_adds_customers() {
    let mut user = setup();
    user.operator.is_admin = false;
    let mut desk = Desk::new(user, Vec::new());
    desk.answer().act(Action::Add);
    assert!(desk.notice().contains("An Admin adds customers"));
    desk.act(Action::Import);
    assert!(desk.notice().contains("An Admin brings customers in"));
    assert_eq!(desk.count("ImportFromMicrosoft"), 0);
    assert!(!desk.offers(Action::Add));

    let mut desk = Desk::new(setup(), Vec::new());
    desk.answer().act(Action::Import);
    desk.answer();
    assert!(desk.notice().contains("0 left out, 1 no longer listed"), "{}", desk.notice());
    desk.act(Action::Add);
    desk.give(Given::Submit).answer();
    assert_eq!(desk.count("AddCustomer"), 0);
    assert!(desk.notice().contains("reference"), "{}", desk.notice());
    desk.fill(FieldId::Reference, "C-7").fill(FieldId::Company, "Mill").fill(FieldId::MailDomain, "mill");
    desk.give(Given::Submit);
    assert!(desk.notice().contains("mail domain"), "{}", desk.notice());
    desk.fill(FieldId::MailDomain, "mill.example").give(Given::Submit).answer();
    assert_eq!((desk.count("AddCustomer"), desk.heading().as_str()), (1, "Which customer?"));
    assert!(desk.notice().contains("Mill was added"), "{}", desk.notice());
}

#[test]
fn leaving_asks_once_and_keeps_the_run() {
    let mut desk = Desk::resumed(consenting());
    desk.give(Given::Leave);
    assert!(desk.heading().starts_with("Leave?") && desk.words().contains("--run B365-FHKL"));
    desk.give(Given::Back);
    assert_eq!(desk.wizard.ended(), None);
    desk.give(Given::Leave).enter();
    assert_eq!(desk.wizard.ended(), Some(Ended::Left));
    assert_eq!(desk.count("LeaveRun"), 1);
    let asked = desk.log.len();
    desk.enter().act(Action::Refresh).answer();
    assert_eq!(desk.log.len(), asked, "no effect after the end");

    let mut desk = Desk::resumed(consenting());
    desk.give(Given::End(Ending::HangUp));
    assert_eq!(desk.wizard.ended(), Some(Ended::Told(Ending::HangUp)));
}

#[test]
fn back_waits_for_a_write() {
    let mut desk = Desk::resumed(record(1, Product::Office365));
    desk.fill(FieldId::Tenant, "bakery1.example").give(Given::Settle(FieldId::Tenant)).answer();
    desk.enter();
    assert!(desk.is_out("SaveOrganisation"));
    desk.give(Given::Back);
    assert_eq!((desk.stop(), desk.notice().as_str()), ("Access", "Saving. One moment."));
    desk.act(Action::Park);
    desk.answer();
    assert_eq!(desk.stop(), "Customer", "the last wish is kept");
    assert_eq!(desk.count("ParkRun"), 1);
}

#[test]
fn a_finished_run_is_let_go_of_and_never_called_parked() {
    let mut run = consenting();
    run.finished = Some(Moment::default());
    let mut desk = Desk::resumed(run);
    assert_eq!(desk.stop(), "Outcome");
    assert!(!desk.offers(Action::Park), "nothing is left to be parked");
    assert_eq!(desk.view().nothing_to_park(), Some("This run is finished, so there is nothing to park."));
    desk.act(Action::Park).answer();
    assert_eq!((desk.stop(), desk.count("ParkRun")), ("Customer", 0));
    assert!(!desk.notice().contains("parked"), "{}", desk.notice());
}

#[test]
fn a_consent_that_does_not_arrive_may_have_gone_elsewhere() {
    let mut run = consenting();
    run.link_shown = run.link_shown.map(|at| at.plus(std::time::Duration::from_mins(6)));
    let mut desk = Desk::resumed(run);
    desk.pass(30);
    assert!(!desk.words().contains("which organisation did the page name"), "{}", desk.words());
    desk.pass(200);
    for words in ["which organisation did the page name", "Enterprise applications", "private window"] {
        assert!(desk.words().contains(words), "{words}: {}", desk.words());
    }
}

#[test]
fn a_grant_that_landed_at_another_customer_is_found_when_the_operator_asks() {
    let mut run = consenting();
    run.link_shown = run.link_shown.map(|at| at.plus(Duration::from_mins(6)));
    let mut desk = Desk::resumed(run);
    let landed = Landed {
        holder: Holder {
            id: CustomerId(2),
            reference: "C-0002".into(),
            name: "Bakery 2".into(),
            is_active: true,
        },
        organisation: organisation(2),
        at: Moment::default(),
    };
    desk.landed = Some(Box::new(landed));
    desk.answer();
    assert_eq!(desk.count("SearchGrant"), 0, "the customer has just had the link");
    desk.act(Action::Refresh).answer().answer();
    assert_eq!(desk.count("SearchGrant"), 1);
    for words in
        ["Organisation 2", "C-0002 Bakery 2", "presses Delete", "open the link again in a private window"]
    {
        assert!(desk.words().contains(words), "{words}: {}", desk.words());
    }
    desk.verdict = Verdict::Spreading;
    desk.act(Action::Refresh).answer();
    assert!(!desk.words().contains("Bakery 2"), "accepted where it belongs: {}", desk.words());
}

#[test]
fn who_opens_the_link_and_how_stands_before_it() {
    let mut run = consenting();
    run.administrator = Some("mila+it@bakery.example".parse().unwrap());
    let desk = Desk::resumed(run);
    let view = desk.view();
    assert!(view.page.link().unwrap().as_str().ends_with("&login_hint=mila%2Bit%40bakery.example"));
    let words = desk.words();
    let (said, link) = (words.find("in a private window").unwrap(), words.find("/adminconsent").unwrap());
    assert!(said < link && words.contains("signed in to as mila+it@bakery.example"), "{words}");
}

#[test]
fn the_customers_are_read_again_once_a_run_was_let_go_of() {
    let mut desk = Desk::resumed(consenting());
    let before = desk.count("LoadBoard");
    desk.act(Action::Park);
    assert_eq!((desk.stop(), desk.count("LoadBoard")), ("Customer", before + 1));
    desk.answer();
    assert_eq!(desk.count("LoadBoard"), before + 2, "what was read beside the write may be older");
    assert!(desk.notice().contains("is parked"), "{}", desk.notice());
}

#[test]
fn another_run_lets_go_of_the_one_before() {
    let mut desk = Desk::resumed(consenting());
    desk.give(Given::Back).give(Given::Back);
    assert_eq!(desk.stop(), "Product");
    let mut other = record(2, Product::MpExchange);
    other.customer = customer(1);
    let last = desk.rows(|rows| rows.len()) - 1;
    desk.pick(last);
    let at = desk.open.iter().position(|(_, request)| matches!(request, Request::OpenRun(..))).unwrap();
    let (call, _) = desk.open.remove(at);
    desk.happen(EventKind::Reply(call, Reply::Run(Box::new(other))));
    assert_eq!(desk.count("LeaveRun(B365-FHKL)"), 1);
    assert_eq!(desk.wizard.run(), Some(&number("MQRW")));
    assert!(desk.cancelled.len() > 1, "the polling of the other run has ended");
}

#[test]
fn every_offer_has_words_and_the_card_has_at_least_three_branches() {
    for base in [record(1, Product::Office365), record(1, Product::MpExchange), consenting(), hosted()] {
        let desk = Desk::resumed(base);
        let offers = desk.view().actions;
        let mut actions: Vec<Action> = offers.iter().map(|offer| offer.action).collect();
        actions.sort_unstable();
        let all = actions.len();
        actions.dedup();
        assert_eq!(actions.len(), all, "nothing is offered twice: {offers:?}");
        assert!(
            offers.iter().all(|offer| !offer.label.is_empty() && offer.help.ends_with('.')),
            "{offers:?}"
        );
        assert!(!desk.view().card.say.is_empty() && !desk.view().card.sees.is_empty());
        assert!(desk.view().card.wrong.len() >= 3, "{}", desk.heading());
    }
}

#[test]
fn a_failed_call_has_words_and_a_way_on() {
    for (mut desk, request, again) in [
        (Desk::new(setup(), Vec::new()), "LoadBoard", Action::Refresh),
        (Desk::resumed(consenting()), "Prove", Action::Refresh),
    ] {
        if !desk.is_out(request) {
            desk.act(again);
        }
        let at = desk.open.iter().position(|(_, open)| format!("{open:?}").starts_with(request)).unwrap();
        let (call, _) = desk.open.remove(at);
        desk.happen(EventKind::Reply(call, failed()));
        assert!(desk.words().contains("the server did not answer"), "{request}: {}", desk.words());
        desk.act(again);
        assert!(desk.is_out(request), "{request}");
    }
}

#[test]
fn a_run_that_could_not_be_parked_is_said() {
    let mut desk = Desk::resumed(consenting());
    desk.act(Action::Park);
    let at = desk.open.iter().position(|(_, request)| matches!(request, Request::ParkRun(..))).unwrap();
    let (call, _) = desk.open.remove(at);
    desk.answer();
    let read = desk.count("LoadBoard");
    desk.happen(EventKind::Reply(call, failed()));
    assert!(desk.notice().contains("the server did not answer"), "{}", desk.notice());
    assert_eq!(desk.count("LoadBoard"), read + 1, "the rows say what is on record");
}

#[test]
fn a_world_that_cannot_be_opened_has_words_and_keys() {
    let mut started = setup();
    started.run = Some(number("7KQ4"));
    let mut desk = Desk::unopened(started, vec![row(customer(1), Progress::NotStarted, None)]);
    assert!(desk.is_out("OpenWorld") && !desk.is_out("LoadBoard") && !desk.is_out("LoadRun"));
    assert!(desk.view().bar.is_sandbox && desk.is_at(Spot::Field(FieldId::Search)));
    assert!(desk.words().contains("Opening the record"), "{}", desk.words());
    for tries in 1..=3 {
        let at = desk.open.iter().position(|(_, request)| matches!(request, Request::OpenWorld)).unwrap();
        let (call, _) = desk.open.remove(at);
        desk.happen(EventKind::Reply(call, failed()));
        assert!(
            desk.words().contains("the server did not answer")
                && desk.words().contains("Run the same command again.")
        );
        assert!(desk.is_at(Spot::Page) && desk.wizard.trouble().is_some());
        desk.act(Action::Add);
        assert_eq!(desk.stop(), "Customer", "nobody has rights yet, and nobody is told to ask an Admin");
        desk.act(Action::Refresh).act(Action::Refresh);
        assert_eq!(desk.count("OpenWorld"), tries + 1, "a second r does not start the waiting over");
        assert!(!desk.words().contains("the server did not answer"), "{}", desk.words());
        assert!(desk.wizard.trouble().is_some(), "known until the world is open");
    }
    desk.record = Some(record(1, Product::Office365));
    let at = desk.open.iter().position(|(_, request)| matches!(request, Request::OpenWorld)).unwrap();
    let (call, request) = desk.open.remove(at);
    desk.respond(call, &request);
    assert!(desk.is_out("LoadBoard") && desk.is_out("LoadRun"));
    assert!(desk.wizard.trouble().is_none());
    assert!(desk.is_at(Spot::Field(FieldId::Search)), "back where the wizard starts");
    desk.answer();
    assert_eq!((desk.stop(), desk.count("LoadRun")), ("Access", 1));
}

#[test]
fn leaving_a_world_that_is_closed_is_a_failure() {
    for (is_failed, ended) in [(true, Ended::Failed), (false, Ended::Finished { is_partly: false })] {
        let mut desk = Desk::unopened(setup(), Vec::new());
        if is_failed {
            let (call, _) = desk.open.remove(0);
            desk.happen(EventKind::Reply(call, failed()));
        }
        desk.act(Action::Leave);
        assert_eq!(desk.wizard.ended(), Some(ended));
    }
}

#[test]
fn a_name_that_is_being_typed_is_kept_while_the_world_fails() {
    let mut desk = Desk::unopened(setup(), vec![row(customer(1), Progress::NotStarted, None)]);
    desk.fill(FieldId::Search, "qua");
    let (call, _) = desk.open.remove(0);
    desk.happen(EventKind::Reply(call, failed()));
    assert!(desk.is_at(Spot::Field(FieldId::Search)), "typing goes on: {}", desk.words());
    desk.fill(FieldId::Search, "quar");
    assert_eq!(desk.count("OpenWorld"), 1);
    desk.act(Action::Refresh).answer();
    assert!(desk.words().contains("0 of 1 found"), "{}", desk.words());
}

#[test]
fn a_customer_who_must_accept_again_is_asked_with_the_link_and_not_told_to_wait() {
    let mut record = consenting();
    record.link_shown = None;
    let mut desk = Desk::resumed(record);
    desk.verdict = Verdict::Failed(crate::domain::consent::missing(&Text::from("Tasks.Read.All")));
    desk.pass(3);
    let words = desk.words();
    assert!(words.contains("must accept again. Authorise shows the link"), "{words}");
    assert!(words.contains("missing: Tasks.Read.All") && !words.contains("spreading"), "{words}");
    desk.act(Action::Authorise).answer();
    assert!(desk.words().contains("https://login.microsoftonline.com/"), "{}", desk.words());
    assert!(desk.words().contains("Send this link to their administrator"), "{}", desk.words());
    desk.verdict = Verdict::Proved;
    desk.named = Some(organisation(1));
    desk.pass(40);
    assert!(desk.button(Action::Enable).unwrap().is_open, "it is asked on by itself");
}

#[test]
fn what_was_enabled_is_proved_again_once_when_it_is_opened() {
    let enabled = || {
        let mut record = consenting();
        (record.proved, record.enabled) = (Some(Moment::default()), Some(Moment::default()));
        record
    };
    let mut desk = Desk::resumed(enabled());
    desk.verdict = Verdict::Proved;
    desk.named = Some(organisation(1));
    // The first round was answered before anything was said here: not accepted, so it is asked again until it is.
    desk.pass(300);
    assert_eq!((desk.count("Prove"), desk.count("SaveProof")), (2, 0), "nothing new to keep");
    desk.pass(300);
    assert_eq!(desk.count("Prove"), 2, "what holds is not asked for again");
    assert!(!desk.words().contains("accept again"), "{}", desk.words());

    let mut desk = Desk::resumed(enabled());
    desk.verdict = Verdict::NotYet;
    desk.pass(3);
    assert!(desk.words().contains("The customer must accept again"), "{}", desk.words());
    assert_eq!(desk.view().link.unwrap().as_str(), setup().link(tenant(1)).as_str());
    desk.give(Given::Back).answer();
    assert_eq!(desk.view().ask.id, QuestionId::Authorise);
    assert!(desk.words().contains("must accept again"), "{}", desk.words());
    assert!(
        desk.button(Action::Continue).unwrap().is_open,
        "whoever is listed can be turned on all the same"
    );
    desk.verdict = Verdict::Proved;
    desk.named = Some(organisation(1));
    desk.pass(60);
    assert!(desk.words().contains("is enabled since"), "{}", desk.words());

    let mut desk = Desk::resumed(enabled());
    desk.verdict = Verdict::Failed(Failure::new(FailureKind::Unreachable, "nobody answers", "Try again."));
    desk.pass(300);
    assert_eq!(desk.count("Prove"), 2, "a line that is down is no lost consent");
}

#[test]
fn what_came_of_asking_once_more_is_said_in_the_words_of_the_product() {
    for (record, again, came) in [
        (hosted(), Action::Authorise, "Tried at "),
        (hosted(), Action::Refresh, "Tried at "),
        (consenting(), Action::Refresh, "Asked at "),
    ] {
        let mut desk = Desk::resumed(record);
        desk.verdict =
            Verdict::Failed(Failure::new(FailureKind::Unreachable, "nobody answers", "Try again."));
        desk.answer();
        assert!(!desk.notice().starts_with(came), "nobody asked for it: {}", desk.notice());
        desk.act(again);
        assert!(desk.notice().ends_with(" now."), "{}", desk.notice());
        desk.answer();
        let said = desk.notice();
        assert!(said.starts_with(came) && said.ends_with(": it does not work yet."), "{said}");
    }
}

#[test]
fn what_is_to_be_said_of_files_stands_until_a_key_is_pressed() {
    let interrupted = record(1, Product::Office365);
    let rows = || vec![row(customer(1), Progress::NotStarted, Some(&interrupted))];
    for (notes, words) in [
        (vec!["others can read it."], "Others can read it."),
        (
            vec!["others can read it.", "others can change it."],
            "Others can read it. Run backup365 doctor to see what else there is.",
        ),
    ] {
        for run in [None, Some(interrupted.id.clone())] {
            let mut desk = Desk::unopened(Setup { run, ..setup() }, rows());
            desk.record = Some(interrupted.clone());
            desk.world.notes = notes.iter().map(|note| Text::from(*note)).collect();
            desk.answer();
            assert_eq!(desk.notice(), words);
        }
        let mut desk = Desk::unopened(setup(), rows());
        desk.world.notes = notes.iter().map(|note| Text::from(*note)).collect();
        desk.answer().fill(FieldId::Search, "qua");
        assert_eq!(desk.notice(), "");
    }
}
