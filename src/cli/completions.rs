//! Arguments of `backup365 completions` and `backup365 man`.

/// Prints what a shell needs to complete commands and flags.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 completions bash")]
pub struct Args {}

/// Prints or writes the manual pages.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 man")]
pub struct ManArgs {}
