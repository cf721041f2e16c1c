//! Arguments of `backup365 operators`.

use crate::domain::text::Text;

/// Who works with the record: list, and change roles.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 operators list              who may do what\n  \
                        backup365 operators set jane --admin  make a colleague an Admin\n  \
                        backup365 operators set --recover     be an Admin where none is left\n\n\
                        The first operator of a record is its Admin, later ones are Users. Roles guard\n\
                        against mistakes, not against somebody who can write the record itself.")]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What to do with operators.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// List everyone who ever opened this record.
    List(List),
    /// Make an operator an Admin or a User; for an Admin.
    Set(Set),
}

/// Lists operators.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 operators list\n  backup365 operators list --json")]
pub struct List {
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Changes a role.
#[derive(Debug, clap::Args)]
#[command(
    group(clap::ArgGroup::new("change").required(true)),
    after_help = "Examples:\n  backup365 operators set jane --admin\n  \
                  backup365 operators set 'CORP\\jane' --user\n  \
                  backup365 operators set --recover\n\n\
                  An account is on record once it has started backup365. The last Admin stays one.\n\
                  Exit code 4: only an Admin may do that; the message names them."
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Set {
    /// The operator, as listed; another spelling of the account will do.
    #[arg(value_name = "NAME", value_parser = name, required_unless_present = "recover", conflicts_with = "recover")]
    pub name: Option<Text>,
    /// Make the operator an Admin: may change customers' records and operators, and turn users off.
    #[arg(long, group = "change")]
    pub admin: bool,
    /// Make the operator a User: may provision and look.
    #[arg(long, group = "change")]
    pub user: bool,
    /// Make yourself an Admin without asking one; it stands in the history.
    #[arg(long, group = "change")]
    pub recover: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Reads a name.
fn name(text: &str) -> Result<Text, String> {
    let name = Text::clean(text.trim());
    if name.is_empty() { Err("expected the name of an operator, like jane".into()) } else { Ok(name) }
}
