//! Setup from nothing to everything, what is typed wrong, and what is proved wrong.

use uuid::Uuid;

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        groundwork::{
            Entry, Given as Typed, Groundwork, Part, Proven,
            tests::{bare, held},
        },
        tenant::{Check, CheckState},
        text::Text,
        time::Moment,
    },
    wizard::{
        Wizard,
        answer::{Action, Answer, FieldId, Given, RowId, Value},
        ask::QuestionId,
        call::{CallId, Reply, Request},
        effect::Effect,
        event::{Ended, Event, EventKind},
        tests::setup,
        view::HandoutId,
    },
};

const TENANT: &str = "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684";
const ONE: &str = "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40";
const TWO: &str = "c3f1a7de-52b8-4e0d-8a96-7d40e1b9f265";

/// The wizard of setup, with a desk that is made up.
struct Talk {
    wizard: Wizard,
    ground: Groundwork,
    /// What every proof finds.
    state: CheckState,
    /// Calls that were made, as Debug shows them.
    log: Vec<String>,
}

impl Talk {
    fn over(ground: Groundwork) -> Self {
        let mut talk =
            Self { wizard: Wizard::for_partner(setup()), ground, state: CheckState::Good, log: Vec::new() };
        talk.happen(EventKind::Started);
        talk
    }

    fn happen(&mut self, what: EventKind) -> &mut Self {
        for effect in self.wizard.update(Event { at: Moment::default(), what }) {
            if let Effect::Start(call, request) = effect {
                self.log.push(format!("{request:?}"));
                self.respond(call, request);
            }
        }
        self
    }

    fn respond(&mut self, call: CallId, request: Request) {
        let reply = match request {
            Request::LookAtGroundwork => Reply::Groundwork(Box::new(self.ground.clone())),
            Request::MakeCertificate => {
                self.ground.credential = Some(held());
                Reply::Groundwork(Box::new(self.ground.clone()))
            }
            Request::ProveGroundwork(given) => {
                let (table, key, value) = match given {
                    Typed::Organisation(input) => ("app", "tenant", input.to_string()),
                    Typed::Customers(id) => ("app", "client_id", id.to_string()),
                    Typed::Staff(id) => ("operator", "client_id", id.to_string()),
                };
                let check =
                    Check { name: "Microsoft".into(), state: self.state.clone(), detail: Text::default() };
                let entries = vec![Entry::new(table, key, value)];
                Reply::Proven(Box::new(Proven { checks: vec![check], entries }))
            }
            Request::KeepGroundwork(entries) => {
                for Entry { table, key, value } in entries {
                    match (table, key) {
                        ("app", "tenant") => self.ground.tenant = value.as_str().parse().ok(),
                        ("app", _) => self.ground.customers = value.as_str().parse().ok(),
                        _ => self.ground.staff = value.as_str().parse().ok(),
                    }
                }
                Reply::Groundwork(Box::new(self.ground.clone()))
            }
            _ => return,
        };
        self.happen(EventKind::Reply(call, reply));
    }

    fn give(&mut self, what: Given) -> &mut Self {
        let to = self.wizard.view().ask.revision;
        self.happen(EventKind::Answer(Answer { to, what }))
    }

    /// Types into the field and leaves it.
    fn types(&mut self, field: FieldId, text: &str) -> &mut Self {
        self.give(Given::Fill(field, Value::Text(text.to_owned()))).give(Given::Settle(field))
    }

    fn stands(&mut self, question: QuestionId) {
        assert_eq!(self.wizard.view().ask.id, question);
    }

    /// The page in words.
    fn words(&self) -> String {
        let view = self.wizard.view();
        let paragraphs = view.page.paragraphs().chain(view.page.strong());
        let problems = view.page.fields().filter_map(|field| field.problem.as_ref());
        let words = paragraphs.chain(problems).map(|words| words.for_commands().to_string());
        words
            .chain(view.notice.iter().map(|notice| notice.words.for_commands().to_string()))
            .collect::<Vec<_>>()
            .join("\n")
    }
}

#[test]
fn from_nothing_to_everything_each_part_is_saved_by_itself() {
    let mut talk = Talk::over(bare());
    talk.stands(QuestionId::Parts);
    talk.give(Given::Pick(RowId::Part(Part::Staff))).stands(QuestionId::Parts);
    assert!(talk.words().contains("needs another part first: Your own organisation"), "{}", talk.words());
    talk.give(Given::Pick(RowId::Part(Part::Organisation))).stands(QuestionId::OwnOrganisation);
    talk.give(Given::Submit).stands(QuestionId::OwnOrganisation);
    talk.types(FieldId::Tenant, TENANT);
    assert!(talk.words().contains(&format!("app.tenant = \"{TENANT}\"")), "shown before it is written");
    assert!(talk.ground.tenant.is_none());
    talk.give(Given::Submit).stands(QuestionId::Certificate);
    talk.give(Given::Do(Action::Continue)).stands(QuestionId::Certificate);
    talk.give(Given::Do(Action::Continue)).stands(QuestionId::RegisterCustomers);
    let texts: Vec<HandoutId> = talk.wizard.view().handouts.iter().map(|text| text.id).collect();
    assert_eq!(texts, [HandoutId::Steps, HandoutId::Certificate]);
    talk.give(Given::Do(Action::Continue)).stands(QuestionId::CustomersApplication);
    talk.types(FieldId::ApplicationId, ONE).give(Given::Submit).stands(QuestionId::RegisterStaff);
    talk.give(Given::Do(Action::Continue)).stands(QuestionId::StaffApplication);
    talk.types(FieldId::ApplicationId, TWO).give(Given::Submit).stands(QuestionId::Parts);
    assert!(talk.words().contains("backup365 doctor"), "{}", talk.words());
    assert_eq!(talk.ground.missing(), None);
    talk.give(Given::Do(Action::Leave));
    assert_eq!(talk.wizard.ended(), Some(Ended::Finished { is_partly: false }));
    assert!(talk.log.iter().all(|call| !call.contains("Board") && !call.contains("OpenWorld")), "no record");
}

#[test]
fn what_is_typed_wrong_is_said_at_once_and_asks_nobody() {
    let tenant = TENANT.parse().ok();
    let ground = Groundwork { tenant, credential: Some(held()), staff: TWO.parse().ok(), ..bare() };
    let mut talk = Talk::over(ground);
    talk.give(Given::Pick(RowId::Part(Part::Customers))).give(Given::Do(Action::Continue));
    for (typed, words) in [
        ("b8a4c6d1", "Type the Application (client) ID"),
        (&Uuid::nil().to_string(), "Type the Application (client) ID"),
        (TENANT, "This is the tenant ID"),
        (TWO, "This is the ID of the other application"),
    ] {
        talk.types(FieldId::ApplicationId, typed);
        assert!(talk.words().contains(words), "{typed}: {}", talk.words());
        assert!(talk.log.iter().all(|call| !call.contains("Prove")), "{typed}");
        talk.give(Given::Submit).stands(QuestionId::CustomersApplication);
    }
    talk.types(FieldId::ApplicationId, &format!(" {ONE} ")).give(Given::Submit).stands(QuestionId::Parts);
    assert_eq!(talk.ground.customers, ONE.parse().ok());
}

#[test]
fn what_is_proved_wrong_can_be_saved_all_the_same_and_back_loses_nothing() {
    let tenant = TENANT.parse().ok();
    let mut talk = Talk::over(Groundwork { tenant, credential: Some(held()), ..bare() });
    talk.state = CheckState::Bad(Failure::new(FailureKind::Refused, "it was refused", "Mend it."));
    talk.give(Given::Pick(RowId::Part(Part::Customers))).give(Given::Do(Action::Continue));
    talk.types(FieldId::ApplicationId, ONE);
    assert!(talk.words().contains("It can be saved all the same"), "{}", talk.words());
    talk.give(Given::Submit).stands(QuestionId::RegisterStaff);
    talk.give(Given::Back).stands(QuestionId::CustomersApplication);
    assert_eq!(talk.wizard.view().page.typed(FieldId::ApplicationId), ONE);
    // Typed anew, it is proved anew before it can be saved.
    talk.give(Given::Fill(FieldId::ApplicationId, Value::Text(TWO.into())));
    assert!(!talk.wizard.view().page.is_open(Action::Save));
    let proofs = |talk: &Talk| talk.log.iter().filter(|call| call.contains("Prove")).count();
    let before = proofs(&talk);
    talk.give(Given::Submit);
    assert_eq!(proofs(&talk), before + 1);
    talk.give(Given::Submit).stands(QuestionId::RegisterStaff);
    assert_eq!(talk.ground.customers, TWO.parse().ok());
}
