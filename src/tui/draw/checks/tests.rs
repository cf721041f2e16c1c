use super::*;
use crate::{
    domain::{failure::FailureKind, text::Text},
    tui::draw::tests::{form, screen},
    wizard::view::{Block, Focus},
};

fn refused() -> Failure {
    Failure::new(FailureKind::Refused, "reading the users was refused", "Ask for the permission.")
}

fn group(states: Vec<CheckState>, is_kept: bool) -> CheckGroup {
    let names = ["User.Read.All", "Mail.ReadWrite", "Files.ReadWrite.All"];
    let check = |(name, state)| Check { name: Text::from(name), state, detail: Text::from("List the users") };
    let checks = names.into_iter().cycle().zip(states).map(check).collect();
    CheckGroup { name: "Permissions", title: "What is asked:", checks, is_kept }
}

fn drawn(blocks: Vec<Block<'_>>, size: (u16, u16)) -> String {
    screen(&form(blocks, Focus::Reading), size, true).0.join("\n")
}

#[test]
fn with_room_every_check_has_its_line_with_reasons_in_a_column() {
    let states = vec![CheckState::Good, CheckState::Spreading, CheckState::Waiting];
    let text = drawn(vec![Block::Group(group(states, false))], (80, 24));
    for line in [
        "What is asked:",
        "[x] User.Read.All: good                 List the users",
        "[~] Mail.ReadWrite: granted, spreading  List the users",
        "[ ] Files.ReadWrite.All: waiting        List the users",
    ] {
        assert!(text.lines().any(|l| l == line), "{line}\n{text}");
    }
}

#[test]
fn without_room_one_line_stands_for_those_in_the_same_state_and_names_the_others() {
    let fold = |states: Vec<CheckState>| {
        let many = (0..3).flat_map(|_| states.clone()).collect();
        drawn(vec![Block::Group(group(many, true))], (80, 15))
    };
    let good = || CheckState::Good;
    let text = fold(vec![good(), good(), good(), good()]);
    assert!(text.contains("[x] Permissions: all 12 good"), "{text}");
    let text = fold(vec![good(), good(), CheckState::Spreading, good()]);
    assert!(text.contains("[~] Permissions: 9 of 12 good"), "{text}");
    assert!(text.contains("    granted, spreading: Files.ReadWrite.All, "), "{text}");
    let text = fold(vec![good(), CheckState::Bad(refused()), good(), CheckState::Waiting]);
    assert!(text.contains("[!] Permissions: 6 of 12 good"), "{text}");
    assert!(text.contains("    failed: Mail.ReadWrite, "), "{text}");
    assert_eq!(text.matches("reading the users was refused").count(), 1, "{text}");
}

#[test]
fn the_group_that_matters_less_is_folded_first() {
    let groups = |lines: usize| {
        let states = vec![CheckState::Waiting; lines];
        let named = CheckGroup { name: "Checks", title: "", ..group(states.clone(), false) };
        vec![Block::Group(group(states, true)), Block::Group(named)]
    };
    let text = drawn(groups(8), (80, 24));
    assert!(
        text.contains("[ ] User.Read.All: waiting") && text.contains("[ ] Checks: all 8 waiting"),
        "{text}"
    );
    let text = drawn(groups(20), (80, 24));
    assert!(
        text.contains("Permissions: all 20 waiting") && text.contains("Checks: all 20 waiting"),
        "{text}"
    );
}

#[test]
fn the_same_bad_news_is_said_once() {
    let blocks = vec![
        Block::Failure(refused()),
        Block::Group(group(vec![CheckState::Bad(refused()), CheckState::Bad(refused())], true)),
    ];
    let text = drawn(blocks, (80, 40));
    assert_eq!(text.matches("reading the users was refused").count(), 1, "{text}");
    assert_eq!(text.matches(": failed").count(), 2, "{text}");
}
