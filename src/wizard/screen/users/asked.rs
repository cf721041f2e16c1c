//! Questions about users that are answered before anything happens: whether protection is turned off (Admin only, with what
//! becomes of kept data), whether a list that came short is the truth (product.md rule 20; an Admin types its number), and
//! whether the run ends while ticked users have not been turned on.

use crate::{
    domain::{
        bill::{counted, size},
        card::{Card, CardId},
        phrase::{Noun, phrase},
        protection::Chosen,
    },
    wizard::{
        answer::{Action, Given},
        ask::{QuestionId, Shape},
        context::{UpdateCx, ViewCx},
        part::{
            said,
            wait::{self, Wait},
        },
        pending::{self, Arrival, Saved},
        roster::{Roster, Ticks},
        screen::Scene,
        view::{Block, Fact, Tone},
    },
};

use super::{
    Dialog, DialogResult,
    apply::{Apply, Way},
    confirm::Confirm,
    list_again,
};

/// The question before users are turned off.
#[derive(Debug)]
pub(super) struct TurnOff {
    users: Vec<Chosen>,
    confirm: Confirm,
}

impl TurnOff {
    /// Asks about those of these rows who are on; none when there are none.
    pub(super) fn open(roster: &Roster, rows: &Ticks) -> Option<Self> {
        let on = roster.people.on();
        let rows = rows.rows().filter(|row| on.has(*row)).collect();
        let users = roster.people.chosen(&rows);
        (!users.is_empty()).then(|| Self { users, confirm: Confirm::of_users("Users to turn off") })
    }

    fn count(&self) -> u32 {
        size(self.users.len())
    }
}

impl Dialog for TurnOff {
    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> DialogResult {
        match given {
            Given::Back | Given::No => DialogResult::Close,
            given if self.confirm.accept(&given, self.count()) => {
                let users = std::mem::take(&mut self.users);
                DialogResult::Next(Box::new(Apply::begin(cx, users, Way::Off)))
            }
            _ => DialogResult::Stay,
        }
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let people = &cx.session.roster.people;
        let mut blocks = Vec::new();
        if let [only] = self.users.as_slice() {
            blocks.push(Block::Para(phrase![&only.name, " · ", &only.address]));
        }
        let words = "No new backups are made for them from now on. What is kept already stays until its retention ends; then it is deleted.";
        blocks.push(Block::Strong(Tone::Warn, words.into()));
        if people.facts().rule.is_some() {
            let words =
                "Enable Auto is on: the next sweep that runs turns them on again. Exclude them first.";
            blocks.push(Block::Strong(Tone::Warn, words.into()));
        }
        let seats = people.seats_before();
        let after = seats.saturating_sub(self.count());
        blocks.push(Block::Facts(vec![Fact::other("Seats now", seats), Fact::other("Seats after", after)]));
        let (shape, heading) =
            (self.confirm.shape(self.count()), phrase!["Turn ", (self.count(), Noun::User), " off?"]);
        let scene = Scene::new(QuestionId::TurnOff, shape, heading, blocks);
        self.confirm.asked(scene.enter(Action::Yes).offer(Action::Back))
    }

    fn card(&self, _cx: ViewCx<'_>) -> Option<Card> {
        let count = counted(self.count(), "user", "users");
        Some(Card::of(CardId::UsersOffAsked, &[("count", &count)]))
    }
}

/// The question before a shorter list is taken for the truth.
#[derive(Debug)]
pub(super) struct Shorter {
    count: u32,
    confirm: Confirm,
    saving: Wait<Saved>,
}

impl Shorter {
    /// Asks about the list that came short; none when none did.
    pub(super) fn open(cx: &UpdateCx<'_>) -> Option<Self> {
        let count = cx.session.roster.failure()?.acceptable()?;
        Some(Self { count, confirm: Confirm::of_users("Users now"), saving: Wait::default() })
    }
}

impl Dialog for Shorter {
    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> DialogResult {
        match given {
            _ if self.saving.is_out() => {}
            Given::Back | Given::No => return DialogResult::Close,
            given if self.confirm.accept(&given, self.count) => {
                if let Some(record) = &cx.session.record {
                    let accept = pending::accept_shorter(record.customer.id, self.count);
                    self.saving.start(cx, accept, wait::RECORD);
                }
            }
            _ => {}
        }
        DialogResult::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> DialogResult {
        let Some(Saved) = cx.brought(Tone::Bad, self.saving.take(arrival)) else { return DialogResult::Stay };
        list_again(cx);
        cx.say(Tone::Good, "Accepted. Listing again.");
        DialogResult::Close
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let failure = cx.session.roster.failure().cloned();
        let mut blocks: Vec<Block<'a>> = failure.map(Block::Failure).into_iter().collect();
        let words = "Ask the customer whether so few users are left. Whoever is not on the list is marked as gone by the next sweep that runs; nobody is turned off.";
        blocks.push(Block::Strong(Tone::Warn, words.into()));
        let shape = if self.saving.is_out() { Shape::Read } else { self.confirm.shape(self.count) };
        let heading = phrase!["Has the customer ", (self.count, Noun::User), " now?"];
        let scene = Scene::new(QuestionId::Shorter, shape, heading, blocks)
            .enter(Action::Yes)
            .offer(Action::Back)
            .waiting_for(cx.now, [self.saving.clock()]);
        self.confirm.asked(scene)
    }
}

/// Ticked users have not been turned on: finish all the same?
#[derive(Debug)]
pub(super) struct Unapplied;

impl Dialog for Unapplied {
    fn answer(&mut self, _cx: &mut UpdateCx<'_>, given: Given) -> DialogResult {
        match given {
            Given::Yes => DialogResult::Finish { is_asked: true },
            Given::Back | Given::No => DialogResult::Close,
            _ => DialogResult::Stay,
        }
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let ticked = cx.session.roster.counts().ticked;
        let words = phrase![
            (ticked, Noun::User),
            if ticked == 1 { " is ticked and has" } else { " are ticked and have" },
            " not been turned on. Finishing now makes the outcome partly done."
        ];
        let blocks = vec![Block::Strong(Tone::Warn, words)];
        let words = if ticked == 1 {
            "Finish without turning this user on?"
        } else {
            "Finish without turning them on?"
        };
        Scene::confirm(QuestionId::Unapplied, false, words, blocks)
    }

    fn card(&self, cx: ViewCx<'_>) -> Option<Card> {
        let count = said::users_are(cx.session.roster.counts().ticked);
        Some(Card::of(CardId::UsersUnapplied, &[("count", &count)]))
    }
}
