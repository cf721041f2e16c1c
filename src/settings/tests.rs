use super::{
    CredentialSource::{Certificate, Secret},
    Source::{Command, Environment, File, Keyring},
    survey::Survey,
    table::SETTINGS,
    *,
};
use std::time::Duration;

const APP: &str = "[app]\nclient_id = \"b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40\"\n\
                   tenant = \"2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684\"\n";

fn load(text: &str) -> Result<Settings, SettingsError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("settings.toml"), text).unwrap();
    let config = folder.path().to_path_buf();
    Settings::load(&Sources { data: config.join("data"), config, ..Sources::default() })
}

#[test]
fn no_file_is_no_application() {
    let folder = tempfile::tempdir().unwrap();
    let sources = Sources { config: folder.path().into(), data: folder.path().into(), ..Sources::default() };
    assert!(Settings::load(&sources).unwrap().app.is_none());
    let named = Sources { file: Some(folder.path().join("gone.toml")), ..sources };
    assert!(matches!(Settings::load(&named), Err(SettingsError::Unreadable { .. })));
}

/// Settings of `[app]` that do not stand beside a secret in a file, and passwords of a record that needs none.
const ALTERNATIVES: [&str; 15] = [
    "app.secret_environment",
    "app.secret_command",
    "app.secret_keyring",
    "app.certificate_file",
    "app.certificate_environment",
    "app.certificate_command",
    "app.certificate_keyring",
    "app.password_file",
    "app.password_environment",
    "app.password_command",
    "app.password_keyring",
    "record.password_file",
    "record.password_environment",
    "record.password_command",
    "record.password_keyring",
];

/// A credential in `[next]`: one of its eight places, one of its four passwords.
const OF_NEXT: [&str; 2] = ["next.certificate_keyring", "next.password_environment"];

const SAMPLE: &str = include_str!("../../assets/backup365.sample.toml");

/// The sample as somebody leaves it who fills everything in.
fn filled() -> String {
    SAMPLE.replace("\n# ", "\n").replace("\n#[", "\n[")
}

/// A folder with a settings file; what else is given; everything that they say.
fn survey(file: &str, variables: &[(&str, &str)], flags: &[(&str, &'static str, &str)]) -> Survey {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("settings.toml"), file).unwrap();
    let config = folder.path().to_path_buf();
    Survey::of(&Sources {
        file: None,
        data: config.join("data"),
        config,
        environment: variables.iter().map(|(name, value)| ((*name).into(), value.into())).collect(),
        flags: flags.iter().map(|(name, flag, value)| (named(name), *flag, (*value).into())).collect(),
    })
}

/// The setting of this name.
fn named(name: &str) -> &'static dyn AnySetting {
    *SETTINGS.iter().find(|setting| setting.spec().name == name).unwrap()
}

/// Values of a setting and where they came from.
fn row<'a>(survey: &'a Survey, name: &str) -> Vec<(&'a str, Origin)> {
    let row = survey.rows.iter().find(|row| row.setting.spec().name == name).unwrap();
    row.values.iter().map(|(value, origin)| (value.as_str(), *origin)).collect()
}

#[test]
fn the_sample_is_every_setting_at_its_default() {
    let untouched = survey(SAMPLE, &[], &[]).settings.unwrap();
    assert!(untouched.app.is_none(), "the sample names no application until somebody fills it in");
    let (bare, filled) = (survey("", &[], &[]), survey(&filled(), &[], &[]));
    assert_eq!(filled.mistakes, []);
    for row_of in SETTINGS.iter() {
        let setting = row_of.spec();
        let values = row(&filled, setting.name);
        let is_alternative = setting.name.starts_with("next.") || ALTERNATIVES.contains(&setting.name);
        assert_eq!(values.is_empty(), is_alternative, "{} is in the sample", setting.name);
        for (value, origin) in values {
            assert!(matches!(origin, Origin::File { .. }), "{}", setting.name);
            if row_of.default().is_some() {
                assert_eq!([value], [row(&bare, setting.name)[0].0], "{} is at its default", setting.name);
            }
        }
    }
    let settings = filled.settings.unwrap();
    assert_eq!((settings.addresses.len(), settings.permissions.len()), (2, 1));
    assert_eq!(settings.screen, ScreenSettings::default());
}

#[test]
fn the_sample_says_of_every_setting_what_it_is_for_and_how_else_it_is_given() {
    let words = SAMPLE.replace("\n## ", " ").split_whitespace().collect::<Vec<_>>().join(" ");
    for row in SETTINGS.iter() {
        let setting = row.spec();
        assert!(
            words.contains(&format!("{}. {}, {}", setting.about, setting.variable, setting.flag)),
            "{}",
            setting.name
        );
        let choices = row.choices().iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>();
        assert!(choices.iter().all(|word| words.contains(word)), "{}", setting.name);
    }
    let lines = SAMPLE.lines().filter(|line| line.chars().count() > 120).count();
    assert_eq!(lines, 0);
}

#[test]
fn the_other_credentials_of_the_sample_can_be_used_as_well() {
    for (line, expected) in [
        ("## or: secret_environment", Secret(Environment("PARTNER_SECRET".into()))),
        ("## or: secret_command", Secret(Command(["pass", "show", "backup365"].map(String::from).into()))),
        ("## or: secret_keyring", Secret(Keyring("backup365".into()))),
    ] {
        let filled = filled().replace("\nsecret_file", "\n# secret_file");
        let other = filled.replace(line, line.trim_start_matches("## or: "));
        assert_eq!(load(&other).unwrap().app.unwrap().credential.source, expected);
    }
    let filled =
        filled().replace("\nsecret_", "\n# secret_").replace("## or: certificate_file", "certificate_file");
    let filled = filled.replace("## with it: password_command", "password_command");
    let credential = load(&filled).unwrap().app.unwrap().credential;
    assert!(
        matches!(credential.source, Certificate(File(_))) && matches!(credential.password, Some(Command(_)))
    );
}

#[test]
fn flags_go_before_the_environment_and_that_before_the_file() {
    let file = "[screen]\ncolor = \"never\"\nglyphs = \"ascii\"\n[log]\nkeep = 7\n";
    let variables = [("BACKUP365_SCREEN_COLOR", "always"), ("BACKUP365_LOG_KEEP", ""), ("OTHER", "x")];
    let survey = survey(
        file,
        &variables,
        &[("screen.color", "--color", "auto"), ("screen.lines", "--plain", "always")],
    );
    assert_eq!(row(&survey, "screen.color"), [("auto", Origin::Flag("--color"))]);
    assert_eq!(row(&survey, "screen.lines"), [("always", Origin::Flag("--plain"))]);
    assert_eq!(row(&survey, "screen.glyphs"), [("ascii", Origin::File { line: 3 })]);
    assert_eq!(row(&survey, "log.keep"), [("7", Origin::File { line: 5 })], "an empty variable is unset");
    assert_eq!(row(&survey, "log.level"), [("info", Origin::Default)]);
    let settings = survey.settings.unwrap();
    let screen = ScreenSettings {
        color: Color::Auto,
        glyphs: Glyphs::Ascii,
        lines: Lines::Always,
        bell: Bell::default(),
    };
    assert_eq!(settings.screen, screen);
    assert_eq!(settings.log, LogSettings { level: "info", size_bytes: 4 << 20, keep: 7 });
}

/// Every variable does what it says: nothing in the table is left out of the merged value.
#[test]
fn every_setting_reaches_the_merged_value() {
    let variables: Vec<_> = SETTINGS
        .iter()
        .map(|setting| setting.spec())
        .filter(|s| {
            !ALTERNATIVES.contains(&s.name)
                || ["app.secret_command", "record.password_environment"].contains(&s.name)
        })
        .filter(|s| !s.name.starts_with("next.") || OF_NEXT.contains(&s.name))
        .filter(|s| s.name != "app.secret_file")
        .map(|s| (s.variable, s.example))
        .collect();
    let survey = survey("", &variables, &[]);
    assert_eq!(survey.mistakes, []);
    for (name, _) in &variables {
        let row = survey.rows.iter().find(|row| row.setting.spec().variable == *name).unwrap();
        assert_eq!(row.values[0].1, Origin::Environment(name));
    }
    let settings = survey.settings.unwrap();
    let app = settings.app.unwrap();
    assert_eq!(app.client_id.to_string(), "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40");
    assert_eq!(app.tenant.to_string(), "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684");
    assert!(
        matches!(app.credential.source, Secret(Command(words)) if words == ["pass", "show", "backup365"])
    );
    assert_eq!(app.credential.expires, Moment::parse("2027-03-31T00:00:00Z"));
    assert_eq!(
        app.credential.secret_id.map(|id| id.to_string()).as_deref(),
        Some("6c1f7a52-90de-4b3c-8f41-2ab7d5e6c390")
    );
    let next = app.next.unwrap();
    assert_eq!(next.source, Certificate(Keyring("backup365-certificate".into())));
    assert_eq!(next.password, Some(Environment("PARTNER_PASSWORD".into())));
    assert_eq!(app.signature, CertificateSignature::Rs256);
    assert_eq!(settings.record.password, Some(Environment("RECORD_PASSWORD".into())));
    assert!(settings.record.url.unwrap().expose().starts_with("postgres://backup365@db.example.com/"));
    assert_eq!(settings.done_page.as_deref(), Some("https://www.example.com/backup365-done"));
    assert!(settings.data.is_absolute() && settings.data.ends_with("data"));
    assert_eq!(
        settings.screen,
        ScreenSettings {
            color: Color::Never,
            glyphs: Glyphs::Ascii,
            lines: Lines::Always,
            bell: Bell::Never
        }
    );
    assert_eq!(settings.log, LogSettings { level: "debug", size_bytes: 512 << 10, keep: 9 });
    assert_eq!(settings.provision.wait, Duration::from_mins(15));
    assert_eq!(settings.apply.at_once, 8);
    assert_eq!(settings.addresses, [("https://graph.microsoft.com".into(), "http://127.0.0.1:8443".into())]);
    assert_eq!(settings.permissions.len(), 1);
}

#[test]
fn a_later_source_replaces_the_credential_and_a_list_as_a_whole() {
    let file = format!(
        "{APP}secret_file = \"x\"\n[addresses]\n\"https://a.example\" = \"http://127.0.0.1:1\"\n\
         \"https://b.example\" = \"http://127.0.0.1:1\"\n"
    );
    let variables = [
        ("BACKUP365_APP_SECRET_ENVIRONMENT", "SECRET"),
        ("BACKUP365_ADDRESSES", "https://c.example=http://127.0.0.1:3"),
    ];
    let both = survey(&file, &variables, &[]);
    assert_eq!(row(&both, "app.secret_file"), []);
    let settings = both.settings.unwrap();
    assert_eq!(settings.app.unwrap().credential.source, Secret(Environment("SECRET".into())));
    assert_eq!(settings.addresses, [("https://c.example".into(), "http://127.0.0.1:3".into())]);
    let flags = [
        ("app.secret_command", "--app-secret-command", "pass show x"),
        ("addresses", "--address", "https://d.example=http://127.0.0.1:4"),
        ("addresses", "--address", "https://e.example=http://127.0.0.1:5"),
    ];
    let all = survey(&file, &variables, &flags);
    assert_eq!(row(&all, "app.secret_environment"), []);
    assert_eq!(row(&all, "app.secret_command"), [("pass …", Origin::Flag("--app-secret-command"))]);
    assert_eq!(all.settings.unwrap().addresses.len(), 2);
}

#[test]
fn a_variable_or_flag_that_cannot_be_used_is_named() {
    let id = ("BACKUP365_APP_CLIENT_ID", "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40");
    let tenant = ("BACKUP365_APP_TENANT", "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684");
    for (variables, flags, says) in [
        (
            &[("BACKUP365_SCREEN_COLOR", "sometimes")][..],
            &[][..],
            "the environment variable BACKUP365_SCREEN_COLOR can't be used: screen.color must be auto, always or never. \
             Mend it, then start again.",
        ),
        (
            &[],
            &[("log.keep", "--log-keep", "many")],
            "the flag --log-keep can't be used: log.keep must be a whole number from 1 to 99. Mend it, then start again.",
        ),
        (
            &[id],
            &[],
            "your application at Microsoft is named by BACKUP365_APP_CLIENT_ID, but app.tenant is missing. Give the \
             rest too, or leave it out.",
        ),
        (
            &[id, tenant],
            &[],
            "your application at Microsoft is named by BACKUP365_APP_CLIENT_ID, BACKUP365_APP_TENANT, but app needs \
             exactly one of secret_file, secret_environment, secret_command, secret_keyring, certificate_file, \
             certificate_environment, certificate_command and certificate_keyring. Give the rest too, or leave it out.",
        ),
    ] {
        let survey = survey("", variables, flags);
        let words: Vec<_> = survey.mistakes.iter().map(ToString::to_string).collect();
        assert_eq!(words, [says]);
        assert!(survey.settings.is_none());
    }
    // Two in one source are one too many, whatever another source says.
    let two = [id, tenant, ("BACKUP365_APP_SECRET_FILE", "a"), ("BACKUP365_APP_CERTIFICATE_FILE", "b")];
    let words = survey("", &two, &[("app.secret_file", "--app-secret-file", "c")]).mistakes[0].to_string();
    assert!(words.contains("exactly one of"), "{words}");
}

#[test]
fn the_credential_that_takes_over_is_as_whole_as_the_first() {
    let first = format!("{APP}secret_file = \"x\"\n");
    let settings =
        load(&format!("{first}[next]\ncertificate_file = \"c.pfx\"\npassword_file = \"p\"\n")).unwrap();
    let app = settings.app.unwrap();
    assert!(matches!(app.next.as_ref().unwrap().source, Certificate(File(_))));
    assert_eq!(app.files().count(), 3);
    for (text, says) in [
        ("[next]\nsecret_expires = \"2027-03-31\"\n", "next needs exactly one of"),
        ("[next]\nsecret_file = \"y\"\nsecret_command = [\"z\"]\n", "next needs exactly one of"),
        ("[next]\nsecret_file = \"y\"\npassword_file = \"p\"\n", "a secret has no password"),
        (
            "[next]\ncertificate_file = \"y\"\nsecret_id = \"6c1f7a52-90de-4b3c-8f41-2ab7d5e6c390\"\n",
            "leave them out",
        ),
        (
            "[next]\ncertificate_file = \"y\"\npassword_file = \"p\"\npassword_keyring = \"q\"\n",
            "has one password",
        ),
        ("[next]\nsecret_file = \"y\"\nsecret_expires = \"March\"\n", "must be a day like 2027-03-31"),
    ] {
        let error = load(&format!("{first}{text}")).unwrap_err().to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
    // Alone it names no application, and that is told where it stands.
    let error = load("\n[next]\nsecret_file = \"y\"\n").unwrap_err().to_string();
    assert!(error.contains("line 3: app.client_id is missing"), "{error}");
}

#[test]
fn the_file_may_name_the_application_and_the_environment_its_credential() {
    let settings = survey(APP, &[("BACKUP365_APP_SECRET_FILE", "/run/secret")], &[]).settings.unwrap();
    assert_eq!(settings.app.unwrap().credential.source, Secret(File("/run/secret".into())));
}

#[test]
fn every_mistake_is_found_and_the_good_part_is_shown() {
    let file = "[screen]\ncolor = \"x\"\nglyphs = \"ascii\"\n[log]\nkeep = 0\nleve = 1\n";
    let survey = survey(file, &[("BACKUP365_LOG_SIZE", "big")], &[]);
    let words: Vec<_> = survey.mistakes.iter().map(ToString::to_string).collect();
    for (at, part) in
        ["line 2", "line 5", "line 6. Did you mean \"level\"?", "BACKUP365_LOG_SIZE"].iter().enumerate()
    {
        assert!(words[at].contains(part), "{part}: {words:#?}");
    }
    assert_eq!(words.len(), 4);
    assert_eq!(row(&survey, "screen.glyphs"), [("ascii", Origin::File { line: 3 })]);
    assert_eq!(row(&survey, "screen.color"), [("auto", Origin::Default)]);
}

#[test]
fn a_misspelt_variable_is_told_and_a_secret_is_none() {
    let variables = [
        ("BACKUP365_APP_CLIENTID", "x"),
        ("BACKUP365_PARTNER_APP_SECRET", "s3cret"),
        ("BACKUP365_SETTINGS", "x"),
        ("BACKUP365_ZZZ", "x"),
        ("BACKUP365_APP_SECRET_ENVIRONMENT", "BACKUP365_PARTNER_APP_SECRET"),
    ];
    let strays = survey("", &variables, &[]).strays;
    assert_eq!(strays, [("BACKUP365_APP_CLIENTID".to_owned(), "BACKUP365_APP_CLIENT_ID")]);
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
    let Secret(File(path)) = settings.app.unwrap().credential.source else { panic!("a secret file") };
    assert_eq!(path.parent(), settings.file.unwrap().parent());
}

#[test]
fn the_two_worlds_share_no_file() {
    let settings = load("").unwrap();
    assert_ne!(settings.store_of(true), settings.store_of(false));
    assert_ne!(settings.identity_of(true), settings.identity_of(false));
}

#[test]
fn the_record_of_the_settings_file_is_the_real_worlds_and_another_is_either_ones() {
    let file = "[record]\nurl = \"postgres://ann:hush@db.example/team\"\npassword_file = \"p\"\n";
    let alone = survey(file, &[], &[]);
    assert_eq!(row(&alone, "record.url"), [("postgres://ann:…@db.example/team", Origin::File { line: 2 })]);
    let settings = alone.settings.unwrap();
    assert_eq!(settings.record_in_words(false), "postgres://ann:…@db.example/team");
    assert!(settings.record_url(true).is_none() && settings.record_in_words(true).ends_with(".sqlite"));
    assert!(settings.record.shows_password());
    assert!(!format!("{settings:?}").contains("hush"));
    let variable = [("BACKUP365_RECORD_URL", "postgres://ann:hush@db.example/training")];
    let other = survey(file, &variable, &[]).settings.unwrap();
    assert_eq!(other.record_in_words(true), other.record_in_words(false));
    assert!(other.record_in_words(true).ends_with("/training") && !other.record.shows_password());
    let flag = [("record.url", "--record-url", "postgres://ann:hush@db.example/training")];
    let flag = survey(file, &variable, &flag).settings.unwrap();
    assert!(flag.record_url(true).is_some() && flag.record.shows_password());
    for (text, says) in [
        ("url = \"mysql://db.example/hush\"", "line 2: record.url must be an address like postgres://"),
        ("password_file = \"a\"\npassword_command = [\"b\"]", "line 3: the record has one password"),
    ] {
        let error = load(&format!("[record]\n{text}\n")).unwrap_err().to_string();
        assert!(error.contains(says) && !error.contains("hush"), "{error}");
    }
    let two = [("BACKUP365_RECORD_PASSWORD_FILE", "a"), ("BACKUP365_RECORD_PASSWORD_KEYRING", "b")];
    let words = survey("", &two, &[]).mistakes[0].to_string();
    assert!(words.contains("BACKUP365_RECORD_PASSWORD_KEYRING") && words.contains("one password"), "{words}");
}

/// What is said about a settings file with these bytes.
fn complaint(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("settings.toml"), bytes).unwrap();
    let config = folder.path().to_path_buf();
    let error =
        Settings::load(&Sources { data: config.join("data"), config, ..Sources::default() }).unwrap_err();
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
    assert!(complaint(b"\xff\xfe[").contains("line 1 is not UTF-8 text"), "half a letter of UTF-16");
    for (mark, unit) in
        [(b"\xff\xfe", u16::to_le_bytes as fn(u16) -> [u8; 2]), (b"\xfe\xff", u16::to_be_bytes)]
    {
        let wide: Vec<u8> = "[folder]\n".encode_utf16().flat_map(unit).collect();
        assert!(complaint(&[mark.as_slice(), &wide].concat()).contains("Did you mean \"folders\"?"));
    }
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
        let sources = Sources {
            file: Some(file),
            data: config.join("data"),
            config: config.clone(),
            ..Sources::default()
        };
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
    fn a_sample_that_was_cut_or_spoilt_is_taken_or_told(at in 0_usize..4_400, to in "[\\[\\]\"=#\\n a-z0-9.]{0,4}") {
        let filled = filled();
        let at = at.min(filled.len());
        let spoilt = [filled.get(..at), Some(to.as_str()), filled.get(at + 1..)].map(Option::unwrap_or_default).concat();
        fuzzing::settings(spoilt.as_bytes());
        fuzzing::settings(filled.get(..at).unwrap_or_default().as_bytes());
    }
}
