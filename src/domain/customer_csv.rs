//! Customers as CSV, there and back: a header with the nine columns in any order, then one line each. Pure.
//!
//! Every line that can't be used is told with its number, all of them at once. What is written here is read back the
//! same, cells that a spreadsheet would take for a formula included.

use std::collections::{BTreeMap, btree_map::Entry};

use csv::{ByteRecord, Position, ReaderBuilder, WriterBuilder};

use super::{
    customer::NewCustomer,
    customer_record::{self, Column},
    text::Text,
};

#[cfg(test)]
mod tests;

/// What stands between two cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Separator {
    /// A comma.
    Comma,
    /// A semicolon: what spreadsheets write where the comma is the decimal mark.
    Semicolon,
}

impl Separator {
    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Comma => "commas",
            Self::Semicolon => "semicolons",
        }
    }

    const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
        }
    }
}

/// What a file holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sheet {
    /// What stands between its cells.
    pub separator: Separator,
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

/// What UTF-8 files of some programs begin with.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Said of bytes that are no UTF-8.
const NOT_UTF_8: &str = "This is not UTF-8 text. In the spreadsheet, save the file as \"CSV UTF-8\".";

/// Reads a file.
///
/// # Errors
/// Every line that can't be used, in their order.
pub fn read(bytes: &[u8]) -> Result<Sheet, Vec<Problem>> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(vec![Problem { line: 1, what: NOT_UTF_8.into() }]);
    }
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    let separator = separator(bytes);
    let mut records = ReaderBuilder::new()
        .delimiter(separator.byte())
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes)
        .into_byte_records();
    let mut count = LineCount { bytes, seen: 0, line: 1 };
    let Some(Ok(header)) = records.next() else {
        return Err(vec![Problem { line: 1, what: no_header() }]);
    };
    let line = count.line_of(header.position());
    let columns = columns(&header)
        .map_err(|all| all.into_iter().map(|what| Problem { line, what }).collect::<Vec<_>>())?;
    let (mut lines, mut problems) = (Vec::new(), Vec::new());
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    // A slice can be read, and lines may have any number of cells: no record is an error.
    for record in records.flatten() {
        let number = count.line_of(record.position());
        match customer(&record, &columns) {
            Ok(None) => {}
            Ok(Some(customer)) => match seen.entry(customer.reference.as_str().to_ascii_lowercase()) {
                Entry::Occupied(first) => {
                    problems.push(Problem { line: number, what: twice(&customer, *first.get()) });
                }
                Entry::Vacant(place) => {
                    place.insert(number);
                    lines.push(Line { number, customer });
                }
            },
            Err(all) => problems.extend(all.into_iter().map(|what| Problem { line: number, what })),
        }
    }
    if problems.is_empty() { Ok(Sheet { separator, lines }) } else { Err(problems) }
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

/// A cell that no spreadsheet takes for a formula: the usual `'` in front.
fn guarded(cell: &str) -> String {
    if is_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// A cell as it was before [`guarded`].
fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

/// Whether a cell begins like a formula, behind any number of `'`.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@'])
}

/// The separator with which the first line names more of our columns.
fn separator(bytes: &[u8]) -> Separator {
    let line = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).find(|line| !line.is_empty());
    let line = String::from_utf8_lossy(line.unwrap_or_default()).into_owned();
    let known = |separator: char| {
        line.split(separator)
            .filter(|cell| Column::from_word(cell.trim().trim_matches('"')).is_some())
            .count()
    };
    if known(';') > known(',') { Separator::Semicolon } else { Separator::Comma }
}

/// What the header must be.
fn no_header() -> Text {
    Text::of(format_args!(
        "the first line must name the columns: {}.",
        Column::ALL.map(Column::word).join(",")
    ))
}

/// The column of each cell.
fn columns(header: &ByteRecord) -> Result<Vec<Column>, Vec<Text>> {
    let mut problems = Vec::new();
    let mut columns = Vec::new();
    for cell in header {
        let Ok(word) = std::str::from_utf8(cell) else { return Err(vec![NOT_UTF_8.into()]) };
        match Column::from_word(word.trim()) {
            Some(column) if columns.contains(&column) => {
                problems.push(Text::of(format_args!("the column {} is there twice.", column.word())));
            }
            Some(column) => columns.push(column),
            None => problems.push(unknown(word)),
        }
    }
    if columns.is_empty() {
        return Err(vec![no_header()]);
    }
    let missing: Vec<&str> =
        Column::ALL.into_iter().filter(|column| !columns.contains(column)).map(Column::word).collect();
    if !missing.is_empty() {
        problems.push(Text::of(format_args!(
            "{} missing: {}. Tenant, time_zone, seats and products may be empty below.",
            if missing.len() == 1 { "this column is" } else { "these columns are" },
            missing.join(", ")
        )));
    }
    if problems.is_empty() { Ok(columns) } else { Err(problems) }
}

/// A column that we don't have.
fn unknown(word: &str) -> Text {
    let shown = Text::clean(word);
    if shown.is_empty() {
        return "a column has no name. Remove it.".into();
    }
    match Column::nearest(word) {
        Some(near) => {
            Text::of(format_args!("the column \"{shown}\" is not known. Did you mean {}?", near.word()))
        }
        None => Text::of(format_args!("the column \"{shown}\" is not known. Remove it.")),
    }
}

/// The customer of a line; none for a line of empty cells.
fn customer(record: &ByteRecord, columns: &[Column]) -> Result<Option<NewCustomer>, Vec<Text>> {
    if record.iter().all(<[u8]>::is_empty) {
        return Ok(None);
    }
    if record.iter().any(|cell| cell.contains(&b'\n') || cell.contains(&b'\r')) {
        return Err(vec!["a cell goes over more than one line. Is a quote (\") missing at its end?".into()]);
    }
    if record.len() != columns.len() {
        return Err(vec![Text::of(format_args!(
            "{} cells, and the first line has {}. A cell with a separator in it needs quotes: \"a,b\".",
            record.len(),
            columns.len()
        ))]);
    }
    let mut customer = NewCustomer::default();
    let mut problems = Vec::new();
    for (cell, column) in record.iter().zip(columns) {
        let Ok(cell) = std::str::from_utf8(cell) else { return Err(vec![NOT_UTF_8.into()]) };
        if let Err(what) = column.read(unguarded(cell.trim()), &mut customer) {
            problems.push(of_cell(*column, cell, &what));
        }
    }
    if problems.is_empty() {
        problems.extend(
            customer_record::contradiction(&customer)
                .map(|what| of_cell(Column::Managed, "yes", &Text::from(what))),
        );
    }
    if problems.is_empty() { Ok(Some(customer)) } else { Err(problems) }
}

/// What is wrong, with the column and what stands there.
fn of_cell(column: Column, cell: &str, what: &Text) -> Text {
    match Text::clean(cell) {
        empty if empty.is_empty() => Text::of(format_args!("{} is empty. {what}", column.word())),
        shown => Text::of(format_args!("{} is \"{shown}\". {what}", column.word())),
    }
}

/// Counts lines as an editor does: CRLF, LF and CR end one. The reader's own count stands still on empty lines.
struct LineCount<'a> {
    bytes: &'a [u8],
    /// Bytes that were counted.
    seen: usize,
    /// The line of the next byte.
    line: usize,
}

impl LineCount<'_> {
    /// The line on which a record begins; records come in their order.
    fn line_of(&mut self, position: Option<&Position>) -> usize {
        let at = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.seen);
        self.count_to(at);
        // A record's position is behind the last one, before the empty lines that lead to it.
        let rest = self.bytes.get(self.seen..).unwrap_or_default();
        let empty = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        self.count_to(self.seen + empty);
        self.line
    }

    fn count_to(&mut self, at: usize) {
        let Some(passed) = self.bytes.get(self.seen..at) else { return };
        let before = self.seen.checked_sub(1).and_then(|last| self.bytes.get(last)).copied();
        let befores = std::iter::once(before).chain(passed.iter().copied().map(Some));
        let is_end =
            |(before, byte): (Option<u8>, &u8)| *byte == b'\r' || (*byte == b'\n' && before != Some(b'\r'));
        self.line += befores.zip(passed).filter(|pair| is_end(*pair)).count();
        self.seen = at;
    }
}
