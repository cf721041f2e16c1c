//! Several sweepers on one record, each a process of its own.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;

impl Night {
    /// The record as a computer of that name opens it, at that time.
    fn store_on(&self, host: &str, clock: &str) -> Store {
        Store::open(StoreOptions {
            place: self.home.store().into(),
            identity: self.home.path().join(".config/backup365/sandbox-identity.txt"),
            clock: Clock::fixed(Moment::parse(clock).unwrap()),
            account: "ann".into(),
            as_user: false,
            host: Text::clean(host),
            is_sandbox: true,
        })
        .unwrap()
    }

    /// Waits until so many passes have begun and so many are finished.
    fn waits(&self, begun: usize, finished: usize) {
        let store = self.store();
        let mut looks = DEADLINE.as_millis() / 5;
        loop {
            let passes = store.sweeps(100).unwrap();
            let ended = passes.iter().filter(|pass| pass.finished.is_some()).count();
            if (passes.len(), ended) == (begun, finished) {
                return;
            }
            looks = looks.checked_sub(1).unwrap_or_else(|| panic!("{passes:#?}"));
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Runs a command that says on stderr that it is the sandbox: exit code, and all that it said.
    fn said(&self, clock: &str, words: &[&str]) -> (i32, String) {
        let output = self.command(clock, words).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(said).unwrap())
    }
}

#[test]
fn a_sweeper_that_is_killed_is_taken_over_by_the_one_that_is_still_at_work() {
    let night = Night::new(&[5, 6, 7], 15);
    // Its first customer's server does not answer, and it has got no further.
    let stuck = ["--fault", "slow=60000ms", "--sweep-at-once", "1", "sweep"];
    let mut first = night.command(NIGHTS[0], &stuck).stdout(Stdio::null()).spawn().unwrap();
    night.waits(1, 0);
    let mut second = night.command(NIGHTS[0], &["sweep"]);
    let second = second.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    night.waits(3, 2);
    first.kill().unwrap();
    assert_eq!(first.wait().unwrap().code(), None, "it was killed, and had not ended");
    let (code, words) = ended(&second.wait_with_output().unwrap());
    assert_eq!(code, 0, "{words}");
    let lines: Vec<_> = words.lines().filter(|line| line.contains("turned on")).collect();
    let each = [
        ("Customer 1 ", ": 5 turned on."),
        ("Customer 2 ", ": 6 turned on."),
        ("Customer 3 ", ": 7 turned on."),
    ];
    assert_eq!(lines.len(), each.len(), "{words}");
    for (line, (customer, outcome)) in lines.iter().zip(each) {
        assert!(line.starts_with(customer) && line.ends_with(outcome), "{words}");
    }
    night.waits(3, 3);
    assert_eq!((1..=3).map(|number| night.protection(number).seats.len()).collect::<Vec<_>>(), [5, 6, 7]);
}

#[test]
fn two_at_once_share_the_customers_and_each_tells_its_own_in_order() {
    const CUSTOMERS: usize = 12;
    let night = Night::new(&[3; CUSTOMERS], 15);
    let start = || {
        let mut command = night.command(NIGHTS[0], &["--sweep-at-once", "2", "sweep", "--json"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let both = [start(), start()].map(|child| ended(&child.wait_with_output().unwrap()));
    let mut done = BTreeSet::new();
    for (code, words) in both {
        assert_eq!(code, 0, "{words}");
        let object = fits("sweep", &words);
        let passes = object["passes"].as_array().unwrap();
        let number = |pass: &Value| pass["reference"].as_str().unwrap()[2..].parse::<u32>().unwrap();
        assert!(passes.iter().map(number).is_sorted(), "{passes:#?}");
        for pass in passes {
            assert_eq!((&pass["state"], pass["turned_on"].as_array().unwrap().len()), (&json!("done"), 3));
            assert!(done.insert(number(pass)), "{pass}: twice");
        }
    }
    assert_eq!(done.len(), CUSTOMERS);
    night.waits(CUSTOMERS, CUSTOMERS);
}

#[test]
fn every_sweeper_is_shown_and_one_that_went_silent_is_said_until_it_is_forgotten() {
    let night = Night::new(&[5], 15);
    night.store_on("ops-2", START).note_sweeper_installed(&"ops-2".into()).unwrap();
    assert_eq!(night.run(NIGHTS[0], &["sweep"]).0, 0);
    let (code, words) = night.run("2026-11-23T21:00:00+11:00", &["sweep", "--status"]);
    assert!(code == 0 && words.contains("2 sweepers:\n") && !words.contains("SILENT"), "{code} {words}");
    assert!(
        words.contains("  ops-2 · no sweep finished yet · last heard of Mon 23 Nov 2026 14:00 AEDT"),
        "{words}"
    );
    let (_, words) = night.said("2026-11-23T21:00:00+11:00", &["status"]);
    assert!(words.contains(", one of 2 sweepers.\n"), "{words}");

    // The other one goes on by itself: nothing is overdue, and the one that is missing is said.
    let later = "2026-11-27T20:00:05+11:00";
    assert_eq!(night.run(later, &["sweep"]).0, 0);
    let silent = "SILENT: The sweeper on ops-2 has not been heard of since Mon 23 Nov 2026 14:00 AEDT. Look at that computer. \
                  If it sweeps no more: backup365 sweep --forget ops-2";
    for command in [&["sweep", "--status"][..], &["status"]] {
        let (code, words) = night.said(later, command);
        assert!(code == 0 && words.contains(silent), "{code} {words}");
    }
    let (_, words) = night.said(later, &["doctor"]);
    assert!(words.contains("the sweeper on ops-2 has not been heard of since"), "{words}");
    let (_, words) = night.run(later, &["sweep", "--status", "--json"]);
    let object = fits("sweep-status", &words);
    let hosts: Vec<_> = object["sweepers"].as_array().unwrap().iter().map(|it| &it["is_silent"]).collect();
    assert_eq!(hosts, [&json!(false), &json!(true)]);
    let output = night.command(later, &["status", "--json"]).output().unwrap();
    assert_eq!(
        fits("status", str::from_utf8(&output.stdout).unwrap())["sweep"]["sweepers"],
        object["sweepers"]
    );

    let (code, words) = night.said(later, &["sweep", "--forget", "ops-9"]);
    assert!(code == 2 && words.contains("no computer named ops-9 sweeps"), "{code} {words}");
    let (code, words) = night.said(later, &["sweep", "--forget", "ops-2"]);
    assert!(code == 0 && words.contains("Forgotten: ops-2 is off the list of sweepers."), "{code} {words}");
    let (code, words) = night.run(later, &["sweep", "--status"]);
    assert!(code == 0 && !words.contains("ops-2") && !words.contains("sweepers"), "{code} {words}");
}
