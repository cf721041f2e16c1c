//! `backup365 status`: arguments to plain values.

use crate::{cli::status::Args, exit::Exit};

use super::super::Refusal;
use super::Stage;

/// Runs it.
pub(in crate::app) fn run(args: &Args, stage: &Stage) -> Result<Exit, Refusal> {
    let _unused = (args, stage);
    Ok(Exit::Internal)
}
