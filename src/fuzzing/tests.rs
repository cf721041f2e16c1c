//! What fuzzing found worth keeping, fed again; and the folder `fuzz` as the table of targets says.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use proptest::prelude::*;

use super::*;

/// A folder of the fuzzing workspace.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name)
}

/// The names in a folder, without what stands behind their last dot.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_kept_input_is_withstood() {
    for (name, target) in TARGETS {
        let entries: Vec<_> = fs::read_dir(folder("seeds").join(name)).unwrap().collect();
        assert!(entries.len() >= 3, "{name} has seeds");
        for entry in entries {
            let path = entry.unwrap().path();
            println!("{}", path.display());
            target(&fs::read(&path).unwrap());
        }
    }
}

#[test]
fn every_target_has_its_program_and_its_seeds() {
    let known: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&folder("targets")), known);
    assert_eq!(names(&folder("seeds")), known);
    let manifest = fs::read_to_string(folder("Cargo.toml")).unwrap();
    for name in &known {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
        let program = fs::read_to_string(folder("targets").join(format!("{name}.rs"))).unwrap();
        assert!(program.contains(&format!("run(\"{name}\", data)")), "{name}");
    }
}

/// What addresses and tricks with addresses are made of.
const PIECES: &[&str] = &[
    "https://",
    "HTTPS://",
    "http://",
    "https:",
    "//",
    "/",
    "\\",
    "?",
    "#",
    "@",
    ":",
    ".",
    "..",
    "%2e",
    "%40",
    "%00",
    "%5c",
    "\t",
    " ",
    "\u{3002}",
    "\u{ff0e}",
    "\u{2044}",
    "\u{200d}",
    "graph.microsoft.com",
    "GRAPH.microsoft.com",
    "\u{ff47}raph.microsoft.com",
    "gr\u{430}ph.microsoft.com",
    "graph.microsoft.com.",
    "login.microsoftonline.com",
    "evil.example",
    "user:pw@",
    ":443",
    ":444",
    ":99999",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "127.0.0.1",
    "0x7f.1",
    "2130706433",
    "localhost",
    "outlook.office365.com",
    "v1.0/users",
    "$skiptoken=x",
    "tenant=7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77",
    "client_id=b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40",
    "xn--",
    "\u{202e}",
];

proptest! {
    // Every case goes through every target.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_are_withstood(data in proptest::collection::vec(any::<u8>(), 0..400)) {
        for (_, target) in TARGETS {
            target(&data);
        }
    }

    #[test]
    fn any_address_is_withstood(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 1..9)) {
        let address = pieces.concat();
        for target in ["graph_links", "server_field", "tenant_field", "consent", "exchange_xml"] {
            run(target, address.as_bytes());
        }
        run("exchange_xml", format!("3{address}").as_bytes());
        run("autodiscover", format!("{{\"Url\":\"{address}\"}}").as_bytes());
    }

    #[test]
    fn any_words_are_withstood(data in "\\PC{0,120}|[ -~\n]{0,200}") {
        for (_, target) in TARGETS {
            target(data.as_bytes());
        }
    }
}
