//! What a plan runs, reads and signs in to: listed first, and nothing of it is done without a yes.

use std::{fs, path::Path};

use rustix::process::{Pid, Signal, kill_process};

use super::many::{Many, granted, until};
use crate::terminal::Terminal;

/// A row of Anderson Dental, whose password comes from elsewhere.
const ANDERSON: &str = "[[customer]]\ncustomer = \"Anderson Dental\"\nusers = \"all\"\n\
    account = \"svc-backup@andersondental.example\"\nmailbox = \"ana.brennan@andersondental.example\"\ndirectory = true\n";

/// The server, which is not the customer's own.
const SERVER: &str = "server = \"mail.coastline-hosting.example\"\n";

/// A command that leaves a mark and prints the password, as a plan has it.
fn marking(mark: &Path) -> String {
    let words = format!("touch '{}' && echo invented-anderson", mark.display());
    format!("password_command = [\"sh\", \"-c\", {}]\n", toml::Value::from(words))
}

/// A home with that plan, and where the mark would be.
fn hosted() -> (Many, std::path::PathBuf) {
    let many = Many::standard();
    let mark = many.home.path().join("pwned");
    many.plan("plan.toml", &format!("{ANDERSON}{SERVER}{}", marking(&mark)));
    (many, mark)
}

/// What is listed of it.
const LISTED: [&str; 3] = [
    "A plan is trusted like a script. This one runs, reads or signs in to:",
    "runs: sh -c 'touch ",
    "signs in to: mail.coastline-hosting.example (",
];

#[test]
fn a_check_runs_nothing_and_sends_no_password() {
    let (many, mark) = hosted();
    let said = many.apply(&["--check"]);
    assert_eq!(said.code, 0, "{said:?}");
    for words in LISTED {
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
    for words in ["the sign-in was not tried", "The bill of 1 customer is known after the sign-in"] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    assert!(!mark.exists(), "no program ran");
    let json = many.apply(&["--check", "--json"]).json();
    assert_eq!(
        (&json["seats"]["not_known_yet"], &json["customers"][0]["result"]),
        (&1.into(), &"checked".into())
    );
    assert!(json["customers"][0]["words"].as_str().unwrap().contains("sends no mailbox password"));

    // A file is not even opened; what else is wrong is found.
    many.plan("plan.toml", &format!("{ANDERSON}{SERVER}password_file = \"gone\"\n"));
    assert_eq!(many.apply(&["--check"]).code, 0);
    many.plan("plan.toml", &format!("{ANDERSON}{SERVER}"));
    let said = many.apply(&["--check"]);
    assert!(said.code == 2 && said.out.contains("password_file is missing"), "{said:?}");
    many.plan(
        "plan.toml",
        &format!("{ANDERSON}server = \"mail.lighthouse-hosting.example\"\n{}", marking(&mark)),
    );
    let said = many.apply(&["--check"]);
    assert!(said.code == 1 || said.code == 0, "{said:?}");
    assert!(!mark.exists());
}

#[test]
fn without_a_terminal_a_flag_is_the_yes() {
    let (many, mark) = hosted();
    let said = many.apply(&["--max-seats", "9"]);
    assert_eq!((said.code, many.record().count("run"), mark.exists()), (2, 0, false), "{said:?}");
    for words in
        LISTED.into_iter().chain(["--trust-plan is missing", "Nothing was done.", "--sandbox --trust-plan"])
    {
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
    let said = many.apply(&["--max-seats", "9", "--json"]);
    let object: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&object["kind"], &object["exit_code"]), (&"failure".into(), &2.into()));
    assert!(!mark.exists());

    let said = many.apply(&["--max-seats", "9", "--trust-plan"]);
    assert_eq!((said.code, many.record().seats(), mark.exists()), (0, 8, true), "{said:?}");
    assert!(said.err.contains(LISTED[1]), "{}", said.err);

    // The server is on record now: a plan without a program and a file needs no yes.
    many.plan("plan.toml", &format!("{ANDERSON}{SERVER}"));
    let said = many.apply(&["--max-seats", "9", "--again"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(!said.err.contains("trusted like a script"), "{}", said.err);
}

#[test]
fn on_a_terminal_a_person_is_asked_once() {
    let (many, mark) = hosted();
    let plan = many.home.path().join("plan.toml");
    let start = |more: &[&str]| {
        let words = [&["--sandbox", "apply", plan.to_str().unwrap(), "--max-seats", "9"], more].concat();
        Terminal::sized(&many.home, &words, 160, 40, &[])
    };
    for answer in ["\r", "no\r", "yesterday\r", "\x04"] {
        let mut terminal = start(&[]);
        terminal.sees(&[LISTED[0], LISTED[2], "Go on with it? Type yes; anything else stops."]).keys(answer);
        assert_eq!(terminal.code(), 7, "{answer:?}");
        assert!(!mark.exists());
    }
    let mut terminal = start(&[]);
    terminal.sees(&["Go on with it?"]).keys("\x03");
    assert_eq!(terminal.code(), 130);
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let mut terminal = start(&[]);
        terminal.sees(&["Go on with it?"]).signal(signal);
        assert_eq!(terminal.code(), code);
    }
    let mut terminal = start(&["--no-input"]);
    assert_eq!(terminal.code(), 2);
    assert_eq!((many.record().count("run"), mark.exists()), (0, false));
    let mut terminal = start(&[]);
    terminal.sees(&["Go on with it?"]).keys("yes\r");
    assert_eq!((terminal.code(), many.record().seats(), mark.exists()), (0, 8, true));
}

#[test]
fn a_signal_while_a_password_is_read_ends_the_command_and_what_it_started() {
    let many = Many::standard();
    let ids = many.home.path().join("ids");
    let script = format!("sleep 300 & echo $! >>'{0}'; echo $$ >>'{0}'; wait", ids.display());
    let command = format!("password_command = [\"sh\", \"-c\", {}]\n", toml::Value::from(script));
    many.plan("plan.toml", &format!("{ANDERSON}{SERVER}{command}"));
    let is_running =
        |id: &str| fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let mut child = many.start(&["--max-seats", "9", "--trust-plan"]);
        let read = || fs::read_to_string(&ids).unwrap_or_default();
        until("the command", || read().lines().count() == 2);
        kill_process(Pid::from_child(&child), signal).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code));
        until("the end of what was started", || !read().lines().any(is_running));
        fs::remove_file(&ids).unwrap();
    }
    assert_eq!(many.record().count("run"), 0);
}

#[test]
fn a_plan_can_not_have_our_own_secrets_read() {
    let many = Many::standard();
    let config = many.home.path().join(".config/backup365");
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("sandbox-identity.txt"), "AGE-SECRET-KEY-1\n").unwrap();
    std::os::unix::fs::symlink(config.join("sandbox-identity.txt"), many.home.path().join("link")).unwrap();
    let lists = "[[customer]]\ncustomer = \"C-1001\"\nusers = { file = \"link\" }\n";
    for row in [
        format!("{ANDERSON}{SERVER}password_file = \".config/backup365/sandbox-identity.txt\"\n"),
        format!("{ANDERSON}{SERVER}password_file = \"link\"\n"),
        lists.to_owned(),
    ] {
        many.plan("plan.toml", &row);
        for more in [&["--check"][..], &["--max-seats", "9", "--trust-plan"]] {
            let said = many.apply(more);
            assert_eq!(said.code, 2, "{said:?}");
            assert!(said.err.contains("holds this program's own credential"), "{}", said.err);
            assert!(!said.all().contains("AGE-SECRET"), "{said:?}");
        }
    }
    let provision = [
        "provision",
        "C-1014",
        "--server",
        "mail.coastline-hosting.example",
        "--password-file",
        "link",
        "--dry-run",
    ];
    let said = many.run(&provision);
    assert!(said.code == 2 && said.err.contains("own credential"), "{said:?}");
}

#[test]
fn a_server_that_autodiscover_finds_elsewhere_is_named_in_the_row_first() {
    let many = Many::standard();
    many.plan("plan.toml", &format!("{ANDERSON}password_file = \"secret\"\n"));
    fs::write(many.home.path().join("secret"), "invented-anderson\n").unwrap();
    for more in [&["--check"][..], &["--max-seats", "9", "--trust-plan"]] {
        let said = many.apply(more);
        assert_eq!(said.code, 2, "{said:?}");
        let words = "server is missing: mail.coastline-hosting.example, found by Autodiscover, not in the customer's domain.";
        let row = "server = \"https://mail.coastline-hosting.example/EWS/Exchange.asmx\"";
        assert!(said.all().contains(words) && said.all().contains(row), "{said:?}");
    }
    // Mail domains are the plan's word, and give no server of theirs away as the customer's own.
    let evil =
        "mailbox = \"x@evil.example\"\nmail_domains = [\"evil.example\"]\npassword_environment = \"HOME\"\n";
    let row = ANDERSON.replace("mailbox = \"ana.brennan@andersondental.example\"\n", evil);
    many.plan("plan.toml", &row);
    let said = many.apply(&["--max-seats", "9"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("the server that Autodiscover finds for evil.example"), "{}", said.err);
}

#[test]
fn a_list_in_a_file_is_listed_and_a_plan_without_any_needs_no_yes() {
    let many = Many::new(&[granted(3)]);
    fs::write(many.home.path().join("users.txt"), "user1@customer1.example\n").unwrap();
    many.plan("plan.toml", "[[customer]]\ncustomer = \"C-1\"\nusers = { file = \"users.txt\" }\n");
    let said = many.apply(&["--max-seats", "9"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("reads: users.txt (plan.toml line 2)"), "{}", said.err);
    many.plan_of(1);
    assert_eq!(many.apply(&["--max-seats", "9"]).code, 0);
}
