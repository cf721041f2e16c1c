//! Consent with the partner's own right: what a delegated admin relationship (GDAP) allows, the three steps, and what is on
//! record of them. Pure.
//!
//! Partner Center can give delegated scopes only, and to the operators' own application. With these, and with the
//! operator's role in the customer's organisation, Graph adds the application that backs up and grants its permissions; then
//! the operators' application is taken out again, whatever became of the rest.

use std::collections::BTreeSet;

use uuid::{Uuid, uuid};

use super::{
    failure::{Failure, FailureKind},
    tenant::{Check, CheckState},
    text::Text,
    time::Moment,
};

/// Template of the role Global Administrator, the same in every organisation.
pub const GLOBAL_ADMINISTRATOR: Uuid = uuid!("62e90394-69f5-4237-9190-012177145e10");

/// Template of the role Privileged Role Administrator. Nothing less may grant application permissions of Graph.
pub const PRIVILEGED_ROLE_ADMINISTRATOR: Uuid = uuid!("e8611ab8-c189-46e8-94e1-60213ab1f814");

/// Delegated scopes of Graph that the operators' application needs for the second step, and has for no longer than that.
pub const SCOPES: [&str; 2] = ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"];

/// Longest name of a person that is taken, letters. A guess.
const LONGEST_NAME: usize = 120;

/// What helps everybody whose own right does not suffice.
const LINK: &str = "Send the link to the customer's administrator.";

/// A delegated admin relationship with one customer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Relationship {
    /// Its name in Partner Center.
    pub name: Text,
    /// Whether it is active now.
    pub is_active: bool,
    /// Who holds which of its roles.
    pub assignments: Vec<Assignment>,
}

/// Roles of a relationship that a group of the partner's holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// The group's object ID.
    pub group: String,
    /// Whether it is active now.
    pub is_active: bool,
    /// Templates of the roles.
    pub roles: Vec<Uuid>,
}

impl Assignment {
    /// Whether it gives a role that may grant application permissions.
    #[must_use]
    pub fn may_grant(&self) -> bool {
        let may = |role: &Uuid| [GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR].contains(role);
        self.is_active && self.roles.iter().any(may)
    }
}

/// Groups whose members may grant: of these the operator must be in one.
#[must_use]
pub fn groups(relationships: &[Relationship]) -> BTreeSet<&str> {
    let active = relationships.iter().filter(|relationship| relationship.is_active);
    let granting = active.flat_map(|it| &it.assignments).filter(|assignment| assignment.may_grant());
    granting.map(|assignment| assignment.group.as_str()).collect()
}

/// The name of the relationship by which an operator who is in these groups may grant.
///
/// # Errors
/// `Refused`: no relationship is active, none gives the role, or the operator does not hold it.
pub fn held(relationships: &[Relationship], operator_in: &BTreeSet<String>) -> Result<Text, Failure> {
    let active = || relationships.iter().filter(|relationship| relationship.is_active);
    let Some(first) = active().next() else {
        return Err(Failure::new(
            FailureKind::Refused,
            "no delegated admin relationship with this customer is active",
            LINK,
        ));
    };
    let granting = |it: &&Relationship| it.assignments.iter().any(Assignment::may_grant);
    let Some(granting) = active().find(granting) else {
        let name = &first.name;
        return Err(Failure::new(
            FailureKind::Refused,
            Text::of(format_args!(
                "the relationship “{name}” gives neither Global Administrator nor Privileged Role Administrator"
            )),
            "Nothing less may grant what Backup365 asks for; Cloud Application Administrator is not enough. Send the link to \
             the customer's administrator.",
        ));
    };
    let is_held = |it: &&Relationship| {
        it.assignments.iter().any(|one| one.may_grant() && operator_in.contains(&one.group))
    };
    active().find(is_held).map(|relationship| relationship.name.clone()).ok_or_else(|| {
        let name = &granting.name;
        Failure::new(
            FailureKind::Refused,
            Text::of(format_args!("your account is in no group to which the relationship “{name}” gives the role")),
            "Partner Center, Customers, Admin relationships, shows the groups. Have your account added to one, sign in again, \
             or send the link to the customer's administrator.",
        )
    })
}

/// The name of the person at the customer who agreed, as it was typed.
///
/// # Errors
/// A sentence: it is empty, or no name.
pub fn agreed(typed: &str) -> Result<Text, &'static str> {
    let name = Text::clean(typed.trim());
    let letters = name.as_str().chars().filter(|letter| letter.is_alphabetic()).count();
    if letters < 2 {
        return Err("Type the name of the person at the customer who agreed.");
    }
    if name.as_str().chars().count() > LONGEST_NAME {
        return Err("That is too long for a name.");
    }
    Ok(name)
}

/// What is on record of it, of one organisation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnRight {
    /// Name of the relationship.
    pub relationship: Text,
    /// Who at the customer agreed.
    pub agreed: Text,
    /// The operator who did it.
    pub by: Text,
    /// When it was begun.
    pub begun: Moment,
    /// Since when the operators' application is out again; none: it may still be in.
    pub cleared: Option<Moment>,
}

impl OwnRight {
    /// Whether the operators' application may still be in the organisation.
    #[must_use]
    pub const fn is_left_open(&self) -> bool {
        self.cleared.is_none()
    }
}

/// The three steps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stage {
    /// The operators' application gets into the organisation.
    LetIn,
    /// Backup365 is added there, and each permission granted.
    Grant,
    /// The operators' application is taken out again.
    TakeOut,
}

impl Stage {
    /// All, in their order.
    pub const ALL: [Self; 3] = [Self::LetIn, Self::Grant, Self::TakeOut];

    /// As a check that stands so.
    fn check(self, state: CheckState) -> Check {
        let (name, detail) = self.words();
        Check { name: name.into(), state, detail: detail.into() }
    }

    /// What is so once it is done, and by whom.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::LetIn => ("Your operators' application is let in", "by Partner Center"),
            Self::Grant => ("Backup365 is added, each permission granted", "by Microsoft Graph"),
            Self::TakeOut => ("Your operators' application is out again", "by Partner Center"),
        }
    }
}

/// What became of a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ended {
    /// Done, and checked.
    Good,
    /// Refused in a way that leaves nothing behind.
    Undone(Failure),
    /// It may have been done in part.
    Bad(Failure),
}

/// How far the steps are; one that is not done has no state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stages {
    states: [Option<CheckState>; 3],
}

impl Stages {
    /// All three are to be done.
    #[must_use]
    pub const fn all() -> Self {
        Self { states: [const { Some(CheckState::Waiting) }; 3] }
    }

    /// The last one alone: something was left from before.
    #[must_use]
    pub const fn take_out() -> Self {
        Self { states: [None, None, Some(CheckState::Waiting)] }
    }

    /// The step that is to be done now; none: it is over.
    #[must_use]
    pub fn next(&self) -> Option<Stage> {
        let mut each = Stage::ALL.into_iter().zip(&self.states);
        each.find(|(_, state)| **state == Some(CheckState::Waiting)).map(|(stage, _)| stage)
    }

    /// Notes what became of the step that was to be done.
    pub fn note(&mut self, ended: Ended) {
        let now = self.next();
        let [let_in, grant, take_out] = &mut self.states;
        if now == Some(Stage::LetIn) && ended != Ended::Good {
            *grant = None;
        }
        if now == Some(Stage::LetIn) && matches!(ended, Ended::Undone(_)) {
            *take_out = None;
        }
        let became = Some(match ended {
            Ended::Good => CheckState::Good,
            Ended::Undone(failure) | Ended::Bad(failure) => CheckState::Bad(failure),
        });
        match now {
            Some(Stage::LetIn) => *let_in = became,
            Some(Stage::Grant) => *grant = became,
            Some(Stage::TakeOut) => *take_out = became,
            None => {}
        }
    }

    /// The steps before the first is begun.
    #[must_use]
    pub fn planned(&self) -> Vec<Check> {
        let each = Stage::ALL.into_iter().zip(&self.states);
        each.filter_map(|(stage, state)| Some(stage.check(state.clone()?))).collect()
    }

    /// The steps as checks; the one that is under way is being asked.
    #[must_use]
    pub fn checks(&self) -> Vec<Check> {
        let mut checks = self.planned();
        let next = checks.iter_mut().find(|check| check.state == CheckState::Waiting);
        if let Some(check) = next {
            check.state = CheckState::Asking;
        }
        checks
    }

    /// What went wrong first; that something was left behind goes before.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        let [let_in, grant, take_out] = &self.states;
        [take_out, let_in, grant].into_iter().find_map(|state| match state {
            Some(CheckState::Bad(failure)) => Some(failure),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bad() -> Failure {
        Failure::new(FailureKind::Refused, "no", "")
    }

    fn relationship(name: &'static str, roles: &[Uuid]) -> Relationship {
        let assignment = Assignment { group: "g".into(), is_active: true, roles: roles.to_vec() };
        Relationship { name: name.into(), is_active: true, assignments: vec![assignment] }
    }

    #[test]
    fn only_an_active_relationship_whose_role_the_operator_holds_will_do() {
        fn refused(list: &[Relationship], groups: &BTreeSet<String>) -> String {
            held(list, groups).unwrap_err().what.as_str().to_owned()
        }
        let mine = BTreeSet::from(["g".to_owned()]);
        let full = relationship("Full", &[GLOBAL_ADMINISTRATOR]);
        let privileged = relationship("Privileged", &[PRIVILEGED_ROLE_ADMINISTRATOR]);
        // Cloud Application Administrator.
        let less = relationship("Less", &[uuid!("158c047a-c907-4556-b7ef-446551a6b5f7")]);
        let over = Relationship { is_active: false, ..full.clone() };
        assert_eq!(held(&[less.clone(), full.clone()], &mine).unwrap().as_str(), "Full");
        assert_eq!(held(&[privileged], &mine).unwrap().as_str(), "Privileged");
        assert!(refused(&[], &mine).contains("no delegated admin relationship"));
        assert!(refused(&[over], &mine).contains("no delegated admin relationship"));
        assert!(refused(std::slice::from_ref(&less), &mine).contains("“Less” gives neither Global"));
        assert!(
            refused(&[less, full.clone()], &BTreeSet::new())
                .contains("in no group to which the relationship “Full”")
        );
        let mut ended = full;
        ended.assignments[0].is_active = false;
        assert!(refused(&[ended.clone()], &mine).contains("gives neither"));
        assert_eq!(groups(&[ended]), BTreeSet::new());
    }

    #[test]
    fn a_name_has_letters_and_an_end() {
        assert_eq!(agreed("  Aroha Ngata ").unwrap().as_str(), "Aroha Ngata");
        for typed in ["", "  ", "-", "7", "a"] {
            assert!(agreed(typed).is_err(), "{typed}");
        }
        assert!(agreed(&"a".repeat(121)).is_err());
    }

    proptest! {
        #[test]
        fn whatever_happens_what_may_have_been_let_in_is_taken_out(ends in prop::collection::vec(0..3_u8, 3)) {
            let (mut stages, mut done) = (Stages::all(), Vec::new());
            for end in ends {
                let Some(stage) = stages.next() else { break };
                done.push((stage, end));
                stages.note(match end {
                    0 => Ended::Good,
                    1 => Ended::Undone(bad()),
                    _ => Ended::Bad(bad()),
                });
            }
            prop_assert_eq!(stages.next(), None);
            let [(first, end), ..] = done.as_slice() else { return Err(TestCaseError::fail("nothing was done")) };
            prop_assert_eq!(*first, Stage::LetIn);
            let has = |stage: Stage| done.iter().any(|(one, _)| *one == stage);
            prop_assert_eq!(has(Stage::Grant), *end == 0);
            prop_assert_eq!(has(Stage::TakeOut), *end != 1);
            prop_assert!(done.is_sorted());
            prop_assert_eq!(stages.failure().is_none(), done.iter().all(|(_, end)| *end == 0));
        }
    }
}
