//! Links, waiting for consent, somebody else at work, being told to go.

use std::{fs, os::unix::fs::PermissionsExt as _, sync::Arc};

use backup365::{runner, sandbox};
use rustix::process::{Pid, Signal, kill_process};

use super::many::{Many, asked, granted, links, until};
use crate::terminal::Terminal;

/// Plays the customers behind these links, in the world of a home, while another process shows it.
fn accept(many: &Many, links: &[String]) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let options = sandbox::Options {
        world: many.home.path().join("world.toml").to_str().unwrap().to_owned(),
        port: Some(0),
        data: Some(many.home.store().parent().unwrap().to_owned()),
        now: Arc::new(|| runner::clock::system().now().as_millis()),
        faults: Vec::new(),
    };
    runtime.block_on(async {
        let sandbox = sandbox::start(options).await.unwrap();
        for link in links {
            // This sandbox listens elsewhere; the customers have the same world before them.
            let (_, path) = link.split_once("//").and_then(|(_, rest)| rest.split_once('/')).unwrap();
            let link = format!("https://login.microsoftonline.com/{path}");
            sandbox.rehearsal().play(&link).await.unwrap();
        }
    });
}

#[test]
fn every_link_is_in_a_table_and_the_plan_goes_on_once_it_was_accepted() {
    let many = Many::new(&[asked(2), granted(3), asked(4)]);
    many.plan_of(3);
    let said = many.apply(&["--max-seats", "9"]);
    let record = many.record();
    assert_eq!((said.code, record.seats()), (5, 3), "{said:?}");
    let shown = links(&said.out);
    assert_eq!(
        shown.iter().map(|(customer, _)| customer.as_str()).collect::<Vec<_>>(),
        ["Customer 1", "Customer 3"]
    );
    assert_eq!(shown, many.links());
    assert!(shown[1].1.contains(&super::many::tenant(3)));
    let file = many.folder().join("links.txt");
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(record.count("run WHERE parked IS NOT NULL AND link_shown IS NOT NULL"), 2);

    // Nobody has accepted: the same again, with the same links and runs.
    let said = many.apply(&["--max-seats", "9", "--json"]);
    let json = said.json();
    assert_eq!((said.code, record.count("run"), many.links()), (5, 3, shown.clone()));
    assert_eq!(
        (&json["customers"][0]["link"], &json["customers"][1]["link"]),
        (&shown[0].1.as_str().into(), &serde_json::Value::Null)
    );

    let said = many.apply(&["--max-seats", "9", "--rehearse"]);
    assert_eq!(
        (said.code, record.seats(), record.count("run WHERE finished IS NOT NULL")),
        (0, 9, 3),
        "{said:?}"
    );
    assert!(many.links().is_empty() && links(&said.out).is_empty(), "{}", said.out);
}

#[test]
fn consent_is_waited_for_by_all_at_once() {
    let many = Many::new(&[asked(2), asked(3), asked(4)]);
    many.plan_of(3);
    let mut child = many.start(&["--max-seats", "9", "--wait", "2m"]);
    until("three links", || many.home.store().exists() && many.folder_exists() && many.links().len() == 3);
    let out: Vec<String> = many.links().into_iter().map(|(_, link)| link).collect();
    accept(&many, &out);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let record = many.record();
    assert_eq!((record.seats(), record.count("run WHERE finished IS NOT NULL")), (9, 3));
}

/// Threads of a process.
fn threads(child: &std::process::Child) -> usize {
    fs::read_dir(format!("/proc/{}/task", child.id())).map_or(0, Iterator::count)
}

#[test]
fn many_are_waited_for_on_a_few_threads() {
    const CUSTOMERS: u8 = 60;
    let many = Many::new(&vec![asked(1); usize::from(CUSTOMERS)]);
    many.plan_of(usize::from(CUSTOMERS));
    let mut child = many.start(&["--max-seats", "60", "--wait", "2m"]);
    let record = || many.record();
    let waited = "run WHERE finished IS NULL AND parked IS NULL AND link_shown IS NOT NULL";
    until("all are waited for", || {
        many.home.store().exists()
            && many.folder_exists()
            && many.links().len() == usize::from(CUSTOMERS)
            && record().count(waited) == i64::from(CUSTOMERS)
    });
    // Four that wait, sixteen that may block, and those of the program itself.
    assert!((1..=30).contains(&threads(&child)), "{} threads", threads(&child));
    let out: Vec<String> = many.links().into_iter().map(|(_, link)| link).collect();
    accept(&many, &out);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let record = many.record();
    assert_eq!((record.seats(), record.count("run WHERE finished IS NOT NULL")), (60, 60));
}

#[test]
fn told_to_go_it_goes_and_goes_on_later() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let many = Many::new(&[granted(2), asked(3)]);
        many.plan_of(2);
        let mut child = many.start(&["--max-seats", "9", "--wait", "3m"]);
        until("the link and the seats", || {
            many.home.store().exists() && many.folder_exists() && many.links().len() == 1
        });
        until("the first customer", || many.record().count("run WHERE finished IS NOT NULL") == 1);
        kill_process(Pid::from_child(&child), signal).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code));
        let said = many.apply(&["--max-seats", "9", "--rehearse"]);
        assert_eq!((said.code, many.record().seats(), many.record().count("run")), (0, 5, 2), "{said:?}");
    }
}

#[test]
fn a_plan_and_a_run_are_held_by_one_process() {
    let many = Many::new(&[asked(2), granted(3)]);
    many.plan_of(2);
    let mut child = many.start(&["--max-seats", "9", "--wait", "3m"]);
    until("the link", || many.home.store().exists() && many.folder_exists() && many.links().len() == 1);
    let said = many.apply(&["--max-seats", "9"]);
    assert_eq!(said.code, 8, "{said:?}");
    assert!(said.err.contains("Another backup365 applies this plan right now"), "{}", said.err);
    // The same customers in another plan: the run that is held is said, the others are done.
    fs::copy(many.home.path().join("plan.toml"), many.home.path().join("other.toml")).unwrap();
    let record = many.record();
    until("a run that is waited for", || {
        record.count("run WHERE finished IS NULL AND parked IS NULL AND link_shown IS NOT NULL") == 1
    });
    let said = many.run(&["apply", "other.toml", "--max-seats", "9", "--json"]);
    assert_eq!(said.code, 8, "{said:?}");
    let json = said.json();
    assert_eq!(json["customers"][0]["result"], "held", "{json:#}");
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    child.wait().unwrap();
}

#[test]
fn a_terminal_shows_bars_and_leaves_only_what_happened() {
    let many = Many::new(&[granted(2), granted(3), granted(1)]);
    many.plan_of(3);
    let world = many.home.path().join("world.toml");
    let arguments =
        ["apply", "plan.toml", "--max-seats", "9", "--sandbox", "--world", world.to_str().unwrap()];
    let mut terminal = Terminal::sized(&many.home, &arguments, 120, 40, &[]);
    terminal.sees(&["3 customers: 3 done.", "Summary, links and receipts"]);
    assert_eq!(terminal.code(), 0);
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    assert!(bytes.contains("of 3 customers ["), "a bar was shown: {bytes:?}");
    let text = terminal.text();
    assert!(!text.contains("of 3 customers [") && text.contains("Customer 2: done: 3 users"), "{text}");
    // A terminal that shows no control sequences gets lines.
    let many = Many::new(&[granted(2)]);
    many.plan_of(1);
    let world = many.home.path().join("world.toml");
    let arguments =
        ["apply", "plan.toml", "--max-seats", "9", "--sandbox", "--world", world.to_str().unwrap()];
    let mut terminal = Terminal::sized(&many.home, &arguments, 120, 40, &[("TERM", "dumb")]);
    terminal.sees(&["1 customer: 1 done."]);
    assert_eq!(terminal.code(), 0);
    assert!(!terminal.bytes().contains(&0x1b), "{:?}", String::from_utf8_lossy(&terminal.bytes()));
}
