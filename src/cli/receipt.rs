//! Arguments of `backup365 receipt`.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::domain::id::RunId;

/// Show the receipt of a finished run again, and whether the history is whole.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 receipt B365-7KQ4\n  \
                        backup365 receipt B365-7KQ4 --for customer\n  \
                        backup365 receipt B365-7KQ4 --json --out receipt.json\n  \
                        backup365 receipt B365-7KQ4 --as-plan > plan.toml\n\n\
                        Exit code 3: the run is partly done. 5: it waits for the customer, so it has\n\
                        no receipt yet. 6: the history is not whole, or the run was interrupted.")]
pub struct Args {
    /// The run, as the screen showed it.
    #[arg(value_name = "RUN", value_parser = super::run)]
    pub run: RunId,
    /// Whom the text is for.
    #[arg(long = "for", value_name = "WHOM", default_value = "ticket", conflicts_with_all = ["json", "as_plan"])]
    pub reader: Reader,
    /// Print JSON (kind "receipt").
    #[arg(long, conflicts_with = "as_plan")]
    pub json: bool,
    /// Print a plan that makes the same choices for "backup365 apply".
    #[arg(long)]
    pub as_plan: bool,
    /// Write it into this file, which only you can read.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// With --out: replace a file that is there.
    #[arg(long, requires = "out")]
    pub force: bool,
}

/// Whom a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Reader {
    /// A colleague: everything that happened.
    Ticket,
    /// The customer: what is backed up now, in plain words.
    Customer,
}
