//! What the environment says about colour, terminal and locale.

mod names;
mod start;

use std::fs;

use crate::terminal::{DOWN, ENTER, Home, TAB, Terminal};

/// Every parameter of every SGR that was written, sequence by sequence.
fn looks(bytes: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let sequences = text.split("\x1b[").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        rest[end..].starts_with('m').then(|| rest[..end].to_owned())
    });
    sequences.map(|codes| codes.split(';').filter_map(|code| code.parse().ok()).collect()).collect()
}

/// Whether any colour was set. 39 and 49 are the terminal's own ones.
fn has_colours(bytes: &[u8]) -> bool {
    looks(bytes).iter().flatten().any(|code| matches!(code, 30..=38 | 40..=48 | 90..=107))
}

/// Whether what stands here is drawn in reverse video, every letter of it.
fn is_reversed(terminal: &Terminal, words: &str) -> bool {
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    // Exactly as written last: the attributes, then the words, with nothing between that could take them away.
    let Some((before, _)) = bytes.rsplit_once(words) else { return false };
    // Moves leave the attributes as they are.
    let looks = before.rsplit("\x1b[").filter_map(|rest| {
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        rest[end..].starts_with('m').then_some(&rest[..end])
    });
    looks.take(1).any(|codes| codes.split(';').any(|code| code == "7"))
}

/// A home whose settings say this about the screen.
fn settled(screen: &str) -> Home {
    let home = Home::new();
    let folder = home.path().join(".config/backup365");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("settings.toml"), format!("[screen]\n{screen}\n")).unwrap();
    home
}

/// Variables.
type Variables<'a> = &'a [(&'a str, &'a str)];

/// The first match wins: flag, setting, `NO_COLOR`, `CLICOLOR_FORCE`, `CLICOLOR`, colour.
#[test]
fn who_decides_about_colour() {
    let cases: [(&[&str], &str, Variables<'_>, bool); 16] = [
        (&[], "", &[], true),
        (&[], "", &[("NO_COLOR", "1")], false),
        (&[], "", &[("NO_COLOR", "0")], false),
        (&[], "", &[("NO_COLOR", "")], true),
        (&[], "", &[("CLICOLOR", "0")], false),
        (&[], "", &[("CLICOLOR", "1")], true),
        (&[], "", &[("CLICOLOR_FORCE", "1"), ("CLICOLOR", "0")], true),
        (&[], "", &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&[], "", &[("TERM", "unknown-thing")], true),
        (&["--color=always"], "color = \"never\"", &[("NO_COLOR", "1")], true),
        (&["--color", "never"], "color = \"always\"", &[("CLICOLOR_FORCE", "1")], false),
        (&["--color=auto"], "color = \"never\"", &[], true),
        (&["--color=auto"], "color = \"always\"", &[("NO_COLOR", "1")], false),
        (&[], "color = \"never\"", &[("CLICOLOR_FORCE", "1")], false),
        (&[], "color = \"always\"", &[("NO_COLOR", "1")], true),
        (&[], "color = \"auto\"", &[("NO_COLOR", "1")], false),
    ];
    for (flags, setting, variables, expected) in cases {
        let home = settled(setting);
        let mut terminal = Terminal::sized(&home, flags, 80, 24, variables);
        // The field has an edge of its own, the row under the cursor is reversed.
        terminal
            .sees(&["Which customer?", "> / ", " listed"])
            .keys(TAB)
            .sees(&["/ filter", "│> Anderson Dental"]);
        let what = format!("{flags:?} {setting} {variables:?}");
        assert_eq!(has_colours(&terminal.bytes()), expected, "{what}");
        assert!(is_reversed(&terminal, "Anderson Dental"), "{what}: the focus");
        terminal.keys("q");
        assert_eq!(terminal.code(), 0, "{what}");
    }
}

/// A selection that is shown by attributes must not go with the colours: no bare `CSI m` between them and the words.
#[test]
fn without_colour_the_selection_is_still_in_the_bytes() {
    for variables in [&[("NO_COLOR", "1")][..], &[]] {
        let home = Home::new();
        let mut terminal = Terminal::sized(&home, &[], 80, 24, variables);
        terminal
            .sees(&["Which customer?", " listed", "> / "])
            .keys(TAB)
            .sees(&["/ filter", "│> Anderson Dental"]);
        assert!(is_reversed(&terminal, "Anderson Dental"), "{variables:?}: a row");
        terminal.keys("/").sees(&["> / "]);
        terminal.picks("Harbour Street Cafe").takes(0).sees(&["‹ Yes, this is the organisation ›"]);
        assert!(is_reversed(&terminal, "Yes, this is the organisation"), "{variables:?}: a button");
        terminal.keys(ENTER).sees(&["‹ Authorise ›"]).plays().enables().sees(&["listed 37 ·"]);
        // The row under the cursor is reversed whole; what it was before is not.
        terminal.sees(&["│> [ ] Aroha Smith"]).keys(DOWN).sees(&["│> [ ] Liam Nguyen", "│ [ ] Aroha Smith"]);
        assert!(is_reversed(&terminal, "[ ] Liam Nguyen"), "{variables:?}: a row of a list of marks");
        terminal.keys(" ").sees(&["│> [x] Liam Nguyen"]);
        assert_eq!(terminal.interrupts(), 130);
        let bytes = terminal.bytes();
        assert_eq!(has_colours(&bytes), variables.is_empty());
        // Every sequence that means something says it itself: none relies on one before it.
        assert!(looks(&bytes).iter().flatten().any(|code| *code == 7));
    }
}

/// First non-empty of `LC_ALL`, `LC_CTYPE`, `LANG`; flags and the setting go before them.
#[test]
fn who_decides_about_letters() {
    let cases: [(&[&str], &str, Variables<'_>, bool); 13] = [
        (&[], "", &[], true),
        (&[], "", &[("LANG", "C")], true),
        (&[], "", &[("LANG", "POSIX")], true),
        (&[], "", &[("LANG", "en_AU.UTF-8")], false),
        (&[], "", &[("LANG", "en_AU.utf8")], false),
        (&[], "", &[("LANG", "en_AU.ISO-8859-1")], true),
        (&[], "", &[("LC_ALL", "C"), ("LANG", "en_AU.UTF-8")], true),
        (&[], "", &[("LC_ALL", ""), ("LC_CTYPE", "C.UTF-8"), ("LANG", "C")], false),
        (&[], "", &[("LC_CTYPE", "C"), ("LANG", "C.UTF-8")], true),
        (&["--ascii"], "glyphs = \"unicode\"", &[("LANG", "C.UTF-8")], true),
        (&["--unicode"], "glyphs = \"ascii\"", &[("LANG", "C")], false),
        (&[], "glyphs = \"ascii\"", &[("LANG", "C.UTF-8")], true),
        (&[], "glyphs = \"unicode\"", &[], false),
    ];
    for (flags, setting, variables, is_ascii) in cases {
        let home = settled(setting);
        let program = env!("CARGO_BIN_EXE_backup365");
        let variables: Vec<_> = [("TERM", "xterm")].iter().chain(variables).copied().collect();
        let mut terminal = Terminal::program(&home, program, flags, (80, 24), &variables);
        terminal.sees(&["Which customer?", " listed"]).keys("Old Mill").sees(&["> Old Mill Bakery"]);
        terminal.keys(TAB).keys("q");
        assert_eq!(terminal.code(), 0);
        assert_eq!(terminal.bytes().is_ascii(), is_ascii, "{flags:?} {setting} {variables:?}");
    }
}
