//! Whether the record holds moments at which something has happened and that have not come yet: this computer's clock is
//! wrong now, or was when they were written. Nothing waits for them (product.md rule 21).

use super::super::{
    Store,
    table::{about, audit, rule, sweeper},
    tx::Tx,
};
use crate::domain::{
    failure::{Failure, FailureKind},
    sydney,
    text::Text,
    time::Moment,
};

/// Name of the fact that says up to which moment entries of the audit have been seen to be wrong.
const SEEN: &str = "clock-was-fast-until";

impl Store {
    /// Refuses to go on where the record shows that the clock is wrong, or was.
    ///
    /// # Errors
    /// `Record`, as an alarm, and when the record can't be read.
    pub fn demand_clock(&self) -> Result<(), Failure> {
        self.clock_trouble()?.map_or(Ok(()), Err)
    }

    /// The trouble with the clock that the record shows; none while all of it has happened before now.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub(crate) fn clock_trouble(&self) -> Result<Option<Failure>, Failure> {
        let latest = self.read(|tx| self.ahead(tx))?;
        Ok(latest
            .map(|latest| Failure::new(FailureKind::Record, self.in_words(latest), self.hint()).alarming()))
    }

    /// Notes that the clock is right, as Microsoft's answers say: whatever entry lies ahead was written by one that was
    /// fast, and is told no more. Rules and passes are set right by the next pass. Without trouble it changes nothing.
    ///
    /// # Errors
    /// `Record`: nothing was written, a retry is safe.
    pub fn clock_is_right(&self) -> Result<(), Failure> {
        if self.read(|tx| self.ahead(tx))?.is_none() {
            return Ok(());
        }
        self.write(|write| {
            let now_at_most = write.now.plus(self.0.options.clock.tolerance());
            let Some(latest) = audit::latest_beyond(write.tx, seen(write.tx)?.max(now_at_most))? else {
                return Ok(());
            };
            about::keep(write.tx, SEEN, &latest.as_millis().to_string())?;
            write.note_all(
                None,
                None,
                &format!("found the clock right: entries up to {latest} were written by one that was fast"),
            )
        })
    }

    /// The latest moment that lies ahead of the clock and is not known to be wrong.
    fn ahead(&self, tx: &Tx<'_>) -> Result<Option<Moment>, Failure> {
        let clock = &self.0.options.clock;
        let now_at_most = clock.now().plus(clock.tolerance());
        let entry = audit::latest_beyond(tx, seen(tx)?.max(now_at_most))?;
        let passed = sweeper::all(tx)?.iter().filter_map(|sweeper| sweeper.last_pass).max();
        let latest = entry.max(rule::latest(tx)?).max(passed);
        Ok(latest.filter(|latest| *latest > now_at_most))
    }

    fn in_words(&self, latest: Moment) -> Text {
        let now = self.0.options.clock.now();
        Text::of(format_args!(
            "the clock of this computer is wrong, or was: the record holds something that happened at {}, and now it is \
             {}",
            sydney::stamp_in_words(latest, sydney::ZONE),
            sydney::stamp_in_words(now, sydney::ZONE)
        ))
    }

    /// What to do about it.
    fn hint(&self) -> &'static str {
        if self.0.options.is_sandbox {
            "In the sandbox that comes of --clock: give a later one, or forget its world with \"backup365 sandbox --reset\" and \
             go on. Nothing waits for what lies ahead."
        } else {
            "Compare it with Microsoft's: \"backup365 sweep --check\". Set it right first; passes that are missing are done \
             then, and nothing waits for what lies ahead."
        }
    }
}

/// Up to which moment entries are known to be wrong.
fn seen(tx: &Tx<'_>) -> Result<Moment, Failure> {
    let seen = about::find(tx, SEEN)?.and_then(|text| text.as_str().parse().ok());
    Ok(Moment::from_millis(seen.unwrap_or(i64::MIN)))
}
