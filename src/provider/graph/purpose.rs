//! What a mailbox is: a licence says that there is one, not whose (reference, section 7.5), so Exchange is asked for every
//! row with mail.
//!
//! Twenty are asked with one request. At first one request is out at a time, then up to four, until a part of any is
//! answered 429: from then on one (`width.rs`), after the wait that Microsoft asks for (`pace.rs`). Whether Microsoft counts
//! four at once for each mailbox or for the whole application is not documented.

mod batch;
mod pace;
mod width;

use std::{collections::VecDeque, time::Duration};

use serde_json::Value;
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    task::JoinSet,
};

use self::pace::Pace;
pub(super) use self::width::Width;
use super::{Graph, MAX_OBJECT_BYTES, Memory, TenantCheck};
use crate::{
    domain::{
        bill::counted,
        checked::Checked,
        id::{TenantId, UserId},
        text::Text,
        time::Moment,
        user::Kind,
        verdict::ListNote,
    },
    provider::{
        caught::{Panicked, caught},
        error::Error,
        listed::Listed,
    },
};

/// Requests for single users in flight: the limit of the Outlook service per application (reference, section 10.3).
pub(super) const IN_FLIGHT: usize = 4;

/// Kinds sent together while more are to come; a guess that keeps the screen moving without a message per row.
const AT_ONCE: usize = 100;

/// Refusals after which no more mailboxes are asked, as long as not one was answered: a single mailbox can be kept from
/// us, but where a hundred all refuse, we lack the permission. A guess.
const DENIED: usize = 100;

/// How long a permission may take to reach Exchange after the customer accepted; vendors publish 15 to 60 minutes.
const SPREADS_WITHIN: Duration = Duration::from_hours(1);

/// How often a refusal after a fresh acceptance is asked again.
const SPREADING_ROUNDS: u32 = 4;

/// How often a mailbox is asked whose answer failed for the moment.
const TRIES: u32 = 3;

/// Whole requests that fail in a row before the rest is left unchecked.
const FAILURES: u32 = 3;

/// What the operator has to know when all are refused.
const ALL_DENIED: &str =
    "Shared mailboxes and rooms can't be told apart: Exchange does not let Backup365 read what they are";

/// A row whose kind Exchange has to tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of the row by itself; none excludes another"
)]
pub(super) struct Candidate {
    /// The user.
    pub(super) id: UserId,
    /// Whether sign-in is on.
    pub(super) is_enabled: bool,
    /// Whether a licence brings a mailbox.
    pub(super) has_plan: bool,
    /// Whether there is a mail address.
    pub(super) has_mail: bool,
    /// Whether the row comes from a directory on the customer's own servers.
    pub(super) is_synced: bool,
    /// When the directory says the user was made.
    pub(super) made: Option<Moment>,
    /// A digest of what the directory says; an answer is good for as long as it stays.
    pub(super) facts: i64,
}

/// What Exchange told about one candidate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Purpose {
    /// This.
    Kind(Kind),
    /// Nothing that we understand.
    Untold,
    /// Nothing this time; asking again may help.
    Passing,
    /// We may not ask, for this mailbox or for all.
    Denied,
    /// Too many questions; asked again after this long.
    Throttled(Option<Duration>),
    /// It was not asked: the one before it had no answer.
    Unasked,
}

/// A candidate, and how often it was asked in vain.
#[derive(Clone, Copy, Debug)]
struct Asked {
    candidate: Candidate,
    tries: u32,
}

/// How a whole request ended.
enum Outcome {
    /// One answer per candidate.
    Answers(Vec<Purpose>),
    /// This server, or what lies between, takes no batches.
    NoBatches,
    /// No answer to any.
    Failed(Error),
}

/// The asking of one listing.
struct Probe<'a> {
    graph: &'a Graph,
    tenant: TenantId,
    memory: &'a Memory,
    queue: VecDeque<Asked>,
    running: JoinSet<(OwnedSemaphorePermit, Vec<Asked>, Outcome)>,
    pace: Pace,
    found: Vec<(UserId, Kind)>,
    takes_batches: bool,
    is_anyone_told: bool,
    denied: u32,
    /// Mailboxes that were asked about [`TRIES`] times without an answer.
    unanswered: u32,
    /// Rounds of waiting for a permission that spreads.
    spreading: u32,
    failures: u32,
    /// Why no more are asked.
    end: Option<Text>,
}

impl Graph {
    /// Asks for every candidate until their sender is gone; sends what becomes known, some together.
    pub(super) async fn probe(
        &self,
        tenant: TenantId,
        memory: &Memory,
        mut asked: mpsc::UnboundedReceiver<Candidate>,
        sink: &mpsc::Sender<Listed>,
    ) {
        let mut probe = Probe::new(self, tenant, memory);
        let mut is_open = true;
        loop {
            while let Ok(candidate) = asked.try_recv() {
                probe.queue.push_back(Asked { candidate, tries: 0 });
            }
            let has_more = !probe.queue.is_empty();
            if !is_open && probe.running.is_empty() && !has_more {
                break;
            }
            let is_resting = probe.pace.is_resting();
            tokio::select! {
                // Nobody takes the list any more: one that is not believed is not checked to its end.
                () = sink.closed() => return,
                candidate = asked.recv(), if is_open => match candidate {
                    Some(candidate) => probe.queue.push_back(Asked { candidate, tries: 0 }),
                    None => is_open = false,
                },
                Some(done) = probe.running.join_next(), if !probe.running.is_empty() => probe.take(done),
                Some(place) = self.inner.mailboxes.place(), if has_more && !is_resting => probe.send_out(place),
                () = probe.pace.rested(), if has_more && is_resting => {}
            }
            let is_pause = probe.running.is_empty() && probe.queue.is_empty();
            if !probe.found.is_empty()
                && (probe.found.len() >= AT_ONCE || is_pause || probe.end.is_some())
                && sink.send(Listed::Kinds(std::mem::take(&mut probe.found))).await.is_err()
            {
                return;
            }
            if probe.end.is_some() {
                break;
            }
        }
        if let Some(words) = probe.words() {
            let _is_heard = sink.send(Listed::Note(ListNote::Gap(words))).await.is_ok();
        }
    }

    /// Asks for some and waits for the answers; a candidate without an answer stays unchecked, and why is said.
    pub(super) async fn purposes(
        &self,
        tenant: TenantId,
        memory: &Memory,
        candidates: Vec<Candidate>,
    ) -> (Vec<(UserId, Kind)>, Vec<Text>) {
        let (ask, asked) = mpsc::unbounded_channel();
        for candidate in candidates {
            let _is_asked = ask.send(candidate).is_ok();
        }
        drop(ask);
        let (sink, mut listed) = mpsc::channel(1);
        let probing = async move { self.probe(tenant, memory, asked, &sink).await };
        let collecting = async {
            let (mut all, mut gaps) = (Vec::new(), Vec::new());
            while let Some(part) = listed.recv().await {
                match part {
                    Listed::Kinds(kinds) => all.extend(kinds),
                    Listed::Note(ListNote::Gap(gap)) => gaps.push(gap),
                    _ => {}
                }
            }
            (all, gaps)
        };
        tokio::join!(probing, collecting).1
    }

    /// Asks for up to twenty with one request.
    async fn batch(&self, tenant: TenantId, asked: &[Asked]) -> Outcome {
        let candidates: Vec<Candidate> = asked.iter().map(|one| one.candidate).collect();
        let url = self.url(&["$batch"], "");
        let body = batch::body(&candidates);
        match self.post(tenant, &url, body, MAX_OBJECT_BYTES).await {
            Ok(answer) => {
                let read = serde_json::from_slice::<Value>(&answer.body)
                    .ok()
                    .and_then(|value| batch::read(&value, &candidates, &self.inner.clock));
                read.map_or(Outcome::NoBatches, Outcome::Answers)
            }
            Err(error) => match error.status() {
                Some((429, wait)) => Outcome::Answers(vec![Purpose::Throttled(wait); candidates.len()]),
                Some((400 | 404 | 405 | 411 | 413 | 415 | 501, _)) => Outcome::NoBatches,
                Some((403, _)) => Outcome::Answers(vec![Purpose::Denied; candidates.len()]),
                _ => Outcome::Failed(error),
            },
        }
    }

    /// Asks for some, one after the other, where batches are not taken. Once it is to rest, or has no answer, it asks for
    /// none of the others.
    async fn singly(&self, tenant: TenantId, asked: &[Asked]) -> Outcome {
        let mut answers = Vec::with_capacity(asked.len());
        for Asked { candidate, .. } in asked {
            if matches!(answers.last(), Some(Purpose::Throttled(_) | Purpose::Passing)) {
                break;
            }
            let url =
                self.url(&["users", &candidate.id.to_string(), "mailboxSettings"], "$select=userPurpose");
            answers.push(match self.read(tenant, &url, MAX_OBJECT_BYTES, TenantCheck::Before).await {
                Ok(answer) => batch::purpose(
                    answer.status,
                    &serde_json::from_slice(&answer.body).unwrap_or(Value::Null),
                    answer.retry_after(&self.inner.clock),
                    candidate,
                    self.inner.clock.now(),
                ),
                Err(error) if answers.is_empty() => return Outcome::Failed(error),
                Err(error) => {
                    tracing::info!(%error, "a mailbox keeps its kind to itself");
                    Purpose::Passing
                }
            });
        }
        answers.resize(asked.len(), Purpose::Unasked);
        Outcome::Answers(answers)
    }

    /// Whether the customer accepted a short while ago, before the eyes of this process.
    fn may_be_spreading(&self, tenant: TenantId) -> bool {
        let seen = crate::domain::lock::lock(&self.inner.seen).get(&tenant).copied().unwrap_or_default();
        let now = self.inner.clock.now();
        seen.was_unknown && seen.known_since.is_some_and(|since| now.since(since) < SPREADS_WITHIN)
    }
}

impl<'a> Probe<'a> {
    fn new(graph: &'a Graph, tenant: TenantId, memory: &'a Memory) -> Self {
        Self {
            graph,
            tenant,
            memory,
            queue: VecDeque::new(),
            running: JoinSet::new(),
            pace: Pace::new(graph.inner.http.first_wait()),
            found: Vec::new(),
            takes_batches: true,
            is_anyone_told: false,
            denied: 0,
            unanswered: 0,
            spreading: 0,
            failures: 0,
            end: None,
        }
    }

    /// Asks about the next ones.
    fn send_out(&mut self, place: OwnedSemaphorePermit) {
        let some: Vec<Asked> = self.queue.drain(..self.queue.len().min(batch::MOST)).collect();
        let (graph, tenant, in_batch) = (self.graph.clone(), self.tenant, self.takes_batches);
        self.running.spawn(async move {
            let asking = async {
                if in_batch { graph.batch(tenant, &some).await } else { graph.singly(tenant, &some).await }
            };
            // A panic concerns these mailboxes: asked again like any answer that did not come, then told.
            let outcome = caught(asking).await;
            let outcome =
                outcome.unwrap_or_else(|Panicked| Outcome::Answers(vec![Purpose::Passing; some.len()]));
            (place, some, outcome)
        });
    }

    /// Takes a request's end in.
    fn take(&mut self, done: Result<(OwnedSemaphorePermit, Vec<Asked>, Outcome), tokio::task::JoinError>) {
        let Ok((place, asked, outcome)) = done else { return };
        match outcome {
            Outcome::Answers(answers) => {
                let is_clean = !answers.iter().any(|answer| matches!(answer, Purpose::Throttled(_)));
                self.graph.inner.mailboxes.give_back(place, is_clean);
                self.answered(asked, answers);
            }
            Outcome::NoBatches if self.takes_batches => {
                tracing::info!("batches are not taken; asking for one mailbox at a time");
                self.takes_batches = false;
                self.back(asked);
            }
            Outcome::NoBatches => self.back(asked),
            Outcome::Failed(error) => {
                tracing::info!(%error, "a batch of mailboxes has no answer");
                self.failures += 1;
                if self.failures >= FAILURES {
                    self.end = Some(error.failure("checking what the mailboxes are").what);
                }
                self.back(asked);
            }
        }
    }

    /// Takes answers in, one per candidate.
    fn answered(&mut self, asked: Vec<Asked>, answers: Vec<Purpose>) {
        self.failures = 0;
        let is_all_denied = answers.iter().all(|answer| *answer == Purpose::Denied);
        if is_all_denied && !self.is_anyone_told && self.is_spreading() {
            self.back(asked);
            return;
        }
        let (mut throttled, mut wait) = (Vec::new(), None);
        let mut unasked = Vec::new();
        for (mut one, answer) in asked.into_iter().zip(answers) {
            match answer {
                Purpose::Kind(kind) => {
                    self.pace.came_on();
                    self.told(&one.candidate, kind);
                }
                Purpose::Untold => self.is_anyone_told = true,
                Purpose::Denied => self.denied = self.denied.saturating_add(1),
                Purpose::Passing => {
                    one.tries += 1;
                    if one.tries < TRIES {
                        self.queue.push_back(one);
                    } else {
                        self.unanswered = self.unanswered.saturating_add(1);
                    }
                }
                Purpose::Throttled(stated) => {
                    wait = wait.max(stated);
                    throttled.push(one);
                }
                Purpose::Unasked => unasked.push(one),
            }
        }
        self.back(unasked);
        if throttled.is_empty() {
            self.pace.came_on();
        } else {
            self.end = self.pace.was_throttled(wait);
            self.back(throttled);
        }
        if !self.is_anyone_told && self.denied as usize >= DENIED {
            self.end = Some(Text::from(ALL_DENIED));
        }
    }

    fn told(&mut self, candidate: &Candidate, kind: Kind) {
        self.is_anyone_told = true;
        self.found.push((candidate.id, kind));
        self.memory.keep(Checked {
            user: candidate.id,
            kind,
            facts: candidate.facts,
            at: self.graph.inner.clock.now(),
        });
    }

    /// Whether a refusal of all may pass, because the permission is on its way to Exchange; rests then.
    fn is_spreading(&mut self) -> bool {
        if self.spreading >= SPREADING_ROUNDS || !self.graph.may_be_spreading(self.tenant) {
            return false;
        }
        self.pace.rest_for_spreading(self.spreading);
        self.spreading += 1;
        true
    }

    /// Puts candidates back to the front.
    fn back(&mut self, asked: Vec<Asked>) {
        for one in asked.into_iter().rev() {
            self.queue.push_front(one);
        }
    }

    /// What the operator has to know of this asking.
    fn words(self) -> Option<Text> {
        if self.denied > 0 && !self.is_anyone_told {
            return Some(Text::from(ALL_DENIED));
        }
        if let Some(why) = self.end {
            return Some(Text::of(format_args!("Not all mailboxes could be checked: {why}")));
        }
        if self.denied > 0 {
            let mailboxes = counted(self.denied, "mailbox is", "mailboxes are");
            return Some(Text::of(format_args!("Exchange does not let Backup365 read what {mailboxes}")));
        }
        (self.unanswered > 0).then(|| {
            let mailboxes = counted(self.unanswered, "mailbox is", "mailboxes are");
            Text::of(format_args!("Exchange does not answer what {mailboxes}"))
        })
    }
}
