//! What one round of proving found, check by check, and the verdict over all of it.

use std::time::Duration;

use super::{Found, Grant};
use crate::{
    domain::{
        consent::LOOK_THERE,
        failure::Failure,
        permission::Permission,
        tenant::{Check, CheckState, Verdict},
        text::Text,
        time::in_words,
    },
    provider::error::Error,
};

const KNOWN: &str = "Backup365 is known in the organisation";
const SIGN_IN: &str = "Backup365 can sign in";
const SAME: &str = "Every answer names this organisation";
const ORGANISATION: &str = "The organisation can be read";
const USERS: &str = "The users can be read";

/// The states of one round, by check.
pub(super) struct Round {
    pub(super) known: CheckState,
    pub(super) sign_in: CheckState,
    pub(super) same: CheckState,
    pub(super) permissions: Vec<(Text, Text, CheckState)>,
    pub(super) organisation: CheckState,
    pub(super) users: CheckState,
    /// Beside the organisation.
    pub(super) detail: Text,
}

impl Round {
    pub(super) fn new(wanted: &[Permission]) -> Self {
        let waiting = |p: &Permission| (p.value.clone(), p.reason.clone(), CheckState::Waiting);
        Self {
            known: CheckState::Waiting,
            sign_in: CheckState::Waiting,
            same: CheckState::Waiting,
            permissions: wanted.iter().map(waiting).collect(),
            organisation: CheckState::Waiting,
            users: CheckState::Waiting,
            detail: Text::default(),
        }
    }

    /// Sets every state from the answers; `same` only where discovery already failed.
    pub(super) fn fill(
        &mut self,
        found: &Found,
        wanted: &[Permission],
        grant: &Grant,
        discovered: Option<&Error>,
    ) {
        for (permission, (_, _, state)) in wanted.iter().zip(&mut self.permissions) {
            *state = if found.has(permission) {
                CheckState::Good
            } else {
                match grant {
                    Grant::Whole => CheckState::Good,
                    Grant::Spreading => CheckState::Spreading,
                    Grant::None => CheckState::Waiting,
                    Grant::Missing(failure) | Grant::Off(failure) => CheckState::Bad(failure.clone()),
                }
            };
        }
        if let Grant::Off(failure) = grant {
            self.known = CheckState::Bad(failure.clone());
        }
        if let Some(error) = discovered {
            self.same = CheckState::Bad(error.failure("looking the organisation up again"));
        }
    }

    /// Sets what was read; `is_over`: everything was granted longer ago than Microsoft may take.
    pub(super) fn read(&mut self, found: &Found, grant: &Grant, is_over: Option<Duration>) {
        let state = |error: Option<&Error>, tried| read_state(error, grant, is_over, tried);
        self.organisation = state(found.organisation.as_ref().err(), "reading the organisation");
        self.users = state(found.users.as_ref().err(), "reading the users");
    }

    /// The answers agree, as far as they came: none of them names another tenant.
    pub(super) fn same_unless_bad(&mut self, found: &Found) {
        if matches!(self.same, CheckState::Bad(_)) {
            return;
        }
        let is_readable = found.claims.as_ref().is_some_and(|claims| claims.tenant.is_some());
        self.same = match (&self.organisation, is_readable) {
            (CheckState::Good, true) => CheckState::Good,
            (CheckState::Good, false) => CheckState::Unread(Text::from(
                "the sign-in itself can't be read; Microsoft's other answers agree",
            )),
            (CheckState::Spreading, _) => CheckState::Spreading,
            _ => CheckState::Waiting,
        };
    }

    /// The whole: the first bad check decides, then what is missing, then what spreads.
    pub(super) fn verdict(&self, grant: &Grant) -> Verdict {
        let states = || {
            [&self.known, &self.sign_in, &self.same, &self.organisation, &self.users]
                .into_iter()
                .chain(self.permissions.iter().map(|(_, _, state)| state))
        };
        let bad = states().find_map(|state| match state {
            CheckState::Bad(failure) => Some(failure.clone()),
            _ => None,
        });
        if let Some(failure) = bad {
            return Verdict::Failed(failure);
        }
        if *grant == Grant::None {
            return Verdict::NotYet;
        }
        let is_proved = states().all(|state| matches!(state, CheckState::Good | CheckState::Unread(_)));
        if is_proved { Verdict::Proved } else { Verdict::Spreading }
    }

    pub(super) fn into_checks(self) -> Vec<Check> {
        let plain = |name, state| Check { name: Text::from(name), state, detail: Text::default() };
        let mut checks = vec![plain(KNOWN, self.known), plain(SIGN_IN, self.sign_in), plain(SAME, self.same)];
        checks.extend(self.permissions.into_iter().map(|(name, detail, state)| Check {
            name,
            state,
            detail,
        }));
        checks.push(Check { name: Text::from(ORGANISATION), state: self.organisation, detail: self.detail });
        checks.push(plain(USERS, self.users));
        checks
    }
}

/// The state of a read: a refusal while a grant spreads is no failure (rule 3), and one that outlasts it is.
fn read_state(error: Option<&Error>, grant: &Grant, is_over: Option<Duration>, tried: &str) -> CheckState {
    let Some(error) = error else { return CheckState::Good };
    // A 403 without a code of Graph's is a gateway's, which knows nothing of grants.
    let is_denied =
        error.graph().is_some_and(|(status, code)| status == 401 || status == 403 && !code.is_empty());
    match (grant, is_over) {
        (Grant::Whole, Some(window)) if is_denied => CheckState::Bad(lasting(error, tried, window)),
        (Grant::Whole | Grant::Spreading, _) if is_denied => CheckState::Spreading,
        (Grant::None, _) if is_denied => CheckState::Waiting,
        _ => CheckState::Bad(error.failure(tried)),
    }
}

/// The refusal of what was granted long ago, with its code and ids.
fn lasting(error: &Error, tried: &str, window: Duration) -> Failure {
    let failure = error.failure(tried);
    let what = Text::of(format_args!(
        "{tried}: Microsoft refuses it, although every permission was granted over {} ago",
        in_words(window)
    ));
    Failure { what, hint: LOOK_THERE.into(), asks_consent: false, ..failure }
}
