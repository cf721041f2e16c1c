//! Every answer of a journey, given beforehand by flags or by a line of a plan.

use std::time::Duration;

use crate::domain::{customer::Product, secret::Secret, user::Kind};

/// Every answer of one journey.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// Reference, name or domain of the customer, whole: likeness is not enough.
    pub customer: String,
    /// The product; needed where the customer has several.
    pub product: Option<Product>,
    /// The tenant as a person would type it; for one on record it must name the same.
    pub tenant: Option<String>,
    /// How the mailboxes of a hosted customer are reached; what is on record needs no answer.
    pub details: Option<Details>,
    /// Who is turned on.
    pub users: Option<Users>,
    /// Kinds to include besides user mailboxes.
    pub include: Vec<Kind>,
    /// Addresses of users to exclude.
    pub exclude: Vec<String>,
    /// Most new seats that may be billed; no write that bills without it.
    pub max_seats: Option<u32>,
    /// Most seats that a sweep may use; none: what the wizard proposes.
    pub ceiling: Option<u32>,
    /// Enable Auto is made although nothing runs at 20:00.
    pub without_sweeper: bool,
    /// How long the customer's consent is waited for; zero: asked about once.
    pub wait: Duration,
    /// Stops before the first write that bills, and says what it would come to.
    pub is_dry_run: bool,
    /// Plays the customer (sandbox only).
    pub rehearse: bool,
}

/// How the mailboxes of a hosted customer are reached.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// Server; none: Autodiscover finds it.
    pub server: Option<String>,
    /// The service account.
    pub account: Option<String>,
    /// Its password.
    pub password: Option<Secret<String>>,
    /// One mailbox of the customer to try.
    pub mailbox: Option<String>,
    /// Mail domains; empty: those that stand in the form.
    pub domains: Vec<String>,
    /// The mailboxes, lines with an address each; none: those that stand in the form.
    pub mailboxes: Option<Vec<String>>,
    /// The server's directory lists the mailboxes.
    pub is_directory: bool,
}

/// Who is turned on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Users {
    /// Everybody who may be, once.
    All,
    /// Everybody at the next 20:00 in Sydney, and those who are made later.
    Auto,
    /// Nobody: the journey ends with the product enabled.
    None,
    /// These addresses.
    These(Vec<String>),
}
