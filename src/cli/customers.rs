//! Arguments of `backup365 customers`.

/// Customers on record.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What to do with customers.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// List them.
    #[command(after_help = "Examples:\n  backup365 customers list")]
    List,
}
