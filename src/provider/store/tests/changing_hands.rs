//! A run is asked for, handed over, taken over; and whoever shares the record hears of it.

use std::time::Duration;

use super::*;
use crate::domain::{change::Change, held_by::RunAnswer};

/// Ann has a run on desk-4; ben is on desk-2, and a User.
fn two(world: &World) -> (Store, Store, RunId) {
    let ann = world.open("ann");
    let ben = Store::open(StoreOptions { host: "desk-2".into(), ..world.options("ben") }).unwrap();
    let run = ann.open_run(customer(&ann).id, Product::Office365).unwrap().id;
    (ann, ben, run)
}

#[test]
fn a_run_is_handed_over_to_whoever_asks() {
    let world = World::new();
    let (ann, ben, run) = two(&world);
    assert!(ann.ask_for_run(&run).unwrap().request.is_none(), "it is held here");
    let asked = ben.ask_for_run(&run).unwrap().request.unwrap();
    assert_eq!((asked.by.as_str(), asked.host.as_str(), asked.answer), ("ben", "desk-2", None));
    assert_eq!(kind(world.open("cleo").ask_for_run(&run)), FailureKind::Conflict, "ben was first");
    assert_eq!(ann.look_at_run(&run).unwrap().request, Some(asked.clone()));
    let kept = ann.answer_request(&run, &asked, RunAnswer::No).unwrap();
    assert_eq!((kept.is_read_only, kept.request.unwrap().answer), (false, Some(RunAnswer::No)));
    assert_eq!(
        kind(ann.answer_request(&run, &asked, RunAnswer::Yes)),
        FailureKind::Conflict,
        "answered already"
    );
    // Asked again, and taken back.
    world.at(1_100_000);
    ben.ask_for_run(&run).unwrap();
    let back = ben.withdraw_request(&run).unwrap().request.unwrap();
    assert_eq!(back.answer, Some(RunAnswer::Nobody));
    assert_eq!(kind(ann.answer_request(&run, &back, RunAnswer::Yes)), FailureKind::Conflict);
    // Asked once more, and handed over.
    world.at(1_200_000);
    let asked = ben.ask_for_run(&run).unwrap().request.unwrap();
    let gone = ann.answer_request(&run, &asked, RunAnswer::Yes).unwrap();
    assert_eq!((gone.is_read_only, gone.held_by), (true, None));
    assert!(!ben.load_run(&run).unwrap().is_read_only);
    let who = ann.look_at_run(&run).unwrap().held_by.unwrap();
    assert_eq!((who.number, who.by.as_str(), who.host.as_str()), (2, "ben", "desk-2"));
    assert_eq!(kind(ann.save_list(&run, &ListSummary::of(1, 1))), FailureKind::Conflict);
    let said = ben.outcome(&run).unwrap();
    assert!(said.is_audit_whole);
    assert!(said.audit.iter().any(|entry| entry.what.as_str() == "handed the run over to ben on desk-2"));
    ben.ask_for_run(&run).unwrap();
    assert_eq!(ben.look_at_run(&run).unwrap().request.unwrap().number, 1, "nobody is asked by its holder");
}

#[test]
fn a_run_that_was_handed_over_is_kept_for_whoever_asked() {
    let world = World::new();
    if world.database.is_none() {
        return; // asking needs a server
    }
    let handed_over = |at: i64| {
        let (ann, ben, run) = two(&world);
        world.at(at);
        ben.ask_for_run(&run).unwrap();
        let asked = ann.look_at_run(&run).unwrap().request.unwrap();
        let gone = ann.answer_request(&run, &asked, RunAnswer::Yes).unwrap();
        assert_eq!(gone.kept_for(Moment::from_millis(at)).unwrap().by.as_str(), "ben");
        (ann, ben, run)
    };
    // Whoever comes first meanwhile is told, and ben has it.
    let (ann, ben, run) = handed_over(2_000_000);
    let cleo = world.open("cleo");
    world.at(2_009_000);
    for other in [&ann, &cleo] {
        let seen = other.load_run(&run).unwrap();
        assert!(seen.is_read_only && seen.held_by.is_none());
        assert_eq!(seen.kept_for(Moment::from_millis(2_009_000)).unwrap().by.as_str(), "ben");
    }
    assert!(!ben.load_run(&run).unwrap().is_read_only);
    // Taken and left again it is anybody's.
    ben.leave_run(&run).unwrap();
    assert!(cleo.look_at_run(&run).unwrap().kept_for(Moment::from_millis(2_009_000)).is_none());
    assert!(!cleo.load_run(&run).unwrap().is_read_only);
    cleo.leave_run(&run).unwrap();
    // Whoever asked does not come: ten seconds later it is anybody's.
    let (_ann, _ben, run) = handed_over(3_000_000);
    world.at(3_010_000);
    assert!(!cleo.load_run(&run).unwrap().is_read_only);
}

#[test]
fn whoever_watches_hears_that_a_holder_is_gone_who_could_not_say_so() {
    let world = World::new();
    if world.database.is_none() {
        return; // a file tells nobody
    }
    let (ann, ben, run) = two(&world);
    assert!(ben.look_at_run(&run).unwrap().held_by.is_some());
    let mut changes = ben.changes();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    // As when its process is killed: the lock is gone, and nothing is told.
    ann.holds().clear();
    let heard =
        runtime.block_on(async { tokio::time::timeout(Duration::from_secs(5), changes.next()).await.ok() });
    assert_eq!(heard, Some(Change::Request(run.clone())));
    assert!(ben.look_at_run(&run).unwrap().held_by.is_none());
}

#[test]
fn an_admin_takes_a_run_over_where_the_record_is_on_a_server() {
    let world = World::new();
    let (ann, ben, run) = two(&world);
    let why = Text::from("ann went home");
    if world.database.is_none() {
        assert_eq!(kind(ben.seize_run(&run, &why)), FailureKind::Refused, "a file lock is not taken away");
        return;
    }
    assert_eq!(kind(ben.seize_run(&run, &why)), FailureKind::Refused, "ben is a User");
    assert!(!ann.look_at_run(&run).unwrap().is_read_only);
    world.run("UPDATE operator SET is_admin = true WHERE name = 'ben'");
    assert!(!ben.seize_run(&run, &why).unwrap().is_read_only);
    let refused = ann.save_list(&run, &ListSummary::of(1, 1)).unwrap_err();
    assert_eq!(refused.kind, FailureKind::Conflict);
    assert!(refused.what.as_str().contains("ben had it last, on desk-2"), "{refused:?}");
    assert!(ann.look_at_run(&run).unwrap().is_read_only && ann.load_run(&run).unwrap().is_read_only);
    ben.save_list(&run, &ListSummary::of(2, 2)).unwrap();
    let said = ben.outcome(&run).unwrap();
    let words = "took the run over from ann on desk-4: ann went home";
    assert!(
        said.is_audit_whole
            && said.audit.iter().any(|entry| entry.what.as_str() == words && entry.by.as_str() == "ben")
    );
    assert_eq!(said.done.list.listed, 2);
}

#[test]
fn a_connection_that_was_lost_holds_nothing_that_somebody_took() {
    let world = World::new();
    let Some(_) = &world.database else { return };
    let (ann, ben, run) = two(&world);
    let cut = || {
        world.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()");
    };
    cut();
    // Nobody took it: it is ours again with a write after the loss was noticed, under the same number.
    let is_ours_again = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        ann.save_list(&run, &ListSummary::of(1, 1)).unwrap();
        ben.look_at_run(&run).unwrap().held_by.is_some_and(|held_by| held_by.number == 1)
    });
    assert!(is_ours_again);
    cut();
    let is_free = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        !ben.load_run(&run).unwrap().is_read_only
    });
    assert!(is_free, "gone with the connection");
    assert_eq!(kind(ann.save_list(&run, &ListSummary::of(2, 1))), FailureKind::Conflict);
    assert_eq!(ben.outcome(&run).unwrap().done.list.listed, 1);
}

#[test]
fn whoever_shares_the_record_hears_what_is_changed() {
    let world = World::new();
    let (ann, ben, run) = two(&world);
    let mut changes = ben.changes();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut heard = || {
        runtime.block_on(async { tokio::time::timeout(Duration::from_secs(5), changes.next()).await.ok() })
    };
    if world.database.is_none() {
        ann.leave_run(&run).unwrap();
        let now =
            runtime.block_on(async { tokio::time::timeout(Duration::ZERO, ben.changes().next()).await });
        assert!(now.is_err(), "a file tells nobody");
        return;
    }
    ann.save_list(&run, &ListSummary::of(1, 1)).unwrap();
    assert_eq!(heard(), Some(Change::Run(run.clone())));
    ann.leave_run(&run).unwrap();
    assert_eq!(heard(), Some(Change::Request(run.clone())));
    assert_eq!(kind(ann.save_list(&run, &ListSummary::of(1, 1))), FailureKind::Conflict);
    ann.seed_customers(&[new_customer("C-2", "Cafe", &Product::ALL)]).unwrap();
    let id = called(&ann, "C-2").id;
    assert_eq!(heard(), Some(Change::Customer(id)), "what was refused tells nothing");
    // After a connection that was lost anything may have been missed.
    world.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()");
    assert_eq!(heard(), Some(Change::Everything));
}
