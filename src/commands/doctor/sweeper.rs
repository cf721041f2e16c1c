//! Who does the sweeps of Enable Auto, and whether they were done.

use super::super::check::Check;
use crate::domain::{
    failure::{Failure, FailureKind},
    phrase::{Command, WayOn},
    run::SweeperStatus,
    status::Status,
    sydney,
    text::Text,
    time::Moment,
};

/// Name of these checks.
const NAME: &str = "Sweeper";

/// The sweepers by what is on record. `has_timer`: one is installed for this account on this computer.
#[must_use]
pub fn sweeper(status: &Status, here: &Text, has_timer: bool) -> Check {
    let rules = status.rows.iter().filter(|row| row.rule.is_some()).count();
    let install = WayOn::Run(Command::SweepInstall, "have systemd start each sweep");
    let bad =
        |words: Text, hint| Check::new(NAME, Err(Failure::new(FailureKind::Record, words, hint).alarming()));
    if let Some(warning) = &status.sweep_warning {
        let hint = WayOn::Run(Command::Sweep, "do what is due");
        return bad(Text::clean(warning.as_str().trim_end_matches('.')), hint);
    }
    let known = &status.sweeper;
    match (known.host(), rules) {
        (None, 0) => Check::new(NAME, Ok("none is needed yet: no customer has Enable Auto".into())),
        (None, rules) => bad(
            Text::of(format_args!(
                "nothing will run at 20:00: no sweeper is installed, and Enable Auto is on {rules} times"
            )),
            install,
        ),
        (Some(_), rules) if known.sweepers.iter().any(|it| it.host == *here) && rules > 0 && !has_timer => {
            Check::warning(
                NAME,
                "sweeps were done on this computer, and no timer is installed here: cron or sweep --watch has to start them",
                install,
            )
        }
        (Some(_), _) => Check::new(NAME, Ok(in_order(known))),
    }
}

/// The computers that sweep, by name, and the last sweep of them all.
fn in_order(known: &SweeperStatus) -> Text {
    let names: Vec<&str> = known.sweepers.iter().map(|it| it.host.as_str()).collect();
    let last = known.last_pass().map_or_else(
        || "no sweep done yet".to_owned(),
        |last| format!("last sweep for {}", sydney::stamp_in_words(last, sydney::ZONE)),
    );
    Text::of(format_args!("{}, {last}", names.join(", ")))
}

/// Sweepers that have not been heard of for days.
pub fn silent(status: &Status, now: Moment) -> impl Iterator<Item = Check> {
    status.sweeper.silences(now).map(|(silent, words)| {
        let forget = Command::SweepForget(silent.host.clone());
        Check::warning(NAME, words, format_args!("Look at that computer. If it sweeps no more: {forget}"))
    })
}
