//! Backup365: a keyboard-only terminal wizard with which a Microsoft partner's support staff provision Backup365 for a
//! customer: pick the customer, pick the product, give access, have it authorised, enable, choose users.
//!
//! This page is the map. The README is the manual.
//!
//! # Three sentences that carry most of it
//!
//! *Data flows one way*: input → wizard → effects → provider → wizard → view. *The wizard is plain computation*: it knows
//! no terminal, no network, no clock, no async. *Front ends drive that one wizard through one loop*, so none of them can
//! know a rule that another does not.
//!
//! # How a key travels
//!
//! [`tui`] reads bytes on a thread of its own, parses them, and looks each key up in the light of the view: the keys that
//! are open are part of the view, so help, the key line and what a key does can't differ. Out comes an
//! [`wizard::event::Intent`]. The [`driver`] gives it to [`wizard::Wizard::update`] with its moment; the screen changes its
//! own state and wishes for calls ([`wizard::effect::Request`]); the [`runner`] carries them out on the runtime's thread
//! and answers with [`wizard::event::Reply`]s through a channel of four parts. After replies and input have been taken, the
//! view is shown once. Nothing wakes anybody while nothing happens.
//!
//! The first view is shown before any call is started: it needs arguments, environment and settings only. The wizard's
//! first call has the record, the log and the sandbox opened on the runtime, by a function that [`app`] hands to the
//! runner; what keeps them from being opened is a failure on the first screen, like any other call's.
//!
//! # Who may name whom
//!
//! Left names right, nothing else; `tests/it/layers.rs` reads every path in the sources and compares.
//!
//! | module | what it is | may name |
//! |---|---|---|
//! | [`domain`] | plain values and pure rules: ids, words, users as pages, bills, the nightly decision | – |
//! | [`sandbox`] | a loopback server that speaks Microsoft's protocols, with invented customers | – |
//! | [`exit`], [`log`], [`private`] | exit codes; the log file; files for their owner alone | – |
//! | [`wizard`] | the state machine: screens, session, view | `domain` |
//! | [`provider`] | Graph, Exchange Web Services, tokens, the store | `domain`, `private` |
//! | [`settings`] | defaults, file, environment and flags, merged once | `domain` |
//! | [`driver`] | the one loop | `domain`, `wizard` |
//! | [`runner`] | effects to tasks, results to replies | `domain`, `private`, `wizard`, `provider` |
//! | [`tui`] | the full-screen front end | `domain`, `wizard`, `driver` |
//! | [`plain`] | the front end of lines | `domain`, `wizard`, `driver` |
//! | [`headless`] | the front end without questions | `domain`, `wizard`, `driver` |
//! | [`sweeper`] | one pass of Enable Auto | `domain`, `provider` |
//! | [`commands`] | what runs without a screen | `domain`, `exit`, `private`, `provider`, `settings`, `sweeper`; `journey`, `provision` and `apply` also `wizard`, `driver`, `headless` |
//! | [`cli`] | arguments as types | `domain`, `settings` |
//! | [`app`] | composition root: picks the world and what runs | all |
//! | `fuzzing` | what holds for any bytes from outside; for fuzzing and tests only | `domain`, `provider`, `settings`, `tui`, `wizard` |
//!
//! # What always holds
//!
//! * Everything from outside becomes [`domain::text::Text`] where it enters; views take nothing else.
//! * An id is made by parsing only; raw values go into requests through builders that escape them.
//! * A bearer token goes to the host that it is for: next links, delta links and redirects are checked first.
//! * A write is committed before the screen says so, is safe to repeat, and gives one result per user.
//! * The steps of a run are derived from what is on record, never from where the wizard happened to be.
//! * The sandbox shares no type with the client, and product code never knows that it talks to a sandbox: only the table
//!   of addresses in [`provider::http`] differs, and in the sandbox that table is total.
//! * The time comes from one [`domain::time::Clock`]; 20:00 comes from the rules of `Australia/Sydney`.

pub mod app;
pub mod cli;
pub mod commands;
pub mod domain;
pub mod driver;
pub mod exit;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod headless;
pub mod log;
pub mod plain;
pub mod private;
pub mod provider;
pub mod runner;
pub mod sandbox;
pub mod settings;
pub mod sweeper;
pub mod tui;
pub mod wizard;
