//! `backup365 receipt`: the receipt of a run again, and the run as a plan. Reads only: neither the run's hold nor a row of
//! the record changes.

use std::{io, path::PathBuf};

use crate::{
    domain::{
        customer::Progress,
        failure::{Failure, FailureKind, of_system},
        id::RunId,
        phrase::Command,
        plan,
        receipt::{self, Form},
        run::{BoardRow, Outcome},
        sydney,
        text::Text,
        time::Moment,
        verdict::Verdict,
    },
    exit::Exit,
    private,
    provider::store::Store,
};

use super::{Out, failing, quietly, record_context::refused, tell_whole, unanswered::Unanswered};

/// What is wanted of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Its receipt.
    Receipt(Form),
    /// A plan that makes the same choices.
    Plan,
}

/// A file that takes the answer instead of stdout.
#[derive(Debug, Clone)]
pub struct Target {
    /// Which file.
    pub file: PathBuf,
    /// It may be there already.
    pub may_replace: bool,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The run.
    pub run: RunId,
    /// What of it.
    pub what: What,
    /// Where to; none: stdout.
    pub target: Option<Target>,
}

/// Prints or writes it, and says on stderr whether the history is whole. [`Exit::Attention`] when it is not, otherwise
/// [`Exit::Partly`] where a chosen user is neither protected nor scheduled. A run that is not finished has no receipt:
/// [`Exit::Waiting`] while the customer has not accepted, [`Exit::Attention`] when it was interrupted, else
/// [`Exit::Failed`].
///
/// # Errors
/// stdout or the file can't be written; the run is not there, or has no receipt yet.
pub fn run(store: &Store, asked: &Asked, now: Moment, out: Out) -> anyhow::Result<Exit> {
    let outcome = match store.outcome(&asked.run) {
        Ok(outcome) => outcome,
        Err(failure) => return Err(refused(&failure)),
    };
    if outcome.run.finished.is_none() {
        return Err(unfinished(store, &outcome, now).unwrap_or_else(|failure| failing(&failure)).into());
    }
    let words = match asked.what {
        What::Receipt(form) => receipt::write(&outcome, form),
        What::Plan => plan::of_run(&outcome),
    };
    let exit = exit_of(&outcome);
    let Some(target) = &asked.target else {
        tell_whole(outcome.is_audit_whole, out);
        return quietly(out.say(words.trim_end_matches('\n')), exit);
    };
    if let Err(error) = keep(target, &words) {
        return Err(failing(&unkept(target, &error)).into());
    }
    tell_whole(outcome.is_audit_whole, out);
    out.note(&format!("It is in {}, which only you can read.", target.file.display()));
    Ok(exit)
}

/// There is no record at all, so there is no such run.
#[must_use]
pub fn unknown(run: &RunId) -> Unanswered {
    let words = format_args!("There is no run {run}: nothing has been recorded yet. Check the number.");
    Unanswered { exit: Exit::Usage, lines: vec![Text::of(words)] }
}

fn exit_of(outcome: &Outcome) -> Exit {
    match (outcome.is_audit_whole, Verdict::of(outcome).is_partly()) {
        (false, _) => Exit::Attention,
        (true, true) => Exit::Partly,
        (true, false) => Exit::Done,
    }
}

/// How far a run is that has no receipt yet, by the same rule as the first screen.
fn unfinished(store: &Store, outcome: &Outcome, now: Moment) -> Result<Unanswered, Failure> {
    let run = &outcome.run;
    let board = store.board(sydney::latest_2000(now))?;
    let row = board.rows.iter().find(|row| row.run.as_ref().is_some_and(|open| open.id == run.id));
    let (words, exit) = row.map_or((Text::from("it is under way"), Exit::Failed), how_far);
    let mut lines = vec![
        Text::of(format_args!("{} is not finished, so it has no receipt yet.", run.id)),
        Text::of(format_args!("{}, {}: {words}.", run.customer.name, run.product.name())),
    ];
    let held_by = row.and_then(|row| row.run.as_ref()?.held_by.as_ref());
    lines.extend(
        held_by.map(|held_by| Text::of(format_args!("{}.", held_by.has("this run", now, sydney::ZONE)))),
    );
    lines.push(Text::of(format_args!("Go on with: {}", Command::TakeUp(run.id.clone()))));
    Ok(Unanswered { exit, lines })
}

fn how_far(row: &BoardRow) -> (Text, Exit) {
    match &row.progress {
        Progress::WaitingForConsent { since } => {
            let since = sydney::stamp_in_words(*since, sydney::ZONE);
            (Text::of(format_args!("waiting for the customer's consent since {since}")), Exit::Waiting)
        }
        Progress::Spreading { .. } => {
            (Text::from("the customer has accepted, and Microsoft is still spreading it"), Exit::Waiting)
        }
        Progress::Accepted { .. } => (Text::from("the next step is \"ready to enable\""), Exit::Failed),
        Progress::NeedsAttention(why) | Progress::Refused(why) => (why.clone(), Exit::Attention),
        Progress::Failed(obstacle) => (obstacle.why.clone(), Exit::Failed),
        Progress::Open(step) => (Text::of(format_args!("the next step is \"{step}\"")), Exit::Failed),
        Progress::NotStarted | Progress::Protected { .. } | Progress::Automatic { .. } => {
            (Text::from("the next step is \"choose users\""), Exit::Failed)
        }
    }
}

/// Writes the file, for its owner only. One that is there is replaced whole, in one step, or left as it is.
fn keep(target: &Target, words: &str) -> io::Result<()> {
    if target.may_replace {
        private::replace(&target.file, words)
    } else {
        private::write_new(&target.file, words)
    }
}

fn unkept(target: &Target, error: &io::Error) -> Failure {
    let file = target.file.display();
    if error.kind() == io::ErrorKind::AlreadyExists {
        return Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!("the file {file} is there already, and nothing was written")),
            "Name another file, or add --force to replace it.",
        );
    }
    Failure::new(
        FailureKind::Record,
        Text::of(format_args!("the file {file} could not be written: {}", of_system(error))),
        "Check that its folder exists and belongs to you, or name another file.",
    )
}
