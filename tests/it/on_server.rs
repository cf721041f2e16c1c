//! A record on a PostgreSQL server, the built binary: every command works on it, two people of two computers share it, and
//! what is wrong with the server is said.
//!
//! `BACKUP365_POSTGRES` names a server and a role that may make databases there; without it these tests say SKIPPED.

use std::{
    fs,
    io::copy,
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use crate::{
    customers::{Ended, bare},
    doctor::look_with,
    install::said,
    terminal::{Home, Terminal},
    tools::{left_out, named_server, program},
};

/// A database of a test, gone with it.
pub(crate) struct Database {
    base: String,
    name: String,
}

impl Database {
    /// Makes one; none, said aloud, where no server is named.
    pub(crate) fn new() -> Option<Self> {
        let base = named_server()?;
        program("psql")?;
        let name = format!("it_{}", uuid::Uuid::new_v4().simple());
        let made = Self { base, name };
        made.ask("postgres", &format!("CREATE DATABASE {}", made.name));
        Some(made)
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("{}/{}", self.base, self.name)
    }

    /// The same by another role and port.
    fn url_by(&self, role: &str, port: Option<u16>) -> String {
        let (_, host) = self.base.rsplit_once('@').unwrap();
        let host = port.map_or_else(|| host.to_owned(), |port| format!("127.0.0.1:{port}"));
        format!("postgres://{role}@{host}/{}", self.name)
    }

    /// Statements behind the program's back; what they answer.
    pub(crate) fn run(&self, sql: &str) -> String {
        self.ask(&self.name, &format!("SET search_path = backup365; {sql}"))
    }

    fn ask(&self, database: &str, sql: &str) -> String {
        let address = format!("{}/{database}", self.base);
        let words = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, &address];
        let output = Command::new("psql").args(words).output().unwrap();
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Lets the server be reached on another port, on which nothing answered until now.
    fn answers_on(&self, port: u16) {
        let real = self.base.rsplit_once('@').unwrap().1.to_owned();
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        thread::spawn(move || {
            for client in listener.incoming() {
                let (mut from, mut to) = (client.unwrap(), TcpStream::connect(&real).unwrap());
                let (mut back, mut forth) = (to.try_clone().unwrap(), from.try_clone().unwrap());
                thread::spawn(move || copy(&mut from, &mut to));
                thread::spawn(move || copy(&mut back, &mut forth));
            }
        });
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.ask("postgres", &format!("DROP DATABASE {} WITH (FORCE)", self.name));
        self.ask("postgres", &format!("DROP ROLE IF EXISTS {}", self.name));
    }
}

/// Runs a command with the record there, named by a variable.
fn ran(home: &Home, url: &str, arguments: &[&str]) -> Ended {
    let mut command = bare(home);
    command.env("BACKUP365_RECORD_URL", url).args(arguments);
    let (code, out, err) = said(command);
    Ended { code, out, err }
}

/// The same in the sandbox, and it must end like that.
fn sandboxed(home: &Home, url: &str, code: i32, arguments: &[&str]) -> Ended {
    let ended = ran(home, url, &[&["--sandbox"], arguments].concat());
    assert_eq!(ended.code, code, "{arguments:?}: {}{}", ended.out, ended.err);
    ended
}

#[test]
fn every_command_works_on_a_server_and_two_homes_share_one_record() {
    let Some(database) = Database::new() else { return };
    let (url, home, other) = (database.url(), Home::new(), Home::new());
    let did = |arguments: &[&str]| sandboxed(&home, &url, 0, arguments);
    assert!(did(&["-v", "customers", "list"]).err.contains(&format!("The record: {url}")));
    did(&["provision", "C-1001", "--users", "all", "--rehearse", "--max-seats", "99"]);
    let run = format!("B365-{}", database.run("SELECT id FROM run"));
    assert!(did(&["receipt", &run]).err.contains("The history is whole"));
    // Another home has nothing of it but the address.
    let seen = sandboxed(&other, &url, 0, &["receipt", &run]);
    assert!(seen.out.contains("Harbour Street Cafe"), "{}", seen.out);
    let status = sandboxed(&other, &url, 0, &["status", "--json"]);
    assert!(status.out.contains("\"C-1001\""), "{}", status.out);
    fs::write(home.path().join("plan.toml"), did(&["receipt", &run, "--as-plan"]).out).unwrap();
    let applied = ran(&home, &url, &["--sandbox", "apply", "plan.toml", "--max-seats", "99", "--rehearse"]);
    if applied.err.contains("not copied for that yet") {
        left_out("the copy of a record on a server that apply and --dry-run try things on");
    } else {
        assert_eq!(applied.code, 0, "{}{}", applied.out, applied.err);
    }
    did(&["sweep"]);
    did(&["sweep", "--status"]);
    assert!(did(&["sweep", "--check"]).out.contains("Record: opens, postgres://"));
    assert!(did(&["customers", "show", "C-1001"]).out.contains("Harbour Street Cafe"));
    let listed = did(&["operators", "list", "--json"]).json("operators");
    assert_eq!(listed["operators"][0]["accounts"][0]["server_role"], "postgres", "{listed:#}");
    assert!(did(&["operators", "list"]).out.contains(" by role postgres"));
    assert!(did(&["whoami"]).out.contains(", by the role postgres of the record's server."));
    assert!(did(&["settings"]).out.contains(&format!("Record           {url}\n")));
    // No file of a record is made, in either home.
    for home in [&home, &other] {
        assert!(!home.files().iter().any(|path| path.to_string_lossy().contains("sqlite")));
    }
    // The timer finds it again; an address with a password is not written into a unit.
    let unit = did(&["sweep", "--install", "--print"]).out;
    assert!(unit.contains(&format!("Environment=BACKUP365_RECORD_URL={url}\n")), "{unit}");
    let secret = url.replacen('@', ":hush@", 1);
    let printed = sandboxed(&home, &secret, 0, &["sweep", "--install", "--print"]);
    assert!(!printed.out.contains("RECORD_URL") && printed.err.contains("puts BACKUP365_RECORD_URL here"));
    assert!(!format!("{}{}", printed.out, printed.err).contains("hush"));
}

#[test]
fn the_settings_file_is_about_the_real_world_and_the_worlds_never_share_a_record() {
    let Some(database) = Database::new() else { return };
    let (url, home) = (database.url(), Home::new());
    let config = home.path().join(".config/backup365");
    backup365::private::make_folder(&config).unwrap();
    let app = "[app]\nclient_id = \"b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40\"\n\
               tenant = \"2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684\"\nsecret_file = \"secret.txt\"\n";
    let write = |url: &str| {
        let record = format!("{app}[record]\nurl = \"{url}\"\n");
        backup365::private::replace(&config.join("settings.toml"), &record).unwrap();
    };
    write(&url);
    backup365::private::replace(&config.join("secret.txt"), "sandbox~invented~secret\n").unwrap();
    let add = ["customers", "add", "--reference", "C-1", "--name", "Bakery", "--domain", "bakery.example"];
    let made = ran(&home, "", &add);
    assert_eq!(made.code, 0, "{}", made.err);
    assert_eq!(database.run("SELECT reference FROM customer"), "C-1");
    // The sandbox leaves the file's address alone, and is refused where it is given one of real customers.
    sandboxed(&home, "", 0, &["customers", "list"]);
    assert!(home.store().is_file());
    let refused = sandboxed(&home, &url, 1, &["customers", "list"]);
    assert!(refused.err.contains("this record holds real customers"), "{}", refused.err);
    // And the other way round.
    let Some(training) = Database::new() else { return };
    sandboxed(&home, &training.url(), 0, &["customers", "list"]);
    let refused = ran(&home, &training.url(), &["customers", "list"]);
    assert!(refused.code == 1 && refused.err.contains("belongs to the sandbox"), "{}", refused.err);
    // A password in the file works, is said, and is shown nowhere.
    write(&url.replacen('@', ":hush@", 1));
    let warned = ran(&home, "", &["customers", "list"]);
    assert_eq!(warned.code, 0, "{}", warned.err);
    assert!(warned.err.contains("record.password_file") && !warned.err.contains("hush"), "{}", warned.err);
    assert!(!ran(&home, "", &["settings"]).out.contains("hush"));
    // A database that is another one now, or has none, is an alarm.
    database.run("UPDATE about SET value = '7a36af4b-c51e-44e1-87f0-d8af3157c2ca' WHERE name = 'id'");
    let other = ran(&home, "", &["status"]);
    assert!(other.code == 6 && other.err.contains("the one that was there before"), "{}", other.err);
    database.run("DROP SCHEMA backup365 CASCADE");
    let gone = ran(&home, "", &["status"]);
    assert!(gone.code == 6 && gone.err.contains("was there once"), "{}", gone.err);
}

#[test]
fn a_server_that_is_away_is_a_screen_with_a_way_to_try_again() {
    let Some(database) = Database::new() else { return };
    let home = Home::new();
    // A port on which nothing answers yet.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = database.url_by("postgres", Some(port));
    let mut wizard = Terminal::sized(&home, &["--sandbox", "--record-url", &url], 80, 24, &[]);
    // The first screen stands before the server is asked, and counts while it waits.
    wizard.sees(&["Which customer?", "Opening the record"]);
    wizard.sees(&["nothing answers there", "Check that the server runs", "try again"]);
    database.answers_on(port);
    wizard.keys("r").sees(&["Which customer?", "Harbour Street Cafe"]);
    wizard.keys("\x03\x03").code();
}

#[test]
fn a_sweep_waits_for_a_server_that_is_away_for_a_moment() {
    let Some(database) = Database::new() else { return };
    let home = Home::new();
    sandboxed(&home, &database.url(), 0, &["status"]);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = database.url_by("postgres", Some(port));
    let mut command = bare(&home);
    command.args(["--sandbox", "--record-url", &url, "sweep"]);
    let mut sweep = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It would have given up by now: that it does so is told in `connecting.rs`.
    thread::sleep(Duration::from_secs(7));
    assert!(sweep.try_wait().unwrap().is_none(), "it has ended");
    database.answers_on(port);
    let ended = sweep.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[test]
fn doctor_looks_at_the_server_and_changes_nothing() {
    let Some(database) = Database::new() else { return };
    let (url, home) = (database.url(), Home::new());
    let look = |url: &str| look_with(&home, &["--sandbox"], &[("BACKUP365_RECORD_URL", url)]);
    look(&url).is_green().says("Server", &["PostgreSQL "]).says("Record", &["none yet"]);
    assert_eq!(database.run("SELECT to_regnamespace('backup365') IS NULL"), "t", "it makes none");
    sandboxed(&home, &url, 0, &["customers", "list"]);
    database.run("DELETE FROM account_on_server; DELETE FROM operator");
    look(&url)
        .is_green()
        .says("TLS", &["the server is on this computer"])
        .says("Sessions", &["runs can be held"])
        .says("Server role", &["may do what is needed"])
        .says("Version", &["as this program"])
        .says("Server clock", &["agrees with this computer's"])
        .says("History", &["whole"]);
    assert_eq!(database.run("SELECT count(*) FROM operator"), "0", "who looks is no operator by that");
    sandboxed(&home, &url, 0, &["provision", "C-1001", "--users", "none", "--rehearse"]);
    look(&url).is_green();
    // The history: an entry that was changed, one that is missing at the end.
    database.run("UPDATE audit SET what = what || '!' WHERE id = 1");
    look(&url).names("History", &["not whole", "tell your lead"]);
    database.run(
        "UPDATE audit SET what = rtrim(what, '!') WHERE id = 1; UPDATE audit_count SET entries = entries + 1",
    );
    look(&url).names("History", &["not whole"]);
    database.run("UPDATE audit_count SET entries = entries - 1");
    look(&url).is_green();
    // A role that may not all.
    let role = &database.name;
    database.run(&format!("CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA backup365 TO {role};
        GRANT SELECT ON ALL TABLES IN SCHEMA backup365 TO {role}; GRANT INSERT ON customer, run, audit TO {role}"));
    look(&database.url_by(role, None))
        .names("Server role", &["may not: add to seat", "whoever runs the server"]);
    database.run(&format!("DROP OWNED BY {role}"));
    // A record of a newer program, and one of an older.
    database.run("UPDATE schema_version SET number = 99");
    look(&url).names("Version", &["made by a newer backup365"]);
    database.run("UPDATE schema_version SET number = 20");
    look(&url).names("Version", &["the record has version 20", "next start"]);
    assert_eq!(database.run("SELECT number FROM schema_version"), "20", "it brings it up to nothing");
    // Nobody answers; the password's file is gone.
    look("postgres://ann@127.0.0.1:9/team").names("Server", &["nothing answers there", "host and port"]);
    let variables = [("BACKUP365_RECORD_URL", url.as_str()), ("BACKUP365_RECORD_PASSWORD_FILE", "gone.txt")];
    look_with(&home, &["--sandbox"], &variables)
        .names("Server", &["the password of the record can't be read", "gone.txt"]);
}
