//! Users: the listing, one user, counting, mailbox settings, delta.
//!
//! A page is written straight into bytes, user by user, so that a listing of 500,000 costs what its pages cost. Page
//! tokens and delta tokens are sealed and belong to one tenant and one query.

mod row;

use std::{sync::atomic::Ordering, time::Duration};

use serde_json::{Value, json};

use super::{
    Caller, Found, Refusal,
    query::{Query, no_property},
    tenant,
};
use crate::sandbox::{
    answer::Ask,
    people::{Directory, Person, Place},
    platform::Platform,
};

/// Roles that may read users.
const READ: [&str; 2] = ["User.Read.All", "Directory.Read.All"];
/// Users on a page if `$top` does not say.
const USUAL_PAGE: usize = 100;
/// Users on a page of delta. A guess: the documents name no number.
const DELTA_PAGE: usize = 200;
/// Mailbox requests at one time for one application (throttling limits of the Outlook service).
pub(super) const MAILBOXES_AT_ONCE: usize = 4;
/// Time that a mailbox request takes: long enough for two of them to meet. A guess.
pub(super) const MAILBOX_TIME: Duration = Duration::from_millis(5);
/// Life of a directory delta token, milliseconds: seven days.
const DELTA_LIFE: i64 = 7 * 24 * 3_600_000;
/// Properties of users that a collection never has.
const NOT_IN_COLLECTION: [&str; 11] = [
    "aboutMe",
    "birthday",
    "hireDate",
    "interests",
    "mySite",
    "pastProjects",
    "preferredName",
    "responsibilities",
    "schools",
    "skills",
    "mailboxSettings",
];

/// What a page token holds.
struct PageToken {
    /// Place of the next user.
    place: Place,
    /// Number of the page, from 1.
    page: u64,
}

/// Refuses callers that may not read users.
fn allowed(caller: &Caller) -> Result<(), Refusal> {
    caller.may(&READ).then_some(()).ok_or_else(Refusal::forbidden)
}

/// Answers `/users`.
pub(super) fn list(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    allowed(caller)?;
    let query =
        Query::of(ask, &["$select", "$top", "$filter", "$skiptoken", "$orderby", "$search", "$expand"])?;
    unsupported(ask)?;
    let directory = platform.directory(tenant(caller)?)?;
    let columns = columns(&query)?;
    let token = page_token(platform, caller, &query)?;
    page_trouble(platform, caller, token.page)?;
    let size = query.top.unwrap_or(USUAL_PAGE);
    let fits = |person: &Person| is_shown(caller, person);
    let mut rows = Vec::with_capacity(size * 256);
    let (mut written, mut next) = (0, None);
    let from = if caller.faults.same_page { Place::FIRST } else { token.place };
    let left = rows_left(platform, caller, &directory, before(token.page, size));
    for person in directory.from(from).filter(fits).take(left) {
        if written == size {
            next = Some(person.place);
            break;
        }
        if written > 0 {
            rows.push(b',');
        }
        row::write(&mut rows, &person, tenant(caller)?, &columns, &caller.faults);
        written += 1;
    }
    let mut body = format!("{{\"@odata.context\":{}", context(&caller.root, "users", &query)).into_bytes();
    if let Some(place) = next {
        let link = next_link(platform, caller, &query, place, token.page)?;
        body.extend(format!(",\"@odata.nextLink\":{}", Value::from(link)).bytes());
    }
    body.extend(b",\"value\":[");
    body.append(&mut rows);
    body.extend(b"]}");
    let units = if query.select.is_some() { 1 } else { 2 };
    let cut = caller.faults.cut_off
        && token.page % 5 == 2
        && platform.due(format!("cut {} {}", caller.tid, token.page));
    Ok(Found { status: 200, body, units, cut })
}

/// Whether lists show a user.
fn is_shown(caller: &Caller, person: &Person) -> bool {
    caller.faults.lacks.as_ref().is_none_or(|name| *name != person.name)
}

/// Users on the pages before this one.
fn before(page: u64, size: usize) -> usize {
    usize::try_from(page.saturating_sub(1)).unwrap_or(usize::MAX).saturating_mul(size)
}

/// How many users a list that has told so many still tells: all of them, unless it ends in its middle today.
fn rows_left(platform: &Platform, caller: &Caller, directory: &Directory, told: usize) -> usize {
    let Some(day) = &caller.faults.short_list else { return usize::MAX };
    let now = jiff::Timestamp::from_millisecond(platform.now()).unwrap_or_default().to_string();
    if !now.starts_with(day.as_str()) {
        return usize::MAX;
    }
    let half = usize::try_from(directory.count() / 2).unwrap_or(usize::MAX);
    half.saturating_sub(told)
}

/// Options that are known and not for this call.
fn unsupported(ask: &Ask) -> Result<(), Refusal> {
    for (name, _) in ask.pairs() {
        match name.as_str() {
            "$filter" | "$orderby" | "$search" | "$expand" => {
                let message = format!("The sandbox does not know how to answer {name}.");
                return Err(Refusal::new(501, "NotImplemented", message));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The columns of a collection.
fn columns(query: &Query) -> Result<Vec<&str>, Refusal> {
    let Some(select) = &query.select else { return Ok(row::USUAL.to_vec()) };
    for name in select {
        if NOT_IN_COLLECTION.contains(&name.as_str()) {
            return Err(Refusal::new(501, "NotImplemented", "This operation target is not yet supported."));
        }
        if !row::KNOWN.contains(&name.as_str()) {
            return Err(no_property(name, "user"));
        }
    }
    Ok(select.iter().map(String::as_str).collect())
}

/// `@odata.context` as JSON text.
fn context(root: &str, set: &str, query: &Query) -> String {
    let columns = query.select.as_ref().map(|it| format!("({})", it.join(","))).unwrap_or_default();
    Value::from(format!("{root}/$metadata#{set}{columns}")).to_string()
}

/// Reads the page token; without one it is page 1.
fn page_token(platform: &Platform, caller: &Caller, query: &Query) -> Result<PageToken, Refusal> {
    let Some(token) = &query.skip_token else { return Ok(PageToken { place: Place::FIRST, page: 1 }) };
    let expired = || {
        Refusal::new(
            400,
            "Directory_ExpiredPageToken",
            "The specified page token value has expired and can no longer be included in your request.",
        )
    };
    let content = platform.keys.open(token).ok_or_else(|| Refusal::bad("The skip token is not valid."))?;
    let text = |name: &str| content.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| content.get(name).and_then(Value::as_u64).unwrap_or_default();
    if text("k") != "page" || text("t") != caller.tid || text("q") != query.rest {
        return Err(Refusal::bad("The skip token does not belong to this query."));
    }
    let page = number("n");
    if caller.faults.expired_page && page == 3 && platform.due(format!("expired {}", caller.tid)) {
        return Err(expired());
    }
    Ok(PageToken { place: Place::from_code(number("p")).ok_or_else(expired)?, page })
}

/// Throttling and busy answers on some pages.
fn page_trouble(platform: &Platform, caller: &Caller, page: u64) -> Result<(), Refusal> {
    if let Some(seconds) = caller.faults.throttle
        && page % 10 == 2
        && platform.due(format!("throttle {} {page}", caller.tid))
    {
        let scope =
            format!("Tenant_Application/ReadWrite/{}/{}", platform.world.partner.client_id, caller.tid);
        return Err(Refusal::throttled(seconds)
            .with("x-ms-throttle-scope", scope)
            .with("x-ms-throttle-information", "ResourceUnitLimitExceeded"));
    }
    if caller.faults.busy && page % 10 == 3 && platform.due(format!("busy {} {page}", caller.tid)) {
        return Err(Refusal::busy());
    }
    Ok(())
}

/// Address of the next page.
fn next_link(
    platform: &Platform,
    caller: &Caller,
    query: &Query,
    place: Place,
    page: u64,
) -> Result<String, Refusal> {
    let content = json!({"k": "page", "t": caller.tid, "q": query.rest, "p": place.code(), "n": page + 1});
    let token = platform.keys.seal(&content).ok_or_else(Refusal::busy)?;
    let root = if caller.faults.evil_next && page == 1 {
        format!("https://{}.collector.example/v1.0", platform.world.home.graph)
    } else {
        caller.root.clone()
    };
    let separator = if query.rest.is_empty() { "" } else { "&" };
    Ok(format!("{root}/users?{}{separator}$skiptoken={token}", query.rest))
}

/// Finds one user.
fn find(directory: &Directory, key: &str) -> Result<Person, Refusal> {
    directory.find(key).ok_or_else(|| Refusal::missing(key))
}

/// Answers `/users/{id}`.
pub(super) fn one(platform: &Platform, ask: &Ask, caller: &Caller, key: &str) -> Result<Found, Refusal> {
    allowed(caller)?;
    let query = Query::of(ask, &["$select"])?;
    let columns = columns(&query)?;
    let directory = platform.directory(tenant(caller)?)?;
    let person = find(&directory, key)?;
    let mut fields = Vec::new();
    row::write(&mut fields, &person, tenant(caller)?, &columns, &caller.faults);
    let mut body =
        format!("{{\"@odata.context\":{},", context(&caller.root, "users", &query).replace("\"}", "\""))
            .into_bytes();
    // The context names one entity of the set.
    if let Some(end) = body.iter().rposition(|byte| *byte == b'"') {
        body.splice(end..end, *b"/$entity");
    }
    body.extend(fields.into_iter().skip(1));
    Ok(Found { status: 200, body, units: 1, cut: false })
}

/// Counts mailbox requests while they are answered.
pub(super) struct MailboxPermit<'a>(&'a Platform, usize);

impl<'a> MailboxPermit<'a> {
    /// Counts `more`; and how many were being answered before.
    pub(super) fn take(platform: &'a Platform, more: usize) -> (Self, usize) {
        (Self(platform, more), platform.mailboxes.fetch_add(more, Ordering::AcqRel))
    }
}

impl Drop for MailboxPermit<'_> {
    fn drop(&mut self) {
        self.0.mailboxes.fetch_sub(self.1, Ordering::AcqRel);
    }
}

/// Answers `/users/{id}/mailboxSettings`.
pub(super) async fn mailbox(
    platform: &Platform,
    ask: &Ask,
    caller: &Caller,
    key: &str,
) -> Result<Found, Refusal> {
    let (_permit, running) = MailboxPermit::take(platform, 1);
    if running >= MAILBOXES_AT_ONCE {
        return Err(Refusal::throttled(1));
    }
    tokio::time::sleep(MAILBOX_TIME).await;
    settings(platform, ask, caller, key)
}

/// The settings of one mailbox, however they were asked for.
pub(super) fn settings(platform: &Platform, ask: &Ask, caller: &Caller, key: &str) -> Result<Found, Refusal> {
    if !caller.may(&["MailboxSettings.Read", "MailboxSettings.ReadWrite"]) {
        return Err(Refusal::new(
            403,
            "ErrorAccessDenied",
            "Access is denied. Check credentials and try again.",
        ));
    }
    let directory = platform.directory(tenant(caller)?)?;
    let person = find(&directory, key)?;
    let Some(purpose) = person.purpose() else {
        let message = "The mailbox is either inactive, soft-deleted, or is hosted on-premise.";
        return Err(Refusal::new(404, "MailboxNotEnabledForRESTAPI", message));
    };
    let settings = json!({
        "@odata.context": format!("{}/$metadata#users('{}')/mailboxSettings", caller.root, person.id),
        "archiveFolder": null, "timeZone": "AUS Eastern Standard Time", "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "dateFormat": "d/MM/yyyy", "timeFormat": "h:mm tt", "userPurpose": purpose,
        "language": {"locale": "en-AU", "displayName": "English (Australia)"},
    });
    Ok(Found::json(&super::query::select(ask, "mailboxSettings", settings)?, 1))
}

/// Answers `/users/delta`.
pub(super) fn delta(platform: &Platform, ask: &Ask, caller: &Caller) -> Result<Found, Refusal> {
    allowed(caller)?;
    let query = Query::of(ask, &["$select", "$deltatoken", "$skiptoken"])?;
    let directory = platform.directory(tenant(caller)?)?;
    let round = Round { platform, caller, directory: &directory };
    let select = query.select.as_ref().map(|it| it.join(","));
    match (&query.delta_token, &query.skip_token) {
        (Some(token), _) if token == "latest" => round.end(select.as_deref(), &[], &[], None),
        (Some(token), _) if token.is_empty() => {
            round.page(select.as_deref(), Place::FIRST, round.start(), page_size(ask))
        }
        (Some(token), _) => {
            let (select, start) = round.position(token, "delta")?;
            let (mut people, left) = directory.since(start.0, start.1);
            people.retain(|person| is_shown(caller, person));
            round.end(select.as_deref(), &people, &left, None)
        }
        (None, Some(token)) => {
            let content = platform.keys.open(token).ok_or_else(|| Round::gone(&caller.root))?;
            let (select, start) = round.position(token, "round")?;
            let place = content
                .get("p")
                .and_then(Value::as_u64)
                .and_then(Place::from_code)
                .ok_or_else(|| Round::gone(&caller.root))?;
            round.page(select.as_deref(), place, start, page_size(ask))
        }
        (None, None) => round.page(select.as_deref(), Place::FIRST, round.start(), page_size(ask)),
    }
}

/// `Prefer: odata.maxpagesize=N`.
fn page_size(ask: &Ask) -> usize {
    let wish = ask
        .header("prefer")
        .split(',')
        .find_map(|it| it.trim().strip_prefix("odata.maxpagesize=")?.parse().ok());
    wish.unwrap_or(DELTA_PAGE).clamp(1, 999)
}

/// A moment (milliseconds since 1970 UTC) and a journal position: what a round has seen.
type Seen = (i64, u64);

/// One delta request.
struct Round<'a> {
    /// The sandbox.
    platform: &'a Platform,
    /// Who asks.
    caller: &'a Caller,
    /// Users, now.
    directory: &'a Directory,
}

impl Round<'_> {
    /// Where a round that begins now stands.
    fn start(&self) -> Seen {
        (self.platform.now(), self.directory.seq)
    }

    /// 410: begin again.
    fn gone(root: &str) -> Refusal {
        Refusal::new(
            410,
            "syncStateNotFound",
            "The sync state is not found. Please begin a full synchronisation.",
        )
        .with("location", format!("{root}/users/delta?$deltatoken="))
    }

    /// Reads a token: the columns and what was seen.
    fn position(&self, token: &str, kind: &str) -> Result<(Option<String>, Seen), Refusal> {
        let content = self.platform.keys.open(token).ok_or_else(|| Self::gone(&self.caller.root))?;
        let text = |name: &str| content.get(name).and_then(Value::as_str);
        let seen = content.get("m").and_then(Value::as_i64).zip(content.get("s").and_then(Value::as_u64));
        let seen = seen
            .filter(|_| text("k") == Some(kind) && text("t") == Some(&self.caller.tid))
            .ok_or_else(|| Self::gone(&self.caller.root))?;
        let old = self.platform.now().saturating_sub(seen.0) > DELTA_LIFE;
        // A position beyond the journal's end is of a world that was emptied since.
        if self.caller.faults.delta_old {
            let message = "DeltaLink older than 30 days is not supported.";
            return Err(Refusal::new(400, "Request_UnsupportedQuery", message));
        }
        if old || seen.1 > self.directory.seq || self.caller.faults.delta_reset {
            return Err(Self::gone(&self.caller.root));
        }
        Ok((text("c").map(str::to_owned), seen))
    }

    /// A token for later.
    fn token(
        &self,
        kind: &str,
        select: Option<&str>,
        seen: Seen,
        place: Option<Place>,
    ) -> Result<String, Refusal> {
        let content = json!({
            "k": kind, "t": self.caller.tid, "c": select, "m": seen.0, "s": seen.1, "p": place.map(Place::code),
        });
        self.platform.keys.seal(&content).ok_or_else(Refusal::busy)
    }

    /// A page of the first round.
    fn page(&self, select: Option<&str>, place: Place, seen: Seen, size: usize) -> Result<Found, Refusal> {
        let mut people: Vec<Person> = self.directory.from(place).take(size + 1).collect();
        let more = if people.len() > size { people.pop().map(|person| person.place) } else { None };
        match more {
            None => self.end(select, &people, &[], Some(seen)),
            Some(next) => {
                let token = self.token("round", select, seen, Some(next))?;
                self.write(
                    select,
                    &people,
                    &[],
                    ("@odata.nextLink", format!("{}/users/delta?$skiptoken={token}", self.caller.root)),
                )
            }
        }
    }

    /// The last page of a round; `seen` is when it began, now if it is one page.
    fn end(
        &self,
        select: Option<&str>,
        people: &[Person],
        left: &[uuid::Uuid],
        seen: Option<Seen>,
    ) -> Result<Found, Refusal> {
        let token = self.token("delta", select, seen.unwrap_or_else(|| self.start()), None)?;
        self.write(
            select,
            people,
            left,
            ("@odata.deltaLink", format!("{}/users/delta?$deltatoken={token}", self.caller.root)),
        )
    }

    /// Rows, removed ones and one link.
    fn write(
        &self,
        select: Option<&str>,
        people: &[Person],
        left: &[uuid::Uuid],
        link: (&str, String),
    ) -> Result<Found, Refusal> {
        let chosen =
            Query { select: select.map(|it| it.split(',').map(str::to_owned).collect()), ..Query::default() };
        let mut columns = columns(&chosen)?;
        if !columns.contains(&"id") {
            columns.push("id");
        }
        let mut body =
            format!("{{\"@odata.context\":{},", context(&self.caller.root, "users", &chosen)).into_bytes();
        body.extend(format!("\"{}\":{},\"value\":[", link.0, Value::from(link.1)).bytes());
        for (number, person) in people.iter().enumerate() {
            if number > 0 {
                body.push(b',');
            }
            row::write(&mut body, person, tenant(self.caller)?, &columns, &self.caller.faults);
        }
        for (number, id) in left.iter().enumerate() {
            if number > 0 || !people.is_empty() {
                body.push(b',');
            }
            body.extend(json!({"id": id.to_string(), "@removed": {"reason": "changed"}}).to_string().bytes());
        }
        body.extend(b"]}");
        Ok(Found { status: 200, body, units: 1, cut: false })
    }
}
