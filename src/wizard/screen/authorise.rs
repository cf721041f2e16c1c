//! Screen: obtain consent, or prove that impersonation works. Comes on once access is on record.
//!
//! The named checks turn green by themselves: the run's [`Proving`](crate::wizard::proving::Proving) asks, nobody reports.
//! The button says Authorise (it shows the link). With the link out it asks Microsoft now, because "has it come?" is what a
//! person wants to know then; sending the link once more has keys of its own. When every check is good it says Enable. There
//! is no button for "I have finished".

mod own_right;
mod search;
mod words;

use self::{own_right::Offer, search::Search};

use crate::{
    domain::{
        card::{self, Card, CardId, Party},
        explain,
        failure::Failure,
        hoster_lines::{self, OUTSIDE},
        id::TenantId,
        phrase::{Phrase, WayOn, phrase},
        run::RunRecord,
        tenant::{Check, CheckState, Proof, Verdict},
        text::Text,
    },
    wizard::{
        answer::{Action, Given},
        ask::{Focus, QuestionId, Shape, Spot},
        context::{UpdateCx, ViewCx},
        part::wait::{self, Wait},
        pending::{self, Arrival, Pending, Told},
        screen::{Scene, Screen, kept, own_right::OwnRight, step::Step, users::Users},
        session::Session,
        view::{Block, Button, CheckGroup, Fact, FactId, Handout, HandoutId, Standing, Tone},
    },
};

/// The screen's own state.
#[derive(Debug, Default)]
pub(crate) struct Authorise {
    /// The link stands on the screen.
    is_link_shown: bool,
    /// The write that keeps when the link was first shown.
    noting: Pending<Box<RunRecord>>,
    /// Opening a browser: says in words what became of it.
    browsing: Pending<Told>,
    /// Playing the customer: afterwards the checks are asked at once.
    rehearsal: Pending<Told>,
    enabling: Wait<Box<RunRecord>>,
    failure: Option<Failure>,
    /// What the played customer did and saw; until the next answer.
    played: Option<Phrase>,
    /// The operator has asked, and is told what comes of it.
    is_asked: bool,
    /// A grant that does not come is looked for at the other customers.
    search: Search,
    /// Whether the operator may accept for the customer.
    own_right: Offer,
    /// Enable was asked for while the proof was being put on record, and follows when it is there.
    is_enable_held: bool,
}

impl Screen for Authorise {
    /// Shows a link that was shown before, and begins to ask.
    fn enter(&mut self, cx: &mut UpdateCx<'_>) {
        self.is_link_shown |= cx.session.record.as_ref().is_some_and(|record| record.link_shown.is_some());
        cx.session.begin_proving(cx.now, cx.calls);
        self.own_right.go_on(cx);
    }

    /// The polling goes on: it belongs to the run.
    fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        self.noting.cancel(cx.calls);
        self.rehearsal.cancel(cx.calls);
        self.browsing.cancel(cx.calls);
        self.search.out.cancel(cx.calls);
        self.own_right.out.cancel(cx.calls);
        self.enabling.cancel(cx);
    }

    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        (self.played, self.is_enable_held) = (None, false);
        match given {
            Given::Back => return Step::Back,
            Given::Do(Action::Continue) if is_enabled(cx.session) => {
                return Step::Next(Box::<Users>::default());
            }
            Given::Do(Action::OwnRight) => return self.accept(cx),
            Given::Do(Action::Authorise) => self.authorise(cx),
            Given::Do(Action::Enable) => self.enable(cx),
            Given::Do(Action::Refresh) => {
                self.failure = None;
                self.search.wish();
                self.own_right.wish();
                self.ask_now(cx);
            }
            Given::Do(action) => self.send(cx, action),
            _ => {}
        }
        Step::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step {
        if let Some(record) = kept(&mut self.failure, self.enabling.take(arrival)) {
            return Step::Open(record);
        }
        if let Some(record) = kept(&mut self.failure, self.noting.take(arrival)) {
            cx.session.adopt(*record);
            self.own_right.go_on(cx);
        } else if self.search.hear(arrival) || self.own_right.hear(cx, arrival) {
        } else if let Some(told) = self.rehearsal.take(arrival) {
            *cx.notice = None;
            self.search.wish();
            self.played = cx.brought(Tone::Warn, Some(told)).map(|Told(words)| words.into());
            cx.session.prove_now(cx.calls);
        } else if let Some(Told(words)) = cx.brought(Tone::Warn, self.browsing.take(arrival)) {
            cx.say(Tone::Plain, phrase![words, " No window? ", WayOn::PrintAlone("the link")]);
        }
        Step::Stay
    }

    fn session_changed(&mut self, cx: &mut UpdateCx<'_>) -> Step {
        self.search.go_on(cx);
        self.own_right.go_on(cx);
        if self.is_asked && !cx.session.proving.is_asking() {
            self.is_asked = false;
            cx.say(Tone::Plain, words::asked(cx.look()));
        }
        if self.is_enable_held && !cx.session.proving.is_being_kept() {
            self.is_enable_held = false;
            *cx.notice = None;
            self.enable(cx);
        }
        Step::Stay
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        // The wizard never comes here without a run.
        let Some(record) = cx.session.record.as_ref() else { return Scene::default() };
        let (tone, state) = words::state(cx, record, self.is_link_shown);
        let mut handouts = Vec::new();
        let mut blocks = vec![Block::Strong(tone, state)];
        blocks.extend(self.search.blocks(cx, record));
        blocks.extend(words::advice(cx, record, self.search.landed(cx)).into_iter().map(Block::Para));
        blocks.extend(self.failures(cx).map(|failure| Block::Failure(explain::with_way(failure.clone()))));
        let played = self.played.clone().map(|words| Fact::new(FactId::Played, "Sandbox", words));
        blocks.extend(played.map(|fact| Block::Facts(vec![fact])));
        let buttons = self.buttons(cx, record);
        let enter = buttons.first().map_or(Action::Authorise, |button| button.action);
        blocks.push(Block::Buttons(buttons));
        if self.needs_link(cx, record) {
            let link = cx.link();
            blocks.push(Block::Para(words::opened_by(record)));
            blocks.extend(link.clone().map(Block::Link));
            handouts.extend(link.map(|link| Handout {
                id: HandoutId::Link,
                text: link.as_str().to_owned().into(),
                file: Text::of(format_args!("backup365-{}-link.txt", record.id)),
            }));
            handouts.extend(words::invitation(cx, record));
        }
        blocks.extend(self.own_right.blocks(cx, record));
        handouts.extend(narrowing(cx, record));
        blocks.extend(self.checks(cx, record));
        if record.product.is_hosted() {
            blocks.extend(words::access(record));
        }
        let scene = Scene::new(QuestionId::Authorise, Shape::Watch, words::heading(cx, record), blocks);
        let scene = self.with_offers(cx, record, scene, enter);
        // A refused password that is tried once more may lock the account: Enter leads to where another one is typed.
        let spot = if enter == Action::Back { Spot::Button(enter) } else { Spot::Page };
        let (standing, is_waiting) = self.standing(cx, record);
        let (since, notice) = words::waiting(cx, record, self.is_link_shown).unzip();
        Scene {
            is_waiting,
            focus: Focus { spot, count: 0 },
            standing: Some(standing),
            handouts,
            notice,
            next_change: since.map(|since| wait::next_change(since, cx.now)),
            ..scene
        }
        .waiting_for(cx.now, [self.enabling.clock()])
    }

    fn card(&self, cx: ViewCx<'_>) -> Card {
        let failure = self.failures(cx).next();
        let landed = self.search.landed(cx);
        let card = |record| words::card(cx, record, (failure, landed), self.is_link_shown);
        cx.session.record.as_ref().map_or_else(Card::default, card)
    }
}

/// The lines that narrow the permission of an account that opens others' mailboxes, for the hoster.
fn narrowing(cx: ViewCx<'_>, record: &RunRecord) -> Option<Handout<'static>> {
    let access = record.impersonation.as_ref().filter(|_| record.product.is_hosted())?;
    let mut checks = cx.session.proving.proof.iter().flat_map(|proof| &proof.checks);
    checks.find(|check| check.name.as_str() == OUTSIDE && matches!(check.state, CheckState::Partly(_)))?;
    let lines = hoster_lines::narrowing(access.account.as_str(), &access.sample.domain());
    let text = lines.iter().map(Text::as_str).collect::<Vec<_>>().join("\n");
    let file = Text::of(format_args!("backup365-{}-hoster.txt", record.id));
    Some(Handout { id: HandoutId::Hoster, text: text.into(), file })
}

impl Authorise {
    /// How far the proof is, and whether something is on its way. Between two rounds nothing is: then the customer is
    /// awaited.
    fn standing(&self, cx: ViewCx<'_>, record: &RunRecord) -> (Standing, bool) {
        let proving = &cx.session.proving;
        let standing = match proving.verdict() {
            _ if record.enabled.is_some() => Standing::Enabled,
            None => Standing::Unknown,
            Some(Verdict::Proved) => Standing::Proved,
            Some(Verdict::NotYet) => Standing::NotYet,
            Some(Verdict::Spreading) => Standing::Spreading,
            Some(Verdict::WrongTenant { .. }) => Standing::WrongTenant,
            Some(Verdict::Failed(_)) => Standing::Failed,
        };
        // Where the proof could not be saved, nothing more comes by itself.
        let is_kept = standing != Standing::Proved || record.proved.is_some() || proving.failure.is_some();
        let is_asked = self.enabling.is_out() || self.noting.is_out() || self.rehearsal.is_out();
        (standing, is_asked || !is_kept || proving.is_asking())
    }

    /// What else can be done: by keys of their own, beside the button.
    fn with_offers<'a>(
        &self,
        cx: ViewCx<'_>,
        record: &RunRecord,
        scene: Scene<'a>,
        enter: Action,
    ) -> Scene<'a> {
        let mut scene = (scene.enter(enter))
            .offer_if(enter == Action::Back, Action::Authorise)
            .offer_if(enter != Action::Refresh, Action::Refresh);
        if record.product.is_hosted() {
            let tries = scene.offers.iter_mut().filter(|offer| offer.action == Action::Authorise);
            tries.for_each(|offer| offer.help = "Tries the access to the server.");
        }
        let needs_link = self.needs_link(cx, record);
        scene
            .offer_if(needs_link && cx.setup.can_open_browser, Action::Open)
            .offer_if(needs_link && cx.setup.rehearsal, Action::Rehearse)
            .offer_if(self.own_right.is_open(cx, record), Action::OwnRight)
    }

    /// Shows the link, and keeps when it was shown for the first time; a hosted product's account is tried.
    fn authorise(&mut self, cx: &mut UpdateCx<'_>) {
        let Some(record) = cx.session.record.as_ref() else { return };
        if record.product.is_hosted() {
            return self.ask_now(cx);
        }
        let (run, is_new) = (record.id.clone(), record.link_shown.is_none());
        if is_new && !cx.may_write() {
            return;
        }
        self.is_link_shown = true;
        if is_new && !self.noting.is_out() {
            self.noting.start(cx.calls, pending::link_shown(run));
        }
        cx.say(Tone::Plain, "The checks turn good by themselves: nothing has to be done for that.");
        cx.session.prove_now(cx.calls);
    }

    /// Asks at once; what comes of it is said when it is there.
    fn ask_now(&mut self, cx: &mut UpdateCx<'_>) {
        self.is_asked = true;
        cx.session.prove_now(cx.calls);
        let is_hosted = cx.session.record.as_ref().is_some_and(|record| record.product.is_hosted());
        let words = if is_hosted { "Trying the service account now." } else { "Asking Microsoft now." };
        cx.say(Tone::Busy, words);
    }

    /// To accept for the customer, or to take out what may have been left there.
    fn accept(&self, cx: &mut UpdateCx<'_>) -> Step {
        let look = cx.look();
        let Some(record) = look.session.record.as_ref() else { return Step::Stay };
        if self.own_right.is_open(look, record) {
            let relationship = self.own_right.relationship(look, record);
            let relationship = relationship.filter(|_| !record.has_left_behind()).cloned();
            return Step::Next(Box::new(OwnRight::new(relationship)));
        }
        cx.say(Tone::Warn, words::NO_OWN_RIGHT);
        Step::Stay
    }

    fn enable(&mut self, cx: &mut UpdateCx<'_>) {
        if self.enabling.is_out() || is_enabled(cx.session) || !cx.may_write() {
            return;
        }
        let Some(record) = cx.session.record.as_ref() else { return };
        if !can_enable(cx.session, record) {
            if cx.session.proving.is_being_kept() {
                self.is_enable_held = true;
                return cx.say(Tone::Busy, "Saving what was proved. Enable follows.");
            }
            return cx.say(Tone::Warn, "Enable opens when every check is good. Nothing has been enabled.");
        }
        let enable = pending::enable(record.id.clone());
        self.failure = None;
        self.enabling.start(cx, enable, wait::ENABLE);
    }

    /// The ways of the link that no other text has.
    fn send(&mut self, cx: &mut UpdateCx<'_>, action: Action) {
        let Some(record) = cx.session.record.as_ref() else { return };
        let Some(tenant) = tenant(record).filter(|_| self.is_link_shown) else { return };
        match action {
            Action::Open if cx.setup.can_open_browser => {
                self.browsing.start(cx.calls, pending::open_browser(tenant));
            }
            Action::Open => cx.say(Tone::Plain, words::NO_BROWSER),
            Action::Rehearse if cx.setup.rehearsal && !self.rehearsal.is_out() => {
                self.rehearsal.start(cx.calls, pending::rehearse(tenant));
                cx.say(Tone::Busy, "The customer is being played. The checks decide, not the play.");
            }
            _ => {}
        }
    }

    fn failures<'a>(&'a self, cx: ViewCx<'a>) -> impl Iterator<Item = &'a Failure> {
        let proving = &cx.session.proving;
        // What kept the last round from being finished is newer than what the round before it found.
        self.failure.iter().chain(proving.failure.as_ref().or_else(|| proving.found_wrong()))
    }

    /// The button; beside it the way on, where the product was enabled before, and the way back to the form, where what was
    /// typed there may be what is wrong: in front, where trying the same again is no use.
    fn buttons(&self, cx: ViewCx<'_>, record: &RunRecord) -> Vec<Button> {
        let button = self.button(cx, record);
        if record.enabled.is_some() && button.action != Action::Continue {
            let go_on = Button { label: "Go on to the users", action: Action::Continue, is_open: true };
            return vec![button, go_on];
        }
        let back = Button { label: "Back to the form", action: Action::Back, is_open: true };
        match self.failures(cx).next().filter(|_| record.product.is_hosted()) {
            Some(failure) if is_as_typed(failure) => vec![back, button],
            Some(_) => vec![button, back],
            None => vec![button],
        }
    }

    fn button(&self, cx: ViewCx<'_>, record: &RunRecord) -> Button {
        let asks_again = !self.is_link_shown && cx.session.must_accept().is_some();
        let (label, action, is_open) = if record.enabled.is_some() && !asks_again {
            ("Go on to the users", Action::Continue, true)
        } else if cx.session.proving.is_proved() {
            ("Enable", Action::Enable, can_enable(cx.session, record) && !self.enabling.is_out())
        } else if record.product.is_hosted() {
            ("Try again", Action::Authorise, true)
        } else if !record.is_read_only && (self.is_link_shown || is_spreading(cx)) {
            ("Ask Microsoft now", Action::Refresh, true)
        } else {
            ("Authorise", Action::Authorise, true)
        };
        Button { label, action, is_open }
    }

    /// Whether the link and its ways stand there: asked for, and not yet done with.
    fn needs_link(&self, cx: ViewCx<'_>, record: &RunRecord) -> bool {
        let is_done = cx.session.must_accept().is_none()
            && (record.enabled.is_some() || cx.session.proving.is_proved() || is_spreading(cx));
        self.is_link_shown && !record.product.is_hosted() && !is_done
    }

    /// The checks. What the customer is asked to allow matters more until the link is shown, afterwards the others do.
    fn checks<'a>(&self, cx: ViewCx<'_>, record: &RunRecord) -> Vec<Block<'a>> {
        let known = cx.session.proving.proof.as_ref().map(|proof| checks(cx, proof)).unwrap_or_default();
        if record.product.is_hosted() {
            let group = CheckGroup { name: "Checks", title: "", checks: known, is_kept: true };
            return vec![Block::Checks(group)];
        }
        let asked = words::permissions(&cx.setup.permissions, &known);
        let is_asked = |check: &Check| asked.iter().any(|permission| permission.name == check.name);
        let named = known.into_iter().filter(|check| !is_asked(check)).collect();
        let is_before = !self.is_link_shown && !cx.session.proving.is_proved() && record.enabled.is_none();
        let named = CheckGroup { name: "Checks", title: "", checks: named, is_kept: !is_before };
        let title = "What the customer is asked to allow:";
        let asked = CheckGroup { name: "Permissions", title, checks: asked, is_kept: is_before };
        let groups = if is_before { [asked, named] } else { [named, asked] };
        groups.into_iter().filter(|group| !group.checks.is_empty()).map(Block::Checks).collect()
    }
}

/// Whether the customer has accepted, and only Microsoft is waited for.
fn is_spreading(cx: ViewCx<'_>) -> bool {
    matches!(cx.session.proving.verdict(), Some(Verdict::Spreading))
}

/// Whether the same details will be refused again: others have to be typed.
fn is_as_typed(failure: &Failure) -> bool {
    matches!(
        card::of_failure(failure, Party::Hoster),
        CardId::HostedPassword
            | CardId::HostedLocked
            | CardId::HostedAddress
            | CardId::HostedNoAnswer
            | CardId::HostedMailbox
            | CardId::HostedOnline
    )
}

/// Enable needs a proof of this session that names the run's tenant, and the same proof on record.
fn can_enable(session: &Session, record: &RunRecord) -> bool {
    session.proving.is_proved() && record.proved.is_some()
}

fn is_enabled(session: &Session) -> bool {
    session.record.as_ref().is_some_and(|record| record.enabled.is_some())
}

fn tenant(record: &RunRecord) -> Option<TenantId> {
    let organisation = record.organisation.as_ref().filter(|_| !record.product.is_hosted());
    organisation.map(|organisation| organisation.tenant)
}

/// The checks as found last; while a round is out, those that wait for an answer say so.
fn checks(cx: ViewCx<'_>, proof: &Proof) -> Vec<Check> {
    let mut checks = proof.checks.clone();
    for check in &mut checks {
        match &mut check.state {
            state @ CheckState::Waiting if cx.session.proving.is_asking() => *state = CheckState::Asking,
            // As it stands above the checks, so that it is not said twice.
            CheckState::Bad(failure) => *failure = explain::with_way(failure.clone()),
            _ => {}
        }
    }
    checks
}
