//! Who does the sweeps of Enable Auto, and whether they were done.

use super::super::check::Check;
use crate::domain::{
    failure::{Failure, FailureKind},
    phrase::{Command, WayOn},
    status::Status,
    sydney,
    text::Text,
};

/// The sweeper by what is on record. `has_timer`: one is installed for this account on this computer.
#[must_use]
pub fn sweeper(status: &Status, here: &Text, has_timer: bool) -> Check {
    const NAME: &str = "Sweeper";
    let rules = status.rows.iter().filter(|row| row.rule.is_some()).count();
    let install = WayOn::Run(Command::SweepInstall, "have systemd start each sweep");
    let bad =
        |words: Text, hint| Check::new(NAME, Err(Failure::new(FailureKind::Record, words, hint).alarming()));
    if let Some(warning) = &status.sweep_warning {
        let hint = WayOn::Run(Command::Sweep, "do what is due");
        return bad(Text::clean(warning.as_str().trim_end_matches('.')), hint);
    }
    match (&status.sweeper.host, rules) {
        (None, 0) => Check::new(NAME, Ok("none is needed yet: no customer has Enable Auto".into())),
        (None, rules) => bad(
            Text::of(format_args!(
                "nothing will run at 20:00: no sweeper is installed, and Enable Auto is on {rules} times"
            )),
            install,
        ),
        (Some(host), rules) if host == here && rules > 0 && !has_timer => Check::warning(
            NAME,
            "sweeps were done on this computer, and no timer is installed here: cron or sweep --watch has to start them",
            install,
        ),
        (Some(host), _) => {
            let last = status.sweeper.last_pass.map_or_else(
                || "no sweep done yet".to_owned(),
                |last| format!("last sweep for {}", sydney::stamp_in_words(last, sydney::ZONE)),
            );
            Check::new(NAME, Ok(Text::of(format_args!("{host}, {last}"))))
        }
    }
}
