//! From addresses to rows: one pass over the list, every address that can't be used named, before anything is done.

use std::collections::HashMap;

use crate::{
    domain::{protection::State, text::Text, user::Kind},
    headless::{
        answers::{Answers, Users},
        look,
        report::End,
    },
    wizard::view::{Cell, Mark, RowsView, View, column},
};

use super::super::{Next, end};

/// How many addresses are named in one sentence; the rest is counted.
const NAMED: usize = 20;

/// Rows, last one first: they are taken from the end.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// To exclude.
    pub(super) exclude: Vec<usize>,
    /// To tick.
    pub(super) tick: Vec<usize>,
    /// The key for the last one was pressed.
    pub(super) is_pressed: bool,
}

/// What is wrong with addresses, by why.
#[derive(Debug, Default)]
struct Wrong(Vec<(&'static str, Vec<String>)>);

impl Wrong {
    fn add(&mut self, why: &'static str, address: &str) {
        match self.0.iter_mut().find(|(known, _)| *known == why) {
            Some((_, addresses)) => addresses.push(address.to_owned()),
            None => self.0.push((why, vec![address.to_owned()])),
        }
    }

    fn words(&self) -> Text {
        let parts = self.0.iter().map(|(why, addresses)| {
            let named: Vec<&str> = addresses.iter().take(NAMED).map(String::as_str).collect();
            let more = addresses.len().saturating_sub(NAMED);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            format!("{why}: {}{more}.", named.join(", "))
        });
        let parts: Vec<String> = parts.collect();
        Text::of(format_args!(
            "Nobody was turned on or excluded. {} Correct the list, then start again.",
            parts.join(" ")
        ))
    }
}

/// Finds every address; names all that can't be used.
pub(super) fn plan(answers: &Answers, view: &View<'_>) -> Result<Plan, Next> {
    let these: &[String] = match &answers.users {
        Some(Users::These(these)) => these,
        _ => &[],
    };
    if these.is_empty() && answers.exclude.is_empty() {
        return Ok(Plan::default());
    }
    let Some(rows) = look::rows(&view.panel) else { return Ok(Plan::default()) };
    let found = index(rows);
    let mut wrong = Wrong::default();
    let mut exclude = Vec::new();
    for address in &answers.exclude {
        match found.get(&folded(address)).map(Vec::as_slice) {
            Some([at]) if is_excluded(rows, *at) => {}
            Some([at]) => exclude.push(*at),
            Some(_) => wrong.add(TWICE, address),
            None => wrong.add(UNLISTED, address),
        }
    }
    let mut tick = Vec::new();
    for address in these {
        match found.get(&folded(address)).map(Vec::as_slice) {
            Some([at]) if exclude.contains(at) => wrong.add("Given with --exclude too", address),
            Some([at]) => match closed(rows, *at, &answers.include) {
                Some(why) => wrong.add(why, address),
                None if look::mark(rows, *at) != Some(Mark::On) => tick.push(*at),
                None => {}
            },
            Some(_) => wrong.add(TWICE, address),
            None => wrong.add(UNLISTED, address),
        }
    }
    if !wrong.0.is_empty() {
        return Err(end(End::Wrong, wrong.words()));
    }
    for rows in [&mut exclude, &mut tick] {
        rows.sort_unstable();
        rows.dedup();
        rows.reverse();
    }
    Ok(Plan { exclude, tick, is_pressed: false })
}

/// Said of an address that nobody listed has.
const UNLISTED: &str = "Not listed";

/// Said of an address that several users have.
const TWICE: &str = "Several users have this address";

/// Whether the user of a row is excluded, on or not.
pub(super) fn is_excluded(rows: &RowsView<'_>, at: usize) -> bool {
    look::mark(rows, at) == Some(Mark::Excluded)
        || (look::mark(rows, at) == Some(Mark::On)
            && look::cell(rows, at, column::STATE).as_str().ends_with(State::Excluded.word()))
}

/// Why a row can't be ticked; none where it can, or needs no tick.
fn closed(rows: &RowsView<'_>, at: usize, include: &[Kind]) -> Option<&'static str> {
    let kind = rows.rows.row(at).and_then(|row| match row.cells.get(column::KIND) {
        Some(Cell::Kind(kind)) => Some(*kind),
        _ => None,
    });
    match look::mark(rows, at) {
        Some(Mark::Excluded) => Some("Excluded (lift the exclusion in the wizard first)"),
        Some(Mark::Problem) => Some("With a problem (the wizard's row says which)"),
        Some(Mark::Closed) => match kind {
            Some(kind) if include.contains(&kind) => None,
            Some(kind) if Kind::INCLUDABLE.contains(&kind) => {
                Some("Of a kind that is not included (--include-kind)")
            }
            _ => Some("Can't be protected (guest, without mailbox, or not known yet)"),
        },
        _ => None,
    }
}

/// Every listed address, folded, with its rows.
fn index(rows: &RowsView<'_>) -> HashMap<String, Vec<usize>> {
    let mut found: HashMap<String, Vec<usize>> = HashMap::with_capacity(rows.rows.len());
    for at in 0..rows.rows.len() {
        if let Some(row) = rows.rows.row(at)
            && let Some(Cell::Words(address)) = row.cells.get(column::ADDRESS)
        {
            found.entry(folded(address.as_str())).or_default().push(at);
        }
    }
    found
}

fn folded(address: &str) -> String {
    address.trim().to_lowercase()
}
