//! The three paths, from the search field to the users.

use super::*;

/// Goes from the start to the access step of a product.
fn to_access(customer: &Customer, product: Product) -> Desk {
    let name = customer.name.to_string();
    let rows = vec![
        row(super::customer(2), Progress::NotStarted, None),
        row(customer.clone(), Progress::NotStarted, None),
    ];
    let mut desk = Desk::new(setup(), rows);
    desk.answer();
    assert!(desk.is_at(Spot::Field(FieldId::Search)), "the search field has the focus at the start");
    desk.fill(FieldId::Search, &name).enter();
    assert_eq!(desk.stop(), "Product");
    assert_eq!(desk.view().bar.customer.unwrap().as_str(), name);
    let at = customer.products.iter().position(|sold| *sold == product).unwrap();
    desk.pick(at).answer();
    assert_eq!(desk.stop(), "Access", "{}", desk.words());
    desk
}

/// Goes through the proof, from the authorise step to the users.
fn through_consent(desk: &mut Desk) {
    assert_eq!(desk.stop(), "Authorise", "{}", desk.words());
    assert!(desk.button(Action::Enable).is_none());
    assert_eq!(desk.count("LinkShown"), 0);
    desk.enter().answer();
    assert_eq!(desk.count("LinkShown"), 1);
    assert!(desk.words().contains("https://login.microsoftonline.com/"), "{}", desk.words());
    desk.pass(60);
    assert!(desk.notice().contains("Waiting for consent since 05:48 UTC"), "{}", desk.notice());
    desk.enter().answer();
    assert_eq!(desk.count("Enable("), 0, "Authorise never enables");

    desk.verdict = Verdict::Spreading;
    desk.pass(40);
    assert!(desk.notice().contains("at worst 1 h"), "{}", desk.notice());
    assert!(!desk.words().contains("Failure"), "spreading is no failure");

    desk.verdict = Verdict::Proved;
    desk.named = desk.record.as_ref().and_then(|record| record.organisation.clone());
    desk.pass(40);
    assert_eq!(desk.count("SaveProof"), 1);
    assert!(desk.button(Action::Enable).unwrap().is_open);
    assert!(desk.button(Action::Authorise).is_none());
    assert_eq!(desk.view().next_change, None, "nothing is awaited any more");
    assert!(!desk.is_out("Wake"), "idle: {:?}", desk.open);
    desk.enter().answer();
    assert_eq!(desk.count("Enable("), 1);
    assert_eq!(desk.stop(), "Users");
}

#[test]
fn office_365_through_manage_protect() {
    let mut managed = customer(1);
    managed.is_managed = true;
    managed.tenant = Some(tenant(1));
    let mut desk = to_access(&managed, Product::Office365);
    assert_eq!(desk.question(), QuestionId::Organisation, "the tenant on record is shown, not asked");
    assert!(desk.words().contains("Organisation 1") && desk.words().contains("0 0 0 1"), "{}", desk.words());
    assert_eq!(desk.count("Identify"), 1);
    desk.give(Given::Yes).answer();
    assert_eq!(desk.count("SaveOrganisation"), 1);
    let four = desk.view().bar.last_four;
    assert_eq!(four.unwrap().as_str(), "0001");
    through_consent(&mut desk);
}

#[test]
fn office_365_not_through_manage_protect() {
    let mut desk = to_access(&customer(1), Product::Office365);
    assert!(desk.is_at(Spot::Field(FieldId::Tenant)));
    desk.fill(FieldId::Tenant, "bakery1.example");
    assert_eq!(desk.count("LookUp"), 0, "not before the rest");
    assert!(!desk.button(Action::Save).unwrap().is_open);
    desk.pass(1);
    assert_eq!(desk.count("LookUp"), 1);
    assert!(desk.button(Action::Save).unwrap().is_open);
    desk.enter().answer();
    assert_eq!(desk.count("SaveOrganisation"), 1);
    through_consent(&mut desk);
}

#[test]
fn hosted_exchange() {
    for product in [Product::MpExchange, Product::Business365] {
        let mut desk = to_access(&customer(1), product);
        desk.fill(FieldId::Sample, "ana@bakery1.example").act(Action::Discover).answer();
        let found =
            "The server was found by Autodiscover, not in the customer's domain: mail.hoster.example.";
        assert!(desk.notice().contains(found), "{}", desk.notice());
        desk.fill(FieldId::Account, "HOSTER\\svc").fill(FieldId::Password, "correct horse");
        assert!(!desk.words().contains("correct horse"));
        let list = "Ana <ana@bakery1.example>\nnobody\nben@bakery1.example".to_owned();
        desk.give(Given::Fill(FieldId::Mailboxes, Value::Lines(list)));
        assert!(desk.words().contains("line 2 (“nobody”)"), "{}", desk.words());
        let notice = desk.notice();
        assert!(
            notice.contains("2 new") && notice.contains("line 2 (“nobody”)"),
            "always in sight: {notice}"
        );
        desk.enter().answer();
        assert_eq!(desk.count("SaveImpersonation"), 1, "{}", desk.words());
        assert!(desk.log.iter().all(|line| !line.contains("horse")));
        let saved = desk.record.as_ref().unwrap().impersonation.clone().unwrap();
        assert_eq!(saved.server.as_str(), "https://mail.hoster.example/EWS/Exchange.asmx");
        assert_eq!(saved.password.expose(), "correct horse");
        assert!(matches!(&saved.listing, Listing::Given(list) if list.len() == 2));

        assert_eq!(desk.stop(), "Authorise");
        assert!(!desk.words().contains("https://login"), "no link on this path");
        desk.verdict = Verdict::Proved;
        desk.pass(10);
        desk.enter().answer();
        assert_eq!(desk.stop(), "Users", "{}", desk.words());
        assert_eq!(desk.count("LinkShown"), 0);
    }
}
