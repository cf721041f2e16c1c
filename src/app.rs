//! Composition root: the only module that may name all the others. One match picks what runs.

mod command;
mod credential;
mod environment;
mod fault;
mod foreground;
mod keys;
mod places;
mod process;
mod record;
mod refusal;
mod sign_in;
mod signals;
mod sources;
mod stage;
mod trial;
mod world;

use std::{
    ffi::OsString,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::runtime::Runtime;

use crate::{
    cli::{self, Cli, Command, Common, WorldCommand},
    commands::{
        self,
        unanswered::{PREFIX, Unanswered},
    },
    domain::{
        cloud::Cloud, command_line, explain, failure::Failure, id::RunId, operator::Operator, text::Text,
    },
    exit::Exit,
    log,
    outside::child,
    runner::{Opened, Runner, Tools},
    settings::{
        PartnerApp, Settings, Source,
        table::{self, AnySetting as _},
    },
    wizard::{Setup, Wizard, call},
};

use environment::Environment;
use refusal::{FAULT, Refusal, complain, print, told};
use stage::{Calls, Stage, shown};
use world::{Opener, World};

/// Most threads for what blocks: the record lets one write at a time, and a thousand customers that are waited for have no
/// more to do on this computer than a few. A guess.
const BLOCKING: usize = 16;

/// The same for a sweep: the name of a server is looked up on such a thread, and hosters whose names hang delay nobody else.
/// A guess: four for each of 64 servers, and some for the record.
const BLOCKING_OF_SWEEPS: usize = 272;

/// Longer than any session: a year.
const FOR_GOOD: Duration = Duration::from_hours(365 * 24);

/// Runs the program.
#[must_use]
pub fn run(arguments: impl Iterator<Item = OsString>) -> Exit {
    process::protect();
    let arguments: Vec<OsString> = arguments.collect();
    let cli = match Cli::read(&arguments) {
        Ok(cli) => cli,
        Err(error) => return told(&error, &arguments),
    };
    // Whatever was half done is dropped by now, the terminal first; only the exit code is left to say.
    let ended = catch_unwind(AssertUnwindSafe(|| start(&cli)));
    log::finish();
    match ended {
        Ok(Ok(exit)) => exit,
        Ok(Err(refusal)) => {
            refusal.bad.lines.iter().for_each(|line| commands::warn(line.as_str()));
            if !refusal.is_unwritten {
                print(&cli, &refusal.bad);
            }
            refusal.bad.exit
        }
        Err(_told_already) => {
            print(&cli, &Unanswered::new(Exit::Internal, FAULT));
            Exit::Internal
        }
    }
}

/// What is done in a world.
#[derive(Clone, Copy)]
enum Task<'a> {
    /// The wizard.
    Wizard,
    /// The sandbox in the foreground, or its data forgotten.
    Sandbox { port: Option<u16>, has_tls: bool, is_reset: bool },
    /// A command that works with the record.
    Command(&'a WorldCommand),
}

impl Task<'_> {
    /// Whether it makes the record where there is none.
    fn may_make(&self) -> bool {
        match self {
            Self::Wizard => true,
            Self::Sandbox { .. } => false,
            Self::Command(command) => command::may_make(command),
        }
    }
}

/// Picks what runs. Commands that need neither a home folder nor settings are done before those are looked for.
fn start(cli: &Cli) -> Result<Exit, Refusal> {
    let common = &cli.common;
    let task = match &cli.command {
        None => Task::Wizard,
        Some(Command::Sandbox { port, tls, reset }) => {
            Task::Sandbox { port: *port, has_tls: *tls, is_reset: *reset }
        }
        Some(Command::InWorld(command)) => Task::Command(command),
        Some(Command::Explain(args)) => return command::explain::run(args, common),
        Some(Command::Completions(args)) => return command::completions::run(args, common),
        Some(Command::Man(args)) => return command::completions::man(args, common),
        Some(Command::Doctor(args)) => return command::doctor::run(args, common),
        Some(Command::Setup(args)) => return command::setup::run(args, cli),
        Some(Command::Settings(args)) if args.sample => return command::settings::sample(),
        Some(Command::Settings(args)) => {
            let sources = sources::of(common, &Environment::read())?;
            if let Ok(settings) = Settings::load(&sources) {
                say_places(&settings, common.sandbox);
            }
            return command::settings::run(args, common, &sources);
        }
    };
    in_world(cli, task)
}

/// Runs what needs a world: settings are read, and what is said of them is said.
fn in_world(cli: &Cli, task: Task<'_>) -> Result<Exit, Refusal> {
    let common = &cli.common;
    let environment = Environment::read();
    let settings = Settings::load(&sources::of(common, &environment)?)
        .map_err(|error| Refusal::usage(error.to_string()))?;
    let may_fall_back = matches!(task, Task::Wizard | Task::Sandbox { .. });
    let is_sandbox = world::is_sandbox(common, &settings, may_fall_back);
    fits_the_world(common, &settings, is_sandbox)?;
    name_world(common, is_sandbox);
    hide_secret(&settings);
    let sweep = match &task {
        Task::Command(WorldCommand::Sweep(args)) => Some(args),
        _ => None,
    };
    if !matches!(task, Task::Wizard) && !sweep.is_some_and(|args| args.check) {
        say_places(&settings, is_sandbox);
    }
    fault::has_words(settings.data_of(is_sandbox).join(log::FILE));
    let blocking = if sweep.is_some() { BLOCKING_OF_SWEEPS } else { BLOCKING };
    let runtime = runtime(matches!(task, Task::Wizard), blocking)?;
    let opener = Opener {
        common: common.clone(),
        clock: world::clock(common, &settings, is_sandbox),
        handle: runtime.handle().clone(),
        permissions: world::permissions(&settings).map_err(Refusal::usage)?,
        settings,
        environment,
        is_sandbox,
        may_make: task.may_make(),
        record: sweep.and_then(|args| args.record),
        is_by_operator: !matches!(&task, Task::Command(command) if command::is_unattended(command)),
        account: Arc::default(),
    };
    match task {
        Task::Wizard => wizard(cli, opener, runtime),
        Task::Sandbox { is_reset: true, .. } => reset_sandbox(&opener),
        Task::Sandbox { port, has_tls, is_reset: false } => sandbox(&opener, &runtime, port, has_tls),
        Task::Command(command) => {
            if !command::only_prints(command) {
                start_log(&opener);
            }
            if let Some(words) = opener.mapped() {
                commands::warn(&format!("{PREFIX}{words}."));
            }
            command::run(command, command::CommandContext { opener, runtime })
        }
    }
}

/// Has every command line that is proposed lead to the world of this process.
fn name_world(common: &Common, is_sandbox: bool) {
    if is_sandbox {
        let role = common.role.map(|role| if role == cli::Role::User { "user" } else { "admin" });
        command_line::name_sandbox(common.world.as_deref(), role);
    }
}

/// Has nothing that is started see a variable with a secret of ours.
fn hide_secret(settings: &Settings) {
    settings.app.iter().flat_map(PartnerApp::variables).for_each(child::hide);
    if let Some(Source::Environment(name)) = &settings.record.password {
        child::hide(name);
    }
    // An address of the record may hold its password.
    child::hide(table::record::URL.spec().variable);
}

/// Says on stderr what is to be said of the places that this start works with; the wizard says it on its screen.
fn say_places(settings: &Settings, is_sandbox: bool) {
    for note in places::notes(settings, is_sandbox) {
        complain(note.as_str());
    }
}

/// Refuses the real world without an application, and what [`fits_flags`] refuses.
fn fits_the_world(common: &Common, settings: &Settings, is_sandbox: bool) -> Result<(), Refusal> {
    if !is_sandbox && settings.app.is_none() {
        return Err(Refusal::usage(
            "no settings name your application at Microsoft. Add --sandbox to use the sandbox. To register one and have the \
             settings written, run: backup365 setup",
        ));
    }
    fits_flags(common, is_sandbox)
}

/// Refuses flags in the real world that mean nothing there.
fn fits_flags(common: &Common, is_sandbox: bool) -> Result<(), Refusal> {
    match sandbox_flag(common).filter(|_| !is_sandbox) {
        Some(flag) => {
            Err(Refusal::usage(format!("{flag} works in the sandbox only. Add --sandbox, or leave it out.")))
        }
        None => Ok(()),
    }
}

/// The runtime of the calls. `is_wizard`: it idles for hours.
fn runtime(is_wizard: bool, blocking: usize) -> Result<Runtime, Refusal> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(1).max_blocking_threads(blocking).thread_name("backup365-calls").enable_all();
    if is_wizard {
        // A thread that has nothing to do waits for good: the usual ten seconds would end in a wake-up of each of them,
        // and an idle wizard wakes no thread.
        runtime.thread_keep_alive(FOR_GOOD);
    }
    Ok(runtime.build().map_err(anyhow::Error::from)?)
}

/// Forgets what the sandbox keeps.
fn reset_sandbox(opener: &Opener) -> Result<Exit, Refusal> {
    start_log(opener);
    let out = command::out(&opener.common, &opener.environment);
    foreground::reset(&opener.settings.data_of(true), out).map_err(Refusal::from)
}

/// Runs the sandbox in the foreground.
fn sandbox(opener: &Opener, runtime: &Runtime, port: Option<u16>, has_tls: bool) -> Result<Exit, Refusal> {
    start_log(opener);
    let out = command::out(&opener.common, &opener.environment);
    let clock = world::clock(&opener.common, &opener.settings, true);
    let options = world::options(&opener.common, &clock, opener.settings.data_of(true), port);
    runtime.block_on(foreground::run(opener.settings.cloud, options, has_tls, out)).map_err(Refusal::from)
}

/// A flag that means nothing in the real world.
fn sandbox_flag(common: &Common) -> Option<&'static str> {
    [
        (common.world.is_some(), "--world"),
        (!common.fault.is_empty(), "--fault"),
        (common.clock.is_some(), "--clock"),
        (common.role.is_some(), "--as"),
    ]
    .into_iter()
    .find_map(|(is_given, flag)| is_given.then_some(flag))
}

/// Starts the log. Without one the program still works; the words of a failure are on the screen.
fn start_log(opener: &Opener) -> bool {
    let log = opener.settings.log;
    let options = log::Options { level: log.level, size_bytes: log.size_bytes, keep: log.keep };
    log::start(&opener.settings.data_of(opener.is_sandbox), &options).is_ok()
}

/// Runs the wizard, on the whole screen or line by line. Only what the first view needs is done before it is shown;
/// log, record and sandbox are opened behind it, on the runtime.
fn wizard(cli: &Cli, opener: Opener, runtime: Runtime) -> Result<Exit, Refusal> {
    let stage = Stage::of(cli, &opener)?;
    let wizard = Wizard::new(setup(&opener, cli.run.clone()));
    let logged = OnceLock::new();
    let open = move || {
        // The card of the users' screen is filled from that table, and reading it takes longer than anything else there.
        opener.handle.spawn_blocking(explain::entries);
        // Tried again with the world: the folder may be there by then.
        if logged.get().is_none() && start_log(&opener) {
            logged.get_or_init(|| ());
        }
        opened(&opener)
    };
    shown(stage, wizard, runtime, |handle, wake| Runner::new(handle, Arc::new(open), wake))
}

/// What the wizard is told at once: nothing that a disk, a server or a sandbox must be asked for.
fn setup(opener: &Opener, run: Option<RunId>) -> Setup {
    Setup {
        is_sandbox: opener.is_sandbox,
        is_mapped: opener.mapped().is_some(),
        is_groundwork: false,
        rehearsal: opener.is_sandbox,
        operator: Operator { name: opener.environment.account.shown(), ..Operator::default() },
        link_prefix: String::new(),
        link_suffix: String::new(),
        can_open_browser: opener.environment.surroundings.launcher().is_some(),
        clipboard: opener.environment.clipboard().longest(),
        cloud: opener.settings.cloud,
        spreading: opener.settings.consent.spreading,
        own_right: opener.settings.consent.own_right && opener.settings.cloud == Cloud::Global,
        partner: opener.settings.partner_name.clone(),
        permissions: opener.permissions.rows.iter().map(|p| (p.value.clone(), p.reason.clone())).collect(),
        run,
        is_board_watched: true,
        is_unattended: false,
        keeps_forms: true,
        here: Text::clean(&opener.environment.zone),
    }
}

/// Opens the world for the runner.
fn opened(opener: &Opener) -> Result<Opened, Failure> {
    let mut world = opener.open()?;
    let kept = world.sandbox.take().map(|sandbox| Box::new(sandbox) as _);
    let mut found = opened_of(opener, &world);
    found.world.notes = places::notes(&opener.settings, opener.is_sandbox);
    found.world.notes.extend(world.standing.warnings(opener.clock.now()));
    found.world.notes.extend(world.doubts.iter().map(|doubt| Text::of(format_args!("{doubt}."))));
    if !opener.is_sandbox && found.world.notes.is_empty() && !found.world.operator.is_signed_in {
        let name = &found.world.operator.name;
        let words = format_args!("nobody is signed in: you work as {name}, the account of this computer.");
        found.world.notes.push(Text::of(words));
    }
    Ok(Opened { kept, ..found })
}

/// An open world as a runner takes it; whoever opened it keeps it open.
fn opened_of(opener: &Opener, world: &World) -> Opened {
    let link = world.provider.graph.browser_link(world.partner);
    let (link_prefix, link_suffix) = link.split_once(&world.partner.to_string()).unwrap_or((&link, ""));
    Opened {
        world: call::World {
            operator: world.provider.store.operator(),
            link_prefix: link_prefix.to_owned(),
            link_suffix: link_suffix.to_owned(),
            // Commands have said them.
            notes: Vec::new(),
            is_shared: world.provider.store.is_shared(),
        },
        tools: Tools {
            provider: world.provider.clone(),
            clock: opener.clock.clone(),
            rehearse: world.rehearse.clone(),
            own_right: world.own_right.clone(),
            files: opener.settings.data_of(opener.is_sandbox).join("files"),
            only: None,
            launcher: opener.environment.surroundings.launcher(),
        },
        kept: None,
    }
}
