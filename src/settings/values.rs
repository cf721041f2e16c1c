//! What settings say, as plain values.

use std::time::Duration;

use uuid::Uuid;

use crate::domain::{
    believed::SHORTER_PERCENT, consent::SPREADING, permission::SetName, sweep::AT_ONCE, text::Text,
    time::TOLERANCE,
};

/// Whether somebody must be signed in with Microsoft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignIn {
    /// Without a sign-in the account of this computer is the operator.
    #[default]
    Optional,
    /// Without one nothing is done for a customer.
    Required,
}

/// How operators sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OperatorSettings {
    /// Application (client) id of the operators' registration; none: nobody can sign in.
    pub client_id: Option<Uuid>,
    /// Whether they must.
    pub sign_in: SignIn,
}

/// A permission row that settings add to the table; none can be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraPermission {
    /// Its name ("Tasks.Read.All").
    pub value: Text,
    /// The application role's GUID.
    pub role: Uuid,
    /// Why, in plain words.
    pub reason: Text,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// As the environment says.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Which characters to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Glyphs {
    /// As the locale says.
    #[default]
    Auto,
    /// ASCII only.
    Ascii,
    /// UTF-8, whatever the locale says.
    Unicode,
}

/// When to ask and answer line by line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lines {
    /// As `ACCESSIBLE` and `TERM` say.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Only where the terminal can do nothing else, whatever `ACCESSIBLE` says.
    Never,
}

/// When the bell rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bell {
    /// Unless `NO_BELL` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How the screen is drawn. Variables like `NO_COLOR` do not travel with an ssh connection; a settings file stays
/// (remote-terminal.md section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScreenSettings {
    /// When to use colours.
    pub color: Color,
    /// Which characters to use.
    pub glyphs: Glyphs,
    /// When to ask and answer line by line.
    pub lines: Lines,
    /// Whether the bell rings.
    pub bell: Bell,
}

/// How much is logged, and how much of it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogSettings {
    /// `off`, `error`, `warn`, `info` or `debug`.
    pub level: &'static str,
    /// Size at which the log is put aside, bytes, 64 KiB to 1 GiB.
    pub size_bytes: u64,
    /// How many logs that were put aside are kept, 1 to 99.
    pub keep: u8,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { level: "info", size_bytes: 4 << 20, keep: 3 }
    }
}

/// What `backup365 provision` does where its flags say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProvisionSettings {
    /// How long it waits for consent, up to a week.
    pub wait: Duration,
}

/// When a clock is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockSettings {
    /// How far it may be off before it matters, up to a day.
    pub tolerance: Duration,
}

impl Default for ClockSettings {
    fn default() -> Self {
        Self { tolerance: TOLERANCE }
    }
}

/// What `backup365 apply` does where its flags say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApplySettings {
    /// How many customers it works on at the same time, 1 to 16.
    pub at_once: u8,
}

impl Default for ApplySettings {
    fn default() -> Self {
        Self { at_once: 4 }
    }
}

/// What Microsoft may take its time for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentSettings {
    /// How long it may refuse what was granted before that is a refusal, up to a day.
    pub spreading: Duration,
    /// Whether operators may be offered to accept for a customer by their own role there.
    pub own_right: bool,
    /// Which set of permissions customers are asked for.
    pub permission_set: SetName,
}

impl Default for ConsentSettings {
    fn default() -> Self {
        Self { spreading: SPREADING, own_right: false, permission_set: SetName::default() }
    }
}

/// How a sweep works, and when a list of users is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SweepSettings {
    /// By how many percent it may be shorter than the last one, 1 to 90.
    pub shorter_percent: u8,
    /// How many customers are worked on at the same time, 1 to 64.
    pub at_once: u8,
}

impl Default for SweepSettings {
    fn default() -> Self {
        Self { shorter_percent: SHORTER_PERCENT, at_once: AT_ONCE }
    }
}
