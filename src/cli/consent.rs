//! Arguments of `backup365 consent`.

use crate::domain::text::Text;

/// Consent that stays alive: how every customer's stands, and who must accept again.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  backup365 consent status        how every customer's consent stands\n  \
                        backup365 consent renew         who must accept again, with the links\n  \
                        backup365 consent renew C-1001  one customer, with the text to send\n\n\
                        Everything is read from the record, as of the last look. A look is each sweep,\n\
                        each time that a customer is opened, and backup365 status --refresh."
)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What to do about consent.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// How the consent of every customer stands.
    Status(Status),
    /// Who must accept again: links, texts, and who was sent them.
    Renew(Renew),
}

/// How the consent of every customer stands.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 consent status\n  \
                        backup365 consent status --attention\n  \
                        backup365 consent status harbour --json\n\n\
                        What is lacking is worked out by the permissions that the settings ask for now:\n\
                        with another consent.permission_set it shows at once who must accept again. The\n\
                        exit code is 6 when somebody must, or the consent needs attention otherwise.")]
pub struct Status {
    /// Show only customers with all of these words in name or reference.
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,
    /// Show only what needs attention.
    #[arg(long)]
    pub attention: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Who must accept again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 consent renew\n  \
                        backup365 consent renew C-1001\n  \
                        backup365 consent renew --sent C-1001 --sent C-1002\n  \
                        backup365 consent renew --reminded C-1001\n\n\
                        The program sends no mail: send the text yourself, then mark it as sent. What\n\
                        was accepted is seen by the next look, such as backup365 status --refresh. The\n\
                        list stays until everybody has accepted, whoever goes on with it.")]
pub struct Renew {
    /// Only customers with all of these words in name or reference; with the text for each.
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,
    /// Print the text for each customer, whoever is listed.
    #[arg(long)]
    pub texts: bool,
    /// Mark that the customer with this reference was sent the link; may be given several times.
    #[arg(long, value_name = "REFERENCE", value_parser = reference, conflicts_with_all = ["words", "texts"])]
    pub sent: Vec<Text>,
    /// Mark that the customer with this reference was reminded; may be given several times.
    #[arg(long, value_name = "REFERENCE", value_parser = reference, conflicts_with_all = ["words", "texts"])]
    pub reminded: Vec<Text>,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Reads a reference.
fn reference(text: &str) -> Result<Text, String> {
    let reference = Text::clean(text.trim());
    if reference.is_empty() {
        Err("expected a customer's reference, like C-1001".into())
    } else {
        Ok(reference)
    }
}
