//! `backup365 invitation`: arguments to plain values.

use crate::{
    cli::invitation::Args,
    commands::invitation::{self, Asked},
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
    let (cx, _world) = command.open()?;
    let rows = &command.opener.permissions.rows;
    let asked = Asked {
        run: args.run.clone(),
        change,
        mail: args.mail.clone(),
        may_replace: args.force,
        is_json: args.json,
        partner: command.opener.settings.partner_name.clone(),
        permissions: rows.iter().map(|row| (row.value.clone(), row.reason.clone())).collect(),
    };
    Ok(invitation::run(&cx, &asked)?)
}
