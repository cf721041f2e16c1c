//! What `sweep --install` writes into the units: the same program, settings and world as this start, however they were
//! named.

use std::path::{Path, PathBuf};

use crate::{
    app::{Refusal, environment, places::VARIABLES, world::Opener},
    commands::sweep::install::{Around, Missing, OF_APP, OF_RECORD, Plan},
    domain::{id::RecordId, secret::Secret, text::Text},
    provider::http::Network,
    settings::{
        PartnerApp, Source,
        table::{AnySetting, SETTINGS, record},
    },
};

/// What the units are made from: the same world as this start, however it was named, and the record that is there now.
pub(in crate::app) fn plan(opener: &Opener, record: Option<RecordId>) -> Result<Plan, Refusal> {
    let (Some(folder), Some(program)) =
        (opener.environment.config.as_deref().and_then(Path::parent), program())
    else {
        return Err(Refusal::usage("this computer does not say where this program and its settings lie."));
    };
    Ok(Plan {
        program,
        arguments: arguments(opener)?,
        environment: environment(opener)?,
        variables: opener.settings.config.join(VARIABLES),
        folder: folder.join("systemd/user"),
        // A trainee may remove what was invented.
        record: record.filter(|_| !opener.is_sandbox),
        is_sandbox: opener.is_sandbox,
    })
}

/// The program by the name that is on the path, which stays when a newer one takes its place; else where it lies.
fn program() -> Option<PathBuf> {
    let here = std::env::current_exe().ok().filter(|file| file.exists())?;
    Some(
        environment::on_path("backup365")
            .filter(|found| found.canonicalize().ok().as_ref() == Some(&here))
            .unwrap_or(here),
    )
}

/// Flags that lead to the same settings and the same world.
fn arguments(opener: &Opener) -> Result<Vec<String>, Refusal> {
    let mut arguments = Vec::new();
    if let Some(file) = &opener.settings.file {
        arguments.extend(["--settings".to_owned(), absolute(file)?]);
    }
    arguments.extend(flags(opener)?);
    if opener.is_sandbox {
        arguments.push("--sandbox".to_owned());
        if let Some(world) = &opener.common.world {
            let file = Path::new(world);
            arguments
                .extend(["--world".to_owned(), if file.exists() { absolute(file)? } else { world.clone() }]);
        }
    }
    Ok(arguments)
}

/// Settings that decide what a pass works with. The others are about windows and other commands.
fn is_for_a_pass(setting: &dyn AnySetting) -> bool {
    !["screen", "provision", "apply"].contains(&setting.spec().place().0)
}

/// Whether a setting may stand in a unit. An address of the record that holds a password may not: it goes where the address
/// of a proxy goes.
fn is_shown(opener: &Opener, setting: &dyn AnySetting) -> bool {
    is_for_a_pass(setting) && (setting.spec() != record::URL.spec() || carried_url(opener).is_none())
}

/// The address of the record, where a flag or a variable gives one with a password.
fn carried_url(opener: &Opener) -> Option<(&'static str, Secret<String>)> {
    let url = opener.settings.record_url(opener.is_sandbox)?;
    let is_given = !opener.settings.record.is_in_file() && url.has_password();
    is_given.then(|| (record::URL.spec().variable, Secret::new(url.expose().to_owned())))
}

/// A value as it was given; paths mean the same from any folder.
fn value(setting: &dyn AnySetting, given: &str) -> Result<String, Refusal> {
    if setting.is_path() { absolute(Path::new(given)) } else { Ok(given.to_owned()) }
}

/// Variables that this start was given and a timer is not: where things lie, and settings. Never the secret itself,
/// which is no setting.
fn environment(opener: &Opener) -> Result<Vec<(String, String)>, Refusal> {
    let is_on_server = opener.settings.record_url(opener.is_sandbox).is_some();
    let mut carried = environment::folders(is_on_server);
    for (name, given) in environment::ours() {
        let mut settings = SETTINGS.iter().filter(|setting| is_shown(opener, **setting));
        let setting = settings.find(|setting| setting.spec().variable == name);
        let (Some(setting), Some(given)) = (setting, given.to_str().filter(|given| !given.is_empty())) else {
            continue;
        };
        carried.push((name, value(*setting, given)?));
    }
    Ok(carried)
}

/// Flags of settings, as they were given.
fn flags(opener: &Opener) -> Result<Vec<String>, Refusal> {
    let given = opener.common.values.0.iter().filter(|(setting, ..)| is_shown(opener, *setting));
    given.map(|(setting, flag, given)| Ok(format!("{flag}={}", value(*setting, given)?))).collect()
}

/// A path that means the same from any folder.
fn absolute(path: &Path) -> Result<String, Refusal> {
    let found = std::path::absolute(path).ok().and_then(|path| path.to_str().map(str::to_owned));
    found.ok_or_else(|| {
        Refusal::usage(format!(
            "{} can't stand in a timer: its name is not UTF-8. Rename it.",
            path.display()
        ))
    })
}

/// Which account installs, where and when.
pub(in crate::app) fn around(opener: &Opener) -> Around {
    let network = if opener.is_sandbox { Vec::new() } else { opener.environment.network.0.clone() };
    Around {
        host: Text::clean(&opener.environment.host),
        user: opener.environment.account.shown().to_string(),
        zone: opener.environment.zone.clone(),
        now: opener.clock.now(),
        is_passing: program()
            .is_some_and(|program| is_passing(&program.canonicalize().unwrap_or(program), &temporary())),
        secrets: secrets(opener),
        network: Network(network.into_iter().chain(carried_url(opener)).collect()),
    }
}

/// The secrets that a timer does not have by itself: in variables, and in the keyring.
fn secrets(opener: &Opener) -> Vec<Missing> {
    let app = opener.settings.app.as_ref().filter(|_| !opener.is_sandbox);
    let of_app = app.into_iter().flat_map(PartnerApp::places).map(|place| (&OF_APP, place));
    let url = opener.settings.record_url(opener.is_sandbox);
    let of_record = url.and(opener.settings.record.password.as_ref()).map(|place| (&OF_RECORD, place));
    let missing = of_app.chain(of_record).filter_map(|(of, place)| match place {
        Source::Environment(name) => Some(Missing { of, variable: Some(name.clone()) }),
        Source::Keyring(_) => Some(Missing { of, variable: None }),
        Source::File(_) | Source::Command(_) => None,
    });
    missing.collect()
}

/// Folders whose files the system removes when it likes, by the names that lead to them and where they lie.
fn temporary() -> Vec<PathBuf> {
    let named = [std::env::temp_dir(), "/tmp".into(), "/var/tmp".into()];
    let lie = named.iter().filter_map(|folder| folder.canonicalize().ok());
    lie.chain(named.clone()).collect()
}

/// Whether a program lies where it will not stay: in a temporary folder, or where Cargo builds.
///
/// Cargo marks the folder that it builds in by both of these, but for the layouts in which one of them lies elsewhere.
fn is_passing(program: &Path, temporary: &[PathBuf]) -> bool {
    let is_built = program
        .ancestors()
        .skip(1)
        .any(|folder| folder.join(".fingerprint").is_dir() || folder.join("CACHEDIR.TAG").is_file());
    is_built || temporary.iter().any(|folder| program.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_will_not_stay_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("target/debug/backup365");
        let mark = |name: &str| folder.path().join("target").join(name);
        std::fs::create_dir_all(mark("debug")).unwrap();
        // Wherever the tests' own folders lie, only these two are temporary here.
        let temporary = ["/a/passing/place".into(), "/another".into()];
        assert!(!is_passing(&program, &temporary), "a folder that is only called so");
        std::fs::create_dir(mark(".fingerprint")).unwrap();
        assert!(is_passing(&program, &temporary), "as Cargo marks it");
        std::fs::remove_dir(mark(".fingerprint")).unwrap();
        std::fs::write(mark("CACHEDIR.TAG"), "").unwrap();
        assert!(is_passing(&program, &temporary), "as Cargo marks it, too");
        for (program, passes) in [
            ("/a/passing/place/backup365", true),
            ("/a/passing/place/below/backup365", true),
            ("/another/backup365", true),
            ("/a/passing/places/backup365", false),
            ("/a/passing/backup365", false),
        ] {
            assert_eq!(is_passing(Path::new(program), &temporary), passes, "{program}");
        }
    }

    #[test]
    fn what_is_temporary_is_known_by_every_name() {
        let known = temporary();
        let at = std::env::temp_dir();
        for folder in [at.clone(), at.canonicalize().unwrap(), "/tmp".into(), "/var/tmp".into()] {
            assert!(known.contains(&folder), "{}: {known:?}", folder.display());
        }
    }
}
