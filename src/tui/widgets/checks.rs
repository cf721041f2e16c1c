//! Named checks of a proof in aligned columns (mark, name, state, reason), and bad news.
//!
//! A group that is well stands in one line; others unfold. The same bad news is said once, however many checks it stands
//! behind.

use std::time::Duration;

use crate::{
    domain::{
        failure::Failure,
        tenant::{Check, CheckState},
        text::capital,
    },
    tui::{
        theme::{Role, Sign},
        words::{Keyboard, break_up, say, width},
    },
    wizard::view::CheckGroup,
};

use super::flow::{FlowLine, Pen, Rank, blank};

/// How much is folded to make a page fit; each more than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Fold {
    /// Groups whose checks are all good have one line.
    #[default]
    Well,
    /// Groups that matter less have one line, too.
    Less,
    /// Every group has one line.
    All,
}

/// Columns in front of a name: the mark and a space.
const MARK: u16 = 2;
/// Columns between a name, its state and its reason.
const GAP: u16 = 2;
/// Columns that a reason needs for a column of its own, below which it may go on. A guess.
const REASON: u16 = 20;

/// A group: check by check, or folded. `said` is bad news that stands on the page anyway.
pub(crate) fn group(group: &CheckGroup, fold: Fold, said: &mut Vec<Failure>, pen: Pen) -> Vec<FlowLine> {
    let is_well = group.checks.len() > 1 && group.checks.iter().all(|check| check.state == CheckState::Good);
    let is_folded = fold == Fold::All || !group.is_kept && (is_well || fold == Fold::Less);
    if is_folded {
        return folded(group, said, pen);
    }
    let mut lines = if group.title.is_empty() { Vec::new() } else { pen.para(Role::Plain, group.title) };
    let widest = |of: fn(&Check) -> u16| group.checks.iter().map(of).max().unwrap_or(0);
    let (names, states) =
        (widest(|check| width(check.name.as_str())), widest(|check| width(check.state.word())));
    let reasons = widest(|check| width(check.detail.as_str())).min(REASON);
    let reasons = reasons.max(widest(|check| longest_word(check.detail.as_str())));
    if reasons > 0 && MARK + names + GAP + states + GAP + reasons <= pen.width {
        for check in &group.checks {
            lines.extend(with_reason(check, names, states, pen));
            lines.extend(below(&check.state, said, pen));
        }
        return lines;
    }
    let states: Vec<String> = group.checks.iter().map(words).collect();
    // No state is broken inside a word because one name is long: that name leaves the column.
    let need = states.iter().map(|words| longest_word(words)).max().unwrap_or(0);
    let most = pen.width.saturating_sub(MARK + GAP).saturating_sub(need);
    let names = group.checks.iter().map(|check| width(check.name.as_str())).filter(|name| *name <= most);
    let names = names.max().unwrap_or(0);
    for (check, words) in group.checks.iter().zip(&states) {
        lines.extend(line(check, names, words, pen));
        lines.extend(below(&check.state, said, pen));
    }
    lines
}

/// The state of a check and its reason, where they share a column.
fn words(check: &Check) -> String {
    if check.detail.is_empty() {
        check.state.word().to_owned()
    } else {
        format!("{}: {}", check.state.word(), check.detail)
    }
}

/// A check in all its columns.
fn with_reason(check: &Check, names: u16, states: u16, pen: Pen) -> Vec<FlowLine> {
    let (mark, role, _) = look(&check.state, pen);
    let quiet = |is_quiet: bool, role| if is_quiet { Role::Quiet } else { role };
    let (is_waiting, is_good) = (check.state == CheckState::Waiting, check.state == CheckState::Good);
    let front = vec![
        pen.theme.span(role, &format!("{mark} ")),
        pen.theme.span(quiet(is_waiting, Role::Plain), &pen.padded(check.name.as_str(), names)),
        blank(GAP),
        // What is good needs no colour twice.
        pen.theme.span(quiet(is_good, role), &pen.padded(check.state.word(), states)),
        blank(GAP),
    ];
    pen.hanging(front, Role::Quiet, check.detail.as_str())
}

/// Columns of the longest word.
fn longest_word(words: &str) -> u16 {
    words.split(' ').map(width).max().unwrap_or(0)
}

/// A check in its columns; where they do not fit, its state stands behind its name.
fn line(check: &Check, names: u16, words: &str, pen: Pen) -> Vec<FlowLine> {
    let (mark, role, _) = look(&check.state, pen);
    let name = check.name.as_str();
    let name_role = if check.state == CheckState::Waiting { Role::Quiet } else { Role::Plain };
    let names = names.max(width(name));
    let mark = pen.theme.span(role, &format!("{mark} "));
    // A reason may take lines of its own, below its column, where that is wide enough to be read.
    let need = width(words).min(longest_word(words).max(24));
    if MARK.saturating_add(names).saturating_add(GAP).saturating_add(need) > pen.width {
        return pen.hanging(vec![mark], name_role, &format!("{name}: {words}"));
    }
    // What is good needs no colour twice.
    let role = if check.state == CheckState::Good { Role::Quiet } else { role };
    pen.hanging(vec![mark, pen.theme.span(name_role, &pen.padded(name, names)), blank(GAP)], role, words)
}

/// The news below a check, indented; bad news that was said already is left out.
fn below(state: &CheckState, said: &mut Vec<Failure>, pen: Pen) -> Vec<FlowLine> {
    match state {
        CheckState::Bad(news) if !said.contains(news) => {
            said.push(news.clone());
            failure(news, MARK, pen)
        }
        CheckState::Partly(which) => pen.hanging(vec![blank(MARK)], Role::Plain, which.as_str()),
        CheckState::Unread(why) => pen.hanging(vec![blank(MARK)], Role::Quiet, why.as_str()),
        _ => Vec::new(),
    }
}

/// A group in one line, and one for each other state with the names of those that are in it.
fn folded(group: &CheckGroup, said: &mut Vec<Failure>, pen: Pen) -> Vec<FlowLine> {
    let states = group.checks.iter().map(|check| &check.state);
    let Some(worst) = states.max_by_key(|state| look(state, pen).2) else { return Vec::new() };
    let named = |state: &str| -> Vec<&str> {
        let alike = group.checks.iter().filter(|check| check.state.word() == state);
        alike.map(|check| check.name.as_str()).collect()
    };
    let (all, name, word) = (group.checks.len(), group.name.to_lowercase(), worst.word());
    let is_alike = named(word).len() == all;
    let words = match all {
        1 => format!("{}: {word}", group.name),
        _ if is_alike => format!("{all} {name}: {word}"),
        _ => format!("{} of {all} {name}: good", named(CheckState::Good.word()).len()),
    };
    let (mark, role, _) = look(worst, pen);
    let mut lines = pen.hanging(vec![pen.theme.span(role, &format!("{mark} "))], Role::Plain, &words);
    let mut states: Vec<&str> = Vec::new();
    let others = group.checks.iter().filter(|check| !is_alike && check.state != CheckState::Good);
    for Check { state, .. } in others {
        if !states.contains(&state.word()) {
            states.push(state.word());
            let words = format!("{}: {}", state.word(), named(state.word()).join(", "));
            lines.extend(pen.hanging(vec![blank(MARK)], look(state, pen).1, &words));
        }
        lines.extend(below(state, said, pen));
    }
    lines
}

/// Mark and look of a state, whose word stands beside it; and how much it holds Enable back, by which the worst one speaks
/// for a group.
const fn look(state: &CheckState, pen: Pen) -> (&'static str, Role, u8) {
    let theme = pen.theme;
    match state {
        CheckState::Good => (theme.sign(Sign::GOOD), Role::Good, 0),
        CheckState::Partly(_) => (theme.sign(Sign::WARN), Role::Warn, 1),
        CheckState::Unread(_) => ("?", Role::Quiet, 1),
        CheckState::Waiting => (theme.sign(Sign::AHEAD), Role::Quiet, 2),
        CheckState::Asking => (theme.sign(Sign::WAITING), Role::Waiting, 3),
        CheckState::Spreading => (theme.sign(Sign::WAITING), Role::Waiting, 4),
        CheckState::Bad(_) => (theme.sign(Sign::WARN), Role::Bad, 5),
    }
}

/// Bad news behind a red edge: what happened, what to do, and the ids that support asks for.
pub(crate) fn failure(failure: &Failure, indent: u16, pen: Pen) -> Vec<FlowLine> {
    let inner = pen.within(indent.saturating_add(2));
    let code = failure.code.as_ref().map(|code| format!(" (code {code})")).unwrap_or_default();
    let mut lines = inner.para(Role::Bad, &format!("{}{code}", capital(failure.what.as_str())));
    if !failure.hint.is_empty() {
        lines.extend(inner.para(Role::Plain, say(&failure.hint, Keyboard::Commands).as_str()));
    }
    // Broken like a link: joined, its lines are what is to be run. A key has them alone, where there is no room.
    let pieces = failure.lines().iter().flat_map(|line| break_up(line.as_str(), inner.width));
    let piece = |piece| FlowLine { rank: Rank::Hint, ..pen.theme.span(Role::Strong, piece).into() };
    lines.extend(pieces.map(piece));
    let mut add = |role, words: &str| lines.extend(inner.para(role, words));
    if let Some(wait) = failure.told_wait() {
        add(Role::Plain, &format!("Trying again makes sense in {}.", spoken(wait)));
    }
    if let Some(reference) = &failure.reference {
        add(Role::Quiet, &format!("Ids for support: {reference}"));
    }
    for (at, line) in lines.iter_mut().enumerate() {
        // The sign, for those who see no red.
        let sign = pen.theme.sign(if at == 0 { Sign::WARN } else { Sign::BAD_EDGE });
        let front = [blank(indent), pen.theme.span(Role::Bad, &format!("{sign} "))];
        line.words.spans.splice(0..0, front);
    }
    lines
}

/// A wait in words: seconds up to two minutes, then minutes.
fn spoken(wait: Duration) -> String {
    match wait.as_secs() {
        seconds @ 0..=120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds.div_ceil(60)),
    }
}
