//! Tenants, organisations, and the proof that access works.

use super::{
    consent::Sight,
    failure::{Failure, FailureKind},
    id::TenantId,
    phrase::WayOn,
    text::Text,
    time::Moment,
};

/// What Microsoft says about a tenant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Organisation {
    /// The tenant.
    pub tenant: TenantId,
    /// Name that Microsoft holds; none before consent where the partner's own tenant can't ask.
    pub name: Option<Text>,
    /// Default domain (`bakery.example`), where known.
    pub domain: Option<Text>,
    /// Region of the directory (`EU`, `OC`, `NA` …), where known.
    pub region: Option<Text>,
}

/// Regions of Microsoft's directories (`tenant_region_scope`, microsoft-identity-and-graph.md section 1.3).
const REGIONS: [(&str, &str); 5] =
    [("WW", "worldwide"), ("NA", "North America"), ("EU", "Europe"), ("AS", "Asia"), ("OC", "Oceania")];

impl Organisation {
    /// The region in words with Microsoft's code, the code alone where it is not known, none where there is none.
    #[must_use]
    pub fn region_in_words(&self) -> Option<Text> {
        let code = self.region.as_ref()?;
        let known = REGIONS.iter().find(|(known, _)| *known == code.as_str());
        Some(known.map_or_else(|| code.clone(), |(_, words)| Text::of(format_args!("{words} ({code})"))))
    }

    /// It by name, or else by domain, and the last four of its ID.
    #[must_use]
    pub fn named(&self) -> String {
        let four = self.tenant.last_four();
        match self.name.as_ref().or(self.domain.as_ref()) {
            Some(name) => format!("{name} (…{four})"),
            None => format!("the tenant ID ending in {four}"),
        }
    }
}

/// State of one named check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CheckState {
    /// Not asked yet, or waiting for an earlier check.
    Waiting,
    /// Asked, no answer yet.
    Asking,
    /// Granted a moment ago; Microsoft is still spreading it. Not an error.
    Spreading,
    /// Proved.
    Good,
    /// Proved for a part, and the rest blocks nothing: which, in words.
    Partly(Text),
    /// Could not be read, and blocks nothing (an unreadable token).
    Unread(Text),
    /// Proved wrong, with the news.
    Bad(Failure),
}

impl CheckState {
    /// The state in words, the same on every front end.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Asking => "asking",
            Self::Spreading => "granted, spreading",
            Self::Good => "good",
            Self::Partly(_) => "in part, blocks nothing",
            Self::Unread(_) => "can't be read, blocks nothing",
            Self::Bad(_) => "failed",
        }
    }
}

/// One named check of the proof.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    /// What is checked, as shown ("Users can be read").
    pub name: Text,
    /// Where it stands.
    pub state: CheckState,
    /// A detail beside it (the organisation's name, a count), may be empty.
    pub detail: Text,
}

/// What one round of checking found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    /// The checks, in the order of the screen.
    pub checks: Vec<Check>,
    /// The organisation, once `/organization` named it.
    pub organisation: Option<Organisation>,
    /// How the whole stands.
    pub verdict: Verdict,
    /// Since when every permission has been granted, by this round and those before it; none: one is missing, or nobody
    /// knows.
    pub granted: Option<Moment>,
    /// Which permissions are missing for good, where some are.
    pub missing: Option<Text>,
    /// What it saw of consent, to be kept; none: that could not be read, or is still on its way.
    pub sight: Option<Sight>,
    /// When the round ended.
    pub at: Moment,
}

impl Proof {
    /// Rule 2, once more: whatever a proof says of itself, it is none where it names another tenant than the expected one,
    /// or no tenant at all.
    pub fn guard(&mut self, expected: &Organisation) {
        match &self.organisation {
            Some(found) if found.tenant != expected.tenant => {
                self.verdict = Verdict::WrongTenant { found: found.clone() };
            }
            None if self.verdict.is_proved() => {
                self.verdict = Verdict::Failed(Failure::new(
                    FailureKind::Malformed,
                    "the checks are good, but no answer names the organisation",
                    WayOn::Again("ask again"),
                ));
            }
            _ => {}
        }
    }
}

/// The whole of a proof.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Every check is good (unread ones block nothing): *Enable* can be pressed.
    Proved,
    /// The customer has not accepted yet.
    NotYet,
    /// Accepted, Microsoft is still spreading it.
    Spreading,
    /// The answers name another tenant: nothing may be enabled.
    WrongTenant {
        /// Whom the answers name.
        found: Organisation,
    },
    /// It can't work as it is; the failure says what to tell the customer.
    Failed(Failure),
}

impl Verdict {
    /// Whether *Enable* may be pressed.
    #[must_use]
    pub const fn is_proved(&self) -> bool {
        matches!(self, Self::Proved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_said_in_words_and_an_unknown_one_by_its_code() {
        for (region, words) in [
            (Some("OC"), Some("Oceania (OC)")),
            (Some("EU"), Some("Europe (EU)")),
            (Some("XY"), Some("XY")),
            (None, None),
        ] {
            let organisation = Organisation {
                tenant: "7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77".parse().unwrap(),
                name: None,
                domain: None,
                region: region.map(Text::from),
            };
            assert_eq!(organisation.region_in_words(), words.map(Text::from));
        }
    }
}
