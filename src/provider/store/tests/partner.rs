//! The customers that Microsoft lists: who is added, what stays, and who is gone.

use super::*;
use crate::{
    domain::partner_list::{Did, ListedCustomer, Origin},
    provider::store::Taking,
};

fn listed(number: u8, name: &str, ends: Option<i64>) -> (ListedCustomer, Option<Text>) {
    let one = ListedCustomer {
        tenant: format!("00000000-0000-4000-8000-{number:012}").parse().unwrap(),
        name: Text::clean(name),
        domain: Some(Text::of(format_args!("d{number}.example"))),
        origin: if ends.is_some() { Origin::Both } else { Origin::Contract },
        ends: ends.map(Moment::from_millis),
    };
    (one, None)
}

#[test]
fn a_list_adds_and_never_takes_away() {
    let world = World::new();
    let store = world.open("ann");
    let whole = Taking { is_whole: true, ..Taking::default() };
    let (one, two) = (listed(1, "Bakery", Some(5)), listed(2, "Acme", Some(7)));
    let dry = Taking { is_dry: true, ..whole };
    let (taken, _) = store.take_listed(std::slice::from_ref(&one), dry).unwrap();
    assert_eq!((&taken[0].did, store.customers().unwrap().len()), (&Did::Added, 0), "a dry run");
    store.take_listed(&[one.clone(), two.clone()], whole).unwrap();
    let bakery = store.customers().unwrap().into_iter().find(|it| it.name.as_str() == "Bakery").unwrap();
    let edited = |old: &Customer| {
        Ok(NewCustomer { name: "Our Bakery".into(), products: Vec::new(), seats: Some(9), ..old.into() })
    };
    store.correct_customer(bakery.id, &Accepts::default(), edited).unwrap().kept().unwrap();
    let before = store.customer(bakery.id).unwrap();
    // A list that could not be read says nothing of who is missing, and takes no end away.
    let (taken, gone) = store.take_listed(&[listed(1, "Bakery of theirs", None)], Taking::default()).unwrap();
    assert_eq!((&taken[0].did, taken[0].name.as_str(), gone.len()), (&Did::Known, "Our Bakery", 0));
    assert_eq!(store.customer(bakery.id).unwrap(), before);
    let kept = store.partnerships().unwrap().remove(&bakery.id).unwrap();
    assert_eq!((kept.ends, kept.origin), (Some(Moment::from_millis(5)), Origin::Both));
    // A whole one does, once; and who comes back is listed again.
    for _ in 0..2 {
        let (_, gone) = store.take_listed(std::slice::from_ref(&one), whole).unwrap();
        assert_eq!(gone.iter().map(|(_, name, _)| name.as_str()).collect::<Vec<_>>(), ["Acme"]);
    }
    let acme = store.customers().unwrap().into_iter().find(|it| it.name.as_str() == "Acme").unwrap();
    let notes = store.customer_history(acme.id).unwrap().entries;
    let is_told = |note: &&_| format!("{note:?}").contains("no longer listed");
    assert_eq!(notes.iter().filter(is_told).count(), 1);
    let row = store.board(Moment::default()).unwrap().rows.into_iter().find(|row| row.customer.id == acme.id);
    assert!(row.unwrap().partnership.unwrap().as_str().starts_with("no longer listed"));
    assert_eq!(store.take_listed(&[one, two], whole).unwrap().1, []);
    assert_eq!(store.partnerships().unwrap()[&acme.id].gone, None);
    let ben = world.open("ben");
    assert_eq!(kind(ben.take_listed(&[], whole)), FailureKind::Refused);
}
