//! One EWS call after sign-in: the checks in their order, then the operation.
//!
//! The order is that of the wire reference: schema, version, impersonation header, target, role and scope, throttling,
//! operation. What it says about a mailbox and its owner is computed for the moment of the call.

use roxmltree::Document;

use super::Site;
use super::directory::{Card, Now};
use super::operation;
use super::schema;
use super::settings::{Account, AccountState, Customer, Fault, FaultKind, ImpersonationOrder, PolicyFollows};
use super::soap::{self, Access, Extra, Identifier, Request, Trouble, Violation};

/// Versions that the schema of 2017 lists.
const VERSIONS: [&str; 19] = [
    "Exchange2007",
    "Exchange2007_SP1",
    "Exchange2009",
    "Exchange2010",
    "Exchange2010_SP1",
    "Exchange2010_SP2",
    "Exchange2012",
    "Exchange2013",
    "Exchange2013_SP1",
    "Exchange2015",
    "Exchange2016",
    "V2015_10_05",
    "V2016_01_06",
    "V2016_04_13",
    "V2016_07_13",
    "V2016_10_10",
    "V2017_01_07",
    "V2017_04_14",
    "V2017_07_11",
];

/// `EWSMaxConcurrency` of Exchange 2013 and later, unless an administrator changes it.
const FACTORY_LIMIT: usize = 27;

/// A call that does not get as far as an answer.
#[derive(Debug)]
pub(super) enum Refusal {
    /// A SOAP fault, with 500.
    Fault(Trouble),
    /// 403.
    Forbidden,
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        Self::Fault(trouble)
    }
}

impl From<Violation> for Refusal {
    fn from(violation: Violation) -> Self {
        Self::Fault(violation.into())
    }
}

/// A call that may be carried out.
#[derive(Debug)]
pub(super) struct Call<'a> {
    /// The server.
    pub(super) site: &'a Site,
    /// Who signed in.
    pub(super) account: &'a Account,
    /// When.
    pub(super) now: Now,
    /// Whose mailbox is impersonated.
    pub(super) target: Option<Card>,
    /// An answer that has to say "busy" with 200.
    pub(super) busy: Option<Busy>,
}

/// "Busy" inside an answer.
#[derive(Debug)]
pub(super) struct Busy {
    /// What it says.
    pub(super) trouble: Trouble,
    /// All of the answer, not only the last item.
    pub(super) whole: bool,
}

/// Name of the operation that a body asks for; empty if that can't be told.
pub(super) fn operation_of(body: &str) -> String {
    let Ok(document) = Document::parse(body) else { return String::new() };
    let call = soap::read(&document).ok().and_then(|request| request.call);
    call.map(|call| call.tag_name().name().to_owned()).unwrap_or_default()
}

/// Carries out a call and returns the child of the answer's body.
///
/// # Errors
/// The first check that fails, in the order of the wire reference.
pub(super) fn answer(
    site: &Site,
    account: &Account,
    now: Now,
    body: &str,
    crowded: bool,
) -> Result<String, Refusal> {
    account_state(account)?;
    let document = Document::parse(body).map_err(|error| {
        let at = error.pos();
        Violation { line: at.row, position: at.col, text: error.to_string() }
    })?;
    let request = soap::read(&document)?;
    let missing =
        || Trouble::new("ErrorInvalidRequest", "The request holds no operation that is known here.");
    let node = request.call.ok_or_else(missing)?;
    let element = schema::request(node).ok_or_else(missing)?;
    schema::check(node, element, site.server.habits.strict_order)?;
    let name = node.tag_name().name();
    version(site, &request, name)?;
    let target = impersonate(site, account, now, &request)?;
    let strike = site.strike(name, is_throttle);
    let busy = throttle(site, strike, crowded)?;
    let call = Call { site, account, now, target, busy };
    Ok(operation::run(&call, node))
}

/// Refuses an account that can't sign in although its password is right.
fn account_state(account: &Account) -> Result<(), Trouble> {
    Err(match account.state {
        AccountState::Active | AccountState::Locked => return Ok(()),
        AccountState::Disabled => Trouble::new("ErrorAccountDisabled", "The account is disabled."),
        AccountState::PasswordExpired => Trouble::new("ErrorPasswordExpired", "The password has expired."),
        AccountState::PasswordChangeRequired => {
            Trouble::new("ErrorPasswordChangeRequired", "The password must be changed.")
        }
    })
}

/// Checks the version header; `FindPeople` came with Exchange 2013.
fn version(site: &Site, request: &Request<'_, '_>, operation: &str) -> Result<(), Trouble> {
    let known = |version: &str| match site.server.known_versions.as_slice() {
        [] => VERSIONS.contains(&version),
        known => known.iter().any(|known| known == version),
    };
    // Without the header a server answers as its oldest generation would.
    let asked = request.version.unwrap_or("Exchange2007");
    let old = asked.starts_with("Exchange2007") || asked.starts_with("Exchange2010");
    if request.version.is_some_and(|version| !known(version)) || (operation == "FindPeople" && old) {
        return Err(Trouble::new("ErrorInvalidServerVersion", "The specified server version is invalid."));
    }
    Ok(())
}

/// Finds the mailbox in whose name the call is made, and whether the account may do that.
fn impersonate(
    site: &Site,
    account: &Account,
    now: Now,
    request: &Request<'_, '_>,
) -> Result<Option<Card>, Refusal> {
    let (by, name) = match request.access {
        Access::Own => return Ok(None),
        Access::As(by, name) => (by, name),
        Access::Empty => {
            let code = "ErrorInvalidExchangeImpersonationHeaderData";
            return Err(Trouble::new(code, "ExchangeImpersonation must name one mailbox.").into());
        }
        Access::Several => {
            let code = "ErrorMoreThanOneAccessModeSpecified";
            return Err(Trouble::new(code, "A call can use one way of access only.").into());
        }
    };
    let found = find(site, by, name, now);
    let role = role(account, now);
    let (card, ()) = match site.server.habits.impersonation_order {
        ImpersonationOrder::TargetFirst => (found?, role?),
        ImpersonationOrder::RoleFirst => {
            role?;
            (found?, ())
        }
    };
    let owner = site.server.customers.get(card.customer);
    scope(account, owner, &card)?;
    match owner {
        Some(owner) if !owner.ews || card.is_ews_off() => Err(Refusal::Forbidden),
        Some(owner) if owner.blocked => {
            let code = "ErrorOrganizationAccessBlocked";
            Err(Trouble::new(code, "Access to this organization is blocked.").into())
        }
        _ => Ok(Some(card)),
    }
}

/// Finds the mailbox by one of its names.
fn find(site: &Site, by: Identifier, name: &str, now: Now) -> Result<Card, Trouble> {
    let directory = &site.directory;
    let found = match by {
        Identifier::Primary => directory.by_primary(name, now),
        Identifier::Smtp if site.server.habits.smtp_address => directory.by_any_address(name, now),
        Identifier::Smtp => None,
    };
    let card = found.ok_or_else(|| no_mailbox(name))?;
    if card.kind.has_mailbox() { Ok(card) } else { Err(no_mailbox(name)) }
}

/// There is no mailbox with this address.
pub(super) fn no_mailbox(address: &str) -> Trouble {
    Trouble::new("ErrorNonExistentMailbox", "No mailbox with such an SMTP address exists.")
        .with(vec![("SmtpAddress", address.to_owned())])
}

/// Whether the account may impersonate anybody.
fn role(account: &Account, now: Now) -> Result<(), Trouble> {
    let spread = account.role_from.is_none_or(|when| when.moment(now.started) <= now.at);
    if account.impersonates.is_empty() || !spread {
        let message = "The account does not have the right to impersonate users on this server.";
        return Err(Trouble::new("ErrorImpersonationDenied", message));
    }
    Ok(())
}

/// Whether the account may impersonate this mailbox.
fn scope(account: &Account, owner: Option<&Customer>, card: &Card) -> Result<(), Trouble> {
    let named =
        |mark: &String| mark == "*" || (!card.unmarked && owner.is_some_and(|owner| owner.mark == *mark));
    if account.impersonates.iter().any(named) {
        return Ok(());
    }
    let message = "The account does not have permission to impersonate the requested user.";
    Err(Trouble::new("ErrorImpersonateUserDenied", message))
}

/// Whether a fault belongs to the throttling step.
fn is_throttle(kind: FaultKind) -> bool {
    use FaultKind::{BusyFault, BusyItem, BusyMessage, Connections};
    matches!(kind, BusyFault | BusyMessage | BusyItem | Connections)
}

/// Refuses a call that is too many, or marks its answer.
fn throttle(site: &Site, strike: Option<&Fault>, crowded: bool) -> Result<Option<Busy>, Trouble> {
    let kind = strike.map(|fault| fault.kind);
    if crowded || kind == Some(FaultKind::Connections) {
        let message = "You have exceeded the available concurrent connections for your account.";
        return Err(Trouble::new("ErrorExceededConnectionCount", message).with(vec![
            ("Policy", "MaxConcurrency".to_owned()),
            ("MaxConcurrencyLimit", site.server.most_at_once.unwrap_or(FACTORY_LIMIT).to_string()),
            ("ErrorMessage", message.to_owned()),
        ]));
    }
    let Some(fault) = strike else { return Ok(None) };
    let mut trouble = Trouble::new("ErrorServerBusy", "The server cannot service this request right now.");
    if let Some(wait) = fault.back_off_ms {
        trouble.extra = Extra::Values(vec![("BackOffMilliseconds", wait.to_string())]);
    }
    match fault.kind {
        FaultKind::BusyFault => Err(trouble),
        kind => Ok(Some(Busy { trouble, whole: kind == FaultKind::BusyMessage })),
    }
}

impl Call<'_> {
    /// The mailbox that the call is made in: the impersonated one, or the account's own.
    pub(super) fn mailbox(&self) -> Option<Card> {
        let own = || self.site.directory.by_primary(self.account.mailbox.as_deref()?, self.now);
        self.target.clone().or_else(own)
    }

    /// Whether the call is made by somebody who has a mailbox.
    pub(super) fn has_mailbox(&self) -> bool {
        self.target.is_some() || self.account.mailbox.is_some()
    }

    /// The "busy" that takes the place of item `index` of `count`.
    pub(super) fn busy_at(&self, index: usize, count: usize) -> Option<Trouble> {
        let busy = self.busy.as_ref()?;
        (busy.whole || index.saturating_add(1) == count).then(|| busy.trouble.clone())
    }

    /// Numbers of the entries that a query finds and the caller can see.
    pub(super) fn search(&self, query: &str) -> Vec<u32> {
        let book = self.book();
        let mut found = self.site.directory.find(query);
        found.retain(|number| self.shows(book, *number));
        found
    }

    /// Whether an address book holds an entry at this moment.
    fn shows(&self, book: Book, number: u32) -> bool {
        let Some((customer, listed)) = self.site.directory.glance(number, self.now) else { return false };
        let inside = match book {
            Book::Everybody => true,
            Book::Of(owner) => owner == customer,
            Book::Nobody => false,
        };
        listed && inside
    }

    /// The address book that the caller sees, by its policy.
    fn book(&self) -> Book {
        let server = &self.site.server;
        if let (Some(card), PolicyFollows::Impersonated) = (&self.target, server.habits.policy_follows) {
            let owner = server.customers.get(card.customer);
            return if owner.is_some_and(|owner| owner.address_book_policy) {
                Book::Of(card.customer)
            } else {
                Book::Everybody
            };
        }
        let Some(mark) = &self.account.address_book else { return Book::Everybody };
        let place = server.customers.iter().position(|customer| customer.mark == *mark);
        place.map_or(Book::Nobody, Book::Of)
    }
}

/// An address book.
#[derive(Clone, Copy, Debug)]
enum Book {
    /// The global list of the organisation: no policy.
    Everybody,
    /// One customer's.
    Of(usize),
    /// That of a customer who is not here.
    Nobody,
}
