//! `--check`: whether a pass could run, said item by item.

use serde_json::{Value, json};

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        phrase::{Phrase, Segment, WayOn},
        text::Text,
    },
    exit::Exit,
};

use super::super::{Out, quietly};

/// One thing that a pass needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What it is.
    pub name: &'static str,
    /// How it is, or why it is not.
    pub found: Result<Text, Failure>,
    /// It keeps no pass from running, and a person should know it.
    pub is_warning: bool,
}

impl Check {
    /// A check with what was found.
    #[must_use]
    pub const fn new(name: &'static str, found: Result<Text, Failure>) -> Self {
        Self { name, found, is_warning: false }
    }

    /// Something that a person should know.
    #[must_use]
    pub const fn warning(name: &'static str, words: Text) -> Self {
        Self { name, found: Ok(words), is_warning: true }
    }
}

/// The check that opens the record: one that was never made is no trouble yet.
pub const RECORD: &str = "Record";

/// The check that compares the clock with Microsoft's and with the record.
pub const CLOCK: &str = "Clock";

/// The check that asks Microsoft: its refusal is a refusal of access.
pub const MICROSOFT: &str = "Microsoft";

/// The check that asks Graph itself, which is another server than the one that signs in.
pub const GRAPH: &str = "Graph";

/// Prints them, in the order in which they were tried; nothing is tried behind one that went wrong. [`Exit::Refused`] when
/// Microsoft said no, [`Exit::Attention`] when the record or the clock is not what it was, [`Exit::Failed`] for anything
/// else that is not as it should be.
///
/// # Errors
/// stdout can't be written for another reason than a closed pipe.
pub fn told(checks: &[Check], is_json: bool, out: Out) -> anyhow::Result<Exit> {
    let bad = checks.iter().find_map(|check| Some((check.name, check.found.as_ref().err()?)));
    let exit = match bad {
        None => Exit::Done,
        // A wrong secret is our own fault in the eyes of a customer's screen; here it is a no with a code.
        Some((
            MICROSOFT,
            Failure {
                kind: FailureKind::Refused | FailureKind::Internal,
                code: Some(_),
                is_alarm: false,
                ..
            },
        )) => Exit::Refused,
        Some((RECORD, Failure { kind: FailureKind::NotFound, .. })) => Exit::Usage,
        Some((_, failure)) => super::super::exit_for(failure),
    };
    if is_json {
        return quietly(out.json(&json_of(checks, bad.is_none())), exit);
    }
    let last = if bad.is_none() { "A sweep can run." } else { "A sweep can't run until this is mended." };
    let lines = checks.iter().map(line).chain([last.to_owned()]);
    quietly(lines.into_iter().try_for_each(|line| out.say(&line)), exit)
}

/// A failure with its way on as it is told here: of our own faults other commands say that this check tells how to mend
/// them.
fn mended(failure: &Failure) -> Failure {
    let is_ours = |part: &Segment| *part == Segment::Do(WayOn::OurSide);
    let mut failure = failure.clone();
    if failure.hint.parts().iter().any(is_ours) {
        let is_told = |part: &&Segment| {
            !is_ours(part) && !matches!(part, Segment::Said(words) if words.contains("customer"))
        };
        let told = Phrase::of(failure.hint.parts().iter().filter(is_told).cloned().collect());
        failure.hint = match failure.code {
            Some(_) => told.then(Segment::Do(WayOn::Explain)).then(
                "Compare client_id, tenant and the secret or certificate of [app] in the settings with the application at \
                 Microsoft.",
            ),
            None => told.then(
                "app.certificate_file takes a certificate and its RSA key of 2,048 bits or more, as PEM or PFX.",
            ),
        };
    }
    failure
}

fn line(check: &Check) -> String {
    match &check.found {
        Ok(words) if check.is_warning => format!("{}: WARNING: {words}.", check.name),
        Ok(words) => format!("{}: {words}.", check.name),
        Err(failure) => format!("{}: FAILED: {}", check.name, mended(failure).for_commands()),
    }
}

fn json_of(checks: &[Check], is_good: bool) -> Value {
    let each = |check: &Check| {
        let (words, hint) = match &check.found {
            Ok(words) => (words, None),
            Err(failure) => (&failure.what, Some(mended(failure).hint.for_commands().to_string())),
        };
        json!({ "name": check.name, "is_good": check.found.is_ok(), "is_warning": check.is_warning, "words": words.as_str(), "hint": hint })
    };
    let checks: Vec<Value> = checks.iter().map(each).collect();
    json!({ "version": 1, "kind": "sweep-check", "is_good": is_good, "checks": checks })
}
