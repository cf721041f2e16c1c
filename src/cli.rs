//! Arguments, as types only; what they do is in `app` and `commands`.

pub mod apply;
pub mod completions;
pub mod consent;
pub mod customers;
pub mod doctor;
pub mod explain;
pub mod invitation;
pub mod keys;
pub mod login;
pub mod operators;
pub mod provision;
pub mod receipt;
pub mod record;
pub mod settings;
pub mod setup;
pub mod status;
pub mod sweep;

use std::{ffi::OsString, path::PathBuf};

use clap::{ArgMatches, Args as _, CommandFactory, FromArgMatches as _, Parser, Subcommand, ValueEnum};

use crate::{
    domain::{id::RunId, text::Text, time::Moment},
    settings::moment,
};

/// Provisions Backup365 for a customer: the wizard, and what runs without it.
#[derive(Debug, Parser)]
#[command(
    name = "backup365",
    version,
    about = "Provision Backup365 for a customer, step by step, with the keyboard alone; --plain: line by line.",
    long_about = "Provision Backup365 for a customer, step by step, with the keyboard alone; --plain: line by line.\n\n\
                  Without settings the wizard opens in the sandbox: invented customers, nothing real is touched.",
    after_help = "Examples:\n  backup365                      open the wizard\n  \
                  backup365 --run B365-7KQ4      go on with a run\n  \
                  backup365 status               who is protected, who waits for what\n  \
                  backup365 sweep --preview      whom the next sweep will turn on\n  \
                  backup365 sandbox --port 8365  run the sandbox in the foreground\n\n\
                  Words:\n  \
                  run          one set-up of one product for one customer, with a number\n  \
                  protected    holds a seat, and Backup365 backs the mailbox up\n  \
                  seat         one paid place, taken by one protected user\n  \
                  kind         what a mailbox is: of a user, shared, of a room or equipment\n  \
                  Enable Auto  whoever is eligible is turned on at the next 20:00 in Sydney\n  \
                  sweep        the work of that hour, for all customers with Enable Auto\n  \
                  sweeper      the timer that starts it, on a computer that stays on\n\n\
                  A command with --json that has no answer prints an object of kind \"failure\".\n\
                  A terminal that is left odd, by kill -9 for example: type reset and press Enter.\n\
                  Every setting has a flag, a variable and a line in the settings file:\n\
                  backup365 settings shows them all.",
    // The same words on every terminal, and no escape byte for a screen reader or a file.
    color = clap::ColorChoice::Never,
    max_term_width = 80
)]
pub struct Cli {
    /// What every command knows.
    #[command(flatten)]
    pub common: Common,
    /// Go straight to this run.
    #[arg(long, value_name = "RUN", value_parser = run)]
    pub run: Option<RunId>,
    /// The command; none: the wizard.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The command as it is typed, where its answer is asked for as JSON.
    #[arg(skip)]
    pub with_json: Option<String>,
}

/// What every command knows.
#[derive(Debug, Clone, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Common {
    /// The settings file, where another than the usual one is named.
    #[arg(
        long,
        global = true,
        help_heading = "Everywhere",
        value_name = "FILE",
        help = "Settings file to use; also BACKUP365_SETTINGS"
    )]
    pub settings: Option<PathBuf>,
    /// Use the sandbox, whatever the settings say.
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub sandbox: bool,
    /// The world to use, a name or a file.
    #[arg(long, global = true, value_name = "WORLD", hide_short_help = true, help_heading = "Sandbox only")]
    pub world: Option<String>,
    /// A trouble to switch on ("throttle", "slow=500ms"); may be given several times.
    #[arg(
        long,
        global = true,
        value_name = "TROUBLE",
        hide_short_help = true,
        help_heading = "Sandbox only"
    )]
    pub fault: Vec<String>,
    /// Start the clock at this time.
    #[arg(long, global = true, value_name = "TIME", value_parser = moment, hide_short_help = true, help_heading = "Sandbox only")]
    pub clock: Option<Moment>,
    /// Work as a User, not as the Admin.
    #[arg(
        long = "as",
        global = true,
        value_name = "ROLE",
        hide_short_help = true,
        help_heading = "Sandbox only"
    )]
    pub role: Option<Role>,
    /// The same as --screen-glyphs ascii.
    #[arg(long, global = true, help_heading = "Everywhere", conflicts_with_all = ["unicode", "BACKUP365_SCREEN_GLYPHS"], hide_short_help = true)]
    pub ascii: bool,
    /// The same as --screen-glyphs unicode.
    #[arg(
        long,
        global = true,
        help_heading = "Everywhere",
        conflicts_with = "BACKUP365_SCREEN_GLYPHS",
        hide_short_help = true
    )]
    pub unicode: bool,
    /// The same as --screen-bell never.
    #[arg(
        long,
        global = true,
        help_heading = "Everywhere",
        conflicts_with = "BACKUP365_SCREEN_BELL",
        hide_short_help = true
    )]
    pub no_bell: bool,
    /// Ask and answer line by line.
    ///
    /// For screen readers, dumb terminals and bad connections.
    #[arg(
        long,
        global = true,
        help_heading = "Everywhere",
        visible_alias = "accessible",
        conflicts_with = "BACKUP365_SCREEN_LINES"
    )]
    pub plain: bool,
    /// Say only data and bad news.
    #[arg(long, short, global = true, help_heading = "Everywhere", conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say every step.
    #[arg(long, short, global = true, help_heading = "Everywhere")]
    pub verbose: bool,
    /// Ask nothing; exit code 2 where an answer is needed.
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub no_input: bool,
    /// One flag for every setting.
    #[command(flatten)]
    pub values: settings::Flags,
}

/// Whom to work as in the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// May do everything.
    Admin,
    /// May provision and look.
    User,
}

/// What runs without the wizard. The order of the help is that of the day's work: what states its place comes first.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the sandbox in the foreground, until Ctrl-C.
    #[command(after_help = "Examples:\n  backup365 sandbox --port 8365\n  backup365 sandbox --reset")]
    Sandbox {
        /// Port on 127.0.0.1; 0 takes a free one.
        #[arg(long)]
        port: Option<u16>,
        /// Speak TLS on the port, too, for programs that insist on it; says which certificate to trust.
        #[arg(long)]
        tls: bool,
        /// Forget every consent, made user and position of the sandbox, then stop.
        #[arg(long)]
        reset: bool,
    },
    /// Works with the record, in the sandbox or the real world.
    #[command(flatten)]
    InWorld(WorldCommand),
    /// What a code or words mean, what to say and what to press; offline.
    #[command(display_order = 6)]
    Explain(explain::Args),
    /// Check everything at any time, and say how to mend it.
    Doctor(doctor::Args),
    /// Set up what you need before the first customer: register at Microsoft, write the settings.
    Setup(setup::Args),
    /// Each setting and where it came from.
    Settings(settings::Args),
    /// What a shell needs to complete commands and flags.
    Completions(completions::Args),
    /// The manual pages.
    Man(completions::ManArgs),
}

/// What runs without the wizard and needs the world: the record, and Microsoft or the sandbox.
#[derive(Debug, Subcommand)]
pub enum WorldCommand {
    /// Set up one customer without asking anything: every answer is a flag.
    #[command(display_order = 1)]
    Provision(Box<provision::Args>),
    /// Set up many customers from plan files.
    #[command(display_order = 2)]
    Apply(apply::Args),
    /// Customers on record: list, add, import, show.
    #[command(display_order = 3)]
    Customers(customers::Args),
    /// Who is really protected, who waits for what, and the sweeps of Enable Auto.
    #[command(display_order = 4)]
    Status(status::Args),
    /// The sweep, the work of 20:00 in Sydney: turn on whom Enable Auto has scheduled.
    #[command(display_order = 5)]
    Sweep(sweep::Args),
    /// The text for the customer's administrator: who asks, the link, and how to check it.
    #[command(display_order = 6)]
    Invitation(invitation::Args),
    /// Consent that stays alive: how every customer's stands, and who must accept again.
    #[command(display_order = 6)]
    Consent(consent::Args),
    /// The receipt of a run again.
    #[command(display_order = 7)]
    Receipt(receipt::Args),
    /// Who works with the record, and who of them is an Admin.
    #[command(display_order = 8)]
    Operators(operators::Args),
    /// Whose keys open the passwords of hosted customers.
    #[command(display_order = 8)]
    Keys(keys::Args),
    /// The record itself: move it to a server or back, check it, and say who may do what with one on a server.
    #[command(display_order = 9)]
    Record(record::Args),
    /// Sign in with your own account at Microsoft.
    Login(login::LoginArgs),
    /// Forget the sign-in on this computer.
    Logout(login::LogoutArgs),
    /// Who is signed in, and as what.
    Whoami(login::WhoamiArgs),
}

/// Help begins with what people look for: how a command is typed, with examples. Its flags stand below, and those that
/// every command has.
const HELP: &str = "{about-with-newline}\n{usage-heading} {usage}{after-help}\n\n{all-args}";

/// The arguments, as the command line is read.
#[must_use]
pub fn definition() -> clap::Command {
    fn with_help(command: clap::Command) -> clap::Command {
        command.help_template(HELP).mut_subcommands(with_help)
    }
    with_help(Cli::command())
}

impl Cli {
    /// Reads a command line.
    ///
    /// # Errors
    /// Help or the version is asked for, or the line can't be read.
    pub fn read(arguments: &[OsString]) -> Result<Self, clap::Error> {
        if arguments.len() == 1 {
            return Self::bare();
        }
        let mut definition = definition();
        let mut matches = definition.try_get_matches_from_mut(arguments)?;
        let with_json = with_json(&matches);
        let cli = Self::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut definition))?;
        Ok(Self { with_json, ..cli })
    }

    /// The command line that holds nothing but our name. Every flag of every command is made for the others, which would be
    /// a fifth of the start.
    fn bare() -> Result<Self, clap::Error> {
        let mut definition = Common::augment_args(clap::Command::new("backup365"));
        let mut matches = definition.try_get_matches_from_mut(["backup365"])?;
        let common = Common::from_arg_matches_mut(&mut matches)?;
        Ok(Self { common, run: None, command: None, with_json: None })
    }
}

/// The command as it is typed, where its answer is asked for as JSON.
fn with_json(mut below: &ArgMatches) -> Option<String> {
    let mut words = Vec::new();
    while let Some((word, matches)) = below.subcommand() {
        words.push(word);
        below = matches;
    }
    matches!(below.try_get_one("json"), Ok(Some(true))).then(|| words.join(" "))
}

/// The first example in the help of the command that arguments are for.
#[must_use]
pub fn example(arguments: &[OsString]) -> Option<String> {
    let mut command = Cli::command();
    for word in arguments.iter().skip(1).filter_map(|word| word.to_str()) {
        if let Some(below) = command.find_subcommand(word) {
            command = below.clone();
        }
    }
    let help = command.get_after_help()?.to_string();
    let mut example = String::new();
    for line in help.lines().skip_while(|line| *line != "Examples:").skip(1) {
        // What stands behind two blanks explains it.
        example.push_str(line.trim().split("  ").next()?);
        match example.strip_suffix('\\') {
            Some(begun) => example.truncate(begun.len()),
            None => return Some(example),
        }
    }
    None
}

/// Reads a run number.
fn run(text: &str) -> Result<RunId, String> {
    text.parse().map_err(|_malformed| "expected a run number like B365-7KQ4".into())
}

/// Two customers of whom it is said that they have one organisation: "C-77=C-1001".
fn sharing(pair: &str) -> Result<(Text, Text), String> {
    match pair.split_once('=').map(|(new, other)| (Text::clean(new), Text::clean(other))) {
        Some((new, other)) if !new.is_empty() && !other.is_empty() => Ok((new, other)),
        _ => Err("expected two references like C-77=C-1001: the new customer, and the one who has it".into()),
    }
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;
    use crate::domain::{flag, phrase};

    #[test]
    fn the_definition_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_run_is_taken_as_people_say_it() {
        let cli = Cli::try_parse_from(["backup365", "--run", "b365 7kq4"]).unwrap();
        assert_eq!(cli.run.unwrap().to_string(), "B365-7KQ4");
        assert!(Cli::try_parse_from(["backup365", "--run", "nonsense"]).is_err());
    }

    /// Whether a command line is one of ours, as far as it goes: a sentence may name a command without what it is for.
    fn is_ours(line: &str) -> bool {
        match Cli::try_parse_from(line.split(' ')) {
            Ok(_) => true,
            Err(error) => matches!(
                error.kind(),
                ErrorKind::MissingRequiredArgument
                    | ErrorKind::MissingSubcommand
                    | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            ),
        }
    }

    #[test]
    fn every_command_that_a_sentence_names_can_be_typed() {
        let all = phrase::Command::all("B365-7KQ4".parse().unwrap());
        assert!(!all.is_empty());
        for command in all {
            let line = command.to_string();
            assert!(is_ours(&line), "{line}");
            // A word or a flag that is not ours is refused, whatever else is missing.
            assert!(!is_ours(&format!("{line} --no-such-flag")), "{line}");
        }
        for wrong in [
            "backup365 customer",
            "backup365 customers ad",
            "backup365 sweep --instal=x",
            "backup365 --run x",
        ] {
            assert!(!is_ours(wrong), "{wrong}");
        }
    }

    #[test]
    fn every_flag_that_a_journey_asks_for_can_be_given_with_its_example() {
        for flag in flag::ALL {
            let line = format!("backup365 provision C-0001 {} {}", flag.name, flag.example);
            let line = line.trim_end();
            assert!(is_ours(line), "{line}");
            assert!(!is_ours(&line.replace(flag.name, "--no-such-flag")), "{line}");
        }
    }
}
