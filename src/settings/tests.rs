use super::*;

const APP: &str = "[app]\nclient_id = \"b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40\"\n\
                   tenant = \"2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684\"\n";

fn load(text: &str) -> Result<Settings, SettingsError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("settings.toml"), text).unwrap();
    let config = folder.path().to_path_buf();
    Settings::load(&Sources { file: None, data: config.join("data"), config })
}

#[test]
fn no_file_is_no_application() {
    let folder = tempfile::tempdir().unwrap();
    let sources = Sources { config: folder.path().into(), data: folder.path().into(), file: None };
    assert!(Settings::load(&sources).unwrap().app.is_none());
    let named = Sources { file: Some(folder.path().join("gone.toml")), ..sources };
    assert!(matches!(Settings::load(&named), Err(SettingsError::Unreadable { .. })));
}

#[test]
fn the_sample_is_every_setting_and_can_be_read() {
    let settings = load(include_str!("../../assets/backup365.sample.toml")).unwrap();
    assert_eq!(settings.screen, ScreenSettings::default());
    assert!(settings.app.is_none(), "the sample names no application until somebody fills it in");
    let filled =
        include_str!("../../assets/backup365.sample.toml").replace("\n# ", "\n").replace("\n#[", "\n[");
    let settings = load(&filled).unwrap();
    assert!(settings.app.is_some() && settings.done_page.is_some());
    assert_eq!(settings.addresses.len(), 2);
    assert_eq!(settings.permissions.len(), 1);
    assert_eq!(settings.screen, ScreenSettings { color: Color::Never, glyphs: Glyphs::Ascii });
}

#[test]
fn mistakes_are_named_with_the_way_out() {
    for (text, says) in [
        ("[ap]\n", "Did you mean \"app\"?"),
        (&format!("{APP}secret_fil = \"x\"\n"), "Did you mean \"secret_file\"?"),
        (APP, "exactly one of"),
        (&format!("{APP}secret_file = \"x\"\nsecret_environment = \"Y\"\n"), "exactly one of"),
        ("[addresses]\n\"https://graph.microsoft.com/v1.0\" = \"http://127.0.0.1:1\"\n", "is not an origin"),
        ("app = 3\n", "can't be used"),
        ("[app", "can't be used"),
        ("[zzzzz]\n", "Remove it."),
        ("[screen]\ncolor = \"sometimes\"\n", "color must be auto, always or never"),
        ("[screen]\nglyph = \"ascii\"\n", "Did you mean \"glyphs\"?"),
    ] {
        let error = load(text).unwrap_err().to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
}

#[test]
fn a_relative_secret_file_lies_beside_the_settings() {
    let settings = load(&format!("{APP}secret_file = \"secret.txt\"\n")).unwrap();
    let CredentialSource::SecretFile(path) = settings.app.unwrap().credential else {
        panic!("a secret file")
    };
    assert_eq!(path.parent(), settings.file.unwrap().parent());
}

#[test]
fn the_two_worlds_share_no_file() {
    let settings = load("").unwrap();
    assert_ne!(settings.store_of(true), settings.store_of(false));
    assert_ne!(settings.identity_of(true), settings.identity_of(false));
}

/// What is said about a settings file with these bytes.
fn complaint(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("settings.toml"), bytes).unwrap();
    let config = folder.path().to_path_buf();
    let error = Settings::load(&Sources { file: None, data: config.join("data"), config }).unwrap_err();
    let words = error.to_string();
    assert!(words.contains(&folder.path().join("settings.toml").display().to_string()), "{words}");
    words
}

#[test]
fn every_mistake_is_told_with_its_line_and_the_way_out() {
    let app = |more: &str| format!("{APP}{more}\n");
    for (name, text, line, says) in [
        ("a typing slip", "\n[folder]\n", 2, "Did you mean \"folders\"?"),
        ("nothing like it", "\n\n[zzzzz]\n", 3, "Remove it."),
        ("a slip in a row", "[[permissions]]\nvalu = \"x\"\n", 2, "Did you mean \"value\"?"),
        ("open bracket", "# x\n[app", 2, "Mend the line"),
        (
            "the same key twice",
            "[links]\ndone_page = \"https://a.example\"\ndone_page = \"https://b.example\"\n",
            3,
            "Mend",
        ),
        ("the same table twice", "[links]\n[folders]\n[links]\n", 3, "Mend"),
        ("a number for a table", "app = 3\n", 1, "app must be a table, written [app]"),
        ("a number for a text", "[folders]\ndata = 3\n", 2, "folders.data must be text in quotes"),
        (
            "a table for rows",
            "[permissions]\nvalue = \"x\"\n",
            1,
            "permissions must be rows, written [[permissions]]",
        ),
        ("a text for a command", &app("secret_command = \"pass show x\""), 4, "must be a list of texts"),
        ("a number in a command", &app("secret_command = [\"pass\", 3]"), 4, "must be a list of texts"),
        ("an empty command", &app("secret_command = []"), 4, "must name a program"),
        ("no GUID", "[app]\nclient_id = \"b8a4\"\n", 2, "app.client_id must be a GUID"),
        (
            "no tenant",
            "[app]\nclient_id = \"b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40\"\n",
            1,
            "app.tenant is missing",
        ),
        ("no credential", &app(""), 1, "exactly one of"),
        ("two credentials", &app("secret_file = \"x\"\nsecret_environment = \"Y\""), 1, "exactly one of"),
        ("no role", "[[permissions]]\nvalue = \"x\"\nreason = \"y\"\n", 1, "permissions.role is missing"),
        (
            "a path in an origin",
            "[addresses]\n\"https://graph.microsoft.com/v1.0\" = \"http://127.0.0.1:1\"\n",
            2,
            "is not an origin",
        ),
        (
            "another computer",
            "[addresses]\n\"https://graph.microsoft.com\" = \"http://192.0.2.1:1\"\n",
            2,
            "does not lead to this computer",
        ),
        ("no page", "[links]\ndone_page = \"www\"\n", 2, "links.done_page must be an address"),
    ] {
        let words = complaint(text.as_bytes());
        assert!(words.contains(&format!("line {line}")), "{name}: {words}");
        assert!(words.contains(says), "{name}: {words}");
        assert!(
            !words.contains("struct") && !words.contains("expected struct") && !words.contains("Shape"),
            "{name}: {words}"
        );
    }
}

#[test]
fn bytes_that_are_no_text_are_told_with_their_line() {
    let words = complaint(b"# fine\n[links]\ndone_page = \"\xff\"\n");
    assert!(words.contains("line 3 is not UTF-8 text") && words.contains("Save it as UTF-8"), "{words}");
    let wide: Vec<u8> = "[links]\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(complaint(&[b"\xff\xfe".as_slice(), &wide].concat()).contains("line 1 is not UTF-8 text"));
    let words = complaint(&[b"[links]\n", "# much\n".repeat(1_500_000).as_bytes()].concat());
    assert!(words.contains("larger than 1 MiB"), "{words}");
    assert!(load("\u{feff}[links]\n").is_ok(), "a byte order mark is no mistake");
    assert!(load("").is_ok() && load("\r\n").is_ok(), "an empty file names no application");
}

#[test]
fn a_file_that_is_none_is_told_as_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().to_path_buf();
    let load = |file: PathBuf| {
        let sources = Sources { file: Some(file), data: config.join("data"), config: config.clone() };
        Settings::load(&sources).unwrap_err().to_string()
    };
    let words = load(config.clone());
    assert!(words.contains("it is a folder") && words.contains("settings.toml"), "{words}");
    let words = load(config.join("gone.toml"));
    assert!(words.contains("there is no such file") && words.contains("--settings"), "{words}");
    let words = load(PathBuf::from("/dev/zero"));
    assert!(words.contains("larger than 1 MiB"), "{words}");
    // Root may read everything, so this says something only where somebody else runs it.
    std::fs::write(config.join("shut.toml"), "").unwrap();
    let shut = std::os::unix::fs::PermissionsExt::from_mode(0o000);
    std::fs::set_permissions(config.join("shut.toml"), shut).unwrap();
    if std::fs::read(config.join("shut.toml")).is_err() {
        let words = load(config.join("shut.toml"));
        assert!(words.contains("may not read it") && words.contains("rights"), "{words}");
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_break_it(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        fuzzing::settings(&bytes);
    }

    #[test]
    fn a_sample_that_was_cut_or_spoilt_is_taken_or_told(at in 0_usize..900, to in "[\\[\\]\"=#\\n a-z0-9.]{0,4}") {
        let filled = include_str!("../../assets/backup365.sample.toml").replace("\n# ", "\n").replace("\n#[", "\n[");
        let at = at.min(filled.len());
        let spoilt = [filled.get(..at), Some(to.as_str()), filled.get(at + 1..)].map(Option::unwrap_or_default).concat();
        fuzzing::settings(spoilt.as_bytes());
        fuzzing::settings(filled.get(..at).unwrap_or_default().as_bytes());
    }
}
