//! Results of a bulk write as rows: which user, and what became of them.

use crate::{
    domain::{
        phrase::{Phrase, phrase},
        protection::{SeatOutcome, SeatResult},
        receipt::result_words,
    },
    wizard::{
        answer::RowId,
        view::{Cell, Cells, Column, Mark, Row, Rows, Tone},
    },
};

/// The columns of results, most important first.
pub(crate) const COLUMNS: &[Column] = &[Column::Name, Column::Result, Column::Address];

/// Results in the order in which they are shown.
#[derive(Debug, Default)]
pub(crate) struct Results {
    results: Vec<SeatResult>,
    generation: u64,
}

impl Results {
    /// These results.
    pub(crate) const fn of(results: Vec<SeatResult>) -> Self {
        Self { results, generation: 0 }
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[SeatResult] {
        &self.results
    }

    /// More results.
    pub(crate) fn extend(&mut self, more: Vec<SeatResult>) {
        self.results.extend(more);
        self.generation += 1;
    }

    /// Those that did not go well come first.
    pub(crate) fn sort(&mut self) {
        self.results.sort_by_key(|result| standing(&result.outcome).0);
        self.generation += 1;
    }
}

impl Rows for Results {
    fn len(&self) -> usize {
        self.results.len()
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        self.results.get(at).map(row)
    }

    fn id(&self, at: usize) -> Option<RowId> {
        Some(RowId::User(self.results.get(at)?.user.id))
    }

    fn at(&self, id: &RowId) -> Option<usize> {
        self.results.iter().position(|result| RowId::User(result.user.id) == *id)
    }

    fn generation(&self) -> u64 {
        self.generation
    }

    /// All of the row: a reason may be longer than its column.
    fn details(&self, at: usize) -> Option<Phrase> {
        let SeatResult { user, outcome } = self.results.get(at)?;
        Some(phrase![&user.name, " · ", &user.address, ": ", result_words(outcome)])
    }
}

fn row(result: &SeatResult) -> Row<'_> {
    let outcome = &result.outcome;
    let (_, mark, tone) = standing(outcome);
    let cells = Cells::default()
        .with(Column::Name, Cell::Words(result.user.name.shown()))
        .with(Column::Address, Cell::Words(result.user.address.shown()))
        .with(Column::Result, Cell::Toned(tone, result_words(outcome)));
    Row { mark, cells, is_quiet: false, is_news: false, is_excluded: *outcome == SeatOutcome::Excluded }
}

/// Where a result stands, its mark and how grave it is: those that did not go well come first.
const fn standing(outcome: &SeatOutcome) -> (u8, Mark, Tone) {
    match outcome {
        SeatOutcome::Failed(_) => (0, Mark::Problem, Tone::Bad),
        SeatOutcome::NoSeat => (1, Mark::Problem, Tone::Warn),
        SeatOutcome::Excluded => (2, Mark::Excluded, Tone::Warn),
        SeatOutcome::Stopped => (3, Mark::Off, Tone::Warn),
        SeatOutcome::AlreadyOn => (4, Mark::On, Tone::Good),
        SeatOutcome::TurnedOn => (5, Mark::On, Tone::Good),
        SeatOutcome::TurnedOff => (5, Mark::Off, Tone::Good),
    }
}

/// Whether what was wanted is true now.
pub(crate) const fn is_good(outcome: &SeatOutcome) -> bool {
    matches!(standing(outcome).2, Tone::Good)
}
