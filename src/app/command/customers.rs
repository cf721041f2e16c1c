//! `backup365 customers`: arguments to plain values.

use crate::{cli::customers::Args, exit::Exit};

use super::super::Refusal;
use super::Stage;

/// Runs it.
pub(in crate::app) fn run(args: &Args, stage: &Stage) -> Result<Exit, Refusal> {
    let _unused = (args, stage);
    Ok(Exit::Internal)
}
