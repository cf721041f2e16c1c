//! Screen: add a customer (Admin only). Comes on by `n` on the customers; Save writes the record and goes back.

use crate::{
    domain::{
        customer::{NewCustomer, Product},
        customer_record::{self, Column},
        failure::Failure,
        text::Text,
    },
    wizard::{
        Cx, Look,
        effect::{CallId, Request},
        event::{Action, Intent, Reply},
        part::{
            form::{Control, Form, Heard},
            wait::{self, Wait},
        },
        screen::Scene,
        step::Step,
        view::{Block, Card, Panel, Tone},
        words,
    },
};

/// The controls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    Reference,
    Company,
    Domain,
    Sells(Product),
    Tenant,
    Managed,
    Zone,
    Seats,
    Save,
    Back,
}

/// Controls in which something can be wrong, in their order.
const FIELDS: [Name; 7] =
    [Name::Reference, Name::Company, Name::Domain, Name::Tenant, Name::Managed, Name::Zone, Name::Seats];

/// No and yes, in the order of their index.
const NO_YES: &[&str] = &["no", "yes"];

/// The screen's own state.
#[derive(Debug)]
pub(crate) struct Add {
    form: Form<Name>,
    /// Controls whose problems are shown: they were left, or Save was pressed.
    left: Vec<Name>,
    saving: Option<Wait>,
    failure: Option<Failure>,
}

impl Default for Add {
    fn default() -> Self {
        let mut controls = vec![
            (Name::Reference, Control::field("Reference", "your own number for this customer", "")),
            (Name::Company, Control::field("Name", "the company's name", "")),
            (Name::Domain, Control::field("Mail domain", "like bakery.example", "")),
        ];
        for product in Product::ALL {
            controls.push((Name::Sells(product), Control::choice(product.name(), NO_YES, 0)));
        }
        controls.extend([
            (Name::Tenant, Control::field("Tenant ID", "may stay empty", "")),
            (Name::Managed, Control::choice("Provisioned through Manage Protect", NO_YES, 0)),
            (Name::Zone, Control::field("Time zone", "like Australia/Perth; may stay empty", "")),
            (Name::Seats, Control::field("Seats bought", "a number; empty: no limit on record", "")),
            (Name::Save, Control::button("Save", Action::Save)),
            (Name::Back, Control::button("Back", Action::Back)),
        ]);
        Self { form: Form::new(controls), left: Vec::new(), saving: None, failure: None }
    }
}

impl Add {
    /// Goes off.
    pub(crate) fn leave(&mut self, cx: &mut Cx<'_>) {
        Wait::cancel(&mut self.saving, cx);
    }

    /// Handles what a person asks.
    pub(crate) fn intent(&mut self, cx: &mut Cx<'_>, intent: Intent) -> Step {
        match self.form.intent(intent) {
            Heard::Changed(name) => self.left.retain(|left| *left != name),
            Heard::Left(name) => self.left.push(name),
            Heard::Pressed(Action::Save) => self.save(cx),
            Heard::Paste => cx.say(Tone::Plain, words::PASTE),
            Heard::Back => return Step::Back,
            Heard::Nothing | Heard::Pressed(_) | Heard::NotMine(_) => {}
        }
        Step::Stay
    }

    /// Handles a reply.
    pub(crate) fn reply(&mut self, cx: &mut Cx<'_>, call: CallId, reply: Reply) -> Step {
        if Wait::ends(&mut self.saving, call) {
            match reply {
                Reply::Added(customer) => {
                    cx.say(Tone::Good, Text::of(format_args!("{} was added.", customer.name)));
                    return Step::Back;
                }
                Reply::Failed(failure) => self.failure = Some(failure),
                _ => {}
            }
        }
        Step::Stay
    }

    /// What it shows.
    pub(crate) fn view<'a>(&'a self, look: Look<'a>) -> Scene<'a> {
        let problem = |name| self.problem(name).filter(|_| self.left.contains(&name));
        let mut blocks = self.form.blocks(problem, |_| self.saving.is_none());
        if let Some(failure) = &self.failure {
            blocks.push(Block::Failure(failure.clone()));
        }
        Scene {
            panel: Panel { heading: Text::from("Add a customer"), blocks },
            overlay: None,
            notice: self.saving.as_ref().map(|wait| wait.notice(look.now)),
            keys: self.form.keys(),
            focus: self.form.focus(),
            next_change: self.saving.as_ref().map(|wait| wait.next_change(look.now)),
        }
    }

    /// Whether what was asked for is on its way.
    pub(crate) const fn is_waiting(&self) -> bool {
        self.saving.is_some()
    }

    /// What to say.
    pub(crate) fn card() -> Card {
        Card {
            say: Text::from(
                "I'm opening your record. What is the part behind the @ in your e-mail addresses?",
            ),
            sees: Text::from("Nothing yet. The customer does not need a computer for this step."),
            wrong: Vec::new(),
        }
    }

    fn save(&mut self, cx: &mut Cx<'_>) {
        if self.saving.is_some() {
            return;
        }
        self.left = FIELDS.to_vec();
        if let Some((name, problem)) = FIELDS.into_iter().find_map(|name| Some((name, self.problem(name)?))) {
            self.form.focus_on(name);
            cx.say(Tone::Warn, problem);
            return;
        }
        self.failure = None;
        self.saving = Some(Wait::start(cx, Request::AddCustomer(self.customer()), wait::RECORD));
    }

    /// What is wrong with a control, as a sentence.
    fn problem(&self, name: Name) -> Option<Text> {
        if name == Name::Managed {
            return customer_record::contradiction(&self.customer()).map(Text::from);
        }
        name.column()?.read(self.form.text(name), &mut NewCustomer::default()).err()
    }

    fn is_yes(&self, name: Name) -> bool {
        self.form.chosen(name) == 1
    }

    fn customer(&self) -> NewCustomer {
        let mut customer = NewCustomer {
            is_active: true,
            products: Product::ALL.into_iter().filter(|p| self.is_yes(Name::Sells(*p))).collect(),
            is_managed: self.is_yes(Name::Managed),
            ..NewCustomer::default()
        };
        for name in FIELDS {
            if let Some(column) = name.column() {
                // What can't be read was said at its field, and stays out.
                let _said = column.read(self.form.text(name), &mut customer);
            }
        }
        customer
    }
}

impl Name {
    /// The column of the record that a field holds.
    const fn column(self) -> Option<Column> {
        match self {
            Self::Reference => Some(Column::Reference),
            Self::Company => Some(Column::Name),
            Self::Domain => Some(Column::Domain),
            Self::Tenant => Some(Column::Tenant),
            Self::Zone => Some(Column::TimeZone),
            Self::Seats => Some(Column::Seats),
            Self::Sells(_) | Self::Managed | Self::Save | Self::Back => None,
        }
    }
}
