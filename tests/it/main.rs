//! Black-box tests.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test that meets what it does not expect stops there, and its deadlines are real time; the in-tests allowances do not reach helpers"
)]

mod conformance_ews;
mod conformance_graph;
mod conformance_requests;
mod docs;
#[cfg(unix)]
mod killed;
mod layers;
#[cfg(unix)]
mod paths;
mod sandbox;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod terminal;
#[cfg(unix)]
mod troubles;
