//! What Backup365 asks a customer for: the one permission table behind screen, request, checks and README (rule 6).
//!
//! Read from `assets/permissions.toml`, which is part of the program; settings may add rows, never remove any.

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
        Ok(Self { value: Text::clean(value), role, reason: Text::clean(reason), who })
    }
}

/// The built-in rows, then those rows of `extra` that the table does not have yet.
///
/// # Errors
/// Only a damaged built-in table, which a test rules out.
pub fn with_extra(extra: &[Permission]) -> Result<Vec<Permission>, BadPermission> {
    let mut rows = parse(TABLE)?;
    for row in extra {
        if !rows.iter().any(|known| known.role == row.role || known.value == row.value) {
            rows.push(row.clone());
        }
    }
    Ok(rows)
}

/// Reads a table in the form of `assets/permissions.toml`.
fn parse(text: &str) -> Result<Vec<Permission>, BadPermission> {
    let table: toml::Table =
        text.parse().map_err(|e: toml::de::Error| BadPermission(e.message().to_owned()))?;
    let missing = |what: &str| BadPermission(format!("{what} is missing"));
    let rows =
        table.get("permission").and_then(toml::Value::as_array).ok_or_else(|| missing("[[permission]]"))?;
    rows.iter()
        .map(|row| {
            let word = |key: &str| row.get(key).and_then(toml::Value::as_str).ok_or_else(|| missing(key));
            Permission::new(word("value")?, word("role")?, word("reason")?, word("who")?)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_whole() {
        let rows = with_extra(&[]).unwrap();
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
        assert!(rows.iter().all(|p| !p.reason.is_empty()));
    }

    #[test]
    fn settings_add_rows_and_never_change_one() {
        let new = |value, role| Permission::new(value, role, "because", "workers").unwrap();
        let notes = new("Notes.Read.All", "3aeca27b-ee3a-4c2b-8ded-80376e2134a4");
        let again = new("Mail.ReadWrite", "e2a3a72e-5f79-4c64-b1b1-878b674786c9");
        let rows = with_extra(&[again, notes.clone()]).unwrap();
        assert_eq!(rows.len(), 10);
        assert_eq!(rows.last(), Some(&notes));
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
    }
}
