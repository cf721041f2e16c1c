//! Opens a link in a browser here, where that can work; the only file that names the `open` crate.

use crate::domain::{
    failure::{Failure, FailureKind},
    text::Text,
};

/// What the start-up found out about this computer (remote-terminal.md section 11).
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "five independent facts about one computer")]
pub struct Surroundings {
    /// Any of `SSH_CONNECTION`, `SSH_TTY`, `SSH_CLIENT` is set, or mosh.
    pub is_remote: bool,
    /// `DISPLAY` or `WAYLAND_DISPLAY` is set, or this system needs neither.
    pub has_display: bool,
    /// A container, or CI.
    pub is_contained: bool,
    /// Root by sudo.
    pub is_sudo: bool,
    /// The user named a browser with `BROWSER`.
    pub has_choice: bool,
}

impl Surroundings {
    /// Whether a browser may be started here. The user's own `BROWSER` overrides everything.
    #[must_use]
    pub const fn can_open(self) -> bool {
        self.has_choice || (!self.is_remote && self.has_display && !self.is_contained && !self.is_sudo)
    }
}

/// Opens a link, detached from the terminal. That it started proves nothing: nobody may have seen the page.
///
/// # Errors
/// `NotFound` where no browser could be started; the other ways of the authorise screen still work.
pub fn open(link: &str) -> Result<Text, Failure> {
    open::that_detached(link).map(|()| Text::from("A browser was asked to open the link.")).map_err(|error| {
        Failure::new(
            FailureKind::NotFound,
            Text::of(format_args!("no browser could be started here: {error}")),
            "Send the link to the customer instead, or press l to print it alone.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_started_over_ssh_in_a_container_or_without_a_display() {
        let desk = Surroundings { has_display: true, ..Surroundings::default() };
        assert!(desk.can_open());
        for surroundings in [
            Surroundings::default(),
            Surroundings { is_remote: true, ..desk },
            Surroundings { is_contained: true, ..desk },
            Surroundings { is_sudo: true, ..desk },
        ] {
            assert!(!surroundings.can_open(), "{surroundings:?}");
        }
        assert!(Surroundings { has_choice: true, is_remote: true, ..desk }.can_open());
    }
}
