//! A plan: many customers, each with the answers that one journey needs, as data.
//!
//! Read from TOML (`read.rs`): every mistake at once, each with its line, keys that do not exist with the nearest that
//! does. Written to TOML (`write.rs`), also from a finished run. A plan never holds a password, only where one comes
//! from. Rows of users and mailboxes that stand in files of their own are read by the command, not here.

mod read;
#[cfg(test)]
mod tests;
mod write;

use std::{fmt, path::PathBuf};

use super::{customer::Product, text::Text, user::Kind};

pub use read::read;
pub use write::{of_run, write};

/// The version of the format that this program reads and writes.
pub const VERSION: i64 = 1;

/// Most customers in one plan file: twenty times what is usual. A guess that keeps a slip of a script short.
pub const MAX_ROWS: usize = 1_000;

/// A plan as one file holds it; [`Row::place`] says where each row stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// One per customer and product, in the order of the file.
    pub rows: Vec<Row>,
}

/// One customer of a plan: the answers of one journey. `defaults` of the file are filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub place: Place,
    /// Reference, name or domain of the customer.
    pub customer: String,
    /// The product; needed where the customer has several.
    pub product: Option<Product>,
    /// The tenant, in any form that the tenant field takes.
    pub tenant: Option<String>,
    /// References of other customers who have the same organisation, where that is right.
    pub same_organisation_as: Vec<String>,
    /// The organisation is right although the customer's mail domain belongs to another one.
    pub domain_belongs_elsewhere: bool,
    /// Which users are turned on.
    pub users: Users,
    /// Kinds to include besides user mailboxes.
    pub include_kinds: Vec<Kind>,
    /// Addresses of users to exclude.
    pub exclude: Vec<String>,
    /// Most new seats of this customer.
    pub max_seats: Option<u32>,
    /// Most seats that a sweep may use.
    pub ceiling: Option<u32>,
    /// Enable Auto is made although nothing runs at 20:00.
    pub without_sweeper: bool,
    /// Server of a hosted customer; none: Autodiscover finds it.
    pub server: Option<String>,
    /// The service account.
    pub account: Option<String>,
    /// Where its password comes from.
    pub password: Option<PasswordSource>,
    /// One mailbox of the customer to try.
    pub mailbox: Option<String>,
    /// The customer's mail domains.
    pub mail_domains: Vec<String>,
    /// How the mailboxes are listed.
    pub mailboxes: Option<Mailboxes>,
}

impl Row {
    /// Whether it says anything about how mailboxes are reached.
    #[must_use]
    pub const fn has_details(&self) -> bool {
        self.server.is_some()
            || self.account.is_some()
            || self.password.is_some()
            || self.mailbox.is_some()
            || !self.mail_domains.is_empty()
            || self.mailboxes.is_some()
    }

    /// The answers of the row as one text, the same whatever stands around them in the file: what tells a row that was
    /// changed from one that was not. Lists that stand in files must have been read ([`List::Here`]).
    #[must_use]
    pub fn canonical(&self) -> String {
        write::row(self)
    }
}

/// Which users are turned on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Users {
    /// Everybody who may be, once.
    All,
    /// Everybody at the next 20:00 in Sydney, and those who are made later.
    Auto,
    /// Nobody: the journey ends with the product enabled.
    #[default]
    None,
    /// These addresses.
    These(List),
}

/// Addresses: in the plan, or in a file of their own, one a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum List {
    /// In the plan.
    Here(Vec<String>),
    /// In this file; a path that is not absolute starts at the plan's folder.
    File(PathBuf),
}

/// How the mailboxes of a hosted customer are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mailboxes {
    /// These.
    Given(List),
    /// The server's directory lists them.
    Directory,
}

/// Where a password comes from; the value itself is read when it is needed, and never kept in a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordSource {
    /// The first line of a file.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// What a program prints: program and arguments.
    Command(Vec<String>),
}

/// Where something stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, as it was named.
    pub file: Text,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} line {}", self.file, self.line)
    }
}

/// Something in a plan that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// Where.
    pub place: Place,
    /// What is wrong and how to mend it; sentences.
    pub what: Text,
}

impl Mistake {
    /// A mistake in a row.
    #[must_use]
    pub fn at(place: &Place, what: fmt::Arguments<'_>) -> Self {
        Self { place: place.clone(), what: Text::of(what) }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}
