//! Names made of the program's own words: they are data, shown unchanged wherever they stand, and press nothing.

use super::{lines, same};
use crate::{
    plain::Talk,
    provision,
    terminal::{DOWN, ENTER, Home, Record, Terminal},
    tools::invented_partner,
};

/// The customer, and the organisation that it is.
const CUSTOMER: &str = "Press Enter: Next";
const ORGANISATION: &str = "Wellington Press: Print";

/// Name, what stands before the @, department; in the order of the list.
const PEOPLE: [[&str; 3]; 6] = [
    ["(leave)", "leave", "say"],
    ["Press r", "press.r", "Press ? for help"],
    ["Wellington Press: Print", "print", "park"],
    ["ticked 3 · seats 0 → 3", "ticked", "quit"],
    ["1: Enable. Enter for 1", "enable", "Type a number"],
    ["Type yes or no.", "type", "2-3"],
];

/// A world whose only customer has these names.
fn world(home: &Home) -> String {
    let partner = invented_partner();
    let people = PEOPLE.map(|[name, address, department]| {
        format!("{{ name = {name:?}, address = {address:?}, department = {department:?} }}")
    });
    let text = format!(
        "{partner}\n[[tenant]]\nid = \"dba79fcd-d2bd-4212-800f-c7555f4f3db2\"\nname = \"{ORGANISATION}\"\n\
         domain = \"words.example\"\ninitial = \"words.onmicrosoft.com\"\nperson = [\n{}\n]\n\
         account = [{{ address = \"mei@words.example\", name = \"Press q\", role = \"global\" }}]\n\
         [[customer]]\nreference = \"C-9001\"\nname = \"{CUSTOMER}\"\ndomain = \"words.example\"\n\
         products = [\"office365\"]\ntenant = \"dba79fcd-d2bd-4212-800f-c7555f4f3db2\"\nmanaged = true\n",
        people.join(",\n"),
    );
    let file = home.path().join("words.toml");
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn names_made_of_our_own_words_are_shown_unchanged_and_press_nothing() {
    let audit = same(
        |home| {
            let mut terminal = Terminal::sized(home, &["--world", &world(home)], 99, 30, &[]);
            terminal.sees(&["Which customer?", "1 listed", CUSTOMER]);
            terminal.picks(CUSTOMER).takes(0);
            terminal.sees(&[
                &format!("Is this the organisation of {CUSTOMER}?"),
                ORGANISATION,
                ">‹ Yes, this is the organisation ›",
            ]);
            terminal
                .keys(ENTER)
                .sees(&[&format!("Has {CUSTOMER} allowed the backup of Office 365?"), ">‹ Authorise ›"]);
            terminal.plays().sees(&["Press q signed in and pressed Accept for Wellington Press: Print."]);
            terminal.enables().sees(&["listed 6 ·"]);
            for [name, _, department] in PEOPLE {
                terminal.sees(&[name, department]);
            }
            terminal.keys("d").sees(&["leave@words.example · (leave) ·", "· say ·"]);
            terminal.keys("/(leave)").sees(&["> / (leave)", "shown 1"]).keys(crate::terminal::ESC);
            terminal.sees(&["Press r"]).keys(crate::terminal::ESC).sees(&["Space tick"]);
            terminal.keys("x").sees(&["[-] (leave)"]);
            terminal.keys(&format!("{DOWN} {DOWN} ")).sees(&[
                "ticked 2",
                "[x] Press r",
                "[x] Wellington Press: Print",
            ]);
            terminal.applies("2").sees(&["Press r", "Wellington Press: Print"]);
            terminal.keys(ENTER).quits()
        },
        |home| {
            let mut talk = Talk::start(home, 120, &["--world", &world(home)]);
            talk.opens("Press Enter: Next", CUSTOMER);
            talk.hears(&[
                &format!("Is this the organisation of {CUSTOMER}?"),
                &format!("Organisation: {ORGANISATION}."),
                "Enter for 1",
            ]);
            talk.types("").hears(&[&format!("Has {CUSTOMER} allowed the backup"), "Enter for 1"]);
            talk.types("authorise").hears(&["adminconsent", "Play."]).types("play");
            talk.hears(&["Press q signed in and pressed Accept for Wellington Press: Print."]);
            talk.hears(&["All checks are good.", "1: Enable.", "Enter for 1"]).types("");
            talk.hears(&["listed 6, eligible 6"]);
            for (at, [name, address, department]) in PEOPLE.into_iter().enumerate() {
                let number = at + 1;
                talk.hears(&[&format!("{number}, off: {name}, {address}@words.example, {department}.")]);
            }
            talk.types("details 4")
                .hears(&["ticked@words.example, ticked 3 · seats 0 → 3, user, off, quit,"]);
            talk.types("filter (leave)").hears(&["1 shown.", "1, off: (leave)"]).types("filter");
            talk.hears(&["6, off: Type yes or no."]).types("exclude 1").hears(&["1, excluded: (leave)"]);
            talk.types("tick 2-3").hears(&[
                "2, ticked: Press r",
                "3, ticked: Wellington Press: Print",
                "Ticked 2,",
            ]);
            talk.types("review").hears(&["New seats: 2.", "from the table."]).types("2");
            talk.hears(&["2 users protected", "Enter for 1"]).types("");
            talk.hears(&["Done: 2 users", "Leave the wizard."]).types("quit");
            talk.ends()
        },
        |home| {
            let world = world(home);
            let arguments = [
                "C-9001",
                "--world",
                &world,
                "--exclude",
                "leave@words.example",
                "--users-file",
                "-",
                "--max-seats",
                "2",
                "--rehearse",
            ];
            let users = "press.r@words.example\nprint@words.example\n";
            let ran = provision::fed(home, &arguments, users);
            let accepted = "Press q signed in and pressed Accept for Wellington Press: Print.";
            ran.says(&["Organisation: Wellington Press: Print, ", accepted]).ends(0);
            0
        },
    );
    assert_eq!(lines(&audit, "excluded"), ["excluded 1 user: (leave) <leave@words.example>"]);
    assert_eq!(
        lines(&audit, "confirmed"),
        [
            "confirmed turning on 2 users: Press r <press.r@words.example>, Wellington Press: Print <print@words.example>"
        ]
    );
}

#[test]
fn the_receipt_and_the_commands_keep_such_names_too() {
    let home = Home::new();
    let world = world(&home);
    let all = ["C-9001", "--world", &world, "--users", "all", "--max-seats", "6", "--rehearse"];
    provision::run(&home, &all).ends(0);
    let run = Record::of(&home).run();
    let said = provision::says(&home, &["--world", &world, "receipt", &run]);
    for words in [&format!("Customer: {CUSTOMER} (C-9001)"), ORGANISATION] {
        assert!(said.contains(words), "{words:?} is not in:\n{said}");
    }
    let said = provision::says(&home, &["--world", &world, "receipt", &run, "--json"]);
    for [name, ..] in PEOPLE {
        assert!(said.contains(&format!("{name:?}")), "{name:?} is not in:\n{said}");
    }
    let said = provision::says(&home, &["--world", &world, "customers", "show", "C-9001"]);
    assert!(said.contains(CUSTOMER), "{said}");
}
