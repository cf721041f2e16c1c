//! The one reader of lists of addresses, for a paste, a file, standard input and a plan alike. Pure.
//!
//! Addresses stand one a line, or between white space, commas and semicolons; each may have a name before it
//! (`Ana Petrov <ana@bakery.example>`), quotes in pairs around it, and the `SMTP:` that Exchange writes. A table is read
//! by its heading. An entry that is no whole address is told with its line and a reason: nothing is ever cut until it
//! fits, because what is left over would be another person.

mod heading;

#[cfg(test)]
mod tests;

use super::{
    bill::counted,
    id::Address,
    sheet::{Sheet, first_line, unwrapped},
    text::{Text, is_forbidden},
};
use heading::Columns;

/// Largest file of a list or a plan that is read, in bytes: half a million addresses of 128 bytes.
pub const MAX_BYTES: u64 = 64 << 20;

/// Begins a line that is a remark.
const REMARK: char = '#';

/// What stands between two entries of a line.
const BETWEEN: [char; 3] = [',', ';', '\t'];

/// Signs that belong together around an address, as people, mail programs and spreadsheets write them.
const PAIRS: [(char, char); 13] = [
    ('"', '"'),
    ('\'', '\''),
    ('‘', '’'),
    ('’', '’'),
    ('‚', '‘'),
    ('“', '”'),
    ('”', '”'),
    ('„', '“'),
    ('„', '”'),
    ('«', '»'),
    ('»', '«'),
    ('‹', '›'),
    ('`', '`'),
];

/// What is written before an address to say that it is one.
const SCHEMES: [&str; 2] = ["mailto", "smtp"];

/// A line with something that is no whole address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Its number in the text, from 1.
    pub number: usize,
    /// What stands there: the first such entry of the line.
    pub line: Text,
    /// What is wrong with it; empty where it does not look like an address at all.
    pub why: &'static str,
}

/// What a list holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AddressList {
    /// The whole addresses, in the order of the text; one that stands there twice is here twice.
    pub addresses: Vec<Address>,
    /// Other addresses of mailboxes that are on the list: Exchange writes `SMTP:` before a mailbox's first address and
    /// `smtp:` before the others. Taken as mailboxes, they would be billed twice.
    pub others: Vec<Address>,
    /// Lines with something that is none, in their order.
    pub bad: Vec<BadLine>,
}

/// Reads a list.
///
/// Cost: one pass over the text.
#[must_use]
pub fn read(text: &str) -> AddressList {
    let sheet = Sheet::of(text.trim_start_matches('\u{feff}'), is_remark);
    let separator = sheet.separator(heading::is_known);
    let mut list = Reader::default();
    let mut records = sheet.records(separator);
    match records.next().and_then(|(_, heading)| Columns::of(&heading)) {
        None => list.read_lines(sheet),
        Some(columns) if columns.is_alone() => list.read_lines(sheet.below()),
        Some(columns) => {
            for (number, record) in records {
                match columns.cell(&record) {
                    Ok(cell) => list.read_cell(number, cell),
                    Err((cell, why)) => list.refuse(number, cell, why),
                }
            }
        }
    }
    list.finish()
}

/// An address with what Exchange says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rank {
    /// Nothing.
    Plain,
    /// `SMTP:`, the first one of its mailbox.
    First,
    /// `smtp:`, another one.
    Other,
}

impl AddressList {
    /// The addresses as they are spelled.
    ///
    /// # Errors
    /// Every line with something that is no whole address.
    pub fn whole(self) -> Result<Vec<String>, Vec<BadLine>> {
        let Self { addresses, bad, .. } = self;
        if bad.is_empty() { Ok(addresses.iter().map(Address::to_string).collect()) } else { Err(bad) }
    }

    /// Said of the other addresses that were left out; none where there is none.
    #[must_use]
    pub fn left_out(others: usize) -> Option<String> {
        let others = u32::try_from(others).unwrap_or(u32::MAX);
        let words = counted(
            others,
            "other address of a listed mailbox is",
            "other addresses of listed mailboxes are",
        );
        (others > 0).then(|| format!("{words} left out (smtp: beside SMTP:)"))
    }
}

/// A list in the making.
#[derive(Debug, Default)]
struct Reader {
    found: Vec<(Address, Rank)>,
    bad: Vec<BadLine>,
}

impl Reader {
    /// The list, without the other addresses of a mailbox where first ones are named.
    fn finish(self) -> AddressList {
        let mut list = AddressList { bad: self.bad, ..AddressList::default() };
        let has_first = self.found.iter().any(|(_, rank)| *rank == Rank::First);
        for (address, rank) in self.found {
            let is_other = has_first && rank == Rank::Other;
            if is_other { &mut list.others } else { &mut list.addresses }.push(address);
        }
        list
    }

    /// Reads the lines of a text without a heading.
    fn read_lines(&mut self, sheet: Sheet<'_>) {
        let (mut rest, mut number) = (sheet.text, sheet.line);
        while !rest.is_empty() {
            let (line, below) = first_line(rest);
            self.read_line(number, line);
            rest = below;
            number += 1;
        }
    }

    /// Reads a line that is no remark and no rule below a heading, as PowerShell draws one.
    fn read_line(&mut self, number: usize, line: &str) {
        let is_rule = |line: &str| line.chars().all(|c| c == '-' || c.is_whitespace());
        if !is_remark(line) && !is_rule(line) {
            self.read_cell(number, line);
        }
    }

    /// Reads a line, or a cell that stands in one.
    fn read_cell(&mut self, number: usize, line: &str) {
        let line = line.trim_start_matches('\u{feff}').trim();
        let mut rest = within(line, '"').unwrap_or(line);
        while let Some((name, behind)) = rest.split_once('<')
            && let Some((address, behind)) = behind.split_once('>')
        {
            self.read_named(number, name, address);
            rest = behind;
        }
        self.read_entries(number, split(rest, &BETWEEN));
    }

    /// Reads the address between the angles, and the entries that stand before its name. A name may hold commas; what
    /// holds an `@` is an entry, or the address once more.
    fn read_named(&mut self, number: usize, before: &str, inside: &str) {
        let mut entries = split(before, &[';', '\t']);
        let mut parts = split(entries.pop().unwrap_or_default(), &[',']);
        self.read_entries(number, entries);
        let behind = parts.iter().rposition(|part| has_at(part)).map_or(0, |at| at + 1);
        let name = parts.split_off(behind).is_empty().then(|| parts.pop()).flatten();
        self.read_entries(number, parts);
        match name.map(str::trim).filter(|name| !is_same(name, inside)) {
            Some(other) => self.refuse(number, other, "two addresses where one is meant"),
            None => self.read_entry(number, inside),
        }
    }

    fn read_entries(&mut self, number: usize, entries: Vec<&str>) {
        for entry in entries {
            self.read_entry(number, entry);
        }
    }

    /// Reads one entry: all its words are addresses, or none of it is taken.
    fn read_entry(&mut self, number: usize, entry: &str) {
        let entry = entry.trim();
        let words = within(entry, '"').unwrap_or(entry).split_whitespace();
        let read: Result<Vec<_>, &str> = words.map(|word| address(word).ok_or(word)).collect();
        match read {
            Ok(addresses) => self.found.extend(addresses),
            Err(word) => self.refuse(number, entry, why(word)),
        }
    }

    /// Keeps the first entry of a line that can't be used.
    fn refuse(&mut self, number: usize, entry: &str, why: &'static str) {
        if self.bad.last().is_none_or(|bad| bad.number != number) {
            self.bad.push(BadLine { number, line: Text::clean(entry), why });
        }
    }
}

/// The lines that hold something else than addresses, the first `named` of them by number; no full stop.
#[must_use]
pub fn told(bad: &[BadLine], named: usize) -> String {
    let tell = |bad: &BadLine| {
        let line: String = bad.line.as_str().chars().take(SHOWN).collect();
        let why = if bad.why.is_empty() { String::new() } else { format!(": {}", bad.why) };
        format!("line {} (“{line}”{why})", bad.number)
    };
    let lines: Vec<String> = bad.iter().take(named).map(tell).collect();
    let more = bad.len().saturating_sub(named);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("No e-mail address in {}{more}", lines.join(", "))
}

/// The same without what stands there: for a file of which nobody has said yet that it may be shown.
#[must_use]
pub fn counted_only(bad: &[BadLine], named: usize) -> String {
    let lines: Vec<String> = bad.iter().take(named).map(|bad| format!("line {}", bad.number)).collect();
    let more = bad.len().saturating_sub(named);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("No e-mail address in {}{more}", lines.join(", "))
}

/// Characters of an entry that are shown: a guess at what is enough to find it again.
const SHOWN: usize = 40;

/// Whether a line is a remark. Errors of a spreadsheet begin with the same sign: each stands for an address that is not
/// there, and is told.
fn is_remark(line: &str) -> bool {
    let line = line.trim_start_matches(['\u{feff}', '"', ' ', '\t']);
    let word = line.split(['"', ',', ';', '\t', '|']).next().unwrap_or_default().trim_end();
    let is_of_an_error = |c: char| c.is_ascii_uppercase() || matches!(c, '#' | '/' | '0' | '_' | '!' | '?');
    let is_error = word.chars().all(is_of_an_error) && (word.ends_with(['!', '?']) || word == "#N/A");
    line.starts_with(REMARK) && !is_error
}

/// The parts of a text, split outside double quotes.
fn split<'a>(text: &'a str, between: &[char]) -> Vec<&'a str> {
    let mut is_quoted = false;
    text.split(|c: char| {
        is_quoted ^= c == '"';
        !is_quoted && between.contains(&c)
    })
    .collect()
}

/// What stands between two of a sign, where none stands within.
fn within(text: &str, sign: char) -> Option<&str> {
    text.strip_prefix(sign)?.strip_suffix(sign).filter(|inner| !inner.contains(sign))
}

/// Whether a part before an address holds one itself, outside quotes.
fn has_at(part: &str) -> bool {
    part.contains('@') && inside(part.trim()).is_none()
}

/// Whether two spellings are of one address.
fn is_same(one: &str, other: &str) -> bool {
    let folded = |word| address(word).map(|(address, _)| address.folded());
    folded(one).is_some_and(|one| folded(other) == Some(one))
}

/// What stands within a pair of signs.
fn inside(text: &str) -> Option<&str> {
    PAIRS.iter().find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close))
}

/// A word as an address: without pairs of signs, schemes and what nobody sees at its ends, however often they stand there.
/// A bar parts the cells of a table, and is in no address that people have.
fn address(word: &str) -> Option<(Address, Rank)> {
    let (mut rest, mut rank) = (word, Rank::Plain);
    loop {
        rest = unwrapped(rest.trim_matches(|c: char| c.is_whitespace() || is_forbidden(c)));
        if let Some(less) = inside(rest) {
            rest = less;
        } else if let Some((scheme, less)) = scheme(rest) {
            rank = match scheme {
                "SMTP" => Rank::First,
                "smtp" => Rank::Other,
                _ => rank,
            };
            rest = less;
        } else {
            return Some((rest.parse().ok().filter(|_| !rest.contains('|'))?, rank));
        }
    }
}

/// A scheme, in whatever case that is written, and what stands behind it.
fn scheme(word: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = word.split_once(':')?;
    SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)).then_some((scheme, rest))
}

/// Why a word is no whole address; nothing where it looks like none at all.
fn why(word: &str) -> &'static str {
    let word = scheme(word).map_or(word, |(_, rest)| rest);
    let domain = word.rsplit_once('@').map(|(_, domain)| domain);
    match domain {
        None => "",
        Some(_) if word.matches('@').count() > 1 => {
            "more than one @; white space, comma or semicolon parts them"
        }
        Some(_) if word.contains('|') => "white space, comma or semicolon parts entries, and | does not",
        Some(_) if word.contains(['’', '‘', '´']) => "an address has the plain apostrophe ('), if one",
        Some(_) if Text::clean(word).as_str() != word => "it holds a character that nobody sees",
        Some("") => "the domain is missing",
        Some(domain) if domain.ends_with('.') => "it ends with a dot",
        Some(domain) if !domain.contains('.') => "the domain is not whole",
        Some(_) if word.starts_with('@') => "what stands before the @ is missing",
        Some(_) if word.contains(':') => "only SMTP: and mailto: may stand before an address",
        Some(_) => "it is not a whole address",
    }
}
