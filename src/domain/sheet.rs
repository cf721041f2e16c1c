//! Tables as spreadsheets and PowerShell write them: cells between commas, semicolons, tabs or bars, with what such programs
//! put before the first line. Pure.

use csv::{Position, ReaderBuilder, StringRecord};

/// What stands between two cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Separator {
    /// A comma.
    Comma,
    /// A semicolon: what spreadsheets write where the comma is the decimal mark.
    Semicolon,
    /// A tab: what spreadsheets copy, and save as text.
    Tab,
    /// A bar: what databases write, and people who have commas in their names.
    Bar,
}

impl Separator {
    /// All of them; where two serve as well, the first one is meant.
    pub const ALL: [Self; 4] = [Self::Comma, Self::Semicolon, Self::Tab, Self::Bar];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Comma => "commas",
            Self::Semicolon => "semicolons",
            Self::Tab => "tabs",
            Self::Bar => "bars (|)",
        }
    }

    /// The sign itself.
    #[must_use]
    pub const fn sign(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
            Self::Bar => '|',
        }
    }
}

/// A file from its heading on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::domain) struct Sheet<'a> {
    /// The text that begins with the heading.
    pub(in crate::domain) text: &'a str,
    /// The line on which that stands, from 1.
    pub(in crate::domain) line: usize,
    /// What a `sep=` line says.
    said: Option<Separator>,
}

impl<'a> Sheet<'a> {
    /// Passes over what is no heading: empty lines, Excel's `sep=;`, PowerShell's `#TYPE …`, the `version:v1.0` of
    /// Microsoft's bulk templates, and remarks. Old programs on Windows end a file with Ctrl-Z.
    pub(in crate::domain) fn of(text: &'a str, is_remark: fn(&str) -> bool) -> Self {
        let text = text.trim_end_matches(['\u{1a}', '\0', '\r', '\n']);
        let mut sheet = Self { text, line: 1, said: None };
        while !sheet.text.is_empty() {
            let (line, rest) = first_line(sheet.text);
            let bare = line.trim_start_matches(['"', ' ']).to_ascii_lowercase();
            match bare.strip_prefix("sep=") {
                Some(sign) => {
                    sheet.said = Separator::ALL.into_iter().find(|one| sign.starts_with(one.sign()));
                }
                None if is_of_a_program(&bare) => {}
                None if is_remark(line) => {}
                None => break,
            }
            sheet.text = rest;
            sheet.line += 1;
        }
        sheet
    }

    /// The lines below the first one.
    pub(in crate::domain) fn below(self) -> Self {
        Self { text: first_line(self.text).1, line: self.line + 1, ..self }
    }

    /// The separator: as the file says, else the one that finds more headings which are known.
    pub(in crate::domain) fn separator(&self, is_known: impl Fn(&str) -> bool) -> Separator {
        let heading = first_line(self.text).0;
        let known = |separator: Separator| {
            heading.split(separator.sign()).filter(|cell| is_known(cell.trim().trim_matches('"'))).count()
        };
        // The first of several that find as many: `max_by_key` takes the last one.
        let best = Separator::ALL.into_iter().rev().max_by_key(|separator| known(*separator));
        self.said.or(best).unwrap_or(Separator::Comma)
    }

    /// Its records with the numbers of their lines, the heading first.
    pub(in crate::domain) fn records(
        self,
        separator: Separator,
    ) -> impl Iterator<Item = (usize, StringRecord)> + use<'a> {
        let records = ReaderBuilder::new()
            .delimiter(u8::try_from(separator.sign()).unwrap_or(b','))
            .has_headers(false)
            .flexible(true)
            .from_reader(self.text.as_bytes())
            .into_records();
        let mut count = LineCount { bytes: self.text.as_bytes(), seen: 0, line: self.line };
        // Text can be read, and lines may have any number of cells: no record is an error.
        records.flatten().map(move |record| (count.line_of(record.position()), record))
    }
}

/// Whether a line, in lower case, is of the program that wrote the file, or of empty cells.
fn is_of_a_program(line: &str) -> bool {
    line.trim_matches(['"', ',', ';', '\t', '|', ' ']).is_empty()
        || line.starts_with("#type ")
        || line.starts_with("version:v")
}

/// What stands in a cell that is written as a formula, `="0042"`, so that a spreadsheet changes nothing in it; the cell
/// itself where it is another one.
pub(in crate::domain) fn unwrapped(cell: &str) -> &str {
    let inner = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inner.filter(|inner| !inner.contains('"')).unwrap_or(cell)
}

/// The first line, and what follows it. CRLF, LF and CR end a line.
pub(in crate::domain) fn first_line(text: &str) -> (&str, &str) {
    let Some((line, _)) = text.split_once(['\r', '\n']) else { return (text, "") };
    let rest = text.get(line.len()..).unwrap_or_default();
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n'])).unwrap_or_default();
    (line, rest)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_write_before_the_heading_is_passed_over() {
        for (before, line, said) in [
            ("", 1, None),
            ("\r\n\r\n", 3, None),
            ("sep=;\r\n", 2, Some(Separator::Semicolon)),
            ("\"sep=,\"\r\n", 2, Some(Separator::Comma)),
            ("sep=;,,,\r\n", 2, Some(Separator::Semicolon)),
            ("SEP=\t\n", 2, Some(Separator::Tab)),
            ("#TYPE Selected.System.Object\r\n", 2, None),
            ("\"#TYPE Selected.System.Object\"\r", 2, None),
            ("version:v1.0,,\n\n", 3, None),
            ("sep=|\n||\n", 3, Some(Separator::Bar)),
        ] {
            let text = format!("{before}name,mail\nAnn,ann@bakery.example\n");
            let sheet = Sheet::of(&text, |_| false);
            assert_eq!((sheet.line, sheet.said), (line, said), "{before:?}");
            assert!(sheet.text.starts_with("name,mail"), "{before:?}");
            let lines: Vec<usize> = sheet.records(Separator::Comma).map(|(line, _)| line).collect();
            assert_eq!(lines, [line, line + 1], "{before:?}");
        }
    }

    #[test]
    fn the_separator_is_the_one_that_finds_headings() {
        let is_known = |word: &str| ["name", "mail"].contains(&word);
        for (text, separator) in [
            ("name,mail", Separator::Comma),
            ("\"name\";\"mail\"", Separator::Semicolon),
            ("name\tmail, or none", Separator::Tab),
            ("name|mail", Separator::Bar),
            ("mail", Separator::Comma),
            ("", Separator::Comma),
        ] {
            assert_eq!(Sheet::of(text, |_| false).separator(is_known), separator, "{text:?}");
        }
    }

    #[test]
    fn a_formula_that_only_keeps_a_text_is_the_text() {
        for (cell, inner) in [
            ("=\"0042\"", "0042"),
            ("=\"\"", ""),
            ("=\"a\"&\"b\"", "=\"a\"&\"b\""),
            ("=A1", "=A1"),
            ("\"0042\"", "\"0042\""),
            ("=\"", "=\""),
        ] {
            assert_eq!(unwrapped(cell), inner);
        }
    }

    #[test]
    fn what_ends_a_file_is_no_line() {
        let sheet = Sheet::of("name,mail\r\nAnn,a@x.example\r\n\u{1a}", |_| false);
        assert_eq!(sheet.records(Separator::Comma).count(), 2);
    }
}
