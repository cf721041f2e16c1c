//! Where the record is, as settings name it: an address of a database, and where its password lies.

use std::fmt;

use crate::domain::secret::Secret;

use super::Source;

/// The record on a server; without an address it is the file in the data folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordSettings {
    /// Address of the database.
    pub url: Option<RecordUrl>,
    /// Where the password of its role lies.
    pub password: Option<Source>,
    /// The address stands in the settings file, which is about the real world.
    pub(super) is_in_file: bool,
    /// The address was given by a variable, which nobody else sees.
    pub(super) is_in_variable: bool,
}

impl RecordSettings {
    /// Whether the address stands in the settings file.
    #[must_use]
    pub const fn is_in_file(&self) -> bool {
        self.is_in_file
    }

    /// Whether a password stands in the address where others may come to see it: in a file that is copied and shown around,
    /// or among the arguments, which every account of the computer can list.
    #[must_use]
    pub fn shows_password(&self) -> bool {
        !self.is_in_variable && self.url.as_ref().is_some_and(RecordUrl::has_password)
    }
}

/// An address as libpq's users write it, `postgres://ROLE@HOST:PORT/DATABASE`. It may hold a password, so it is shown
/// without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordUrl(Secret<String>);

impl RecordUrl {
    /// Takes an address; none: it does not begin like one. The rest is read where it is used.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_one = ["postgres://", "postgresql://"].iter().any(|begin| text.starts_with(begin));
        (is_one && !text.contains(char::is_control)).then(|| Self(Secret::new(text.to_owned())))
    }

    /// All of it, for who connects.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Whether a password stands in it.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.to_string() != self.expose()
    }
}

/// Without its password, however that was written: better too little than a part of one.
impl fmt::Display for RecordUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.expose();
        let (scheme, rest) = text.split_once("://").unwrap_or((text, ""));
        let (place, asked) = rest.split_once('?').map_or((rest, None), |(place, asked)| (place, Some(asked)));
        if asked.is_some_and(|asked| asked.contains('@')) {
            // Nobody can tell where a password ends that was not escaped.
            return write!(f, "{scheme}://…");
        }
        let place = match place.rsplit_once('@') {
            Some((who, place)) => match who.split_once(':') {
                Some((role, _password)) => format!("{role}:…@{place}"),
                None => format!("{who}@{place}"),
            },
            None => place.to_owned(),
        };
        write!(f, "{scheme}://{place}")?;
        let Some(asked) = asked else { return Ok(()) };
        let shown = asked.split('&').map(|pair| match pair.split_once('=') {
            // Of a name in other letters (%70assword) nothing is known.
            Some((name, _)) if name.contains('%') || name.contains("password") => format!("{name}=…"),
            _ => pair.to_owned(),
        });
        write!(f, "?{}", shown.collect::<Vec<_>>().join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password_however_that_is_written() {
        for (text, shown) in [
            ("postgres://ann@db.example:5432/team?sslmode=verify-full", ""),
            ("postgresql:///team?host=/run/postgresql", ""),
            ("postgres://db.example", ""),
            ("postgres://ann:hush@db.example/team", "postgres://ann:…@db.example/team"),
            ("postgres://ann:hu@sh/hu:sh@db.example/team", "postgres://ann:…@db.example/team"),
            ("postgres://ann:hu?sh@db.example/team", "postgres://…"),
            ("postgres://ann:hu#sh@db.example/team", "postgres://ann:…@db.example/team"),
            (
                "postgres://ann@db.example/team?password=hush&sslmode=require",
                "postgres://ann@db.example/team?password=…&sslmode=require",
            ),
            ("postgres://db.example/team?%70assword=hush", "postgres://db.example/team?%70assword=…"),
            ("postgres://db.example/team?password=a@hush:b", "postgres://…"),
        ] {
            let url = RecordUrl::of(text).unwrap();
            let expected = if shown.is_empty() { text } else { shown };
            assert_eq!(
                (url.to_string().as_str(), url.has_password()),
                (expected, !shown.is_empty()),
                "{text}"
            );
            assert!(!format!("{url:?}").contains("hush"));
        }
        for text in ["", "db.example/team", "mysql://db.example/team", "postgres://a\nb/c"] {
            assert!(RecordUrl::of(text).is_none(), "{text}");
        }
    }
}
