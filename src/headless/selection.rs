//! Addresses that were given, looked up in the list: each becomes a user's id, or is named with what is wrong. Pure.

use std::collections::{HashMap, HashSet};

use crate::{
    domain::{
        bill::{counted, grouped},
        id::UserId,
        text::Text,
        user::Kind,
    },
    wizard::{
        answer::RowId,
        view::{Cell, Column, Mark, RowsView, View},
    },
};

use super::{
    answers::{Answers, Users},
    journey::{Next, end},
    page,
    report::{End, named},
};

/// Users that were given, in the order of the list.
#[derive(Debug, Default)]
pub(super) struct Selection {
    /// To lift the exclusion of.
    pub(super) lift: Vec<Picked>,
    /// To exclude.
    pub(super) exclude: Vec<Picked>,
    /// To tick.
    pub(super) tick: Vec<Picked>,
    /// To turn off.
    pub(super) turn_off: Vec<Picked>,
    /// How many more the next sweep turns on once the exclusions are lifted, where Enable Auto is on.
    pub(super) lifted_by_rule: u32,
}

/// A user of the list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Picked {
    /// Where the row stood.
    at: usize,
    /// Who it is.
    pub(super) id: UserId,
    /// The address, as the list has it.
    pub(super) address: Text,
}

/// The ids of users.
pub(super) fn ids(users: &[Picked]) -> Vec<UserId> {
    users.iter().map(|user| user.id).collect()
}

/// The addresses of users.
pub(super) fn addresses(users: &[Picked]) -> Vec<Text> {
    users.iter().map(|user| user.address.clone()).collect()
}

/// What is wrong with addresses, by why.
#[derive(Debug, Default)]
struct Wrong(Vec<(&'static str, Vec<Text>)>);

impl Wrong {
    fn add(&mut self, why: &'static str, address: &str) {
        let address = Text::clean(address);
        match self.0.iter_mut().find(|(known, _)| *known == why) {
            Some((_, addresses)) => addresses.push(address),
            None => self.0.push((why, vec![address])),
        }
    }

    /// What is wrong, in words; `more` was asked for than to turn users on and to exclude them.
    fn words(&self, more: bool) -> Text {
        let parts = self.0.iter().map(|(why, addresses)| format!("{why}: {}.", named(addresses)));
        let parts: Vec<String> = parts.collect();
        Text::of(format_args!(
            "{} {} Correct the list, then start again.",
            if more { "Nothing was changed." } else { "Nobody was turned on or excluded." },
            parts.join(" ")
        ))
    }
}

/// Finds every address; names all that can't be used.
pub(super) fn select(answers: &Answers, view: &View<'_>, has_rule: bool) -> Result<Selection, Next> {
    let these: &[String] = match &answers.users {
        Some(Users::These(these)) => these,
        _ => &[],
    };
    let lists = [these, &answers.exclude, &answers.lift, &answers.turn_off];
    let Some(rows) = view.page.rows().filter(|_| lists.iter().any(|list| !list.is_empty())) else {
        return Ok(Selection::default());
    };
    let mut finder = Finder { rows, found: index(rows), wrong: Wrong::default() };
    let mut chosen = Selection { lift: finder.excluded(&answers.lift, true), ..Selection::default() };
    chosen.exclude = finder.excluded(&answers.exclude, false);
    chosen.turn_off = finder.turn_off(answers, &chosen.exclude);
    chosen.tick = finder.tick(answers, these, &chosen);
    if !finder.wrong.0.is_empty() {
        let more = !(answers.lift.is_empty() && answers.turn_off.is_empty());
        return Err(end(End::Wrong, finder.wrong.words(more)));
    }
    if has_rule {
        let off = chosen.lift.iter().filter(|user| mark(rows, user.at) != Some(Mark::On)).count();
        chosen.lifted_by_rule = u32::try_from(off).unwrap_or(u32::MAX);
    }
    within(answers, chosen.turn_off.len())?;
    Ok(chosen)
}

/// How many listed users of these kinds are closed by their kind alone: what including the kinds adds.
pub(super) fn closed_of(view: &View<'_>, kinds: &[Kind]) -> u32 {
    let Some(rows) = view.page.rows().filter(|_| !kinds.is_empty()) else { return 0 };
    let is_new = |at: &usize| {
        mark(rows, *at) == Some(Mark::Closed) && kind(rows, *at).is_some_and(|kind| kinds.contains(&kind))
    };
    u32::try_from((0..rows.rows.len()).filter(is_new).count()).unwrap_or(u32::MAX)
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
    /// The user with an address; what has none, or several, is kept as wrong.
    fn user(&mut self, address: &str) -> Option<Picked> {
        match self.found.get(&folded(address)).map(Vec::as_slice) {
            Some([at]) => {
                let Some(RowId::User(id)) = self.rows.rows.id(*at) else { return None };
                return Some(Picked { at: *at, id, address: page::cell(self.rows, *at, Column::Address) });
            }
            Some(_) => self.wrong.add("Several users have this address", address),
            None => self.wrong.add("Not listed", address),
        }
        None
    }

    /// The users among these addresses who are excluded, or who are not.
    fn excluded(&mut self, addresses: &[String], wanted: bool) -> Vec<Picked> {
        let mut users: Vec<Picked> = addresses.iter().filter_map(|address| self.user(address)).collect();
        users.retain(|user| is_excluded(self.rows, user.at) == wanted);
        in_order(users)
    }

    /// Users to turn off: those who are on, and whom the same command does not turn on again.
    fn turn_off(&mut self, answers: &Answers, exclude: &[Picked]) -> Vec<Picked> {
        let lifted: HashSet<String> = answers.lift.iter().map(|address| folded(address)).collect();
        let is_for_all = matches!(answers.users, Some(Users::All | Users::Auto));
        let mut off = Vec::new();
        for address in &answers.turn_off {
            let Some(user) = self.user(address) else { continue };
            let stays_excluded = is_excluded(self.rows, user.at) && !lifted.contains(&folded(address));
            if mark(self.rows, user.at) != Some(Mark::On) {
                self.wrong.add("Not on, so not to be turned off", address);
            } else if is_for_all && !stays_excluded && !exclude.contains(&user) {
                self.wrong.add("Turned off, and on again by --users (exclude them too: --exclude)", address);
            } else {
                off.push(user);
            }
        }
        in_order(off)
    }

    /// Users to tick, once exclusions are as they were chosen.
    fn tick(&mut self, answers: &Answers, these: &[String], chosen: &Selection) -> Vec<Picked> {
        let off: HashSet<String> = answers.turn_off.iter().map(|address| folded(address)).collect();
        let mut tick = Vec::new();
        for address in these {
            let Some(user) = self.user(address) else { continue };
            let mark = mark(self.rows, user.at);
            if chosen.exclude.contains(&user) {
                self.wrong.add("Given with --exclude too", address);
            } else if off.contains(&folded(address)) {
                self.wrong.add("Given with --turn-off too", address);
            } else if mark == Some(Mark::Excluded) && chosen.lift.contains(&user) {
                tick.push(user);
            } else if let Some(why) = closed(self.rows, user.at, answers) {
                self.wrong.add(why, address);
            } else if mark != Some(Mark::On) {
                tick.push(user);
            }
        }
        in_order(tick)
    }
}

/// Each once, in the order of the list.
fn in_order(mut users: Vec<Picked>) -> Vec<Picked> {
    users.sort_unstable();
    users.dedup();
    users
}

/// The mark in front of a row.
pub(super) fn mark(rows: &RowsView<'_>, at: usize) -> Option<Mark> {
    rows.rows.row(at).map(|row| row.mark)
}

fn kind(rows: &RowsView<'_>, at: usize) -> Option<Kind> {
    match rows.rows.row(at)?.cells.get(Column::Kind)? {
        Cell::Kind(kind) => Some(*kind),
        _ => None,
    }
}

/// Whether the user of a row is excluded, on or not.
pub(super) fn is_excluded(rows: &RowsView<'_>, at: usize) -> bool {
    rows.rows.row(at).is_some_and(|row| row.is_excluded)
}

/// Why a row can't be ticked; none where it can, or needs no tick.
fn closed(rows: &RowsView<'_>, at: usize, answers: &Answers) -> Option<&'static str> {
    let kind = kind(rows, at);
    match mark(rows, at) {
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
            && let Some(Cell::Words(address)) = row.cells.get(Column::Address)
        {
            found.entry(folded(address.as_str())).or_default().push(at);
        }
    }
    found
}

fn folded(address: &str) -> String {
    address.trim().to_lowercase()
}
