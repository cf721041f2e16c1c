//! `backup365 explain`: arguments to plain values.

use crate::{cli::explain::Args, exit::Exit};

use super::super::Refusal;

/// Runs it.
pub(in crate::app) fn run(args: &Args) -> Result<Exit, Refusal> {
    let _unused = args;
    Ok(Exit::Internal)
}
