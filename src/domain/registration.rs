//! The partner's application as it is registered at Microsoft: what its customers are asked for, whose accounts it takes,
//! and until when its credentials are good. Pure.

use uuid::Uuid;

use super::{text::Text, time::Moment};

/// An application's registration, as its own directory tells it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Registration {
    /// Its name.
    pub name: Text,
    /// Whose accounts may be used: Microsoft's word (`AzureADMultipleOrgs`).
    pub audience: Text,
    /// Application permissions of Microsoft Graph that a customer's administrator is asked for.
    pub roles: Vec<Uuid>,
    /// Client secrets.
    pub secrets: Vec<SecretLife>,
    /// Pages that consent may return to.
    pub redirects: Vec<Text>,
}

/// A client secret, as far as Microsoft shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SecretLife {
    /// Its first three letters.
    pub hint: Text,
    /// Until when it is good.
    pub until: Moment,
}

/// What came of reading it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReadRegistration {
    /// It was read.
    Read(Box<Registration>),
    /// Our own directory does not let the application read it.
    NotAllowed,
    /// Our own directory has no such application.
    Missing,
}

impl Registration {
    /// Until when a secret is good, by its first letters; none where none, or more than one, begins like it.
    #[must_use]
    pub fn end_of(&self, is_beginning: impl Fn(&str) -> bool) -> Option<Moment> {
        let mut like = self.secrets.iter().filter(|secret| is_beginning(secret.hint.as_str()));
        match (like.next(), like.next()) {
            (Some(only), None) => Some(only.until),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_secret_is_known_where_one_alone_begins_like_it() {
        let secret = |hint: &str, until| SecretLife { hint: hint.into(), until: Moment::from_millis(until) };
        let is_ours = |hint: &str| "abc~1".starts_with(hint);
        for (secrets, end) in [
            (vec![], None),
            (vec![secret("xyz", 1)], None),
            (vec![secret("xyz", 1), secret("abc", 2)], Some(Moment::from_millis(2))),
            (vec![secret("abc", 1), secret("abc", 2)], None),
        ] {
            let registration = Registration { secrets, ..Registration::default() };
            assert_eq!(registration.end_of(is_ours), end);
        }
    }
}
