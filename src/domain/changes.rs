//! What was changed for a customer's users besides turning them on, and how it is said. Pure.

use super::{text::Text, user::Kind};

/// What was changed besides turning users on; in a dry run: what would be. Addresses as the list has them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Addresses of those who were excluded.
    pub excluded: Vec<Text>,
    /// Addresses of those whose exclusion was lifted.
    pub lifted: Vec<Text>,
    /// Kinds that were included.
    pub included: Vec<Kind>,
    /// Kinds that were left out again.
    pub left_out: Vec<Kind>,
    /// Enable Auto was switched off.
    pub is_auto_undone: bool,
    /// Addresses of those who were turned off.
    pub turned_off: Vec<Text>,
}

impl Changes {
    /// What was changed, part by part, in the order in which it is done.
    #[must_use]
    pub fn in_words(&self) -> Vec<String> {
        let part = |what: &str, of: String| (!of.is_empty()).then(|| format!("{what}: {of}"));
        let users = |what, addresses: &[Text]| part(what, named(addresses, NAMED));
        let kinds = |what, kinds: &[Kind]| {
            part(what, kinds.iter().map(|kind| kind.plural()).collect::<Vec<_>>().join(", "))
        };
        let parts = [
            users("exclusion lifted", &self.lifted),
            users("excluded", &self.excluded),
            kinds("included", &self.included),
            kinds("left out", &self.left_out),
            self.is_auto_undone.then(|| "Enable Auto switched off".to_owned()),
            users("turned off", &self.turned_off),
        ];
        parts.into_iter().flatten().collect()
    }
}

/// How many addresses are named in one sentence; the rest is counted.
pub const NAMED: usize = 20;

/// Names in one sentence: so many of them, and how many more there are.
#[must_use]
pub fn named(names: &[Text], most: usize) -> String {
    let more = names.len().saturating_sub(most);
    let names: Vec<&str> = names.iter().take(most).map(Text::as_str).collect();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{more}", names.join(", "))
}
