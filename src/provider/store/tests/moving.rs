//! Moving a record: nothing is lost, nothing is twice, and never can two be worked with.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use super::*;
use crate::{
    domain::run::ExclusionChange,
    provider::store::{Outlook, Terms},
};

/// A record with something in most of its tables.
fn filled(world: &World) -> (Store, RunId) {
    let store = world.open("ann");
    let (_, run) = enabled_run(&store, Product::Office365);
    store.begin_apply(&run, &users(1..=5)).unwrap();
    store.apply_batch(&run, &users(1..=5)).unwrap();
    store.end_apply(&run, false).unwrap();
    store.turn_off(&run, &users([5])).unwrap();
    store.change_exclusions(&run, &ExclusionChange { users: users([9]), exclude: true }).unwrap();
    store.make_rule(&run, 9, 9).unwrap();
    let (_, hosted) = enabled_run(&store, Product::MpExchange);
    store.begin_apply(&hosted, &users([7])).unwrap();
    store.apply_batch(&hosted, &users([7])).unwrap();
    store.end_apply(&hosted, false).unwrap();
    (store, run)
}

/// Another place for the record: a file, which the suite on a server moves to and back from.
fn elsewhere(world: &World) -> Place {
    Place::File(world.folder.path().join("elsewhere/store.db"))
}

/// Opens the record in a place, as another process would.
fn opened(world: &World, place: &Place) -> Result<Store, Failure> {
    let options = StoreOptions { place: place.clone(), ..world.options("ann") };
    Store::open_on(&Terms { may_make: false, ..Terms::FREE }, options)
}

fn moved(store: &Store, to: &Place) -> Result<u32, Failure> {
    store.outlook(to)?;
    store.move_to(to, &mut |_, _| {}).map(|arrival| arrival.rows)
}

/// Lets go of every run: windows are closed before a record is moved.
fn reopened(world: &World, store: Store) -> Store {
    drop(store);
    world.open("ann")
}

/// What a person sees of a record.
fn seen(store: &Store) -> Vec<String> {
    let customers = store.customers().unwrap();
    let of = |customer: &Customer| {
        let seats: Vec<_> = Product::ALL
            .iter()
            .filter_map(|product| store.protection(customer.id, *product).ok())
            .map(|protection| format!("{:?}", protection.seats))
            .collect();
        format!("{customer:?} {seats:?}")
    };
    customers.iter().map(of).collect()
}

#[test]
fn a_record_moves_and_back_and_only_one_is_worked_with() {
    let world = World::by_owner();
    let (store, run) = filled(&world);
    let held = moved(&store, &elsewhere(&world)).unwrap_err();
    assert_eq!(held.kind, FailureKind::Conflict);
    assert!(held.what.as_str().contains(&format!("run {run}")), "{held:?}");
    let store = reopened(&world, store);
    let (before, id) = (seen(&store), store.id());
    let to = elsewhere(&world);
    assert_eq!(store.outlook(&to).unwrap(), Outlook::New);
    let rows = moved(&store, &to).unwrap();
    assert!(rows > 20, "{rows}");
    assert_eq!(store.outlook(&to).unwrap(), Outlook::Arrived);
    assert_eq!(moved(&store, &to).unwrap(), rows, "safe to repeat");

    // What is left is read, and takes nothing, whoever had it open.
    for (left, is_new) in [(store, false), (world.open("ben"), true)] {
        assert_eq!(seen(&left), before);
        let refused = left.seed_customers(&[new_customer("C-9", "Nine", &[])]).unwrap_err();
        assert!(refused.is_alarm && refused.what.as_str().contains("moved to"), "{refused:?}");
        assert!(left.demand_unmoved().is_err() && left.open_run(CustomerId(1), Product::Office365).is_err());
        let warning = left.operator().warning.map(|warning| warning.for_commands());
        assert_eq!(warning.is_some_and(|words| words.as_str().contains("moved to")), is_new);
        assert!(left.move_to(&Place::File(world.folder.path().join("third.db")), &mut |_, _| {}).is_err());
    }
    let there = opened(&world, &to).unwrap();
    assert_eq!((seen(&there), there.id()), (before, id));
    assert!(there.outcome(&run).unwrap().is_audit_whole);
    let live = StoreOptions { is_sandbox: false, place: to.clone(), ..world.options("ann") };
    assert!(Store::open(live).is_err(), "its world went along");
    // It is worked with there, and numbers go on.
    there.seed_customers(&[new_customer("C-2", "Second", &Product::ALL)]).unwrap();
    assert!(called(&there, "C-2").id > called(&there, "C-1").id);
    let after = seen(&there);

    // Back: what was left is replaced, and takes changes again.
    let there = opened(&world, &to).unwrap();
    assert_eq!(there.outlook(&world.place()).unwrap(), Outlook::Replaces);
    moved(&there, &world.place()).unwrap();
    assert!(there.demand_unmoved().is_err());
    let back = world.open("ann");
    assert_eq!((seen(&back), back.id()), (after, id));
    back.demand_unmoved().unwrap();
    let load = back.load().unwrap();
    assert_eq!((load.customers, load.seats), (2, 6));
    assert_eq!(world.number("SELECT sum(seats_on) FROM customer_product"), 5);
    back.seed_customers(&[new_customer("C-3", "Third", &Product::ALL)]).unwrap();
    assert!(called(&back, "C-3").id > called(&back, "C-2").id);
    let found = Store::inspect(&world.place()).unwrap();
    assert!(found.mark.is_none() && found.tables.unwrap().history.1);
    assert!(Store::inspect(&to).unwrap().mark.is_some());
}

#[test]
fn what_is_in_the_other_place_is_not_written_over() {
    let world = World::by_owner();
    let store = world.open("ann");
    customer(&store);
    let refused = moved(&store, &world.place()).unwrap_err();
    assert_eq!(refused.kind, FailureKind::Conflict, "onto itself: {refused:?}");
    let other = World::by_owner();
    customer(&other.open("ann"));
    let refused = moved(&store, &other.place()).unwrap_err();
    assert!(refused.what.as_str().contains("another record is there"), "{refused:?}");
    store.demand_unmoved().unwrap();
    // Left behind by an older move, and worked with since, behind the program's back.
    let to = elsewhere(&world);
    moved(&store, &to).unwrap();
    let there = opened(&world, &to).unwrap();
    world.run("UPDATE audit SET hash = before WHERE id = 2");
    let refused = moved(&there, &world.place()).unwrap_err();
    assert!(refused.what.as_str().contains("work may have gone on"), "{refused:?}");
    let user = opened(&world, &to).unwrap();
    user.demand_unmoved().unwrap();
}

#[test]
fn only_an_admin_moves_a_record() {
    let world = World::by_owner();
    customer(&world.open("ann"));
    let ben = world.open("ben");
    assert_eq!(kind(ben.outlook(&elsewhere(&world))), FailureKind::Refused);
    assert_eq!(kind(ben.give_up_moving()), FailureKind::Refused);
}

#[test]
fn a_move_goes_on_wherever_it_was_broken_off() {
    let world = World::by_owner();
    let (store, _) = filled(&world);
    let mut store = reopened(&world, store);
    let rows = u64::from(store.load().unwrap().rows);
    let (there, here) = (elsewhere(&world), world.place());
    let mut places = [&there, &here].into_iter().cycle();
    for breaks in [1, rows / 2, rows - 1, rows, rows + 1, rows * 2] {
        let to = places.next().unwrap();
        let before = seen(&store);
        let broken = catch_unwind(AssertUnwindSafe(|| {
            store.move_to(to, &mut |done, _| assert!(done != breaks, "killed"))
        }));
        assert!(broken.is_err(), "{breaks} of {rows}");
        assert!(store.demand_unmoved().is_err() && store.give_up_moving().is_ok_and(|is_begun| is_begun));
        let half = opened(&world, to).unwrap_err();
        assert!(half.is_alarm && half.what.as_str().contains("not whole"), "{half:?}");
        // Given up, it takes changes; begun again and broken off once more, it goes on.
        store.seed_customers(&[new_customer("C-7", "Seven", &[])]).unwrap();
        let broken = catch_unwind(AssertUnwindSafe(|| {
            store.move_to(to, &mut |done, _| assert!(done != breaks, "killed"))
        }));
        assert!(broken.is_err());
        assert_eq!(store.outlook(to).unwrap(), Outlook::GoesOn);
        store.move_to(to, &mut |_, _| {}).unwrap();
        let arrived = opened(&world, to).unwrap();
        assert_eq!(seen(&arrived)[..before.len()], before[..]);
        store = arrived;
        assert!(Store::inspect(to).unwrap().tables.unwrap().history.1);
    }
}

#[test]
fn a_row_that_is_not_the_same_is_found_and_the_record_stays() {
    let world = World::by_owner();
    let (store, _) = filled(&world);
    let store = reopened(&world, store);
    let to = elsewhere(&world);
    let file = to.file().unwrap().to_owned();
    let tampered = store.move_to(&to, &mut |done, all| {
        if done * 2 == all {
            let raw = Connection::open(&file).unwrap();
            raw.execute_batch("UPDATE customer SET name = 'Somebody else'").unwrap();
        }
    });
    let failure = tampered.unwrap_err();
    assert!(
        failure.what.as_str().contains("in the table customer: its rows are not the same"),
        "{failure:?}"
    );
    assert!(opened(&world, &to).is_err());
    store.move_to(&to, &mut |_, _| {}).unwrap();
    assert_eq!(seen(&opened(&world, &to).unwrap()), seen(&store), "begun anew");
}

#[test]
fn what_does_not_fit_together_is_found() {
    let world = World::by_owner();
    let (store, _) = filled(&world);
    drop(store);
    let look = || Store::inspect(&world.place()).unwrap();
    let found = look();
    let tables = found.tables.unwrap();
    assert!(tables.strange.is_empty(), "both databases have the same tables: {tables:?}");
    assert_eq!((tables.orphans.len(), tables.seats, tables.miscounted), (0, 5, 0));
    assert_eq!((found.is_sandbox, found.mark.is_none(), tables.history.1), (Some(true), true, true));
    world.run("UPDATE customer_product SET seats_on = seats_on + 1 WHERE product = 'office365'");
    assert_eq!(look().tables.unwrap().miscounted, 1);
    world.run("UPDATE audit SET what = 'nothing' WHERE id = 3");
    assert!(!look().tables.unwrap().history.1);
    assert!(moved(&world.open("ann"), &elsewhere(&world)).unwrap_err().is_alarm);
    world.run("ALTER TABLE seat RENAME COLUMN name TO called");
    let strange = look().tables.unwrap().strange;
    let words: Vec<&str> = strange.iter().map(Text::as_str).collect();
    assert_eq!(words, ["the column seat.name is missing", "the column seat.called is not this program's"]);
    assert_eq!(kind(Store::inspect(&Place::File(world.folder.path().join("none")))), FailureKind::NotFound);
}

#[test]
fn rows_without_a_customer_are_found() {
    let Some(world) = World::on_file() else { return };
    let (_store, _) = filled(&world);
    world.run("PRAGMA foreign_keys = OFF; UPDATE exclusion SET customer = 99");
    let orphans = Store::inspect(&world.place()).unwrap().tables.unwrap().orphans;
    assert_eq!(orphans, [("exclusion".into(), 1)]);
}

#[test]
fn a_trial_copies_a_record_and_leaves_it_as_it_is() {
    let world = World::by_owner();
    let (store, _) = filled(&world);
    let copy: &Path = &world.folder.path().join("trial.db");
    Store::copy(&world.place(), copy).unwrap();
    let trial = opened(&world, &Place::File(copy.to_owned())).unwrap();
    assert_eq!((seen(&trial), trial.id()), (seen(&store), store.id()));
    trial.seed_customers(&[new_customer("C-2", "Second", &Product::ALL)]).unwrap();
    assert_eq!(store.customers().unwrap().len(), 1);
    assert_eq!(Store::inspect(&Place::File(copy.to_owned())).unwrap().tables.unwrap().miscounted, 0);
}
