//! `backup365 record`: arguments to plain values.

use crate::{
    cli::record::{Args, What},
    commands::record,
    exit::Exit,
};

use super::super::Refusal;
use super::CommandContext;

/// Runs it.
pub(in crate::app) fn run(args: &Args, command: &CommandContext) -> Result<Exit, Refusal> {
    let What::Grant(grant) = &args.what;
    if grant.print {
        let is_sandbox = command.opener.is_sandbox;
        let printed = record::print(command.out(), (&grant.role, grant.rights), is_sandbox, grant.json);
        return printed.map_err(Refusal::from);
    }
    let (cx, _kept) = command.record_context()?;
    record::grant(&cx, (&grant.role, grant.rights), grant.json).map_err(Refusal::from)
}
