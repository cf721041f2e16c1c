//! A value that must not be seen: Debug says nothing and there is no Display.
//!
//! The memory of the value itself is wiped when it is dropped. That is a best effort, not a promise about the process:
//! a header, a form or a request body that is made from the value is a copy, and the crates that send it (reqwest,
//! oauth2) keep copies of their own, which are freed without being wiped.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

/// Holds a secret; [`Secret::expose`] is the only way to it, and is easy to search for.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    /// Takes the secret in.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// Hands the secret out to the one call that needs it.
    #[must_use]
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// Hands the secret out for editing, for a masked field.
    pub fn expose_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
