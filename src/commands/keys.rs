//! `backup365 keys`: whose keys open the passwords of hosted customers.

mod show;

use crate::{
    domain::{
        bill::counted,
        failure::Failure,
        phrase::{Command, phrase},
        text::Text,
    },
    exit::Exit,
    provider::store::{KeyRing, KeySource, KeyedPassword},
};

use super::{
    quietly,
    record_context::{RecordContext, refused},
    unanswered::Unanswered,
};

/// What is asked for.
#[derive(Debug, Clone)]
pub enum Wish {
    /// All keys.
    List,
    /// A key is put on record.
    Add {
        /// Whose it is.
        name: Text,
        /// Which one.
        source: KeySource,
    },
    /// A key is removed.
    Remove {
        /// Whose it is, or the key itself.
        name: Text,
        /// Whether somebody is sure of it.
        sure: Sure,
    },
}

/// Whether somebody is sure.
#[derive(Debug, Clone, Copy)]
pub enum Sure {
    /// It was said with the command.
    Already,
    /// A person is asked by this; true is yes.
    Asked(fn(&str) -> bool),
    /// Nobody can be asked.
    Nobody,
}

/// What was done, beside the keys as they are now.
#[derive(Debug, Clone, Default)]
struct Done {
    /// In words, for people, without how many passwords were encrypted anew.
    words: Option<Text>,
    /// Passwords that were encrypted anew; none: nothing was to be.
    encrypted: Option<u32>,
}

/// Does it. With JSON the keys as they are afterwards are printed.
///
/// # Errors
/// The record can't be used, or does not allow it; nobody was sure; stdout can't be written for another reason than a closed
/// pipe.
pub fn run(cx: &RecordContext, wish: &Wish, is_json: bool) -> anyhow::Result<Exit> {
    cx.says_sandbox();
    let done = match wish {
        Wish::List => Done::default(),
        Wish::Add { name, source } => add(cx, name, source).map_err(|failure| refused(&failure))?,
        Wish::Remove { name, sure } => remove(cx, name, *sure)?,
    };
    let ring = cx.store.key_ring().map_err(|failure| refused(&failure))?;
    let printed = if is_json {
        cx.out.json(&show::object(cx, &ring, &done))
    } else {
        show::lines(cx, &ring, &done).iter().try_for_each(|line| cx.out.say(line))
    };
    quietly(printed, if is_settled(&ring) { Exit::Done } else { Exit::Attention })
}

/// Whether there is nothing left to be done about keys.
fn is_settled(ring: &KeyRing) -> bool {
    ring.passwords
        .iter()
        .all(|password| password.is_open_here && password.missing.is_empty() && password.exposed.is_empty())
}

/// Puts a key on record, and encrypts for it.
fn add(cx: &RecordContext, name: &Text, source: &KeySource) -> Result<Done, Failure> {
    cx.store.add_key(name, source)?;
    let encrypted = cx.store.encrypt_again()?;
    let words = Text::of(format_args!("The key of {name} is on record."));
    Ok(Done { words: Some(words), encrypted: Some(encrypted) })
}

/// Removes a key, and encrypts without it.
fn remove(cx: &RecordContext, name: &Text, sure: Sure) -> anyhow::Result<Done> {
    let ring = cx.store.key_ring().map_err(|failure| refused(&failure))?;
    demand_yes(cx, &ring, name, sure)?;
    let removed = cx.store.remove_key(name).and_then(|name| Ok((name, cx.store.encrypt_again()?)));
    let (name, encrypted) = removed.map_err(|failure| refused(&failure))?;
    let words = Text::of(format_args!("The key of {name} is removed."));
    Ok(Done { words: Some(words), encrypted: Some(encrypted) })
}

/// Says what removing means, and asks where somebody can be asked. What the record refuses it refuses without a question.
fn demand_yes(cx: &RecordContext, ring: &KeyRing, name: &Text, sure: Sure) -> anyhow::Result<()> {
    let is_meant = |key: &Text, public: &str| key == name || public == name.as_str();
    let known = ring.keys.iter().find(|key| is_meant(&key.name, key.key.as_str()));
    let Some(known) = known.filter(|key| key.removed.is_none() && cx.store.operator().is_admin) else {
        return Ok(());
    };
    let count = counted(known.opens, "password", "passwords");
    let question = format!(
        "The key of {} opens {count}. They are encrypted without it, and should be changed at their hosters. Remove it? Type \
         yes; anything else stops.",
        known.name
    );
    match sure {
        Sure::Already => Ok(()),
        Sure::Asked(ask) if ask(&question) => Ok(()),
        Sure::Asked(_) => Err(Unanswered::new(Exit::Stopped, "nothing was changed.").into()),
        Sure::Nobody => Err(Unanswered::new(
            Exit::Usage,
            "nobody can be asked whether to remove this key. Add --yes, or start it in a terminal.",
        )
        .into()),
    }
}

/// What should be done about keys, each as a sentence of its own; the passwords to be changed last.
#[must_use]
pub fn advice(ring: &KeyRing) -> Vec<Text> {
    let mut lines = Vec::new();
    let closed = ring.passwords.iter().filter(|password| !password.is_open_here);
    let (closed, lost): (Vec<_>, Vec<_>) =
        closed.partition(|password| !ring.needed(std::iter::once(*password)).readers.is_empty());
    if !closed.is_empty() {
        let advice = ring.needed(closed.iter().copied()).advice().for_commands();
        lines.push(Text::of(format_args!("Not opened by this computer's key: {}. {advice}", named(&closed))));
    }
    if !lost.is_empty() {
        lines.push(Text::of(format_args!(
            "Opened by no key that is known to be in use: {}. Put the right key file back, or give these passwords again in the \
             wizard.",
            named(&lost)
        )));
    }
    for key in ring.keys.iter().filter(|key| key.removed.is_none()) {
        let behind =
            |password: &&KeyedPassword| password.is_open_here && password.missing.contains(&key.name);
        let behind: Vec<_> = ring.passwords.iter().filter(behind).collect();
        if !behind.is_empty() {
            let run = phrase!["Run: ", Command::KeysAdd(key.name.clone(), None), "."].for_commands();
            lines.push(Text::of(format_args!(
                "Not encrypted for {} yet: {}. {run}",
                key.name,
                named(&behind)
            )));
        }
    }
    lines.extend(ring.passwords.iter().filter(|password| !password.exposed.is_empty()).map(|password| {
        let names = password.exposed.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
        let could = if password.is_open_to_removed { "can still read it" } else { "could read it" };
        Text::of(format_args!(
            "Should be changed at the hoster: the password of {} · {}. Removed keys {could}: {names}.",
            password.reference, password.name
        ))
    }));
    lines
}

/// Customers who are named in a line; more are counted.
const NAMED: usize = 8;

/// Customers by their references.
fn named(passwords: &[&KeyedPassword]) -> String {
    let names: Vec<&str> = passwords.iter().take(NAMED).map(|password| password.reference.as_str()).collect();
    match passwords.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}
