//! What the last look at an organisation's consent saw, and the customers who are asked to accept again.

use super::{
    super::tx::{Column, Columns, Row, Tx, Value, values},
    By,
};
use crate::domain::{
    consent::{CustomerConsent, Renewal, Seen, Sight},
    failure::Failure,
    id::{CustomerId, TenantId},
    text::Text,
    time::Moment,
};

impl Columns for CustomerConsent {
    /// Reads all but the relationship, which is of another table.
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(Self {
            customer: row.read()?,
            tenant: row.read()?,
            run: row.read()?,
            administrator: row.read()?,
            consent: row.read()?,
            seen: row.read()?,
            renewal: row.read()?,
            relationship: None,
        })
    }
}

/// Names with blanks between them.
impl Column for Vec<Text> {
    fn of(value: Value<'_>) -> Option<Self> {
        String::of(value).map(|names| names.split_whitespace().map(Text::clean).collect())
    }
}

/// As they are kept.
fn joined(names: &[Text]) -> String {
    names.iter().map(Text::as_str).collect::<Vec<_>>().join(" ")
}

impl Columns for Option<Seen> {
    /// Reads when it was, what it saw, and the names; none before the first look.
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let (at, word): (Option<Moment>, Option<String>) = row.read()?;
        let sight = match word.as_deref() {
            None => None,
            Some("granted") => Some(Sight::Granted(Vec::new())),
            Some("unknown") => Some(Sight::Unknown),
            Some("off") => Some(Sight::Off),
            Some("gone") => Some(Sight::Gone),
            Some("elsewhere") => Some(Sight::Elsewhere),
            Some(_) => return Err(row.unreadable()),
        };
        let names: Option<Vec<Text>> = row.read()?;
        let sight = match sight {
            Some(Sight::Granted(_)) => Some(Sight::Granted(names.unwrap_or_default())),
            other => other,
        };
        Ok(at.zip(sight).map(|(at, sight)| Seen { at, sight }))
    }
}

impl Columns for Option<Renewal> {
    /// Reads what was asked for, and when what was done; none where nobody was asked.
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let asked: Option<Vec<Text>> = row.read()?;
        let (sent, sent_by): (Option<Moment>, Option<Text>) = row.read()?;
        let (reminded, (reminded_by, accepted)) = row.read()?;
        let sent = asked.zip(sent).zip(sent_by);
        let renewal =
            |((asked, sent), sent_by)| Renewal { asked, sent, sent_by, reminded, reminded_by, accepted };
        Ok(sent.map(renewal))
    }
}

/// What is on record of the consent of every open customer who has bought Office 365, or of one, by name. The organisation
/// is the one that was enabled, else the one on record, else that of the newest run.
pub(crate) fn all(tx: &Tx<'_>, only: Option<CustomerId>) -> Result<Vec<CustomerConsent>, Failure> {
    tx.query(
        "SELECT c.id, c.reference, c.name, c.is_active, t.tenant,
                (SELECT id FROM run WHERE customer = c.id AND tenant = t.tenant ORDER BY touched DESC, id LIMIT 1),
                k.administrator, k.since, k.proved, k.trouble, k.looked, k.seen, k.granted,
                n.asked, n.sent, n.sent_by, n.reminded, n.reminded_by, n.accepted
           FROM (SELECT p.customer,
                        coalesce(e.tenant, o.tenant,
                                 (SELECT tenant FROM run WHERE customer = o.id AND tenant IS NOT NULL
                                   ORDER BY touched DESC, id LIMIT 1)) AS tenant
                   FROM customer_product p JOIN customer o ON o.id = p.customer
                   LEFT JOIN enablement e ON e.customer = p.customer AND e.product = p.product
                  WHERE p.product = 'office365' AND p.customer = coalesce(?1, p.customer)) t
           JOIN customer c ON c.id = t.customer
           LEFT JOIN consent k ON k.tenant = t.tenant
           LEFT JOIN renewal n ON n.customer = c.id AND n.tenant = t.tenant
          WHERE c.is_active
          ORDER BY c.name COLLATE NOCASE, c.id",
        values![only],
    )
}

/// What the last look at a tenant saw.
pub(crate) fn seen(tx: &Tx<'_>, tenant: TenantId) -> Result<Option<Seen>, Failure> {
    let found: Option<Option<Seen>> =
        tx.one("SELECT looked, seen, granted FROM consent WHERE tenant = ?1", values![tenant])?;
    Ok(found.flatten())
}

/// Keeps what a look saw.
pub(crate) fn keep_seen(tx: &Tx<'_>, tenant: TenantId, seen: &Seen) -> Result<(), Failure> {
    let (word, names) = match &seen.sight {
        Sight::Granted(names) => ("granted", Some(joined(names))),
        Sight::Unknown => ("unknown", None),
        Sight::Off => ("off", None),
        Sight::Gone => ("gone", None),
        Sight::Elsewhere => ("elsewhere", None),
    };
    tx.write(
        "INSERT INTO consent (tenant, looked, seen, granted) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tenant) DO UPDATE SET looked = excluded.looked, seen = excluded.seen, granted = excluded.granted",
        values![tenant, seen.at, word, names.as_ref()],
    )
}

/// Those of a tenant that have not been accepted yet, with their customers.
pub(crate) fn open(tx: &Tx<'_>, tenant: TenantId) -> Result<Vec<(CustomerId, Option<Renewal>)>, Failure> {
    tx.query(
        "SELECT customer, asked, sent, sent_by, reminded, reminded_by, accepted FROM renewal
          WHERE tenant = ?1 AND accepted IS NULL ORDER BY customer",
        values![tenant],
    )
}

/// Keeps that a customer was sent the link for these permissions, in place of what was asked for before.
pub(crate) fn send(
    tx: &Tx<'_>,
    (customer, tenant): (CustomerId, TenantId),
    asked: &[Text],
    (sent_by, now): By<'_>,
) -> Result<(), Failure> {
    let asked = joined(asked);
    tx.write(
        "INSERT INTO renewal (customer, tenant, asked, sent, sent_by) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (customer) DO UPDATE SET tenant = excluded.tenant, asked = excluded.asked, sent = excluded.sent,
                sent_by = excluded.sent_by, reminded = NULL, reminded_by = NULL, accepted = NULL",
        values![customer, tenant, &asked, now, sent_by],
    )
}

/// Keeps that a customer was reminded.
pub(crate) fn remind(tx: &Tx<'_>, customer: CustomerId, (reminded_by, now): By<'_>) -> Result<(), Failure> {
    tx.write(
        "UPDATE renewal SET reminded = ?2, reminded_by = ?3 WHERE customer = ?1",
        values![customer, now, reminded_by],
    )
}

/// Keeps that a customer has accepted.
pub(crate) fn accept(tx: &Tx<'_>, customer: CustomerId, now: Moment) -> Result<(), Failure> {
    tx.write("UPDATE renewal SET accepted = ?2 WHERE customer = ?1", values![customer, now])
}
