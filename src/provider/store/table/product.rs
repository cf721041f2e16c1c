//! What a customer bought, and the facts of that product. Active seats are counted here by the database itself.

use std::collections::BTreeMap;

use super::{
    super::tx::{Columns, Row, Tx, columns, row, values},
    Key, LIST, gaps, of_one,
};
use crate::domain::{
    customer::Product, failure::Failure, id::CustomerId, protection::AutoRule, text::Text, time::Moment,
    user::Kinds, verdict::ListSummary,
};

/// Seats of a customer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    /// Bought; none: no limit on record.
    pub(crate) limit: Option<u32>,
    /// Active seats of the product in question.
    pub(crate) here: u32,
    /// Active seats of the customer's other products.
    pub(crate) elsewhere: u32,
}

columns! { Used { limit, here, elsewhere } }

/// How many seats a customer has and uses. Cost: a few rows, whatever the number of seats.
pub(crate) fn used(tx: &Tx<'_>, (customer, product): Key) -> Result<Used, Failure> {
    tx.only(
        "SELECT (SELECT seats FROM customer WHERE id = ?1), CAST(coalesce(sum(seats_on) FILTER (WHERE product = ?2), 0) AS bigint),
                CAST(coalesce(sum(seats_on) FILTER (WHERE product <> ?2), 0) AS bigint)
           FROM customer_product WHERE customer = ?1",
        values![customer, product],
    )
}

/// What is true about one product of one customer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// Active seats.
    pub(crate) on: u32,
    /// What the last complete list came to.
    pub(crate) list: ListSummary,
    /// When there was none for the asking after that, and why.
    pub(crate) trouble: Option<(Moment, Text)>,
    /// The last finished run chose everybody.
    pub(crate) wants_all: bool,
    /// When *Enable* was pressed.
    pub(crate) enabled: Option<Moment>,
    /// What the customer must do about their consent.
    pub(crate) consent: Option<Text>,
    /// The operators' application may have been left in the organisation.
    pub(crate) has_left_behind: bool,
    /// The standing rule; left empty by [`facts`].
    pub(crate) rule: Option<AutoRule>,
}

impl Columns for Facts {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let (on, list, wants_all, enabled) = (row.read()?, row.read()?, row.read()?, row.read()?);
        let consent = row.read()?;
        let has_left_behind = row.read()?;
        let (asked, trouble): (Option<Moment>, Option<Text>) = row.read()?;
        let trouble = asked.zip(trouble);
        Ok(Self { on, list, wants_all, enabled, consent, has_left_behind, trouble, rule: None })
    }
}

/// By customer and product.
pub(crate) type AllFacts = BTreeMap<Key, Facts>;

/// What is true about every product of every customer, or of one, but for the rules.
pub(crate) fn facts(tx: &Tx<'_>, only: Option<CustomerId>) -> Result<AllFacts, Failure> {
    let (is_asked, values) = of_one("p.customer", only);
    tx.query(
        &format!(
            "SELECT p.customer, p.product, p.seats_on, {LIST}, p.wants_all, e.at, c.trouble,
                    o.tenant IS NOT NULL, p.asked, p.trouble
               FROM customer_product p JOIN customer k ON k.id = p.customer
               LEFT JOIN enablement e ON e.customer = p.customer AND e.product = p.product
               LEFT JOIN consent c ON c.tenant = coalesce(e.tenant, k.tenant) AND p.product = 'office365'
               LEFT JOIN own_right o ON o.tenant = coalesce(e.tenant, k.tenant) AND p.product = 'office365'
                    AND o.cleared IS NULL
              WHERE {is_asked}"
        ),
        &values,
    )
}

/// Adds products that the customer does not have yet.
pub(crate) fn add(tx: &Tx<'_>, customer: CustomerId, products: &[Product]) -> Result<(), Failure> {
    tx.execute_each(
        "INSERT INTO customer_product (customer, product) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        products.iter().map(|product| row![customer, *product]),
    )
    .map(drop)
}

/// Takes a product off a customer.
pub(crate) fn remove(tx: &Tx<'_>, (customer, product): Key) -> Result<(), Failure> {
    tx.write("DELETE FROM customer_product WHERE customer = ?1 AND product = ?2", values![customer, product])
}

/// Which kinds are included besides user mailboxes.
pub(crate) fn kinds(tx: &Tx<'_>, (customer, product): Key) -> Result<Kinds, Failure> {
    let kinds = tx.one(
        "SELECT kinds FROM customer_product WHERE customer = ?1 AND product = ?2",
        values![customer, product],
    )?;
    Ok(kinds.unwrap_or_default())
}

/// Keeps which kinds are included; false, when the customer does not have the product.
pub(crate) fn keep_kinds(tx: &Tx<'_>, (customer, product): Key, kinds: Kinds) -> Result<bool, Failure> {
    let changed = tx.execute(
        "UPDATE customer_product SET kinds = ?3 WHERE customer = ?1 AND product = ?2",
        values![customer, product, kinds],
    )?;
    Ok(changed > 0)
}

/// Keeps what a complete list came to, and when; what kept an earlier one from coming is answered by that.
pub(crate) fn keep_list(tx: &Tx<'_>, key: Key, list: &ListSummary, now: Moment) -> Result<(), Failure> {
    tx.write(
        "UPDATE customer_product SET listed = ?3, eligible = ?4, unchecked = ?5, problems = ?6, gaps = ?7,
                counted = ?8, asked = NULL, trouble = NULL
          WHERE customer = ?1 AND product = ?2",
        values![
            key.0,
            key.1,
            list.listed,
            list.eligible,
            list.unchecked,
            list.problems,
            &gaps(&list.gaps),
            now
        ],
    )
}

/// Keeps why there is no list for the asking; the numbers stay those of the last one.
pub(crate) fn keep_trouble(
    tx: &Tx<'_>,
    (customer, product): Key,
    trouble: &Text,
    now: Moment,
) -> Result<(), Failure> {
    tx.write(
        "UPDATE customer_product SET asked = ?3, trouble = ?4 WHERE customer = ?1 AND product = ?2",
        values![customer, product, now, trouble],
    )
}

/// Keeps what the last whole list could not see, and whom it could not protect; what kept an earlier one from coming is
/// answered by that.
pub(crate) fn keep_gaps(tx: &Tx<'_>, (customer, product): Key, list: &ListSummary) -> Result<(), Failure> {
    tx.write(
        "UPDATE customer_product SET problems = ?3, gaps = ?4, asked = NULL, trouble = NULL
          WHERE customer = ?1 AND product = ?2",
        values![customer, product, list.problems, &gaps(&list.gaps)],
    )
}

/// Forgets what the users of another organisation came to.
pub(crate) fn forget_list(tx: &Tx<'_>, (customer, product): Key) -> Result<(), Failure> {
    tx.write(
        "UPDATE customer_product SET counted = NULL, asked = NULL, trouble = NULL WHERE customer = ?1 AND product = ?2",
        values![customer, product],
    )
}

/// Keeps whether the last finished run chose everybody.
pub(crate) fn keep_wants_all(tx: &Tx<'_>, key: Key, wants_all: bool) -> Result<(), Failure> {
    tx.write(
        "UPDATE customer_product SET wants_all = ?3 WHERE customer = ?1 AND product = ?2",
        values![key.0, key.1, wants_all],
    )
}
