//! The parts of a frame, each a widget or a function from data of the view to lines; `draw.rs` puts them together.

pub(crate) mod bar;
pub(crate) mod bill;
pub(crate) mod card;
pub(crate) mod checks;
pub(crate) mod code;
pub(crate) mod columns;
pub(crate) mod control;
pub(crate) mod explain;
pub(crate) mod flow;
pub(crate) mod help;
pub(crate) mod key_line;
pub(crate) mod notice;
pub(crate) mod page;
pub(crate) mod panel;
pub(crate) mod rows;
pub(crate) mod steps;
