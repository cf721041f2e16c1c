//! A run: one customer, one product, from opening to receipt, under a short number.

mod sweepers;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    consent,
    customer::{Customer, Impersonation, Listing, Product, Progress},
    draft::Draft,
    form_draft::FormDraft,
    held_by::{HeldBy, RunRequest},
    id::{Address, CustomerId, RunId, UserId},
    invitation::Invitation,
    keys::KeyNeeded,
    own_right::OwnRight,
    protection::{Chosen, SeatResult},
    tenant::Organisation,
    text::Text,
    time::Moment,
    verdict::ListSummary,
};
pub use sweepers::{Sweeper, SweeperStatus};

/// Everything on record about a run: the steps are derived from this, not from where the wizard happened to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunRecord {
    /// The run's number.
    pub id: RunId,
    /// Whose run it is; never changes.
    pub customer: Customer,
    /// The product; never changes.
    pub product: Product,
    /// When it was opened.
    pub opened: Moment,
    /// By whom.
    pub by: Text,
    /// When something last happened in it.
    pub touched: Moment,
    /// Parked: left on purpose, waits on the board.
    pub parked: Option<Moment>,
    /// Finished: has a receipt.
    pub finished: Option<Moment>,
    /// It is not held here: to be watched, not touched.
    pub is_read_only: bool,
    /// Who has it now, where it is not held here; none: nobody, so that it can be taken.
    pub held_by: Option<HeldBy>,
    /// Who asked for it last, and what came of it.
    pub request: Option<RunRequest>,
    /// The tenant that the operator confirmed or saved, with what Microsoft says of it.
    pub organisation: Option<Organisation>,
    /// The administrator of that organisation who is to open the link, where the operator named one.
    pub administrator: Option<Address>,
    /// The impersonation details that were saved (shared by both hosted products of a customer).
    pub impersonation: Option<Impersonation>,
    /// The saved password can't be decrypted here: the access step reopens and asks for it again.
    pub is_key_lost: bool,
    /// How it could be, then.
    pub key_needed: KeyNeeded,
    /// When the consent link was first shown: the start of "waiting for consent".
    pub link_shown: Option<Moment>,
    /// The invitation to the customer's administrator.
    pub invitation: Option<Invitation>,
    /// What was done in that organisation with the partner's own right.
    pub own_right: Option<OwnRight>,
    /// When every check was good for the first time.
    pub proved: Option<Moment>,
    /// When *Enable* was pressed and written.
    pub enabled: Option<Moment>,
    /// Ticks, saved at most a second after the last change.
    pub draft: Draft,
    /// What was typed into its access form and not saved yet.
    pub form: FormDraft,
    /// An Apply was confirmed with which everybody was chosen (*All*).
    pub has_applied_all: bool,
    /// Users of an Apply that was confirmed and has not finished; it is completed at resume.
    pub unfinished: Vec<Chosen>,
    /// What became of the users of the run's Applies, while the end of one is the last thing that happened in it.
    pub results: Vec<SeatResult>,
    /// The customer's other products, as of when this was read.
    pub others: Vec<ProductProgress>,
}

/// How far one product of a customer is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProductProgress {
    /// Which.
    pub product: Product,
    /// The run that is open for it.
    pub run: Option<RunId>,
    /// How far it is.
    pub progress: Progress,
}

impl ProductProgress {
    /// In words, the number of the run in front; `here` is the zone by whose clocks times are told.
    #[must_use]
    pub fn in_words(&self, now: Moment, here: &str) -> Text {
        let words = self.progress.in_words(now, here);
        self.run.as_ref().map_or_else(|| words.clone(), |run| Text::of(format_args!("{run}: {words}")))
    }
}

impl RunRecord {
    /// For whom it is kept, having been handed over a moment ago; none: whoever comes may take it, or somebody has it.
    #[must_use]
    pub fn kept_for(&self, now: Moment) -> Option<&RunRequest> {
        self.request.as_ref().filter(|asked| self.held_by.is_none() && asked.keeps(now))
    }

    /// Whether the operators' application may have been left in its organisation.
    #[must_use]
    pub fn has_left_behind(&self) -> bool {
        self.own_right.as_ref().is_some_and(OwnRight::is_left_open)
    }

    /// The link for its administrator, whose address it names where that is known.
    #[must_use]
    pub fn hinted(&self, link: Text) -> Text {
        self.administrator.as_ref().map(|address| consent::hinted(link.as_str(), address)).unwrap_or(link)
    }

    /// Whether its mailboxes are those of a list that an operator gave.
    #[must_use]
    pub fn lists_given(&self) -> bool {
        let listing = self.impersonation.as_ref().map(|details| &details.listing);
        self.product.is_hosted() && matches!(listing, Some(Listing::Given(_)))
    }

    /// Whether the operator may not have read the results: nothing was ticked after them.
    #[must_use]
    pub fn has_unread_results(&self) -> bool {
        if self.results.is_empty() || self.finished.is_some() {
            return false;
        }
        let done: BTreeSet<UserId> = self.results.iter().map(|result| result.user.id).collect();
        self.draft.all || self.draft.exceptions.iter().all(|id| done.contains(id))
    }
}

/// What a run has done so far, for the outcome and the receipt. Not on the record of a run: it is counted from the seats,
/// and nobody who comes back to a run of half a million users waits for that.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RunDone {
    /// Users that this run turned on.
    pub turned_on: u32,
    /// Users that were chosen and could not be turned on.
    pub failed: u32,
    /// Users that this run turned off.
    pub turned_off: u32,
    /// This run switched Enable Auto on.
    pub rule_made: bool,
    /// What the list came to when it was last complete.
    pub list: ListSummary,
}

/// One line of the board on the first screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BoardRow {
    /// The customer.
    pub customer: Customer,
    /// How far the customer is: with the run, else with the product that an operator must look at first.
    pub progress: Progress,
    /// The open or parked run, if there is one: such rows stand on top.
    pub run: Option<OpenRun>,
    /// The product that is told of; none where the customer has none.
    pub product: Option<Product>,
    /// The customer's other products without an open run, and how far each is.
    pub others: Vec<(Product, Progress)>,
    /// What is to be known of how Microsoft lists the customer, a sentence without its full stop.
    pub partnership: Option<Text>,
}

impl BoardRow {
    /// How many customers rows are of.
    pub fn customers<'a>(rows: impl Iterator<Item = &'a Self>) -> u32 {
        let customers: BTreeSet<CustomerId> = rows.map(|row| row.customer.id).collect();
        u32::try_from(customers.len()).unwrap_or(u32::MAX)
    }

    /// The row of a run.
    #[must_use]
    pub fn of_run(customer: Customer, progress: Progress, run: OpenRun) -> Self {
        Self {
            customer,
            progress,
            product: Some(run.product),
            run: Some(run),
            others: Vec::new(),
            partnership: None,
        }
    }

    /// The row of a customer, by the products that no run is open for: the worst one leads, the others are named.
    #[must_use]
    pub fn of_products(customer: Customer, mut products: Vec<(Product, Progress)>) -> Self {
        products.sort_by_key(|(_, progress)| progress.rank());
        let mut products = products.into_iter();
        let (product, progress) = products.next().unzip();
        let progress = progress.unwrap_or(Progress::NotStarted);
        Self { customer, progress, run: None, product, others: products.collect(), partnership: None }
    }

    /// How far each product is that the row tells of.
    pub fn products(&self) -> impl Iterator<Item = ProductProgress> {
        let run = self.run.as_ref().map(|run| run.id.clone());
        let first = self.product.map(|product| (product, self.progress.clone()));
        let all = first.into_iter().chain(self.others.iter().cloned());
        all.map(move |(product, progress)| ProductProgress { product, run: run.clone(), progress })
    }

    /// The same row, telling of the first of these products; none: it tells of no such product.
    #[must_use]
    pub fn about(&self, products: &[Product]) -> Option<Cow<'_, Self>> {
        if self.product.is_some_and(|product| products.contains(&product)) {
            return Some(Cow::Borrowed(self));
        }
        let at = self.others.iter().position(|(product, _)| products.contains(product))?;
        let mut row = self.clone();
        let (product, progress) = row.others.remove(at);
        let before = std::mem::replace(&mut row.progress, progress);
        row.others.extend(row.product.replace(product).map(|product| (product, before)));
        Some(Cow::Owned(row))
    }

    /// How far the customer is, in words; `here` is the zone by whose clocks times are told.
    #[must_use]
    pub fn in_words(&self, now: Moment, here: &str) -> Text {
        let far = self.progress.in_words(now, here);
        match &self.run {
            _ if !self.customer.is_active => Text::from("closed"),
            // The state in front, so that a narrow window cuts it last.
            Some(run) => {
                let state = run.state(now, here);
                Text::of(format_args!("{state}: {far} ({}, {})", run.product.name(), run.id))
            }
            None if self.customer.products.is_empty() => {
                Text::from("no product to back up: an Admin adds Office 365, Business365 or MPexchange")
            }
            None => match self.named() {
                Some(product) => Text::of(format_args!(
                    "{}: {far}{}",
                    product.name(),
                    self.of_others(|progress| progress.in_words(now, here))
                )),
                None => far,
            },
        }
    }

    /// The product that it tells of, where that is to be said: not with one only, nor while none was begun.
    fn named(&self) -> Option<Product> {
        let is_begun = |progress: &Progress| *progress != Progress::NotStarted;
        let has_run = self.others.len().saturating_add(1) < self.customer.products.len();
        let is_any = is_begun(&self.progress) || self.others.iter().any(|(_, progress)| is_begun(progress));
        self.product.filter(|_| has_run || (is_any && !self.others.is_empty()))
    }

    /// The customer's other products, each behind a semicolon.
    fn of_others<W: std::fmt::Display>(&self, far: impl Fn(&Progress) -> W) -> String {
        let each =
            |(product, progress): &(Product, Progress)| format!("; {}: {}", product.name(), far(progress));
        self.others.iter().map(each).collect()
    }
}

/// The room that is kept for how far a customer is, columns: nobody's state makes the other columns move.
const BRIEF: usize = 18;

impl BoardRow {
    /// How far the customer is, in so few words that a narrow window cuts none.
    #[must_use]
    pub fn in_brief(&self) -> Text {
        let far = || Text::clean(&self.progress.in_brief(BRIEF));
        let Some(run) = &self.run else {
            return match (self.customer.is_active, self.customer.products.is_empty()) {
                (false, _) => "closed".into(),
                (true, true) => "no product".into(),
                (true, false) => far(),
            };
        };
        let left = if run.is_held() { "open elsewhere" } else { run.left() };
        let room = BRIEF.saturating_sub(left.chars().count().saturating_add(2));
        let brief = self.progress.in_brief(room);
        match &self.progress {
            _ if !self.customer.is_active => "closed".into(),
            // Go on: whose turn it is needs no word on how the run was left.
            Progress::Accepted { .. } => far(),
            _ if brief.chars().count() <= room => Text::of(format_args!("{left}: {brief}")),
            // What is to be done now matters more than how the run was left.
            progress if progress.is_awaited() || progress.needs_attention() => far(),
            _ => left.into(),
        }
    }

    /// What the words in brief leave out; may be empty.
    #[must_use]
    pub fn more(&self, now: Moment, here: &str) -> Text {
        let more = self.progress.more(now, here);
        match (&self.run, self.named()) {
            _ if !self.customer.is_active => Text::default(),
            (Some(run), _) => {
                let held_by = run.held_by.as_ref().map(|held_by| held_by.open_with(now, here));
                let run = Text::of(format_args!("{}, {}", run.product.name(), run.id));
                let known = [held_by, Some(more), Some(run)].into_iter().flatten();
                let known: Vec<String> =
                    known.filter(|words| !words.is_empty()).map(|words| words.to_string()).collect();
                Text::clean(&known.join(", "))
            }
            (None, _) if self.customer.products.is_empty() => "an Admin adds one to back up".into(),
            (None, Some(product)) => {
                let others = self.of_others(|progress| progress.in_brief(usize::MAX).into_owned());
                let more = if more.is_empty() { String::new() } else { format!(": {more}") };
                Text::of(format_args!("{}{more}{others}", product.name()))
            }
            (None, None) => more,
        }
    }

    /// What names it among the rows of its customer.
    fn name(&self) -> String {
        self.run.as_ref().map(|run| run.id.to_string()).unwrap_or_default()
    }

    /// How it stands, without clocks and without what a run is left as.
    fn standing(&self) -> String {
        if !self.customer.is_active {
            return "closed".to_owned();
        }
        let far = match &self.progress {
            Progress::NeedsAttention(why) | Progress::Refused(why) => why.to_string(),
            progress => progress.in_brief(BRIEF).into_owned(),
        };
        far + &self.of_others(|progress| progress.in_brief(BRIEF).into_owned())
    }
}

/// How the rows of the board stood when somebody looked at them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Seen {
    /// When.
    pub at: Moment,
    /// By customer and name of the row. Of a customer who is not there nothing is known, and nothing is news.
    pub rows: BTreeMap<CustomerId, BTreeMap<String, String>>,
}

impl Seen {
    /// How rows stand now, but for those of a customer whom the operator goes on with: what they do there is no news to them.
    #[must_use]
    pub fn of(rows: &[BoardRow], at: Moment, except: Option<CustomerId>) -> Self {
        let mut seen = Self { at, ..Self::default() };
        for row in rows.iter().filter(|row| Some(row.customer.id) != except) {
            seen.rows.entry(row.customer.id).or_default().insert(row.name(), row.standing());
        }
        seen
    }

    /// Takes in how the rows stand of customers of whom nothing is known yet; whether there are any.
    pub fn learn(&mut self, rows: &[BoardRow]) -> bool {
        let new = rows.iter().filter(|row| !self.rows.contains_key(&row.customer.id)).cloned();
        let new: Vec<BoardRow> = new.collect();
        self.rows.append(&mut Self::of(&new, self.at, None).rows);
        !new.is_empty()
    }

    /// Whether a row stands otherwise now.
    #[must_use]
    pub fn is_news(&self, row: &BoardRow) -> bool {
        let known = self.rows.get(&row.customer.id);
        known.is_some_and(|rows| rows.get(&row.name()) != Some(&row.standing()))
    }
}

/// An open or parked run on the board.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenRun {
    /// Its number.
    pub id: RunId,
    /// Its product.
    pub product: Product,
    /// When something last happened in it.
    pub touched: Moment,
    /// Parked on purpose; otherwise it was interrupted or somebody has it open.
    pub is_parked: bool,
    /// Who has it open now, where that is another window or another person.
    pub held_by: Option<HeldBy>,
}

impl OpenRun {
    /// Who has it, or how it was left, in words; `here` is the zone by whose clocks times are told.
    #[must_use]
    pub fn state(&self, now: Moment, here: &str) -> Text {
        self.held_by.as_ref().map_or_else(|| self.left().into(), |held_by| held_by.open_with(now, here))
    }

    /// Whether another window or another person has it open now.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        self.held_by.is_some()
    }

    /// How it was left.
    const fn left(&self) -> &'static str {
        if self.is_parked { "parked" } else { "interrupted" }
    }
}

/// Everything that the first screen shows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Board {
    /// Runs first (newest on top), then customers by name; closed ones included.
    pub rows: Vec<BoardRow>,
    /// How the rows stood when this operator last looked at them on this computer; none: not yet.
    pub seen: Option<Seen>,
    /// Rule 17: what every screen must say about the sweep, empty when all is well.
    pub sweep_warning: Option<Text>,
    /// What this operator typed into the form of a new customer and did not save yet.
    pub new_customer: FormDraft,
}

/// One line of a run's audit, oldest first; each carries the hash of the one before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditEntry {
    /// When.
    pub at: Moment,
    /// Who.
    pub by: Text,
    /// What, in words, without secrets.
    pub what: Text,
    /// First eight hexadecimal digits of its own hash.
    pub hash: Text,
}

/// Everything that was written down about one customer, and whether it can be believed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CustomerHistory {
    /// The lines, oldest first, each with the run in which it was done.
    pub entries: Vec<(Option<RunId>, AuditEntry)>,
    /// Whether every hash of the whole audit fits the one before.
    pub is_whole: bool,
}

/// What is read back for the outcome and the receipt, on a new connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// When it was read: the next sweep is the one after that, however long ago the run ended.
    pub read: Moment,
    /// The run, as on record now.
    pub run: RunRecord,
    /// What this run has done so far.
    pub done: RunDone,
    /// What is true about the users now.
    pub protection: super::protection::Protection,
    /// Who is excluded, by name.
    pub excluded: Vec<super::protection::Excluded>,
    /// Users that this run chose, with what the record says of each.
    pub results: Vec<super::protection::SeatResult>,
    /// Where this run chose nobody: users that the run before it chose. They are still wanted.
    pub earlier: Vec<super::protection::SeatResult>,
    /// The audit of this run.
    pub audit: Vec<AuditEntry>,
    /// Whether every hash of the whole audit fits the one before.
    pub is_audit_whole: bool,
    /// Where the record is: a file, or an address on a server without its password.
    pub place: Text,
}

/// Users excluded or freed in one write.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExclusionChange {
    /// Who.
    pub users: Vec<Chosen>,
    /// True: exclude; false: lift the exclusion.
    pub exclude: bool,
}
