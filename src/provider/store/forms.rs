//! What was typed into a form and not saved yet is kept; saving the form forgets it.

use super::{
    Scope, Store,
    table::form::{self, Owner},
};
use crate::domain::{failure::Failure, form_draft::FormDraft, id::RunId};

impl Store {
    /// Keeps what was typed into the access form of a run, or into the operator's form of a new customer; an empty draft
    /// forgets it. Safe to repeat.
    ///
    /// # Errors
    /// `Conflict` without the run's hold; `Record`, when the record can't be written: a retry is safe.
    pub fn keep_form(&self, run: Option<&RunId>, draft: &FormDraft) -> Result<(), Failure> {
        match run {
            Some(run) => self.write_run(run, |write, _| form::keep(write.tx, Owner::Run(run), draft)),
            None => self.write_in(Scope::Nothing, |write| {
                form::keep(write.tx, Owner::Operator(write.operator()), draft)
            }),
        }
    }
}
