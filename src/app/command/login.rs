//! `backup365 login`, `logout` and `whoami`: arguments and surroundings to plain values.

use std::sync::Arc;

use crate::{
    cli::login::{LoginArgs, LogoutArgs, WhoamiArgs},
    commands::login::{self, LoginContext, Opens, Wanted, unanswered},
    domain::sign_in::Way,
    exit::Exit,
    provider::partner::unregistered,
    runner::browser,
};

use super::super::{Refusal, keys::Keys, sign_in};
use super::CommandContext;

/// Runs `login`.
pub(in crate::app) fn login(args: &LoginArgs, command: &CommandContext) -> Result<Exit, Refusal> {
    let opener = &command.opener;
    let sandbox = opener.sandbox()?;
    let registration = sign_in::registration(opener, sandbox.as_ref()).ok_or_else(unregistered)?;
    let operators = sign_in::operators(opener, sandbox.as_ref(), registration)?;
    let launcher = opener.environment.surroundings.launcher();
    let way = match (args.browser, args.device_code) {
        (true, _) => Way::Browser,
        (_, true) => Way::Code,
        _ if launcher.is_some() => Way::Browser,
        _ => Way::Code,
    };
    let opens = launcher
        .map(|launcher| Arc::new(move |link: &str| browser::open(Some(&launcher), link).map(drop)) as Opens);
    let is_attended = opener.environment.can_ask && !opener.common.no_input;
    let (to, wanted) = tokio::sync::mpsc::unbounded_channel::<Wanted>();
    // The terminal is as it was once this is dropped.
    let keys = Keys::listen(is_attended, to).map_err(anyhow::Error::from)?;
    let cx = LoginContext {
        operators,
        file: sign_in::file(opener),
        clock: opener.clock.clone(),
        opens,
        wanted,
        is_attended: keys.are_heard(),
        has_countdown: keys.are_heard() && !opener.is_in_lines(),
        columns: opener.environment.error_columns(),
        is_sandbox: opener.is_sandbox,
        out: command.out(),
    };
    let ended = command.runtime.block_on(login::login(cx, way, args.json));
    drop(keys);
    ended.map_err(Refusal::from)
}

/// Runs `logout`.
pub(in crate::app) fn logout(args: &LogoutArgs, command: &CommandContext) -> Result<Exit, Refusal> {
    let opener = &command.opener;
    login::logout(&sign_in::file(opener), args.json, opener.is_sandbox, command.out()).map_err(Refusal::from)
}

/// Runs `whoami`.
pub(in crate::app) fn whoami(args: &WhoamiArgs, command: &CommandContext) -> Result<Exit, Refusal> {
    let opener = &command.opener;
    let sandbox = opener.sandbox()?;
    let who = sign_in::kept(opener, sandbox.as_ref()).map_err(|failure| unanswered(&failure))?;
    let account = opener.environment.account.shown();
    let (is_demanded, is_sandbox) = (sign_in::is_demanded(opener), opener.is_sandbox);
    login::whoami(who.as_ref(), &account, is_demanded, args.json, is_sandbox, command.out())
        .map_err(Refusal::from)
}
