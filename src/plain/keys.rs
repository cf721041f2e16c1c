//! Keys of the full screen inside sentences, told as the words that do the same here. Pure.
//!
//! Failures, hints and the table of codes speak of keys ("Press r to ask again", "p parks the run"). Nobody sees a key
//! line here, and in a field a letter is text: the word is what works everywhere.

/// What to type for the letter of a key.
const WORDS: &[(&str, &str)] = &[
    ("b", "back"),
    ("c", "clear"),
    ("e", "explain"),
    ("f", "file"),
    ("k", "kinds"),
    ("l", "print"),
    ("p", "park"),
    ("q", "quit"),
    ("r", "refresh"),
    ("t", "these"),
    ("w", "write"),
    ("x", "include"),
];

/// What a key is said to do, in the sentences that begin with its letter.
const VERBS: &[&str] =
    &["asks", "brings", "goes", "hands", "leaves", "lists", "parks", "shows", "ticks", "tries", "writes"];

/// The sentences with words in the place of letters.
#[must_use]
pub(super) fn keyless(words: &str) -> String {
    let parts: Vec<&str> = words.split(' ').collect();
    let mut said: Vec<String> = Vec::with_capacity(parts.len());
    let mut has_key = false;
    for (at, part) in parts.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| parts.get(before)).copied().unwrap_or_default();
        let after = parts.get(at.saturating_add(1)).copied().unwrap_or_default();
        if matches!(*part, "Press" | "press") && word(after).is_some() {
            said.push(if *part == "Press" { "Type".into() } else { "type".into() });
            continue;
        }
        let Some((word, rest)) = word(part) else {
            said.push((*part).to_owned());
            continue;
        };
        let is_pressed = matches!(before, "Press" | "press");
        let is_next = has_key && (matches!(before, "or" | "then") || matches!(after, "to" | "for"));
        if is_pressed || is_next {
            said.push(format!("{word}{rest}"));
        } else if VERBS.contains(&after) {
            let is_start = before.is_empty() || before.ends_with('.');
            said.push(format!("{} word {word}", if is_start { "The" } else { "the" }));
        } else {
            said.push((*part).to_owned());
            continue;
        }
        has_key = true;
    }
    said.join(" ")
}

/// The word for a letter that stands alone, and the punctuation behind it.
fn word(part: &str) -> Option<(&'static str, &str)> {
    WORDS.iter().find_map(|(letter, word)| {
        let rest = part.strip_prefix(letter)?;
        rest.chars().all(|c| c.is_ascii_punctuation()).then_some((*word, rest))
    })
}

/// Whether words name a key that only the full screen has.
#[cfg(test)]
pub(super) fn names_a_key(words: &str) -> bool {
    let parts: Vec<&str> = words.split_whitespace().collect();
    let bare = |part: &str| part.trim_matches(|c: char| c.is_ascii_punctuation() && c != '/').to_owned();
    parts.iter().enumerate().any(|(at, part)| {
        let next = parts.get(at + 1).map(|next| bare(next)).unwrap_or_default();
        let is_letter =
            |word: &str| word.len() == 1 && word.chars().all(|c| c.is_ascii_lowercase() || c == '/');
        let part = bare(part);
        matches!(part.as_str(), "Esc" | "Tab" | "Shift-Tab" | "Space" | "Arrows" | "Home" | "Page")
            || (part.starts_with("Ctrl-") && part != "Ctrl-C")
            || (part.eq_ignore_ascii_case("press") && is_letter(&next))
            || (is_letter(&part) && part != "a" && VERBS.contains(&next.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plain::words::told;

    #[test]
    fn letters_become_words() {
        for (on_screen, here) in [
            ("Press r to ask again.", "Type refresh to ask again."),
            ("Check the network, then press r.", "Check the network, then type refresh."),
            ("Press r to try again, q to leave.", "Type refresh to try again, quit to leave."),
            (
                "Press l to print it alone, or f for a file.",
                "Type print to print it alone, or file for a file.",
            ),
            ("Keep the ID. p parks the run.", "Keep the ID. The word park parks the run."),
            ("b goes back; check the server.", "The word back goes back; check the server."),
            ("Wait a minute, then r asks now.", "Wait a minute, then the word refresh asks now."),
            ("Read aloud: the last four: e 3 b c", "Read aloud: the last four: e 3 b c"),
            ("Press Enable.", "Press Enable."),
            ("Plan b, level c", "Plan b, level c"),
        ] {
            assert_eq!(keyless(on_screen), here);
            assert!(!names_a_key(here), "{here}");
        }
        assert!(
            names_a_key("Press r to ask again.") && names_a_key("Esc goes back") && names_a_key("p parks")
        );
    }

    /// What the full screen alone says: its own help and key line, which have words of their own here.
    const ON_SCREEN_ONLY: &[&str] = &[
        "Outside the field (Enter, Tab or Down leaves it):",
        "Tab and Shift-Tab: to the next control and to the one before, where there are several.",
        "Ctrl-L: draws the screen again. Ctrl-Z: to the shell; its command fg comes back here.",
        "Arrows, Home and End: move in the text. Ctrl-U: empties it. Ctrl-W: erases a word.",
        "Up, Down, Page Up, Page Down, Home, End: move through the rows.",
        "Arrows: to the next control, or change a choice. Space presses a button.",
        "Up, Down, Page Up, Page Down, Home, End: scroll, where not all fits.",
        // Names of keys, by themselves.
        "Esc",
        "Tab",
        "Space",
    ];

    #[test]
    fn no_sentence_of_the_wizard_names_a_key_of_the_full_screen_here() {
        let mut named = Vec::new();
        let mut sentences = 0_u32;
        for (file, source) in sources() {
            for sentence in literals(&source) {
                sentences += 1;
                if !ON_SCREEN_ONLY.contains(&sentence.as_str()) && names_a_key(&told(&sentence)) {
                    named.push(format!("{file}: {}", told(&sentence)));
                }
            }
        }
        assert!(sentences > 1_000, "{sentences}: the sources were not read");
        assert!(named.is_empty(), "{named:#?}");
    }

    /// Everything that has sentences for people, without its tests.
    fn sources() -> Vec<(String, String)> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut folders: Vec<_> =
            ["wizard", "domain", "provider", "runner"].map(|name| root.join("src").join(name)).into();
        let mut files = vec![
            root.join("src/wizard.rs"),
            root.join("src/runner.rs"),
            root.join("assets/errors.toml"),
            root.join("assets/permissions.toml"),
        ];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
                match path.is_dir() {
                    _ if is_test => {}
                    true => folders.push(path),
                    false => files.push(path),
                }
            }
        }
        let read = |path: std::path::PathBuf| {
            let source = std::fs::read_to_string(&path).unwrap();
            let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
            (path.strip_prefix(root).unwrap().display().to_string(), source)
        };
        files.into_iter().map(read).collect()
    }

    /// The string literals of a source; comments are skipped, a line that ends in a backslash goes on.
    fn literals(source: &str) -> Vec<String> {
        let joined = source.replace("\\\n", "\u{1}");
        let lines = joined.lines().filter(|line| !line.trim_start().starts_with("//"));
        let mut found = Vec::new();
        for line in lines {
            for part in line.split('"').skip(1).step_by(2) {
                let mut pieces = part.split('\u{1}');
                let mut whole = pieces.next().unwrap_or_default().to_owned();
                pieces.for_each(|piece| whole.push_str(piece.trim_start()));
                found.push(whole);
            }
        }
        found
    }
}
