//! What settings are merged from: arguments and environment to plain values.

use std::{ffi::OsString, path::PathBuf};

use crate::{
    cli::Common,
    settings::{
        Sources,
        table::{AnySetting, BELL, FILE_VARIABLE, GLYPHS, LINES},
    },
};

use super::{
    Refusal,
    environment::{self, Environment},
};

/// Puts the sources together.
///
/// # Errors
/// There is no home folder.
pub(super) fn of(common: &Common, environment: &Environment) -> Result<Sources, Refusal> {
    let (Some(config), Some(data)) = (environment.config.clone(), environment.data.clone()) else {
        return Err(Refusal::usage(
            "there is no home folder to keep the record in. Set HOME (or XDG_CONFIG_HOME and XDG_DATA_HOME), then start again.",
        ));
    };
    let variables = environment::ours();
    Ok(Sources {
        file: common.settings.clone().or_else(|| named(&variables)),
        config,
        data,
        environment: variables,
        flags: flags(common),
    })
}

/// The settings file that the environment names; an empty variable counts as unset.
fn named(variables: &[(String, OsString)]) -> Option<PathBuf> {
    let (_, path) = variables.iter().find(|(name, path)| name == FILE_VARIABLE && !path.is_empty())?;
    Some(path.into())
}

/// The flags of settings, those that are short for another one included.
fn flags(common: &Common) -> Vec<(&'static dyn AnySetting, &'static str, String)> {
    let short: [(bool, &'static dyn AnySetting, _, _); 4] = [
        (common.ascii, &GLYPHS, "--ascii", "ascii"),
        (common.unicode, &GLYPHS, "--unicode", "unicode"),
        (common.no_bell, &BELL, "--no-bell", "never"),
        (common.plain, &LINES, "--plain", "always"),
    ];
    let given = short.into_iter().filter(|(is_given, ..)| *is_given);
    let given = given.map(|(_, setting, flag, words)| (setting, flag, words.to_owned()));
    common.values.0.iter().cloned().chain(given).collect()
}
