//! `backup365 record`, the built binary: a record is moved, checked, and never worked with in two places.

use std::{env, path::Path, process::Stdio, thread, time::Duration};

use crate::{
    customers::{bare, run},
    terminal::{ENTER, Home, Terminal},
};

/// A record with a customer's seats.
fn filled() -> Home {
    let home = Home::new();
    let provision = ["provision", "C-1001", "--users", "all", "--max-seats", "40", "--rehearse"];
    assert_eq!(run(&home, &provision).code, 0);
    home
}

/// The folder of the sandbox's record, and one beside it, as they are typed.
fn places(home: &Home) -> (String, String) {
    let folder = |path: &Path| format!("{}/", path.display());
    let data = home.store().parent().unwrap().parent().unwrap().to_owned();
    (folder(&data), folder(&home.path().join("elsewhere")))
}

/// A database of its own on the server that the tests are given, with its address; dropped at the end.
struct Database {
    server: String,
    name: String,
}

impl Database {
    fn new() -> Option<Self> {
        let Ok(server) = env::var("BACKUP365_POSTGRES") else {
            assert!(env::var_os("CI").is_none(), "BACKUP365_POSTGRES names no server");
            eprintln!("SKIPPED a record moved to a server: BACKUP365_POSTGRES names none");
            return None;
        };
        let made = Self { server, name: format!("moved_{}", uuid::Uuid::new_v4().simple()) };
        made.ask(&format!("CREATE DATABASE {}", made.name));
        Some(made)
    }

    fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    fn ask(&self, sql: &str) {
        let server = format!("{}/postgres", self.server);
        let asked = std::process::Command::new("psql").args(["-qX", "-c", sql, &server]).status().unwrap();
        assert!(asked.success(), "{sql}");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.ask(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

#[test]
fn a_record_moves_and_what_is_left_can_only_be_read() {
    let home = filled();
    let (here, there) = places(&home);
    let check = run(&home, &["record", "check"]);
    assert_eq!((check.code, check.out.ends_with("All is well.\n")), (0, true), "{}{}", check.out, check.err);
    let unasked = run(&home, &["record", "copy", "--to", &there]);
    assert_eq!(unasked.code, 2);
    for words in ["22 customers", "moves from", "elsewhere/sandbox/backup365.sqlite", "add --yes"] {
        assert!(unasked.err.contains(words), "{words}: {}", unasked.err);
    }
    let odd = run(&home, &["record", "copy", "--to", "other.db", "--yes"]);
    assert_eq!((odd.code, odd.err.contains("backup365.sqlite")), (2, true), "{}", odd.err);
    let mut window = Terminal::start(&home, &["--sandbox", "record", "copy", "--to", &there]);
    window.sees(&["Move it? Type yes"]).keys("no").keys(ENTER);
    assert_eq!(window.code(), 7);

    let moved = run(&home, &["record", "copy", "--to", &there, "--yes", "--json"]);
    assert_eq!(moved.code, 0, "{}", moved.err);
    let told = moved.json("record-copy");
    assert_eq!((&told["state"], &told["seats"]), (&"moved".into(), &34.into()));
    for words in [
        &["sweep"][..],
        &["sweep", "--check"],
        &["customers", "set", "C-1001", "--seats", "90"],
        &["record", "check"],
    ] {
        let refused = run(&home, words);
        let said = format!("{}{}", refused.out, refused.err);
        assert_eq!((refused.code, said.contains("moved to")), (6, true), "{words:?}: {said}");
    }
    let status = run(&home, &["status"]);
    assert_eq!((status.code, status.err.contains("moved to")), (0, true), "{}", status.err);
    let status = run(&home, &["sweep", "--status"]);
    assert_eq!(
        (status.code, status.out.starts_with("MOVED: The record was moved to ")),
        (6, true),
        "{}",
        status.out
    );
    let status = run(&home, &["sweep", "--status", "--json"]).json("sweep-status");
    assert!(status["moved"].as_str().is_some_and(|words| words.contains("elsewhere")), "{status}");
    let mut window = Terminal::start(&home, &["--sandbox"]);
    window.sees(&["Which customer?", "moved to", "Harbour Street Cafe"]);
    window.kill();
    let again = run(&home, &["record", "copy", "--to", &there]);
    assert_eq!((again.code, again.out.contains("already")), (0, true), "{}", again.err);

    let found = run(&home, &["record", "check", "--record", &there, "--json"]).json("record-check");
    assert_eq!((&found["is_good"], &found["record"]), (&true.into(), &told["record"]));
    let back = run(&home, &["record", "copy", "--record", &there, "--to", &here, "--yes"]);
    assert_eq!(back.code, 0, "{}", back.err);
    assert!(back.err.contains("What is left of it there is replaced."), "{}", back.err);
    let check = run(&home, &["record", "check"]);
    assert_eq!(check.code, 0, "{}", check.out);
    let nothing = run(&home, &["record", "copy", "--give-up"]);
    assert_eq!((nothing.code, nothing.out.contains("No move was begun")), (0, true));
    assert_eq!(run(&home, &["sweep"]).code, 0);
}

#[test]
fn a_move_that_is_killed_goes_on_and_nothing_is_lost() {
    let home = filled();
    let database = Database::new();
    let (here, beside) = places(&home);
    let there = database.as_ref().map_or(beside, Database::url);
    for (after, at) in [60, 120, 180, 240, 300, 360].into_iter().zip([&here, &there].into_iter().cycle()) {
        let to = if *at == here { &there } else { &here };
        let copy = ["record", "copy", "--record", at, "--to", to, "--yes"];
        let mut child = bare(&home);
        child.arg("--sandbox").args(copy).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = child.spawn().unwrap();
        thread::sleep(Duration::from_millis(after));
        child.kill().unwrap();
        child.wait().unwrap();
        let ended = run(&home, &copy);
        assert_eq!(ended.code, 0, "{after}: {}", ended.err);
        let found = run(&home, &["record", "check", "--record", to, "--json"]);
        assert_eq!(found.code, 0, "{after}: {}", found.out);
        assert_eq!(run(&home, &["record", "check", "--record", at]).code, 6);
    }
    let told = run(&home, &["status", "--json"]).json("status");
    assert_eq!(told["sums"]["protected"], 34);
}
