//! `backup365 operators`, the built binary: who is an Admin, what a User is told, and the way back.

use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Command, Stdio},
};

use rusqlite::Connection;

use crate::{
    customers::{Ended, run},
    terminal::{Home, Record, Terminal},
};

/// What the command that was started this way came to.
fn ended(mut command: Command, arguments: &[&str]) -> Ended {
    let output = command.arg("--sandbox").args(arguments).output().unwrap();
    Ended {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The name by which this test's own account is on record.
fn me(home: &Home) -> String {
    let listed = run(home, &["operators", "list", "--json"]).json("operators");
    let rows = listed["operators"].as_array().unwrap();
    rows.iter().find(|row| row["you"] == true).unwrap()["name"].as_str().unwrap().to_owned()
}

/// A record whose only Admin was somebody else, and in which this account is a User.
fn anns() -> Home {
    let home = Home::new();
    assert_eq!(run(&home, &["operators", "list"]).code, 0);
    let record = Connection::open(home.store()).unwrap();
    record
        .execute_batch("UPDATE operator SET is_admin = 0; INSERT INTO operator VALUES ('ann', 1, 0)")
        .unwrap();
    home
}

#[test]
fn the_list_says_who_is_an_admin_and_which_one_you_are() {
    let home = anns();
    let me = me(&home);
    let list = run(&home, &["operators", "list"]);
    assert_eq!(list.code, 0);
    let rows: Vec<&str> = list.out.lines().collect();
    assert!(rows[0].starts_with("NAME ") && rows[0].contains("ROLE"), "{}", list.out);
    assert!(rows.iter().any(|row| row.starts_with("ann ") && row.contains(" Admin ")), "{}", list.out);
    let you = format!("{me} (you)");
    assert!(rows.iter().any(|row| row.starts_with(&you) && row.contains(" User ")), "{}", list.out);
    assert!(list.err.contains("Roles guard against mistakes"), "{}", list.err);
    let listed = run(&home, &["operators", "list", "--json"]).json("operators");
    assert_eq!(listed["operators"].as_array().unwrap().len(), 2);
}

#[test]
fn a_user_is_told_who_the_admins_are_and_what_to_type() {
    let home = anns();
    let me = me(&home);
    let add = ["customers", "add", "--reference", "X-1", "--name", "X", "--domain", "x.example"];
    for words in
        [&["operators", "set", "ann", "--user"][..], &["customers", "set", "C-1001", "--seats", "4"], &add]
    {
        let refused = run(&home, words);
        assert_eq!(refused.code, 4, "{words:?}: {}", refused.err);
        assert!(refused.err.contains("Admins here: ann."), "{words:?}: {}", refused.err);
        assert!(refused.err.contains(&format!("backup365 operators set {me} --admin")), "{}", refused.err);
    }
    let refused = run(&home, &["operators", "set", "ann", "--user", "--json"]);
    assert_eq!(refused.json("failure")["exit_code"], 4);
    // On the whole screen, too.
    let mut window = Terminal::start(&home, &["--sandbox"]);
    window.sees(&["Which customer?", "Harbour Street Cafe"]).keys("\x1b[B").keys("n");
    window.sees(&["An Admin adds customers. Admins here: ann.", "operators set --recover"]);
}

#[test]
fn whoever_may_write_the_record_becomes_an_admin_and_changes_roles() {
    let home = anns();
    let me = me(&home);
    let recovered = run(&home, &["operators", "set", "--recover"]);
    assert_eq!((recovered.code, recovered.out), (0, format!("{me} is now an Admin.\n")));
    assert_eq!(run(&home, &["operators", "set", "--recover"]).out, format!("{me} is already an Admin.\n"));
    assert_eq!(Record::of(&home).count("audit WHERE what = 'made themselves an Admin (recovery)'"), 1);
    let set = run(&home, &["operators", "set", "ANN", "--user", "--json"]);
    let listed = set.json("operators");
    assert_eq!((set.code, &listed["operators"][0]["role"]), (0, &"user".into()));
    let last = run(&home, &["operators", "set", &me, "--user"]);
    assert_eq!(last.code, 1);
    assert!(last.err.contains("is the only Admin"), "{}", last.err);
    let nobody = run(&home, &["operators", "set", "zoe", "--admin"]);
    assert!(nobody.code == 2 && nobody.err.contains("On record: ann, "), "{}", nobody.err);
    for wrong in
        [&["operators", "set"][..], &["operators", "set", "ann"], &["operators", "set", "ann", "--recover"]]
    {
        let refused = run(&home, wrong);
        assert!(refused.code == 2 && refused.err.contains("Usage"), "{wrong:?}: {}", refused.err);
    }
}

/// A folder and all below it, for another account.
fn give(path: &Path, uid: u32) {
    std::os::unix::fs::chown(path, Some(uid), Some(uid)).unwrap();
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            give(&entry.unwrap().path(), uid);
        }
    }
}

/// A first start by root, then the person whose record it is: an account that no file of this computer names.
#[test]
fn one_start_by_root_does_not_lock_the_person_out() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("SKIPPED: only root can start the program as two accounts");
        return;
    }
    let home = Home::new();
    assert_eq!(run(&home, &["customers", "list"]).code, 0);
    let uid = 1_234;
    give(home.path(), uid);
    let program = home.path().join("backup365");
    fs::copy(env!("CARGO_BIN_EXE_backup365"), &program).unwrap();
    let person = |name: Option<&str>, arguments: &[&str]| {
        let mut command = Command::new(&program);
        command.env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin").current_dir(home.path());
        command.envs(name.map(|name| ("USER", name))).uid(uid).gid(uid).stdin(Stdio::null());
        ended(command, arguments)
    };
    let set = ["customers", "set", "C-1001", "--seats", "4"];
    let refused = person(Some("CORP\\jane"), &set);
    assert_eq!(refused.code, 4, "{}", refused.err);
    assert!(refused.err.contains("Admins here: root."), "{}", refused.err);
    assert!(refused.err.contains("backup365 operators set 'CORP\\jane' --admin"), "{}", refused.err);
    assert_eq!(person(Some("CORP\\jane"), &["operators", "set", "--recover"]).code, 0);
    for spelling in [Some("JANE"), Some("jane@corp.example"), None, Some("CORP\\jane")] {
        let done = person(spelling, &set);
        assert_eq!(done.code, 0, "{spelling:?}: {}", done.err);
    }
    let listed = person(None, &["operators", "list", "--json"]).json("operators");
    let rows = listed["operators"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{listed:#}");
    assert_eq!((&rows[0]["name"], &rows[0]["role"]), (&"CORP\\jane".into(), &"admin".into()));
    // Renamed: the name follows, the role stays.
    let renamed = person(Some("jane.smith"), &["operators", "list", "--json"]).json("operators");
    assert_eq!(
        (&renamed["operators"][0]["name"], &renamed["operators"][0]["role"]),
        (&"jane.smith".into(), &"admin".into())
    );
}
