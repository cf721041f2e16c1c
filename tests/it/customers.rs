//! `backup365 customers`, the built binary: what it prints, what it writes, how it ends.

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use backup365::{domain::customer::Customer, provider::store::Store};
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use crate::terminal::{Home, Record, Terminal};

/// How a command ended, and what it printed.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// The object that was printed, checked against the schema of its kind.
    pub(crate) fn json(&self, kind: &str) -> Value {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("assets/json/{kind}.schema.json"));
        let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let printed: Value = serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out));
        let validator = jsonschema::validator_for(&schema).unwrap();
        let wrong: Vec<_> =
            validator.iter_errors(&printed).map(|e| format!("{} {e}", e.instance_path())).collect();
        assert!(wrong.is_empty(), "{wrong:#?}\n{printed:#}");
        assert_eq!(printed["kind"], kind);
        printed
    }
}

/// The customer on record with that reference.
pub(crate) fn called(store: &Store, reference: &str) -> Customer {
    store.customers().unwrap().into_iter().find(|one| one.reference.as_str() == reference).unwrap()
}

/// The program with nothing around it but a home.
pub(crate) fn bare(home: &Home) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backup365"));
    command.env_clear().envs([("LANG", "C.UTF-8"), ("PATH", "/usr/bin:/bin"), ("TZ", "Australia/Perth")]);
    command.env("HOME", home.path()).current_dir(home.path()).stdin(Stdio::null());
    command
}

/// Runs a command in the sandbox, in pipes.
pub(crate) fn run(home: &Home, arguments: &[&str]) -> Ended {
    fed(home, arguments, "")
}

/// The same, with words on standard input.
pub(crate) fn fed(home: &Home, arguments: &[&str], input: &str) -> Ended {
    let mut child = bare(home)
        .arg("--sandbox")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let bytes = input.as_bytes().to_vec();
    // A program that reads nothing may be gone before all is written.
    let feeding = std::thread::spawn(move || drop(stdin.write_all(&bytes)));
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    Ended {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

const HEADER: &str = "reference,name,domain,active,products,tenant,managed,time_zone,seats\n";

#[test]
fn the_list_hides_closed_customers_and_finds_them() {
    let home = Home::new();
    let list = run(&home, &["customers", "list"]);
    assert_eq!(list.code, 0);
    assert!(list.out.starts_with("REFERENCE  NAME "), "{}", list.out);
    assert!(
        list.out
            .contains("C-1001     Harbour Street Cafe         harbourstreetcafe.example     not started\n")
    );
    assert!(!list.out.contains("Dunes Surf Shop"), "{}", list.out);
    assert!(list.err.contains("SANDBOX"), "{}", list.err);
    assert!(list.err.contains("21 customers; 1 closed, shown with --all."), "{}", list.err);
    let all = run(&home, &["customers", "list", "--all", "--quiet"]);
    assert!(all.out.contains("dunessurf.example             closed\n"), "{}", all.out);
    assert_eq!(all.err, "");
    let found = run(&home, &["customers", "list", "SURF", "dunes"]);
    assert_eq!(found.out.lines().count(), 2, "{}", found.out);
    let nobody = run(&home, &["customers", "list", "nobody"]);
    assert_eq!((nobody.code, nobody.out.as_str()), (0, ""));
    assert!(nobody.err.contains("No customer on record has \"nobody\""), "{}", nobody.err);
    let object = run(&home, &["customers", "list", "--json", "--all"]).json("customers");
    assert_eq!(object["customers"].as_array().unwrap().len(), 22);
    assert_eq!(object["customers"][1]["products"], json!(["office365"]));
}

#[test]
fn the_list_fits_the_window_and_never_cuts_a_reference() {
    let home = Home::new();
    let name = "株式会社 とても長い名前の会社 Holdings";
    let add = ["customers", "add", "--reference", "A-VERY-LONG-REFERENCE-2026", "--name", name];
    let added = run(&home, &[&add[..], &["--domain", "long.example"]].concat());
    assert_eq!((added.code, added.out), (0, format!("Added {name} (A-VERY-LONG-REFERENCE-2026).\n")));
    for columns in [60, 80, 120] {
        let mut window = Terminal::sized(&home, &["--sandbox", "customers", "list"], columns, 40, &[]);
        assert_eq!(window.code(), 0);
        let text = window.text();
        let row = text.lines().find(|line| line.contains("A-VERY-LONG-REFERENCE-2026 ")).unwrap().to_owned();
        assert!(row.contains("株式会社"), "{columns}: {text}");
        // One line each: a row that wraps would make more.
        assert_eq!(text.lines().filter(|line| !line.trim().is_empty()).count(), 25, "{columns}: {text}");
        assert!(text.lines().all(|line| line.width() <= usize::from(columns)), "{text}");
    }
}

#[test]
fn what_the_list_exports_the_import_takes() {
    let home = Home::new();
    for (reference, name) in
        [("=1+1", "@SUM(A1)"), ("'-x", "Quotes \"and, commas;"), ("Ü-3", "\u{202e}evil\u{1b}[2J")]
    {
        let flags = ["--name", name, "--domain", "odd.example", "--products", "business365,office365"];
        let reference = format!("--reference={reference}");
        let added = run(&home, &[&["customers", "add", &reference], &flags[..]].concat());
        assert_eq!(added.code, 0, "{}", added.err);
    }
    let exported = run(&home, &["customers", "list", "--all", "--csv"]).out;
    assert!(exported.starts_with(HEADER), "{exported}");
    assert!(
        exported.contains("\n'=1+1,'@SUM(A1),odd.example,yes,office365;business365,,no,,\n"),
        "{exported}"
    );
    assert!(!exported.contains(['\u{1b}', '\u{202e}']));
    let same = fed(&home, &["customers", "import", "-"], &exported);
    assert_eq!((same.code, same.out.as_str()), (0, "Imported: 0 added, 0 changed, 25 unchanged.\n"));

    let other = Home::new();
    let imported = fed(&other, &["customers", "import", "-"], &exported);
    assert!(imported.out.ends_with("Imported: 3 added, 0 changed, 22 unchanged.\n"), "{}", imported.out);
    assert!(imported.err.contains("standard input: 25 customers; cells are separated by commas."));
    assert_eq!(run(&other, &["customers", "list", "--all", "--csv"]).out, exported);
}

#[test]
fn every_bad_line_is_told_and_nothing_is_imported() {
    let home = Home::new();
    let file = home.path().join("new.csv");
    let text = format!(
        "{HEADER}C-9001,New,new.example,yes,office365,,no,,\n\nC-9002,,two.example,yes,offce365,,no,,\n\
         C-9001,Twice,twice.example,yes,,,no,,\nC-1002,Kauri,kauribuilding.example,yes,,123,no,Perth,many\n"
    );
    fs::write(&file, text).unwrap();
    run(&home, &["customers", "list"]);
    let before = Record::of(&home).count("audit");
    let bad = run(&home, &["--quiet", "customers", "import", "new.csv"]);
    assert_eq!((bad.code, bad.out.as_str()), (2, ""));
    let said: Vec<&str> = bad.err.lines().collect();
    assert_eq!(
        said,
        [
            "line 4: name is empty. Type the company's name.",
            "line 4: products is \"offce365\". \"offce365\" is no product. Did you mean office365?",
            "line 5: the reference C-9001 is in line 2 too. Keep one of them.",
            "line 6: tenant is \"123\". This is not a whole tenant ID. Type all of it, or leave it empty.",
            "line 6: time_zone is \"Perth\". This time zone is not known. Type it like Australia/Perth, or leave it empty.",
            "line 6: seats is \"many\". Type the seats as a whole number, or leave it empty.",
            "backup365: new.csv has 6 problems. Nothing was imported. Mend the lines, then import the file again.",
        ]
    );
    assert_eq!(Record::of(&home).count("audit"), before);
    let gone = run(&home, &["customers", "import", "gone.csv"]);
    assert_eq!(gone.code, 2);
    assert!(
        gone.err.contains("gone.csv can't be read: no such file or directory. Nothing was imported."),
        "{}",
        gone.err
    );
}

#[test]
fn a_file_from_a_spreadsheet_updates_by_reference() {
    let home = Home::new();
    let text = "\u{feff}Reference;Seats;Name;Domain;Active;Products;Tenant;Managed;Time zone\r\n\
                c-1002;40;Kauri Building Supplies;kauribuilding.example;yes;office365;;no;Pacific/Auckland\r\n\
                C-1001;;Harbour Street Cafe;harbourstreetcafe.example;yes;office365;;yes;Australia/Sydney\r\n\
                C-9001;;\"Neu; GmbH\";neu.example;yes;\"office365;mpexchange\";;no;\r\n";
    let dry = fed(&home, &["customers", "import", "-", "--dry-run"], text);
    assert!(dry.err.contains("cells are separated by semicolons"), "{}", dry.err);
    assert_eq!(
        dry.out,
        "would be changed: c-1002 · Kauri Building Supplies · seats: none → 40\n\
         would be added: C-9001 · Neu; GmbH\n\
         Dry run, nothing was written. It would be: 1 added, 1 changed, 1 unchanged.\n"
    );
    assert!(
        dry.err.contains("An empty cell keeps what is on record; the word none empties it."),
        "{}",
        dry.err
    );
    assert!(!home.store().exists(), "a dry run makes no record");
    let done = fed(&home, &["customers", "import", "-", "--json"], text).json("customer-changes");
    assert_eq!((&done["written"], &done["added"], &done["unchanged"]), (&json!(true), &json!(1), &json!(1)));
    assert_eq!(done["customers"][0]["changes"], json!([{"column": "seats", "from": null, "to": "40"}]));
    let record = Record::of(&home);
    assert_eq!(record.count("customer WHERE reference = 'C-1002' AND seats = 40"), 1);
    assert_eq!(record.count("customer WHERE reference = 'C-1001' AND tenant IS NOT NULL"), 1, "kept");
    assert_eq!(record.count("audit WHERE what = 'changed customer C-1002: seats: none → 40'"), 1);
    assert_eq!(record.seats(), 0);
}

#[test]
fn an_empty_cell_keeps_and_a_word_empties() {
    let home = Home::new();
    let row =
        |rest: &str| format!("{HEADER}C-1001,Harbour Street Cafe,harbourstreetcafe.example,yes,{rest}\n");
    assert_eq!(
        run(&home, &["customers", "set", "C-1001", "--seats", "30", "--products", "office365"]).code,
        0
    );
    let is_on_record =
        "customer WHERE reference = 'C-1001' AND seats = 30 AND tenant IS NOT NULL AND time_zone IS NOT NULL";
    let kept = fed(&home, &["customers", "import", "-"], &row(",,yes,,"));
    assert_eq!((kept.code, Record::of(&home).count(is_on_record)), (0, 1), "{}", kept.err);
    assert!(kept.out.contains("1 unchanged"), "{}", kept.out);
    let cells = row("office365,none,no,NONE,none");
    let dry = fed(&home, &["customers", "import", "-", "--dry-run"], &cells);
    assert!(dry.out.contains("seats: 30 → none"), "{}", dry.out);
    assert_eq!(Record::of(&home).count(is_on_record), 1);
    let emptied = fed(&home, &["customers", "import", "-"], &cells);
    let nothing =
        "customer WHERE reference = 'C-1001' AND seats IS NULL AND tenant IS NULL AND time_zone IS NULL";
    assert_eq!((emptied.code, Record::of(&home).count(nothing)), (0, 1), "{}", emptied.err);
}

#[test]
fn a_line_to_paste_stays_in_the_sandbox() {
    let home = Home::new();
    let nobody = run(&home, &["customers", "show", "nobody"]);
    assert!(nobody.err.contains("backup365 customers list --sandbox --all"), "{}", nobody.err);
    let played = run(&home, &["--as", "user", "customers", "set", "nobody", "--seats", "1"]);
    assert!(played.err.contains("backup365 customers list --sandbox --as user --all"), "{}", played.err);
    let refused = run(&home, &["--as", "user", "customers", "set", "C-1001", "--seats", "1"]);
    assert!(
        refused.err.contains("is an Admin here and plays a User. Leave --as user out"),
        "{}",
        refused.err
    );
}

#[test]
fn what_is_missing_is_named_with_an_example() {
    let home = Home::new();
    for (arguments, words) in [
        (&["add"][..], "backup365: --reference is missing. Example: --reference C-2001"),
        (&["add", "--reference", "X"], "--name is missing. Example: --name \"Bakery Ltd\""),
        (
            &["add", "--reference", "X", "--name", "Y"],
            "--domain is missing. Example: --domain bakery.example",
        ),
        (&["set", "C-1001"], "nothing to change was named. Example: --seats 25"),
    ] {
        let ended = run(&home, &[&["customers"], arguments].concat());
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ended.err.contains(words), "{}", ended.err);
    }
    assert!(!home.store().exists(), "nothing was opened for it");
    for (arguments, words) in [
        (
            &["set", "C-1001", "--seats", "many"][..],
            "--seats \"many\" can't be taken. Type the seats as a whole number",
        ),
        (
            &["set", "C-1014", "--managed", "yes"],
            "--managed \"yes\" can't be taken. Only Office 365 is provisioned",
        ),
        (
            &["set", "C-1001", "--time-zone", "Perth"],
            "--time-zone \"Perth\" can't be taken. This time zone is not known.",
        ),
        (&["show", "valley"], ""),
        (&["show", ".example"], "fits more than one customer: Anderson Dental (C-1014), "),
    ] {
        let ended = run(&home, &[&["customers"], arguments].concat());
        assert_eq!(ended.code, if words.is_empty() { 0 } else { 2 }, "{arguments:?} {}", ended.err);
        assert!(ended.err.contains(words), "{}", ended.err);
    }
    for arguments in [&["show", "nobody"][..], &["set", "Harbour", "--seats", "1"]] {
        let ended = run(&home, &[&["customers"], arguments].concat());
        assert_eq!((ended.code, ended.out.as_str()), (2, ""));
        assert!(ended.err.contains("there is no customer \""), "{}", ended.err);
    }
}

#[test]
fn a_user_may_look_and_change_nothing() {
    let home = Home::new();
    for arguments in [
        &["add", "--reference", "X", "--name", "Y", "--domain", "y.example"][..],
        &["set", "C-1001", "--seats", "1"],
        &["import", "-"],
        &["import", "-", "--dry-run"],
    ] {
        let text = format!("{HEADER}C-9001,New,new.example,yes,,,no,,\n");
        let ended = fed(&home, &[&["--as", "user", "customers"], arguments].concat(), &text);
        assert_eq!((ended.code, ended.out.as_str()), (4, ""), "{arguments:?}");
        assert!(ended.err.contains("Leave --as user out to work as the Admin."), "{}", ended.err);
    }
    assert_eq!(Record::of(&home).count("customer WHERE reference IN ('X', 'C-9001') OR seats = 1"), 0);
    assert_eq!(run(&home, &["--as", "user", "customers", "list"]).code, 0);
}

#[test]
fn a_correction_says_old_and_new_and_is_refused_while_users_hang_on_it() {
    let home = Home::new();
    let other = "ce09a731-4658-4ecb-84af-be20496a6714";
    let set = run(&home, &["customers", "set", "rimulegal.example", "--tenant", other, "--seats", "30"]);
    assert_eq!(set.code, 0, "{}", set.err);
    assert_eq!(
        set.out,
        format!(
            "Changed Rimu Legal (C-1004).\n  tenant: d45e2a20-ce5a-4107-9001-f1eb9d02039a → {other}\n  seats: none → 30\n"
        )
    );
    let again =
        run(&home, &["customers", "set", "C-1004", "--tenant", other, "--json"]).json("customer-changes");
    assert_eq!((&again["written"], &again["customers"][0]["did"]), (&json!(false), &json!("unchanged")));
    let emptied =
        run(&home, &["customers", "set", "C-1004", "--seats", "none", "--json"]).json("customer-changes");
    assert_eq!(emptied["customers"][0]["changes"], json!([{"column": "seats", "from": "30", "to": null}]));
    assert_eq!(Record::of(&home).count("audit WHERE what LIKE 'changed customer C-1004:%'"), 2);

    let mut wizard = Terminal::opened(&home);
    wizard.reaches_users("Harbour Street Cafe", "37").keys(" ").sees(&["ticked 1"]).keys("\r");
    wizard.sees(&["Turn 1 user on?"]).keys("\r").sees(&["1 user protected"]);
    let refused = run(&home, &["customers", "set", "C-1001", "--tenant", other]);
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert!(refused.err.contains("users of the organisation on record are protected"), "{}", refused.err);
    let text =
        format!("{HEADER}C-1001,Harbour Street Cafe,harbourstreetcafe.example,yes,office365,{other},yes,,\n");
    let refused = fed(&home, &["customers", "import", "-"], &text);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(refused.err.contains("line 2: C-1001: users of the organisation"), "{}", refused.err);
}

#[test]
fn everything_about_a_customer_is_shown() {
    let home = Home::new();
    let mut wizard = Terminal::opened(&home);
    wizard.reaches_users("Harbour Street Cafe", "37").keys("x").sees(&["excluded 1"]);
    wizard.keys("\x1b[B ").sees(&["ticked 1"]).keys("\r").sees(&["Turn 1 user on?"]);
    wizard.keys("\r").sees(&["1 user protected"]);
    let run_number = Record::of(&home).run();
    let show = run(&home, &["customers", "show", "harbour street cafe"]);
    assert_eq!(show.code, 0, "{}", show.err);
    for words in [
        "Harbour Street Cafe (C-1001)\n  Domain: harbourstreetcafe.example\n  Products: Office 365\n",
        "  Tenant ID: 4bbb2ac3-4a45-55dc-9f5b-552be884e397\n  Provisioned through Manage Protect: yes\n",
        "  Seats: no limit on record\n",
        &format!("Office 365: enabled, {run_number} open with "),
        "  Enabled for: Harbour Street Cafe, harbourstreetcafe.example, 4bbb2ac3",
        "  Seats: 1 protected of 3",
        "  Kinds included: user mailboxes\n",
        "  Excluded: 1\n    ",
        &format!("Runs, newest first:\n  {run_number} · Office 365 · by "),
    ] {
        assert!(show.out.contains(words), "{words}\n{}", show.out);
    }
    let object = run(&home, &["customers", "show", "C-1001", "--json"]).json("customer");
    let product = &object["products"][0];
    assert_eq!(
        (&product["status"]["protected"], &product["status"]["run"]["state"]),
        (&json!(1), &json!("held"))
    );
    let seen = run(&home, &["doctor", "--json"]).json("doctor");
    let held = &seen["held_runs"][0];
    assert_eq!(
        (&held["run"], &held["customer"]),
        (&run_number.as_str().into(), &json!("Harbour Street Cafe"))
    );
    assert_eq!(held["held_by"], product["status"]["run"]["held_by"]);
    // By name and address, though nobody ever turned that user on.
    let excluded = product["excluded"].as_array().unwrap();
    assert_eq!(excluded.len(), 1);
    let (name, address) = (excluded[0]["name"].as_str().unwrap(), excluded[0]["address"].as_str().unwrap());
    assert!(show.out.contains(&format!("  Excluded: 1\n    {name} <{address}>\n")), "{}", show.out);
    assert_eq!(product["leavers"], json!([]));
    let closed = run(&home, &["customers", "show", "dunes"]);
    assert!(closed.out.contains("CLOSED"), "{}", closed.out);
    run(&home, &["customers", "show", "dunes", "--json"]).json("customer");
}

#[test]
fn a_closed_pipe_is_silent() {
    let home = Home::new();
    for arguments in [
        &["customers", "list"][..],
        &["customers", "list", "--csv"],
        &["customers", "show", "C-1001"],
        &["status"],
    ] {
        let mut child = bare(&home)
            .args(["--sandbox", "--quiet"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{arguments:?}");
    }
}

#[test]
fn the_record_needs_no_credential() {
    let home = Home::new();
    let config = home.path().join(".config/backup365");
    fs::create_dir_all(&config).unwrap();
    let id = "7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77";
    let settings = format!("[app]\nclient_id = \"{id}\"\ntenant = \"{id}\"\nsecret_file = \"gone.txt\"\n");
    fs::write(config.join("settings.toml"), settings).unwrap();
    let add = ["customers", "add", "--reference", "L-1", "--name", "Live", "--domain", "live.example"];
    let added = bare(&home).args(add).output().unwrap();
    assert_eq!(added.status.code(), Some(0), "{}", String::from_utf8_lossy(&added.stderr));
    assert!(!String::from_utf8_lossy(&added.stderr).contains("SANDBOX"));
    for arguments in [&["customers", "list"][..], &["status", "-v"]] {
        let output = bare(&home).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn help_has_examples_and_a_sentence_for_every_flag() {
    let home = Home::new();
    for command in [
        &["customers"][..],
        &["customers", "list"],
        &["customers", "show"],
        &["customers", "add"],
        &["customers", "set"],
        &["customers", "import"],
        &["status"],
    ] {
        let help = run(&home, &[command, &["--help"]].concat());
        assert_eq!(help.code, 0);
        assert!(help.out.contains("Examples:\n  backup365 "), "{}", help.out);
        let examples = &help.out[help.out.find("Examples:").unwrap()..];
        // They stand before what is told of each word and flag, which is wrapped by the width.
        let told = ["\nCommands:", "\nArguments:", "\nOptions:"]
            .into_iter()
            .filter_map(|part| examples.find(part))
            .min();
        let examples = &examples[..told.unwrap()];
        assert!(examples.lines().all(|line| line.width() < 80), "{examples}");
    }
}

#[test]
fn closing_an_account_with_users_on_and_a_rule_says_what_goes_on_and_they_stay_in_sight() {
    let home = Home::new();
    let on = ["C-1001", "--users", "all", "--max-seats", "34", "--rehearse"];
    crate::provision::run(&home, &on).ends(0);
    let auto = ["C-1001", "--users", "auto", "--max-seats", "34", "--without-sweeper"];
    // Nobody waits, and whoever comes later would: nothing runs for them.
    crate::provision::run(&home, &auto).ends(3);
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_backup365"))
            .args(arguments)
            .arg("--sandbox")
            .env_clear()
            .env("HOME", home.path())
            .output()
            .unwrap();
        let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), words(&output.stdout), words(&output.stderr))
    };
    let (code, _, err) = run(&["customers", "set", "C-1001", "--active", "no"]);
    assert_eq!(code, Some(0), "{err}");
    for words in ["is closed, and 34 users stay protected", "Enable Auto stays on record", "--active yes"] {
        assert!(err.contains(words), "{words}: {err}");
    }
    let (_, out, _) = run(&["status"]);
    assert!(out.contains("34 of 34") && out.contains("closed, automatic, without sweeps"), "{out}");
    let (_, out, _) = run(&["sweep", "--status"]);
    assert!(out.contains("of closed customers only"), "{out}");
    assert!(out.contains("CLOSED: Harbour Street Cafe · Office 365: 34 users stay protected"), "{out}");
    let (_, json, _) = run(&["sweep", "--status", "--json"]);
    let json = crate::explain::fits("sweep-status", &json);
    assert_eq!((&json["rules"][0]["active"], &json["rules"][0]["seats"]), (&false.into(), &34.into()));
    // The same by a file.
    run(&["customers", "set", "C-1001", "--active", "yes"]);
    let (_, csv, _) = run(&["customers", "list", "--csv"]);
    let line = csv.lines().find(|line| line.starts_with("C-1001")).unwrap().replace(",yes,", ",no,");
    let file = home.path().join("closed.csv");
    fs::write(&file, format!("{}\n{line}\n", csv.lines().next().unwrap())).unwrap();
    let (code, _, err) = run(&["customers", "import", file.to_str().unwrap()]);
    assert!(code == Some(0) && err.contains("34 users stay protected"), "{err}");
}
