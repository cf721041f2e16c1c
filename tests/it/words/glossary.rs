//! One word for one thing: what people read says no word of the column *not said* of the table in `src/lib.rs`.
//!
//! Read is what the program says: help, manual pages, tables of the assets, descriptions of JSON, and the screens and
//! commands of a walk through the sandbox. No source is searched.

use std::{collections::BTreeMap, fs};

use serde_json::Value;

use crate::{
    customers::{fed, run},
    plain::Talk,
    terminal::{Home, Terminal},
};

/// The map of the crate, where the table stands.
const MAP: &str = include_str!("../../../src/lib.rs");

/// A table of Microsoft's plans, by Microsoft's names.
const PLANS: &str = "skus.toml";

/// What may stand although a word of it is not said, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("Protected means: registered for backup", "the one sentence that explains the word"),
    ("u Auto", "the label of a key, whose help says Enable Auto"),
    ("the server's directory", "the address book of an Exchange server, which is searched"),
    ("the server's own directory", "the same"),
    ("directory search", "the same"),
    ("EWS virtual directory", "Microsoft's name"),
    ("Active Directory", "Microsoft's name"),
    ("organisational directory", "a choice of Microsoft's on the page App registrations"),
    ("mailbox store", "Exchange's own"),
    ("PostgreSQL database", "PostgreSQL's own"),
    ("pass on", "the verb"),
    ("pass it on", "the verb"),
    ("passes it on", "the verb"),
    ("pass show", "a program that keeps passwords, in an example"),
    ("disabled: Users whose sign-in is off", "a value of a flag, explained"),
    ("disabled: the sign-in is off", "the same"),
    ("who is on record", "the record, not a user"),
    ("who are on record", "the same"),
    ("the columns tenant", "a column of the CSV"),
    ("tenant =", "a key of a plan"),
    ("ceiling =", "the same"),
    ("directory =", "the same"),
];

/// The rows of the table: the words that are said, and those that are not.
fn table() -> (Vec<&'static str>, Vec<&'static str>) {
    let rows = MAP
        .lines()
        .skip_while(|line| *line != "//! | word | means | not said |")
        .skip(2)
        .take_while(|line| line.starts_with("//! |"));
    let (mut said, mut dropped) = (Vec::new(), Vec::new());
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, word, means, not_said, ""] = cells[..] else { panic!("not three cells: {row}") };
        assert!(!means.is_empty(), "{row}");
        said.extend(word.split(", "));
        dropped.extend(not_said.split(", ").filter(|word| !word.is_empty()));
    }
    assert!(said.len() > 20 && dropped.len() > 15, "the table was read");
    (said, dropped)
}

/// A word as it is compared; none: something to type (between quotes or backticks, the name of a value), no word.
fn word(token: &str) -> Option<String> {
    let bare = token.trim_matches(|c: char| ".,;:!?()[]{}“”‹›*…'’".contains(c));
    let is_between = |open, close| bare.len() > 1 && bare.starts_with(open) && bare.ends_with(close);
    if is_between('"', '"') || is_between('`', '`') || is_between('<', '>') {
        return None;
    }
    let bare = bare.trim_matches(|c: char| "\"`<>".contains(c));
    let bare = bare.trim_end_matches("'s").trim_end_matches("’s");
    (!bare.is_empty()).then(|| bare.to_owned())
}

/// The words of a text, in their order; something to type stands as an empty one.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || "│┃|".contains(c))
        .filter(|token| !token.is_empty())
        .map(|token| word(token).unwrap_or_default())
        .collect()
}

/// Where a phrase stands in a text; `is_exact`: in these letters, great and small.
fn places(text: &[String], phrase: &[String], is_exact: bool) -> Vec<usize> {
    let is_same = |(said, wanted): (&String, &String)| {
        if is_exact { said == wanted } else { said.to_lowercase() == wanted.to_lowercase() }
    };
    let is_there =
        |at: &usize| at + phrase.len() <= text.len() && text[*at..].iter().zip(phrase).all(is_same);
    (0..text.len()).filter(is_there).collect()
}

/// What a text says and should not: each with the words around it.
fn wrong(text: &str) -> Vec<String> {
    let (said, dropped) = table();
    let text = words(text);
    let mut is_allowed = vec![false; text.len()];
    for phrase in said.iter().chain(EXCEPTIONS.iter().map(|(phrase, _)| phrase)) {
        let phrase = words(phrase);
        for at in places(&text, &phrase, false) {
            is_allowed[at..at + phrase.len()].fill(true);
        }
    }
    let mut found = Vec::new();
    for phrase in dropped {
        // A name is one in its capitals only: "auto" is a word to type.
        let is_name = phrase.contains(char::is_uppercase);
        let phrase = words(phrase);
        for at in places(&text, &phrase, is_name) {
            let until = at + phrase.len();
            if !is_allowed[at..until].iter().all(|is| *is) {
                let around = &text[at.saturating_sub(6)..(until + 6).min(text.len())];
                found.push(format!("{}: {}", phrase.join(" "), around.join(" ")));
            }
        }
    }
    found
}

/// Nothing of all this says a word that is not said.
fn holds(texts: &[(String, String)]) {
    assert!(texts.iter().all(|(place, text)| text.len() > 20 || panic!("nothing was read: {place}: {text}")));
    // The same words may stand in many places: one of them is told.
    let bad: BTreeMap<String, &str> = texts
        .iter()
        .flat_map(|(place, text)| wrong(text).into_iter().map(move |why| (why, place.as_str())))
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn the_words_are_found_where_they_stand() {
    for (text, count) in [
        ("The next pass lists everybody.", 1),
        ("Please pass it on; type the tenant ID, and press u for Enable Auto.", 0),
        ("The customer's tenant, and \"Auto\"; type auto.", 1),
        ("Auto is on. A standing rule │ that passes", 3),
        ("--tenant, `tenant`, \"tenant\": x, tenant_id, <TENANT>", 0),
        ("Protected means: registered for backup; 3 are registered for backup.", 1),
    ] {
        assert_eq!(wrong(text).len(), count, "{text}: {:?}", wrong(text));
    }
}

/// A manual page as it is read: without marks, and without the lists of values, one in a line.
fn unmarked(page: &str) -> String {
    let marks = [
        ("\\fB", ""),
        ("\\fI", ""),
        ("\\fR", ""),
        ("\\(bu", ""),
        ("\\-", "-"),
        ("\\*(Aq", "'"),
        ("\\\\", ""),
    ];
    let page = marks.iter().fold(page.to_owned(), |page, (mark, read)| page.replace(mark, read));
    page.lines().filter(|line| line.trim().contains(' ')).collect::<Vec<_>>().join("\n")
}

#[test]
fn help_and_manual_pages() {
    fn collect(command: &clap::Command, into: &mut Vec<(String, String)>) {
        into.push((
            format!("help of {}", command.get_name()),
            command.clone().render_long_help().to_string(),
        ));
        command.get_subcommands().for_each(|below| collect(below, into));
    }
    let mut texts = Vec::new();
    let mut top = backup365::cli::definition();
    top.build();
    collect(&top, &mut texts);
    let home = Home::new();
    run(&home, &["man", "--out", "man"]);
    for page in fs::read_dir(home.path().join("man")).unwrap().map(|entry| entry.unwrap().path()) {
        texts.push((page.display().to_string(), unmarked(&fs::read_to_string(&page).unwrap())));
    }
    assert!(texts.len() > 30, "{}", texts.len());
    holds(&texts);
}

#[test]
fn the_readme() {
    holds(&[("README.md".into(), include_str!("../../../README.md").into())]);
}

#[test]
fn tables_samples_and_descriptions() {
    fn descriptions(value: &Value, into: &mut String) {
        match value {
            Value::Array(parts) => parts.iter().for_each(|part| descriptions(part, into)),
            Value::Object(fields) => {
                for (name, field) in fields {
                    match field.as_str().filter(|_| ["description", "title"].contains(&name.as_str())) {
                        Some(words) => into.extend([words, "\n"]),
                        None => descriptions(field, into),
                    }
                }
            }
            _ => {}
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let mut texts = Vec::new();
    for file in fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if std::path::Path::new(&name).extension().is_none_or(|ending| ending != "toml") || name == PLANS {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        // Words of Microsoft's pages (`page`) are quoted, `branches` names a table; what is not between quotation marks
        // is a key.
        let is_key =
            |line: &&str| ["#", "page = ", "branches = "].iter().any(|begins| line.starts_with(begins));
        let said: Vec<&str> = if name.ends_with(".sample.toml") {
            text.lines().filter_map(|line| line.strip_prefix("##")).collect()
        } else {
            let lines = text.lines().filter(|line| !is_key(line));
            lines.flat_map(|line| line.split('"').skip(1).step_by(2)).collect()
        };
        texts.push((name, said.join("\n")));
    }
    assert!(texts.len() > 5, "{}", texts.len());
    for file in fs::read_dir(root.join("json")).unwrap().map(|entry| entry.unwrap().path()) {
        let mut said = String::new();
        descriptions(&serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap(), &mut said);
        texts.push((file.file_name().unwrap().to_string_lossy().into_owned(), said));
    }
    holds(&texts);
}

/// What a command says, on both ways.
fn told(home: &Home, arguments: &[&str]) -> (String, String) {
    let ended = run(home, arguments);
    (arguments.join(" "), format!("{}\n{}", ended.out, ended.err))
}

#[test]
fn commands_and_receipts() {
    let home = Home::new();
    let mut texts: Vec<(String, String)> = (1_001..=1_021)
        .map(|number| {
            told(&home, &["provision", &format!("C-{number}"), "--users", "all", "--max-seats", "9"])
        })
        .collect();
    let all = ["--users", "all", "--max-seats", "60", "--rehearse", "--wait", "10m"];
    texts.push(told(&home, &[&["provision", "C-1001"], &all[..]].concat()));
    let auto = ["--users", "auto", "--max-seats", "80", "--without-sweeper", "--rehearse", "--wait", "10m"];
    let kauri = ["provision", "C-1002", "--tenant", "kauribuilding.example"];
    texts.push(told(&home, &[&kauri, &auto[..]].concat()));
    let listed = run(&home, &["customers", "list", "--json"]).json("customers");
    assert!(listed["customers"].as_array().unwrap().len() > 15);
    for reference in ["C-1001", "C-1002"] {
        texts.push(told(&home, &["customers", "show", reference]));
    }
    let status = run(&home, &["status", "--json"]).out;
    for run in runs(&home) {
        for form in [&[][..], &["--for", "customer"], &["--json"], &["--as-plan"]] {
            texts.push(told(&home, &[&["receipt", run.as_str()], form].concat()));
        }
    }
    let night = "2026-11-23T21:00:00+11:00";
    for arguments in [
        &["status"][..],
        &["status", "--attention"],
        &["--clock", night, "status"],
        &["sweep", "--status"],
        &["sweep", "--preview"],
        &["--clock", night, "sweep", "--status"],
        &["sweep", "--check"],
        &["sweep", "--install", "--print"],
        &["customers", "list", "--all"],
        &["operators", "list"],
        &["keys", "list"],
        &["settings"],
        &["explain", "90094", "need admin approval", "ErrorAccessDenied"],
        &["apply", "none.toml"],
    ] {
        texts.push(told(&home, arguments));
    }
    assert!(status.contains("\"kind\": \"status\""));
    holds(&texts);
}

/// The runs on record.
fn runs(home: &Home) -> Vec<String> {
    let file = rusqlite::Connection::open(home.store()).unwrap();
    let mut runs = file.prepare("SELECT id FROM run").unwrap();
    runs.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn the_first_screens_of_every_customer_in_lines() {
    let home = Home::new();
    let texts: Vec<(String, String)> = customers(&home)
        .into_iter()
        .map(|customer| {
            let lines = format!("help\n{customer}\n1\nhelp\n1\nsay\nhelp\n1\nsay\nhelp\nquit\n1\n");
            let ended = fed(&home, &["--plain"], &lines);
            (customer, ended.out)
        })
        .collect();
    assert!(texts.len() > 20, "{}", texts.len());
    holds(&texts);
}

/// The names of all customers of the sandbox, closed ones too.
fn customers(home: &Home) -> Vec<String> {
    let listed = run(home, &["customers", "list", "--all", "--json"]).json("customers");
    let rows = listed["customers"].as_array().unwrap();
    rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn from_the_users_to_the_receipt_in_lines() {
    let home = Home::new();
    let mut talk = Talk::start(&home, 80, &[]);
    talk.reaches_users("harbour", "Harbour Street Cafe").types("help").hears(&["park", "review"]);
    talk.types("kinds").hears(&["1, no: Shared mailboxes", "Enter saves"]).types("");
    talk.hears(&["Which users shall be protected?"]);
    talk.types("list").hears(&["1, off: "]).types("exclude 1").hears(&["1, excluded: "]);
    talk.types("all").hears(&["Type yes or no"]).types("yes").hears(&["Ticked 33"]);
    talk.types("review").hears(&["from the table."]).types("33").hears(&["Enter for 1"]).types("");
    talk.hears(&["Leave the wizard"]).types("help").hears(&["receipt"]);
    for words in ["Result: done", "Backup365 for Harbour Street Cafe", "Receipt as JSON"] {
        talk.types("receipt").hears(&[words]);
    }
    talk.types("quit").ends();
    holds(&[("in lines".into(), talk.everything())]);
}

#[test]
fn keys_and_help_of_the_full_screen() {
    let home = Home::new();
    let mut terminal = Terminal::sized(&home, &[], 120, 100, &[]);
    let mut texts = Vec::new();
    let mut keep = |place: &str, terminal: &mut Terminal| {
        let before = terminal.text();
        terminal.keys("\x07").sees(&["Ctrl-L"]);
        texts.push((place.to_owned(), format!("{before}\n{}", terminal.text())));
        terminal.keys("\x1b").loses("Ctrl-L");
    };
    terminal.sees(&["Which customer?", " listed"]);
    keep("customers", &mut terminal);
    terminal.reaches_users("Harbour Street Cafe", "37");
    keep("users", &mut terminal);
    terminal.keys("a").sees(&["ticked 34"]).keys("\r").sees(&["Turn 34 users on?"]);
    keep("the bill", &mut terminal);
    holds(&texts);
}
