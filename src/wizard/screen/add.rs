//! Screen: add a customer (Admin only). Comes on from the customers; Save writes the record and goes back.

use crate::{
    domain::{
        card::{Card, CardId},
        customer::{Customer, NewCustomer, Product},
        customer_record::{self, Column},
        doubt::Accepts,
        failure::Failure,
        form_draft::FormDraft,
        phrase::Phrase,
    },
    wizard::{
        answer::{Action, FieldId, Given},
        ask::{QuestionId, Shape},
        context::{UpdateCx, ViewCx},
        part::form::{Control, Form, NO_YES},
        pending::{self, Arrival},
        screen::{Scene, Screen, guarded::GuardedSave, step::Step},
        view::{Block, Tone},
    },
};

/// Fields that hold a column of the record, as it is typed.
const COLUMNS: [(FieldId, Column); 6] = [
    (FieldId::Reference, Column::Reference),
    (FieldId::Company, Column::Name),
    (FieldId::MailDomain, Column::Domain),
    (FieldId::TenantOnRecord, Column::Tenant),
    (FieldId::TimeZone, Column::TimeZone),
    (FieldId::Seats, Column::Seats),
];

/// The screen's own state.
#[derive(Debug)]
pub(crate) struct Add {
    form: Form,
    saving: GuardedSave<Customer>,
    failure: Option<Failure>,
}

impl Add {
    /// An empty form, or with what was typed into it before.
    pub(crate) fn new(typed: &FormDraft) -> Self {
        let field = |id, label, hint: &'static str| Control::field(id, label, hint, "");
        let mut controls = vec![
            field(FieldId::Reference, "Reference", "your own number for this customer"),
            field(FieldId::Company, "Name", "the company's name"),
            field(FieldId::MailDomain, "Mail domain", "like bakery.example"),
        ];
        for product in Product::ALL {
            controls.push(Control::choice(FieldId::Sells(product), product.name(), NO_YES, 0));
        }
        controls.extend([
            field(FieldId::TenantOnRecord, "Tenant ID", "may stay empty"),
            Control::choice(FieldId::Managed, "Provisioned through Manage Protect", NO_YES, 0),
            field(FieldId::TimeZone, "Time zone", "like Australia/Perth; may stay empty"),
            field(FieldId::Seats, "Seats bought", "a number; empty: no limit on record"),
            Control::button("Save", Action::Save),
            Control::button("Back", Action::Back),
        ]);
        let mut form = Form::new(controls);
        form.take_up(typed);
        Self { form, saving: GuardedSave::default(), failure: None }
    }

    fn save(&mut self, cx: &mut UpdateCx<'_>) {
        if self.saving.write.is_out() {
            return;
        }
        self.form.settle_all();
        if let Some((id, problem)) = self.form.first_wrong(|id| self.problem(id)) {
            return self.form.refuse(cx, id, problem);
        }
        self.send(cx, Accepts::default());
    }

    /// Has the customer added, with what is accepted of the tenant.
    fn send(&mut self, cx: &mut UpdateCx<'_>, accepts: Accepts) {
        self.failure = None;
        self.saving.start(cx, pending::add_customer(self.customer(), accepts));
    }

    /// What is wrong with a field, as a sentence.
    fn problem(&self, id: FieldId) -> Option<Phrase> {
        if id == FieldId::Managed {
            return customer_record::contradiction(&self.customer()).map(Phrase::from);
        }
        let (_, column) = COLUMNS.iter().find(|(field, _)| *field == id)?;
        column.read(self.form.text(id), &mut NewCustomer::default()).err().map(Phrase::from)
    }

    fn is_yes(&self, id: FieldId) -> bool {
        self.form.chosen(id) == 1
    }

    fn customer(&self) -> NewCustomer {
        let mut customer = NewCustomer {
            is_active: true,
            products: Product::ALL.into_iter().filter(|p| self.is_yes(FieldId::Sells(*p))).collect(),
            is_managed: self.is_yes(FieldId::Managed),
            ..NewCustomer::default()
        };
        for (id, column) in COLUMNS {
            // What can't be read was said at its field, and stays out.
            let _said = column.read(self.form.text(id), &mut customer);
        }
        customer
    }
}

impl Screen for Add {
    fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        self.saving.leave(cx);
    }

    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        if self.saving.is_asked() {
            if let Some(accepts) = self.saving.answer(cx, &given) {
                self.send(cx, accepts);
            }
            return Step::Stay;
        }
        match given {
            Given::Fill(id, value) if self.form.fill(id, &value) => {
                cx.session.form_changed(self.form.draft(), cx.calls);
            }
            Given::Settle(id) => self.form.settle(id),
            Given::Submit => self.save(cx),
            Given::Back => return Step::Back,
            _ => {}
        }
        Step::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step {
        let Some(customer) = self.saving.take(cx, &mut self.failure, arrival) else { return Step::Stay };
        cx.say(Tone::Good, format_args!("{} was added.", customer.name));
        // It was forgotten in the record with that.
        cx.session.new_customer = FormDraft::default();
        Step::Back
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        if self.saving.is_asked() {
            let asks = "Add this customer all the same?";
            return self.saving.scene(cx, QuestionId::NewCustomerDoubted, &self.customer().name, asks);
        }
        let problem = |id| self.problem(id).filter(|_| self.form.is_settled(id));
        let mut blocks = self.form.blocks(problem, |_| !self.saving.write.is_out());
        blocks.extend(self.failure.clone().map(Block::Failure));
        let scene = Scene::new(QuestionId::NewCustomer, Shape::Form, "Add a customer", blocks);
        Scene { focus: self.form.focus(), ..scene }.waiting_for(cx.now, [self.saving.write.clock()])
    }

    fn card(&self, _cx: ViewCx<'_>) -> Card {
        Card::of(CardId::NewCustomer, &[])
    }
}
