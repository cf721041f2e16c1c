//! The README and the map of the crate say what the code says.

use std::{fs, path::Path};

use backup365::{
    domain::permission::{Permission, PermissionSet, SetName},
    exit::Exit,
};

const README: &str = include_str!("../../README.md");

/// The map of the crate.
const MAP: &str = include_str!("../../src/lib.rs");

#[test]
fn every_exit_code_is_in_the_readme() {
    for exit in Exit::ALL {
        let row = format!("| {} | {} |", exit.code(), exit.meaning());
        assert!(README.contains(&row), "the README misses: {row}");
    }
}

#[test]
fn every_permission_is_in_the_readme() {
    let sets: Vec<PermissionSet> =
        SetName::all().map(|name| PermissionSet::new(name, &[]).unwrap()).collect();
    let line = |row: &Permission| format!("| {} | `{}` | {} |", row.value, row.role, row.reason);
    let mut expected: Vec<String> = sets.iter().flat_map(|set| set.rows.iter().map(line)).collect();
    let mut seen = std::collections::BTreeSet::new();
    expected.retain(|row| seen.insert(row.clone()));
    let chapter = README.split("### What the customer is asked for").nth(1).unwrap();
    let chapter = chapter.split("\n## ").next().unwrap();
    let rows: Vec<&str> = chapter.lines().filter(|line| line.contains(" | `")).collect();
    assert_eq!(rows, expected, "the rows of the standard set, then what the others have beside them");
    for set in sets.iter().skip(1) {
        let words = format!("`{}`: {}", set.name.word(), set.about);
        assert!(chapter.replace('\n', " ").contains(&words), "the README misses: {words}");
    }
}

#[test]
fn the_first_lines_of_the_readme_say_who_it_is_for_how_it_looks_and_what_to_type() {
    let first: Vec<&str> = README.lines().take(24).collect();
    for words in ["support staff", "](assets/pictures/users.svg)", "cargo run", "cargo test"] {
        assert!(first.iter().any(|line| line.contains(words)), "not in the first 24 lines: {words}");
    }
}

/// The page that a newcomer reads: what it is, the two commands, the first five minutes, and where it is promised.
#[test]
fn the_first_page_is_one_page() {
    let first: Vec<&str> = README.lines().take_while(|line| *line != "## Contents").collect();
    assert!(first.len() < 80, "{} lines", first.len());
    assert!(first.contains(&"## Two commands") && first.contains(&"## The first five minutes"));
    let text = first.join(" ");
    for words in ["promised for Linux", "inside WSL", "macOS and Windows are not tested"] {
        assert!(text.contains(words), "the first page does not say: {words}");
    }
}

/// Every chapter behind the first page stands in the table of contents, in its order, with a link that leads there.
#[test]
fn the_table_of_contents_names_every_chapter() {
    let behind = README.lines().skip_while(|line| *line != "## Contents").skip(1);
    let (chapters, rest): (Vec<&str>, Vec<&str>) = behind.partition(|line| line.starts_with("## "));
    let links: Vec<&str> = rest
        .iter()
        .filter_map(|line| line.strip_prefix("* ["))
        .filter_map(|line| Some(line.split_once(')')?.0))
        .filter(|link| link.contains("](#"))
        .collect();
    let expected: Vec<String> = chapters
        .iter()
        .map(|line| {
            let name = line.trim_start_matches("## ");
            let kept = |c: &char| c.is_alphanumeric() || *c == ' ' || *c == '-';
            let anchor: String = name.to_lowercase().chars().filter(kept).collect();
            format!("{name}](#{}", anchor.replace(' ', "-"))
        })
        .collect();
    assert_eq!(links, expected);
}

/// What stands in backticks and is a file or a folder of the project, or a setting, is there.
#[test]
fn files_and_settings_that_the_readme_names_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sample = include_str!("../../assets/backup365.sample.toml");
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let (mut files, mut settings) = (0, 0);
    let prose = README.split("```").step_by(2).collect::<String>();
    for piece in prose.split('`').skip(1).step_by(2) {
        if ["assets/", "src/", "tests/", "fuzz/", ".ci/"].iter().any(|folder| piece.starts_with(folder)) {
            assert!(root.join(piece).exists(), "the README names {piece}");
            files += 1;
        }
        if let Some((section, key)) = piece.split_once('.')
            && is_word(section)
            && is_word(key)
            && let Some((_, behind)) = sample.split_once(&format!("[{section}]"))
        {
            assert!(behind.contains(&format!(" {key} = ")), "the README names the setting {piece}");
            settings += 1;
        }
    }
    assert!(files > 8 && settings > 5, "{files} files, {settings} settings");
}

#[test]
fn the_test_command_is_the_gates() {
    let gate = include_str!("../../.ci/run");
    assert!(README.contains("cargo test"), "the README names the test command");
    assert!(gate.lines().any(|line| line.trim() == "cargo test --locked"), "the gate runs it");
}

/// The ways to change the crate, without the marks of comments, in one line.
fn ways() -> String {
    let from = MAP.lines().skip_while(|line| *line != "//! # Ways to change it").skip(1);
    let section = from.take_while(|line| !line.starts_with("//! # "));
    section.map(|line| line.trim_start_matches("//!").trim()).collect::<Vec<_>>().join(" ")
}

/// Whether a file makes a thing of this name.
fn makes(code: &str, name: &str) -> bool {
    let kinds = ["fn ", "const ", "static ", "struct ", "enum ", "macro_rules! "];
    code.lines().filter(|line| !line.trim_start().starts_with("//")).any(|line| {
        kinds.iter().any(|kind| {
            line.split_once(&[*kind, name].concat()).is_some_and(|(before, behind)| {
                let is_whole = !behind.starts_with(|c: char| c.is_alphanumeric() || c == '_');
                is_whole && (before.is_empty() || before.ends_with(' '))
            })
        })
    })
}

#[test]
fn what_the_map_names_is_where_it_says() {
    let ways = ways();
    for way in ["A key", "A line", "A flag", "A question", "A way on", "A call"] {
        assert!(ways.contains(&format!("*{way}*")), "the map says how {way} is added");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_source = |piece: &str| Path::new(piece).extension().is_some_and(|extension| extension == "rs");
    let mut looked_up = 0;
    // Backticks come in pairs: every second piece is what stands between them.
    let pieces: Vec<&str> = ways.split('`').collect();
    for at in (1..pieces.len()).step_by(2).filter(|at| is_source(pieces[*at])) {
        let file = pieces[at];
        let folder = if file.starts_with("tests/") { root.to_owned() } else { root.join("src") };
        let code = fs::read_to_string(folder.join(file)).unwrap_or_else(|_| panic!("the map names {file}"));
        if pieces[at - 1] == " in " {
            let name = pieces[at - 2];
            assert!(makes(&code, name), "the map names {name} in {file}");
            looked_up += 1;
        }
    }
    assert!(looked_up > 30, "the names were read: {looked_up}");
    assert!(makes("    pub(crate) const fn so(x: u8) {}", "so") && !makes("fn some() {} // fn so", "so_"));
}
