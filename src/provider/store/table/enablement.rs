//! What was enabled, for which organisation or server, by whom and when.

use super::{
    super::tx::{Columns, Row, Tx, values},
    By, Key, ORGANISATION,
};
use crate::domain::{failure::Failure, id::RunId, tenant::Organisation, text::Text, time::Moment};

/// What *Enable* named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EnabledFor {
    /// A Microsoft 365 organisation.
    Organisation(Organisation),
    /// The server of a hosted product.
    Server(Text),
}

impl Columns for EnabledFor {
    /// Reads [`ORGANISATION`] and the server: one of them is there.
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        match row.read()? {
            (Some(found), None::<Text>) => Ok(Self::Organisation(found)),
            (_, Some(server)) => Ok(Self::Server(server)),
            (None, None) => Err(row.unreadable()),
        }
    }
}

/// What was enabled, by whom and when.
type Enabled = (EnabledFor, (Text, Moment));

/// What was enabled for a customer and product, by whom and when.
pub(crate) fn find(tx: &Tx<'_>, key: Key) -> Result<Option<Enabled>, Failure> {
    tx.one(
        &format!(
            "SELECT {ORGANISATION}, server, operator, at FROM enablement WHERE customer = ?1 AND product = ?2"
        ),
        values![key.0, key.1],
    )
}

/// The organisation that was enabled for a customer and product.
pub(crate) fn organisation_of(tx: &Tx<'_>, key: Key) -> Result<Option<Organisation>, Failure> {
    Ok(match find(tx, key)? {
        Some((EnabledFor::Organisation(found), _)) => Some(found),
        _ => None,
    })
}

/// Keeps what is enabled; true when it is new or names another server, or the organisation by other words, than before.
/// Operator and time stay those of the first time.
pub(crate) fn keep(
    tx: &Tx<'_>,
    (customer, product): Key,
    target: &EnabledFor,
    run: &RunId,
    (operator, now): By<'_>,
) -> Result<bool, Failure> {
    let (found, server) = match target {
        EnabledFor::Organisation(found) => (Some(found), None),
        EnabledFor::Server(server) => (None, Some(server)),
    };
    let (name, domain, region) = (
        found.and_then(|found| found.name.as_ref()),
        found.and_then(|found| found.domain.as_ref()),
        found.and_then(|found| found.region.as_ref()),
    );
    let tenant = found.map(|found| found.tenant);
    let changed = tx.execute(
        "INSERT INTO enablement (customer, product, tenant, tenant_name, tenant_domain, tenant_region, server, operator,
                at, run)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (customer, product) DO UPDATE SET tenant_name = excluded.tenant_name,
                tenant_domain = excluded.tenant_domain, tenant_region = excluded.tenant_region, server = excluded.server
          WHERE EXISTS (SELECT enablement.server, enablement.tenant_name, enablement.tenant_domain,
                               enablement.tenant_region
                        EXCEPT SELECT excluded.server, excluded.tenant_name, excluded.tenant_domain,
                               excluded.tenant_region)",
        values![customer, product, tenant, name, domain, region, server, operator, now, run],
    )?;
    Ok(changed > 0)
}

/// Takes it back.
pub(crate) fn forget(tx: &Tx<'_>, (customer, product): Key) -> Result<(), Failure> {
    tx.write("DELETE FROM enablement WHERE customer = ?1 AND product = ?2", values![customer, product])
}
