//! What to say to the customer: each state and each failure has its card, and each card has its state or its failure.

use std::{collections::BTreeSet, time::Duration};

use super::*;
use crate::{
    domain::{
        card::{Card, CardId, Party, of_failure},
        consent, explain,
        protection::{AutoRule, Seat},
    },
    wizard::answer::{Mark, Which},
};

/// The cards that have been seen.
#[derive(Default)]
struct Seen(BTreeSet<CardId>);

impl Seen {
    /// The card on the screen is this one.
    fn sees(&mut self, desk: &Desk, id: CardId) {
        let names = [("organisation", "Organisation 1 (…0001)"), ("found", "Organisation 2 (…0002)")];
        let said = desk.view().card;
        let begins = Card::of(id, &names);
        // The name of another card comes from a clock.
        let begin = begins.say.as_str().split(". Next:").next().unwrap_or_default();
        assert!(said.say.as_str().starts_with(begin), "{id:?}: {}", said.say);
        assert_eq!(said.sees, begins.sees, "{id:?}");
        self.0.insert(id);
    }

    /// The card on the screen is this one, with the numbers and names that stand there.
    fn says(&mut self, desk: &Desk, id: CardId, words: &str) {
        let said = desk.view().card;
        assert_eq!((said.say.as_str(), &said.sees), (words, &Card::of(id, &[]).sees), "{id:?}");
        self.0.insert(id);
    }

    /// The card is that of a failure with this code, in the words of the table.
    fn fails(&mut self, desk: &Desk, code: &str, id: CardId) {
        let card = desk.view().card;
        let names = [("organisation", "Organisation 1 (…0001)")];
        assert_eq!(card.say, explain::by_code(code).unwrap().say_with(&names), "{code}");
        assert_eq!(card.sees, Card::of(id, &[]).sees, "{code}");
        self.0.insert(id);
    }
}

fn consenting() -> RunRecord {
    let mut record = record(1, Product::Office365);
    record.organisation = Some(organisation(1));
    record
}

fn hosted() -> RunRecord {
    let mut record = record(1, Product::MpExchange);
    record.impersonation = Some(details());
    record
}

fn enabled() -> RunRecord {
    let mut record = consenting();
    record.enabled = Some(Moment::default());
    record
}

fn bad(kind: FailureKind, code: &str) -> Failure {
    Failure::new(kind, "it failed", "Wait.").with_code(code)
}

/// A desk whose proof came to this.
fn proved(record: RunRecord, verdict: Verdict) -> Desk {
    let mut desk = Desk::resumed(record);
    desk.verdict = verdict;
    desk.named = Some(organisation(1));
    desk.pass(3);
    desk
}

fn customers(seen: &mut Seen) {
    let mut closed = customer(2);
    closed.is_active = false;
    let mut bare = customer(3);
    bare.products.clear();
    let rows = [customer(1), closed, bare].map(|customer| row(customer, Progress::NotStarted, None));
    let mut desk = Desk::new(setup(), rows.to_vec());
    desk.answer();
    seen.sees(&desk, CardId::Customers);
    desk.fill(FieldId::Search, "Bakery 2").pick(0);
    seen.sees(&desk, CardId::CustomerClosed);
    desk.fill(FieldId::Search, "Bakery 3").pick(0);
    seen.sees(&desk, CardId::CustomerWithoutProduct);
    desk.fill(FieldId::Search, "Bakery 1");
    seen.sees(&desk, CardId::Customers);
    desk.pick(0);
    let words = "Which of your mail services shall we protect: Office 365, MPexchange or Business365?";
    seen.says(&desk, CardId::Product, words);
    desk.give(Given::Back).act(Action::Add);
    seen.sees(&desk, CardId::NewCustomer);

    let mut one = customer(1);
    one.products = vec![Product::MpExchange];
    let mut desk = Desk::new(setup(), vec![row(one, Progress::NotStarted, None)]);
    desk.answer().pick(0);
    seen.says(&desk, CardId::ProductOnly, "I'm setting up the backup of MPexchange.");
}

/// A closed customer is met in the list of hits too, before anything is pressed.
#[test]
fn the_only_customer_that_was_found_is_told_that_nothing_can_be_set_up() {
    let mut closed = customer(2);
    closed.is_active = false;
    let mut bare = customer(3);
    bare.products.clear();
    let rows = [customer(1), closed, bare].map(|customer| row(customer, Progress::NotStarted, None));
    let mut desk = Desk::new(setup(), rows.to_vec());
    desk.answer();
    for (name, id) in [
        ("Bakery 1", CardId::Customers),
        ("Bakery 2", CardId::CustomerClosed),
        ("Bakery 3", CardId::CustomerWithoutProduct),
    ] {
        desk.fill(FieldId::Search, name);
        assert_eq!(*desk.view().card, Card::of(id, &[]), "{name}");
    }
}

fn organisations(seen: &mut Seen) {
    let mut desk = Desk::resumed(record(1, Product::Office365));
    seen.sees(&desk, CardId::TenantAsked);
    desk.doubts = vec![shared(2)];
    desk.fill(FieldId::Tenant, "bakery1.example").give(Given::Settle(FieldId::Tenant));
    seen.sees(&desk, CardId::TenantLookedUp);
    let at = desk.open.iter().position(|(_, request)| matches!(request, Request::LookUp(..))).unwrap();
    let (call, _) = desk.open.remove(at);
    desk.happen(EventKind::Reply(call, Reply::Failed(bad(FailureKind::NotFound, "90002"))));
    seen.fails(&desk, "90002", CardId::TenantUnknown);
    desk.act(Action::Refresh).answer();
    // The four characters are asked for before they are told.
    seen.sees(&desk, CardId::TenantDoubted);
    desk.give(Given::Submit);
    seen.sees(&desk, CardId::TenantDoubted);
    desk.give(Given::Back);
    desk.doubts.clear();
    desk.act(Action::Refresh).answer();
    let words = "I have Organisation 1 here, and the tenant ID ends in 0001. Is that you?";
    seen.says(&desk, CardId::TenantFound, words);
    assert!(desk.view().card.wrong.len() == 3, "{:?}", desk.view().card);

    let mut hosted = record(3, Product::MpExchange);
    hosted.impersonation = Some(details());
    let mut desk = Desk::resumed(hosted);
    desk.doubts = vec![shared_mail(2)];
    desk.give(Given::Back).give(Given::Submit).answer();
    seen.sees(&desk, CardId::MailDomainDoubted);

    let mut managed = record(1, Product::Office365);
    (managed.customer.tenant, managed.customer.is_managed) = (Some(tenant(1)), true);
    let mut desk = Desk::resumed(managed);
    desk.give(Given::No);
    seen.sees(&desk, CardId::TenantDenied);
}

fn consents(seen: &mut Seen) {
    let mut desk = Desk::resumed(consenting());
    seen.sees(&desk, CardId::ConsentAsked);
    desk.enter().answer();
    seen.sees(&desk, CardId::ConsentWaiting);
    let heard: Vec<String> = desk.view().card.wrong.iter().map(|(heard, _)| heard.to_string()).collect();
    for said in [
        "“I have accepted and nothing happened”",
        "“I pressed Cancel”",
        "Need admin approval",
        "“The page names another organisation”",
        "“What is this permission for?”",
        "“Is it safe? What can you read?”",
        "“It asks for a password that I don't know”",
        "“Read all users' full profiles”",
    ] {
        assert!(heard.iter().any(|heard| heard == said), "{said}: {heard:?}");
    }
    let mut accepting = super::own_right::at_the_link(true);
    accepting.act(Action::OwnRight);
    seen.sees(&accepting, CardId::ConsentByPartner);
    desk.pass(consent::CONSENT_USUAL.as_secs());
    seen.sees(&desk, CardId::ConsentLate);
    desk.verdict = Verdict::Spreading;
    desk.pass(30);
    seen.sees(&desk, CardId::ConsentSpreading);
    desk.pass(consent::SPREADING_USUAL.as_secs());
    seen.sees(&desk, CardId::ConsentSpreadingLong);

    seen.sees(
        &proved(consenting(), Verdict::WrongTenant { found: organisation(2) }),
        CardId::ConsentElsewhere,
    );
    let missing = Verdict::Failed(consent::missing(&Text::from("Tasks.Read.All")));
    seen.sees(&proved(consenting(), missing), CardId::ConsentAgain);
    seen.sees(&proved(enabled(), Verdict::Proved), CardId::UsersChosen);
    let mut desk = proved(consenting(), Verdict::Proved);
    seen.sees(&desk, CardId::ConsentProved);
    desk.answer();
    for (kind, code, id) in [
        (FailureKind::Refused, "53003", CardId::ConsentPolicy),
        (FailureKind::Refused, "7000112", CardId::ConsentRefused),
        (FailureKind::Refused, "5000224", CardId::TenantRefused),
        (FailureKind::Internal, "7000222", CardId::OurSide),
        (FailureKind::Unreachable, "503", CardId::MicrosoftBusy),
    ] {
        seen.fails(&proved(consenting(), Verdict::Failed(bad(kind, code))), code, id);
    }
}

/// What the customer sees in place of the page stands under it, then what they say; what a permission is for comes last.
#[test]
fn the_card_of_the_link_goes_from_what_they_see_to_what_they_say() {
    let mut desk = Desk::resumed(consenting());
    desk.enter().answer();
    let heard: Vec<String> = desk.view().card.wrong.iter().map(|(heard, _)| heard.to_string()).collect();
    let said = heard.iter().position(|heard| heard.starts_with('“')).unwrap();
    assert!(said > 2 && heard[said..].iter().all(|heard| heard.starts_with('“')), "{heard:#?}");
    assert_eq!(heard.last().unwrap(), "“Read all users' full profiles”");
    let desk = proved(consenting(), Verdict::Proved);
    let heard: Vec<String> = desk.view().card.wrong.iter().map(|(heard, _)| heard.to_string()).collect();
    assert_eq!(heard, ["“Can I remove the app in Microsoft's portal?”"], "only what may still be asked");
}

fn parked(seen: &mut Seen) {
    let mut park = |mut desk: Desk, id| {
        desk.act(Action::Park).answer();
        seen.sees(&desk, id);
    };
    park(Desk::resumed(record(1, Product::Office365)), CardId::ParkedTenant);
    park(Desk::resumed(record(1, Product::MpExchange)), CardId::ParkedHosted);
    park(Desk::resumed(consenting()), CardId::Parked);
    let mut desk = Desk::resumed(consenting());
    desk.enter().answer();
    park(desk, CardId::ParkedAsked);
    park(proved(consenting(), Verdict::Spreading), CardId::ParkedSpreading);
    let refused = |code| Verdict::Failed(bad(FailureKind::Refused, code));
    park(proved(consenting(), refused("7000112")), CardId::ParkedRefused);
    park(proved(hosted(), refused("ErrorImpersonationDenied")), CardId::ParkedHosted);
    let ours = Failure::new(FailureKind::Unreachable, "it failed", "Wait.").with_card(CardId::OurLine);
    park(proved(hosted(), Verdict::Failed(ours)), CardId::Parked);
}

fn mail_servers(seen: &mut Seen) {
    let mut desk = Desk::resumed(record(1, Product::MpExchange));
    seen.sees(&desk, CardId::Impersonation);
    desk.answer();
    seen.sees(&Desk::resumed(hosted()), CardId::HostedTried);
    seen.sees(&proved(hosted(), Verdict::Proved), CardId::HostedProved);
    for (kind, code, id) in [
        (FailureKind::Refused, "ErrorImpersonateUserDenied", CardId::HostedImpersonation),
        (FailureKind::NotFound, "ErrorNonExistentMailbox", CardId::HostedMailbox),
        (FailureKind::Refused, "ErrorAccountDisabled", CardId::HostedPassword),
        (FailureKind::Unreachable, "ErrorMailboxStoreUnavailable", CardId::HostedBusy),
        (FailureKind::Refused, "ErrorOrganizationAccessBlocked", CardId::HostedRefused),
    ] {
        seen.fails(&proved(hosted(), Verdict::Failed(bad(kind, code))), code, id);
    }
    // What is asked about one failure is no branch of another, nor of the words that the card says already.
    let branches = |verdict| proved(hosted(), verdict).view().card.wrong.clone();
    let refused = |code| Verdict::Failed(bad(FailureKind::Refused, code));
    for verdict in [refused("ErrorPasswordExpired"), refused("ErrorOrganizationAccessBlocked")] {
        assert_eq!(branches(verdict.clone()), [], "{verdict:?}");
    }
    let asked = branches(Verdict::Proved);
    assert!(asked.iter().all(|(heard, _)| heard.as_str().starts_with('“')), "nothing has failed: {asked:?}");
    let right = branches(refused("ErrorImpersonationDenied"));
    assert_eq!(right[0].0.as_str(), "“Which right is missing?”");
    for id in CardId::BROUGHT_ALONG {
        let failure = Failure::new(FailureKind::Refused, "it failed", "Wait.").with_card(id);
        seen.sees(&proved(hosted(), Verdict::Failed(failure)), id);
    }
}

fn users(seen: &mut Seen) {
    let mut desk = Desk::resumed(enabled());
    seen.sees(&desk, CardId::UsersChosen);
    desk.act(Action::Refresh);
    seen.sees(&desk, CardId::UsersListed);
    desk.now = desk.now.plus(Duration::from_mins(2));
    let at = desk.open.iter().position(|(_, request)| matches!(request, Request::Wake(_))).unwrap();
    let (call, _) = desk.open.remove(at);
    desk.happen(EventKind::Reply(call, Reply::Woken));
    seen.sees(&desk, CardId::UsersSlow);
    desk.answer();
    desk.act(Action::Kinds);
    seen.sees(&desk, CardId::KindsAsked);
    desk.give(Given::Back).act(Action::Review);
    seen.says(
        &desk,
        CardId::UsersFinished,
        "Nobody is protected yet, and nobody else is turned on now. Is that right?",
    );
    desk.give(Given::No).give(Given::Mark(Mark::Tick, Which::All)).act(Action::Finish);
    let words = "2 users are chosen and not turned on yet. Shall I turn them on, or leave them off?";
    seen.says(&desk, CardId::UsersUnapplied, words);
    desk.give(Given::No).act(Action::Review);
    let words = "I'm about to turn on 2 users; that is 2 new seats on your bill. Shall I?";
    seen.says(&desk, CardId::UsersBilled, words);
    desk.give(Given::Number(2));
    seen.sees(&desk, CardId::UsersWritten);

    automatic(seen);
    written(seen);
}

/// A desk at the list of users, with the rule that the record has.
fn listed(host: Option<&'static str>, limit: Option<u32>, ceiling: Option<u32>) -> Desk {
    let mut desk = Desk::resumed(consenting());
    desk.protection.limit = limit;
    desk.protection.sweeper = host.map(SweeperStatus::on).unwrap_or_default();
    desk.protection.rule = ceiling.map(|ceiling| AutoRule {
        made: Moment::default(),
        by: Text::from("kim"),
        confirmed: 2,
        ceiling,
        last_pass: None,
        attention: None,
    });
    (desk.verdict, desk.named) = (Verdict::Proved, Some(organisation(1)));
    desk.pass(3);
    desk.enter().answer();
    assert_eq!(desk.stop(), "Users");
    desk
}

fn automatic(seen: &mut Seen) {
    seen.sees(&listed(Some("ops-1"), None, Some(12)), CardId::UsersAutomatic);
    let desk = listed(None, None, Some(12));
    let words = "Nobody is protected yet. 2 users are to be turned on as soon as something on our side is ready; I'll call you back.";
    seen.says(&desk, CardId::Stalled, words);
    let answers: Vec<String> = desk.view().card.wrong.iter().map(|(_, say)| say.to_string()).collect();
    assert_eq!(answers[0], "Not before they are turned on; I'll tell you when.");
    let words = "Nobody is protected yet. 2 users are to be turned on, and that takes more than the 1 seat that you have agreed to. May we use more?";
    seen.says(&listed(Some("ops-1"), None, Some(1)), CardId::AboveSeats, words);
    let words = "2 users are to be protected, and 1 seat is missing. Will you order more, or who shall be left off for now?";
    seen.says(&listed(Some("ops-1"), Some(1), Some(12)), CardId::SeatsMissing, words);
    let mut desk = listed(None, Some(1), None);
    desk.give(Given::Mark(Mark::Tick, Which::All));
    seen.says(&desk, CardId::SeatsMissing, words);
    desk.act(Action::Review);
    let words = "I can turn on 1 user now; that is 1 new seat on your bill. For the others 1 seat is missing. Shall I, or will you order more first?";
    seen.says(&desk, CardId::UsersBilledSome, words);
    let heard: Vec<String> = desk.view().card.wrong.iter().map(|(heard, _)| heard.to_string()).collect();
    assert_eq!(heard, ["“Can we get more seats?”", "“Why is the reception not included?”"]);
    desk.act(Action::Park).answer();
    seen.says(
        &desk,
        CardId::ParkedSeats,
        "I'll go on with this later. Please call me when you have ordered more seats.",
    );

    let mut desk = listed(None, None, None);
    desk.act(Action::Auto).answer();
    seen.sees(&desk, CardId::SweeperMissing);
    desk.give(Given::Yes);
    let words = "I'm about to have 2 users turned on as soon as our nightly job runs, and new users by themselves, up to 12 seats in all. Shall I?";
    seen.says(&desk, CardId::UsersBilledAutomatic, words);
    desk.act(Action::Ceiling);
    seen.sees(&desk, CardId::SeatsAgreed);
    let mut desk = listed(Some("ops-1"), None, Some(12));
    desk.act(Action::Auto);
    seen.sees(&desk, CardId::AutomaticUndone);
}

/// The results that stand there when a run is taken up again.
fn results(outcomes: &[SeatOutcome]) -> Desk {
    let user = |n: u8| Chosen {
        id: UserId::from_bytes([n; 16]),
        address: Text::of(format_args!("user{n}@bakery.example")),
        name: Text::of(format_args!("User {n}")),
        kind: Kind::User,
    };
    let mut record = enabled();
    record.results = (1..)
        .zip(outcomes)
        .map(|(n, outcome)| SeatResult { user: user(n), outcome: outcome.clone() })
        .collect();
    Desk::resumed(record)
}

fn written(seen: &mut Seen) {
    use SeatOutcome::{Failed, NoSeat, Stopped, TurnedOn};
    let why = |words: &'static str| Failed(Text::from(words));
    for (outcomes, id, words) in [
        (vec![TurnedOn, TurnedOn], CardId::UsersDone, "2 users are protected now. Nothing changes for them."),
        (
            vec![TurnedOn, NoSeat, NoSeat],
            CardId::PartlyNoSeats,
            "1 user is protected now. 2 are not: no seat is left. Will you order 2 more?",
        ),
        (
            vec![TurnedOn, Stopped],
            CardId::PartlyStopped,
            "1 user is protected now. 1 is not yet: I have stopped in between. Shall I go on?",
        ),
        (
            vec![TurnedOn, why("the server refuses Exchange Web Services for this mailbox")],
            CardId::PartlyMailbox,
            "1 user is protected now. Your hosting company must allow Exchange Web Services for User 2; then I turn that mailbox on.",
        ),
        (
            vec![NoSeat, why("the record is locked")],
            CardId::Partly,
            "Nobody is protected yet. 2 are not. I'll tell you who and why, and what has to be done.",
        ),
    ] {
        let desk = results(&outcomes);
        seen.says(&desk, id, words);
        let asks =
            desk.view().card.wrong.iter().any(|(heard, _)| heard.as_str() == "“Can we get more seats?”");
        assert_eq!(asks, id == CardId::PartlyNoSeats, "{id:?}");
    }

    let mut desk = Desk::resumed(consenting());
    let seat = |n: u8| Seat {
        id: UserId::from_bytes([n; 16]),
        address: Text::from("user@bakery.example"),
        name: Text::from("User"),
        since: Moment::default(),
        left: None,
        first_backup: None,
        problem: None,
    };
    desk.protection.seats = vec![seat(1), seat(2)];
    (desk.verdict, desk.named) = (Verdict::Proved, Some(organisation(1)));
    desk.pass(3);
    desk.enter().answer();
    desk.give(Given::Mark(Mark::Off, Which::All));
    let words = "Shall I turn 2 users off? No new backups are made for them; what is kept stays until its retention ends, and is deleted then.";
    seen.says(&desk, CardId::UsersOffAsked, words);
    desk.give(Given::Number(2)).answer();
    seen.says(
        &desk,
        CardId::UsersOff,
        "2 users are turned off now. What is kept stays until its retention ends.",
    );
}

#[test]
fn each_state_and_failure_has_its_card_and_each_card_is_reached() {
    let mut seen = Seen::default();
    customers(&mut seen);
    organisations(&mut seen);
    consents(&mut seen);
    mail_servers(&mut seen);
    users(&mut seen);
    parked(&mut seen);
    // The tests of the outcome hold these.
    seen.0.extend([CardId::Outcome, CardId::OutcomeNobody, CardId::OutcomeAutomatic]);
    let never: Vec<CardId> = CardId::all().into_iter().filter(|id| !seen.0.contains(id)).collect();
    assert_eq!(never, [], "every card is reached");
}

#[test]
fn every_code_of_the_table_has_a_card_that_is_about_the_right_party() {
    for entry in explain::entries() {
        for code in &entry.codes {
            let failure = bad(entry.kind, code.as_str());
            for (party, of_others) in [(Party::Microsoft, "Hosted"), (Party::Hoster, "Tenant")] {
                let id = of_failure(&failure, party);
                assert!(!Card::of_failure(&failure, party, &[]).say.is_empty(), "{code}");
                let is_own =
                    entry.codes.iter().any(|code| code.as_str().starts_with("Error")) || entry.card.is_some();
                assert!(is_own || !format!("{id:?}").starts_with(of_others), "{code}: {id:?}");
            }
        }
    }
}
