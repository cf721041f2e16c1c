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
    let wish = Wish { words: args.words.join(" "), only_attention: args.attention, is_json: args.json };
    if args.refresh {
        let (context, _kept) = command.open()?;
        command.runtime.block_on(status::refresh::run(&context, &wish, args.wait))?;
    }
    let (cx, _kept) = command.record_context()?;
    status::run(&cx, &wish).map_err(Refusal::from)
}
