//! What is read of several tables at once: all about a run, all about the users of a product.

use super::{
    super::{
        Inner, Store,
        table::{
            Key, apply, chosen, consent, customer, draft, exclusion,
            form::{self, Owner},
            hold, impersonation, invitation, own_right, product, rule,
            run::{self, RunRow},
            seat, takeover,
        },
        tx::Tx,
    },
    completion, key_ring, ownership,
    products::Products,
    standing,
};
use crate::domain::{
    customer::Impersonation,
    failure::Failure,
    held_by::RunRequest,
    id::{CustomerId, RunId},
    keys::KeyNeeded,
    protection::Protection,
    run::{RunDone, RunRecord},
    sweep::OVERDUE_AFTER,
    sydney,
    time::Moment,
};

/// The impersonation details of a customer, and what is missing where their password can't be decrypted here; the password
/// is empty then and everything else is there, so that only it has to be asked for.
pub(crate) fn impersonation(
    tx: &Tx<'_>,
    inner: &Inner,
    customer: CustomerId,
) -> Result<(Option<Impersonation>, Option<KeyNeeded>), Failure> {
    let Some((found, sealed)) = impersonation::find(tx, customer)? else { return Ok((None, None)) };
    if let Some(password) = inner.vault.open(&sealed) {
        return Ok((Some(Impersonation { password, ..found }), None));
    }
    let own = inner.own_key();
    Ok((Some(found), Some(key_ring::needed(tx, inner.here(own.as_ref()), customer)?)))
}

/// Everything on record about a run; `ours` is the number of our hold on it, if there is one. Whether somebody else has it
/// now is for [`Store::judge_hold`] to say, which asks the lock.
pub(crate) fn of_run(
    tx: &Tx<'_>,
    inner: &Inner,
    run: &RunId,
    (ours, now): (Option<u32>, Moment),
) -> Result<RunRecord, Failure> {
    let row = run::one(tx, run)?;
    let held_by = hold::find(tx, run)?;
    let is_read_only = ours.is_none() || held_by.as_ref().map(|held_by| held_by.number) != ours;
    let (impersonation, key_needed) =
        if row.product.is_hosted() { impersonation(tx, inner, row.customer)? } else { (None, None) };
    // What was chosen before another customer came to have it too is not chosen until somebody says that this is right.
    let is_doubted = match &row.organisation {
        Some(found) if row.enabled.is_none() => {
            !ownership::doubts(tx, row.customer, found.tenant, None)?.0.is_empty()
        }
        _ => false,
    };
    let (administrator, own_right) = match &row.organisation {
        Some(found) => (consent::administrator(tx, found.tenant)?, own_right::find(tx, found.tenant)?),
        None => (None, None),
    };
    let customer = customer::one(tx, row.customer)?;
    // Once somebody has taken it, it is not kept for anybody any more.
    let last = held_by.as_ref().map(|held_by| held_by.number);
    let request = takeover::find(tx, run)?
        .map(|asked| RunRequest { answered: asked.answered.filter(|_| last == Some(asked.number)), ..asked });
    Ok(RunRecord {
        others: Products::others(tx, &customer, row.product, now)?,
        customer,
        is_read_only,
        held_by: held_by.filter(|_| is_read_only),
        request,
        impersonation,
        is_key_lost: key_needed.is_some(),
        key_needed: key_needed.unwrap_or_default(),
        draft: draft::find(tx, run)?,
        form: form::find(tx, Owner::Run(run))?,
        has_applied_all: apply::is_any_of_all(tx, run)?,
        unfinished: chosen::left(tx, run)?,
        results: if row.finished.is_none() && completion::is_the_last(tx, run)? {
            chosen::results(tx, run, row.key())?
        } else {
            Vec::new()
        },
        id: row.id,
        product: row.product,
        opened: row.opened,
        by: row.by,
        touched: row.touched,
        parked: row.parked,
        finished: row.finished,
        administrator,
        own_right,
        organisation: row.organisation.filter(|_| !is_doubted),
        link_shown: row.link_shown,
        invitation: invitation::find(tx, run)?,
        proved: row.proved,
        enabled: row.enabled,
    })
}

/// What a run has done so far. Cost: a look at each user that it chose.
pub(crate) fn done(tx: &Tx<'_>, row: &RunRow) -> Result<RunDone, Failure> {
    Ok(RunDone {
        rule_made: rule::is_of(tx, &row.id)?,
        list: row.list.clone(),
        ..chosen::done(tx, &row.id, row.key())?
    })
}

/// Everything about the users of a customer and product.
pub(crate) fn protection(tx: &Tx<'_>, key: Key, now: Moment) -> Result<Protection, Failure> {
    protection_with(tx, key, now, seat::all_on)
}

/// The same, with the seats as they are wanted: of a key, about so many.
pub(crate) fn protection_with<S>(
    tx: &Tx<'_>,
    key: Key,
    now: Moment,
    seats: impl FnOnce(&Tx<'_>, Key, u32) -> Result<S, Failure>,
) -> Result<Protection<S>, Failure> {
    let used = product::used(tx, key)?;
    Ok(Protection {
        seats: seats(tx, key, used.here)?,
        exclusions: exclusion::all(tx, key)?,
        rule: rule::find(tx, key)?,
        kinds: product::kinds(tx, key)?,
        limit: used.limit,
        used_elsewhere: used.elsewhere,
        seated_elsewhere: if used.elsewhere > 0 { seat::elsewhere(tx, key)? } else { Vec::new() },
        sweeper: standing::sweeper(tx, sydney::latest_2000(now.minus(OVERDUE_AFTER)), now)?,
    })
}

impl Store {
    /// The run as on record now, read on a new connection.
    pub(crate) fn record(&self, run: &RunId) -> Result<RunRecord, Failure> {
        let ours = (self.number_of(run)?, self.0.options.clock.now());
        let mut record = self.read(|tx| of_run(tx, &self.0, run, ours))?;
        self.judge_hold(&mut record)?;
        Ok(record)
    }
}
