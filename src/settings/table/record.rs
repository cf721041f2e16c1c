//! Rows of `[record]`: the database that a team keeps its record in, and where the password of its role lies.

use std::path::PathBuf;

use super::super::{
    credential::Source,
    form::{DATABASE, ENTRY, FILE, Program, VARIABLE},
    record::RecordUrl,
    setting::{AnySetting, Setting, Slot::Maybe, Spec},
};

/// The database.
pub static URL: Setting<RecordUrl> = Setting {
    spec: &Spec {
        name: "record.url",
        variable: "BACKUP365_RECORD_URL",
        flag: "--record-url",
        value_name: "ADDRESS",
        example: "postgres://backup365@db.example.com/backup365?sslmode=verify-full&sslrootcert=system",
        about: "Address of the PostgreSQL database that holds the record of a team; usually the record is a file",
    },
    form: &DATABASE,
    slot: Maybe(|draft, url| draft.settings.record.url = Some(url)),
};

/// Makes a row that says where the password is.
macro_rules! password {
    ($id:ident: $T:ty = $form:expr, $key:literal, $upper:literal, $dashed:literal,
     $value:literal, $example:literal, $words:literal => $source:expr) => {
        #[doc = $words]
        pub static $id: Setting<$T> = Setting {
            spec: &Spec {
                name: concat!("record.", $key),
                variable: concat!("BACKUP365_RECORD_", $upper),
                flag: concat!("-", "-record-", $dashed),
                value_name: $value,
                example: $example,
                about: $words,
            },
            form: &$form,
            slot: Maybe(|draft, place| draft.settings.record.password = Some($source(place))),
        };
    };
}

password!(PASSWORD_FILE: PathBuf = FILE, "password_file", "PASSWORD_FILE", "password-file", "FILE",
    "record-password.txt", "File that holds the password of the role in record.url"
    => Source::File);
password!(PASSWORD_ENVIRONMENT: String = VARIABLE, "password_environment", "PASSWORD_ENVIRONMENT",
    "password-environment", "NAME", "RECORD_PASSWORD",
    "Name of the environment variable that holds the password of the role in record.url"
    => Source::Environment);
password!(PASSWORD_COMMAND: Vec<String> = Program, "password_command", "PASSWORD_COMMAND", "password-command",
    "COMMAND", "pass show backup365-record", "Command that prints the password of the role in record.url"
    => Source::Command);
password!(PASSWORD_KEYRING: String = ENTRY, "password_keyring", "PASSWORD_KEYRING", "password-keyring", "NAME",
    "backup365-record", "Name under which the system's keyring holds the password of the role in record.url"
    => Source::Keyring);

/// All of them, in the order of the sample.
pub(super) static ROWS: [&dyn AnySetting; 5] =
    [&URL, &PASSWORD_FILE, &PASSWORD_ENVIRONMENT, &PASSWORD_COMMAND, &PASSWORD_KEYRING];

/// Names of those that say where the password is; at most one of them counts.
pub const PASSWORDS: [&str; 4] = [
    "record.password_file",
    "record.password_environment",
    "record.password_command",
    "record.password_keyring",
];
