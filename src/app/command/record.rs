//! `backup365 record`: arguments to plain values.

use crate::{
    cli::record::{Args, Check, Copy, Grant, What},
    commands::record::{self, Wish},
    domain::text::Text,
    exit::Exit,
    provider::store::Place,
};

use super::super::{Refusal, world::Opener};
use super::CommandContext;

/// Runs it.
pub(in crate::app) fn run(args: &Args, command: &CommandContext) -> Result<Exit, Refusal> {
    match &args.what {
        What::Copy(args) => copy(args, command),
        What::Check(Check { record, json }) => {
            let place = place(&command.opener, record.as_deref())?;
            record::check(&place, *json, command.out()).map_err(Refusal::from)
        }
        What::Grant(args) => grant(args, command),
    }
}

/// Moves the record, or gives a move up.
fn copy(args: &Copy, command: &CommandContext) -> Result<Exit, Refusal> {
    let opener = &command.opener;
    let wish = match &args.to {
        Some(to) => Wish::Move(target(opener, to)?),
        None => Wish::GiveUp,
    };
    let from = place(opener, args.record.as_deref())?;
    let in_words = Text::of(format_args!("{from}"));
    let store = opener.store_in(from)?;
    let can_ask = opener.environment.can_ask && !opener.common.no_input;
    let cx = command.record_context_of(store, None);
    record::copy(&cx, &in_words, &wish, (args.yes, can_ask), args.json).map_err(Refusal::from)
}

/// The record that is meant.
fn place(opener: &Opener, named: Option<&str>) -> Result<Place, Refusal> {
    Ok(named.map_or_else(|| opener.place(), |words| opener.place_named(words))?)
}

/// Where it is to be moved: settings know a file by its folder only.
fn target(opener: &Opener, words: &str) -> Result<Place, Refusal> {
    let place = opener.place_named(words)?;
    let usual = opener.file_in_folder();
    match place.file() {
        Some(file) if !file.ends_with(&usual) => Err(Refusal::usage(format!(
            "--to: {} is no name by which the record is found. Name a data folder, with / behind it, or {} in one.",
            file.display(),
            usual.display()
        ))),
        _ => Ok(place),
    }
}

/// Gives a role its rights, or prints how that is done.
fn grant(args: &Grant, command: &CommandContext) -> Result<Exit, Refusal> {
    let Grant { role, rights, print, json } = args;
    if *print {
        let printed = record::print(command.out(), (role, *rights), command.opener.is_sandbox, *json);
        return printed.map_err(Refusal::from);
    }
    let (cx, _kept) = command.record_context()?;
    record::grant(&cx, (role, *rights), *json).map_err(Refusal::from)
}
