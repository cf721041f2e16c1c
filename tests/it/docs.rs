//! The README says what the code says.

use backup365::{domain::permission, exit::Exit};

const README: &str = include_str!("../../README.md");

#[test]
fn every_exit_code_is_in_the_readme() {
    for exit in Exit::ALL {
        let row = format!("| {} | {} |", exit.code(), exit.meaning());
        assert!(README.contains(&row), "the README misses: {row}");
    }
}

#[test]
fn every_permission_is_in_the_readme() {
    for row in permission::with_extra(&[]).unwrap() {
        let row = format!("| {} | `{}` | {} |", row.value, row.role, row.reason);
        assert!(README.contains(&row), "the README misses: {row}");
    }
}

#[test]
fn the_test_command_is_the_gates() {
    let gate = include_str!("../../.ci/run");
    assert!(README.contains("cargo test"), "the README names the test command");
    assert!(gate.lines().any(|line| line.trim() == "cargo test --locked"), "the gate runs it");
}
