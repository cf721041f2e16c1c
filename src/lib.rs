//! Backup365: a keyboard-only terminal wizard that provisions Backup365 for a Microsoft partner's customers.

pub mod cli;
pub mod domain;
pub mod driver;
pub mod exit;
pub mod provider;
pub mod sandbox;
pub mod settings;
pub mod tui;
pub mod wizard;
