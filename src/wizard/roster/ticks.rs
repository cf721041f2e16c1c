//! A set of rows as bits: the set behind a checklist. Whole-set work goes 64 rows at a time.

/// One bit per row; a row that was never set is not in the set.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ticks {
    words: Vec<u64>,
}

impl Ticks {
    /// Whether a row is in the set.
    pub(crate) fn has(&self, row: u32) -> bool {
        let (word, bit) = split(row);
        self.word(word) >> bit & 1 == 1
    }

    /// Puts a row in or takes it out.
    pub(crate) fn put(&mut self, row: u32, is_in: bool) {
        let (word, bit) = split(row);
        let now = self.word(word);
        self.put_word(word, if is_in { now | 1 << bit } else { now & !(1 << bit) });
    }

    /// 64 rows at once: those from `64 * at` on.
    pub(crate) fn word(&self, at: usize) -> u64 {
        self.words.get(at).copied().unwrap_or(0)
    }

    /// Replaces 64 rows at once.
    pub(crate) fn put_word(&mut self, at: usize, word: u64) {
        if at >= self.words.len() {
            if word == 0 {
                return;
            }
            self.words.resize(at + 1, 0);
        }
        if let Some(place) = self.words.get_mut(at) {
            *place = word;
        }
    }

    /// How many rows are in the set.
    pub(crate) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether no row is in the set.
    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// How many words hold anything; all behind are zero.
    pub(crate) fn len_words(&self) -> usize {
        self.words.len()
    }

    /// Whether every row of the other set is in this one.
    pub(crate) fn has_all(&self, other: &Self) -> bool {
        other.words.iter().enumerate().all(|(at, word)| word & !self.word(at) == 0)
    }

    /// Takes the rows of the other set out.
    pub(crate) fn remove(&mut self, other: &Self) {
        for (word, gone) in self.words.iter_mut().zip(&other.words) {
            *word &= !gone;
        }
    }

    /// Takes every row out.
    pub(crate) fn clear(&mut self) {
        self.words.clear();
    }

    /// The rows, lowest first.
    pub(crate) fn rows(&self) -> impl Iterator<Item = u32> {
        self.words.iter().enumerate().flat_map(|(at, word)| rows_of(at, *word))
    }
}

impl PartialEq for Ticks {
    /// The same rows, however many words were ever touched.
    fn eq(&self, other: &Self) -> bool {
        (0..self.words.len().max(other.words.len())).all(|at| self.word(at) == other.word(at))
    }
}

impl Eq for Ticks {}

impl FromIterator<u32> for Ticks {
    fn from_iter<T: IntoIterator<Item = u32>>(rows: T) -> Self {
        let mut ticks = Self::default();
        for row in rows {
            ticks.put(row, true);
        }
        ticks
    }
}

/// The rows of one word, lowest first.
pub(crate) fn rows_of(at: usize, word: u64) -> impl Iterator<Item = u32> {
    let base = u32::try_from(at).unwrap_or(u32::MAX).saturating_mul(64);
    std::iter::successors((word != 0).then_some(word), |left| {
        let left = left & (left - 1);
        (left != 0).then_some(left)
    })
    .map(move |left| base + left.trailing_zeros())
}

/// Word and bit of a row.
const fn split(row: u32) -> (usize, u32) {
    ((row / 64) as usize, row % 64)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set(steps in proptest::collection::vec((0_u32..400, any::<bool>()), 0..200)) {
            let (mut ticks, mut model) = (Ticks::default(), BTreeSet::new());
            for (row, is_in) in steps {
                ticks.put(row, is_in);
                if is_in { model.insert(row); } else { model.remove(&row); }
                prop_assert_eq!(ticks.has(row), is_in);
            }
            prop_assert!(ticks.rows().eq(model.iter().copied()));
            prop_assert_eq!(ticks.rows().count(), model.len());
            prop_assert_eq!(model.into_iter().collect::<Ticks>(), ticks);
        }
    }
}
