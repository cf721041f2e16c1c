//! What stands on the screens: what is known is shown, what is shown is true, and every way on is named.

use super::*;
use crate::wizard::view::{CheckGroup, Column};

fn consenting() -> RunRecord {
    let mut record = record(1, Product::Office365);
    record.organisation = Some(organisation(1));
    record
}

fn groups(desk: &Desk) -> Vec<CheckGroup> {
    let view = desk.view();
    let group = |block: &Block<'_>| match block {
        Block::Checks(group) => Some(group.clone()),
        _ => None,
    };
    view.page.blocks.iter().filter_map(group).collect()
}

#[test]
fn what_is_asked_stands_first_until_the_link_is_shown_then_the_checks_do() {
    let mut desk = Desk::resumed(consenting());
    let names = |desk: &Desk| groups(desk).iter().map(|g| (g.name, g.is_kept)).collect::<Vec<_>>();
    assert_eq!(names(&desk), [("Permissions", true), ("Checks", false)]);
    desk.enter().answer();
    assert_eq!(names(&desk), [("Checks", true), ("Permissions", false)]);
    let asked = groups(&desk).remove(1).checks.remove(0);
    assert_eq!((asked.name.as_str(), asked.detail.as_str()), ("User.Read.All", "to list the users"));
}

#[test]
fn the_bar_says_what_microsoft_answered_before_it_is_confirmed() {
    let mut record = record(1, Product::Office365);
    record.customer.tenant = Some(tenant(1));
    record.customer.is_managed = true;
    let mut desk = Desk::resumed(record);
    desk.answer();
    let view = desk.view();
    assert_eq!(view.bar.organisation.map(|name| name.as_str().to_owned()).as_deref(), Some("Organisation 1"));
    assert_eq!(view.bar.last_four.as_ref().map(Text::as_str), Some("0001"));
}

#[test]
fn what_was_typed_is_not_in_the_bar_until_it_is_saved() {
    let mut desk = Desk::resumed(record(1, Product::Office365));
    desk.fill(FieldId::Tenant, &tenant(1).to_string()).give(Given::Settle(FieldId::Tenant)).answer();
    assert!(desk.words().contains("Organisation 1"), "{}", desk.words());
    let organisation = desk.view().bar.organisation.map(|name| name.as_str().to_owned());
    assert_eq!(organisation.as_deref(), Some("organisation not known yet"));
}

#[test]
fn what_comes_next_stands_in_the_rows_of_the_products() {
    let mut desk = Desk::new(setup(), vec![row(customer(1), Progress::NotStarted, None)]);
    desk.answer().enter();
    assert_eq!(desk.stop(), "Product");
    let next = |at: usize| {
        desk.rows(|rows| {
            let row = rows.row(at).unwrap();
            row.cells.get(Column::Next).map(|cell| cell.in_words().into_owned())
        })
    };
    assert_eq!(next(0).as_deref(), Some("tenant ID will be asked"));
    assert_eq!(next(1).as_deref(), Some("impersonation details will be asked"));
}

#[test]
fn consent_that_takes_longer_than_usual_asks_which_organisation_it_was_for() {
    let mut desk = Desk::resumed(consenting());
    desk.enter().answer().pass(200);
    assert!(desk.words().contains("Longer than usual."), "{}", desk.words());
    assert!(desk.words().contains("It must be Organisation 1 (…0001)."), "{}", desk.words());
}

#[test]
fn the_listing_has_a_clock() {
    let mut record = consenting();
    record.enabled = Some(Moment::default());
    let mut desk = Desk::resumed(record);
    assert!(!desk.notice().contains("Usually"), "complete: {}", desk.notice());
    desk.act(Action::Refresh);
    assert!(desk.notice().starts_with("Listing: "), "{}", desk.notice());
    assert!(desk.notice().contains("Usually 1 min, at worst 30 min"), "{}", desk.notice());
    assert!(desk.is_out("Wake"), "it ticks");
    desk.answer();
    assert!(!desk.notice().contains("Usually"), "{}", desk.notice());
}

#[test]
fn nothing_that_is_said_to_the_customer_names_a_key() {
    let mut record = consenting();
    record.enabled = Some(Moment::default());
    let desk = Desk::resumed(record);
    let card = desk.view().card;
    assert!(card.wrong.iter().any(|(screen, _)| screen.as_str().starts_with('“')));
    for (_, said) in &card.wrong {
        assert!(!said.as_str().contains("Press "), "{said}");
    }
}

#[test]
fn the_link_goes_once_every_check_is_good() {
    let mut desk = Desk::resumed(consenting());
    desk.enter().answer();
    assert!(desk.words().contains("/adminconsent"), "{}", desk.words());
    (desk.verdict, desk.named) = (Verdict::Proved, Some(organisation(1)));
    desk.pass(3);
    assert!(desk.button(Action::Enable).is_some_and(|button| button.is_open));
    assert!(!desk.words().contains("/adminconsent"), "{}", desk.words());
}
