//! Parts that several screens are made of.

pub(crate) mod field;
pub(crate) mod form;
pub(crate) mod results;
pub(crate) mod said;
pub(crate) mod sweep;
pub(crate) mod table;
pub(crate) mod wait;
