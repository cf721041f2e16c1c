//! Two people and an onlooker at three wizards, each with a runner and a store of its own, on one record on a server.

use super::*;
use crate::{
    domain::{customer::NewCustomer, time::Clock},
    provider::{
        Provider,
        store::{Place, Store, StoreOptions, TestDatabase},
    },
    wizard::{
        Wizard,
        answer::{Action, Answer, FieldId, Given, Value},
        ask::QuestionId,
        effect::Effect,
        event::{Event, EventKind},
        tests::setup,
        view::View,
    },
};

/// Somebody at a wizard.
struct Person {
    wizard: Wizard,
    runner: Runner,
    clock: Clock,
}

impl Person {
    fn at(tools: &Tools, store: Store, run: Option<&RunId>) -> Self {
        let provider = Provider { store, ..tools.provider.clone() };
        let clock = crate::runner::clock::system();
        let tools = Tools { provider, clock: clock.clone(), ..tools.clone() };
        let runner = Runner::new(Handle::current(), opens(tools), Arc::new(|| ()));
        let mut setup = setup();
        setup.run = run.cloned();
        let mut person = Self { wizard: Wizard::new(setup), runner, clock };
        person.happen(EventKind::Started);
        person
    }

    fn happen(&mut self, what: EventKind) {
        for effect in self.wizard.update(Event { at: self.clock.now(), what }) {
            match effect {
                Effect::Start(call, request) => self.runner.start(call, request),
                Effect::Cancel(call) => self.runner.cancel(call),
                Effect::Perform(_) => {}
            }
        }
    }

    fn give(&mut self, what: Given) -> &mut Self {
        let to = self.wizard.view().ask.revision;
        self.happen(EventKind::Answer(Answer { to, what }));
        self
    }

    /// Takes replies in until this is seen.
    async fn sees(&mut self, what: &str, is_seen: impl Fn(&View<'_>) -> bool) -> &mut Self {
        let began = self.clock.now();
        while !is_seen(&self.wizard.view()) {
            match self.runner.reply() {
                Some((call, reply)) => self.happen(EventKind::Reply(call, reply)),
                None => tokio::time::sleep(Duration::from_millis(2)).await,
            }
            assert!(self.clock.now().since(began) < Duration::from_secs(30), "{what}: {}", self.words());
        }
        self
    }

    /// The same for words on the page or in the line of state.
    async fn reads(&mut self, words: &str) -> &mut Self {
        self.sees(words, |view| format!("{:?} {:?}", view.page, view.notice).contains(words)).await
    }

    /// The same for a question.
    async fn is_asked(&mut self, question: QuestionId) -> &mut Self {
        self.sees("a question", |view| view.ask.id == question).await
    }

    fn words(&self) -> String {
        let view = self.wizard.view();
        format!("{:?} {:?} {:?}", view.ask.id, view.page, view.notice)
    }
}

/// What stands in the first row of the board, in words.
fn first_row(view: &View<'_>) -> String {
    view.page.rows().map(|rows| format!("{:?}", rows.rows.row(0))).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_goes_from_hand_to_hand_between_wizards_on_one_record() {
    let Some(database) = tokio::task::block_in_place(TestDatabase::new) else { return };
    let stage = Stage::new("standard").await;
    let open = |operator: &'static str, host: &'static str| {
        let options = StoreOptions {
            place: Place::Server(Box::new(database.at())),
            identity: stage.folder.path().join(operator),
            clock: crate::runner::clock::system(),
            account: operator.into(),
            as_user: false,
            host: host.into(),
            is_sandbox: true,
        };
        tokio::task::block_in_place(|| Store::open(options).unwrap())
    };
    let (of_ann, of_ben, of_cleo) = (open("ann", "desk-1"), open("ben", "desk-2"), open("cleo", "desk-3"));
    let run = tokio::task::block_in_place(|| {
        let new = NewCustomer {
            reference: "T-1".into(),
            name: "Bakery".into(),
            domain: "bakery.example".into(),
            is_active: true,
            products: vec![OFFICE],
            ..NewCustomer::default()
        };
        let customer = of_ann.add_customer(&new, &Accepts::default()).unwrap().kept().unwrap();
        let run = of_ann.open_run(customer.id, OFFICE).unwrap().id;
        of_ann.leave_run(&run).unwrap();
        run
    });
    let is_ours = |view: &View<'_>| view.ask.id == QuestionId::Tenant && !view.bar.is_read_only;
    let mut ann = Person::at(&stage.tools, of_ann, Some(&run));
    ann.sees("the run", is_ours).await;
    // A third one stands at the customers.
    let mut cleo = Person::at(&stage.tools, of_cleo, None);
    cleo.sees("ann at the run", |view| first_row(view).contains("ann on desk-1")).await;
    let mut ben = Person::at(&stage.tools, of_ben, Some(&run));
    ben.is_asked(QuestionId::Tenant).await.reads("ann has this run on desk-1").await;
    // What ann types is seen as she types it.
    ann.give(Given::Fill(FieldId::Tenant, Value::Text("bakery".into())));
    let has_typed = |view: &View<'_>| format!("{:?}", view.page).contains("Tenant ID: bakery");
    while !has_typed(&ben.wizard.view()) {
        ann.sees("her own page", |_| true).await;
        ben.sees("a moment", |_| true).await;
        for person in [&mut ann, &mut ben] {
            if let Some((call, reply)) = person.runner.reply() {
                person.happen(EventKind::Reply(call, reply));
            }
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // Ben asks while ann is still typing.
    ben.give(Given::Do(Action::TakeOver)).is_asked(QuestionId::TakeOver).await;
    ben.give(Given::Do(Action::Ask)).reads("Waiting for an answer").await;
    ann.give(Given::Settle(FieldId::Tenant)).is_asked(QuestionId::HandOver).await;
    ann.give(Given::Yes).reads("ben goes on with the run").await;
    ben.sees("the run", is_ours).await;
    ann.reads("ben has this run on desk-2").await;
    cleo.sees("ben at the run", |view| first_row(view).contains("ben on desk-2")).await;
    // Ann is the Admin, and takes it back without asking.
    ann.give(Given::Do(Action::TakeOver)).is_asked(QuestionId::TakeOver).await;
    ann.give(Given::Fill(FieldId::Reason, Value::Text("ben went home".into())));
    ann.give(Given::Do(Action::TakeOver)).sees("the run", is_ours).await;
    ben.reads("ann has taken this run over").await;
    assert!(ben.wizard.view().bar.is_read_only);
    drop((ann, ben, cleo));
    tokio::task::block_in_place(|| drop(database));
}
