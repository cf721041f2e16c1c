//! The scenes: a home with one customer on record, live settings whose table of addresses leads to the server, and the
//! commands that a person or the timer would run.

use std::{fs, process::Command};

use serde::Deserialize;

use super::{
    Case,
    server::{Frames, Request, Rule, Server},
};
use crate::{
    network::rig::{Authority, Life, Rig},
    terminal::Home,
};

/// Our own application, as everywhere in the data.
const CLIENT: &str = "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40";

/// The file of the authority that is trusted, where a case has certificates.
const AUTHORITY: &str = "authority.pem";

/// The partner's tenant.
const PARTNER: &str = "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684";

/// What is done.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Scene {
    /// Everybody of a tenant is turned on.
    Office365,
    /// The same a second time, after a first that failed while the rules held.
    Office365Again,
    /// Everybody at a hoster is turned on; the server is named.
    Hosted,
    /// The same, and the server is looked for.
    Discovery,
    /// Enable Auto was made while everything worked; one night later the rules hold.
    HostedNight,
    /// The same for a tenant, after a first night in which everything worked.
    TenantNight,
}

impl Scene {
    /// Whether it is about Office 365.
    const fn is_tenant(self) -> bool {
        matches!(self, Self::Office365 | Self::Office365Again | Self::TenantNight)
    }
}

/// What came of it.
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
    /// What the server was asked while the rules held.
    pub(super) requests: Vec<Request>,
    /// Rules of the case that were not used as they say.
    pub(super) misuses: Vec<String>,
    /// Who holds a seat after it, and whether the directory has lost them.
    pub(super) seats: Vec<(String, bool)>,
}

/// Plays one case.
pub(super) fn run(case: &Case, origins: &[String], world: &[Rule], frames: &Frames) -> Ran {
    let server = Server::start(frames);
    let home = Home::new();
    let (rig, authority) = (Rig::new(), Authority::new("Authority of the tests"));
    if !case.certificates.is_empty() {
        fs::write(home.path().join(AUTHORITY), &authority.pem).unwrap();
    }
    let place = |origin: &String| match case.certificates.get(origin) {
        Some(name) => {
            format!("https://{}", rig.tls(authority.signs(&[name.as_str()], Life::Good), &server.origin()))
        }
        None => server.origin(),
    };
    let places: Vec<(&String, String)> = origins.iter().map(|origin| (origin, place(origin))).collect();
    settle(&home, &places, case.scene);
    fs::write(home.path().join("mailboxes.txt"), case.list.join("\n")).unwrap();
    let with_rules = || case.rule.iter().chain(world).cloned();
    server.play(world.iter().cloned());
    let fixed = journey(case);
    let mut words: Vec<&str> = fixed.iter().map(String::as_str).collect();
    let flags: Vec<&str> = case.flags.iter().map(String::as_str).collect();
    let mut ran = match case.scene {
        Scene::Office365 | Scene::Office365Again | Scene::Hosted | Scene::Discovery => {
            words.extend(["--users", "all", "--max-seats", "50", "--json"]);
            words.extend(&flags);
            server.play(with_rules());
            if case.scene == Scene::Office365Again {
                ends(&program(&home, &words), &[1]);
            }
            let found = program(&home, &words);
            // A server that Autodiscover found elsewhere is named, as the person who looked at it would.
            match named(&found) {
                Some(address) if case.scene == Scene::Discovery => {
                    program(&home, &[&words[..], &["--server", &address]].concat())
                }
                _ => found,
            }
        }
        Scene::HostedNight | Scene::TenantNight => {
            words.extend(["--users", "auto", "--max-seats", "50", "--without-sweeper"]);
            // Partly done: nothing will run at 20:00, which is as it should be here.
            ends(&program(&home, &words), &[0, 3]);
            age(&home);
            if case.scene == Scene::TenantNight {
                ends(&program(&home, &["sweep"]), &[0]);
                age(&home);
            }
            server.play(with_rules());
            program(&home, &[&["sweep", "--json"], &flags[..]].concat())
        }
    };
    ran.requests = server.requests();
    ran.misuses = server.misuses(case.rule.len());
    ran.seats = seats(&home);
    ran
}

/// The words of the journey that are the same for everybody.
fn journey(case: &Case) -> Vec<String> {
    let mut words = vec!["provision", "C-1"];
    if case.scene.is_tenant() {
        words.extend(["--tenant", "bakery.example"]);
        return words.into_iter().map(str::to_owned).collect();
    }
    if case.scene != Scene::Discovery {
        words.extend(["--server", "mail.hoster.example"]);
    }
    words.extend(["--try-mailbox", "ana@bakery.example", "--account", "svc@hoster.example"]);
    words.extend(["--password-file", "password.txt"]);
    let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    if case.list.is_empty() {
        words.push(String::from("--directory"));
    } else {
        words.extend([String::from("--mailboxes"), String::from("mailboxes.txt")]);
    }
    words
}

/// Settings, secrets and the customer.
fn settle(home: &Home, places: &[(&String, String)], scene: Scene) {
    let config = home.path().join(".config/backup365");
    fs::create_dir_all(&config).unwrap();
    backup365::private::replace(&config.join("secret.txt"), "invented~secret\n").unwrap();
    fs::write(home.path().join("password.txt"), "invented-password\n").unwrap();
    let places: Vec<String> =
        places.iter().map(|(origin, at)| format!("\"{origin}\" = \"{at}\"\n")).collect();
    let settings = format!(
        "[app]\nclient_id = \"{CLIENT}\"\ntenant = \"{PARTNER}\"\nsecret_file = \"secret.txt\"\n\n[addresses]\n{}",
        places.concat()
    );
    fs::write(config.join("settings.toml"), settings).unwrap();
    let product = if scene.is_tenant() { "office365" } else { "mpexchange" };
    let customer = ["customers", "add", "--reference", "C-1", "--name", "Bakery Pty Ltd"];
    let customer = [&customer[..], &["--domain", "bakery.example", "--products", product]].concat();
    ends(&program(home, &customer), &[0]);
}

/// The program, with nothing of this computer's environment.
fn program(home: &Home, words: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backup365"));
    command.env_clear();
    if home.path().join(AUTHORITY).exists() {
        command.env("SSL_CERT_FILE", home.path().join(AUTHORITY));
    }
    let output = command
        .args(words)
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", home.path())
        .env("LANG", "C.UTF-8")
        .current_dir(home.path())
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        requests: Vec::new(),
        misuses: Vec::new(),
        seats: Vec::new(),
    }
}

/// The server that has to be named, where the command ended for want of it.
fn named(ran: &Ran) -> Option<String> {
    let object: serde_json::Value = serde_json::from_str(&ran.out).ok()?;
    let missing = object.pointer("/missing/example")?.as_str()?;
    missing.strip_prefix("--server ").map(str::to_owned)
}

/// A step that is not what the case is about.
fn ends(ran: &Ran, codes: &[i32]) {
    assert!(codes.contains(&ran.code), "{}: {}\n{}", ran.code, ran.out, ran.err);
}

/// The record of the home.
fn record(home: &Home) -> rusqlite::Connection {
    rusqlite::Connection::open(home.path().join(".local/share/backup365/backup365.sqlite")).unwrap()
}

/// Seats that are on, each with whether its user has left.
fn seats(home: &Home) -> Vec<(String, bool)> {
    let record = record(home);
    let words = "SELECT address, left_on IS NOT NULL FROM seat WHERE state = 'on' ORDER BY address";
    let mut query = record.prepare(words).unwrap();
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// Makes the record two days older, so that a pass is due whatever the hour is here.
fn age(home: &Home) {
    let record = record(home);
    let by = "172800000";
    for (table, columns) in [
        ("auto_rule", &["made", "last_pass"][..]),
        ("sweep", &["due", "started", "finished"]),
        ("sweeper", &["last_pass"]),
        ("delta", &["saved"]),
    ] {
        let sets: Vec<String> = columns.iter().map(|column| format!("{column} = {column} - {by}")).collect();
        record.execute(&format!("UPDATE {table} SET {}", sets.join(", ")), []).unwrap();
    }
}
