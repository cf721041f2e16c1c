//! `backup365 invitation`: arguments to plain values.

use crate::{
    cli::invitation::Args,
    commands::invitation::{self, Asked},
    domain::permission,
    exit::Exit,
    provider::store::InvitationChange,
};

use super::super::Refusal;
use super::CommandContext;

/// Runs it. The link is our application's, so that the world is opened, and nobody is asked.
pub(in crate::app) fn run(args: &Args, command: &CommandContext) -> Result<Exit, Refusal> {
    let change = match (args.new, args.withdraw) {
        (true, _) => InvitationChange::Anew,
        (_, true) => InvitationChange::Withdraw,
        _ => InvitationChange::Keep,
    };
    let permissions =
        permission::with_extra(&command.opener.extra_permissions).map_err(anyhow::Error::from)?;
    let (cx, _world) = command.open()?;
    let asked = Asked {
        run: args.run.clone(),
        change,
        mail: args.mail.clone(),
        may_replace: args.force,
        is_json: args.json,
        partner: command.opener.settings.partner_name.clone(),
        permissions: permissions.into_iter().map(|row| (row.value, row.reason)).collect(),
    };
    Ok(invitation::run(&cx, &asked)?)
}
