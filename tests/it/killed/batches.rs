//! Long writes in many batches, killed at random moments: an Apply of 500 users, a sweep of 500 users, and both at
//! once in two processes.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{
    moments::{DEADLINE, Seeded, Write, finishes, kill_all},
    office::{CONFIRMS, Walk, of_run},
    onward::{OnRecord, go_on},
    whole,
};
use crate::terminal::{ENTER, Home, Record, Terminal};

/// The customer whose crowd this is, in the world `large`.
const CUSTOMER: &str = "Southern Cross Health";

/// Before the 20:00 for which the rule is made, five seconds after it: the moments of the two processes.
const BEFORE: &str = "2026-11-23T14:00:00+11:00";
const AFTER: &str = "2026-11-23T20:00:05+11:00";

/// A world in which that customer has 500 users and some others.
fn world(folder: &Path) -> String {
    let large = include_str!("../../../assets/sandbox/large.toml");
    let (head, tail) = large.split_once("crowd = {").unwrap();
    let (_, tail) = tail.split_once('}').unwrap();
    let path = folder.join("crowd.toml");
    let crowd = "crowd = { users = 500, shared = 20, rooms = 10 }";
    std::fs::write(&path, format!("{head}{crowd}{tail}")).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A run whose 530 users are listed, at the earlier of the two moments.
fn listed(world: &str) -> Walk {
    let mut walk = Walk::new(Home::new(), &["--world", world, "--clock", BEFORE]);
    walk.terminal.picks(CUSTOMER).takes(0).sees(&["‹ Yes, this is the organisation ›"]).keys(ENTER);
    walk.terminal.sees(&["● Authorise"]).enables().lists("530");
    walk.waits("run WHERE listed = 530", 1);
    walk
}

/// How many rows there are.
fn rows(home: &Home, sql: &str) -> i64 {
    Record::glance(home, sql).unwrap_or_default()
}

/// The bill of all users stands there, and its number is typed.
fn confirms_all(terminal: &mut Terminal) {
    terminal.lists("530").sees(&["ticked 500"]).keys(ENTER).sees(&["Turn 500 users on?"]);
    terminal.keys("500").sees(&["> New seats [500 "]);
}

#[test]
fn five_hundred_users_are_turned_on() {
    let shelf = Home::new();
    let world = world(shelf.path());
    let mut walk = listed(&world);
    walk.terminal.keys("a").sees(&["ticked 500"]);
    walk.waits("draft WHERE is_all = 1", 1);
    let drafted = walk.station();
    let write = of_run("five hundred users are turned on", &drafted, 50);
    let arguments = walk.arguments.iter().chain(&write.arguments).cloned().collect();
    kill_all(&[Write {
        arguments,
        before: confirms_all,
        keys: ENTER,
        is_done: |home| rows(home, "apply WHERE ended IS NOT NULL") == 1,
        then: |home, is_done| {
            let known = OnRecord::of(home).unwrap();
            let confirmed = rows(home, "chosen");
            assert!(confirmed == 0 || confirmed == 500, "all who were confirmed are on record, or none");
            assert_eq!(known.seats, confirmed - known.unfinished);
            assert!(!is_done || known.seats == 500);
        },
        again: |home, terminal, _| {
            if rows(home, "chosen") == 0 {
                // Nothing was confirmed on record: the question stands there again, with the same ticks.
                terminal.lists("530").sees(&["ticked 500", "seats 0 → 500"]);
                finishes(home, terminal, &CONFIRMS);
            } else {
                let asked = go_on(home, terminal, &CONFIRMS, DEADLINE);
                assert_eq!(asked, [], "what was confirmed is completed without a question");
                assert_eq!(terminal.quits(), 0);
            }
            let record = Record::of(home);
            assert_eq!((record.seats(), record.count("chosen WHERE outcome = 'turned_on'")), (500, 500));
            assert_eq!((record.count("apply"), record.count("apply WHERE is_stopped")), (1, 0));
            assert_eq!(record.count("audit WHERE what LIKE 'confirmed turning on 500 users: %'"), 1);
            assert_eq!(record.count("audit WHERE what LIKE 'finished turning on: 500 users%'"), 1);
        },
        ..write
    }]);
}

/// A sweep in a process of its own.
struct Sweep(Child);

impl Sweep {
    fn start(home: &Home, world: &str) -> Self {
        let command = Command::new(env!("CARGO_BIN_EXE_backup365"))
            .args(["sweep", "--sandbox", "--world", world, "--clock", AFTER])
            .env_clear()
            .env("HOME", home.path())
            .current_dir(home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Self(command.unwrap())
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Waits for the end: all is done.
    fn succeeds(home: &Home, world: &str) -> String {
        let output = Self::start(home, world).0.wait_with_output().unwrap();
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{words}\n{}", String::from_utf8_lossy(&output.stderr));
        words
    }
}

/// A home in which Enable Auto was confirmed for 500 users before the sweep's 20:00.
fn ruled(world: &str) -> Walk {
    let mut walk = listed(world);
    walk.terminal.keys("u").takes_no_sweeper();
    walk.terminal.sees(&["Switch Enable Auto on?"]).keys("500").keys(ENTER).sees(&["waits for a sweep"]);
    walk
}

/// What must be true after the last sweep, however many were killed before it.
fn is_swept(home: &Home) {
    whole::check(home);
    let record = Record::of(home);
    assert_eq!(record.seats(), 500);
    assert_eq!((record.count("sweep"), record.count("sweep WHERE finished IS NOT NULL")), (1, 1));
    assert_eq!(record.count("audit WHERE what LIKE 'Enable Auto for%turned on%'"), 1);
}

#[test]
fn a_sweep_of_five_hundred_users() {
    let shelf = Home::new();
    let world = world(shelf.path());
    let mut walk = ruled(&world);
    let station = walk.station();
    walk.terminal.strike();
    let undisturbed = station.copied();
    let begun = Instant::now();
    Sweep::succeeds(&undisturbed, &world);
    let mut takes = begun.elapsed();
    is_swept(&undisturbed);
    assert_eq!(Record::of(&undisturbed).one::<i64>("SELECT turned_on FROM sweep"), 500);
    for nth in 0..20 {
        let home = station.copied();
        let mut seeded = Seeded::new("a sweep", nth);
        // Twice killed, then left alone: half of a half is completed as well.
        let mut was_done = false;
        for _ in 0..2 {
            let delay = takes.mul_f64(1.2 * seeded.share());
            let mut sweep = Sweep::start(&home, &world);
            thread::sleep(delay);
            sweep.kill();
            whole::check(&home);
            was_done = rows(&home, "sweep WHERE finished IS NOT NULL") == 1;
            takes = takes.mul_f64(if was_done { 0.9 } else { 1.03 });
        }
        let words = Sweep::succeeds(&home, &world);
        assert_eq!(words.contains("Nothing is due."), was_done, "kill {nth}: {words}");
        is_swept(&home);
        assert_eq!(Record::of(&home).one::<i64>("SELECT turned_on FROM sweep"), 500);
    }
}

#[test]
fn a_wizard_and_a_sweep_at_once() {
    let shelf = Home::new();
    let world = world(shelf.path());
    let mut walk = ruled(&world);
    walk.terminal.keys("a").sees(&["ticked 500"]);
    walk.waits("draft WHERE is_all = 1", 1);
    let station = walk.station();
    walk.terminal.strike();
    let run = Record::of(&station).run();
    let arguments = ["--world", &world, "--clock", AFTER, "--run", &run];
    for nth in 0..10 {
        let home = station.copied();
        let mut seeded = Seeded::new("a wizard and a sweep", nth);
        let mut terminal = Terminal::start(&home, &arguments);
        confirms_all(&mut terminal);
        let mut sweep = Sweep::start(&home, &world);
        // Most of a second is the sweep's own start and its listing.
        thread::sleep(Duration::from_millis(900).mul_f64(seeded.share()));
        terminal.keys(ENTER);
        thread::sleep(Duration::from_millis(600).mul_f64(seeded.share()));
        terminal.strike();
        sweep.kill();
        whole::check(&home);
        let confirmed = rows(&home, "chosen");
        assert!(confirmed == 0 || confirmed == 500, "kill {nth}: {confirmed}");

        // Both again, and left alone this time.
        let mut terminal = Terminal::start(&home, &arguments);
        Sweep::succeeds(&home, &world);
        let asked = go_on(&home, &mut terminal, &CONFIRMS, DEADLINE);
        assert!(confirmed == 0 || asked.is_empty(), "kill {nth}: {asked:?}");
        assert_eq!(terminal.quits(), 0);
        is_swept(&home);
    }
}
