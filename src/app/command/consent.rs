//! `backup365 consent`: arguments to plain values.

use crate::{
    cli::consent::{Args, What},
    commands::consent::{renew, status},
    exit::Exit,
};

use super::super::Refusal;
use super::CommandContext;

/// Runs it. How consent stands is on record; a link is our application's, so that the world is opened for it.
pub(in crate::app) fn run(args: &Args, command: &CommandContext) -> Result<Exit, Refusal> {
    let set = &command.opener.permissions;
    match &args.what {
        What::Status(args) => {
            let (cx, _kept) = command.record_context()?;
            let wish = status::Wish {
                words: args.words.join(" "),
                only_attention: args.attention,
                is_json: args.json,
            };
            Ok(status::run(&cx, set, &wish)?)
        }
        What::Renew(args) => {
            let (context, world) = command.open()?;
            let cx = command.record_context_of(context.provider.store.clone(), Some(&world));
            let asked = renew::Asked {
                words: args.words.join(" "),
                has_texts: args.texts || !args.words.is_empty(),
                sent: args.sent.clone(),
                reminded: args.reminded.clone(),
                is_json: args.json,
                partner: command.opener.settings.partner_name.clone(),
            };
            Ok(renew::run(&cx, &context.provider.graph, set, &asked)?)
        }
    }
}
