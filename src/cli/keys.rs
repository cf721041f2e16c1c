//! Arguments of `backup365 keys`.

use crate::domain::text::Text;

/// Keys that open the passwords of hosted customers: list, add, remove.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  backup365 keys list                        whose keys open which passwords\n  \
                  backup365 keys add desk-2 --this-computer  put this computer's key on record\n  \
                  backup365 keys add desk-2                  encrypt the passwords for it\n  \
                  backup365 keys remove desk-9               encrypt them without it\n\n\
                  Each computer has a key of its own, made with the first password that is saved\n\
                  there. Whoever can read the passwords encrypts them for the others."
)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What to do with keys.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// List the keys on record, what each opens, and what should be done.
    List(List),
    /// Put a key on record, and encrypt for it every password that this computer reads.
    Add(Add),
    /// Remove a key, encrypt without it, and say which passwords should be changed; for an Admin.
    Remove(Remove),
}

/// Lists keys.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 keys list\n  backup365 keys list --json\n\n\
                        The exit code is 6 when a password should be changed at its hoster, or is not\n\
                        encrypted for every key on record.")]
pub struct List {
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Adds a key.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 keys add desk-2 --this-computer\n  \
                        backup365 keys add desk-2\n  \
                        backup365 keys add desk-2 \\\n    \
                        age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\n\n\
                        Started again, it goes on where it was. Under another name, a key that is on\n\
                        record gets that name. The exit code is 6 when passwords stay that this\n\
                        computer can't read; the answer says who can.")]
pub struct Add {
    /// Whose key it is: a computer or an operator.
    #[arg(value_name = "NAME", value_parser = name)]
    pub name: Text,
    /// The public key, which begins with age1; none: the one on record under that name.
    // Taken as it is: what is wrong with it is said without repeating it, because it may be a secret key.
    #[arg(value_name = "KEY", conflicts_with = "this_computer")]
    pub key: Option<String>,
    /// Take this computer's key; make it where there is none.
    #[arg(long)]
    pub this_computer: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Removes a key.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 keys remove desk-9\n  backup365 keys remove desk-9 --yes\n\n\
                        What the key could read it has read: change those passwords at their hosters,\n\
                        then in the wizard. Until then keys list names them. Started again, it goes on\n\
                        where it was. Exit codes: 4 only an Admin may do that; 6 a password should be\n\
                        changed; 7 you said no.")]
pub struct Remove {
    /// Whose key, as listed; the key itself will do.
    #[arg(value_name = "NAME", value_parser = name)]
    pub name: Text,
    /// Don't ask.
    #[arg(long)]
    pub yes: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Reads a name.
fn name(text: &str) -> Result<Text, String> {
    let name = Text::clean(text.trim());
    if name.is_empty() {
        Err("expected the name of a computer or an operator, like desk-2".into())
    } else {
        Ok(name)
    }
}
