//! What to say to the customer: each state and each failure has its card, and each card has its state or its failure.

use std::{collections::BTreeSet, time::Duration};

use super::*;
use crate::{
    domain::{
        card::{Card, CardId, Party, of_failure},
        consent, explain,
        protection::AutoRule,
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
        // The names of other cards come from a clock or a count.
        let begin = begins.say.as_str().split(". Next:").next().unwrap_or_default();
        assert!(said.say.as_str().starts_with(begin), "{id:?}: {}", said.say);
        assert_eq!(said.sees, begins.sees, "{id:?}");
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
    seen.sees(&desk, CardId::Product);
    desk.give(Given::Back).act(Action::Add);
    seen.sees(&desk, CardId::NewCustomer);
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
    assert!(desk.view().card.say.as_str().contains("I have Organisation 1 here"), "{:?}", desk.view().card);
    seen.0.insert(CardId::TenantFound);
    desk.give(Given::Submit);
    seen.sees(&desk, CardId::TenantDoubted);

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
    desk.give(Given::Mark(Mark::Tick, Which::All)).act(Action::Review).give(Given::Number(2));
    seen.sees(&desk, CardId::UsersWritten);

    let rule = |host: Option<&'static str>, limit| {
        let mut desk = Desk::resumed(consenting());
        desk.protection.limit = limit;
        desk.protection.sweeper.host = host.map(Text::from);
        desk.protection.rule = limit.is_none().then(|| AutoRule {
            made: Moment::default(),
            by: Text::from("kim"),
            confirmed: 2,
            ceiling: 12,
            last_pass: None,
            attention: None,
        });
        (desk.verdict, desk.named) = (Verdict::Proved, Some(organisation(1)));
        desk.pass(3);
        desk.enter().answer();
        assert_eq!(desk.stop(), "Users");
        desk
    };
    seen.sees(&rule(Some("ops-1"), None), CardId::UsersAutomatic);
    seen.sees(&rule(None, None), CardId::UsersStalled);
    let mut desk = rule(None, Some(1));
    desk.give(Given::Mark(Mark::Tick, Which::All));
    seen.sees(&desk, CardId::SeatsMissing);
}

#[test]
fn each_state_and_failure_has_its_card_and_each_card_is_reached() {
    let mut seen = Seen::default();
    customers(&mut seen);
    organisations(&mut seen);
    consents(&mut seen);
    mail_servers(&mut seen);
    users(&mut seen);
    // The tests of the outcome hold these.
    seen.0.extend([
        CardId::Outcome,
        CardId::OutcomePartly,
        CardId::OutcomeNobody,
        CardId::OutcomeAutomatic,
        CardId::OutcomeStalled,
    ]);
    // Those of what is parked and told on the board hold these.
    seen.0.extend([CardId::ParkedAsked, CardId::ParkedSpreading, CardId::Parked]);
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
