//! What Exchange once said a mailbox is, and how long that is believed.

use std::time::Duration;

use super::{id::UserId, time::Moment, user::Kind};

/// How long *there is no mailbox here* is believed. A mailbox is made, or moved into the cloud, without a trace in the
/// directory's row; a day is a guess that costs at most one question a night for each such user.
pub const NO_MAILBOX_FOR: Duration = Duration::from_hours(24);

/// One answer of Exchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Checked {
    /// The user.
    pub user: UserId,
    /// What the mailbox is.
    pub kind: Kind,
    /// A digest of what the directory said of the user then: with another one the user has changed.
    pub facts: i64,
    /// When it was asked.
    pub at: Moment,
}

impl Checked {
    /// Whether the answer still holds for a user of whom the directory says this now.
    #[must_use]
    pub fn holds(&self, facts: i64, now: Moment) -> bool {
        self.facts == facts
            && match self.kind {
                Kind::NotKnownYet => false,
                // An answer of the future was kept while a clock was wrong.
                Kind::WithoutMailbox | Kind::OnPremises => {
                    self.at <= now && now.since(self.at) < NO_MAILBOX_FOR
                }
                _ => true,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_until_the_user_changes_and_no_mailbox_for_a_day() {
        let hour = |hours: i64| Moment::from_millis(hours * 3_600_000);
        let holds = |kind, facts, now| {
            let checked = Checked { user: UserId::from_bytes([1; 16]), kind, facts: 7, at: hour(100) };
            checked.holds(facts, now)
        };
        for kind in [Kind::User, Kind::Shared, Kind::Room, Kind::Disabled] {
            assert!(holds(kind, 7, hour(50_000)), "{kind:?}");
            assert!(!holds(kind, 8, hour(101)), "{kind:?}");
        }
        for kind in [Kind::WithoutMailbox, Kind::OnPremises] {
            assert!(holds(kind, 7, hour(123)), "{kind:?}");
            assert!(!holds(kind, 7, hour(124)) && !holds(kind, 7, hour(99)), "{kind:?}");
        }
        assert!(!holds(Kind::NotKnownYet, 7, hour(100)));
    }
}
