//! Parts that several screens are made of.

pub(crate) mod field;
pub(crate) mod list;
pub(crate) mod ticks;
