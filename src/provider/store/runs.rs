//! Runs: opening, taking and leaving them, their ticks and counts.

use super::{
    Scope, Store,
    part::{completion, write::Write},
    table::{
        audit, customer, draft, hold, listing, product,
        run::{self, Step},
    },
    tx::Tx,
};
use crate::domain::{
    change::Change,
    customer::{Obstacle, Product},
    draft::Draft,
    failure::{Failure, FailureKind},
    id::{CustomerId, RUN_LETTERS, RunId},
    run::RunRecord,
    text::Text,
    verdict::ListSummary,
};

/// Half of the numbers of four letters out of sixteen.
pub(super) const HALF: u32 = 16_u32.pow(4) / 2;

/// A number that no run has: four letters, five once half of the four-letter ones are used.
fn fresh_number(tx: &Tx<'_>) -> Result<RunId, Failure> {
    let used = run::count_of_four_letters(tx)?;
    let letters: Vec<char> = RUN_LETTERS.chars().collect();
    let length = if used >= HALF { 5 } else { 4 };
    // At most half of the numbers are taken: 64 misses in a row do not happen.
    for _attempt in 0..64 {
        let word: String =
            (0..length).filter_map(|_| letters.get(rand::random_range(0..letters.len()))).collect();
        let Ok(id) = word.parse::<RunId>() else { continue };
        if !run::is_on_record(tx, &id)? {
            return Ok(id);
        }
    }
    Err(Failure::new(FailureKind::Internal, "no free run number was found", "Try again."))
}

/// The open run of a customer and product, or a new one.
fn find_or_make(write: &Write<'_>, customer: CustomerId, product: Product) -> Result<RunId, Failure> {
    let on_record = customer::one(write.tx, customer)?;
    if !on_record.is_active {
        return Err(Failure::new(
            FailureKind::Refused,
            Text::of(format_args!("the account of {} is closed", on_record.name)),
            "Reopen the account first, or choose another customer.",
        ));
    }
    if !on_record.products.contains(&product) {
        return Err(Failure::new(
            FailureKind::Refused,
            Text::of(format_args!("{} does not have {}", on_record.name, product.name())),
            "Sell the product to the customer first, or choose another one.",
        ));
    }
    if let Some(id) = run::open_of(write.tx, (customer, product))? {
        return Ok(id);
    }
    let id = fresh_number(write.tx)?;
    run::insert(write.tx, &id, (customer, product), write.by())?;
    let words = Text::of(format_args!("{} for {}", audit::OPENED, product.name()));
    write.note_all(Some(&id), Some(customer), words.as_str())?;
    Ok(id)
}

impl Store {
    /// Whose users a run is about, of which product. Takes no hold.
    ///
    /// # Errors
    /// `NotFound`: no such run. `Record`, when the record can't be read.
    pub fn run_of(&self, run: &RunId) -> Result<(CustomerId, Product), Failure> {
        self.read(|tx| Ok(run::one(tx, run)?.key()))
    }

    /// The customer's open run of that product, or a new one; held by this store unless another has it.
    ///
    /// # Errors
    /// `Refused` for a closed customer and a product that it does not have; `NotFound` for no such customer.
    pub fn open_run(&self, customer: CustomerId, product: Product) -> Result<RunRecord, Failure> {
        let id = self.write_in(Scope::Customer(customer), |write| find_or_make(write, customer, product))?;
        self.load_run(&id)
    }

    /// Everything on record about a run. Takes its hold, takes it off the parked ones and ends an Apply of which only the
    /// end was missing, when nobody else has it; otherwise the run may be looked at only.
    ///
    /// # Errors
    /// `NotFound`; `Record`, when the record can't be used.
    pub fn load_run(&self, run: &RunId) -> Result<RunRecord, Failure> {
        // Looked at before there is a reason to write: nearly always there is none.
        let (needs_write, last) = self.read(|tx| {
            let needs_write = run::one(tx, run)?.parked.is_some() || completion::is_only_unended(tx, run)?;
            Ok((needs_write, hold::find(tx, run)?))
        })?;
        let is_held = self.take(run, last.as_ref())?;
        if is_held && needs_write {
            self.write_run(run, |write, row| {
                run::unpark(write.tx, run)?;
                completion::end_if_done(write, row)
            })?;
        }
        self.record(run)
    }

    /// Parks a run and lets go of it: it waits on the board for whoever takes it next, with what kept it from getting on.
    ///
    /// # Errors
    /// `Conflict`, when another store holds it.
    pub fn park_run(&self, run: &RunId, obstacle: Option<&Obstacle>) -> Result<(), Failure> {
        if self.number_of(run)?.is_none() && self.read(|tx| run::one(tx, run))?.parked.is_some() {
            return Ok(());
        }
        self.write_run(run, |write, row| {
            // A finished run is left; nothing of it waits.
            if row.finished.is_some() {
                return Ok(());
            }
            run::reach(write.tx, run, Step::Parked, write.now)?;
            run::keep_obstacle(write.tx, run, obstacle)?;
            write.note_run(row, &Text::from("parked the run"))
        })?;
        self.leave_run(run)
    }

    /// Lets go of a run; one that is not held stays as it is.
    ///
    /// # Errors
    /// `Record`, when nobody could be told: it was let go of all the same.
    pub fn leave_run(&self, run: &RunId) -> Result<(), Failure> {
        let held = self.holds().remove(run);
        if held.is_some() && self.is_shared() {
            drop(held);
            self.write_in(Scope::Nothing, |write| {
                write.tell(Change::Request(run.clone()));
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Keeps the ticks.
    ///
    /// # Errors
    /// `Conflict` without the run's hold; `Record`, when the record can't be written: a retry is safe.
    pub fn save_draft(&self, run: &RunId, draft: &Draft) -> Result<(), Failure> {
        self.write_run(run, |write, _| draft::keep(write.tx, run, draft))
    }

    /// Keeps what a complete list came to.
    ///
    /// # Errors
    /// `Conflict` without the run's hold; `Record`, when the record can't be written: a retry is safe.
    pub fn save_list(&self, run: &RunId, list: &ListSummary) -> Result<(), Failure> {
        self.write_run(run, |write, row| {
            run::keep_list(write.tx, run, list, write.now)?;
            listing::count(write.tx, row.key(), list.listed)?;
            product::keep_list(write.tx, row.key(), list, write.now)
        })
    }
}
