//! Mailboxes made up from a seed and a number, so that a large customer costs nothing until somebody asks.
//!
//! The address ends in the number, which makes the way back from an address to its mailbox as cheap as the way there.

/// Given names; accents and apostrophes on purpose.
const GIVEN: [&str; 32] = [
    "Ana", "Ben", "Chloé", "Dmitri", "Elif", "Farah", "Grace", "Henrik", "Ines", "Jonas", "Katya", "Liam",
    "Mara", "Ngaire", "Omar", "Priya", "Quentin", "Rosa", "Søren", "Tama", "Uma", "Viktor", "Wei", "Ximena",
    "Yusuf", "Zoë", "Aroha", "Björn", "Ciara", "Dara", "Émile", "Fiona",
];

/// Family names; accents and apostrophes on purpose.
const FAMILY: [&str; 32] = [
    "Abbott",
    "Brennan",
    "Castillo",
    "D'Arcy",
    "Eriksen",
    "Fraser",
    "Gupta",
    "Hughes",
    "Ibrahim",
    "Jensen",
    "Kowalski",
    "Lopez",
    "Müller",
    "Nguyen",
    "O'Neill",
    "Papadakis",
    "Quirke",
    "Rossi",
    "Sato",
    "Tanaka",
    "Underwood",
    "Várga",
    "Walker",
    "Xu",
    "Young",
    "Zhang",
    "Okoro",
    "Petrov",
    "Silva",
    "Haddad",
    "Lindqvist",
    "Whetu",
];

/// The display name of number `number`.
pub(super) fn name(seed: u64, number: u32) -> String {
    let (given, family) = pick(seed, number);
    format!("{given} {family}")
}

/// The part of the address before the at sign: plain letters, then the number.
pub(super) fn local_part(seed: u64, number: u32) -> String {
    let (given, family) = pick(seed, number);
    format!("{}.{}{number}", plain(given), plain(family))
}

/// The number that a local part ends in, if it is the one that [`local_part`] makes.
pub(super) fn number_of(seed: u64, local: &str) -> Option<u32> {
    let letters = local.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let number = local.strip_prefix(letters)?.parse().ok()?;
    (local_part(seed, number) == local).then_some(number)
}

/// Chooses both names.
fn pick(seed: u64, number: u32) -> (&'static str, &'static str) {
    let mixed = mix(seed ^ u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    (choose(&GIVEN, mixed), choose(&FAMILY, mixed >> 32))
}

/// One of the names; the lists are never empty.
fn choose(names: &[&'static str; 32], number: u64) -> &'static str {
    names.iter().copied().cycle().nth(usize::try_from(number & 31).unwrap_or(0)).unwrap_or_default()
}

/// Spreads the bits: the finishing step of `SplitMix64`.
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Small ASCII letters of a name, accents dropped.
fn plain(name: &str) -> String {
    let folded = super::text::fold(name).replace('ø', "o");
    folded.chars().filter(char::is_ascii_alphabetic).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_address_leads_back_to_its_number(seed: u64, number: u32) {
            let local = local_part(seed, number);
            prop_assert!(local.is_ascii());
            prop_assert_eq!(number_of(seed, &local), Some(number));
        }

        #[test]
        fn a_foreign_address_leads_nowhere(local in "[a-z.]{0,8}[0-9]{0,12}") {
            if let Some(number) = number_of(7, &local) {
                prop_assert_eq!(local_part(7, number), local);
            }
        }
    }

    #[test]
    fn leading_zeros_are_another_address() {
        let local = local_part(1, 5);
        assert_eq!(number_of(1, &local.replace('5', "05")), None);
    }
}
