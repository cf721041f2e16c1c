//! Accepting for the customer by the operator's own role there: beside the link, never in front of it, and with a name.

use super::*;
use crate::domain::own_right::Stages;

/// A desk before the link of a run for Office 365.
fn before_the_link(is_allowed: bool) -> Desk {
    let mut record = record(1, Product::Office365);
    record.organisation = Some(organisation(1));
    let row = row(record.customer.clone(), Progress::NotStarted, Some(&record));
    let mut desk = Desk::new(Setup { own_right: is_allowed, ..setup() }, vec![row]);
    desk.record = Some(record);
    desk.answer();
    desk.pick(0).answer();
    desk
}

/// The same at the link.
pub(crate) fn at_the_link(is_allowed: bool) -> Desk {
    let mut desk = before_the_link(is_allowed);
    desk.act(Action::Authorise).answer();
    desk.answer();
    desk
}

#[test]
fn it_is_offered_beside_the_link_and_never_first_and_only_where_settings_and_the_role_allow_it() {
    let desk = at_the_link(true);
    let view = desk.view();
    assert_eq!(view.ask.id, QuestionId::Authorise, "{}", desk.words());
    assert!(desk.offers(Action::OwnRight), "{}", desk.words());
    assert!(
        view.actions
            .iter()
            .find(|offer| offer.is_default)
            .is_none_or(|offer| offer.action != Action::OwnRight)
    );
    assert!(desk.words().contains("by the relationship “Backup 2026”"), "{}", desk.words());
    let desk = at_the_link(false);
    assert!(!desk.offers(Action::OwnRight) && desk.count("OwnRightHeld") == 0);
}

#[test]
fn who_may_not_is_told_why_and_keeps_the_link() {
    let mut desk = before_the_link(true);
    desk.held = Err(Failure::new(FailureKind::Refused, "the relationship gives neither", ""));
    desk.act(Action::Authorise).answer();
    desk.answer();
    assert!(!desk.offers(Action::OwnRight), "{}", desk.words());
    assert!(desk.words().contains("gives neither"), "{}", desk.words());
    desk.act(Action::OwnRight);
    assert_eq!(desk.question(), QuestionId::Authorise);
    // Asked again, and somebody has given the role meanwhile.
    desk.held = Ok("Backup 2026".into());
    desk.act(Action::Refresh).answer();
    desk.answer();
    assert!(desk.offers(Action::OwnRight), "{}", desk.words());
}

#[test]
fn a_name_is_asked_for_and_the_proof_follows() {
    let mut desk = at_the_link(true);
    desk.act(Action::OwnRight);
    assert_eq!(desk.question(), QuestionId::OwnRight, "{}", desk.words());
    for stage in Stages::all().planned() {
        assert!(desk.words().contains(stage.name.as_str()), "{}: {}", stage.name, desk.words());
    }
    desk.give(Given::Submit);
    assert_eq!(desk.count("AcceptByOwnRight"), 0, "nobody agreed");
    desk.named = Some(organisation(1));
    desk.fill(FieldId::Agreed, "Aroha Ngata").give(Given::Submit);
    assert_eq!(desk.count("AcceptByOwnRight"), 1);
    desk.answer();
    desk.answer();
    assert_eq!(desk.question(), QuestionId::Authorise, "{}", desk.words());
    assert!(desk.words().contains("All checks are good"), "{}", desk.words());
    assert_eq!(desk.record.as_ref().unwrap().own_right.as_ref().unwrap().agreed.as_str(), "Aroha Ngata");
}

#[test]
fn it_waits_where_the_proof_came_in_between_and_is_still_being_saved() {
    let mut desk = at_the_link(true);
    desk.act(Action::OwnRight).fill(FieldId::Agreed, "Aroha Ngata").give(Given::Submit);
    let takes = |desk: &mut Desk, start: &str| {
        let at = desk.open.iter().position(|(_, request)| format!("{request:?}").starts_with(start));
        desk.open.remove(at.unwrap_or_else(|| panic!("{start}: {:?}", desk.open)))
    };
    let (accepting, request) = takes(&mut desk, "AcceptByOwnRight");
    // The next round of the proof finds what Microsoft has meanwhile.
    desk.named = Some(organisation(1));
    desk.verdict = Verdict::Proved;
    while !desk.is_out("Prove") {
        let (woken, _) = takes(&mut desk, "Wake");
        desk.happen(EventKind::Reply(woken, Reply::Woken));
    }
    let (proving, round) = takes(&mut desk, "Prove");
    desk.respond(proving, &round);
    desk.respond(accepting, &request);
    let view = desk.view();
    assert!(view.ask.id == QuestionId::OwnRight && view.ask.is_waiting, "{}", desk.words());
    drop(view);
    desk.answer();
    assert_eq!(desk.question(), QuestionId::Authorise, "{}", desk.words());
}

#[test]
fn what_may_be_left_behind_is_told_until_it_is_taken_out() {
    let mut desk = at_the_link(true);
    desk.not_accepted = Some(Failure::new(FailureKind::Conflict, "it can still sign in there", ""));
    desk.act(Action::OwnRight).fill(FieldId::Agreed, "Aroha Ngata").give(Given::Submit).answer();
    assert!(desk.words().contains("it can still sign in there"), "{}", desk.words());
    desk.give(Given::Back).answer();
    assert!(desk.words().contains("may still be in the organisation"), "{}", desk.words());
    desk.act(Action::OwnRight);
    assert!(desk.words().contains("Take the operators' application out"), "{}", desk.words());
    desk.not_accepted = None;
    desk.give(Given::Submit).answer();
    assert!(desk.log.iter().any(|call| call.starts_with("AcceptByOwnRight")));
    assert!(!desk.words().contains("may still be in"), "{}", desk.words());
}
