//! The one table of settings: file, environment, flags, help, sample and `backup365 settings` are all made from it.
//!
//! A new setting is one row, and a field of [`Settings`](super::Settings) for its value. A key `app.client_id` is the
//! variable `BACKUP365_APP_CLIENT_ID` and the flag `--app-client-id`; the few that differ are lists, of which a flag
//! gives one piece (`--address`), and `--color`, which is older than the rule.

mod app;
pub mod record;

use std::{path::PathBuf, sync::LazyLock, time::Duration};

use uuid::Uuid;

use crate::domain::{cloud::Cloud, permission::SetName, text::Text};

pub use self::app::{app as first, next};
pub use super::setting::{AnySetting, Setting, Spec};
use super::{
    form::{Addresses, Choice, FOLDER, GUID, NAME, PAGE, Permissions, SetOfPermissions, Size, Wait, Whole},
    setting::Slot::{Always, List, Maybe},
    values::{Bell, Color, ExtraPermission, Glyphs, Lines, SignIn},
};

/// A mebibyte.
const MIB: u64 = 1 << 20;

/// No operator waits longer in one go for a customer's consent. A guess.
const WEEK: Duration = Duration::from_hours(7 * 24);

/// A clock that is off by more than a day is wrong by any measure. A guess.
const DAY: Duration = Duration::from_hours(24);

/// Makes each row a typed setting of its own, and one list of them all.
macro_rules! settings {
    ($($id:ident: Setting<$T:ty> = $form:expr => $slot:expr, $spec:expr;)+) => {
        $(
            /// A row of the table; its [`Spec`] says what it is for.
            pub static $id: Setting<$T> = Setting { spec: &$spec, form: &$form, slot: $slot };
        )+

        /// All of these, in the order of the sample.
        static OTHERS: &[&dyn AnySetting] = &[$(&$id),+];
    };
}

settings! {
    OPERATOR_CLIENT_ID: Setting<Uuid> = GUID
        => Maybe(|draft, id| draft.settings.operator.client_id = Some(id)),
        Spec {
            name: "operator.client_id",
            variable: "BACKUP365_OPERATOR_CLIENT_ID",
            flag: "--operator-client-id",
            value_name: "GUID",
            example: "c3f1a7de-52b8-4e0d-8a96-7d40e1b9f265",
            about: "Application (client) ID of the registration by which backup365 login signs your staff in",
        };

    OPERATOR_SIGN_IN: Setting<SignIn> = Choice(&[("optional", SignIn::Optional), ("required", SignIn::Required)])
        => Always(|draft| &mut draft.settings.operator.sign_in),
        Spec {
            name: "operator.sign_in",
            variable: "BACKUP365_OPERATOR_SIGN_IN",
            flag: "--operator-sign-in",
            value_name: "WHEN",
            example: "required",
            about: "Whether your staff must sign in; optional takes the account of this computer for the operator",
        };

    CLOUD: Setting<Cloud> = Choice(&[("global", Cloud::Global), ("us-gov-l4", Cloud::UsGovL4), ("us-gov-l5", Cloud::UsGovL5), ("china", Cloud::China)])
        => Always(|draft| &mut draft.settings.cloud),
        Spec {
            name: "microsoft.cloud",
            variable: "BACKUP365_MICROSOFT_CLOUD",
            flag: "--microsoft-cloud",
            value_name: "WHICH",
            example: "us-gov-l4",
            about: "Cloud of Microsoft's in which the application is registered; plain GCC is in the global one",
        };

    PARTNER_NAME: Setting<Text> = NAME
        => Maybe(|draft, name| draft.settings.partner_name = Some(name)),
        Spec {
            name: "partner.name",
            variable: "BACKUP365_PARTNER_NAME",
            flag: "--partner-name",
            value_name: "NAME",
            example: "Coastline Partners",
            about: "Name of your company as customers know it; invitations are signed with it",
        };

    DONE_PAGE: Setting<String> = PAGE
        => Maybe(|draft, page| draft.settings.done_page = Some(page)),
        Spec {
            name: "links.done_page",
            variable: "BACKUP365_LINKS_DONE_PAGE",
            flag: "--links-done-page",
            value_name: "ADDRESS",
            example: "https://www.example.com/backup365-done",
            about: "Public page of yours that Microsoft returns to after Accept",
        };

    DATA: Setting<PathBuf> = FOLDER
        => Maybe(|draft, folder| draft.settings.data = folder),
        Spec {
            name: "folders.data",
            variable: "BACKUP365_FOLDERS_DATA",
            flag: "--folders-data",
            value_name: "FOLDER",
            example: "data",
            about: "Folder of the record and the log; usually the system's own place for them",
        };

    COLOR: Setting<Color> = Choice(&[("auto", Color::Auto), ("always", Color::Always), ("never", Color::Never)])
        => Always(|draft| &mut draft.settings.screen.color),
        Spec {
            name: "screen.color",
            variable: "BACKUP365_SCREEN_COLOR",
            flag: "--color",
            value_name: "WHEN",
            example: "never",
            about: "When to use colours; auto goes by NO_COLOR, CLICOLOR_FORCE, CLICOLOR and TERM",
        };

    GLYPHS: Setting<Glyphs> = Choice(&[("auto", Glyphs::Auto), ("ascii", Glyphs::Ascii), ("unicode", Glyphs::Unicode)])
        => Always(|draft| &mut draft.settings.screen.glyphs),
        Spec {
            name: "screen.glyphs",
            variable: "BACKUP365_SCREEN_GLYPHS",
            flag: "--screen-glyphs",
            value_name: "WHICH",
            example: "ascii",
            about: "Which characters to draw with; auto goes by the locale",
        };

    LINES: Setting<Lines> = Choice(&[("auto", Lines::Auto), ("always", Lines::Always), ("never", Lines::Never)])
        => Always(|draft| &mut draft.settings.screen.lines),
        Spec {
            name: "screen.lines",
            variable: "BACKUP365_SCREEN_LINES",
            flag: "--screen-lines",
            value_name: "WHEN",
            example: "always",
            about: "When to ask and answer line by line; auto goes by ACCESSIBLE and TERM",
        };

    BELL: Setting<Bell> = Choice(&[("auto", Bell::Auto), ("always", Bell::Always), ("never", Bell::Never)])
        => Always(|draft| &mut draft.settings.screen.bell),
        Spec {
            name: "screen.bell",
            variable: "BACKUP365_SCREEN_BELL",
            flag: "--screen-bell",
            value_name: "WHEN",
            example: "never",
            about: "When the bell rings because a wait has ended; auto goes by NO_BELL; never line by line",
        };

    LOG_LEVEL: Setting<&'static str> = Choice(&[("off", "off"), ("error", "error"), ("warn", "warn"), ("info", "info"), ("debug", "debug")])
        => Always(|draft| &mut draft.settings.log.level),
        Spec {
            name: "log.level",
            variable: "BACKUP365_LOG_LEVEL",
            flag: "--log-level",
            value_name: "LEVEL",
            example: "debug",
            about: "How much to write into the log; secrets never",
        };

    LOG_SIZE: Setting<u64> = Size(MIB / 16, 1024 * MIB)
        => Always(|draft| &mut draft.settings.log.size_bytes),
        Spec {
            name: "log.size",
            variable: "BACKUP365_LOG_SIZE",
            flag: "--log-size",
            value_name: "SIZE",
            example: "512 KiB",
            about: "Size at which the log is put aside and a new one begun",
        };

    LOG_KEEP: Setting<u8> = Whole(1, 99)
        => Always(|draft| &mut draft.settings.log.keep),
        Spec {
            name: "log.keep",
            variable: "BACKUP365_LOG_KEEP",
            flag: "--log-keep",
            value_name: "NUMBER",
            example: "9",
            about: "How many logs that were put aside are kept",
        };

    PROVISION_WAIT: Setting<Duration> = Wait(WEEK)
        => Always(|draft| &mut draft.settings.provision.wait),
        Spec {
            name: "provision.wait",
            variable: "BACKUP365_PROVISION_WAIT",
            flag: "--provision-wait",
            value_name: "TIME",
            example: "15m",
            about: "How long provision waits for the customer's consent before it parks the run",
        };

    CONSENT_SPREADING: Setting<Duration> = Wait(DAY)
        => Always(|draft| &mut draft.settings.consent.spreading),
        Spec {
            name: "consent.spreading",
            variable: "BACKUP365_CONSENT_SPREADING",
            flag: "--consent-spreading",
            value_name: "TIME",
            example: "15m",
            about: "How long Microsoft may go on refusing what was granted before that is a refusal",
        };

    CONSENT_OWN_RIGHT: Setting<bool> = Choice(&[("off", false), ("offer", true)])
        => Always(|draft| &mut draft.settings.consent.own_right),
        Spec {
            name: "consent.own_right",
            variable: "BACKUP365_CONSENT_OWN_RIGHT",
            flag: "--consent-own-right",
            value_name: "WHEN",
            example: "offer",
            about: "Whether operators are offered to accept for a customer by a delegated admin relationship (GDAP)",
        };

    CONSENT_SET: Setting<SetName> = SetOfPermissions
        => Always(|draft| &mut draft.settings.consent.permission_set),
        Spec {
            name: "consent.permission_set",
            variable: "BACKUP365_CONSENT_PERMISSION_SET",
            flag: "--consent-permission-set",
            value_name: "NAME",
            example: "after-ews",
            about: "Which set of permissions customers are asked for; the README says what each has",
        };

    APPLY_AT_ONCE: Setting<u8> = Whole(1, 16)
        => Always(|draft| &mut draft.settings.apply.at_once),
        Spec {
            name: "apply.at_once",
            variable: "BACKUP365_APPLY_AT_ONCE",
            flag: "--apply-at-once",
            value_name: "NUMBER",
            example: "8",
            about: "How many customers apply works on at the same time",
        };

    SHORTER_PERCENT: Setting<u8> = Whole(1, 90)
        => Always(|draft| &mut draft.settings.sweep.shorter_percent),
        Spec {
            name: "sweep.shorter_percent",
            variable: "BACKUP365_SWEEP_SHORTER_PERCENT",
            flag: "--sweep-shorter-percent",
            value_name: "NUMBER",
            example: "25",
            about: "By how many percent a list of users may be shorter than the last one before it is not believed",
        };

    SWEEP_AT_ONCE: Setting<u8> = Whole(1, 64)
        => Always(|draft| &mut draft.settings.sweep.at_once),
        Spec {
            name: "sweep.at_once",
            variable: "BACKUP365_SWEEP_AT_ONCE",
            flag: "--sweep-at-once",
            value_name: "NUMBER",
            example: "4",
            about: "How many customers a sweep works on at the same time; of those on one hoster's server four at most",
        };

    CLOCK_TOLERANCE: Setting<Duration> = Wait(DAY)
        => Always(|draft| &mut draft.settings.clock.tolerance),
        Spec {
            name: "clock.tolerance",
            variable: "BACKUP365_CLOCK_TOLERANCE",
            flag: "--clock-tolerance",
            value_name: "TIME",
            example: "10m",
            about: "How far this computer's clock may be off before the program says so",
        };

    ADDRESSES: Setting<(String, String)> = Addresses
        => List(|draft| &mut draft.settings.addresses),
        Spec {
            name: "addresses",
            variable: "BACKUP365_ADDRESSES",
            flag: "--address",
            value_name: "FROM=TO",
            example: "https://graph.microsoft.com=http://127.0.0.1:8443",
            about: "An address of Microsoft and one on this computer that stands for it; may be given several times, and the \
                variable takes several with blanks between them",
        };

    PERMISSIONS: Setting<ExtraPermission> = Permissions
        => List(|draft| &mut draft.settings.permissions),
        Spec {
            name: "permissions",
            variable: "BACKUP365_PERMISSIONS",
            flag: "--permission",
            value_name: "VALUE=ROLE=REASON",
            example: "Tasks.Read.All=f10e1f91-74ed-437f-a6fd-d6ae88e26c1f=Back up To Do lists",
            about: "A permission to ask the customer for beside the usual ones; may be given several times, and the variable \
                takes several with ; between them",
        };
}

/// Every setting, in the order of the sample.
pub static SETTINGS: LazyLock<Vec<&'static dyn AnySetting>> = LazyLock::new(|| {
    let of_places: [&[&dyn AnySetting]; 5] =
        [&app::FIRST, &first::ROWS, &app::BEHIND, &next::ROWS, &record::ROWS];
    [of_places.concat().as_slice(), OTHERS].concat()
});

/// The variable that names the settings file; not a setting itself, because a file can't name itself.
pub const FILE_VARIABLE: &str = "BACKUP365_SETTINGS";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn variables_and_flags_follow_from_the_key() {
        for setting in SETTINGS.iter().map(|setting| setting.spec()) {
            let upper = setting.name.replace('.', "_").to_uppercase();
            assert_eq!(setting.variable, format!("BACKUP365_{upper}"), "{}", setting.name);
            let flag = match setting.name {
                "screen.color" => "--color".to_owned(),
                "addresses" => "--address".to_owned(),
                "permissions" => "--permission".to_owned(),
                _ => format!("--{}", setting.name.replace(['.', '_'], "-")),
            };
            assert_eq!(setting.flag, flag, "{}", setting.name);
        }
    }

    #[test]
    fn nothing_is_named_twice_and_everything_is_explained() {
        let specs = || SETTINGS.iter().map(|setting| setting.spec());
        let names: BTreeSet<_> = specs().map(|s| s.name).collect();
        let variables: BTreeSet<_> = specs().map(|s| s.variable).collect();
        let flags: BTreeSet<_> = specs().map(|s| s.flag).collect();
        for count in [names.len(), variables.len(), flags.len()] {
            assert_eq!(count, SETTINGS.len());
        }
        for of in [first::SOURCES, next::SOURCES] {
            assert!(of.iter().all(|name| names.contains(name)));
        }
        for of in [first::PASSWORDS, next::PASSWORDS, record::PASSWORDS] {
            assert!(of.iter().all(|name| names.contains(name)));
        }
        for row in SETTINGS.iter() {
            let setting = row.spec();
            assert!(!setting.about.is_empty() && !setting.about.ends_with('.'), "{}", setting.name);
            assert!(!setting.value_name.is_empty() && !setting.example.is_empty(), "{}", setting.name);
            assert_ne!(
                Some(setting.example),
                row.default().as_deref(),
                "{}: an example shows another value",
                setting.name
            );
        }
    }
}
