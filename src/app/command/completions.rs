//! `backup365 completions` and `backup365 man`: arguments to plain values.

use crate::{
    cli::completions::{Args, ManArgs},
    exit::Exit,
};

use super::super::Refusal;

/// Prints completions.
pub(in crate::app) fn run(args: &Args) -> Result<Exit, Refusal> {
    let _unused = args;
    Ok(Exit::Internal)
}

/// Prints or writes the manual pages.
pub(in crate::app) fn man(args: &ManArgs) -> Result<Exit, Refusal> {
    let _unused = args;
    Ok(Exit::Internal)
}
