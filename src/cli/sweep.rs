//! Arguments of `backup365 sweep`.

/// One pass of Enable Auto over every customer with the rule, as far as it is due.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 sweep            do what is due, then stop\n  \
                        backup365 sweep --preview  show the next pass, turn nobody on\n  \
                        backup365 sweep --watch    stay, and do each pass at 20:00 in Sydney\n  \
                        backup365 sweep --status   last and next pass; exit code 6 when one is overdue")]
pub struct Args {
    /// Show what the next pass would do; turn nobody on.
    #[arg(long, conflicts_with_all = ["watch", "status"])]
    pub preview: bool,
    /// Stay, and do each pass at 20:00 in Sydney.
    #[arg(long, conflicts_with = "status")]
    pub watch: bool,
    /// Tell the last and the next pass.
    #[arg(long)]
    pub status: bool,
}
