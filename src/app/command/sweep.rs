//! `backup365 sweep`: arguments to plain values.

use crate::{
    cli::sweep::Args,
    commands::sweep::{self, What},
    exit::Exit,
};

use super::super::Refusal;
use super::Stage;

/// Runs it.
pub(in crate::app) fn run(args: &Args, stage: &Stage) -> Result<Exit, Refusal> {
    let (context, _kept) = stage.open()?;
    let what = What::of(args.preview, args.watch, args.status);
    let work = sweep::run(&context.provider, &context.clock, &context.zone, what);
    stage.runtime.block_on(work).map_err(Refusal::from)
}
