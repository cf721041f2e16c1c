//! Screen: add a customer (Admin only). Comes on by `n` on the customers; Save writes the record and goes back.

use crate::{
    domain::{
        customer::{NewCustomer, Product},
        failure::Failure,
        id::TenantId,
        sydney::is_zone,
        tenant_input::TenantInput,
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
        let all = [
            Name::Reference,
            Name::Company,
            Name::Domain,
            Name::Tenant,
            Name::Managed,
            Name::Zone,
            Name::Seats,
        ];
        self.left = all.to_vec();
        if let Some((name, problem)) = all.into_iter().find_map(|name| Some((name, self.problem(name)?))) {
            self.form.focus_on(name);
            cx.say(Tone::Warn, problem);
            return;
        }
        self.failure = None;
        self.saving = Some(Wait::start(cx, Request::AddCustomer(self.customer()), wait::RECORD));
    }

    /// What is wrong with a control, as a sentence.
    fn problem(&self, name: Name) -> Option<Text> {
        let text = self.form.text(name).trim();
        let words = match name {
            Name::Reference if text.is_empty() => "Type your own reference for this customer.",
            Name::Company if text.is_empty() => "Type the company's name.",
            Name::Domain if self.domain().is_none() => "Type the mail domain, like bakery.example.",
            Name::Tenant if !text.is_empty() && self.tenant().is_none() => {
                "This is not a whole tenant ID. Type all of it, or leave the field empty."
            }
            Name::Managed if self.is_yes(Name::Managed) && !self.is_yes(Name::Sells(Product::Office365)) => {
                "Only Office 365 is provisioned through Manage Protect. Choose Office 365 too, or change this to no."
            }
            Name::Zone if !text.is_empty() && !is_zone(text) => {
                "This time zone is not known. Type it like Australia/Perth, or leave the field empty."
            }
            Name::Seats if !text.is_empty() && text.parse::<u32>().is_err() => {
                "Type the seats as a whole number, or leave the field empty."
            }
            _ => return None,
        };
        Some(Text::from(words))
    }

    fn is_yes(&self, name: Name) -> bool {
        self.form.chosen(name) == 1
    }

    fn domain(&self) -> Option<Text> {
        match TenantInput::parse(self.form.text(Name::Domain)) {
            Ok(TenantInput::Domain(domain)) => Some(Text::clean(&domain)),
            _ => None,
        }
    }

    fn tenant(&self) -> Option<TenantId> {
        match TenantInput::parse(self.form.text(Name::Tenant)) {
            Ok(TenantInput::Guid(tenant)) => Some(tenant),
            _ => None,
        }
    }

    fn customer(&self) -> NewCustomer {
        let text = |name| Text::clean(self.form.text(name));
        NewCustomer {
            reference: text(Name::Reference),
            name: text(Name::Company),
            domain: self.domain().unwrap_or_default(),
            is_active: true,
            products: Product::ALL.into_iter().filter(|p| self.is_yes(Name::Sells(*p))).collect(),
            tenant: self.tenant(),
            is_managed: self.is_yes(Name::Managed),
            time_zone: Some(text(Name::Zone)).filter(|zone| !zone.is_empty()),
            seats: self.form.text(Name::Seats).trim().parse().ok(),
        }
    }
}
