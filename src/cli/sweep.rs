//! Arguments of `backup365 sweep`.

use crate::domain::id::RecordId;

/// One pass of Enable Auto over every customer with the rule, as far as it is due.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(group = clap::ArgGroup::new("what").multiple(false))]
#[command(after_help = "Examples:\n  backup365 sweep            do what is due, then stop\n  \
                        backup365 sweep --preview  show the next pass, turn nobody on\n  \
                        backup365 sweep --watch    stay, and do each pass at 20:00 in Sydney\n  \
                        backup365 sweep --status   last and next pass\n  \
                        backup365 sweep --install  have systemd do each pass\n  \
                        backup365 sweep --install --print\n  \
                        backup365 sweep --status --json\n  \
                        backup365 sweep --accept-shorter C-1001=980\n\n\
                        Exit code 6: a pass is overdue, was stopped by a limit, was not believed or\n\
                        could not be done, or something is left to do after --install.")]
pub struct Args {
    /// Show what the next pass would do; turn nobody on.
    #[arg(long, group = "what")]
    pub preview: bool,
    /// Stay, and do each pass at 20:00 in Sydney.
    #[arg(long, group = "what", conflicts_with = "json")]
    pub watch: bool,
    /// Tell the last and the next pass.
    #[arg(long, group = "what")]
    pub status: bool,
    /// Have systemd do each pass at 20:00 in Sydney, as a timer of your account.
    #[arg(long, group = "what", conflicts_with = "json")]
    pub install: bool,
    /// With --install: print the two units, and change nothing.
    #[arg(long, requires = "install")]
    pub print: bool,
    /// Take the timer away again.
    #[arg(long, group = "what", conflicts_with = "json")]
    pub uninstall: bool,
    /// Try whether a pass could run here: record, credential, sign-in, Graph.
    #[arg(long, group = "what")]
    pub check: bool,
    /// Admin: say that a customer really has so few users now as the last pass found; the next pass believes it, once.
    #[arg(long, value_name = "REF=COUNT", group = "what", conflicts_with = "json")]
    pub accept_shorter: Option<String>,
    /// Work only on the record with this id: what the timer's unit says.
    #[arg(long, value_name = "ID")]
    pub record: Option<RecordId>,
    /// Print JSON (kind "sweep", "sweep-status" or "sweep-check").
    #[arg(long)]
    pub json: bool,
}
