//! Runs: numbers, holds between processes, parking, drafts and counts.

use super::*;
use crate::domain::{
    draft::Draft,
    id::{CustomerId, RUN_LETTERS},
};

#[test]
fn a_customer_and_product_have_one_open_run() {
    let world = World::new();
    let store = world.open("ann");
    let id = customer(&store).id;
    let first = store.open_run(id, Product::Office365).unwrap();
    assert_eq!(store.open_run(id, Product::Office365).unwrap().id, first.id);
    let other = store.open_run(id, Product::MpExchange).unwrap();
    assert_ne!(other.id, first.id);
    assert_eq!((first.by.as_str(), first.is_read_only), ("ann", false));
    store.finish_run(&first.id).unwrap();
    assert_ne!(store.open_run(id, Product::Office365).unwrap().id, first.id);
}

#[test]
fn closed_customers_and_products_not_bought_are_refused_with_the_reason() {
    let world = World::new();
    let store = world.open("ann");
    let closed = NewCustomer { is_active: false, ..new_customer("C", "Closed Ltd", &[Product::Office365]) };
    let closed = store.add_customer(&closed, &Accepts::default()).unwrap().kept().unwrap();
    let failure = store.open_run(closed.id, Product::Office365).unwrap_err();
    assert_eq!(failure.what.as_str(), "the account of Closed Ltd is closed");
    let small = store
        .add_customer(&new_customer("S", "Small", &[Product::Office365]), &Accepts::default())
        .unwrap()
        .kept()
        .unwrap();
    let failure = store.open_run(small.id, Product::MpExchange).unwrap_err();
    assert_eq!(failure.what.as_str(), "Small does not have MPexchange");
    assert_eq!(kind(store.open_run(CustomerId(99), Product::Office365)), FailureKind::NotFound);
    assert_eq!(kind(store.load_run(&"B365-7KQ4".parse().unwrap())), FailureKind::NotFound);
}

#[test]
fn one_holds_a_run_and_the_other_may_look() {
    let world = World::new();
    let (ann, ben) = (world.open("ann"), world.open("ben"));
    let id = customer(&ann).id;
    let run = ann.open_run(id, Product::Office365).unwrap().id;
    let seen = ben.open_run(id, Product::Office365).unwrap();
    assert_eq!((seen.id.clone(), seen.is_read_only), (run.clone(), true));
    assert_eq!(kind(ben.save_list(&run, &ListSummary::of(1, 1))), FailureKind::Conflict);
    assert_eq!(kind(ben.park_run(&run, None)), FailureKind::Conflict);
    let clone = ann.clone();
    drop(ann);
    clone.save_list(&run, &ListSummary::of(2, 1)).unwrap();
    assert!(ben.load_run(&run).unwrap().is_read_only);
    // The process is gone, and its hold with it.
    drop(clone);
    assert!(!ben.load_run(&run).unwrap().is_read_only);
    ben.save_list(&run, &ListSummary::of(3, 1)).unwrap();
    assert_eq!(ben.outcome(&run).unwrap().done.list.listed, 3);
}

#[test]
fn a_run_says_who_has_it_and_a_holder_who_lost_it_writes_nothing() {
    let world = World::new();
    let (ann, ben) = (world.open("ann"), world.open("ben"));
    world.at(2_000_000);
    let run = ann.open_run(customer(&ann).id, Product::Office365).unwrap().id;
    let who = |store: &Store| store.record(&run).unwrap().held_by.map(|by| (by.number, by.by.to_string()));
    assert_eq!(who(&ann), None, "it is held here");
    let seen = ben.load_run(&run).unwrap().held_by.unwrap();
    assert_eq!(
        (seen.number, seen.by.as_str(), seen.host.as_str(), seen.since.as_millis()),
        (1, "ann", "desk-4", 2_000_000)
    );
    assert!(!ann.load_run(&run).unwrap().is_read_only);
    assert_eq!(who(&ben), Some((1, "ann".into())), "taken up again is not taken anew");
    ann.leave_run(&run).unwrap();
    assert_eq!((ben.record(&run).unwrap().is_read_only, who(&ben)), (true, None), "nobody has it");
    assert!(!ben.load_run(&run).unwrap().is_read_only);
    assert_eq!(who(&ann), Some((2, "ben".into())));
    // As after a connection that was lost: somebody took it, and ben was not told.
    world.run("UPDATE hold SET number = 3, operator = 'cleo', host = 'desk-9'");
    let refused = ben.save_list(&run, &ListSummary::of(1, 1)).unwrap_err();
    assert_eq!(refused.kind, FailureKind::Conflict);
    assert!(refused.what.as_str().contains("cleo had it last, on desk-9"), "{refused:?}");
    assert_eq!(ben.outcome(&run).unwrap().done.list.listed, 0);
    assert!(ben.record(&run).unwrap().is_read_only);
}

#[test]
fn a_parked_run_waits_and_is_taken_off_when_loaded() {
    let world = World::new();
    let (ann, ben) = (world.open("ann"), world.open("ben"));
    let run = ann.open_run(customer(&ann).id, Product::Office365).unwrap().id;
    world.at(2_000_000);
    ann.park_run(&run, None).unwrap();
    ann.park_run(&run, None).unwrap();
    assert_eq!(kind(ann.save_list(&run, &ListSummary::of(1, 1))), FailureKind::Conflict);
    let record = ann.outcome(&run).unwrap().run;
    assert_eq!(
        (record.parked, record.touched),
        (Some(Moment::from_millis(2_000_000)), Moment::from_millis(2_000_000))
    );
    let taken = ben.load_run(&run).unwrap();
    assert_eq!((taken.parked, taken.is_read_only), (None, false));
    ben.leave_run(&run).unwrap();
    ben.leave_run(&run).unwrap();
    assert!(!ann.load_run(&run).unwrap().is_read_only);
}

#[test]
fn numbers_are_unique_and_grow_a_fifth_letter_when_half_are_used() {
    let world = World::new();
    let store = world.open("ann");
    let id = customer(&store).id;
    assert_eq!(store.open_run(id, Product::Office365).unwrap().id.letters().len(), 4);
    let letters: Vec<char> = RUN_LETTERS.chars().collect();
    let number = |n: usize| -> String { (0..4).map(|at| letters[(n >> (at * 4)) % 16]).collect() };
    let rows: Vec<String> = (0..usize::try_from(super::super::runs::HALF).unwrap())
        .map(|n| format!("('{}', {}, 'office365', 0, 'ann', 0, 0)", number(n), id.0))
        .collect();
    world.run(&format!(
        "INSERT INTO run (id, customer, product, opened, operator, touched, finished) VALUES {} ON CONFLICT DO NOTHING",
        rows.join(", ")
    ));
    assert_eq!(store.open_run(id, Product::MpExchange).unwrap().id.letters().len(), 5);
}

#[test]
fn drafts_and_counts_survive() {
    let world = World::new();
    let store = world.open("ann");
    let run = store.open_run(customer(&store).id, Product::Office365).unwrap().id;
    assert_eq!(store.load_run(&run).unwrap().draft, Draft::default());
    let draft = Draft::new(true, [user(3).id, user(1).id]);
    store.save_draft(&run, &draft).unwrap();
    store.save_draft(&run, &draft).unwrap();
    store.save_list(&run, &ListSummary::of(231, 200)).unwrap();
    drop(store);
    let store = world.open("ann");
    assert_eq!(store.load_run(&run).unwrap().draft, draft);
    let done = store.outcome(&run).unwrap().done;
    assert_eq!((done.list.listed, done.list.eligible), (231, 200));
}

#[test]
fn looking_at_a_lock_never_takes_it_away() {
    let Some(world) = World::on_file() else { return };
    let locks = super::super::part::lock::LockFolder::of(&world.file()).unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                locks.is_held("run").unwrap();
            }
        });
        let taken: Vec<bool> = (0..100).map(|_| locks.try_hold("run").unwrap().is_some()).collect();
        done.store(true, Ordering::SeqCst);
        assert!(taken.into_iter().all(|is_taken| is_taken));
    });
}

#[test]
fn an_invitation_comes_with_the_link_and_its_words_stay_until_it_is_made_again() {
    use crate::provider::store::InvitationChange::{Anew, Keep, Withdraw};
    let world = World::new();
    let store = world.open("ann");
    let run = store.open_run(customer(&store).id, Product::Office365).unwrap().id;
    assert_eq!(kind(store.invite(&run, Keep)), FailureKind::Refused, "nobody to be sent anywhere yet");
    store.save_organisation(&run, &organisation(TENANT), &Accepts::default()).unwrap();
    assert_eq!(kind(store.invite(&run, Withdraw)), FailureKind::NotFound);
    let first = store.link_shown(&run).unwrap().invitation.unwrap();
    assert_eq!((first.by.as_str(), first.withdrawn), ("ann", None));
    assert_eq!(store.link_shown(&run).unwrap().invitation, Some(first.clone()));
    // Somebody else finds out that the mail went to the wrong person while the run is open here.
    let ben = world.open("ben");
    let gone = ben.invite(&run, Withdraw).unwrap().invitation.unwrap();
    assert!(gone.withdrawn.is_some() && gone.words == first.words);
    assert_eq!(ben.invite(&run, Withdraw).unwrap().invitation, Some(gone));
    let second = ben.invite(&run, Anew).unwrap().invitation.unwrap();
    assert!(second.withdrawn.is_none() && second.words != first.words);
    assert_eq!(store.load_run(&run).unwrap().invitation, Some(second));
}
