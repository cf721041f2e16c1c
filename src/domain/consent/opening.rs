//! Who opens the link, and how: said before the link stands there, because a browser that is signed in already answers in
//! the wrong person's name. Pure.

use std::fmt::Write as _;

use crate::domain::{id::Address, text::Text};

/// What stands right before the link: who opens it, and where no other account gets in between.
#[must_use]
pub fn opened_by(organisation: &str, administrator: Option<&Address>) -> Text {
    match administrator {
        Some(address) => Text::of(format_args!(
            "To be opened in a private window and signed in to as {}, a Global Administrator of {organisation}.",
            address.as_str()
        )),
        None => Text::of(format_args!(
            "To be opened in a private window, by a Global Administrator of {organisation}."
        )),
    }
}

/// The link with the administrator's address, with which Microsoft's sign-in page begins.
///
/// Microsoft documents `login_hint` for its sign-in pages, not for the page of admin consent, which stands behind them:
/// UNCONFIRMED there. Where it is not read nothing is lost, because what stands before the link names the account.
#[must_use]
pub fn hinted(link: &str, administrator: &Address) -> Text {
    let mut hinted = format!("{link}{}login_hint=", if link.contains('?') { '&' } else { '?' });
    for byte in administrator.as_str().bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            hinted.push(char::from(byte));
        } else {
            // Writing into a string can't fail.
            let _written = write!(hinted, "%{byte:02X}");
        }
    }
    Text::clean(&hinted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_the_administrator_is_escaped_and_stands_behind_the_rest() {
        let mila: Address = "mila+admin@bäckerei.example".parse().unwrap();
        assert_eq!(
            hinted("https://login.example/t/adminconsent?client_id=x", &mila).as_str(),
            "https://login.example/t/adminconsent?client_id=x&login_hint=mila%2Badmin%40b%C3%A4ckerei.example"
        );
        let said = opened_by("Bakery (…9a77)", Some(&mila));
        assert!(said.as_str().contains("private window") && said.as_str().contains("mila+admin@"), "{said}");
        assert!(opened_by("Bakery", None).as_str().contains("by a Global Administrator of Bakery."));
    }
}
