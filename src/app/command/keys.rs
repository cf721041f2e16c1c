//! `backup365 keys`: arguments to plain values, and the question before a key is removed.

use std::io::{self, BufRead as _, Read as _};

use crate::{
    cli::keys::{Args, What},
    commands::{
        keys::{self, Sure, Wish},
        warn,
    },
    domain::keys::{NotAPublicKey, PublicKey},
    exit::Exit,
    provider::store::KeySource,
};

use super::super::Refusal;
use super::CommandContext;

/// Most bytes of an answer that are read.
const MOST: u64 = 1_024;

/// Runs it.
pub(in crate::app) fn run(args: &Args, command: &CommandContext) -> Result<Exit, Refusal> {
    let (wish, is_json) = match &args.what {
        What::List(list) => (Wish::List, list.json),
        What::Add(add) => {
            let source = match &add.key {
                // Refused before anything is opened, and never repeated.
                Some(key) => KeySource::Given(public(key)?),
                None if add.this_computer => KeySource::Here,
                None => KeySource::OnRecord,
            };
            (Wish::Add { name: add.name.clone(), source }, add.json)
        }
        What::Remove(remove) => {
            let can_ask = command.opener.environment.can_ask && !command.opener.common.no_input;
            let sure = match (remove.yes, can_ask) {
                (true, _) => Sure::Already,
                (false, true) => Sure::Asked(ask),
                (false, false) => Sure::Nobody,
            };
            (Wish::Remove { name: remove.name.clone(), sure }, remove.json)
        }
    };
    let (cx, _kept) = command.record_context()?;
    keys::run(&cx, &wish, is_json).map_err(Refusal::from)
}

/// Reads a public key.
fn public(text: &str) -> Result<PublicKey, Refusal> {
    text.parse().map_err(|error: NotAPublicKey| Refusal::usage(error.to_string()))
}

/// Asks a person. No answer is no.
fn ask(question: &str) -> bool {
    warn(question);
    let mut line = String::new();
    let is_read = io::stdin().lock().take(MOST).read_line(&mut line).is_ok();
    is_read && matches!(line.trim().to_lowercase().as_str(), "yes" | "y")
}
