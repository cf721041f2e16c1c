//! The program as it works with Microsoft: settings name an application, and their table of addresses leads to a sandbox
//! of another process. Nothing in the wizard knows; no screen says SANDBOX.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::terminal::{Home, Terminal};

/// The sandbox in the foreground, in a process and a home of its own; ended when the test ends.
pub(crate) struct Foreground {
    child: Child,
    /// Where it listens, with `http://`.
    pub(crate) address: String,
    /// The partner's application.
    pub(crate) application: String,
    /// The partner's own tenant.
    pub(crate) tenant: String,
    /// The line about its secret.
    secret: String,
    home: Home,
}

impl Foreground {
    /// Starts it on a free port.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with more flags.
    pub(crate) fn start_with(more: &[&str]) -> Self {
        let home = Home::new();
        let mut child = Command::new(env!("CARGO_BIN_EXE_backup365"))
            .args(["sandbox", "--port", "0"])
            .args(more)
            .env_clear()
            .env("HOME", home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let first = lines.next().unwrap();
        let address = first.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
        let second = lines.next().unwrap();
        let ids: Vec<&str> = second.split([' ', '.']).filter(|word| word.len() == 36).collect();
        let [application, tenant] = ids[..] else { panic!("no ids in: {second}") };
        let secret = lines.next().unwrap();
        Self { address, application: application.into(), tenant: tenant.into(), secret, child, home }
    }
}

impl Foreground {
    /// The certificate of its authority, where it was started with `--tls`.
    pub(crate) fn authority(&self) -> std::path::PathBuf {
        self.home.path().join(".local/share/backup365/sandbox/ca.pem")
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Foreground {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn a_partner_goes_live_with_settings_alone() {
    let microsoft = Foreground::start();
    let home = Home::new();
    let config = home.path().join(".config/backup365");
    fs::create_dir_all(&config).unwrap();
    backup365::private::replace(&config.join("secret.txt"), "sandbox~invented~secret\n").unwrap();
    let Foreground { address, application, tenant, .. } = &microsoft;
    let settings = format!(
        "[app]\nclient_id = \"{application}\"\ntenant = \"{tenant}\"\nsecret_file = \"secret.txt\"\n\n\
         [addresses]\n\"https://login.microsoftonline.com\" = \"{address}\"\n\
         \"https://graph.microsoft.com\" = \"{address}\"\n"
    );
    fs::write(config.join("settings.toml"), settings).unwrap();

    let mut wizard = Terminal::start(&home, &[]);
    wizard
        .sees(&["[addresses]", "There is no customer yet"])
        .keys("\tn")
        .sees(&["Add a customer", "Reference"]);
    wizard.keys("L-1\tKauri Building Supplies\tkauribuilding.example\t ").sees(&["[x] Office 365"]);
    wizard.keys(&"\t".repeat(7)).keys("\r").sees(&[
        "Which customer?",
        "Kauri Building Supplies",
        "not started",
    ]);
    // The only customer is chosen at once, from the search too; the next Enter is for who has seen the product.
    wizard.keys("\r").sees(&["Which product"]).quiet(Duration::from_millis(600));
    wizard.keys("\r").sees(&["Which Microsoft 365 organisation"]);
    wizard.keys("joan.ellis@kauribuilding.example").sees(&["7a36af4b-c51e-44e1-87f0-d8af3157c2ca", "Save"]);
    wizard.keys("\t\r").sees(&["Authorise", "…c2ca"]).keys("\r");
    // The link is Microsoft's own: the customer is elsewhere.
    let link =
        "https://login.microsoftonline.com/7a36af4b-c51e-44e1-87f0-d8af3157c2ca/adminconsent?client_id=";
    wizard.waits("the link", |text| text.split([' ', '\n', '│']).collect::<String>().contains(link));
    let text = wizard.text();
    assert!(!text.contains("SANDBOX") && !text.contains("w play"), "{text}");
    wizard.keys("\x03").sees(&["Leave?"]).keys("\x03");
    assert_eq!(wizard.code(), 130);
    drop(wizard);

    assert!(microsoft.secret.ends_with(" sandbox~invented~secret"), "{}", microsoft.secret);
    // What does not lead to Microsoft is said by every command, and by the check of the nightly pass.
    let ran = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_backup365"));
        command.args(arguments).env_clear().env("HOME", home.path()).output().unwrap()
    };
    let words = "the table [addresses] of the settings is in use (https://";
    for arguments in
        [&["status"][..], &["customers", "list"], &["sweep", "--check"], &["sweep", "--status", "-q"]]
    {
        let said = String::from_utf8(ran(arguments).stderr).unwrap();
        assert_eq!(said.matches(words).count(), 1, "{arguments:?}: {said}");
    }
    let said = String::from_utf8(ran(&["sweep", "--check"]).stdout).unwrap();
    assert!(said.contains(&format!("Addresses: {words}")), "{said}");
    let said = ran(&["sweep", "--check", "--json"]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&said).unwrap();
    let schema = serde_json::from_str(include_str!("../../assets/json/sweep-check.schema.json")).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&json), "{json:#}");
    assert_eq!(
        (&json["checks"][1]["name"], &json["checks"][1]["is_warning"]),
        (&"Addresses".into(), &false.into()),
        "{json:#}"
    );
    // The secret is nowhere in what the program keeps.
    let kept = home.path().join(".local/share/backup365");
    for entry in fs::read_dir(&kept).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = fs::read(&path).unwrap();
            let found = bytes
                .windows(16)
                .any(|window| window == b"invented~secret\n" || window == b"sandbox~invented");
            assert!(!found, "{} holds the secret", path.display());
        }
    }
}

#[test]
fn a_terminal_that_can_show_no_screen_gets_lines() {
    for term in ["dumb", ""] {
        let home = Home::new();
        let mut wizard = Terminal::sized(&home, &[], 80, 24, &[("TERM", term)]);
        wizard.sees(&["line by line, because TERM is", "Which customer?"]).keys("quit\n");
        assert_eq!(wizard.code(), 0);
        assert!(!wizard.bytes().contains(&0x1b), "no escape sequence reaches it");
    }
}

#[test]
fn without_settings_only_the_wizard_falls_back_to_the_sandbox() {
    let home = Home::new();
    for (arguments, code, says) in [
        (&["sweep"][..], 2, "--sandbox"),
        (&["--settings", "gone.toml"][..], 2, "can't be read"),
        (&["--run", "nonsense"][..], 2, "run number"),
        (&["--sandbox", "sweep", "--status"][..], 0, ""),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_backup365"))
            .args(arguments)
            .env_clear()
            .env("HOME", home.path())
            .current_dir(home.path())
            .output()
            .unwrap();
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {words}");
        assert!(words.contains(says), "{arguments:?}: {words}");
    }
}
