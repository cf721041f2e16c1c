//! A TOML text read piece by piece: every mistake at once, each with its line, and keys that do not exist with the
//! nearest that does. Settings and plans are read by it; each puts the mistakes into its own sentences.

use std::{fmt, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{nearest::nearest, text::Text};

/// A value and where it stands.
pub type TomlValue<'i> = Spanned<DeValue<'i>>;

/// A mistake and the line, from 1, that it stands in; of something that is missing, where its table begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TomlMistake {
    /// The line.
    pub line: usize,
    /// What is wrong.
    pub fault: TomlFault,
}

/// What is wrong in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TomlFault {
    /// The text is not TOML, or a value can't be used; in the reader's words.
    Unusable(Text),
    /// A key that does not exist.
    UnknownKey {
        /// The key.
        key: Text,
        /// The nearest one that exists, where a slip explains it.
        nearest: Option<&'static str>,
    },
}

/// Reads a text, collecting the mistakes as it goes.
#[derive(Debug)]
pub struct TomlReader<'a> {
    text: &'a str,
    mistakes: Vec<TomlMistake>,
}

impl<'a> TomlReader<'a> {
    /// Begins with no mistakes.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self { text, mistakes: Vec::new() }
    }

    /// Which line, from 1, a piece of the text begins in.
    #[must_use]
    pub fn line(&self, span: &Range<usize>) -> usize {
        line_of(self.text.as_bytes(), span.start)
    }

    /// Notes a mistake and where it stands.
    pub fn wrong(&mut self, span: &Range<usize>, words: fmt::Arguments<'_>) {
        self.wrong_line(self.line(span), words);
    }

    /// Notes a mistake in a line that is known already.
    pub fn wrong_line(&mut self, line: usize, words: fmt::Arguments<'_>) {
        self.mistakes.push(TomlMistake { line, fault: TomlFault::Unusable(Text::of(words)) });
    }

    /// A table, or the words that it must be one.
    pub fn table<'t, 'i>(
        &mut self,
        value: &'t TomlValue<'i>,
        must_be: fmt::Arguments<'_>,
    ) -> Option<&'t DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong(&value.span(), must_be);
        }
        table
    }

    /// Notes keys that do not exist, offering the nearest that does; whether there are none.
    pub fn knows(&mut self, table: &DeTable<'_>, known: impl IntoIterator<Item = &'static str>) -> bool {
        let known: Vec<_> = known.into_iter().collect();
        let before = self.mistakes.len();
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let nearest = nearest(key.get_ref(), known.iter().copied());
            let fault = TomlFault::UnknownKey { key: Text::clean(key.get_ref()), nearest };
            self.mistakes.push(TomlMistake { line: self.line(&key.span()), fault });
        }
        self.mistakes.len() == before
    }

    /// The mistakes in the order of their lines.
    #[must_use]
    pub fn mistakes(mut self) -> Vec<TomlMistake> {
        self.mistakes.sort_by_key(|mistake| mistake.line);
        self.mistakes
    }
}

/// Which line, from 1, a byte stands in.
#[must_use]
pub fn line_of(bytes: &[u8], at: usize) -> usize {
    bytes.iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

/// What stands behind a key.
#[must_use]
pub fn get<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> Option<&'t TomlValue<'i>> {
    table.iter().find(|(known, _)| known.get_ref() == key).map(|(_, value)| value)
}

/// A list of texts; none where it is something else.
#[must_use]
pub fn texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|text| text.get_ref().as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_come_in_the_order_of_the_lines_each_with_its_own() {
        let text = "usres = 1\n\n[row]\nusers = 2\n";
        let table = DeTable::parse(text).unwrap();
        let mut reader = TomlReader::new(text);
        let row = get(table.get_ref(), "row").unwrap();
        reader.wrong(&row.span(), format_args!("no rows"));
        assert!(!reader.knows(table.get_ref(), ["users", "row"]));
        let inner = reader.table(row, format_args!("a table")).unwrap();
        assert!(reader.knows(inner, ["users"]));
        assert!(reader.table(get(inner, "users").unwrap(), format_args!("a table")).is_none());
        let unusable = |words| TomlFault::Unusable(Text::from(words));
        let unknown = TomlFault::UnknownKey { key: Text::from("usres"), nearest: Some("users") };
        let told: Vec<_> =
            reader.mistakes().into_iter().map(|mistake| (mistake.line, mistake.fault)).collect();
        assert_eq!(told, [(1, unknown), (3, unusable("no rows")), (4, unusable("a table"))]);
    }
}
