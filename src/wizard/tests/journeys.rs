//! Seeded journeys: a random hand in front of a record that keeps what it is told, with replies late, doubled, missing
//! and failing, and the program killed now and then. Whatever the hand does, nothing is written that was not confirmed
//! with the number on the screen, and afterwards a steady hand finishes the run.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{
        protection::{AutoRule, Chosen, Protection, Seat, SeatOutcome, SeatResult},
        run::{Outcome, RunDone},
        user::Kinds,
    },
    wizard::{
        event::{Edit, Move},
        resume::{Stage, stage},
    },
};

use super::*;

/// Journeys; each is the same on every machine.
const JOURNEYS: u64 = 60;

/// What the hand does before it becomes steady.
const DEEDS: u32 = 160;

/// The heading over the users.
const LIST: &str = "Which users shall be protected?";

/// What can be done to users.
const WORK: [Action; 14] = [
    Action::Tick,
    Action::Tick,
    Action::All,
    Action::These,
    Action::Clear,
    Action::Invert,
    Action::Exclude,
    Action::Range,
    Action::Kinds,
    Action::Auto,
    Action::TurnOff,
    Action::TurnOff,
    Action::Review,
    Action::Review,
];

/// What is on record besides the run.
#[derive(Default)]
struct Kept {
    seats: BTreeMap<UserId, Chosen>,
    excluded: BTreeSet<UserId>,
    kinds: Kinds,
    rule: Option<AutoRule>,
}

/// A source of chance: splitmix64, whose numbers are the same everywhere.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(u64::try_from(len.max(1)).unwrap())).unwrap()
    }
}

/// A wizard, what is on record, and chance.
struct Journey {
    desk: Desk,
    kept: Kept,
    chance: Chance,
    /// Everything that the hand did, for the message of a failed check.
    diary: Vec<String>,
    /// Headings seen.
    seen: BTreeSet<String>,
}

/// The customer has a tenant on record, so that the way to the users is short.
fn run_on_record() -> RunRecord {
    let mut run = record(1, Product::Office365);
    run.customer.products = vec![Product::Office365];
    run.customer.is_managed = true;
    run.customer.tenant = Some(tenant(1));
    run.organisation = Some(organisation(1));
    run
}

/// Opens a wizard on this run.
fn desk(run: RunRecord) -> Desk {
    let mut setup = setup();
    setup.run = Some(run.id.clone());
    let row = row(run.customer.clone(), Progress::NotStarted, Some(&run));
    let mut desk = Desk::unopened(setup, vec![row]);
    desk.named = run.organisation.clone();
    desk.record = Some(run);
    desk
}

/// An Enable Auto rule.
fn rule(made: Moment, confirmed: u32, ceiling: u32) -> AutoRule {
    AutoRule { made, by: Text::from("kim"), confirmed, ceiling, last_pass: None, attention: None }
}

/// The digits of a number on the screen.
fn digits(text: &str) -> Option<u32> {
    let number: String = text
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || *c == ',')
        .collect();
    number.replace(',', "").parse().ok()
}

impl Journey {
    fn new(seed: u64) -> Self {
        let mut desk = desk(run_on_record());
        desk.verdict = Verdict::Proved;
        Self { desk, kept: Kept::default(), chance: Chance(seed), diary: Vec::new(), seen: BTreeSet::new() }
    }

    /// The number that the screen asks to be typed.
    fn asked(&self) -> Option<u32> {
        let heading = self.desk.heading();
        if let Some(number) = digits(&heading).filter(|_| heading.starts_with("Turn ")) {
            return Some(number);
        }
        let blocks = self.desk.view().panel.blocks;
        blocks.into_iter().find_map(|block| match block {
            Block::Counts(counts) => counts.into_iter().find(|count| count.is_total).map(|count| count.count),
            _ => None,
        })
    }

    /// Does something, and checks what it made the wizard write.
    fn does(
        &mut self,
        what: impl std::fmt::Display,
        deed: impl for<'a> FnOnce(&'a mut Desk) -> &'a mut Desk,
    ) {
        let (heading, asked) = (self.desk.heading(), self.asked());
        let before = self.desk.open.iter().map(|(call, _)| *call).max();
        let confirmed_before =
            self.desk.record.as_ref().map(|run| run.unfinished.clone()).unwrap_or_default();
        self.diary.push(format!("{what} at {heading:?}"));
        deed(&mut self.desk);
        self.seen.insert(self.desk.heading());
        for (call, request) in &self.desk.open {
            if before.is_some_and(|last| *call <= last) {
                continue;
            }
            let is_right = match request {
                Request::Apply(_, users) => {
                    let is_question = heading.starts_with("Turn ") && heading.ends_with(" on?");
                    let number = u32::try_from(users.len()).unwrap();
                    let ids: BTreeSet<UserId> = users.iter().map(|user| user.id).collect();
                    // Asked with its number, sent again after it broke off, or confirmed before the program died.
                    ids.len() == users.len()
                        && (is_question && asked == Some(number)
                            || heading == "Broken off"
                            || users.iter().all(|user| confirmed_before.contains(user)))
                }
                Request::TurnOff(_, users) => {
                    let number = u32::try_from(users.len()).unwrap();
                    heading == "Broken off"
                        || heading.starts_with("Turn ") && heading.ends_with(" off?") && asked == Some(number)
                }
                Request::MakeRule { confirmed, .. } => {
                    heading == "Switch Enable Auto on?" && (*confirmed == 0 || asked == Some(*confirmed))
                }
                Request::UndoRule(_) => heading == "Switch Enable Auto off?",
                Request::Enable(_) => heading.starts_with("Has ") && self.desk.verdict == Verdict::Proved,
                _ => true,
            };
            assert!(is_right, "{request:?} after {:#?}", self.diary);
        }
        let view = self.desk.view();
        assert!(!view.panel.heading.is_empty());
        assert_eq!(view.trail.len(), 6);
    }

    /// What the record answers, or the made-up world.
    fn answer(&mut self, call: CallId, request: &Request, is_doubled: bool, is_failed: bool) {
        if is_failed && !matches!(request, Request::Wake(_)) {
            // A write may have happened although its answer never came.
            if self.chance.below(2) == 0 {
                let _lost = self.replies(request);
            }
            self.does(format!("{call:?} fails"), |desk| desk.happen(Happening::Reply(call, failed())));
            return;
        }
        for _ in 0..=u32::from(is_doubled) {
            for reply in self.replies(request) {
                let name = format!(
                    "{call:?} {}",
                    &format!("{request:?}").split(['(', ' ']).next().unwrap_or_default()
                );
                self.does(name, |desk| desk.happen(Happening::Reply(call, reply)));
            }
        }
    }

    /// Carries a request out: changes what is on record, and says what comes back.
    fn replies(&mut self, request: &Request) -> Vec<Reply> {
        let now = self.desk.now;
        let result = |user: &Chosen, outcome| SeatResult { user: user.clone(), outcome };
        match request {
            Request::Wake(_) => vec![Reply::Woken],
            Request::LoadProtection(..) => vec![Reply::Protection(Box::new(self.protection()))],
            Request::ListUsers { .. } => vec![Reply::Page(page()), Reply::Listed { total: 3 }],
            Request::SaveDraft(_, draft) => {
                let draft = draft.clone();
                self.desk.record.as_mut().unwrap().draft = draft;
                vec![Reply::Saved]
            }
            Request::SaveKinds(_, _, kinds) => {
                self.kept.kinds = *kinds;
                vec![Reply::Saved]
            }
            Request::ChangeExclusions(_, change) => {
                for user in &change.users {
                    if change.exclude {
                        self.kept.excluded.insert(*user)
                    } else {
                        self.kept.excluded.remove(user)
                    };
                }
                vec![Reply::Excluded(self.kept.excluded.iter().copied().collect())]
            }
            Request::Apply(_, users) => {
                let results: Vec<SeatResult> = users
                    .iter()
                    .map(|user| {
                        if self.kept.excluded.contains(&user.id) {
                            return result(user, SeatOutcome::Excluded);
                        }
                        let was_on = self.kept.seats.insert(user.id, user.clone()).is_some();
                        result(user, if was_on { SeatOutcome::AlreadyOn } else { SeatOutcome::TurnedOn })
                    })
                    .collect();
                self.desk.record.as_mut().unwrap().unfinished.clear();
                vec![Reply::Batch(results), Reply::Saved]
            }
            Request::TurnOff(_, users) => {
                let results = users.iter().map(|user| {
                    self.kept.seats.remove(&user.id);
                    result(user, SeatOutcome::TurnedOff)
                });
                vec![Reply::Batch(results.collect()), Reply::Saved]
            }
            Request::MakeRule { confirmed, ceiling, .. } => {
                let rule = rule(now, *confirmed, *ceiling);
                self.kept.rule = Some(rule.clone());
                vec![Reply::Rule(Some(rule))]
            }
            Request::UndoRule(_) => {
                self.kept.rule = None;
                vec![Reply::Rule(None)]
            }
            Request::FinishRun(_) => {
                let protection = self.protection();
                let run = self.desk.record.as_mut().unwrap();
                run.finished = run.finished.or(Some(now));
                vec![Reply::Outcome(Box::new(Outcome {
                    run: run.clone(),
                    done: RunDone::default(),
                    protection,
                    results: Vec::new(),
                    audit: Vec::new(),
                    is_audit_whole: true,
                    sweeper: SweeperStatus::default(),
                }))]
            }
            other => self.desk.reply_to(other).into_iter().collect(),
        }
    }

    fn protection(&self) -> Protection {
        let seat = |user: &Chosen| Seat {
            id: user.id,
            address: user.address.clone(),
            name: user.name.clone(),
            since: Moment::default(),
            left: None,
            first_backup: None,
        };
        Protection {
            seats: self.kept.seats.values().map(seat).collect(),
            exclusions: self.kept.excluded.iter().copied().collect(),
            rule: self.kept.rule.clone(),
            kinds: self.kept.kinds,
            limit: None,
            used_elsewhere: 0,
        }
    }

    /// One open call is answered, late or early, once or twice, well or badly; or never, where that may be.
    fn random_answer(&mut self) {
        if self.desk.open.is_empty() {
            return;
        }
        let at = self.chance.index(self.desk.open.len());
        let (call, request) = self.desk.open.remove(at);
        match self.chance.below(12) {
            0 if !request.is_write() && !matches!(request, Request::Wake(_)) => {
                self.diary.push(format!("{call:?} is never answered"));
            }
            1 | 2 => self.answer(call, &request, true, false),
            3 | 4 => self.answer(call, &request, false, true),
            _ => self.answer(call, &request, false, false),
        }
    }

    /// Everything that is out is answered well, waits excepted.
    fn settles(&mut self) {
        for _ in 0..200 {
            let Some(at) =
                self.desk.open.iter().position(|(_, request)| !matches!(request, Request::Wake(_)))
            else {
                return;
            };
            let (call, request) = self.desk.open.remove(at);
            self.answer(call, &request, false, false);
        }
        panic!("the wizard never stops asking: {:?} after {:#?}", self.desk.open, self.diary);
    }

    /// The program is killed and started again: what was confirmed and not carried out is on record.
    fn dies(&mut self) {
        let mut run = self.desk.record.clone().unwrap();
        for (_, request) in &self.desk.open {
            if let Request::Apply(_, users) = request {
                // The row that names them is written before the first seat; a kill may also come before that.
                run.unfinished = if self.chance.below(2) == 0 { users.to_vec() } else { Vec::new() };
            }
        }
        self.diary.push("killed".into());
        let expected = stage(&run);
        let verdict = self.desk.verdict.clone();
        self.desk = desk(run);
        self.desk.verdict = verdict;
        self.settles();
        let stop = match expected {
            Stage::Access => "Access",
            Stage::Authorise => "Authorise",
            Stage::Users => "Users",
            Stage::Outcome => "Outcome",
        };
        assert_eq!(self.desk.stop(), stop, "another step than on record after {:#?}", self.diary);
    }

    /// Does one thing that comes to mind.
    fn random_deed(&mut self) {
        // Chance alone would seldom strike while a write is out.
        let is_writing = self.desk.open.iter().any(|(_, request)| matches!(request, Request::Apply(..)));
        if is_writing && self.chance.below(5) == 0 {
            return self.dies();
        }
        let number = self.asked().unwrap_or(3);
        match self.chance.below(40) {
            0..=11 => {
                // Every key that is open; on the list, where most is to be done wrong, those that do something to users.
                let keys: Vec<Action> = if self.desk.heading() == LIST {
                    WORK.to_vec()
                } else {
                    self.desk.view().keys.iter().map(|key| key.action).collect()
                };
                if let Some(action) = keys.get(self.chance.index(keys.len())).copied() {
                    // Leaving ends the journey before it began, and a parked run is another story.
                    if !matches!(action, Action::Leave | Action::Park | Action::Another) {
                        self.does(format!("{action:?}"), |desk| desk.act(action));
                    }
                }
            }
            12..=15 => self.does("Enter", |desk| desk.submit()),
            16 => self.does("Esc", |desk| desk.press(Intent::Back)),
            17..=19 => self.does(format!("types {number}"), |desk| desk.type_in(&number.to_string())),
            20 => self.does("types 7", |desk| desk.type_in("7")),
            21 => self.does("empties", |desk| desk.press(Intent::Edit(Edit::Clear))),
            22 => self.does("pastes", |desk| desk.press(Intent::Paste("2\n".into()))),
            23..=25 => {
                let by = Move::By(i64::try_from(self.chance.below(5)).unwrap() - 2);
                self.does(format!("{by:?}"), |desk| desk.press(Intent::Move(by)));
            }
            26 => self.does("Tab", |desk| desk.press(Intent::NextControl)),
            27..=36 => self.random_answer(),
            37 => {
                let seconds = self.chance.below(40);
                self.waits(seconds);
            }
            38 => self.settles(),
            _ => {
                if self.chance.below(6) == 0 {
                    self.dies();
                }
            }
        }
    }

    /// Lets time pass: every wait ends.
    fn waits(&mut self, seconds: u64) {
        self.desk.now = self.desk.now.plus(std::time::Duration::from_secs(seconds));
        while let Some(at) =
            self.desk.open.iter().position(|(_, request)| matches!(request, Request::Wake(_)))
        {
            let (call, _) = self.desk.open.remove(at);
            self.does("a wait ends", |desk| desk.happen(Happening::Reply(call, Reply::Woken)));
            // A wait may start the next one: one round is enough here.
            if self.chance.below(3) == 0 {
                return;
            }
        }
    }

    /// From wherever the run is, a steady hand brings it to its outcome with everybody on who may be.
    fn finishes(&mut self) {
        self.dies();
        for _ in 0..60 {
            self.settles();
            let heading = self.desk.heading();
            let stop = self.desk.stop();
            if stop == "Outcome" {
                return;
            }
            match (stop, heading.as_str()) {
                ("Users", LIST) => {
                    self.does("All", |desk| desk.act(Action::All));
                    self.does("Review", |desk| desk.act(Action::Review));
                }
                ("Users", "Nothing to turn on" | "Finish without turning them on?") => {
                    self.does("Finish", |desk| desk.act(Action::Finish));
                }
                ("Users", results) if results.ends_with("registered for backup") => {
                    self.does("Esc", |desk| desk.press(Intent::Back));
                }
                ("Users", question) if question.starts_with("Turn ") => {
                    let number = self.asked().unwrap();
                    self.does("empties", |desk| desk.press(Intent::Edit(Edit::Clear)));
                    if number > 1 {
                        self.does(format!("types {number}"), |desk| desk.type_in(&number.to_string()));
                    }
                    self.does("Enter", |desk| desk.submit());
                }
                ("Authorise", _) => {
                    self.does("Enter", |desk| desk.submit());
                    self.settles();
                    self.waits(40);
                }
                _ => self.does("Enter", |desk| desk.submit()),
            }
        }
        panic!("no way to the outcome from {:?}: {:#?}", self.desk.heading(), self.diary);
    }
}

#[test]
fn whatever_a_random_hand_does_is_confirmed_and_a_steady_one_finishes() {
    let mut seen = BTreeSet::new();
    for seed in 0..JOURNEYS {
        let mut journey = Journey::new(seed);
        if seed % 3 == 0 {
            journey.kept.rule = Some(rule(Moment::default(), 2, 12));
        }
        if seed % 4 != 0 {
            journey.settles();
            journey.does("Enter", |desk| desk.submit());
            journey.settles();
        }
        for _ in 0..DEEDS {
            if journey.desk.record.as_ref().unwrap().finished.is_some() {
                break;
            }
            journey.random_deed();
            if journey.desk.wizard.ended().is_some() || journey.desk.stop() == "Customer" {
                journey.dies();
            }
        }
        let was_finished = journey.desk.record.as_ref().unwrap().finished.is_some();
        journey.finishes();
        let may: BTreeSet<UserId> = page()
            .ids()
            .iter()
            .zip(page().kinds())
            .filter(|(id, kind)| journey.kept.kinds.allows(**kind) && !journey.kept.excluded.contains(*id))
            .map(|(id, _)| *id)
            .collect();
        let on: BTreeSet<UserId> = journey.kept.seats.keys().copied().collect();
        let message = format!("seed {seed}: {may:?} in {on:?} after {:#?}", journey.diary);
        assert!(was_finished || may.is_subset(&on), "{message}");
        seen.append(&mut journey.seen);
    }
    for heading in [
        LIST,
        "Turn 2 users on?",
        "Turn 1 user off?",
        "Turning users on",
        "Broken off",
        "Completing what was confirmed before",
        "Which kinds are included?",
        "Enable Auto: the bill and the clock",
        "Switch Enable Auto on?",
        "Switch Enable Auto off?",
        "Outcome",
    ] {
        assert!(seen.contains(heading), "no journey saw {heading:?}: {seen:#?}");
    }
}
