//! The standing rules of Enable Auto, and all that a pass needs to know about each.

use super::{
    Store,
    part::{allowed, list_target::ListTarget, record},
    table::{Key, consent, customer, delta, enablement, exclusion, product, rule, scheduled},
    tx::Tx,
};
use crate::domain::{
    customer::{Customer, Impersonation, Product},
    failure::{Failure, FailureKind},
    id::{CustomerId, RunId, UserId},
    keys::KeyNeeded,
    protection::{AutoRule, Chosen},
    status,
    tenant::Organisation,
    text::{Text, capital},
    user::Kinds,
};

/// A rule with everything that its next pass needs.
#[derive(Clone, Debug)]
pub struct RuleRow {
    /// Whose users.
    pub customer: Customer,
    /// Of which product.
    pub product: Product,
    /// The rule.
    pub rule: AutoRule,
    /// Kinds included besides user mailboxes.
    pub kinds: Kinds,
    /// How to get in.
    pub access: RuleAccess,
    /// Never turned on.
    pub exclusions: Vec<UserId>,
    /// Active seats of this product.
    pub seats: u32,
    /// Seats bought by the customer; none: no limit on record.
    pub limit: Option<u32>,
    /// Active seats of the customer's other products.
    pub used_elsewhere: u32,
    /// What the customer must do about their consent, a sentence without a full stop; none: all was well at the last look.
    pub consent: Option<Text>,
}

impl RuleRow {
    /// Why an operator must look at it, as far as passes have told; nothing of a closed customer.
    #[must_use]
    pub fn attention(&self) -> Option<Text> {
        let Customer { is_active: true, .. } = self.customer else { return None };
        let consent =
            self.consent.as_ref().map(|why| status::accept_again(&self.customer, self.product, why));
        match (&self.rule.attention, consent) {
            (Some(why), Some(consent)) => Some(Text::of(format_args!("{why} {}", capital(consent.as_str())))),
            (why, consent) => consent.or_else(|| why.clone()),
        }
    }
}

/// How a pass gets in.
#[derive(Clone, Debug)]
pub enum RuleAccess {
    /// Office 365: the organisation that was proved and enabled.
    Consent(Organisation),
    /// A hosted product: the details with their password.
    Impersonation(Impersonation),
    /// A hosted product whose password can't be decrypted here: the key is put on record by who can read it, or the
    /// password is entered again.
    KeyLost(KeyNeeded),
    /// Nothing is enabled any more: the run has to be done again.
    Missing,
}

/// An enabled product, and how to get in.
#[derive(Clone, Debug)]
pub struct Listable {
    /// Whose users.
    pub customer: Customer,
    /// Of which product.
    pub product: Product,
    /// How to get in.
    pub access: RuleAccess,
    /// What a list of its users is about.
    pub target: ListTarget,
}

impl Store {
    /// Every enabled product of an open customer, in the order of the customers.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn listable(&self) -> Result<Vec<Listable>, Failure> {
        self.read(|tx| {
            let mut all = Vec::new();
            for customer in customer::all(tx)?.into_iter().filter(|customer| customer.is_active) {
                for product in &customer.products {
                    let key = (customer.id, *product);
                    let Some((enabled, _)) = enablement::find(tx, key)? else { continue };
                    all.push(Listable {
                        customer: customer.clone(),
                        product: *product,
                        access: self.rule_access(tx, key)?,
                        target: ListTarget { key, enabled, tenant: customer.tenant },
                    });
                }
            }
            Ok(all)
        })
    }

    /// Every rule of an open customer, with what its pass needs. Closed customers are left out: nobody is turned on
    /// for them.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn rules(&self) -> Result<Vec<RuleRow>, Failure> {
        let mut rows = self.all_rules()?;
        rows.retain(|row| row.customer.is_active);
        Ok(rows)
    }

    /// The same with the rules of closed customers, which stay on record.
    ///
    /// # Errors
    /// As [`Store::rules`].
    pub fn all_rules(&self) -> Result<Vec<RuleRow>, Failure> {
        self.read(|tx| {
            let mut rows = Vec::new();
            for (key, rule) in rule::all(tx, None)? {
                rows.push(self.rule_row(tx, key, rule)?);
            }
            Ok(rows)
        })
    }

    /// One rule, as it is now: a pass that has waited for its turn works with what is on record then.
    ///
    /// # Errors
    /// As [`Store::rules`].
    pub fn rule(&self, customer: CustomerId, product: Product) -> Result<Option<RuleRow>, Failure> {
        let key = (customer, product);
        self.read(|tx| rule::find(tx, key)?.map(|rule| self.rule_row(tx, key, rule)).transpose())
    }

    fn rule_row(&self, tx: &Tx<'_>, key: Key, rule: AutoRule) -> Result<RuleRow, Failure> {
        let used = product::used(tx, key)?;
        let access = self.rule_access(tx, key)?;
        let consent = match &access {
            RuleAccess::Consent(found) => consent::find(tx, found.tenant)?.and_then(|known| known.trouble),
            _ => None,
        };
        Ok(RuleRow {
            customer: customer::one(tx, key.0)?,
            product: key.1,
            rule,
            kinds: product::kinds(tx, key)?,
            access,
            exclusions: exclusion::all(tx, key)?,
            seats: used.here,
            limit: used.limit,
            used_elsewhere: used.elsewhere,
            consent,
        })
    }

    /// How the pass of a rule gets in.
    fn rule_access(&self, tx: &Tx<'_>, key: Key) -> Result<RuleAccess, Failure> {
        if !key.1.is_hosted() {
            let found = enablement::organisation_of(tx, key)?;
            return Ok(found.map_or(RuleAccess::Missing, RuleAccess::Consent));
        }
        Ok(match record::impersonation(tx, &self.0, key.0)? {
            (Some(_), Some(needed)) => RuleAccess::KeyLost(needed),
            (Some(found), None) => RuleAccess::Impersonation(found),
            (None, _) => RuleAccess::Missing,
        })
    }

    /// Switches Enable Auto on. A rule that is on keeps its age and its passes and takes the new numbers; what needed
    /// attention is answered by that.
    ///
    /// # Errors
    /// `Refused` before *Enable* and for a closed account; `Conflict` for another organisation than the one on record, and
    /// without the run's hold; `Record`: a retry is safe.
    pub fn make_rule(&self, run: &RunId, confirmed: u32, ceiling: u32) -> Result<AutoRule, Failure> {
        self.make_rule_for(run, confirmed, ceiling, &[])
    }

    /// The same, and whom the rule is to turn on, as a list said that was believed.
    ///
    /// # Errors
    /// As [`Store::make_rule`].
    pub fn make_rule_for(
        &self,
        run: &RunId,
        confirmed: u32,
        ceiling: u32,
        owed: &[Chosen],
    ) -> Result<AutoRule, Failure> {
        let key = self.write_run(run, |write, row| {
            allowed::to_bill_in(write, row)?;
            let owed = owed.iter().filter(|user| !user.id.is_of_place());
            scheduled::add(write.tx, row.key(), owed.map(|user| (&user.id, &user.address)))?;
            if rule::keep(write.tx, row.key(), (confirmed, ceiling), run, write.by())? {
                let words =
                    format_args!("switched Enable Auto on: {confirmed} confirmed, at most {ceiling} seats");
                write.note_run(row, &Text::of(words))?;
            }
            Ok(row.key())
        })?;
        self.read(|tx| rule::find(tx, key))?.ok_or_else(|| {
            Failure::new(
                FailureKind::Conflict,
                "Enable Auto was switched off again at the same moment",
                "Look at the list and switch it on again if it should be on.",
            )
        })
    }

    /// Switches Enable Auto off; whoever is on stays on. With no rule it changes nothing.
    ///
    /// # Errors
    /// `Refused` for a User once the rule had its first pass; `Conflict` without the run's hold.
    pub fn undo_rule(&self, run: &RunId) -> Result<(), Failure> {
        self.write_run(run, |write, row| {
            let Some(found) = rule::find(write.tx, row.key())? else { return Ok(()) };
            if found.last_pass.is_some() {
                write.demand_admin("switching Enable Auto off after its first sweep")?;
            }
            rule::forget(write.tx, row.key())?;
            // A later rule begins with everybody who is listed then.
            delta::forget(write.tx, row.key())?;
            scheduled::forget(write.tx, row.key())?;
            write.note_run(row, &Text::from("switched Enable Auto off"))
        })
    }
}
