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
mod watching;
mod words;

use std::{cell::OnceCell, time::Duration};

use crate::domain::{
    card::Card, customer::Obstacle, failure::Failure, held_by::RunAnswer, id::RunId, phrase::Phrase,
    run::RunRecord, time::Moment,
};

use answer::{Action, Answer, Given, Revision};
use ask::{Ask, QuestionId};
use call::{CallId, Reply, World};
use context::Context;
pub use context::Setup;
use effect::{Effect, FrontEndTask};
use event::{Ended, Event, EventKind};
use handing::Handing;
use pending::{Arrival, Call, Pending, Saved, Woken};
use screen::{Scene, Screen, setup::parts::Parts, step::Step, take_over::TakeOver};
use session::Session;
use team::{Heard, Team};
use view::{Handout, Notice, Tone, View};
use waits::Waits;

/// How long a notice stands in front of the clock of a wait: time to read two lines. A guess.
const NOTICE: Duration = Duration::from_secs(5);

/// Said to an answer that was given to an older question.
const TOO_EARLY: &str = "That was typed before this question stood here, so it was not taken.";

/// The wizard.
#[derive(Debug, Default)]
pub struct Wizard {
    /// What screens work with.
    cx: Context,
    /// The screens behind Back, oldest first, each as it was left.
    behind: Vec<Box<dyn Screen>>,
    /// The screen that is shown.
    screen: Box<dyn Screen>,
    /// The question before leaving stands above the screen.
    asks_to_leave: bool,
    /// When the notice was said.
    said: Moment,
    /// What is sent elsewhere.
    handing: Handing,
    /// What waits until a write has been seen through: going back, or parking.
    held: Option<Action>,
    /// The call that takes up a run, and whether it starts the wizard.
    opening: Pending<Box<RunRecord>>,
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
        Self { cx: Context { setup, session, ..Context::default() }, ..Self::default() }
    }

    /// Makes one that sets up what a partner needs before the first customer: it opens no world, and works with no record.
    #[must_use]
    pub fn for_partner(setup: Setup) -> Self {
        Self { screen: Box::<Parts>::default(), ..Self::new(Setup { is_groundwork: true, ..setup }) }
    }

    /// Takes in what happened and returns what is wished for.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        self.cx.now = event.at;
        self.events += 1;
        let before = self.cx.notice.clone();
        let is_about_else = matches!(&event.what, EventKind::Answer(Answer { what, .. })
            if !matches!(what, Given::Do(action) if action.is_sending()));
        match event.what {
            EventKind::Reply(call, reply) if self.ended.is_some() => {
                self.cx.calls.note(call, &reply);
            }
            _ if self.ended.is_some() => {}
            EventKind::Started => self.enter_screen(),
            EventKind::Answer(answer) => {
                self.cx.notice = None;
                self.answer(answer);
            }
            EventKind::Reply(call, reply) => self.hear(call, reply),
        }
        if self.cx.notice != before {
            self.said = self.cx.now;
        }
        let (asked, due, failure) = self.asked_now();
        let said = self.cx.notice.as_ref().and_then(|notice| notice.failure.as_deref());
        self.handing.note(failure, said, !is_about_else, self.cx.now);
        if asked != self.asked {
            self.asked = asked;
            self.revise();
        }
        self.schedule_redraw(due);
        self.card.take();
        self.cx.calls.take()
    }

    /// Set once the wizard has ended; open writes ([`Wizard::is_writing`]) are still to be seen through.
    pub(crate) const fn ended(&self) -> Option<Ended> {
        self.ended
    }

    /// Whether a write is out.
    pub(crate) fn is_writing(&self) -> bool {
        self.cx.calls.is_writing()
    }

    /// What kept the world from being opened, until it is open: for the words after leaving.
    pub(crate) fn trouble(&self) -> Option<&Failure> {
        if self.cx.session.is_open { None } else { self.screen.failure() }
    }

    /// The run that is open, for the words after leaving.
    pub(crate) fn run(&self) -> Option<&RunId> {
        self.cx.session.record.as_ref().map(|r| &r.id)
    }

    /// Everything that can be seen now.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        let (cx, record) = (self.cx.look(), self.cx.session.record.as_ref());
        let scene = self.screen.view(cx);
        let steps = self.steps(scene.id);
        let bar = bar::bar(cx, &*self.screen);
        let scene = if self.asks_to_leave {
            scene.leaving(record, self.cx.setup.is_groundwork)
        } else if let Some(request) = self.team.asks(&scene.shape) {
            scene.asked_for(request)
        } else {
            let scene = self.handing.lay(cx, &bar, scene);
            let scene = match record.filter(|_| self.is_watching()) {
                Some(record) => scene.watched(watching::banner(record, cx)),
                None => scene,
            };
            scene.with_common_offers(cx, self.is_watching())
        };
        let Scene { id, shape, focus, .. } = scene;
        // Nobody answers a question that is left as soon as a write is done.
        let is_waiting = scene.is_waiting || (self.held.is_some() && !self.asks_to_leave);
        View {
            events: self.events,
            now: self.cx.now,
            bar,
            steps,
            page: scene.page,
            below: scene.below,
            ask: Ask { id, revision: self.revision, shape, is_waiting, focus },
            notice: self.cx.notice.clone().or(scene.notice),
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
    fn steps(&self, question: QuestionId) -> view::Stops {
        match self.behind.last() {
            Some(below) if question == QuestionId::TakeOver => screen::stops(below.view(self.cx.look()).id),
            _ => screen::stops(question),
        }
    }

    /// Which question stands now, when something on its page changes by itself, and what went wrong there.
    fn asked_now(&self) -> ((QuestionId, u64), Option<Moment>, Option<Failure>) {
        let scene = self.screen.view(self.cx.look());
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
        let due = due.filter(|at| self.ended.is_none() && *at > self.cx.now);
        if self.redraw_at != due {
            self.redraw_at = due;
            self.redraw.cancel(&mut self.cx.calls);
            if let Some(at) = due {
                self.redraw.start(&mut self.cx.calls, pending::wake(at.since(self.cx.now)));
            }
        }
    }

    /// Takes a notice back that has stood long enough in front of the clock of a wait; bad news stays.
    fn expire_notice(&mut self) {
        let is_passing =
            self.cx.notice.as_ref().is_some_and(|n| !n.stays && !matches!(n.tone, Tone::Warn | Tone::Bad));
        if is_passing && self.cx.now.since(self.said) >= NOTICE {
            self.cx.notice = None;
        }
    }

    /// The world is open: what was only known to it is known, and the run that was asked for is taken up.
    fn world(&mut self, world: World) {
        let World { operator, link_prefix, link_suffix, notes, is_shared } = world;
        self.cx.setup = Setup { operator, link_prefix, link_suffix, ..self.cx.setup.clone() };
        (self.cx.session.is_open, self.cx.session.is_shared) = (true, is_shared);
        if is_shared && (self.cx.setup.is_board_watched || self.cx.setup.is_unattended) {
            self.team.follow(&mut self.cx.update());
        }
        if let Some(words) = words::notes(&notes) {
            self.say(Tone::Warn, words);
        }
        if let Some(run) = self.cx.setup.run.clone() {
            self.opening.start(&mut self.cx.calls, pending::load_run(run));
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
        self.team.note_typing(&given);
        match given {
            given if self.asked.0 == QuestionId::HandOver => self.answer_request(&given),
            Given::Yes | Given::Do(Action::Leave) if self.asks_to_leave => self.end(Ended::Left),
            _ if self.asks_to_leave => self.asks_to_leave = !matches!(given, Given::No | Given::Back),
            Given::Do(Action::Leave) => match self.finished() {
                Some(how) => self.end(how),
                None => self.asks_to_leave = true,
            },
            Given::Do(Action::Park) => self.park(),
            Given::Do(Action::Refresh) if self.is_watching() => self.team.look(&mut self.cx.update()),
            Given::Do(Action::TakeOver) if self.is_watching() => self.take_over(),
            Given::Do(action) if action.is_sending() => self.hand_over(action),
            given => {
                let step = self.screen.answer(&mut self.cx.update(), given);
                self.follow(step);
                // Nobody tells what others do to a record in a file: what is watched there is read again with each answer.
                if self.is_watching() && !self.cx.session.is_shared {
                    self.team.look_anew(&mut self.cx.update());
                }
            }
        }
    }

    /// Sends the text that the page has for that; with none, nothing is offered that would send it.
    fn hand_over(&mut self, action: Action) {
        let mut texts = self.view().handouts.into_iter().map(Handout::into_owned);
        let Some(text) = texts.next() else { return };
        let next = texts.next().map(|text| text.id);
        drop(texts);
        self.handing.send(&mut self.cx.update(), action, text, next);
    }

    /// Whether the page is one of a run that is not held here.
    fn is_watching(&self) -> bool {
        self.cx.session.is_read_only() && !self.screen.keeps()
    }

    /// Opens the run anew: whoever held it may be gone.
    fn take_over(&mut self) {
        if let Some(run) = self.run().cloned().filter(|_| !self.opening.is_out()) {
            self.opening.start(&mut self.cx.calls, pending::load_run(run));
        }
    }

    /// The run could not be taken over at once: somebody still has it. Who shares a record can ask.
    fn ask_for(&mut self, record: RunRecord) {
        let (is_held, why) = (record.held_by.is_some(), watching::why_not_taken(&record, self.cx.now));
        self.cx.session.hear_of(record);
        if is_held && self.cx.session.is_shared {
            let is_admin = self.cx.setup.operator.is_admin;
            self.follow(Step::Next(Box::new(TakeOver::new(is_admin))));
        } else {
            self.say(Tone::Warn, why);
        }
    }

    /// Answers whoever asks for the run. Handed over, everything of it is saved first.
    fn answer_request(&mut self, given: &Given) {
        let answer = match given {
            Given::Yes => RunAnswer::Yes,
            Given::No | Given::Back => RunAnswer::No,
            _ => return,
        };
        if answer == RunAnswer::Yes {
            self.leave_screen();
            self.cx.session.let_go(&mut self.cx.calls);
            if let Some(record) = self.cx.session.record.as_mut() {
                record.is_read_only = true;
            }
            self.say(Tone::Busy, "Saving and handing over. One moment.");
        }
        self.team.answer(&mut self.cx.update(), answer);
    }

    /// What others do has come in.
    fn hear_team(&mut self, heard: Heard) {
        match heard {
            Heard::Nothing => {}
            Heard::Change(change) => self.screen.changed(&mut self.cx.update(), &change),
            Heard::Run(record, is_whole) => self.see_anew(*record, is_whole),
            Heard::Answered(Ok(record), true) => {
                let to = record.request.as_ref().map_or_else(String::new, |asked| asked.by.to_string());
                self.open(*record);
                self.say(Tone::Good, format_args!("Handed over: {to} goes on with the run."));
            }
            Heard::Answered(Ok(record), false) => self.see_anew(*record, false),
            // Whoever asked has gone meanwhile: that is nothing to whom nobody asked.
            Heard::Answered(Err(_), _) if self.cx.setup.is_unattended => {}
            Heard::Answered(Err(failure), is_handed_over) => {
                self.fail(failure);
                let look = if is_handed_over { Team::look } else { Team::look_anew };
                look(&mut self.team, &mut self.cx.update());
            }
        }
    }

    /// The run as it is on record now: what is watched follows it, and what is held here may have been taken over.
    fn see_anew(&mut self, record: RunRecord, is_whole: bool) {
        let Some(known) = self.cx.session.record.as_ref().filter(|known| known.id == record.id) else {
            return;
        };
        let is_other_step = resume::stage(known) != resume::stage(&record) || known.form != record.form;
        let had = known.held_by.clone().filter(|_| known.is_read_only && !self.screen.keeps());
        let freed = had.filter(|_| record.held_by.is_none() && record.kept_for(self.cx.now).is_none());
        match (known.is_read_only, record.is_read_only) {
            (false, false) => {
                self.team.note(&mut self.cx.update(), &record);
                self.cx.session.hear_of(record);
            }
            (false, true) => {
                let who =
                    record.held_by.as_ref().map_or_else(|| "Somebody".into(), |held_by| held_by.by.clone());
                self.open(record);
                let words = format_args!("{who} has taken this run over. You are watching.");
                self.say(Tone::Warn, words);
            }
            (true, true) if self.screen.keeps() => {
                self.cx.session.hear_of(record);
                self.session_changed();
            }
            (true, true) if !is_whole && !is_other_step => {
                self.team.note(&mut self.cx.update(), &record);
                self.cx.session.follow_record(record, self.cx.now, &mut self.cx.calls);
                self.session_changed();
            }
            (true, _) => {
                let notice = self.cx.notice.take();
                self.open(record);
                self.cx.notice = notice;
            }
        }
        if let Some(was) = freed.filter(|_| self.cx.session.is_read_only()) {
            self.cx.calls.perform(FrontEndTask::Bell);
            self.say(Tone::Warn, watching::freed(&was));
        }
    }

    fn hear(&mut self, call: CallId, reply: Reply) {
        if !self.cx.calls.note(call, &reply) {
            return; // cancelled or unknown: a late reply is normal life
        }
        if let Reply::World(world) = &reply {
            self.world(world.clone());
        }
        let mut arrival = Arrival::new(call, reply);
        let has_failed = arrival.failure().is_some();
        if self.redraw.take(&mut arrival).is_some() {
            self.redraw_at = None;
            self.expire_notice();
        } else if let Some(parted) = self.parting.take(&mut arrival) {
            self.parted(parted.err());
        } else if let Some(opened) = self.opening.take(&mut arrival) {
            match opened {
                // It was open already: it was to be taken over.
                Ok(record) if record.is_read_only && self.run() == Some(&record.id) => self.ask_for(*record),
                Ok(record) => self.open(*record),
                Err(failure) => self.fail(failure),
            }
        } else if let Some(heard) = self.team.hear(&mut self.cx.update(), &mut arrival) {
            self.hear_team(heard);
        } else if !self.handing.hear(&mut self.cx.update(), &mut arrival) {
            self.hear_below(&mut arrival);
        } else if has_failed {
            self.revise();
        }
        if !self.cx.calls.is_writing() {
            match self.held.take() {
                Some(Action::Park) => self.park(),
                Some(_) => {
                    // What it waited for is done.
                    self.cx.notice.take_if(|notice| notice.tone == Tone::Busy);
                    self.back();
                }
                None => {}
            }
        }
    }

    /// A reply for the session, or else for the screen.
    fn hear_below(&mut self, arrival: &mut Arrival) {
        let waits = Waits::of(&self.cx.session);
        let said = self.cx.session.hear(arrival, self.cx.now, &mut self.cx.calls);
        let (is_over, told) = waits.ended(Waits::of(&self.cx.session), self.cx.look());
        if is_over {
            self.cx.calls.perform(FrontEndTask::Bell);
        }
        if let Some(notice) = said.or(told) {
            self.cx.notice = Some(notice);
        }
        if !arrival.is_left() {
            return self.session_changed();
        }
        // What was typed ahead was meant for a step that went well.
        if arrival.failure().is_some() {
            self.revise();
        }
        let step = self.screen.hear(&mut self.cx.update(), arrival);
        self.follow(step);
    }

    /// Something of the run has changed below the screen.
    fn session_changed(&mut self) {
        let step = self.screen.session_changed(&mut self.cx.update());
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
            Step::Back if self.cx.calls.is_writing() => {
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
            (None, Some(run)) if self.cx.notice.is_some() => {
                let card = self.screen.card(self.cx.look());
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
        let is_first = self.behind.is_empty() && self.cx.session.record.is_none();
        match self.trouble() {
            Some(_) if is_first => Some(Ended::Failed),
            _ if is_first || self.cx.setup.is_groundwork => Some(Ended::Finished { is_partly: false }),
            _ => self.screen.finished(),
        }
    }

    /// Takes up a run: the trail is derived from what is on record, not from where the wizard happened to be.
    fn open(&mut self, record: RunRecord) {
        // What the first screen said about interrupted runs is answered by opening one; what it warned of is not.
        if self.behind.is_empty() {
            self.cx.notice.take_if(|notice| notice.tone != Tone::Warn);
        }
        self.leave_screen();
        if self.run().is_some_and(|other| *other != record.id) {
            self.release(pending::leave_run);
        }
        let mut trail = resume::trail(&record);
        self.cx.session.take_up(record, self.cx.now, &mut self.cx.calls);
        self.team.open(&mut self.cx.update());
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
        if self.cx.notice.is_none() {
            let here = screen::stops(self.screen.view(self.cx.look()).id).name();
            self.say(Tone::Plain, format_args!("Back at {here}. What was typed or ticked is kept."));
        }
    }

    fn park(&mut self) {
        if !self.cx.update().may_write() {
            return;
        }
        if self.cx.calls.is_writing() {
            self.held = Some(Action::Park);
            return self.say(Tone::Busy, "Saving. One moment.");
        }
        let Some(record) = &self.cx.session.record else { return };
        if record.finished.is_some() {
            return self.follow(Step::Customers);
        }
        let run = record.id.clone();
        let is_link_out = record.link_shown.is_some() && !record.product.is_hosted();
        let card = Waits::of(&self.cx.session).card(record, self.cx.session.proving.verdict());
        // Microsoft's word on a link that is out is on record by itself.
        let trouble = self.asked_now().2.filter(|_| !is_link_out);
        let obstacle = trouble.and_then(|failure| Obstacle::of(&failure, record.product));
        self.let_go(|run| pending::park_run(run, obstacle));
        self.say(Tone::Busy, format_args!("{run} is being parked. Nothing is lost."));
        (self.cx.session.parked, self.parking) = (Some(card), Some(run));
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
        self.cx.session.let_go(&mut self.cx.calls);
        self.part(write);
        self.team.leave(&mut self.cx.update());
        self.cx.session.empty();
    }

    /// Lets go of the run with this write, where it is held here.
    fn part(&mut self, write: impl FnOnce(RunId) -> Call<Saved>) {
        if let Some(record) = self.cx.session.record.as_ref().filter(|record| !record.is_read_only) {
            self.parting.forget();
            self.parting.start(&mut self.cx.calls, write(record.id.clone()));
        }
    }

    fn customers(&mut self) {
        self.behind.clear();
        self.screen = Box::default();
        self.enter_screen();
    }

    fn end(&mut self, how: Ended) {
        // What follows keeps what was typed, and lets the run go: that is nothing that was confirmed.
        let is_confirmed = self.cx.calls.is_writing();
        self.leave_screen();
        self.cx.session.let_go(&mut self.cx.calls);
        // With a write out the hold ends with the process: letting go now could overtake the write, which needs it.
        if !self.cx.calls.is_writing() {
            self.part(pending::leave_run);
        }
        self.cx.calls.cancel_readers();
        self.asks_to_leave = false;
        if is_confirmed {
            self.say(Tone::Busy, "Saving what was confirmed. One moment.");
        } else if self.cx.calls.is_writing() {
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
        self.screen.enter(&mut self.cx.update());
    }

    fn leave_screen(&mut self) {
        self.screen.leave(&mut self.cx.update());
        self.handing.leave(&mut self.cx.update());
    }

    fn say(&mut self, tone: Tone, words: impl Into<Phrase>) {
        self.cx.notice = Some(Notice::new(tone, words));
    }

    /// Says bad news; what was typed ahead was meant for a step that went well.
    fn fail(&mut self, failure: Failure) {
        self.revise();
        self.cx.notice = Some(Notice::of(Tone::Bad, failure));
    }
}

#[cfg(test)]
pub(crate) mod tests;
