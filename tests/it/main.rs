//! Black-box tests.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test that meets what it does not expect stops there; the in-tests allowances do not reach helpers"
)]

#[cfg(unix)]
mod absent;
#[cfg(unix)]
mod accept_again;
mod apply;
#[cfg(unix)]
mod bad_settings;
mod browser;
mod clocks;
mod conformance_ews;
mod conformance_graph;
mod conformance_requests;
mod consent;
#[cfg(unix)]
mod credential;
mod customers;
mod customers_from_microsoft;
mod docs;
#[cfg(unix)]
mod doctor;
#[cfg(unix)]
mod dropped;
#[cfg(unix)]
mod exits;
mod explain;
#[cfg(unix)]
mod files;
mod help;
#[cfg(unix)]
mod install;
#[cfg(unix)]
mod invitation;
#[cfg(unix)]
mod keys;
#[cfg(unix)]
mod killed;
mod layers;
#[cfg(unix)]
mod link;
#[cfg(unix)]
mod lists;
#[cfg(unix)]
mod live;
#[cfg(unix)]
mod log;
#[cfg(unix)]
mod login;
#[cfg(unix)]
mod network;
#[cfg(unix)]
mod on_server;
#[cfg(unix)]
mod operators;
#[cfg(unix)]
mod ownership;
#[cfg(unix)]
mod packaging;
#[cfg(unix)]
mod parity;
#[cfg(unix)]
mod paths;
#[cfg(unix)]
mod pictures;
#[cfg(unix)]
mod plain;
#[cfg(unix)]
mod provision;
#[cfg(unix)]
mod readme;
#[cfg(unix)]
mod receipt;
#[cfg(unix)]
mod record;
#[cfg(unix)]
mod recorded;
#[cfg(unix)]
mod remote;
mod renewal;
mod sandbox;
#[cfg(unix)]
mod settings;
#[cfg(unix)]
mod setup;
#[cfg(unix)]
mod setup_signed_in;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod spoiled;
#[cfg(unix)]
mod start;
#[cfg(unix)]
mod status;
mod sweep;
#[cfg(unix)]
mod team;
#[cfg(unix)]
mod terminal;
mod tools;
#[cfg(unix)]
mod troubles;
#[cfg(unix)]
mod turning_off;
mod words;
