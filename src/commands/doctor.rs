//! `backup365 doctor`: everything that this program stands on, looked at one by one; nothing is changed. Ends with 6 where
//! something is not as it should be, and with 2 where settings can't be used.

pub mod record;
pub mod registration;
pub mod server;
pub mod sweeper;

use std::io;

use serde_json::{Value, json};

use crate::{
    domain::{failure::Failure, held_by::HeldRun, time::Moment},
    exit::Exit,
};

use super::{
    Out,
    check::{Check, CheckState},
    quietly,
};

/// What was looked at so far. For people each line is printed as it comes: hosts may take their time.
#[derive(Debug)]
pub struct Sheet {
    checks: Vec<Check>,
    is_json: bool,
    out: Out,
    printed: io::Result<()>,
    is_unusable: bool,
    /// The sandbox is looked at.
    is_sandbox: bool,
    /// Where the record is, or will be; none: settings can't be used.
    place: Option<String>,
    /// The runs that somebody has open; none: that could not be looked at.
    held: Option<Vec<HeldRun>>,
}

impl Sheet {
    /// An empty one.
    #[must_use]
    pub const fn new(is_json: bool, is_sandbox: bool, out: Out) -> Self {
        Self {
            checks: Vec::new(),
            is_json,
            out,
            printed: Ok(()),
            is_unusable: false,
            is_sandbox,
            place: None,
            held: None,
        }
    }

    /// Adds a check.
    pub fn add(&mut self, check: Check) {
        if !self.is_json && self.printed.is_ok() {
            self.printed = self.out.say(&check.line());
        }
        self.checks.push(check);
    }

    /// Adds several.
    pub fn extend(&mut self, checks: impl IntoIterator<Item = Check>) {
        checks.into_iter().for_each(|check| self.add(check));
    }

    /// Notes that settings can't be used.
    pub const fn settings_are_unusable(&mut self) {
        self.is_unusable = true;
    }

    /// Notes where the record is, without a password.
    pub fn note_place(&mut self, place: String) {
        self.place = Some(place);
    }

    /// Adds what came of looking which runs somebody has open.
    pub fn add_held(&mut self, found: Result<Vec<HeldRun>, Failure>, now: Moment) {
        self.add(record::held(&found, now));
        self.held = found.ok();
    }

    /// Says what it comes to.
    ///
    /// # Errors
    /// stdout can't be written for another reason than a closed pipe.
    pub fn end(self) -> anyhow::Result<Exit> {
        let count = |is_so: fn(&Check) -> bool| self.checks.iter().filter(|check| is_so(check)).count();
        let bad = count(|check| check.failure().is_some());
        let warnings = count(|check| matches!(check.state, CheckState::Warning(..)));
        let exit = match bad + warnings {
            _ if self.is_unusable => Exit::Usage,
            0 => Exit::Done,
            _ => Exit::Attention,
        };
        if self.is_json {
            return quietly(self.out.json(&self.object(exit)), exit);
        }
        let last = match (bad, warnings) {
            (0, 0) => "All is well.".to_owned(),
            (0, warnings) => format!("Warnings: {warnings}. Nothing has failed."),
            (bad, 0) => format!("Failed: {bad}. Mend the first one first: others may hang on it."),
            (bad, warnings) => {
                format!(
                    "Failed: {bad}. Warnings: {warnings}. Mend the first one first: others may hang on it."
                )
            }
        };
        let out = self.out;
        quietly(self.printed.and_then(|()| out.say(&last)), exit)
    }

    /// The object of `--json`; its schema is `assets/json/doctor.schema.json`.
    fn object(&self, exit: Exit) -> Value {
        let each = |check: &Check| {
            let state = match check.state {
                CheckState::Good(_) => "ok",
                CheckState::Warning(..) => "warning",
                CheckState::Bad(_) => "failure",
            };
            let code = check.failure().and_then(|failure| failure.code.as_ref());
            json!({
                "name": check.name.as_str(),
                "state": state,
                "words": check.words().as_str(),
                "hint": check.hint(),
                "code": code.map(crate::domain::text::Text::as_str),
            })
        };
        json!({
            "version": 1,
            "kind": "doctor",
            "is_sandbox": self.is_sandbox,
            "is_good": exit == Exit::Done,
            "exit_code": exit.code(),
            "record": self.place,
            "held_runs": self.held.as_ref().map(|held| held.iter().map(held_run).collect::<Vec<Value>>()),
            "checks": self.checks.iter().map(each).collect::<Vec<Value>>(),
        })
    }
}

/// A run that somebody has open.
fn held_run(held: &HeldRun) -> Value {
    json!({
        "run": held.run.to_string(),
        "customer": held.customer.as_str(),
        "held_by": held.held_by.json(),
    })
}
