//! `backup365 login`, `logout` and `whoami`: arguments and surroundings to plain values.

use std::sync::Arc;

use crate::{
    cli::{
        Role,
        login::{LoginArgs, LogoutArgs, WhoamiArgs},
    },
    commands::login::{self, Here, LoginContext, Opens, SignInContext, Wanted, unanswered},
    domain::{sign_in::Way, text::Text},
    exit::Exit,
    provider::{oauth::operator::Operators, partner::unregistered, store::Store},
    runner::browser,
};

use super::super::{Refusal, environment::Environment, keys::Keys, sign_in, world::Opener};
use super::CommandContext;

/// Runs `login`.
pub(in crate::app) fn login(args: &LoginArgs, command: &CommandContext) -> Result<Exit, Refusal> {
    let opener = &command.opener;
    let sandbox = opener.sandbox()?;
    let registration = sign_in::registration(opener, sandbox.as_ref()).ok_or_else(unregistered)?;
    let operators = sign_in::operators(opener, sandbox.as_ref(), registration)?;
    let way = way(opener, args.browser, args.device_code);
    let (sign_in, keys) = context(opener, operators)?;
    let cx = LoginContext {
        sign_in,
        file: sign_in::file(opener),
        here: here(opener),
        is_sandbox: opener.is_sandbox,
        out: command.out(),
    };
    let ended = command.runtime.block_on(login::login(cx, way, args.json));
    drop(keys);
    ended.map_err(Refusal::from)
}

/// The way that was asked for, else the one that is likely to work here.
pub(super) fn way(opener: &Opener, is_by_browser: bool, is_by_code: bool) -> Way {
    match (is_by_browser, is_by_code) {
        (true, _) => Way::Browser,
        (_, true) => Way::Code,
        _ if opener.environment.surroundings.launcher().is_some() => Way::Browser,
        _ => Way::Code,
    }
}

/// What a sign-in works with; the terminal is as it was once the second is dropped.
///
/// # Errors
/// The system hands no signals over.
pub(super) fn context(opener: &Opener, operators: Operators) -> Result<(SignInContext, Keys), Refusal> {
    let launcher = opener.environment.surroundings.launcher();
    let opens = launcher
        .map(|launcher| Arc::new(move |link: &str| browser::open(Some(&launcher), link).map(drop)) as Opens);
    let is_attended = opener.environment.can_ask && !opener.common.no_input;
    let (to, wanted) = tokio::sync::mpsc::unbounded_channel::<Wanted>();
    let keys = Keys::listen(is_attended, to).map_err(anyhow::Error::from)?;
    let cx = SignInContext {
        operators,
        clock: opener.clock.clone(),
        opens,
        wanted,
        is_attended: keys.are_heard(),
        has_countdown: keys.are_heard() && !opener.is_in_lines(),
        columns: opener.environment.error_columns(),
    };
    Ok((cx, keys))
}

/// Runs `logout`.
pub(in crate::app) fn logout(args: &LogoutArgs, command: &CommandContext) -> Result<Exit, Refusal> {
    let opener = &command.opener;
    login::logout(&sign_in::file(opener), &here(opener), args.json, opener.is_sandbox, command.out())
        .map_err(Refusal::from)
}

/// Runs `whoami`.
pub(in crate::app) fn whoami(args: &WhoamiArgs, command: &CommandContext) -> Result<Exit, Refusal> {
    let opener = &command.opener;
    let sandbox = opener.sandbox()?;
    let who = sign_in::kept(opener, sandbox.as_ref()).map_err(|failure| unanswered(&failure))?;
    let (is_demanded, is_sandbox) = (sign_in::is_demanded(opener), opener.is_sandbox);
    login::whoami(who.as_ref(), &here(opener), is_demanded, args.json, is_sandbox, command.out())
        .map_err(Refusal::from)
}

/// Who works on this computer where nobody is signed in. A record that can't be read says nothing of the account, and keeps
/// nobody from signing in.
fn here(opener: &Opener) -> Here {
    let Environment { account, host, .. } = &opener.environment;
    let host = Text::clean(host);
    let is_admin = opener.place().and_then(|place| Store::is_admin_in(&place, account, &host));
    let is_as_user = opener.is_sandbox && opener.common.role == Some(Role::User);
    let is_admin = is_admin.ok().flatten().map(|is_admin| is_admin && !is_as_user);
    Here { account: account.shown(), record_role: opener.role(), is_admin }
}
