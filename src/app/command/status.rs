//! `backup365 status`: arguments to plain values.

use crate::{
    cli::status::Args,
    commands::status::{self, Wish},
    exit::Exit,
};

use super::super::Refusal;
use super::Stage;

/// Runs it.
pub(in crate::app) fn run(args: &Args, stage: &Stage) -> Result<Exit, Refusal> {
    let (desk, _kept) = stage.desk()?;
    let wish = Wish { words: args.words.join(" "), only_attention: args.attention, is_json: args.json };
    status::run(&desk, &wish).map_err(Refusal::from)
}
