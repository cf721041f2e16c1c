//! What a plan has run, opened and signed in to. A plan is a file that is passed round, and what stands in it is done with
//! the operator's rights: all of it is listed before the first of it is used, and a person says yes, on a terminal to one
//! question, elsewhere by `--trust-plan`. What stays with the customer's own server needs no yes.

use std::{collections::BTreeMap, fmt::Display};

use crate::{
    domain::{
        bill::counted,
        customer::Customer,
        exchange_server::{host_of, is_under_any},
        failure::Failure,
        flag::quoted,
        id::Address,
        plan::{PasswordSource, Place, Row},
        text::Text,
    },
    driver::front::Stop,
    exit::Exit,
    provider::store::Store,
};

use super::{
    super::{journey, unanswered, warn},
    ApplyOptions, Job, Unanswered,
};

/// Asks on a terminal whether the plan is trusted. None: a signal came before an answer.
pub type Ask = Box<dyn Fn() -> Option<bool>>;

/// Letters of a line of the list: no word of a command may be lost where a line is cut.
const LINE: usize = 200;

/// What is said above the list.
const ABOUT: &str = "A plan is trusted like a script. This one runs, reads or signs in to:";

/// Said without a terminal.
const MISSING: &str = "--trust-plan is missing: this plan runs programs, reads files or signs in to servers, and nobody can be asked \
     here. Read what it names. Nothing was done.";

/// What is done with what a plan names, in the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Does {
    /// Runs a program.
    Runs,
    /// Opens a file.
    Reads,
    /// Sends account and password to a server.
    SignsIn,
}

impl Does {
    /// As it stands in the list.
    const fn words(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::Reads => "reads",
            Self::SignsIn => "signs in to",
        }
    }
}

/// What the rows of a plan use, each thing once, with the places that name it.
#[derive(Debug, Default)]
pub(super) struct Uses(BTreeMap<(Does, String), Vec<Place>>);

impl Uses {
    /// What the customers that are still to be done use.
    ///
    /// # Errors
    /// The record can't be read.
    pub(super) fn of(jobs: &[Job], store: &Store) -> Result<Self, Failure> {
        let mut uses = Self::default();
        for job in jobs.iter().filter(|job| job.is_open()) {
            let Job { row, customer, .. } = job;
            for list in &job.lists {
                uses.add(row, Does::Reads, list.display());
            }
            if job.answers.details.is_none() {
                continue;
            }
            match &row.password {
                Some(PasswordSource::Command(words)) => {
                    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
                    uses.add(row, Does::Runs, words.join(" "));
                }
                Some(PasswordSource::File(path)) => uses.add(row, Does::Reads, path.display()),
                Some(PasswordSource::Environment(_)) | None => {}
            }
            for server in servers(row, customer, store)? {
                uses.add(row, Does::SignsIn, server);
            }
        }
        Ok(uses)
    }

    fn add(&mut self, row: &Row, does: Does, what: impl Display) {
        self.0.entry((does, what.to_string())).or_default().push(row.place.clone());
    }

    /// Whether nothing needs a yes.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The list, line by line, whole.
    pub(super) fn lines(&self) -> Vec<Text> {
        let mut lines = vec![Text::from(ABOUT)];
        for ((does, what), places) in &self.0 {
            let more = u32::try_from(places.len().saturating_sub(1)).unwrap_or(u32::MAX);
            let more = if more == 0 {
                String::new()
            } else {
                format!(" and {}", counted(more, "more row", "more rows"))
            };
            let place = places.first().map(ToString::to_string).unwrap_or_default();
            let whole = format!("{}: {what} ({place}{more})", does.words());
            let letters: Vec<char> = whole.chars().collect();
            lines.extend(letters.chunks(LINE).map(|part| Text::clean(&part.iter().collect::<String>())));
        }
        lines
    }

    /// Goes on where the plan is trusted.
    ///
    /// # Errors
    /// Nobody can be asked, or the answer is no.
    pub(super) fn demand(
        &self,
        options: &ApplyOptions,
        ask: Option<&Ask>,
        stop: &Stop,
    ) -> Result<(), Unanswered> {
        let tell = || self.lines().iter().for_each(|line| warn(line.as_str()));
        let stopped = |exit, words: &'static str| Unanswered { exit, lines: vec![words.into()] };
        match ask {
            _ if self.is_empty() || options.is_check => Ok(()),
            _ if options.trust_plan => {
                tell();
                Ok(())
            }
            None => {
                let flag = ["--trust-plan".to_owned()];
                let example = [Text::from("For example, where all of it is right:")];
                let pasted = unanswered::pasted(&options.line, &flag);
                let lines = self.lines().into_iter().chain([MISSING.into()]).chain(example).chain(pasted);
                Err(Unanswered { exit: Exit::Usage, lines: lines.collect() })
            }
            Some(ask) => {
                tell();
                match ask() {
                    Some(true) => Ok(()),
                    Some(false) => Err(stopped(Exit::Stopped, "The plan was not trusted. Nothing was done.")),
                    None => Err(stopped(
                        journey::stopped(stop).unwrap_or(Exit::Interrupted),
                        "Stopped before the plan was trusted. Nothing was done.",
                    )),
                }
            }
        }
    }
}

/// The servers that are signed in to, but for the customer's own: under its mail domain, or on record. The plan's word for
/// what the mail domains are is the plan's.
fn servers(row: &Row, customer: &Customer, store: &Store) -> Result<Vec<String>, Failure> {
    let known = store.impersonation_of(customer.id)?;
    let mut own = vec![customer.domain.clone()];
    own.extend(known.iter().flat_map(|known| known.domains.iter().cloned()));
    let known = known.and_then(|known| host_of(known.server.as_str()));
    let is_own = |host: &String| is_under_any(host, &own) || known.as_ref() == Some(host);
    if let Some(server) = &row.server {
        return Ok(host_of(server).filter(|host| !is_own(host)).into_iter().collect());
    }
    if known.is_some() {
        return Ok(Vec::new());
    }
    let sample = row.mailbox.iter().filter_map(|mailbox| Some(mailbox.parse::<Address>().ok()?.domain()));
    let domains = row.mail_domains.iter().map(|domain| domain.trim_start_matches('@').to_ascii_lowercase());
    let mut outside: Vec<String> = sample.chain(domains).filter(|domain| !is_own(domain)).collect();
    outside.sort();
    outside.dedup();
    Ok(outside.into_iter().map(|domain| format!("the server that Autodiscover finds for {domain}")).collect())
}
