//! Calls with many replies: listing, applying.

use std::{collections::HashSet, sync::Arc};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        believed::{Doubt, Expected, FEW},
        card::CardId,
        customer::{Impersonation, Listing, Product},
        failure::{Failure, FailureKind},
        id::{Address, CustomerId, RunId, TenantId, UserId},
        phrase::{Command, Phrase, Segment, WayOn},
        protection::{Chosen, SeatOutcome, SeatResult},
        tenant::Proof,
        text::{Text, capital},
        user::{Kind, UserPage},
        verdict::ListNote,
    },
    provider::{
        Provider,
        exchange::Exchange,
        graph::Memory,
        listed::Listed,
        store::{HeldAgainst, Store},
    },
    wizard::call::{self, CallId, Reply},
};

use super::{ReplySender, Tools, first_rows::Awaited, in_peace, internal, keep_pause, with};

/// Parts of a listing between the provider and the replies: the provider decodes one page while another waits.
const PARTS_AHEAD: usize = 2;

/// Fewest seats written in one transaction: small enough that *stop after this batch* stops soon. A guess.
const FEWEST_AT_ONCE: usize = 200;

/// Most seats written in one transaction. Each batch is committed to the disk and read back on a new connection,
/// whatever it holds: by the hundred, 470,000 users took 54 s, 11 ms a batch. A guess that stopping still feels
/// immediate.
const MOST_AT_ONCE: usize = 1_000;

/// Batches in which an Apply goes while neither bound is met: one for each tenth of a percent.
const BATCHES: usize = 1_000;

/// Lists the users of a tenant or of a hosted customer; pages go out as they come. A list that is not believed is asked for
/// once more, and is whole if the second is; else it ends with why: its users can be chosen one by one, and it is not all of
/// them (product.md rule 20).
pub(super) async fn list(
    tools: &Tools,
    replies: &ReplySender,
    call: CallId,
    of: (CustomerId, Product),
    from: (Option<TenantId>, Option<Box<Impersonation>>),
) -> Result<Reply, Failure> {
    let provider = &tools.provider;
    let store = &provider.store;
    let first_rows = replies.first_rows.begin();
    in_peace(store, of).await?;
    let memory = from.0.map_or_else(Memory::default, |tenant| unread(store, tenant));
    let tour = Tour { provider, replies, call, of, from: &from, memory: &memory, first_rows };
    let ended = tour.twice_if_doubted().await;
    keep(store, from.0, &memory).await;
    if let Err(failure) = &ended {
        keep_pause(store, of, failure).await;
    }
    ended
}

/// What is on record of what the mailboxes of a tenant are, read when it is asked for.
fn unread(store: &Store, tenant: TenantId) -> Memory {
    let store = store.clone();
    Memory::unread(move |users| match users {
        Some(users) => store.checked_of(tenant, users),
        None => store.checked(tenant),
    })
}

/// A listing that an operator waits for.
struct Tour<'a> {
    provider: &'a Provider,
    replies: &'a ReplySender,
    call: CallId,
    of: (CustomerId, Product),
    from: &'a (Option<TenantId>, Option<Box<Impersonation>>),
    /// What Exchange said the mailboxes are.
    memory: &'a Memory,
    first_rows: Awaited<'a>,
}

/// What came of one list.
#[derive(Default)]
struct Taken {
    pages: Vec<Arc<UserPage>>,
    /// Why it is not believed.
    doubt: Option<Doubt>,
    /// What it can't see. Said at its end: where it is taken once more, the second one has its own.
    gaps: Vec<ListNote>,
}

impl Tour<'_> {
    /// Takes the list, and where it is not believed once more.
    async fn twice_if_doubted(&self) -> Result<Reply, Failure> {
        let mut taken = self.once(None).await?;
        let mut shown: HashSet<UserId> = HashSet::new();
        if let Some(doubt) = taken.doubt {
            tracing::info!(reason = doubt.in_words().as_str(), "a list is not believed; asking once more");
            let words = capital(doubt.in_words().as_str());
            let words = Text::of(format_args!("{words}: it is asked for once more"));
            self.send(Reply::Note(ListNote::Passing(words))).await;
            shown.extend(taken.pages.iter().flat_map(|page| page.ids()));
            taken = self.once(Some(&shown)).await?;
        }
        for gap in taken.gaps {
            self.send(Reply::Note(gap)).await;
        }
        match taken.doubt {
            None => {
                let new = taken.pages.iter().flat_map(|page| page.ids()).filter(|id| !shown.contains(id));
                let total = new.count() + shown.len();
                Ok(Reply::Listed(call::Listed { total: u32::try_from(total).unwrap_or(u32::MAX) }))
            }
            Some(doubt) => Err(unbelieved(&self.provider.store, self.of, &doubt).await),
        }
    }

    /// Takes the list once; `shown` are the users whom a first list has shown.
    async fn once(&self, shown: Option<&HashSet<UserId>>) -> Result<Taken, Failure> {
        let (sink, parts) = mpsc::channel(PARTS_AHEAD);
        let listing = async {
            match self.from {
                (Some(tenant), _) => self.provider.graph.list_users(*tenant, self.memory, sink).await,
                (None, Some(access)) => self.provider.exchange.list_mailboxes(access, sink).await,
                (None, None) => Err(internal("there is nobody to list yet")),
            }
        };
        let (listed, mut taken) = tokio::join!(listing, self.pass_on(parts, shown));
        listed?;
        let is_given = self.from.1.as_ref().is_some_and(|access| matches!(access.listing, Listing::Given(_)));
        // A list that an operator gave is what the operator says.
        if taken.doubt.is_none() && !is_given {
            taken.doubt = self.held_against(&taken.pages).await?;
        }
        Ok(taken)
    }

    /// Passes the parts on. Owns them: when the wizard is gone they are dropped, and the listing ends instead of waiting; so
    /// does a first list as soon as all of it is here and is not believed.
    async fn pass_on(&self, mut parts: mpsc::Receiver<Listed>, shown: Option<&HashSet<UserId>>) -> Taken {
        let mut taken = Taken::default();
        while let Some(part) = parts.recv().await {
            let is_heard = match part {
                Listed::Page(page) => {
                    taken.pages.push(Arc::clone(&page));
                    self.show(page, shown).await
                }
                // Nothing may be counted on before the list was held against the record.
                Listed::Whole(count) => match self.held_against(&taken.pages).await {
                    Ok(None) => self.send(Reply::Whole(count)).await,
                    Ok(why) => {
                        taken.doubt = why;
                        shown.is_some()
                    }
                    // It is held against the record once more when everybody was checked.
                    Err(_failure) => true,
                },
                Listed::Kinds(kinds) => {
                    keep(&self.provider.store, self.from.0, self.memory).await;
                    self.send(Reply::Kinds(kinds)).await
                }
                Listed::Note(note) if note.is_gap() => {
                    taken.gaps.push(note);
                    true
                }
                Listed::Note(words) => self.send(Reply::Note(words)).await,
                Listed::Doubt(why) => {
                    taken.doubt = Some(why);
                    shown.is_some()
                }
            };
            if !is_heard {
                break;
            }
        }
        taken
    }

    async fn send(&self, reply: Reply) -> bool {
        self.replies.send(self.call, reply).await
    }

    /// Shows a page. Of users who were shown before only their kinds are news: those of a list that was broken off did not
    /// all go out.
    async fn show(&self, page: Arc<UserPage>, shown: Option<&HashSet<UserId>>) -> bool {
        let Some(shown) = shown else {
            let has_rows = !page.is_empty();
            let is_heard = self.send(Reply::Page(page)).await;
            if has_rows {
                self.first_rows.over();
            }
            return is_heard;
        };
        let kinds = page.ids().iter().copied().zip(page.kinds().iter().copied());
        let is_news = |(id, kind): &(UserId, Kind)| shown.contains(id) && *kind != Kind::NotKnownYet;
        let kinds: Vec<_> = kinds.filter(is_news).collect();
        let new = page.without(shown);
        (kinds.is_empty() || self.send(Reply::Kinds(kinds)).await)
            && (new.is_empty() || self.send(Reply::Page(Arc::new(new))).await)
    }

    /// Why a whole list contradicts what is on record.
    async fn held_against(&self, pages: &[Arc<UserPage>]) -> Result<Option<Doubt>, Failure> {
        let (Self { provider, memory, .. }, (customer, product)) = (self, self.of);
        let HeldAgainst { list, present, scheduled } =
            with(&provider.store, move |s| s.held_against(customer, product)).await?;
        if list.listed == 0 && present.is_empty() && scheduled.is_empty() {
            return Ok(None);
        }
        let ids = pages.iter().flat_map(|page| page.ids()).copied();
        let mut here: Vec<UserId> = ids.filter(|id| !id.is_of_place()).collect();
        here.sort_unstable();
        here.dedup();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let expected = Expected {
            before: list.listed.max(count(present.len())),
            accepted: list.accepted,
            percent: provider.shorter_percent,
        };
        let listed = count(here.len());
        let mut missing = present;
        missing.extend(scheduled);
        missing.retain(|id| here.binary_search(id).is_err());
        let doubt = expected.length(listed).or_else(|| expected.lacking(listed, missing.len()));
        let (Some(tenant), None) = (self.from.0, &doubt) else { return Ok(doubt) };
        if missing.is_empty() || expected.is_accepted(listed) || expected.before < FEW {
            return Ok(None);
        }
        let (found, _gaps) = provider.graph.users_again(tenant, missing, memory).await?;
        Ok(expected.hiding(listed, found.iter().filter(|(_, user)| user.is_some()).count(), false))
    }
}

/// Tries a hosted customer's service account; how far that is goes out as it comes.
pub(super) async fn prove(
    exchange: &Exchange,
    (replies, call): (&ReplySender, CallId),
    access: &Impersonation,
    outside: &[Address],
) -> Proof {
    let (sink, mut notes) = mpsc::channel(PARTS_AHEAD);
    let telling = async {
        while let Some(note) = notes.recv().await {
            if let Listed::Note(words) = note
                && !replies.send(call, Reply::Note(words)).await
            {
                break;
            }
        }
    };
    tokio::join!(exchange.prove_telling(access, outside, Some(sink)), telling).0
}

/// What is said of a list that is not believed; an Admin may accept the number that it names.
async fn unbelieved(store: &Store, (customer, product): (CustomerId, Product), doubt: &Doubt) -> Failure {
    let acceptable = doubt.acceptable();
    let noted = with(store, move |s| {
        s.note_short(customer, product, acceptable)?;
        Ok(s.customers()?.into_iter().find(|one| one.id == customer).map(|one| one.reference))
    })
    .await;
    let mut hint = vec![Segment::Do(WayOn::Again("list again"))];
    match (noted, acceptable) {
        (Ok(Some(reference)), Some(count)) => hint.extend([
            Segment::Said(" If so few users are left, an Admin says so: "),
            Segment::Command(Command::SweepAcceptShorter(reference, count)),
            Segment::Said(", then lists again."),
        ]),
        (Err(failure), _) => tracing::warn!(what = failure.what.as_str(), "a short list could not be noted"),
        _ => {}
    }
    let what = doubt.in_words();
    let what = Text::of(format_args!("listing the users: {what}, and so it was when asked again"));
    Failure::new(FailureKind::Malformed, what, Phrase::of(hint)).with_card(CardId::UsersShort)
}

/// Keeps what Exchange said since the last time. Where it can't be kept, it is asked again: the list stays as it is.
async fn keep(store: &Store, tenant: Option<TenantId>, memory: &Memory) {
    let (Some(tenant), answers) = (tenant, memory.take_new()) else { return };
    if answers.is_empty() {
        return;
    }
    if let Err(failure) = with(store, move |s| s.keep_checked(tenant, &answers)).await {
        tracing::warn!(?failure, "what mailboxes are is not kept");
    }
}

/// Turns users off.
pub(super) async fn turn_off(
    store: &Store,
    replies: &ReplySender,
    call: CallId,
    run: RunId,
    chosen: Arc<Vec<Chosen>>,
) -> Result<Reply, Failure> {
    let results = with(store, move |s| s.turn_off(&run, &chosen)).await?;
    replies.send(call, Reply::Batch(results)).await;
    Ok(Reply::Saved)
}

/// Turns users on, batch by batch. The row that makes it resumable is written before the first seat.
pub(super) async fn apply(
    store: &Store,
    replies: &ReplySender,
    call: CallId,
    run: RunId,
    all: Arc<Vec<Chosen>>,
    stop: CancellationToken,
) -> Result<Reply, Failure> {
    let (id, users) = (run.clone(), Arc::clone(&all));
    with(store, move |s| s.begin_apply(&id, &users)).await?;
    let at_once = (all.len() / BATCHES).clamp(FEWEST_AT_ONCE, MOST_AT_ONCE);
    let mut done = 0;
    while let Some(batch) = all.get(done..all.len().min(done + at_once)).filter(|b| !b.is_empty()) {
        if stop.is_cancelled() {
            break;
        }
        done += batch.len();
        let (id, batch) = (run.clone(), batch.to_vec());
        let results = with(store, move |s| s.apply_batch(&id, &batch)).await?;
        replies.send(call, Reply::Batch(results)).await;
    }
    let left = all.get(done..).unwrap_or_default();
    if !left.is_empty() {
        let stopped =
            left.iter().map(|user| SeatResult { user: user.clone(), outcome: SeatOutcome::Stopped });
        replies.send(call, Reply::Batch(stopped.collect())).await;
    }
    let is_stopped = !left.is_empty();
    with(store, move |s| s.end_apply(&run, is_stopped)).await?;
    Ok(Reply::Saved)
}
