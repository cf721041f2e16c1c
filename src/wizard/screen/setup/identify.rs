//! Screen of setup: what a person gives for a part (the own organisation, the ID of an application), proved as far as can
//! be, and what of it is written into the settings.
//!
//! It is proved as soon as the field is left. What is not as it should be can be saved all the same: it may be put right
//! later, and whoever can't put it right now must not lose what was typed.

use uuid::Uuid;

use crate::{
    domain::{
        failure::Failure,
        groundwork::{self, Groundwork, Part, Proven},
        phrase::Phrase,
        tenant::CheckState,
        tenant_input::TenantInput,
        text::capital,
    },
    wizard::{
        answer::{Action, FieldId, Given},
        ask::{QuestionId, Shape, Spot},
        context::{UpdateCx, ViewCx},
        part::{
            form::{Control, Form},
            wait::{self, Wait},
        },
        pending::{self, Arrival},
        screen::{Scene, Screen, kept, step::Step},
        view::{Block, Button, CheckGroup, Tone},
    },
};

/// The screen's own state.
#[derive(Debug)]
pub(crate) struct Identify {
    part: Part,
    form: Form,
    /// What came of proving what stands in the field now.
    proven: Option<Proven>,
    failure: Option<Failure>,
    proving: Wait<Box<Proven>>,
    keeping: Wait<Box<Groundwork>>,
}

impl Identify {
    /// For a part that is typed; with what is known of it.
    pub(crate) fn new(part: Part, ground: &Groundwork) -> Self {
        let control = if part == Part::Organisation {
            let known = ground.tenant.map(|tenant| tenant.to_string()).unwrap_or_default();
            let hint = "your own organisation's, not a customer's; its domain will do";
            Control::field(FieldId::Tenant, "Tenant ID", hint, &known)
        } else {
            let known = if part == Part::Staff { ground.staff } else { ground.customers };
            let known = known.map(|id| id.hyphenated().to_string()).unwrap_or_default();
            let hint = "Application (client) ID, on the Overview page of the registration";
            Control::field(FieldId::ApplicationId, "Application ID", hint, &known)
        };
        Self {
            part,
            form: Form::new(vec![control]),
            proven: None,
            failure: None,
            proving: Wait::default(),
            keeping: Wait::default(),
        }
    }

    /// The one field.
    const fn field(&self) -> FieldId {
        if matches!(self.part, Part::Organisation) { FieldId::Tenant } else { FieldId::ApplicationId }
    }

    /// What stands in it.
    ///
    /// # Errors
    /// What is wrong with it, as words without a full stop.
    fn typed(&self, ground: Option<&Groundwork>) -> Result<groundwork::Given, String> {
        let text = self.form.text(self.field());
        // It is known since this screen came on.
        let ground = ground.ok_or("one moment")?;
        if self.part == Part::Organisation {
            let input = TenantInput::parse_in(text, ground.cloud).map_err(|why| why.to_string())?;
            return Ok(groundwork::Given::Organisation(input));
        }
        let id = Uuid::try_parse(text.trim()).ok().filter(|id| !id.is_nil());
        let id = id.ok_or("type the Application (client) ID, like b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40")?;
        if ground.tenant.is_some_and(|tenant| tenant.to_string() == id.hyphenated().to_string()) {
            return Err(
                "this is the tenant ID; the Application (client) ID stands above it on that page".into()
            );
        }
        let (given, other) = match self.part {
            Part::Staff => (groundwork::Given::Staff(id), ground.customers),
            _ => (groundwork::Given::Customers(id), ground.staff),
        };
        if other == Some(id) {
            return Err("this is the ID of the other application; each of the two has its own".into());
        }
        Ok(given)
    }

    /// Has it proved, where it is whole.
    fn prove(&mut self, cx: &mut UpdateCx<'_>) {
        self.failure = None;
        let Ok(given) = self.typed(cx.session.ground.as_deref()) else {
            self.form.judge(self.field());
            return;
        };
        self.proving.start(cx, pending::prove_groundwork(given), wait::PROVING);
    }

    fn save(&mut self, cx: &mut UpdateCx<'_>) {
        match self.proven.as_ref().filter(|proven| !proven.entries.is_empty()) {
            Some(proven) if !self.keeping.is_out() => {
                let keep = pending::keep_groundwork(proven.entries.clone());
                self.failure = None;
                self.keeping.start(cx, keep, wait::FILE);
            }
            Some(_) => {}
            None if self.proving.is_out() => {}
            None => self.prove(cx),
        }
    }

    /// What is wrong with the field, once it was left.
    fn problem(&self, cx: ViewCx<'_>) -> Option<Phrase> {
        if !self.form.is_settled(self.field()) {
            return None;
        }
        let why = self.typed(cx.session.ground.as_deref()).err()?;
        Some(format_args!("{}.", capital(&why)).into())
    }
}

impl Screen for Identify {
    /// What is known already is proved at once.
    fn enter(&mut self, cx: &mut UpdateCx<'_>) {
        if self.proven.is_none() && !self.form.text(self.field()).is_empty() {
            self.prove(cx);
        }
    }

    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        match given {
            Given::Fill(id, value) if self.form.fill(id, &value) => {
                (self.proven, self.failure) = (None, None);
                self.proving.cancel(cx);
            }
            Given::Settle(id) => {
                self.form.settle(id);
                let is_new = self.proven.is_none() && !self.proving.is_out();
                if is_new && !self.form.text(id).is_empty() {
                    self.prove(cx);
                }
            }
            Given::Submit => self.save(cx),
            Given::Do(Action::Refresh) => {
                self.proven = None;
                self.prove(cx);
            }
            Given::Back => return Step::Back,
            _ => {}
        }
        Step::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step {
        if let Some(proved) = self.proving.take(arrival) {
            match &proved {
                Ok(proven) if !proven.entries.is_empty() => self.form.focus_on(Spot::Button(Action::Save)),
                Err(failure) if !failure.is_about_what_was_named() => {}
                // What was typed is to be typed otherwise.
                _ => self.form.focus_on(Spot::Field(self.field())),
            }
            self.proven = kept(&mut self.failure, Some(proved)).map(|proven| *proven);
        } else if let Some(ground) = kept(&mut self.failure, self.keeping.take(arrival)) {
            cx.say(Tone::Good, format_args!("Saved in {}.", ground.file));
            let next = super::next(&ground);
            cx.session.ground = Some(ground);
            return Step::Next(next);
        }
        Step::Stay
    }

    fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        self.proving.cancel(cx);
        self.keeping.cancel(cx);
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let (id, heading) = match self.part {
            Part::Organisation => (QuestionId::OwnOrganisation, "Which organisation is your own?"),
            Part::Staff => {
                (QuestionId::StaffApplication, "Which application is it that your staff sign in with?")
            }
            Part::Customers | Part::Credential => {
                (QuestionId::CustomersApplication, "Which application is it that customers accept?")
            }
        };
        let mut blocks = self.form.blocks(|_| self.problem(cx), |_| true);
        blocks.extend(self.failure.iter().cloned().map(Block::Failure));
        let proven = self.proven.as_ref();
        blocks.extend(proven.into_iter().flat_map(|proven| told(proven, cx)));
        let is_free = !self.keeping.is_out() && !self.proving.is_out();
        let can_save = proven.is_some_and(|proven| !proven.entries.is_empty());
        blocks.push(Block::Buttons(vec![
            Button { label: "Save", action: Action::Save, is_open: is_free && can_save },
            Button { label: "Check again", action: Action::Refresh, is_open: is_free },
            Button { label: "Back", action: Action::Back, is_open: true },
        ]));
        let scene = Scene::new(id, Shape::Form, heading, blocks).offer(Action::Refresh);
        Scene { focus: self.form.focus(), ..scene }
            .waiting_for(cx.now, [self.keeping.clock(), self.proving.clock()])
    }
}

/// What was looked at, and what will be written.
fn told<'a>(proven: &Proven, cx: ViewCx<'_>) -> Vec<Block<'a>> {
    let group = CheckGroup { name: "Checks", title: "", checks: proven.checks.clone(), is_kept: true };
    let mut blocks = vec![Block::Checks(group)];
    if proven.entries.is_empty() {
        return blocks;
    }
    if proven.checks.iter().any(|check| matches!(check.state, CheckState::Bad(_))) {
        let words = "Not all of it is as it should be. It can be saved all the same, and put right later.";
        blocks.push(Block::Strong(Tone::Warn, words.into()));
    }
    let file = cx.session.ground.as_ref().map(|ground| ground.file.clone()).unwrap_or_default();
    blocks.push(Block::Para(format_args!("Save writes this into {file}:").into()));
    blocks.extend(proven.entries.iter().map(|entry| Block::Para(format_args!("{entry}").into())));
    blocks
}
