//! What is on record of an organisation's consent: when everything was granted and proved, and why the customer must accept
//! again. Pure.
//!
//! A round of proving and a pass of the sweep each bring a [`Look`]; out of it and of what was known comes the next
//! [`Consent`]. It is kept by tenant: another organisation starts anew.

mod landed;
mod opening;
mod standing;
mod told;

pub use landed::Landed;
pub use opening::{hinted, opened_by};
pub use standing::{Consents, CustomerConsent, Progress, Renewal, Seen, Sight, Standing, asked_again};
pub use told::{tally, why_again};

use std::time::Duration;

use super::{
    failure::Failure,
    phrase::{Phrase, WayOn, phrase},
    tenant::{Proof, Verdict},
    text::Text,
    time::Moment,
};

/// How long Microsoft may refuse what was granted before that is a refusal: vendors of backup programs publish 15 to 60
/// minutes, Microsoft itself no figure.
pub const SPREADING: Duration = Duration::from_hours(1);

/// How long ago a proof must lie for a permission that isn't there to be missing, and not on its way.
const SETTLED: Duration = Duration::from_hours(1);

/// After which spreading takes longer than usual (microsoft-identity-and-graph.md section 3.6: no figure is documented,
/// about 30 s is reported). How long it may take at worst is a setting.
pub const SPREADING_USUAL: Duration = Duration::from_mins(5);

/// How long a customer usually takes to sign in, read and accept; a guess from use.
pub const CONSENT_USUAL: Duration = Duration::from_mins(3);

/// How to look on the customer's side where Microsoft goes on refusing what was granted.
pub const LOOK_THERE: &str = "On the customer's side: Entra admin center, Enterprise applications, Backup365. Permissions shows \
    what was granted, Properties whether sign-in is enabled, Sign-in logs (service principals) whether a Conditional Access \
    rule for workload identities blocks it.";

/// Said where nothing is granted any more.
const GONE: &str = "Backup365 is not accepted in the organisation any more";

/// What is on record of one organisation.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Consent {
    /// Since when every permission has been granted, by all looks since: the start of the time in which Microsoft spreads it.
    pub granted: Option<Moment>,
    /// When every check was good for the first time.
    pub proved: Option<Moment>,
    /// What an operator must have the customer do, a sentence without a full stop; none: all was well at the last look.
    pub trouble: Option<Text>,
}

/// What one look at Microsoft's answers tells about consent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Look {
    /// Every check was good.
    Proved,
    /// Every permission is there.
    Granted,
    /// Some are not, and nothing says that they are on their way; what is missing.
    Missing(Text),
    /// The wizard's own permissions are there; the others that are not, with commas between. Whether they were ever there is
    /// for a round of proving to say.
    OwnOnly(Text),
    /// The application is not known there, or nothing is granted.
    None,
    /// The answers are for another organisation; which.
    Elsewhere(Text),
}

impl Look {
    /// What a round of proving tells; nothing where an answer that mattered did not come.
    #[must_use]
    pub fn of(proof: &Proof) -> Option<Self> {
        match &proof.verdict {
            Verdict::Proved => Some(Self::Proved),
            Verdict::NotYet => Some(Self::None),
            Verdict::WrongTenant { found } => Some(Self::Elsewhere(found.tenant.last_four())),
            Verdict::Failed(failure) if failure.asks_consent => {
                Some(Self::Missing(proof.missing.clone().unwrap_or_default()))
            }
            Verdict::Spreading | Verdict::Failed(_) => proof.granted.map(|_| Self::Granted),
        }
    }
}

impl Consent {
    /// Whether it was proved so long ago that nothing of it is still on its way. A moment in the future proves nothing.
    #[must_use]
    pub fn is_settled(&self, now: Moment) -> bool {
        self.proved.is_some_and(|at| at <= now && now.since(at) > SETTLED)
    }

    /// What is known after another look.
    #[must_use]
    pub fn after(&self, look: &Look, now: Moment) -> Self {
        let past = |at: Option<Moment>| at.filter(|at| *at <= now);
        let (granted, proved) = (past(self.granted), past(self.proved));
        match look {
            Look::Proved => {
                Self { granted: granted.or(Some(now)), proved: proved.or(Some(now)), trouble: None }
            }
            Look::Granted => Self { granted: granted.or(Some(now)), proved, trouble: None },
            Look::Missing(what) => {
                let what = if what.is_empty() { String::new() } else { format!("; missing: {what}") };
                let words = Text::of(format_args!("the customer must accept again{what}"));
                Self { granted: None, proved, trouble: Some(words) }
            }
            Look::OwnOnly(lacking) => {
                let is_of_these =
                    |words: &Text| lacking.as_str().split(", ").any(|name| words.as_str().contains(name));
                Self { granted: self.granted, proved, trouble: self.trouble.clone().filter(is_of_these) }
            }
            // Before the first consent that is how it should be.
            Look::None if proved.is_none() => Self { granted: None, proved, trouble: None },
            Look::None => {
                let words = Text::of(format_args!("{GONE}; the customer must accept again"));
                Self { granted: None, proved, trouble: Some(words) }
            }
            Look::Elsewhere(four) => {
                let words = format_args!(
                    "{}; compare the organisation on record with the customer, who must accept again",
                    elsewhere(four)
                );
                Self { granted: None, proved, trouble: Some(Text::of(words)) }
            }
        }
    }
}

/// Why the customer must accept again, where a round of proving says so: a permission is missing, or what was enabled is not
/// accepted any more.
#[must_use]
pub fn lost(verdict: &Verdict, was_enabled: bool) -> Option<Text> {
    match verdict {
        Verdict::Failed(failure) if failure.asks_consent => Some(failure.what.clone()),
        Verdict::NotYet if was_enabled => Some(GONE.into()),
        Verdict::WrongTenant { found } if was_enabled => Some(elsewhere(&found.tenant.last_four())),
        _ => None,
    }
}

/// What to do where the customer has something to mend: a round of proving came to this, the run is for the organisation
/// that is expected, and the customer has had the link, or Microsoft has been spreading what was accepted, for so long.
#[must_use]
pub fn advice(verdict: &Verdict, expected: &str, lasted: Duration) -> Vec<Phrase> {
    match verdict {
        Verdict::WrongTenant { found } => {
            let found = found.named();
            vec![
                format_args!(
                    "To remove what was accepted in {found}: an administrator there opens the Entra admin center, Enterprise applications, Backup365, Properties, and presses Delete."
                )
                .into(),
                format_args!(
                    "Then open the link again in a private window and sign in as an administrator of {expected}."
                )
                .into(),
            ]
        }
        Verdict::NotYet if lasted >= CONSENT_USUAL => {
            vec![Phrase::from(format_args!(
                "Longer than usual. If they have pressed Accept: which organisation did the page name? It must be {expected}. If it named another organisation, that one's administrator deletes Backup365 there (Entra admin center, Enterprise applications); then the administrator of {expected} opens the link in a private window. “Need admin approval”: a Global Administrator must open it."
            ))]
        }
        Verdict::Spreading if lasted >= SPREADING_USUAL => vec![phrase![
            "This takes longer than usual. It is still no error. ",
            WayOn::Park("meanwhile"),
            " It is asked again on the first screen. ",
            LOOK_THERE
        ]],
        _ => Vec::new(),
    }
}

/// Said where the answers are for an organisation whose ID ends so.
fn elsewhere(four: &Text) -> Text {
    Text::of(format_args!("Microsoft answers for another organisation, ending in {four}"))
}

/// What a round of proving goes by besides Microsoft's answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terms {
    /// The link is out in this run: permissions that are missing may still be on their way.
    pub is_link_out: bool,
    /// What is on record.
    pub consent: Consent,
    /// How long Microsoft may refuse what was granted.
    pub spreading: Duration,
}

impl Default for Terms {
    fn default() -> Self {
        Self { is_link_out: false, consent: Consent::default(), spreading: SPREADING }
    }
}

/// The bad news that a customer must accept again, with what is missing.
#[must_use]
pub fn missing(names: &Text) -> Failure {
    Failure::new(
        super::failure::FailureKind::Refused,
        Text::of(format_args!("not every permission was granted; missing: {names}")),
        "The customer's administrator opens the link again and accepts all permissions.",
    )
    .asking_consent()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(minutes: i64) -> Moment {
        Moment::from_millis(minutes * 60_000)
    }

    #[test]
    fn looks_one_after_another_come_to_what_is_on_record() {
        let none = Consent::default();
        assert_eq!(none.after(&Look::None, at(1)), none, "who has not accepted yet is no trouble");
        let granted = none.after(&Look::Granted, at(2));
        assert_eq!((granted.granted, granted.proved), (Some(at(2)), None));
        let proved = granted.after(&Look::Proved, at(3));
        assert_eq!((proved.granted, proved.proved, &proved.trouble), (Some(at(2)), Some(at(3)), &None));
        assert_eq!(proved.after(&Look::Proved, at(9)), proved, "the first time counts");
        let missing = proved.after(&Look::Missing("Tasks.Read.All".into()), at(10));
        assert_eq!(missing.granted, None, "what is granted again spreads again");
        assert_eq!(missing.proved, Some(at(3)));
        assert_eq!(
            missing.trouble.as_ref().unwrap().as_str(),
            "the customer must accept again; missing: Tasks.Read.All"
        );
        assert_eq!(missing.after(&Look::Granted, at(11)).trouble, None);
        assert_eq!(missing.after(&Look::OwnOnly("Mail.ReadWrite, Tasks.Read.All".into()), at(11)), missing);
        assert_eq!(missing.after(&Look::OwnOnly("Mail.ReadWrite".into()), at(11)).trouble, None);
        for look in [Look::None, Look::Elsewhere("c2ca".into())] {
            let words = proved.after(&look, at(12)).trouble.unwrap();
            assert!(words.as_str().contains("must accept again"), "{words}");
        }
    }

    #[test]
    fn a_proof_settles_after_an_hour_and_one_of_the_future_never() {
        let proved = Consent::default().after(&Look::Proved, at(0));
        assert!(!proved.is_settled(at(60)) && proved.is_settled(at(61)));
        let ahead = Consent { granted: Some(at(500)), proved: Some(at(500)), trouble: None };
        assert!(!ahead.is_settled(at(100)));
        let after = ahead.after(&Look::Proved, at(100));
        assert_eq!((after.granted, after.proved), (Some(at(100)), Some(at(100))));
    }
}
