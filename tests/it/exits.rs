//! How commands end when a script calls them: the table of exit codes with the built binary, and JSON whenever it was
//! asked for. Code 70 needs a fault of the program and is left to the unit tests of `app`.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Stdio},
};

use backup365::{cli::Cli, exit::Exit};
use clap::CommandFactory as _;
use rustix::process::{Pid, Signal, kill_process};

use super::{
    customers::{Ended, bare, run},
    terminal::Home,
};

/// A minute before the evening's pass, and half an hour after it.
const BEFORE: &str = "2026-11-24T19:59:00+11:00";
const AT: &str = "2026-11-24T20:00:00+11:00";
const AFTER: &str = "2026-11-24T20:31:00+11:00";

/// Harbour Street Cafe, waited for.
const WAITING: [&str; 9] =
    ["--sandbox", "provision", "C-1001", "--users", "all", "--max-seats", "40", "--wait", "1h"];

/// Starts a run that waits for its customer, and returns once it does.
fn waits(home: &Home) -> (Child, BufReader<std::process::ChildStderr>) {
    let mut command = bare(home);
    let mut child = command.args(WAITING).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("Send this link") {
        line.clear();
        assert!(err.read_line(&mut line).unwrap() > 0, "it ended before it waited");
    }
    (child, err)
}

/// Ends it by a signal, and says with which code.
fn stopped(mut child: Child, mut err: BufReader<std::process::ChildStderr>, signal: Signal) -> i32 {
    kill_process(Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap(), signal).unwrap();
    err.read_to_string(&mut String::new()).unwrap();
    child.wait().unwrap().code().unwrap()
}

/// Command lines in their order, each with its code, over one home.
const TABLE: [(&str, Exit); 21] = [
    ("status", Exit::Done),
    ("explain 90094", Exit::Done),
    ("explain zzzzzz", Exit::Failed),
    ("sweep --accept-shorter nobody=5", Exit::Usage),
    ("sweep --forget nowhere", Exit::Usage),
    ("receipt B365-FHKL", Exit::Usage),
    ("customers show nobody", Exit::Usage),
    ("provision C-1002 --users none", Exit::Usage),
    ("apply nowhere.toml", Exit::Usage),
    ("status --no-such-flag", Exit::Usage),
    ("--world nowhere status", Exit::Usage),
    ("--fault nonsense provision C-1001 --users none", Exit::Usage),
    ("provision C-1010 --users all --max-seats 100 --rehearse", Exit::Partly),
    ("--as user customers add --reference X-1 --name X --domain x.example", Exit::Refused),
    ("--as user operators set --recover --json", Exit::Done),
    ("--as user operators set nobody --admin", Exit::Refused),
    ("operators set nobody --admin", Exit::Usage),
    ("record grant b365_worker --rights worker", Exit::Usage),
    ("provision C-1003 --users none", Exit::Waiting),
    ("provision C-1001 --users all --max-seats 0 --rehearse", Exit::Stopped),
    ("provision C-1021 --users none", Exit::Stopped),
];

#[test]
fn every_code_of_the_table_is_met() {
    let home = Home::new();
    let mut met = vec![Exit::Internal];
    for (line, exit) in TABLE {
        let words: Vec<&str> = line.split(' ').collect();
        let ended = run(&home, &words);
        assert_eq!(ended.code, i32::from(exit.code()), "{line}: {}", ended.err);
        assert_eq!(exit == Exit::Done, ended.err.lines().all(|said| said.contains("SANDBOX")), "{line}");
        met.push(exit);
    }
    let home = Home::new();
    for (signal, exit) in [
        (Signal::HUP, Exit::HangUp),
        (Signal::INT, Exit::Interrupted),
        (Signal::QUIT, Exit::Quit),
        (Signal::TERM, Exit::Terminated),
    ] {
        let (child, err) = waits(&home);
        if signal == Signal::TERM {
            let held = run(&home, &["provision", "C-1001", "--users", "none", "--json"]);
            assert_eq!(held.json("provision")["exit_code"], held.code);
            assert_eq!(held.code, i32::from(Exit::Held.code()), "{}", held.err);
            met.push(Exit::Held);
        }
        assert_eq!(stopped(child, err, signal), i32::from(exit.code()));
        met.push(exit);
    }
    met.push(attention());
    let unmet: Vec<Exit> = Exit::ALL.into_iter().filter(|exit| !met.contains(exit)).collect();
    assert!(unmet.is_empty(), "{unmet:?}");
}

/// A pass that nobody made: status says so, once it is overdue.
fn attention() -> Exit {
    let home = evening();
    let ended = run(&home, &["--clock", AFTER, "status", "--json"]);
    assert_eq!(ended.code, i32::from(Exit::Attention.code()), "{}", ended.err);
    assert_eq!(ended.json("status")["sweep"]["overdue"], true);
    Exit::Attention
}

/// Enable Auto was switched on a minute before 20:00.
fn evening() -> Home {
    let home = Home::new();
    let auto =
        ["--clock", BEFORE, "provision", "C-1001", "--users", "auto", "--max-seats", "40", "--rehearse"];
    let ended = run(&home, &[&auto[..], &["--without-sweeper", "--json"]].concat());
    let object = ended.json("provision");
    assert_eq!((ended.code, &object["counts"]["stalled"]), (3, &34.into()), "{object:#}");
    home
}

#[test]
fn who_is_scheduled_a_minute_before_20_00_is_on_at_20_00() {
    let home = evening();
    let at = |arguments: &[&str]| run(&home, &[&["--clock", AT], arguments].concat());
    let scheduled = run(&home, &["--clock", BEFORE, "status", "--json"]).json("status");
    let products = scheduled["products"].as_array().unwrap();
    let row = products.iter().find(|row| row["reference"] == "C-1001").unwrap();
    assert_eq!(row["status"]["stalled"], 34, "no sweeper is installed");
    assert_eq!(scheduled["sums"]["protected"], 0);
    let sweep = at(&["sweep", "--json"]);
    let passes = sweep.json("sweep");
    assert_eq!((sweep.code, passes["passes"][0]["turned_on"].as_array().unwrap().len()), (0, 34));
    let status = at(&["status", "--json"]);
    let sums = &status.json("status")["sums"];
    assert_eq!((&sums["scheduled"], &sums["protected"], status.code), (&0.into(), &34.into(), 0));
    let again = at(&["sweep"]);
    assert_eq!((again.code, again.out.as_str()), (0, "Nothing is due.\n"));
}

/// Commands that print no data of their own: a shell's script, a page of the manual, a server in the foreground, and what
/// only groups others.
const WITHOUT_JSON: [&str; 10] =
    ["", "sandbox", "customers", "consent", "operators", "keys", "record", "setup", "completions", "man"];

/// What a command needs beside its words before it starts; all that knows `--json` stands here.
const NEEDS: [(&str, &str); 27] = [
    ("provision", "C-1001"),
    ("apply", "plan.toml"),
    ("customers list", ""),
    ("customers show", "C-1001"),
    ("customers add", "--reference X --name X --domain x.example"),
    ("customers set", "C-1001 --seats 1"),
    ("customers import", "-"),
    ("status", ""),
    ("sweep", ""),
    ("explain", "-"),
    ("invitation", "B365-FHKL"),
    ("consent status", ""),
    ("consent renew", ""),
    ("receipt", "B365-FHKL"),
    ("operators list", ""),
    ("operators set", "jane --admin"),
    ("record grant", "b365_worker --rights worker"),
    ("keys list", ""),
    ("keys add", "desk-2"),
    ("keys remove", "desk-2"),
    ("record copy", "--to elsewhere/"),
    ("record check", ""),
    ("doctor", ""),
    ("settings", ""),
    ("login", ""),
    ("logout", ""),
    ("whoami", ""),
];

/// Every command, as it is typed, with its definition.
fn every(command: &clap::Command, name: &str, into: &mut Vec<(String, clap::Command)>) {
    into.push((name.to_owned(), command.clone()));
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        every(below, format!("{name} {}", below.get_name()).trim(), into);
    }
}

#[test]
fn what_prints_data_knows_json_and_answers_with_an_object_when_it_fails() {
    let mut top = Cli::command().disable_help_subcommand(true);
    top.build();
    let mut all = Vec::new();
    every(&top, "", &mut all);
    let home = Home::new();
    for (name, command) in all {
        let knows = |flag: &str| command.get_arguments().any(|argument| argument.get_long() == Some(flag));
        assert_eq!(knows("json"), !WITHOUT_JSON.contains(&name.as_str()), "{name}");
        assert!(knows("quiet") && knows("verbose"), "{name}");
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(after.contains("Examples:"), "{name}");
        if !knows("json") {
            continue;
        }
        let (_, needs) = NEEDS
            .iter()
            .find(|(command, _)| *command == name)
            .unwrap_or_else(|| panic!("{name} stands in the table"));
        if ["explain", "doctor", "settings"].contains(&name.as_str()) {
            // These need neither world nor record, and have an object of their own for what is wrong.
            continue;
        }
        // Nothing names an application at Microsoft, and nobody asked for the sandbox.
        let words = name.split(' ').chain(needs.split(' ')).filter(|word| !word.is_empty());
        let output = bare(&home).args(words).arg("--json").output().unwrap();
        let ended = Ended {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        let object = ended.json("failure");
        assert_eq!((object["command"].as_str(), ended.code), (Some(name.as_str()), 2), "{}", ended.err);
        assert_eq!(object["exit_code"], 2);
        assert!(ended.err.contains(object["lines"][0].as_str().unwrap()), "{}", ended.err);
    }
    assert!(home.files().is_empty(), "{:?}", home.files());
}

#[test]
fn a_list_of_addresses_is_taken_as_windows_writes_it_and_what_is_no_text_is_named() {
    let home = Home::new();
    let goes = |bytes: &[u8]| {
        std::fs::write(home.path().join("list.txt"), bytes).unwrap();
        let words = ["provision", "C-1001", "--users-file", "list.txt", "--max-seats", "5"];
        run(&home, &[&words[..], &["--dry-run", "--json"]].concat())
    };
    let bad = goes(b"b\xe4cker@harbourstreetcafe.example");
    assert!(bad.code == 2 && bad.err.contains("not UTF-8 text"), "{}", bad.err);
    assert_eq!(bad.json("failure")["command"], "provision");
    let listed = goes(b"\xef\xbb\xbfnobody@harbourstreetcafe.example\r\n");
    assert!(!listed.err.to_lowercase().contains("no e-mail address"), "{}", listed.err);
    let wide: Vec<u8> =
        "nobody@harbourstreetcafe.example".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for mark in [&b"\xff\xfe"[..], b""] {
        assert_eq!(goes(&[mark, &wide].concat()).err, listed.err);
    }
}
