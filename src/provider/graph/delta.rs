//! What changed since last time, for Enable Auto: a pass that grows with the changes, not with the tenant.

use std::{collections::BTreeMap, sync::Arc};

use tokio::{sync::mpsc, task::JoinSet};

use super::{
    Graph, MAX_OBJECT_BYTES, MAX_PAGE_BYTES, Memory,
    list::{self, Known, SELECT},
    page,
    purpose::{Candidate, IN_FLIGHT},
    wire::{self, Row},
};
use crate::{
    domain::{
        believed::Doubt,
        failure::Failure,
        id::{TenantId, UserId},
        text::Text,
        time::Moment,
        user::Kind,
        verdict::ListNote,
    },
    provider::{error::Error, listed::Listed},
};

/// Most pages of one round; ends a server that never stops.
const MAX_PAGES: u32 = 100_000;

/// A user as the sweep needs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SweptUser {
    /// The user.
    pub id: UserId,
    /// Display name.
    pub name: Text,
    /// Primary address or user principal name.
    pub address: Text,
    /// What it is; `Disabled` when sign-in is off.
    pub kind: Kind,
    /// `createdDateTime`, where the directory says.
    pub made: Option<Moment>,
    /// What is wrong with the row; it can't be turned on. Empty when nothing is.
    pub problem: Text,
}

/// A user who was asked for by name; none: gone.
pub type Again = (UserId, Option<SweptUser>);

/// What one round found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delta {
    /// Users that are new or changed; every user when `is_full`.
    pub users: Vec<SweptUser>,
    /// Users that are gone; empty when `is_full`: whoever is missing from `users` is gone then.
    pub removed: Vec<UserId>,
    /// Where the next round starts; good for about seven days (reference, section 7.4). Empty where Microsoft named no place.
    pub link: String,
    /// What could not be seen of them, for good ("what 3 mailboxes are").
    pub gaps: Vec<Text>,
    /// The whole tenant was listed: there was no link, or Microsoft no longer knew it.
    pub is_full: bool,
    /// Why a list of everyone contradicts itself: its users are real, and whoever is missing proves nothing. Never of a
    /// round of changes: one of those that does is answered by listing everyone.
    pub doubt: Option<Doubt>,
}

impl Graph {
    /// What changed since `delta_link` was given out; everything without one, or when Microsoft no longer takes it.
    /// Mailboxes whose kind is not known to `memory` are asked about before this ends.
    ///
    /// # Errors
    /// Whatever kept the round from being whole: nothing of it may be used then, and the old link stays.
    pub async fn new_users(
        &self,
        tenant: TenantId,
        delta_link: Option<&str>,
        memory: &Memory,
    ) -> Result<Delta, Failure> {
        self.round(tenant, delta_link, memory).await.map_err(|e| e.failure("looking for new users"))
    }

    /// Reads these users whole, for a pass that left them to a later one, and says what could not be seen of them. None:
    /// gone. Cost: a request each, some of
    /// them side by side.
    ///
    /// # Errors
    /// Whatever kept one of them from being read.
    pub async fn users_again(
        &self,
        tenant: TenantId,
        users: Vec<UserId>,
        memory: &Memory,
    ) -> Result<(Vec<Again>, Vec<Text>), Failure> {
        self.read_checked(tenant, users, memory).await.map_err(|e| e.failure("looking at users again"))
    }

    async fn round(
        &self,
        tenant: TenantId,
        delta_link: Option<&str>,
        memory: &Memory,
    ) -> Result<Delta, Error> {
        let Some(link) = delta_link else { return self.everyone(tenant, memory).await };
        match self.follow_round(tenant, self.follow(link)?, &self.known(memory)).await {
            Ok((link, changes)) => self.changes(tenant, link, changes, memory).await,
            Err(error) if error.is_worn_link() || matches!(error, Error::Doubtful(_)) => {
                tracing::info!(%error, "the link on record leads no further; listing everyone");
                self.everyone(tenant, memory).await
            }
            Err(error) => Err(error),
        }
    }

    /// Lists the whole tenant. The link is taken first: a user who is made meanwhile comes twice rather than never.
    async fn everyone(&self, tenant: TenantId, memory: &Memory) -> Result<Delta, Error> {
        let start = self.url(&["users", "delta"], &format!("$deltatoken=latest&{SELECT}"));
        let (link, _nobody) = self.follow_round(tenant, start, &self.known(memory)).await?;
        let (sink, mut listed) = mpsc::channel(1);
        let collect = async {
            let (mut doubt, mut gaps) = (None, Vec::new());
            let mut users: Vec<SweptUser> = Vec::new();
            let mut kinds: Vec<(UserId, Kind)> = Vec::new();
            while let Some(part) = listed.recv().await {
                match part {
                    Listed::Page(page) => {
                        users.extend((0..page.len()).filter_map(|at| page.row(at)).map(|row| {
                            let text = |shown: crate::domain::text::Shown<'_>| Text::clean(shown.as_str());
                            SweptUser {
                                id: row.id,
                                name: text(row.name),
                                address: text(row.address),
                                kind: row.kind,
                                made: row.made,
                                problem: text(row.problem),
                            }
                        }));
                    }
                    Listed::Kinds(known) => kinds.extend(known),
                    Listed::Note(ListNote::Gap(gap)) => gaps.push(gap),
                    Listed::Whole(_) | Listed::Note(ListNote::Passing(_)) => {}
                    Listed::Doubt(why) => doubt = Some(why),
                }
            }
            learn(users.iter_mut(), kinds);
            (users, doubt, gaps)
        };
        let (count, (users, doubt, gaps)) = tokio::join!(self.list_whole(tenant, memory, sink), collect);
        count?;
        Ok(Delta { users, removed: Vec::new(), link, gaps, is_full: true, doubt })
    }

    /// Makes a round of changes whole: reads those users whom it tells too little about.
    async fn changes(
        &self,
        tenant: TenantId,
        link: String,
        changes: BTreeMap<UserId, Change>,
        memory: &Memory,
    ) -> Result<Delta, Error> {
        let (users, removed) = (Vec::new(), Vec::new());
        let mut delta = Delta { users, removed, link, gaps: Vec::new(), is_full: false, doubt: None };
        let (mut unread, mut candidates) = (Vec::new(), Vec::new());
        for (id, change) in changes {
            match change {
                Change::Gone => delta.removed.push(id),
                Change::Whole(user, candidate) => {
                    delta.users.push(*user);
                    candidates.extend(candidate);
                }
                Change::Part => unread.push(id),
            }
        }
        let (kinds, gaps) = self.purposes(tenant, memory, candidates).await;
        learn(delta.users.iter_mut(), kinds);
        let (read, more) = self.read_checked(tenant, unread, memory).await?;
        delta.gaps = gaps.into_iter().chain(more).collect();
        for (id, read) in read {
            match read {
                Some(user) => delta.users.push(user),
                None => delta.removed.push(id),
            }
        }
        Ok(delta)
    }

    /// What is known now.
    fn known(&self, memory: &Memory) -> Known {
        Known { memory: memory.clone(), now: self.inner.clock.now() }
    }

    /// Reads users whole and asks what their mailboxes are.
    async fn read_checked(
        &self,
        tenant: TenantId,
        users: Vec<UserId>,
        memory: &Memory,
    ) -> Result<(Vec<Again>, Vec<Text>), Error> {
        let mut candidates = Vec::new();
        let mut found = Vec::new();
        for (id, read) in self.read_users(tenant, users, &self.known(memory)).await? {
            let user = read.map(|(user, candidate)| {
                candidates.extend(candidate);
                user
            });
            found.push((id, user));
        }
        let (kinds, gaps) = self.purposes(tenant, memory, candidates).await;
        learn(found.iter_mut().filter_map(|(_, user)| user.as_mut()), kinds);
        Ok((found, gaps))
    }

    /// Reads users whole, some side by side, in any order.
    async fn read_users(
        &self,
        tenant: TenantId,
        users: Vec<UserId>,
        known: &Known,
    ) -> Result<Vec<(UserId, Option<Swept>)>, Error> {
        let mut running = JoinSet::new();
        let mut unread = users.into_iter();
        let mut found = Vec::new();
        loop {
            while running.len() < IN_FLIGHT
                && let Some(id) = unread.next()
            {
                let (graph, known) = (self.clone(), known.clone());
                running.spawn(async move { (id, graph.read_user(tenant, id, &known).await) });
            }
            let Some(done) = running.join_next().await else { break };
            let (id, read) = done.map_err(|_stopped| Error::Malformed { what: "a changed user" })?;
            found.push((id, read?));
        }
        Ok(found)
    }

    /// Follows next links up to the delta link; the last word on a user counts, because rounds repeat rows.
    async fn follow_round(
        &self,
        tenant: TenantId,
        start: url::Url,
        known: &Known,
    ) -> Result<(String, BTreeMap<UserId, Change>), Error> {
        let malformed = || Error::Malformed { what: "a page of changes" };
        let mut url = start;
        let mut changes = BTreeMap::new();
        let mut trail = page::Trail::default();
        let mut progress = Progress::default();
        for _ in 0..MAX_PAGES {
            let answer = self.get(tenant, &url, MAX_PAGE_BYTES).await?;
            let (licences, known) = (Arc::clone(&self.inner.licences), known.clone());
            // Off the network's thread: a page may hold a thousand users, and other calls wait for that thread.
            let read = tokio::task::spawn_blocking(move || read_page(&answer.body, &licences, &known)).await;
            let (rows, links) = read.ok().flatten().ok_or_else(malformed)?;
            progress.take(&rows, &changes)?;
            changes.extend(rows);
            match (links.next, links.delta) {
                (Some(next), _) => {
                    url = self.follow(&next)?;
                    if !trail.is_new(&url) {
                        return Err(malformed());
                    }
                }
                // Kept as it is: where it is empty there is no place to start from, and the next pass lists everybody.
                (None, Some(delta)) if delta.is_empty() => return Ok((delta, changes)),
                (None, Some(delta)) => {
                    self.follow(&delta)?;
                    return Ok((delta, changes));
                }
                (None, None) => return Err(malformed()),
            }
        }
        Err(Error::Doubtful(Doubt::Endless))
    }

    /// Reads one user whole; none when it is gone.
    async fn read_user(&self, tenant: TenantId, id: UserId, known: &Known) -> Result<Option<Swept>, Error> {
        let url = self.url(&["users", &id.to_string()], SELECT);
        let answer = match self.get(tenant, &url, MAX_OBJECT_BYTES).await {
            Ok(answer) => answer,
            // Graph's own word, and not that of a gateway before it.
            Err(error) if matches!(error.graph(), Some((404, code)) if !code.is_empty()) => return Ok(None),
            Err(error) => return Err(error),
        };
        let licences = &self.inner.licences;
        wire::with_user(&answer.body, |row| swept(id, row, licences, known))
            .map(Some)
            .map_err(|_broken| Error::Malformed { what: "a user" })
    }
}

/// A user, and the question about the mailbox where its kind is not known.
type Swept = (SweptUser, Option<Candidate>);

/// Puts in what became known.
fn learn<'a>(users: impl Iterator<Item = &'a mut SweptUser>, kinds: Vec<(UserId, Kind)>) {
    let kinds: BTreeMap<UserId, Kind> = kinds.into_iter().collect();
    for user in users {
        user.kind = kinds.get(&user.id).copied().unwrap_or(user.kind);
    }
}

/// The changes of a page, and where it leads on; none for what is no page.
fn read_page(
    body: &[u8],
    licences: &super::licence::Licences,
    known: &Known,
) -> Option<(Vec<(UserId, Change)>, page::Links)> {
    let change = |row: &Row<'_>| Some((row.id.as_str()?.parse().ok()?, Change::of(row, licences, known)));
    let rows = wire::with_page(body, |page| page.rows.iter().filter_map(change).collect()).ok()?;
    Some((rows, page::links(body).ok()?))
}

/// How a round comes on.
#[derive(Debug, Default)]
struct Progress {
    pages: page::Pages,
    /// Pages in a row that brought nobody new.
    fruitless: u32,
}

impl Progress {
    /// Takes a page up. Rounds repeat rows, so one user who comes again is nothing; a page of them is.
    ///
    /// # Errors
    /// [`Error::Doubtful`], when a page comes again, or one after the other without anybody new.
    fn take(&mut self, rows: &[(UserId, Change)], before: &BTreeMap<UserId, Change>) -> Result<(), Error> {
        let ids: Vec<UserId> = rows.iter().map(|(id, _)| *id).collect();
        let is_fruitful = ids.iter().any(|id| !before.contains_key(id));
        let is_new = self.pages.is_new(&ids);
        self.fruitless = if is_fruitful { 0 } else { self.fruitless + 1 };
        if !is_new && !is_fruitful && ids.len() > 1 {
            Err(Error::Doubtful(Doubt::Repeated))
        } else if self.fruitless >= list::FRUITLESS {
            Err(Error::Doubtful(Doubt::Endless))
        } else {
            Ok(())
        }
    }
}

/// What a round says about one user.
#[derive(Debug)]
enum Change {
    /// Removed.
    Gone,
    /// Everything that a kind needs; a candidate is still to be asked for.
    Whole(Box<SweptUser>, Option<Candidate>),
    /// Too little: Microsoft does not promise plans in a round.
    Part,
}

impl Change {
    fn of(row: &Row<'_>, licences: &super::licence::Licences, known: &Known) -> Self {
        if row.is_removed {
            return Self::Gone;
        }
        let is_whole = row.plans.is_said()
            && row.enabled != wire::Flag::Absent
            && row.made.as_str().is_some()
            && row.upn.as_str().is_some();
        match row.id.as_str().and_then(|id| id.parse().ok()) {
            Some(id) if is_whole => {
                let (user, candidate) = swept(id, row, licences, known);
                Self::Whole(Box::new(user), candidate)
            }
            _ => Self::Part,
        }
    }
}

/// A row as the sweep needs it, and whether Exchange has to be asked.
fn swept(id: UserId, row: &Row<'_>, licences: &super::licence::Licences, known: &Known) -> Swept {
    let names = row.names();
    let (kind, candidate) = list::kind(id, row, &names, licences, known);
    let user = SweptUser {
        id,
        name: Text::clean(row.name.as_str().unwrap_or_default()),
        address: Text::clean(names.address),
        kind,
        made: row.made.as_str().and_then(Moment::parse),
        problem: Text::clean(names.problem),
    };
    (user, candidate)
}
