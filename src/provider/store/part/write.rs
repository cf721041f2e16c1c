//! One write: a transaction with the time, the operator and the audit at hand; for a run, only with its hold.

use std::{cell::RefCell, collections::BTreeSet};

use super::{
    super::{
        Inner, Store,
        error::admin_only,
        postgres::Scope,
        table::{
            By,
            audit::{self, Note},
            operator,
            run::{self, RunRow},
        },
        tx::Tx,
    },
    still_ours::demand,
};
use crate::domain::{
    bill::counted,
    change::Change,
    failure::Failure,
    id::{CustomerId, RunId},
    operator::Operator,
    protection::Chosen,
    text::Text,
    time::Moment,
};

/// Users that one line of the audit names, the rest is counted: some 60 KiB. A guess above what anybody marks by hand.
const NAMED: usize = 1_000;

/// A write that is under way; it is in the record only once [`Store::write`] returns well.
pub(crate) struct Write<'w> {
    /// The transaction.
    pub(crate) tx: &'w Tx<'w>,
    /// When.
    pub(crate) now: Moment,
    /// Who, where, and the vault.
    inner: &'w Inner,
    /// What whoever shares the record is told.
    told: RefCell<BTreeSet<Change>>,
    /// What the audit gets at the end.
    notes: RefCell<Vec<Note>>,
}

impl Write<'_> {
    /// The operator's name.
    pub(crate) fn operator(&self) -> &Text {
        &self.inner.operator.name
    }

    /// The operator's name and the time.
    pub(crate) fn by(&self) -> By<'_> {
        (self.operator(), self.now)
    }

    /// This computer's name.
    pub(crate) fn host(&self) -> &Text {
        &self.inner.options.host
    }

    /// Adds a line to the audit, about a customer.
    pub(crate) fn note(&self, customer: CustomerId, what: &Text) -> Result<(), Failure> {
        self.note_all(None, Some(customer), what.as_str())
    }

    /// Adds a line to the audit, about a run.
    pub(crate) fn note_run(&self, run: &RunRow, what: &Text) -> Result<(), Failure> {
        self.note_all(Some(&run.id), Some(run.customer), what.as_str())
    }

    /// Adds a line to the audit, about users of a run: what was done, to how many, and to whom. Nothing for nobody.
    pub(crate) fn note_users(&self, row: &RunRow, what: &str, users: &[&Chosen]) -> Result<(), Failure> {
        self.note_named(Some(&row.id), row.customer, what, users)
    }

    /// The same, in a run or without one.
    pub(crate) fn note_named(
        &self,
        run: Option<&RunId>,
        customer: CustomerId,
        what: &str,
        users: &[&Chosen],
    ) -> Result<(), Failure> {
        if users.is_empty() {
            return Ok(());
        }
        let count = u32::try_from(users.len()).unwrap_or(u32::MAX);
        let words = format!("{what} {}: {}", counted(count, "user", "users"), named(users));
        self.note_all(run, Some(customer), &words)
    }

    /// Says to whoever shares the record what has changed, once it is committed.
    pub(crate) fn tell(&self, change: Change) {
        self.told.borrow_mut().insert(change);
    }

    /// Adds a line to the audit, and tells whom it is about; it is written as the last statement of the write.
    #[expect(clippy::unnecessary_wraps, reason = "a note stands among statements, each of which may fail")]
    pub(crate) fn note_all(
        &self,
        run: Option<&RunId>,
        customer: Option<CustomerId>,
        what: &str,
    ) -> Result<(), Failure> {
        if let Some(customer) = customer {
            self.tell(Change::Customer(customer));
        }
        let (operator, host) = (self.operator().clone(), self.host().clone());
        let (run, what) = (run.cloned(), what.to_owned());
        self.notes.borrow_mut().push(Note { at: self.now, operator, host, run, customer, what });
        Ok(())
    }

    /// Whether the operator is an Admin now, which may have changed since the store was opened.
    pub(crate) fn is_admin(&self) -> Result<bool, Failure> {
        let is_admin = operator::is_admin(self.tx, self.operator())?;
        Ok(is_admin.unwrap_or(false) && !self.inner.options.as_user)
    }

    /// Refuses anyone but an Admin; `doing` begins the sentence ("adding a customer").
    pub(crate) fn demand_admin(&self, doing: &str) -> Result<(), Failure> {
        if self.is_admin()? {
            return Ok(());
        }
        // As on record now: an Admin may have come or gone since the store was opened.
        let admins = operator::admins(self.tx)?;
        Err(admin_only(doing, &Operator { admins, ..self.inner.operator.clone() }))
    }
}

/// Users by name and address. Longer than any text that is shown: what is read back for a screen names fewer of them, the
/// record keeps it.
fn named(users: &[&Chosen]) -> String {
    let names: Vec<String> = users.iter().take(NAMED).map(|user| user.named()).collect();
    let mut words = names.join(", ");
    match users.len().saturating_sub(NAMED) {
        0 => {}
        more => words = format!("{words} and {more} more"),
    }
    words
}

impl Store {
    /// Writes: all of it or nothing, committed when this returns. Nobody else writes meanwhile.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Write<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        self.write_if(|write| Ok((work(write)?, true)))
    }

    /// The same, where it is enough that nobody else writes in this scope meanwhile.
    pub(crate) fn write_in<T>(
        &self,
        scope: Scope<'_>,
        work: impl FnOnce(&Write<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.write_if_in(scope, |write| Ok((work(write)?, true)))
    }

    /// Writes as [`Store::write`] does, but only where the work answers true: otherwise nothing was changed, and what
    /// it made says what would have been.
    pub(crate) fn write_if<T>(
        &self,
        work: impl FnOnce(&Write<'_>) -> Result<(T, bool), Failure>,
    ) -> Result<T, Failure> {
        self.write_if_in(Scope::Record, work)
    }

    /// The same in a scope. What it has noted is written last.
    pub(crate) fn write_if_in<T>(
        &self,
        scope: Scope<'_>,
        work: impl FnOnce(&Write<'_>) -> Result<(T, bool), Failure>,
    ) -> Result<T, Failure> {
        self.0.database.write(scope, |tx| {
            let now = self.0.options.clock.now();
            let (told, notes) = Default::default();
            let write = Write { tx, now, inner: &self.0, told, notes };
            let (made, is_kept) = work(&write)?;
            if is_kept {
                tx.tell(&write.told.take())?;
                audit::add(tx, &write.notes.take())?;
            }
            Ok((made, is_kept))
        })
    }

    /// Writes into a run that this store holds, and notes that something happened in it.
    ///
    /// # Errors
    /// `Conflict`, when this store does not hold the run, or somebody has taken it since; `NotFound`, when there is none.
    pub(crate) fn write_run<T>(
        &self,
        run: &RunId,
        work: impl FnOnce(&Write<'_>, &RunRow) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.write_run_in(Scope::Run(run), run, work)
    }

    /// The same in a scope: what is decided by other customers, too, has the whole record.
    pub(crate) fn write_run_in<T>(
        &self,
        scope: Scope<'_>,
        run: &RunId,
        work: impl FnOnce(&Write<'_>, &RunRow) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let ours = self.number_of(run)?;
        self.write_in(scope, |write| {
            demand(write.tx, run, ours)?;
            let row = run::one(write.tx, run)?;
            let made = work(write, &row)?;
            run::touch(write.tx, run, write.now)?;
            write.tell(Change::Run(run.clone()));
            Ok(made)
        })
    }
}
