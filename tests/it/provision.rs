//! `backup365 provision`, the built binary through pipes: every path, every end, and what is true afterwards.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use backup365::{
    domain::{
        customer::Product,
        doubt::Accepts,
        protection::Chosen,
        tenant::Organisation,
        time::{Clock, Moment},
        user::Kind,
    },
    provider::store::{Store, StoreOptions},
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::{
    customers::called,
    terminal::{ENTER, Home, Record, TYPED, Terminal},
};

/// The password of Anderson Dental's service account, as the sandbox's world has it.
const PASSWORD: &str = "invented-anderson";

/// What every hosted run here starts with.
const ANDERSON: [&str; 8] = [
    "C-1014",
    "--server",
    "mail.coastline-hosting.example",
    "--try-mailbox",
    "ana.brennan@andersondental.example",
    "--account",
    "svc-backup@andersondental.example",
    "--directory",
];

/// How a run of the program ended.
pub(crate) struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    /// Checks the exit code, and shows everything where it is another.
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Checks that stderr says all of these.
    pub(crate) fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.err.contains(word), "{word:?} is not in:\n{}", self.err);
        }
        self
    }

    /// The object of `--json`, checked against its schema.
    pub(crate) fn json(&self) -> Value {
        let schema = serde_json::from_str(include_str!("../../assets/json/provision.schema.json")).unwrap();
        let checker = jsonschema::validator_for(&schema).unwrap();
        let object: Value = serde_json::from_str(&self.out).unwrap();
        let wrong: Vec<String> = checker.iter_errors(&object).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?} in {object:#}");
        assert_eq!(object["exit_code"], self.code);
        object
    }
}

/// The program in the sandbox, with nothing of this computer but a path.
fn program(home: &Home, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backup365"));
    command.args(["--sandbox", "provision"]).args(arguments);
    quiet(&mut command, home);
    command
}

/// Nothing of this computer's environment.
fn quiet(command: &mut Command, home: &Home) {
    command
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", home.path())
        .env("LANG", "C.UTF-8")
        .env("TZ", "Australia/Sydney")
        .current_dir(home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
}

fn ended(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs it to its end.
pub(crate) fn run(home: &Home, arguments: &[&str]) -> Ran {
    ended(program(home, arguments).spawn().unwrap())
}

/// Runs it with something on its standard input.
pub(crate) fn fed(home: &Home, arguments: &[&str], input: &str) -> Ran {
    let mut child = program(home, arguments).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    ended(child)
}

/// The exit code of a run with something on its standard input.
pub(crate) fn code(home: &Home, arguments: &[&str], input: &str) -> u32 {
    u32::try_from(fed(home, arguments, input).code).unwrap()
}

/// What another command of the sandbox prints, about a run that is done or partly done.
pub(crate) fn says(home: &Home, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backup365"));
    command.arg("--sandbox").args(arguments);
    quiet(&mut command, home);
    let ended = ended(command.spawn().unwrap());
    assert!(matches!(ended.code, 0 | 3), "{}", ended.err);
    ended.out
}

/// Harbour Street Cafe has accepted, and nobody is on.
fn harbour() -> Home {
    let home = Home::new();
    run(&home, &["C-1001", "--users", "none", "--rehearse"]).ends(0);
    home
}

fn file(home: &Home, name: &str, text: &str) -> String {
    let path = home.path().join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The addresses of those who are on.
fn on(home: &Home) -> Vec<String> {
    let record = Record::of(home);
    let all: String = record
        .one("SELECT coalesce(group_concat(address, ' ' ORDER BY address), '') FROM seat WHERE state = 'on'");
    all.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn a_tenant_on_record_and_everybody_and_the_same_again() {
    let home = Home::new();
    let all = ["C-1001", "--users", "all", "--max-seats", "34", "--rehearse"];
    let ran = run(&home, &all).ends(0).says(&["SANDBOX", "Send this link to the customer: http", "34 users"]);
    for words in [
        "Customer: Harbour Street Cafe (C-1001)",
        "Result: done",
        "Turned on by this run: 34",
        "History whole",
    ] {
        assert!(ran.out.contains(words), "{}", ran.out);
    }
    assert_eq!(Record::of(&home).seats(), 34);
    // Safe to press twice: nobody is on twice, and nothing was doubled.
    let again = run(&home, &all).ends(0).says(&["Nobody is left to be turned on"]);
    assert!(again.out.contains("Protected: 34") && again.out.contains("Turned on by this run: 0"));
    let record = Record::of(&home);
    assert_eq!((record.seats(), record.count("enablement"), record.count("run")), (34, 1, 2));
    // Quiet says only data.
    let silent = run(&home, &["C-1001", "--users", "all", "--max-seats", "34", "--quiet"]).ends(0);
    assert!(silent.err.is_empty() && silent.out.contains("Result: done"), "{}", silent.err);
}

#[test]
fn a_tenant_that_is_asked_and_enable_auto() {
    let home = Home::new();
    let auto = [
        "C-1002",
        "--tenant",
        " hemi.tamihana@KAURIbuilding.example",
        "--users",
        "auto",
        "--max-seats",
        "61",
        "--rehearse",
    ];
    run(&home, &auto).ends(7).says(&["Nothing will run at 20:00", "--without-sweeper"]);
    assert_eq!(Record::of(&home).count("auto_rule"), 0);
    let with = |more: &[&str]| run(&home, &[auto.as_slice(), more].concat());
    with(&["--without-sweeper", "--ceiling", "60"])
        .ends(7)
        .says(&["--ceiling is too low. The next sweep needs 61"]);
    assert_eq!(Record::of(&home).count("auto_rule"), 0);
    // Whoever is wanted and turned on by no sweep is missed, though it was accepted that nothing will run.
    let ran = with(&["--without-sweeper", "--ceiling", "65", "--json"]).ends(3);
    let object = ran.says(&["61 users wait for Enable Auto, and nothing will run at 20:00"]).json();
    assert_eq!((&object["result"], &object["counts"]["stalled"]), (&"partly".into(), &61.into()));
    assert_eq!(object["counts"]["scheduled"], 0);
    assert!(object["next_sweep"].is_null(), "no sweep is promised: {object:#}");
    let record = Record::of(&home);
    assert_eq!((record.one::<i64>("SELECT ceiling FROM auto_rule"), record.seats()), (65, 0));
    with(&["--without-sweeper", "--ceiling", "80"])
        .ends(3)
        .says(&["at most 65 seats; the rule was left as it is"]);
    assert_eq!(Record::of(&home).one::<i64>("SELECT ceiling FROM auto_rule"), 65);
    // With the rule on, a kind that is included is billed at the next sweep: the limit counts.
    let shared =
        ["C-1002", "--tenant", "kauribuilding.example", "--users", "none", "--include-kind", "shared"];
    run(&home, &shared).ends(2).says(&["--max-seats is missing", "--max-seats 4"]);
    run(&home, &[&shared[..], &["--max-seats", "3"]].concat()).ends(7).says(&["would take 4 seats more"]);
    assert_eq!(
        Record::of(&home).one::<i64>("SELECT kinds FROM customer_product WHERE kinds <> 0 UNION SELECT 0"),
        0
    );
    run(&home, &[&shared[..], &["--max-seats", "4"]].concat()).ends(3);
    store(&home).note_sweeper_installed(&"desk-1".into()).unwrap();
    let ran = run(&home, &[&shared[..], &["--max-seats", "4"]].concat()).ends(0);
    assert!(ran.out.contains("Result: done") && ran.out.contains("Scheduled: 65"), "{}", ran.out);
}

#[test]
fn enable_auto_is_not_switched_on_while_seats_are_missing() {
    let home = Home::new();
    let auto = ["C-1010", "--users", "auto", "--without-sweeper", "--max-seats", "200", "--rehearse"];
    run(&home, &auto).ends(7).says(&["40 seats are missing", "Enable Auto was not switched on."]);
    assert_eq!(Record::of(&home).count("auto_rule"), 0);
}

#[test]
fn hosted_exchange_with_a_password_from_everywhere_but_a_flag() {
    let secret = "the password";
    let home = Home::new();
    let path = file(&home, "password.txt", &format!("{PASSWORD}\n"));
    let from_file = run(&home, &[&ANDERSON[..], &["--password-file", &path, "--users", "none"]].concat());
    let mut outputs = vec![from_file.ends(0)];
    let mut by_name =
        program(&home, &[&ANDERSON[..], &["--password-env", "HOSTER", "--users", "none"]].concat());
    outputs.push(ended(by_name.env("HOSTER", PASSWORD).spawn().unwrap()).ends(0));
    let print = format!("sed -n '1 p' \"{path}\"");
    outputs.push(
        run(&home, &[&ANDERSON[..], &["--password-command", &print, "--users", "none"]].concat()).ends(0),
    );
    // A descriptor that the shell opens.
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        "exec \"$@\" 3<password.txt",
        "sh",
        env!("CARGO_BIN_EXE_backup365"),
        "--sandbox",
        "provision",
    ]);
    shell.args([&ANDERSON[..], &["--password-fd", "3", "--users", "none", "--verbose"]].concat());
    quiet(&mut shell, &home);
    outputs.push(ended(shell.spawn().unwrap()).ends(0));
    // The details are on record now: nothing of them is asked again.
    outputs.push(run(&home, &["C-1014", "--users", "all", "--max-seats", "8", "--json"]).ends(0));
    assert_eq!(outputs.last().unwrap().json()["server"], "mail.coastline-hosting.example");
    assert_eq!(Record::of(&home).seats(), 8);
    for ran in &outputs {
        assert!(!ran.out.contains(PASSWORD) && !ran.err.contains(PASSWORD), "{secret} was printed");
    }
    for path in home.files().into_iter().filter(|path| !path.ends_with("password.txt")) {
        let bytes = fs::read(&path).unwrap();
        let found = bytes.windows(PASSWORD.len()).any(|part| part == PASSWORD.as_bytes());
        assert!(!found, "{secret} is in {}", path.display());
    }
}

#[test]
fn a_password_as_a_flag_is_refused_and_not_repeated() {
    let home = Home::new();
    for given in [vec!["--password", PASSWORD], vec!["--password=invented-anderson"], vec!["--password"]] {
        let ran = run(&home, &[&ANDERSON[..], &given].concat()).ends(2);
        assert!(
            ran.err.contains("a password is never taken as a flag") && ran.err.contains("--password-file")
        );
        assert!(!ran.err.contains(PASSWORD) && ran.out.is_empty());
    }
    assert!(!home.store().exists(), "nothing was begun");
    for (source, words) in [
        (["--password-file", "missing.txt"], "missing.txt can't be read"),
        (["--password-env", "MISSING"], "MISSING is not set"),
        (["--password-command", "false"], "false ended with"),
        (["--password-command", "true"], "printed no password"),
        (["--password-fd", "77"], "77 can't be read"),
    ] {
        run(&home, &[&ANDERSON[..], &source].concat()).ends(2).says(&[words]);
    }
}

#[test]
fn the_first_missing_flag_is_named_with_a_line_that_can_be_pasted() {
    let home = Home::new();
    for (arguments, flag) in [
        (vec!["C-1002"], "--tenant"),
        (vec!["C-1002", "--tenant", "kauribuilding.example"], "--users"),
        (vec!["C-1001"], "--users"),
        (vec!["Harbour Street Cafe", "--users", "all"], "--max-seats"),
        (vec!["C-1013"], "--product"),
        (vec!["C-1013", "--product", "mpexchange"], "--try-mailbox"),
        (vec!["C-1014", "--try-mailbox", "ana.brennan@andersondental.example"], "--server"),
        (ANDERSON[..5].to_vec(), "--account"),
        (ANDERSON.to_vec(), "--password-file"),
    ] {
        let ran = run(&home, &arguments).ends(2);
        assert!(ran.err.contains(&format!("backup365: {flag} is missing: ")), "{arguments:?}: {}", ran.err);
        assert!(ran.out.is_empty());
        let line = ran.err.lines().find_map(|line| line.strip_prefix("For example: ")).unwrap();
        // The shell reads it back, and the next thing is asked, or the journey goes on.
        let pasted = line.replacen("backup365", TYPED, 1);
        let mut shell = Command::new("sh");
        shell.args(["-c", &pasted]);
        quiet(&mut shell, &home);
        shell.env("PROGRAM", env!("CARGO_BIN_EXE_backup365"));
        let next = ended(shell.spawn().unwrap());
        assert!(!next.err.contains(&format!("{flag} is missing")), "{line}: {}", next.err);
        let object = run(&home, &[&arguments[..], &["--json"]].concat()).ends(2).json();
        assert_eq!(object["missing"]["flag"], flag);
    }
    assert_eq!(Record::of(&home).seats(), 0);
}

#[test]
fn addresses_by_file_and_by_standard_input_with_exclusions_and_kinds() {
    let other = harbour();
    run(&other, &["C-1001", "--users", "all", "--max-seats", "34"]).ends(0);
    let listed = on(&other);
    let (ana, tom) = (listed[0].as_str(), listed[1].as_str());

    let home = harbour();
    let path = file(&home, "owner.txt", &format!("\u{feff}{}\n# the owner\n\n", ana.to_uppercase()));
    run(&home, &["C-1001", "--users-file", &path, "--max-seats", "1"]).ends(0);
    assert_eq!(on(&home), [ana]);

    // Every address that can't be used, at once, and nothing is done.
    let bad = fed(
        &home,
        &["C-1001", "--users-file", "-", "--max-seats", "9", "--exclude", "nobody@harbourstreetcafe.example"],
        &format!("{tom}\nghost@harbourstreetcafe.example\n"),
    );
    bad.ends(2).says(&["Nobody was turned on or excluded", "ghost@", "nobody@"]);
    fed(&home, &["C-1001", "--users-file", "-", "--max-seats", "9"], "Ana Petrov\n")
        .ends(2)
        .says(&["No e-mail address in line 1 (“Ana Petrov”)"]);
    fed(&home, &["C-1001", "--users-file", "-", "--max-seats", "9"], "").ends(2).says(&["is empty"]);
    assert_eq!((on(&home).len(), Record::of(&home).count("exclusion")), (1, 0));

    let all = ["C-1001", "--users", "all", "--include-kind", "shared", "--exclude", tom, "--max-seats", "40"];
    for _ in 0..2 {
        run(&home, &all).ends(0);
        let on = on(&home);
        assert_eq!((on.len(), on.contains(&tom.to_owned())), (35, false), "{on:?}");
        assert_eq!(Record::of(&home).count("exclusion"), 1);
    }
    fed(&home, &["C-1001", "--users-file", "-", "--max-seats", "9"], tom).ends(2).says(&["Excluded", tom]);
    // Somebody who is on stays on, and is excluded once, however often it is said.
    for _ in 0..2 {
        run(&home, &["C-1001", "--users", "none", "--exclude", ana]).ends(0);
        assert_eq!((on(&home).len(), Record::of(&home).count("exclusion")), (35, 2));
    }
}

#[test]
fn a_bill_above_the_limit_turns_nobody_on() {
    let home = harbour();
    let ran = run(&home, &["C-1001", "--users", "all", "--max-seats", "33", "--json"]).ends(7);
    assert!(!ran.err.is_empty(), "bad news is said with --json too");
    let object = ran.json();
    assert_eq!((&object["result"], &object["bill"]["new_seats"]), (&"stopped".into(), &34.into()));
    let record = Record::of(&home);
    assert_eq!((record.seats(), record.count("draft WHERE is_all OR exceptions <> x''")), (0, 0));
    let ran = run(&home, &["C-1001", "--users", "all", "--max-seats", "33"]).ends(7);
    assert!(ran.out.contains("34  new seats"), "{}", ran.out);
    // Fewer seats bought than users: what fits is turned on, the rest is said.
    let home = Home::new();
    let partly =
        run(&home, &["C-1010", "--users", "all", "--max-seats", "100", "--rehearse", "--json"]).ends(3);
    assert_eq!((&partly.json()["result"], Record::of(&home).seats()), (&"partly".into(), 100));
}

#[test]
fn a_customer_who_has_not_accepted_is_parked_with_the_link_alone() {
    let home = Home::new();
    let all = ["C-1009", "--users", "all", "--max-seats", "20"];
    let ran = run(&home, &all).ends(5).says(&["is parked. Send the link"]);
    let link = ran.out.trim_end();
    assert!(
        link.starts_with("http://127.0.0.1:") && link.contains("/adminconsent?") && !link.contains('\n'),
        "{link}"
    );
    let record = Record::of(&home);
    assert_eq!((record.count("run WHERE parked IS NOT NULL"), record.count("enablement")), (1, 0));
    let object = run(&home, &[&all[..], &["--json"]].concat()).ends(5).json();
    assert_eq!((&object["result"], object["link"].as_str()), (&"waiting".into(), Some(link)));
    assert_eq!(object["run"], record.run().as_str());
    // The played customer signs in with an account of another organisation first.
    run(&home, &[&all[..], &["--rehearse"]].concat())
        .ends(5)
        .says(&["The customer was played: ", "AADSTS50020"]);
    run(&home, &[&all[..], &["--rehearse"]].concat()).ends(0);
    assert_eq!((record.seats(), record.count("run")), (14, 1));
}

#[test]
fn consent_that_spreads_is_waited_for() {
    let home = Home::new();
    let all = ["C-1005", "--users", "all", "--max-seats", "50", "--rehearse"];
    run(&home, &[&all[..], &["--wait", "5m"]].concat())
        .ends(0)
        .says(&["still spreading it; this is not an error"]);
    assert_eq!(Record::of(&home).seats(), 42);
}

#[test]
fn consent_in_another_organisation_enables_nothing() {
    let home = Home::new();
    let rimu = ["C-1004", "--users", "all", "--max-seats", "50", "--rehearse"];
    run(&home, &rimu).ends(5).says(&["pressed Accept for Rimu Property Holdings"]);
    let other = "other-organization=ce09a731-4658-4ecb-84af-be20496a6714";
    let ran = run(&home, &[&rimu[..], &["--fault", other, "--json"]].concat()).ends(4).says(&[
        "Wrong organisation. This run is for Rimu Legal (…039a); the answers name",
        "6714",
        "To remove what was accepted in",
        "presses Delete",
    ]);
    assert_eq!(ran.json()["result"], "wrong_tenant");
    let record = Record::of(&home);
    assert_eq!((record.count("enablement"), record.seats()), (0, 0));
    run(&home, &["C-1004", "--tenant", "rimuproperty.example", "--users", "none"])
        .ends(2)
        .says(&["is not the tenant"]);
}

#[test]
fn access_that_is_refused_and_a_server_that_is_gone() {
    let home = Home::new();
    let denied =
        run(&home, &["C-1018", "--rehearse", "--users", "all", "--max-seats", "9", "--json"]).ends(4);
    let object = denied.json();
    assert_eq!(
        (&object["result"], &object["failure"]["code"]),
        (&"refused".into(), &"ErrorImpersonationDenied".into())
    );
    assert!(denied.err.contains("ApplicationImpersonation"), "{}", denied.err);
    run(&home, &["C-1019", "--rehearse", "--users", "all", "--max-seats", "9"])
        .ends(1)
        .says(&["can't be reached"]);
    run(&home, &["C-1012", "--users", "none"]).ends(1).says(&[
        "knows no organisation",
        "an Admin runs: backup365 customers set 'Old Mill Bakery' --tenant none --sandbox\n",
    ]);
    run(&home, &["C-1020", "--users", "none"]).ends(7).says(&[
        "no Office 365, Business365 or MPexchange",
        "run: backup365 customers set C-1020 --products office365 --sandbox\n",
    ]);
    run(&home, &["C-1021", "--users", "none"])
        .ends(7)
        .says(&["is closed", "run: backup365 customers set C-1021 --active yes --sandbox\n"]);
    run(&home, &["Harbour Street", "--users", "none"]).ends(2).says(&["Alike: C-1001 Harbour Street Cafe."]);
    assert_eq!(Record::of(&home).seats(), 0);
}

#[test]
fn a_run_that_somebody_holds_is_left_alone() {
    let home = Home::new();
    let mut terminal = Terminal::opened(&home);
    terminal.confirms("Harbour Street Cafe").sees(&["● Authorise"]);
    let ran = run(&home, &["C-1001", "--users", "all", "--max-seats", "40", "--json"]).ends(8);
    assert_eq!(ran.json()["result"], "held");
    // A dry run only looks: it works on a copy.
    run(&home, &["C-1001", "--users", "all", "--dry-run"]).ends(0).says(&["known after consent"]);
    terminal.keys("q").sees(&["Leave?"]).keys(ENTER);
    assert_eq!(terminal.code(), 130);
    run(&home, &["C-1001", "--users", "none", "--rehearse"]).ends(0);
}

/// What lies in the home, but the log and the sandbox's port.
fn everything(home: &Home) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = home.files().into_iter().filter(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        // The log grows, the port may be another; SQLite's index of an empty log says nothing.
        let empty = name.ends_with("-wal") && fs::metadata(path).unwrap().len() == 0;
        !(name == "backup365.log" || name == "port" || name.ends_with("-shm") || empty)
    });
    files.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn a_dry_run_writes_nothing() {
    let home = harbour();
    let before = everything(&home);
    assert!(before.keys().any(|path| path.ends_with("journal.jsonl")), "{:?}", before.keys());
    for (arguments, new_seats) in [
        (vec!["C-1001", "--users", "all", "--include-kind", "shared"], Some(36)),
        (vec!["C-1001", "--users", "auto"], Some(34)),
        (vec!["C-1001", "--users", "none"], None),
        (vec!["C-1002", "--users", "all", "--tenant", "kauribuilding.example"], None),
        (vec!["C-1003", "--users", "auto"], None),
    ] {
        let ran = run(&home, &[&arguments[..], &["--dry-run", "--json"]].concat()).ends(0);
        let object = ran.json();
        assert_eq!(object["result"], "shown");
        assert_eq!(object["bill"]["new_seats"].as_u64(), new_seats, "{arguments:?}");
        assert!(object["link"].is_null() && object["receipt"].is_null(), "{object:#}");
        assert_eq!(everything(&home), before, "{arguments:?}");
    }
    let before = everything(&home);
    let mark = home.path().join("pwned");
    let command = format!("touch {}", mark.display());
    for password in [["--password-file", "gone.txt"], ["--password-command", &command]] {
        let hosted = [&ANDERSON[..], &password, &["--users", "all", "--dry-run"]].concat();
        let ran = run(&home, &hosted).ends(0);
        let ran = ran.says(&["reads and sends no mailbox password", "were not tried", "Nothing was written"]);
        assert!(ran.out.is_empty() && !mark.exists(), "{}", ran.out);
        assert_eq!(everything(&home), before, "not even the key file is made");
    }
    let found =
        [&ANDERSON[..1], &ANDERSON[3..], &["--password-file", "gone.txt", "--users", "all", "--dry-run"]];
    run(&home, &found.concat()).ends(2).says(&[
        "--server is missing: mail.coastline-hosting.example, found by Autodiscover, not in the customer's domain.",
        "--server https://mail.coastline-hosting.example/EWS/Exchange.asmx",
    ]);
    assert_eq!(everything(&home), before);
    run(&home, &["C-1001", "--users", "all", "--dry-run", "--max-seats", "3"]).ends(7);
    run(&home, &["C-1001", "--users", "all", "--dry-run", "--rehearse"]).ends(2);
    assert_eq!(everything(&home), before);
    // A home without a record stays without one.
    let empty = Home::new();
    run(&empty, &["C-1001", "--users", "all", "--dry-run"]).ends(0);
    assert!(!empty.store().exists());
}

#[test]
fn a_signal_ends_it_and_the_same_command_goes_on() {
    let home = Home::new();
    let waiting = ["C-1001", "--users", "all", "--max-seats", "40", "--wait", "1h"];
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let mut child = program(&home, &waiting).spawn().unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("Send this link") {
            line.clear();
            assert!(err.read_line(&mut line).unwrap() > 0, "it ended before it waited");
        }
        let id = i32::try_from(child.id()).unwrap();
        let words = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        assert!(!words.is_empty() || cfg!(not(target_os = "linux")));
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
        let mut rest = String::new();
        err.read_to_string(&mut rest).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code), "{rest}");
        assert!(rest.contains("is kept; the same command goes on with it"), "{rest}");
    }
    let record = Record::of(&home);
    assert_eq!((record.count("run WHERE finished IS NULL"), record.count("enablement")), (1, 0));
    run(&home, &["C-1001", "--users", "all", "--max-seats", "40", "--rehearse"]).ends(0);
    assert_eq!((record.count("run"), record.seats()), (1, 34));
}

#[test]
fn what_was_confirmed_before_is_completed_and_nobody_is_doubled() {
    let other = harbour();
    run(&other, &["C-1001", "--users", "all", "--max-seats", "34"]).ends(0);
    let known = store(&other);
    let customer = called(&known, "C-1001");
    let seats = known.protection(customer.id, Product::Office365).unwrap().seats;
    let chosen = seats.into_iter().take(3).map(|seat| Chosen {
        id: seat.id,
        address: seat.address,
        name: seat.name,
        kind: Kind::User,
    });

    // As a process leaves it that was killed after the confirmation.
    let home = harbour();
    let record = store(&home);
    let open = record.open_run(called(&record, "C-1001").id, Product::Office365).unwrap();
    let tenant = open.customer.tenant.unwrap();
    let found = Organisation { tenant, name: None, domain: None, region: None };
    record.save_organisation(&open.id, &found, &Accepts::default()).unwrap();
    record.save_proof(&open.id, Some(&found)).unwrap();
    record.enable(&open.id).unwrap();
    record.begin_apply(&open.id, &chosen.collect::<Vec<_>>()).unwrap();
    drop(record);
    let ran = run(&home, &["C-1001", "--users", "none"]).ends(0).says(&["What was confirmed before"]);
    assert!(ran.out.contains("Turned on by this run: 3"), "{}", ran.out);
    assert_eq!(Record::of(&home).seats(), 3);
    run(&home, &["C-1001", "--users", "all", "--max-seats", "31"]).ends(0);
    assert_eq!(Record::of(&home).seats(), 34);
}

/// The record of the sandbox, opened as the program does.
fn store(home: &Home) -> Store {
    Store::open(StoreOptions {
        place: home.store().into(),
        identity: home.path().join(".config/backup365/sandbox-identity.txt"),
        clock: Clock::fixed(Moment::parse("2026-11-23T14:00:00+11:00").unwrap()),
        account: "ann".into(),
        as_user: false,
        host: "desk-1".into(),
        is_sandbox: true,
    })
    .unwrap()
}

#[test]
fn help_has_a_sentence_for_every_flag_and_examples() {
    let home = Home::new();
    let ran = run(&home, &["--help"]).ends(0);
    for words in ["Examples:", "--users-file", "--password-command", "--dry-run", "--wait 15m", "0 done"] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    assert!(!ran.out.contains("--password "), "a flag that is refused is not offered: {}", ran.out);
}

#[test]
fn a_tenant_on_record_need_not_be_given_again_and_undoing_auto_leaves_no_open_run() {
    let home = Home::new();
    let open = "run WHERE finished IS NULL";
    // Nothing to undo: nobody is asked, and no run is opened.
    let nothing = run(&home, &["C-1002", "--undo-auto", "--json"]).ends(0);
    assert_eq!((&nothing.json()["result"], &nothing.json()["run"]), (&"done".into(), &Value::Null));
    assert_eq!(Record::of(&home).count("run"), 0);
    let auto = ["--users", "auto", "--max-seats", "80", "--without-sweeper", "--rehearse"];
    run(&home, &[&["C-1002", "--tenant", "kauribuilding.example"], &auto[..]].concat()).ends(3);
    assert_eq!(Record::of(&home).count("auto_rule"), 1);
    run(&home, &["C-1002", "--undo-auto"]).ends(0).says(&["Organisation: Kauri Building Supplies"]);
    assert_eq!((Record::of(&home).count("auto_rule"), Record::of(&home).count(open)), (0, 0));
    run(&home, &["C-1002", "--users", "none"]).ends(0);
    assert_eq!(Record::of(&home).count(open), 0);
}

#[test]
fn a_command_without_what_it_is_for_is_answered_with_an_example() {
    let home = Home::new();
    let line = "For example: backup365 provision C-1001 --users all --max-seats 50 --dry-run\n";
    run(&home, &[]).ends(2).says(&["<CUSTOMER>", line]);
}
