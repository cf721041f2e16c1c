//! The Debian package, as far as it can be held without building one: what `Cargo.toml` packs is there, lies where Debian
//! looks for it, and fits the units. `.ci/long` builds it, installs it, runs it and takes it away.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde::Deserialize;

#[derive(Deserialize)]
struct Manifest {
    package: Package,
}

#[derive(Deserialize)]
struct Package {
    authors: Vec<String>,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    deb: Deb,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Deb {
    maintainer_scripts: String,
    /// Source, place, mode.
    assets: Vec<(String, String, String)>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn package() -> Package {
    toml::from_str::<Manifest>(&read("Cargo.toml")).unwrap().package
}

/// The files that a source names: one, or those of a folder that begin and end as it says.
fn files(source: &str) -> Vec<PathBuf> {
    let path = root().join(source);
    let (folder, name) = (path.parent().unwrap(), path.file_name().unwrap().to_str().unwrap());
    let Some((before, after)) = name.split_once('*') else {
        return if path.is_file() { vec![path] } else { Vec::new() };
    };
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let fits = |name: &str| name.starts_with(before) && name.ends_with(after);
    let fitting = all.filter(|entry| entry.path().is_file() && fits(entry.file_name().to_str().unwrap()));
    fitting.map(|entry| entry.path()).collect()
}

#[test]
fn everything_that_is_packed_is_there_or_made_by_the_script() {
    let script = read("assets/packaging/deb");
    for (source, _, _) in package().metadata.deb.assets {
        let Some(made) = source.strip_prefix("target/packaging/") else {
            let is_program = source == "target/release/backup365";
            assert!(is_program || !files(&source).is_empty(), "{source}: nothing of that name");
            continue;
        };
        // A name, or the folder that pages are written into.
        let place = made.split_once("/*").map_or(made, |(folder, _)| folder);
        assert!(script.contains(&format!("\"$made/{place}\"")), "{source}: the script does not make it");
    }
    // The copyright file says whose it is.
    assert!(!package().authors.is_empty());
}

#[test]
fn what_is_packed_lies_where_debian_looks_for_it() {
    let assets = package().metadata.deb.assets;
    let place = |source: &str| {
        let found = assets.iter().find(|(from, ..)| from == source);
        found.map(|(_, place, mode)| format!("{mode} {place}")).unwrap_or_default()
    };
    for (source, expected) in [
        ("target/release/backup365", "755 usr/bin/"),
        ("target/packaging/man/*.1", "644 usr/share/man/man1/"),
        ("target/packaging/completions/backup365", "644 usr/share/bash-completion/completions/"),
        ("target/packaging/completions/_backup365", "644 usr/share/zsh/vendor-completions/"),
        ("target/packaging/completions/backup365.fish", "644 usr/share/fish/vendor_completions.d/"),
        ("assets/packaging/systemd/*", "644 usr/lib/systemd/system/"),
    ] {
        assert_eq!(place(source), expected, "{source}");
    }
    let unit = read("assets/packaging/systemd/backup365-sweep@.service");
    assert!(unit.lines().any(|line| line == "ExecStart=/usr/bin/backup365 sweep"), "{unit}");
}

#[test]
fn the_scripts_of_the_package_are_programs_that_a_shell_can_read() {
    let folder = root().join(package().metadata.deb.maintainer_scripts);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        assert!(fs::metadata(&path).unwrap().permissions().mode() & 0o111 != 0, "{path:?} can't be started");
        let read = Command::new("/bin/sh").arg("-n").arg(&path).output().unwrap();
        assert!(read.status.success(), "{path:?}: {read:?}");
    }
    names.sort();
    assert_eq!(names, ["postinst", "postrm", "prerm"]);
}
