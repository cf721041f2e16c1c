//! Consent that stays alive: what looks saw, and who is asked to accept again. None of it needs a run's hold.

use std::time::Duration;

use super::{Store, table::renewal};
use crate::domain::{
    bill::counted,
    consent::{CustomerConsent, Renewal, Seen, Sight},
    failure::{Failure, FailureKind},
    id::{CustomerId, TenantId},
    phrase::{Command, phrase},
    text::Text,
};

/// How old a look may be that says the same as the next one before that is kept as well. A guess: nobody reads the date by the
/// minute, and a wait looks every few seconds.
const SAME_FOR: Duration = Duration::from_mins(10);

impl Store {
    /// What is on record of the consent of every open customer who has bought Office 365, by name; with `only`, of that one.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn consents(&self, only: Option<CustomerId>) -> Result<Vec<CustomerConsent>, Failure> {
        let now = self.0.options.clock.now();
        let mut rows = self.read(|tx| renewal::all(tx, only))?;
        let listed = self.partnerships()?;
        for row in &mut rows {
            row.relationship = listed.get(&row.customer.id).and_then(|listed| listed.warning(now));
        }
        Ok(rows)
    }

    /// Keeps what a look at a tenant saw, and that customers have accepted again where it shows that. Writes only where that
    /// is something new, or the last look is old.
    ///
    /// # Errors
    /// `Record`: nothing was written, a retry is safe.
    pub fn keep_sight(&self, tenant: TenantId, sight: &Sight) -> Result<(), Failure> {
        let now = self.0.options.clock.now();
        let (known, open) = self.read(|tx| Ok((renewal::seen(tx, tenant)?, renewal::open(tx, tenant)?)))?;
        let is_known =
            known.is_some_and(|last| last.sight == *sight && last.at <= now && now.since(last.at) < SAME_FOR);
        let is_met = |renewal: &Option<Renewal>| renewal.as_ref().is_some_and(|open| open.is_met_by(sight));
        let accepted: Vec<CustomerId> =
            open.iter().filter(|(_, renewal)| is_met(renewal)).map(|(customer, _)| *customer).collect();
        if is_known && accepted.is_empty() {
            return Ok(());
        }
        self.write(|write| {
            renewal::keep_seen(write.tx, tenant, &Seen { at: write.now, sight: sight.clone() })?;
            for customer in accepted {
                renewal::accept(write.tx, customer, write.now)?;
                write.note(customer, &"saw that the customer has accepted again".into())?;
            }
            Ok(())
        })
    }

    /// Notes that an operator has sent a customer the link, for these permissions. Sent once more, the later time counts, and
    /// so does what is lacking by then; the history keeps both.
    ///
    /// # Errors
    /// `Record`: nothing was written, a retry is safe but for another line of the history.
    pub fn send_renewal(&self, of: (CustomerId, TenantId), asked: &[Text]) -> Result<(), Failure> {
        self.write(|write| {
            renewal::send(write.tx, of, asked, write.by())?;
            let count = counted(u32::try_from(asked.len()).unwrap_or(u32::MAX), "permission", "permissions");
            write.note(of.0, &Text::of(format_args!("sent the link to be accepted again, for {count}")))
        })
    }

    /// Notes that an operator has reminded a customer.
    ///
    /// # Errors
    /// `NotFound`: the link was not sent, or was accepted. `Record`: nothing was written.
    pub fn remind_renewal(&self, customer: CustomerId) -> Result<(), Failure> {
        self.write(|write| {
            let row = renewal::all(write.tx, Some(customer))?.pop();
            if row.is_none_or(|row| row.open_renewal().is_none()) {
                return Err(Failure::new(
                    FailureKind::NotFound,
                    "there is nothing to be reminded of: no link that was sent waits to be accepted",
                    phrase!["Who must accept again: ", Command::ConsentRenew],
                ));
            }
            renewal::remind(write.tx, customer, write.by())?;
            write.note(customer, &"reminded the customer to accept again".into())
        })
    }
}
