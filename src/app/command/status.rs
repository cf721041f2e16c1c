//! `backup365 status`: arguments to plain values.

use crate::{
    cli::status::Args,
    commands::status::{self, Wish},
    exit::Exit,
};

use super::super::Refusal;
use super::CommandContext;

/// Runs it.
pub(in crate::app) fn run(args: &Args, command: &CommandContext) -> Result<Exit, Refusal> {
    let (cx, _kept) = command.record_context()?;
    let wish = Wish { words: args.words.join(" "), only_attention: args.attention, is_json: args.json };
    status::run(&cx, &wish).map_err(Refusal::from)
}
