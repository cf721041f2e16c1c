//! The list of users: pages as they come, decoded while the next one is on its way, kinds that become known later.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use tokio::sync::{mpsc, oneshot};
use url::Url;
use uuid::Uuid;

use super::{
    Graph, MAX_PAGE_BYTES, Memory,
    licence::Licences,
    page,
    purpose::Candidate,
    wire::{self, Page, Row},
};
use crate::{
    domain::{
        failure::Failure,
        id::{TenantId, UserId},
        text::Text,
        time::Moment,
        user::{Kind, NewUser, PAGE_ROWS, UserPage},
    },
    provider::{error::Error, http::Response, listed::Listed},
};

/// What is asked of each user; everything that a kind or a row needs. `mailboxSettings` can't be asked here.
pub(super) const SELECT: &str = "$select=id,displayName,userPrincipalName,mail,accountEnabled,userType,department,\
                                 assignedLicenses,assignedPlans,proxyAddresses,createdDateTime,onPremisesSyncEnabled";

/// How long a list that came whole waits for the checks of its last mailboxes before it says so, in first waits: nine
/// seconds. A small organisation is never shown unchecked, and a large one is not waited for.
const GRACE: u32 = 3;

/// How often a listing whose place the server lost is started again.
const RESTARTS: u32 = 2;

/// Most pages of one listing: a hundred million users; ends a server that never stops.
const MAX_PAGES: u32 = 100_000;

impl Graph {
    /// Lists the users of a tenant into `sink`; returns how many rows it sent.
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

    /// Pages and probes side by side; trouble with the pages ends both.
    pub(super) async fn list_whole(
        &self,
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
            let count = self.pages(tenant, memory, &sink, ask).await?;
            if tokio::time::timeout(grace, all_told).await.is_err() {
                let _is_heard = sink.send(Listed::Whole(count)).await.is_ok();
            }
            Ok::<u32, Error>(count)
        };
        let (count, ()) = tokio::try_join!(paging, probing)?;
        Ok(count)
    }

    /// Follows the next links.
    async fn pages(
        &self,
        tenant: TenantId,
        memory: &Memory,
        sink: &mpsc::Sender<Listed>,
        ask: mpsc::UnboundedSender<Candidate>,
    ) -> Result<u32, Error> {
        let first = self.url(&["users"], &format!("{SELECT}&$top={PAGE_ROWS}"));
        let (answer, licences) =
            tokio::join!(self.get(tenant, &first, MAX_PAGE_BYTES), self.subscribed(tenant));
        let mut answer = answer?;
        let memory = Known { memory: memory.clone(), now: self.inner.clock.now() };
        let mut listing = Listing { licences, memory, sent: Vec::new(), seen: Arc::default(), count: 0 };
        let mut restarts = 0;
        let mut trail = page::Trail::default();
        for _ in 0..MAX_PAGES {
            let next = self.next(&answer.body, &mut trail);
            let fetch = async {
                match next.transpose()? {
                    Ok(url) => Some(self.get(tenant, &url, MAX_PAGE_BYTES).await),
                    Err(error) => Some(Err(error)),
                }
            };
            let (shown, fetched) = tokio::join!(listing.show(answer, sink, &ask), fetch);
            if !shown? {
                break;
            }
            answer = match fetched {
                None => break,
                Some(Ok(answer)) => answer,
                Some(Err(error)) if has_lost_place(&error) && restarts < RESTARTS => {
                    tracing::info!(%error, "the server lost its place in the list; starting again");
                    restarts += 1;
                    listing.remember();
                    trail = page::Trail::default();
                    self.get(tenant, &first, MAX_PAGE_BYTES).await?
                }
                Some(Err(error)) => return Err(error),
            };
        }
        Ok(listing.count)
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
    /// Pages sent so far; shared with the receiver, so they cost nothing more.
    sent: Vec<Arc<UserPage>>,
    /// Rows sent before a restart; they are not sent twice.
    seen: Arc<HashSet<UserId>>,
    count: u32,
}

impl Listing {
    /// Decodes one answer off the network's thread and sends its rows; false when the receiver is gone.
    async fn show(
        &mut self,
        answer: Response,
        sink: &mpsc::Sender<Listed>,
        ask: &mpsc::UnboundedSender<Candidate>,
    ) -> Result<bool, Error> {
        let licences = Arc::clone(&self.licences);
        let seen = Arc::clone(&self.seen);
        let memory = self.memory.clone();
        let first_row = self.count;
        let malformed = || Error::Malformed { what: "a page of users" };
        let decoded = tokio::task::spawn_blocking(move || {
            wire::with_page(&answer.body, |page| decode(page, &licences, &memory, (&seen, first_row)))
        })
        .await
        .map_err(|_stopped| malformed())?
        .map_err(|_broken| malformed())?;
        for page in decoded.pages {
            let page = Arc::new(page);
            self.count = self.count.saturating_add(u32::try_from(page.len()).unwrap_or(u32::MAX));
            self.sent.push(Arc::clone(&page));
            if sink.send(Listed::Page(page)).await.is_err() {
                return Ok(false);
            }
        }
        for candidate in decoded.candidates {
            // The probing ends with this listing; when it ended before, the rows stay unchecked.
            let _is_asked = ask.send(candidate).is_ok();
        }
        Ok(true)
    }

    /// Keeps the ids of the rows sent so far, before the list starts again.
    fn remember(&mut self) {
        self.seen = Arc::new(self.sent.iter().flat_map(|page| page.ids().iter().copied()).collect());
    }
}

/// What one answer holds.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    /// Its rows; more than one page only when the server sends more than was asked for.
    pub(super) pages: Vec<UserPage>,
    /// Rows whose kind Exchange has to tell.
    pub(super) candidates: Vec<Candidate>,
}

/// Turns wire rows into pages, but for those `seen` before. `first_row` is the ordinal of the first one, for rows without
/// an id of their own.
pub(super) fn decode(
    page: &Page<'_>,
    licences: &Licences,
    known: &Known,
    (seen, first_row): (&HashSet<UserId>, u32),
) -> Decoded {
    let mut sets: Vec<Text> = Vec::new();
    let mut known_sets: HashMap<&[Uuid], u16> = HashMap::new();
    let mut rows: Vec<NewUser<'_>> = Vec::with_capacity(page.rows.len());
    let mut candidates = Vec::new();
    for (at, row) in page.rows.iter().enumerate() {
        let id = id(row, u64::from(first_row).saturating_add(at as u64));
        if seen.contains(&id) {
            continue;
        }
        let (kind, candidate) = kind(id, row, licences, known);
        candidates.extend(candidate);
        let skus = row.skus.items();
        let set = *known_sets.entry(skus).or_insert_with(|| {
            sets.push(licences.names(skus));
            u16::try_from(sets.len() - 1).unwrap_or(u16::MAX)
        });
        rows.push(NewUser {
            id,
            name: row.name.as_str().unwrap_or_default(),
            address: row.address(),
            department: row.department.as_str().unwrap_or_default(),
            problem: row.problem(),
            kind,
            licences: set,
            made: row.made.as_str().and_then(Moment::parse),
        });
    }
    let sets: Arc<[Text]> = sets.into();
    let pages = rows.chunks(PAGE_ROWS).map(|rows| UserPage::new(rows, Arc::clone(&sets))).collect();
    Decoded { pages, candidates }
}

/// The row's GUID; a row without one gets an id from its place, and can't be turned on.
fn id(row: &Row<'_>, ordinal: u64) -> UserId {
    row.id.as_str().and_then(|id| id.parse().ok()).unwrap_or_else(|| {
        UserId::from_bytes(((u128::from(u64::MAX) << 64) | u128::from(ordinal)).to_be_bytes())
    })
}

/// What a row is, as far as the directory and earlier answers tell (reference, section 7.5; product.md section 9, *Users*);
/// and the question for Exchange where they don't. A row with a problem is not asked about: it can't be turned on.
pub(super) fn kind(
    id: UserId,
    row: &Row<'_>,
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
    if !row.problem().is_empty() {
        return (Kind::NotKnownYet, None);
    }
    let candidate = Candidate {
        id,
        is_enabled: row.is_enabled(),
        has_plan,
        has_mail: row.has_mail(),
        is_synced: row.synced == wire::Flag::Said(true),
        made: row.made.as_str().and_then(Moment::parse),
        facts: facts(row, has_plan),
    };
    match known.memory.kind(&candidate, known.now) {
        Some(kind) => (kind, None),
        None => (Kind::NotKnownYet, Some(candidate)),
    }
}

/// A digest of what a mailbox's kind may hang on (FNV-1a, 64 bits): with another one the user has changed, and is asked
/// about again. A leaver's mailbox that becomes a shared one loses its sign-in or its licence.
fn facts(row: &Row<'_>, has_plan: bool) -> i64 {
    let mut skus: Vec<&Uuid> = row.skus.items().iter().collect();
    skus.sort_unstable();
    let flags = [row.is_enabled(), has_plan, row.synced == wire::Flag::Said(true)].map(u8::from);
    let mail = row.address().as_bytes();
    let bytes = mail.iter().chain(&flags).chain(skus.into_iter().flat_map(Uuid::as_bytes));
    let digest = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |digest, byte| {
        (digest ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    digest.cast_signed()
}

/// Whether the server no longer knows how far the list was (reference, sections 7.1 and 10.1).
fn has_lost_place(error: &Error) -> bool {
    matches!(error.graph(), Some((_, "Directory_ExpiredPageToken" | "DirectoryPageTokenNotFoundException")))
}
