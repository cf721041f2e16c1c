//! Where a wizard is shown: on the whole screen or line by line, from its first view to the words that stay behind it.

use std::sync::{Arc, mpsc};

use tokio::runtime::{Handle, Runtime};

use crate::{
    cli::Cli,
    domain::{command_line, time::Clock},
    driver::{
        self, Caller,
        front::{FrontEnd, Stop, Waker},
    },
    exit::Exit,
    plain,
    runner::Runner,
    settings::{Bell, Color, Glyphs, Lines},
    tui,
    wizard::{
        Wizard,
        answer::Ending,
        call::{CallId, Reply, Request},
        event::Ended,
    },
};

use super::{
    environment,
    refusal::{Refusal, complain},
    signals,
    world::Opener,
};

/// Where a wizard is shown, decided before the first byte is written.
pub(super) struct Stage {
    front_end: FrontEndChoice,
    clipboard: tui::clipboard::Clipboard,
    clock: Clock,
    is_sandbox: bool,
}

impl Stage {
    pub(super) fn of(cli: &Cli, opener: &Opener) -> Result<Self, Refusal> {
        let front_end = front_end(cli, opener)?;
        if matches!(front_end, FrontEndChoice::Lines(_)) && cli.common.plain {
            command_line::name_lines();
        }
        let clipboard = opener.environment.clipboard();
        Ok(Self { front_end, clipboard, clock: opener.clock.clone(), is_sandbox: opener.is_sandbox })
    }
}

/// Shows a wizard until it has ended. `runner` is made once the terminal is ready, on this runtime and with what wakes the
/// driver.
pub(super) fn shown(
    stage: Stage,
    mut wizard: Wizard,
    runtime: Runtime,
    runner: impl FnOnce(Handle, Arc<dyn Fn() + Send + Sync>) -> Runner,
) -> Result<Exit, Refusal> {
    let Stage { front_end, clipboard, clock, is_sandbox } = stage;
    let (to_driver, woken) = mpsc::sync_channel(1);
    let waker = Waker::new(to_driver);
    let from_runner = waker.clone();
    let mut front = match front_end {
        FrontEndChoice::Screen(options) => {
            let tui = tui::Tui::start(options, clipboard, waker).map_err(anyhow::Error::from)?;
            Front::Screen(Box::new(tui))
        }
        FrontEndChoice::Lines(options) => {
            let stop = Stop::default();
            signals::listen(&stop)?;
            Front::Lines(Box::new(plain::Plain::start(waker, stop, options).map_err(anyhow::Error::from)?))
        }
    };
    let wake = Arc::new(move || from_runner.wake());
    let mut calls = Calls(runner(runtime.handle().clone(), wake));
    let ended = driver::drive(&mut wizard, front.as_front_end(), &mut calls, &woken, &clock);
    let words = if matches!(ended, Ended::Told(Ending::HangUp)) {
        String::new()
    } else {
        farewell(&wizard, ended, is_sandbox)
    };
    front.finish(&words);
    // The sandbox ends with the calls. What still waits for a lock or a server is not waited for: writes have been.
    drop(calls);
    runtime.shutdown_background();
    if let (Ended::Failed, Some(failure)) = (ended, wizard.trouble()) {
        complain(failure.for_commands().as_str());
        if failure.is_alarm {
            return Ok(Exit::Attention);
        }
    }
    Ok(exit_of(ended))
}

/// How the wizard is shown.
enum FrontEndChoice {
    /// On the whole screen.
    Screen(tui::Options),
    /// Line by line.
    Lines(plain::Options),
}

/// The front end of the wizard.
enum Front {
    Screen(Box<tui::Tui>),
    Lines(Box<plain::Plain>),
}

impl Front {
    fn as_front_end(&mut self) -> &mut dyn FrontEnd {
        match self {
            Self::Screen(tui) => &mut **tui,
            Self::Lines(plain) => &mut **plain,
        }
    }

    fn finish(self, words: &str) {
        match self {
            Self::Screen(tui) => tui.finish(words),
            Self::Lines(plain) => plain.finish(words),
        }
    }
}

/// Whether the wizard can be shown here, and how; decided before the first byte is written.
fn front_end(cli: &Cli, opener: &Opener) -> Result<FrontEndChoice, Refusal> {
    let (environment, settings) = (&opener.environment, &opener.settings.screen);
    if cli.common.no_input {
        return Err(Refusal::usage(
            "the wizard asks questions, and --no-input forbids them. Leave it out, or use a command that asks \
             nothing; backup365 --help lists them.",
        ));
    }
    let is_dumb = environment.term.as_deref().is_none_or(|term| term.is_empty() || term == "dumb");
    let why = match settings.lines {
        Lines::Always if cli.common.plain => Some("--plain was given"),
        Lines::Always => Some("the settings say so"),
        Lines::Auto if environment.wants_lines() => Some("ACCESSIBLE is set"),
        _ if !environment.has_terminal => {
            return Err(Refusal::usage(
                "the wizard needs a terminal for its input and output. Start it in one, or add --plain to answer line \
                 by line.",
            ));
        }
        _ if is_dumb && environment.term.as_deref() == Some("dumb") => Some("TERM is dumb"),
        _ if is_dumb => Some("TERM is empty"),
        _ => None,
    };
    let options = tui::options::decide(&tui::options::Environment {
        color: match settings.color {
            Color::Auto => None,
            Color::Always => Some(true),
            Color::Never => Some(false),
        },
        glyphs: match settings.glyphs {
            Glyphs::Auto => None,
            Glyphs::Ascii => Some(false),
            Glyphs::Unicode => Some(true),
        },
        bell: match settings.bell {
            Bell::Auto => None,
            Bell::Always => Some(true),
            Bell::Never => Some(false),
        },
        no_bell: environment.no_bell.as_deref(),
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
    Ok(match why {
        Some(why) => FrontEndChoice::Lines(plain::Options {
            why,
            use_unicode: options.use_unicode,
            window: environment::size,
            columns: environment.columns.as_deref().and_then(|columns| columns.trim().parse().ok()),
        }),
        None => FrontEndChoice::Screen(options),
    })
}

/// The exit code of an ending.
const fn exit_of(ended: Ended) -> Exit {
    match ended {
        Ended::Finished { is_partly: false } => Exit::Done,
        Ended::Finished { is_partly: true } => Exit::Partly,
        Ended::Failed => Exit::Failed,
        Ended::Left => Exit::Interrupted,
        Ended::Told(Ending::HangUp) => Exit::HangUp,
        Ended::Told(Ending::Quit) => Exit::Quit,
        Ended::Told(Ending::Terminate) => Exit::Terminated,
    }
}

/// What stays on the main screen after leaving: how to come back. Empty where there is nothing to come back to.
fn farewell(wizard: &Wizard, ended: Ended, is_sandbox: bool) -> String {
    let run = wizard.run().filter(|_| !matches!(ended, Ended::Finished { .. }));
    let world = if is_sandbox { "SANDBOX: " } else { "" };
    run.map(|run| {
        let command = crate::domain::phrase::Command::TakeUp(run.clone());
        format!("{world}{run} is kept. Go on with: {command}\n")
    })
    .unwrap_or_default()
}

/// The runner, as the driver knows it.
pub(super) struct Calls(pub(super) Runner);

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
