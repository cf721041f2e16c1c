//! Which page comes next: read from a page before the page itself is decoded, so that both happen at once.

use std::fmt;

use serde::de::{Deserializer as _, Error as _, IgnoredAny, MapAccess, Visitor};

/// Where a collection goes on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Links {
    /// `@odata.nextLink`: more of this round.
    pub(super) next: Option<String>,
    /// `@odata.deltaLink`: the start of the next round.
    pub(super) delta: Option<String>,
}

/// Finds the links of a page. Stops at the first one, which Graph writes before the rows; otherwise reads on.
///
/// A page that can't be read has no links; decoding it tells the trouble.
pub(super) fn links(body: &[u8]) -> Links {
    let mut links = Links::default();
    let mut reader = serde_json::Deserializer::from_slice(body);
    // The error is how the visitor stops early.
    let _stopped = reader.deserialize_map(Finder(&mut links)).is_err();
    links
}

struct Finder<'a>(&'a mut Links);

impl<'de> Visitor<'de> for Finder<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "@odata.nextLink" => self.0.next = map.next_value::<Option<String>>()?,
                "@odata.deltaLink" => self.0.delta = map.next_value::<Option<String>>()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            if self.0.next.is_some() || self.0.delta.is_some() {
                return Err(A::Error::custom("found"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn links_are_found_before_and_after_the_rows() {
        for body in [
            r#"{"@odata.context":"c","@odata.nextLink":"https://n","value":[{"id":1}]}"#,
            r#"{"value":[{"@odata.nextLink":"inner"}],"@odata.nextLink":"https://n"}"#,
        ] {
            assert_eq!(links(body.as_bytes()).next.as_deref(), Some("https://n"));
        }
        assert_eq!(
            links(br#"{"value":[],"@odata.deltaLink":"https://d"}"#).delta.as_deref(),
            Some("https://d")
        );
        for body in ["", "[]", "{\"value\":[", "{\"@odata.nextLink\":3}", "null"] {
            assert_eq!(links(body.as_bytes()), Links::default(), "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_can_break_it(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            links(&body);
        }
    }
}
