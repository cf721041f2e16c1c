//! Named checks of a proof in three aligned columns (mark, name, state or detail), and bad news.
//!
//! A group that is well stands in one line; others unfold. The same bad news is said once, however many checks it stands
//! behind.

use std::time::Duration;

use crate::{
    domain::{
        failure::Failure,
        tenant::{Check, CheckState},
    },
    tui::{
        theme::Role,
        words::{Keyboard, say, width},
    },
    wizard::view::CheckGroup,
};

use super::flow::{FlowLine, Pen, blank};

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
/// Columns between a name and its state.
const GAP: u16 = 2;

/// A group: check by check, or folded. `said` is bad news that stands on the page anyway.
pub(crate) fn group(group: &CheckGroup, fold: Fold, said: &mut Vec<Failure>, pen: Pen) -> Vec<FlowLine> {
    let is_well = group.checks.len() > 1 && group.checks.iter().all(|check| check.state == CheckState::Good);
    let is_folded = fold == Fold::All || !group.is_kept && (is_well || fold == Fold::Less);
    if is_folded {
        return folded(group, said, pen);
    }
    let mut lines = if group.title.is_empty() { Vec::new() } else { pen.para(Role::Plain, group.title) };
    let states: Vec<String> = group.checks.iter().map(words).collect();
    // No state is broken inside a word because one name is long: that name leaves the column.
    let need = states.iter().map(|words| longest_word(words)).max().unwrap_or(0);
    let most = pen.width.saturating_sub(MARK + GAP).saturating_sub(need);
    let names = group.checks.iter().map(|check| width(check.name.as_str())).filter(|name| *name <= most);
    let names = names.max().unwrap_or(0);
    for (check, words) in group.checks.iter().zip(&states) {
        let (_, role) = look(&check.state, pen);
        lines.extend(line(check, names, (role, words), pen));
        lines.extend(below(&check.state, said, pen));
    }
    lines
}

/// The state of a check, or its reason.
fn words(check: &Check) -> String {
    if check.detail.is_empty() {
        check.state.word().to_owned()
    } else if check.state == CheckState::Good {
        check.detail.to_string()
    } else {
        format!("{}, {}", check.state.word(), check.detail)
    }
}

/// Columns of the longest word.
fn longest_word(words: &str) -> u16 {
    words.split(' ').map(width).max().unwrap_or(0)
}

/// A check in its columns; where they do not fit, its state stands behind its name.
fn line(check: &Check, names: u16, state: (Role, &str), pen: Pen) -> Vec<FlowLine> {
    let (mark, role) = look(&check.state, pen);
    let name = check.name.as_str();
    let name_role = if check.state == CheckState::Waiting { Role::Quiet } else { Role::Plain };
    let names = names.max(width(name));
    let start = MARK.saturating_add(names).saturating_add(GAP);
    let mark = pen.theme.span(role, &format!("{mark} "));
    // A reason may take lines of its own, below its column, where that is wide enough to be read.
    let need = width(state.1).min(longest_word(state.1).max(24));
    if start.saturating_add(need) <= pen.width {
        let first = vec![mark, pen.theme.span(name_role, &pen.padded(name, names)), blank(GAP)];
        return pen.hanging(first, start, state_role(check, state.0), state.1);
    }
    pen.hanging(vec![mark], MARK, name_role, &format!("{name}: {}", state.1))
}

/// What is good needs no colour twice.
const fn state_role(check: &Check, role: Role) -> Role {
    match check.state {
        CheckState::Good => Role::Quiet,
        _ => role,
    }
}

/// The news below a check, indented; bad news that was said already is left out.
fn below(state: &CheckState, said: &mut Vec<Failure>, pen: Pen) -> Vec<FlowLine> {
    let inner = pen.within(MARK);
    let lines = match state {
        CheckState::Bad(news) if !said.contains(news) => {
            said.push(news.clone());
            failure(news, inner)
        }
        CheckState::Unread(why) => inner.para(Role::Quiet, why.as_str()),
        _ => Vec::new(),
    };
    lines.into_iter().map(|line| line.behind(blank(MARK))).collect()
}

/// A group in one line, and one for each other state with the names of those that are in it.
fn folded(group: &CheckGroup, said: &mut Vec<Failure>, pen: Pen) -> Vec<FlowLine> {
    let Some(worst) = group.checks.iter().map(|check| &check.state).max_by_key(|state| weight(state)) else {
        return Vec::new();
    };
    let (mark, role) = look(worst, pen);
    let mark = || vec![pen.theme.span(role, &format!("{mark} "))];
    let (all, name) = (group.checks.len(), group.name.to_lowercase());
    let word = worst.word();
    if group.checks.iter().all(|check| check.state.word() == word) {
        let words =
            if all == 1 { format!("{}: {word}", group.name) } else { format!("{all} {name}: {word}") };
        return pen.hanging(mark(), MARK, Role::Plain, &words);
    }
    let good = group.checks.iter().filter(|check| check.state == CheckState::Good).count();
    let mut lines = pen.hanging(mark(), MARK, Role::Plain, &format!("{good} of {all} {name}: good"));
    let mut states: Vec<&str> = Vec::new();
    for check in group.checks.iter().filter(|check| check.state != CheckState::Good) {
        let state = check.state.word();
        if !states.contains(&state) {
            states.push(state);
            let alike = group.checks.iter().filter(|other| other.state.word() == state);
            let names: Vec<&str> = alike.map(|other| other.name.as_str()).collect();
            let (_, role) = look(&check.state, pen);
            lines.extend(pen.hanging(
                vec![blank(MARK)],
                MARK,
                role,
                &format!("{state}: {}", names.join(", ")),
            ));
        }
        lines.extend(below(&check.state, said, pen));
    }
    lines
}

/// Mark and look of a state; its word stands beside it.
const fn look(state: &CheckState, pen: Pen) -> (&'static str, Role) {
    let glyphs = pen.theme.glyphs();
    match state {
        CheckState::Waiting => (glyphs.ahead, Role::Quiet),
        CheckState::Asking | CheckState::Spreading => (glyphs.waiting, Role::Waiting),
        CheckState::Good => (glyphs.good, Role::Good),
        CheckState::Unread(_) => ("?", Role::Quiet),
        CheckState::Bad(_) => (glyphs.warn, Role::Bad),
    }
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

/// Bad news behind a red edge: what happened, what to do, and the ids that support asks for.
pub(crate) fn failure(failure: &Failure, pen: Pen) -> Vec<FlowLine> {
    let inner = pen.within(2);
    let code = failure.code.as_ref().map(|code| format!(" (code {code})")).unwrap_or_default();
    let what = crate::domain::text::capital(failure.what.as_str());
    let mut lines = inner.para(Role::Bad, &format!("{what}{code}"));
    if !failure.hint.is_empty() {
        lines.extend(inner.para(Role::Plain, say(&failure.hint, Keyboard::Commands).as_str()));
    }
    if let Some(wait) = failure.retry_after {
        lines.extend(inner.para(Role::Plain, &format!("Trying again makes sense in {}.", spoken(wait))));
    }
    if let Some(reference) = &failure.reference {
        lines.extend(inner.para(Role::Quiet, &format!("Ids for support: {reference}")));
    }
    let glyphs = pen.theme.glyphs();
    let edge = if pen.theme.use_unicode() { glyphs.edge } else { glyphs.warn };
    // The sign, for those who see no red.
    let sign = |at| if at == 0 { glyphs.warn } else { edge };
    let front = |at| pen.theme.span(Role::Bad, &format!("{} ", sign(at)));
    lines.into_iter().enumerate().map(|(at, line)| line.behind(front(at))).collect()
}

/// A wait in words: seconds up to two minutes, then minutes.
fn spoken(wait: Duration) -> String {
    match wait.as_secs() {
        seconds @ 0..=120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds.div_ceil(60)),
    }
}
