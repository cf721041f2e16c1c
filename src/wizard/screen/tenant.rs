//! Screen: access to Office 365. Which organisation is it? Comes on while the run has no confirmed tenant.
//!
//! Path 1 shows what Microsoft holds for the tenant on record, read-only, with one button. Path 2 asks in one field and
//! looks the tenant up while the operator waits; Save works only once the organisation stands on the screen.

use std::time::Duration;

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        id::TenantId,
        run::RunRecord,
        tenant::Organisation,
        tenant_input::{TenantInput, TenantInputError},
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
        screen::{Scene, Screen, authorise::Authorise},
        step::Step,
        view::{Ask, Block, Card, Chord, Key, Notice, Panel, Tone, fact},
        words,
    },
};

/// How long after the last change the tenant is looked up (product.md section 9, *Access and consent*).
const REST: Duration = Duration::from_millis(600);

/// The controls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    Tenant,
    Confirm,
    Deny,
    Save,
    Continue,
    Back,
}

/// How the tenant is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Path {
    /// Path 1: on record, confirmed by the operator.
    OnRecord(TenantId),
    /// Path 2: asked.
    Asked,
    /// Enabled already: shown only.
    Settled,
}

/// The screen's own state.
#[derive(Debug)]
pub(crate) struct Tenant {
    path: Path,
    form: Form<Name>,
    /// What Microsoft said, and what was asked for it.
    found: Option<(TenantInput, Organisation)>,
    /// The tenant in the customer's record, for comparing on path 2.
    on_record: Option<TenantId>,
    failure: Option<Failure>,
    /// The operator said that it is another organisation.
    is_denied: bool,
    /// The field was left: half a tenant is a problem now.
    was_left: bool,
    rest: Option<CallId>,
    asking: Option<Wait>,
    saving: Option<Wait>,
}

impl Tenant {
    /// For a run whose product is Office 365.
    pub(crate) fn new(record: &RunRecord) -> Self {
        let known = record.organisation.clone();
        let path = match record.customer.tenant {
            _ if record.enabled.is_some() => Path::Settled,
            Some(tenant) if record.customer.is_managed => Path::OnRecord(tenant),
            _ => Path::Asked,
        };
        let back = (Name::Back, Control::button("Back", Action::Back));
        let typed = known.as_ref().map(|o| o.tenant).or(record.customer.tenant);
        let typed = typed.map(|tenant| tenant.to_string()).unwrap_or_default();
        let form = Form::new(match path {
            Path::OnRecord(_) => vec![
                (Name::Confirm, Control::button("Yes, this is the organisation", Action::Confirm)),
                (Name::Deny, Control::button("No, it is not", Action::Deny)),
                back,
            ],
            Path::Asked => vec![
                (
                    Name::Tenant,
                    Control::field(
                        "Tenant",
                        "tenant ID, domain or an administrator's e-mail address",
                        &typed,
                    ),
                ),
                (Name::Save, Control::button("Save", Action::Save)),
                back,
            ],
            Path::Settled => vec![(Name::Continue, Control::button("Continue", Action::Confirm)), back],
        });
        Self {
            path,
            form,
            found: known.map(|organisation| (TenantInput::Guid(organisation.tenant), organisation)),
            on_record: record.customer.tenant,
            failure: None,
            is_denied: false,
            was_left: false,
            rest: None,
            asking: None,
            saving: None,
        }
    }

    /// What Microsoft holds for the tenant on record (path 1). What was typed on path 2 is nobody's until it is saved.
    pub(crate) fn on_record(&self) -> Option<&Organisation> {
        matches!(self.path, Path::OnRecord(_)).then(|| self.organisation()).flatten()
    }

    /// Comes on: asks Microsoft about a tenant that is known already.
    pub(crate) fn enter(&mut self, cx: &mut Cx<'_>) {
        self.look_up(cx);
    }

    /// Goes off.
    pub(crate) fn leave(&mut self, cx: &mut Cx<'_>) {
        cx.calls.cancel_taken(&mut self.rest);
        Wait::cancel(&mut self.asking, cx);
        Wait::cancel(&mut self.saving, cx);
    }

    /// Handles what a person asks.
    pub(crate) fn intent(&mut self, cx: &mut Cx<'_>, intent: Intent) -> Step {
        match self.form.intent(intent) {
            Heard::Changed(_) => self.changed(cx),
            Heard::Left(Name::Tenant) => {
                self.was_left = true;
                self.look_up(cx);
            }
            Heard::Pressed(Action::Confirm) if self.path == Path::Settled => {
                return Step::Next(Box::new(Screen::Authorise(Authorise::default())));
            }
            Heard::Pressed(Action::Confirm | Action::Save) => self.save(cx),
            Heard::Pressed(Action::Deny) => self.is_denied = true,
            Heard::NotMine(Intent::Act(Action::Refresh)) => {
                self.failure = None;
                if self.path != Path::Settled {
                    self.found = None;
                }
                self.look_up(cx);
            }
            Heard::Paste => cx.say(Tone::Plain, self.paste_words()),
            Heard::Back => return Step::Back,
            _ => {}
        }
        Step::Stay
    }

    /// Handles a reply.
    pub(crate) fn reply(&mut self, cx: &mut Cx<'_>, call: CallId, reply: Reply) -> Step {
        if self.rest == Some(call) {
            self.rest = None;
            self.look_up(cx);
        } else if Wait::ends(&mut self.asking, call) {
            match reply {
                Reply::Found(organisation) => self.take(organisation),
                Reply::Failed(failure) => self.failure = Some(failure),
                _ => {}
            }
        } else if Wait::ends(&mut self.saving, call) {
            match reply {
                Reply::Run(record) => return Step::Open(record),
                Reply::Failed(failure) => self.failure = Some(failure),
                _ => {}
            }
        }
        Step::Stay
    }

    /// What it shows.
    pub(crate) fn view<'a>(&'a self, look: Look<'a>) -> Scene<'a> {
        let customer = look.session.record.as_ref().map(|r| r.customer.name.clone()).unwrap_or_default();
        let wait = self.saving.as_ref().or(self.asking.as_ref());
        let heading = match self.path {
            Path::OnRecord(_) => format!("Is this the organisation of {customer}?"),
            Path::Asked => format!("Which Microsoft 365 organisation is {customer}?"),
            Path::Settled => format!("The Microsoft 365 organisation of {customer}"),
        };
        let mut blocks = self.form.blocks(|_| self.problem(), |action| self.is_open(action));
        let mut facts = self.facts(&customer);
        // The question comes before its buttons: on path 1 the facts are the question.
        if self.path == Path::Asked {
            let buttons = blocks.split_off(1.min(blocks.len()));
            blocks.append(&mut facts);
            blocks.extend(buttons);
        } else {
            facts.append(&mut blocks);
            blocks = facts;
        }
        Scene {
            panel: Panel { heading: Text::clean(&heading), blocks },
            overlay: None,
            notice: wait.map(|wait| wait.notice(look.now)).or_else(|| self.resting()),
            keys: self.keys(),
            focus: self.form.focus(),
            next_change: wait.map(|wait| wait.next_change(look.now)),
        }
    }

    /// Which question it asks, and whether an answer would come too early.
    pub(crate) const fn asks(&self) -> (Ask, bool) {
        let ask = match self.path {
            Path::OnRecord(_) => Ask::Organisation,
            Path::Asked => Ask::Tenant,
            Path::Settled => Ask::Settled,
        };
        (ask, self.asking.is_some() || self.rest.is_some() || self.saving.is_some())
    }

    /// What to say.
    pub(crate) fn card(&self, _look: Look<'_>) -> Card {
        let wrong = vec![
            (
                Text::from("A sign-in page that refuses the password"),
                Text::from(
                    "No need to sign in for this. Just read me the part behind the @ in your work e-mail address.",
                ),
            ),
            (
                Text::from("A personal page: Outlook.com, Hotmail, Xbox"),
                Text::from("That is your private account. Please use your work e-mail address."),
            ),
            (
                Text::from("The Entra page without a tenant ID"),
                Text::from(
                    "Choose Overview on the left. The tenant ID is in the box called Basic information.",
                ),
            ),
        ];
        let say = match (&self.path, &self.found) {
            (Path::Asked, None) => Text::from(
                "What is the part behind the @ in your work e-mail address? Or please read me the tenant ID from the Entra admin center, page Overview.",
            ),
            (_, Some((_, organisation))) => {
                let name = organisation
                    .name
                    .as_ref()
                    .map_or_else(|| "your organisation".to_owned(), std::string::ToString::to_string);
                let four = organisation.tenant.last_four();
                Text::of(format_args!("I have {name} here, and the tenant ID ends in {four}. Is that you?"))
            }
            (_, None) => Text::from("One moment please, I'm looking your organisation up."),
        };
        let sees = Text::from(
            "Entra admin center, Overview: the organisation's name and the tenant ID. Or nothing: a domain is enough.",
        );
        Card { say, sees, wrong }
    }

    /// What can be looked up now.
    fn input(&self) -> Result<TenantInput, TenantInputError> {
        match self.path {
            Path::OnRecord(tenant) => Ok(TenantInput::Guid(tenant)),
            Path::Asked => TenantInput::parse(self.form.text(Name::Tenant)),
            Path::Settled => Err(TenantInputError::Empty),
        }
    }

    fn changed(&mut self, cx: &mut Cx<'_>) {
        self.failure = None;
        self.was_left = false;
        Wait::cancel(&mut self.asking, cx);
        cx.calls.cancel_taken(&mut self.rest);
        let input = self.input();
        if self.found.as_ref().map(|(asked, _)| asked) != input.as_ref().ok() {
            self.found = None;
            if input.is_ok() {
                self.rest = Some(cx.calls.start(Request::Wake(REST)));
            }
        }
    }

    /// Looks the tenant up, unless that is done or going on.
    fn look_up(&mut self, cx: &mut Cx<'_>) {
        cx.calls.cancel_taken(&mut self.rest);
        let Ok(input) = self.input() else { return };
        if self.asking.is_some() || self.found.is_some() || self.failure.is_some() {
            return;
        }
        let request = match self.path {
            Path::OnRecord(tenant) => Request::Identify(tenant),
            _ => Request::LookUp(input),
        };
        self.asking = Some(Wait::start(cx, request, wait::TENANT));
    }

    fn take(&mut self, organisation: Organisation) {
        let Ok(asked) = self.input() else { return };
        let refuse = |what, hint| Some(Failure::new(FailureKind::Refused, what, hint));
        if matches!(asked, TenantInput::Guid(id) if id != organisation.tenant) {
            self.failure =
                refuse("Microsoft answered for another tenant", "Nothing was saved. Press r to ask again.");
        } else if TenantInput::parse(&organisation.tenant.to_string())
            == Err(TenantInputError::PrivateAccount)
        {
            self.failure = refuse(
                "this is a private Microsoft address, not an organisation",
                "Ask for the organisation's own domain or tenant ID.",
            );
        } else {
            self.found = Some((asked, organisation));
        }
    }

    /// The organisation that may be saved: the one that was found for what stands there now.
    fn organisation(&self) -> Option<&Organisation> {
        let input = self.input().ok()?;
        self.found.as_ref().filter(|(asked, _)| *asked == input).map(|(_, organisation)| organisation)
    }

    fn is_open(&self, action: Action) -> bool {
        match action {
            Action::Confirm if self.path == Path::Settled => true,
            Action::Confirm | Action::Save => self.organisation().is_some() && self.saving.is_none(),
            _ => true,
        }
    }

    fn save(&mut self, cx: &mut Cx<'_>) {
        if self.saving.is_some() || !cx.may_write() {
            return;
        }
        let run = cx.session.record.as_ref().map(|record| record.id.clone());
        match (run, self.organisation().cloned()) {
            (Some(run), Some(organisation)) => {
                self.failure = None;
                let request = Request::SaveOrganisation(run, organisation);
                self.saving = Some(Wait::start(cx, request, wait::RECORD));
            }
            _ => cx.say(Tone::Warn, self.not_yet()),
        }
    }

    /// Why it can't be saved yet.
    fn not_yet(&self) -> Text {
        match self.input() {
            _ if self.asking.is_some() || self.rest.is_some() => {
                Text::from("Microsoft is still being asked. This opens as soon as the organisation is shown.")
            }
            Err(error) if self.path == Path::Asked => sentence(error),
            _ => Text::from("The organisation is not known yet. Press r to ask again."),
        }
    }

    fn problem(&self) -> Option<Text> {
        match self.input() {
            Err(error @ (TenantInputError::PathWord | TenantInputError::PrivateAccount)) => {
                Some(sentence(error))
            }
            Err(error) if self.was_left => Some(sentence(error)),
            _ => None,
        }
    }

    fn resting(&self) -> Option<Notice> {
        let words = Text::from("Microsoft is asked as soon as you stop typing.");
        self.rest.map(|_| Notice { tone: Tone::Plain, words })
    }

    fn paste_words(&self) -> &'static str {
        match self.path {
            Path::Asked => words::PASTE,
            _ => words::PASTE_NOWHERE,
        }
    }

    fn facts(&self, customer: &Text) -> Vec<Block<'_>> {
        let mut blocks = Vec::new();
        if let Some((_, organisation)) = &self.found {
            let or =
                |text: &Option<Text>, else_: &'static str| text.clone().unwrap_or_else(|| Text::from(else_));
            let four = organisation.tenant.last_four();
            blocks.push(Block::Facts(vec![
                (fact::ORGANISATION, or(&organisation.name, "name known after consent")),
                (fact::DOMAIN, or(&organisation.domain, "not known yet")),
                ("Region", or(&organisation.region, "not known")),
                (fact::TENANT, Text::of(format_args!("{}", organisation.tenant))),
                ("Read aloud", Text::of(format_args!("the last four: {}", spelled(four.as_str())))),
            ]));
            if self.path == Path::Asked
                && let Some(known) = self.on_record.filter(|known| *known != organisation.tenant)
            {
                blocks.push(Block::Strong(Text::of(format_args!(
                    "The record of {customer} holds another tenant, ending in {}. Ask the customer before you save.",
                    known.last_four()
                ))));
            }
        }
        if let Some(failure) = &self.failure {
            blocks.push(Block::Failure(failure.clone()));
        }
        if self.is_denied {
            blocks.push(Block::Strong(Text::of(format_args!(
                "Nothing was changed. The tenant on record for {customer} is not theirs. An Admin corrects it in the customer's record (backup365 customers); then open this run again. Press b to go back, or p to park the run."
            ))));
        }
        blocks
    }

    fn keys(&self) -> Vec<Key> {
        let mut keys = self.form.keys();
        if self.form.focused() == Some(Name::Tenant) {
            return keys;
        }
        match self.path {
            Path::OnRecord(_) => keys.extend([
                words::key(Chord::Char('y'), Action::Confirm, "yes", "Yes, this is the organisation."),
                words::key(
                    Chord::Char('n'),
                    Action::Deny,
                    "no",
                    "It is another organisation: says what to do.",
                ),
            ]),
            Path::Asked | Path::Settled => {}
        }
        if self.path != Path::Asked {
            keys.retain(|key| key.action != Action::Search);
        }
        if self.path != Path::Settled {
            keys.push(words::key(
                Chord::Char('r'),
                Action::Refresh,
                "ask again",
                "Asks Microsoft again now.",
            ));
        }
        keys
    }
}

/// An error of the field as a sentence.
fn sentence(error: TenantInputError) -> Text {
    let words = error.to_string();
    let mut letters = words.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    Text::of(format_args!("{first}{}.", letters.as_str()))
}

/// Characters apart, so that each is read on its own.
fn spelled(four: &str) -> String {
    four.chars().map(String::from).collect::<Vec<_>>().join(" ")
}
