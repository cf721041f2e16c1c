//! Commands of lists: pages, ticks by ranges, exclusions, and what else is about rows by number.

use crate::wizard::{
    event::{Action, Intent},
    view::{Ask, Mark, View},
};

use super::{
    Heard, Mind,
    numbers::{Range, number, ranges},
    say,
};
use crate::plain::{
    plan::{self, Step},
    report::{Report, has_mark},
    rows::{PAGE, line, list},
    words::{capital, sentence, told},
};

/// What is done to rows by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Tick,
    Untick,
    Toggle,
    Exclude,
    Include,
    Details,
    TurnOff,
    Choose,
}

/// Words before numbers.
const VERBS: &[(&str, Verb)] = &[
    ("tick", Verb::Tick),
    ("select", Verb::Tick),
    ("untick", Verb::Untick),
    ("toggle", Verb::Toggle),
    ("exclude", Verb::Exclude),
    ("include", Verb::Include),
    ("details", Verb::Details),
    ("turn off", Verb::TurnOff),
    ("choose", Verb::Choose),
];

/// Letters of the keys that are about the row under the cursor, which nobody sees here.
const LETTERS: &[(&str, &str)] = &[
    ("x", "exclude"),
    ("d", "details"),
    ("o", "turn off"),
    ("v", "tick"),
    ("exclude", "exclude"),
    ("include", "include"),
    ("details", "details"),
    ("turn off", "turn off"),
    ("tick", "tick"),
    ("untick", "untick"),
];

/// Ticks everyone.
pub(super) fn all() -> Vec<Step> {
    vec![Step::Key(Action::All), Step::Report(Box::default())]
}

/// A command about a list; none where the line is none.
pub(super) fn command(lower: &str, view: &View<'_>, mind: &mut Mind) -> Option<Heard> {
    let rows = list(view)?;
    let len = rows.rows.len();
    let (head, rest) = lower.split_once(' ').unwrap_or((lower, ""));
    let page = |top: usize| Heard::Steps(vec![Step::List(top)]);
    match (head, rest) {
        ("list", "") => return Some(page(0)),
        ("more" | "m", "") => {
            let top = mind.top.map_or(0, |top| top.saturating_add(PAGE));
            return Some(if top < len { page(top) } else { say("That was the end of the list.") });
        }
        ("less" | "previous", "") => return Some(page(mind.top.unwrap_or(0).saturating_sub(PAGE))),
        ("page", page_number) => {
            let number = number(page_number)?;
            let top = number.saturating_sub(1).saturating_mul(PAGE);
            let pages = len.div_ceil(PAGE).max(1);
            return Some(if number >= 1 && top < len.max(1) {
                page(top)
            } else {
                say(format!("There is no page {number}: the list has {pages}."))
            });
        }
        ("total" | "counts", "") => return Some(say(sentence(&capital(&told(rows.counts.as_str()))))),
        ("filter" | "search" | "find", words) if rows.search.is_some() || view.ask == Ask::Users => {
            return Some(Heard::Steps(plan::search(words)));
        }
        _ => {}
    }
    if view.ask == Ask::Users {
        match lower {
            "all" | "a" => return ask_for_all(view, mind),
            "these" | "t" | "clear" | "none" | "c" | "invert" | "i" => {
                let action = match lower {
                    "these" | "t" => Action::These,
                    "invert" | "i" => Action::Invert,
                    _ => Action::Clear,
                };
                let is_open = view.keys.iter().any(|key| key.action == action);
                return is_open.then(|| Heard::Steps(vec![Step::Key(action), Step::Report(Box::default())]));
            }
            _ => {}
        }
    }
    by_number(lower, view, len, mind)
}

/// *All* says its count and asks.
fn ask_for_all(view: &View<'_>, mind: &mut Mind) -> Option<Heard> {
    let key = view.keys.iter().find(|key| key.action == Action::All)?;
    mind.confirms_all = true;
    let count = crate::domain::bill::grouped(key.count.unwrap_or_default());
    Some(Heard::Say(vec![
        format!("{} {count}. {}", told(key.label), told(key.help)),
        format!("Tick {count}? Type yes or no. Enter is no."),
    ]))
}

/// Why something that is no key now does not work: the wizard knows it by the letter of the key.
pub(super) fn closed(lower: &str, view: &View<'_>) -> Option<Heard> {
    let letter = match (view.ask, lower) {
        (Ask::Users, "all" | "a") => 'a',
        (Ask::Users, "these" | "t") => 't',
        (Ask::Users, "clear" | "none" | "c") => 'c',
        (Ask::Users, "invert" | "i") => 'i',
        (Ask::Users, "kinds" | "k") => 'k',
        (Ask::Users, "auto" | "u") => 'u',
        (Ask::Users, "sort" | "z") => 'z',
        (Ask::Customer, "new" | "n") => 'n',
        _ => return None,
    };
    Some(Heard::Steps(vec![Step::Do(Intent::Unknown(letter))]))
}

fn by_number(lower: &str, view: &View<'_>, len: usize, mind: &mut Mind) -> Option<Heard> {
    let verb = VERBS.iter().find_map(|(word, verb)| {
        let rest = lower.strip_prefix(word)?.strip_prefix(' ')?;
        Some((*verb, ranges(rest)?))
    });
    let bare = || {
        let verb = match view.ask {
            Ask::Users | Ask::Kinds => Verb::Toggle,
            Ask::Customer | Ask::Product => Verb::Choose,
            _ => return None,
        };
        Some((verb, ranges(lower)?))
    };
    let Some((verb, ranges)) = verb.or_else(bare) else { return needs_numbers(lower, view) };
    if let Some(beyond) = ranges.iter().map(|range| *range.end()).find(|end| *end > len) {
        let has = match len {
            0 => "the list is empty".to_owned(),
            1 => "the list has one row".to_owned(),
            len => format!("the list has {len} rows"),
        };
        return Some(say(format!("There is no row {beyond}: {has}. Nothing was changed.")));
    }
    if matches!(verb, Verb::Tick | Verb::Untick | Verb::Exclude | Verb::Include | Verb::TurnOff)
        && !matches!(view.ask, Ask::Users | Ask::Kinds)
    {
        return None;
    }
    if let Some(rows) = list(view).filter(|rows| mind.is_out_of_date(rows, &ranges)) {
        let top = mind.top.filter(|top| *top < len).unwrap_or(0);
        let mut said =
            vec!["The list has changed since it was said. Nothing was done. It is now:".to_owned()];
        said.extend(crate::plain::rows::page(view.ask, rows, top));
        mind.says(rows, top);
        return Some(Heard::Say(said));
    }
    Some(carried_out(verb, &ranges, view))
}

/// A verb whose numbers are missing.
fn needs_numbers(lower: &str, view: &View<'_>) -> Option<Heard> {
    if !matches!(view.ask, Ask::Users | Ask::Kinds) {
        return None;
    }
    let (_, word) = LETTERS.iter().find(|(letter, _)| *letter == lower)?;
    Some(say(format!("Type the numbers too, like: {word} 3-9, 14.")))
}

fn carried_out(verb: Verb, ranges: &[Range], view: &View<'_>) -> Heard {
    let first = ranges.first().map_or(0, |range| range.start().saturating_sub(1));
    let mut steps = Vec::new();
    match verb {
        Verb::Choose
            if ranges.len() == 1 && ranges.first().is_some_and(|range| range.start() == range.end()) =>
        {
            return Heard::Steps(vec![Step::Row(first), Step::Key(Action::Submit)]);
        }
        Verb::Choose => return say("Choose one: type one number."),
        Verb::Details if view.ask == Ask::Users => {
            return Heard::Steps(vec![Step::Row(first), Step::Key(Action::Details)]);
        }
        Verb::Details => {
            let words = list(view).and_then(|rows| line(view.ask, rows, first));
            return Heard::Say(words.into_iter().collect());
        }
        Verb::TurnOff => return turned_off(ranges),
        Verb::Exclude | Verb::Include if view.ask == Ask::Users => {
            for range in ranges {
                steps.extend(excluded(range, view, verb == Verb::Exclude));
            }
        }
        _ => {
            for range in ranges {
                steps.extend(ticked(verb, range, view));
            }
        }
    }
    steps.push(Step::Report(Box::new(Report::before(view, ranges))));
    Heard::Steps(steps)
}

/// The rows of a range, by index.
fn indices(range: &Range) -> std::ops::Range<usize> {
    range.start().saturating_sub(1)..*range.end()
}

/// One tick for a row or a range: it ticks whoever is not ticked yet, and unticks where all are.
fn toggled(range: &Range) -> Vec<Step> {
    let (from, to) = (range.start().saturating_sub(1), range.end().saturating_sub(1));
    if from == to {
        return vec![Step::Row(from), Step::Key(Action::Tick)];
    }
    vec![Step::Row(from), Step::Key(Action::Range), Step::Row(to), Step::Key(Action::Tick)]
}

fn ticked(verb: Verb, range: &Range, view: &View<'_>) -> Vec<Step> {
    let is_one = range.start() == range.end();
    let any = |mark| indices(range).any(|at| has_mark(view, at, mark));
    let (off, ticked) = (any(Mark::Off), any(Mark::Ticked));
    // Kinds have no ranges: each row on its own.
    if view.ask == Ask::Kinds {
        let wanted = |at: &usize| match verb {
            Verb::Tick | Verb::Include => has_mark(view, *at, Mark::Off),
            Verb::Untick | Verb::Exclude => has_mark(view, *at, Mark::Ticked),
            _ => true,
        };
        let rows = indices(range).filter(wanted);
        return rows.flat_map(|at| [Step::Row(at), Step::Key(Action::Tick)]).collect();
    }
    match verb {
        // One that can't be ticked is tried all the same: the wizard says why.
        Verb::Tick if off || (is_one && !ticked) => toggled(range),
        Verb::Untick if off && ticked => [toggled(range), toggled(range)].concat(),
        Verb::Untick if ticked => toggled(range),
        Verb::Toggle => toggled(range),
        _ => Vec::new(),
    }
}

/// Excludes, or lifts exclusions: from the first row that needs it to the last; the wizard leaves the others alone.
fn excluded(range: &Range, view: &View<'_>, exclude: bool) -> Vec<Step> {
    let is_excluded = |at: usize| {
        let row = list(view).and_then(|rows| rows.rows.row(at));
        row.and_then(|row| crate::plain::rows::state(view.ask, &row))
            .is_some_and(|state| state.contains("excluded"))
    };
    let mut needing = indices(range).filter(|at| is_excluded(*at) != exclude);
    let Some(first) = needing.next() else { return Vec::new() };
    let last = needing.next_back().unwrap_or(first);
    let mut steps = vec![Step::Row(first)];
    if last != first {
        steps.extend([Step::Key(Action::Range), Step::Row(last)]);
    }
    steps.extend([Step::Key(Action::Exclude), Step::Settle]);
    steps
}

/// Turning off takes one range: it has a bill of its own.
fn turned_off(ranges: &[Range]) -> Heard {
    let [range] = ranges else { return say("Turn off takes one number or one range, like: turn off 3-5.") };
    let mut steps = toggled(range);
    steps.pop();
    steps.push(Step::Key(Action::TurnOff));
    Heard::Steps(steps)
}
