//! A clock that was wrong for a while, by the built binary: passes go on, and the words say what happened.

use std::process::Command;

use crate::terminal::{Home, Record};

/// Exit code, and all that was said.
fn run(home: &Home, clock: &str, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_backup365"))
        .args(arguments)
        .args(["--sandbox", "--clock", clock])
        .env_clear()
        .env("HOME", home.path())
        .output()
        .unwrap();
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), words(&output.stdout) + &words(&output.stderr))
}

/// Enable Auto for Harbour Street Cafe, switched on at that time.
fn ruled(home: &Home, clock: &str) {
    let rule = [
        "provision",
        "C-1001",
        "--users",
        "auto",
        "--max-seats",
        "60",
        "--rehearse",
        "--wait",
        "1m",
        "--without-sweeper",
    ];
    let (code, said) = run(home, clock, &rule);
    // Partly done: nothing runs at 20:00 by itself.
    assert_eq!(code, 3, "{said}");
}

/// 20:00 in Sydney, and some seconds.
fn night(day: &str) -> String {
    format!("{day}T20:00:05+11:00")
}

#[test]
fn one_pass_with_a_fast_clock_stops_no_night_and_is_told() {
    for fast in ["2026-11-26", "2036-11-23"] {
        let home = Home::new();
        ruled(&home, "2026-11-22T10:00:00+11:00");
        assert_eq!(run(&home, &night("2026-11-22"), &["sweep"]).0, 0);
        // Nothing shows yet that it is fast; ten years of new people are above the ceiling.
        let (_, said) = run(&home, &night(fast), &["sweep"]);
        assert!(!said.contains("CLOCK"), "{said}");
        for arguments in [&["status", "--attention"][..], &["sweep", "--status"], &["sweep", "--check"]] {
            let (code, said) = run(&home, "2026-11-23T19:00:00+11:00", arguments);
            assert!(code == 6 && said.contains("the clock of this computer is wrong, or was"), "{said}");
            assert!(said.contains("--clock") && said.contains("sandbox --reset"), "{said}");
        }
        let (code, said) = run(&home, &night("2026-11-23"), &["sweep"]);
        assert!(
            code == 6 && said.contains("CLOCK: ") && said.contains("for Mon 23 Nov 2026 20:00"),
            "{said}"
        );
        let (code, said) = run(&home, &night("2026-11-24"), &["sweep"]);
        assert!(said.contains("for Tue 24 Nov 2026 20:00") && !said.contains("CLOCK"), "{said}");
        // Ten years of invented people were listed by the fast clock: a list without them is not believed.
        let is_shorter = fast == "2036-11-23";
        assert_eq!(
            (code, said.contains("The list came short")),
            (if is_shorter { 6 } else { 0 }, is_shorter),
            "{said}"
        );
        let (code, said) = run(&home, "2026-11-24T21:00:00+11:00", &["status", "--attention"]);
        assert_eq!(code, if is_shorter { 6 } else { 0 }, "{said}");
        assert!(said.contains("Last sweep: for Tue 24 Nov 2026"), "{said}");
        assert_eq!(run(&home, "2026-11-25T21:00:00+11:00", &["status", "--attention"]).0, 6, "overdue");
    }
}

#[test]
fn a_rule_that_was_made_while_the_clock_was_fast_is_worked_and_told() {
    let home = Home::new();
    ruled(&home, "2027-11-23T10:00:00+11:00");
    let (code, said) = run(&home, "2026-11-24T12:00:00+11:00", &["sweep", "--status"]);
    assert!(code == 6 && said.contains("CLOCK: "), "{said}");
    let (code, said) = run(&home, "2026-11-24T12:00:00+11:00", &["status", "--attention", "--json"]);
    assert!(
        code == 6 && said.contains("\"clock\": \"The clock") || said.contains("\"clock\": \"the clock"),
        "{said}"
    );
    let (code, said) = run(&home, &night("2026-11-24"), &["sweep"]);
    assert!(code == 6 && said.contains("CLOCK: ") && said.contains(" turned on"), "{said}");
    assert_ne!(Record::of(&home).seats(), 0);
    let (code, said) = run(&home, &night("2026-11-25"), &["sweep"]);
    // A year of invented people was listed by the fast clock: a list without them is not believed.
    assert!(code == 6 && said.contains("for Wed 25 Nov 2026 20:00") && !said.contains("CLOCK"), "{said}");
}
