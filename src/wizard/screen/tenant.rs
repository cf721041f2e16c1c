//! Screen: access to Office 365. Which organisation is it? Comes on while the run has no confirmed tenant.
//!
//! Path 1 shows what Microsoft holds for the tenant on record, read-only, with one button. Path 2 asks in one field and
//! looks the tenant up while the operator waits; Save works only once the organisation stands on the screen.

mod words;

use std::time::Duration;

use self::words::{denied, standing, unanswered};
use crate::{
    domain::{
        card::{Card, CardId, Party},
        doubt::{Accepts, Finding},
        failure::Failure,
        id::TenantId,
        phrase::{Phrase, WayOn, phrase},
        run::RunRecord,
        sydney::clock_in_words,
        tenant::Organisation,
        tenant_input::{TenantInput, TenantInputError, administrator_in},
        text::{Text, capital},
    },
    wizard::{
        answer::{Action, FieldId, Given, Value},
        ask::{QuestionId, Shape, Spot},
        context::{UpdateCx, ViewCx},
        part::{
            form::{Control, Form},
            wait::{self, Wait},
        },
        pending::{self, Arrival, Pending, Woken},
        screen::{Scene, Screen, authorise::Authorise, guarded::GuardedSave, kept, step::Step},
        view::{Block, Fact, FactId, Notice, Tone},
    },
};

/// How long after the last change the tenant is looked up (product.md section 9, *Access and consent*).
const REST: Duration = Duration::from_millis(600);

/// How the tenant is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Path {
    /// Path 1: on record, confirmed by the operator.
    OnRecord(TenantId),
    /// Path 2: asked.
    #[default]
    Asked,
    /// Enabled already: shown only.
    Settled,
}

/// What is known of what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// It is this organisation.
    Organisation(TenantId),
    /// No organisation is known by that.
    Nothing,
}

/// The screen's own state.
#[derive(Debug, Default)]
pub(crate) struct Tenant {
    path: Path,
    form: Form,
    /// What Microsoft said to what stands there now; of a settled one what is on record.
    found: Option<Finding>,
    /// The tenant in the customer's record, for comparing on path 2.
    on_record: Option<TenantId>,
    failure: Option<Failure>,
    /// What was known before it was asked again; none: nothing was asked again.
    before: Option<Known>,
    /// The operator said that it is another organisation.
    is_denied: bool,
    rest: Pending<Woken>,
    asking: Wait<Box<Finding>>,
    saving: GuardedSave<Box<RunRecord>>,
    /// The record is read again: an Admin may have corrected it meanwhile.
    reading: Wait<Box<RunRecord>>,
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
        let back = Control::button("Back", Action::Back);
        let typed = known.as_ref().map(|o| o.tenant).or(record.customer.tenant);
        let typed = typed.map(|tenant| tenant.to_string()).unwrap_or_default();
        let mut form = Form::new(match path {
            Path::OnRecord(_) => vec![
                Control::button("Yes, this is the organisation", Action::Yes),
                Control::button("No, it is not", Action::No),
                back,
            ],
            Path::Asked => {
                let hint = "the domain or an administrator's e-mail address will do";
                let tenant = Control::field(FieldId::Tenant, "Tenant ID", hint, &typed);
                vec![tenant, Control::button("Save", Action::Save), back]
            }
            Path::Settled => vec![Control::button("Continue", Action::Continue), back],
        });
        if path == Path::Asked {
            form.take_up(&record.form);
        }
        Self {
            path,
            form,
            // What is to be confirmed is asked about anew: the record and Microsoft may say something else by now.
            found: known.filter(|_| path == Path::Settled).map(Finding::of),
            on_record: record.customer.tenant,
            ..Self::default()
        }
    }
}

impl Screen for Tenant {
    /// What was typed on path 2 belongs to no run until it is saved.
    fn organisation(&self) -> Option<&Organisation> {
        matches!(self.path, Path::OnRecord(_)).then(|| self.known()).flatten()
    }

    /// Asks Microsoft about a tenant that is known already, or was typed before.
    fn enter(&mut self, cx: &mut UpdateCx<'_>) {
        self.look_up(cx);
    }

    fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        self.saving.leave(cx);
        self.rest.cancel(cx.calls);
        self.asking.cancel(cx);
        self.reading.cancel(cx);
    }

    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        if self.saving.is_asked() {
            if let Some(accepts) = self.saving.answer(cx, &given) {
                self.send(cx, accepts);
            }
            return Step::Stay;
        }
        match given {
            Given::Fill(id, value) => self.fill(cx, id, &value),
            Given::Settle(id) => {
                self.form.settle(id);
                self.look_up(cx);
            }
            Given::Do(Action::Continue) if self.path == Path::Settled => {
                return Step::Next(Box::<Authorise>::default());
            }
            Given::Back if self.is_denied => self.is_denied = false,
            Given::Back => return Step::Back,
            Given::No if matches!(self.path, Path::OnRecord(_)) => self.is_denied = true,
            Given::Yes | Given::Submit if !self.is_denied && self.path != Path::Settled => self.save(cx),
            Given::Do(Action::Refresh) => self.ask_again(cx),
            _ => {}
        }
        Step::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step {
        if self.rest.take(arrival).is_some() {
            self.look_up(cx);
        } else if let Some(record) = kept(&mut self.failure, self.reading.take(arrival)) {
            return self.compare(cx, record);
        } else if let Some(answer) = self.asking.take(arrival) {
            if let Some(finding) = kept(&mut self.failure, Some(answer)) {
                self.take(cx, *finding);
            }
            self.say_unchanged(cx);
            if self.path == Path::Asked && self.failure.as_ref().is_some_and(Failure::is_about_what_was_named)
            {
                // What was typed is to be typed otherwise.
                self.form.focus_on(Spot::Field(FieldId::Tenant));
            }
        } else if let Some(record) = self.saving.take(cx, &mut self.failure, arrival) {
            return Step::Open(record);
        }
        Step::Stay
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let customer = cx.session.record.as_ref().map(|r| r.customer.name.clone()).unwrap_or_default();
        if self.is_denied {
            return denied(cx, &customer).waiting_for(cx.now, [self.reading.clock()]);
        }
        if self.saving.is_asked() {
            let asks = "Take this organisation all the same?";
            return self.saving.scene(cx, QuestionId::Doubted, &customer, asks);
        }
        if matches!(self.path, Path::OnRecord(_))
            && let Some(failure) = self.failure.as_ref().filter(|_| self.known().is_none())
        {
            return unanswered(cx, &customer, failure);
        }
        let can_save = self.known().is_some() && !self.saving.write.is_out();
        let is_open = |action| can_save || !matches!(action, Action::Yes | Action::Save);
        let mut blocks = self.form.blocks(|_| self.problem(cx), is_open);
        // The question comes before its buttons: on path 1 the facts are the question.
        let above = usize::from(self.path == Path::Asked).min(blocks.len());
        blocks.splice(above..above, self.facts(cx, &customer));
        let scene = match self.path {
            Path::OnRecord(_) => {
                let heading = format_args!("Is this the organisation of {customer}?");
                Scene::confirm(QuestionId::Organisation, true, heading, blocks).offer(Action::Refresh)
            }
            Path::Asked => {
                let heading = format_args!("Which Microsoft 365 organisation is {customer}?");
                Scene::new(QuestionId::Tenant, Shape::Form, heading, blocks).offer(Action::Refresh)
            }
            Path::Settled => {
                let heading = format_args!("The Microsoft 365 organisation of {customer}");
                Scene::new(QuestionId::Settled, Shape::Read, heading, blocks).enter(Action::Continue)
            }
        };
        let is_waiting = self.rest.is_out();
        let notice = match self.path {
            _ if is_waiting => Some("Microsoft is asked as soon as you stop typing."),
            Path::Asked if self.known().is_none() => {
                Some("Save opens once Microsoft has named the organisation.")
            }
            _ => None,
        };
        let notice = notice.map(|words| Notice::new(Tone::Plain, words));
        Scene { is_waiting, focus: self.form.focus(), notice, ..scene }
            .waiting_for(cx.now, [self.saving.write.clock(), self.reading.clock(), self.asking.clock()])
    }

    fn card(&self, _cx: ViewCx<'_>) -> Card {
        let id = match (&self.failure, &self.found) {
            (Some(failure), _) => return Card::of_failure(failure, Party::Microsoft, &[]),
            _ if self.is_denied => CardId::TenantDenied,
            _ if self.saving.is_asked() => CardId::TenantDoubted,
            // Our own organisation is none of the customer's: theirs is asked for again.
            (None, Some(finding)) if finding.is_partner => CardId::TenantAsked,
            // The customer reads their four characters before they hear ours.
            (None, Some(finding)) if self.is_doubtful(finding) => CardId::TenantDoubted,
            (None, Some(_)) => CardId::TenantFound,
            (None, None) if self.path == Path::Asked && !self.asking.is_out() => CardId::TenantAsked,
            (None, None) => CardId::TenantLookedUp,
        };
        let organisation = self.known();
        let name = organisation.and_then(|organisation| organisation.name.as_ref());
        let four = organisation.map(|organisation| organisation.tenant.last_four()).unwrap_or_default();
        let name = name.map_or("your organisation", Text::as_str);
        Card::of(id, &[("organisation", name), ("four", four.as_str())])
    }
}

impl Tenant {
    /// Whether a warning stands beside what was found.
    fn is_doubtful(&self, finding: &Finding) -> bool {
        let is_other = self.on_record.is_some_and(|known| known != finding.organisation.tenant);
        !finding.doubts.is_empty() || (self.path == Path::Asked && is_other)
    }

    /// What can be looked up now.
    fn input(&self, cx: ViewCx<'_>) -> Result<TenantInput, TenantInputError> {
        match self.path {
            Path::OnRecord(tenant) => Ok(TenantInput::Guid(tenant)),
            Path::Asked => TenantInput::parse_in(self.form.text(FieldId::Tenant), cx.setup.cloud),
            Path::Settled => Err(TenantInputError::Empty),
        }
    }

    /// Takes what is typed; the same organisation, written otherwise, is not looked up again.
    fn fill(&mut self, cx: &mut UpdateCx<'_>, id: FieldId, value: &Value) {
        let before = self.input(cx.look());
        if !self.form.fill(id, value) {
            return;
        }
        cx.session.form_changed(self.form.draft(), cx.calls);
        (self.failure, self.before) = (None, None);
        self.asking.cancel(cx);
        self.rest.cancel(cx.calls);
        let input = self.input(cx.look());
        self.found.take_if(|_| input != before);
        if self.found.is_none() && input.is_ok() {
            self.rest.start(cx.calls, pending::wake(REST));
        }
    }

    /// Asks Microsoft anew. What is on record is read before that: an Admin may have corrected it meanwhile.
    fn ask_again(&mut self, cx: &mut UpdateCx<'_>) {
        self.before = self.heard();
        self.failure = None;
        if let (Path::OnRecord(_), Some(run)) = (self.path, cx.run()) {
            if !self.reading.is_out() {
                self.reading.start(cx, pending::load_run(run), wait::RUN);
            }
            return;
        }
        if self.path != Path::Settled {
            self.found = None;
        }
        self.look_up(cx);
    }

    /// What Microsoft has said, if it has.
    fn heard(&self) -> Option<Known> {
        match (&self.found, &self.failure) {
            (_, Some(failure)) => failure.is_about_what_was_named().then_some(Known::Nothing),
            (Some(finding), None) => Some(Known::Organisation(finding.organisation.tenant)),
            (None, None) => None,
        }
    }

    /// Says that it was asked again, where nothing on the screen shows it.
    fn say_unchanged(&mut self, cx: &mut UpdateCx<'_>) {
        let at = clock_in_words(cx.now, cx.now, cx.setup.here.as_str());
        let words = match self.before.take().filter(|before| Some(*before) == self.heard()) {
            Some(Known::Nothing) => "still unknown",
            Some(Known::Organisation(_)) => "the same organisation",
            None => return,
        };
        cx.say(Tone::Plain, format_args!("Asked at {at}: {words}."));
    }

    /// Takes the record up where it has another tenant by now, and asks about the same one again else.
    fn compare(&mut self, cx: &mut UpdateCx<'_>, record: Box<RunRecord>) -> Step {
        if record.customer.tenant != self.on_record {
            return Step::Open(record);
        }
        if self.is_denied {
            let four = self.on_record.map(TenantId::last_four).unwrap_or_default();
            cx.say(Tone::Warn, format_args!("The record still has the same tenant, ending in {four}."));
        } else {
            self.found = None;
            self.look_up(cx);
        }
        Step::Stay
    }

    /// Looks the tenant up, unless that is done or going on.
    fn look_up(&mut self, cx: &mut UpdateCx<'_>) {
        self.rest.cancel(cx.calls);
        let Ok(input) = self.input(cx.look()) else { return };
        if self.asking.is_out() || self.found.is_some() || self.failure.is_some() {
            return;
        }
        let Some(customer) = cx.session.record.as_ref().map(|record| record.customer.id) else { return };
        let call = match self.path {
            Path::OnRecord(tenant) => pending::identify(customer, tenant),
            _ => pending::look_up(customer, input),
        };
        self.asking.start(cx, call, wait::TENANT);
    }

    fn take(&mut self, cx: &UpdateCx<'_>, finding: Finding) {
        let Ok(asked) = self.input(cx.look()) else { return };
        match finding.misfit(&asked) {
            None => self.found = Some(finding),
            misfit => self.failure = misfit,
        }
    }

    /// The organisation that may be saved: the one that was found for what stands there now.
    fn known(&self) -> Option<&Organisation> {
        self.found.as_ref().map(|finding| &finding.organisation)
    }

    fn save(&mut self, cx: &mut UpdateCx<'_>) {
        if self.saving.write.is_out() || !cx.may_write() {
            return;
        }
        let Some(finding) = &self.found else { return cx.say(Tone::Warn, self.not_yet(cx.look())) };
        if finding.doubts.is_empty() {
            return self.send(cx, Accepts::default());
        }
        self.saving.ask(&finding.doubts);
    }

    /// Has the organisation written down.
    fn send(&mut self, cx: &mut UpdateCx<'_>, accepts: Accepts) {
        let (Some(run), Some(organisation)) = (cx.run(), self.known().cloned()) else { return };
        self.failure = None;
        let typed = self.form.text(FieldId::Tenant);
        let administrator = (self.path == Path::Asked).then(|| administrator_in(typed)).flatten();
        let save = pending::save_organisation(run, organisation, accepts, administrator);
        self.saving.start(cx, save);
    }

    /// Why it can't be saved yet.
    fn not_yet(&self, cx: ViewCx<'_>) -> Phrase {
        match self.input(cx) {
            _ if self.asking.is_out() || self.rest.is_out() => {
                "Microsoft is still being asked. This opens as soon as the organisation is shown.".into()
            }
            Err(error) if self.path == Path::Asked => sentence(error),
            _ => phrase!["The organisation is not known yet. ", WayOn::Again("ask again")],
        }
    }

    fn problem(&self, cx: ViewCx<'_>) -> Option<Phrase> {
        let is_shown = |error: &TenantInputError| error.is_certain() || self.form.is_settled(FieldId::Tenant);
        self.input(cx).err().filter(is_shown).map(sentence)
    }

    fn facts(&self, cx: ViewCx<'_>, customer: &Text) -> Vec<Block<'_>> {
        let mut blocks = Vec::new();
        if let (Path::Asked, Ok(input)) = (self.path, self.input(cx)) {
            blocks.push(Block::Facts(vec![Fact::other("Looked up", format_args!("{input}"))]));
        }
        if let Some(finding) = &self.found {
            let organisation = &finding.organisation;
            let Organisation { tenant, name, domain, .. } = organisation;
            let or = |text: &Option<Text>, unknown: &'static str| text.clone().unwrap_or(Text::from(unknown));
            let four = spelled(tenant.last_four().as_str());
            blocks.push(Block::Facts(vec![
                Fact::new(FactId::Organisation, "Organisation", or(name, "name known after consent")),
                Fact::new(FactId::Domain, "Domain", or(domain, "not known yet")),
                Fact::other("Region", or(&organisation.region_in_words(), "not known")),
                Fact::new(FactId::Tenant, "Tenant ID", format_args!("{tenant}")),
                Fact::other("Read aloud", format_args!("the last four: {four}")),
            ]));
            if self.path == Path::Asked
                && let Some(known) = self.on_record.filter(|known| *known != organisation.tenant)
            {
                let words = format_args!(
                    "The record of {customer} holds another tenant ID, ending in {}. Ask the customer before you save.",
                    known.last_four()
                );
                blocks.push(Block::Strong(Tone::Warn, words.into()));
            }
            blocks.extend(standing(finding, customer));
        }
        blocks.extend(self.failure.clone().map(Block::Failure));
        blocks
    }
}

/// An error of the field as a sentence.
fn sentence(error: TenantInputError) -> Phrase {
    format_args!("{}.", capital(&error.to_string())).into()
}

/// Characters apart, so that each is read on its own.
fn spelled(four: &str) -> String {
    four.chars().map(String::from).collect::<Vec<_>>().join(" ")
}
