//! Arguments of `backup365 status`.

use std::time::Duration;

use super::provision::duration;

/// Says who is really protected, who waits for what, and when the sweeps were and are.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 status\n  backup365 status bakery\n  \
                        backup365 status --attention || echo \"look at it\"\n  backup365 status --json\n  \
                        backup365 status --refresh bakery\n\n\
                        A protected user holds a seat, one paid place. A run is one set-up of one\n\
                        product for one customer, with a number. A sweep is the work of 20:00 in\n\
                        Sydney: it turns on whom Enable Auto has scheduled. A sweeper is the timer\n\
                        that starts it.\n\n\
                        Everything is counted from the record, not from what was asked for; who could\n\
                        be protected is as old as the last list, which --refresh takes again. The exit\n\
                        code is 6 when something needs attention, 0 otherwise.")]
pub struct Args {
    /// Show only customers with all of these words in name, domain or reference.
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,
    /// Show only what needs attention.
    #[arg(long)]
    pub attention: bool,
    /// Prove access and list the users again first, of all customers that the words fit. Turns nobody on.
    #[arg(long)]
    pub refresh: bool,
    /// How long one customer's list is waited for at most, like 90s or 10m.
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10m", requires = "refresh")]
    pub wait: Duration,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}
