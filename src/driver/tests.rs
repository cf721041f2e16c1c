//! The loop, with a front end and a caller that note what is asked of them, in order.

use std::{cell::RefCell, io, rc::Rc, sync::mpsc};

use super::*;
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        operator::Operator,
        run::Board,
        text::Text,
        time::Moment,
    },
    wizard::{Setup, answer::Action, call::World, view::View},
};

/// What was asked of front end and caller.
type Notes = Rc<RefCell<Vec<String>>>;

/// A front end with a list of answers: from the second view on, one is handed in after each.
struct Front {
    notes: Notes,
    answers: Vec<Given>,
    /// Shows that work before the terminal is gone.
    shows: usize,
    /// Views that an answer, or none, was handed in for.
    answered: usize,
    /// The words of every view shown.
    shown: Vec<String>,
}

impl FrontEnd for Front {
    fn show(&mut self, view: &View<'_>, _now: Moment) -> io::Result<()> {
        self.notes.borrow_mut().push("show".into());
        self.shown.push(format!("{} {:?}", view.page.heading.for_commands(), view.page.blocks));
        self.shows = self.shows.checked_sub(1).ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(())
    }

    fn next(&mut self, view: &View<'_>) -> io::Result<Option<Answer>> {
        let is_due = self.shown.len() > self.answered.max(1);
        self.answered = self.shown.len();
        let what = is_due.then(|| self.answers.pop()).flatten();
        Ok(what.map(|what| Answer { to: view.ask.revision, what }))
    }

    fn perform(&mut self, _task: &FrontEndTask, _view: &View<'_>) -> io::Result<()> {
        Ok(())
    }
}

/// A caller that has every answer at once.
struct Calls {
    notes: Notes,
    can_open: bool,
    replies: Vec<(CallId, Reply)>,
}

impl Caller for Calls {
    fn start(&mut self, call: CallId, request: Request) {
        self.notes.borrow_mut().push(format!("{request:?}"));
        let operator = Operator { name: "kim".into(), is_admin: true, ..Operator::default() };
        let reply = match request {
            Request::OpenWorld if self.can_open => Reply::World(World {
                operator,
                link_prefix: String::new(),
                link_suffix: String::new(),
                notes: Vec::new(),
                is_shared: false,
            }),
            Request::OpenWorld => Reply::Failed(Failure::new(FailureKind::Record, "it is busy", "Wait.")),
            Request::LoadBoard => Reply::Board(Board::default()),
            _ => return,
        };
        self.replies.push((call, reply));
    }

    fn cancel(&mut self, _call: CallId) {}

    fn reply(&mut self) -> Option<(CallId, Reply)> {
        let reply = self.replies.pop()?;
        self.notes.borrow_mut().push("reply".into());
        Some(reply)
    }
}

/// A front end that tells of a signal as often as it is asked.
struct Signalled;

impl FrontEnd for Signalled {
    fn show(&mut self, _view: &View<'_>, _now: Moment) -> io::Result<()> {
        Ok(())
    }

    fn next(&mut self, view: &View<'_>) -> io::Result<Option<Answer>> {
        // Once the run is being taken up, which is a write.
        let says =
            |notice: &crate::wizard::view::Notice| notice.words.for_commands().as_str().contains("Opening");
        let what = Given::End(Ending::Terminate);
        Ok((!view.notice.as_ref().is_some_and(says)).then_some(Answer { to: view.ask.revision, what }))
    }

    fn perform(&mut self, _task: &FrontEndTask, _view: &View<'_>) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_signal_that_is_told_again_and_again_ends_the_wait_for_writes() {
    let notes = Notes::default();
    let mut calls = Calls { notes: Rc::clone(&notes), can_open: true, replies: Vec::new() };
    let (_, woken) = mpsc::sync_channel(1);
    let mut wizard = Wizard::new(Setup { run: Some("7KQ4".parse().unwrap()), ..setup() });
    let ended = super::drive(&mut wizard, &mut Signalled, &mut calls, &woken, &Clock::new(Moment::default));
    assert_eq!(ended, Ended::Told(Ending::Terminate));
    assert!(
        wizard.is_writing() && notes.borrow().iter().any(|note| note.starts_with("LoadRun")),
        "{notes:?}"
    );
}

/// Drives a wizard to its end: how it ended, the notes, what was shown.
fn drive(can_open: bool, shows: usize, mut answers: Vec<Given>) -> (Ended, Vec<String>, Vec<String>) {
    let setup = setup();
    answers.reverse();
    let notes = Notes::default();
    let mut front = Front { notes: Rc::clone(&notes), answers, shows, answered: 0, shown: Vec::new() };
    let mut calls = Calls { notes: Rc::clone(&notes), can_open, replies: Vec::new() };
    // Nobody wakes: a loop that would sleep ends as after a hang-up, and the test sees it.
    let (_, woken) = mpsc::sync_channel(1);
    let clock = Clock::new(Moment::default);
    let ended = super::drive(&mut Wizard::new(setup), &mut front, &mut calls, &woken, &clock);
    (ended, notes.take(), front.shown)
}

fn setup() -> Setup {
    Setup {
        own_right: false,
        is_sandbox: true,
        is_mapped: false,
        is_groundwork: false,
        rehearsal: true,
        operator: Operator { name: "kim".into(), ..Operator::default() },
        link_prefix: String::new(),
        link_suffix: String::new(),
        can_open_browser: false,
        clipboard: 4_000,
        cloud: crate::domain::cloud::Cloud::Global,
        spreading: crate::domain::consent::SPREADING,
        partner: None,
        permissions: Vec::new(),
        run: None,
        is_board_watched: true,
        is_unattended: false,
        keeps_forms: true,
        here: Text::from("UTC"),
    }
}

#[test]
fn the_first_view_waits_for_nothing() {
    let leave = vec![Given::Do(Action::Leave)];
    let (ended, notes, shown) = drive(true, usize::MAX, leave);
    assert_eq!(ended, Ended::Finished { is_partly: false });
    assert_eq!(notes[..3], ["show", "OpenWorld", "Wake(1s)"], "{notes:?}");
    assert!(shown[0].contains("Which customer?") && shown[0].contains("Opening the record."), "{}", shown[0]);
    let opened = notes.iter().position(|note| note == "LoadBoard").unwrap();
    assert!(notes.iter().position(|note| note == "reply").is_some_and(|reply| reply < opened), "{notes:?}");
    assert!(shown.iter().any(|words| words.contains("There is no customer yet")), "{shown:#?}");
}

#[test]
fn a_world_that_stays_closed_ends_as_failed() {
    let (ended, notes, shown) =
        drive(false, usize::MAX, vec![Given::Do(Action::Refresh), Given::Do(Action::Leave)]);
    assert_eq!(notes.iter().filter(|note| *note == "OpenWorld").count(), 2, "{notes:?}");
    assert!(shown.iter().any(|words| words.contains("it is busy")), "{shown:#?}");
    assert_eq!(ended, Ended::Failed);
}

#[test]
fn a_terminal_that_is_gone_at_once_is_a_hang_up() {
    let (ended, notes, _) = drive(true, 0, Vec::new());
    assert_eq!(ended, Ended::Told(Ending::HangUp));
    assert!(!notes.iter().any(|note| note == "LoadBoard"), "{notes:?}");
}
