//! Arguments of `backup365 apply`.

use std::path::PathBuf;

/// Provisions many customers from plan files.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  backup365 apply plan.toml --check   check the plan and show its bill\n  \
                        backup365 apply plan.toml           do it; start it again to go on"
)]
pub struct Args {
    /// Plan files.
    #[arg(required = true, value_name = "PLAN")]
    pub plans: Vec<PathBuf>,
}
