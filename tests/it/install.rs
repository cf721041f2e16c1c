//! `backup365 sweep --install`, `--uninstall` and `--check`, the built binary beside a systemd that only notes what it is
//! asked; the units are then read by the real one where it is here.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use rusqlite::Connection;
use serde_json::Value;

use crate::{
    explain::fits,
    live::Foreground,
    terminal::{Home, Record},
    tools::spare,
};

/// Exit code, stdout, stderr.
type Said = (i32, String, String);

/// Notes what it was asked; refuses what the file `refuse` names. The file `enabled` names the computer's own timers.
const SYSTEMCTL: &str = r#"#!/bin/sh
{ printf systemctl; for word in "$@"; do printf ' [%s]' "$word"; done; echo; } >> "$HOME/asked"
if [ "$1" = is-enabled ]; then
  if grep -qxF "$2" "$HOME/enabled" 2>/dev/null; then echo enabled; exit 0; fi
  echo "Failed to get unit file state for $2: No such file or directory" >&2; exit 1
fi
if [ "$(cat "$HOME/refuse" 2>/dev/null)" = "$2" ]; then echo "Failed to $2: no reason given" >&2; exit 1; fi
"#;

/// Notes what it was asked; knows the account's state from the file `linger`.
const LOGINCTL: &str = r#"#!/bin/sh
{ printf loginctl; for word in "$@"; do printf ' [%s]' "$word"; done; echo; } >> "$HOME/asked"
cat "$HOME/linger"
"#;

/// Notes what it was asked, and runs it as systemd would: with nothing of this environment, only with what it was told.
const SYSTEMD_RUN: &str = r#"#!/bin/sh
{ printf systemd-run; for word in "$@"; do printf ' [%s]' "$word"; done; echo; } >> "$HOME/asked"
variables=
while [ "$1" != -- ]; do
  case "$1" in
    --setenv=*) variables="$variables ${1#--setenv=}" ;;
    --property=EnvironmentFile=-*)
      file="${1#--property=EnvironmentFile=-}"
      if [ -f "$file" ]; then variables="$variables $(cat "$file")"; fi ;;
  esac
  shift
done
shift
exec env -i HOME="$HOME" PATH=/usr/bin:/bin $variables "$@"
"#;

/// A home, and a path on which systemd's programs are noting what they are asked.
struct Desk {
    home: Home,
}

impl Desk {
    fn new() -> Self {
        let home = Home::new();
        let bin = home.path().join("bin");
        fs::create_dir(&bin).unwrap();
        for (name, text) in [("systemctl", SYSTEMCTL), ("loginctl", LOGINCTL), ("systemd-run", SYSTEMD_RUN)] {
            fs::write(bin.join(name), text).unwrap();
            fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
        let desk = Self { home };
        desk.lingers(true);
        desk
    }

    fn lingers(&self, is_on: bool) {
        let words = if is_on { "Linger=yes\n" } else { "Linger=no\n" };
        fs::write(self.home.path().join("linger"), words).unwrap();
    }

    fn refuses(&self, verb: &str) {
        fs::write(self.home.path().join("refuse"), format!("{verb}\n")).unwrap();
    }

    fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs([("LANG", "C.UTF-8"), ("TZ", "Australia/Perth")]);
        command
            .env("HOME", self.home.path())
            .env("PATH", format!("{}:/usr/bin:/bin", self.path("bin").display()));
        command.current_dir(self.home.path()).stdin(Stdio::null()).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Said {
        said(self.command(Path::new(env!("CARGO_BIN_EXE_backup365")), arguments))
    }

    /// In the sandbox.
    fn sweep(&self, arguments: &[&str]) -> Said {
        self.run(&[&["--sandbox", "sweep"], arguments].concat())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn unit(&self, name: &str) -> PathBuf {
        self.path(".config/systemd/user").join(name)
    }

    /// The units that are there, with what is in them.
    fn units(&self) -> Vec<(String, String)> {
        let Ok(found) = fs::read_dir(self.path(".config/systemd/user")) else { return Vec::new() };
        let mut units: Vec<_> = found
            .map(|entry| entry.unwrap())
            .map(|entry| {
                (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap())
            })
            .collect();
        units.sort();
        units
    }

    /// What systemd's programs were asked since the last look.
    fn asked(&self) -> Vec<String> {
        let asked = fs::read_to_string(self.path("asked")).unwrap_or_default();
        let _none_yet = fs::remove_file(self.path("asked"));
        asked.lines().map(str::to_owned).collect()
    }

    /// The sweeper on record.
    fn sweepers(&self) -> i64 {
        Record::of(&self.home).count("sweeper")
    }
}

fn said(mut command: Command) -> Said {
    let output = command.output().unwrap();
    let words = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), words(output.stdout), words(output.stderr))
}

/// The words of a line of cron's, as the shell that cron starts reads them.
fn words_of(line: &str) -> Vec<String> {
    // cron's own: a bare percent sign would be the end of the line.
    let script = format!("printf '%s\\n' {}", line.trim_end().replace("\\%", "%"));
    let output = Command::new("/bin/sh").env_clear().args(["-c", &script]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// Both units of a printout, in the order of their names.
fn printed(words: &str) -> Vec<(String, String)> {
    let mut units: Vec<_> = words
        .split("# /")
        .skip(1)
        .map(|unit| {
            let (path, text) = unit.split_once('\n').unwrap();
            (path.rsplit('/').next().unwrap().to_owned(), text.trim_end().to_owned() + "\n")
        })
        .collect();
    units.sort();
    units
}

#[test]
fn printing_changes_nothing_at_all() {
    let desk = Desk::new();
    let before = desk.home.files();
    let (code, out, err) = desk.sweep(&["--install", "--print"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let units = printed(&out);
    let names: Vec<&str> = units.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["backup365-sandbox-sweep.service", "backup365-sandbox-sweep.timer"]);
    for line in ["OnCalendar=*-*-* 20:00 Australia/Sydney", "Persistent=true", "AccuracySec=1s"] {
        assert!(units[1].1.lines().any(|found| found == line), "{line}: {out}");
    }
    assert_eq!(desk.home.files(), before);
    assert!(desk.asked().is_empty());
}

#[test]
fn installing_tells_systemd_checks_and_notes_it_and_twice_is_the_same() {
    let desk = Desk::new();
    let printed = printed(&desk.sweep(&["--install", "--print"]).1);
    for _twice in 0..2 {
        let (code, out, err) = desk.sweep(&["--install", "--clock", "2026-11-23T16:00:00+11:00"]);
        // The program under test lies where Cargo builds, and says so: that alone needs attention.
        assert_eq!((code, out.as_str()), (6, ""), "{err}");
        for words in [
            "The timer backup365-sandbox-sweep.timer is installed here: ",
            "SANDBOX: it works on invented customers only.",
            "lies in a folder for building",
            "A check in the timer's environment went well: record, credential, Microsoft.\n",
            "Next sweep: Mon 23 Nov 20:00 AEDT, 17:00 in Perth, in ",
        ] {
            assert!(err.contains(words), "{words}: {err}");
        }
        assert!(!err.contains("enable-linger") && !err.contains("takes the place"), "{err}");
        assert_eq!(desk.units(), printed);
        let asked = desk.asked();
        let starts = [
            "systemctl [--user] [show-environment]",
            "systemctl [--user] [daemon-reload]",
            "systemctl [--user] [enable] [--now] [backup365-sandbox-sweep.timer]",
            "systemctl [--user] [is-active] [backup365-sandbox-sweep.timer]",
            "systemd-run [--user] [--wait] [--pipe] [--collect] [--quiet] [--property=EnvironmentFile=-",
            "loginctl [show-user] [",
        ];
        assert_eq!(asked.len(), starts.len(), "{asked:#?}");
        for (line, start) in asked.iter().zip(starts) {
            assert!(line.starts_with(start), "{start}: {asked:#?}");
        }
        assert!(asked[4].ends_with(" [--sandbox] [sweep] [--check]"), "{asked:#?}");
        assert_eq!(desk.sweepers(), 1);
    }
    let (_, out, _) = desk.sweep(&["--status"]);
    assert!(out.contains("A sweeper (the timer that starts the sweep) is installed on "), "{out}");
    let mode = fs::metadata(desk.unit("backup365-sandbox-sweep.service")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn without_linger_one_thing_is_left_to_do() {
    let desk = Desk::new();
    desk.lingers(false);
    let (code, _, err) = desk.sweep(&["--install"]);
    assert!(code == 6 && err.contains(" Run: loginctl enable-linger\n"), "{err}");
    assert_eq!(desk.units().len(), 2);
    let (_, _, quiet) = desk.sweep(&["--install", "--quiet"]);
    assert!(quiet.contains("enable-linger") && !quiet.contains("Next sweep"), "{quiet}");
}

#[test]
fn what_systemd_does_not_take_is_taken_back() {
    for verb in ["daemon-reload", "enable", "is-active"] {
        let desk = Desk::new();
        desk.refuses(verb);
        let (code, out, err) = desk.sweep(&["--install"]);
        assert_eq!((code, out.as_str()), (1, ""));
        assert!(err.contains("everything is as it was before") && err.contains("no reason given"), "{err}");
        assert!(desk.units().is_empty(), "{:?}", desk.units());
        assert_eq!(desk.sweepers(), 0);
        assert!(desk.asked().last().unwrap().contains("[daemon-reload]"));
    }
    // One that was there stays as it was.
    let desk = Desk::new();
    desk.sweep(&["--install"]);
    let file = desk.unit("backup365-sandbox-sweep.service");
    let older = fs::read_to_string(&file).unwrap().replace("RestartSec=5min", "RestartSec=6min");
    fs::write(&file, &older).unwrap();
    desk.refuses("enable");
    assert_eq!(desk.sweep(&["--install"]).0, 1);
    assert_eq!(fs::read_to_string(&file).unwrap(), older);
}

#[test]
fn without_systemd_cron_is_told_in_one_line_and_nothing_is_installed() {
    let desk = Desk::new();
    desk.refuses("show-environment");
    let bare = |desk: &Desk| {
        let mut command =
            desk.command(Path::new(env!("CARGO_BIN_EXE_backup365")), &["--sandbox", "sweep", "--install"]);
        command.env("PATH", desk.path("nothing"));
        said(command)
    };
    for (code, out, err) in [desk.sweep(&["--install"]), bare(&desk)] {
        assert_eq!(code, 1);
        assert!(err.starts_with("No timer was installed and nothing was changed: "), "{err}");
        assert!(err.contains("no reason given") || err.contains("systemctl is not installed here"), "{err}");
        assert!(err.contains("crontab -e") && err.contains("sweep --watch"), "{err}");
        let line = out.strip_prefix("*/10 * * * * ").unwrap();
        let program = fs::canonicalize(env!("CARGO_BIN_EXE_backup365")).unwrap();
        assert_eq!(words_of(line), [program.to_str().unwrap(), "--sandbox", "--quiet", "sweep"], "{out}");
        assert!(desk.units().is_empty());
        assert_eq!(desk.sweepers(), 0);
    }
}

#[test]
fn a_unit_of_somebody_else_is_left_alone() {
    let desk = Desk::new();
    let file = desk.unit("backup365-sandbox-sweep.timer");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "[Timer]\nOnCalendar=daily\n").unwrap();
    for flag in ["--install", "--uninstall"] {
        let (code, _, err) = desk.sweep(&[flag]);
        assert!(
            code == 1 && err.contains("did not write it") && err.contains("Nothing was changed"),
            "{err}"
        );
        assert_eq!(desk.units().len(), 1);
        assert_eq!(fs::read_to_string(&file).unwrap(), "[Timer]\nOnCalendar=daily\n");
    }
}

#[test]
fn uninstalling_takes_away_our_own_files_and_can_be_repeated() {
    let desk = Desk::new();
    assert_eq!(
        desk.sweep(&["--uninstall"]),
        (0, String::new(), "No timer of this program is installed here.\n".into())
    );
    desk.sweep(&["--install"]);
    fs::write(desk.unit("other.service"), "[Service]\n").unwrap();
    desk.asked();
    let (code, out, err) = desk.sweep(&["--uninstall"]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(err.contains("is gone. Nothing will run at 20:00"), "{err}");
    assert_eq!(desk.units().len(), 1, "{:?}", desk.units());
    let asked = desk.asked();
    assert_eq!(asked[0], "systemctl [--user] [disable] [--now] [backup365-sandbox-sweep.timer]");
    assert_eq!(desk.sweepers(), 0);
    assert!(desk.sweep(&["--status"]).1.contains("Nothing will run at 20:00"));
    assert_eq!(desk.sweep(&["--uninstall"]).0, 0);
    // Where systemd does not answer, the link that would start the timer goes too.
    desk.sweep(&["--install"]);
    let link = desk.unit("timers.target.wants/backup365-sandbox-sweep.timer");
    fs::create_dir_all(link.parent().unwrap()).unwrap();
    symlink(desk.unit("backup365-sandbox-sweep.timer"), &link).unwrap();
    desk.refuses("disable");
    let (code, _, err) = desk.sweep(&["--uninstall"]);
    assert!(code == 0 && err.contains("systemd could not be told"), "{err}");
    assert!(fs::symlink_metadata(&link).is_err() && !desk.unit("backup365-sandbox-sweep.timer").exists());
}

/// A desk that works with Microsoft: the sandbox of another process stands for it.
struct Partner {
    desk: Desk,
    microsoft: Foreground,
}

impl Partner {
    /// With a line of settings that says where the credential is.
    fn new(credential: &str) -> Self {
        let (desk, microsoft) = (Desk::new(), Foreground::start());
        let partner = Self { desk, microsoft };
        partner.writes(credential);
        partner.adds(&[], &[]);
        partner
    }

    /// Begins the record: no pass makes one.
    fn adds(&self, flags: &[&str], variables: &[(&str, &str)]) {
        let add =
            ["customers", "add", "--reference", "C-1", "--name", "Bakery", "--domain", "bakery.example"];
        let mut command =
            self.desk.command(Path::new(env!("CARGO_BIN_EXE_backup365")), &[flags, &add].concat());
        command.envs(variables.iter().copied());
        let (code, _, err) = said(command);
        assert_eq!(code, 0, "{err}");
    }

    fn writes(&self, credential: &str) {
        let Foreground { address, application, tenant, .. } = &self.microsoft;
        let folder = self.desk.path(".config/backup365");
        fs::create_dir_all(&folder).unwrap();
        let settings = format!(
            "[app]\nclient_id = \"{application}\"\ntenant = \"{tenant}\"\n{credential}\n\n[addresses]\n\
             \"https://login.microsoftonline.com\" = \"{address}\"\n\"https://graph.microsoft.com\" = \"{address}\"\n"
        );
        fs::write(folder.join("settings.toml"), settings).unwrap();
        backup365::private::replace(&folder.join("good.txt"), "sandbox~invented~secret\n").unwrap();
        fs::write(folder.join("bad.txt"), "another\n").unwrap();
    }
}

#[test]
fn a_check_says_item_by_item_whether_a_pass_could_run() {
    let partner = Partner::new("secret_file = \"good.txt\"");
    let check = || partner.desk.run(&["sweep", "--check"]);
    let (code, out, err) = check();
    assert_eq!((code, err.lines().count()), (0, 1), "{out}{err}");
    assert!(err.starts_with("backup365: the table [addresses] of the settings is in use"), "{err}");
    let names: Vec<&str> = out.lines().filter_map(|line| Some(line.split_once(':')?.0)).collect();
    let wanted =
        ["Settings", "Addresses", "Files", "Record", "Credential", "Expiry", "Microsoft", "Graph", "Clock"];
    assert_eq!(names, wanted);
    assert!(out.contains(".config/backup365/settings.toml") && out.ends_with("A sweep can run.\n"), "{out}");
    let (_, json, _) = partner.desk.run(&["sweep", "--check", "--json"]);
    assert_eq!(fits("sweep-check", &json)["is_good"], true);

    partner.writes("secret_file = \"bad.txt\"");
    let (code, out, _) = check();
    assert!(code == 4 && out.contains("\nMicrosoft: FAILED: "), "{out}");
    // The check is where others send to: it sends nobody on to itself.
    let is_told = |out: &str| !out.contains("lead") && !out.contains("customer");
    assert!(is_told(&out) && out.contains("looks the code up") && out.contains("[app]"), "{out}");
    let (_, json, _) = partner.desk.run(&["sweep", "--check", "--json"]);
    assert!(is_told(&json), "{json}");
    partner.writes("certificate_file = \"good.txt\"");
    let (_, told, _) = check();
    assert!(is_told(&told) && told.contains("good.txt is no PEM file and no PFX"), "{told}");
    assert!(out.ends_with("A sweep can't run until this is mended.\n"), "{out}");

    // An organisation that is none is our own mistake here, and nothing that a customer could read again.
    partner.writes("secret_file = \"good.txt\"");
    let nowhere = ["--app-tenant", "6f2b8c1d-0000-4000-8000-00000000dead", "sweep", "--check"];
    let (code, out, _) = partner.desk.run(&nowhere);
    assert!(code == 4 && out.contains("your own organisation") && out.contains("90002"), "{out}");
    assert!(out.contains("app.tenant") && !out.to_lowercase().contains("customer"), "{out}");

    partner.writes("secret_file = \"gone.txt\"");
    let (code, out, _) = check();
    assert!(code == 1 && out.contains("\nCredential: FAILED: ") && !out.contains("Microsoft:"), "{out}");
    let (_, json, _) = partner.desk.run(&["sweep", "--check", "--json"]);
    assert_eq!(fits("sweep-check", &json)["is_good"], false);

    fs::remove_file(partner.desk.path(".local/share/backup365/backup365.sqlite")).unwrap();
    fs::create_dir(partner.desk.path(".local/share/backup365/backup365.sqlite")).unwrap();
    let (code, out, _) = check();
    assert!(code == 1 && out.contains("\nRecord: FAILED: ") && !out.contains("Credential:"), "{out}");
}

#[test]
fn a_check_and_a_pass_compare_the_clock_with_microsofts() {
    // Microsoft's clock is another one: so is this computer's, then.
    let microsoft = Foreground::start_with(&["--clock", "2026-11-23T20:00:00+11:00"]);
    let partner = Partner { desk: Desk::new(), microsoft };
    partner.writes("secret_file = \"good.txt\"");
    partner.adds(&[], &[]);
    let (code, out, _) = partner.desk.run(&["sweep", "--check"]);
    assert!(
        code == 6 && out.contains("Clock: FAILED: ") && out.contains("by the date of Microsoft"),
        "{out}"
    );
    let (code, out, _) = partner.desk.run(&["--clock-tolerance", "24h", "sweep", "--check"]);
    assert_eq!(code, 6, "a day is all that can be tolerated: {out}");

    // The right time, and a record into which a fast clock wrote: told once, then known.
    let partner = Partner::new("secret_file = \"good.txt\"");
    let record = partner.desk.path(".local/share/backup365/backup365.sqlite");
    Connection::open(&record).unwrap().execute("UPDATE audit SET at = at + 315360000000", []).unwrap();
    let (code, out, err) = partner.desk.run(&["status", "--attention"]);
    assert!(code == 6 && out.contains("CLOCK: ") && out.contains("sweep --check"), "{out}{err}");
    let (code, out, _) = partner.desk.run(&["sweep"]);
    assert!(code == 6 && out.contains("CLOCK: ") && out.contains("Nothing is due."), "{out}");
    // Microsoft was asked meanwhile, so that this is known; what lies still further ahead is not.
    Connection::open(&record).unwrap().execute("UPDATE audit SET at = at + 315360000000", []).unwrap();
    let (code, out, _) = partner.desk.run(&["sweep", "--check"]);
    assert!(code == 6 && out.contains("\nClock: FAILED: ") && out.contains("\nMicrosoft: takes"), "{out}");
    let (code, out, _) = partner.desk.run(&["sweep", "--check"]);
    assert!(code == 0 && out.contains("\nClock: agrees with Microsoft's within "), "{out}");
    assert_eq!(partner.desk.run(&["status", "--attention"]).0, 0);
}

#[test]
fn a_secret_in_a_variable_is_not_there_at_night_and_the_words_say_what_to_do() {
    let partner = Partner::new("secret_environment = \"BACKUP365_SECRET\"");
    let install = |secret: &str| {
        let mut command =
            partner.desk.command(Path::new(env!("CARGO_BIN_EXE_backup365")), &["sweep", "--install"]);
        command.env("BACKUP365_SECRET", secret);
        said(command)
    };
    let (code, _, err) = install("sandbox~invented~secret");
    assert_eq!(code, 6, "{err}");
    assert!(err.contains("The secret comes from the variable BACKUP365_SECRET"), "{err}");
    assert!(err.contains("BACKUP365_SECRET=SECRET into ") && err.contains("sweep.env"), "{err}");
    assert!(err.contains("Credential: FAILED: ") && err.contains("did not go well"), "{err}");
    let units: String = partner.desk.units().into_iter().map(|(_, text)| text).collect();
    assert!(!units.contains("sandbox~invented~secret") && !units.contains("BACKUP365_SECRET="), "{units}");
    fs::write(partner.desk.path(".config/backup365/sweep.env"), "BACKUP365_SECRET=sandbox~invented~secret\n")
        .unwrap();
    let (_, _, err) = install("");
    assert!(
        err.contains("went well: record, credential, Microsoft.") && !err.contains("The secret comes"),
        "{err}"
    );
}

#[test]
fn the_units_lead_to_the_same_settings_from_anywhere() {
    let partner = Partner::new("secret_file = \"good.txt\"");
    let desk = &partner.desk;
    fs::copy(desk.path(".config/backup365/settings.toml"), desk.path("my settings.toml")).unwrap();
    fs::copy(desk.path(".config/backup365/good.txt"), desk.path("good.txt")).unwrap();
    let flags = ["--settings", "my settings.toml", "--folders-data", "kept here"];
    let config = desk.path("cfg");
    let variables = [
        ("BACKUP365_LINKS_DONE_PAGE", "https://www.example.com/100%done"),
        ("BACKUP365_SCREEN_COLOR", "never"),
        ("BACKUP365_PASSWORD", "hunter2"),
        ("XDG_CONFIG_HOME", config.to_str().unwrap()),
    ];
    partner.adds(&flags, &variables);
    let mut command = desk
        .command(Path::new(env!("CARGO_BIN_EXE_backup365")), &[&flags[..], &["sweep", "--install"]].concat());
    command.envs(variables);
    let (_, _, err) = said(command);
    assert!(err.contains("went well: record, credential, Microsoft."), "{err}");
    let service = fs::read_to_string(desk.path("cfg/systemd/user/backup365-sweep.service")).unwrap();
    let home = desk.home.path().display();
    let settings = format!(
        " --settings \"{home}/my settings.toml\" \"--folders-data={home}/kept here\" sweep --record="
    );
    assert!(service.contains(&settings), "{service}");
    let record = Connection::open(desk.path("kept here/backup365.sqlite")).unwrap();
    let id: String =
        record.query_row("SELECT value FROM about WHERE name = 'id'", [], |row| row.get(0)).unwrap();
    assert!(service.contains(&format!(" sweep --record={id}\n")), "{id}: {service}");
    let variables: Vec<&str> = service.lines().filter(|line| line.starts_with("Environment=")).collect();
    let config = format!("Environment=XDG_CONFIG_HOME={home}/cfg");
    let page = "Environment=\"BACKUP365_LINKS_DONE_PAGE=https://www.example.com/100%%done\"";
    assert_eq!(variables, [config.as_str(), page], "{service}");
    assert!(desk.path("kept here/backup365.sqlite").exists());
}

#[test]
fn a_program_in_another_place_takes_the_place_of_the_one_before_and_says_so() {
    let desk = Desk::new();
    // By its real name, as the system gives it to the program; plain, so that nothing in it has to be quoted.
    let elsewhere = desk.home.path().canonicalize().unwrap().join("elsewhere/backup365");
    fs::create_dir(elsewhere.parent().unwrap()).unwrap();
    // Cargo's own mark: a place where a program does not stay, wherever the tests run. That all is well in a place where
    // it stays is tested in `commands`, which is told so.
    fs::create_dir(elsewhere.with_file_name(".fingerprint")).unwrap();
    if fs::hard_link(env!("CARGO_BIN_EXE_backup365"), &elsewhere).is_err() {
        fs::copy(env!("CARGO_BIN_EXE_backup365"), &elsewhere).unwrap();
    }
    let (code, out, err) = said(desk.command(&elsewhere, &["--sandbox", "sweep", "--install"]));
    assert_eq!((code, out.as_str()), (6, ""), "{err}");
    assert!(err.contains(&format!("{} lies in a folder for building", elsewhere.display())), "{err}");
    let unit = fs::read_to_string(desk.unit("backup365-sandbox-sweep.service")).unwrap();
    let begins = format!("ExecStart={} --sandbox sweep\n", elsewhere.display());
    assert!(unit.contains(&begins), "{unit}");
    let (_, _, err) = desk.sweep(&["--install"]);
    assert!(
        err.contains(&format!("It takes the place of another one: ExecStart={}", elsewhere.display())),
        "{err}"
    );
}

#[test]
fn systemd_itself_reads_the_units_whatever_the_folders_are_called() {
    let desk = Desk::new();
    // A name on the path that leads to the program stands in the unit, because it stays when a newer one comes.
    let odd = desk.path("all; 100% of $HOME & more");
    let odder = desk.path("it's \"mine\" \\o ${A}");
    fs::create_dir(&odd).unwrap();
    fs::create_dir(&odder).unwrap();
    symlink(env!("CARGO_BIN_EXE_backup365"), odd.join("backup365")).unwrap();
    fs::write(odder.join("settings.toml"), "").unwrap();
    let settings = odder.join("settings.toml");
    let arguments = ["--sandbox", "--settings", settings.to_str().unwrap(), "sweep", "--install", "--print"];
    let mut command = desk.command(Path::new(env!("CARGO_BIN_EXE_backup365")), &arguments);
    command.env("PATH", format!("{}:/usr/bin:/bin", odd.display())).env("XDG_DATA_HOME", odder.join("data"));
    let (code, out, err) = said(command);
    assert_eq!((code, err.as_str()), (0, ""));
    let units = printed(&out);
    let service = &units[0].1;
    assert!(service.contains("/all; 100%% of $HOME & more/backup365\" --settings \"/"), "{out}");
    assert!(service.contains("/it's \\\"mine\\\" \\\\o $${A}/settings.toml\" --sandbox sweep\n"), "{out}");
    let folder = desk.path("units");
    fs::create_dir(&folder).unwrap();
    for (name, text) in &units {
        fs::write(folder.join(name), text).unwrap();
    }
    let Some(analyze) = spare("systemd-analyze") else { return };
    let verify = |file: &Path| {
        let mut command = Command::new(&analyze);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", desk.home.path());
        command.env("XDG_RUNTIME_DIR", desk.home.path()).args(["--user", "verify"]).arg(file);
        said(command)
    };
    for (name, _) in &units {
        let (code, out, err) = verify(&folder.join(name));
        let about: Vec<&str> = err.lines().filter(|line| line.contains("backup365")).collect();
        // There is no manual page on the path of a test.
        let about: Vec<&&str> = about.iter().filter(|line| !line.contains("man ")).collect();
        assert!(about.is_empty(), "{name}: {code} {out} {about:#?}");
    }
    // It would have said so: the same unit with a program that is not there.
    let broken = units[0].1.replace("/backup365\"", "/backup366\"");
    assert_ne!(broken, units[0].1);
    fs::write(folder.join("backup365-broken.service"), broken).unwrap();
    assert!(verify(&folder.join("backup365-broken.service")).2.contains("backup366"));
    let mut calendar = Command::new(&analyze);
    calendar.env_clear().args(["calendar", "*-*-* 20:00 Australia/Sydney"]);
    let (code, out, err) = said(calendar);
    assert!(code == 0 && out.contains("20:00:00 Australia/Sydney"), "{out}{err}");
}

#[test]
fn an_older_record_of_a_sweeper_elsewhere_is_not_taken_away() {
    let desk = Desk::new();
    desk.sweep(&["--install"]);
    Connection::open(desk.home.store()).unwrap().execute("UPDATE sweeper SET host = 'another'", []).unwrap();
    assert_eq!(desk.sweep(&["--uninstall"]).0, 0);
    assert_eq!(desk.sweepers(), 1);
    let status: Value = fits("sweep-status", &desk.sweep(&["--status", "--json"]).1);
    assert_eq!(status["sweeper"], "another");
}

#[test]
fn the_way_out_of_this_computer_goes_into_the_file_of_variables_and_never_into_a_unit() {
    let partner = Partner::new("secret_file = \"good.txt\"");
    let desk = &partner.desk;
    fs::write(
        desk.path(".config/backup365/sweep.env"),
        "BACKUP365_LOG_LEVEL=debug\nHTTPS_PROXY=http://old.example\n",
    )
    .unwrap();
    let authority = crate::network::rig::Authority::new("Authority of the tests");
    fs::write(desk.path("ours.pem"), &authority.pem).unwrap();
    let set = [
        ("HTTPS_PROXY", "http://ana:s3cret@proxy.example:3128"),
        ("no_proxy", ".hoster.example"),
        ("SSL_CERT_FILE", "ours.pem"),
        ("HTTP_PROXY", ""),
    ];
    let run = |arguments: &[&str]| {
        let mut command = desk.command(Path::new(env!("CARGO_BIN_EXE_backup365")), arguments);
        command.envs(set);
        said(command)
    };
    let names = "HTTPS_PROXY, no_proxy and SSL_CERT_FILE";
    let (_, out, err) = run(&["sweep", "--install", "--print"]);
    assert!(
        err.contains(&format!("--install also puts {names} here: ")) && !out.contains("PROXY"),
        "{err}{out}"
    );
    for _twice in 0..2 {
        let (_, out, err) = run(&["sweep", "--install"]);
        assert!(err.contains(&format!("For the sweeper {names} went into ")), "{err}");
        assert!(err.contains("sweep.env (mode 0600)") && !format!("{out}{err}").contains("s3cret"), "{err}");
        assert!(
            err.contains("went well"),
            "the check has them, and the sandbox's addresses need none: {err}"
        );
        let file = desk.path(".config/backup365/sweep.env");
        let home = desk.home.path().display();
        assert_eq!(
            fs::read_to_string(&file).unwrap(),
            format!(
                "BACKUP365_LOG_LEVEL=debug\nHTTPS_PROXY=http://ana:s3cret@proxy.example:3128\nHTTP_PROXY=\n\
                 no_proxy=.hoster.example\nSSL_CERT_FILE={home}/ours.pem\n"
            )
        );
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let units: String = desk.units().into_iter().map(|(_, text)| text).collect();
        assert!(
            units.contains("EnvironmentFile=-") && !units.contains("PROXY") && !units.contains("SSL_CERT"),
            "{units}"
        );
    }
    // cron has no such file: it is told what to write.
    desk.refuses("show-environment");
    let (_, out, err) = run(&["sweep", "--install"]);
    assert!(err.contains(&format!("cron knows nothing of {names}")), "{err}");
    assert!(!format!("{out}{err}").contains("s3cret"), "{out}{err}");
}

#[test]
fn a_check_asks_graph_too() {
    let partner = Partner::new("secret_file = \"good.txt\"");
    let file = partner.desk.path(".config/backup365/settings.toml");
    let settings = fs::read_to_string(&file).unwrap();
    let graph = format!("\"https://graph.microsoft.com\" = \"{}\"", partner.microsoft.address);
    // The port of discard, which no computer of today serves.
    fs::write(&file, settings.replace(&graph, "\"https://graph.microsoft.com\" = \"http://127.0.0.1:9\""))
        .unwrap();
    let (code, out, _) = partner.desk.run(&["sweep", "--check"]);
    assert!(code == 1 && out.contains("\nMicrosoft: takes the credential"), "{out}");
    assert!(
        out.contains("\nGraph: FAILED: asking Microsoft Graph: graph.microsoft.com can't be reached"),
        "{out}"
    );
    assert!(out.ends_with("A sweep can't run until this is mended.\n"), "{out}");
}

#[test]
fn the_timer_of_the_package_is_noted_and_gets_no_second_one_beside_it() {
    let partner = Partner::new("secret_file = \"good.txt\"");
    let desk = &partner.desk;
    let (_, account, _) = said(desk.command(Path::new("/usr/bin/id"), &["-un"]));
    let timer = format!("backup365-sweep@{}.timer", account.trim());
    let switch = |is_on: bool| fs::write(desk.path("enabled"), if is_on { &*timer } else { "" }).unwrap();
    switch(true);
    let install = |flags: &[&str]| desk.run(&[flags, &["sweep", "--install"]].concat());
    let (code, out, err) = install(&[]);
    // The program under test lies where Cargo builds: that alone needs attention.
    assert_eq!((code, out.as_str()), (6, ""), "{err}");
    assert!(err.contains(&format!("{timer} starts the sweep of this account")), "{err}");
    assert!(err.contains("no second timer") && err.contains("Next sweep: "), "{err}");
    assert!(desk.units().is_empty(), "{:?}", desk.units());
    let is_known = || desk.run(&["sweep", "--status"]).1.contains("is installed on ");
    assert!(is_known());
    let uninstall = || desk.run(&["sweep", "--uninstall"]);
    let (code, _, err) = uninstall();
    assert!(code == 1 && err.contains(&format!("systemctl disable --now {timer}\n")), "{err}");
    assert!(is_known());
    // Switched off, it is forgotten.
    switch(false);
    assert!(uninstall().0 == 0 && !is_known());
    // It knows nothing of flags: with one, this account's own timer sweeps.
    switch(true);
    let (_, _, err) = install(&["--log-level", "debug"]);
    assert!(!err.contains(&timer) && desk.units().len() == 2, "{err}");
}

#[test]
fn the_units_of_the_package_start_the_sweep_as_those_of_an_account_do() {
    let partner = Partner::new("secret_file = \"good.txt\"");
    let (_, out, err) = partner.desk.run(&["sweep", "--install", "--print"]);
    let own = printed(&out);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/packaging/systemd");
    for ((_, own), kind) in own.iter().zip(["service", "timer"]) {
        let packed = fs::read_to_string(folder.join(format!("backup365-sweep@.{kind}"))).unwrap();
        // What is about one account, one computer or words for people is another matter.
        let about =
            ["#", "Description=", "ExecStart=", "Environment", "User=", "Wants=", "After=", "Documentation="];
        let lines = |text: &str| -> Vec<String> {
            let lines =
                text.lines().filter(|line| !line.is_empty() && !about.iter().any(|it| line.starts_with(it)));
            lines.map(str::to_owned).collect()
        };
        assert_eq!(lines(&packed), lines(own), "{err}");
    }
}
