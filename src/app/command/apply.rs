//! `backup365 apply`: arguments to plain values.

use std::{any::Any, sync::Arc};

use crate::{
    cli::apply::Args,
    commands::apply::{self, ApplyDeps, ApplyOptions},
    domain::{plan::PasswordSource, secret::Secret, text::Text},
    driver::front::Stop,
    exit::Exit,
};

use super::{
    super::{Refusal, signals},
    CommandContext,
    password::Source,
};

/// Runs it.
pub(in crate::app) fn run(args: &Args, command: CommandContext) -> Result<Exit, Refusal> {
    if args.rehearse && !command.opener.is_sandbox {
        return Err(Refusal::usage("--rehearse works in the sandbox only. Add --sandbox, or leave it out."));
    }
    let options = ApplyOptions {
        plans: args.plans.clone(),
        max_seats: args.max_seats,
        at_once: usize::from(args.at_once),
        wait: args.wait,
        is_check: args.check,
        again: args.again,
        sharing: args.same_organisation_as.clone(),
        domain_elsewhere: args.domain_belongs_elsewhere.iter().map(|word| Text::clean(word)).collect(),
        line: super::input::line(),
        is_json: args.json,
        rehearse: args.rehearse,
    };
    // Where it is only checked, the record is not even opened for writing.
    let (context, world, trial) = if args.check {
        let (context, world, trial) = command.open_trial()?;
        (context, world, Some(trial))
    } else {
        let (context, world) = command.open()?;
        (context, world, None)
    };
    let stop = Stop::default();
    signals::listen(&stop)?;
    let deps = ApplyDeps {
        start: command.start(&world)?,
        dry: if args.check {
            Box::new(|| Ok((command.start(&world).map_err(told)?, Box::new(()) as Box<dyn Any>)))
        } else {
            Box::new(|| {
                let (start, trial) = command.start_trial(&world).map_err(told)?;
                Ok((start, Box::new(trial) as Box<dyn Any>))
            })
        },
        secrets: Arc::new(secret),
        stop,
        plans: command.opener.settings.data_of(command.opener.is_sandbox).join("plans"),
    };
    let done = apply::run(&context, &options, deps);
    // What still waits for a lock or a server is not waited for: writes have been.
    drop((context, world));
    command.runtime.shutdown_background();
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
