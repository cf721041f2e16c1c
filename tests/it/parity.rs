//! One scenario through all three front ends: the same rows in the record, the same audit line by line, the same receipt,
//! the same exit code.
//!
//! What a row says is compared cell by cell; moments count as *set*, the run's number as RUN, and what hangs on them
//! (hashes, an encrypted password) is left out.

mod bulk;
mod names;

use std::collections::{BTreeMap, BTreeSet};

use backup365::domain::text::capital;
use rusqlite::{Connection, OpenFlags, types::ValueRef};

use crate::{
    plain::Talk,
    provision,
    terminal::{DOWN, ENTER, Home, LEFT, RIGHT, Record, TAB, Terminal},
};

/// How one front end goes through a scenario; says the exit code.
type Way = fn(&Home) -> u32;

/// Columns that hold moments, whatever their table is.
const MOMENTS: &[&str] = &[
    "added",
    "asked",
    "at",
    "begun",
    "counted",
    "ended",
    "enabled",
    "finished",
    "installed",
    "link_shown",
    "made",
    "opened",
    "parked",
    "looked",
    "proved",
    "saved",
    "since",
    "started",
    "touched",
];

/// Columns that differ by nature.
const BY_NATURE: &[&str] = &["hash", "before", "password", "key", "feed", "cursor"];

/// Everything on record, table by table; what the board was when somebody looked at it is theirs who look.
fn rows(home: &Home) -> BTreeMap<String, BTreeSet<String>> {
    let record = Connection::open_with_flags(home.store(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let runs = runs(&record);
    let mut tables = record
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('about', 'seen')")
        .unwrap();
    let names: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    names.into_iter().map(|table| (table.clone(), table_rows(&record, &table, &runs))).collect()
}

/// The numbers of the runs, oldest first.
fn runs(record: &Connection) -> Vec<String> {
    let mut runs = record.prepare("SELECT id FROM run ORDER BY opened").unwrap();
    runs.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Words with the runs by their place instead of their number.
fn placed(words: &str, runs: &[String]) -> String {
    runs.iter()
        .enumerate()
        .fold(words.to_owned(), |words, (at, run)| words.replace(run, &format!("RUN {at}")))
}

fn table_rows(record: &Connection, table: &str, runs: &[String]) -> BTreeSet<String> {
    let mut all = record.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let columns: Vec<String> = all.column_names().map(str::to_owned).collect();
    let rows = all.query_map([], |row| {
        let cells = columns.iter().enumerate().map(|(at, column)| {
            let value = row.get_ref(at).unwrap();
            let words = match value {
                _ if BY_NATURE.contains(&column.as_str()) => "left out".to_owned(),
                // Numbered as users arrive, which a server that is asked several things at once decides.
                _ if table == "chosen" && column == "id" => "left out".to_owned(),
                // Drawn at random.
                _ if table == "invitation" && column == "words" => "left out".to_owned(),
                ValueRef::Null => "none".to_owned(),
                _ if MOMENTS.contains(&column.as_str()) => "set".to_owned(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Real(number) => number.to_string(),
                ValueRef::Text(text) => {
                    in_one_order(&without_keys(&placed(&String::from_utf8_lossy(text), runs)))
                }
                ValueRef::Blob(bytes) => format!("{bytes:02x?}"),
            };
            format!("{column}={words}")
        });
        Ok(cells.collect::<Vec<_>>().join(" "))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// Who did what, oldest first.
fn audit(home: &Home) -> Vec<String> {
    let record = Connection::open_with_flags(home.store(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let runs = runs(&record);
    let mut lines = record.prepare("SELECT operator, what FROM audit ORDER BY id").unwrap();
    let lines = lines.query_map([], |row| {
        let (who, what): (String, String) = (row.get(0)?, row.get(1)?);
        Ok(without_keys(&placed(&format!("{who} {what}"), &runs)))
    });
    lines.unwrap().map(Result::unwrap).collect()
}

/// Words without the keys that each home has made for itself.
fn without_keys(words: &str) -> String {
    let words = words.split(' ').map(|word| if word.starts_with("age1") { "a key" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// The users of a line sorted: a mail server is asked several things at once, and whoever is found first comes first.
fn in_one_order(line: &str) -> String {
    let Some((what, users)) = line.split_once(" users: ") else { return line.to_owned() };
    let mut users: Vec<&str> = users.split(", ").collect();
    users.sort_unstable();
    format!("{what} users: {}", users.join(", "))
}

/// The receipt of the newest run, without its number, moments and hashes.
fn receipt(home: &Home) -> String {
    let record = Connection::open_with_flags(home.store(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let runs = runs(&record);
    let run = format!("B365-{}", runs.last().unwrap());
    let text = provision::says(home, &["receipt", &run]);
    let lines = text.lines().map(|line| {
        let line = placed(line, &runs);
        match line.split_once(": ") {
            Some((label @ ("Opened" | "Finished" | "Enabled"), _)) => format!("{label}: set"),
            // The three may have one 20:00 between them.
            Some(("Enable Auto", _)) if line.contains(", next sweep ") => {
                let (before, next) = line.split_once(", next sweep ").unwrap();
                format!("{before}, next sweep set, {}", next.split_once(", ").unwrap().1)
            }
            // "… AEDT · root · finished the run · 61c7a4c5"
            _ if line.matches(" · ").count() >= 3 => {
                let parts: Vec<&str> = line.split(" · ").collect();
                in_one_order(&parts[1..parts.len() - 1].join(" · "))
            }
            _ => line,
        }
    });
    let mut lines: Vec<String> = lines.collect();
    for users in lines.chunk_by_mut(|one, next| one.starts_with("- ") && next.starts_with("- ")) {
        users.sort_unstable();
    }
    lines.join("\n")
}

/// Goes through a scenario three times, each in a home of its own, and compares; out comes the audit that all have.
fn same(on_screen: Way, line_by_line: Way, without: Way) -> Vec<String> {
    let [first, others @ ..] = [on_screen, line_by_line, without].map(|way| {
        let home = Home::new();
        let code = way(&home);
        assert!(Record::of(&home).seats() >= 0, "the record is sound");
        (code, audit(&home), rows(&home), receipt(&home))
    });
    for (other, name) in others.iter().zip(["line by line", "without questions"]) {
        assert_eq!(first.0, other.0, "{name}: the exit code");
        let ordered = |audit: &[String]| audit.iter().map(|line| in_one_order(line)).collect::<Vec<_>>();
        assert_eq!(ordered(&first.1), ordered(&other.1), "{name}: the audit");
        for (table, rows) in &first.2 {
            assert_eq!(rows, &other.2[table], "{name}: {table}");
        }
        assert_eq!(first.3, other.3, "{name}: the receipt");
    }
    first.1
}

/// The lines of the audit that begin so, behind the name of the operator.
fn lines<'a>(audit: &'a [String], begins: &str) -> Vec<&'a str> {
    let said = audit.iter().filter_map(|line| line.split_once(' ').map(|(_, what)| what));
    said.filter(|what| what.starts_with(begins)).collect()
}

/// Users as the audit names them: the sandbox makes the addresses of people of their names.
fn named(addresses: &[&str]) -> String {
    let name = |address: &str| -> String {
        let words = address.split('@').next().unwrap().split('.');
        format!("{} <{address}>", words.map(capital).collect::<Vec<_>>().join(" "))
    };
    addresses.iter().map(|address| name(address)).collect::<Vec<_>>().join(", ")
}

#[test]
fn ticks_and_an_exclusion_on_path_1() {
    same(
        |home| {
            let mut terminal = Terminal::opened(home);
            terminal.reaches_users("Harbour Street Cafe", "37").keys("x");
            terminal.sees(&["[-] Aroha Smith", "excluded 1 ·"]);
            terminal.keys(&format!("{DOWN}{DOWN} {DOWN} {DOWN} ")).sees(&["ticked 3"]).applies("3");
            terminal.keys(ENTER).quits()
        },
        |home| {
            let mut talk = Talk::start(home, 80, &[]);
            talk.reaches_users("harbour", "Harbour Street Cafe");
            talk.types("exclude 1").hears(&["1, excluded: Aroha Smith"]);
            talk.types("tick 3-5")
                .hears(&["Ticked 3"])
                .types("review")
                .hears(&["New seats: 3.", "from the table."]);
            talk.types("3").hears(&["3 users protected", "Enter for 1"]).types("");
            talk.hears(&["Done: 3 users", "Leave the wizard."]).types("quit");
            talk.ends()
        },
        |home| {
            let users = "mei.williams@harbourstreetcafe.example\noliver.tamihana@harbourstreetcafe.example\n\
                         priya.brown@harbourstreetcafe.example\n";
            let arguments = [
                "C-1001",
                "--users-file",
                "-",
                "--exclude",
                "aroha.smith@harbourstreetcafe.example",
                "--max-seats",
                "3",
                "--rehearse",
            ];
            provision::code(home, &arguments, users)
        },
    );
}

/// Kauri Building Supplies in full screen, from the customers to the question which kinds are included.
fn kinds_of_kauri(home: &Home) -> Terminal {
    let mut terminal = Terminal::opened(home);
    terminal.picks("Kauri Building Supplies").takes(0).sees(&["> Tenant ID ["]);
    terminal.keys("kauribuilding.example").sees(&["7a36af4b-c51e", "‹ Save ›"]).keys(ENTER);
    terminal.sees(&[">‹ Save ›"]).keys(ENTER).sees(&["● Authorise", "…c2ca"]).plays().enables();
    terminal.sees(&["listed 70 ·", "eligible 61"]).keys("m").sees(&["Which kinds are included?"]);
    terminal
}

/// The same line by line.
fn kinds_of_kauri_in_lines(home: &Home) -> Talk {
    let mut talk = Talk::start(home, 80, &[]);
    talk.opens("kauri", "Kauri Building Supplies").hears(&["Tenant ID: the domain"]);
    talk.types("kauribuilding.example").hears(&["1: Save.", "Enter for 1"]).types("");
    talk.hears(&["Step 4 of 6: Authorise.", "Enter for 1"]).authorises().hears(&["listed 70, eligible 61"]);
    talk.types("kinds").hears(&["1, no: Shared mailboxes", "Enter saves"]);
    talk
}

#[test]
fn all_with_a_kind_included_on_path_2() {
    same(
        |home| {
            let mut terminal = kinds_of_kauri(home);
            terminal
                .keys(&format!(" {ENTER}"))
                .sees(&["eligible 65"])
                .keys("a")
                .sees(&["ticked 65"])
                .applies("65");
            terminal.keys(ENTER).quits()
        },
        |home| {
            let mut talk = kinds_of_kauri_in_lines(home);
            talk.types("1");
            talk.hears(&["1, yes: Shared mailboxes"]).types("").hears(&["The included kinds are saved."]);
            talk.types("all").hears(&["Tick 65?"]).types("yes").hears(&["Ticked 65"]).types("review");
            talk.hears(&["New seats: 65.", "from the table."]).types("65");
            talk.hears(&["65 users protected", "Enter for 1"]).types("");
            talk.hears(&["Done: 65 users", "Leave the wizard."]).types("quit");
            talk.ends()
        },
        |home| {
            let arguments = [
                "C-1002",
                "--tenant",
                "kauribuilding.example",
                "--users",
                "all",
                "--include-kind",
                "shared",
                "--max-seats",
                "65",
                "--rehearse",
            ];
            provision::code(home, &arguments, "")
        },
    );
}

#[test]
fn enable_auto_on_path_3() {
    const SECRET: &str = "invented-anderson";
    const SAMPLE: &str = "emma.anderson@andersondental.example";
    const ACCOUNT: &str = "svc-backup@andersondental.example";
    same(
        |home| {
            let mut terminal = Terminal::opened(home);
            terminal.picks("Anderson Dental").takes(0).impersonates(SAMPLE, ACCOUNT, SECRET);
            terminal.keys(TAB).keys(RIGHT).sees(&["(•) the server's directory"]).keys(TAB);
            terminal.sees(&[">‹ Save ›"]).keys(ENTER).sees(&["● Authorise"]).enables().sees(&["listed 8 ·"]);
            terminal.keys("u").sees(&["Nothing will run at 20:00", ">‹ Back ›"]).keys(LEFT);
            terminal.sees(&[">‹ Go on ›"]).keys(ENTER);
            terminal
                .sees(&["Switch Enable Auto on?", "At most, seats  18", "New seats"])
                .keys("8")
                .keys(ENTER);
            terminal.sees(&["Enable Auto is on, and nothing will run at 20:00"]).keys(ENTER).quits()
        },
        |home| {
            let mut talk = Talk::start(home, 80, &[]);
            talk.opens("anderson", "Anderson Dental").hears(&["A mailbox to try: one"]).types(SAMPLE);
            talk.hears(&["Server: like"]).types("").hears(&["1: Find the server.", "Enter for 1"]).types("");
            talk.hears(&["The server was found", "Enter for 2"])
                .types("")
                .hears(&["Account: the"])
                .types(ACCOUNT);
            talk.hears(&["Password: it is never shown."]).types(SECRET).hears(&["Mail domains:"]).types("");
            talk.hears(&["Mailboxes come from:", "Enter for 1"])
                .types("2")
                .hears(&["Save.", "Enter for"])
                .types("");
            talk.hears(&[
                "The account signs in: good (svc-backup@andersondental.example, NTLM).",
                "1: Enable.",
                "Enter for 1",
            ])
            .types("enable");
            talk.hears(&["Step 5 of 6: Users.", "listed 8"])
                .types("auto")
                .hears(&["Nothing will run", "Enter"]);
            talk.types("yes").hears(&["At most, seats: 18", "New seats", "from the table."]).types("8");
            talk.hears(&["Enable Auto is on, and nothing will run at 20:00"]).types("finish");
            talk.hears(&["Partly done: nobody", "Leave the wizard."]).types("quit");
            talk.ends()
        },
        |home| {
            let password = home.path().join("password.txt");
            std::fs::write(&password, SECRET).unwrap();
            let arguments = [
                "C-1014",
                "--server",
                "mail.coastline-hosting.example",
                "--try-mailbox",
                SAMPLE,
                "--account",
                ACCOUNT,
                "--password-file",
                password.to_str().unwrap(),
                "--directory",
                "--users",
                "auto",
                "--without-sweeper",
                "--max-seats",
                "8",
            ];
            provision::code(home, &arguments, "")
        },
    );
}

#[test]
fn an_organisation_that_another_customer_has_is_taken_after_a_yes_of_its_own() {
    const ASKED: &str = "Take this organisation all the same?";
    let audit = same(
        |home| {
            let mut terminal = Terminal::opened(home);
            terminal.picks("Kauri Building Supplies").takes(0).sees(&["> Tenant ID ["]);
            terminal.keys("harbourstreetcafe.example");
            terminal.sees(&["C-1001 Harbour Street Cafe has this organisation", "(…c2ca)", "‹ Save ›"]);
            // Enter is No: back to the field, and nothing was saved.
            terminal.keys(ENTER).sees(&[">‹ Save ›"]).keys(ENTER).sees(&[ASKED, ">‹ No ›"]).keys(ENTER);
            terminal.sees(&["> Tenant ID [", "‹ Save ›"]);
            assert_eq!(Record::of(home).count("run WHERE tenant IS NOT NULL"), 0);
            terminal.keys(ENTER).sees(&[">‹ Save ›"]).keys(ENTER).sees(&[ASKED, ">‹ No ›"]).keys(LEFT);
            terminal.sees(&[">‹ Take it ›"]).keys(ENTER).sees(&["● Authorise", "…e397"]).plays().enables();
            terminal.sees(&["listed 37 ·", "eligible 34"]).keys("a").sees(&["ticked 34"]).applies("34");
            terminal.keys(ENTER).quits()
        },
        |home| {
            let mut talk = Talk::start(home, 80, &[]);
            talk.opens("kauri", "Kauri Building Supplies").hears(&["Tenant ID: the domain"]);
            talk.types("harbourstreetcafe.example");
            talk.hears(&["C-1001 Harbour Street Cafe has this organisation", "1: Save.", "Enter for 1"]);
            talk.types("").hears(&[ASKED, "Enter"]).types("");
            talk.hears(&["Tenant ID: the domain"]).types("").hears(&["Enter for 1"]);
            talk.types("").hears(&[ASKED, "Enter"]).types("yes");
            talk.hears(&["Step 4 of 6: Authorise.", "Enter for 1"]).authorises().hears(&["listed 37"]);
            talk.types("all").hears(&["Tick 34?"]).types("yes").hears(&["Ticked 34"]).types("review");
            talk.hears(&["New seats: 34.", "from the table."]).types("34");
            talk.hears(&["34 users protected", "Enter for 1"]).types("");
            talk.hears(&["Done: 34 users", "Leave the wizard."]).types("quit");
            talk.ends()
        },
        |home| {
            let arguments = [
                "C-1002",
                "--tenant",
                "harbourstreetcafe.example",
                "--same-organisation-as",
                "C-1001",
                "--domain-belongs-elsewhere",
                "--users",
                "all",
                "--max-seats",
                "34",
                "--rehearse",
            ];
            provision::code(home, &arguments, "")
        },
    );
    assert_eq!(lines(&audit, "accepted for the organisation").len(), 2, "{audit:?}");
}

#[test]
fn a_mail_domain_that_another_customer_has_is_taken_after_a_yes_of_its_own() {
    const ASKED: &str = "Take this mail domain all the same?";
    const HAS: &str = "C-1014 Anderson Dental has the mail domain andersondental.example";
    const SECRET: &str = "invented-anderson";
    const SAMPLE: &str = "emma.anderson@andersondental.example";
    const ACCOUNT: &str = "svc-backup@andersondental.example";
    let audit = same(
        |home| {
            let mut terminal = Terminal::opened(home);
            terminal.picks("Lighthouse Printing").takes(0).impersonates(SAMPLE, ACCOUNT, SECRET);
            terminal.keys(", andersondental.example").sees(&["printing.example, andersondental.example"]);
            terminal.keys(TAB).keys(RIGHT).sees(&["(•) the server's directory"]).keys(TAB);
            terminal.sees(&[">‹ Save ›"]).keys(ENTER).sees(&[ASKED, HAS, ">‹ No ›"]);
            // Enter is No: back to the field, and nothing was saved.
            terminal.keys(ENTER).sees(&["> Mail domains"]);
            assert_eq!(Record::of(home).count("impersonation"), 0);
            terminal.keys(TAB).keys(TAB).sees(&[">‹ Save ›"]).keys(ENTER).sees(&[ASKED, ">‹ No ›"]);
            terminal.keys(LEFT).sees(&[">‹ Take it ›"]).keys(ENTER).sees(&["● Authorise"]).enables();
            terminal.sees(&["listed 8 ·"]).keys("a").sees(&["ticked 8"]).applies("8");
            terminal.keys(ENTER).quits()
        },
        |home| {
            let mut talk = Talk::start(home, 80, &[]);
            talk.opens("lighthouse", "Lighthouse Printing").hears(&["A mailbox to try: one"]).types(SAMPLE);
            talk.hears(&["is not one of the customer's mail domains.", "Enter keeps it"]).types("");
            talk.hears(&["Server: like"]).types("").hears(&["1: Find the server.", "Enter for 1"]).types("");
            talk.hears(&["The server was found", "Enter for 2"]).types("").hears(&["Account: the"]);
            talk.types(ACCOUNT).hears(&["Password: it is never shown."]).types(SECRET);
            talk.hears(&["Mail domains:"]).types("lighthouseprinting.example, andersondental.example");
            talk.hears(&["Mailboxes come from:", "Enter for 1"]).types("2").hears(&["Save.", "Enter for"]);
            talk.types("").hears(&[HAS, ASKED, "Enter"]).types("").hears(&["Mail domains:"]).types("");
            talk.hears(&["Mailboxes come from:", "Enter for"])
                .types("")
                .hears(&["from 1 to 9, or Enter for 1."]);
            talk.types("").hears(&[ASKED, "Enter"]).types("yes").hears(&["1: Enable.", "Enter for 1"]);
            talk.types("enable").hears(&["Step 5 of 6: Users.", "listed 8"]);
            talk.types("all").hears(&["Tick 8?"]).types("yes").hears(&["Ticked 8"]).types("review");
            talk.hears(&["New seats: 8.", "from the table."]).types("8");
            talk.hears(&["8 users protected", "Enter for 1"]).types("");
            talk.hears(&["Done: 8 users", "Leave the wizard."]).types("quit");
            talk.ends()
        },
        |home| {
            let password = home.path().join("password.txt");
            std::fs::write(&password, SECRET).unwrap();
            let arguments = [
                "C-1019",
                "--server",
                "mail.coastline-hosting.example",
                "--try-mailbox",
                SAMPLE,
                "--mail-domain",
                "lighthouseprinting.example",
                "--mail-domain",
                "andersondental.example",
                "--account",
                ACCOUNT,
                "--password-file",
                password.to_str().unwrap(),
                "--directory",
                "--same-organisation-as",
                "C-1014",
                "--users",
                "all",
                "--max-seats",
                "8",
            ];
            provision::code(home, &arguments, "")
        },
    );
    assert_eq!(lines(&audit, "accepted for the mail domains").len(), 1, "{audit:?}");
}

/// Three are on, and Enable Auto is.
fn provisioned(home: &Home) {
    let users = "mei.williams@harbourstreetcafe.example\noliver.tamihana@harbourstreetcafe.example\n\
                 priya.brown@harbourstreetcafe.example\n";
    let three = ["C-1001", "--users-file", "-", "--max-seats", "3", "--rehearse"];
    assert_eq!(provision::code(home, &three, users), 0);
    let auto = ["C-1001", "--users", "auto", "--max-seats", "31", "--without-sweeper"];
    assert_eq!(provision::code(home, &auto, ""), 3, "no sweeper is installed");
}

#[test]
fn enable_auto_undone_and_two_users_turned_off() {
    let audit = same(
        |home| {
            provisioned(home);
            let mut terminal = Terminal::opened(home);
            terminal.picks("Harbour Street Cafe").takes(0).sees(&["‹ Yes, this is the organisation ›"]);
            terminal.keys(ENTER).sees(&["● Authorise"]).enables().sees(&["listed 37 ·", "seats 3 → 3"]);
            terminal
                .keys("u")
                .sees(&["Switch Enable Auto off?"])
                .keys("\t")
                .keys(ENTER)
                .sees(&["Enable Auto is off."]);
            terminal.keys(&format!("{DOWN}{DOWN}{DOWN}v{DOWN}O")).sees(&["Turn 2 users off?"]);
            terminal.keys("2").keys(ENTER).sees(&["2 users turned off"]).keys(ENTER);
            terminal.sees(&["seats 1 → 1"]).finishes().quits()
        },
        |home| {
            provisioned(home);
            let mut talk = Talk::start(home, 80, &[]);
            talk.opens("harbour", "Harbour Street Cafe");
            talk.hears(&["Is this the organisation of", "Enter for 1"]).types("");
            talk.hears(&["Step 4 of 6: Authorise.", "Enable", "Enter for 1"]).types("enable");
            talk.hears(&["Step 5 of 6: Users.", "listed 37"])
                .types("auto")
                .hears(&["Switch Enable Auto off?"]);
            talk.types("yes").hears(&["Enable Auto is off."]).types("turn off 4-5");
            talk.hears(&["Turn 2 users off?", "Type the number of users."])
                .types("2")
                .hears(&["2 users turned off"]);
            talk.types("").hears(&["seats 1 to 1."]).types("finish");
            talk.hears(&["Done: 1 user", "Leave the wizard."]).types("quit");
            talk.ends()
        },
        |home| {
            provisioned(home);
            let off = "oliver.tamihana@harbourstreetcafe.example\npriya.brown@harbourstreetcafe.example\n";
            provision::code(home, &["C-1001", "--undo-auto", "--turn-off", "-", "--max-off", "2"], off)
        },
    );
    let both = named(&["oliver.tamihana@harbourstreetcafe.example", "priya.brown@harbourstreetcafe.example"]);
    assert_eq!(lines(&audit, "turned off"), [format!("turned off 2 users: {both}")]);
    assert_eq!(lines(&audit, "switched Enable Auto off").len(), 1);
}
