//! Texts that go elsewhere: which ones a page has, which one the ways send, and what is said of it.

use super::*;
use crate::{
    domain::{
        hoster_lines::OUTSIDE,
        phrase::{WayOn, phrase},
    },
    wizard::view::HandoutId,
};

/// What can be sent, the one that is sent first, and its text.
fn texts(desk: &Desk) -> (Vec<HandoutId>, String) {
    let texts = desk.view().handouts;
    (
        texts.iter().map(|text| text.id).collect(),
        texts.first().map_or_else(String::new, |text| text.text.to_string()),
    )
}

fn refused() -> Failure {
    Failure::new(FailureKind::Refused, "asking for a token was refused", WayOn::Again("ask again"))
        .with_code("90094")
        .with_reference("trace 1, correlation 2")
}

/// Nobody may open a mailbox yet.
fn denied() -> Failure {
    let lines = vec![Text::from("New-ManagementScope -Name 'A'"), Text::from("New-ManagementRoleAssignment")];
    let hint = phrase!["A new permission can take half an hour. ", WayOn::HaveRun(lines)];
    Failure::new(FailureKind::Refused, "the service account has no role yet", hint)
}

fn consenting() -> Desk {
    let mut record = record(1, Product::Office365);
    record.organisation = Some(organisation(1));
    record.link_shown = Some(Moment::default());
    Desk::resumed(record)
}

fn hosted(failure: Failure) -> Desk {
    let mut record = record(1, Product::MpExchange);
    record.impersonation = Some(details());
    let mut desk = Desk::resumed(record);
    desk.verdict = Verdict::Failed(failure);
    desk.act(Action::Refresh).answer();
    desk
}

#[test]
fn the_key_that_sends_the_link_sends_it_whatever_goes_wrong_meanwhile() {
    let mut desk = consenting();
    let link = setup().link(tenant(1)).to_string();
    let both = [HandoutId::Link, HandoutId::Invitation];
    assert_eq!(texts(&desk), (both.to_vec(), link.clone()));
    desk.verdict = Verdict::Failed(refused());
    desk.act(Action::Refresh).answer();
    let three = vec![HandoutId::Link, HandoutId::Invitation, HandoutId::Error];
    assert_eq!(texts(&desk), (three, link.clone()));
    desk.act(Action::NextText);
    assert_eq!(texts(&desk).0.first(), Some(&HandoutId::Invitation));
    desk.act(Action::NextText);
    assert_eq!(texts(&desk).0.first(), Some(&HandoutId::Error));
    assert!(desk.notice().contains("The error with its ids is what is sent now"), "{}", desk.notice());
    desk.act(Action::Copy);
    assert!(desk.notice().contains("clipboard: the error with its ids."), "{}", desk.notice());
    desk.verdict = Verdict::NotYet;
    desk.act(Action::Refresh).answer();
    assert_eq!(texts(&desk), (both.to_vec(), link), "what is well has no error");
}

#[test]
fn lines_that_narrow_a_permission_are_ready_where_the_account_opens_others_mailboxes() {
    for (state, expected) in [
        (CheckState::Good, vec![]),
        (CheckState::Partly(Text::from("bea opens, too")), vec![HandoutId::Hoster]),
    ] {
        let mut record = record(1, Product::MpExchange);
        record.impersonation = Some(details());
        let mut desk = Desk::resumed(record);
        desk.verdict = Verdict::Proved;
        desk.checks = vec![Check { name: OUTSIDE.into(), state, detail: Text::default() }];
        desk.act(Action::Refresh).answer();
        let (found, first) = texts(&desk);
        assert_eq!(found, expected);
        assert_eq!(first.contains("| Set-ManagementRoleAssignment"), !expected.is_empty(), "{first}");
        assert!(desk.button(Action::Enable).is_some_and(|button| button.is_open), "it blocks nothing");
    }
}

#[test]
fn an_error_is_one_block_for_a_ticket() {
    let mut desk = consenting();
    desk.verdict = Verdict::Failed(refused());
    desk.act(Action::Refresh).answer();
    desk.pass(200);
    desk.act(Action::NextText).act(Action::NextText);
    let text = texts(&desk).1;
    let program =
        concat!("Program: Backup365 ", env!("CARGO_PKG_VERSION"), ", SANDBOX: everything here is invented");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("Step: Authorise. "), "{text}");
    assert_eq!(
        lines[1..],
        [
            "What happened: Asking for a token was refused",
            "Code: 90094",
            "Ids: trace 1, correlation 2",
            "Time: Mon 23 Nov 2026 05:48 UTC (2026-11-23T05:48:00Z)",
            "Customer: Bakery 1, Office 365",
            "Organisation: Organisation 1, bakery.example, tenant ID 7c1e0f52-93ab-4d1c-8a40-5b2f6d9e0001",
            "Run: B365-FHKL",
            program,
        ],
        "{text}"
    );
}

#[test]
fn lines_for_a_hoster_go_first_exact_and_alone() {
    let mut desk = hosted(denied());
    let lines = "New-ManagementScope -Name 'A'\nNew-ManagementRoleAssignment";
    assert_eq!(texts(&desk), (vec![HandoutId::Hoster, HandoutId::Error], lines.to_owned()));
    desk.act(Action::PrintAlone).act(Action::Copy);
    let expected = [FrontEndTask::PrintAlone(lines.to_owned()), FrontEndTask::Copy(lines.to_owned())];
    assert_eq!(desk.tasks, expected);
    assert!(!desk.notice().contains("copied"), "{}", desk.notice());
    desk.act(Action::WriteFile).act(Action::WriteFile).answer();
    assert_eq!(desk.count("WriteFile"), 1, "one at a time");
    let told = "The text for the hoster is in a file that only you can read: backup365-B365-FHKL-hoster.txt";
    assert_eq!(desk.notice(), told);
    desk.pass(60);
    assert_eq!(desk.notice(), told, "a path takes time to be typed elsewhere");
}

#[test]
fn an_error_that_only_the_line_of_state_tells_can_be_sent_more_than_once() {
    let mut desk = Desk::new(
        setup(),
        vec![row(customer(1), Progress::NotStarted, Some(&record(1, Product::Office365)))],
    );
    // The run is not there any more.
    desk.answer().pick(0).answer();
    assert_eq!(texts(&desk).0, [HandoutId::Error], "{}", desk.notice());
    desk.act(Action::Copy).act(Action::PrintAlone);
    assert_eq!(desk.tasks.len(), 2);
    assert_eq!(texts(&desk).0, [HandoutId::Error]);
    desk.act(Action::Refresh).answer();
    assert_eq!(texts(&desk).0, []);
}

#[test]
fn before_leaving_nothing_is_sent() {
    let mut desk = consenting();
    desk.give(Given::Leave);
    assert_eq!(texts(&desk).0, []);
    desk.act(Action::Copy);
    assert!(desk.tasks.is_empty());
}
