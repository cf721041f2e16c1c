//! Screen: access to hosted Exchange. Comes on while no impersonation details are on record, or the key to them is lost.
//!
//! One form for both hosted products of a customer; details that were saved for the other one stand in it already. The
//! password is never shown; an empty field keeps the saved one.

mod fields;

use self::fields::{controls, saved_password, to_office};
use crate::{
    domain::{
        card::{Card, CardId, Party},
        customer::{Impersonation as Details, Listing},
        doubt::Accepts,
        exchange_server::{self, FoundBy, FoundServer},
        failure::Failure,
        form_draft::FormDraft,
        hoster_lines,
        id::Address,
        mailboxes::Mailboxes,
        phrase::{Detail, Noun, WayOn, phrase},
        run::RunRecord,
        secret::Secret,
        tenant_input::TenantInput,
        text::Text,
    },
    wizard::{
        answer::{Action, FieldId, Given, Value},
        ask::{QuestionId, Shape, Spot},
        context::{UpdateCx, ViewCx},
        part::{
            field::Field,
            form::Form,
            wait::{self, Wait},
        },
        pending::{self, Arrival, Pending},
        screen::{Scene, Screen, authorise::Authorise, guarded::GuardedSave, kept, step::Step},
        view::{Block, Fact, FactId, FieldView, Notice, Offer, Tone},
    },
};

/// Where the list of mailboxes comes from, in the order of the choice.
const LISTINGS: &[&str] = &["a list that you paste", "the server's directory"];

/// Index of the directory in [`LISTINGS`].
const DIRECTORY: usize = 1;

/// The name under which the list is kept while the form is not saved.
const KEPT_LIST: &str = "list";

/// The names under which it is kept how the server was found.
const KEPT_FOUND: [(&str, FoundBy); 3] =
    [("found_open", FoundBy::OpenRedirect), ("found_dns", FoundBy::Dns), ("found", FoundBy::Autodiscover)];

/// Said where the record holds something else than the form.
const UNSAVED: &str = "What you changed is not saved. Save it; Continue is open while nothing is changed.";

/// The screen's own state.
#[derive(Debug, Default)]
pub(crate) struct Impersonation {
    form: Form,
    mailboxes: Mailboxes,
    /// The list that was emptied, until another one begins.
    emptied: Option<Mailboxes>,
    /// What Autodiscover found, until another server is typed.
    found: Option<FoundServer>,
    /// The form as it is on record.
    on_record: FormDraft,
    finding: Wait<FoundServer>,
    saving: GuardedSave<Box<RunRecord>>,
    failure: Option<Failure>,
    /// The question to the played customer that is out.
    asking: Pending<Box<Details>>,
}

impl Impersonation {
    /// For a run whose product is hosted; what is on record, or was typed before, stands in the form.
    pub(crate) fn new(record: &RunRecord) -> Self {
        let saved = record.impersonation.as_ref();
        let given = match saved.map(|d| &d.listing) {
            Some(Listing::Given(addresses)) => addresses.as_slice(),
            _ => &[],
        };
        let mut screen =
            Self { form: Form::new(controls(record)), mailboxes: Mailboxes::saved(given), ..Self::default() };
        screen.on_record = screen.draft();
        screen.form.take_up(&record.form);
        screen.found = KEPT_FOUND.into_iter().find_map(|(name, by)| {
            let address = Text::clean(record.form.get(name)?);
            Some(FoundServer { address, by })
        });
        if let Some(list) = record.form.get(KEPT_LIST) {
            screen.mailboxes = Mailboxes::default();
            screen.mailboxes.take(list);
        }
        if record.is_key_lost && saved.is_some() {
            screen.form.focus_on(Spot::Field(FieldId::Password));
        }
        screen.show_list();
        screen
    }
}

impl Screen for Impersonation {
    /// What the server refused a moment ago is what is to be typed again.
    fn enter(&mut self, cx: &mut UpdateCx<'_>) {
        let (id, words) = match cx.session.proving.refused_detail() {
            Some(Detail::SignIn) => {
                (FieldId::Password, "refused; type it again, or leave it empty to try the saved one")
            }
            Some(Detail::Server) => {
                (FieldId::Server, "did not answer as it should; check it, or let it be found")
            }
            None => return,
        };
        self.form.hint(id, words);
        self.form.focus_on(Spot::Field(id));
    }

    fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        self.saving.leave(cx);
        self.asking.cancel(cx.calls);
        self.finding.cancel(cx);
    }

    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        if self.saving.is_asked() {
            if let Some(accepts) = self.saving.answer(cx, &given) {
                self.send(cx, accepts);
            }
            if !self.saving.is_asked() {
                // No: they are to be given otherwise.
                self.form.focus_on(Spot::Field(FieldId::Domains));
            }
            return Step::Stay;
        }
        if matches!(given, Given::Fill(FieldId::Server, _)) {
            // Whoever types it, be it the same, has named it.
            self.found = None;
        }
        match given {
            Given::Fill(FieldId::Mailboxes, Value::Lines(lines)) => self.add(cx, &lines, false),
            Given::Settle(FieldId::Mailboxes) if !self.form.text(FieldId::Mailboxes).trim().is_empty() => {
                let typed = self.form.text(FieldId::Mailboxes).to_owned();
                self.add(cx, &typed, true);
            }
            Given::Fill(id, value) if self.form.fill(id, &value) => self.changed(cx, id),
            Given::Settle(id) => self.form.settle(id),
            Given::Do(Action::Rehearse) => self.ask(cx),
            Given::Do(Action::Discover) => self.find(cx),
            Given::Submit => self.save(cx),
            Given::Do(Action::Continue) if self.is_open(cx.look(), Action::Continue) => {
                return Step::Next(Box::<Authorise>::default());
            }
            Given::Do(Action::Continue) if self.is_changed() => cx.say(Tone::Warn, UNSAVED),
            Given::Do(Action::EmptyList) => self.empty_or_restore(cx),
            Given::Back => return Step::Back,
            _ => {}
        }
        Step::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step {
        if let Some(details) = kept(&mut self.failure, self.asking.take(arrival)) {
            self.told(cx, &details);
        } else if let Some(found) = self.finding.take(arrival) {
            let found = found.map_err(|failure| match failure.card {
                Some(CardId::HostedOnline) => Failure { hint: to_office(cx.look()), ..failure },
                _ => failure,
            });
            if let Some(server) = kept(&mut self.failure, Some(found)) {
                self.take_found(cx, server);
            }
        } else if let Some(record) = self.saving.take(cx, &mut self.failure, arrival) {
            return Step::Open(record);
        }
        Step::Stay
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let record = cx.session.record.as_ref();
        let customer = record.map(|record| record.customer.name.clone()).unwrap_or_default();
        if self.saving.is_asked() {
            let asks = "Take this mail domain all the same?";
            return self.saving.scene(cx, QuestionId::Doubted, &customer, asks);
        }
        let mut blocks = Vec::new();
        let lost = record.filter(|record| record.is_key_lost);
        blocks.extend(lost.map(|record| Block::Strong(Tone::Warn, record.key_needed.closed())));
        blocks.extend(self.failure.clone().map(Block::Failure));
        blocks.extend(self.caution(cx).map(|words| {
            let host = exchange_server::host_of(self.form.text(FieldId::Server)).unwrap_or_default();
            let words = format_args!("{host}, {words}");
            Block::Facts(vec![Fact::new(FactId::FoundServer, "Server found", words)])
        }));
        let problem = |id| self.problem(cx, id).filter(|_| self.form.is_settled(id));
        blocks.extend(self.form.blocks(problem, |action| self.is_open(cx, action)));
        for block in &mut blocks {
            if let Block::Field(FieldView { entries: Some(entries), .. }) = block {
                *entries = self.mailboxes.addresses().len();
            }
        }
        if self.is_directory() {
            let words = "People who are hidden from the address list are missing from a directory search. A pasted list is surer.";
            blocks.push(Block::Para(words.into()));
        } else {
            blocks.push(Block::Para(self.mailboxes.counts(&self.domains().0).into()));
            blocks.extend(self.mailboxes.bad_lines().map(|bad| Block::Strong(Tone::Warn, bad.into())));
        }
        blocks.push(Block::Para(hoster_lines::TOLD.into()));
        let is_told = cx.setup.rehearsal && self.form.text(FieldId::Account).is_empty();
        let told = phrase!["Sandbox: this customer's answers are known. ", WayOn::FillIn];
        let heading = format_args!("How do we reach the mailboxes of {customer}?");
        let has_list = !self.is_directory() && !self.mailboxes.addresses().is_empty();
        let scene = Scene::new(QuestionId::Impersonation, Shape::Form, heading, blocks)
            .offer_if(cx.setup.rehearsal, Action::Rehearse)
            .offer(Action::Discover)
            .offer_if(has_list && self.emptied.is_none(), Action::EmptyList);
        let back = "Puts the mailboxes back that were taken off the list.";
        let back = Offer::new(Action::EmptyList, "list back", back);
        let can_restore = !self.is_directory() && self.emptied.is_some();
        let scene = if can_restore { scene.with(back) } else { scene };
        let is_enabled = record.is_some_and(|record| record.enabled.is_some());
        let unsaved = || (is_enabled && self.is_changed()).then(|| UNSAVED.into());
        let words = if is_told { Some(told) } else { unsaved() };
        let notice = words.map(|words| Notice::new(Tone::Plain, words));
        Scene { is_waiting: self.asking.is_out(), focus: self.form.focus(), notice, ..scene }
            .waiting_for(cx.now, [self.saving.write.clock(), self.finding.clock()])
    }

    fn card(&self, _cx: ViewCx<'_>) -> Card {
        match &self.failure {
            Some(failure) => Card::of_failure(failure, Party::Hoster, &[]),
            None if self.saving.is_asked() => Card::of(CardId::MailDomainDoubted, &[]),
            None => Card::of(CardId::Impersonation, &[]),
        }
    }
}

impl Impersonation {
    /// Takes every mailbox off the list; done once more, brings them back.
    fn empty_or_restore(&mut self, cx: &mut UpdateCx<'_>) {
        if let Some(list) = self.emptied.take() {
            self.mailboxes = list;
            cx.say(Tone::Plain, format_args!("{}", self.mailboxes.counts(&self.domains().0)));
        } else if !self.mailboxes.addresses().is_empty() {
            let list = std::mem::take(&mut self.mailboxes);
            let count = u32::try_from(list.addresses().len()).unwrap_or(u32::MAX);
            self.emptied = Some(list);
            let words = phrase![(count, Noun::Mailbox), " taken off the list. ", WayOn::RestoreList];
            cx.say(Tone::Warn, words);
        }
        self.form.focus_on(Spot::Field(FieldId::Mailboxes));
        self.changed(cx, FieldId::Mailboxes);
    }

    /// Takes lines into the list; `is_typed`: from the field itself, which is emptied once all of it was understood.
    fn add(&mut self, cx: &mut UpdateCx<'_>, text: &str, is_typed: bool) {
        let new = self.mailboxes.take(text);
        self.emptied = None;
        if is_typed && self.mailboxes.bad_lines().is_none() {
            self.form.set(FieldId::Mailboxes, "");
        }
        // The line of state is always in sight; what stands below the form may not be.
        let (tone, bad) = match self.mailboxes.bad_lines() {
            Some(bad) => (Tone::Warn, format!(" {bad}")),
            None => (Tone::Plain, String::new()),
        };
        let counts = self.mailboxes.counts(&self.domains().0);
        cx.say(tone, format_args!("{new} new. {counts}{bad}"));
        self.changed(cx, FieldId::Mailboxes);
    }

    fn changed(&mut self, cx: &mut UpdateCx<'_>, id: FieldId) {
        self.failure = None;
        if matches!(id, FieldId::Sample | FieldId::Server) {
            self.finding.cancel(cx);
        }
        self.show_list();
        cx.session.form_changed(self.draft(), cx.calls);
    }

    /// What stands in the form and on the list, to be kept.
    fn draft(&self) -> FormDraft {
        let mut draft = self.form.draft();
        let list: Vec<&str> = self.mailboxes.addresses().iter().map(Address::as_str).collect();
        draft.0.push((KEPT_LIST.to_owned(), list.join("\n")));
        if let Some(FoundServer { address, by }) = &self.found {
            let names = KEPT_FOUND.into_iter().filter(|(_, known)| known == by);
            draft.0.extend(names.map(|(name, _)| (name.to_owned(), address.to_string())));
        }
        draft
    }

    /// Whether something stands here that is not on record.
    fn is_changed(&self) -> bool {
        self.draft() != self.on_record
    }

    fn is_directory(&self) -> bool {
        self.form.chosen(FieldId::Listing) == DIRECTORY
    }

    /// Shows the list field only where a list is pasted.
    fn show_list(&mut self) {
        let is_directory = self.is_directory();
        self.form.hide(Spot::Field(FieldId::Mailboxes), is_directory);
    }

    fn find(&mut self, cx: &mut UpdateCx<'_>) {
        if self.finding.is_out() {
            return;
        }
        if let Some(sample) = self.sample() {
            self.failure = None;
            self.finding.start(cx, pending::discover(sample), wait::SERVER);
        } else {
            let words = "Type a mailbox to try first: the server is found by its domain.";
            self.form.refuse(cx, FieldId::Sample, words);
        }
    }

    fn take_found(&mut self, cx: &mut UpdateCx<'_>, server: FoundServer) {
        let address = server.address.clone();
        self.form.set(FieldId::Server, address.as_str());
        self.form.settle(FieldId::Server);
        self.found = Some(server);
        cx.session.form_changed(self.draft(), cx.calls);
        match (exchange_server::normalise(address.as_str()), self.caution(cx.look())) {
            (Ok(_), None) => {
                let words = format_args!("The server was found: {address}. Check it before you save.");
                cx.say(Tone::Good, words);
            }
            (Ok(_), Some(words)) => {
                let words =
                    format_args!("The server was {words}: {address}. Ask the hoster before you save.");
                cx.say(Tone::Warn, words);
            }
            (Err(error), _) => cx.say(Tone::Warn, format_args!("{error}")),
        }
    }

    /// What speaks against the server that stands in the form, where Autodiscover named it and no person did.
    fn caution(&self, cx: ViewCx<'_>) -> Option<&'static str> {
        let found =
            self.found.as_ref().filter(|found| found.address.as_str() == self.form.text(FieldId::Server))?;
        let known = saved(cx).map(|details| details.server.as_str());
        found.caution(&self.domains().0, known)
    }

    /// Asks the played customer for what a real one would say on the phone.
    fn ask(&mut self, cx: &mut UpdateCx<'_>) {
        let domain = cx.session.record.as_ref().map(|record| record.customer.domain.clone());
        if let Some(domain) = domain.filter(|_| cx.setup.rehearsal && !self.asking.is_out()) {
            self.failure = None;
            self.asking.start(cx.calls, pending::ask_details(domain));
        }
    }

    /// Fills in what the customer told; nothing is saved by that.
    fn told(&mut self, cx: &mut UpdateCx<'_>, details: &Details) {
        let domains = details.domains.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
        for (id, words) in [
            (FieldId::Domains, domains.as_str()),
            (FieldId::Sample, details.sample.as_str()),
            (FieldId::Server, details.server.as_str()),
            (FieldId::Account, details.account.as_str()),
            (FieldId::Password, details.password.expose().as_str()),
        ] {
            self.form.set(id, words);
        }
        self.found = None;
        self.form.fill(FieldId::Listing, &Value::Choice(DIRECTORY));
        self.form.focus_on(Spot::Button(Action::Save));
        self.changed(cx, FieldId::Listing);
        cx.say(Tone::Good, "The customer has told you everything. Check it, then save it.");
    }

    fn is_open(&self, cx: ViewCx<'_>, action: Action) -> bool {
        match action {
            Action::Save => !self.saving.write.is_out(),
            Action::Discover => !self.finding.is_out(),
            Action::Continue => {
                let is_whole = |record: &RunRecord| record.enabled.is_some() && !record.is_key_lost;
                cx.session.record.as_ref().is_some_and(is_whole) && !self.is_changed()
            }
            _ => true,
        }
    }

    fn save(&mut self, cx: &mut UpdateCx<'_>) {
        if self.saving.write.is_out() || !cx.may_write() {
            return;
        }
        self.form.settle_all();
        if let Some((id, problem)) = self.form.first_wrong(|id| self.problem(cx.look(), id)) {
            return self.form.refuse(cx, id, problem);
        }
        self.send(cx, Accepts::default());
    }

    /// Has the details written down.
    fn send(&mut self, cx: &mut UpdateCx<'_>, accepts: Accepts) {
        if let (Some(run), Some(details)) = (cx.run(), self.details(cx.look())) {
            self.failure = None;
            self.saving.start(cx, pending::save_impersonation(run, Box::new(details), accepts));
        }
    }

    fn sample(&self) -> Option<Address> {
        self.form.text(FieldId::Sample).parse().ok()
    }

    /// The mail domains that were understood, and what was not.
    fn domains(&self) -> (Vec<Text>, Vec<Text>) {
        let mut good = Vec::new();
        let mut bad = Vec::new();
        let parts =
            self.form.text(FieldId::Domains).split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
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

    fn details(&self, cx: ViewCx<'_>) -> Option<Details> {
        let listing = if self.is_directory() {
            Listing::Directory
        } else {
            Listing::Given(self.mailboxes.addresses().to_vec())
        };
        Some(Details {
            server: exchange_server::normalise(self.form.text(FieldId::Server)).ok()?,
            account: Text::clean(self.form.text(FieldId::Account)),
            password: self.password(cx)?,
            sample: self.sample()?,
            domains: self.domains().0,
            listing,
        })
    }

    /// The password that was typed, or else the saved one.
    fn password(&self, cx: ViewCx<'_>) -> Option<Secret<String>> {
        let typed = self.form.field(FieldId::Password).and_then(Field::secret);
        typed.or_else(|| cx.session.record.as_ref().and_then(saved_password).cloned())
    }
}

/// What is on record of the access.
fn saved(cx: ViewCx<'_>) -> Option<&Details> {
    cx.session.record.as_ref()?.impersonation.as_ref()
}
