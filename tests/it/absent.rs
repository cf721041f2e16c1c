//! A record that is not there, has no bytes, or is another one, as every command of the real world meets it: what was never
//! made is told apart from what is gone, and neither is taken for a record in which nothing is to be done.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::terminal::{Home, Terminal};

/// Settings of the real world. Nothing here is asked for anything.
const SETTINGS: &str = "[app]\nclient_id = \"7a36af4b-c51e-44e1-87f0-d8af3157c2ca\"\n\
    tenant = \"7a36af4b-c51e-44e1-87f0-d8af3157c2cb\"\nsecret_file = \"secret.txt\"\n\n[addresses]\n\
    \"https://login.microsoftonline.com\" = \"http://127.0.0.1:9\"\n\"https://graph.microsoft.com\" = \"http://127.0.0.1:9\"\n";

/// What makes no record.
const READERS: [&[&str]; 15] = [
    &["sweep"],
    &["sweep", "--check"],
    &["sweep", "--status"],
    &["sweep", "--preview"],
    &["sweep", "--install"],
    &["status"],
    &["status", "--attention"],
    &["customers", "list"],
    &["customers", "show", "C-1"],
    &["customers", "set", "C-1", "--seats", "9"],
    &["receipt", "B365-7KQ4"],
    &["operators", "list"],
    &["operators", "set", "--recover"],
    &["keys", "list"],
    &["provision", "C-1", "--users", "all", "--max-seats", "9"],
];

/// What fills one, and would make it.
const ADD: [&str; 8] =
    ["customers", "add", "--reference", "C-1", "--name", "Bakery", "--domain", "bakery.example"];

struct Live {
    home: Home,
}

impl Live {
    fn new() -> Self {
        let home = Home::new();
        let config = home.path().join(".config/backup365");
        fs::create_dir_all(&config).unwrap();
        fs::write(config.join("settings.toml"), SETTINGS).unwrap();
        backup365::private::replace(&config.join("secret.txt"), "invented\n").unwrap();
        Self { home }
    }

    fn data(&self) -> PathBuf {
        self.home.path().join(".local/share/backup365")
    }

    fn record(&self) -> PathBuf {
        self.data().join("backup365.sqlite")
    }

    /// Exit code, and all that was said.
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_backup365"))
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", "/nothing")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), words(&output.stdout) + &words(&output.stderr))
    }
}

#[test]
fn without_a_record_commands_say_that_there_is_none_yet_and_make_none() {
    let live = Live::new();
    for arguments in READERS {
        let (code, said) = live.run(arguments);
        assert_eq!(code, 2, "{arguments:?}: {said}");
        assert!(said.contains("here is no record yet"), "{arguments:?}: {said}");
        assert!(!live.record().exists(), "{arguments:?}");
    }
    assert_eq!(live.run(&ADD).0, 0);
    assert_eq!(live.run(&["status", "--attention"]).0, 0);
}

#[test]
fn a_first_start_as_root_is_said_once() {
    let live = Live::new();
    let words = "is the first operator on this record, and so its only Admin";
    let (code, said) = live.run(&ADD);
    assert_eq!((code, said.contains(words)), (0, rustix::process::geteuid().is_root()), "{said}");
    let (code, said) = live.run(&["operators", "list"]);
    assert_eq!((code, said.contains(words)), (0, false), "{said}");
}

#[test]
fn a_record_that_is_gone_emptied_or_another_one_is_an_alarm_of_every_command() {
    let (live, other) = (Live::new(), Live::new());
    assert_eq!((live.run(&ADD).0, other.run(&ADD).0), (0, 0));
    let kept = fs::read(live.record()).unwrap();
    let gone = || fs::remove_file(live.record()).unwrap();
    let unmounted = || fs::remove_dir_all(live.data()).unwrap();
    let emptied = || fs::write(live.record(), "").unwrap();
    let exchanged = || fs::copy(other.record(), live.record()).map(drop).unwrap();
    let losses: [(&str, &dyn Fn()); 4] = [
        ("the record is gone", &gone),
        ("the record is gone", &unmounted),
        ("has 0 bytes", &emptied),
        ("the one that was there before", &exchanged),
    ];
    for (words, lose) in losses {
        fs::create_dir_all(live.data()).unwrap();
        fs::write(live.record(), &kept).unwrap();
        assert_eq!(live.run(&["customers", "list"]).0, 0);
        lose();
        for arguments in READERS.iter().copied().chain([&ADD[..], &["customers", "import", "x.csv"]]) {
            let (code, said) = live.run(arguments);
            assert_eq!(code, 6, "{arguments:?}: {said}");
            assert!(said.to_lowercase().contains(words), "{arguments:?}: {said}");
        }
        let (code, json) = live.run(&["status", "--json"]);
        let json: Value = serde_json::from_str(json.split("\nbackup365: ").next().unwrap()).unwrap();
        assert_eq!((code, &json["exit_code"]), (6, &Value::from(6)));
    }
}

#[test]
fn the_wizard_makes_no_new_record_in_the_place_of_one_that_is_gone() {
    let live = Live::new();
    let mut wizard = Terminal::start(&live.home, &[]);
    wizard.sees(&["There is no customer yet"]).keys("\x03").sees(&["Leave?"]).keys("\x03");
    drop(wizard);
    fs::remove_file(live.record()).unwrap();
    let mut wizard = Terminal::start(&live.home, &[]);
    wizard.sees(&["The record is gone"]).keys("q");
    assert_eq!(wizard.code(), 6);
    assert!(!live.record().exists());
}
