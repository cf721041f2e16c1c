//! What Backup365 asks a customer for: the one permission table behind screen, request, checks and README (rule 6).
//!
//! Read from `assets/permissions.toml`, which is part of the program: sets that settings choose from by name, each with its
//! versions. Settings may add rows, never remove any.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;
use uuid::Uuid;

use super::text::Text;

/// The table as it is built in, the sentences for customers included, which *explain* reads.
pub(super) const TABLE: &str = include_str!("../../assets/permissions.toml");

/// Which part of Backup365 uses a permission.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Who {
    /// This program: it reads with it.
    Wizard,
    /// The workers that back up and restore.
    Workers,
}

/// One application permission of Microsoft Graph.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Permission {
    /// Its name (`User.Read.All`), as Microsoft's pages show it.
    pub value: Text,
    /// GUID of the app role on Microsoft Graph.
    pub role: Uuid,
    /// Why we ask, in words for the customer.
    pub reason: Text,
    /// Which part of Backup365 uses it.
    pub who: Who,
    /// The sentence for a customer who asks what it is for.
    pub say: Text,
    /// The version that brought it, by the name of each set that has it; none for a row that settings add.
    since: BTreeMap<String, u32>,
}

/// A table or a row that can't be read; says where.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the permission table can't be read: {0}")]
pub struct BadPermission(pub String);

impl Permission {
    /// Makes a row from its words, for rows that settings add.
    ///
    /// # Errors
    /// An empty or odd name, a role that is no GUID, or a `who` that is neither `wizard` nor `workers`.
    pub fn new(value: &str, role: &str, reason: &str, who: &str) -> Result<Self, BadPermission> {
        let is_name = !value.is_empty()
            && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        if !is_name {
            return Err(BadPermission(format!("{:?} is no permission's name", Text::clean(value).as_str())));
        }
        let role = Uuid::try_parse(role)
            .map_err(|_malformed| BadPermission(format!("the role of {value} is no GUID")))?;
        let who = match who {
            "wizard" => Who::Wizard,
            "workers" => Who::Workers,
            _ => return Err(BadPermission(format!("{value} is for \"wizard\" or for \"workers\""))),
        };
        let reason = Text::clean(reason);
        Ok(Self { value: Text::clean(value), role, say: reason.clone(), reason, who, since: BTreeMap::new() })
    }
}

/// The sets, and every permission of any of them.
#[derive(Debug, Default)]
struct Table {
    sets: Vec<RawSet>,
    rows: Vec<Permission>,
}

/// A set as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSet {
    name: String,
    about: String,
    news: Vec<String>,
}

/// A permission as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPermission {
    pub(super) value: String,
    role: String,
    pub(super) reason: String,
    pub(super) page: String,
    pub(super) say: String,
    who: String,
    since: BTreeMap<String, u32>,
}

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTable {
    set: Vec<RawSet>,
    pub(super) permission: Vec<RawPermission>,
}

/// The table that is part of the program.
fn table() -> &'static Result<Table, BadPermission> {
    static READ: OnceLock<Result<Table, BadPermission>> = OnceLock::new();
    READ.get_or_init(|| parse(TABLE))
}

/// Reads a table in the form of `assets/permissions.toml`.
fn parse(text: &str) -> Result<Table, BadPermission> {
    let raw: RawTable = toml::from_str(text).map_err(|error| BadPermission(error.message().to_owned()))?;
    let mut rows = Vec::new();
    for RawPermission { value, role, reason, say, who, since, .. } in &raw.permission {
        let is_in = |(set, version): (&String, &u32)| {
            raw.set
                .iter()
                .any(|known| known.name == *set && (1..=known.news.len()).contains(&(*version as usize)))
        };
        if since.is_empty() || !since.iter().all(is_in) {
            return Err(BadPermission(format!(
                "{value} is of a set, or of a version of one, that is not there"
            )));
        }
        let row = Permission::new(value, role, reason, who)?;
        rows.push(Permission { say: Text::clean(say), since: since.clone(), ..row });
    }
    Ok(Table { sets: raw.set, rows })
}

/// The name of a set of the table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SetName(&'static str);

impl Default for SetName {
    /// The one that is asked for where none is chosen: the first one of the table.
    fn default() -> Self {
        Self::all().next().unwrap_or(Self("standard"))
    }
}

impl SetName {
    /// The sets that there are, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        let sets = table().as_ref().map(|table| table.sets.as_slice()).unwrap_or_default();
        sets.iter().map(|set| Self(set.name.as_str()))
    }

    /// The set with that name.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::all().find(|name| name.0 == word)
    }

    /// The name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        self.0
    }
}

/// What customers are asked for: one set of the table by its name, and the rows that settings add.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PermissionSet {
    /// Its name.
    pub name: SetName,
    /// What it is for, in a few words.
    pub about: Text,
    /// The permissions that are asked for: those of the set, then those of settings.
    pub rows: Vec<Permission>,
    /// For each version, from 1, what it asked for and why, in a sentence for customers.
    pub news: Vec<Text>,
    /// Permissions of other sets: they are not asked for, and known by name where they are granted.
    others: Vec<Permission>,
}

impl PermissionSet {
    /// A set, with those rows of `extra` that it does not have yet.
    ///
    /// # Errors
    /// Only a damaged built-in table, which a test rules out.
    pub fn new(name: SetName, extra: &[Permission]) -> Result<Self, BadPermission> {
        let table = table().as_ref().map_err(Clone::clone)?;
        let set = table.sets.iter().find(|set| set.name == name.0);
        let set = set.ok_or_else(|| BadPermission(format!("there is no set {}", name.0)))?;
        let is_of = |row: &&Permission| row.since.contains_key(name.0);
        let mut rows: Vec<Permission> = table.rows.iter().filter(is_of).cloned().collect();
        for row in extra {
            if !rows.iter().any(|known| known.role == row.role || known.value == row.value) {
                rows.push(row.clone());
            }
        }
        let others = table.rows.iter().filter(|row| rows.iter().all(|asked| asked.role != row.role)).cloned();
        Ok(Self {
            name,
            about: Text::clean(&set.about),
            news: set.news.iter().map(|words| Text::clean(words)).collect(),
            others: others.collect(),
            rows,
        })
    }

    /// What is asked for where settings say nothing.
    ///
    /// # Errors
    /// As [`PermissionSet::new`].
    pub fn usual() -> Result<Self, BadPermission> {
        Self::new(SetName::default(), &[])
    }

    /// Every permission that is known by name, asked for or not.
    pub fn known(&self) -> impl Iterator<Item = &Permission> {
        self.rows.iter().chain(&self.others)
    }

    /// Since which version of the set a permission has been asked for; none: settings have added it.
    #[must_use]
    pub fn since(&self, row: &Permission) -> Option<u32> {
        row.since.get(self.name.0).copied()
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> u32 {
        u32::try_from(self.news.len()).unwrap_or(u32::MAX)
    }

    /// What is new for a customer who lacks these, and why, a sentence or more for each version that brought one.
    #[must_use]
    pub fn news_of(&self, lacking: &[Permission]) -> Vec<Text> {
        let brought = |version: u32| lacking.iter().any(|row| self.since(row) == Some(version));
        (1..)
            .zip(&self.news)
            .filter(|(version, _)| brought(*version))
            .map(|(_, words)| words.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A set of the table without more.
    fn set(name: &str) -> PermissionSet {
        PermissionSet::new(SetName::of_word(name).unwrap(), &[]).unwrap()
    }

    #[test]
    fn the_table_is_whole() {
        assert_eq!(SetName::all().map(SetName::word).collect::<Vec<_>>(), ["standard", "after-ews"]);
        let PermissionSet { rows, name, .. } = PermissionSet::new(SetName::default(), &[]).unwrap();
        assert_eq!(name.word(), "standard");
        let names: Vec<_> = rows.iter().map(|p| p.value.as_str()).collect();
        assert_eq!(
            names,
            [
                "Organization.Read.All",
                "User.Read.All",
                "Application.Read.All",
                "MailboxSettings.Read",
                "Mail.ReadWrite",
                "Calendars.ReadWrite",
                "Contacts.ReadWrite",
                "Files.ReadWrite.All",
                "Sites.ReadWrite.All",
            ]
        );
        assert_eq!(rows.iter().filter(|p| p.who == Who::Wizard).count(), 4);
        assert_eq!(rows.iter().map(|p| p.role).collect::<BTreeSet<_>>().len(), rows.len());
        for set in SetName::all().map(|name| set(name.word())) {
            assert!(
                set.rows.iter().all(|p| !p.reason.is_empty() && p.say.as_str().starts_with("With it we "))
            );
            assert!(
                set.news.iter().all(|words| words.as_str().ends_with('.') && !words.as_str().contains('\n'))
            );
            assert!(
                set.rows.iter().any(|row| set.since(row) == Some(set.version())),
                "the last version brought one"
            );
            assert_eq!(
                set.rows.iter().filter(|p| p.who == Who::Wizard).count(),
                4,
                "the wizard's own never go"
            );
        }
    }

    #[test]
    fn what_is_new_follows_from_what_is_lacking() {
        let (standard, after) = (set("standard"), set("after-ews"));
        let is_new = |row: &&Permission| standard.rows.iter().all(|known| known.role != row.role);
        let new: Vec<Permission> = after.rows.iter().filter(is_new).cloned().collect();
        let names: Vec<_> = new.iter().map(|row| row.value.as_str()).collect();
        assert_eq!(
            names,
            ["MailboxItem.ImportExport.All", "MailboxItem.Read.All", "MailboxFolder.ReadWrite.All"]
        );
        assert!(new.iter().all(|row| after.since(row) == Some(2) && standard.since(row).is_none()));
        assert_eq!(after.news_of(&new), after.news[1..]);
        assert_eq!(after.news_of(&after.rows), after.news);
        assert_eq!(standard.known().count(), after.known().count());
    }

    #[test]
    fn settings_add_rows_and_never_change_one() {
        let new = |value, role| Permission::new(value, role, "because", "workers").unwrap();
        let notes = new("Notes.Read.All", "3aeca27b-ee3a-4c2b-8ded-80376e2134a4");
        let again = new("Mail.ReadWrite", "e2a3a72e-5f79-4c64-b1b1-878b674786c9");
        let set = PermissionSet::new(SetName::default(), &[again, notes.clone()]).unwrap();
        let rows = &set.rows;
        assert_eq!(rows.len(), 10);
        assert_eq!(rows.last(), Some(&notes));
        assert_eq!(set.since(&notes), None);
        assert!(rows.iter().all(|p| p.reason.as_str() != "because" || p.value == notes.value));
    }

    #[test]
    fn odd_rows_are_refused_with_the_reason() {
        const ROLE: &str = "3aeca27b-ee3a-4c2b-8ded-80376e2134a4";
        for (value, role, who) in
            [("", ROLE, "wizard"), ("a b", ROLE, "wizard"), ("A.B", "x", "wizard"), ("A.B", ROLE, "me")]
        {
            assert!(Permission::new(value, role, "r", who).is_err(), "{value} {role} {who}");
        }
        assert!(parse("permission = 3").is_err());
        assert!(parse("[[permission]]\nvalue = \"A.B\"").is_err());
        assert!(
            parse(&TABLE.replace("after-ews = 2", "after-ews = 3")).is_err(),
            "a version that is not there"
        );
    }
}
