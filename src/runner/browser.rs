//! Opens a link in a browser here, where that can work; the only file that names the `open` crate.
//!
//! Whatever is started gets a session of its own and nothing of our terminal: `xdg-open` may fall through to a text
//! browser, which would take the keys and the screen away (remote-terminal.md section 11).

use std::{
    io::{self, ErrorKind},
    process::{Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        phrase::{WayOn, phrase},
        text::Text,
    },
    outside::child,
};

/// The program that hands links to Windows from inside WSL.
const WSLVIEW: &str = "wslview";

/// How often it is looked whether a command could be started at all; a quarter of a second, as the crate does.
const LOOKS: usize = 25;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(10);

/// What the start-up found out about this computer (remote-terminal.md section 11).
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one computer")]
pub struct Surroundings {
    /// Any of `SSH_CONNECTION`, `SSH_TTY`, `SSH_CLIENT` is set, or a login from elsewhere stands above us, mosh
    /// included.
    pub is_remote: bool,
    /// `DISPLAY` or `WAYLAND_DISPLAY` is set, or this system needs neither.
    pub has_display: bool,
    /// A container, or CI.
    pub is_contained: bool,
    /// Root by sudo.
    pub is_sudo: bool,
    /// Linux inside Windows.
    pub is_wsl: bool,
    /// `wslview` is on the path.
    pub has_wslview: bool,
    /// What the user named with `BROWSER`.
    pub choice: Option<String>,
}

/// What opens a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Launcher {
    /// The desktop's own way: `xdg-open` and its like.
    Desktop,
    /// Windows, from inside WSL.
    Windows,
    /// What `BROWSER` names: commands between colons, the first that starts; `%s` stands for the link.
    Chosen(String),
}

impl Surroundings {
    /// What can open a link here, if anything. The user's own `BROWSER` overrides everything.
    #[must_use]
    pub fn launcher(&self) -> Option<Launcher> {
        if let Some(choice) = &self.choice {
            return Some(Launcher::Chosen(choice.clone()));
        }
        if self.is_remote || self.is_contained || self.is_sudo {
            return None;
        }
        if self.is_wsl {
            return self.has_wslview.then_some(Launcher::Windows);
        }
        self.has_display.then_some(Launcher::Desktop)
    }
}

/// Opens a link, detached from the terminal. That it started proves nothing: the person may not have seen the page.
///
/// # Errors
/// `NotFound` where no browser could be started; the other ways of the authorise screen still work.
pub fn open(launcher: Option<&Launcher>, link: &str) -> Result<Text, Failure> {
    let started = match launcher {
        None => Err("no browser can be opened from here".to_owned()),
        Some(Launcher::Desktop) => desktop(link),
        Some(Launcher::Windows) => start(WSLVIEW, &[], link)
            .map_err(|_why| format!("{WSLVIEW}, which opens links in Windows, could not be started")),
        Some(Launcher::Chosen(list)) => chosen(list, link),
    };
    started.map(|()| Text::from("A browser on this computer was asked to open the link.")).map_err(|what| {
        Failure::new(
            FailureKind::NotFound,
            Text::clean(&what),
            phrase!["Send the link to the customer instead. ", WayOn::PrintAlone("the link")],
        )
    })
}

/// Asks the desktop's own programs, the next where one is missing or says at once that it failed.
fn desktop(link: &str) -> Result<(), String> {
    let mut what = "no program that opens links is installed here";
    for wanted in open::commands(link) {
        match detached(wanted) {
            Ok(None) => return Ok(()),
            Ok(Some(status)) if status.success() => return Ok(()),
            // The status is for programmers.
            Ok(Some(_)) => what = "the program that opens links here has failed",
            Err(_missing) => {}
        }
    }
    Err(what.to_owned())
}

/// The programs that the desktop's own way tries, in their order.
#[must_use]
pub fn desktop_programs() -> Vec<String> {
    // The link is not opened: only who would is asked.
    let name = |command: &Command| command.get_program().to_string_lossy().into_owned();
    open::commands("https://localhost/").iter().map(name).collect()
}

/// Starts the first command of a list between colons that can be started.
fn chosen(list: &str, link: &str) -> Result<(), String> {
    let mut tried = Vec::new();
    for entry in list.split(':') {
        let words: Vec<&str> = entry.split_whitespace().collect();
        let Some((program, arguments)) = words.split_first() else { continue };
        if start(program, arguments, link).is_ok() {
            return Ok(());
        }
        tried.push(*program);
    }
    Err(if tried.is_empty() {
        "BROWSER names no browser".to_owned()
    } else {
        format!("BROWSER names {}, which could not be started", tried.join(", "))
    })
}

/// Starts one command with the link where it asks for it, else behind the rest.
fn start(program: &str, arguments: &[&str], link: &str) -> io::Result<()> {
    let mut command = child::command(program);
    command.args(arguments.iter().map(|word| word.replace("%s", link)));
    if !arguments.iter().any(|word| word.contains("%s")) {
        command.arg(link);
    }
    // How it ends is the browser's own business.
    detached(command).map(drop)
}

/// Starts a command with a session of its own, nothing of our terminal and none of our secrets; answers how it ended, where
/// it did at once. The crate's own way to do this leaves no say about the environment, and without unsafe code only
/// `setsid` makes a session; systems without it (macOS, Windows) have no browser that would take the keys.
///
/// # Errors
/// It can't be started.
fn detached(mut wanted: Command) -> io::Result<Option<ExitStatus>> {
    child::keep_secrets_from(&mut wanted);
    let mut session = child::command("setsid");
    session.arg(wanted.get_program()).args(wanted.get_args());
    let spawn = |command: &mut Command| {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
    };
    let mut child = spawn(&mut session).or_else(|error| match error.kind() {
        ErrorKind::NotFound => spawn(&mut wanted),
        _ => Err(error),
    })?;
    for _ in 0..LOOKS {
        match child.try_wait()? {
            // setsid could not start it.
            Some(status) if matches!(status.code(), Some(126 | 127)) => {
                return Err(ErrorKind::NotFound.into());
            }
            None => thread::sleep(LOOK),
            ended => return Ok(ended),
        }
    }
    // It may run for days; its end must be waited for, or it stays in the system's table.
    thread::spawn(move || child.wait());
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::phrase::Segment;

    #[test]
    fn nothing_is_started_over_ssh_in_a_container_or_without_a_display() {
        let desk = Surroundings { has_display: true, ..Surroundings::default() };
        assert_eq!(desk.launcher(), Some(Launcher::Desktop));
        for surroundings in [
            Surroundings::default(),
            Surroundings { is_remote: true, ..desk.clone() },
            Surroundings { is_contained: true, ..desk.clone() },
            Surroundings { is_sudo: true, ..desk.clone() },
            Surroundings { is_wsl: true, ..desk.clone() },
            Surroundings { is_wsl: true, has_wslview: true, is_remote: true, ..desk.clone() },
        ] {
            assert_eq!(surroundings.launcher(), None, "{surroundings:?}");
        }
        let windows = Surroundings { is_wsl: true, has_wslview: true, ..Surroundings::default() };
        assert_eq!(windows.launcher(), Some(Launcher::Windows));
        let choice = Some("firefox".to_owned());
        let chosen = Surroundings { choice, is_remote: true, is_contained: true, is_sudo: true, ..desk };
        assert_eq!(chosen.launcher(), Some(Launcher::Chosen("firefox".to_owned())));
    }

    #[test]
    fn what_is_missing_is_said_in_words() {
        for (list, words) in [
            ("/no/such/browser", "BROWSER names /no/such/browser, which could not be started"),
            (
                "/no/such/one:/no/such/two",
                "BROWSER names /no/such/one, /no/such/two, which could not be started",
            ),
            ("/no/such/browser --new %s", "BROWSER names /no/such/browser, which could not be started"),
            (" : ", "BROWSER names no browser"),
        ] {
            let launcher = Launcher::Chosen(list.to_owned());
            let failure = open(Some(&launcher), "http://127.0.0.1/").unwrap_err();
            assert_eq!(failure.what.as_str(), words);
            assert!(failure.hint.parts().contains(&Segment::Do(WayOn::PrintAlone("the link"))));
        }
        assert!(open(None, "http://127.0.0.1/").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn the_first_that_starts_gets_the_link_where_it_asks_for_it() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let (browser, said) = (folder.path().join("browser"), folder.path().join("said"));
        std::fs::write(&browser, format!("#!/bin/sh\necho \"$@\" >'{}'\n", said.display())).unwrap();
        std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o700)).unwrap();
        let browser = browser.display();
        for (list, expected) in [
            (format!("/no/such/browser:{browser}"), "http://127.0.0.1/?a=b"),
            (format!("{browser} --new"), "--new http://127.0.0.1/?a=b"),
            (format!("{browser} --at=%s --new"), "--at=http://127.0.0.1/?a=b --new"),
        ] {
            drop(std::fs::remove_file(&said));
            open(Some(&Launcher::Chosen(list)), "http://127.0.0.1/?a=b").unwrap();
            let mut waited = 0;
            while std::fs::read_to_string(&said).map_or(true, |words| !words.ends_with('\n')) {
                assert!(waited < 2_000, "nothing was started");
                std::thread::sleep(std::time::Duration::from_millis(10));
                waited += 1;
            }
            assert_eq!(std::fs::read_to_string(&said).unwrap().trim_end(), expected);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_browser_sees_no_secret() {
        use std::os::unix::fs::PermissionsExt;

        // A variable that Cargo sets for every test: a test can't set one of its own beside other threads.
        child::hide("CARGO_PKG_DESCRIPTION");
        let folder = tempfile::tempdir().unwrap();
        let (browser, said) = (folder.path().join("browser"), folder.path().join("said"));
        let script = format!("#!/bin/sh\nenv >'{0}.new'; mv '{0}.new' '{0}'\n", said.display());
        std::fs::write(&browser, script).unwrap();
        std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o700)).unwrap();
        for list in [browser.display().to_string(), format!("{} --new", browser.display())] {
            drop(std::fs::remove_file(&said));
            open(Some(&Launcher::Chosen(list)), "http://127.0.0.1/").unwrap();
            let mut waited = 0;
            while !said.exists() {
                assert!(waited < 2_000, "nothing was started");
                std::thread::sleep(std::time::Duration::from_millis(10));
                waited += 1;
            }
            let seen = std::fs::read_to_string(&said).unwrap();
            assert!(seen.contains("PATH=") && !seen.contains("CARGO_PKG_DESCRIPTION"), "{seen}");
        }
    }
}
