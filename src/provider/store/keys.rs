//! The keys that passwords are encrypted for: put on record, removed, and every password that this computer reads encrypted
//! anew for those that stay. One transaction for the key, one for each customer: work that is broken off leaves every
//! password readable, and the same command again completes it.

use super::{
    Scope, Store,
    part::{
        key_ring::{self, KeyRing},
        sealing,
        vault::{self, KeyFile},
        write::Write,
    },
    table::{
        impersonation, opener,
        recipient::{self, RecipientRow},
    },
};
use crate::domain::{
    failure::{Failure, FailureKind},
    keys::PublicKey,
    phrase::{Command, phrase},
    text::Text,
};

/// Which key is put on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeySource {
    /// One that is there already: only the passwords are encrypted for it.
    OnRecord,
    /// This computer's; made where there is none.
    Here,
    /// This one.
    Given(PublicKey),
}

impl Store {
    /// All keys and passwords, as of now. Cost: each password is decrypted once.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn key_ring(&self) -> Result<KeyRing, Failure> {
        let own = self.0.own_key();
        self.read(|tx| key_ring::of(tx, self.0.here(own.as_ref())))
    }

    /// Puts a key on record under a name, or gives one that is there another name. Whoever can read passwords goes on
    /// with [`Store::encrypt_again`].
    ///
    /// # Errors
    /// `Malformed`: the key is none. `NotFound`: no key of that name is on record. `Conflict`: another key has the name.
    /// `Refused`: it was removed, and only an Admin puts it back. `Record`: the key file can't be made or read.
    pub fn add_key(&self, name: &Text, source: &KeySource) -> Result<(), Failure> {
        let key = match source {
            KeySource::OnRecord => None,
            KeySource::Here => Some(self.0.vault.key()?.public()?),
            KeySource::Given(key) => Some(key.clone()),
        };
        if let Some(key) = &key {
            vault::recipient(key)?;
        }
        let own = self.0.own_key();
        self.write(|write| {
            match &key {
                Some(key) => put(write, name, key)?,
                None => drop(named(write, name)?),
            }
            own.as_ref().map_or(Ok(()), |own| enter_if_it_opens(write, own))
        })
    }

    /// Encrypts every password that this computer reads for the keys on record, where it is not so yet; how many.
    ///
    /// # Errors
    /// `Record`, when the record can't be written: what was done stays, and a retry is safe.
    pub fn encrypt_again(&self) -> Result<u32, Failure> {
        let Some(own) = self.0.own_key() else { return Ok(0) };
        let mut count = 0;
        for password in self.key_ring()?.passwords {
            if !password.is_open_here || (password.missing.is_empty() && !password.is_open_to_removed) {
                continue;
            }
            let scope = Scope::Customer(password.customer);
            let is_done = self.write_in(scope, |write| sealing::again(write, &own, password.customer))?;
            count += u32::from(is_done);
        }
        Ok(count)
    }

    /// Takes a key, by its name or by itself, off the record, and answers its name; one that was removed already stays so. The
    /// passwords stay encrypted for it until [`Store::encrypt_again`] was run.
    ///
    /// # Errors
    /// `Refused` for anyone but an Admin; `NotFound`; `Conflict` for the last key that opens a password.
    pub fn remove_key(&self, name: &Text) -> Result<Text, Failure> {
        let own = self.0.own_key();
        self.write(|write| {
            write.demand_admin("removing a key")?;
            let row = removable(&recipient::all(write.tx)?, name)?;
            if row.removed.is_some() {
                return Ok(row.name);
            }
            if let Some(own) = &own {
                // Of older programs: who could read what is known from here on.
                let key = own.public()?;
                if recipient::find(write.tx, &key)?.is_some() {
                    sealing::opens(write, own, &key)?;
                }
            }
            demand_another(write, &row)?;
            recipient::remove(write.tx, &row.key, write.by())?;
            write.note_all(None, None, &format!("removed the key of {}: {}", row.name, row.key))?;
            Ok(row.name)
        })
    }
}

/// Puts a key on record under a name.
fn put(write: &Write<'_>, name: &Text, key: &PublicKey) -> Result<(), Failure> {
    let rows = recipient::all(write.tx)?;
    if let Some(other) = rows.iter().find(|row| row.removed.is_none() && row.name == *name && row.key != *key)
    {
        return Err(Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!("{name} has another key on record: {}", other.key)),
            "Nothing was changed. Give this one another name, or have an Admin remove the other one first.",
        ));
    }
    match rows.iter().find(|row| row.key == *key) {
        Some(row) if row.removed.is_some() => {
            write.demand_admin("putting a removed key back")?;
            sealing::enter(write, name, key)
        }
        Some(row) if row.name == *name => Ok(()),
        Some(row) => {
            recipient::rename(write.tx, key, name)?;
            write.note_all(None, None, &format!("called the key of {} {name}", row.name))
        }
        None => sealing::enter(write, name, key),
    }
}

/// Keeps what this computer's key opens; puts it on record first where it is not there and opens anything.
fn enter_if_it_opens(write: &Write<'_>, own: &KeyFile) -> Result<(), Failure> {
    let key = own.public()?;
    if recipient::find(write.tx, &key)?.is_some() {
        return sealing::opens(write, own, &key);
    }
    let opens_any = impersonation::sealed(write.tx)?.iter().any(|(_, sealed)| own.open(sealed).is_some());
    if opens_any { sealing::enter_own(write, own, &key) } else { Ok(()) }
}

/// The key of that name which passwords are encrypted for.
fn named(write: &Write<'_>, name: &Text) -> Result<RecipientRow, Failure> {
    let rows = sealing::listed(write.tx)?;
    rows.iter().find(|row| row.name == *name).cloned().ok_or_else(|| {
        let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        Failure::new(
            FailureKind::NotFound,
            Text::of(format_args!("no key of {name} is on record")),
            phrase![
                format_args!("On record: {names}."),
                " Give its public key, which begins with age1 and is shown on that computer by: ",
                Command::KeysList,
                "."
            ],
        )
    })
}

/// The key that is to be removed: on record by that name or by itself, else the one that was removed last.
fn removable(rows: &[RecipientRow], name: &Text) -> Result<RecipientRow, Failure> {
    let is_meant = |row: &&RecipientRow| row.name == *name || row.key.as_str() == name.as_str();
    let found = rows.iter().filter(is_meant).max_by_key(|row| (row.removed.is_none(), row.removed));
    found.cloned().ok_or_else(|| {
        Failure::new(
            FailureKind::NotFound,
            Text::of(format_args!("no key of {name} is on record")),
            phrase!["Nothing was changed. See: ", Command::KeysList, "."],
        )
    })
}

/// Refuses to remove the last key that opens a password.
fn demand_another(write: &Write<'_>, row: &RecipientRow) -> Result<(), Failure> {
    let listed = sealing::listed(write.tx)?;
    let openers = opener::all(write.tx)?;
    let opens = |key: &PublicKey| openers.iter().any(|opener| opener.is_current && opener.key == *key);
    let opens_another = listed.iter().any(|other| other.key != row.key && opens(&other.key));
    if opens_another || !opens(&row.key) {
        return Ok(());
    }
    Err(Failure::new(
        FailureKind::Conflict,
        Text::of(format_args!(
            "{} has the only key that opens a mailbox password, so it was not removed",
            row.name
        )),
        "Put another key on record first, and encrypt the passwords for it.",
    ))
}
