//! Named checks of a proof as lines: one by one, or a group of them in one line where the window is small.
//!
//! Each has a sign and its state in words. The same bad news is said once, however many checks it stands behind.

use crate::{
    domain::{
        failure::Failure,
        tenant::{Check, CheckState},
    },
    tui::{
        draw::{
            block::{Room, failure_lines, hanging, padded, para},
            canvas::Line,
        },
        theme::Role,
        words::width,
    },
    wizard::view::CheckGroup,
};

/// How much is folded to make a panel fit; each more than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Fold {
    /// Every check has its line.
    #[default]
    Nothing,
    /// Groups that matter less have one line.
    Less,
    /// Every group has one line.
    All,
}

/// Columns in front of a name: the sign and a space.
const SIGN: u16 = 4;

/// The checks one by one.
pub(super) fn lines(checks: &[Check], room: Room<'_>) -> Vec<Line> {
    each(
        checks,
        room,
        |check, words| {
            if check.detail.is_empty() { words } else { format!("{words} ({})", check.detail) }
        },
    )
}

/// A group: one by one, or folded.
pub(super) fn group_lines(group: &CheckGroup, room: Room<'_>) -> Vec<Line> {
    let is_folded = room.fold == Fold::All || (room.fold == Fold::Less && !group.is_kept);
    if is_folded {
        return folded(group, room);
    }
    let mut lines = if group.title.is_empty() { Vec::new() } else { para(Role::Plain, group.title, room) };
    let label = |check: &Check| width(check.name.as_str()).saturating_add(width(look(&check.state).2));
    // The colon and the space between name and state, and two spaces behind the state.
    let column = group.checks.iter().map(label).max().unwrap_or(0).saturating_add(4);
    lines.extend(each(&group.checks, room, |check, words| {
        let detail = check.detail.as_str();
        let wide = SIGN.saturating_add(column).saturating_add(width(detail));
        match detail {
            "" => words,
            _ if wide <= room.width => format!("{}{detail}", padded(&words, column)),
            _ => format!("{words} ({detail})"),
        }
    }));
    lines
}

/// Each check with its words as `phrase` puts them, and its bad news below it.
fn each(checks: &[Check], room: Room<'_>, phrase: impl Fn(&Check, String) -> String) -> Vec<Line> {
    let mut said: Vec<&Failure> = room.said.to_vec();
    let mut lines = Vec::new();
    for check in checks {
        let (sign, role, state) = look(&check.state);
        let words = phrase(check, format!("{}: {state}", check.name));
        let sign = Line::of(role, format!("{sign} "));
        if width(&words).saturating_add(SIGN) <= room.width {
            // Not wrapped: the spaces between its columns stay.
            lines.push(sign.and(Role::Plain, crate::tui::words::fit_codeset(&words, room.use_unicode)));
        } else {
            lines.extend(hanging(sign, SIGN, Role::Plain, &words, room));
        }
        lines.extend(below(&check.state, room, &mut said));
    }
    lines
}

/// The news below a check, indented; bad news that was said already is left out.
fn below<'a>(state: &'a CheckState, room: Room<'_>, said: &mut Vec<&'a Failure>) -> Vec<Line> {
    let inner = Room { width: room.width.saturating_sub(SIGN), ..room };
    let lines = match state {
        CheckState::Bad(failure) if !said.contains(&failure) => {
            said.push(failure);
            failure_lines(failure, inner)
        }
        CheckState::Unread(why) => para(Role::Plain, why.as_str(), inner),
        _ => Vec::new(),
    };
    let indent = |line: Line| Line {
        pieces: [(Role::Plain, " ".repeat(usize::from(SIGN)))].into_iter().chain(line.pieces).collect(),
        ..line
    };
    lines.into_iter().map(indent).collect()
}

/// A group in one line, and one for each other state with the names of those that are in it.
fn folded(group: &CheckGroup, room: Room<'_>) -> Vec<Line> {
    let Some(worst) = group.checks.iter().map(|check| &check.state).max_by_key(|state| weight(state)) else {
        return Vec::new();
    };
    let (sign, role, word) = look(worst);
    let state_of = |check: &Check| look(&check.state).2;
    let (name, all) = (group.name, group.checks.len());
    let line = |words: &str| hanging(Line::of(role, format!("{sign} ")), SIGN, Role::Plain, words, room);
    if group.checks.iter().all(|check| state_of(check) == word) {
        return line(&if all == 1 { format!("{name}: {word}") } else { format!("{name}: all {all} {word}") });
    }
    let good = group.checks.iter().filter(|check| check.state == CheckState::Good).count();
    let mut lines = line(&format!("{name}: {good} of {all} good"));
    let mut said: Vec<&Failure> = room.said.to_vec();
    let mut states: Vec<&str> = Vec::new();
    for check in group.checks.iter().filter(|check| check.state != CheckState::Good) {
        let state = state_of(check);
        if !states.contains(&state) {
            states.push(state);
            let alike = group.checks.iter().filter(|other| state_of(other) == state);
            let names: Vec<&str> = alike.map(|other| other.name.as_str()).collect();
            let words = format!("{state}: {}", names.join(", "));
            let indent = Line::of(Role::Plain, " ".repeat(usize::from(SIGN)));
            lines.extend(hanging(indent, SIGN, Role::Plain, &words, room));
        }
        lines.extend(below(&check.state, room, &mut said));
    }
    lines
}

/// Sign, its look, and the state in words.
const fn look(state: &CheckState) -> (&'static str, Role, &'static str) {
    let (sign, role) = match state {
        CheckState::Waiting => ("[ ]", Role::Plain),
        CheckState::Asking => ("[.]", Role::Plain),
        CheckState::Spreading => ("[~]", Role::Warn),
        CheckState::Good => ("[x]", Role::Good),
        CheckState::Unread(_) => ("[?]", Role::Plain),
        CheckState::Bad(_) => ("[!]", Role::Bad),
    };
    (sign, role, state.word())
}

/// Which state speaks for a group: the one that holds Enable back most.
const fn weight(state: &CheckState) -> u8 {
    match state {
        CheckState::Good => 0,
        CheckState::Unread(_) => 1,
        CheckState::Waiting => 2,
        CheckState::Asking => 3,
        CheckState::Spreading => 4,
        CheckState::Bad(_) => 5,
    }
}

#[cfg(test)]
mod tests;
