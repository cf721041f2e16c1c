//! How we get in: the organisation or the impersonation details of a run, the proof, and *Enable*.

use super::{
    Scope, Store,
    part::{
        inviting, ownership, record,
        sealing::{self, Before},
        write::Write,
    },
    table::{
        consent, customer,
        enablement::{self, EnabledFor},
        form::{self, Owner},
        impersonation::{self, Held},
        invitation,
        run::{self, RunRow, Step},
    },
};
use crate::domain::{
    consent::Look,
    customer::{Customer, Impersonation, Product},
    doubt::{self, Accepts, Doubt, Guarded},
    exchange_server::host_of,
    failure::{Failure, FailureKind},
    form_draft::FormDraft,
    id::{Address, CustomerId, RunId},
    phrase::{Command, Correction, WayOn, phrase},
    run::RunRecord,
    tenant::Organisation,
    text::Text,
};

/// Other customers' mailboxes that are tried: one that answers tells. A guess.
const MOST_OUTSIDE: usize = 3;

impl Store {
    /// Keeps the organisation that the operator confirmed or saved. It becomes the customer's tenant on record when
    /// there was none. Another tenant than before starts the proof anew; the same one only gains what is known of it.
    ///
    /// Where something speaks against it that was never accepted and is not among `accepts`, nothing is written and the
    /// answer says what (product.md rule 18).
    ///
    /// # Errors
    /// `Conflict` when Manage Protect or *Enable* names another tenant for this customer, and without the run's hold.
    pub fn save_organisation(
        &self,
        run: &RunId,
        found: &Organisation,
        accepts: &Accepts,
    ) -> Result<Guarded<Box<RunRecord>>, Failure> {
        let doubts = self.write_run_in(Scope::Record, run, |write, row| {
            let customer = customer::one(write.tx, row.customer)?;
            not_another_tenant(write, row, &customer, found)?;
            let doubts = ownership::settle(write, &customer, found.tenant, accepts)?;
            if !doubts.is_empty() {
                return Ok(doubts);
            }
            let is_same = row.organisation.as_ref().is_some_and(|known| known.tenant == found.tenant);
            if !is_same {
                run::forget_organisation(write.tx, run)?;
                write.note_run(row, &Text::of(format_args!("chose the organisation {}", found.tenant)))?;
            }
            run::keep_organisation(write.tx, run, found)?;
            form::keep(write.tx, Owner::Run(run), &FormDraft::default())?;
            customer::keep_tenant(write.tx, row.customer, found.tenant)?;
            Ok(doubts)
        })?;
        self.guarded(run, doubts)
    }

    /// The impersonation details of a customer, without their password.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn impersonation_of(&self, customer: CustomerId) -> Result<Option<Impersonation>, Failure> {
        self.read(|tx| Ok(impersonation::find(tx, customer)?.map(|(found, _sealed)| found)))
    }

    /// Mailboxes of other customers at the same server that this account is not to open: those that the same account opens
    /// for us are left out. Three at most.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn mailboxes_outside(
        &self,
        customer: CustomerId,
        access: &Impersonation,
    ) -> Result<Vec<Address>, Failure> {
        let all = self.read(|tx| impersonation::elsewhere(tx, customer))?;
        let here = host_of(access.server.as_str());
        let is_same = |account: &Text| account.as_str().eq_ignore_ascii_case(access.account.as_str());
        let others = all
            .into_iter()
            .filter(|other| host_of(other.server.as_str()) == here && !is_same(&other.account));
        Ok(others.map(|other| other.sample).take(MOST_OUTSIDE).collect())
    }

    /// Keeps the impersonation details: one set per customer, shared by both hosted products. The password is
    /// encrypted. A change of server, account or password starts the proof of runs anew that are not enabled yet.
    ///
    /// Where another customer has one of the mail domains, and that was never accepted and is not among `accepts`, nothing
    /// is written and the answer says who (product.md rule 18).
    ///
    /// # Errors
    /// `Record`, when the key file can't be made or used; `Refused`, when this computer's key was removed from the record;
    /// `Conflict` without the run's hold.
    pub fn save_impersonation(
        &self,
        run: &RunId,
        access: &Impersonation,
        accepts: &Accepts,
    ) -> Result<Guarded<Box<RunRecord>>, Failure> {
        let doubts = self.write_run_in(Scope::Record, run, |write, row| {
            let customer = customer::one(write.tx, row.customer)?;
            let doubts = ownership::settle_mail(write, &customer, &access.domains, Held::Any, accepts)?;
            if !doubts.is_empty() {
                return Ok(doubts);
            }
            form::keep(write.tx, Owner::Run(run), &FormDraft::default())?;
            let (known, needed) = record::impersonation(write.tx, &self.0, row.customer)?;
            let is_key_lost = needed.is_some();
            if known.as_ref() == Some(access) && !is_key_lost {
                return Ok(doubts);
            }
            let is_same_password = known.as_ref().is_some_and(|known| known.password == access.password);
            let opens_the_same = !is_key_lost
                && is_same_password
                && known
                    .is_some_and(|known| known.server == access.server && known.account == access.account);
            let before = if is_key_lost || is_same_password { Before::Same } else { Before::Other };
            let sealed = sealing::seal(write, &self.0.vault, row.customer, (&access.password, before))?;
            impersonation::keep(write.tx, row.customer, access, &sealed, write.by())?;
            if !opens_the_same {
                run::forget_hosted_proofs(write.tx, row.customer)?;
            }
            write.note_run(row, &Text::of(format_args!("saved the access to {}", access.server)))?;
            Ok(doubts)
        })?;
        self.guarded(run, doubts)
    }

    /// The run, where nothing speaks against what was to be kept.
    fn guarded(&self, run: &RunId, doubts: Vec<Doubt>) -> Result<Guarded<Box<RunRecord>>, Failure> {
        if doubts.is_empty() {
            Ok(Guarded::Kept(Box::new(self.record(run)?)))
        } else {
            Ok(Guarded::Doubted(doubts))
        }
    }

    /// Notes that the consent link was shown; the first time counts.
    ///
    /// # Errors
    /// `Conflict` without the run's hold.
    pub fn link_shown(&self, run: &RunId) -> Result<RunRecord, Failure> {
        self.write_run_in(Scope::Record, run, |write, row| {
            if row.link_shown.is_some() {
                return Ok(());
            }
            run::reach(write.tx, run, Step::LinkShown, write.now)?;
            write.note_run(row, &Text::from("showed the link for the customer's administrator"))?;
            if invitation::find(write.tx, run)?.is_none() {
                inviting::make(write, row)?;
            }
            Ok(())
        })?;
        self.record(run)
    }

    /// Notes that every check was good; the first time counts. What the proof says of the organisation is kept.
    ///
    /// # Errors
    /// `Conflict`, when the proof names another tenant than the run, when the run has no access to prove yet, and
    /// without the run's hold.
    pub fn save_proof(&self, run: &RunId, found: Option<&Organisation>) -> Result<RunRecord, Failure> {
        self.write_run_in(Scope::Record, run, |write, row| {
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
                run::keep_organisation(write.tx, run, found)?;
            }
            if let EnabledFor::Organisation(proved) = target(write, row)? {
                let known = consent::find(write.tx, proved.tenant)?.unwrap_or_default();
                consent::keep(write.tx, proved.tenant, &known.after(&Look::Proved, write.now))?;
            }
            if row.proved.is_some() {
                return Ok(());
            }
            run::reach(write.tx, run, Step::Proved, write.now)?;
            write.note_run(row, &Text::from("proved that the access works"))
        })?;
        self.record(run)
    }

    /// Writes the enablement: one row per customer and product, with the tenant or server, the operator and the time.
    /// It turns nobody on.
    ///
    /// # Errors
    /// `Refused`, when the access was not proved and for a closed account; `Conflict`, when the product is enabled for
    /// another organisation, when another customer has this one, or a mail domain of this access, and that was not
    /// accepted, and without the run's hold.
    pub fn enable(&self, run: &RunId) -> Result<RunRecord, Failure> {
        self.write_run_in(Scope::Record, run, |write, row| {
            let customer = customer::one(write.tx, row.customer)?;
            if !customer.is_active {
                return Err(Failure::new(
                    FailureKind::Refused,
                    Text::of(format_args!(
                        "the account of {} is closed, so nothing was enabled",
                        customer.name
                    )),
                    "Reopen the account first, if the customer stays.",
                ));
            }
            if row.proved.is_none() {
                return Err(Failure::new(
                    FailureKind::Refused,
                    "the access is not proved yet, so nothing was enabled",
                    "Wait until every check is good.",
                ));
            }
            let target = target(write, row)?;
            if let EnabledFor::Organisation(found) = &target {
                not_another_tenant(write, row, &customer, found)?;
            }
            not_anothers(write, &customer, &target)?;
            if let EnabledFor::Organisation(found) = &target {
                // Proved: whatever was on record without proof gives way.
                customer::set_tenant(write.tx, row.customer, found.tenant)?;
            }
            let is_new = enablement::keep(write.tx, row.key(), &target, run, write.by())?;
            run::reach(write.tx, run, Step::Enabled, write.now)?;
            if is_new { write.note_run(row, &enabled_words(row.product, &target)) } else { Ok(()) }
        })?;
        self.record(run)
    }
}

/// The audit's words for *Enable*.
fn enabled_words(product: Product, target: &EnabledFor) -> Text {
    match target {
        EnabledFor::Organisation(found) => {
            Text::of(format_args!("enabled {} for {}", product.name(), found.tenant))
        }
        EnabledFor::Server(server) => Text::of(format_args!("enabled {} at {server}", product.name())),
    }
}

/// What the run would enable.
fn target(write: &Write<'_>, row: &RunRow) -> Result<EnabledFor, Failure> {
    let found = if row.product.is_hosted() {
        impersonation::server(write.tx, row.customer)?.map(EnabledFor::Server)
    } else {
        // Read again: the organisation may have been completed in this very write.
        run::one(write.tx, &row.id)?.organisation.map(EnabledFor::Organisation)
    };
    found.ok_or_else(|| {
        Failure::new(
            FailureKind::Conflict,
            "this run has no access on record yet",
            "Go back to the access step and save it.",
        )
    })
}

/// Refuses an organisation or a mail domain that another customer has, unless that was accepted: it may have come there
/// since this run chose it.
fn not_anothers(write: &Write<'_>, customer: &Customer, target: &EnabledFor) -> Result<(), Failure> {
    let ((open, _known), step) = match target {
        EnabledFor::Organisation(found) => {
            (ownership::doubts(write.tx, customer.id, found.tenant, None)?, "to the organisation")
        }
        EnabledFor::Server(_) => {
            let domains = impersonation::find(write.tx, customer.id)?.map(|(access, _sealed)| access.domains);
            let domains = domains.unwrap_or_default();
            (
                ownership::mail_doubts(write.tx, customer.id, &domains, Held::Any)?,
                "to the access, and save it",
            )
        }
    };
    if open.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        FailureKind::Conflict,
        Text::of(format_args!(
            "nothing was enabled: {}",
            doubt::sentences(&open, &customer.name).as_str().trim_end_matches('.')
        )),
        phrase![WayOn::Back(step), " There it is asked whether that is right."],
    ))
}

/// Refuses a tenant other than the one that Manage Protect or *Enable* put on record.
fn not_another_tenant(
    write: &Write<'_>,
    row: &RunRow,
    customer: &Customer,
    found: &Organisation,
) -> Result<(), Failure> {
    let managed = customer.tenant.filter(|_| customer.is_managed);
    let enabled = enablement::organisation_of(write.tx, row.key())?.map(|known| known.tenant);
    match managed.or(enabled) {
        Some(tenant) if tenant != found.tenant => Err(Failure::new(
            FailureKind::Conflict,
            Text::of(format_args!(
                "{} has another organisation on record, ending in {}; nothing was changed",
                customer.name,
                tenant.last_four()
            )),
            phrase![
                "If that one is wrong, an Admin runs: ",
                Command::CustomersSet(customer.reference.clone(), Correction::NoTenant),
                "."
            ],
        )),
        _ => Ok(()),
    }
}
