//! What changed since last time, for Enable Auto: a pass that grows with the changes, not with the tenant.

use std::collections::BTreeMap;

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
        failure::Failure,
        id::{TenantId, UserId},
        text::Text,
        time::Moment,
        user::Kind,
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

/// What one round found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delta {
    /// Users that are new or changed; every user when `is_full`.
    pub users: Vec<SweptUser>,
    /// Users that are gone; empty when `is_full`: whoever is missing from `users` is gone then.
    pub removed: Vec<UserId>,
    /// Where the next round starts; good for about seven days (reference, section 7.4).
    pub link: String,
    /// The whole tenant was listed: there was no link, or Microsoft no longer knew it.
    pub is_full: bool,
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

    /// Reads these users whole, for a pass that left them to a later one. None: gone. Cost: a request each, some of
    /// them side by side.
    ///
    /// # Errors
    /// Whatever kept one of them from being read.
    pub async fn users_again(
        &self,
        tenant: TenantId,
        users: Vec<UserId>,
        memory: &Memory,
    ) -> Result<Vec<(UserId, Option<SweptUser>)>, Failure> {
        self.read_checked(tenant, users, memory).await.map_err(|e| e.failure("looking at users again"))
    }

    async fn round(
        &self,
        tenant: TenantId,
        delta_link: Option<&str>,
        memory: &Memory,
    ) -> Result<Delta, Error> {
        let Some(link) = delta_link else { return self.everyone(tenant, memory).await };
        match self.changes(tenant, link, memory).await {
            Err(error) if is_stale(&error) => {
                tracing::info!(%error, "Microsoft no longer takes the link; listing everyone");
                self.everyone(tenant, memory).await
            }
            other => other,
        }
    }

    /// Lists the whole tenant. The link is taken first: a user who is made meanwhile comes twice rather than never.
    async fn everyone(&self, tenant: TenantId, memory: &Memory) -> Result<Delta, Error> {
        let start = self.url(&["users", "delta"], &format!("$deltatoken=latest&{SELECT}"));
        let (link, _nobody) = self.follow_round(tenant, start, &self.known(memory)).await?;
        let (sink, mut listed) = mpsc::channel(1);
        let collect = async {
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
                    Listed::Whole(_) | Listed::Note(_) => {}
                }
            }
            learn(users.iter_mut(), kinds);
            users
        };
        let (count, users) = tokio::join!(self.list_whole(tenant, memory, sink), collect);
        count?;
        Ok(Delta { users, removed: Vec::new(), link, is_full: true })
    }

    /// Follows one round of changes and reads those users whole that it tells too little about.
    async fn changes(&self, tenant: TenantId, link: &str, memory: &Memory) -> Result<Delta, Error> {
        let known = self.known(memory);
        let (link, changes) = self.follow_round(tenant, self.follow(link)?, &known).await?;
        let mut delta = Delta { users: Vec::new(), removed: Vec::new(), link, is_full: false };
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
        let kinds = self.purposes(tenant, memory, candidates).await;
        learn(delta.users.iter_mut(), kinds);
        for (id, read) in self.read_checked(tenant, unread, memory).await? {
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
    ) -> Result<Vec<(UserId, Option<SweptUser>)>, Error> {
        let mut candidates = Vec::new();
        let mut found = Vec::new();
        for (id, read) in self.read_users(tenant, users, &self.known(memory)).await? {
            let user = read.map(|(user, candidate)| {
                candidates.extend(candidate);
                user
            });
            found.push((id, user));
        }
        let kinds = self.purposes(tenant, memory, candidates).await;
        learn(found.iter_mut().filter_map(|(_, user)| user.as_mut()), kinds);
        Ok(found)
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
        for _ in 0..MAX_PAGES {
            let answer = self.get(tenant, &url, MAX_PAGE_BYTES).await?;
            let licences = &self.inner.licences;
            wire::with_page(&answer.body, |page| {
                page.rows
                    .iter()
                    .filter_map(|row| {
                        Some((row.id.as_str()?.parse().ok()?, Change::of(row, licences, known)))
                    })
                    .collect::<Vec<(UserId, Change)>>()
            })
            .map(|rows| changes.extend(rows))
            .map_err(|_broken| malformed())?;
            let links = page::links(&answer.body).map_err(|page::Broken| malformed())?;
            match (links.next, links.delta) {
                (Some(next), _) => {
                    url = self.follow(&next)?;
                    if !trail.is_new(&url) {
                        return Err(malformed());
                    }
                }
                (None, Some(delta)) => {
                    self.follow(&delta)?;
                    return Ok((delta, changes));
                }
                (None, None) => return Err(malformed()),
            }
        }
        Err(malformed())
    }

    /// Reads one user whole; none when it is gone.
    async fn read_user(&self, tenant: TenantId, id: UserId, known: &Known) -> Result<Option<Swept>, Error> {
        let url = self.url(&["users", &id.to_string()], SELECT);
        let answer = match self.get(tenant, &url, MAX_OBJECT_BYTES).await {
            Ok(answer) => answer,
            Err(error) if matches!(error.graph(), Some((404, _))) => return Ok(None),
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
    let (kind, candidate) = list::kind(id, row, licences, known);
    let user = SweptUser {
        id,
        name: Text::clean(row.name.as_str().unwrap_or_default()),
        address: Text::clean(row.address()),
        kind,
        made: row.made.as_str().and_then(Moment::parse),
        problem: Text::clean(row.problem()),
    };
    (user, candidate)
}

/// Whether Microsoft wants the round to start again (reference, section 7.4).
fn is_stale(error: &Error) -> bool {
    const CODES: [&str; 3] = ["syncStateNotFound", "resyncRequired", "Directory_ExpiredPageToken"];
    match error.graph() {
        Some((410, _)) => true,
        Some((400 | 404, code)) => CODES.iter().any(|known| known.eq_ignore_ascii_case(code)),
        _ => false,
    }
}
