//! `backup365 explain`, the built binary: offline, without a home, from arguments and from a pipe.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// The program with nothing at all in its environment: no home, no settings, no terminal.
fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backup365"));
    command.env_clear().args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Exit code, stdout and stderr.
fn ended(output: &Output) -> (i32, String, String) {
    let words = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), words(&output.stdout), words(&output.stderr))
}

fn explain(arguments: &[&str]) -> (i32, String, String) {
    let all: Vec<&str> = ["explain"].iter().chain(arguments).copied().collect();
    ended(&bare(&all).output().unwrap())
}

/// Checks an object against the schema of its kind, which must be in `assets/json`.
pub(crate) fn fits(kind: &str, words: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("assets/json/{kind}.schema.json"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let value: Value = serde_json::from_str(words).unwrap_or_else(|error| panic!("{error}: {words}"));
    let checker = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> =
        checker.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:#?}\n{words}");
    assert_eq!((&value["version"], &value["kind"]), (&1.into(), &kind.into()));
    value
}

#[test]
fn codes_are_answered_one_by_one_without_a_home() {
    let (code, out, err) = explain(&["90094", "aadsts65004"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let headings: Vec<&str> =
        out.split("\n\n").filter_map(|entry| entry.lines().next()?.split(':').next()).collect();
    assert_eq!(headings, ["90094", "65004"]);
    for label in ["Means: ", "Say: ", "Next: "] {
        assert_eq!(out.lines().filter(|line| line.starts_with(label)).count(), 2, "{out}");
    }
    assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
}

#[test]
fn words_in_any_order_and_a_pasted_page_are_found() {
    let (code, out, _) = explain(&["need", "admin", "approval"]);
    assert!(code == 0 && out.starts_with("90094:"), "{out}");
    let mut child = bare(&["explain", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let page = "Sorry, but we're having trouble signing you in.\n\nAADSTS65004: The user declined.\n";
    child.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let (code, out, _) = ended(&child.wait_with_output().unwrap());
    assert!(code == 0 && out.starts_with("65004:"), "{out}");
}

#[test]
fn what_callers_say_in_their_own_words_is_found() {
    for (asked, heading, says) in [
        (
            "I have accepted and nothing happened",
            "They have accepted, and nothing",
            "It must be your organisation.",
        ),
        ("nothing happened i accepted", "They have accepted, and nothing", "private window"),
        ("I pressed Cancel", "65004: ", "nothing was changed"),
        ("the page names another organisation", "The page names another", "Please don't accept there."),
        ("What is this permission for?", "They ask what a permission is for", "Four are for setting it up"),
        ("Read and write mail in all mailboxes", "What Mail.ReadWrite is for", "we back up e-mail"),
        ("is it safe", "They ask whether it is safe", "no password"),
        ("it asks for a password I don't know", "They don't know the password", "don't tell it to me"),
    ] {
        let (code, out, err) = explain(&[asked]);
        let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!((code, out.starts_with(heading), out.contains(says)), (0, true, true), "{asked}: {out}");
        assert!(!out.contains(['{', '}']), "{out}{err}");
    }
}

#[test]
fn a_number_that_is_not_in_the_table_is_never_passed_off_as_another() {
    for asked in
        [&["90004711"][..], &["500122"], &["AADSTS500122:", "the", "user", "account", "is", "disabled"]]
    {
        let (code, out, err) = explain(asked);
        assert_eq!((code, out.as_str()), (1, ""), "{asked:?}");
        assert!(err.contains("https://login.microsoftonline.com/error?code="), "{err}");
    }
}

#[test]
fn a_pasted_page_of_any_language_is_found_by_its_number() {
    let mut child = bare(&["explain", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let page = "Es tut uns leid, bei der Anmeldung ist ein Problem aufgetreten.\r\n\r\nAADSTS500121: Fehler bei der \
        Authentifizierung w\u{e4}hrend der Anforderung.\r\nAnforderungs-ID: 5d0a1c77-2b43-4f0e-9d61-3c8e5b7a1f00\r\n\
        Zeitstempel: 2026-03-04T09:15:27.403Z\r\n";
    child.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let (code, out, _) = ended(&child.wait_with_output().unwrap());
    assert!(code == 0 && out.starts_with("500121: The second factor failed"), "{out}");
    assert!(out.contains("\nSide: the customer's\n") && !out.contains("certificate"), "{out}");
}

#[test]
fn what_is_not_known_ends_with_1_and_says_what_to_try() {
    let (code, out, err) = explain(&["1234567", "90094"]);
    assert_eq!(code, 1);
    assert!(out.starts_with("90094:"), "what is known is said: {out}");
    assert!(err.starts_with("Nothing is known by \"1234567\". Try "), "{err}");
    let (code, out, err) = explain(&["\u{1b}[31mred", "\u{202e}"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(!err.contains('\u{1b}') && !err.contains('\u{202e}'), "{err:?}");
    assert_eq!(explain(&[""]).0, 1);
    assert_eq!(explain(&[]).0, 2);
}

#[test]
fn the_json_fits_its_schema() {
    for (arguments, found) in [
        (&["--json", "90094", "65004"][..], "code"),
        (&["--json", "500122"], "nothing"),
        (&["--json", "need", "admin", "approval"], "words"),
        (&["--json", "xyzzy"], "nothing"),
    ] {
        let (_, out, err) = explain(arguments);
        let value = fits("explain", &out);
        assert_eq!((value["answers"][0]["found"].as_str(), err.as_str()), (Some(found), ""));
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for arguments in
        [&["explain", "90094"][..], &["explain", "--json", "90094"], &["completions", "bash"], &["man"]]
    {
        let mut child = bare(arguments).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(ended(&child.wait_with_output().unwrap()), (0, String::new(), String::new()));
    }
}
