//! Enable Auto: one bill with the rule, the clock, who runs the sweep and the number; and undoing the rule.
//!
//! What stands beside the bill and may be another number (the most seats) is a question of its own, for those who ask.

use std::sync::Arc;

use crate::{
    domain::{
        bill::{Bill, counted, grouped},
        card::{Card, CardId},
        phrase::{Noun, Phrase, phrase},
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
        roster::{People, Ticks},
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
    /// What is shown, once the list and the sweeper are known.
    bill: Bill,
    rows: Ticks,
    /// Active seats of this product, those of users who are not listed any more included: the ceiling is for all.
    seats_on: u32,
    /// The ceiling, where another one was typed than is proposed.
    typed: Option<u32>,
    ceiling_problem: Option<Phrase>,
    confirm: Confirm,
}

impl Auto {
    /// Opens it: to make the rule, or to undo the one that is on.
    pub(super) fn open(cx: &mut UpdateCx<'_>) -> Self {
        let mut auto = Self::default();
        if cx.session.roster.people.facts().rule.is_some() {
            auto.stage = Stage::Undo;
        } else {
            auto.asking.start(cx, pending::load_sweeper(), wait::SWEEPER);
        }
        auto.changed(cx);
        auto
    }

    /// Seats that this product uses once every eligible user is on.
    fn after(&self) -> u32 {
        self.seats_on.saturating_add(self.bill.new_seats())
    }

    /// The ceiling that is proposed.
    fn proposed(&self) -> u32 {
        AutoRule::default_ceiling(self.after())
    }

    fn ceiling(&self) -> u32 {
        self.typed.unwrap_or_else(|| self.proposed())
    }

    fn take_ceiling(&mut self, most: u32) {
        self.confirm.renew();
        if most < self.after() {
            let words =
                phrase!["The next sweep needs ", self.after(), "; below that it would turn on nobody."];
            self.ceiling_problem = Some(words);
            return;
        }
        self.ceiling_problem = None;
        self.typed = Some(most).filter(|most| *most != self.proposed());
        // A few users always get room for ten.
        let is_high = most > self.proposed() && most > self.after().saturating_mul(2);
        self.stage = if is_high { Stage::HighCeiling } else { Stage::Number };
    }

    fn make(&mut self, cx: &mut UpdateCx<'_>, given: &Given) {
        let people = &cx.session.roster.people;
        // Checks that end meanwhile only take rows away: the number that was confirmed is the most that there can be.
        let now = people.expected();
        let was_checked = self.bill.turn_on.iter().all(|(kind, _)| *kind != Kind::NotKnownYet);
        let is_same = if was_checked { self.rows == now } else { self.rows.has_all(&now) };
        if !is_same || !cx.session.roster.is_whole() {
            self.stage = Stage::Waiting;
            self.changed(cx);
            self.confirm.again("The list has changed meanwhile. Please look again.");
            return;
        }
        if self.confirm.accept(given, self.bill.billed())
            && let Some(record) = &cx.session.record
        {
            let owed = Arc::new(people.chosen(people.eligible()));
            let make = pending::make_rule(record.id.clone(), self.bill.billed(), self.ceiling(), owed);
            self.saving.start(cx, make, wait::RECORD);
        }
    }

    fn undo(&mut self, cx: &mut UpdateCx<'_>) -> DialogResult {
        let Some(rule) = cx.session.roster.people.facts().rule.as_ref() else { return DialogResult::Close };
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
        let people = &cx.session.roster.people;
        if self.stage != Stage::Waiting || self.asking.is_out() || !cx.session.roster.is_whole() {
            return;
        }
        self.rows = people.expected();
        self.bill = people.bill(&self.rows);
        self.seats_on = people.counts().seats;
        self.stage = match (self.bill.seats_missing(), people.facts().sweeper.host()) {
            (1.., _) => Stage::NoSeats,
            (0, Some(_)) => Stage::Number,
            (0, None) => Stage::NoSweeper,
        };
        // Another number that was typed stays, as far as it still does.
        self.typed = self.typed.filter(|most| *most != self.proposed() && *most >= self.after());
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
                self.typed = None;
                self.stage = Stage::Ceiling;
            }
            // As many as there are seats for, now: their bill is a question of its own.
            (Stage::NoSeats, Given::Yes) if self.bill.billed() > 0 => {
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
            (Stage::Ceiling, Given::Yes) => self.take_ceiling(self.ceiling()),
            (Stage::Ceiling, Given::Number(most)) => self.take_ceiling(*most),
            (Stage::Number, Given::Yes | Given::Number(_)) => self.make(cx, &given),
            (Stage::Undo, Given::Yes) => return self.undo(cx),
            _ => {}
        }
        DialogResult::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> DialogResult {
        if let Some(sweeper) = cx.brought(Tone::Bad, self.asking.take(arrival)) {
            let change = |people: &mut People| people.change_facts(|facts| facts.sweeper = sweeper);
            cx.session.roster.record_changed(change);
            self.changed(cx);
            return DialogResult::Stay;
        }
        if let Some(Rule(rule)) = cx.brought(Tone::Bad, self.saving.take(arrival)) {
            let words = if rule.is_some() {
                "Enable Auto is on. Nobody is turned on before the next 20:00 in Sydney."
            } else {
                "Enable Auto is off. Whoever is protected stays protected; users who waited for a sweep are off."
            };
            cx.session.roster.record_changed(|people| people.change_facts(|facts| facts.rule = rule));
            let schedule = cx.session.roster.people.schedule();
            match schedule.and_then(|schedule| schedule.standstill) {
                // No warning: the rule was saved, and a journey without a screen takes a warning for a refusal.
                Some(why) => cx.say(Tone::Plain, phrase!["Enable Auto is on, and ", why.words(), "."]),
                None => cx.say(Tone::Good, words),
            }
        }
        // Done, or failed and said.
        if arrival.is_left() { DialogResult::Stay } else { DialogResult::Close }
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let has_failed = cx.session.roster.failure().is_some();
        let scene = match self.stage {
            _ if self.saving.is_out() => waiting("The rule is being saved."),
            Stage::Waiting if self.asking.is_out() && !has_failed => {
                waiting("Asking who runs the sweep at 20:00 in Sydney.")
            }
            Stage::Waiting => scene::waiting(QuestionId::Auto, cx),
            Stage::Undo => undo_view(cx),
            Stage::NoSeats => self.no_seats_view(cx),
            Stage::NoSweeper => no_sweeper_view(self.bill.billed()),
            Stage::Number => self.number_view(cx),
            Stage::Ceiling => self.ceiling_view(),
            Stage::HighCeiling => self.high_ceiling_view(),
        };
        let is_waiting = scene.is_waiting;
        let is_asked = scene.offers.iter().any(|offer| offer.action == Action::Back);
        let next_change = Some(sweep::next_minute(cx.now));
        let scene = Scene { next_change, ..self.confirm.stamped(scene) }
            .offer_if(!is_asked, Action::Back)
            .waiting_for(cx.now, [self.saving.clock(), self.asking.clock()]);
        // With a list that did not come whole there is something to do before the sweeper is known.
        Scene { is_waiting, ..scene }
    }

    fn card(&self, cx: ViewCx<'_>) -> Option<Card> {
        let protected = cx.session.roster.people.counts().protected;
        let (new_seats, missing) = (self.bill.new_seats(), self.bill.seats_missing());
        let id = match self.stage {
            Stage::Waiting => return None,
            Stage::Undo => CardId::AutomaticUndone,
            Stage::Ceiling | Stage::HighCeiling => CardId::SeatsAgreed,
            Stage::NoSweeper => CardId::SweeperMissing,
            Stage::NoSeats => return Some(said::seats_missing(cx, protected, new_seats, missing)),
            Stage::Number => return Some(self.billed_card(cx)),
        };
        Some(said::card(cx, protected, id, &[]))
    }
}

impl Auto {
    /// A bill that can't come true is not confirmed: what can come true now is proposed.
    fn no_seats_view<'a>(&self, cx: ViewCx<'_>) -> Scene<'a> {
        let bill = &self.bill;
        let words = format_args!(
            "{} missing for {}, and a sweep turns on nobody until they are ordered.",
            counted(bill.seats_missing(), "seat is", "seats are"),
            counted(bill.new_seats(), "user", "users"),
        );
        let (heading, now) = ("Enable Auto can't be switched on yet", bill.billed());
        let left = phrase![
            (now, Noun::User),
            " can be turned on now, with the seats that are left. Or exclude users, or leave a kind out."
        ];
        let proposal = if now == 0 { Phrase::default() } else { left };
        let blocks = vec![
            Block::Strong(Tone::Bad, words.into()),
            Block::Para(proposal.then(scene::order_seats(cx, bill, bill.seats_missing()))),
            // What becomes of them is said above.
            Block::Bill(BillView { bill: bill.clone(), without_seat: Phrase::default() }),
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
            proposed: Some(self.ceiling()),
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
        let (ceiling, needed) = (grouped(self.ceiling()), grouped(self.after()));
        let words =
            format_args!("{ceiling} seats are more than twice the {needed} that the next sweep needs.");
        let later = "Users who are made later are turned on and billed up to it, and nobody is asked.";
        let blocks = vec![Block::Strong(Tone::Warn, words.into()), Block::Para(later.into())];
        let heading = format_args!("May Enable Auto use {ceiling} seats?");
        Scene::confirm(QuestionId::HighCeiling, false, heading, blocks)
    }

    fn number_view<'a>(&self, cx: ViewCx<'a>) -> Scene<'a> {
        let (shape, heading) = (self.confirm.shape(self.bill.billed()), "Switch Enable Auto on?");
        let scene = Scene::new(QuestionId::Auto, shape, heading, self.summary(cx));
        self.confirm.asked(scene.enter(Action::Yes).offer(Action::Ceiling))
    }

    /// What to say to the customer at the bill.
    fn billed_card(&self, cx: ViewCx<'_>) -> Card {
        let people = &cx.session.roster.people;
        let count = match self.bill.new_seats() {
            0 => "nobody".to_owned(),
            count => counted(count, "user", "users"),
        };
        let when = match self.standstill(people) {
            Some(_) => "as soon as our nightly job runs",
            None => "at the next 20:00 in Sydney",
        };
        let most = counted(self.ceiling(), "seat", "seats");
        let names = [("count", count), ("when", when.to_owned()), ("most", most)];
        said::card(cx, people.counts().protected, CardId::UsersBilledAutomatic, &names)
    }

    /// Why no pass would turn on whom the bill names. A ceiling is asked for after that.
    fn standstill(&self, people: &People) -> Option<Standstill> {
        let free = people.facts().limit.map(|limit| limit.saturating_sub(self.bill.seats_before));
        Schedule::of(self.bill.new_seats(), u32::MAX, self.seats_on, free, &people.facts().sweeper).standstill
    }

    /// How far sweeps may go later, without asking again; with the seats of all products, as the bill counts them.
    fn later<'a>(&self, cx: ViewCx<'_>) -> [Block<'a>; 2] {
        let most = Block::Facts(vec![Fact::new(FactId::Ceiling, "At most, seats", self.ceiling())]);
        let words = match cx.session.roster.people.facts().used_elsewhere {
            0 => "New users later take seats up to this number, without asking again.".into(),
            others => phrase![
                "New users later take seats up to this number, without asking again: ",
                self.ceiling().saturating_add(others),
                " with the customer's other products."
            ],
        };
        [most, Block::Para(words)]
    }

    /// The rule, the clock and the sweeper, then the bill.
    fn summary<'a>(&self, cx: ViewCx<'_>) -> Vec<Block<'a>> {
        let (bill, people) = (&self.bill, &cx.session.roster.people);
        let standstill = self.standstill(people);
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
        let label = if people.facts().sweeper.sweepers.len() > 1 { "Sweepers" } else { "Sweeper" };
        facts.extend(sweeper_words(&people.facts().sweeper, cx.now).map(|words| Fact::other(label, words)));
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
    if let Some(rule) = people.facts().rule.as_ref() {
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
