//! The list of users: pages as they come, decoded while the next one is on its way, kinds that become known later.

use std::{collections::HashMap, sync::Arc};

use tokio::sync::{mpsc, oneshot};
use url::Url;
use uuid::Uuid;

use super::{
    Graph, MAX_PAGE_BYTES, Memory, TenantCheck,
    licence::Licences,
    page,
    purpose::Candidate,
    reading,
    wire::{self, Names, Page, Row},
};
use crate::{
    domain::{
        believed::Doubt,
        failure::Failure,
        id::{TenantId, UserId},
        text::Text,
        time::Moment,
        user::{Kind, NewUser, PAGE_ROWS, UserPage},
    },
    provider::{
        error::Error,
        http::Response,
        listed::{self, Listed},
    },
};

/// What is asked of each user; everything that a kind or a row needs. `mailboxSettings` can't be asked here.
pub(super) const SELECT: &str = "$select=id,displayName,userPrincipalName,mail,accountEnabled,userType,department,\
                                 assignedLicenses,assignedPlans,proxyAddresses,createdDateTime,onPremisesSyncEnabled";

/// How long a list that came whole waits for the checks of its last mailboxes before it says so, in first waits: nine
/// seconds. A small organisation is never shown unchecked, and a large one is not waited for.
const GRACE: u32 = 3;

/// How often a listing whose place the server lost is started again.
const RESTARTS: u8 = 2;

/// Most pages of one listing: a hundred million users; ends a server that never stops.
const MAX_PAGES: u32 = 100_000;

/// Pages in a row without a user who was not there before: Graph sends empty pages, hundreds in a row it does not. A guess.
pub(super) const FRUITLESS: u32 = 200;

impl Graph {
    /// Lists the users of a tenant into `sink`; returns how many rows it sent. A list that contradicts itself is told by
    /// [`Listed::Doubt`], before its last mailboxes are checked.
    ///
    /// The channel's bound is the back-pressure: at most one more page is asked for than the receiver has taken. Ends
    /// early, without a failure, when the receiver is gone. Safe to drop at any await. Mailboxes that `memory` knows are
    /// not asked about again.
    ///
    /// # Errors
    /// What kept the list from being whole; the pages sent before stay good.
    pub async fn list_users(
        &self,
        tenant: TenantId,
        memory: &Memory,
        sink: mpsc::Sender<Listed>,
    ) -> Result<u32, Failure> {
        self.list_whole(tenant, memory, sink).await.map_err(|e| e.failure("listing the users"))
    }

    /// The same for other calls of this client.
    pub(super) async fn list_whole(
        &self,
        tenant: TenantId,
        memory: &Memory,
        sink: mpsc::Sender<Listed>,
    ) -> Result<u32, Error> {
        self.list_within(MAX_PAGES, tenant, memory, sink).await
    }

    /// Pages and probes side by side; trouble with the pages ends both.
    pub(super) async fn list_within(
        &self,
        most_pages: u32,
        tenant: TenantId,
        memory: &Memory,
        sink: mpsc::Sender<Listed>,
    ) -> Result<u32, Error> {
        let (ask, asked) = mpsc::unbounded_channel();
        let (told, all_told) = oneshot::channel();
        let probing = async {
            self.probe(tenant, memory, asked, &sink).await;
            let _is_heard = told.send(()).is_ok();
            Ok(())
        };
        let grace = self.inner.http.first_wait().saturating_mul(GRACE);
        let paging = async {
            let (count, doubt) = self.pages(most_pages, tenant, memory, &sink, ask).await?;
            let said = match doubt {
                // Said before its mailboxes are checked: whoever asks for another list drops this one, and that ends the
                // checks.
                Some(doubt) => {
                    tracing::warn!(reason = doubt.in_words().as_str(), "a list of users contradicts itself");
                    Some(Listed::Doubt(doubt))
                }
                None if tokio::time::timeout(grace, all_told).await.is_err() => Some(Listed::Whole(count)),
                None => None,
            };
            if let Some(said) = said {
                // A receiver that is gone has heard enough.
                let _is_heard = sink.send(said).await.is_ok();
            }
            Ok::<_, Error>(count)
        };
        let (count, ()) = tokio::try_join!(paging, probing)?;
        Ok(count)
    }

    /// Follows the next links; answers how many rows were sent and why they are not to be believed.
    async fn pages(
        &self,
        most_pages: u32,
        tenant: TenantId,
        memory: &Memory,
        sink: &mpsc::Sender<Listed>,
        ask: mpsc::UnboundedSender<Candidate>,
    ) -> Result<(u32, Option<Doubt>), Error> {
        let first = self.url(&["users"], &format!("{SELECT}&$top={PAGE_ROWS}"));
        let (answer, licences) = tokio::join!(self.page(tenant, &first, sink), self.subscribed(tenant));
        let mut answer = answer?;
        let known = Known { memory: memory.clone(), now: self.inner.clock.now() };
        let mut listing = Listing::new(licences, known);
        let mut trail = page::Trail::default();
        for _ in 0..most_pages {
            let next = self.next(&answer.body, &mut trail);
            let fetch = async {
                match next.transpose()? {
                    Ok(url) => Some(self.page(tenant, &url, sink).await),
                    Err(error) => Some(Err(error)),
                }
            };
            let (shown, fetched) = tokio::join!(listing.show(answer, sink, &ask), fetch);
            match shown? {
                Shown::Unheard => return Ok((listing.count, None)),
                Shown::Page(Some(doubt)) => return Ok((listing.count, Some(doubt))),
                Shown::Page(None) => {}
            }
            answer = match fetched {
                None => return Ok((listing.count, listing.at_the_end())),
                Some(Ok(answer)) => answer,
                Some(Err(error)) if error.is_worn_link() && listing.shown.restarts < RESTARTS => {
                    tracing::info!(%error, "the server lost its place in the list; starting again");
                    listing.begin_again();
                    trail = page::Trail::default();
                    self.page(tenant, &first, sink).await?
                }
                Some(Err(error)) => return Err(error),
            };
        }
        Ok((listing.count, Some(Doubt::Endless)))
    }

    /// Reads one page. The listing can do nothing but wait while Graph wants a rest, so that is told.
    async fn page(
        &self,
        tenant: TenantId,
        url: &Url,
        sink: &mpsc::Sender<Listed>,
    ) -> Result<Response, Error> {
        let tell = |wait| listed::tell_pause(sink, "Microsoft", wait);
        let call = reading(url, MAX_PAGE_BYTES);
        self.good(self.send_telling(tenant, call, TenantCheck::Before, &tell).await?)
    }

    /// Where the list goes on; none at its end.
    fn next(&self, body: &[u8], trail: &mut page::Trail) -> Result<Option<Url>, Error> {
        let lost = || Error::Malformed { what: "where the list of users goes on" };
        let Some(link) = page::links(body).map_err(|page::Broken| lost())?.next else { return Ok(None) };
        let url = self.follow(&link)?;
        if trail.is_new(&url) { Ok(Some(url)) } else { Err(lost()) }
    }

    /// The licence names with those of the tenant; without them when it does not say.
    async fn subscribed(&self, tenant: TenantId) -> Arc<Licences> {
        let url = self.url(&["subscribedSkus"], "$select=skuId,skuPartNumber");
        match self.object(tenant, &url, "the list of licences").await {
            Ok(answer) => Arc::new(self.inner.licences.with_subscribed(&answer)),
            Err(error) => {
                tracing::info!(%error, "licences that the table does not know stay without a name");
                Arc::clone(&self.inner.licences)
            }
        }
    }
}

/// What is known of mailboxes at the moment of a listing.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) memory: Memory,
    pub(super) now: Moment,
}

/// A listing in progress.
struct Listing {
    licences: Arc<Licences>,
    memory: Known,
    /// What of it was shown; none only while a page is decoded.
    shown: Progress,
    /// Pages in a row that brought nobody new.
    fruitless: u32,
    count: u32,
}

/// What became of a page.
enum Shown {
    /// Its rows were sent; why the list is not to be believed.
    Page(Option<Doubt>),
    /// The receiver is gone.
    Unheard,
}

/// Whom a listing has shown.
///
/// Half a million users are remembered from one listing to the next anyway, so a byte for each says whether they came: a set
/// of their ids would take twenty times as much.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The last round that showed each of those whom the memory has, by place; 0: none.
    met: Vec<u8>,
    /// The same of the others.
    others: HashMap<UserId, u8>,
    /// How often the list had to begin again. Whom a round before showed is not sent twice.
    restarts: u8,
    /// Pages of this round.
    pages: page::Pages,
    /// Rows on the wire, and those of them without an id.
    rows: u32,
    without_id: u32,
}

/// Whether a listing has shown a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Met {
    /// Not yet.
    Never,
    /// Before it had to begin again.
    Before,
    /// In this round.
    Already,
}

impl Progress {
    /// Takes a user up.
    fn meet(&mut self, user: UserId, memory: &Memory) -> Met {
        let round = self.restarts + 1;
        // Of a first page nothing is read but its own users: they have no place yet, and stay without one.
        let place = memory.place(user).filter(|_| !self.others.contains_key(&user));
        let last = match place {
            Some(place) => {
                self.met.resize(self.met.len().max(place + 1), 0);
                self.met.get_mut(place).map(|last| std::mem::replace(last, round))
            }
            None => self.others.insert(user, round),
        };
        match last {
            None | Some(0) => Met::Never,
            Some(last) if last == round => Met::Already,
            Some(_) => Met::Before,
        }
    }

    /// The list starts again.
    fn begin_again(&mut self) {
        let (restarts, met, others) =
            (self.restarts + 1, std::mem::take(&mut self.met), std::mem::take(&mut self.others));
        *self = Self { met, others, restarts, ..Self::default() };
    }
}

impl Listing {
    fn new(licences: Arc<Licences>, memory: Known) -> Self {
        Self { licences, memory, shown: Progress::default(), fruitless: 0, count: 0 }
    }

    /// Decodes one answer off the network's thread and sends its rows.
    async fn show(
        &mut self,
        answer: Response,
        sink: &mpsc::Sender<Listed>,
        ask: &mpsc::UnboundedSender<Candidate>,
    ) -> Result<Shown, Error> {
        let licences = Arc::clone(&self.licences);
        let memory = self.memory.clone();
        let mut shown = std::mem::take(&mut self.shown);
        let malformed = || Error::Malformed { what: "a page of users" };
        let (shown, decoded) = tokio::task::spawn_blocking(move || {
            let decoded = wire::with_page(&answer.body, |page| {
                memory.memory.prepare(page.rows.iter().filter_map(|row| row.id.as_str()?.parse().ok()))?;
                Ok(decode(page, &licences, &memory, &mut shown))
            });
            (shown, decoded)
        })
        .await
        .map_err(|_stopped| malformed())?;
        self.shown = shown;
        let decoded =
            decoded.map_err(|_broken| malformed())?.map_err(|failure| Error::Record(Box::new(failure)))?;
        for page in decoded.pages {
            self.count = self.count.saturating_add(u32::try_from(page.len()).unwrap_or(u32::MAX));
            if sink.send(Listed::Page(Arc::new(page))).await.is_err() {
                return Ok(Shown::Unheard);
            }
        }
        for candidate in decoded.candidates {
            // The probing ends with this listing; when it ended before, the rows stay unchecked.
            let _is_asked = ask.send(candidate).is_ok();
        }
        self.fruitless = if decoded.is_fruitful { 0 } else { self.fruitless + 1 };
        Ok(Shown::Page(match () {
            () if decoded.is_repeated => Some(Doubt::Repeated),
            () if self.fruitless >= FRUITLESS => Some(Doubt::Endless),
            () => None,
        }))
    }

    /// Why the list is not to be believed, now that there is no page more. Somebody of the organisation let us in, so it
    /// has users; a few rows without an id are rows with a problem, a list of them is none.
    fn at_the_end(&self) -> Option<Doubt> {
        let Progress { rows, without_id, .. } = self.shown;
        if rows == 0 {
            Some(Doubt::Empty)
        } else if without_id > rows / 2 {
            Some(Doubt::WithoutIds)
        } else {
            None
        }
    }

    /// The list starts again: whom it shows once more is not sent once more.
    fn begin_again(&mut self) {
        self.shown.begin_again();
        self.fruitless = 0;
    }
}

/// What one answer holds.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    /// Its rows, but for those that came before; more than one page only when the server sends more than was asked for.
    pub(super) pages: Vec<UserPage>,
    /// Rows whose kind Exchange has to tell.
    pub(super) candidates: Vec<Candidate>,
    /// It holds a user whom no page before it held.
    pub(super) is_fruitful: bool,
    /// It is a page that came before, once more.
    pub(super) is_repeated: bool,
}

/// Turns wire rows into pages.
pub(super) fn decode(page: &Page<'_>, licences: &Licences, known: &Known, shown: &mut Progress) -> Decoded {
    let mut sets: Vec<Text> = Vec::new();
    let mut known_sets: HashMap<&[Uuid], u16> = HashMap::new();
    let mut rows: Vec<NewUser<'_>> = Vec::with_capacity(page.rows.len());
    let mut decoded = Decoded::default();
    let mut ids = Vec::with_capacity(page.rows.len());
    for row in &page.rows {
        let id = id(row, u64::from(shown.rows));
        shown.rows = shown.rows.saturating_add(1);
        if id.is_of_place() {
            shown.without_id = shown.without_id.saturating_add(1);
        } else {
            ids.push(id);
            let met = shown.meet(id, &known.memory);
            decoded.is_fruitful |= met != Met::Already;
            if met != Met::Never {
                continue;
            }
        }
        let names = row.names();
        let (kind, candidate) = kind(id, row, &names, licences, known);
        decoded.candidates.extend(candidate);
        let skus = row.skus.items();
        let set = *known_sets.entry(skus).or_insert_with(|| {
            sets.push(licences.names(skus));
            u16::try_from(sets.len() - 1).unwrap_or(u16::MAX)
        });
        rows.push(NewUser {
            id,
            name: row.name.as_str().unwrap_or_default(),
            address: names.address,
            sign_in: names.sign_in,
            department: row.department.as_str().unwrap_or_default(),
            problem: names.problem,
            kind,
            licences: set,
            made: row.made.as_str().and_then(Moment::parse),
        });
    }
    // The place in `pages` is taken up also where the page is fruitful: the same one may come again.
    decoded.is_repeated = !shown.pages.is_new(&ids) && !decoded.is_fruitful;
    let sets: Arc<[Text]> = sets.into();
    decoded.pages = rows.chunks(PAGE_ROWS).map(|rows| UserPage::new(rows, Arc::clone(&sets))).collect();
    decoded
}

/// The row's GUID; a row without one gets an id from its place, and can't be turned on.
fn id(row: &Row<'_>, ordinal: u64) -> UserId {
    row.id.as_str().and_then(|id| id.parse().ok()).unwrap_or_else(|| UserId::of_place(ordinal))
}

/// What a row is, as far as the directory and earlier answers tell (reference, section 7.5; product.md section 9, *Users*);
/// and the question for Exchange where they don't. A row with a problem is not asked about: it can't be turned on.
pub(super) fn kind(
    id: UserId,
    row: &Row<'_>,
    names: &Names<'_>,
    licences: &Licences,
    known: &Known,
) -> (Kind, Option<Candidate>) {
    let has_plan = licences.has_mailbox(row.plans.items());
    if row.is_guest() {
        return (Kind::Guest, None);
    }
    if !has_plan && !row.has_mail() {
        return (Kind::WithoutMailbox, None);
    }
    if !names.problem.is_empty() {
        return (Kind::NotKnownYet, None);
    }
    let candidate = Candidate {
        id,
        is_enabled: row.is_enabled(),
        has_plan,
        has_mail: row.has_mail(),
        is_synced: row.synced == wire::Flag::Said(true),
        made: row.made.as_str().and_then(Moment::parse),
        facts: facts(row, names, has_plan),
    };
    match known.memory.kind(&candidate, known.now) {
        Some(kind) => (kind, None),
        None => (Kind::NotKnownYet, Some(candidate)),
    }
}

/// A digest of what a mailbox's kind may hang on (FNV-1a, 64 bits): with another one the user has changed, and is asked
/// about again. A leaver's mailbox that becomes a shared one loses its sign-in or its licence.
fn facts(row: &Row<'_>, names: &Names<'_>, has_plan: bool) -> i64 {
    let mut skus: Vec<&Uuid> = row.skus.items().iter().collect();
    skus.sort_unstable();
    let flags = [row.is_enabled(), has_plan, row.synced == wire::Flag::Said(true)].map(u8::from);
    let mail = names.address.as_bytes();
    let bytes = mail.iter().chain(&flags).chain(skus.into_iter().flat_map(Uuid::as_bytes));
    let digest = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |digest, byte| {
        (digest ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    digest.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::checked::Checked;

    #[test]
    fn whoever_came_is_known_again_with_a_memory_or_without_it_and_after_a_new_beginning() {
        let user = |number| UserId::from_bytes([number; 16]);
        let checked = move |number| Checked {
            user: user(number),
            kind: Kind::User,
            facts: 7,
            at: Moment::from_millis(0),
        };
        let read = move |users: Option<&[UserId]>| {
            Ok(users.map_or_else(|| vec![checked(1), checked(3)], |_| Vec::new()))
        };
        let memory = Memory::unread(read);
        let mut shown = Progress::default();
        let meet =
            |shown: &mut Progress, numbers: [u8; 4]| numbers.map(|number| shown.meet(user(number), &memory));
        assert_eq!(meet(&mut shown, [1, 1, 2, 2]), [Met::Never, Met::Already, Met::Never, Met::Already]);
        for _ in 0..2 {
            memory.prepare([user(1)].into_iter()).unwrap();
        }
        // 1 came before anything was read of it, 3 has a place now, 4 was never asked about.
        assert_eq!(meet(&mut shown, [1, 3, 3, 4]), [Met::Already, Met::Never, Met::Already, Met::Never]);
        shown.begin_again();
        assert_eq!(meet(&mut shown, [1, 3, 4, 5]), [Met::Before, Met::Before, Met::Before, Met::Never]);
        assert_eq!(meet(&mut shown, [1, 3, 4, 5]), [Met::Already; 4]);
    }
}
