//! How an organisation's consent stands: what the last look saw, held against what customers are asked for now. Pure.
//!
//! Kept is what is granted, never what is lacking: another set of permissions, chosen in the settings, says at once who must
//! accept again, without asking Microsoft.

use crate::domain::{
    consent::{Consent, hinted},
    doubt::Holder,
    id::{Address, RunId, TenantId},
    permission::{Permission, PermissionSet},
    text::Text,
    time::Moment,
};

/// What a look saw.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sight {
    /// Permissions that are granted, by name, of those that are known; none where nothing is granted.
    Granted(Vec<Text>),
    /// The application is not known in the organisation.
    Unknown,
    /// The customer has switched the application off.
    Off,
    /// Microsoft does not know the organisation any more, or has closed it.
    Gone,
    /// The answers were for another organisation.
    Elsewhere,
}

impl Sight {
    /// What Microsoft's code for a sign-in that failed tells (reference, section 5.2); nothing for most codes.
    #[must_use]
    pub const fn of_code(code: u64) -> Option<Self> {
        match code {
            700_016 | 700_011 | 7_000_229 | 65_001 | 90_008 => Some(Self::Unknown),
            7_000_112 | 70_001 => Some(Self::Off),
            90_002 | 5_000_224 => Some(Self::Gone),
            _ => None,
        }
    }
}

/// A look that is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// When.
    pub at: Moment,
    /// What it saw.
    pub sight: Sight,
}

/// A customer who was asked to accept again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Renewal {
    /// Names of the permissions that were lacking.
    pub asked: Vec<Text>,
    /// When an operator sent the link.
    pub sent: Moment,
    /// Which operator.
    pub sent_by: Text,
    /// When the customer was reminded last.
    pub reminded: Option<Moment>,
    /// By whom.
    pub reminded_by: Option<Text>,
    /// When it was seen that all of them are granted.
    pub accepted: Option<Moment>,
}

impl Renewal {
    /// Whether a look saw all that was asked for.
    #[must_use]
    pub fn is_met_by(&self, sight: &Sight) -> bool {
        matches!(sight, Sight::Granted(names) if self.asked.iter().all(|asked| names.contains(asked)))
    }
}

/// How the consent of all customers stands: what they are asked for, and what is on record of each.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Consents {
    /// What they are asked for.
    pub set: PermissionSet,
    /// Open customers who have bought Office 365, by name.
    pub rows: Vec<CustomerConsent>,
}

/// What is on record of one customer's consent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CustomerConsent {
    /// Whose.
    pub customer: Holder,
    /// The organisation; none: not known yet.
    pub tenant: Option<TenantId>,
    /// The newest run for it: it has the invitation.
    pub run: Option<RunId>,
    /// The administrator who opens the link, where an operator named one.
    pub administrator: Option<Address>,
    /// Since when everything was granted and proved.
    pub consent: Consent,
    /// The last look; none: nobody has looked since looks are kept.
    pub seen: Option<Seen>,
    /// Asked to accept again: the last time.
    pub renewal: Option<Renewal>,
    /// What is to be known of the relationship with the customer, a sentence without its full stop: that it ends soon, or is
    /// no longer listed.
    pub relationship: Option<Text>,
}

/// How it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Everything that is asked for is granted.
    Whole,
    /// It was accepted, and these are not granted.
    Lacks(Vec<Permission>),
    /// It was accepted once, and nothing is granted any more.
    Withdrawn,
    /// It was accepted, and the customer has switched the application off.
    Off,
    /// Microsoft has no such organisation any more.
    Gone,
    /// Microsoft answered for another organisation.
    Elsewhere,
    /// It was never accepted as a whole.
    NotAccepted,
    /// It was accepted; nobody has looked since looks are kept.
    NotSeen,
}

impl Standing {
    /// The word in JSON.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Lacks(_) => "lacks",
            Self::Withdrawn => "withdrawn",
            Self::Off => "switched_off",
            Self::Gone => "organisation_gone",
            Self::Elsewhere => "other_organisation",
            Self::NotAccepted => "not_accepted_yet",
            Self::NotSeen => "not_looked_at",
        }
    }

    /// It in a few words; what is lacking is counted.
    #[must_use]
    pub fn in_words(&self) -> Text {
        match self {
            Self::Whole => "whole".into(),
            Self::Lacks(rows) => Text::of(format_args!("lacks {}", rows.len())),
            Self::Withdrawn => "withdrawn".into(),
            Self::Off => "switched off".into(),
            Self::Gone => "organisation gone".into(),
            Self::Elsewhere => "other organisation".into(),
            Self::NotAccepted => "not accepted yet".into(),
            Self::NotSeen => "not looked at yet".into(),
        }
    }

    /// What an operator does about it, a sentence without a full stop; nothing where all is well, or where somebody is at it.
    #[must_use]
    pub const fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Lacks(_) | Self::Withdrawn => Some("the customer must accept again"),
            Self::Off => Some(
                "the customer's administrator switches it on: Entra admin center, Enterprise applications, Backup365, \
                 Properties, Enabled for users to sign in: Yes",
            ),
            Self::Gone => {
                Some("ask the customer whether the organisation was closed, or was joined to another one")
            }
            Self::Elsewhere => Some("compare the organisation on record with the customer"),
            Self::Whole | Self::NotAccepted | Self::NotSeen => None,
        }
    }

    /// Whether the customer's administrator must open the link again.
    #[must_use]
    pub const fn must_accept(&self) -> bool {
        matches!(self, Self::Lacks(_) | Self::Withdrawn)
    }
}

impl CustomerConsent {
    /// How it stands, where customers are asked for this set.
    #[must_use]
    pub fn standing(&self, set: &PermissionSet) -> Standing {
        let was_proved = self.consent.proved.is_some();
        let Some(Seen { sight, .. }) = self.seen.as_ref().filter(|_| self.tenant.is_some()) else {
            return if was_proved { Standing::NotSeen } else { Standing::NotAccepted };
        };
        match sight {
            Sight::Gone => Standing::Gone,
            Sight::Elsewhere => Standing::Elsewhere,
            Sight::Off if was_proved => Standing::Off,
            Sight::Unknown if was_proved => Standing::Withdrawn,
            Sight::Granted(names) => match (lacking(set, names), names.is_empty()) {
                (lacking, _) if lacking.is_empty() => Standing::Whole,
                _ if !was_proved => Standing::NotAccepted,
                (_, true) => Standing::Withdrawn,
                (lacking, false) => Standing::Lacks(lacking),
            },
            Sight::Off | Sight::Unknown => Standing::NotAccepted,
        }
    }

    /// The link for its administrator, whose address it names where that is known.
    #[must_use]
    pub fn hinted(&self, link: Text) -> Text {
        self.administrator.as_ref().map(|address| hinted(link.as_str(), address)).unwrap_or(link)
    }

    /// The renewal that has not been accepted yet.
    #[must_use]
    pub fn open_renewal(&self) -> Option<&Renewal> {
        self.renewal.as_ref().filter(|renewal| renewal.accepted.is_none())
    }
}

/// How far the customer is on the way to accept again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress<'a> {
    /// The link, or one for all that is lacking now, is still to be sent.
    ToSend,
    /// It was sent.
    Sent(&'a Renewal),
    /// It was accepted.
    Accepted(&'a Renewal, Moment),
}

impl Progress<'_> {
    /// The word in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ToSend => "to_send",
            Self::Sent(_) => "sent",
            Self::Accepted(..) => "accepted",
        }
    }
}

impl CustomerConsent {
    /// How far accepting again is, where it stands so; nothing where the customer need not, and was not asked.
    #[must_use]
    pub fn progress(&self, standing: &Standing, set: &PermissionSet) -> Option<Progress<'_>> {
        let is_asked = |renewal: &Renewal| {
            let asked = asked_again(standing, set);
            renewal.accepted.is_none() && asked.iter().all(|row| renewal.asked.contains(&row.value))
        };
        match &self.renewal {
            Some(renewal) if standing.must_accept() && is_asked(renewal) => Some(Progress::Sent(renewal)),
            _ if standing.must_accept() => Some(Progress::ToSend),
            Some(renewal) => {
                Some(renewal.accepted.map_or(Progress::Sent(renewal), |at| Progress::Accepted(renewal, at)))
            }
            None => None,
        }
    }
}

/// What of a set is not among these names.
fn lacking(set: &PermissionSet, names: &[Text]) -> Vec<Permission> {
    set.rows.iter().filter(|row| !names.contains(&row.value)).cloned().collect()
}

/// What a customer is asked for again where it stands so: what is lacking, or everything.
#[must_use]
pub fn asked_again(standing: &Standing, set: &PermissionSet) -> Vec<Permission> {
    match standing {
        Standing::Lacks(rows) => rows.clone(),
        Standing::Withdrawn => set.rows.clone(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{id::CustomerId, permission::SetName};

    fn set(name: &str) -> PermissionSet {
        PermissionSet::new(SetName::of_word(name).unwrap(), &[]).unwrap()
    }

    fn granted(set: &PermissionSet) -> Sight {
        Sight::Granted(set.rows.iter().map(|row| row.value.clone()).collect())
    }

    fn of(proved: bool, sight: Option<Sight>) -> CustomerConsent {
        let at = Moment::from_millis(1);
        CustomerConsent {
            customer: Holder {
                id: CustomerId(1),
                reference: "C-1".into(),
                name: "Bakery".into(),
                is_active: true,
            },
            tenant: Some("7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77".parse().unwrap()),
            run: None,
            administrator: None,
            consent: Consent { proved: proved.then_some(at), ..Consent::default() },
            seen: sight.map(|sight| Seen { at, sight }),
            renewal: None,
            relationship: None,
        }
    }

    #[test]
    fn what_was_seen_is_held_against_what_is_asked_for_now() {
        let (standard, after) = (set("standard"), set("after-ews"));
        let word = |proved, sight, set| of(proved, sight).standing(set).word();
        for (proved, sight, expected) in [
            (true, Some(granted(&standard)), "whole"),
            (true, Some(Sight::Granted(Vec::new())), "withdrawn"),
            (true, Some(Sight::Unknown), "withdrawn"),
            (true, Some(Sight::Off), "switched_off"),
            (true, Some(Sight::Gone), "organisation_gone"),
            (true, Some(Sight::Elsewhere), "other_organisation"),
            (true, None, "not_looked_at"),
            (false, None, "not_accepted_yet"),
            (false, Some(Sight::Unknown), "not_accepted_yet"),
            (false, Some(Sight::Granted(vec!["User.Read.All".into()])), "not_accepted_yet"),
        ] {
            assert_eq!(word(proved, sight.clone(), &standard), expected, "{proved} {sight:?}");
        }
        let Standing::Lacks(lacking) = of(true, Some(granted(&standard))).standing(&after) else {
            panic!("the other set asks for more");
        };
        assert_eq!(lacking.len(), 3);
        assert!(lacking.iter().all(|row| after.since(row) == Some(2)));
        // A permission that left the set, or is of another one, is not missed and not asked for.
        assert_eq!(word(true, Some(granted(&after)), &standard), "whole");
    }

    #[test]
    fn it_is_accepted_once_all_that_was_asked_for_is_granted() {
        let asked = vec![Text::from("A.Read.All"), Text::from("B.Read.All")];
        let at = Moment::from_millis(1);
        let renewal = Renewal {
            asked,
            sent: at,
            sent_by: "ann".into(),
            reminded: None,
            reminded_by: None,
            accepted: None,
        };
        assert!(!renewal.is_met_by(&Sight::Granted(vec!["A.Read.All".into()])));
        assert!(renewal.is_met_by(&Sight::Granted(vec!["B.Read.All".into(), "A.Read.All".into()])));
        assert!(!renewal.is_met_by(&Sight::Unknown));
    }
}
