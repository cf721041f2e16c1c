//! What the terminal user can take back, by flags: users off, exclusions lifted, kinds left out, Enable Auto off.

use std::fs;

use serde_json::json;

use crate::{
    provision::{Ran, fed, run},
    terminal::{Home, Record},
};

const AROHA: &str = "aroha.smith@harbourstreetcafe.example";
const MEI: &str = "mei.williams@harbourstreetcafe.example";
const PRIYA: &str = "priya.brown@harbourstreetcafe.example";

/// Harbour Street Cafe with everybody on.
fn everybody() -> Home {
    let home = Home::new();
    run(&home, &["C-1001", "--users", "all", "--max-seats", "34", "--rehearse"]).ends(0);
    home
}

fn with(home: &Home, more: &[&str]) -> Ran {
    run(home, &[&["C-1001"], more].concat())
}

#[test]
fn users_are_turned_off_within_the_limit_and_by_an_admin_only() {
    let home = everybody();
    let list = format!("{AROHA}\n{}\n{PRIYA}\n", MEI.to_uppercase());
    fs::write(home.path().join("off.txt"), &list).unwrap();
    with(&home, &["--turn-off", "off.txt"]).ends(2).says(&["--max-off is missing", "--max-off 3"]);
    with(&home, &["--turn-off", "off.txt", "--max-off", "2"])
        .ends(7)
        .says(&["turn 3 users off", "at most 2"]);
    let user = ["--as", "user", "--turn-off", "off.txt", "--max-off", "3", "--exclude", AROHA];
    with(&home, &user).ends(4).says(&["Only an Admin can turn protection off", "Nothing was changed"]);
    fed(&home, &["C-1001", "--turn-off", "-", "--max-off", "9"], "").ends(2).says(&["--turn-off is empty"]);
    fed(&home, &["C-1001", "--turn-off", "-", "--max-off", "9"], &format!("{AROHA}\nghost@x.example\n"))
        .ends(2)
        .says(&["Nothing was changed", "Not listed: ghost@x.example"]);
    with(&home, &["--turn-off", "off.txt", "--max-off", "3", "--users", "all", "--max-seats", "3"])
        .ends(2)
        .says(&["on again by --users", AROHA]);
    let dry = with(&home, &["--turn-off", "off.txt", "--dry-run", "--json"]).ends(0).json();
    assert_eq!(dry["changes"]["turned_off"], json!([AROHA, MEI, PRIYA]));
    let record = Record::of(&home);
    assert_eq!((record.seats(), record.count("exclusion")), (34, 0), "nothing yet");

    let object = with(&home, &["--turn-off", "off.txt", "--max-off", "3", "--json"])
        .says(&["What is kept already stays until its retention ends", &format!("Turned off: {AROHA}")])
        .ends(0)
        .json();
    assert_eq!(object["changes"]["turned_off"], json!([AROHA, MEI, PRIYA]));
    assert_eq!(object["counts"]["turned_off"], 3);
    assert_eq!(Record::of(&home).seats(), 31);
    with(&home, &["--turn-off", "off.txt", "--max-off", "3"]).ends(2).says(&["Not on", AROHA]);
    // Off and excluded, and everybody else on, in one command.
    let all = ["--turn-off", "-", "--max-off", "1", "--users", "all", "--max-seats", "3"];
    let oliver = "oliver.tamihana@harbourstreetcafe.example";
    fed(&home, &[&["C-1001", "--exclude", oliver][..], &all].concat(), oliver).ends(0);
    let record = Record::of(&home);
    assert_eq!((record.seats(), record.count("exclusion")), (33, 1));
}

#[test]
fn exclusions_kinds_and_enable_auto_are_taken_back_and_twice_is_fine() {
    let home = Home::new();
    let make = ["--users", "auto", "--without-sweeper", "--include-kind", "shared", "--exclude", AROHA];
    with(&home, &[&make[..], &["--max-seats", "50", "--rehearse"]].concat()).ends(3);
    let record = Record::of(&home);
    let kinds = || Record::of(&home).one::<i64>("SELECT max(kinds) FROM customer_product");
    assert_eq!((record.count("auto_rule"), record.count("exclusion")), (1, 1));
    assert_ne!(kinds(), 0);
    // With the rule on a lifted exclusion is billed at the next 20:00.
    with(&home, &["--lift", AROHA]).ends(2).says(&["--max-seats is missing", "--max-seats 1"]);
    with(&home, &["--lift", AROHA, "--max-seats", "0"]).ends(7).says(&["would take 1 seat more"]);
    let back = ["--undo-auto", "--lift", AROHA, "--leave-out-kind", "shared", "--max-seats", "1"];
    let would = "What would change: exclusion lifted: aroha.smith@harbourstreetcafe.example; left out: shared \
                 mailboxes; Enable Auto switched off.";
    with(&home, &[&back[..], &["--dry-run"]].concat()).ends(0).says(&[would]);
    assert_eq!((Record::of(&home).count("auto_rule"), Record::of(&home).count("exclusion")), (1, 1));
    let object = with(&home, &[&back[..], &["--json"]].concat()).ends(0).json();
    assert_eq!(
        object["changes"],
        json!({ "excluded": [], "lifted": [AROHA], "included_kinds": [], "left_out_kinds": ["shared"],
                "auto_undone": true, "turned_off": [] })
    );
    with(&home, &back).ends(0).says(&["Enable Auto is off already"]);
    let record = Record::of(&home);
    assert_eq!((record.count("auto_rule"), record.count("exclusion"), kinds(), record.seats()), (0, 0, 0, 0));
}

#[test]
fn what_contradicts_itself_is_said_before_anything_is_opened() {
    let home = Home::new();
    for (more, words) in [
        (&["--exclude", AROHA, "--lift", AROHA][..], "--exclude and --lift both name"),
        (&["--include-kind", "room", "--leave-out-kind", "room"], "both name room"),
        (&["--undo-auto", "--users", "auto", "--max-seats", "9"], "--undo-auto switches Enable Auto off"),
        (&["--max-off", "3"], "--turn-off"),
        (&["--users-file", "-", "--turn-off", "-", "--max-off", "3"], "only one list"),
    ] {
        with(&home, more).ends(2).says(&[words]);
    }
    assert!(!home.store().exists());
}
