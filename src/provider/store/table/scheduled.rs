//! Users whom Enable Auto still owes: told or promised to be turned on, and not on yet.

use super::{
    super::tx::{Insert, Tx, row, values},
    Key,
};
use crate::domain::{failure::Failure, id::UserId, text::Text};

/// All of a customer and product who are neither on nor excluded.
pub(crate) fn all(tx: &Tx<'_>, (customer, product): Key) -> Result<Vec<(UserId, Text)>, Failure> {
    tx.query(
        r#"SELECT p."user", p.address FROM scheduled p
            WHERE p.customer = ?1 AND p.product = ?2
              AND NOT EXISTS (SELECT 1 FROM seat s WHERE s.customer = ?1 AND s.product = ?2 AND s."user" = p."user"
                                                     AND s.state = 'on')
              AND NOT EXISTS (SELECT 1 FROM exclusion e WHERE e.customer = ?1 AND e.product = ?2
                                                          AND e."user" = p."user")
            ORDER BY p."user""#,
        values![customer, product],
    )
}

/// Adds users; one who is there already keeps the newer address.
pub(crate) fn add<'a>(
    tx: &Tx<'_>,
    (customer, product): Key,
    users: impl Iterator<Item = (&'a UserId, &'a Text)>,
) -> Result<(), Failure> {
    tx.insert_each(&OWED, users.map(|(user, address)| row![customer, product, user, address]))
}

/// A user who is owed, by customer, product and user.
const OWED: Insert = Insert {
    into: r#"scheduled (customer, product, "user", address)"#,
    values: "?1, ?2, ?3, ?4",
    or: r#"ON CONFLICT (customer, product, "user") DO UPDATE SET address = excluded.address"#,
    key: 3,
};

/// Forgets those who are on by now.
pub(crate) fn settle(tx: &Tx<'_>, (customer, product): Key) -> Result<(), Failure> {
    tx.write(
        r#"DELETE FROM scheduled
            WHERE customer = ?1 AND product = ?2
              AND EXISTS (SELECT 1 FROM seat s WHERE s.customer = ?1 AND s.product = ?2
                                                 AND s."user" = scheduled."user" AND s.state = 'on')"#,
        values![customer, product],
    )
}

/// Forgets all of them.
pub(crate) fn forget(tx: &Tx<'_>, (customer, product): Key) -> Result<(), Failure> {
    tx.write("DELETE FROM scheduled WHERE customer = ?1 AND product = ?2", values![customer, product])
}
