//! The wizard: plain computation. `update(Event) -> Vec<Effect>`, `view() -> View`; no terminal, network or clock.
//!
//! The roof over its parts: nothing below names it. A trail of screens lies behind Back; the last one is shown. What
//! belongs to the run and not to a screen (the record, the proof that is polled, the users that stream in) lives in the
//! session. Back, leaving, parking and the question before leaving are handled here; everything else goes to the screen,
//! which answers with a `Step`.
//!
//! Every answer names the question that it was given to. One to an older question is dropped and said: letters typed
//! ahead across a failed step press nothing.

pub mod answer;
pub mod ask;
mod bar;
pub mod call;
pub mod context;
pub mod effect;
pub mod event;
mod handing;
mod keeping;
mod outbox;
mod part;
mod pending;
mod proving;
mod resume;
mod roster;
mod screen;
mod session;
mod team;
pub mod view;
mod waits;
mod words;

use std::{cell::OnceCell, time::Duration};

use crate::domain::{
    card::Card,
    customer::Obstacle,
    failure::{Failure, FailureKind},
    held_by::RunAnswer,
    id::RunId,
    phrase::Phrase,
    run::RunRecord,
    time::Moment,
};

use answer::{Action, Answer, Given, Revision};
use ask::{Ask, QuestionId};
use call::{CallId, Reply, World};
pub use context::Setup;
use context::{UpdateCx, ViewCx};
use effect::{Effect, FrontEndTask};
use event::{Ended, Event, EventKind};
use handing::Handing;
use outbox::Outbox;
use pending::{Arrival, Call, Pending, Saved, Woken};
use screen::{Scene, Screen, setup::parts::Parts, step::Step, take_over::TakeOver};
use session::Session;
use team::{Heard, Team};
use view::{Handout, Notice, Place, Tone, View};
use waits::Waits;

/// How long a notice stands in front of the clock of a wait: time to read two lines. A guess.
const NOTICE: Duration = Duration::from_secs(5);

/// Said to an answer that was given to an older question.
const TOO_EARLY: &str = "That was typed before this question stood here, so it was not taken.";

/// The wizard.
#[derive(Debug, Default)]
pub struct Wizard {
    setup: Setup,
    now: Moment,
    session: Session,
    calls: Outbox,
    /// The screens behind Back, oldest first, each as it was left.
    behind: Vec<Box<dyn Screen>>,
    /// The screen that is shown.
    screen: Box<dyn Screen>,
    /// The question before leaving stands above the screen.
    asks_to_leave: bool,
    notice: Option<Notice>,
    /// When the notice was said.
    said: Moment,
    /// What is sent elsewhere.
    handing: Handing,
    /// What waits until a write has been seen through: going back, or parking.
    held: Option<Action>,
    /// The call that takes up a run, and whether it starts the wizard.
    opening: Pending<Box<RunRecord>>,
    /// That call is to take the run over from somebody.
    is_taking_over: bool,
    /// Others on the same record.
    team: Team,
    /// The write that lets go of a run: the board is read again behind it.
    parting: Pending<Saved>,
    /// The run that is being parked, until the record says so.
    parking: Option<RunId>,
    /// The wake-up for the next change of a wait or countdown on screen, and when that is.
    redraw: Pending<Woken>,
    redraw_at: Option<Moment>,
    revision: Revision,
    /// Events taken in so far.
    events: u64,
    /// The say-it card since the last event, once it was asked for: keys that only look ask for views, too.
    card: OnceCell<Card>,
    /// The question that the revision stands for, and its stamp.
    asked: (QuestionId, u64),
    ended: Option<Ended>,
}

impl Wizard {
    /// Makes a wizard that waits for [`EventKind::Started`], and then asks for the world to be opened.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let session = Session { forgets_forms: !setup.keeps_forms, ..Session::default() };
        Self { setup, session, ..Self::default() }
    }

    /// Makes one that sets up what a partner needs before the first customer: it opens no world, and works with no record.
    #[must_use]
    pub fn for_partner(setup: Setup) -> Self {
        Self { screen: Box::<Parts>::default(), ..Self::new(Setup { is_groundwork: true, ..setup }) }
    }

    /// Takes in what happened and returns what is wished for.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        self.now = event.at;
        self.events += 1;
        let before = self.notice.clone();
        let is_about_else = matches!(&event.what, EventKind::Answer(Answer { what, .. })
            if !matches!(what, Given::Do(action) if action.is_sending()));
        match event.what {
            EventKind::Reply(call, reply) if self.ended.is_some() => {
                self.calls.note(call, &reply);
            }
            _ if self.ended.is_some() => {}
            EventKind::Started => self.enter_screen(),
            EventKind::Answer(answer) => {
                self.notice = None;
                self.answer(answer);
            }
            EventKind::Reply(call, reply) => self.hear(call, reply),
        }
        if self.notice != before {
            self.said = self.now;
        }
        let (asked, due, failure) = self.asked_now();
        let said = self.notice.as_ref().and_then(|notice| notice.failure.as_deref());
        self.handing.note(failure, said, !is_about_else, self.now);
        if asked != self.asked {
            self.asked = asked;
            self.revise();
        }
        self.schedule_redraw(due);
        self.card.take();
        self.calls.take()
    }

    /// Set once the wizard has ended; open writes ([`Wizard::is_writing`]) are still to be seen through.
    pub(crate) const fn ended(&self) -> Option<Ended> {
        self.ended
    }

    /// Whether a write is out.
    pub(crate) fn is_writing(&self) -> bool {
        self.calls.is_writing()
    }

    /// What kept the world from being opened, until it is open: for the words after leaving.
    pub(crate) fn trouble(&self) -> Option<&Failure> {
        if self.session.is_open { None } else { self.screen.failure() }
    }

    /// The run that is open, for the words after leaving.
    pub(crate) fn run(&self) -> Option<&RunId> {
        self.session.record.as_ref().map(|r| &r.id)
    }

    /// Everything that can be seen now.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        let (cx, record) = (self.look(), self.session.record.as_ref());
        let scene = self.screen.view(cx);
        let steps = self.steps(scene.id);
        let bar = bar::bar(cx, &*self.screen);
        let scene = if self.asks_to_leave {
            scene.leaving(record, self.setup.is_groundwork)
        } else if let Some(request) = self.team.asks(&scene.shape) {
            scene.asked_for(request)
        } else {
            let scene = self.handing.lay(cx, &bar, scene);
            let scene = match record.filter(|_| self.is_watching()) {
                Some(record) => scene.watched(words::watching(record, cx.watcher())),
                None => scene,
            };
            scene.with_common_offers(record, cx.session.is_shared, self.is_watching())
        };
        let Scene { id, shape, focus, .. } = scene;
        // Nobody answers a question that is left as soon as a write is done.
        let is_waiting = scene.is_waiting || (self.held.is_some() && !self.asks_to_leave);
        View {
            events: self.events,
            now: self.now,
            bar,
            steps,
            page: scene.page,
            below: scene.below,
            ask: Ask { id, revision: self.revision, shape, is_waiting, focus },
            notice: self.notice.clone().or(scene.notice),
            actions: scene.offers,
            handouts: scene.handouts,
            card: self.card.get_or_init(|| self.screen.card(cx)),
            link: cx.link(),
            must_accept: cx.session.must_accept(),
            standing: scene.standing,
            doubts: scene.doubts,
            next_change: scene.next_change,
        }
    }

    /// The trail; above a run that is watched, that of the step below.
    fn steps(&self, question: QuestionId) -> Vec<view::Stop> {
        match self.behind.last() {
            Some(below) if question == QuestionId::TakeOver => screen::stops(below.view(self.look()).id),
            _ => screen::stops(question),
        }
    }

    const fn look(&self) -> ViewCx<'_> {
        ViewCx { now: self.now, setup: &self.setup, session: &self.session }
    }

    /// Which question stands now, when something on its page changes by itself, and what went wrong there.
    fn asked_now(&self) -> ((QuestionId, u64), Option<Moment>, Option<Failure>) {
        let scene = self.screen.view(self.look());
        let id = match self.team.asks(&scene.shape) {
            _ if self.asks_to_leave => QuestionId::Leave,
            Some(_) => QuestionId::HandOver,
            None => scene.id,
        };
        ((id, scene.stamp), scene.next_change, scene.trouble().cloned())
    }

    /// The question is another one, though it may look the same: a screen came on, a step failed.
    fn revise(&mut self) {
        self.revision = Revision(self.revision.0.saturating_add(1));
    }

    /// Asks to be woken when a wait or a countdown on screen changes next, and only then: nothing showing, no wake-ups.
    fn schedule_redraw(&mut self, due: Option<Moment>) {
        // A change that is due already would wake without end: the next event brings the next view anyway.
        let due = due.filter(|at| self.ended.is_none() && *at > self.now);
        if self.redraw_at != due {
            self.redraw_at = due;
            self.redraw.cancel(&mut self.calls);
            if let Some(at) = due {
                self.redraw.start(&mut self.calls, pending::wake(at.since(self.now)));
            }
        }
    }

    /// Takes a notice back that has stood long enough in front of the clock of a wait; bad news stays.
    fn expire_notice(&mut self) {
        let is_passing =
            self.notice.as_ref().is_some_and(|n| !n.stays && !matches!(n.tone, Tone::Warn | Tone::Bad));
        if is_passing && self.now.since(self.said) >= NOTICE {
            self.notice = None;
        }
    }

    /// The world is open: what was only known to it is known, and the run that was asked for is taken up.
    fn world(&mut self, world: World) {
        let World { operator, link_prefix, link_suffix, notes, is_shared } = world;
        self.setup = Setup { operator, link_prefix, link_suffix, ..self.setup.clone() };
        (self.session.is_open, self.session.is_shared) = (true, is_shared);
        if is_shared && (self.setup.is_board_watched || self.setup.is_unattended) {
            let (mut cx, .., team) = self.parts();
            team.follow(&mut cx);
        }
        if let Some(words) = words::notes(&notes) {
            self.say(Tone::Warn, words);
        }
        if let Some(run) = self.setup.run.clone() {
            self.opening.start(&mut self.calls, pending::load_run(run));
        }
    }

    fn answer(&mut self, answer: Answer) {
        let given = match answer.what {
            Given::End(why) => return self.end(Ended::Told(why)),
            Given::Leave if self.asks_to_leave => return self.end(Ended::Left),
            Given::Leave => {
                self.asks_to_leave = true;
                return;
            }
            given => given.by_name(),
        };
        if answer.to != self.revision {
            return self.say(Tone::Warn, TOO_EARLY);
        }
        let is_asked = !self.asks_to_leave && self.asked_now().0.0 == QuestionId::HandOver;
        self.team.note_typing(&given);
        match given {
            given if is_asked => self.answer_request(&given),
            Given::Yes | Given::Do(Action::Leave) if self.asks_to_leave => self.end(Ended::Left),
            _ if self.asks_to_leave => self.asks_to_leave = !matches!(given, Given::No | Given::Back),
            Given::Do(Action::Leave) => match self.finished() {
                Some(how) => self.end(how),
                None => self.asks_to_leave = true,
            },
            Given::Do(Action::Park) => self.park(),
            Given::Do(Action::Refresh) if self.is_watching() => {
                let (mut cx, .., team) = self.parts();
                team.look(&mut cx);
            }
            Given::Do(Action::TakeOver) if self.is_watching() => self.take_over(),
            Given::Do(action) if action.is_sending() => self.hand_over(action),
            given => {
                let (mut cx, screen, ..) = self.parts();
                let step = screen.answer(&mut cx, given);
                self.follow(step);
                self.look_while_watching();
            }
        }
    }

    /// Nobody tells what others do to a record in a file: a run that is watched is read again with what a person does there.
    fn look_while_watching(&mut self) {
        if self.is_watching() && !self.session.is_shared {
            let (mut cx, .., team) = self.parts();
            team.look_anew(&mut cx);
        }
    }

    /// Sends the text that the page has for that; with none, nothing is offered that would send it.
    fn hand_over(&mut self, action: Action) {
        let mut texts = self.view().handouts.into_iter().map(Handout::into_owned);
        let Some(text) = texts.next() else { return };
        let next = texts.next().map(|text| text.id);
        drop(texts);
        let (mut cx, _, handing, _) = self.parts();
        handing.send(&mut cx, action, text, next);
    }

    /// Whether the page is one of a run that is not held here.
    fn is_watching(&self) -> bool {
        self.session.is_read_only() && !self.screen.keeps()
    }

    /// Opens the run anew: whoever held it may be gone.
    fn take_over(&mut self) {
        if let Some(run) = self.run().cloned().filter(|_| !self.opening.is_out()) {
            self.is_taking_over = true;
            self.opening.start(&mut self.calls, pending::load_run(run));
        }
    }

    /// The run could not be taken over at once: somebody still has it. Who shares a record can ask.
    fn ask_for(&mut self, record: RunRecord) {
        let who = record.held_by.clone();
        self.session.hear_of(record);
        match who {
            Some(_) if self.session.is_shared => {
                let is_admin = self.setup.operator.is_admin;
                self.follow(Step::Next(Box::new(TakeOver::new(is_admin))));
            }
            Some(held_by) => self.say(Tone::Warn, words::still_held(&held_by)),
            None => {
                let record = self.session.record.as_ref();
                let kept = record.and_then(|record| record.kept_for(self.now)).map(words::kept);
                let taken = || "Somebody else is taking this run just now. Try again in a moment.".into();
                self.say(Tone::Warn, kept.unwrap_or_else(taken));
            }
        }
    }

    /// Answers whoever asks for the run. Handed over, everything of it is saved first.
    fn answer_request(&mut self, given: &Given) {
        let is_handed_over = match given {
            Given::Yes => true,
            Given::No | Given::Back => false,
            _ => return,
        };
        if is_handed_over {
            self.leave_screen();
            self.session.let_go(&mut self.calls);
            if let Some(record) = self.session.record.as_mut() {
                record.is_read_only = true;
            }
            self.say(Tone::Busy, "Saving and handing over. One moment.");
        }
        let (mut cx, .., team) = self.parts();
        team.answer(&mut cx, if is_handed_over { RunAnswer::Yes } else { RunAnswer::No });
    }

    /// What others do has come in.
    fn hear_team(&mut self, heard: Heard) {
        match heard {
            Heard::Nothing => {}
            Heard::Change(change) => {
                let (mut cx, screen, ..) = self.parts();
                screen.changed(&mut cx, &change);
            }
            Heard::Run(record, is_whole) => self.see_anew(*record, is_whole),
            Heard::Answered(Ok(record), true) => {
                let to = record.request.as_ref().map_or_else(String::new, |asked| asked.by.to_string());
                self.open(*record);
                self.say(Tone::Good, format_args!("Handed over: {to} goes on with the run."));
            }
            Heard::Answered(Ok(record), false) => self.see_anew(*record, false),
            // Whoever asked has gone meanwhile: that is nothing to whom nobody asked.
            Heard::Answered(Err(_), _) if self.setup.is_unattended => {}
            Heard::Answered(Err(failure), is_handed_over) => {
                self.fail(failure);
                let (mut cx, .., team) = self.parts();
                if is_handed_over { team.look(&mut cx) } else { team.look_anew(&mut cx) }
            }
        }
    }

    /// The run as it is on record now: what is watched follows it, and what is held here may have been taken over.
    fn see_anew(&mut self, record: RunRecord, is_whole: bool) {
        let Some(known) = self.session.record.as_ref().filter(|known| known.id == record.id) else { return };
        let is_other_step = resume::stage(known) != resume::stage(&record) || known.form != record.form;
        let had = known.held_by.clone().filter(|_| known.is_read_only && !self.screen.keeps());
        let freed = had.filter(|_| record.held_by.is_none() && record.kept_for(self.now).is_none());
        match (known.is_read_only, record.is_read_only) {
            (false, false) => {
                let (mut cx, .., team) = self.parts();
                team.note(&mut cx, &record);
                self.session.hear_of(record);
            }
            (false, true) => {
                let who =
                    record.held_by.as_ref().map_or_else(|| "Somebody".into(), |held_by| held_by.by.clone());
                self.open(record);
                let words = format_args!("{who} has taken this run over. You are watching.");
                self.say(Tone::Warn, words);
            }
            (true, true) if self.screen.keeps() => {
                self.session.hear_of(record);
                let (mut cx, screen, ..) = self.parts();
                let step = screen.session_changed(&mut cx);
                self.follow(step);
            }
            (true, true) if !is_whole && !is_other_step => {
                self.session.read = self.now;
                let (mut cx, .., team) = self.parts();
                team.note(&mut cx, &record);
                self.session.follow_record(record, &mut self.calls);
                let (mut cx, screen, ..) = self.parts();
                let step = screen.session_changed(&mut cx);
                self.follow(step);
            }
            (true, _) => {
                let notice = self.notice.take();
                self.open(record);
                self.notice = notice;
            }
        }
        if let Some(was) = freed.filter(|_| self.session.is_read_only()) {
            self.calls.perform(FrontEndTask::Bell);
            self.say(Tone::Warn, words::freed(&was));
        }
    }

    fn hear(&mut self, call: CallId, reply: Reply) {
        if !self.calls.note(call, &reply) {
            return; // cancelled or unknown: a late reply is normal life
        }
        if let Reply::World(world) = &reply {
            self.world(world.clone());
        }
        let mut arrival = Arrival::new(call, reply);
        if self.redraw.take(&mut arrival).is_some() {
            self.redraw_at = None;
            self.expire_notice();
        } else if let Some(parted) = self.parting.take(&mut arrival) {
            self.parted(parted.err());
        } else if let Some(opened) = self.opening.take(&mut arrival) {
            let is_taking_over = std::mem::take(&mut self.is_taking_over);
            match opened {
                Ok(record) if is_taking_over && record.is_read_only => self.ask_for(*record),
                Ok(record) => self.open(*record),
                Err(failure) => self.fail(failure),
            }
        } else if let Some(heard) = self.hear_others(&mut arrival) {
            self.hear_team(heard);
        } else if !self.hear_handing(&mut arrival) {
            self.hear_below(&mut arrival);
        }
        if !self.calls.is_writing() {
            match self.held.take() {
                Some(Action::Park) => self.park(),
                Some(_) => {
                    // What it waited for is done.
                    self.notice.take_if(|notice| notice.tone == Tone::Busy);
                    self.back();
                }
                None => {}
            }
        }
    }

    /// A reply for what others do. Whatever failed because somebody else has the run shows who that is.
    fn hear_others(&mut self, arrival: &mut Arrival) -> Option<Heard> {
        let is_lost = arrival.failure().is_some_and(|failure| failure.kind == FailureKind::Conflict)
            && !self.session.is_read_only();
        let (mut cx, .., team) = self.parts();
        let heard = team.hear(&mut cx, arrival);
        if is_lost && heard.is_none() {
            team.look_anew(&mut cx);
        }
        heard
    }

    /// The answer to a file that was to be written; what was typed ahead was meant for one that was.
    fn hear_handing(&mut self, arrival: &mut Arrival) -> bool {
        let has_failed = arrival.failure().is_some();
        let (mut cx, _, handing, _) = self.parts();
        let is_heard = handing.hear(&mut cx, arrival);
        if is_heard && has_failed {
            self.revise();
        }
        is_heard
    }

    /// A reply for the session, or else for the screen.
    fn hear_below(&mut self, arrival: &mut Arrival) {
        let has_failed = arrival.failure().is_some();
        let waits = Waits::of(&self.session);
        let said = self.session.hear(arrival, self.now, &mut self.calls);
        let over = waits.ended(Waits::of(&self.session), self.look());
        if over.is_some() {
            self.calls.perform(FrontEndTask::Bell);
        }
        if let Some(notice) = said.or(over.and_then(|over| over.said)) {
            self.notice = Some(notice);
        }
        let (mut cx, screen, ..) = self.parts();
        let step = if arrival.is_left() {
            let step = screen.hear(&mut cx, arrival);
            // What was typed ahead was meant for a step that went well.
            if has_failed {
                self.revise();
            }
            step
        } else {
            screen.session_changed(&mut cx)
        };
        self.follow(step);
    }

    fn follow(&mut self, step: Step) {
        match step {
            Step::Stay => {}
            Step::Next(next) => {
                self.leave_screen();
                self.behind.push(std::mem::replace(&mut self.screen, next));
                self.enter_screen();
            }
            Step::Back if self.calls.is_writing() => {
                self.held = Some(Action::Back);
                self.say(Tone::Busy, "Saving. One moment.");
            }
            Step::Back => self.back(),
            Step::Open(record) => self.open(*record),
            Step::Customers if self.run().is_some() => self.let_go(pending::leave_run),
            Step::Customers => self.customers(),
        }
    }

    /// A run was let go of, or could not be: the rows say what is on record now.
    fn parted(&mut self, failure: Option<Failure>) {
        match (failure, self.parking.take()) {
            (Some(failure), _) => self.fail(failure),
            // Said when it is in the record, unless something was asked for meanwhile.
            (None, Some(run)) if self.notice.is_some() => {
                let card = self.screen.card(self.look());
                let words = format_args!("{run} is parked. Nothing is lost. Tell them: {}", card.say);
                self.say(Tone::Good, words);
            }
            _ => {}
        }
        if self.behind.is_empty() {
            self.enter_again();
        }
    }

    /// How leaving ends the wizard where nothing is interrupted by it: on the outcome, with no run open, and in setup.
    fn finished(&self) -> Option<Ended> {
        let is_first = self.behind.is_empty() && self.session.record.is_none();
        match self.trouble() {
            Some(_) if is_first => Some(Ended::Failed),
            _ if is_first || self.setup.is_groundwork => Some(Ended::Finished { is_partly: false }),
            _ => self.screen.finished(),
        }
    }

    /// Takes up a run: the trail is derived from what is on record, not from where the wizard happened to be.
    fn open(&mut self, record: RunRecord) {
        // What the first screen said about interrupted runs is answered by opening one; what it warned of is not.
        if self.behind.is_empty() {
            self.notice.take_if(|notice| notice.tone != Tone::Warn);
        }
        self.leave_screen();
        if self.run().is_some_and(|other| *other != record.id) {
            self.release(pending::leave_run);
        }
        let mut trail = resume::trail(&record);
        let is_same = self.run() == Some(&record.id);
        let (mut cx, .., team) = self.parts();
        team.open(&mut cx, &record, is_same);
        self.session.read = self.now;
        self.session.take_up(record, &mut self.calls);
        self.session.prove_again(self.now, &mut self.calls);
        if let Some(shown) = trail.pop() {
            self.behind.push(std::mem::replace(&mut self.screen, shown));
            // The customers stay at the bottom of the trail.
            self.behind.truncate(1);
            self.behind.append(&mut trail);
        }
        self.enter_screen();
    }

    fn back(&mut self) {
        let Some(before) = self.behind.pop() else {
            self.asks_to_leave = true;
            return;
        };
        self.leave_screen();
        self.screen = before;
        if self.behind.is_empty() && self.run().is_some() {
            self.release(pending::leave_run);
        }
        self.enter_screen();
        if self.notice.is_none() {
            let here = screen::stops(self.screen.view(self.look()).id).into_iter();
            let here =
                here.filter(|stop| stop.place == Place::Here).map(|stop| stop.name).collect::<String>();
            self.say(Tone::Plain, format_args!("Back at {here}. What was typed or ticked is kept."));
        }
    }

    fn park(&mut self) {
        let (mut cx, ..) = self.parts();
        if !cx.may_write() {
            return;
        }
        if self.calls.is_writing() {
            self.held = Some(Action::Park);
            return self.say(Tone::Busy, "Saving. One moment.");
        }
        if self.session.record.as_ref().is_some_and(|record| record.finished.is_some()) {
            return self.follow(Step::Customers);
        }
        if let Some(record) = &self.session.record {
            let run = record.id.clone();
            let is_link_out = record.link_shown.is_some() && !record.product.is_hosted();
            let card = Waits::of(&self.session).card(record, self.session.proving.verdict());
            // Microsoft's word on a link that is out is on record by itself.
            let trouble = self.asked_now().2.filter(|_| !is_link_out);
            let obstacle = trouble.and_then(|failure| Obstacle::of(&failure, record.product));
            self.let_go(|run| pending::park_run(run, obstacle));
            self.say(Tone::Busy, format_args!("{run} is being parked. Nothing is lost."));
            (self.session.parked, self.parking) = (Some(card), Some(run));
        }
    }

    /// Lets go of the run with this write and returns to the customers.
    fn let_go(&mut self, write: impl FnOnce(RunId) -> Call<Saved>) {
        self.leave_screen();
        self.release(write);
        self.customers();
    }

    /// Saves what is still a draft, ends the run's calls and starts the write that lets go of it. A run that another
    /// process holds is not ours to let go of.
    fn release(&mut self, write: impl FnOnce(RunId) -> Call<Saved>) {
        self.session.let_go(&mut self.calls);
        self.part(write);
        let (mut cx, .., team) = self.parts();
        team.leave(&mut cx);
        self.session.empty();
    }

    /// Lets go of the run with this write, where it is held here.
    fn part(&mut self, write: impl FnOnce(RunId) -> Call<Saved>) {
        if let Some(record) = self.session.record.as_ref().filter(|record| !record.is_read_only) {
            self.parting.forget();
            self.parting.start(&mut self.calls, write(record.id.clone()));
        }
    }

    fn customers(&mut self) {
        self.behind.clear();
        self.screen = Box::default();
        self.enter_screen();
    }

    fn end(&mut self, how: Ended) {
        // What follows keeps what was typed, and lets the run go: that is nothing that was confirmed.
        let is_confirmed = self.calls.is_writing();
        self.leave_screen();
        self.session.let_go(&mut self.calls);
        // With a write out the hold ends with the process: letting go now could overtake the write, which needs it.
        if !self.calls.is_writing() {
            self.part(pending::leave_run);
        }
        self.calls.cancel_readers();
        self.redraw.forget();
        self.asks_to_leave = false;
        if is_confirmed {
            self.say(Tone::Busy, "Saving what was confirmed. One moment.");
        } else if self.calls.is_writing() {
            self.say(Tone::Busy, "Saving. One moment.");
        }
        self.ended = Some(how);
    }

    fn enter_screen(&mut self) {
        self.revise();
        self.enter_again();
    }

    /// The screen reads again what it shows; its question stays the same.
    fn enter_again(&mut self) {
        let (mut cx, screen, ..) = self.parts();
        screen.enter(&mut cx);
    }

    fn leave_screen(&mut self) {
        let (mut cx, screen, handing, _) = self.parts();
        screen.leave(&mut cx);
        handing.leave(&mut cx);
    }

    fn say(&mut self, tone: Tone, words: impl Into<Phrase>) {
        self.notice = Some(Notice::new(tone, words));
    }

    /// Says bad news; what was typed ahead was meant for a step that went well.
    fn fail(&mut self, failure: Failure) {
        self.revise();
        self.notice = Some(Notice::of(Tone::Bad, failure));
    }

    /// Splits the wizard into what screens work with, the screen itself, what is sent elsewhere, and what others do.
    fn parts(&mut self) -> (UpdateCx<'_>, &mut dyn Screen, &mut Handing, &mut Team) {
        let Self { setup, now, session, calls, screen, handing, team, notice, .. } = self;
        (UpdateCx { now: *now, setup, session, calls, notice }, &mut **screen, handing, team)
    }
}

#[cfg(test)]
pub(crate) mod tests;
