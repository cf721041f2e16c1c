//! `backup365 settings`, the built binary: each value and where it came from, what nobody should read left out, and what
//! is wrong. And what settings do from each source.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::terminal::{Home, Terminal};

/// An application in a file, all but its credential.
const APP: &str = "[app]\nclient_id = \"b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40\"\n\
                   tenant = \"2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684\"\n";

/// The program in an environment that has nothing else in it.
fn program(home: &Home, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backup365"));
    command.args(arguments).env_clear().env("HOME", home.path()).env("LANG", "C.UTF-8");
    command.envs(environment.iter().copied()).current_dir(home.path()).stdin(Stdio::null());
    command
}

/// Runs to the end: exit code, stdout, stderr.
fn run(home: &Home, arguments: &[&str], environment: &[(&str, &str)]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = program(home, arguments, environment).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// Where the usual settings file of this home lies; the folder is there.
fn file(home: &Home) -> PathBuf {
    let folder = home.path().join(".config/backup365");
    fs::create_dir_all(&folder).unwrap();
    folder.join("settings.toml")
}

/// The object of `--json`, once it has been compared with its schema.
fn object(home: &Home, arguments: &[&str], environment: &[(&str, &str)]) -> (i32, Value) {
    let arguments: Vec<_> = [&["settings", "--json"], arguments].concat();
    let (code, stdout, stderr) = run(home, &arguments, environment);
    assert_eq!(stderr.is_empty(), code == 0 && !stdout.contains("\"nearest\""), "{stderr}");
    let object: Value = serde_json::from_str(&stdout).unwrap();
    let schema = include_str!("../../assets/json/settings.schema.json");
    let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let wrong: Vec<String> = schema.iter_errors(&object).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    (code, object)
}

/// What stands of a setting in an object.
fn values<'a>(object: &'a Value, key: &str) -> &'a Value {
    let all = object["settings"].as_array().unwrap();
    &all.iter().find(|setting| setting["key"] == key).unwrap()["values"]
}

/// The line of a setting, without the blanks that align it.
fn line(stdout: &str, key: &str) -> String {
    let line = stdout.lines().find(|line| line.starts_with(key)).unwrap();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_value_is_shown_with_where_it_came_from() {
    let home = Home::new();
    fs::write(file(&home), "[screen]\ncolor = \"never\"\n[log]\nkeep = 7\nsize = \"1 MiB\"\n").unwrap();
    let flags = ["settings", "--ascii", "--log-level", "debug", "--color=always"];
    let (code, stdout, stderr) =
        run(&home, &flags, &[("BACKUP365_LOG_KEEP", "9"), ("BACKUP365_LOG_SIZE", "")]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    for (key, expected) in [
        ("screen.color", "screen.color always --color"),
        ("screen.glyphs", "screen.glyphs ascii --ascii"),
        ("screen.lines", "screen.lines auto default"),
        ("log.level", "log.level debug --log-level"),
        ("log.keep", "log.keep 9 BACKUP365_LOG_KEEP"),
        ("log.size", "log.size 1 MiB file, line 5"),
        ("app.tenant", "app.tenant not set"),
        ("World", "World the sandbox: no setting names your application at Microsoft"),
    ] {
        assert_eq!(line(&stdout, key), expected);
    }
    for place in [".config/backup365/settings.toml", "sandbox/backup365.sqlite", "sandbox/backup365.log"] {
        assert!(stdout.contains(place), "{place}: {stdout}");
    }
    assert!(!stdout.contains('\u{1b}') && stdout.lines().all(|line| line.trim_end() == line), "{stdout}");
    assert!(!home.path().join(".local").exists(), "no world was opened");
}

#[test]
fn what_nobody_should_read_is_left_out() {
    let home = Home::new();
    let command = "secret_command = [\"vault\", \"read\", \"-token=s3cret\"]\n";
    let more = "[links]\ndone_page = \"https://me:s3cret@x.example/done?key=s3cret#s3cret\"\n";
    fs::write(file(&home), format!("{APP}{command}{more}")).unwrap();
    for arguments in [&["settings"][..], &["settings", "--json"]] {
        let (code, stdout, stderr) = run(&home, arguments, &[]);
        assert_eq!((code, stderr.as_str()), (0, ""));
        assert!(!stdout.contains("s3cret"), "{stdout}");
        assert!(stdout.contains("vault …") && stdout.contains("https://…@x.example/done?…"), "{stdout}");
    }
    // Neither is the value of a variable that holds the secret, nor one that was put where its name belongs.
    fs::write(file(&home), APP).unwrap();
    for (variables, code) in [
        (
            &[
                ("BACKUP365_APP_SECRET_ENVIRONMENT", "BACKUP365_APP_SECRET"),
                ("BACKUP365_APP_SECRET", "s3cret~"),
            ][..],
            0,
        ),
        (&[("BACKUP365_APP_SECRET_ENVIRONMENT", "s3cret~")], 2),
        (&[("BACKUP365_ADDRESSES", "https://me:s3cret@x.example=http://127.0.0.1:1")], 2),
    ] {
        let (ended, stdout, stderr) = run(&home, &["settings"], variables);
        assert_eq!(ended, code, "{stderr}");
        assert!(!format!("{stdout}{stderr}").contains("s3cret"), "{stdout}{stderr}");
    }
}

#[test]
fn json_says_the_same_and_follows_its_schema() {
    let home = Home::new();
    let (code, bare) = object(&home, &[], &[]);
    assert_eq!((code, &bare["file"]["is_there"]), (0, &Value::Bool(false)));
    assert_eq!(bare["settings"].as_array().unwrap().len(), 54);

    fs::write(file(&home), format!("{APP}secret_file = \"secret.txt\"\n")).unwrap();
    let addresses = "https://a.example=http://127.0.0.1:1 https://b.example=http://127.0.0.1:2";
    let variables = [("BACKUP365_ADDRESSES", addresses), ("BACKUP365_LOG_LEVL", "x")];
    let (code, full) = object(&home, &["--plain"], &variables);
    assert_eq!(code, 0);
    assert_eq!(full["places"]["is_sandbox"], false);
    assert_eq!(values(&full, "app.secret_file")[0]["source"]["line"], 4);
    assert_eq!(values(&full, "addresses").as_array().unwrap().len(), 2);
    assert_eq!(values(&full, "screen.lines")[0]["source"]["name"], "--plain");
    assert_eq!(full["strays"][0]["nearest"], "BACKUP365_LOG_LEVEL");

    fs::write(file(&home), "[app]\nsecret = 1\n").unwrap();
    let (code, broken) = object(&home, &[], &[("BACKUP365_LOG_KEEP", "x")]);
    assert_eq!((code, broken["mistakes"].as_array().unwrap().len()), (2, 2));
    assert!(broken["places"].is_null());
    let keep =
        broken["settings"].as_array().unwrap().iter().find(|setting| setting["key"] == "log.keep").unwrap();
    assert_eq!(keep["unusable"]["name"], "BACKUP365_LOG_KEEP");
}

#[test]
fn a_broken_file_does_not_keep_the_rest_from_being_shown() {
    let home = Home::new();
    for (text, says) in [
        (
            "[screen]\ncolor = \"x\"\nglyphs = \"ascii\"\n",
            "line 2: screen.color must be auto, always or never",
        ),
        ("[screen\n", "line 1"),
        ("[app]\nclient_id = \"x\"\n", "line 2: app.client_id must be a GUID"),
    ] {
        fs::write(file(&home), text).unwrap();
        let (code, stdout, stderr) = run(&home, &["settings"], &[("BACKUP365_LOG_LEVEL", "warn")]);
        assert_eq!(code, 2, "{stderr}");
        assert!(stderr.contains(says) && stderr.contains("settings.toml"), "{stderr}");
        assert!(stdout.contains(".config/backup365/settings.toml"), "{stdout}");
        assert_eq!(line(&stdout, "log.level"), "log.level warn BACKUP365_LOG_LEVEL");
        if text.contains("glyphs") {
            assert_eq!(line(&stdout, "screen.glyphs"), "screen.glyphs ascii file, line 3");
            assert_eq!(line(&stdout, "screen.color"), "screen.color can't be used file, line 2");
        }
    }
    // A row that only the table of permissions refuses is a mistake as well.
    let row = "Directory.Read.All=498476ce-e0fe-48b0-b801-37ba7e2685c6=";
    let (code, _, stderr) = run(&home, &["settings", "--settings", "gone.toml", "--permission", row], &[]);
    assert!(
        code == 2 && stderr.contains("there is no such file") && stderr.contains("--permission"),
        "{stderr}"
    );
}

#[test]
fn the_path_and_the_sample_are_printed_alone() {
    let home = Home::new();
    let usual = file(&home);
    let (code, stdout, stderr) = run(&home, &["settings", "--path"], &[]);
    assert_eq!((code, stdout.trim_end()), (0, usual.to_str().unwrap()));
    assert!(stderr.contains("no such file yet"), "{stderr}");
    let (_, stdout, _) = run(&home, &["settings", "--path"], &[("BACKUP365_SETTINGS", "/x/y.toml")]);
    assert_eq!(stdout, "/x/y.toml\n");
    let (_, stdout, stderr) = run(&home, &["settings", "--path", "-q"], &[("BACKUP365_SETTINGS", "")]);
    assert_eq!((stdout.trim_end(), stderr.as_str()), (usual.to_str().unwrap(), ""));

    let (code, sample, stderr) = run(&home, &["settings", "--sample"], &[]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(sample, include_str!("../../assets/backup365.sample.toml"));
    fs::write(usual, sample).unwrap();
    assert_eq!(run(&home, &["settings"], &[]).0, 0);
    // It is there without a home, too.
    let bare =
        Command::new(env!("CARGO_BIN_EXE_backup365")).args(["settings", "--sample"]).env_clear().output();
    assert!(bare.unwrap().status.success());
}

#[test]
fn what_can_not_be_used_stops_every_start_whatever_its_source() {
    let home = Home::new();
    for (arguments, variables, says) in [
        (
            &["--color=sometimes"][..],
            &[][..],
            "the flag --color can't be used: screen.color must be auto, always or never",
        ),
        (
            &["--sandbox", "sweep"],
            &[("BACKUP365_SCREEN_COLOR", "sometimes")],
            "the environment variable BACKUP365_SCREEN_COLOR can't be used: screen.color must be auto, always or never",
        ),
        (
            &["--sandbox", "sweep", "--log-size", "huge"],
            &[],
            "the flag --log-size can't be used: log.size must be a size from 64 KiB to 1 GiB",
        ),
        (
            &["sandbox"],
            &[("BACKUP365_APP_TENANT", "2f9d6b30-41c8-47e2-b0d5-9a7c3e51f684")],
            "named by BACKUP365_APP_TENANT, but app.client_id is missing",
        ),
        (&["--sandbox", "sweep"], &[("BACKUP365_SETTINGS", "gone.toml")], "there is no such file"),
    ] {
        let (code, stdout, stderr) = run(&home, arguments, variables);
        assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
        assert!(stderr.starts_with("backup365: ") && stderr.contains(says), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
    assert!(!home.path().join(".local").exists(), "nothing was opened");
    // An empty variable is none.
    let empty = [("BACKUP365_SETTINGS", ""), ("BACKUP365_APP_TENANT", ""), ("BACKUP365_SCREEN_COLOR", "")];
    assert_eq!(run(&home, &["--sandbox", "sweep"], &empty).0, 0);
}

#[test]
fn a_folder_is_meant_from_where_the_person_stands() {
    let home = Home::new();
    let (code, stdout, _) = run(&home, &["settings", "--folders-data", "kept"], &[]);
    let kept = fs::canonicalize(home.path()).unwrap().join("kept");
    assert_eq!(code, 0);
    assert!(
        stdout.contains(&format!("Record           {}/sandbox/backup365.sqlite", kept.display())),
        "{stdout}"
    );
    assert_eq!(run(&home, &["--sandbox", "sweep", "--folders-data", "kept"], &[]).0, 0);
    assert!(kept.join("sandbox/backup365.sqlite").is_file());
}

/// The wizard with its letters and colours as the environment says.
#[test]
fn the_screen_goes_by_variables_as_by_the_file() {
    let home = Home::new();
    let variables = [("BACKUP365_SCREEN_GLYPHS", "ascii"), ("BACKUP365_SCREEN_COLOR", "never")];
    let mut wizard = Terminal::sized(&home, &[], 80, 24, &variables);
    wizard.sees(&["Which customer?", " listed"]);
    let text = String::from_utf8_lossy(&wizard.bytes()).into_owned();
    assert!(text.is_ascii() && !text.contains("\u{1b}[38"), "{text}");
    wizard.keys("\tq");
    assert_eq!(wizard.code(), 0);
}

#[test]
fn the_short_help_stays_short_and_the_long_one_has_every_setting() {
    let home = Home::new();
    let (_, short, _) = run(&home, &["sweep", "-h"], &[("COLUMNS", "80")]);
    assert!(!short.contains("--app-") && !short.contains("--world"), "{short}");
    let (_, long, _) = run(&home, &["sweep", "--help"], &[]);
    let (_, object) = object(&home, &[], &[]);
    let words = long.split_whitespace().collect::<Vec<_>>().join(" ");
    for setting in object["settings"].as_array().unwrap() {
        for part in ["flag", "variable", "about"] {
            let part = setting[part].as_str().unwrap();
            assert!(words.contains(part), "{part}");
        }
    }
    assert!(!long.contains('\u{1b}'));
}

#[test]
fn quiet_and_verbose_hold_for_every_command_that_is_there() {
    let home = Home::new();
    let (code, stdout, stderr) = run(&home, &["--sandbox", "sweep", "--status", "--verbose"], &[]);
    assert_eq!(code, 0);
    assert!(!stdout.contains("Record: "), "steps are no data: {stdout}");
    for step in ["Settings file: none", "World: the sandbox", "Record: ", "Log: "] {
        assert!(stderr.contains(step), "{step}: {stderr}");
    }
    assert_eq!(run(&home, &["--sandbox", "sweep", "--status"], &[]).2, "");
    let (code, stdout, stderr) = run(&home, &["sandbox", "--reset", "-q"], &[]);
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (0, "", ""));
    let (code, stdout, stderr) = run(&home, &["sandbox", "--reset", "-v"], &[]);
    assert!(
        code == 0 && stdout.contains("has forgotten") && stderr.contains("Emptied: "),
        "{stdout}{stderr}"
    );
    let (code, _, stderr) = run(&home, &["sweep", "-q", "-v"], &[]);
    assert!(code == 2 && stderr.contains("cannot be used with"), "{stderr}");
    // Asking nothing is all that commands do anyway.
    assert_eq!(run(&home, &["--sandbox", "sweep", "--no-input"], &[]).0, 0);
}

#[test]
fn lines_or_a_screen_is_a_setting_as_well() {
    let home = Home::new();
    let (_, _, stderr) = run(&home, &[], &[("TERM", "xterm"), ("BACKUP365_SCREEN_LINES", "always")]);
    assert!(!stderr.contains("needs a terminal"), "{stderr}");
    fs::write(file(&home), "[screen]\nlines = \"never\"\n").unwrap();
    let mut wizard = Terminal::sized(&home, &[], 80, 24, &[("ACCESSIBLE", "1")]);
    wizard.sees(&["Which customer?", " listed"]).keys("\tq");
    assert_eq!(wizard.code(), 0);
    assert!(wizard.bytes().contains(&0x1b), "the whole screen was used");
}
