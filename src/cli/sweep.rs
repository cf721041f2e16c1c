//! Arguments of `backup365 sweep`.

use crate::domain::id::RecordId;

/// Do the sweep that is due: turn on whom Enable Auto has scheduled, for every customer.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(group = clap::ArgGroup::new("what").multiple(false))]
#[command(after_help = "Examples:\n  backup365 sweep            do what is due, then stop\n  \
                        backup365 sweep --preview  show the next sweep, turn nobody on\n  \
                        backup365 sweep --watch    stay, and do each sweep at 20:00 in Sydney\n  \
                        backup365 sweep --status   last and next sweep\n  \
                        backup365 sweep --install  have systemd start each sweep\n  \
                        backup365 sweep --install --print\n  \
                        backup365 sweep --status --json\n  \
                        backup365 sweep --accept-shorter C-1001=980\n  \
                        backup365 sweep --forget ops-2     it sweeps no more\n\n\
                        A sweep is the work of 20:00 in Sydney: it turns on, for every customer with\n\
                        Enable Auto, the users who are due. A sweeper is the timer that starts it, on\n\
                        a computer that stays on: --install puts one here. Any number of sweepers may\n\
                        work one record: each customer is swept once, and who stops is taken over.\n\n\
                        Exit code 6: a sweep is overdue, was stopped by a limit, was not believed or\n\
                        could not be done, or something is left to do after --install.")]
pub struct Args {
    /// Show what the next sweep would do; turn nobody on.
    #[arg(long, group = "what")]
    pub preview: bool,
    /// Stay, and do each sweep at 20:00 in Sydney.
    #[arg(long, group = "what", conflicts_with = "json")]
    pub watch: bool,
    /// Tell the last and the next sweep.
    #[arg(long, group = "what")]
    pub status: bool,
    /// Install the sweeper: have systemd start each sweep at 20:00 in Sydney, as a timer of your account.
    #[arg(long, group = "what", conflicts_with = "json")]
    pub install: bool,
    /// With --install: print the two units, and change nothing.
    #[arg(long, requires = "install")]
    pub print: bool,
    /// Take the sweeper away again.
    #[arg(long, group = "what", conflicts_with = "json")]
    pub uninstall: bool,
    /// Try whether a sweep could run here: record, credential, sign-in, Graph.
    #[arg(long, group = "what")]
    pub check: bool,
    /// Admin: say that a customer really has so few users now as the last sweep found; the next sweep believes it, once.
    #[arg(long, value_name = "REF=COUNT", group = "what", conflicts_with = "json")]
    pub accept_shorter: Option<String>,
    /// Take a computer that sweeps no more off the list of sweepers; one that still sweeps comes back by itself.
    #[arg(long, value_name = "COMPUTER", group = "what", conflicts_with = "json")]
    pub forget: Option<String>,
    /// Work only on the record with this id: what the timer's unit says.
    #[arg(long, value_name = "ID")]
    pub record: Option<RecordId>,
    /// Print JSON (kind "sweep", "sweep-status" or "sweep-check").
    #[arg(long)]
    pub json: bool,
}
