//! Arguments of `backup365 provision`.

use std::{path::PathBuf, time::Duration};

use clap::ValueEnum;

use crate::domain::{customer::Product, user::Kind};

/// Examples that work.
const EXAMPLES: &str = "Examples:
  backup365 provision C-1001 --users all --max-seats 50 --dry-run
      what it would come to; nothing is written
  backup365 provision C-1001 --users all --max-seats 50 --wait 15m
      everybody, once; waits a quarter of an hour for the customer
  backup365 provision C-1002 --tenant kauribuilding.example \\
      --users auto --max-seats 80
      everybody at the next 20:00 in Sydney, and whoever comes later
  backup365 provision C-1001 --users-file addresses.txt \\
      --exclude desk@bakery.example --max-seats 12 --json
      these addresses; the outcome as JSON
  backup365 provision C-1014 --server mail.hoster.example \\
      --try-mailbox ana@andersondental.example \\
      --account svc@andersondental.example --password-file password.txt \\
      --directory --users all --max-seats 10
      hosted Exchange; without --server it is looked for, and named first

  backup365 provision C-1001 --turn-off leavers.txt --max-off 3
      turns these users off, at most three
  backup365 provision C-1001 --undo-auto --dry-run
      what it would be without Enable Auto; nothing is written

Exit codes: 0 done, 1 failed, 2 an answer is missing or can't be used, 3 partly
done, 4 access refused or the wrong organisation, 5 waiting for the customer
(the run is parked, the link is on stdout), 6 something needs attention (clock,
record), 7 stopped by a limit or declined, 8 the run is held by another process.
The same command again goes on where it was; nobody is turned on twice.";

/// Sets up one customer without asking anything.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Args {
    /// Reference, name or domain of the customer, whole.
    #[arg(value_name = "CUSTOMER")]
    pub customer: String,
    /// Product; needed where the customer has several.
    #[arg(long, value_name = "PRODUCT", value_parser = product)]
    pub product: Option<Product>,
    /// Tenant ID, domain or administrator's e-mail address; where one is on record it must be the same.
    #[arg(long, value_name = "TENANT", help_heading = "Office 365")]
    pub tenant: Option<String>,
    /// Reference of another customer who has the same organisation or mail domain, where that is right; may be given
    /// several times.
    #[arg(long, value_name = "REF")]
    pub same_organisation_as: Vec<String>,
    /// Go on although the customer's own mail domain belongs to another organisation.
    #[arg(long, help_heading = "Office 365")]
    pub domain_belongs_elsewhere: bool,
    /// Accept for the customer by your own role there (GDAP); the name of the person at the customer who agreed.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["dry_run", "rehearse"], help_heading = "Office 365")]
    pub agreed_by: Option<String>,
    /// Take the run over where somebody else has it (Admin, and only where the record is on a server); the reason, which
    /// goes into the history with both names.
    #[arg(long, value_name = "REASON", conflicts_with = "dry_run")]
    pub take_over: Option<String>,
    /// How long the customer's consent is waited for, like 90s, 15m or 2h; without it: asked once, then parked.
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "0s", hide_default_value = true, help_heading = "Office 365")]
    pub wait: Duration,
    /// Who is turned on.
    #[arg(long, value_name = "WHO", help_heading = "Users")]
    pub users: Option<Who>,
    /// A file with the addresses or sign-in names of those who are turned on; - reads standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "users", help_heading = "Users")]
    pub users_file: Option<PathBuf>,
    /// A kind of mailbox to include besides user mailboxes; may be given several times.
    #[arg(long, value_name = "KIND", help_heading = "Users")]
    pub include_kind: Vec<Included>,
    /// Address of a user to exclude; may be given several times.
    #[arg(long, value_name = "ADDRESS", help_heading = "Users")]
    pub exclude: Vec<String>,
    /// A kind of mailbox that is included and shall not be any more; may be given several times.
    #[arg(long, value_name = "KIND", help_heading = "Users")]
    pub leave_out_kind: Vec<Included>,
    /// Address of a user whose exclusion is lifted; may be given several times.
    #[arg(long, value_name = "ADDRESS", help_heading = "Users")]
    pub lift: Vec<String>,
    /// A file with the addresses or sign-in names of those who are turned off; - reads standard input; Admin only.
    #[arg(long, value_name = "FILE", help_heading = "Users")]
    pub turn_off: Option<PathBuf>,
    /// Most users that may be turned off; above that nothing is changed.
    #[arg(long, value_name = "N", requires = "turn_off", help_heading = "Users")]
    pub max_off: Option<u32>,
    /// Switch Enable Auto off; whoever is protected stays protected.
    #[arg(long, help_heading = "Users")]
    pub undo_auto: bool,
    /// Most new seats (paid places, one for each user) that may be billed; above that nobody is turned on.
    #[arg(long, value_name = "N", help_heading = "Users")]
    pub max_seats: Option<u32>,
    /// Enable Auto: most seats (paid places) that a sweep, the work of 20:00 in Sydney, may come to; without it: what the wizard proposes.
    #[arg(long, value_name = "N", help_heading = "Users")]
    pub ceiling: Option<u32>,
    /// Enable Auto: go on although no sweeper, the timer that starts the sweep, is installed here.
    #[arg(long, help_heading = "Users")]
    pub without_sweeper: bool,
    /// Write nothing: read everything for real, and print the bill.
    #[arg(long, conflicts_with = "rehearse")]
    pub dry_run: bool,
    /// Print one object, described by assets/json/provision.schema.json.
    #[arg(long)]
    pub json: bool,
    /// Sandbox only: play the customer.
    #[arg(long)]
    pub rehearse: bool,
    /// How the mailboxes of hosted Exchange are reached.
    #[command(flatten)]
    pub hosted: Hosted,
}

/// How the mailboxes of hosted Exchange are reached; what is on record needs no flag.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Hosted Exchange")]
pub struct Hosted {
    /// Mail server; without it, it is looked for.
    #[arg(long, value_name = "SERVER")]
    pub server: Option<String>,
    /// Service account that may open the mailboxes.
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// A file that holds the account's password.
    #[arg(long, value_name = "FILE", group = "password_source")]
    pub password_file: Option<PathBuf>,
    /// Number of an open file descriptor that the account's password is read from.
    #[arg(long, value_name = "N", group = "password_source")]
    pub password_fd: Option<u32>,
    /// Name of an environment variable that holds the account's password.
    #[arg(long, value_name = "NAME", group = "password_source")]
    pub password_env: Option<String>,
    /// A command that prints the account's password; split at spaces, quotes keep words together, no shell.
    #[arg(long, value_name = "COMMAND", group = "password_source")]
    pub password_command: Option<String>,
    /// Never taken: refused with words.
    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "", value_parser = refused)]
    pub password: Option<Refused>,
    /// One mailbox of the customer to try.
    #[arg(long, value_name = "ADDRESS")]
    pub try_mailbox: Option<String>,
    /// A mail domain of the customer; may be given several times.
    #[arg(long, value_name = "DOMAIN")]
    pub mail_domain: Vec<String>,
    /// A file with the addresses of the mailboxes, a list or an export; - reads standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "directory")]
    pub mailboxes: Option<PathBuf>,
    /// List the mailboxes by the server's own directory.
    #[arg(long)]
    pub directory: bool,
}

/// Who is turned on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Who {
    /// Everybody who may be protected, once.
    All,
    /// Everybody at the next 20:00 in Sydney, and those who are made later.
    Auto,
    /// Nobody: the product is enabled.
    None,
}

/// A kind that may be included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Included {
    /// Shared mailboxes.
    Shared,
    /// Rooms and equipment.
    Room,
    /// Users whose sign-in is off.
    Disabled,
    /// Mailboxes whose kind is not checked yet, billed as user mailboxes.
    NotCheckedYet,
}

impl Included {
    /// The kind itself.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Shared => Kind::Shared,
            Self::Room => Kind::Room,
            Self::Disabled => Kind::Disabled,
            Self::NotCheckedYet => Kind::NotKnownYet,
        }
    }
}

/// A password was given as a flag; what it was is not kept.
#[derive(Debug, Clone, Copy)]
pub struct Refused;

#[expect(clippy::unnecessary_wraps, reason = "the shape that clap asks for")]
fn refused(_secret: &str) -> Result<Refused, String> {
    Ok(Refused)
}

fn product(word: &str) -> Result<Product, String> {
    Product::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = Product::ALL.iter().map(|product| product.word()).collect();
        format!("expected one of {}", words.join(", "))
    })
}

/// Reads a duration as people write it: "90s", "15m", "2h", "1h30m".
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "expected a time like 90s, 15m or 2h".to_owned();
    let mut rest = text.trim();
    let mut seconds: u64 = 0;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (number, unit) = rest.split_at_checked(digits).ok_or_else(wrong)?;
        let letter = unit.chars().next().ok_or_else(wrong)?;
        let each = match letter {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            _ => return Err(wrong()),
        };
        let number: u64 = number.parse().map_err(|_malformed| wrong())?;
        seconds = number.checked_mul(each).and_then(|more| seconds.checked_add(more)).ok_or_else(wrong)?;
        rest = unit.get(letter.len_utf8()..).unwrap_or_default();
    }
    Ok(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, seconds) in [("90s", 90), ("15m", 900), ("2h", 7_200), ("1h30m", 5_400), ("0s", 0)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "15", "m", "15 m", "-1s", "1d", "99999999999999999999h", "9999999999999999999h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
