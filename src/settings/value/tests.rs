use crate::settings::table::{Key, SETTINGS};

use super::*;

fn setting(key: Key) -> &'static Setting {
    SETTINGS.iter().find(|setting| setting.key == key).unwrap()
}

fn read(key: Key, words: &str) -> Result<Vec<Value>, String> {
    of_words(setting(key), words, &|path| PathBuf::from(path))
}

/// What is shown of words, or what is said about them.
fn shown(key: Key, words: &str) -> String {
    match read(key, words) {
        Ok(values) => values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "),
        Err(what) => format!("! {what}"),
    }
}

#[test]
fn every_default_and_every_example_can_be_used() {
    for setting in SETTINGS {
        for words in setting.default.iter().chain([&setting.example]) {
            let values = of_words(setting, words, &|path| path.into()).unwrap();
            assert_eq!(values.len(), 1, "{}", setting.name);
            // Shown as it was given, so that what is shown can be given again; only the command keeps something back.
            let shown = values[0].to_string();
            if setting.kind == Kind::Command {
                assert_eq!(shown, "pass …");
            } else {
                assert_eq!(shown, *words, "{}", setting.name);
            }
        }
    }
}

#[test]
fn words_are_read_and_shown_without_what_nobody_should_read() {
    for (key, words, expected) in [
        (Key::ClientId, " B8A4C6D1-0E2F-4C53-9D7A-1F6E83B25C40\n", "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40"),
        (Key::SecretCommand, "vault read -field=s3cret 'my path'", "vault …"),
        (Key::SecretCommand, "vault", "vault"),
        (Key::SecretCommand, "", "! app.secret_command must name a program"),
        (Key::SecretCommand, "vault 'half", "! app.secret_command has a quote that is not closed"),
        (Key::DonePage, "https://a:p4ss@x.example/done?key=s3cret#t", "https://…@x.example/done?…"),
        (Key::DonePage, "https://x.example/done#t0ken", "https://x.example/done#…"),
        (Key::LogSize, "512KiB", "512 KiB"),
        (Key::LogSize, "1024 kib", "1 MiB"),
        (Key::LogSize, "65537", "! log.size must be a size from 64 KiB to 1 GiB, like \"4 MiB\""),
        (Key::LogSize, "1 KiB", "! log.size must be a size from 64 KiB to 1 GiB, like \"4 MiB\""),
        (
            Key::LogSize,
            "99999999999999999999 GiB",
            "! log.size must be a size from 64 KiB to 1 GiB, like \"4 MiB\"",
        ),
        (Key::ProvisionWait, "90s", "90s"),
        (Key::ProvisionWait, "120 m", "2h"),
        (Key::ProvisionWait, "0", "0s"),
        (
            Key::ProvisionWait,
            "8d",
            "! provision.wait must be a time up to 7d, like \"90s\", \"15m\" or \"2h\"",
        ),
        (
            Key::ProvisionWait,
            "15",
            "! provision.wait must be a time up to 7d, like \"90s\", \"15m\" or \"2h\"",
        ),
        (Key::LogKeep, "0", "! log.keep must be a whole number from 1 to 99"),
        (Key::LogKeep, "-1", "! log.keep must be a whole number from 1 to 99"),
        (Key::Color, "sometimes", "! screen.color must be auto, always or never"),
        (Key::Data, "", "! folders.data must be the name of a folder"),
        (
            Key::SecretEnvironment,
            "abC8Q~s3cret.value",
            "! app.secret_environment must be the name of an environment variable, not the secret itself",
        ),
        (
            Key::Addresses,
            "https://a.example=http://127.0.0.1:1 https://b.example=http://[::1]:2",
            "https://a.example=http://127.0.0.1:1 | https://b.example=http://[::1]:2",
        ),
        (
            Key::Addresses,
            "https://me:p4ss@a.example=http://127.0.0.1:1",
            "! \"https://…@a.example\" is not an origin like https://graph.microsoft.com or http://127.0.0.1:8443",
        ),
        (
            Key::Permissions,
            "A.Read.All=f10e1f91-74ed-437f-a6fd-d6ae88e26c1f=Read a = b; B.Read.All=f10e1f91-74ed-437f-a6fd-d6ae88e26c1f=B;",
            "A.Read.All=f10e1f91-74ed-437f-a6fd-d6ae88e26c1f=Read a = b | \
             B.Read.All=f10e1f91-74ed-437f-a6fd-d6ae88e26c1f=B",
        ),
        (
            Key::Permissions,
            "A.Read.All=x=y",
            "! permissions.role must be a GUID like b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40",
        ),
    ] {
        assert_eq!(shown(key, words), expected, "{words}");
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
        for setting in SETTINGS {
            let read = of_words(setting, &words, &|path| path.into());
            if let Err(what) = read {
                // An address may be quoted; everything else is only told what it must be.
                proptest::prop_assert!(setting.kind == Kind::Addresses || !what.contains("s3cret"), "{what}");
            }
        }
    }
}
