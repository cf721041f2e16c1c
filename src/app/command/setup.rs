//! `backup365 setup`: the wizard for the partner's own side, with a desk in the place of a world.

mod desk;
mod signed_in;

use std::sync::Arc;

use crate::{
    app::{
        BLOCKING, Refusal, Stage, environment::Environment, fits_flags, runtime, setup as told, shown,
        sources, world,
    },
    cli::{Cli, setup::Args},
    exit::Exit,
    runner::Runner,
    settings::Begun,
    wizard::Wizard,
};

use desk::Partner;

/// Runs it. Nothing is opened: no record, no log.
pub(in crate::app) fn run(args: &Args, cli: &Cli) -> Result<Exit, Refusal> {
    let common = &cli.common;
    if common.sandbox {
        return Err(Refusal::usage(
            "setup registers your own application at Microsoft, and the sandbox has one already. Leave --sandbox out.",
        ));
    }
    fits_flags(common, false)?;
    let environment = Environment::read();
    let sources = sources::of(common, &environment)?;
    let begun = Begun::load(&sources).map_err(|error| Refusal::usage(error.to_string()))?;
    let runtime = runtime(true, BLOCKING)?;
    let clock = world::clock(common, &begun.settings, false);
    let partner =
        Partner { common: common.clone(), environment, sources, clock, handle: runtime.handle().clone() };
    if args.signed_in {
        return signed_in::run(args, &partner, &runtime);
    }
    let opener = partner.opener(begun.settings).map_err(Refusal::from)?;
    let stage = Stage::of(cli, &opener)?;
    let wizard = Wizard::for_partner(told(&opener, None));
    shown(stage, wizard, runtime, move |handle, wake| Runner::of_setup(handle, Arc::new(partner), wake))
}
