//! From addresses to rows: one pass over the list, every address that can't be used named, before anything is done.

use std::collections::{HashMap, HashSet};

use crate::{
    domain::{
        bill::{counted, grouped},
        protection::State,
        text::Text,
        user::Kind,
    },
    headless::{
        answers::{Answers, Users},
        look,
        report::End,
    },
    wizard::view::{Cell, Mark, RowsView, View, column},
};

use super::{
    super::{Next, end},
    rule,
};

/// How many addresses are named in one sentence; the rest is counted.
const NAMED: usize = 20;

/// Rows, last one first: they are taken from the end.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// To lift the exclusion of.
    pub(super) lift: Vec<usize>,
    /// To exclude.
    pub(super) exclude: Vec<usize>,
    /// To tick.
    pub(super) tick: Vec<usize>,
    /// To turn off.
    pub(super) turn_off: Vec<usize>,
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

    /// What is wrong, in words; `more` was asked for than to turn users on and to exclude them.
    fn words(&self, more: bool) -> Text {
        let parts = self.0.iter().map(|(why, addresses)| {
            let named: Vec<&str> = addresses.iter().take(NAMED).map(String::as_str).collect();
            let more = addresses.len().saturating_sub(NAMED);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            format!("{why}: {}{more}.", named.join(", "))
        });
        let parts: Vec<String> = parts.collect();
        Text::of(format_args!(
            "{} {} Correct the list, then start again.",
            if more { "Nothing was changed." } else { "Nobody was turned on or excluded." },
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
    let lists = [these, &answers.exclude, &answers.lift, &answers.turn_off];
    if lists.iter().all(|list| list.is_empty()) {
        return Ok(Plan::default());
    }
    let Some(rows) = look::rows(&view.panel) else { return Ok(Plan::default()) };
    let mut finder = Finder { rows, found: index(rows), wrong: Wrong::default() };
    let lift = finder.lift(&answers.lift);
    let exclude = finder.exclude(&answers.exclude);
    let turn_off = finder.turn_off(answers, &exclude);
    let tick = finder.tick(
        answers,
        these,
        &Plan { lift: lift.clone(), exclude: exclude.clone(), ..Plan::default() },
    );
    if !finder.wrong.0.is_empty() {
        let more = !(answers.lift.is_empty() && answers.turn_off.is_empty());
        return Err(end(End::Wrong, finder.wrong.words(more)));
    }
    let mut plan = Plan { lift, exclude, tick, turn_off, is_pressed: false };
    for rows in [&mut plan.lift, &mut plan.exclude, &mut plan.tick, &mut plan.turn_off] {
        rows.sort_unstable();
        rows.dedup();
        rows.reverse();
    }
    within(answers, plan.turn_off.len())?;
    Ok(plan)
}

/// Refuses to turn off more users than may be.
fn within(answers: &Answers, len: usize) -> Result<(), Next> {
    let count = u32::try_from(len).unwrap_or(u32::MAX);
    let Some(most) = answers.max_off.filter(|most| count > *most) else { return Ok(()) };
    Err(end(
        End::Stopped,
        Text::of(format_args!(
            "It would turn {} off, and --max-off allows at most {}. Nothing was changed. Look at the list; then start again with --max-off {count}, or with fewer users.",
            counted(count, "user", "users"),
            grouped(most)
        )),
    ))
}

/// Looks addresses up, and keeps what is wrong with them.
struct Finder<'v, 'a> {
    rows: &'v RowsView<'a>,
    found: HashMap<String, Vec<usize>>,
    wrong: Wrong,
}

impl Finder<'_, '_> {
    /// The row of an address; what has none, or several, is kept as wrong.
    fn row(&mut self, address: &str) -> Option<usize> {
        match self.found.get(&folded(address)).map(Vec::as_slice) {
            Some([at]) => return Some(*at),
            Some(_) => self.wrong.add("Several users have this address", address),
            None => self.wrong.add("Not listed", address),
        }
        None
    }

    /// Rows that need their exclusion lifted.
    fn lift(&mut self, addresses: &[String]) -> Vec<usize> {
        let rows = addresses.iter().filter_map(|address| self.row(address)).collect::<Vec<usize>>();
        rows.into_iter().filter(|at| is_excluded(self.rows, *at)).collect()
    }

    /// Rows that need to be excluded.
    fn exclude(&mut self, addresses: &[String]) -> Vec<usize> {
        let rows = addresses.iter().filter_map(|address| self.row(address)).collect::<Vec<usize>>();
        rows.into_iter().filter(|at| !is_excluded(self.rows, *at)).collect()
    }

    /// Rows to turn off: those who are on, and whom the same command does not turn on again.
    fn turn_off(&mut self, answers: &Answers, exclude: &[usize]) -> Vec<usize> {
        let lifted: HashSet<String> = answers.lift.iter().map(|address| folded(address)).collect();
        let is_for_all = matches!(answers.users, Some(Users::All | Users::Auto));
        let mut off = Vec::new();
        for address in &answers.turn_off {
            let Some(at) = self.row(address) else { continue };
            let stays_excluded = is_excluded(self.rows, at) && !lifted.contains(&folded(address));
            if look::mark(self.rows, at) != Some(Mark::On) {
                self.wrong.add("Not on, so not to be turned off", address);
            } else if is_for_all && !stays_excluded && !exclude.contains(&at) {
                self.wrong.add("Turned off, and on again by --users (exclude them too: --exclude)", address);
            } else {
                off.push(at);
            }
        }
        off
    }

    /// Rows to tick, once exclusions are as the plan has them.
    fn tick(&mut self, answers: &Answers, these: &[String], plan: &Plan) -> Vec<usize> {
        let off: HashSet<String> = answers.turn_off.iter().map(|address| folded(address)).collect();
        let mut tick = Vec::new();
        for address in these {
            let Some(at) = self.row(address) else { continue };
            let mark = look::mark(self.rows, at);
            if plan.exclude.contains(&at) {
                self.wrong.add("Given with --exclude too", address);
            } else if off.contains(&folded(address)) {
                self.wrong.add("Given with --turn-off too", address);
            } else if mark == Some(Mark::Excluded) && plan.lift.contains(&at) {
                tick.push(at);
            } else if let Some(why) = closed(self.rows, at, answers) {
                self.wrong.add(why, address);
            } else if mark != Some(Mark::On) {
                tick.push(at);
            }
        }
        tick
    }
}

/// How many more the next sweep turns on once exclusions are lifted: none without the rule of Enable Auto.
pub(super) fn billed_by_rule(plan: &Plan, view: &View<'_>) -> u32 {
    let Some(rows) = look::rows(&view.panel).filter(|_| rule::is_on(view)) else { return 0 };
    let lifted = plan.lift.iter().filter(|at| look::mark(rows, **at) != Some(Mark::On));
    u32::try_from(lifted.count()).unwrap_or(u32::MAX)
}

/// Whether the user of a row is excluded, on or not.
pub(super) fn is_excluded(rows: &RowsView<'_>, at: usize) -> bool {
    look::mark(rows, at) == Some(Mark::Excluded)
        || (look::mark(rows, at) == Some(Mark::On)
            && look::cell(rows, at, column::STATE).as_str().ends_with(State::Excluded.word()))
}

/// Why a row can't be ticked; none where it can, or needs no tick.
fn closed(rows: &RowsView<'_>, at: usize, answers: &Answers) -> Option<&'static str> {
    let kind = rows.rows.row(at).and_then(|row| match row.cells.get(column::KIND) {
        Some(Cell::Kind(kind)) => Some(*kind),
        _ => None,
    });
    match look::mark(rows, at) {
        Some(Mark::Excluded) => Some("Excluded (--lift lifts the exclusion)"),
        Some(Mark::Problem) => Some("With a problem (the wizard's row says which)"),
        Some(Mark::Closed) => match kind {
            Some(kind) if answers.include.contains(&kind) => None,
            Some(kind) if Kind::INCLUDABLE.contains(&kind) => {
                Some("Of a kind that is not included (--include-kind)")
            }
            _ => Some("Can't be protected (guest, without mailbox, or not known yet)"),
        },
        Some(Mark::Off | Mark::Ticked) if kind.is_some_and(|kind| answers.leave_out.contains(&kind)) => {
            Some("Of a kind that is left out (--leave-out-kind)")
        }
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
