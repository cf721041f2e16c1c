//! Exit codes: one table, printed in the README (product.md section 9, *Records and words*).

/// How the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Failed.
    Failed,
    /// Wrong usage, or an answer is missing.
    Usage,
    /// Partly done: a chosen user is neither protected nor scheduled.
    Partly,
    /// Access was refused.
    Refused,
    /// Waits for the customer: the run is parked.
    Waiting,
    /// Something needs attention.
    Attention,
    /// Stopped by a limit, or declined.
    Stopped,
    /// The run is held by another process.
    Held,
    /// Our own fault.
    Internal,
    /// Left with Ctrl-C.
    Interrupted,
    /// Hung up.
    HangUp,
    /// Told to go by SIGQUIT.
    Quit,
    /// Told to go by SIGTERM.
    Terminated,
}

impl Exit {
    /// Every way to end, in the order of the README's table.
    pub const ALL: [Self; 14] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Partly,
        Self::Refused,
        Self::Waiting,
        Self::Attention,
        Self::Stopped,
        Self::Held,
        Self::Internal,
        Self::HangUp,
        Self::Interrupted,
        Self::Quit,
        Self::Terminated,
    ];

    /// The number that the shell sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Partly => 3,
            Self::Refused => 4,
            Self::Waiting => 5,
            Self::Attention => 6,
            Self::Stopped => 7,
            Self::Held => 8,
            Self::Internal => 70,
            Self::HangUp => 129,
            Self::Interrupted => 130,
            Self::Quit => 131,
            Self::Terminated => 143,
        }
    }

    /// What it means, as the README says it.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Usage => "wrong usage, or an answer is missing",
            Self::Partly => "partly done: a chosen user is neither protected nor scheduled",
            Self::Refused => "access was refused",
            Self::Waiting => "waits for the customer; the run is parked",
            Self::Attention => "something needs attention",
            Self::Stopped => "stopped by a limit, or declined",
            Self::Held => "the run is held by another process",
            Self::Internal => "our own fault",
            Self::HangUp => "the terminal was closed; the run is kept",
            Self::Interrupted => "left with Ctrl-C; the run is kept",
            Self::Quit => "ended by SIGQUIT; the run is kept",
            Self::Terminated => "ended by SIGTERM; the run is kept",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_used_once() {
        let mut codes: Vec<u8> = Exit::ALL.iter().map(|e| e.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Exit::ALL.len());
    }
}
