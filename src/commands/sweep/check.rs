//! `--check`: whether a pass could run, said item by item.

use serde_json::{Value, json};

use crate::{
    domain::failure::{Failure, FailureKind},
    exit::Exit,
};

use super::super::{
    Out,
    check::{Check, CheckState},
    quietly,
};

/// The check that opens the record: one that was never made is no trouble yet.
pub const RECORD: &str = "Record";

/// The check that asks Microsoft: its refusal is a refusal of access.
pub const MICROSOFT: &str = "Microsoft";

/// Prints them, in the order in which they were tried; nothing is tried behind one that went wrong. [`Exit::Refused`] when
/// Microsoft said no, [`Exit::Attention`] when the record or the clock is not what it was, [`Exit::Failed`] for anything
/// else that is not as it should be.
///
/// # Errors
/// stdout can't be written for another reason than a closed pipe.
pub fn told(checks: &[Check], is_json: bool, out: Out) -> anyhow::Result<Exit> {
    let bad = checks.iter().find_map(|check| Some((check.name.as_str(), check.failure()?)));
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
    let lines = checks.iter().map(Check::line).chain([last.to_owned()]);
    quietly(lines.into_iter().try_for_each(|line| out.say(&line)), exit)
}

fn json_of(checks: &[Check], is_good: bool) -> Value {
    let each = |check: &Check| {
        json!({
            "name": check.name.as_str(),
            "is_good": check.failure().is_none(),
            "is_warning": matches!(check.state, CheckState::Warning(..)),
            "words": check.words().as_str(),
            "hint": check.hint(),
        })
    };
    let checks: Vec<Value> = checks.iter().map(each).collect();
    json!({ "version": 1, "kind": "sweep-check", "is_good": is_good, "checks": checks })
}
