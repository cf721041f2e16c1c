//! Encrypts a password for all keys on record, and keeps which those were. This computer's key is put on record by the
//! first password that it encrypts: nobody is asked.

use std::collections::BTreeSet;

use super::{
    super::{
        table::{
            impersonation, opener,
            recipient::{self, RecipientRow},
        },
        tx::Tx,
    },
    vault::{KeyFile, Vault, seal_for},
    write::Write,
};
use crate::domain::{
    failure::{Failure, FailureKind},
    id::CustomerId,
    keys::PublicKey,
    phrase::{Command, phrase},
    secret::Secret,
    text::Text,
};

/// Whether a password takes the place of one that was read by more keys than are on record now.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// It is another one.
    Other,
    /// It is the same, or nobody can tell: who read it before has read this one.
    Same,
}

/// Encrypts a password that was typed here.
///
/// # Errors
/// `Record`, when this computer's key can't be made or used; `Refused`, when it was removed from the record.
pub(crate) fn seal(
    write: &Write<'_>,
    vault: &Vault,
    customer: CustomerId,
    (password, before): (&Secret<String>, Before),
) -> Result<Vec<u8>, Failure> {
    let own = vault.key()?;
    let key = own.public()?;
    match recipient::find(write.tx, &key)? {
        None => enter_own(write, &own, &key)?,
        Some(row) if row.removed.is_some() => return Err(taken_off(&row.name, key)),
        Some(_) => {}
    }
    let keys: Vec<PublicKey> = listed(write.tx)?.into_iter().map(|row| row.key).collect();
    let sealed = seal_for(password, &keys)?;
    if before == Before::Other {
        opener::forget(write.tx, customer)?;
    }
    opener::keep(write.tx, customer, keys.iter())?;
    Ok(sealed)
}

/// The keys that passwords are encrypted for, by name.
pub(crate) fn listed(tx: &Tx<'_>) -> Result<Vec<RecipientRow>, Failure> {
    Ok(recipient::all(tx)?.into_iter().filter(|row| row.removed.is_none()).collect())
}

/// Puts this computer's key on record, under a name that is free.
pub(crate) fn enter_own(write: &Write<'_>, own: &KeyFile, key: &PublicKey) -> Result<(), Failure> {
    let name = free_name(&recipient::all(write.tx)?, (write.host(), write.operator()), Some(key));
    enter(write, &name, key)?;
    opens(write, own, key)
}

/// Puts a key on record.
pub(crate) fn enter(write: &Write<'_>, name: &Text, key: &PublicKey) -> Result<(), Failure> {
    recipient::enter(write.tx, (name, key), write.by())?;
    write.note_all(None, None, &format!("put the key of {name} on record: {key}"))
}

/// Keeps which passwords this computer's key opens, those of older programs too, which kept no such rows.
pub(crate) fn opens(write: &Write<'_>, own: &KeyFile, key: &PublicKey) -> Result<(), Failure> {
    for (customer, sealed) in impersonation::sealed(write.tx)? {
        if own.open(&sealed).is_some() {
            opener::add(write.tx, customer, key)?;
        }
    }
    Ok(())
}

/// Encrypts the password of a customer anew, where it is not for the keys on record; whether it was. The transaction is this
/// customer's own, so that work that is broken off leaves every password readable and goes on where it was.
///
/// # Errors
/// `Record`, when a key on record is none, or the record can't be written: a retry is safe.
pub(crate) fn again(write: &Write<'_>, own: &KeyFile, customer: CustomerId) -> Result<bool, Failure> {
    let rows = listed(write.tx)?;
    let current = opener::of(write.tx, customer)?.into_iter().filter(|row| row.is_current);
    let current: BTreeSet<PublicKey> = current.map(|row| row.key).collect();
    let keys: Vec<PublicKey> = rows.iter().map(|row| row.key.clone()).collect();
    if keys.is_empty() || current == keys.iter().cloned().collect() {
        return Ok(false);
    }
    let Some((_, sealed)) = impersonation::find(write.tx, customer)? else { return Ok(false) };
    let Some(password) = own.open(&sealed) else { return Ok(false) };
    impersonation::reseal(write.tx, customer, &seal_for(&password, &keys)?)?;
    opener::keep(write.tx, customer, keys.iter())?;
    let names: Vec<String> = rows.iter().map(|row| row.name.to_string()).collect();
    let words = format!("encrypted the mailbox password for {}", names.join(", "));
    write.note_all(None, Some(customer), &words)?;
    Ok(true)
}

/// A name for this computer's key that no other key has: the computer's, else the operator's there.
pub(crate) fn free_name(
    rows: &[RecipientRow],
    (host, operator): (&Text, &Text),
    key: Option<&PublicKey>,
) -> Text {
    let is_free = |name: &Text| !rows.iter().any(|row| row.removed.is_none() && row.name == *name);
    let names = [host.clone(), Text::of(format_args!("{operator}@{host}"))];
    let free = names.into_iter().find(is_free);
    let tail = key.map_or("2", PublicKey::tail);
    free.unwrap_or_else(|| Text::of(format_args!("{operator}@{host}-{tail}")))
}

/// This computer may not encrypt, because it could not read what it encrypted.
fn taken_off(name: &Text, key: PublicKey) -> Failure {
    Failure::new(
        FailureKind::Refused,
        Text::of(format_args!(
            "the key of this computer ({name}) was removed from the record, so no password was saved"
        )),
        phrase!["An Admin puts it back: ", Command::KeysAdd(name.clone(), Some(key)), "."],
    )
}
