//! The writes of Office 365 on the first path, each killed at random moments.

use super::{
    moments::{Write, finishes, kill_all},
    onward::Manner,
};
use crate::terminal::{DOWN, ENTER, Home, Record, Terminal};

/// The customer of these runs: 37 users, 34 of them eligible.
const CUSTOMER: &str = "Harbour Street Cafe";

/// How the organisation on record is confirmed.
pub(super) const CONFIRMS: Manner = Manner {
    access: |terminal| {
        terminal.sees(&["‹ Yes, this is the organisation ›"]).keys(ENTER).sees(&["● Authorise"]);
    },
};

/// A run that is walked through, and copied at each of its steps.
pub(super) struct Walk {
    /// Where it is kept.
    pub(super) home: Home,
    /// The window.
    pub(super) terminal: Terminal,
    /// Arguments besides the run.
    pub(super) arguments: Vec<String>,
}

impl Walk {
    /// At the customers.
    pub(super) fn new(home: Home, arguments: &[&str]) -> Self {
        let mut terminal = Terminal::start(&home, arguments);
        terminal.sees(&["SANDBOX", "Which customer?", " listed"]);
        Self { home, terminal, arguments: arguments.iter().map(|it| (*it).to_owned()).collect() }
    }

    /// Kills the program, copies the home, and starts the program again in the original.
    pub(super) fn station(&mut self) -> Home {
        self.terminal.strike();
        let copy = self.home.copied();
        let mut arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        let run = OpenRun::of(&self.home);
        if let Some(run) = &run {
            arguments.extend(["--run", run.as_str()]);
        }
        self.terminal = Terminal::start(&self.home, &arguments);
        copy
    }

    /// The same from a copy of another walk's station.
    pub(super) fn from(station: &Home) -> Self {
        let home = station.copied();
        let run = Record::of(&home).run();
        let terminal = Terminal::start(&home, &["--run", &run]);
        Self { home, terminal, arguments: Vec::new() }
    }

    /// Waits for rows in the record.
    pub(super) fn waits(&self, sql: &str, rows: i64) -> &Self {
        Record::of(&self.home).waits(sql, rows);
        self
    }
}

/// The only run, if there is one.
struct OpenRun;

impl OpenRun {
    fn of(home: &Home) -> Option<String> {
        let is_there = Record::glance(home, "run").is_some_and(|runs| runs > 0);
        is_there.then(|| Record::of(home).run())
    }
}

/// Changes a copy of a home, as if the program had been killed a moment earlier.
pub(crate) fn changed(home: &Home, sql: &str) -> Home {
    let copy = home.copied();
    rusqlite::Connection::open(copy.store()).unwrap().execute_batch(sql).unwrap();
    copy
}

/// A write that is the run's own, with a start straight to the run.
pub(super) fn of_run<'a>(name: &'static str, station: &'a Home, kills: usize) -> Write<'a> {
    Write {
        name,
        station,
        arguments: vec!["--run".into(), Record::of(station).run()],
        before: |_| {},
        keys: "",
        is_done: |_| true,
        then: |_, _| {},
        again: |home, terminal, _| finishes(home, terminal, &CONFIRMS),
        kills,
    }
}

/// Whether rows are there.
fn has(home: &Home, sql: &str) -> bool {
    Record::glance(home, sql).is_some_and(|rows| rows > 0)
}

#[test]
fn the_record_a_customer_and_a_run_are_made() {
    let nothing = Home::new();
    let mut walk = Walk::new(Home::new(), &[]);
    let customers = walk.station();
    let plain = |name, station, kills| Write { arguments: Vec::new(), ..without_run(name, station, kills) };
    kill_all(&[
        Write {
            is_done: |home| has(home, "customer"),
            again: |home, terminal, _| {
                terminal.sees(&[" listed", CUSTOMER]);
                let world = include_str!("../../../assets/sandbox/standard.toml");
                let customers = i64::try_from(world.matches("[[customer]]").count()).unwrap();
                assert_eq!(Record::of(home).count("customer"), customers);
                assert_eq!(Record::of(home).count("operator WHERE is_admin"), 1);
            },
            ..plain("the record is made", &nothing, 12)
        },
        Write {
            before: |terminal| {
                terminal.sees(&[" listed"]).keys("\tn").sees(&["Add a customer"]);
                fills_customer(terminal);
            },
            keys: ENTER,
            is_done: |home| has(home, "customer WHERE reference = 'K-1'"),
            then: |home, is_done| {
                assert!(
                    !is_done || !has(home, "form"),
                    "a customer on record whose form is still to be saved"
                );
            },
            again: |home, terminal, is_done| {
                if !is_done {
                    terminal.keys("\tn").sees(&["Add a customer"]);
                    fills_customer(terminal);
                    terminal.keys(ENTER).sees(&["Which customer?", "was added"]).sees(&["> /"]);
                }
                terminal.finds("North Wind Sails").sees(&["North Wind Sails", "1 of"]);
                let record = Record::of(home);
                assert_eq!(record.count("customer WHERE reference = 'K-1'"), 1);
                assert_eq!(
                    record.count(
                        "customer_product p JOIN customer c ON c.id = p.customer WHERE c.reference = 'K-1'"
                    ),
                    1
                );
                assert_eq!(record.count("audit WHERE what LIKE 'added customer North Wind%'"), 1);
            },
            ..plain("a customer is added", &customers, 8)
        },
        Write {
            before: |terminal| {
                terminal.picks(CUSTOMER);
            },
            keys: ENTER,
            is_done: |home| has(home, "run"),
            again: |home, terminal, is_done| {
                if !is_done {
                    terminal.picks(CUSTOMER).takes(0);
                }
                finishes(home, terminal, &CONFIRMS);
            },
            ..plain("a run is opened", &customers, 8)
        },
    ]);
}

/// A write before there is a run.
fn without_run<'a>(name: &'static str, station: &'a Home, kills: usize) -> Write<'a> {
    Write {
        name,
        station,
        arguments: Vec::new(),
        before: |_| {},
        keys: "",
        is_done: |_| true,
        then: |_, _| {},
        again: |_, _, _| {},
        kills,
    }
}

/// Fills the form of a new customer up to Save.
fn fills_customer(terminal: &mut Terminal) {
    // What was typed before a kill stands there again, all of it or but for its last letters.
    terminal.keys("\x15K-1\t\x15North Wind Sails\t\x15northwind.example\t");
    if terminal.sees(&["[northwind.example ", "] Office 365"]).text().contains("[ ] Office 365") {
        terminal.keys(" ");
    }
    terminal.sees(&["> [x] Office 365"]).keys(&"\t".repeat(7)).sees(&[">‹ Save ›"]);
}

#[test]
fn from_the_organisation_to_enable() {
    let mut walk = Walk::new(Home::new(), &[]);
    walk.terminal.picks(CUSTOMER).takes(0).sees(&["‹ Yes, this is the organisation ›"]);
    let access = walk.station();
    walk.terminal.sees(&["‹ Yes, this is the organisation ›"]).keys(ENTER).sees(&["‹ Authorise ›"]);
    let authorise = walk.station();
    walk.terminal.sees(&["Authorise shows the link"]).keys(ENTER).sees(&["adminconsent"]);
    walk.waits("run WHERE link_shown IS NOT NULL", 1);
    let linked = walk.station();
    walk.terminal.sees(&["adminconsent"]).keys("w").sees(&[">‹ Enable ›", "All checks are good"]);
    walk.waits("run WHERE proved IS NOT NULL", 1);
    let proved = walk.station();
    // The customer accepted, and the program died before it could ask.
    let granted = linked.copied();
    std::fs::write(granted.sandbox().join("journal.jsonl"), proved.journal()).unwrap();
    kill_all(&[
        Write {
            before: |terminal| {
                terminal.sees(&["‹ Yes, this is the organisation ›"]);
            },
            keys: ENTER,
            is_done: |home| has(home, "run WHERE tenant IS NOT NULL"),
            ..of_run("the organisation is confirmed", &access, 8)
        },
        Write {
            before: |terminal| {
                terminal.sees(&[">‹ Authorise ›", "Authorise shows the link"]);
            },
            keys: ENTER,
            is_done: |home| has(home, "run WHERE link_shown IS NOT NULL"),
            ..of_run("the link is shown", &authorise, 8)
        },
        Write {
            before: |terminal| {
                terminal.sees(&["adminconsent", "Waiting for consent since"]);
            },
            keys: "w",
            is_done: |home| home.journal().contains("\"granted\""),
            ..of_run("the customer consents", &linked, 10)
        },
        Write {
            before: |terminal| {
                terminal.sees(&["● Authorise"]);
            },
            is_done: |home| has(home, "run WHERE proved IS NOT NULL"),
            ..of_run("the proof is kept", &granted, 8)
        },
        Write {
            before: |terminal| {
                terminal.sees(&[">‹ Enable ›", "All checks are good"]);
            },
            keys: ENTER,
            is_done: |home| has(home, "enablement"),
            then: |home, is_done| {
                assert_eq!(Record::of(home).count("run WHERE enabled IS NOT NULL"), i64::from(is_done));
                assert_eq!(Record::of(home).seats(), 0, "Enable turns nobody on");
            },
            ..of_run("the product is enabled", &proved, 8)
        },
    ]);
}

/// A run of 37 listed users, nobody on.
fn listed() -> Walk {
    let mut walk = Walk::new(Home::new(), &[]);
    walk.terminal.reaches_users(CUSTOMER, "37");
    walk.waits("run WHERE listed = 37", 1);
    walk
}

/// The list is there, nobody is on, and Enable Auto is one key away.
fn asks_for_auto(terminal: &mut Terminal) {
    terminal.lists("37").keys("u").takes_no_sweeper();
    terminal.sees(&["Switch Enable Auto on?", "At most, seats", "new seats 34"]);
    terminal.keys("34").sees(&["34"]);
}

#[test]
fn what_is_chosen_among_the_users() {
    let mut walk = listed();
    let users = walk.station();
    walk.terminal.lists("37").keys(&format!("{DOWN}x")).sees(&["excluded 1"]);
    walk.waits("exclusion", 1);
    let excluded = walk.station();
    let mut walk = Walk::from(&users);
    asks_for_auto(&mut walk.terminal);
    walk.terminal.keys(ENTER).sees(&["waits for a sweep"]);
    let ruled = walk.station();
    let unlisted =
        changed(&users, "UPDATE run SET listed = 0, eligible = 0; UPDATE customer_product SET listed = 0");
    kill_all(&[
        Write {
            before: |terminal| {
                terminal.sees(&["● Users"]);
            },
            is_done: |home| has(home, "run WHERE listed = 37 AND eligible = 34"),
            ..of_run("the counts are kept", &unlisted, 8)
        },
        Write {
            before: |terminal| {
                terminal.lists("37").sees(&["ticked 0"]);
            },
            keys: concat!(" ", "\x1b[B", " ", "\x1b[B", " "),
            is_done: |home| has(home, "draft WHERE length(exceptions) = 48"),
            then: |home, is_done| {
                let some = Record::of(home).count("draft WHERE length(exceptions) > 0");
                assert_eq!(some, i64::from(is_done), "ticks of one moment are saved together");
            },
            again: |home, terminal, is_done| {
                terminal.lists("37").sees(&[if is_done { "ticked 3" } else { "ticked 0" }]);
                finishes(home, terminal, &CONFIRMS);
                assert_eq!(Record::of(home).seats(), if is_done { 3 } else { 1 });
            },
            ..of_run("the ticks are saved", &users, 10)
        },
        Write {
            before: |terminal| {
                terminal.lists("37").keys("m").sees(&["Which kinds are included?"]);
            },
            keys: " \r",
            is_done: |home| has(home, "customer_product WHERE kinds <> 0"),
            again: |home, terminal, is_done| {
                terminal.lists("37").sees(&[if is_done { "eligible 36" } else { "eligible 34" }]);
                finishes(home, terminal, &CONFIRMS);
            },
            ..of_run("a kind is included", &users, 8)
        },
        Write {
            before: |terminal| {
                terminal.lists("37").keys(DOWN);
            },
            keys: "x",
            is_done: |home| has(home, "exclusion"),
            again: |home, terminal, is_done| {
                terminal.lists("37").sees(&[if is_done { "excluded 1" } else { "eligible 34" }]);
                finishes(home, terminal, &CONFIRMS);
                assert_eq!(Record::of(home).count("exclusion"), i64::from(is_done));
            },
            ..of_run("a user is excluded", &users, 8)
        },
        Write {
            before: |terminal| {
                terminal.lists("37").sees(&["excluded 1"]).keys(DOWN);
            },
            keys: "x",
            is_done: |home| Record::glance(home, "exclusion") == Some(0),
            again: |home, terminal, is_done| {
                terminal.lists("37").sees(&[if is_done { "eligible 34" } else { "excluded 1" }]);
                finishes(home, terminal, &CONFIRMS);
            },
            ..of_run("an exclusion is lifted", &excluded, 8)
        },
        Write {
            before: asks_for_auto,
            keys: ENTER,
            is_done: |home| has(home, "auto_rule"),
            again: |home, terminal, is_done| {
                finishes(home, terminal, &CONFIRMS);
                let record = Record::of(home);
                assert_eq!(record.count("auto_rule WHERE confirmed = 34"), i64::from(is_done));
                assert_eq!(record.seats(), i64::from(!is_done), "the rule turns nobody on by itself");
            },
            ..of_run("Enable Auto is switched on", &users, 8)
        },
        Write {
            before: |terminal| {
                terminal
                    .lists("37")
                    .sees(&["waits for a sweep"])
                    .keys("u")
                    .sees(&["Switch Enable Auto off?"])
                    .keys("\t")
                    .sees(&["Enter switch off"]);
            },
            keys: ENTER,
            is_done: |home| Record::glance(home, "auto_rule") == Some(0),
            ..of_run("Enable Auto is switched off", &ruled, 8)
        },
    ]);
}

#[test]
fn turning_off_finishing_parking_and_leaving() {
    let mut walk = listed();
    let users = walk.station();
    walk.terminal.lists("37").keys(&format!(" {DOWN} {DOWN} ")).sees(&["ticked 3"]).applies("3");
    walk.waits("apply WHERE ended IS NOT NULL", 1).waits("draft WHERE length(exceptions) = 0", 1);
    let applied = walk.station();
    walk.terminal.sees(&["3 users protected"]).keys("\x1b");
    walk.terminal.sees(&["seats 3 → 3"]).finishes().sees(&["● Outcome", "Done: 3 users"]);
    let finished = walk.station();
    let mut walk = Walk::from(&users);
    walk.terminal.lists("37").keys("p").sees(&["Which customer?", "parked"]);
    walk.terminal.strike();
    let parked = walk.home.copied();
    kill_all(&[
        Write {
            before: |terminal| {
                terminal.sees(&["3 users protected"]).keys("\x1b");
                terminal.lists("37").sees(&["seats 3 → 3"]).keys(&format!("v{DOWN}{DOWN}O"));
                terminal.sees(&["Turn 3 users off?"]).keys("3").sees(&["Users to turn off [3 "]);
            },
            keys: ENTER,
            is_done: |home| has(home, "seat WHERE state = 'off'"),
            then: |home, is_done| {
                assert_eq!(Record::of(home).seats(), if is_done { 0 } else { 3 }, "all of them or none");
            },
            ..of_run("users are turned off", &applied, 8)
        },
        Write {
            before: |terminal| {
                terminal.sees(&["3 users protected"]).keys("\x1b");
                terminal.lists("37").sees(&["seats 3 → 3"]).asks_to_finish();
            },
            keys: ENTER,
            is_done: |home| has(home, "run WHERE finished IS NOT NULL"),
            ..of_run("the run is finished", &applied, 8)
        },
        Write {
            before: |terminal| {
                terminal.sees(&["Read back from the record", "Receipt for the ticket"]);
            },
            keys: "f",
            is_done: |home| !receipt(home).is_empty(),
            then: |home, is_done| {
                let text = receipt(home);
                assert_eq!(
                    text.ends_with('\n') && text.contains("Backup365 run"),
                    is_done,
                    "half a receipt: {text}"
                );
            },
            again: |home, terminal, _| {
                terminal.sees(&["Read back from the record", "Receipt for the ticket"]);
                terminal.keys("f").sees(&["The receipt is in", "Read back from the record"]);
                assert!(receipt(home).contains("Turned on by this run: 3"));
                finishes(home, terminal, &CONFIRMS);
            },
            ..of_run("the receipt is written", &finished, 8)
        },
        Write {
            before: |terminal| {
                terminal.lists("37");
            },
            keys: "p",
            is_done: |home| has(home, "run WHERE parked IS NOT NULL"),
            ..of_run("the run is parked", &users, 8)
        },
        Write {
            is_done: |home| Record::glance(home, "run WHERE parked IS NULL") == Some(1),
            ..of_run("a parked run is taken up", &parked, 8)
        },
        Write {
            before: |terminal| {
                terminal.lists("37").keys(&format!(" {DOWN} ")).sees(&["ticked 2"]);
                terminal.keys("\x03").sees(&["Leave?"]);
            },
            keys: ENTER,
            is_done: |home| has(home, "draft WHERE length(exceptions) = 32"),
            again: |home, terminal, is_done| {
                terminal.lists("37").sees(&[if is_done { "ticked 2" } else { "ticked 0" }]);
                finishes(home, terminal, &CONFIRMS);
            },
            ..of_run("the wizard is left", &users, 8)
        },
    ]);
}

/// The text of the only receipt; empty while there is none.
fn receipt(home: &Home) -> String {
    let is_receipt = |path: &std::path::PathBuf| path.to_string_lossy().ends_with("-ticket.txt");
    let path = home.files().into_iter().find(is_receipt);
    path.map(|path| std::fs::read_to_string(path).unwrap()).unwrap_or_default()
}
