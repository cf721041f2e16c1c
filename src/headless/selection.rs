//! Addresses that were given, looked up in the list: each becomes a user's id, or is named with what is wrong. Pure.

use std::collections::{BTreeMap, HashMap};

use crate::{
    domain::{
        answers::{Answers, Users},
        bill::size,
        changes::{NAMED, named},
        id::UserId,
        text::Text,
        user::Kind,
    },
    wizard::{
        answer::{self, RowId},
        view::{Cell, Column, Mark, RowsView, View},
    },
};

use super::report::End;

/// Users that were given, in the order of the list.
#[derive(Debug, Default)]
pub(super) struct Selection {
    /// Those who are to be marked, by how.
    marked: Vec<(answer::Mark, Vec<Picked>)>,
    /// The addresses of those who are to be turned off and are off already.
    pub(super) off_before: Vec<Text>,
    /// How many more the next sweep turns on once the exclusions are lifted, where Enable Auto is on.
    pub(super) lifted_by_rule: u32,
    /// How many more it turns on once the kinds are included.
    pub(super) included_by_rule: u32,
}

impl Selection {
    /// Those who are to be marked so.
    pub(super) fn of(&self, mark: answer::Mark) -> &[Picked] {
        self.marked.iter().find(|(how, _)| *how == mark).map_or(&[], |(_, users)| users)
    }

    /// The same, once: nobody is left to be marked so.
    pub(super) fn take(&mut self, mark: answer::Mark) -> Vec<Picked> {
        let users = self.marked.iter_mut().find(|(how, _)| *how == mark);
        users.map(|(_, users)| std::mem::take(users)).unwrap_or_default()
    }
}

/// A user of the list, as the row stood.
#[derive(Debug, Clone)]
pub(super) struct Picked {
    at: usize,
    pub(super) id: UserId,
    /// The address, as the list has it.
    pub(super) address: Text,
    kind: Option<Kind>,
    mark: Mark,
    is_excluded: bool,
}

impl Picked {
    fn of(rows: &RowsView<'_>, at: usize) -> Option<Self> {
        let (RowId::User(id), row) = (rows.rows.id(at)?, rows.rows.row(at)?) else { return None };
        let address = rows.words(at, Column::Address);
        let kind = if let Some(Cell::Kind(kind)) = row.cells.get(Column::Kind) { Some(*kind) } else { None };
        Some(Self { at, id, address, kind, mark: row.mark, is_excluded: row.is_excluded })
    }

    fn is_of(&self, kinds: &[Kind]) -> bool {
        self.kind.is_some_and(|kind| kinds.contains(&kind))
    }

    /// Why it can't be ticked; none where it can, or needs no tick.
    fn closed(&self, answers: &Answers) -> Option<&'static str> {
        match self.mark {
            Mark::Excluded => Some("Excluded (--lift lifts the exclusion)"),
            Mark::Problem => Some("With a problem (the wizard's row says which)"),
            Mark::Closed if self.is_of(&answers.include) => None,
            Mark::Closed if self.is_of(&[Kind::NotKnownYet]) => {
                Some("Not checked yet (--include-kind not-checked-yet bills it as a user mailbox)")
            }
            Mark::Closed if self.is_of(&Kind::INCLUDABLE) => {
                Some("Of a kind that is not included (--include-kind)")
            }
            Mark::Closed => {
                Some("Can't be protected (guest, without mailbox, or on the customer's own server)")
            }
            Mark::Off | Mark::Ticked if self.is_of(&answers.leave_out) => {
                Some("Of a kind that is left out (--leave-out-kind)")
            }
            _ => None,
        }
    }
}

/// Finds every address.
///
/// # Errors
/// How the journey ends, and why: all addresses that can't be used, or more users to turn off than were allowed.
pub(super) fn select(answers: &Answers, view: &View<'_>, has_rule: bool) -> Result<Selection, (End, String)> {
    let these: &[String] = if let Some(Users::These(these)) = &answers.users { these } else { &[] };
    let lists = [these, &answers.exclude, &answers.lift, &answers.turn_off];
    let adds_kinds = has_rule && !answers.include.is_empty();
    let is_read = adds_kinds || lists.iter().any(|list| !list.is_empty());
    let Some(rows) = view.page.rows().filter(|_| is_read) else { return Ok(Selection::default()) };
    let mut finder = Finder { found: index(rows), wrong: Vec::new() };
    let lift = finder.pick(&answers.lift, |user| Ok(user.is_excluded));
    let exclude = finder.pick(&answers.exclude, |user| {
        if lift.contains_key(&user.at) { Err("Given with --lift too") } else { Ok(!user.is_excluded) }
    });
    let turns_all_on = matches!(answers.users, Some(Users::All | Users::Auto));
    // Others were turned off before, or by this command, which was killed: what was asked for is so.
    let off = finder.pick(&answers.turn_off, |user| {
        let stays_excluded =
            (user.is_excluded && !lift.contains_key(&user.at)) || exclude.contains_key(&user.at);
        let is_turned_on = turns_all_on && !stays_excluded;
        match user.mark {
            Mark::On if is_turned_on => {
                Err("Turned off, and on again by --users (exclude them too: --exclude)")
            }
            Mark::Off | Mark::Ticked | Mark::Closed if is_turned_on && user.closed(answers).is_none() => {
                Err("Off, and turned on by --users (exclude them too: --exclude)")
            }
            _ => Ok(true),
        }
    });
    let tick = finder.pick(these, |user| {
        if exclude.contains_key(&user.at) {
            Err("Given with --exclude too")
        } else if off.contains_key(&user.at) {
            Err("Given with --turn-off too")
        } else if user.mark == Mark::Excluded && lift.contains_key(&user.at) {
            Ok(true)
        } else {
            user.closed(answers).map_or(Ok(user.mark != Mark::On), Err)
        }
    });
    if !finder.wrong.is_empty() {
        return Err((End::Wrong, finder.words(answers)));
    }
    let (turn_off, off_before): (Vec<Picked>, Vec<Picked>) =
        off.into_values().partition(|user| user.mark == Mark::On);
    if let Some(words) = answers.off_beyond(size(turn_off.len())) {
        return Err((End::Stopped, words));
    }
    let users = (0..rows.rows.len()).filter(|_| adds_kinds).filter_map(|at| Picked::of(rows, at));
    let included = users.filter(|user| user.mark == Mark::Closed && user.is_of(&answers.include));
    Ok(Selection {
        off_before: off_before.into_iter().map(|user| user.address).collect(),
        lifted_by_rule: size(lift.values().filter(|user| has_rule && user.mark != Mark::On).count()),
        included_by_rule: size(included.count()),
        marked: vec![
            (answer::Mark::Lift, lift.into_values().collect()),
            (answer::Mark::Exclude, exclude.into_values().collect()),
            (answer::Mark::Tick, tick.into_values().collect()),
            (answer::Mark::Off, turn_off),
        ],
    })
}

/// Looks addresses up, and keeps what is wrong with them.
struct Finder {
    /// Every listed user, by each of the two names that they have, folded.
    found: HashMap<String, Vec<Picked>>,
    /// What is wrong, and the addresses with which it is.
    wrong: Vec<(&'static str, Vec<Text>)>,
}

impl Finder {
    /// The users with these addresses, or sign-in names, whom the judge takes, each once. What has no user, or several, or is
    /// refused by the judge, is kept as wrong.
    fn pick(
        &mut self,
        addresses: &[String],
        judge: impl Fn(&Picked) -> Result<bool, &'static str>,
    ) -> BTreeMap<usize, Picked> {
        let mut users = BTreeMap::new();
        for given in addresses {
            // Users without an address are never meant.
            let judged = match self.found.get(&folded(given)).map(Vec::as_slice) {
                Some([user]) => judge(user).map(|is_taken| is_taken.then(|| (user.at, user.clone()))),
                Some(_) => Err("Several users have this address, or this sign-in name"),
                None => Err("Not listed"),
            };
            match judged {
                Ok(user) => users.extend(user),
                Err(why) => match self.wrong.iter_mut().find(|(known, _)| *known == why) {
                    Some((_, addresses)) => addresses.push(Text::clean(given)),
                    None => self.wrong.push((why, vec![Text::clean(given)])),
                },
            }
        }
        users
    }

    /// Every address that can't be used, and why.
    fn words(&self, answers: &Answers) -> String {
        let parts = self.wrong.iter().map(|(why, addresses)| format!("{why}: {}.", named(addresses, NAMED)));
        let parts: Vec<String> = parts.collect();
        // More was asked for than to turn users on and to exclude them.
        let unchanged = if answers.lift.is_empty() && answers.turn_off.is_empty() {
            "Nobody was turned on or excluded."
        } else {
            "Nothing was changed."
        };
        format!("{unchanged} {} Correct the list, then start again.", parts.join(" "))
    }
}

/// Every listed user, by each of the two names that they have, folded.
fn index(rows: &RowsView<'_>) -> HashMap<String, Vec<Picked>> {
    let mut found: HashMap<String, Vec<Picked>> = HashMap::with_capacity(rows.rows.len());
    for user in (0..rows.rows.len()).filter_map(|at| Picked::of(rows, at)) {
        let names = [folded(rows.words(user.at, Column::SignIn).as_str()), folded(user.address.as_str())];
        for name in names.into_iter().filter(|name| !name.is_empty()) {
            found.entry(name).or_default().push(user.clone());
        }
    }
    found
}

/// A name or an address as it is compared: however it is written, but whole.
fn folded(words: &str) -> String {
    words.trim().to_lowercase()
}
