//! The wizard: plain computation. `update(Event) -> Vec<Effect>`, `view() -> View`; no terminal, network or clock.

pub mod effect;
pub mod event;
pub mod view;
