//! One write: a transaction with the time, the operator and the audit at hand; for a run, only with its hold.

use std::sync::PoisonError;

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

use super::{
    Inner, Store, audit,
    error::admin_only,
    runs::{self, RunRow},
};
use crate::domain::{
    failure::{Failure, FailureKind},
    id::{CustomerId, RunId},
    text::Text,
    time::Moment,
};

/// A write that is under way; it is in the record only once [`Store::write`] returns well.
pub(super) struct Write<'c> {
    /// The transaction.
    pub(super) tx: Transaction<'c>,
    /// When.
    pub(super) now: Moment,
    /// Who, where, and the vault.
    inner: &'c Inner,
}

impl Write<'_> {
    /// The operator's name.
    pub(super) fn operator(&self) -> &Text {
        &self.inner.operator.name
    }

    /// This computer's name.
    pub(super) fn host(&self) -> &Text {
        &self.inner.options.host
    }

    /// Adds a line to the audit, about a customer.
    pub(super) fn note(&self, customer: CustomerId, what: Text) -> Result<(), Failure> {
        self.note_all(None, Some(customer), what)
    }

    /// Adds a line to the audit, about a run.
    pub(super) fn note_run(&self, run: &RunRow, what: Text) -> Result<(), Failure> {
        self.note_all(Some(&run.id), Some(run.customer), what)
    }

    /// Adds a line to the audit.
    pub(super) fn note_all(
        &self,
        run: Option<&RunId>,
        customer: Option<CustomerId>,
        what: Text,
    ) -> Result<(), Failure> {
        let (operator, host) = (self.operator(), self.host());
        audit::add(&self.tx, &audit::Note { at: self.now, operator, host, run, customer, what })
    }

    /// Whether the operator is an Admin now, which may have changed since the store was opened.
    pub(super) fn is_admin(&self) -> Result<bool, Failure> {
        let on_record: Option<bool> = self
            .tx
            .prepare_cached("SELECT is_admin FROM operator WHERE name = ?1")?
            .query_row([self.operator().as_str()], |row| row.get(0))
            .optional()?;
        Ok(on_record.unwrap_or(false) && !self.inner.options.as_user)
    }

    /// Refuses anyone but an Admin; `doing` begins the sentence ("adding a customer").
    pub(super) fn demand_admin(&self, doing: &str) -> Result<(), Failure> {
        if self.is_admin()? { Ok(()) } else { Err(admin_only(doing)) }
    }
}

impl Store {
    /// Writes: all of it or nothing, committed when this returns.
    pub(super) fn write<T>(&self, work: impl FnOnce(&Write<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        self.write_if(|write| Ok((work(write)?, true)))
    }

    /// Writes as [`Store::write`] does, but only where the work answers true: otherwise nothing was changed, and what
    /// it made says what would have been.
    pub(super) fn write_if<T>(
        &self,
        work: impl FnOnce(&Write<'_>) -> Result<(T, bool), Failure>,
    ) -> Result<T, Failure> {
        let mut connection = self.0.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.identity.still(&self.0.options.file)?;
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let write = Write { tx, now: self.0.options.clock.now(), inner: &self.0 };
        let (made, is_kept) = work(&write)?;
        if is_kept {
            write.tx.commit()?;
        }
        Ok(made)
    }

    /// Writes into a run that this store holds, and notes that something happened in it.
    ///
    /// # Errors
    /// `Conflict`, when this store does not hold the run; `NotFound`, when there is none.
    pub(super) fn write_run<T>(
        &self,
        run: &RunId,
        work: impl FnOnce(&Write<'_>, &RunRow) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if !self.holds().contains_key(run) {
            return Err(Failure::new(
                FailureKind::Conflict,
                Text::of(format_args!("run {run} is not held by this window, so nothing was changed")),
                "Another window may be working on it. Close that one, then open the run again.",
            ));
        }
        self.write(|write| {
            let row = runs::row(&write.tx, run)?;
            let made = work(write, &row)?;
            write
                .tx
                .prepare_cached("UPDATE run SET touched = max(touched, ?2) WHERE id = ?1")?
                .execute(params![run.letters(), write.now.as_millis()])?;
            Ok(made)
        })
    }
}
