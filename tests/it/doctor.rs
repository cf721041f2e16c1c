//! `backup365 doctor`, the built binary: nothing that it looks at is changed, and what was broken is named, wholly or by
//! halves: the right file with the wrong rights, the right key for another lock.

mod broken;
mod network;

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde_json::Value;

use crate::{
    customers::{Ended, bare},
    install::{Desk, Said, said},
    terminal::{Home, Terminal},
};

/// What doctor said: its object, and how it ended.
pub(crate) struct Diagnosis {
    object: Value,
    code: i32,
}

impl Diagnosis {
    /// Reads the answer of `--json`, against its schema.
    fn of((code, out, err): Said) -> Self {
        let object = Ended { code, out, err }.json("doctor");
        assert_eq!(object["exit_code"], code);
        let said = object.to_string();
        assert!(!said.contains("invented~secret") && !said.contains("hush"), "{object:#}");
        Self { object, code }
    }

    /// The names of what is not good, in their order.
    fn troubles(&self) -> Vec<&str> {
        let checks = self.object["checks"].as_array().unwrap().iter();
        checks.filter(|check| check["state"] != "ok").map(|check| check["name"].as_str().unwrap()).collect()
    }

    /// Everything that is said of a name, with what to do.
    fn of_name(&self, name: &str) -> String {
        let checks = self.object["checks"].as_array().unwrap().iter().filter(|check| check["name"] == name);
        let said = checks.map(|check| {
            let text = |key: &str| check[key].as_str().unwrap_or_default().to_owned();
            format!("{} {}. {}", text("state"), text("words"), text("hint"))
        });
        said.collect::<Vec<_>>().join("\n")
    }

    /// This alone is not good, and these words are said of it.
    pub(crate) fn names(&self, name: &str, words: &[&str]) -> &Self {
        assert_eq!((self.troubles(), self.code), (vec![name], 6), "{:#}", self.object);
        self.says(name, words)
    }

    /// These words are said of a name.
    pub(crate) fn says(&self, name: &str, words: &[&str]) -> &Self {
        let said = self.of_name(name);
        let missing: Vec<_> = words.iter().filter(|words| !said.contains(**words)).collect();
        assert!(missing.is_empty(), "not said of {name}: {missing:?}\n{said}\n{:#}", self.object);
        self
    }

    /// Everything is good.
    pub(crate) fn is_green(&self) -> &Self {
        assert_eq!((self.troubles(), self.code), (vec![], 0), "{:#}", self.object);
        self
    }
}

/// Looks, with these arguments before the command, and these variables.
pub(crate) fn look_with(home: &Home, arguments: &[&str], variables: &[(&str, &str)]) -> Diagnosis {
    let mut command = bare(home);
    command.args(arguments).args(["doctor", "--json"]).envs(variables.iter().copied());
    Diagnosis::of(said(command))
}

/// Looks at the sandbox.
pub(crate) fn look(home: &Home, more: &[&str]) -> Diagnosis {
    look_with(home, &[&["--sandbox"], more].concat(), &[])
}

/// A home with a record of the sandbox.
pub(crate) fn lived_in() -> Home {
    let home = Home::new();
    assert_eq!(crate::customers::run(&home, &["customers", "list"]).code, 0);
    home
}

/// Every file with what is in it.
fn contents(home: &Home) -> BTreeMap<PathBuf, Vec<u8>> {
    home.files().into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn nothing_is_changed_with_a_record_and_without_one() {
    let empty = Home::new();
    look(&empty, &[]).is_green().says("Record", &["none yet"]);
    assert!(empty.files().is_empty(), "{:?}", empty.files());
    let home = lived_in();
    let before = contents(&home);
    look(&home, &[]).is_green().says("Record", &["opens, ", "backup365.sqlite"]);
    assert_eq!(contents(&home), before);
    // Beside a wizard that has the record open.
    let mut wizard = Terminal::start(&home, &["--sandbox"]);
    wizard.sees(&["Which customer?"]);
    look(&home, &[]).is_green().says("Record", &["opens, "]);
    wizard.keys("\x03\x03").code();
}

#[test]
fn people_read_a_line_for_each_check_and_what_it_comes_to() {
    let home = Home::new();
    let (code, out, err) = said({
        let mut command = bare(&home);
        command.args(["--sandbox", "doctor"]);
        command
    });
    assert_eq!((code, err.as_str()), (0, ""));
    let names: Vec<&str> = out.lines().filter_map(|line| Some(line.split_once(": ")?.0)).collect();
    let wanted = [
        "Settings",
        "Files",
        "Folder",
        "Disk",
        "Locks",
        "Record",
        "Keys",
        "Terminal",
        "Browser",
        "Sweeper",
        "Proxy and CA",
        "login.microsoftonline.com",
        "graph.microsoft.com",
        "Clock",
        "Microsoft",
        "Registration",
        "Sign-in of staff",
        "Expiry",
    ];
    // Without a record nobody asks who sweeps.
    let wanted: Vec<&str> = wanted.into_iter().filter(|name| *name != "Sweeper").collect();
    assert_eq!(names, wanted, "{out}");
    assert!(out.ends_with("\nAll is well.\n"), "{out}");
    let (code, out, _) = said({
        let mut command = bare(&home);
        command
            .args([
                "--sandbox",
                "--clock",
                "2026-11-24T12:00:00+11:00",
                "--fault",
                "secret-ends=2026-11-28",
                "doctor",
            ])
            .env("BROWSER", "/no/such/browser");
        command
    });
    assert!(
        out.contains("\nBrowser: WARNING: BROWSER names /no/such/browser, which is not there. Name"),
        "{out}"
    );
    assert!(out.contains("\nExpiry: WARNING: the secret of ") && out.contains(", in 3 days. Make"), "{out}");
    assert!(code == 6 && out.ends_with("\nWarnings: 2. Nothing has failed.\n"), "{out}");
}

#[test]
fn who_does_the_sweeps_and_what_is_installed_for_it_is_looked_at() {
    const BEFORE: &str = "2026-11-23T16:00:00+11:00";
    const AFTER: &str = "2026-11-24T20:31:00+11:00";
    let desk = Desk::new();
    let at = |clock: &str| Diagnosis::of(desk.run(&["--sandbox", "--clock", clock, "doctor", "--json"]));
    let auto = [
        "--clock",
        BEFORE,
        "--sandbox",
        "provision",
        "C-1001",
        "--users",
        "auto",
        "--max-seats",
        "40",
        "--rehearse",
    ];
    assert_eq!(desk.run(&[&auto[..], &["--without-sweeper"]].concat()).0, 3);
    at(BEFORE).names(
        "Sweeper",
        &["nothing will run at 20:00: no sweeper is installed", "sweep --install --sandbox"],
    );
    at(AFTER).names("Sweeper", &["did not run at 20:00", "1 rule waits"]);

    assert_eq!(desk.sweep(&["--clock", BEFORE, "--install"]).0, 6, "it lies where Cargo builds");
    at(BEFORE)
        .is_green()
        .says("Timer", &["backup365-sandbox-sweep.timer is on"])
        .says("Sweeper", &["no sweep done yet"]);
    desk.lingers(false);
    at(BEFORE).names("Timer", &["nobody is signed in", "loginctl enable-linger"]);
    desk.lingers(true);
    for (verb, words) in [("is-active", "is not running"), ("is-enabled", "is not switched on")] {
        desk.refuses(verb);
        at(BEFORE).names("Timer", &[words, "sweep --install"]);
    }
    desk.refuses("show-environment");
    at(BEFORE).names("Timer", &["systemd could not be asked", "sign in to it directly"]);
    desk.refuses("nothing");
    // By halves: one unit of two, one with other words, one that starts what is gone, one of another hand.
    let (service, timer) =
        (desk.unit("backup365-sandbox-sweep.service"), desk.unit("backup365-sandbox-sweep.timer"));
    let (was, timer_was) = (fs::read_to_string(&service).unwrap(), fs::read_to_string(&timer).unwrap());
    fs::remove_file(&timer).unwrap();
    at(BEFORE).names("Timer", &["half of it is gone", "backup365-sandbox-sweep.timer"]);
    fs::write(&timer, &timer_was).unwrap();
    let program = env!("CARGO_BIN_EXE_backup365");
    for (text, words) in [
        (was.replace(" sweep\n", " --log-level debug sweep\n"), "is not as this start would write it"),
        (was.replace(program, "/opt/gone/backup365"), "/opt/gone/backup365, which is not there any more"),
        (was.replace("# Written by", "# By"), "this program did not write it"),
    ] {
        assert_ne!(text, was);
        fs::write(&service, text).unwrap();
        at(BEFORE).names("Timer", &[words]);
    }
    fs::remove_file(&timer).unwrap();
    fs::remove_file(&service).unwrap();
    at(BEFORE).names("Sweeper", &["no timer is installed here", "sweep --watch"]);
}
