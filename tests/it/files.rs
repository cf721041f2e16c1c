//! Files and folders as people and systems have them: a share without locks, a folder without hard links, a disk that takes
//! no more, a pipe in a file's place, rights that let others in; and what programs are given that this one starts.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use rustix::fs::{CWD, FileType, mknodat};

use crate::{
    customers::bare,
    live::Foreground,
    terminal::{Home, Record, Terminal},
    tools::{left_out, program, spare},
};

/// How a command ended: by which code, or none where a signal ended it; and what it said.
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

fn ended(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ended { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

/// A library that refuses locks and links, compiled once; none, said aloud, without a compiler. The folder lasts as long as
/// the tests do.
fn refusing() -> Option<&'static Path> {
    static MADE: OnceLock<Option<(tempfile::TempDir, PathBuf)>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let compiler = program("cc")?;
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("refuse.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/files/refuse.c");
        let mut compile = Command::new(compiler);
        compile.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source).arg("-ldl");
        let done = compile.output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        Some((folder, library))
    });
    made.as_ref().map(|(_, library)| library.as_path())
}

/// The program where a call of the system is refused with that number.
fn refused(home: &Home, library: &Path, call: &str, number: i32) -> Command {
    let mut command = bare(home);
    command.arg("--sandbox").env("LD_PRELOAD", library).env(call, number.to_string());
    command
}

/// What a hosted run starts with.
const ANDERSON: [&str; 8] = [
    "C-1014",
    "--try-mailbox",
    "ana.brennan@andersondental.example",
    "--account",
    "svc-backup@andersondental.example",
    "--server",
    "mail.coastline-hosting.example",
    "--directory",
];

/// ENOLCK and EACCES, as shares answer.
const NO_LOCKS: [i32; 2] = [37, 13];

#[test]
fn a_share_without_locks_is_told_as_that() {
    let Some(library) = refusing() else { return };
    for number in NO_LOCKS {
        for is_new in [true, false] {
            let home = Home::new();
            if !is_new {
                assert_eq!(ended(bare(&home).args(["--sandbox", "customers", "list"])).code, Some(0));
            }
            let list = ended(refused(&home, library, "REFUSE_FCNTL", number).args(["customers", "list"]));
            assert_eq!(list.code, Some(1), "{}", list.err);
            assert!(
                list.err.contains("takes no locks") && list.err.contains("folders.data"),
                "{number}: {}",
                list.err
            );
            assert!(!list.err.contains("another program"), "{}", list.err);
        }
    }
    let home = Home::new();
    let run = ["provision", "C-1001", "--users", "none", "--rehearse", "--wait", "20s"];
    let run = ended(refused(&home, library, "REFUSE_FLOCK", NO_LOCKS[0]).args(run));
    assert_eq!(run.code, Some(1), "{}", run.err);
    assert!(run.err.contains("take no locks") && run.err.contains("folders.data"), "{}", run.err);
}

#[test]
fn a_folder_without_hard_links_keeps_a_password() {
    let Some(library) = refusing() else { return };
    // EPERM, EOPNOTSUPP: exFAT, a share.
    for number in [1, 95] {
        let home = Home::new();
        fs::write(home.path().join("password.txt"), "invented-anderson\n").unwrap();
        let run =
            [&["provision", "--users", "none", "--password-file", "password.txt"], &ANDERSON[..]].concat();
        let run = ended(refused(&home, library, "REFUSE_LINK", number).args(run));
        assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
        let kept: Vec<_> =
            fs::read_dir(home.key_file().parent().unwrap()).unwrap().map(Result::unwrap).collect();
        assert!(home.key_file().is_file() && kept.len() == 1, "{kept:?}");
        assert_eq!(Record::of(&home).count("impersonation"), 1);
    }
}

#[test]
fn a_file_that_may_not_grow_is_an_error_and_no_end() {
    let provision =
        ["--sandbox", "provision", "C-1001", "--users", "all", "--max-seats", "40", "--rehearse", "--json"];
    // Blocks of 512 bytes: nothing can be written; the record stands and its log may not grow; the first is done.
    for (blocks, is_started) in [(1, false), (8, true), (40, true), (80, true), (200, true)] {
        let home = Home::new();
        if is_started {
            let list = ended(bare(&home).args(["--sandbox", "customers", "list"]));
            assert_eq!(list.code, Some(0), "{}", list.err);
        }
        let mut shell = Command::new("/bin/sh");
        shell.args([
            "-c",
            &format!("ulimit -f {blocks}; exec \"$@\""),
            "sh",
            env!("CARGO_BIN_EXE_backup365"),
        ]);
        shell.args(provision).env_clear().env("HOME", home.path()).stdin(Stdio::null());
        let run = ended(&mut shell);
        assert_eq!(run.code, Some(1), "{blocks}: no signal, and no limit of ours: {}{}", run.out, run.err);
        let object: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!(object["exit_code"], 1);
        assert!(matches!(object["result"].as_str(), None | Some("failed")), "{object:#}");
        assert!(run.err.matches("Nobody is left to be turned on").count() < 2, "{}", run.err);
    }
}

#[test]
fn a_full_disk_is_told_as_that_and_is_no_limit_of_ours() {
    let Some(unshare) = spare("unshare") else { return };
    // A disk in memory that only the children of this shell see.
    let script = "mount -t tmpfs -o size=$0k disk \"$HOME\" && cd \"$HOME\" || exit 99; exec \"$@\"";
    // The record can't be made, opened, begun to be used, used to the end.
    for size in ["60", "200", "320", "380", "420", "520", "560"] {
        let home = Home::new();
        let twice = "for time in 1 2 3; do \"$@\"; echo \"code $?\" >&2; done";
        let mut shell = Command::new(&unshare);
        shell.args(["-rm", "/bin/sh", "-c", script, size, "/bin/sh", "-c", twice, "sh"]);
        shell.args([env!("CARGO_BIN_EXE_backup365"), "--sandbox", "provision", "C-1001", "--users", "all"]);
        shell.args(["--max-seats", "40", "--rehearse", "--json"]);
        shell.env_clear().envs([("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), ("LANG", "C.UTF-8")]);
        shell.env("HOME", home.path()).stdin(Stdio::null());
        let run = ended(&mut shell);
        if run.code == Some(99) || run.err.starts_with("unshare") {
            return left_out("the right to mount a disk of one's own");
        }
        let codes: Vec<&str> = run.err.lines().filter_map(|line| line.strip_prefix("code ")).collect();
        assert!(
            codes.len() == 3 && codes.iter().all(|code| ["0", "1"].contains(code)),
            "{size}: {}",
            run.err
        );
        if codes.contains(&"1") {
            let told = run.err.to_lowercase();
            assert!(
                told.contains("the disk is full: ") || told.contains("no space left on device"),
                "{size}: {told}"
            );
        }
    }
}

/// Settings of the real world, in which nothing is asked for anything.
fn settings(secret: &str) -> String {
    format!(
        "[app]\nclient_id = \"7a36af4b-c51e-44e1-87f0-d8af3157c2ca\"\n\
         tenant = \"7a36af4b-c51e-44e1-87f0-d8af3157c2cb\"\n{secret}\n\n[addresses]\n\
         \"https://login.microsoftonline.com\" = \"http://127.0.0.1:9\"\n\
         \"https://graph.microsoft.com\" = \"http://127.0.0.1:9\"\n"
    )
}

/// A home with settings of the real world and a record.
fn live(secret: &str) -> (Home, PathBuf) {
    let home = Home::new();
    let config = home.path().join(".config/backup365");
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("settings.toml"), settings(secret)).unwrap();
    let add = ["customers", "add", "--reference", "C-1", "--name", "Bakery", "--domain", "bakery.example"];
    let added = ended(bare(&home).args(add).args(["--products", "office365;mpexchange"]));
    assert_eq!(added.code, Some(0), "{}", added.err);
    (home, config)
}

#[test]
fn a_pipe_in_the_place_of_a_file_holds_nobody_up() {
    let pipe = |path: &Path| mknodat(CWD, path, FileType::Fifo, 0o600.into(), 0).unwrap();
    let (secret, config) = live("secret_file = \"secret.txt\"");
    pipe(&config.join("secret.txt"));
    let file = Home::new();
    let config = file.path().join(".config/backup365");
    fs::create_dir_all(&config).unwrap();
    pipe(&config.join("settings.toml"));
    let sandbox = Home::new();
    pipe(&sandbox.path().join("pipe"));
    let key = Home::new();
    fs::create_dir_all(key.key_file().parent().unwrap()).unwrap();
    pipe(&key.key_file());
    let log = Home::new();
    fs::create_dir_all(log.sandbox()).unwrap();
    pipe(&log.sandbox().join("backup365.log"));
    let record = Home::new();
    fs::create_dir_all(record.sandbox()).unwrap();
    pipe(&record.store());
    let late = "was not read to its end within 10 s";
    let password =
        [&["--sandbox", "provision", "--users", "none", "--password-file", "pipe"], &ANDERSON[..]].concat();
    fs::write(key.path().join("password.txt"), "invented-anderson\n").unwrap();
    let keyed =
        [&["--sandbox", "provision", "--users", "none", "--password-file", "password.txt"], &ANDERSON[..]]
            .concat();
    let cases: [(&Home, Vec<&str>, i32, &str); 10] = [
        (&secret, vec!["sweep"], 1, late),
        (&secret, vec!["status"], 0, ""),
        (&file, vec!["status"], 2, late),
        (&sandbox, vec!["--sandbox", "apply", "pipe"], 2, late),
        (&sandbox, vec!["--sandbox", "customers", "import", "pipe"], 2, late),
        (
            &sandbox,
            vec!["--sandbox", "provision", "C-1001", "--users-file", "pipe", "--max-seats", "9"],
            2,
            late,
        ),
        (&sandbox, password, 2, late),
        (&key, keyed, 1, late),
        (&log, vec!["--sandbox", "customers", "list"], 0, ""),
        (&record, vec!["--sandbox", "customers", "list"], 1, "it is a device or a pipe, not a file"),
    ];
    std::thread::scope(|scope| {
        for (home, arguments, code, words) in &cases {
            scope.spawn(move || {
                let run = ended(bare(home).args(arguments));
                assert_eq!(run.code, Some(*code), "{arguments:?}: {}{}", run.out, run.err);
                assert!(run.err.contains(words), "{arguments:?}: {}", run.err);
            });
        }
    });
    let endless = ended(bare(&sandbox).args(["--sandbox", "apply", "/dev/zero"]));
    assert!(endless.code == Some(2) && endless.err.contains("it is larger than"), "{}", endless.err);
}

#[test]
fn what_is_started_is_given_no_secret() {
    let (home, _) = live("secret_environment = \"PARTNER_SECRET\"");
    let seen = home.path().join("seen");
    let command = "sh -c \"env > seen; echo word\"";
    let mut run = bare(&home);
    run.args(["provision", "C-1", "--product", "mpexchange", "--users", "none", "--directory"]);
    run.args(["--try-mailbox", "ann@bakery.example", "--account", "svc@bakery.example"]);
    run.args([
        "--password-command",
        command,
        "--server",
        "https://127.0.0.1:9/EWS/Exchange.asmx",
        "--wait",
        "1s",
    ]);
    let run = ended(run.env("PARTNER_SECRET", "abc~partner").env("OTHER", "kept"));
    let seen = fs::read_to_string(&seen).unwrap_or_else(|error| panic!("{error}: {}", run.err));
    assert!(seen.contains("OTHER=kept") && !seen.contains("abc~partner"), "{seen}");
}

#[test]
fn no_memory_is_written_to_the_disk_when_the_program_is_killed() {
    let sandbox = Foreground::start();
    let limits = fs::read_to_string(format!("/proc/{}/limits", sandbox.id())).unwrap_or_else(|_| {
        crate::tools::left_out("/proc");
        "Max core file size 0 ".to_owned()
    });
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
}

#[test]
fn rights_that_let_others_in_are_said_by_every_command_and_on_the_screen() {
    let (home, config) = live("secret_file = \"secret.txt\"");
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let secret = config.join("secret.txt");
    // The form of a secret's ID, too.
    fs::write(&secret, "7a36af4b-c51e-44e1-87f0-d8af3157c2cc\n").unwrap();
    mode(&secret, 0o600);
    let commands: [&[&str]; 6] = [
        &["status"],
        &["customers", "list"],
        &["sweep", "--status"],
        &["sweep", "--check"],
        &["settings"],
        &["provision", "C-1", "--product", "office365", "--users", "none", "--wait", "1s"],
    ];
    for arguments in commands {
        let run = ended(bare(&home).args(arguments));
        assert!(!run.err.contains("other accounts"), "{arguments:?}: {}", run.err);
    }
    mode(&secret, 0o644);
    mode(&config.join("settings.toml"), 0o666);
    mode(&config, 0o777);
    let said = [
        format!("other accounts of this computer can read the secret in {} (mode 644)", secret.display()),
        format!(
            "other accounts of this computer can change {} (mode 666)",
            config.join("settings.toml").display()
        ),
        format!("other accounts of this computer can change {} (mode 777)", config.display()),
    ];
    for arguments in commands {
        let run = ended(bare(&home).args(arguments));
        for words in &said {
            // A check says it among what it found.
            let text = if arguments == ["sweep", "--check"] { &run.out } else { &run.err };
            assert_eq!(text.matches(words.as_str()).count(), 1, "{arguments:?}: {}{}", run.out, run.err);
        }
    }
    let check = ended(bare(&home).args(["sweep", "--check"]));
    let files = check.out.lines().find(|line| line.starts_with("Files: ")).unwrap();
    assert!(said.iter().all(|words| files.contains(words)), "{}", check.out);
    let credential = check.out.lines().find(|line| line.starts_with("Credential: ")).unwrap();
    assert!(credential.contains("the form of a secret's ID"), "{credential}");
    let sweep = ended(bare(&home).args(["sweep"]));
    assert!(sweep.err.contains("the form of a secret's ID"), "{}", sweep.err);
    let mut wizard = Terminal::sized(&home, &[], 160, 40, &[]);
    wizard.sees(&["Which customer?", "Other accounts of this computer can read the secret in"]);
    wizard.keys("\x03").keys("\x03");
    wizard.code();
}
