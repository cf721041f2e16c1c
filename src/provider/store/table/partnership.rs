//! How Microsoft lists the partner's customers, by tenant.

use super::super::tx::{Column, Tx, Value, columns, values};
use crate::domain::{
    failure::Failure,
    id::TenantId,
    partner_list::{Origin, Partnership},
    time::Moment,
};

impl Column for Origin {
    fn of(value: Value<'_>) -> Option<Self> {
        Self::from_word(&String::of(value)?)
    }
}

columns! { Partnership { tenant, name, origin, ends, gone } }

/// All of them, those that are gone, too.
pub(crate) fn all(tx: &Tx<'_>) -> Result<Vec<Partnership>, Failure> {
    tx.query("SELECT tenant, name, origin, ends, gone FROM partnership", values![])
}

/// That of a tenant.
pub(crate) fn find(tx: &Tx<'_>, tenant: TenantId) -> Result<Option<Partnership>, Failure> {
    tx.one("SELECT tenant, name, origin, ends, gone FROM partnership WHERE tenant = ?1", values![tenant])
}

/// Keeps one in place of what was there.
pub(crate) fn keep(tx: &Tx<'_>, listed: &Partnership) -> Result<(), Failure> {
    let Partnership { tenant, name, origin, ends, gone } = listed;
    tx.write(
        "INSERT INTO partnership (tenant, name, origin, ends, gone) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (tenant) DO UPDATE SET name = excluded.name, origin = excluded.origin, ends = excluded.ends,
             gone = excluded.gone",
        values![*tenant, name, origin.word(), *ends, *gone],
    )
}

/// Notes since when one stands in no list.
pub(crate) fn is_gone(tx: &Tx<'_>, tenant: TenantId, since: Moment) -> Result<(), Failure> {
    tx.write("UPDATE partnership SET gone = ?2 WHERE tenant = ?1", values![tenant, since])
}
