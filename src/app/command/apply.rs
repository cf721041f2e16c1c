//! `backup365 apply`: arguments to plain values.

use std::{any::Any, sync::Arc};

use crate::{
    cli::apply::Args,
    commands::apply::{self, Order, Rig},
    domain::{plan::PasswordSource, secret::Secret, text::Text},
    driver::front::Stop,
    exit::Exit,
};

use super::{
    super::{Refusal, signals},
    Stage,
    password::Source,
};

/// Runs it.
pub(in crate::app) fn run(args: &Args, stage: Stage) -> Result<Exit, Refusal> {
    if args.rehearse && !stage.opener.is_sandbox {
        return Err(Refusal::usage("--rehearse works in the sandbox only. Add --sandbox, or leave it out."));
    }
    let order = Order {
        plans: args.plans.clone(),
        max_seats: args.max_seats,
        at_once: usize::from(args.at_once),
        wait: args.wait,
        is_check: args.check,
        again: args.again,
        is_json: args.json,
        rehearse: args.rehearse,
    };
    // Where it is only checked, the record is not even opened for writing.
    let (context, world, trial) = if args.check {
        let (context, world, trial) = stage.open_trial()?;
        (context, world, Some(trial))
    } else {
        let (context, world) = stage.open()?;
        (context, world, None)
    };
    let stop = Stop::default();
    signals::listen(&stop)?;
    let rig = Rig {
        start: stage.start(&world)?,
        dry: if args.check {
            Box::new(|| Ok((stage.start(&world).map_err(told)?, Box::new(()) as Box<dyn Any>)))
        } else {
            Box::new(|| {
                let (start, trial) = stage.start_trial(&world).map_err(told)?;
                Ok((start, Box::new(trial) as Box<dyn Any>))
            })
        },
        secrets: Arc::new(secret),
        stop,
        plans: stage.opener.settings.data_of(stage.opener.is_sandbox).join("plans"),
    };
    let done = apply::run(&context, &order, rig);
    // What still waits for a lock or a server is not waited for: writes have been.
    drop((context, world));
    stage.runtime.shutdown_background();
    drop(trial);
    Ok(done?)
}

/// A refusal as an error.
fn told(refusal: Refusal) -> anyhow::Error {
    refusal.bad.into()
}

/// Reads a password.
fn secret(source: &PasswordSource) -> Result<Secret<String>, Text> {
    let source = match source.clone() {
        PasswordSource::File(path) => Source::File(path),
        PasswordSource::Environment(name) => Source::Environment(name),
        PasswordSource::Command(words) => Source::Program(words),
    };
    source.read().map_err(|error| Text::of(format_args!("{error:#}")))
}
