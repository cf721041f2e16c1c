//! The one verdict on a run and on a product (product.md rule 19): what was wanted, what is true, what is not known and
//! what the listing could not see, put together once.
//!
//! The outcome, the receipts, `status`, the exit codes and the sweep speak from it. A user who was wanted and is neither
//! protected nor scheduled makes the run *partly done*, whatever the cause; *scheduled* counts only while a pass will
//! turn these users on.

use std::collections::BTreeSet;

use super::{
    bill::{counted, grouped, size},
    id::UserId,
    phrase::{Command, Phrase, phrase},
    protection::{SeatOutcome, SeatResult},
    run::{Outcome, RunRecord, SweeperStatus},
    text::{Text, capital},
    time::Moment,
};

/// What the last complete listing came to, as it is kept with a run and its product.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ListSummary {
    /// Users listed.
    pub listed: u32,
    /// Users that could be protected, those who are on included ("184 of 231").
    pub eligible: u32,
    /// Users with mail whose kind nobody has told yet: neither on, excluded nor included.
    pub unchecked: u32,
    /// Rows with a problem, neither on nor excluded: they can't be turned on.
    pub problems: u32,
    /// What the listing could not see, and the rows with a problem by name, in words.
    pub gaps: Vec<Text>,
    /// When it was counted, as the record has it.
    pub counted: Option<Moment>,
}

/// Rows with a problem that are named; the others are counted. A guess: they fit on a line or two.
pub const PROBLEMS_NAMED: usize = 3;

impl ListSummary {
    /// A list of which nothing is unknown.
    #[must_use]
    pub fn of(listed: u32, eligible: u32) -> Self {
        Self { listed, eligible, ..Self::default() }
    }

    /// Users of the list who could be protected and are off. `on`: active seats now; `left_before`: those of users who
    /// had left when it was counted. A user who left after that was counted, and has a seat.
    #[must_use]
    pub const fn off(&self, on: u32, left_before: u32) -> u32 {
        self.eligible.saturating_sub(on.saturating_sub(left_before))
    }

    /// Keeps how many rows have a problem that keeps them off, with the first of them (name, address, problem) as a
    /// gap: whoever keeps the counts keeps the names.
    pub fn keep_problems(&mut self, count: u32, first: impl Iterator<Item = (Text, Text, Text)>) {
        self.problems = count;
        if count == 0 {
            return;
        }
        let named: Vec<String> = first
            .take(PROBLEMS_NAMED)
            .map(|(name, address, problem)| {
                let who = if address.is_empty() { name } else { address };
                format!("{who} ({problem})")
            })
            .collect();
        let more = count.saturating_sub(size(named.len()));
        let more = if more > 0 { format!(", and {} more", grouped(more)) } else { String::new() };
        let can_not = counted(count, "mailbox can't be protected", "mailboxes can't be protected");
        self.gaps.push(Text::of(format_args!("{can_not}: {}{more}", named.join(", "))));
    }
}

/// Words about a listing that is under way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ListNote {
    /// What it can't see, for good ("people hidden from the address list are missing").
    Gap(Text),
    /// What is going on just now ("the server asked us to wait").
    Passing(Text),
}

impl ListNote {
    /// The words.
    #[must_use]
    pub const fn words(&self) -> &Text {
        let (Self::Gap(words) | Self::Passing(words)) = self;
        words
    }

    /// Whether it says what the listing can't see, which stays true when the listing has ended.
    #[must_use]
    pub const fn is_gap(&self) -> bool {
        matches!(self, Self::Gap(_))
    }
}

/// Why the users that Enable Auto wants are turned on by no pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standstill {
    /// No sweeper has ever run here, and none is installed.
    NoSweeper,
    /// The last 20:00 went by without a pass.
    Overdue,
    /// A pass turns no user on while so many seats are missing.
    NoSeats(u32),
    /// A pass turns no user on above the ceiling.
    AboveCeiling(u32),
}

impl Standstill {
    /// The reason, as the rest of a sentence.
    #[must_use]
    pub fn words(self) -> Text {
        match self {
            Self::NoSweeper => Text::from("nothing will run at 20:00: no sweeper is installed"),
            Self::Overdue => Text::from("the sweep is overdue: the last 20:00 went by without it"),
            Self::NoSeats(missing) => Text::of(format_args!(
                "{} missing, and a sweep turns nobody on until they are ordered",
                counted(missing, "seat is", "seats are")
            )),
            Self::AboveCeiling(ceiling) => Text::of(format_args!(
                "they would need more than the {} seats that Enable Auto may use, and a sweep turns nobody on above that",
                grouped(ceiling)
            )),
        }
    }

    /// What it makes of Enable Auto, in as few words as a narrow list has room for.
    #[must_use]
    pub const fn in_brief(self) -> &'static str {
        match self {
            Self::NoSweeper => "no sweeper runs",
            Self::NoSeats(_) => "automatic, no seat",
            Self::Overdue | Self::AboveCeiling(_) => "automatic, stopped",
        }
    }

    /// The same, with what has a sweep run where a command does.
    #[must_use]
    pub fn in_words(self) -> Phrase {
        let words = Phrase::from(self.words());
        match self {
            Self::NoSweeper => words.with(phrase![
                ". Ask your lead to run ",
                Command::SweepInstall,
                " on the computer that has this record; it must stay on."
            ]),
            Self::Overdue | Self::NoSeats(_) | Self::AboveCeiling(_) => words,
        }
    }

    /// The same, in a line or two for a page that has rows to show.
    #[must_use]
    pub fn briefly(self) -> Phrase {
        match self {
            Self::NoSweeper => {
                phrase!["no sweeper is installed. Your lead runs ", Command::SweepInstall, "."]
            }
            _ => self.in_words(),
        }
    }

    /// The word in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoSweeper => "no_sweeper",
            Self::Overdue => "overdue",
            Self::NoSeats(_) => "no_seats",
            Self::AboveCeiling(_) => "above_ceiling",
        }
    }
}

/// Users that Enable Auto wants and who are not on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Schedule {
    /// How many.
    wanted: u32,
    /// Why no pass will turn them on.
    pub standstill: Option<Standstill>,
}

impl Schedule {
    /// What the next pass makes of `wanted` users. `on`: active seats of the product; `free`: seats that are bought and
    /// not used, none without a limit on record.
    #[must_use]
    pub fn of(wanted: u32, ceiling: u32, on: u32, free: Option<u32>, sweeper: &SweeperStatus) -> Self {
        let missing = free.map_or(0, |free| wanted.saturating_sub(free));
        let limited = match wanted {
            0 => None,
            _ if on.saturating_add(wanted) > ceiling => Some(Standstill::AboveCeiling(ceiling)),
            _ if missing > 0 => Some(Standstill::NoSeats(missing)),
            _ => None,
        };
        // Where nobody waits, whoever comes later would: without a sweeper no sweep is promised.
        Self { wanted, standstill: sweeper.standstill().or(limited) }
    }

    /// Users that the next pass turns on.
    #[must_use]
    pub const fn scheduled(self) -> u32 {
        if self.standstill.is_none() { self.wanted } else { 0 }
    }

    /// Users that are wanted and that no pass will turn on.
    #[must_use]
    pub const fn stalled(self) -> u32 {
        self.wanted.saturating_sub(self.scheduled())
    }

    /// How many of so many users whose kind is not known stay off: a pass asks before it turns anybody on, and without one
    /// nobody asks.
    #[must_use]
    pub const fn never_checked(self, unchecked: u32) -> u32 {
        match self.standstill {
            Some(Standstill::NoSweeper | Standstill::Overdue) => unchecked,
            _ => 0,
        }
    }

    /// A sentence about the stalled ones, without a full stop; none where there is none. Without a sweeper nobody who comes
    /// later is turned on, and they are wanted too.
    #[must_use]
    pub fn trouble(self) -> Option<Text> {
        let standstill = self.standstill?;
        let why = standstill.words();
        match self.wanted {
            0 if standstill == Standstill::NoSweeper => {
                Some(Text::of(format_args!("Enable Auto is on, and {why}")))
            }
            0 => None,
            _ => Some(Text::of(format_args!(
                "{} for Enable Auto, and {why}",
                counted(self.wanted, "user waits", "users wait")
            ))),
        }
    }
}

/// What is always missing from a list that was searched for.
pub const HIDDEN: &str = "Found by searching: people hidden from the address list are missing.";

/// What an operator can do about what a search could not see.
pub const PASTE_A_LIST: &str = "Paste a list at Access to be sure.";

/// What the listing could not see, without what an operator can do about it: the customer reads it too, and a screen has a
/// key for it.
#[must_use]
pub fn without_advice(gap: &Text) -> &str {
    // Records of before say it so.
    const BEFORE: &str = "Import a list to be sure.";
    let words = gap.as_str();
    [PASTE_A_LIST, BEFORE].iter().find_map(|advice| words.strip_suffix(advice)).map_or(words, str::trim_end)
}

/// Users who were wanted and whom nothing will turn on, in the few words that a list has room for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LeftOff {
    /// How many.
    pub users: u32,
    /// The customer has no seat left for them.
    pub has_no_seat: bool,
}

impl LeftOff {
    /// How many and why, as the rest of a sentence.
    #[must_use]
    pub fn words(self) -> Text {
        let why = if self.has_no_seat { "no seat is left" } else { "neither protected nor scheduled" };
        Text::of(format_args!("{} left off: {why}", grouped(self.users)))
    }
}

/// What an outcome comes to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Verdict {
    /// Active seats of users who have not left.
    pub protected: u32,
    /// Seats that are kept for users who have left.
    pub left: u32,
    /// Wanted by Enable Auto and not protected yet.
    pub schedule: Schedule,
    /// Chosen, and neither protected nor scheduled; rows with a problem among them where everybody was chosen.
    pub missed: u32,
    /// Rows of the list with a problem among those who were missed.
    pub problems: u32,
    /// Everybody was chosen, and the kind of so many is not known: they are off, and no pass will ask.
    pub unchecked: u32,
    /// Eligible, and not chosen.
    pub not_chosen: u32,
    /// What the listing could not see.
    pub gaps: Vec<Text>,
}

impl Verdict {
    /// Sums an outcome up.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Self {
        let Outcome { run, done, protection, results, earlier, .. } = outcome;
        let seats = &protection.seats;
        let on: BTreeSet<UserId> = seats.iter().map(|seat| seat.id).collect();
        let excluded: BTreeSet<UserId> = protection.exclusions.iter().copied().collect();
        let left = size(seats.iter().filter(|seat| seat.left.is_some()).count());
        let protected = size(seats.len()).saturating_sub(left);
        // Whoever was excluded after something else kept them off is not wanted any more.
        let is_wanted = |result: &&SeatResult| {
            is_for_turning_on(&result.outcome)
                && (result.outcome == SeatOutcome::Excluded || !excluded.contains(&result.user.id))
        };
        let from_results = results.iter().chain(earlier).filter(is_wanted).map(|result| result.user.id);
        let unfinished = run.unfinished.iter().map(|user| user.id);
        let ticked =
            run.draft.exceptions.iter().copied().filter(|id| !run.draft.all && !excluded.contains(id));
        let chosen: BTreeSet<UserId> =
            from_results.chain(unfinished).chain(ticked).filter(|id| !on.contains(id)).collect();
        let refused = size(chosen.intersection(&excluded).count());
        let open = size(chosen.len()).saturating_sub(refused);
        let list = &done.list;
        let had_left = |at: Moment| list.counted.is_some_and(|counted| at <= counted);
        let left_before = size(seats.iter().filter(|seat| seat.left.is_some_and(had_left)).count());
        let eligible_off = list.off(size(seats.len()), left_before);
        let wanted = if run.draft.all {
            let unticked = run.draft.exceptions.iter().filter(|id| !on.contains(*id)).count();
            eligible_off.saturating_sub(size(unticked)).max(open)
        } else {
            open
        };
        let wants_all = wants_everybody(run, results) || protection.rule.is_some();
        let problems = if wants_all { list.problems } else { 0 };
        let refused = refused.saturating_add(problems);
        // No sweep turns anybody on for a closed account.
        let rule = protection.rule.as_ref().filter(|_| run.customer.is_active);
        let (schedule, missed, not_chosen, unchecked) = match rule {
            Some(rule) => {
                let (all, on) = (eligible_off.max(wanted), size(seats.len()));
                let schedule = Schedule::of(all, rule.ceiling, on, protection.free(), &protection.sweeper);
                (schedule, refused, 0, schedule.never_checked(list.unchecked))
            }
            None => (
                Schedule::default(),
                wanted.saturating_add(refused),
                eligible_off.saturating_sub(wanted),
                if run.draft.all || run.has_applied_all { list.unchecked } else { 0 },
            ),
        };
        Self { protected, left, schedule, missed, problems, unchecked, not_chosen, gaps: list.gaps.clone() }
    }

    /// Whether a wanted user is neither protected nor scheduled, or nobody who comes later will be: exit code 3.
    #[must_use]
    pub const fn is_partly(&self) -> bool {
        self.wanted_and_off() > 0 || matches!(self.schedule.standstill, Some(Standstill::NoSweeper))
    }

    /// Users who were wanted and are neither protected nor scheduled.
    #[must_use]
    pub const fn wanted_and_off(&self) -> u32 {
        self.missed.saturating_add(self.unchecked).saturating_add(self.schedule.stalled())
    }

    /// The result in a word or a few.
    #[must_use]
    pub fn result(&self, outcome: &Outcome) -> &'static str {
        let has_rule = outcome.protection.rule.is_some();
        let has_changed = outcome.done.turned_on > 0 || outcome.done.turned_off > 0;
        // Whoever was chosen and was protected before is what was wanted.
        let has_chosen = !outcome.results.is_empty() || outcome.run.draft.all || outcome.run.has_applied_all;
        match (self.is_partly(), has_changed || has_rule || has_chosen) {
            (true, _) => "partly done",
            (false, true) => "done",
            (false, false) => "nothing was turned on",
        }
    }

    /// The result in one line: who is protected, and who was wanted and is not.
    #[must_use]
    pub fn headline(&self, outcome: &Outcome) -> Text {
        let on = match self.protected {
            0 => "nobody is protected yet".to_owned(),
            on => format!("{} protected", counted(on, "user is", "users are")),
        };
        let (scheduled, stalled) = (self.schedule.scheduled(), self.schedule.stalled());
        let more = match self.wanted_and_off() {
            0 if scheduled > 0 => format!(", {} scheduled", grouped(scheduled)),
            0 if self.is_partly() => ", and no sweep will turn on later users".to_owned(),
            0 => String::new(),
            open if open == stalled => format!(", {} a sweep", counted(open, "waits for", "wait for")),
            open => {
                let more = if self.protected > 0 { " more" } else { "" };
                format!(", {}{more} {} chosen", grouped(open), if open == 1 { "was" } else { "were" })
            }
        };
        Text::of(format_args!("{}: {on}{more}", capital(self.result(outcome))))
    }

    /// Why it is not simply done, a sentence each, without a full stop.
    #[must_use]
    pub fn troubles(&self) -> Vec<Text> {
        let missed = (self.missed > 0).then(|| {
            Text::of(format_args!(
                "{} chosen, and neither protected nor scheduled",
                counted(self.missed, "user was", "users were")
            ))
        });
        let unchecked = (self.unchecked > 0).then(|| unchecked(self.unchecked));
        let stalled = self.schedule.trouble();
        missed.into_iter().chain(unchecked).chain(stalled).collect()
    }
}

/// Users that stay off because nobody told of what kind they are, in words.
#[must_use]
pub fn unchecked(count: u32) -> Text {
    Text::of(format_args!("{} not checked yet, so left off", counted(count, "mailbox is", "mailboxes are")))
}

/// Whether everybody was chosen, rows with a problem included: by All; and on a list that was given, by any Apply. An
/// address of such a list that leads nowhere was meant to be protected.
#[must_use]
pub fn wants_everybody(run: &RunRecord, results: &[SeatResult]) -> bool {
    let has_chosen = || results.iter().any(|result| is_for_turning_on(&result.outcome));
    run.draft.all || run.has_applied_all || (run.lists_given() && has_chosen())
}

/// Whether a result is about a user who was chosen to be turned on.
#[must_use]
pub const fn is_for_turning_on(outcome: &SeatOutcome) -> bool {
    !matches!(outcome, SeatOutcome::TurnedOff)
}

#[cfg(test)]
mod tests;
