//! What a command works with that needs nothing but the record.

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        id::TenantId,
        time::Clock,
    },
    exit::Exit,
    provider::store::Store,
};

use super::{Out, unanswered::Unanswered};

/// The record, and how to speak.
#[derive(Debug, Clone)]
pub struct RecordContext {
    /// The record.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// IANA name of the zone that this computer is in.
    pub zone: String,
    /// The partner's own tenant, where settings name one.
    pub partner: Option<TenantId>,
    /// Everything is invented.
    pub is_sandbox: bool,
    /// Where words go.
    pub out: Out,
    /// Columns of the window; none: stdout is no terminal, and nothing is cut.
    pub width: Option<usize>,
}

impl RecordContext {
    /// Says on stderr that nothing is real (product.md rule 16).
    pub(super) fn says_sandbox(&self) {
        if self.is_sandbox {
            self.out.note("SANDBOX: these customers are invented.");
        }
    }
}

/// What the record said, as an error: refused rights have an exit code of their own.
pub(super) fn refused(failure: &Failure) -> anyhow::Error {
    let exit = if failure.kind == FailureKind::Refused { Exit::Refused } else { super::exit_for(failure) };
    Unanswered::new(exit, failure.for_commands().as_str()).into()
}
