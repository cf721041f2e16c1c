//! The environment, read once.

use std::{
    ffi::OsString,
    io::IsTerminal,
    path::{Path, PathBuf},
};

use crate::{
    domain::{operator::Account, secret::Secret, text::Text},
    outside,
    provider::{
        http::{Network, VARIABLES},
        store,
    },
    runner::browser::Surroundings,
    tui::clipboard::Clipboard,
};

/// Our folder's name.
const NAME: &str = "backup365";

/// What the environment says, as plain values.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about the surroundings")]
pub(super) struct Environment {
    pub(super) no_bell: Option<String>,
    pub(super) no_color: Option<String>,
    pub(super) clicolor: Option<String>,
    pub(super) clicolor_force: Option<String>,
    pub(super) term: Option<String>,
    pub(super) lc_all: Option<String>,
    pub(super) lc_ctype: Option<String>,
    pub(super) lang: Option<String>,
    pub(super) columns: Option<String>,
    /// Columns and rows of the window, as the system knows them.
    pub(super) window: Option<(u16, u16)>,
    pub(super) lines: Option<String>,
    pub(super) config: Option<PathBuf>,
    pub(super) data: Option<PathBuf>,
    /// Who works at the keyboard.
    pub(super) account: Account,
    pub(super) host: String,
    pub(super) zone: String,
    pub(super) surroundings: Surroundings,
    /// `STY`: screen stands around.
    pub(super) is_in_screen: bool,
    /// `TMUX`: tmux stands around, maybe inside of screen.
    pub(super) is_in_tmux: bool,
    pub(super) has_terminal: bool,
    /// Bad news and progress go to a terminal.
    pub(super) has_error_terminal: bool,
    /// A question can be asked on stderr and answered on stdin, whatever becomes of stdout.
    pub(super) can_ask: bool,
    /// `ACCESSIBLE`, as set.
    pub(super) accessible: Option<String>,
    /// The way out of this computer.
    pub(super) network: Network,
    /// There is a session bus, on which a keyring may answer.
    pub(super) has_session_bus: bool,
    /// What a record on a server is entered with, where settings don't say it.
    pub(super) postgres: store::Surroundings,
}

impl Environment {
    /// Reads everything that the start-up decides by.
    pub(super) fn read() -> Self {
        let folders = directories::ProjectDirs::from("", "", NAME);
        let account = account();
        Self {
            no_bell: text("NO_BELL"),
            no_color: text("NO_COLOR"),
            clicolor: text("CLICOLOR"),
            clicolor_force: text("CLICOLOR_FORCE"),
            term: text("TERM"),
            lc_all: text("LC_ALL"),
            lc_ctype: text("LC_CTYPE"),
            lang: text("LANG"),
            columns: text("COLUMNS"),
            window: size(),
            lines: text("LINES"),
            config: folders
                .as_ref()
                .map(|f| f.config_dir().to_path_buf())
                .or_else(|| named(raw("XDG_CONFIG_HOME"))),
            data: folders
                .as_ref()
                .map(|f| f.data_dir().to_path_buf())
                .or_else(|| named(raw("XDG_DATA_HOME"))),
            postgres: postgres(&account),
            account,
            host: host(),
            zone: zone(),
            surroundings: surroundings(),
            is_in_screen: is_set("STY"),
            is_in_tmux: is_set("TMUX"),
            has_terminal: std::io::stdin().is_terminal() && std::io::stdout().is_terminal(),
            has_error_terminal: std::io::stderr().is_terminal(),
            can_ask: std::io::stdin().is_terminal() && std::io::stderr().is_terminal(),
            accessible: text("ACCESSIBLE"),
            network: network(),
            has_session_bus: has_session_bus(),
        }
    }
}

/// Columns that lines for reading are wrapped to: those of the window, at most 100 because longer lines are hard to read.
pub(super) fn columns() -> usize {
    window().unwrap_or(USUAL_WIDTH).clamp(20, 100)
}

/// What libpq's variables and files say of a server ("Environment Variables", "The Password File" and "Client Verification of
/// Server Certificates" in libpq's manual).
fn postgres(account: &Account) -> store::Surroundings {
    let home = directories::BaseDirs::new().map(|folders| folders.home_dir().to_owned());
    let at = |name: &str, usual: &str| {
        let named = raw(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        named.or_else(|| home.as_ref().map(|home| home.join(usual)).filter(|path| path.is_file()))
    };
    store::Surroundings {
        password: None,
        passfile: at("PGPASSFILE", ".pgpass"),
        mode: text("PGSSLMODE").filter(|mode| !mode.is_empty()),
        root: at("PGSSLROOTCERT", ".postgresql/root.crt"),
        account: account.name.as_ref().map(Text::to_string),
    }
}

/// Our folder in one that a variable names. For accounts without a home, as in containers: there the usual way finds
/// nothing, whatever the variables say. A relative path does not count (XDG Base Directory Specification).
fn named(base: Option<OsString>) -> Option<PathBuf> {
    base.map(PathBuf::from).filter(|base| base.is_absolute()).map(|base| base.join(NAME))
}

impl Environment {
    /// Whether `ACCESSIBLE` asks for lines: not empty, and no word that means no.
    pub(super) fn wants_lines(&self) -> bool {
        let word = self.accessible.as_deref().unwrap_or_default().to_ascii_lowercase();
        !matches!(word.as_str(), "" | "0" | "false" | "no")
    }

    /// Columns of the window that data is printed into; none where it is not printed into one and nothing may be cut.
    pub(super) fn width(&self) -> Option<usize> {
        let has_window = std::io::stdout().is_terminal();
        let told = self.columns.as_deref().and_then(|columns| columns.parse().ok());
        has_window.then(|| told.or_else(window).unwrap_or(USUAL_WIDTH).max(1))
    }

    /// Columns of the terminal that bad news and progress go to; none where they go elsewhere.
    pub(super) fn error_columns(&self) -> Option<u16> {
        let told = self.columns.as_deref().and_then(|columns| columns.parse().ok());
        let usual = || u16::try_from(USUAL_WIDTH).ok();
        self.has_error_terminal.then(|| told.or_else(error_window).or_else(usual)).flatten()
    }

    /// Whether a program is there, by its path or on the path.
    pub(super) fn finds(program: &str) -> bool {
        if program.contains('/') { Path::new(program).is_file() } else { is_on_path(program) }
    }

    /// Whether what is drawn may be UTF-8, by the variables that decide about letters: the first that is set counts.
    pub(super) fn is_utf_8(&self) -> bool {
        let set = [&self.lc_all, &self.lc_ctype, &self.lang].into_iter().flatten();
        let first = set.map(|value| value.to_ascii_lowercase()).find(|value| !value.is_empty());
        first.is_some_and(|value| value.contains("utf-8") || value.contains("utf8"))
    }

    /// The way to the terminal's clipboard.
    pub(super) fn clipboard(&self) -> Clipboard {
        Clipboard::of(self.term.as_deref(), self.is_in_screen, self.is_in_tmux)
    }
}

/// Whether there is a session bus: by its variable, else by its usual place in the folder of the session.
fn has_session_bus() -> bool {
    let lies = || raw("XDG_RUNTIME_DIR").is_some_and(|folder| Path::new(&folder).join("bus").exists());
    is_set("DBUS_SESSION_BUS_ADDRESS") || lies()
}

/// One variable; unset and not UTF-8 are the same to us.
pub(super) fn text(name: &str) -> Option<String> {
    raw(name).and_then(|value| value.into_string().ok())
}

/// Every variable with our name in front. Names that are not UTF-8 are none of ours.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(super) fn ours() -> Vec<(String, OsString)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, _)| name.starts_with("BACKUP365_"))
        .collect()
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn raw(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

fn is_set(name: &str) -> bool {
    raw(name).is_some_and(|value| !value.is_empty())
}

/// The variables that decide about the way out, as far as they are set. What is not UTF-8 is no address, and is refused by
/// who reads it.
fn network() -> Network {
    let value = |name| Some(Secret::new(raw(name)?.to_string_lossy().into_owned()));
    Network(VARIABLES.into_iter().filter_map(|name| Some((name, value(name)?))).collect())
}

/// The operator's system account: by its number where there is one. The name is that of the local account, else what the
/// environment says of a directory service's, else (cron sets no name) what the system's own program says.
fn account() -> Account {
    let said = || {
        ["USER", "LOGNAME", "USERNAME"]
            .into_iter()
            .find_map(|name| text(name).filter(|name| !name.is_empty()))
    };
    #[cfg(unix)]
    {
        let uid = rustix::process::getuid().as_raw();
        let name = name_of(uid).or_else(said).or_else(looked_up);
        let raised_from = text("SUDO_USER").filter(|name| !name.is_empty() && uid == 0);
        Account {
            name: name.map(|name| Text::clean(&name)),
            number: Some(uid),
            raised_from: raised_from.map(|name| Text::clean(&name)),
            signed_in: None,
        }
    }
    #[cfg(not(unix))]
    {
        Account { name: said().map(|name| Text::clean(&name)), ..Account::default() }
    }
}

/// The name that the system's directory services have for this account.
#[cfg(unix)]
fn looked_up() -> Option<String> {
    // Our secrets are not known yet, so it gets nothing but the way to the program.
    let path = raw("PATH").map(|path| ("PATH", path));
    let output = outside::child::command("id")
        .arg("-un")
        .env_clear()
        .envs(path)
        .stderr(std::process::Stdio::null())
        .output()
        .ok()?;
    let name = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    // For an account that it does not know it prints the number.
    Some(name).filter(|name| !name.is_empty() && output.status.success() && name.parse::<u32>().is_err())
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

/// Columns where a terminal does not tell (remote-terminal.md section 7: the usual window).
const USUAL_WIDTH: usize = 80;

/// Columns of the window that stdout is.
fn window() -> Option<usize> {
    size().map(|(columns, _)| usize::from(columns))
}

/// Columns of the window that stderr is.
fn error_window() -> Option<u16> {
    size_of(&std::io::stderr()).map(|(columns, _)| columns)
}

/// Columns and rows of the window that stdout is, as the system knows them.
pub(super) fn size() -> Option<(u16, u16)> {
    size_of(&std::io::stdout())
}

/// Columns and rows of the window that a stream goes to.
#[cfg(unix)]
fn size_of(stream: &impl std::os::fd::AsFd) -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(stream).ok()?;
    Some((size.ws_col, size.ws_row)).filter(|(columns, _)| *columns > 0)
}

/// The same; not known on this system.
#[cfg(not(unix))]
const fn size_of<T>(_stream: &T) -> Option<(u16, u16)> {
    None
}

/// IANA name of the zone that this computer is in.
fn zone() -> String {
    named_zone().unwrap_or_else(|| jiff::tz::TimeZone::system().iana_name().unwrap_or("UTC").to_owned())
}

/// The same where the system says it by a name, as nearly all do. The library looks through the whole folder of zones for
/// it, which is a fifth of the start; its own table tells as well whether that is a zone.
fn named_zone() -> Option<String> {
    const LINK: &str = "/etc/localtime";
    let said = match raw("TZ") {
        Some(said) => said.into_string().ok()?,
        None => std::fs::read_link(LINK).ok()?.to_str()?.split_once("/zoneinfo/")?.1.to_owned(),
    };
    Some(jiff::tz::TimeZoneDatabase::bundled().get(&said).ok()?.iana_name()?.to_owned())
}

/// What decides whether a browser can be started here (remote-terminal.md section 11).
fn surroundings() -> Surroundings {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let marks = ["/.dockerenv", "/run/.containerenv"].map(|mark| Path::new(mark).exists());
    Surroundings {
        is_remote: is_remote(&is_set) || is_below_a_login(std::process::id(), &ancestor),
        has_display: cfg!(not(target_os = "linux")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY"),
        is_contained: marks.contains(&true) || is_contained(&is_set),
        is_sudo: is_root() && (is_set("SUDO_USER") || is_set("SUDO_UID")),
        is_wsl: is_set("WSL_DISTRO_NAME") || kernel.to_ascii_lowercase().contains("microsoft"),
        has_wslview: is_on_path("wslview"),
        choice: text("BROWSER").filter(|choice| !choice.is_empty()),
    }
}

/// Whether the variables that ssh sets are there. A hint: `sudo -i` drops them, and tmux keeps those of its first window.
fn is_remote(is_set: &dyn Fn(&str) -> bool) -> bool {
    ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "MOSH_CONNECTION"].into_iter().any(is_set)
}

/// Whether the variables of a container or of CI are there.
fn is_contained(is_set: &dyn Fn(&str) -> bool) -> bool {
    ["KUBERNETES_SERVICE_HOST", "container", "CI"].into_iter().any(is_set)
}

/// Servers that let people in from elsewhere, by the names that Linux has for their processes (15 bytes at most). mosh
/// sets no variable at all; ssh's are lost to `sudo -i`.
const LOGINS: [&str; 6] = ["sshd", "sshd-session", "mosh-server", "dropbear", "telnetd", "in.telnetd"];

/// Processes that are looked at on the way up; a guess far above what shells and multiplexers make.
const GENERATIONS: usize = 64;

/// Whether a login from elsewhere stands above a process.
fn is_below_a_login(process: u32, ancestor: &dyn Fn(u32) -> Option<(String, u32)>) -> bool {
    let line = std::iter::successors(ancestor(process), |(_, parent)| ancestor(*parent));
    line.take(GENERATIONS).any(|(name, _)| LOGINS.contains(&name.as_str()))
}

/// Name and parent of a process; none where the system does not tell.
fn ancestor(process: u32) -> Option<(String, u32)> {
    name_and_parent(&std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
}

/// Reads `/proc/PID/stat`: number, name in brackets (which may hold brackets and blanks), state, parent.
fn name_and_parent(stat: &str) -> Option<(String, u32)> {
    let (before, after) = stat.rsplit_once(") ")?;
    let (_, name) = before.split_once(" (")?;
    let parent = after.split(' ').nth(1)?.parse().ok()?;
    Some((name.to_owned(), parent))
}

/// Whether the program runs with the rights of root.
fn is_root() -> bool {
    #[cfg(unix)]
    {
        rustix::process::geteuid().is_root()
    }
    #[cfg(not(unix))]
    {
        false
    }
}

/// Whether a program lies on the path.
fn is_on_path(name: &str) -> bool {
    on_path(name).is_some()
}

/// Where the first program of that name on the path lies.
pub(super) fn on_path(name: &str) -> Option<PathBuf> {
    let path = raw("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_absolute() && file.is_file())
}

/// Variables that decide where settings and record lie, as far as they are set: who starts the program elsewhere must
/// set them there too. Files mean the same from any folder.
pub(super) fn folders(is_on_server: bool) -> Vec<(String, String)> {
    let set = |name: &str| Some((name.to_owned(), text(name).filter(|value| !value.is_empty())?));
    let folders = ["XDG_CONFIG_HOME", "XDG_DATA_HOME"].into_iter().filter_map(set);
    let words = ["PGSSLMODE"].into_iter().filter(|_| is_on_server).filter_map(set);
    let files = ["PGPASSFILE", "PGSSLROOTCERT"].into_iter().filter(|_| is_on_server).filter_map(set);
    let absolute = |path: String| match std::path::absolute(&path) {
        Ok(found) if path != "system" => found.to_string_lossy().into_owned(),
        _ => path,
    };
    folders.chain(words).chain(files.map(|(name, path)| (name, absolute(path)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_tell_of_ssh_containers_and_ci() {
        for (name, expected) in [
            ("SSH_CONNECTION", (true, false)),
            ("SSH_TTY", (true, false)),
            ("SSH_CLIENT", (true, false)),
            ("KUBERNETES_SERVICE_HOST", (false, true)),
            ("container", (false, true)),
            ("CI", (false, true)),
            ("DISPLAY", (false, false)),
        ] {
            let is_set = |asked: &str| asked == name;
            assert_eq!((is_remote(&is_set), is_contained(&is_set)), expected, "{name}");
        }
    }

    #[test]
    fn a_login_from_elsewhere_is_found_above_any_number_of_shells() {
        let line = |names: &'static [&str]| {
            move |process: u32| {
                let at = usize::try_from(process).ok()?;
                names.get(at).map(|name| ((*name).to_owned(), process + 1))
            }
        };
        for (names, expected) in [
            (&["backup365", "bash", "mosh-server", "systemd"][..], true),
            (&["backup365", "bash", "sudo", "bash", "sshd-session", "sshd", "systemd"], true),
            (&["backup365", "bash", "tmux: server", "systemd"], false),
            (&["backup365", "fish", "kgx", "systemd"], false),
            (&[], false),
        ] {
            assert_eq!(is_below_a_login(0, &line(names)), expected, "{names:?}");
        }
        // A table that leads in a circle ends, too.
        assert!(!is_below_a_login(1, &|process| Some(("bash".to_owned(), process))));
    }

    #[test]
    fn a_name_may_hold_brackets_and_blanks() {
        for (stat, expected) in [
            ("7 (bash) S 3 7 7 0 -1", Some(("bash".to_owned(), 3))),
            ("8 (tmux: server) S 1 8", Some(("tmux: server".to_owned(), 1))),
            ("9 (a) (b) c) R 12 9", Some(("a) (b) c".to_owned(), 12))),
            ("9 nothing", None),
            ("", None),
        ] {
            assert_eq!(name_and_parent(stat), expected, "{stat}");
        }
    }
}
