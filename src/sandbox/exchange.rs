//! Exchange Web Services of the sandbox.
