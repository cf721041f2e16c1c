//! `backup365 settings`: arguments to plain values.

use crate::{cli::settings::Args, exit::Exit, settings::Settings};

use super::super::Refusal;

/// Runs it.
pub(in crate::app) fn run(args: &Args, settings: &Settings) -> Result<Exit, Refusal> {
    let _unused = (args, settings);
    Ok(Exit::Internal)
}
