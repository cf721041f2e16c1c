//! What became of one customer of a plan: its word, its exit code, its sentence; and the worst of many.

use crate::{
    commands::journey,
    domain::{
        bill::{counted, grouped},
        id::RunId,
        run::Outcome,
        text::Text,
        verdict::Verdict,
    },
    exit::Exit,
    headless::report::{End, Report},
};

/// What became of one customer.
#[derive(Debug, Clone, Default)]
pub(super) enum JobResult {
    /// Not begun in this call.
    #[default]
    NotStarted,
    /// Its run is finished: what the record says.
    Finished(Box<Outcome>, Earlier),
    /// Its journey ended otherwise.
    Ended(Box<Report>),
}

/// When a run was finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Earlier {
    /// In this call.
    Now,
    /// When the plan was applied before.
    Before,
}

impl JobResult {
    /// The word for it, the same in words and in JSON but for the blanks.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::NotStarted => "not started",
            Self::Finished(outcome, _) if Verdict::of(outcome).is_partly() => "partly done",
            Self::Finished(..) => "done",
            Self::Ended(report) => word(&report.end),
        }
    }

    /// The exit code that it alone would have.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Finished(outcome, _) if Verdict::of(outcome).is_partly() => Exit::Partly,
            // What kept a customer from being started has a code of its own.
            Self::NotStarted | Self::Finished(..) => Exit::Done,
            Self::Ended(report) => journey::exit_of(&report.end),
        }
    }

    /// One sentence: what happened.
    pub(super) fn words(&self) -> Text {
        match self {
            Self::NotStarted => Text::default(),
            Self::Finished(outcome, earlier) => finished(outcome, *earlier),
            Self::Ended(report) => report.words.clone(),
        }
    }

    /// The run, once there is one.
    pub(super) fn run(&self) -> Option<&RunId> {
        match self {
            Self::NotStarted => None,
            Self::Finished(outcome, _) => Some(&outcome.run.id),
            Self::Ended(report) => report.run.as_ref(),
        }
    }

    /// The seats that it has billed: turned on, still to be completed, or confirmed for Enable Auto.
    pub(super) fn billed(&self) -> u32 {
        match self {
            Self::Finished(outcome, _) => billed(outcome),
            _ => 0,
        }
    }

    /// Whether others may be started after it: nothing came that they could run into as well.
    pub(super) const fn is_well(&self) -> bool {
        match self {
            Self::NotStarted | Self::Finished(..) => true,
            Self::Ended(report) => matches!(report.end, End::Done { .. } | End::Shown | End::Waiting),
        }
    }

    /// Whether no other customer is started after it: the wrong tenant, a bill above a limit, or the operator wants to
    /// leave.
    pub(super) const fn is_stop(&self) -> bool {
        match self {
            Self::NotStarted | Self::Finished(..) => false,
            Self::Ended(report) => {
                matches!(
                    report.end,
                    End::WrongTenant | End::Stopped | End::Attention | End::Interrupted | End::Told(_)
                )
            }
        }
    }
}

/// The seats that a run has billed.
pub(super) fn billed(outcome: &Outcome) -> u32 {
    let run = &outcome.run;
    let rule =
        outcome.protection.rule.as_ref().filter(|_| outcome.done.rule_made).map_or(0, |rule| rule.confirmed);
    let open = u32::try_from(run.unfinished.len()).unwrap_or(u32::MAX);
    outcome.done.turned_on.saturating_add(open).saturating_add(rule)
}

/// A finished run in one sentence.
fn finished(outcome: &Outcome, earlier: Earlier) -> Text {
    let verdict = Verdict::of(outcome);
    let mut parts = vec![format!("{} protected", counted(verdict.protected, "user", "users"))];
    for (count, what) in [
        (verdict.schedule.scheduled(), "scheduled"),
        (verdict.schedule.stalled(), "wait for a sweep, but none can turn them on yet"),
        (verdict.missed, "chosen, but not turned on"),
        (verdict.unchecked, "chosen, but not checked yet"),
        (verdict.left, "left"),
    ] {
        if count > 0 {
            parts.push(format!("{} {what}", grouped(count)));
        }
    }
    let before = if earlier == Earlier::Before { "; finished before" } else { "" };
    Text::of(format_args!("{}{before}.", parts.join(", ")))
}

/// The word for an end.
const fn word(end: &End) -> &'static str {
    match end {
        End::Done { is_partly: false } => "done",
        End::Done { is_partly: true } => "partly done",
        End::Shown => "checked",
        End::Waiting => "waiting",
        End::Missing { .. } => "answer missing",
        End::Wrong => "answer wrong",
        End::WrongTenant => "wrong organisation",
        End::Refused => "refused",
        End::Stopped => "stopped",
        End::Held => "held",
        End::Attention => "attention",
        End::Failed => "failed",
        End::Interrupted | End::Told(_) => "interrupted",
    }
}

/// Exit codes of many customers, worst first (product.md section 9, *Records and words*). Being told to go comes before
/// them: whoever asked for it waits for that code.
const WORST_FIRST: [Exit; 14] = [
    Exit::Internal,
    Exit::Terminated,
    Exit::Quit,
    Exit::HangUp,
    Exit::Interrupted,
    Exit::Failed,
    Exit::Refused,
    Exit::Attention,
    Exit::Usage,
    Exit::Stopped,
    Exit::Partly,
    Exit::Held,
    Exit::Waiting,
    Exit::Done,
];

/// The worst of many exit codes; done where there is none.
pub(super) fn worst(exits: impl IntoIterator<Item = Exit>) -> Exit {
    let place = |exit: &Exit| WORST_FIRST.iter().position(|known| known == exit).unwrap_or(0);
    exits.into_iter().min_by_key(place).unwrap_or(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wizard::answer::Ending;

    #[test]
    fn the_worst_code_is_said() {
        // product.md section 9: "Worst first for many: 70 1 4 6 2 7 3 8 5 0".
        let order = [70, 1, 4, 6, 2, 7, 3, 8, 5, 0];
        let exits: Vec<Exit> = order
            .iter()
            .map(|code| Exit::ALL.into_iter().find(|exit| exit.code() == *code).unwrap())
            .collect();
        for (at, expected) in exits.iter().enumerate() {
            let rest = exits.get(at..).unwrap().iter().rev().copied();
            assert_eq!(worst(rest), *expected);
        }
        assert_eq!(worst([]), Exit::Done);
        assert_eq!(worst([Exit::Refused, Exit::Interrupted]), Exit::Interrupted);
    }

    #[test]
    fn every_end_has_a_word_and_only_some_hold_the_others_back() {
        let ended = |end| JobResult::Ended(Box::new(Report { end, ..Report::default() }));
        for (end, code, is_well, is_stop) in [
            (End::Done { is_partly: false }, 0, true, false),
            (End::Done { is_partly: true }, 3, true, false),
            (End::Waiting, 5, true, false),
            (End::WrongTenant, 4, false, true),
            (End::Stopped, 7, false, true),
            (End::Refused, 4, false, false),
            (End::Held, 8, false, false),
            (End::Attention, 6, false, true),
            (End::Failed, 1, false, false),
            (End::Interrupted, 130, false, true),
            (End::Told(Ending::Terminate), 143, false, true),
        ] {
            let result = ended(end.clone());
            assert!(!result.word().is_empty());
            assert_eq!(
                (result.exit().code(), result.is_well(), result.is_stop()),
                (code, is_well, is_stop),
                "{end:?}"
            );
        }
    }
}
