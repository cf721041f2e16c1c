//! Runs: a row each, with the moments of its steps.

use super::{
    super::{
        error::not_found,
        tx::{Columns, Row, Tx, columns, values},
    },
    By, Key, LIST, ORGANISATION, gaps,
};
use crate::domain::{
    customer::{Obstacle, Product},
    failure::{Failure, FailureKind},
    held_by::HeldBy,
    id::{CustomerId, RunId, TenantId},
    phrase::{Command, phrase},
    run::OpenRun,
    tenant::Organisation,
    text::Text,
    time::Moment,
    verdict::ListSummary,
};

/// A run's own row, without what hangs on it.
#[derive(Clone, Debug)]
pub(crate) struct RunRow {
    pub(crate) id: RunId,
    pub(crate) customer: CustomerId,
    pub(crate) product: Product,
    pub(crate) opened: Moment,
    pub(crate) by: Text,
    pub(crate) touched: Moment,
    pub(crate) parked: Option<Moment>,
    pub(crate) finished: Option<Moment>,
    pub(crate) link_shown: Option<Moment>,
    pub(crate) proved: Option<Moment>,
    pub(crate) enabled: Option<Moment>,
    pub(crate) list: ListSummary,
    pub(crate) organisation: Option<Organisation>,
    /// Why it did not get on when it was parked.
    pub(crate) obstacle: Option<Obstacle>,
}

impl RunRow {
    /// Whose, and of which product.
    pub(crate) const fn key(&self) -> Key {
        (self.customer, self.product)
    }

    /// As it stands on the board.
    pub(crate) fn as_open(&self, held_by: Option<HeldBy>) -> OpenRun {
        let (id, is_parked) = (self.id.clone(), self.parked.is_some());
        OpenRun { id, product: self.product, touched: self.touched, is_parked, held_by }
    }

    /// Refuses a run that has not been enabled.
    pub(crate) fn demand_enabled(&self) -> Result<(), Failure> {
        if self.enabled.is_some() {
            return Ok(());
        }
        Err(Failure::new(
            FailureKind::Refused,
            Text::of(format_args!("{} is not enabled yet, so nobody was turned on", self.product.name())),
            "Authorise and enable it first.",
        ))
    }
}

/// A run, as one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunLine {
    /// Its number.
    pub id: RunId,
    /// Its product.
    pub product: Product,
    /// When it was opened.
    pub opened: Moment,
    /// By whom.
    pub by: Text,
    /// When something last happened in it.
    pub touched: Moment,
    /// Parked on purpose.
    pub parked: Option<Moment>,
    /// Finished: has a receipt.
    pub finished: Option<Moment>,
}

/// The columns of [`RunRow`], in its order.
fn select(rest: &str) -> String {
    format!(
        "SELECT id, customer, product, opened, operator, touched, parked, finished, link_shown, proved, enabled,
                {LIST}, {ORGANISATION},
                obstacle_in_brief, obstacle FROM run {rest}"
    )
}

columns! {
    RunRow {
        id, customer, product, opened, by, touched, parked, finished, link_shown, proved, enabled, list,
        organisation, obstacle
    }
    RunLine { id, product, opened, by, touched, parked, finished }
}

/// The row of a run.
///
/// # Errors
/// `NotFound`.
pub(crate) fn one(tx: &Tx<'_>, run: &RunId) -> Result<RunRow, Failure> {
    tx.one(&select("WHERE id = ?1"), values![run])?.ok_or_else(|| {
        not_found(
            Text::of(format_args!("there is no run {run}")),
            phrase!["Check the number. ", Command::CustomersShow, " lists a customer's runs."],
        )
    })
}

/// The rows of all runs that are not finished, or of those of one customer, newest on top.
pub(crate) fn open(tx: &Tx<'_>, only: Option<CustomerId>) -> Result<Vec<RunRow>, Failure> {
    let sql = select(
        "WHERE finished IS NULL AND customer = coalesce(?1, customer) ORDER BY touched DESC, opened DESC, id",
    );
    tx.query(&sql, values![only])
}

/// All runs of a customer, newest on top.
pub(crate) fn lines(tx: &Tx<'_>, customer: CustomerId) -> Result<Vec<RunLine>, Failure> {
    tx.query(
        "SELECT id, product, opened, operator, touched, parked, finished FROM run
          WHERE customer = ?1 ORDER BY touched DESC, opened DESC, id",
        values![customer],
    )
}

/// The open run of a customer and product.
pub(crate) fn open_of(tx: &Tx<'_>, (customer, product): Key) -> Result<Option<RunId>, Failure> {
    tx.one(
        "SELECT id FROM run WHERE customer = ?1 AND product = ?2 AND finished IS NULL",
        values![customer, product],
    )
}

/// The run of a customer and product in which something happened last.
pub(crate) fn last_of(tx: &Tx<'_>, (customer, product): Key) -> Result<Option<RunId>, Failure> {
    tx.one(
        "SELECT id FROM run WHERE customer = ?1 AND product = ?2 ORDER BY touched DESC",
        values![customer, product],
    )
}

/// How many runs have a number of four letters.
pub(crate) fn count_of_four_letters(tx: &Tx<'_>) -> Result<u32, Failure> {
    tx.only("SELECT count(*) FROM run WHERE length(id) = 4", values![])
}

/// Whether a run has that number.
pub(crate) fn is_on_record(tx: &Tx<'_>, run: &RunId) -> Result<bool, Failure> {
    tx.only("SELECT EXISTS (SELECT 1 FROM run WHERE id = ?1)", values![run])
}

/// Adds a run.
pub(crate) fn insert(tx: &Tx<'_>, run: &RunId, key: Key, (operator, now): By<'_>) -> Result<(), Failure> {
    tx.write(
        "INSERT INTO run (id, customer, product, opened, operator, touched) VALUES (?1, ?2, ?3, ?4, ?5, ?4)",
        values![run, key.0, key.1, now, operator],
    )
}

/// A moment of a run, of which the first one counts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Parked,
    LinkShown,
    Proved,
    Enabled,
    Finished,
}

/// Notes that a run came to a step now, unless it had come there before.
pub(crate) fn reach(tx: &Tx<'_>, run: &RunId, step: Step, now: Moment) -> Result<(), Failure> {
    let sql = match step {
        Step::Parked => "UPDATE run SET parked = coalesce(parked, ?2) WHERE id = ?1",
        Step::LinkShown => "UPDATE run SET link_shown = coalesce(link_shown, ?2) WHERE id = ?1",
        Step::Proved => "UPDATE run SET proved = coalesce(proved, ?2) WHERE id = ?1",
        Step::Enabled => "UPDATE run SET enabled = coalesce(enabled, ?2) WHERE id = ?1",
        Step::Finished => "UPDATE run SET finished = coalesce(finished, ?2) WHERE id = ?1",
    };
    tx.write(sql, values![run, now])
}

impl Columns for Option<Obstacle> {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let (brief, why): (Option<Text>, Option<Text>) = (row.read()?, row.read()?);
        Ok(brief.zip(why).map(|(brief, why)| Obstacle { brief, why }))
    }
}

/// Keeps why a run does not get on, or that nothing is known of it.
pub(crate) fn keep_obstacle(tx: &Tx<'_>, run: &RunId, obstacle: Option<&Obstacle>) -> Result<(), Failure> {
    let (brief, why) = obstacle.map(|obstacle| (&obstacle.brief, &obstacle.why)).unzip();
    tx.write("UPDATE run SET obstacle_in_brief = ?2, obstacle = ?3 WHERE id = ?1", values![run, brief, why])
}

/// Takes a run off the parked ones.
pub(crate) fn unpark(tx: &Tx<'_>, run: &RunId) -> Result<(), Failure> {
    tx.write("UPDATE run SET parked = NULL WHERE id = ?1", values![run])
}

/// Notes that something happened in a run; a clock that was set back changes nothing.
pub(crate) fn touch(tx: &Tx<'_>, run: &RunId, now: Moment) -> Result<(), Failure> {
    tx.write("UPDATE run SET touched = ?2 WHERE id = ?1 AND touched < ?2", values![run, now])
}

/// Keeps what a complete list came to, and when.
pub(crate) fn keep_list(tx: &Tx<'_>, run: &RunId, list: &ListSummary, now: Moment) -> Result<(), Failure> {
    tx.write(
        "UPDATE run SET listed = ?2, eligible = ?3, unchecked = ?4, problems = ?5, gaps = ?6, counted = ?7
          WHERE id = ?1",
        values![run, list.listed, list.eligible, list.unchecked, list.problems, &gaps(&list.gaps), now],
    )
}

/// Keeps the organisation of a run; what is not known now keeps what was known.
pub(crate) fn keep_organisation(tx: &Tx<'_>, run: &RunId, found: &Organisation) -> Result<(), Failure> {
    let Organisation { tenant, name, domain, region } = found;
    tx.write(
        "UPDATE run SET tenant = ?2, tenant_name = coalesce(?3, tenant_name), tenant_domain = coalesce(?4, tenant_domain),
                tenant_region = coalesce(?5, tenant_region) WHERE id = ?1",
        values![run, *tenant, name.as_ref(), domain.as_ref(), region.as_ref()],
    )
}

/// Empties what was found out about a run's organisation.
const FORGET: &str =
    "UPDATE run SET tenant = NULL, tenant_name = NULL, tenant_domain = NULL, tenant_region = NULL,
        link_shown = NULL, proved = NULL, enabled = NULL";

/// Forgets the organisation of a run, and what was proved of it.
pub(crate) fn forget_organisation(tx: &Tx<'_>, run: &RunId) -> Result<(), Failure> {
    tx.write(&format!("{FORGET} WHERE id = ?1"), values![run])
}

/// Forgets it in all open runs of a product that are for another organisation than `tenant`; none: for any.
pub(crate) fn forget_others(tx: &Tx<'_>, key: Key, tenant: Option<TenantId>) -> Result<(), Failure> {
    tx.write(
        &format!(
            "{FORGET} WHERE customer = ?1 AND product = ?2 AND finished IS NULL
                AND coalesce(tenant, '') <> coalesce(?3, '')"
        ),
        values![key.0, key.1, tenant],
    )
}

/// Has the open runs of a customer's hosted products that are not enabled prove their access again.
pub(crate) fn forget_hosted_proofs(tx: &Tx<'_>, customer: CustomerId) -> Result<(), Failure> {
    tx.write(
        "UPDATE run SET proved = NULL, link_shown = NULL
          WHERE customer = ?1 AND product <> ?2 AND finished IS NULL AND enabled IS NULL",
        values![customer, Product::Office365],
    )
}
