//! Enable Auto: one bill with the rule, the clock, who runs the sweep and the number; and undoing the rule.
//!
//! What stands beside the bill and may be another number (the most seats) is a question of its own, for those who ask.

use std::sync::Arc;

use crate::{
    domain::{
        bill::{Bill, counted, grouped},
        card::{Card, CardId},
        phrase::{Phrase, phrase},
        protection::AutoRule,
        run::SweeperStatus,
        sydney,
        text::{Text, capital},
        time::Moment,
        user::Kind,
        verdict::{Schedule, Standstill},
    },
    wizard::{
        answer::{Action, Given},
        ask::{NumberAsked, QuestionId, Shape},
        context::{UpdateCx, ViewCx},
        part::{
            said, sweep,
            wait::{self, Wait},
        },
        pending::{self, Arrival, Rule},
        roster::Ticks,
        screen::Scene,
        view::{BillView, Block, Fact, FactId, Tone},
    },
};

use super::{Dialog, DialogResult, confirm::Confirm, list_again, review::Review, scene};

/// Why a rule can't be undone.
const ONLY_ADMIN: &str = "Its first sweep has run: only an Admin can switch it off now.";

/// What is asked now; one question at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Stage {
    /// The list and the sweeper are awaited.
    #[default]
    Waiting,
    /// Seats are missing: a sweep would turn nobody on.
    NoSeats,
    /// Nothing will run at 20:00: go on all the same?
    NoSweeper,
    /// The bill: how many users are turned on at the next sweep?
    Number,
    /// At most how many seats may a sweep use?
    Ceiling,
    /// More than twice as many seats as are needed: keep that?
    HighCeiling,
    /// The rule is on: undo it?
    Undo,
}

/// The panel of Enable Auto.
#[derive(Debug, Default)]
pub(super) struct Auto {
    stage: Stage,
    asking: Wait<SweeperStatus>,
    saving: Wait<Rule>,
    sweeper: Option<SweeperStatus>,
    /// What was shown.
    shown: Option<(Bill, Ticks)>,
    /// Active seats of this product, those of users who are not listed any more included: the ceiling is for all.
    seats_on: u32,
    /// What was proposed, and what is taken.
    proposed: u32,
    ceiling: u32,
    ceiling_problem: Option<Phrase>,
    confirm: Confirm,
}

impl Auto {
    /// Opens it: to make the rule, or to undo the one that is on.
    pub(super) fn open(cx: &mut UpdateCx<'_>) -> Self {
        let mut auto = Self::default();
        if cx.session.roster.people.rule().is_some() {
            auto.stage = Stage::Undo;
        } else {
            auto.asking.start(cx, pending::load_sweeper(), wait::SWEEPER);
        }
        auto.changed(cx);
        auto
    }

    /// Seats that this product uses once every eligible user is on.
    fn after(&self) -> u32 {
        self.shown.as_ref().map_or(0, |(bill, _)| self.seats_on.saturating_add(bill.new_seats()))
    }

    fn count(&self) -> u32 {
        self.shown.as_ref().map_or(0, |(bill, _)| bill.billed())
    }

    fn take_ceiling(&mut self, most: u32) {
        self.confirm.renew();
        if most < self.after() {
            let needed = grouped(self.after());
            self.ceiling_problem = Some(
                format_args!("The next sweep needs {needed}; below that it would turn on nobody.").into(),
            );
        } else {
            self.ceiling = most;
            self.ceiling_problem = None;
            self.stage = if self.is_high() { Stage::HighCeiling } else { Stage::Number };
        }
    }

    /// Whether the ceiling is more than twice the count, and was not proposed: a few users always get room for ten.
    fn is_high(&self) -> bool {
        self.ceiling > self.proposed && self.ceiling > self.after().saturating_mul(2)
    }

    fn make(&mut self, cx: &mut UpdateCx<'_>, given: &Given) {
        let people = &cx.session.roster.people;
        // Checks that end meanwhile only take rows away: the number that was confirmed is the most that there can be.
        let now = people.expected();
        let is_same = self.shown.as_ref().is_some_and(|(bill, rows)| {
            let was_checked = bill.turn_on.iter().all(|(kind, _)| *kind != Kind::NotKnownYet);
            if was_checked { *rows == now } else { rows.has_all(&now) }
        });
        if !is_same || !cx.session.roster.is_whole() {
            self.stage = Stage::Waiting;
            self.changed(cx);
            self.confirm.again("The list has changed meanwhile. Please look again.");
            return;
        }
        if self.confirm.accept(given, self.count())
            && let Some(record) = &cx.session.record
        {
            let owed = Arc::new(people.chosen(people.eligible()));
            let make = pending::make_rule(record.id.clone(), self.count(), self.ceiling, owed);
            self.saving.start(cx, make, wait::RECORD);
        }
    }

    fn undo(&mut self, cx: &mut UpdateCx<'_>) -> DialogResult {
        let Some(rule) = cx.session.roster.people.rule() else { return DialogResult::Close };
        if rule.last_pass.is_some() && !cx.setup.operator.is_admin {
            cx.admin_only(ONLY_ADMIN);
        } else if let Some(record) = &cx.session.record {
            self.saving.start(cx, pending::undo_rule(record.id.clone()), wait::RECORD);
        }
        DialogResult::Stay
    }
}

impl Dialog for Auto {
    /// Goes on when the list and the sweeper are known.
    fn changed(&mut self, cx: &UpdateCx<'_>) {
        let roster = &cx.session.roster;
        let Some(sweeper) = &self.sweeper else { return };
        if self.stage == Stage::Waiting && roster.is_whole() {
            let people = &roster.people;
            let rows = people.expected();
            let bill = people.bill(&rows);
            self.stage = match (bill.seats_missing(), sweeper.host()) {
                (1.., _) => Stage::NoSeats,
                (0, Some(_)) => Stage::Number,
                (0, None) => Stage::NoSweeper,
            };
            self.seats_on = people.counts().seats;
            let seats = self.seats_on.saturating_add(bill.new_seats());
            // Another number that was typed stays, as far as it still does.
            let typed = Some(self.ceiling).filter(|most| *most != self.proposed && *most >= seats);
            self.proposed = AutoRule::default_ceiling(seats);
            self.ceiling = typed.unwrap_or(self.proposed);
            self.shown = Some((bill, rows));
        }
    }

    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> DialogResult {
        match (self.stage, &given) {
            _ if self.saving.is_out() => {}
            (Stage::NoSweeper | Stage::HighCeiling, Given::Yes) | (Stage::Ceiling, Given::Back) => {
                self.ceiling_problem = None;
                self.stage = Stage::Number;
            }
            (Stage::Number, Given::Do(Action::Ceiling)) => self.stage = Stage::Ceiling,
            (Stage::HighCeiling, Given::Back | Given::No) => {
                self.ceiling = self.proposed;
                self.stage = Stage::Ceiling;
            }
            // As many as there are seats for, now: their bill is a question of its own.
            (Stage::NoSeats, Given::Yes) if self.count() > 0 => {
                cx.session.roster.people.tick_all();
                cx.session.roster.touched(cx.calls);
                return DialogResult::Next(Box::new(Review::open(cx)));
            }
            (_, Given::Back | Given::No) => {
                self.asking.cancel(cx);
                return DialogResult::Close;
            }
            (Stage::Waiting, Given::Do(Action::Refresh)) => {
                list_again(cx);
                return DialogResult::Close;
            }
            (Stage::Ceiling, Given::Yes) => self.take_ceiling(self.ceiling),
            (Stage::Ceiling, Given::Number(most)) => self.take_ceiling(*most),
            (Stage::Number, Given::Yes | Given::Number(_)) => self.make(cx, &given),
            (Stage::Undo, Given::Yes) => return self.undo(cx),
            _ => {}
        }
        DialogResult::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> DialogResult {
        if let Some(sweeper) = cx.brought(Tone::Bad, self.asking.take(arrival)) {
            cx.session.roster.record_changed(|people| people.set_sweeper(sweeper.clone()));
            self.sweeper = Some(sweeper);
            self.changed(cx);
            return DialogResult::Stay;
        }
        if let Some(Rule(rule)) = cx.brought(Tone::Bad, self.saving.take(arrival)) {
            let is_on = rule.is_some();
            cx.session.roster.record_changed(|people| people.set_rule(rule));
            let schedule = cx.session.roster.people.schedule();
            match schedule.and_then(|schedule| schedule.standstill) {
                // No warning: the rule was saved, and a journey without a screen takes a warning for a refusal.
                Some(why) => cx.say(Tone::Plain, phrase!["Enable Auto is on, and ", why.words(), "."]),
                None if is_on => {
                    let words = "Enable Auto is on. Nobody is turned on before the next 20:00 in Sydney.";
                    cx.say(Tone::Good, words);
                }
                None => {
                    let words = "Enable Auto is off. Whoever is protected stays protected; users who waited for a sweep are off.";
                    cx.say(Tone::Good, words);
                }
            }
        }
        // Done, or failed and said.
        if arrival.is_left() { DialogResult::Stay } else { DialogResult::Close }
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let has_failed = cx.session.roster.failure().is_some();
        let scene = match self.stage {
            _ if self.saving.is_out() => waiting("The rule is being saved."),
            Stage::Waiting if self.sweeper.is_none() && !has_failed => {
                waiting("Asking who runs the sweep at 20:00 in Sydney.")
            }
            Stage::Waiting => scene::waiting(QuestionId::Auto, cx),
            Stage::Undo => undo_view(cx),
            Stage::NoSeats => self.no_seats_view(cx),
            Stage::NoSweeper => no_sweeper_view(self.count()),
            Stage::Number => self.number_view(cx),
            Stage::Ceiling => self.ceiling_view(),
            Stage::HighCeiling => self.high_ceiling_view(),
        };
        let is_waiting = scene.is_waiting;
        let is_asked = scene.offers.iter().any(|offer| offer.action == Action::Back);
        let next_change = Some(sweep::next_minute(cx.now));
        let scene = Scene { stamp: self.confirm.stamp(), next_change, ..scene }
            .offer_if(!is_asked, Action::Back)
            .waiting_for(cx.now, [self.saving.clock(), self.asking.clock()]);
        // With a list that did not come whole there is something to do before the sweeper is known.
        Scene { is_waiting, ..scene }
    }

    fn card(&self, cx: ViewCx<'_>) -> Option<Card> {
        let bill = self.shown.as_ref().map(|(bill, _)| bill);
        let protected = cx.session.roster.people.counts().protected;
        let id = match (self.stage, bill) {
            (Stage::Undo, _) => CardId::AutomaticUndone,
            (Stage::Ceiling | Stage::HighCeiling, _) => CardId::SeatsAgreed,
            (Stage::NoSweeper, _) => CardId::SweeperMissing,
            (Stage::NoSeats, Some(bill)) => {
                return Some(said::seats_missing(cx, protected, bill.new_seats(), bill.seats_missing()));
            }
            (Stage::Number, Some(bill)) => return Some(self.billed_card(cx, bill)),
            (Stage::Waiting | Stage::NoSeats | Stage::Number, _) => return None,
        };
        Some(said::card(cx, protected, id, &[]))
    }
}

impl Auto {
    /// A bill that can't come true is not confirmed: what can come true now is proposed.
    fn no_seats_view<'a>(&self, cx: ViewCx<'_>) -> Scene<'a> {
        let bill = self.shown.as_ref().map(|(bill, _)| bill.clone()).unwrap_or_default();
        let words = format_args!(
            "{} missing for {}, and a sweep turns on nobody until they are ordered.",
            counted(bill.seats_missing(), "seat is", "seats are"),
            counted(bill.new_seats(), "user", "users"),
        );
        let (heading, now) = ("Enable Auto can't be switched on yet", bill.billed());
        let proposal: Phrase = if now == 0 {
            scene::order_seats(cx, &bill, bill.seats_missing())
        } else {
            let users = counted(now, "user", "users");
            let words = format_args!(
                "{users} can be turned on now, with the seats that are left. Or exclude users, or leave a kind out."
            );
            Phrase::from(words).then(scene::order_seats(cx, &bill, bill.seats_missing()))
        };
        let blocks = vec![
            Block::Strong(Tone::Bad, words.into()),
            Block::Para(proposal),
            // What becomes of them is said above.
            Block::Bill(BillView { bill, without_seat: Phrase::default() }),
        ];
        if now == 0 {
            return Scene::new(QuestionId::NoSeats, Shape::Read, heading, blocks).enter(Action::Back);
        }
        Scene::confirm(QuestionId::NoSeats, true, heading, blocks)
    }

    fn ceiling_view<'a>(&self) -> Scene<'a> {
        let shape = Shape::Number(NumberAsked {
            label: "At most, seats",
            hint: "A sweep that would use more seats turns on nobody and asks for attention.".into(),
            confirms: None,
            proposed: Some(self.ceiling),
            problem: self.ceiling_problem.clone(),
        });
        let words = format_args!(
            "The next sweep needs {}. Users who are made later take more, up to this number.",
            counted(self.after(), "seat", "seats"),
        );
        let heading = "How many seats may Enable Auto use?";
        Scene::new(QuestionId::Ceiling, shape, heading, vec![Block::Para(words.into())]).enter(Action::Yes)
    }

    fn high_ceiling_view<'a>(&self) -> Scene<'a> {
        let (ceiling, needed) = (grouped(self.ceiling), grouped(self.after()));
        let words =
            format_args!("{ceiling} seats are more than twice the {needed} that the next sweep needs.");
        let later = "Users who are made later are turned on and billed up to it, and nobody is asked.";
        let blocks = vec![Block::Strong(Tone::Warn, words.into()), Block::Para(later.into())];
        let heading = format_args!("May Enable Auto use {ceiling} seats?");
        Scene::confirm(QuestionId::HighCeiling, false, heading, blocks)
    }

    fn number_view<'a>(&self, cx: ViewCx<'a>) -> Scene<'a> {
        let mut blocks = self.summary(cx);
        let hint = "Type the number of new seats from the table.";
        let shape = self.confirm.shape("New seats", hint, self.count());
        blocks.extend(self.confirm.problem_beside(&shape));
        Scene::new(QuestionId::Auto, shape, "Switch Enable Auto on?", blocks)
            .enter(Action::Yes)
            .offer(Action::Ceiling)
    }

    /// What to say to the customer at the bill.
    fn billed_card(&self, cx: ViewCx<'_>, bill: &Bill) -> Card {
        let people = &cx.session.roster.people;
        let count = match bill.new_seats() {
            0 => "nobody".to_owned(),
            count => counted(count, "user", "users"),
        };
        let when = match self.standstill(bill, people.limit()) {
            Some(_) => "as soon as our nightly job runs",
            None => "at the next 20:00 in Sydney",
        };
        let most = counted(self.ceiling, "seat", "seats");
        let names = [("count", count.as_str()), ("when", when), ("most", most.as_str())];
        said::card(cx, people.counts().protected, CardId::UsersBilledAutomatic, &names)
    }

    /// Why no pass would turn on whom the bill names. A ceiling is asked for after that.
    fn standstill(&self, bill: &Bill, limit: Option<u32>) -> Option<Standstill> {
        let free = limit.map(|limit| limit.saturating_sub(bill.seats_before));
        let sweeper = self.sweeper.as_ref()?;
        Schedule::of(bill.new_seats(), u32::MAX, self.seats_on, free, sweeper).standstill
    }

    /// How far sweeps may go later, without asking again; with the seats of all products, as the bill counts them.
    fn later<'a>(&self, cx: ViewCx<'_>) -> [Block<'a>; 2] {
        let most = Block::Facts(vec![Fact::new(FactId::Ceiling, "At most, seats", self.ceiling)]);
        let words = match cx.session.roster.people.used_elsewhere() {
            0 => "New users later take seats up to this number, without asking again.".into(),
            others => phrase![
                "New users later take seats up to this number, without asking again: ",
                self.ceiling.saturating_add(others),
                " with the customer's other products."
            ],
        };
        [most, Block::Para(words)]
    }

    /// The rule, the clock and the sweeper, then the bill.
    fn summary<'a>(&self, cx: ViewCx<'_>) -> Vec<Block<'a>> {
        let Some((bill, _)) = &self.shown else { return Vec::new() };
        let people = &cx.session.roster.people;
        let standstill = self.standstill(bill, people.limit());
        let rule = if let Some(words) = scene::fixed_list(cx) {
            words
        } else if standstill.is_some() {
            "The first sweep that can run turns these users on, and later sweeps everyone who is made after that. Until then nobody is turned on."
        } else if bill.new_seats() == 0 {
            "Nobody is turned on at the next sweep; users who are made later are, at the first sweep after that."
        } else {
            "These users are turned on at the next sweep, and everyone who is made later at the first sweep after that. Never before."
        };
        let mut facts = vec![Fact::new(FactId::NextSweep, "Next sweep", sweep::promised(cx, standstill))];
        let sweeper = self.sweeper.as_ref();
        let words = sweeper.and_then(|sweeper| sweeper_words(sweeper, cx.now));
        let label = if sweeper.is_some_and(|it| it.sweepers.len() > 1) { "Sweepers" } else { "Sweeper" };
        facts.extend(words.map(|words| Fact::other(label, words)));
        let mut blocks = vec![Block::Para(rule.into()), Block::Facts(facts)];
        let unchecked = bill.turn_on.iter().find(|(kind, _)| *kind == Kind::NotKnownYet).map(|(_, count)| {
            let mailboxes = counted(*count, "mailbox is", "mailboxes are");
            Block::Para(
                format_args!(
                    "{mailboxes} not checked yet and stand here as user mailboxes, so this is the most that it can be: \
                     the sweep checks each before it turns it on."
                )
                .into(),
            )
        });
        blocks.extend(unchecked);
        blocks.extend(scene::kinds_untold(cx).map(|words| Block::Para(words.into())));
        // Seats are not missing here: that is another question.
        blocks.push(Block::Bill(BillView { bill: bill.clone(), without_seat: Phrase::default() }));
        blocks.extend(self.later(cx));
        blocks.extend(scene::excluded(&cx.session.roster, bill));
        blocks
    }
}

/// Nothing can be answered yet.
fn waiting<'a>(words: &'static str) -> Scene<'a> {
    let blocks = vec![Block::Para(words.into())];
    Scene { is_waiting: true, ..Scene::new(QuestionId::Auto, Shape::Read, "Enable Auto", blocks) }
}

fn no_sweeper_view<'a>(count: u32) -> Scene<'a> {
    let nothing = Text::clean(&capital(Standstill::NoSweeper.in_words().for_commands().as_str()));
    let words = "Enable Auto can be switched on all the same. It turns nobody on until a sweep runs.";
    let mut blocks = vec![Block::Strong(Tone::Warn, nothing.into()), Block::Para(words.into())];
    let today = phrase![
        "To protect the ",
        count,
        " today, go back and turn them on with All; Enable Auto then takes in new users."
    ];
    blocks.extend((count > 0).then_some(Block::Para(today)));
    Scene::confirm(QuestionId::NoSweeper, false, "Go on without a sweeper?", blocks)
}

/// The computer that sweeps, or how many of them, and the last sweep; none: there is no sweeper.
fn sweeper_words(sweeper: &SweeperStatus, now: Moment) -> Option<Text> {
    let by = sweeper.by(now)?;
    let last = sweeper.last_pass().map_or_else(
        || "no sweep yet".to_owned(),
        |at| format!("last sweep {}", sydney::stamp_in_words(at, sydney::ZONE)),
    );
    let overdue = if sweeper.is_overdue { ", overdue" } else { "" };
    let silences: Vec<Text> = sweeper.silences(now).map(|(_, words)| words).collect();
    let silent = match silences.as_slice() {
        [] => String::new(),
        [one] => format!("; {one}"),
        // The bill below has to stay in sight.
        several => format!("; {} more have not been heard of for days", several.len()),
    };
    Some(Text::of(format_args!("{by}, {last}{overdue}{silent}")))
}

/// What undoing the rule means.
fn undo_view(cx: ViewCx<'_>) -> Scene<'_> {
    let mut blocks = Vec::new();
    let people = &cx.session.roster.people;
    if let Some(rule) = people.rule() {
        let standstill = people.schedule().and_then(|schedule| schedule.standstill);
        let passed = rule
            .last_pass
            .map_or_else(|| Text::from("none yet"), |at| sydney::stamp_in_words(at, sydney::ZONE));
        blocks.push(Block::Facts(vec![
            Fact::other("Made", sydney::stamp_in_words(rule.made, sydney::ZONE)),
            Fact::other("By", &rule.by),
            Fact::other("Confirmed", rule.confirmed),
            Fact::new(FactId::Ceiling, "At most, seats", rule.ceiling),
            Fact::other("Last sweep", passed),
            Fact::new(FactId::NextSweep, "Next sweep", sweep::promised(cx, standstill)),
        ]));
        blocks.extend(rule.attention.clone().map(|why| Block::Strong(Tone::Warn, why.into())));
        if rule.last_pass.is_some() && !cx.setup.operator.is_admin {
            let words = Phrase::from(ONLY_ADMIN).then(cx.setup.operator.way_to_admin());
            blocks.push(Block::Strong(Tone::Warn, words));
        }
    }
    blocks.push(Block::Para(
        "Whoever is protected stays protected. Users who wait for a sweep become off. Users who are made later stay off."
            .into(),
    ));
    // Whoever pressed the key twice, or for another reason, takes nothing away with Enter.
    Scene::confirm(QuestionId::UndoAuto, false, "Switch Enable Auto off?", blocks)
}
