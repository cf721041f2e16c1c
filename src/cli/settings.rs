//! Arguments of `backup365 settings`.

/// Shows each setting and where it came from; secrets are masked.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 settings")]
pub struct Args {}
