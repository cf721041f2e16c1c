//! Arguments of `backup365 explain`.

/// Says what a code or words mean, what to say and what to press. Works offline.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 explain 90094\n  backup365 explain need admin approval")]
pub struct Args {
    /// Codes, or words that the customer reads out.
    #[arg(required = true, value_name = "CODE")]
    pub words: Vec<String>,
}
