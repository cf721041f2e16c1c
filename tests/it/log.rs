//! The log of the built binary: no secrets in it whatever the level, readable by its owner only, put aside while the
//! program runs, and never in anybody's way.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    live::Foreground,
    terminal::{ENTER, Home, TAB, Terminal},
};

/// Everything that is told.
const DEBUG: [(&str, &str); 1] = [("BACKUP365_LOG_LEVEL", "debug")];

/// The log of the sandbox in a home.
fn log(home: &Home) -> PathBuf {
    home.store().with_file_name("backup365.log")
}

/// The log and what was put aside of it, the newest first.
fn logs(home: &Home) -> Vec<String> {
    let aside = (1..).map(|number| log(home).with_extension(format!("log.{number}")));
    std::iter::once(log(home)).chain(aside).map_while(|path| fs::read_to_string(path).ok()).collect()
}

/// Words that show that a secret, a token or a ticket was written down.
const SECRETS: [&str; 10] = [
    "sandbox~invented",
    "invented-",
    "eyJ",
    "Bearer",
    "bearer ",
    "client_secret=",
    "client_assertion=",
    "code=",
    "state=",
    "Basic ",
];

/// Nothing that was logged holds a secret or what moves a cursor; every line is one of ours.
fn is_harmless(logs: &[String]) {
    let all = logs.concat();
    for secret in SECRETS {
        let found: Vec<_> = all.lines().filter(|line| line.contains(secret)).collect();
        assert!(found.is_empty(), "{secret}: {found:#?}");
    }
    assert!(!all.chars().any(|c| c.is_control() && c != '\n'), "{all}");
    for line in all.lines() {
        assert!(line.starts_with("20") && line.contains(" backup365"), "{line}");
    }
}

#[test]
fn an_impersonation_leaves_no_secret_in_the_log() {
    let home = Home::new();
    let mut wizard = Terminal::sized(&home, &[], 80, 24, &DEBUG);
    wizard.sees(&["Which customer?", " listed"]).picks("Penguin Parade Motel").takes(0);
    // First with a wrong password, so that a refusal is logged as well.
    wizard.impersonates(
        "carol.ibsen@penguinparademotel.example",
        "svc-backup@penguinparademotel.example",
        "invented-wrong",
    );
    wizard.keys(TAB).keys("\x1b[C").sees(&["(•) the server's directory"]).keys(TAB).keys(ENTER);
    wizard.sees(&["● Authorise"]).waits("a refusal", |text| text.contains("password"));
    wizard.keys("\x03").sees(&["Leave?"]).keys("\x03");
    assert_eq!(wizard.code(), 130);
    let mut wizard = Terminal::sized(&home, &[], 80, 24, &DEBUG);
    wizard.sees(&["Which customer?", " listed"]).picks("Anderson Dental").takes(0);
    wizard.sees(&["Press Ctrl-Y to fill them in"]).keys("\x19").sees(&[">‹ Save ›"]).keys(ENTER);
    wizard.enables().sees(&["listed "]).keys("\x03").sees(&["Leave?"]).keys("\x03");
    assert_eq!(wizard.code(), 130);
    let logs = logs(&home);
    assert!(logs[0].lines().filter(|line| line.contains("DEBUG")).count() > 10, "{logs:#?}");
    is_harmless(&logs);
}

#[test]
fn a_consent_leaves_no_secret_in_the_log() {
    let home = Home::new();
    let arguments = ["--fault", "throttle"];
    let mut wizard = Terminal::sized(&home, &arguments, 80, 24, &DEBUG);
    wizard.sees(&["Which customer?", " listed"]).reaches_users("Harbour Street Cafe", "37");
    wizard.keys("\x03").sees(&["Leave?"]).keys("\x03");
    assert_eq!(wizard.code(), 130);
    is_harmless(&logs(&home));
}

/// Settings by variables alone, no file: the program goes live, with a credential that works and with one that does not.
#[test]
fn a_partner_goes_live_by_variables_and_the_log_keeps_the_credential_to_itself() {
    let microsoft = Foreground::start();
    let addresses = ["https://login.microsoftonline.com", "https://graph.microsoft.com"]
        .map(|from| format!("{from}={}", microsoft.address))
        .join(" ");
    for (secret, says) in [("sandbox~invented~secret", "7a36af4b"), ("sandbox~invented~wrong", "secret")] {
        let home = Home::new();
        let variables = [
            ("BACKUP365_APP_CLIENT_ID", microsoft.application.as_str()),
            ("BACKUP365_APP_TENANT", &microsoft.tenant),
            ("BACKUP365_APP_SECRET_ENVIRONMENT", "PARTNER_SECRET"),
            ("PARTNER_SECRET", secret),
            ("BACKUP365_ADDRESSES", &addresses),
            DEBUG[0],
        ];
        let mut wizard = Terminal::sized(&home, &[], 80, 24, &variables);
        wizard.sees(&["There is no customer yet"]).keys("\tn").sees(&["Add a customer", "Reference"]);
        wizard.keys("L-1\tKauri Building Supplies\tkauribuilding.example\t ").sees(&["> [x] Office 365"]);
        wizard.keys(&"\t".repeat(7)).keys(ENTER).sees(&["Kauri Building Supplies", "not started"]);
        wizard.keys(ENTER).sees(&["Which product"]).keys(ENTER).sees(&["Which Microsoft 365 organisation"]);
        wizard.keys("kauribuilding.example").sees(&["7a36af4b-c51e-44e1-87f0-d8af3157c2ca", "Save"]);
        wizard.keys(TAB).keys(ENTER).sees(&["● Authorise", "…c2ca"]).keys(ENTER).sees(&[says]);
        assert!(!wizard.text().contains("SANDBOX"), "{}", wizard.text());
        wizard.keys("\x03").sees(&["Leave?"]).keys("\x03");
        assert_eq!(wizard.code(), 130);
        let real = home.path().join(".local/share/backup365/backup365.log");
        is_harmless(&[fs::read_to_string(real).unwrap()]);
    }
}

/// Runs a command to its end with more of an environment: exit code and stderr.
fn sweep(home: &Home, environment: &[(&str, &str)]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backup365"));
    command.args(["--sandbox", "sweep", "--status"]).env_clear().env("HOME", home.path());
    let output = command.envs(environment.iter().copied()).stdin(Stdio::null()).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// Rights of a file.
fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_log_is_its_owners_and_is_put_aside_while_the_program_runs() {
    let home = Home::new();
    fs::create_dir_all(log(&home).parent().unwrap()).unwrap();
    // Made by somebody else, and nearly full.
    let old = format!("2026-01-01T00:00:00Z [1]  INFO backup365: {}\n", "x".repeat(99)).repeat(450);
    fs::write(log(&home), &old).unwrap();
    fs::set_permissions(log(&home), PermissionsExt::from_mode(0o644)).unwrap();
    let environment =
        [("BACKUP365_LOG_LEVEL", "debug"), ("BACKUP365_LOG_SIZE", "64 KiB"), ("BACKUP365_LOG_KEEP", "2")];
    let mut wizard = Terminal::sized(&home, &[], 80, 24, &environment);
    wizard.sees(&["Which customer?", " listed"]);
    assert_eq!(mode(&log(&home)), 0o600);
    wizard.reaches_users("Harbour Street Cafe", "37");
    // Every call is a line, so the log is full by now, and nothing of it is lost.
    let logs = logs(&home);
    assert!(
        logs.len() == 2 && logs[1].starts_with(&old),
        "{:?}",
        logs.iter().map(String::len).collect::<Vec<_>>()
    );
    assert!(logs[1].len() <= 64 << 10 && logs[1].len() > old.len() && logs[0].starts_with("20"));
    wizard.keys("\x03").sees(&["Leave?"]).keys("\x03");
    assert_eq!(wizard.code(), 130);
    assert_eq!((mode(&log(&home)), mode(&log(&home).with_extension("log.1"))), (0o600, 0o600));
}

#[test]
fn off_is_off() {
    let home = Home::new();
    assert_eq!(sweep(&home, &[("BACKUP365_LOG_LEVEL", "off")]), (0, String::new()));
    assert!(!log(&home).exists() && home.store().is_file());
    assert_eq!(sweep(&home, &[]).0, 0);
    assert!(log(&home).is_file());
}

#[test]
fn a_log_that_can_not_be_written_stops_nobody_and_says_nothing() {
    type Spoil = fn(&Path);
    let ways: [Spoil; 3] = [
        |log| symlink("/dev/full", log).unwrap(),
        |log| symlink("/nowhere/at/all", log).unwrap(),
        |log| fs::create_dir(log).unwrap(),
    ];
    for spoil in ways {
        let home = Home::new();
        fs::create_dir_all(log(&home).parent().unwrap()).unwrap();
        spoil(&log(&home));
        assert_eq!(sweep(&home, &DEBUG), (0, String::new()));
        let mut wizard = Terminal::sized(&home, &[], 80, 24, &DEBUG);
        wizard.sees(&["Which customer?", " listed"]).reaches_users("Harbour Street Cafe", "37");
        let text = wizard.text();
        assert!(!text.contains("tracing") && !text.contains("os error"), "{text}");
        wizard.keys("\x03").sees(&["Leave?"]).keys("\x03");
        assert_eq!(wizard.code(), 130);
    }
}
