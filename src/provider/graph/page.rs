//! Which page comes next: read from a page before the page itself is decoded, so that both happen at once.

use std::{
    collections::HashSet,
    fmt,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use serde::de::{Deserializer as _, Error as _, IgnoredAny, MapAccess, Visitor};
use url::Url;

use super::wire;
use crate::domain::id::UserId;

/// Where a collection goes on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Links {
    /// `@odata.nextLink`: more of this round. An empty one is none.
    pub(super) next: Option<String>,
    /// `@odata.deltaLink`: the start of the next round. An empty one ends this round, and the next starts anew.
    pub(super) delta: Option<String>,
}

impl Links {
    /// Whether one of them leads on, so that the rest of the page has nothing to add.
    fn lead_on(&self) -> bool {
        self.next.is_some() || self.delta.as_ref().is_some_and(|link| !link.is_empty())
    }
}

/// The addresses that were followed: a server that names one of them again would never end. As digests, because a large
/// tenant has hundreds of long links.
#[derive(Debug, Default)]
pub(super) struct Trail(HashSet<u64>);

impl Trail {
    /// Takes an address up; false when it was there before.
    pub(super) fn is_new(&mut self, url: &Url) -> bool {
        let mut digest = DefaultHasher::new();
        url.as_str().hash(&mut digest);
        self.0.insert(digest.finish())
    }
}

/// The pages of a round, by the users on them, in their order. As digests: a large tenant has hundreds of long pages.
#[derive(Debug, Default)]
pub(super) struct Pages(HashSet<u64>);

impl Pages {
    /// Takes a page up; false when a page with the same users was there before. A page without any is always new.
    pub(super) fn is_new(&mut self, users: &[UserId]) -> bool {
        if users.is_empty() {
            return true;
        }
        let mut digest = DefaultHasher::new();
        users.hash(&mut digest);
        self.0.insert(digest.finish())
    }
}

/// A link that is there and can't be read, or a page that can't.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Broken;

/// Finds the links of a page. Stops at the first one, which Graph writes before the rows; otherwise reads on.
///
/// # Errors
/// A link that is of another type, and a page that can't be read to its end: neither is the end of a list.
pub(super) fn links(body: &[u8]) -> Result<Links, Broken> {
    // Names that are not valid Unicode are mended as the rows are, so that both see the same page.
    found(body).or_else(|Broken| found(wire::mend(body).as_bytes()))
}

/// Looks once.
fn found(body: &[u8]) -> Result<Links, Broken> {
    let mut links = Links::default();
    let mut reader = serde_json::Deserializer::from_slice(body);
    let outcome = reader.deserialize_map(Finder(&mut links));
    // An error is also how the visitor stops early.
    if links.lead_on() || outcome.is_ok() { Ok(links) } else { Err(Broken) }
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
                "@odata.nextLink" => {
                    self.0.next = map.next_value::<Option<String>>()?.filter(|link| !link.is_empty());
                }
                "@odata.deltaLink" => self.0.delta = map.next_value::<Option<String>>()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            if self.0.lead_on() {
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
            assert_eq!(links(body.as_bytes()).unwrap().next.as_deref(), Some("https://n"));
        }
        assert_eq!(
            links(br#"{"value":[],"@odata.deltaLink":"https://d"}"#).unwrap().delta.as_deref(),
            Some("https://d")
        );
    }

    #[test]
    fn a_link_that_can_not_be_read_is_not_the_end_of_the_list() {
        for body in [
            &br#"{"@odata.nextLink":3,"value":[]}"#[..],
            br#"{"value":[],"@odata.nextLink":["https://n"]}"#,
            br#"{"value":[],"@odata.deltaLink":{}}"#,
            br#"{"value":["#,
            b"",
        ] {
            assert!(links(body).is_err(), "{}", String::from_utf8_lossy(body));
        }
        assert_eq!(links(br#"{"value":[],"@odata.nextLink":null}"#).unwrap(), Links::default());
        let behind_a_broken_name = b"{\"a\xff\":1,\"@odata.nextLink\":\"https://n\"}";
        assert_eq!(links(behind_a_broken_name).unwrap().next.as_deref(), Some("https://n"));
        let behind_a_broken_escape = br#"{"\ud800":1,"@odata.nextLink":"https://n"}"#;
        assert_eq!(links(behind_a_broken_escape).unwrap().next.as_deref(), Some("https://n"));
    }

    #[test]
    fn an_empty_link_leads_nowhere_and_hides_no_other() {
        let last = links(br#"{"@odata.nextLink":"","value":[]}"#).unwrap();
        assert_eq!(last, Links::default(), "an empty next link is no next link");
        let both = links(br#"{"@odata.nextLink":"","value":[],"@odata.deltaLink":"https://d"}"#).unwrap();
        assert_eq!((both.next, both.delta.as_deref()), (None, Some("https://d")));
        let turned = links(br#"{"@odata.deltaLink":"","value":[],"@odata.nextLink":"https://n"}"#).unwrap();
        assert_eq!(turned.next.as_deref(), Some("https://n"));
        let delta = links(br#"{"value":[],"@odata.deltaLink":""}"#).unwrap();
        assert_eq!(delta, Links { next: None, delta: Some(String::new()) }, "the end of the round");
        assert!(links(br#"{"@odata.deltaLink":"","value":["#).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_can_break_it(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = links(&body).is_ok();
        }

        #[test]
        fn a_page_that_was_cut_off_anywhere_never_looks_like_the_last_one(at in 0_usize..75) {
            let whole = br#"{"@odata.context":"c","value":[{"id":1}],"@odata.nextLink":"https://n/x"}"#;
            let cut = whole.get(..at.min(whole.len() - 1)).unwrap_or_default();
            prop_assert!(links(cut).map_or(true, |links| links.next.is_some()));
        }
    }
}
