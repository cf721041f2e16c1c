//! Enable Auto: the bill and the clock first, who runs the sweep, the ceiling, the number; and undoing the rule.

use crate::{
    domain::{
        bill::{Bill, grouped},
        protection::AutoRule,
        run::SweeperStatus,
        sydney,
        text::Text,
        time::Moment,
    },
    wizard::{
        Cx, Look,
        effect::{CallId, Request},
        event::{Action, Intent, Reply},
        part::{field::Field, ticks::Ticks},
        view::{Ask, Block, Chord, Focus, Panel, Tone, fact},
        words,
    },
};

use super::{
    Answer, Sheet,
    confirm::{self, Confirm, number},
    key, review,
};

/// What is asked now; one question at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The list and the sweeper are awaited.
    Waiting,
    /// Nothing will run at 20:00: go on all the same?
    NoSweeper,
    /// At most how many seats may a sweep use?
    Ceiling,
    /// How many users are turned on at the next sweep?
    Number,
    /// The rule is being written.
    Saving(CallId),
    /// The rule is on: undo it?
    Undo,
}

/// The panel of Enable Auto.
#[derive(Debug)]
pub(super) struct Auto {
    stage: Stage,
    asking: Option<CallId>,
    sweeper: Option<SweeperStatus>,
    /// What was shown.
    shown: Option<(Bill, Ticks)>,
    ceiling: Field,
    ceiling_problem: Option<Text>,
    confirm: Confirm,
}

impl Auto {
    /// Opens it: to make the rule, or to undo the one that is on.
    pub(super) fn open(cx: &mut Cx<'_>) -> Self {
        let is_on = cx.session.roster.people().rule().is_some();
        let mut auto = Self {
            stage: if is_on { Stage::Undo } else { Stage::Waiting },
            asking: (!is_on).then(|| cx.calls.start(Request::LoadSweeper)),
            sweeper: None,
            shown: None,
            ceiling: Field::default(),
            ceiling_problem: None,
            confirm: Confirm::default(),
        };
        auto.changed(cx);
        auto
    }

    /// Something has changed below: goes on when the list and the sweeper are known.
    pub(super) fn changed(&mut self, cx: &Cx<'_>) {
        let roster = &cx.session.roster;
        let Some(sweeper) = &self.sweeper else { return };
        if self.stage == Stage::Waiting && roster.is_complete() && roster.is_known() {
            self.stage = if sweeper.host.is_some() { Stage::Ceiling } else { Stage::NoSweeper };
            self.look(cx);
        }
    }

    fn look(&mut self, cx: &Cx<'_>) {
        let people = cx.session.roster.people();
        let bill = people.bill(people.eligible());
        let seats = people.counts().seats.saturating_add(bill.new_seats());
        self.ceiling.set(&AutoRule::default_ceiling(seats).to_string());
        self.shown = Some((bill, people.eligible().clone()));
    }

    /// Handles what a person asks.
    pub(super) fn intent(&mut self, cx: &mut Cx<'_>, intent: &Intent) -> Answer {
        match (self.stage, intent) {
            (Stage::Saving(_), _) => Answer::Stay,
            (Stage::Number, Intent::Back) => {
                if !self.confirm.clear() {
                    self.stage = Stage::Ceiling;
                }
                Answer::Stay
            }
            (_, Intent::Back) => {
                cx.calls.cancel_taken(&mut self.asking);
                Answer::Close
            }
            (Stage::Waiting, Intent::Act(Action::Refresh)) => Answer::Again,
            (Stage::NoSweeper, Intent::Submit | Intent::Act(Action::Confirm)) => {
                self.stage = Stage::Ceiling;
                Answer::Stay
            }
            (Stage::Ceiling, Intent::Submit) => self.take_ceiling(),
            (Stage::Ceiling, intent) => {
                self.ceiling_problem = None;
                self.ceiling.intent(intent);
                Answer::Stay
            }
            (Stage::Number, Intent::Submit) => self.make(cx),
            (Stage::Number, intent) => {
                if Confirm::is_typed(self.count()) {
                    self.confirm.intent(intent);
                }
                Answer::Stay
            }
            (Stage::Undo, Intent::Submit | Intent::Act(Action::Confirm)) => self.undo(cx),
            _ => Answer::Stay,
        }
    }

    /// Seats that this product uses once every eligible user is on.
    fn after(&self) -> u32 {
        self.shown.as_ref().map_or(0, |(bill, _)| bill.already_on.saturating_add(bill.new_seats()))
    }

    fn count(&self) -> u32 {
        self.shown.as_ref().map_or(0, |(bill, _)| bill.billed())
    }

    fn take_ceiling(&mut self) -> Answer {
        match number(self.ceiling.text()) {
            None => self.ceiling_problem = Some(Text::from("Type a number of seats.")),
            Some(ceiling) if ceiling < self.after() => {
                self.ceiling_problem = Some(Text::of(format_args!(
                    "The next sweep needs {}; below that it would turn on nobody.",
                    grouped(self.after())
                )));
            }
            Some(_) => self.stage = Stage::Number,
        }
        Answer::Stay
    }

    fn make(&mut self, cx: &mut Cx<'_>) -> Answer {
        let people = cx.session.roster.people();
        let is_same = self.shown.as_ref().is_some_and(|(_, rows)| rows == people.eligible());
        let is_complete = cx.session.roster.is_complete() && cx.session.roster.is_known();
        if !is_same || !is_complete {
            self.stage = Stage::Waiting;
            self.changed(cx);
            self.confirm.again("The list has changed meanwhile. Please look again.");
            return Answer::Stay;
        }
        let count = self.count();
        let ceiling = number(self.ceiling.text()).unwrap_or_default();
        if (!Confirm::is_typed(count) || self.confirm.accept(count))
            && let Some(record) = &cx.session.record
        {
            let request = Request::MakeRule { run: record.id.clone(), confirmed: count, ceiling };
            self.stage = Stage::Saving(cx.calls.start(request));
        }
        Answer::Stay
    }

    fn undo(&mut self, cx: &mut Cx<'_>) -> Answer {
        let Some(rule) = cx.session.roster.people().rule() else { return Answer::Close };
        if rule.last_pass.is_some() && !cx.setup.operator.is_admin {
            cx.say(Tone::Warn, "Its first sweep has run: only an Admin can switch it off now.");
        } else if let Some(record) = &cx.session.record {
            self.stage = Stage::Saving(cx.calls.start(Request::UndoRule(record.id.clone())));
        }
        Answer::Stay
    }

    /// Handles a reply.
    pub(super) fn reply(&mut self, cx: &mut Cx<'_>, call: CallId, reply: Reply) -> Answer {
        if self.asking == Some(call) {
            self.asking = None;
            match reply {
                Reply::Sweeper(sweeper) => self.sweeper = Some(sweeper),
                Reply::Failed(failure) => {
                    cx.say(Tone::Bad, words::failure(&failure));
                    return Answer::Close;
                }
                _ => {}
            }
            self.changed(cx);
            return Answer::Stay;
        }
        if self.stage != Stage::Saving(call) {
            return Answer::Stay;
        }
        match reply {
            Reply::Rule(rule) => {
                let words = if rule.is_some() {
                    "Enable Auto is on. Nobody is turned on before the next 20:00 in Sydney."
                } else {
                    "Enable Auto is off. Nobody who is on has changed; scheduled users are off."
                };
                cx.session.roster.set_rule(rule);
                cx.say(Tone::Good, words);
            }
            Reply::Failed(failure) => cx.say(Tone::Bad, words::failure(&failure)),
            _ => {}
        }
        Answer::Close
    }

    /// Which question it asks, and whether something is on its way; a list that failed does not come by itself.
    pub(super) const fn asks(&self, has_failed: bool) -> (Ask, bool) {
        match self.stage {
            Stage::Waiting => (Ask::Auto, self.sweeper.is_none() || !has_failed),
            Stage::NoSweeper => (Ask::NoSweeper, false),
            Stage::Ceiling => (Ask::Ceiling, false),
            Stage::Number => (Ask::Auto, false),
            Stage::Saving(_) => (Ask::Auto, true),
            Stage::Undo => (Ask::UndoAuto, false),
        }
    }

    /// What it shows.
    pub(super) fn view<'a>(&'a self, look: Look<'a>) -> Sheet<'a> {
        let next_change = Some(next_minute(look.now));
        let back = key(Chord::Esc, Action::Back, "back", "Back. Nothing is changed.");
        let mut blocks = Vec::new();
        let (heading, focus, keys) = match self.stage {
            Stage::Waiting if self.sweeper.is_none() && look.session.roster.failure().is_none() => {
                blocks.push(Block::Para(Text::from("Asking who runs the sweep at 20:00 in Sydney.")));
                (Text::from("Enable Auto"), Focus::Reading, vec![back])
            }
            Stage::Waiting => return Sheet { next_change, ..review::waiting(look) },
            Stage::Undo => {
                let words = undo_words(look);
                blocks.extend(words);
                let undo = key(Chord::Enter, Action::Confirm, "switch off", "Switches Enable Auto off.");
                (Text::from("Switch Enable Auto off?"), Focus::Reading, vec![undo, back])
            }
            Stage::NoSweeper => {
                blocks.push(Block::Strong(Text::from(
                    "Nothing will run at 20:00: no sweeper is installed. Ask your lead to run backup365 sweep --install on a computer that stays on.",
                )));
                blocks.push(Block::Para(Text::from(
                    "The rule can be made all the same. It turns nobody on until a sweep runs.",
                )));
                let on =
                    key(Chord::Enter, Action::Confirm, "go on", "Goes on although nothing will run yet.");
                (Text::from("Go on without a sweeper?"), Focus::Reading, vec![on, back])
            }
            Stage::Ceiling => {
                blocks.extend(self.summary(look));
                let hint = "A sweep that would use more seats turns on nobody and asks for attention.";
                let problem = self.ceiling_problem.clone();
                blocks.push(Block::Field(self.ceiling.view(fact::CEILING, hint, problem, true)));
                let on = key(Chord::Enter, Action::Submit, "go on", "Takes the ceiling.");
                (Text::from("Enable Auto: the bill and the clock"), Focus::Field, vec![on, back])
            }
            Stage::Number => {
                blocks.extend(self.summary(look));
                let ceiling = number(self.ceiling.text()).unwrap_or_default();
                blocks.push(Block::Facts(vec![(fact::CEILING, Text::clean(&grouped(ceiling)))]));
                let focus = if Confirm::is_typed(self.count()) {
                    let hint = "Type the number of new seats from the table, then Enter.";
                    blocks.push(self.confirm.block("New seats", hint));
                    Focus::Field
                } else {
                    blocks.extend(self.confirm.problem());
                    Focus::Reading
                };
                let on = key(Chord::Enter, Action::Confirm, "enable auto", "Switches Enable Auto on.");
                (Text::from("Switch Enable Auto on?"), focus, vec![on, back])
            }
            Stage::Saving(_) => {
                blocks.push(Block::Para(Text::from("Saving.")));
                (Text::from("Enable Auto"), Focus::Reading, Vec::new())
            }
        };
        Sheet { panel: Panel { heading, blocks }, keys, focus, next_change }
    }

    /// The bill, the clock and the sweeper.
    fn summary<'a>(&'a self, look: Look<'a>) -> Vec<Block<'a>> {
        let mut blocks = vec![Block::Para(Text::from(
            "A standing rule: these users are turned on at the next sweep, and everyone who is made later at the first sweep after that. Never before.",
        ))];
        if let Some((bill, _)) = &self.shown {
            if bill.new_seats() == 0 {
                blocks.push(Block::Para(Text::from(
                    "Nobody is turned on at the next sweep. Users who are made later will be.",
                )));
            }
            blocks.extend(confirm::table(
                bill,
                "A sweep turns nobody on while seats are missing: order seats, or exclude users.",
            ));
        }
        // Beside the field: a window that is too low for all of this shows what is around the cursor.
        blocks.push(Block::Facts(vec![
            ("Next sweep", due(look)),
            ("Run by", self.sweeper.as_ref().map(sweeper_words).unwrap_or_default()),
        ]));
        blocks
    }
}

/// Who runs the sweep, and its last pass.
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
fn undo_words(look: Look<'_>) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    if let Some(rule) = look.session.roster.people().rule() {
        let passed = rule
            .last_pass
            .map_or_else(|| Text::from("none yet"), |at| sydney::stamp_in_words(at, sydney::ZONE));
        blocks.push(Block::Facts(vec![
            ("Made", sydney::stamp_in_words(rule.made, sydney::ZONE)),
            ("By", rule.by.clone()),
            ("Confirmed", Text::clean(&grouped(rule.confirmed))),
            (fact::CEILING, Text::clean(&grouped(rule.ceiling))),
            ("Last sweep", passed),
            ("Next sweep", due(look)),
        ]));
        if let Some(attention) = &rule.attention {
            blocks.push(Block::Strong(attention.clone()));
        }
        if rule.last_pass.is_some() && !look.setup.operator.is_admin {
            blocks.push(Block::Strong(Text::from(
                "Its first sweep has run: only an Admin can switch it off now.",
            )));
        }
    }
    blocks.push(Block::Para(Text::from(
        "Nobody who is on changes. Scheduled users become off. Users who are made later stay off.",
    )));
    blocks
}

/// The next sweep in words, by Sydney's clocks and those of the customer, or of here where no zone is on record.
pub(in crate::wizard::screen) fn due(look: Look<'_>) -> Text {
    let zone = look.session.record.as_ref().and_then(|record| record.customer.time_zone.as_ref());
    let zone = zone.unwrap_or(&look.setup.here);
    sydney::due_in_words(sydney::next_2000(look.now), look.now, Some(zone.as_str()))
}

/// When the words of [`due`] change next: what is left is told in whole minutes.
pub(in crate::wizard::screen) fn next_minute(now: Moment) -> Moment {
    const MINUTE: i64 = 60_000;
    let left = sydney::next_2000(now).as_millis().saturating_sub(now.as_millis());
    Moment::from_millis(now.as_millis().saturating_add(left.rem_euclid(MINUTE)).saturating_add(1))
}
