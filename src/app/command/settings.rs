//! `backup365 settings`: arguments to plain values. No world is opened for it.

use crate::{
    cli::{Common, settings::Args},
    commands::{
        Out,
        settings::{self, Shown},
    },
    exit::Exit,
    log,
    settings::{Sources, survey::Survey, table::FILE_VARIABLE},
};

use super::super::{Refusal, world};

/// Prints a settings file with every setting at its default; it needs neither a home folder nor settings.
pub(in crate::app) fn sample() -> Result<Exit, Refusal> {
    settings::sample(Out::default()).map_err(Refusal::from)
}

/// Runs it.
pub(in crate::app) fn run(args: &Args, common: &Common, sources: &Sources) -> Result<Exit, Refusal> {
    let out = Out { is_quiet: common.quiet, is_verbose: common.verbose, has_bars: false };
    let survey = Survey::of(sources);
    let mistakes: Vec<String> = match &survey.settings {
        Some(merged) => world::permissions(merged).err().into_iter().collect(),
        None => survey.mistakes.iter().map(ToString::to_string).collect(),
    };
    let shown = Shown {
        survey: &survey,
        mistakes: &mistakes,
        named_by: match (&common.settings, &sources.file) {
            (Some(_), _) => Some("--settings"),
            (None, Some(_)) => Some(FILE_VARIABLE),
            (None, None) => None,
        },
        is_told_sandbox: common.sandbox,
        log_file: log::FILE,
    };
    if args.path {
        settings::path(&shown, out)
    } else if args.json {
        settings::json(&shown, out)
    } else {
        settings::table(&shown, out)
    }
    .map_err(Refusal::from)
}
