//! Screen: obtain consent, or prove that impersonation works. Comes on once access is on record.
//!
//! The named checks turn green by themselves: the run's [`Proving`](crate::wizard::proving::Proving) asks, nobody reports.
//! The one button says Authorise (it shows the link) until every check is good, then it says Enable. There is no button
//! for "I have finished".

mod words;

use crate::{
    domain::{
        card::Card,
        failure::Failure,
        id::TenantId,
        phrase::{WayOn, phrase},
        run::RunRecord,
        tenant::{Check, CheckState, Proof, Verdict},
        text::Text,
    },
    wizard::{
        answer::{Action, Given},
        ask::{QuestionId, Shape},
        context::{UpdateCx, ViewCx},
        part::wait::{self, Wait},
        pending::{self, Arrival, Pending, Told},
        screen::{Scene, Screen, kept, step::Step, users::Users},
        session::Session,
        view::{Block, Button, CheckGroup, Handout, HandoutId, Standing, Tone},
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
}

impl Screen for Authorise {
    /// Shows a link that was shown before, and begins to ask.
    fn enter(&mut self, cx: &mut UpdateCx<'_>) {
        self.is_link_shown |= cx.session.record.as_ref().is_some_and(|record| record.link_shown.is_some());
        cx.session.begin_proving(cx.now, cx.calls);
    }

    /// The polling goes on: it belongs to the run.
    fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        self.noting.cancel(cx.calls);
        self.rehearsal.cancel(cx.calls);
        self.browsing.cancel(cx.calls);
        self.enabling.cancel(cx);
    }

    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        match given {
            Given::Back => return Step::Back,
            Given::Do(Action::Continue) if is_enabled(cx.session) => {
                return Step::Next(Box::<Users>::default());
            }
            Given::Do(Action::Authorise) => self.authorise(cx),
            Given::Do(Action::Enable) => self.enable(cx),
            Given::Do(Action::Refresh) => {
                self.failure = None;
                ask_now(cx);
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
        } else if let Some(told) = self.rehearsal.take(arrival) {
            if let Some(Told(words)) = cx.brought(Tone::Warn, Some(told)) {
                cx.say(Tone::Plain, words);
            }
            cx.session.prove_now(cx.calls);
        } else if let Some(Told(words)) = cx.brought(Tone::Warn, self.browsing.take(arrival)) {
            cx.say(Tone::Plain, phrase![words, " No window? ", WayOn::PrintAlone("the link")]);
        }
        Step::Stay
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let Some(record) = cx.session.record.as_ref() else {
            // The wizard never comes here without a run.
            return Scene::new(QuestionId::Authorise, Shape::Watch, "Authorise", Vec::new());
        };
        let (tone, state) = words::state(cx, record, self.is_link_shown);
        let mut handouts = Vec::new();
        let mut blocks = vec![Block::Strong(tone, state)];
        blocks.extend(words::advice(cx, record).into_iter().map(Block::Para));
        blocks.extend(self.failures(cx).map(|failure| Block::Failure(failure.clone())));
        blocks.push(Block::Buttons(self.buttons(cx, record)));
        if self.needs_link(cx, record) {
            let link = tenant(record).map(|tenant| cx.setup.link(tenant));
            blocks.extend(link.clone().map(Block::Link));
            handouts.extend(link.map(|link| Handout {
                id: HandoutId::Link,
                text: link.as_str().to_owned().into(),
                file: Text::of(format_args!("backup365-{}-link.txt", record.id)),
            }));
        }
        blocks.extend(self.checks(cx, record));
        if record.product.is_hosted() {
            blocks.extend(words::access(record));
        }
        let scene = Scene::new(QuestionId::Authorise, Shape::Watch, words::heading(record), blocks)
            .enter(self.button(cx, record).action);
        let scene = if self.needs_link(cx, record) {
            (scene.offer_if(cx.setup.can_open_browser, Action::Open))
                .offer_if(cx.setup.rehearsal, Action::Rehearse)
        } else {
            scene
        };
        let (standing, is_waiting) = self.standing(cx, record);
        let (since, notice) = words::waiting(cx, record, self.is_link_shown).unzip();
        Scene {
            is_waiting,
            standing: Some(standing),
            handouts,
            notice,
            next_change: since.map(|since| wait::next_change(since, cx.now)),
            ..scene.offer(Action::Refresh)
        }
        .waiting_for(cx.now, [self.enabling.clock()])
    }

    fn card(&self, cx: ViewCx<'_>) -> Card {
        cx.session.record.as_ref().map_or_else(Card::default, |record| words::card(cx, record))
    }
}

impl Authorise {
    /// How far the proof is, and whether something is on its way. Between two rounds nothing is: then the customer is
    /// awaited.
    fn standing(&self, cx: ViewCx<'_>, record: &RunRecord) -> (Standing, bool) {
        let proving = &cx.session.proving;
        let (standing, is_written) = if record.enabled.is_some() {
            (Standing::Enabled, true)
        } else if proving.is_proved() {
            // Where the proof could not be saved, nothing more comes by itself.
            (Standing::Proved, can_enable(cx.session, record) || proving.failure.is_some())
        } else {
            (standing(proving.verdict()), true)
        };
        let is_asked = self.enabling.is_out() || self.noting.is_out() || self.rehearsal.is_out();
        (standing, is_asked || !is_written || proving.is_asking())
    }

    /// Shows the link, and keeps when it was shown for the first time; a hosted product's account is tried.
    fn authorise(&mut self, cx: &mut UpdateCx<'_>) {
        let Some(record) = cx.session.record.as_ref() else { return };
        if record.product.is_hosted() {
            return ask_now(cx);
        }
        let (run, is_new) = (record.id.clone(), record.link_shown.is_none());
        if is_new && !cx.may_write() {
            return;
        }
        self.is_link_shown = true;
        if is_new && !self.noting.is_out() {
            self.noting.start(cx.calls, pending::link_shown(run));
        }
        cx.say(Tone::Plain, "Send the link to the customer. The checks below turn good by themselves.");
        cx.session.prove_now(cx.calls);
    }

    fn enable(&mut self, cx: &mut UpdateCx<'_>) {
        if self.enabling.is_out() || is_enabled(cx.session) || !cx.may_write() {
            return;
        }
        let Some(record) = cx.session.record.as_ref() else { return };
        if !can_enable(cx.session, record) {
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
        let verdict = match proving.verdict() {
            Some(Verdict::Failed(failure)) => Some(failure),
            _ => None,
        };
        // What kept the last round from being finished is newer than what the round before it found.
        self.failure.iter().chain(proving.failure.as_ref().or(verdict))
    }

    /// The button; beside *Authorise* the way on, where the product was enabled before.
    fn buttons(&self, cx: ViewCx<'_>, record: &RunRecord) -> Vec<Button> {
        let button = self.button(cx, record);
        let is_beside = record.enabled.is_some() && button.action != Action::Continue;
        let on = Button { label: "Go on to the users", action: Action::Continue, is_open: true };
        std::iter::once(button).chain(is_beside.then_some(on)).collect()
    }

    fn button(&self, cx: ViewCx<'_>, record: &RunRecord) -> Button {
        let asks_again = !self.is_link_shown && cx.session.must_accept().is_some();
        let (label, action, is_open) = if record.enabled.is_some() && !asks_again {
            ("Go on to the users", Action::Continue, true)
        } else if cx.session.proving.is_proved() {
            ("Enable", Action::Enable, can_enable(cx.session, record) && !self.enabling.is_out())
        } else {
            ("Authorise", Action::Authorise, true)
        };
        Button { label, action, is_open }
    }

    /// Whether the link and its ways stand there: asked for, and not yet done with.
    fn needs_link(&self, cx: ViewCx<'_>, record: &RunRecord) -> bool {
        let is_done = cx.session.must_accept().is_none()
            && (record.enabled.is_some() || cx.session.proving.is_proved());
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

fn ask_now(cx: &mut UpdateCx<'_>) {
    cx.session.prove_now(cx.calls);
    cx.say(Tone::Busy, words::asking_now(cx.session.record.as_ref()));
}

/// Enable needs a proof of this session that names the run's tenant, and the same proof on record.
fn can_enable(session: &Session, record: &RunRecord) -> bool {
    session.proving.is_proved() && record.proved.is_some()
}

/// What a round of checking came to.
const fn standing(verdict: Option<&Verdict>) -> Standing {
    match verdict {
        None => Standing::Unknown,
        Some(Verdict::Proved) => Standing::Proved,
        Some(Verdict::NotYet) => Standing::NotYet,
        Some(Verdict::Spreading) => Standing::Spreading,
        Some(Verdict::WrongTenant { .. }) => Standing::WrongTenant,
        Some(Verdict::Failed(_)) => Standing::Failed,
    }
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
    if cx.session.proving.is_asking() {
        for check in &mut checks {
            if check.state == CheckState::Waiting {
                check.state = CheckState::Asking;
            }
        }
    }
    checks
}
