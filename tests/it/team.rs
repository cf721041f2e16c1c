//! An evening and two nights of a team, the built binary: two people at two computers hand a run over while a third watches,
//! sweepers of two computers share the night, the record's server is restarted in between, and one sweeper is killed.
//!
//! Each computer has a home and a name of its own; what they share is the record, and the sandbox's Microsoft.

mod cluster;
mod desk;

use std::{collections::BTreeMap, fmt::Write as _, fs, os::unix::fs::symlink, thread, time::Duration};

use crate::{
    terminal::{CTRL_C, DOWN, ENTER, ESC, LEFT, Terminal},
    tools::invented_partner,
};

use self::{cluster::Cluster, desk::Desk};

/// The afternoon, and a moment after each 20:00.
const AFTERNOONS: [&str; 2] = ["2026-11-23T14:00:00+11:00", "2026-11-24T14:00:00+11:00"];
const NIGHTS: [&str; 2] = ["2026-11-23T20:00:05+11:00", "2026-11-24T20:00:05+11:00"];

/// The customers; the first of them comes by a call, and the last two on the second day. The number of users is that of the
/// reference and four more.
const CUSTOMERS: [&str; 6] =
    ["Fern Bakery", "Reef Dental", "Gum Tree Motel", "Kea Joinery", "Tui Print", "Wattle Vets"];

/// How long the record may take to come to something.
const LOOKS: u32 = 6_000;

/// Three desks, the server of their record, and the sandbox that they share.
struct Team {
    cluster: Cluster,
    ann: Desk,
    ben: Desk,
    cleo: Desk,
    /// Holds the world's file.
    _world: tempfile::TempDir,
}

impl Team {
    fn new() -> Option<Self> {
        let cluster = Cluster::new(&["ann", "ben", "cleo"])?;
        let folder = tempfile::tempdir().unwrap();
        let world = folder.path().join("world.toml");
        fs::write(&world, world_of()).unwrap();
        let desk = |number: u32, role: &str| {
            Desk::new(&format!("desk-{number}"), cluster.url(role), world.to_str().unwrap())
        };
        let (ann, ben, cleo) = (desk(1, "ann"), desk(2, "ben"), desk(3, "cleo"));
        let team = Self { cluster, ann, ben, cleo, _world: folder };
        // One Microsoft: whatever a customer accepted there is seen from everywhere.
        let shared = team.ann.home.sandbox();
        backup365::private::make_folder(&shared).unwrap();
        for other in [&team.ben, &team.cleo] {
            let own = other.home.sandbox();
            backup365::private::make_folder(own.parent().unwrap()).unwrap();
            symlink(&shared, own).unwrap();
        }
        Some(team)
    }

    /// Switches Enable Auto on for customers by flags; `code`: 3 as long as nothing would sweep.
    fn provision(&self, code: i32, afternoon: &str, numbers: std::ops::RangeInclusive<usize>) {
        thread::scope(|scope| {
            for number in numbers {
                scope.spawn(move || {
                    let customer = format!("C-{number}");
                    let auto =
                        ["provision", &customer, "--users", "auto", "--max-seats", "50", "--without-sweeper"];
                    self.ann.does(code, afternoon, &auto);
                });
            }
        });
    }

    /// Waits until a statement finds that.
    fn waits(&self, sql: &str, found: &str) {
        let mut looks = LOOKS;
        while self.cluster.ask(sql) != found {
            looks = looks.checked_sub(1).unwrap_or_else(|| panic!("never {found}: {sql}"));
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Seats by customer.
    fn seats(&self) -> BTreeMap<String, usize> {
        let rows = self.cluster.ask(
            "SELECT c.reference, count(*) FROM seat s JOIN customer c ON c.id = s.customer WHERE state = 'on' GROUP BY 1",
        );
        rows.lines()
            .map(|row| row.split_once('|').unwrap())
            .map(|(of, count)| (of.into(), count.parse().unwrap()))
            .collect()
    }
}

fn users(number: usize) -> usize {
    number + 4
}

/// What everybody of these customers being on comes to.
fn all_of(numbers: std::ops::RangeInclusive<usize>) -> BTreeMap<String, usize> {
    numbers.map(|number| (format!("C-{number}"), users(number))).collect()
}

/// A world whose customers have accepted before it began, but for the first.
fn world_of() -> String {
    let mut text = invented_partner().to_owned();
    for (number, name) in (1..).zip(CUSTOMERS) {
        let (domain, granted, users) = (format!("tenant{number}.example"), number > 1, users(number));
        write!(
            text,
            r#"
[[tenant]]
id = "{number:08}-1111-4111-8111-111111111111"
name = "{name}"
domain = "{domain}"
initial = "tenant{number}.onmicrosoft.com"
granted = {granted}
crowd = {{ users = {users} }}
account = [{{ address = "admin@{domain}", name = "Admin", role = "global" }}]

[[customer]]
reference = "C-{number}"
name = "{name}"
domain = "{domain}"
products = ["office365"]
tenant = "{number:08}-1111-4111-8111-111111111111"
managed = true
shows = "one of a team's"
"#
        )
        .unwrap();
    }
    text
}

#[test]
fn an_evening_and_two_nights_of_a_team() {
    let Some(team) = Team::new() else { return };
    evening(&team);
    first_night(&team);
    second_night(&team);
    record_after_it(&team);
}

/// Ann has a customer on the telephone, ben takes the run over and goes on, cleo watches.
fn evening(team: &Team) {
    let (shift, window) = (AFTERNOONS[0], (80, 24));
    let mut ann = team.ann.opens(shift, &[], window);
    ann.sees(&["SANDBOX", "Which customer?", " listed"]).reaches_users(CUSTOMERS[0], "5");
    ann.sees(&["ticked 0"]).keys(&format!(" {DOWN} ")).sees(&["ticked 2"]);
    let others = thread::scope(|scope| {
        // Whoever else works meanwhile is in nobody's way.
        scope.spawn(|| team.provision(3, shift, 2..=4));
        [&team.ben, &team.cleo].map(|desk| {
            let mut watching = desk.opens(shift, &[], window);
            watching.sees(&["Which customer?", "open elsewhere"]).finds(CUSTOMERS[0]).keys(ENTER);
            watching.sees(&["READ ONLY", &format!("has this run on {}", team.ann.host), "ticked 2"]);
            watching
        })
    });
    let [mut ben, mut cleo] = others;
    ben.keys("h")
        .sees(&["Take this run over from", ">‹ Ask for it ›"])
        .keys(ENTER)
        .sees(&["Waiting for an answer"]);
    ann.sees(&[&format!("{}) asks for this run", team.ben.host), ">‹ Keep ›"]);
    ann.keys(LEFT).sees(&[">‹ Hand over ›"]).keys(ENTER).sees(&["READ ONLY", "Handed over:"]);
    ben.loses("READ ONLY").sees(&["ticked 2", "Space tick"]);
    cleo.sees(&["READ ONLY", &format!("{}) has this run", team.ben.host)]);

    team.cluster.restart();
    ben.keys(&format!("{DOWN}{DOWN} ")).sees(&["ticked 3"]);
    cleo.sees(&["READ ONLY", "ticked 3"]);
    ben.applies("3");
    cleo.sees(&["READ ONLY", "protected 3"]);
    ann.sees(&["READ ONLY", "protected 3"]);
    ben.keys(ESC).sees(&["Which users shall be protected?", "seats 3 → 3"]).keys("u").takes_no_sweeper();
    ben.sees(&["Switch Enable Auto on?", "new seats 2"]).keys("2").keys(ENTER).sees(&["waits for a sweep"]);
    ben.keys(ENTER).sees(&["Partly done: 3 users are protected, 2 wait for a sweep"]);
    assert_eq!(ben.quits(), 3);
    for mut watching in [ann, cleo] {
        assert_eq!(watching.keys(CTRL_C).sees(&["Leave?"]).keys(CTRL_C).code(), 130);
    }
    assert_eq!(team.seats(), [("C-1".to_owned(), 3)].into());
}

/// All that a program on a terminal has said.
fn said(terminal: &Terminal) -> String {
    String::from_utf8(terminal.bytes()).unwrap()
}

/// How many each customer's line says were turned on, by customer.
fn told(words: &str) -> BTreeMap<String, usize> {
    let lines = words.lines().filter_map(|line| line.split_once(" · Office 365 · for "));
    let count = |outcome: &str| {
        let (_, outcome) = outcome.split_once(": ").unwrap();
        outcome.split_once(" turned on").map_or(0, |(count, _)| count.parse().unwrap())
    };
    lines.map(|(customer, outcome)| (customer.to_owned(), count(outcome))).collect()
}

/// The server is restarted while both sweepers are at work: both go on, each user is turned on once, nobody is alarmed.
fn first_night(team: &Team) {
    let sweep = |desk: &Desk, slow: &str, at_once: &str| {
        desk.opens(NIGHTS[0], &["--fault", slow, "--sweep-at-once", at_once, "sweep"], (120, 50))
    };
    let mut ben = sweep(&team.ben, "slow=400ms", "1");
    team.waits("SELECT count(*) > 0 FROM sweep", "t");
    let mut cleo = sweep(&team.cleo, "slow=100ms", "2");
    team.waits("SELECT count(*) > 2 FROM sweep", "t");
    team.cluster.restart();
    assert_eq!((ben.code(), cleo.code()), (0, 0), "{}\n{}", said(&ben), said(&cleo));
    assert_eq!(team.seats(), all_of(1..=4));
    let (ben, cleo) = (told(&said(&ben)), told(&said(&cleo)));
    for (number, name) in (1..=4).zip(CUSTOMERS) {
        let both = ben.get(name).unwrap_or(&0) + cleo.get(name).unwrap_or(&0);
        let by_hand = if number == 1 { 3 } else { 0 };
        assert_eq!(both, users(number) - by_hand, "{name}: {ben:?} {cleo:?}");
    }
}

/// One sweeper has all customers and no answers; it is killed, and the other one, which was waiting, takes them over.
fn second_night(team: &Team) {
    team.provision(0, AFTERNOONS[1], 5..=6);
    let begun = "SELECT count(*) FROM sweep WHERE finished IS NULL";
    let stuck = team.cleo.opens(NIGHTS[1], &["--fault", "slow=60000ms", "sweep"], (120, 50));
    team.waits(begun, "6");
    let mut ben = team.ben.opens(NIGHTS[1], &["sweep"], (120, 50));
    ben.sees(&["6 customers are not done yet: somebody else is at work there"]);
    assert_eq!(team.seats(), all_of(1..=4));
    stuck.kill();
    assert_eq!(ben.code(), 0, "{}", said(&ben));
    let told = told(&said(&ben));
    let by_name = |number: usize| told[CUSTOMERS[number - 1]];
    assert_eq!((told.len(), by_name(1), by_name(5), by_name(6)), (6, 0, users(5), users(6)));
    team.waits(begun, "0");
}

/// The record says all of it, and is whole.
fn record_after_it(team: &Team) {
    let ask = |sql: &str| team.cluster.ask(sql);
    assert_eq!(team.seats(), all_of(1..=6));
    assert_eq!(
        ask(
            "SELECT count(*) FROM customer_product p WHERE seats_on <> (SELECT count(*) FROM seat s WHERE s.customer = p.customer)"
        ),
        "0"
    );
    // Ann had the run first, ben behind her, and nobody since.
    let hold = "SELECT number, host FROM hold WHERE run = (SELECT run.id FROM run JOIN customer c ON c.id = run.customer WHERE c.reference = 'C-1')";
    assert_eq!(ask(hold), format!("2|{}", team.ben.host));
    team.waits("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "0");
    assert_eq!(
        ask("SELECT count(*), count(finished), sum(turned_on) FROM sweep"),
        format!("10|10|{}", (1..=6).map(users).sum::<usize>() - 3)
    );
    assert_eq!(ask("SELECT entries = (SELECT count(*) FROM audit) FROM audit_count"), "t");
    assert_eq!(ask("SELECT count(*) FROM audit WHERE what LIKE 'handed the run over to %'"), "1");
    let at = "2026-11-24T20:10:00+11:00";
    let run = format!(
        "B365-{}",
        ask("SELECT run.id FROM run JOIN customer c ON c.id = run.customer WHERE c.reference = 'C-1'")
    );
    let asks: [&[&str]; 4] = [&["receipt", &run], &["record", "check"], &["sweep", "--status"], &["status"]];
    let [receipt, check, sweeps, status] = thread::scope(|scope| {
        asks.map(|words| scope.spawn(|| team.cleo.does(0, at, words))).map(|said| said.join().unwrap())
    });
    assert!(
        receipt.contains("The history is whole") && receipt.contains("handed the run over to"),
        "{receipt}"
    );
    assert!(check.ends_with("All is well.\n"), "{check}");
    if team.ben.host != team.cleo.host {
        for (desk, night) in [(&team.ben, "Tue 24 Nov"), (&team.cleo, "Mon 23 Nov")] {
            let words = format!(
                "  {} · last sweep for {night} 2026 20:00 AEDT · last heard of Tue 24 Nov",
                desk.host
            );
            assert!(sweeps.contains("2 sweepers:\n") && sweeps.contains(&words), "{sweeps}");
        }
        assert!(status.contains(&format!("on {}, one of 2 sweepers", team.ben.host)), "{status}");
    }
}
