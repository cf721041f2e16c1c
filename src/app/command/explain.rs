//! `backup365 explain`: arguments to plain values.

use std::io::{self, Read};

use anyhow::Context;

use crate::{
    app::environment::{self, Environment},
    cli::{Common, explain::Args},
    commands::explain::{self, Question},
    exit::Exit,
};

use super::super::Refusal;

/// Most that is taken from standard input, bytes: a mail with its headers.
const MOST: u64 = 64 * 1_024;

/// Runs it.
pub(in crate::app) fn run(args: &Args, common: &Common) -> Result<Exit, Refusal> {
    let question = Question { words: words(args)?, is_json: args.json, columns: environment::columns() };
    explain::run(&question, super::out(common, &Environment::default())).map_err(Refusal::from)
}

/// What is asked: the arguments, or standard input where they are one dash.
fn words(args: &Args) -> anyhow::Result<Vec<String>> {
    if args.words != ["-"] {
        return Ok(args.words.clone());
    }
    let mut bytes = Vec::new();
    io::stdin().lock().take(MOST).read_to_end(&mut bytes).context("standard input could not be read")?;
    Ok(vec![String::from_utf8_lossy(&bytes).into_owned()])
}
