//! Whom a run chose, once per user, and what its last write said of them. What is true now is told by the seats.

use std::collections::BTreeMap;

use super::{
    super::tx::{Columns, Insert, Row, Tx, row, values},
    Key, of_one,
};
use crate::domain::{
    failure::Failure,
    id::{CustomerId, RunId, UserId},
    protection::{Chosen, SeatOutcome, SeatResult},
    run::RunDone,
    text::Text,
};

/// Keeps whom a run chose and what became of them; no outcome: still to be done.
///
/// A user who is on because of this run stays "turned on" however often the batch is repeated.
pub(crate) fn keep<'a>(
    tx: &Tx<'_>,
    run: &'a RunId,
    users: impl Iterator<Item = (&'a Chosen, Option<&'a SeatOutcome>)>,
) -> Result<(), Failure> {
    tx.insert_each(
        &CHOSEN,
        users.map(|(Chosen { id, address, name, kind }, outcome)| {
            let (word, detail) = outcome.map(outcome_words).unzip();
            row![run, id, address, name, *kind, word, detail.flatten()]
        }),
    )
}

/// A user whom a run chose, by run and id.
const CHOSEN: Insert = Insert {
    into: r#"chosen (run, "user", address, name, kind, outcome, detail)"#,
    values: "?1, ?2, ?3, ?4, ?5, ?6, ?7",
    or: r#"ON CONFLICT (run, "user") DO UPDATE SET detail = excluded.detail, address = excluded.address,
                  name = excluded.name, kind = excluded.kind,
                  outcome = CASE WHEN excluded.outcome = 'already_on' AND EXISTS (
                      SELECT 1 FROM run r JOIN seat s USING (customer, product)
                       WHERE r.id = excluded.run AND s.user = excluded.user AND s.state = 'on'
                         AND s.run = excluded.run)
                    THEN 'turned_on' ELSE excluded.outcome END"#,
    key: 2,
};

/// The word and the reason that are kept of an outcome.
fn outcome_words(outcome: &SeatOutcome) -> (&'static str, Option<&Text>) {
    match outcome {
        SeatOutcome::TurnedOn => ("turned_on", None),
        SeatOutcome::AlreadyOn => ("already_on", None),
        SeatOutcome::TurnedOff => ("turned_off", None),
        SeatOutcome::Excluded => ("excluded", None),
        SeatOutcome::NoSeat => ("no_seat", None),
        SeatOutcome::Failed(why) => ("failed", Some(why)),
        SeatOutcome::Stopped => ("stopped", None),
    }
}

/// Keeps users who are still to be done as not tried; answers how many.
pub(crate) fn stop(tx: &Tx<'_>, run: &RunId) -> Result<usize, Failure> {
    tx.execute("UPDATE chosen SET outcome = 'stopped' WHERE run = ?1 AND outcome IS NULL", values![run])
}

/// Whether somebody is still to be done.
pub(crate) fn is_any_left(tx: &Tx<'_>, run: &RunId) -> Result<bool, Failure> {
    tx.only("SELECT EXISTS (SELECT 1 FROM chosen WHERE run = ?1 AND outcome IS NULL)", values![run])
}

/// Users who are still to be done, in the order in which they were confirmed. Only an open Apply has any: without one, the
/// rows of half a million who were done are not looked at.
pub(crate) fn left(tx: &Tx<'_>, run: &RunId) -> Result<Vec<Chosen>, Failure> {
    tx.query(
        r#"SELECT "user", address, name, kind FROM chosen
            WHERE run = ?1 AND outcome IS NULL
              AND EXISTS (SELECT 1 FROM apply WHERE run = ?1 AND ended IS NULL)
            ORDER BY id"#,
        values![run],
    )
}

impl Columns for RunDone {
    /// Reads three counts.
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let (turned_on, failed, turned_off) = (row.read()?, row.read()?, row.read()?);
        Ok(Self { turned_on, failed, turned_off, ..Self::default() })
    }
}

/// What a run has done so far, counted from the seats as they are now. Rules and lists are left empty.
pub(crate) fn done(tx: &Tx<'_>, run: &RunId, (customer, product): Key) -> Result<RunDone, Failure> {
    tx.only(
        "SELECT count(*) FILTER (WHERE c.outcome = 'turned_on' AND s.state = 'on' AND s.run = c.run),
                count(*) FILTER (WHERE c.outcome IN ('excluded', 'no_seat', 'failed', 'stopped')
                                   AND coalesce(s.state, 'off') <> 'on'),
                count(*) FILTER (WHERE c.outcome = 'turned_off' AND s.state = 'off')
           FROM chosen c LEFT JOIN seat s ON s.customer = ?2 AND s.product = ?3 AND s.user = c.user
          WHERE c.run = ?1",
        values![run, customer, product],
    )
}

/// How many users whom a run chose are on because of it.
pub(crate) fn count_on(tx: &Tx<'_>, run: &RunId, (customer, product): Key) -> Result<u32, Failure> {
    tx.only(
        "SELECT count(*) FROM chosen c JOIN seat s ON s.customer = ?2 AND s.product = ?3 AND s.user = c.user
          WHERE c.run = ?1 AND s.run = ?1 AND s.state = 'on'",
        values![run, customer, product],
    )
}

impl Columns for SeatResult {
    /// Reads the user; what the run's last write said (none: still to be done) and why; whether the seat is active now,
    /// and because of this run. What is true now is told in the words of an outcome.
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let user = row.read()?;
        let (said, why): (Option<Text>, Option<Text>) = row.read()?;
        let outcome = match (row.read()?, row.read()?, said.as_ref().map(Text::as_str)) {
            (true, true, _) => SeatOutcome::TurnedOn,
            (true, false, _) => SeatOutcome::AlreadyOn,
            (false, _, Some("turned_on" | "already_on" | "turned_off")) => SeatOutcome::TurnedOff,
            (false, _, Some("excluded")) => SeatOutcome::Excluded,
            (false, _, Some("no_seat")) => SeatOutcome::NoSeat,
            (false, _, Some("failed")) => SeatOutcome::Failed(why.unwrap_or_default()),
            (false, _, _) => SeatOutcome::Stopped,
        };
        Ok(Self { user, outcome })
    }
}

/// Users whom a run chose and what is true of them now, in the order in which they were chosen first.
pub(crate) fn results(tx: &Tx<'_>, run: &RunId, key: Key) -> Result<Vec<SeatResult>, Failure> {
    tx.query(
        "SELECT c.user, c.address, c.name, c.kind, c.outcome, c.detail, coalesce(s.state = 'on', false),
                coalesce(s.run = c.run, false)
           FROM chosen c LEFT JOIN seat s ON s.customer = ?2 AND s.product = ?3 AND s.user = c.user
          WHERE c.run = ?1 ORDER BY c.id",
        values![run, key.0, key.1],
    )
}

/// The same of the newest other run of the product that chose users to be turned on; nothing, where there is none.
pub(crate) fn earlier(tx: &Tx<'_>, run: &RunId, key: Key) -> Result<Vec<SeatResult>, Failure> {
    let newest: Option<RunId> = tx.one(
        "SELECT r.id FROM run r
          WHERE r.customer = ?1 AND r.product = ?2 AND r.id <> ?3 AND r.opened <= (SELECT opened FROM run WHERE id = ?3)
            AND EXISTS (SELECT 1 FROM chosen WHERE run = r.id AND coalesce(outcome, '') <> 'turned_off')
          ORDER BY r.opened DESC LIMIT 1",
        values![key.0, key.1, run],
    )?;
    newest.map_or_else(|| Ok(Vec::new()), |newest| results(tx, &newest, key))
}

/// Whether an Apply of that run left the user off, of each of these in their order.
pub(crate) fn are_left_off<'u>(
    tx: &Tx<'_>,
    users: impl IntoIterator<Item = (&'u RunId, &'u UserId)>,
) -> Result<Vec<bool>, Failure> {
    let found: Vec<Option<i64>> = tx.one_of_each(
        r#"SELECT 1 FROM chosen WHERE run = ?1 AND "user" = ?2
              AND outcome IN ('excluded', 'no_seat', 'failed', 'stopped')"#,
        users.into_iter().map(|(run, user)| row![run, user]),
    )?;
    Ok(found.iter().map(Option::is_some).collect())
}

/// Users whom the newest run with an Apply chose and who are neither protected nor scheduled, by the rule of the
/// receipt: a user who was excluded then stays off whatever Enable Auto does, and one who was excluded since is not wanted
/// any more; what is still to be completed counts elsewhere. Where a rule is on, only the excluded are looked up:
/// everybody else is scheduled. With `only`, of that customer.
pub(crate) fn missed(tx: &Tx<'_>, only: Option<CustomerId>) -> Result<BTreeMap<Key, u32>, Failure> {
    let (is_asked, values) = of_one("r.customer", only);
    tx.query(
        &format!(
            "WITH newest AS MATERIALIZED (
           SELECT ranked.id, ranked.customer, ranked.product FROM (
             SELECT r.id, r.customer, r.product,
                    row_number() OVER (PARTITION BY r.customer, r.product ORDER BY r.opened DESC) AS place
               FROM run r WHERE {is_asked}
                AND EXISTS (SELECT 1 FROM chosen WHERE run = r.id AND coalesce(outcome, '') <> 'turned_off')) AS ranked
            WHERE ranked.place = 1),
         missing AS (
           SELECT n.customer, n.product, c.user FROM newest n
            CROSS JOIN chosen c
            WHERE c.run = n.id AND c.outcome IN ('excluded', 'no_seat', 'failed', 'stopped')
              AND NOT EXISTS (SELECT 1 FROM auto_rule a WHERE a.customer = n.customer AND a.product = n.product)
              AND (c.outcome = 'excluded' OR NOT EXISTS (SELECT 1 FROM exclusion e
                    WHERE e.customer = n.customer AND e.product = n.product AND e.user = c.user))
           UNION ALL
           SELECT n.customer, n.product, c.user FROM newest n
             JOIN auto_rule a ON a.customer = n.customer AND a.product = n.product
            CROSS JOIN exclusion e
            CROSS JOIN chosen c
            WHERE e.customer = n.customer AND e.product = n.product AND c.run = n.id AND c.user = e.user
              AND c.outcome = 'excluded')
         SELECT m.customer, m.product, count(*) FROM missing m
           LEFT JOIN seat s ON s.customer = m.customer AND s.product = m.product AND s.user = m.user
          WHERE coalesce(s.state, 'off') <> 'on' GROUP BY m.customer, m.product"
        ),
        &values,
    )
}
