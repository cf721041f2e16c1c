//! The wizard: plain computation. `update(Event) -> Vec<Effect>`, `view() -> View`; no terminal, network or clock.
//!
//! A trail of screens lies behind Back; the last one is shown. What belongs to the run and not to a screen (the record,
//! the proof that is being polled, the users that stream in) lives in the session. `Back` and leaving are
//! handled here; everything else goes to the screen, which answers with a `Step`.

mod bar;
pub mod effect;
pub mod event;
mod lost;
mod outbox;
mod overlay;
mod part;
mod proving;
mod resume;
mod roster;
mod screen;
mod session;
mod step;
pub mod view;
mod words;

#[cfg(any(test, fuzzing))]
pub(crate) use screen::impersonation::address_list;

use std::time::Duration;

use crate::domain::{
    failure::Failure,
    id::{RunId, TenantId},
    run::{Operator, RunRecord},
    text::Text,
    time::Moment,
};

use effect::{CallId, Effect, Request};
use event::{Action, Ended, Event, Happening, Intent, Reply, World};
use outbox::Outbox;
use overlay::Overlay;
use screen::Screen;
use session::Session;
use step::Step;
use view::{Block, Notice, Tone, View};

/// How long a notice stands in front of the clock of a wait: time to read two lines. A guess.
const NOTICE: Duration = Duration::from_secs(5);

/// What the wizard is told when it is made, before anything has been opened: the first view needs no more.
///
/// Operator and link come with [`World`], which takes the place of what stood here.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact about the place, none excludes another")]
pub struct Setup {
    /// Everything is invented: every screen says so.
    pub is_sandbox: bool,
    /// The customer can be played with one key.
    pub rehearsal: bool,
    /// Who is at the keyboard; until the world is open, nobody with rights.
    pub operator: Operator,
    /// What stands before the tenant in the consent link.
    pub link_prefix: String,
    /// What stands behind the tenant in the consent link.
    pub link_suffix: String,
    /// Whether a browser can be opened here (not over ssh, not without a display).
    pub can_open_browser: bool,
    /// Most bytes of base64 that the front end can send to a clipboard; 0: it has no way to one.
    pub clipboard: usize,
    /// The permissions asked for: name and plain reason.
    pub permissions: Vec<(Text, Text)>,
    /// Go straight to this run.
    pub run: Option<RunId>,
    /// Somebody looks at the board: Microsoft is asked about the runs on it that wait for consent. Who comes for one run
    /// only would have it asked about all the others.
    pub is_board_watched: bool,
    /// IANA name of the zone that this computer is in.
    pub here: Text,
}

impl Setup {
    /// The consent link for a tenant: the GUID stands in the path, never a word like `organizations`.
    #[must_use]
    pub fn link(&self, tenant: TenantId) -> Text {
        Text::of(format_args!("{}{tenant}{}", self.link_prefix, self.link_suffix))
    }

    /// Whether the way to the clipboard takes all of a text. Base64 makes four bytes of three.
    pub(crate) const fn can_copy(&self, text: &str) -> bool {
        text.len().div_ceil(3).saturating_mul(4) <= self.clipboard
    }
}

/// What screens work with while they handle something.
pub(crate) struct Cx<'a> {
    /// When it happened.
    pub(crate) now: Moment,
    /// What the wizard was told at the start.
    pub(crate) setup: &'a Setup,
    /// What belongs to the run.
    pub(crate) session: &'a mut Session,
    /// Where wishes go.
    pub(crate) calls: &'a mut Outbox,
    /// One line of state to show until the next intent.
    pub(crate) notice: &'a mut Option<Notice>,
}

impl Cx<'_> {
    /// Whether the run may be changed here; says why not.
    pub(crate) fn may_write(&mut self) -> bool {
        let is_read_only = self.session.record.as_ref().is_some_and(|record| record.is_read_only);
        if is_read_only {
            self.say(Tone::Warn, words::READ_ONLY);
        }
        !is_read_only
    }

    /// Says something in the line of state.
    pub(crate) fn say(&mut self, tone: Tone, words: impl Into<Text>) {
        *self.notice = Some(Notice { tone, words: words.into() });
    }
}

/// What screens look at while they make a view.
#[derive(Clone, Copy)]
pub(crate) struct Look<'a> {
    /// The moment of the last event.
    pub(crate) now: Moment,
    /// What the wizard was told at the start.
    pub(crate) setup: &'a Setup,
    /// What belongs to the run.
    pub(crate) session: &'a Session,
}

/// The wizard.
#[derive(Debug)]
pub struct Wizard {
    setup: Setup,
    now: Moment,
    session: Session,
    calls: Outbox,
    /// The screens behind Back, oldest first, each as it was left.
    behind: Vec<Screen>,
    /// The screen that is shown.
    screen: Screen,
    overlay: Option<Overlay>,
    notice: Option<Notice>,
    /// When the notice was said.
    said: Moment,
    /// An intent that waits until a write has been seen through.
    held: Option<Intent>,
    /// The call that takes up a run, and whether it starts the wizard.
    opening: Option<CallId>,
    /// The write that lets go of a run: the board is read again behind it.
    parting: Option<CallId>,
    /// The run that is being parked, until the record says so.
    parking: Option<RunId>,
    /// The wake-up for the next change of a wait or countdown on screen, and when that is.
    tick: Option<(CallId, Moment)>,
    ended: Option<Ended>,
}

impl Wizard {
    /// Makes a wizard that waits for [`Happening::Started`], and then asks for the world to be opened.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        Self {
            setup,
            now: Moment::default(),
            session: Session::default(),
            calls: Outbox::default(),
            behind: Vec::new(),
            screen: Screen::customers(),
            overlay: None,
            notice: None,
            said: Moment::default(),
            held: None,
            opening: None,
            parting: None,
            parking: None,
            tick: None,
            ended: None,
        }
    }

    /// Takes in what happened and returns what is wished for.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        self.now = event.at;
        let before = self.notice.clone();
        if self.ended.is_none() {
            match event.what {
                Happening::Started => self.enter_screen(),
                Happening::Intent(intent) => {
                    self.notice = None;
                    let lost = self.lost(&intent);
                    self.intent(intent);
                    if let (Some(words), None) = (lost, &self.notice) {
                        self.say(Tone::Plain, words);
                    }
                }
                Happening::Reply(call, reply) => self.reply(call, reply),
            }
        } else if let Happening::Reply(call, reply) = event.what {
            self.calls.note(call, &reply);
        }
        if self.notice != before {
            self.said = self.now;
        }
        self.wind();
        self.calls.take()
    }

    /// Set once the wizard has ended; open writes ([`Wizard::is_writing`]) are still to be seen through.
    #[must_use]
    pub const fn ended(&self) -> Option<Ended> {
        self.ended
    }

    /// Whether a write is out.
    #[must_use]
    pub fn is_writing(&self) -> bool {
        self.calls.is_writing()
    }

    /// What kept the world from being opened, until it is open: for the words after leaving.
    #[must_use]
    pub fn trouble(&self) -> Option<&Failure> {
        match &self.screen {
            Screen::Customer(screen) if !self.session.is_open => screen.failure(),
            _ => None,
        }
    }

    /// The run that is open, for the words after leaving.
    #[must_use]
    pub fn run(&self) -> Option<&RunId> {
        self.session.record.as_ref().map(|r| &r.id)
    }

    /// Everything that can be seen now.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        let look = Look { now: self.now, setup: &self.setup, session: &self.session };
        let shown = self.screen.view(look);
        let card = self.screen.card(look);
        let (ask, is_waiting) = self.screen.asks(look);
        let mut view = View {
            bar: bar::bar(look, &self.screen),
            trail: self.screen.stops(look),
            panel: shown.panel,
            overlay: shown.overlay,
            notice: self.notice.clone().or(shown.notice),
            keys: shown.keys,
            focus: shown.focus,
            ask,
            is_waiting,
            card,
            next_change: shown.next_change,
        };
        view.keys.extend(words::common_keys(view.focus, self.session.record.is_some()));
        if let Some(overlay) = &self.overlay {
            let above = overlay.view(&view, self.session.record.as_ref());
            view.overlay = Some(above.panel);
            view.keys = above.keys;
            view.focus = above.focus;
            view.ask = overlay.asks();
            view.is_waiting = false;
        }
        view
    }

    /// Asks to be woken when a wait or a countdown on screen changes next, and only then: nothing showing, no wake-ups.
    fn wind(&mut self) {
        let due = if self.ended.is_some() { None } else { self.view().next_change };
        if self.tick.map(|(_, at)| at) == due {
            return;
        }
        if let Some((call, _)) = self.tick.take() {
            self.calls.cancel(call);
        }
        // A change that is due already would wake without end: the next event brings the next view anyway.
        if let Some(at) = due.filter(|at| *at > self.now) {
            self.tick = Some((self.calls.start(Request::Wake(at.since(self.now))), at));
        }
    }

    /// Takes a notice back that has stood long enough in front of the clock of a wait; bad news stays.
    fn hush(&mut self) {
        let is_passing = self.notice.as_ref().is_some_and(|n| !matches!(n.tone, Tone::Warn | Tone::Bad));
        if is_passing && self.now.since(self.said) >= NOTICE {
            self.notice = None;
        }
    }

    /// The world is open: what was only known to it is known, and the run that was asked for is taken up.
    fn world(&mut self, world: World) {
        let World { operator, link_prefix, link_suffix } = world;
        self.setup = Setup { operator, link_prefix, link_suffix, ..self.setup.clone() };
        self.session.is_open = true;
        if let Some(run) = self.setup.run.clone() {
            self.opening = Some(self.calls.start(Request::LoadRun(run)));
        }
    }

    fn intent(&mut self, intent: Intent) {
        match intent {
            Intent::End(why) => return self.end(Ended::Told(why)),
            Intent::Unknown(c) => return self.unknown(c),
            Intent::Leave if matches!(self.overlay, Some(Overlay::Leave)) => return self.end(Ended::Left),
            Intent::Act(Action::Leave) if self.overlay.is_none() && self.finished().is_some() => {
                let how = self.finished().unwrap_or(Ended::Left);
                return self.end(how);
            }
            Intent::Leave | Intent::Act(Action::Leave) if !matches!(self.overlay, Some(Overlay::Leave)) => {
                self.overlay = Some(Overlay::Leave);
                return;
            }
            _ => {}
        }
        if let (Some(overlay), Intent::Act(action)) = (self.overlay.as_ref(), &intent)
            && overlay.gives_way(*action)
        {
            self.overlay = None;
        }
        if let Some(overlay) = self.overlay.as_mut() {
            match overlay.intent(&intent) {
                overlay::Answer::Stay => {}
                overlay::Answer::Close => self.overlay = None,
                overlay::Answer::Leave => self.end(Ended::Left),
            }
            return;
        }
        match intent {
            Intent::Act(Action::Help) => self.overlay = Some(Overlay::Help),
            Intent::Act(Action::Say) => self.overlay = Some(Overlay::Say),
            Intent::Act(Action::Explain) => {
                let code = self.shown_code().unwrap_or_default();
                self.overlay = Some(Overlay::explain(code.as_str()));
            }
            Intent::Act(Action::Park) => self.park(),
            intent => {
                let (mut cx, screen) = self.parts();
                let step = screen.intent(&mut cx, intent);
                self.follow(step);
            }
        }
    }

    fn reply(&mut self, call: CallId, reply: Reply) {
        if !self.calls.note(call, &reply) {
            return; // cancelled or unknown: a late reply is normal life
        }
        if let Reply::World(world) = &reply {
            self.world(world.clone());
        }
        if self.tick.is_some_and(|(tick, _)| tick == call) {
            self.tick = None;
            self.hush();
        } else if self.parting == Some(call) {
            self.parting = None;
            self.parted(&reply);
        } else if self.opening == Some(call) {
            self.opening = None;
            match reply {
                Reply::Run(record) => self.open(*record),
                Reply::Failed(failure) => self.say(Tone::Bad, words::failure(&failure)),
                _ => {}
            }
        } else {
            let (mut cx, screen) = self.parts();
            let step = match session::Session::reply(&mut cx, call, reply) {
                session::Routed::Changed => screen.session_changed(&mut cx),
                session::Routed::NotMine(reply) => screen.reply(&mut cx, call, *reply),
            };
            self.follow(step);
        }
        if !self.calls.is_writing()
            && let Some(held) = self.held.take()
        {
            self.intent(held);
        }
    }

    fn follow(&mut self, step: Step) {
        match step {
            Step::Stay => {}
            Step::Next(next) => {
                self.leave_screen();
                self.behind.push(std::mem::replace(&mut self.screen, *next));
                self.enter_screen();
            }
            Step::Back if self.calls.is_writing() => {
                self.held = Some(Intent::Back);
                self.say(Tone::Busy, "Saving. One moment.");
            }
            Step::Back => self.back(),
            Step::Open(record) => self.open(*record),
            Step::Customers => match self.session.record.as_ref().map(|r| r.id.clone()) {
                Some(run) => self.let_go(Request::LeaveRun(run)),
                None => self.customers(),
            },
        }
    }

    /// The code of the bad news that stands on the screen.
    fn shown_code(&self) -> Option<Text> {
        self.view().panel.blocks.iter().find_map(|block| match block {
            Block::Failure(failure) => failure.code.clone(),
            _ => None,
        })
    }

    /// A run was let go of, or could not be: the rows say what is on record now.
    fn parted(&mut self, reply: &Reply) {
        match (reply, self.parking.take()) {
            (Reply::Failed(failure), _) => self.say(Tone::Bad, words::failure(failure)),
            // Said when it is in the record, unless something was asked for meanwhile.
            (_, Some(run)) if self.notice.is_some() => {
                self.say(Tone::Good, Text::of(format_args!("{run} is parked. Nothing is lost.")));
            }
            _ => {}
        }
        if matches!(self.screen, Screen::Customer(_)) {
            self.enter_screen();
        }
    }

    /// How `q` ends the wizard where nothing is interrupted by it: on the outcome, and with no run open.
    fn finished(&self) -> Option<Ended> {
        match (&self.screen, self.session.record.is_some()) {
            (Screen::Outcome(outcome), _) => outcome.finished(),
            (Screen::Customer(_), false) if self.trouble().is_some() => Some(Ended::Failed),
            (Screen::Customer(_), false) => Some(Ended::Finished { is_partly: false }),
            _ => None,
        }
    }

    /// Takes up a run: the trail is derived from what is on record, not from where the wizard happened to be.
    fn open(&mut self, record: RunRecord) {
        // What the first screen said about interrupted runs is answered by opening one.
        if matches!(self.screen, Screen::Customer(_)) {
            self.notice = None;
        }
        self.leave_screen();
        let other =
            self.session.record.as_ref().map(|known| known.id.clone()).filter(|known| *known != record.id);
        if let Some(other) = other {
            self.release(Request::LeaveRun(other));
        }
        let mut trail = resume::trail(&record);
        let (mut cx, _) = self.parts();
        let is_read_only = record.is_read_only;
        Session::take_up(&mut cx, record);
        if is_read_only {
            self.say(Tone::Warn, words::READ_ONLY);
        }
        let first = self.behind.drain(..).next();
        let shown = trail.pop();
        match (first, shown) {
            (Some(first), Some(shown)) => {
                self.behind.push(first);
                self.screen = shown;
            }
            (None, Some(shown)) => self.behind.push(std::mem::replace(&mut self.screen, shown)),
            (Some(first), None) => self.screen = first,
            (None, None) => {}
        }
        self.behind.append(&mut trail);
        self.enter_screen();
    }

    fn back(&mut self) {
        let Some(before) = self.behind.pop() else {
            self.overlay = Some(Overlay::Leave);
            return;
        };
        self.leave_screen();
        self.screen = before;
        if self.behind.is_empty()
            && let Some(run) = self.session.record.as_ref().map(|r| r.id.clone())
        {
            self.release(Request::LeaveRun(run));
        }
        self.enter_screen();
    }

    fn park(&mut self) {
        let (mut cx, _) = self.parts();
        if !cx.may_write() {
            return;
        }
        if self.calls.is_writing() {
            self.held = Some(Intent::Act(Action::Park));
            return self.say(Tone::Busy, "Saving. One moment.");
        }
        if let Some(run) = self.session.record.as_ref().map(|r| r.id.clone()) {
            self.let_go(Request::ParkRun(run.clone()));
            self.say(Tone::Busy, Text::of(format_args!("{run} is being parked. Nothing is lost.")));
            self.parking = Some(run);
        }
    }

    /// Lets go of the run with this write and returns to the customers.
    fn let_go(&mut self, write: Request) {
        self.leave_screen();
        self.release(write);
        self.customers();
    }

    /// Saves what is still a draft, ends the run's calls and starts the write that lets go of it. A run that another
    /// process holds is not ours to let go of.
    fn release(&mut self, write: Request) {
        let is_held_here = self.session.record.as_ref().is_some_and(|record| !record.is_read_only);
        let (mut cx, _) = self.parts();
        Session::let_go(&mut cx);
        if is_held_here {
            self.parting = Some(self.calls.start(write));
        }
        self.session = self.session.emptied();
    }

    fn customers(&mut self) {
        self.behind.clear();
        self.screen = Screen::customers();
        self.enter_screen();
    }

    fn end(&mut self, how: Ended) {
        self.leave_screen();
        let (mut cx, _) = self.parts();
        Session::let_go(&mut cx);
        self.calls.flush();
        // With a write out the hold ends with the process: letting go now could overtake the write, which needs it.
        if let Some(record) = self.session.record.as_ref().filter(|record| !record.is_read_only)
            && !self.calls.is_writing()
        {
            let run = record.id.clone();
            self.calls.start(Request::LeaveRun(run));
        }
        self.calls.cancel_readers();
        self.tick = None;
        self.overlay = None;
        if self.calls.is_writing() {
            self.say(Tone::Busy, "Saving what was confirmed. One moment. Ctrl-C again does not wait.");
        }
        self.ended = Some(how);
    }

    fn enter_screen(&mut self) {
        let (mut cx, screen) = self.parts();
        screen.enter(&mut cx);
    }

    fn leave_screen(&mut self) {
        let (mut cx, screen) = self.parts();
        screen.leave(&mut cx);
    }

    fn say(&mut self, tone: Tone, words: impl Into<Text>) {
        self.notice = Some(Notice { tone, words: words.into() });
    }

    /// Splits the wizard into what a screen works with and the screen itself.
    fn parts(&mut self) -> (Cx<'_>, &mut Screen) {
        let Self { setup, now, session, calls, screen, notice, .. } = self;
        (Cx { now: *now, setup, session, calls, notice }, screen)
    }
}

#[cfg(test)]
pub(crate) mod tests;
