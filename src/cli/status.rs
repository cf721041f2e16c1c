//! Arguments of `backup365 status`.

/// Says who is really protected, who waits for what, and when the sweeps were and are.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 status\n  backup365 status bakery\n  \
                        backup365 status --attention || echo \"look at it\"\n  backup365 status --json\n\n\
                        Everything is counted from the record, not from what was asked for. The exit\n\
                        code is 6 when something needs attention, 0 otherwise.")]
pub struct Args {
    /// Show only customers with all of these words in name, domain or reference.
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,
    /// Show only what needs attention.
    #[arg(long)]
    pub attention: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}
