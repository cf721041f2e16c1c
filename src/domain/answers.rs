//! Every answer of a journey, given beforehand by flags or by a line of a plan.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use super::{
    bill::{counted, grouped},
    customer::Product,
    doubt::{Doubt, is_same_reference},
    flag::{self, Flag},
    lock::lock,
    secret::Secret,
    text::Text,
    user::Kind,
};

/// Every answer of one journey.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of its own")]
pub struct Answers {
    /// Reference, name or domain of the customer, whole: likeness is not enough.
    pub customer: String,
    /// The product; needed where the customer has several.
    pub product: Option<Product>,
    /// The tenant as a person would type it; for one on record it must name the same.
    pub tenant: Option<String>,
    /// References of other customers who have the same organisation, where that is right.
    pub same_as: Vec<Text>,
    /// The organisation is right although the customer's mail domain belongs to another one.
    pub domain_elsewhere: bool,
    /// How the mailboxes of a hosted customer are reached; what is on record needs no answer.
    pub details: Option<Details>,
    /// Who is turned on.
    pub users: Option<Users>,
    /// Kinds to include besides user mailboxes.
    pub include: Vec<Kind>,
    /// Kinds that are included and shall not be any more.
    pub leave_out: Vec<Kind>,
    /// Addresses of users to exclude.
    pub exclude: Vec<String>,
    /// Addresses of users whose exclusion is lifted.
    pub lift: Vec<String>,
    /// Addresses of users to turn off.
    pub turn_off: Vec<String>,
    /// Most users that may be turned off; nobody is without it.
    pub max_off: Option<u32>,
    /// Enable Auto is switched off.
    pub undo_auto: bool,
    /// Most new seats that may be billed; no write that bills without it.
    pub max_seats: Option<u32>,
    /// Most seats that a sweep may use; none: what the wizard proposes.
    pub ceiling: Option<u32>,
    /// Enable Auto is made although nothing runs at 20:00.
    pub without_sweeper: bool,
    /// Who at the customer agreed that the operator accepts for them.
    pub agreed_by: Option<String>,
    /// Why the run is taken over, where somebody else has it (Admin); none: it is left alone then.
    pub take_over: Option<String>,
    /// How long the customer's consent is waited for; zero: asked about once.
    pub wait: Duration,
    /// Stops before the first write that bills, and says what it would come to.
    pub is_dry_run: bool,
    /// No mailbox password is read or sent: what needs one is not tried, and the journey ends before it.
    pub is_unsigned: bool,
    /// Plays the customer (sandbox only).
    pub rehearse: bool,
    /// Seats that several journeys share; each bill must fit into what is left.
    pub allowance: Allowance,
}

impl Answers {
    /// What speaks against an organisation or a mail domain and is not said to be right.
    #[must_use]
    pub fn unaccepted(&self, doubts: &[Doubt]) -> Vec<Doubt> {
        let is_open = |doubt: &&Doubt| match doubt {
            Doubt::Shared(other) | Doubt::SharedMail(other, _) => {
                !self.same_as.iter().any(|named| is_same_reference(named, &other.reference))
            }
            Doubt::Elsewhere(_) => !self.domain_elsewhere,
        };
        doubts.iter().filter(is_open).cloned().collect()
    }

    /// Whether they take something back: then users need no answer, and nobody is turned on without one.
    #[must_use]
    pub const fn takes_back(&self) -> bool {
        self.undo_auto || !(self.turn_off.is_empty() && self.lift.is_empty() && self.leave_out.is_empty())
    }

    /// The first flag about users that is missing, with a value that it may have.
    #[must_use]
    pub fn missing(&self) -> Option<(Flag, String)> {
        // Nobody is turned off without a limit; a dry run needs none.
        if !self.turn_off.is_empty() && self.max_off.is_none() && !self.is_dry_run {
            return Some((flag::MAX_OFF, self.turn_off.len().to_string()));
        }
        let flag = match (&self.users, self.max_seats) {
            (None, _) if !self.takes_back() => flag::USERS,
            (Some(Users::All | Users::Auto | Users::These(_)), None) if !self.is_dry_run => flag::MAX_SEATS,
            _ => return None,
        };
        Some((flag, flag.example.to_owned()))
    }

    /// Why a bill of so many new seats may not be confirmed, as sentences; none where it may. What is allowed is set aside.
    #[must_use]
    pub fn bill_beyond(&self, new: u32) -> Option<String> {
        let (limit, remedy) = self.seats_beyond(new)?;
        let seats = counted(new, "new seat", "new seats");
        Some(format!("It would be {seats}, and {limit}. Nobody was turned on. {remedy}"))
    }

    /// Why the next sweep may not turn so many more on once kinds are included and exclusions lifted, as sentences; none
    /// where it may. What is allowed is set aside.
    #[must_use]
    pub fn sweep_beyond(&self, of_kinds: u32, lifted: u32) -> Option<String> {
        let new = of_kinds.saturating_add(lifted);
        let (limit, _) = self.seats_beyond(new)?;
        let (with, unchanged) = match (of_kinds, lifted) {
            (0, _) => ("without these exclusions", "Nothing was changed."),
            (_, 0) => ("with these kinds", "The kinds were not changed."),
            _ => ("with these kinds and the exclusions that were lifted", "The kinds were not changed."),
        };
        let seats = counted(new, "seat", "seats");
        Some(format!(
            "Enable Auto is on: {with} the next sweep would take {seats} more, and {limit}. {unchanged}"
        ))
    }

    /// The limit that so many new seats are beyond, and what to do about it; none where they are allowed. What is allowed
    /// is set aside.
    fn seats_beyond(&self, new: u32) -> Option<(String, String)> {
        if let Some(most) = self.max_seats.filter(|most| new > *most) {
            return Some((
                format!("--max-seats allows at most {}", grouped(most)),
                format!("Look at the bill; then start again with --max-seats {new}, or with fewer users."),
            ));
        }
        let left = counted(self.allowance.set_aside(new).err()?, "is", "are");
        Some((
            format!("of what --max-seats allows for the whole plan {left} left"),
            "Look at the bills; then start again with a higher --max-seats, or with fewer users.".to_owned(),
        ))
    }

    /// Why so many users may not be turned off, as a sentence; none where they may.
    #[must_use]
    pub fn off_beyond(&self, count: u32) -> Option<String> {
        let most = self.max_off.filter(|most| count > *most)?;
        Some(format!(
            "It would turn {} off, and --max-off allows at most {}. Nothing was changed. Look at the list; then start \
             again with --max-off {count}, or with fewer users.",
            counted(count, "user", "users"),
            grouped(most)
        ))
    }

    /// What contradicts itself, as a sentence; seen without a list of users.
    #[must_use]
    pub fn clash(&self) -> Option<String> {
        let is_lifted = |address: &&String| {
            let same = |lifted: &String| lifted.trim().to_lowercase() == address.trim().to_lowercase();
            self.lift.iter().any(same)
        };
        if let Some(address) = self.exclude.iter().find(is_lifted) {
            return Some(format!("--exclude and --lift both name {address}. Keep one of the two."));
        }
        if let Some(kind) = self.include.iter().find(|kind| self.leave_out.contains(kind)) {
            let word = kind.key();
            return Some(format!(
                "--include-kind and --leave-out-kind both name {word}. Keep one of the two."
            ));
        }
        (self.undo_auto && self.users == Some(Users::Auto)).then(|| {
            "--undo-auto switches Enable Auto off, and --users auto switches it on. Keep one of the two."
                .to_owned()
        })
    }
}

/// How the mailboxes of a hosted customer are reached.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// Server; none: Autodiscover finds it.
    pub server: Option<String>,
    /// The service account.
    pub account: Option<String>,
    /// Its password.
    pub password: Option<Password>,
    /// One mailbox of the customer to try.
    pub mailbox: Option<String>,
    /// Mail domains; empty: those that stand in the form.
    pub domains: Vec<String>,
    /// The mailboxes, lines with an address each; none: those that stand in the form.
    pub mailboxes: Option<Vec<String>>,
    /// The server's directory lists the mailboxes.
    pub is_directory: bool,
}

/// The password of a service account.
#[derive(Debug, Clone)]
pub enum Password {
    /// It is named where it comes from, and not read: a check runs no command and opens no such file.
    Unread,
    /// Read.
    Read(Secret<String>),
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

/// New seats that several journeys share: what one sets aside for its bill is gone for the others.
#[derive(Debug, Clone, Default)]
pub struct Allowance {
    /// What is left for all; none: there is no limit.
    left: Option<Arc<Mutex<u32>>>,
    /// What this journey has set aside.
    mine: Arc<Mutex<u32>>,
}

impl Allowance {
    /// So many seats for all who share them.
    #[must_use]
    pub fn of(seats: u32) -> Self {
        Self { left: Some(Arc::new(Mutex::new(seats))), mine: Arc::default() }
    }

    /// The share of one more journey.
    #[must_use]
    pub fn share(&self) -> Self {
        Self { left: self.left.clone(), mine: Arc::default() }
    }

    /// Sets seats aside for a bill, in all as many as these, however often it is asked.
    ///
    /// # Errors
    /// How many seats are left for this journey, when they do not suffice.
    pub fn set_aside(&self, seats: u32) -> Result<(), u32> {
        let Some(left) = &self.left else { return Ok(()) };
        let (mut left, mut mine) = (lock(left), lock(&self.mine));
        let all = left.saturating_add(*mine);
        if seats > all {
            return Err(all);
        }
        if seats > *mine {
            (*left, *mine) = (all.saturating_sub(seats), seats);
        }
        Ok(())
    }

    /// The journey is over: what it has set aside and not billed is there for the others again.
    pub fn settle(&self, billed: u32) {
        let Some(left) = &self.left else { return };
        let (mut left, mut mine) = (lock(left), lock(&self.mine));
        let kept = billed.min(*mine);
        *left = left.saturating_add(mine.saturating_sub(kept));
        *mine = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_journey_sets_aside_is_gone_for_the_others_until_it_is_settled() {
        let all = Allowance::of(10);
        let (one, two) = (all.share(), all.share());
        assert_eq!(one.set_aside(7), Ok(()));
        assert_eq!(one.set_aside(7), Ok(()), "asking again takes nothing more");
        assert_eq!(two.set_aside(4), Err(3));
        assert_eq!(one.set_aside(8), Ok(()), "the list has grown");
        one.settle(5);
        assert_eq!(two.set_aside(5), Ok(()));
        assert_eq!(all.share().set_aside(1), Err(0));
        assert_eq!(Allowance::default().set_aside(u32::MAX), Ok(()));
    }
}
