//! `backup365 record`: the record itself.

mod grant;

pub use grant::{grant, print};
