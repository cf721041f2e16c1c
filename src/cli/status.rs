//! Arguments of `backup365 status`.

/// Says who is really protected, who waits for what, and when the sweeps were and are.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 status")]
pub struct Args {}
