//! Commands of lists: pages, marks by ranges, and what else is about rows by number. Pure.
//!
//! Numbers become the ids of the rows that were said, all of a line one answer: one write, one line of the audit.

use crate::{
    domain::{
        bill::grouped,
        id::UserId,
        row_ranges::{Range, number, ranges},
    },
    wizard::{
        answer::{Action, Given, Mark, RowId, Value, Which},
        ask::{SelectAsked, Shape},
        view::{RowsView, View},
    },
};

use super::{
    ask::{After, Heard, give, press, say},
    hearing::Hearing,
    rows::{self, PAGE, Report, counts},
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

/// Actions whose words are asked for also where they are not offered: the wizard says why not. Other words are searched for.
const fn says_why(shape: &Shape) -> &'static [Action] {
    match shape {
        Shape::Select(_) => {
            &[Action::Finish, Action::Clear, Action::Kinds, Action::Auto, Action::Sort, Action::Review]
        }
        _ => &[Action::Add, Action::Consents],
    }
}

/// A line at a list; an empty one answers with `enter`.
pub(super) fn in_rows(hearing: &mut Hearing<'_, '_>, enter: Option<&Given>) -> Heard {
    if hearing.lower.is_empty() {
        return enter.map_or_else(
            || say("There is no row to choose. Type other words, filter alone for everybody, or back."),
            |enter| give(enter.clone()),
        );
    }
    let refused = says_why(&hearing.view.ask.shape).iter().copied().find(|action| hearing.means(*action));
    let searched = hearing.line.strip_prefix('/').and_then(|words| search(words.trim(), hearing.view));
    searched
        .or_else(|| command(hearing))
        .or_else(|| hearing.common())
        .or_else(|| refused.map(press))
        .or_else(|| hearing.offered())
        .or_else(|| search(hearing.line, hearing.view))
        .unwrap_or_else(|| hearing.unknown())
}

/// Puts words into the search of the list, where it has one, then says the first page.
fn search(words: &str, view: &View<'_>) -> Option<Heard> {
    let id = view.page.rows()?.search.as_ref()?.id;
    let fill = Given::Fill(id, Value::Text(words.to_owned()));
    Some(Heard::Give(vec![fill, Given::Settle(id)], Some(After::Page(0))))
}

/// A command about a list; none where the line is none.
pub(super) fn command(hearing: &mut Hearing<'_, '_>) -> Option<Heard> {
    let view = hearing.view;
    let rows = view.page.rows()?;
    let len = rows.rows.len();
    let said = hearing.memory.top;
    let page = |top| Some(Heard::Give(Vec::new(), Some(After::Page(top))));
    match hearing.lower.split_once(' ').unwrap_or((&hearing.lower, "")) {
        ("list", "") => page(0),
        ("more" | "m", "") => match said.map_or(0, |top| top.saturating_add(PAGE)) {
            top if top < len => page(top),
            _ => Some(say("That was the end of the list.")),
        },
        ("less" | "previous", "") => page(said.unwrap_or(0).saturating_sub(PAGE)),
        ("page", wanted) => {
            let (number, pages) = (number(wanted)?, len.div_ceil(PAGE).max(1));
            match number.checked_sub(1).filter(|before| *before < pages) {
                Some(before) => page(before.saturating_mul(PAGE)),
                None => Some(say(format!("There is no page {number}: the list has {pages}."))),
            }
        }
        ("total" | "counts", "") => Some(say(counts(&rows.counts))),
        ("filter" | "search" | "find", words) if rows.search.is_some() => search(words, view),
        _ => match &view.ask.shape {
            Shape::Select(asked) => of_many(hearing, asked, rows).or_else(|| by_number(hearing, rows)),
            _ => by_number(hearing, rows),
        },
    }
}

/// Commands about all users, or all that are shown.
fn of_many(hearing: &mut Hearing<'_, '_>, asked: &SelectAsked, rows: &RowsView<'_>) -> Option<Heard> {
    let shown = Which::Shown(rows.rows.generation());
    let given = match hearing.lower.as_str() {
        "all" => match asked.all.filter(|_| asked.may_mark) {
            Some(all) => return Some(confirm(hearing, all, asked.is_arriving)),
            // The wizard says why not.
            None => Given::Mark(Mark::Tick, Which::All),
        },
        "these" => Given::Mark(Mark::Tick, shown),
        "invert" => Given::Mark(Mark::Invert, shown),
        _ if hearing.means(Action::Clear) => Given::Do(Action::Clear),
        _ => return None,
    };
    Some(totalled(given))
}

/// Answers, then says the total.
fn totalled(given: Given) -> Heard {
    Heard::Give(vec![given], Some(After::Report(Report::default())))
}

/// Asks before *All*.
fn confirm(hearing: &mut Hearing<'_, '_>, all: u32, is_arriving: bool) -> Heard {
    hearing.memory.confirms_all = true;
    let all = grouped(all);
    let more = if is_arriving { ", also who still arrives" } else { "" };
    Heard::Say(vec![
        format!("All {all}. Ticks every user that may be protected{more}, once, whatever the filter shows."),
        format!("Tick {all}? Type yes or no. Enter is no."),
    ])
}

/// *All*, confirmed or not. What is neither is asked about again; none: what leads away from here, which ticks nobody.
pub(super) fn confirmed(hearing: &mut Hearing<'_, '_>) -> Option<Heard> {
    let is_no = hearing.means(Action::No) || hearing.means(Action::Back) || hearing.lower.is_empty();
    match hearing.view.ask.shape {
        _ if hearing.means(Action::Park) || hearing.means(Action::Leave) => None,
        Shape::Select(_) if hearing.means(Action::Yes) => Some(totalled(Given::Mark(Mark::Tick, Which::All))),
        Shape::Select(SelectAsked { all: Some(all), is_arriving, .. }) if !is_no => {
            Some(confirm(hearing, all, is_arriving))
        }
        _ => Some(say("Not done: All ticked nobody.")),
    }
}

/// A verb and its numbers; numbers alone turn ticks round, or choose.
fn by_number(hearing: &mut Hearing<'_, '_>, rows: &RowsView<'_>) -> Option<Heard> {
    let is_select = matches!(hearing.view.ask.shape, Shape::Select(_));
    let named = VERBS.iter().find_map(|(word, verb)| {
        let rest = hearing.lower.strip_prefix(word)?;
        (rest.is_empty() || rest.starts_with(' ')).then_some((*word, *verb, rest))
    });
    let bare = match hearing.view.ask.shape {
        Shape::Select(_) => Some(Verb::Mark(Mark::Toggle)),
        Shape::Pick => Some(Verb::Choose),
        _ => None,
    };
    let (word, verb, numbers) = named.or_else(|| Some(("", bare?, hearing.lower.as_str())))?;
    if !is_select && matches!(verb, Verb::Mark(_)) {
        return None;
    }
    let Some(ranges) = ranges(numbers) else {
        let is_bare = is_select && numbers.is_empty();
        return is_bare.then(|| say(format!("Type the numbers too, like: {word} 3-9, 14.")));
    };
    beyond(&ranges, rows.rows.len()).or_else(|| {
        Some(match hearing.memory.meant(rows, &ranges) {
            Some(meant) => carried_out(verb, meant, hearing.view, rows),
            None => moved(hearing, rows),
        })
    })
}

/// Says that a list has no such row.
pub(super) fn beyond(ranges: &[Range], len: usize) -> Option<Heard> {
    let beyond = ranges.iter().map(|range| *range.end()).find(|end| *end > len)?;
    let has = match len {
        0 => "the list shows nobody".to_owned(),
        1 => "the list has one row".to_owned(),
        len => format!("the list has {len} rows"),
    };
    Some(say(format!("There is no row {beyond}: {has}. Nothing was changed.")))
}

/// The rows that were said are not there any more: says those that are.
fn moved(hearing: &mut Hearing<'_, '_>, rows: &RowsView<'_>) -> Heard {
    let top = hearing.memory.top.filter(|top| *top < rows.rows.len()).unwrap_or(0);
    let mut said = vec!["The list has changed since it was said. Nothing was done. It is now:".to_owned()];
    said.extend(rows::page(hearing.view, rows, top));
    hearing.memory.says(rows, top);
    Heard::Say(said)
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
        // One answer for all rows of the line.
        Verb::Mark(mark) => {
            let answer = Given::Mark(mark, Which::Users(users(&meant)));
            // Turning off has a bill of its own.
            let after = (mark != Mark::Off).then(|| After::Report(Report::before(view, meant, mark)));
            Heard::Give(vec![answer], after)
        }
    }
}

/// The users among rows.
fn users(rows: &[RowId]) -> Vec<UserId> {
    let user = |row: &RowId| if let RowId::User(user) = row { Some(*user) } else { None };
    rows.iter().filter_map(user).collect()
}
