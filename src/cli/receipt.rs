//! Arguments of `backup365 receipt`.

use crate::domain::id::RunId;

/// Shows the receipt of a run again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 receipt B365-7KQ4")]
pub struct Args {
    /// The run.
    #[arg(value_name = "RUN", value_parser = super::run)]
    pub run: RunId,
}
