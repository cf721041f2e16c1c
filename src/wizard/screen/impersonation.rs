//! Screen: access to hosted Exchange. Comes on while no impersonation details are on record, or the key to them is lost.
//!
//! One form for both hosted products of a customer; details that were saved for the other one stand in it already. The
//! password is never shown; an empty field keeps the saved one.

mod mailboxes;

use crate::{
    domain::{
        customer::{Impersonation as Details, Listing},
        exchange_server,
        failure::Failure,
        id::Address,
        run::RunRecord,
        secret::Secret,
        tenant_input::TenantInput,
        text::Text,
    },
    wizard::{
        Cx, Look,
        effect::{CallId, Request},
        event::{Action, Intent, Reply},
        part::{
            field::Field,
            form::{Control, Form, Heard},
            wait::{self, Wait},
        },
        screen::{Scene, Screen, authorise::Authorise},
        step::Step,
        view::{Block, Card, Chord, FieldView, Key, Notice, Panel, Tone, field},
        words,
    },
};

use mailboxes::Mailboxes;
#[cfg(any(test, fuzzing))]
pub(crate) use mailboxes::address_list;

/// The controls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    Sample,
    Server,
    Discover,
    Account,
    Password,
    Domains,
    Listing,
    List,
    Empty,
    Save,
    Continue,
    Back,
}

/// Where the list of mailboxes comes from, in the order of the choice.
const LISTINGS: &[&str] = &["a list that you paste", "the server's directory"];

/// Index of the directory in [`LISTINGS`].
const DIRECTORY: usize = 1;

/// The controls that are checked before saving, in the order of the form.
const CHECKED: [Name; 6] =
    [Name::Sample, Name::Server, Name::Account, Name::Password, Name::Domains, Name::List];

/// The screen's own state.
#[derive(Debug)]
pub(crate) struct Impersonation {
    form: Form<Name>,
    mailboxes: Mailboxes,
    /// The saved password, kept when the field stays empty.
    kept: Option<Secret<String>>,
    is_key_lost: bool,
    is_enabled: bool,
    left: Vec<Name>,
    finding: Option<Wait>,
    saving: Option<Wait>,
    failure: Option<Failure>,
    /// The question to the played customer that is out.
    asking: Option<CallId>,
}

impl Impersonation {
    /// For a run whose product is hosted; details on record stand in the form.
    pub(crate) fn new(record: &RunRecord) -> Self {
        let saved = record.impersonation.as_ref();
        let domains = saved.map_or_else(
            || record.customer.domain.to_string(),
            |d| d.domains.iter().map(Text::as_str).collect::<Vec<_>>().join(", "),
        );
        let kept = saved
            .map(|d| d.password.clone())
            .filter(|password| !record.is_key_lost && !password.expose().is_empty());
        let text = |of: fn(&Details) -> &str| saved.map(of).unwrap_or_default();
        let password_hint =
            if kept.is_some() { "saved; leave it empty to keep it" } else { "it is never shown" };
        let listing = match saved.map(|d| &d.listing) {
            Some(Listing::Directory) => DIRECTORY,
            _ => 0,
        };
        let password =
            Control::Field { label: field::PASSWORD, hint: password_hint.into(), field: Field::masked() };
        let mut controls = vec![
            (
                Name::Sample,
                Control::field(field::SAMPLE, "one address of the customer", text(|d| d.sample.as_str())),
            ),
            (
                Name::Server,
                Control::field(
                    field::SERVER,
                    "like mail.hoster.example, or let it be found",
                    text(|d| d.server.as_str()),
                ),
            ),
            (Name::Discover, Control::button("Find the server", Action::Discover)),
            (
                Name::Account,
                Control::field(
                    field::ACCOUNT,
                    "the service account, user@domain or DOMAIN\\user",
                    text(|d| d.account.as_str()),
                ),
            ),
            (Name::Password, password),
            (
                Name::Domains,
                Control::field(field::DOMAINS, "of this customer; commas between them", &domains),
            ),
            (Name::Listing, Control::choice("Mailboxes come from", LISTINGS, listing)),
            (
                Name::List,
                Control::field(field::LIST, "paste all addresses here, or type one and press Enter", ""),
            ),
            (Name::Empty, Control::button("Empty the list", Action::Clear)),
            (Name::Save, Control::button("Save", Action::Save)),
        ];
        if record.enabled.is_some() {
            controls.push((Name::Continue, Control::button("Continue", Action::Confirm)));
        }
        controls.push((Name::Back, Control::button("Back", Action::Back)));
        let given = match saved.map(|d| &d.listing) {
            Some(Listing::Given(addresses)) => addresses.as_slice(),
            _ => &[],
        };
        let mut screen = Self {
            form: Form::new(controls),
            mailboxes: Mailboxes::saved(given),
            kept,
            is_key_lost: record.is_key_lost,
            is_enabled: record.enabled.is_some(),
            left: Vec::new(),
            finding: None,
            saving: None,
            failure: None,
            asking: None,
        };
        if screen.is_key_lost && saved.is_some() {
            screen.form.focus_on(Name::Password);
        }
        screen.show_list();
        screen
    }

    /// Goes off.
    pub(crate) fn leave(&mut self, cx: &mut Cx<'_>) {
        cx.calls.cancel_taken(&mut self.asking);
        Wait::cancel(&mut self.finding, cx);
        Wait::cancel(&mut self.saving, cx);
    }

    /// Handles what a person asks.
    pub(crate) fn intent(&mut self, cx: &mut Cx<'_>, intent: Intent) -> Step {
        if self.form.focused() == Some(Name::List) && self.in_list(cx, &intent) {
            return Step::Stay;
        }
        match self.form.intent(intent) {
            Heard::Changed(Name::Listing) => self.show_list(),
            Heard::Changed(name) => self.changed(cx, name),
            Heard::Left(name) => self.left.push(name),
            Heard::NotMine(Intent::Act(Action::Rehearse)) => self.ask(cx),
            Heard::Pressed(Action::Discover) => self.find(cx),
            Heard::Pressed(Action::Save) => self.save(cx),
            Heard::Pressed(Action::Confirm) if self.is_enabled && !self.is_key_lost => {
                return Step::Next(Box::new(Screen::Authorise(Authorise::default())));
            }
            Heard::Pressed(Action::Clear) => {
                self.mailboxes = Mailboxes::default();
                self.form.focus_on(Name::List);
                self.show_list();
            }
            Heard::NotMine(Intent::Act(Action::Import)) => {
                self.form.choose(Name::Listing, 0);
                self.show_list();
                self.form.focus_on(Name::List);
            }
            Heard::Paste => cx
                .say(Tone::Plain, "Nothing was pasted. Go to a field first: / is the first one, i the list."),
            Heard::Back => return Step::Back,
            _ => {}
        }
        Step::Stay
    }

    /// Handles a reply.
    pub(crate) fn reply(&mut self, cx: &mut Cx<'_>, call: CallId, reply: Reply) -> Step {
        if self.asking == Some(call) {
            self.asking = None;
            match reply {
                Reply::Details(details) => self.told(cx, &details),
                Reply::Failed(failure) => self.failure = Some(failure),
                _ => {}
            }
        } else if Wait::ends(&mut self.finding, call) {
            match reply {
                Reply::Server(server) => self.found(cx, &server),
                Reply::Failed(failure) => self.failure = Some(failure),
                _ => {}
            }
        } else if Wait::ends(&mut self.saving, call) {
            match reply {
                Reply::Run(record) => return Step::Open(record),
                Reply::Failed(failure) => self.failure = Some(failure),
                _ => {}
            }
        }
        Step::Stay
    }

    /// What it shows.
    pub(crate) fn view<'a>(&'a self, look: Look<'a>) -> Scene<'a> {
        let customer = look.session.record.as_ref().map(|r| r.customer.name.clone()).unwrap_or_default();
        let wait = self.saving.as_ref().or(self.finding.as_ref());
        let mut blocks = Vec::new();
        if self.is_key_lost {
            blocks.push(Block::Strong(Text::from(
                "The key file is gone, so the saved password can't be read. Enter it again. Seats and rules are kept.",
            )));
        }
        if let Some(failure) = &self.failure {
            blocks.push(Block::Failure(failure.clone()));
        }
        let problem = |name| self.problem(name).filter(|_| self.left.contains(&name));
        blocks.extend(self.form.blocks(problem, |action| self.is_open(action)).into_iter().map(taking_lists));
        if self.form.chosen(Name::Listing) == DIRECTORY {
            blocks.push(Block::Para(Text::from(
                "People who are hidden from the address list are missing from a directory search. A pasted list is surer.",
            )));
        } else {
            blocks.push(Block::Para(self.mailboxes.counts(&self.domains().0)));
            blocks.extend(self.mailboxes.bad_lines().map(Block::Strong));
        }
        Scene {
            panel: Panel {
                heading: Text::of(format_args!("How do we reach the mailboxes of {customer}?")),
                blocks,
            },
            overlay: None,
            notice: wait.map(|wait| wait.notice(look.now)).or_else(|| {
                let is_asked = look.setup.rehearsal && self.form.text(Name::Account).is_empty();
                let words = "Sandbox: Ctrl-Y fills in what this customer would tell you.";
                is_asked.then(|| Notice { tone: Tone::Plain, words: words.into() })
            }),
            keys: self.keys(look.setup.rehearsal),
            focus: self.form.focus(),
            next_change: wait.map(|wait| wait.next_change(look.now)),
        }
    }

    /// Whether what was asked for is on its way.
    pub(crate) const fn is_waiting(&self) -> bool {
        self.finding.is_some() || self.saving.is_some() || self.asking.is_some()
    }

    /// What to say.
    pub(crate) fn card() -> Card {
        Card {
            say: Text::from(
                "We need the name of your mail server and a service account that may open your mailboxes. Your hosting company can give you both.",
            ),
            sees: Text::from(
                "The hosting company's letter or control panel with the server's name and the service account.",
            ),
            wrong: vec![
                (
                    Text::from("The web-mail page (its address ends in /owa)"),
                    Text::from(
                        "That's the right server. Read me the name between https:// and the next stroke.",
                    ),
                ),
                (
                    Text::from("Outlook.com or the Office 365 page"),
                    Text::from(
                        "Then your mail is in Microsoft's cloud. We'll take the Office 365 way instead.",
                    ),
                ),
                (
                    Text::from("The control panel asks for an administrator"),
                    Text::from(
                        "Please ask your hosting company for a service account with the role ApplicationImpersonation.",
                    ),
                ),
            ],
        }
    }

    /// What is special about the list field: a paste is many lines, Enter adds. Says whether it was that.
    fn in_list(&mut self, cx: &mut Cx<'_>, intent: &Intent) -> bool {
        let text = match intent {
            Intent::Paste(text) => text.clone(),
            Intent::Submit if !self.form.text(Name::List).trim().is_empty() => {
                self.form.text(Name::List).to_owned()
            }
            _ => return false,
        };
        let new = self.mailboxes.take(&text);
        if *intent == Intent::Submit && !self.mailboxes.has_bad_lines() {
            self.clear_list_field();
        }
        self.left.retain(|left| *left != Name::List);
        // The line of state is always in sight; what stands below the form may not be.
        let (tone, bad) = match self.mailboxes.bad_lines() {
            Some(bad) => (Tone::Warn, format!(" {bad}")),
            None => (Tone::Plain, String::new()),
        };
        let counts = self.mailboxes.counts(&self.domains().0);
        cx.say(tone, Text::of(format_args!("{new} new. {counts}{bad}")));
        self.show_list();
        true
    }

    fn clear_list_field(&mut self) {
        if let Some(field) = self.form.field_mut(Name::List) {
            field.clear();
        }
    }

    fn changed(&mut self, cx: &mut Cx<'_>, name: Name) {
        self.failure = None;
        self.left.retain(|left| *left != name);
        if matches!(name, Name::Sample | Name::Server) {
            Wait::cancel(&mut self.finding, cx);
        }
    }

    /// Shows the list field only where a list is pasted, and the button that empties it only where there is one.
    fn show_list(&mut self) {
        let is_directory = self.form.chosen(Name::Listing) == DIRECTORY;
        self.form.hide(Name::List, is_directory);
        self.form.hide(Name::Empty, is_directory || self.mailboxes.addresses().is_empty());
    }

    fn find(&mut self, cx: &mut Cx<'_>) {
        if self.finding.is_some() {
            return;
        }
        if let Some(sample) = self.sample() {
            self.failure = None;
            self.finding = Some(Wait::start(cx, Request::Discover(sample), wait::SERVER));
        } else {
            self.left.push(Name::Sample);
            self.form.focus_on(Name::Sample);
            cx.say(Tone::Warn, "Type a mailbox to try first: the server is found by its domain.");
        }
    }

    fn found(&mut self, cx: &mut Cx<'_>, server: &Text) {
        if let Some(field) = self.form.field_mut(Name::Server) {
            field.set(server.as_str());
        }
        self.left.push(Name::Server);
        match exchange_server::normalise(server.as_str()) {
            Ok(_) => cx.say(
                Tone::Good,
                Text::of(format_args!("The server was found: {server}. Check it before you save.")),
            ),
            Err(error) => cx.say(Tone::Warn, Text::of(format_args!("{error}"))),
        }
    }

    /// Asks the played customer for what a real one would say on the phone.
    fn ask(&mut self, cx: &mut Cx<'_>) {
        let domain = cx.session.record.as_ref().map(|record| record.customer.domain.clone());
        if let Some(domain) = domain.filter(|_| cx.setup.rehearsal && self.asking.is_none()) {
            self.failure = None;
            self.asking = Some(cx.calls.start(Request::AskDetails(domain)));
        }
    }

    /// Fills in what the customer told; nothing is saved by that.
    fn told(&mut self, cx: &mut Cx<'_>, details: &Details) {
        let told = [
            (Name::Sample, details.sample.as_str()),
            (Name::Server, details.server.as_str()),
            (Name::Account, details.account.as_str()),
            (Name::Password, details.password.expose().as_str()),
        ];
        for (name, words) in told {
            if let Some(field) = self.form.field_mut(name) {
                field.set(words);
            }
        }
        self.form.choose(Name::Listing, DIRECTORY);
        self.show_list();
        self.form.focus_on(Name::Save);
        cx.say(Tone::Good, "The customer has told you everything. Check it, then press Save.");
    }

    fn is_open(&self, action: Action) -> bool {
        match action {
            Action::Save => self.saving.is_none(),
            Action::Discover => self.finding.is_none() && self.sample().is_some(),
            Action::Confirm => !self.is_key_lost,
            _ => true,
        }
    }

    fn save(&mut self, cx: &mut Cx<'_>) {
        if self.saving.is_some() || !cx.may_write() {
            return;
        }
        self.left = CHECKED.to_vec();
        if let Some((name, problem)) = CHECKED.into_iter().find_map(|name| Some((name, self.problem(name)?)))
        {
            self.form.focus_on(name);
            cx.say(Tone::Warn, problem);
            return;
        }
        let run = cx.session.record.as_ref().map(|record| record.id.clone());
        if let (Some(run), Some(details)) = (run, self.details()) {
            self.failure = None;
            let request = Request::SaveImpersonation(run, Box::new(details));
            self.saving = Some(Wait::start(cx, request, wait::RECORD));
        }
    }

    fn sample(&self) -> Option<Address> {
        self.form.text(Name::Sample).parse().ok()
    }

    /// The mail domains that were understood, and what was not.
    fn domains(&self) -> (Vec<Text>, Vec<Text>) {
        let mut good = Vec::new();
        let mut bad = Vec::new();
        let parts =
            self.form.text(Name::Domains).split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
        for part in parts.filter(|part| !part.is_empty()) {
            match TenantInput::parse(part.trim_start_matches('@')) {
                Ok(TenantInput::Domain(domain)) => good.push(Text::clean(&domain)),
                _ => bad.push(Text::clean(part)),
            }
        }
        good.sort();
        good.dedup();
        (good, bad)
    }

    fn details(&self) -> Option<Details> {
        let listing = if self.form.chosen(Name::Listing) == DIRECTORY {
            Listing::Directory
        } else {
            Listing::Given(self.mailboxes.addresses().to_vec())
        };
        Some(Details {
            server: exchange_server::normalise(self.form.text(Name::Server)).ok()?,
            account: Text::clean(self.form.text(Name::Account)),
            password: self.password()?,
            sample: self.sample()?,
            domains: self.domains().0,
            listing,
        })
    }

    fn password(&self) -> Option<Secret<String>> {
        self.form.field(Name::Password).and_then(Field::secret).or_else(|| self.kept.clone())
    }

    /// What is wrong with a control, as a sentence.
    fn problem(&self, name: Name) -> Option<Text> {
        let is_given = self.form.chosen(Name::Listing) != DIRECTORY;
        match name {
            Name::Sample => match self.sample() {
                None => Some(Text::from("Type one e-mail address of the customer.")),
                Some(sample) if exchange_server::is_exchange_online(&sample.domain()) => {
                    Some(Text::of(format_args!("{}", exchange_server::ServerError::ExchangeOnline)))
                }
                Some(sample) => {
                    let (domains, _) = self.domains();
                    let is_theirs = domains.iter().any(|domain| domain.as_str() == sample.domain());
                    (!domains.is_empty() && !is_theirs).then(|| {
                        Text::of(format_args!(
                            "{} is not one of the customer's mail domains below.",
                            sample.domain()
                        ))
                    })
                }
            },
            Name::Server => exchange_server::normalise(self.form.text(Name::Server))
                .err()
                .map(|error| Text::of(format_args!("{error}"))),
            Name::Account if self.form.text(Name::Account).trim().is_empty() => {
                Some(Text::from("Type the service account."))
            }
            Name::Password if self.password().is_none() => Some(Text::from("Type the account's password.")),
            Name::Domains => match self.domains() {
                (_, bad) if !bad.is_empty() => {
                    let bad: Vec<&str> = bad.iter().map(Text::as_str).collect();
                    Some(Text::clean(&format!("No mail domain: {}.", bad.join(", "))))
                }
                (good, _) if good.is_empty() => {
                    Some(Text::from("Type the customer's mail domain, like bakery.example."))
                }
                _ => None,
            },
            Name::List if is_given && self.mailboxes.addresses().is_empty() => Some(Text::from(
                "Paste the addresses of the mailboxes, or choose the server's directory above.",
            )),
            _ => None,
        }
    }

    fn keys(&self, rehearsal: bool) -> Vec<Key> {
        let mut keys = self.form.keys();
        if rehearsal {
            let help = "Fills in what this customer would tell you on the phone.";
            keys.push(words::key(Chord::Ctrl('y'), Action::Rehearse, "fill in", help));
        }
        if self.form.focus() != crate::wizard::view::Focus::Field {
            if rehearsal {
                // Not every terminal hands Ctrl-Y on.
                let help = "Fills in what this customer would tell you, too.";
                keys.push(words::key(Chord::Char('w'), Action::Rehearse, "play", help));
            }
            keys.extend([
                words::key(
                    Chord::Char('d'),
                    Action::Discover,
                    "find",
                    "Finds the server by the mailbox's domain.",
                ),
                words::key(
                    Chord::Char('i'),
                    Action::Import,
                    "list",
                    "Into the list of mailboxes, to paste it.",
                ),
            ]);
        }
        keys
    }
}

/// The list field says that it takes many lines.
fn taking_lists(block: Block<'_>) -> Block<'_> {
    match block {
        Block::Field(field) if field.label == field::LIST => {
            Block::Field(FieldView { takes_lines: true, ..field })
        }
        block => block,
    }
}
