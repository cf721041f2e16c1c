//! All keys on record and all passwords: what each opens, what is missing, and what should be changed at a hoster.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{
        Inner,
        table::{
            customer, impersonation,
            opener::{self, OpenerRow},
            recipient::{self, RecipientRow},
        },
        tx::Tx,
    },
    sealing::free_name,
    vault::KeyFile,
};
use crate::domain::{
    failure::Failure,
    id::CustomerId,
    keys::{KeyNeeded, Listing, OwnKey, PublicKey},
    text::Text,
    time::Moment,
};

/// A key on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownKey {
    /// The name of a computer or an operator.
    pub name: Text,
    /// The public half.
    pub key: PublicKey,
    /// Since when it is on record, and who put it there.
    pub added: (Moment, Text),
    /// When it was removed, and by whom.
    pub removed: Option<(Moment, Text)>,
    /// It is this computer's.
    pub is_here: bool,
    /// Passwords on record that it opens; of a removed key, that it opens or could read.
    pub opens: u32,
}

/// A password on record, by its customer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyedPassword {
    /// Whose it is.
    pub customer: CustomerId,
    /// Their reference.
    pub reference: Text,
    /// Their name.
    pub name: Text,
    /// This computer's key opens it.
    pub is_open_here: bool,
    /// Names of the keys on record that open it.
    pub openers: Vec<Text>,
    /// Names of those that it is not encrypted for.
    pub missing: Vec<Text>,
    /// Names of removed keys that open it or could read it: it should be changed at the hoster.
    pub exposed: Vec<Text>,
    /// Whether it is still encrypted for one of them.
    pub is_open_to_removed: bool,
}

/// All of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct KeyRing {
    /// The keys on record by name, and removed ones that could read a password which was not changed since.
    pub keys: Vec<KnownKey>,
    /// This computer's key.
    pub own: OwnKey,
    /// The passwords, by their customers' names.
    pub passwords: Vec<KeyedPassword>,
    /// Names of keys that were put on record from this very computer and are not the one it has now, with whoever did it: none
    /// where it was the operator at the keyboard, whose key is gone then.
    neighbours: BTreeMap<Text, Option<Text>>,
}

impl KeyRing {
    /// What is missing for these passwords: whoever opens all of them, else whoever opens one.
    #[must_use]
    pub fn needed<'a>(&self, closed: impl Iterator<Item = &'a KeyedPassword>) -> KeyNeeded {
        let sets: Vec<BTreeSet<&Text>> = closed.map(|password| password.openers.iter().collect()).collect();
        let all = sets.iter().flatten().copied().collect::<BTreeSet<_>>();
        let of_each = |name: &&Text| sets.iter().all(|set| set.contains(name));
        let mut readers: Vec<&Text> = all.iter().copied().filter(of_each).collect();
        if readers.is_empty() {
            readers = all.into_iter().collect();
        }
        let place = |name: &Text| match self.neighbours.get(name) {
            None => Some(name.clone()),
            Some(by) => by.as_ref().map(|by| Text::of(format_args!("{name} as {by}"))),
        };
        let elsewhere = readers.into_iter().filter(|name| **name != self.own.name);
        KeyNeeded { own: self.own.clone(), readers: elsewhere.filter_map(place).collect() }
    }
}

/// Who looks, and where.
#[derive(Clone, Copy)]
pub(crate) struct Here<'a> {
    /// This computer's key; none: there is no file, or it can't be read.
    pub(crate) key: Option<&'a KeyFile>,
    /// Its name.
    pub(crate) host: &'a Text,
    /// Who works here.
    pub(crate) operator: &'a Text,
}

impl Inner {
    /// Reads this computer's key and leaves it as it is.
    pub(crate) fn own_key(&self) -> Option<KeyFile> {
        KeyFile::read(&self.options.identity).ok().flatten()
    }

    /// Who looks.
    pub(crate) const fn here<'a>(&'a self, key: Option<&'a KeyFile>) -> Here<'a> {
        Here { key, host: &self.options.host, operator: &self.operator.name }
    }
}

/// Everything. Cost: each password on record is decrypted once, where there is a key.
pub(crate) fn of(tx: &Tx<'_>, here: Here<'_>) -> Result<KeyRing, Failure> {
    let rows = recipient::all(tx)?;
    let own = own(&rows, here)?;
    let mut openers: BTreeMap<CustomerId, Vec<OpenerRow>> = BTreeMap::new();
    for row in opener::all(tx)? {
        openers.entry(row.customer).or_default().push(row);
    }
    let mut sealed: BTreeMap<CustomerId, Vec<u8>> = impersonation::sealed(tx)?.into_iter().collect();
    let mut passwords = Vec::new();
    for customer in customer::all(tx)? {
        let Some(sealed) = sealed.remove(&customer.id) else { continue };
        let is_open_here = here.key.is_some_and(|key| key.open(&sealed).is_some());
        let of = openers.remove(&customer.id).unwrap_or_default();
        passwords.push(KeyedPassword {
            customer: customer.id,
            reference: customer.reference,
            name: customer.name,
            is_open_here,
            ..standing(&rows, &of, own.key.as_ref().filter(|_| is_open_here))
        });
    }
    let known = |row: &RecipientRow| {
        let is_here = own.key.as_ref() == Some(&row.key);
        let names = |password: &&KeyedPassword| match row.removed {
            None if is_here => password.is_open_here,
            None => password.openers.contains(&row.name),
            Some(_) => password.exposed.contains(&row.name),
        };
        KnownKey {
            name: row.name.clone(),
            key: row.key.clone(),
            added: (row.added, row.added_by.clone()),
            removed: row.removed.map(|at| (at, row.removed_by.clone().unwrap_or_default())),
            is_here,
            opens: u32::try_from(passwords.iter().filter(names).count()).unwrap_or(u32::MAX),
        }
    };
    let keys = rows.iter().map(known).filter(|key| key.removed.is_none() || key.opens > 0).collect();
    Ok(KeyRing { keys, neighbours: neighbours(&rows, here, &own), own, passwords })
}

/// How a password stands by these rows; `own` opens it, whatever they say.
fn standing(rows: &[RecipientRow], of: &[OpenerRow], own: Option<&PublicKey>) -> KeyedPassword {
    let row = |key: &PublicKey| of.iter().find(|row| row.key == *key);
    let opens = |key: &PublicKey| own == Some(key) || row(key).is_some_and(|row| row.is_current);
    let names = |is_meant: &dyn Fn(&RecipientRow) -> bool| -> Vec<Text> {
        rows.iter().filter(|row| is_meant(row)).map(|row| row.name.clone()).collect()
    };
    KeyedPassword {
        customer: CustomerId(0),
        reference: Text::default(),
        name: Text::default(),
        is_open_here: false,
        openers: names(&|key| key.removed.is_none() && opens(&key.key)),
        missing: names(&|key| key.removed.is_none() && !opens(&key.key)),
        exposed: names(&|key| key.removed.is_some() && row(&key.key).is_some()),
        is_open_to_removed: rows.iter().any(|key| key.removed.is_some() && opens(&key.key)),
    }
}

/// How this computer's key stands on record.
fn own(rows: &[RecipientRow], here: Here<'_>) -> Result<OwnKey, Failure> {
    let key = here.key.map(KeyFile::public).transpose()?;
    let Some(key) = key else {
        let name = free_name(rows, (here.host, here.operator), None);
        return Ok(OwnKey { name, key: None, listing: Listing::Unlisted });
    };
    let row = rows.iter().find(|row| row.key == key);
    let name = match row {
        Some(row) => row.name.clone(),
        None => free_name(rows, (here.host, here.operator), Some(&key)),
    };
    let listing = match row {
        None => Listing::Unlisted,
        Some(row) if row.removed.is_some() => Listing::Removed,
        Some(_) => Listing::Listed,
    };
    Ok(OwnKey { name, key: Some(key), listing })
}

/// Keys that were put on record from this computer, by its name, and are not the one it has now; and by whom, where that is
/// another operator.
fn neighbours(rows: &[RecipientRow], here: Here<'_>, own: &OwnKey) -> BTreeMap<Text, Option<Text>> {
    let is_here = |row: &&RecipientRow| row.name == *here.host && own.key.as_ref() != Some(&row.key);
    let by = |row: &RecipientRow| Some(row.added_by.clone()).filter(|by| by != here.operator);
    rows.iter().filter(is_here).map(|row| (row.name.clone(), by(row))).collect()
}

/// What is missing for the password of one customer, which this computer's key does not open.
pub(crate) fn needed(tx: &Tx<'_>, here: Here<'_>, customer: CustomerId) -> Result<KeyNeeded, Failure> {
    let rows = recipient::all(tx)?;
    let own = own(&rows, here)?;
    let password = standing(&rows, &opener::of(tx, customer)?, None);
    let neighbours = neighbours(&rows, here, &own);
    Ok(KeyRing { own, neighbours, ..KeyRing::default() }.needed(std::iter::once(&password)))
}
