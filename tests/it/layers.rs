//! The direction of the code: who may name whom, read out of the sources and compared with one table; and no circles in
//! the rooms that are free of them.

mod circles;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use self::circles::{Modules, name};

/// Module, and what it may name besides itself. `app` may name all; `main` is read on its own.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("outside", &["domain"]),
    ("sandbox", &["outside"]),
    ("exit", &[]),
    ("log", &[]),
    ("private", &[]),
    ("wizard", &["domain"]),
    ("provider", &["domain", "outside", "private"]),
    ("settings", &["domain", "outside"]),
    ("driver", &["domain", "wizard"]),
    ("runner", &["domain", "outside", "private", "wizard", "provider"]),
    ("tui", &["domain", "wizard", "driver"]),
    ("plain", &["domain", "wizard", "driver"]),
    ("headless", &["domain", "wizard", "driver"]),
    ("sweeper", &["domain", "provider"]),
    ("commands", &["domain", "exit", "outside", "private", "provider", "settings", "sweeper"]),
    ("cli", &["domain", "settings"]),
    // Never in the program: it feeds whatever reads what comes from outside, wherever that lives.
    ("fuzzing", &["domain", "provider", "settings", "tui"]),
];

/// Files that may name more than the rest of their module: commands that make journeys.
const FILES_MAY_NAME: &[(&str, &[&str])] = &[
    ("commands/journey", &["wizard", "driver", "headless"]),
    ("commands/provision", &["wizard", "driver", "headless"]),
    ("commands/apply", &["wizard", "driver", "headless"]),
];

/// What the test modules of these may name as well: the sandbox is the far end of their sockets.
const TESTS_MAY_NAME: &[(&str, &[&str])] =
    &[("provider", &["sandbox"]), ("runner", &["sandbox"]), ("sweeper", &["sandbox", "runner"])];

/// Rooms in which nobody names anybody in a circle; a module and its own children are one.
const CIRCLE_FREE: &[&str] = &["provider/store", "wizard", "plain", "headless"];

/// Rooms whose own file is their roof: it names the others, and none of them names it.
const ROOFED: &[&str] = &["wizard", "plain", "headless"];

/// Rooms whose modules don't name each other, and the modules of the room below them, which all may name.
const STRANGERS: &[(&str, &[&str])] = &[
    (
        "provider/store",
        &["database", "dialect", "error", "files", "part", "postgres", "sqlite", "table", "tx", "waiter"],
    ),
    ("provider/store/table", &[]),
];

/// Files that may name the databases' crates: whatever else keeps to our own transaction.
const NAME_RUSQLITE: &[&str] = &["provider/store/sqlite", "provider/store/sqlite.rs", "provider/store/tx.rs"];

/// Crates that stay under their modules.
const CRATES: &[(&str, &[&str])] = &[
    ("ratatui", &["tui"]),
    ("crossterm", &["tui"]),
    ("indicatif", &["commands"]),
    ("qrcode", &["tui"]),
    ("reqwest", &["provider", "sandbox"]),
    ("rustls", &["provider", "sandbox"]),
    ("tokio_rustls", &["sandbox"]),
    ("rcgen", &["provider", "sandbox"]),
    ("toml_edit", &["commands"]),
    ("hyper_util", &["provider"]),
    ("axum", &["sandbox"]),
    ("maud", &["sandbox"]),
    ("roxmltree", &["provider", "sandbox"]),
    ("ntlmclient", &["provider"]),
    ("simple_dns", &["provider"]),
    ("md4", &["sandbox"]),
    ("hmac", &["sandbox"]),
    ("rusqlite", &["provider"]),
    ("age", &["provider"]),
    ("oauth2", &["provider"]),
    ("p12_keystore", &["provider"]),
    ("secret_service", &["outside"]),
    ("open", &["runner"]),
    ("clap", &["cli", "app"]),
    ("clap_complete", &["app"]),
    ("clap_mangen", &["app"]),
    ("tokio", &["provider", "sandbox", "runner", "sweeper", "commands", "app"]),
];

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

/// Top module of a file, and whether the file is a test module of its own (`tests`, or a `stub` that tests talk to).
fn place(root: &Path, path: &Path) -> (String, bool) {
    let inner = path.strip_prefix(root).unwrap().with_extension("");
    let parts: Vec<String> = inner.iter().map(|p| p.to_string_lossy().into_owned()).collect();
    let is_test = parts.iter().skip(1).any(|p| p == "tests" || p == "stub");
    (parts[0].clone(), is_test)
}

/// Code without comments, split where `#[cfg(test)]` begins a module of tests.
fn code(text: &str) -> (String, String) {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let tests = lines
        .windows(2)
        .position(|pair| {
            pair[0].trim() == "#[cfg(test)]" && pair[1].contains("mod ") && pair[1].trim_end().ends_with('{')
        })
        .unwrap_or(lines.len());
    (lines[..tests].join("\n"), lines[tests..].join("\n"))
}

/// The top modules that `crate::` paths name, those in braces included.
fn named(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        if let Some(inner) = rest.strip_prefix('{') {
            let mut depth = 0_i32;
            let mut word = String::new();
            let mut takes = true;
            for c in inner.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => {
                        if !word.is_empty() {
                            names.insert(std::mem::take(&mut word));
                        }
                        break;
                    }
                    '}' => depth -= 1,
                    ',' if depth == 0 => takes = true,
                    ':' if depth == 0 => takes = false,
                    _ => {}
                }
                if depth == 0 && takes && (c.is_alphanumeric() || c == '_') {
                    word.push(c);
                } else if !word.is_empty() {
                    names.insert(std::mem::take(&mut word));
                }
            }
        } else {
            names.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    names
}

#[test]
fn everybody_names_only_whom_they_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for path in &paths {
        let (module, is_test) = place(&root, path);
        if matches!(module.as_str(), "app" | "lib" | "main") {
            continue;
        }
        let Some((_, may)) = MAY_NAME.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{module} is not in the table"));
            continue;
        };
        let tests_may = TESTS_MAY_NAME
            .iter()
            .find(|(name, _)| *name == module)
            .map_or::<&[&str], _>(&[], |(_, names)| names);
        let inner = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let file_may = FILES_MAY_NAME
            .iter()
            .find(|(start, _)| inner.starts_with(start))
            .map_or::<&[&str], _>(&[], |(_, names)| names);
        let (product, tests) = code(&fs::read_to_string(path).unwrap());
        for (text, in_tests) in [(product, is_test), (tests, true)] {
            for name in named(&text) {
                let allowed = name == module
                    || may.contains(&name.as_str())
                    || file_may.contains(&name.as_str())
                    || (in_tests && tests_may.contains(&name.as_str()));
                used.insert((module.clone(), name.clone()));
                if !allowed {
                    wrong.push(format!("{} names {name}", path.strip_prefix(&root).unwrap().display()));
                }
            }
        }
    }
    let idle = MAY_NAME.iter().flat_map(|(module, may)| may.iter().map(move |name| (*module, *name)));
    let idle = idle.filter(|(module, name)| !used.contains(&((*module).to_owned(), (*name).to_owned())));
    wrong.extend(idle.map(|(module, name)| format!("{module} may name {name} and does not")));
    assert!(paths.len() > 50, "the sources were read");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_map_says_who_may_name_whom() {
    let map = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for (module, may) in MAY_NAME {
        let is_row =
            |line: &&str| line.split('|').nth(1).is_some_and(|first| first.contains(&format!("`{module}`")));
        let row = map.lines().find(is_row).unwrap_or_else(|| panic!("the map has {module}"));
        // What single files may name besides stands behind a semicolon.
        let cell = row.split('|').nth(3).unwrap_or_default();
        let cell = cell.split(';').next().unwrap_or_default();
        let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        assert_eq!(names, may.to_vec(), "the map's row of {module}");
    }
}

#[test]
fn crates_stay_under_their_modules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    let mut wrong = Vec::new();
    for path in &paths {
        let (module, is_test) = place(&root, path);
        let (product, _) = code(&fs::read_to_string(path).unwrap());
        for (name, modules) in CRATES {
            let says = [
                format!("use {name}::"),
                format!(" {name}::"),
                format!("({name}::"),
                format!("use {name}{{"),
            ];
            if !is_test
                && !modules.contains(&module.as_str())
                && says.iter().any(|s| product.contains(s.as_str()))
            {
                wrong.push(format!("{} names the crate {name}", path.strip_prefix(&root).unwrap().display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The product's code, file by file below `src`.
fn product() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    let files = paths.iter().filter(|path| !place(&root, path).1);
    files
        .map(|path| {
            let (product, _tests) = code(&fs::read_to_string(path).unwrap());
            (path.strip_prefix(&root).unwrap().to_owned(), product)
        })
        .collect()
}

#[test]
fn arrows_run_down_only() {
    let files = product();
    let modules = Modules::read(files.iter().map(|(path, code)| (path.as_path(), code.as_str())));
    let mut wrong: Vec<String> = CIRCLE_FREE.iter().flat_map(|room| modules.circles(&name(room))).collect();
    wrong.extend(ROOFED.iter().flat_map(|room| modules.under(&name(room))));
    for (room, below) in STRANGERS {
        let parts = modules.parts(&name(room));
        assert!(parts.len() > 10, "the parts of {room} were read");
        for (part, names) in parts.iter().filter(|(part, _)| !below.contains(&part.as_str())) {
            let others = names.iter().filter(|other| !below.contains(&other.as_str()));
            wrong.extend(others.map(|other| format!("{room}: {part} names {other}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_databases_own_files_name_it() {
    let named = product().into_iter().filter(|(_, code)| code.contains("rusqlite"));
    let wrong: Vec<_> = named
        .map(|(path, _)| path)
        .filter(|path| !NAME_RUSQLITE.iter().any(|may| path.starts_with(may)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_test_file_is_forgotten() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = fs::read_to_string(folder.join("main.rs")).unwrap();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.extension().is_some_and(|e| e == "rs") && name != "main" {
            assert!(main.contains(&format!("mod {name};")), "tests/it/{name}.rs is in main.rs");
        }
    }
}
