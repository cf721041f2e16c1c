//! `backup365 apply`, the built binary: many customers from a plan, checked, set up, gone on with.

mod killed;
mod many;
mod plans;
mod trust;
mod waiting;
