//! What was gathered, as one value with a type for everything; only of use without mistakes.

use std::{path::PathBuf, time::Duration};

use super::{
    Settings,
    gathered::Gathered,
    table::{CREDENTIAL, Key},
    value::Value,
    values::{
        ApplySettings, Color, CredentialSource, ExtraPermission, Glyphs, Lines, LogSettings, PartnerApp,
        ProvisionSettings, ScreenSettings,
    },
};

impl Gathered {
    /// The value of a setting that has one at most.
    fn value(&self, key: Key) -> Option<&Value> {
        self.chosen(key).last().map(|given| &given.value)
    }

    /// The variable that holds the client secret.
    pub(super) fn secret_variable(&self) -> Option<&str> {
        if let Some(Value::Name(name)) = self.value(Key::SecretEnvironment) { Some(name) } else { None }
    }

    /// A path.
    fn file_of(&self, key: Key) -> Option<PathBuf> {
        if let Some(Value::Path(path)) = self.value(key) { Some(path.clone()) } else { None }
    }

    /// A word out of a few.
    fn word(&self, key: Key) -> &'static str {
        if let Some(Value::Choice(word)) = self.value(key) { word } else { "" }
    }

    /// A number or a size.
    fn number(&self, key: Key) -> u64 {
        if let Some(Value::Number(number) | Value::Size(number)) = self.value(key) { *number } else { 0 }
    }

    /// A number that its range keeps small.
    fn small(&self, key: Key) -> u8 {
        u8::try_from(self.number(key)).unwrap_or(u8::MAX)
    }

    /// Where the credential is.
    fn credential(&self) -> Option<CredentialSource> {
        CREDENTIAL.into_iter().find_map(|key| match (key, self.value(key)?.clone()) {
            (Key::SecretFile, Value::Path(path)) => Some(CredentialSource::SecretFile(path)),
            (Key::CertificateFile, Value::Path(path)) => Some(CredentialSource::CertificateFile(path)),
            (_, Value::Name(name)) => Some(CredentialSource::SecretEnvironment(name)),
            (_, Value::Command(words)) => Some(CredentialSource::SecretCommand(words)),
            _ => None,
        })
    }

    /// The application.
    fn app(&self) -> Option<PartnerApp> {
        let (Some(Value::Guid(client_id)), Some(Value::Tenant(tenant))) =
            (self.value(Key::ClientId), self.value(Key::Tenant))
        else {
            return None;
        };
        Some(PartnerApp { client_id: *client_id, tenant: *tenant, credential: self.credential()? })
    }

    /// How the screen is drawn.
    fn screen(&self) -> ScreenSettings {
        ScreenSettings {
            color: match self.word(Key::Color) {
                "always" => Color::Always,
                "never" => Color::Never,
                _ => Color::Auto,
            },
            glyphs: match self.word(Key::Glyphs) {
                "ascii" => Glyphs::Ascii,
                "unicode" => Glyphs::Unicode,
                _ => Glyphs::Auto,
            },
            lines: match self.word(Key::Lines) {
                "always" => Lines::Always,
                "never" => Lines::Never,
                _ => Lines::Auto,
            },
        }
    }

    /// Rows added to the permission table.
    fn permissions(&self) -> Vec<ExtraPermission> {
        self.chosen(Key::Permissions)
            .filter_map(|given| match &given.value {
                Value::Permission(row) => Some(row.clone()),
                _ => None,
            })
            .collect()
    }

    /// Origins and what stands for them.
    fn addresses(&self) -> Vec<(String, String)> {
        self.chosen(Key::Addresses)
            .filter_map(|given| match &given.value {
                Value::Address(from, to) => Some((from.clone(), to.clone())),
                _ => None,
            })
            .collect()
    }

    /// The merged value; only of use without mistakes.
    pub(super) fn settings(&self) -> Settings {
        Settings {
            app: self.app(),
            addresses: self.addresses(),
            done_page: match self.value(Key::DonePage) {
                Some(Value::Page(page)) => Some(page.clone()),
                _ => None,
            },
            screen: self.screen(),
            log: LogSettings {
                level: self.word(Key::LogLevel),
                size_bytes: self.number(Key::LogSize),
                keep: self.small(Key::LogKeep),
            },
            provision: ProvisionSettings {
                wait: match self.value(Key::ProvisionWait) {
                    Some(Value::Wait(wait)) => *wait,
                    _ => Duration::ZERO,
                },
            },
            apply: ApplySettings { at_once: self.small(Key::ApplyAtOnce) },
            permissions: self.permissions(),
            data: self.file_of(Key::Data).unwrap_or_else(|| self.config.clone()),
            config: self.config.clone(),
            file: self.has_file.then(|| self.path.clone()),
        }
    }
}
