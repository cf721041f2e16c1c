//! Arguments of `backup365 settings`, and the flags that settings have: one of each, made from the table of settings.

use std::ffi::OsStr;

use clap::{
    Arg, ArgAction, ArgMatches, Command,
    builder::{PossibleValue, TypedValueParser},
    error::ErrorKind,
};

use crate::settings::table::{AnySetting, SETTINGS};

/// Shows each setting and where it came from; secrets are masked.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 settings                    each value and its source\n  \
                        backup365 settings --json             the same for a program\n  \
                        backup365 settings --path             where the settings file is, or belongs\n  \
                        backup365 settings --sample           a settings file to begin with\n  \
                        backup365 settings --log-level debug  what would hold with a flag\n\n\
                        Flags go before the environment, the environment before the file, the file\n\
                        before the defaults. Exit code 2: something can't be used.")]
pub struct Args {
    /// Print one JSON object (schema: assets/json/settings.schema.json).
    #[arg(long, conflicts_with_all = ["sample", "path"])]
    pub json: bool,
    /// Print a settings file with every setting at its default.
    #[arg(long, conflicts_with = "path")]
    pub sample: bool,
    /// Print where the settings file is, or belongs.
    #[arg(long)]
    pub path: bool,
}

/// The flags of settings, as far as they were given: which, its name, its value as typed.
#[derive(Debug, Clone, Default)]
pub struct Flags(pub Vec<(&'static dyn AnySetting, &'static str, String)>);

impl clap::Args for Flags {
    fn augment_args(command: Command) -> Command {
        SETTINGS.iter().fold(command, |command, setting| command.arg(flag(*setting)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let values = |setting: &&'static dyn AnySetting| {
            let given = matches.get_many::<String>(setting.spec().variable).into_iter().flatten();
            given.map(|words| (*setting, setting.spec().flag, words.clone())).collect::<Vec<_>>()
        };
        Ok(Self(SETTINGS.iter().flat_map(values).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The flag of a setting. Its variable is its id here, because no argument of a command can be called so.
fn flag(setting: &dyn AnySetting) -> Arg {
    let spec = setting.spec();
    let variable = spec.variable;
    Arg::new(variable)
        .long(spec.flag.trim_start_matches('-'))
        .value_name(spec.value_name)
        .help(spec.about)
        .long_help(format!("{}. Also {} in the file, {variable} in the environment", spec.about, spec.name))
        .help_heading("Settings")
        .global(true)
        .hide_short_help(true)
        .action(if setting.is_list() { ArgAction::Append } else { ArgAction::Set })
        .value_parser(Words { choices: setting.choices() })
}

/// Takes any words: whether they can be used is said where settings are merged, in the same words for every source.
#[derive(Clone)]
struct Words {
    choices: Vec<&'static str>,
}

impl TypedValueParser for Words {
    type Value = String;

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, words: &OsStr) -> Result<String, clap::Error> {
        words
            .to_str()
            .map(str::to_owned)
            .ok_or_else(|| clap::Error::new(ErrorKind::InvalidUtf8).with_cmd(command))
    }

    /// For help and completions.
    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        if self.choices.is_empty() {
            return None;
        }
        Some(Box::new(self.choices.iter().map(PossibleValue::new)))
    }
}
