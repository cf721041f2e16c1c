//! What of this computer a test works with, and how it says that something is missing.

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

/// Where a program lies; none, said aloud, where it is not installed.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let found = found(name);
    if found.is_none() {
        skipped(name);
    }
    found
}

/// The same for a program that the gate does not install either: without it a part of a test is left out everywhere.
pub(crate) fn spare(name: &str) -> Option<PathBuf> {
    let found = found(name);
    if found.is_none() {
        left_out(name);
    }
    found
}

fn found(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// A test, or a part of one, is left out because this is missing. Where CI is set that is a failure: the gate installs
/// what the tests need.
fn skipped(what: &str) {
    let is_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    assert!(!is_ci, "{what} is missing, and CI is set");
    left_out(what);
}

/// Microsoft's own descriptions, which lie beside the project where the team works and nowhere else; none, said aloud,
/// where no folder is named. A folder that is named must be there.
pub(crate) fn descriptions() -> Option<PathBuf> {
    let named = std::env::var_os("BACKUP365_CONFORMANCE").filter(|folder| !folder.is_empty());
    let folder = named.map(PathBuf::from);
    match &folder {
        Some(folder) => assert!(folder.is_dir(), "{} is missing", folder.display()),
        None => left_out("the folder of Microsoft's descriptions (BACKUP365_CONFORMANCE)"),
    }
    folder
}

/// A PostgreSQL server and a role that may make what it likes there; none, said aloud, where the environment names none.
pub(crate) fn named_server() -> Option<String> {
    let named = std::env::var("BACKUP365_POSTGRES").ok().filter(|url| !url.is_empty());
    if named.is_none() {
        skipped("a PostgreSQL server (BACKUP365_POSTGRES)");
    }
    named
}

/// The folder of PostgreSQL's own programs, for a test that starts a server; none, said aloud, where they are not here.
pub(crate) fn postgres_programs() -> Option<PathBuf> {
    let packaged = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folder =
        packaged.map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").is_file()).max();
    let folder = folder.or_else(|| found("initdb")?.parent().map(PathBuf::from));
    if folder.is_none() {
        skipped("PostgreSQL, to start a server of one's own");
    }
    folder
}

/// Says that a test, or a part of one, is left out for want of something that no gate can install, a right for example.
/// Past the test harness, which keeps the words of a test that passes to itself.
pub(crate) fn left_out(what: &str) {
    let words = format!("SKIPPED a test or a part of one: {what} is not here\n");
    io::stderr().write_all(words.as_bytes()).unwrap();
}

/// What the standard world says of the partner: the head of a world of a test's own.
pub(crate) fn invented_partner() -> &'static str {
    let standard = include_str!("../../assets/sandbox/standard.toml");
    &standard[standard.find("[partner]").unwrap()..standard.find("[[tenant]]").unwrap()]
}
