//! Tables of plain text: fixed columns, the last one never padded, nothing cut, so that it can be pasted into a mail.

use unicode_width::UnicodeWidthStr as _;

use crate::domain::text::Text;

/// Blanks between two columns.
const GAP: usize = 2;

/// A table with a heading; lines ended by a newline.
pub(super) fn table<const N: usize>(heading: [&str; N], rows: &[[Text; N]]) -> String {
    let mut widths = heading.map(str::len);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.as_str().width());
        }
    }
    let mut text = line(&widths, heading);
    for row in rows {
        text.push_str(&line(&widths, row.each_ref().map(Text::as_str)));
    }
    text
}

/// One line; blanks at its end are left out.
fn line<const N: usize>(widths: &[usize; N], cells: [&str; N]) -> String {
    let mut line = String::new();
    for (width, cell) in widths.iter().zip(cells) {
        line.push_str(cell);
        let blanks = width.saturating_sub(cell.width()).saturating_add(GAP);
        line.extend(std::iter::repeat_n(' ', blanks));
    }
    line.truncate(line.trim_end().len());
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_and_nothing_is_cut() {
        let rows = [
            [Text::from("株式会社"), Text::from("https://login.example/a/very/long/link")],
            [Text::from("Al"), Text::default()],
        ];
        assert_eq!(
            table(["NAME", "LINK"], &rows),
            "NAME      LINK\n株式会社  https://login.example/a/very/long/link\nAl\n"
        );
    }
}
