use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::sandbox::world::Crowd;

/// A tenant with a crowd.
fn tenant(crowd: Crowd) -> Arc<Tenant> {
    let text = "id='7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77'\nname='A'\ndomain='a.example'\ninitial='a.onmicrosoft.com'";
    let mut tenant: Tenant = toml::from_str(text).unwrap();
    tenant.crowd = crowd;
    Arc::new(tenant)
}

/// The directory at `now`; the world began at 0.
fn directory(crowd: Crowd, now: i64) -> Directory {
    Directory::new(&tenant(crowd), &State { began: Some(0), ..State::default() }, now)
}

#[test]
fn each_kind_is_there_as_often_as_asked() {
    let crowd = Crowd {
        users: 40,
        shared: 5,
        rooms: 2,
        equipment: 1,
        guests: 3,
        disabled: 4,
        unlicensed: 6,
        new_per_day: 0,
        licensed: 2,
    };
    let directory = directory(crowd, 0);
    let count = |kind| directory.from(Place::FIRST).filter(|person| person.kind == kind).count();
    assert_eq!(
        [count(Kind::User), count(Kind::Shared), count(Kind::Room), count(Kind::Equipment)],
        [40, 5, 2, 1]
    );
    assert_eq!([count(Kind::Guest), count(Kind::Disabled), count(Kind::Unlicensed)], [3, 4, 6]);
    assert_eq!(directory.count(), 61);
    let licensed =
        |kind| directory.from(Place::FIRST).filter(|one| one.kind == kind && one.sku.is_some()).count();
    assert_eq!([licensed(Kind::Shared), licensed(Kind::Room), licensed(Kind::Equipment)], [2, 2, 1]);
}

#[test]
fn ids_and_names_are_unique_and_lead_back() {
    let crowd =
        Crowd { users: 20_000, shared: 700, rooms: 90, guests: 400, disabled: 800, ..Crowd::default() };
    let directory = directory(crowd, 0);
    let (mut ids, mut names) = (HashSet::new(), HashSet::new());
    for person in directory.from(Place::FIRST) {
        assert!(ids.insert(person.id), "{}", person.id);
        assert!(names.insert(person.upn.to_lowercase()), "{}", person.upn);
        assert_eq!(directory.place(person.id), Some(person.place));
    }
    assert_eq!(ids.len(), 21_990);
}

#[test]
fn users_join_as_the_day_goes() {
    let crowd = Crowd { users: 3, new_per_day: 2, ..Crowd::default() };
    assert_eq!(directory(crowd, DAY / 2 - 1).count(), 3);
    assert_eq!(directory(crowd, DAY / 2).count(), 4);
    let later = directory(crowd, 3 * DAY);
    assert_eq!(later.count(), 9);
    assert!(later.from(Place::FIRST).all(|person| person.created <= 3 * DAY));
    assert_eq!(later.since(2 * DAY, 0).0.len(), 2);
}

#[test]
fn named_users_come_and_go() {
    let mut tenant = Arc::try_unwrap(tenant(Crowd::default())).unwrap();
    tenant.people = toml::from_str::<HashMap<String, Vec<Listed>>>(
        "p = [{ name = 'Soon', address = 'soon', created_hours = 20 }, { name = 'Late', address = 'late', leaves_hours = 48 }]",
    )
    .unwrap()
    .remove("p")
    .unwrap();
    let tenant = Arc::new(tenant);
    let at =
        |hours: i64| Directory::new(&tenant, &State { began: Some(0), ..State::default() }, hours * HOUR);
    assert_eq!([at(0).count(), at(20).count(), at(48).count()], [1, 2, 1]);
    assert_eq!(at(20).since(0, 0).0[0].name, "Soon");
    assert_eq!(at(48).since(20 * HOUR, 0).1, [at(0).find("late@a.example").unwrap().id]);
}

#[test]
fn a_stranger_is_not_found() {
    let directory = directory(Crowd { users: 3, ..Crowd::default() }, 0);
    assert!(directory.find("0a6f3d92-7be1-4c58-9b0d-4e2c71f8a635").is_none());
    let somebody = directory.from(Place::FIRST).next().unwrap();
    assert_eq!(directory.find(&somebody.upn.to_uppercase()).unwrap().id, somebody.id);
}

proptest! {
    #[test]
    fn any_place_leads_back_from_its_id(number in 0..u32::MAX, stretch in 0..4_u8) {
        let directory = directory(Crowd::default(), 0);
        let place = Place { stretch, number };
        prop_assert_eq!(Place::from_code(place.code()), Some(place));
        prop_assert_eq!(directory.place(directory.id(place)), Some(place));
    }

    #[test]
    fn strange_ids_do_no_harm(high: u64, low: u64) {
        let directory = directory(Crowd { users: 9, ..Crowd::default() }, 0);
        prop_assert!(directory.find(&Uuid::from_u64_pair(high, low).to_string()).is_none());
    }
}
