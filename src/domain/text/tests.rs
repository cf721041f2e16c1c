use proptest::prelude::*;

use super::*;

#[test]
fn hostile_names_lose_their_power_and_stay_visible() {
    for (raw, clean) in [
        ("Nora\u{1b}[31m", "Nora\u{FFFD}[31m"),
        ("a\u{9b}2Jb", "a\u{FFFD}2Jb"),
        ("\u{1b}]52;c;aGk=\u{7}", "\u{FFFD}]52;c;aGk=\u{FFFD}"),
        ("x\u{202e}txt", "x\u{FFFD}txt"),
        ("a\u{200b}b", "a\u{FFFD}b"),
        ("  two\t\n words  ", "two words"),
        ("a\u{a0}\u{3000}b", "a b"),
        ("क\u{094d}\u{200d}ष", "क\u{094d}\u{200d}ष"),
        ("می\u{200c}خواهم", "می\u{200c}خواهم"),
        ("\u{200d}x", "\u{FFFD}x"),
        ("a\u{2028}b", "a\u{FFFD}b"),
        ("❤\u{fe0f}", "❤\u{FFFD}"),
        ("👩\u{200d}👧", "👩\u{FFFD}👧"),
        ("a\u{e0041}\u{e000}\u{ffff}\u{10fffe}\u{378}b", "a\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}b"),
    ] {
        assert_eq!(Text::clean(raw).as_str(), clean, "{raw:?}");
    }
}

#[test]
fn what_can_not_be_seen_is_made_visible() {
    for (raw, clean) in [
        // A joiner between letters that never join: the name would look like the one without it.
        ("No\u{200d}ra", "No\u{FFFD}ra"),
        ("王\u{200c}明", "王\u{FFFD}明"),
        // Marks and vowels with nothing to stand on, at the start and behind a space, where a line may break.
        ("\u{301}", "\u{FFFD}"),
        ("\u{301}\u{302}", "\u{FFFD}\u{FFFD}"),
        ("a \u{301}b", "a \u{FFFD}b"),
        ("\u{1161}", "\u{FFFD}"),
        ("a\u{11a8}", "a\u{FFFD}"),
        ("\u{904}\u{200d}\u{11f02}\u{1161}", "\u{904}\u{FFFD}\u{FFFD}"),
        // Signs that look like a space.
        ("\u{2800}", "\u{FFFD}"),
        ("a\u{3164}", "a\u{FFFD}"),
        // Hangul in pieces is a name like any other.
        ("\u{1100}\u{1161}\u{11a8}", "\u{1100}\u{1161}\u{11a8}"),
    ] {
        assert_eq!(Text::clean(raw).as_str(), clean, "{raw:?}");
    }
}

#[test]
fn words_of_two_alphabets_are_found() {
    for (words, is_mixed) in [
        ("Nora Anderson", false),
        ("Zoë Müller", false),
        ("Нора Андерсон", false),
        ("Nora Андерсон", false),
        ("N\u{43e}ra", true),
        ("n\u{3bf}ra@bakery.example", true),
        ("王 abc", false),
        ("5 µm", false),
    ] {
        assert_eq!(mixes_alphabets(words), is_mixed, "{words}");
    }
}

#[test]
fn marks_are_few_and_clusters_are_short() {
    for (base, mark, most) in [("e", "\u{301}", MAX_MARKS), ("क", "\u{93e}", MAX_MARKS), ("e", "\u{20dd}", 4)]
    {
        let stacked = format!("{base}{}", mark.repeat(40));
        assert_eq!(Text::clean(&stacked).as_str().chars().count(), 1 + most, "{mark:?}");
    }
    for (piece, name) in
        [("क\u{94d}", "conjuncts"), ("\u{1100}", "leading letters"), ("\u{11f02}", "prepended")]
    {
        let clean = Text::clean(&format!("a{}x", piece.repeat(60)));
        assert!(clean.as_str().graphemes(true).all(|g| g.width() <= MAX_CLUSTER * 2), "{name}: {clean:?}");
    }
}

#[test]
fn every_code_point_of_the_table_is_replaced() {
    let table: [std::ops::RangeInclusive<u32>; 30] = [
        0x00..=0x08,
        0x0e..=0x1b,
        0x7f..=0x9f,
        0xad..=0xad,
        0x34f..=0x34f,
        0x61c..=0x61c,
        0x115f..=0x1160,
        0x17b4..=0x17b5,
        0x180b..=0x180f,
        0x200b..=0x200f,
        0x2028..=0x202e,
        0x2060..=0x2064,
        0x2066..=0x206f,
        0x3164..=0x3164,
        0xfe00..=0xfe0f,
        0xfeff..=0xfeff,
        0xffa0..=0xffa0,
        0xfff9..=0xfffb,
        0xfdd0..=0xfdef,
        0xfffe..=0xffff,
        0xe000..=0xf8ff,
        0xe0000..=0xe007f,
        0xe0100..=0xe01ef,
        0xf0000..=0xfffff,
        0x10_0000..=0x10_ffff,
        0x1fffe..=0x1ffff,
        0x2fffe..=0x2ffff,
        0x378..=0x379,
        0x1bca0..=0x1bca3,
        0x1d173..=0x1d17a,
    ];
    for c in table.into_iter().flatten().filter_map(char::from_u32) {
        let clean = Text::clean(&format!("a{c}b"));
        assert_eq!(clean.as_str(), "a\u{FFFD}b", "U+{:04X}", u32::from(c));
    }
    // Those five are white space to Unicode and to people.
    for c in ['\t', '\n', '\u{b}', '\u{c}', '\r'] {
        assert_eq!(Text::clean(&format!("a{c}b")).as_str(), "a b");
    }
}

#[test]
fn no_code_point_alone_is_invisible() {
    // Between and behind these nothing is assigned but private use, which the table's own test covers.
    for c in (0..=0x3_ffff).chain(0xe_0000..=0xe_0fff).filter_map(char::from_u32) {
        let clean = Text::clean(&c.to_string());
        let is_seen = clean.as_str().width() > 0;
        assert!(is_seen || (c.is_whitespace() && clean.is_empty()), "U+{:04X}", u32::from(c));
    }
}

#[test]
fn no_joiner_is_left_at_the_cut() {
    for joiner in ['\u{200c}', '\u{200d}'] {
        for start in ["", "a", "ab", "abc", "abcd", "abcde", "abcdef"] {
            let once = Text::clean(&format!("{start}{}", format!("\u{628}{joiner}").repeat(600)));
            assert!(!once.as_str().ends_with(&format!("{joiner}…")), "{start}");
            assert_eq!(Text::clean(once.as_str()), once);
        }
    }
}

#[test]
fn a_text_of_megabytes_is_cut_with_a_mark() {
    for piece in ["x", "王", "e\u{301}", "\u{1b}", "a "] {
        let clean = Text::clean(&piece.repeat(1 << 20));
        assert!(clean.as_str().len() <= MAX_BYTES && clean.as_str().len() > MAX_BYTES - 16, "{piece:?}");
        assert!(clean.as_str().ends_with('…'), "{piece:?}");
    }
}

#[test]
fn a_line_keeps_the_spaces_that_are_typed() {
    for (raw, shown) in [("a ", "a "), (" a  b", " a  b"), ("a\tb\u{200b}", "a b\u{FFFD}"), ("", "")] {
        assert_eq!(Text::typed(raw).as_str(), shown, "{raw:?}");
    }
}

/// Names made of what breaks names.
fn odd() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>(),
        prop::char::range('\u{0}', '\u{ff}'),
        prop::char::range('\u{300}', '\u{36f}'),
        prop::char::range('\u{900}', '\u{97f}'),
        prop::char::range('\u{1100}', '\u{11ff}'),
        prop::char::range('\u{2000}', '\u{206f}'),
        prop::char::range('\u{600}', '\u{6ff}'),
        prop::sample::select(vec![
            '\u{200d}',
            '\u{fe0f}',
            '👩',
            '👧',
            '🇦',
            '🇺',
            ' ',
            'a',
            '\u{1f3fd}',
            '\u{11f02}'
        ]),
    ];
    prop::collection::vec(piece, 0..60).prop_map(String::from_iter)
}

proptest! {
    #[test]
    fn the_short_cut_changes_nothing(raw in "[ -~é]{0,12}") {
        prop_assert_eq!(Text::clean(&raw), Text::clean_by_char(&raw));
    }

    #[test]
    fn cleaning_is_safe_and_stable(raw in prop_oneof![odd(), ".*".prop_map(String::from)], times in 1_usize..40) {
        let once = Text::clean(&raw.repeat(times));
        let joiner = |c: char| matches!(c, '\u{200c}' | '\u{200d}');
        prop_assert!(once.as_str().chars().all(|c| joiner(c) || !is_forbidden(c)));
        prop_assert!(once.as_str().chars().all(|c| c == ' ' || !c.is_whitespace()));
        prop_assert!(!once.as_str().contains("  ") && once.as_str().trim() == once.as_str());
        prop_assert!(once.as_str().len() <= MAX_BYTES);
        prop_assert!(once.as_str().graphemes(true).all(|g| g.width() > 0));
        prop_assert_eq!(Text::clean(once.as_str()), once);
    }

    #[test]
    fn a_typed_line_is_as_safe(raw in odd()) {
        let once = Text::typed(&raw);
        let joiner = |c: char| matches!(c, '\u{200c}' | '\u{200d}');
        prop_assert!(once.as_str().chars().all(|c| joiner(c) || !is_forbidden(c)));
        prop_assert!(once.as_str().len() <= MAX_BYTES);
        prop_assert_eq!(Text::typed(once.as_str()), once);
    }
}

#[test]
fn the_name_of_a_server_keeps_its_first_letter() {
    for (words, sentence) in [
        ("mail.hoster.example can't be reached", "mail.hoster.example can't be reached"),
        ("gone. Ask again.", "Gone. Ask again."),
        ("shared mailboxes", "Shared mailboxes"),
        ("", ""),
    ] {
        assert_eq!(capital(words), sentence);
    }
}

#[test]
fn a_sentence_begins_with_a_capital_letter() {
    for (words, sentence) in
        [("the user is gone", "The user is gone"), ("Éva", "Éva"), ("ßa", "SSa"), ("", "")]
    {
        assert_eq!(capitalised(words), sentence);
    }
}

proptest! {
    #[test]
    fn what_needs_no_look_at_every_character_is_cleaned_to_itself(
        words in "[ -~\u{A0}-\u{24F}\u{2010}-\u{2027}\u{2039}\u{203A}\u{2190}-\u{2193}\u{2500}-\u{259F}]{0,40}",
    ) {
        prop_assert_eq!(Text::clean(&words), Text::clean_by_char(&words));
    }
}
