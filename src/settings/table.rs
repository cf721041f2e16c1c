//! The one table of settings: file, environment, flags, help, sample and `backup365 settings` are all made from it.
//!
//! A key `app.client_id` is the variable `BACKUP365_APP_CLIENT_ID` and the flag `--app-client-id`; the few that differ are
//! lists, of which a flag gives one piece (`--address`), and `--color`, which is older than the rule.

/// Names a setting inside the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Application (client) id.
    ClientId,
    /// The partner's own tenant.
    Tenant,
    /// File with the client secret.
    SecretFile,
    /// Variable with the client secret.
    SecretEnvironment,
    /// Command that prints the client secret.
    SecretCommand,
    /// File with certificate and key.
    CertificateFile,
    /// Page that consent returns to.
    DonePage,
    /// Folder of the record.
    Data,
    /// Colours.
    Color,
    /// Characters.
    Glyphs,
    /// Lines instead of a screen.
    Lines,
    /// How much is logged.
    LogLevel,
    /// Size at which the log is put aside.
    LogSize,
    /// How many logs put aside are kept.
    LogKeep,
    /// How long `provision` waits for consent.
    ProvisionWait,
    /// How many customers `apply` works on at once.
    ApplyAtOnce,
    /// Origins and what stands for them.
    Addresses,
    /// Rows added to the permission table.
    Permissions,
}

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A GUID.
    Guid,
    /// The partner's own tenant: a GUID, other words for it.
    Tenant,
    /// A file that names no secret itself, only where one is.
    File,
    /// A folder.
    Folder,
    /// The name of an environment variable.
    Variable,
    /// A program and its arguments.
    Command,
    /// A page that a browser can be led to.
    Page,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number in this range.
    Number(u64, u64),
    /// Bytes in this range, written like "4 MiB".
    Size(u64, u64),
    /// Seconds up to this many, written like "15m".
    Wait(u64),
    /// Any number of origins, each with the one that stands for it.
    Addresses,
    /// Any number of rows of the permission table.
    Permissions,
}

/// One setting.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name inside the program.
    pub key: Key,
    /// Its name in the file, with the table that it stands in.
    pub name: &'static str,
    /// What its value must be.
    pub kind: Kind,
    /// Its value where no source gives one, as an environment variable would say it.
    pub default: Option<&'static str>,
    /// A value that it might have, as an environment variable would say it.
    pub example: &'static str,
    /// Its environment variable.
    pub variable: &'static str,
    /// Its flag, with the dashes.
    pub flag: &'static str,
    /// What its value is called in the help.
    pub value_name: &'static str,
    /// What it is for, one plain sentence.
    pub about: &'static str,
}

impl Setting {
    /// Whether it may be given several times.
    #[must_use]
    pub const fn is_list(&self) -> bool {
        matches!(self.kind, Kind::Addresses | Kind::Permissions)
    }

    /// The words that its value may be; none: others than words.
    #[must_use]
    pub const fn choices(&self) -> &'static [&'static str] {
        if let Kind::Choice(words) = self.kind { words } else { &[] }
    }

    /// The table of the file that it stands in, and its key there.
    #[must_use]
    pub fn place(&self) -> (&'static str, &'static str) {
        self.name.split_once('.').unwrap_or((self.name, ""))
    }
}

/// The columns of a row of `[[permissions]]`.
pub const PERMISSION: [&str; 3] = ["value", "role", "reason"];

/// Keys that say where the program's own credential is; exactly one of them counts.
pub const CREDENTIAL: [Key; 4] =
    [Key::SecretFile, Key::SecretEnvironment, Key::SecretCommand, Key::CertificateFile];

/// Keys that name the partner's application.
#[must_use]
pub fn is_of_app(key: Key) -> bool {
    matches!(key, Key::ClientId | Key::Tenant) || CREDENTIAL.contains(&key)
}

/// A mebibyte.
const MIB: u64 = 1 << 20;

/// Seconds of a week: nobody waits longer in one go for consent. A guess.
const WEEK: u64 = 7 * 24 * 60 * 60;

/// A setting without a default.
const BARE: Setting = Setting {
    key: Key::ClientId,
    name: "",
    kind: Kind::Guid,
    default: None,
    example: "",
    variable: "",
    flag: "",
    value_name: "",
    about: "",
};

/// Every setting, in the order of the sample.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: Key::ClientId,
        name: "app.client_id",
        kind: Kind::Guid,
        example: "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40",
        variable: "BACKUP365_APP_CLIENT_ID",
        flag: "--app-client-id",
        value_name: "GUID",
        about: "Application (client) ID of your application at Microsoft",
        ..BARE
    },
    Setting {
        key: Key::Tenant,
        name: "app.tenant",
        kind: Kind::Tenant,
        example: "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684",
        variable: "BACKUP365_APP_TENANT",
        flag: "--app-tenant",
        value_name: "GUID",
        about: "Tenant ID of your own organisation, in which the application is registered",
        ..BARE
    },
    Setting {
        key: Key::SecretFile,
        name: "app.secret_file",
        kind: Kind::File,
        example: "client-secret.txt",
        variable: "BACKUP365_APP_SECRET_FILE",
        flag: "--app-secret-file",
        value_name: "FILE",
        about: "File that holds the client secret; one of the four ways to name the credential",
        ..BARE
    },
    Setting {
        key: Key::SecretEnvironment,
        name: "app.secret_environment",
        kind: Kind::Variable,
        example: "PARTNER_SECRET",
        variable: "BACKUP365_APP_SECRET_ENVIRONMENT",
        flag: "--app-secret-environment",
        value_name: "NAME",
        about: "Name of the environment variable that holds the client secret",
        ..BARE
    },
    Setting {
        key: Key::SecretCommand,
        name: "app.secret_command",
        kind: Kind::Command,
        example: "pass show backup365",
        variable: "BACKUP365_APP_SECRET_COMMAND",
        flag: "--app-secret-command",
        value_name: "COMMAND",
        about: "Command that prints the client secret; no shell reads it, quotes keep words together",
        ..BARE
    },
    Setting {
        key: Key::CertificateFile,
        name: "app.certificate_file",
        kind: Kind::File,
        example: "certificate.pem",
        variable: "BACKUP365_APP_CERTIFICATE_FILE",
        flag: "--app-certificate-file",
        value_name: "FILE",
        about: "PEM file that holds the certificate and its RSA key",
        ..BARE
    },
    Setting {
        key: Key::DonePage,
        name: "links.done_page",
        kind: Kind::Page,
        example: "https://www.example.com/backup365-done",
        variable: "BACKUP365_LINKS_DONE_PAGE",
        flag: "--links-done-page",
        value_name: "ADDRESS",
        about: "Public page of yours that Microsoft returns to after Accept",
        ..BARE
    },
    Setting {
        key: Key::Data,
        name: "folders.data",
        kind: Kind::Folder,
        example: "data",
        variable: "BACKUP365_FOLDERS_DATA",
        flag: "--folders-data",
        value_name: "FOLDER",
        about: "Folder of the record and the log; usually the system's own place for them",
        ..BARE
    },
    Setting {
        key: Key::Color,
        name: "screen.color",
        kind: Kind::Choice(&["auto", "always", "never"]),
        default: Some("auto"),
        example: "never",
        variable: "BACKUP365_SCREEN_COLOR",
        flag: "--color",
        value_name: "WHEN",
        about: "When to use colours; auto goes by NO_COLOR, CLICOLOR_FORCE, CLICOLOR and TERM",
    },
    Setting {
        key: Key::Glyphs,
        name: "screen.glyphs",
        kind: Kind::Choice(&["auto", "ascii", "unicode"]),
        default: Some("auto"),
        example: "ascii",
        variable: "BACKUP365_SCREEN_GLYPHS",
        flag: "--screen-glyphs",
        value_name: "WHICH",
        about: "Which characters to draw with; auto goes by the locale",
    },
    Setting {
        key: Key::Lines,
        name: "screen.lines",
        kind: Kind::Choice(&["auto", "always", "never"]),
        default: Some("auto"),
        example: "always",
        variable: "BACKUP365_SCREEN_LINES",
        flag: "--screen-lines",
        value_name: "WHEN",
        about: "When to ask and answer line by line; auto goes by ACCESSIBLE and TERM",
    },
    Setting {
        key: Key::LogLevel,
        name: "log.level",
        kind: Kind::Choice(&["off", "error", "warn", "info", "debug"]),
        default: Some("info"),
        example: "debug",
        variable: "BACKUP365_LOG_LEVEL",
        flag: "--log-level",
        value_name: "LEVEL",
        about: "How much to write into the log; secrets never",
    },
    Setting {
        key: Key::LogSize,
        name: "log.size",
        kind: Kind::Size(MIB / 16, 1024 * MIB),
        default: Some("4 MiB"),
        example: "512 KiB",
        variable: "BACKUP365_LOG_SIZE",
        flag: "--log-size",
        value_name: "SIZE",
        about: "Size at which the log is put aside and a new one begun",
    },
    Setting {
        key: Key::LogKeep,
        name: "log.keep",
        kind: Kind::Number(1, 99),
        default: Some("3"),
        example: "9",
        variable: "BACKUP365_LOG_KEEP",
        flag: "--log-keep",
        value_name: "NUMBER",
        about: "How many logs that were put aside are kept",
    },
    Setting {
        key: Key::ProvisionWait,
        name: "provision.wait",
        kind: Kind::Wait(WEEK),
        default: Some("0s"),
        example: "15m",
        variable: "BACKUP365_PROVISION_WAIT",
        flag: "--provision-wait",
        value_name: "TIME",
        about: "How long provision waits for the customer's consent before it parks the run",
    },
    Setting {
        key: Key::ApplyAtOnce,
        name: "apply.at_once",
        kind: Kind::Number(1, 16),
        default: Some("4"),
        example: "8",
        variable: "BACKUP365_APPLY_AT_ONCE",
        flag: "--apply-at-once",
        value_name: "NUMBER",
        about: "How many customers apply works on at the same time",
    },
    Setting {
        key: Key::Addresses,
        name: "addresses",
        kind: Kind::Addresses,
        example: "https://graph.microsoft.com=http://127.0.0.1:8443",
        variable: "BACKUP365_ADDRESSES",
        flag: "--address",
        value_name: "FROM=TO",
        about: "An address of Microsoft and one on this computer that stands for it; may be given several times, and the \
                variable takes several with blanks between them",
        ..BARE
    },
    Setting {
        key: Key::Permissions,
        name: "permissions",
        kind: Kind::Permissions,
        example: "Tasks.Read.All=f10e1f91-74ed-437f-a6fd-d6ae88e26c1f=Back up To Do lists",
        variable: "BACKUP365_PERMISSIONS",
        flag: "--permission",
        value_name: "VALUE=ROLE=REASON",
        about: "A permission to ask the customer for beside the usual ones; may be given several times, and the variable \
                takes several with ; between them",
        ..BARE
    },
];

/// The variable that names the settings file; not a setting itself, because a file can't name itself.
pub const FILE_VARIABLE: &str = "BACKUP365_SETTINGS";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn variables_and_flags_follow_from_the_key() {
        for setting in SETTINGS {
            let upper = setting.name.replace('.', "_").to_uppercase();
            assert_eq!(setting.variable, format!("BACKUP365_{upper}"), "{}", setting.name);
            let flag = match setting.key {
                Key::Color => "--color".to_owned(),
                Key::Addresses => "--address".to_owned(),
                Key::Permissions => "--permission".to_owned(),
                _ => format!("--{}", setting.name.replace(['.', '_'], "-")),
            };
            assert_eq!(setting.flag, flag, "{}", setting.name);
        }
    }

    #[test]
    fn nothing_is_named_twice_and_everything_is_explained() {
        let names: BTreeSet<_> = SETTINGS.iter().map(|s| s.name).collect();
        let keys: BTreeSet<_> = SETTINGS.iter().map(|s| s.key).collect();
        let variables: BTreeSet<_> = SETTINGS.iter().map(|s| s.variable).collect();
        let flags: BTreeSet<_> = SETTINGS.iter().map(|s| s.flag).collect();
        for count in [names.len(), keys.len(), variables.len(), flags.len()] {
            assert_eq!(count, SETTINGS.len());
        }
        for setting in SETTINGS {
            assert!(!setting.about.is_empty() && !setting.about.ends_with('.'), "{}", setting.name);
            assert!(!setting.value_name.is_empty() && !setting.example.is_empty(), "{}", setting.name);
            assert_ne!(
                Some(setting.example),
                setting.default,
                "{}: an example shows another value",
                setting.name
            );
        }
    }
}
