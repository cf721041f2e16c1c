//! The outcome screen against an outcome made by hand.

use super::{
    users::tests::{now, record, setup},
    *,
};
use crate::{
    domain::{
        failure::FailureKind,
        protection::{AutoRule, Chosen, Protection, SeatOutcome},
        run::{RunRecord, SweeperStatus},
        user::Kind,
    },
    wizard::{Setup, effect::Effect, outbox::Outbox, session::Session},
};

struct Bench {
    setup: Setup,
    session: Session,
    calls: Outbox,
    notice: Option<Notice>,
    screen: Outcome,
    effects: Vec<Effect>,
}

impl Bench {
    fn new() -> Self {
        let mut bench = Self {
            setup: setup(true),
            session: Session { record: Some(record()), ..Session::default() },
            calls: Outbox::default(),
            notice: None,
            screen: Outcome::default(),
            effects: Vec::new(),
        };
        bench.on(|screen, cx| {
            screen.enter(cx);
            Step::Stay
        });
        bench
    }

    fn on(&mut self, what: impl FnOnce(&mut Outcome, &mut Cx<'_>) -> Step) -> Step {
        let mut cx = Cx {
            now: now(),
            setup: &self.setup,
            session: &mut self.session,
            calls: &mut self.calls,
            notice: &mut self.notice,
        };
        let step = what(&mut self.screen, &mut cx);
        self.effects.extend(self.calls.take());
        step
    }

    fn act(&mut self, action: Action) -> Step {
        self.on(|screen, cx| screen.intent(cx, Intent::Act(action)))
    }

    /// Answers the newest call.
    fn answer(&mut self, reply: Reply) {
        let call = self
            .effects
            .iter()
            .rev()
            .find_map(|e| match e {
                Effect::Start(call, request) if !matches!(request, Request::Wake(_)) => Some(*call),
                _ => None,
            })
            .unwrap();
        self.calls.note(call, &reply);
        self.on(|screen, cx| screen.reply(cx, call, reply));
    }

    fn look(&self) -> Look<'_> {
        Look { now: now(), setup: &self.setup, session: &self.session }
    }

    fn words(&self) -> String {
        let scene = self.screen.view(self.look());
        format!("{:?} {:?}", scene.panel, scene.overlay)
    }
}

fn outcome(results: Vec<SeatResult>) -> Reply {
    let mut run: RunRecord = record();
    run.finished = Some(now());
    Reply::Outcome(Box::new(run::Outcome {
        run,
        done: run::RunDone { eligible: 2, ..run::RunDone::default() },
        protection: Protection::default(),
        results,
        audit: Vec::new(),
        is_audit_whole: true,
        sweeper: SweeperStatus::default(),
    }))
}

fn failed() -> SeatResult {
    SeatResult {
        user: Chosen {
            id: crate::domain::id::UserId::from_bytes([1; 16]),
            address: Text::from("ana@bakery.example"),
            name: Text::from("Ana"),
            kind: Kind::User,
        },
        outcome: SeatOutcome::Failed(Text::from("the mailbox is locked")),
    }
}

#[test]
fn nothing_is_told_before_it_has_been_read_back() {
    let mut bench = Bench::new();
    assert!(matches!(bench.effects.as_slice(), [Effect::Start(_, Request::FinishRun(_))]));
    assert_eq!(bench.screen.finished(), None);
    let failure = Failure::new(FailureKind::Record, "the record is locked", "Wait a moment.");
    bench.answer(Reply::Failed(failure));
    assert!(bench.words().contains("the record is locked"));
    bench.act(Action::Refresh);
    assert_eq!(bench.effects.len(), 2);
    bench.answer(outcome(Vec::new()));
    assert_eq!(bench.screen.finished(), Some(Ended::Finished { is_partly: false }));
    assert!(bench.words().contains("Done: 0 users are registered for backup"), "{}", bench.words());
    assert!(bench.words().contains("eligible, but not chosen"));
    assert!(bench.session.record.as_ref().unwrap().finished.is_some());
}

#[test]
fn a_missed_user_is_named_and_makes_it_partly_done() {
    let mut bench = Bench::new();
    bench.answer(outcome(vec![failed()]));
    assert_eq!(bench.screen.finished(), Some(Ended::Finished { is_partly: true }));
    assert!(bench.words().contains("Partly done"));
    assert_eq!(Rows::len(&bench.screen), 1);
    assert_eq!(bench.screen.view(bench.look()).focus, Focus::Rows);
}

#[test]
fn the_receipt_goes_round_is_written_and_sent_to_the_clipboard() {
    let mut bench = Bench::new();
    bench.answer(outcome(Vec::new()));
    for heading in ["for the ticket", "for the customer", "as JSON", "for the ticket"] {
        bench.act(Action::Receipt);
        assert!(bench.words().contains(heading), "{heading}");
    }
    bench.act(Action::Receipt);
    bench.act(Action::SaveReceipt);
    let written = |e: &Effect| {
        matches!(e, Effect::Start(_, Request::WriteFile { name, text })
        if name.as_str() == "B365-7KQ4-customer.txt" && text.contains("Bakery"))
    };
    assert!(bench.effects.iter().any(written));
    bench.answer(Reply::Written(Text::from("~/B365-7KQ4-customer.txt")));
    assert!(bench.notice.as_ref().unwrap().words.as_str().contains("~/B365"));
    bench.act(Action::Copy);
    assert!(matches!(bench.effects.last(), Some(Effect::Perform(Deed::CopyText(_)))));
    assert!(!bench.notice.as_ref().unwrap().words.as_str().contains("copied"));
    let before = bench.effects.len();
    bench.setup.clipboard = 100;
    bench.act(Action::Copy);
    assert_eq!(bench.effects.len(), before, "a part of a receipt is worth nothing");
    assert!(bench.notice.as_ref().unwrap().words.as_str().contains("Not sent: this receipt is too long"));
    assert!(matches!(bench.on(|s, cx| s.intent(cx, Intent::Back)), Step::Stay), "closes the receipt");
    assert!(matches!(bench.on(|s, cx| s.intent(cx, Intent::Back)), Step::Back));
    assert!(matches!(bench.act(Action::Another), Step::Customers));
}

#[test]
fn the_next_sweep_is_told_with_its_clock() {
    let mut bench = Bench::new();
    let Reply::Outcome(mut read) = outcome(Vec::new()) else { unreachable!() };
    read.protection.rule = Some(AutoRule {
        made: now(),
        by: Text::from("nora"),
        confirmed: 2,
        ceiling: 12,
        last_pass: None,
        attention: None,
    });
    read.sweeper.host = Some(Text::from("ops-1"));
    bench.answer(Reply::Outcome(read));
    let words = bench.words();
    assert!(words.contains("17:00 in Perth, in 3 h 12 min, run by ops-1"), "{words}");
    assert!(bench.screen.view(bench.look()).next_change.is_some());
    assert!(bench.effects.iter().any(|e| matches!(e, Effect::Start(_, Request::Wake(_)))));
    assert!(bench.screen.card(bench.look()).say.as_str().contains("New users follow"));
}
