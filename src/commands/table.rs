//! Rows in columns that line up, for people: as wide as the window, or as wide as they are where there is none.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::text::Text;

/// Between two columns.
const GAP: usize = 2;

/// Narrowest that a column is cut to: enough to know a name by.
const NARROWEST: usize = 8;

/// Narrowest that a column that is cut early is cut to before the others are: most of a domain.
const EARLY: usize = 16;

/// What may be cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cut {
    /// Never: whoever reads it needs all of it.
    Never,
    /// Where the window is too narrow.
    Late,
    /// The same, and before the others.
    Early,
}

/// A table.
#[derive(Debug)]
pub(super) struct Table<const N: usize> {
    columns: [(&'static str, Cut); N],
    rows: Vec<[Text; N]>,
}

impl<const N: usize> Table<N> {
    /// An empty one, with the heads of its columns.
    pub(super) const fn new(columns: [(&'static str, Cut); N]) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, row: [Text; N]) {
        self.rows.push(row);
    }

    /// The lines, the heads first; none is wider than the window unless columns that are never cut fill it.
    pub(super) fn lines(&self, window: Option<usize>) -> Vec<String> {
        let widths = self.widths(window);
        let head = self.columns.map(|(name, _)| Text::from(name));
        std::iter::once(&head).chain(&self.rows).map(|row| line(row, &widths)).collect()
    }

    /// How wide each column is.
    fn widths(&self, window: Option<usize>) -> [usize; N] {
        let mut widths = self.columns.map(|(name, _)| name.width());
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.as_str().width());
            }
        }
        let Some(window) = window else { return widths };
        let mut over = (widths.iter().sum::<usize>() + GAP * N.saturating_sub(1)).saturating_sub(window);
        while over > 0 {
            let widest = self
                .widest(&widths, EARLY, |cut| cut == Cut::Early)
                .or_else(|| self.widest(&widths, NARROWEST, |cut| cut != Cut::Never));
            let Some(width) = widest.and_then(|at| widths.get_mut(at)) else { break };
            *width -= 1;
            over -= 1;
        }
        widths
    }

    /// The widest column of a kind that is wider than `least`; the last of equals.
    fn widest(&self, widths: &[usize; N], least: usize, is_meant: impl Fn(Cut) -> bool) -> Option<usize> {
        let columns = self.columns.iter().zip(widths).enumerate();
        let meant = columns.filter(|(_, ((_, cut), width))| is_meant(*cut) && **width > least);
        meant.max_by_key(|(_, (_, width))| **width).map(|(at, _)| at)
    }
}

/// A table for files and pipes, its lines ended by newlines: nothing is cut, so that links stay links.
pub(super) fn whole<const N: usize>(heads: [&'static str; N], rows: &[[Text; N]]) -> String {
    let table = Table { columns: heads.map(|head| (head, Cut::Never)), rows: rows.to_vec() };
    table.lines(None).into_iter().map(|line| line + "\n").collect()
}

/// One line, without blanks at its end.
fn line<const N: usize>(row: &[Text; N], widths: &[usize; N]) -> String {
    let mut line = String::new();
    for (cell, width) in row.iter().zip(widths) {
        let shown = fitted(cell.as_str(), *width);
        line.push_str(&shown);
        line.push_str(&" ".repeat(width.saturating_sub(shown.width()) + GAP));
    }
    line.truncate(line.trim_end().len());
    line
}

/// Words cut to a width, on a grapheme, with a mark.
fn fitted(words: &str, width: usize) -> String {
    if words.width() <= width {
        return words.to_owned();
    }
    let mut short = String::new();
    for grapheme in words.graphemes(true) {
        if short.width() + grapheme.width() + 1 > width {
            break;
        }
        short.push_str(grapheme);
    }
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table<3> {
        let mut table = Table::new([("REF", Cut::Never), ("NAME", Cut::Late), ("STATE", Cut::Late)]);
        table.push(["C-1".into(), "Harbour Street Cafe".into(), "not started".into()]);
        table.push(["C-1000000002".into(), "日本語の会社の名前".into(), "37 of 40 protected".into()]);
        table
    }

    #[test]
    fn columns_line_up_whatever_the_width_of_letters() {
        assert_eq!(
            table().lines(None),
            [
                "REF           NAME                 STATE",
                "C-1           Harbour Street Cafe  not started",
                "C-1000000002  日本語の会社の名前   37 of 40 protected",
            ]
        );
    }

    #[test]
    fn nothing_is_cut_of_a_whole_table() {
        let rows = [
            [Text::from("株式会社"), Text::from("https://login.example/a/very/long/link")],
            [Text::from("Al"), Text::default()],
        ];
        assert_eq!(
            whole(["NAME", "LINK"], &rows),
            "NAME      LINK\n株式会社  https://login.example/a/very/long/link\nAl\n"
        );
    }

    #[test]
    fn names_give_way_and_references_never() {
        assert_eq!(
            table().lines(Some(40)),
            [
                "REF           NAME          STATE",
                "C-1           Harbour Str…  not started",
                "C-1000000002  日本語の会…   37 of 40 pr…",
            ]
        );
        for window in 0..60 {
            let lines = table().lines(Some(window));
            let widest = lines.iter().map(|line| line.width()).max().unwrap();
            assert!(widest <= window.max(32), "{window}: {lines:#?}");
            assert!(lines[2].starts_with("C-1000000002 "));
        }
    }
}
