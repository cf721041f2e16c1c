//! Arguments of `backup365 record`.

use crate::domain::record_role::{Rights, RoleName};

/// The record itself: who may do what with one on a server.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 record grant b365_worker --rights worker  \
                        let a role of the server be a worker\n\n\
                        A record in a file has no roles: whoever may write the file may do everything.")]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What to do with the record.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Give a role of the server the rights that it needs, and no others; for an Admin.
    Grant(Grant),
}

impl What {
    /// The command as it is typed, and whether its answer is asked for as JSON.
    pub(super) const fn with_json(&self) -> (&'static str, bool) {
        match self {
            Self::Grant(grant) => ("record grant", grant.json),
        }
    }
}

/// Gives rights.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  backup365 record grant b365_staff --rights operator  one who works with backup365\n  \
                  backup365 record grant b365_worker --rights worker   one of Backup365's workers\n  \
                  backup365 record grant b365_report --rights reader   reads who is protected\n  \
                  backup365 record grant b365_worker --rights worker --print > grant.sql\n\n\
                  What the role could do before is taken away first. A role that is missing is made,\n\
                  without a password. Only the role that made the record may grant, and may bring\n\
                  it to a new version; after a new version, grant again.\n\
                  assets/schema/README.md says what each of them sees.\n\
                  Exit code 4: only an Admin may do that; the message names them."
)]
pub struct Grant {
    /// The role, as the server knows it.
    #[arg(value_name = "ROLE")]
    pub role: RoleName,
    /// What it is for: operator, worker or reader.
    #[arg(long, value_name = "RIGHTS")]
    pub rights: Rights,
    /// Print the statements for whoever runs the server, and change nothing.
    #[arg(long)]
    pub print: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}
