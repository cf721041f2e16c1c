//! The environment, read once.

use std::{
    ffi::OsString,
    io::IsTerminal,
    path::{Path, PathBuf},
};

use crate::{runner::browser::Surroundings, tui::clipboard::Clipboard};

/// What the environment says, as plain values.
#[derive(Debug, Clone, Default)]
pub(super) struct Environment {
    pub(super) no_color: Option<String>,
    pub(super) clicolor: Option<String>,
    pub(super) clicolor_force: Option<String>,
    pub(super) term: Option<String>,
    pub(super) lc_all: Option<String>,
    pub(super) lc_ctype: Option<String>,
    pub(super) lang: Option<String>,
    pub(super) columns: Option<String>,
    pub(super) lines: Option<String>,
    pub(super) config: Option<PathBuf>,
    pub(super) data: Option<PathBuf>,
    pub(super) user: String,
    pub(super) host: String,
    pub(super) zone: String,
    pub(super) surroundings: Surroundings,
    /// `STY`: screen stands around.
    pub(super) is_in_screen: bool,
    /// `TMUX`: tmux stands around, maybe inside of screen.
    pub(super) is_in_tmux: bool,
    pub(super) has_terminal: bool,
}

impl Environment {
    /// Reads everything that the start-up decides by.
    pub(super) fn read() -> Self {
        let folders = directories::ProjectDirs::from("", "", "backup365");
        Self {
            no_color: text("NO_COLOR"),
            clicolor: text("CLICOLOR"),
            clicolor_force: text("CLICOLOR_FORCE"),
            term: text("TERM"),
            lc_all: text("LC_ALL"),
            lc_ctype: text("LC_CTYPE"),
            lang: text("LANG"),
            columns: text("COLUMNS"),
            lines: text("LINES"),
            config: folders.as_ref().map(|f| f.config_dir().to_path_buf()),
            data: folders.as_ref().map(|f| f.data_dir().to_path_buf()),
            user: user(),
            host: host(),
            zone: zone(),
            surroundings: surroundings(),
            is_in_screen: is_set("STY"),
            is_in_tmux: is_set("TMUX"),
            has_terminal: std::io::stdin().is_terminal() && std::io::stdout().is_terminal(),
        }
    }
}

impl Environment {
    /// The way to the terminal's clipboard.
    pub(super) fn clipboard(&self) -> Clipboard {
        Clipboard::of(self.term.as_deref(), self.is_in_screen, self.is_in_tmux)
    }
}

/// One variable; unset and not UTF-8 are the same to us.
pub(super) fn text(name: &str) -> Option<String> {
    raw(name).and_then(|value| value.into_string().ok())
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn raw(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

fn is_set(name: &str) -> bool {
    raw(name).is_some_and(|value| !value.is_empty())
}

/// The operator's system account.
fn user() -> String {
    #[cfg(unix)]
    if let Some(name) = name_of(rustix::process::getuid().as_raw()) {
        return name;
    }
    text("USER").or_else(|| text("USERNAME")).or_else(|| text("LOGNAME")).unwrap_or_else(|| "operator".into())
}

/// A local account's name; a directory service's accounts are named by the environment.
#[cfg(unix)]
fn name_of(uid: u32) -> Option<String> {
    let accounts = std::fs::read_to_string("/etc/passwd").ok()?;
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

/// This computer's name.
fn host() -> String {
    #[cfg(unix)]
    {
        rustix::system::uname().nodename().to_string_lossy().into_owned()
    }
    #[cfg(not(unix))]
    {
        text("COMPUTERNAME").unwrap_or_else(|| "this computer".into())
    }
}

/// IANA name of the zone that this computer is in.
fn zone() -> String {
    jiff::tz::TimeZone::system().iana_name().unwrap_or("UTC").to_owned()
}

/// Whether a browser can be started here (remote-terminal.md section 11).
fn surroundings() -> Surroundings {
    Surroundings {
        is_remote: ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "MOSH_CONNECTION"].into_iter().any(is_set),
        has_display: cfg!(not(target_os = "linux")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY"),
        is_contained: ["/.dockerenv", "/run/.containerenv"].into_iter().any(|mark| Path::new(mark).exists())
            || ["KUBERNETES_SERVICE_HOST", "container", "CI"].into_iter().any(is_set),
        is_sudo: is_set("SUDO_USER"),
        has_choice: is_set("BROWSER"),
    }
}
