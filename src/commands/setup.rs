//! `backup365 setup`: what of it is no screen. Checks as the wizard shows them, and the settings file.

pub mod settings;
pub mod signed_in;

use crate::domain::{
    tenant::{self, CheckState},
    text::{Text, capital},
};

use super::check::{Check, CheckState as State};

/// A check of doctor's as the wizard shows it.
#[must_use]
pub fn shown(check: &Check) -> tenant::Check {
    let (state, detail) = match &check.state {
        State::Good(words) => (CheckState::Good, words.clone()),
        State::Warning(words, hint) => {
            let words = capital(words.as_str());
            let said = Text::of(format_args!("{words}. {}", hint.for_commands()));
            (CheckState::Partly(Text::clean(said.as_str().trim_end())), Text::default())
        }
        State::Bad(failure) => (CheckState::Bad((**failure).clone()), Text::default()),
    };
    tenant::Check { name: check.name.clone(), state, detail }
}
