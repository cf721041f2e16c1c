//! `backup365 operators`: arguments to plain values.

use crate::{
    cli::operators::{Args, What},
    commands::operators::{self, Wish},
    exit::Exit,
};

use super::super::Refusal;
use super::CommandContext;

/// Runs it.
pub(in crate::app) fn run(args: &Args, command: &CommandContext) -> Result<Exit, Refusal> {
    let (cx, _kept) = command.record_context()?;
    let (wish, is_json) = match &args.what {
        What::List(list) => (Wish::List, list.json),
        What::Set(set) => {
            let wish = set.name.clone().map_or(Wish::Recover, |name| Wish::Set { name, is_admin: set.admin });
            (wish, set.json)
        }
    };
    operators::run(&cx, &wish, is_json).map_err(Refusal::from)
}
