//! Several people on one record: a run is watched, asked for, handed over and taken over.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    change::Change,
    held_by::{HeldBy, RunAnswer, RunRequest},
    phrase::WayOn,
};

/// Whether a call is one of those below.
pub(super) const fn is_of_team(request: &Request) -> bool {
    matches!(
        request,
        Request::FollowChanges
            | Request::LookAtRun(_)
            | Request::AskForRun(_)
            | Request::WithdrawRequest(_)
            | Request::AnswerRequest(..)
            | Request::SeizeRun(..)
    )
}

/// What the made-up record answers to whoever shares it.
pub(super) fn reply(desk: &mut Desk, request: &Request) -> Option<Reply> {
    let now = desk.now;
    if matches!(request, Request::FollowChanges) {
        return None;
    }
    let record = desk.record.as_mut()?;
    match request {
        Request::AskForRun(_) if record.held_by.is_some() => record.request = Some(asked("kim", now)),
        Request::WithdrawRequest(_) => answered(record, RunAnswer::Nobody),
        Request::AnswerRequest(_, _, answer) => {
            answered(record, *answer);
            (record.is_read_only, record.held_by) = (*answer == RunAnswer::Yes, None);
        }
        Request::SeizeRun(..) => (record.is_read_only, record.held_by) = (false, None),
        _ => {}
    }
    Some(Reply::Run(Box::new(record.clone())))
}

fn answered(record: &mut RunRecord, answer: RunAnswer) {
    if let Some(asked) = record.request.as_mut().filter(|asked| asked.answer.is_none()) {
        asked.answer = Some(answer);
    }
}

pub(crate) fn asked(by: &'static str, at: Moment) -> RunRequest {
    RunRequest { number: 3, by: by.into(), host: "desk-2".into(), at, answer: None, answered: None }
}

fn consenting() -> RunRecord {
    RunRecord { organisation: Some(organisation(1)), ..record(1, Product::Office365) }
}

/// The same run, watched.
pub(crate) fn held(record: RunRecord) -> RunRecord {
    RunRecord { is_read_only: true, held_by: Some(ann()), ..record }
}

/// A wizard on a record that others share, where a run on record leads to.
pub(crate) fn shared(record: RunRecord, is_admin: bool) -> Desk {
    let mut setup = setup();
    setup.operator.is_admin = is_admin;
    shared_with(setup, record)
}

fn shared_with(setup: Setup, record: RunRecord) -> Desk {
    let row = row(record.customer.clone(), Progress::NotStarted, Some(&record));
    let mut desk = Desk::unopened(setup, vec![row]);
    (desk.world.is_shared, desk.record) = (true, Some(record));
    desk.answer().pick(0).answer();
    assert!(desk.following.is_some());
    desk
}

impl Desk {
    /// Others change the record, and it is heard.
    fn others(&mut self, change: Change, how: impl FnOnce(&mut RunRecord)) -> &mut Self {
        how(self.record.as_mut().unwrap());
        let call = self.following.unwrap();
        self.happen(EventKind::Reply(call, Reply::Changed(change))).answer()
    }

    fn run_changes(&mut self, how: impl FnOnce(&mut RunRecord)) -> &mut Self {
        let run = self.record.as_ref().unwrap().id.clone();
        self.others(Change::Run(run), how)
    }

    pub(crate) fn request_changes(&mut self, how: impl FnOnce(&mut RunRecord)) -> &mut Self {
        let run = self.record.as_ref().unwrap().id.clone();
        self.others(Change::Request(run), how)
    }

    fn is_watching(&self) -> bool {
        self.view().bar.is_read_only
    }
}

#[test]
fn a_run_is_watched_as_it_goes_on() {
    let mut desk = shared(held(record(1, Product::Office365)), false);
    let words = desk.words();
    assert!(words.contains("ann has this run on desk-1 since 05:42 UTC. You are watching."), "{words}");
    assert!(desk.offers(Action::TakeOver) && !desk.offers(Action::Park) && desk.is_watching());
    // Every letter that the holder types, at most one look a second.
    let looks = desk.count("LookAtRun");
    for typed in ["b", "ba", "bak"] {
        desk.run_changes(|record| record.form.0 = vec![("tenant".into(), typed.into())]);
    }
    assert_eq!(desk.count("LookAtRun"), looks + 1);
    desk.pass(2);
    assert_eq!(desk.count("LookAtRun"), looks + 2, "what came meanwhile together");
    assert!(desk.words().contains("Tenant ID: bak"), "{}", desk.words());
    desk.pass(2).run_changes(|record| record.organisation = Some(organisation(1)));
    assert_eq!(desk.stop(), "Authorise");
    desk.pass(2).run_changes(|record| record.enabled = Some(Moment::default()));
    assert_eq!(desk.stop(), "Users");
    let lists = desk.count("ListUsers");
    desk.pass(2).run_changes(|record| record.draft.exceptions = [UserId::from_bytes([1; 16])].into());
    let ticked = desk.rows(|rows| rows.row(0).unwrap().mark);
    assert!(ticked == crate::wizard::view::Mark::Ticked, "{ticked:?}");
    assert_eq!(desk.count("ListUsers"), lists, "Microsoft is not asked again");
    // What others do elsewhere is nothing to this run.
    let looks = desk.pass(2).count("LookAtRun");
    desk.others(Change::Run(number("MQRW")), |_| {}).others(Change::Customer(CustomerId(999)), |_| {});
    assert_eq!(desk.count("LookAtRun"), looks);
    let nothing = desk.log.iter().all(|line| !line.starts_with("Save") && !line.starts_with("KeepForm"));
    assert!(nothing, "{:?}", desk.log);
}

/// Runs at each step that can be watched.
pub(crate) fn at_each_step() -> Vec<RunRecord> {
    let at = Some(Moment::default());
    let enabled = RunRecord { link_shown: at, proved: at, enabled: at, ..consenting() };
    let confirms = {
        let mut record = record(1, Product::Office365);
        (record.customer.is_managed, record.customer.tenant) = (true, Some(tenant(1)));
        record
    };
    vec![
        record(1, Product::Office365),
        confirms,
        record(5, Product::MpExchange),
        consenting(),
        RunRecord { finished: at, ..enabled.clone() },
        enabled,
    ]
}

#[test]
fn a_page_that_is_watched_has_nothing_to_press_that_does_nothing() {
    for record in at_each_step() {
        for is_shared in [true, false] {
            let record = held(record.clone());
            let mut desk = if is_shared { shared(record, true) } else { Desk::resumed(record) };
            desk.answer();
            let view = desk.view();
            let place = format!("{:?} {is_shared}: {}", view.ask.id, desk.words());
            assert!(view.page.buttons().next().is_none() && view.page.fields().next().is_none(), "{place}");
            let offered: Vec<Action> = view.actions.iter().map(|offer| offer.action).collect();
            let allowed =
                |action: &Action| action.only_looks() || matches!(action, Action::TakeOver | Action::Refresh);
            assert!(
                offered.iter().all(allowed) && offered.contains(&Action::TakeOver),
                "{place} {offered:?}"
            );
            let label = |action| view.offer(action).unwrap().label;
            assert_eq!(
                label(Action::TakeOver),
                if is_shared { "ask for it" } else { "take over" },
                "{place}"
            );
            assert_eq!(label(Action::Refresh), "read again", "{place}");
            let first = view.page.strong().next().unwrap().in_words(WayOn::for_lines);
            let way = if is_shared { "to ask for it." } else { "to take it over once they have left it." };
            assert!(first.as_str().ends_with(way), "{place}");
        }
    }
}

#[test]
fn whoever_watches_is_told_when_the_run_becomes_free() {
    let mut desk = shared(held(consenting()), false);
    desk.request_changes(|record| record.held_by = None);
    assert!(desk.tasks.contains(&FrontEndTask::Bell));
    assert!(desk.notice().contains("ann does not have this run any more."), "{}", desk.notice());
    assert!(desk.words().contains("Nobody has this run now."), "{}", desk.words());
    // Handed over it is not free: whoever asked has it in a moment.
    let mut desk = shared(held(consenting()), false);
    let now = desk.now;
    let handed_over = |record: &mut RunRecord| {
        record.held_by = None;
        let answer = Some(RunAnswer::Yes);
        record.request = Some(RunRequest { answer, answered: Some(now), ..asked("ben", now) });
    };
    desk.request_changes(handed_over);
    assert!(!desk.tasks.contains(&FrontEndTask::Bell));
    let kept = "This run is kept for ben on desk-2, who asked for it. You are watching.";
    assert!(desk.words().contains(kept), "{}", desk.words());
    desk.act(Action::TakeOver).answer();
    assert!(desk.notice().contains("is kept for them for 10 s"), "{}", desk.notice());
    // They do not come: that is seen without anything being told.
    desk.pass(11);
    assert!(desk.words().contains("Nobody has this run now."), "{}", desk.words());
    // They come.
    let mut desk = shared(held(consenting()), false);
    desk.request_changes(handed_over);
    desk.pass(2).request_changes(|record| record.held_by = Some(HeldBy { by: "ben".into(), ..ann() }));
    assert!(desk.words().contains("ben has this run"), "{}", desk.words());
}

#[test]
fn a_run_without_a_person_at_it_says_so_at_once() {
    let command = || Setup { is_board_watched: false, is_unattended: true, ..setup() };
    let mut desk = shared_with(command(), consenting());
    let now = desk.now;
    desk.request_changes(|record| record.request = Some(asked("ben", now)));
    let answers = |desk: &Desk| desk.log.iter().filter(|line| line.contains("unattended")).count();
    assert_eq!((desk.question(), answers(&desk)), (QuestionId::Authorise, 1), "{:?}", desk.log);
    assert!(!desk.is_watching());
    desk.pass(2).request_changes(|_| {});
    assert_eq!(answers(&desk), 1, "once");
    // Somebody asked whoever had it before.
    let record = RunRecord { request: Some(asked("ben", now)), ..consenting() };
    let desk = shared_with(command(), record);
    assert_eq!(answers(&desk), 1, "{:?}", desk.log);
    // Whoever asked reads that.
    for (is_admin, way) in
        [(true, "give a reason, and take it over now"), (false, "have an Admin take it over")]
    {
        let mut desk = shared(held(consenting()), is_admin);
        desk.act(Action::TakeOver).answer();
        desk.act(Action::Ask).answer();
        desk.request_changes(|record| answered(record, RunAnswer::Unattended));
        let words = format!(
            "ann's run goes on by a command, with nobody at it to answer. Wait until it is done, or {way}."
        );
        assert_eq!(desk.notice(), words);
    }
}

#[test]
fn a_file_is_read_again_with_what_a_person_does() {
    let mut desk = Desk::resumed(held(consenting()));
    desk.pass(60).record.as_mut().unwrap().held_by = None;
    desk.act(Action::Enable).answer();
    assert!(desk.words().contains("Nobody has this run now."), "{}", desk.words());
}

#[test]
fn a_file_is_read_when_it_is_asked_for_and_says_so() {
    let mut desk = Desk::resumed(held(consenting()));
    assert!(
        desk.words().contains("You are watching: this is how it stood at 05:48 UTC."),
        "{}",
        desk.words()
    );
    desk.pass(60).record.as_mut().unwrap().enabled = Some(Moment::default());
    desk.act(Action::Refresh).answer();
    assert_eq!((desk.stop(), desk.count("LookAtRun"), desk.count("LoadRun")), ("Users", 1, 1));
    assert!(desk.words().contains("how it stood at 05:49 UTC"), "{}", desk.words());
    desk.act(Action::TakeOver).answer();
    assert!(desk.notice().contains("ann still has this run on desk-1"), "{}", desk.notice());
    assert!(desk.notice().contains("need the record on a server"), "{}", desk.notice());
    assert_eq!(desk.count("AskForRun"), 0);
}

#[test]
fn a_run_that_becomes_free_is_taken_at_once() {
    let mut desk = shared(held(consenting()), false);
    desk.request_changes(|record| record.held_by = None);
    assert!(desk.words().contains("Nobody has this run now. You are watching."), "{}", desk.words());
    desk.record.as_mut().unwrap().is_read_only = false;
    desk.act(Action::TakeOver).answer();
    assert!(!desk.is_watching() && desk.count("AskForRun") == 0);
    assert_eq!(desk.question(), QuestionId::Authorise, "at the same step");
}

#[test]
fn whoever_has_a_run_is_asked_for_it() {
    let asking = || {
        let mut desk = shared(held(consenting()), false);
        desk.act(Action::TakeOver).answer();
        assert_eq!((desk.question(), desk.stop()), (QuestionId::TakeOver, "Authorise"));
        desk.act(Action::Ask).answer();
        assert!(desk.notice().starts_with("Waiting for an answer"), "{}", desk.notice());
        desk
    };
    let mut desk = asking();
    desk.request_changes(|record| answered(record, RunAnswer::No));
    assert!(desk.notice().contains("ann keeps this run"), "{}", desk.notice());
    desk.give(Given::Back).answer();
    assert_eq!((desk.question(), desk.is_watching()), (QuestionId::Authorise, true));
    // Nobody answers.
    let mut desk = asking();
    desk.pass(61).answer();
    assert_eq!(desk.count("WithdrawRequest"), 1);
    assert!(desk.notice().contains("did not answer within a minute"), "{}", desk.notice());
    // Taken back.
    let mut desk = asking();
    desk.give(Given::Back).answer();
    assert_eq!((desk.count("WithdrawRequest"), desk.question()), (1, QuestionId::Authorise));
    // Handed over.
    let mut desk = asking();
    desk.record.as_mut().unwrap().is_read_only = false;
    desk.request_changes(|record| {
        answered(record, RunAnswer::Yes);
        record.held_by = None;
    });
    assert_eq!((desk.question(), desk.is_watching()), (QuestionId::Authorise, false));
    assert_eq!(desk.count("WithdrawRequest"), 0);
}

#[test]
fn an_admin_takes_a_run_over_for_a_reason() {
    let mut desk = shared(held(consenting()), true);
    desk.act(Action::TakeOver).answer();
    desk.act(Action::TakeOver).answer();
    assert_eq!((desk.count("SeizeRun"), desk.is_at(Spot::Field(FieldId::Reason))), (0, true));
    desk.fill(FieldId::Reason, "ann went home").give(Given::Do(Action::TakeOver)).answer();
    assert_eq!((desk.count("SeizeRun"), desk.is_watching()), (1, false));
    let mut desk = shared(held(consenting()), false);
    desk.act(Action::TakeOver).answer().act(Action::TakeOver);
    assert_eq!(desk.count("SeizeRun"), 0);
    assert!(desk.notice().contains("An Admin takes a run over"), "{}", desk.notice());
}

#[test]
fn a_holder_is_asked_when_nothing_is_typed_and_keeps_the_run_without_an_answer() {
    let mut desk = shared(record(1, Product::Office365), false);
    desk.fill(FieldId::Tenant, "bak");
    let now = desk.now;
    desk.request_changes(|record| record.request = Some(asked("ben", now)));
    assert_eq!(desk.question(), QuestionId::Tenant, "a field is being typed into");
    assert!(desk.tasks.contains(&FrontEndTask::Bell));
    desk.give(Given::Settle(FieldId::Tenant)).answer();
    assert_eq!(desk.question(), QuestionId::HandOver);
    assert_eq!(desk.heading(), "ben on desk-2 asks for this run. Hand it over?");
    assert!(matches!(desk.view().ask.shape, Shape::Confirm { default: false }));
    desk.give(Given::Leave).give(Given::No);
    assert_eq!(desk.question(), QuestionId::HandOver, "leaving is asked above it");
    desk.pass(60);
    assert_eq!(desk.question(), QuestionId::Tenant);
    assert!(desk.notice().contains("ben had no answer within a minute"), "{}", desk.notice());
    desk.request_changes(|_| {});
    assert_eq!((desk.question(), desk.count("AnswerRequest")), (QuestionId::Tenant, 0), "not asked twice");
    // The next one is answered.
    let now = desk.now;
    desk.pass(2).request_changes(|record| record.request = Some(asked("ben", now)));
    desk.enter().answer();
    assert_eq!(
        desk.log.iter().filter(|line| line.contains("AnswerRequest") && line.contains(", no")).count(),
        1
    );
    assert!(!desk.is_watching() && desk.question() == QuestionId::Tenant);
    // One that is taken back goes by itself.
    let now = desk.now;
    desk.pass(2).request_changes(|record| record.request = Some(asked("cleo", now)));
    assert_eq!(desk.question(), QuestionId::HandOver);
    desk.pass(2).request_changes(|record| answered(record, RunAnswer::Nobody));
    assert_eq!(desk.question(), QuestionId::Tenant);
}

#[test]
fn a_run_is_handed_over_with_everything_saved() {
    let mut desk = shared(RunRecord { enabled: Some(Moment::default()), ..consenting() }, false);
    desk.give(Given::Mark(crate::wizard::answer::Mark::Tick, crate::wizard::answer::Which::All));
    let now = desk.now;
    desk.request_changes(|record| record.request = Some(asked("ben", now)));
    assert_eq!((desk.question(), desk.count("SaveDraft")), (QuestionId::HandOver, 0));
    desk.give(Given::Yes).answer();
    let at = |start: &str| desk.log.iter().position(|line| line.starts_with(start));
    assert!(at("SaveDraft").unwrap() < at("AnswerRequest").unwrap(), "{:?}", desk.log);
    assert!(desk.is_watching() && desk.notice().contains("ben goes on with the run"), "{}", desk.notice());
    assert_eq!(desk.count("LeaveRun"), 0, "the answer has let go of it");
    desk.act(Action::Park);
    assert_eq!(desk.count("ParkRun"), 0);
}

#[test]
fn a_holder_who_lost_the_run_watches_from_then_on() {
    let lost = |record: &mut RunRecord| *record = held(record.clone());
    let mut desk = shared(consenting(), false);
    desk.request_changes(lost);
    assert!(desk.is_watching() && desk.notice().contains("ann has taken this run over"), "{}", desk.notice());
    // Nobody told: the next write is refused, and says so.
    let mut desk = shared(consenting(), false);
    desk.act(Action::Authorise);
    let at = desk.open.iter().position(|(_, request)| matches!(request, Request::LinkShown(_))).unwrap();
    let (call, _) = desk.open.remove(at);
    lost(desk.record.as_mut().unwrap());
    let refused = Failure::new(FailureKind::Conflict, "nothing was changed", "Open the run again.");
    desk.happen(EventKind::Reply(call, Reply::Failed(refused))).answer();
    assert!(desk.is_watching() && desk.notice().contains("ann has taken this run over"), "{}", desk.notice());
}

#[test]
fn the_board_follows_others_and_is_not_read_for_each_of_them() {
    let mut desk = Desk::unopened(setup(), vec![row(customer(1), Progress::NotStarted, None)]);
    desk.world.is_shared = true;
    desk.record = Some(record(1, Product::Office365));
    desk.answer();
    let reads = desk.count("LoadBoard");
    desk.board.rows.push(row(customer(2), Progress::NotStarted, None));
    for _ in 0..5 {
        desk.others(Change::Customer(CustomerId(2)), |_| {});
    }
    assert_eq!((desk.count("LoadBoard"), desk.rows(|rows| rows.len())), (reads + 1, 2));
    desk.others(Change::Run(number("MQRW")), |_| {}).pass(3);
    assert_eq!(desk.count("LoadBoard"), reads + 2);
    desk.pass(600);
    assert_eq!(desk.count("LoadBoard"), reads + 2, "idle stays idle");
    desk.others(Change::Everything, |_| {});
    assert_eq!(desk.count("LoadBoard"), reads + 3);
}

/// What happens to a wizard whose run others want.
#[derive(Clone, Debug)]
enum Act {
    Type(String),
    Leave,
    Ask(bool),
    Take(bool),
    Answer(bool),
    TakeOver,
    Back,
    Pass(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        "[a-z]{0,4}".prop_map(Act::Type),
        Just(Act::Leave),
        any::<bool>().prop_map(Act::Ask),
        any::<bool>().prop_map(Act::Take),
        any::<bool>().prop_map(Act::Answer),
        Just(Act::TakeOver),
        Just(Act::Back),
        (1_u64..90).prop_map(Act::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_asked_while_typing_and_a_watched_run_is_never_written(
        acts in prop::collection::vec(act(), 1..25),
    ) {
        let mut desk = shared(record(1, Product::Office365), true);
        let mut is_typing = false;
        for act in acts {
            let now = desk.now;
            let (was_watching, writes) = (desk.is_watching(), desk.log.len());
            match act {
                Act::Type(text) => {
                    // The field stands on the page of the run only.
                    if desk.question() == QuestionId::Tenant {
                        is_typing = !text.is_empty();
                        desk.fill(FieldId::Tenant, &text);
                    }
                }
                Act::Leave => { is_typing = false; desk.give(Given::Settle(FieldId::Tenant)); }
                Act::Ask(is_open) => {
                    desk.request_changes(|record| {
                        let answer = (!is_open).then_some(RunAnswer::Nobody);
                        record.request = Some(RunRequest { answer, ..asked("ben", now) });
                    });
                }
                Act::Take(is_lost) => {
                    desk.request_changes(|record| {
                        (record.is_read_only, record.held_by) = (is_lost, is_lost.then(ann));
                    });
                }
                Act::Answer(is_yes) => {
                    is_typing = false;
                    desk.give(if is_yes { Given::Yes } else { Given::No });
                }
                Act::TakeOver => { is_typing = false; desk.act(Action::TakeOver); }
                Act::Back if desk.view().ask.id == QuestionId::Tenant => {}
                Act::Back => { is_typing = false; desk.give(Given::Back); }
                Act::Pass(seconds) => { desk.pass(seconds); }
            }
            desk.answer();
            // What is typed on the page of a run that is watched is not taken, and the page is made anew when it is ours again.
            is_typing &= !was_watching && !desk.is_watching();
            prop_assert!(!(is_typing && desk.question() == QuestionId::HandOver));
            prop_assert!(!(desk.is_watching() && desk.question() == QuestionId::HandOver));
            if was_watching && desk.is_watching() {
                for line in &desk.log[writes..] {
                    let is_write = ["Save", "KeepForm(B", "LinkShown", "Enable", "Park", "LeaveRun", "Apply"];
                    prop_assert!(!is_write.iter().any(|write| line.starts_with(write)), "{}", line);
                }
            }
        }
    }
}
