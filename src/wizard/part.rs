//! Parts that several screens are made of.

pub(crate) mod field;
pub(crate) mod form;
pub(crate) mod table;
pub(crate) mod ticks;
pub(crate) mod wait;
