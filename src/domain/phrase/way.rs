//! What a person can do next, in the words of a front end without a full screen; and commands that are told to be typed.

use std::{borrow::Cow, fmt};

use crate::domain::{command_line, customer::Product, flag::quoted, id::RunId, keys::PublicKey, text::Text};

/// What a person can do next. Each front end says it as one sentence in its own terms: a key, a word to type, a flag.
///
/// The words inside are the purpose, without a full stop ("ask again", "until the plan is known").
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WayOn {
    /// Ask, list or read again: the purpose ("ask again", "list again").
    Again(&'static str),
    /// Back: where to, or why; may be empty.
    Back(&'static str),
    /// Park the run: until when, or why; may be empty.
    Park(&'static str),
    /// Go on with what stands here: what for ("go on with it").
    Continue(&'static str),
    /// Take the run over that somebody else has.
    TakeOver(&'static str),
    /// Leave the program.
    Leave,
    /// Show the link again.
    ShowLink,
    /// Accept for the customer by the operator's own role there: what for ("take it out").
    OwnRight(&'static str),
    /// Hand the link over once more: clipboard or file.
    HandOver,
    /// Print a text alone: which ("the link").
    PrintAlone(&'static str),
    /// Write what stands here (the link, the receipt) into a file.
    WriteFile,
    /// Look the code up.
    Explain,
    /// Lift the exclusion.
    Lift,
    /// Include this kind of mailbox.
    IncludeKinds,
    /// Exclude the user.
    Exclude,
    /// Type words into the filter or the search.
    Filter,
    /// Empty the filter or the search.
    ClearFilter,
    /// Take the kind or the state that a word of the filter names.
    Narrow,
    /// Bring the ticks back that were cleared.
    RestoreTicks,
    /// Turn the ticked users on: through the bill.
    Review,
    /// Turn users off (Admin).
    TurnOff,
    /// Add a customer (Admin).
    AddCustomer,
    /// Sandbox: have the customer tell everything that the form asks for.
    FillIn,
    /// Put the mailboxes back on the list that was emptied.
    RestoreList,
    /// Add the domain of the address to the customer's mail domains.
    AddDomain,
    /// Back to the form, where this is to be set right.
    Mend(Detail),
    /// Something on our own side is to be mended; the lead runs [`Command::OUR_SIDE`].
    OurSide,
    /// Run this elsewhere: what for, behind "to".
    Run(Command, &'static str),
    /// Have a hoster run these lines, exact as they are. The last sentence of its phrase: the lines follow.
    HaveRun(Vec<Text>),
}

/// What of the access to a hoster's server is to be set right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Detail {
    /// The server's name.
    Server,
    /// The account and its password.
    SignIn,
}

impl Detail {
    /// It, as the end of a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Server => "the server's name",
            Self::SignIn => "the account and its password",
        }
    }
}

impl WayOn {
    /// The way on that a table in the assets names, with its purpose ("park: until the plan is known").
    #[must_use]
    pub fn named(words: &'static str) -> Option<Self> {
        let (name, purpose) = words.split_once(':').unwrap_or((words, ""));
        let purpose = purpose.trim();
        Some(match name.trim() {
            "again" if purpose.is_empty() => Self::Again("ask again"),
            "again" => Self::Again(purpose),
            "back" => Self::Back(purpose),
            "park" => Self::Park(purpose),
            "continue" => Self::Continue(purpose),
            "link" => Self::ShowLink,
            "hand-over" => Self::HandOver,
            "print" => Self::PrintAlone("the link"),
            "file" => Self::WriteFile,
            "explain" => Self::Explain,
            "our-side" => Self::OurSide,
            _ => return None,
        })
    }

    /// The way on as a sentence for a person who types words and Enter.
    #[must_use]
    pub fn for_lines(&self) -> Cow<'static, str> {
        match self {
            Self::Again(purpose) => format!("Type refresh to {purpose}.").into(),
            Self::Back("") => "The word back goes back.".into(),
            Self::Back(purpose) => format!("The word back goes back {purpose}.").into(),
            Self::Park("") => "The word park parks the run.".into(),
            Self::Park(purpose) => format!("The word park parks the run {purpose}.").into(),
            Self::Continue(purpose) => format!("Press Enter to {purpose}.").into(),
            Self::TakeOver(purpose) => format!("Type take over to {purpose}.").into(),
            Self::Leave => "Type quit to leave.".into(),
            Self::ShowLink => "Type authorise for the link.".into(),
            Self::OwnRight(purpose) => format!("Type own to {purpose}.").into(),
            Self::HandOver => "The words print and file hand the link over once more.".into(),
            Self::PrintAlone(what) => format!("Type print for {what} alone.").into(),
            Self::WriteFile => "Type file to write it into a file.".into(),
            Self::Explain => "Type explain for what it means.".into(),
            Self::Lift => "Type include and the number to lift the exclusion.".into(),
            Self::IncludeKinds => "Type kinds to include them.".into(),
            Self::Exclude => "Type exclude and the numbers to exclude users.".into(),
            Self::Filter => "Type the words to look for.".into(),
            Self::ClearFilter => "The word filter alone shows everybody again.".into(),
            Self::Narrow => "Type take for that.".into(),
            Self::RestoreTicks => "The word clear brings the ticks back.".into(),
            Self::Review => "Type review to turn them on.".into(),
            Self::TurnOff => "An Admin types turn off and the number to turn it off.".into(),
            Self::AddCustomer => "An Admin types new to add one.".into(),
            Self::FillIn => "Type play to fill them in.".into(),
            Self::RestoreList => "Type empty once more to bring them back.".into(),
            Self::AddDomain => "Add it to them, or type another address.".into(),
            Self::Mend(detail) => format!("Type back to mend {}.", detail.words()).into(),
            Self::OurSide => format!("Tell your lead: “{}” says how to mend it.", Command::OUR_SIDE).into(),
            Self::Run(command, purpose) => format!("Run {command} to {purpose}.").into(),
            Self::HaveRun(lines) => match lines.len() {
                1 => "Ask the hoster to run this line:".into(),
                2 => "Ask the hoster to run these two lines:".into(),
                _ => "Ask the hoster to run these lines:".into(),
            },
        }
    }

    /// The same for a command line: there is no key and no question there, and the same command goes on.
    #[must_use]
    pub fn for_commands(&self) -> Cow<'static, str> {
        match self {
            Self::Again(_) | Self::Continue(_) | Self::ShowLink => "Run the same command again.".into(),
            Self::HandOver | Self::PrintAlone(_) | Self::WriteFile => {
                "Send the link that was printed once more.".into()
            }
            Self::OwnRight(purpose) => format!("Give --agreed-by NAME to {purpose}.").into(),
            Self::Back("") => "Correct it, and run the same command again.".into(),
            Self::Back(purpose) => format!("Correct it {purpose}, and run the same command again.").into(),
            Self::Park("") => "The run is kept; the same command goes on with it.".into(),
            Self::Park(purpose) => {
                format!("The run is kept {purpose}; the same command goes on with it.").into()
            }
            Self::TakeOver(_) => "An Admin takes it over with --take-over REASON.".into(),
            Self::Leave => "Nothing is lost.".into(),
            Self::Explain => format!("The command {} looks the code up.", Command::Explain).into(),
            Self::Lift => "Lift the exclusion with --lift.".into(),
            Self::IncludeKinds => "Include the kind with --include-kind.".into(),
            Self::Exclude => "Exclude users with --exclude.".into(),
            Self::Filter | Self::ClearFilter | Self::Narrow => "Name the customer or the user whole.".into(),
            Self::RestoreTicks | Self::Review => "Name the users with --users.".into(),
            Self::TurnOff => "An Admin turns users off with --turn-off.".into(),
            Self::AddCustomer => format!("An Admin runs {} to add one.", Command::CustomersAdd).into(),
            Self::FillIn => "Give the details with their flags.".into(),
            Self::RestoreList => "Give the list again with --mailboxes.".into(),
            Self::AddDomain => "Add it with --mail-domain, or give another address.".into(),
            Self::Mend(detail) => format!("Mend {}, and run the same command again.", detail.words()).into(),
            Self::OurSide => format!("Tell your lead: “{}” says how to mend it.", Command::OUR_SIDE).into(),
            Self::Run(command, purpose) => format!("Run {command} to {purpose}.").into(),
            Self::HaveRun(lines) => {
                let lines: Vec<String> = lines.iter().map(|line| format!("“{line}”")).collect();
                format!("Ask the hoster to run {}.", lines.join(", then ")).into()
            }
        }
    }
}

/// What a correction of a customer's record comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Correction {
    /// No tenant on record: the wizard asks for it then, and takes a domain too.
    NoTenant,
    /// A product was sold.
    Products,
    /// Office 365 was sold, too.
    AlsoOffice365 {
        /// MPexchange stays.
        mpexchange: bool,
        /// Business365 stays.
        business365: bool,
    },
    /// The account is open.
    Open,
    /// So many seats were bought.
    Seats(u32),
}

impl Correction {
    /// The flag with its value.
    pub(super) fn words(self) -> Cow<'static, str> {
        match self {
            Self::NoTenant => "--tenant none".into(),
            Self::Products => "--products office365".into(),
            Self::AlsoOffice365 { mpexchange, business365 } => format!(
                "--products office365{}{}",
                if mpexchange { ",mpexchange" } else { "" },
                if business365 { ",business365" } else { "" }
            )
            .into(),
            Self::Open => "--active yes".into(),
            Self::Seats(bought) => format!("--seats {bought}").into(),
        }
    }
}

/// A command line of this program, as plain values: a test holds every one against the parser.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// Take a run up.
    TakeUp(RunId),
    /// List the customers.
    CustomersList,
    /// Show everything on record about one customer, runs too.
    CustomersShow,
    /// Add a customer.
    CustomersAdd,
    /// Correct a customer on record, by its reference or whole name.
    CustomersSet(Text, Correction),
    /// The history of a customer, by its reference.
    CustomersAudit(Text),
    /// Bring customers in from a file.
    CustomersImport,
    /// Bring the customers in that Microsoft lists.
    CustomersFromMicrosoft,
    /// Have the sweep run every evening.
    SweepInstall,
    /// One pass, as far as it is due.
    Sweep,
    /// Check settings, credentials and the record.
    SweepCheck,
    /// Check everything, and say how to mend it.
    Doctor,
    /// What became of the passes.
    SweepStatus,
    /// The receipt of a run again.
    Receipt(RunId),
    /// Take a list of so many users of a customer, by its reference, for the truth.
    SweepAcceptShorter(Text, u32),
    /// Take a computer that sweeps no more off the list.
    SweepForget(Text),
    /// Who works with the record.
    OperatorsList,
    /// Make an operator, by the name, an Admin.
    OperatorsSet(Text),
    /// Make the operator at the keyboard an Admin, because the record itself can be written.
    OperatorsRecover,
    /// Open a customer, by its reference, and a product for the link: nobody is chosen.
    TellLink(Text, Product),
    /// Look a code up.
    Explain,
    /// What is set, and where it came from.
    Settings,
    /// Sign in.
    Login,
    /// Sign in by a code.
    LoginByCode,
    /// Sign out.
    Logout,
    /// Set up what a partner needs before the first customer.
    Setup,
    /// Have them made by the program, in an administrator's name.
    SetupSignedIn,
    /// The same, signed in by a code.
    SetupByCode,
    /// List the users of every customer again, and see what was accepted.
    StatusRefresh,
    /// How every customer's consent stands.
    ConsentStatus,
    /// Who must accept again, with the links.
    ConsentRenew,
    /// The same about one customer, by its reference, with the text.
    ConsentRenewOf(Text),
    /// Mark that a customer, by its reference, was sent the link.
    ConsentSent(Text),
    /// Make the invitation of a run again.
    InvitationAnew(RunId),
    /// The keys on record, and what each opens.
    KeysList,
    /// Put a key on record under a name, and encrypt the passwords for it; without a key one that is there already.
    KeysAdd(Text, Option<PublicKey>),
    /// Put this computer's key on record under a name.
    KeysAddHere(Text),
    /// Give a move of the record up that was begun.
    RecordGiveUp,
    /// Look at the record, row by row.
    RecordCheck,
}

impl Command {
    /// What tells how our own side is to be mended.
    pub const OUR_SIDE: Self = Self::Doctor;

    /// One of each, for the test against the parser.
    #[must_use]
    pub fn all(run: RunId) -> Vec<Self> {
        vec![
            Self::TakeUp(run.clone()),
            Self::Receipt(run.clone()),
            Self::InvitationAnew(run),
            Self::Sweep,
            Self::SweepStatus,
            Self::CustomersList,
            Self::CustomersShow,
            Self::CustomersAdd,
            Self::CustomersSet("C-1001".into(), Correction::NoTenant),
            Self::CustomersSet("C-1001".into(), Correction::Products),
            Self::CustomersSet(
                "C-1001".into(),
                Correction::AlsoOffice365 { mpexchange: true, business365: true },
            ),
            Self::CustomersSet("C-1001".into(), Correction::Open),
            Self::CustomersSet("C-1001".into(), Correction::Seats(140)),
            Self::CustomersAudit("C-1001".into()),
            Self::CustomersImport,
            Self::CustomersFromMicrosoft,
            Self::SweepInstall,
            Self::SweepCheck,
            Self::Doctor,
            Self::SweepAcceptShorter("C-1001".into(), 980),
            Self::SweepForget("ops-2".into()),
            Self::OperatorsList,
            Self::OperatorsSet("jane".into()),
            Self::OperatorsRecover,
            Self::TellLink("C-1001".into(), Product::Office365),
            Self::Explain,
            Self::Settings,
            Self::Login,
            Self::LoginByCode,
            Self::Logout,
            Self::Setup,
            Self::SetupSignedIn,
            Self::SetupByCode,
            Self::StatusRefresh,
            Self::ConsentStatus,
            Self::ConsentRenew,
            Self::ConsentRenewOf("C-1001".into()),
            Self::ConsentSent("C-1001".into()),
            Self::KeysList,
            Self::KeysAdd("desk-2".into(), None),
            Self::KeysAddHere("desk-2".into()),
            Self::RecordGiveUp,
            Self::RecordCheck,
        ]
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("backup365 ")?;
        self.words(f)?;
        // These work without a world.
        if !matches!(
            self,
            Self::Explain | Self::Settings | Self::Setup | Self::SetupSignedIn | Self::SetupByCode
        ) {
            f.write_str(command_line::world())?;
        }
        if matches!(self, Self::TakeUp(_)) {
            f.write_str(command_line::lines())?;
        }
        Ok(())
    }
}

impl Command {
    /// What stands behind the program's name.
    pub(super) fn words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TakeUp(run) => write!(f, "--run {run}"),
            Self::CustomersList => f.write_str("customers list"),
            Self::CustomersShow => f.write_str("customers show REFERENCE"),
            Self::CustomersAdd => f.write_str("customers add"),
            Self::CustomersSet(customer, correction) => {
                write!(f, "customers set {} {}", quoted(customer.as_str()), correction.words())
            }
            Self::CustomersAudit(customer) => {
                write!(f, "customers show {} --audit", quoted(customer.as_str()))
            }
            Self::CustomersImport => f.write_str("customers import"),
            Self::CustomersFromMicrosoft => f.write_str("customers import --from-microsoft"),
            Self::SweepInstall => f.write_str("sweep --install"),
            Self::Sweep => f.write_str("sweep"),
            Self::SweepCheck => f.write_str("sweep --check"),
            Self::Doctor => f.write_str("doctor"),
            Self::SweepStatus => f.write_str("sweep --status"),
            Self::Receipt(run) => write!(f, "receipt {run}"),
            Self::SweepAcceptShorter(reference, count) if reference.as_str().contains(' ') => {
                write!(f, "sweep --accept-shorter \"{reference}={count}\"")
            }
            Self::SweepAcceptShorter(reference, count) => {
                write!(f, "sweep --accept-shorter {reference}={count}")
            }
            Self::SweepForget(host) => write!(f, "sweep --forget {}", quoted(host.as_str())),
            Self::OperatorsList => f.write_str("operators list"),
            Self::OperatorsSet(name) => write!(f, "operators set {} --admin", quoted(name.as_str())),
            Self::OperatorsRecover => f.write_str("operators set --recover"),
            Self::TellLink(reference, product) => {
                let reference = quoted(reference.as_str());
                write!(f, "provision {reference} --product {} --users none", product.word())
            }
            Self::Explain => f.write_str("explain"),
            Self::Settings => f.write_str("settings"),
            Self::Login => f.write_str("login"),
            Self::LoginByCode => f.write_str("login --device-code"),
            Self::Logout => f.write_str("logout"),
            Self::Setup => f.write_str("setup"),
            Self::SetupSignedIn => f.write_str("setup --signed-in"),
            Self::SetupByCode => f.write_str("setup --signed-in --device-code"),
            Self::StatusRefresh => f.write_str("status --refresh"),
            Self::ConsentStatus => f.write_str("consent status"),
            Self::ConsentRenew => f.write_str("consent renew"),
            Self::ConsentRenewOf(reference) => write!(f, "consent renew {}", quoted(reference.as_str())),
            Self::ConsentSent(reference) => {
                write!(f, "consent renew --sent {}", quoted(reference.as_str()))
            }
            Self::InvitationAnew(run) => write!(f, "invitation {run} --new"),
            Self::KeysList => f.write_str("keys list"),
            Self::KeysAdd(name, None) => write!(f, "keys add {}", quoted(name.as_str())),
            Self::KeysAdd(name, Some(key)) => write!(f, "keys add {} {key}", quoted(name.as_str())),
            Self::KeysAddHere(name) => write!(f, "keys add {} --this-computer", quoted(name.as_str())),
            Self::RecordGiveUp => f.write_str("record copy --give-up"),
            Self::RecordCheck => f.write_str("record check"),
        }
    }
}
