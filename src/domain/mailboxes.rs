//! The pasted list of a hosted customer's mailboxes: counted, with the lines that hold no address named. Pure.

use std::collections::{BTreeSet, HashSet};

use super::{
    address_list::{self, AddressList, BadLine},
    bill::counted,
    id::Address,
    text::Text,
};

/// How many bad lines are named; the rest is counted.
const NAMED: usize = 3;

/// The list so far.
#[derive(Debug, Default)]
pub struct Mailboxes {
    addresses: Vec<Address>,
    /// Folded addresses, so that one mailbox is listed once however it is spelled.
    seen: HashSet<String>,
    /// How many other addresses of its mailboxes the last paste held.
    others: usize,
    /// Lines of the last paste with something that is no address.
    bad: Vec<BadLine>,
}

impl Mailboxes {
    /// The list as it was saved.
    #[must_use]
    pub fn saved(addresses: &[Address]) -> Self {
        let mut list = Self::default();
        for address in addresses {
            list.push(address.clone());
        }
        list
    }

    /// Takes every whole address of a text in. Returns how many are new.
    pub fn take(&mut self, text: &str) -> usize {
        let before = self.addresses.len();
        let read = address_list::read(text);
        self.bad = read.bad;
        self.others = read.others.len();
        for address in read.addresses {
            self.push(address);
        }
        self.addresses.len() - before
    }

    /// The addresses, in the order in which they came.
    #[must_use]
    pub fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    /// The counts in a sentence, with how many belong to other domains than these.
    #[must_use]
    pub fn counts(&self, domains: &[Text]) -> Text {
        let elsewhere: Vec<String> = self
            .addresses
            .iter()
            .map(Address::domain)
            .filter(|domain| !domains.iter().any(|known| known.as_str() == domain))
            .collect();
        let size = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let listed = counted(size(self.addresses.len()), "mailbox", "mailboxes");
        let elsewhere = if elsewhere.is_empty() {
            String::new()
        } else {
            let others = counted(size(elsewhere.len()), "is in another domain", "are in other domains");
            let names: BTreeSet<String> = elsewhere.into_iter().collect();
            let more = if names.len() > NAMED { ", …" } else { "" };
            let names: Vec<String> = names.into_iter().take(NAMED).collect();
            format!("; {others} ({}{more}) and will be left out", names.join(", "))
        };
        let aside = AddressList::left_out(self.others).map(|words| format!(" {words}.")).unwrap_or_default();
        Text::of(format_args!("{listed} on the list{elsewhere}.{aside}"))
    }

    /// The lines that hold no address, named.
    #[must_use]
    pub fn bad_lines(&self) -> Option<Text> {
        let told = || Text::clean(&format!("{}.", address_list::told(&self.bad, NAMED)));
        (!self.bad.is_empty()).then(told)
    }

    fn push(&mut self, address: Address) {
        if self.seen.insert(address.folded()) {
            self.addresses.push(address);
        }
    }
}

/// Any paste, for fuzzing and its kept inputs: every address is taken once, and taking the list again adds nothing.
#[cfg(any(test, fuzzing))]
pub(crate) fn address_list(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut list = Mailboxes::default();
    let taken = list.take(&text);
    assert_eq!(taken, list.addresses().len(), "all are new on an empty list");
    assert_eq!(list.bad_lines().is_some(), !list.bad.is_empty(), "bad lines are told");
    let spelled: Vec<&str> = list.addresses().iter().map(Address::as_str).collect();
    assert_eq!(Mailboxes::default().take(&spelled.join("\n")), taken, "what was taken is taken again");
    assert_eq!(list.take(&text), 0, "nobody is listed twice");
    assert!(!list.counts(&[]).is_empty(), "the count is told");
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
        assert_eq!(
            counts.as_str(),
            "3 mailboxes on the list; 1 is in another domain (other.example) and will be left out."
        );
        assert_eq!(list.bad_lines().unwrap().as_str(), "No e-mail address in line 5 (“no address here”).");
    }

    #[test]
    fn a_scheme_that_stands_twice_is_no_part_of_the_address() {
        let mut list = Mailboxes::default();
        assert_eq!(list.take("mailto:mailtO:@a, mailto:MAILTO:d@e.example"), 1);
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
