//! Words for a person, in parts: what this program says, names from outside, counts, commands, and ways on.
//!
//! A way on ("ask again", "park the run") has a key on the full screen, a word in lines, a flag or a command without a
//! screen: each front end has one table from [`WayOn`] to its own words and puts them in here. Nothing is ever searched
//! or replaced inside a part, so a customer who is called "Press Enter: Next" stays that.

use std::{borrow::Cow, fmt};

use super::{
    bill::grouped,
    command_line,
    customer::Product,
    flag::quoted,
    id::RunId,
    text::{Shown, Text},
};

/// Words in parts, in their order. Spaces between the parts stand in the parts.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Phrase(Vec<Segment>);

/// One part of a phrase.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Segment {
    /// Words of this program.
    Said(&'static str),
    /// A name, a value, or words that were made elsewhere: shown as they are.
    Name(Text),
    /// So many of something, in the right number: "1 user", "1,204 users".
    Count(u32, Noun),
    /// A command line, to be typed elsewhere.
    Command(Command),
    /// What can be done next, as a sentence of its own.
    Do(WayOn),
}

/// What is counted, in the singular and in the plural.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Noun {
    /// Somebody in the customer's directory.
    User,
    /// A place that is paid for.
    Seat,
    /// A mailbox of a hosted customer.
    Mailbox,
    /// A line of a list or a file.
    Line,
}

impl Noun {
    /// The word for this many.
    #[must_use]
    pub const fn word(self, count: u32) -> &'static str {
        match (self, count) {
            (Self::User, 1) => "user",
            (Self::User, _) => "users",
            (Self::Seat, 1) => "seat",
            (Self::Seat, _) => "seats",
            (Self::Mailbox, 1) => "mailbox",
            (Self::Mailbox, _) => "mailboxes",
            (Self::Line, 1) => "line",
            (Self::Line, _) => "lines",
        }
    }
}

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
    /// Leave the program.
    Leave,
    /// Show the link again.
    ShowLink,
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
            Self::Leave => "Type quit to leave.".into(),
            Self::ShowLink => "Type authorise for the link.".into(),
            Self::HandOver => "The words print and file hand the link over once more.".into(),
            Self::PrintAlone(what) => format!("Type print for {what} alone.").into(),
            Self::WriteFile => "Type file to write it into a file.".into(),
            Self::Explain => "Type explain and the code.".into(),
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
            Self::Back("") => "Correct it, and run the same command again.".into(),
            Self::Back(purpose) => format!("Correct it {purpose}, and run the same command again.").into(),
            Self::Park("") => "The run is kept; the same command goes on with it.".into(),
            Self::Park(purpose) => {
                format!("The run is kept {purpose}; the same command goes on with it.").into()
            }
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
    fn words(self) -> Cow<'static, str> {
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
    /// Have the sweep run every evening.
    SweepInstall,
    /// One pass, as far as it is due.
    Sweep,
    /// Check settings, credentials and the record.
    SweepCheck,
    /// What became of the passes.
    SweepStatus,
    /// The receipt of a run again.
    Receipt(RunId),
    /// Take a list of so many users of a customer, by its reference, for the truth.
    SweepAcceptShorter(Text, u32),
    /// Who works with the record.
    OperatorsList,
    /// Make an operator, by the name, an Admin.
    OperatorsSet(Text),
    /// Make the operator at the keyboard an Admin, because the record's file can be written.
    OperatorsRecover,
    /// Open a customer, by its reference, and a product for the link: nobody is chosen.
    TellLink(Text, Product),
    /// Look a code up.
    Explain,
    /// What is set, and where it came from.
    Settings,
}

impl Command {
    /// What tells how our own side is to be mended.
    pub const OUR_SIDE: Self = Self::SweepCheck;

    /// One of each, for the test against the parser.
    #[must_use]
    pub fn all(run: RunId) -> Vec<Self> {
        vec![
            Self::TakeUp(run.clone()),
            Self::Receipt(run),
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
            Self::SweepInstall,
            Self::SweepCheck,
            Self::SweepAcceptShorter("C-1001".into(), 980),
            Self::OperatorsList,
            Self::OperatorsSet("jane".into()),
            Self::OperatorsRecover,
            Self::TellLink("C-1001".into(), Product::Office365),
            Self::Explain,
            Self::Settings,
        ]
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("backup365 ")?;
        self.words(f)?;
        // These two work without a world.
        if !matches!(self, Self::Explain | Self::Settings) {
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
    fn words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
            Self::SweepInstall => f.write_str("sweep --install"),
            Self::Sweep => f.write_str("sweep"),
            Self::SweepCheck => f.write_str("sweep --check"),
            Self::SweepStatus => f.write_str("sweep --status"),
            Self::Receipt(run) => write!(f, "receipt {run}"),
            Self::SweepAcceptShorter(reference, count) if reference.as_str().contains(' ') => {
                write!(f, "sweep --accept-shorter \"{reference}={count}\"")
            }
            Self::SweepAcceptShorter(reference, count) => {
                write!(f, "sweep --accept-shorter {reference}={count}")
            }
            Self::OperatorsList => f.write_str("operators list"),
            Self::OperatorsSet(name) => write!(f, "operators set {} --admin", quoted(name.as_str())),
            Self::OperatorsRecover => f.write_str("operators set --recover"),
            Self::TellLink(reference, product) => {
                let reference = quoted(reference.as_str());
                write!(f, "provision {reference} --product {} --users none", product.word())
            }
            Self::Explain => f.write_str("explain"),
            Self::Settings => f.write_str("settings"),
        }
    }
}

impl Phrase {
    /// The parts, in their order.
    #[must_use]
    pub const fn of(parts: Vec<Segment>) -> Self {
        Self(parts)
    }

    /// A sentence of a table in the assets: `{way}` or `{way: purpose}` stands for a way on. What is no way on stays as
    /// it is, braces included; a test reads the tables.
    #[must_use]
    pub fn template(words: &'static str) -> Self {
        let mut parts = Vec::new();
        let mut rest = words;
        while let Some((before, behind)) = rest.split_once('{') {
            let Some((name, after)) = behind.split_once('}') else { break };
            let Some(way) = WayOn::named(name) else { break };
            if !before.is_empty() {
                parts.push(Segment::Said(before));
            }
            parts.push(Segment::Do(way));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Segment::Said(rest));
        }
        Self(parts)
    }

    /// The parts.
    #[must_use]
    pub fn parts(&self) -> &[Segment] {
        &self.0
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|part| match part {
            Segment::Said(words) => words.is_empty(),
            Segment::Name(words) => words.is_empty(),
            _ => false,
        })
    }

    /// With another phrase directly behind it.
    #[must_use]
    pub fn with(mut self, more: impl Into<Self>) -> Self {
        let more: Self = more.into();
        self.0.extend(more.0);
        self
    }

    /// With another phrase behind it, a space between them where both say something.
    #[must_use]
    pub fn then(mut self, more: impl Into<Self>) -> Self {
        let more: Self = more.into();
        if !self.is_empty() && !more.is_empty() {
            self.0.push(Segment::Said(" "));
        }
        self.0.extend(more.0);
        self
    }

    /// The same with another phrase behind it; where lines follow that a hoster is to run, in front of the words that
    /// announce them.
    #[must_use]
    pub fn before_lines(mut self, more: impl Into<Self>) -> Self {
        match self.0.pop() {
            Some(Segment::Do(run @ WayOn::HaveRun(_))) => {
                // The space between the two stands there already.
                self.0.extend(more.into().0);
                self.then(run)
            }
            last => {
                self.0.extend(last);
                self.then(more)
            }
        }
    }

    /// All of it, with the ways on in the words of `way` and this program's own words through `said`.
    #[must_use]
    pub fn spoken<'w>(
        &self,
        way: impl Fn(&WayOn) -> Cow<'w, str>,
        said: impl Fn(&'static str) -> Cow<'static, str>,
    ) -> Text {
        let mut words = String::new();
        let mut parts = self.0.as_slice();
        while let [part, behind @ ..] = parts {
            parts = behind;
            match part {
                Segment::Said(own) => words.push_str(&said(own)),
                Segment::Name(name) => words.push_str(name.as_str()),
                Segment::Count(count, noun) => {
                    words.push_str(&grouped(*count));
                    words.push(' ');
                    words.push_str(noun.word(*count));
                }
                // A command is copied with all that touches it: no full stop does, and other signs stand outside quotes.
                Segment::Command(command) => match behind {
                    [Segment::Said(".")] => {
                        words.push_str(&command.to_string());
                        parts = &[];
                    }
                    [Segment::Said(own), ..] if own.starts_with(['.', ',', ';', ':', ')']) => {
                        words.extend(["“", &command.to_string(), "”"]);
                    }
                    _ => words.push_str(&command.to_string()),
                },
                Segment::Do(next) => words.push_str(&way(next)),
            }
        }
        Text::clean(&words)
    }

    /// All of it, with the ways on in the words of `way`.
    #[must_use]
    pub fn in_words<'w>(&self, way: impl Fn(&WayOn) -> Cow<'w, str>) -> Text {
        match self.0.as_slice() {
            [] => Text::default(),
            // The usual case, and nothing to put together.
            [Segment::Name(name)] => name.clone(),
            [Segment::Said(own)] => Text::from(*own),
            _ => self.spoken(way, Cow::Borrowed),
        }
    }

    /// All of it for a command line, a receipt, a log.
    #[must_use]
    pub fn for_commands(&self) -> Text {
        self.in_words(WayOn::for_commands)
    }
}

impl fmt::Debug for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.for_commands(), f)
    }
}

impl From<&'static str> for Segment {
    fn from(words: &'static str) -> Self {
        Self::Said(words)
    }
}

impl From<Text> for Segment {
    fn from(words: Text) -> Self {
        Self::Name(words)
    }
}

impl From<&Text> for Segment {
    fn from(words: &Text) -> Self {
        Self::Name(words.clone())
    }
}

impl From<Shown<'_>> for Segment {
    fn from(words: Shown<'_>) -> Self {
        Self::Name(words.to_text())
    }
}

impl From<fmt::Arguments<'_>> for Segment {
    fn from(words: fmt::Arguments<'_>) -> Self {
        Self::Name(Text::of(words))
    }
}

impl From<u32> for Segment {
    /// A number as people read it.
    fn from(number: u32) -> Self {
        Self::Name(Text::clean(&grouped(number)))
    }
}

impl From<(u32, Noun)> for Segment {
    fn from((count, noun): (u32, Noun)) -> Self {
        Self::Count(count, noun)
    }
}

impl From<Command> for Segment {
    fn from(command: Command) -> Self {
        Self::Command(command)
    }
}

impl From<WayOn> for Segment {
    fn from(way: WayOn) -> Self {
        Self::Do(way)
    }
}

impl<T: Into<Segment>> From<T> for Phrase {
    fn from(part: T) -> Self {
        Self(vec![part.into()])
    }
}

/// Puts a phrase together: `phrase!["Nothing was saved. ", WayOn::Again("ask again")]`. Parts are literals, names
/// ([`Text`]), numbers, `(count, Noun)`, `format_args!`, commands and ways on.
macro_rules! phrase {
    ($($part:expr),* $(,)?) => {
        $crate::domain::phrase::Phrase::of(vec![$($crate::domain::phrase::Segment::from($part)),*])
    };
}
pub(crate) use phrase;

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(way: &WayOn) -> Cow<'static, str> {
        match way {
            WayOn::Again(purpose) => format!("Press r to {purpose}.").into(),
            WayOn::Park(_) => "Press p.".into(),
            way => way.for_commands(),
        }
    }

    #[test]
    fn a_name_is_never_searched_for_ways_on() {
        let name = Text::from("Wellington Press: Print · Press r");
        let words = phrase!["Nothing was saved for ", &name, ". ", WayOn::Again("ask again")];
        let spoken = words.spoken(keys, |own| own.replace(" · ", ", ").into());
        assert_eq!(
            spoken.as_str(),
            "Nothing was saved for Wellington Press: Print · Press r. Press r to ask again."
        );
        assert!(words.for_commands().as_str().ends_with("Run the same command again."));
    }

    #[test]
    fn counts_take_their_number() {
        assert_eq!(
            phrase![(1, Noun::User), " of ", (1_204, Noun::Seat)].for_commands().as_str(),
            "1 user of 1,204 seats"
        );
    }

    #[test]
    fn nothing_touches_a_command_that_would_be_copied_with_it() {
        let run = || phrase!["An Admin runs: ", Command::SweepCheck, "."];
        let said = |words: Phrase| words.for_commands().to_string();
        assert_eq!(said(run()), "An Admin runs: backup365 sweep --check");
        assert_eq!(said(run().then("Then ask.")), "An Admin runs: “backup365 sweep --check”. Then ask.");
        assert_eq!(said(phrase!["See ", Command::Sweep, " first."]), "See backup365 sweep first.");
        for way in
            [WayOn::Explain, WayOn::AddCustomer, WayOn::OurSide, WayOn::Run(Command::Sweep, "see more")]
        {
            for words in [way.for_lines(), way.for_commands()] {
                let is_glued = Command::all("B365-7KQ4".parse().unwrap())
                    .iter()
                    .any(|command| words.contains(&format!("{command}.")));
                assert!(!is_glued, "{words}");
            }
        }
    }

    #[test]
    fn a_template_names_ways_on() {
        let words = Phrase::template("Wait a minute. {again} {park: until it is paid} Then go on.");
        assert_eq!(
            words.in_words(keys).as_str(),
            "Wait a minute. Press r to ask again. Press p. Then go on."
        );
        assert_eq!(Phrase::template("a {b} c").for_commands().as_str(), "a {b} c");
        assert!(Phrase::template("").is_empty());
    }

    #[test]
    fn phrases_join_with_one_space() {
        let both = Phrase::from("One.").then("Two.");
        assert_eq!(both.for_commands().as_str(), "One. Two.");
        assert_eq!(Phrase::default().then("Two.").for_commands().as_str(), "Two.");
    }
}
