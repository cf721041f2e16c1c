//! What the system is told of this process before anything else.

/// Has no memory of this process written to the disk when it is killed, because secrets are in it; children are told the
/// same, and may take it back. And has a file that may not grow further (`ulimit -f`) be an error of the write: the usual
/// signal ends the process where it stands, with the terminal as it is. A child is not told of that.
pub(super) fn protect() {
    #[cfg(unix)]
    {
        use std::sync::{Arc, atomic::AtomicBool};

        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Core);
        // What the system does not allow, it does not need.
        let _as_it_was = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: limit.maximum });
        // A handler that does nothing: one that is only ignored would be ignored by children, too.
        let _unheard =
            signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false)));
    }
}
