//! Customers as CSV, there and back: a header with the nine columns in any order, then one line each. Pure.
//!
//! Partner Center's own list of customers is taken by its headings too (see `partner_center`). Every line that can't be used is told with its number, all of them at once. What is written here is read back the
//! same, cells that a spreadsheet would take for a formula included.

mod partner_center;
pub mod renumbered;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, btree_map::Entry};

use csv::{StringRecord, WriterBuilder};

use super::{
    customer::NewCustomer,
    customer_record::{self, Column},
    sheet::{self, Separator, unwrapped},
    text::Text,
    text_file,
};

/// What a file holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sheet {
    /// What stands between its cells.
    pub separator: Separator,
    /// Partner Center wrote it: it knows tenants, and neither references nor what was bought.
    pub is_of_partner_center: bool,
    /// Its customers, in the order of the file.
    pub lines: Vec<Line>,
}

/// One customer of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Number of the line in the file, from 1.
    pub number: usize,
    /// What it says.
    pub customer: NewCustomer,
    /// The columns that say nothing, in their order: what is on record there stays.
    pub kept: Vec<Column>,
}

impl Line {
    /// What it comes to, where its customer may be on record.
    #[must_use]
    pub fn on(&self, on_record: Option<&NewCustomer>) -> NewCustomer {
        let mut customer = self.customer.clone();
        if let Some(old) = on_record {
            for column in &self.kept {
                match column {
                    Column::Products => customer.products.clone_from(&old.products),
                    Column::Tenant => customer.tenant = old.tenant,
                    Column::TimeZone => customer.time_zone.clone_from(&old.time_zone),
                    Column::Seats => customer.seats = old.seats,
                    // Without a value in these a line is told as a problem.
                    Column::Reference | Column::Name | Column::Domain | Column::Active | Column::Managed => {}
                }
            }
        }
        customer
    }
}

/// Why a line can't be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Number of the line in the file, from 1.
    pub line: usize,
    /// What is wrong and what to do, sentences.
    pub what: Text,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// Said of bytes that are no text.
const NOT_TEXT: &str = "This is not UTF-8 text. In the spreadsheet, save the file as \"CSV UTF-8\".";

/// Reads a file.
///
/// # Errors
/// Every line that can't be used, in their order.
pub fn read(bytes: &[u8]) -> Result<Sheet, Vec<Problem>> {
    let text =
        text_file::decode(bytes).map_err(|why| vec![Problem { line: why.line, what: NOT_TEXT.into() }])?;
    let table = sheet::Sheet::of(&text, |_| false);
    let separator = table.separator(|cell| Meaning::of(cell).is_some());
    let mut records = table.records(separator);
    let Some((line, header)) = records.next() else {
        return Err(vec![Problem { line: table.line, what: no_header() }]);
    };
    let columns = Columns::of(&header)
        .map_err(|all| all.into_iter().map(|what| Problem { line, what }).collect::<Vec<_>>())?;
    let (mut lines, mut problems) = (Vec::new(), Vec::new());
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (number, record) in records {
        match columns.customer(&record) {
            Ok(None) => {}
            Ok(Some((customer, kept))) => {
                match seen.entry(customer.reference.as_str().to_ascii_lowercase()) {
                    Entry::Occupied(first) => {
                        problems.push(Problem { line: number, what: twice(&customer, *first.get()) });
                    }
                    Entry::Vacant(place) => {
                        place.insert(number);
                        lines.push(Line { number, customer, kept });
                    }
                }
            }
            Err(all) => problems.extend(all.into_iter().map(|what| Problem { line: number, what })),
        }
    }
    let is_of_partner_center = columns.is_of_partner_center;
    if problems.is_empty() { Ok(Sheet { separator, is_of_partner_center, lines }) } else { Err(problems) }
}

/// Said of a reference that an earlier line has.
fn twice(customer: &NewCustomer, first: usize) -> Text {
    Text::of(format_args!("the reference {} is in line {first} too. Keep one of them.", customer.reference))
}

/// Writes a file, header first.
#[must_use]
pub fn write<'a>(customers: impl Iterator<Item = &'a NewCustomer>) -> String {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let header = Column::ALL.map(|column| column.word().to_owned());
    let rows = customers.map(|customer| Column::ALL.map(|column| guarded(column.of(customer).as_str())));
    for row in std::iter::once(header).chain(rows) {
        // Into memory, nine cells each: neither can fail.
        let _written = writer.write_record(row);
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// Separators of spreadsheets that are set up otherwise: there a cell of ours ends at each of them, in quotes or not.
const OTHER_SEPARATORS: [char; 3] = [';', '\t', '|'];

/// A cell that no spreadsheet takes for a formula, whatever separates its cells: the usual `'` in front.
fn guarded(cell: &str) -> String {
    let part = |part: &str| if is_formula(part) { format!("'{part}") } else { part.to_owned() };
    cell.split_inclusive(OTHER_SEPARATORS).map(part).collect()
}

/// A cell as it was before [`guarded`].
fn unguarded(cell: &str) -> String {
    let part = |part: &str| {
        let rest = part.strip_prefix('\'').filter(|rest| is_formula(rest));
        rest.unwrap_or(part).to_owned()
    };
    cell.split_inclusive(OTHER_SEPARATORS).map(part).collect()
}

/// Whether a cell begins like a formula, behind what may stand in front of one.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches(['\'', '"', ' ']).starts_with(['=', '+', '-', '@'])
}

/// What the header must be.
fn no_header() -> Text {
    Text::of(format_args!(
        "the first line must name the columns: {}.",
        Column::ALL.map(Column::word).join(",")
    ))
}

/// What a column of a file means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Meaning {
    /// One of ours.
    Ours(Column),
    /// One of Partner Center's that says something we keep.
    Theirs(Column),
    /// One of Partner Center's that says nothing of the kind.
    Passed,
}

impl Meaning {
    fn of(word: &str) -> Option<Self> {
        let ours = Column::from_word(word.trim()).map(Self::Ours);
        ours.or_else(|| partner_center::meaning(word))
    }
}

/// The columns of a file, in their order.
struct Columns {
    /// What each cell means; nothing for a column without a name, whose cells must be empty.
    meanings: Vec<Option<Meaning>>,
    is_of_partner_center: bool,
}

impl Columns {
    /// Understands the header.
    ///
    /// Spreadsheets write columns without a name, where a cell was once touched: nobody sees them, so they are no problem
    /// as long as they are empty.
    fn of(header: &StringRecord) -> Result<Self, Vec<Text>> {
        // The name and the tenant are what only Partner Center calls so; our own file has neither.
        let is_of_partner_center = partner_center::is_header(header);
        let mut problems = Vec::new();
        let mut meanings: Vec<Option<Meaning>> = Vec::new();
        for cell in header {
            let meaning = match Meaning::of(cell) {
                _ if cell.trim().is_empty() => None,
                Some(Meaning::Ours(column)) if !is_of_partner_center => Some(Meaning::Ours(column)),
                Some(Meaning::Theirs(column)) if is_of_partner_center => Some(Meaning::Theirs(column)),
                // Whatever else Partner Center comes to tell is not ours.
                _ if is_of_partner_center => Some(Meaning::Passed),
                _ => {
                    problems.push(unknown(cell));
                    continue;
                }
            };
            if let Some(Meaning::Ours(column) | Meaning::Theirs(column)) = meaning
                && meanings.contains(&meaning)
            {
                problems.push(Text::of(format_args!("the column {} is there twice.", column.word())));
            }
            meanings.push(meaning);
        }
        if meanings.iter().all(Option::is_none) {
            return Err(vec![no_header()]);
        }
        let is_there = |column: &Column| meanings.contains(&Some(Meaning::Ours(*column)));
        let missing: Vec<&str> = Column::ALL
            .into_iter()
            .filter(|column| !is_of_partner_center && !is_there(column))
            .map(Column::word)
            .collect();
        if !missing.is_empty() {
            problems.push(Text::of(format_args!(
                "{} missing: {}. Tenant, time_zone, seats and products may be empty below.",
                if missing.len() == 1 { "this column is" } else { "these columns are" },
                missing.join(", ")
            )));
        }
        if problems.is_empty() { Ok(Self { meanings, is_of_partner_center }) } else { Err(problems) }
    }
}

/// A column that we don't have.
fn unknown(word: &str) -> Text {
    let shown = Text::clean(word);
    match Column::nearest(word) {
        Some(near) => {
            Text::of(format_args!("the column \"{shown}\" is not known. Did you mean {}?", near.word()))
        }
        None => Text::of(format_args!("the column \"{shown}\" is not known. Remove it.")),
    }
}

impl Columns {
    /// The customer of a line, and the columns that are empty there; none for a line of empty cells.
    fn customer(&self, record: &StringRecord) -> Result<Option<(NewCustomer, Vec<Column>)>, Vec<Text>> {
        if record.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(None);
        }
        if record.iter().any(|cell| cell.contains(['\n', '\r'])) {
            return Err(vec![
                "a cell goes over more than one line. Is a quote (\") missing at its end?".into(),
            ]);
        }
        self.count(record)?;
        let mut customer = NewCustomer::default();
        if self.is_of_partner_center {
            partner_center::prepare(&mut customer);
        }
        let (mut problems, mut kept) = (Vec::new(), Vec::new());
        for (cell, meaning) in record.iter().zip(&self.meanings) {
            let Some(Meaning::Ours(column) | Meaning::Theirs(column)) = meaning else { continue };
            if cell.trim().is_empty() && column.may_be_empty() {
                kept.push(*column);
            }
            if let Err(what) = column.read(column.emptied(&unguarded(unwrapped(cell.trim()))), &mut customer)
            {
                problems.push(of_cell(*column, cell, &what));
            }
        }
        if self.is_of_partner_center {
            kept.extend([Column::TimeZone, Column::Seats]); // it has neither
            partner_center::finish(&mut customer);
        } else if problems.is_empty() && !kept.contains(&Column::Products) {
            problems.extend(
                customer_record::contradiction(&customer)
                    .map(|what| of_cell(Column::Managed, "yes", &Text::from(what))),
            );
        }
        if problems.is_empty() { Ok(Some((customer, kept))) } else { Err(problems) }
    }

    /// Whether a line has the cells of the header; empty ones may follow, and may be missing below columns without a name.
    fn count(&self, record: &StringRecord) -> Result<(), Vec<Text>> {
        let named = self.meanings.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        let used = record.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty());
        let nameless = used.filter(|(at, _)| self.meanings.get(*at).is_none_or(Option::is_none)).last();
        match nameless {
            Some((at, cell)) if self.meanings.get(at).is_some() => Err(vec![Text::of(format_args!(
                "cell {} is \"{}\", and its column has no name. Name the column, or empty the cell.",
                at + 1,
                Text::clean(cell)
            ))]),
            None if record.len() >= named => Ok(()),
            _ => Err(vec![Text::of(format_args!(
                "{} cells, and the first line has {}. A cell with a separator in it needs quotes: \"a,b\".",
                record.len(),
                self.meanings.len()
            ))]),
        }
    }
}

/// What is wrong, with the column and what stands there.
fn of_cell(column: Column, cell: &str, what: &Text) -> Text {
    match Text::clean(cell) {
        empty if empty.is_empty() => Text::of(format_args!("{} is empty. {what}", column.word())),
        shown => Text::of(format_args!("{} is \"{shown}\". {what}", column.word())),
    }
}
