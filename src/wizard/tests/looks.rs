//! What stands on the screens: what is known is shown, what is shown is true, and every way on is named.

use super::*;
use crate::wizard::view::{CheckGroup, Chord};

fn consenting() -> RunRecord {
    let mut record = record(1, Product::Office365);
    record.organisation = Some(organisation(1));
    record
}

fn groups(desk: &Desk) -> Vec<CheckGroup> {
    let view = desk.view();
    let group = |block: &Block<'_>| match block {
        Block::Group(group) => Some(group.clone()),
        _ => None,
    };
    view.panel.blocks.iter().filter_map(group).collect()
}

#[test]
fn what_is_asked_stands_first_until_the_link_is_shown_then_the_checks_do() {
    let mut desk = Desk::resumed(consenting());
    let names = |desk: &Desk| groups(desk).iter().map(|g| (g.name, g.is_kept)).collect::<Vec<_>>();
    assert_eq!(names(&desk), [("Permissions", true), ("Checks", false)]);
    desk.submit().answer();
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
    desk.type_in(&tenant(1).to_string()).press(Intent::NextControl).answer();
    assert!(desk.words().contains("Organisation 1"), "{}", desk.words());
    let organisation = desk.view().bar.organisation.map(|name| name.as_str().to_owned());
    assert_eq!(organisation.as_deref(), Some("organisation not known yet"));
}

#[test]
fn help_can_be_reached_from_a_field_and_leads_to_the_card_and_to_explain() {
    let mut desk = Desk::resumed(record(1, Product::Office365));
    assert!(desk.is_in_field());
    let chords = |desk: &Desk| desk.view().keys.iter().map(|key| key.chord).collect::<Vec<_>>();
    assert!(chords(&desk).contains(&Chord::Ctrl('g')) && chords(&desk).contains(&Chord::Ctrl('c')));
    let heading =
        |desk: &Desk| desk.view().overlay.map(|panel| panel.heading.to_string()).unwrap_or_default();
    for (action, shown) in [
        (Action::Help, "Keys of this screen"),
        (Action::Say, "Say it"),
        (Action::Help, "Keys of this screen"),
        (Action::Explain, "What does it mean?"),
    ] {
        desk.act(action);
        assert_eq!(heading(&desk), shown);
    }
    desk.press(Intent::Back);
    assert!(desk.is_in_field() && desk.view().overlay.is_none());
}

#[test]
fn what_comes_next_stands_below_the_products() {
    let mut desk = Desk::new(setup(), vec![row(customer(1), Progress::NotStarted, None)]);
    desk.answer().submit().submit();
    assert_eq!(desk.stop(), "Product");
    let facts = |desk: &Desk| {
        let view = desk.view();
        let words = view.panel.blocks.iter().find_map(|block| match block {
            Block::Facts(facts) => {
                Some(facts.iter().map(|(name, words)| format!("{name} {words}")).collect())
            }
            _ => None,
        });
        words.unwrap_or_else(Vec::<String>::new).join(", ")
    };
    assert!(facts(&desk).contains("Next tenant ID will be asked"), "{}", facts(&desk));
    desk.press(Intent::Move(crate::wizard::event::Move::By(1)));
    assert!(facts(&desk).contains("Next impersonation details will be asked"), "{}", facts(&desk));
}

#[test]
fn consent_that_takes_longer_than_usual_asks_which_organisation_it_was_for() {
    let mut desk = Desk::resumed(consenting());
    desk.submit().answer().pass(200);
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
