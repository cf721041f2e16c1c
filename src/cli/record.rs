//! Arguments of `backup365 record`.

use crate::domain::record_role::{Rights, RoleName};

/// The record itself: move it to a server or back, check it, and say who may do what with one on a server.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  backup365 record copy --to postgres://backup365@db.example/backup365\n  \
                        backup365 record check   is it whole, and does it fit together?\n  \
                        backup365 record grant b365_worker --rights worker\n\n\
                        A record in a file has no roles: whoever may write the file may do everything."
)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What to do with the record.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Move the record to a server, or back into a file; for an Admin.
    Copy(Copy),
    /// Look at every row: is the record whole, and does it fit together? Changes nothing.
    Check(Check),
    /// Give a role of the server the rights that it needs, and no others; for an Admin.
    Grant(Grant),
}

/// Moves the record.
#[derive(Debug, clap::Args)]
#[command(
    group(clap::ArgGroup::new("end").required(true)),
    after_help = "Examples:\n  backup365 record copy --to postgres://backup365@db.example/backup365\n  \
                  backup365 record copy --record postgres://backup365@db.example/backup365 \\\n    \
                  --to ~/.local/share/backup365/\n  \
                  backup365 record copy --give-up\n\n\
                  Every row is copied and compared, and the history followed. What is left\n\
                  behind can only be read and says where the record is; moving back takes that\n\
                  mark away. A move that was broken off goes on with the same command; nobody\n\
                  changes the record meanwhile.\n\
                  Exit code 7: declined. Exit code 1: somebody works on the record, or\n\
                  something else is in the other place."
)]
pub struct Copy {
    /// Where to: the address of a PostgreSQL server with the name behind it, or a data folder.
    #[arg(long, value_name = "URL-OR-FOLDER", group = "end")]
    pub to: Option<String>,
    /// Give a move up that was begun: the record takes changes again where it was.
    #[arg(long, group = "end")]
    pub give_up: bool,
    /// The record to move, where it is another one than the settings name.
    #[arg(long, value_name = "URL-OR-FILE")]
    pub record: Option<String>,
    /// Move it without being asked.
    #[arg(long)]
    pub yes: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Looks at the record.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  backup365 record check\n  \
                        backup365 record check --record /backup/backup365.sqlite --json\n\n\
                        Exit code 6: something is not as it should be. Exit code 2: no record is there.")]
pub struct Check {
    /// The record to look at, where it is another one than the settings name.
    #[arg(long, value_name = "URL-OR-FILE")]
    pub record: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Gives rights.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  backup365 record grant b365_staff --rights operator  works with backup365\n  \
                  backup365 record grant b365_worker --rights worker   one of the workers\n  \
                  backup365 record grant b365_report --rights reader   reads who is protected\n  \
                  backup365 record grant b365_worker --rights worker --print\n\n\
                  What the role could do before is taken away first. A role that is missing is\n\
                  made, without a password. Only the role that made the record may grant, and\n\
                  may bring it to a new version; after a new version, grant again.\n\
                  assets/schema/README.md says what each of them sees.\n\
                  Exit code 4: only an Admin may do that; the message names them."
)]
pub struct Grant {
    /// The role, as the server knows it.
    #[arg(id = "server_role", value_name = "ROLE")]
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
