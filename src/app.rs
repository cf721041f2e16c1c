//! Composition root: the only file that names everybody. One match picks what runs.

mod credential;
mod environment;
mod foreground;
mod world;

use std::{
    ffi::OsString,
    io::{self, Write},
    sync::{Arc, mpsc},
};

use clap::Parser;
use tokio::runtime::Runtime;

use crate::{
    cli::{Cli, Command, When},
    commands,
    domain::text::Text,
    driver::{self, Caller, front::Waker},
    exit::Exit,
    log,
    runner::{Runner, Tools},
    settings::{Settings, Sources},
    tui::{
        self,
        options::{ColorChoice, GlyphChoice},
    },
    wizard::{
        Setup, Wizard,
        effect::{CallId, Request},
        event::{Ended, Ending, Reply},
    },
};

use environment::Environment;
use world::World;

/// Runs the program.
#[must_use]
pub fn run(arguments: impl Iterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to stdout with code 0; a closed pipe is not an error.
            let is_asked = !error.use_stderr();
            return if error.print().is_err() || is_asked { Exit::Done } else { Exit::Usage };
        }
    };
    match start(&cli) {
        Ok(exit) => exit,
        Err(Refusal { exit, words }) => {
            complain(&words);
            exit
        }
    }
}

/// Why the program did not start.
struct Refusal {
    exit: Exit,
    words: String,
}

impl Refusal {
    fn usage(words: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, words: words.into() }
    }
}

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Self {
        Self { exit: Exit::Failed, words: format!("{error:#}") }
    }
}

/// One line on stderr.
#[expect(clippy::print_stderr, reason = "the one place that says why the program did not start")]
fn complain(words: &str) {
    eprintln!("backup365: {}", Text::clean(words));
}

fn start(cli: &Cli) -> Result<Exit, Refusal> {
    let environment = Environment::read();
    let (Some(config), Some(data)) = (environment.config.clone(), environment.data.clone()) else {
        return Err(Refusal::usage(
            "there is no home folder to keep the record in. Set HOME (or XDG_CONFIG_HOME and XDG_DATA_HOME), then start again.",
        ));
    };
    let sources = Sources { file: cli.common.settings.clone(), config, data };
    let settings = Settings::load(&sources).map_err(|error| Refusal::usage(error.to_string()))?;
    let may_fall_back = matches!(cli.command, None | Some(Command::Sandbox { .. }));
    let is_sandbox = world::is_sandbox(&cli.common, &settings, may_fall_back);
    if !is_sandbox && settings.app.is_none() {
        return Err(Refusal::usage(
            "no settings name your application at Microsoft. Add --sandbox to use the sandbox, or see \"Going live\" in the README.",
        ));
    }
    if !is_sandbox && let Some(flag) = sandbox_flag(cli) {
        return Err(Refusal::usage(format!(
            "{flag} works in the sandbox only. Add --sandbox, or leave it out."
        )));
    }
    // Without a log the program still works; the words of a failure are on the screen.
    let _unlogged = log::start(&settings.data_of(is_sandbox));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("backup365-calls")
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?;
    match &cli.command {
        None => wizard(cli, &settings, &environment, &runtime, is_sandbox),
        Some(Command::Sandbox { port, reset }) => {
            let folder = settings.data_of(true);
            if *reset {
                return foreground::reset(&folder).map_err(Refusal::from);
            }
            let clock =
                cli.common.clock.map_or_else(crate::runner::clock::system, crate::runner::clock::starting_at);
            let options = world::options(&cli.common, &clock, folder, *port);
            runtime.block_on(foreground::run(options)).map_err(Refusal::from)
        }
        Some(Command::Sweep { preview, watch, status }) => {
            let world = world::open(&cli.common, &settings, &environment, runtime.handle(), is_sandbox)?;
            let zone = environment.zone.as_str();
            let work = commands::sweep::run(
                &world.provider,
                &world.clock,
                zone,
                commands::sweep::What::of(*preview, *watch, *status),
            );
            runtime.block_on(work).map_err(Refusal::from)
        }
    }
}

/// A flag that means nothing in the real world.
fn sandbox_flag(cli: &Cli) -> Option<&'static str> {
    let common = &cli.common;
    [
        (common.world.is_some(), "--world"),
        (!common.fault.is_empty(), "--fault"),
        (common.clock.is_some(), "--clock"),
        (common.role.is_some(), "--as"),
    ]
    .into_iter()
    .find_map(|(is_given, flag)| is_given.then_some(flag))
}

/// Runs the wizard on the terminal.
fn wizard(
    cli: &Cli,
    settings: &Settings,
    environment: &Environment,
    runtime: &Runtime,
    is_sandbox: bool,
) -> Result<Exit, Refusal> {
    if !environment.has_terminal {
        return Err(Refusal::usage("the wizard needs a terminal for its input and output; start it in one."));
    }
    let options = tui::options::decide(&tui::options::Environment {
        color: match cli.common.color {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::Always,
            When::Never => ColorChoice::Never,
        },
        glyphs: match (cli.common.ascii, cli.common.unicode) {
            (true, _) => GlyphChoice::Ascii,
            (false, true) => GlyphChoice::Unicode,
            (false, false) => GlyphChoice::Auto,
        },
        no_color: environment.no_color.as_deref(),
        clicolor: environment.clicolor.as_deref(),
        clicolor_force: environment.clicolor_force.as_deref(),
        term: environment.term.as_deref(),
        lc_all: environment.lc_all.as_deref(),
        lc_ctype: environment.lc_ctype.as_deref(),
        lang: environment.lang.as_deref(),
        columns: environment.columns.as_deref(),
        lines: environment.lines.as_deref(),
    });
    let world = world::open(&cli.common, settings, environment, runtime.handle(), is_sandbox)?;
    let mut wizard = Wizard::new(setup(cli, environment, &world));
    let (to_driver, woken) = mpsc::sync_channel(1);
    let waker = Waker::new(to_driver);
    let from_runner = waker.clone();
    let tools = Tools {
        provider: world.provider.clone(),
        clock: world.clock.clone(),
        rehearse: world.rehearse.clone(),
        files: world.data.join("files"),
    };
    let mut calls = Calls(Runner::new(runtime.handle().clone(), tools, Arc::new(move || from_runner.wake())));
    let mut front = tui::Tui::start(options, waker).map_err(anyhow::Error::from)?;
    let ended = driver::drive(&mut wizard, &mut front, &mut calls, &woken, &world.clock);
    drop(front);
    if !matches!(ended, Ended::Told(Ending::HangUp)) {
        farewell(&wizard, ended, is_sandbox);
    }
    Ok(exit_of(ended))
}

/// What the wizard is told once.
fn setup(cli: &Cli, environment: &Environment, world: &World) -> Setup {
    let graph = &world.provider.graph;
    let partner = world.partner;
    let link = graph.browser_link(partner);
    let (link_prefix, link_suffix) = link.split_once(&partner.to_string()).unwrap_or((&link, ""));
    Setup {
        is_sandbox: world.is_sandbox,
        rehearsal: world.rehearse.is_some(),
        operator: world.provider.store.operator(),
        link_prefix: link_prefix.to_owned(),
        link_suffix: link_suffix.to_owned(),
        can_open_browser: environment.surroundings.can_open(),
        permissions: graph.permissions().iter().map(|p| (p.value.clone(), p.reason.clone())).collect(),
        run: cli.run.clone(),
        here: Text::clean(&environment.zone),
    }
}

/// The exit code of an ending.
const fn exit_of(ended: Ended) -> Exit {
    match ended {
        Ended::Finished { is_partly: false } => Exit::Done,
        Ended::Finished { is_partly: true } => Exit::Partly,
        Ended::Left => Exit::Interrupted,
        Ended::Told(Ending::HangUp) => Exit::HangUp,
        Ended::Told(Ending::Quit) => Exit::Quit,
        Ended::Told(Ending::Terminate) => Exit::Terminated,
    }
}

/// What stays on the main screen after leaving: how to come back.
fn farewell(wizard: &Wizard, ended: Ended, is_sandbox: bool) {
    let Some(run) = wizard.run().filter(|_| !matches!(ended, Ended::Finished { .. })) else { return };
    let world = if is_sandbox { "SANDBOX: " } else { "" };
    let words = format!("{world}{run} is kept. Go on with: backup365 --run {run}\n");
    // A closed pipe is not an error.
    let _unheard = io::stdout().write_all(words.as_bytes());
}

/// The runner, as the driver knows it.
struct Calls(Runner);

impl Caller for Calls {
    fn start(&mut self, call: CallId, request: Request) {
        self.0.start(call, request);
    }

    fn cancel(&mut self, call: CallId) {
        self.0.cancel(call);
    }

    fn reply(&mut self) -> Option<(CallId, Reply)> {
        self.0.reply()
    }
}
