//! Arguments of `backup365 explain`.

/// Say what a code or words mean, what to say and what to do next. Works offline.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 explain 90094\n  \
                        backup365 explain AADSTS65004 90094\n  \
                        backup365 explain need admin approval\n  \
                        backup365 explain --json 90094\n  \
                        backup365 explain - < message.txt\n\n\
                        A number is found by that number only, anywhere in a pasted text.\n\
                        Exit code 1: something of it is not known.")]
pub struct Args {
    /// Codes, or words that the customer reads out; "-" reads them from standard input.
    #[arg(required = true, value_name = "CODE")]
    pub words: Vec<String>,
    /// Print JSON (kind "explain").
    #[arg(long)]
    pub json: bool,
}
