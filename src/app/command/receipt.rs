//! `backup365 receipt`: arguments to plain values.

use crate::{
    cli::receipt::{Args, Reader},
    commands::receipt::{self, Target, What},
    domain::receipt::Form,
    exit::Exit,
};

use super::super::Refusal;
use super::CommandContext;

/// Runs it. Only the record is opened: a receipt needs neither Microsoft nor the sandbox.
pub(in crate::app) fn run(args: &Args, command: &CommandContext) -> Result<Exit, Refusal> {
    let what = match (args.json, args.as_plan, args.reader) {
        (true, ..) => What::Receipt(Form::Json),
        (_, true, _) => What::Plan,
        (_, _, Reader::Ticket) => What::Receipt(Form::Ticket),
        (_, _, Reader::Customer) => What::Receipt(Form::Customer),
    };
    let target = args.out.clone().map(|file| Target { file, may_replace: args.force });
    // The sandbox's record is made by what fills it.
    if command.opener.is_sandbox && !command.opener.has_record()? {
        return Err(receipt::unknown(&args.run).into());
    }
    let store = command.opener.store()?;
    let asked = receipt::Asked { run: args.run.clone(), what, target };
    Ok(receipt::run(&store, &asked, command.opener.clock.now(), command.out())?)
}
