//! Arguments of `backup365 invitation`.

use std::path::PathBuf;

use crate::domain::id::RunId;

/// The text for the customer's administrator: who asks, the link, and how to check it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 invitation B365-7KQ4\n  \
                        backup365 invitation B365-7KQ4 --mail invitation.eml\n  \
                        backup365 invitation B365-7KQ4 --new\n  \
                        backup365 invitation B365-7KQ4 --withdraw\n\n\
                        The customer calls you on the number that they already have and asks for the\n\
                        two words; the screen shows them above the run. With --new the last invitation\n\
                        counts no more.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Args {
    /// The run, as the screen showed it.
    #[arg(value_name = "RUN", value_parser = super::run)]
    pub run: RunId,
    /// Make a new one, with two other words.
    #[arg(long)]
    pub new: bool,
    /// Withdraw it: shown again, it says so, and has no link.
    #[arg(long, conflicts_with = "new")]
    pub withdraw: bool,
    /// Write it into this file as a mail that is not sent yet (.eml), which only you can read.
    #[arg(long, value_name = "FILE")]
    pub mail: Option<PathBuf>,
    /// With --mail: replace a file that is there.
    #[arg(long, requires = "mail")]
    pub force: bool,
    /// Print JSON (kind "invitation").
    #[arg(long)]
    pub json: bool,
}
