//! The listed users by name: sorted off the drawing thread, without a copy of the names.

use std::{cmp::Ordering, sync::Arc};

use super::user::UserPage;

/// Bytes of a name that lie beside its ordinal: with it they fill 16 bytes. Most names differ in them.
const HEAD: usize = 12;

/// A row to sort.
#[derive(Clone, Copy)]
struct Entry {
    /// The first bytes of the folded name, zeros behind its end.
    head: [u8; HEAD],
    ordinal: u32,
}

/// The rows of some pages by folded name, as ordinals; equal names stay in the order of arrival. Each page comes with
/// the ordinal of its first row; pages lie in ascending order.
///
/// Cost: one sort of 16 bytes per user; names are looked at again only where their first 12 bytes are the same.
#[must_use]
pub fn by_name(pages: &[(u32, Arc<UserPage>)]) -> Vec<u32> {
    let mut entries = Vec::with_capacity(pages.iter().map(|(_, page)| page.len()).sum());
    for (start, page) in pages {
        entries.extend((*start..).zip(0..page.len()).map(|(ordinal, row)| {
            let mut head = [0; HEAD];
            for (to, from) in head.iter_mut().zip(page.folded_name(row).bytes()) {
                *to = from.to_ascii_lowercase();
            }
            Entry { head, ordinal }
        }));
    }
    entries.sort_unstable_by(|a, b| {
        a.head.cmp(&b.head).then_with(|| names(pages, *a, *b)).then(a.ordinal.cmp(&b.ordinal))
    });
    entries.into_iter().map(|entry| entry.ordinal).collect()
}

/// Compares two names whose heads are the same.
fn names(pages: &[(u32, Arc<UserPage>)], a: Entry, b: Entry) -> Ordering {
    let (a, b) = (name(pages, a.ordinal), name(pages, b.ordinal));
    a.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(b.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// The name at an ordinal, folded but for its capitals.
fn name(pages: &[(u32, Arc<UserPage>)], ordinal: u32) -> &str {
    let found =
        pages.partition_point(|(start, _)| *start <= ordinal).checked_sub(1).and_then(|at| pages.get(at));
    found.map_or("", |(start, page)| page.folded_name((ordinal - start) as usize))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::filter::fold;

    proptest! {
        /// As a stable sort of all folded names does.
        #[test]
        fn names_are_sorted_as_they_are_folded(
            pages in prop::collection::vec(
                prop::collection::vec("(reception desk )?[aAbBéÉＡжЖß]{1,3}", 0..80), 0..4),
        ) {
            let pages: Vec<Arc<UserPage>> = pages.iter().map(|names| UserPage::named(names)).collect();
            let mut start = 0_u32;
            let (mut numbered, mut model) = (Vec::new(), Vec::new());
            for page in pages {
                for row in 0..page.len() {
                    let name = fold(page.row(row).unwrap().name.as_str());
                    model.push((name, start + u32::try_from(row).unwrap()));
                }
                let rows = u32::try_from(page.len()).unwrap();
                numbered.push((start, page));
                start += rows.next_multiple_of(64);
            }
            model.sort();
            let model: Vec<u32> = model.into_iter().map(|(_, ordinal)| ordinal).collect();
            prop_assert_eq!(by_name(&numbered), model);
        }
    }
}
