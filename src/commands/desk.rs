//! What a command works with that needs nothing but the record.

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        time::Clock,
    },
    exit::Exit,
    provider::store::Store,
};

use super::{Out, error_of, warn};

/// The record, and how to speak.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The record.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// IANA name of the zone that this computer is in.
    pub zone: String,
    /// Everything is invented.
    pub is_sandbox: bool,
    /// Where words go.
    pub out: Out,
    /// Columns of the window; none: stdout is no terminal, and nothing is cut.
    pub width: Option<usize>,
}

impl Desk {
    /// Says on stderr that nothing is real (product.md rule 16).
    pub(super) fn says_sandbox(&self) {
        if self.is_sandbox {
            self.out.note("SANDBOX: these customers are invented.");
        }
    }
}

/// Ends with what the record said: refused rights have an exit code of their own.
///
/// # Errors
/// Everything else, for the caller to say.
pub(super) fn refused(failure: &Failure) -> anyhow::Result<Exit> {
    if failure.kind == FailureKind::Refused {
        warn(&format!("backup365: {}", failure.in_words()));
        return Ok(Exit::Refused);
    }
    Err(error_of(failure))
}
