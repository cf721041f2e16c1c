//! Apply: one result per user, the limits at write time, and being killed in the middle.

use super::*;
use crate::domain::{checked::Checked, run::ExclusionChange, user::Kinds};
use SeatOutcome::{AlreadyOn, Excluded, NoSeat, Stopped, TurnedOff, TurnedOn};

#[test]
fn every_user_gets_one_result_and_nobody_two_seats() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, Product::Office365);
    store.begin_apply(&run, &users(1..=3)).unwrap();
    store.begin_apply(&run, &users(1..=3)).unwrap();
    assert_eq!(store.load_run(&run).unwrap().unfinished, users(1..=3));
    world.at(2_000_000);
    let results = store.apply_batch(&run, &users(1..=3)).unwrap();
    assert_eq!(outcomes(&results), [TurnedOn, TurnedOn, TurnedOn]);
    assert_eq!(results[1].user, user(2));
    let again = store.apply_batch(&run, &users([2, 4, 4])).unwrap();
    assert_eq!(outcomes(&again), [AlreadyOn, TurnedOn, AlreadyOn]);
    store.end_apply(&run, false).unwrap();
    store.end_apply(&run, false).unwrap();
    let protection = store.protection(customer.id, Product::Office365).unwrap();
    assert_eq!(protection.seats.len(), 4);
    assert_eq!(protection.seats[0].since, Moment::from_millis(2_000_000));
    assert_eq!(protection.seats[0].address, user(1).address);
    let done = store.outcome(&run).unwrap().done;
    assert_eq!((done.turned_on, done.failed, done.turned_off), (4, 0, 0));
}

#[test]
fn unchecked_mailboxes_are_turned_on_only_where_they_are_included_and_on_premises_ones_never() {
    let world = World::new();
    let store = world.open("ann");
    let (_, run) = enabled_run(&store, Product::Office365);
    let of = |number, kind| Chosen { kind, ..user(number) };
    let users = [of(1, Kind::NotKnownYet), of(2, Kind::OnPremises), of(3, Kind::Shared)];
    store.begin_apply(&run, &users).unwrap();
    let failed = |results: &[SeatResult]| {
        results.iter().map(|result| matches!(result.outcome, SeatOutcome::Failed(_))).collect::<Vec<_>>()
    };
    assert_eq!(failed(&store.apply_batch(&run, &users).unwrap()), [true, true, false]);
    store.save_kinds(&run, Kinds::default().toggled(Kind::NotKnownYet)).unwrap();
    assert_eq!(failed(&store.apply_batch(&run, &users).unwrap()), [false, true, false]);
}

#[test]
fn what_mailboxes_are_is_kept_by_tenant_and_the_last_answer_counts() {
    let world = World::new();
    let store = world.open("ann");
    let [ours, theirs] = ["7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77", "9db04710-6a8d-4035-b7d5-10361bc1367b"]
        .map(|tenant| tenant.parse().unwrap());
    let of = |number: u8, kind, at| Checked {
        user: UserId::from_bytes([number; 16]),
        kind,
        facts: i64::MIN,
        at: Moment::from_millis(at),
    };
    store.keep_checked(ours, &[of(2, Kind::User, 1), of(1, Kind::Shared, 1)]).unwrap();
    store.keep_checked(ours, &[of(2, Kind::OnPremises, 5)]).unwrap();
    store.keep_checked(theirs, &[of(1, Kind::Room, 1)]).unwrap();
    drop(store);
    let store = world.open("ann");
    assert_eq!(store.checked(ours).unwrap(), [of(1, Kind::Shared, 1), of(2, Kind::OnPremises, 5)]);
    assert_eq!(store.checked(theirs).unwrap(), [of(1, Kind::Room, 1)]);
}

#[test]
fn nobody_is_turned_on_before_enable() {
    let world = World::new();
    let store = world.open("ann");
    let run = store.open_run(customer(&store).id, Product::Office365).unwrap().id;
    assert_eq!(kind(store.begin_apply(&run, &users([1]))), FailureKind::Refused);
    assert_eq!(kind(store.apply_batch(&run, &users([1]))), FailureKind::Refused);
    assert_eq!(kind(store.make_rule(&run, 1, 11)), FailureKind::Refused);
}

#[test]
fn an_apply_that_was_killed_is_completed() {
    let Some(world) = World::on_file() else { return };
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, Product::Office365);
    store.begin_apply(&run, &users(1..=5)).unwrap();
    store.apply_batch(&run, &users(1..=2)).unwrap();
    // Half of the next batch is written when the process dies: the transaction never ends.
    {
        let raw = world.raw();
        raw.execute_batch("BEGIN IMMEDIATE").unwrap();
        raw.execute(
            "INSERT INTO seat (customer, product, user, address, name, kind, state, since, operator)
             VALUES (?1, 'office365', ?2, 'a', 'n', 4, 'on', 0, 'ann')",
            rusqlite::params![customer.id.0, user(3).id.as_bytes()],
        )
        .unwrap();
    }
    drop(store);
    let store = world.open("ann");
    let record = store.open_run(customer.id, Product::Office365).unwrap();
    assert_eq!((record.id, record.unfinished.clone()), (run.clone(), users(3..=5)));
    let results = store.apply_batch(&run, &record.unfinished).unwrap();
    assert_eq!(outcomes(&results), [TurnedOn, TurnedOn, TurnedOn]);
    store.end_apply(&run, false).unwrap();
    assert_eq!(store.load_run(&run).unwrap().unfinished, []);
    assert_eq!(store.outcome(&run).unwrap().done.turned_on, 5);
    assert_eq!(store.protection(customer.id, Product::Office365).unwrap().seats.len(), 5);
}

#[test]
fn an_apply_that_was_killed_behind_its_last_batch_is_ended() {
    let world = World::new();
    let ended = |run: &RunId| {
        let of_run = format!("run = '{}'", run.letters());
        world.number(&format!(
            "SELECT count(*) FROM apply WHERE {of_run} AND ended IS NOT NULL AND NOT is_stopped"
        ))
    };
    let store = world.open("ann");
    let (_, run) = enabled_run(&store, Product::Office365);
    store.begin_apply(&run, &users(1..=2)).unwrap();
    store.apply_batch(&run, &users(1..=2)).unwrap();
    assert_eq!(ended(&run), 0);
    drop(store);
    // Nobody is left, so the wizard would not go on with it: taking up the run ends it.
    let store = world.open("ann");
    assert_eq!(store.load_run(&run).unwrap().unfinished, []);
    assert_eq!(ended(&run), 1);
    let outcome = store.finish_run(&run).unwrap();
    assert!(outcome.run.finished.is_some());
    let words = |entry: &crate::domain::run::AuditEntry| entry.what.as_str().to_owned();
    let tail: Vec<String> = outcome.audit.iter().rev().take(2).map(words).collect();
    assert_eq!(tail, ["finished the run", "finished turning on: 2 users in this run"]);

    // The same without a kill: the end could not be written, and the operator finishes the run all the same.
    let (_, run) = enabled_run(&store, Product::MpExchange);
    store.begin_apply(&run, &users([1])).unwrap();
    store.apply_batch(&run, &users([1])).unwrap();
    assert!(store.finish_run(&run).unwrap().run.finished.is_some());
    assert_eq!(ended(&run), 1);
}

#[test]
fn the_answer_that_was_lost_is_asked_for_again() {
    let world = World::new();
    let store = world.open("ann");
    let (_, run) = enabled_run(&store, Product::Office365);
    store.begin_apply(&run, &users(1..=2)).unwrap();
    store.apply_batch(&run, &users(1..=2)).unwrap();
    store.begin_apply(&run, &users(1..=2)).unwrap();
    assert_eq!(outcomes(&store.apply_batch(&run, &users(1..=2)).unwrap()), [AlreadyOn, AlreadyOn]);
    store.end_apply(&run, false).unwrap();
    let outcome = store.outcome(&run).unwrap();
    assert_eq!(outcomes(&outcome.results), [TurnedOn, TurnedOn]);
    assert_eq!(outcome.done.turned_on, 2);
}

#[test]
fn exclusions_and_kinds_hold_at_write_time() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, run) = enabled_run(&store, Product::Office365);
    store.apply_batch(&run, &users([1])).unwrap();
    let change = ExclusionChange { users: vec![user(1), user(2)], exclude: true };
    assert_eq!(store.change_exclusions(&run, &change).unwrap(), [user(1).id, user(2).id]);
    assert_eq!(store.change_exclusions(&run, &change).unwrap().len(), 2);
    let guest = Chosen { kind: Kind::Guest, ..user(3) };
    let results = store.apply_batch(&run, &[user(1), user(2), guest]).unwrap();
    assert_eq!(outcomes(&results)[..2], [AlreadyOn, Excluded]);
    assert!(matches!(&results[2].outcome, SeatOutcome::Failed(why) if why.as_str().contains("guests")));
    assert_eq!(store.outcome(&run).unwrap().done.failed, 2);
    // Excluding someone who is on leaves them on.
    assert_eq!(store.protection(customer.id, Product::Office365).unwrap().seats.len(), 1);
    let lift = ExclusionChange { users: vec![user(2)], exclude: false };
    assert_eq!(store.change_exclusions(&run, &lift).unwrap(), [user(1).id]);
    assert_eq!(outcomes(&store.apply_batch(&run, &users([2])).unwrap()), [TurnedOn]);
    assert_eq!(store.outcome(&run).unwrap().done.failed, 1);
}

#[test]
fn the_seats_of_both_products_count_against_one_limit() {
    let world = World::new();
    let store = world.open("ann");
    let (customer, office) = enabled_run(&store, Product::Office365);
    let (_, hosted) = enabled_run(&store, Product::MpExchange);
    limit_seats(&world, 3);
    store.apply_batch(&office, &users(1..=2)).unwrap();
    let results = store.apply_batch(&hosted, &users(1..=3)).unwrap();
    assert_eq!(outcomes(&results), [TurnedOn, NoSeat, NoSeat]);
    let protection = store.protection(customer.id, Product::MpExchange).unwrap();
    assert_eq!((protection.seats.len(), protection.used_elsewhere, protection.limit), (1, 2, Some(3)));
    assert_eq!(store.outcome(&hosted).unwrap().done.failed, 2);
    store.turn_off(&office, &users([1])).unwrap();
    assert_eq!(outcomes(&store.apply_batch(&hosted, &users(1..=3)).unwrap()), [AlreadyOn, TurnedOn, NoSeat]);
}

#[test]
fn only_an_admin_turns_off_and_the_row_stays_for_the_workers() {
    let world = World::new();
    let (ann, ben) = (world.open("ann"), world.open("ben"));
    let (customer, run) = enabled_run(&ann, Product::Office365);
    ann.apply_batch(&run, &users(1..=2)).unwrap();
    ann.leave_run(&run).unwrap();
    ben.load_run(&run).unwrap();
    assert_eq!(kind(ben.turn_off(&run, &users([1]))), FailureKind::Refused);
    ben.leave_run(&run).unwrap();
    ann.load_run(&run).unwrap();
    for _ in 0..2 {
        let results = ann.turn_off(&run, &users([1, 9])).unwrap();
        assert_eq!(results[0].outcome, TurnedOff);
        assert!(matches!(results[1].outcome, SeatOutcome::Failed(_)));
    }
    assert_eq!(ann.protection(customer.id, Product::Office365).unwrap().seats.len(), 1);
    let done = ann.outcome(&run).unwrap().done;
    assert_eq!((done.turned_on, done.turned_off), (1, 1));
    assert_eq!(world.number("SELECT count(*) FROM seat WHERE state = 'off'"), 1);
    assert_eq!(outcomes(&ann.apply_batch(&run, &users([1])).unwrap()), [TurnedOn]);
}

#[test]
fn stopping_keeps_who_was_not_tried() {
    let world = World::new();
    let store = world.open("ann");
    let (_, run) = enabled_run(&store, Product::Office365);
    store.begin_apply(&run, &users(1..=3)).unwrap();
    store.apply_batch(&run, &users([1])).unwrap();
    assert_eq!(store.finish_run(&run).unwrap().run.finished, None, "an unfinished Apply keeps the run open");
    store.end_apply(&run, true).unwrap();
    let outcome = store.finish_run(&run).unwrap();
    assert_eq!(outcomes(&outcome.results), [TurnedOn, Stopped, Stopped]);
    assert_eq!((outcome.done.turned_on, outcome.done.failed), (1, 2));
    assert!(outcome.run.finished.is_some());
    assert_eq!(outcome.run.unfinished, []);
}

#[test]
fn a_seat_that_vanished_after_the_commit_is_not_called_protected() {
    let world = World::new();
    let store = world.open("ann");
    let (_, run) = enabled_run(&store, Product::Office365);
    // The disk gives back something else than was written.
    world.run(if world.database.is_some() {
        r#"CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
           'BEGIN DELETE FROM seat WHERE "user" = NEW."user"; RETURN NULL; END';
           CREATE TRIGGER thief AFTER INSERT ON chosen FOR EACH ROW EXECUTE FUNCTION steal()"#
    } else {
        "CREATE TRIGGER thief AFTER INSERT ON chosen BEGIN DELETE FROM seat WHERE user = NEW.user; END"
    });
    let results = store.apply_batch(&run, &users([1])).unwrap();
    assert!(matches!(results[0].outcome, SeatOutcome::Failed(_)));
}

#[test]
fn one_answer_about_many_users_is_one_line_of_the_audit_that_names_them() {
    let world = World::new();
    let store = world.open("ann");
    let (_, run) = enabled_run(&store, Product::Office365);
    let newest = || world.words("SELECT what FROM audit ORDER BY id DESC LIMIT 1").remove(0);
    let lines = || world.number("SELECT count(*) FROM audit");
    let exclusions = |users: Vec<Chosen>, exclude| {
        let before = lines();
        store.change_exclusions(&run, &ExclusionChange { users, exclude }).unwrap();
        lines() - before
    };
    let [one, two, three] =
        [user(1), user(2), user(3)].map(|user| format!("{} <{}>", user.name, user.address));
    assert_eq!(exclusions(users([1, 2]), true), 1);
    assert_eq!(newest(), format!("excluded 2 users: {one}, {two}"));
    // Only those are named whom it changes; where it changes nobody, nothing is said.
    assert_eq!(exclusions(users([2, 3]), true), 1);
    assert_eq!(newest(), format!("excluded 1 user: {three}"));
    assert_eq!((exclusions(users([3]), true), exclusions(users([9]), false)), (0, 0));
    assert_eq!(exclusions(users([1, 2, 3]), false), 1);
    assert_eq!(newest(), format!("lifted the exclusion of 3 users: {one}, {two}, {three}"));

    store.begin_apply(&run, &users([1, 2])).unwrap();
    assert_eq!(newest(), format!("confirmed turning on 2 users: {one}, {two}"));
    store.apply_batch(&run, &users([1, 2])).unwrap();
    store.end_apply(&run, false).unwrap();
    store.turn_off(&run, &users([1, 2, 3])).unwrap();
    assert_eq!(newest(), format!("turned off 2 users: {one}, {two}"));

    // Without an address the name says who; the record keeps more of them than a screen shows, and counts the rest.
    let unnamed = Chosen { address: "".into(), ..user(4) };
    assert_eq!(exclusions(vec![unnamed.clone()], true), 1);
    assert_eq!(newest(), format!("excluded 1 user: {}", unnamed.name));
    let crowd: Vec<Chosen> = (0..1_003_u16)
        .map(|number| {
            let [high, low] = number.to_be_bytes();
            let mut id = [7; 16];
            (id[0], id[1]) = (high, low);
            Chosen { id: UserId::from_bytes(id), ..user(5) }
        })
        .collect();
    assert_eq!(exclusions(crowd, true), 1);
    let said = newest();
    assert!(said.starts_with("excluded 1,003 users: ") && said.ends_with(" and 3 more"));
    assert_eq!(said.matches(user(5).address.as_str()).count(), 1_000);
    let shown = store.outcome(&run).unwrap();
    assert!(shown.is_audit_whole);
    assert!(shown.audit.iter().all(|entry| entry.what.as_str().len() <= 1_024));
    let crowd =
        shown.audit.iter().map(|entry| entry.what.as_str()).find(|what| what.contains("1,003")).unwrap();
    let (named, more) =
        (crowd.matches(user(5).address.as_str()).count(), crowd.rsplit_once(" and ").unwrap().1);
    assert_eq!(more, format!("{} more", 1_003 - named), "whole names, and all are counted: {crowd}");
}

#[test]
fn seats_are_counted_however_they_change() {
    let world = World::new();
    let store = world.open("ann");
    let (_, run) = enabled_run(&store, Product::Office365);
    let counts = || {
        let on = world.number("SELECT count(*) FROM seat WHERE state = 'on'");
        (on, world.number("SELECT seats_on FROM customer_product WHERE product = 'office365'"))
    };
    // More than what goes into one statement, and some of them twice.
    store.apply_batch(&run, &users((1..=20).chain([3, 20]))).unwrap();
    assert_eq!(counts(), (20, 20));
    store.turn_off(&run, &users((5..=19).chain([5]))).unwrap();
    assert_eq!(counts(), (5, 5));
    assert_eq!(
        outcomes(&store.apply_batch(&run, &users([6, 1, 21])).unwrap()),
        [TurnedOn, AlreadyOn, TurnedOn]
    );
    assert_eq!(counts(), (7, 7));
    world.run("DELETE FROM seat WHERE state = 'off' OR address < 'user2'");
    assert_eq!(counts().0, counts().1);
}
