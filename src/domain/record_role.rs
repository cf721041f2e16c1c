//! Roles of a record on a server, and what each of them may do with it.

use std::{fmt, str::FromStr};

/// The name of a role of PostgreSQL, as far as names are taken: letters without accents, digits, and `_ - . @`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoleName(String);

impl RoleName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a statement names it.
    #[must_use]
    pub fn quoted(&self) -> String {
        // No quotation mark is ever in it.
        format!("\"{}\"", self.0)
    }
}

impl FromStr for RoleName {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || "_-.@".contains(letter);
        // PostgreSQL cuts what is longer.
        if (1..=63).contains(&name.len()) && name.chars().all(is_of_name) {
            Ok(Self(name.to_owned()))
        } else {
            Err("expected a role like b365_worker: 1 to 63 letters, digits, or any of _ - . @")
        }
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a role may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rights {
    /// Work with the record as this program does.
    Operator,
    /// Back users up, and say what became of it.
    Worker,
    /// Read who is protected.
    Reader,
}

impl Rights {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Operator, Self::Worker, Self::Reader];

    /// The word on the command line and in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Worker => "worker",
            Self::Reader => "reader",
        }
    }

    /// In a sentence: the rights of …
    #[must_use]
    pub const fn of_whom(self) -> &'static str {
        match self {
            Self::Operator => "an operator",
            Self::Worker => "a worker",
            Self::Reader => "a reader",
        }
    }
}

impl FromStr for Rights {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|rights| rights.word() == word);
        known.ok_or("expected operator, worker or reader")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_end_a_statement_is_none() {
        let is_taken = |name: &str| name.parse::<RoleName>().is_ok();
        assert!(is_taken("b365_worker") && is_taken("Backup-365.eu@corp"));
        for bad in ["", "a\"b", "a b", "a;b", "é", &"x".repeat(64)] {
            assert!(!is_taken(bad), "{bad}");
        }
    }
}
