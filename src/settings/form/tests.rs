use crate::settings::{
    setting::Draft,
    table::{AnySetting, SETTINGS},
};

use super::*;

/// What is shown of words that a variable might say, or what is wrong with them.
fn read(setting: &dyn AnySetting, words: &str) -> Result<Vec<String>, String> {
    setting.take_words(words, &|path| PathBuf::from(path), &mut Draft::default())
}

/// The same in one line.
fn shown(name: &str, words: &str) -> String {
    let setting = SETTINGS.iter().find(|setting| setting.spec().name == name).unwrap();
    match read(*setting, words) {
        Ok(values) => values.join(" | "),
        Err(what) => format!("! {what}"),
    }
}

#[test]
fn every_default_and_every_example_can_be_used() {
    for setting in SETTINGS.iter() {
        let name = setting.spec().name;
        for words in setting.default().iter().map(String::as_str).chain([setting.spec().example]) {
            let values = read(*setting, words).unwrap();
            assert_eq!(values.len(), 1, "{name}");
            // Shown as it was given, so that what is shown can be given again; only the command keeps something back.
            let expected = if name.ends_with("_command") { "pass …" } else { words };
            assert_eq!(values[0], expected, "{name}");
        }
    }
}

#[test]
fn words_are_read_and_shown_without_what_nobody_should_read() {
    for (name, words, expected) in [
        ("app.client_id", " B8A4C6D1-0E2F-4C53-9D7A-1F6E83B25C40\n", "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40"),
        ("app.secret_command", "vault read -field=s3cret 'my path'", "vault …"),
        ("app.secret_command", "vault", "vault"),
        ("app.secret_command", "", "! app.secret_command must name a program"),
        ("app.secret_command", "vault 'half", "! app.secret_command has a quote that is not closed"),
        ("links.done_page", "https://a:p4ss@x.example/done?key=s3cret#t", "https://…@x.example/done?…"),
        ("links.done_page", "https://x.example/done#t0ken", "https://x.example/done#…"),
        ("log.size", "512KiB", "512 KiB"),
        ("log.size", "1024 kib", "1 MiB"),
        ("log.size", "65537", "! log.size must be a size from 64 KiB to 1 GiB, like \"4 MiB\""),
        ("log.size", "1 KiB", "! log.size must be a size from 64 KiB to 1 GiB, like \"4 MiB\""),
        (
            "log.size",
            "99999999999999999999 GiB",
            "! log.size must be a size from 64 KiB to 1 GiB, like \"4 MiB\"",
        ),
        ("provision.wait", "90s", "90s"),
        ("provision.wait", "120 m", "2h"),
        ("provision.wait", "0", "0s"),
        ("provision.wait", "8d", "! provision.wait must be a time up to 7d, like \"90s\", \"15m\" or \"2h\""),
        ("provision.wait", "15", "! provision.wait must be a time up to 7d, like \"90s\", \"15m\" or \"2h\""),
        ("log.keep", "0", "! log.keep must be a whole number from 1 to 99"),
        ("log.keep", "-1", "! log.keep must be a whole number from 1 to 99"),
        ("screen.color", "sometimes", "! screen.color must be auto, always or never"),
        ("folders.data", "", "! folders.data must be the name of a folder"),
        (
            "app.secret_environment",
            "abC8Q~s3cret.value",
            "! app.secret_environment must be the name of an environment variable, not the secret itself",
        ),
        (
            "addresses",
            "https://a.example=http://127.0.0.1:1 https://b.example=http://[::1]:2",
            "https://a.example=http://127.0.0.1:1 | https://b.example=http://[::1]:2",
        ),
        (
            "addresses",
            "https://me:p4ss@a.example=http://127.0.0.1:1",
            "! \"https://…@a.example\" is not an origin like https://graph.microsoft.com or http://127.0.0.1:8443",
        ),
        (
            "permissions",
            "A.Read.All=f10e1f91-74ed-437f-a6fd-d6ae88e26c1f=Read a = b; B.Read.All=f10e1f91-74ed-437f-a6fd-d6ae88e26c1f=B;",
            "A.Read.All=f10e1f91-74ed-437f-a6fd-d6ae88e26c1f=Read a = b | \
             B.Read.All=f10e1f91-74ed-437f-a6fd-d6ae88e26c1f=B",
        ),
        (
            "permissions",
            "A.Read.All=x=y",
            "! permissions.role must be a GUID like b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40",
        ),
    ] {
        assert_eq!(shown(name, words), expected, "{words}");
    }
}

#[test]
fn a_command_is_split_at_blanks_and_kept_together_by_quotes() {
    for (line, expected) in [
        ("pass show x", &["pass", "show", "x"][..]),
        ("  a\t b ", &["a", "b"]),
        (r#"a "b c" 'd "e"' f'g h'"#, &["a", "b c", "d \"e\"", "fg h"]),
        ("a ''", &["a", ""]),
        (r"C:\bin\vault.exe x", &[r"C:\bin\vault.exe", "x"]),
    ] {
        assert_eq!(split_command("x", line).unwrap(), expected, "{line}");
    }
    assert!(split_command("x", "echo 'open").is_err());
}

proptest::proptest! {
    #[test]
    fn no_words_break_any_setting_and_no_refusal_quotes_a_secret(words in "(s3cret)?[a-z0-9 ='\";:/?#@.~-]{0,40}(s3cret)?") {
        for setting in SETTINGS.iter() {
            if let Err(what) = read(*setting, &words) {
                // An address may be quoted; everything else is only told what it must be.
                proptest::prop_assert!(setting.spec().name == "addresses" || !what.contains("s3cret"), "{what}");
            }
        }
    }
}
