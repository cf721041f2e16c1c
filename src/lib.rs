//! Backup365: a keyboard-only terminal wizard that provisions Backup365 for a Microsoft partner's customers.

pub mod domain;
pub mod driver;
pub mod provider;
pub mod sandbox;
pub mod tui;
pub mod wizard;
