//! What is installed of the timer on this computer, and whether it would start a sweep as this start would.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    super::check::Check,
    install::{Around, lacking_secrets},
    system::{self, systemctl},
    unit::{MARK, Plan},
};
use crate::domain::{
    failure::{Failure, FailureKind},
    phrase::{Command, WayOn},
    text::Text,
};

/// Name of these checks.
const NAME: &str = "Timer";

/// What makes the timer anew.
const AGAIN: WayOn = WayOn::Run(Command::SweepInstall, "make it anew");

/// Looks at the units and asks systemd about them; nothing where none is installed for this account.
///
/// # Errors
/// A path can't stand in a unit.
pub fn looked_at(plan: &Plan, around: &Around) -> anyhow::Result<Vec<Check>> {
    let files = plan.files()?;
    let found = files.each_ref().map(|(path, wanted)| (path, wanted, fs::read_to_string(path).ok()));
    if found.iter().all(|(.., text)| text.is_none()) {
        return Ok(Vec::new());
    }
    let mut checks: Vec<Check> =
        found.iter().filter_map(|(path, wanted, text)| unit(path, wanted, text.as_deref())).collect();
    checks.extend(lacking_secrets(plan, around).into_iter().map(|words| {
        Check::new(NAME, Err(Failure::new(FailureKind::Record, Text::clean(words.trim_end_matches('.')), "")))
    }));
    match systemctl(&["show-environment"]) {
        Err(why) => checks.push(Check::warning(
            NAME,
            Text::of(format_args!("systemd could not be asked about it ({})", why.0)),
            "If you came to this account by su or sudo, sign in to it directly and look again.",
        )),
        Ok(_) => checks.extend(runs(plan, around)),
    }
    if checks.is_empty() {
        checks.push(Check::new(
            NAME,
            Ok(Text::of(format_args!("{} is on, and as this start would make it", plan.timer()))),
        ));
    }
    Ok(checks)
}

/// One unit against what `--install` would write now.
fn unit(path: &Path, wanted: &str, text: Option<&str>) -> Option<Check> {
    let place = path.display();
    let Some(text) = text else {
        let words = Text::of(format_args!("half of it is gone: {place} is missing or can't be read"));
        return Some(Check::new(NAME, Err(Failure::new(FailureKind::Record, words, AGAIN))));
    };
    if !text.lines().any(|line| line == MARK) {
        let words = Text::of(format_args!("{place} is there, and this program did not write it"));
        return Some(Check::warning(NAME, words, "Look at it: two timers may start the same sweep."));
    }
    if let Some(program) = program(text).filter(|program| !program.is_file()) {
        let words = Text::of(format_args!("it starts {}, which is not there any more", program.display()));
        return Some(Check::new(NAME, Err(Failure::new(FailureKind::Record, words, AGAIN))));
    }
    (text != wanted).then(|| {
        let words = Text::of(format_args!(
            "{place} is not as this start would write it: other settings, another record, or an older program"
        ));
        Check::warning(NAME, words, AGAIN)
    })
}

/// The program that a unit starts, where its name needs no quotes.
fn program(text: &str) -> Option<PathBuf> {
    let line = text.lines().find_map(|line| line.strip_prefix("ExecStart="))?;
    let first = line.split(' ').next()?;
    (!first.starts_with('"')).then(|| PathBuf::from(first.replace("%%", "%")))
}

/// Whether systemd will start it.
fn runs(plan: &Plan, around: &Around) -> Vec<Check> {
    let mut checks = Vec::new();
    let timer = plan.timer();
    for (verb, words) in [
        ("is-enabled", "is not switched on for the next start of this computer"),
        ("is-active", "is not running"),
    ] {
        if let Err(why) = systemctl(&[verb, &timer]) {
            let words = Text::of(format_args!("{timer} {words} ({})", why.0));
            checks.push(Check::new(NAME, Err(Failure::new(FailureKind::Record, words, AGAIN))));
        }
    }
    let lingers = system::demand("loginctl", &["show-user", around.user.as_str(), "--property=Linger"]);
    if !lingers.is_ok_and(|answer| answer.trim() == "Linger=yes") {
        checks.push(Check::warning(
            NAME,
            "nothing runs while nobody is signed in to this account",
            "Run: loginctl enable-linger",
        ));
    }
    checks
}
