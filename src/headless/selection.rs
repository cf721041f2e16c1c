//! Addresses that were given, looked up in the list: each becomes a user's id, or is named with what is wrong. Pure.

use std::{
    collections::{BTreeMap, HashMap},
    ops::ControlFlow::Continue,
};

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

use super::{
    decision::{Decision, end, folded},
    report::End,
};

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

    fn is_among(&self, users: &[Self]) -> bool {
        users.binary_search_by_key(&self.at, |user| user.at).is_ok()
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

/// Finds every address; names all that can't be used.
pub(super) fn select(answers: &Answers, view: &View<'_>, has_rule: bool) -> Decision<Selection> {
    let these: &[String] = if let Some(Users::These(these)) = &answers.users { these } else { &[] };
    let lists = [these, &answers.exclude, &answers.lift, &answers.turn_off];
    let is_read = lists.iter().any(|list| !list.is_empty()) || (has_rule && !answers.include.is_empty());
    let Some(rows) = view.page.rows().filter(|_| is_read) else { return Continue(Selection::default()) };
    let mut finder = Finder { found: index(rows), wrong: Vec::new() };
    let (lift, _) = finder.pick(&answers.lift, |user| Ok(user.is_excluded));
    let (exclude, _) = finder.pick(&answers.exclude, |user| {
        if user.is_among(&lift) { Err("Given with --lift too") } else { Ok(!user.is_excluded) }
    });
    let turns_all_on = matches!(answers.users, Some(Users::All | Users::Auto));
    // Others were turned off before, or by this command, which was killed: what was asked for is so.
    let (turn_off, off_before) = finder.pick(&answers.turn_off, |user| {
        let stays_excluded = (user.is_excluded && !user.is_among(&lift)) || user.is_among(&exclude);
        let is_turned_on = turns_all_on && !stays_excluded;
        match user.mark {
            Mark::On if is_turned_on => {
                Err("Turned off, and on again by --users (exclude them too: --exclude)")
            }
            Mark::Off | Mark::Ticked | Mark::Closed if is_turned_on && user.closed(answers).is_none() => {
                Err("Off, and turned on by --users (exclude them too: --exclude)")
            }
            mark => Ok(mark == Mark::On),
        }
    });
    let (tick, _) = finder.pick(these, |user| {
        if user.is_among(&exclude) {
            Err("Given with --exclude too")
        } else if user.is_among(&turn_off) || user.is_among(&off_before) {
            Err("Given with --turn-off too")
        } else if user.mark == Mark::Excluded && user.is_among(&lift) {
            Ok(true)
        } else {
            user.closed(answers).map_or(Ok(user.mark != Mark::On), Err)
        }
    });
    finder.all_usable(answers)?;
    if let Some(words) = answers.off_beyond(size(turn_off.len())) {
        return end(End::Stopped, words);
    }
    let included = match answers.include.as_slice() {
        kinds @ [_, ..] if has_rule => {
            let all = (0..rows.rows.len()).filter_map(|at| Picked::of(rows, at));
            all.filter(|user| user.mark == Mark::Closed && user.is_of(kinds)).count()
        }
        _ => 0,
    };
    Continue(Selection {
        off_before: off_before.into_iter().map(|user| user.address).collect(),
        lifted_by_rule: size(lift.iter().filter(|user| has_rule && user.mark != Mark::On).count()),
        included_by_rule: size(included),
        marked: vec![
            (answer::Mark::Lift, lift),
            (answer::Mark::Exclude, exclude),
            (answer::Mark::Tick, tick),
            (answer::Mark::Off, turn_off),
        ],
    })
}

/// Looks addresses up, and keeps what is wrong with them.
struct Finder {
    /// Every listed user, by the folded address and by the folded sign-in name.
    found: HashMap<String, Vec<Picked>>,
    /// Addresses that can't be used, by why.
    wrong: Vec<(&'static str, Vec<Text>)>,
}

impl Finder {
    /// The users with these addresses, or sign-in names, each once, in the order of the list: those whom the judge takes,
    /// and the others. What has no user, or several, or is refused by the judge, is kept as wrong.
    fn pick(
        &mut self,
        addresses: &[String],
        judge: impl Fn(&Picked) -> Result<bool, &'static str>,
    ) -> (Vec<Picked>, Vec<Picked>) {
        let mut users = BTreeMap::new();
        for given in addresses {
            // Users without an address are never meant.
            let user = match self.found.get(&folded(given)).map(Vec::as_slice) {
                Some([user]) => judge(user).map(|is_taken| (user.at, (user.clone(), is_taken))),
                Some(_) => Err("Several users have this address, or this sign-in name"),
                None => Err("Not listed"),
            };
            match user {
                Ok((at, judged)) => {
                    users.insert(at, judged);
                }
                Err(why) => self.refuse(why, given),
            }
        }
        let (taken, others): (Vec<_>, Vec<_>) = users.into_values().partition(|(_, is_taken)| *is_taken);
        let users = |judged: Vec<(Picked, bool)>| judged.into_iter().map(|(user, _)| user).collect();
        (users(taken), users(others))
    }

    fn refuse(&mut self, why: &'static str, address: &str) {
        let address = Text::clean(address);
        match self.wrong.iter_mut().find(|(known, _)| *known == why) {
            Some((_, addresses)) => addresses.push(address),
            None => self.wrong.push((why, vec![address])),
        }
    }

    /// Ends where an address can't be used.
    fn all_usable(&self, answers: &Answers) -> Decision {
        if self.wrong.is_empty() {
            return Continue(());
        }
        let parts = self.wrong.iter().map(|(why, addresses)| format!("{why}: {}.", named(addresses, NAMED)));
        let parts: Vec<String> = parts.collect();
        // More was asked for than to turn users on and to exclude them.
        let unchanged = if answers.lift.is_empty() && answers.turn_off.is_empty() {
            "Nobody was turned on or excluded."
        } else {
            "Nothing was changed."
        };
        end(End::Wrong, format_args!("{unchanged} {} Correct the list, then start again.", parts.join(" ")))
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
