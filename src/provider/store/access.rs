//! How we get in: the organisation or the impersonation details of a run, the proof, and *Enable*.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    Store, customers,
    row::{ORGANISATION, organisation, parsed, text},
    runs::RunRow,
    vault::Vault,
    write::Write,
};
use crate::domain::{
    customer::{Customer, Impersonation, Listing, Product},
    failure::{Failure, FailureKind},
    id::{Address, CustomerId, RunId},
    run::RunRecord,
    secret::Secret,
    tenant::Organisation,
    text::Text,
};

/// What an enablement row names: a tenant, or the server of a hosted product.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Target {
    Tenant(Organisation),
    Server(Text),
}

/// The impersonation details of a customer, and whether their password can't be decrypted any more; the password is
/// empty then and everything else is there, so that only it has to be asked for.
pub(super) fn impersonation(
    connection: &Connection,
    vault: &Vault,
    customer: CustomerId,
) -> Result<(Option<Impersonation>, bool), Failure> {
    let found = connection
        .prepare_cached(
            "SELECT server, account, sample, domains, given, password FROM impersonation WHERE customer = ?1",
        )?
        .query_row([customer.0], |row| Ok((details(row)?, row.get::<_, Vec<u8>>(5)?)))
        .optional()?;
    let Some((mut found, sealed)) = found else { return Ok((None, false)) };
    match vault.open(&sealed) {
        Some(password) => {
            found.password = password;
            Ok((Some(found), false))
        }
        None => Ok((Some(found), true)),
    }
}

/// The details without the password.
fn details(row: &Row<'_>) -> rusqlite::Result<Impersonation> {
    let domains = list(row, 3)?.unwrap_or_default().iter().map(|domain| Text::clean(domain)).collect();
    // An address that is none any more is left out: the list is typed data, and one bad row must not lose it.
    let listing = match list(row, 4)? {
        Some(given) => {
            Listing::Given(given.iter().filter_map(|address| address.parse::<Address>().ok()).collect())
        }
        None => Listing::Directory,
    };
    let (server, account, sample) = (text(row, 0)?, text(row, 1)?, parsed(row, 2)?);
    Ok(Impersonation { server, account, password: Secret::new(String::new()), sample, domains, listing })
}

/// A JSON list of words.
fn list(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Vec<String>>> {
    let Some(json) = row.get_ref(at)?.as_str_or_null()? else { return Ok(None) };
    serde_json::from_str(json)
        .map(Some)
        .map_err(|_unreadable| super::row::wrong(at, rusqlite::types::Type::Text))
}

/// What was enabled for a customer and product, where it is an organisation.
pub(super) fn enabled_organisation(
    connection: &Connection,
    customer: CustomerId,
    product: Product,
) -> Result<Option<Organisation>, Failure> {
    let found = connection
        .prepare_cached(&format!(
            "SELECT {ORGANISATION} FROM enablement WHERE customer = ?1 AND product = ?2"
        ))?
        .query_row(params![customer.0, product.word()], |row| organisation(row, 0))
        .optional()?;
    Ok(found.flatten())
}

impl Store {
    /// Keeps the organisation that the operator confirmed or saved. It becomes the customer's tenant on record when
    /// there was none. Another tenant than before starts the proof anew; the same one only gains what is known of it.
    ///
    /// # Errors
    /// `Conflict` when Manage Protect or *Enable* names another tenant for this customer, and without the run's hold.
    pub fn save_organisation(&self, run: &RunId, found: &Organisation) -> Result<RunRecord, Failure> {
        self.write_run(run, |write, row| {
            let customer = customers::one(&write.tx, row.customer)?;
            not_another_tenant(write, row, &customer, found)?;
            let is_same = row.organisation.as_ref().is_some_and(|known| known.tenant == found.tenant);
            if !is_same {
                write.tx.execute(
                    "UPDATE run SET tenant_name = NULL, tenant_domain = NULL, tenant_region = NULL, link_shown = NULL,
                            proved = NULL, enabled = NULL WHERE id = ?1",
                    [run.letters()],
                )?;
                write.note_run(row, Text::of(format_args!("chose the organisation {}", found.tenant)))?;
            }
            keep_organisation(write, run, found)?;
            write.tx.execute(
                "UPDATE customer SET tenant = ?2 WHERE id = ?1 AND tenant IS NULL",
                params![row.customer.0, found.tenant.to_string()],
            )?;
            Ok(())
        })?;
        self.record(run)
    }

    /// Keeps the impersonation details: one set per customer, shared by both hosted products. The password is
    /// encrypted. A change of server, account or password starts the proof of runs anew that are not enabled yet.
    ///
    /// # Errors
    /// `Record`, when the key file can't be made or used; `Conflict` without the run's hold.
    pub fn save_impersonation(&self, run: &RunId, access: &Impersonation) -> Result<RunRecord, Failure> {
        self.write_run(run, |write, row| {
            let (known, is_key_lost) = impersonation(&write.tx, &self.0.vault, row.customer)?;
            if known.as_ref() == Some(access) && !is_key_lost {
                return Ok(());
            }
            let opens_the_same = !is_key_lost
                && known.is_some_and(|known| {
                    known.server == access.server
                        && known.account == access.account
                        && known.password == access.password
                });
            let sealed = self.0.vault.seal(&access.password)?;
            keep_impersonation(write, row.customer, access, &sealed)?;
            if !opens_the_same {
                write.tx.execute(
                    "UPDATE run SET proved = NULL, link_shown = NULL WHERE customer = ?1 AND product <> ?2
                        AND finished IS NULL AND enabled IS NULL",
                    params![row.customer.0, Product::Office365.word()],
                )?;
            }
            write.note_run(row, Text::of(format_args!("saved the access to {}", access.server)))
        })?;
        self.record(run)
    }

    /// Notes that the consent link was shown; the first time counts.
    ///
    /// # Errors
    /// `Conflict` without the run's hold.
    pub fn link_shown(&self, run: &RunId) -> Result<RunRecord, Failure> {
        self.write_run(run, |write, row| {
            if row.link_shown.is_some() {
                return Ok(());
            }
            write.tx.execute(
                "UPDATE run SET link_shown = ?2 WHERE id = ?1",
                params![run.letters(), write.now.as_millis()],
            )?;
            write.note_run(row, "showed the link for the customer's administrator".into())
        })?;
        self.record(run)
    }

    /// Notes that every check was good; the first time counts. What the proof says of the organisation is kept.
    ///
    /// # Errors
    /// `Conflict`, when the proof names another tenant than the run, when the run has no access to prove yet, and
    /// without the run's hold.
    pub fn save_proof(&self, run: &RunId, found: Option<&Organisation>) -> Result<RunRecord, Failure> {
        self.write_run(run, |write, row| {
            if let Some(found) = found {
                let known = row.organisation.as_ref().map(|known| known.tenant);
                if known != Some(found.tenant) {
                    return Err(Failure::new(
                        FailureKind::Conflict,
                        Text::of(format_args!(
                            "the proof names the organisation {}, which is not this run's",
                            found.tenant
                        )),
                        "Nothing was enabled. Check which organisation this run is for.",
                    ));
                }
                keep_organisation(write, run, found)?;
            }
            target(write, row)?;
            if row.proved.is_some() {
                return Ok(());
            }
            write.tx.execute(
                "UPDATE run SET proved = ?2 WHERE id = ?1",
                params![run.letters(), write.now.as_millis()],
            )?;
            write.note_run(row, "proved that the access works".into())
        })?;
        self.record(run)
    }

    /// Writes the enablement: one row per customer and product, with the tenant or server, the operator and the time.
    /// It turns nobody on.
    ///
    /// # Errors
    /// `Refused`, when the access was not proved; `Conflict`, when the product is enabled for another organisation,
    /// and without the run's hold.
    pub fn enable(&self, run: &RunId) -> Result<RunRecord, Failure> {
        self.write_run(run, |write, row| {
            if row.proved.is_none() {
                return Err(Failure::new(
                    FailureKind::Refused,
                    "the access is not proved yet, so nothing was enabled",
                    "Wait until every check is good.",
                ));
            }
            let target = target(write, row)?;
            if let Target::Tenant(found) = &target {
                let customer = customers::one(&write.tx, row.customer)?;
                not_another_tenant(write, row, &customer, found)?;
                // Proved: whatever was on record without proof gives way.
                write.tx.execute(
                    "UPDATE customer SET tenant = ?2 WHERE id = ?1",
                    params![row.customer.0, found.tenant.to_string()],
                )?;
            }
            let is_new = keep_enablement(write, row, &target)?;
            write.tx.execute(
                "UPDATE run SET enabled = coalesce(enabled, ?2) WHERE id = ?1",
                params![run.letters(), write.now.as_millis()],
            )?;
            if is_new { write.note_run(row, enabled_words(row.product, &target)) } else { Ok(()) }
        })?;
        self.record(run)
    }
}

/// The audit's words for *Enable*.
fn enabled_words(product: Product, target: &Target) -> Text {
    match target {
        Target::Tenant(found) => Text::of(format_args!("enabled {} for {}", product.name(), found.tenant)),
        Target::Server(server) => Text::of(format_args!("enabled {} at {server}", product.name())),
    }
}

/// What the run would enable.
fn target(write: &Write<'_>, row: &RunRow) -> Result<Target, Failure> {
    let found = if row.product.is_hosted() {
        write
            .tx
            .prepare_cached("SELECT server FROM impersonation WHERE customer = ?1")?
            .query_row([row.customer.0], |row| text(row, 0))
            .optional()?
            .map(Target::Server)
    } else {
        // Read again: the organisation may have been completed in this very write.
        super::runs::row(&write.tx, &row.id)?.organisation.map(Target::Tenant)
    };
    found.ok_or_else(|| {
        Failure::new(
            FailureKind::Conflict,
            "this run has no access on record yet",
            "Go back to the access step and save it.",
        )
    })
}

/// Refuses a tenant other than the one that Manage Protect or *Enable* put on record.
fn not_another_tenant(
    write: &Write<'_>,
    row: &RunRow,
    customer: &Customer,
    found: &Organisation,
) -> Result<(), Failure> {
    let managed = customer.tenant.filter(|_| customer.is_managed);
    let enabled = enabled_organisation(&write.tx, row.customer, row.product)?.map(|known| known.tenant);
    match managed.or(enabled) {
        Some(tenant) if tenant != found.tenant => Err(Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!(
                "{} has another organisation on record, ending in {}; nothing was changed",
                customer.name,
                tenant.last_four()
            )),
            "If that one is wrong, an Admin corrects it in the customer's record.",
        )),
        _ => Ok(()),
    }
}

/// Writes the organisation into the run; what is not known now keeps what was known.
fn keep_organisation(write: &Write<'_>, run: &RunId, found: &Organisation) -> Result<(), Failure> {
    write.tx.execute(
        "UPDATE run SET tenant = ?2, tenant_name = coalesce(?3, tenant_name), tenant_domain = coalesce(?4, tenant_domain),
                tenant_region = coalesce(?5, tenant_region) WHERE id = ?1",
        params![
            run.letters(),
            found.tenant.to_string(),
            found.name.as_ref().map(Text::as_str),
            found.domain.as_ref().map(Text::as_str),
            found.region.as_ref().map(Text::as_str)
        ],
    )?;
    Ok(())
}

/// Writes the impersonation details.
fn keep_impersonation(
    write: &Write<'_>,
    customer: CustomerId,
    access: &Impersonation,
    sealed: &[u8],
) -> Result<(), Failure> {
    let json = |words: Vec<&str>| serde_json::Value::from(words).to_string();
    let domains = json(access.domains.iter().map(Text::as_str).collect());
    let given = match &access.listing {
        Listing::Given(addresses) => Some(json(addresses.iter().map(Address::as_str).collect())),
        Listing::Directory => None,
    };
    write.tx.execute(
        "INSERT INTO impersonation (customer, server, account, password, sample, domains, given, saved, operator)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT DO UPDATE SET server = excluded.server, account = excluded.account,
                password = excluded.password, sample = excluded.sample, domains = excluded.domains,
                given = excluded.given, saved = excluded.saved, operator = excluded.operator",
        params![
            customer.0,
            access.server.as_str(),
            access.account.as_str(),
            sealed,
            access.sample.as_str(),
            domains,
            given,
            write.now.as_millis(),
            write.operator().as_str()
        ],
    )?;
    Ok(())
}

/// Writes the enablement row; true when it is new or names another server than before. Operator and time stay those
/// of the first time.
fn keep_enablement(write: &Write<'_>, row: &RunRow, target: &Target) -> Result<bool, Failure> {
    let (found, server) = match target {
        Target::Tenant(found) => (Some(found), None),
        Target::Server(server) => (None, Some(server.as_str())),
    };
    let changed = write.tx.execute(
        "INSERT INTO enablement (customer, product, tenant, tenant_name, tenant_domain, tenant_region, server,
                operator, at, run)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT DO UPDATE SET tenant_name = excluded.tenant_name, tenant_domain = excluded.tenant_domain,
                tenant_region = excluded.tenant_region, server = excluded.server
          WHERE server IS NOT excluded.server OR tenant_name IS NOT excluded.tenant_name
             OR tenant_domain IS NOT excluded.tenant_domain OR tenant_region IS NOT excluded.tenant_region",
        params![
            row.customer.0,
            row.product.word(),
            found.map(|o| o.tenant.to_string()),
            found.and_then(|o| o.name.as_ref()).map(Text::as_str),
            found.and_then(|o| o.domain.as_ref()).map(Text::as_str),
            found.and_then(|o| o.region.as_ref()).map(Text::as_str),
            server,
            write.operator().as_str(),
            write.now.as_millis(),
            row.id.letters()
        ],
    )?;
    Ok(changed > 0)
}
