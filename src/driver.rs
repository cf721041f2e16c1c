//! The one loop: show, wait for a reply or an intent, update, pass the effects on.

pub mod front;
