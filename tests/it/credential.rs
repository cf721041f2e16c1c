//! Until when the program's own credential is good, and the one that takes over: the built binary, in the sandbox and against
//! the sandbox of another process.

use std::{
    fs,
    process::{Command, Stdio},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use backup365::domain::time::Moment;
use serde_json::Value;

use crate::{live::Foreground, terminal::Home};

/// Runs to the end: exit code, stdout, stderr.
fn run(home: &Home, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_backup365"))
        .args(arguments)
        .env_clear()
        .env("HOME", home.path())
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A day so far from now, as the sandbox takes it.
fn day_in(days: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = Moment::from_millis(now.as_millis().try_into().unwrap());
    now.plus(Duration::from_secs(days * 86_400)).to_string()[..10].to_owned()
}

#[test]
fn a_secret_that_ends_soon_is_said_by_every_way_in() {
    let home = Home::new();
    let world = ["--sandbox", "--clock", "2026-11-23T10:00:00+11:00", "--fault", "secret-ends=2026-12-01"];
    let with = |more: &[&str]| run(&home, &[&world[..], more].concat());
    let words =
        "the secret of your application at Microsoft ends on 1 Dec 2026, in 8 days. Make a new one there";
    let (code, out, _) = with(&["sweep", "--check"]);
    assert!(code == 0 && out.contains(&format!("Expiry: WARNING: {words}")), "{out}");
    let (_, _, err) = with(&["provision", "C-1001", "--users", "all", "--dry-run"]);
    assert_eq!(err.matches(words).count(), 1, "{err}");
    let (code, out, _) = with(&["status"]);
    assert!(code == 6 && out.contains(&format!("CREDENTIAL: {words}")), "{out}");
    let (code, out, _) = with(&["status", "--json"]);
    let status: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &status["needs_attention"]), (6, &Value::Bool(true)));
    assert_eq!(status["credentials"][0]["ends"], "2026-12-01T00:00:00Z");
    assert_eq!(status["credentials"][0]["by"], "application");
    assert!(status["credential_warning"].as_str().unwrap().starts_with(words));
    let (_, out, err) = with(&["--plain"]);
    let plain = format!("{out}{err}").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(plain.contains("he secret of your application at Microsoft ends on 1 Dec 2026"), "{plain}");
}

#[test]
fn the_next_credential_takes_over_and_the_day_of_the_settings_counts_where_nothing_can_be_read() {
    let microsoft = Foreground::start();
    let home = Home::new();
    let config = home.path().join(".config/backup365");
    fs::create_dir_all(&config).unwrap();
    backup365::private::replace(&config.join("old.txt"), "old~secret\n").unwrap();
    backup365::private::replace(&config.join("new.txt"), "sandbox~invented~secret\n").unwrap();
    let Foreground { address, application, tenant, .. } = &microsoft;
    let settings = |credentials: &str| {
        let settings = format!(
            "[app]\nclient_id = \"{application}\"\ntenant = \"{tenant}\"\n{credentials}\n[addresses]\n\
             \"https://login.microsoftonline.com\" = \"{address}\"\n\"https://graph.microsoft.com\" = \"{address}\"\n"
        );
        fs::write(config.join("settings.toml"), settings).unwrap();
    };
    settings("secret_file = \"new.txt\"\n");
    let add =
        ["--reference", "C-1", "--name", "Bakery", "--domain", "bakery.example", "--products", "office365"];
    assert_eq!(run(&home, &[&["customers", "add"][..], &add].concat()).0, 0);
    // This sandbox does not let the application be read.
    let (code, out, _) = run(&home, &["sweep", "--check"]);
    assert!(
        code == 0 && out.contains("Expiry: WARNING: until when the secret is good is not known"),
        "{out}"
    );
    let soon = day_in(5);
    settings(&format!("secret_file = \"new.txt\"\nsecret_expires = \"{soon}\"\n"));
    let (code, out, _) = run(&home, &["sweep", "--check"]);
    assert!(code == 0 && out.contains("Expiry: WARNING: the secret") && out.contains("in 4 days"), "{out}");
    assert_eq!(run(&home, &["status"]).0, 6);
    settings("secret_file = \"old.txt\"\n[next]\nsecret_file = \"new.txt\"\n");
    let (code, out, _) = run(&home, &["sweep", "--check"]);
    assert!(code == 0 && out.contains("Microsoft refuses the credential of [app] (7000215)"), "{out}");
    assert!(out.contains("A sweep can run."), "{out}");
    settings("secret_file = \"old.txt\"\n");
    let (code, out, _) = run(&home, &["sweep", "--check"]);
    assert!(code == 4 && out.contains("7000215"), "{out}");
}
