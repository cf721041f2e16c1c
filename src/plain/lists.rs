//! Commands of lists: pages, marks by ranges, and what else is about rows by number. Pure.
//!
//! Numbers become the ids of the rows that were said, all of a line one answer: one write, one line of the audit.

use crate::{
    domain::{bill::grouped, id::UserId},
    wizard::{
        answer::{Action, Given, Mark, RowId, Value, Which},
        ask::{SelectAsked, Shape},
        view::{RowsView, View},
    },
};

use super::{
    ask::Question,
    heard::{After, Heard, common, give, say, unknown, word},
    memory::Memory,
    numbers::{number, ranges},
    page::can_do,
    report::{Report, counts},
    rows::{self, PAGE},
    vocabulary::means,
};

/// What is done to rows by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Mark(Mark),
    Details,
    Choose,
}

/// Words before numbers.
const VERBS: &[(&str, Verb)] = &[
    ("tick", Verb::Mark(Mark::Tick)),
    ("select", Verb::Mark(Mark::Tick)),
    ("untick", Verb::Mark(Mark::Untick)),
    ("toggle", Verb::Mark(Mark::Toggle)),
    ("exclude", Verb::Mark(Mark::Exclude)),
    ("include", Verb::Mark(Mark::Lift)),
    ("lift", Verb::Mark(Mark::Lift)),
    ("turn off", Verb::Mark(Mark::Off)),
    ("details", Verb::Details),
    ("choose", Verb::Choose),
];

/// Actions of lists whose words are asked for also where they are not offered: the wizard says why not. Other words are
/// searched for.
const SAYS_WHY: [Action; 6] =
    [Action::Add, Action::Clear, Action::Kinds, Action::Auto, Action::Sort, Action::Review];

/// A line at a list; an empty one answers with `enter`.
pub(super) fn in_rows(
    line: &str,
    view: &View<'_>,
    question: &Question,
    (enter, memory): (Option<&Given>, &mut Memory),
) -> Heard {
    let lower = line.to_lowercase();
    if lower.is_empty() {
        return enter.map_or_else(
            || say("There is no row to choose. Type other words, filter alone for everybody, or back."),
            |enter| give(enter.clone()),
        );
    }
    if let Some(words) = line.strip_prefix('/').filter(|_| can_search(view)) {
        return search(words.trim(), view);
    }
    let heard = command(&lower, view, memory)
        .or_else(|| common(line, view, memory))
        .or_else(|| asked(&lower, view))
        .or_else(|| word(&lower, view, memory));
    match heard {
        // Another reading of a short list is an answer to be chosen from.
        Some(Heard::Give(answers, After::Nothing))
            if answers == [Given::Do(Action::Refresh)] && view.ask.shape == Shape::Pick =>
        {
            Heard::Give(answers, After::Page(0))
        }
        Some(Heard::Give(answers, After::Nothing)) if answers == [Given::Do(Action::Sort)] => {
            Heard::Give(answers, After::Page(0))
        }
        Some(heard) => heard,
        None if can_search(view) => search(line, view),
        None => unknown(line, question),
    }
}

fn can_search(view: &View<'_>) -> bool {
    view.page.rows().is_some_and(|rows| rows.search.is_some())
}

/// Puts words into the search of the list, then says the first page.
fn search(words: &str, view: &View<'_>) -> Heard {
    match view.page.rows().and_then(|rows| rows.search.as_ref()) {
        Some(search) => {
            let fill = Given::Fill(search.id, Value::Text(words.to_owned()));
            Heard::Give(vec![fill, Given::Settle(search.id)], After::Page(0))
        }
        None => say("This list has no search."),
    }
}

/// A word for what is not offered now, but has its reason.
fn asked(lower: &str, view: &View<'_>) -> Option<Heard> {
    let is_select = matches!(view.ask.shape, Shape::Select(_));
    if is_select && means(lower, Action::Finish) {
        return Some(give(Given::Do(Action::Finish)));
    }
    let action = SAYS_WHY.into_iter().find(|action| means(lower, *action))?;
    let is_here = is_select != (action == Action::Add);
    (is_here && !can_do(view, action)).then(|| give(Given::Do(action)))
}

/// A command about a list; none where the line is none.
pub(super) fn command(lower: &str, view: &View<'_>, memory: &mut Memory) -> Option<Heard> {
    let rows = view.page.rows()?;
    let len = rows.rows.len();
    let (head, rest) = lower.split_once(' ').unwrap_or((lower, ""));
    let page = |top: usize| Heard::Give(Vec::new(), After::Page(top));
    match (head, rest) {
        ("list", "") => return Some(page(0)),
        ("more" | "m", "") => {
            let top = memory.top.map_or(0, |top| top.saturating_add(PAGE));
            return Some(if top < len { page(top) } else { say("That was the end of the list.") });
        }
        ("less" | "previous", "") => return Some(page(memory.top.unwrap_or(0).saturating_sub(PAGE))),
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
        ("total" | "counts", "") => return Some(say(counts(&rows.counts))),
        ("filter" | "search" | "find", words) if can_search(view) => return Some(search(words, view)),
        _ => {}
    }
    if let Shape::Select(asked) = &view.ask.shape
        && let Some(heard) = of_many(lower, asked, rows, memory)
    {
        return Some(heard);
    }
    by_number(lower, view, rows, memory)
}

/// Commands about all users, or all that are shown.
fn of_many(lower: &str, asked: &SelectAsked, rows: &RowsView<'_>, memory: &mut Memory) -> Option<Heard> {
    let shown = Which::Shown(rows.rows.generation());
    let mark = |mark, which| Heard::Give(vec![Given::Mark(mark, which)], After::Report(Report::default()));
    Some(match lower {
        "all" => match asked.all.filter(|_| asked.may_mark) {
            Some(all) => {
                memory.confirms_all = true;
                let all = grouped(all);
                let (name, more) =
                    if asked.is_arriving { ("All so far", ", also who still arrives") } else { ("All", "") };
                Heard::Say(vec![
                    format!(
                        "{name} {all}. Ticks every user that may be protected{more}, once, whatever the filter shows."
                    ),
                    format!("Tick {all}? Type yes or no. Enter is no."),
                ])
            }
            // The wizard says why not.
            None => mark(Mark::Tick, Which::All),
        },
        "these" => mark(Mark::Tick, shown),
        "invert" => mark(Mark::Invert, shown),
        "clear" | "none" => Heard::Give(vec![Given::Do(Action::Clear)], After::Report(Report::default())),
        _ => return None,
    })
}

/// *All*, confirmed or not.
pub(super) fn confirmed(line: &str, view: &View<'_>) -> Heard {
    match line.to_lowercase().as_str() {
        "yes" | "y" if matches!(view.ask.shape, Shape::Select(_)) => {
            Heard::Give(vec![Given::Mark(Mark::Tick, Which::All)], After::Report(Report::default()))
        }
        _ => say("Not done: All ticked nobody."),
    }
}

fn by_number(lower: &str, view: &View<'_>, rows: &RowsView<'_>, memory: &mut Memory) -> Option<Heard> {
    let verb = VERBS.iter().find_map(|(word, verb)| {
        let rest = lower.strip_prefix(word)?.strip_prefix(' ')?;
        Some((*verb, ranges(rest)?))
    });
    let bare = || {
        let verb = match view.ask.shape {
            Shape::Select(_) => Verb::Mark(Mark::Toggle),
            Shape::Pick => Verb::Choose,
            _ => return None,
        };
        Some((verb, ranges(lower)?))
    };
    let Some((verb, ranges)) = verb.or_else(bare) else { return needs_numbers(lower, view) };
    if matches!(verb, Verb::Mark(_)) && !matches!(view.ask.shape, Shape::Select(_)) {
        return None;
    }
    let len = rows.rows.len();
    if let Some(beyond) = ranges.iter().map(|range| *range.end()).find(|end| *end > len) {
        return Some(say(no_row(beyond, len)));
    }
    Some(match memory.meant(rows, &ranges) {
        Some(meant) => carried_out(verb, meant, view, rows),
        None => moved(view, rows, memory),
    })
}

/// Says that a list has no such row.
pub(super) fn no_row(beyond: usize, len: usize) -> String {
    let has = match len {
        0 => "the list is empty".to_owned(),
        1 => "the list has one row".to_owned(),
        len => format!("the list has {len} rows"),
    };
    format!("There is no row {beyond}: {has}. Nothing was changed.")
}

/// The rows that were said are not there any more: says those that are.
fn moved(view: &View<'_>, rows: &RowsView<'_>, memory: &mut Memory) -> Heard {
    let top = memory.top.filter(|top| *top < rows.rows.len()).unwrap_or(0);
    let mut said = vec!["The list has changed since it was said. Nothing was done. It is now:".to_owned()];
    said.extend(rows::page(view, rows, top));
    memory.says(rows, top);
    Heard::Say(said)
}

/// A verb whose numbers are missing.
fn needs_numbers(lower: &str, view: &View<'_>) -> Option<Heard> {
    let (word, _) = VERBS.iter().find(|(word, _)| *word == lower)?;
    matches!(view.ask.shape, Shape::Select(_))
        .then(|| say(format!("Type the numbers too, like: {word} 3-9, 14.")))
}

fn carried_out(verb: Verb, meant: Vec<RowId>, view: &View<'_>, rows: &RowsView<'_>) -> Heard {
    match verb {
        Verb::Choose => match <[RowId; 1]>::try_from(meant) {
            Ok([row]) => give(Given::Pick(row)),
            Err(_many) => say("Choose one: type one number."),
        },
        Verb::Details => {
            let at = meant.first().and_then(|row| rows.rows.at(row));
            Heard::Say(at.map(|at| rows::details(view, rows, at)).unwrap_or_default())
        }
        // Turning off has a bill of its own.
        Verb::Mark(Mark::Off) => give(Given::Mark(Mark::Off, Which::Users(users(&meant)))),
        Verb::Mark(mark) => marked(mark, meant, view),
    }
}

/// One answer for all rows of the line.
fn marked(mark: Mark, meant: Vec<RowId>, view: &View<'_>) -> Heard {
    let is_write = matches!(mark, Mark::Exclude | Mark::Lift);
    let answer = Given::Mark(mark, Which::Users(users(&meant)));
    Heard::Give(vec![answer], After::Report(Report::before(view, meant, is_write)))
}

/// The users among rows.
fn users(rows: &[RowId]) -> Vec<UserId> {
    rows.iter()
        .filter_map(|row| match row {
            RowId::User(user) => Some(*user),
            _ => None,
        })
        .collect()
}
