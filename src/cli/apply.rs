//! Arguments of `backup365 apply`.

use std::{path::PathBuf, time::Duration};

use crate::domain::text::Text;

/// Examples that work.
const EXAMPLES: &str = "Examples:
  backup365 apply plan.toml --check
      check the plan and show its bill; change nothing
  backup365 apply plan.toml --max-seats 200
      do it; the same command again goes on where it was
  backup365 apply plan.toml --max-seats 200 --wait 2h
      wait for the customers' consent once every link is out
  backup365 apply north.toml south.toml --max-seats 500 --json
      two plans as one; the summary as JSON (assets/json/apply.schema.json)
  backup365 apply hosted.toml --max-seats 200 --trust-plan
      a plan that names programs, files or servers, where nobody can be asked

A plan is trusted like a script: the programs, files and servers that it names
are listed before the first is used, and a yes is needed. --check runs none of
the programs and neither reads nor sends a mailbox password.

assets/plan.sample.toml shows every key of a plan. backup365 receipt RUN
--as-plan makes a plan of a finished run.";

/// Sets up many customers from plan files.
///
/// The whole plan is checked first and shown. Then two customers are set up, then the rest, several at once. Start it
/// again to go on where it was.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Args {
    /// Plan files.
    #[arg(required = true, value_name = "PLAN")]
    pub plans: Vec<PathBuf>,
    /// Check the plan, ask Microsoft, show the bill, then stop; change nothing, run nothing, send no mailbox password.
    #[arg(long)]
    pub check: bool,
    /// Most new seats of the whole plan; needed for anything that bills.
    #[arg(long, value_name = "N")]
    pub max_seats: Option<u32>,
    /// Customers that are set up at the same time, after the first two.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub at_once: u8,
    /// How long the customers' consent is waited for once every link is out, like 90s, 15m or 2h; without it: not at all.
    #[arg(long, value_name = "TIME", value_parser = super::provision::duration, default_value = "0s", hide_default_value = true)]
    pub wait: Duration,
    /// A customer of the plan and another one who has the same organisation, where that is right; may be given several
    /// times. A row of the plan can say the same.
    #[arg(long, value_name = "NEW=REF", value_parser = super::sharing)]
    pub same_organisation_as: Vec<(Text, Text)>,
    /// Reference of a customer of the plan whose mail domain belongs to another organisation than the right one; may be
    /// given several times. A row of the plan can say the same.
    #[arg(long, value_name = "REF")]
    pub domain_belongs_elsewhere: Vec<String>,
    /// Have the programs run, the files read and the servers signed in to that the plan names, without a question.
    #[arg(long)]
    pub trust_plan: bool,
    /// Set up customers again that were finished when this plan was applied before.
    #[arg(long)]
    pub again: bool,
    /// Print the summary as JSON.
    #[arg(long)]
    pub json: bool,
    /// Sandbox only: play the customers once their links are out.
    #[arg(long)]
    pub rehearse: bool,
}
