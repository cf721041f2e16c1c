//! Many users in one answer: one write and one line of the audit that names them, in every front end.

use super::{kinds_of_kauri, kinds_of_kauri_in_lines, lines, named, same};
use crate::{
    plain::Talk,
    provision,
    terminal::{DOWN, ENTER, Home, Record, Terminal},
};

/// The first four users of Harbour Street Cafe, in the order of the list.
const FOUR: [&str; 4] = [
    "aroha.smith@harbourstreetcafe.example",
    "liam.nguyen@harbourstreetcafe.example",
    "mei.williams@harbourstreetcafe.example",
    "oliver.tamihana@harbourstreetcafe.example",
];

/// So many rows stand in the record since one and the same moment: one write made them all.
fn written_at_once(home: &Home, table: &str, moment: &str, rows: i64) {
    let record = Record::of(home);
    assert_eq!(record.count(table), rows, "{table}");
    assert_eq!(record.count(&format!("(SELECT DISTINCT {moment} FROM {table})")), 1, "{table}: one write");
}

/// To the users of Harbour Street Cafe once consent was given.
fn again_on_screen(home: &Home) -> Terminal {
    let mut terminal = Terminal::opened(home);
    terminal.confirms("Harbour Street Cafe").enables().sees(&["listed 37"]);
    terminal
}

/// The same line by line.
fn again_in_lines(home: &Home) -> Talk {
    let mut talk = Talk::start(home, 80, &[]);
    talk.opens("harbour", "Harbour Street Cafe");
    talk.hears(&["Is this the organisation of", "Enter for 1"]).types("");
    talk.hears(&["Step 4 of 6: Authorise.", "All checks are good.", "1: Enable.", "Enter for 1"]).types("");
    talk.hears(&["Step 5 of 6: Users.", "listed 37"]);
    talk
}

/// From a list with nobody ticked out of the wizard.
fn finishes_on_screen(terminal: &mut Terminal) -> u32 {
    terminal.finishes().quits()
}

/// The same line by line.
fn finishes_in_lines(talk: &mut Talk, verdict: &str) -> u32 {
    talk.types("finish").hears(&[verdict, "Leave the wizard."]).types("quit");
    talk.ends()
}

/// One flag for each of these addresses.
fn flags<'a>(flag: &'a str, addresses: &[&'a str]) -> Vec<&'a str> {
    addresses.iter().flat_map(|address| [flag, *address]).collect()
}

#[test]
fn exclusions_and_lifting_them_are_one_answer_each() {
    let audit = same(
        |home| {
            let mut terminal = Terminal::opened(home);
            terminal.reaches_users("Harbour Street Cafe", "37");
            terminal.keys(&format!("v{DOWN}{DOWN}{DOWN}x")).sees(&[
                "[-] Oliver Tamihana",
                "excluded 4 ·",
                "a All 30",
            ]);
            written_at_once(home, "exclusion", "at", 4);
            assert_eq!(finishes_on_screen(&mut terminal), 0);
            let mut terminal = again_on_screen(home);
            terminal.keys(&format!("v{DOWN}{DOWN}x")).sees(&["[ ] Mei Williams", "excluded 1 ·", "a All 33"]);
            finishes_on_screen(&mut terminal)
        },
        |home| {
            let mut talk = Talk::start(home, 80, &[]);
            talk.reaches_users("harbour", "Harbour Street Cafe").types("exclude 1-4");
            talk.hears(&["1, excluded: Aroha Smith", "4, excluded: Oliver Tamihana"]);
            written_at_once(home, "exclusion", "at", 4);
            assert_eq!(finishes_in_lines(&mut talk, "Nothing was turned on"), 0);
            let mut talk = again_in_lines(home);
            talk.types("include 1-3").hears(&["1, off: Aroha Smith", "3, off: Mei Williams"]);
            finishes_in_lines(&mut talk, "Nothing was turned on")
        },
        |home| {
            let exclude = flags("--exclude", &FOUR);
            let none = ["C-1001", "--users", "none", "--rehearse"];
            assert_eq!(provision::code(home, &[&none[..], &exclude].concat(), ""), 0);
            written_at_once(home, "exclusion", "at", 4);
            provision::code(home, &[&["C-1001"][..], &flags("--lift", &FOUR[..3])].concat(), "")
        },
    );
    assert_eq!(lines(&audit, "excluded"), [format!("excluded 4 users: {}", named(&FOUR))]);
    let lifted = format!("lifted the exclusion of 3 users: {}", named(&FOUR[..3]));
    assert_eq!(lines(&audit, "lifted"), [lifted]);
}

#[test]
fn kinds_in_one_answer_and_a_range_of_ticks() {
    const RANGE: [&str; 5] = [
        "mei.williams@kauribuilding.example",
        "oliver.tamihana@kauribuilding.example",
        "info@kauribuilding.example",
        "jack.singh@kauribuilding.example",
        "charlotte.wilson@kauribuilding.example",
    ];
    let audit = same(
        |home| {
            let mut terminal = kinds_of_kauri(home);
            terminal.keys(&format!(" {DOWN} {ENTER}")).sees(&["eligible 66"]);
            terminal.keys(&format!("{DOWN}{DOWN}v{}", DOWN.repeat(4)));
            terminal.keys(" ").sees(&["ticked 5", "[x] Mei Williams", "[x] Info", "[x] Charlotte Wilson"]);
            terminal.applies("5");
            written_at_once(home, "seat", "since", 5);
            terminal.keys(ENTER).quits()
        },
        |home| {
            let mut talk = kinds_of_kauri_in_lines(home);
            talk.types("1-2");
            talk.hears(&["1, yes: Shared mailboxes", "2, yes: Rooms and equipment"]).types("");
            talk.hears(&["The included kinds are saved."]).types("tick 3-7");
            talk.hears(&[
                "3, ticked: Mei Williams",
                "7, ticked: Charlotte Wilson",
                "Ticked 5, seats 0 to 5.",
            ]);
            talk.types("review").hears(&["New seats: 5.", "from the table."]).types("5");
            talk.hears(&["5 users protected", "Enter for 1"]);
            written_at_once(home, "seat", "since", 5);
            talk.types("").hears(&["Done: 5 users", "Leave the wizard."]).types("quit");
            talk.ends()
        },
        |home| {
            let arguments = [
                "C-1002",
                "--tenant",
                "kauribuilding.example",
                "--users-file",
                "-",
                "--include-kind",
                "shared",
                "--include-kind",
                "room",
                "--max-seats",
                "5",
                "--rehearse",
            ];
            let code = provision::code(home, &arguments, &RANGE.join("\n"));
            written_at_once(home, "seat", "since", 5);
            code
        },
    );
    assert_eq!(lines(&audit, "confirmed"), [format!("confirmed turning on 5 users: {}", named(&RANGE))]);
    assert_eq!(lines(&audit, "finished turning on"), ["finished turning on: 5 users in this run"]);
}

#[test]
fn one_user_is_one_user_and_two_are_two() {
    let audit = same(
        |home| {
            let mut terminal = Terminal::opened(home);
            terminal.reaches_users("Harbour Street Cafe", "37").keys(" ").sees(&["ticked 1"]).keys(ENTER);
            // One is confirmed with Enter alone.
            terminal.sees(&["Turn 1 user on?", ">‹ Turn on ›"]).keys(ENTER);
            terminal.sees(&["1 user protected"]).keys(ENTER);
            terminal.sees(&["1 user is protected"]);
            assert_eq!(terminal.quits(), 0);
            let mut terminal = again_on_screen(home);
            terminal.keys(&format!("{DOWN} {DOWN} ")).sees(&["ticked 2"]).keys(ENTER);
            terminal.sees(&["Turn 2 users on?"]).keys("2").keys(ENTER);
            terminal.sees(&["2 users protected"]).keys(ENTER).sees(&["3 users are protected"]);
            terminal.quits()
        },
        |home| {
            let mut talk = Talk::start(home, 80, &[]);
            talk.reaches_users("harbour", "Harbour Street Cafe").types("tick 1").hears(&["Ticked 1,"]);
            talk.types("review").hears(&["Turn 1 user on?", "Enter for 1"]).types("");
            talk.hears(&["1 user protected", "Enter for 1"]).types("");
            talk.hears(&["Done: 1 user is protected", "Leave the wizard."]).types("quit");
            assert_eq!(talk.ends(), 0);
            let mut talk = again_in_lines(home);
            talk.types("tick 2-3").hears(&["Ticked 2,"]).types("review").hears(&["Turn 2 users on?"]);
            talk.hears(&["New seats: 2.", "from the table."]).types("2");
            talk.hears(&["2 users protected", "Enter for 1"]).types("");
            talk.hears(&["Done: 3 users are protected", "Leave the wizard."]).types("quit");
            talk.ends()
        },
        |home| {
            let listed = ["C-1001", "--users-file", "-", "--max-seats"];
            let one = [&listed[..], &["1", "--rehearse"]].concat();
            assert_eq!(provision::code(home, &one, FOUR[0]), 0);
            let two = [&listed[..], &["2"]].concat();
            provision::code(home, &two, &format!("{}\n{}\n", FOUR[1], FOUR[2]))
        },
    );
    assert_eq!(
        lines(&audit, "confirmed"),
        [
            format!("confirmed turning on 1 user: {}", named(&FOUR[..1])),
            format!("confirmed turning on 2 users: {}", named(&FOUR[1..3])),
        ]
    );
    assert_eq!(
        lines(&audit, "finished turning on"),
        ["finished turning on: 1 user in this run", "finished turning on: 2 users in this run"]
    );
}

#[test]
fn enable_auto_with_users_left_out_and_then_several_turned_off() {
    let audit = same(
        |home| {
            provisioned(home);
            let mut terminal = again_on_screen(home);
            terminal.keys(&format!("{}v{DOWN}x", DOWN.repeat(5))).sees(&[
                "[-] Jack Singh",
                "excluded 2 ·",
                "a All 28",
            ]);
            terminal.keys("u").sees(&["Nothing will run at 20:00", ">‹ Back ›"]).keys(crate::terminal::LEFT);
            terminal.sees(&[">‹ Go on ›"]).keys(ENTER);
            terminal.sees(&["Switch Enable Auto on?", "New seats"]).keys("28").keys(ENTER);
            terminal.sees(&["Enable Auto is on, and nothing will run at 20:00"]);
            // With the rule on nobody has to be ticked.
            assert_eq!(terminal.keys(ENTER).quits(), 3, "no sweeper is installed");
            let mut terminal = again_on_screen(home);
            terminal.keys(&format!("v{}O", DOWN.repeat(3))).sees(&["Turn 4 users off?"]);
            terminal.keys("4").keys(ENTER).sees(&["4 users turned off"]);
            off_at_once(home);
            terminal.keys(ENTER).sees(&["seats 0 → 0"]).keys(ENTER).quits()
        },
        |home| {
            provisioned(home);
            let mut talk = again_in_lines(home);
            talk.types("exclude 6-7").hears(&["6, excluded: Jack Singh", "7, excluded: Charlotte Wilson"]);
            talk.types("auto").hears(&["Nothing will run at 20:00", "2: Go on."]).types("yes");
            talk.hears(&["Switch Enable Auto on?", "At most, seats", "from the table."]).types("28");
            talk.hears(&["Enable Auto is on, and nothing will run at 20:00"]);
            assert_eq!(finishes_in_lines(&mut talk, "Partly done: 4 users"), 3);
            let mut talk = again_in_lines(home);
            talk.types("turn off 1-4").hears(&["Turn 4 users off?", "Type the number of users."]).types("4");
            talk.hears(&["4 users turned off"]);
            off_at_once(home);
            talk.types("").hears(&["seats 0 to 0"]);
            finishes_in_lines(&mut talk, "Partly done: nobody")
        },
        |home| {
            provisioned(home);
            let two = ["jack.singh@harbourstreetcafe.example", "charlotte.wilson@harbourstreetcafe.example"];
            let auto = ["C-1001", "--users", "auto", "--max-seats", "28", "--without-sweeper"];
            assert_eq!(provision::code(home, &[&auto[..], &flags("--exclude", &two)].concat(), ""), 3);
            let off = ["C-1001", "--turn-off", "-", "--max-off", "4"];
            let code = provision::code(home, &off, &FOUR.join("\n"));
            off_at_once(home);
            code
        },
    );
    assert_eq!(
        lines(&audit, "excluded"),
        [format!(
            "excluded 2 users: {}",
            named(&["jack.singh@harbourstreetcafe.example", "charlotte.wilson@harbourstreetcafe.example"])
        )]
    );
    assert_eq!(
        lines(&audit, "switched Enable Auto on"),
        ["switched Enable Auto on: 28 confirmed, at most 42 seats"]
    );
    assert_eq!(lines(&audit, "turned off"), [format!("turned off 4 users: {}", named(&FOUR))]);
}

/// Four are on.
fn provisioned(home: &Home) {
    let four = ["C-1001", "--users-file", "-", "--max-seats", "4", "--rehearse"];
    assert_eq!(provision::code(home, &four, &FOUR.join("\n")), 0);
}

/// Four seats were turned off in one write.
fn off_at_once(home: &Home) {
    written_at_once(home, "seat", "since", 4);
    assert_eq!(Record::of(home).count("seat WHERE state = 'off'"), 4);
}
