//! Enable Auto: the bill and the clock first, who runs the sweep, the ceiling, the number; and undoing the rule.

use std::sync::Arc;

use crate::{
    domain::{
        bill::{Bill, grouped},
        phrase::{Command, Phrase, phrase},
        protection::AutoRule,
        run::SweeperStatus,
        sydney,
        text::Text,
    },
    wizard::{
        answer::{Action, Given},
        ask::{NumberAsked, QuestionId, Shape},
        context::{UpdateCx, ViewCx},
        part::{
            sweep,
            wait::{self, Wait},
        },
        pending::{self, Arrival, Rule},
        roster::Ticks,
        screen::Scene,
        view::{BillView, Block, Fact, FactId, Offer, Tone},
        words,
    },
};

use super::{DialogResult, confirm::Confirm, scene};

/// What is asked now; one question at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The list and the sweeper are awaited.
    Waiting,
    /// Nothing will run at 20:00: go on all the same?
    NoSweeper,
    /// At most how many seats may a sweep use?
    Ceiling,
    /// More than twice as many seats as are needed: keep that?
    HighCeiling,
    /// How many users are turned on at the next sweep?
    Number,
    /// The rule is on: undo it?
    Undo,
}

/// The panel of Enable Auto.
#[derive(Debug)]
pub(super) struct Auto {
    stage: Stage,
    asking: Wait<SweeperStatus>,
    saving: Wait<Rule>,
    sweeper: Option<SweeperStatus>,
    /// What was shown.
    shown: Option<(Bill, Ticks)>,
    /// What was proposed, and what is taken.
    proposed: u32,
    ceiling: u32,
    ceiling_problem: Option<Phrase>,
    confirm: Confirm,
    /// Counts questions that look alike.
    stamp: u64,
}

impl Auto {
    /// Opens it: to make the rule, or to undo the one that is on.
    pub(super) fn open(cx: &mut UpdateCx<'_>) -> Self {
        let is_on = cx.session.roster.people().rule().is_some();
        let mut auto = Self {
            stage: if is_on { Stage::Undo } else { Stage::Waiting },
            asking: Wait::default(),
            saving: Wait::default(),
            sweeper: None,
            shown: None,
            proposed: 0,
            ceiling: 0,
            ceiling_problem: None,
            confirm: Confirm::default(),
            stamp: 0,
        };
        if !is_on {
            auto.asking.start(cx, pending::load_sweeper(), wait::SWEEPER);
        }
        auto.changed(cx);
        auto
    }

    /// Something has changed below: goes on when the list and the sweeper are known.
    pub(super) fn changed(&mut self, cx: &UpdateCx<'_>) {
        let roster = &cx.session.roster;
        let Some(sweeper) = &self.sweeper else { return };
        if self.stage == Stage::Waiting && roster.is_complete() && roster.is_known() {
            self.stage = if sweeper.host.is_some() { Stage::Ceiling } else { Stage::NoSweeper };
            let people = roster.people();
            let bill = people.bill(people.eligible());
            let seats = people.counts().seats.saturating_add(bill.new_seats());
            self.proposed = AutoRule::default_ceiling(seats);
            self.ceiling = self.proposed;
            self.shown = Some((bill, people.eligible().clone()));
        }
    }

    /// Handles an answer.
    pub(super) fn answer(&mut self, cx: &mut UpdateCx<'_>, given: &Given) -> DialogResult {
        match (self.stage, given) {
            _ if self.saving.is_out() => {}
            (Stage::Number | Stage::HighCeiling, Given::Back | Given::No)
            | (Stage::NoSweeper, Given::Yes) => self.stage = Stage::Ceiling,
            (Stage::HighCeiling, Given::Yes) => self.stage = Stage::Number,
            (_, Given::Back | Given::No) => {
                self.asking.cancel(cx);
                return DialogResult::Close;
            }
            (Stage::Waiting, Given::Do(Action::Refresh)) => return DialogResult::Again,
            (Stage::Ceiling, Given::Yes) => self.take_ceiling(self.ceiling),
            (Stage::Ceiling, Given::Number(most)) => self.take_ceiling(*most),
            (Stage::Number, Given::Yes | Given::Number(_)) => self.make(cx, given),
            (Stage::Undo, Given::Yes) => return self.undo(cx),
            _ => {}
        }
        DialogResult::Stay
    }

    /// Seats that this product uses once every eligible user is on.
    fn after(&self) -> u32 {
        self.shown.as_ref().map_or(0, |(bill, _)| bill.already_on.saturating_add(bill.new_seats()))
    }

    fn count(&self) -> u32 {
        self.shown.as_ref().map_or(0, |(bill, _)| bill.billed())
    }

    fn take_ceiling(&mut self, most: u32) {
        self.ceiling = most;
        self.stamp += 1;
        if most < self.after() {
            let needed = grouped(self.after());
            self.ceiling_problem = Some(
                format_args!("The next sweep needs {needed}; below that it would turn on nobody.").into(),
            );
        } else {
            self.ceiling_problem = None;
            self.stage = if self.is_high() { Stage::HighCeiling } else { Stage::Number };
        }
    }

    /// Whether the ceiling is more than twice the count, and was not proposed: a few users always get room for ten.
    fn is_high(&self) -> bool {
        self.ceiling > self.proposed && self.ceiling > self.after().saturating_mul(2)
    }

    fn make(&mut self, cx: &mut UpdateCx<'_>, given: &Given) {
        let people = cx.session.roster.people();
        let is_same = self.shown.as_ref().is_some_and(|(_, rows)| rows == people.eligible());
        let is_complete = cx.session.roster.is_complete() && cx.session.roster.is_known();
        if !is_same || !is_complete {
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
        let Some(rule) = cx.session.roster.people().rule() else { return DialogResult::Close };
        if rule.last_pass.is_some() && !cx.setup.operator.is_admin {
            cx.say(Tone::Warn, "Its first sweep has run: only an Admin can switch it off now.");
        } else if let Some(record) = &cx.session.record {
            self.saving.start(cx, pending::undo_rule(record.id.clone()), wait::RECORD);
        }
        DialogResult::Stay
    }

    /// Handles a reply.
    pub(super) fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> DialogResult {
        if let Some(asked) = self.asking.take(arrival) {
            match asked {
                Ok(sweeper) => self.sweeper = Some(sweeper),
                Err(failure) => {
                    cx.say(Tone::Bad, words::failure(&failure));
                    return DialogResult::Close;
                }
            }
            self.changed(cx);
            return DialogResult::Stay;
        }
        match self.saving.take(arrival) {
            None => return DialogResult::Stay,
            Some(Ok(Rule(rule))) => {
                let words = if rule.is_some() {
                    "Enable Auto is on. Nobody is turned on before the next 20:00 in Sydney."
                } else {
                    "Enable Auto is off. Nobody who is on has changed; scheduled users are off."
                };
                cx.session.roster.set_rule(rule);
                cx.say(Tone::Good, words);
            }
            Some(Err(failure)) => cx.say(Tone::Bad, words::failure(&failure)),
        }
        DialogResult::Close
    }

    /// What it shows.
    pub(super) fn view<'a>(&self, cx: ViewCx<'a>) -> Scene<'a> {
        let has_failed = cx.session.roster.failure().is_some();
        let scene = match self.stage {
            _ if self.saving.is_out() => {
                let blocks = vec![Block::Para("The rule is being saved.".into())];
                Scene { is_waiting: true, ..Scene::new(QuestionId::Auto, Shape::Read, "Enable Auto", blocks) }
            }
            Stage::Waiting if self.sweeper.is_none() && !has_failed => {
                let words = "Asking who runs the sweep at 20:00 in Sydney.";
                let blocks = vec![Block::Para(words.into())];
                Scene { is_waiting: true, ..Scene::new(QuestionId::Auto, Shape::Read, "Enable Auto", blocks) }
            }
            Stage::Waiting => scene::waiting(QuestionId::Auto, cx),
            Stage::Undo => undo_view(cx),
            Stage::NoSweeper => no_sweeper_view(),
            Stage::Ceiling => self.ceiling_view(cx),
            Stage::HighCeiling => self.high_ceiling_view(),
            Stage::Number => self.number_view(cx),
        };
        let back = Offer::new(Action::Back, "back", "Back. Nothing is changed.");
        let mut offers = scene.offers;
        offers.push(back);
        Scene {
            stamp: self.stamp + self.confirm.stamp(),
            offers,
            notice: self.saving.notice(cx.now).or_else(|| self.asking.notice(cx.now)),
            next_change: (self.saving.next_change(cx.now))
                .or_else(|| self.asking.next_change(cx.now))
                .or_else(|| Some(sweep::next_minute(cx.now))),
            ..scene
        }
    }

    fn ceiling_view<'a>(&self, cx: ViewCx<'a>) -> Scene<'a> {
        let shape = Shape::Number(NumberAsked {
            label: "At most, seats",
            hint: "A sweep that would use more seats turns on nobody and asks for attention.".into(),
            confirms: None,
            proposed: Some(self.ceiling),
            problem: self.ceiling_problem.clone(),
        });
        let heading = "Enable Auto: the bill and the clock";
        let on = Offer::new(Action::Yes, "go on", "Takes the ceiling.").by_default();
        Scene { offers: vec![on], ..Scene::new(QuestionId::Ceiling, shape, heading, self.summary(cx)) }
    }

    fn high_ceiling_view<'a>(&self) -> Scene<'a> {
        let (ceiling, needed) = (grouped(self.ceiling), grouped(self.after()));
        let words =
            format_args!("{ceiling} seats are more than twice the {needed} that the next sweep needs.");
        let blocks = vec![
            Block::Strong(Tone::Warn, words.into()),
            Block::Para(
                "Users who are made later are turned on and billed up to it, and nobody is asked.".into(),
            ),
        ];
        let heading = format_args!("Keep a ceiling of {ceiling} seats?");
        Scene {
            offers: vec![
                Offer::new(Action::Yes, "keep", "Keeps this ceiling."),
                Offer::new(Action::No, "change", "Back to the ceiling, to type another.").by_default(),
            ],
            ..Scene::new(QuestionId::HighCeiling, Shape::Confirm { default: false }, heading, blocks)
        }
    }

    fn number_view<'a>(&self, cx: ViewCx<'a>) -> Scene<'a> {
        let mut blocks = self.summary(cx);
        let ceiling = Text::clean(&grouped(self.ceiling)).into();
        blocks.push(Block::Facts(vec![Fact {
            id: FactId::Ceiling,
            label: "At most, seats",
            value: ceiling,
        }]));
        let hint = "Type the number of new seats from the table.";
        let shape = self.confirm.shape("New seats", hint, self.count());
        if let (Shape::Confirm { .. }, Some(problem)) = (&shape, self.confirm.problem()) {
            blocks.push(Block::Strong(Tone::Warn, problem.clone()));
        }
        let on = Offer::new(Action::Yes, "enable auto", "Switches Enable Auto on.").by_default();
        Scene { offers: vec![on], ..Scene::new(QuestionId::Auto, shape, "Switch Enable Auto on?", blocks) }
    }

    /// The bill, the clock and the sweeper.
    fn summary<'a>(&self, cx: ViewCx<'_>) -> Vec<Block<'a>> {
        let mut blocks = Vec::new();
        if let Some((bill, _)) = &self.shown {
            let without_seat =
                "A sweep turns nobody on while seats are missing: order seats, or exclude users.";
            blocks.push(Block::Bill(BillView { bill: bill.clone(), without_seat: without_seat.into() }));
        }
        let is_nobody = self.shown.as_ref().is_some_and(|(bill, _)| bill.new_seats() == 0);
        blocks.push(Block::Para(
            if is_nobody {
                "A standing rule. Nobody is turned on at the next sweep; users who are made later will be."
            } else {
                "A standing rule: these users are turned on at the next sweep, and everyone who is made later at the first sweep after that. Never before."
            }
            .into(),
        ));
        let fact = |id, label, value: Text| Fact { id, label, value: value.into() };
        blocks.push(Block::Facts(vec![
            fact(FactId::NextSweep, "Next sweep", sweep::due(cx)),
            fact(FactId::Sweeper, "Run by", self.sweeper.as_ref().map(sweeper_words).unwrap_or_default()),
        ]));
        blocks
    }
}

fn no_sweeper_view<'a>() -> Scene<'a> {
    let nothing = phrase![
        "Nothing will run at 20:00: no sweeper is installed. Ask your lead to run ",
        Command::SweepInstall,
        " on a computer that stays on."
    ];
    let blocks = vec![
        Block::Strong(Tone::Warn, nothing),
        Block::Para("The rule can be made all the same. It turns nobody on until a sweep runs.".into()),
    ];
    let shape = Shape::Confirm { default: false };
    Scene {
        offers: vec![
            Offer::new(Action::Yes, "go on", "Goes on although nothing will run yet."),
            Offer::new(Action::No, "stop", "Back to the list. Nothing is changed.").by_default(),
        ],
        ..Scene::new(QuestionId::NoSweeper, shape, "Go on without a sweeper?", blocks)
    }
}

/// The host that sweeps, and its last pass.
fn sweeper_words(sweeper: &SweeperStatus) -> Text {
    let Some(host) = &sweeper.host else { return Text::from("nobody: no sweeper is installed") };
    let last = sweeper.last_pass.map_or_else(
        || "no pass yet".to_owned(),
        |at| format!("last pass {}", sydney::stamp_in_words(at, sydney::ZONE)),
    );
    let overdue = if sweeper.is_overdue { ", overdue" } else { "" };
    Text::of(format_args!("{host}, {last}{overdue}"))
}

/// What undoing the rule means.
fn undo_view(cx: ViewCx<'_>) -> Scene<'_> {
    let mut blocks = Vec::new();
    if let Some(rule) = cx.session.roster.people().rule() {
        let passed = rule
            .last_pass
            .map_or_else(|| Text::from("none yet"), |at| sydney::stamp_in_words(at, sydney::ZONE));
        let fact = |id, label, value: Text| Fact { id, label, value: value.into() };
        blocks.push(Block::Facts(vec![
            fact(FactId::Other, "Made", sydney::stamp_in_words(rule.made, sydney::ZONE)),
            fact(FactId::Other, "By", rule.by.clone()),
            fact(FactId::Other, "Confirmed", Text::clean(&grouped(rule.confirmed))),
            fact(FactId::Ceiling, "At most, seats", Text::clean(&grouped(rule.ceiling))),
            fact(FactId::Other, "Last sweep", passed),
            fact(FactId::NextSweep, "Next sweep", sweep::due(cx)),
        ]));
        blocks.extend(rule.attention.clone().map(|why| Block::Strong(Tone::Warn, why.into())));
        if rule.last_pass.is_some() && !cx.setup.operator.is_admin {
            let words = "Its first sweep has run: only an Admin can switch it off now.";
            blocks.push(Block::Strong(Tone::Warn, words.into()));
        }
    }
    blocks.push(Block::Para(
        "Nobody who is on changes. Scheduled users become off. Users who are made later stay off.".into(),
    ));
    let undo = Offer::new(Action::Yes, "switch off", "Switches Enable Auto off.").by_default();
    Scene {
        offers: vec![undo],
        ..Scene::new(
            QuestionId::UndoAuto,
            Shape::Confirm { default: true },
            "Switch Enable Auto off?",
            blocks,
        )
    }
}
