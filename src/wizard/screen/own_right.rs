//! Screen: accept for the customer with the partner's own right. Comes on from the authorise screen, where the operator holds
//! the role; asks who at the customer agreed, does the three steps, and goes back to the proof.
//!
//! Where the operators' application may have been left in the organisation, it only takes that out.

use crate::{
    domain::{
        card::{Card, CardId},
        failure::Failure,
        own_right::{self, Stages},
        phrase::Phrase,
        run::RunRecord,
        tenant::{Check, Organisation},
        text::Text,
    },
    wizard::{
        answer::{Action, FieldId, Given},
        ask::{QuestionId, Shape},
        context::{UpdateCx, ViewCx},
        part::{
            form::{Control, Form},
            wait::{self, Wait},
        },
        pending::{self, Accepted, Arrival, Reply},
        screen::{Scene, Screen, kept, step::Step},
        view::{Block, CheckGroup, Tone},
    },
};

/// The three steps. At worst: Microsoft takes its time to let in and to take out.
const STEPS: wait::Kind = wait::Kind { what: "Accepting for the customer", usual: "15 s", worst: "5 min" };

/// The screen's own state.
#[derive(Debug, Default)]
pub(crate) struct OwnRight {
    /// The relationship by which it is done; none: something is only taken out.
    relationship: Option<Text>,
    form: Form,
    /// The steps, as far as they are.
    checks: Vec<Check>,
    doing: Wait<Accepted>,
    failure: Option<Failure>,
}

impl OwnRight {
    /// By this relationship; without one, to take out what was left.
    pub(crate) fn new(relationship: Option<Text>) -> Self {
        let back = Control::button("Back", Action::Back);
        let hint = "it goes into the history, beside yours";
        let (controls, stages) = if relationship.is_some() {
            let name = Control::field(FieldId::Agreed, "Their name", hint, "");
            (vec![name, Control::button("Accept for them", Action::Save), back], Stages::all())
        } else {
            (vec![Control::button("Take it out", Action::Save), back], Stages::take_out())
        };
        Self { relationship, form: Form::new(controls), checks: stages.planned(), ..Self::default() }
    }

    fn begin(&mut self, cx: &mut UpdateCx<'_>) {
        if self.doing.is_out() || !cx.may_write() {
            return;
        }
        let named = self.relationship.as_ref().map(|_| own_right::agreed(self.form.text(FieldId::Agreed)));
        let agreed = match named.transpose() {
            Ok(agreed) => agreed,
            Err(problem) => return self.form.refuse(cx, FieldId::Agreed, problem),
        };
        let Some(RunRecord { id, organisation: Some(theirs), .. }) = &cx.session.record else { return };
        let accept = pending::accept_by_own_right(id.clone(), theirs.tenant, agreed);
        self.failure = None;
        self.doing.start(cx, accept, STEPS);
    }

    /// What is wrong with the field.
    fn problem(&self, id: FieldId) -> Option<Phrase> {
        let typed = self.form.is_settled(id).then(|| self.form.text(id))?;
        own_right::agreed(typed).err().map(Phrase::from)
    }

    /// The question, and what is about to be done, by what right.
    fn asks(&self, customer: &Text) -> [Text; 2] {
        let Some(name) = &self.relationship else {
            let heading = Text::of(format_args!("Take the operators' application out of {customer}?"));
            let words = "It was let in to accept for the customer, and has not been taken out yet as far as is known.";
            return [heading, words.into()];
        };
        let heading = format_args!("Who at {customer} agreed that you accept for them?");
        let words = format_args!(
            "By the relationship “{name}” your account may do what their administrator does with the link. Ask them first."
        );
        [heading, words].map(Text::of)
    }
}

impl Screen for OwnRight {
    fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        self.doing.cancel(cx);
    }

    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        match given {
            Given::Back => return Step::Back,
            // What is being done is for who was named.
            _ if self.doing.is_out() => {}
            Given::Fill(id, value) => _ = self.form.fill(id, &value),
            Given::Settle(id) => self.form.settle(id),
            Given::Submit => self.begin(cx),
            _ => {}
        }
        Step::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step {
        if let Some(part) = self.doing.part(arrival) {
            if let Reply::Stages(checks) = part {
                self.checks = checks;
            }
            return Step::Stay;
        }
        let Some(Accepted(record, failure)) = kept(&mut self.failure, self.doing.take(arrival)) else {
            return Step::Stay;
        };
        cx.session.adopt(*record);
        cx.session.prove_now(cx.calls);
        if failure.is_some() {
            self.failure = failure;
            return Step::Stay;
        }
        let words = match &self.relationship {
            Some(_) => "Accepted for the customer. The checks turn good by themselves.",
            None => "The operators' application is out of the organisation.",
        };
        cx.say(Tone::Good, words);
        Step::Back
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        // The wizard never comes here without a run.
        let Some(record) = cx.session.record.as_ref() else { return Scene::default() };
        let [heading, words] = self.asks(&record.customer.name);
        let mut blocks = vec![Block::Para(words.into())];
        blocks.extend(self.failure.clone().map(Block::Failure));
        blocks.extend(self.form.blocks(|id| self.problem(id), |_| !self.doing.is_out()));
        blocks.push(Block::Checks(CheckGroup {
            name: "Steps",
            title: "Three steps, each checked by Microsoft's answers before the next:",
            checks: self.checks.clone(),
            is_kept: true,
        }));
        let scene = Scene::new(QuestionId::OwnRight, Shape::Form, heading, blocks);
        Scene { focus: self.form.focus(), ..scene }.waiting_for(cx.now, [self.doing.clock()])
    }

    fn card(&self, cx: ViewCx<'_>) -> Card {
        let organisation = cx.session.record.as_ref().and_then(|record| record.organisation.as_ref());
        let organisation = organisation.map(Organisation::named).unwrap_or_default();
        Card::of(CardId::ConsentByPartner, &[("organisation", organisation.as_str())])
            .with_permissions(&cx.setup.permissions)
    }
}
