//! Who asked last for a run that somebody else had, and what came of it: a row each.

use super::super::tx::{Column, Tx, Value, columns, values};
use crate::domain::{
    failure::Failure,
    held_by::{RunAnswer, RunRequest},
    id::RunId,
    time::Moment,
};

impl Column for RunAnswer {
    fn of(value: Value<'_>) -> Option<Self> {
        if let Value::Words(word) = value { Self::from_word(&word) } else { None }
    }
}

columns! { RunRequest { number, by, host, at, answer, answered } }

/// Who asked last for a run.
pub(crate) fn find(tx: &Tx<'_>, run: &RunId) -> Result<Option<RunRequest>, Failure> {
    tx.one("SELECT number, operator, host, at, answer, answered FROM takeover WHERE run = ?1", values![run])
}

/// Puts a request in the place of the last one.
pub(crate) fn ask(tx: &Tx<'_>, run: &RunId, asked: &RunRequest) -> Result<(), Failure> {
    let RunRequest { number, by, host, at, .. } = asked;
    tx.write(
        "INSERT INTO takeover (run, number, operator, host, at, answer) VALUES (?1, ?2, ?3, ?4, ?5, NULL)
         ON CONFLICT (run) DO UPDATE SET number = excluded.number, operator = excluded.operator,
            host = excluded.host, at = excluded.at, answer = NULL, answered = NULL",
        values![run, *number, by, host, *at],
    )
}

/// Answers this very request now; false where it was answered already, or another one has come.
pub(crate) fn answer(
    tx: &Tx<'_>,
    run: &RunId,
    asked: &RunRequest,
    (answer, now): (RunAnswer, Moment),
) -> Result<bool, Failure> {
    let RunRequest { number, by, host, at, .. } = asked;
    let answered = tx.execute(
        "UPDATE takeover SET answer = ?2, answered = ?7
          WHERE run = ?1 AND number = ?3 AND operator = ?4 AND host = ?5 AND at = ?6 AND answer IS NULL",
        values![run, answer.word(), *number, by, host, *at, now],
    )?;
    Ok(answered > 0)
}
