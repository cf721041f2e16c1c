//! A plan that is killed with SIGKILL again and again, at moments drawn at random, and started until it ends: every
//! customer has exactly one finished run, the seats are the plan's, the audit is whole, no link ever changed.
//! `BACKUP365_SEED` draws other moments.

use std::{
    collections::BTreeMap,
    os::unix::process::ExitStatusExt as _,
    thread,
    time::{Duration, Instant},
};

use super::many::{Made, Many, asked, granted};
use crate::killed::{moments::Seeded, whole};

/// Kills in all.
const KILLS: usize = 40;

/// Longest time from a start to its kill; a start that is not killed by then may end.
const LONGEST: Duration = Duration::from_millis(1_500);

/// The customers: some have accepted, some are played, in tenants of different sizes.
const CUSTOMERS: [Made; 8] =
    [granted(3), asked(2), granted(40), asked(7), granted(1), granted(12), asked(25), granted(5)];

#[test]
fn a_plan_that_is_killed_forty_times_is_done_once() {
    let mut kills = 0;
    let mut round = 0;
    while kills < KILLS {
        round += 1;
        kills += finished_in_spite_of_kills(round, KILLS - kills);
    }
    eprintln!("{kills} kills in {round} plans");
}

/// Applies one plan under kills until it ends; how often it was killed.
fn finished_in_spite_of_kills(round: usize, most: usize) -> usize {
    let many = Many::new(&CUSTOMERS);
    many.plan_of(CUSTOMERS.len());
    let seats: u32 = CUSTOMERS.iter().map(|made| made.users).sum();
    let limit = seats.to_string();
    let mut seeded = Seeded::new("plan", round);
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let mut kills = 0;
    loop {
        // The first start makes the world too; later ones are quicker.
        let moment = LONGEST.mul_f64(seeded.share());
        let mut child = many.start(&["--max-seats", &limit, "--rehearse"]);
        let began = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if kills < most && began.elapsed() >= moment {
                child.kill().unwrap();
                break child.wait().unwrap();
            }
            assert!(began.elapsed() < Duration::from_mins(3), "the plan never ends");
            thread::sleep(Duration::from_millis(1));
        };
        whole::check(&many.home);
        if many.folder_exists() {
            for (customer, link) in many.links() {
                let link = link.split_once("/0").unwrap().1.to_owned();
                let before = known.entry(customer.clone()).or_insert_with(|| link.clone());
                assert_eq!(*before, link, "{customer}");
            }
        }
        if status.signal() == Some(9) {
            kills += 1;
            continue;
        }
        assert_eq!(status.code(), Some(0), "round {round}");
        break;
    }
    let record = many.record();
    let customers = i64::try_from(CUSTOMERS.len()).unwrap();
    assert_eq!(record.count("run"), customers, "round {round}");
    assert_eq!(record.count("run WHERE finished IS NOT NULL"), customers, "round {round}");
    assert_eq!(record.count("audit WHERE what = 'finished the run'"), customers, "round {round}");
    assert_eq!(
        (record.seats(), record.count("chosen")),
        (i64::from(seats), i64::from(seats)),
        "round {round}"
    );
    let said = many.apply(&["--max-seats", &limit, "--json"]);
    let json = said.json();
    assert_eq!((said.code, &json["seats"]["billed"]), (0, &seats.into()), "round {round}");
    assert!(
        json["customers"].as_array().unwrap().iter().all(|one| one["receipt"]["audit"]["is_whole"] == true)
    );
    kills
}
