//! What the wizard wishes: calls to start or cancel, and things that only a front end can do.

use super::call::{CallId, Request};

/// A wish of the wizard.
#[derive(Debug)]
pub enum Effect {
    /// Start a call.
    Start(CallId, Request),
    /// Drop a call: its later replies are not wanted. A write is seen through all the same.
    Cancel(CallId),
    /// Something that only the front end can do.
    Perform(FrontEndTask),
}

/// What a front end does outside the view.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FrontEndTask {
    /// Send text to the terminal's clipboard. There is no acknowledgement: never say "copied".
    Copy(String),
    /// Ring: a wait has ended that the operator may have looked away from.
    Bell,
    /// Leave the full-screen view, print this alone and unwrapped, and come back on Enter.
    PrintAlone(String),
}
