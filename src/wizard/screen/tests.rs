//! One screen with what is around it, for its tests: answers and replies go in by hand, effects and scenes come out.

use crate::{
    domain::{customer::Product, run::RunRecord, time::Moment},
    wizard::{
        Setup,
        answer::{Action, Given},
        call::{CallId, Reply, Request},
        context::{UpdateCx, ViewCx},
        effect::{Effect, FrontEndTask},
        outbox::Outbox,
        pending::Arrival,
        session::Session,
        tests,
        view::Notice,
    },
};

use super::{Scene, Screen, step::Step};

/// Monday, 3 h 12 min before 20:00 in Sydney.
pub(super) fn now() -> Moment {
    Moment::parse("2026-11-23T05:48:00Z").unwrap()
}

/// A run that is enabled.
pub(super) fn record() -> RunRecord {
    RunRecord { proved: Some(now()), enabled: Some(now()), ..tests::record(5, Product::Office365) }
}

/// A screen and its surroundings.
pub(super) struct Bench {
    pub(super) setup: Setup,
    pub(super) session: Session,
    pub(super) screen: Box<dyn Screen>,
    pub(super) notice: Option<Notice>,
    /// Calls that were started, oldest first.
    pub(super) open: Vec<(CallId, Request)>,
    pub(super) cancelled: Vec<CallId>,
    pub(super) tasks: Vec<FrontEndTask>,
    calls: Outbox,
}

impl Bench {
    /// A screen that comes on in a run.
    pub(super) fn new(screen: Box<dyn Screen>, record: RunRecord, is_admin: bool) -> Self {
        let mut setup = tests::setup();
        setup.operator.is_admin = is_admin;
        let mut bench = Self {
            setup,
            session: Session { record: Some(record), ..Session::default() },
            screen,
            notice: None,
            open: Vec::new(),
            cancelled: Vec::new(),
            tasks: Vec::new(),
            calls: Outbox::default(),
        };
        bench.enter();
        bench
    }

    pub(super) fn enter(&mut self) {
        self.on(|screen, cx| {
            screen.enter(cx);
            Step::Stay
        });
    }

    pub(super) fn leave(&mut self) {
        self.on(|screen, cx| {
            screen.leave(cx);
            Step::Stay
        });
    }

    fn on(&mut self, what: impl FnOnce(&mut dyn Screen, &mut UpdateCx<'_>) -> Step) -> Step {
        let mut cx = UpdateCx {
            now: now(),
            setup: &self.setup,
            session: &mut self.session,
            calls: &mut self.calls,
            notice: &mut self.notice,
        };
        let step = what(&mut *self.screen, &mut cx);
        for effect in self.calls.take() {
            match effect {
                Effect::Start(call, request) => self.open.push((call, request)),
                Effect::Cancel(call) => self.cancelled.push(call),
                Effect::Perform(task) => self.tasks.push(task),
            }
        }
        step
    }

    pub(super) fn give(&mut self, given: Given) -> Step {
        self.notice = None;
        self.on(|screen, cx| screen.answer(cx, given))
    }

    pub(super) fn act(&mut self, action: Action) -> Step {
        self.give(Given::Do(action))
    }

    /// The newest call of a sort.
    pub(super) fn call(&self, is: impl Fn(&Request) -> bool) -> CallId {
        self.open.iter().rev().find(|(_, request)| is(request)).expect("no such call").0
    }

    /// How many calls of a sort were started.
    pub(super) fn count(&self, is: impl Fn(&Request) -> bool) -> usize {
        self.open.iter().filter(|(_, request)| is(request)).count()
    }

    /// A reply to a call: the session's, or else the screen's.
    pub(super) fn reply(&mut self, call: CallId, reply: Reply) -> Step {
        if !self.calls.note(call, &reply) {
            return Step::Stay;
        }
        let mut arrival = Arrival::new(call, reply);
        if let Some(notice) = self.session.hear(&mut arrival, now(), &mut self.calls) {
            self.notice = Some(notice);
        }
        self.on(
            |screen, cx| {
                if arrival.is_left() { screen.hear(cx, &mut arrival) } else { screen.session_changed(cx) }
            },
        )
    }

    /// A reply to the newest call of a sort.
    pub(super) fn answer(&mut self, is: impl Fn(&Request) -> bool, reply: Reply) -> Step {
        self.reply(self.call(is), reply)
    }

    pub(super) fn look(&self) -> ViewCx<'_> {
        ViewCx { now: now(), setup: &self.setup, session: &self.session }
    }

    /// What the screen shows now; whatever it offers has its words.
    pub(super) fn scene(&self) -> Scene<'_> {
        let scene = self.screen.view(self.look());
        for offer in &scene.offers {
            assert!(!offer.label.is_empty() && offer.help.ends_with('.'), "{:?}: {offer:?}", scene.id);
        }
        scene
    }

    pub(super) fn heading(&self) -> String {
        self.scene().page.heading.for_commands().to_string()
    }

    /// What the page says, its question and its offers included.
    pub(super) fn words(&self) -> String {
        let scene = self.scene();
        format!("{:?} {:?} {:?}", scene.page, scene.shape, scene.offers)
    }

    /// The line of state.
    pub(super) fn said(&self) -> String {
        self.notice.as_ref().map(|notice| notice.words.for_commands().to_string()).unwrap_or_default()
    }
}
