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
        ("[screen]\ncolor = \"sometimes\"\n", "expected one of `auto`, `always`, `never`"),
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
