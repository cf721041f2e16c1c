//! `backup365 sandbox`: the sandbox in the foreground, until it is told to go.

use std::{
    io::{self, Write},
    path::Path,
};

use anyhow::Context;
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
};

use crate::{
    commands::{Out, UNWRITTEN},
    domain::{cloud::Cloud, text::Text},
    exit::Exit,
    sandbox,
};

/// Forgets every consent, made user and position.
///
/// # Errors
/// The sandbox's folder can't be changed.
pub(super) fn reset(folder: &Path, out: Out) -> anyhow::Result<Exit> {
    sandbox::reset(folder)
        .with_context(|| format!("the sandbox in {} can't be emptied", folder.display()))?;
    out.detail(&format!("Emptied: {}", folder.display()));
    if !out.is_quiet {
        say("The sandbox has forgotten every consent. Customers and seats are kept in its record.")?;
    }
    Ok(Exit::Done)
}

/// Starts the sandbox, says where it is, and stays until Ctrl-C, TERM or HUP. Where it is, is data: `--quiet` says it too.
///
/// # Errors
/// The world or a trouble is unknown, or the port is taken.
pub(super) async fn run(
    cloud: Cloud,
    options: sandbox::Options,
    has_tls: bool,
    out: Out,
) -> anyhow::Result<Exit> {
    let folder = options.data.as_deref().unwrap_or(Path::new("none")).display();
    out.detail(&format!("World: {}, kept in {folder}", options.world));
    // Heard from the start: whoever reads the first line may stop it at once.
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("signals can't be heard")?;
    let sandbox = if has_tls {
        sandbox::start_with_tls(cloud.word(), options).await?
    } else {
        sandbox::start_in(cloud.word(), options).await?
    };
    say(&format!("SANDBOX on http://{} (everything is invented). Ctrl-C stops it.", sandbox.address()))?;
    let partner = sandbox.partner();
    say(&format!("Application {} of the partner tenant {}.", partner.client_id, partner.tenant))?;
    say(&format!("Its secret, invented like everything here: {}", partner.secret))?;
    say(&format!(
        "Operators sign in with application {}; the pages show their passwords.",
        partner.operators
    ))?;
    if let Some(file) = sandbox.authority() {
        let address = format!("https://localhost:{}", sandbox.address().port());
        say(&format!("{address} is the same under TLS, for programs that trust {}", file.display()))?;
    }
    for (from, to) in sandbox.origins() {
        say(&format!("  {from} is {to}"))?;
    }
    let signal = tokio::task::spawn_blocking(move || signals.forever().next()).await?;
    drop(sandbox);
    Ok(match signal {
        Some(SIGHUP) => Exit::HangUp,
        Some(SIGTERM) => Exit::Terminated,
        _ => Exit::Interrupted,
    })
}

/// One line on stdout; what a world's file says in it is cleaned. A closed pipe is not an error.
fn say(line: &str) -> anyhow::Result<()> {
    match writeln!(io::stdout(), "{}", Text::clean(line)) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error).context(UNWRITTEN),
        _ => Ok(()),
    }
}
