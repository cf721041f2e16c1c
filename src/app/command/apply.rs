//! `backup365 apply`: arguments to plain values.

use std::{sync::Arc, time::Duration};

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
        wait: args.wait.unwrap_or(Duration::ZERO),
        is_check: args.check,
        again: args.again,
        is_json: args.json,
        rehearse: args.rehearse,
    };
    let (context, world) = stage.open()?;
    let stop = Stop::default();
    signals::listen(&stop)?;
    let rig = Rig {
        start: stage.start(&world)?,
        dry: Box::new(|| {
            stage.start(&world).map_err(|refusal| {
                crate::domain::failure::Failure::new(
                    crate::domain::failure::FailureKind::Internal,
                    Text::clean(&refusal.words),
                    "",
                )
            })
        }),
        secrets: Arc::new(secret),
        stop,
        plans: stage.opener.settings.data_of(stage.opener.is_sandbox).join("plans"),
    };
    Ok(apply::run(&context, &order, rig)?)
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
