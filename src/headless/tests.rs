//! Answers over the views of the real wizard in a made-up world: which end each comes to, and that every one comes to one.

use proptest::prelude::*;

use crate::{
    domain::{
        answers::{Details, Password, Users},
        changes::Changes,
        customer::Product,
        exchange_server::{FoundBy, FoundServer},
        failure::{Failure, FailureKind},
        form_draft::FormDraft,
        id::UserId,
        protection::{AutoRule, Protection, Seat},
        secret::Secret,
        tenant::Verdict,
        user::{Kind, Kinds},
    },
    wizard::{
        answer::{Ending, FieldId},
        call::Request,
        event::EventKind,
        tests::{
            Desk, customer, details, elsewhere, failed, organisation, record, row, setup, shared, tenant,
        },
    },
};

use super::*;

/// Views until a journey must have ended; the longest one here takes some hundred.
const MOST_VIEWS: usize = 5_000;

/// Drives a journey to its end as the driver does, with a customer who does nothing.
fn travel(desk: &mut Desk, answers: Answers) -> Report {
    travel_with(desk, Headless::new(answers, Stop::default()), |_, _| false)
}

/// The same; `fails` says which request is answered by bad news.
fn travel_with(
    desk: &mut Desk,
    mut front: Headless,
    mut fails: impl FnMut(usize, &Request) -> bool,
) -> Report {
    front.show(&desk.view(), desk.now).unwrap();
    for turn in 0..MOST_VIEWS {
        let mut is_changed = false;
        let is_call = |(_, request): &(_, Request)| !matches!(request, Request::Wake(_));
        // One at a time: what is asked between two replies is asked too.
        if let Some(at) = desk.open.iter().position(is_call) {
            let (call, request) = desk.open.remove(at);
            if fails(turn, &request) {
                desk.happen(EventKind::Reply(call, failed()));
            } else {
                desk.respond(call, &request);
            }
            is_changed = true;
        }
        while desk.wizard.ended().is_none() {
            let Some(answer) = front.next(&desk.view()).unwrap() else { break };
            desk.happen(EventKind::Answer(answer));
            is_changed = true;
        }
        if let Some(ended) = desk.wizard.ended() {
            front.hurry();
            assert_eq!(front.next(&desk.view()).unwrap(), None, "nothing is asked for after the end");
            return front.report(ended);
        }
        front.show(&desk.view(), desk.now).unwrap();
        if !is_changed {
            desk.pass(5);
        }
    }
    panic!("no end after {MOST_VIEWS} views: {}", desk.words());
}

/// A desk with one customer whose tenant is on record, one whose tenant is asked, one who is closed, and two of one name.
fn desk() -> Desk {
    let mut managed = customer(1);
    managed.is_managed = true;
    managed.tenant = Some(tenant(1));
    managed.products = vec![Product::Office365];
    let mut asked = customer(2);
    asked.products = vec![Product::Office365];
    let mut closed = customer(3);
    closed.is_active = false;
    let (mut one, mut other) = (customer(4), customer(5));
    (one.name, other.name) = ("Twin Cafe".into(), "Twin Cafe".into());
    let hosted = customer(6);
    let rows = [managed, asked, closed, one, other, hosted];
    let rows =
        rows.into_iter().map(|customer| row(customer, crate::domain::customer::Progress::NotStarted, None));
    Desk::new(setup(), rows.collect())
}

/// A desk where everybody has accepted.
fn proved() -> Desk {
    let mut desk = desk();
    desk.verdict = Verdict::Proved;
    desk.named = Some(organisation(1));
    desk
}

fn of(customer: &str) -> Answers {
    Answers { customer: customer.into(), ..Answers::default() }
}

fn all(customer: &str) -> Answers {
    Answers { users: Some(Users::All), max_seats: Some(10), ..of(customer) }
}

fn flag(report: &Report) -> &'static str {
    match &report.end {
        End::Missing { flag, .. } => flag,
        end => panic!("{end:?}: {}", report.words),
    }
}

#[test]
fn the_first_missing_answer_is_named_with_an_example() {
    let hosted =
        |details: Option<Details>| Answers { product: Some(Product::MpExchange), details, ..of("C-0006") };
    let sample = || Some("ana@bakery6.example".to_owned());
    let filled = Details { mailbox: sample(), ..Details::default() };
    let named = Details { server: Some("mail.hoster.example".into()), ..filled.clone() };
    let account = Details { account: Some("svc".into()), ..named.clone() };
    let password =
        Details { password: Some(Password::Read(Secret::new("correct horse".into()))), ..account.clone() };
    let whole = Details { is_directory: true, ..password.clone() };
    for (answers, missing, example) in [
        (of("C-0006"), "--product", "--product office365"),
        (of("C-0002"), "--tenant", "--tenant bakery2.example"),
        (Answers { tenant: Some("bakery2.example".into()), ..of("C-0002") }, "--users", "--users all"),
        (of("C-0001"), "--users", "--users all"),
        (Answers { users: Some(Users::All), ..of("C-0001") }, "--max-seats", "--max-seats 50"),
        (Answers { users: Some(Users::Auto), ..of("C-0001") }, "--max-seats", "--max-seats 50"),
        (hosted(None), "--try-mailbox", "--try-mailbox info@bakery6.example"),
        (hosted(Some(Details { is_directory: true, ..Details::default() })), "--try-mailbox", "info@"),
        (hosted(Some(filled)), "--server", "--server mail.hoster.example"),
        (hosted(Some(named)), "--account", "--account svc-backup@bakery6.example"),
        (hosted(Some(account)), "--password-file", "--password-file password.txt"),
        (hosted(Some(password)), "--mailboxes", "--mailboxes mailboxes.txt"),
        (hosted(Some(whole)), "--users", "--users all"),
    ] {
        let report = travel(&mut desk(), answers);
        assert_eq!(flag(&report), missing, "{}", report.words);
        let End::Missing { example: given, .. } = &report.end else { unreachable!() };
        assert!(given.as_str().contains(example), "{given}");
        assert!(report.words.as_str().starts_with(missing), "{}", report.words);
    }
}

#[test]
fn a_customer_is_named_never_guessed() {
    for (name, end, words) in [
        ("nobody", End::Wrong, "No customer has the reference, name or domain “nobody”"),
        ("Bakery", End::Wrong, "Alike: C-0001 Bakery 1"),
        ("", End::Wrong, "No customer has exactly"),
        (
            "twin cafe",
            End::Wrong,
            "is several customers: C-0004 Twin Cafe, C-0005 Twin Cafe. Give the reference.",
        ),
        ("C-0003", End::Stopped, "Bakery 3 is closed"),
    ] {
        let mut desk = desk();
        let report = travel(&mut desk, all(name));
        assert_eq!(report.end, end, "{name}: {}", report.words);
        assert!(report.words.as_str().contains(words), "{name}: {}", report.words);
        assert_eq!(desk.count("OpenRun") + desk.count("LoadRun"), 0, "{name}");
    }
    for name in ["c-0001", "BAKERY 1", " bakery1.example "] {
        let mut desk = desk();
        assert_eq!(flag(&travel(&mut desk, of(name))), "--users", "{name}");
        assert_eq!(desk.count("OpenRun"), 1, "{name}");
    }
}

#[test]
fn another_tenant_than_the_one_on_record_is_refused_before_anything_is_saved() {
    for (typed, end) in [
        (tenant(2).to_string(), End::Wrong),
        ("other.example".to_owned(), End::Wrong),
        (tenant(1).to_string(), End::Waiting),
        ("bakery.example".to_owned(), End::Waiting),
    ] {
        let mut desk = desk();
        let report = travel(&mut desk, Answers { tenant: Some(typed.clone()), ..all("C-0001") });
        assert_eq!(report.end, end, "{typed}: {}", report.words);
        assert_eq!(desk.count("SaveOrganisation"), usize::from(end == End::Waiting), "{typed}");
    }
    let mut desk = desk();
    let report = travel(&mut desk, Answers { tenant: Some("common".into()), ..all("C-0002") });
    assert_eq!((report.end, desk.count("LookUp")), (End::Wrong, 0), "{}", report.words);
}

#[test]
fn an_organisation_that_something_speaks_against_is_taken_only_where_each_party_is_named() {
    let both = "--domain-belongs-elsewhere --same-organisation-as C-0007";
    for customer in ["C-0001", "C-0002"] {
        for (same_as, domain_elsewhere, example) in [
            (vec![], false, both),
            (vec!["C-0007".into()], false, "--domain-belongs-elsewhere"),
            (vec!["C-0008".into()], true, "--same-organisation-as C-0007"),
            (vec!["c-0007".into()], true, ""),
        ] {
            let mut desk = desk();
            desk.doubts = vec![elsewhere(1), shared(7)];
            let tenant = (customer == "C-0002").then(|| tenant(1).to_string());
            let answers = Answers { tenant, same_as, domain_elsewhere, ..all(customer) };
            let report = travel(&mut desk, answers);
            if example.is_empty() {
                assert_eq!(report.end, End::Waiting, "{}", report.words);
                assert_eq!(desk.count("SaveOrganisation"), 1);
                continue;
            }
            let End::Missing { example: told, .. } = &report.end else { panic!("{:?}", report.end) };
            assert_eq!(told.as_str(), example);
            assert_eq!(desk.count("SaveOrganisation"), 0, "nothing was saved");
            assert!(report.words.as_str().contains("is missing: "), "{}", report.words);
        }
    }
}

#[test]
fn what_comes_to_speak_against_an_organisation_meanwhile_needs_its_flag_too() {
    let mut desk = desk();
    desk.later = vec![shared(7)];
    let report = travel(&mut desk, all("C-0001"));
    assert_eq!(flag(&report), "--same-organisation-as", "{}", report.words);
    let report = {
        let mut desk = self::desk();
        desk.later = vec![shared(7)];
        travel(&mut desk, Answers { same_as: vec!["C-0007".into()], ..all("C-0001") })
    };
    assert_eq!(report.end, End::Waiting, "{}", report.words);
}

#[test]
fn an_outcome_of_somebody_else_is_no_answer() {
    let mut run = record(1, Product::Office365);
    let row = row(run.customer.clone(), crate::domain::customer::Progress::NotStarted, Some(&run));
    run.organisation = Some(organisation(1));
    (run.proved, run.enabled, run.finished) = (Some(run.opened), Some(run.opened), Some(run.opened));
    let mut desk = Desk::new(setup(), vec![row]);
    desk.record = Some(run);
    let report = travel(&mut desk, all("C-0001"));
    assert_eq!(report.end, End::Failed, "{}", report.words);
    assert_eq!((desk.count("LoadRun"), desk.count("Apply")), (2, 0), "tried again from the customers on");
}

#[test]
fn a_run_for_a_tenant_that_was_wrong_is_put_right_by_the_same_flag() {
    let mut run = record(2, Product::Office365);
    run.organisation = Some(organisation(2));
    let rows = vec![row(run.customer.clone(), crate::domain::customer::Progress::NotStarted, Some(&run))];
    let mut desk = Desk::new(setup(), rows);
    desk.record = Some(run);
    let answers =
        Answers { tenant: Some(tenant(1).to_string()), product: Some(Product::Office365), ..all("C-0002") };
    let report = travel(&mut desk, answers);
    assert_eq!(report.end, End::Waiting, "{}", report.words);
    assert_eq!(report.tenant, Some(tenant(1)));
    assert_eq!(desk.count("SaveOrganisation"), 1);
}

#[test]
fn a_tenant_on_record_need_not_be_given_again() {
    let mut known = customer(2);
    (known.products, known.tenant) = (vec![Product::Office365], Some(tenant(1)));
    let mut desk = Desk::new(setup(), vec![row(known, crate::domain::customer::Progress::NotStarted, None)]);
    (desk.verdict, desk.named) = (Verdict::Proved, Some(organisation(1)));
    let report = travel(&mut desk, all("C-0002"));
    assert_eq!((report.tenant, desk.count("Apply")), (Some(tenant(1)), 1), "{}", report.words);
}

#[test]
fn a_run_that_can_not_be_opened_or_finished_has_failed_and_says_why_once() {
    for (asked, product) in [("OpenRun", Some(Product::Office365)), ("FinishRun", None)] {
        let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let into = std::sync::Arc::clone(&told);
        let mut desk = protected();
        let answers = Answers { product, ..all("C-0001") };
        let mut front = Headless::new(answers, Stop::default());
        front.observers.tell = Some(Box::new(move |words| into.lock().unwrap().push(words.to_string())));
        let report = travel_with(&mut desk, front, |_, request| format!("{request:?}").starts_with(asked));
        assert_eq!(report.end, End::Failed, "{asked}: {}", report.words);
        assert!(report.failure.is_some(), "{asked}");
        let mut lines = std::mem::take(&mut *told.lock().unwrap());
        let all = lines.len();
        lines.dedup();
        assert_eq!(lines.len(), all, "{asked}: nothing is said twice: {lines:?}");
    }
}

#[test]
fn without_consent_the_run_is_parked_with_its_link_once_the_time_is_over() {
    for (wait, rounds) in [(0, 1), (60, 4)] {
        let mut desk = desk();
        let began = desk.now;
        let answers = Answers { wait: Duration::from_secs(wait), ..all("C-0001") };
        let report = travel(&mut desk, answers);
        assert_eq!(report.end, End::Waiting, "{}", report.words);
        assert!(report.link.unwrap().as_str().starts_with("https://login.microsoftonline.com/"));
        assert!(report.words.as_str().contains("B365-FHKL is parked"), "{}", report.words);
        assert_eq!((desk.count("LinkShown"), desk.count("ParkRun"), desk.count("Enable(")), (1, 1, 0));
        assert!(desk.count("Prove") >= rounds, "{}", desk.count("Prove"));
        let took = desk.now.since(began).as_secs();
        assert!((wait..wait + 60).contains(&took), "{took} s of {wait}");
    }
}

#[test]
fn a_wait_is_told_every_half_minute() {
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let into = std::sync::Arc::clone(&told);
    let answers = Answers { wait: Duration::from_mins(2), ..all("C-0001") };
    let mut front = Headless::new(answers, Stop::default());
    front.observers.tell = Some(Box::new(move |words| into.lock().unwrap().push(words.to_string())));
    assert_eq!(travel_with(&mut desk(), front, |_, _| false).end, End::Waiting);
    let told = told.lock().unwrap();
    let waits = told.iter().filter(|line| line.starts_with("Waiting for the customer: ")).count();
    assert!((2..=4).contains(&waits), "{told:?}");
    assert!(told.iter().any(|line| line.contains("Send this link to the customer: https://")), "{told:?}");
}

#[test]
fn a_server_that_does_not_answer_is_no_wait_for_the_customer() {
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let into = std::sync::Arc::clone(&told);
    let answers = Answers { wait: Duration::from_mins(2), ..all("C-0001") };
    let mut front = Headless::new(answers, Stop::default());
    front.observers.tell = Some(Box::new(move |words| into.lock().unwrap().push(words.to_string())));
    let mut desk = desk();
    let gone = Failure::new(FailureKind::Unreachable, "nobody answers", "Try again.");
    desk.verdict = Verdict::Failed(gone);
    assert_eq!(travel_with(&mut desk, front, |_, _| false).end, End::Failed);
    let told = told.lock().unwrap();
    assert!(told.iter().any(|line| line.starts_with("Asking again: ")), "{told:?}");
    assert!(!told.iter().any(|line| line.starts_with("Waiting for the customer")), "{told:?}");
}

#[test]
fn consent_that_comes_in_time_leads_to_the_bill_and_its_number() {
    let mut desk = proved();
    let report = travel(&mut desk, all("C-0001"));
    let bill = report.bill.unwrap();
    assert_eq!(bill.billed(), 2);
    assert_eq!(bill.stay_off[0].1, 1, "the shared mailbox");
    assert_eq!((desk.count("Enable("), desk.count("Apply"), desk.count("FinishRun")), (1, 1, 1));
    // The made-up world has no outcome.
    assert_eq!(report.end, End::Failed, "{}", report.words);
}

#[test]
fn a_bill_above_the_limit_turns_nobody_on_and_leaves_no_tick() {
    for users in [Users::All, Users::Auto, Users::These(vec!["Ana".into(), "ben".into()])] {
        let mut desk = proved();
        let answers =
            Answers { max_seats: Some(1), users: Some(users), without_sweeper: true, ..all("C-0001") };
        let report = travel(&mut desk, answers);
        assert_eq!(report.end, End::Stopped, "{}", report.words);
        assert!(report.words.as_str().contains("--max-seats allows at most 1"), "{}", report.words);
        assert_eq!((desk.count("Apply"), desk.count("MakeRule")), (0, 0));
        let ticked = desk.log.iter().rfind(|line| line.starts_with("SaveDraft"));
        assert!(ticked.is_none_or(|line| line.ends_with(", 0 exceptions)")), "{ticked:?}");
    }
}

#[test]
fn addresses_that_can_not_be_used_are_named_all_at_once() {
    let mut desk = proved();
    let answers = Answers {
        users: Some(Users::These(vec!["Ana".into(), "zoe".into(), "info".into(), "BEN".into()])),
        exclude: vec!["ben".into(), "yan".into()],
        ..all("C-0001")
    };
    let report = travel(&mut desk, answers);
    assert_eq!(report.end, End::Wrong);
    for words in
        ["Nobody was turned on", "Not listed: yan, zoe.", "--include-kind): info.", "--exclude too: BEN."]
    {
        assert!(report.words.as_str().contains(words), "{words}: {}", report.words);
    }
    assert_eq!((desk.count("Apply"), desk.count("ChangeExclusions"), desk.count("SaveKinds")), (0, 0, 0));

    let mut desk = proved();
    let answers = Answers {
        users: Some(Users::These(vec!["Ana".into(), "info".into()])),
        include: vec![Kind::Shared],
        ..all("C-0001")
    };
    let report = travel(&mut desk, answers);
    assert_eq!(desk.count("SaveKinds"), 1);
    assert_eq!((report.bill.unwrap().billed(), desk.count("Apply")), (2, 1), "{}", report.words);
}

#[test]
fn a_dry_run_ends_with_the_bill_or_says_that_it_is_known_later() {
    let answers = || Answers { max_seats: None, is_dry_run: true, ..all("C-0001") };
    let mut desk = proved();
    let report = travel(&mut desk, answers());
    assert_eq!((report.end, report.bill.unwrap().billed()), (End::Shown, 2));
    assert_eq!((desk.count("Apply"), desk.count("LinkShown")), (0, 0));
    let mut desk = self::desk();
    let report = travel(&mut desk, answers());
    assert_eq!((report.end, report.bill, report.link), (End::Shown, None, None));
    assert!(report.words.as_str().contains("known after consent"), "{}", report.words);
    assert_eq!(desk.count("LinkShown") + desk.count("ParkRun"), 0, "nothing is claimed to be sent");
}

#[test]
fn a_rule_needs_a_sweeper_or_the_word_for_it() {
    let auto = || Answers { users: Some(Users::Auto), ..all("C-0001") };
    let mut desk = proved();
    let report = travel(&mut desk, auto());
    assert_eq!(report.end, End::Stopped);
    assert!(report.words.as_str().contains("--without-sweeper"), "{}", report.words);
    let mut desk = proved();
    let report = travel(&mut desk, Answers { without_sweeper: true, ceiling: Some(1), ..auto() });
    assert_eq!((report.end, desk.count("MakeRule")), (End::Stopped, 0), "{}", report.words);
    let mut desk = proved();
    travel(&mut desk, Answers { without_sweeper: true, ceiling: Some(300), ..auto() });
    assert!(desk.count("MakeRule") > 0, "a high ceiling that was written down is kept");
    // The made-up world keeps no rule: the wizard is asked whether it is on, and that is believed.
    let mut desk = proved();
    let report = travel(&mut desk, Answers { without_sweeper: true, ..auto() });
    assert_eq!(report.end, End::Failed);
    assert!(report.words.as_str().contains("could not be switched on"), "{}", report.words);
    assert_eq!(desk.count("FinishRun"), 0, "what is not on is no outcome");
}

#[test]
fn what_was_refused_and_who_holds_the_run_have_their_own_ends() {
    let refused =
        Failure::new(FailureKind::Refused, "the account may not", "Ask the hoster.").with_code("42");
    let gone = Failure::new(FailureKind::Unreachable, "nobody answers", "Try again.");
    for (verdict, end, words) in [
        (Verdict::WrongTenant { found: organisation(2) }, End::WrongTenant, "To remove what was accepted in"),
        (Verdict::Failed(refused), End::Refused, "The account may not (42). Ask the hoster."),
        (Verdict::Failed(gone), End::Failed, "Nobody answers. Try again."),
    ] {
        let mut desk = desk();
        desk.verdict = verdict;
        let report = travel(&mut desk, all("C-0001"));
        assert_eq!(report.end, end, "{}", report.words);
        assert!(report.words.as_str().contains(words), "{}", report.words);
        assert_eq!(desk.count("Enable("), 0);
    }
    let mut run = record(2, Product::Office365);
    run.is_read_only = true;
    run.held_by = Some(crate::wizard::tests::ann());
    let rows = vec![row(run.customer.clone(), crate::domain::customer::Progress::NotStarted, Some(&run))];
    let mut desk = Desk::new(setup(), rows);
    desk.record = Some(run);
    let report = travel(&mut desk, Answers { product: Some(Product::Office365), ..all("C-0002") });
    assert_eq!(report.end, End::Held, "{}", report.words);
    assert!(report.words.as_str().contains("ann has this run on desk-1 since"), "{}", report.words);
}

#[test]
fn a_run_is_taken_over_for_a_reason_only_where_others_share_the_record() {
    let travels = |is_shared: bool, is_admin: bool| {
        let mut run = record(2, Product::Office365);
        (run.is_read_only, run.held_by) = (true, Some(crate::wizard::tests::ann()));
        let progress = crate::domain::customer::Progress::NotStarted;
        let mut setup = setup();
        setup.operator.is_admin = is_admin;
        let mut desk = Desk::unopened(setup, vec![row(run.customer.clone(), progress, Some(&run))]);
        (desk.record, desk.world.is_shared) = (Some(run), is_shared);
        let answers = Answers {
            product: Some(Product::Office365),
            take_over: Some("ann went home".into()),
            ..all("C-0002")
        };
        let report = travel(&mut desk, answers);
        (report.end, report.words.to_string(), desk.count("SeizeRun"))
    };
    // What follows is asked for: the run is ours.
    let (end, words, seized) = travels(true, true);
    assert!(matches!(end, End::Missing { .. }) && seized == 1, "{end:?} {words}");
    let (end, words, seized) = travels(true, false);
    assert!(end == End::Refused && words.contains("Only an Admin") && seized == 0, "{end:?} {words}");
    let (end, words, seized) = travels(false, true);
    assert!(end == End::Held && words.contains("ann still has this run") && seized == 0, "{end:?} {words}");
}

#[test]
fn signals_keep_the_run() {
    for why in [Ending::Terminate, Ending::HangUp, Ending::Quit] {
        let stop = Stop::default();
        stop.end(why);
        let report = travel_with(&mut desk(), Headless::new(all("C-0001"), stop), |_, _| false);
        assert_eq!(report.end, End::Told(why));
    }
    let stop = Stop::default();
    stop.interrupt();
    let report = travel_with(&mut desk(), Headless::new(all("C-0001"), stop), |_, _| false);
    assert_eq!(report.end, End::Interrupted);
}

#[test]
fn a_password_is_typed_and_never_told() {
    let mut desk = proved();
    let details = Details {
        server: Some("mail.hoster.example".into()),
        account: Some("svc@hoster.example".into()),
        password: Some(Password::Read(Secret::new("correct horse".into()))),
        mailbox: Some("ana@bakery6.example".into()),
        domains: vec!["bakery6.example".into(), "cakes.example".into()],
        mailboxes: Some(vec!["Ana <ana@bakery6.example>".into(), "ben@cakes.example".into()]),
        is_directory: false,
    };
    let answers =
        Answers { product: Some(Product::MpExchange), details: Some(details.clone()), ..all("C-0006") };
    let report = travel(&mut desk, answers);
    let saved = desk.record.as_ref().unwrap().impersonation.clone().unwrap();
    assert_eq!(saved.password.expose(), "correct horse");
    assert_eq!(saved.domains.len(), 2);
    assert_eq!(
        saved.listing,
        crate::domain::customer::Listing::Given(vec![
            "ana@bakery6.example".parse().unwrap(),
            "ben@cakes.example".parse().unwrap(),
        ])
    );
    assert!(!format!("{report:?}").contains("horse") && desk.log.iter().all(|line| !line.contains("horse")));

    let answers =
        |details| Answers { product: Some(Product::MpExchange), details: Some(details), ..all("C-0006") };
    for (details, words) in [
        (
            Details { server: Some("outlook.office365.com".into()), ..details.clone() },
            "--server can't be used.",
        ),
        (Details { mailbox: Some("nobody".into()), ..details.clone() }, "--try-mailbox can't be used."),
        (Details { domains: vec!["a b".into()], ..details.clone() }, "can't be used."),
        (Details { mailboxes: Some(vec!["x".into()]), ..details }, "--mailboxes can't be used."),
    ] {
        let mut desk = proved();
        let report = travel(&mut desk, answers(details));
        assert_eq!(report.end, End::Wrong, "{}", report.words);
        assert!(report.words.as_str().contains(words), "{}", report.words);
        assert_eq!(desk.count("SaveImpersonation"), 0);
    }
}

#[test]
fn a_server_that_was_found_elsewhere_gets_no_password_before_it_is_named() {
    let details = Details {
        account: Some("svc@bakery6.example".into()),
        password: Some(Password::Read(Secret::new("correct horse".into()))),
        mailbox: Some("ana@bakery6.example".into()),
        is_directory: true,
        ..Details::default()
    };
    let answers = |details: &Details, is_dry_run| Answers {
        product: Some(Product::MpExchange),
        details: Some(details.clone()),
        is_dry_run,
        ..all("C-0006")
    };
    let found = |address: &'static str| FoundServer { address: address.into(), by: FoundBy::OpenRedirect };
    for is_dry_run in [false, true] {
        let mut desk = proved();
        desk.server = found("https://evil.example/it's/x.asmx");
        let report = travel(&mut desk, answers(&details, is_dry_run));
        let example = "--server 'https://evil.example/it'\\''s/x.asmx'".into();
        assert_eq!(report.end, End::Missing { flag: "--server", example });
        let words = "evil.example, found by an open redirect, not in the customer's domain.";
        assert!(report.words.as_str().contains(words), "{}", report.words);
        assert_eq!((desk.count("SaveImpersonation"), desk.count("Prove")), (0, 0));
        // That it stands in the form of an earlier start is no approval.
        let mut run = record(6, Product::MpExchange);
        let kept = [("found_open".to_owned(), desk.server.address.to_string())];
        run.form = FormDraft(
            kept.into_iter().chain([(FieldId::Server.name(), desk.server.address.to_string())]).collect(),
        );
        let mut desk = Desk::new(
            setup(),
            vec![row(run.customer.clone(), crate::domain::customer::Progress::NotStarted, Some(&run))],
        );
        desk.record = Some(run);
        let report = travel(&mut desk, answers(&details, is_dry_run));
        assert_eq!((flag(&report), desk.count("SaveImpersonation")), ("--server", 0), "{}", report.words);
    }
    // In the customer's own domain, or named: it is taken.
    let named = Details { server: Some("https://evil.example/it's/x.asmx".into()), ..details.clone() };
    for (details, address) in [(&details, "https://mail.bakery6.example/EWS/Exchange.asmx"), (&named, "x")] {
        let mut desk = proved();
        desk.server = found(address);
        travel(&mut desk, answers(details, false));
        assert_eq!((desk.count("SaveImpersonation"), desk.count("Apply")), (1, 1), "{address}");
    }
}

#[test]
fn a_check_goes_as_far_as_it_can_without_a_password() {
    let details = Details {
        server: Some("mail.hoster.example".into()),
        account: Some("svc@bakery6.example".into()),
        password: Some(Password::Unread),
        mailbox: Some("ana@bakery6.example".into()),
        is_directory: true,
        ..Details::default()
    };
    let answers = |details: Option<Details>| Answers {
        product: Some(Product::MpExchange),
        details,
        is_dry_run: true,
        is_unsigned: true,
        ..all("C-0006")
    };
    let mut desk = proved();
    let report = travel(&mut desk, answers(Some(details.clone())));
    assert_eq!((report.end, report.bill), (End::Shown, None));
    assert!(report.words.as_str().contains("the sign-in, impersonation"), "{}", report.words);
    // Into the copy of the record that a check works on: what the record says against it is found.
    assert_eq!((desk.count("SaveImpersonation"), desk.count("Prove")), (1, 1));
    // What is missing or wrong besides is found.
    let missing = Details { account: None, ..details.clone() };
    assert_eq!(flag(&travel(&mut proved(), answers(Some(missing)))), "--account");
    let missing = Details { password: None, ..details.clone() };
    assert_eq!(flag(&travel(&mut proved(), answers(Some(missing)))), "--password-file");
    let wrong = Details { domains: vec!["a b".into()], ..details };
    assert_eq!(travel(&mut proved(), answers(Some(wrong))).end, End::Wrong);
    // With a password on record it ends before the list, enabled or not.
    for is_enabled in [false, true] {
        let mut run = record(6, Product::MpExchange);
        run.impersonation = Some(self::details());
        let rows = vec![row(run.customer.clone(), crate::domain::customer::Progress::NotStarted, Some(&run))];
        let mut desk = Desk::new(setup(), rows);
        if is_enabled {
            run.enabled = Some(desk.now);
            desk.verdict = Verdict::Proved;
        }
        desk.record = Some(run);
        let report = travel(&mut desk, answers(None));
        assert_eq!((report.end, report.bill), (End::Shown, None), "{}", report.words);
        assert!(report.words.as_str().contains("were not tried"), "{}", report.words);
    }
}

#[test]
fn details_that_are_given_again_replace_those_on_record() {
    let mut run = record(6, Product::MpExchange);
    run.impersonation = Some(details());
    let rows = vec![row(run.customer.clone(), crate::domain::customer::Progress::NotStarted, Some(&run))];
    let mut desk = Desk::new(setup(), rows);
    desk.record = Some(run);
    desk.verdict = Verdict::Proved;
    let given = Details {
        password: Some(Password::Read(Secret::new("battery staple".into()))),
        ..Details::default()
    };
    let answers = Answers { product: Some(Product::MpExchange), details: Some(given), ..all("C-0006") };
    travel(&mut desk, answers);
    let saved = desk.record.as_ref().unwrap().impersonation.clone().unwrap();
    assert_eq!(saved.password.expose(), "battery staple");
    assert_eq!((saved.server, desk.count("Apply")), (details().server, 1));
}

/// Everybody has accepted, Ana and Ben are on, the rule is on, shared mailboxes are included and *Info* is excluded.
fn protected() -> Desk {
    let mut desk = proved();
    let seat = |number: u8, name: &'static str| Seat {
        id: UserId::from_bytes([number; 16]),
        address: name.into(),
        name: name.into(),
        since: desk.now,
        left: None,
        first_backup: None,
        problem: None,
    };
    desk.protection = Protection {
        seats: vec![seat(1, "Ana"), seat(2, "Ben")],
        exclusions: vec![UserId::from_bytes([3; 16])],
        rule: Some(AutoRule {
            made: desk.now,
            by: "kim".into(),
            confirmed: 1,
            ceiling: 12,
            last_pass: None,
            attention: None,
        }),
        kinds: Kinds::default().toggled(Kind::Shared),
        ..Protection::default()
    };
    desk
}

fn off(addresses: &[&str]) -> Answers {
    let turn_off = addresses.iter().map(|&address| address.to_owned()).collect();
    Answers { turn_off, max_off: Some(10), ..of("C-0001") }
}

#[test]
fn what_is_taken_back_needs_no_answer_about_users_and_is_told() {
    let mut desk = protected();
    let answers = Answers {
        lift: vec!["INFO".into(), "ana".into()],
        leave_out: vec![Kind::Shared, Kind::Room],
        exclude: vec!["ben".into()],
        undo_auto: true,
        max_seats: Some(1),
        ..off(&["ben", "Ana"])
    };
    let report = travel(&mut desk, answers);
    let changes = Changes {
        excluded: vec!["Ben".into()],
        lifted: vec!["Info".into()],
        included: Vec::new(),
        left_out: vec![Kind::Shared],
        is_auto_undone: true,
        turned_off: vec!["Ana".into(), "Ben".into()],
    };
    assert_eq!(report.changes, changes, "{}", report.words);
    let order = ["ChangeExclusions", "ChangeExclusions", "SaveKinds", "UndoRule", "TurnOff", "FinishRun"];
    let asked = desk.log.iter().filter_map(|line| order.iter().find(|start| line.starts_with(**start)));
    assert_eq!(asked.copied().collect::<Vec<_>>(), order, "one write for the range");
    assert_eq!(desk.count("Apply"), 0);
}

#[test]
fn a_user_is_meant_by_either_name_and_once() {
    for names in [vec!["B.Baker@corp.example"], vec!["ben", "b.baker@CORP.example"]] {
        let report = travel(&mut protected(), off(&names));
        assert_eq!(report.changes.turned_off, ["Ben".into()], "{}", report.words);
    }
    let these = Some(Users::These(vec!["b.baker@corp.example".into(), "Ben".into()]));
    let mut desk = proved();
    let report = travel(&mut desk, Answers { users: these.clone(), ..all("C-0001") });
    assert_eq!((report.bill.unwrap().billed(), desk.count("Apply")), (1, 1), "{}", report.words);
    let both = Answers { users: these, max_seats: Some(9), ..off(&["Ben"]) };
    let report = travel(&mut protected(), both);
    assert!(report.words.as_str().contains("--turn-off too: b.baker@corp.example, Ben"), "{}", report.words);
    let both =
        Answers { lift: vec!["Info".into()], exclude: vec!["b.baker@corp.example".into()], ..off(&["ben"]) };
    let report = travel(&mut protected(), Answers { max_seats: Some(1), ..both });
    assert_eq!(report.changes.excluded, ["Ben".into()], "{}", report.words);
}

#[test]
fn whoever_stands_between_stays_on_and_all_are_one_write() {
    for (addresses, writes) in [(vec!["Ana", "Info"], 1), (vec!["Ben"], 1), (vec!["Ana", "Ben", "Info"], 1)] {
        let mut desk = protected();
        desk.protection.seats.push(Seat {
            id: UserId::from_bytes([3; 16]),
            address: "Info".into(),
            ..desk.protection.seats[0].clone()
        });
        let report = travel(&mut desk, off(&addresses));
        let off: Vec<&str> = report.changes.turned_off.iter().map(Text::as_str).collect();
        assert_eq!((off, desk.count("TurnOff")), (addresses, writes), "{}", report.words);
    }
}

#[test]
fn nobody_is_turned_off_by_mistake() {
    let word = |of: &[&str]| off(of);
    for (answers, end, words) in [
        (
            Answers { max_off: Some(1), ..word(&["Ana", "Ben", "ana"]) },
            End::Stopped,
            "2 users off, and --max-off",
        ),
        (word(&["Ana", "Info", "zoe"]), End::Wrong, "Not listed: zoe."),
        (
            Answers { users: Some(Users::All), max_seats: Some(9), ..word(&["Ana"]) },
            End::Wrong,
            "--exclude): Ana",
        ),
        (
            Answers { users: Some(Users::These(vec!["ana".into()])), max_seats: Some(9), ..word(&["Ana"]) },
            End::Wrong,
            "--turn-off too: ana",
        ),
        (
            Answers { lift: vec!["Info".into()], exclude: vec!["info ".into()], ..word(&["Ana"]) },
            End::Wrong,
            "--exclude and --lift both name info",
        ),
        (
            Answers { leave_out: vec![Kind::Room], include: vec![Kind::Room], ..word(&["Ana"]) },
            End::Wrong,
            "both name room",
        ),
        (
            Answers { undo_auto: true, users: Some(Users::Auto), max_seats: Some(9), ..of("C-0001") },
            End::Wrong,
            "--undo-auto switches",
        ),
        // With the rule on a lifted exclusion is billed at the next sweep.
        (
            Answers { lift: vec!["Info".into()], max_seats: Some(0), ..of("C-0001") },
            End::Stopped,
            "would take 1 seat more",
        ),
    ] {
        let mut desk = protected();
        let report = travel(&mut desk, answers);
        assert_eq!(report.end, end, "{words}: {}", report.words);
        assert!(report.words.as_str().contains(words), "{words}: {}", report.words);
        let writes = ["TurnOff", "ChangeExclusions", "SaveKinds", "UndoRule", "Apply", "MakeRule"];
        assert_eq!(writes.map(|write| desk.count(write)), [0; 6], "{words}");
        assert_eq!(report.changes, Changes::default());
    }
    let report = travel(&mut protected(), Answers { max_off: None, ..word(&["Ana"]) });
    assert_eq!(flag(&report), "--max-off");
    let report = travel(&mut protected(), Answers { lift: vec!["Info".into()], ..of("C-0001") });
    assert_eq!(flag(&report), "--max-seats");
}

#[test]
fn what_only_an_admin_may_is_refused_with_the_words_of_the_wizard() {
    let user = |desk: &mut Desk| {
        let mut setup = setup();
        setup.operator.is_admin = false;
        let rows = desk.board.rows.clone();
        let mut other = Desk::new(setup, rows);
        (other.verdict, other.named) = (Verdict::Proved, Some(organisation(1)));
        other.protection = desk.protection.clone();
        other
    };
    let mut desk = user(&mut protected());
    let report =
        travel(&mut desk, Answers { lift: vec!["Info".into()], max_seats: Some(1), ..off(&["Ana"]) });
    assert_eq!(report.end, End::Refused, "{}", report.words);
    assert!(report.words.as_str().contains("Only an Admin can turn protection off"), "{}", report.words);
    assert_eq!((desk.count("TurnOff"), desk.count("ChangeExclusions")), (0, 0));

    let undo = || Answers { undo_auto: true, ..of("C-0001") };
    let mut desk = user(&mut protected());
    assert!(travel(&mut desk, undo()).changes.is_auto_undone, "before its first sweep a User may");
    let mut after = protected();
    if let Some(rule) = after.protection.rule.as_mut() {
        rule.last_pass = Some(rule.made);
    }
    let mut desk = user(&mut after);
    let report = travel(&mut desk, undo());
    assert_eq!((report.end, desk.count("UndoRule")), (End::Refused, 0), "{}", report.words);
    assert_eq!(desk.count("FinishRun"), 1, "no open run is left");
    assert!(report.words.as_str().contains("only an Admin can switch it off"), "{}", report.words);
}

#[test]
fn a_dry_run_says_what_would_be_taken_back() {
    let mut desk = protected();
    let answers = Answers {
        undo_auto: true,
        lift: vec!["Info".into()],
        leave_out: vec![Kind::Shared],
        is_dry_run: true,
        max_off: None,
        ..off(&["Ana"])
    };
    let report = travel(&mut desk, answers);
    assert_eq!(report.end, End::Shown, "{}", report.words);
    assert!(
        report.words.as_str().starts_with(
            "What would change: exclusion lifted: Info; left out: shared mailboxes; Enable Auto switched off; turned off: Ana."
        ),
        "{}",
        report.words
    );
}

#[test]
fn turning_off_that_breaks_off_ends_with_who_is_still_on() {
    let mut desk = protected();
    let front = Headless::new(off(&["Ana", "Ben"]), Stop::default());
    let report = travel_with(&mut desk, front, |_, request| matches!(request, Request::TurnOff(..)));
    assert_eq!((report.end, report.changes), (End::Failed, Changes::default()));
    // A rule that is off already, and an exclusion that is none, are fine: safe to press twice.
    let mut desk = proved();
    let answers = Answers { undo_auto: true, lift: vec!["Ana".into()], ..of("C-0001") };
    let report = travel(&mut desk, answers);
    assert_eq!((report.changes, desk.count("FinishRun"), desk.count("UndoRule")), (Changes::default(), 1, 0));
}

fn some_answers() -> impl Strategy<Value = Answers> {
    let customer =
        prop::sample::select(vec!["C-0001", "C-0002", "C-0003", "C-0006", "Bakery", "", "twin cafe"]);
    let product = prop::option::of(prop::sample::select(Product::ALL.to_vec()));
    let tenant =
        prop::option::of(prop_oneof![Just(tenant(1).to_string()), Just("b.example".into()), ".{0,12}"]);
    let address = || prop_oneof![Just("Ana".to_owned()), Just("info".to_owned()), ".{0,8}"];
    let users = prop_oneof![
        Just(None),
        Just(Some(Users::All)),
        Just(Some(Users::Auto)),
        Just(Some(Users::None)),
        prop::collection::vec(address(), 0..4).prop_map(|these| Some(Users::These(these))),
    ];
    let text = || {
        prop::option::of(prop_oneof![
            Just("mail.hoster.example".to_owned()),
            Just("a@b.example".to_owned()),
            ".{0,12}"
        ])
    };
    let details = prop::option::of((text(), text(), text(), text(), any::<bool>()).prop_map(
        |(server, account, password, mailbox, is_directory)| Details {
            server,
            account: account.clone(),
            password: password.map(|words| Password::Read(Secret::new(words))),
            mailbox,
            mailboxes: account.map(|line| vec![line]),
            is_directory,
            ..Details::default()
        },
    ));
    let flags = (
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        prop::option::of(0_u32..4),
        prop::option::of(0_u32..40),
    );
    (customer, product, tenant, users, details, prop::collection::vec(address(), 0..2), flags, 0_u64..40)
        .prop_map(|(customer, product, tenant, users, details, exclude, flags, wait)| Answers {
            customer: customer.into(),
            product,
            tenant,
            details,
            users,
            include: if flags.0 { vec![Kind::Shared] } else { Vec::new() },
            exclude,
            max_seats: flags.3,
            ceiling: flags.4,
            without_sweeper: flags.0,
            wait: Duration::from_secs(wait),
            is_dry_run: flags.1,
            rehearse: flags.2,
            lift: if flags.2 { vec!["Info".into()] } else { Vec::new() },
            leave_out: if flags.1 { vec![Kind::Shared] } else { Vec::new() },
            turn_off: if flags.0 && flags.2 { vec!["Ana".into()] } else { Vec::new() },
            max_off: flags.3,
            undo_auto: flags.2,
            ..Answers::default()
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn every_journey_comes_to_an_end(answers in some_answers(), verdict in 0_u8..6, on in any::<bool>(), bad in prop::collection::vec(any::<bool>(), 0..12), seed in 0_u8..4) {
        let mut desk = if on { protected() } else { desk() };
        desk.named = Some(organisation(1));
        desk.verdict = match verdict {
            0 => Verdict::NotYet,
            1 => Verdict::Spreading,
            2 => Verdict::WrongTenant { found: organisation(2) },
            3 => Verdict::Failed(Failure::new(FailureKind::Unreachable, "nobody answers", "Try again.")),
            _ => Verdict::Proved,
        };
        let is_dry_run = answers.is_dry_run;
        let most = answers.max_seats;
        let mut asked = 0;
        let report = travel_with(&mut desk, Headless::new(answers, Stop::default()), |_, _| {
            asked += 1;
            seed == 0 && bad.get(asked % 12).copied().unwrap_or(false)
        });
        let billed = desk.count("Apply") + desk.count("MakeRule");
        prop_assert!(billed == 0 || (!is_dry_run && most.is_some_and(|most| report.bill.is_some_and(|bill| bill.billed() <= most))));
        let has_words = !report.words.is_empty() || matches!(report.end, End::Done { .. });
        prop_assert!(has_words, "{:?}", report.end);
    }
}

/// A journey and what it told.
fn told(desk: &mut Desk, answers: Answers) -> (Report, Vec<String>) {
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let into = std::sync::Arc::clone(&told);
    let mut front = Headless::new(answers, Stop::default());
    front.observers.tell = Some(Box::new(move |words| into.lock().unwrap().push(words.to_string())));
    let report = travel_with(desk, front, |_, _| false);
    (report, std::mem::take(&mut told.lock().unwrap()))
}

#[test]
fn whoever_must_accept_again_gets_the_link() {
    let mut desk = desk();
    desk.verdict = Verdict::Failed(crate::domain::consent::missing(&"Tasks.Read.All".into()));
    let (report, told) = told(&mut desk, Answers { wait: Duration::from_secs(5), ..all("C-0001") });
    assert_eq!(report.end, End::Waiting, "{}", report.words);
    assert!(report.words.as_str().contains("missing: Tasks.Read.All"), "{}", report.words);
    assert!(report.failure.unwrap().asks_consent);
    assert!(report.link.is_some());
    let link = told.iter().position(|line| line.starts_with("Send this link to the customer: https://"));
    let missing = told.iter().position(|line| line.contains("missing: Tasks.Read.All"));
    assert!(missing < link && missing.is_some(), "{told:#?}");
    assert_eq!((desk.count("LinkShown"), desk.count("ParkRun"), desk.count("Enable(")), (1, 1, 0));
}

#[test]
fn a_consent_that_spreads_is_never_told_as_none() {
    let mut desk = desk();
    desk.verdict = Verdict::Spreading;
    let (report, told) = told(&mut desk, Answers { wait: Duration::from_mins(7), ..all("C-0001") });
    assert_eq!(report.end, End::Waiting);
    let words = told.join("\n") + report.words.as_str();
    assert!(words.contains("The customer has accepted."), "{words}");
    assert!(!words.contains("not accepted yet"), "{words}");
    assert!(report.words.as_str().contains("On the customer's side: Entra admin center"), "{words}");
    assert!(told.iter().any(|line| line.starts_with("Waiting for Microsoft: ")), "{told:#?}");
}

#[test]
fn a_lasting_refusal_is_refused_with_its_code_and_no_link() {
    let mut desk = desk();
    let refused = Failure::new(FailureKind::Refused, "reading the users: refused", "Look there.");
    desk.verdict =
        Verdict::Failed(refused.with_code("Authorization_RequestDenied").with_reference("request 1"));
    let (report, told) = told(&mut desk, Answers { wait: Duration::from_secs(5), ..all("C-0001") });
    assert_eq!(report.end, End::Refused);
    let failure = report.failure.unwrap();
    assert_eq!(failure.code.unwrap().as_str(), "Authorization_RequestDenied");
    assert!(!told.iter().any(|line| line.contains("link")), "{told:#?}");
}

#[test]
fn a_run_that_can_not_be_opened_is_a_failure_and_no_limit() {
    let front = Headless::new(all("C-0001"), Stop::default());
    let report = travel_with(&mut desk(), front, |_, request| matches!(request, Request::OpenRun(..)));
    assert_eq!(report.end, End::Failed, "{}", report.words);
    assert!(report.words.as_str().starts_with("The server did not answer"), "{}", report.words);
    // One on record is taken up by its row.
    let mut desk = desk();
    let record = record(1, Product::Office365);
    desk.board.rows[0] =
        row(record.customer.clone(), crate::domain::customer::Progress::NotStarted, Some(&record));
    desk.record = Some(record);
    let mut desk = Desk::new(setup(), std::mem::take(&mut desk.board.rows));
    let front = Headless::new(all("C-0001"), Stop::default());
    let report = travel_with(&mut desk, front, |_, request| matches!(request, Request::LoadRun(_)));
    assert_eq!(report.end, End::Failed, "{}", report.words);
}
