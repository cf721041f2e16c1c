//! Everything about one customer, for the eyes of an operator.

use super::*;
use crate::{domain::run::ExclusionChange, provider::store::EnabledFor};

#[test]
fn all_that_is_on_record_about_a_customer_is_told() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, Product::Office365);
    store.apply_batch(&run, &users([1, 2])).unwrap();
    store.change_exclusions(&run, &ExclusionChange { users: users([2, 9]), exclude: true }).unwrap();
    world.run(&format!("UPDATE seat SET left_on = 5 WHERE address = '{}'", user(2).address));
    let hosted = store.open_run(customer.id, Product::MpExchange).unwrap().id;
    store.save_impersonation(&hosted, &impersonation("hunter2"), &Accepts::default()).unwrap();
    store.save_proof(&hosted, None).unwrap();
    store.enable(&hosted).unwrap();
    let detail = store.customer_detail(customer.id, 5).unwrap();
    let [office, mp, business] = detail.products.as_slice() else { panic!("{detail:?}") };
    assert_eq!(office.enabled_for, Some(EnabledFor::Organisation(organisation(TENANT))));
    assert_eq!(office.enabled_by.as_ref().unwrap().0.as_str(), "ann");
    assert_eq!(office.left.iter().map(|seat| seat.name.as_str()).collect::<Vec<_>>(), ["User 2"]);
    assert_eq!(office.backed_up, 0);
    let told = |store: &Store| -> Vec<(Option<Text>, Option<Text>)> {
        let office = store.customer_detail(customer.id, 5).unwrap().products.swap_remove(0);
        office.excluded.into_iter().map(|user| (user.name, user.address)).collect()
    };
    let whole = |number: u8| (Some(user(number).name), Some(user(number).address));
    assert_eq!(told(&store), [whole(2), whole(9)], "nobody ever turned the other one on");
    // A record from before names were kept: those who were ever on or chosen have theirs, and a list brings the others.
    if world.database.is_none() {
        world.run("UPDATE exclusion SET name = NULL, address = NULL");
        let again = include_str!("../../../../assets/schema/010_told.sql").split("\n\n").next().unwrap();
        let updates = again.split_once("UPDATE").unwrap().1;
        world.run(&format!("UPDATE{updates}"));
        assert_eq!(told(&store), [(None, None), whole(2)]);
    }
    let server = EnabledFor::Server("https://mail.hoster.example/EWS/Exchange.asmx".into());
    assert_eq!(mp.enabled_for, Some(server));
    assert_eq!((&business.enabled_for, &business.enabled_by), (&None, &None));
    assert_eq!(detail.runs.len(), 2);
    assert!(!format!("{detail:?}").contains("hunter2"));
}
