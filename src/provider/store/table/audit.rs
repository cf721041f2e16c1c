//! Who did what: rows that are only ever added, each carrying the hash of the one before.
//!
//! The chain shows a row that was changed, removed or put in afterwards. It guards against mistakes and single edits,
//! not against someone who can open the file and writes the whole chain anew.

use sha2::{Digest, Sha256};

use super::super::tx::{Columns, Row, Tx, Value, values};
use crate::domain::{
    failure::Failure,
    id::{CustomerId, RunId},
    run::AuditEntry,
    text::{MAX_BYTES, Text},
    time::Moment,
};

/// The `before` of the first row.
const START: [u8; 32] = [0; 32];

/// Begins the first row of every run.
pub(crate) const OPENED: &str = "opened the run";

/// What a new row says.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    /// When.
    pub(crate) at: Moment,
    /// Who.
    pub(crate) operator: Text,
    /// On which computer.
    pub(crate) host: Text,
    /// In which run.
    pub(crate) run: Option<RunId>,
    /// For which customer.
    pub(crate) customer: Option<CustomerId>,
    /// What, in words, without secrets.
    pub(crate) what: String,
}

/// Adds rows at the end of the chain, and counts them. The last that a transaction does: until it is over no other adds any,
/// on whichever computer, so that the row before is known.
pub(crate) fn add(tx: &Tx<'_>, notes: &[Note]) -> Result<(), Failure> {
    if notes.is_empty() {
        return Ok(());
    }
    tx.stand_in_line()?;
    let (mut id, mut before) = last(tx)?.unwrap_or((0, START));
    for Note { at, operator, host, run, customer, what } in notes {
        let (run, what) = (run.as_ref(), what.as_str());
        id += 1;
        let hash = hash(&before, values![id, *at, operator, host, run, *customer, what]);
        tx.write(
            "INSERT INTO audit (id, at, operator, host, run, customer, what, before, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            values![id, *at, operator, host, run, *customer, what, &before, &hash],
        )?;
        before = hash;
    }
    tx.has_added(id, before);
    // Added to, so that a chain that was cut off and goes on is missed as well.
    let added = i64::try_from(notes.len()).unwrap_or(i64::MAX);
    tx.write("UPDATE audit_count SET entries = entries + ?1", values![added])
}

/// Number and hash of the last row.
pub(crate) fn last(tx: &Tx<'_>) -> Result<Option<(i64, [u8; 32])>, Failure> {
    tx.one("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1", values![])
}

impl Columns for AuditEntry {
    /// Reads all but the operator's computer; of the hash, its beginning.
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let (at, (by, (what, [a, b, c, d, ..]))) = row.read::<(_, (_, (String, [u8; 32])))>()?;
        let hash = Text::of(format_args!("{a:02x}{b:02x}{c:02x}{d:02x}"));
        Ok(Self { at, by, what: shown(&what), hash })
    }
}

/// Between two users whom an entry names.
const BETWEEN: &str = ">, ";

/// Room for " and 500,000 more".
const MORE: usize = 24;

/// What an entry says, as it is shown: of many users the first ones by name, and how many more the record names.
fn shown(what: &str) -> Text {
    let head = what.get(..what.floor_char_boundary(MAX_BYTES - MORE)).unwrap_or_default();
    let Some(end) = head.rfind(BETWEEN).filter(|_| what.len() > MAX_BYTES) else { return Text::clean(what) };
    let (named, rest) = what.split_at_checked(end + 1).unwrap_or((what, ""));
    let unnamed = rest.rsplit_once(" and ").and_then(|(_, more)| more.strip_suffix(" more"));
    let unnamed: usize = unnamed.and_then(|count| count.parse().ok()).unwrap_or(0);
    // The last one of them has none behind it.
    Text::of(format_args!("{named} and {} more", rest.matches(BETWEEN).count() + 1 + unnamed))
}

/// The rows of one run, oldest first.
pub(crate) fn of_run(tx: &Tx<'_>, run: &RunId) -> Result<Vec<AuditEntry>, Failure> {
    tx.query("SELECT at, operator, what, hash FROM audit WHERE run = ?1 ORDER BY id", values![run])
}

/// The rows of one customer, in runs and outside them, oldest first. Cost: a look at each row on record.
pub(crate) fn of_customer(
    tx: &Tx<'_>,
    customer: CustomerId,
) -> Result<Vec<(Option<RunId>, AuditEntry)>, Failure> {
    tx.query(
        "SELECT run, at, operator, what, hash FROM audit WHERE customer = ?1 ORDER BY id",
        values![customer],
    )
}

/// What the last row of a run says.
pub(crate) fn last_of_run(tx: &Tx<'_>, run: &RunId) -> Result<Option<Text>, Failure> {
    tx.one("SELECT what FROM audit WHERE run = ?1 ORDER BY id DESC LIMIT 1", values![run])
}

/// The latest moment of an entry beyond one, if there is one. Cost: one look into an index, however long the history is: each
/// board asks for it.
pub(crate) fn latest_beyond(tx: &Tx<'_>, moment: Moment) -> Result<Option<Moment>, Failure> {
    tx.only("SELECT max(at) FROM audit WHERE at > ?1", values![moment])
}

/// Whether every row of the whole audit is there and fits the one before. Cost: one hash per row on record.
pub(crate) fn is_whole(tx: &Tx<'_>) -> Result<bool, Failure> {
    let (mut count, mut before, mut fits) = (0_i64, START, true);
    tx.walk(
        "SELECT id, at, operator, host, run, customer, what, before, hash FROM audit ORDER BY id",
        values![],
        |row| {
            count += 1;
            let mut fields: [Value<'_>; 7] = [const { Value::Null }; 7];
            for field in &mut fields {
                *field = row.value()?;
            }
            let (linked, own): ([u8; 32], [u8; 32]) = row.read()?;
            let [id, ..] = &fields;
            fits = *id == Value::Number(count) && linked == before && hash(&before, &fields) == own;
            before = own;
            Ok(fits)
        },
    )?;
    // Rows cut off at the end are missed by nothing but the count.
    let entries: Option<i64> = tx.one("SELECT entries FROM audit_count", values![])?;
    Ok(fits && entries == Some(count))
}

/// SHA-256 over the hash before and every field, each with its length in front so that none can run into the next.
fn hash(before: &[u8; 32], fields: &[Value<'_>]) -> [u8; 32] {
    let mut digest = Sha256::new();
    let mut add = |bytes: Option<&[u8]>| match bytes {
        Some(bytes) => {
            digest.update([1]);
            digest.update((bytes.len() as u64).to_be_bytes());
            digest.update(bytes);
        }
        None => digest.update([0]),
    };
    add(Some(before));
    for field in fields {
        match field {
            Value::Null => add(None),
            Value::Truth(is_true) => add(Some(&[u8::from(*is_true)])),
            Value::Number(number) => add(Some(&number.to_be_bytes())),
            Value::Words(words) => add(Some(words.as_bytes())),
            Value::Bytes(bytes) => add(Some(bytes)),
        }
    }
    digest.finalize().into()
}
