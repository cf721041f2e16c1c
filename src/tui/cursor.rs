//! The cursor over rows: where it stands, and how it moves. The rows themselves belong to the screen.

use crate::wizard::event::Move;

/// A cursor over `len` rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// Index of the row; means nothing while there is no row.
    at: usize,
}

impl Cursor {
    /// The row under the cursor; none when there is no row.
    pub(crate) fn get(self, len: usize) -> Option<usize> {
        len.checked_sub(1).map(|last| self.at.min(last))
    }

    /// Puts the cursor on a row.
    pub(crate) const fn put(&mut self, at: usize) {
        self.at = at;
    }

    /// Moves it; stops at both ends.
    pub(crate) fn step(&mut self, by: Move, len: usize) {
        let last = len.saturating_sub(1);
        let here = self.at.min(last);
        self.at = match by {
            Move::First => 0,
            Move::Last => last,
            Move::By(rows) => {
                let rows = isize::try_from(rows).unwrap_or(if rows < 0 { isize::MIN } else { isize::MAX });
                here.saturating_add_signed(rows).min(last)
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_stays_on_the_rows() {
        let mut cursor = Cursor::default();
        assert_eq!(cursor.get(0), None);
        for (by, at) in [
            (Move::By(1), 1),
            (Move::By(10), 4),
            (Move::By(-2), 2),
            (Move::By(i64::MIN), 0),
            (Move::Last, 4),
            (Move::First, 0),
            (Move::By(i64::MAX), 4),
        ] {
            cursor.step(by, 5);
            assert_eq!(cursor.get(5), Some(at), "{by:?}");
        }
        assert_eq!(cursor.get(3), Some(2));
        cursor.step(Move::By(1), 0);
        assert_eq!(cursor.get(0), None);
    }
}
