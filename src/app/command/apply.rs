//! `backup365 apply`: arguments to plain values.

use std::{
    any::Any,
    io::{self, BufRead as _, Read as _},
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use crate::{
    cli::apply::Args,
    commands::{
        apply::{self, ApplyDeps, ApplyOptions, Ask},
        journey,
        own_credential::OwnCredential,
        warn,
    },
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
        trust_plan: args.trust_plan,
        own: OwnCredential::of(&command.opener.settings),
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
    let environment = &command.opener.environment;
    let can_ask = environment.can_ask && !command.opener.common.no_input;
    let (asked, reading) = (stop.clone(), stop.clone());
    let ask: Option<Ask> = can_ask.then(|| Box::new(move || ask(&asked)) as Ask);
    let deps = ApplyDeps {
        start: command.start(&world),
        dry: if args.check {
            Box::new(|| Ok((command.start(&world), Box::new(()) as Box<dyn Any>)))
        } else {
            Box::new(|| {
                let (start, trial) = command.start_trial(&world).map_err(told)?;
                Ok((start, Box::new(trial) as Box<dyn Any>))
            })
        },
        secrets: Arc::new(move |source| secret(source, &reading)),
        ask,
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

/// Said where a person can be asked. No answer is no.
const TRUST: &str = "Go on with it? Type yes; anything else stops.";

/// How often it is looked whether a signal came while an answer is awaited.
const LOOK: Duration = Duration::from_millis(50);

/// Asks a person; none where a signal came first. The line is read on a thread of its own, because reading from a
/// terminal can't be broken off.
fn ask(stop: &Stop) -> Option<bool> {
    warn(TRUST);
    let (answered, answer) = mpsc::channel();
    let reader = thread::Builder::new().name("backup365-question".into()).spawn(move || {
        let mut line = String::new();
        let is_read = io::stdin().lock().take(MOST).read_line(&mut line).is_ok();
        let word = line.trim().to_lowercase();
        // Nobody listens any more after a signal.
        let _unheard = answered.send(is_read && matches!(word.as_str(), "yes" | "y"));
    });
    if reader.is_err() {
        return Some(false);
    }
    loop {
        match answer.recv_timeout(LOOK) {
            Ok(answer) => return Some(answer),
            Err(RecvTimeoutError::Disconnected) => return Some(false),
            Err(RecvTimeoutError::Timeout) if journey::stopped(stop).is_some() => return None,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// Most bytes of an answer that are read.
const MOST: u64 = 1_024;

/// Reads a password, unless the program is to go.
fn secret(source: &PasswordSource, stop: &Stop) -> Result<Secret<String>, Text> {
    let source = match source.clone() {
        PasswordSource::File(path) => Source::File(path),
        PasswordSource::Environment(name) => Source::Environment(name),
        PasswordSource::Command(words) => Source::Program(words),
    };
    source.read(stop).map_err(|error| Text::of(format_args!("{error:#}")))
}
