//! Invented names of people, shared mailboxes, rooms and things, by number.

use std::sync::LazyLock;

use serde::Deserialize;

use super::world::Kind;

/// What `assets/sandbox/names.toml` lists.
#[derive(Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Names {
    given: Vec<&'static str>,
    family: Vec<&'static str>,
    departments: Vec<&'static str>,
    shared: Vec<&'static str>,
    rooms: Vec<&'static str>,
    things: Vec<&'static str>,
}

/// The lists, read once; a test reads them too, so that they are never found broken here.
static NAMES: LazyLock<Names> =
    LazyLock::new(|| toml::from_str(include_str!("../../assets/sandbox/names.toml")).unwrap_or_default());

/// Display name, and what stands before the @ (for a guest the whole outside address).
pub(super) fn of(kind: Kind, number: u32) -> (String, String) {
    match kind {
        Kind::User | Kind::Disabled | Kind::Unlicensed | Kind::OnPremises => person(number),
        Kind::Guest => {
            let (name, local) = person(number.wrapping_mul(31).wrapping_add(11));
            (name, format!("{local}.g{number}@visitor.example"))
        }
        Kind::Shared => thing(&NAMES.shared, number),
        Kind::Room => thing(&NAMES.rooms, number),
        Kind::Equipment => thing(&NAMES.things, number),
    }
}

/// A person: neighbours in the list have unlike names, and the same address never comes back.
fn person(number: u32) -> (String, String) {
    let pairs = u32::try_from(NAMES.given.len() * NAMES.family.len()).unwrap_or(1).max(1);
    let (pair, round) = (number % pairs, number / pairs);
    // 61 and 79 have no divisor in common, so the two remainders meet in every pair exactly once.
    let (given, family) = (pick(&NAMES.given, pair), pick(&NAMES.family, pair));
    let name = format!("{given} {family}");
    let mut local = plain(&format!("{given}.{family}"));
    if round > 0 {
        local.push_str(&(round + 1).to_string());
    }
    (name, local)
}

/// A shared mailbox, room or thing; numbered from the second round on.
fn thing(list: &[&'static str], number: u32) -> (String, String) {
    let word = pick(list, number);
    let round = number / u32::try_from(list.len()).unwrap_or(1).max(1);
    if round == 0 {
        return (word.to_owned(), plain(word));
    }
    let name = format!("{word} {}", round + 1);
    let local = plain(&name);
    (name, local)
}

/// The word at a number, from the start again behind the end.
fn pick(list: &[&'static str], number: u32) -> &'static str {
    let place = usize::try_from(number).unwrap_or_default() % list.len().max(1);
    list.get(place).copied().unwrap_or_default()
}

/// A name as it stands in an address: lower case, plain letters, no blanks.
fn plain(name: &str) -> String {
    name.chars()
        .filter_map(|letter| match letter {
            'ë' | 'é' | 'è' => Some('e'),
            'ü' => Some('u'),
            letter if letter.is_ascii_alphanumeric() || letter == '.' => Some(letter.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}

/// Department of a person; one in eleven has none.
pub(super) fn department(kind: Kind, number: u32) -> Option<&'static str> {
    let works_here =
        matches!(kind, Kind::User | Kind::Disabled | Kind::Unlicensed | Kind::OnPremises) && number % 11 != 5;
    works_here.then(|| pick(&NAMES.departments, number / 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses() {
        assert_eq!(of(Kind::User, 0), ("Aroha Smith".to_owned(), "aroha.smith".to_owned()));
        assert_eq!(of(Kind::User, 61 * 79).1, "aroha.smith2");
        assert_eq!(of(Kind::Shared, 9).1, "webenquiries");
        assert_eq!(of(Kind::Room, 8), ("Boardroom 2".to_owned(), "boardroom2".to_owned()));
        assert_eq!(plain("Zoë.O'Brien"), "zoe.obrien");
    }
}
