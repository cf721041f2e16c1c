//! The pasted list of a hosted customer's mailboxes: addresses found in any text, counted, lines without one named. Pure.

use std::collections::HashSet;

use crate::domain::{bill::counted, id::Address, text::Text};

/// How many bad lines are named; the rest is counted.
const NAMED: usize = 3;

/// The list so far.
#[derive(Debug, Default)]
pub(super) struct Mailboxes {
    addresses: Vec<Address>,
    /// Folded addresses, so that one mailbox is listed once however it is spelled.
    seen: HashSet<String>,
    /// Lines of the last paste that hold no address: number, and what stands there.
    bad: Vec<(usize, Text)>,
    /// How many lines of the last paste hold no address.
    bad_count: usize,
}

impl Mailboxes {
    /// The list as it was saved.
    pub(super) fn saved(addresses: &[Address]) -> Self {
        let mut list = Self::default();
        for address in addresses {
            list.push(address.clone());
        }
        list
    }

    /// Takes every address of a text in; a line may hold a name, commas and quotes around it. Returns how many are new.
    pub(super) fn take(&mut self, text: &str) -> usize {
        let before = self.addresses.len();
        self.bad.clear();
        self.bad_count = 0;
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let words = line.split(|c: char| {
                c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '"' | '\'' | '(' | ')')
            });
            let found: Vec<Address> =
                words.map(without_scheme).filter_map(|word| word.parse().ok()).collect();
            // The first line of a table names its columns.
            if found.is_empty() && !(number == 0 && is_heading(line)) {
                self.bad_count += 1;
                if self.bad.len() < NAMED {
                    self.bad.push((number + 1, Text::clean(line)));
                }
            }
            for address in found {
                self.push(address);
            }
        }
        self.addresses.len() - before
    }

    /// The addresses, in the order in which they came.
    pub(super) fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    /// The counts in a sentence, with how many belong to other domains than these.
    pub(super) fn counts(&self, domains: &[Text]) -> Text {
        let others = self
            .addresses
            .iter()
            .filter(|address| !domains.iter().any(|domain| domain.as_str() == address.domain()))
            .count();
        let size = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let listed = counted(size(self.addresses.len()), "mailbox", "mailboxes");
        match size(others) {
            0 => Text::of(format_args!("{listed} on the list.")),
            others => Text::of(format_args!(
                "{listed} on the list; {} and will be left out.",
                counted(others, "is in another domain", "are in other domains")
            )),
        }
    }

    /// The lines that hold no address, named.
    pub(super) fn bad_lines(&self) -> Option<Text> {
        if self.bad_count == 0 {
            return None;
        }
        let named: Vec<String> =
            self.bad.iter().map(|(number, line)| format!("line {number} (“{}”)", short(line))).collect();
        let more = self.bad_count.saturating_sub(named.len());
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        Some(Text::clean(&format!("No e-mail address in {}{more}.", named.join(", "))))
    }

    fn push(&mut self, address: Address) {
        if self.seen.insert(address.folded()) {
            self.addresses.push(address);
        }
    }
}

/// A word without `mailto:` before it, however often and in whatever case it stands there.
fn without_scheme(word: &str) -> &str {
    let mut rest = word;
    while let Some((scheme, behind)) = rest.split_once(':')
        && scheme.eq_ignore_ascii_case("mailto")
    {
        rest = behind;
    }
    rest
}

/// Any paste, for fuzzing and its kept inputs: every address is taken once, and taking the list again adds nothing.
#[cfg(any(test, fuzzing))]
pub(crate) fn address_list(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut list = Mailboxes::default();
    let taken = list.take(&text);
    assert_eq!(taken, list.addresses().len(), "all are new on an empty list");
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    assert!(list.bad_count <= lines && list.bad.len() <= NAMED, "lines are counted once");
    assert_eq!(list.bad_lines().is_some(), list.bad_count > 0, "bad lines are told");
    let spelled: Vec<&str> = list.addresses().iter().map(Address::as_str).collect();
    assert_eq!(Mailboxes::default().take(&spelled.join("\n")), taken, "what was taken is taken again");
    assert_eq!(list.take(&text), 0, "nobody is listed twice");
    assert!(!list.counts(&[]).is_empty(), "the count is told");
}

/// Whether a line can be the first line of a table.
fn is_heading(line: &str) -> bool {
    let line = line.to_lowercase();
    ["mail", "address", "upn", "name"].iter().any(|word| line.contains(word))
}

/// The beginning of a line, at most 24 characters: a guess at what is enough to find it again.
fn short(line: &Text) -> String {
    line.as_str().chars().take(24).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_what_people_paste() {
        let mut list = Mailboxes::default();
        let text = "Name,Email\r\nAna Lopez <ana@bakery.example>\n\"Ben\",ben@bakery.example;c@other.example\n\nno address here\nMAILTO:Ana@Bakery.example\n";
        assert_eq!(list.take(text), 3);
        let found: Vec<&str> = list.addresses().iter().map(Address::as_str).collect();
        assert_eq!(found, ["ana@bakery.example", "ben@bakery.example", "c@other.example"]);
        let counts = list.counts(&[Text::from("bakery.example")]);
        assert_eq!(counts.as_str(), "3 mailboxes on the list; 1 is in another domain and will be left out.");
        assert_eq!(list.bad_lines().unwrap().as_str(), "No e-mail address in line 5 (“no address here”).");
    }

    #[test]
    fn a_scheme_that_stands_twice_is_no_part_of_the_address() {
        let mut list = Mailboxes::default();
        assert_eq!(list.take("mailto:mailtO:@a mailto:MAILTO:d@e.example"), 1);
        assert_eq!(list.addresses()[0].as_str(), "d@e.example");
    }

    #[test]
    fn a_second_paste_adds_and_forgets_the_old_bad_lines() {
        let mut list = Mailboxes::default();
        assert_eq!(list.take("x\ny\nz\nw"), 0);
        assert!(list.bad_lines().unwrap().as_str().ends_with("and 1 more."));
        assert_eq!(list.take("ana@bakery.example\nana@bakery.example"), 1);
        assert!(list.bad_lines().is_none());
    }
}
