//! Keys and passwords for people, and as JSON.

use serde_json::{Value, json};

use super::{
    super::{
        record_context::RecordContext,
        table::{Cut, Table},
    },
    Done, advice,
};
use crate::{
    domain::{bill::counted, keys::Listing, sydney::stamp_in_words, text::Text},
    provider::store::{KeyRing, KeyedPassword, KnownKey},
};

/// What is printed for people: what was done, else the table; and what should be done.
pub(super) fn lines(cx: &RecordContext, ring: &KeyRing, done: &Done) -> Vec<String> {
    let mut lines = match &done.words {
        Some(words) => vec![format!("{words} {}", encrypted(ring, done.encrypted.unwrap_or(0)))],
        None if ring.keys.is_empty() => vec!["No key is on record yet.".to_owned()],
        None => table(cx, ring),
    };
    lines.extend(own(ring));
    lines.extend(advice(ring).iter().map(ToString::to_string));
    lines
}

/// "14 passwords were encrypted anew, for desk-1, desk-2." All are named: each of them reads those passwords now.
fn encrypted(ring: &KeyRing, count: u32) -> String {
    let was = if count == 1 { "was" } else { "were" };
    let words = format!("{} {was} encrypted anew", counted(count, "password", "passwords"));
    let names: Vec<&str> =
        ring.keys.iter().filter(|key| key.removed.is_none()).map(|key| key.name.as_str()).collect();
    if count == 0 { words + "." } else { format!("{words}, for {}.", names.join(", ")) }
}

/// This computer's key, where the table does not show it.
fn own(ring: &KeyRing) -> Option<String> {
    match (&ring.own.key, ring.own.listing) {
        (_, Listing::Listed) => None,
        (None, _) => {
            Some("This computer has no key yet; the first password that is saved here makes it.".into())
        }
        (Some(key), Listing::Unlisted) => Some(format!("This computer's key is not on record yet: {key}")),
        (Some(key), Listing::Removed) => {
            Some(format!("This computer's key was removed from the record: {key}"))
        }
    }
}

fn table(cx: &RecordContext, ring: &KeyRing) -> Vec<String> {
    let mut table = Table::new([
        ("NAME", Cut::Never),
        ("OPENS", Cut::Never),
        ("SINCE", Cut::Late),
        ("ADDED BY", Cut::Late),
        ("KEY", Cut::Early),
    ]);
    let total = ring.passwords.len();
    for key in &ring.keys {
        let name = if key.is_here { format!("{} (this computer)", key.name) } else { key.name.to_string() };
        let opens = match key.removed {
            None => format!("{} of {total}", key.opens),
            Some(_) => format!("removed; read {}", key.opens),
        };
        let since = stamp_in_words(key.added.0, &cx.zone);
        table.push([
            Text::clean(&name),
            Text::clean(&opens),
            since,
            key.added.1.clone(),
            Text::clean(key.key.as_str()),
        ]);
    }
    table.lines(cx.width)
}

/// Everything, as JSON.
pub(super) fn object(cx: &RecordContext, ring: &KeyRing, done: &Done) -> Value {
    json!({
        "version": 1,
        "kind": "keys",
        "sandbox": cx.is_sandbox,
        "this_computer": {
            "name": ring.own.name.as_str(),
            "key": ring.own.key.as_ref().map(ToString::to_string),
            "on_record": ring.own.listing == Listing::Listed,
        },
        "encrypted": done.encrypted,
        "keys": ring.keys.iter().map(key).collect::<Vec<_>>(),
        "passwords": ring.passwords.iter().map(password).collect::<Vec<_>>(),
        "advice": advice(ring).iter().map(Text::as_str).collect::<Vec<_>>(),
    })
}

fn key(key: &KnownKey) -> Value {
    json!({
        "name": key.name.as_str(),
        "key": key.key.as_str(),
        "added": key.added.0.to_string(),
        "added_by": key.added.1.as_str(),
        "removed": key.removed.as_ref().map(|(at, _)| at.to_string()),
        "removed_by": key.removed.as_ref().map(|(_, by)| by.as_str()),
        "this_computer": key.is_here,
        "opens": key.opens,
    })
}

fn password(password: &KeyedPassword) -> Value {
    let names = |names: &[Text]| names.iter().map(|name| name.as_str().to_owned()).collect::<Vec<_>>();
    json!({
        "reference": password.reference.as_str(),
        "name": password.name.as_str(),
        "opens_here": password.is_open_here,
        "opened_by": names(&password.openers),
        "not_for": names(&password.missing),
        "should_be_changed": !password.exposed.is_empty(),
        "read_by_removed": names(&password.exposed),
    })
}
