//! Black-box tests.

mod conformance_ews;
