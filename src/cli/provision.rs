//! Arguments of `backup365 provision`.

/// Sets up one customer without asking anything.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 provision C-1001 --users all --max-seats 50")]
pub struct Args {
    /// Reference, name or domain of the customer.
    #[arg(value_name = "CUSTOMER")]
    pub customer: String,
}
