//! Whose organisation is it? One question, wherever a tenant comes in (product.md rule 18).

use super::*;
use crate::{
    domain::doubt::{DomainElsewhere, Doubt, Guarded},
    provider::store::Fate,
};

fn with_tenant(reference: &'static str, tenant: &str) -> NewCustomer {
    NewCustomer { tenant: tenant.parse().ok(), ..new_customer(reference, reference, &[Product::Office365]) }
}

/// References of the customers who are named.
fn named(doubts: &[Doubt]) -> Vec<&str> {
    let reference = |doubt: &'_ Doubt| match doubt {
        Doubt::Shared(other) | Doubt::SharedMail(other, _) => Some(other.reference.as_str().to_owned()),
        Doubt::Elsewhere(_) => None,
    };
    let names: Vec<String> = doubts.iter().filter_map(reference).collect();
    names.into_iter().map(|name| &*name.leak()).collect()
}

fn doubted<T: std::fmt::Debug>(made: Result<Guarded<T>, Failure>) -> Vec<Doubt> {
    match made.unwrap() {
        Guarded::Doubted(doubts) => doubts,
        Guarded::Kept(kept) => panic!("{kept:?}"),
    }
}

fn same_as(references: &[&'static str]) -> Accepts {
    Accepts { same_as: references.iter().map(|one| Text::from(*one)).collect(), elsewhere: None }
}

fn audit(world: &World) -> Vec<String> {
    world.words("SELECT what FROM audit ORDER BY id")
}

fn open(store: &Store, reference: &str) -> RunId {
    store.open_run(called(store, reference).id, Product::Office365).unwrap().id
}

/// Two customers, the first with a tenant on record.
fn two(store: &Store) -> (RunId, RunId) {
    store.seed_customers(&[with_tenant("A", TENANT), with_tenant("B", "")]).unwrap();
    (open(store, "A"), open(store, "B"))
}

#[test]
fn a_tenant_of_another_customer_is_chosen_only_when_the_other_one_is_named() {
    let world = World::new();
    let store = world.open("ann");
    let (_, b) = two(&store);
    let before = audit(&world).len();
    for accepts in [Accepts::default(), same_as(&["B"]), same_as(&["C"])] {
        assert_eq!(named(&doubted(store.save_organisation(&b, &organisation(TENANT), &accepts))), ["A"]);
    }
    assert_eq!(store.load_run(&b).unwrap().organisation, None);
    assert_eq!((called(&store, "B").tenant, audit(&world).len()), (None, before), "nothing was written");
    world.at(7);
    store.save_organisation(&b, &organisation(TENANT), &same_as(&["a"])).unwrap().kept().unwrap();
    assert!(
        audit(&world).contains(&format!("accepted for the organisation {TENANT}: A A has this organisation")),
        "{:?}",
        audit(&world)
    );
    // On record, and not asked again: neither here nor at the other one's.
    let tenant = TENANT.parse().unwrap();
    for one in ["A", "B"] {
        let (open, known) = store.doubts(called(&store, one).id, tenant, None).unwrap();
        assert_eq!((open.len(), known.len()), (0, 1), "{one}");
        assert_eq!((known[0].by.as_str(), known[0].at), ("ann", Moment::from_millis(7)));
    }
    store.save_organisation(&b, &organisation(TENANT), &Accepts::default()).unwrap().kept().unwrap();
    store.save_proof(&b, Some(&organisation(TENANT))).unwrap();
    store.enable(&b).unwrap();
}

#[test]
fn a_tenant_is_anothers_by_its_record_its_enablement_and_its_open_run_alike() {
    let tenant = OTHER_TENANT.parse().unwrap();
    for way in ["record", "run", "enabled"] {
        let world = World::new();
        let store = world.open("ann");
        let (a, b) = two(&store);
        if way == "record" {
            store.seed_customers(&[with_tenant("C", OTHER_TENANT)]).unwrap();
        } else {
            // Another one than on record: the record follows with the proof only.
            store.save_organisation(&a, &organisation(OTHER_TENANT), &Accepts::default()).unwrap();
            assert_eq!(called(&store, "A").tenant, TENANT.parse().ok());
        }
        if way == "enabled" {
            store.save_proof(&a, Some(&organisation(OTHER_TENANT))).unwrap();
            store.enable(&a).unwrap();
            store.finish_run(&a).unwrap();
        }
        let other = if way == "record" { "C" } else { "A" };
        let asked = store.save_organisation(&b, &organisation(OTHER_TENANT), &Accepts::default());
        assert_eq!(named(&doubted(asked)), [other], "{way}");
        let own = store.doubts(called(&store, other).id, tenant, None).unwrap().0;
        assert_eq!(own, [], "its own is no other's: {way}");
    }
}

#[test]
fn what_was_accepted_is_asked_again_once_one_of_the_two_is_another() {
    let tenant = TENANT.parse().unwrap();
    let accepted = |store: &Store| store.doubts(called(store, "B").id, tenant, None).unwrap().0.is_empty();
    let change = |store: &Store, reference: &str, tenant: &str| {
        let id = called(store, reference).id;
        let accepts = same_as(&[]);
        store
            .correct_customer(id, &accepts, |old| {
                Ok(NewCustomer { tenant: tenant.parse().ok(), ..old.into() })
            })
            .unwrap()
    };
    for who in ["A", "B"] {
        let world = World::new();
        let store = world.open("ann");
        let (_, b) = two(&store);
        store.save_organisation(&b, &organisation(TENANT), &same_as(&["A"])).unwrap().kept().unwrap();
        assert!(accepted(&store));
        change(&store, who, OTHER_TENANT).kept().unwrap();
        assert!(matches!(change(&store, who, TENANT), Guarded::Doubted(_)), "{who} comes back");
    }
}

#[test]
fn a_domain_that_belongs_elsewhere_is_accepted_for_this_domain_and_this_owner() {
    let world = World::new();
    let store = world.open("ann");
    let (a, _) = two(&store);
    let tenant = TENANT.parse().unwrap();
    let id = called(&store, "A").id;
    let domain = called(&store, "A").domain;
    let found = DomainElsewhere { domain: domain.clone(), owner: OTHER_TENANT.parse().ok() };
    let is_open = |found: &DomainElsewhere| {
        let (open, known) = store.doubts(id, tenant, Some(found.clone())).unwrap();
        assert_eq!(open.len() + known.len(), 1);
        !open.is_empty()
    };
    assert!(is_open(&found));
    let accepts = Accepts { elsewhere: Some(found.clone()), ..Accepts::default() };
    store.save_organisation(&a, &organisation(TENANT), &accepts).unwrap().kept().unwrap();
    assert!(!is_open(&found));
    assert!(is_open(&DomainElsewhere { owner: None, ..found.clone() }), "another owner");
    assert!(is_open(&DomainElsewhere { domain: "other.example".into(), ..found.clone() }), "another domain");
    let words = audit(&world).into_iter().find(|what| what.starts_with("accepted")).unwrap();
    assert!(words.contains(&format!("A's domain {domain} belongs to another organisation")), "{words}");
    // The domain on record changes and comes back.
    for domain in ["other.example", domain.as_str()] {
        let domain = Text::clean(domain);
        store
            .correct_customer(id, &Accepts::default(), |old| Ok(NewCustomer { domain, ..old.into() }))
            .unwrap();
    }
    assert!(is_open(&found));
}

#[test]
fn a_run_whose_tenant_came_to_another_customer_meanwhile_is_asked_again_before_it_is_enabled() {
    let world = World::new();
    let store = world.open("ann");
    let (_, b) = two(&store);
    store.save_organisation(&b, &organisation(OTHER_TENANT), &Accepts::default()).unwrap().kept().unwrap();
    store.save_proof(&b, Some(&organisation(OTHER_TENANT))).unwrap();
    // Seeded, or written by an older program: nobody was asked.
    store.seed_customers(&[with_tenant("C", OTHER_TENANT)]).unwrap();
    assert_eq!(store.load_run(&b).unwrap().organisation, None, "the access step is open again");
    let failure = store.enable(&b).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Conflict);
    assert!(failure.what.as_str().contains("C C has this organisation"), "{failure:?}");
    store.save_organisation(&b, &organisation(OTHER_TENANT), &same_as(&["C"])).unwrap().kept().unwrap();
    assert!(store.load_run(&b).unwrap().proved.is_some());
    store.enable(&b).unwrap();
}

#[test]
fn adding_and_correcting_ask_who_else_has_the_tenant() {
    let world = World::new();
    let store = world.open("ann");
    store.add_customer(&with_tenant("A", TENANT), &Accepts::default()).unwrap().kept().unwrap();
    let new = with_tenant("B", TENANT);
    assert_eq!(named(&doubted(store.add_customer(&new, &Accepts::default()))), ["A"]);
    assert_eq!(store.customers().unwrap().len(), 1, "nothing was added");
    store.add_customer(&new, &same_as(&["A"])).unwrap().kept().unwrap();
    store.add_customer(&with_tenant("C", ""), &Accepts::default()).unwrap().kept().unwrap();
    let correct = |accepts: &Accepts| {
        let id = called(&store, "C").id;
        store.correct_customer(id, accepts, |old| {
            Ok(NewCustomer { tenant: TENANT.parse().ok(), ..old.into() })
        })
    };
    // Each of the others is named: one is not enough.
    assert_eq!(named(&doubted(correct(&Accepts::default()))), ["A", "B"]);
    assert_eq!(named(&doubted(correct(&same_as(&["B"])))), ["A"]);
    assert_eq!(called(&store, "C").tenant, None);
    correct(&same_as(&["A", "B"])).unwrap().kept().unwrap();
    // What is no tenant is corrected without a question.
    let id = called(&store, "C").id;
    let seats = store
        .correct_customer(id, &Accepts::default(), |old| Ok(NewCustomer { seats: Some(3), ..old.into() }));
    seats.unwrap().kept().unwrap();
}

#[test]
fn a_file_names_both_customers_of_each_line_that_brings_in_anothers_tenant() {
    let world = World::new();
    let store = world.open("ann");
    store.seed_customers(&[with_tenant("A", TENANT)]).unwrap();
    let file = [with_tenant("N", TENANT), with_tenant("M", OTHER_TENANT), with_tenant("O", OTHER_TENANT)];
    let pair = |one: &'static str, other: &'static str| (Text::from(one), Text::from(other));
    let doubts = |sharing: &[_]| -> Vec<Vec<String>> {
        let fates = imported(&store, &file, sharing, false);
        let names = |fate: &Fate| match fate {
            Fate::Doubted(doubts) => named(doubts).into_iter().map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        fates.iter().map(names).collect()
    };
    // Of two in one file the later one is told.
    assert_eq!(doubts(&[]), [vec!["A"], vec![], vec!["M"]]);
    assert_eq!(doubts(&[pair("N", "A")]), [vec![], Vec::<&str>::new(), vec!["M"]]);
    assert_eq!(doubts(&[pair("O", "A")]), [vec!["A"], vec![], vec!["M"]], "never once for all");
    assert_eq!(store.customers().unwrap().len(), 1, "all of it or nothing");
    assert_eq!(doubts(&[pair("n", "A"), pair("M", "O")]), [Vec::<&str>::new(), vec![], vec![]]);
    assert_eq!(store.customers().unwrap().len(), 4);
    assert_eq!(doubts(&[]), [Vec::<&str>::new(), vec![], vec![]], "a second time nothing comes in");
}

#[test]
fn two_lines_that_exchange_their_tenants_share_none() {
    let world = World::new();
    let store = world.open("ann");
    store.seed_customers(&[with_tenant("A", TENANT), with_tenant("B", OTHER_TENANT)]).unwrap();
    let file = [with_tenant("A", OTHER_TENANT), with_tenant("B", TENANT)];
    let fates = imported(&store, &file, &[], false);
    assert!(fates.iter().all(|fate| matches!(fate, Fate::Changed(_))), "{fates:?}");
}

/// Two hosted customers: A has a.test of its own, B asks for it.
fn two_hosted(store: &Store) -> (RunId, RunId) {
    let hosted = |reference: &'static str| NewCustomer {
        domain: Text::clean(&format!("{}.test", reference.to_lowercase())),
        ..new_customer(reference, reference, &[Product::MpExchange, Product::Business365])
    };
    store.seed_customers(&[hosted("A"), hosted("B")]).unwrap();
    let open = |reference| store.open_run(called(store, reference).id, Product::MpExchange).unwrap().id;
    (open("A"), open("B"))
}

fn with_domains(domains: &[&'static str]) -> Impersonation {
    Impersonation {
        domains: domains.iter().map(|one| Text::from(*one)).collect(),
        ..impersonation("hunter2")
    }
}

#[test]
fn a_mail_domain_of_another_customer_is_saved_only_when_the_other_one_is_named() {
    let world = World::new();
    let store = world.open("ann");
    let (a, b) = two_hosted(&store);
    let save = |run: &RunId, domains: &[&'static str], accepts: &[&'static str]| {
        store.save_impersonation(run, &with_domains(domains), &same_as(accepts))
    };
    let before = audit(&world).len();
    for domains in [&["a.test"][..], &["b.test", "mail.A.test"]] {
        for accepts in [&[][..], &["B"], &["C"]] {
            let open = doubted(save(&b, domains, accepts));
            assert_eq!(open[0].in_words(&"B".into()).as_str(), "A A has the mail domain a.test", "{open:?}");
        }
    }
    assert_eq!(store.impersonation_of(called(&store, "B").id).unwrap(), None);
    assert_eq!(audit(&world).len(), before, "nothing was written");
    world.at(7);
    save(&b, &["a.test", "b.test"], &["a"]).unwrap().kept().unwrap();
    let words = "accepted for the mail domains: A A has the mail domain a.test";
    assert!(audit(&world).iter().any(|what| what == words), "{:?}", audit(&world));
    // On record, and not asked again: neither here, nor for the other product, nor at the other one's.
    save(&b, &["a.test"], &[]).unwrap().kept().unwrap();
    let other = store.open_run(called(&store, "B").id, Product::Business365).unwrap().id;
    save(&other, &["a.test", "c.test"], &[]).unwrap().kept().unwrap();
    save(&a, &["a.test"], &[]).unwrap().kept().unwrap();
    for one in ["A", "B"] {
        let detail = store.customer_detail(called(&store, one).id, 1).unwrap();
        assert_eq!((detail.doubts.len(), detail.accepted.len()), (0, 1), "{one}");
        assert_eq!((detail.accepted[0].by.as_str(), detail.accepted[0].at), ("ann", Moment::from_millis(7)));
    }
    // What saved details hold counts like the own domain.
    assert_eq!(named(&doubted(save(&a, &["a.test", "c.test"], &[]))), ["B"]);
}

#[test]
fn an_accepted_mail_domain_is_asked_about_again_once_one_of_the_two_had_another() {
    for changed in ["the list of B", "the domain of A"] {
        let world = World::new();
        let store = world.open("ann");
        let (_, b) = two_hosted(&store);
        let save = |domains: &[&'static str], accepts: &[&'static str]| {
            store.save_impersonation(&b, &with_domains(domains), &same_as(accepts)).unwrap()
        };
        save(&["mail.a.test"], &["A"]).kept().unwrap();
        save(&["b.test", "mail.a.test"], &[]).kept().unwrap();
        if changed == "the list of B" {
            save(&["b.test"], &[]).kept().unwrap();
        } else {
            for domain in ["other.test", "a.test"] {
                let change = |old: &Customer| Ok(NewCustomer { domain: domain.into(), ..old.into() });
                store.correct_customer(called(&store, "A").id, &Accepts::default(), change).unwrap();
            }
        }
        assert!(matches!(save(&["mail.a.test"], &[]), Guarded::Doubted(_)), "{changed}");
    }
}

#[test]
fn an_own_domain_that_comes_in_is_asked_about_where_another_customer_is_hosted_with_it() {
    let world = World::new();
    let store = world.open("ann");
    let (_, b) = two_hosted(&store);
    let held = &["b.test", "shared.test"];
    store.save_impersonation(&b, &with_domains(held), &Accepts::default()).unwrap().kept().unwrap();
    let new = |reference: &'static str, domain: &'static str| NewCustomer {
        domain: domain.into(),
        ..new_customer(reference, reference, &[Product::Office365])
    };
    let add = |new: &NewCustomer, accepts: &[&'static str]| store.add_customer(new, &same_as(accepts));
    // A part of a domain counts, whatever the case of its letters; another customer's own domain alone does not.
    assert_eq!(named(&doubted(add(&new("C", "mail.Shared.test"), &[]))), ["B"]);
    add(&new("D", "a.test"), &[]).unwrap().kept().unwrap();
    add(&new("C", "mail.Shared.test"), &["b"]).unwrap().kept().unwrap();
    let words = "accepted for the mail domains: B B has the mail domain shared.test";
    assert!(audit(&world).iter().any(|what| what == words), "{:?}", audit(&world));
    // Not asked again, neither here nor at the hosted one's.
    let seats = |old: &Customer| Ok(NewCustomer { seats: Some(3), ..old.into() });
    store.correct_customer(called(&store, "C").id, &Accepts::default(), seats).unwrap().kept().unwrap();
    store.save_impersonation(&b, &with_domains(held), &Accepts::default()).unwrap().kept().unwrap();
    let correct = |accepts: &[&'static str]| {
        let change = |old: &Customer| Ok(NewCustomer { domain: "shared.test".into(), ..old.into() });
        store.correct_customer(called(&store, "D").id, &same_as(accepts), change)
    };
    assert_eq!(named(&doubted(correct(&["C"]))), ["B"]);
    assert_eq!(called(&store, "D").domain.as_str(), "a.test", "nothing was written");
    correct(&["B"]).unwrap().kept().unwrap();
    // In a file, line by line; the hosted customer's own line says nothing against itself.
    let hosted = NewCustomer { seats: Some(9), ..NewCustomer::from(&called(&store, "B")) };
    let file = [new("E", "e.test"), new("F", "x.shared.test"), hosted];
    let doubts = |sharing: &[_]| -> Vec<Vec<String>> {
        let fates = imported(&store, &file, sharing, false);
        let names = |fate: &Fate| match fate {
            Fate::Doubted(doubts) => named(doubts).into_iter().map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        fates.iter().map(names).collect()
    };
    assert_eq!(doubts(&[]), [vec![], vec!["B"], vec![]]);
    assert_eq!(doubts(&[("E".into(), "B".into())]), [vec![], vec!["B"], vec![]], "another line");
    assert_eq!(doubts(&[("F".into(), "B".into())]), [Vec::<&str>::new(), vec![], vec![]]);
    assert_eq!(doubts(&[]), [Vec::<&str>::new(), vec![], vec![]], "a second time nothing comes in");
}

#[test]
fn a_hosted_run_whose_mail_domain_came_to_another_customer_meanwhile_is_asked_again_before_it_is_enabled() {
    let world = World::new();
    let store = world.open("ann");
    let (_, b) = two_hosted(&store);
    let save = |accepts: &[&'static str]| {
        store.save_impersonation(&b, &with_domains(&["b.test", "shared.test"]), &same_as(accepts)).unwrap()
    };
    save(&[]).kept().unwrap();
    store.save_proof(&b, None).unwrap();
    // Seeded, or written by an older program: nobody was asked.
    let other = NewCustomer { domain: "shared.test".into(), ..new_customer("C", "C", &[Product::Office365]) };
    store.seed_customers(&[other]).unwrap();
    let failure = store.enable(&b).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Conflict);
    assert!(failure.what.as_str().contains("C C has the mail domain shared.test"), "{failure:?}");
    assert!(matches!(save(&[]), Guarded::Doubted(_)));
    save(&["C"]).kept().unwrap();
    store.enable(&b).unwrap();
}

#[test]
fn an_account_is_tried_at_other_customers_of_its_server_but_not_where_it_opens_them_for_us() {
    let world = World::new();
    let store = world.open("ann");
    let (a, b) = two_hosted(&store);
    let at = |domain: &'static str, account: &'static str, server: &'static str| Impersonation {
        account: Text::from(account),
        server: Text::from(server),
        sample: format!("one@{domain}").parse().unwrap(),
        domains: vec![Text::from(domain)],
        ..impersonation("x")
    };
    let here = "https://mail.hoster.example/EWS/Exchange.asmx";
    let own = at("b.test", "svc-b@hoster.example", here);
    store.save_impersonation(&b, &own, &Accepts::default()).unwrap().kept().unwrap();
    let outside = |details: &Impersonation| {
        store.save_impersonation(&a, details, &Accepts::default()).unwrap().kept().unwrap();
        store.mailboxes_outside(called(&store, "B").id, &own).unwrap()
    };
    let other = at("a.test", "svc-a@hoster.example", "https://MAIL.hoster.example/ews/exchange.asmx");
    assert_eq!(outside(&other), ["one@a.test".parse().unwrap()]);
    assert!(outside(&at("a.test", "SVC-b@hoster.example", here)).is_empty(), "the same account is meant to");
    assert!(
        outside(&at("a.test", "svc-a@other.example", "https://mail.other.example/EWS/Exchange.asmx"))
            .is_empty()
    );
}
