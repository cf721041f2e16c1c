//! Backup365: a keyboard-only terminal wizard that provisions Backup365 for a Microsoft partner's customers.

pub mod app;
pub mod cli;
pub mod commands;
pub mod domain;
pub mod driver;
pub mod exit;
pub mod log;
pub mod provider;
pub mod runner;
pub mod sandbox;
pub mod settings;
pub mod sweeper;
pub mod tui;
pub mod wizard;
