//! `--install`, `--print` and `--uninstall`: has systemd start a pass at 20:00 in Sydney, and undoes it.
//!
//! What can be found out before anything is written is found out first; what was written is taken back when systemd
//! does not take it. Pressing twice does the same once more.

mod package;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    domain::{failure::of_system, sydney, text::Text, time::Moment},
    exit::Exit,
    outside, private,
    provider::{http::Network, store::Store},
};

pub use super::unit::Plan;
use super::{
    super::{Out, error_of, failed, quietly, warn},
    system::{self, Trouble, systemctl},
    unit::{self, MARK},
    variables,
};

/// Largest file of variables, bytes: a thousand times what anybody writes there.
const VARIABLES_BYTES: u64 = 1 << 20;

/// Which account installs, where and when.
#[derive(Debug, Clone)]
pub struct Around {
    /// This computer's name.
    pub host: Text,
    /// The account whose systemd is used.
    pub user: String,
    /// IANA name of the zone that this computer is in.
    pub zone: String,
    /// Now.
    pub now: Moment,
    /// The program lies where files come and go: a folder for building, or a temporary one.
    pub is_passing: bool,
    /// Secrets of ours that a timer does not have by itself.
    pub secrets: Vec<Missing>,
    /// The way out of this computer, which a timer is not told either; nothing for the sandbox.
    pub network: Network,
}

/// A secret that a timer does not have by itself.
#[derive(Debug, Clone)]
pub struct Missing {
    /// Which one.
    pub of: &'static Secret,
    /// The variable of this shell that it comes from; none: it comes from the keyring, which a sweep never asks.
    pub variable: Option<String>,
}

/// What a secret is called, and how a timer is given it.
#[derive(Debug, PartialEq, Eq)]
pub struct Secret {
    /// Begins a sentence.
    what: &'static str,
    /// The setting that names a file.
    setting: &'static str,
    /// How the variables begin that name another source.
    sources: &'static [&'static str],
    /// A line that does.
    line: &'static str,
}

/// Of the credential.
pub static OF_APP: Secret = Secret {
    what: "The secret",
    setting: "app.secret_file",
    sources: &["BACKUP365_APP_SECRET_", "BACKUP365_APP_CERTIFICATE_"],
    line: "BACKUP365_APP_SECRET_FILE=FILE (or what fits your credential)",
};

/// Of a record on a server.
pub static OF_RECORD: Secret = Secret {
    what: "The password of the record",
    setting: "record.password_file",
    sources: &["BACKUP365_RECORD_PASSWORD_"],
    line: "BACKUP365_RECORD_PASSWORD_FILE=FILE",
};

/// Prints both units and changes nothing.
///
/// # Errors
/// stdout can't be written for another reason than a closed pipe; a path can't stand in a unit.
pub fn print(plan: &Plan, around: &Around, out: Out) -> anyhow::Result<Exit> {
    let files = plan.files()?;
    if let Some(names) = variables::names(&around.network) {
        out.note(&format!("--install also puts {names} here: {}", plan.variables.display()));
    }
    let words: Vec<String> =
        files.iter().map(|(path, text)| format!("# {}\n{text}", path.display())).collect();
    quietly(out.say(words.join("\n").trim_end_matches('\n')), Exit::Done)
}

/// Installs the timer, tries a check in its environment, and says what is left to do: [`Exit::Attention`] when
/// something is. [`Exit::Failed`] when nothing was installed.
///
/// # Errors
/// A path can't stand in a unit; stdout can't be written for another reason than a closed pipe.
pub fn install(plan: &Plan, around: &Around, store: &Store, out: Out) -> anyhow::Result<Exit> {
    let files = plan.files()?;
    if let Some(timer) = package::timer(plan, around) {
        return package::note(&timer, plan, around, store, out);
    }
    if let Err(why) = systemctl(&["show-environment"]) {
        return without(plan, around, &why, out);
    }
    if let Some((path, _)) = files.iter().find(|(path, _)| is_foreign(path)) {
        let path = path.display();
        warn(&format!("{path} is there already, and this program did not write it. Nothing was changed."));
        warn("Move it away, then start this again.");
        return Ok(Exit::Failed);
    }
    let before: Vec<Option<String>> = files.iter().map(|(path, _)| fs::read_to_string(path).ok()).collect();
    if let Err(why) = put(plan, &files) {
        for ((path, _), text) in files.iter().zip(&before) {
            restore(path, text.as_deref());
        }
        let _as_before = systemctl(&["daemon-reload"]);
        warn(&format!("The timer was not installed, and everything is as it was before: {}.", why.0));
        return Ok(Exit::Failed);
    }
    out.note(&format!("The timer {} is installed here: {}", plan.timer(), plan.folder.display()));
    if plan.is_sandbox {
        warn("SANDBOX: it works on invented customers only. Leave out --sandbox for the real ones.");
    }
    replaced(files.first(), before.first(), out);
    store.note_sweeper_installed(&around.host).map_err(|failure| error_of(&failure))?;
    let is_good = [
        lies_well(plan, around),
        variables::carried(&plan.variables, &around.network, out),
        has_secret(plan, around),
        checks(plan, out)?,
        lingers(around, out),
    ];
    let next = sydney::due_in_words(sydney::next_2000(around.now), around.now, Some(&around.zone));
    out.note(&format!("Next sweep: {next}."));
    Ok(if is_good.contains(&false) { Exit::Attention } else { Exit::Done })
}

/// Takes the timer away. Only files that this program wrote are removed; without any, only the record is told.
///
/// # Errors
/// A path can't stand in a unit.
pub fn uninstall(plan: &Plan, around: &Around, store: Option<&Store>, out: Out) -> anyhow::Result<Exit> {
    let files = plan.files()?;
    let foreign = files.iter().map(|(path, _)| path).find(|path| is_foreign(path));
    if let Some(path) = foreign {
        warn(&format!("{} stays: this program did not write it. Nothing was changed.", path.display()));
        return Ok(Exit::Failed);
    }
    if !files.iter().any(|(path, _)| path.exists()) {
        if let Some(timer) = package::timer(plan, around) {
            return Ok(package::stays(&timer));
        }
        if let Some(Err(failure)) = store.map(|store| store.note_sweeper_removed(&around.host)) {
            return Ok(failed(&failure));
        }
        out.note("No timer of this program is installed here.");
        return Ok(Exit::Done);
    }
    // Where systemd does not answer, the files still go, and with them the link that would start the timer.
    if let Err(why) = systemctl(&["disable", "--now", &plan.timer()]) {
        out.note(&format!("systemd could not be told ({}); the files are removed all the same.", why.0));
    }
    let link = plan.folder.join("timers.target.wants").join(plan.timer());
    for path in files.iter().map(|(path, _)| path).chain([&link]) {
        if let Err(error) = fs::remove_file(path)
            && error.kind() != io::ErrorKind::NotFound
        {
            warn(&format!("{} could not be removed: {}.", path.display(), of_system(&error)));
            return Ok(Exit::Failed);
        }
    }
    let _unheard = systemctl(&["daemon-reload"]);
    if let Some(Err(failure)) = store.map(|store| store.note_sweeper_removed(&around.host)) {
        return Ok(failed(&failure));
    }
    out.note(&format!("The timer {} is gone. Nothing will run at 20:00 on this computer.", plan.timer()));
    Ok(Exit::Done)
}

/// A file that this program did not write, or that can't be looked into.
fn is_foreign(path: &Path) -> bool {
    match fs::read_to_string(path) {
        Ok(text) => !text.lines().any(|line| line == MARK),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

/// Writes the units and has systemd take them.
fn put(plan: &Plan, files: &[(PathBuf, String)]) -> Result<(), Trouble> {
    let unwritten = |path: &Path, error: &io::Error| {
        Trouble(Text::of(format_args!("{} could not be written: {}", path.display(), of_system(error))))
    };
    fs::create_dir_all(&plan.folder).map_err(|error| unwritten(&plan.folder, &error))?;
    for (path, text) in files {
        // For its owner only: settings that came by flag or variable stand in it.
        private::replace(path, text).map_err(|error| unwritten(path, &error))?;
    }
    systemctl(&["daemon-reload"])?;
    systemctl(&["enable", "--now", &plan.timer()])?;
    systemctl(&["is-active", &plan.timer()]).map(drop)
}

/// Puts a file back as it was.
fn restore(path: &Path, text: Option<&str>) {
    // Whoever could write it a moment ago can do it once more; what went wrong first is told either way.
    let _as_before = match text {
        Some(text) => private::replace(path, text),
        None => fs::remove_file(path),
    };
}

/// Says what ran before, where it was something else: other settings are another record.
fn replaced(now: Option<&(PathBuf, String)>, before: Option<&Option<String>>, out: Out) {
    let line = |text: &str| text.lines().find(|line| line.starts_with("ExecStart=")).map(str::to_owned);
    let (Some((_, now)), Some(Some(before))) = (now, before) else { return };
    if let Some(was) = line(before).filter(|was| Some(was) != line(now).as_ref()) {
        out.note(&format!("It takes the place of another one: {was}"));
    }
}

/// Whether the program will be there at 20:00.
fn lies_well(plan: &Plan, around: &Around) -> bool {
    if around.is_passing {
        warn(&format!(
            "{} lies in a folder for building or for temporary files. The timer fails once it is gone: copy the \
             program to a place that stays, like /usr/local/bin, and install from there.",
            plan.program.display()
        ));
    }
    !around.is_passing
}

/// Whether the secret will be there at 20:00.
fn has_secret(plan: &Plan, around: &Around) -> bool {
    let lacking = lacking_secrets(plan, around);
    for words in &lacking {
        warn(words);
    }
    lacking.is_empty()
}

/// Why secrets will not be there at 20:00, and what to do, a sentence or two each.
pub(super) fn lacking_secrets(plan: &Plan, around: &Around) -> Vec<String> {
    let written = outside::file::text(&plan.variables, VARIABLES_BYTES).unwrap_or_default();
    let begins = |with: &str| written.lines().any(|line| line.trim_start().starts_with(with));
    let file = plan.variables.display();
    let mut lacking = Vec::new();
    for Missing { of, variable } in &around.secrets {
        let Secret { what, setting, sources, line } = of;
        match variable {
            Some(name) if !written.lines().any(|line| variables::is_of(line, name)) => lacking.push(format!(
                "{what} comes from the variable {name}, which a timer does not have. Write {name}=SECRET into {file} (mode \
                 0600), or name a file in the settings ({setting}).",
            )),
            None if !sources.iter().any(|source| begins(source)) => lacking.push(format!(
                "{what} comes from the keyring, which a sweep never asks: nobody opens it for a timer. Write {line} into \
                 {file}.",
            )),
            _ => {}
        }
    }
    lacking.dedup();
    lacking
}

/// Runs `sweep --check` as systemd will run a pass: with its environment, not with this terminal's.
fn checks(plan: &Plan, out: Out) -> anyhow::Result<bool> {
    let mut arguments: Vec<String> =
        ["--user", "--wait", "--pipe", "--collect", "--quiet"].map(str::to_owned).into();
    arguments.push(format!("--property=EnvironmentFile=-{}", unit::of_path(&plan.variables)?));
    arguments.extend(plan.environment.iter().map(|(name, value)| format!("--setenv={name}={value}")));
    arguments.push("--".to_owned());
    // The program's own name is taken as it is; in the others systemd looks for variables.
    let words = unit::words(plan, &["sweep"], &["--check"])?;
    arguments.extend(
        words.iter().enumerate().map(|(at, word)| if at == 0 { word.clone() } else { unit::dollars(word) }),
    );
    match system::ask("systemd-run", &arguments) {
        Ok(answer) if answer.is_good => {
            answer.out.lines().for_each(|line| out.detail(line));
            out.note("A check in the timer's environment went well: record, credential, Microsoft.");
            return Ok(true);
        }
        Ok(answer) => answer.out.lines().chain(answer.complaint.lines()).for_each(warn),
        Err(why) => warn(&format!("{}.", why.0)),
    }
    warn(
        "A check in the timer's environment did not go well; a sweep would not either. Mend it, then start this again.",
    );
    Ok(false)
}

/// Whether the account's systemd stays while nobody is signed in.
fn lingers(around: &Around, out: Out) -> bool {
    let asked = system::demand("loginctl", &["show-user", around.user.as_str(), "--property=Linger"]);
    if asked.is_ok_and(|answer| answer.trim() == "Linger=yes") {
        out.detail("It runs while nobody is signed in.");
        return true;
    }
    warn(
        "One thing is left to do: nothing runs while nobody is signed in to this account. Run: loginctl enable-linger",
    );
    false
}

/// Says what to do where systemd does not answer.
fn without(plan: &Plan, around: &Around, why: &Trouble, out: Out) -> anyhow::Result<Exit> {
    warn(&format!(
        "No timer was installed and nothing was changed: systemd does not answer here ({}).",
        why.0
    ));
    warn("If you came to this account by su or sudo, sign in to it directly and start this again.");
    warn(
        "Otherwise have cron do it: add the line below with \"crontab -e\". A sweep that is not due does nothing.",
    );
    if let Some(names) = variables::names(&around.network) {
        warn(&format!("cron knows nothing of {names}: write them, as they are set here, above that line."));
    }
    warn("Or keep \"backup365 sweep --watch\" running.");
    quietly(out.say(&unit::cron(plan)?), Exit::Failed)
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
