//! The address book of one organisation: who is in it, who can see whom, and what a query finds.
//!
//! Entries have a number that never changes: first those stated one by one, then each customer's computed ones. The
//! search index is built by the first search, so that a world with a large customer starts at once.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::computed;
use super::settings::{Computed, Customer, Kind, Mailbox, Matching};
use super::text::{fold, from_each_word};

/// A moment as the directory needs it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    /// Milliseconds since 1970 UTC.
    pub(super) at: i64,
    /// When the sandbox started, likewise.
    pub(super) started: i64,
}

/// One entry of the address book, made when asked for.
#[derive(Clone, Debug)]
pub(super) struct Card {
    /// Its number in the directory.
    pub(super) number: u32,
    /// Index into the customers of the server.
    pub(super) customer: usize,
    /// Display name.
    pub(super) name: String,
    /// Primary address.
    pub(super) address: String,
    /// What it is.
    pub(super) kind: Kind,
    /// Job title.
    pub(super) title: Option<String>,
    /// Without the customer's mark.
    pub(super) unmarked: bool,
    /// Response code of folder calls at this moment.
    pub(super) trouble: Option<String>,
}

impl Card {
    /// Whether Exchange Web Services are switched off for this mailbox alone.
    pub(super) fn is_ews_off(&self) -> bool {
        self.trouble.as_deref() == Some("403")
    }
}

/// The computed mailboxes of one customer.
#[derive(Debug)]
struct Run {
    /// Index into the customers.
    customer: usize,
    /// Number of its first entry.
    first: u32,
    /// How many there can be at most.
    most: u32,
    /// Mail domain in small letters.
    domain: String,
    /// What the file says.
    rule: Computed,
}

/// The address book of one organisation.
#[derive(Debug)]
pub(super) struct Directory {
    /// Entries stated one by one, each with its customer.
    stated: Vec<(usize, Mailbox)>,
    /// Computed ones, in the order of their numbers.
    runs: Vec<Run>,
    /// Primary addresses of the stated entries, in small letters.
    primary: HashMap<String, u32>,
    /// Further addresses, in small letters.
    aliases: HashMap<String, u32>,
    /// What a query is compared with.
    matching: Matching,
    /// Search keys with the entry they lead to, sorted; made by the first search.
    index: OnceLock<Vec<(Box<str>, u32)>>,
}

impl Directory {
    /// Takes over what the customers state.
    pub(super) fn new(customers: &[Customer], matching: Matching) -> Self {
        let mut made = Self {
            stated: Vec::new(),
            runs: Vec::new(),
            primary: HashMap::new(),
            aliases: HashMap::new(),
            matching,
            index: OnceLock::new(),
        };
        for (index, customer) in customers.iter().enumerate() {
            for mailbox in &customer.mailboxes {
                made.state(index, mailbox);
            }
        }
        let mut first = u32::try_from(made.stated.len()).unwrap_or(u32::MAX);
        for (index, customer) in customers.iter().enumerate() {
            let Some(rule) = &customer.computed else { continue };
            let domain =
                rule.domain.as_ref().or(customer.domains.first()).map(|domain| domain.to_lowercase());
            let most = rule.count.saturating_add(rule.growth.as_ref().map_or(0, |growth| growth.most));
            let domain = domain.unwrap_or_default();
            made.runs.push(Run { customer: index, first, most, domain, rule: rule.clone() });
            first = first.saturating_add(most);
        }
        made
    }

    /// Adds one stated entry.
    fn state(&mut self, customer: usize, mailbox: &Mailbox) {
        let number = u32::try_from(self.stated.len()).unwrap_or(u32::MAX);
        self.primary.insert(mailbox.address.to_lowercase(), number);
        for alias in &mailbox.aliases {
            self.aliases.insert(alias.to_lowercase(), number);
        }
        self.stated.push((customer, mailbox.clone()));
    }

    /// The entry with this primary address, if it exists at this moment.
    pub(super) fn by_primary(&self, address: &str, now: Now) -> Option<Card> {
        let address = address.to_lowercase();
        let number = self.primary.get(&address).copied().or_else(|| self.computed_number(&address))?;
        self.card(number, now)
    }

    /// The entry with this address, primary or not.
    pub(super) fn by_any_address(&self, address: &str, now: Now) -> Option<Card> {
        let alias = || self.aliases.get(&address.to_lowercase()).and_then(|number| self.card(*number, now));
        self.by_primary(address, now).or_else(alias)
    }

    /// The entry with this number, if it exists at this moment.
    pub(super) fn card(&self, number: u32, now: Now) -> Option<Card> {
        let at = |when: super::settings::When| when.moment(now.started);
        if let Some((customer, mailbox)) = self.stated(number) {
            let troubled = mailbox.trouble_until.is_none_or(|when| now.at < at(when));
            return is_there(mailbox, now).then(|| Card {
                number,
                customer: *customer,
                name: mailbox.name.clone(),
                address: mailbox.address.clone(),
                kind: mailbox.kind,
                title: mailbox.title.clone(),
                unmarked: mailbox.unmarked,
                trouble: mailbox.trouble.clone().filter(|_| troubled),
            });
        }
        self.run(number)?.card(number, now)
    }

    /// Customer of an entry, and whether it is in the address lists; makes no names, so it is cheap.
    pub(super) fn glance(&self, number: u32, now: Now) -> Option<(usize, bool)> {
        if let Some((customer, mailbox)) = self.stated(number) {
            return is_there(mailbox, now).then_some((*customer, !mailbox.hidden));
        }
        let run = self.run(number)?;
        let own = run.own(number, now)?;
        Some((run.customer, !every(run.rule.hidden_every, own)))
    }

    /// A stated entry.
    fn stated(&self, number: u32) -> Option<&(usize, Mailbox)> {
        usize::try_from(number).ok().and_then(|number| self.stated.get(number))
    }

    /// The run that a number belongs to.
    fn run(&self, number: u32) -> Option<&Run> {
        self.runs.iter().rfind(|run| run.first <= number)
    }

    /// The number of the computed mailbox with this address.
    fn computed_number(&self, address: &str) -> Option<u32> {
        let (local, domain) = address.rsplit_once('@')?;
        self.runs.iter().filter(|run| run.domain == domain).find_map(|run| {
            let number = computed::number_of(run.rule.seed, local)?;
            (number < run.most).then(|| run.first.saturating_add(number))
        })
    }

    /// Numbers of all entries that a query finds, in the directory's order, whether they exist now or not.
    ///
    /// An empty query finds everybody. The first search of a customer with many mailboxes takes a moment.
    pub(super) fn find(&self, query: &str) -> Vec<u32> {
        if query.is_empty() {
            let stated = u32::try_from(self.stated.len()).unwrap_or(u32::MAX);
            let end = self.runs.last().map_or(stated, |run| run.first.saturating_add(run.most));
            return (0..end).collect();
        }
        let index = self.index.get_or_init(|| self.build());
        let query = match self.matching {
            Matching::Names => query.to_lowercase(),
            Matching::Words | Matching::Substring => fold(query),
        };
        let mut found: Vec<u32> = if self.matching == Matching::Substring {
            index.iter().filter(|(key, _)| key.contains(&query)).map(|(_, number)| *number).collect()
        } else {
            let from = index.partition_point(|(key, _)| **key < *query);
            let matching = index.iter().skip(from).take_while(|(key, _)| key.starts_with(&query));
            matching.map(|(_, number)| *number).collect()
        };
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Makes the search index.
    fn build(&self) -> Vec<(Box<str>, u32)> {
        let mut keys = Vec::new();
        let mut add = |number: u32, name: &str, addresses: &[&str]| {
            let exact = self.matching == Matching::Names;
            let name = if exact { name.to_lowercase() } else { fold(name) };
            keys.extend(from_each_word(&name).map(|word| (Box::from(word), number)));
            if !exact {
                keys.extend(addresses.iter().map(|address| (fold(address).into_boxed_str(), number)));
            }
        };
        for (number, (_, mailbox)) in (0..).zip(&self.stated) {
            let others = mailbox.aliases.iter().map(String::as_str);
            let addresses: Vec<&str> = std::iter::once(mailbox.address.as_str()).chain(others).collect();
            add(number, &mailbox.name, &addresses);
        }
        for run in &self.runs {
            for number in 0..run.most {
                let name = computed::name(run.rule.seed, number);
                let address = format!("{}@{}", computed::local_part(run.rule.seed, number), run.domain);
                add(run.first.saturating_add(number), &name, &[&address]);
            }
        }
        keys.sort_unstable();
        keys
    }
}

impl Run {
    /// The entry with this number, if it exists at this moment.
    fn card(&self, number: u32, now: Now) -> Option<Card> {
        let own = self.own(number, now)?;
        let address = format!("{}@{}", computed::local_part(self.rule.seed, own), self.domain);
        Some(Card {
            number,
            customer: self.customer,
            name: computed::name(self.rule.seed, own),
            address,
            kind: Kind::User,
            title: None,
            unmarked: every(self.rule.unmarked_every, own),
            trouble: None,
        })
    }

    /// The number within the run, if the entry exists at this moment.
    fn own(&self, number: u32, now: Now) -> Option<u32> {
        number.checked_sub(self.first).filter(|own| *own < self.there(now))
    }

    /// How many exist at this moment.
    fn there(&self, now: Now) -> u32 {
        let grown = self.rule.growth.as_ref().map_or(0, |growth| {
            let passed = now.at.saturating_sub(growth.from.moment(now.started));
            let step = i64::from(growth.every.max(1)).saturating_mul(1000);
            let come = if passed < 0 { 0 } else { passed / step + 1 };
            u32::try_from(come).unwrap_or(u32::MAX).min(growth.most)
        });
        self.rule.count.saturating_add(grown)
    }
}

/// Whether a stated entry exists at this moment.
fn is_there(mailbox: &Mailbox, now: Now) -> bool {
    mailbox.appears.is_none_or(|when| when.moment(now.started) <= now.at)
        && mailbox.leaves.is_none_or(|when| now.at < when.moment(now.started))
}

/// Whether a number is one of those that a step names; a step of 0 names none.
fn every(step: u32, number: u32) -> bool {
    step > 0 && number.is_multiple_of(step)
}
