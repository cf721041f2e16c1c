//! What a command works with that needs nothing but the record.

use std::io;

use serde_json::Value;

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

    /// Prints an answer of a kind, for programs.
    ///
    /// # Errors
    /// As [`Out::json`].
    pub(super) fn json(&self, kind: &str, mut answer: Value) -> io::Result<()> {
        if let Some(members) = answer.as_object_mut() {
            members.extend([
                ("version".to_owned(), 1.into()),
                ("kind".to_owned(), kind.into()),
                ("sandbox".to_owned(), self.is_sandbox.into()),
            ]);
        }
        self.out.json(&answer)
    }
}

/// The exit code of what the record said (product.md section 9): refused rights have one of their own, and a name that is not
/// on record, or fits several there, is a wrong argument.
pub(super) const fn exit_of(failure: &Failure) -> Exit {
    match failure.kind {
        _ if failure.is_alarm => Exit::Attention,
        FailureKind::Refused => Exit::Refused,
        FailureKind::NotFound | FailureKind::Malformed => Exit::Usage,
        _ => Exit::Failed,
    }
}

/// What the record said, as an error.
pub(super) fn refused(failure: &Failure) -> anyhow::Error {
    Unanswered::new(exit_of(failure), failure.for_commands().as_str()).into()
}
