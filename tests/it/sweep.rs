//! `backup365 sweep`, the built binary: what it prints, what it writes, how it ends.

mod team;

use std::{
    fmt::Write as _,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use backup365::{
    domain::{
        customer::{NewCustomer, Product},
        doubt::Accepts,
        protection::Protection,
        tenant::Organisation,
        text::Text,
        time::{Clock, Moment},
    },
    provider::store::{Store, StoreOptions},
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::{customers::called, explain::fits, terminal::Home, tools::invented_partner};

/// How long any one line may take; generous, because test machines are shared.
const DEADLINE: Duration = Duration::from_mins(1);

/// When the rules are made: 14:00 in Sydney.
const START: &str = "2026-11-23T14:00:00+11:00";

/// Five seconds after that day's 20:00, and after the next day's.
const NIGHTS: [&str; 2] = ["2026-11-23T20:00:05+11:00", "2026-11-24T20:00:05+11:00"];

/// A home with a world of its own in which rules are on.
struct Night {
    home: Home,
    world: PathBuf,
}

impl Night {
    /// One customer for each number of users; `ceiling` is that of every rule.
    fn new(users: &[u32], ceiling: u32) -> Self {
        let home = Home::new();
        let world = home.path().join("world.toml");
        std::fs::write(&world, world_of(users)).unwrap();
        let night = Self { home, world };
        let store = night.store();
        for number in 1..=users.len() {
            let customer = NewCustomer {
                reference: Text::of(format_args!("C-{number}")),
                name: Text::of(format_args!("Customer {number}")),
                domain: Text::of(format_args!("tenant{number}.example")),
                is_active: true,
                products: vec![Product::Office365],
                ..NewCustomer::default()
            };
            store.seed_customers(&[customer]).unwrap();
            let customer = called(&store, &format!("C-{number}"));
            let run = store.open_run(customer.id, Product::Office365).unwrap().id;
            let tenant = tenant(number).parse().unwrap();
            let found = Organisation { tenant, name: None, domain: None, region: None };
            store.save_organisation(&run, &found, &Accepts::default()).unwrap();
            store.save_proof(&run, Some(&found)).unwrap();
            store.enable(&run).unwrap();
            store.make_rule(&run, 5, ceiling).unwrap();
        }
        night
    }

    fn store(&self) -> Store {
        Store::open(StoreOptions {
            place: self.home.store().into(),
            identity: self.home.path().join(".config/backup365/sandbox-identity.txt"),
            clock: Clock::fixed(Moment::parse(START).unwrap()),
            account: "ann".into(),
            as_user: false,
            host: "desk-1".into(),
            is_sandbox: true,
        })
        .unwrap()
    }

    fn protection(&self, number: usize) -> Protection {
        let store = self.store();
        let customer = called(&store, &format!("C-{number}"));
        store.protection(customer.id, Product::Office365).unwrap()
    }

    fn command(&self, clock: &str, arguments: &[&str]) -> Command {
        let mut command = bare(self.home.path());
        command.args(["--sandbox", "--world", self.world.to_str().unwrap(), "--clock", clock]);
        command.args(arguments);
        command
    }

    /// Runs to the end: exit code and stdout.
    fn run(&self, clock: &str, arguments: &[&str]) -> (i32, String) {
        ended(&self.command(clock, arguments).output().unwrap())
    }

    /// Every row of every table that a sweep writes.
    fn rows(&self) -> Vec<String> {
        let record = rusqlite::Connection::open(self.home.store()).unwrap();
        let mut rows = Vec::new();
        for table in
            ["seat", "sweep", "sweeper", "auto_rule", "delta", "roster", "listing", "scheduled", "audit"]
        {
            let mut all = record.prepare(&format!("SELECT * FROM {table}")).unwrap();
            let columns = all.column_count();
            let mut found = all.query([]).unwrap();
            while let Some(row) = found.next().unwrap() {
                let values: Vec<_> =
                    (0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap())).collect();
                rows.push(format!("{table} {values:?}"));
            }
        }
        rows
    }
}

fn tenant(number: usize) -> String {
    format!("{number:08}-1111-4111-8111-111111111111")
}

/// A world whose tenants have accepted before it began.
fn world_of(users: &[u32]) -> String {
    let mut text = invented_partner().to_owned();
    for (number, users) in (1..).zip(users) {
        let id = tenant(number);
        write!(
            text,
            r#"
[[tenant]]
id = "{id}"
name = "Tenant {number}"
domain = "tenant{number}.example"
initial = "tenant{number}.onmicrosoft.com"
granted = true
crowd = {{ users = {users} }}
"#
        )
        .unwrap();
    }
    text
}

fn bare(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backup365"));
    command.env_clear().envs([("LANG", "C.UTF-8"), ("PATH", "/usr/bin:/bin"), ("TZ", "Australia/Perth")]);
    command.env("HOME", home).current_dir(home).stdin(Stdio::null());
    command
}

fn ended(output: &Output) -> (i32, String) {
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    let code = output.status.code().unwrap_or_else(|| panic!("{:?}: {words}", output.status));
    assert!(matches!(code, 0 | 6) == output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (code, words)
}

/// A process whose lines arrive one by one; killed when it is dropped.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (give, lines) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| give.send(line)));
        Self { child, lines }
    }

    /// Waits for a line with these words.
    fn line(&self, words: &str) -> String {
        let mut all = Vec::new();
        loop {
            match self.lines.recv_timeout(DEADLINE) {
                Ok(line) if line.contains(words) => return line,
                Ok(line) => all.push(line),
                Err(why) => panic!("never {words:?} ({why}) after {all:#?}"),
            }
        }
    }

    /// Sends a signal and answers the exit code.
    fn told(&mut self, signal: Signal) -> Option<i32> {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already can't be killed again.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _gone = self.child.kill();
            let _status = self.child.wait();
        }
    }
}

#[test]
fn a_pass_says_who_was_turned_on_and_is_done_once() {
    let night = Night::new(&[5], 15);
    assert_eq!(night.run(START, &["sweep"]), (0, "Nothing is due.\n".into()));
    let (code, words) = night.run(NIGHTS[0], &["sweep"]);
    assert_eq!(code, 0, "{words}");
    let head = "Customer 1 · Office 365 · for Mon 23 Nov 2026 20:00 AEDT: 5 turned on.";
    assert_eq!(words.lines().next(), Some(head));
    assert_eq!(words.lines().filter(|line| line.contains("@tenant1.example>")).count(), 5, "{words}");
    assert_eq!(night.protection(1).seats.len(), 5);
    assert_eq!(night.run(NIGHTS[0], &["sweep"]), (0, "Nothing is due.\n".into()));
    let (_, words) = night.run("2026-11-26T09:00:00+11:00", &["sweep"]);
    assert!(words.contains("for Wed 25 Nov 2026 20:00 AEDT, late: nobody new."), "{words}");
}

#[test]
fn a_user_made_beside_it_is_found_the_next_night() {
    let night = Night::new(&[5], 15);
    night.run(NIGHTS[0], &["sweep"]);
    let sandbox = Running::start(night.command(NIGHTS[0], &["sandbox", "--port", "0"]));
    let line = sandbox.line("SANDBOX on http://");
    let address = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
    let made = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let body = json!({"tenant": tenant(1), "displayName": "Nora New"});
        client.post(format!("{address}/sandbox/users")).json(&body).send().await.unwrap().status()
    });
    assert_eq!(made, 201);
    let (code, words) = night.run(NIGHTS[1], &["sweep"]);
    assert_eq!(code, 0);
    assert!(words.contains(": 1 turned on.\n  Nora New <nora.new@tenant1.example>\n"), "{words}");
}

#[test]
fn a_preview_writes_nothing() {
    let night = Night::new(&[5, 3], 15);
    let before = night.rows();
    let whens =
        ["Mon 23 Nov 20:00 AEDT, 17:00 in Perth, in 5 h 59 min", "Mon 23 Nov 2026 20:00 AEDT, due now"];
    for (clock, when) in [START, NIGHTS[0]].into_iter().zip(whens) {
        let (code, words) = night.run(clock, &["sweep", "--preview"]);
        assert_eq!(code, 0);
        assert!(words.contains(&format!("Customer 1 · Office 365 · for {when}: 5 would")), "{words}");
        assert!(words.contains(": 5 would be turned on."), "{words}");
        assert!(words.contains(": 3 would be turned on."), "{words}");
    }
    assert_eq!(night.rows(), before);
}

#[test]
fn the_status_ends_with_6_while_a_pass_is_overdue() {
    let night = Night::new(&[5], 15);
    let (code, words) = night.run("2026-11-23T20:29:00+11:00", &["sweep", "--status"]);
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("Enable Auto is on for 1 product of 1 customer."), "{words}");
    assert!(
        words.contains(
            "Nothing will run at 20:00: no sweeper (the timer that starts the sweep) has run here yet."
        ),
        "{words}"
    );
    for clock in ["2026-11-23T20:31:00+11:00", "2026-11-24T20:10:00+11:00"] {
        let (code, words) = night.run(clock, &["sweep", "--status"]);
        assert_eq!(code, 6, "{words}");
        assert!(words.contains("OVERDUE"), "{words}");
    }
    night.run("2026-11-23T21:00:00+11:00", &["sweep"]);
    let (code, words) = night.run("2026-11-23T21:00:00+11:00", &["sweep", "--status"]);
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("Last sweep: for Mon 23 Nov 2026 20:00 AEDT, on "), "{words}");
    assert!(words.contains("Next sweep: Tue 24 Nov 20:00 AEDT, 17:00 in Perth, in 22 h 59 min."), "{words}");
    assert!(
        words.contains("Customer 1 · Office 365 · for Mon 23 Nov 2026 20:00 AEDT, late: 5 turned on"),
        "{words}"
    );
}

#[test]
fn a_limit_ends_with_6_and_the_others_go_on() {
    let night = Night::new(&[30, 5], 15);
    let (code, words) = night.run(NIGHTS[0], &["sweep"]);
    assert_eq!(code, 6, "{words}");
    assert!(words.contains("NEEDS ATTENTION: 30 new users would make 30 protected"), "{words}");
    assert!(words.contains("Customer 2 · Office 365") && words.contains(": 5 turned on."), "{words}");
    assert_eq!(night.run(NIGHTS[0], &["sweep", "--status"]).0, 6);
}

#[test]
fn trouble_ends_with_6_and_the_pass_stays_due() {
    let night = Night::new(&[5], 15);
    let (code, words) = night.run(NIGHTS[0], &["--fault", "token-error=7000222", "sweep"]);
    assert_eq!(code, 6, "{words}");
    assert!(words.contains("NOT DONE: ") && words.contains("The sweep stays due."), "{words}");
    let (code, words) = night.run("2026-11-23T20:40:00+11:00", &["sweep", "--status"]);
    assert_eq!(code, 6, "{words}");
    assert!(words.contains("not finished"), "{words}");
    assert!(night.run("2026-11-23T20:40:00+11:00", &["sweep"]).1.contains(", late: 5 turned on."));
}

#[test]
fn a_token_that_lacks_a_permission_of_the_wizard_needs_attention_and_says_to_accept_again() {
    let night = Night::new(&[12], 50);
    let lacking = ["--fault", "without=MailboxSettings.Read"];
    for words in [&["sweep", "--preview"][..], &["sweep"]] {
        let (code, told) = night.run(NIGHTS[0], &[&lacking[..], words].concat());
        assert_eq!(code, 6, "{told}");
        assert!(told.contains("must accept again; missing: MailboxSettings.Read"), "{told}");
        assert!(told.contains("/adminconsent?client_id="), "the link stands beside it: {told}");
    }
    let told = |clock: &str| {
        let status = night.command(clock, &["status", "--attention"]).output().unwrap();
        String::from_utf8(status.stdout).unwrap()
    };
    assert!(
        told(NIGHTS[0]).contains("must accept again; missing: MailboxSettings.Read"),
        "{}",
        told(NIGHTS[0])
    );
    let (code, words) = night.run(NIGHTS[1], &["sweep"]);
    assert_eq!(code, 0, "{words}");
    assert!(!told(NIGHTS[1]).contains("accept again"), "{}", told(NIGHTS[1]));
}

#[test]
fn a_watch_does_the_pass_at_2000_and_ends_on_signals() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129)] {
        let night = Night::new(&[5], 15);
        let mut watch = Running::start(night.command("2026-11-23T19:59:57+11:00", &["sweep", "--watch"]));
        assert!(watch.line("Next look").contains("Mon 23 Nov 20:00 AEDT"));
        watch.line(": 5 turned on.");
        assert!(watch.line("Next look").contains("Tue 24 Nov 20:00 AEDT"));
        assert_eq!(watch.told(signal), Some(code));
        assert_eq!(night.protection(1).seats.len(), 5);
    }
}

#[test]
fn a_pass_killed_between_two_batches_is_completed_without_doubling() {
    const USERS: u32 = 4_000;
    let night = Night::new(&[USERS], 5_000);
    let seats = || night.protection(1).seats.len();
    let mut child = night.command(NIGHTS[0], &["sweep"]).stdout(Stdio::null()).spawn().unwrap();
    let mut looks = DEADLINE.as_millis();
    while seats() == 0 {
        looks = looks.checked_sub(1).expect("somebody is turned on");
        assert_eq!(child.try_wait().unwrap(), None);
        thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let first = seats();
    eprintln!("killed after {first} of {USERS}");
    let (code, words) = night.run(NIGHTS[0], &["sweep"]);
    assert_eq!(code, 0, "{words}");
    assert_eq!(seats(), usize::try_from(USERS).unwrap());
    let history = night.store().sweeps(10).unwrap();
    assert_eq!((history.len(), history[0].turned_on), (1, USERS));
    assert!(history[0].finished.is_some());
}

#[test]
fn two_at_once_do_each_customer_once() {
    let night = Night::new(&[40, 300, 20], 400);
    let start = || night.command(NIGHTS[0], &["sweep"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let (one, two) = (start().unwrap(), start().unwrap());
    let words: String = [one, two].map(|child| ended(&child.wait_with_output().unwrap()).1).concat();
    assert_eq!(words.lines().filter(|line| line.starts_with("  ")).count(), 360, "each user once");
    let on: Vec<_> = (1..=3).map(|number| night.protection(number).seats.len()).collect();
    assert_eq!(on, [40, 300, 20]);
    assert_eq!(night.store().sweeps(10).unwrap().len(), 3);
}

#[test]
fn the_json_fits_its_schemas_and_quiet_leaves_out_what_is_no_news() {
    let night = Night::new(&[5, 30], 15);
    let (code, words) = night.run(START, &["sweep", "--preview", "--json"]);
    let value = fits("sweep", &words);
    assert_eq!(
        (code, &value["is_preview"], &value["passes"][0]["state"]),
        (6, &true.into(), &"planned".into())
    );
    let (code, words) = night.run(NIGHTS[0], &["sweep", "--json"]);
    let value = fits("sweep", &words);
    assert_eq!((code, &value["needs_attention"]), (6, &true.into()));
    let states: Vec<_> =
        value["passes"].as_array().unwrap().iter().map(|pass| pass["state"].clone()).collect();
    assert_eq!(states, ["done", "stopped"]);
    assert_eq!(value["passes"][0]["turned_on"].as_array().unwrap().len(), 5);
    assert_eq!(value["passes"][0]["reference"], "C-1");
    let (code, words) = night.run(NIGHTS[0], &["sweep", "--status", "--json"]);
    let value = fits("sweep-status", &words);
    assert_eq!((code, value["rules"].as_array().unwrap().len()), (6, 2));
    assert_eq!(value["next"], "2026-11-24T09:00:00Z");
    let (_, words) = night.run(NIGHTS[1], &["--fault", "token-error=7000222", "sweep", "--json"]);
    assert_eq!(fits("sweep", &words)["passes"][0]["state"], "not_done");
    let (code, words) = night.run(NIGHTS[1], &["--quiet", "sweep"]);
    assert!(code == 6 && !words.contains("Customer 1") && words.contains("NEEDS ATTENTION"), "{words}");
    assert_eq!(night.run(NIGHTS[1], &["--quiet", "sweep"]), (0, String::new()));
}

#[test]
fn without_settings_only_the_sandbox_is_swept() {
    let home = Home::new();
    let output = bare(home.path()).arg("sweep").output().unwrap();
    assert_eq!(ended(&output).0, 2);
    let output = bare(home.path()).args(["--sandbox", "sweep", "--watch", "--status"]).output().unwrap();
    assert_eq!(ended(&output).0, 2);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let night = Night::new(&[5], 15);
    let mut child =
        night.command(NIGHTS[0], &["sweep"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut complaint = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
    assert_eq!((child.wait().unwrap().code(), complaint.as_str()), (Some(0), ""));
    assert_eq!(night.protection(1).seats.len(), 5);
}

#[test]
fn a_short_list_ends_with_6_until_it_is_whole_again_or_an_admin_accepts_it() {
    let night = Night::new(&[40], 100);
    night.run(NIGHTS[0], &["sweep"]);
    let later = "2026-12-05T20:00:05+11:00";
    let short = ["--fault", "short-list=2026-12-05"];
    let swept = |clock: &str, words: &[&str]| night.run(clock, &[&short[..], &["sweep"], words].concat());

    let (code, shown) = swept(later, &["--preview", "--json"]);
    assert_eq!(code, 6, "{shown}");
    let shown = fits("sweep", &shown);
    assert_eq!(shown["passes"][0]["state"], json!("not_believed"));

    let (code, words) = swept(later, &[]);
    assert_eq!(code, 6, "{words}");
    assert!(words.contains(": the list is not believed."), "{words}");
    assert!(words.contains("NEEDS ATTENTION: The list came short: 20 of 40 users"), "{words}");
    assert!(words.contains("backup365 sweep --accept-shorter C-1=20"), "{words}");
    assert!(night.protection(1).seats.iter().all(|seat| seat.left.is_none()));
    // Whoever runs the tests is an Admin from now on.
    let file = rusqlite::Connection::open(night.home.store()).unwrap();
    file.execute("UPDATE operator SET is_admin = 1", []).unwrap();
    drop(file);
    // These say on stderr that it is the sandbox.
    let record = |words: &[&str]| {
        let output = night.command(later, words).output().unwrap();
        let said = if output.stdout.is_empty() { output.stderr } else { output.stdout };
        (output.status.code().unwrap(), String::from_utf8(said).unwrap())
    };
    let (code, words) = record(&["status", "--attention"]);
    assert!(code == 6 && words.contains("20 of 40 users"), "{code} {words}");
    let accept = |number: &str| record(&["sweep", "--accept-shorter", number]);
    for (wrong, words) in [
        ("C-1=21", "the last list had 20 users for Office 365, and not 21"),
        ("C-9=20", "no customer with the reference C-9"),
        ("C-1", "like C-1001=980"),
    ] {
        let (code, said) = accept(wrong);
        assert!(code == 2 && said.to_lowercase().contains(&words.to_lowercase()), "{wrong}: {code} {said}");
    }
    let (code, said) = accept("c-1=20");
    assert!(code == 0 && said.contains("Accepted: Customer 1 has 20 users"), "{code} {said}");
    assert_eq!(record(&["status", "--attention"]).0, 0);

    // The list is whole again: nobody has left after all.
    let (code, words) = night.run("2026-12-06T20:00:05+11:00", &["sweep"]);
    assert!(code == 0 && words.contains("nobody new."), "{code} {words}");
    assert!(night.protection(1).seats.iter().all(|seat| seat.left.is_none()));
}
