//! What runs without a screen: arguments to plain values, the world opened, one function each.

mod apply;
mod checks;
pub(super) mod completions;
mod consent;
mod customers;
pub(super) mod doctor;
pub(super) mod explain;
mod input;
mod invitation;
mod keys;
mod login;
mod operators;
mod password;
mod provision;
mod receipt;
mod record;
pub(super) mod settings;
pub(super) mod setup;
mod status;
mod sweep;

use std::{sync::Arc, thread, time::Duration};

use tokio::runtime::Runtime;

use crate::{
    cli::{Common, WorldCommand},
    commands::{
        Context, Out,
        journey::{NewWizardRun, WizardRun},
        record_context::RecordContext,
    },
    domain::text::Text,
    driver::front::Waker,
    exit::Exit,
    provider::store::Store,
    runner::{Opened, Runner, Tools},
    wizard::{Setup, Wizard},
};

use super::{
    Calls, Refusal,
    environment::Environment,
    trial::Trial,
    world::{Opener, World},
};

/// What a command that needs the world is given.
pub(super) struct CommandContext {
    /// Opens the world.
    pub(super) opener: Opener,
    /// Where calls are carried out.
    pub(super) runtime: Runtime,
}

/// What must last as long as a command works over a copy of the record.
type Kept = (Option<World>, Option<Trial>);

impl CommandContext {
    /// Opens the world: what commands work with, and what must be kept while they do.
    fn open(&self) -> Result<(Context, World), Refusal> {
        self.open_patiently(&[])
    }

    /// The same; a record that is away for a while is tried again after each of these pauses.
    fn open_patiently(&self, pauses: &[Duration]) -> Result<(Context, World), Refusal> {
        for step in self.opener.in_words() {
            self.out().detail(&step);
        }
        let mut pauses = pauses.iter();
        let world = loop {
            match self.opener.open() {
                Err(failure) if failure.is_away() => match pauses.next() {
                    Some(pause) => thread::sleep(*pause),
                    None => return Err(failure.into()),
                },
                opened => break opened?,
            }
        };
        Ok((self.context(&world), world))
    }

    /// Opens the world with a copy of the record, which is gone with what is returned.
    fn open_trial(&self) -> Result<(Context, World, Trial), Refusal> {
        let (world, trial) = self.opener.open_trial()?;
        Ok((self.context(&world), world, trial))
    }

    /// What commands work with.
    fn context(&self, world: &World) -> Context {
        let warnings = world.standing.warnings(self.opener.clock.now());
        for warning in &warnings {
            super::complain(warning.as_str());
        }
        world.doubts.iter().for_each(|doubt| super::complain(doubt.as_str()));
        Context {
            provider: world.provider.clone(),
            clock: self.opener.clock.clone(),
            zone: self.opener.environment.zone.clone(),
            is_sandbox: self.opener.is_sandbox,
            out: self.out(),
        }
    }

    /// Opens the record: what commands work with that ask no server, and what must be kept while they do.
    fn record_context(&self) -> Result<(RecordContext, Option<World>), Refusal> {
        let (store, world) = self.opener.open_record()?;
        Ok((self.record_context_of(store, world.as_ref()), world))
    }

    /// The same over a copy of the record, which is gone with what must be kept: no record is made or changed.
    fn record_copy(&self) -> Result<(RecordContext, Kept), Refusal> {
        let (store, world, trial) = if self.opener.is_sandbox {
            let (world, trial) = self.opener.open_trial()?;
            (world.provider.store.clone(), Some(world), trial)
        } else {
            let (store, trial) = self.opener.copied()?;
            (store, None, trial)
        };
        Ok((self.record_context_of(store, world.as_ref()), (world, Some(trial))))
    }

    /// What commands work with that ask no server.
    fn record_context_of(&self, store: Store, world: Option<&World>) -> RecordContext {
        let environment = &self.opener.environment;
        let out = self.out();
        let is_sandbox = self.opener.is_sandbox;
        out.detail(&format!("The record: {}", self.opener.place_in_words()));
        if let Some(warning) = store.operator().warning {
            out.note(warning.for_commands().as_str());
        }
        RecordContext {
            store,
            clock: self.opener.clock.clone(),
            zone: environment.zone.clone(),
            partner: world.map(|world| world.partner).or_else(|| self.opener.partner()),
            is_sandbox,
            out,
            width: environment.width(),
        }
    }

    /// What makes the wizards of journeys in an open world.
    fn start(&self, world: &World) -> NewWizardRun {
        self.start_with(super::opened_of(&self.opener, world))
    }

    /// What makes the wizards of journeys in an open world over a copy of its record, which is gone with what is
    /// returned.
    fn start_trial(&self, world: &World) -> Result<(NewWizardRun, Trial), Refusal> {
        let (store, trial) = self.opener.copied()?;
        let mut opened = super::opened_of(&self.opener, world);
        opened.world.operator = store.operator();
        opened.tools.provider.store = store;
        Ok((self.start_with(opened), trial))
    }

    fn start_with(&self, opened: Opened) -> NewWizardRun {
        let setup = Setup {
            is_board_watched: false,
            is_unattended: true,
            keeps_forms: false,
            ..super::setup(&self.opener, None)
        };
        let (world, tools, handle) = (opened.world, opened.tools, self.runtime.handle().clone());
        Arc::new(move |waker: Waker, customer: &str| {
            let tools = Tools { only: Some(Text::clean(customer)), ..tools.clone() };
            let opened = (world.clone(), tools);
            let open = move || {
                let (world, tools) = opened.clone();
                Ok(Opened { world, tools, kept: None })
            };
            let runner = Runner::new(handle.clone(), Arc::new(open), Arc::new(move || waker.wake()));
            WizardRun { wizard: Wizard::new(setup.clone()), calls: Box::new(Calls(runner)) }
        })
    }

    /// Where words go.
    fn out(&self) -> Out {
        out(&self.opener.common, &self.opener.environment)
    }
}

/// Where words go, as the arguments say.
pub(super) fn out(common: &Common, environment: &Environment) -> Out {
    Out {
        is_quiet: common.quiet,
        is_verbose: common.verbose,
        has_bars: environment.has_error_terminal && !common.quiet,
    }
}

/// Whether a command changes nothing at all, so that not even a log is begun for it.
pub(super) const fn only_prints(command: &WorldCommand) -> bool {
    matches!(command, WorldCommand::Sweep(args) if sweep::only_prints(args))
}

/// Whether a command runs when nobody is there: a sweep, and the check whether one could run.
pub(super) const fn is_unattended(command: &WorldCommand) -> bool {
    matches!(command, WorldCommand::Sweep(args) if sweep::is_unattended(args))
}

/// Whether a command may make the record in the real world: those that fill one. Any other command would take a record
/// that is missing for one in which nothing is to be done.
pub(super) const fn may_make(command: &WorldCommand) -> bool {
    matches!(command, WorldCommand::Customers(args) if customers::fills(args))
}

/// Runs a command that needs the world.
pub(super) fn run(command: &WorldCommand, context: CommandContext) -> Result<Exit, Refusal> {
    match command {
        WorldCommand::Provision(args) => provision::run(args, context),
        WorldCommand::Apply(args) => apply::run(args, context),
        WorldCommand::Customers(args) => customers::run(args, &context),
        WorldCommand::Status(args) => status::run(args, &context),
        WorldCommand::Sweep(args) => sweep::run(args, &context),
        WorldCommand::Invitation(args) => invitation::run(args, &context),
        WorldCommand::Consent(args) => consent::run(args, &context),
        WorldCommand::Receipt(args) => receipt::run(args, &context),
        WorldCommand::Operators(args) => operators::run(args, &context),
        WorldCommand::Keys(args) => keys::run(args, &context),
        WorldCommand::Record(args) => record::run(args, &context),
        WorldCommand::Login(args) => login::login(args, &context),
        WorldCommand::Logout(args) => login::logout(args, &context),
        WorldCommand::Whoami(args) => login::whoami(args, &context),
    }
}
