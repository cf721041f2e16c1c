//! The whole wizard: a driver that answers requests from a made-up world, the three paths, the rules, and random walks.

mod access;
mod cards;
mod looks;
pub(crate) mod own_right;
mod paths;
mod rules;
mod sending;
pub(crate) mod team;

use crate::domain::{
    consent::{Consent, Consents, CustomerConsent, Landed, Seen, Sight},
    customer::{Customer, Impersonation, Listing, Product, Progress},
    doubt::{Accepts, DomainElsewhere, Doubt, Finding, Holder},
    exchange_server::{FoundBy, FoundServer},
    failure::{Failure, FailureKind},
    held_by::HeldBy,
    id::{CustomerId, RunId, TenantId, UserId},
    keys::KeyNeeded,
    operator::Operator,
    own_right::OwnRight,
    partner_list::Imported,
    permission::PermissionSet,
    protection::{Chosen, Protection, SeatOutcome, SeatResult},
    run::{Board, BoardRow, OpenRun, RunRecord, SweeperStatus},
    secret::Secret,
    tenant::{Check, CheckState, Organisation, Proof, Verdict},
    text::Text,
    time::Moment,
    user::{Kind, NewUser, UserPage},
};

use super::{
    Setup, Wizard,
    answer::{Action, Answer, FieldId, Given, Value},
    ask::{QuestionId, Shape, Spot},
    call::{CallId, Listed, Reply, Request, World},
    effect::{Effect, FrontEndTask},
    event::{Event, EventKind},
    view::{Block, Button, Rows, View},
};

/// A tenant's GUID that ends in the number.
pub(crate) fn tenant(number: u16) -> TenantId {
    format!("7c1e0f52-93ab-4d1c-8a40-5b2f6d9e{number:04}").parse().unwrap()
}

/// A customer with all products, not managed, without a tenant on record.
pub(crate) fn customer(number: i64) -> Customer {
    Customer {
        id: CustomerId(number),
        reference: Text::of(format_args!("C-{number:04}")),
        name: Text::of(format_args!("Bakery {number}")),
        domain: Text::of(format_args!("bakery{number}.example")),
        is_active: true,
        products: Product::ALL.to_vec(),
        tenant: None,
        is_managed: false,
        time_zone: Some(Text::from("Australia/Perth")),
        seats: None,
    }
}

/// What Microsoft says of a tenant.
pub(crate) fn organisation(number: u16) -> Organisation {
    Organisation {
        tenant: tenant(number),
        name: Some(Text::of(format_args!("Organisation {number}"))),
        domain: Some(Text::from("bakery.example")),
        region: Some(Text::from("OC")),
    }
}

/// Another customer has the tenant.
pub(crate) fn shared(number: i64) -> Doubt {
    let Customer { id, reference, name, is_active, .. } = customer(number);
    Doubt::Shared(Holder { id, reference, name, is_active })
}

/// Another customer has the mail domain.
pub(crate) fn shared_mail(number: i64) -> Doubt {
    let Customer { id, reference, name, is_active, domain, .. } = customer(number);
    Doubt::SharedMail(Holder { id, reference, name, is_active }, domain)
}

/// The mail domain of a customer belongs to another organisation.
pub(crate) fn elsewhere(number: i64) -> Doubt {
    Doubt::Elsewhere(DomainElsewhere { domain: customer(number).domain, owner: Some(tenant(77)) })
}

/// Impersonation details that pass every check of the form.
pub(crate) fn details() -> Impersonation {
    Impersonation {
        server: Text::from("https://mail.hoster.example/EWS/Exchange.asmx"),
        account: Text::from("svc@hoster.example"),
        password: Secret::new("correct horse".to_owned()),
        sample: "ana@bakery1.example".parse().unwrap(),
        domains: vec![Text::from("bakery1.example")],
        listing: Listing::Given(vec!["ana@bakery1.example".parse().unwrap()]),
    }
}

/// A fresh run.
pub(crate) fn record(number: i64, product: Product) -> RunRecord {
    let letters = ["7KQ4", "FHKL", "MQRW", "XY23", "4679"][usize::try_from(number).unwrap() % 5];
    RunRecord {
        id: letters.parse().unwrap(),
        customer: customer(number),
        product,
        opened: Moment::default(),
        by: Text::from("kim"),
        touched: Moment::default(),
        parked: None,
        finished: None,
        is_read_only: false,
        held_by: None,
        request: None,
        organisation: None,
        administrator: None,
        impersonation: None,
        is_key_lost: false,
        key_needed: KeyNeeded::default(),
        link_shown: None,
        invitation: None,
        own_right: None,
        proved: None,
        enabled: None,
        draft: crate::domain::draft::Draft::default(),
        form: crate::domain::form_draft::FormDraft::default(),
        has_applied_all: false,
        unfinished: Vec::new(),
        results: Vec::new(),
        others: Vec::new(),
    }
}

/// Who has a run in these tests.
pub(crate) fn ann() -> HeldBy {
    let since = Moment::parse("2026-11-23T05:42:00Z").unwrap();
    HeldBy { number: 3, by: "ann".into(), host: "desk-1".into(), since }
}

/// A proof with one check.
pub(crate) fn proof(verdict: Verdict, organisation: Option<Organisation>, at: Moment) -> Proof {
    let state = if verdict.is_proved() { CheckState::Good } else { CheckState::Waiting };
    let check = Check { name: Text::from("Users can be read"), state, detail: Text::default() };
    Proof { checks: vec![check], organisation, verdict, granted: None, missing: None, sight: None, at }
}

/// A setup of the sandbox with an Admin.
pub(crate) fn setup() -> Setup {
    Setup {
        own_right: false,
        is_sandbox: true,
        is_mapped: false,
        is_groundwork: false,
        rehearsal: true,
        operator: Operator { name: "kim".into(), is_admin: true, ..Operator::default() },
        link_prefix: "https://login.microsoftonline.com/".into(),
        link_suffix: "/adminconsent?client_id=x".into(),
        can_open_browser: false,
        clipboard: 4_000,
        cloud: crate::domain::cloud::Cloud::Global,
        spreading: crate::domain::consent::SPREADING,
        partner: Some(Text::from("Coastline Partners")),
        permissions: vec![(Text::from("User.Read.All"), Text::from("to list the users"))],
        run: None,
        is_board_watched: true,
        is_unattended: false,
        keeps_forms: true,
        here: Text::from("UTC"),
    }
}

/// The wizard with what is made up around it.
pub(crate) struct Desk {
    pub(crate) wizard: Wizard,
    pub(crate) now: Moment,
    /// Calls that are out, oldest first.
    pub(crate) open: Vec<(CallId, Request)>,
    /// Calls that were cancelled.
    pub(crate) cancelled: Vec<CallId>,
    /// What the front end was asked to do.
    pub(crate) tasks: Vec<FrontEndTask>,
    /// Everything that was ever asked for, as Debug shows it.
    pub(crate) log: Vec<String>,
    /// The call that hears what others change.
    pub(crate) following: Option<CallId>,
    /// The run on record.
    pub(crate) record: Option<RunRecord>,
    /// The customers.
    pub(crate) board: Board,
    /// What is known once the world is open.
    pub(crate) world: World,
    /// What Autodiscover finds.
    pub(crate) server: FoundServer,
    /// Where a grant landed that did not come.
    pub(crate) landed: Option<Box<Landed>>,
    /// The relationship by which the operator may accept for the customer, or why not.
    pub(crate) held: Result<Text, Failure>,
    /// What goes wrong when they do.
    pub(crate) not_accepted: Option<Failure>,
    /// What a round of checking finds.
    pub(crate) verdict: Verdict,
    /// What it checks besides.
    pub(crate) checks: Vec<Check>,
    /// Whom the answers name.
    pub(crate) named: Option<Organisation>,
    /// What is on record about the users.
    pub(crate) protection: Protection,
    /// What speaks against every tenant.
    pub(crate) doubts: Vec<Doubt>,
    /// What the record alone knows to speak against them: it came there after the look-up.
    pub(crate) later: Vec<Doubt>,
}

impl Desk {
    /// A started wizard with these customers, in a world that is open.
    pub(crate) fn new(setup: Setup, rows: Vec<BoardRow>) -> Self {
        let mut desk = Self::unopened(setup, rows);
        let (call, request) = desk.open.remove(0);
        desk.respond(call, &request);
        desk
    }

    /// A wizard whose world is still being opened; what the setup says of operator and link comes with the world.
    pub(crate) fn unopened(mut setup: Setup, rows: Vec<BoardRow>) -> Self {
        let nobody = Operator::default();
        let world = World {
            operator: std::mem::replace(&mut setup.operator, nobody),
            link_prefix: std::mem::take(&mut setup.link_prefix),
            link_suffix: std::mem::take(&mut setup.link_suffix),
            notes: Vec::new(),
            is_shared: false,
        };
        let mut desk = Self {
            wizard: Wizard::new(setup),
            now: Moment::parse("2026-11-23T05:48:00Z").unwrap(),
            open: Vec::new(),
            cancelled: Vec::new(),
            tasks: Vec::new(),
            log: Vec::new(),
            following: None,
            record: None,
            board: Board { rows, ..Board::default() },
            world,
            landed: None,
            held: Ok("Backup 2026".into()),
            not_accepted: None,
            server: FoundServer { address: Text::from("mail.hoster.example"), by: FoundBy::Autodiscover },
            verdict: Verdict::NotYet,
            checks: Vec::new(),
            named: None,
            protection: Protection::default(),
            doubts: Vec::new(),
            later: Vec::new(),
        };
        desk.happen(EventKind::Started);
        desk
    }

    /// A wizard that stands where a run on record leads to.
    pub(crate) fn resumed(record: RunRecord) -> Self {
        let row = row(record.customer.clone(), Progress::NotStarted, Some(&record));
        let mut desk = Self::new(setup(), vec![row]);
        desk.record = Some(record);
        desk.answer();
        desk.pick(0).answer();
        desk
    }

    /// Lets something happen now.
    pub(crate) fn happen(&mut self, what: EventKind) -> &mut Self {
        for effect in self.wizard.update(Event { at: self.now, what }) {
            match effect {
                Effect::Start(call, request) => {
                    self.log.push(format!("{request:?}"));
                    self.open.push((call, request));
                }
                Effect::Cancel(call) => {
                    self.cancelled.push(call);
                    self.open.retain(|(open, request)| *open != call || request.is_write());
                }
                Effect::Perform(task) => self.tasks.push(task),
            }
        }
        self
    }

    /// Answers the question that stands.
    pub(crate) fn give(&mut self, what: Given) -> &mut Self {
        let to = self.view().ask.revision;
        self.happen(EventKind::Answer(Answer { to, what }))
    }

    pub(crate) fn act(&mut self, action: Action) -> &mut Self {
        self.give(Given::Do(action))
    }

    /// What Enter answers where no field has it: the row at the start, yes or no, the form, the default offer.
    pub(crate) fn enter(&mut self) -> &mut Self {
        let view = self.view();
        let given = match &view.ask.shape {
            Shape::Pick => {
                let start = self.start();
                drop(view);
                return self.pick(start);
            }
            Shape::Form => Given::Submit,
            Shape::Confirm { default: true } => Given::Yes,
            Shape::Confirm { default: false } => Given::No,
            Shape::Number(asked) => {
                Given::Number(asked.confirms.or(asked.proposed).expect("a number that Enter could answer"))
            }
            Shape::Select(_) | Shape::Watch | Shape::Read => {
                let offer = view.actions.iter().find(|offer| offer.is_default);
                Given::Do(offer.expect("something that Enter does").action)
            }
        };
        drop(view);
        self.give(given)
    }

    /// Picks the row at an index.
    pub(crate) fn pick(&mut self, at: usize) -> &mut Self {
        let id = self.rows(|rows| rows.id(at)).expect("a row");
        self.give(Given::Pick(id))
    }

    /// Fills a field in, whole.
    pub(crate) fn fill(&mut self, id: FieldId, text: &str) -> &mut Self {
        let value = match id {
            FieldId::Password => Value::Secret(Secret::new(text.to_owned())),
            _ => Value::Text(text.to_owned()),
        };
        self.give(Given::Fill(id, value))
    }

    /// The index at which a front end puts its cursor first.
    pub(crate) fn start(&self) -> usize {
        let view = self.view();
        let start = view.page.blocks.iter().find_map(|block| match block {
            Block::Rows(rows) => rows.start.as_ref().and_then(|id| rows.rows.at(id)),
            _ => None,
        });
        start.unwrap_or(0)
    }

    /// Reads the rows of the page.
    pub(crate) fn rows<T>(&self, read: impl FnOnce(&dyn Rows) -> T) -> T {
        let view = self.view();
        let rows = view.page.blocks.iter().find_map(|block| match block {
            Block::Rows(rows) => Some(rows.rows),
            _ => None,
        });
        read(rows.expect("rows on the page"))
    }

    /// Whether the keyboard is to be here.
    pub(crate) fn is_at(&self, spot: Spot) -> bool {
        self.view().ask.focus.spot == spot
    }

    /// Which question stands.
    pub(crate) fn question(&self) -> QuestionId {
        self.view().ask.id
    }

    /// Answers everything but waits, until nothing is out.
    pub(crate) fn answer(&mut self) -> &mut Self {
        while let Some(at) = self.open.iter().position(|(_, request)| !matches!(request, Request::Wake(_))) {
            let (call, request) = self.open.remove(at);
            self.respond(call, &request);
        }
        self
    }

    /// Answers one call: a list comes in two parts.
    pub(crate) fn respond(&mut self, call: CallId, request: &Request) {
        if matches!(request, Request::ListUsers { .. }) {
            self.happen(EventKind::Reply(call, Reply::Page(page())));
        }
        if matches!(request, Request::FollowChanges) {
            self.following = Some(call);
        }
        if let Request::TurnOff(_, users) = request {
            let off = |user: &Chosen| SeatResult { user: user.clone(), outcome: SeatOutcome::TurnedOff };
            self.happen(EventKind::Reply(call, Reply::Batch(users.iter().map(off).collect())));
        }
        if let Some(reply) = self.reply_to(request) {
            self.happen(EventKind::Reply(call, reply));
        }
    }

    /// Lets time pass, ending the waits that fall into it in their order, and answers what they bring.
    pub(crate) fn pass(&mut self, seconds: u64) -> &mut Self {
        let end = self.now.plus(std::time::Duration::from_secs(seconds));
        loop {
            let now = self.now;
            let due = self.open.iter().filter_map(|(call, request)| match request {
                Request::Wake(wait) => Some((now.plus(*wait), *call)),
                _ => None,
            });
            let Some((at, call)) = due.min().filter(|(at, _)| *at <= end) else { break };
            for (_, request) in &mut self.open {
                if let Request::Wake(wait) = request {
                    *wait = wait.saturating_sub(at.since(now));
                }
            }
            self.now = at;
            self.open.retain(|(open, _)| *open != call);
            self.happen(EventKind::Reply(call, Reply::Woken)).answer();
        }
        let left = end.since(self.now);
        for (_, request) in &mut self.open {
            if let Request::Wake(wait) = request {
                *wait = wait.saturating_sub(left);
            }
        }
        self.now = end;
        self
    }

    /// Whether a call of this kind is out.
    pub(crate) fn is_out(&self, start: &str) -> bool {
        self.open.iter().any(|(_, request)| format!("{request:?}").starts_with(start))
    }

    /// How often a call of this kind was started.
    pub(crate) fn count(&self, start: &str) -> usize {
        self.log.iter().filter(|line| line.starts_with(start)).count()
    }

    /// What is seen now; whatever it offers has its words.
    pub(crate) fn view(&self) -> View<'_> {
        let view = self.wizard.view();
        for offer in &view.actions {
            assert!(!offer.label.is_empty() && offer.help.ends_with('.'), "{:?}: {offer:?}", view.ask.id);
        }
        view
    }

    pub(crate) fn heading(&self) -> String {
        self.view().page.heading.for_commands().to_string()
    }

    pub(crate) fn notice(&self) -> String {
        self.view().notice.map(|notice| notice.words.for_commands().to_string()).unwrap_or_default()
    }

    /// Which stop of the trail is here.
    pub(crate) fn stop(&self) -> &'static str {
        self.view().steps.name()
    }

    /// Everything that stands on the screen, as words.
    pub(crate) fn words(&self) -> String {
        let view = self.view();
        format!("{:?} {:?} {:?}", view.page, view.below, view.notice)
    }

    /// The button with this action.
    pub(crate) fn button(&self, action: Action) -> Option<Button> {
        self.view().page.blocks.into_iter().find_map(|block| match block {
            Block::Buttons(buttons) => buttons.into_iter().find(|button| button.action == action),
            _ => None,
        })
    }

    /// Whether an action is offered.
    pub(crate) fn offers(&self, action: Action) -> bool {
        self.view().offer(action).is_some()
    }

    /// What a look-up brings.
    fn found(&self, organisation: Organisation) -> Reply {
        Reply::Found(Box::new(Finding { doubts: self.doubts.clone(), ..Finding::of(organisation) }))
    }

    /// What the record says to a tenant that something speaks against and that was not accepted.
    fn doubted(&self, accepts: &Accepts) -> Option<Reply> {
        let known = self.doubts.iter().chain(&self.later);
        let open: Vec<Doubt> = known.filter(|doubt| !accepts.covers(doubt)).cloned().collect();
        (!open.is_empty()).then_some(Reply::Doubted(open))
    }

    /// What is known of the partner's own right, and what comes of it: nothing is left behind unless something went wrong.
    fn own_right(&mut self, request: &Request) -> Option<Reply> {
        let Request::AcceptByOwnRight(_, _, agreed) = request else {
            return Some(self.held.clone().map_or_else(Reply::Failed, Reply::Held));
        };
        let (now, failure) = (self.now, self.not_accepted.clone());
        let record = self.record.as_mut()?;
        if let Some(agreed) = agreed.clone() {
            let relationship = "Backup 2026".into();
            record.own_right =
                Some(OwnRight { relationship, agreed, by: "kim".into(), begun: now, cleared: None });
        }
        if let Some(last) = record.own_right.as_mut().filter(|_| failure.is_none()) {
            last.cleared = Some(now);
            self.verdict = Verdict::Proved;
        }
        Some(Reply::Accepted(Box::new(record.clone()), failure))
    }

    /// What the made-up world answers; nothing for waits.
    #[expect(clippy::too_many_lines, reason = "an arm for each call")]
    pub(crate) fn reply_to(&mut self, request: &Request) -> Option<Reply> {
        let now = self.now;
        let run = |desk: &Self| desk.record.clone().map(|record| Reply::Run(Box::new(record)));
        let change = |desk: &mut Self, change: &dyn Fn(&mut RunRecord)| {
            desk.record.as_mut().map(change);
            run(desk)
        };
        match request {
            asked if team::is_of_team(asked) => team::reply(self, asked),
            Request::Wake(_) => None,
            Request::OpenWorld => Some(Reply::World(self.world.clone())),
            Request::KeepSeen(seen) => {
                self.board.seen = Some(seen.clone());
                Some(Reply::Saved)
            }
            Request::LoadBoard | Request::ProbeBoard(_) => Some(Reply::Board(self.board.clone())),
            Request::ImportFromMicrosoft => Some(Reply::Imported(Box::new(imported()))),
            Request::LoadConsents => Some(consents(&self.board)),
            Request::AddCustomer(new, accepts) => {
                if let Some(doubted) = self.doubted(accepts) {
                    return Some(doubted);
                }
                let mut added = customer(99);
                added.name = new.name.clone();
                Some(Reply::Added(added))
            }
            Request::OpenRun(id, product) => {
                let known = self.board.rows.iter().find(|row| row.customer.id == *id)?.customer.clone();
                let mut opened = record(id.0, *product);
                opened.customer = known;
                if self.record.as_ref().is_none_or(|known| known.id != opened.id || known.product != *product)
                {
                    self.record = Some(opened);
                }
                run(self)
            }
            Request::LoadRun(_) => run(self).or_else(|| Some(failed())),
            Request::LookUp(..) => Some(self.found(organisation(1))),
            Request::Identify(_, tenant) => {
                Some(self.found(Organisation { tenant: *tenant, ..organisation(1) }))
            }
            Request::SaveOrganisation(_, organisation, accepts, _) => {
                if let Some(doubted) = self.doubted(accepts) {
                    return Some(doubted);
                }
                let organisation = organisation.clone();
                change(self, &|record| record.organisation = Some(organisation.clone()))
            }
            Request::Discover(_) => Some(Reply::Server(self.server.clone())),
            Request::SaveImpersonation(_, details, accepts) => self.doubted(accepts).or_else(|| {
                change(self, &|record| {
                    record.impersonation = Some((**details).clone());
                    record.is_key_lost = false;
                })
            }),
            Request::SearchGrant { .. } => Some(Reply::Landing(self.landed.clone())),
            Request::LinkShown(_) => {
                change(self, &|record| record.link_shown = record.link_shown.or(Some(now)))
            }
            Request::Prove { .. } => {
                let mut found = proof(self.verdict.clone(), self.named.clone(), now);
                found.checks.extend(self.checks.iter().cloned());
                Some(Reply::Proof(Box::new(found)))
            }
            Request::OwnRightHeld(_) | Request::AcceptByOwnRight(..) => self.own_right(request),
            Request::SaveProof(..) => change(self, &|record| record.proved = record.proved.or(Some(now))),
            Request::Enable(_) => change(self, &|record| record.enabled = record.enabled.or(Some(now))),
            Request::AskDetails(_) => Some(Reply::Details(Box::new(details()))),
            Request::OpenBrowser(_) | Request::Rehearse(_) => {
                Some(Reply::Told(Text::from("The customer has accepted.")))
            }
            Request::WriteFile { name, .. } => Some(Reply::Written(name.clone())),
            Request::LoadSweeper => Some(Reply::Sweeper(SweeperStatus::default())),
            Request::LoadProtection(..) => Some(Reply::Protection(Box::new(self.protection.clone().into()))),
            Request::ListUsers { .. } => Some(Reply::Listed(Listed { total: 3 })),
            Request::Search { .. } => Some(Reply::Searched(Vec::new())),
            Request::Sort(pages) => Some(Reply::Sorted(crate::domain::order::by_name(pages))),
            Request::ChangeExclusions(_, change) => {
                self.protection
                    .exclusions
                    .retain(|user| !change.users.iter().any(|lifted| lifted.id == *user));
                if change.exclude {
                    self.protection.exclusions.extend(change.users.iter().map(|user| user.id));
                }
                Some(Reply::Excluded(self.protection.exclusions.clone()))
            }
            Request::MakeRule { .. } | Request::UndoRule(_) => Some(Reply::Rule(None)),
            Request::FollowChanges
            | Request::LookAtRun(_)
            | Request::AskForRun(_)
            | Request::WithdrawRequest(_)
            | Request::AnswerRequest(..)
            | Request::SeizeRun(..)
            | Request::FinishRun(_)
            | Request::LookAtGroundwork
            | Request::ProveGroundwork(_)
            | Request::MakeCertificate
            | Request::KeepGroundwork(_) => Some(failed()),
            Request::ParkRun(..)
            | Request::AcceptShorter(..)
            | Request::LeaveRun(_)
            | Request::KeepForm(..)
            | Request::SaveDraft(..)
            | Request::SaveList(..)
            | Request::SaveKinds(..)
            | Request::Apply(..)
            | Request::TurnOff(..) => Some(Reply::Saved),
        }
    }
}

/// Every customer's consent, given once and withdrawn since.
fn consents(board: &Board) -> Reply {
    let rows = board.rows.iter().map(|row| withdrawn(&row.customer)).collect();
    Reply::Consents(Box::new(Consents { set: PermissionSet::usual().expect("a whole table"), rows }))
}

/// An import that brings nobody, and misses one.
fn imported() -> Imported {
    Imported {
        taken: Vec::new(),
        gone: vec![("C-9".into(), "Old Quay Inn".into(), Moment::default())],
        missing: None,
        at: Moment::default(),
    }
}

/// Three users.
/// A consent that was given once and is not there any more.
pub(crate) fn withdrawn(customer: &Customer) -> CustomerConsent {
    let Customer { id, reference, name, is_active, .. } = customer.clone();
    let at = Moment::from_millis(0);
    CustomerConsent {
        customer: Holder { id, reference, name, is_active },
        tenant: Some(tenant(1)),
        run: None,
        administrator: None,
        consent: Consent { proved: Some(at), ..Consent::default() },
        seen: Some(Seen { at, sight: Sight::Unknown }),
        renewal: None,
        relationship: None,
    }
}

fn page() -> std::sync::Arc<UserPage> {
    let user = |number: u8, name: &'static str, kind| NewUser {
        id: UserId::from_bytes([number; 16]),
        name,
        address: name,
        sign_in: if name == "Ben" { "b.baker@corp.example" } else { "" },
        department: "",
        problem: "",
        kind,
        licences: 0,
        made: None,
    };
    let rows = [user(1, "Ana", Kind::User), user(2, "Ben", Kind::User), user(3, "Info", Kind::Shared)];
    std::sync::Arc::new(UserPage::new(&rows, Vec::new().into()))
}

/// A failed call.
pub(crate) fn failed() -> Reply {
    Reply::Failed(Failure::new(
        FailureKind::Unreachable,
        "the server did not answer",
        crate::domain::phrase::WayOn::Again("try again"),
    ))
}

/// A row of the board.
pub(crate) fn row(customer: Customer, progress: Progress, run: Option<&RunRecord>) -> BoardRow {
    let run = run.map(|record| OpenRun {
        id: record.id.clone(),
        product: record.product,
        touched: record.touched,
        is_parked: record.parked.is_some(),
        held_by: record.held_by.clone(),
    });
    let product = run.as_ref().map(|run| run.product).or_else(|| customer.products.first().copied());
    let others = customer.products.iter().filter(|other| run.is_none() && Some(**other) != product);
    let others = others.map(|other| (*other, Progress::NotStarted)).collect();
    BoardRow { customer, progress, run, product, others, partnership: None }
}

/// The run number of a record, for comparing.
pub(crate) fn number(text: &str) -> RunId {
    text.parse().unwrap()
}
