//! The access step: whose mail domains they are, what is not saved, and what is settled.

use super::*;
use crate::domain::{card::CardId, failure::FailureKind};

#[test]
fn a_mail_domain_of_another_customer_is_a_question_before_anything_is_saved() {
    let mut desk = Desk::resumed(record(3, Product::MpExchange));
    let typed = details();
    desk.fill(FieldId::Sample, typed.sample.as_str())
        .fill(FieldId::Server, typed.server.as_str())
        .fill(FieldId::Account, typed.account.as_str())
        .fill(FieldId::Domains, "bakery1.example")
        .fill(FieldId::Password, "correct horse");
    desk.give(Given::Fill(FieldId::Listing, Value::Choice(1)));
    desk.doubts = vec![shared_mail(1)];
    desk.give(Given::Submit).answer();
    assert_eq!(desk.question(), QuestionId::Doubted, "{}", desk.words());
    assert_eq!(desk.view().ask.shape, Shape::Confirm { default: false });
    let words = desk.words();
    assert!(words.contains("C-0001 Bakery 1 has the mail domain bakery1.example."), "{words}");
    assert!(words.contains("A yes is recorded with your name."), "{words}");
    // Enter is No: back to the form, at the field, with all that was typed.
    desk.enter();
    assert_eq!(desk.question(), QuestionId::Impersonation);
    assert_eq!(desk.view().ask.focus.spot, Spot::Field(FieldId::Domains));
    assert_eq!(desk.record.as_ref().unwrap().impersonation, None);
    desk.give(Given::Submit).answer().give(Given::Yes).answer();
    assert_eq!((desk.stop(), desk.count("SaveImpersonation")), ("Authorise", 3));
}

#[test]
fn what_was_changed_and_not_saved_is_not_passed_by() {
    let mut record = record(1, Product::MpExchange);
    record.impersonation = Some(details());
    (record.proved, record.enabled) = (Some(Moment::default()), Some(Moment::default()));
    let mut desk = Desk::resumed(record);
    desk.give(Given::Back).give(Given::Back);
    assert_eq!(desk.stop(), "Access", "{}", desk.words());
    assert!(desk.view().page.is_open(Action::Continue));
    desk.give(Given::Fill(FieldId::Listing, Value::Choice(1)));
    assert!(!desk.view().page.is_open(Action::Continue));
    assert!(desk.notice().contains("not saved"), "{}", desk.notice());
    desk.act(Action::Continue);
    assert_eq!(desk.stop(), "Access");
    // As it was: there is nothing to be saved.
    desk.give(Given::Fill(FieldId::Listing, Value::Choice(0)));
    assert!(desk.view().page.is_open(Action::Continue));
    desk.act(Action::Continue);
    assert_eq!(desk.stop(), "Authorise");
}

#[test]
fn an_organisation_that_is_settled_is_shown_as_it_is_on_record() {
    let mut record = record(1, Product::Office365);
    record.organisation = Some(organisation(1));
    (record.proved, record.enabled) = (Some(Moment::default()), Some(Moment::default()));
    let mut desk = Desk::resumed(record);
    desk.answer().give(Given::Back).give(Given::Back).answer();
    assert_eq!(desk.question(), QuestionId::Settled, "{}", desk.words());
    for words in ["Organisation 1", "bakery.example", &tenant(1).to_string(), "the last four: 0 0 0 1"] {
        assert!(desk.words().contains(words), "{words}: {}", desk.words());
    }
    assert!(desk.view().card.say.as_str().contains("I have Organisation 1 here"), "{}", desk.view().card.say);
}

#[test]
fn asking_again_says_that_nothing_has_changed() {
    let mut managed = record(1, Product::Office365);
    (managed.customer.tenant, managed.customer.is_managed) = (Some(tenant(1)), true);
    let mut desk = Desk::resumed(managed);
    desk.act(Action::Refresh).answer();
    assert!(desk.notice().starts_with("Asked at ") && desk.notice().ends_with(": the same organisation."));

    let mut desk = Desk::resumed(record(1, Product::Office365));
    desk.fill(FieldId::Tenant, "bakery1.example").give(Given::Settle(FieldId::Tenant));
    let unknown = || Failure::new(FailureKind::NotFound, "no such organisation", "").with_code("90002");
    for again in [false, true] {
        if again {
            desk.act(Action::Refresh);
        }
        let at = desk.open.iter().position(|(_, request)| matches!(request, Request::LookUp(..))).unwrap();
        let (call, _) = desk.open.remove(at);
        desk.happen(EventKind::Reply(call, Reply::Failed(unknown())));
        assert_eq!(desk.notice().ends_with(": still unknown."), again, "{}", desk.notice());
    }
}

#[test]
fn exchange_online_leads_to_what_was_sold() {
    for (products, words) in [
        (vec![Product::Office365, Product::MpExchange], "Go back and choose Office 365."),
        (vec![Product::MpExchange], "This customer has no Office 365 on record: ask your lead."),
    ] {
        let mut record = record(1, Product::MpExchange);
        record.customer.products = products;
        let mut desk = Desk::resumed(record);
        desk.fill(FieldId::Sample, "ana@bakery1.example").fill(FieldId::Server, "outlook.office365.com");
        desk.give(Given::Settle(FieldId::Server));
        assert!(desk.words().contains(words), "{}", desk.words());
        desk.fill(FieldId::Server, "").act(Action::Discover);
        let at = desk.open.iter().position(|(_, request)| matches!(request, Request::Discover(_))).unwrap();
        let (call, _) = desk.open.remove(at);
        let online =
            Failure::new(FailureKind::Refused, "this is Exchange Online", "").with_card(CardId::HostedOnline);
        desk.happen(EventKind::Reply(call, Reply::Failed(online)));
        assert!(desk.words().contains(words), "{}", desk.words());
    }
}
