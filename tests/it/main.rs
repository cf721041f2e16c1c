//! Black-box tests.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect stops there; the in-tests allowances do not reach helpers"
)]

mod conformance_graph;
mod sandbox;
