//! Which columns of a list are shown, and how wide: by what stands in them.
//!
//! A column that may be missed goes before one that matters is cut.

use std::collections::HashMap;

use crate::wizard::view::Column;

/// Lists of at least this width have two spaces between columns; a guess.
const WIDE: u16 = 68;

/// Lists below this width keep what a row is and how it is, and lose what lies between.
const NARROW: u16 = 52;
/// What is left of an address there, before it goes: it begins with what tells people apart. A guess.
const SHORT_ADDRESS: u16 = 10;

/// Lists of at least this width have room for why a customer needs somebody: there the domain, which the name tells as well,
/// gives way to that. Both are guesses.
const ROOMY: u16 = 100;

/// What the domain keeps there.
const SHORT_DOMAIN: u16 = 16;

/// How a column is laid out.
#[derive(Debug, Clone, Copy)]
struct Layout {
    head: &'static str,
    /// Where it stands, from the left: what names a row first, then what it is, then how it is.
    place: u8,
    /// Columns of the terminal that it is given at least, if it needs them.
    least: u16,
    /// Columns beyond which more is of no use.
    most: u16,
    /// Goes before another column is cut.
    is_extra: bool,
    /// Its words stay whole where that is possible: a few words of ours, which say nothing once they are cut.
    is_whole: bool,
}

/// The layouts; the measures are guesses that keep name, address, kind and state in 60 columns.
const fn layout(column: Column) -> Layout {
    let (head, place, least, most, is_extra) = match column {
        Column::Name => ("Name", 0, 13, 32, false),
        Column::Address => ("Address", 1, 15, 48, false),
        Column::SignIn => ("Signs in as", 1, 15, 48, true),
        Column::Domain => ("Domain", 2, 14, 32, false),
        Column::Reference => ("Ref", 3, 6, 12, true),
        Column::Kind => ("Kind", 4, 10, 15, false),
        Column::Path => ("Path", 5, 16, 40, false),
        Column::State => ("State", 6, 9, 26, false),
        Column::Result => ("Result", 7, 18, 60, false),
        Column::Progress => ("How far", 8, 20, 60, false),
        Column::More => ("More", 9, 24, 60, true),
        Column::Next => ("Next", 9, 40, 60, true),
        Column::Department => ("Department", 10, 10, 40, true),
    };
    let is_whole = matches!(column, Column::Kind | Column::State);
    Layout { head, place, least, most, is_extra, is_whole }
}

/// The head of a column.
pub(crate) const fn head(column: Column) -> &'static str {
    layout(column).head
}

/// Columns between two columns.
pub(crate) const fn gap(width: u16) -> u16 {
    if width < WIDE { 1 } else { 2 }
}

/// The columns that fit, with their widths, left to right; `order` has the most important first.
pub(crate) fn columns(order: &[Column], room: u16, needs: &HashMap<Column, u16>) -> Vec<(Column, u16)> {
    let gap = gap(room);
    let need = |column: Column| needs.get(&column).copied().unwrap_or(0);
    let want = |column: Column| need(column).min(layout(column).most);
    let least = |column: Column| match column {
        Column::Domain if room >= ROOMY => need(column).min(SHORT_DOMAIN),
        Column::Address if room < NARROW => need(column).min(SHORT_ADDRESS),
        _ => need(column).min(layout(column).least),
    };
    let whole = |column: Column| if layout(column).is_whole { want(column) } else { least(column) };
    let sum = |columns: &[Column], each: &dyn Fn(Column) -> u16| {
        let all = columns.iter().map(|column| each(*column).saturating_add(gap));
        all.fold(0, u16::saturating_add).saturating_sub(gap)
    };
    let own: Vec<Column> =
        order.iter().copied().filter(|column| need(*column) > 0 && !layout(*column).is_extra).collect();
    let has_room = room >= NARROW && sum(&own, &whole) <= room;
    let base = |column: Column| if has_room { whole(column) } else { least(column) };
    let mut kept = order.to_vec();
    // In a narrow list name and state stay (look.md section 4).
    let state = order.iter().position(|column| room < NARROW && *column == Column::State);
    if let Some(behind) = state.and_then(|at| kept.get_mut(1..=at)) {
        behind.rotate_right(1);
    }
    kept.retain(|column| order.first() == Some(column) || need(*column) > 0);
    while let [others @ .., worst] = kept.as_slice() {
        let is_cutting = layout(*worst).is_extra
            && sum(others, &want).saturating_add(gap).saturating_add(base(*worst)) > room;
        if others.is_empty() || sum(&kept, &base) <= room && !is_cutting {
            break;
        }
        kept.pop();
    }
    if room >= ROOMY {
        kept.sort_by_key(|column| *column == Column::Domain);
    }
    let mut spare = room.saturating_sub(sum(&kept, &base));
    let given = |column: Column| {
        let more = want(column).saturating_sub(base(column)).min(spare);
        spare -= more;
        (column, base(column).saturating_add(more))
    };
    let mut placed: Vec<(Column, u16)> = kept.into_iter().map(given).collect();
    placed.sort_by_key(|(column, _)| layout(*column).place);
    // Nothing stands behind the last column: it takes the rest.
    if let Some((_, last)) = placed.last_mut() {
        *last = last.saturating_add(spare);
    }
    placed
}

/// Whether a column is cut in that room, or goes that is no extra one.
pub(crate) fn cuts(order: &[Column], room: u16, needs: &HashMap<Column, u16>) -> bool {
    let placed = columns(order, room, needs);
    order.iter().any(|column| {
        let want = needs.get(column).map_or(0, |need| (*need).min(layout(*column).most));
        let given = placed.iter().find(|(placed, _)| placed == column).map(|(_, wide)| *wide);
        given.map_or(want > 0 && !layout(*column).is_extra, |wide| wide < want)
    })
}

/// Which of these words stand there more than once.
pub(crate) fn alike(words: &[String]) -> Vec<bool> {
    words.iter().map(|one| words.iter().filter(|other| *other == one).count() > 1).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const USERS: &[Column] =
        &[Column::Name, Column::Address, Column::Kind, Column::State, Column::Department];

    fn at(room: u16, widths: [u16; 5]) -> Vec<(Column, u16)> {
        columns(USERS, room, &USERS.iter().copied().zip(widths).collect())
    }

    #[test]
    fn widths_go_by_need_and_an_extra_column_goes_before_one_is_cut() {
        let four = at(70, [16, 30, 4, 5, 30]);
        assert_eq!(four.last().unwrap().0, Column::State, "the department would cut an address");
        assert_eq!(at(74, [16, 28, 4, 5, 12]).len(), 5, "all fit");
        assert_eq!(at(74, [16, 28, 4, 5, 0]).len(), 4, "an empty column has no place");
    }

    #[test]
    fn the_customers_stand_still_whatever_becomes_of_one_of_them() {
        const CUSTOMERS: &[Column] =
            &[Column::Name, Column::Progress, Column::Domain, Column::Reference, Column::More];
        let at = |room, more| {
            let needs = CUSTOMERS.iter().copied().zip([23, 20, 28, 6, more]).collect();
            let placed = columns(CUSTOMERS, room, &needs);
            // The last column takes what is left, which moves nothing.
            placed
                .into_iter()
                .filter(|(column, _)| *column != Column::More)
                .map(|(column, _)| column)
                .collect::<Vec<_>>()
        };
        for room in [35, 53, 75, 95, 115, 195] {
            let quiet = at(room, 0);
            assert_eq!(quiet, at(room, 50), "{room}");
            assert!(quiet.contains(&Column::Progress), "{room}: how far goes last");
        }
        let needs = CUSTOMERS.iter().copied().zip([23, 20, 28, 6, 50]).collect();
        let widths = [(Column::Name, 23), (Column::Domain, 28), (Column::Progress, 20)];
        assert_eq!(columns(CUSTOMERS, 75, &needs), widths, "at 80 columns no domain is cut");
        let needs = CUSTOMERS.iter().copied().zip([26, 20, 28, 6, 39]).collect();
        let more = columns(CUSTOMERS, 115, &needs);
        assert!(more.contains(&(Column::More, 39)), "at 120 why it needs somebody is read whole: {more:?}");
    }

    #[test]
    fn in_a_narrow_list_name_and_state_stay() {
        let names =
            |room| at(room, [16, 28, 4, 10, 12]).into_iter().map(|(column, _)| column).collect::<Vec<_>>();
        assert_eq!(names(30), [Column::Name, Column::State]);
        assert_eq!(names(8), [Column::Name]);
    }

    #[test]
    fn kind_and_state_keep_their_words_and_the_address_gives_way_first() {
        let placed = at(74, [18, 31, 15, 17, 0]);
        let widths = [(Column::Name, 18), (Column::Address, 18), (Column::Kind, 15), (Column::State, 17)];
        assert_eq!(placed, widths);
    }

    #[test]
    fn what_stands_there_twice_is_found() {
        let words = ["ana", "ben", "ana", "", ""].map(str::to_owned);
        assert_eq!(alike(&words), [true, false, true, true, true]);
        assert!(alike(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn columns_stay_inside(room in 0_u16..200, widths: [u8; 5]) {
            let placed = at(room, widths.map(u16::from));
            prop_assert!(!placed.is_empty());
            let gaps = gap(room) * u16::try_from(placed.len() - 1).unwrap();
            let all: u16 = placed.iter().map(|(_, wide)| *wide).sum();
            prop_assert!(placed.len() == 1 || all + gaps <= room);
        }
    }
}
