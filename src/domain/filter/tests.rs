//! The filter against a matcher that is too simple to be wrong.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::domain::{id::UserId, text::Text, user::NewUser};

fn page(rows: &[(String, String, String, String)]) -> UserPage {
    let sets: Arc<[Text]> = vec![Text::from("Office 365 E3"), Text::from("Exchange Online Plan 1")].into();
    let rows: Vec<NewUser<'_>> = rows
        .iter()
        .enumerate()
        .map(|(at, (name, address, department, problem))| NewUser {
            id: UserId::from_bytes(u128::try_from(at).unwrap().to_le_bytes()),
            name,
            address,
            sign_in: "",
            department,
            problem,
            kind: Kind::User,
            licences: u16::try_from(at % 3).unwrap(),
            made: None,
        })
        .collect();
    UserPage::new(&rows, sets)
}

fn one(name: &str, address: &str, department: &str, problem: &str) -> UserPage {
    page(&[(name.into(), address.into(), department.into(), problem.into())])
}

#[test]
fn a_user_is_found_by_either_name() {
    let neil = NewUser {
        id: UserId::from_bytes([1; 16]),
        name: "Neil Brown",
        address: "neil@bakery.example",
        sign_in: "nbrown@ad.bakery.local",
        department: "",
        problem: "",
        kind: Kind::User,
        licences: 0,
        made: None,
    };
    let page = UserPage::new(&[neil], Arc::default());
    for typed in ["nbrown", "ad.bakery", "neil@b", "NBROWN@AD"] {
        assert_eq!(hits(&page, typed), [0], "{typed}");
    }
    // A word that reaches over the end of a name is found in neither.
    assert!(hits(&page, "examplenbrown").is_empty());
}

#[test]
fn every_apostrophe_is_the_plain_one() {
    let page = page(&[
        ("Mary O'Brien".into(), "mary.o'brien@x.example".into(), String::new(), String::new()),
        ("Tom O\u{2019}Neil".into(), "tom@x.example".into(), String::new(), String::new()),
    ]);
    for typed in ["O’Brien", "o‘brien", "oʼbrien", "O´Brien", "o′brien", "o＇brien", "o'brien", "mary.o’b"]
    {
        assert_eq!(hits(&page, typed), [0], "{typed}");
    }
    for typed in ["O'Neil", "o’neil"] {
        assert_eq!(hits(&page, typed), [1], "{typed}");
    }
}

fn hits(page: &UserPage, typed: &str) -> Vec<usize> {
    rows(&search(page, &Query::parse(typed)))
}

/// All rows of one page.
fn search(page: &UserPage, query: &Query) -> Box<[u64]> {
    Search::of(query).page(page, None)
}

fn rows(bits: &[u64]) -> Vec<usize> {
    (0..bits.len() * 64).filter(|row| bits[row / 64] >> (row % 64) & 1 == 1).collect()
}

#[test]
fn words_are_substrings_of_one_field() {
    let page = one("Zoë Müller", "zoe@bakery.example", "Front Office", "mailbox is locked");
    for (typed, found) in [
        ("", true),
        ("zoë", true),
        ("ZOË mül", true),
        ("zoe", true),
        ("office bakery", true),
        ("zoë nobody", false),
        ("llerzoe", false),
        ("examplefront", false),
        ("locked", false),
        ("officemailbox", false),
        ("licence:e3", true),
        ("license:plan", false),
        ("kind:", true),
    ] {
        assert_eq!(!hits(&page, typed).is_empty(), found, "{typed}");
    }
}

#[test]
fn compatible_spellings_are_one_and_invisible_characters_do_not_count() {
    let page = one("Ｍｉｌａ ﬁsher", "m@x.example", "", "");
    assert_eq!(hits(&page, "mila"), [0]);
    assert_eq!(hits(&page, "fish\u{200d}er"), [0]);
    assert_eq!(fold("ZO\u{0045}\u{0308}"), "zoë");
}

#[test]
fn kinds_and_states_are_named_by_their_start() {
    assert_eq!(Query::parse("kind:sh").kinds(), Some([Kind::Shared].as_slice()));
    assert_eq!(Query::parse("kind:no-m").kinds(), Some([Kind::WithoutMailbox].as_slice()));
    assert_eq!(Query::parse("kind:room kind:user").kinds().unwrap().len(), 2);
    assert_eq!(Query::parse("state:on").states(), Some([State::Protected].as_slice()));
    assert_eq!(Query::parse("state:turning").states(), Some([State::TurningOn].as_slice()));
    assert!(Query::parse("kind:zebra").problem().unwrap().contains("No such kind"));
    assert!(Query::parse("state:zebra").problem().unwrap().contains("No such state"));
    assert!(Query::parse("  ").is_empty());
    assert!(!Query::parse("kind:room").needs_search());
}

#[test]
fn words_of_two_join_by_a_hyphen() {
    for kind in Kind::ALL {
        for word in [kind.word(), kind.shown()] {
            let typed = format!("kind:{}", word.replace(' ', "-"));
            assert_eq!(Query::parse(&typed).kinds(), Some([kind].as_slice()), "{typed}");
        }
    }
    for state in STATES {
        let typed = format!("state:{}", state.word().replace(' ', "-"));
        assert_eq!(Query::parse(&typed).states(), Some([state].as_slice()), "{typed}");
    }
    let page = page(&vec![("Ana".into(), "a@x.example".into(), String::new(), String::new()); 3]);
    assert_eq!(hits(&page, "licence:office-365-e3"), [0]);
    // What is said of a word that names nothing names everything that there is.
    let said = |typed: &str| Query::parse(typed).problem().unwrap();
    for kind in Kind::ALL {
        assert!(said("kind:zebra").contains(&kind.shown().replace(' ', "-")), "{kind:?}");
    }
    for state in STATES {
        assert!(said("state:zebra").contains(&state.word().replace(' ', "-")), "{state:?}");
    }
}

#[test]
fn a_bare_word_that_is_also_a_kind_or_a_state_is_offered_as_that() {
    for (typed, offered) in [
        ("shared", Some("kind:shared")),
        ("ana Guests", Some("ana kind:guest")),
        ("no-mailbox", Some("kind:no-mailbox")),
        ("excluded kind:user", Some("state:excluded kind:user")),
        ("not-included", Some("state:not-included")),
        ("share", None),
        ("kind:shared", None),
        ("state:off ana", None),
        ("", None),
    ] {
        assert_eq!(Offer::of(typed).map(|offer| offer.typed).as_deref(), offered, "{typed}");
        // It keeps its plain meaning.
        assert_eq!(Query::parse("shared").kinds(), None);
    }
    assert_eq!(hits(&one("Shared desk", "a@x.example", "", ""), "shared"), [0]);
}

#[test]
fn a_full_page_has_no_bit_past_its_end() {
    let rows: Vec<_> = (0..999)
        .map(|n| (format!("User {n}"), format!("u{n}@x.example"), String::new(), String::new()))
        .collect();
    let page = page(&rows);
    let bits = search(&page, &Query::parse(""));
    assert_eq!(bits.iter().map(|w| w.count_ones()).sum::<u32>(), 999);
    assert_eq!(hits(&page, "user 99 u998@").len(), 1);
}

#[test]
fn a_hidden_character_can_not_hide_a_row() {
    for name in [
        "No\u{200b}ra",
        "Nor\u{1b}a",
        "N\u{202e}o\u{ad}r\u{fe0f}a",
        "N\u{e0041}ora",
        "\u{feff}Nora",
        "No\u{200d}ra",
        "Ｎｏｒａ",
    ] {
        assert_eq!(hits(&one(name, "x@y.example", "", ""), "nora").len(), 1, "{name:?}");
    }
    assert_eq!(hits(&one("Nora", "x@y.example", "", ""), "no\u{200b}ra\u{202e}").len(), 1);
}

/// Field by field, word by word.
fn naive(page: &UserPage, typed: &str) -> Vec<usize> {
    let folded = fold(typed);
    (0..page.len())
        .filter(|row| {
            let user = page.row(*row).unwrap();
            let licences = fold(user.licences.as_str());
            folded.split_whitespace().all(|word| {
                if let Some(value) = word.strip_prefix("licence:") {
                    return licences.contains(value) || licences.replace(' ', "-").contains(value);
                }
                [user.name, user.address, user.sign_in, user.department]
                    .iter()
                    .any(|f| fold(f.as_str()).contains(word))
            })
        })
        .collect()
}

#[test]
fn licences_are_found_by_a_piece_of_their_names_and_rows_without_any_are_not() {
    let page = page(&vec![("Ana".into(), "a@x.example".into(), String::new(), String::new()); 130]);
    assert_eq!(hits(&page, "licence:E3").len(), 44);
    assert_eq!(hits(&page, "licence:online ana").len(), 43);
    assert_eq!(hits(&page, "licence:e3 licence:office").len(), 44);
    assert!(hits(&page, "licence:e3 licence:plan").is_empty());
}

proptest! {
    #[test]
    fn it_finds_what_the_simple_matcher_finds(
        rows in prop::collection::vec(
            ("[aAbBéÉＡЖж ]{0,6}", "[ab]{1,3}@[ab]{1,3}", "[abßÉ ]{0,4}", "[abé]{0,3}"), 0..200),
        typed in "[abéжÉ ]{0,5}( licence:[eo3]{0,2}(-?365)?)?",
    ) {
        let page = page(&rows);
        prop_assert_eq!(hits(&page, &typed), naive(&page, &typed));
    }

    /// Within the hits of a wider question the answer is that of a search through everything, many rows or few.
    #[test]
    fn a_narrower_question_needs_only_the_hits_of_the_wider_one(
        rows in prop::collection::vec(
            ("[aAbBcdéÉ ]{0,6}", "[ab]{1,3}@[ab]{1,3}", "[abcßÉ ]{0,4}", ""), 0..200),
        before in "[abcdé]{0,2}( [abcdé]{1,2}| licence:[eo]3?)?",
        more in "[abcdé ]{0,2}",
    ) {
        let page = page(&rows);
        let wide = Query::parse(&before);
        let typed = format!("{before}{more}");
        let query = Query::parse(&typed);
        prop_assert!(query.narrows(&wide), "{before:?}, then {typed:?}");
        let within = search(&page, &wide);
        prop_assert_eq!(Search::of(&query).page(&page, Some(&within)), search(&page, &query));
    }

    #[test]
    fn what_does_not_narrow_is_told(before in "[ab]{1,2}( [ab]{1,2})?", typed in "[ab]{0,3}( [ab]{1,2})?") {
        let (wide, query) = (Query::parse(&before), Query::parse(&typed));
        let texts = ["a", "b", "aa", "ab", "ba", "bb", "aab", "aba", "abb", "baa", "bab", "bba", "aabb", "abab"];
        let rows: Vec<_> = texts.iter()
            .map(|text| ((*text).to_owned(), String::new(), String::new(), String::new())).collect();
        let page = page(&rows);
        if query.narrows(&wide) {
            let (few, many) = (hits(&page, &typed), hits(&page, &before));
            prop_assert!(few.iter().all(|row| many.contains(row)));
        }
    }

    #[test]
    fn folding_twice_changes_nothing_more(raw in "\\PC{0,40}") {
        let twice = fold(&fold(&raw));
        prop_assert_eq!(fold(&twice), twice);
    }

    #[test]
    fn nothing_typed_can_break_it(raw in ".{0,40}") {
        let page = one("Ana", "a@b.example", "", "");
        drop(search(&page, &Query::parse(&raw)));
    }
}
