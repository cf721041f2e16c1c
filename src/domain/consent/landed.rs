//! A grant that landed at another customer of the record: who, where, since when, and what is said of it. Pure.

use crate::domain::{
    doubt::Holder,
    phrase::Phrase,
    sydney::clock_in_words,
    tenant::{Organisation, Verdict},
    time::Moment,
};

use super::advice;

/// Backup365 was accepted in the organisation of another customer, after the link of this run was shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Landed {
    /// Whose organisation it is, as on record.
    pub holder: Holder,
    /// The organisation.
    pub organisation: Organisation,
    /// When it was accepted there, by Microsoft's clock.
    pub at: Moment,
}

impl Landed {
    /// Where it is and that nothing has come of it; `here` is the zone by whose clocks times are told.
    #[must_use]
    pub fn in_words(&self, now: Moment, here: &str) -> Phrase {
        let Self { holder, organisation, at } = self;
        let at = clock_in_words(*at, now, here);
        let found = organisation.named();
        format_args!(
            "{found}, the organisation of {holder} on record, at {at}. Nothing has been enabled for either."
        )
        .into()
    }

    /// How it is taken back there, and how it is given here.
    #[must_use]
    pub fn advice(&self, expected: &str) -> Vec<Phrase> {
        let verdict = Verdict::WrongTenant { found: self.organisation.clone() };
        advice(&verdict, expected, std::time::Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::CustomerId;

    #[test]
    fn both_customers_are_named_and_nothing_was_enabled() {
        let at = Moment::parse("2026-11-23T05:42:00Z").unwrap();
        let landed = Landed {
            holder: Holder {
                id: CustomerId(4),
                reference: "C-1050".into(),
                name: "Rimu Property".into(),
                is_active: true,
            },
            organisation: Organisation {
                tenant: "ce09a731-4658-4ecb-84af-be20496a6714".parse().unwrap(),
                name: Some("Rimu Property Holdings".into()),
                domain: None,
                region: None,
            },
            at,
        };
        let words = landed.in_words(at, "Australia/Perth").for_commands();
        for part in ["Rimu Property Holdings (…6714)", "C-1050 Rimu Property", "Nothing has been enabled"] {
            assert!(words.as_str().contains(part), "{words}");
        }
        let advice = landed.advice("Rimu Legal (…039a)");
        let advice: Vec<_> = advice.iter().map(|words| words.for_commands().to_string()).collect();
        assert!(
            advice[0].contains("presses Delete") && advice[1].contains("Rimu Legal (…039a)"),
            "{advice:?}"
        );
    }
}
