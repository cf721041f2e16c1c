//! What is broken on this computer: settings, files, the record and its place, keys, the terminal.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use rusqlite::Connection;

use super::{Diagnosis, lived_in, look, look_with};
use crate::{
    customers::{bare, run},
    install::said,
    terminal::{Home, Terminal},
    tools::{left_out, spare},
};

/// Nobody answers there, so that nothing leaves this computer.
const NOWHERE: (&str, &str) = ("HTTPS_PROXY", "http://127.0.0.1:9");

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A file in the config folder.
fn writes(home: &Home, name: &str, text: &str) -> std::path::PathBuf {
    let path = home.path().join(".config/backup365").join(name);
    backup365::private::make_folder(path.parent().unwrap()).unwrap();
    backup365::private::replace(&path, text).unwrap();
    path
}

#[test]
fn settings_that_can_not_be_used_are_named_and_the_rest_is_looked_at() {
    let home = Home::new();
    writes(&home, "settings.toml", "[folder]\ndata = 3\n[screen]\ncolor = \"blue\"\n");
    let found = look_with(&home, &[], &[NOWHERE]);
    assert_eq!((found.code, found.troubles()), (2, vec!["Settings"; 2]), "{:#}", found.object);
    found.says("Settings", &["line 1", "Did you mean \"folders\"?", "line 4"]).says("Terminal", &["ok"]);
    // No home: there is no place for anything.
    let mut command = bare(&home);
    command.env_remove("HOME").env("XDG_CONFIG_HOME", "not/absolute").args(["doctor", "--json"]);
    if Path::new("/root").exists() && !rustix::process::geteuid().is_root() {
        let found = Diagnosis::of(said(command));
        assert_eq!(found.code, 2);
    }
    // By halves: nothing is wrong with the file, and a variable is nearly a setting.
    let home = Home::new();
    let found = look_with(&home, &["--sandbox"], &[("BACKUP365_LOG_LEVLE", "debug")]);
    found.names("Settings", &["BACKUP365_LOG_LEVLE is no setting", "Did you mean BACKUP365_LOG_LEVEL?"]);
    // Nothing is set at all.
    let found = look_with(&home, &[], &[NOWHERE]);
    found.says("Settings", &["none names your application", "Going live", "--sandbox"]);
    assert!(home.files().is_empty());
}

#[test]
fn files_with_the_wrong_rights_are_named_with_what_takes_them_away() {
    let home = lived_in();
    let settings = writes(&home, "settings.toml", "[screen]\ncolor = \"never\"\n");
    look(&home, &[]).is_green();
    let keys = writes(&home, "sandbox-identity.txt", "");
    fs::remove_file(&keys).unwrap();
    for path in [&settings, &home.store()] {
        let right = fs::metadata(path).unwrap().permissions().mode();
        mode(path, 0o666);
        let name = path.file_name().unwrap().to_str().unwrap();
        look(&home, &[]).names("Files", &["other accounts of this computer can", name, "chmod"]);
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o666, "it is left as it is");
        mode(path, right);
    }
    look(&home, &[]).is_green();
}

#[test]
fn a_place_that_can_not_take_the_record_is_named() {
    let home = Home::new();
    let file = writes(&home, "data", "a file in the place of a folder");
    let folder = file.to_str().unwrap();
    let found = look(&home, &["--folders-data", folder]);
    found.says("Folder", &["failure", "can be made in"]);
    // By halves: the right folder, write-protected. Root is kept out by nothing but such a disk.
    let small = home.path().join("small");
    let disk = small.join("sandbox");
    fs::create_dir_all(&disk).unwrap();
    let [small, disk] = [&small, &disk].map(|path| path.to_str().unwrap());
    let mount = |options: &str| {
        let script = "mount -t tmpfs -o \"$1\" none \"$2\" && shift 2 && exec \"$@\"";
        let mut command = bare(&home);
        let program = command.get_program().to_owned();
        let variables: Vec<_> = command
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect();
        command = Command::new(spare("unshare")?);
        command.args(["-m", "/bin/sh", "-c", script, "sh", options, disk]).arg(program);
        command.args(["--sandbox", "--folders-data", small, "doctor", "--json"]);
        command.env_clear().envs(variables).current_dir(home.path());
        Some(said(command))
    };
    match mount("size=32m,mode=700") {
        Some(ended) if ended.1.starts_with('{') => {
            Diagnosis::of(ended)
                .names("Disk", &["failure", " MiB free where the record lies", "folders.data"]);
            Diagnosis::of(mount("size=300m,mode=700").unwrap()).names("Disk", &["warning", "300 MiB free"]);
            Diagnosis::of(mount("ro,mode=700").unwrap()).names("Folder", &["read-only", "write-protected"]);
        }
        _ => left_out("the right to mount a small disk"),
    }
}

#[test]
fn a_record_that_is_not_what_it_was_is_named() {
    let home = lived_in();
    let good = fs::read(home.store()).unwrap();
    fs::write(home.store(), b"not a database at all, however long it goes on and on".repeat(200)).unwrap();
    look(&home, &[]).names("Record", &["failure the record is damaged", "last good copy"]);
    fs::remove_file(home.store()).unwrap();
    let other = Connection::open(home.store()).unwrap();
    other.execute("CREATE TABLE other (a)", []).unwrap();
    drop(other);
    mode(&home.store(), 0o600);
    look(&home, &[]).names("Record", &["not a record of Backup365"]);
    fs::write(home.store(), &good).unwrap();
    Connection::open(home.store()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    look(&home, &[]).names("Record", &["made by a newer backup365"]);
    fs::write(home.store(), &good).unwrap();
    // By halves: the record is right, and its locks can't be opened.
    let locks = home.store().with_file_name("locks");
    let lock = locks.join("backup365-run-B365-FHKL.lock");
    fs::remove_dir_all(&locks).unwrap();
    fs::write(&locks, "a file in the place of the folder").unwrap();
    look(&home, &[]).names("Locks", &["failure", "locks"]);
    fs::remove_file(&locks).unwrap();
    fs::create_dir(&locks).unwrap();
    fs::write(&lock, "").unwrap();
    look(&home, &[]).is_green();
    // In the real world a record that is gone is not a new one.
    let home = Home::new();
    let add = ["customers", "add", "--reference", "C-1", "--name", "Bakery", "--domain", "bakery.example"];
    let app = "[app]\nclient_id = \"b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40\"\n\
        tenant = \"2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684\"\nsecret_file = \"secret.txt\"\n";
    writes(&home, "settings.toml", app);
    writes(&home, "secret.txt", "sandbox~invented~secret\n");
    let mut command = bare(&home);
    command.args(add).env(NOWHERE.0, NOWHERE.1);
    assert_eq!(said(command).0, 0);
    let store = home.path().join(".local/share/backup365/backup365.sqlite");
    look_with(&home, &[], &[NOWHERE]).says("Record", &["ok opens"]);
    fs::write(&store, "").unwrap();
    look_with(&home, &[], &[NOWHERE]).says("Record", &["failure the record is empty"]);
    fs::remove_file(&store).unwrap();
    look_with(&home, &[], &[NOWHERE]).says("Record", &["failure the record is gone", "last good copy"]);
}

/// A hosted customer's access, as flags give it.
const HOSTED: [&str; 13] = [
    "provision",
    "C-1014",
    "--try-mailbox",
    "ana.brennan@andersondental.example",
    "--account",
    "svc-backup@andersondental.example",
    "--server",
    "mail.coastline-hosting.example",
    "--directory",
    "--password-file",
    "password.txt",
    "--users",
    "none",
];

#[test]
fn keys_that_open_not_everything_are_named() {
    let home = Home::new();
    fs::write(home.path().join("password.txt"), "invented-anderson\n").unwrap();
    let ended = run(&home, &HOSTED);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let file = home.key_file();
    let right = fs::read_to_string(&file).unwrap();
    look(&home, &[]).is_green().says("Keys", &["opens every mailbox password on record (1)"]);
    look(&home, &[]).says("mail.coastline-hosting.example", &["ok answers"]);
    mode(&file, 0o644);
    look(&home, &[]).names("Files", &["sandbox-identity.txt", "chmod 600"]);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o644, "it is left as it is");
    mode(&file, 0o600);
    // A key, and not that one: that of another home.
    let other = Home::new();
    fs::write(other.path().join("password.txt"), "invented-anderson\n").unwrap();
    assert_eq!(run(&other, &HOSTED).code, 0);
    fs::copy(other.key_file(), &file).unwrap();
    look(&home, &[]).names("Keys", &["does not open all", "1 of 1 stay closed", "Put the right one back"]);
    fs::write(&file, "no key\n").unwrap();
    look(&home, &[]).names("Keys", &["is not a key file"]);
    fs::remove_file(&file).unwrap();
    look(&home, &[]).names("Keys", &["is gone", "need it: 1"]);
    backup365::private::replace(&file, &right).unwrap();
    look(&home, &[]).is_green();
    // The server of a hoster, where nobody answers: its own line, and nobody else's.
    Connection::open(home.store())
        .unwrap()
        .execute(
            "UPDATE impersonation SET server = 'https://mail.lighthouse-hosting.example/EWS/Exchange.asmx'",
            [],
        )
        .unwrap();
    look(&home, &[]).names("mail.lighthouse-hosting.example", &["failure"]);
}

#[test]
fn the_terminal_and_the_browser_are_looked_at() {
    let home = Home::new();
    let said = |columns, rows, variables: &[(&str, &str)]| {
        let mut terminal = Terminal::sized(&home, &["--sandbox", "doctor"], columns, rows, variables);
        terminal.code();
        terminal.text().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for (columns, rows, variables, words) in [
        (120, 40, &[][..], "Terminal: xterm-256color, 120 by 40."),
        (120, 9, &[], "Terminal: WARNING: the window has 120 columns and 9 rows."),
        (120, 40, &[("TERM", "dumb")], "Terminal: WARNING: TERM is empty or dumb"),
        (120, 40, &[("LANG", "C")], "Terminal: WARNING: the locale is not UTF-8"),
        (120, 40, &[("LC_ALL", "C")], "Terminal: WARNING: the locale is not UTF-8"),
    ] {
        let said = said(columns, rows, variables);
        // Nine rows hold the end of it only.
        assert!(said.contains(words) || rows < 10, "{words}: {said}");
    }
    for (browser, words) in [
        ("/no/such/browser", "warning BROWSER names /no/such/browser"),
        ("/no/such/browser:/bin/true", "ok /bin/true, as BROWSER names it"),
    ] {
        look_with(&home, &["--sandbox"], &[("BROWSER", browser)]).says("Browser", &[words]);
    }
    look_with(&home, &["--sandbox"], &[("DISPLAY", ":0")]).says("Browser", &["ok "]);
}
